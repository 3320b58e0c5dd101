"""The end of the course: where somebody stood and stands, and how often sure verdicts agreed."""

import re
from itertools import combinations

import pytest
from matplotlib.colors import to_rgba
from PIL import Image

from courseware import charts, claims, journal
from courseware.brief import balance, verdict_picture
from courseware.charts import page_of_bars
from courseware.journal.format import JournalError
from courseware.journal.store import current_store
from courseware.verdicts import BUT, FAILS, PASS, UNKNOWN, VERDICTS, told
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


def figures(lines):
    """Return the numbers in each sentence that has any."""
    found = ([int(n) for n in re.findall(r"(?<![T\d])\d+", line)] for line in lines)
    return [numbers for numbers in found if numbers]


def test_an_empty_journal_has_nothing_to_compare():
    shown = journal.closing().data
    assert balance.where_i_stood() == [balance._NO_POLL]
    assert balance._NO_POLL in shown and balance._NO_VERDICT in shown
    assert len(claims.register()) == 84 and "84." in shown
    assert not current_store().export_folder.exists()


def test_first_and_last_confidence_stand_apart_for_each_thesis():
    polled(40)
    polled(55, moment="after 02")
    polled(65, moment="closing")
    polled(30, id="T2")
    one, two = balance.where_i_stood()
    assert figures([one, two]) == [[40, 65], [30]] and one.startswith("T1") and "closing" in one
    shown = journal.closing().data
    assert "after 02" in shown and "<table" in shown


def test_a_pass_is_no_confidence():
    journal.confidence("T1", "China gains").pass_button.click()
    assert balance.where_i_stood() == [balance._NO_POLL]


def test_how_often_one_agreed_is_told_by_how_sure_one_was():
    answers = [("holds", 90), ("holds", 80), ("does not hold", 95)]
    answers += [("does not hold", 65), ("holds", 20)]
    for claim_id, answer in zip(knowable(), answers, strict=False):
        judged(claim_id, *answer)
    said = balance.how_sure_i_was()
    assert figures(said) == [[80, 2, 3], [60, 79, 0, 1], [60, 1, 1]]
    assert said[-2:] == [balance.NOT_COUNTED, balance.COURSE_MAY_BE_WRONG]


def test_fewer_than_five_verdicts_are_said_to_be_few():
    first, second, third, fourth, fifth, *_ = knowable()
    for claim_id in (first, second, third, fourth):
        judged(claim_id, "holds", 90)
    assert figures(balance.how_sure_i_was()) == [[80, 4, 4], [4]]
    judged(fifth, "holds", 90)
    assert figures(balance.how_sure_i_was()) == [[80, 5, 5]]


def test_what_cannot_be_compared_is_left_out():
    register = claims.register()
    unknown = next(i for i, claim in register.items() if claim.in_four_words == UNKNOWN)
    unchecked = next(i for i, claim in register.items() if claim.in_four_words is None)
    judged(unknown, UNKNOWN, 90)
    judged(unchecked, "holds", 90)
    judged(knowable()[0], "holds", None)
    judged(knowable()[1], None, None)
    assert balance.how_sure_i_was() == [balance._NO_VERDICT, balance.NOT_COUNTED]


def test_the_export_ends_in_what_to_open_and_what_to_hand_in(snapshot):
    judged("C24", "holds", 85)
    written = journal.export()
    for card in (repr(written), written._repr_html_()):
        assert card.index("my-journal.html") < card.index("my-journal.json")
    assert repr(written) == snapshot


def test_the_exported_page_names_the_claim_and_both_verdicts():
    polled(40)
    judged("C24", "holds", 85)
    judged("C07", "holds, but", 60, "wording")
    written = journal.export()
    for path in (written.html, written.markdown):
        page = path.read_text("utf-8")
        for claim_id, mine in (("C24", told("holds")), ("C07", told("holds, but", "wording"))):
            claim = claims.get(claim_id)
            card = page[page.index(f"{claim_id} · {claim.short_label}") :]
            assert 0 < card.index(f"{mine} (") < card.index(claim.told)
        assert all(heading in page for heading in balance.in_the_end())


