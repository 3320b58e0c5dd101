"""Figures as PNG: in full colour, in the course's palette, and as described pictures on a page."""

import base64
import io
from functools import cache
from html import escape

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from PIL import Image

from courseware import CourseError, palette
from courseware.palette import countries, ink
from courseware.ui import scripts

DPI = 200  # of a chart that stands still: sharp on a display of double density

#: Of a chart this matters most: the picture with its title and source.
WHOLE = "this.closest('.no-limits-chart')||this"


class Canvas(FigureCanvasAgg):
    """Draws when it is asked to, not whenever something was added.

    Geopandas asks for a redraw after every layer, and a canvas without a window does it at once.
    """

    def draw_idle(self, *args: object, **kwargs: object) -> None:
        """Do nothing: whoever shows the figure draws it."""


class ChartError(CourseError):
    """A chart lacks something its readers need; the message says what."""


def picture(content: bytes, alt: str, width: float, *, in_view: bool = False) -> str:
    """Return ``<figure>`` markup of a PNG with its alt text, at ``width`` CSS pixels.

    ``in_view`` brings its cell on the screen whole, once, when the cell has just run.

    Raises:
        ChartError: the alt text is missing or says nothing.

    """
    words = alt.split()
    if len(words) < 5:
        raise ChartError(
            "A picture needs alt text. Say in one or two sentences what the picture shows, so "
            "that somebody who cannot see it learns the same."
        )
    encoded = base64.b64encode(content).decode("ascii")
    look = f' onload="{escape(scripts.into_view(WHOLE))}"' if in_view else ""
    return (
        f'<figure style="margin:0.5em 0"><img src="data:image/png;base64,{encoded}" '
        f'alt="{escape(" ".join(words), quote=True)}" decoding="sync"{look} '
        f'style="width:{width:.0f}px;max-width:100%;height:auto"></figure>'
    )


def png(fig: Figure) -> bytes:
    """Draw the figure and return it as PNG in full colour."""
    fig.canvas.draw()
    return encode(canvas_image(fig))


def quick_png(sheet: FigureCanvasAgg | RendererAgg) -> bytes:
    """Return what a canvas, or its sheet, holds now as PNG in the course's palette.

    What an explorer sends between two positions of a slider: mapping to a fixed palette costs
    a tenth of finding one, and the file is a third of the full-colour one.
    """
    return encode(_image(sheet).quantize(palette=shades(), dither=Image.Dither.NONE))


def canvas_image(fig: Figure) -> Image.Image:
    """Return what the canvas of a figure holds now."""
    return _image(fig.canvas)


def _image(sheet: FigureCanvasAgg | RendererAgg) -> Image.Image:
    return Image.fromarray(np.asarray(sheet.buffer_rgba())).convert("RGB")


def encode(image: Image.Image) -> bytes:
    """Return an image as PNG."""
    stream = io.BytesIO()
    image.save(stream, "PNG", compress_level=1)  # level 6 takes four times as long
    return stream.getvalue()


@cache
def shades() -> Image.Image:
    """Return a palette of 256: each colour of the course in steps towards white, and greys."""
    hues = {look.hue for look in countries().values()} | {*palette.TONES}
    hues |= {ink(hue) for hue in hues}
    greys = {hue for hue in hues if len({*palette.channels(hue)}) == 1}
    exact = sorted({*greys, *palette.GREYS, *palette.GROUNDS})
    shades = [np.array(palette.channels(hue)) for hue in exact]
    shades += [np.full(3, grey) for grey in np.linspace(0, 1, 17)]  # closer ones stain white paper
    steps = (256 - len(shades)) // len(hues - greys)
    shades += [
        np.array(palette.channels(hue)) * (1 - white) + white
        for hue in sorted(hues - greys)
        for white in np.linspace(0, 1, steps, endpoint=False)
    ]
    image = Image.new("P", (1, 1))
    image.putpalette([round(255 * channel) for shade in shades for channel in shade])
    return image
