"""What a picture shows of its title: the part in focus, a note at a point, words at line ends."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib import dates as mdates
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.container import BarContainer
from matplotlib.lines import Line2D
from matplotlib.text import Annotation

from courseware import CourseError, palette
from courseware.charts import line_styles
from courseware.charts.drawn import bar_groups, labelled, points, upright

LEADER = {"arrowstyle": "-", "color": palette.SOFT, "linewidth": 0.9, "shrinkB": 4}
AWAY = 20  # points from the mark to its note
ON_TOP = 2  # points from the upper edge of a bar that lies
NOTE_ROOM = 0.22  # of the height of the axes, beyond a bar or a point
NOTE_WIDTH = 0.15  # of the width of the axes, to each side of a point


class Marks(NamedTuple):
    """What a chart's words ask of its picture."""

    later: Any = None  #: when "after the article" begins, as `templating.moment` gives it
    focus: Sequence[str] = ()  #: labels or names below bars that keep their hue
    note: tuple[Any, str] | None = None  #: a place on the axis, and what is said there
    ends: Mapping[str, str] = {}  #: what stands at the end of a line, by its label


class Spot(NamedTuple):
    """Where a note belongs, on the scales of the axes."""

    x: float
    y: float
    slope: float = 0.0  #: which way a line goes; a bar has none
    lies: bool = False  #: the upper edge of a bar that lies, at its end


class NoPlaceError(CourseError):
    """A note belongs to a place that the picture does not have."""


def note(axes: Sequence[Axes], place: Any, words: str, focus: Sequence[str]) -> Annotation:
    """Return a note, written at a place of what is in focus, else of the first that has the place.

    Args:
        axes: what was drawn.
        place: a year, a day ("2022-03"), or the name below a bar.
        words: what is said there, in a few words.
        focus: the labels in focus.

    Raises:
        NoPlaceError: nothing is drawn at that place.

    """
    found = [(ax, at) for ax in axes for at in _points_at(ax, place, focus)]
    if not found:
        raise NoPlaceError(f"The note {words!r} belongs to {place!r}, and nothing is drawn there.")
    ax, (x, y, slope, lies) = found[0]
    if not slope and not lies:
        y = max((at.y for _, at in found if at.x == x), key=abs)  # the end of a whole stack
        _room(ax, y)
    across, _ = ax.transAxes.inverted().transform(ax.transData.transform((x, y)))
    above = y >= 0 if not slope else _freer_above(ax, x, y)
    if slope and not 0.25 <= across <= 0.75:  # it has one side only, and there not on its line
        above = (slope > 0) == (across > 0.75)
    rises = slope > 0 if above else slope < 0  # then there is room on the left
    aside = "right" if rises else "left"
    return ax.annotate(
        words,
        (x, y),
        xytext=(0, ON_TOP if lies else AWAY if above else -AWAY),
        textcoords="offset points",
        ha="right" if lies else aside if slope else "center",
        va="bottom" if above else "top",
        color=palette.TEXT,
        arrowprops=LEADER if slope else None,  # above a bar stands its number
        path_effects=[patheffects.withStroke(linewidth=3, foreground=palette.WHITE)],
        gid="note",
        zorder=5,
        parse_math=False,
    )


def _freer_above(ax: Axes, x: float, y: float) -> bool:
    """Return whether less is drawn above a point than below it, near enough to touch a note."""
    low, high = ax.get_xlim()
    lines = [points(line) for line in labelled(ax)]
    near = [ys[np.abs(xs - x) < NOTE_WIDTH * (high - low)] for xs, ys in lines]
    heights = np.concatenate(near)
    bottom, top = ax.get_ylim()
    reach = NOTE_ROOM * (top - bottom)
    above = np.sum((heights > y) & (heights < y + reach)) + len(heights) * (y + reach > top)
    below = np.sum((heights < y) & (heights > y - reach)) + len(heights) * (y - reach < bottom)
    return above <= below


def _room(ax: Axes, y: float) -> None:
    """Make room for a note beyond the end of a bar, where its number stands already."""
    low, high = ax.get_ylim()
    more = NOTE_ROOM * (high - low)
    if y >= 0:
        ax.set_ylim(low, max(high, y + more))
    else:
        ax.set_ylim(min(low, y - more), high)


def _points_at(ax: Axes, place: Any, focus: Sequence[str]) -> list[Spot]:
    """Return where lines and bars are at a place, and which way they go; those in focus first."""
    series = [*labelled(ax), *bar_groups(ax)]
    series.sort(key=lambda each: not line_styles.is_named(str(each.get_label()), focus))
    at = [
        _on_bars(ax, each, place) if isinstance(each, BarContainer) else _on_line(ax, each, place)
        for each in series
    ]
    return [point for point in at if point is not None]


def _on_line(ax: Axes, line: Line2D, place: Any) -> Spot | None:
    """Return the point of a line at a place and how it goes on from there, or None."""
    x, y = points(line)
    here = np.flatnonzero((x == _number(ax, place)) & np.isfinite(y))
    if not here.size:
        return None
    at = here[0]
    known = np.flatnonzero(np.isfinite(y))
    near = known[(known >= at - 1) & (known <= at + 1)]
    return Spot(x[at], y[at], (y[near[-1]] - y[near[0]]) or 1.0)


def _number(ax: Axes, place: Any) -> float:
    """Return a year or a day as the axis counts it; what is neither is nowhere."""
    if isinstance(place, int | float):
        return float(place)
    if frequency := getattr(ax, "freq", None):
        return float(pd.Period(place, freq=frequency).ordinal)
    day = pd.to_datetime(place, errors="coerce")
    return np.nan if pd.isna(day) else float(mdates.date2num(day))


def _on_bars(ax: Axes, group: BarContainer, place: Any) -> Spot | None:
    """Return the end of the bar of that name, or None."""
    standing = upright(group)
    ticks = ax.get_xticklabels() if standing else ax.get_yticklabels()
    names = _with_years([tick.get_text() for tick in ticks])
    if str(place) not in names or len(names) != len(group.patches):
        return None
    bar = group.patches[names.index(str(place))]
    across, up = bar.get_x(), bar.get_y()
    if standing:
        return Spot(across + bar.get_width() / 2, up + bar.get_height())
    return Spot(across + bar.get_width(), up + bar.get_height(), lies=True)


def _with_years(names: list[str]) -> list[str]:
    """Return the names below bars with the years that were left out where they would touch."""
    known = [(place, int(name)) for place, name in enumerate(names) if line_styles.year(name)]
    starts = {year - place for place, year in known}
    if "" not in names or len(known) < 2 or len(starts) > 1:
        return names
    return [str(min(starts) + place) for place in range(len(names))]
