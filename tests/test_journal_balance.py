"""The end of the course: where somebody stood and stands, and how often sure verdicts agreed."""

import pytest

from courseware import charts, claims, journal
from courseware.brief import balance
from courseware.verdicts import UNKNOWN
from tests.test_journal import polled, restart


@pytest.fixture(autouse=True)
def folder(journal_dir, monkeypatch):
    restart()
    monkeypatch.setattr(charts.page, "display", lambda _: None)
    return journal_dir


def judged(claim_id, verdict, sure, but=None):
    journal.save_verdict(claim_id, claims.get(claim_id).chapter, verdict, sure, but)


def knowable():
    """Return claims that the course says hold, the ids in order."""
    return [i for i, claim in claims.register().items() if claim.in_four_words == "holds"]


def test_an_empty_journal_says_that_there_is_nothing_to_compare():
    shown = journal.closing().data
    assert "no confidence in T1 or T2" in shown
    assert "no verdict with a confidence" in shown


def test_first_and_last_confidence_stand_apart_for_each_thesis():
    polled(40)
    polled(55, moment="after 02")
    polled(65, moment="closing")
    polled(30, id="T2")
    assert balance.where_i_stood() == [
        "T1: opening, you were 40 % sure; closing, 65 %.",
        "T2: opening, you were 30 % sure.",
    ]
    shown = journal.closing().data
    assert "after 02" in shown and "<table" in shown


def test_a_pass_is_no_confidence():
    journal.confidence("T1", "China gains").pass_button.click()
    assert balance.where_i_stood() == [
        "Your journal holds no confidence in T1 or T2, so nothing can be compared."
    ]


def test_how_often_one_agreed_is_told_by_how_sure_one_was():
    first, second, third, fourth, fifth, *_ = knowable()
    judged(first, "holds", 90)
    judged(second, "holds", 80)
    judged(third, "does not hold", 95)
    judged(fourth, "does not hold", 65)
    judged(fifth, "holds", 20)
    said = balance.how_sure_i_was()
    assert said[:3] == [
        "When you said 80 % or more, you agreed in 2 of 3.",
        "When you said 60 to 79 %, you agreed in 0 of 1.",
        "When you said less than 60 %, you agreed in 1 of 1.",
    ]
    assert said[-1] == balance.COURSE_MAY_BE_WRONG and "dissent" in said[-1]
    assert not any("says little" in line for line in said)


def test_few_verdicts_are_said_to_say_little():
    judged(knowable()[0], "holds", 90)
    assert "With only 1 of them this says little." in balance.how_sure_i_was()


def test_what_cannot_be_compared_is_left_out():
    register = claims.register()
    unknown = next(i for i, claim in register.items() if claim.in_four_words == UNKNOWN)
    unchecked = next(i for i, claim in register.items() if claim.in_four_words is None)
    judged(unknown, UNKNOWN, 90)
    judged(unchecked, "holds", 90)
    judged(knowable()[0], "holds", None)
    judged(knowable()[1], None, None)
    first, *rest = balance.how_sure_i_was()
    assert first.startswith("Your journal holds no verdict with a confidence")
    assert rest == [balance.NOT_COUNTED]


def test_the_export_ends_in_what_to_open_and_what_to_hand_in():
    judged("C24", "holds", 85)
    written = journal.export()
    assert repr(written).startswith("Done. Open export/my-journal.html")
    assert "hand in export/my-journal.json" in repr(written)
    card = written._repr_html_()
    assert "Done: your journal is exported" in card
    assert (
        "Open <b>my-journal.html</b>" in card and "<b>my-journal.json</b> and nothing else" in card
    )


def test_the_exported_page_names_the_claim_and_both_verdicts():
    polled(40)
    judged("C24", "holds", 85)
    judged("C07", "holds, but", 60, "wording")
    written = journal.export()
    for path in (written.html, written.markdown):
        page = path.read_text("utf-8")
        for claim_id, mine in (
            ("C24", "holds (85 % sure)"),
            ("C07", "holds, but (wording) (60 % sure)"),
        ):
            claim = claims.get(claim_id)
            assert f"{claim_id} · {claim.short_label}" in page
            assert f"I say: {mine}" in page and f"The course says: {claim.told}" in page
        assert "How sure I was, and how often I agreed with the course" in page


def test_an_export_without_polls_and_verdicts_has_no_closing():
    assert "In the end" not in journal.export().markdown.read_text("utf-8")
