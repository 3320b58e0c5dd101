"""What the zygote does: the process that submissions are forked from.

Started as ``python -m coursestaff.marking.sandbox.zygote SOCKET`` (by `zygote.Zygote`), it imports
the libraries, shuts itself in, and then forks one child per job. It knows no expected value and
never runs a student's code; it does not even read the jobs that it hands on. A child shuts itself
in further, runs `worker.run` and writes one line of JSON per cell; the zygote passes the lines on,
and kills the child, with all that it started, when a limit is reached or nobody is left to ask.

A child can read all memory that it was forked with, also what has been given back. So what comes
from or goes to a student is kept in two places only, and both are wiped before a job is said to
have ended; what comes too late for a job, at once.
"""

import contextlib
import gc
import json
import os
import select
import shutil
import signal
import socket
import struct
import time
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import NamedTuple, NoReturn

from coursestaff.marking.sandbox.confinement import WAYS, NoSandbox, unreadable
from coursestaff.marking.sandbox.isolation import Limits
from courseware import CourseError

HEAD = struct.Struct("!cI")  # one letter, and how many bytes follow
JOB, HELD, PIECE, END, READY, FAULT, ABORT = b"j", b"h", b"p", b"e", b"r", b"f", b"a"
NO_MEMORY = 3  # exit status of a child
PIPE, MORE = 3, 4  # descriptors: a child answers through one, is told the rest through the other
MOST_AT_ONCE = 1 << 16  # bytes read from a child at a time
LOOK = 0.1  # seconds between two looks at processor time and working folder
TIME_LEFT = struct.Struct("!d")  # seconds that a job may take, in front of the job

#: Imported before the first fork, so that no submission waits for it. Not courseware.charts: it
#: changes how pandas' charts look, as it does for whoever imports it.
LIBRARIES = ("numpy", "pandas", "matplotlib.pyplot", "matplotlib_inline.backend_inline")
LIBRARIES += ("PIL.Image", "courseware.data", "courseware.ui", "courseware.checks.public")
LIBRARIES += ("coursestaff.marking.sandbox.worker",)

WARMING = """
import pandas as pd
from courseware import data
table = data.load(data.package()["resources"][0]["name"])
ax = pd.Series([1, 4, 9], index=["a", "b", "c"]).plot.barh(title="0123456789 $-$")
table.head()
"""


_PIECE = bytearray(MOST_AT_ONCE)  # what a child has just written


class Watched(NamedTuple):
    """One child: its id, the pipes it writes to and reads, when it began, how long it may take."""

    pid: int
    pipe: int
    more: int
    since: float
    wall: float


def send(channel: socket.socket, kind: bytes, content: bytes | memoryview) -> None:
    """Send one message."""
    channel.sendall(HEAD.pack(kind, len(content)))
    channel.sendall(content)


def receive(channel: socket.socket) -> tuple[bytes, bytearray] | None:
    """Return the next message, kind and content; None when the other side is gone.

    There is no other copy of the content, so that it can be wiped.
    """
    head = _exactly(channel, HEAD.size)
    if head is None:
        return None
    kind, size = HEAD.unpack(head)
    content = _exactly(channel, size)
    return None if content is None else (kind, content)


def wipe(content: bytearray | memoryview) -> None:
    """Leave nothing in memory of what these bytes were."""
    content[:] = bytes(len(content))


def _exactly(channel: socket.socket, size: int) -> bytearray | None:
    content = bytearray(size)
    rest = memoryview(content)
    while rest:
        count = channel.recv_into(rest)
        if not count:
            return None
        rest = rest[count:]
    return content


def main(descriptor: int) -> None:
    """Get ready, then serve jobs until nobody asks any more.

    Args:
        descriptor: of a socket, to who asks. The first message holds the settings, as
            `zygote.Zygote` makes them; the others are jobs.

    """
    channel = socket.socket(fileno=descriptor)
    reserve()
    if (first := receive(channel)) is None:  # who started it has been killed at once
        shutil.rmtree(Path.cwd(), ignore_errors=True)  # the folder that was made for it
        return
    settings = json.loads(first[1])
    limits = Limits(**settings["limits"])
    visible, scratch = [Path(path) for path in settings["visible"]], Path(settings["scratch"])
    sandbox = WAYS[settings["way"]](limits, visible, scratch)
    try:
        if complaint := getting_ready(sandbox, settings):
            send(channel, FAULT, complaint.encode())
            return
        gc.collect()
        gc.freeze()  # or a child's first collection would copy every page
        send(channel, READY, b"")
        while (message := receive(channel)) is not None:
            if message[0] != JOB:  # it is about a job that has just ended
                wipe(message[1])
                continue
            (wall,) = TIME_LEFT.unpack_from(message[1])
            serve(channel, sandbox, memoryview(message[1])[TIME_LEFT.size :], wall)
    except ConnectionError:  # nobody is left to ask, or to be told
        pass
    finally:
        sandbox.end()


