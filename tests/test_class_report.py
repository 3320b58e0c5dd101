"""The report on a class counts right, and tells nothing of fewer than five students."""

import re
from collections import Counter
from html import unescape
from itertools import product

import pytest

from coursestaff import cli
from coursestaff.marking import autograded, excused
from coursestaff.marking.marks import FORM
from coursestaff.marking.provenance import TROUBLE, Provenance
from coursestaff.marking.submission import Graded
from coursestaff.returning.class_report import page as pages
from coursestaff.returning.class_report.counting import (
    NO_HINT,
    OTHER_ERROR,
    PARTLY,
    RIGHT,
    UNANSWERED,
    WAITS,
    WRONG,
    count,
)
from coursestaff.returning.class_report.steps import steps
from coursestaff.returning.class_report.telling import tell
from coursestaff.returning.class_report.withholding import Told, told
from courseware import CourseError
from courseware.ui import css
from tests import handins
from tests.exercises import NAMES, exercise
from tests.made_class import NAME, SECRET, Made, hint
from tests.notebooks import ROOT

# --- A made class -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """A course folder with a gradebook that knows the exercise, and nobody."""
    made = Made(tmp_path_factory.mktemp("empty") / "course")
    made.book.close()
    return made.course


@pytest.fixture
def made(tmp_path, empty):
    made = Made(tmp_path / "course", empty)
    yield made
    made.book.close()


def page_of(made):
    return pages.write(made.course, NAME).read_text(encoding="utf-8")


def text_of(page):
    """Return what a reader sees and hears: without the style sheet and the tags."""
    spoken = " ".join(re.findall(r'aria-label="([^"]*)"', page))
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", page.split("</style>")[1]) + spoken))


def outcomes(counted, question):
    """Return how many answers to a question came to what."""
    found = Counter(each[question].outcome for each in counted.work)
    return [found[each] for each in (RIGHT, PARTLY, WRONG, UNANSWERED, WAITS)]


def as_read(text):
    return text.replace("`", "")


# --- What is counted --------------------------------------------------------------------------


def test_every_answer_is_counted_as_what_it_is(made):
    made.add(times=9, essay=4)
    made.add(
        times=6,
        wrong={"q1": hint("q1"), "q2": f"Why. A person will look at this answer. {hint('q2')}"},
    )
    made.add(times=5, blank=["q3"], partly=["q7"], essay=0, errors=["NameError", "ZoeError"])
    made.add(times=5, wrong={"q1": "It differs from all that is known."}, essay=2)
    counted = count(made.course, NAME)
    assert len(counted.work) == 25
    assert outcomes(counted, "q1") == [14, 0, 11, 0, 0]
    assert Counter(each["q1"].hint for each in counted.work) == {hint("q1"): 6, NO_HINT: 19}
    assert Counter(each["q2"].hint for each in counted.work) == {hint("q2"): 6, NO_HINT: 19}
    assert outcomes(counted, "q3") == [20, 0, 0, 5, 0]
    assert outcomes(counted, "q7") == [20, 5, 0, 0, 0]
    assert outcomes(counted, "q9") == [9, 5, 5, 6, 0]
    assert counted.errors == {"NameError": 5, OTHER_ERROR: 5}
    report = tell(counted)
    assert report.lines[6].mean == pytest.approx((20 * 3 + 5 * 2) / 25)
    words = text_of(page_of(made))
    assert "14 (56%)" in words and "6 (24%)" in words
    for line in report.lines:
        if all(n.exact for n in line.outcomes.values()):
            assert sum(n.low for n in line.outcomes.values()) == 25, line.question.id
    assert as_read(hint("q1")) in words
    assert "Why do the same three months have three growth rates?" in words


def test_what_waits_for_a_person_is_neither_right_nor_wrong(made):
    made.add(times=6, essay=4)
    made.add(times=6)
    for number in range(1, 6):
        made.book.find_grade("q1", NAME, NAME, f"quill-{number:03}").needs_manual_grade = True
    made.book.db.commit()
    counted = count(made.course, NAME)
    assert outcomes(counted, "q1") == [7, 0, 0, 0, 5]
    page = page_of(made)
    assert "Some answers have not been marked yet" in page
    assert "<h1>The class got at least half of the points on questions 2 to 8</h1>" in page
    assert tell(counted).lines[0].mean is None


def test_work_that_could_not_be_read_is_left_out(made):
    made.add(times=6)
    folder = made.course / "submitted" / "quill-001" / NAME
    note = {"cell_type": "markdown", "id": TROUBLE, "metadata": {}, "source": "**No.**"}
    autograded.write(
        folder, Graded("quill-001", [note], {}, set(), [], "No.", {}), Provenance("w", "e")
    )
    assert len(count(made.course, NAME).work) == 5


