"""Style what pandas or matplotlib drew: looks by label, ticks, labels at the ends, what came later.

Only what was left as it comes is changed: a colour, a scale or limits that somebody chose stay.
"""

import datetime
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, compress

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib import dates as mdates
from matplotlib import patheffects, ticker
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.category import StrCategoryFormatter
from matplotlib.colors import same_color, to_hex
from matplotlib.container import BarContainer, ErrorbarContainer
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.text import Annotation

from courseware import article, palette
from courseware.charts import line_styles, marks
from courseware.charts.drawn import (
    bar_groups,
    in_lines,
    labelled,
    letters_of_a_line,
    points,
    upright,
)
from courseware.charts.line_styles import Look
from courseware.charts.marks import Marks
from courseware.quantities import MISSING, alike, number_text, year

FORM = "form"  # the gid of axes that were drawn as they are to look
NO_BAR = "no bar"  # of a stack: there is no place for a dash
FEW_POINTS = 15  # of a line: each gets its marker
MANY_TICKS = 13
INCHES_A_BAR_YEAR = 0.32  # of a year below a bar
INCHES_A_YEAR = 0.5
INCHES_A_MONTH = 0.45
MARGIN = 0.08  # inches beside the first and last point: a marker fits in
MOST_LABELS = 40  # of bars
MOST_ZEROS, FAINT_BAR = (
    12,
    0.02,
)  # of so many bars, one below this part of the highest has no number
MOST_ENDS = 9  # lines that can be labelled at their ends
LABEL_LETTERS, LETTERS_AN_INCH = 24, 3  # of an end label's line; an inch of the figure's width
NAME_LETTERS, NAME_LETTERS_AN_INCH = 31, 4.25  # the same beside a bar
LEGEND_LETTERS_AN_INCH, HANDLE_LETTERS = 11, 6  # of a legend; what a line or patch in it takes
SMALL, TINY = 10.5, 9.0  # points: 9 are 12.5 px where a chart has its full width
BROKEN_BASE = 0.6  # a line chart begins at zero if its least value is below this part of its most
ANY_YEAR = (1500, 2100)
NARROW = 2.5  # inches of an axes: too little for the words above a shaded area
PANDAS_WIDTH, GROUP_WIDTH = 0.5, 0.86  # of the distance between groups of bars
NEAR = 0.35  # inches from the end of a line to the edge: so far a thin line leads to its name
MANY_GROUPS = 3  # bars side by side
BEYOND, BEYOND_BOTH = 0.14, 0.25  # of the values: room for numbers after bars, on one side or two
FAINTEST = 1.5  # contrast of a fill with paper: a paler one gets an edge
#: The colours that matplotlib gives to what has none, before our style sheet and with it.
CYCLES = (mpl.rcParamsDefault, mpl.rcParams)

Later = int | datetime.date | None


@dataclass
class Layout:
    """What styling found out that the words around the picture must say."""

    missing: str = ""  #: what a bar without a number looks like
    later: bool = False  #: a shaded area says that something came after the article
    hollow: bool = False  #: hollow bars do, and nothing in the picture names them
    logarithmic: bool = False
    axes: Sequence[Axes] = ()
    focus: Sequence[str] = ()  #: what keeps its hue
    at_end: Mapping[str, str] = field(default_factory=dict)  #: words at the ends of lines
    ends: list[tuple[Line2D, Annotation]] = field(default_factory=list)
    leaders: list[Line2D] = field(default_factory=list)
    notes: list[marks.BarNote] = field(default_factory=list)
    line_notes: list[Annotation] = field(default_factory=list)
    named_numbers: list[Annotation] = field(default_factory=list)  #: of bars that keep their hue