def getting_ready(sandbox: NoSandbox, settings: dict) -> str | None:
    """Import, shut this process in and try it; say what does not work, or None."""
    try:
        sandbox.begin()
        for name in LIBRARIES:
            import_module(name)
        warm_up()
        read_tables(settings["loads"])
        sandbox.lock_down()
        os.environ.clear()
        os.environ.update(settings["environment"])
        return tried(sandbox)
    except Exception as problem:  # whatever it is, the other side has to hear of it
        return f"{type(problem).__name__}: {problem}"


def reserve() -> None:
    """Keep the numbers of a child's pipes free of anything that it may need before."""
    for number in (PIPE, MORE):
        try:
            os.fstat(number)
        except OSError:
            os.dup2(0, number)


def warm_up() -> None:
    """Do once what is slow the first time: the shell, a figure, a table.

    Raises:
        RuntimeError: what has to work for any submission does not.

    """
    from coursestaff.marking.sandbox import worker

    probes = {"warm": [{"key": "ax", "look": "ax"}]}
    job = {"cells": [{"id": "warm", "source": WARMING}], "probes": probes, "outputs": True}
    for record in worker.run(job):
        if record["error"] or len(record["outputs"]) != 2:
            raise RuntimeError(f"a table and a chart: {record['error'] or record['outputs']}")
    shell = worker.shell_here()
    shell.reset(new_session=True)
    shell.execution_count = 1


def read_tables(names: Iterable[str]) -> None:
    """Read tables before the first fork: a child that loads one checks the file, and copies.

    One that cannot be read is left to who loads it: he is told.
    """
    data = import_module("courseware.data")  # one of `LIBRARIES`: it is there by now
    for name in names:
        with contextlib.suppress(CourseError, OSError):
            data.load(name)


