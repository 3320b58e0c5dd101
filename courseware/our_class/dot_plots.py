"""What the charts of a class share. In none of them can anybody be picked out.

Each dot is one answer, but dots are stacked by value, in the same order for every class; the two
answers of one person are never joined. What fewer than ``FEWEST`` answered is not drawn: there a
dot would be a person. What is left out, and why, is said below the chart.
"""

from collections.abc import Callable
from contextlib import suppress
from html import escape
from textwrap import shorten
from typing import Any

import numpy as np
import pandas as pd
from IPython.display import HTML, display
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from courseware import charts, palette, ui
from courseware.words import UnknownWordsError

FEWEST = 5  #: answers that a chart needs
WIDTH = 9  # inches of a chart
OPENING, CLOSING, OUTCOME = palette.BEFORE, palette.AFTER, palette.OUTCOME


def frame(height: float, **subplots: Any) -> tuple[Figure, Any]:
    """Return a figure of so many inches and its axes; words around these find room by themselves.

    Args:
        height: of the figure.
        subplots: passed on to ``Figure.subplots``.

    """
    fig = Figure((WIDTH, height), dpi=charts.DPI, layout="constrained")
    charts.Canvas(fig)
    return fig, fig.subplots(**subplots)


def stack(ax: Axes, counts: pd.Series, colour: str, side: int = 1, base: float = 0.0) -> None:
    """Draw as many dots over each value as it was given; ``side`` -1 stacks downwards."""
    spots = [(v, base + side * (k + 0.7)) for v, n in counts.items() for k in range(n)]
    x, y = zip(*spots, strict=True)
    size = float(np.clip(300 / (counts.max() + 1), 8, 45))
    ax.scatter(x, y, s=size, color=colour, alpha=0.8, edgecolor="white", linewidth=0.5, zorder=3)


def write(ax: Axes, words: str, at: tuple, shift: float = 0, within: Any = "data", **look) -> None:
    """Write words ``shift`` points beside a place, which may lie outside the axes."""
    look = {"va": "center", "fontsize": 9.5, "annotation_clip": False, "parse_math": False, **look}
    ax.annotate(words, at, (shift, 0), within, "offset points", **look)


def short(text: str, most: int) -> str:
    """Return the beginning of a text, cut between words."""
    return shorten(text, most, placeholder=" …")


def called(ids: list[str], asks: Callable[[str], object]) -> list[str]:
    """Return what to call questions that are not drawn: the course's by id, others by number alone.

    What an id says that is not the course's, somebody may have written into a file of their own.

    Args:
        ids: of the questions.
        asks: looks up what the course asks, and raises `UnknownWordsError` where it asks nothing.

    """
    ours = []
    for key in ids:
        with suppress(UnknownWordsError):
            asks(key)
            ours.append(key)
    others = len(ids) - len(ours)
    return [*ours, f"{others} that the course does not ask"] if others else ours


def say_too_few(what: str, left_out: list[str]) -> None:
    """Say that nothing can be drawn, and why."""
    asked = f"Asked: {escape(', '.join(left_out))}. " if left_out else ""
    body = (
        f"<p>{asked}A chart of {what} needs at least {FEWEST} answers to a question, because with "
        "fewer a dot could be traced to a person.</p>"
    )
    display(HTML(ui.card("Nothing to draw yet", body, "care")))


def note_left_out(left_out: list[str], more: str = "") -> None:
    """Say which questions are not drawn; ``more`` is another reason that there may be."""
    if left_out:
        names = escape(", ".join(left_out))
        why = f"answered by fewer than {FEWEST} {more}".strip()
        display(HTML(f"<p>Not drawn, because {why}: {names}.</p>"))
