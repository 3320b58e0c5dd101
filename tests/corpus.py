"""Make submissions of every kind from an exercise's solution, with what each should get.

``kinds(name)`` lists them: right, partly right, each misconception, every kind of damage; and
``hostile(name)``: those that want marks they have not earned, or to do harm. Each is a function
that writes a student's folder. What single cells try is in test_grading_isolation.py.
"""

import copy
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from courseware.grading.classroom.reading import grade_id, source
from tests.exercises import exercise, notebook_dict
from tests.notebooks import ROOT

HINTED = 0  # points of a misconception


class Kind(NamedTuple):
    """One kind of submission.

    ``marks`` says what every checked question gets ("all", "none", or a dictionary of the questions
    that do not get all); ``trouble`` is a piece of the reason why a person must look, or None.
    """

    name: str
    write: Callable[[Path], None]
    marks: str | dict[str, int]
    trouble: str | None = None


def release(name: str) -> dict:
    """Return the released notebook as a dictionary."""
    return notebook_dict(ROOT / "exercises" / name / f"{name}.ipynb")


def answered(name: str, answers: dict[str, str] | None = None) -> dict:
    """Return the release with the solution's answers filled in, or with others."""
    solved = notebook_dict(exercise(name).notebook)
    texts = {grade_id(cell): source(cell) for cell in solved["cells"] if grade_id(cell)}
    texts |= answers or {}
    notebook = release(name)
    for cell in notebook["cells"]:
        marks = cell["metadata"].get("nbgrader", {})
        if marks.get("solution"):
            cell["source"] = texts[marks["grade_id"]]
    return notebook


def place_of(notebook: dict, id: str) -> int:
    """Return where the cell with this grade id is."""
    return next(n for n, cell in enumerate(notebook["cells"]) if grade_id(cell) == id)


