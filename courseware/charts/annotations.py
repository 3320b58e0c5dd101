"""A line across the axes with words at its end, and labels that are pushed apart."""

from collections.abc import Iterable

import numpy as np
from matplotlib.axes import Axes

from courseware import palette
from courseware.fitting import isotonic
from courseware.quantities import num


def level(ax: Axes, value: float, words: str, va: str = "center", stroke: str = "--") -> None:
    """Draw a thin line across the axes at ``value``, with words at its right end.

    ``{}`` in the words is the value itself, as a whole number. ``va`` is their vertical
    alignment, for two levels close to each other, and ``stroke`` the line's style, for a chart
    that has a dashed line already.
    """
    ax.axhline(value, color=palette.SOFT, linewidth=1.2, linestyle=stroke)
    ax.annotate(
        words.replace("{}", f"{num(value):,.0f}"),
        (1, value),
        xycoords=("axes fraction", "data"),
        xytext=(6, 0),
        va=va,
        textcoords="offset points",
        fontsize=9.5,
        color=palette.TEXT,
        annotation_clip=False,
        parse_math=False,
    )


def spread(positions: Iterable[float], step: float) -> np.ndarray:
    """Return positions moved as little as needed so that neighbours lie ``step`` apart.

    Order is kept. Clusters that would overlap are spaced evenly around their common mean.
    """
    positions = np.asarray(list(positions), dtype=float)
    order = np.argsort(positions, kind="stable")
    slots = np.arange(len(positions)) * step
    moved = np.empty_like(positions)
    if len(positions):
        moved[order] = isotonic(positions[order] - slots) + slots
    return moved
