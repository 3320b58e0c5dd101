"""What every explorer shares: controls on one side, a pure picture of a state on the other.

A subclass says which controls it has, what state they describe and how to draw a state. The
figure and its artists are made once. ``picture(state)`` moves the artists and encodes one PNG;
the part of the figure that a change does not touch (axes, ticks, titles) is kept as a bitmap.
While a hand moves a control the panel sends pictures of one dot a pixel, which are quick; once
the control rests it sends the same picture drawn finer, for a display of double density.
The result depends on the state alone, never on what was drawn before, so that the printed
course can show the presets as figures and a test can check them without a browser.

A new explorer takes these steps:

1. Its numbers are a view or a table: what a chapter shows as well is computed once.
2. A class in a module of its own has `name`, `chapter` and `views`. Its state is a frozen
   dataclass, from which the controls follow: yes or no is a box to tick, two numbers are a span,
   one is a slider (`ranges`), a text is a list of options.
3. All that it says is in the chapter's words: title, introduction and presets under ``explorers``,
   source, note, controls and sentences under ``pictures``.
4. If it draws lines over years, it derives from `lines.LineExplorer`. Any other has `build` (makes
   axes and artists once, moving ones with ``animated=True``), `content` (the numbers of a state),
   `frame` (what must stand still), `lay_out` and `update` (moves the artists).
5. `describe` gives finding, unit and span, alt text and figures of a state, `rows` the plotted
   numbers; `normalise` corrects states that cannot be.
6. `views` are four to eight presets; `strip` names one control and 5 to 20 of its positions, which
   the printed course draws beforehand. `phone` says what is otherwise on a phone: size, places.
7. It is entered in ``REGISTRY`` of the article's explorers, gets a walk in ``benchmarks/bench.py``,
   and is shown in its chapter in a folded cell. With its controls it fits on 1366×768.
"""

import asyncio
import copy
from collections.abc import Callable, Hashable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property, partial
from html import escape
from typing import Any, ClassVar

import ipywidgets as widgets
import pandas as pd
from IPython.display import HTML, display
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure

from courseware import charts, ui, words
from courseware.charts.text_cache import CachedTextCanvas
from courseware.explorers.controls import ROW, choice, for_field, said_at
from courseware.journal import kept_pictures
from courseware.quantities import num
from courseware.words.templating import fill

DPI = 100  # a figure's pixels are the page's: what stands in a picture keeps its size there
PHONE_WIDTH = 342  # pixels that a phone of 390 leaves a picture
REST = 0.3  # seconds after its last change in which a control is taken to move still


@dataclass(frozen=True)
class Preset:
    """A state worth seeing, with a name for its button and a caption for the printed course."""

    key: str
    name: str
    caption: str
    state: Any


@dataclass(frozen=True)
class Strip:
    """What the printed course draws beforehand: one control at some of its positions.

    ``begin`` is the state that it starts from; nothing but the control changes.
    """

    control: str  #: the field of the state
    positions: tuple
    begin: Any
    names: bool = False  #: whether the positions are names, in no order


@dataclass(frozen=True)
class Words:
    """What a picture says: the finding, its unit and span, the alt text, more figures.

    The finding and ``reading``, the numbers of this state, stand under the controls; above the
    picture stands what it is asked (`Explorer.question`), so that there is something to look for.
    Unit and question are text of the page, not in the bitmap: they stay sharp when enlarged, a
    screen reader reads them, and they cost nothing to redraw.
    """

    finding: str
    unit: str
    alt: str
    reading: str = ""


@dataclass(frozen=True)
class Picture:
    """One drawn state as data. Its table is made when asked for: a slider does not wait for it."""

    png: bytes
    width: float  #: in CSS pixels
    title: str  #: what the picture is asked
    finding: str
    unit: str
    alt: str
    reading: str
    source: str
    numbers: Callable[[], pd.DataFrame] = field(repr=False, compare=False)
    card: Callable[[], str] = field(repr=False, compare=False)

    @cached_property
    def table(self) -> pd.DataFrame:
        """The plotted numbers, one row per point; no rows if there is nothing to show."""
        return self.numbers()

    @property
    def line(self) -> str:
        """One line to read off: what is found, and the figures where there are more."""
        return ". ".join(filter(None, (self.finding, self.reading)))

    @cached_property
    def aside(self) -> str:
        """HTML to stand beside the picture."""
        return self.card()

    def markup(self, *, in_view: bool = False) -> str:
        """Return HTML: title, unit, described picture, source.

        Args:
            in_view: True lets the picture come onto the screen when its cell has run.

        """
        return (
            f'<div class="nl-title" style="font-weight:600">{escape(self.title)}</div>'
            f'<div class="nl-unit">{escape(self.unit)}</div>'
            + charts.picture(self.png, self.alt, self.width, in_view=in_view)
            + f'<div class="nl-source" style="font-size:0.85em">{escape(self.source)}</div>'
        )


