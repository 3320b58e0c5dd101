"""Draw a chart once, where Jupyter draws it twice: on a larger sheet, cut to what is on it.

Jupyter's pictures fit what is drawn, with a little room around. To find out what that is, it has
matplotlib go through the whole chart before it draws it. Here the sheet has margins, and what is
on it is seen from its dots. A picture is some dots wider or narrower than Jupyter's, and the same
else.
"""

from base64 import b64encode
from io import BytesIO

import matplotlib as mpl
import numpy as np
from IPython.core import pylabtools
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox
from PIL import Image

#: Left, bottom, right, top of the figure, of its width and height: names of bars are long, and
#: stand at the left or, on end, below; legends stand at the right.
MARGINS = np.array([[0.5, 0.4], [0.4, 0.2]])
MOST_DOTS = 3_000_000  # of a figure: a larger one would take too much memory with margins
LEVEL = 1  # of a PNG's compression: the higher ones take long and save little

_jupyters = pylabtools.print_figure


def prepare() -> None:
    """Have charts drawn this way in this process."""
    pylabtools.print_figure = picture


def picture(
    fig: Figure, fmt="png", bbox_inches="tight", base64=False, **more
) -> bytes | str | None:
    """Stand for IPython's ``print_figure``: return a figure's picture, None if it is empty."""
    dpi = more.get("dpi") or fig.dpi
    usual = fmt == "png" and bbox_inches == "tight" and more.keys() <= {"dpi"}
    usual = usual and not isinstance(dpi, str)  # "figure": the figure's own
    content = _drawn_once(fig, dpi) if usual and (fig.axes or fig.lines) else None
    if content is None:
        return _jupyters(fig, fmt, bbox_inches, base64, **more)
    return b64encode(content).decode("ascii") + "\n" if base64 else content


def _drawn_once(fig: Figure, dpi: float) -> bytes | None:
    """Return a PNG of what is on the figure; None if it has to be drawn in the usual way."""
    usual = fig.dpi
    try:
        fig.dpi = dpi
        return _on_a_sheet(fig)
    finally:
        fig.dpi = usual


def _on_a_sheet(fig: Figure) -> bytes | None:
    framed = fig.patch.get_linewidth() > 0
    if framed or fig.get_layout_engine() is not None or np.prod(fig.bbox.size) > MOST_DOTS:
        return None
    sheet = _sheet(fig)
    inches = Bbox(sheet.get_points() / fig.dpi)
    colours = {"facecolor": fig.get_facecolor(), "edgecolor": fig.get_edgecolor()}
    bitmap = _Bitmap()
    fig.canvas.print_figure(bitmap, format="rgba", dpi=fig.dpi, bbox_inches=inches, **colours)
    wide, high = sheet.size.astype(int)
    if bitmap.dots.size != wide * high or not _holds(fig, sheet):
        return None
    return _png(bitmap.dots.reshape(high, wide), fig.dpi)


class _Bitmap(BytesIO):
    """A file that keeps what is drawn into it where it is: a large copy takes as long as a text."""

    def write(self, content: memoryview) -> None:
        """Keep the dots."""
        self.dots = np.frombuffer(content, dtype=np.uint32)


def _sheet(fig: Figure) -> Bbox:
    """Return the sheet, in dots from the figure's lower left corner; its margins are whole dots."""
    size = np.ceil(fig.bbox.size)
    before, behind = np.ceil(MARGINS * size)
    return Bbox([-before, size + behind + 0.01])  # or what is left of a dot would cost one


def _holds(fig: Figure, sheet: Bbox) -> bool:
    """Return whether all that may lie outside of the axes, and the axes, lie on the sheet."""
    renderer = fig.canvas.get_renderer()
    beside = [*fig.texts, *fig.legends, *fig.artists, *fig.lines, *fig.patches, *fig.images]
    for axes in fig.axes:
        beside += [axes.patch, *axes.texts, *axes.artists, *axes.tables, *axes.child_axes]
        beside += [each for each in (*axes.lines, *axes.patches) if not each.get_clip_on()]
        beside += [each for each in (*axes.collections, *axes.images) if not each.get_clip_on()]
        beside += [axes.get_legend()] if axes.get_legend() else []
    return all(
        _lies_on(sheet, each.get_window_extent(renderer)) for each in beside if each.get_visible()
    )


def _lies_on(sheet: Bbox, found: Bbox) -> bool:
    lowest, highest = found.min, found.max
    if not np.isfinite([lowest, highest]).all() or (highest == lowest).any():  # nothing is drawn
        return True
    return bool((lowest >= sheet.min).all() and (highest <= sheet.max).all())


def _png(dots: np.ndarray, dpi: float) -> bytes | None:
    """Return a PNG of what differs from the paper, with room around; None if it meets the edge."""
    ink = dots != dots[0, 0]
    rows, columns = (np.flatnonzero(ink.any(axis=axis)) for axis in (1, 0))
    if not rows.size:
        return None
    if rows[0] == 0 or columns[0] == 0 or rows[-1] + 1 == len(ink) or columns[-1] + 1 == len(ink.T):
        return None
    room = round(mpl.rcParams["savefig.pad_inches"] * dpi)
    top, left = max(rows[0] - room, 0), max(columns[0] - room, 0)
    cut = np.ascontiguousarray(dots[top : rows[-1] + room + 1, left : columns[-1] + room + 1])
    image = Image.frombuffer("RGBA", cut.shape[::-1], cut, "raw", "RGBA", 0, 1)
    content = BytesIO()
    image.save(content, "png", compress_level=LEVEL, dpi=(dpi, dpi))
    return content.getvalue()
