"""The X-ray of a text: a page of bars, one for each of its claims in their order.

A bar is as long as the words in which the course retells the claim, so that no word of the text
itself is needed; what is marked is seen at once, and so is where it stands.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from courseware import palette
from courseware.charts.images import Canvas
from courseware.charts.styling import FORM, SMALL, legend_above

LINE, WIDE_LINE = 150, 200  # letters: of a page, and of a chart, which is wider than it is high
SPACE = 1.6  # letters between two bars
SHORT = 3  # letters: a piece that would be shorter begins the next line
PARAGRAPH = 1.1  # of a line, between two paragraphs
TALL = 0.66  # of a line: a bar
SIZE = (8.2, 4.05)  # inches of a chart
WIDTH, HEIGHT, DPI = 1200, 630, 100  #: of a sheet, in pixels
PAGE = (0.5, 0.06, 0.45, 0.88)  # where its bars are: left, bottom, width, height
LEFT = 0.047  # where its words begin


class Piece(NamedTuple):
    """What of a claim's bar stands in one line; all but ``line`` is counted in letters."""

    claim: str
    line: float  #: from the top
    left: float
    width: float


def pieces(claims: pd.DataFrame, room: int = LINE) -> Iterator[Piece]:
    """Yield the pieces of all bars, line by line, each paragraph on a line of its own.

    Args:
        claims: a row a claim, by its id, with its ``paragraph`` and its ``letters``.
        room: how many letters a line has.

    """
    line = left = 0.0
    before = None
    for claim, paragraph, letters in claims[["paragraph", "letters"]].itertuples(name=None):
        if before not in (None, paragraph):
            line, left = line + 1 + PARAGRAPH, 0.0
        before, rest = paragraph, float(letters)
        while rest > 0:
            if room - left < SHORT:
                line, left = line + 1, 0.0
            width = min(rest, room - left)
            yield Piece(claim, line, left, width)
            rest, left = rest - width, left + width
        left += SPACE


def bar(ax: Axes, place: Piece, look: Mapping[str, Any]) -> None:
    """Draw a piece of a bar.

    Args:
        ax: the axes.
        place: where it is.
        look: as matplotlib's patches take it, and as ``struck`` the colour of a line through it.

    """
    look = dict(look)
    struck = look.pop("struck", None)
    _, line, left, width = place
    ax.add_patch(Rectangle((left, line), width, TALL, **look))
    if struck:
        ax.plot([left, left + width], [line + TALL / 2] * 2, color=struck, linewidth=1.2)


def draw(
    ax: Axes, claims: pd.DataFrame, looks: Mapping[str, Mapping[str, Any]], room: int = LINE
) -> list[Piece]:
    """Draw the bars on axes of their own, and return their pieces.

    Args:
        ax: the axes.
        claims: as ``pieces`` takes them.
        looks: how the bar of each claim is drawn, as ``bar`` takes it.
        room: as ``pieces`` takes it.

    """
    drawn = [*pieces(claims, room)]
    for piece in drawn:
        bar(ax, piece, looks[piece.claim])
    ax.set(gid=FORM, xlim=(0, room), ylim=(drawn[-1].line + 1, -0.4), xticks=[], yticks=[])
    ax.grid(False)
    ax.spines[:].set_visible(False)
    return drawn


def xray(claims: pd.DataFrame, column: str, marked: str) -> Axes:
    """Draw a text as a page of bars, one for each claim, and mark those with one value.

    Args:
        claims: a row a claim, in the order of the text, with its ``paragraph`` and the
            ``letters`` of its summary.
        column: the column that says which bars are marked.
        marked: the value of those that are.

    """
    is_marked = claims[column] == marked
    others = " or ".join(map(str, claims.loc[~is_marked, column].unique()))
    light = {"facecolor": palette.PALE, "linewidth": 0, "label": others}
    edge = palette.ink(palette.YELLOW, 3)
    bright = {"facecolor": palette.YELLOW, "edgecolor": edge, "linewidth": 0.8, "label": marked}
    _, ax = plt.subplots(figsize=SIZE)
    looks = {claim: bright if yes else light for claim, yes in is_marked.items()}
    drawn = draw(ax, claims, looks, WIDE_LINE)
    first = {claims["paragraph"][piece.claim]: piece for piece in reversed(drawn)}
    for paragraph, piece in first.items():
        place = {"ha": "right", "va": "center", "fontsize": SMALL, "color": palette.SOFT}
        ax.text(-SPACE, piece.line + TALL / 2, paragraph, **place)
    counted = {True: is_marked.sum(), False: (~is_marked).sum()}
    key = {
        f"{look['label']}: {counted[yes]} of {len(claims)}": Patch(**look)
        for yes, look in ((True, bright), (False, light))
    }
    legend_above(ax.get_figure(), key)
    return ax


def sheet(
    title: str, said: Sequence[str], foot: Sequence[str], *, night: bool = False
) -> tuple[Figure, Axes]:
    """Return a sheet to show and to send: words on its left, and axes for the page of bars.

    Args:
        title: what stands on top, in large letters.
        said: the lines below it.
        foot: the small lines at the foot.
        night: on dark paper.

    """
    ink, paper = (palette.SHEET, palette.NIGHT) if night else (palette.PAGE_INK, palette.SHEET)
    fig = Figure((WIDTH / DPI, HEIGHT / DPI), dpi=DPI, facecolor=paper)
    Canvas(fig)
    look = {"color": ink, "va": "top", "parse_math": False}
    fig.text(LEFT, 0.92, title, fontsize=50, family="Course Serif", weight="bold", **look)
    for row, line in enumerate(said):
        fig.text(LEFT, 0.7 - 0.075 * row, line, fontsize=24, **look)
    for row, line in enumerate(reversed(foot)):
        fig.text(LEFT, 0.1 + 0.036 * row, line, fontsize=12, alpha=0.75, **look)
    return fig, fig.add_axes(PAGE, facecolor="none")
