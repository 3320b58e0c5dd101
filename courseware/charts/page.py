"""A chart on the page: its words as text, the described picture, and its numbers in a fold."""

from collections.abc import Callable, Sequence
from html import escape
from typing import NamedTuple

import pandas as pd
from IPython.display import HTML, display
from matplotlib.figure import Figure

from courseware import ui
from courseware.charts import sources
from courseware.charts.images import picture
from courseware.ui import css

BOARD_WIDTH = 820  #: of cells or tiles, in px: that of a picture
SHRINKS = 0.92  #: of its width: a picture gives way so far before the words go above it

BOUNDARIES = "About the boundaries on this map"

#: What is shown below each chart, given its picture and words: the button that keeps it, where
#: somebody sits in front of the notebook (`courseware.ipython_extension`).
BELOW: list[Callable[["Shown"], None]] = []

_last_chart: "Chart | None" = None


class Shown(NamedTuple):
    """A picture on the page and the words that belong to it."""

    png: bytes
    title: str
    subtitle: str
    alt: str
    source: str
    see: str = ""
    note: str = ""  #: what stands in a fold below: of a map, whose borders it draws

    @property
    def below(self) -> str:
        """Source and note in one, for places where nothing can be folded."""
        return f"{self.source}. {self.note}" if self.note else self.source


class Chart(HTML):
    """A chart on the page: its HTML, and what that was made of."""

    def __init__(
        self,
        figure: Figure,
        words: Shown,
        table: ui.Table,
        views: Sequence[str] = (),
        unfit: str = "",
    ) -> None:
        """Write the described picture and, folded, its numbers and how they were made.

        Args:
            figure: what was drawn.
            words: the picture and what stands around it.
            table: its numbers.
            views: the views among its sources.
            unfit: why the words of the course do not fit this table, if they do not.

        """
        self.figure, self.words, self.table = figure, words, table
        self.views, self.unfit = tuple(views), unfit
        width = figure.get_size_inches()[0] * 100
        drawn = picture(words.png, words.alt, width, in_view=True)
        drawn = beside(drawn, words.see, width) if words.see else drawn
        whole = f"{_title(words.title)}<div>{escape(words.subtitle)}</div>{drawn}"
        folds = ui.details("Why this is your version", escape(unfit)) if unfit else ""
        folds += boundaries(words.note) + ui.details("The numbers", table.data)
        folds += sources.how_made(self.views)
        room = "" if words.see else f"max-width:{width:.0f}px;"
        super().__init__(
            f'<div class="{ui.NO_FORMULAS}" style="{room}color:{ui.INK}">'
            f'<div class="no-limits-chart">{whole}{_source(words.source)}</div>{folds}</div>'
            + css.page()  # a companion has no list of words, which brings it to a chapter
        )


class Board(ui.Table):
    """Cells or tiles on the page, each with a sign, a word and a fill; ``caption`` is the title."""

    def __init__(
        self, frame: pd.DataFrame, words: Shown, markup: str, folds: str = "", unfit: str = ""
    ) -> None:
        """Take the finished ``<table>``, the words around it, and what stands below it."""
        self.frame, self.caption, self.formats = frame, words.title, None
        self.words, self.markup, self.unfit = words, markup, unfit
        box = ui.box(words.title, markup)
        drawn = beside(box, words.see, BOARD_WIDTH) if words.see else box
        whole = f"{_title(words.title)}<div>{escape(words.subtitle)}</div>{drawn}"
        HTML.__init__(
            self,
            f'<div class="{ui.NO_FORMULAS}" style="color:{ui.INK}">'
            f'<div class="no-limits-chart">{whole}{_source(words.source)}</div>{folds}</div>',
        )


def put(shown: "Chart | Board") -> None:
    """Put something on the page; of charts remember the last one."""
    global _last_chart
    display(shown)
    if isinstance(shown, Chart):
        _last_chart = shown
        for offer in BELOW:
            offer(shown.words)


def last_shown() -> Shown | None:
    """Return picture and words of the chart that was shown last in this notebook, or None."""
    return _last_chart.words if _last_chart else None


def beside(drawn: str, see: str, width: float) -> str:
    """Return a picture or board with what to see at the right, or above where there is no room.

    ``wrap-reverse`` puts what does not fit beside the picture above it, so that words and picture
    stay on one screen and are read in the order in which they stand.
    """
    return (
        '<div class="nl-seen" style="display:flex;flex-flow:row wrap-reverse;'
        'align-items:flex-end;gap:2px 20px">'
        f'<div style="flex:100 1 {SHRINKS * width:.0f}px;max-width:{width:.0f}px">{drawn}</div>'
        f'<div class="nl-see" style="flex:1 1 210px;line-height:1.45;margin:0.5em 0">'
        f"{what_to_see(see)}</div></div>"
    )


def boundaries(note: str) -> str:
    """Return HTML with a fold for what a map says of its boundaries; nothing of a chart."""
    return ui.details(BOUNDARIES, f"<p>{escape(note)}</p>") if note else ""


def what_to_see(see: str) -> str:
    """Return what to see as HTML, under the words that every page has for it."""
    return f"<b>What to see.</b> {ui.in_html(see)}"


def _title(words: str) -> str:
    return f'<div style="font-weight:600;font-size:1.15em">{escape(words)}</div>'


def _source(words: str) -> str:
    return f'<div style="font-size:0.85em">{escape(words)}</div>'
