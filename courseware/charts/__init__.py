"""Show a chart that everybody can read: a finding as title, a described picture, a table.

A chapter's cell plots with pandas or matplotlib as anywhere, ``ax = buyers.plot()``, and
``show(ax, "02-buyers", buyers)`` dresses that and puts it on the page: title and unit as text, the
picture with its alt text, the source, the numbers, and how their table was made. The words stand
in ``courseware/words``. Looks are fixed per country (``looks``, ``dressing``). A figure that a cell
leaves open is shown as everywhere, with an alt text made of its axes (``described``).

``figure``, ``label_lines`` and ``show(fig, alt, table)`` draw title and source into the picture:
they are for chapters that are not rewritten yet, for maps and for a class's own charts.
"""

import base64
import io
import re
from collections.abc import Iterable, Sequence
from functools import cache, singledispatch
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
import matplotlib.style
import numpy as np
import pandas as pd
from IPython import get_ipython
from IPython.display import HTML, display
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from PIL import Image, PngImagePlugin

from courseware import CourseError, data, palette, quick, ui, words
from courseware.charts import described, dressing, grid, tiles
from courseware.charts.dumbbells import dumb_bells
from courseware.charts.leads import shares, win_loss
from courseware.palette import COUNTRIES, color, contrast, ink, luminance, name, style
from courseware.words import filling
from courseware.words.filling import UnfitWordsError

__all__ = [
    "COUNTRIES",
    "DPI",
    "FONT_POINTS",
    "Canvas",
    "Chart",
    "ChartError",
    "Grid",
    "Shown",
    "Tiles",
    "color",
    "contrast",
    "dumb_bells",
    "figure",
    "for_phone",
    "ink",
    "label_lines",
    "last_shown",
    "level",
    "luminance",
    "mark",
    "name",
    "panels",
    "picture",
    "png",
    "quick_png",
    "save",
    "shares",
    "show",
    "show_grid",
    "show_tiles",
    "source_text",
    "spread",
    "style",
    "win_loss",
    "wrap",
]

STYLE_SHEET = Path(__file__).parents[1] / "course.mplstyle"
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

    def __init__(
        self,
        figure: Figure,
        words: Shown,
        table: ui.Table,
        views: Sequence[str] = (),
        unfit: str = "",
        *,
        titled: bool = False,
        dressed: dressing.Dressed | None = None,
    ) -> None:
        """Write the described picture and, folded, its numbers and how they were made.

        Args:
            figure: what was drawn.
            words: the picture and what stands around it.
            table: its numbers.
            views: the views among its sources.
            unfit: why the words of the course do not fit this table, if they do not.
            titled: whether title, unit and source are drawn into the picture.
            dressed: how the figure was dressed; what was not can have no other size.

        """
        self.dressed = dressed
        self.figure, self.words, self.table = figure, words, table
        self.views, self.unfit, self.titled = tuple(views), unfit, titled
        width = figure.get_size_inches()[0] * 100
        drawn = picture(words.png, words.alt, width, in_view=True)
        if not titled:
            note = f"<div role='note'>{UNFIT}</div>" if unfit else ""
            drawn = (
                f'<div style="font-weight:600;font-size:1.15em">{escape(words.title)}</div>{note}'
                f"<div>{escape(words.subtitle)}</div>{drawn}"
                f'<div style="font-size:0.85em">{escape(words.source)}</div>'
            )
        summary = "The same numbers as a table" if titled else "The numbers"
        folds = ui.details(summary, table.data)
        folds += "".join(ui.details(HOW, data.how_made(name)) for name in self.views)
        super().__init__(
            f'<div class="{ui.NO_FORMULAS}" style="max-width:{width:.0f}px;color:{ui.INK}">'
            f'<div class="no-limits-chart">{drawn}</div>{folds}</div>'
        )


class Grid(ui.Table):
    """A grid of votes on the page; ``caption`` is its title."""

    def __init__(self, frame: pd.DataFrame, title: str, said: str, markup: str, folds: str) -> None:
        """Take unit and source, the finished ``<table>``, and what stands below it."""
        self.frame, self.caption, self.formats, self.markup = frame, title, None, markup
        head = f'<div style="font-weight:600;font-size:1.15em">{escape(title)}</div>'
        HTML.__init__(self, f"{head}{ui.scrolling(said, markup)}{folds}")


