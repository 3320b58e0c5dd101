"""Small pieces of HTML that cards, tables and messages are made of.

Everything that reaches the page goes through here, so that it is escaped, readable in
JupyterLab's light and dark themes and on the printed site, and known to a screen reader
(tables have a caption and header cells, folds are real ``<details>``).
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from html import escape

import pandas as pd
from IPython.display import HTML, DisplayHandle, display

from courseware import article, palette
from courseware.quantities import MISSING, cell
from courseware.ui import scripts
from courseware.ui.css import sheet

INK = "var(--jp-content-font-color1, #1a1a1a)"
FAINT = "var(--jp-content-font-color2, #555)"
LINE = "var(--jp-border-color1, #999)"
GROUND = "var(--jp-layout-color1, #fff)"

#: JupyterLab reads what stands between two dollar signs as a formula, unless told not to.
NO_FORMULAS = "mathjax_ignore"

LONG = 20  #: rows: a longer table scrolls under its heads

_TINTED = f"color-mix(in srgb, {palette.PETROL} 14%, {GROUND})"  # by day and by night
#: A card's bar, ground and ink, by what the card is: it informs, asks for a prediction, asks for
#: care, is done, or is the course speaking.
BARS = {
    "note": ("var(--jp-layout-color2, #eee)", INK),
    "predict": (palette.YELLOW, palette.PAGE_INK),
    "care": (palette.FOCUS, palette.WHITE),
    "good": (_TINTED, INK),
    "verdict": (_TINTED, INK),
    "course": (palette.PETROL, palette.WHITE),
    "open": ("var(--jp-layout-color3, #ddd)", INK),
}
CAPITALS = 24  #: letters: a longer title is read more easily as it is written


def card(title: str, body: str, edge: str = "note") -> str:
    """Return a box with its title in a bar. ``body`` is HTML, ``title`` is plain text."""
    ground, ink = BARS[edge]
    capitals = "text-transform:uppercase;letter-spacing:0.05em;" if len(title) <= CAPITALS else ""
    return (
        f'<div class="nl-card {NO_FORMULAS}" style="border:1px solid {LINE};border-radius:8px;'
        f'margin:8px 0;max-width:52em;color:{INK};background:{GROUND};line-height:1.5">'
        f'<div class="nl-bar" style="background:{ground};color:{ink};{capitals}font-weight:700;'
        f'font-size:12.5px;border-radius:7px 7px 0 0;padding:7px 18px">{escape(title)}</div>'
        f'<div class="nl-body" style="padding:8px 18px">{body}</div></div>'
    )


def told(line: str) -> str:
    """Return a line that a screen reader speaks whenever it changes."""
    return f'<div role="status">{escape(line)}</div>'


def bare_list(items: Iterable[str]) -> str:
    """Return texts below one another, as a list without bullets."""
    bullets = "".join(f"<li>{escape(item)}</li>" for item in items)
    return f'<ul style="list-style:none;padding-left:0.5em">{bullets}</ul>'


def details(summary: str, body: str) -> str:
    """Return a fold that opens on click or with the keyboard. ``body`` is HTML."""
    return (
        f'<details class="{NO_FORMULAS}" style="margin:0.3em 0;color:{INK}">'
        f'<summary style="cursor:pointer">{escape(summary)}</summary>{body}</details>'
    )


#: A word or more between asterisks; those of a multiplication stand between two words or blanks.
_EMPHASIS = re.compile(r"(?<!\w)\*(?=\S)([^*]+)(?<=\S)\*(?!\w)")


def in_html(sentence: str) -> str:
    """Return a sentence as HTML: code in backticks, emphasis (or a menu's words) in asterisks."""
    return "".join(
        f"<code>{part}</code>" if n % 2 else _EMPHASIS.sub(r"<em>\1</em>", part)
        for n, part in enumerate(escape(sentence).split("`"))
    )


def link(url: str, text: str | None = None) -> str:
    """Return a link that opens in a new tab; only web addresses become links."""
    label = escape(text or url)
    if not url.startswith(("http://", "https://")):
        return label
    style = "color:var(--jp-content-link-color, #0b5394);text-decoration:underline"
    return (
        f'<a href="{escape(url, quote=True)}" target="_blank" rel="noopener" '
        f'style="{style}">{label}</a>'
    )


#: Classes of a row of choices in words: ipywidgets squeezes one that is too long; this one wraps,
#: and stands in columns where it has the second class too.
WRAPS, IN_COLUMNS = "no-limits-wraps", "no-limits-columns"
WRAPPING = (
    f"<style>.{WRAPS} .widget-radio-box{{flex-flow:row wrap;gap:0 1.2em}}"
    f".{WRAPS} .widget-radio-box label{{white-space:nowrap;flex:0 0 auto}}"
    f".{IN_COLUMNS} .widget-radio-box label{{min-width:14.5em}}</style>"
)
#: Class of a slider over words: what stands beside it is read, and cannot be typed over.
SAYS_WORDS = "no-limits-says-words"


def own_keys(*, writes: bool = False) -> str:
    """Return an invisible mark that names the widgets in the box around it and keeps their keys.

    While a cell is not being edited, JupyterLab takes keys for itself (arrows move between
    cells, letters copy or delete them) even when a list, a choice or a slider in the cell's
    output has the focus, unless that element says ``data-lm-suppress-shortcuts``. Sliders, and
    the numbers beside them that can be typed over, have a label but no name of their own, and a
    slider over words tells a screen reader the number of its step. None of this can be said from
    Python, so this looks after whatever appears in the box. Shift + Enter alone goes on to the
    next cell from wherever it is pressed. Put the mark into a ``widgets.HTML`` inside the ``VBox``.

    Args:
        writes: True looks after text that is written in the box: its status says at the first key
            that it is not saved, and Enter in a line of text leaves it as another click does.

    """
    return f'{sheet()}<span class="nl-keys"></span>{scripts.keeping_keys(writes=writes)}'


#: The note is seen where its widget is not alive; a widget that is not alive is not seen.
_ALIVE = ".widget-vbox:not(.jupyter-widgets-disconnected)"
_AFTER_NOTE = ".jp-OutputArea-child:has(.nl-next-day) + .jp-OutputArea-child"
NEXT_DAY = (
    f"<style>.jp-OutputArea-child:has(+ .jp-OutputArea-child {_ALIVE}):has(.nl-next-day),"
    f"{_AFTER_NOTE}:not(:has({_ALIVE})) {{ display: none; }}</style>"
)


#: The one advice for whoever opens a page again: the same on the start sheet and in chapter 00.
COMING_BACK = "Click the cell where you stopped and choose Run → Run All Above Selected Cell."


class NextDay:
    """Mixed into a box of widgets: a note stands in its place where it is not alive.

    So it is when the page is opened again, when the kernel has ended, and where the notebook is
    not trusted. The note has an output of its own before the widget's. It says what to do and
    since when something is kept, never what: no word of a student's reaches the notebook's file.
    """

    go_on = "Run this cell to start it again."
    go_back = "run this cell to see or change it"
    first = COMING_BACK
    _told: DisplayHandle | None = None
    _since = ""

    def tell_since(self, since: datetime | None) -> None:
        """Let the note say since when an answer is kept: None if none is."""
        day = since.astimezone() if since else None
        self._since = f"Saved on {day.day} {day:%b}: {self.go_back}." if day else ""
        if self._told is not None:
            self._told.update(HTML(self.next_day()))

    def next_day(self) -> str:
        """Return the note as HTML."""
        told = f"<b>{escape(self._since or self.go_on)}</b> {escape(self.first)}"
        return f'{NEXT_DAY}<p class="nl-next-day">{told}</p>'

    def _repr_mimebundle_(self, **kwargs: object) -> dict:
        """Show the note, then what a living widget is shown by; nothing for where there is none."""
        self._told = display(HTML(self.next_day()), display_id=True)
        return {**super()._repr_mimebundle_(**kwargs), "text/html": ""}


class RunToAnswer(NextDay):
    """The same for a widget that asks something."""

    go_on = "Nothing saved yet: run this cell to answer."


class OnlyAlive(NextDay):
    """The same for a widget in whose place nothing needs to be said."""

    def next_day(self) -> str:
        """Return a mark that hides the widget where it is not alive, and says nothing itself."""
        return f'{NEXT_DAY}<span class="nl-next-day" hidden></span>'


class Table(HTML):
    """A table on the page, which knows what it was made of (see `table`)."""

    def __init__(
        self, frame: pd.DataFrame, caption: str, formats: Mapping[str, str] | None = None
    ) -> None:
        """Write the table."""
        self.frame, self.caption, self.formats = frame, caption, formats
        super().__init__(table(frame, caption, formats))


_CELL = "padding:0.15em 0.8em 0.15em 0;vertical-align:top"
_HEAD = f"position:sticky;top:0;background:{GROUND};border-bottom:1px solid {LINE};font-weight:600"
#: How tables look where no style sheet is at hand; a front end that has one sets its own.
#: A caption would wrap to the width of its table: it is for the ear, `scrolling` writes it above.
LOOKS = {
    "table": f' style="border-collapse:collapse;font-size:0.9em;color:{INK};margin:0"',
    "caption": ' style="position:absolute;width:1px;height:1px;overflow:hidden;'
    'clip-path:inset(50%);white-space:nowrap"',
    "head": f' style="text-align:left;{_CELL};{_HEAD}"',
    "number head": f' style="text-align:right;{_CELL};{_HEAD}"',
    "cell": f' style="text-align:left;font-weight:400;{_CELL}"',
    "number": f' style="text-align:right;font-variant-numeric:tabular-nums;{_CELL}"',
    "day": f' style="text-align:left;{_CELL};white-space:nowrap"',  # must not break at its hyphens
}


def table(frame: pd.DataFrame, caption: str, formats: Mapping[str, str] | None = None) -> str:
    """Return an accessible HTML table of ``frame`` (its index is not shown).

    ``formats`` maps a column to a format such as ``"{:,.1f}"``; an empty value shows as a dash,
    which a line above the table explains.
    """
    return scrolling(caption, grid(frame, caption, formats), len(frame))


def scrolling(label: str, markup: str, rows: int = 0) -> str:
    """Return a table under its caption, in a box that scrolls where it is too wide or too long."""
    dash = f" ({MISSING} not reported)" if f">{MISSING}<" in markup else ""
    return (
        f'<div class="nl-table {NO_FORMULAS}">'
        f'<div class="nl-caption" aria-hidden="true" style="font-size:0.9em;color:{FAINT}">'
        f"{escape(label + dash)}</div>{box(label + dash, markup, rows)}</div>"
    )


def box(label: str, markup: str, rows: int = 0) -> str:
    """Return a table in a box that scrolls, by keyboard too; ``label`` is for the ear."""
    tall = ";max-height:30em;overflow-y:auto" if rows > LONG else ""
    return (
        f'<div role="group" tabindex="0" aria-label="{escape(label)}" '
        f'style="position:relative;overflow-x:auto;line-height:1.4{tall}">{markup}</div>'
    )


def in_words(
    frame: pd.DataFrame, formats: Mapping[str, str] | None = None
) -> tuple[list[str], list[list[str]]]:
    """Return the heads of a table and its cells as a reader sees them.

    A column of country codes, and heads that are such codes, show the names that the course uses.
    """
    formats = formats or {}
    coded = _are_countries(frame.columns, some=True)
    heads = [palette.name(str(name)) if coded else str(name) for name in frame.columns]
    columns = []
    for position, column in enumerate(frame.columns):
        values = frame.iloc[:, position].tolist()
        told = [cell(value, formats.get(column)) for value in values]
        columns.append([*map(palette.name, told)] if _are_countries(values) else told)
    return heads, [list(row) for row in zip(*columns, strict=True)]


def _are_countries(values: Iterable[object], *, some: bool = False) -> bool:
    """Return whether values, or some of them, are codes of countries that the course names.

    A group alone does not count: EUR, OTH and WLD may mean something else.
    """
    known = {value for value in values if isinstance(value, str) and value}
    codes = known & palette.countries().keys()
    return bool(codes - article.several()) and (some or codes == known)


#: The two head rows of a table as pandas writes it: the columns, then the names of the rows.
_TWO_HEADS = re.compile(
    r"<thead>\s*<tr[^>]*>((?:\s*<th>[^<]*</th>)+)\s*</tr>"
    r"\s*<tr>((?:\s*<th>[^<]*</th>)+)\s*</tr>\s*</thead>"
)
_HEAD_CELL = re.compile(r"<th>([^<]*)</th>")


def one_head(markup: str | None) -> str | None:
    """Return a table as pandas writes it with one row of heads, and its gaps all called ``NaN``.

    Pandas gives the names of the rows a head row of their own, which is empty but for them, and
    writes what its columns are called at the left of the other: that becomes the caption. What
    has heads on several levels, and no table (None), stay as they are.
    """
    found = _TWO_HEADS.search(markup or "")
    if not found:
        return markup and markup.replace("&lt;NA&gt;", "NaN")
    columns, rows = (_HEAD_CELL.findall(part) for part in found.groups())
    names = [name for name in rows if name]
    if rows != names + [""] * (len(columns) - len(names)):
        return markup.replace("&lt;NA&gt;", "NaN")
    called = columns[len(names) - 1]
    caption = f"<caption>{called}</caption>\n  " if called else ""
    heads = "".join(f'<th scope="col">{name}</th>' for name in names + columns[len(names) :])
    one = f'{caption}<thead><tr style="text-align: right;">{heads}</tr></thead>'
    return (markup[: found.start()] + one + markup[found.end() :]).replace("&lt;NA&gt;", "NaN")


def grid(frame: pd.DataFrame, caption: str, formats: Mapping[str, str] | None = None) -> str:
    """Return nothing but the ``<table>`` of `table`."""
    heads, told = in_words(frame, formats)
    columns = (frame.iloc[:, n].dropna() for n in range(frame.shape[1]))
    numeric = [any(map(pd.api.types.is_number, column)) for column in columns]
    head = "".join(
        f'<th scope="col"{LOOKS["number head" if right else "head"]}>{escape(name)}</th>'
        for name, right in zip(heads, numeric, strict=True)
    )
    rows = []
    for record, texts in zip(frame.itertuples(index=False), told, strict=True):
        shown = []
        for position, (value, text) in enumerate(zip(record, texts, strict=True)):
            kind = "number" if numeric[position] else "cell"
            look = LOOKS["day" if isinstance(value, pd.Timestamp) else kind]
            tag = 'th scope="row"' if position == 0 else "td"
            shown.append(f"<{tag}{look}>{escape(text)}</{tag.split()[0]}>")
        rows.append(f"<tr>{''.join(shown)}</tr>")
    return (
        f"<table{LOOKS['table']}><caption{LOOKS['caption']}>{escape(caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )


def show_table(
    frame: pd.DataFrame, caption: str, formats: Mapping[str, str] | None = None
) -> Table:
    """Return `table` ready for display: for tables of words, which pandas would align right."""
    return Table(frame, caption, formats)
