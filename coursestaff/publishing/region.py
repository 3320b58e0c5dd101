"""Where all this is: Russia, China and the five states between them on one small map.

It stands on the site's first page and beside a shared link.
"""

import io
from collections.abc import Sequence
from functools import cache

from matplotlib.figure import Figure
from PIL import Image

from courseware import article, charts, data, palette
from courseware.charts import images
from courseware.maps import base_map

WINDOW = (50.5, 35.5, 100, 53.5)  # degrees; the sheet shows a little more at its corners
WIDE = (58, 36.5, 115, 53)  # the same for a sheet that is three times as wide as it is high
SIZE = (4.7, 2.25)  # inches: 450 CSS pixels wide, so that its letters have twelve
COLOURS = 200  # of a stored picture: with fewer, names lose the hues of their states
TINT = 0.35  # of a state's hue, so that its name can be read on it


@cache
def drawn() -> Figure:
    """Return the map: each of the seven states in its hue and named, all others pale."""
    fig = Figure(figsize=SIZE, dpi=charts.DPI)
    charts.Canvas(fig)
    add(fig, (0, 0, 1, 1), WINDOW)
    return fig


def add(fig: Figure, place: Sequence[float], window: Sequence[float]) -> None:
    """Draw the map on a figure.

    Args:
        fig: the figure.
        place: left, bottom, width and height, as parts of the figure.
        window: west, south, east and north in degrees.

    """
    ax = base_map.add_map(fig, place, window)
    base_map.draw_base(ax, names=False)
    states = data.load("countries_region").set_index("iso3").loc[[*article.seven()]]
    hues = [palette.color(code) for code in states.index]
    look = {"facecolor": "hue", "edgecolor": palette.BORDER, "linewidth": 0.6, "zorder": 1.25}
    base_map.add_layer(ax, states.assign(hue=hues), alpha=TINT, **look)
    base_map.name_states(ax)


def card() -> Figure:
    """Return the picture that stands beside a link to the course, 1200 by 630 pixels."""
    fig = Figure(figsize=(6, 3.15), dpi=200, facecolor=palette.SHEET)
    charts.Canvas(fig)
    add(fig, (0.05, 0.08, 0.9, 0.53), WIDE)
    serif = {"family": "Course Serif", "color": palette.PAGE_INK, "parse_math": False}
    fig.text(0.05, 0.8, article.facts()["course"], fontsize=34, fontweight="bold", **serif)
    fig.text(0.05, 0.67, article.facts()["subtitle"], fontsize=12.5, **serif)
    return fig


def png(fig: Figure) -> bytes:
    """Return a picture of this module as PNG: its few colours make a small file."""
    stream = io.BytesIO()
    few = images.drawn_at(fig, charts.DPI).quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def alt() -> str:
    """Return what the map shows, for readers who cannot see it."""
    *five, last = (article.name(code) for code in article.five())
    return f"The map shows that {', '.join(five)} and {last} lie south of Russia and west of China."


def boundaries() -> str:
    """Return whose lines the map draws, and how disputed ground is drawn on it."""
    return base_map.note(drawn().axes[0].window)
