"""Measure how readable chapters are: ``python -m coursestaff.publishing.measures [NN ...]``.

Prints a row for each chapter and companion, and one of all. For chapters that are named it also
says, cell by cell, where they or their companions go over what the design allows a beginner.

A *statement* is what stands at the margin of a cell, a function with its body included; its
*expressions* are the parts that Python reads in it (``table["x"].sum()`` has five). Folded cells
do not count, except among the cells in all: nobody has to read them. *Concepts* are what
``concepts:`` in the chapter's words lists; minutes of *Look* are those of the run sheet. What a
chapter takes on the screen is measured by ``python -m benchmarks.screens``, since that needs a
browser.
"""

import argparse
import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import mean, median
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode

from coursestaff.chapters import is_companion, own_name, with_companions
from coursestaff.publishing import notes, reader
from courseware import words
from courseware.quantities import MISSING

LINES, LINES_MEDIAN = 8, 4  # of an open cell
LETTERS, LETTERS_MEDIAN = 72, 45  # of a line
EXPRESSIONS, EXPRESSIONS_MEAN = 14, 6  # of a statement
CHAIN = 2  # calls in a row: table.sort_values("year").head()
SECTIONS = 5  # of Look, in the room
SECTIONS_FURTHER = 3  # of a companion
READ_FURTHER = "Read further"  # the heading that ends a companion
CONCEPTS = 10  # of a chapter: each maps to the cell that brings it

_HEADING = re.compile(r"(#{1,3}) +(.+)")

HEAD = (
    "| chapter | open cells / lines | lines a cell, median / max | characters a line, median / p90 "
    "| expressions a statement, mean / p90 / max | longest call chain | different methods | words "
    "| cells in all | sections | minutes of Look | concepts |\n" + "|---" * 12 + "|"
)


# --- What stands in a chapter ----------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """A code cell that stands open."""

    name: str
    source: str

    @cached_property
    def lines(self) -> list[str]:
        """The lines that are not empty."""
        return [line for line in self.source.splitlines() if line.strip()]

    @cached_property
    def statements(self) -> list[ast.stmt]:
        """What stands at the margin."""
        return ast.parse(self.source).body

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Every part that Python reads."""
        return [node for statement in self.statements for node in ast.walk(statement)]


class Heading(NamedTuple):
    """A heading, and how many words stand below it until the next."""

    part: str  # the heading of the second level that it stands under, or its own
    words: str
    level: int
    below: int


def open_cells(notebook: NotebookNode) -> list[Cell]:
    """Return the code cells that are not folded and not empty."""
    return [
        Cell(cell.id, cell.source)
        for cell in notebook.cells
        if cell.cell_type == "code"
        and cell.source.strip()
        and not cell.metadata.get("jupyter", {}).get("source_hidden")
    ]


def headings(notebook: NotebookNode) -> list[Heading]:
    """Return what the text cells are headed; a heading's own words count as well."""
    found = [Heading("", "", 0, 0)]
    for cell in notebook.cells:
        for line in cell.source.splitlines() if cell.cell_type == "markdown" else ():
            if match := _HEADING.fullmatch(line.strip()):
                level, words = len(match[1]), match[2].strip()
                part = words if level == 2 else found[-1].part
                found.append(Heading(part, words, level, 0))
            found[-1] = found[-1]._replace(below=found[-1].below + len(line.split()))
    return found


def sections(notebook: NotebookNode) -> list[Heading]:
    """Return the sections of *Look*, in order; of a companion all but the one that ends it."""
    found = headings(notebook)
    if is_further(found):
        return [h for h in found if h.level == 2 and h.words != READ_FURTHER]
    return [h for h in found if h.part == "Look" and h.level == 3]


def is_further(found: Iterable[Heading]) -> bool:
    """Return whether headings are a companion's, which ends as no chapter does."""
    return READ_FURTHER in (heading.part for heading in found)


