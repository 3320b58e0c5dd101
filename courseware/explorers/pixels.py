"""Texts, lines and dots that move on a figure, placed in its pixels."""

from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.transforms import Bbox, IdentityTransform, TransformedBbox

from courseware import palette
from courseware.explorers.axes import SMALL


def text(fig: Figure, **look) -> Text:
    """Return a text of the figure that moves."""
    look = {"fontsize": SMALL, "color": palette.INK, "parse_math": False} | look
    return fig.add_artist(Text(transform=IdentityTransform(), animated=True, **look))


def lines(fig: Figure, box: tuple | None = None, **look) -> LineCollection:
    """Return lines of the figure that move; they are cut off at a box, if there is one."""
    made = LineCollection([], transform=IdentityTransform(), animated=True, **look)
    made.set_clip_box(bounds(fig, box) if box else None)
    return fig.add_artist(made)


def dots(
    fig: Figure, size: float, face: str, box: tuple | None = None, marker: str = "o"
) -> Line2D:
    """Return markers of the figure that move; they are cut off at a box, if there is one."""
    look = {"markersize": size, "markerfacecolor": face, "markeredgecolor": palette.BLACK}
    made = Line2D([], [], linestyle="None", marker=marker, animated=True, **look)
    made.set(transform=IdentityTransform(), clip_box=bounds(fig, box) if box else None)
    return fig.add_artist(made)


def bounds(fig: Figure, box: tuple[float, float, float, float]) -> TransformedBbox:
    """Return a box (left, bottom, width, height, as parts of the figure) in pixels."""
    return TransformedBbox(Bbox.from_bounds(*box), fig.transFigure)
