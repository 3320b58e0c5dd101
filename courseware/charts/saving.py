"""A chart as a file, with its words drawn in; and laid out once more for a phone."""

import io
from html import escape
from pathlib import Path

from IPython.display import HTML
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from PIL import Image, PngImagePlugin

from courseware import palette, ui
from courseware.charts import styling
from courseware.charts.images import Canvas, ChartError, drawn_at, encode, shades
from courseware.charts.page import Chart, last_chart

SAVED_DPI = 200
PHONE_DPI = 200  # two dots a pixel where it is shown
FONT_POINTS = 72  # points per inch, to turn font sizes into inches


def save(file: str | Path) -> HTML:
    """Save the chart that was shown last as a picture, with title, unit and source drawn in.

    Args:
        file: its name, such as ``"buyers.png"``; a picture is always a PNG.

    Raises:
        ChartError: no chart has been shown yet, or the picture has no name.

    """
    chart = last_chart()
    if chart is None:
        raise ChartError("No chart has been shown yet. Run a cell with charts.show(…) first.")
    path = _png_name(file)
    shown = chart.words
    image = Image.open(io.BytesIO(with_words(chart, SAVED_DPI, shown.below)))
    info = PngImagePlugin.PngInfo()
    info.add_itxt("Title", shown.title)
    info.add_itxt("Description", shown.alt)
    image.save(path, "PNG", pnginfo=info, dpi=(SAVED_DPI, SAVED_DPI))
    body = f"<p>{escape(shown.title)}</p><p>It is in <code>{escape(str(path))}</code>.</p>"
    return HTML(ui.card("Saved as a picture", body, "good"))


def _png_name(file: str | Path) -> Path:
    """Return a file's name with ".png" at its end; a point before that belongs to the name."""
    name = str(file).strip()
    if not name or name[-1] in "/\\" or name in (".", "..", ".png"):
        raise ChartError('The picture needs a name. Write charts.save("buyers.png"), for example.')
    return Path(name if name.lower().endswith(".png") else f"{name}.png")


def with_words(chart: Chart, dpi: int, below: str = "") -> bytes:
    """Return a chart as PNG with title, unit and source in the picture, as fine as is asked.

    ``below`` is what stands below it, if that is not the source alone.
    """
    width = chart.figure.get_size_inches()[0]
    middle = drawn_at(chart.figure, dpi)
    above, under = _paper(width, dpi), _paper(width, dpi)
    top = round(_heading(above, chart.words.title, chart.words.subtitle) * dpi)
    foot = round((_source_line(under, below or chart.words.source)) * dpi)
    head, source = drawn_at(above, dpi), drawn_at(under, dpi)
    whole = Image.new("RGB", (middle.width, top + middle.height + foot), palette.WHITE)
    whole.paste(head.crop((0, 0, head.width, top)), (0, 0))
    whole.paste(middle, (0, top))
    lowest = (0, source.height - foot, source.width, source.height)
    whole.paste(source.crop(lowest), (0, top + middle.height))
    return encode(whole)


def for_phone(chart: Chart) -> bytes:
    """Return a chart as a small PNG for a narrow screen; nothing if it cannot have another size.

    It is the same figure, laid out again: fewer ticks, names in shorter lines, panels in two
    columns. A map is drawn again.
    """
    if chart.narrow:
        image = drawn_at(chart.narrow(), PHONE_DPI)
    elif chart.layout is None:
        return b""
    else:
        with styling.narrow(chart.figure, chart.layout):
            image = drawn_at(chart.figure, PHONE_DPI)
    return encode(image.quantize(palette=shades(), dither=Image.Dither.NONE))


def _paper(width: float, dpi: int) -> Figure:
    """Return an empty figure to write words on."""
    fig = Figure(figsize=(width, 3), dpi=dpi)
    Canvas(fig)
    return fig


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


def _source_line(fig: Figure, source: str) -> float:
    """Write the source at the bottom left; return the inches that it takes."""
    width, height = fig.get_size_inches()
    lines = wrap(fig, source, 8.5)
    fig.text(
        0.12 / width,
        0.08 / height,
        "\n".join(lines),
        ha="left",
        va="bottom",
        fontsize=8.5,
        color=palette.SOFT,
        parse_math=False,
    )
    return 0.12 + len(lines) * 8.5 * 1.3 / FONT_POINTS + 0.07
