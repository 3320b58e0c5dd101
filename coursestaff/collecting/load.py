"""Read whatever a student handed in: cut off, in odd encodings, of any format version, or hostile.

A file is only read, never changed. What cannot be read ends in one reason (`Unreadable`).
"""

import contextlib
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from coursestaff.collecting.reasons import Unreadable, reason
from coursestaff.exercises.cells import Cell

with contextlib.suppress(ImportError):  # Windows
    import resource

MAX_BYTES = 300_000_000  # of one file; outputs are thrown away, so a large one can still be read
MEMORY = 3 << 30  # bytes that reading one file may take: JSON can grow to thirty times its size
MAX_CELLS = 2_000
MAX_SOURCE = 200_000  # characters of one cell
MAX_SOURCES = 4_000_000  # characters of all cells
DAMAGED = "the file is cut off or damaged"
NOTEBOOK = re.compile(r".*\.ipynb(\.json|\.txt)?", re.IGNORECASE | re.DOTALL)  # browsers add these

_LIMITING = threading.Lock()  # a limit on memory holds for the whole process


class Submitted(NamedTuple):
    """What a submitted file holds: cells without outputs, metadata, and what was odd about it.

    ``cut_off`` says that only its beginning could be read.
    """

    cells: list[Cell]
    metadata: dict[str, Any]
    notes: list[str]
    cut_off: bool


def submitted(path: Path) -> Submitted:
    """Read a submitted file.

    Raises:
        Unreadable: there is nothing in it that can be graded; the message says why.

    """
    notes: list[str] = []
    try:
        with limited_memory():
            raw, cut_off = _load(path, notes)
            cells = [cell for cell in map(_normal, _raw_cells(raw)) if cell]
    except OSError as problem:
        raise Unreadable(reason("no access", problem=problem.strerror)) from problem
    except MemoryError as problem:
        raise Unreadable(reason("memory")) from problem
    if not cells:
        raise Unreadable(reason("no cells"))
    if len(cells) > MAX_CELLS:
        raise Unreadable(reason("many cells", most=MAX_CELLS))
    if any(len(cell["source"]) > MAX_SOURCE for cell in cells) or (
        sum(len(cell["source"]) for cell in cells) > MAX_SOURCES
    ):
        raise Unreadable(reason("long text"))
    metadata = raw.get("metadata")
    return Submitted(cells, metadata if isinstance(metadata, dict) else {}, notes, cut_off)


@contextlib.contextmanager
def limited_memory() -> Iterator[None]:
    """Let this process take only so much more memory: what breaks that is a `MemoryError`.

    Other threads of the process live with the limit meanwhile, and wait if they want their own.
    """
    with _LIMITING, _limited_memory():
        yield


@contextlib.contextmanager
def _limited_memory() -> Iterator[None]:
    try:
        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:  # no Linux
        yield
        return
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def _load(path: Path, notes: list[str]) -> tuple[Any, bool]:
    """Return what a file holds as JSON, or what can be saved of it, and whether it is cut off."""
    if path.stat().st_size > MAX_BYTES:
        raise Unreadable(reason("large", most=MAX_BYTES // 1_000_000))
    text = _decode(path.read_bytes(), notes)
    if not text.strip():
        raise Unreadable(reason("empty"))
    try:
        return json.loads(text), False
    except RecursionError as problem:
        raise Unreadable(reason("nested")) from problem
    except ValueError as problem:
        cells = _salvage(text)
        if not cells:
            raise Unreadable(reason("no notebook")) from problem
        notes.append(f"{DAMAGED}; cells that could be read: {len(cells)}")
        return {"cells": cells}, True


def _decode(content: bytes, notes: list[str]) -> str:
    """Return the text of a file, in whatever encoding an editor left it."""
    for encoding in (
        ("utf-8-sig", "utf-16") if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig",)
    ):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != "utf-8-sig":
            notes.append(f"the file was saved as {encoding}")
        return text
    notes.append("the file is not in UTF-8, so some letters may be wrong")
    return content.decode("latin-1")


def _salvage(text: str) -> list:
    """Return the whole cells at the beginning of a file that breaks off."""
    start = re.search(r'"cells"\s*:\s*\[', text)
    if not start:
        return []
    decoder, cells, place = json.JSONDecoder(), [], start.end()
    while True:
        gap = re.compile(r"[\s,]*").match(text, place)
        try:
            cell, place = decoder.raw_decode(text, gap.end())
        except (ValueError, RecursionError):
            return cells
        cells.append(cell)


def _raw_cells(raw: Any) -> list:
    """Return the cells of a notebook of any format version."""
    if not isinstance(raw, dict):
        return []
    if isinstance(raw.get("cells"), list):
        return raw["cells"]
    sheets = raw.get("worksheets")  # before format 4
    sheets = sheets if isinstance(sheets, list) else []
    cells = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
    return [cell for group in cells if isinstance(group, list) for cell in group]


def _normal(raw: Any) -> Cell | None:
    """Return a cell's type, id, metadata, text and pasted pictures, or None if it is no cell."""
    if not isinstance(raw, dict):
        return None
    text = raw.get("source", raw.get("input", ""))
    if isinstance(text, list):
        text = "".join(part for part in text if isinstance(part, str))
    if not isinstance(text, str):
        return None
    kind, metadata, pasted = (raw.get(k) for k in ("cell_type", "metadata", "attachments"))
    cell: Cell = {
        "cell_type": kind if kind in ("code", "markdown", "raw") else "markdown",
        "metadata": metadata if isinstance(metadata, dict) else {},
        "source": text.encode("utf-8", "replace").decode(),  # halves of characters have no bytes
        "attachments": pasted if isinstance(pasted, dict) else {},
    }
    return cell | ({"id": raw["id"]} if isinstance(raw.get("id"), str) else {})


def is_own_file(path: Path) -> bool:
    """Return whether a path is a file itself: no link to another's, no pipe that never ends."""
    return path.is_file() and not path.is_symlink()
