"""A chapter that is begun is a whole chapter, and each thing left to write in it is named."""

import re
import shutil

import nbformat
import pytest

from coursestaff import chapters, cli
from coursestaff.exercises import spec
from coursestaff.publishing import notes, reader, run_sheets
from coursestaff.releasing import bundle
from coursestaff.yaml_schema import read as read_written
from courseware import CourseError, words
from tests import code_measures
from tests.notebooks import ROOT, headings, read
from tests.test_notebooks import SECTIONS
from tests.test_words import SCHEMA, asked

NUMBER, NAME = "10", "10_the_middle_corridor"
#: What names the chapter in each file that names them all.
NAMED = {
    "data/claims.csv": "C85,P10,10,true,…",
    "no_limits/words/code.yaml": '"10":',
    "README.md": "| 10 | the middle corridor | Is there a third way? |",
    "no_limits/pages/guide/plans.yaml": '    - class: [{chapter: "10", how: whole}]',
    "no_limits/article.yaml": f"- {NAME}",
}


@pytest.fixture
def course(tmp_path, own_words):
    """A course with no other chapter, in which one has been begun."""
    for file in (*chapters.ENTRIES, "nbgrader_config.py"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, tmp_path / file)
    chapters.begin(tmp_path, NUMBER, "the_middle_corridor")
    own_words(tmp_path / "no_limits" / "words")
    return tmp_path


@pytest.fixture
def notebook(course):
    return read(course / "notebooks" / f"{NAME}.ipynb")


def files(course):
    return [course / file for file in chapters.files_of(NUMBER, "the_middle_corridor").values()]


# --- The chapter holds together ----------------------------------------------------------------


def test_its_notebooks_are_valid_and_clean(course):
    for path in (file for file in files(course) if file.suffix == ".ipynb"):
        stored = read(path)
        nbformat.validate(stored)
        ids = [cell.id for cell in stored.cells]
        assert len(set(ids)) == len(ids)
        assert not [c for c in stored.cells if c.get("outputs") or c.get("execution_count")]


def test_it_has_the_order_of_a_chapter_and_keeps_the_measures(notebook):
    assert [title for level, title in headings(notebook) if level == 2] == SECTIONS
    assert all(cell.id.startswith("10-") for cell in notebook.cells)
    assert list(code_measures.breaches(notebook)) == []


def test_it_is_read_as_a_chapter_and_gets_a_run_sheet(course):
    lesson = reader.read(reader.chapters(course)[0])
    assert (lesson.number, lesson.head.minutes, lesson.notes.minutes) == ("10", 90, 90)
    assert [*lesson.parts] == [part for part in reader.PARTS if part != "cells"]
    assert run_sheets.sheet(lesson).startswith("# Run sheet 10: ")


def test_its_words_fit_their_schema_and_the_chapter_asks_each(course):
    written = read_written(words.folder() / "10.yaml", SCHEMA).content
    parts = {"journal.predict": "predictions", "journal.answer": "discussions", "turn": "turns"}
    for function, part in parts.items():
        assert asked(reader.chapters(course)[0], function) == set(written[part])
    assert asked(reader.chapters(course)[0], "charts.show", place=1) == set(written["charts"])


def test_its_exercise_has_twenty_points_and_its_notes_fit(course):
    exercise = spec.load(course / "solutions" / NAME)
    assert reader.head(read(exercise.notebook)).minutes == exercise.minutes
    assert len(exercise.checked) == 6
    assert sum(question.points for question in exercise.questions.values()) == spec.POINTS
    assert notes.read(exercise.folder / notes.FILE).answers.keys() == {"10-guess"}


def test_nothing_of_its_solution_stands_where_students_read(course):
    told = {f.name: f.read_bytes() for f in files(course) if "solutions" not in f.parts}
    assert len(told) == 2
    assert list(bundle.leaks(course, told)) == []


# --- What is left to write ---------------------------------------------------------------------


def test_each_thing_that_is_left_is_named_with_its_file(course):
    left = list(chapters.left_to_write(course))
    marks = [mark for path in files(course) for mark in re.findall("‹", path.read_text("utf-8"))]
    assert len(left) == len(marks) + len(chapters.ENTRIES)
    for path in files(course):
        assert any(line.startswith(path.relative_to(course).as_posix()) for line in left)
    assert any(line.startswith(f"notebooks/{NAME}.ipynb, cell 10-title: ‹") for line in left)
    assert any(line.startswith(f"solutions/{NAME}/notes.yaml, line 4: ‹") for line in left)
    assert any(re.match(r"README\.md: .*\b10\b", line) for line in left)


def test_a_chapter_that_is_written_and_entered_leaves_nothing(course):
    for path in files(course):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub("[‹›]", "", text), encoding="utf-8")
    assert len(list(chapters.left_to_write(course))) == len(chapters.ENTRIES) == len(NAMED)
    for file, line in NAMED.items():
        with (course / file).open("a", encoding="utf-8") as text:
            text.write(f"{line}\n")
        assert not [left for left in chapters.left_to_write(course) if left.startswith(file)]


# --- The command -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "name", "complaint"),
    [
        ("10", "the_long_way", r"10 .*no_limits/words/10\.yaml"),
        ("11", "the_long_way", r"11 .*no_limits/words/11\.yaml"),  # never overwritten
        ("1", "the_long_way", None),
        ("12", "The long way", None),
        ("12", "../the_long_way", None),
    ],
)
def test_a_number_that_is_taken_or_another_form_is_refused(course, number, name, complaint):
    (words.folder() / "11.yaml").write_text("predictions: {}\n", encoding="utf-8")
    before = sorted(course.rglob("*"))
    with pytest.raises(CourseError, match=complaint):
        chapters.begin(course, number, name)
    assert sorted(course.rglob("*")) == before


def test_a_table_is_still_entered_by_its_old_command(course, monkeypatch, capsys):
    shutil.copy(ROOT / "data" / "datapackage.json", course / "data")
    monkeypatch.chdir(course)
    assert cli.main(["new", "table", "boats"]) == 1
    assert "data/boats.csv" in capsys.readouterr().err


@pytest.mark.sandbox
def test_the_command_makes_the_chapter_its_exercise_and_its_run_sheet(course, monkeypatch, capsys):
    shutil.copytree(ROOT / "data", course / "data", dirs_exist_ok=True)
    monkeypatch.chdir(course)
    name = "11_the_long_way"
    assert cli.main(["new", "chapter", "11", "the_long_way"]) == 0
    said = capsys.readouterr().out
    for file in chapters.files_of("11", "the_long_way").values():
        assert (course / file).is_file()
        assert f"  {file.as_posix()}\n" in said
    released = read(course / "exercises" / name / f"{name}.ipynb")
    assert [cell for cell in released.cells if cell.source == "rows = ..."]
    assert (course / "solutions" / name / run_sheets.FILE).is_file()
