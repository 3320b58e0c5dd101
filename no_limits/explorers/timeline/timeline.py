"""The timeline explorer: dated events on lanes, by actor, span and what was known when."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import ClassVar

import ipywidgets as widgets
import pandas as pd
from matplotlib import dates as mdates
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from courseware import article, charts, palette, ui
from courseware.charts import in_lines
from courseware.explorers.axes import SMALL
from courseware.explorers.base import DPI, PHONE_WIDTH, Explorer, Strip, Words
from courseware.explorers.pixels import text
from courseware.label_placement import size_of
from no_limits.explorers.timeline.events import (
    EVERYBODY,
    LANES,
    Event,
    Rows,
    headline,
    read_events,
    ticks,
    who,
)

FIRST, LAST = 1991, 2026
BY_YEARS, HALF_A_YEAR, WEEKS = "years", "half", "weeks"
AROUND = {HALF_A_YEAR: 183, WEEKS: 25}  # days on each side of the event
MOST_LABELS = 12
#: Where the printed course stops on its way along the list, in order of time.
MOMENTS = (
    *("T06", "T08", "T10", "T11", "T12", "T13", "T16", "T17", "T19", "T23"),
    *("T34", "T36", "T42", "T45", "T50", "T53", "T55", "T65", "T72", "T76"),
)
LANDMARKS = ("T17", "T33", "T36", "T50", "T53", "T72")  # labelled even in a crowd
#: Letter in a mark, and colour: who is among the actors.
PARTIES = {"C": "CHN", "R": "RUS", "B": "WLD", "": "USA"}
#: Shape of a mark by how exact the date is, and whether it is filled.
SHAPES = {
    "day": ("o", True),
    "month": ("s", False),
    "year": ("D", False),
    "start": (">", True),
    "end": ("<", True),
}


@dataclass(frozen=True)
class TimelineState:
    """What the timeline shows. ``zoom`` is a time around ``event``, or shows ``years``."""

    lanes: tuple[str, ...] = LANES
    who: str = EVERYBODY
    years: tuple[int, int] = (FIRST, LAST)
    event: str = "T53"
    zoom: str = BY_YEARS
    later: bool = True


@dataclass(frozen=True)
class View:
    """The events in view, in order of time, their lanes, and the window's first and last day."""

    events: tuple[Event, ...]
    lanes: tuple[str, ...]
    first: float
    last: float


