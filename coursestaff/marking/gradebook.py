"""Write results into nbgrader's gradebook, as its own autograder would, and never over a person's.

One student is one transaction: whoever is interrupted finds a student either graded or not.
"""

import contextlib
from collections.abc import Iterator, Set
from typing import NamedTuple

import nbformat
from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    new_uuid,
)
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties, SaveCells
from sqlalchemy import Row, Table, select
from sqlalchemy.exc import IntegrityError, OperationalError
from traitlets.config import Config

from coursestaff.exercises.spec import Exercise
from coursestaff.marking.cleaning import clean_markdown
from coursestaff.marking.submission import Graded
from coursestaff.names import fits
from coursestaff.nbgrader_course import TRIES
from courseware import CourseError

NO_RESPONSE = "No response."  # as nbgrader says it


class RecordError(CourseError):
    """The gradebook does not fit the exercise; the message says what can be done."""


class Lowered(NamedTuple):
    """A mark that would be lower than the one that the gradebook has."""

    student: str
    question: str
    before: float
    after: float


def prepare(book: Gradebook, exercise: Exercise, release: nbformat.NotebookNode) -> None:
    """Create the assignment, its notebook and its cells, if the gradebook does not know them.

    nbgrader's own step does it, from the released notebook; ``exercises/`` is not touched.

    Raises:
        RecordError: questions have come or gone since work on this exercise was graded.

    """
    book.update_or_create_assignment(exercise.name)
    with contextlib.suppress(MissingEntry):
        notebook = book.find_notebook(exercise.name, exercise.name)
        known = {cell.name: cell.max_score for cell in notebook.grade_cells}
        if known == {q.id: q.points for q in exercise.questions.values()}:
            return
    resources = {
        "nbgrader": {
            "notebook": exercise.name,
            "assignment": exercise.name,
            "db_url": str(book.engine.url),
        }
    }
    try:
        SaveCells().preprocess(release, resources)
    except RuntimeError as problem:
        raise RecordError(
            f"The gradebook holds graded work on an earlier version of {exercise.name} with "
            "different questions. Release the old questions again, or give the new exercise a new "
            "name. If you do not need the old marks, run `nbgrader db assignment remove "
            f"{exercise.name} --force`, which erases all of them."
        ) from problem
    book.db.expire_all()


def save(book: Gradebook, exercise: Exercise, result: Graded, config: Config) -> list[str]:
    """Record one student's result; return which questions a person has to mark again.

    Never touches manual scores, extra credit and manual comments. An answer that has changed since
    a person marked it is put up for marking again. Where another program holds the gradebook, it is
    tried again for a minute.

    Raises:
        RecordError: the student's id would be taken for something else in formgrader's pages.

    """
    if not fits(result.student):
        raise RecordError(
            "A student's id cannot hold <, >, \", \\ or invisible characters, because formgrader "
            "would read them as HTML. Rename the folder in submitted/"
        )
    for left in reversed(range(TRIES)):
        try:
            if _save_first(book, exercise, result):
                return []
            return _save(book, exercise, result, config)
        except OperationalError as problem:
            if "locked" not in str(problem) or not left:
                raise


def lowered(book: Gradebook, exercise: Exercise, result: Graded) -> list[Lowered]:
    """Return the marks that recording a result would lower. A person's marks stay as they are."""
    try:
        notebook = book.find_submission_notebook(exercise.name, exercise.name, result.student)
    except MissingEntry:
        return []
    marks = (
        Lowered(result.student, grade.name, grade.auto_score, _score(grade.name, exercise, result))
        for grade in notebook.grades
        if grade.manual_score is None and grade.auto_score is not None
    )
    return sorted(mark for mark in marks if (mark.after or 0.0) < mark.before)


def _save(book: Gradebook, exercise: Exercise, result: Graded, config: Config) -> list[str]:
    with one_transaction(book):
        book.update_or_create_student(result.student)
        when = {} if result.handed_in is None else {"timestamp": result.handed_in}
        submission = book.update_or_create_submission(exercise.name, result.student, **when)
        book.db.flush()
        (notebook,) = submission.notebooks
        again = [grade.name for grade in notebook.grades if _set_grade(grade, exercise, result)]
        for comment in notebook.comments:
            comment.auto_comment = _clean_comment(comment.name, result)
        book.db.flush()
        book.db.refresh(notebook)
        notebook.late_submission_penalty = _penalty(submission, notebook, config)
    return sorted(again)


# --- A student's first work ------------------------------------------------------------------


def _save_first(book: Gradebook, exercise: Exercise, result: Graded) -> bool:
    """Record a student's first work with one statement a table; return False if it is not that.

    nbgrader's methods write and read back each row by itself, which takes three times as long.
    What is late, and whatever else is not as usual, is left to them.
    """
    places = book.db.execute(PLACES.where(Assignment.__table__.c.name == exercise.name)).all()
    if not places or not _as_usual(book, places, exercise, result):
        return False
    try:
        _insert_all(book, places, exercise, result)
        book.db.commit()
    except IntegrityError:  # another program has just recorded this student
        book.db.rollback()
        return False
    except BaseException:
        book.db.rollback()
        raise
    return True


#: The cells of an assignment that hold grades or comments, with all that stands above them.
PLACES = (
    select(
        Assignment.__table__.c.id.label("assignment"),
        Assignment.__table__.c.duedate,
        Notebook.__table__.c.id.label("notebook"),
        Notebook.__table__.c.name.label("called"),
        BaseCell.__table__.c["id", "name", "type"],
    )
    .join_from(Assignment.__table__, Notebook.__table__)
    .join(BaseCell.__table__)
)
GRADED, COMMENTED = ("GradeCell", "TaskCell"), ("SolutionCell", "TaskCell")


