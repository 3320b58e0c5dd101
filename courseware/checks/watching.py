"""Who gave a name its value last, and did that cell come to its end? A check asks before it judges.

A name keeps its old value when the cell that should give it a new one stops with an error, or no
longer names it. So the kernel's cells are watched from the moment that a notebook imports `check`:
which names each assigns (read out of its text, so that it works for what Python cannot read, too),
and whether it stopped. A cell is known by its id where there is one; nbclient sends none.
"""

import ast
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

#: How a line that Python cannot read may give a name its value.
ASSIGNS = re.compile(
    r"^[ \t]*(?:def\s+)?([A-Za-z_]\w*)\s*(?:\[.*\]\s*)?(?:[-+*/|&]?=(?!=)|\(.*\)\s*:)", re.M
)
OF_IPYTHON = re.compile(r"^\s*[%!].*$", re.M)


class Ran(NamedTuple):
    """A cell as it ran last: its text, its id if known, and the error that stopped it, if any."""

    source: str
    cell: str | None
    error: str | None


class Watch:
    """Knows of each name which cell ran last of those that give it a value."""

    def __init__(self) -> None:
        """Start knowing nothing."""
        self.last: dict[str, Ran] = {}
        self.cells: dict[str, set[str]] = {}  # by a cell's id: the names it has ever assigned
        self.left_out: set[str] = set()  # names that their own cell no longer assigns
        self.running = ""  # the text of the cell that is running
        self.count = 0  # of the cells that have begun
        self.listeners: list[Callable[[set[str]], None]] = []

    def begin(self, info: Any) -> None:
        """Note that a cell begins: IPython calls this."""
        self.running, self.count = info.raw_cell or "", self.count + 1

    def end(self, result: Any) -> None:
        """Note a cell that has run: IPython calls this."""
        info, self.running = result.info, ""
        problem = result.error_before_exec or result.error_in_exec
        error = type(problem).__name__ if problem is not None else None
        self.note(Ran(info.raw_cell or "", getattr(info, "cell_id", None), error))

    def note(self, ran: Ran) -> None:
        """Note what one cell has assigned, and tell who wants to know."""
        now = assigned(ran.source)
        before = self.cells.get(ran.cell, set()) if ran.cell else set()
        theirs = {name for name in before - now if self._is_last(name, ran.cell)}
        for name in now | theirs:
            self.last[name] = ran
        self.left_out = (self.left_out | theirs) - now
        if ran.cell:
            self.cells[ran.cell] = before | now
        for tell in self.listeners:
            tell(now | theirs)

    def _is_last(self, name: str, cell: str) -> bool:
        """Return whether no other cell has given a name its value since."""
        ran = self.last.get(name)
        return ran is not None and ran.cell == cell

    def complaint(self, name: str) -> str | None:
        """Return why the value of a name is not to be judged; None if it may be."""
        ran = self.last.get(name)
        if ran is None or name in assigned(self.running):  # the cell that asks gives it itself
            return None
        if ran.error:
            return (
                f"The cell that gives `{name}` its value stopped with an error ({ran.error}). "
                "First correct that cell and run it, then run this cell again. Your answer is not "
                "checked until then."
            )
        if name in self.left_out:
            return (
                f"The answer cell ran, but it no longer gives `{name}` a value, so only an old "
                f"value is left. Write `{name} = ` again, with this spelling. Your answer is not "
                "checked until then."
            )
        return None


def assigned(source: str) -> set[str]:
    """Return the names that a cell gives a value or changes, at its margin or in its blocks."""
    try:
        return set(_names(ast.parse(OF_IPYTHON.sub("", source))))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set(ASSIGNS.findall(source))


def used(source: str) -> list[str]:
    """Return the names that a cell speaks of, in the order in which it does."""
    return list(dict.fromkeys(re.findall(r"[A-Za-z_]\w*", source)))


def _names(node: ast.AST) -> Iterator[str]:
    """Yield the names that a part of the code assigns; what stands in functions is their own."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
            return
        case ast.Lambda():
            return
        case ast.Name(id=name, ctx=ast.Store()):
            yield name
        case ast.Subscript(ctx=ast.Store()) | ast.Attribute(ctx=ast.Store()):
            yield from _root(node)
    for child in ast.iter_child_nodes(node):
        yield from _names(child)


def _root(node: ast.AST) -> Iterator[str]:
    """Yield the name of what is changed in place: ``change`` for ``change["growth"] = …``."""
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


WATCH = Watch()


def start(shell: Any) -> None:
    """Watch a shell's cells from now on; once is enough."""
    if shell is not None and not getattr(shell, "course_watch", None):
        shell.course_watch = WATCH
        shell.events.register("pre_run_cell", WATCH.begin)
        shell.events.register("post_run_cell", WATCH.end)
