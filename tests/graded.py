"""A course folder of one's own, and a class that is graded in it: what the tests of grading share.

Everything runs on one road that is quick: a thread, and solutions' answers that are kept for all
courses.
"""

import atexit
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from coursestaff.exercises import spec
from coursestaff.marking import coordinator, expected_answers, submission
from coursestaff.marking.coordinator import Summary
from coursestaff.marking.submission import Graded
from coursestaff.nbgrader_course import directory, gradebook
from tests import handins
from tests.exercises import TIGHT
from tests.notebooks import ROOT, offline

NAME = "02_the_trade_lifeline"


@pytest.fixture(autouse=True)
def no_network(monkeypatch) -> None:
    """Keep notebooks off the network, and at the course's own tables."""
    for name, value in offline().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("NO_LIMITS_DATA", str(ROOT / "data"))


@pytest.fixture
def course(tmp_path) -> Path:
    """Return a course folder of its own, with the real solutions, exercises and tables."""
    return new_course(tmp_path / "course")


def new_course(folder: Path) -> Path:
    """Make a course folder; what solutions answer is computed once for all of them.

    The solutions are copies, since grading keeps releases beside them.
    """
    handins.linked(folder, "exercises", "data", "nbgrader_config.py")
    ours = shutil.ignore_patterns(spec.RELEASED)
    shutil.copytree(ROOT / "solutions", folder / "solutions", ignore=ours)
    (folder / expected_answers.FOLDER).symlink_to(_answers())
    return folder


@cache
def _answers() -> Path:
    kept = tempfile.TemporaryDirectory(prefix="course-answers-")
    atexit.register(kept.cleanup)
    return Path(kept.name)


@pytest.fixture(scope="module")
def executor() -> Iterator[ThreadPoolExecutor]:
    """Provide one thread, for all tests of a file."""
    with ThreadPoolExecutor(1) as made:
        yield made
    submission.shut_down()


@pytest.fixture
def grade(course, executor) -> Callable[..., Summary]:
    """Return a function that grades the course's submissions."""
    given = {"executor": executor, "limits": TIGHT}
    return lambda **more: coordinator.grade(course, NAME, **given | more)


def hand_in(course: Path, student: str, notebook: dict, name: str = NAME) -> None:
    """Put a notebook where collecting puts it."""
    handins.write(course / "submitted" / student / name, name, notebook)


def result(student: str, marks: dict, answered: set[str], **more) -> Graded:
    """Return a result to record, without the cells, which the gradebook does not hold."""
    return Graded(student, [], marks, answered, [], None, {}, **more)


def marks_of(graded: Graded) -> dict[str, int]:
    """Return the points of each question."""
    return {id: mark.points for id, mark in graded.marks.items()}


def grades(course: Path, student: str, name: str = NAME) -> tuple[dict, dict]:
    """Return {question: (auto, manual, needs a person)} and {answer: comment} of the gradebook."""
    with closing(gradebook(directory(course))) as book:
        return recorded(book, student, name)


def recorded(book: Gradebook, student: str, name: str = NAME) -> tuple[dict, dict]:
    """Return what `grades` does, of a gradebook that is open."""
    notebook = book.find_submission_notebook(name, name, student)
    scores = {
        each.name: (each.auto_score, each.manual_score, each.needs_manual_grade)
        for each in notebook.grades
    }
    return scores, {comment.name: comment.auto_comment for comment in notebook.comments}


def set_by_hand(
    course: Path, student: str, question: str, points: float, comment: str | None = None
) -> None:
    """Mark an answer as a person does in formgrader."""
    with closing(gradebook(directory(course))) as book:
        grade = book.find_grade(question, NAME, NAME, student)
        grade.manual_score, grade.needs_manual_grade = points, False
        if comment:
            book.find_comment(question, NAME, NAME, student).manual_comment = comment
        book.db.commit()
