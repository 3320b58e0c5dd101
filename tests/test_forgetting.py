"""Erasing takes all that a course folder holds of a student or a class, and nothing of others."""

import builtins
import contextlib
import io
import os
import shutil
import sqlite3
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from coursestaff import cli, worksteps
from coursestaff.collecting.collect import collect
from coursestaff.nbgrader_course import directory, gradebook
from coursestaff.returning import forgetting
from coursestaff.returning.export import export
from coursestaff.returning.forgetting import PLACES, ROWS, ForgetError, erase, find, in_words
from tests import marked
from tests.marked import NAME
from tests.notebooks import ROOT

#: Ids of which each is in danger of being taken for another, or for a pattern.
ODD = ["s0", "s01", "s010", "S01x", "[a-z]*", "*", "s 01", "s%", "Ünïs", "o'neil; drop table grade"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A course folder with a graded class, and what else an instructor has."""
    texts = {f"s{number:02}": "An answer." for number in range(1, 5)}
    course = marked.course(tmp_path_factory.mktemp("made") / "course", texts)
    (course / "solutions").unlink()
    shutil.copytree(ROOT / "solutions", course / "solutions")  # releases are kept there
    for student in students_of(course):
        name_them(course, student, f"Family of {student}")
        for place in PLACES:
            (course / place / student / NAME).mkdir(parents=True, exist_ok=True)
            (course / place / student / NAME / "x.txt").write_text(f"by {student}")
    shutil.copyfile(course / "gradebook.db", course / "gradebook.db.2026-01-01-000000.0")
    for file in LISTS:
        (course / file).parent.mkdir(exist_ok=True)
        (course / file).write_text("Family of s01 and Family of s02")
    return course


@pytest.fixture
def course(made, tmp_path):
    return Path(shutil.copytree(made, tmp_path / "course", symlinks=True))


LISTS = [f"autograded/{NAME}.list.txt", f"autograded/{NAME}.report.html"]
LISTS += [f"{NAME}-canvas.csv", f"{NAME}-feedback-moodle.zip", f"feedback/{NAME}.canvas.html"]


def students_of(course):
    with contextlib.closing(sqlite3.connect(course / "gradebook.db")) as book:
        return sorted(name for (name,) in book.execute("select id from student"))


def name_them(course, student, name):
    with contextlib.closing(sqlite3.connect(course / "gradebook.db")) as book, book:
        book.execute("update student set last_name = ? where id = ?", [name, student])


def enter(course, students):
    """Enter students with work to one exercise, marks and comments among it."""
    with contextlib.closing(gradebook(directory(course))) as book:
        name = book.assignments[0].name
        with book.db.no_autoflush:
            for student in students:
                book.add_student(student, last_name=f"Family of {student}")
                book.add_submission(name, student)
    for student in students:
        for place in PLACES:
            (course / place / student / NAME).mkdir(parents=True)
            (course / place / student / NAME / "x.txt").write_text(f"by {student}")


def traces(course, words):
    """Return every file in which these words stand."""
    files = (path for path in course.rglob("*") if path.is_file() and not path.is_symlink())
    return [path for path in files if words.encode() in path.read_bytes()]


def places(course, student):
    """Return whatever is called like a student."""
    return [path for path in course.rglob("*") if path.name == student]


def rows(course):
    """Return all that hangs on students in a gradebook, by table."""
    with contextlib.closing(sqlite3.connect(course / "gradebook.db")) as book:
        assert book.execute("pragma foreign_key_check").fetchall() == []
        return {t: book.execute(f"select count(*) from {t}").fetchone()[0] for t in ROWS}


# --- One student --------------------------------------------------------------------------------


def test_one_student_is_forgotten_and_nobody_else(course):
    before = {each: traces(course, f"Family of {each}") for each in students_of(course)}
    assert len(before["s02"]) == 2 + len(LISTS), "the gradebook, its copy, and the lists"
    held = find(course, "s02")
    erase(course, held)
    assert students_of(course) == sorted(set(before) - {"s02"})
    assert traces(course, "Family of s02") == []
    assert places(course, "s02") == []
    for other in set(before) - {"s02"}:
        assert len(traces(course, f"Family of {other}")) == 2, "the gradebook and its copy"
        assert all((course / place / other / NAME).is_dir() for place in PLACES)
    assert find(course, "s02").empty


def test_every_table_that_hangs_on_a_student_is_known(course):
    """Should nbgrader come to have others, this fails, and `ROWS` needs them."""
    with contextlib.closing(sqlite3.connect(course / "gradebook.db")) as book:
        tables = [t for (t,) in book.execute("select name from sqlite_master where type='table'")]
        leads = {
            t: {row[2] for row in book.execute(f"pragma foreign_key_list({t})")} for t in tables
        }
    hanging = {"student"}
    while more := {t for t, to in leads.items() if to & hanging} - hanging:
        hanging |= more
    assert hanging == set(ROWS)


def test_marks_and_comments_of_others_stay_as_they_were(course):
    before, held = rows(course), find(course, "s03")
    assert held.books[course / "gradebook.db"] > len(ROWS)
    erase(course, held)
    after = rows(course)
    gone = {table: before[table] - after[table] for table in ROWS}
    assert sum(gone.values()) == held.books[course / "gradebook.db"]
    assert gone["student"] == 1
    assert gone["grade"] > 1 and gone["comment"] > 1


@pytest.mark.parametrize("student", ODD)
def test_an_odd_id_takes_no_other_along(course, student):
    others = [each for each in ODD if each != student and each not in students_of(course)]
    enter(course, [each for each in (student, *others) if each not in students_of(course)])
    everybody = students_of(course)
    erase(course, find(course, student))
    assert students_of(course) == sorted(set(everybody) - {student})
    assert not any((course / place / student).exists() for place in PLACES)
    assert all((course / place / other / NAME).is_dir() for other in others for place in PLACES)


@pytest.mark.parametrize("student", ["", ".", "..", ".earlier", "../course", "s01/../s02", "/etc"])
def test_what_can_be_no_id_is_refused(course, student):
    with pytest.raises(ForgetError, match="cannot be a student's id"):
        find(course, student)


def test_nobody_is_found_by_another_case_or_by_a_part_of_an_id(course):
    for student in ("S01", "s0", "01", "s01 ", "x"):
        assert find(course, student).empty, student


# --- Links --------------------------------------------------------------------------------------


def test_links_go_and_what_they_lead_to_stays(course, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "thesis.txt").write_text("stays")
    (course / "submitted" / "s01" / NAME / "link").symlink_to(outside)
    shutil.rmtree(course / "feedback" / "s01")
    (course / "feedback" / "s01").symlink_to(outside)
    files = sum(path.is_file() for path in (course / "submitted" / "s01").rglob("*"))
    held = find(course, "s01")
    assert f"  submitted/: s01, {files + 1} files" in in_words(course, held)
    assert "  feedback/: s01, 1 file\n" in in_words(course, held)
    erase(course, held)
    assert (outside / "thesis.txt").read_text() == "stays"
    assert not os.path.lexists(course / "feedback" / "s01")
    assert not os.path.lexists(course / "submitted" / "s01")


def test_a_folder_that_is_a_link_is_said_and_not_followed(course, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    (course / "submitted").rename(elsewhere)
    (course / "submitted").symlink_to(elsewhere)
    held = find(course)
    assert "submitted/, which is a link, so delete its target yourself" in in_words(course, held)
    erase(course, held)
    assert (elsewhere / "s01" / NAME / "x.txt").is_file()
    assert (elsewhere / ".earlier" / "s01").is_dir()


# --- Stopped, and gone on with --------------------------------------------------------------------


def test_erasing_that_was_interrupted_goes_on(course, monkeypatch):
    delete, done = forgetting._delete, []

    def stop_at_third(path):
        done.append(path)
        if len(done) == 3:
            raise KeyboardInterrupt
        delete(path)

    monkeypatch.setattr(forgetting, "_delete", stop_at_third)
    with pytest.raises(KeyboardInterrupt):
        erase(course, find(course, "s02"))
    monkeypatch.setattr(forgetting, "_delete", delete)
    assert not find(course, "s02").empty
    erase(course, find(course, "s02"))
    assert traces(course, "Family of s02") == []
    assert places(course, "s02") == []


def test_what_was_deleted_and_not_yet_overwritten_is_overwritten_the_next_time(course):
    """A run that ended before the last step leaves nobody to be found, and words in the file."""
    with contextlib.closing(sqlite3.connect(course / "gradebook.db")) as book, book:
        book.execute("pragma secure_delete = off")
        for table, whose in ROWS.items():
            book.execute(f"delete from {table} where {whose}", ["s02"])
    assert b"Family of s02" in (course / "gradebook.db").read_bytes()
    erase(course, find(course, "s02"))
    assert b"Family of s02" not in (course / "gradebook.db").read_bytes()


def test_a_folder_that_resists_is_named_and_the_rest_goes(course, monkeypatch):
    delete = forgetting._delete

    def resist(path):
        if path == course / "submitted" / "s02":
            raise PermissionError(13, "Permission denied")
        delete(path)

    monkeypatch.setattr(forgetting, "_delete", resist)
    with pytest.raises(ForgetError, match=r"submitted/s02: Permission denied"):
        erase(course, find(course, "s02"))
    assert "s02" not in students_of(course)
    assert not (course / "feedback" / "s02").exists()


def test_a_gradebook_in_use_is_said(course, monkeypatch):
    monkeypatch.setattr(forgetting, "WAIT", 0.1)
    held = find(course, "s02")
    with contextlib.closing(sqlite3.connect(course / "gradebook.db")) as other:
        other.execute("begin exclusive")
        with pytest.raises(ForgetError, match=r"locked.*Close formgrader"):
            erase(course, held)
    erase(course, find(course, "s02"))
    assert "s02" not in students_of(course)


# --- A class, and what is said --------------------------------------------------------------------


def test_a_class_is_forgotten_and_the_exercises_stay(course, tmp_path):
    listed = tmp_path / "list.csv"
    listed.write_text("Family of s01")
    (course / f"{NAME}-mine.csv").write_text("Family of s01")
    (course / "submitted" / "all.zip").write_text("Family of s01")
    everybody = students_of(course)
    erase(course, find(course, also=[listed]))
    assert students_of(course) == []
    assert not any(rows(course).values())
    for student in everybody:
        assert traces(course, f"Family of {student}") == []
        assert places(course, student) == []
    assert not listed.exists()
    with contextlib.closing(gradebook(directory(course))) as book:
        assert book.assignments, "due dates and questions are nobody's"
    assert (ROOT / "solutions" / NAME / "checks.yaml").is_file()


def test_what_goes_is_shown_with_numbers_before(course):
    words = in_words(course, find(course, "s02"))
    assert "This erases the following data on 1 student:" in words
    assert "  feedback/: s02, 1 file" in words
    assert f"  {NAME}-canvas.csv" in words
    assert "backups" in words and "course hub erase" in words
    assert "can be made again for the remaining students" in words
    assert "made again for" not in in_words(course, find(course)), "of a class nobody is left"
    (course / "submitted" / "all.zip").write_bytes(b"")
    assert "submitted/all.zip, so look there yourself" in in_words(course, find(course, "s02"))


def test_whether_marks_are_exported_is_said(course):
    with contextlib.closing(gradebook(directory(course))) as book:
        name = book.assignments[0].name
    said = in_words(course, find(course))
    assert f"{name}: it is not known whether its marks were exported." in said
    export(course, name, "csv")
    at = worksteps.done(course, name)["export"].at
    assert abs((datetime.now(UTC) - at).total_seconds()) < 60
    line = next(x for x in in_words(course, find(course)).splitlines() if x.startswith(name))
    assert "marks exported on" in line and "changed since" not in line
    name_them(course, "s01", "Other")
    assert "changed since" in in_words(course, find(course))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "\x00",
        '{"version": 2, "steps": {"export": {"at": "2026-01-01T00:00:00+00:00", "seconds": 1}}}',
        '{"version": 1, "steps": {"export": {"at": "yesterday", "seconds": 1}}}',
        '{"version": 1, "steps": {"export": {"at": "2026-01-01T00:00:00", "seconds": 1}}}',
    ],
)
def test_a_note_that_says_no_time_is_no_export(tmp_path, text):
    (tmp_path / "autograded").mkdir()
    (tmp_path / worksteps.FILE.format(name=NAME)).write_text(text)
    assert worksteps.done(tmp_path, NAME) == {}


def test_the_command_asks_for_the_id_and_erases_nothing_without(course, monkeypatch, capsys):
    monkeypatch.setattr("courseware.manifest.course_root", lambda: course)
    really = builtins.input
    for typed in ("", "yes", "s0", "s02 s03"):
        monkeypatch.setattr("builtins.input", lambda _, typed=typed: typed)
        assert cli.main(["forget", "s02"]) == 1
        assert "Nothing has been erased" in capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    monkeypatch.setattr("builtins.input", really)  # a script, in which nobody types
    assert cli.main(["forget", "s02"]) == 1
    assert "Nothing has been erased" in capsys.readouterr().out
    assert "s02" in students_of(course)
    monkeypatch.setattr("builtins.input", lambda _: "s02")
    assert cli.main(["forget", "s02"]) == 0
    assert "s02" not in students_of(course)
    assert cli.main(["forget", "s02"]) == 0
    assert "holds no data on these students" in capsys.readouterr().out
    assert cli.main(["forget", "--class", "--yes"]) == 0
    assert students_of(course) == []


def test_a_class_list_is_not_erased_with_one_student(course, monkeypatch, capsys):
    monkeypatch.setattr("courseware.manifest.course_root", lambda: course)
    assert cli.main(["forget", "s02", "--also", str(course / "list.csv")]) == 1
    assert "--also works only with --class" in capsys.readouterr().err
    assert "s02" in students_of(course)
    assert cli.main(["forget", "--class", "--also", str(course / "list.csv"), "--yes"]) == 1
    assert "nothing has been erased" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        cli.main(["forget"])


def test_what_collecting_enters_is_forgotten(tmp_path, course):
    from coursestaff.collecting import classlist

    listed = tmp_path / "canvas.csv"
    listed.write_text('Student,ID,SIS User ID,SIS Login ID,Section\n"Example, Ada",991,,ada,G\n')
    zipped = tmp_path / "all.zip"
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr(f"exampleada_991_1_{NAME}.ipynb", "{}")
    collect(course, NAME, zipped, classlist.read(listed, "canvas"))
    assert "991" in students_of(course)
    erase(course, find(course, "991"))
    assert places(course, "991") == []
    assert traces(course, "Example") == []