def style_axes(fig: Figure, axes: Sequence[Axes], table: pd.DataFrame, asked: Marks) -> Layout:
    """Style a figure; its layout is settled, and what stands in it will not move again."""
    layout = Layout(axes=tuple(axes), focus=asked.focus, at_end=asked.ends)
    every = [label for ax in axes for label in labels(ax)]
    series = {label for ax in axes for label in _series(ax)}
    named = {label for label in series if line_styles.is_named(label, asked.focus)}
    every.sort(key=lambda label: label not in named)  # the first gets petrol
    found = line_styles.of(every)
    found = line_styles.focused(found, series, asked.focus)
    for ax in axes:
        if ax.get_gid() == FORM:
            _tick_words(ax, _written_beside(ax), standing=False)
        else:
            _axes(ax, table, found, asked.later, layout)
    _names(fig, axes, found, layout)
    _lay_out(fig, layout)
    for place, said, of in asked.notes:
        note = marks.note(axes, place, said, [of] if of else asked.focus)
        kept = layout.notes if isinstance(note, marks.BarNote) else layout.line_notes
        kept.append(note)
    if asked.notes:
        _lay_out(fig, layout)
    return layout


def _lay_out(fig: Figure, layout: Layout) -> None:
    """Settle what depends on everything that stands in the figure."""
    while layout.leaders:
        layout.leaders.pop().remove()
    for _ in range(1 + bool(layout.notes)):  # an axis that a note has lengthened has other ticks
        fig.set_layout_engine("constrained", w_pad=0.06, h_pad=0.04)
        fig.get_layout_engine().execute(fig)
        fig.set_layout_engine("none")
        for ax in layout.axes:
            _bar_names(ax, layout.named_numbers)
        for note in layout.notes:
            note.place()
    for text in layout.line_notes:
        marks.lift_note(text)
    _place_ends(fig, layout)


def _written_beside(ax: Axes) -> list[str]:
    """Return what was written at the ticks of the vertical axis, if its ticks were chosen."""
    chosen = isinstance(ax.yaxis.get_major_locator(), ticker.FixedLocator)
    places = ax.yaxis.get_majorticklocs() if chosen else []
    return ax.yaxis.get_major_formatter().format_ticks(places)


def _wide(ax: Axes) -> float:
    """Return the inches that an axes has in the grid of its figure, before any layout."""
    fig, place = ax.get_figure(), ax.get_subplotspec()
    at = place.get_position(fig) if place else ax.get_position()
    return fig.get_figwidth() * at.width


def labels(ax: Axes) -> list[str]:
    """Return the labels of an axes' lines and bars; of bars of one kind, those of each bar."""
    found = [container.get_label() for container in ax.containers]
    found += [line.get_label() for line in ax.get_lines()]
    bars = bar_groups(ax)
    if len(bars) == 1:
        found += tick_names(ax, bars[0])
    return [label for label in map(str, found) if label and not label.startswith("_")]


def _axes(ax: Axes, table: pd.DataFrame, found: dict, later: Later, layout: Layout) -> None:
    groups = bar_groups(ax)
    lines = labelled(ax)
    for line in ax.get_lines():
        if line.get_label().startswith("_") and _as_it_came(line.get_color()):
            line.set_color(palette.SOFT)  # a level, a mark, the cap of an error bar
    _axis_names(ax, table)
    _values(ax, groups, lines, layout)
    if groups:
        _bars(ax, groups, table, found, later, layout)
    else:
        _positions(ax, lines, layout)
        names = _written_beside(ax)
        if any(name[:1].isalpha() for name in names):
            _tick_words(ax, names, standing=False)
    for line in lines:
        _line(ax, line, found[str(line.get_label())], later)
    for container in ax.containers:
        if isinstance(container, ErrorbarContainer):
            _error_bars(container, found)
    if lines and not groups:
        _ground(ax, later, layout)


# Lines --------------------------------------------------------------------------------------


def _as_it_came(hue: object) -> bool:
    """Return whether a colour is one that matplotlib gives to what has none."""
    cycles = (settings["axes.prop_cycle"].by_key()["color"] for settings in CYCLES)
    return any(same_color(hue, own) for cycle in cycles for own in cycle)


def _line(ax: Axes, line: Line2D, look: Look, later: Later) -> None:
    if _as_it_came(line.get_color()):
        line.set_color(look.ink)
        if line.get_linestyle() == "-":
            line.set_linestyle(look.line)
        elif line.get_linestyle() == "None" and line.get_marker() == "o":
            line.set_marker(look.marker)  # points that only their colour would tell apart
    x, y = points(line)
    known = np.flatnonzero(np.isfinite(y))
    if not known.size:
        return
    came_later = np.isin(known, np.flatnonzero(_is_later(ax, x, later)))
    before, after = known[~came_later], known[came_later]
    if line.get_marker() in ("None", "", " ", None):
        line.set_marker(look.marker)
        if known.size > FEW_POINTS:
            before = before[_alone(y)[before]]
    line.set_markevery(before.tolist())
    hue = line.get_color()
    if after.size:
        hollow = {"markerfacecolor": palette.WHITE, "markeredgecolor": hue, "markeredgewidth": 1.4}
        marks = Line2D(x[after], y[after], linestyle="none", marker=line.get_marker(), **hollow)
        marks.set(label="_later", markersize=line.get_markersize(), zorder=line.get_zorder() + 0.1)
        ax.add_line(marks)


