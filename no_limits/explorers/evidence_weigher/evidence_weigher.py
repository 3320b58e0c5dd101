"""The evidence weigher: from a prior to a posterior, one piece of evidence at a time.

A reading says of a piece whether one would sooner meet it if the thesis were true (a factor of
three), if it were false (a third), or alike (one). Odds are drawn in steps of three, so that each
reading is one step to the right, one to the left, or none. The course has no right reading.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import partial
from html import escape
from math import ceil, log
from typing import Any, ClassVar, NamedTuple

import ipywidgets as widgets
import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from courseware import palette, ui
from courseware.charts import in_lines
from courseware.explorers.axes import SMALL
from courseware.explorers.base import DPI, PHONE_WIDTH, Explorer, Strip, Words
from courseware.quantities import num
from courseware.words import poll
from no_limits.explorers.evidence_weigher.pieces import (
    COST,
    COUNT,
    DOWN,
    GAINS,
    GROUPS,
    KNOWN,
    NEUTRAL,
    NONE,
    T1,
    T2,
    THESES,
    UP,
    Piece,
    Readings,
    pieces,
    sentences,
)


def reading(**steps: int) -> tuple[int, ...]:
    """Return a reading of every piece: of those named, as in ``p3=UP``; the others say nothing."""
    return tuple(steps.get(f"p{number}", NONE) for number in range(1, COUNT + 1))


AGREES = reading(p1=UP, p2=UP, p4=UP, p6=UP, p11=UP)
DOUBTS = reading(p1=UP, p8=DOWN, p9=DOWN, p13=DOWN)
SPLIT = reading(p1=DOWN, p2=DOWN, p3=DOWN, p5=UP, p7=UP, p9=UP, p10=UP)
STEPS = {UP: "up", NONE: "nothing", DOWN: "down"}
AGAIN = 2  # a reading that moves nothing, because its group is counted already
HUES = {UP: palette.FOR, DOWN: palette.AGAINST, NONE: palette.MIDDLE}


@dataclass(frozen=True)
class WeigherState:
    """What the weigher shows. ``t1`` and ``t2`` hold one reading a piece; they never mix."""

    thesis: str = T1
    prior: int = 50
    once: bool = True
    later: bool = False
    t1: tuple[int, ...] = NEUTRAL
    t2: tuple[int, ...] = NEUTRAL

    @property
    def readings(self) -> tuple[int, ...]:
        """The readings for the thesis that is shown."""
        return self.t1 if self.thesis == T1 else self.t2


class Chain(NamedTuple):
    """Where the odds stand: ``shown`` by the chosen way of counting, ``other`` by the other.

    Both begin with the prior and hold one number a piece, in steps of three from even odds.
    """

    shown: np.ndarray
    other: np.ndarray


class Places(NamedTuple):
    """Where things stand in a picture, as shares of it, and how far the odds reach."""

    box: tuple[float, float, float, float] = (0.375, 0.105, 0.595, 0.885)  #: of the odds
    names: float = 0.124  #: where the names of the pieces begin
    groups: float = 0.112  #: the brackets of groups
    halves: float = 0.036  #: those of the halves of a thesis
    upright: bool = False  #: whether room is scarce: groups are written upwards, all names abreast
    letters: int | None = None  #: in a line of a name
    air: float = 1.25  #: the width of the axes, in that of the odds
    apart: float = 0.03  #: from a mark to its label, in the width of the axes
    steps: tuple[int, ...] = (1, 2, 6)  #: from tick to tick: up to 4, up to 8, further


class EvidenceWeigher(Explorer):
    """Draws the way from a prior to a posterior, with a group's pieces counted once or each."""

    name = "evidence_weigher"
    chapter = "09"
    ranges: ClassVar = {"prior": (5, 95)}
    size = (8.6, 4.6)
    at: ClassVar = Places()
    phone: ClassVar = {
        "size": (PHONE_WIDTH / DPI, 5.9),
        "at": Places(
            box=(0.47, 0.08, 0.45, 0.91),
            **{"names": 0.13, "groups": 0.115, "halves": 0.055},
            **{"upright": True, "letters": 18, "air": 1.6, "apart": 0.055, "steps": ()},
        ),
    }
    card_below = True
    views: ClassVar = {
        "nothing": WeigherState(),
        "gain": WeigherState(t1=AGREES),
        "twice": WeigherState(once=False, t1=AGREES),
        "doubt": WeigherState(t1=DOUBTS),
        "believer": WeigherState(T2, 80, t2=SPLIT),
        "sceptic": WeigherState(T2, 20, t2=SPLIT),
        "hindsight": WeigherState(later=True, t1=AGREES),
    }
    #: Readings of which the two ways of counting make something different.
    strip = Strip("prior", tuple(range(5, 96, 5)), views["sceptic"])

    def __init__(self) -> None:
        """Read what each piece says from the registers and views."""
        self.sentences = sentences(self.say)
        self.offered = {"thesis": {key: f"{key}: {poll(key)}" for key in THESES}}

    def controls(self) -> Mapping[str, widgets.Widget]:
        """Return the controls; of the two sets of readings only the chosen thesis's is seen."""
        found = super().controls()
        thesis, readings = found["thesis"], {T1: found["t1"], T2: found["t2"]}

        def reveal(_change: object = None) -> None:
            for key, box in readings.items():
                box.layout.display = "grid" if key == thesis.value else "none"

        thesis.observe(reveal, "value")
        reveal()
        found["prior"].step = 5
        found["once"].value = True
        return found

    def control(self, name: str, begin: Any) -> widgets.Widget:
        """Return the widget of a field; for the readings of a thesis a row for each piece."""
        if name not in ("t1", "t2"):
            return super().control(name, begin)
        thesis = name.upper()
        said = [
            (self._label(piece), f"{thesis}: {self.sentences[piece.key]}")
            for piece in pieces(thesis)
        ]
        return Readings(said, self.written("controls", name, "label"))

    def _label(self, piece: Piece) -> str:
        """Return what a piece is called in short."""
        return self.written("pieces", piece.key)

    def _half(self, piece: Piece) -> str:
        """Return what the half of the thesis that a piece belongs to is called, if any."""
        return self.written("halves", piece.half) if piece.half else ""

    def build(self, fig: Figure) -> None:
        """Write the rows' names once; create the two chains, their marks and three labels."""
        self._axes = ax = fig.add_axes(self.at.box)
        last = COUNT + 1
        ax.set_autoscale_on(False)
        ax.set_ylim(last + 0.6, -0.6)
        ax.set_yticks([])
        ax.grid(axis="x", color=palette.GRID)
        ax.axvline(0, color=palette.FAINT, linewidth=1)
        ax.axhspan(KNOWN + 0.5, last - 0.5, color=palette.LATER, linewidth=0, zorder=0)
        self._rows = {thesis: self._write_rows(fig, thesis) for thesis in THESES}
        look = {"animated": True, "linestyle": "", "markersize": 8}
        self._other = ax.plot([], [], ":", color=palette.MIDDLE, linewidth=1.4, animated=True)[0]
        self._path = ax.plot([], [], color=palette.SOFT, linewidth=1, animated=True)[0]
        self._moves = LineCollection([], linewidths=4, animated=True)
        ax.add_collection(self._moves, autolim=False)
        self._marks = {
            UP: ax.plot([], [], marker=">", color=HUES[UP], label="for", **look)[0],
            DOWN: ax.plot([], [], marker="<", color=HUES[DOWN], label="against", **look)[0],
            NONE: ax.plot([], [], color=HUES[NONE], marker="o", **look | {"markersize": 4})[0],
            AGAIN: ax.plot([], [], marker="o", mfc="white", mec=HUES[NONE], mew=1.5, **look)[0],
        }
        end = look | {"marker": "D", "markersize": 9, "mec": palette.TEXT}
        self._ends = (
            ax.plot([], [], mfc=palette.TEXT, **end)[0],
            ax.plot([], [], mfc="white", **end)[0],
        )
        self._start = ax.plot([], [], marker="o", color=palette.TEXT, **look)[0]
        text = partial(ax.text, 0, 0, "", fontsize=9.5, va="center", animated=True)
        self._labels = [text(weight="bold"), text(weight="bold"), text(color=palette.SOFT)]

    def _write_rows(self, fig: Figure, thesis: str) -> list[Artist]:
        """Write the names of a thesis's rows, a bracket at each group, half and the later ones."""
        listed = pieces(thesis)
        before, after = (
            in_lines(self.written(key), self.at.letters) for key in ("before", "after")
        )
        labels = (in_lines(self._label(piece), self.at.letters) for piece in listed)
        numbered = (f"{number}  {label}" for number, label in enumerate(labels, 1))
        names = [before, *numbered, after]
        box = self._axes.get_position()
        height = box.height / (len(names) + 0.2)

        def level(row: float) -> float:
            return box.y1 - (row + 0.6) * height

        # Children of the axes, so that they stand in the layer that changes with the thesis.
        write = partial(self._axes.text, transform=fig.transFigure, va="center", parse_math=False)
        drawn: list[Artist] = []
        for row, words in enumerate(names):
            end = row in (0, len(names) - 1)
            look = {"fontsize": SMALL, "weight": "bold" if end else "normal"}
            left, side = self.at.names, "left"
            if end and not self.at.upright:
                left, side = box.x0 - 0.012, "right"
            drawn.append(write(left, level(row), words, ha=side, **look))

        def mark(x: float, rows: list[int], words: str, rotation: int = 0) -> None:
            top, bottom = level(rows[0] - 0.3), level(rows[-1] + 0.3)
            line = bracket(x, top, bottom)
            line.set(transform=fig.transFigure, clip_on=False)
            drawn.append(self._axes.add_artist(line))
            look = {"fontsize": SMALL, "color": palette.SOFT, "rotation": rotation}
            drawn.append(write(x - 0.009, (top + bottom) / 2, words, ha="right", **look))

        for letter in GROUPS:
            rows = [i for i, piece in enumerate(listed, 1) if piece.group == letter]
            if rows:
                up = 90 if self.at.upright else 0
                mark(self.at.groups, rows, self.say("group", letter=letter), rotation=up)
        for half in (GAINS, COST):
            rows = [i for i, piece in enumerate(listed, 1) if piece.half == half]
            rows = [i for i in rows if i <= KNOWN]
            if rows:
                mark(self.at.halves, rows, self.written("halves", half), rotation=90)
        mark(self.at.halves, list(range(KNOWN + 1, COUNT + 1)), self.written("later"), rotation=90)
        return drawn

    def content(self, state: WeigherState) -> Chain:
        """Return where the odds stand after each piece, by both ways of counting."""
        ways = {once: chain(state, once) for once in (True, False)}
        return Chain(ways[state.once], ways[not state.once])

    def frame(self, state: WeigherState, content: Chain) -> Hashable:
        """Return the thesis and how far the odds reach, as wide as the longer chain needs."""
        return state.thesis, max(4, ceil(max(np.abs(part).max() for part in content) - 1e-9))

    def lay_out(self, frame: tuple[str, int], state: WeigherState, content: Chain) -> None:
        """Show the thesis's rows and lay out the odds, even ones in the middle."""
        thesis, reach = frame
        for key, artists in self._rows.items():
            for artist in artists:
                artist.set_visible(key == thesis)
        step = self.at.steps[(reach > 4) + (reach > 8)] if self.at.steps else reach
        ticks = range(-reach // step * step, reach + step, step)
        ticks = [tick for tick in ticks if abs(tick) <= reach]
        names = [f"{odds(tick)}\n{per_cent(tick)}" for tick in ticks]
        self._axes.set_xlim(-reach * self.at.air, reach * self.at.air)
        self._axes.set_xticks(ticks, names, fontsize=SMALL)

    def update(self, state: WeigherState, content: Chain) -> list:
        """Move the chains, their marks and labels to ``state``."""
        shown, other = content
        last = COUNT + 1
        counted = COUNT if state.later else KNOWN
        self._path.set_data(*path(shown))
        self._other.set_data(*path(other))
        moves = np.diff(shown)[:counted]
        rows = np.arange(1, counted + 1)
        moved = np.flatnonzero(moves)
        self._moves.set_segments([[(shown[i], i + 1), (shown[i + 1], i + 1)] for i in moved])
        self._moves.set_color([HUES[int(np.sign(moves[i]))] for i in moved])
        kinds = np.sign(moves)
        kinds[(moves == 0) & (np.array(state.readings[:counted]) != NONE)] = AGAIN
        for kind, marks in self._marks.items():
            chosen = kinds == kind
            marks.set_data(shown[1 : counted + 1][chosen], rows[chosen])
        self._start.set_data([shown[0]], [0])
        for diamond, part in zip(self._ends, content, strict=True):
            diamond.set_data([part[-1]], [last])
        drawn = [self._other, self._path, self._moves, *self._marks.values(), self._start]
        drawn += reversed(self._ends)
        return drawn + self._place_labels(content)

    def _place_labels(self, content: Chain) -> list:
        """Write per cent beside prior and posterior; beside the other way's only if it differs."""
        shown, other = content
        last = COUNT + 1
        apart = self.at.apart * np.ptp(self._axes.get_xlim())
        left = shown[-1] < other[-1]
        places = [(shown[0], 0, 1), (shown[-1], last, -1 if left else 1)]
        if shown[-1] != other[-1]:
            places.append((other[-1], last, 1 if left else -1))
        for label, (x, row, side) in zip(self._labels, places, strict=False):
            label.set_text(per_cent(x).replace("over ", ">").replace("under ", "<"))
            label.set_position((x + side * apart, row))
            label.set_ha("left" if side > 0 else "right")
        return self._labels[: len(places)]

    def question(self, state: WeigherState, content: Chain) -> str:
        """Ask how far the readings move a reader who begins with this prior."""
        return self.say("asks", thesis=state.thesis, prior=state.prior)

    def describe(self, state: WeigherState, content: Chain) -> Words:
        """Return where the odds end, by both ways of counting, and each piece's move."""
        start, end, other = (per_cent(x) for x in (state_odds(state), *(c[-1] for c in content)))
        order = ("once", "alone") if state.once else ("alone", "once")
        way, another = (self.written("ways", key) for key in order)
        key = "apart" if end != other else "still" if start == end else "same"
        said = {"thesis": state.thesis, "way": way, "another": another}
        finding = self.say("finds", key, start=start, end=end, other=other, **said)
        signs = np.sign(np.diff(content.shown))[: COUNT if state.later else KNOWN]
        numbers = {
            key: ", ".join(str(i) for i in np.flatnonzero(signs == sign) + 1)
            for sign, key in ((1, "raise"), (-1, "lower"), (0, "leave"))
        }
        told = [
            self.say("moves", key, numbers=each or self.written("moves", "none"))
            for key, each in numbers.items()
        ]
        hidden = "" if state.later else self.say("hidden", later=COUNT - KNOWN)
        return Words(
            finding,
            self.say("unit", poll=poll(state.thesis), **said),
            self.say("alt", finding=finding, moves="; ".join(told), hidden=hidden),
            self._by_half(content.shown) if state.thesis == T1 else "",
        )

    def rows(self, state: WeigherState, content: Chain) -> pd.DataFrame:
        """Return one row a piece: what it is, how it is read, and the odds after it."""
        shown, heads = content.shown, self.written("columns")
        counted = COUNT if state.later else KNOWN
        none = self.written("none")
        rows = [(0, self.written("before"), *[""] * 5, odds(shown[0]), per_cent(shown[0]))]
        for number, piece in enumerate(pieces(state.thesis), 1):
            step = state.readings[number - 1]
            read = self.written("readings", STEPS[step] if number <= counted else "not counted")
            if number <= counted and step and shown[number] == shown[number - 1]:
                read += self.written("readings", "again")
            said = (self._label(piece), self._half(piece) or none, piece.chapter, piece.ids)
            said += (piece.group or none, read)
            rows.append((number, *said, odds(shown[number]), per_cent(shown[number])))
        return pd.DataFrame(rows, columns=[*heads.values()])

    def card(self, state: WeigherState, content: Chain) -> str:
        """Return what each piece says of the thesis shown, and which belong together."""
        heads, said = self.written("columns"), self.written("card")
        later = self.written("later")
        rows = pd.DataFrame(
            [
                (
                    number,
                    self.sentences[each.key],
                    self._half(each),
                    each.chapter,
                    each.ids,
                    later if each.later else each.group,
                )
                for number, each in enumerate(pieces(state.thesis), 1)
            ],
            columns=[heads["number"], said["says"]]
            + [heads[key] for key in ("half", "chapter", "see", "group")],
        ).replace("", self.written("none"))
        groups = self.written("groups")
        told = "; ".join(f"{letter}: {groups[letter]}" for letter in GROUPS)
        note = f"<p>{escape(self.say('card', 'note', groups=told))}</p>"
        return ui.details(said["fold"], ui.table(rows, said["table"]) + note)

    def _by_half(self, at: np.ndarray) -> str:
        """Say by what each half of the first thesis has multiplied or divided the odds."""
        moves = np.diff(at)
        told = []
        for half in (GAINS, COST):
            steps = sum(moves[row] for row, piece in enumerate(pieces(T1)) if piece.half == half)
            times = f"{'÷' if steps < 0 else '×'}{num(3 ** abs(round(steps))):,}"
            told.append(f"{self.written('halves', half)} {times}")
        return "; ".join(told)


def state_odds(state: WeigherState) -> float:
    """Return the prior of ``state`` in steps of three from even odds."""
    return log(state.prior / (100 - state.prior), 3)


def chain(state: WeigherState, once: bool) -> np.ndarray:
    """Return the odds before and after each piece, in steps of three from even odds.

    Pieces that are not counted leave them as they are. With ``once`` the pieces of a group
    together move them by one step at most.
    """
    at = [state_odds(state)]
    sums: dict[str, int] = {}
    for piece, step in zip(pieces(state.thesis), state.readings, strict=True):
        if piece.later and not state.later:
            step = NONE
        if once and piece.group:
            before = sums.get(piece.group, 0)
            sums[piece.group] = before + step
            step = int(np.clip(before + step, DOWN, UP) - np.clip(before, DOWN, UP))
        at.append(at[-1] + step)
    return np.array(at)


def path(at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the corners of a chain: down to a piece's row, then across."""
    rows = np.arange(1, len(at))
    x = np.concatenate([[at[0]], np.column_stack([at[:-1], at[1:]]).ravel(), [at[-1]]])
    return x, np.concatenate([[0], np.repeat(rows, 2), [len(at)]])


def odds(steps: float) -> str:
    """Return odds in words: ``3 to 1``, ``1 to 9``, ``even``."""
    if abs(steps) < 1e-9:
        return "1 to 1"
    times = 3 ** abs(steps)
    told = f"{num(times):,.0f}" if times >= 100 else f"{num(times):.3g}"
    return f"{told} to 1" if steps > 0 else f"1 to {told}"


def per_cent(steps: float) -> str:
    """Return odds as per cent; nothing is called 0 or 100, for nothing is certain."""
    share = 100 / (1 + 3.0**-steps)
    if not 0.1 <= share <= 99.9:
        return "over 99.9%" if share > 50 else "under 0.1%"
    return f"{num(share):.0f}%" if 1 <= share <= 99 else f"{num(share):.1f}%"


def bracket(x: float, top: float, bottom: float) -> Line2D:
    """Return a bracket open to the right, in figure coordinates."""
    return Line2D(
        [x + 0.006, x, x, x + 0.006], [top, top, bottom, bottom], color=palette.SOFT, linewidth=1
    )
