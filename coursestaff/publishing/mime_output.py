"""What a chapter shows, as data. The kernels that run the chapters for publishing load this.

A notebook says what to show, a front end says how. The site and the slides are two more front
ends: beside the HTML of JupyterLab they get, under a MIME type of their own, the words, numbers
and pictures themselves. ``load_ipython_extension`` writes them, ``read`` reads them.
"""

from base64 import b64encode
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, get_args

import ipywidgets as widgets
import pandas as pd
from matplotlib.figure import Figure

from courseware import charts, data, turns, ui
from courseware.claims import Trial as TrialWidget
from courseware.claims.home import AtHome as AtHomeWidget
from courseware.explorers.base import Explorer as Drawing
from courseware.explorers.base import Panel, Still
from courseware.explorers.base import Picture as Drawn
from courseware.journal.widgets import Form, Told, outcome_card

MIME = "application/vnd.no-limits+json"
NOT_PREDICTED = "Compare it with your own."  # which may stand on the paper
#: The map at a chapter's end counts what the journal holds; a reader of paper has none.
JUDGED, TO_JUDGE = "You have judged", "The claims of this chapter, each with room for your verdict"

#: How tables look on pages that have a style sheet: numbers and days keep a class.
LOOKS = {"table": "", "caption": "", "head": "", "number head": ' class="number"', "cell": ""}
LOOKS |= {"number": ' class="number"', "day": ' class="day"'}


@dataclass(frozen=True)
class Table:
    """A table: its caption, its cells as text (the heads first), and its HTML without looks."""

    caption: str
    rows: list[list[str]]
    markup: str


@dataclass(frozen=True)
class Board(Table):
    """A table that has its own looks, under its title, and the words that a chart has, too."""

    unit: str
    source: str
    see: str


@dataclass(frozen=True)
class Picture:
    """A picture as PNG (base64), the words around it, and the numbers that it shows.

    ``phone`` is that of an explorer for narrow screens; ``fold`` is what the fold with its table
    is called; ``made`` is HTML on how that table was made, one piece a view;
    ``see`` is what to see, said beside it; ``note`` what it says of the boundaries that it draws.
    """

    title: str
    unit: str
    alt: str
    source: str
    png: str
    width: float
    table: Table | None = None
    phone: str = ""
    fold: str = "The numbers"
    see: str = ""
    note: str = ""
    made: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class View:
    """A state of an explorer, and what stands below it (HTML); see `Explorer` and `Strip`."""

    name: str
    caption: str
    picture: Picture
    aside: str


@dataclass(frozen=True)
class Strip:
    """A control of an explorer and a view for each of its positions, drawn beforehand.

    A view is named as the control is set, its caption is the line of figures under the control;
    ``start`` is the number of the one that comes first, ``names`` whether names are chosen from.
    """

    label: str
    names: bool
    views: list[View]
    start: int


@dataclass(frozen=True)
class Explorer:
    """An explorer: its presets as views, the number of the one it begins with, and its strip."""

    name: str
    title: str
    intro: str
    views: list[View]
    start: int
    strip: Strip


@dataclass(frozen=True)
class Question:
    """A question of the journal; ``kind`` is that of its entry, ``intro`` finished HTML."""

    key: str
    kind: str
    title: str
    question: str
    intro: str
    options: list[str]
    unit: str
    in_words: bool


@dataclass(frozen=True)
class Trial:
    """A claim that is judged."""

    claim_id: str


@dataclass(frozen=True)
class AtHome:
    """The claims that a chapter leaves for home."""

    chapter: str


@dataclass(frozen=True)
class Turn:
    """A blank to fill in: a hint, and one way to write the answer."""

    hint: str
    way: str


Output = Table | Board | Picture | Explorer | Question | Trial | AtHome | Turn


# In the kernel ------------------------------------------------------------------------------


def load_ipython_extension(shell) -> None:
    """Let the kernel say as data what it shows; IPython calls this when the kernel starts."""
    ui.LOOKS.update(LOOKS)
    writers = {
        ui.Table: table,
        charts.Chart: chart,
        charts.Board: board,
        Figure: plain,
        Still: lambda still: drawn(still.explorer, still.state, still.table),
        Panel: explorer,
        Form: question,
        TrialWidget: lambda trial: Trial(trial.claim.claim_id),
        AtHomeWidget: lambda home: AtHome(home.chapter),
        turns.Card: lambda card: Turn(card.asked["hint"], turns.line_of(card.asked)),
        widgets.Widget: refuse,
    }
    register = shell.display_formatter.mimebundle_formatter.for_type
    for kind, write in writers.items():
        register(kind, lambda thing, write=write, **_: {MIME: _data(write(thing))})
    html = shell.display_formatter.formatters["text/html"]
    html.for_type(pd.DataFrame, lambda frame: ui.one_head(frame._repr_html_()))
    html.for_type(Told, lambda told: outcome_card(told.entry, NOT_PREDICTED))


def refuse(widget: widgets.Widget) -> None:
    """Stop where a chapter shows a widget that paper cannot.

    Raises:
        ValueError: always.

    """
    raise ValueError(f"{type(widget).__name__} does not say how it looks on paper.")


def table(shown: ui.Table) -> Table:
    """Return a table that stands on the page."""
    heads, rows = ui.in_words(shown.frame, shown.formats)
    markup = ui.grid(shown.frame, shown.caption, shown.formats)
    return Table(shown.caption, [heads, *rows], markup)


