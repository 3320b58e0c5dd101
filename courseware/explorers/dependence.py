"""The dependence explorer: one flow of goods as a share of both states' trade."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from html import escape
from typing import ClassVar

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from courseware import article, charts, data, palette, ui
from courseware.charts import in_lines
from courseware.explorers.axes import SMALL, level_ticks
from courseware.explorers.base import Strip
from courseware.explorers.lines import PHONE, LineExplorer, span
from courseware.quantities import num

FIRST, LAST = 1992, 2023
ALL_PARTNERS_UNTIL = 2014
FORTH, BACK = "forth", "back"
FLOWS = "export", "import"  # of the seller, of the buyer
#: Kinds of a share: of all partners, of a list of the main ones, the most of one who is not on it.
KINDS = COUNTED, LISTED, CEILING = "counted", "listed", "ceiling"
NEW_SOURCE = (2017, 2019)  # the Factbook changed its source between these two lists


@dataclass(frozen=True)
class DependenceState:
    """What the dependence explorer shows. ``goods`` go ``forth`` (one sells) or ``back``."""

    one: str = "CHN"
    other: str = "RUS"
    goods: str = FORTH
    years: tuple[int, int] = (FIRST, LAST)

    @property
    def way(self) -> tuple[str, str]:
        """Return seller and buyer."""
        return (self.one, self.other) if self.goods == FORTH else (self.other, self.one)

    @property
    def names(self) -> dict[str, str]:
        """Return the names of seller and buyer."""
        return dict(zip(("seller", "buyer"), map(article.name, self.way), strict=True))


@dataclass(frozen=True)
class Side:
    """The flow as a share, in per cent by year, of one side's exports or imports, by kind."""

    holder: str
    flow: str
    whole: str
    shares: Mapping[str, pd.Series]

    def latest(self, *kinds: str) -> int | None:
        """Return the last year with a share of one of these kinds."""
        return max((int(y) for kind in kinds for y in self.shares[kind].index[-1:]), default=None)

    def known(self, year: int) -> tuple[str, float] | None:
        """Return the share of ``year`` and its kind."""
        there = ((kind, part.get(year)) for kind, part in self.shares.items())
        return next(((kind, share) for kind, share in there if share is not None), None)