def _as_usual(book: Gradebook, places: list[Row], exercise: Exercise, result: Graded) -> bool:
    """Return whether this is a first work, in time, on an exercise of one notebook."""
    submitted, due = SubmittedAssignment.__table__, places[0].duedate
    known = select(submitted.c.id).where(
        submitted.c.assignment_id == places[0].assignment, submitted.c.student_id == result.student
    )
    late = due is not None and result.handed_in is not None and result.handed_in > due
    alone = {each.called for each in places} == {exercise.name}
    return alone and not (late or book.authenticator or book.db.execute(known).first())


def _insert_all(book: Gradebook, places: list[Row], exercise: Exercise, result: Graded) -> None:
    student = Student.__table__
    if not book.db.execute(select(student.c.id).where(student.c.id == result.student)).first():
        _insert(book, student, [{"id": result.student}])
    work = {"assignment_id": places[0].assignment, "student_id": result.student}
    assignment = _insert(
        book, SubmittedAssignment.__table__, [{**work, "timestamp": result.handed_in}]
    )
    notebook = _insert(
        book,
        SubmittedNotebook.__table__,
        [{"assignment_id": assignment, "notebook_id": places[0].notebook}],
    )
    grades, comments = [], []
    for cell in places:
        row = {"notebook_id": notebook, "cell_id": cell.id}
        if cell.type in GRADED:
            score = _score(cell.name, exercise, result)
            waits = _waits(cell.name, score, result)
            grades.append({**row, "auto_score": score, "needs_manual_grade": waits})
        if cell.type in COMMENTED:
            comments.append({**row, "auto_comment": _clean_comment(cell.name, result)})
    _insert(book, Grade.__table__, grades)
    _insert(book, Comment.__table__, comments)


def _insert(book: Gradebook, table: Table, rows: list[dict]) -> str | None:
    """Insert rows, with an id of nbgrader's making where they have none; return the first one."""
    named = [{"id": new_uuid(), **row} for row in rows]
    if named:
        book.db.execute(table.insert(), named)
    return named[0]["id"] if named else None


# --- Whatever else -----------------------------------------------------------------------------


@contextlib.contextmanager
def one_transaction(book: Gradebook) -> Iterator[None]:
    """Make all that nbgrader's methods commit inside one transaction: all of it, or nothing."""
    session = book.db
    session.commit = session.flush  # they commit after every step
    try:
        with session.no_autoflush:
            yield
        del session.commit
        session.commit()
    except BaseException:
        session.__dict__.pop("commit", None)
        session.rollback()
        raise


def _set_grade(grade, exercise: Exercise, result: Graded) -> bool:
    """Set one question's score; return whether a person had marked it, and has to do it again."""
    answer = grade.name if exercise.questions[grade.name].written else f"{grade.name}-answer"
    score = _score(grade.name, exercise, result)
    again = grade.manual_score is not None and (
        result.changed is None or answer in result.changed or score != grade.auto_score
    )
    if grade.manual_score is None:
        grade.needs_manual_grade = _waits(grade.name, score, result)
    elif again:
        grade.needs_manual_grade = True
    grade.auto_score = score
    return again


def _score(question: str, exercise: Exercise, result: Graded) -> float | None:
    """Return what the machine gives for a question; None if a person has to mark it."""
    if exercise.questions[question].written:
        return None if question in result.answered else 0.0
    mark = result.marks.get(question)
    if mark is None and question in result.doubtful:
        return None
    return float(mark.points) if mark else 0.0


def _waits(question: str, score: float | None, result: Graded) -> bool:
    """Return whether a question that no person has marked waits for one."""
    return score is None or question in result.doubtful


def _clean_comment(cell: str, result: Graded) -> str | None:
    """Return what the machine says below an answer, as Markdown that feedback can show."""
    words = _comment(cell, result)
    return words and clean_markdown(words)


def _comment(cell: str, result: Graded) -> str | None:
    """Return what the machine says below an answer: a hint, or that there is none."""
    if result.refused:
        return result.refused
    question = cell.removesuffix("-answer")
    if mark := result.marks.get(question):
        return None if mark.points == mark.of else mark.words
    if cell in result.answered:
        return None
    return result.told.get(question, NO_RESPONSE)


def _penalty(submission, notebook, config: Config) -> float | None:
    """Return the points taken off for lateness, by the plugin that nbgrader is configured with."""
    if submission.total_seconds_late <= 0:
        return None
    step = AssignLatePenalties(config=config)
    step.init_plugin()
    plugin: LateSubmissionPlugin = step.plugin_inst
    penalty = plugin.late_submission_penalty(
        submission.student.id, notebook.score, submission.total_seconds_late
    )
    return None if penalty is None else min(max(penalty, 0), notebook.score)


def recorded(book: Gradebook, name: str) -> set[str]:
    """Return the students of whose work on an exercise the gradebook holds a row."""
    asked = (
        select(SubmittedAssignment.student_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .where(Assignment.name == name)
    )
    return set(book.db.scalars(asked))


def waiting(book: Gradebook, name: str, excused: Set[str] = frozenset()) -> dict[str, list[str]]:
    """Return what is still to be marked by a person: questions of an exercise, by student."""
    asked = (
        select(SubmittedAssignment.student_id, BaseCell.name)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .join(BaseCell, BaseCell.id == Grade.cell_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .where(Assignment.name == name, Grade.needs_manual_grade)
        .order_by(SubmittedAssignment.student_id, BaseCell.name)
    )
    found: dict[str, list[str]] = {}
    for student, question in book.db.execute(asked):
        if student in excused:
            continue
        found.setdefault(student, []).append(question)
    return found