class TimelineExplorer(Explorer):
    """Draws events of the table ``timeline`` on lanes by category, with the chosen one's card."""

    name = "timeline"
    chapter = "04"
    ranges: ClassVar = {"years": (FIRST, LAST)}
    size = (8.6, 4.3)
    box = (0.105, 0.12, 0.88, 0.83)  # of the axes: left, bottom, width, height
    most_ticks = 7
    letters: ClassVar[int | None] = None  #: in a line of what stands in the middle
    key_letters: ClassVar[int | None] = None  #: in a line of the key
    words_from = 0.105  # where labels may begin, as a share of the figure
    phone: ClassVar = {
        "size": (PHONE_WIDTH / DPI, 5.8),
        "box": (0.27, 0.165, 0.67, 0.8),
        "most_ticks": 3,
        "letters": 34,
        "key_letters": 50,
        "words_from": 0.012,
    }
    views: ClassVar = {
        "six-meetings": TimelineState(
            ("summit", "institution"), "China, five", (2020, 2023), "T53", later=False
        ),
        "may-2023": TimelineState(event="T53", zoom=WEEKS),
        "moscow-and-xian": TimelineState(who="five", years=(2023, 2023), event="T50"),
        "railway": TimelineState(("treaty", "infrastructure"), "Kyrgyzstan", (2018, 2026), "T64"),
        "exactness": TimelineState(years=(1991, 1992), event="T08"),
        "viewpoint": TimelineState(who="Russia, five", years=(2020, 2026), event="T50"),
    }
    strip = Strip("event", MOMENTS, TimelineState(zoom=HALF_A_YEAR), names=True)

    def __init__(self) -> None:
        """Read the table once."""
        self.events = read_events(self.written("event_labels"), self.say)
        self.offered = {
            "lanes": {lane: lane for lane in LANES},
            "who": {key: self._called(key) for key in who()},
            "event": {key: f"{e.row['date'].year} · {e.label}" for key, e in self.events.items()},
        }

    def _called(self, key: str) -> str:
        """Return what the actors of a choice are called; a state goes by its name."""
        return self.written("actors").get(key, key)

    def controls(self) -> Mapping[str, widgets.Widget]:
        """Return the six controls; of the lanes four are seen at once."""
        found = super().controls()
        found["lanes"].rows = 4
        return found

    def normalise(self, state: TimelineState) -> TimelineState:
        """Return ``state`` with its lanes from top to bottom."""
        return replace(state, lanes=tuple(lane for lane in LANES if lane in state.lanes))

    def content(self, state: TimelineState) -> View:
        """Return the events that fit ``state``; a month or a year counts if it touches the span."""
        if around := AROUND.get(state.zoom):
            middle = self.events[state.event].middle
            first, last = middle - around, middle + around
        else:
            first, last = (
                mdates.date2num(pd.Timestamp(day))
                for day in (f"{state.years[0]}-01-01", f"{state.years[1]}-12-31")
            )
        fit = [
            event
            for event in self.events.values()
            if event.lane in state.lanes
            and event.codes.issuperset(who()[state.who])
            and event.first <= last
            and event.last >= first
            and (state.later or not event.later)
        ]
        fit.sort(key=lambda event: (event.middle, event.key))
        used = {event.lane for event in fit}
        return View(tuple(fit), tuple(lane for lane in LANES if lane in used), first, last)

    def build(self, fig: Figure) -> None:
        """Create axes, the article's day, marks by party and precision, labels, and the key."""
        self._axes = ax = fig.add_axes(self.box)
        ax.set_autoscale_on(False)
        ax.tick_params(axis="y", left=False, labelsize=9)
        self._after = ax.axvspan(0, 1, color=palette.LATER, zorder=0)
        self._line = ax.axvline(0, color=palette.RULE, linewidth=1, linestyle=":")
        self._told = ax.text(
            0,
            1.012,
            self.say("article", day=article.day_in_words()),
            transform=ax.get_xaxis_transform(),
            fontsize=SMALL,
            color=palette.SOFT,
            va="bottom",
        )
        key = in_lines(self.written("key"), self.key_letters)
        fig.text(0.015, 0.018, key, fontsize=SMALL, color=palette.SOFT)
        self._spans = LineCollection([], colors=palette.FAINT, linewidths=2.5, animated=True)
        self._leaders = LineCollection([], colors=palette.FAINT, linewidths=0.8, animated=True)
        self._leaders.set_transform(None)
        ax.add_collection(self._spans)
        ax.add_collection(self._leaders)
        self._marks = {
            (party, precision): _mark(ax, party, precision)
            for party in PARTIES
            for precision in SHAPES
        }
        (self._ring,) = ax.plot(
            [],
            [],
            marker="o",
            markersize=15.5,
            markerfacecolor="none",
            markeredgecolor="black",
            markeredgewidth=1.6,
            linestyle="None",
            animated=True,
            clip_on=False,
        )
        self._labels = {
            key: text(fig, text=event.label, va="center") for key, event in self.events.items()
        }
        self._empty = ax.text(
            0.5, 0.5, "", transform=ax.transAxes, ha="center", fontsize=11, animated=True
        )

    def frame(self, state: TimelineState, content: View) -> Hashable:
        """Return the lanes and the first and last day."""
        return content.lanes, content.first, content.last

    def lay_out(self, frame: tuple, state: TimelineState, content: View) -> None:
        """Set limits, lanes, ticks and the day of the article."""
        ax, first, last = self._axes, content.first, content.last
        margin = (last - first) / 60
        ax.set_xlim(first - margin, last + margin)
        count = max(1, len(content.lanes))
        ax.set_ylim(-0.5, count - 0.5)
        ax.set_yticks(range(len(content.lanes)), content.lanes[::-1])
        ax.set_xticks(*zip(*ticks(first, last, self.most_ticks), strict=True))
        ax.grid(visible=False, axis="x")
        day = mdates.date2num(article.day())
        seen = first <= day <= last
        for artist in (self._line, self._told):
            artist.set_visible(seen)
        start = min(max(day, first - margin), last + margin)
        self._after.set_bounds(start, 0, last + margin - start, 1)
        self._line.set_xdata([day, day])
        right = day - first > (last - first) / 2
        self._told.set(x=day, horizontalalignment="right" if right else "left")

    def update(self, state: TimelineState, content: View) -> list:
        """Move marks, letters, spans, labels and the ring to ``state``."""
        if not content.events:
            self._empty.set_text(in_lines(self._nothing(state), self.letters))
            return [self._empty]
        height = {lane: place for place, lane in enumerate(content.lanes[::-1])}
        at = {
            e.key: (min(max(e.middle, content.first), content.last), height[e.lane])
            for e in content.events
        }
        labels = self._place_labels(state, content, at)
        drawn = [self._spans, self._leaders]
        spread = (e for e in content.events if e.last - e.first > 1)
        self._spans.set_segments(
            [
                [
                    (max(e.first, content.first), height[e.lane]),
                    (min(e.last, content.last), height[e.lane]),
                ]
                for e in spread
            ]
        )
        chosen = self.events[state.event]
        top = (chosen.party, chosen.precision)  # drawn last, or a neighbour's letter hides its own
        for party, precision in sorted(self._marks, key=lambda kind: kind == top):
            artists = self._marks[party, precision]
            points = [
                at[e.key] for e in content.events if (e.party, e.precision) == (party, precision)
            ]
            if points:
                for artist in artists[: 2 if party else 1]:
                    artist.set_data(*zip(*points, strict=True))
                    drawn.append(artist)
        if state.event in at:
            self._ring.set_data(*([value] for value in at[state.event]))
            drawn.append(self._ring)
        return drawn + labels

    def _place_labels(self, state: TimelineState, content: View, at: Mapping) -> list:
        """Write as many labels as fit, the chosen event's first; return what to draw."""
        ax = self._axes
        box, left = ax.bbox, self.words_from * ax.figure.bbox.width
        rows = {lane: Rows(left, box.x1, box.height / len(content.lanes)) for lane in content.lanes}
        pixels = dict(zip(at, ax.transData.transform(list(at.values())), strict=True))
        drawn, leaders = [], []
        for event in _by_weight(content.events, state.event):
            label = self._labels[event.key]
            label.set_fontweight("bold" if event.key == state.event else "normal")
            x, y = pixels[event.key]
            place = rows[event.lane].place(x, size_of(label)[0])
            if place is None or len(drawn) == MOST_LABELS:
                continue
            label.set_position((place[0], y + place[1]))
            drawn.append(label)
            if abs(place[1]) > 20:
                leaders.append([(x, y), (x, y + place[1] * (1 - 6 / abs(place[1])))])
        self._leaders.set_segments(leaders)
        return drawn

    def question(self, state: TimelineState, content: View) -> str:
        """Ask what happened in the time that is shown."""
        if state.zoom in AROUND:
            return self.say("asks", "around", when=self.events[state.event].when)
        first, last = state.years
        actors = self._called(state.who)
        whose = "" if state.who == EVERYBODY else " " + self.say("asks", "whose", who=actors)
        key = "year" if first == last else "years"
        return self.say("asks", key, first=first, last=last, whose=whose)

    def describe(self, state: TimelineState, content: View) -> Words:
        """Return the chosen event among its neighbours, the span, and the events as alt text."""
        first, last = state.years
        if state.zoom in AROUND:
            days = (mdates.num2date(day) for day in (content.first, content.last))
            first, last = map(article.in_words, days)
        asked = self.say("unit", who=self._called(state.who), first=first, last=last)
        if not content.events:
            nothing = self._nothing(state)
            return Words(nothing, asked, self.say("empty", asked=asked, finding=nothing))
        chosen, events = self.events[state.event], content.events
        after, more = sum(e.later for e in events), len(events) - MOST_LABELS
        counts = self.say(
            "counts",
            number=len(events),
            exact=sum(e.precision == "day" for e in events),
            after=self.say("after", after=after) if after else "",
        )
        finding = headline(chosen, events, self.say)
        return Words(
            finding,
            f"{asked}; {counts}",
            self.say(
                "alt",
                **{"asked": asked, "counts": counts, "finding": finding},
                named="; ".join(f"{e.when}: {e.label}" for e in events[:MOST_LABELS]),
                rest=self.say("rest", number=more) if more > 0 else "",
            ),
            self.say("reading", when=chosen.when, counts=counts),
        )

    def _nothing(self, state: TimelineState) -> str:
        """Say why there is nothing to see."""
        return self.say("finds", "nothing" if state.lanes else "no lane")

    def rows(self, state: TimelineState, content: View) -> pd.DataFrame:
        """Return one row per event in view, in order of time."""
        heads, known = self.written("columns"), self.written("known")
        later = self.written("later")
        return pd.DataFrame(
            [
                {
                    heads["date"]: e.when,
                    heads["known"]: known.get(e.precision, e.precision),
                    heads["lane"]: e.lane,
                    heads["event"]: e.row["description"],
                    heads["actors"]: _named(e.row["actors"]),
                    heads["publisher"]: e.row["publisher"],
                    heads["later"]: later["after" if e.later else "before"],
                }
                for e in content.events
            ]
        )

    def card(self, state: TimelineState, content: View) -> str:
        """Return the card of the chosen event, whether or not it is in view."""
        event, said = self.events[state.event], self.written("card")
        row = event.row.fillna("")
        exact = self.written("exact", event.precision)
        told = {"when": event.when, "exact": exact, "description": row["description"]}
        facts = {
            said["actors"]: _named(row["actors"]),
            said["read in"]: row["publisher"] or said["no page"],
            said["how known"]: row["evidence_status"],
            said["disagree"]: row["note"],
            said["claims"]: row["related_claims"],
        }
        lines = "".join(
            f"<p><b>{name}:</b> {escape(value)}</p>" for name, value in facts.items() if value
        )
        page = f"<p>{ui.link(row['url'], said['page'])}</p>" if row["url"] else ""
        later = f"<p><b>{said['later']}</b> {said['no verdict']}</p>" if event.later else ""
        body = f"<p>{escape(self.say('card', 'when', **told))}</p>"
        known = ui.details(said["fold"], lines + page)
        title = self.say("card", "title", key=event.key, event=event.label)
        return ui.card(title, body + later + known, "care" if event.later else "note")


