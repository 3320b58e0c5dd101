"""Make submissions of every kind from an exercise's solution, with what each should get.

``kinds(name)`` lists them: right, partly right, each misconception, every kind of damage; and
``hostile(name)``: those that want marks they have not earned, or to do harm. Each is a function
that writes a student's folder. What single cells try is in test_grading_isolation.py.
"""

import ast
import copy
import json
import random
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from coursestaff.exercises.cells import grade_id, source
from tests.cases import some
from tests.exercises import exercise, notebook_dict
from tests.handins import (
    answered,
    cell,
    code_cell,
    place_of,
    release,
    with_cells,
    with_text,
    write,
)
from tests.notebooks import ROOT


class Kind(NamedTuple):
    """One kind of submission.

    ``marks`` says what every checked question gets ("all", "none", or a dictionary of the questions
    that do not get all); ``trouble`` is a piece of the reason why a person must look, or None;
    ``group`` is one of `GROUPS`, or "hostile".
    """

    name: str
    write: Callable[[Path], None]
    marks: str | dict[str, int]
    trouble: str | None = None
    group: str = ""


def kinds(name: str) -> Iterator[Kind]:
    """Yield every kind of submission to one exercise that means no harm."""
    for group, made in GROUPS.items():
        yield from (kind._replace(group=group) for kind in made(name))


def hostile(name: str) -> Iterator[Kind]:
    """Yield submissions that are after marks or harm, with what each gets all the same."""
    yield from (kind._replace(group="hostile") for kind in _hostile(name))


def every(name: str) -> list[Kind]:
    """Return every kind of submission to one exercise, hostile ones last."""
    return [*kinds(name), *hostile(name)]


def several(alike: list[Kind], step: int, first: int = 0) -> list[Kind]:
    """Return one of every so many of each group: for roads that end in the one that tries them all.

    Args:
        alike: kinds of submissions.
        step: of how many to return one; of each group at least one.
        first: which of the first so many; another on each road.

    """
    groups = {kind.group: [each for each in alike if each.group == kind.group] for kind in alike}
    return [kind for group in groups.values() for kind in some(group, step, first)]


def without_clock(trouble: str | None) -> str:
    """Return a reason without which clock ended a cell: on a busy machine it is the other one."""
    return re.sub(r"stopped after [\d.]+ seconds(?: of computing)?", "stopped", trouble or "")


def _kind(
    name: str,
    what: str,
    change: Callable[[dict], dict | None],
    marks="all",
    trouble: str | None = None,
) -> Kind:
    """Return a kind that is the right submission, changed."""

    def make(folder: Path) -> None:
        notebook = answered(name)
        write(folder, name, change(notebook) or notebook)

    return Kind(what, make, marks, trouble)


def _file(what: str, file: str, content: bytes, marks="all", trouble: str | None = None) -> Kind:
    """Return a kind that is one file of any content."""
    return Kind(what, lambda folder: write(folder, file, content), marks, trouble)


# --- Work that is whole: right, not begun, without one answer, with a known mistake ---------


def _plain(name: str) -> Iterator[Kind]:
    fresh = release(name)
    yield _kind(name, "right", lambda notebook: None)
    yield Kind("untouched", lambda folder: write(folder, name, fresh), "none")
    for question in exercise(name).checked:
        answer = f"{question.id}-answer"
        unfinished = {answer: source(cell(fresh, answer))}
        less = partial(lambda some, _: answered(name, some), unfinished)
        yield _kind(name, f"without {question.id}", less, _without(name, question.id))


def _parsed(name: str) -> dict[str, ast.Module]:
    """Return the code of the solution's answers by question, in the notebook's order."""
    return {
        id.removesuffix("-answer"): ast.parse(source(each))
        for each in notebook_dict(exercise(name).notebook)["cells"]
        if (id := grade_id(each) or "").endswith("-answer")
    }


def _names(tree: ast.Module, *contexts: type[ast.expr_context]) -> set[str]:
    """Return the names that code loads or stores."""
    names = (node for node in ast.walk(tree) if isinstance(node, ast.Name))
    return {node.id for node in names if isinstance(node.ctx, contexts)}


def _without(name: str, unanswered: str) -> dict[str, int]:
    """Return which questions fail without one answer: those whose cells use its names."""
    lost: set[str] = set()
    failed = {unanswered}
    for question, tree in _parsed(name).items():
        made = _names(tree, ast.Store)
        made |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        if question == unanswered or _names(tree, ast.Load) & lost:
            failed.add(question)
            lost |= made
        else:
            lost -= made
    return dict.fromkeys(failed, 0)