def test_an_export_without_polls_and_verdicts_has_no_closing():
    page = journal.export().markdown.read_text("utf-8")
    assert not any(heading in page for heading in balance.in_the_end())


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


def test_the_picture_has_a_bar_for_each_claim_that_looks_as_its_verdict():
    a_whole_course()
    end = verdict_picture.ended()
    page, key = verdict_picture.drawn(end, "").axes
    bars = [patch.get_facecolor() for patch in page.patches]
    drawn = [*page_of_bars.pieces(claims.outline())]
    wanted = [end.look(piece.claim)["facecolor"] for piece in drawn]
    assert bars == [to_rgba(hue) for hue in wanted]
    assert len(page.lines) == sum(end.own.get(piece.claim) == FAILS for piece in drawn)
    looks = [(*look.items(),) for look in verdict_picture.LOOKS.values()]
    assert len({*looks}) == len(key.patches) == len(VERDICTS) + 1


def test_a_pass_is_no_verdict_that_the_picture_counts():
    judged("C24", "holds", 85)
    judged("C07", None, None)
    judged("C09", "does not hold", 60)
    end = verdict_picture.ended()
    assert [*end.counts.values()] == [1, 0, 1, 0, 82] and end.own["C07"] == PASS
    written = [text.get_text() for text in verdict_picture.drawn(end, "").axes[1].texts]
    assert written[::2] == ["1", "0", "1", "0", "82"]
    assert written[1::2] == [*VERDICTS, verdict_picture.NOT_JUDGED]


def differing():
    apart = claims.compared().query("steps > 0")
    return apart["claim"].tolist()


def test_no_word_of_the_picture_is_cut_off_or_lies_on_another():
    a_whole_course()
    sheet = verdict_picture.drawn(verdict_picture.ended(), "W" * verdict_picture.MOST_NAME)
    paint = sheet.canvas.get_renderer()
    words = [*sheet.texts, *sheet.axes[1].texts]
    boxes = [text.get_window_extent(paint) for text in words]
    for box in boxes:
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= 1200 and box.y1 <= 630
    for one, other in combinations(boxes, 2):
        assert not one.overlaps(other.shrunk(0.9, 0.9))


def test_the_picture_says_in_words_what_it_shows(snapshot):
    a_whole_course()
    assert verdict_picture.alt(verdict_picture.ended()) == snapshot
    said = figures(verdict_picture.alt(verdict_picture.ended()).split(". "))
    assert said == [[84], [17], [17], [17], [17], [16], [len(differing())]]


def test_picture_and_page_are_written_without_a_name(folder):
    a_whole_course()
    shown = journal.closing().data
    assert "70 % sure (opening)" in shown and "45 % sure (closing)" in shown
    assert f"{len(differing())} claims" in shown
    page, picture = (folder / "export" / f"my-verdicts.{e}" for e in ("html", "png"))
    with Image.open(picture) as image:
        assert image.size == (1200, 630)
    assert page.read_text("utf-8").count("<img") == 2  # bars, curve
    assert "journal.closing(name=" in shown
    nameless = picture.read_bytes()
    assert "A. B." in journal.closing(name="A. B.").data
    assert picture.read_bytes() != nameless


def test_what_the_course_did_not_write_is_left_alone(folder):
    a_whole_course()
    own = folder / "export" / "my-verdicts.png"
    own.parent.mkdir()
    own.write_bytes(b"my own")
    assert "my-verdicts.png" in journal.closing().data
    assert own.read_bytes() == b"my own" and len(list(own.parent.iterdir())) == 1


def test_deleting_the_journal_deletes_picture_and_page(folder):
    a_whole_course()
    journal.closing()
    assert len(list((folder / "export").iterdir())) == 2
    journal.delete_all(confirm=True)
    assert not (folder / "export").exists()


def test_a_name_that_does_not_fit_is_refused():
    for name in ("x" * 31, "two\nlines"):
        with pytest.raises(JournalError, match="30"):
            journal.closing(name=name)
    journal.closing(name="x" * 30)


def test_the_exported_page_has_squares_and_curve():
    a_whole_course()
    page = journal.export().html.read_text("utf-8")
    pictures = [part for part in page.split("<img")[1:] if "data:image/png" in part]
    assert len(pictures) == 2
