"""An error that stopped a cell, with what can be looked up about it.

A `Failure` looks things up when they are asked for, and once. Its properties are also the names
that stand in braces in ``mistakes.yaml``; None there means that it is not known.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import cache, cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from courseware import words
from courseware.mistakes.places import Place, last_cell, place_of

MOST_NAMES = 12  # that a sentence lists
MOST_ROWS = 1_000  # whose names are compared with a misspelt one
MOST_CELLS = 200_000  # rows of a column that is looked through for a word
COMMON = ("abs", "len", "list", "max", "min", "print", "round", "set", "sorted", "str", "sum")
LABELS = re.compile(r"are in the \[(columns|index)\]|not in index|not found in axis")
ONE_LABEL = re.compile(r"The following '\w+' labels are not columns.*\['([^']*)'\]")


class Failure:
    """What is known of an error, from its traceback and from the notebook's names."""

    def __init__(self, error: BaseException, names: dict[str, Any]) -> None:
        """Keep the error, with the traceback that it came with, and the notebook's own names."""
        self.error, self.names = _whole(error, names), names

    # --- Where it is --------------------------------------------------------------------------

    @cached_property
    def message(self) -> str:
        """What Python or pandas says."""
        if isinstance(self.error, SyntaxError):
            return self.error.msg or ""
        return str(self.error)

    @cached_property
    def code(self) -> str:
        """The line that Python cannot read, or the cell that stopped."""
        if isinstance(self.error, SyntaxError):
            return self.error.text or ""
        return last_cell(self.names)

    @cached_property
    def error_class(self) -> str:
        """The name of its class."""
        return type(self.error).__name__

    @cached_property
    def first_line(self) -> str | None:
        """The beginning of the message."""
        lines = self.message.strip().splitlines()
        return lines[0][:200] if lines else None

    @cached_property
    def frames(self) -> list[Any]:
        """The parts of the traceback, from the cell inwards."""
        found, part = [], self.error.__traceback__
        while part:
            found.append(part)
            part = part.tb_next
        return found

    @cached_property
    def line(self) -> int | None:
        """The line of the cell in which it stopped."""
        if isinstance(self.error, SyntaxError):
            return self.error.lineno
        inside = [f for f in self._own_frames if f.tb_frame.f_code.co_name == "<module>"]
        found = inside or self._own_frames
        return found[-1].tb_lineno if found else None

    @property
    def _own_frames(self) -> list[Any]:
        return [part for part in self.frames if part.tb_frame.f_globals is self.names]

    @cached_property
    def place(self) -> Place | None:
        """The piece of the cell that failed."""
        found = self._own_frames
        return place_of(found[-1], self.names) if found else None

    @property
    def piece(self) -> str:
        """The text of that piece."""
        return self.place.written(self.node) if self.place else ""

    @property
    def node(self) -> ast.AST | None:
        """The syntax tree of that piece."""
        return self.place.node if self.place else None

    @cached_property
    def sides(self) -> tuple[ast.expr, ...]:
        """What stands left and right of the sign, if the piece has one."""
        match self.node:
            case ast.BinOp(left=left, right=right) | ast.Compare(left=left, comparators=[right]):
                return left, right
        return ()

    # --- Tables -------------------------------------------------------------------------------

    @cached_property
    def tables(self) -> list[tuple[str, Any]]:
        """The notebook's tables by their names, those that were named last at the end."""
        own = ((name, thing) for name, thing in self.names.items() if not name.startswith("_"))
        return [(name, thing) for name, thing in own if hasattr(thing, "columns")]

    @cached_property
    def table(self) -> Any:
        """The table or column that the error came out of.

        It is the first in the frames below the cell: the table whose brackets were used.
        """
        for part in self.frames:
            for name in ("self", "obj"):
                thing = part.tb_frame.f_locals.get(name)
                if not hasattr(
                    thing, "dtypes"
                ):  # .loc, groups and .plot keep the table they are of
                    thing = getattr(thing, "obj", getattr(thing, "_parent", None))
                if hasattr(thing, "dtypes") and hasattr(thing, "index"):
                    return thing
        return None

    @cached_property
    def columns(self) -> list:
        """The names of the table's columns."""
        return list(getattr(self.table, "columns", []))

    @cached_property
    def rows(self) -> list:
        """What the first rows of the table are called; of two names, the outer one."""
        return row_names(self.table)[:MOST_ROWS]

    @cached_property
    def by_loc(self) -> bool:
        """Whether ``.loc`` or ``.iloc`` was asked."""
        return any(part.tb_frame.f_code.co_filename.endswith("indexing.py") for part in self.frames)

    @cached_property
    def several(self) -> list[str]:
        """The texts that were asked for together, as columns or rows."""
        wanted = self.error.args[0] if self.error.args else "?"
        if LABELS.search(str(wanted)):
            asked = re.sub(r", (dtype|name)='[^']*'", "", str(wanted))
            some = re.search(r"\[('[^\]]*)\]", asked)  # one or several of several
            return re.findall(r"'([^']+)'", some[1] if some else asked)
        return [each for each in wanted if isinstance(each, str)] if type(wanted) is tuple else []

    @cached_property
    def wanted(self) -> Any:
        """The column or row, or the first of them, that is not there."""
        wanted = self.error.args[0] if self.error.args else "?"
        if LABELS.search(str(wanted)):
            number = re.search(r"Index\(\[(\d+)", str(wanted))
            return self.several[0] if self.several else int(number[1]) if number else wanted
        one = ONE_LABEL.fullmatch(str(wanted))  # a column would have brought a label a row
        return one[1] if one and len(self.table) > 1 else wanted

    @property
    def shown(self) -> str:
        """The column or row that is not there, as one writes it into square brackets."""
        return written(self.wanted)

    @property
    def columns_given(self) -> bool:
        """Whether columns were given where their names are wanted."""
        columns = hasattr(self.wanted, "dtypes") and not isinstance(self.wanted, type)
        return columns or "labels are not columns" in str(self.wanted)

    # --- Names --------------------------------------------------------------------------------

    @cached_property
    def word(self) -> str:
        """The name that is not known, or that something has not."""
        named = re.findall(r"'(\w+)'", self.message)
        return getattr(self.error, "name", None) or (named or ["?"])[0]

    @cached_property
    def called(self) -> bool:
        """Whether round brackets follow the word in the cell, as they follow a function."""
        return bool(re.search(rf"(?<![\w.]){re.escape(self.word)}\(", self.code))

    @cached_property
    def near(self) -> list[str]:
        """The names that an unknown word may have been meant for."""
        inside = [name for part in self.frames for name in part.tb_frame.f_locals]
        own = [name for name in [*self.names, *inside] if not name.startswith("_")]
        if self.called:
            own = [name for name in own if callable(self.names.get(name))]
        near = nearest(self.word, [*own, *COMMON])
        if len(self.word) == 1:  # whatever has this letter is near it; a capital is a choice's
            return [n for n in near if self.word.islower() and n.casefold() == self.word]
        return near

    @property
    def meant(self) -> str:
        """A question that names what may have been meant; empty if nothing is near."""
        return meant(self.near)

    @cached_property
    def alone(self) -> bool:
        """Whether the word is all that an equals sign or a pair in braces gives."""
        shown = re.escape(self.word)
        given = rf"^\s*[\w.]+(\[[^\]\n]*\])?\s*=\s*{shown}\s*(#.*)?$"
        return bool(re.search(rf"{given}|\{{[^}}]*:\s*{shown}\s*[,}}\n]", self.code, re.MULTILINE))

    @cached_property
    def as_text(self) -> bool:
        """Whether the word is meant as a text, and not as a name."""
        if re.search(rf"[=!]= *{re.escape(self.word)}\b(?!\()", self.code):
            return True
        return self.alone and (self.word[0].isupper() or not self.near)

    @cached_property
    def where(self) -> str:
        """Where in the notebook's tables the word stands, in words; empty if nowhere."""
        return "" if self.called else self.in_tables(self.word)

    def in_tables(self, word: str) -> str:
        """Return where in the notebook's tables a word stands, in words; empty if nowhere."""
        own = ((n, t) for n, t in self.names.items() if not n.startswith("_"))
        tables = [(n, t) for n, t in own if hasattr(t, "index") and hasattr(t, "dtypes")]
        before = re.findall(r"(\w+)(?:\.loc)?\[", self.code.partition(word)[0])[-1:]
        named = [each for each in tables if each[0] in before]
        return _in_these(named, word) or _in_these(tables, word)

    def holder(self, word: str) -> str:
        """Return the table or row of which a text names a part; empty if none has it.

        One that stands before a bracket in the cell comes first, then the one that was named last.
        """
        names = self.place.names if self.place else self.names
        tables = ((name, each) for name, each in names.items() if hasattr(each, "dtypes"))
        parts = [(name, getattr(each, "columns", each.index)) for name, each in tables]
        having = [name for name, part in parts if name[0] != "_" and word in part]
        typed = [name for name in re.findall(r"(\w+)\[", last_cell(names)) if name in having]
        return (typed or having[::-1] or [""])[0]

    @property
    def nothing(self) -> str:
        """The sentence that a thing has nothing of the word's name."""
        thing = self.error.obj
        if isinstance(thing, ModuleType):
            module = thing.__name__.split(".")[-1]
            return phrase("nothing_in_module", module=module, word=self.word)
        name = type(thing).__name__
        kind = sentences()["things"].get(name) or phrase("thing", name=name)
        return phrase("nothing", thing=kind, word=self.word)


