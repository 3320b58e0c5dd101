"""The one list of a class: each student once, what came, what waits, and points or why none."""

import json
from contextlib import closing

import pytest

from coursestaff import cli, roster, worksteps
from coursestaff.marking import excused, provenance
from coursestaff.nbgrader_course import directory, gradebook
from coursestaff.returning import feedback
from tests import marked
from tests.marked import NAME

TEXTS = {"ada": "I argue for it.", "bo": "I argue against it.", "cy": None, "dee": "Late."}


@pytest.fixture
def course(tmp_path):
    """A class that is graded; of five, one has handed in nothing."""
    folder = marked.course(tmp_path / "course", TEXTS)
    with closing(gradebook(directory(folder))) as book:
        book.update_or_create_student("eve", first_name="Eve", last_name="Diaz\nX\x1b[2J")
    return folder


def list_of(course):
    return roster.keep(course, NAME).read_text(encoding="utf-8")


def part(text, head):
    """Return what stands below a head of the list."""
    return text.partition(f"\n{head}")[2].partition("\n\n")[0]


def mark(course, student, points):
    with closing(gradebook(directory(course))) as book:
        grade = book.find_grade("q9", NAME, NAME, student)
        grade.manual_score, grade.needs_manual_grade = points, False
        book.db.commit()


def test_each_student_stands_in_it_once_with_points_or_why_none(course):
    mark(course, "ada", 3)
    excused.excuse(course, NAME, ["bo"])
    text = list_of(course)
    assert text.startswith(f"{NAME}: 4 of 5 students handed in work.\nThis list is private, ")
    assert "  ada Example, Ada: 19 of 20 points\n      handed in 20" in part(
        text, "All is marked (2)"
    )
    assert "  cy Example, Ada: 16 of 20 points\n" in part(text, "All is marked (2)")
    assert part(text, "To mark (1)").startswith(":\n  dee Example, Ada: q9\n")
    assert part(text, "Excused (1)").startswith(":\n  bo Example, Ada\n")
    assert part(text, "Nothing handed in (1)") == ":\n  eve Diaz?X?[2J, Eve"
    for student in (*TEXTS, "eve"):
        assert text.count(f"\n  {student} ") == 1


def test_a_hand_in_that_came_anew_and_one_that_is_not_graded_say_so(course):
    path = course / "submitted" / "ada" / NAME / f"{NAME}.ipynb"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    (course / "submitted" / ".earlier" / "ada" / f"{NAME}-1").mkdir(parents=True)
    (course / "submitted" / "eve" / NAME).mkdir(parents=True)
    text = list_of(course)
    anew = part(text, "Handed in but not graded (run `course grade`) (2)")
    assert (
        "  ada Example, Ada: q9\n" in anew and "earlier versions in submitted/.earlier: 1" in anew
    )
    assert "  eve " in anew and "handed in" in anew and "no notebook" in anew
    with closing(gradebook(directory(course))) as book:
        told = roster.without_points(roster.entries(book, course, NAME), {"ada": "Ada"}, {})
    assert told.endswith("feedback are for their earlier work:\n  ada Ada")


def test_points_and_pages_of_earlier_work_are_named_on_their_way_to_the_platform(course, capsys):
    for student in ("ada", "bo", "dee"):
        mark(course, student, 3)
    path = course / "submitted" / "ada" / NAME / f"{NAME}.ipynb"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    anew = part(list_of(course), "Handed in but not graded (run `course grade`) (1)")
    assert anew.startswith(":\n  ada Example, Ada: 19 of 20 points for the earlier work\n")
    assert "ada" in feedback.make(course, NAME).pages
    said = capsys.readouterr().out
    assert said.endswith("feedback are for their earlier work:\n  ada Example, Ada\n")


def test_whatever_points_a_person_gives_for_nothing_are_named_as_that_person_s(course):
    path = provenance.place(course / "submitted" / "dee" / NAME) / f"{NAME}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["metadata"][provenance.KEY] |= {"trouble": "The file is empty.", "refused": True}
    path.write_text(json.dumps(notebook), encoding="utf-8")
    mark(course, "dee", 1)
    assert "  dee Example, Ada: 17 of 20 points\n" in part(list_of(course), f"{roster.DECIDED} (1)")
    with closing(gradebook(directory(course))) as book:
        told = roster.without_points(roster.entries(book, course, NAME), {}, {})
    assert told.endswith(f"{roster.DECIDED}:\n  dee: 17. The file is empty.")