def _together(ax: Axes, way: str) -> np.ndarray:
    """Return where the points of an axes lie on one axis, with those of panels that share it."""
    shared = ax.get_shared_x_axes() if way == "x" else ax.get_shared_y_axes()
    lines = [line for each in shared.get_siblings(ax) for line in labelled(each)]
    found = np.concatenate([points(line)[way == "y"] for line in lines] or [np.array([])])
    return np.unique(found[np.isfinite(found)])


def _alone(y: np.ndarray) -> np.ndarray:
    """Return which points have no neighbour: a line through gaps would not show them."""
    known = np.isfinite(y)
    before, after = np.r_[False, known[:-1]], np.r_[known[1:], False]
    return known & ~before & ~after


def _error_bars(container: ErrorbarContainer, found: dict[str, Look]) -> None:
    look = found.get(str(container.get_label()))
    _, caps, bars = container.lines
    for part in (*caps, *bars):
        part.set_color(look.ink if look else palette.SOFT)
        part.set_path_effects([patheffects.withStroke(linewidth=4, foreground=palette.WHITE)])


# When -----------------------------------------------------------------------------------------


def _is_later(ax: Axes, x: np.ndarray, later: Later) -> np.ndarray:
    start = _start(ax, x, later)
    return np.zeros(len(x), bool) if start is None else x >= start


def _start(ax: Axes, x: np.ndarray, later: Later) -> float | None:
    """Return where on the axis "later" begins, or None if it has no such place."""
    if later is None or not len(x):
        return None
    if _years(x):
        return later if isinstance(later, int) else later.year + (later.month > 6)
    day = datetime.date(later, 1, 1) if isinstance(later, int) else later
    if frequency := getattr(ax, "freq", None):  # as pandas draws months and days
        return pd.Period(day, freq=frequency).ordinal
    return mdates.date2num(day) if dates(ax) else None


def _years(x: np.ndarray) -> bool:
    x = x[np.isfinite(x)]
    whole = bool(len(x)) and bool((x == np.round(x)).all())
    return whole and ANY_YEAR[0] <= x.min() <= x.max() <= ANY_YEAR[1]


def dates(ax: Axes) -> bool:
    """Return whether the horizontal axis counts days, and not as pandas' periods."""
    return not hasattr(ax, "freq") and isinstance(ax.xaxis.get_major_locator(), mdates.DateLocator)


def _ground(ax: Axes, later: Later, layout: Layout) -> None:
    """Put the pale ground under what came after the article."""
    x = _together(ax, "x")
    start = _start(ax, x, later)
    if start is None or not (x >= start).any():
        return
    half = 0.5 if _years(x) or len(x) < 2 else np.median(np.diff(x)) / 2
    known = x[x < start]
    if known.size:  # where points lie far apart, the last one before stays on white
        half = min(half, (start - known.max()) / 2)
    _pale(ax, start - half, ax.get_xlim()[1], layout, upright=True)


def _pale(ax: Axes, start: float, end: float, layout: Layout, *, upright: bool) -> None:
    """Put the shaded area under a stretch of an axis, and let the limits be as they were.

    The first of a figure is named, above its right end, where no line can run through the words;
    where panels are too narrow for that, the unit says it.
    """
    span, limits = (ax.axvspan, ax.set_xlim) if upright else (ax.axhspan, ax.set_ylim)
    before = ax.get_xlim() if upright else ax.get_ylim()
    span(start, end, facecolor=palette.LATER, edgecolor="none", linewidth=0, zorder=0)
    limits(before)
    layout.hollow |= bool(_wide(ax) < NARROW)
    if not layout.later and _wide(ax) >= NARROW:
        place = (1, 1.01) if upright else (1, end)
        axes = ax.transAxes if upright else ax.get_yaxis_transform()
        words = f"after {article.day_in_words()}"
        look = {"ha": "right", "fontsize": SMALL, "color": palette.SOFT, "gid": "later"}
        ax.text(*place, words, transform=axes, va="bottom", **look)
    layout.later = True


