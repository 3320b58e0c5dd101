"""What an axes holds that was plotted, lines and groups of bars, and how words there are broken."""

import textwrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.container import BarContainer
from matplotlib.lines import Line2D


def in_lines(words: str, letters: int) -> str:
    """Return words in lines of so many letters; one that is longer has a line of its own."""
    return textwrap.fill(words, letters, break_long_words=False)


def labelled(ax: Axes) -> list[Line2D]:
    """Return the lines that have a label: not levels, marks or caps."""
    return [line for line in ax.get_lines() if not line.get_label().startswith("_")]


def points(line: Line2D) -> tuple[np.ndarray, np.ndarray]:
    """Return a line's points as numbers."""
    return np.asarray(line.get_xdata(orig=False), float), np.asarray(
        np.ma.filled(np.ma.asarray(line.get_ydata(orig=False), float), np.nan)
    )


def bar_groups(ax: Axes) -> list[BarContainer]:
    """Return the groups of bars: one for each label."""
    return [c for c in ax.containers if isinstance(c, BarContainer) and len(c.patches)]


def upright(group: BarContainer) -> bool:
    """Return whether bars stand on the horizontal axis."""
    return getattr(group, "orientation", "vertical") != "horizontal"
