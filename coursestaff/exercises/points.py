"""Write what ``checks.yaml`` alone says, what each question is worth, into what students get.

A solution notebook says ``{points}`` where students read it: in the first cell's card and at the
head of each question. nbgrader asks every cell that is graded for points, and has 0 there.
"""

import re
from collections.abc import Iterable

from coursestaff.exercises.cells import Cell, marks, released, source
from coursestaff.exercises.spec import Exercise, Question

PLACEHOLDER = "{points}"
ASKED = re.compile(rf"(?<=\*\*Question )(\d+) \({re.escape(PLACEHOLDER)}\)(?=\.\*\*)")
CARD = re.compile(rf"(?<=^\| Points \| ){re.escape(PLACEHOLDER)}(?= \|$)", re.MULTILINE)
COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def given(exercise: Exercise) -> list[Cell]:
    """Return the cells that an exercise's solution gives to students."""
    cells = released(exercise.solution.cells)
    write(exercise, cells)
    return cells


def write(exercise: Exercise, cells: Iterable[Cell]) -> None:
    """Fill in the points of an exercise's cells: in their texts, and for nbgrader."""
    asked = {id[1:]: f"{id[1:]} ({worth(each)})" for id, each in exercise.questions.items()}
    for cell in cells:
        if marks(cell).get("grade"):
            marks(cell)["points"] = exercise.questions[cell["id"]].points
        elif cell["cell_type"] == "markdown":
            text = ASKED.sub(lambda found: asked.get(found[1], found[0]), source(cell))
            cell["source"] = CARD.sub(in_all(exercise), text)


def worth(question: Question) -> str:
    """Return what a question is worth, as its text says it: ``4 points, written``."""
    noun = "point" if question.points == 1 else "points"
    return f"{question.points} {noun}{', written' if question.written else ''}"


def in_all(exercise: Exercise) -> str:
    """Return what an exercise is worth, and how much of that a computer and a person give."""
    written = [each for each in exercise.questions.values() if each.written]
    parts = (
        ("task", "tasks", " that the computer checks", exercise.checked),
        ("written answer", "written answers", "", written),
    )
    said = [
        f"{_count(len(those))} {one if len(those) == 1 else more}{which} ({_sum(those)})"
        for one, more, which, those in parts
        if those
    ]
    return f"{_sum(exercise.questions.values())}: {', '.join(said)}"


def _count(number: int) -> str:
    return COUNTS[number] if number < len(COUNTS) else str(number)


def _sum(questions: Iterable[Question]) -> int:
    return sum(each.points for each in questions)
