"""A class is graded on a cluster as it is on this machine, whatever dies on the way."""

import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import time
from concurrent.futures import Future
from pathlib import Path

import pytest

pytest.importorskip("distributed", reason="the extra `cluster` is not installed")

from coursestaff import cli
from coursestaff.cluster import ClusterError, dispatch, tls, worker_plugin
from coursestaff.cluster.dispatch import Workers
from coursestaff.collecting import handed_in
from coursestaff.collecting.handed_in import MOST_BYTES, MOST_FILES, MOST_NOTEBOOKS
from coursestaff.marking import coordinator, environment_match
from coursestaff.marking.sandbox import zygote
from coursestaff.marking.sandbox.isolation import Limits
from coursestaff.marking.submission import GradingContext
from courseware import manifest
from tests import corpus
from tests.exercises import TIGHT, exercise, solution
from tests.graded import (
    NAME,
    course,
    executor,
    grades,
    hand_in,
    marks_of,
    new_course,
    no_network,
)
from tests.isolated import family, held, needs_isolation
from tests.notebooks import ROOT

__all__ = ["course", "executor", "no_network"]  # fixtures
pytestmark = pytest.mark.sandbox

GUIDE = ROOT / tls.GUIDE
START = 60  # seconds for a scheduler or a worker to be there


# --- A cluster on this machine -------------------------------------------------------------


class Cluster:
    """A scheduler on loopback and workers, as the guide starts them."""

    def __init__(self, folder, protocol="tcp", tls=(), **environment):
        self.folder, self.tls, self.processes = folder, list(tls), []
        folder.mkdir()
        words = ["--host", "127.0.0.1", "--port", "0", "--protocol", protocol]
        log = self._start("scheduler", words, ROOT, environment)
        self.address = said(log, rf"Scheduler at:\s+({protocol}://127\.0\.0\.1:\d+)")

    def worker(self, at=ROOT, nanny=False, code=ROOT, **environment):
        """Start a worker in a course folder; return its process, or that of its nanny."""
        words = [self.address, "--nthreads", "1", "--host", "127.0.0.1", "--memory-limit", "0"]
        words += ["--local-directory", str(self.folder), "--nanny" if nanny else "--no-nanny"]
        log = self._start("worker", words, at, environment, code)
        said(log, "Registered to")
        return self.processes[-1]

    def _start(self, kind, words, at, environment, code=ROOT):
        log = self.folder / f"{kind}-{len(self.processes)}.log"
        python_path = os.pathsep.join([str(code), os.environ.get("PYTHONPATH", "")])
        command = [sys.executable, "-m", "dask", kind, *words, *self.tls]
        with log.open("wb") as place:
            process = subprocess.Popen(
                [*command, "--dashboard-address", "127.0.0.1:0"],
                cwd=at,
                env=os.environ | {"PYTHONPATH": python_path, "NO_LIMITS_DATA": ""} | environment,
                stdout=place,
                stderr=subprocess.STDOUT,
            )
        self.processes.append(process)
        return log

    def end(self):
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def said(log, pattern):
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
    made = Cluster(tmp_path / "cluster")
    yield made
    made.end()


def grade(course, cluster, **more):
    workers = Workers(cluster.address)
    return coordinator.grade(course, NAME, workers=workers, **{"limits": TIGHT, **more})


def class_of(course, *students):
    for student in students:
        hand_in(course, student, corpus.answered(NAME))


# --- The corpus ----------------------------------------------------------------------------


ONE_OF_EACH_GROUP, ALL = 1_000, 1  # of so many of a group, one


@needs_isolation
@pytest.mark.matrix
@pytest.mark.parametrize("step", [ONE_OF_EACH_GROUP, ALL])
def test_one_of_two_workers_is_killed_and_each_kind_gets_the_same_as_here(
    cluster, here_too, tmp_path, step
):
    kinds = corpus.several(corpus.every(NAME), step, first=3)
    here, there = (new_course(tmp_path / name) for name in ("here", "there"))
    for at in (here, there):
        for number, kind in enumerate(kinds):
            kind.write(at / "submitted" / f"s{number:03d}" / NAME)
    expected = {each.student: each for each in here_too(here).graded}
    doomed, _ = cluster.worker(), cluster.worker()

    def kill_half_way(graded, done, of):
        if done == of // 2:
            doomed.kill()

    summary = grade(there, cluster, tell=kill_half_way)
    assert doomed.wait() == -signal.SIGKILL
    assert len(summary.graded) == len(kinds) == len(expected)
    for got in summary.graded:
        kind, wanted = kinds[int(got.student[1:])].name, expected[got.student]
        assert marks_of(got) == marks_of(wanted), kind
        assert comparable(got) == comparable(wanted), kind
        assert grades(there, got.student) == grades(here, got.student), kind


