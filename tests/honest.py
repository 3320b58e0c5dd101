"""Honest students for every exercise: whole notebooks, put together from right answers.

`fixtures/honest/NN_name.md` has, under the id of each question, up to three answers that are right
by the words of the question, each of another kind: another road to the value, another form of it,
or what was rounded or typed. `# %% own cell` begins a cell of the student's own. Student n takes
the n-th answer to each question, round and round, and has a habit that goes through the whole
notebook. The tests grade five of each exercise, and this one of every habit:

    python -m tests.honest [02_the_trade_lifeline ...]         as the course grades them
    python -m tests.honest --own [02_the_trade_lifeline ...]   as their own checks see them
"""

import argparse
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

from coursestaff.marking import coordinator
from tests import corpus
from tests.exercises import NAMES, exercise, run, shown
from tests.graded import new_course
from tests.notebooks import ROOT, offline

ALL = range(7)
#: Those that the tests grade: two in `make test`, and three more in `make test-all`.
TWO, THREE = range(2, 4), range(4, 7)
#: What answers call without having it, where the exercise does not import it itself.
IMPORTS = {"pd": "import pandas as pd", "plt": "import matplotlib.pyplot as plt"}
OWN_CELL = "\n# %% own cell\n"
SCRATCH = [
    "x = [1, 2, 3]\ni = sum(x)\nresult = i / len(x) * 100\nresult",
    "%who",
    "data.load?",
    "%%time\nsum(range(1000))",
    "!ls",
    "with open('notes.txt', 'w') as file:\n    file.write('Look at question 3 again.')",
    "import matplotlib.pyplot as plt\n\nplt.plot([1, 2], [3, 5])\nplt.savefig('trial.png')",
    "row = column = value = 1\ndisplay(row + column, value)",
]
ESSAY = "By China's customs the figure rose; by the World Bank it did not. I would print the first."


class Loss(NamedTuple):
    """A question of which an honest student's answer did not get all points."""

    exercise: str
    student: int
    question: str
    words: str  #: why
    source: str  #: the answer

    def __str__(self) -> str:
        return (
            f"{self.exercise}, student {self.student}, {self.question}: {self.words}\n{self.source}"
        )


@cache
def answers(name: str) -> dict[str, list[str]]:
    """Return the right answers to each question of an exercise, as sources."""
    text = (ROOT / f"tests/fixtures/honest/{name}.md").read_text(encoding="utf-8")
    _, *parts = re.split(r"^## (\S+)$", text, flags=re.M)
    fence = re.compile(r"^```python\n(.*?)\n```$", flags=re.M | re.S)
    return dict(zip(parts[::2], map(fence.findall, parts[1::2]), strict=True))


def student(name: str, number: int) -> nbformat.NotebookNode:
    """Return the notebook of one student, made from the exercise as it is released."""
    notebook = nbformat.read(ROOT / f"exercises/{name}/{name}.ipynb", as_version=4)
    asked = {question: names(notebook, question) for question in answers(name)}
    for question, sources in answers(name).items():
        _answer(notebook, question, sources[number % len(sources)], at_the_top=number % 2 == 0)
    cell(notebook, "q9").source = ESSAY
    HABITS[number % len(HABITS)](notebook, asked)
    return notebook


