"""Grade one student's folder: read, repair, run in isolation, mark, make it safe to show."""

import re
import threading
import time
from collections.abc import Sequence, Set
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any, NamedTuple

from courseware import checks
from instructor.grading.cells import Cell, grade_id, source
from instructor.grading.cleaning import clean_markdown, clean_outputs, clean_text
from instructor.grading.load import DAMAGED, Unreadable, find_notebook, read_cells
from instructor.grading.marking import Mark, mark
from instructor.grading.repair import Repaired, repair
from instructor.grading.running import Run, probes_of
from instructor.grading.sandbox.isolation import Limits
from instructor.grading.sandbox.zygote import Zygote
from instructor.grading.spec import Exercise


class Setup(NamedTuple):
    """What grading one exercise takes; it travels to the executor's processes."""

    course: Path
    exercise: Exercise
    release: list[Cell]
    checks: str
    limits: Limits
    isolated: bool
    expected: Run | None = None  #: None until the solution has run


class Graded(NamedTuple):
    """What came of one submission; in a `Summary` without its cells, which are on disk.

    ``notes`` say what was put right, ``trouble`` why a person has to look, ``answered`` which
    answer cells differ from the release. Without ``marks`` it could not be graded at all.
    ``doubtful`` names the questions that the trouble may have cost points, ``again`` those that a
    person had marked and has to mark again.
    """

    student: str
    cells: list[Cell]
    marks: dict[str, Mark]
    answered: set[str]
    notes: list[str]
    trouble: str | None
    seconds: dict[str, float]
    doubtful: Set[str] = frozenset()
    again: Sequence[str] = ()


def grade_one(setup: Setup, folder: Path) -> Graded:
    """Grade one student's folder; never raises for what a student did.

    Threads of one process take turns, since they share its zygote: more of them gain nothing.

    Args:
        setup: the exercise and how to run it.
        folder: ``submitted/STUDENT/NAME``.

    """
    student, started = folder.parent.name, time.perf_counter()
    try:
        path, notes = find_notebook(folder, setup.exercise.name)
        cells, odd = read_cells(path)
        mended = repair(setup.release, cells)
    except Unreadable as problem:
        return _ungraded(setup, student, str(problem))
    repaired = time.perf_counter()
    with _TURN:
        zygote = _zygote(setup.course, setup.isolated, setup.limits)
        records, ended = zygote.run(_job(setup, mended))
        took = dict(zygote.seconds)
        cpu = took.pop("cpu", 0.0)
    ran = time.perf_counter()
    marks = _marks(setup, records)
    lost = _lost(odd, mended, marks)
    doubtful = lost | (_not_in_full(marks) if ended else set())
    shown = _with_outputs(mended, records, marks)
    seconds = {
        "repair": repaired - started,
        **took,
        "rest of run": ran - repaired - sum(took.values()),
        "cpu": cpu,  # of fork, isolate and run
        "compare": time.perf_counter() - ran,
    }
    return Graded(
        student=student,
        cells=shown,
        marks=marks,
        answered=mended.changed,
        notes=notes + odd + mended.notes,
        trouble=_trouble(lost, ended, doubtful),
        seconds=seconds,
        doubtful=doubtful,
    )


def get_ready(course: Path, isolated: bool, limits: Limits) -> None:
    """Start this process's zygote, so that the first submission need not wait for it."""
    with _TURN:
        _zygote(course, isolated, limits).start()


def _zygote(*wanted: Any) -> Zygote:
    """Return this process's zygote; it lives as long as the process, or until another is wanted."""
    if wanted not in _zygotes:
        while _zygotes:
            _zygotes.popitem()[1].stop()
        course, isolated, limits = wanted
        zygote = _zygotes[wanted] = Zygote(limits, isolated=isolated, course=course)
        Finalize(None, zygote.stop, exitpriority=10)  # pool processes do not run atexit
    return _zygotes[wanted]


_zygotes: dict[tuple, Zygote] = {}  # one at most: by course, isolation and limits
_TURN = threading.Lock()  # it runs one job at a time


