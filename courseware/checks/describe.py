"""Say in plain JSON what an answer is: the only form in which answers are looked at.

A student's value can be any object, with an ``==`` of its own. `describe` turns it into numbers,
texts, lists and small tables. Public checks, comparison with the solution and marks see nothing
else, so that an object cannot talk its way to a mark, and no value has to be unpickled.
"""

import math
import numbers
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

MAX_TEXT = 2_000  # characters of one text
MAX_ITEMS = 5_000  # items of one list, or cells of one table
MAX_DEPTH = 4  # lists in lists

Described = dict[str, Any]


def describe(value: Any, depth: int = 0) -> Described:
    """Return ``value`` as a dictionary of plain JSON values; its ``type`` says what it is.

    Types: unfinished, nothing, number, yes-no, text, date, list, set, mapping, table, chart,
    function, other (with the name of its Python type), too large.
    """
    if value is Ellipsis:
        return {"type": "unfinished"}
    if value is None:
        return {"type": "nothing"}
    if isinstance(value, bool | np.bool_):
        return {"type": "yes-no", "value": bool(value)}
    if value is pd.NA or value is pd.NaT or value is np.ma.masked:
        return {"type": "number", "value": "nan"}
    if isinstance(value, numbers.Real | np.number) and not isinstance(value, np.complexfloating):
        return {"type": "number", "value": _number(value)}
    if isinstance(value, str):
        return {"type": "text", "value": str(value)[:MAX_TEXT]}
    if isinstance(value, pd.Timestamp | np.datetime64) or type(value).__module__ == "datetime":
        return _date(value)
    if isinstance(value, pd.DataFrame | pd.Series):
        return _table(value)
    if isinstance(value, np.ndarray) and value.ndim == 0:
        return describe(value.item(), depth)
    if isinstance(value, np.ndarray | pd.Index):
        return _list(list(value[: MAX_ITEMS + 1]), "list", depth)
    if isinstance(value, set | frozenset):
        return _list(sorted(value, key=repr), "set", depth)
    chart = _axes(value)
    if chart is not None:
        return _chart(chart)
    if isinstance(value, list | tuple):
        return _list(value, "list", depth)
    if isinstance(value, Mapping):
        return _mapping(value, depth)
    if callable(value) and not isinstance(value, type):
        return {"type": "function"}
    return {"type": "other", "name": type(value).__name__[:60]}


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
        return describe(function(*values))
    except Exception as problem:
        name = type(problem).__name__
        return {"type": "error", "name": name[:60], "text": str(problem)[:MAX_TEXT]}


def _number(value: Any) -> float | str:
    """Return a float, or "nan", "infinite" where JSON has no number."""
    number = float(value)
    if math.isnan(number):
        return "nan"
    return number if math.isfinite(number) else "infinite"


def _date(value: Any) -> Described:
    try:
        return {"type": "date", "value": pd.Timestamp(value).isoformat()[:19]}
    except (TypeError, ValueError):
        return {"type": "other", "name": type(value).__name__[:60]}


def _list(items: Sequence, kind: str, depth: int) -> Described:
    if len(items) > MAX_ITEMS or depth >= MAX_DEPTH:
        return {"type": "too large"}
    return {"type": kind, "items": [describe(item, depth + 1) for item in items]}


def _mapping(value: Mapping, depth: int) -> Described:
    if len(value) > MAX_ITEMS or depth >= MAX_DEPTH:
        return {"type": "too large"}
    items = {str(key)[:MAX_TEXT]: describe(item, depth + 1) for key, item in value.items()}
    return {"type": "mapping", "items": items}


def _table(value: pd.DataFrame | pd.Series) -> Described:
    """Describe a table; an index with a name, or with anything but 0, 1, 2 …, is a column."""
    series = isinstance(value, pd.Series)
    frame = value.to_frame("value" if value.name is None else value.name) if series else value
    if frame.size > MAX_ITEMS:
        return {"type": "too large"}
    numbered = isinstance(frame.index, pd.RangeIndex) and frame.index.name is None
    levels = (
        [] if numbered else [frame.index.get_level_values(n) for n in range(frame.index.nlevels)]
    )
    columns = [_column(level.name, "index") for level in levels]
    columns += [_column(column) for column in frame.columns]
    cells = [list(level) for level in levels]
    cells += [list(frame.iloc[:, n]) for n in range(frame.shape[1])]
    rows = [[describe(cell, MAX_DEPTH) for cell in row] for row in zip(*cells, strict=True)]
    return {"type": "table", "series": series, "columns": columns, "rows": rows}


