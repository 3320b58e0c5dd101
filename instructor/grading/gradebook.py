"""Write results into nbgrader's gradebook, as its own autograder would, and never over a person's.

One student is one transaction: whoever is interrupted finds a student either graded or not.
"""

import contextlib
from collections.abc import Iterator, Mapping, Set
from datetime import datetime
from typing import NamedTuple

import nbformat
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties, SaveCells
from sqlalchemy.exc import OperationalError
from traitlets.config import Config

from courseware import CourseError
from instructor.grading.cleaning import clean_markdown
from instructor.grading.load import to_student
from instructor.grading.marking import Mark
from instructor.grading.names import fits
from instructor.grading.spec import Exercise

NO_RESPONSE = "No response."  # as nbgrader says it
TRIES = 12  # each waits as long as SQLite does (five seconds) for another program to let go


class RecordError(CourseError):
    """The gradebook does not fit the exercise; the message says what can be done."""


class Result(NamedTuple):
    """What is to be recorded of one student's work.

    ``marks`` by question; ``answered`` names the answer cells that differ from the release, and
    ``changed`` those whose text differs from what was graded before (None: graded for the first
    time). ``trouble`` is why a person has to look at the whole of it, or None; ``doubtful`` names
    the questions that it may have cost points: their boxes wait; ``told`` is what to say below a
    written answer of these.
    """

    student: str
    handed_in: datetime | None
    marks: dict[str, Mark]
    answered: set[str]
    changed: set[str] | None
    trouble: str | None
    doubtful: Set[str] = frozenset()
    told: Mapping[str, str] = {}


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
            f"The gradebook holds graded work on another {exercise.name}: its questions have come "
            "or gone since. Release the old questions again, or give the new exercise a new name; "
            f"`nbgrader db assignment remove {exercise.name} --force` forgets all its marks."
        ) from problem
    book.db.expire_all()


def save(book: Gradebook, exercise: Exercise, result: Result, config: Config) -> list[str]:
    """Record one student's result; return which questions a person has to mark again.

    Never touches manual scores, extra credit and manual comments. An answer that has changed since
    a person marked it is put up for marking again. Where another program holds the gradebook, it is
    tried again for a minute.

    Raises:
        RecordError: the student's id would be taken for something else in formgrader's pages.

    """
    if not fits(result.student):
        raise RecordError(
            "A student's id cannot hold <, >, \", \\ or what cannot be seen, for formgrader would "
            "take it for HTML: rename the folder in submitted/"
        )
    for left in reversed(range(TRIES)):
        try:
            return _save(book, exercise, result, config)
        except OperationalError as problem:
            if "locked" not in str(problem) or not left:
                raise


def lowered(book: Gradebook, exercise: Exercise, result: Result) -> list[Lowered]:
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


def _save(book: Gradebook, exercise: Exercise, result: Result, config: Config) -> list[str]:
    with one_transaction(book):
        book.update_or_create_student(result.student)
        when = {} if result.handed_in is None else {"timestamp": result.handed_in}
        submission = book.update_or_create_submission(exercise.name, result.student, **when)
        book.db.flush()
        (notebook,) = submission.notebooks
        again = [grade.name for grade in notebook.grades if _set_grade(grade, exercise, result)]
        for comment in notebook.comments:
            words = _comment(comment.name, result)  # feedback shows it as Markdown
            comment.auto_comment = words and clean_markdown(words)
        book.db.flush()
        book.db.refresh(notebook)
        notebook.late_submission_penalty = _penalty(submission, notebook, config)
    return sorted(again)


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


def _set_grade(grade, exercise: Exercise, result: Result) -> bool:
    """Set one question's score; return whether a person had marked it, and has to do it again."""
    answer = grade.name if exercise.questions[grade.name].written else f"{grade.name}-answer"
    score = _score(grade.name, exercise, result)
    again = grade.manual_score is not None and (
        result.changed is None or answer in result.changed or score != grade.auto_score
    )
    if grade.manual_score is None:
        grade.needs_manual_grade = score is None or grade.name in result.doubtful
    elif again:
        grade.needs_manual_grade = True
    grade.auto_score = score
    return again


def _score(question: str, exercise: Exercise, result: Result) -> float | None:
    """Return what the machine gives for a question; None if a person has to mark it."""
    if exercise.questions[question].written:
        return None if question in result.answered else 0.0
    mark = result.marks.get(question)
    if mark is None and question in result.doubtful:
        return None
    return float(mark.points) if mark else 0.0


def _comment(cell: str, result: Result) -> str | None:
    """Return what the machine says below an answer: a hint, or that there is none."""
    if result.trouble and not result.marks:
        return to_student(result.trouble)
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
