"""Read and run the exercises for the tests: no checks here, only what several tests need."""

import json
from functools import cache
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from coursestaff.exercises import spec
from coursestaff.marking import check
from coursestaff.marking.pipeline import Evaluation
from coursestaff.marking.probes import Run
from coursestaff.marking.sandbox.isolation import Limits
from coursestaff.marking.solution import solve
from coursestaff.releasing import release as releasing
from tests.notebooks import ROOT, offline, once, shared

FOLDERS = spec.exercise_folders(ROOT / "solutions")
NAMES = [folder.name for folder in FOLDERS]
#: So that what never ends ends soon.
TIGHT = Limits(cell_cpu=2, cpu=20, cell_wall=5, wall=40, memory=512 << 20, scratch=4 << 20)


@cache
def exercise(name: str) -> spec.Exercise:
    """Return one exercise's questions."""
    return spec.load(ROOT / "solutions" / name)


@cache
def solution(name: str, variant: int | None = None) -> Run:
    """Return what the solution computes, for the values in the notebook or for one variant.

    It runs once in a test run, whoever asks.
    """

    def make(done: Path) -> None:
        notebook = spec.read_notebook(exercise(name).notebook)
        if variant is not None:
            set_parameters(notebook, exercise(name).variants[variant])
        done.write_text(json.dumps(solve(exercise(name), notebook)), encoding="utf-8")

    kept = once(shared() / f"{name}-{variant}.json", make)
    return Run(*json.loads(kept.read_text(encoding="utf-8")))


def variants() -> list:
    """Return each exercise with the number of each of its variants: the first, then the matrix."""
    return [
        pytest.param(
            name, number, id=f"{name}-{variant}", marks=pytest.mark.matrix if number else ()
        )
        for name in NAMES
        for number, variant in enumerate(exercise(name).variants)
    ]


def set_parameters(notebook: nbformat.NotebookNode, values: dict) -> None:
    """Give the parameter cell other values, as an instructor would."""
    cell = next(cell for cell in notebook.cells if cell.id == "parameters")
    assert all(f"{name} = " in cell.source for name in values)
    cell.source += "".join(f"\n{name} = {value!r}" for name, value in values.items())


def released(name: str, folder: Path) -> Path:
    """Return an exercise as a student gets it, in a folder of its own."""
    return releasing.release(ROOT, [name], folder)[0] / f"{name}.ipynb"


def checked(name: str, path: Path) -> Evaluation:
    """Return what `course check` sees in a notebook, or in the folder with it."""
    return check.seen(exercise(name), solution(name), path, TIGHT)


def run(notebook: nbformat.NotebookNode, folder: Path, **environment: str) -> nbformat.NotebookNode:
    """Run a notebook in a fresh kernel, offline, to its end, whatever its cells do."""
    client = NotebookClient(
        notebook, timeout=120, allow_errors=True, resources={"metadata": {"path": str(folder)}}
    )
    client.execute(env=offline() | environment)
    return notebook


def shown(notebook: nbformat.NotebookNode, name: str) -> str:
    """Return all that a cell has written or shown, as plain text."""
    cell = next(cell for cell in notebook.cells if cell.id == name)
    texts = []
    for output in cell.outputs:
        data = output.get("data", {})
        texts.append(
            output.get("text", "") or output.get("evalue", "") or data.get("text/plain", "")
        )
    return " ".join(texts)


def notebook_dict(path: Path) -> dict:
    """Return a notebook's file as plain dictionaries, as a student's editor would write it."""
    return json.loads(path.read_text(encoding="utf-8"))
