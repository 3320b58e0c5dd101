"""An exercise's first cells are run once, and what comes of a submission is the same as without."""

import json
import logging
import os
import random
import re
import shutil
import signal
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from coursestaff.collecting import releases
from coursestaff.marking import submission
from coursestaff.marking.pipeline import evaluate
from coursestaff.marking.sandbox import forking, opening
from coursestaff.marking.sandbox.isolation import Limits
from coursestaff.marking.sandbox.opening import Opening
from coursestaff.marking.sandbox.zygote import Zygote
from coursestaff.marking.submission import GradingContext
from courseware import manifest
from courseware.answers.describe import describe
from tests import corpus
from tests.cases import cases, some
from tests.exercises import NAMES, exercise, solution
from tests.graded import NAME, course, executor, grade, hand_in, marks_of, no_network
from tests.isolated import WAYS, family, held, needs_isolation, nursery_here, values, zygote_of
from tests.notebooks import ROOT

__all__ = ["course", "executor", "grade", "no_network", "nursery_here"]  # fixtures
pytestmark = [pytest.mark.sandbox, needs_isolation, pytest.mark.usefixtures("nursery_here")]

LIMITS = Limits(cell_cpu=5, cpu=20, cell_wall=10, wall=30, memory=256 << 20, threads=16)
#: For what never ends; an opening may take no longer, either.
SHORT = replace(LIMITS, cell_cpu=0.5, cell_wall=1)
ALL_WAYS = [*WAYS, "nothing"]
#: When it was run can be told from ``born``, which is not shown.
FIRST = ("import time\nborn = time.monotonic()", "print('opens')\n6 * 7")


def opens(*sources: str, files: dict | None = None) -> Opening:
    """Return an opening of cells o0, o1 …."""
    named = tuple((f"o{number}", source) for number, source in enumerate(sources))
    return Opening(named, tuple((files or {}).items()))


def job(*own: str, first: tuple[str, ...] = FIRST, **more) -> dict:
    """Return a job of the opening's cells and of c0, c1 …; after each of these ``x`` is seen."""
    given = [{"id": f"o{number}", "source": source} for number, source in enumerate(first)]
    mine = [{"id": f"c{number}", "source": source} for number, source in enumerate(own)]
    probes = {cell["id"]: [{"key": f"x{cell['id'][1:]}", "look": "x"}] for cell in mine}
    return {"cells": given + mine, "probes": probes, "outputs": True, **more}


def zygote(way: str, first: Opening | None = None, limits: Limits = LIMITS, **more) -> Zygote:
    return zygote_of(way, limits, isolated=way != "nothing", opening=first, **more)


TURNS: Counter[int] = Counter()  # by zygote


def elsewhere(running: Zygote) -> int:
    """Return how many jobs a zygote has left to the one without the opening."""
    return TURNS[id(running._plain)]


@pytest.fixture(autouse=True)
def counted(monkeypatch):
    """Count the turns of every zygote."""
    once = Zygote._once
    TURNS.clear()

    def counting(self, *arguments):
        TURNS[id(self)] += 1
        return once(self, *arguments)

    monkeypatch.setattr(Zygote, "_once", counting)


@pytest.fixture(scope="module", params=cases(ALL_WAYS, WAYS[:1]))
def way(request):
    return request.param


@pytest.fixture(scope="module")
def plain(way):
    """Return a zygote that knows of no opening."""
    with zygote(way) as running:
        yield running


@pytest.fixture(scope="module")
def opened(way):
    """Return a zygote that has run `FIRST`."""
    with zygote(way, opens(*FIRST)) as running:
        assert running.opening, "it could not be run"
        yield running


# --- The same as without ---------------------------------------------------------------------


def seen_of(name: str, running: Zygote, folder: Path):
    """Return the records of a right submission, and its marks."""
    setup = releases.set_up(ROOT, name)._replace(expected=solution(name))
    corpus.write(folder / name, name, corpus.answered(name))
    seen = evaluate(setup, folder / name, running.run)
    # A chart that is a view of an explorer has a name of its own each time.
    text = re.sub("&#x27;[0-9a-f]{8}&#x27;", "", json.dumps(seen.records))
    return json.loads(text), seen.marks, seen.trouble


def first_of(name: str) -> Opening | None:
    setup = releases.set_up(ROOT, name)
    return opening.of(setup.release, setup.files, setup.tables)


