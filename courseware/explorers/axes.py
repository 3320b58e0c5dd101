"""Round ticks, years under a chart, and labels at the ends of lines, for redraws by hand."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Text

from courseware import charts

SMALL = 9  # points: 12.5 pixels of the page, the least that is written in a picture


def level_ticks(numbers: np.ndarray) -> tuple[float, ...]:
    """Return about six round ticks from zero to above the greatest number."""
    top = float(np.nanmax(numbers)) or 1.0
    step = _round_up(top * 1.08 / 5)
    return tuple(float(tick) for tick in np.arange(0, top * 1.08 + step, step))


def log_ticks(numbers: np.ndarray) -> tuple[float, ...]:
    """Return ticks at 1, 2 and 5 times powers of ten that enclose the numbers above zero.

    Raises:
        ValueError: no number is above zero.

    """
    positive = numbers[numbers > 0]
    low, high = positive.min() * 0.97, positive.max() * 1.03
    grid = [k * 10.0**p for p in range(-4, 7) for k in (1, 2, 5)]
    first = max(i for i, tick in enumerate(grid) if tick <= low)
    last = min(i for i, tick in enumerate(grid) if tick >= high)
    return tuple(grid[first : last + 1])


def round_ticks(low: float, high: float) -> tuple[float, ...]:
    """Return five to nine round ticks that enclose ``low`` (zero or below) and ``high``."""
    step = _round_up(((high - low) * 1.05 or 1.0) / 6)
    start, stop = np.floor(low * 1.02 / step), np.ceil(max(high * 1.02, step) / step)
    return tuple(float(tick) for tick in np.arange(start, stop + 1) * step)


def _round_up(raw: float) -> float:
    power = 10 ** np.floor(np.log10(raw))
    return next(k * power for k in (1, 2, 2.5, 5, 10) if k * power >= raw)


def year_axis(
    ax: Axes, years: tuple[int, int], most: int, margin: tuple[float, float] = (0.4, 0.4)
) -> None:
    """Show a span of years, with about ``most`` ticks and a margin at either side."""
    first, last = years
    ax.set_xlim(first - margin[0], last + margin[1])
    ticks = range(first, last + 1, -(-(last - first) // most))
    ax.set_xticks(ticks, ticks)


def end_label(ax: Axes, words: str, hue: str, size: float = SMALL) -> Text:
    """Return a label to stand right of the axes, in ``hue`` as far as that can be read."""
    return ax.text(
        1,
        1,
        words,
        transform=ax.transAxes,
        fontsize=size,
        color=charts.ink(hue),
        va="center",
        linespacing=1.15,
        animated=True,
        clip_on=False,
    )


def place_ends(ax: Axes, ends: Sequence[tuple[Text, float]], step: float) -> list[Text]:
    """Put each label right of the axes at the height of its value, ``step`` pixels apart.

    Where many stand together at an end of the axes, all move until they lie inside the figure.
    """
    if not ends:
        return []
    x = np.full(len(ends), ax.get_xlim()[0])
    pixels = ax.transData.transform(np.column_stack([x, [value for _, value in ends]]))
    right, back = ax.transAxes.transform((1.015, 0))[0], ax.transAxes.inverted()
    heights, edge = charts.spread(pixels[:, 1], step), ax.figure.bbox
    half = max(SMALL, step / 2)  # of a label
    heights -= max(0, heights.max() + half - edge.y1)
    heights += max(0, edge.y0 + half - heights.min())
    for (label, _), height in zip(ends, heights, strict=True):
        label.set_position(back.transform((right, height)))
    return [label for label, _ in ends]


def corners(left: float, foot: float, right: float, top: float) -> list[tuple[float, float]]:
    """Return the corners of a bar or a tile."""
    return [(left, foot), (left, top), (right, top), (right, foot)]


def lone_points(values: np.ndarray) -> list[int]:
    """Return the places of points whose neighbours are both missing: a line does not show them."""
    there = np.isfinite(np.r_[np.nan, values, np.nan])
    return np.flatnonzero(there[1:-1] & ~there[:-2] & ~there[2:]).tolist()
