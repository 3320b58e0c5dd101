"""Hand submissions out to a cluster's workers, a few at a time, and get something back for each."""

import pickle
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from uuid import uuid4

import dask
from distributed import Client
from distributed.scheduler import KilledWorker

from coursestaff.cluster import ClusterError, tls, worker_plugin
from coursestaff.collecting.handed_in import pack
from coursestaff.collecting.releases import Setup
from coursestaff.marking.environment_match import here
from coursestaff.marking.submission import GO_ON, Graded, GradingContext

CONNECT = 30  # seconds for the scheduler to answer, and for a first worker to be there
DESERTED = 60  # seconds without any worker before grading stops
LOOK = 2  # seconds between two looks at whether there are workers
AHEAD = 2  # submissions on their way, for each thread of the workers

#: A submission may be as large as `load` allows; Dask thinks that an oversight.
SETTINGS = {"distributed.admin.large-graph-warning-threshold": "1 TB"}


class KillsWorkersError(Exception):
    """A submission was given to several workers, alone at last, and every one of them died."""


class Workers:
    """The workers of a Dask cluster, which grade as this machine would."""

    def __init__(self, address: str, certificates: Path | None = None) -> None:
        """Prepare; nothing is connected yet.

        Args:
            address: the scheduler's, ``tls://HOST:PORT``, or on this computer
                ``tcp://127.0.0.1:PORT``.
            certificates: a folder with ``ca.pem``, ``cert.pem`` and ``key.pem``, for TLS.

        Raises:
            ClusterError: the address leads off this computer without TLS, or a certificate is
                missing.

        """
        self.address, self._security = address, tls.security(address, certificates)

    @contextmanager
    def ready(self, context: GradingContext) -> Iterator[Callable]:
        """Connect, and have every worker looked over and its zygote started.

        Args:
            context: where this machine would run submissions; the workers have course folders of
                their own, and take the rest from it.

        Provides a function of a `Setup` and of students' folders, which yields each folder with
        what came of it, or with what was raised, in the order it comes.

        Raises:
            ClusterError: there is no scheduler or no worker, or a worker would not grade as this
                machine does; with all reasons. While it is used: they have gone.

        """
        run = f"course-grade-{uuid4().hex}"
        with dask.config.set(SETTINGS), self._connected() as client:
            plugin = worker_plugin.GradingPlugin(run, here(context.course), context)
            client.register_plugin(plugin)
            try:
                _refuse_unfit(client.run(worker_plugin.refusal, run))
                yield partial(_handed_out, client, run)
            finally:
                with suppress(OSError):  # the scheduler has gone, and with it the plugin
                    client.unregister_worker_plugin(run)

    @contextmanager
    def _connected(self) -> Iterator[Client]:
        try:
            client = Client(
                self.address, security=self._security, timeout=CONNECT, set_as_default=False
            )
        except OSError as problem:
            raise ClusterError(
                f"No scheduler answers at {self.address} ({problem}). Check that the scheduler is "
                "running. If it uses certificates, the same authority must have issued its "
                f"certificates and yours. {tls.GUIDE} explains how to start a scheduler."
            ) from problem
        with client:
            try:
                client.wait_for_workers(1, timeout=CONNECT)
            except TimeoutError as problem:
                raise ClusterError(
                    f"The scheduler at {self.address} has no workers. {tls.GUIDE} explains how to "
                    "start workers."
                ) from problem
            yield client


def _refuse_unfit(found: dict[str, str]) -> None:
    """Refuse a cluster of which a worker cannot take part; ``found`` says why, by address."""
    if unfit := [f"  {address}: {words}" for address, words in found.items() if words]:
        raise ClusterError(
            "These workers would not grade as this machine does, so no work was sent to the "
            "cluster:\n" + "\n".join(unfit)
        )


def _handed_out(
    client: Client, run: str, setup: Setup, folders: Iterable[Path]
) -> Iterator[tuple[Path, object]]:
    """Yield each folder with what came of it, in the order it comes.

    If a worker dies, the scheduler gives its work to others. What was there whenever several died
    may only have had bad company, so it is done once more, alone.
    """
    executor = client.get_executor(pure=False)
    # A result and no scattered data: if all workers that hold it die, others make it again.
    shared = client.submit(pickle.loads, pickle.dumps(setup), pure=False)

    def submit(folder: Path) -> Future:
        return executor.submit(worker_plugin.graded, run, shared, pack(folder))

    suspects = []
    for folder, result in _windowed(client, submit, folders):
        if isinstance(result, KilledWorker):
            suspects.append(folder)
        else:
            yield folder, result
    for suspect in suspects:
        for folder, result in _windowed(client, submit, [suspect]):
            died = isinstance(result, KilledWorker)
            yield (
                folder,
                KillsWorkersError("every worker that received it died") if died else result,
            )


def _windowed(
    client: Client, submit: Callable[[Path], Future], folders: Iterable[Path]
) -> Iterator[tuple[Path, object]]:
    """Hand out so many at a time that no worker waits, and no more: they lie in memory."""
    waiting: dict[Future, Path] = {}
    for folder in folders:
        try:
            waiting[submit(folder)] = folder
        except OSError as problem:
            yield folder, problem
        while len(waiting) >= AHEAD * max(1, _threads(client)):
            yield from _done(client, waiting)
    while waiting:
        yield from _done(client, waiting)


def _done(client: Client, waiting: dict[Future, Path]) -> Iterator[tuple[Path, object]]:
    """Wait until something is done; take it from what is waited for, and yield it."""
    last_seen = time.monotonic()
    while not (done := wait(waiting, timeout=LOOK, return_when=FIRST_COMPLETED).done):
        if _threads(client):
            last_seen = time.monotonic()
        elif time.monotonic() - last_seen > DESERTED:
            raise ClusterError(f"The cluster no longer has any workers. {GO_ON}")
    for future in done:
        folder = waiting.pop(future)
        yield folder, _result(future, folder)


def _threads(client: Client) -> int:
    """Return how many submissions the workers can take at the same time.

    Raises:
        ClusterError: the scheduler has gone.

    """
    try:
        return sum(client.nthreads().values())
    except OSError as problem:
        raise ClusterError(f"The cluster's scheduler no longer answers. {GO_ON}") from problem


def _result(future: Future, folder: Path) -> object:
    """Return what a worker returned or raised.

    Raises:
        ClusterError: the scheduler has gone, or the worker came later and cannot take part.

    """
    if future.cancelled():
        raise ClusterError(f"The cluster's scheduler no longer answers. {GO_ON}")
    problem = future.exception()
    if isinstance(problem, worker_plugin.UnfitError):
        words = (
            "A worker that joined the cluster later would not grade as this machine does: "
            f"{problem}"
        )
        raise ClusterError(f"{words.rstrip('.')}. {GO_ON}") from problem
    if problem:
        return problem
    graded: Graded = future.result()
    return graded._replace(student=folder.parent.name)  # whose it is stayed here