def _job(setup: Setup, mended: Repaired) -> dict:
    """Return what a worker is told: sources and names, and nothing that is expected."""
    code = [
        {"id": _place(n, cell), "source": "" if _is_check(setup, cell) else source(cell)}
        for n, cell in enumerate(mended.cells)
        if cell["cell_type"] == "code"
    ]
    probes = probes_of(setup.exercise)
    last = code[-1]["id"] if code else None
    late = [{**probe, "key": f"{probe['key']}.end"} for own in probes.values() for probe in own]
    if last is not None:  # a name may be given its value later than its check
        probes[last] = [*probes.get(last, []), *late]
    files = {checks.FILE: setup.checks}
    return {"cells": code, "probes": probes, "files": files, "outputs": True}


def _place(number: int, cell: Cell) -> str:
    """Return a name for a cell in the job: the release's, or its place."""
    return grade_id(cell) or f"own-{number}"


def _is_check(setup: Setup, cell: Cell) -> bool:
    question = setup.exercise.questions.get(grade_id(cell) or "")
    return question is not None and not question.written


def _marks(setup: Setup, records: list[dict]) -> dict[str, Mark]:
    found = {key: answer for record in records for key, answer in record["answers"].items()}
    marks = {}
    for question in setup.exercise.checked:
        answer = found.get(question.id, {"type": "missing"})
        if answer["type"] in ("missing", "unfinished"):
            answer = found.get(f"{question.id}.end", answer)
        marks[question.id] = mark(question, setup.expected, answer)
    return marks


def _not_in_full(marks: dict[str, Mark]) -> set[str]:
    """Return the questions that did not get all their points."""
    return {id for id, mark in marks.items() if mark.points < mark.of}


def _lost(odd: list[str], mended: Repaired, marks: dict[str, Mark]) -> set[str]:
    """Return the questions whose answers a damaged file may have held, and lost."""
    if not any(note.startswith(DAMAGED) for note in odd):
        return set()
    full = marks.keys() - _not_in_full(marks)
    return {id.removesuffix("-answer") for id in mended.missing} - full


def _trouble(lost: set[str], ended: str | None, doubtful: set[str]) -> str | None:
    """Say why a person has to look at a submission that was graded, and at which questions."""
    words = []
    if lost:
        words.append(f"{DAMAGED[0].upper()}{DAMAGED[1:]}, and answers may be lost.")
        words.append("Ask for the file again.")
    if ended:
        ended = re.sub(r"The cell 'own-\d+'", "A cell of the student's own", ended)
        words.append(re.sub(r"own-\d+", "one of the student's own", ended))
    if doubtful:
        words.append(f"Look at {', '.join(sorted(doubtful))}; the other marks stand.")
    elif ended:
        words.append("The marks of the questions stand.")
    return " ".join(words) or None


def _with_outputs(mended: Repaired, records: list[dict], marks: dict) -> list[Cell]:
    """Return the cells as formgrader shows them: clean outputs, and the mark at each check."""
    outputs = {record["cell"]: record.get("outputs", []) for record in records}
    shown = []
    for number, cell in enumerate(mended.cells):
        fresh = dict(cell)
        if cell["cell_type"] == "markdown" and not _locked_text(cell):
            fresh.pop("attachments", None)
            fresh |= clean_text(cell)
        elif cell["cell_type"] == "code":
            place = _place(number, cell)
            fresh["execution_count"] = None
            fresh["outputs"] = clean_outputs(outputs.get(place, []))
            if place in marks:
                told = marks[place]
                text = f"{told.points} of {told.of} points. {told.words}\n"
                fresh["outputs"] = [{"output_type": "stream", "name": "stdout", "text": text}]
        fresh.setdefault("id", f"own-{number}")
        shown.append(fresh)
    return shown


def _locked_text(cell: Cell) -> bool:
    """Return whether a text cell is the release's own."""
    return "id" in cell and grade_id(cell) is None


def _ungraded(setup: Setup, student: str, trouble: str) -> Graded:
    """Return a submission that could not be graded: no marks, and the reason on top."""
    words = clean_markdown(f"**{trouble}**")  # it names files as the student called them
    note = {"cell_type": "markdown", "id": "trouble", "metadata": {}, "source": words}
    one_for_all = {_one_for_all(setup.exercise)}
    return Graded(student, [note, *setup.release], {}, set(), [], trouble, {}, one_for_all)


def _one_for_all(exercise: Exercise) -> str:
    """Return the question whose box waits for a person where nothing could be graded.

    There is nothing to be marked question by question, so it is the written one's only.
    """
    written = [question.id for question in exercise.questions.values() if question.written]
    return (written or list(exercise.questions))[0]