# Axes -----------------------------------------------------------------------------------------


def _axis_names(ax: Axes, table: pd.DataFrame) -> None:
    """Take off the names that pandas wrote: the words above the picture say them."""
    own = {str(name) for name in (*table.index.names, table.columns.name) if name is not None}
    if ax.get_xlabel() in own:
        ax.set_xlabel("")
    if ax.get_ylabel() in own:
        ax.set_ylabel("")


def _values(ax: Axes, groups: list[BarContainer], lines: list[Line2D], layout: Layout) -> None:
    """Dress the axis of the values: base, thousands, a grid along it only."""
    across = bool(groups) and not upright(groups[0])
    axis = ax.xaxis if across else ax.yaxis
    ax.grid(False, axis="both")
    ax.grid(True, axis="x" if across else "y")
    if axis.get_scale() == "log":
        layout.logarithmic = True
        axis.set_major_formatter(ticker.FuncFormatter(written))
        axis.set_minor_formatter(ticker.NullFormatter())
        return
    if isinstance(axis.get_major_formatter(), ticker.ScalarFormatter):
        axis.set_major_formatter(ticker.FuncFormatter(written))
    heights = _together(ax, "y")
    if groups or (heights.size and heights.min() < 0 < heights.max()):
        rule = ax.axvline if across else ax.axhline
        rule(0, color=palette.SOFT, linewidth=0.8, zorder=1)
    if groups or not ax.get_autoscaley_on():
        return
    if heights.size and 0 <= heights.min() < BROKEN_BASE * heights.max():
        ax.set_ylim(0, max(heights.max() * 1.08, ax.get_ylim()[1]))  # a level may be above


def written(value: float, _: object = None) -> str:
    """Return a number as axes write it, for matplotlib, which gives its place, too."""
    return number_text(value)


def _positions(ax: Axes, lines: list[Line2D], layout: Layout) -> None:
    """Dress the axis of the years or days."""
    x = _together(ax, "x")
    if not x.size or not lines:
        return
    if ax.xaxis.get_scale() == "log":
        ax.xaxis.set_major_formatter(ticker.FuncFormatter(written))
        ax.xaxis.set_minor_formatter(ticker.NullFormatter())
    elif hasattr(ax, "freq"):
        _breathe(ax, x)
    elif dates(ax):
        _breathe(ax, x)
        _day_ticks(ax)
    elif _years(x):
        _breathe(ax, x)
        _year_ticks(ax, x)
    elif isinstance(ax.xaxis.get_major_formatter(), ticker.ScalarFormatter):
        ax.xaxis.set_major_formatter(ticker.FuncFormatter(written))


def whole_years(ax: Axes) -> None:
    """Write years as whole numbers, where a chart of lines has them: never 2020.5."""
    x = _together(ax, "x")
    if _years(x) and isinstance(ax.xaxis.get_major_locator(), ticker.AutoLocator):
        _year_ticks(ax, x)


def _day_ticks(ax: Axes) -> None:
    most = max(4, min(9, int(_wide(ax) / INCHES_A_YEAR)))
    locator = mdates.AutoDateLocator(minticks=3, maxticks=most)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator, show_offset=False))
    ax.xaxis.set_tick_params(rotation=0)


def _year_ticks(ax: Axes, x: np.ndarray) -> None:
    room = int(_wide(ax) / INCHES_A_YEAR)
    if np.ptp(x) < min(room, MANY_TICKS):
        ax.set_xticks(np.arange(x.min(), x.max() + 1))
    else:
        most = max(2, min(9, room - 1))
        ax.xaxis.set_major_locator(ticker.MaxNLocator(most, integer=True, steps=[1, 2, 5, 10]))
    ax.xaxis.set_major_formatter(ticker.FuncFormatter(lambda value, _: year(value)))


