"""Hostile submissions: none gets out, none harms the next one, and each loses only its own cell."""

import copy
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from coursestaff.exercises import spec
from coursestaff.exercises.fingerprints import checksums, tables_of
from coursestaff.marking.marks import mark
from coursestaff.marking.pipeline import Setup, evaluate
from coursestaff.marking.probes import probes_of
from coursestaff.marking.sandbox import forking, isolation, process, replay, reply_validation
from coursestaff.marking.sandbox.isolation import IsolationError, Limits
from coursestaff.marking.sandbox.temp_dir import TempDir
from coursestaff.marking.sandbox.zygote import Zygote
from courseware.answers.describe import describe, describe_calls
from tests import corpus
from tests.cases import cases, some
from tests.exercises import NAMES, exercise, solution
from tests.exercises import run as run_in_kernel
from tests.isolated import (
    REQUIRED,
    SECRET,
    WAYS,
    cells,
    family,
    held,
    missing,
    needs_isolation,
    things_outside,
    values,
    wait_until,
    zygote_of,
)
from tests.notebooks import ROOT

pytestmark = [pytest.mark.sandbox, needs_isolation]

#: What never ends is waited for, so not long: what ends takes some hundredths of a second.
LIMITS = Limits(
    cell_cpu=0.5,
    cpu=6,
    cell_wall=1,
    wall=20,
    memory=256 << 20,
    threads=16,
    open_files=48,
    file_size=1 << 20,
    scratch=4 << 20,
    reply=2 << 20,
)
NOT_THERE = ("FileNotFoundError", "PermissionError")  # with namespaces, with Landlock
REFUSED = ("PermissionError",)


class Outcome(NamedTuple):
    """What came of a hostile cell: its record, the record of the cell after it, and the words."""

    bad: dict
    after: dict
    ended: str | None


def tells(ended: str | None, *whys: str) -> bool:
    """Return whether the end of a run is told by one of these keys of `replay.WORDS`."""
    patterns = [re.sub(r"\\\{.+?\\\}", ".+?", re.escape(replay.WORDS[why])) for why in whys]
    return any(re.search(pattern, ended or "") for pattern in patterns)


LOOPS = ("cell", "cell cpu")


def fails(*errors: str):
    """Expect one of these errors in the cell, and nothing stopped."""

    def check(outcome: Outcome) -> None:
        assert outcome.ended is None
        assert (outcome.bad["error"] or "none").startswith(errors), outcome.bad

    return check


def is_held(outcome: Outcome) -> None:
    """Expect that threads run out, or, where the kernel counts none of them, the watch's word.

    The watch looks now and then: it may find them only when the next cell runs.
    """
    assert outcome.ended is None or tells(outcome.ended, "threads")
    assert outcome.ended or outcome.bad["error"].startswith(("RuntimeError", "MemoryError"))


def gives(value):
    """Expect that the cell runs to its end with ``got`` equal to ``value``."""

    def check(outcome: Outcome) -> None:
        assert outcome.ended is None and outcome.bad["error"] is None, outcome
        assert outcome.bad["answers"]["got"] == describe(value)

    return check


def is_stopped(*whys: str):
    """Expect that the cell is stopped, for one of these reasons, and has no answer."""

    def check(outcome: Outcome) -> None:
        assert tells(outcome.ended, *whys), outcome.ended
        assert outcome.bad["error"].startswith("Ended: ") and not outcome.bad["answers"]

    return check


def is_full(outcome: Outcome) -> None:
    """Expect an error (namespaces: a quota) or a stop (Landlock: nothing but a watch)."""
    check = is_stopped("disk") if outcome.ended else fails("OSError: [Errno 28]")
    check(outcome)


def gives_type(*kinds: str):
    """Expect a description of one of these types."""

    def check(outcome: Outcome) -> None:
        assert outcome.ended is None
        assert outcome.bad["answers"]["got"]["type"] in kinds

    return check


def harmless(outcome: Outcome) -> None:
    """Expect nothing of the cell itself: only that nothing else suffers."""


PRELUDE = """
import ctypes, errno, gc, itertools, os, signal, socket, subprocess, sys, threading, time
libc = ctypes.CDLL(None, use_errno=True)
def refused(*calls):
    'Return the numbers of the system calls that are not refused with EPERM or ENOSYS.'
    through = []
    for call in calls:
        ctypes.set_errno(0)
        libc.syscall(*call)
        if ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS):
            through.append(call[0])
    return through
def tried(action, *arguments):
    try:
        return str(action(*arguments))
    except OSError as problem:
        return problem.__class__.__name__
"""

