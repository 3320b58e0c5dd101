"""How predictions fared: measured against outcomes, never against the course."""

import re
from html import escape

import pytest

from courseware import charts, journal
from courseware.brief import calibration
from courseware.journal import phrases
from courseware.journal.phrases import as_markdown
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


def test_choices_are_told_in_words_before_the_score(snapshot):
    for letter, choice in zip("abcdefghij", ["China"] * 4 + ["India"] * 6, strict=True):
        chosen(f"02-{letter}", choice, 90)
    chosen("02-k", "China", None)
    said = calibration.how_i_predicted()
    right, sure, score, last = (re.findall(r"\d+(?:\.\d+)?", line) for line in said)
    assert right == ["5", "11"] and sure == ["10", "90", "40"]
    assert f"{(4 * 0.01 + 6 * 0.81) / 10:.2f}" in score
    assert score[-1] == "0.19"  # of four options: 3/16
    assert not last and said == snapshot


def test_how_sure_is_compared_with_how_often_right(snapshot):
    told = {}
    for sure in (100, 65, 60, 50, 40, 35, 25):
        for letter in "abcdefghij":
            chosen(f"02-{letter}", "China" if letter < "f" else "India", sure)
        told[sure] = calibration.how_i_predicted()[1].split("right, so ")[-1]
        journal.delete_all(confirm=True)
    assert told[100] == told[65] and told[60] == told[50] == told[40] and told[35] == told[25]
    assert len({*told.values()}) == 3 and told == snapshot


def test_few_choices_do_not_tell_how_sure_somebody_should_be(snapshot):
    for letter in "abcdefghi":
        chosen(f"02-{letter}", "India", 100)
    assert calibration.how_i_predicted()[1] == snapshot


def test_numbers_are_told_by_their_distance(snapshot):
    for key, guess, came in [("02-a", "100", 100), ("02-b", "95", 100), ("02-c", "300", 100)]:
        predicted(guess, id=key)
        journal.outcome(key, came)
    predicted("3", id="02-d")
    journal.outcome("02-d", 0)  # of zero there is no share
    said = calibration.how_i_predicted()[0]
    assert re.findall(r"\d+", said) == ["2", "3", "2", "5"] and said == snapshot


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
    assert phrases.kept(journal.read("02-a")) in again.status.value
    chosen("02-b", "China", None, outcome=None)
    assert journal.read("02-b", "prediction").current.confidence is None


def test_the_slider_begins_at_the_chance_of_a_blind_guess():
    form = journal.predict("02-a", "Who bought most?", kind="choice", options=OPTIONS)
    assert [step for _, step in form.sure.options][1:] == list(range(25, 101, 5))
    form = journal.predict("02-b", "Which way?", kind="shape")
    assert [step for _, step in form.sure.options][1] == 20


def test_the_closing_and_the_export_tell_it(tmp_path):
    chosen("02-a", "China", 70)
    text = journal.export(tmp_path / "out").markdown.read_text(encoding="utf-8")
    for line in calibration.how_i_predicted():
        assert escape(line) in journal.closing().data and as_markdown(line) in text