def _named(actors: str) -> str:
    """Return the actors of an event, states by their names."""
    return "; ".join(article.name(actor) for actor in actors.split("; "))


def _mark(ax: Axes, party: str, precision: str) -> tuple:
    """Return two artists: the mark's shape, and the letter in it."""
    shape, filled = SHAPES[precision]
    hue = charts.color(PARTIES[party])
    ink = "white" if filled else charts.ink(hue)
    shared = {"linestyle": "None", "animated": True, "clip_on": False}
    face = hue if filled else "white"
    (mark,) = ax.plot([], [], marker=shape, color=hue, ms=11, markerfacecolor=face, **shared)
    letter = f"${party}$" if party else "None"
    (sign,) = ax.plot([], [], marker=letter, color=ink, ms=5, markeredgewidth=0.3, **shared)
    return mark, sign


def _by_weight(events: Sequence[Event], chosen: str) -> Iterator[Event]:
    """Return the events as they get a label: the chosen one and a few landmarks first.

    If all can have one, the rest follows from the last to the first: a label runs to the right
    of its mark, so that the marks before it keep room for theirs.
    """
    turn = -1 if len(events) <= MOST_LABELS else 1
    return iter(
        sorted(events, key=lambda e: (e.key != chosen, e.key not in LANDMARKS, turn * e.middle))
    )
