"""Run submissions, each in a process forked from one that has the libraries loaded.

    with Zygote(Limits(), visible=[course / "exercises"]) as zygote:
        records, ended = zygote.run(job)

Android and Chromium call such a process a zygote. What happens on the other side is in `forking`
(the zygote), `confinement` (how a child is shut in) and `worker` (how it runs the cells). On this
side nothing of a student runs: records are checked (`reply_validation`), never trusted.
"""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from coursestaff.exercises.fingerprints import tables_of
from coursestaff.marking.sandbox import forking, replay, reply_validation
from coursestaff.marking.sandbox.folder import WORK
from coursestaff.marking.sandbox.isolation import (
    FLAG,
    SCRATCH,
    IsolationError,
    Limits,
    course_paths,
    environment,
    environment_for_imports,
    first_way,
    why_not,
)
from coursestaff.marking.sandbox.temp_dir import TempDir
from courseware import manifest

PATIENCE = 30  # seconds beyond a job's limit before the zygote itself is given up
START = 120  # seconds for the zygote to get ready


class Zygote:
    """Runs jobs one after another, from one thread; in a ``with`` statement it ends with it.

    `seconds` holds what the last child took: ``fork``, ``isolate``, ``run``, and ``cpu``, the
    processor time of all three in the child; `forks` counts the last job's children (more than
    one if a cell crashed). `python` is how Python is started.
    """

    python = (sys.executable,)

    def __init__(
        self,
        limits: Limits | None = None,
        isolated: bool = True,
        visible: Iterable[Path] = (),
        way: str | None = None,
        course: Path | None = None,
        loads: Iterable[str] = (),
    ) -> None:
        """Prepare; nothing is started yet.

        Args:
            limits: what one submission may use.
            isolated: False only if the grader has said ``--without-isolation``.
            visible: files and folders that submissions may read, beside data and libraries.
            way: "namespaces" or "landlock", instead of the best there is.
            course: the course folder, whose tables may be read and whose solutions and submissions
                may not (default: the one that the current folder lies in).
            loads: names of tables that submissions are likely to load, to be read only once.

        Raises:
            IsolationError: isolation is wanted and cannot start, with all reasons; or something
                would be visible that no student may see.

        """
        course = course or manifest.course_root()
        self.limits = limits or Limits()
        self.way = way_in(isolated, way)
        self.tables = tables_of(course).resolve()
        visible = [Path(path).resolve() for path in visible]
        self.visible = [*course_paths(course, self.tables, visible), *visible]
        self.loads = list(loads)
        self.seconds: dict[str, float] = {}
        self.forks = 0
        self._process: subprocess.Popen | None = None
        self._channel: socket.socket | None = None
        self._scratch: TempDir | None = None

    def __enter__(self) -> "Zygote":
        """Start the zygote (about two seconds).

        Raises:
            IsolationError: it does not get ready; with the reason.

        """
        self.start()
        return self

    def __exit__(self, *problem: object) -> None:
        """End the zygote, and with it all that it has forked."""
        self.stop()

    @property
    def pid(self) -> int:
        """Return the process that was started (with namespaces: the zygote's guard)."""
        return self._process.pid

    def run(self, job: dict) -> tuple[list[dict], str | None]:
        """Run the cells of one submission.

        Args:
            job: as for `worker.run`, and ``files`` (name → text) to put into
                the working folder, such as ``checks.json``.

        Returns:
            What `replay.to_the_end` does: ``{"cell", "error", "answers"}`` per cell and, if the job
            asks for them, ``"outputs"``; and in words why a cell or the run was ended, or None.

        Raises:
            ValueError: the job looks up expressions and is not ``trusted``.
            IsolationError: the zygote has died and does not start again.

        """
        reply_validation.refuse_expressions(job)
        self.forks = 0
        return replay.to_the_end(job, self._once, self.limits)

    def _once(self, job: dict, wall: float) -> tuple[dict[str, dict], replay.End]:
        """Run a job in one child; return a record per cell that came to its end, and the end.

        If the zygote has died (the system may have killed it), it is started again, once.
        """
        self.forks += 1
        first, held = _parted(job)
        room = self.limits.reply // 2  # characters of outputs; as much again is for answers
        content = json.dumps({"room": room, "more": bool(held["cells"]), **first}).encode()
        for _ in range(2):
            self.start()
            try:
                self._channel.settimeout(wall + PATIENCE)
                message = forking.TIME_LEFT.pack(wall) + content
                forking.send(self._channel, forking.JOB, message)
                return self._listen(job, len(first["cells"]), held)
            except (OSError, EOFError):
                self.stop()
        raise IsolationError("The process from which submissions are forked has died twice.")

    def _listen(self, job: dict, first: int, held: dict) -> tuple[dict[str, dict], replay.End]:
        """Read one child's records until it ends; send for its end if it writes anything else.

        What is held back is sent when there are ``first`` records, those of all that is not.
        """
        records: dict[str, dict] = {}
        pieces, ready, forged, told = [], False, False, not held["cells"]
        while True:
            if ready and not told and len(records) >= first:
                forking.send(self._channel, forking.HELD, json.dumps(held).encode())
                told = True
            message = forking.receive(self._channel)
            if message is None:
                raise EOFError
            kind, content = message
            if kind == forking.END:
                end = json.loads(content)
                self.seconds = end["seconds"]
                return records, replay.End("forged") if forged else self._end(end)
            if forged:
                continue
            if b"\n" not in content:
                pieces.append(content)
                continue
            *lines, rest = b"".join([*pieces, content]).split(b"\n")
            pieces = [rest]
            if lines and not ready:
                ready = True
                lines = lines[1:]
            try:
                for line in lines:
                    reply_validation.keep(line, job, records)
            except reply_validation.ForgedError:
                forged = True
                forking.send(self._channel, forking.ABORT, b"")

    def _end(self, end: dict) -> replay.End:
        """Return why a child ended, from what the zygote saw of it."""
        why, signal = end["why"], end["status"] & 0x7F
        if why == "end":
            full = end["status"] >> 8 == forking.NO_MEMORY
            why = "crash" if signal else "memory" if full else "exit"
            if signal == 9:  # nobody else kills: the kernel does, for want of memory or time
                why = "cpu" if end["seconds"]["cpu"] >= self.limits.cpu else "memory"
        return replay.End(why, signal)

    def start(self) -> None:
        """Start the zygote (one to two seconds), unless it runs; the first job would do it, too.

        Raises:
            IsolationError: it does not get ready; with the reason.

        """
        if self._process is not None:
            return
        try:
            answer = self._begun()
        except OSError as problem:
            answer = (forking.FAULT, str(problem).encode())
        if answer is None or answer[0] != forking.READY:
            self.stop()
            words = answer[1].decode() if answer else "it ended without saying why"
            raise IsolationError(f"Submissions cannot be run ({self.way}): {words}")
        if self.way == "namespaces":  # its root is its own by now: nothing is left even by kill -9
            self._scratch.close()

    def _begun(self) -> tuple[bytes, bytearray] | None:
        """Start the process; return what it says once it is ready, or is not; None if it ends.

        Raises:
            OSError: it cannot be started, or says nothing in time.

        """
        self._scratch = TempDir()
        folder = self._scratch.path
        self._channel, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [*self.python, "-m", "coursestaff.marking.sandbox.zygote", str(theirs.fileno())],
                pass_fds=[theirs.fileno(), self._scratch.descriptor],
                env=environment_for_imports(folder, self.tables),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        home = str((SCRATCH if self.way == "namespaces" else folder) / WORK)
        settings = {
            "way": self.way,
            "limits": asdict(self.limits),
            "visible": [str(path) for path in self.visible],
            "loads": self.loads,
            "scratch": str(folder),
            "environment": environment(self.tables) | {"HOME": home, "IPYTHONDIR": home},
        }
        self._channel.settimeout(START)
        forking.send(self._channel, forking.JOB, json.dumps(settings).encode())
        return forking.receive(self._channel)

    def stop(self) -> None:
        """End the zygote. It ends by itself when the process that started it does."""
        if self._process is not None:
            self._channel.close()  # the zygote ends when nobody is left at the other end
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        if self._scratch is not None:
            self._scratch.close()