def _misconceptions(name: str) -> Iterator[Kind]:
    for question in exercise(name).checked:
        for number, known in enumerate(question.misconceptions):
            # All answers are right at first, so that the wrong one may use their names.
            change = _below(question.id, f"\n{question.answer} = {known.wrong}")
            marks = dict.fromkeys(_after(name, question.id, question.answer), 0)
            yield _kind(name, f"misconception {question.id}.{number}", change, marks)


def _below(question: str, text: str) -> Callable[[dict], dict]:
    """Return what puts more below an answer."""
    return partial(with_text, name=f"{question}-answer", text=text)


#: name → (what is done to a right chart, how many points that costs; None: all).
TO_A_CHART = {
    "a chart without a title": ("CHART.set_title('')", 1),
    "a chart without its unit": ("CHART.set(xlabel='', ylabel='')", 1),
    "a chart without a word": ("CHART.set(title='', xlabel='', ylabel='')", 2),
    "a chart in ink that is not there": (
        "for part in [*CHART.patches, *CHART.lines]:\n    part.set_alpha(0)",
        None,
    ),
    "a chart that shows a corner": ("CHART.set(xlim=(0, 0.1), ylim=(0, 0.1))", None),
}


def _charts(name: str) -> Iterator[Kind]:
    """Yield right charts that do not say, or do not show, what the question asks."""
    for question in exercise(name).checked:
        for what, (code, cost) in TO_A_CHART.items() if "marks" in question.public else ():
            change = _below(question.id, "\n" + code.replace("CHART", question.answer))
            left = 0 if cost is None else max(question.points - cost, 1)
            yield _kind(name, what, change, {question.id: left})


def _after(name: str, question: str, answer: str) -> set[str]:
    """Return the question, and those whose solution uses its answer later."""
    trees = _parsed(name)
    later = list(trees)[list(trees).index(question) + 1 :]
    return {
        question,
        *(other for other in later if answer in _names(trees[other], ast.expr_context)),
    }


# --- Damage that is put right --------------------------------------------------------------


def _answer(notebook: dict, name: str, number: int = 0) -> int:
    """Return where the answer to the first checked question is, or to a later one."""
    return place_of(notebook, f"{exercise(name).checked[number].id}-answer")


def _duplicated(notebook: dict, name: str) -> None:
    place = _answer(notebook, name)
    notebook["cells"].insert(place + 1, copy.deepcopy(notebook["cells"][place]))


def _duplicated_untouched(notebook: dict, name: str) -> None:
    fresh = release(name)
    notebook["cells"].append(fresh["cells"][_answer(fresh, name)])


def _duplicated_check(notebook: dict, name: str) -> None:
    notebook["cells"].append(copy.deepcopy(cell(notebook, exercise(name).checked[0].id)))


def _split(notebook: dict, name: str) -> None:
    place = _answer(notebook, name)
    *lines, last = source(notebook["cells"][place]).splitlines()
    notebook["cells"][place]["source"] = "\n".join(lines)
    notebook["cells"].insert(place + 1, code_cell(last))


def _merged(notebook: dict, name: str) -> None:
    cells = notebook["cells"]
    place, next_place = (_answer(notebook, name, number) for number in (0, 1))
    cells[place]["source"] = source(cells[place]) + "\n" + source(cells[next_place])
    del cells[next_place]


def _deleted_check(notebook: dict, name: str) -> None:
    del notebook["cells"][place_of(notebook, exercise(name).checked[0].id)]


def _deleted_texts(notebook: dict, name: str) -> None:
    cells = notebook["cells"]
    notebook["cells"] = [each for each in cells if each["cell_type"] == "code" or grade_id(each)]


def _shuffled(notebook: dict, name: str) -> None:
    random.Random(7).shuffle(notebook["cells"])


def _answer_as_text(notebook: dict, name: str) -> None:
    answer = notebook["cells"][_answer(notebook, name)]
    answer["cell_type"] = "markdown"
    del answer["outputs"], answer["execution_count"]


def _box(name: str) -> str:
    """Return the question with a written answer."""
    return next(question.id for question in exercise(name).questions.values() if question.written)


def _text_as_code(notebook: dict, name: str) -> None:
    cell(notebook, _box(name)).update(cell_type="code", outputs=[], execution_count=None)


def _without_ids(notebook: dict, name: str) -> None:
    for each in notebook["cells"]:
        del each["id"]


