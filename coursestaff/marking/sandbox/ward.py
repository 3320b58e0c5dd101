"""A process that runs one's own work or a solution, forked from the nursery and watched over.

The watcher is forked first and forks the process: it tells how that ended, which only a parent is
told, and ends it when nobody is left to ask. Nobody is shut in: see `process`.
"""

import json
import os
import select
import signal
import socket
import traceback
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, NoReturn

from coursestaff.marking.sandbox import forking, nursery

END = nursery.PID  # how it ended, as ``os.waitpid`` says


class Beginning(NamedTuple):
    """What a process that runs cells begins with: paths, and its environment.

    ``asked`` holds the job, ``reply`` is written to, ``errors`` gets what it says to standard
    error, and ``folder`` is where it works.
    """

    asked: str
    reply: str
    errors: str
    folder: str
    environment: dict[str, str]


class Ward:
    """The process, asked as a `subprocess.Popen` is."""

    def __init__(self, address: Path, begin: Beginning) -> None:
        """Have it forked.

        Raises:
            OSError: there is no nursery, or not any more.

        """
        with Path(os.devnull).open("rb") as nothing:
            self._watcher, self._channel = nursery.forked(address, nursery.CELLS, nothing.fileno())
        forking.send(self._channel, forking.JOB, json.dumps(begin).encode())
        if (told := forking.receive(self._channel)) is None:
            raise ConnectionError("the nursery has ended")
        (self.pid,) = nursery.PID.unpack(told[1])
        self._code: int | None = None

    def poll(self) -> int | None:
        """Return how it ended (a signal is negative); None if it has not."""
        ended = self._code is not None or select.select([self._channel], [], [], 0)[0]
        return self.wait() if ended else None

    def wait(self) -> int:
        """Wait for its end, and return how it ended: as if killed, if its watcher has been."""
        if self._code is None:
            told = forking.receive(self._channel)
            status = END.unpack(told[1])[0] if told else signal.SIGKILL
            self._code = os.waitstatus_to_exitcode(status)
            self._channel.close()
            self._watcher.wait()
        return self._code


# --- On the other side ---------------------------------------------------------------------


def watch(channel: socket.socket, settings: list) -> None:
    """Fork the process; tell its number and, at its end, how it ended."""
    ward = os.fork()
    if ward == 0:
        channel.close()
        _work(Beginning(*settings))
    forking.send(channel, forking.READY, nursery.PID.pack(ward))
    events = select.poll()
    events.register(os.pidfd_open(ward), select.POLLIN)
    events.register(channel, select.POLLIN)
    if channel.fileno() in dict(events.poll()):  # it has nothing to say: nobody is there any more
        with suppress(ProcessLookupError):
            os.killpg(ward, signal.SIGKILL)
    _, status = os.waitpid(ward, 0)
    forking.send(channel, forking.END, END.pack(status))


def _work(begin: Beginning) -> NoReturn:
    """Run the cells as a process does that has been started for nothing else."""
    from coursestaff.marking.sandbox import worker

    code = 1
    try:
        os.setsid()
        os.dup2(os.open(begin.errors, os.O_WRONLY), 2)
        os.chdir(begin.folder)
        os.environ.clear()
        os.environ.update(begin.environment)
        worker.reply_to(Path(begin.asked).read_bytes(), Path(begin.reply))
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)