def _parted(job: dict) -> tuple[dict, dict]:
    """Return a job without the places that are held back, and these with their probes."""
    held = [cell for cell in job["cells"] if cell.get("held")]
    names = {cell["id"] for cell in held}
    first = {key: probes for key, probes in job["probes"].items() if key not in names}
    later = {key: probes for key, probes in job["probes"].items() if key in names}
    cells = [cell for cell in job["cells"] if not cell.get("held")]
    return {**job, "cells": cells, "probes": first}, {"cells": held, "probes": later}


def refuse_what_is_not_safe(course: Path, isolated: bool = True) -> str:
    """Raise at once what a `Zygote` for this course would raise; start nothing.

    Returns:
        The way in which submissions are shut in here.

    Raises:
        IsolationError: submissions cannot be shut in here, or would see what no student may see.

    """
    way = way_in(isolated)
    course_paths(course, tables_of(course), ())
    return way


def way_in(isolated: bool, way: str | None = None) -> str:
    """Return the way in which submissions are shut in: the one asked for, or the best there is.

    Raises:
        IsolationError: isolation is wanted and there is no way here; with all reasons.

    """
    found = "nothing" if not isolated else way or first_way()
    if found is None:
        raise IsolationError(
            "\n".join(["Submissions cannot be isolated on this machine.", *why_not()])
        )
    if not hasattr(os, "fork"):
        raise IsolationError(
            f"Even with {FLAG}, grading needs a system that can fork processes, such as Linux or "
            "macOS."
        )
    return found


if __name__ == "__main__":
    forking.main(int(sys.argv[1]))
