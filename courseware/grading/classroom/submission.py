"""Grade one student's folder: read, repair, run in isolation, mark, make it safe to show."""

import time
from functools import cache
from multiprocessing.util import Finalize
from pathlib import Path
from typing import NamedTuple

from courseware import checks
from courseware.grading.classroom.cleaning import clean_markdown, clean_outputs, clean_text
from courseware.grading.classroom.reading import (
    Cell,
    Unreadable,
    find_notebook,
    grade_id,
    read_cells,
    source,
)
from courseware.grading.classroom.repair import Repaired, repair
from courseware.grading.marking import Mark, mark
from courseware.grading.running import Run, probes_of
from courseware.grading.sandbox.isolation import Limits
from courseware.grading.sandbox.zygote import Zygote
from courseware.grading.spec import Exercise


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
    """

    student: str
    cells: list[Cell]
    marks: dict[str, Mark]
    answered: set[str]
    notes: list[str]
    trouble: str | None
    seconds: dict[str, float]


def grade_one(setup: Setup, folder: Path) -> Graded:
    """Grade one student's folder; never raises for what a student did.

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
    zygote = _zygote(setup.isolated, setup.limits)
    records, ended = zygote.run(_job(setup, mended))
    ran = time.perf_counter()
    marks = _marks(setup, records)
    shown = _with_outputs(setup, mended, records, marks)
    seconds = {
        "repair": repaired - started,
        **zygote.seconds,
        "rest of run": ran - repaired - sum(zygote.seconds.values()),
        "compare": time.perf_counter() - ran,
    }
    return Graded(
        student=student,
        cells=shown,
        marks=marks,
        answered=mended.changed,
        notes=notes + odd + mended.notes,
        trouble=ended,
        seconds=seconds,
    )


def get_ready(isolated: bool, limits: Limits) -> None:
    """Start this process's zygote, so that the first submission need not wait for it."""
    _zygote(isolated, limits).start()


@cache
def _zygote(isolated: bool, limits: Limits) -> Zygote:
    """Return this process's zygote; it lives as long as the process."""
    zygote = Zygote(limits, isolated=isolated)
    Finalize(None, zygote.stop, exitpriority=10)  # pool processes do not run atexit
    return zygote


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


def _with_outputs(setup: Setup, mended: Repaired, records: list[dict], marks: dict) -> list[Cell]:
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
    return Graded(student, [note, *setup.release], {}, set(), [], trouble, {})
