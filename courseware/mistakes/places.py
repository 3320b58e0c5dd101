"""Which piece of a cell's code failed: Python keeps for each step where it stands in the text."""

import ast
import json
import linecache
import os
import re
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

#: Set by Jupyter's server for the kernel of a notebook that somebody has opened.
OPENED = "JPY_SESSION_NAME"


def given_elsewhere(word: str, cell: str) -> str:
    """Return the first line of the cell that gives a name, not of this one; empty if none does.

    The opened notebook is read as it is saved.
    """
    gives = re.compile(rf"^({re.escape(word)} *=[^=]|def {re.escape(word)}\()", re.MULTILINE)
    path = Path(os.environ.get(OPENED, ""))
    with suppress(OSError, ValueError, KeyError, TypeError):
        cells = json.loads((Path.cwd() / path.name).read_text(encoding="utf-8"))["cells"]
        sources = ["".join(each["source"]) for each in cells if each["cell_type"] == "code"]
        others = (source.strip() for source in sources if source.strip() != cell.strip())
        return next((source.splitlines()[0] for source in others if gives.search(source)), "")
    return ""


class Place:
    """A piece of code that failed, in the text of its cell, with the names of the notebook."""

    def __init__(
        self, text: str, tree: ast.AST, node: ast.AST, names: dict[str, Any], function: str = ""
    ) -> None:
        """Keep where it is; the function is named that it stands in, if it stands in one."""
        self.text, self.tree, self.node, self.names = text, tree, node, names
        self.function = function

    def written(self, node: ast.AST) -> str:
        """Return a piece as it stands in the cell."""
        return ast.get_source_segment(self.text, node) or ""

    def line(self) -> str:
        """Return the line of the cell in which it begins."""
        return self.text.splitlines()[self.node.lineno - 1]

    def value(self, node: ast.AST) -> Any:
        """Return what a piece is, if it can be looked up; nothing of a student's is run again."""
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                return self.names.get(name)
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=key)):
                table = self.names.get(name)
                return table[key] if key in getattr(table, "columns", ()) else None
        return None

    def ends_a_question(self) -> bool:
        """Return whether it is the end of a question, as ``"b".mean()`` is in ``a == "b".mean()``.

        Python takes it for one piece, and whoever wrote it meant the mean of the whole question.
        """
        questions = (node for node in ast.walk(self.tree) if isinstance(node, ast.Compare))
        ends = (right for question in questions for right in question.comparators)
        return any(part is self.node for right in ends for part in ast.walk(right))


def last_cell(names: dict[str, Any]) -> str:
    """Return the code of the cell that has run last; empty where none is known."""
    return (names.get("In") or [""])[-1]


def last_expression(cell: str) -> str:
    """Return the name that a cell ends with, such as ``journal.export``; empty if it is none."""
    with suppress(SyntaxError, ValueError):
        match ast.parse(cell).body:
            case [*_, ast.Expr(value=ast.Name() | ast.Attribute() as name)]:
                return ast.unparse(name)
    return ""


def place_of(part: Any, names: dict[str, Any]) -> Place | None:
    """Return the piece of code in which a part of a traceback stands; None if it is not known.

    Args:
        part: the part, in a cell or in a function that a cell has written.
        names: the notebook's own names; those of the function come before them.

    """
    code = part.tb_frame.f_code
    text = "".join(linecache.getlines(code.co_filename))  # IPython puts its cells there
    if not text and code.co_name == "<module>":
        text = last_cell(names)
    position = next(islice(code.co_positions(), part.tb_lasti // 2, None), None)
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.expr) and position == (
            node.lineno,
            node.end_lineno,
            node.col_offset,
            node.end_col_offset,
        ):
            function = "" if code.co_name == "<module>" else code.co_name
            return Place(text, tree, node, names | part.tb_frame.f_locals, function)
    return None
