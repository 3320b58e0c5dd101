"""Put on the page what a cell has plotted, with the words that belong to it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from courseware import article, ui, words
from courseware.charts import alt_text, grid, plotted_numbers, sources, styling, tiles
from courseware.charts.images import DPI, Canvas, ChartError, png
from courseware.charts.page import Board, Chart, Shown, put
from courseware.quantities import decimals
from courseware.words import templating
from courseware.words.templating import UnfitWordsError

LOGARITHMIC = "logarithmic scale"
YOUR_VERSION = "Your version:"  #: of a chart whose words do not fit its numbers
HOLLOW = "hollow: after"  # and the day of the article
PALE = "pale ground: after"
OWN_WORDS = ("title", "unit", "source", "alt")


class ChartWords(NamedTuple):
    """The words of a chart, filled in; ``unfit`` says why the course's own do not fit."""

    title: str
    unit: str
    alt: str
    see: str = ""
    unfit: str = ""


def show(
    axes: Any,
    key: str | None = None,
    table: pd.DataFrame | None = None,
    *,
    focus: str | Sequence[str] = (),
    notes: Sequence[tuple[Any, str]] = (),
    **numbers: Any,
) -> None:
    """Style what was plotted and put it on the page, with its words.

    A chart of the course has a key, ``show(ax, "02-buyers", buyers)``. A chart of one's own has
    its words in the call, ``show(ax, title="…", unit="…", source="…", alt="…")``.

    Args:
        axes: what ``plot`` returned: ``ax = table.plot()``.
        key: of the chart's words in ``courseware/words``, such as ``"02-buyers"``.
        table: the plotted numbers. With a key it must be given: a bar of a missing number has
            height 0. Of a chart of one's own they are read off the axes if it is left out.
        focus: what the title names, one label or several: it keeps its hue, the rest turns grey.
        notes: places (a year, a day, the name of a bar), each with the few words to write there.
        numbers: what the words name besides the table's columns; of a chart of one's own, its
            words: title (the finding), unit (with years), source (a sentence, or the name of a
            table) and alt (one or two sentences that say what it shows).

    Raises:
        ChartError: there are no axes, numbers or words, or the picture has no description.
        words.UnknownWordsError: no words are written under this key; it names the nearest.

    """
    drawn = [ax for ax in np.ravel(np.asarray(axes, dtype=object)) if isinstance(ax, Axes)]
    if not drawn:
        raise ChartError(
            "This call names no chart. Write ax = table.plot() first, and then charts.show(ax, …)."
        )
    if not isinstance(key, str | None):
        raise ChartError(
            "Name the table in the call, as in charts.show(ax, table=buyers, title=…)."
        )
    written = own_words(numbers) if key is None else words.chart(key)
    if key is None and table is None:
        table = plotted_numbers.read_off(drawn)
    table = with_numbers(table)
    fig = drawn[0].get_figure()
    plt.close(fig)  # or it would be shown a second time
    if not isinstance(fig.canvas, Canvas):
        Canvas(fig)
    fig.set_dpi(DPI)
    values = templating.names(table, numbers)
    fitting = _fitting(written, values)
    marks = _marks(written, fitting.written, values, focus, notes)
    layout = styling.style_axes(fig, drawn, table, marks)
    if key is None:
        said = ChartWords(*(" ".join(written[part].split()) for part in ChartWords._fields[:3]))
    else:
        said = _said(written, fitting, values, drawn)
    put_on_page(fig, said, table, written["source"], layout=layout)


