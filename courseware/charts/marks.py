"""What a picture shows of its title: the part in focus, a note at a point, words at line ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib import dates as mdates
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Annotation, Text

from courseware import CourseError, palette
from courseware.charts import line_styles
from courseware.charts.drawn import (
    bar_groups,
    in_lines,
    labelled,
    letters_of_a_line,
    points,
    upright,
)

NOTE_LETTERS = 30  # of a line of a note
NOTE_LETTERS_AN_INCH = 3.7  # the same in a narrow figure, by an inch of its width
LYING_LETTERS_AN_INCH = 4  # of a note beside a bar that lies; an inch of the figure's width
LEADER = {"arrowstyle": "-", "color": palette.SOFT, "linewidth": 0.9, "shrinkB": 4}
AWAY, ASIDE = 20, 5  # points from the mark to its note: up or down, and to a side
NUMBER_GAP = 4  # points between a note and the number of a bar, or the edge of the axes
WIDENINGS = 6  # of an axis until a note has room on it: each one shortens the bars as well
NOTE_ROOM, LINE_ROOM = 0.16, 0.06  # of the height of the axes: of a note, of each further line
NOTE_WIDTH = 0.15  # of the width of the axes, to each side of a point


class Marks(NamedTuple):
    """What a chart's words ask of its picture."""

    later: Any = None  #: when "after the article" begins, as `templating.moment` gives it
    focus: Sequence[str] = ()  #: labels or names below bars that keep their hue
    #: places on the axis, what is said there, and the label that has the point, "" for the focus
    notes: Sequence[tuple[Any, str, str]] = ()
    ends: Mapping[str, str] = {}  #: what stands at the end of a line, by its label


class Spot(NamedTuple):
    """Where a note belongs, on the scales of the axes."""

    x: float
    y: float
    slope: float = 0.0  #: which way a line goes; a bar has none


class NoPlaceError(CourseError):
    """A note belongs to a place that the picture does not have."""


@dataclass
class BarNote:
    """A note beyond the end of a bar: above its number if the bar stands, else at its right.

    Args:
        text: what is written, at the end of the bar.
        words: the same in one line.
        way: of the bar, 0 along the horizontal axis and 1 along the vertical one.

    """

    text: Annotation
    words: str
    way: int

    @property
    def sign(self) -> int:
        """On which side of zero the bar ends."""
        return -1 if self.text.xy[self.way] < 0 else 1

    def place(self) -> None:
        """Find place and room in the figure as large as it is now."""
        fig = self.text.get_figure()
        letters = _letters(fig) if self.way else int(fig.get_figwidth() * LYING_LETTERS_AN_INCH)
        self.text.set_text(in_lines(self.words, letters))
        ax = self.text.axes
        for _ in range(WIDENINGS):
            lacking = self._move_beyond_numbers()
            if lacking <= 0:
                return
            low, high = ax.get_ylim() if self.way else ax.get_xlim()
            more = lacking * (high - low)
            low, high = (low - more, high) if self.sign < 0 else (low, high + more)
            (ax.set_ylim if self.way else ax.set_xlim)(low, high)

    def _move_beyond_numbers(self) -> float:
        """Stand beyond the numbers that are in the way; return the part of the axis it lacks.

        What is zero or less says that there is room.
        """
        ax, way, across = self.text.axes, self.way, 1 - self.way
        edges, points = ax.bbox.get_points(), 72 / ax.get_figure().dpi
        self.text.xyann = (0, 0)
        low, high = self._box(self.text)[:, across]
        inner = edges[:, across] + np.array([1, -1]) * NUMBER_GAP / points
        aside = max(0, inner[0] - low) + min(0, inner[1] - high)
        numbers = [self._box(text) for text in ax.texts if text.get_gid() == "outside"]
        met = [n for n in numbers if n[0, across] < high + aside and n[1, across] > low + aside]
        end = ax.transData.transform(self.text.xy)[way]
        beyond = max((float((self.sign * (n[:, way] - end)).max()) for n in met), default=0)
        moved = [aside * points, self.sign * (beyond * points + NUMBER_GAP)]
        self.text.xyann = tuple(moved if way else moved[::-1])
        over = self._box(self.text)[:, way] - edges[int(self.sign > 0), way]
        return float((self.sign * over).max() / np.ptp(edges[:, way]))

    @staticmethod
    def _box(text: Text) -> np.ndarray:
        """Return the corners of what is written, in dots of the figure as it is now."""
        return text.get_window_extent(text.get_figure().canvas.get_renderer()).get_points()