@pytest.fixture
def here_too(executor):
    """Return a function that grades a course folder on this machine."""
    given = {"executor": executor, "limits": TIGHT}
    return lambda course: coordinator.grade(course, NAME, **given)


def comparable(graded):
    """Return what has to be the same wherever it was graded: all but how long it took."""
    trouble, rest = (corpus.without_clock(each) for each in (graded.trouble, graded.rest))
    return graded._replace(seconds={}, trouble=trouble, rest=rest)


# --- A worker is looked over ---------------------------------------------------------------


@pytest.mark.matrix
@needs_isolation
def test_a_zygote_is_there_first_and_holds_nothing_that_is_expected(cluster, course):
    hand_in(course, "ann", corpus.release(NAME))  # nobody but the solution computes the answers
    worker = cluster.worker()
    secrets = {
        "value": struct.pack("d", solution(NAME).answers["q2"]["value"]),
        "hint": exercise(NAME).questions["q2"].misconceptions[0].hint.encode(),
    }
    found = {}

    def look(graded, done, of):
        found.update({pid: held(pid, secrets) for pid in family(worker.pid)})

    grade(course, cluster, tell=look)
    assert found.pop(worker.pid) == {"value", "hint"}, "the search finds what is there"
    assert found and not any(found.values())


def other_tables(folder):
    """Return tables of which one has a line more."""
    tables = Path(shutil.copytree(ROOT / "data", folder / "tables"))
    with (tables / "us_prices.csv").open("a") as table:
        table.write("\n")
    return tables


@pytest.mark.matrix
@needs_isolation
def test_workers_that_would_not_grade_alike_are_all_named_and_get_no_work(
    cluster, course, tmp_path
):
    class_of(course, "ann")
    code = tmp_path / "code"
    for package in ("courseware", "no_limits", "coursestaff"):
        shutil.copytree(ROOT / package, code / package)
    with (code / "coursestaff" / "marking" / "compare.py").open("a") as file:
        file.write("# one more line\n")
    beside = new_course(tmp_path / "beside")  # its tables lie beside its solutions
    for path in (ROOT / "data").iterdir():
        (beside / path.name).symlink_to(path)
    cluster.worker()
    cluster.worker(NO_LIMITS_DATA=str(other_tables(tmp_path)))
    cluster.worker(at=course, code=code)  # Python looks for modules where it starts, first
    cluster.worker(at=beside, NO_LIMITS_DATA=str(beside))
    with pytest.raises(ClusterError) as told:
        grade(course, cluster)
    first, *unfit = str(told.value).splitlines()
    assert first and len(unfit) == 3
    for words in ("tables", "packages", f"{beside}/solutions"):
        assert sum(words in line for line in unfit) >= 1, words
    assert not list((course / "autograded").glob("*/*"))


def test_a_worker_refuses_where_isolation_cannot_start(monkeypatch):
    monkeypatch.setattr(zygote, "first_way", lambda: None)
    monkeypatch.setattr(zygote, "why_not", lambda: ["Isolation needs Linux, but this is Plan 9."])
    plugin = worker_plugin.GradingPlugin(
        "run", environment_match.here(ROOT), GradingContext(ROOT, True, Limits())
    )
    assert "this is Plan 9" in plugin._made_ready(["tcp://127.0.0.1:1"])
    assert "tcp://10.0.0.5:1" in plugin._made_ready(["tcp://10.0.0.5:1"])


def test_a_worker_reads_the_same_tables_ahead_in_a_course_folder_of_its_own(monkeypatch):
    started = []
    monkeypatch.setattr(worker_plugin, "refuse_what_is_not_safe", lambda course, isolated: None)
    monkeypatch.setattr(worker_plugin, "get_ready", started.append)
    context = GradingContext(Path("at the coordinator's"), True, Limits(), loads=("us_prices",))
    made = worker_plugin.GradingPlugin("run", environment_match.here(ROOT), context)._made_ready(
        ["tcp://127.0.0.1:1"]
    )
    assert started == [made] == [context._replace(course=manifest.course_root())]


