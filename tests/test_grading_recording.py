"""A student's first work is recorded row by row as nbgrader's own methods record it."""

import shutil
from datetime import datetime
from functools import partial

import pytest
from nbgrader.api import (
    Comment,
    Grade,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import select

from coursestaff.exercises.spec import read_notebook
from coursestaff.marking import gradebook as recording
from coursestaff.marking.gradebook import prepare, save
from coursestaff.marking.marks import Mark
from coursestaff.nbgrader_course import configuration, directory, gradebook
from tests.exercises import exercise
from tests.graded import result
from tests.notebooks import ROOT

NAME = "02_the_trade_lifeline"
TABLES = [each.__table__ for each in (Student, SubmittedAssignment, SubmittedNotebook)]
TABLES += [each.__table__ for each in (Grade, Comment)]
ASKED = exercise(NAME).checked
WRITTEN = next(q.id for q in exercise(NAME).questions.values() if q.written)
FULL = {q.id: Mark(q.id, q.points, q.points, "") for q in ASKED}
SOME = FULL | {ASKED[0].id: Mark(ASKED[0].id, 0, ASKED[0].points, "No: *look* at <b>units</b>.")}
ANSWERED = {f"{q.id}-answer" for q in ASKED} | {WRITTEN}
TIME = datetime(2026, 11, 20, 9, 30, 15)
DUE = datetime(2026, 11, 20, 12)
TOLD = {WRITTEN: "*Elsewhere*."}

#: What can be recorded: all right, some wrong, untouched, doubtful, unreadable, late.
RESULTS = {
    "right": result("ada", FULL, ANSWERED, handed_in=TIME),
    "some wrong": result("ada", SOME, ANSWERED, handed_in=TIME),
    "no time": result("ada", FULL, ANSWERED),
    "untouched": result("ada", {}, set(), handed_in=TIME),
    "doubtful": result("ada", SOME, ANSWERED, handed_in=TIME, doubtful={ASKED[0].id, WRITTEN}),
    "told": result("ada", FULL, set(), handed_in=TIME, doubtful={WRITTEN}, told=TOLD),
    "unreadable": result("ada", {}, set(), handed_in=TIME, doubtful={WRITTEN}),
    "late": result("ada", FULL, ANSWERED, handed_in=datetime(2026, 11, 21)),
}


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """Return a course folder whose gradebook knows the exercise, and nobody's work."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    book = gradebook(directory(folder))
    prepare(book, exercise(NAME), read_notebook(ROOT / "exercises" / NAME / f"{NAME}.ipynb"))
    book.update_or_create_assignment(NAME, duedate=DUE)
    book.close()
    return folder


def recorded(empty, folder, result):
    """Return what recording a result gives, and the rows of every table, ids aside."""
    shutil.copytree(empty, folder)
    book = gradebook(directory(folder))
    try:
        again = save(book, exercise(NAME), result, configuration(folder))
        return again, {table.name: rows(book, table) for table in TABLES}
    finally:
        book.close()


def rows(book, table):
    """Return a table's rows without the ids that are drawn for them, in order."""
    drawn = {"id", "notebook_id", "assignment_id"} if table.name != "student" else set()
    found = [row._asdict() for row in book.db.execute(select(table))]
    kept = [{key: value for key, value in row.items() if key not in drawn} for row in found]
    return sorted(kept, key=repr)


@pytest.mark.parametrize("which", RESULTS)
def test_a_first_work_is_recorded_as_nbgraders_methods_do_it(which, empty, tmp_path, monkeypatch):
    taken = []

    def first(*given):
        taken.append(usual(*given))
        return taken[-1]

    usual = recording._save_first
    monkeypatch.setattr(recording, "_save_first", first)
    at_once = recorded(empty, tmp_path / "at once", RESULTS[which])
    assert taken == [which != "late"]
    monkeypatch.setattr(recording, "_save_first", lambda *_: False)
    assert at_once == recorded(empty, tmp_path / "nbgrader", RESULTS[which])


def test_every_row_leads_to_the_one_above_it(empty, tmp_path):
    recorded(empty, tmp_path / "course", RESULTS["some wrong"])
    book = gradebook(directory(tmp_path / "course"))
    try:
        notebook = book.find_submission_notebook(NAME, NAME, "ada")
        assert {grade.name for grade in notebook.grades} == {*exercise(NAME).questions}
        assert notebook.score == sum(mark.points for mark in SOME.values())
        assert len(notebook.comments) == len(exercise(NAME).questions)
        assert notebook.student.id == "ada"
    finally:
        book.close()


def test_a_second_work_takes_the_usual_road_and_keeps_what_a_person_marked(empty, tmp_path):
    folder = tmp_path / "course"
    recorded(empty, folder, RESULTS["some wrong"])
    book = gradebook(directory(folder))
    try:
        grade = book.find_grade(WRITTEN, NAME, NAME, "ada")
        grade.manual_score, grade.needs_manual_grade = 2, False
        book.db.commit()
        keep = partial(save, book, exercise(NAME), config=configuration(folder))
        assert keep(RESULTS["right"]._replace(changed=set())) == []
        assert book.find_grade(WRITTEN, NAME, NAME, "ada").manual_score == 2
        found = book.find_grade(ASKED[0].id, NAME, NAME, "ada")
        assert found.auto_score == ASKED[0].points
    finally:
        book.close()


def test_who_was_recorded_meanwhile_is_not_recorded_twice(empty, tmp_path, monkeypatch):
    folder = tmp_path / "course"
    recorded(empty, folder, RESULTS["right"])
    monkeypatch.setattr(recording, "_as_usual", lambda *_: True)  # it looked before the other wrote
    book = gradebook(directory(folder))
    try:
        save(book, exercise(NAME), RESULTS["some wrong"], configuration(folder))
        assert book.find_grade(ASKED[0].id, NAME, NAME, "ada").auto_score == 0
        assert len(book.assignment_submissions(NAME)) == 1
    finally:
        book.close()
