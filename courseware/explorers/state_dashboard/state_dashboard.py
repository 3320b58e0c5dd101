"""The state dashboard: one measure of one state large, the same of all five or all nine small."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import ClassVar, NamedTuple

import ipywidgets as widgets
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from courseware import article, charts, palette, ui
from courseware.explorers.axes import SMALL
from courseware.explorers.base import DPI, PHONE_WIDTH, Explorer, Strip, Words
from courseware.explorers.controls import CHOOSES, clicks
from courseware.explorers.state_dashboard.findings import DescribedDashboard
from courseware.explorers.state_dashboard.measures import (
    ALL,
    CUSTOMS,
    EVER,
    MEASURES,
    OWN,
    POWERS,
    REMITTANCES,
    RUSSIA,
    STACKED,
    THIRD,
    TRADE,
    VOTES,
    WHOSE,
    Choice,
    Measured,
    link,
    measured,
    uncounted,
    votes,
)
from courseware.explorers.state_dashboard.pane import CODES, HUES, LARGE, Pane
from courseware.quantities import num

EVERY = ""  # instead of a measure: all nine
#: Left and lower edge, width and height of a panel, as shares of the picture.
Place = tuple[float, float, float, float]


@dataclass(frozen=True)
class DashboardState:
    """Which state and which measure of it is large, in which years, and who counts its trade."""

    state: str = "KAZ"
    measure: str = EVERY
    years: tuple[int, int] = (2000, 2024)
    counts: str = CUSTOMS

    @property
    def chosen(self) -> Choice:
        """The state by its name, with years and counts."""
        return self.of(self.state)

    def of(self, code: str) -> Choice:
        """Return another state in the same years, its trade by the same counts."""
        return Choice(article.name(code), self.years, self.counts)

    @property
    def panels(self) -> tuple[tuple[str, str], ...]:
        """State and measure of each panel of the picture, in order; the large one first."""
        if not self.measure:
            return tuple((self.state, measure) for measure in MEASURES)
        return tuple((code, self.measure) for code in (self.state, *article.five()))


class Places(NamedTuple):
    """Where everything stands in a picture of one size (in inches): places are shares of it."""

    size: tuple[float, float]
    nine: Sequence[Place]
    large: Place
    votes: Place  #: of a large panel with room below it for the names of the texts
    five: Sequence[Place]
    points: float  #: of letters in the large panel
    key: Sequence[tuple[float, float]]  #: where each part of the key of nine panels begins
    large_key: Sequence[tuple[float, float]]  #: the same of a large one; the scale is the last


ACROSS, DOWN, STEP = 0.328, 0.312, 0.178  # from one panel to the next: of nine, and of five
DESK = Places(
    size=(8.6, 4.4),
    nine=[(0.062 + n % 3 * ACROSS, 0.757 - n // 3 * DOWN, 0.272, 0.19) for n in range(9)],
    large=(0.075, 0.17, 0.6, 0.73),
    votes=(0.075, 0.45, 0.6, 0.45),
    five=[(0.74, 0.815 - n * STEP, 0.25, 0.115) for n in range(5)],
    points=LARGE,
    key=[(x, 0.018) for x in (0.012, 0.135, 0.237, 0.368, 0.72)],
    large_key=[(x, 0.018) for x in (0.012, 0.15, 0.275, 0.74)],
)


def _narrow(high: int, lines: int) -> Places:
    """Return places for a phone: all panels, and below them the key, one below the other.

    The picture is so many pixels high, and its key has so many lines.
    """

    def box(top: float, tall: float) -> Place:
        return 60 / PHONE_WIDTH, 1 - (top + tall) / high, 270 / PHONE_WIDTH, tall / high

    key = [(0.02, (8 + 18 * (lines - 1 - n)) / high) for n in range(lines)]
    return Places(
        size=(PHONE_WIDTH / DPI, high / DPI),
        nine=[box(24 + 116 * n, 66) for n in range(9)],
        large=box(26, 264),
        votes=box(26, 130),
        five=[box(370 + 84 * n, 56) for n in range(5)],
        points=10,
        key=key,
        large_key=key,
    )


PHONE_NINE, PHONE_LARGE = _narrow(1150, 5), _narrow(870, 4)


class StateDashboard(DescribedDashboard, Explorer):
    """Draws a measure of one state large and of all five small, or the nine of one state."""

    name = "state_dashboard"
    chapter = "08"
    size = DESK.size
    strip = Strip("state", article.five(), DashboardState())
    views: ClassVar = {
        "kazakhstan": DashboardState(measure=TRADE),
        "kazakhstan-own": DashboardState(measure=TRADE, counts=OWN),
        "kyrgyzstan": DashboardState("KGZ", TRADE),
        "tajikistan": DashboardState("TJK", REMITTANCES, (2002, 2024)),
        "turkmenistan": DashboardState("TKM"),
        "uzbekistan": DashboardState("UZB", TRADE, (2010, 2024), OWN),
    }

    ranges: ClassVar = {"years": EVER}

    def __init__(self, places: Places = DESK) -> None:
        """Take the places where everything is to stand."""
        self._at, self.size = places, places.size

    @cached_property
    def _on_phones(self) -> dict[bool, "StateDashboard"]:
        """The same for a phone: of nine panels (False), and with a large one."""
        return {large: StateDashboard(PHONE_LARGE if large else PHONE_NINE) for large in (0, 1)}

    def for_phone(self, state: DashboardState) -> Explorer:
        """Return what draws ``state`` with its panels below one another."""
        return self._on_phones[bool(state.measure)]

    @property
    def offered(self) -> dict[str, dict[str, str]]:
        """The states and the measures, by what they are called."""
        titles = {key: self.written("measures", key, "title") for key in MEASURES}
        names = {code: article.name(code) for code in article.five()}
        return {"state": names, "measure": {EVERY: self.written("nine")} | titles}

    def controls(self) -> Mapping[str, widgets.Widget]:
        """Return the controls; a click on a panel chooses with two of them."""
        found = super().controls()
        for field in ("state", "measure"):
            found[field].add_class(CHOOSES)
        return found

    def hands(self, state: DashboardState) -> str:
        """Return a mark that lets a click make a state or a measure large, or go back to nine."""
        if state.measure:
            first, foot, _, high = DESK.five[0]
            left, edge = first - 0.02, 1 - foot - high - 0.06
            rows = range(len(article.five()))
            five = {row: (left, edge + STEP * row, 1, edge + STEP * (row + 1)) for row in rows}
            return clicks({0: (0, 0, left, 1)}, five)
        return clicks(
            {
                1 + place: (column / 3, DOWN * row, (column + 1) / 3, DOWN * (row + 1))
                for place in range(len(MEASURES))
                for row, column in [divmod(place, 3)]
            }
        )

    # The picture ---------------------------------------------------------------------------

    def build(self, fig: Figure) -> None:
        """Make nine bare panels, the names of texts voted on and the key."""
        self._panes = [Pane(fig, self.written("rows")) for _ in MEASURES]
        ax = self._panes[0].axes
        look = {"fontsize": SMALL, "color": palette.SOFT, "ha": "center", "va": "top"}
        at = ax.get_xaxis_transform()
        self._names = [
            ax.text(place, -0.02, "", transform=at, rotation=90, **look)
            for place in range(len(votes(Choice(RUSSIA, EVER, CUSTOMS))))
        ]
        self._key = [
            ax.text(*place, "", transform=fig.transFigure, fontsize=SMALL) for place in self._at.key
        ]

    def content(self, state: DashboardState) -> list:
        """Return for each panel what it shows: a measure's values, or the texts voted on."""
        return [
            votes(state.of(code)) if measure == VOTES else measured(state.of(code), measure)
            for code, measure in state.panels
        ]

    def frame(self, state: DashboardState, content: list) -> Hashable:
        """Return the panels, their years and the scale of the small ones."""
        return state.panels, state.years, self._tops(state, content)[-1]

    def _tops(self, state: DashboardState, content: list) -> list[float]:
        """Return the value at the top of each panel; the five small ones have one in common."""
        if state.measure == VOTES:
            return [0.0] * len(content)
        highest = [
            np.nan if isinstance(found, pd.DataFrame) else found.highest for found in content
        ]
        if state.measure:
            highest[1:] = [pd.Series(highest[1:]).max()] * len(article.five())
        return [_round(value) for value in highest]

    def lay_out(self, frame: tuple, state: DashboardState, content: list) -> None:
        """Place the panels; set titles, years and the grey ground of what came later."""
        for pane in self._panes[len(content) :]:
            pane.hide()
        for text in self._names:
            text.set_text("")
        for place, (_, measure) in enumerate(state.panels):
            pane = self._panes[place]
            self._stand(place, state)
            if measure == VOTES:
                texts = content[place]
                later = (texts["date"] < article.iso_day()).sum() - 0.5
                pane.span(-0.5, max(len(texts), 2) - 0.5, later)
                ends = texts["date"].dt.strftime("%b %Y").tolist() or ["", ""]
            else:
                first, last = state.years
                pane.span(first, last + 1, article.decimal_year())
                ends = [str(first), str(last)]
            if not state.measure or (place == 0 and measure != VOTES):
                pane.ends(ends[0], ends[-1] if len(ends) > 1 else "")
        self._large(state, content)
        self._write_key(state, frame[-1])

    def _stand(self, place: int, state: DashboardState) -> None:
        """Put a panel in its place, with title, rows of votes and the note of what is missing."""
        pane, (code, measure) = self._panes[place], state.panels[place]
        if state.measure and place:  # a small one, of five
            box = self._at.five[place - 1]
            pane.stand(box, article.name(code), bold=code == state.state, points=SMALL)
            return
        box, below = self._at.votes if measure == VOTES else self._at.large, 22
        points = self._at.points
        if not state.measure:
            box, below, points = self._at.nine[place], 4, SMALL
        pane.stand(box, self.written("measures", measure, "title"), bold=True, points=points)
        if measure == VOTES:
            pane.rows()
        for power in uncounted(measure):
            pane.gap(power, self.say("uncounted", power=power), below)

    def _large(self, state: DashboardState, content: list) -> None:
        """Write round years or the texts' names under the large panel."""
        if state.measure == VOTES:
            for text, name in zip(self._names, content[0]["text"], strict=False):
                text.set_text(name)
        elif state.measure:
            self._panes[0].years_between(*state.years)

    def _write_key(self, state: DashboardState, top: float) -> None:
        """Write what the colours and marks mean, and the scale of the small panels."""
        said, whose = self.written("key"), WHOSE.get(state.measure, POWERS)
        hues = {who: charts.ink(hue) for who, hue in HUES.items()} | {THIRD: palette.MIDDLE}
        words = [(said[who], hues[who]) for who in hues if who in whose or not state.measure]
        marks = {EVERY: ["votes", "hollow"], TRADE: ["press"], VOTES: ["votes"]}
        words += [(said[mark], palette.TEXT) for mark in marks.get(state.measure, [])]
        places = self._at.key
        if state.measure:
            places = (*self._at.large_key[: len(words)], self._at.large_key[-1])
            words.append((self._scale(state, top), palette.TEXT))
        for text in self._key:
            text.set_text("")
        for text, at, (word, hue) in zip(self._key, places, words, strict=False):
            text.set(text=word, position=at, color=hue)

    def _scale(self, state: DashboardState, top: float) -> str:
        """Say on which scale the small panels are."""
        if state.measure == VOTES:
            return self.written("same rows")
        return self.say("scale", top=f"{num(top):,g}") if top else ""

    def update(self, state: DashboardState, content: list) -> list:
        """Move the marks of every panel; scales are set by dividing, so axes stand still."""
        drawn, tops = [], self._tops(state, content)
        for place, (code, measure) in enumerate(state.panels):
            pane, found, top = self._panes[place], content[place], tops[place]
            small = bool(state.measure) and place > 0
            if found.empty if measure == VOTES else np.isnan(found.highest):
                drawn += pane.empty(self.written("gap"))
            elif measure == VOTES:
                drawn += pane.votes(found, code, size=4 if small else 6, powers=not small)
            else:
                drawn += [] if small else pane.scale(top, half=bool(state.measure))
                drawn += self._marks(state, place, found, top)
        return drawn

    def _marks(self, state: DashboardState, place: int, found: Measured, top: float) -> list:
        """Move the lines or the bars of a measure."""
        pane, (code, measure) = self._panes[place], state.panels[place]
        if measure in STACKED:
            xi = link(state.of(code), "visits by Xi").dropna().index
            return pane.bars(found, top) + (pane.xi(xi) if measure == "visits" else [])
        small = bool(state.measure) and place > 0
        more = {"markersize": 2 if small else 4} | ({"linewidth": 1.2} if small else {})
        more |= {TRADE: {"marker": "."}, "migrants": {"linestyle": "None"}}.get(measure, {})
        codes = CODES | {ALL: code}
        looks = {who: charts.style(codes[who], markers=True) | more for who in WHOSE[measure]}
        return pane.lines(found, top, looks, size=3 if small else 5)

    # The words -----------------------------------------------------------------------------

    def question(self, state: DashboardState, content: list) -> str:
        """Ask for all measures of the state, or for the one that is large."""
        asked = ("measures", state.measure, "asks") if state.measure else ("asks",)
        return self.say(*asked, state=state.chosen.state)

    def describe(self, state: DashboardState, content: list) -> Words:
        """Return what the large panel shows, and in the alt text the small ones too.

        Of all nine, return who is ahead in trade and who delivered the arms.
        """
        shown, (first, last) = state.chosen, state.years
        unit = self.say("unit", state=shown.state, first=first, last=last)
        if state.measure in (EVERY, TRADE):
            by = self.written("controls", "counts", "options", state.counts)
            unit = self.say("trade by", unit=unit, by=by)
        if not state.measure:
            found = self.finding(shown)
            return Words(
                found, unit, self.say("alt", unit=unit, found=found), self.last_line(shown)
            )
        found = f"{self._title(state.measure)}: {self.in_short(shown, state.measure)}"
        more = self.in_words(shown, state.measure)
        others = [state.of(code) for code in article.five() if code != state.state]
        called = "" if state.measure == VOTES else "{}: "
        told = "; ".join(
            called.format(each.state) + self.in_short(each, state.measure) for each in others
        )
        alt = self.say("large alt", unit=unit, found=found, more=more, others=told)
        if scale := self._scale(state, self._tops(state, content)[-1]):
            unit = self.say("small", unit=unit, scale=scale)
        return Words(found, unit, alt, more)

    def rows(self, state: DashboardState, content: list) -> pd.DataFrame:
        """Return every plotted number, one row a point, and what a measure has no figure for."""
        found = dict(zip(state.panels, content, strict=True))  # the large state is small, too
        rows = [
            row
            for (code, measure), part in found.items()
            for row in self._points(code, measure, part)
        ]
        heads = self.written("columns")
        columns = [heads[key] for key in ("state", "measure", "when", "whom", "value")]
        return pd.DataFrame(rows, columns=columns).astype({heads["value"]: object})

    def card(self, state: DashboardState, content: list) -> str:
        """Return the last figure of each measure with its source, and what is missing, in words."""
        shown = state.chosen
        rows = [
            (
                self._title(measure),
                *self.last_figures(shown, measure),
                self.written("measures", measure, "source"),
            )
            for measure in MEASURES
        ]
        heads = self.written("columns")
        columns = [heads["measure"], *POWERS, heads["third"], heads["source"]]
        last = ui.table(pd.DataFrame(rows, columns=columns), self.written("last figures"))
        gaps = "".join(f"<li>{escape(gap)}</li>" for gap in self.missing(shown))
        body = f"{last}<p>{escape(self.by_treaty(shown.state))}</p>"
        return ui.details(self.say("in words", state=shown.state), body) + ui.details(
            self.written("missing", "title"), f"<ul>{gaps}</ul>"
        )

    def _points(self, code: str, measure: str, found: pd.DataFrame | Measured) -> Iterator[tuple]:
        """Yield the rows of a panel in the table of numbers."""
        state, title = article.name(code), self.written("measures", measure, "title")
        if measure == VOTES:
            for text in found.itertuples():
                note = f" ({self.written('inferred')})" if text.inferred else ""
                yield state, title, text.date.date().isoformat(), text.text, text.vote + note
            return
        for part, note in ((found.yearly, ""), (found.press, f" ({self.written('press')})")):
            for who, column in part.items():
                for year, value in column.dropna().items():
                    yield state, title, str(year), who + note, float(value)
        for power in uncounted(measure):
            yield state, title, self.written("any year"), power, None

    def _title(self, measure: str) -> str:
        """Return a measure's title without its notes on marks."""
        return self.written("measures", measure, "title").split(";")[0]


def _round(high: float) -> float:
    """Return a round number just above the greatest value; zero if there is none."""
    if np.isnan(high):
        return 0.0
    high = high * 1.05 or 1.0
    power = 10 ** np.floor(np.log10(high))
    return float(next(k * power for k in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if k * power >= high))