def test_another_version_of_a_library_is_named():
    ours = environment_match.here(ROOT)
    theirs = ours._replace(libraries=ours.libraries | {"pandas": "2.0"})
    assert environment_match.differences(ours, ours) == ""
    told = environment_match.differences(ours, theirs)
    assert all(word in told for word in ("pandas", "2.0", ours.libraries["pandas"]))


@pytest.mark.matrix
@needs_isolation
def test_a_worker_that_comes_later_is_looked_over_too(cluster, here_too, course, tmp_path):
    class_of(course, *"abcdef")
    tables = other_tables(tmp_path)
    first = cluster.worker()

    def exchange(graded, done, of):
        if done == 1:
            cluster.worker(NO_LIMITS_DATA=str(tables))
            first.kill()

    with pytest.raises(ClusterError, match=r"later.*tables"):
        grade(course, cluster, tell=exchange)
    cluster.end()
    assert 1 <= len(here_too(course).skipped) < 6


# --- What dies -----------------------------------------------------------------------------

DEADLY = "# whoever reads this has to die"


def deadly(run, setup, files):
    """Grade on a worker, unless the work kills it."""
    if any(DEADLY.encode() in file.content for file in files):
        os.kill(os.getpid(), signal.SIGKILL)
    return worker_plugin.graded(run, setup, files)


@pytest.mark.matrix
@needs_isolation
def test_what_keeps_killing_workers_fails_alone_and_is_listed(
    tmp_path, here_too, course, monkeypatch
):
    cluster = Cluster(tmp_path / "cluster", DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0")
    monkeypatch.setattr(dispatch.worker_plugin, "graded", deadly)
    class_of(course, "ann", "bob", "eve")
    hand_in(course, "bob", corpus.answered(NAME, {"q1-answer": DEADLY}))
    try:
        cluster.worker(nanny=True)
        summary = grade(course, cluster)
    finally:
        cluster.end()
    assert [each.student for each in summary.trouble] == ["bob"]
    assert summary.trouble[0].trouble
    points = {each.student: sum(marks_of(each).values()) for each in summary.graded}
    assert points == {"ann": 16, "bob": 0, "eve": 16}
    again = here_too(course)
    assert [each.student for each in again.graded] == ["bob"], "the next run tries again"


@pytest.mark.matrix
@needs_isolation
@pytest.mark.parametrize("what", ["scheduler", "workers"])
def test_when_all_have_gone_it_stops_and_says_so(cluster, course, monkeypatch, what):
    monkeypatch.setattr(dispatch, "DESERTED", 1)
    class_of(course, *"abcdef")
    worker = cluster.worker()

    def kill(graded, done, of):
        (worker if what == "workers" else cluster.processes[0]).kill()

    with pytest.raises(ClusterError):
        grade(course, cluster, tell=kill)
    assert list(course.glob(f"autograded/*/{NAME}"))


@pytest.mark.matrix
def test_a_cluster_without_workers_is_told_of(cluster, monkeypatch, course):
    monkeypatch.setattr(dispatch, "CONNECT", 1)
    class_of(course, "ann")
    with pytest.raises(ClusterError, match="workers"):
        grade(course, cluster)


def test_a_cluster_that_is_not_there_is_told_of(monkeypatch, course):
    monkeypatch.setattr(dispatch, "CONNECT", 1)
    class_of(course, "ann")
    with pytest.raises(ClusterError, match=r"127\.0\.0\.1:1"):
        coordinator.grade(course, NAME, workers=Workers("tcp://127.0.0.1:1"))


def test_only_so_many_are_read_at_a_time(tmp_path, monkeypatch):
    class Client:
        def nthreads(self):
            return {"one": 2}

    monkeypatch.setattr(dispatch, "_result", lambda future, folder: future.result())
    waiting = []

    def submit(folder):
        waiting.append(Future())
        if len(waiting) == dispatch.AHEAD * 2:  # full: the oldest is done
            waiting[0].set_result("done")
        assert len(waiting) <= dispatch.AHEAD * 2
        return waiting[-1]

    for number, (_, result) in enumerate(dispatch._windowed(Client(), submit, range(20))):
        assert result == "done"
        waiting.pop(0)
        if number >= 20 - dispatch.AHEAD * 2 and waiting:
            waiting[0].set_result("done")


# --- The road ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "tcp://10.0.0.5:8786",
        "tcp://localhost.example:8786",
        "10.0.0.5:8786",
        "tls://10.0.0.5",
        "ws://127.0.0.1:8786",
        "tcp://127.0.0.1:port",
        "tls://10.0.0.5:8786",
    ],
)
def test_no_road_is_taken_on_which_others_could_listen(address, snapshot):
    """It leads to another computer and is not encrypted, is no address, or needs certificates."""
    with pytest.raises(ClusterError) as told:
        Workers(address)
    assert str(told.value) == snapshot