def _without_metadata(notebook: dict, name: str) -> None:
    for each in notebook["cells"]:
        each["metadata"] = {}


def _without_both(notebook: dict, name: str) -> None:
    _without_ids(notebook, name)
    _without_metadata(notebook, name)


def _format_3(notebook: dict, name: str) -> dict:
    cells = []
    for each in notebook["cells"]:
        old = {"cell_type": each["cell_type"], "metadata": each["metadata"]}
        key = "input" if each["cell_type"] == "code" else "source"
        cells.append(old | {key: source(each).splitlines(keepends=True)})
    sheets = [{"cells": cells}]
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": sheets}


def _changed_given(notebook: dict, name: str) -> None:
    cell(notebook, "ex-setup")["source"] = "data = None"


def _answer_in_own_cell(notebook: dict, name: str) -> None:
    place = _answer(notebook, name)
    answer = notebook["cells"][place]
    notebook["cells"].insert(place, code_cell(source(answer)))
    answer["source"] = "# see the cell above"


def _failing_own_cell(notebook: dict, name: str) -> None:
    notebook["cells"].insert(_answer(notebook, name), code_cell("a_name_of_my_own = 1 / 0"))


def _much_output(notebook: dict, name: str) -> None:
    first = next(each for each in notebook["cells"] if each["cell_type"] == "code")
    first["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * 20_000_000}]


def _syntax_error(notebook: dict, name: str) -> None:
    with_cells(notebook, "this is not Python (")


#: name → what is done to the right submission of an exercise: all points stay.
DAMAGE: dict[str, Callable[[dict, str], dict | None]] = {
    "answer duplicated": _duplicated,
    "answer duplicated, untouched": _duplicated_untouched,
    "check duplicated": _duplicated_check,
    "answer split in two": _split,
    "two answers merged": _merged,
    "check deleted": _deleted_check,
    "texts deleted": _deleted_texts,
    "cells shuffled": _shuffled,
    "answer turned into text": _answer_as_text,
    "written answer turned into code": _text_as_code,
    "cell ids lost": _without_ids,
    "metadata lost": _without_metadata,
    "ids and metadata lost": _without_both,
    "notebook format 3": _format_3,
    "a given cell changed": _changed_given,
    "answer in a cell of one's own": _answer_in_own_cell,
    "an own cell that fails": _failing_own_cell,
    "20 MB of output": _much_output,
    "a syntax error at the end": _syntax_error,
}


def _damaged(name: str) -> Iterator[Kind]:
    for what, change in DAMAGE.items():
        yield _kind(name, what, partial(change, name=name))
    yield from _files(name)


def _files(name: str) -> Iterator[Kind]:
    """Yield submissions whose file, not its cells, is odd."""
    text = json.dumps(answered(name), ensure_ascii=False)

    last = exercise(name).checked[-1].id
    half = text[: text.index(f'"id": "{last}-answer"')]
    lost = [q.id for q in exercise(name).checked if f'"id": "{q.id}-answer"' not in half]
    for what, file, content in (
        ("renamed", "my answers", text.encode()),
        ("with a byte order mark", name, b"\xef\xbb\xbf" + text.encode()),
        ("saved as UTF-16", name, text.encode("utf-16")),
        ("saved as Latin-1", name, text.encode("latin-1", errors="replace")),
    ):
        yield _file(what, file, content)
    marks, trouble = dict.fromkeys(lost, 0), "answers may be lost"
    yield _file("cut off in the middle", name, half.encode(), marks, trouble)


# --- Answers beside their box ---------------------------------------------------------------

ESSAY = (
    "Two figures of this exercise speak for the word. Trade with China grew by forty per cent in "
    "half a year, by China's customs, and it sold more than it bought."
)


def _beside(name: str) -> Iterator[Kind]:
    """Yield submissions whose written box is untouched, with text elsewhere, or without any."""
    box = _box(name)
    blank = {box: source(cell(release(name), box))}

    def with_cell(kind: str, text: str, at: str | None = None) -> Callable[[dict], dict]:
        def change(_: dict) -> dict:
            notebook = answered(name, blank)
            own = code_cell(text) if kind == "code" else {"cell_type": kind, "metadata": {}}
            place = len(notebook["cells"]) if at is None else place_of(notebook, at)
            notebook["cells"].insert(place, own | {"source": text, "id": "my-own"})
            return notebook

        return change

    def in_question(_: dict) -> dict:
        notebook = answered(name, blank)
        asked = notebook["cells"][place_of(notebook, box) - 1]
        asked["source"] = f"{source(asked)}\n\n{ESSAY}"
        return notebook

    waits = f"The box of {box} is unchanged"
    for what, change in {
        "written below its box": with_cell("markdown", ESSAY),
        "written above its question": with_cell("markdown", ESSAY, "ex-setup"),
        "written in a raw cell": with_cell("raw", ESSAY),
        "written in a code cell": with_cell("code", ESSAY),
        "written as a comment": with_cell("code", f"# {ESSAY[:80]}\n# {ESSAY[80:]}"),
        "written as a string": with_cell("code", f'answer = """{ESSAY}"""'),
        "written inside the question's own cell": in_question,
        "written below another answer": lambda _: with_text(
            answered(name, blank), f"{exercise(name).checked[0].id}-answer", f"\n# {ESSAY}"
        ),
    }.items():
        yield _kind(name, what, change, trouble=waits)
    short = with_cell("code", "# a look at the table\nprint('done')", "ex-setup")
    yield _kind(name, "nothing written, and a cell of one's own", short)
    yield _kind(name, "nothing written", lambda _: answered(name, blank))


# --- Several notebooks -----------------------------------------------------------------------


def _several(name: str) -> Iterator[Kind]:
    first = exercise(name).checked[0]
    wrong = {f"{first.id}-answer": f"{first.answer} = -1"}
    lost = _without(name, first.id)

    def all_of(files: dict[str, dict | bytes]) -> Callable[[Path], None]:
        def make(folder: Path) -> None:
            for file, content in files.items():
                write(folder, file, content)

        return make

    good, fresh, other = answered(name), release(name), answered(name, wrong)
    begun = release(name)
    begun["cells"][_answer(begun, name)]["source"] = source(good["cells"][_answer(good, name)])
    differ = "Several notebooks with different answers"
    for what, files, marks, trouble in (
        ("a blank one beside", {name: good, "Untitled": fresh}, "all", None),
        ("the blank one by name", {name: fresh, "mine": good}, "all", None),
        ("Canvas' second one", {name: fresh, f"{name}-1": good}, "all", None),
        ("Canvas' second one is blank", {name: good, f"{name}-1": fresh}, "all", None),
        ("an early copy", {name: begun, f"{name}-Copy1": good}, "all", None),
        ("neither by name", {"one": good, "two": good}, "all", None),
        ("the right one last", {name: other, f"{name}-1": good}, "all", differ),
        ("the right one first", {name: good, f"{name}-1": other}, lost, differ),
        ("one is a ruin", {name: other, "mine": b""}, lost, "answers in it may be missing"),
        ("one is a ruin, the other right", {name: good, "mine": b""}, "all", None),
        ("another one's exercise", {name: good, "notes": {"cells": [code_cell("1")]}}, "all", None),
    ):
        yield Kind(f"two notebooks: {what}", all_of(files), marks, trouble)


# --- What works at home and not where work is graded -----------------------------------------

#: name → what stands above the first answer in its cell: nothing is lost.
ABOVE = {
    "input() above an answer": 'name = input("What is your name? ")',
    "a password above an answer": "import getpass\ngetpass.getpass()",
    "!ls above an answer": "!ls",
    "!pip above an answer": "!pip install seaborn",
    "%pip above an answer": "%pip install seaborn",
    "files = !ls above an answer": "files = !ls\nlen(files)",
    "os.system above an answer": "import os\nos.system('cls')",
    "a table by its path": (
        "import pandas as pd\nassert len(pd.read_csv('../../data/us_prices.csv')) > 5"
    ),
    "a file written and read": (
        "from pathlib import Path\nPath('a.txt').write_text('1')\nPath('a.txt').read_text()"
    ),
    "the user's name": "import getpass\ngetpass.getuser()",
}
#: name → what stands above the first answer in its cell and loses it, and what is told of it.
LOSING = {
    "an answer that is typed in": ("typed = float(input())", "uses input()"),
    "an answer that asks a shell": ("files = !ls\nfiles[0]", "calls another program"),
    "a program above an answer": (
        "import subprocess\nsubprocess.run(['git', 'version'], check=True)",
        "stops with PermissionError",
    ),
    "a module that is not here": ("import a_module_of_mine", "stops with ModuleNotFoundError"),
    "a file that is not here": ("open('/home/me/mine.csv')", "stops with FileNotFoundError"),
}


def _place(name: str) -> Iterator[Kind]:
    first = exercise(name).checked[0]
    lost, answer = _without(name, first.id), f"{first.id}-answer"
    solved = {grade_id(each): source(each) for each in answered(name)["cells"]}

    def above(code: str) -> Callable[[dict], dict]:
        return lambda _: answered(name, {answer: f"{code}\n{solved[answer]}"})

    for what, code in ABOVE.items():
        yield _kind(name, what, above(code))
    for what, (code, trouble) in LOSING.items():
        yield _kind(name, what, above(code), lost, trouble)

    def from_a_cell_above(code: str, text: str) -> Callable[[dict], dict]:
        def change(_: dict) -> dict:
            notebook = answered(name, {answer: text})
            notebook["cells"].insert(_answer(notebook, name), code_cell(code))
            return notebook

        return change

    reads = "import pandas as pd\nmine = pd.read_csv('mine.csv')"
    uses = from_a_cell_above(reads, f"{first.answer} = mine.iloc[0, 0]")
    yield _kind(name, "an answer from a file that is not here", uses, lost, "'mine.csv'")
    wrong = from_a_cell_above(reads, f"{first.answer} = -1")
    yield _kind(name, "a wrong answer below a file that is not here", wrong, lost)
    bash = from_a_cell_above("%%bash\nls -l", solved[answer])
    yield _kind(name, "a cell for the shell above an answer", bash)

    def with_file(file: str, content: bytes, code: str) -> Callable[[Path], None]:
        def make(folder: Path) -> None:
            write(folder, name, above(code)({}))
            (folder / file).write_bytes(content)

        return make

    same, shadow = b"def same(x):\n    return x\n", b"raise ValueError\n"
    is_read = "assert open('mine.csv', 'rb').read()[2] == 0xe9"
    for what, file, content, code in (
        ("a help file beside it", "helper.py", same, "from helper import same"),
        ("a table beside it", "mine.csv", b"a\n\xe9\n", is_read),
        ("a file with a library's name beside it", "json.py", shadow, "import json\njson.dumps(1)"),
    ):
        yield Kind(what, with_file(file, content, code), "all")
    large = with_file("mine.csv", b"a" * 3_000_000, "open('mine.csv')")
    yield Kind("a file too large to come along", large, lost, "'mine.csv'")


# --- What an answer makes of something that the exercise gives --------------------------------

#: exercise → name → (what stands below answers, the marks of those that lose, what is told).
GIVEN: dict[str, dict[str, tuple[dict[str, str], dict[str, int], str | None]]] = {
    "02_the_trade_lifeline": {
        "a given table without a column that is needed later": (
            {"q6": "products = products.drop(columns=2023)"},
            {"q7": 0},
            "The cell 'q6-answer' changes `products`, which the exercise had set",
        ),
        "a given table changed in place": (
            {"q6": "products.drop(columns=2023, inplace=True)"},
            {"q7": 0},
            "changes `products`",
        ),
        "a column of a given table deleted": (
            {"q6": "del products[2023]"},
            {"q7": 0},
            "changes `products`",
        ),
        "a given value changed, another one is made of": (
            {"q1": "trade = trade.drop(columns='China sold')"},
            {"q3": 0},
            "Look at q3",
        ),
        "a given table changed, and nothing lost": (
            {"q6": "products = products.sort_index()"},
            {},
            None,
        ),
        "a given table changed, and lost what does not use it": (
            {"q6": "products = products.sort_index()", "q8": "stands = 'A'"},
            {"q8": 0},
            None,
        ),
        "a given table changed where it is lost itself": (
            {"q7": "products = products.drop(columns=2023)\nchart = products.plot.bar()"},
            {"q7": 0},
            None,
        ),
        "a given table changed before it is given": (
            {"q5": "products = None", "q7": "chart = 1"},
            {"q7": 0},
            None,
        ),
        "a given name counted with": (
            {"q1": "[now for now in range(3)]\ndef f():\n    then = 1", "q2": "growth_total = now"},
            {"q2": 0},
            None,
        ),
        "a given table with the column that is asked, and a wrong sum": (
            {"q5": "real_growth = sales.loc[2013, 'China sold']"},
            {"q5": 0},
            None,
        ),
    },
    "05_silk_roads_then_and_now": {
        "a given table without the columns that are needed later": (
            {"q5": "sold = sold.drop(columns=['Russia', 'Myanmar', 'all sellers'])"},
            {"q7": 0},
            "The cell 'q5-answer' changes `sold`, which the exercise had set",
        ),
    },
}


def _given(name: str) -> Iterator[Kind]:
    solved = {grade_id(each): source(each) for each in answered(name)["cells"]}
    for what, (below, marks, trouble) in GIVEN.get(name, {}).items():
        texts = {f"{q}-answer": f"{solved[f'{q}-answer']}\n{text}" for q, text in below.items()}
        make = partial(lambda texts, _: answered(name, texts), texts)
        yield _kind(name, what, make, marks, trouble)


# --- Files that nobody can read ------------------------------------------------------------


def _unreadable(name: str) -> Iterator[Kind]:
    exercises = sorted((ROOT / "exercises").glob("*/*.ipynb"))
    other = next((path for path in exercises if path.stem != name), exercises[0])

    def nothing(folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)

    def two_ruins(folder: Path) -> None:
        for each in ("one", "two"):
            write(folder, each, b"")

    for what, content, trouble in (
        ("empty file", b"", "empty"),
        ("only blanks", b" \n ", "empty"),
        ("not JSON", b"PK\x03\x04 this is a zip", "not a notebook"),
        ("JSON, but no notebook", b'{"a": 1}', "no cells"),
        ("a list", b"[1, 2]", "no cells"),
        ("nested too deeply", b"[" * 200_000, "brackets inside other brackets"),
        ("another exercise under this name", other.read_bytes(), "not belong to this exercise"),
    ):
        yield _file(what, name, content, "none", trouble)
    yield Kind("no file", nothing, "none", "No notebook was handed in")
    yield Kind("two notebooks that nobody can read", two_ruins, "none", "one.ipynb, two.ipynb: ")


#: Groups of submissions that mean no harm, from the good to the hopeless.
GROUPS: dict[str, Callable[[str], Iterator[Kind]]] = {
    "plain": _plain,
    "misconception": _misconceptions,
    "chart": _charts,
    "damaged": _damaged,
    "beside": _beside,
    "several": _several,
    "place": _place,
    "given": _given,
    "unreadable": _unreadable,
}


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
    "garbage into the pipe": ("import os\nos.write(3, b'{}\\n')", "cannot be read"),
    "json patched": ("import json\njson.dumps = lambda *a, **k: '{}'", "cannot be read"),
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
        "from pathlib import Path\nplaces = ('/home', '/srv', '/tmp', '../..')\n"
        "NAME = [p.read_text() for place in places for p in Path(place).rglob('checks.yaml')]"
    ),
    "gradebook read": "import sqlite3\nNAME = sqlite3.connect('GRADEBOOK').execute('select 1')",
    "checks patched": (
        "from courseware.answers import kinds\nfrom courseware.checks import public\n"
        "public.check = public.problem = kinds.problem = lambda *a, **k: None\n"
        "kinds.KINDS.clear()"
    ),
    "comparisons patched": (
        "import math\nimport numpy as np\nimport pandas.testing as testing\n"
        "math.isclose = np.array_equal = lambda *a, **k: True\n"
        "testing.assert_frame_equal = lambda *a, **k: None\nNAME = 123.456"
    ),
}