class Tiles(ui.Table):
    """Named tiles on the page; ``caption`` is their title."""

    def __init__(
        self, frame: pd.DataFrame, words: Shown, markup: str, folds: str, unfit: str = ""
    ) -> None:
        """Take the finished tiles, the words around them, and what stands below them."""
        self.frame, self.caption, self.formats, self.unfit = frame, words.title, None, unfit
        unit = f"<div>{escape(words.subtitle)}</div>"
        source = f'<div style="font-size:0.85em">{escape(words.source)}</div>'
        self.markup = f"{unit}{markup}{source}"
        title = f'<div style="font-weight:600;font-size:1.15em">{escape(words.title)}</div>'
        note = f"<div role='note'>{UNFIT}</div>" if unfit else ""
        seen = f'<img src="{ui.EMPTY}" alt="" aria-hidden="true" width="1" height="1" '
        seen += f'onload="{escape(ui.into_view(_WHOLE))}">'
        HTML.__init__(
            self,
            f'<div class="{ui.NO_FORMULAS}" style="color:{ui.INK}">'
            f'<div class="no-limits-chart">{title}{note}{self.markup}{seen}</div>{folds}</div>',
        )


HOW = "How this table was made"
LOGARITHMIC = "logarithmic scale"
LATER = "pale and hollow: after 28 May 2023"
ALL_LATER = "pale ground: all of it after 28 May 2023"
UNFIT = "The course's sentence about this chart does not fit these numbers, so it is left out."

_last_chart: Chart | None = None


def last_shown() -> Shown | None:
    """Return what `show` put on the page last in this notebook, or None."""
    return _last_chart.words if _last_chart else None


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