#: name → (the cell, what is expected). PORT, SOLUTION … are the test's, see `outside`.
HOSTILE = {
    # --- the network
    "sockets": (
        "unix = socket.AF_UNIX\n"
        "got = [tried(socket.create_connection, ('127.0.0.1', PORT), 1),"
        " tried(socket.socket, socket.AF_INET, socket.SOCK_DGRAM),"
        " tried(socket.socketpair, unix, socket.SOCK_SEQPACKET),"
        " tried(lambda: socket.socketpair(unix, socket.SOCK_DGRAM)[0].sendto(b'x', DATAGRAMS)),"
        " tried(lambda: socket.socket(unix).connect(chr(0) + ABSTRACT))]",
        gives(["PermissionError"] * 5),
    ),
    "names": ("got = socket.getaddrinfo('example.org', 80)", fails("gaierror")),
    "download": ("pd.read_csv(f'http://127.0.0.1:{PORT}/t.csv')", fails("URLError")),
    "pair of streams": (
        "a, b = socket.socketpair(); a.send(b'x')\n"
        "got = [len(b.recv(9)), tried(a.sendto, b'x', DATAGRAMS)]",
        gives([1, "OSError"]),
    ),
    # --- other people's files
    "files": (
        "paths = [SOLUTION, COURSE + '/pyproject.toml', SUBMISSION, GRADEBOOK, '/etc/shadow',"
        " HOMES + '/private.txt', sys.prefix + '/course-setup.log',"
        " '../' * 30 + SOLUTION.lstrip('/')]\n"
        "folders = [COURSE + '/solutions', sys.prefix + '/etc/jupyter', '/proc']\n"
        "tried(os.remove, 'checks.json')\n"
        "tried(os.symlink, SOLUTION, 'link'); tried(os.symlink, '/etc/shadow', 'checks.json')\n"
        "read = lambda path: open(path, 'rb').read()\n"
        "got = {tried(read, path) for path in [*paths, 'link', 'checks.json']}\n"
        "got |= {tried(os.listdir, folder) for folder in folders}\n"
        "got = sorted(got - {'FileNotFoundError', 'PermissionError', str(b'{}')})",
        gives([]),
    ),
    "gradebook": (
        "import sqlite3\n"
        "sqlite3.connect(f'file:{GRADEBOOK}?mode=ro', uri=True).execute('select 1')",
        fails("OperationalError"),
    ),
    "what grades": (
        "import courseware; got = open(courseware.__path__[0] + '/marking/compare.py').read()",
        harmless,
    ),
    "write outside": (
        "got = []\n"
        "for folder in ['/', '/tmp', '/dev', '/dev/shm', '/var/tmp', COURSE, COURSE + '/data',"
        " OUTSIDE, sys.prefix, os.path.dirname(os.__file__), os.path.dirname(pd.__file__)]:\n"
        "    try: open(folder + '/planted.py', 'w'); got.append(folder)\n"
        "    except OSError: pass",
        gives([]),
    ),
    "change data": (
        "got = [tried(os.truncate, TABLE, 0), tried(os.chmod, TABLE, 0o777),"
        " tried(os.remove, TABLE), tried(os.rename, TABLE, 'mine.csv'), tried(os.utime, TABLE),"
        " tried(open, TABLE, 'r+')]\n"
        "got = sorted(set(got) - {'PermissionError', 'OSError'})",
        gives([]),
    ),
    "hard link": ("os.link(TABLE, 'link.csv')", fails("OSError", "PermissionError")),
    "beside the working folder": (
        "got = []\n"
        "for name in ['../planted.txt', '../ipython/planted.txt', '../../planted.txt']:\n"
        "    try: open(name, 'w').write('x' * 100); got.append(name)\n"
        "    except OSError: pass",
        gives([]),
    ),
    # --- other processes
    "another's memory": ("got = open(f'/proc/{TEST}/environ').read()", fails(*NOT_THERE)),
    "other processes": (
        "import fcntl, resource\n"
        "got = [tried(os.kill, os.getppid(), 9), tried(os.kill, TEST, 9), tried(os.kill, -1, 9),"
        " tried(fcntl.fcntl, 0, fcntl.F_SETOWN, TEST),"
        " tried(os.setpriority, os.PRIO_PROCESS, TEST, 19),"
        " tried(resource.prlimit, TEST, resource.RLIMIT_NOFILE, (1, 1))]",
        gives(["PermissionError"] * 6),
    ),
    "ptrace": ("got = libc.ptrace(16, TEST, 0, 0), ctypes.get_errno()", gives((-1, 1))),
    "read another's memory": ("got = refused((310, TEST, 0, 0, 0, 0, 0))", gives([])),
    "descriptors": (
        "got = []\n"
        "for number in range(48):\n"
        "    try: os.fstat(number); got.append(number)\n"
        "    except OSError: pass",
        gives([0, 1, 2, 3, 4]),
    ),
    "write to descriptors": (
        "got = [n for n in range(4, 256) if tried(os.write, n, b'x') != 'OSError']",
        gives([]),
    ),
    # --- processes of its own
    "programs": (
        "program = [sys.executable, '-c', 'import time; time.sleep(99)']\n"
        "got = [tried(os.fork), tried(subprocess.Popen, program), tried(os.execv, program[0],"
        " program)]",
        gives(["PermissionError"] * 3),
    ),
    "shell": ("!touch " + "/tmp/planted", harmless),
    "thread bomb": (
        "for n in range(10_000): threading.Thread(target=time.sleep, args=(60,)).start()",
        is_held,
    ),
    "thread left behind": (
        "def forever():\n    while True: pass\nthreading.Thread(target=forever).start(); got = 1",
        harmless,
    ),
    # --- too much of everything
    # of pages that nobody touches: to fill them takes longer than a cell has on a busy computer
    "memory bomb": ("got = []\nwhile True: got.append(np.zeros(10**7))", fails("MemoryError")),
    "large array": ("got = np.ones((10**5, 10**5))", fails("MemoryError", "_ArrayMemoryError")),
    "large number": ("got = 10 ** 10 ** 9", is_stopped(*LOOPS, "memory")),
    "full disk": ("for n in range(100_000): open(f'{n}.bin', 'wb').write(bytes(1 << 19))", is_full),
    "large file": ("open('x', 'wb').write(bytes(5 << 20))", fails("OSError: [Errno 27]")),
    "many files": ("for n in range(100_000): open(f'{n}', 'w').close()", is_full),
    "hidden file": ("os.open('.', os.O_TMPFILE | os.O_RDWR)", fails(*REFUSED)),
    "open files": ("got = [open(os.devnull) for n in range(1000)]", fails("OSError: [Errno 24]")),
    "endless loop": ("while True: pass", is_stopped(*LOOPS)),
    "endless loop in C": ("sum(itertools.repeat(0))", is_stopped(*LOOPS)),
    "deaf endless loop": (
        "for n in range(1, 32):\n"
        "    try: signal.signal(n, signal.SIG_IGN)\n"
        "    except OSError: pass\n"
        "while True:\n    try: time.sleep(9)\n    except BaseException: pass",
        is_stopped(*LOOPS),
    ),
    "endless output": ("while True: print('x' * 1000)", is_stopped(*LOOPS)),
    "huge display": (
        "from IPython.display import HTML, display\n"
        "for n in range(200): display(HTML('x' * 10**6))",
        fails("none"),
    ),
    "deep recursion": ("def f(): return f()\nf()", fails("RecursionError")),
    "deeper recursion": (
        "sys.setrecursionlimit(10**9)\ndef f(x): return [f(x) for _ in '1']\nf(1)",
        harmless,
    ),
    # --- the way out of it all
    "exit at once": ("os._exit(0)", is_stopped("exit")),
    "exit": ("sys.exit(0)", fails("SystemExit")),
    "quit": ("got = 1\nexit()", harmless),
    "crash": ("ctypes.string_at(0)", is_stopped("crash")),
    "abort": ("os.abort()", is_stopped("crash")),
    "rights": (
        "got = [tried(os.setuid, 0), tried(os.setgroups, [0]), tried(os.chroot, '.'),"
        " tried(os.mknod, 'sda', 0o60666, os.makedev(8, 0))]",
        gives(["PermissionError"] * 4),
    ),
    "mount": (
        "got = libc.mount(b'none', b'/', b'tmpfs', 0, None), ctypes.get_errno()",
        gives((-1, 1)),
    ),
    "unshare": ("got = libc.unshare(0x10000000), ctypes.get_errno()", gives((-1, 1))),
    "clone into namespaces": (
        "got = refused((56, 0x10000000 | 17, 0, 0, 0, 0), (56, 0x10000 | 0x40000000, 0, 0, 0, 0))",
        gives([]),
    ),
    "rare calls": (
        "rare = '155 165 166 246 248 250 272 298 304 308 310 311 319 321 323 425 428 430 434'\n"
        "rare += ' 435 438 442 600'\n"
        "got = refused(*((int(n), 0, 0, 0, 0, 0) for n in rare.split()))",
        gives([]),
    ),
    "calls of 32-bit programs": ("got = refused((0x40000000 + 39,))", gives([])),
    "capabilities": (
        "data = (ctypes.c_uint32 * 6)()\n"
        "libc.capget((ctypes.c_uint32 * 2)(0x20080522, 0), data); got = sum(data)",
        gives(0),
    ),
    "user": ("got = os.getuid() != 0 and os.geteuid() != 0", gives(True)),
    "raise the limits": (
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
        fails("ValueError", "PermissionError"),
    ),
    "shared memory": (
        "from multiprocessing import shared_memory; shared_memory.SharedMemory('x', True, 9)",
        fails(*NOT_THERE),
    ),
    "shared memory of old": (
        "got = refused((29, 0, 4096, 0o1666), (68, 1, 0o1666), (30, 0, 0, 0), (31, 0, 0, 0))",
        gives([]),
    ),
    # --- what answers with lies
    "equal to everything": (
        "class Any:\n    __eq__ = lambda self, other: True\n    __hash__ = None\n"
        "    __class__ = float\ngot = Any()",
        gives_type("other"),
    ),
    "pickle": (
        "class Bomb:\n    def __reduce__(self): return os.system, ('touch planted',)\ngot = Bomb()",
        gives_type("other"),
    ),
    "endless list": (
        "class Long(list):\n    def __len__(self):\n        while True: pass\ngot = Long()",
        is_stopped(*LOOPS),
    ),
    "answers by error": (
        "class Sly(list):\n    def __len__(self): raise SystemExit\ngot = Sly()",
        gives_type("other"),
    ),
    "patched checks": (
        "from courseware.answers import describe as how\n"
        "from coursestaff.marking.sandbox import worker\n"
        "lie = lambda *_: dict(type='number', value=1.0)\n"
        "worker.describe = how.describe = lie\n"
        "got = None",
        gives(1.0),
    ),
    "patched json": (
        "import json\njson.dumps = lambda *_, **__: '{}'",
        is_stopped("forged"),
    ),
    "patched shell": ("get_ipython().run_cell = None", harmless),
    "patched pandas": ("pd.DataFrame.sum = lambda *_, **__: 42; pd.read_csv = print", harmless),
    "later": (
        "import atexit\nclass Late:\n    def __del__(self):\n        while True: pass\n"
        "late = Late(); atexit.register(late.__del__); sys.late = late; got = 1",
        gives(1),
    ),
    "deaf and mute": ("sys.stdout = sys.stderr = None; got = 1", harmless),
    # --- the pipe that answers are sent through
    "flood": ("while True: os.write(3, b'x' * 65536)", is_stopped("reply")),
    "garbage": ("os.write(3, bytes([255, 254, 10]))", is_stopped("forged")),
    "deep garbage": ("os.write(3, b'[' * 100_000 + b'\\n')", is_stopped("forged")),
    "another's record": (
        """os.write(3, b'{"cell": "after", "error": null, "answers": {}}\\n')""",
        is_stopped("forged"),
    ),
    "not a number": (
        """os.write(3, b'{"cell": "bad", "error": null, "answers": {"got":"""
        """ {"type": "number", "value": NaN}}}\\n')""",
        is_stopped("forged"),
    ),
    "no more answers": ("os.close(3)", is_stopped("exit")),
    "no more answers, but more work": (
        "os.close(3)\nwhile True: pass",
        is_stopped("exit", "memory"),
    ),
}


