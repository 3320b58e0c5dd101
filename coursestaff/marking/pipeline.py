"""The one road to marks: read, repair, run with probes, compare, mark.

``course check`` and ``course grade`` both take it; only the runner differs: a process of one's own,
or a worker in isolation (`submission`). Why a person has to look at what came of it is said by
`doubts`.
"""

from collections.abc import Callable, Mapping, Set
from pathlib import Path
from typing import NamedTuple

from coursestaff.collecting.handed_in import Work, beside, work
from coursestaff.collecting.releases import Setup
from coursestaff.exercises.cells import Repaired, is_own, place_of, source
from coursestaff.marking.doubts import (
    Doubts,
    Marked,
    doubts,
    in_words,
    lost_here,
    right_but_for_form,
)
from coursestaff.marking.marks import Mark, mark, travelling
from coursestaff.marking.probes import probes_of
from courseware import checks
from courseware.answers.answer_types import Described

#: Runs a job's cells: a record per cell, and in words why one or all of them were ended.
Runner = Callable[[dict], tuple[list[dict], str | None]]


class Evaluation(NamedTuple):
    """What came of one notebook.

    ``notes`` say what was put right, ``errors`` which cells stopped with what, ``trouble`` why a
    person has to look, ``doubtful`` at which questions: those that it may have cost points;
    ``rest`` is the trouble without other forms of right answers, ``told`` is what to say below a
    written answer of these questions. ``release`` is the fingerprint of the
    release that it was held against. Without ``marks`` it was held against none, since nobody
    could tell which: ``refused`` is what the student is told then.
    """

    mended: Repaired
    records: list[dict]
    marks: dict[str, Mark]
    notes: list[str]
    errors: dict[str, str]
    trouble: str | None
    doubtful: Set[str]
    told: Mapping[str, str]
    release: str | None = None
    refused: str | None = None
    rest: str | None = None


def evaluate(setup: Setup, path: Path, run: Runner) -> Evaluation:
    """Mark one notebook, whoever runs it.

    Args:
        setup: the exercise, and what its solution answers.
        path: the notebook, or the folder in which it was handed in.
        run: how its cells are run.

    Raises:
        Unreadable: there is nothing that can be marked; the message says why.

    """
    found = work(setup, path)
    if found.chosen.refused:
        return _refused(found)
    held = found.chosen.setup
    files, left = beside(found.path)
    files[checks.FILE] = travelling(held.exercise, held.expected)
    job = _job(held, found.mended)
    records, ended = run({**job, "files": files})
    seen = Marked(found, job["cells"], records, ended, _marks(held, records))
    here = lost_here(seen)
    why = Doubts.of(doubts(seen, here, setup))
    forms = [question for question, mark in seen.marks.items() if mark.form]
    of_forms = right_but_for_form(held.exercise.name, forms)
    return Evaluation(
        mended=found.mended,
        records=records,
        marks={name: _with_reason(mark, here.get(name)) for name, mark in seen.marks.items()},
        notes=[*_notes(found), *left, *([found.chosen.note] if found.chosen.note else [])],
        errors={record["cell"]: record["error"] for record in records if record["error"]},
        trouble=in_words([of_forms, *why.reasons], why.questions | {*forms}),
        doubtful=why.questions | {*forms},
        told=why.told,
        release=held.fingerprint,
        rest=in_words(why.reasons, why.questions),
    )


def _refused(found: Work) -> Evaluation:
    """Return what came of work of which nobody can tell the release: no marks."""
    why, setup = found.chosen.refused, found.chosen.setup
    return Evaluation(
        mended=found.mended,
        records=[],
        marks={},
        notes=_notes(found),
        errors={},
        trouble=why.to_grader,
        doubtful=set(setup.exercise.questions),
        told={},
        release=setup.fingerprint,
        refused=why.to_student,
        rest=why.to_grader,
    )


def _notes(found: Work) -> list[str]:
    return [*found.notes, *found.read.notes, *found.mended.notes]


def _job(setup: Setup, mended: Repaired) -> dict:
    """Return what a worker is told: sources and names, and nothing that is expected.

    After the last cell every answer is looked at once more, for a name may be given its value later
    than its check: each at a place of its own, so that trouble with one costs no other. Functions
    are called at the very end, as they were at their checks, so that no cell can show what they
    were called with.
    """
    code = [
        {"id": place_of(n, cell), "source": "" if setup.is_check(cell) else source(cell)}
        | ({"name": "A cell of the student's own"} if is_own(cell) else {})
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
            probes[f"{question}.calls"] = [probe, {**probe, "key": end}]  # then as at the end
            name = f"The function of {question}"
            calls.append({"id": f"{question}.calls", "name": name, "held": True})
    return {"cells": [*code, *ends, *calls], "probes": probes, "outputs": True}


def _marks(setup: Setup, records: list[dict]) -> dict[str, Mark]:
    found = {key: answer for record in records for key, answer in record["answers"].items()}
    marks = {}
    for question in setup.exercise.checked:
        answer = found.get(question.id, {"type": "missing"})
        if _is_unfinished(answer):
            answer = found.get(f"{question.id}.end", answer)
        marks[question.id] = mark(question, setup.expected, answer)
    return marks


def _is_unfinished(answer: Described) -> bool:
    """Return whether there is no answer yet: no value, or a function that gives nothing back."""
    given = {result["type"] for result in answer.get("results", ())} or {answer["type"]}
    return given <= {"missing", "unfinished", "nothing"}


def _with_reason(mark: Mark, reason: str | None) -> Mark:
    return (
        mark._replace(words=(f"{reason} A person will look at this answer. {mark.words}"))
        if reason
        else mark
    )
