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
from instructor.grading.releases import Setup, choose
from instructor.grading.repair import Repaired, repair
from instructor.grading.running import probes_of
from instructor.grading.tables import made_with, others
from instructor.grading.terminal import one_line

#: Runs a job's cells: a record per cell, and in words why one or all of them were ended.
Runner = Callable[[dict], tuple[list[dict], str | None]]


class Observed(NamedTuple):
    """What came of one notebook.

    ``notes`` say what was put right, ``errors`` which cells stopped with what, ``trouble`` why a
    person has to look, ``doubtful`` at which questions: those that it may have cost points.
    ``release`` is the fingerprint of the release that it was held against. Without ``marks`` it
    was held against none, since nobody could tell which.
    """

    mended: Repaired
    records: list[dict]
    marks: dict[str, Mark]
    notes: list[str]
    errors: dict[str, str]
    trouble: str | None
    doubtful: Set[str]
    release: str | None = None


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
    chosen = choose(setup, metadata, cells)
    setup = chosen.setup
    mended = repair(setup.release, cells)
    odd += damage + mended.notes
    if chosen.refused:
        everything = set(setup.exercise.questions)
        return Observed(mended, [], {}, odd, {}, chosen.refused, everything, setup.fingerprint)
    records, ended = run(_job(setup, mended))
    marks = _marks(setup, records)
    short = {question for question, mark in marks.items() if mark.points < mark.of}
    lost = _lost(damage, mended, marks.keys() - short)
    made = made_with(metadata)
    changed = others(made, setup.tables) if short else []
    doubtful = lost | (short if ended or changed or chosen.unsure else set())
    doubtful |= marks.keys() if chosen.mixed else set()
    others_here = _other_tables(made.version, changed)
    why = [chosen.mixed, chosen.unsure if short else None, others_here]
    return Observed(
        mended=mended,
        records=records,
        marks=marks,
        notes=odd + ([chosen.note] if chosen.note else []),
        errors={record["cell"]: record["error"] for record in records if record["error"]},
        trouble=_trouble(lost, _in_words(ended), why, doubtful),
        doubtful=doubtful,
        release=setup.fingerprint,
    )


def _job(setup: Setup, mended: Repaired) -> dict:
    """Return what a worker is told: sources and names, and nothing that is expected."""
    code = [
        {"id": place_of(n, cell), "source": "" if _is_check(setup, cell) else source(cell)}
        for n, cell in enumerate(mended.cells)
        if cell["cell_type"] == "code"
    ]
    probes = probes_of(setup.exercise)
    last = code[-1]["id"] if code else None
    late = [{**probe, "key": f"{probe['key']}.end"} for own in probes.values() for probe in own]
    if last is not None:  # a name may be given its value later than its check
        probes[last] = [*probes.get(last, []), *late]
    return {"cells": code, "probes": probes, "outputs": True}


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
    lost: set[str], ended: str | None, why: list[str | None], doubtful: set[str]
) -> str | None:
    """Say why a person has to look at a submission that was graded, and at which questions."""
    words = []
    if lost:
        words.append(f"{DAMAGED[0].upper()}{DAMAGED[1:]}, and answers may be lost.")
        words.append("Ask for the file again.")
    words += [each for each in (ended, *why) if each]
    if doubtful:
        words.append(f"Look at {', '.join(sorted(doubtful))}; the other marks stand.")
    elif ended:
        words.append("The marks of the questions stand.")
    return " ".join(words) or None
