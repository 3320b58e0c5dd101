"""The dependence explorer: one flow of goods as a share of both states' trade."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from html import escape
from typing import ClassVar

import ipywidgets as widgets
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from courseware import article, charts, data, palette, ui
from courseware.explorers.axes import SMALL, level_ticks, lone_points, place_ends, year_axis
from courseware.explorers.base import Explorer, Strip, Words
from courseware.explorers.controls import choice, span
from courseware.quantities import num

FIRST, LAST = 1992, 2023
ALL_PARTNERS_UNTIL = 2014
FORTH, BACK = "forth", "back"

#: Known against single lists of the World Factbook: holder, flow, year.
LIST_TRAPS = {
    ("TJK", "import", 2017): "the list of 2017 is an outlier for China",
    ("TJK", "import", 2019): "the shares listed for 2019 add up to more than a hundred",
    ("CHN", "import", 2022): "the list of 2022 names China itself: goods sent out and back",
    ("KAZ", "export", 2023): "the list of 2023 names the Gambia, which looks like a slip",
}
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


@dataclass(frozen=True)
class Side:
    """The flow as a share, in per cent by year, of one side's exports or imports.

    ``counted``: of all partners; ``listed``: where the partner is on a list of main partners;
    ``ceiling``: where there is a list without the partner, the most it can have.
    """

    holder: str
    flow: str
    counted: pd.Series
    listed: pd.Series
    ceiling: pd.Series

    @property
    def whole(self) -> str:
        """Name the whole that the share is taken of."""
        return f"{article.name(self.holder)}'s {self.flow}s"

    def latest(self, *, ceilings: bool = True) -> int | None:
        """Return the last year with a share (or, if asked, a ceiling)."""
        series = [self.counted, self.listed, *([self.ceiling] if ceilings else [])]
        years = [int(part.index[-1]) for part in series if len(part)]
        return max(years, default=None)

    def says(self, year: int) -> str:
        """Return the share of ``year`` in words."""
        kinds = ((self.counted, ""), (self.listed, ""), (self.ceiling, "at most "))
        found = (f"{word}{_number(part[year])}%" for part, word in kinds if year in part.index)
        return next(found, "a share not reported")


class DependenceExplorer(Explorer):
    """Draws what one state sells to another as a share of both states' trade."""

    name = "dependence"
    chapter = "03"
    source = (
        "Source: Correlates of War, dyadic trade 4.0 (all partners, to 2014; where a state did not "
        "report, its partners' figures); CIA, The World Factbook (main partners, lists printed "
        "for 2014 to 2023). The two are never joined. Not listed is not zero: a triangle is the "
        "largest share that a partner who is not on the list can have."
    )
    first_year = FIRST
    views: ClassVar = {
        "china-sells": DependenceState(),
        "russia-sells": DependenceState(goods=BACK),
        "turkmenistan": DependenceState("TKM", "CHN", years=(2000, LAST)),
        "kazakhstan": DependenceState("CHN", "KAZ", years=(2000, LAST)),
        "kazakhstan-uzbekistan": DependenceState("KAZ", "UZB"),
    }

    def __init__(self) -> None:
        """Read the three tables once and keep shares by holder, partner and flow."""
        self.strip = Strip("other", article.seven()[1:], DependenceState())
        self._counted = _counted_shares(data.load("partner_trade"))
        self._lists: dict[tuple, dict[int, dict]] = {}  # holder and flow: year: partner: share
        lists = data.load("partner_shares").groupby(["iso3", "flow", "year"])
        for (holder, flow, year), rows in lists:
            shares = dict(zip(rows["partner_iso3"], rows["share_pct"], strict=True))
            self._lists.setdefault((holder, flow), {})[int(year)] = shares
        doors = data.load("partner_concentration").set_index(["iso3", "flow", "year"])
        self._notes = doors.sort_index()

    def controls(self) -> Mapping[str, widgets.Widget]:
        """Return the four controls in reading order."""
        names = [(article.name(code), code) for code in article.seven()]
        ways = [("the first sells to the second", FORTH), ("the second sells to the first", BACK)]
        return {
            "one": choice("First state:", names),
            "other": choice("Second state:", names),
            "goods": choice("Goods:", ways),
            "years": span(FIRST, LAST),
        }

    def normalise(self, state: DependenceState) -> DependenceState:
        """Return ``state`` with two different states and a span of at least two years."""
        state = super().normalise(state)
        if state.other != state.one:
            return state
        return replace(state, other="RUS" if state.one == "CHN" else "CHN")

    def build(self, fig: Figure) -> None:
        """Create axes, two sides' artists and labels, the divide of 2014 and the key."""
        self._axes = ax = fig.add_axes((0.055, 0.13, 0.7, 0.81))
        ax.set_autoscale_on(False)
        self._artists = [
            (
                *ax.plot([], [], markersize=4, animated=True),
                *ax.plot([], [], linestyle="None", markersize=7, animated=True),
                *ax.plot([], [], "v", markerfacecolor="white", markersize=6, animated=True),
                ax.text(1, 1, "", transform=ax.transAxes, va="center", fontsize=9.5, animated=True),
            )
            for _ in range(2)
        ]
        self._divide = ax.axvline(ALL_PARTNERS_UNTIL + 0.5, color=palette.RULE, lw=1, ls=":")
        self._eras = [
            ax.text(
                ALL_PARTNERS_UNTIL + 0.5,
                1.01,
                words,
                transform=ax.get_xaxis_transform(),
                fontsize=SMALL,
                ha=align,
                va="bottom",
                color=palette.SOFT,
            )
            for words, align in (("all partners ", "right"), (" lists of main ones", "left"))
        ]
        fig.text(
            0.055,
            0.012,
            "line: all partners counted    filled mark: on a list of main partners"
            "    ▽ not on the list: at most this much",
            fontsize=SMALL,
            color=palette.SOFT,
        )

    def content(self, state: DependenceState) -> tuple[Side, Side]:
        """Return the flow as a share of the seller's exports and of the buyer's imports."""
        seller, buyer = state.way
        return (
            self._side(state, seller, buyer, "export"),
            self._side(state, buyer, seller, "import"),
        )

    def _side(self, state: DependenceState, holder: str, partner: str, flow: str) -> Side:
        """Cut one side's three series to the years of ``state``."""
        lists = self._lists[holder, flow]
        listed = pd.Series({year: shares.get(partner) for year, shares in lists.items()})
        ceiling = {year: ceiling_of(lists[year]) for year in listed.index[listed.isna()]}
        parts = [
            self._counted[holder, partner, flow],
            listed.dropna().astype(float),
            pd.Series(ceiling, dtype=float),
        ]
        return Side(holder, flow, *(part.loc[slice(*state.years)].dropna() for part in parts))

    def frame(self, state: DependenceState, content: tuple[Side, Side]) -> Hashable:
        """Return the span and the ticks."""
        numbers = [p for side in content for p in (side.counted, side.listed, side.ceiling)]
        return state.years, level_ticks(np.concatenate([*numbers, [1.0]]))

    def lay_out(self, frame: tuple, state: DependenceState, content: tuple[Side, Side]) -> None:
        """Set limits, ticks and the divide between the two publishers."""
        (first, last), ticks = frame
        ax = self._axes
        ax.set_ylim(ticks[0], ticks[-1])
        ax.set_yticks(ticks, [f"{num(tick):g}%" for tick in ticks])
        year_axis(ax, (first, last), 6, (0.4, 0.5))
        for text, at in zip(self._eras, (first, last), strict=True):
            wide = abs(at - ALL_PARTNERS_UNTIL) > (last - first) / 4
            text.set_visible(first <= ALL_PARTNERS_UNTIL < last and wide)
        self._divide.set_visible(first <= ALL_PARTNERS_UNTIL < last)

    def update(self, state: DependenceState, content: tuple[Side, Side]) -> list:
        """Move lines, points, ceilings and labels to ``state``."""
        drawn, ends = [], []
        for side, (line, points, most, label) in zip(content, self._artists, strict=True):
            look = charts.style(side.holder, markers=True)
            hue = look["color"]
            line.set(color=hue, linestyle=look["linestyle"])
            years = np.arange(state.years[0], state.years[1] + 1)
            counted = side.counted.reindex(years).to_numpy(dtype=float)
            line.set_data(years, counted)
            line.set(marker="o", markevery=lone_points(counted))
            points.set_data(side.listed.index, side.listed)
            points.set(marker=look["marker"], color=hue, markeredgecolor=look["markeredgecolor"])
            most.set_data(side.ceiling.index, side.ceiling)
            most.set_markeredgecolor(hue)
            drawn += [line, points, most]
            label.set(text=f"of {side.whole}", color=charts.ink(hue))
            latest = side.latest()
            if latest is not None:
                part = next(p for p in (side.counted, side.listed, side.ceiling) if latest in p)
                ends.append((label, part[latest]))
        return drawn + place_ends(self._axes, ends, 17)

    def question(self, state: DependenceState, content: tuple[Side, Side]) -> str:
        """Ask how much the flow weighs on either side."""
        seller, buyer = map(article.name, state.way)
        return f"How much do the goods that {seller} sells to {buyer} weigh for each of the two?"

    def describe(self, state: DependenceState, content: tuple[Side, Side]) -> Words:
        """Return the latest shares of both sides, what is drawn, and each side's course."""
        seller, buyer = map(article.name, state.way)
        unit = f"Goods from {seller} to {buyer}, per cent, {state.years[0]}–{state.years[1]}"
        finding = headline(state, content)
        if not any(side.latest() for side in content):
            return Words(finding, unit, f"Empty chart. {finding}.")
        courses = "; ".join(_course(side) for side in content)
        read = [
            f"{side.whole[0].upper()}{side.whole[1:]}: {side.says(year)} in {year}"
            for side in content
            if (year := side.latest()) and f"in {year}:" not in finding
        ]
        return Words(finding, unit, f"Chart. {unit}. {courses}.", "; ".join(read))

    def rows(self, state: DependenceState, content: tuple[Side, Side]) -> pd.DataFrame:
        """Return one row per year; a year without a list or count stays empty."""
        if not any(side.latest() for side in content):
            return pd.DataFrame()
        years = range(state.years[0], state.years[1] + 1)
        table = pd.DataFrame({"year": years})
        for side in content:
            counted = side.counted.reindex(years).round(2).to_numpy()
            listed = [_as_listed(side, year) for year in years]
            table[f"% of {side.whole}, all partners counted"] = counted
            table[f"% of {side.whole}, list of main partners"] = listed
        return table

    def card(self, state: DependenceState, content: tuple[Side, Side]) -> str:
        """Return a fold with what is known against these figures; empty if nothing is."""
        cautions = [line for side in content for line in self._cautions(side)]
        items = "".join(f"<li>{escape(caution)}</li>" for caution in cautions)
        return ui.details("Notes on these figures", f"<ul>{items}</ul>") if cautions else ""

    def _cautions(self, side: Side) -> list[str]:
        """Return what is known against the shown figures of one side."""
        notes = self._notes.loc[(side.holder, side.flow), "note"]
        notes = notes.reindex(side.counted.index).dropna()
        found = [
            f"{side.whole}, {_span(group.index)}: {note}"
            for note, group in notes.groupby(notes, sort=False)
        ]
        drawn = {*side.listed.index, *side.ceiling.index}
        found += [
            f"{side.whole}: {words}"
            for (holder, flow, year), words in LIST_TRAPS.items()
            if (holder, flow) == (side.holder, side.flow) and year in drawn
        ]
        if drawn and min(drawn) <= NEW_SOURCE[0] and max(drawn) >= NEW_SOURCE[1]:
            found.append(
                f"{side.whole}: lists changed in 2017 and 2019, so small differences mean nothing"
            )
        return found


