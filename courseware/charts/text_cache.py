"""A canvas that keeps the words it has drawn, for pictures that are drawn again and again.

Between two positions of a slider nearly all words of a picture stay: names of states, years, the
numbers on the axes. Matplotlib sets each of them anew, glyph by glyph, and that is half the time
of a redraw. Here each is set once and then stamped. A stamp begins at a whole pixel.

The same figure can be drawn finer too, for a picture that rests. The figure then keeps its
resolution, so that all that is placed in pixels stays where it is; only the sheet is larger.
"""

from collections import OrderedDict
from math import hypot
from typing import NamedTuple

import numpy as np
from matplotlib.backend_bases import GraphicsContextBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, BboxBase, Transform, TransformedBbox, TransformedPath

from courseware.charts.images import Canvas

KEPT = 600  # words; a few kB each
MARGIN = 8  # pixels around the measured words: an italic may lean out of its box
FINER = 2  # dots of the finer sheet for one of the figure, each way


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
        size = RendererAgg.get_text_width_height_descent(self, s, prop, False)
        reach = int(hypot(*size[:2])) + MARGIN
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


class _FineContext(GraphicsContextBase):
    """What lines are drawn with, clipped on the finer sheet."""

    def set_clip_rectangle(self, rectangle: BboxBase | None) -> None:
        """Clip to a rectangle in pixels of the figure."""
        fine = None if rectangle is None else TransformedBbox(rectangle, _fine())
        super().set_clip_rectangle(fine)

    def set_clip_path(self, path: TransformedPath | None) -> None:
        """Clip to a path in pixels of the figure."""
        fine = None if path is None else TransformedPath(path.get_fully_transformed_path(), _fine())
        super().set_clip_path(fine)


class FinePrinter(Printer):
    """Draws what a figure places in its own pixels on a sheet that is `FINER` times as fine."""

    def __init__(self, width: float, height: float, dpi: float) -> None:
        """Make an empty sheet for a figure of ``width`` × ``height`` pixels."""
        super().__init__(width * FINER, height * FINER, dpi * FINER)
        # Matplotlib hands these two out as attributes of the sheet.
        self.draw_markers = self._draw_markers
        self.draw_path_collection = self._draw_path_collection

    def get_canvas_width_height(self) -> tuple[float, float]:
        """Return the size of the figure, in its own pixels."""
        return self.width / FINER, self.height / FINER

    def points_to_pixels(self, points: float) -> float:
        """Return ``points`` in pixels of the figure."""
        return super().points_to_pixels(points) / FINER

    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: bool | str
    ) -> tuple[float, float, float]:
        """Return the size of ``s`` in pixels of the figure."""
        width, height, descent = super().get_text_width_height_descent(s, prop, ismath)
        return width / FINER, height / FINER, descent / FINER

    def new_gc(self) -> GraphicsContextBase:
        """Return something to draw with, clipped in pixels of the figure."""
        return _FineContext()

    def draw_path(
        self, gc: GraphicsContextBase, path: Path, transform: Transform, *face: object
    ) -> None:
        """Draw a path; ``transform`` leads to pixels of the figure."""
        super().draw_path(gc, path, transform + _fine(), *face)

    def _draw_markers(
        self,
        gc: GraphicsContextBase,
        marker: Path,
        marker_transform: Transform,
        path: Path,
        transform: Transform,
        *face: object,
    ) -> None:
        fine = _fine()
        self._renderer.draw_markers(
            gc, marker, marker_transform + fine, path, transform + fine, *face
        )

    def _draw_path_collection(
        self,
        gc: GraphicsContextBase,
        transform: Transform,
        paths: object,
        transforms: object,
        offsets: object,
        offset_transform: Transform,
        *looks: object,
        **more: object,
    ) -> None:
        fine = _fine()
        self._renderer.draw_path_collection(
            gc,
            transform + fine,
            paths,
            transforms,
            offsets,
            offset_transform + fine,
            *looks,
            **more,
        )

    def draw_text(
        self, gc: GraphicsContextBase, x: float, y: float, *words: object, **more: object
    ) -> None:
        """Draw words that begin at ``x``, ``y``, in pixels of the figure."""
        super().draw_text(gc, x * FINER, y * FINER, *words, **more)


def _fine() -> Affine2D:
    return Affine2D().scale(FINER)


class CachedTextCanvas(Canvas):
    """A canvas of an explorer: it keeps its words."""

    _printer: Printer | None = None
    _fine_printer: FinePrinter | None = None

    def get_renderer(self) -> Printer:
        """Return the printer, a new one if the figure's size has changed."""
        sheet = (*self.get_width_height(physical=True), self.figure.dpi)
        kept = self._printer
        if kept is None or (kept.width, kept.height, kept.dpi) != sheet:
            self._printer = self.renderer = Printer(*sheet)
        return self._printer

    def fine_printer(self) -> FinePrinter:
        """Return the sheet on which the figure is drawn finer; it is made when first asked for."""
        if self._fine_printer is None:
            self._fine_printer = FinePrinter(*self.get_width_height(), self.figure.dpi)
        return self._fine_printer
