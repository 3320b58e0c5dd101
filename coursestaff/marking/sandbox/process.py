"""Run one's own work, or a solution, in a process of its own, with the rights of whoever asks.

The same cells, records and words as from a `zygote`, and no isolation: a stranger's work is never
run this way.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

from coursestaff.marking.sandbox import replay, reply_validation
from coursestaff.marking.sandbox.folder import WORK, make
from coursestaff.marking.sandbox.isolation import Limits, import_path
from courseware import CourseError

START = 120  # seconds for the process to get ready
#: As where a class is graded: no module beside the notebook stands in a library's place.
OURS = {"PYTHONSAFEPATH": "1", "USER": "student", "LOGNAME": "student"}
PAUSE = 0.02  # seconds between two looks at what it has written
LAST_WORDS = 10_000  # bytes of what it wrote last to standard error


class StartError(CourseError):
    """No process that runs cells can be started; the message says why."""


def run(job: dict, tables: Path, limits: Limits | None = None) -> tuple[list[dict], str | None]:
    """Run the cells of one notebook.

    Args:
        job: as for `worker.run`, and perhaps ``files`` (name → content) to lie beside it.
        tables: the folder with the course's tables.
        limits: of these only the times hold here.

    Returns:
        As `Zygote.run` does.

    Raises:
        StartError: the process does not get ready.

    """
    limits = limits or Limits()
    return replay.to_the_end(job, partial(_turn, tables, limits), limits)


def _turn(
    tables: Path, limits: Limits, job: dict, wall: float
) -> tuple[dict[str, dict], replay.End]:
    """Run the job's cells once; return a record per cell that came to its end, and the end."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        asked, reply, errors = (Path(scratch) / name for name in ("job", "reply", "errors"))
        asked.write_text(json.dumps(job), encoding="utf-8")
        reply.touch()
        folder = Path(scratch) / WORK
        make(folder, job.get("files", {}), tables)
        around = OURS | {"PYTHONPATH": import_path(), "NO_LIMITS_DATA": str(tables)}
        with asked.open("rb") as given, errors.open("wb") as said, reply.open("rb") as written:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "coursestaff.marking.sandbox.worker", str(reply)],
                cwd=folder,
                env=os.environ | around,
                stdin=given,
                stdout=subprocess.DEVNULL,
                stderr=said,
                start_new_session=True,
            )
            try:
                records, why = _listen(process, written, job, limits, wall)
            finally:
                code = _end(process)
        if why == "start":
            raise StartError(f"The cells cannot be run. {_last_words(errors)}")
    if why:
        return records, replay.End(why)
    return records, replay.End("crash", -code) if code < 0 else replay.End("exit")


def _listen(process, written, job: dict, limits: Limits, wall: float) -> tuple[dict, str | None]:
    """Read records until there is one per cell, or no more will come; return them, and why."""
    records: dict[str, dict] = {}
    rest, ready, last = b"", False, time.monotonic()
    until = last + START + wall
    while True:
        ended = process.poll() is not None  # asked first, so that what it wrote last is read
        *lines, rest = (rest + written.read()).split(b"\n")
        now = time.monotonic()
        if lines and not ready:
            ready, until, lines = True, now + wall, lines[1:]
            last = now
        for line in lines:
            last = now
            try:
                reply_validation.keep(line, job, records)
            except reply_validation.ForgedError:
                return records, "forged"
        if len(records) == len(job["cells"]) and ready:
            return records, None
        if ended or now > until or now - last > (limits.cell_wall if ready else START):
            why = None if ended else "wall" if now > until else "cell"
            return records, why if ready else "start"
        time.sleep(PAUSE)


def _end(process: subprocess.Popen) -> int:
    """End a process with all that it has left behind; return how it ended."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    return process.wait()


def _last_words(errors: Path) -> str:
    with errors.open("rb") as file:
        file.seek(max(0, errors.stat().st_size - LAST_WORDS))
        lines = file.read().decode(errors="replace").strip().splitlines()
    return lines[-1][:500] if lines else "The process did not say why."
