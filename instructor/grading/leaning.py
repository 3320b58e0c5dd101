"""Which cells lean on which: an answer may be lost by what happened in a cell above it."""

import ast
import io
import re
import tokenize
from collections.abc import Iterable

#: Lines that are IPython's, not Python's, and what they give a value to.
OWN_LINE = re.compile(r"^([ \t]*)(?:%|!)[^\n]*", re.MULTILINE)
OWN_VALUE = re.compile(r"(=[ \t]*)(?:%|!)[^\n]*")


def leaning(cells: Iterable[tuple[str, str]], first: set[str]) -> tuple[set[str], set[str]]:
    """Return what leans on some cells: these and other cells, and names.

    Args:
        cells: of all code cells, in order, a name and the source.
        first: names of the cells that something has happened in.

    Returns:
        The names of those cells and of all that use, directly or not, a name which one of them
        gives a value to; and all these names. Where a cell cannot be read as Python, or imports
        names that it does not tell, whatever comes after it leans on it.

    """
    doubtful, ever, after = set(), set(), False
    found: set[str] = set()
    for name, text in cells:
        tree = parsed(text)
        stored, loaded, told = _names(tree) if tree else (set(), set(), False)
        if name in first or after or loaded & doubtful:
            found.add(name)
            doubtful |= stored
            ever |= stored
            after = after or not told
        else:
            doubtful -= stored
    return found, ever


def parsed(text: str) -> ast.Module | None:
    """Return a cell's code without IPython's own lines; None if it is no Python."""
    plain = OWN_VALUE.sub(r"\1None", OWN_LINE.sub(r"\1pass", text))
    try:
        return ast.parse(plain)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def longest_words(text: str) -> int:
    """Return how many words the longest text in a cell has: comments, a string, or no code."""
    tree = parsed(text)
    if tree is None:
        return len(text.split())
    pieces = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    pieces = [piece for piece in pieces if isinstance(piece, str)]
    return max(len(piece.split()) for piece in [*pieces, _comments(text)])


def _comments(text: str) -> str:
    words = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                words.append(token.string.strip("# "))
    except (tokenize.TokenError, SyntaxError):  # a line of IPython's
        pass
    return " ".join(words)


def _names(tree: ast.Module) -> tuple[set[str], set[str], bool]:
    """Return the names that code gives a value to or changes, those it uses, and if that is all."""
    stored, loaded, told = set(), set(), True
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (loaded if isinstance(node.ctx, ast.Load) else stored).add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            stored.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names = {(each.asname or each.name).split(".")[0] for each in node.names}
            told = told and "*" not in names
            stored |= names
        elif isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store):
            stored |= {each.id for each in ast.walk(node.value) if isinstance(each, ast.Name)}
    return stored, loaded, told
