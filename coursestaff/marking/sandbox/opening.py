"""The opening of an exercise: its first cells, which nearly every submission begins with.

A zygote runs them once, and forks from there the children of submissions that begin with exactly
these cells: they send the same records as if they had run them. It holds nothing but the release's
own text, which runs here with the zygote's rights, as the solution does with those of who grades.
Where an opening is not the same whoever runs it, every child runs it for itself. Of what a fork
does not take along, memory that processes share (`mmap`) is not seen: no release may begin with it.
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

from coursestaff.exercises.cells import Cell, is_given, place_of, source
from coursestaff.marking.sandbox.confining import Nothing

if TYPE_CHECKING:  # it loads the libraries
    from coursestaff.marking.sandbox.worker import Session

SECONDS = 20  # an opening may take no longer, for they are not counted as a submission's
AT_ONCE = 1 << 16  # bytes read at a time
MOST_OPEN = 256  # descriptors that are looked at


class UnfitError(Exception):
    """An opening has to be run by each child for itself; the message says why."""


class Opening(NamedTuple):
    """The cells (id and source), the files beside them (name and text), and the tables' checksums.

    What was run with other tables is another opening: a zygote on a cluster may outlive a command.
    """

    cells: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str], ...] = ()
    tables: tuple[tuple[str, str], ...] = ()

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


def of(
    release: Sequence[Cell], files: Mapping[str, str], tables: Mapping[str, str]
) -> Opening | None:
    """Return what a released notebook opens with: its code above the first answer or check.

    Args:
        release: all its cells.
        files: what is released beside it, name → text.
        tables: the checksums of what it loads, by name.

    """
    code = [(n, cell) for n, cell in enumerate(release) if cell["cell_type"] == "code"]
    first = takewhile(lambda each: is_given(each[1]), code)
    cells = tuple((place_of(n, cell), source(cell)) for n, cell in first)
    return Opening(cells, tuple(files.items()), tuple(tables.items())) if cells else None


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
    from coursestaff.marking.sandbox import worker

    seconds = min(SECONDS, place.limits.cell_wall, place.limits.cell_cpu)
    expected, count = _tried(place, job, seconds), len(job["cells"])
    _refuse_problems(expected, count)
    session = worker.Session(job)
    with _leaving_nothing(place, job), _at_most(seconds):
        lines = b"".join(map(worker.line, worker.run(job, session=session)))
    if lines != expected:
        raise UnfitError("its records are not the same each time")
    return Begun(session, count, lines)


def _refuse_problems(lines: bytes, count: int) -> None:
    records = [json.loads(line) for line in lines.splitlines(keepends=True) if line[-1:] == b"\n"]
    for record in records:
        shown = {output["output_type"] for output in record["outputs"]}
        if record["error"] or "met" in record or "error" in shown:
            raise UnfitError(f"the cell {record['cell']!r} has a problem: {record['error']}")
    if len(records) < count:
        raise UnfitError("a cell of it ends the process")


def _tried(place: Nothing, job: dict, seconds: float) -> bytes:
    """Return the records, a line each, that a child gives which is shut in."""
    from coursestaff.marking.sandbox import worker

    reader, writer = os.pipe()
    child = place.fork()
    if child == 0:
        try:
            place.enter(job["files"])
            with os.fdopen(writer, "wb", buffering=0) as pipe:
                for record in worker.run(job):
                    pipe.write(worker.line(record))
        finally:
            os._exit(0)
    os.close(writer)
    try:
        return _read(reader, seconds)
    finally:
        os.close(reader)
        for kill in (os.killpg, os.kill):  # its group, too: it is in one of its own by now
            with suppress(ProcessLookupError, PermissionError):
                kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        place.tidy()


def _read(reader: int, seconds: float) -> bytes:
    content, until = b"", time.monotonic() + seconds
    while select.select([reader], [], [], max(0, until - time.monotonic()))[0]:
        piece = os.read(reader, AT_ONCE)
        if not piece:
            return content
        content += piece
    raise UnfitError(f"it takes longer than {seconds:g} seconds")


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """End this process if it is not left in time: who started it then starts another one."""
    usual = signal.signal(signal.SIGALRM, lambda *_: os._exit(1))
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, usual)


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
    return {
        "files": {path: path.is_file() and path.read_bytes() for path in folder.rglob("*")},
        "working folder": Path.cwd(),
        "open files": {number for number in range(MOST_OPEN) if _is_open(number)},
        "threads": threading.active_count(),
        "random numbers": random.getstate(),  # a fork begins with new ones
    }


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True
