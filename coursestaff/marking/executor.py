"""Hand work out to processes, and get something back for every piece, whatever dies on the way."""

import atexit
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from typing import Any

from coursestaff.marking.sandbox.temp_dir import TempDir


class WorkerPool:
    """Processes that work is handed out to; in a ``with`` statement they end with it.

    They start, and get ready, while whoever needs them is still busy with something else.
    """

    def __init__(
        self,
        executor: Executor | None = None,
        processes: int = 1,
        get_ready: Callable[[], Any] = int,
    ) -> None:
        """Prepare; nothing is started yet.

        Args:
            executor: where to work, if not in ``processes`` on this machine.
            processes: how many.
            get_ready: called as often as there are processes, before there is work: usually once in
                each. What it raises, the work will raise too.

        """
        self._executor, self._get_ready = executor, get_ready
        self._count = processes
        self._ended = ExitStack()

    def __enter__(self) -> "WorkerPool":
        """Start."""
        if self._executor is None:
            self._pool = self._ended.enter_context(pool(self._count))
            with suppress(BrokenExecutor):  # one has died: `run` will find out
                for _ in range(self._count):
                    self._pool.submit(self._get_ready)
        return self

    def __exit__(self, *problem: object) -> None:
        """End; whoever leaves with a problem does not wait for what is still being done."""
        self._ended.__exit__(*problem)

    def run(self, work: Callable[[Any], Any], pieces: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
        """Yield each piece with what ``work(piece)`` returns or raises, in the order it comes.

        A process can die (the system kills what takes too much memory), and it is not known then
        which piece was the cause: so the rest is done one at a time, and only the cause gets the
        exception. An executor that was given is only asked once.

        Args:
            work: a function that can be sent to another process.
            pieces: what it is called with.

        """
        if self._executor is not None:
            yield from _all(self._executor, work, pieces)
            return
        left = []
        for piece, result in _all(self._pool, work, pieces):
            if isinstance(result, BrokenExecutor):
                left.append(piece)
            else:
                yield piece, result
        while left:
            with pool(1) as another:
                broken = False
                while left and not broken:
                    piece = left.pop(0)
                    ((_, result),) = _all(another, work, [piece])
                    broken = isinstance(result, BrokenExecutor)
                    yield piece, result


def _all(executor: Executor, work: Callable, pieces: Iterable) -> Iterator[tuple[Any, Any]]:
    waiting: dict = {}
    for piece in pieces:
        try:
            waiting[executor.submit(work, piece)] = piece
        except BrokenExecutor as problem:
            yield piece, problem
    for future in as_completed(waiting):
        problem = future.exception()
        yield waiting.pop(future), problem if problem else future.result()


@contextmanager
def pool(processes: int) -> Iterator[ProcessPoolExecutor]:
    """Provide processes that end with this one; whoever leaves early does not wait for them."""
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(
        processes, mp_context=_started(), initializer=_begin, initargs=[dict(os.environ)]
    )
    try:
        yield pool
    except BaseException:
        for child in set(multiprocessing.active_children()) - others:
            child.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


#: What grading one submission needs: loaded once for all processes of a pool.
PRELOADED = ["coursestaff.marking.submission"]


def start_early() -> None:
    """Have what processes of a pool need be loaded while this one is busy with something else."""
    if "forkserver" in multiprocessing.get_all_start_methods():
        from multiprocessing import forkserver

        _started()
        forkserver.ensure_running()


def _started() -> multiprocessing.context.BaseContext:
    """Return how processes start: from one that has loaded what they need, where that is possible.

    Never from this one: it knows more than they do, and may have threads.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    _own_folder()
    return context


@cache
def _own_folder() -> None:
    """Have multiprocessing put its sockets where the next run removes them, should this be killed.

    Its own folder, ``pymp-…`` in the temporary directory, would stay for ever.
    """
    scratch = TempDir()
    multiprocessing.current_process()._config["tempdir"] = str(scratch.path)
    atexit.register(scratch.close)


def _begin(environment: dict[str, str]) -> None:
    """Leave Ctrl-C to the process that waits for this one, and end when that one is gone.

    Args:
        environment: that one's as it is now: a fork server keeps what there was first.

    """
    os.environ.clear()
    os.environ.update(environment)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=[multiprocessing.parent_process()], daemon=True).start()


def _end_with(parent: multiprocessing.Process) -> None:
    parent.join()
    os._exit(1)
