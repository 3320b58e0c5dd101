"""Say in plain JSON what an answer is: the only form in which answers are looked at.

A student's value can be any object, with an ``==`` of its own. `describe` turns it into numbers,
texts, lists and small tables. Public checks, comparison with the solution and marks see nothing
else, so that an object cannot talk its way to a mark, and no value has to be unpickled.
"""

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from courseware.answers.answer_types import MAX_ITEMS, MAX_TEXT, NOT_A_NUMBER, Described
from courseware.answers.single import single, type_name

MAX_DEPTH = 4  # lists in lists
TOO_LARGE: Described = {"type": "too large"}


def describe(value: Any, depth: int = 0, room: int = MAX_ITEMS) -> Described:
    """Return ``value`` as a dictionary of plain JSON values; its ``type`` says what it is.

    Types: unfinished, nothing, number, yes-no, text, date, duration, list, set, mapping, table,
    chart, function, other (with the name of its Python type), too large. Never raises: an object
    that fails when it is looked at is "other".

    Args:
        value: anything.
        depth: in how many lists it lies.
        room: how many items it may have, if it is a list.

    """
    try:
        return single(value) or _several(value, depth, room) or _other(value)
    except (Exception, SystemExit):  # an object may do anything when it is looked at
        return _other(value)


def _several(value: Any, depth: int, room: int) -> Described | None:
    """Describe a table, chart, list, set, mapping or function; None if it is nothing of it."""
    if isinstance(value, pd.DataFrame | pd.Series):
        return _table(value) if depth < MAX_DEPTH else _too_deep(value)
    if isinstance(value, np.ndarray) and value.ndim == 0:
        return describe(value.item(), depth, room)
    if isinstance(value, np.ndarray | pd.Index | pd.api.extensions.ExtensionArray):
        return _list(value, "list", depth, room)
    if isinstance(value, set | frozenset):
        found = _list(value, "set", depth, room)
        found.get("items", []).sort(key=json.dumps)  # sets have no order that would stay the same
        return found
    if "matplotlib.axes" in sys.modules:  # or it can be no chart
        from courseware.answers.drawn_chart import axes_of, chart  # it loads matplotlib

        axes = axes_of(value)
        if axes is not None:
            return chart(axes)
    if isinstance(value, list | tuple):
        found = _list(value, "list", depth, room)
        return {**found, "tuple": True} if isinstance(value, tuple) and "items" in found else found
    if isinstance(value, Mapping):
        return _mapping(value, depth, room)
    if callable(value) and not isinstance(value, type):
        return {"type": "function"}
    return None


def _other(value: Any) -> Described:
    return {"type": "other", "name": type_name(value)}


def _too_deep(value: Any) -> Described:
    """Describe what lies in too many things, or in a table's cell: perhaps it holds itself."""
    return {"type": "other", "name": f"too deeply nested {type_name(value)}"}


def describe_calls(function: Any, inputs: Sequence[str]) -> Described:
    """Call ``function`` once per input and describe what comes back.

    Args:
        function: what the student named; anything but a function is described as it is.
        inputs: the arguments of each call, as a Python tuple such as ``"(3, 'X')"``; ``pd`` and
            ``np`` are known there.

    Returns:
        ``{"type": "function", "results": [...]}``; a call that fails is described as
        ``{"type": "error", "name": "ZeroDivisionError", "text": "division by zero"}``.

    """
    described = describe(function)
    if described["type"] != "function":
        return described
    return {"type": "function", "results": [_result(function, text) for text in inputs]}


def _result(function: Callable, arguments: str) -> Described:
    values = eval(arguments, {"pd": pd, "np": np})  # our own text, from checks.yaml
    try:
        result = function(*values)
    except (Exception, SystemExit) as problem:
        return {"type": "error", "name": type_name(problem), "text": _words(problem)}
    return describe(result)


def _words(problem: BaseException) -> str:
    """Return an error's message, whatever its class makes of it."""
    try:
        return str(problem)[:MAX_TEXT]
    except Exception:
        return ""


def _list(items: Iterable, kind: str, depth: int, room: int) -> Described:
    """Describe a list's items; each list in it has its part of the room."""
    count = len(items)
    if depth >= MAX_DEPTH:
        return _too_deep(items)
    if count > room:
        return dict(TOO_LARGE)
    part = room // max(count, 1)
    return {"type": kind, "items": [describe(item, depth + 1, part) for item in items]}


def _mapping(value: Mapping, depth: int, room: int) -> Described:
    if depth >= MAX_DEPTH:
        return _too_deep(value)
    found = _list(value.values(), "mapping", depth, room)
    if found["type"] == "mapping":
        keys = [str(key)[:MAX_TEXT] for key in value]
        found["items"] = dict(zip(keys, found["items"], strict=True))
    return found


def _table(value: pd.DataFrame | pd.Series) -> Described:
    """Describe a table; an index with a name, or with anything but 0, 1, 2 …, is a column."""
    series = isinstance(value, pd.Series)
    frame = value.to_frame("value" if value.name is None else value.name) if series else value
    index = frame.index
    counted = index.name is None and isinstance(index, pd.RangeIndex)
    levels = [] if counted and (index.start, index.step) == (0, 1) else range(index.nlevels)
    if len(frame) * (len(levels) + frame.shape[1]) > MAX_ITEMS:
        return dict(TOO_LARGE)
    columns = [_column(index.names[level], "index") for level in levels]
    columns += [_column(column) for column in frame.columns]
    cells = [list(index.get_level_values(level)) for level in levels]
    cells += [list(frame.iloc[:, place]) for place in range(frame.shape[1])]
    rows = [[_cell(cell) for cell in row] for row in zip(*cells, strict=True)]
    return {"type": "table", "series": series, "columns": columns, "rows": rows}


def _cell(value: Any) -> Described:
    """Describe one cell; whether pandas keeps what is missing as None or NaN is all the same."""
    return dict(NOT_A_NUMBER) if value is None else describe(value, MAX_DEPTH)


def _column(name: Any, otherwise: str = "") -> str:
    if isinstance(name, tuple):
        return " ".join(str(part) for part in name if str(part))[:MAX_TEXT]
    return otherwise if name is None else str(name)[:MAX_TEXT]
