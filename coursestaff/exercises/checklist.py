"""What a question needs: the list of CONTRIBUTING.md, each item checked before a release.

What `spec.load` and `solution.solve` refuse is not repeated here.
"""

import re
from collections import Counter
from collections.abc import Iterator

from coursestaff.exercises.cells import BEGIN, END, Cell, grade_id, is_solution, source
from coursestaff.exercises.fingerprints import loaded
from coursestaff.exercises.spec import (
    FILE,
    PARAMETERS,
    Exercise,
    Question,
    SpecError,
    parameters,
    read_notebook,
)

ASKED = re.compile(r"\*\*Question (\d+) \((\d+) points?(, written)?\)\.\*\*")
CARD = re.compile(r"^\| Points \|(.*)\|$", re.MULTILINE)
HINT = "<details><summary>Hint</summary>"
RUBRIC = "rubric.md"
#: Kinds of question whose answer can be wrong in many ways, and how many a hint must know.
FORESEEN = {"number": 2, "table": 2}


def faults(exercise: Exercise) -> Iterator[str]:
    """Yield all that an exercise lacks, in words that say where to mend it."""
    cells = read_notebook(exercise.notebook).cells
    yield from _numbers(exercise)
    yield from _texts(exercise, cells)
    yield from _card(exercise, cells)
    yield from _answers(exercise, cells)
    for question in exercise.questions.values():
        yield from _foreseen(question)
    yield from _rubric(exercise)
    yield from _tables(exercise)
    yield from _variants(exercise, cells)


def _numbers(exercise: Exercise) -> Iterator[str]:
    found = list(exercise.questions)
    wanted = [f"q{number}" for number in range(1, len(found) + 1)]
    if found != wanted:
        yield (
            f"{FILE}: the questions are {', '.join(found)}. Number them {wanted[0]} to "
            f"{wanted[-1]}, in this order and without a gap."
        )


def _texts(exercise: Exercise, cells: list[Cell]) -> Iterator[str]:
    """Compare what text cells ask with ``checks.yaml``."""
    texts = [source(cell) for cell in cells if cell["cell_type"] == "markdown"]
    asked = {
        f"q{n}": (int(points), bool(written), text)
        for text in texts
        for n, points, written in ASKED.findall(text)
    }
    for question in exercise.questions.values():
        written = ", written" if question.written else ""
        noun = "point" if question.points == 1 else "points"
        head = f"**Question {question.id[1:]} ({question.points} {noun}{written}).**"
        if question.id not in asked:
            yield f"{question.id}: no text cell asks it. Begin one with {head}"
            continue
        points, as_written, text = asked[question.id]
        if (points, as_written) != (question.points, question.written):
            yield f"{question.id}: its text says otherwise than {FILE}. Let it begin {head}"
        if not question.written and HINT not in text:
            yield f"{question.id}: its text has no hint. End it with {HINT}…</details>"
    for name in asked.keys() - exercise.questions.keys():
        yield f"{name}: a text cell asks it, and {FILE} does not know it."


def _card(exercise: Exercise, cells: list[Cell]) -> Iterator[str]:
    """Look whether the first cell says how many points a computer gives and how many a person."""
    card = CARD.search(source(cells[0])) if cells else None
    machine = sum(question.points for question in exercise.checked)
    total = sum(question.points for question in exercise.questions.values())
    wanted = {total, machine, total - machine} - {0}
    if not card or not wanted <= {int(number) for number in re.findall(r"\d+", card[1])}:
        yield (
            f"The card in the first cell: its row Points should say {total}, and of these "
            f"{machine} by the computer and {total - machine} for what is written."
        )


def _answers(exercise: Exercise, cells: list[Cell]) -> Iterator[str]:
    """Look at the cells that hold a solution: what students get is cut out of them."""
    named = Counter(name for cell in cells if (name := grade_id(cell)))
    for name, times in named.items():
        if times > 1:
            yield f"{name}: {times} cells have this id for nbgrader. Give each its own."
    for cell in cells:
        if cell["cell_type"] == "code" and is_solution(cell):
            lines = [line.strip() for line in source(cell).splitlines()]
            if lines.count(BEGIN) != 1 or lines.count(END) != 1:
                yield (
                    f"{grade_id(cell)}: put the solution between one line {BEGIN} and one line "
                    f"{END}; students get what stands outside."
                )


def _foreseen(question: Question) -> Iterator[str]:
    least, there = FORESEEN.get(question.kind, 0), len(question.misconceptions)
    if there < least:
        yield (
            f"{question.where}: {question.id}: {there} misconception. A {question.kind} needs "
            f"{least} at least, each with its hint."
        )


def _rubric(exercise: Exercise) -> Iterator[str]:
    """Look whether there is something to mark written answers by."""
    path = exercise.folder / RUBRIC
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    for question in exercise.questions.values():
        head = f"## {question.id} ({question.points} points)"
        if question.written and head not in text.splitlines():
            yield f"{question.id}: {RUBRIC} has no part for it. Begin one with the line {head}"


def _tables(exercise: Exercise) -> Iterator[str]:
    """Look whether every table is named: a release says which it was made with."""
    try:
        loaded(exercise)
    except SpecError as problem:
        yield str(problem)


def _variants(exercise: Exercise, cells: list[Cell]) -> Iterator[str]:
    known = parameters(cells)
    for name in sorted({name for variant in exercise.variants for name in variant}):
        if name not in known:
            yield f"variants: the cell {PARAMETERS!r} gives no value to {name}."