def write(folder: Path, name: str, notebook: dict) -> None:
    """Write a notebook under the exercise's name, or another."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")


def kinds(name: str) -> Iterator[Kind]:
    """Yield every kind of submission to one exercise."""
    yield from _good(name)
    yield from _misconceptions(name)
    yield from _damaged(name)
    yield from _unreadable(name)


def _kind(name: str, what: str, change: Callable[[dict], dict | None], marks="all") -> Kind:
    """Return a kind that is the right submission, changed."""

    def make(folder: Path) -> None:
        notebook = answered(name)
        write(folder, name, change(notebook) or notebook)

    return Kind(what, make, marks)


def _good(name: str) -> Iterator[Kind]:
    questions = [question.id for question in exercise(name).checked]
    yield _kind(name, "right", lambda notebook: None)
    yield Kind("untouched", lambda folder: write(folder, name, release(name)), "none")
    for id in questions:
        unfinished = {
            f"{id}-answer": source(release(name)["cells"][place_of(release(name), f"{id}-answer")])
        }
        yield Kind(
            f"without {id}",
            lambda folder, some=unfinished: write(folder, name, answered(name, some)),
            {id: 0} if not _needed_later(name, id) else _without(name, id),
        )


def _needed_later(name: str, id: str) -> bool:
    """Return whether another answer of the solution uses what this one defines."""
    return bool(_without(name, id).keys() - {id})


def _without(name: str, id: str) -> dict[str, int]:
    """Return which questions fail without one answer: those whose cells use its names."""
    import ast

    solved = notebook_dict(exercise(name).notebook)
    texts = {grade_id(c): source(c) for c in solved["cells"] if grade_id(c)}
    lost: set[str] = set()
    failed = {id}
    for cell, text in texts.items():
        if not cell.endswith("-answer"):
            continue
        tree = ast.parse(text)
        used = {
            n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)
        }
        made = {
            n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        }
        made |= {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}
        question = cell.removesuffix("-answer")
        if question == id or used & lost:
            failed.add(question)
            lost |= made
        else:
            lost -= made
    return dict.fromkeys(failed, 0)


def _misconceptions(name: str) -> Iterator[Kind]:
    for question in exercise(name).checked:
        for number, known in enumerate(question.misconceptions):
            # All answers are right at first, so that the wrong one may use their names.
            text = f"\n{question.answer} = {known.wrong}"

            def change(notebook, id=question.id, text=text):
                cell = notebook["cells"][place_of(notebook, f"{id}-answer")]
                cell["source"] = source(cell) + text

            marks = dict.fromkeys(_after(name, question.id, question.answer), 0)
            yield _kind(name, f"misconception {question.id}.{number}", change, marks)


def _after(name: str, id: str, answer: str) -> set[str]:
    """Return the question, and those whose solution uses its answer later."""
    import ast

    solved = notebook_dict(exercise(name).notebook)
    found, passed = {id}, False
    for cell in solved["cells"]:
        own = (grade_id(cell) or "").removesuffix("-answer")
        if grade_id(cell) == id:
            passed = True
        elif passed and (grade_id(cell) or "").endswith("-answer"):
            names = {n.id for n in ast.walk(ast.parse(source(cell))) if isinstance(n, ast.Name)}
            if answer in names:
                found.add(own)
    return found


# --- Damage that is put right --------------------------------------------------------------


def _damaged(name: str) -> Iterator[Kind]:
    first, second = (question.id for question in exercise(name).checked[:2])
    written = next(q.id for q in exercise(name).questions.values() if q.written)

    def duplicated(notebook):
        place = place_of(notebook, f"{first}-answer")
        notebook["cells"].insert(place + 1, copy.deepcopy(notebook["cells"][place]))

    def duplicated_untouched(notebook):
        fresh = release(name)["cells"][place_of(release(name), f"{first}-answer")]
        notebook["cells"].append(fresh)

    def duplicated_check(notebook):
        notebook["cells"].append(copy.deepcopy(notebook["cells"][place_of(notebook, first)]))

    def split(notebook):
        place = place_of(notebook, f"{first}-answer")
        lines = source(notebook["cells"][place]).splitlines()
        notebook["cells"][place]["source"] = "\n".join(lines[:-1])
        own = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
        notebook["cells"].insert(place + 1, own | {"source": lines[-1]})

    def merged(notebook):
        place, next_place = (place_of(notebook, f"{id}-answer") for id in (first, second))
        cells = notebook["cells"]
        cells[place]["source"] = source(cells[place]) + "\n" + source(cells[next_place])
        del cells[next_place]

    def deleted_check(notebook):
        del notebook["cells"][place_of(notebook, first)]

    def deleted_text(notebook):
        notebook["cells"] = [
            c for c in notebook["cells"] if c["cell_type"] == "code" or grade_id(c)
        ]

    def reordered(notebook):
        random.Random(7).shuffle(notebook["cells"])

    def answer_as_text(notebook):
        cell = notebook["cells"][place_of(notebook, f"{first}-answer")]
        cell["cell_type"] = "markdown"
        del cell["outputs"], cell["execution_count"]

    def text_as_code(notebook):
        cell = notebook["cells"][place_of(notebook, written)]
        cell.update(cell_type="code", outputs=[], execution_count=None)

    def no_ids(notebook):
        for cell in notebook["cells"]:
            del cell["id"]

    def no_metadata(notebook):
        for cell in notebook["cells"]:
            cell["metadata"] = {}

    def nothing_but_text(notebook):
        no_ids(notebook)
        no_metadata(notebook)

    def format_3(notebook):
        cells = []
        for cell in notebook["cells"]:
            old = {"cell_type": cell["cell_type"], "metadata": cell["metadata"]}
            key = "input" if cell["cell_type"] == "code" else "source"
            cells.append(old | {key: source(cell).splitlines(keepends=True)})
        return {
            "nbformat": 3,
            "nbformat_minor": 0,
            "metadata": {},
            "worksheets": [{"cells": cells}],
        }

    def changed_given(notebook):
        cell = next(c for c in notebook["cells"] if grade_id(c) == "ex-setup")
        cell["source"] = "data = None"

    def own_cells(notebook):
        place = place_of(notebook, f"{first}-answer")
        answer = notebook["cells"][place]
        own = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
        notebook["cells"].insert(place, own | {"source": source(answer)})
        answer["source"] = "# see the cell above"

    def helper_above(notebook):
        own = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
        place = place_of(notebook, f"{first}-answer")
        notebook["cells"].insert(place, own | {"source": "a_name_of_my_own = 1 / 0"})

    def much_output(notebook):
        cell = next(c for c in notebook["cells"] if c["cell_type"] == "code")
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * 20_000_000}]

    def syntax_error_elsewhere(notebook):
        own = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
        notebook["cells"].append(own | {"source": "this is not Python ("})

    yield _kind(name, "answer duplicated", duplicated)
    yield _kind(name, "answer duplicated, untouched", duplicated_untouched)
    yield _kind(name, "check duplicated", duplicated_check)
    yield _kind(name, "answer split in two", split)
    yield _kind(name, "two answers merged", merged)
    yield _kind(name, "check deleted", deleted_check)
    yield _kind(name, "texts deleted", deleted_text)
    yield _kind(name, "cells shuffled", reordered)
    yield _kind(name, "answer turned into text", answer_as_text)
    yield _kind(name, "written answer turned into code", text_as_code)
    yield _kind(name, "cell ids lost", no_ids)
    yield _kind(name, "metadata lost", no_metadata)
    yield _kind(name, "ids and metadata lost", nothing_but_text)
    yield _kind(name, "notebook format 3", format_3)
    yield _kind(name, "a given cell changed", changed_given)
    yield _kind(name, "answer in a cell of one's own", own_cells)
    yield _kind(name, "an own cell that fails", helper_above)
    yield _kind(name, "20 MB of output", much_output)
    yield _kind(name, "a syntax error at the end", syntax_error_elsewhere)
    yield from _files(name)


def _files(name: str) -> Iterator[Kind]:
    """Yield submissions whose file, not its cells, is odd."""
    text = json.dumps(answered(name), ensure_ascii=False)

    def put(content: bytes, called: str = name) -> Callable[[Path], None]:
        def make(folder: Path) -> None:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{called}.ipynb").write_bytes(content)

        return make

    def two(folder: Path) -> None:
        write(folder, name, answered(name))
        write(folder, "Untitled", release(name))

    def deep(folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.ipynb").write_text("[" * 200_000, encoding="utf-8")

    last = exercise(name).checked[-1].id
    half = text[: text.index(f'"id": "{last}-answer"')]
    lost = [q.id for q in exercise(name).checked if f'"id": "{q.id}-answer"' not in half]
    yield Kind("renamed", put(text.encode(), "my answers"), "all")
    yield Kind("with a byte order mark", put(b"\xef\xbb\xbf" + text.encode()), "all")
    yield Kind("saved as UTF-16", put(text.encode("utf-16")), "all")
    yield Kind("saved as Latin-1", put(text.encode("latin-1", errors="replace")), "all")
    yield Kind("two notebooks", two, "all")
    yield Kind("cut off in the middle", put(half.encode()), dict.fromkeys(lost, 0))
    yield Kind("nested too deeply", deep, "none", "nested too deeply")


def _unreadable(name: str) -> Iterator[Kind]:
    other = next(other for other in _others(name))

    def put(content: bytes, called: str = name) -> Callable[[Path], None]:
        def make(folder: Path) -> None:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{called}.ipynb").write_bytes(content)

        return make

    def nothing(folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)

    def two_strangers(folder: Path) -> None:
        write(folder, "one", answered(name))
        write(folder, "two", answered(name))

    yield Kind("empty file", put(b""), "none", "empty")
    yield Kind("only blanks", put(b" \n "), "none", "empty")
    yield Kind("not JSON", put(b"PK\x03\x04 this is a zip"), "none", "no notebook")
    yield Kind("JSON, but no notebook", put(b'{"a": 1}'), "none", "no cells")
    yield Kind("a list", put(b"[1, 2]"), "none", "no cells")
    yield Kind("no file", nothing, "none", "No notebook was handed in")
    yield Kind("two notebooks, neither by name", two_strangers, "none", "Several notebooks")
    if other:
        text = json.dumps(other).encode()
        yield Kind("another exercise under this name", put(text), "none", "not this exercise")


def _others(name: str) -> Iterator[dict | None]:
    for path in sorted((ROOT / "exercises").glob("*/*.ipynb")):
        if path.stem != name:
            yield notebook_dict(path)
    yield None


# --- Hostility -----------------------------------------------------------------------------

#: name → (code of a cell of one's own at the end, a piece of the trouble or None): all points stay.
OWN_CELLS = {
    "endless loop in an own cell": ("while True:\n    pass", "endless loop"),
    "sleeping in an own cell": ("import time\ntime.sleep(1_000)", "endless loop"),
    "exit in an own cell": ("import os\nos._exit(0)", "ended the process"),
    "crash of the interpreter": ("import ctypes\nctypes.string_at(0)", "crashed"),
    "memory without end": ("x = ['a' * 1_000_000]\nwhile True:\n    x += x", None),
    "recursion without end": ("def f():\n    return f()\nf()", None),
    "flood of output": ("for _ in range(3_000):\n    print('x' * 10_000)", None),
    "an output that is a flood": ("'x' * 40_000_000", None),
    "a process left behind": ("import subprocess\nsubprocess.Popen(['sleep', '1000'])", None),
    "a fork left behind": ("import os\nif os.fork() == 0:\n    os.setsid()", None),
    "a thread left behind": (
        "import threading, time\nthreading.Thread(target=time.sleep, args=[1_000]).start()",
        None,
    ),
    "disk filled": (
        "for n in range(10_000):\n    open(f'f{n}', 'wb').write(b'x' * 1_000_000)",
        None,
    ),
    "signals to the parent": ("import os, signal\nos.kill(os.getppid(), signal.SIGKILL)", None),
    "garbage into the pipe": ("import os\nos.write(3, b'{}\\n')", "wrote to the pipe"),
    "json patched": ("import json\njson.dumps = lambda *a, **k: '{}'", "wrote to the pipe"),
    "script in an output": (
        "from IPython.display import HTML\nHTML('<script>alert(1)</script><img src=x onerror=x>')",
        None,
    ),
    "halves of characters": ('x = "\ud800"', None),
    "null characters": ("x = 1\0", None),
}
#: name → code of the first answer's cell, which is to give no point; NAME is the answer's.
ANSWERS = {
    "equal to everything": (
        "class All(float):\n    __eq__ = __ge__ = __le__ = lambda *a: True\n"
        "    __hash__ = None\n    __float__ = lambda self: 'all'\nNAME = All()"
    ),
    "an answer that exits when looked at": (
        "class Exit:\n    def __getattribute__(self, name):\n        raise SystemExit\n"
        "NAME = Exit()"
    ),
    "an answer nested without end": "NAME = []\nfor _ in range(100_000):\n    NAME = [NAME]",
    "an answer of a million items": "NAME = list(range(1_000_000))",
    "solutions read": (
        "from pathlib import Path\nNAME = [p.read_text() for p in Path('/').rglob('checks.yaml')]"
    ),
    "gradebook read": "import sqlite3\nNAME = sqlite3.connect('GRADEBOOK').execute('select 1')",
    "checks patched": (
        "import courseware.checks as checks\nfrom courseware.checks import describe, public\n"
        "checks.check = checks.problem = lambda *a, **k: None\n"
        "public.KINDS.clear()\ndescribe._single = lambda value: {'type': 'number', 'value': True}"
    ),
    "comparisons patched": (
        "import math\nimport numpy as np\nimport pandas.testing as testing\n"
        "math.isclose = np.array_equal = lambda *a, **k: True\n"
        "testing.assert_frame_equal = lambda *a, **k: None\nNAME = 123.456"
    ),
}


def hostile(name: str) -> Iterator[Kind]:
    """Yield submissions that are after marks or harm, with what each gets all the same."""
    first = exercise(name).checked[0]
    lost = _without(name, first.id)
    for what, (code, trouble) in OWN_CELLS.items():
        yield Kind(what, _with_own_cell(name, code), "all", trouble)
    for what, code in ANSWERS.items():
        text = {f"{first.id}-answer": code.replace("NAME", first.answer)}
        make = _kind(name, what, lambda _, text=text: answered(name, text)).write
        yield Kind(what, make, lost)
    exits = "\nimport os\nos._exit(0)"
    yield Kind("exit in an answer", _answer_and(name, first.id, exits), lost, "ended the process")
    yield Kind("points forged", _forged(name, first.id), lost)


def code_cell(text: str) -> dict:
    """Return a code cell of a student's own."""
    own = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    return own | {"source": text}


