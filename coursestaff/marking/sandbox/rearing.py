"""What the nursery does: import once, warm up, and fork for whoever connects.

Started as ``python -m coursestaff.marking.sandbox.rearing LISTENER LINE`` by `nursery.Nursery`. It
never reads what is sent to a process that it has forked: that goes there directly. The line leads
to who started it and tells where the tables are, and which to read; when it is cut, this ends.
"""

import gc
import json
import os
import select
import signal
import socket
import sys
from contextlib import ExitStack
from typing import NoReturn

from coursestaff.marking.sandbox import forking, ward
from coursestaff.marking.sandbox.nursery import CELLS, PID


def main(listening: int, line: int) -> None:
    """Get ready, then fork whenever somebody connects, until the line is cut."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who has started this
    listener, owner = socket.socket(fileno=listening), socket.socket(fileno=line)
    forking.reserve()
    forking.import_all()
    asked, warm = select.poll(), False
    asked.register(owner, select.POLLIN)
    while True:
        events = dict(asked.poll())
        _reap()
        if owner.fileno() in events:  # first: tables are read before who reads them is forked
            message = forking.receive(owner)
            if message is None:
                return
            get_ready(**json.loads(message[1]), warm=warm)
            asked.register(listener, select.POLLIN)
            warm = True
        if listener.fileno() in events:
            connection, _ = listener.accept()
            fork_for(connection, (listener, owner))


def get_ready(tables: str, names: list[str], warm: bool) -> None:
    """Warm up, unless that is done, and read tables of a folder."""
    os.environ["NO_LIMITS_DATA"] = tables
    if not warm:
        forking.warm_up()
    forking.read_tables(names)
    _freeze()


def _freeze() -> None:
    gc.collect()
    gc.freeze()  # or the first collection in whatever is forked would copy every page


def _reap() -> None:
    """Take note of those that have ended; what time they took counts as this process's."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def fork_for(connection: socket.socket, ours: tuple[socket.socket, ...]) -> None:
    """Fork a process that talks through a connection; tell who it is, and let go of it."""
    child = os.fork()
    if child == 0:
        for each in ours:
            each.close()
        keep = connection.fileno()
        os.closerange(3, keep)
        os.closerange(keep + 1, os.sysconf("SC_OPEN_MAX"))  # such as what locks our folder
        forking.reserve()
        be_born(connection)
    with connection, ExitStack() as to_close:
        try:
            handle = os.pidfd_open(child)
            to_close.callback(os.close, handle)
            socket.send_fds(connection, [PID.pack(child)], [handle])
        except OSError:  # nobody is there any more to be told
            os.kill(child, signal.SIGKILL)


def be_born(connection: socket.socket) -> NoReturn:
    """Become what is asked for, and end with it."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        import numpy as np  # it is there by now

        np.random.seed()  # or all would draw the same numbers; Python's own does so by itself
        what, _, *_ = socket.recv_fds(connection, 1, 1)  # what is given is held until the end
        message = forking.receive(connection) if what else None
        if message is not None:  # else who asked has ended meanwhile
            settings = json.loads(message[1])
            if what == CELLS:
                ward.watch(connection, settings)
            else:
                forking.be_zygote(connection, settings, warm=True)
        code = 0
    finally:
        os._exit(code)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
