"""The one road to marks: read, repair, run with probes, compare, mark.

``course check`` and ``course grade`` both take it; only the runner differs: a process of one's own,
or a worker in isolation (`submission`).
"""

import re
from collections.abc import Callable, Set
from pathlib import Path
from typing import NamedTuple

from instructor.grading import load
from instructor.grading.cells import Cell, grade_id, source
from instructor.grading.load import DAMAGED, find_notebook
from instructor.grading.marking import Mark, mark
from instructor.grading.repair import Repaired, repair
from instructor.grading.running import Run, probes_of
from instructor.grading.spec import Exercise
from instructor.grading.tables import made_with, others
from instructor.grading.terminal import one_line

#: Runs a job's cells: a record per cell, and in words why one or all of them were ended.
Runner = Callable[[dict], tuple[list[dict], str | None]]


class Setup(NamedTuple):
    """What marking one exercise takes; it travels to the executor's processes.

    ``tables`` holds the checksums of the tables that its solution loads here; ``checks`` is the
    released ``checks.json``; ``expected`` is None until the solution has run.
    """

    exercise: Exercise
    release: list[Cell]
    tables: dict[str, str]
    expected: Run | None = None
    checks: str = ""


class Observed(NamedTuple):
    """What came of one notebook.

    ``notes`` say what was put right, ``errors`` which cells stopped with what, ``trouble`` why a
    person has to look, ``doubtful`` at which questions: those that it may have cost points.
    """

    mended: Repaired
    records: list[dict]
    marks: dict[str, Mark]
    notes: list[str]
    errors: dict[str, str]
    trouble: str | None
    doubtful: Set[str]


def observe(setup: Setup, path: Path, run: Runner) -> Observed:
    """Mark one notebook, whoever runs it.

    Args:
        setup: the exercise, and what its solution answers.
        path: the notebook, or the folder in which it was handed in.
        run: how its cells are run.

    Raises:
        Unreadable: there is nothing that can be marked; the message says why.

    """
    odd: list[str] = []
    if path.is_dir():
        path, odd = find_notebook(path, setup.exercise.name)
    cells, metadata, damage = load.submitted(path)
    mended = repair(setup.release, cells)
    records, ended = run(_job(setup, mended))
    marks = _marks(setup, records)
    short = {question for question, mark in marks.items() if mark.points < mark.of}
    lost = _lost(damage, mended, marks.keys() - short)
    made = made_with(metadata)
    changed = others(made, setup.tables) if short else []
    doubtful = lost | (short if ended or changed else set())
    return Observed(
        mended=mended,
        records=records,
        marks=marks,
        notes=odd + damage + mended.notes,
        errors={record["cell"]: record["error"] for record in records if record["error"]},
        trouble=_trouble(lost, _in_words(ended), _other_tables(made.version, changed), doubtful),
        doubtful=doubtful,
    )


def _job(setup: Setup, mended: Repaired) -> dict:
    """Return what a worker is told: sources and names, and nothing that is expected.

    After the last cell every answer is looked at once more, for a name may be given its value later
    than its check: each at a place of its own, so that trouble with one costs no other. Functions
    are called at the very end, as they were at their checks, so that no cell can show what they
    were called with.
    """
    code = [
        {"id": place_of(n, cell), "source": "" if _is_check(setup, cell) else source(cell)}
        for n, cell in enumerate(mended.cells)
        if cell["cell_type"] == "code"
    ]
    probes, ends, calls = {}, [], []
    for question, (probe,) in probes_of(setup.exercise).items():
        seen, end = {**probe, "inputs": []}, f"{question}.end"
        probes[question] = [{**seen, "keep": bool(probe["inputs"])}]
        probes[end] = [{**seen, "key": end}]
        ends.append({"id": end, "name": f"The answer to {question}, after the last cell,"})
        if probe["inputs"]:
            probes[f"{question}.calls"] = [probe]
            name = f"The function of {question}"
            calls.append({"id": f"{question}.calls", "name": name, "held": True})
    return {"cells": [*code, *ends, *calls], "probes": probes, "outputs": True}


def place_of(number: int, cell: Cell) -> str:
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


def _lost(damage: list[str], mended: Repaired, full: Set[str]) -> set[str]:
    """Return the questions whose answers a damaged file may have held, and lost."""
    if not any(note.startswith(DAMAGED) for note in damage):
        return set()
    return {cell.removesuffix("-answer") for cell in mended.missing} - full


def _in_words(ended: str | None) -> str | None:
    """Return why a run ended early, with a student's own cells called so."""
    words = re.sub(r"The cell 'own-\d+'", "A cell of the student's own", ended or "")
    return re.sub(r"own-\d+", "one of the student's own", words) or None


def _other_tables(version: str, names: list[str]) -> str | None:
    """Say that an answer may be right with the tables that the exercise was handed out with."""
    if not names:
        return None
    which = f"the table {names[0]} is" if len(names) == 1 else f"the tables {', '.join(names)} are"
    return one_line(
        f"This is an exercise of version {version}, and since then {which} another here: what was "
        "right with its own tables may look wrong. Grade it in a course folder with the tables of "
        "that version, or mark by hand."
    )


def _trouble(
    lost: set[str], ended: str | None, tables: str | None, doubtful: set[str]
) -> str | None:
    """Say why a person has to look at a submission that was graded, and at which questions."""
    words = []
    if lost:
        words.append(f"{DAMAGED[0].upper()}{DAMAGED[1:]}, and answers may be lost.")
        words.append("Ask for the file again.")
    words += [each for each in (ended, tables) if each]
    if doubtful:
        words.append(f"Look at {', '.join(sorted(doubtful))}; the other marks stand.")
    elif ended:
        words.append("The marks of the questions stand.")
    return " ".join(words) or None