def _with_own_cell(name: str, code: str) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        notebook = answered(name)
        notebook["cells"].append(code_cell(code))
        write(folder, name, notebook)

    return make


def _answer_and(name: str, id: str, more: str) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        notebook = answered(name)
        cell = notebook["cells"][place_of(notebook, f"{id}-answer")]
        cell["source"] = source(cell) + more
        write(folder, name, notebook)

    return make


def _forged(name: str, id: str) -> Callable[[Path], None]:
    """Return a submission with marks of its own: more points, unlocked checks, graded cells."""

    def make(folder: Path) -> None:
        notebook = answered(name, {f"{id}-answer": "pass"})
        for cell in notebook["cells"]:
            if grade_id(cell) == id:
                cell["metadata"]["nbgrader"] |= {"locked": False, "points": 1000}
                cell["source"] = "assert True"
            elif grade_id(cell) == f"{id}-answer":
                cell["metadata"]["nbgrader"] |= {"grade": True, "points": 1000}
        marks = {"grade": True, "solution": False, "points": 1000, "schema_version": 3}
        for own in ("q99", id):
            cell = code_cell("True")
            cell["metadata"] = {"nbgrader": {**marks, "grade_id": own, "locked": True}}
            notebook["cells"].append(cell)
        write(folder, name, notebook)

    return make
