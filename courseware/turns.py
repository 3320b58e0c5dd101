"""*Your turn*: a blank to fill in, told right or wrong on the spot, with a hint. Nothing is marked.

A chapter writes the blank and the question in one cell, so that an old answer cannot pass::

    answer = ...
    turn("02-turn-quarter", answer)

What is expected stands in ``words/NN.yaml`` under ``turns``: expressions over the course's tables,
so that no figure is typed. Nothing is kept of what a student tries.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from html import escape
from types import EllipsisType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from IPython import get_ipython
from IPython.display import display

from courseware import CourseError, data, ui, words
from courseware.answers import judge
from courseware.answers.answer_types import Described
from courseware.answers.describe import describe
from courseware.answers.kinds.number import YEAR
from courseware.answers.tolerance import EXACT
from courseware.answers.wording import Question

#: What expressions may call besides pandas.
HELPERS = {f.__name__: f for f in (abs, float, int, len, max, min, round, set, sorted, str, sum)}
EMPTY = "Nothing is filled in yet. Write your answer in place of the three dots, and run the cell"


class TurnError(CourseError):
    """What is written of a turn does not hold together; the message says where."""


class Wrong(NamedTuple):
    """A wrong answer that somebody is likely to give, and what to say of it."""

    answer: Any
    hint: str


class Turn(NamedTuple):
    """A turn with its answers worked out."""

    key: str
    kind: str
    right: Any
    wrong: list[Wrong]
    asked: dict
    names: dict[str, Any]  #: what its words may name besides ``right``


class Told(NamedTuple):
    """What is said of an answer: how it stands (open, right, wrong), and in which words."""

    state: str
    words: str


class Card:
    """What a turn says: a card, or one line where there is no browser."""

    def __init__(self, told: Told, asked: dict) -> None:
        """Keep what to say."""
        self.told, self.asked = told, asked

    def __repr__(self) -> str:
        """Return the sentence as plain text."""
        return f"Your turn: {self.told.words}"

    def _repr_html_(self) -> str:
        title, edge = LOOKS[self.told.state]
        body = f"<div>{ui.in_html(self.told.words)}</div>"
        if self.told.state == "wrong":
            body += folds(self.asked)
        elif self.told.state == "open":
            body += _hint(self.asked)
        return f'<div role="status">{ui.card(title, body, edge)}</div>'


#: Title and edge of the card.
LOOKS = {
    "open": ("Your turn", "note"),
    "right": ("Your turn: right", "good"),
    "wrong": ("Your turn: not yet", "care"),
}


def turn(key: str, answer: Any) -> None:
    """Show whether an answer is right, with a hint where it is not. Nothing is marked or kept.

    Args:
        key: the turn, as ``words/NN.yaml`` has it, such as ``"02-turn-quarter"``.
        answer: what the student has put in the place of the three dots.

    """
    written = words.turn(key)
    if _forgotten(blank_of(written)):
        told = Told(
            "wrong",
            f"Begin the line with `{blank_of(written)} =`, because this name has no value yet.",
        )
    elif _untouched(answer):
        told = Told("open", f"{EMPTY} again (Shift + Enter). Nothing here is marked.")
    else:
        told = tell(load(key), answer)
    display(Card(told, written))


def helps(source: str) -> str:
    """Return the hint of the turn that a cell asks, as HTML folds; empty if it asks none.

    A cell that stops with an error never comes to its turn, and then nobody else offers them.
    """
    asked = re.search(r"""\bturn\(\s*["'](\d\d-[\w-]+)["']""", source)
    if asked is None:
        return ""
    try:
        return folds(words.turn(asked[1]))
    except CourseError:
        return ""


def folds(asked: dict) -> str:
    """Return the hint of a turn and one way to write its answer, each in a fold."""
    way = f'<p><code style="white-space:pre-wrap">{escape(line_of(asked))}</code></p>'
    return _hint(asked) + ui.details("Stuck? One way to write it", way)


def _hint(asked: dict) -> str:
    return ui.details("A hint", f"<p>{ui.in_html(asked['hint'])}</p>")


def _forgotten(blank: str) -> bool:
    """Return whether the cell that runs gives the blank no value, so that an old one is judged."""
    shell = get_ipython()
    ran = shell.user_ns.get("In", [""])[-1] if shell else ""
    if "turn(" not in ran:
        return False  # not in a notebook, or not written in the cell itself
    with suppress(SyntaxError):
        named = ast.parse(blank, mode="eval").body
        assigned = (node for node in ast.walk(ast.parse(ran)) if isinstance(node, ast.Assign))
        targets = {ast.unparse(target) for node in assigned for target in node.targets}
        return ast.unparse(named) not in targets
    return False


def _untouched(answer: Any) -> bool:
    """Return whether the three dots still stand, also as a column that was made of them."""
    if isinstance(answer, pd.Series) and answer.dtype == object:
        return any(isinstance(value, EllipsisType) for value in answer)
    return isinstance(answer, EllipsisType)


def load(key: str) -> Turn:
    """Return a turn with all its answers worked out.

    Raises:
        TurnError: an expression cannot be worked out.

    """
    asked = words.turn(key)
    names = _names(key, asked)
    wrong = [
        Wrong(_worked_out(key, each["answer"], names), each["hint"])
        for each in asked.get("wrong", [])
    ]
    return Turn(key, asked["kind"], _worked_out(key, asked["right"], names), wrong, asked, names)


def way(key: str) -> Any:
    """Return what the shown way of answering a turn gives: a test holds it to be right."""
    asked = words.turn(key)
    names = _names(key, asked)
    names |= _functions(key, asked.get("above", ""), names)
    return _worked_out(key, way_of(asked), names)


def way_of(asked: dict) -> str:
    """Return how a student may write the answer."""
    return asked.get("way", asked["right"])


def line_of(asked: dict) -> str:
    """Return the line that fills the blank, ``answer = …``, below what has to stand above it."""
    above = f"{asked['above'].rstrip()}\n\n" if "above" in asked else ""
    return f"{above}{blank_of(asked)} = {way_of(asked).rstrip()}"


def blank_of(asked: dict) -> str:
    """Return what the three dots are given to: ``answer``, unless a turn says otherwise."""
    return asked.get("blank", "answer")


def _names(key: str, asked: dict) -> dict[str, Any]:
    """Return the tables that a turn speaks of, and what is worked out of them, by name."""
    names = {name: data.load(table) for name, table in asked.get("tables", {}).items()}
    for name, expression in asked.get("names", {}).items():
        names[name] = _worked_out(key, expression, names)
    return names


def _worked_out(key: str, expression: str, names: dict[str, Any]) -> Any:
    """Return what an expression of ours gives; it comes with the course, never from a student."""
    try:
        return eval(expression, {"__builtins__": HELPERS, "pd": pd, **names})
    except Exception as problem:
        raise TurnError(
            f"words/{key[:2]}.yaml, {key}: {expression!r} cannot be worked out: {problem}"
        ) from problem


def _functions(key: str, lines: str, names: dict[str, Any]) -> dict[str, Any]:
    """Return the functions that a turn lets a student write above the blank, by name."""
    written: dict[str, Any] = {"__builtins__": HELPERS, "pd": pd, **names}
    try:
        exec(lines, written)
    except Exception as problem:
        raise TurnError(f"words/{key[:2]}.yaml, {key}, above: {problem}") from problem
    return {name: thing for name, thing in written.items() if name not in ("__builtins__", "pd")}


# --- Judging -----------------------------------------------------------------------------------


def tell(asked: Turn, answer: Any) -> Told:
    """Return what to say of an answer. Never raises: an answer can be anything."""
    right = foreseen(asked, asked.right)
    known = [(foreseen(asked, wrong.answer), wrong.hint) for wrong in asked.wrong]
    try:
        judged = judge(question(asked, right), right, known, described(asked, answer))
    except Exception:
        return Told("wrong", "This answer cannot be checked. Write it more simply.")
    if not judged.right or judged.lacks:
        return Told("wrong", judged.words or " ".join(judged.lacks))
    then = asked.asked.get("then", "")
    return Told("right", f"Yes. {then.format(**{**asked.names, 'right': asked.right})}".strip())


def question(asked: Turn, right: Described) -> Question:
    """Return a turn as the judge is asked it."""
    own = OWN.get(asked.kind, {})
    about = {**EXACT, "marks": "lines", **asked.asked, **own, "answer": blank_of(asked.asked)}
    if about["kind"] == "number":
        about |= _on_the_way(asked)
    if about["kind"] == "table":
        about |= _like(right, asked.right.index.nlevels)
    return about


def _on_the_way(asked: Turn) -> dict:
    """Return what the expression of the right number says of how to come to it, and how not to."""
    right = asked.asked["right"]
    whole = asked.kind != "number"
    counted = whole and right.startswith("len(")
    called = re.search(r"\b(sum|prod)\(", right)
    made = "len" if counted else called[1] if called else "one"
    return {
        "made": made,
        "from_a_table": "[" in right,
        "filtered": "==" in right and all(wrong.answer != 0 for wrong in asked.wrong),
        "turned": [] if whole else [*_upside_down(asked)],
    }


def _upside_down(asked: Turn) -> Iterator[float]:
    """Yield what a number is if its division is turned round, as a share and in per cent."""
    turned = ast.parse(asked.asked["right"], mode="eval")
    for node in ast.walk(turned):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            node.left, node.right = node.right, node.left
            given = float(_worked_out(asked.key, ast.unparse(turned), asked.names))
            yield from (given, given / 100)
            return


def _like(right: Described, levels: int) -> dict:
    """Return the question that a table like this answers: its key is what the rows are called."""
    columns = {
        name: {"kind": "number" if {cell["type"] for cell in cells} == {"number"} else "text"}
        for name, cells in zip(right["columns"], zip(*right["rows"], strict=True), strict=True)
    }
    rows = len(right["rows"])
    return {
        "key": right["columns"][:levels],
        "columns": columns,
        "rows": [rows, rows],
        "series": right["series"],
    }


def foreseen(asked: Turn, answer: Any) -> Described:
    """Describe an answer that is written down; of a chart it is the numbers that are drawn."""
    if asked.kind == "chart":
        return describe(pd.DataFrame(answer).to_numpy(dtype=float).ravel())
    return described(asked, answer)


def described(asked: Turn, answer: Any) -> Described:
    """Describe an answer in the form that is asked, if it says the same in one that is not."""
    if isinstance(answer, pd.DataFrame | pd.Series) and asked.kind == "table":
        return describe(_named(answer, asked.right.index))
    if asked.kind == "set":
        several = isinstance(answer, Iterable) and not isinstance(answer, str)
        return describe([*answer] if several else answer)
    several = isinstance(answer, pd.Series | np.ndarray | list) and np.ndim(answer) == 1
    return describe(next(iter(answer)) if several and len(answer) == 1 else answer)


def _named(table: pd.DataFrame | pd.Series, like: pd.Index) -> pd.DataFrame | pd.Series:
    """Return a table whose rows have the names of others, and whose one column has none."""
    names = [name or "index" for name in like.names]
    if table.index.nlevels == len(names):
        table = table.rename_axis(index=names)
    return table.rename("value") if isinstance(table, pd.Series) else table


#: What kinds of turns are to the judge, where they are no kind of the same name that is exact.
OWN: dict[str, dict] = {
    "number": {"typed": 0},
    "count": {"kind": "number", "whole": True},
    "year": {"kind": "number", "whole": True, "unit": YEAR},
    "text": {"kind": "choice"},
    "table": {"typed": 0},
}
