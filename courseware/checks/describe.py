"""Say in plain JSON what an answer is: the only form in which answers are looked at.

A student's value can be any object, with an ``==`` of its own. `describe` turns it into numbers,
texts, lists and small tables. Public checks, comparison with the solution and marks see nothing
else, so that an object cannot talk its way to a mark, and no value has to be unpickled.
"""

import datetime
import json
import math
import numbers
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

MAX_TEXT = 2_000  # characters of one text
MAX_ITEMS = 5_000  # items of one list with all lists in it, or cells of one table
MAX_DEPTH = 4  # lists in lists

Described = dict[str, Any]

NOT_A_NUMBER: Described = {"type": "number", "value": "nan"}
TOO_LARGE: Described = {"type": "too large"}


def describe(value: Any, depth: int = 0, room: int = MAX_ITEMS) -> Described:
    """Return ``value`` as a dictionary of plain JSON values; its ``type`` says what it is.

    Types: unfinished, nothing, number, yes-no, text, date, list, set, mapping, table, chart,
    function, other (with the name of its Python type), too large. Never raises: an object that
    fails when it is looked at is "other".

    Args:
        value: anything.
        depth: in how many lists it lies.
        room: how many items it may have, if it is a list.

    """
    try:
        return _single(value) or _several(value, depth, room) or _other(value)
    except (Exception, SystemExit):  # an object may do anything when it is looked at
        return _other(value)


def _single(value: Any) -> Described | None:
    """Describe a single value; None if it is something else."""
    if value is Ellipsis:
        return {"type": "unfinished"}
    if value is None:
        return {"type": "nothing"}
    if isinstance(value, bool | np.bool_):
        return {"type": "yes-no", "value": bool(value)}
    if value is pd.NA or value is pd.NaT or value is np.ma.masked:
        return dict(NOT_A_NUMBER)
    if isinstance(value, datetime.timedelta | np.timedelta64):
        return {"type": "other", "name": "duration"}
    if isinstance(value, np.complexfloating):
        return None
    if isinstance(value, numbers.Real | np.number | Decimal):
        return {"type": "number", "value": _number(value)}
    if isinstance(value, str):
        return {"type": "text", "value": str(value)[:MAX_TEXT]}
    if isinstance(value, pd.Period):
        value = value.start_time
    if isinstance(value, datetime.date | np.datetime64):
        return _date(value)
    return None


def _several(value: Any, depth: int, room: int) -> Described | None:
    """Describe a table, chart, list, set, mapping or function; None if it is nothing of it."""
    if isinstance(value, pd.DataFrame | pd.Series):
        return _table(value)
    if isinstance(value, np.ndarray) and value.ndim == 0:
        return describe(value.item(), depth, room)
    if isinstance(value, np.ndarray | pd.Index | pd.api.extensions.ExtensionArray):
        return _list(value, "list", depth, room)
    if isinstance(value, set | frozenset):
        found = _list(value, "set", depth, room)
        found.get("items", []).sort(key=json.dumps)  # sets have no order that would stay the same
        return found
    if "matplotlib.axes" in sys.modules:  # or it can be no chart
        from courseware.checks.chart import axes_of, chart

        axes = axes_of(value)
        if axes is not None:
            return chart(axes)
    if isinstance(value, list | tuple):
        return _list(value, "list", depth, room)
    if isinstance(value, Mapping):
        return _mapping(value, depth, room)
    if callable(value) and not isinstance(value, type):
        return {"type": "function"}
    return None


def _other(value: Any) -> Described:
    return {"type": "other", "name": _type_name(value)}


def _type_name(value: Any) -> str:
    """Return the name of a value's type, whatever its class says of itself."""
    return type.__dict__["__name__"].__get__(type(value))[:60]


def plain(value: Any) -> float | str:
    """Return a single value as a number or text."""
    described = describe(value, MAX_DEPTH)
    found = described.get("value", described["type"])
    return float(found) if isinstance(found, bool) else found


def describe_calls(function: Any, inputs: Sequence[str]) -> Described:
    """Call ``function`` once per input and describe what comes back.

    Args:
        function: what the student named; anything but a function is described as it is.
        inputs: the arguments of each call, as a Python tuple such as ``"(3, 'RUS')"``; ``pd`` and
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
        return {"type": "error", "name": _type_name(problem), "text": _words(problem)}
    return describe(result)


def _words(problem: BaseException) -> str:
    """Return an error's message, whatever its class makes of it."""
    try:
        return str(problem)[:MAX_TEXT]
    except Exception:
        return ""


def _number(value: Any) -> float | str:
    """Return a float, or "nan", "infinite" where JSON has no number."""
    try:
        number = float(value)
    except OverflowError:  # a whole number with more than 308 digits
        return sys.float_info.max if value > 0 else -sys.float_info.max
    if math.isnan(number):
        return "nan"
    return number if math.isfinite(number) else "infinite"


def _date(value: Any) -> Described:
    moment = pd.Timestamp(value)
    if moment is pd.NaT:
        return dict(NOT_A_NUMBER)
    return {"type": "date", "value": moment.isoformat()[:19]}


def _list(items: Iterable, kind: str, depth: int, room: int) -> Described:
    """Describe a list's items; each list in it has its part of the room."""
    count = len(items)
    if count > room or depth >= MAX_DEPTH:
        return dict(TOO_LARGE)
    part = room // max(count, 1)
    return {"type": kind, "items": [describe(item, depth + 1, part) for item in items]}


def _mapping(value: Mapping, depth: int, room: int) -> Described:
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