#: Hostile cells that meet with something else in each way: what is tried in all of them.
IN_EACH_WAY = {
    # the network, and files: namespaces of one's own, or Landlock's rules
    *("sockets", "files", "gradebook", "write outside", "change data", "hard link"),
    *("beside the working folder", "shared memory"),
    # other processes: a table of one's own, or seccomp's arguments
    *("another's memory", "other processes", "descriptors"),
    # rights: an ordinary user has fewer to lose
    *("user", "capabilities", "unshare", "rights"),
    # limits: the kernel's quotas, or a watch
    *("thread bomb", "full disk", "many files", "memory bomb", "endless loop"),
}
HOSTILE_CASES = [(name, way) for way in WAYS for name in HOSTILE]
HOSTILE_NOW = [(name, way) for name, way in HOSTILE_CASES if way == WAYS[0] or name in IN_EACH_WAY]


@pytest.fixture(scope="module")
def zygotes(outside):
    """Return a function that gives a running zygote, isolated in a way: one for each way.

    To start one takes two seconds, so it must not depend on the order of the tests how often.
    """
    with ExitStack() as stack:
        yield cache(lambda way: stack.enter_context(zygote_of(way, LIMITS)))


@pytest.fixture(params=cases(WAYS, WAYS[:1]))
def zygote(request, zygotes):
    """Return a running zygote, isolated in each way that works on this computer."""
    return zygotes(request.param)


@pytest.fixture(scope="module", params=cases(WAYS, WAYS[:1]))
def unhurried(request):
    """Return a running zygote in which the cells of an exercise have the time that they take."""
    with zygote_of(request.param, replace(LIMITS, cell_cpu=1, cell_wall=3)) as running:
        yield running


@pytest.fixture(scope="module")
def outside():
    with things_outside() as names:
        yield names


def job(*sources: str, **more) -> dict:
    """Return a job whose cells are "bad", "after", and so on; ``got`` and ``after`` are answers."""
    cells = [
        {"id": id, "source": source} for id, source in zip(("bad", "after"), sources, strict=False)
    ]
    probes = {cell["id"]: [_probe("got" if cell["id"] == "bad" else "after")] for cell in cells}
    return {"cells": cells, "probes": probes, **more}


