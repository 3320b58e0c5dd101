"""Read and run the chapters for the tests: no checks here, only what several tests need."""

import ast
import builtins
import dis
import inspect
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from coursestaff.chapters import is_companion, with_companions
from coursestaff.publishing import execution
from courseware import article, locking, manifest, turns, words
from courseware.words import code

ROOT = manifest.course_root()  # of the course that is tested, which the current folder tells
#: Not what lies in the folder: in a course that is used there may be copies of chapters, too.
NAMES = [*article.chapters()]
CHAPTERS = [ROOT / "notebooks" / f"{name}.ipynb" for name in NAMES]
#: The chapters, each followed by its companion: most of what is asked of the ones is of the others.
NOTEBOOKS = with_companions(CHAPTERS)
COMPANIONS = [path for path in NOTEBOOKS if is_companion(path)]
OFFLINE = Path(__file__).resolve().with_name("offline")

IMAGE = re.compile(r'<img\b(?![^>]*width="1")[^>]*>')  # ui.own_keys leaves a mark of one pixel
ALT = re.compile(r'\balt="([^"]*)"')


def read(path: Path) -> NotebookNode:
    """Return the notebook as stored."""
    return nbformat.read(path, as_version=4)


def offline() -> dict[str, str]:
    """Return the environment of a kernel or worker that has no network."""
    paths = [str(OFFLINE), os.environ.get("PYTHONPATH", "")]
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths)}


def shared() -> Path:
    """Return the folder of this test run, the same in every process that takes part."""
    return Path(os.environ["NO_LIMITS_TEST_RUN"])


def store() -> Path:
    """Return the folder of the chapters as they have run, where publishing finds them too."""
    return shared() / "executed"


def journal_of(path: Path) -> Path:
    """Return the journal of a notebook's run."""
    return store() / execution.kept_name(path) / "journal"


@cache
def executed(path: Path) -> NotebookNode:
    """Return a chapter or companion as publishing runs it, offline, with a journal of its own.

    It runs once in a test run, whoever asks. Its metadata tell what else was tried on the way:
    ``shown_by_widgets``, their state; ``filled``, what each turn says of the answer that it shows,
    by the turn's key; ``stopped``, what the examples on the cards of a chapter's words of code
    print at its end; ``left_behind``, the files that it has written into the course.
    """
    copy = copies()[path]
    record(path, copy)
    return read(copy)


@cache
def copies() -> dict[Path, Path]:
    """Return where each notebook is kept with its outputs."""
    return execution.copies(NOTEBOOKS, store())


def all_executed() -> dict[Path, NotebookNode]:
    """Return every notebook as it has run: for what needs them all, several run at a time."""
    return execution.run_all(NOTEBOOKS, store(), record)


def record(path: Path, copy: Path) -> None:
    """Run a chapter and keep it as ``copy``, unless that has been done."""

    def make(done: Path) -> None:
        before = written()
        notebook = read(path)
        turns_filled = fill(notebook)
        last = nbformat.v4.new_code_cell("" if is_companion(path) else examples(path.stem[:2]))
        notebook.cells.append(last)
        execution.execute(notebook, path.parent, journal_of(path), offline(), widgets=True)
        tried = {last.id, *(cell.id for cell in turns_filled.values())}
        notebook.cells = [cell for cell in notebook.cells if cell.id not in tried]
        notebook.metadata["shown_by_widgets"] = notebook.metadata.pop("widgets", {})
        notebook.metadata["filled"] = {key: shown(cell) for key, cell in turns_filled.items()}
        notebook.metadata["stopped"] = printed(last)
        notebook.metadata["left_behind"] = sorted({name for name, _ in written() - before})
        nbformat.write(notebook, done)

    once(copy, make)


