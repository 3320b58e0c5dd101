"""What every explorer shares: controls on one side, a pure picture of a state on the other.

A subclass says which controls it has, what state they describe and how to draw a state. The
figure and its artists are made once. ``picture(state)`` moves the artists and encodes one PNG;
the part of the figure that a change does not touch (axes, ticks, titles) is kept as a bitmap.
The result depends on the state alone, never on what was drawn before, so that the printed
course can show the presets as figures and a test can check them without a browser.
"""

from collections.abc import Hashable, Mapping
from dataclasses import asdict, dataclass, replace
from html import escape
from typing import Any, ClassVar

import ipywidgets as widgets
import numpy as np
import pandas as pd
from IPython.display import HTML, display
from matplotlib.figure import Figure

from courseware import charts, ui
from courseware.journal import pictures

DPI = 110  # sharp enough on most screens, quick enough for a slider


@dataclass(frozen=True)
class Preset:
    """A state worth seeing, with a name for its button and a caption for the printed course."""

    name: str
    caption: str
    state: Any


@dataclass(frozen=True)
class Words:
    """What a picture says: the finding, the unit and span under it, and the alt text.

    Title and subtitle stand on the page as text, not in the bitmap: they stay sharp when
    enlarged, a screen reader reads them, and they cost nothing to redraw.
    """

    title: str
    subtitle: str
    alt: str


@dataclass(frozen=True)
class Picture:
    """One drawn state: PNG bytes and the words around them (title, subtitle, alt text)."""

    png: bytes
    words: Words


class Explorer:
    """Base class of the explorers. Subclasses fill in the class variables and the first methods.

    ``content`` computes the numbers of a state; ``frame`` lays out what stands still for them;
    ``update`` moves the artists; ``words`` says what is seen; ``table`` lists the numbers.
    The picture has three layers, so that a redraw costs little: the paper (texts that never
    change), the frame (axes and ticks, redrawn only when ``frame`` returns a new key) and the
    moving artists.
    """

    title: ClassVar[str]
    intro: ClassVar[str]
    size: ClassVar[tuple[float, float]] = (9.0, 5.2)
    presets: ClassVar[tuple[Preset, ...]]
    source: ClassVar[str]

    def __init__(self) -> None:
        """Prepare the tables; the figure itself is made when first drawn."""
        self._figure: Figure | None = None
        self._frame: Hashable = None
        self._paper = self._background = None

    # What a subclass provides ------------------------------------------------------------

    def controls(self) -> Mapping[str, widgets.Widget]:
        """Return one labelled widget per field of the state, in reading order."""
        raise NotImplementedError

    def build(self, fig: Figure) -> None:
        """Create axes and artists once; artists that move must be made with ``animated=True``."""
        raise NotImplementedError

    def content(self, state: Any) -> Any:
        """Return the numbers that ``state`` asks for, in any form the other methods understand."""
        raise NotImplementedError

    def frame(self, state: Any, content: Any) -> Hashable:
        """Lay out what stands still (limits, ticks); return what that depends on."""
        raise NotImplementedError

    def update(self, state: Any, content: Any) -> list:
        """Move the artists to ``state`` and return those to draw, in order."""
        raise NotImplementedError

    def words(self, state: Any, content: Any) -> Words:
        """Return title, subtitle and alt text of ``state``."""
        raise NotImplementedError

    def table(self, state: Any) -> pd.DataFrame:
        """Return the plotted numbers, one row per point; no rows if there is nothing to show."""
        raise NotImplementedError

    def aside(self, state: Any) -> str:
        """Return HTML to stand below the picture, such as a card (default: nothing)."""
        return ""

    def normalise(self, state: Any) -> Any:
        """Return ``state`` with impossible combinations mended (default: unchanged)."""
        return state

    # What everybody uses -----------------------------------------------------------------

    def picture(self, state: Any) -> Picture:
        """Draw ``state`` and return the picture. It depends on ``state`` alone."""
        state = self.normalise(state)
        content = self.content(state)
        fig = self._figure or self._prepare()
        canvas = fig.canvas
        key = self.frame(state, content)
        if key == self._frame:
            canvas.restore_region(self._background)
        else:
            canvas.restore_region(self._paper)
            for axes in fig.axes:
                fig.draw_artist(axes)
            self._background = canvas.copy_from_bbox(fig.bbox)
            self._frame = key
        for artist in self.update(state, content):
            fig.draw_artist(artist)
        return Picture(charts.quick_png(fig), self.words(state, content))

    def markup(self, state: Any) -> str:
        """Return ``state`` as HTML: title, subtitle, described picture, source."""
        drawn = self.picture(state)
        return (
            f'<div style="font-weight:600;font-size:1.15em">{escape(drawn.words.title)}</div>'
            f"<div>{escape(drawn.words.subtitle)}</div>"
            + charts.picture(drawn.png, drawn.words.alt, self.size[0] * 100)
            + f'<div style="font-size:0.85em">{escape(self.source)}</div>'
        )

    def _prepare(self) -> Figure:
        """Make the figure and its artists, and keep the layer that never changes."""
        fig = Figure(figsize=self.size, dpi=DPI)
        charts.Canvas(fig)
        self.build(fig)
        for axes in fig.axes:
            axes.set_visible(False)
        fig.canvas.draw()
        self._paper = fig.canvas.copy_from_bbox(fig.bbox)
        for axes in fig.axes:
            axes.set_visible(True)
        self._figure = fig
        return fig

    def show(self, preset: int = 0) -> None:
        """Display the explorer, starting from one of its presets."""
        display(Panel(self, self.presets[preset].state))