def _probe(name: str) -> dict:
    return {"key": name, "look": name, "inputs": []}


AFTER = "import pandas, courseware.checks\nafter = int(pandas.Series([40, 2]).sum())"
#: Cells that make the cell after them fail, which is their own author's loss alone.
OWN_LOSS = {
    "patched shell",
    "patched pandas",
    "deaf and mute",
    "thread left behind",
    "quit",
    "patched checks",
    "deeper recursion",
    "thread bomb",
}


@pytest.mark.parametrize(("name", "zygote"), cases(HOSTILE_CASES, HOSTILE_NOW), indirect=["zygote"])
def test_hostile_cell_gets_nowhere_and_loses_only_itself(name, zygote, outside):
    source, check = HOSTILE[name]
    names = "".join(f"{key} = {value!r}\n" for key, value in outside.items())
    cell = f"{names}{PRELUDE}\nimport numpy as np, pandas as pd\n{source}"
    before = zygote.pid
    records, ended = zygote.run(job(cell, AFTER, outputs=True, files={"checks.json": "{}"}))
    assert [record["cell"] for record in records][:1] == ["bad"]
    assert SECRET not in json.dumps(records[1:]) and "root:" not in json.dumps(records)
    after = records[1] if len(records) > 1 else {"answers": {}}
    check(Outcome(records[0], after, ended))
    if name not in OWN_LOSS:
        assert after["answers"].get("after") == {"type": "number", "value": 42.0}
    next_one, ended = zygote.run(job("got = sorted(__import__('os').listdir('.'))", AFTER))
    assert ended is None and zygote.pid == before
    assert next_one == [
        {"cell": "bad", "error": None, "answers": {"got": {"type": "list", "items": []}}},
        {"cell": "after", "error": None, "answers": {"after": describe(42)}},
    ]


# --- from one student to the next -------------------------------------------------------------

CHANGES = """
import builtins, json, os, sys
import matplotlib as mpl
import pandas as pd
from courseware import data
pd.options.display.max_rows = 7
mpl.rcParams['lines.linewidth'] = 42
json.mine = builtins.mine = 1
data.load = lambda name: 'mine'
pd.DataFrame.head = lambda self: 'mine'
os.environ['MINE'] = '1'
sys.path.insert(0, 'mine')
get_ipython().run_cell = None
open('mine.txt', 'w').write('mine')
"""
LOOKS = """
import builtins, json, os, sys
import matplotlib as mpl
import pandas as pd
from courseware import data
x = [pd.options.display.max_rows, mpl.rcParams['lines.linewidth'], hasattr(json, 'mine'),
     hasattr(builtins, 'mine'), type(data.load('us_prices')).__name__,
     type(pd.DataFrame({'a': [1]}).head()).__name__, 'MINE' in os.environ, 'mine' in sys.path,
     get_ipython().run_cell is None, os.path.exists('mine.txt')]
"""
BEFORE = [60, 1.5, False, False, "DataFrame", "DataFrame", False, False, False, False]
CHANGED = [7, 42, True, True, "str", "str", True, True, True, True]


def test_nothing_passes_from_one_student_to_the_next(zygote):
    for source, found in ((LOOKS, BEFORE), (CHANGES + LOOKS, CHANGED), (LOOKS, BEFORE)):
        (record,), ended = zygote.run(cells(source))
        assert ended is None and record["answers"]["x0"] == describe(found), record


def test_nothing_of_a_student_or_of_ours_comes_into_the_zygote(zygote):
    marked = "x = 'of-' + 'ann-' + 'x' * 9\nprint(x)"
    done, _ = zygote.run(cells(marked, outputs=True, files={"checks.json": "mark-of-checks"}))
    assert "of-ann-xxxxxxxxx" in json.dumps(done)
    secrets = {"answer": b"of-ann-" + b"x" * 9, "source": b"'ann-' + " + b"'x' * 9"}
    secrets |= {"file": b"mark-of-" + b"checks", "environment": SECRET.encode()}
    assert not any(held(pid, secrets) for pid in family(zygote.pid))
    assert held(os.getpid(), secrets) == secrets.keys(), "the search finds what is there"


def test_what_comes_too_late_for_a_job_is_not_kept(zygote):
    """A child may end before it is told the rest: what was on its way to it is for nobody."""
    zygote.run(cells("x = 1"))
    late = b"of-" + b"late-" + b"z" * 9
    forking.send(zygote._channel, forking.HELD, b'{"held": "' + late + b'"}')
    zygote.run(cells("x = 2"))  # it has read it by then
    assert not any(held(pid, {"late": late}) for pid in family(zygote.pid))


# --- what a run gives ------------------------------------------------------------------------


def test_only_the_cells_that_crash_are_lost(zygote):
    crash = "import os; os._exit(1)"
    records, ended = zygote.run(cells("x = 1", crash, "x += 1", crash, "x += 1"))
    assert [record["cell"] for record in records] == ["c0", "c1", "c2", "c3", "c4"]
    assert values(records) == {"x0": 1, "x2": 2, "x4": 3}
    assert ended.count(replay.WORDS["exit"]) == 2 and zygote.forks == 3


def test_after_many_crashes_the_rest_is_left(zygote):
    records, ended = zygote.run(cells("x = 1", *["import os; os._exit(1)"] * 6, "x = 2"))
    assert values(records) == {"x0": 1}
    assert [record["cell"] for record in records] == ["c0", "c1", "c2", "c3", "c4"]
    assert "c5, c6, c7" in ended and "c4, " not in ended


def test_all_cells_together_have_a_limit():
    with zygote_of(WAYS[0], replace(LIMITS, wall=1.5)) as zygote:
        records, ended = zygote.run(cells(*["import time; time.sleep(0.2); x = 1"] * 30))
    assert tells(ended, "wall") and "1.5 seconds" in ended
    assert 1 < len(records) < 30


def test_expressions_are_for_solutions_only(zygote):
    job = {
        "cells": [{"id": "c", "source": "x = 20"}],
        "probes": {"c": [{"key": "k", "look": "x+1"}]},
    }
    with pytest.raises(ValueError, match="not trusted"):
        zygote.run(job)
    records, _ = zygote.run({**job, "trusted": True})
    assert values(records) == {"k": 21}


def test_functions_are_called(zygote):
    job = cells("def x(a): return 1 / a")
    job["probes"]["c0"][0]["inputs"] = ["(2,)", "(0,)"]
    (record,), _ = zygote.run(job)
    half, error = record["answers"]["x0"]["results"]
    assert half == describe(0.5) and error["name"] == "ZeroDivisionError"