def _whole(error: BaseException, names: dict[str, Any]) -> BaseException:
    """Return what Python says of a cell that ends too early: IPython's reader says only that."""
    cells = names.get("In")
    if isinstance(error, SyntaxError) and "incomplete input" in (error.msg or "") and cells:
        try:
            compile(cells[-1], "<cell>", "exec")
        except SyntaxError as plain:
            return plain
    return error


def _in_these(tables: list[tuple[str, Any]], word: str) -> str:
    for name, table in tables:
        if word in list(getattr(table, "columns", [])):
            return phrase("as_column", table=name)
        if len(table) <= MOST_CELLS and word in set(map(str, row_names(table))):
            return phrase("as_row", table=name)
    for name, table in tables:
        if not hasattr(table, "columns") and says(table, word):
            return phrase("in_series", column=name)
        for column in getattr(table, "columns", []):
            if says(table[column], word):
                return phrase("in_column", column=column, table=name)
    return ""


def says(column: Any, word: str) -> bool:
    """Return whether a row of a column holds a word as it is."""
    texts = getattr(column, "dtype", None) in ("object", "str")
    return texts and len(column) <= MOST_CELLS and bool((column == word).any())


def row_names(table: Any) -> list:
    """Return what the rows of a table are called; where they have two names, the outer ones."""
    return list(table.index.get_level_values(0).unique())


