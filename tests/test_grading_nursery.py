"""One process imports for all: what is forked from it is as shut in, and as private, as before."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pytest

from coursestaff.marking import coordinator
from coursestaff.marking.sandbox import isolation, nursery, process
from coursestaff.marking.sandbox.isolation import Limits
from coursestaff.marking.sandbox.nursery import Forked, Nursery
from coursestaff.marking.sandbox.scratch import Scratch
from coursestaff.marking.sandbox.zygote import Zygote
from courseware.answers.describe import describe
from tests import corpus
from tests.cases import cases
from tests.exercises import TIGHT
from tests.graded import NAME, course, hand_in, marks_of, no_network
from tests.isolated import (
    WAYS,
    cells,
    family,
    held,
    needs_isolation,
    nursery_of,
    values,
    wait_until,
    zygote_of,
)
from tests.notebooks import ROOT

__all__ = ["course", "no_network"]  # fixtures
pytestmark = [pytest.mark.sandbox, needs_isolation]

LIMITS = Limits(cell_cpu=5, cpu=20, cell_wall=10, wall=30, memory=512 << 20, threads=16)
TABLES = ROOT / "data"


@pytest.fixture(scope="module", params=cases(WAYS, WAYS[:1]))
def reared(request):
    """Return a nursery and a zygote that was forked from it, for each way that works here."""
    way = request.param
    with nursery_of(way) as started:
        started.read(TABLES)
        with zygote_of(way, LIMITS, nursery=started.address) as zygote:
            assert isinstance(zygote._process, Forked), "it was started on its own"
            yield started, zygote


@pytest.fixture(scope="module")
def started():
    """Return a nursery that is ready."""
    with Nursery() as made:
        made.read(TABLES)
        yield made


# --- What a submission can do with it --------------------------------------------------------

#: ADDRESS is the nursery's; each cell ends with what it got at: nothing.
REACHES = {
    "a socket": "x = tried(lambda: socket.socket(socket.AF_UNIX).connect(ADDRESS))",
    "a socket of a pair": (
        "one, other = socket.socketpair()\nx = tried(lambda: one.connect(ADDRESS))"
    ),
    "its path is not opened": "x = tried(lambda: open(ADDRESS))",
    "its folder is not listed": "x = tried(lambda: os.listdir(os.path.dirname(ADDRESS)))",
    "nothing is put into its folder": (
        "x = tried(lambda: open(os.path.dirname(ADDRESS) + '/planted', 'w'))"
    ),
    "bare calls": """
libc, through = ctypes.CDLL(None, use_errno=True), []
name = struct.pack("H", 1) + ADDRESS.encode() + bytes(1)
for number in (-1, *range(64)):
    ctypes.set_errno(0)
    if not libc.connect(number, name, len(name)):
        through.append(number)
    if ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS):
        through.append(number)
for call in ((41, 1, 1, 0), (53, 1, 2, 0, 0)) if os.uname().machine == "x86_64" else ():
    ctypes.set_errno(0)
    if libc.syscall(*call) >= 0 or ctypes.get_errno() != errno.EPERM:
        through.append(call)
x = through or None
""",
    "what is open": """
x = []
for number in range(64):
    try:
        x += [number] if stat.S_ISSOCK(os.fstat(number).st_mode) else []
    except OSError:
        pass
x = x or None
""",
    "a signal": "x = tried(lambda: os.kill(NURSERY, 9))",
    "its memory": "x = tried(lambda: open(f'/proc/{NURSERY}/mem', 'rb'))",
}
TOOLS = """
import ctypes, errno, os, socket, stat, struct
def tried(action):
    try:
        return repr(action())
    except OSError:
        return None