def _breathe(ax: Axes, x: np.ndarray) -> None:
    """Leave room beside the first and the last point, where nobody has chosen the limits."""
    low, high = ax.get_xlim()
    if low >= x.min() - 1 and high <= x.max() + 1:
        wide = ax.get_figure().get_figwidth() * ax.get_position().width
        room = (x.max() - x.min()) * max(0.02, MARGIN / wide) or 0.5
        ax.set_xlim(x.min() - room, x.max() + room)


# Bars -----------------------------------------------------------------------------------------


def tick_names(ax: Axes, group: BarContainer) -> list[str]:
    """Return what stands under each bar, or nothing if ticks and bars do not match."""
    axis = ax.xaxis if upright(group) else ax.yaxis
    names = axis.get_major_formatter().format_ticks(axis.get_majorticklocs())  # hidden ones, too
    words = isinstance(axis.get_major_formatter(), StrCategoryFormatter)
    fixed = words or isinstance(axis.get_major_locator(), ticker.FixedLocator)
    return names if fixed and len(names) == len(group.patches) else []


def _years_below(ax: Axes, group: BarContainer) -> list[str]:
    """Return the years under bars that stand at numbers, with a tick for each; else nothing."""
    at = np.array([bar.get_x() + bar.get_width() / 2 for bar in group.patches])
    if not upright(group) or not _years(np.round(at, 6)):
        return []
    names = [year(place) for place in at]
    ax.set_xticks(at, names)
    return names


def _bars(
    ax: Axes,
    groups: list[BarContainer],
    table: pd.DataFrame,
    found: dict[str, Look],
    later: Later,
    layout: Layout,
) -> None:
    standing = upright(groups[0])
    names = tick_names(ax, groups[0]) or _years_below(ax, groups[0])
    by_tick = len(groups) == 1 and line_styles.are_countries(names)
    ticked = any(line_styles.is_named(name, layout.focus) for name in names)
    hollow = [_bar_is_later(n, later) for n in names] or [False] * len(groups[0].patches)
    stacked = any(_base(bar, standing) for group in groups for bar in group.patches)
    numbers = [_numbers(table, group, len(groups)) for group in groups]
    for group in groups:
        label = str(group.get_label())
        all_later = _bar_is_later(label, later)
        layout.hollow |= all_later
        own = found.get(label) or line_styles.of(["_"])["_"]
        for number, bar in enumerate(group.patches):
            look = found.get(names[number], own) if by_tick else own
            if ticked and not line_styles.is_named(names[number], layout.focus):
                look = line_styles.greyed(look)
            _bar(bar, look, all_later or (number < len(hollow) and hollow[number]))
    if stacked or len(groups) >= MANY_GROUPS:
        _widen(groups, standing, PANDAS_WIDTH / (1 if stacked else len(groups)))
    _bar_labels(ax, groups, numbers, names, stacked, layout)
    if any(hollow) and names:
        first = hollow.index(True)
        ticks = ax.get_xticks() if standing else ax.get_yticks()
        _pale(ax, ticks[first] - 0.5, ticks[-1] + 0.5, layout, upright=standing)
    _whole_ticks(ax.yaxis if standing else ax.xaxis, numbers)
    if not stacked and (ax.get_autoscaley_on() if standing else ax.get_autoscalex_on()):
        both = not standing and (np.nan_to_num(np.concatenate(numbers)) < 0).any()
        ax.margins(**{"y" if standing else "x": BEYOND_BOTH if both else BEYOND})
    _tick_words(ax, names, standing=standing)
    if not standing and not ax.yaxis_inverted():
        ax.invert_yaxis()  # the first row of the table stands on top


def _widen(groups: list[BarContainer], standing: bool, thin: float) -> None:
    """Give stacks, or many bars side by side, most of the room that pandas leaves between them.

    Their numbers find no place in or beside thinner ones. Widths other than ``thin``, which pandas
    gives, were chosen by somebody and stay.
    """
    for group in groups:
        for place, bar in enumerate(group.patches):
            size = bar.get_width() if standing else bar.get_height()
            start = bar.get_x() if standing else bar.get_y()
            if not np.isclose(size, thin):
                return
            side = place + (start - place) * GROUP_WIDTH / PANDAS_WIDTH
            bar.set(**{"x" if standing else "y": side})
            bar.set(**{"width" if standing else "height": size * GROUP_WIDTH / PANDAS_WIDTH})