def put_on_page(
    fig: Figure,
    said: ChartWords,
    table: pd.DataFrame,
    source: str | Sequence[str],
    *,
    note: str = "",
    layout: styling.Layout | None = None,
) -> None:
    """Draw a finished figure and put it on the page: the one road there.

    Args:
        fig: what was drawn.
        said: its words.
        table: its numbers.
        source: a table's name, several, or a sentence of its own.
        note: what a fold below the source says: whose borders a map draws.
        layout: what styling found out; None if the figure was left as it is.

    """
    found = layout or styling.Layout()
    unit = [said.unit] * bool(said.unit) + [LOGARITHMIC] * found.logarithmic
    unit = "; ".join(unit + [f"{HOLLOW} {article.day_in_words()}"] * found.hollow)
    line = sources.source_text(source)
    line += f". {found.missing}: not reported" if found.missing else ""
    shown = Shown(png(fig), said.title, unit, said.alt, line, said.see, note)
    told = numbers_of(table, unit)
    put(Chart(fig, shown, told, sources.views(source), said.unfit))


def own_words(given: Mapping[str, Any]) -> dict[str, str]:
    """Return the words of a chart of one's own, from what the call gave.

    Raises:
        ChartError: one of the four is missing, is no text, or something else was given.

    """
    lacking = [part for part in OWN_WORDS if not _is_said(part, given.get(part))]
    if lacking:
        raise ChartError(
            f"This chart has no {' and no '.join(lacking)} yet. Write charts.show(ax, title=…, "
            "unit=…, source=…, alt=…). The title says what you found, the unit names its years, "
            "the source says who published the numbers, and alt says in one or two sentences what "
            "the picture shows. A chart of the course has a key instead, as in charts.show(ax, "
            '"02-buyers", table).'
        )
    if strange := [name for name in given if name not in OWN_WORDS]:
        raise ChartError(
            f"A chart of your own takes title, unit, source and alt, but not {strange[0]!r}. Write "
            'numbers into the text itself, as in title=f"It bought {times:.1f} times as much".'
        )
    return dict(given)


def _is_said(part: str, given: Any) -> bool:
    """Return whether a word of a chart is a text that is not empty; sources may be several."""
    if part == "source" and isinstance(given, list | tuple):
        return bool(given) and all(isinstance(each, str) for each in given)
    return isinstance(given, str) and bool(given.strip())


def with_numbers(table: Any) -> pd.DataFrame:
    """Return a table that has rows; a column on its own is one too.

    Raises:
        ChartError: it is no table, or an empty one.

    """
    table = table.to_frame() if isinstance(table, pd.Series) else table
    if not isinstance(table, pd.DataFrame) or table.empty:
        raise ChartError(
            'A chart needs the table with its numbers. Write charts.show(ax, "02-buyers", table) '
            "or, for a chart of your own, charts.show(ax, table=buyers, title=…)."
        )
    return table


class Fitting(NamedTuple):
    """The words that fit some numbers, as written and filled in; or why the chart's own do not."""

    written: Mapping[str, Any]
    said: ChartWords | None
    why: str = ""


def in_words(written: dict, table: pd.DataFrame, numbers: dict, axes: Sequence[Axes]) -> ChartWords:
    """Return title, unit, alt and what to see, filled in.

    Whoever obeys *Change one thing* has other numbers: the first of the ``versions`` whose
    condition holds has words for them. For any other change the title says what is drawn.
    """
    values = templating.names(table, numbers)
    return _said(written, _fitting(written, values), values, axes)


def _said(
    written: Mapping[str, Any], fitting: Fitting, values: Mapping, axes: Sequence[Axes]
) -> ChartWords:
    if axes and "alt" not in written:
        raise ChartError(
            "This chart has no alt text. Add alt: to its words, with one or two sentences that say "
            "what the chart shows."
        )
    if fitting.said:
        return fitting.said
    try:
        unit = templating.fill(written["unit"], values)
    except UnfitWordsError:
        unit = ""
    drawn = alt_text.drawn(axes) or ", ".join(map(str, values["table"].columns))
    return ChartWords(f"{YOUR_VERSION} {drawn}", unit, alt_text.alt(axes), unfit=fitting.why)


