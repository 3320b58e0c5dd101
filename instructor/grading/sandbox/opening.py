"""The opening of an exercise: its first cells, which nearly every submission begins with.

A zygote runs them once, and forks from there the children of submissions that begin with exactly
these cells: they send the same records as if they had run them. It holds nothing but the release's
own text. Where an opening is not the same whoever runs it, every child runs it for itself.
"""

import gc
import json
import os
import random
import select
import signal
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from instructor.grading.cells import Cell, is_given, place_of, source
from instructor.grading.sandbox.confining import Nothing

if TYPE_CHECKING:  # it loads the libraries
    from instructor.grading.sandbox.worker import Session

SECONDS = 5  # an opening may take no longer, for they are not counted as a submission's
AT_ONCE = 1 << 16  # bytes read at a time


class UnfitError(Exception):
    """An opening has to be run by each child for itself; the message says why."""


class Opening(NamedTuple):
    """The cells (id and source), and the files beside them (name and text)."""

    cells: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str], ...] = ()

    def fits(self, job: dict) -> bool:
        """Return whether a job (as for `zygote.Zygote.run`) begins as this does.

        A file that lies beside the cells may be read by any of them, or be imported.
        """
        first = job["cells"][: len(self.cells)]
        return (
            tuple((cell["id"], cell.get("source")) for cell in first) == self.cells
            and not any(job["probes"].get(name) for name, _ in self.cells)
            and bool(job.get("outputs"))
            and not job.get("trusted")
            and (job.get("files") or {}) == dict(self.files)
        )

    def job(self, room: int) -> dict:
        """Return the job of running it, with room for so many characters of outputs."""
        cells = [{"id": name, "source": text} for name, text in self.cells]
        return {
            "cells": cells,
            "probes": {},
            "outputs": True,
            "room": room,
            "files": dict(self.files),
        }


def of(release: Sequence[Cell], files: Mapping[str, str]) -> Opening | None:
    """Return what a released notebook opens with: its code above the first answer or check.

    Args:
        release: all its cells.
        files: what is released beside it, name → text.

    """
    code = [(n, cell) for n, cell in enumerate(release) if cell["cell_type"] == "code"]
    first = takewhile(lambda each: is_given(each[1]), code)
    cells = tuple((place_of(n, cell), source(cell)) for n, cell in first)
    return Opening(cells, tuple(files.items())) if cells else None


# --- In the zygote ---------------------------------------------------------------------------


class Begun(NamedTuple):
    """An opening that this process has run: what a child goes on with, and what it sends first."""

    session: "Session"
    count: int  #: of its cells
    lines: bytes

    def rest(self, job: dict) -> dict:
        """Return what is left of a job that begins with these cells."""
        return {**job, "cells": job["cells"][self.count :]}


def begun(place: Nothing, job: dict) -> Begun:
    """Run an opening in this process, if a child that is shut in comes to the same records.

    Args:
        place: how children are shut in.
        job: the opening's, see `Opening.job`.

    Raises:
        UnfitError: it does not end well, is not the same each time, or leaves something that a
            child would not have, or not for itself. This process is not to be forked from any more.

    """
    from instructor.grading.sandbox import worker

    expected, count = _tried(place, job), len(job["cells"])
    _refuse_problems(expected, count)
    session = worker.Session(job)
    with _leaving_nothing(place, job):
        lines = b"".join(map(worker.line, worker.run(job, session=session)))
    if lines != expected:
        raise UnfitError("its records are not the same each time")
    return Begun(session, count, lines)


def _refuse_problems(lines: bytes, count: int) -> None:
    records = [json.loads(line) for line in lines.splitlines()]
    for record in records:
        shown = {output["output_type"] for output in record["outputs"]}
        if record["error"] or "met" in record or "error" in shown:
            raise UnfitError(f"the cell {record['cell']!r} has a problem: {record['error']}")
    if len(records) < count:
        raise UnfitError("a cell of it ends the process")


def _tried(place: Nothing, job: dict) -> bytes:
    """Return the records, a line each, that a child gives which is shut in."""
    from instructor.grading.sandbox import worker

    reader, writer = os.pipe()
    child = place.fork()
    if child == 0:
        try:
            place.enter(job["files"])
            with os.fdopen(writer, "wb") as pipe:
                pipe.writelines(map(worker.line, worker.run(job)))
        finally:
            os._exit(0)
    os.close(writer)
    try:
        return _read(reader)
    finally:
        os.close(reader)
        for kill in (os.killpg, os.kill):  # its group, too: it is in one of its own by now
            with suppress(ProcessLookupError, PermissionError):
                kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        place.tidy()


def _read(reader: int) -> bytes:
    content, until = b"", time.monotonic() + SECONDS
    while select.select([reader], [], [], max(0, until - time.monotonic()))[0]:
        piece = os.read(reader, AT_ONCE)
        if not piece:
            return content
        content += piece
    raise UnfitError(f"it takes longer than {SECONDS} seconds")


@contextmanager
def _leaving_nothing(place: Nothing, job: dict) -> Iterator[None]:
    """Provide a working folder; refuse what is left that no fork takes along, or all would share.

    Raises:
        UnfitError: with what is left.

    """
    folder = place.settle(job["files"])
    before = _state(folder)
    yield
    gc.collect()  # a file that nobody holds is open until then
    after = _state(folder)
    place.leave()
    if left := [name for name in before if before[name] != after[name]]:
        raise UnfitError(f"it leaves other {', '.join(left)}")
    with suppress(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
        raise UnfitError("it leaves a process")


def _state(folder: Path) -> dict[str, object]:
    """Return what has to be the same afterwards, by what it is called."""
    free = os.dup(0)  # the lowest number that is free
    os.close(free)
    return {
        "files": {path.name: path.stat().st_mtime_ns for path in folder.iterdir()},
        "working folder": Path.cwd(),
        "open files": free,
        "threads": threading.active_count(),
        "random numbers": random.getstate(),  # a fork begins with new ones
    }
