"""Say in words what a figure shows that came without words: a plain ``table.plot()``.

JupyterLab gives a matplotlib figure no alt text. `plain` shows it as a described picture.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib import dates as mdates
from matplotlib.axes import Axes

from courseware import palette
from courseware.charts import styling
from courseware.charts.drawn import bar_groups, points, upright
from courseware.quantities import number_text, year

MOST = 6  # series that are told one by one
UNTOLD = "This cell draws a chart, but what the chart shows could not be put into words."


def alt(axes: Sequence[Axes]) -> str:
    """Return what axes show, in a sentence or two each."""
    said = [_told(ax) for ax in axes if ax.get_visible() and ax.axison]
    return " ".join(said) or "This cell draws a picture without axes."


def drawn(axes: Sequence[Axes]) -> str:
    """Return what is drawn in a few words: the names of the series, and from when to when."""
    labels = (label for ax in axes if ax.get_visible() for label in styling.labels(ax))
    names = [palette.name(label) for label in dict.fromkeys(labels)]
    more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    said = ", ".join(names[:MOST]) + more
    lines = [line for ax in axes for line in ax.get_lines() if line.get_label()[:1] != "_"]
    x = np.concatenate([points(line)[0] for line in lines] or [[]])
    if not np.isfinite(x).any() or bar_groups(axes[0]):
        return said
    when = axes[0].xaxis.get_major_formatter().format_data_short
    ends = [_when(axes[0], end, when) for end in (np.nanmin(x), np.nanmax(x))]
    return f"{said}, {' to '.join(dict.fromkeys(ends))}"


def _told(ax: Axes) -> str:
    title = ax.get_title() or ax.get_title(loc="left") or ax.get_title(loc="right")
    head = f"{title.rstrip('.')}. " if title else ""
    if groups := bar_groups(ax):
        return f"{head}A bar chart. {'; '.join(_bars(ax, groups)[:MOST])}."
    if lines := [line for line in ax.get_lines() if not line.get_label().startswith("_")]:
        told = [_line(ax, line) for line in lines[:MOST]]
        more = f"; and {len(lines) - MOST} more" if len(lines) > MOST else ""
        return f"{head}A line chart. {'; '.join(told)}{more}."
    kind = "points" if ax.collections else "a picture" if ax.images else "drawn by this cell"
    low, high = ax.get_ylim()
    return f"{head}A chart of {kind}, upright from {_number(low)} to {_number(high)}."


def _line(ax: Axes, line) -> str:
    x, y = points(line)
    known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    name = palette.name(line.get_label())
    if not known.size:
        return f"{name}: no values"
    first, last = known[0], known[-1]
    when = ax.xaxis.get_major_formatter().format_data_short
    start, end = (_when(ax, x[n], when) for n in (first, last))
    return f"{name}: from {_number(y[first])} ({start}) to {_number(y[last])} ({end})"


def _when(ax: Axes, x: float, short) -> str:
    if frequency := getattr(ax, "freq", None):
        return str(pd.Period(ordinal=int(x), freq=frequency))
    if styling.dates(ax):
        return f"{mdates.num2date(x):%B %Y}"
    return year(x) if x == round(x) else str(short(x)).strip()


def _bars(ax: Axes, groups) -> list[str]:
    names = styling.tick_names(ax, groups[0])
    standing = upright(groups[0])
    told = []
    for group in groups:
        sizes = [bar.get_height() if standing else bar.get_width() for bar in group.patches]
        labels = names or [f"bar {n + 1}" for n in range(len(sizes))]
        shown = [f"{label} {_number(size)}" for label, size in zip(labels, sizes, strict=True)]
        rest = f" and {len(shown) - 8} more" if len(shown) > 8 else ""
        name = "" if group.get_label().startswith("_") else f"{palette.name(group.get_label())}: "
        told.append(f"{name}{', '.join(shown[:8])}{rest}")
    return told


def _number(value: float) -> str:
    return number_text(value, 4)
