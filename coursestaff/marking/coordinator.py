"""Grade a class: repair, run in isolation, compare outside, record. ``course grade NAME``.

Three kinds of process. This one, the *coordinator*, knows the expected values and never runs
student code. It hands submissions to an executor, or to a cluster (`cluster`), whose processes each
start a *zygote*; a *worker* forked from it runs one submission and sends back described answers.
"""

import contextlib
import os
import pickle
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Set
from concurrent.futures import Executor
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from nbgrader.api import Gradebook
from nbgrader.utils import parse_utc
from sqlalchemy.exc import OperationalError
from traitlets.config import Config

from coursestaff.collecting.releases import Setup, set_up
from coursestaff.exercises import kept, spec
from coursestaff.exercises.cells import Cell, grade_id, source
from coursestaff.exercises.spec import SpecError
from coursestaff.marking import autograded, excused, provenance
from coursestaff.marking.doubts import right_but_for_form
from coursestaff.marking.executor import WorkerPool
from coursestaff.marking.expected_answers import solved
from coursestaff.marking.gradebook import (
    Lowered,
    lowered,
    prepare,
    recorded,
    save,
    waiting,
)
from coursestaff.marking.provenance import Made, Provenance
from coursestaff.marking.sandbox.isolation import Limits
from coursestaff.marking.sandbox.zygote import refuse_what_is_not_safe
from coursestaff.marking.submission import GO_ON, Graded, GradingContext, get_ready, grade_one
from coursestaff.nbgrader_course import (
    class_names,
    configuration,
    directory,
    gradebook,
    keep_copy,
)
from coursestaff.terminal import one_line
from courseware import CourseError
from courseware.locking import lock, unlock

if TYPE_CHECKING:  # Dask is there only where a cluster is used
    from coursestaff.cluster.dispatch import Workers

#: Hands out folders, and yields each with what came of it.
HandOut = Callable[[Setup, Iterable[Path]], Iterator[tuple[Path, object]]]


class StoppedError(CourseError):
    """Grading cannot go on; the message says what is in the way."""


class Summary(NamedTuple):
    """What `grade` did: one entry per student."""

    graded: list[Graded]
    before: list[Graded]  #: already graded, and the work has not changed since: what was told then
    outdated: list[str]  #: those of them whose solution or checks.yaml has changed since
    waiting: list[Graded]  #: those of them that a person has still to look at
    seconds: float
    lost: list[str]  #: graded anew, since the gradebook had nothing of them that had been graded
    names: dict[str, str]  #: of the class, by student id
    marking: dict[str, list[str]]  #: what waits for a person's mark: questions, by student

    @property
    def skipped(self) -> list[str]:
        """Return the students whose work was not graded anew."""
        return [each.student for each in self.before]

    @property
    def to_mark(self) -> int:
        """Return the number of students of whom something waits for a person's mark."""
        return len(self.marking)

    @property
    def repaired(self) -> list[Graded]:
        """Return the submissions in which something was put right."""
        return [each for each in self.graded if each.notes]

    @property
    def trouble(self) -> list[Graded]:
        """Return the submissions that a person has to look at."""
        return [each for each in (*self.graded, *self.waiting) if each.trouble]


def nobody_agrees(lowered: list[Lowered], names: dict[str, str]) -> bool:
    """Return False: no mark is lowered unless somebody has said so."""
    return False