def chart(shown: charts.Chart) -> Picture:
    """Return a chart.

    Raises:
        ValueError: the words of the chart do not fit its numbers.

    """
    if shown.unfit:
        raise ValueError(f"Some words of a chart do not fit into it: {shown.unfit}")
    words = shown.words
    return Picture(
        title=words.title,
        unit=words.subtitle,
        alt=words.alt,
        source=words.source,
        png=_text(words.png),
        width=shown.figure.get_size_inches()[0] * 100,
        table=table(shown.table),
        see=words.see,
        note=words.note,
        made=[data.how_made(name) for name in shown.views],
    )


def plain(figure: Figure) -> Picture:
    """Return a figure that a cell drew without words, with what its axes tell of it."""
    png = charts.plain.png(figure)
    titles = (ax.get_title() for ax in figure.axes)
    return Picture(
        title=next(filter(None, titles), ""),
        unit="",
        alt=charts.alt_text.alt(figure.axes),
        source="",
        png=_text(png),
        width=figure.get_size_inches()[0] * 100,
    )


def board(shown: charts.Board) -> Board:
    """Return a grid of votes, or named tiles: a table that has its own looks, with its words.

    Raises:
        ValueError: its words do not fit it.

    """
    if shown.unfit:
        raise ValueError(f"Some words of a board do not fit into it: {shown.unfit}")
    words, rows = shown.words, table(ui.Table(shown.frame.reset_index(), "")).rows
    return Board(words.title, rows, shown.markup, words.subtitle, words.source, words.see)


def drawn(explorer: Drawing, state: Any, numbers: ui.Table) -> Picture:
    """Return a state of an explorer as a picture, with its numbers if there are any."""
    picture = explorer.picture(state)
    title = picture.finding  # nothing is looked for in it, so it says what is found
    if title.startswith(JUDGED):
        picture = replace(picture, alt=picture.alt.replace(title, TO_JUDGE))
        title = TO_JUDGE
    found = _picture(explorer, state, replace(picture, title=title), numbers)
    return replace(found, fold="The same map as a table")


def _picture(explorer: Drawing, state: Any, picture: Drawn, numbers: ui.Table) -> Picture:
    return Picture(
        title=picture.title,
        unit=picture.unit,
        alt=" ".join(picture.alt.split()),
        source=picture.source,
        png=_text(picture.png),
        phone=_text(explorer.for_phone(state).picture(state).png),
        width=picture.width,
        table=None if numbers.frame.empty else table(numbers),
    )


def explorer(panel: Panel) -> Explorer:
    """Return an explorer with its presets and its strip."""
    shown = panel.explorer
    states = [preset.state for preset in shown.presets]
    start = states.index(panel.state) if panel.state in states else 0
    views = [_view(shown, preset.state, preset.name, preset.caption) for preset in shown.presets]
    return Explorer(type(shown).__name__, shown.title, shown.intro, views, start, strip(shown))


def strip(shown: Drawing) -> Strip:
    """Return the strip of an explorer, each of its positions drawn."""
    frames = shown.frames()
    label = shown.controls()[shown.strip.control].description
    begin = shown.normalise(shown.strip.begin)
    start = list(frames.values()).index(begin)
    views = [_view(shown, state, name, fine=False) for name, state in frames.items()]
    return Strip(label, shown.strip.names, views, start)


def _view(shown: Drawing, state: Any, name: str, caption: str = "", *, fine: bool = True) -> View:
    """Return a state as a view, under its caption and what is found, or the line of figures."""
    state = shown.normalise(state)
    drawing = shown.picture(state, fine=fine)
    numbers = ui.Table(drawing.table, f"{shown.title}: {name}")
    picture = _picture(shown, state, drawing, numbers)
    told = f"{caption} {drawing.finding}." if caption else drawing.line
    return View(name, told, picture, drawing.aside)


def question(form: Form) -> Question:
    """Return what a form asks, and nothing of what was answered."""
    blank, details = form.blank, form.blank.details
    return Question(
        key=blank.id,
        kind=blank.kind,
        title=form.title,
        question=blank.question,
        intro=form.intro,
        options=list(details.get("options", ())),
        unit=details.get("unit", ""),
        in_words=blank.kind == "answer" or details.get("input") == "text",
    )


def _text(png: bytes) -> str:
    return b64encode(png).decode("ascii")


def _data(thing: Any) -> Any:
    """Return a thing as JSON; ``is`` says what each part of it is."""
    if isinstance(thing, list):
        return [_data(item) for item in thing]
    if not is_dataclass(thing):
        return thing
    parts = {part.name: _data(getattr(thing, part.name)) for part in fields(thing)}
    return {"is": type(thing).__name__, **parts}


# In publishing ------------------------------------------------------------------------------


def read(output: dict) -> Output | None:
    """Return what an output of an executed cell shows; None if it shows nothing as data."""
    return _thing(output.get("data", {}).get(MIME))


def _thing(data: Any) -> Any:
    if isinstance(data, list):
        return [_thing(item) for item in data]
    if not isinstance(data, dict):
        return data
    kind = next(kind for kind in (*get_args(Output), Strip, View) if kind.__name__ == data["is"])
    return kind(**{name: _thing(part) for name, part in data.items() if name != "is"})
