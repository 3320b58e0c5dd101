"""Grade a class: repair, run in isolation, compare outside, record. ``course grade NAME``.

Three kinds of process. This one, the *coordinator*, knows the expected values and never runs
student code. It hands submissions to an executor, whose processes each start a *zygote*; a
*worker* forked from it runs one submission and sends back described answers.
"""

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from typing import NamedTuple

from nbgrader.api import Gradebook
from sqlalchemy.exc import OperationalError

from courseware import CourseError, checks
from instructor.grading import autograded, spec
from instructor.grading.executor import Hands
from instructor.grading.gradebook import prepare, save
from instructor.grading.nbgrader_course import (
    class_names,
    configuration,
    directory,
    gradebook,
)
from instructor.grading.observe import Graded, Setup, get_ready, grade_one
from instructor.grading.sandbox.isolation import Limits
from instructor.grading.sandbox.zygote import refuse_what_is_not_safe
from instructor.grading.solution import solve
from instructor.grading.spec import SpecError
from instructor.grading.terminal import one_line

GO_ON = "What is graded is kept: mend this, and the same command goes on where it was."


class StoppedError(CourseError):
    """Grading cannot go on; the message says what is in the way."""


class Summary(NamedTuple):
    """What `grade` did: one entry per student."""

    graded: list[Graded]
    skipped: list[str]  #: already graded, and nothing has changed since
    waiting: list[Graded]  #: those of them that a person has still to look at
    seconds: float
    names: dict[str, str]  #: of the class, by student id
    to_mark: int  #: students of whom something waits for a person's mark

    @property
    def repaired(self) -> list[Graded]:
        """Return the submissions in which something was put right."""
        return [each for each in self.graded if each.notes]

    @property
    def trouble(self) -> list[Graded]:
        """Return the submissions that a person has to look at."""
        return [each for each in (*self.graded, *self.waiting) if each.trouble]


def grade(
    course: Path,
    name: str,
    *,
    executor: Executor | None = None,
    processes: int | None = None,
    isolated: bool = True,
    again: bool = False,
    limits: Limits | None = None,
    tell: Callable[[Graded, int, int], None] = lambda graded, done, of: None,
) -> Summary:
    """Grade what nbgrader collected in ``submitted/`` for one exercise.

    Args:
        course: the course folder.
        name: such as ``02_the_trade_lifeline``.
        executor: where the work is done; by default processes on this machine. Give one with
            processes, or with a single thread: the threads of one process only take turns.
        processes: how many of them (default: the cores there are).
        isolated: run student code in isolation. Never turn this off for work that is not yours.
        again: grade also what is graded already and has not changed.
        limits: of time, memory and output for one submission.
        tell: called after each submission with it, the number done and the number of all.

    Raises:
        SpecError: the exercise does not hold together, is not released, or nobody handed it in.
        IsolationError: isolation is wanted and cannot start here, with all reasons; or submissions
            would see what no student may see.
        StoppedError: something cannot be written, or this exercise is being graded already.

    """
    started, limits = time.monotonic(), limits or Limits()
    refuse_what_is_not_safe(course, isolated)
    setup = _set_up(course, name, isolated, limits)
    with contextlib.ExitStack() as to_end:
        to_end.enter_context(problems_in_words(course))
        submissions = _submissions(course, name)
        to_end.enter_context(_alone(course, name))
        # Looked at before the work is read: what changes meanwhile is graded the next time.
        stamps = {folder: autograded.stamp(setup, folder) for folder in submissions}
        before = {folder: autograded.made_from(setup, folder) for folder in stamps}
        todo = {f: stamp for f, stamp in stamps.items() if again or before[f].stamp != stamp}
        skipped = [folder for folder in stamps if folder not in todo]
        count = min(processes or os.cpu_count() or 1, len(todo))
        hands = Hands(executor, count, partial(get_ready, course, isolated, limits))
        if todo:  # the zygotes start while the gradebook is opened and the solution runs
            to_end.enter_context(hands)
        book = to_end.enter_context(contextlib.closing(gradebook(directory(course))))
        prepare(book, setup.exercise, spec.read_notebook(_released(course, name)))
        graded: list[Graded] = []
        for done in _each_graded(setup, hands, book, todo):
            graded.append(done._replace(cells=[]))  # kept on disk: memory must not grow
            tell(done, len(graded), len(todo))
        waiting = [_only_told(folder.parent.name, before[folder].trouble) for folder in skipped]
        to_mark = _to_mark(book, name)
        waiting = [each for each in waiting if each.trouble and each.student in to_mark]
        names = class_names(book)
    done = [folder.parent.name for folder in skipped]
    seconds = time.monotonic() - started
    return Summary(graded, done, waiting, seconds, names, len(to_mark))


