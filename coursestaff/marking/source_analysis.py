"""What a cell's source tells without being run: which cells it leans on, and the words in it."""

import ast
import contextlib
import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from coursestaff.exercises.cells import Cell, source

LEAST_WORDS = 8  # of a text, of comments, or of what is no code, that may be a written answer
LEAST_STRING = 20  # words of all strings of a cell that may be one
MOST_KEPT = 5_000  # characters of a cell whose names are remembered: a release's have fewer

#: Lines that are IPython's, not Python's, and what they give a value to.
OWN_LINE = re.compile(r"^([ \t]*)(?:%|!)[^\n]*", re.MULTILINE)
OWN_VALUE = re.compile(r"(=[ \t]*)(?:%|!)[^\n]*")


class Names(NamedTuple):
    """The names of a cell's code: given a value or changed, used, and whether these are all."""

    stored: frozenset[str]
    loaded: frozenset[str]
    told: bool


def leaning(
    cells: Iterable[tuple[str, Names]], first: set[str], only: str | None = None
) -> tuple[set[str], set[str]]:
    """Return what leans on some cells: these and other cells, and names.

    Args:
        cells: of all code cells, in order, a name and what `names` returns.
        first: names of the cells that something has happened in.
        only: which of the names that these give a value to is in doubt; without it, all.

    Returns:
        The names of those cells and of all that use, directly or not, a name which one of them
        gives a value to; and all these names. Where a cell cannot be read as Python, or imports
        names that it does not tell, whatever comes after it leans on it.

    """
    doubtful, ever, after = set(), set(), False
    found: set[str] = set()
    for name, (stored, loaded, told) in cells:
        if name in first and only:
            stored, told = {only}, True
        if name in first or after or loaded & doubtful:
            found.add(name)
            doubtful |= stored
            ever |= stored
            after = after or not told
        else:
            doubtful -= stored
    return found, ever


def names(text: str) -> Names:
    """Return the names of a cell's code: none, and these are not all, if it is no Python."""
    return (_names if len(text) <= MOST_KEPT else _names.__wrapped__)(text)


def changed(text: str) -> frozenset[str]:
    """Return the names that a cell's code gives a value to or changes; none if it is no Python."""
    return names(text).stored


def parsed(text: str) -> ast.Module | None:
    """Return a cell's code without IPython's own lines; None if it is no Python."""
    plain = OWN_VALUE.sub(r"\1None", OWN_LINE.sub(r"\1pass", text))
    try:
        return ast.parse(plain)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def holds_prose(cell: Cell, given: str = "", least: int = LEAST_WORDS) -> bool:
    """Return whether a cell may hold a written answer: a text, comments or strings of some words.

    Args:
        cell: any cell.
        given: what the exercise had in it, which does not count.
        least: of how many words a text has to be.

    """
    text = source(cell)
    if cell["cell_type"] != "code":
        return len(text.split()) >= least
    return (
        words_beside_code(text) - words_beside_code(given) >= LEAST_WORDS
        or words_in_strings(text) - words_in_strings(given) >= LEAST_STRING
    )


def words_beside_code(text: str) -> int:
    """Return how many words a cell says in comments; where it is no Python, how many it has."""
    return len((_comments(text) if parsed(text) else text).split())


def words_in_strings(text: str) -> int:
    """Return how many words the strings in a cell's code have, without those that name an argument.

    ``title="…"`` and ``ylabel="…"`` are words of a chart, and of no written answer.
    """
    nodes = [*ast.walk(parsed(text) or ast.Module([], []))]
    named = {id(node.value) for node in nodes if isinstance(node, ast.keyword)}
    values = [
        node.value for node in nodes if isinstance(node, ast.Constant) and id(node) not in named
    ]
    return sum(len(value.split()) for value in values if isinstance(value, str))


def _comments(text: str) -> str:
    words = []
    with contextlib.suppress(tokenize.TokenError, SyntaxError):  # a line of IPython's
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                words.append(token.string.strip("# "))
    return " ".join(words)


@lru_cache(maxsize=256)  # most cells of a class are the release's own
def _names(text: str) -> Names:
    tree = parsed(text)
    if tree is None:
        return Names(frozenset(), frozenset(), told=False)
    stored, loaded, told = set(), set(), True
    for node, inner, changes in _visited(tree):
        if isinstance(node, ast.Name):
            load = isinstance(node.ctx, ast.Load)
            if load:
                loaded.add(node.id)
            if changes or not (load or inner):
                stored.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            stored.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            imported = {(each.asname or each.name).split(".")[0] for each in node.names}
            told = told and "*" not in imported
            stored |= imported - {"*"}
    return Names(frozenset(stored), frozenset(loaded), told)


FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def _visited(tree: ast.Module) -> Iterator[tuple[ast.AST, bool, bool]]:
    """Yield every part of the code, once: the time is that of its length, however it is nested.

    With each comes whether a name there is known in a function alone (or in a comprehension, which
    counts with it), and whether what it names is changed in place.
    """
    left: list[tuple[ast.AST, bool, bool]] = [(tree, False, False)]
    while left:
        node, inner, changes = left.pop()
        yield node, inner, changes
        whole = _changed_in_place(node)
        for part in ast.iter_child_nodes(node):
            counts = isinstance(node, ast.comprehension) and part is node.target
            alone = inner or counts or isinstance(node, FUNCTIONS)
            left.append((part, alone, changes or part is whole))


def _changed_in_place(node: ast.AST) -> ast.expr | None:
    """Return what a part of the code changes: table of table["x"] = 1, del table["x"], inplace."""
    if isinstance(node, ast.Subscript | ast.Attribute) and not isinstance(node.ctx, ast.Load):
        return node.value
    if isinstance(node, ast.Call) and any(each.arg == "inplace" for each in node.keywords):
        return node.func
    return None