def _hostile(name: str) -> Iterator[Kind]:
    first = exercise(name).checked[0]
    lost = _without(name, first.id)
    for what, (code, trouble) in OWN_CELLS.items():
        yield _kind(name, what, partial(lambda code, n: with_cells(n, code), code), trouble=trouble)
    for what, code in ANSWERS.items():
        text = {f"{first.id}-answer": code.replace("NAME", first.answer)}
        yield _kind(name, what, partial(lambda text, _: answered(name, text), text), lost)
    exits = _below(first.id, "\nimport os\nos._exit(0)")
    yield _kind(name, "exit in an answer", exits, lost, "ended the process")
    yield _kind(name, "points forged", partial(_forged, name, first.id), lost)


def _forged(name: str, question: str, _: dict) -> dict:
    """Return a submission with marks of its own: more points, unlocked checks, graded cells."""
    notebook = answered(name, {f"{question}-answer": "pass"})
    check = cell(notebook, question)
    check["metadata"]["nbgrader"] |= {"locked": False, "points": 1000}
    check["source"] = "assert True"
    answer = cell(notebook, f"{question}-answer")
    answer["metadata"]["nbgrader"] |= {"grade": True, "points": 1000}
    marks = {"grade": True, "solution": False, "points": 1000, "schema_version": 3}
    for own in ("q99", question):
        nbgrader = {**marks, "grade_id": own, "locked": True}
        notebook["cells"].append(code_cell("True") | {"metadata": {"nbgrader": nbgrader}})
    return notebook