def test_the_steps_stand_at_its_end_in_the_order_of_the_work(course):
    assert list_of(course).endswith("\nNo step has been done yet.\n")
    worksteps.note(course, NAME, "grade", 61.4)
    with roster.step(course, NAME, "collect"):
        pass
    lines = (course / roster.LIST.format(name=NAME)).read_text(encoding="utf-8").splitlines()
    assert [line.split(":")[0].strip() for line in lines[-2:]] == ["collect", "grade"]
    assert lines[-1].endswith(", 1 min 1 s") and lines[-2].endswith(", 0 s")


def test_a_step_that_fails_is_not_noted(course):
    with pytest.raises(OSError, match="full"), roster.step(course, NAME, "grade"):
        raise OSError("full")
    assert worksteps.done(course, NAME) == {}


def test_the_list_is_written_where_a_step_is_stopped(course):
    list_of(course)
    with pytest.raises(KeyboardInterrupt), roster.step(course, NAME, "grade"):
        excused.excuse(course, NAME, ["bo"])
        raise KeyboardInterrupt
    assert "Excused (1)" in (course / roster.LIST.format(name=NAME)).read_text(encoding="utf-8")
    assert worksteps.done(course, NAME) == {}


def test_a_step_that_could_not_begin_writes_no_list_and_says_why(course):
    with (
        pytest.raises(ValueError, match="no such exercise"),
        roster.step(course, "99_no", "export"),
    ):
        raise ValueError("no such exercise")
    assert not (course / roster.LIST.format(name="99_no")).exists()


def test_a_reason_to_look_stays_beside_points():
    entry = roster.Entry("ada", roster.LOOK, why="Another version marked it.", points=12.0)
    first, *more = roster._said(entry, {"ada": "Example, Ada"}, 20)
    assert first.endswith("Another version marked it.")
    assert [line.strip() for line in more] == ["12 of 20 points"]


def test_the_excused_get_no_page_of_feedback(course, monkeypatch):
    def make_pages(course, name):
        for student in TEXTS:
            page = course / "feedback" / student / name / f"{name}.html"
            page.parent.mkdir(parents=True)
            page.touch()

    monkeypatch.setattr(feedback, "_make_pages", make_pages)
    excused.excuse(course, NAME, ["bo"])
    for student in ("ada", "dee"):
        mark(course, student, 2)
    assert feedback.make(course, NAME).pages.keys() == TEXTS.keys() - {"bo"}


def test_the_excused_are_blank_where_points_are_exported(course, monkeypatch, capsys):
    monkeypatch.chdir(course)
    for student in ("ada", "dee"):
        mark(course, student, 4)
    assert cli.main(["export", NAME, "--format", "csv"]) == 0
    assert "bo Example, Ada" not in capsys.readouterr().out
    assert cli.main(["excuse", NAME, "ada", "bo"]) == 0
    assert "Excused from 02_the_trade_lifeline (2): ada Example, Ada; bo" in capsys.readouterr().out
    assert cli.main(["export", NAME, "--format", "csv"]) == 0
    assert "stay blank (3 of 5):\n  ada Example, Ada: Excused\n" in capsys.readouterr().out
    rows = (course / f"{NAME}-csv.csv").read_text(encoding="utf-8").splitlines()
    found = {row.split(",")[1]: row.split(",")[5:] for row in rows}
    assert found["student_id"][-9:] == [f"q{n}" for n in range(1, 10)]
    assert found["ada"][:3] == [""] * 3 and found["ada"][5:] == ["Excused", *[""] * 9]
    assert found["dee"][2] == "20.0" and found["dee"][-1] == "4.0"
    assert found["cy"][2] == "16.0" and found["cy"][-1] == "0.0"
    assert "Excused (2)" in (course / roster.LIST.format(name=NAME)).read_text(encoding="utf-8")


def test_a_list_that_cannot_be_written_leaves_the_one_before(course, monkeypatch):
    before = list_of(course)

    def fails(*_):
        raise OSError(28, "No space left on device")

    path = course / roster.LIST.format(name=NAME)
    monkeypatch.setattr(type(path), "replace", fails)
    with pytest.raises(OSError, match="No space"):
        roster.keep(course, NAME)
    assert path.read_text(encoding="utf-8") == before
    assert not [each for each in path.parent.iterdir() if each.name.startswith(".02")]
