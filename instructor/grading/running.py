"""Have a notebook run by a worker process, and read the described answers it sends back."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from courseware.checks.describe import Described
from instructor.grading.sandbox.isolation import import_path
from instructor.grading.spec import Exercise, Question

if TYPE_CHECKING:
    import nbformat

TIME_LIMIT = 120  # seconds for one notebook
LAST_WORDS = 10_000  # bytes of what a process wrote last to standard error


class Run(NamedTuple):
    """What a notebook's cells gave: described answers by key, errors by cell id."""

    answers: dict[str, Described]
    errors: dict[str, str]
    ended: str | None  #: why the run ended before the last cell, if it did


def answers_of(exercise: Exercise, notebook: "nbformat.NotebookNode", folder: Path) -> Run:
    """Run a student's notebook and describe the answers that the exercise asks for."""
    return run(notebook, probes_of(exercise), folder)


def probes_of(exercise: Exercise) -> dict[str, list[dict]]:
    """Return what to look at after which cell: each answer at its check."""
    return {q.id: [_probe(q, q.id, q.answer)] for q in exercise.checked}


def expected_of(exercise: Exercise, notebook: "nbformat.NotebookNode") -> Run:
    """Run a solution and describe, per question, the answer, every misconception and every bound.

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
    return run(notebook, probes, exercise.folder, trusted=True)


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


def run(
    notebook: "nbformat.NotebookNode",
    probes: dict[str, list[dict]],
    folder: Path,
    trusted: bool = False,
) -> Run:
    """Run the code cells of ``notebook`` in ``folder``; the cells ``check("q3")`` only look.

    ``trusted``: it is a solution, and probes may be expressions.
    """
    cells = [
        {"id": cell.id, "source": "" if cell.id in probes else cell.source}
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]
    records, ended = _ask_worker({"cells": cells, "probes": probes, "trusted": trusted}, folder)
    answers = {key: found for record in records for key, found in record["answers"].items()}
    errors = {record["cell"]: record["error"] for record in records if record["error"]}
    for probe in (probe for own in probes.values() for probe in own):
        answers.setdefault(probe["key"], {"type": "missing"})
    return Run(answers, errors, ended)


def _ask_worker(job: dict, folder: Path) -> tuple[list[dict], str | None]:
    """Return the records of the cells that ran, and why it ended early, if it did."""
    ended = None
    with tempfile.TemporaryDirectory() as scratch:
        reply, errors = Path(scratch) / "reply", Path(scratch) / "errors"
        command = [sys.executable, "-m", "instructor.grading.sandbox.worker", str(reply)]
        try:
            with errors.open("wb") as said:
                done = subprocess.run(
                    command,
                    input=json.dumps(job).encode(),
                    cwd=folder,
                    env={**os.environ, "PYTHONPATH": import_path()},
                    stdout=subprocess.DEVNULL,
                    stderr=said,
                    timeout=TIME_LIMIT,
                    check=False,
                )
            if done.returncode:
                ended = _why_early(errors)
        except subprocess.TimeoutExpired:
            ended = f"It was stopped after {TIME_LIMIT} seconds. Is there an endless loop?"
        lines = reply.read_bytes().splitlines(keepends=True) if reply.exists() else []
    # A process that is stopped in the middle leaves half a line.
    return [json.loads(line) for line in lines if line.endswith(b"\n")], ended


def _why_early(errors: Path) -> str:
    """Return why a process ended early: an error of its own, or else, most likely, a cell."""
    with errors.open("rb") as file:
        file.seek(max(0, errors.stat().st_size - LAST_WORDS))
        said = file.read().decode(errors="replace")
    words = "The process that ran the cells ended early."
    *_, last = ["", *said.strip().splitlines()]
    return f"{words} {last[:500]}" if "Traceback" in said else f"{words} Does a cell call exit()?"
