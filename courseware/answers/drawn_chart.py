"""Say in plain JSON what a chart shows: words, scales, and each series as points in order of x.

Whatever way it was drawn, the same picture gets the same description: bars that lie are described
as if they stood (y is the axis of the numbers), and a date is a date, also where pandas counts
months.
"""

import re
import unicodedata
from collections.abc import Callable
from itertools import compress
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import PathCollection
from matplotlib.colors import to_rgba
from matplotlib.dates import AutoDateFormatter, ConciseDateFormatter, DateFormatter, num2date
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text
from matplotlib.ticker import ScalarFormatter

from courseware.answers.answer_types import MAX_ITEMS, MAX_TEXT, Described
from courseware.answers.single import plain

MOST_PARTS = 200  # lines, groups of bars or clouds of dots in one chart
LEAST_CONTRAST = 0.03  # of red, green or blue between an ink and its ground
LEAST_LETTER = 4  # points: smaller letters cannot be read
LEAST_WIDTH = 0.001  # of the axes' width: thinner bars cannot be seen
OPAQUE = 0.95  # of an ink: what lies behind it cannot be seen
THIS_CENTURY = 50  # '49 is 2049, and '50 is 1950
EDGE = 0.005  # of the axes' width: so far outside a point is still seen
NO_INK = ("None", "none", " ", "", None)  # names of a line's style or marker that draw nothing
BLANK = (0.0, "nan")  # the lengths of bars of which there is no ink
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
    """Describe what can be seen of a chart; ink that is not there, or not on the page, is left out.

    A series that is drawn in pieces (the falling bars in another colour, a line that goes on
    dotted) is one series.
    """
    axes.viewLim  # noqa: B018  it settles limits that nobody has set
    ground = _ground(axes)
    groups = [group for group in axes.containers if hasattr(group, "orientation")][:MOST_PARTS]
    lines = _drawn_lines(axes)
    solid = [line for line in lines if _has_stroke(line, ground)]
    marked = [each for each in lines if each not in solid and _has_markers(each, ground)]
    clouds = [dots for dots in axes.collections if isinstance(dots, PathCollection)][:MOST_PARTS]
    series = _long(_joined(_along([_line(axes, line) for line in solid]), _touch))
    sideways = any(group.orientation == "horizontal" for group in groups)
    found = {
        "type": "chart",
        "title": _title(axes),
        "xlabel": _label(axes.xaxis),
        "ylabel": _label(axes.yaxis),
        "xscale": axes.get_xscale(),
        "yscale": axes.get_yscale(),
        "upside down": bool((axes.xaxis if sideways else axes.yaxis).get_inverted()),
        "lines": series,
        "names": _names_of(axes, solid, series),
        "alike": not axes.texts and len(series) > len({_look(line) for line in solid}),
        "bars": _joined([_bars(axes, group, ground) for group in groups], _agree),
        "dots": [_dots(axes, dots) for dots in clouds if _is_scattered(dots, ground)]
        + _long([_line(axes, line) for line in marked]),
    }
    if sideways:
        for one, other in (("xlabel", "ylabel"), ("xscale", "yscale")):
            found[one], found[other] = found[other], found[one]
    return found if axes.get_visible() else found | {"lines": [], "bars": [], "dots": []}


# --- What can be seen ------------------------------------------------------------------------


def _ground(axes: Axes) -> np.ndarray:
    """Return the colour on which a chart's marks are drawn."""
    paper = _on(axes.figure.get_facecolor(), np.ones(3))
    return _on(axes.get_facecolor(), paper) if axes.patch.get_visible() else paper


def _on(ink: Any, ground: np.ndarray) -> np.ndarray:
    """Return what colour an ink with its transparency has on a ground."""
    *colour, alpha = to_rgba(ink)
    return np.array(colour) * alpha + ground * (1 - alpha)


def _shows(ink: Any, ground: np.ndarray, alpha: float | None = None) -> bool:
    return bool(np.abs(_on(to_rgba(ink, alpha), ground) - ground).max() > LEAST_CONTRAST)


def _is_filled(patch: Patch, ground: np.ndarray) -> bool:
    """Return whether a bar is seen, by its filling or its edge, if it has any length."""
    filled = patch.get_fill() and _shows(patch.get_facecolor(), ground)
    edged = patch.get_linewidth() > 0 and _shows(patch.get_edgecolor(), ground)
    there = patch.axes is not None and patch.get_visible() and not _is_hidden(patch)
    return there and (filled or edged)


def _is_hidden(mark: Patch | Line2D) -> bool:
    """Return whether a mark is clipped away, or lies behind something that is no mark."""
    axes, box = mark.axes, mark.get_window_extent()
    clip = mark.get_clip_box() if mark.get_clip_on() else None
    if mark.get_clip_path() is not None or (clip and not clip.overlaps(box)):
        return True
    marks = {bar for group in axes.containers for bar in group}
    return any(
        patch.get_visible()
        and patch.get_fill()
        and to_rgba(patch.get_facecolor())[3] >= OPAQUE
        and patch.zorder >= mark.zorder
        and all(patch.get_window_extent().contains(*corner) for corner in (box.min, box.max))
        for patch in [*axes.patches, *axes.figure.patches]
        if patch not in marks
    )


