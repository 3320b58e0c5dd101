"""*Your turn*: a blank to fill in, told right or wrong on the spot, with a hint. Nothing is marked.

A chapter writes the blank and the question in one cell, so that an old answer cannot pass::

    answer = ...
    turn("02-turn-quarter", answer)

What is expected stands in ``words/NN.yaml`` under ``turns``: expressions over the course's tables,
so that no figure is typed. Nothing is kept of what a student tries.
"""

import ast
import math
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from html import escape
from numbers import Number
from types import EllipsisType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from IPython import get_ipython
from IPython.display import display

from courseware import CourseError, data, ui, words

#: What expressions may call besides pandas.
HELPERS = {f.__name__: f for f in (abs, float, int, len, max, min, round, set, sorted, str, sum)}
#: How a unit's size may be written on an axis.
SIZES = {"million": ("million", "mln", "mn", "mt"), "billion": ("billion", "bn", "bln")}
NEAR = 1e-9  # relative: how far two ways of working out one number may part
NO_ROW = (
    "This is 0: no row of that column says so. Compare the word in your question with "
    "`value_counts()` of the column, letter by letter."
)
UPSIDE_DOWN = (
    "The two numbers of the division have changed places. Look at which of them is to be divided "
    "by the other."
)
REVERSED = "The sign is the other one: turn the subtraction round. With dates: later minus earlier."
EMPTY = "Nothing is filled in yet. Put your answer in the place of the three dots, and run the cell"


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
        told = Told("wrong", f"Begin the line with `{blank_of(written)} =`: it has got no value.")
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
    try:
        return _tell(asked, answer)
    except Exception:
        return Told("wrong", "This answer cannot be read. Write it more simply.")


def _tell(asked: Turn, answer: Any) -> Told:
    if answer is None:
        empty = f"`{blank_of(asked.asked)}` is empty (None): that line gives nothing back."
        shown = " `charts.show` only shows: leave it out here." if asked.kind == "chart" else ""
        return Told("wrong", empty + shown)
    if _a_tool(answer):
        return Told("wrong", "Round brackets are missing at the end: they make the tool work, ().")
    if isinstance(answer, complex):
        below = "This is the root of a number below zero. Look at what stands in the brackets."
        return Told("wrong", below)
    kind = KINDS[asked.kind]
    value, complaint = kind.read(answer, asked)
    if complaint:
        return Told("wrong", complaint)
    if kind.same(asked.right, value, asked):
        return _right(asked, value)
    if _no_row(asked, value):
        return Told("wrong", NO_ROW)
    for wrong in asked.wrong:
        if kind.same(wrong.answer, value, asked):
            return Told("wrong", wrong.hint)
    if _reversed(asked, value):
        return Told("wrong", REVERSED)
    if _upside_down(asked, value):
        return Told("wrong", UPSIDE_DOWN)
    return Told("wrong", _other_shape(asked.right, value) or kind.otherwise)


def _other_shape(expected: Any, value: Any) -> str:
    """Return what to say of a table for a column, or the reverse, or of one number for all rows."""
    if isinstance(expected, pd.DataFrame) and isinstance(value, pd.Series):
        return "This is one column, and a whole table is asked here. Leave out what takes it."
    if isinstance(expected, pd.Series) and isinstance(value, pd.DataFrame):
        return "This is a table, and one column is asked here. Take one in square brackets."
    if isinstance(expected, pd.Series) and len(value) > 1 and (value == value.iloc[0]).all():
        return (
            "This is one number for every row, and each row needs its own. Work it out from whole "
            "columns."
        )
    return ""


def _a_tool(answer: Any) -> bool:
    """Return whether an answer is a tool that did not work, or a new column full of it."""
    if getattr(answer, "dtype", None) == "object" and len(answer):
        return all(callable(each) for each in answer)
    return callable(answer) and not hasattr(answer, "get_lines")


def _no_row(asked: Turn, value: Any) -> bool:
    """Return whether a zero comes of a question to a column that no row answers with yes.

    At the digits that were typed it is as near to a fraction as to nothing.
    """
    if asked.kind not in ("number", "count") or value != 0:
        return False
    return "==" in asked.asked["right"] and all(wrong.answer != 0 for wrong in asked.wrong)