def test_a_question_that_tells_strong_from_weak_says_so(made):
    weak = dict.fromkeys(("q2", "q3", "q4", "q5", "q6"), "It differs.")
    made.add(times=15, essay=4)
    made.add(times=15, wrong={**weak, "q1": "It differs."}, essay=4)
    lines = {line.question.id: line for line in tell(count(made.course, NAME)).lines}
    assert lines["q1"].tells_apart.startswith("well (r = 1.0; thirds +100")
    assert lines["q9"].tells_apart == "not told"  # all have full points


def test_a_small_class_is_told_no_correlation(made):
    made.add(times=6)
    made.add(times=6, wrong={"q1": "It differs.", "q2": "It differs."})
    assert {line.tells_apart for line in tell(count(made.course, NAME)).lines} == {"not told"}


@pytest.mark.parametrize("name", NAMES)
def test_every_hint_is_found_again_as_the_gradebook_keeps_it(name):
    """As Markdown is cleaned on its way there, two hints of a question must not become one."""
    from coursestaff.collecting.releases import set_up
    from coursestaff.marking.cleaning import clean_markdown
    from coursestaff.returning.class_report.counting import _hint, _hints

    found = _hints(set_up(ROOT, name))
    for question in exercise(name).checked:
        for known in question.misconceptions:
            assert _hint(clean_markdown(known.hint), found[question.id]) == known.hint


def test_a_question_leads_to_the_section_that_is_about_the_same_thing():
    """The railway's dates are of the timeline, as the meetings are, and are in the companion."""
    name = "04_the_xian_summit"
    found = steps(ROOT, name, handins.release(name)["cells"])
    assert found["q1"].chapter == "Who met whom, and how?" and not found["q1"].companion
    assert found["q5"].chapter == "How far had the projects progressed?" and found["q5"].companion


def test_each_checked_question_before_the_last_leads_somewhere_in_its_chapter():
    found = steps(ROOT, NAME, handins.release(NAME)["cells"])
    assert found["q4"].chapter == "Who else bought Russia's oil?"
    assert found["q4"].same_table
    for step in found.values():
        folder = ROOT / "notebooks" / ("further" if step.companion else "")
        headings = (folder / f"{NAME}.ipynb").read_text(encoding="utf-8")
        assert step.chapter is None or f"# {step.chapter}" in headings
    assert set(found) == set(exercise(NAME).questions)


# --- What is withheld -------------------------------------------------------------------------


def possible(counts, said):
    """Return every way in which a class may have answered, as a reader can work it out."""
    ranges = [
        range(n.low, (sum(counts) if n.high is None else n.high) + 1) if c else [0]  # known noughts
        for c, n in zip(counts, said, strict=True)
    ]
    return [way for way in product(*ranges) if sum(way) == sum(counts)]


@pytest.mark.parametrize("size", [5, 6, 7, 9, 12, 20])
def test_no_small_number_can_be_worked_out_from_the_others(size):
    """Every class of this size, over four outcomes: a reader who adds up finds no small number."""
    tried = 0
    for counts in product(range(size + 1), repeat=4):
        if sum(counts) != size or list(counts) != sorted(counts):
            continue
        said = told(counts)
        if said is None:
            continue
        tried += 1
        ways = possible(counts, said)
        assert counts in ways
        for place, number in enumerate(counts):
            if 0 < number < 5:
                assert len({way[place] for way in ways}) > 1, (counts, said)
                assert str(said[place]) == "fewer than five"
        hidden = [n for n, s in zip(counts, said, strict=True) if not s.exact]
        assert not hidden or sum(hidden) >= 5, (counts, said)
    assert tried > 1


def test_the_complement_of_a_small_number_is_withheld():
    right, wrong, blank = told([27, 3, 0])
    assert (str(wrong), str(blank)) == ("fewer than five",) * 2
    assert right == Told(22, None)
    assert [str(n) for n in told([20, 6, 2, 2])][:1] == ["20"]
    assert told([20, 10]) == [Told(20, 20), Told(10, 10)]
    assert told([30, 0]) == [Told(30, 30), Told(0, 0)]
    assert told([4, 4]) is None  # two numbers of four at most that make eight
    assert told([3, 1]) is None  # four students


def test_a_number_is_not_given_away_by_another_as_large():
    assert [str(n) for n in told([5, 5, 1])] == ["five or more", "five or more", "fewer than five"]


def test_a_page_on_a_class_with_a_single_mistake_tells_it_nowhere(made):
    made.add(times=19, essay=4)
    made.add(wrong={"q1": hint("q1")}, essay=4, errors=["KeyError"])
    words = text_of(page_of(made))
    line = tell(count(made.course, NAME)).lines[0]
    assert line.mean is None, "of one point, the mean is the share"
    assert line.told == ()
    assert "KeyError" not in words
    assert as_read(hint("q1")) not in words
    for number in ("19", "95%", "0.9", "1.0 of", "19.9"):
        assert not re.search(rf"(?<![\d.]){re.escape(number)}(?![\d.])", words), number


