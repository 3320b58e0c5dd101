"""A class is graded on a cluster as it is on this machine, whatever dies on the way."""

import os
import re
import signal
import subprocess
import sys
import time

import pytest

pytest.importorskip("distributed", reason="the extra `cluster` is not installed")

from instructor.grading import coordinator
from instructor.grading.cluster import road
from instructor.grading.cluster.hands import Workers
from tests import corpus
from tests.exercises import TIGHT
from tests.isolated import needs_isolation
from tests.notebooks import ROOT
from tests.test_grading_class import (
    NAME,
    course,
    grades,
    marks_of,
    new_course,
    no_network,
)

__all__ = ["course", "no_network"]  # fixtures
pytestmark = pytest.mark.sandbox

GUIDE = ROOT / road.GUIDE
START = 60  # seconds for a scheduler or a worker to be there


# --- A cluster on this machine -------------------------------------------------------------


class Cluster:
    """A scheduler on loopback and workers, as the guide starts them."""

    def __init__(self, folder, protocol="tcp", tls=()):
        self.folder, self.tls = folder, tls
        self.processes = []
        self.environment = os.environ | {
            "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
            "NO_LIMITS_DATA": "",
        }
        log = self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--protocol", protocol)
        self.address = _said(log, rf"Scheduler at:\s+({protocol}://127\.0\.0\.1:\d+)")

    def worker(self, course=ROOT, **environment):
        """Start one worker process, in a course folder; return its process and where it logs."""
        words = ["--nthreads", "1", "--no-nanny", "--host", "127.0.0.1"]
        log = self._start("worker", self.address, *words, at=course, **environment)
        _said(log, r"Registered to:")
        return self.processes[-1]

    def _start(self, kind, *words, at=ROOT, **environment):
        log = self.folder / f"{kind}-{len(self.processes)}.log"
        command = [sys.executable, "-m", "dask", kind, *words, *self.tls]
        command += ["--dashboard-address", "127.0.0.1:0"]
        if kind == "worker":
            command += ["--local-directory", str(self.folder)]
        with log.open("wb") as place:
            process = subprocess.Popen(
                command,
                cwd=at,
                env=self.environment | environment,
                stdout=place,
                stderr=subprocess.STDOUT,
            )
        self.processes.append(process)
        return log

    def end(self):
        for process in reversed(self.processes):
            process.kill()
            process.wait()


def _said(log, pattern):
    """Wait until a log says something, and return it."""
    deadline = time.monotonic() + START
    while time.monotonic() < deadline:
        if found := re.search(pattern, log.read_text(errors="replace")):
            return found[found.re.groups]
        time.sleep(0.05)
    raise AssertionError(log.read_text(errors="replace")[-3000:])


@pytest.fixture
def cluster(tmp_path):
    """Return a scheduler without workers."""
    (tmp_path / "cluster").mkdir()
    made = Cluster(tmp_path / "cluster")
    yield made
    made.end()


# --- The corpus ----------------------------------------------------------------------------


@needs_isolation
def test_one_of_two_workers_is_killed_and_every_kind_gets_the_same_as_here(cluster, tmp_path):
    kinds = [*corpus.kinds(NAME), *corpus.hostile(NAME)]
    here, there = (new_course(tmp_path / name) for name in ("here", "there"))
    for at in (here, there):
        for number, kind in enumerate(kinds):
            kind.write(at / "submitted" / f"s{number:03d}" / NAME)
    expected = {each.student: each for each in coordinator.grade(here, NAME, limits=TIGHT).graded}
    doomed, _ = cluster.worker(), cluster.worker()

    def kill_half_way(graded, done, of):
        if done == of // 2:
            doomed.kill()

    workers = Workers(cluster.address)
    summary = coordinator.grade(there, NAME, workers=workers, limits=TIGHT, tell=kill_half_way)
    assert doomed.wait() == -signal.SIGKILL
    assert len(summary.graded) == len(kinds) == len(expected)
    for got in summary.graded:
        kind, wanted = kinds[int(got.student[1:])].name, expected[got.student]
        assert marks_of(got) == marks_of(wanted), kind
        assert comparable(got) == comparable(wanted), kind
        assert grades(there, got.student) == grades(here, got.student), kind


def comparable(graded):
    """Return what has to be the same wherever it was graded: all but how long it took."""
    return graded._replace(seconds={})