def expressions(statement: ast.stmt) -> int:
    """Return how many expressions a statement is made of."""
    return sum(isinstance(node, ast.expr) for node in ast.walk(statement))


def chain(node: ast.AST) -> int:
    """Return how many calls follow one another: 2 for ``table.dropna().head()``."""
    if not isinstance(node, ast.Call):
        return 0
    return 1 + chain(node.func.value) if isinstance(node.func, ast.Attribute) else 1


def methods(notebook: NotebookNode) -> set[str]:
    """Return the names that open cells call with a dot, those of the course's own modules apart."""
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    imports = (node for source in code for node in ast.walk(ast.parse(source)))
    own = {
        alias.asname or alias.name
        for node in imports
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("courseware")
        for alias in node.names
    }
    return {
        node.func.attr
        for cell in open_cells(notebook)
        for node in cell.nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and not (isinstance(node.func.value, ast.Name) and node.func.value.id in own)
    }


# --- Figures ---------------------------------------------------------------------------------


class Figures(NamedTuple):
    """What a row of the table says."""

    cells: int
    lines: int
    lines_median: float
    lines_max: int
    letters_median: float
    letters_p90: int
    expressions_mean: float
    expressions_p90: int
    expressions_max: int
    chain: int
    methods: int
    words: int
    in_all: int
    sections: int


def figures(notebooks: Iterable[NotebookNode]) -> Figures:
    """Return the figures of one chapter, or of several taken together."""
    notebooks = list(notebooks)
    cells = [cell for notebook in notebooks for cell in open_cells(notebook)]
    lines = [len(cell.lines) for cell in cells] or [0]
    letters = [len(line) for cell in cells for line in cell.lines] or [0]
    sizes = [expressions(s) for cell in cells for s in cell.statements] or [0]
    texts = [h for notebook in notebooks for h in headings(notebook)]
    looks = [h for notebook in notebooks for h in sections(notebook)]
    return Figures(
        cells=len(cells),
        lines=sum(lines),
        lines_median=median(lines),
        lines_max=max(lines),
        letters_median=median(letters),
        letters_p90=p90(letters),
        expressions_mean=mean(sizes),
        expressions_p90=p90(sizes),
        expressions_max=max(sizes),
        chain=max((chain(node) for cell in cells for node in cell.nodes), default=0),
        methods=len(set().union(*map(methods, notebooks))),
        words=sum(heading.below for heading in texts),
        in_all=sum(len(notebook.cells) for notebook in notebooks),
        sections=len(looks),
    )


def p90(numbers: list[int]) -> int:
    """Return what nine in ten do not reach."""
    return sorted(numbers)[int(0.9 * len(numbers))]


def concepts(path: Path) -> dict[str, str]:
    """Return a chapter's concepts, each with the cell that brings it; none: not yet listed."""
    return {} if is_companion(path) else words.chapter(path.stem[:2]).get("concepts", {})


def minutes_of_look(path: Path) -> int | None:
    """Return how long *Look* takes by the run sheet of the chapter at ``path``, if it says so."""
    if is_companion(path):
        return None
    file = path.parents[1] / "solutions" / path.stem / notes.FILE
    look = notes.read(file).parts.get("look")
    return look and look.minutes


def row(name: str, f: Figures, minutes: int | None = None, listed: int = 0) -> str:
    """Return one Markdown row; ``listed`` is how many concepts are."""
    return (
        f"| {name} | {f.cells} / {f.lines} | {f.lines_median:g} / {f.lines_max} "
        f"| {f.letters_median:g} / {f.letters_p90} "
        f"| {f.expressions_mean:.1f} / {f.expressions_p90} / {f.expressions_max} "
        f"| {f.chain} | {f.methods} | {f.words} "
        f"| {f.in_all} | {f.sections} | {minutes or MISSING} | {listed or MISSING} |"
    )


# --- What the design allows ------------------------------------------------------------------