def _reversed(asked: Turn, value: Any) -> bool:
    """Return whether an answer is right, or a time that is nearly so, but for its sign."""
    if asked.kind not in ("number", "count", "table"):
        return False
    expected = [asked.right]
    if getattr(getattr(value, "dtype", None), "kind", "") == "m":  # times between two dates
        expected += [wrong.answer for wrong in asked.wrong]
    with suppress(TypeError):  # a column of text has no sign
        return any(KINDS[asked.kind].same(each, -value, asked) for each in expected)
    return False


def _upside_down(asked: Turn, value: Any) -> bool:
    """Return whether an answer is right but for its division, which is turned round."""
    turned = ast.parse(asked.asked["right"], mode="eval")
    for node in ast.walk(turned) if asked.kind == "number" else ():
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            node.left, node.right = node.right, node.left
            given = _worked_out(asked.key, ast.unparse(turned), asked.names)
            return any(_same_number(each, value, asked, least=2) for each in (given, given / 100))
    return False


def _right(asked: Turn, value: Any) -> Told:
    digits = asked.asked.get("digits", 0)
    if asked.kind == "number" and _short(asked, value, digits):
        some = "one digit" if digits == 1 else f"{digits} digits"
        return Told("wrong", f"Right as far as it goes. Give {some} after the decimal point.")
    then = asked.asked.get("then", "")
    return Told("right", f"Yes. {then.format(**{**asked.names, 'right': asked.right})}".strip())


def _short(asked: Turn, value: float, digits: int) -> bool:
    """Return whether a right number has fewer digits than asked; 37.0 has one for 37.01."""
    if math.isclose(value, round(float(_single(asked.right)), digits)):
        return False
    return _digits(value) < min(digits, _digits(asked.right))


class Kind(NamedTuple):
    """How answers of one kind are read and compared, and what is said of the others."""

    read: Callable[[Any, Turn], tuple[Any, str]]
    same: Callable[[Any, Any, Turn], bool]
    otherwise: str


def _number(answer: Any, asked: Turn) -> tuple[Any, str]:
    """Return an answer as a number; else what to say."""
    unit = asked.asked.get("unit", "")
    want = f"A number{f' ({unit})' if unit else ''} is asked here"
    answer = _single(answer)
    if isinstance(answer, str):
        if any(sign.isdigit() for sign in answer):
            return None, "Write the number without quotation marks, with a point: 12.3."
        return None, f"{want}; this is the text {answer[:40]!r}."
    if isinstance(answer, tuple):
        return None, "Python takes a comma for the end of a value. Write 12.3, with a point."
    if isinstance(answer, pd.DataFrame):
        return None, f"{want}; this is a table. Count its rows with `len(…)`, or take one value."
    if isinstance(answer, pd.Series) and answer.dtype == bool:
        return None, f"{want}; this is a column of True and False. {_use_of_a_question(asked)}"
    if isinstance(answer, pd.Series | list | set | dict | np.ndarray):
        return None, f"{want}; this has {len(answer)} values. {_one_of_many(answer, asked)}"
    if isinstance(answer, bool | np.bool_) or not isinstance(answer, Number):
        return None, f"{want}; this is something else."
    if not math.isfinite(float(answer)):
        return None, "A value is missing somewhere (NaN), so there is no number."
    return float(answer), ""


def _one_of_many(answer: Any, asked: Turn) -> str:
    """Return how one number is made of several; only where a sum is right are they summed."""
    if asked.kind == "count" and asked.asked["right"].startswith("len("):
        return "Count them with `len(…)`."
    by_loc = " with `.loc[…]`" if isinstance(answer, pd.Series) else ""
    or_sum = ", or sum them up" if re.search(r"\bsum\(", asked.asked["right"]) else ""
    return f"Pick one of them{by_loc}{or_sum}."


def _use_of_a_question(asked: Turn) -> str:
    """Return what to do with a question that nothing has been made of."""
    if asked.kind == "number":
        return "Its mean is the share of True: `(…).mean()`."
    return "Put the question into `table[…]`, and count the rows with `len(…)`."


def _single(answer: Any) -> Any:
    """Return the one value of a column or list that has one; else the answer as it is."""
    if isinstance(answer, pd.Series | np.ndarray | list) and len(answer) == 1:
        answer = next(iter(answer))
    return answer.item() if isinstance(answer, np.generic) else answer


