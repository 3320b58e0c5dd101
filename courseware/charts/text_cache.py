"""A canvas that keeps the words it has drawn, for pictures that are drawn again and again.

Between two positions of a slider nearly all words of a picture stay: names of states, years, the
numbers on the axes. Matplotlib sets each of them anew, glyph by glyph, and that is half the time
of a redraw. Here each is set once and then stamped. A stamp begins at a whole pixel.
"""

from collections import OrderedDict
from math import hypot
from typing import NamedTuple

import numpy as np
from matplotlib.backend_bases import GraphicsContextBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text

from courseware.charts.images import Canvas

KEPT = 600  # words; a few kB each
MARGIN = 8  # pixels around the measured words: an italic may lean out of its box


class Stamp(NamedTuple):
    """Drawn words: their pixels, and where these begin, seen from the words' own beginning."""

    pixels: np.ndarray  #: rows from below × columns × RGBA, 8 bits each
    right: int
    down: int  #: to the lower edge


class Printer(RendererAgg):
    """Draws as matplotlib does, but sets each piece of text only once."""

    def __init__(self, width: float, height: float, dpi: float) -> None:
        """Make an empty sheet of ``width`` × ``height`` pixels."""
        super().__init__(width, height, dpi)
        self._stamps: OrderedDict[tuple, Stamp] = OrderedDict()

    def draw_text(
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: bool | str = False,
        mtext: Text | None = None,
    ) -> None:
        """Draw ``s`` so that it begins at ``x``, ``y`` (pixels from the upper left corner)."""
        if ismath or not gc.get_antialiased():
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)
            return
        setting = (s, hash(prop), angle, gc.get_rgb())
        stamp = self._stamps.pop(setting, None) or self._cut(gc, s, prop, angle, mtext)
        self._stamps[setting] = stamp  # the last used come last
        if len(self._stamps) > KEPT:
            self._stamps.popitem(last=False)
        if stamp.pixels.size:
            left, up = round(x) + stamp.right, self.height - round(y) - stamp.down
            self.draw_image(self._as_cut(gc), left, up, stamp.pixels)

    def _as_cut(self, gc: GraphicsContextBase) -> GraphicsContextBase:
        """Return ``gc`` without its transparency: the stamp's ink has that already."""
        if gc.get_alpha() == 1:
            return gc
        opaque = self.new_gc()
        opaque.copy_properties(gc)
        opaque.set_alpha(1)
        return opaque

    def _cut(
        self,
        gc: GraphicsContextBase,
        s: str,
        prop: FontProperties,
        angle: float,
        mtext: Text | None,
    ) -> Stamp:
        """Set ``s`` on a sheet of its own and cut it out."""
        reach = int(hypot(*self.get_text_width_height_descent(s, prop, False)[:2])) + MARGIN
        sheet = RendererAgg(2 * reach, 2 * reach, self.dpi)
        ink = sheet.new_gc()
        ink.set_foreground(gc.get_rgb(), isRGBA=True)
        sheet.draw_text(ink, reach, reach, s, prop, angle, False, mtext)
        pixels = np.array(sheet.buffer_rgba())
        rows, columns = np.nonzero(pixels[..., 3])
        if not rows.size:
            return Stamp(pixels[:0], 0, 0)
        top, bottom, left, right = rows.min(), rows.max() + 1, columns.min(), columns.max() + 1
        upwards = pixels[top:bottom, left:right][::-1].copy()
        return Stamp(upwards, int(left) - reach, int(bottom) - reach)


class CachedTextCanvas(Canvas):
    """A canvas of an explorer: it keeps its words."""

    _printer: Printer | None = None

    def get_renderer(self) -> Printer:
        """Return the printer, a new one if the figure's size has changed."""
        sheet = (*self.get_width_height(physical=True), self.figure.dpi)
        kept = self._printer
        if kept is None or (kept.width, kept.height, kept.dpi) != sheet:
            self._printer = self.renderer = Printer(*sheet)
        return self._printer
