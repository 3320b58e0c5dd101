"""What a notebook's answers are looked at with, and what a solution's run gives."""

from typing import TYPE_CHECKING, NamedTuple

from coursestaff.exercises.fingerprints import tables_of
from coursestaff.exercises.spec import Exercise, Question
from coursestaff.marking.sandbox import process
from courseware.answers.answer_types import Described

if TYPE_CHECKING:
    import nbformat


class Run(NamedTuple):
    """What a solution's cells gave: described answers by key, errors by cell id."""

    answers: dict[str, Described]
    errors: dict[str, str]
    ended: str | None  #: why the run ended before the last cell, if it did


def probes_of(exercise: Exercise) -> dict[str, list[dict]]:
    """Return what to look at after which cell: each answer at its check."""
    return {q.id: [_probe(q, q.id, q.answer)] for q in exercise.checked}


def expected_of(exercise: Exercise, notebook: "nbformat.NotebookNode") -> Run:
    """Run a solution and describe, per question, the answer, every misconception and every bound.

    The keys are those of `job_of`.
    """
    job = job_of(exercise, notebook)
    records, ended = process.run(job, tables_of(exercise.course))
    answers = {key: found for record in records for key, found in record["answers"].items()}
    errors = {record["cell"]: record["error"] for record in records if record["error"]}
    for probe in (probe for own in job["probes"].values() for probe in own):
        answers.setdefault(probe["key"], {"type": "missing"})
    return Run(answers, errors, ended)


def job_of(exercise: Exercise, notebook: "nbformat.NotebookNode") -> dict:
    """Return what is run of a solution, and what is looked at after which cell.

    Keys: ``q3`` (the expected answer), ``q3.wrong.0`` (the first misconception),
    ``q3.bound.range.1`` (an upper bound that is an expression), ``q3.example`` (a function called
    with its public examples).
    """
    probes = {}
    for question in exercise.checked:
        own = [_probe(question, question.id, question.answer)]
        for number, each in enumerate(question.misconceptions):
            own.append(_probe(question, f"{question.id}.wrong.{number}", each.wrong))
        for place, bound in bounds(question):
            own.append({"key": f"{question.id}.bound.{place}", "look": bound})
        if "examples" in question.public:
            tried = {"look": question.answer, "inputs": question.public["examples"]}
            own.append({"key": f"{question.id}.example", **tried})
        probes[question.id] = own
    cells = [
        {"id": cell.id, "source": "" if cell.id in probes else cell.source}
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]
    return {"cells": cells, "probes": probes, "trusted": True}


def bounds(question: Question) -> list[tuple[str, str]]:
    """Return the public bounds that are expressions, with their place in the public part."""
    ranges = {"range": question.public.get("range", ())}
    for column, about in question.public.get("columns", {}).items():
        ranges[f"columns.{column}.range"] = (about or {}).get("range", ())
    return [
        (f"{place}.{number}", bound)
        for place, pair in ranges.items()
        for number, bound in enumerate(pair)
        if isinstance(bound, str)
    ]


def _probe(question: Question, key: str, expression: str) -> dict:
    return {"key": key, "look": expression, "inputs": list(question.inputs)}