@pytest.mark.parametrize("name", cases(NAMES, some(NAMES, 5, 2)))
def test_a_right_submission_gives_the_same_records(name, tmp_path):
    with zygote(WAYS[0], first_of(name)) as opened, zygote(WAYS[0]) as plain:
        here, there = (seen_of(name, each, tmp_path) for each in (opened, plain))
        assert opened.opening and not elsewhere(opened), "it was not run ahead"
    assert here == there
    assert all(mark.points == mark.of for mark in here[1].values())


def test_it_does_so_in_every_way(way, tmp_path):
    with zygote(way, first_of(NAME)) as opened, zygote(way) as plain:
        here, there = (seen_of(NAME, each, tmp_path) for each in (opened, plain))
        assert opened.opening and not elsewhere(opened)
    assert here == there


def test_it_is_run_once_and_what_it_shows_is_sent_by_each(opened, plain):
    records, ended = opened.run(job("x = born"))
    again, _ = opened.run(job("x = born"))
    assert ended is None and records == again
    assert records[1]["outputs"][0]["text"] == "opens\n"
    assert records[1]["outputs"][1]["execution_count"] == 2
    here, there = (values(plain.run(job("x = born"))[0])["x0"] for _ in range(2))
    assert here != there, "without it each runs the cells anew"


SAME = {
    "counts and last values": ("x = _\n_", "x = len(In), sorted(Out)\nx", "_2"),
    "an error": ("x = 1 / 0", "x = 1"),
    "a crash": ("import os; os._exit(1)", "x = 1", "import os; os.abort()", "x = 2"),
    "a forged record": ("import os; x = os.write(3, b'{}' + bytes([10]))", "x = 2"),
    "files": ("import os; x = os.listdir(), os.getcwd()[-14:]", "open('mine', 'w').write('x')"),
    "input": ("x = input('?')", "!ls"),
    "a chart": ("import matplotlib.pyplot as plt\nx, ax = plt.subplots()\nax.plot([1, 4]);",),
    "much output": ("print('a' * 60_000)", "print('b' * 60_000)"),
    "descriptors": (
        "import os\nx = []\nfor n in range(64):\n    try: os.fstat(n); x.append(n)\n"
        "    except OSError: pass",
    ),
}


@pytest.mark.parametrize("what", SAME)
def test_whatever_comes_after_it_is_as_without(what, opened, plain):
    before = elsewhere(opened)
    here, there = (each.run(job(*SAME[what])) for each in (opened, plain))
    assert here == there and opened.forks == plain.forks
    assert elsewhere(opened) == before


def test_room_for_outputs_is_shared_with_the_opening(way):
    first, limits = ("print('a' * 3000)",), replace(LIMITS, reply=2 * 5000)
    with zygote(way, opens(*first), limits) as opened, zygote(way, None, limits) as plain:
        here, there = (
            each.run(job("print('b' * 4000)", "print('c')", first=first))
            for each in (opened, plain)
        )
        assert opened.opening
    assert here == there
    assert here[0][1]["outputs"][0]["text"].count("b") == 1999 and not here[0][2]["outputs"]


def test_memory_that_the_opening_takes_counts(way):
    first = ("held = bytearray(100 << 20)",)
    count = "x, more = 0, []\ntry:\n    while True: more.append(bytearray(1 << 20)); x += 1\n"
    count += "except MemoryError: more.clear()"
    with zygote(way, opens(*first)) as opened, zygote(way) as plain:
        here, there = (
            values(each.run(job(count, first=first))[0])["x0"] for each in (opened, plain)
        )
        free = values(plain.run(job(count, first=("held = None",)))[0])["x0"]
        assert opened.opening
    assert abs(here - there) < 10 and 90 < free - here < 110


# --- What begins in another way ----------------------------------------------------------------

CELLS = job("x = born")["cells"]
OTHER = {
    "another source": {"cells": [CELLS[0], {**CELLS[1], "source": "print('opens')"}, CELLS[2]]},
    "a blank more": {"cells": [{**CELLS[0], "source": FIRST[0] + " "}, *CELLS[1:]]},
    "another id": {"cells": [{**CELLS[0], "id": "own-0"}, *CELLS[1:]]},
    "a cell in front": {"cells": [{"id": "own-0", "source": "x = 1"}, *CELLS]},
    "a cell in between": {"cells": [CELLS[0], {"id": "own-0", "source": "x = 1"}, *CELLS[1:]]},
    "a cell less": {"cells": [CELLS[0], CELLS[2]]},
    "the order": {"cells": [CELLS[1], CELLS[0], CELLS[2]]},
    "nothing but a part": {"cells": CELLS[:1]},
    "a file": {"files": {"mine.py": "y = 1"}},
    "no outputs": {"outputs": False},
    "trust": {"trusted": True},
    "a look": {"probes": {"o0": [{"key": "x0", "look": "born"}]}},
}


