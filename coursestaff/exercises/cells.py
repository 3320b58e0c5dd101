"""The cells of a notebook as grading sees them: plain dictionaries, whoever wrote them."""

import re
from collections.abc import Iterable
from typing import Any

Cell = dict[str, Any]

#: What stands in a written answer's box before there is one: as nbgrader_config.py says.
BOX = "*Double-click here, then click inside, and write your answer in place of this line.*"
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"  # as nbgrader marks what it takes out


def marks(cell: Cell) -> dict:
    """Return what nbgrader has noted on a cell; nothing on most."""
    found = cell.get("metadata", {}).get("nbgrader")
    return found if isinstance(found, dict) else {}


def grade_id(cell: Cell) -> str | None:
    """Return the id that nbgrader knows a cell by, or None."""
    found = marks(cell).get("grade_id")
    return found if isinstance(found, str) else None


def place_of(number: int, cell: Cell) -> str:
    """Return a name for a cell in the job: the release's, or its place."""
    return grade_id(cell) or f"own-{number}"


def is_solution(cell: Cell) -> bool:
    """Return whether a cell is there for an answer."""
    return bool(marks(cell).get("solution"))


def is_given(cell: Cell) -> bool:
    """Return whether a cell of a release is only there to be read or run."""
    return not (marks(cell).get("solution") or marks(cell).get("grade"))


def source(cell: Cell) -> str:
    """Return a cell's text."""
    text = cell.get("source", "")
    return "".join(text) if isinstance(text, list) else text


def tidy(text: str) -> str:
    """Return a text without blanks, as sources are compared."""
    return re.sub(r"\s+", "", text)


def differ(one: Cell, other: Cell) -> bool:
    """Return whether two cells say something else."""
    return tidy(source(one)) != tidy(source(other))


def cut(cell: Cell) -> tuple[list[str], list[str]]:
    """Return the lines of a solution's cell that are released, and those that are not."""
    lines = source(cell).splitlines()
    if not is_solution(cell):
        return lines, []
    if BEGIN not in source(cell):  # nbgrader empties the whole cell
        return [], lines
    kept, solved, inside = [], [], False
    for line in lines:
        if BEGIN in line or END in line:
            inside = BEGIN in line
        else:
            (solved if inside else kept).append(line)
    return kept, solved


def released(cells: Iterable[Cell]) -> list[Cell]:
    """Return a solution's cells as students get them.

    Where exercises are worked on in their own folder, no untouched release is left to look at.
    """
    return [dict(cell, source=_released(cell)) for cell in cells]


def _released(cell: Cell) -> str:
    if is_solution(cell) and cell["cell_type"] == "markdown":
        return BOX
    return "\n".join(cut(cell)[0]).rstrip()