def _drawn_lines(axes: Axes) -> list[Line2D]:
    """Return the lines of data; the line of a level or a date is laid on the axes another way."""
    lines = [line for line in axes.get_lines() if line.get_transform() == axes.transData]
    return [line for line in lines if line.get_visible() and len(line.get_xdata())][:MOST_PARTS]


def _has_stroke(line: Line2D, ground: np.ndarray) -> bool:
    drawn = line.get_linestyle() not in NO_INK and line.get_linewidth() > 0 and not _is_hidden(line)
    return drawn and _shows(line.get_color(), ground, line.get_alpha())


def _has_markers(line: Line2D, ground: np.ndarray) -> bool:
    if line.get_marker() in NO_INK or not line.get_markersize():
        return False
    inks = (line.get_markerfacecolor(), line.get_markeredgecolor())
    return any(_shows(ink, ground, line.get_alpha()) for ink in inks)


def _is_scattered(dots: PathCollection, ground: np.ndarray) -> bool:
    if not dots.get_visible() or not np.any(dots.get_sizes()) or dots.get_alpha() == 0:
        return False
    inks = [*dots.get_facecolor(), *dots.get_edgecolor()]  # of a colour map, only once it is drawn
    return dots.get_array() is not None or any(_shows(ink, ground) for ink in inks)


def _inside(axes: Axes, xs: Any, ys: Any) -> np.ndarray:
    """Return for each point whether it lies within the axes; what has no value is nowhere else."""
    pairs = np.ma.filled(np.ma.column_stack([xs, ys]).astype(float), np.nan)
    with np.errstate(all="ignore"):
        parts = (axes.transScale + axes.transLimits).transform(pairs)
    return ~((parts < -EDGE) | (parts > 1 + EDGE)).any(axis=1)


def _title(axes: Axes) -> str:
    figure = axes.figure
    titles = {axes.get_title(loc) for loc in ("center", "left", "right")}
    titles.add(figure.get_suptitle())
    texts = [part for part in [*axes.get_children(), *figure.texts] if isinstance(part, Text)]
    told = [text for text in texts if text.get_gid() == "title" or text.get_text() in titles]
    return " ".join(" ".join(map(_read, told)).split())[:MAX_TEXT]


def _label(axis: Axis) -> str:
    return _read(axis.label)[:MAX_TEXT] if axis.axes.axison and axis.get_visible() else ""


def _read(text: Text) -> str:
    """Return a text if it can be read where it stands, beside the axes."""
    paper = _on(text.figure.get_facecolor(), np.ones(3))
    seen = text.get_visible() and _shows(text.get_color(), paper, text.get_alpha())
    seen = seen and text.get_fontsize() >= LEAST_LETTER and _is_near_the_page(text)
    return "".join(filter(_has_ink, text.get_text())) if seen else ""


def _has_ink(letter: str) -> bool:
    """Return whether a character is drawn, or parts two that are: a zero-width space does not."""
    return letter.isspace() or unicodedata.category(letter) not in ("Cc", "Cf", "Cn", "Co", "Cs")


def _is_near_the_page(text: Text) -> bool:
    """Return whether a text stands less than a page beside the page, which may be cut wider."""
    place = text.get_transform().transform(text.get_position()) / text.figure.bbox.size
    return bool(((place > -1) & (place < 2)).all())


# --- Series of points ------------------------------------------------------------------------


def _line(axes: Axes, line: Line2D) -> list[list]:
    inside = _inside(axes, line.get_xdata(orig=False), line.get_ydata(orig=False))
    places = _places(axes.xaxis, line.get_xdata())
    return _points(compress(places, inside), compress(line.get_ydata(), inside))


def _dots(axes: Axes, dots: PathCollection) -> list[list]:
    xs, ys = np.ma.filled(np.ma.asarray(dots.get_offsets(), dtype=float), np.nan).T
    inside = _inside(axes, xs, ys)
    return _points(_places(axes.xaxis, xs[inside]), ys[inside])


def _bars(axes: Axes, group: Any, ground: np.ndarray) -> list[list]:
    """Return (place, length) of each bar that is seen, its end on the page.

    A bar of no length takes no ink: it is there beside others that are seen.
    """
    filled = [_is_filled(bar, ground) for bar in group.patches]
    bars = list(group.patches) if any(filled) else []
    across = [(bar.get_x(), bar.get_width()) for bar in bars]
    upward = [(bar.get_y(), bar.get_height()) for bar in bars]
    standing = group.orientation == "vertical"
    thick, long = (across, upward) if standing else (upward, across)
    middles, ends = ([a + b / 2 for a, b in thick], [a + b for a, b in long])
    if not bars:
        return []
    inside = _inside(axes, *((middles, ends) if standing else (ends, middles)))
    inked = [ink or length == 0 for ink, (_, length) in zip(filled, long, strict=False)]
    span = np.ptp(axes.get_xlim() if standing else axes.get_ylim())
    broad = [abs(width) > LEAST_WIDTH * span for _, width in thick]
    seen = np.logical_and.reduce([inside, inked, broad])
    places = _places(axes.xaxis if standing else axes.yaxis, middles, reach=0.5)
    return _points(compress(places, seen), compress([length for _, length in long], seen))