def _source_line(fig: Figure, source: str | Sequence[str], *, ready: bool = False) -> float:
    """Write the source at the bottom left; return the inches that axes must leave free.

    ``ready`` says that it is a finished line, not a table's name.
    """
    width, height = fig.get_size_inches()
    lines = wrap(fig, str(source) if ready else source_text(source), 8.5)
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

    For tables it names publisher and table, for a view those that it comes from;
    ``data.about(table)`` tells the rest. A sentence names them in brackets, "[oil_flows]".
    """
    known = {entry["name"] for entry in data.package()["resources"]}
    named = [source] if isinstance(source, str) else list(source)
    named = [_BRACKETS.sub(lambda match: f"[{_tables(match[1])}]", name) for name in named]
    names = dict.fromkeys(base for name in named for base in data.bases(name))
    parts = [f"{data.publishers(name)} [{name}]" if name in known else name for name in names]
    return "Source: " + "; ".join(parts)


_BRACKETS = re.compile(r"\[(\w+)\]")  # a table or view, named in a sentence


def _tables(name: str) -> str:
    return ", ".join(data.bases(name))


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


@singledispatch
def show(axes: Any, key: str, table: pd.DataFrame, **numbers: Any) -> None:
    """Dress what was plotted and put it on the page, with the words that belong to its key.

    Args:
        axes: what ``plot`` or `panels` returned: ``ax = table.plot()``.
        key: of the chart's words, such as ``"02-buyers"``.
        table: the plotted numbers. It must be given: a bar of a missing number has height 0.
        numbers: what the words name besides the table's columns.

    Raises:
        ChartError: there are no axes or no numbers, or the picture has no description.
        words.UnknownWordsError: no words are written under this key; it names the nearest.

    """
    drawn = [ax for ax in np.ravel(np.asarray(axes, dtype=object)) if isinstance(ax, Axes)]
    if not drawn:
        raise ChartError("What is to be shown? Write ax = table.plot() and charts.show(ax, …).")
    table = _with_numbers(table)
    written = words.chart(key)
    fig = drawn[0].get_figure()
    plt.close(fig)  # or it would be shown a second time
    Canvas(fig)
    fig.set_dpi(DPI)
    later = written.get("later")
    dressed = dressing.dress(fig, drawn, table, None if later is None else filling.moment(later))
    said, unfit = _said(written, table, numbers, drawn)
    notes = [said["unit"]] * bool(said["unit"]) + [LOGARITHMIC] * dressed.logarithmic
    unit = "; ".join(notes + [LATER] * dressed.later)
    source = source_text(written["source"])
    source += f". {dressed.missing}: not reported" if dressed.missing else ""
    shown = Shown(png(fig), said["title"], unit, said["alt"], source)
    told = _numbers(table, unit)
    _put(Chart(fig, shown, told, _views(written), unfit, dressed=dressed))


def _with_numbers(table: Any) -> pd.DataFrame:
    """Return a table that has rows; a column on its own is one too."""
    table = table.to_frame() if isinstance(table, pd.Series) else table
    if not isinstance(table, pd.DataFrame) or table.empty:
        raise ChartError('A chart needs its numbers: charts.show(ax, "02-buyers", table).')
    return table


def _said(
    written: dict, table: pd.DataFrame, numbers: dict, axes: Sequence[Axes]
) -> tuple[dict[str, str], str]:
    """Return title, unit and alt, filled in; and why they do not fit the table, if they do not.

    Whoever changes a cell has other numbers: then no sentence is better than a wrong one.
    """
    if axes and "alt" not in written:
        raise ChartError("The words of this chart have no alt text: one or two sentences.")
    values = filling.names(table, numbers)
    parts = {part: written[part] for part in ("title", "unit", "alt") if part in written}
    try:
        said = {part: filling.fill(text, values) for part, text in parts.items()}
        if "holds" in written and not filling.holds(written["holds"], values):
            raise UnfitWordsError(f"it does not hold that {written['holds']}")
    except UnfitWordsError as problem:
        try:
            unit = filling.fill(written["unit"], values)
        except UnfitWordsError:
            unit = ""
        title = unit or "The plotted numbers"
        return {"title": title, "unit": "", "alt": described.alt(axes)}, str(problem)
    return said, ""


def _numbers(table: pd.DataFrame, unit: str) -> ui.Table:
    """Return the numbers of a chart, its index first."""
    named = table.index.names != [None] or not isinstance(table.index, pd.RangeIndex)
    frame = table.reset_index() if named else table.copy()
    frame.columns = [str(name) for name in frame.columns]
    return ui.Table(
        frame, unit, {name: _digits(frame[name]) for name in frame.select_dtypes("float")}
    )


def _digits(column: pd.Series) -> str:
    """Return a format with as many digits after the point, up to two, as a column needs."""
    needed = (n for n in (0, 1) if np.allclose(column, column.round(n), equal_nan=True))
    return f"{{:,.{next(needed, 2)}f}}"


def _views(written: dict) -> list[str]:
    """Return the views among the sources of a chart."""
    source = written["source"]
    named = [source] if isinstance(source, str) else source
    inside = [name for text in named for name in (text, *_BRACKETS.findall(text))]
    return [name for name in dict.fromkeys(inside) if data.is_view(name)]


def _how_made(written: dict) -> str:
    """Return a fold for each view behind a grid or tiles: how its table was made."""
    return "".join(ui.details(HOW, data.how_made(view)) for view in _views(written))


def _put(chart: Chart) -> None:
    global _last_chart
    display(chart)
    _last_chart = chart


@show.register
def _show_figure(
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
    if not isinstance(table, pd.DataFrame) or table.empty:
        raise ChartError("A chart needs its numbers: give show(..., table=a DataFrame with rows).")
    title, source = " ".join(fig.get_suptitle().split()), _words(fig, "source")
    shown = Shown(png(fig), title, _words(fig, "subtitle"), " ".join(alt.split()), source)
    _put(Chart(fig, shown, ui.Table(table, f"{caption}. {source}", formats), titled=True))


def panels(table: pd.DataFrame, by: str, x: str, y: str, lines: str | None = None) -> np.ndarray:
    """Plot small multiples, one panel for each value of a column, and return their axes.

    Args:
        table: one row a point.
        by: the column whose values get a panel each, in the order of the rows.
        x: the column along each panel.
        y: the column that goes up; all panels have the same scale.
        lines: the column whose values get a line each; left out, there is one line.

    """
    groups = list(table.groupby(by, sort=False))
    rows, columns = _arranged(len(groups))
    _, axes = plt.subplots(
        rows,
        columns,
        figsize=(8.2, 3.5 if rows == 1 else 1.6 + 1.7 * rows),
        sharex=True,
        sharey=True,
        squeeze=False,
    )
    for ax, (value, part) in zip(axes.flat, groups, strict=False):
        kinds = part.groupby(lines, sort=False) if lines else [(y, part)]
        for label, points in kinds:
            points = points.sort_values(x)
            ax.plot(points[x], points[y], label=str(label))
        ax.set_title(name(str(value)), loc="left", fontsize=10.5, fontweight="bold")
    for ax in axes.flat[len(groups) :]:
        ax.remove()
    for ax in axes.flat[max(0, len(groups) - columns) : len(groups)]:
        ax.tick_params(labelbottom=True)  # the lowest of its column, if no other stands below
    return axes.ravel()[: len(groups)]


def _arranged(count: int) -> tuple[int, int]:
    """Return rows and columns for so many panels."""
    columns = count if count <= 4 else 3 if count in (5, 6, 9) else 4
    return -(-count // columns), columns


def show_grid(key: str, table: pd.DataFrame, **numbers: Any) -> None:
    """Put a grid of votes on the page: each cell with its sign, its word and a fill.

    Args:
        key: of its words, such as ``"03-votes"``.
        table: a row a resolution or year, a column a state, each cell a vote in words.
        numbers: what the words name besides the table's columns.

    """
    table = _with_numbers(table)
    written = words.chart(key)
    said, unfit = _said(written, table, numbers, ())
    source = source_text(written["source"])
    caption = f"{said['unit']}. {source}" if said["unit"] else source
    folds = (f"<div role='note'>{UNFIT}</div>" if unfit else "") + _how_made(written)
    markup = grid.markup(table, caption, written.get("later"))
    display(Grid(table, said["title"], caption, markup, folds))


def show_tiles(
    key: str, table: pd.DataFrame, by: str = "kind", status: str = "status", **numbers: Any
) -> None:
    """Put named tiles on the page: a row a kind, and on each tile a sign, a word and a fill.

    Args:
        key: of its words, such as ``"04-promises"``; with ``later``, all of it came later.
        table: a row a tile, named by the index; what else it holds stands in a fold.
        by: the column that says in which row a tile stands.
        status: the column that says how each stands, such as *kept* or *not found*.
        numbers: what the words name besides the table's columns.

    """
    table = _with_numbers(table)
    written = words.chart(key)
    said, unfit = _said(written, table, numbers, ())
    later = "later" in written
    unit = "; ".join(filter(None, [said["unit"], ALL_LATER * later]))
    shown = Shown(b"", said["title"], unit, "", source_text(written["source"]))
    markup = tiles.markup(table, by, status, f"{said['title']}. {unit}", later=later)
    folds = ui.details("Each of them, in a table", _numbers(table, unit).data)
    folds += _how_made(written)
    display(Tiles(table, shown, markup, folds, unfit))


def save(file: str | Path) -> HTML:
    """Save the chart that was shown last as a picture, with title, unit and source drawn in.

    Args:
        file: its name, such as ``"buyers.png"``; a picture is always a PNG.

    Raises:
        ChartError: no chart has been shown yet, or the picture has no name.

    """
    if _last_chart is None:
        raise ChartError("No chart has been shown yet. Run a cell with charts.show(…) first.")
    path = _png_name(file)
    shown = _last_chart.words
    image = Image.open(io.BytesIO(with_words(_last_chart, SAVED_DPI)))
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


SAVED_DPI = 200
PHONE_DPI = 160  # two dots a pixel where it is shown


def with_words(chart: Chart, dpi: int) -> bytes:
    """Return a chart as PNG with title, unit and source in the picture, as fine as is asked."""
    width = chart.figure.get_size_inches()[0]
    middle = _drawn_at(chart.figure, dpi)
    if chart.titled:
        return _encode(middle)
    above, below = _paper(width, dpi), _paper(width, dpi)
    top = round(_heading(above, chart.words.title, chart.words.subtitle) * dpi)
    foot = round((_source_line(below, chart.words.source, ready=True) - 0.35) * dpi)
    head, source = _drawn_at(above, dpi), _drawn_at(below, dpi)
    whole = Image.new("RGB", (middle.width, top + middle.height + foot), palette.WHITE)
    whole.paste(head.crop((0, 0, head.width, top)), (0, 0))
    whole.paste(middle, (0, top))
    lowest = (0, source.height - foot, source.width, source.height)
    whole.paste(source.crop(lowest), (0, top + middle.height))
    return _encode(whole)


def for_phone(chart: Chart) -> bytes:
    """Return a chart as a small PNG for a narrow screen; nothing if it cannot have another size.

    It is the same figure, laid out again: fewer ticks, names in shorter lines, panels in two
    columns.
    """
    if chart.dressed is None:
        return b""
    with dressing.narrow(chart.figure, chart.dressed):
        image = _drawn_at(chart.figure, PHONE_DPI)
    return _encode(image.quantize(palette=_shades(), dither=Image.Dither.NONE))


def _paper(width: float, dpi: int) -> Figure:
    """Return an empty figure to write words on."""
    fig = Figure(figsize=(width, 3), dpi=dpi)
    Canvas(fig)
    return fig


def _drawn_at(fig: Figure, dpi: int) -> Image.Image:
    before = fig.get_dpi()
    fig.set_dpi(dpi)
    fig.canvas.draw()
    image = _canvas_image(fig)
    fig.set_dpi(before)
    return image


def _words(fig: Figure, gid: str) -> str:
    """Return one of the texts around the axes, on one line; empty if the figure has none."""
    found = next((text.get_text() for text in fig.texts if text.get_gid() == gid), "")
    return " ".join(found.split())


def picture(content: bytes, alt: str, width: float, *, in_view: bool = False) -> str:
    """Return ``<figure>`` markup of a PNG with its alt text, at ``width`` CSS pixels.

    ``in_view`` brings its cell on the screen whole, once, when the cell has just run.

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
    look = f' onload="{escape(ui.into_view(_WHOLE))}"' if in_view else ""
    return (
        f'<figure style="margin:0.5em 0"><img src="data:image/png;base64,{encoded}" '
        f'alt="{escape(" ".join(words), quote=True)}" decoding="sync"{look} '
        f'style="width:{width:.0f}px;max-width:100%;height:auto"></figure>'
    )