def _same_number(expected: Any, value: float, _: Turn, least: int = 0) -> bool:
    """Return whether a number is right at the digits that were typed, or at ``least`` so many."""
    expected = float(_single(expected))
    if math.isclose(expected, value, rel_tol=NEAR):
        return True
    return abs(expected - value) <= 0.5 * 10 ** -max(_digits(value), least) * (1 + NEAR)


def _digits(value: Any) -> int:
    """Return how many digits after the point a number has, as Python writes it."""
    text = repr(float(_single(value)))
    if "e" in text:
        return 0 if "e+" in text else 17
    return len(text.partition(".")[2].rstrip("0"))


def _numbers(answer: Any, asked: Turn) -> tuple[Any, str]:
    """Return an answer of several numbers as a list; else what to say."""
    if not isinstance(answer, list | tuple | np.ndarray):
        return None, "Several numbers are asked here: write them like this, `[first, second]`."
    if any(each is None for each in answer):
        return None, (
            "Your function returns nothing for one of them: a `return` is missing, or the last "
            "`return` is inside the `if`, too far to the right."
        )
    if len(answer) != len(asked.right):
        return None, f"{len(asked.right)} numbers are asked here; these are {len(answer)}."
    read = [_number(each, asked) for each in answer]
    return [value for value, _ in read], next((told for _, told in read if told), "")


def _same_numbers(expected: Any, value: Any, asked: Turn) -> bool:
    least = asked.asked.get("digits", 0)  # or 0 would do for a half
    return len(expected) == len(value) and all(
        _same_number(one, other, asked, least) for one, other in zip(expected, value, strict=True)
    )


def _same_whole(expected: Any, value: float, asked: Turn) -> bool:
    return float(_single(expected)) == value


def _text(answer: Any, asked: Turn) -> tuple[Any, str]:
    answer = _single(answer)
    options = asked.asked.get("options", [])
    listed = f" Choose one of {', '.join(map(repr, options))}." if options else ""
    if not isinstance(answer, str):
        return None, f"A text in quotation marks is asked here.{listed}"
    if options and _tidy(answer) not in map(_tidy, options):
        return None, f"{answer[:40]!r} is not one of the possible answers.{listed}"
    return answer, ""


def _tidy(value: Any) -> str:
    """Return a word as it is compared: without outer blanks, capitals alike."""
    return " ".join(str(value).split()).casefold()


def _same_text(expected: Any, value: str, asked: Turn) -> bool:
    return _tidy(_single(expected)) == _tidy(value)


def _set(answer: Any, asked: Turn) -> tuple[Any, str]:
    if isinstance(answer, str) or not isinstance(answer, Iterable):
        return None, "Several things are asked here: write them like this, ['a', 'b']."
    once = {_tidy(each) for each in answer}
    if len(once) < len([*answer]):
        return None, "One of these is in it twice. `set(…)` keeps each of them once."
    return answer, ""


def _same_set(expected: Any, value: Any, asked: Turn) -> bool:
    return {_tidy(each) for each in expected} == {_tidy(each) for each in value}


def _table(answer: Any, asked: Turn) -> tuple[Any, str]:
    if not isinstance(answer, pd.DataFrame | pd.Series):
        return None, "A table or one of its columns is asked here; this is something else."
    if not len(answer):
        return None, "No row is left: nothing fits this filter. Look at the spelling."
    return answer, ""


def _same_table(expected: Any, value: Any, asked: Turn) -> bool:
    """Return whether a table has the same rows, columns and values, in whatever order of rows."""
    if isinstance(expected, pd.Series) != isinstance(value, pd.Series):
        return False
    first, second = (pd.DataFrame(each) for each in (expected, value))
    if isinstance(expected, pd.Series):
        first.columns = second.columns = ["value"]
    if set(first.columns) != set(second.columns) or len(first) != len(second):
        return False
    ordered = asked.asked.get("ordered", False)
    if not ordered:
        first, second = first.sort_index(kind="stable"), second.sort_index(kind="stable")
    if list(first.index) != list(second.index):
        return False
    return all(_same_column(first[each], second[each]) for each in first.columns)