def _look(line: Line2D) -> tuple:
    """Return what tells a line from others."""
    return to_rgba(line.get_color()), line.get_linestyle(), line.get_marker()


def _names_of(axes: Axes, lines: list[Line2D], series: list[list]) -> list[str]:
    """Return what the legend calls each series; empty where it does not say, or says two things."""
    legend = axes.get_legend()
    if legend is None or not legend.get_visible():
        return [""] * len(series)
    handles = zip(legend.legend_handles, legend.get_texts(), strict=False)
    told = {
        _look(each): _read(text)[:MAX_TEXT] for each, text in handles if isinstance(each, Line2D)
    }
    looks = [_look(line) for line in lines]
    names = {}
    for line, look in zip(lines, looks, strict=True):
        if looks.count(look) == 1:
            names[tuple(map(tuple, _line(axes, line)))] = told.get(look, "")
    parts = [(set(points), name) for points, name in names.items()]
    return [
        next((name for part, name in parts if part <= set(map(tuple, points))), "")
        for points in series
    ]


def _along(pieces: list[list]) -> list[list]:
    """Return the pieces of lines from where they begin on, so that each meets what it goes on."""
    return sorted(
        pieces, key=lambda points: ([_order(point) for point in points[:1]], -len(points))
    )


def _joined(pieces: list[list], one_series: Callable[[dict, list], bool]) -> list[list]:
    """Join the pieces of which each is a part of a series: by ``one_series``, of both."""
    series: list[list] = []
    for points in pieces:
        whole = next((other for other in series if one_series(dict(other), points)), None)
        if whole is None:
            series += [list(points)] if points else []
            continue
        there = dict(whole)
        new = {x: y for x, y in points if x not in there or y not in BLANK}
        whole[:] = _in_order([[x, y] for x, y in (there | new).items()])
    return series


def _agree(series: dict, points: list) -> bool:
    """Return whether bars stand at other places, or say the same; no bar says nothing else."""
    return all(y in (series.get(x, y), *BLANK) or series.get(x, y) in BLANK for x, y in points)


def _touch(series: dict, points: list) -> bool:
    """Return whether a line goes on from another, or is drawn over it: they share a point."""
    shared = [series[x] == y for x, y in points if x in series and y != "nan"]
    return bool(shared) and all(shared)


def _long(series: list[list]) -> list[list]:
    """Return the series that are data: the line between two points is a mark or a level."""
    return [points for points in series if len(points) > 2]


def _points(xs: Any, ys: Any) -> list[list]:
    pairs = [[plain(x), plain(y)] for x, y in zip(list(xs), list(ys), strict=True)]
    return _in_order(pairs[:MAX_ITEMS])


def _in_order(pairs: list[list]) -> list[list]:
    return sorted(pairs, key=_order)


def _order(pair: list) -> tuple:
    return isinstance(pair[0], str), pair[0], str(pair[1])


def _places(axis: Axis, places: Any, reach: float = 1e-6) -> list:
    """Return what an axis calls ``places``: dates, names if each has its own, or the numbers.

    ``reach`` is how far from its tick a thing may stand: bars in groups stand beside it.
    """
    places = list(places)
    if not all(isinstance(place, int | float | np.number) for place in places):
        return [_number_or_text(each) if isinstance(each, str) else each for each in places]
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
    return [names[near] for near in nearest] if named else _between(names, places)


def _between(names: dict[float, float | str], places: list) -> list:
    """Return what ``places`` are called on an axis that names only some: each fifth year, say."""
    if len(names) < 2 or any(isinstance(name, str) for name in names.values()):
        return places
    (first, one), (second, other), *_ = names.items()
    step = (other - one) / (second - first)
    called = [one + (place - first) * step for place in [*names, *places]]
    in_line = np.allclose(called[: len(names)], list(names.values()))
    return called[len(names) :] if in_line else places


def _names(axis: Axis) -> dict[float, float | str]:
    """Return the names on an axis by their place; none if it is an axis of numbers."""
    if isinstance(axis.get_major_formatter(), ScalarFormatter):
        return {}
    ticks = zip(axis.get_majorticklocs(), axis.get_majorticklabels(), strict=False)
    named = {float(place): _number_or_text(label.get_text()) for place, label in ticks}
    return {place: name for place, name in named.items() if name != ""}


def _number_or_text(text: str) -> float | str:
    """Return a year on an axis as the number that it is, also if it is written '05."""
    if short := re.fullmatch(r"['’‘](\d\d)", text.strip()):
        return float(short[1]) + (2000 if int(short[1]) < THIS_CENTURY else 1900)
    try:
        return float(text)
    except ValueError:
        return text