@pytest.mark.parametrize("what", OTHER)
def test_what_begins_in_another_way_is_run_from_its_first_cell(what, opened, plain):
    before, wanted = elsewhere(opened), job("x = born") | OTHER[what]
    here, there = (each.run(wanted)[0] for each in (opened, plain))
    assert elsewhere(opened) == before + 1
    for record in (*here, *there):
        record["answers"].pop("x0", None)  # when it was run
    assert here == there


def test_the_same_file_as_is_released_beside_it_fits(way):
    files = {"checks.json": "{}"}
    with zygote(way, opens(*FIRST, files=files)) as opened:
        source = "x = born, open('checks.json').read()"
        first, second = (opened.run(job(source, files=files))[0] for _ in range(2))
        assert first == second and not elsewhere(opened)
        opened.run(job(source, files={"checks.json": "{ }"}))
        assert elsewhere(opened) == 1


def changed(notebook: dict, folder: Path) -> None:
    notebook["cells"][corpus.place_of(notebook, "ex-total")]["source"] += "\nmine = 1"


def in_front(notebook: dict, folder: Path) -> None:
    notebook["cells"].insert(0, corpus.code_cell("mine = 1"))


def beside(notebook: dict, folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "courses.csv").write_text("a\n1\n")


def taken_out(notebook: dict, folder: Path) -> None:
    del notebook["cells"][corpus.place_of(notebook, "ex-total")]


@pytest.mark.parametrize(
    ("change", "fits"), [(changed, False), (in_front, False), (beside, False), (taken_out, True)]
)
def test_a_student_who_changes_the_beginning_gets_the_same(change, fits, tmp_path):
    """A cell that was taken out is put back before the work is run, so it fits again."""
    setup = releases.set_up(ROOT, NAME)._replace(expected=solution(NAME))
    notebook = corpus.answered(NAME)
    change(notebook, tmp_path / NAME)
    corpus.write(tmp_path / NAME, NAME, notebook)
    with zygote(WAYS[0], first_of(NAME)) as opened, zygote(WAYS[0]) as plain:
        here, there = (evaluate(setup, tmp_path / NAME, each.run) for each in (opened, plain))
        assert elsewhere(opened) == (0 if fits else 1)
    assert (here.records, here.marks, here.trouble) == (there.records, there.marks, there.trouble)


# --- What it is ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_it_is_all_code_above_the_first_answer_or_check(name):
    first = first_of(name)
    code = [c for c in corpus.release(name)["cells"] if c["cell_type"] == "code"]
    marks = [cell["metadata"]["nbgrader"] for cell in code]
    given = [not (each["solution"] or each["grade"]) for each in marks]
    assert len(first.cells) == given.index(False) > 0
    assert [id for id, _ in first.cells] == [each["grade_id"] for each in marks[: len(first.cells)]]
    assert not {q.id for q in exercise(name).checked} & {id for id, _ in first.cells}


def test_a_release_that_begins_with_an_answer_has_none():
    release = corpus.release(NAME)["cells"]
    assert opening.of(release[corpus.place_of({"cells": release}, "q1-answer") :], {}, {}) is None


def test_another_release_is_another_room(tmp_path):
    setup = releases.set_up(ROOT, NAME)
    july = json.loads(json.dumps(setup.release))
    july[corpus.place_of({"cells": july}, "parameters")]["source"] = 'MONTH = "07"'
    rooms = [
        GradingContext(ROOT, True, LIMITS, opening=opening.of(release, setup.files, setup.tables))
        for release in (setup.release, july, setup.release)
    ]
    table, *_ = setup.tables
    corrected = opening.of(setup.release, setup.files, {**setup.tables, table: "another"})
    assert rooms[0]._replace(opening=corrected) != rooms[0]
    assert rooms[0] == rooms[2] != rooms[1]
    assert ("parameters", 'MONTH = "07"') in rooms[1].opening.cells


