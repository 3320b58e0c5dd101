"""Where an exercise's question stands, and which step of its chapter looks at the same data."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from coursestaff.exercises.cells import Cell, grade_id, marks, source
from coursestaff.exercises.fingerprints import LOADS
from coursestaff.exercises.spec import read_notebook
from courseware import data

NOT_NEAR = (False, 0.0, 0)
HEADING = re.compile(r"^#{2,3} +(.+?) *$", re.MULTILINE)


class Step(NamedTuple):
    """A question's place: the heading above it in the exercise, and one of the chapter's, or None.

    ``same_table`` says that the chapter's step loads the very table; else it loads another one that
    is made from the same data. ``companion`` says that it is in the chapter's companion.
    """

    section: str | None
    chapter: str | None = None
    same_table: bool = False
    companion: bool = False


class Loads(NamedTuple):
    """A section of a chapter, or of its companion, and the tables that a cell of it loads."""

    heading: str
    tables: list[str]
    companion: bool


def steps(course: Path, name: str, release: Iterable[Cell]) -> dict[str, Step]:
    """Return the place of each question.

    Args:
        course: the course folder.
        name: the exercise, such as ``02_the_trade_lifeline``.
        release: the cells that students got.

    """
    chapter, companion = (
        course / "notebooks" / folder / f"{name}.ipynb" for folder in ("", "further")
    )
    sections = [
        Loads(heading, tables, path == companion)
        for path in (chapter, companion)
        if path.is_file()
        for heading, cell in _under_headings(read_notebook(path).cells)
        if heading and (tables := LOADS.findall(source(cell)))
    ]
    found, section, table = {}, None, None
    for heading, cell in _under_headings(release):
        if heading != section:
            section, table = heading, None
        table = (LOADS.findall(source(cell)) or [table])[-1]
        if marks(cell).get("grade"):
            found[str(grade_id(cell))] = _step(section, table, sections)
    return found


def _under_headings(cells: Iterable[Cell]) -> Iterator[tuple[str | None, Cell]]:
    """Yield each cell with the last heading above it or in it; None before the first."""
    heading = None
    for cell in cells:
        if cell["cell_type"] == "markdown" and (found := HEADING.findall(source(cell))):
            heading = found[-1]
        yield heading, cell


def _step(section: str | None, table: str | None, sections: list[Loads]) -> Step:
    """Return the place of a question, with the section whose table is nearest to its own.

    Of sections that are as near the first one counts, and the chapter comes before its companion.
    """
    if table is None:
        return Step(section)
    near = [(_nearness(table, each), each) for each in sections]
    best, found = max(near, key=lambda each: each[0], default=(NOT_NEAR, None))
    if best <= NOT_NEAR:
        return Step(section)
    return Step(section, found.heading, table in found.tables, found.companion)


def _nearness(table: str, section: Loads) -> tuple[bool, float, int]:
    """Return whether a section loads a table, how much data they share, and words of their names.

    Many tables are made from one large file such as ``timeline``: the share of the files that two
    tables have in common, and then their names, tell which of them are about the same thing.
    """
    return max(
        (each == table, _shared(table, each), len({*table.split("_")} & {*each.split("_")}))
        if _shared(table, each)
        else NOT_NEAR
        for each in section.tables
    )


def _shared(one: str, other: str) -> float:
    files = _files(one), _files(other)
    return len(files[0] & files[1]) / len(files[0] | files[1])


def _files(name: str) -> set[str]:
    """Return the files that a table is made from, without those that only say what is chosen."""
    fields = {
        base: data.resource(base).get("schema", {}).get("fields", ()) for base in data.bases(name)
    }
    chosen = {base for base in fields if "why" in [field["name"] for field in fields[base]]}
    return {*fields} - chosen or {*fields}
