"""How long one hand-in may keep the grader's own process busy: a student decides what is in it."""

import contextlib
import signal
import threading
from collections.abc import Iterator

MOST_SECONDS = 60  # of the processor's time: a busy machine costs nobody any of it


class OutOfTime(BaseException):
    """The work of one hand-in has taken too long: no `Exception`, which might be suppressed."""


@contextlib.contextmanager
def limited() -> Iterator[None]:
    """End what is done meanwhile after `MOST_SECONDS` of this process's time.

    It takes signals, which only a process's first thread gets: in another thread, such as a
    cluster's, nothing is ended.

    Raises:
        OutOfTime: from wherever the work was.

    """
    if not _here():
        yield
        return
    before = signal.signal(signal.SIGPROF, _ring)
    try:
        signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@contextlib.contextmanager
def stopped() -> Iterator[None]:
    """Stop the clock while a worker runs the cells: that has limits of its own."""
    if not _here():
        yield
        return
    left, _ = signal.setitimer(signal.ITIMER_PROF, 0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, left)


def _here() -> bool:
    first = threading.current_thread() is threading.main_thread()
    return first and hasattr(signal, "setitimer")  # not on Windows


def _ring(*_: object) -> None:
    raise OutOfTime