def test_certificates_have_to_be_there_and_of_use(tmp_path, capsys, course, monkeypatch):
    with pytest.raises(ClusterError, match=r"ca\.pem, cert\.pem, key\.pem"):
        Workers("tls://127.0.0.1:8786", tmp_path)
    with pytest.raises(ClusterError, match="tcp://"):
        Workers("tcp://127.0.0.1:8786", tmp_path)
    monkeypatch.chdir(course)
    for option, value, named in (
        ("--certificates", "x", "--cluster"),
        ("--cluster", "10.0.0.5:8786", "tcp://"),
    ):
        assert cli.main(["grade", NAME, option, value]) == 1
        assert named in capsys.readouterr().err


def made(folder):
    """Make certificates as the guide says, and return their folder."""
    (block,) = re.findall(r"```sh\n(mkdir .*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    folder.mkdir()
    subprocess.run(["sh", "-ec", block], cwd=folder, check=True, capture_output=True)
    return folder / "certificates"


@pytest.mark.matrix
@needs_isolation
@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
def test_certificates_made_as_the_guide_says_let_in_and_others_do_not(
    tmp_path, course, monkeypatch
):
    ours, others = made(tmp_path / "ours"), made(tmp_path / "others")
    text = GUIDE.read_text(encoding="utf-8")
    (words,) = re.findall(r"^dask scheduler .*?(--tls-ca-file .*)$", text, re.MULTILINE)
    tls = [word.replace("certificates", str(ours)) for word in words.split()]
    cluster = Cluster(tmp_path / "cluster", "tls", tls)
    try:
        cluster.worker()
        class_of(course, "ann")
        monkeypatch.setattr(dispatch, "CONNECT", 3)
        with pytest.raises(ClusterError, match="No scheduler answers"):
            coordinator.grade(course, NAME, workers=Workers(cluster.address, others))
        monkeypatch.undo()
        monkeypatch.chdir(course)
        options = ["--cluster", cluster.address, "--certificates", str(ours)]
        assert cli.main(["grade", NAME, *options]) == 0
    finally:
        cluster.end()
    assert sum(auto or 0 for auto, _, _ in grades(course, "ann")[0].values()) == 16


# --- A folder as bytes ---------------------------------------------------------------------


def beside_all(folder):
    """Return, of every notebook in a folder, its time, its bytes and what comes along with it."""
    return [
        (
            path.relative_to(folder),
            path.stat().st_mtime_ns,
            path.read_bytes(),
            handed_in.beside(path),
        )
        for path in handed_in.notebooks(folder)
    ]


def test_a_folder_that_was_packed_is_what_it_was(tmp_path):
    folder = tmp_path / "one"
    for place in (folder, folder / "deep" / "er", folder / ".ipynb_checkpoints"):
        place.mkdir(parents=True)
        Path(os.fsdecode(os.fsencode(place) + b"/\xff.ipynb")).write_bytes(b"{}")
        (place / "helper.py").write_bytes(b"x = '\xff'")
    os.utime(folder / os.fsdecode(b"\xff.ipynb"), ns=(5, 5))
    (folder / "large.csv").write_bytes(b"0" * (MOST_BYTES + 1))
    (folder / "link.csv").symlink_to("/etc/passwd")
    for number in range(MOST_FILES + 2):
        (folder / f"many-{number:03d}.csv").write_text("1")
    files = handed_in.pack(folder)
    handed_in.unpack(files, tmp_path / "two")
    assert beside_all(tmp_path / "two") == beside_all(folder)
    assert len(beside_all(folder)) == 2
    assert sum(len(f.content) for f in files if isinstance(f.content, bytes)) < MOST_BYTES
    assert not any(b"passwd" in f.name or b"link" in f.name for f in files)


def test_what_is_too_large_or_too_many_travels_as_its_size_only(tmp_path):
    folder = tmp_path / "one"
    folder.mkdir()
    with (folder / "a.ipynb").open("wb") as file:
        file.truncate(10**11)
    (only,) = handed_in.pack(folder)
    assert isinstance(only.content, int)
    for number in range(MOST_NOTEBOOKS + 1):
        (folder / f"{number}.ipynb").write_text("{}")
    assert not any(isinstance(file.content, bytes) for file in handed_in.pack(folder))