def headings(table: Any) -> list:
    """Return what stands over a table: the names of its rows' labels, and of its columns."""
    return [name for name in (*table.index.names, *table.columns) if name is not None]


def is_column(word: Any, table: Any) -> bool:
    """Return whether a word is the name of one of a table's columns."""
    return isinstance(word, str) and word in list(getattr(table, "columns", []))


def nearest(word: str, known: Iterable[Any]) -> list[str]:
    """Return up to two names that a word may have been meant for."""
    texts = {str(each).casefold(): str(each) for each in known if isinstance(each, str | int)}
    asked = str(word).casefold()
    if found := get_close_matches(asked, texts, n=1, cutoff=0.85):  # it leaves no doubt
        return [texts[each] for each in found]
    alike = [each for each in texts if each[:1] == asked[:1]]
    return [texts[each] for each in get_close_matches(asked, alike, n=2, cutoff=0.66)]


@cache
def sentences() -> dict:
    """Return all that ``mistakes.yaml`` says. Do not change it."""
    return words.read(Path(__file__).with_name("mistakes.yaml"))


def phrase(key: str, **fields: str) -> str:
    """Return a part of a sentence, from ``mistakes.yaml``."""
    return sentences()["phrases"][key].format(**fields)


def meant(near: list[str], quoted: bool = False) -> str:
    """Return a question that names what may have been meant; empty if nothing is near."""
    sign = '"' if quoted else ""
    return phrase("meant", names=either(f"{sign}{n}{sign}" for n in near)) if near else ""


def either(names: Iterable[str]) -> str:
    """Return names as code, with *or* between them."""
    return " or ".join(map(as_code, names))


def listed(things: Iterable[Any]) -> str:
    """Return the first names of many, as code, with commas."""
    shown = list(things)
    quoted = any("," in str(thing) for thing in shown)  # or one name would look like two
    texts = [as_code(written(thing) if quoted else str(thing)) for thing in shown]
    return ", ".join(texts[:MOST_NAMES]) + (" …" if len(texts) > MOST_NAMES else "")


def as_code(text: str) -> str:
    """Return a text as it is set in code."""
    return f"`{text}`"


def written(key: Any) -> str:
    """Return a key as one writes it into square brackets."""
    return f'"{key}"' if isinstance(key, str) else str(key)


def walk(node: ast.AST | None) -> Iterator[ast.AST]:
    """Yield the parts of a piece of code; none if it is not known."""
    return ast.walk(node) if node else iter(())