def fill(notebook: NotebookNode) -> dict[str, NotebookNode]:
    """Put below each cell with a turn the same cell, filled in as the turn shows.

    No later cell uses what a turn fills in, so the rest runs as it would without them.

    Returns:
        The new cells by the turns' keys.

    """
    filled = {}
    for cell in list(notebook.cells):
        if cell.cell_type == "code" and "turn(" in cell.source:
            *_, blank, call = ast.parse(cell.source).body
            key = call.value.args[0].value
            lines = cell.source.splitlines()
            assert lines[blank.lineno - 1].endswith(" = ..."), cell.id
            lines[blank.lineno - 1] = turns.line_of(words.turn(key))
            filled[key] = nbformat.v4.new_code_cell("\n".join(lines))
            notebook.cells.insert(notebook.cells.index(cell) + 1, filled[key])
    return filled


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


def printed(cell: NotebookNode) -> str:
    """Return what a cell that has run has printed."""
    return "".join(output.get("text", "") for output in cell.outputs)


def shown(cell: NotebookNode) -> str:
    """Return what a cell that has run has shown, as plain text."""
    return "".join(output.get("data", {}).get("text/plain", "") for output in cell.outputs)


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


def run(notebook: NotebookNode, folder: Path, journal: Path) -> NotebookNode:
    """Run a notebook, in place, in a fresh kernel; raises with the traceback of a cell."""
    client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": folder}})
    client.execute(env=offline() | {"NO_LIMITS_JOURNAL": str(journal)})
    return notebook


def written() -> set[tuple[str, int]]:
    """Return name and time of every file in the folders that a chapter could write to."""
    folders = (ROOT / name for name in ("journal", "notebooks", "data"))
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return {(path.relative_to(ROOT).as_posix(), path.stat().st_mtime_ns) for path in files}


def git(*arguments: str) -> bytes:
    """Return what git says about the course; skip the test where there is no git.

    What is stored is asked of git: whoever works with the course has outputs in notebooks.
    """
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: nothing tells what is stored from what is used")
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=True).stdout


def unknown(sources: Iterable[str]) -> Iterator[str]:
    """Yield each name that cells look up before one of them has given it a value."""
    known = {*dir(builtins), "display"}
    for source in sources:
        parts = [compile(source, "cell", "exec")]
        for part in parts:
            parts += [inner for inner in part.co_consts if inspect.iscode(inner)]
            for step in dis.get_instructions(part):
                if step.opname in ("STORE_NAME", "STORE_GLOBAL"):
                    known.add(step.argval)
                elif step.opname in ("LOAD_NAME", "LOAD_GLOBAL") and step.argval not in known:
                    yield step.argval


def outputs(notebook: NotebookNode) -> list:
    """Return (cell, output) pairs of all code cells."""
    return [
        (cell, output)
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
    ]


def html(notebook: NotebookNode) -> list[str]:
    """Return every piece of HTML that the executed notebook shows, widgets included."""
    pieces = [output.get("data", {}).get("text/html", "") for _, output in outputs(notebook)]
    pieces += [model["state"].get("value", "") for model in widget_models(notebook, "HTMLModel")]
    return [piece for piece in pieces if piece]


def widget_models(notebook: NotebookNode, name: str) -> list[dict]:
    """Return the saved state of every widget of one kind in an executed notebook."""
    saved = notebook.metadata["shown_by_widgets"].values()
    models = (model for group in saved for model in group["state"].values())
    return [model for model in models if model["model_name"] == name]


def prose(notebook: NotebookNode) -> list[tuple[str, str]]:
    """Return (cell id, text) of the Markdown cells."""
    return [(cell.id, cell.source) for cell in notebook.cells if cell.cell_type == "markdown"]


def headings(notebook: NotebookNode) -> list[tuple[int, str]]:
    """Return (level, words) of every heading, in order."""
    lines = (line for _, text in prose(notebook) for line in text.splitlines())
    found = (re.match(r"(#+) +(.*)", line) for line in lines)
    return [(len(match[1]), match[2].strip()) for match in found if match]
