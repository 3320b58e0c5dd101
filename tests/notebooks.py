"""Read and run the chapters for the tests: no checks here, only what several tests need."""

import os
import re
import subprocess
from functools import cache
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
CHAPTERS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
OFFLINE = ROOT / "tests" / "offline"

IMAGE = re.compile(r'<img\b(?![^>]*width="1")[^>]*>')  # ui.own_keys leaves a mark of one pixel
ALT = re.compile(r'\balt="([^"]*)"')


def read(path: Path) -> nbformat.NotebookNode:
    """Return the notebook as stored."""
    return nbformat.read(path, as_version=4)


def offline() -> dict[str, str]:
    """Return the environment of a kernel or worker that has no network."""
    paths = [str(OFFLINE), os.environ.get("PYTHONPATH", "")]
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths)}


@cache
def executed(path: Path, journal: Path) -> nbformat.NotebookNode:
    """Run a copy of the notebook in a fresh kernel, offline, with its own journal."""
    before = untracked()
    notebook = run(read(path), path.parent, journal)
    notebook.metadata["left_behind"] = sorted(untracked() - before)
    return notebook


def run(notebook: nbformat.NotebookNode, folder: Path, journal: Path) -> nbformat.NotebookNode:
    """Run a notebook, in place, in a fresh kernel; raises with the traceback of a cell."""
    client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": folder}})
    client.execute(env=offline() | {"NO_LIMITS_JOURNAL": str(journal)})
    return notebook


def untracked() -> set[str]:
    """Return what git does not know in the folders that a chapter could write to."""
    command = ["git", "status", "--porcelain", "--ignored", "--"]
    folders = ["journal", "notebooks", "data"]
    listed = subprocess.run(command + folders, cwd=ROOT, capture_output=True, text=True, check=True)
    return set(listed.stdout.splitlines())


def outputs(notebook: nbformat.NotebookNode) -> list:
    """Return (cell, output) pairs of all code cells."""
    return [
        (cell, output)
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
    ]


def html(notebook: nbformat.NotebookNode) -> list[str]:
    """Return every piece of HTML that the executed notebook shows, widgets included."""
    pieces = [output.get("data", {}).get("text/html", "") for _, output in outputs(notebook)]
    pieces += [model["state"].get("value", "") for model in widget_models(notebook, "HTMLModel")]
    return [piece for piece in pieces if piece]


def widget_models(notebook: nbformat.NotebookNode, name: str) -> list[dict]:
    """Return the saved state of every widget of one kind in an executed notebook."""
    saved = notebook.metadata.get("widgets", {}).values()
    models = (model for group in saved for model in group["state"].values())
    return [model for model in models if model["model_name"] == name]


def prose(notebook: nbformat.NotebookNode) -> list[tuple[str, str]]:
    """Return (cell id, text) of the Markdown cells."""
    return [(cell.id, cell.source) for cell in notebook.cells if cell.cell_type == "markdown"]


def headings(notebook: nbformat.NotebookNode) -> list[tuple[int, str]]:
    """Return (level, words) of every heading, in order."""
    lines = (line for _, text in prose(notebook) for line in text.splitlines())
    found = (re.match(r"(#+) +(.*)", line) for line in lines)
    return [(len(match[1]), match[2].strip()) for match in found if match]