def tried(sandbox: NoSandbox) -> str | None:
    """Warm up once more, in a child that is shut in; say what does not work there, or None."""
    reader, writer = os.pipe()
    child = sandbox.fork()
    if child == 0:
        complaint = ""
        try:
            sandbox.enter({"here.txt": ""})
            complaint = unreadable(sandbox) or ""
            warm_up()
        except Exception as problem:
            complaint = complaint or f"a trial fails: {type(problem).__name__}: {problem}"
        os.write(writer, complaint.encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        complaint = pipe.read().decode()
    _, status = os.waitpid(child, 0)
    sandbox.clean_up()
    return complaint or (f"a trial ended with {status}" if status else None)


def serve(channel: socket.socket, sandbox: NoSandbox, job: memoryview, wall: float) -> None:
    """Have one job run for at most ``wall`` seconds; pass on what its child writes.

    At the end, keep nothing of it; say how it ended, how long it took, and on what.
    """
    began = time.monotonic()
    (reader, writer), (told, more) = os.pipe(), os.pipe()
    pid = sandbox.fork()
    if pid == 0:
        run_child(sandbox, job, writer, told)
    os.close(writer)
    os.close(told)
    os.set_blocking(more, False)
    forked, why, gone = time.monotonic(), "nobody", None
    child = Watched(pid, reader, more, began, wall)
    try:
        why, ready = watch(channel, sandbox, child)
        gone = ended(pid) if why == "end" else None
    finally:
        os.close(reader)
        os.close(more)
        if gone is None:
            why = "exit" if why == "end" else why
            os.kill(pid, signal.SIGKILL)
            gone = os.wait4(pid, 0)
        if sandbox.name == "nothing":
            kill_group(pid)
        sandbox.clean_up()
        wipe(job)
        wipe(_PIECE)
    _, status, used = gone
    took = {"fork": forked - began, "isolate": ready - forked, "run": time.monotonic() - ready}
    took["cpu"] = used.ru_utime + used.ru_stime
    report = {"why": why, "status": status, "seconds": took}
    send(channel, END, json.dumps(report).encode())


def ended(pid: int) -> tuple | None:
    """Return what ``os.wait4`` says of a child that has closed its pipe; None if it goes on."""
    for pause in [0.0005] * 20 + [0.01] * 50:  # seconds
        gone = os.wait4(pid, os.WNOHANG)
        if gone[0]:
            return gone
        time.sleep(pause)
    return None


def kill_group(pid: int) -> None:
    """Kill what an unisolated child has started (as far as it has stayed in its session)."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def run_child(sandbox: NoSandbox, job: memoryview, writer: int, told: int) -> NoReturn:
    """Shut this process in, run the job, and end without anything that a student has left."""
    code = 1
    try:
        gc.disable()
        only_pipes(writer, told)
        wanted = json.loads(bytes(job))
        sandbox.enter(wanted.get("files") or {})
        os.closerange(MORE + 1, os.sysconf("SC_OPEN_MAX"))
        os.write(PIPE, b"\n")  # from here on: whatever a student's code likes
        gc.enable()
        from coursestaff.marking.sandbox import worker

        for record in worker.run(wanted, held_back if wanted.get("more") else dict):
            write_all(PIPE, worker.line(record))
        code = 0
    except MemoryError:
        code = NO_MEMORY
    finally:
        os._exit(code)


def only_pipes(writer: int, told: int) -> None:
    """Let go of the standard streams; the pipes get their numbers, above which all is closed."""
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    os.dup2(writer, PIPE)
    os.dup2(told, MORE)


def held_back() -> dict:
    """Wait for what is told only when the last cell has been run, and return it."""
    content = b""
    while piece := os.read(MORE, MOST_AT_ONCE):
        content += piece
    return json.loads(content)


def tell(more: int, content: bytearray) -> None:
    """Tell a child the rest of its job, if it has left room for it, and never wait for it."""
    with contextlib.suppress(OSError):
        os.write(more, content)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, more)  # closes the pipe: that was all
    os.close(null)


def write_all(pipe: int, content: bytes) -> None:
    """Write all of it: a pipe takes 64 KiB at a time."""
    view = memoryview(content)
    while view:
        view = view[os.write(pipe, view) :]


def watch(channel: socket.socket, sandbox: NoSandbox, child: Watched) -> tuple[str, float]:
    """Pass on what the child writes, until it ends or breaks a limit.

    Returns:
        How it ended ("end", "cell", "wall", "cell cpu", "cpu", "reply", "disk", "threads",
        "nobody"), and
        when it was shut in (``time.monotonic``).

    """
    limits, clock = sandbox.limits, (~child.pid << 3) | 2  # CPU clock of another process
    ready, sent = 0.0, 0
    cell_since, cell_cpu, cpu = child.since, 0.0, 0.0
    poll = select.poll()
    poll.register(child.pipe, select.POLLIN)
    poll.register(channel, select.POLLIN)  # the rest of the job may come, and the end
    while True:
        events = dict(poll.poll(LOOK * 1000))
        if channel.fileno() in events:
            kind, content = receive(channel) or (ABORT, bytearray())
            if kind != HELD:
                return "nobody", ready
            tell(child.more, content)
            wipe(content)
        cpu = processor_time(clock, cpu)
        if child.pipe in events:
            count = os.readv(child.pipe, [_PIECE])
            if not count:
                return "end", ready or time.monotonic()
            sent += count
            if sent > limits.reply:
                return "reply", ready
            send(channel, PIECE, memoryview(_PIECE)[:count])
            if _PIECE.find(b"\n", 0, count) >= 0:
                cell_since, cell_cpu = time.monotonic(), cpu
                ready = ready or cell_since
        if broken := broken_limit(limits, child, cell_since, cpu, cpu - cell_cpu):
            return broken, ready
        if broken := sandbox.trouble(child.pid):
            return broken, ready


def processor_time(clock: int, before: float) -> float:
    """Return the seconds of processor time a child has taken; ``before`` if it has just ended."""
    try:
        return time.clock_gettime(clock)
    except OSError:
        return before


def broken_limit(
    limits: Limits, child: Watched, cell_since: float, cpu: float, cell_cpu: float
) -> str | None:
    """Return which limit on time is broken, if one is."""
    now = time.monotonic()
    if now - cell_since > limits.cell_wall:
        return "cell"
    if now - child.since > child.wall:
        return "wall"
    if cell_cpu > limits.cell_cpu:
        return "cell cpu"
    return "cpu" if cpu > limits.cpu else None