@dataclass
class _Layers:
    """What stands still on one sheet, as bitmaps: the paper, and the paper with a frame on it."""

    paper: Any
    background: Any = None
    frame: Hashable = None


class Explorer:
    """Base class of the explorers. Subclasses fill in the variables and the first methods.

    ``content`` computes the numbers of a state; ``frame`` says what must stand still for them and
    ``lay_out`` draws that; ``update`` moves the artists; ``describe`` says what is seen; ``rows``
    lists the numbers. All of them get states that are normalised.
    The picture has three layers, so that a redraw costs little: the paper (texts that never
    change), the frame (axes and ticks, laid out only when ``frame`` returns something new) and
    the moving artists.
    """

    name: ClassVar[str]  #: in ``REGISTRY`` and in the words of its chapter
    chapter: ClassVar[str]
    views: Mapping[str, Any]  #: states worth seeing, by the key of their words
    strip: Strip  #: the control that moves in the printed course too
    facts: ClassVar[Mapping[str, Any]] = {}  #: numbers for captions, labels and options
    #: Options of a control that come from tables: what each value is called, by the state's field.
    offered: Mapping[str, Mapping[Any, str]] = {}
    ranges: ClassVar[Mapping[str, tuple[int, int]]] = {}  #: of sliders, by the state's field
    #: Inches, of `DPI` pixels of the page: as wide as the room that JupyterLab leaves beside the
    #: controls on a screen of 1366 pixels.
    size: ClassVar[tuple[float, float]] = (8.6, 3.9)
    #: What a picture for phones has otherwise, its size at least, by the attribute's name.
    phone: ClassVar[Mapping[str, Any]] = {}
    card_below: ClassVar[bool] = False  #: below the picture, where it is too wide for the controls

    _frame: Hashable = None

    # What a subclass provides ------------------------------------------------------------

    def build(self, fig: Figure) -> None:
        """Create axes and artists once; artists that move must be made with ``animated=True``."""
        raise NotImplementedError

    def content(self, state: Any) -> Any:
        """Return the numbers that ``state`` asks for, in any form the other methods understand."""
        raise NotImplementedError

    def frame(self, state: Any, content: Any) -> Hashable:
        """Return what the part that stands still (limits, ticks) depends on."""
        raise NotImplementedError

    def lay_out(self, frame: Any, state: Any, content: Any) -> None:
        """Set what stands still, as ``frame`` has it."""
        raise NotImplementedError

    def update(self, state: Any, content: Any) -> list:
        """Move the artists to ``state`` and return those to draw, in order."""
        raise NotImplementedError

    def question(self, state: Any, content: Any) -> str:
        """Return what the picture of ``state`` is asked; it never holds the answer."""
        raise NotImplementedError

    def describe(self, state: Any, content: Any) -> Words:
        """Return what is found, unit and alt text of ``state``, once it is drawn."""
        raise NotImplementedError

    def rows(self, state: Any, content: Any) -> pd.DataFrame:
        """Return the plotted numbers, one row per point; no rows if there is nothing to show."""
        raise NotImplementedError

    def card(self, state: Any, content: Any) -> str:
        """Return HTML to stand beside the picture, such as a card (default: nothing)."""
        return ""

    def hands(self, state: Any) -> str:
        """Return HTML that lets a click on the picture do what a control does (default: none)."""
        return ""

    def normalise(self, state: Any) -> Any:
        """Return ``state`` with impossible combinations mended: here, spans of a single year."""
        if "years" not in self.ranges:
            return state
        return replace(state, years=two_years(state.years, self.ranges["years"][0]))

    # What everybody uses -----------------------------------------------------------------

    def controls(self) -> Mapping[str, widgets.Widget]:
        """Return one labelled widget per field of the state, in reading order."""
        begin = next(iter(self.views.values()))
        return {name: self.control(name, value) for name, value in vars(begin).items()}

    def control(self, name: str, begin: Any) -> widgets.Widget:
        """Return the widget of a field of the state that begins with a value."""
        said = self._said["controls"][name]
        options = {key: fill(each, self.facts) for key, each in said.get("options", {}).items()}
        options = self.offered.get(name) or options
        return for_field(begin, fill(said["label"], self.facts), options, self.ranges.get(name))

    def say(self, *keys: str, **values: Any) -> str:
        """Return a sentence of the explorer's words, its placeholders filled."""
        return fill(self.written(*keys), values)

    def written(self, *keys: str) -> Any:
        """Return words of the explorer as they are written, such as a label of two lines."""
        found = self._said
        for key in keys:
            found = found[key]
        return found

    @cached_property
    def source(self) -> str:
        """Who published what is drawn, by the manifest, and what to know of it."""
        return cited(self._said)

    def source_of(self, state: Any) -> str:
        """Return who published what is drawn of ``state``, and what to know of it."""
        return self.source

    @cached_property
    def presets(self) -> tuple[Preset, ...]:
        """The states worth seeing, with their words."""
        said = self._said["presets"]
        return tuple(
            Preset(key, said[key]["name"], said[key]["caption"].format(**self.facts), state)
            for key, state in self.views.items()
        )

    def frames(self) -> dict[str, Any]:
        """Return the states of the strip by what its control says there, in order."""
        strip, control = self.strip, self.controls()[self.strip.control]
        return {
            said_at(control, value): self.normalise(replace(strip.begin, **{strip.control: value}))
            for value in strip.positions
        }

    @property
    def title(self) -> str:
        """What the explorer is called."""
        return self._said["title"]

    @property
    def intro(self) -> str:
        """How it is used."""
        return self._said["intro"]

    @property
    def _said(self) -> Mapping[str, Any]:
        return words.explorer(self.chapter, self.name)

    def picture(self, state: Any, *, fine: bool = True) -> Picture:
        """Draw ``state`` and return the picture. It depends on ``state`` alone.

        Args:
            state: what is drawn.
            fine: False draws one dot a pixel, for a control that moves.

        """
        state, content = self._asked(state)
        self._draw(state, content, fine=fine)
        said = self.describe(state, content)
        return Picture(
            png=charts.quick_png(self._sheet(fine)),
            width=self.size[0] * 100,
            title=self.question(state, content),
            **asdict(said),
            source=self.source_of(state),
            numbers=partial(self.rows, state, content),
            card=partial(self.card, state, content),
        )

    def for_phone(self, state: Any) -> "Explorer":
        """Return what draws ``state`` for a narrow screen, with letters as large as on a wide one.

        Default: the same explorer, set as ``phone`` says.
        """
        return self._on_phone

    @cached_property
    def _on_phone(self) -> "Explorer":
        """The same, with the same tables and a sheet of its own."""
        narrow = copy.copy(self)
        for drawn in ("figure", "_layers"):
            vars(narrow).pop(drawn, None)
        vars(narrow).update(self.phone, _frame=None)
        return narrow

    def draw(self, state: Any) -> list[Artist]:
        """Draw ``state`` on ``figure``; return the artists that were moved."""
        return self._draw(*self._asked(state), fine=False)

    def markup(self, state: Any) -> str:
        """Return ``state`` as HTML: title, unit, described picture, source."""
        return self.picture(state).markup()

    def table(self, state: Any) -> pd.DataFrame:
        """Return the plotted numbers of ``state`` without drawing it."""
        return self.rows(*self._asked(state))

    def aside(self, state: Any) -> str:
        """Return HTML to stand beside the picture of ``state``."""
        return self.card(*self._asked(state))

    def show(self, preset: int = 0) -> None:
        """Display the explorer, starting from one of its presets.

        When the cell runs again the explorer stands where it was left, until the kernel ends.
        """
        display(Panel(self, self.presets[preset].state, place=(self.name, self.title, preset)))

    @cached_property
    def figure(self) -> Figure:
        """The figure, made when first drawn."""
        fig = Figure(figsize=self.size, dpi=DPI)
        CachedTextCanvas(fig)
        self.build(fig)
        return fig

    @cached_property
    def _layers(self) -> dict[bool, _Layers]:
        """The layers of the plain and of the fine sheet; the paper is drawn now and kept."""
        fig = self.figure
        shown = [axes for axes in fig.axes if axes.get_visible()]
        for axes in shown:
            axes.set_visible(False)
        layers = {}
        for fine in (False, True):
            fig.draw(self._sheet(fine))
            layers[fine] = _Layers(_copy(self._sheet(fine)))
        for axes in shown:
            axes.set_visible(True)
        return layers

    def _sheet(self, fine: bool) -> RendererAgg:
        """Return what the figure is drawn on."""
        canvas = self.figure.canvas
        return canvas.fine_printer() if fine else canvas.get_renderer()

    def _asked(self, state: Any) -> tuple[Any, Any]:
        state = self.normalise(state)
        return state, self.content(state)

    def _draw(self, state: Any, content: Any, *, fine: bool) -> list[Artist]:
        layers, sheet = self._layers[fine], self._sheet(fine)
        frame = self.frame(state, content)
        if frame != self._frame:
            self.lay_out(frame, state, content)
            self._frame = frame
        if frame == layers.frame:
            sheet.restore_region(layers.background)
        else:
            sheet.restore_region(layers.paper)
            for axes in self.figure.axes:
                axes.draw(sheet)
            layers.background, layers.frame = _copy(sheet), frame
        moved = self.update(state, content)
        for artist in moved:
            artist.draw(sheet)
        return moved