class DependenceExplorer(LineExplorer):
    """Draws what one state sells to another as a share of both states' trade."""

    name = "dependence"
    chapter = "03"
    ranges: ClassVar = {"years": (FIRST, LAST)}
    box = (0.055, 0.13, 0.7, 0.81)
    most_years = 6
    phone: ClassVar = PHONE | {"box": (0.11, 0.24, 0.58, 0.69), "label_step": 46}
    views: ClassVar = {
        "china-sells": DependenceState(),
        "russia-sells": DependenceState(goods=BACK),
        "turkmenistan": DependenceState("TKM", "CHN", years=(2000, LAST)),
        "kazakhstan": DependenceState("CHN", "KAZ", years=(2000, LAST)),
        "kazakhstan-uzbekistan": DependenceState("KAZ", "UZB"),
    }

    def __init__(self) -> None:
        """Read the three tables once."""
        seven = {code: article.name(code) for code in article.seven()}
        self.offered = {"one": seven, "other": seven}
        self.strip = Strip("other", article.seven()[1:], DependenceState())
        self._counted, self._listed = data.load("counted_shares"), data.load("listed_shares")
        doors = data.load("partner_concentration").set_index(["iso3", "flow", "year"])
        self._notes = doors["note"].sort_index()

    def normalise(self, state: DependenceState) -> DependenceState:
        """Return ``state`` with two different states and a span of at least two years."""
        state = super().normalise(state)
        if state.other != state.one:
            return state
        return replace(state, other="RUS" if state.one == "CHN" else "CHN")

    def looks(self) -> Mapping[str, tuple[str, dict]]:
        """Return a look for each flow; its hue follows from who holds it."""
        return {flow: ("", {"color": palette.TEXT, "markersize": 4}) for flow in FLOWS}

    def furnish(self, ax: Axes) -> None:
        """Draw marks of lists and ceilings, the divide of 2014 and the key."""
        self._marks = {
            flow: (
                *ax.plot([], [], linestyle="None", markersize=7, animated=True),
                *ax.plot([], [], "v", markerfacecolor="white", markersize=6, animated=True),
            )
            for flow in FLOWS
        }
        middle, small = ALL_PARTNERS_UNTIL + 0.5, {"fontsize": SMALL, "color": palette.SOFT}
        self._divide = ax.axvline(middle, color=palette.RULE, lw=1, ls=":")
        small_above = small | {"transform": ax.get_xaxis_transform(), "va": "bottom"}
        self._eras = [
            ax.text(middle, 1.01, words, ha=align, **small_above)
            for words, align in (
                (self.written("eras", "before"), "right"),
                (self.written("eras", "after"), "left"),
            )
        ]
        key = in_lines(self.written("key"), self.key_letters)
        ax.figure.text(self.key_left, 0.012, key, **small)

    def content(self, state: DependenceState) -> dict[str, Side]:
        """Return the flow as a share of the seller's exports and of the buyer's imports.

        There is nothing at all if neither side has a figure.
        """
        ways = zip(FLOWS, (state.way, state.way[::-1]), strict=True)
        sides = {flow: self._side(state, *way, flow) for flow, way in ways}
        return sides if any(side.latest(*KINDS) for side in sides.values()) else {}

    def _side(self, state: DependenceState, holder: str, partner: str, flow: str) -> Side:
        """Cut one side's series to the years of ``state``."""
        name, lists = article.name(partner), self._listed.loc[holder, flow]
        parts = (
            self._counted.loc[holder, flow][name],
            lists[name],
            lists["at most"].where(lists[name].isna()),
        )
        cut = {
            kind: part.loc[slice(*state.years)].dropna()
            for kind, part in zip(KINDS, parts, strict=True)
        }
        return Side(holder, flow, self.say("wholes", flow, state=article.name(holder)), cut)

    def ticks(self, state: DependenceState, content: Mapping[str, Side]) -> tuple[float, ...]:
        """Return ticks that enclose the shares of both sides."""
        shares = [part for side in content.values() for part in side.shares.values()]
        return level_ticks(np.concatenate([*shares, [1.0]]))

    def tick_text(self, tick: float) -> str:
        """Return a share in per cent."""
        return f"{num(tick):g}%"

    def margin(self, state: DependenceState) -> tuple[float, float]:
        """Return the margins of the years."""
        return 0.4, 0.5

    def arrange(self, ax: Axes, state: DependenceState) -> None:
        """Show the divide between the two publishers, and which is which where there is room."""
        first, last = state.years
        divided = first <= ALL_PARTNERS_UNTIL < last
        for text, at in zip(self._eras, (first, last), strict=True):
            text.set_visible(divided and abs(at - ALL_PARTNERS_UNTIL) > (last - first) / 4)
        self._divide.set_visible(divided)

    def lines(self, state: DependenceState, content: Mapping[str, Side]) -> dict[str, pd.Series]:
        """Return the shares of all partners."""
        return {flow: side.shares[COUNTED] for flow, side in content.items()}

    def ends(self, state: DependenceState, content: Mapping[str, Side]) -> dict[str, float]:
        """Return the last share of each side, or the most that it can be."""
        latest = {flow: side.latest(*KINDS) for flow, side in content.items()}
        return {flow: content[flow].known(year)[1] for flow, year in latest.items() if year}

    def beneath(self, state: DependenceState, content: Mapping[str, Side]) -> list:
        """Give lines and labels the hues of their holders."""
        for flow, side in content.items():
            look = charts.style(side.holder)
            line, label, _ = self._lines[flow]
            line.set(**look)
            words = in_lines(self.say("label", whole=side.whole), self.letters)
            label.set(text=words, color=charts.ink(look["color"]))
        return []

    def above(self, state: DependenceState, content: Mapping[str, Side]) -> list:
        """Move the marks of lists, and of the most that an unlisted partner can have."""
        for flow, side in content.items():
            look = charts.style(side.holder, markers=True)
            listed, ceiling = self._marks[flow]
            for marks, kind in ((listed, LISTED), (ceiling, CEILING)):
                marks.set_data(side.shares[kind].index, side.shares[kind])
            edge = {"markeredgecolor": look["markeredgecolor"]}
            listed.set(marker=look["marker"], color=look["color"], **edge)
            ceiling.set_markeredgecolor(look["color"])
        return [marks for flow in content for marks in self._marks[flow]]

    def question(self, state: DependenceState, content: Mapping[str, Side]) -> str:
        """Ask how much the flow weighs on either side."""
        return self.say("asks", **state.names)

    def unit(self, state: DependenceState, content: Mapping[str, Side]) -> str:
        """Return what goes where, and when."""
        first, last = state.years
        return self.say("unit", first=first, last=last, **state.names)

    def finding(self, state: DependenceState, content: Mapping[str, Side]) -> str:
        """Return both shares of the last year with a share, or say that there is none."""
        sides = content.values()
        years = [side.latest(COUNTED, LISTED) for side in sides]
        years = [*filter(None, years)] or [*filter(None, (side.latest(*KINDS) for side in sides))]
        if not years:
            return self.say("finds", "nothing", span=span(*state.years), **state.names)
        year, (sold, bought) = max(years), sides
        return self.say(
            "finds",
            "shares",
            year=year,
            **{"bought": self._says(bought, year), "bought_of": bought.whole},
            **{"sold": self._says(sold, year), "sold_of": sold.whole},
            **state.names,
        )

    def _says(self, side: Side, year: int) -> str:
        kind, share = side.known(year) or ("nothing", 0)
        return self.say("says", kind, figure=self._figure(share))

    def _figure(self, share: float) -> str:
        if share < 0.1:
            return self.written("little")
        return f"{num(share):.0f}" if share >= 10 else f"{num(share):.2g}"

    def told(self, state: DependenceState, content: Mapping[str, Side]) -> list[str]:
        """Return the first and last share of each kind, on each side."""
        return [
            self.say("tells", whole=side.whole, courses=", ".join(self._courses(side)))
            for side in content.values()
        ]

    def _courses(self, side: Side) -> Iterator[str]:
        parts = {kind: part for kind, part in side.shares.items() if len(part)}
        for kind, part in parts.items():
            ends = (
                self.say("figure", figure=self._figure(part[year]), year=year)
                for year in dict.fromkeys(part.index[[0, -1]])
            )
            yield self.say("courses", kind, ends=", ".join(ends))
        if not parts:
            yield self.written("courses", "nothing")

    def rows(self, state: DependenceState, content: Mapping[str, Side]) -> pd.DataFrame:
        """Return one row per year; a year without a list or count stays empty."""
        if not content:
            return pd.DataFrame()
        years = range(state.years[0], state.years[1] + 1)
        table = pd.DataFrame({self.written("columns", "year"): years}, index=years)
        for side in content.values():
            listed = {year: f"{num(share):g}" for year, share in side.shares[LISTED].items()}
            most = {
                year: self.say("columns", CEILING, figure=f"{num(share):g}")
                for year, share in side.shares[CEILING].items()
            }
            either = pd.Series(listed | most, dtype=object)
            for kind, part in ((COUNTED, side.shares[COUNTED].round(2)), (LISTED, either)):
                table[self.say("columns", kind, whole=side.whole)] = part
        return table.reset_index(drop=True)

    def card(self, state: DependenceState, content: Mapping[str, Side]) -> str:
        """Return a fold with what is known against these figures; empty if nothing is."""
        cautions = [line for side in content.values() for line in self._cautions(side)]
        items = "".join(f"<li>{escape(caution)}</li>" for caution in cautions)
        return ui.details(self.written("fold"), f"<ul>{items}</ul>") if cautions else ""

    def _cautions(self, side: Side) -> Iterator[str]:
        """Say what is known against the shown figures of one side."""
        counted = side.shares[COUNTED].index
        notes = self._notes.loc[side.holder, side.flow].reindex(counted).dropna()
        for note, group in notes.groupby(notes, sort=False):
            years = span(*group.index[[0, -1]])
            yield self.say("cautions", "span", whole=side.whole, span=years, note=note)
        drawn = {*side.shares[LISTED].index, *side.shares[CEILING].index}
        traps = self.written("traps")  # against single lists, by holder, flow and year
        known = (traps.get(f"{side.holder} {side.flow} {year}") for year in sorted(drawn))
        notes = [*filter(None, known)]
        if drawn and min(drawn) <= NEW_SOURCE[0] and max(drawn) >= NEW_SOURCE[1]:
            notes.append(self.written("cautions", "new source"))
        for note in notes:
            yield self.say("cautions", "list", whole=side.whole, note=note)