def _set_up(course: Path, name: str, isolated: bool, limits: Limits) -> Setup:
    exercise = spec.load(spec.find(course / "solutions", name))
    path = _released(course, name)
    if not path.is_file() or not path.with_name(checks.FILE).is_file():
        raise SpecError(f"exercises/{name} is not there. Run `course release {name}` first.")
    cells = [dict(cell) for cell in spec.read_notebook(path).cells]
    marks = [cell["metadata"].get("nbgrader", {}) for cell in cells]
    points = {each["grade_id"]: each["points"] for each in marks if each.get("grade")}
    if points != {question.id: question.points for question in exercise.questions.values()}:
        raise SpecError(
            f"exercises/{name} asks other questions, or for other points, than solutions/{name} "
            f"does. Run `course release {name}`, and look at the difference."
        )
    public = path.with_name(checks.FILE).read_text(encoding="utf-8")
    return Setup(course, exercise, cells, public, limits, isolated)


def _each_graded(
    setup: Setup, hands: Hands, book: Gradebook, stamps: dict[Path, str]
) -> Iterator[Graded]:
    """Run the solution, then yield each folder of ``stamps`` when it is graded and recorded."""
    if not stamps:
        return
    setup = setup._replace(expected=solve(setup.exercise))
    with contextlib.closing(hands.do(partial(grade_one, setup), stamps)) as work:
        for folder, result in work:
            yield _recorded(setup, book, folder, result, stamps[folder])


def _released(course: Path, name: str) -> Path:
    return course / "exercises" / name / f"{name}.ipynb"


def _submissions(course: Path, name: str) -> list[Path]:
    folders = sorted(path for path in (course / "submitted").glob(f"*/{name}") if path.is_dir())
    if not folders:
        raise SpecError(
            f"Nobody has handed in {name}: there is no folder submitted/STUDENT/{name}. "
            "Collect first (see 'Grading a class' in README.md)."
        )
    return folders


@contextlib.contextmanager
def _alone(course: Path, name: str) -> Iterator[None]:
    """Let one exercise of a course be graded by one process at a time."""
    with autograded.turn(course, name) as alone:
        if not alone:
            raise StoppedError(
                f"Another `course grade {name}` is running in {course}. Wait until it has ended; "
                "then the same command grades what is new."
            )
        yield


@contextlib.contextmanager
def problems_in_words(course: Path) -> Iterator[None]:
    """Say what cannot be written, and that nothing is lost.

    Raises:
        StoppedError: instead of what the system or the database raises.

    """
    try:
        yield
    except OperationalError as problem:
        hint = " Does formgrader, or another program, use it?" if "locked" in str(problem) else ""
        raise StoppedError(f"The gradebook: {problem.orig}.{hint} {GO_ON}") from problem
    except OSError as problem:
        where = problem.filename or course
        raise StoppedError(f"{where}: {problem.strerror}. {GO_ON}") from problem


def _recorded(setup: Setup, book: Gradebook, folder: Path, result: object, stamp: str) -> Graded:
    """Record one result; where that fails through a fault of ours, say so and leave all as it was.

    Raises:
        OSError, OperationalError: nothing can be written; it would be the same with the next one.

    """
    student = folder.parent.name
    if isinstance(result, Exception):
        return _failed(student, result)
    try:
        kept = autograded.result_of(setup, folder, result)
        again = save(book, setup.exercise, kept, configuration(setup.course))
        autograded.write(setup, folder, result, stamp)  # last: its stamp says that all is there
    except (OSError, OperationalError):
        raise
    except Exception as problem:  # whatever it is, it must not stop the others
        return _failed(student, problem)
    return result._replace(again=again)


def _failed(student: str, problem: Exception) -> Graded:
    words = one_line(f"{type(problem).__name__}: {problem}")[:300]
    trouble = f"Grading this one failed, nothing is recorded, the next run tries again ({words})."
    return _only_told(student, trouble)


def _only_told(student: str, trouble: str | None) -> Graded:
    """Return a submission that is not graded in this run, and why a person has to look at it."""
    return Graded(student, [], {}, set(), [], trouble, {})


def _to_mark(book: Gradebook, name: str) -> set[str]:
    """Return the students of whom something is still to be marked by a person."""
    book.db.expire_all()  # what waits is counted by the database
    submissions = book.find_assignment(name).submissions
    return {each.student.id for each in submissions if each.needs_manual_grade}