def test_tables_are_those_of_now(tmp_path, monkeypatch):
    loads = "from courseware import data\nvalue = float(data.load('us_prices').iloc[0, 1])"
    first = (loads, "value")
    tables = shutil.copytree(ROOT / "data", tmp_path / "data")
    path = tables / "us_prices.csv"
    head, row, *rest = path.read_text(encoding="utf-8").splitlines()
    column = head.split(",").index("cpi_index")
    fields = row.split(",")
    fields[column] = "12345"
    path.write_text("\n".join([head, ",".join(fields), *rest]) + "\n", encoding="utf-8")
    manifest.refresh(tables)
    found = []
    for folder in (ROOT / "data", tables):
        monkeypatch.setenv("NO_LIMITS_DATA", str(folder))
        with zygote(WAYS[0], opens(*first)) as opened:
            records, _ = opened.run(job("x = value", first=first))
            assert opened.opening
        shown = records[1]["outputs"][0]["data"]["text/plain"]
        assert float(shown) == values(records)["x0"]
        found.append(values(records)["x0"])
    assert found[0] != found[1] == 12345


# --- From one student to the next --------------------------------------------------------------

SHARED = (
    "import builtins, json, os, sys\nimport matplotlib as mpl\nimport pandas as pd\n"
    "from courseware import data",
    "trade = pd.DataFrame({'a': [1, 2]})\nseen = []",
)
CHANGES = """
trade.loc[0, 'a'] = 99
seen.append('of-' + 'ann-answer')
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
x = [int(trade.loc[0, 'a']), len(seen), pd.options.display.max_rows,
     mpl.rcParams['lines.linewidth'], hasattr(json, 'mine'), hasattr(builtins, 'mine'),
     type(data.load('us_prices')).__name__, type(trade.head()).__name__, 'MINE' in os.environ,
     'mine' in sys.path, get_ipython().run_cell is None, os.path.exists('mine.txt')]
"""
BEFORE = [1, 0, 60, 1.5, False, False, "DataFrame", "DataFrame", False, False, False, False]
AFTER = [99, 1, 7, 42, True, True, "str", "str", True, True, True, True]


def test_nothing_passes_from_one_student_to_the_next(way):
    with zygote(way, opens(*SHARED)) as opened:
        for sources, found in (((LOOKS,), BEFORE), ((CHANGES + LOOKS,), AFTER), ((LOOKS,), BEFORE)):
            records, ended = opened.run(job(*sources, first=SHARED))
            assert ended is None and records[2]["answers"]["x0"] == describe(found), records[2]
        assert opened.opening and not elsewhere(opened)


def test_nothing_of_a_student_comes_into_the_zygote(way):
    with zygote(way, opens(*SHARED)) as opened:
        marked = "x = 'of-' + 'ann-' + 'x' * 9\nprint(x)"
        done, _ = opened.run(job(marked, first=SHARED))
        assert "of-ann-xxxxxxxxx" in json.dumps(done) and opened.opening
        secrets = {"answer": b"of-ann-" + b"x" * 9, "source": b"'ann-' + " + b"'x' * 9"}
        assert not any(held(pid, secrets) for pid in family(opened.pid))
        assert held(os.getpid(), secrets), "the search finds what is there"


def test_what_comes_too_late_for_a_job_is_not_kept(way):
    """A child may end before it is told the rest: what was on its way to it is for nobody."""
    with zygote(way, opens(*SHARED)) as opened:
        opened.run(job("x = 1", first=SHARED))
        late = b"of-" + b"late-" + b"z" * 9
        forking.send(opened._channel, forking.HELD, b'{"held": "' + late + b'"}')
        time.sleep(0.5)  # it has read it by then, and waits for the next job
        assert not any(held(pid, {"late": late}) for pid in family(opened.pid))


# --- Where it cannot be run ahead --------------------------------------------------------------

