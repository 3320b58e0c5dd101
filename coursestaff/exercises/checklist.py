"""What a question needs: the list of CONTRIBUTING.md, each item checked before a release.

What `spec.load` and `solution.solve` refuse is not repeated here.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from coursestaff.exercises import points
from coursestaff.exercises.cells import BEGIN, END, Cell, grade_id, is_solution, marks, source
from coursestaff.exercises.fingerprints import loaded
from coursestaff.exercises.spec import (
    FILE,
    PARAMETERS,
    Exercise,
    Question,
    SpecError,
    load,
    parameters,
)

HINT = "<details><summary>Hint</summary>"
RUBRIC = "rubric.md"
#: Kinds of question whose answer can be wrong in many ways, and how many a hint must know.
FORESEEN = {"number": 2, "table": 2}


def lacking(folder: Path) -> list[str]:
    """Return all that keeps the exercise in a folder from being released, short of running it."""
    try:
        return [*faults(load(folder))]
    except SpecError as problem:
        return [str(problem)]


def faults(exercise: Exercise) -> Iterator[str]:
    """Yield all that an exercise lacks, in words that say where to mend it."""
    cells = exercise.solution.cells
    yield from _numbers(exercise)
    yield from _texts(exercise, cells)
    yield from _points(cells)
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
            f"{FILE}: the questions are {', '.join(found)}. Number them from {wanted[0]} to "
            f"{wanted[-1]}, in this order and without a gap."
        )


def _texts(exercise: Exercise, cells: list[Cell]) -> Iterator[str]:
    """Look whether a text cell asks each question, and none asks another one."""
    texts = [source(cell) for cell in cells if cell["cell_type"] == "markdown"]
    asked = {f"q{number}": text for text in texts for number in points.ASKED.findall(text)}
    for question in exercise.questions.values():
        if question.id not in asked:
            head = f"**Question {question.id[1:]} ({points.PLACEHOLDER}).**"
            yield f"{question.id}: no text cell asks this question. Begin a text cell with {head}"
        elif not question.written and HINT not in asked[question.id]:
            yield f"{question.id}: its text has no hint. End it with {HINT}…</details>"
    for name in asked.keys() - exercise.questions.keys():
        yield (
            f"{name}: a text cell asks this question, but {FILE} does not list it. Add the "
            "question there, or remove the text cell."
        )


def _points(cells: list[Cell]) -> Iterator[str]:
    """Look whether the first cell has a place for the points in all, and no cell has its own."""
    if not points.CARD.search(source(cells[0])):
        row = f"| Points | {points.PLACEHOLDER} |"
        yield (
            f"The table in the first cell has no row {row}. Add the row, because `course release` "
            "fills in the points there."
        )
    for cell in cells:
        if own := marks(cell).get("points"):
            yield (
                f"{grade_id(cell)}: nbgrader's panel in JupyterLab gives this cell {own} points. "
                f"Write 0 there, because {FILE} says how many points a question is worth and "
                "`course release` writes them into the cell."
            )


def _answers(exercise: Exercise, cells: list[Cell]) -> Iterator[str]:
    """Look at the cells that hold a solution: what students get is cut out of them."""
    named = Counter(name for cell in cells if (name := grade_id(cell)))
    for name, times in named.items():
        if times > 1:
            yield f"{name}: {times} cells have this nbgrader id. Give each cell an id of its own."
    for cell in cells:
        if cell["cell_type"] == "code" and is_solution(cell):
            lines = [line.strip() for line in source(cell).splitlines()]
            if lines.count(BEGIN) != 1 or lines.count(END) != 1:
                yield (
                    f"{grade_id(cell)}: put the solution between one line {BEGIN} and one line "
                    f"{END}, because students get everything outside these two lines."
                )


def _foreseen(question: Question) -> Iterator[str]:
    least, there = FORESEEN.get(question.kind, 0), len(question.misconceptions)
    if there < least:
        yield (
            f"{question.where}: {question.id}: a {question.kind} needs at least {least} "
            f"misconceptions, each with its hint, but this question has {there}."
        )


def _rubric(exercise: Exercise) -> Iterator[str]:
    """Look whether there is something to mark written answers by."""
    path = exercise.folder / RUBRIC
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    for question in exercise.questions.values():
        head = f"## {question.id}"
        if question.written and head not in text.splitlines():
            yield (
                f"{question.id}: {RUBRIC} has no part for this question. Begin such a part with "
                f"the line {head}"
            )


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
            yield (
                f"variants: the cell {PARAMETERS!r} gives no value to {name}. Give it one there, "
                "or remove it from the variants."
            )