#: Of a chart this matters most: the picture with its title and source.
_WHOLE = "this.closest('.no-limits-chart')||this"


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


def describe_plain_figures(shell: Any) -> None:
    """Let a notebook show its plain figures with an alt text, now and after every change of format.

    Whoever changes the inline backend (``%config InlineBackend…``), and the backend itself when it
    starts, adds ways of showing figures that would be taken before this one, and draw once more:
    so these are taken away before and after each cell.
    """
    shell.display_formatter.mimebundle_formatter.for_type(Figure, _plain)

    def take_away(*_: object) -> None:
        for formatter in shell.display_formatter.formatters.values():
            formatter.pop(Figure, None)

    take_away()
    shell.events.register("pre_run_cell", take_away)
    shell.events.register("post_execute", take_away)


def _plain(fig: Figure) -> dict[str, str]:
    """Return a figure that came without words as a described picture, drawn once, by format."""
    try:
        for ax in fig.axes:
            dressing.whole_years(ax)
        said = described.alt(fig.axes)
    except Exception:  # a cell may draw anything: what cannot be told is shown all the same
        said = described.UNTOLD
    content = described.png(fig)
    width = Image.open(io.BytesIO(content)).width / described.DPI * 100
    drawn = picture(content, said, width, in_view=True)
    return {
        "text/html": f'<div class="no-limits-chart" style="max-width:{width:.0f}px">{drawn}</div>',
        "image/png": base64.b64encode(content).decode("ascii"),
    }


if (_shell := get_ipython()) is not None:
    describe_plain_figures(_shell)
    quick.set_imports_aside(_shell)