def ceiling_of(shares: Mapping[str, float]) -> float:
    """Return the most that a partner can have who is not on a list of the largest.

    It has no more than the last on the list, and no more than what the list leaves over (half a
    point is added for each rounded share).
    """
    left = max(100 - sum(shares.values()), 0) + 0.5 * len(shares)
    return min(*shares.values(), left)


def headline(state: DependenceState, sides: tuple[Side, Side]) -> str:
    """Return both shares of the last year with a share, or say that there is none."""
    seller, buyer = map(article.name, state.way)
    years = [side.latest(ceilings=False) for side in sides]
    years = [y for y in years if y is not None] or [y for s in sides if (y := s.latest())]
    if not years:
        return f"What {seller} sells to {buyer}: not reported for {_span(state.years)}"
    year, (sold, bought) = max(years), sides
    return (
        f"What {seller} sold to {buyer} in {year}: {bought.says(year)} of {bought.whole}, "
        f"{sold.says(year)} of {sold.whole}"
    )


def _counted_shares(trade: pd.DataFrame) -> dict[tuple[str, str, str], pd.Series]:
    """Return shares by holder, partner and flow; a printed 0 (little or unrecorded) is left out."""
    wide = trade.astype({"value_usd": float}).pivot_table(
        index=["iso3", "flow", "year"], columns="partner_iso3", values="value_usd"
    )
    shares = wide[list(article.seven())].replace(0, np.nan).div(wide["WLD"], axis=0) * 100
    return {
        (holder, partner, flow): part.droplevel(["iso3", "flow"])[partner].dropna()
        for (holder, flow), part in shares.groupby(level=["iso3", "flow"])
        for partner in article.seven()
    }


def _as_listed(side: Side, year: int) -> str | None:
    if year in side.listed.index:
        return f"{num(side.listed[year]):g}"
    if year in side.ceiling.index:
        return f"not listed: at most {num(side.ceiling[year]):g}"
    return None


def _course(side: Side) -> str:
    """Return the first and last figure of each kind on one side, for the alt text."""
    parts = []
    kinds = {"counted": side.counted, "listed": side.listed, "at most": side.ceiling}
    for kind, part in kinds.items():
        if len(part):
            ends = dict.fromkeys((part.index[0], part.index[-1]))
            parts.append(f"{kind} {', '.join(f'{_number(part[y])} in {y}' for y in ends)}")
    return f"Share of {side.whole}: {', '.join(parts) or 'not reported'}"


def _number(value: float) -> str:
    if value < 0.1:
        return "less than 0.1"
    return f"{num(value):.0f}" if value >= 10 else f"{num(value):.2g}"


def _span(years) -> str:
    first, last = years[0], years[-1]
    return f"{first}" if first == last else f"{first}–{last}"