def _whole_ticks(axis: Axis, numbers: list[np.ndarray]) -> None:
    """Put no tick between whole numbers where things are counted: nobody meets half a time."""
    sizes = np.nan_to_num(np.concatenate(numbers))
    if isinstance(axis.get_major_locator(), ticker.AutoLocator) and (sizes == sizes.round()).all():
        steps = [1, 2, 2.5, 5, 10]
        axis.set_major_locator(ticker.MaxNLocator("auto", integer=True, steps=steps))


def _bar_is_later(name: str, later: Later) -> bool:
    """Return whether a bar's name is a year or day that lies after the article."""
    if later is None:
        return False
    if number := line_styles.year(name):
        return number >= (later if isinstance(later, int) else later.year + (later.month > 6))
    if isinstance(later, int) or not name[:4].isdigit():
        return False
    day = pd.to_datetime(name, errors="coerce")
    return not pd.isna(day) and day.date() >= later


def _base(bar: Rectangle, standing: bool) -> float:
    return bar.get_y() if standing else bar.get_x()


def _bar(bar: Rectangle, look: Look, hollow: bool) -> None:
    if not _as_it_came(bar.get_facecolor()):
        return
    bar.set_facecolor(palette.WHITE if hollow else look.hue)
    there = bar.get_width() and bar.get_height()  # an edge around nothing would be a line
    if there and (hollow or palette.contrast(look.hue) < FAINTEST):
        bar.set(edgecolor=look.ink, linewidth=1.5)


def _numbers(table: pd.DataFrame, group: BarContainer, groups: int) -> np.ndarray:
    """Return the numbers of a group, from the table if it has just these: there a gap is a gap."""
    standing = upright(group)
    sizes = np.array([b.get_height() if standing else b.get_width() for b in group.patches], float)
    by_name = {str(name): name for name in table.columns}
    numeric = table.select_dtypes("number").columns
    column = by_name.get(str(group.get_label()).removeprefix("_"))  # of a row that has a title
    if column is None and groups == 1 and len(numeric) == 1:
        column = numeric[0]
    if column is None or len(table) != len(sizes):
        return sizes
    values = table[column].astype(float).to_numpy()
    drawn = np.allclose(np.nan_to_num(values), np.nan_to_num(sizes))  # in this order, that is
    return values if drawn else sizes


def _bar_labels(
    ax: Axes,
    groups: list[BarContainer],
    numbers: list[np.ndarray],
    names: list[str],
    stacked: bool,
    layout: Layout,
) -> None:
    """Write its number at each bar; one that has none gets a dash, however high it is drawn."""
    every = np.concatenate(numbers)
    numbered = np.count_nonzero(np.nan_to_num(every)) if stacked else len(every)
    if numbered > MOST_LABELS or any(group.errorbar is not None for group in groups):
        return
    if np.isnan(every).any():
        layout.missing = NO_BAR if stacked else MISSING
    write = alike(every)
    rim = [patheffects.withStroke(linewidth=2.5, foreground=palette.WHITE)]
    for group, known in zip(groups, numbers, strict=True):
        texts = [MISSING if np.isnan(value) else write(value) for value in known]
        if len(known) > MOST_ZEROS:
            least = FAINT_BAR * np.nanmax(np.abs(known))
            texts = ["" if abs(value) < least else t for t, value in zip(texts, known, strict=True)]
        if stacked:
            parts = zip(texts, known, strict=True)  # a part of size 0 lies in its neighbour
            texts = ["" if text == MISSING or value == 0 else text for text, value in parts]
            made = ax.bar_label(group, texts, label_type="center", fontsize=SMALL)
            for text, bar in zip(made, group.patches, strict=True):
                fill = to_hex(bar.get_facecolor())
                ground = [patheffects.withStroke(linewidth=2.5, foreground=fill)]  # over a level
                text.set(color=palette.ink_on(fill), gid="inside", path_effects=ground)
        else:
            look = {"color": palette.TEXT, "path_effects": rim, "gid": "outside"}
            made = ax.bar_label(group, texts, padding=2, fontsize=SMALL, **look)
            named = [line_styles.is_named(name, layout.focus) for name in names]
            layout.named_numbers += list(compress(made, named))