def called_at_the_end(*sources: str) -> dict:
    """Return a job in which ``f`` is kept after the cell c0 and called after the last one."""
    given = cells(*sources)
    probe = {"key": "f", "look": "f"}
    given["probes"] |= {"c0": [probe | {"keep": True}], "calls": [probe | {"inputs": ["(3,)"]}]}
    given["cells"].append({"id": "calls", "name": "The function of q1", "held": True})
    return given | {"outputs": True}


@pytest.mark.parametrize(
    ("sources", "before", "result"),
    [
        # as it was at its check
        (("rate = 2\ndef f(x): return rate * x", "rate = 5", "def f(x): return -x"), "function", 6),
        # and if there was none at its check, the one that comes after it
        (("f = ...", "def f(x): return -x"), "unfinished", -3),
    ],
)
def test_a_function_is_called_at_the_end_as_it_was_at_its_check(sources, before, result, zygote):
    records, ended = zygote.run(called_at_the_end(*sources))
    assert ended is None
    assert records[0]["answers"] == {"f": {"type": before}}
    assert records[-1]["answers"]["f"]["results"] == [describe(result)]


FUNCTIONS = {
    "that loops": (
        "while True: pass",
        ("cell", "cell cpu"),
    ),
    "that exits": ("import os; os._exit(0)", ("exit",)),
    "that crashes": ("import ctypes; ctypes.string_at(0)", ("crash",)),
    "that is interrupted": ("raise KeyboardInterrupt", ()),
    "that raises anything": ("raise type('Odd', (BaseException,), {})", ()),
}


@pytest.mark.parametrize("what", FUNCTIONS)
def test_a_function_that_goes_wrong_costs_its_own_question_only(what, tmp_path, unhurried):
    body, trouble = FUNCTIONS[what]
    name = "03_friends_or_partners"
    own = exercise(name)
    answer = {"q4-answer": f"def times_as_large(*numbers):\n    {body}"}
    corpus.write(tmp_path, name, corpus.answered(name, answer))
    cells = corpus.release(name)["cells"]
    setup = Setup(own, cells, checksums(own, tables_of(ROOT)), solution(name))
    seen = evaluate(setup, tmp_path / f"{name}.ipynb", unhurried.run)
    lost = {id for id, mark in seen.marks.items() if mark.points < mark.of}
    assert lost == {"q4"}
    assert tells(seen.trouble, *trouble) and "q4" in seen.trouble if trouble else not seen.trouble
    assert seen.doubtful == ({"q4"} if trouble else set()) and not seen.errors


INPUTS_SHOWN = {
    "in a later cell": ("seen = []\ndef f(x): seen.append(x)", "print(seen)"),
    "at the call": (
        "import matplotlib.pyplot as plt, sys, warnings\ndef f(x):\n"
        "    print(x); display(x); print(x, file=sys.stderr); warnings.warn(str(x))\n"
        "    plt.figure(num=x); get_ipython().outputs.room = 1000; print(x)",
    ),
    "by an error": ("def f(x): raise ValueError(x)",),
    "by frames": (
        "import gc, sys\nf, frame = int, sys._getframe()\nwhile frame:\n"
        "    print(frame.f_locals.get('job'), frame.f_locals.get('content'))\n"
        "    print(frame.f_locals.get('message'), frame.f_locals.get('held'))\n"
        "    frame = frame.f_back\n"
        "lists = [each for each in gc.get_objects() if type(each) is list]\n"
        "print([each for each in lists if each == ['(3' + ',)']])",
    ),
    "by a forged record": (
        "import os, json\nf = int\ndef dumps(*a, real=json.dumps, **k):\n"
        "    a[0].update(error='(3' + ',)', outputs=[{'output_type': 'stream', 'name': 'stdout',"
        " 'text': '(3' + ',)'}]) if a[0]['cell'] == 'calls' else 0\n"
        "    a[0]['answers'].update(f={'type': 'text', 'value': '(3' + ',)'})\n"
        "    return real(*a, **k)\njson.dumps = dumps",
    ),
}


@pytest.mark.parametrize("how", INPUTS_SHOWN)
def test_what_a_function_is_called_with_is_never_shown(how, zygote):
    records, ended = zygote.run(called_at_the_end(*INPUTS_SHOWN[how]))
    assert ended is None
    assert [set(record) for record in records][-1] == {"cell", "error", "answers"}
    assert records[-1]["error"] is None
    assert set(records[-1]["answers"]) <= {"f"}
    assert all(found["type"] == "function" for found in records[-1]["answers"].values())
    shown = json.dumps([record["outputs"] for record in records[:-1]])
    assert "(3,)" not in shown and "3" not in shown