def note(
    axes: Sequence[Axes], place: Any, words: str, focus: Sequence[str]
) -> BarNote | Annotation:
    """Return a note, written at a place of what is in focus, else of the first that has the place.

    Args:
        axes: what was drawn.
        place: a year, a day ("2022-03"), or the name below a bar.
        words: what is said there, in a few words.
        focus: the labels in focus.

    Returns:
        the note of a bar, which needs its place anew whenever the figure has another size.

    Raises:
        NoPlaceError: nothing is drawn at that place.

    """
    found = [(ax, at) for ax in axes for at in _points_at(ax, place, focus)]
    if not found:
        raise NoPlaceError(
            f"The note {words!r} belongs to {place!r}, but nothing is drawn there. Correct the "
            "place in words/, or draw the rows that it names."
        )
    ax, (x, y, slope) = found[0]
    look = {
        "textcoords": "offset points",
        "color": palette.TEXT,
        "path_effects": [patheffects.withStroke(linewidth=3, foreground=palette.WHITE)],
        "gid": "note",
        "zorder": 5,
        "parse_math": False,
    }
    if not slope:
        return _bar_note(ax, [at for each, at in found if each is ax], words, look)
    across, _ = ax.transAxes.inverted().transform(ax.transData.transform((x, y)))
    words = in_lines(words, _letters(ax.get_figure()))
    above = _freer_above(ax, x, y, NOTE_ROOM + LINE_ROOM * words.count("\n"))
    if not 0.25 <= across <= 0.75:  # it has one side only, and there not on its line
        above = (slope > 0) == (across > 0.75)
    rises = slope > 0 if above else slope < 0  # then there is room on the left
    left = across >= 0.25 and (across > 0.75 or rises)
    away, side = (-ASIDE if left else ASIDE, AWAY if above else -AWAY), "bottom" if above else "top"
    if y >= max(np.nanmax(points(line)[1]) for line in labelled(ax)):  # no line beside the highest
        left = across > 0.75
        away, side = (-AWAY if left else AWAY, 0), "center"
    return ax.annotate(
        words,
        (x, y),
        xytext=away,
        ha="right" if left else "left",
        va=side,
        arrowprops=LEADER,
        **look,
    )


def _letters(fig: Figure) -> int:
    """Return how many letters a line of a note may have."""
    return letters_of_a_line(fig, NOTE_LETTERS, NOTE_LETTERS_AN_INCH)


def lift_note(text: Annotation) -> None:
    """Lift the note of a line off the lower edge of its axes, if it lies on it."""
    text.get_window_extent()  # an annotation finds its place when it is asked for
    points = 72 / text.get_figure().dpi
    over = text.axes.bbox.y0 - Text.get_window_extent(text).y0
    if over * points > -NUMBER_GAP:
        x, y = text.xyann
        text.xyann = (x, y + over * points + NUMBER_GAP)


def _bar_note(ax: Axes, ends: list[Spot], words: str, look: Mapping[str, Any]) -> BarNote:
    """Write the note of the first of some bars: of those that are one stack, at its very end."""
    way = int(upright(bar_groups(ax)[0]))
    first = ends[0]
    stack = [end for end in ends if end[1 - way] == first[1 - way]]
    x, y, _ = max(stack, key=lambda end: abs(end[way]))
    above = (x, y)[way] >= 0
    if way:
        sides = {"ha": "center", "va": "bottom" if above else "top"}
    else:
        sides = {"ha": "left" if above else "right", "va": "center"}
    text = ax.annotate(words, (x, y), xytext=(0, 0), **sides, **look)
    text.set_in_layout(False)  # its room is on the axis, so the axes need not shrink for it
    return BarNote(text, words, way)


def _freer_above(ax: Axes, x: float, y: float, room: float) -> bool:
    """Return whether less is drawn above a point than below it, near enough to touch a note."""
    low, high = ax.get_xlim()
    lines = [points(line) for line in labelled(ax)]
    near = [ys[np.abs(xs - x) < NOTE_WIDTH * (high - low)] for xs, ys in lines]
    heights = np.concatenate(near)
    bottom, top = ax.get_ylim()
    reach = room * (top - bottom)
    above = np.sum((heights > y) & (heights < y + reach)) + len(heights) * (y + reach > top)
    below = np.sum((heights < y) & (heights > y - reach)) + len(heights) * (y - reach < bottom)
    return above <= below


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
    """Return the end of the bar of that name, which has no slope, or None."""
    standing = upright(group)
    ticks = ax.get_xticklabels() if standing else ax.get_yticklabels()
    names = _with_years([" ".join(tick.get_text().split()) for tick in ticks])
    if str(place) not in names or len(names) != len(group.patches):
        return None
    bar = group.patches[names.index(str(place))]
    across, up = bar.get_x(), bar.get_y()
    if standing:
        return Spot(across + bar.get_width() / 2, up + bar.get_height())
    return Spot(across + bar.get_width(), up + bar.get_height() / 2)


def _with_years(names: list[str]) -> list[str]:
    """Return the names below bars with the years that were left out where they would touch."""
    known = [(place, int(name)) for place, name in enumerate(names) if line_styles.year(name)]
    starts = {year - place for place, year in known}
    if "" not in names or len(known) < 2 or len(starts) > 1:
        return names
    return [str(min(starts) + place) for place in range(len(names))]
