"""Draw a chart that everybody can read: a finding as title, a described picture, a table.

A chapter's cell does the plotting itself, with pandas or matplotlib, on the axes that
``figure`` returns; ``show`` then puts the picture on the page with its alt text, a folded
table of the plotted numbers and the source. Colours and line styles are fixed per country.
"""

import base64
import io
from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import NamedTuple

import matplotlib as mpl
import matplotlib.style
import numpy as np
import pandas as pd
from IPython.display import HTML, display
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from PIL import Image

from courseware import CourseError, data, palette, ui
from courseware.palette import COUNTRIES, color, contrast, ink, luminance, name, style

__all__ = [
    "COUNTRIES",
    "DPI",
    "FONT_POINTS",
    "Canvas",
    "ChartError",
    "Shown",
    "color",
    "contrast",
    "figure",
    "ink",
    "label_lines",
    "last_shown",
    "level",
    "luminance",
    "mark",
    "name",
    "picture",
    "png",
    "quick_png",
    "show",
    "source_text",
    "spread",
    "style",
    "wrap",
]

STYLE_SHEET = Path(__file__).with_name("course.mplstyle")
DPI = 120  # of a chart that stands still
FONT_POINTS = 72  # points per inch, to turn font sizes into inches

mpl.style.use(STYLE_SHEET)  # once, for whatever a cell draws with pandas or matplotlib


class Canvas(FigureCanvasAgg):
    """Draws when it is asked to, not whenever something was added.

    Geopandas asks for a redraw after every layer, and a canvas without a window does it at once.
    """

    def draw_idle(self, *args: object, **kwargs: object) -> None:
        """Do nothing: whoever shows the figure draws it."""


class ChartError(CourseError):
    """A chart lacks something its readers need; the message says what."""


class Shown(NamedTuple):
    """A picture on the page and the words that belong to it."""

    png: bytes
    title: str
    subtitle: str
    alt: str
    source: str


class Chart(HTML):
    """A chart on the page: its HTML, and what that was made of."""

    def __init__(self, figure: Figure, words: Shown, table: ui.Table) -> None:
        """Write the described picture and, folded, its numbers."""
        self.figure, self.words, self.table = figure, words, table
        markup = picture(words.png, words.alt, figure.get_size_inches()[0] * 100)
        super().__init__(markup + ui.details("The same numbers as a table", table.data))


_last_shown: Shown | None = None


def last_shown() -> Shown | None:
    """Return what `show` put on the page last in this notebook, or None."""
    return _last_shown


def figure(
    title: str,
    subtitle: str,
    source: str | Sequence[str],
    size: tuple[float, float] = (9, 5),
    right: float = 1.5,
    left: float = 0.8,
    **subplots,
) -> tuple[Figure, Axes]:
    """Return a figure and its axes, dressed in the course's style.

    Args:
        title: the finding, in one sentence.
        subtitle: unit, years and publisher of what is drawn.
        source: a table's name, several, or a sentence; written below the axes.
        size: inches, width and height.
        right: inches kept free at the right for direct labels.
        left: inches kept free at the left for tick labels.
        subplots: passed on to ``Figure.subplots`` (for example ``ncols=2, sharey=True``).

    """
    fig = Figure(figsize=size, dpi=DPI)
    Canvas(fig)
    top = _heading(fig, title, subtitle)
    bottom = _source_line(fig, source)
    width, height = size
    frame = {
        "left": left / width,
        "right": 1 - right / width,
        "top": 1 - top / height,
        "bottom": bottom / height,
    }
    axes = fig.subplots(gridspec_kw=frame, **subplots)
    return fig, axes


def _heading(fig: Figure, title: str, subtitle: str) -> float:
    """Write title and subtitle at the top left; return the inches they take."""
    width, height = fig.get_size_inches()
    lines = wrap(fig, title, 14, "bold")
    under = wrap(fig, subtitle, 10.5)
    title_inches = len(lines) * 14 * 1.3 / FONT_POINTS
    fig.suptitle(
        "\n".join(lines),
        x=0.12 / width,
        y=1 - 0.08 / height,
        ha="left",
        va="top",
        fontsize=14,
        fontweight="bold",
        linespacing=1.2,
        parse_math=False,
    )
    fig.text(
        0.12 / width,
        1 - (0.14 + title_inches) / height,
        "\n".join(under),
        ha="left",
        va="top",
        fontsize=10.5,
        color=palette.SOFT,
        linespacing=1.25,
        gid="subtitle",
        parse_math=False,
    )
    return 0.14 + title_inches + len(under) * 10.5 * 1.35 / FONT_POINTS + 0.2


