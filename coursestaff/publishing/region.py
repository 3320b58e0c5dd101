"""Where all this is: those that the article is about, on one small map.

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

SIZE = (4.7, 2.25)  # inches: 450 CSS pixels wide, so that its letters have twelve
COLOURS = 200  # of a stored picture: with fewer, names lose the hues of their states
TINT = 0.35  # of a state's hue, so that its name can be read on it


def is_known() -> bool:
    """Return whether the article has a map at all."""
    return "region" in base_map.ground()


@cache
def drawn() -> Figure:
    """Return the map: who the article is about in their hues and named, all others pale."""
    fig = Figure(figsize=SIZE, dpi=charts.DPI)
    charts.Canvas(fig)
    add(fig, (0, 0, 1, 1), _said()["window"])
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
    states = data.load("countries_region").set_index("iso3").loc[[*article.subjects()]]
    hues = [palette.color(code) for code in states.index]
    look = {"facecolor": "hue", "edgecolor": palette.BORDER, "linewidth": 0.6, "zorder": 1.25}
    base_map.add_layer(ax, states.assign(hue=hues), alpha=TINT, **look)
    base_map.name_states(ax)


def card() -> Figure:
    """Return the picture that stands beside a link to the course, 1200 by 630 pixels."""
    fig = Figure(figsize=(6, 3.15), dpi=200, facecolor=palette.SHEET)
    charts.Canvas(fig)
    add(fig, (0.05, 0.08, 0.9, 0.53), _said()["wide"])
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
    return _said()["alt"]


def _said() -> dict:
    """Return the windows of the map and what it shows, as the article has them."""
    return base_map.ground()["region"]


def boundaries() -> str:
    """Return whose lines the map draws, and how disputed ground is drawn on it."""
    return base_map.note(drawn().axes[0].window)
