"""Bars along the years: one row for each column, a day marked across rows, a level below bars."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from matplotlib import patheffects
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from courseware import CourseError, palette
from courseware.charts import line_styles
from courseware.charts.drawn import bar_groups
from courseware.quantities import num

ROOM = 1.3  # of the highest bar: where words about a day stand
LETTERS = 9.5


def bar_rows(table: pd.DataFrame) -> np.ndarray:
    """Plot the bars of each column in a row of their own, above the same index.

    Args:
        table: one row for each place along the axis. Columns of one unit, which is then their name,
            as in ``rename_axis(columns="US$ billion")``, have one scale; else each has its own.

    Returns:
        the axes, from the first column to the last.

    """
    _, axes = plt.subplots(
        len(table.columns),
        1,
        figsize=(8.2, max(3.5, 1.4 * len(table.columns))),
        squeeze=False,
        sharey=table.columns.name is not None,
    )
    for ax, column in zip(axes.flat, table.columns, strict=True):
        table[column].plot.bar(ax=ax, xlabel="")
        bar_groups(ax)[0].set_label(f"_{column}")  # its title names it, so all rows look alike
        ax.set_title(str(column), loc="left", fontsize=10.5, fontweight="bold")
    for ax in axes.flat[:-1]:
        ax.set_xticks(range(len(table)), [str(name) for name in table.index])  # pandas drops them
        plt.setp(ax.get_xticklabels(), visible=False)
    return axes.ravel()


def moment(axes: Axes | Iterable[Axes], place: object, words: str) -> None:
    """Draw an upright line where the bar of a year begins, with words at the top of the first row.

    Args:
        axes: of bars, one or several above each other.
        place: what is written below the first bar after the line, such as 2013.
        words: what happened there.

    Raises:
        CourseError: no bar has this name.

    """
    rows = list(np.ravel(np.asarray(axes, dtype=object)))
    names = [tick.get_text() for tick in rows[-1].get_xticklabels()]
    if str(place) not in names:
        raise CourseError(
            f"The line belongs to {place!r}, but no bar has that name. Correct the name in words/."
        )
    x = names.index(str(place)) - 0.5
    for ax in rows:
        ax.axvline(x, color=palette.TEXT, linewidth=1.3)
    top = rows[0]
    top.set_ylim(0, ROOM * max(bar.get_height() for bar in bar_groups(top)[0].patches))
    top.annotate(
        words,
        (x, 1),
        xycoords=("data", "axes fraction"),
        xytext=(-6, -3),
        textcoords="offset points",
        ha="right",
        va="top",
        fontsize=LETTERS,
        color=palette.TEXT,
        path_effects=[patheffects.withStroke(linewidth=3, foreground=palette.WHITE)],
        parse_math=False,
    )


def area(ax: Axes, level: pd.Series) -> None:
    """Draw a level as a line with a pale area below it, behind the bars of the same index.

    Its highest and its last number are written at the line.

    Args:
        ax: of upright bars.
        level: a number for each bar; its name is the label. Where one is missing, so is the line.

    """
    name = str(level.name)
    look = line_styles.of([name])[name]
    places, heights = np.arange(len(level)), level.to_numpy(float)
    ax.fill_between(places, heights, color=look.hue, alpha=0.16, linewidth=0, zorder=0.5)
    ax.plot(places, heights, label=name, color=look.ink, linewidth=2, zorder=2.5)
    known = np.flatnonzero(np.isfinite(heights))
    for place in {int(known[np.argmax(heights[known])]), int(known[-1])} if known.size else set():
        ax.annotate(
            f"{num(heights[place]):,.1f}",
            (place, heights[place]),
            xytext=(0, 5),
            textcoords="offset points",
            ha="center",
            color=look.ink,
            path_effects=[patheffects.withStroke(linewidth=3, foreground=palette.WHITE)],
        )
