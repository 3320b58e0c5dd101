"""Write results into nbgrader's gradebook, as its own autograder would, and never over a person's.

One student is one transaction: whoever is interrupted finds a student either graded or not.
"""

import contextlib
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

import nbformat
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties, SaveCells
from traitlets.config import Config

from courseware.grading.marking import Mark
from courseware.grading.spec import Exercise

NO_RESPONSE = "No response."  # as nbgrader says it


class Result(NamedTuple):
    """What is to be recorded of one student's work.

    ``marks`` by question; ``answered`` names the answer cells that differ from the release, and
    ``changed`` those whose text differs from what was graded before (None: graded for the first
    time). ``trouble`` is why a person has to look at the whole of it, or None.
    """

    student: str
    handed_in: datetime | None
    marks: dict[str, Mark]
    answered: set[str]
    changed: set[str] | None
    trouble: str | None


def prepare(book: Gradebook, exercise: Exercise, release: nbformat.NotebookNode) -> None:
    """Create the assignment, its notebook and its cells, if the gradebook does not know them.

    nbgrader's own step does it, from the released notebook; ``exercises/`` is not touched.
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
    SaveCells().preprocess(release, resources)
    book.db.expire_all()


def save(book: Gradebook, exercise: Exercise, result: Result, config: Config) -> None:
    """Record one student's result.

    Never touches manual scores, extra credit and manual comments. An answer that has changed since
    a person marked it is put up for marking again.
    """
    with one_transaction(book):
        book.update_or_create_student(result.student)
        when = {} if result.handed_in is None else {"timestamp": result.handed_in}
        submission = book.update_or_create_submission(exercise.name, result.student, **when)
        book.db.flush()
        (notebook,) = submission.notebooks
        for grade in notebook.grades:
            _set_grade(grade, exercise, result)
        for comment in notebook.comments:
            comment.auto_comment = _comment(comment.name, result)
        book.db.flush()
        book.db.refresh(notebook)
        notebook.late_submission_penalty = _penalty(submission, notebook, config)


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


def _set_grade(grade, exercise: Exercise, result: Result) -> None:
    question = exercise.questions[grade.name]
    answer = grade.name if question.written else f"{grade.name}-answer"
    marked_by_a_person = grade.manual_score is not None
    if question.written:
        grade.auto_score = None if answer in result.answered else 0.0
    else:
        mark = result.marks.get(grade.name)
        grade.auto_score = float(mark.points) if mark else 0.0
    if result.trouble:
        grade.needs_manual_grade = True
    elif marked_by_a_person:
        if result.changed is None or answer in result.changed:
            grade.needs_manual_grade = True
    else:
        grade.needs_manual_grade = grade.auto_score is None


def _comment(cell: str, result: Result) -> str | None:
    """Return what the machine says below an answer: a hint, or that there is none."""
    if result.trouble:
        return result.trouble
    mark = result.marks.get(cell.removesuffix("-answer"))
    if mark and mark.points == mark.of:
        return None
    if cell not in result.answered:
        return NO_RESPONSE
    return mark.words if mark else None


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
