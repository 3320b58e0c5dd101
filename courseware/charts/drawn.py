"""What an axes holds that was plotted, lines and groups of bars, and how words there are broken."""

import re
import textwrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.lines import Line2D


def letters_of_a_line(fig: Figure, most: int, an_inch: float) -> int:
    """Return how many letters a line may have: fewer in a narrow figure."""
    return min(most, int(fig.get_figwidth() * an_inch))


def in_lines(words: str, letters: int | None) -> str:
    """Return words in lines of so many letters (None: as they are).

    A longer word has a line of its own. Parts that lie three spaces apart or more, as in a key,
    stay whole.
    """
    if letters is None:
        return words
    if "   " in words:
        inside = r"(?<! ) {1,2}(?! )"
        words = re.sub(inside, lambda found: "\N{NO-BREAK SPACE}" * len(found[0]), words)
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
