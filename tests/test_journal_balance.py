"""The end of the course: where somebody stood and stands, and how often sure verdicts agreed."""

from itertools import combinations

import pytest
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle
from PIL import Image

from courseware import charts, claims, journal
from courseware.brief import balance, verdict_picture
from courseware.journal.format import JournalError
from courseware.journal.store import current_store
from courseware.verdicts import BUT, LOOKS, UNKNOWN, VERDICTS
from tests.test_journal import polled, predicted, restart


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
    assert "does not say how sure you were of T1 or T2" in shown
    assert "no verdict that can be compared" in shown
    assert "Not judged: 84." in shown and not current_store().export_folder.exists()


def test_first_and_last_confidence_stand_apart_for_each_thesis():
    polled(40)
    polled(55, moment="after 02")
    polled(65, moment="closing")
    polled(30, id="T2")
    assert balance.where_i_stood() == [
        "T1: you were 40 % sure (opening) and then 65 % sure (closing).",
        "T2: you were 30 % sure (opening).",
    ]
    shown = journal.closing().data
    assert "after 02" in shown and "<table" in shown


def test_a_pass_is_no_confidence():
    journal.confidence("T1", "China gains").pass_button.click()
    assert balance.where_i_stood() == [
        "Your journal does not say how sure you were of T1 or T2, so there is nothing to compare."
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
        "When you said 80 % or more, you agreed with the course in 2 of 3 verdicts.",
        "When you said 60 to 79 %, you agreed with the course in 0 of 1 verdicts.",
        "When you said less than 60 %, you agreed with the course in 1 of 1 verdicts.",
    ]
    assert said[-1] == balance.COURSE_MAY_BE_WRONG and "dissent" in said[-1]
    assert not any("say little" in line for line in said)


def test_few_verdicts_are_said_to_say_little():
    judged(knowable()[0], "holds", 90)
    assert (
        "Only 1 of your verdicts can be compared with ours, so these numbers say little."
        in balance.how_sure_i_was()
    )


def test_what_cannot_be_compared_is_left_out():
    register = claims.register()
    unknown = next(i for i, claim in register.items() if claim.in_four_words == UNKNOWN)
    unchecked = next(i for i, claim in register.items() if claim.in_four_words is None)
    judged(unknown, UNKNOWN, 90)
    judged(unchecked, "holds", 90)
    judged(knowable()[0], "holds", None)
    judged(knowable()[1], None, None)
    first, *rest = balance.how_sure_i_was()
    assert first.startswith("Your journal holds no verdict that can be compared")
    assert rest == [balance.NOT_COUNTED]


def test_the_export_ends_in_what_to_open_and_what_to_hand_in():
    judged("C24", "holds", 85)
    written = journal.export()
    assert repr(written).startswith("Your journal is exported. Open export/my-journal.html")
    assert "hand in export/my-journal.json" in repr(written)
    card = written._repr_html_()
    assert "Your journal is exported" in card
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


# The picture --------------------------------------------------------------------------------


def a_whole_course():
    """Answer as somebody might who did all of it: every verdict, passes, polls, predictions."""
    for number, (claim_id, claim) in enumerate(claims.register().items()):
        verdict = (*VERDICTS, None)[number % 5]
        judged(claim_id, verdict, 50, (*claim.but, "date")[0] if verdict == BUT else None)
    for moment, sure in (("opening", 70), ("after 02", 60), ("closing", 45)):
        polled(sure, moment=moment)
    polled(50, id="T2")
    predicted("50")
    journal.outcome("02-growth", 50)


def test_the_picture_has_a_square_for_each_claim_in_the_colour_of_its_verdict():
    a_whole_course()
    end = verdict_picture.ended()
    drawn = verdict_picture.drawn(end, "")
    boxes = [patch for patch in drawn.axes[0].patches if isinstance(patch, Rectangle)]
    fills = [box.get_facecolor() for box in boxes if box.get_fill()]
    for verdict, look in LOOKS.items():
        squares = sum(claim == verdict for claim in end.own.values())
        assert fills.count(to_rgba(look.colour)) == squares + 1, verdict  # and its key
    frames = sum(not box.get_fill() for box in boxes)
    assert frames == len(end.differ) + 1 and set(end.differ) == set(differing())


def test_a_pass_is_no_verdict_that_the_picture_counts():
    judged("C24", "holds", 85)
    judged("C07", None, None)
    end = verdict_picture.ended()
    written = [text.get_text() for text in verdict_picture.drawn(end, "").axes[0].texts]
    assert end.judged == 1 and "1" in written and {"pass  1", "holds  1"} <= {*written}


def differing():
    apart = claims.compared().query("steps > 0")
    return apart["claim"].tolist()


def test_no_word_of_the_picture_is_cut_off_or_lies_on_another():
    a_whole_course()
    sheet = verdict_picture.drawn(verdict_picture.ended(), "W" * verdict_picture.MOST_NAME)
    paint = sheet.canvas.get_renderer()
    boxes = [text.get_window_extent(paint) for text in sheet.axes[0].texts]
    for box in boxes:
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= 1200 and box.y1 <= 630
    for one, other in combinations(boxes, 2):
        assert not one.overlaps(other.shrunk(0.9, 0.9))


def test_the_picture_says_in_words_what_it_shows():
    a_whole_course()
    said = verdict_picture.alt(verdict_picture.ended())
    assert "holds: 17." in said and "pass: 16." in said and "Not judged: 0." in said
    assert f"On {len(differing())} of the judged claims, the course's verdict is different." in said
    assert "How sure I was: 70 % (opening), then 45 % (closing)." in said
    assert "Numbers predicted to within a tenth: 1 of 1." in said


def test_picture_and_page_are_written_without_a_name(folder):
    a_whole_course()
    shown = journal.closing().data
    assert (
        "70 % (opening), then 45 % (closing)" in shown and "Where the course and I differ" in shown
    )
    page, picture = (folder / "export" / f"my-verdicts.{e}" for e in ("html", "png"))
    with Image.open(picture) as image:
        assert image.size == (1200, 630)
    said = page.read_text("utf-8")
    assert said.count("<img") == 2 and "My verdicts" in said  # squares, curve
    assert "Neither file shows a name" in shown
    nameless = picture.read_bytes()
    assert "Both files show the name A. B." in journal.closing(name="A. B.").data
    assert picture.read_bytes() != nameless


def test_what_the_course_did_not_write_is_left_alone(folder):
    a_whole_course()
    own = folder / "export" / "my-verdicts.png"
    own.parent.mkdir()
    own.write_bytes(b"my own")
    assert "No file was written" in journal.closing().data
    assert own.read_bytes() == b"my own" and len(list(own.parent.iterdir())) == 1


def test_deleting_the_journal_deletes_picture_and_page(folder):
    a_whole_course()
    journal.closing()
    assert len(list((folder / "export").iterdir())) == 2
    journal.delete_all(confirm=True)
    assert not (folder / "export").exists()


@pytest.mark.parametrize("name", ["x" * 31, "two\nlines"])
def test_a_name_that_does_not_fit_is_refused(name):
    with pytest.raises(JournalError, match="at most 30 letters"):
        journal.closing(name=name)


def test_the_exported_page_has_squares_and_curve():
    a_whole_course()
    page = journal.export().html.read_text("utf-8")
    end = page[page.index("In the end") : page.index("How sure I was</h2>")]
    assert end.count("<img") == 2
    assert "one for each claim" in end and "How sure I was. China gains" in end