def cited(said: Mapping[str, Any]) -> str:
    """Return the publishers of the tables in ``said["source"]``, and what its note adds."""
    return f"{charts.source_text(said['source'])}. {said.get('note', '')}".strip()


def _copy(sheet: RendererAgg) -> Any:
    """Return what a sheet holds now, to be restored later."""
    return sheet.copy_from_bbox(sheet.bbox)


class Still(HTML):
    """A state of an explorer that stands still on the page, with its numbers in a fold.

    Nothing is looked for in it, so its title says what is found.
    """

    def __init__(self, explorer: Explorer, state: Any, table: ui.Table, summary: str) -> None:
        """Draw the state; ``summary`` is what stands on the fold."""
        self.explorer, self.state, self.table = explorer, state, table
        drawn = explorer.picture(state)
        markup = replace(drawn, title=drawn.finding).markup(in_view=True)
        super().__init__(
            f'<div class="no-limits-chart">{markup}{ui.details(summary, table.data)}</div>'
        )


#: Where each explorer was left in this kernel, by name, title and the preset it began with.
_left: dict[tuple, Any] = {}
MINE = "your own choice"


class Panel(ui.NextDay, widgets.VBox):
    """The explorer on the page: its controls and, beside them, the picture.

    Where the page is too narrow for both, the picture goes below. Under the controls stand the
    figures of what is shown, for reading off; the table comes on request.
    """

    def __init__(self, explorer: Explorer, state: Any, place: tuple | None = None) -> None:
        """Build the controls for ``explorer`` and draw ``state``, or where ``place`` was left."""
        self.explorer = explorer
        self.begin = self.state = state
        self._place = place
        self._busy = False
        self._caption = ""
        self._resting: asyncio.TimerHandle | None = None
        self.inputs = dict(explorer.controls())
        names = [(preset.name, number) for number, preset in enumerate(explorer.presets)]
        self.view = choice("View:", [*names, (MINE, len(names))])
        self.figure, self.note, self.aside, self.reading, self.kept, self.numbers = (
            widgets.HTML() for _ in range(6)
        )
        self.reading.add_class("nl-reading")
        self.again = _button("Start again", "Go back to what was shown first")
        self.keep_button = _button("Keep this picture", "Keep it in your journal, for your brief")
        self.want_numbers = widgets.ToggleButton(
            description="Show the numbers as a table", layout=widgets.Layout(width="max-content")
        )
        heading = widgets.HTML(
            f"{ui.own_keys()}<h3>{escape(explorer.title)}</h3><p>{escape(explorer.intro)}</p>"
        )
        buttons = widgets.HBox([self.again, self.want_numbers, self.keep_button], layout=ROW)
        below = [self.aside] if explorer.card_below else []
        beside = [] if explorer.card_below else [self.aside]
        chosen = [self.note, *self.inputs.values()]
        if len(self.inputs) == 1:  # one menu, which has the presets itself
            self.view.layout.display = "none"
            chosen.reverse()
        hands = widgets.VBox([self.view, *chosen, self.reading, *beside, buttons, self.kept])
        seen = widgets.VBox([self.figure, *below])
        hands.add_class("nl-controls")
        seen.add_class("nl-picture")
        row = widgets.HBox([hands, seen])
        row.add_class("nl-beside")
        super().__init__([heading, row, self.numbers])
        self.add_class("nl-explorer")
        self.view.observe(lambda change: self._on_view(change.new), "value")
        for name, control in self.inputs.items():
            control.observe(lambda change, name=name: self._on_input(name, change.new), "value")
        self.want_numbers.observe(lambda _: self._show(fine=True), "value")
        self.keep_button.on_click(lambda _: self.keep())
        self.again.on_click(lambda _: self.go_to(self.begin))
        self._set(_left.get(place, state))
        self._show(fine=True)

    def _on_view(self, number: int) -> None:
        if not self._busy and number < len(self.explorer.presets):
            self.go_to(self.explorer.presets[number].state)

    def _on_input(self, name: str, value: Any) -> None:
        if not self._busy:
            self.go_to(replace(self.state, **{name: value}))

    def go_to(self, state: Any) -> None:
        """Draw ``state`` and set every control to it."""
        self._set(state)
        self.kept.value = ""
        self.redraw()

    def _set(self, state: Any) -> None:
        self.state = self.explorer.normalise(state)
        if self._place:
            _left[self._place] = self.state
        presets = self.explorer.presets
        shown = next((p for p in presets if p.state == self.state), None)
        self._busy = True
        try:
            for name, value in asdict(self.state).items():
                if self.inputs[name].value != value:
                    self.inputs[name].value = value
            self.view.value = presets.index(shown) if shown else len(presets)
        finally:
            self._busy = False
        # A state of one's own has no caption; the room of the last one stays, so that the controls
        # do not jump up from under a hand that has just used one.
        self._caption = shown.caption if shown else self._caption
        hidden = "" if shown else ' style="visibility:hidden" aria-hidden="true"'
        self.note.value = f"<p{hidden}>{escape(self._caption)}</p>"

    def keep(self) -> None:
        """Keep the picture of now in the student's journal, with its words, and say so."""
        drawn = self.explorer.picture(self.state)
        shown = charts.Shown(drawn.png, drawn.finding, drawn.unit, drawn.alt, drawn.source)
        _, message = kept_pictures.keep(shown)
        self.kept.value = ui.told(message)

    def redraw(self) -> None:
        """Send one new picture: a plain one at once and, when the control rests, a fine one.

        Both are drawn by the kernel's own loop, one after the other, never in a thread. Where no
        loop runs, as in a script, nobody moves anything: the fine one is sent at once.
        """
        if self._resting:
            self._resting.cancel()
        loop = _running_loop()
        self._show(fine=not loop)
        if loop:  # counted from here, or a slow machine would draw finely between two keys
            self._resting = loop.call_later(REST, partial(self._show, fine=True))

    def _show(self, *, fine: bool) -> None:
        """Send a picture and its figures, and the table if it is wanted."""
        drawn = self.explorer.picture(self.state, fine=fine)
        width, height = self.explorer.size
        shape = f'<div style="--nl-shape:{num(width / height):.4f}">{drawn.markup()}</div>'
        self.figure.value = shape + self.explorer.hands(self.state)
        self.reading.value = f"<p>{escape(drawn.line)}</p>"
        self.aside.value = drawn.aside
        self.numbers.value = self._numbers(drawn.table) if self.want_numbers.value else ""

    def _numbers(self, numbers: pd.DataFrame) -> str:
        if numbers.empty:
            return "<p>Nothing is reported for this choice.</p>"
        return ui.table(numbers, f"{self.explorer.title}: the plotted numbers")


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _button(words: str, more: str) -> widgets.Button:
    return widgets.Button(
        description=words, tooltip=more, layout=widgets.Layout(width="max-content")
    )


def two_years(years: tuple[int, int], earliest: int) -> tuple[int, int]:
    """Return a span of years with at least two, widened backwards unless at ``earliest``."""
    first, last = years
    if first < last:
        return first, last
    return (first - 1, last) if first > earliest else (first, last + 1)
