"""Run the chapters, all at once, for the printed course and for the slides: once for both.

The chapters on disk are never changed. A chapter is run again only if it, the package, a table,
a library or what is told of outputs (``mime_output``) has changed since.
"""

import argparse
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from traitlets.config import Config

from coursestaff.chapters import own_name
from courseware import article, manifest

HERE = Path(__file__).resolve().parent
ROOT, FRAME = manifest.course_root(), HERE.parents[1]  # the course's folder, and the frame's
STORE = ROOT / "build" / "executed"
EXTENSION = "coursestaff.publishing.mime_output"
#: A kernel warns of listeners unless its traffic is encrypted, so it is.
ENCRYPTED = Config({"KernelManager": {"transport_encryption": "auto"}})


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what is asked of whatever is made of the chapters: of which, and where they are kept."""
    parser.add_argument("--chapters", help="such as 00-04,06-09 (default: all chapters)")
    words = "folder for the chapters with their outputs"
    parser.add_argument("--executed", type=Path, default=STORE, help=words)


def run_all(
    chapters: Iterable[Path],
    store: Path = STORE,
    record: Callable[[Path, Path], object] | None = None,
) -> dict[Path, NotebookNode]:
    """Return chapters with their outputs; run those of which ``store`` holds no fresh copy.

    Args:
        chapters: the notebooks as stored.
        store: the folder that keeps the copies with outputs.
        record: what runs a chapter and writes its copy, in a process of its own; else `run`.

    """
    kept = copies(chapters, store)
    for path, copy in kept.items():
        for stale in set(store.glob(f"{kept_name(path)}-*.ipynb")) - {copy}:
            stale.unlink()
    missing = {path: copy for path, copy in kept.items() if not copy.exists()}
    if missing:
        names = ", ".join(kept_name(path).partition("_")[0] for path in missing)
        print(f"Running the chapters that have changed: {names} ...", flush=True)
        # A fresh Python each, on every system: a fork may hang where threads are at work.
        with ProcessPoolExecutor(processes(len(missing)), get_context("spawn")) as pool:
            list(pool.map(record or run, missing.keys(), missing.values()))
    return {path: nbformat.read(copy, as_version=4) for path, copy in kept.items()}


def copies(chapters: Iterable[Path], store: Path) -> dict[Path, Path]:
    """Return where ``store`` keeps the chapters with their outputs, as long as nothing changes."""
    store.mkdir(parents=True, exist_ok=True)
    shared = shared_state()
    digests = {path: _digest([path], shared) for path in chapters}
    return {path: store / f"{kept_name(path)}-{digest}.ipynb" for path, digest in digests.items()}


def kept_name(path: Path) -> str:
    """Return what a chapter or its companion is called in a folder that holds both."""
    return own_name(path).replace("/", "-")


def processes(chapters: int) -> int:
    """Return how many chapters to run at a time; Windows allows no more than 61."""
    return min(chapters, os.cpu_count() or 1)


def shared_state() -> str:
    """Return a digest of what every chapter's outputs depend on besides the chapter."""
    others = [ROOT / "data" / "datapackage.json", FRAME / "requirements.lock"]
    return _digest([*package_files(), *others, HERE / "mime_output.py", Path(__file__)])


def package_files() -> list[Path]:
    """Return every file of the frame and of the article, in order."""
    folders = (FRAME / "courseware", article.folder())
    found = sorted(path for folder in folders for path in folder.rglob("*"))
    return [path for path in found if path.is_file() and "__pycache__" not in path.parts]


def _digest(paths: list[Path], seed: str = "") -> str:
    digest = hashlib.sha256(seed.encode())
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def run(path: Path, copy: Path) -> None:
    """Run a chapter with an empty journal and write the copy with its outputs."""
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        execute(notebook, path.parent, Path(folder) / "journal", os.environ)
    nbformat.write(notebook, copy)


def execute(
    notebook: NotebookNode,
    folder: Path,
    journal: Path,
    environment: Mapping[str, str],
    widgets: bool = False,
) -> None:
    """Run a notebook, in place, in a fresh kernel that says as data what it shows.

    Args:
        notebook: whose code cells are run, and keep their outputs.
        folder: where it lies.
        journal: the folder of its journal; the last part of its name may stand on a page.
        environment: the kernel's.
        widgets: whether its metadata keep the state of its widgets, which no page needs.

    Raises:
        CellExecutionError: a cell stops with an error.

    """
    journal.mkdir(parents=True, exist_ok=True)
    client = NotebookClient(
        notebook,
        timeout=300,
        store_widget_state=widgets,
        resources={"metadata": {"path": folder}},
        extra_arguments=[f"--InteractiveShellApp.extra_extensions={EXTENSION}"],
        config=ENCRYPTED,
    )
    client.execute(env={**environment, "NO_LIMITS_JOURNAL": str(journal)})
