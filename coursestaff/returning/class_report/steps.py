"""Where an exercise's question stands, and which step of its chapter looks at the same data."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from coursestaff.exercises.cells import Cell, grade_id, marks, source
from coursestaff.exercises.fingerprints import LOADS
from coursestaff.exercises.spec import read_notebook
from courseware import data

HEADING = re.compile(r"^#{2,3} +(.+?) *$", re.MULTILINE)


class Step(NamedTuple):
    """A question's place: the heading above it in the exercise, and one of the chapter's, or None.

    ``same_table`` says that the chapter's step loads the very table; else it loads another one that
    is made from the same data.
    """

    section: str | None
    chapter: str | None = None
    same_table: bool = False


def steps(course: Path, name: str, release: Iterable[Cell]) -> dict[str, Step]:
    """Return the place of each question.

    Args:
        course: the course folder.
        name: the exercise, such as ``02_the_trade_lifeline``.
        release: the cells that students got.

    """
    path = course / "notebooks" / f"{name}.ipynb"
    chapter = list(_loads(read_notebook(path).cells)) if path.is_file() else []
    return {
        question: _step(section, table, chapter) for question, section, table in _asked(release)
    }


def _asked(release: Iterable[Cell]) -> Iterator[tuple[str, str | None, str | None]]:
    """Yield each question, the heading above it, and the table that was loaded last."""
    section, table = None, None
    for cell in release:
        if cell["cell_type"] == "markdown" and (found := HEADING.findall(source(cell))):
            section, table = found[-1], None
        elif loaded := LOADS.findall(source(cell)):
            table = loaded[-1]
        if marks(cell).get("grade"):
            yield str(grade_id(cell)), section, table


def _loads(cells: Iterable[Cell]) -> Iterator[tuple[str, list[str]]]:
    """Yield, in order, a chapter's headings with the tables that are loaded below them."""
    section = None
    for cell in cells:
        if cell["cell_type"] == "markdown" and (found := HEADING.findall(source(cell))):
            section = found[-1]
        elif section and (tables := LOADS.findall(source(cell))):
            yield section, tables


def _step(section: str | None, table: str | None, chapter: list[tuple[str, list[str]]]) -> Step:
    if table is None:
        return Step(section)
    for heading, tables in chapter:
        if table in tables:
            return Step(section, heading, same_table=True)
    bases = {*data.bases(table)}
    for heading, tables in chapter:
        if any(bases & {*data.bases(each)} for each in tables):
            return Step(section, heading)
    return Step(section)
