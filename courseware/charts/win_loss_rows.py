"""Who is ahead: rows of bars above and below a middle line, and the largest part with an edge."""

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from courseware import article, palette
from courseware.charts.drawn import bar_groups, upright

ROW, GAP, SCALE_ROW = 0.28, 0.1, 0.34  # inches
FOOT = 0.5
EDGE = 2.0  # points
HALF_A_ROW = 25  # percentage points
SCALE = "scale"  # the name of the row that says how long a bar is
COUNTED = "years counted"


def win_loss(table: pd.DataFrame) -> Axes:
    """Draw a row of bars for each source: the first side's lead stands up, the second's hangs down.

    A bar is as long as the share is away from half, and a first row says how long that is. The
    first year with more than half is written below its bar. Years after the article are hollow.

    Args:
        table: one row a point, and four columns: a group of rows and a source, which name a row
            together, the year, and the first side's part of what both have, in per cent. The
            sides are the article's (``sides``).

    """
    by, rows, x, y = table.columns
    groups = [
        (heading, list(part.groupby(rows, sort=False)))
        for heading, part in table.groupby(by, sort=False)
    ]
    count = sum(len(kinds) for _, kinds in groups)
    _, ax = plt.subplots(figsize=(8.2, SCALE_ROW + count * ROW + len(groups) * GAP + FOOT))
    at, names, firsts, years = 0.0, {}, {}, []
    left = table[x].min() - 0.5
    at -= SCALE_ROW / ROW / 2
    _scale(ax, at, left)
    scale = at
    at -= SCALE_ROW / ROW / 2
    for heading, kinds in groups:
        at -= GAP / ROW
        for label, points in kinds:
            at -= 0.5
            names[at] = f"{palette.name(str(heading))}, {label}"
            _bars(ax, at, points[x].to_numpy(int), points[y].to_numpy(float))
            years.append(points[x].to_numpy(int))
            ahead = points.loc[points[y] > 50, x]
            if len(ahead):
                firsts[at] = int(ahead.min())
            at -= 0.5
    ax.plot(
        np.concatenate(years),
        np.repeat(list(names), [len(each) for each in years]),
        label=COUNTED,
        color=palette.RULE,
        linestyle="none",
        marker="_",
        markersize=3,
        zorder=1,
    )
    for at, year in firsts.items():
        ax.annotate(
            str(year),
            (year, at),
            xytext=(0, -7),
            textcoords="offset points",
            ha="center",
            va="top",
            fontsize=9,
            fontweight="bold",
            color=palette.ink(palette.color(article.facts()["sides"][0])),
        )
    ax.set(xlim=(left, table[x].max() + 0.5), ylim=(min(names) - 0.95, 0.1))
    ax.set_yticks([scale, *names], [SCALE, *names.values()])
    ax.spines["left"].set_visible(False)
    return ax


def _scale(ax: Axes, middle: float, left: float) -> None:
    """Draw one bar of each side that leads by a known share, with the share in words."""
    share = 50 + HALF_A_ROW
    one, other = article.facts()["sides"]
    for at, code, way in ((left + 0.1, one, 0.5), (left + 7.1, other, -0.5)):
        hue = palette.color(code)
        ax.add_patch(Rectangle((at, middle), 0.8, way, facecolor=hue, linewidth=0))
        ax.annotate(
            f"{article.name(code)} has {share}%",
            (at + 1.1, middle + way / 2),
            va="center",
            fontsize=9.5,
            color=palette.ink(hue),
        )


def _bars(ax: Axes, middle: float, years: np.ndarray, shares: np.ndarray) -> None:
    """Draw one row. These are polygons and no bars to pandas: styling leaves them as they are."""
    one, other = article.facts()["sides"]
    for year, share in zip(years, shares, strict=True):
        hue = palette.color(one if share > 50 else other)
        later = year >= article.day().year
        top = middle + (share - 50) / HALF_A_ROW / 2
        ax.fill(
            [year - 0.4, year + 0.4, year + 0.4, year - 0.4],
            [middle, middle, top, top],
            facecolor=palette.WHITE if later else hue,
            edgecolor=hue,
            linewidth=1.1 if later else 0.6,
            zorder=2,
        )


def shares(ax: Axes) -> Axes:
    """Draw a dark edge around the largest part of each stack, on an axis from 0 to 100.

    Two charts of shares can then be compared by eye. Of equal parts each gets an edge.
    """
    groups = bar_groups(ax)
    for bars in zip(*(group.patches for group in groups), strict=True):
        standing = upright(groups[0])
        sizes = [bar.get_height() if standing else bar.get_width() for bar in bars]
        for bar, size in zip(bars, sizes, strict=True):
            if size == np.nanmax(sizes):
                edge = Rectangle(bar.get_xy(), bar.get_width(), bar.get_height(), fill=False)
                edge.set(edgecolor=palette.INK, linewidth=EDGE, zorder=3)
                ax.add_patch(edge)
    ax.set(**{"ylim" if upright(groups[0]) else "xlim": (0, 100)})
    return ax