def cell(notebook: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
    """Return the cell of that id."""
    return next(one for one in notebook.cells if one.get("id") == name)


def names(notebook: nbformat.NotebookNode, question: str) -> list[str]:
    """Return the names that a question of the released exercise asks for."""
    source = cell(notebook, f"{question}-answer").source
    return re.findall(r"^(?:def )?(\w+)(?: = |\()", source, flags=re.M)


def _answer(notebook, question: str, source: str, at_the_top: bool) -> None:
    """Write an answer into its cell, with the imports it lacks, there or below the exercise's."""
    place, setup = cell(notebook, f"{question}-answer"), cell(notebook, "ex-setup")
    missing = [
        line
        for name, line in IMPORTS.items()
        if re.search(rf"\b{name}\.", source) and line not in setup.source + source
    ]
    place.source, *more = source.split(OWN_CELL)
    for part in more:
        _insert(notebook, place, 1, new_code_cell(part))
    if missing and at_the_top:
        _insert(notebook, setup, 1, new_code_cell("\n".join(missing)))
    elif missing:
        place.source = "\n".join([*missing, "", place.source])


def _insert(notebook, beside, after: int, own) -> None:
    """Put a cell of the student's own before (0) or after (1) another."""
    own["id"] = f"own-cell-{sum(one.id.startswith('own-cell') for one in notebook.cells)}"
    place = next(i for i, one in enumerate(notebook.cells) if one is beside)
    notebook.cells.insert(place + after, own)


def _plain(notebook, asked) -> None:
    """Add nothing."""


def _prints(notebook, asked) -> None:
    """Print each answer in a cell below its check."""
    for question, its_names in asked.items():
        for name in its_names:
            shown = new_code_cell(f"print({name!r}, {name}, type({name}))")
            beside = f"{question}-answer" if question == "own" else question
            _insert(notebook, cell(notebook, beside), 1, shown)


def _notes(notebook, asked) -> None:
    """Write notes: a cell of one's own under the title, a line below a question, comments."""
    _insert(notebook, cell(notebook, "ex-title"), 1, new_markdown_cell("## My notes\n\nTo do: 9."))
    for question in asked:
        place = cell(notebook, f"{question}-answer")
        above = notebook.cells[notebook.cells.index(place) - 1]
        if above.cell_type == "markdown":
            above.source += "\n\n*Done.*"
        place.source = f"# My answer to {question}\n\n{place.source}\n"


def _settings(notebook, asked) -> None:
    """Begin as in any notebook of one's own, with settings that change how things look."""
    lines = [
        "%matplotlib inline",
        "import warnings",
        "import numpy as np",
        "import pandas as pd",
        "import matplotlib.pyplot as plt",
        "warnings.filterwarnings('ignore')",
        "pd.set_option('display.precision', 2)",
        "plt.style.use('ggplot')",
        "plt.rcParams['figure.figsize'] = (8, 3)",
    ]
    _insert(notebook, cell(notebook, "ex-setup"), 0, new_code_cell("\n".join(lines)))


def _scratch(notebook, asked) -> None:
    """Try things out in cells of one's own, with short names and magics, and leave them."""
    for question, tried in zip(asked, cycle(SCRATCH)):
        _insert(notebook, cell(notebook, f"{question}-answer"), 0, new_code_cell(tried))
    notebook.cells += [new_code_cell("", id="own-empty"), new_markdown_cell("", id="own-last")]


def _asks(notebook, asked) -> None:
    """Ask for a check again, as whoever is alone does, and for help."""
    for question in asked:
        if question != "own":
            full = new_code_cell(f'check("{question}", full=True)')
            _insert(notebook, cell(notebook, question), 1, full)
    _insert(notebook, cell(notebook, "ex-setup"), 1, new_code_cell("help(data.load)"))


def _looks(notebook, asked) -> None:
    """Look at what was made, at the end of each answer's cell, and work on with copies."""
    for question, its_names in asked.items():
        place = cell(notebook, f"{question}-answer")
        if not place.source.endswith(its_names[-1]):
            place.source += f"\n\n{its_names[-1]}"
        copy = new_code_cell(f"import copy\n\nmine_{question} = {its_names[-1]}\nmine_{question}")
        _insert(notebook, place, 1, copy)


HABITS = [_plain, _prints, _notes, _settings, _scratch, _asks, _looks]


def graded(
    course: Path,
    name: str,
    numbers: Iterable[int],
    executor: Executor,
) -> Iterator[Loss]:
    """Hand students' work in to a course, grade it as a class, and yield what they lost."""
    for number in numbers:
        corpus.write(course / "submitted" / f"s{number:02d}" / name, name, student(name, number))
    summary = coordinator.grade(course, name, executor=executor)
    by_student = {each.student: each for each in summary.graded}
    for number in numbers:
        each = by_student[f"s{number:02d}"]
        if each.trouble:
            yield Loss(name, number, "all", each.trouble, "")
        for question in exercise(name).checked:
            mark = each.marks.get(question.id)
            if mark is None or mark.points < question.points:
                words = mark.words if mark else "not graded"
                yield Loss(name, number, question.id, words, _source(name, number, question.id))


def seen_by_themselves(folder: Path, name: str, numbers: Iterable[int]) -> Iterator[Loss]:
    """Run students' notebooks beside the released exercise alone, and yield what is refused."""
    for number in numbers:
        place = folder / f"s{number:02d}" / name
        shutil.copytree(ROOT / "exercises" / name, place)
        notebook = run(student(name, number), place, NO_LIMITS_JOURNAL=str(folder / "journal"))
        for one in notebook.cells:
            stopped = [out.evalue for out in one.get("outputs", []) if out.output_type == "error"]
            if stopped:
                yield Loss(name, number, one.id, stopped[0], one.source)
        for question in exercise(name).checked:
            words = shown(notebook, question.id)
            if "right kind of answer" not in words:
                yield Loss(name, number, question.id, words, _source(name, number, question.id))


def _source(name: str, number: int, question: str) -> str:
    sources = answers(name)[question]
    return sources[number % len(sources)]


def main() -> None:
    """Try all students of the exercises named, and say who lost what."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("names", nargs="*", default=NAMES)
    parser.add_argument("--own", action="store_true", help="run their own checks instead")
    asked = parser.parse_args()
    os.environ |= offline() | {"NO_LIMITS_DATA": str(ROOT / "data")}
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as executor:
        course = new_course(Path(folder) / "course")
        for name in asked.names:
            if asked.own:
                losses = list(seen_by_themselves(Path(folder), name, ALL))
            else:
                losses = list(graded(course, name, ALL, executor))
            print(*losses, sep="\n\n")
            students = {loss.student for loss in losses}
            print(f"{name}: {len(ALL)} tried, {len(students)} lost something\n", flush=True)


if __name__ == "__main__":
    main()
