"""A fresh attack: what `tests.attacks` holds earns nothing, reaches nothing and stays nowhere."""

import copy
import json
import re
import time
from collections.abc import Iterator

import pytest

from coursestaff.collecting.load import Unreadable
from coursestaff.exercises.fingerprints import checksums, tables_of
from coursestaff.marking.marks import mark
from coursestaff.marking.pipeline import Setup, evaluate
from coursestaff.marking.sandbox import reply_validation
from coursestaff.marking.sandbox.isolation import Limits
from courseware.answers.describe import describe
from courseware.answers.kinds import KINDS
from tests import attacks, handins
from tests.cases import cases
from tests.exercises import NAMES, exercise, solution
from tests.isolated import SECRET, WAYS, needs_isolation, things_outside, zygote_of
from tests.notebooks import ROOT

pytestmark = [pytest.mark.sandbox, needs_isolation]

LIMITS = Limits(
    cell_cpu=8, cpu=40, cell_wall=10, wall=60, memory=512 << 20, threads=16, scratch=4 << 20
)
SHORT = Limits(
    cell_cpu=0.5, cpu=6, cell_wall=1, wall=20, memory=256 << 20, threads=16, scratch=4 << 20
)
#: Where marks are tried for: two exercises with different kinds of questions.
TARGETS = ("02_the_trade_lifeline", "03_friends_or_partners")


@pytest.fixture(scope="module")
def outside():
    with things_outside() as names:
        yield "".join(f"{key} = {value!r}\n" for key, value in names.items())


@pytest.fixture(scope="module", params=cases(WAYS, WAYS[:1]))
def way(request):
    return request.param


@pytest.fixture(scope="module", params=WAYS)
def reached(request, outside):
    """Return what each attempt of `attacks.REACH` got at: all are made in one process of a way."""
    names = list(attacks.REACH)
    sources = [f"got = ['did not run']\n{attacks.REACH[name]}" for name in names]
    first = {"id": "tools", "source": outside + attacks.TOOLS}
    given = [{"id": f"c{n}", "source": source} for n, source in enumerate(sources)]
    probes = {f"c{n}": [{"key": "got", "look": "got"}] for n in range(len(names))}
    with zygote_of(request.param, LIMITS) as zygote:
        records, ended = zygote.run({"cells": [first, *given], "probes": probes})
    assert ended is None
    return dict(zip(names, records[1:], strict=True))


@pytest.mark.parametrize("name", attacks.REACH)
def test_an_attempt_reaches_nothing(name, reached, proved):
    record = reached[name]
    assert (record["error"], record["answers"]["got"]) == (None, describe([])), record
    proved("attacks", name)


@pytest.fixture(scope="module")
def short(way, outside):
    with zygote_of(way, SHORT) as zygote:
        yield zygote


@pytest.mark.parametrize("name", attacks.ALONE)
def test_an_attack_on_its_own_process_harms_nothing_else(name, short, outside, proved):
    probe = {"key": "got", "look": "got"}
    cells = [
        {"id": "bad", "source": outside + attacks.TOOLS + attacks.ALONE[name]},
        {"id": "end", "name": "The answer"},
    ]
    before, began = short.pid, time.monotonic()
    records, ended = short.run({"cells": cells, "probes": {"bad": [probe]}, "outputs": True})
    assert time.monotonic() - began < SHORT.wall + 10
    assert SECRET not in json.dumps(records)
    text = json.dumps([records, ended], ensure_ascii=False)
    assert text.encode() and not re.search(r"[\x00-\x1f\u202e\u2067]", records[0]["error"] or "")
    again, ended = short.run(
        {
            "cells": [{"id": "bad", "source": "import os\ngot = os.listdir('.')"}],
            "probes": {"bad": [probe]},
        }
    )
    assert (ended, short.pid) == (None, before)
    assert again[0]["answers"]["got"] == describe([])
    proved("attacks", name)


@pytest.fixture(scope="module", params=cases(TARGETS, TARGETS[:1]))
def target(request, way):
    """Return an exercise, what marking it takes, and a zygote to run it."""
    name = request.param
    own = exercise(name)
    setup = Setup(
        own, handins.release(name)["cells"], checksums(own, tables_of(ROOT)), solution(name)
    )
    with zygote_of(way, LIMITS) as zygote:
        yield name, setup, zygote


def earned(target, folder, notebook) -> dict[str, int]:
    """Return the points that a notebook gets, where it gets any."""
    name, setup, zygote = target
    handins.write(folder, name, notebook)
    try:
        seen = evaluate(setup, folder / f"{name}.ipynb", zygote.run)
    except Unreadable:
        return {}
    return {id: mark.points for id, mark in seen.marks.items() if mark.points}


@pytest.mark.parametrize("what", attacks.ANSWERS)
def test_an_answer_earns_nothing(what, target, tmp_path, proved):
    name = target[0]
    notebook = handins.release(name)
    for question in exercise(name).checked:
        answer = handins.cell(notebook, f"{question.id}-answer")
        answer["source"] = attacks.ANSWERS[what].replace("NAME", question.answer)
    assert earned(target, tmp_path, notebook) == {}
    proved("attacks", what)


@pytest.mark.parametrize("what", attacks.NOTEBOOKS)
def test_what_a_file_says_of_itself_earns_nothing(what, target, tmp_path, proved):
    notebook = attacks.NOTEBOOKS[what](handins.release(target[0]))
    assert earned(target, tmp_path, notebook) == {}
    proved("attacks", what)


