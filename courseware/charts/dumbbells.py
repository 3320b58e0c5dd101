"""Dumb-bells: from where to where each row went, on a logarithmic scale, beside a multiple."""

import matplotlib as mpl
import pandas as pd
from matplotlib import patheffects, ticker
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from courseware import palette
from courseware.charts import styling
from courseware.quantities import MISSING, num

HALF = 0.2  # of a mark's height, in rows
ROW, FRAME = 0.44, 0.5  # inches for a row, and for what stands around them


def dumb_bells(table: pd.DataFrame, times: float, least: float = 0) -> Axes:
    """Plot a row as a line from its first to its last value, and mark the multiple of the first.

    A hollow point is the start, a full one the end, an upright stroke ``times`` the start. Rows
    that reach it are dark. At the right stands how many times the start each end is.

    Args:
        table: one row a line, with two columns of numbers above zero.
        times: which multiple of the start is marked.
        least: a row that starts below this gets no multiple: it would say nothing.

    """
    first, last = table.columns
    _, ax = plt.subplots(figsize=(8.2, FRAME + ROW * len(table)))
    for row, (start, end) in enumerate(zip(table[first], table[last], strict=True)):
        hue = palette.PLAIN if end >= times * start else palette.FAINT
        _draw(ax, row, (start, end), hue)
        ax.vlines(times * start, row - HALF, row + HALF, palette.INK, linewidth=2.4, zorder=4)
        grew = f"{num(end / start):,.0f} times" if start >= least else MISSING
        _write(ax, grew, (1, row), (8, 0), "left", "bold", ax.get_yaxis_transform())
    ax.set_xscale("log")
    ax.margins(x=0.13)
    ax.xaxis.set_major_formatter(ticker.FuncFormatter(styling.written))
    ax.xaxis.set_minor_formatter(ticker.NullFormatter())
    ax.set_yticks(range(len(table)), [palette.name(str(name)) for name in table.index])
    ax.set_ylim(len(table) - 0.4, -0.75)
    return ax


def _draw(ax: Axes, row: int, ends: tuple[float, float], hue: str) -> None:
    start, end = ends
    ax.hlines(row, start, end, hue, linewidth=3.5, zorder=3)
    for place, inside in ((start, palette.WHITE), (end, hue)):
        ax.scatter([place], [row], s=64, facecolor=inside, edgecolor=hue, linewidth=2, zorder=5)
    _write(ax, f"{num(start):,.0f}", (start, row), (-8, 0), "right")
    _write(ax, f"{num(end):,.0f}", (end, row), (0, 11), "center")


def _write(
    ax: Axes,
    words: str,
    spot: tuple[float, float],
    away: tuple[float, float],
    align: str,
    weight: str = "normal",
    coords: str | mpl.transforms.Transform = "data",
) -> None:
    ax.annotate(
        words,
        spot,
        xycoords=coords,
        xytext=away,
        textcoords="offset points",
        ha=align,
        va="center",
        fontsize=styling.SMALL,
        fontweight=weight,
        color=palette.TEXT,
        zorder=6,
        path_effects=[patheffects.withStroke(linewidth=2.5, foreground=palette.WHITE)],
        annotation_clip=False,
        parse_math=False,
    )