def grade(
    course: Path,
    name: str,
    *,
    executor: Executor | None = None,
    processes: int | None = None,
    workers: "Workers | None" = None,
    isolated: bool = True,
    again: bool = False,
    agree: Callable[[list[Lowered], dict[str, str]], bool] = nobody_agrees,
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
        workers: of a cluster, to work there instead: this machine then runs nothing of students.
        isolated: run student code in isolation. Never turn this off for work that is not yours.
        again: grade also what is graded already and has not changed.
        agree: called with ``again`` if marks would be lowered, with these and the class's names;
            unless it returns True nothing is recorded.
        limits: of time, memory and output for one submission.
        tell: called after each submission with it, the number done and the number of all.

    Raises:
        SpecError: the exercise does not hold together, is not released, or nobody handed it in.
        IsolationError: isolation is wanted and cannot start here, with all reasons; or submissions
            would see what no student may see.
        ClusterError: the cluster cannot be used, or no longer.
        StoppedError: something cannot be written, this exercise is being graded already, or marks
            would be lowered and nobody has agreed.

    """
    started, limits = time.monotonic(), limits or Limits()
    way = None
    if workers is None:  # they look for themselves, where they are
        way = refuse_what_is_not_safe(course, isolated)
    setup = set_up(course, name)
    with contextlib.ExitStack() as to_end:
        to_end.enter_context(problems_in_words(course))
        submissions = _submissions(course, name)
        to_end.enter_context(grading_lock(course, name))
        kept.keep_all(course)
        folders = directory(course)
        keep_copy(folders)
        book = to_end.enter_context(contextlib.closing(gradebook(folders)))
        there = recorded(book, name)
        # Looked at before the work is read: what changes meanwhile is graded the next time.
        made = provenance.of_releases(setup)
        known = [_look(made, folder, there) for folder in submissions]
        todo = [each for each in known if each.is_due(again)]
        skipped = [each for each in known if not each.is_due(again)]
        count = min(processes or os.cpu_count() or 1, len(todo))
        hand_out: HandOut | None = None
        if todo:  # the zygotes start while the solution runs
            context = GradingContext(course, isolated, limits, tuple(setup.tables), way)
            dispatcher = workers.ready(context) if workers else _here(executor, count, context)
            hand_out = to_end.enter_context(dispatcher)
        prepare(book, setup.exercise, spec.read_notebook(_released(course, name)))
        results = to_end.enter_context(contextlib.closing(_results(setup, hand_out, todo)))
        if again:
            results = to_end.enter_context(_agreed(book, setup, results, agree, tell, len(todo)))
        graded: list[Graded] = []
        for done in _recorded_one_by_one(setup, made, book, configuration(course), results):
            graded.append(done)
            if not again:
                tell(done, len(graded), len(todo))
        out_of_it = excused.students(course, name)
        summary = _summary(book, waiting(book, name, out_of_it), graded, todo, skipped)
    return summary._replace(seconds=time.monotonic() - started)


def _summary(
    book: Gradebook,
    marking: dict[str, list[str]],
    graded: list[Graded],
    todo: list["Known"],
    skipped: list["Known"],
) -> Summary:
    """Return what was done, without the time that it took."""
    before = [_told_before(each, marking.get(each.student, ())) for each in skipped]
    for_a_person = {*marking, *(each.student for each in skipped if each.before.unknown)}
    return Summary(
        graded=graded,
        before=before,
        outdated=[each.student for each in skipped if each.outdated],
        waiting=[each for each in before if each.trouble and each.student in for_a_person],
        seconds=0.0,
        lost=[each.student for each in todo if each.lost],
        names=class_names(book),
        marking=marking,
    )


class Known(NamedTuple):
    """A submission, the checksum of its files, and what is known of it from before."""

    folder: Path
    work: str
    before: Provenance
    new: bool
    outdated: bool
    lost: bool  #: graded before, and the gradebook has nothing of it

    @property
    def student(self) -> str:
        """Return whose it is."""
        return self.folder.parent.name

    def is_due(self, again: bool) -> bool:
        """Return whether it is graded now; ``again`` says that also what is unchanged shall be."""
        return self.new or (again and not self.before.unknown)


def _look(made: Made, folder: Path, there: Set[str]) -> Known:
    """Return whether a submission is new, or was graded with another solution.

    That a release has followed changes nothing: a copy of the earlier one is kept. What the
    gradebook has no row of is new, too: it may be an older copy, or gone. So is what was refused,
    as soon as other releases are known.
    """
    work, before = provenance.of_work(folder), provenance.read(autograded.last(folder))
    lost = bool(before and not before.unknown and folder.parent.name not in there)
    new = before is None or lost or not (before.unknown or before.work == work)
    before = before or Provenance()
    against = {provenance.of_all(made)} if before.refused else {*made.values()}
    changed = not (new or before.unknown) and before.exercise not in against
    again, outdated = changed and before.refused, changed and not before.refused
    return Known(folder, work, before, new or again, outdated, lost)


@contextlib.contextmanager
def _here(executor: Executor | None, processes: int, context: GradingContext) -> Iterator[HandOut]:
    """Provide processes on this machine, or an executor's."""
    with WorkerPool(executor, processes, partial(get_ready, context)) as pool:
        yield lambda setup, folders: pool.run(partial(grade_one, setup, context), folders)


def _results(
    setup: Setup, hand_out: HandOut | None, todo: list[Known]
) -> Iterator[tuple[Known, object]]:
    """Run the solution, then yield each submission with its result, or with what it raised."""
    if not todo:
        return
    setup = _solved(setup)
    known = {each.folder: each for each in todo}
    with contextlib.closing(hand_out(setup, known)) as work:
        for folder, result in work:
            yield known[folder], result


def _solved(setup: Setup) -> Setup:
    """Return what marking takes, with what the solution of each release answers.

    Raises:
        SpecError: the present one does not hold together. Work on an earlier one of which that is
            so is left to a person.

    """
    earlier = []
    for each in setup.earlier:
        try:
            ready = each if each.unfit else each._replace(expected=solved(each.exercise))
        except CourseError as problem:
            ready = each._replace(unfit=one_line(str(problem)))
        earlier.append(ready)
    return setup._replace(expected=solved(setup.exercise), earlier=tuple(earlier))


@contextlib.contextmanager
def _agreed(
    book: Gradebook, setup: Setup, results: Iterable, agree: Callable, tell: Callable, of: int
) -> Iterator[Iterable]:
    """Have all results computed, kept on disk, and agreed to; then provide them.

    Raises:
        StoppedError: marks would be lowered, and nobody has agreed.

    """
    name = setup.exercise.name
    with tempfile.TemporaryDirectory(prefix="no-limits-again-") as scratch:
        kept, lower = [], []
        for number, (each, result) in enumerate(results):
            kept.append(Path(scratch) / str(number))
            kept[-1].write_bytes(pickle.dumps((each, result)))
            if isinstance(result, Graded):
                lower += lowered(book, setup.exercise, _compared(each.folder, result))
                tell(result, len(kept), of)
        if lower and not agree(lower, class_names(book)):
            raise StoppedError(
                f"Some marks would be lower than before ({len(lower)}), so nothing was recorded. "
                f"To record the lower marks without being asked, run `course grade {name} --again "
                "--yes`."
            )
        yield (pickle.loads(path.read_bytes()) for path in kept)


def _released(course: Path, name: str) -> Path:
    return course / "exercises" / name / f"{name}.ipynb"


def _submissions(course: Path, name: str) -> list[Path]:
    folders = sorted(path for path in (course / "submitted").glob(f"*/{name}") if path.is_dir())
    if not folders:
        raise SpecError(
            f"There is no work on {name} yet, because there is no folder submitted/STUDENT/{name}. "
            f"First collect the work with `course collect {name} submissions.zip --from canvas "
            "--class list.csv` (or with --from moodle). The page "
            "coursestaff/publishing/guide_pages/grading.md describes all five steps."
        )
    return folders


@contextlib.contextmanager
def grading_lock(course: Path, name: str) -> Iterator[None]:
    """Let one exercise of a course be graded by one process at a time.

    Raises:
        StoppedError: another one is at it.

    """
    path = course / "autograded" / f".{name}.lock"
    path.parent.mkdir(exist_ok=True)
    with path.open("a+b") as file:
        if not lock(file.fileno()):
            raise StoppedError(
                f"Another `course grade {name}` is running in {course}. Wait until it has ended, "
                "and then run the same command again to grade any new work."
            )
        try:
            yield
        finally:
            unlock(file.fileno())


@contextlib.contextmanager
def problems_in_words(course: Path) -> Iterator[None]:
    """Say what cannot be written, and that nothing is lost.

    Raises:
        StoppedError: instead of what the system or the database raises.

    """
    try:
        yield
    except OperationalError as problem:
        hint = (
            " Check whether formgrader or another program is using the gradebook."
            if "locked" in str(problem)
            else ""
        )
        raise StoppedError(
            f"The gradebook reported an error: {problem.orig}.{hint} {GO_ON}"
        ) from problem
    except OSError as problem:
        where = problem.filename or course
        raise StoppedError(f"{where}: {problem.strerror}. {GO_ON}") from problem


def _recorded_one_by_one(
    setup: Setup,
    made: Made,
    book: Gradebook,
    config: Config,
    results: Iterable[tuple[Known, object]],
) -> Iterator[Graded]:
    """Record each result, and yield it without its cells: they are on disk, and memory is short."""
    for known, result in results:
        yield _recorded(setup, made, book, config, known, result)._replace(cells=[])


def _recorded(
    setup: Setup, made: Made, book: Gradebook, config: Config, known: Known, result: object
) -> Graded:
    """Record one result; where that fails through a fault of ours, say so and leave all as it was.

    Its provenance names the solution of the release that the work was graded against.

    Raises:
        OSError, OperationalError: nothing can be written; it would be the same with the next one.

    """
    if isinstance(result, Exception):
        return _failed(known.student, result)
    try:
        kept = _compared(known.folder, result)
        again = save(book, setup.exercise, kept, config)
        exercise = provenance.of_all(made) if result.refused else made[result.release]
        now = Provenance(known.work, exercise)
        autograded.write(known.folder, result, now)  # last: it says that all is there
    except (OSError, OperationalError):
        raise
    except Exception as problem:  # whatever it is, it must not stop the others
        return _failed(known.student, problem)
    return result._replace(again=again)


def _compared(folder: Path, graded: Graded) -> Graded:
    """Return a result with when it was handed in, and what has changed since the last grading."""
    cells = autograded.last(folder).get("cells", [])
    before = {grade_id(cell): source(cell) for cell in cells}
    now = {grade_id(cell): source(cell) for cell in graded.cells if grade_id(cell)}
    changed = {name for name, text in now.items() if before.get(name) != text}
    if _own_texts(cells) != _own_texts(graded.cells):  # one of them may be a written answer
        changed |= graded.told.keys()
    when = time_handed_in(folder)
    return graded._replace(handed_in=when, changed=changed if before else None)


def _own_texts(cells: list[Cell]) -> list[str]:
    """Return the texts of a student's own cells in an autograded notebook."""
    return [source(cell) for cell in cells if str(cell.get("id", "")).startswith("own-")]


def time_handed_in(folder: Path) -> datetime | None:
    """Return when the work was handed in (UTC), from nbgrader's timestamp.txt."""
    try:
        return parse_utc((folder / provenance.TIME).read_text(encoding="utf-8").strip())
    except (OSError, ValueError):
        return None


def _failed(student: str, problem: Exception) -> Graded:
    words = one_line(f"{type(problem).__name__}: {problem}")[:300]
    trouble = (
        f"Grading this work failed ({words}), so no marks were recorded for it. The next run of "
        "`course grade` will try again."
    )
    return _only_told(student, trouble)


def _only_told(student: str, trouble: str | None) -> Graded:
    """Return a submission that is not graded in this run, and why a person has to look at it."""
    return Graded(student, [], {}, set(), [], trouble, {})


def _told_before(known: Known, waiting: Iterable[str]) -> Graded:
    """Return what was said of a submission when it was graded; of other forms those that wait."""
    forms = [each for each in known.before.forms if each in waiting]
    reasons = known.before.trouble, right_but_for_form(known.folder.name, forms)
    told = _only_told(known.student, " ".join(filter(None, reasons)) or None)
    return told._replace(notes=[*known.before.notes])