"""


@pytest.mark.parametrize("how", REACHES)
def test_no_submission_reaches_it(how, reared):
    started, zygote = reared
    given = f"ADDRESS, NURSERY = {str(started.address)!r}, {started.pid}\n"
    before = family(started.pid)
    records, ended = zygote.run(cells(given + TOOLS + REACHES[how], "x = 42"))
    assert (ended, [record["error"] for record in records]) == (None, [None, None])
    assert records[0]["answers"]["x0"] == describe(None) and values(records)["x1"] == 42
    assert family(started.pid) == before, "it has forked for somebody"


def test_the_attempts_would_be_seen_to_succeed(started):
    given = f"ADDRESS, NURSERY = {str(started.address)!r}, {started.pid}\n"
    sources = [given + TOOLS + REACHES[how] for how in ("a socket", "its folder is not listed")]
    with Zygote(LIMITS, isolated=False, nursery=started.address) as zygote:
        records, _ = zygote.run(cells(*sources))
    assert [record["answers"][f"x{n}"]["type"] for n, record in enumerate(records)] == ["text"] * 2


def test_nothing_of_a_student_or_of_ours_comes_into_it(reared, monkeypatch):
    started, zygote = reared
    marked = "x = 'of-ann-' + 'x' * 9\nprint(x)"
    done, ended = zygote.run(cells(marked, outputs=True, files={"checks.json": "mark-of-checks"}))
    assert ended is None and "of-ann-xxxxxxxxx" in json.dumps(done)
    secrets = {"answer": b"of-ann-" + b"x" * 9, "file": b"mark-of-" + b"checks"}
    assert not held(started.pid, secrets)
    assert held(os.getpid(), secrets), "the search finds what is there"


def test_its_environment_holds_nothing_but_what_imports_need(monkeypatch):
    monkeypatch.setenv("COURSE_SECRET", "the answer is 42")
    with Nursery() as made:
        place = Path(f"/proc/{made.pid}/environ")
        wait_until(lambda: b"PYTHONPATH=" in place.read_bytes())  # it has begun
        assert b"COURSE_SECRET" not in place.read_bytes()


DRAWN = "import random, tempfile, uuid\nimport numpy as np\nx = [random.random(),"
DRAWN += " float(np.random.rand()), next(tempfile._get_candidate_names()), str(uuid.uuid4())]"


def test_no_two_of_its_zygotes_draw_the_same_numbers(started):
    seen = []
    for _ in range(2):
        with Zygote(LIMITS, nursery=started.address) as zygote:
            (record,), _ = zygote.run(cells(DRAWN))
            seen.append([item["value"] for item in record["answers"]["x0"]["items"]])
    assert not set(seen[0]) & set(seen[1])


# --- A solution's run ------------------------------------------------------------------------


def test_ones_own_cells_give_the_same_as_in_a_process_of_their_own(started, monkeypatch):
    job = {
        "cells": [
            {"id": "c0", "source": "from courseware import data\nt = data.load('us_prices')"},
            {"id": "c1", "source": "import os; x = os.environ['MINE'], os.getcwd()[-14:]"},
            {"id": "c2", "source": "import matplotlib.pyplot as plt; ax = t.plot()"},
            {"id": "c3", "source": "print(1 / 0)"},
        ],
        "probes": {
            "c1": [{"key": "x", "look": "x"}, {"key": "n", "look": "len(t) + 1"}],
            "c2": [{"key": "ax", "look": "ax"}, {"key": "gone", "look": "nowhere"}],
        },
        "trusted": True,
    }
    monkeypatch.setenv("MINE", "seven")
    assert nursery.here() == started.address
    here = process.run(job, TABLES)
    monkeypatch.setattr(nursery, "_here", [])
    assert here == process.run(job, TABLES)
    assert here[0][1]["answers"]["x"]["items"][0] == describe("seven")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import os; os._exit(3)", "ended the process"),
        ("import os; os.abort()", "crashed the process (signal 6)"),
        ("while True: pass", "endless loop"),
    ],
)
def test_how_ones_own_cells_end_is_told(source, words, started):
    before = family(started.pid)
    limits = replace(LIMITS, cell_wall=1)
    records, ended = process.run(cells("x = 1", source, "x += 1"), TABLES, limits)
    assert words in ended and values(records) == {"x0": 1, "x2": 2}
    wait_until(lambda: len(living(started.pid)) <= len(before))


def living(pid: int) -> list[int]:
    """Return a process and its descendants that have not ended."""
    return [each for each in family(pid) if state(each) not in "ZX"]


def state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "X"


# --- Ending, failing ---------------------------------------------------------------------------


def test_without_it_everything_goes_on():
    with Nursery() as made:
        made.read(TABLES)
        with Zygote(LIMITS, nursery=made.address) as zygote:
            os.kill(made.pid, signal.SIGKILL)
            assert values(zygote.run(cells("x = 1"))[0]) == {"x0": 1}
            os.kill(zygote.pid, signal.SIGKILL)
            wait_until(lambda: state(zygote.pid) in "ZX")
            time.sleep(0.2)  # and what it guards
            assert values(zygote.run(cells("x = 2"))[0]) == {"x0": 2}
            assert not isinstance(zygote._process, Forked)
        assert values(process.run(cells("x = 3"), TABLES)[0]) == {"x0": 3}


def test_where_it_cannot_be_had_there_is_none(monkeypatch, tmp_path):
    long = tmp_path / ("x" * 120)  # longer than a socket's path may be
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    before = nursery.here()
    with Nursery() as made:
        made.read(TABLES)
        assert made.address is None
    assert nursery.here() == before and not list(long.iterdir())


def test_who_asks_and_hangs_up_leaves_nothing(started):
    with Zygote(LIMITS, nursery=started.address):
        before = held_open(started.pid)
    for _ in range(20):
        with socket.socket(socket.AF_UNIX) as asks:
            asks.connect(str(started.address))
    with Zygote(LIMITS, nursery=started.address):
        wait_until(
            lambda: len(family(started.pid)) <= 6
        )  # itself, four of the zygote, one that ends
        assert held_open(started.pid) == before


def held_open(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


KILLED = [(way, after) for after in (None, 0.5) for way in isolation.ways_here()]


@pytest.mark.parametrize(("way", "after"), cases(KILLED, KILLED[:1]))
def test_when_the_grader_is_killed_nothing_is_left(way, after, tmp_path):
    program = (
        "import tempfile\nfrom coursestaff.marking.sandbox import nursery, zygote\n"
        f"tempfile.tempdir = {str(tmp_path)!r}; made = nursery.Nursery(); made.__enter__()\n"
        f"made.read({str(TABLES)!r}); print('begins', flush=True)\n"
        f"zygote = zygote.Zygote(way={way!r}, nursery=made.address)\n"
        "zygote.start(); print('ready', flush=True)\n"
        "zygote.run({'cells': [{'id': 'c', 'source': 'while True: pass'}], 'probes': {}})\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as grader:
        assert grader.stdout.readline() == b"begins\n"
        if after is None:
            assert grader.stdout.readline() == b"ready\n"
            wait_until(lambda: len(family(grader.pid)) == (4 if way == "landlock" else 5))
        else:
            time.sleep(after)
        everybody = family(grader.pid)[1:]
        grader.kill()
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in everybody))
    with pytest.MonkeyPatch.context() as patch:  # what a kill leaves, the next one removes
        patch.setattr(tempfile, "tempdir", str(tmp_path))
        Scratch().close()
    assert not list(tmp_path.glob("no-limits-*"))


# --- A class ---------------------------------------------------------------------------------


def test_a_class_is_graded_from_one_nursery(course):
    for student in ("ann", "bob"):
        hand_in(course, student, corpus.answered(NAME))
    seen, before = [], nursery.here()
    others = set(family(os.getpid()))  # of other tests in this process

    def look(graded, done, of):
        ours = set(family(os.getpid())) - others
        lines = [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in ours]
        started = [line for line in lines if b"coursestaff.marking.sandbox" in line]
        seen.append({word for line in started for word in line.split(b"\0") if b"sandbox" in word})

    summary = coordinator.grade(course, NAME, processes=2, limits=TIGHT, tell=look)
    assert [sum(marks_of(each).values()) for each in summary.graded] == [16, 16]
    assert set.union(*seen) == {b"coursestaff.marking.sandbox.rearing"}
    assert nursery.here() == before
