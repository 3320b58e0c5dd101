"""Grade one student's folder: run in isolation, and made safe to show."""

import tempfile
import threading
import time
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime
from multiprocessing.util import Finalize
from pathlib import Path
from typing import NamedTuple

from coursestaff.collecting.handed_in import File, unpack
from coursestaff.collecting.reasons import Reason, Unreadable, reason
from coursestaff.collecting.releases import Setup
from coursestaff.exercises.cells import Cell, grade_id, place_of
from coursestaff.exercises.spec import Exercise
from coursestaff.marking import time_limit
from coursestaff.marking.cleaning import clean_markdown, clean_outputs, clean_text
from coursestaff.marking.marks import Mark
from coursestaff.marking.page_budget import bounded
from coursestaff.marking.pipeline import Evaluation, evaluate
from coursestaff.marking.provenance import TROUBLE
from coursestaff.marking.sandbox.isolation import Limits
from coursestaff.marking.sandbox.zygote import Zygote

GO_ON = (
    "The work graded so far is kept. Correct the problem, and run the same command again to grade "
    "the rest."
)


class Graded(NamedTuple):
    """What came of one submission; in a `Summary` without its cells, which are on disk.

    ``notes``, ``trouble``, ``rest``, ``doubtful`` and ``told`` are those of `Evaluation`,
    ``answered`` says which answer cells differ from the release. Without ``marks`` it could not be
    graded at all. ``refused`` is what its student is told then. ``again`` names the questions
    that a person had marked and has to mark again, ``release`` is the fingerprint of the one that
    it was graded against. ``handed_in`` and ``changed``, the answer cells whose text differs from
    what was graded before (None: graded for the first time), are known where it is recorded.
    """

    student: str
    cells: list[Cell]
    marks: dict[str, Mark]
    answered: set[str]
    notes: list[str]
    trouble: str | None
    seconds: dict[str, float]
    doubtful: Set[str] = frozenset()
    told: Mapping[str, str] = {}
    again: Sequence[str] = ()
    release: str | None = None
    refused: str | None = None
    rest: str | None = None
    handed_in: datetime | None = None
    changed: set[str] | None = None


class GradingContext(NamedTuple):
    """Where submissions are run, and which tables they load: what a zygote is started for.

    ``way`` is how they are shut in, None if that is to be found out.
    """

    course: Path
    isolated: bool
    limits: Limits
    loads: tuple[str, ...] = ()
    way: str | None = None


def grade_one(setup: Setup, context: GradingContext, folder: Path) -> Graded:
    """Grade one student's folder; never raises for what a student did.

    Threads of one process take turns, since they share its zygote: more of them gain nothing.

    Args:
        setup: the exercise, and what its solution answers.
        context: where to run it.
        folder: ``submitted/STUDENT/NAME``.

    """
    student, started, took = folder.parent.name, time.perf_counter(), {}
    ran = [started, started]  # if it is not run at all

    def run(job: dict) -> tuple[list[dict], str | None]:
        ran[0] = time.perf_counter()
        with time_limit.stopped(), _TURN:
            zygote = _zygote(context)
            done = zygote.run(job)
            took.update(zygote.seconds)
        ran[1] = time.perf_counter()
        return done

    try:
        with time_limit.limited():
            seen = evaluate(setup, folder, run)
            shown = _with_outputs(seen)
    except Unreadable as problem:
        return _ungraded(setup, student, problem.reason)
    except time_limit.OutOfTime:
        return _ungraded(setup, student, reason("time"))
    cpu = took.pop("cpu", 0.0)
    seconds = {
        "repair": ran[0] - started,
        **took,
        "rest of run": ran[1] - ran[0] - sum(took.values()),
        "cpu": cpu,  # of fork, isolate and run
        "compare": time.perf_counter() - ran[1],
    }
    return Graded(
        student=student,
        cells=shown,
        marks=seen.marks,
        answered=seen.mended.changed,
        notes=seen.notes,
        trouble=seen.trouble,
        seconds=seconds,
        doubtful=seen.doubtful,
        told=seen.told,
        release=seen.release,
        refused=seen.refused,
        rest=seen.rest,
    )


def grade_bytes(setup: Setup, context: GradingContext, files: Iterable[File]) -> Graded:
    """Grade a packed folder as `grade_one` does; whose it is, is not known here (``student``)."""
    with tempfile.TemporaryDirectory(prefix="no-limits-handed-in-") as scratch:
        folder = Path(scratch, "nobody", setup.exercise.name)
        unpack(files, folder)
        return grade_one(setup, context, folder)._replace(student="")


def get_ready(context: GradingContext) -> None:
    """Start this process's zygote, so that the first submission need not wait for it."""
    with _TURN:
        _zygote(context).start()


def shut_down() -> None:
    """End this process's zygote, if it has one; whoever needs one later gets another."""
    with _TURN:
        _end_zygotes()


def _end_zygotes() -> None:
    while _zygotes:
        _zygotes.popitem()[1].stop()


def _zygote(context: GradingContext) -> Zygote:
    """Return this process's zygote; it lives as long as the process, or until another is wanted."""
    if context not in _zygotes:
        _end_zygotes()
        zygote = Zygote(**context._asdict())
        _zygotes[context] = zygote
        Finalize(None, zygote.stop, exitpriority=10)  # pool processes do not run atexit
    return _zygotes[context]


_zygotes: dict[GradingContext, Zygote] = {}  # one at most
_TURN = threading.Lock()  # it runs one job at a time


def _with_outputs(seen: Evaluation) -> list[Cell]:
    """Return the cells as formgrader shows them: clean outputs, and the mark at each check."""
    outputs = {record["cell"]: record.get("outputs", []) for record in seen.records}
    shown = []
    for number, cell in enumerate(seen.mended.cells):
        fresh = dict(cell)
        if cell["cell_type"] == "markdown" and not _locked_text(cell):
            fresh.pop("attachments", None)
            fresh |= clean_text(cell)
        elif cell["cell_type"] == "code":
            place = place_of(number, cell)
            fresh["execution_count"] = None
            fresh["outputs"] = clean_outputs(outputs.get(place, []))
            if told := seen.marks.get(place):
                text = f"{told.points} of {told.of} points.\n"  # the comment says why
                fresh["outputs"] = [{"output_type": "stream", "name": "stdout", "text": text}]
        fresh.setdefault("id", f"own-{number}")
        shown.append(fresh)
    return bounded(shown)


def _locked_text(cell: Cell) -> bool:
    """Return whether a text cell is the release's own."""
    return "id" in cell and grade_id(cell) is None


def _ungraded(setup: Setup, student: str, why: Reason) -> Graded:
    """Return a submission that could not be graded: no marks, and the reason on top."""
    # The reason names files as the student called them.
    words = clean_markdown(f"**{why.to_student}**")
    note = {"cell_type": "markdown", "id": TROUBLE, "metadata": {}, "source": words}
    one_for_all = {_one_for_all(setup.exercise)}
    cells, release = [note, *setup.release], setup.fingerprint
    return Graded(
        student=student,
        cells=cells,
        marks={},
        answered=set(),
        notes=[],
        trouble=why.to_grader,
        rest=why.to_grader,
        seconds={},
        doubtful=one_for_all,
        release=release,
        refused=why.to_student,
    )


def _one_for_all(exercise: Exercise) -> str:
    """Return the question whose box waits for a person where nothing could be graded.

    There is nothing to be marked question by question, so it is the written one's only.
    """
    written = [question.id for question in exercise.questions.values() if question.written]
    return (written or list(exercise.questions))[0]
