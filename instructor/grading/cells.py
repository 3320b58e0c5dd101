"""The cells of a notebook as grading sees them: plain dictionaries, whoever wrote them."""

import re
from typing import Any

Cell = dict[str, Any]


def grade_id(cell: Cell) -> str | None:
    """Return the id that nbgrader knows a cell by, or None."""
    marks = cell.get("metadata", {}).get("nbgrader")
    found = marks.get("grade_id") if isinstance(marks, dict) else None
    return found if isinstance(found, str) else None


def source(cell: Cell) -> str:
    """Return a cell's text."""
    text = cell.get("source", "")
    return "".join(text) if isinstance(text, list) else text


def tidy(text: str) -> str:
    """Return a text without blanks, as sources are compared."""
    return re.sub(r"\s+", "", text)