def wrap(fig: Figure, words: str, size: float, weight: str = "normal") -> list[str]:
    """Return the lines that ``words`` fill across the figure, in type of ``size`` points."""
    font = FontProperties(size=size, weight=weight)
    measure = fig.canvas.get_renderer().get_text_width_height_descent
    space = measure("n n", font, False)[0] - measure("nn", font, False)[0]
    lines: list[str] = []
    room = 0.0
    for word in words.split():
        width = measure(word, font, False)[0] + space
        if lines and width <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
            room = (fig.get_size_inches()[0] - 0.24) * fig.dpi + space
        room -= width
    return lines


def _source_line(fig: Figure, source: str | Sequence[str]) -> float:
    """Write the source at the bottom left; return the inches that axes must leave free."""
    width, height = fig.get_size_inches()
    lines = wrap(fig, source_text(source), 8.5)
    fig.text(
        0.12 / width,
        0.08 / height,
        "\n".join(lines),
        ha="left",
        va="bottom",
        fontsize=8.5,
        color=palette.SOFT,
        gid="source",
        parse_math=False,
    )
    return 0.12 + len(lines) * 8.5 * 1.3 / FONT_POINTS + 0.42


def source_text(source: str | Sequence[str]) -> str:
    """Return the source line for a table's name, several names, or a sentence of its own.

    For tables it names publisher and table; ``data.about(table)`` tells the rest.
    """
    known = {entry["name"] for entry in data.package()["resources"]}
    names = [source] if isinstance(source, str) else list(source)
    parts = [f"{data.publishers(name)} [{name}]" if name in known else name for name in names]
    return "Source: " + "; ".join(parts)


def label_lines(ax: Axes, gap: float = 1.15) -> None:
    """Write each line's label at its right end instead of a legend; labels never overlap.

    Labels keep the vertical order of the line ends and are pushed apart until ``gap`` times
    the text height lies between them. Lines whose label starts with "_" are left out.
    """
    ends = [_line_end(line) for line in ax.get_lines() if not line.get_label().startswith("_")]
    ends = [end for end in ends if end is not None]
    if not ends:
        return
    size = 10.0
    ax.get_xlim(), ax.get_ylim()  # settles limits that matplotlib computes lazily
    pixels = ax.transData.transform([(x, y) for x, y, _ in ends])
    step = gap * size / FONT_POINTS * ax.figure.dpi
    heights = spread(pixels[:, 1], step)
    for (x, y, line), (_, here), there in zip(ends, pixels, heights, strict=True):
        hue = ink(mpl.colors.to_hex(line.get_color()))
        offset = (there - here) / ax.figure.dpi * FONT_POINTS
        ax.annotate(
            line.get_label(),
            (x, y),
            xytext=(7, offset),
            textcoords="offset points",
            va="center",
            ha="left",
            fontsize=size,
            color=hue,
            annotation_clip=False,
            parse_math=False,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.5},
        )


def mark(ax: Axes, when, words: str, height: float = 1.0) -> None:
    """Draw a dotted line across the axes at ``when`` (a date or a number), with words beside it.

    ``height`` is where the words hang, as a share of the axes' height.
    """
    ax.axvline(when, color=palette.RULE, linewidth=1, linestyle=":")
    ax.annotate(
        words,
        (when, height),
        xycoords=("data", "axes fraction"),
        xytext=(-5, 0),
        textcoords="offset points",
        ha="right",
        va="top",
        fontsize=9,
        color=palette.SOFT,
        parse_math=False,
    )


def level(ax: Axes, value: float, words: str, va: str = "center") -> None:
    """Draw a dashed line across the axes at ``value``, with words at its right end.

    ``va`` is the words' vertical alignment, for two levels close to each other.
    """
    ax.axhline(value, color=palette.SOFT, linewidth=1.2, linestyle="--")
    ax.annotate(
        words,
        (1, value),
        xycoords=("axes fraction", "data"),
        xytext=(6, 0),
        va=va,
        textcoords="offset points",
        fontsize=9.5,
        color=palette.TEXT,
        annotation_clip=False,
        parse_math=False,
    )


