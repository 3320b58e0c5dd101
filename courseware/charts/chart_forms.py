"""Five forms beside plain plots, each one line to call, and shown with `show` like any plot.

``units`` draws counted things as squares, ``parts`` a part inside its whole, ``gap`` two averages
and what lies between them, ``calendar`` events on their days, ``multiples`` small panels with one
shared line. The first row of a table stands on top.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib import dates as mdates
from matplotlib import patheffects
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle

from courseware import CourseError, palette
from courseware.charts import line_styles
from courseware.charts.drawn import in_lines
from courseware.charts.styling import FORM, SMALL, legend_above
from courseware.quantities import alike, formatted, num

WIDE, ROW, FOOT = 8.2, 0.46, 0.75  # inches: of a figure, of a row, of what stands around the rows
FEW_SQUARES = 18  # side by side; fewer of them are no larger
SQUARE, TALL = 0.8, 0.62  # of the distance between two squares, and between two rows
NARROW = 0.1  # of the longest whole: in a smaller part its per cent find no room
LETTER, LINE = 0.078, 0.17  # inches of a letter and of a line of an event
EVENT_LETTERS = 21
PANEL_HIGH = 3.4  # inches
#: The look of words that stand over lines.
OVER = {"textcoords": "offset points", "ha": "center", "fontsize": SMALL, "zorder": 5}
OVER |= {"color": palette.TEXT}
OVER |= {"path_effects": [patheffects.withStroke(linewidth=3, foreground=palette.WHITE)]}


def _form(rows: int) -> Axes:
    """Return axes for so many rows, which `styling` leaves as they are."""
    _, ax = plt.subplots(figsize=(WIDE, FOOT + ROW * rows))
    ax.set(gid=FORM, xticks=[], ylim=(rows - 0.5, -0.5))
    ax.grid(False)
    ax.spines[:].set_visible(False)
    return ax


def units(table: pd.DataFrame | pd.Series, count: str | None = None) -> Axes:
    """Draw counted things as squares, a row of them for each row of a table.

    Args:
        table: whole numbers, a column a kind of thing.
        count: the column whose number stands at the end of each row, as in "23 of 25"; without
            it that is the number of all squares. Of one column it says so as well: "7 of 9".

    Raises:
        CourseError: a number is not whole, or below zero.

    """
    table = table.to_frame() if isinstance(table, pd.Series) else table
    alone = len(table.columns) == 1
    numbers = table.fillna(0).to_numpy(float)
    if (numbers < 0).any() or (numbers != numbers.round()).any():
        raise CourseError("Squares stand for things that are counted, so give whole numbers.")
    looks = line_styles.of(map(str, table.columns))
    ax = _form(len(table))
    for row, counted in enumerate(numbers.astype(int)):
        ends = np.r_[0, counted.cumsum()]
        for column, (start, end) in zip(table.columns, pairwise(ends), strict=True):
            for place in range(start, end):
                _square(ax, place, row, looks[str(column)].hue)
        some = ends[-1] if count is None else table[count].iloc[row]
        whole = numbers.sum() if alone else ends[-1]
        said = f"{num(some):.0f} of {num(whole):.0f}"
        said = said if alone or count is not None else f"{num(some):.0f}"
        ax.text(ends[-1] + 0.3, row, said, va="center", fontsize=SMALL, color=palette.TEXT)
    ax.set_xlim(-0.2, max(FEW_SQUARES, numbers.sum(axis=1).max()) + 3)
    ax.set_yticks(range(len(table)), [palette.name(str(name)) for name in table.index])
    if not alone:
        legend_above(ax.get_figure(), _counted(table, looks))
    return ax


def _square(ax: Axes, place: int, row: int, hue: str) -> None:
    pale = palette.contrast(hue) < 1.5
    edge = {"edgecolor": palette.ink(hue, 3) if pale else "none", "linewidth": 1}
    ax.add_patch(Rectangle((place, row - TALL / 2), SQUARE, TALL, facecolor=hue, **edge))


def _counted(table: pd.DataFrame, looks: dict[str, line_styles.Look]) -> dict[str, Patch]:
    """Return a sample of each kind of square, by its name and how many there are."""
    sums = table.sum()
    return {
        f"{name}: {num(number):.0f} of {num(sums.sum()):.0f}": Patch(
            facecolor=looks[str(name)].hue, edgecolor=looks[str(name)].ink
        )
        for name, number in sums.items()
    }


def parts(table: pd.DataFrame, whole: str, part: str) -> Axes:
    """Draw a part inside its whole, a bar for each row of a table, with what per cent it is.

    Args:
        table: of numbers in one unit; a row that begins with a country's name has its colour.
        whole: the column that the outline shows.
        part: the column that fills it.

    """
    names = [str(name) for name in table.index]
    labels = [name if line_styles.stem_country(name) else part for name in names]
    looks = line_styles.of(labels)
    write = alike(table[[whole, part]].to_numpy(float).ravel())
    longest = float(table[whole].max())
    ax = _form(len(table))
    for row, label in enumerate(labels):
        all_of_it, some = float(table[whole].iloc[row]), float(table[part].iloc[row])
        edge = {"edgecolor": looks[label].ink, "linewidth": 1.5, "label": label}
        shape = {"height": TALL, "linestyle": "-" if some else "--"}
        ax.add_patch(Rectangle((0, row - TALL / 2), all_of_it, fill=False, **shape, **edge))
        ax.add_patch(
            Rectangle((0, row - TALL / 2), some, TALL, facecolor=looks[label].hue, label=label)
        )
        within = some > NARROW * longest
        hue = palette.ink_on(looks[label].hue) if within else palette.TEXT
        at = some / 2 if within else some + 0.01 * longest
        share = f"{num(some / all_of_it * 100):.0f}%"
        look = {"ha": "center" if within else "left", "va": "center", "fontweight": "bold"}
        ax.text(at, row, share if some else "", color=hue, **look)
        said = f"{write(some)} of {write(all_of_it)}"
        ax.text(all_of_it + 0.015 * longest, row, said, va="center", fontsize=SMALL)
    ax.set_xlim(0, longest * 1.2)
    ax.set_yticks(range(len(table)), names)
    return ax


def gap(table: pd.DataFrame, one: Sequence[str], other: Sequence[str]) -> Axes:
    """Draw the averages of two stretches of time, and an arrow over what lies between them.

    Args:
        table: numbers by day. The first column has the averages and is drawn pale behind them;
            each other column is drawn as dots, to compare.
        one: the first and last year or month of a stretch, as in ``("2015", "2019")``.
        other: those of a later stretch.

    """
    first, *others = table.columns
    _, ax = plt.subplots(figsize=(WIDE, 3.6))
    ax.plot(table.index, table[first], label=str(first), linewidth=1, alpha=0.6)
    for column in others:
        ax.plot(table.index, table[column], "o", label=str(column), markersize=4)
    hue = line_styles.of([str(first)])[str(first)].ink
    spans = [table[first].loc[start:end] for start, end in (one, other)]
    means = [span.mean() for span in spans]
    for span, (start, end), mean in zip(spans, (one, other), means, strict=True):
        at = mdates.date2num([span.index[0], span.index[-1]])
        ax.hlines(mean, *at, colors=hue, linewidth=5, zorder=3)
        way = 1 if mean == max(means) else -1
        ax.annotate(
            f"{_stretch(start, end)}: {formatted(mean, '+.1f')}",
            (at.mean(), mean),
            xytext=(0, 8 * way),
            va="bottom" if way > 0 else "top",
            **OVER,
        )
    x = mdates.date2num(spans[1].index[0])
    ends = {"arrowstyle": "->", "color": hue, "linewidth": 2, "shrinkA": 0, "shrinkB": 3}
    ax.annotate("", (x, means[1]), (x, means[0]), arrowprops=ends, zorder=4)
    apart = means[1] - means[0]
    said = f"{num(abs(apart)):.0f} {'lower' if apart < 0 else 'higher'}"
    look = OVER | {"ha": "right", "fontweight": "bold"}
    ax.annotate(said, (x, sum(means) / 2), xytext=(-8, 0), va="center", **look)
    return ax


def _stretch(start: str, end: str) -> str:
    """Return a stretch of years or months in words, as in "Apr to Dec 2022"."""
    first, last = pd.Period(start), pd.Period(end)
    month = first.freqstr.startswith("M")
    same = month and first.year == last.year
    return (
        f"{first:%b}" * same
        + f"{first:{'%b ' * month}%Y}" * (not same)
        + (f" to {last:{'%b ' * month}%Y}")
    )


def calendar(events: pd.DataFrame, by: str, above: str, *spans: Sequence[str]) -> Axes:
    """Draw events on their days, those of one kind above a line and all others below it.

    Args:
        events: a row an event, named by the index; one column has the days.
        by: the column that has the kinds.
        above: the kind that stands above the line.
        spans: the names of two events each: an arrow between them says how many days it spans.

    Raises:
        CourseError: a span names an event that is not there.

    """
    day = events.select_dtypes("datetime").columns[0]
    if missing := [name for span in spans for name in span if name not in events.index]:
        raise CourseError(f"No event is called {missing[0]!r}. Write its name as the table has it.")
    events = events.sort_values(day)
    said = [f"{when.day} {when:%b}: {name}" for name, when in events[day].items()]
    said = [in_lines(words, EVENT_LETTERS) for words in said]
    lines = max(words.count("\n") + 1 for words in said)
    wide = np.array([LETTER * max(map(len, words.split("\n"))) for words in said])
    at = mdates.date2num(events[day])
    an_inch = float(max((at - at[0]) / (WIDE - 0.6 - wide)))  # in days: the last words fit in
    up = (events[by] == above).to_numpy()
    levels = _levels(at, wide * an_inch, up) - _levels(at, wide * an_inch, ~up)
    low, high = min(levels.min(), 0) - 0.6, max(levels.max(), 0) + 0.6 + bool(spans)
    _, ax = plt.subplots(figsize=(WIDE, (high - low) * lines * LINE + 0.4))
    looks = line_styles.of(map(str, events[by]))
    for words, x, level, kinds in zip(said, at, levels, events[by], strict=True):
        hue = looks[str(kinds)].ink
        ax.vlines(x, 0, level + 0.4 * np.sign(level), colors=hue, linewidth=1.3)
        ax.plot(x, 0, "o", color=hue, markersize=7, label=f"_{kinds}")
        place = {"xytext": (4, 0), "ha": "left", "va": "center"}
        ax.annotate(words, (x, level), **(OVER | place))
    for one, other in spans:
        ends = sorted(mdates.date2num(events[day][[one, other]]))
        ax.vlines(ends, 0, high - 0.7, colors=palette.TEXT, linewidth=1, linestyles=":", zorder=1)
        ends = [(x, high - 0.8) for x in ends]
        look = {"arrowstyle": "<->", "color": palette.TEXT, "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", *ends, arrowprops=look)
        middle = np.mean(ends, axis=0)
        days = f"{num(ends[1][0] - ends[0][0]):.0f} days"
        ax.annotate(days, middle, xytext=(0, 5), fontweight="bold", **OVER)
    ax.axhline(0, color=palette.SOFT, linewidth=1.2, zorder=0)
    ax.set(gid=FORM, xlim=(at[0] - 0.1 * an_inch, at[0] + (WIDE - 0.4) * an_inch))
    ax.set(ylim=(low, high), yticks=[])
    ax.xaxis.set_major_locator(mdates.AutoDateLocator(minticks=3, maxticks=8))
    ax.xaxis.set_major_formatter(mdates.DateFormatter("%b %Y"))
    ax.grid(False)
    ax.spines["left"].set_visible(False)
    return ax


def _levels(at: np.ndarray, wide: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Return how far from the line the words of chosen events stand: at least 1, of others 0.

    Words begin at their day. So, from the last day to the first, each stands further out than all
    that begin above or below it, and no upright line crosses words.
    """
    found = np.zeros(len(at))
    for n in reversed(np.flatnonzero(chosen)):
        meets = chosen & (at >= at[n]) & (at < at[n] + wide[n])
        found[n] = found[meets].max() + 1
    return found