def _fitting(written: Mapping[str, Any], values: Mapping[Any, Any]) -> Fitting:
    """Return the words that fit these numbers: the chart's own, or those of an ordered change."""
    own = {part: words for part, words in written.items() if part != "ends"}
    why = ""
    for fitted in (written, *({**own, **change} for change in written.get("versions", ()))):
        try:
            return Fitting(fitted, _filled(fitted, values))
        except UnfitWordsError as problem:
            why = why or str(problem)
    return Fitting({}, None, why)


def _filled(written: Mapping[str, Any], values: Mapping[Any, Any]) -> ChartWords:
    """Fill in the words of a chart.

    Raises:
        UnfitWordsError: they name a number that is not there, or their condition does not hold.

    """
    said = [templating.fill(written.get(part, ""), values) for part in ChartWords._fields[:4]]
    notes = (note["says"] for note in written.get("notes", ()))
    for inside in (*written.get("ends", {}).values(), *notes):
        templating.fill(inside, values)  # they stand in the picture, and fit or do not fit with it
    if "holds" in written and not templating.holds(written["holds"], values):
        raise UnfitWordsError(f"this condition is not true: {written['holds']}")
    return ChartWords(*said)


def _marks(
    written: Mapping[str, Any],
    fits: Mapping[str, Any],
    values: Mapping[Any, Any],
    focus: str | Sequence[str],
    notes: Sequence[tuple[Any, str]],
) -> styling.Marks:
    """Return what the picture shows of its title: of the words that fit, none if none do."""
    later = written.get("later")
    asked = focus or fits.get("focus", ())
    ends = {name: templating.fill(end, values) for name, end in fits.get("ends", {}).items()}
    said = [
        (note["at"], templating.fill(note["says"], values), note.get("of", ""))
        for note in fits.get("notes", ())
    ]
    return styling.Marks(
        later=None if later is None else templating.moment(later),
        focus=(asked,) if isinstance(asked, str | int) else tuple(asked),
        notes=[(*note, "") for note in notes] or said,
        ends=ends,
    )


def numbers_of(table: pd.DataFrame, unit: str) -> ui.Table:
    """Return the numbers of a chart, its index first."""
    named = table.index.names != [None] or not isinstance(table.index, pd.RangeIndex)
    frame = table.reset_index() if named else table.copy()
    frame.columns = [str(name) for name in frame.columns]
    return ui.Table(
        frame,
        unit,
        {name: f"{{:,.{decimals(frame[name])}f}}" for name in frame.select_dtypes("float")},
    )


def show_grid(key: str, table: pd.DataFrame, **numbers: Any) -> None:
    """Put a grid of votes on the page: each cell with its sign, its word and a fill.

    Args:
        key: of its words, such as ``"03-votes"``.
        table: a row a resolution or year, a column a state, each cell a vote in words.
        numbers: what the words name besides the table's columns.

    """
    table, written = with_numbers(table), words.chart(key)
    later = written.get("later")
    _put_board(key, table, numbers, grid.markup(table, later), pale=grid.has_later(table, later))


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
    table, later = with_numbers(table), "later" in words.chart(key)
    markup = tiles.markup(table, by, status, later=later)
    folds = ui.details("Each of them, in a table", numbers_of(table, "").data)
    _put_board(key, table, numbers, markup, folds, pale=later)


def _put_board(
    key: str, table: pd.DataFrame, numbers: dict, markup: str, folds: str = "", *, pale: bool
) -> None:
    """Put cells or tiles on the page, with the words of their key."""
    written = words.chart(key)
    said = in_words(written, table, numbers, ())
    unit = "; ".join(filter(None, [said.unit, f"{PALE} {article.day_in_words()}" * pale]))
    shown = Shown(b"", said.title, unit, "", sources.source_text(written["source"]), said.see)
    put(
        Board(
            table,
            shown,
            markup,
            folds + sources.how_made(sources.views(written["source"])),
            said.unfit,
        )
    )