def _line_end(line) -> tuple | None:
    """Return (x, y, line) of the last point that is not missing; ``None`` for an empty line."""
    x, y = line.get_xdata(orig=False), np.asarray(line.get_ydata(orig=False), dtype=float)
    present = np.flatnonzero(np.isfinite(y))
    return (x[present[-1]], y[present[-1]], line) if present.size else None


def spread(positions: Iterable[float], step: float) -> np.ndarray:
    """Return positions moved as little as needed so that neighbours lie ``step`` apart.

    Order is kept. Clusters that would overlap are spaced evenly around their common mean.
    """
    from scipy.optimize import isotonic_regression

    positions = np.asarray(list(positions), dtype=float)
    order = np.argsort(positions, kind="stable")
    slots = np.arange(len(positions)) * step
    moved = np.empty_like(positions)
    if len(positions):
        moved[order] = isotonic_regression(positions[order] - slots).x + slots
    return moved


def show(
    fig: Figure,
    alt: str,
    table: pd.DataFrame,
    caption: str = "The plotted numbers",
    formats: dict[str, str] | None = None,
) -> None:
    """Put a finished figure on the page: described picture, folded table, source.

    Args:
        fig: what ``figure`` returned, drawn on.
        alt: one or two sentences that say what the chart shows, for readers who cannot see it.
        table: the plotted numbers, one row per point or per category.
        caption: what the table holds.
        formats: a format per column, such as ``{"US$ billion": "{:,.1f}"}``.

    Raises:
        ChartError: the alt text or the table is missing or empty.

    """
    global _last_shown
    if not isinstance(table, pd.DataFrame) or table.empty:
        raise ChartError("A chart needs its numbers: give show(..., table=a DataFrame with rows).")
    title, source = " ".join(fig.get_suptitle().split()), _words(fig, "source")
    shown = Shown(png(fig), title, _words(fig, "subtitle"), " ".join(alt.split()), source)
    display(Chart(fig, shown, ui.Table(table, f"{caption}. {source}", formats)))
    _last_shown = shown


def _words(fig: Figure, gid: str) -> str:
    """Return one of the texts around the axes, on one line; empty if the figure has none."""
    found = next((text.get_text() for text in fig.texts if text.get_gid() == gid), "")
    return " ".join(found.split())


def picture(content: bytes, alt: str, width: float) -> str:
    """Return ``<figure>`` markup of a PNG with its alt text, at ``width`` CSS pixels.

    Raises:
        ChartError: the alt text is missing or says nothing.

    """
    words = alt.split()
    if len(words) < 5:
        raise ChartError(
            "A picture needs alt text: one or two sentences that say what it shows, "
            "so that somebody who cannot see it learns the same."
        )
    encoded = base64.b64encode(content).decode("ascii")
    return (
        f'<figure style="margin:0.5em 0"><img src="data:image/png;base64,{encoded}" '
        f'alt="{escape(" ".join(words), quote=True)}" decoding="sync" '
        f'style="width:{width:.0f}px;max-width:100%;height:auto"></figure>'
    )


def png(fig: Figure) -> bytes:
    """Draw the figure and return it as PNG in full colour."""
    fig.canvas.draw()
    return _encode(_canvas_image(fig))


def quick_png(fig: Figure) -> bytes:
    """Return what the canvas holds now as PNG in the course's palette, without drawing again.

    What an explorer sends between two positions of a slider: mapping to a fixed palette costs
    a tenth of finding one, and the file is a third of the full-colour one.
    """
    return _encode(_canvas_image(fig).quantize(palette=_shades(), dither=Image.Dither.NONE))


def _canvas_image(fig: Figure) -> Image.Image:
    return Image.fromarray(np.asarray(fig.canvas.buffer_rgba())).convert("RGB")


def _encode(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "PNG", compress_level=1)  # level 6 takes four times as long
    return stream.getvalue()


@cache
def _shades() -> Image.Image:
    """Return a palette of 256: each colour of the course in steps towards white, and greys."""
    hues = {look.hue for look in COUNTRIES.values()} | {*palette.TONES}
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