#: name → (the first cell, what is said of the opening).
UNFIT = {
    "an error": ("x = 1 / 0", "has a problem: ZeroDivisionError"),
    "a thread": (
        "import threading\n"
        "threading.Thread(target=threading.Event().wait, args=[60], daemon=True).start()",
        "leaves other threads",
    ),
    "a file": ("open('left.txt', 'w').close()", "leaves other files"),
    "an error that is shown": (
        "try: 1 / 0\nexcept ZeroDivisionError: get_ipython().showtraceback()",
        "has a problem",
    ),
    "a syntax error": ("x = = 1", "has a problem: SyntaxError"),
    "input": ("x = input('?')", "has a problem"),
    "a shell": ("!ls", "has a problem"),
    "a changed file": ("open('checks.json', 'a').write(' ')", "leaves other files"),
    "an open file": ("left = open('checks.json')", "leaves other open files"),
    "an open file above a gap": (
        "with open('checks.json') as one: left = open('checks.json')",
        "leaves other open files",
    ),
    "a long record, then its end": (
        "print('x' * 20_000)\nimport os; os._exit(0)",
        "ends the process",
    ),
    "another folder": ("import os; os.chdir('/')", "leaves other working folder"),
    "its end": ("import os; os._exit(0)", "ends the process"),
    "a crash": ("import os; os.abort()", "ends the process"),
    "no end": ("while True: pass", "takes longer than"),
}
IN_EACH_WAY = ("an error", "a thread", "a file")
UNFIT_NOW = [(what, WAYS[0]) for what in UNFIT]
UNFIT_CASES = [*UNFIT_NOW, *((what, way) for what in IN_EACH_WAY for way in ALL_WAYS[1:])]


@pytest.mark.parametrize(("what", "way"), cases(UNFIT_CASES, UNFIT_NOW))
def test_where_it_cannot_be_run_ahead_each_runs_it(what, way, caplog):
    source, words = UNFIT[what]
    limits = replace(LIMITS, cell_cpu=0.5) if what == "no end" else LIMITS
    first, files = (source, "y = 1"), {"checks.json": "{}"}
    caplog.set_level(logging.DEBUG)
    both = zygote(way, opens(*first, files=files), limits), zygote(way, None, limits)
    with both[0] as running, both[1] as plain:
        assert running.opening is None and f"The opening: it {words}" in without_cell(caplog.text)
        wanted = job("x = 41", "x = x + y", first=first, files=files)
        here, there = (each.run(wanted) for each in (running, plain))
    assert here == there


def without_cell(text: str) -> str:
    """Return what is said with every cell called ``it``."""
    return re.sub(r"(the|a) cell( 'o\d'| of it)", "it", text)


def test_a_zygote_that_does_not_come_to_its_end_is_given_up(way):
    """Limits are set in children: this cell waits in the zygote alone."""
    waits = (
        "import resource, time\nmost, _ = resource.getrlimit(resource.RLIMIT_FSIZE)\n"
        "if most == resource.RLIM_INFINITY: time.sleep(600)",
    )
    with zygote(way, opens(*waits), SHORT) as running:
        assert running.opening is None
        assert values(running.run(job("x = 41", first=waits))[0])["x0"] == 41


def test_random_numbers_are_as_without(way):
    """A fork of a process begins with new ones: a seed that was set before it would be lost."""
    seeded = ("import random; random.seed(5)",)
    with zygote(way, opens(*seeded)) as running:
        assert running.opening is None
        found, _ = running.run(job("x = random.random()", first=seeded))
        assert values(found)["x0"] == random.Random(5).random()
    for drawn in ("import random; random.random()", "import uuid; str(uuid.uuid4())"):
        with zygote(way, opens(drawn)) as running:
            assert running.opening is None
            here, there = (running.run(job("x = 1", first=(drawn,)))[0] for _ in range(2))
            assert here[0]["outputs"] != there[0]["outputs"]
    numpys = ("import numpy as np; np.random.seed(5)",)
    with zygote(way, opens(*numpys)) as running:
        assert running.opening
        here, there = (
            values(running.run(job("x = float(np.random.rand())", first=numpys))[0])["x0"]
            for _ in range(2)
        )
        assert here == there == pytest.approx(0.22199317108973948)


def test_a_zygote_that_was_killed_is_started_with_it_again(way):
    with zygote(way, opens(*FIRST)) as opened:
        born = [values(opened.run(job("x = born"))[0])["x0"]]
        os.kill(opened.pid, signal.SIGKILL)
        time.sleep(0.3)
        born += [values(opened.run(job("x = born"))[0])["x0"] for _ in range(2)]
        assert born[0] != born[1] == born[2] and opened.opening


# --- A class ---------------------------------------------------------------------------------


def test_a_class_is_graded_with_it(course, grade):
    for student in ("ann", "bob"):
        hand_in(course, student, corpus.answered(NAME))
    front = corpus.answered(NAME)
    in_front(front, course)
    hand_in(course, "eve", front)
    summary = grade()
    (running,) = submission._zygotes.values()
    assert running.opening == first_of(NAME) and elsewhere(running) == 1
    assert [sum(marks_of(each).values()) for each in summary.graded] == [16, 16, 16]