def _same_column(first: pd.Series, second: pd.Series) -> bool:
    """Return whether two columns agree; a rounded one agrees at its own digits."""
    if not (pd.api.types.is_numeric_dtype(first) and pd.api.types.is_numeric_dtype(second)):
        return [str(x) for x in first] == [str(x) for x in second]
    one, other = (
        each.astype(float).to_numpy(dtype=float, na_value=np.nan) for each in (first, second)
    )
    digits = max((_digits(x) for x in other if math.isfinite(x)), default=0)
    room = 0.5 * 10.0**-digits if digits <= 6 else 0.0
    return bool(np.allclose(one, other, rtol=NEAR, atol=room * (1 + NEAR), equal_nan=True))


def _chart(answer: Any, asked: Turn) -> tuple[Any, str]:
    answer = answer[0] if isinstance(answer, np.ndarray) and answer.size == 1 else answer
    if not hasattr(answer, "get_lines"):
        return None, "A chart is asked here, such as `table.plot()`; this is something else."
    if complaint := _other_marks(answer, asked):
        return None, complaint
    for need in asked.asked.get("needs", []):
        said = _said(answer, need)
        if said and not said.strip(" .…"):
            return None, f"Put words of your own in place of the dots in `{need}`."
        if not said:
            return None, f'The chart has no {need} yet: write `{need}="…"` into the brackets.'
    return answer, _without_unit(answer, asked)


def _without_unit(axes: Any, asked: Turn) -> str:
    """Return what to say if the axis of the numbers leaves out a thousand or a million; else ""."""
    size = asked.asked.get("unit", "").partition(" ")[0]
    label = axes.get_ylabel().casefold()
    if size not in SIZES or any(word in label for word in SIZES[size]):
        return ""
    return f"The unit is {asked.asked['unit']}: say so in `ylabel`, or the numbers look small."


def _other_marks(axes: Any, asked: Turn) -> str:
    """Return what to say if a chart has bars where lines are asked, or the reverse; else ""."""
    bars = any(len(group.patches) for group in axes.containers if hasattr(group, "patches"))
    if _marks(asked) == "bars" and not bars and axes.get_lines():
        return "Bars are asked here, and this chart has lines: write `.plot.bar()`."
    if _marks(asked) == "lines" and bars and not axes.get_lines():
        return "Lines are asked here, and this chart has bars: write `.plot()`."
    return ""


def _marks(asked: Turn) -> str:
    """Return what a chart is to be drawn with: lines or bars."""
    return asked.asked.get("marks", "lines")


def _said(axes: Any, need: str) -> str:
    """Return a chart's title or label; a title may stand in the middle or at a side."""
    if need == "title":
        return "".join(axes.get_title(place) for place in ("left", "center", "right"))
    return getattr(axes, f"get_{need}")()


def _same_chart(expected: Any, value: Any, asked: Turn) -> bool:
    """Return whether a chart shows the expected numbers, whatever it looks like."""
    if _marks(asked) == "lines":
        drawn = [y for line in value.get_lines() for y in np.asarray(line.get_ydata(), float)]
    else:
        bars = [bar for group in value.containers for bar in group.patches]
        lying = any(getattr(g, "orientation", "") == "horizontal" for g in value.containers)
        drawn = [bar.get_width() if lying else bar.get_height() for bar in bars]
    one, other = (_in_order(numbers) for numbers in (pd.DataFrame(expected), drawn))
    return one.shape == other.shape and bool(np.allclose(one, other, rtol=NEAR))


def _in_order(numbers: Any) -> np.ndarray:
    """Return the numbers of a table or list, the smallest first, without what is missing."""
    flat = np.asarray(numbers, dtype=float).ravel()
    return np.sort(flat[np.isfinite(flat)])


KINDS = {
    "number": Kind(
        _number,
        _same_number,
        "Not this number. Look again at the row and the column of each part, and at the unit.",
    ),
    "count": Kind(_number, _same_whole, "Not this number. What is one row here, and which count?"),
    "year": Kind(
        _number,
        _same_whole,
        "Not this year. Which column is asked, and its smallest or its largest value?",
    ),
    "choice": Kind(_text, _same_text, "Not this one. Hold each of them against the table."),
    "text": Kind(_text, _same_text, "Not this. Look it up in the table, letter by letter."),
    "numbers": Kind(_numbers, _same_numbers, "Not these numbers. Try each of them by itself."),
    "set": Kind(_set, _same_set, "Something is missing here, or does not belong."),
    "table": Kind(_table, _same_table, "Not this table yet. Look at its rows, then at a value."),
    "chart": Kind(_chart, _same_chart, "The chart shows other numbers. Which table is drawn?"),
}