def test_outputs_are_a_kernels(unhurried):
    folder = ROOT / "exercises" / "02_the_trade_lifeline"
    notebook = spec.read_notebook(exercise(folder.name).notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    job = {
        "cells": [{"id": cell.id, "source": cell.source} for cell in code],
        "probes": {},
        "files": {"checks.json": (folder / "checks.json").read_text()},
    }
    records, ended = unhurried.run({**job, "outputs": True, "room": 10**7})
    assert ended is None
    shown = run_in_kernel(notebook, folder)
    kernels = {cell.id: cell.outputs for cell in shown.cells if cell.cell_type == "code"}
    assert any(
        "image/png" in output.get("data", {}) for each in kernels.values() for output in each
    )
    for record in records:
        assert _comparable(record["outputs"]) == _comparable(kernels[record["cell"]])


def _comparable(outputs: list) -> str:
    """Return outputs as text, pictures too, without the addresses of objects."""
    plain = copy.deepcopy(outputs)
    for output in plain:
        if picture := output.get("data", {}).get("image/png"):
            output["data"]["image/png"] = picture.strip()
    return re.sub(r"0x[0-9a-f]+", "0x…", json.dumps(plain, sort_keys=True))


#: Prints how often a chart has been drawn: plain, once more, and described by the course.
DRAWS = """
from matplotlib.figure import Figure
from coursestaff.marking.sandbox import worker
drawn, usual = [], Figure.draw
Figure.draw = lambda *given: (drawn.append(given), usual(*given))[1]
chart = {"id": "chart", "source": "import pandas as pd; pd.Series([2, 3]).plot.barh();"}
described = {"id": "import", "source": "from courseware import charts"}
for cells in ([chart], [chart], [described, chart]):
    *_, record = worker.run({"cells": cells, "probes": {}, "outputs": True})
    assert "image/png" in record["outputs"][-1]["data"], record
    print(len(drawn))
"""


def test_a_chart_is_drawn_no_more_often_than_in_a_notebook():
    """Jupyter draws it twice: once to find out its size."""
    done = subprocess.run([sys.executable, "-c", DRAWS], capture_output=True, text=True)
    assert done.stdout.split() == ["2", "4", "6"], done.stderr


@pytest.fixture(scope="module", params=cases(WAYS, WAYS[:1]))
def roomy(request):
    """Return a running zygote with the limits that a class has, isolated in each way."""
    with zygote_of(request.param) as running:
        yield running


@pytest.mark.parametrize("name", cases(NAMES, some(NAMES, 5)))
def test_answers_are_the_same_as_without_isolation(roomy, name):
    code = [c for c in spec.read_notebook(exercise(name).notebook).cells if c.cell_type == "code"]
    probes = probes_of(exercise(name))
    job = {
        "cells": [{"id": c.id, "source": "" if c.id in probes else c.source} for c in code],
        "probes": probes,
    }
    records, ended = roomy.run(job)
    found = {key: answer for record in records for key, answer in record["answers"].items()}
    assert ended is None and len(found) == len(exercise(name).checked)
    assert found == {key: solution(name).answers[key] for key in found}
    marks = [
        mark(question, solution(name), found[question.id]) for question in exercise(name).checked
    ]
    assert all(each.points == each.of for each in marks)


def test_many_outputs_are_cut_off(unhurried):
    loud = "from IPython.display import HTML\nfor n in range(9): print('é' * 10**5)"
    (stream, table, last), ended = unhurried.run(
        cells(loud, "HTML('<b>' * 10**6)", "for n in range(10**3): display(n)", outputs=True)
    )
    assert ended is None
    assert len(stream["outputs"]) == 1 and stream["outputs"][0]["text"].endswith("cut off here.]\n")
    assert list(table["outputs"][0]["data"]) == ["text/plain"]
    assert len(last["outputs"]) == 50


def test_displays_change_as_in_a_notebook(zygote):
    source = (
        "from IPython.display import clear_output\nprint('gone'); clear_output(wait=True)\n"
        "handle = display('first', display_id=True); handle.update('second'); print('end');"
    )
    (record,), _ = zygote.run(cells(source, outputs=True))
    assert [each.get("text") or each["data"] for each in record["outputs"]] == [
        {"text/plain": "'second'"},
        "end\n",
    ]


#: What is odd and means no harm: each is described as what it is.
ODD = {
    "a Series in itself": "x = pd.Series([1, 2], dtype=object); x[0] = x",
    "a table in itself": "x = pd.DataFrame({'a': [1, 2]}, dtype=object); x.at[0, 'a'] = x",
    "a Series in lists in Series": "x = pd.Series([[[[pd.Series([pd.Series([[1]])])]]]])",
    "a list in itself": "x = [1]; x.append(x)",
    "a mapping in itself": "x = {}; x['x'] = x",
    "an array in itself": "x = np.empty((), object); x[()] = x",
    "an array of itself": "x = np.empty(2, object); x[0] = x",
}


@pytest.mark.parametrize("name", ODD)
def test_a_thing_that_holds_itself_is_no_accusation(name, zygote):
    (record,), ended = zygote.run(cells(f"import numpy as np, pandas as pd\n{ODD[name]}"))
    assert (ended, record["error"]) == (None, None)
    assert record["answers"]["x0"]["type"] in ("table", "list", "mapping", "other")


# --- what comes through the pipe -------------------------------------------------------------

FORGED = [
    b"",
    b"{}",
    b"[]",
    b"1" * 5000,
    b'{"cell": "c", "error": null}',
    b'{"cell": "c", "error": 1, "answers": {}}',
    b'{"cell": "d", "error": null, "answers": {}}',
    b'{"cell": "c", "error": null, "answers": [], "outputs": []}',
    b'{"cell": "c", "error": null, "answers": {}, "outputs": [{"output_type": "update"}]}',
    b'{"cell": "c", "error": null, "answers": {}, "outputs": [{"output_type": "stream"}]}',
    b'{"cell": "c", "error": null, "answers": {}, "outputs": ["x"]}',
]
FORGED_ANSWERS = [
    "null",
    "1",
    "{}",
    '{"type": []}',
    '{"type": "magic"}',
    '{"type": "number"}',
    '{"type": "number", "value": true}',
    '{"type": "number", "value": "42"}',
    '{"type": "number", "value": 1e999}',
    '{"type": "number", "value": 1' + "0" * 400 + "}",
    '{"type": "text", "value": ["x"]}',
    '{"type": "list", "items": [1]}',
    '{"type": "list", "items": {"type": "nothing"}}',
    '{"type": "mapping", "items": []}',
    '{"type": "table", "series": false, "columns": ["a"], "rows": [[]]}',
    '{"type": "function"}',
    '{"type": "function", "results": [{"type": "nothing"}]}',
    '{"type": "chart", "title": "only that"}',
    '{"type": "chart", "title": "", "xlabel": "", "ylabel": "", "xscale": "", "yscale": "", '
    '"lines": [[[2013, 1]]], "names": [], "bars": [], "dots": [], "upside down": false, '
    '"alike": false}',
    '{"type": "error"}',
    '{"type": "list", "items": [' * 20 + "]}" * 20,
]


FORGED += [
    f'{{"cell": "c", "error": null, "answers": {{"q": {answer}}}}}'.encode()
    for answer in FORGED_ANSWERS
]


@pytest.mark.parametrize("line", FORGED)
def test_what_is_no_record_of_descriptions_is_refused(line):
    with pytest.raises(reply_validation.ForgedError):
        reply_validation.record_of(line, "c", {"q": 2})


def test_only_known_keys_get_through():
    answer = {"type": "number", "value": 1, "points": 20}
    shown = {"output_type": "display_data", "data": {"text/plain": "1", "text/javascript": "x()"}}
    record = {"cell": "c", "error": None, "answers": {"q": answer, "q2": answer}, "mark": 20}
    line = json.dumps(record | {"outputs": [shown | {"transient": {}}]}).encode()
    assert reply_validation.record_of(line, "c", {"q": 2}) == {
        "cell": "c",
        "error": None,
        "answers": {"q": {"type": "number", "value": 1.0}},
        "outputs": [{"output_type": "display_data", "data": {"text/plain": "1"}, "metadata": {}}],
    }


def test_every_description_gets_through():
    figure, axes = plt.subplots()
    axes.plot([1, 2, 3], [4, 5, 6])
    axes.bar(["a", "b"], [1, float("nan")])
    table = pd.DataFrame({"when": [pd.Timestamp("2023-05-28")], "what": ["summit"], "n": [pd.NA]})
    things = [..., None, 1, 1.5, float("inf"), float("nan"), True, "text", pd.Timestamp("2023")]
    things += [[1, [2]], {3}, {"a": 1}, table, table["n"], axes, (figure, axes), len, object()]
    for described in [
        *map(describe, things),
        describe_calls(int, []),
        describe_calls(len, ["(1,)"]),
    ]:
        assert reply_validation.described(json.loads(json.dumps(described))) == described
    plt.close(figure)


def test_a_forged_record_gains_no_more_than_an_assignment(zygote):
    own = {"cell": "c0", "error": None, "answers": {"x0": describe(7)}, "mark": 20}
    forge = f"import os; os.write(3, {(json.dumps(own) + chr(10)).encode()!r}); os._exit(0)"
    records, ended = zygote.run(cells(forge, "x = 8"))
    assert values(records) == {"x0": 7, "x1": 8} or tells(ended, "exit")
    assert all(set(record) == {"cell", "error", "answers"} for record in records)


# --- starting, refusing, ending --------------------------------------------------------------


def test_the_ways_that_are_required_are_here_and_a_missing_one_is_found():
    assert not missing(REQUIRED, isolation.ways_here()), isolation.why_not()
    assert missing("namespaces, landlock", ["namespaces"]) == ["landlock"]
    assert missing("", []) == []


def test_of_the_installation_only_what_libraries_need_is_shown():
    for shown in isolation.system_paths():
        for private in ("course-setup.log", "etc/jupyter", "share/jupyter"):
            assert not (Path(sys.prefix) / private).is_relative_to(shown)


def test_without_isolation_there_are_still_limits(outside):
    with Zygote(LIMITS, isolated=False) as zygote:
        records, ended = zygote.run(cells("x = 1", "while True: pass", "x = 2"))
        assert values(records) == {"x0": 1, "x2": 2} and tells(ended, *LOOPS)
        records, ended = zygote.run(cells("import os; x = len(os.listdir())", "x = 'a' * 10**9"))
        assert values(records) == {"x0": 0, "x1": 0} and records[1]["error"] == "MemoryError"


def test_refusal_names_every_reason_and_the_one_flag(monkeypatch):
    reasons = {"namespaces": "namespaces: unshare: no.", "landlock": "landlock: off."}
    monkeypatch.setattr(isolation, "complaint", reasons.get)
    with pytest.raises(IsolationError, match="--without-isolation") as told:
        Zygote()
    assert all(reason in str(told.value) for reason in reasons.values())
    assert isolation.why_not()[:2] == list(reasons.values())


@pytest.mark.parametrize(("system", "machine"), [("darwin", "arm64"), ("linux", "riscv64")])
def test_elsewhere_it_is_refused(system, machine, monkeypatch):
    monkeypatch.setattr(isolation, "complaint", isolation.complaint.__wrapped__)
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr("platform.machine", lambda: machine)
    assert "--without-isolation" in isolation.why_not()[-1]


def test_where_the_best_way_works_no_other_is_tried(monkeypatch):
    tried = []
    monkeypatch.setattr(isolation, "complaint", lambda name: tried.append(name))
    assert isolation.first_way() == isolation.WAYS[0] and tried == [isolation.WAYS[0]]


def test_a_way_that_fails_says_where():
    forbid = "import sys\nfrom coursestaff.marking.sandbox import confinement, kernel, syscalls\n"
    forbid += "kernel.prctl(38, 1)\nsyscalls.load(syscalls.program(0, False))\n"
    forbid += "confinement.try_out('landlock', confinement.Path(sys.argv[1]))"
    command = [sys.executable, "-c", forbid, "/nowhere"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "No such file or directory" in done.stdout


@pytest.mark.parametrize("place", ["", "solutions", "solutions/02_the_trade_lifeline"])
def test_nothing_private_can_be_made_visible(place, tmp_path):
    """Private is what the course that is graded has, or else the one whose code runs."""
    with pytest.raises(IsolationError, match=str(ROOT / "solutions")):
        Zygote(visible=[ROOT / place])
    (tmp_path / "solutions").mkdir()
    with pytest.raises(IsolationError, match=f"{tmp_path}/solutions"):
        Zygote(course=tmp_path, visible=[tmp_path])


def test_the_course_that_is_graded_is_the_one_whose_tables_are_read(tmp_path, monkeypatch):
    monkeypatch.delenv("NO_LIMITS_DATA", raising=False)
    tables = Path(shutil.copytree(ROOT / "data", tmp_path / "data"))
    tmp_path.chmod(0o755)
    with zygote_of(WAYS[0], LIMITS, course=tmp_path) as zygote:
        records, _ = zygote.run(cells("from courseware import data; x = str(data.root())"))
    assert values(records) == {"x0": str(tables)}


@pytest.mark.parametrize("way", cases(WAYS, WAYS[:1]))
def test_what_is_made_visible_is_read_only(way, outside):
    with tempfile.TemporaryDirectory() as folder:  # pytest's own are for one user alone
        shown = Path(folder)
        shown.chmod(0o755)
        (shown / "given.txt").write_text("7")
        read = f"x = int(open('{shown}/given.txt').read())"
        with zygote_of(way, LIMITS, visible=[shown]) as zygote:
            records, _ = zygote.run(cells(read, f"x = open('{shown}/given.txt', 'a')"))
    assert values(records)["x0"] == 7
    assert records[1]["error"].startswith(("OSError", "PermissionError"))


def test_a_zygote_that_dies_is_started_again(zygote):
    before = zygote.pid
    os.kill(before, signal.SIGKILL)
    zygote._process.wait()  # or it may still answer
    time.sleep(0.2)  # and what it guards
    records, ended = zygote.run(cells("x = 5"))
    assert values(records) == {"x0": 5} and ended is None and zygote.pid != before


def test_nothing_accumulates(zygote):
    for _ in range(5):
        zygote.run(cells("x = 1"))
    before = _held(zygote)
    for _ in range(40):
        zygote.run(cells("x = bytes(10**6)", "open('left', 'w').write('x' * 10**5)"))
    descriptors, pages = _held(zygote)
    assert descriptors == before[0]
    assert pages - before[1] < 500  # of 4 KiB each: 2 MB


def _held(zygote: Zygote) -> tuple[int, int]:
    """Return the descriptors held here and in the zygote, and the zygote's pages in memory."""
    pid = family(zygote.pid)[-1]
    ours, its = (len(list(Path(f"/proc/{each}/fd").iterdir())) for each in ("self", pid))
    return ours + its, int(Path(f"/proc/{pid}/statm").read_text().split()[1])


#: What a cell does in its folder, what comes of it, and what it has met.
AT_HOME = {
    "tables": ("got = len(pd.read_csv('../../data/us_prices.csv')) > 5", True, None),
    "no table is changed": ("open('../../data/us_prices.csv', 'a')", None, ["stop"]),
    "no table is added": ("open('../../data/mine.csv', 'w')", None, ["stop"]),
    "a module": ("import helper\ngot = helper.x", 7, None),
    "bytes": ("got = open('mine.bin', 'rb').read() == bytes(range(256))", True, None),
    "its own files": ("open('mine.bin', 'a').write('x')\ngot = 1", 1, None),
    "typing": ("got = input('?')", "", ["input"]),
    "a shell": ("got = 1\n!ls\n%pip list", 1, ["shell"]),
    "a script": ("%%bash\nls", None, ["shell"]),
    "a program": ("subprocess.run(['ls'])", None, ["stop"]),
    "the course's article": ("import no_limits\ngot = hasattr(no_limits, 'sent')", False, None),
    "a user": ("import getpass\ngot = getpass.getuser()", "student", None),
}


def at_home(name: str) -> dict:
    """Return a job of one of these cells, with files of its own beside the notebook."""
    binary = bytes(range(256)).decode("utf-8", "surrogateescape")
    first = {"id": "first", "source": "import subprocess\nimport pandas as pd"}
    return {
        "cells": [first, {"id": "cell", "source": AT_HOME[name][0]}],
        "probes": {"cell": [_probe("got")]},
        "files": {"helper.py": "x = 7\n", "mine.bin": binary, "no_limits.py": "sent = True\n"},
    }


def as_at_home(name: str, records: list[dict], ended: str | None) -> None:
    """Assert that a cell found what it should, or is told of what it met."""
    _, value, met = AT_HOME[name]
    assert ended is None and records[1].get("met") == met, records
    if value is not None:
        assert records[1]["answers"]["got"] == describe(value), records


@pytest.mark.parametrize("name", AT_HOME)
def test_a_cell_finds_what_it_finds_at_home_or_is_told_of(name, zygote):
    as_at_home(name, *zygote.run(at_home(name)))


def test_ones_own_cell_finds_the_same():
    """All in one process. Whoever checks their own work may write their own tables."""
    names = [name for name in AT_HOME if "table is" not in name]
    first, *jobs = at_home(names[0]), *map(at_home, names[1:])
    for number, job in enumerate(jobs):
        first["cells"].append(job["cells"][1] | {"id": f"c{number}"})
        first["probes"][f"c{number}"] = [_probe("got") | {"key": f"got{number}"}]
    (begun, *records), ended = process.run(first, ROOT / "data")
    for number, (name, record) in enumerate(zip(names, records, strict=True)):
        answers = {"got": record["answers"].get("got" if not number else f"got{number - 1}")}
        as_at_home(name, [begun, record | {"answers": answers}], ended)


def test_how_ones_own_cells_end_is_told():
    before = family(os.getpid())
    bad = ("import os; os._exit(3)", "import os; os.abort()", "while True: pass")
    records, ended = process.run(cells("x = 1", *bad, "x += 1"), ROOT / "data", LIMITS)
    assert all(tells(ended, why) for why in ("exit", "crash", "cell")) and "(signal 6)" in ended
    assert values(records) == {"x0": 1, "x4": 2}
    assert family(os.getpid()) == before, "a process is left"


def test_ones_own_cells_see_ones_own_environment(monkeypatch):
    monkeypatch.setenv("MINE", "seven")
    source = "import os; x = os.environ['MINE'], os.getcwd()[-14:]"
    (record,), _ = process.run(cells(source), ROOT / "data")
    assert record["answers"]["x0"] == describe(("seven", str(Path("exercises", "work"))))


#: When a grader is killed: so long after it began, or (None) while a cell runs.
KILLED = [
    (way, who, after)
    for way in isolation.ways_here()
    for who in ("the grader", "all at once")
    for after in (None, 0.0, 0.3, 1.0, 2.0)
]
KILLED_NOW = [(*isolation.ways_here()[:1], "the grader", None)]
KILLED_NOW += [(*isolation.ways_here()[:1], "all at once", 0.3)]
ENDLESS = {"cells": [{"id": "c", "source": "while True: pass"}], "probes": {}}


@pytest.mark.parametrize(("way", "who", "after"), cases(KILLED, KILLED_NOW))
def test_a_grader_that_is_killed_leaves_no_process_and_no_folder(way, who, after, tmp_path):
    program = (
        "import tempfile\nfrom coursestaff.marking.sandbox import zygote\n"
        f"tempfile.tempdir = {str(tmp_path)!r}; zygote = zygote.Zygote(way={way!r})\n"
        f"print('begins', flush=True); zygote.start(); zygote.run({ENDLESS})\n"
    )
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as grader:
        assert grader.stdout.readline() == b"begins\n"
        if after is None:
            size = 3 if way == "landlock" else 4  # the grader, (its guard,) the zygote, the child
            wait_until(lambda: len(family(grader.pid)) == size)
        else:
            time.sleep(after)
        everybody = family(grader.pid)
        os.killpg(grader.pid, signal.SIGKILL) if who == "all at once" else grader.kill()
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in everybody))
    with pytest.MonkeyPatch.context() as patch:  # if nobody was left who could, the next does it
        patch.setattr(tempfile, "tempdir", str(tmp_path))
        TempDir().close()
    assert not list(tmp_path.glob("no-limits-*"))


def test_a_folder_that_is_used_is_not_removed(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with TempDir() as one, TempDir() as other:
        assert one.is_dir() and other.is_dir()
    assert not list(tmp_path.iterdir())
