"""How predictions fared: measured against outcomes, never against the course."""

import pytest

from courseware import charts, journal
from courseware.brief import calibration
from tests.test_journal import predicted, restart

OPTIONS = ["India", "China", "Germany", "Japan"]


@pytest.fixture(autouse=True)
def folder(journal_dir, monkeypatch):
    restart()
    monkeypatch.setattr(charts.page, "display", lambda _: None)
    return journal_dir


def chosen(key, choice, sure=None, outcome="China"):
    form = journal.predict(key, "Who bought most?", kind="choice", options=OPTIONS)
    form.control.value = choice
    form.sure.per_cent = sure
    form.save_button.click()
    if outcome:
        journal.outcome(key, outcome)


def test_the_brier_score_is_the_mean_squared_distance():
    assert calibration.brier([100, 100], [True, True]) == 0
    assert calibration.brier([100], [False]) == 1
    assert calibration.brier([50, 50], [True, False]) == 0.25
    assert calibration.brier([80, 60], [True, False]) == pytest.approx((0.04 + 0.36) / 2)


def test_a_blind_guesser_who_says_so_is_the_yardstick():
    assert calibration.by_chance([2]) == 0.25
    assert calibration.by_chance([4]) == pytest.approx(
        calibration.brier([25] * 4, [True] + [False] * 3)
    )
    assert calibration.by_chance([3, 4]) == pytest.approx((2 / 9 + 3 / 16) / 2)


def test_choices_are_told_in_words_before_the_score():
    for letter, choice in zip("abcdefghij", ["China"] * 4 + ["India"] * 6, strict=True):
        chosen(f"02-{letter}", choice, 90)
    chosen("02-k", "China", None)
    said = calibration.how_i_predicted()
    assert said[0] == "Of your choices, 5 of 11 were right."
    assert "how sure you were of 10 choices, on average 90 %" in said[1]
    assert (
        "40 % of these choices were right, so you were surer than you should have been." in said[1]
    )
    score = (4 * 0.01 + 6 * 0.81) / 10
    assert f"Yours is {score:.2f}, and 0 is the best" in said[2]
    assert said[2].endswith("can expect 0.19.")  # of four options: 3/16
    assert said[-1] == calibration.WHAT_IT_IS


@pytest.mark.parametrize(
    ("sure", "says"),
    [(100, "surer than"), (50, "about as sure as"), (25, "less sure than")],
)
def test_how_sure_is_compared_with_how_often_right(sure, says):
    for letter in "abcdefghij":
        chosen(f"02-{letter}", "China" if letter < "f" else "India", sure)
    assert says in calibration.how_i_predicted()[1]


def test_few_choices_do_not_tell_how_sure_somebody_should_be():
    for letter in "abcdefghi":
        chosen(f"02-{letter}", "India", 100)
    said = calibration.how_i_predicted()[1]
    assert said.endswith(
        "0 % of these choices were right. These are too few choices to tell whether you were too "
        "sure."
    )


def test_numbers_are_told_by_their_distance():
    for key, guess, came in [("02-a", "100", 100), ("02-b", "95", 100), ("02-c", "300", 100)]:
        predicted(guess, id=key)
        journal.outcome(key, came)
    predicted("3", id="02-d")
    journal.outcome("02-d", 0)  # of zero there is no share
    assert calibration.how_i_predicted()[0] == (
        "Of your numbers, 2 of 3 were within a tenth of the outcome, and 2 were between half and "
        "twice the outcome. Half of your numbers were off by 5 % of the outcome or less."
    )


def test_what_has_no_outcome_or_was_made_late_or_passed_is_left_out():
    chosen("02-a", "China", 70, outcome=None)
    journal.outcome("02-b", "China")
    chosen("02-b", "China", 70, outcome=None)  # late
    form = journal.predict("02-c", "Who?", kind="choice", options=OPTIONS)
    form.sure.per_cent = 80
    form.pass_button.click()
    journal.outcome("02-c", "India")
    assert calibration.how_i_predicted() == [calibration.NONE_YET]
    assert journal.read("02-c", "prediction").current.confidence is None


def test_how_sure_comes_back_and_may_be_left_unsaid():
    chosen("02-a", "China", 70, outcome=None)
    again = journal.predict("02-a", "Who bought most?", kind="choice", options=OPTIONS)
    assert again.sure.per_cent == 70
    assert "China (70 % sure)" in again.status.value
    chosen("02-b", "China", None, outcome=None)
    assert journal.read("02-b", "prediction").current.confidence is None


def test_the_slider_begins_at_the_chance_of_a_blind_guess():
    form = journal.predict("02-a", "Who bought most?", kind="choice", options=OPTIONS)
    assert [step for _, step in form.sure.options][1:] == list(range(25, 101, 5))
    form = journal.predict("02-b", "Which way?", kind="shape")
    assert [step for _, step in form.sure.options][1] == 20


def test_the_closing_and_the_export_tell_it(tmp_path):
    chosen("02-a", "China", 70)
    assert "What I predicted, and what happened" in journal.closing().data
    written = journal.export(tmp_path / "out")
    text = next((tmp_path / "out").glob("*.md")).read_text(encoding="utf-8")
    assert "What I predicted, and what happened" in text and "Brier score" in text
    assert written is not None