def test_points_that_a_person_gave_in_part_once_are_not_told_apart_from_none(made):
    made.add(times=19, essay=4)
    made.add(wrong={"q2": hint("q2")}, essay=4)
    grade = made.book.find_grade("q2", NAME, NAME, "quill-020")
    grade.manual_score, grade.needs_manual_grade = 1, False
    made.book.db.commit()
    lines = tell(count(made.course, NAME)).lines
    assert all(PARTLY in line.outcomes for line in lines)
    assert str(lines[1].outcomes[PARTLY]) == str(lines[1].outcomes[WRONG]) == "fewer than five"


def test_four_students_are_told_nothing_and_five_are(made):
    made.add(times=4)
    assert "Fewer than five students handed in" in page_of(made)
    assert "<table" not in page_of(made)
    made.add()
    assert "<table" in page_of(made)


# --- What never stands on the page --------------------------------------------------------------


def test_no_name_no_id_and_no_word_of_a_student_is_on_the_page(made):
    made.add(times=6, essay=1, errors=[SECRET, "ZoeError"], wrong={"q1": SECRET})
    made.add(times=6, blank=["q1"], essay=4, said="Dear Zoe Quill")
    page = page_of(made).replace(css.faces(), "")  # their letters mean nothing
    assert not re.search("zoe|quill|alert|<script", page, re.IGNORECASE)
    assert page.count("<h1>") == 1
    assert "default-src 'none'" in page
    assert not re.search(r"https?://|url\((?!#)|@import|\bon\w+=", page)


def test_a_hint_with_signs_of_html_is_text():
    assert pages._marked("`a` < <b>") == "<code>a</code> &lt; &lt;b&gt;"


# --- The private page -----------------------------------------------------------------------------


def test_the_private_page_has_every_count_the_names_and_what_was_typed_as_text(made):
    made.add(times=2, essay=4)
    made.add(wrong={"q1": hint("q1")}, essay=0, errors=["KeyError"])
    made.book.update_or_create_student("quill-003", first_name="Zoe", last_name="<b>Quill")
    path = pages.write(made.course, NAME, private=True)
    page = path.read_text(encoding="utf-8")
    words = text_of(page)
    assert path.name == f"{NAME}.private.report.html"
    assert "fewer than five" not in words.partition("How to read this")[0].lower()
    assert "2 (67%)" in words and as_read(hint("q1")) in words and "KeyError" in words
    assert re.search(r"q1quill-003 .*Quill, Zoe0", words) and SECRET in words
    assert "<script" not in page and "<b>Quill" not in page


def test_the_page_without_names_is_not_changed_by_the_private_one(made):
    made.add(times=6, essay=4)
    before = page_of(made)
    pages.write(made.course, NAME, private=True)
    assert page_of(made) == before


def test_the_excused_are_not_counted(made):
    made.add(times=6, essay=4)
    excused.excuse(made.course, NAME, ["quill-001"])
    assert len(count(made.course, NAME).work) == 5


def test_what_is_said_of_a_form_is_told_as_it_was_and_a_written_answer_is_no_mistake(made):
    said = f"{FORM} Put set(…) around it."
    made.add(times=9, essay=4)
    made.add(times=6, wrong={"q4": said}, essay=0)
    report = tell(count(made.course, NAME))
    assert [(line.question.id, hint) for line, hint, _ in report.told] == [("q4", said)]
    assert "question 9" not in pages.finding(report)


# --- The finding and the command ----------------------------------------------------------------


def test_the_title_says_where_fewer_than_half_were_right(made):
    made.add(times=8, essay=4)
    made.add(times=12, wrong={"q5": hint("q5")}, essay=4)
    page = page_of(made)
    title = "The class got less than half of the points on question 5 (mean 1.2 of 3)"
    assert f"<h1>{title}</h1>" in page
    assert f"<title>{title}: {NAME}</title>" in page
    assert as_read(hint("q5")) in text_of(page)


def test_the_command_says_where_the_page_is_and_what_is_missing(made, monkeypatch, capsys):
    monkeypatch.setattr("courseware.manifest.course_root", lambda: made.course)
    assert cli.main(["report", NAME]) == 1
    assert f"No work on {NAME} has been graded" in capsys.readouterr().err
    made.add(times=5)
    assert cli.main(["report", NAME]) == 0
    assert f"{NAME}.report.html" in capsys.readouterr().out
    assert cli.main(["report", NAME, "--private"]) == 0
    assert "Keep the page private" in capsys.readouterr().out
    with pytest.raises(CourseError, match="There is no exercise"):
        count(made.course, "99_nothing")


def test_a_page_that_cannot_be_written_is_said_in_words(made, monkeypatch, capsys):
    monkeypatch.setattr("courseware.manifest.course_root", lambda: made.course)
    made.add(times=5)
    there = made.course / pages.REPORT.format(name=NAME)
    there.mkdir()
    assert cli.main(["report", NAME]) == 1
    assert capsys.readouterr().err == f"{there}: Is a directory\n"