def multiples(table: pd.DataFrame, line: float, above: str = "", below: str = "") -> np.ndarray:
    """Draw small panels with one shared line, and mark where each series first rises above it.

    Args:
        table: a row a point, and four columns: what has a panel, what has a line in it, the year
            and the number.
        line: a number that is drawn through all panels.
        above: what it means to be above it, in a word or two.
        below: the same below it.

    Returns:
        the axes, in the order in which the panels' names first occur.

    """
    panel, series, year, number = table.columns
    names = table[panel].unique()
    _, axes = plt.subplots(1, len(names), figsize=(WIDE, PANEL_HIGH), sharex=True, sharey=True)
    looks = line_styles.of(map(str, table[series]))
    for ax, name in zip(axes, names, strict=True):
        for n, label in enumerate(looks):
            points = table[(table[panel] == name) & (table[series] == label)]
            if points.empty:
                continue
            ax.plot(points[year], points[number], label=label)
            if (points[number] > line).any():
                x, y = points.loc[points[number] > line, [year, number]].iloc[0]
                hue, way = palette.ink(looks[label].hue), -1 if n % 2 else 1
                ax.scatter(x, y, s=90, facecolors="none", edgecolors=hue, linewidths=1.8, zorder=4)
                look = OVER | {"fontweight": "bold", "color": hue}
                ax.annotate(f"{num(x):.0f}", (x, y), xytext=(0, 12 * way), va="center", **look)
        ax.axhline(line, color=palette.TEXT, linewidth=1.2, zorder=1)
        ax.set_title(palette.name(str(name)), fontsize=SMALL, fontweight="bold")
    for words, y, side in ((above, 0.98, "top"), (below, 0.02, "bottom")):
        place = {"transform": axes[0].transAxes, "va": side, "fontsize": SMALL}
        axes[0].text(0.03, y, words, color=palette.SOFT, **place)
    return axes