def _tick_words(ax: Axes, names: list[str], *, standing: bool) -> None:
    """Write days as months and codes as names, and wrap what is long."""
    if not names:
        return
    said = [_said(name) for name in names]
    if standing:
        inches = _wide(ax)
        letters = max(5, int(inches * 72 / len(said) / 5.2))
        fits = all(len(word) <= letters for name in said for word in name.split())
        said = ["\n".join(textwrap.wrap(name, letters)) for name in said] if fits else said
        step = 1  # names that are in order, days or years, may be left out where they would touch
        if all(_is_day(name) for name in names):
            step = -(-len(said) // int(inches / INCHES_A_MONTH))
        elif all(line_styles.year(name) for name in names):
            step = -(-len(said) // int(inches / INCHES_A_BAR_YEAR))
        said = [name if n % step == 0 else "" for n, name in enumerate(said)]
        turn = (
            {} if fits or step > 1 else {"rotation": 30, "ha": "right", "rotation_mode": "anchor"}
        )
        ax.set_xticks(ax.get_xticks(), said, **({"rotation": 0, "ha": "center"} | turn))
    else:
        letters = letters_of_a_line(ax.get_figure(), NAME_LETTERS, NAME_LETTERS_AN_INCH)
        ax.set_yticks(ax.get_yticks(), [in_lines(n, letters) for n in said])


def _said(name: str) -> str:
    if _is_day(name):
        return f"{pd.Timestamp(name):%b %Y}"
    return palette.name(name)


def _is_day(name: str) -> bool:
    return len(name) >= 10 and name[:4].isdigit() and name[4] == "-"


def _bar_names(ax: Axes, named: Sequence[Annotation]) -> None:
    """Hide the labels of bars that are too small for them, and where they touch all but named."""
    inside = [text for text in ax.texts if text.get_gid() == "inside"]
    outside = [text for text in ax.texts if text.get_gid() == "outside"]
    bars = [bar for group in bar_groups(ax) for bar in group.patches] if inside else []
    around = [bar.get_window_extent() for bar in bars]
    for text in inside:
        text.set_visible(True)  # what is hidden has no size
        box = text.get_window_extent()
        fits = any(
            b.width >= box.width
            and b.height >= box.height
            and b.contains(*box.get_points().mean(0))
            for b in around
        )
        text.set_visible(fits)
    chosen = [text for text in outside if text in named]
    for size, seen in ((SMALL, outside), (TINY, outside), (SMALL, chosen), (TINY, ())):
        for text in outside:
            text.set(visible=text in seen, fontsize=size)
        boxes = [text.get_window_extent() for text in seen]
        if not any(a.overlaps(b) for a, b in combinations(boxes, 2)):
            return


# Names of the series --------------------------------------------------------------------------


def _names(fig: Figure, axes: Sequence[Axes], found: dict[str, Look], layout: Layout) -> None:
    """Name each series: at the end of its line where that works, else in one legend above."""
    for ax in axes:
        if legend := ax.get_legend():
            legend.remove()
    kinds = {label: _handle(ax, label) for ax in axes for label in _series(ax)}
    if len(kinds) < 2:
        return
    if len(axes) == 1 and len(kinds) <= MOST_ENDS and not bar_groups(axes[0]) and _drawn(axes[0]):
        layout.ends = [_end(axes[0], line, layout.at_end) for line in _drawn(axes[0])]
        return
    said = {palette.name(label): handle for label, handle in kinds.items()}
    legend_above(fig, said)


def legend_above(fig: Figure, kinds: Mapping[str, Patch | Line2D]) -> None:
    """Write the legend above the axes, in as many columns as there is room for."""
    fig.legend(
        [*kinds.values()],
        [*kinds],
        loc="outside upper left",
        ncols=_legend_columns([*kinds], fig.get_figwidth()),
        handlelength=2.4,
        borderaxespad=0.2,
    )


def _legend_columns(kinds: Sequence[str], inches: float) -> int:
    """Return in how many columns a legend of so many inches stands: in one row if it fits."""
    room = inches * LEGEND_LETTERS_AN_INCH
    if sum(map(len, kinds)) < room - HANDLE_LETTERS * len(kinds):
        return len(kinds)
    return max(1, int(room / (max(map(len, kinds)) + HANDLE_LETTERS)))


def _series(ax: Axes) -> list[str]:
    groups = [str(group.get_label()) for group in bar_groups(ax)]
    found = groups if len(groups) > 1 else []
    found += [str(line.get_label()) for line in _drawn(ax)]
    return [label for label in found if not label.startswith("_")]


def _drawn(ax: Axes) -> list[Line2D]:
    """Return the lines that have a label and a point."""
    return [line for line in labelled(ax) if np.isfinite(points(line)[1]).any()]


def _handle(ax: Axes, label: str) -> Patch | Line2D:
    for group in bar_groups(ax):
        if str(group.get_label()) == label:
            drawn = (bar for bar in group.patches if bar.get_width() and bar.get_height())
            bar = next(drawn, group.patches[0])
            edge = {"edgecolor": bar.get_edgecolor(), "linewidth": bar.get_linewidth()}
            return Patch(facecolor=bar.get_facecolor(), **edge)
    return next(line for line in _drawn(ax) if str(line.get_label()) == label)


def _end(ax: Axes, line: Line2D, words: Mapping[str, str]) -> tuple[Line2D, Annotation]:
    """Write a line's name, or the words for its end, at the right edge of the axes."""
    _, y = points(line)
    label = str(line.get_label())
    letters = letters_of_a_line(ax.get_figure(), LABEL_LETTERS, LETTERS_AN_INCH)
    text = ax.annotate(
        in_lines(words.get(label) or palette.name(label), letters),
        (1, y[np.isfinite(y)][-1]),
        xycoords=("axes fraction", "data"),
        xytext=(12, 0),
        textcoords="offset points",
        va="center",
        fontsize=11,
        color=palette.ink(to_hex(line.get_color())),
        annotation_clip=False,
        parse_math=False,
    )
    return line, text


def _place_ends(fig: Figure, layout: Layout) -> None:
    """Push the names apart, and lead a thin line from the end of each line to its name."""
    ends = layout.ends
    if not ends:
        return
    ax = ends[0][1].axes
    for _, text in ends:
        text.xyann = (12, 0)
    here = np.array([text.get_window_extent().get_points().mean(0)[1] for _, text in ends])
    heights = np.array([text.get_window_extent().height for _, text in ends])
    there = _apart(here, heights * 1.12, ax.bbox.y0, ax.bbox.y1)
    to_figure = fig.transFigure.inverted()
    for (line, text), at, now in zip(ends, there, here, strict=True):
        text.xyann = (12, (at - now) / fig.dpi * 72)
        x, y = points(line)
        last = np.flatnonzero(np.isfinite(y))[-1]
        end = ax.transData.transform((x[last], y[last]))
        edge = ax.bbox.x1
        if abs(at - now) > 3 and edge - end[0] <= NEAR * fig.dpi:  # across the axes it is no data
            bends = [(end[0] + 4, end[1]), (edge, end[1]), (edge + 10 / 72 * fig.dpi, at)]
            lead = Line2D(*to_figure.transform(bends).T, color=palette.FAINT, linewidth=0.7)
            lead.set(
                linestyle=(0, (1, 3)), label="_leader"
            )  # dots, grey: it must not look like data
            layout.leaders.append(fig.add_artist(lead))


def _apart(centres: np.ndarray, sizes: np.ndarray, low: float, high: float) -> np.ndarray:
    """Return centres moved so that no two of these sizes touch, within low and high if they can."""
    order = np.argsort(centres, kind="stable")
    placed = centres[order].astype(float)
    gaps = (sizes[order][1:] + sizes[order][:-1]) / 2
    for _ in range(len(placed)):  # each pass mends what the one before has pushed together
        moved = False
        for n, gap in enumerate(gaps):
            short = gap - (placed[n + 1] - placed[n])
            if short > 1e-6:
                placed[n] -= short / 2
                placed[n + 1] += short / 2
                moved = True
        if not moved:
            break
    for n in range(1, len(placed)):  # whatever is left of it is pushed upwards
        placed[n] = max(placed[n], placed[n - 1] + gaps[n - 1])
    placed += max(0.0, low - (placed[0] - sizes[order][0] / 2))
    placed -= max(0.0, placed[-1] + sizes[order][-1] / 2 - high)
    result = np.empty_like(placed)
    result[order] = placed
    return result
