"""Say in plain JSON what a chart shows: words, scales, and each series as points in order of x.

Whatever way it was drawn, the same picture gets the same description: bars that lie are described
as if they stood (y is the axis of the numbers), and a date is a date, also where pandas counts
months.
"""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import PathCollection
from matplotlib.dates import AutoDateFormatter, ConciseDateFormatter, DateFormatter, num2date
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import ScalarFormatter

from courseware.checks.described import MAX_ITEMS, MAX_TEXT, Described
from courseware.checks.single import plain

MOST_SERIES = 50  # of one kind in one chart
DATES = (AutoDateFormatter, ConciseDateFormatter, DateFormatter)


def axes_of(value: Any) -> Axes | None:
    """Return the axes that ``value`` is, holds or was drawn on; None if it is no chart.

    Besides axes: a figure, the pair ``fig, ax``, and what ``ax.bar`` or ``plt.plot`` gives back.
    """
    if isinstance(value, list | tuple):
        if not value or not all(isinstance(part, Artist) for part in value):
            return None
        if sum(isinstance(part, Axes) for part in value) > 1:
            return None
        value = value[-1]
    if isinstance(value, Figure):
        value = value.axes[0] if value.axes else None
    if isinstance(value, Artist) and not isinstance(value, Axes):
        value = value.axes
    return value if isinstance(value, Axes) else None


def chart(axes: Axes) -> Described:
    """Describe a chart."""
    bars = [group for group in axes.containers if hasattr(group, "orientation")][:MOST_SERIES]
    words = {"xlabel": axes.get_xlabel()[:MAX_TEXT], "ylabel": axes.get_ylabel()[:MAX_TEXT]}
    scales = {"xscale": axes.get_xscale(), "yscale": axes.get_yscale()}
    if any(group.orientation == "horizontal" for group in bars):
        words = dict(zip(words, reversed(words.values()), strict=True))
        scales = dict(zip(scales, reversed(scales.values()), strict=True))
    lines, markers = _lines(axes)
    clouds = [dots for dots in axes.collections if isinstance(dots, PathCollection)][:MOST_SERIES]
    return {
        "type": "chart",
        "title": _title(axes),
        **words,
        **scales,
        "lines": [_line(axes, line) for line in lines],
        "bars": [_bars(axes, group) for group in bars],
        "dots": [_dots(axes, dots) for dots in clouds] + [_line(axes, each) for each in markers],
    }


def _title(axes: Axes) -> str:
    titles = [axes.get_title(loc) for loc in ("center", "left", "right")]
    titles += [text.get_text() for text in axes.figure.texts if text.get_gid() == "title"]
    titles.append(axes.figure.get_suptitle())
    return " ".join(" ".join(titles).split())[:MAX_TEXT]


def _lines(axes: Axes) -> tuple[list[Line2D], list[Line2D]]:
    """Return the lines that show data, and those of which only the markers are drawn.

    A level line and the mark of a date have two points, and show none.
    """
    data = [line for line in axes.get_lines() if len(line.get_xdata()) > 2][:MOST_SERIES]
    drawn = [line for line in data if line.get_linestyle() != "None"]
    return drawn, [line for line in data if line not in drawn]


def _line(axes: Axes, line: Line2D) -> list[list]:
    return _points(_places(axes.xaxis, line.get_xdata()), line.get_ydata())


def _dots(axes: Axes, dots: PathCollection) -> list[list]:
    xs, ys = np.ma.filled(np.ma.asarray(dots.get_offsets(), dtype=float), np.nan).T
    return _points(_places(axes.xaxis, xs), ys)


def _bars(axes: Axes, bars: Any) -> list[list]:
    """Return (place, length) of each bar."""
    if bars.orientation == "vertical":
        middles = [bar.get_x() + bar.get_width() / 2 for bar in bars.patches]
        lengths = [bar.get_height() for bar in bars.patches]
        return _points(_places(axes.xaxis, middles, reach=0.5), lengths)
    middles = [bar.get_y() + bar.get_height() / 2 for bar in bars.patches]
    lengths = [bar.get_width() for bar in bars.patches]
    return _points(_places(axes.yaxis, middles, reach=0.5), lengths)


def _points(xs: Any, ys: Any) -> list[list]:
    pairs = [[plain(x), plain(y)] for x, y in zip(list(xs), list(ys), strict=True)]

    def order(pair: list) -> tuple:
        x, y = pair
        return isinstance(x, str), x, isinstance(y, str), y

    return sorted(pairs[:MAX_ITEMS], key=order)


def _places(axis: Axis, places: Any, reach: float = 1e-6) -> list:
    """Return what an axis calls ``places``: dates, names if each has its own, or the numbers.

    ``reach`` is how far from its tick a thing may stand: bars in groups stand beside it.
    """
    places = list(places)
    if not all(isinstance(place, int | float | np.number) for place in places):
        return places
    period = getattr(axis, "freq", None)
    if period is not None:  # pandas counts months or years since 1970
        return [pd.Period(ordinal=round(place), freq=period) for place in places]
    if isinstance(axis.get_major_formatter(), DATES):
        return [pd.Timestamp(num2date(place)).round("s") for place in places]
    names = _names(axis)
    nearest = [min(names, key=lambda tick: abs(tick - place), default=None) for place in places]
    named = len(set(nearest)) == len(set(places)) and all(
        near is not None and abs(near - place) < reach
        for near, place in zip(nearest, places, strict=True)
    )
    return [names[near] for near in nearest] if named else places


def _names(axis: Axis) -> dict[float, float | str]:
    """Return the names on an axis by their place; none if it is an axis of numbers."""
    if isinstance(axis.get_major_formatter(), ScalarFormatter):
        return {}
    ticks = zip(axis.get_majorticklocs(), axis.get_majorticklabels(), strict=False)
    named = {float(place): _number_or_text(label.get_text()) for place, label in ticks}
    return {place: name for place, name in named.items() if name != ""}


def _number_or_text(text: str) -> float | str:
    """Return a year on an axis as the number that it is."""
    try:
        return float(text)
    except ValueError:
        return text