def breaches(notebook: NotebookNode, listed: Mapping[str, str] | None = None) -> Iterator[str]:
    """Yield in words where a chapter, with the concepts it lists, breaks the design's measures."""
    for cell in open_cells(notebook):
        yield from (f"{cell.name}: {what}" for what in breaches_of(cell))
    all_of_it = figures([notebook])
    most_sections = SECTIONS_FURTHER if is_further(headings(notebook)) else SECTIONS
    for what, is_, most in (
        ("lines in the median cell", all_of_it.lines_median, LINES_MEDIAN),
        ("characters in the median line", all_of_it.letters_median, LETTERS_MEDIAN),
        ("expressions in the mean statement", all_of_it.expressions_mean, EXPRESSIONS_MEAN),
        ("sections", all_of_it.sections, most_sections),
    ):
        if is_ > most:
            yield f"{is_:.4g} {what}, at most {most}"
    listed, brings = listed or {}, {cell.id for cell in notebook.cells}
    if len(listed) > CONCEPTS:
        yield f"{len(listed)} concepts, at most {CONCEPTS}"
    for concept, cell_id in listed.items():
        if cell_id not in brings:
            yield f"{concept!r}: no cell is called {cell_id}"


def breaches_of(cell: Cell) -> Iterator[str]:
    """Yield in words what makes a cell hard to read."""
    if len(cell.lines) > LINES:
        yield f"{len(cell.lines)} lines, at most {LINES}"
    for line in cell.lines:
        if len(line) > LETTERS:
            yield f"{len(line)} characters in a line, at most {LETTERS}"
    for statement in cell.statements:
        if (size := expressions(statement)) > EXPRESSIONS:
            yield f"{size} expressions in a statement, at most {EXPRESSIONS}"
    if (longest := max(map(chain, cell.nodes), default=0)) > CHAIN:
        yield f"{longest} calls in a row, at most {CHAIN}"
    yield from sorted({what for node in cell.nodes for what in hard(node)})


def hard(node: ast.AST) -> Iterator[str]:
    """Yield the name of what a beginner is not to meet, if a part of the code is such a thing."""
    match node:
        case ast.Lambda():
            yield "a lambda"
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            yield "a comprehension"
        case ast.IfExp():
            yield "a conditional expression"
        case ast.Starred() | ast.keyword(arg=None):
            yield "a star that unpacks"
        case ast.Dict(keys=keys) if None in keys:
            yield "a star that unpacks"
        case ast.Tuple(ctx=ast.Store()) | ast.List(ctx=ast.Store()):
            yield "two names for one value"
    whole = isinstance(node, ast.Assign | ast.Expr)  # `answer = ...` is a blank to fill in
    parts = () if whole else ast.iter_child_nodes(node)
    if any(isinstance(part, ast.Constant) and part.value is ... for part in parts):
        yield "three dots inside an expression"


# --- The command -----------------------------------------------------------------------------


def main(arguments: list[str]) -> int:
    """Print the table; for chapters that are named also what the design does not allow."""
    parser = argparse.ArgumentParser(
        prog="python -m coursestaff.publishing.measures", description=__doc__.splitlines()[0]
    )
    parser.add_argument("chapters", nargs="*", metavar="NN", help="such as 02; all if left out")
    asked = parser.parse_args(arguments).chapters
    chosen = {
        path: nbformat.read(path, as_version=4)
        for path in with_companions(reader.chapters())
        if not asked or path.stem[:2] in asked
    }
    if not chosen:
        parser.error(f"no chapter is called {' or '.join(asked)}")
    print(HEAD)
    for path, notebook in chosen.items():
        listed = concepts(path)
        print(row(own_name(path), figures([notebook]), minutes_of_look(path), len(listed)))
    if len(chosen) > 1:
        print(row("together", figures(chosen.values())))
    if asked:
        for path, notebook in chosen.items():
            broken = breaches(notebook, concepts(path))
            print(f"\n{own_name(path)}")
            print("\n".join(f"  {what}" for what in broken) or "  as the design asks")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
