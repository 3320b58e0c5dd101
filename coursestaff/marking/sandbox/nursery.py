"""One process for a command that imports the libraries once, to fork from it whatever runs cells.

    with Nursery() as nursery:
        nursery.read(tables)
        with Zygote(…, nursery=nursery.address) as zygote: …

What happens on the other side is in `rearing`. The nursery is given nothing that is secret, and
nothing comes back into it from what it has forked. Whoever can connect to it has things run with
the rights of who grades: so its socket lies in a folder of theirs alone, which no submission sees,
and a submission can neither make a socket nor connect one.

It only saves time: where it cannot be had, each process imports for itself.
"""

import json
import logging
import os
import select
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from pathlib import Path

from coursestaff.marking.sandbox import forking
from coursestaff.marking.sandbox.isolation import environment_for_imports
from coursestaff.marking.sandbox.scratch import Scratch

SOCKET = "nursery"  # in its folder
WAITING = 128  # connections that it has not taken yet: it takes none before it is ready
START = 120  # seconds for it to get ready
ZYGOTE, CELLS = b"z", b"c"  # what it forks: see `rearing`
PID = struct.Struct("!I")

log = logging.getLogger(__name__)


class Nursery:
    """The nursery of this command; in a ``with`` statement it ends with it.

    It ends, too, when the process that started it does. `address` is where to ask it; None where
    there is none. `python` is how Python is started.
    """

    python = (sys.executable,)

    def __init__(self) -> None:
        """Prepare; nothing is started yet."""
        self.address: Path | None = None
        self._ended = ExitStack()

    def __enter__(self) -> "Nursery":
        """Start, without waiting: it imports, and waits to be told where the tables are."""
        try:
            self._start()
            _here.append(self.address)
            self._ended.callback(_here.remove, self.address)
        except (OSError, AttributeError) as problem:  # no such calls on this system
            log.debug("There is no nursery: %s", problem)
            self._ended.close()
        return self

    def __exit__(self, *problem: object) -> None:
        """End it. What it has forked ends when nobody asks that any more."""
        self._ended.close()

    @property
    def pid(self) -> int:
        """Return the process that was started."""
        return self._process.pid

    def read(self, tables: Path, names: Iterable[str] = ()) -> None:
        """Have it warm up with the tables in a folder, and read some of them, before it forks."""
        if self.address is not None:
            told = json.dumps({"tables": str(tables), "names": list(names)}).encode()
            with suppress(OSError):  # it has gone: each process does so for itself
                forking.send(self._line, forking.JOB, told)

    def _start(self) -> None:
        os.close(os.pidfd_open(os.getpid()))  # before Linux 5.3 nobody could see who ends
        scratch = Scratch()
        self._ended.callback(scratch.close)
        self._line, theirs = socket.socketpair()
        self._ended.callback(self._line.close)
        with theirs, socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(scratch.path / SOCKET))
            listener.listen(WAITING)
            given = [listener.fileno(), theirs.fileno()]
            self._process = subprocess.Popen(
                [*self.python, "-m", "coursestaff.marking.sandbox.rearing", *map(str, given)],
                pass_fds=[*given, scratch.descriptor],
                env=environment_for_imports(scratch.path) | {"PYTHONSAFEPATH": "1"},
                cwd=scratch.path,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        self._ended.callback(self._process.wait)
        self._ended.callback(self._process.kill)  # it has nothing to put in order
        self.address = scratch.path / SOCKET
        self._ended.callback(self._forget)

    def _forget(self) -> None:
        self.address = None


_here: list[Path] = []  # addresses: one, in a command


def here() -> Path | None:
    """Return where to ask the nursery that this process is in; None if there is none."""
    return _here[-1] if _here else None


class Forked:
    """A process that the nursery has forked, asked as a `subprocess.Popen` is."""

    def __init__(self, pid: int, handle: int) -> None:
        """Keep its number, and the descriptor that stands for it (``man 2 pidfd_open``)."""
        self.pid = pid
        self._handle: int | None = handle

    def wait(self, timeout: float | None = None) -> None:
        """Wait until it has ended.

        Raises:
            TimeoutExpired: it has not, after so many seconds.

        """
        if self._handle is None:
            return
        ended = select.poll()
        ended.register(self._handle, select.POLLIN)
        if not ended.poll(None if timeout is None else timeout * 1000):
            raise subprocess.TimeoutExpired("forked", timeout)
        os.close(self._handle)
        self._handle = None

    def kill(self) -> None:
        """End it, if it has not ended."""
        if self._handle is not None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)


def forked(address: Path, what: bytes, given: int) -> tuple[Forked, socket.socket]:
    """Have a nursery fork a process; wait until it is ready for that.

    Args:
        address: where it listens.
        what: `ZYGOTE` or `CELLS`.
        given: a descriptor that the process gets.

    Returns:
        The process, and a channel to it.

    Raises:
        OSError: there is no nursery, or not any more.

    """
    channel = socket.socket(socket.AF_UNIX)
    try:
        channel.settimeout(START)
        channel.connect(str(address))
        number, handles, *_ = socket.recv_fds(channel, PID.size, 1)
        if not handles:
            raise ConnectionError("the nursery has ended")
        socket.send_fds(channel, [what], [given])
    except OSError:
        channel.close()
        raise
    return Forked(*PID.unpack(number), handles[0]), channel
