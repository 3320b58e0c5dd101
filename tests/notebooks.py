"""Read and run the chapters for the tests: no checks here, only what several tests need."""

import os
import re
import subprocess
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from courseware import locking
from courseware.words import code

ROOT = Path(__file__).resolve().parents[1]
#: A list, because in a course that is used there may be copies of chapters beside them.
NAMES = [
    "00_start_here",
    "01_the_argument",
    "02_the_trade_lifeline",
    "03_friends_or_partners",
    "04_the_xian_summit",
    "05_silk_roads_then_and_now",
    "06_the_belt_and_road_at_ten",
    "07_kazakhstans_long_border",
    "08_five_states_between_two_powers",
    "09_the_verdict",
]
CHAPTERS = [ROOT / "notebooks" / f"{name}.ipynb" for name in NAMES]
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
    """Return the notebook, run in a fresh kernel, offline, with its own journal, once."""

    def make(done: Path) -> None:
        before = written()
        notebook = read(path)
        notebook.cells.append(nbformat.v4.new_code_cell(examples(path.stem[:2])))
        run(notebook, path.parent, journal)
        notebook.metadata["stopped"] = shown(notebook.cells.pop())
        notebook.metadata["left_behind"] = sorted({name for name, _ in written() - before})
        nbformat.write(notebook, done)

    return read(once(journal.with_suffix(".ipynb"), make))


def examples(number: str) -> str:
    """Return a last cell that runs the words cards' examples, and prints which stop, and why."""
    those = [word.example for word in code.new(number)]
    return f"""
from pandas import DataFrame
for _example in {those!r}:
    _all = list(globals().items())
    try:
        exec(_example, {{n: t.copy() if isinstance(t, DataFrame) else t for n, t in _all}})
    except Exception as _error:
        print(_example, "stops with", repr(_error))
"""


def shown(cell: nbformat.NotebookNode) -> str:
    """Return what a cell that has run has printed."""
    return "".join(output.get("text", "") for output in cell.outputs)


def once(path: Path, make: Callable[[Path], None]) -> Path:
    """Return a file or folder that ``make`` writes, in the first process that asks for it."""
    with path.with_suffix(".lock").open("w") as file:
        while not locking.lock(file.fileno()):
            time.sleep(0.1)
        try:
            if not path.exists():
                unfinished = path.with_name(f"unfinished-{path.name}")
                make(unfinished)
                unfinished.rename(path)
        finally:
            locking.unlock(file.fileno())
    return path


def run(notebook: nbformat.NotebookNode, folder: Path, journal: Path) -> nbformat.NotebookNode:
    """Run a notebook, in place, in a fresh kernel; raises with the traceback of a cell."""
    client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": folder}})
    client.execute(env=offline() | {"NO_LIMITS_JOURNAL": str(journal)})
    return notebook


def written() -> set[tuple[str, int]]:
    """Return name and time of every file in the folders that a chapter could write to."""
    folders = (ROOT / name for name in ("journal", "notebooks", "data"))
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return {(path.relative_to(ROOT).as_posix(), path.stat().st_mtime_ns) for path in files}


def git(*words: str) -> bytes:
    """Return what git says about the course; skip the test where there is no git.

    What is stored is asked of git: whoever works with the course has outputs in notebooks.
    """
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: nothing tells what is stored from what is used")
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=True).stdout


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