MARKED = "x-of-ann-x"
#: Looks for a text in all memory that a process may read, page by page. It is a pattern that stands
#: for it: a text put together here would be found here, where nothing has come to lie over it yet.
SEARCH = """
import ctypes, os, re
libc = ctypes.CDLL(None)
libc.write.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t]
libc.sbrk.restype, libc.sbrk.argtypes = ctypes.c_void_p, [ctypes.c_long]
out, into = os.pipe()
def pages(start, step):
    while libc.write(into, start, 1) == 1:
        os.read(out, 1)
        yield ctypes.string_at(start, 4096)
        start += step
starts = [libc.sbrk(0), id([]), id(object()), id(b'q' * 600), id('q' * 100_000)]
found = 0
for start in starts:
    for step in (-4096, 4096):
        first = (start & ~4095) + min(step, 0)
        for page in pages(first, step):
            found += len(re.findall(b"[x]-of-ann-x", page))
got = found
"""


def test_of_the_student_before_nothing_is_left_in_memory(way):
    probe = {"c": [{"key": "got", "look": "got"}]}
    ann = "got = 'x-of-ann-' + 'x'\nprint(got, end='\", \"name\": ')"
    with zygote_of(way, LIMITS) as zygote:
        for _ in range(3):
            done, _ = zygote.run(
                {"cells": [{"id": "c", "source": ann}], "probes": probe, "outputs": True}
            )
            assert MARKED in json.dumps(done)
        (record,), ended = zygote.run({"cells": [{"id": "c", "source": SEARCH}], "probes": probe})
    assert (ended, record["error"]) == (None, None)
    assert record["answers"]["got"] == describe(0)


#: Whatever a worker could send, of the right shape.
DESCRIBED = [
    *({"type": kind} for kind in ("missing", "unfinished", "nothing", "too large", "function")),
    *({"type": "number", "value": v} for v in (0.0, -1.0, 1e308, 5e-324, "nan", "infinite")),
    *({"type": "yes-no", "value": v} for v in (True, False)),
    *({"type": "text", "value": v} for v in ("", "nan", "infinite", "\x00", "A" * 100_000)),
    *({"type": "date", "value": v} for v in ("", "2023-05-28T00:00:00", "x")),
    {"type": "error", "name": "", "text": ""},
    {"type": "other", "name": ""},
]
HOLDING = [
    *({"type": kind, "items": []} for kind in ("list", "set")),
    *({"type": "list", "items": [each, each]} for each in DESCRIBED),
    {"type": "mapping", "items": {}},
    *({"type": "table", "series": s, "columns": [], "rows": []} for s in (True, False)),
    *({"type": "table", "series": s, "columns": [], "rows": [[], []]} for s in (True, False)),
    *(
        {"type": "table", "series": s, "columns": ["index"] * 2, "rows": [[each, each]] * 2}
        for each in DESCRIBED
        for s in (True, False)
    ),
    *({"type": "function", "results": [each] * 5} for each in DESCRIBED),
    *(
        {"type": "chart", "lines": of, "bars": of, "dots": of, "names": [""] * len(of)}
        | dict.fromkeys(("title", "xlabel", "ylabel", "xscale", "yscale"), "")
        | dict.fromkeys(("upside down", "alike"), False)
        for of in ([], [[]], [[["nan", "nan"]]], [[["", "infinite"]] * 9] * 9)
    ),
]


#: Together they ask questions of every kind.
OF_EVERY_KIND = ("03_friends_or_partners", "04_the_xian_summit", "06_the_belt_and_road_at_ten")


def test_these_exercises_ask_questions_of_every_kind():
    asked = {question.kind for name in OF_EVERY_KIND for question in exercise(name).checked}
    assert asked == set(KINDS)


def emptied(described: object) -> Iterator[object]:
    """Yield a description once for each list and mapping in it, with this one empty."""
    if isinstance(described, dict | list):
        places = described.items() if isinstance(described, dict) else enumerate(described)
        for place, part in places:
            for other in emptied(part):
                whole = copy.copy(described)
                whole[place] = other
                yield whole
        yield type(described)()


@pytest.mark.parametrize("name", cases(NAMES, OF_EVERY_KIND))
def test_a_right_answer_with_a_part_forged_away_stops_no_marking(name):
    for question in exercise(name).checked:
        for answer in emptied(solution(name).answers[question.id]):
            try:
                answer = reply_validation.described(answer)
            except reply_validation.ForgedError:
                continue
            assert mark(question, solution(name), answer).words.encode(), answer


@pytest.mark.parametrize("name", cases(NAMES, OF_EVERY_KIND))
def test_no_description_of_any_shape_stops_marking_or_earns_a_mark(name):
    for question in exercise(name).checked:
        shaped = [*DESCRIBED, *HOLDING]
        columns = list(question.public.get("columns", ()))
        keys = question.public.get("keys", ())
        for each in DESCRIBED:
            shaped.append({"type": "mapping", "items": dict.fromkeys(keys, each)})
            row = [each] * len(columns)
            shaped += [
                {"type": "table", "series": s, "columns": columns, "rows": [row] * 9}
                for s in (True, False)
                if columns
            ]
        for answer in shaped:
            try:
                answer = reply_validation.described(answer)
            except reply_validation.ForgedError:
                continue
            given = mark(question, solution(name), answer)
            assert given.points == 0 and given.words.encode(), answer


def test_no_more_threads_than_are_allowed(short, outside):
    source = outside + attacks.TOOLS + attacks.ALONE["threads with small stacks"]
    _, ended = short.run({"cells": [{"id": "bad", "source": source}], "probes": {}})
    assert ended is None or "more than 16 threads" in ended  # the kernel refuses, or the watch ends