class Still(HTML):
    """A state of an explorer that stands still on the page, with its numbers in a fold."""

    def __init__(self, explorer: Explorer, state: Any, table: ui.Table, summary: str) -> None:
        """Draw the state; ``summary`` is what stands on the fold."""
        self.explorer, self.state, self.table = explorer, state, table
        super().__init__(explorer.markup(state) + ui.details(summary, table.data))


class Panel(widgets.VBox):
    """The explorer on the page: presets, controls, picture, and the numbers on request."""

    def __init__(self, explorer: Explorer, state: Any) -> None:
        """Build the controls for ``explorer`` and draw ``state``."""
        self.explorer = explorer
        self.state = state
        self._busy = False
        self.inputs = dict(explorer.controls())
        self.figure = widgets.HTML()
        self.note = widgets.HTML()
        self.aside = widgets.HTML()
        self.numbers = widgets.HTML()
        self.want_numbers = widgets.ToggleButton(
            description="Show the numbers as a table", layout=widgets.Layout(width="max-content")
        )
        self.keep_button = widgets.Button(
            description="Keep this picture",
            tooltip="Keep it in your journal, for your brief",
            layout=widgets.Layout(width="max-content"),
        )
        self.kept = widgets.HTML()
        self.preset_buttons = [self._preset_button(preset) for preset in explorer.presets]
        heading = widgets.HTML(
            f"<h3>{escape(explorer.title)}</h3><p>{escape(explorer.intro)}</p>{ui.own_keys()}"
        )
        rows = widgets.Layout(flex_flow="row wrap", grid_gap="0.3em 1em")
        super().__init__(
            [
                heading,
                widgets.HBox(self.preset_buttons, layout=rows),
                widgets.HBox(list(self.inputs.values()), layout=rows),
                self.note,
                self.figure,
                self.aside,
                widgets.HBox([self.want_numbers, self.keep_button], layout=rows),
                self.kept,
                self.numbers,
            ]
        )
        for field, control in self.inputs.items():
            control.observe(lambda change, field=field: self._on_input(field, change.new), "value")
        self.want_numbers.observe(lambda _: self.redraw(), "value")
        self.keep_button.on_click(lambda _: self.keep())
        self.go_to(state)

    def _preset_button(self, preset: Preset) -> widgets.Button:
        button = widgets.Button(
            description=preset.name, tooltip=preset.caption, layout=widgets.Layout(width="auto")
        )
        button.on_click(lambda _: self.go_to(preset.state, preset.caption))
        return button

    def _on_input(self, field: str, value: Any) -> None:
        if not self._busy:
            self.go_to(replace(self.state, **{field: value}))

    def go_to(self, state: Any, caption: str = "") -> None:
        """Draw ``state`` and set every control to it."""
        self.state = self.explorer.normalise(state)
        self._busy = True
        try:
            for field, value in asdict(self.state).items():
                if self.inputs[field].value != value:
                    self.inputs[field].value = value
        finally:
            self._busy = False
        self.note.value = f"<p>{escape(caption)}</p>" if caption else ""
        self.redraw()

    def keep(self) -> None:
        """Keep the picture of now in the student's journal, with its words, and say so."""
        drawn = self.explorer.picture(self.state)
        words = drawn.words
        shown = charts.Shown(
            drawn.png, words.title, words.subtitle, words.alt, self.explorer.source
        )
        _, message = pictures.keep(shown)
        self.kept.value = f'<div role="status">{escape(message)}</div>'

    def redraw(self) -> None:
        """Send one new picture, and the table if it is wanted."""
        self.kept.value = ""
        self.figure.value = self.explorer.markup(self.state)
        self.aside.value = self.explorer.aside(self.state)
        self.numbers.value = self._numbers_markup() if self.want_numbers.value else ""

    def _numbers_markup(self) -> str:
        numbers = self.explorer.table(self.state)
        if numbers.empty:
            return "<p>Nothing is reported for this choice.</p>"
        return ui.table(numbers, f"{self.explorer.title}: the plotted numbers")


def two_years(years: tuple[int, int], earliest: int) -> tuple[int, int]:
    """Return a span of years with at least two, widened backwards unless at ``earliest``."""
    first, last = years
    if first < last:
        return first, last
    return (first - 1, last) if first > earliest else (first, last + 1)


def level_ticks(numbers: np.ndarray) -> tuple[float, ...]:
    """Return about six round ticks from zero to above the greatest number."""
    top = float(np.nanmax(numbers)) or 1.0
    raw = top * 1.08 / 5
    power = 10 ** np.floor(np.log10(raw))
    step = next(k * power for k in (1, 2, 2.5, 5, 10) if k * power >= raw)
    return tuple(float(tick) for tick in np.arange(0, top * 1.08 + step, step))


def log_ticks(numbers: np.ndarray) -> tuple[float, ...]:
    """Return ticks at 1, 2 and 5 times powers of ten that enclose the numbers above zero.

    Raises:
        ValueError: no number is above zero.

    """
    positive = numbers[numbers > 0]
    low, high = positive.min() * 0.97, positive.max() * 1.03
    grid = [k * 10.0**p for p in range(-4, 7) for k in (1, 2, 5)]
    first = max(i for i, tick in enumerate(grid) if tick <= low)
    last = min(i for i, tick in enumerate(grid) if tick >= high)
    return tuple(grid[first : last + 1])