def _column(name: Any, otherwise: str = "") -> str:
    if isinstance(name, tuple):
        return " ".join(str(part) for part in name if str(part))
    return otherwise if name is None else str(name)[:MAX_TEXT]


def _axes(value: Any) -> Any:
    """Return the axes that ``value`` is, or holds; None if it is no chart."""
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    if isinstance(value, tuple) and len(value) == 2:  # fig, ax
        value = value[1]
    if isinstance(value, Figure):
        value = value.axes[0] if value.axes else None
    return value if isinstance(value, Axes) else None


def _chart(axes: Any) -> Described:
    """Describe what a chart shows: words, scales, and each series as points in order of x."""
    titles = [axes.get_title(loc) for loc in ("center", "left", "right")]
    titles += [text.get_text() for text in axes.figure.texts if text.get_gid() == "title"]
    if axes.figure.get_suptitle():
        titles.append(axes.figure.get_suptitle())
    return {
        "type": "chart",
        "title": " ".join(" ".join(titles).split())[:MAX_TEXT],
        "xlabel": axes.get_xlabel()[:MAX_TEXT],
        "ylabel": axes.get_ylabel()[:MAX_TEXT],
        "lying": any(getattr(bars, "orientation", "") == "horizontal" for bars in axes.containers),
        "xscale": axes.get_xscale(),
        "yscale": axes.get_yscale(),
        "lines": [_points(line.get_xdata(), line.get_ydata()) for line in _data_lines(axes)],
        "bars": [_bars(axes, bars) for bars in axes.containers if hasattr(bars, "orientation")],
        "dots": [_points(*np.asarray(dots.get_offsets()).T) for dots in _dots(axes)],
    }


def _data_lines(axes: Any) -> list:
    """Return the lines that show data: level lines and markers of a date have two points."""
    return [line for line in axes.get_lines() if len(line.get_xdata()) > 2][:50]


def _dots(axes: Any) -> list:
    from matplotlib.collections import PathCollection

    return [dots for dots in axes.collections if isinstance(dots, PathCollection)][:50]


def _points(xs: Any, ys: Any) -> list[list]:
    pairs = [[_plain(x), _plain(y)] for x, y in zip(list(xs), list(ys), strict=True)]
    return sorted(pairs[:MAX_ITEMS], key=lambda pair: (isinstance(pair[0], str), pair[0]))


def _bars(axes: Any, bars: Any) -> list[list]:
    """Return (category, length) of each bar; the category is what the axis calls its place."""
    upright = bars.orientation == "vertical"
    names = _categories(axes.xaxis if upright else axes.yaxis)
    described = []
    for bar in bars.patches[:MAX_ITEMS]:
        (left, low), width, height = bar.get_xy(), bar.get_width(), bar.get_height()
        middle, length = (left + width / 2, height) if upright else (low + height / 2, width)
        near = min(names, key=lambda place: abs(place - middle), default=None)
        beside = near is not None and abs(near - middle) < 0.5  # bars in groups stand beside it
        described.append([names[near] if beside else _plain(middle), _plain(length)])
    return sorted(described, key=lambda pair: (isinstance(pair[0], str), pair[0]))


def _categories(axis: Any) -> dict[float, float | str]:
    """Return the names on an axis by their place; none if it is an axis of numbers."""
    from matplotlib.ticker import ScalarFormatter

    if isinstance(axis.get_major_formatter(), ScalarFormatter):
        return {}
    ticks = zip(axis.get_majorticklocs(), axis.get_majorticklabels(), strict=False)
    return {float(place): _number_or_text(label.get_text()) for place, label in ticks}


def _number_or_text(text: str) -> float | str:
    """Return a year on an axis as the number that it is."""
    try:
        return float(text)
    except ValueError:
        return text


def _plain(value: Any) -> float | str:
    described = describe(value, MAX_DEPTH)
    return described.get("value", described["type"])
