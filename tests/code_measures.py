"""What the course allows of the code that a beginner reads, and of a chapter's length.

A *statement* is what stands at the margin of a cell, a function with its body included; its
*expressions* are the parts that Python reads in it (``table["x"].sum()`` has five). Folded cells
do not count, because nobody has to read them.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from statistics import mean

from nbformat import NotebookNode

from tests.notebooks import headings

LINES = 8  # of an open cell
LETTERS = 72  # of a line
EXPRESSIONS, EXPRESSIONS_MEAN = 14, 6  # of a statement
CHAIN = 2  # calls in a row: table.sort_values("year").head()
SECTIONS, SECTIONS_FURTHER = 5, 3  # of Look in the room, of a companion
READ_FURTHER = "Read further"  # the heading that ends a companion
CONCEPTS = 10  # of a chapter, each with the id of the cell that brings it


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


def open_cells(notebook: NotebookNode) -> list[Cell]:
    """Return the code cells that are not folded and not empty."""
    return [
        Cell(cell.id, cell.source)
        for cell in notebook.cells
        if cell.cell_type == "code"
        and cell.source.strip()
        and not cell.metadata.get("jupyter", {}).get("source_hidden")
    ]


def sections(notebook: NotebookNode) -> tuple[int, int]:
    """Return how many sections *Look* or the companion has, and how many it may have."""
    found = headings(notebook)
    parts = [words for level, words in found if level == 2]
    if READ_FURTHER in parts:
        return len(parts) - 1, SECTIONS_FURTHER
    part, number = "", 0
    for level, words in found:
        part = words if level == 2 else part
        number += part == "Look" and level == 3
    return number, SECTIONS


def expressions(statement: ast.stmt) -> int:
    """Return how many expressions a statement is made of."""
    return sum(isinstance(node, ast.expr) for node in ast.walk(statement))


def chain(node: ast.AST) -> int:
    """Return how many calls follow one another: 2 for ``table.dropna().head()``."""
    if not isinstance(node, ast.Call):
        return 0
    return 1 + chain(node.func.value) if isinstance(node.func, ast.Attribute) else 1


def breaches(notebook: NotebookNode, concepts: Mapping[str, str] | None = None) -> Iterator[str]:
    """Yield in words where a notebook breaks the measures; ``concepts`` maps each to its cell."""
    cells = open_cells(notebook)
    for cell in cells:
        yield from (f"{cell.name}: {what}" for what in breaches_of(cell))
    sizes = [expressions(statement) for cell in cells for statement in cell.statements]
    if sizes and mean(sizes) > EXPRESSIONS_MEAN:
        yield f"{mean(sizes):.4g} expressions in the mean statement, at most {EXPRESSIONS_MEAN}"
    number, most = sections(notebook)
    if number > most:
        yield f"{number} sections, at most {most}"
    concepts, brings = concepts or {}, {cell.id for cell in notebook.cells}
    if len(concepts) > CONCEPTS:
        yield f"{len(concepts)} concepts, at most {CONCEPTS}"
    for concept, cell_id in concepts.items():
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
