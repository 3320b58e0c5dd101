"""The trade explorer: China–Russia trade by who reports it, or one flow as two shares."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import ClassVar

import ipywidgets as widgets
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from courseware import article, charts, data, palette
from courseware.explorers.axes import SMALL, level_ticks, log_ticks
from courseware.explorers.base import Strip, cited
from courseware.explorers.lines import PHONE, LineExplorer

FIRST, LAST = 1992, 2025
PRICE_YEAR = 2022
LEVEL, LOG, INDEX, SHARES = "level", "log", "index", "two shares"
BY_YEAR, BY_MONTH = "year", "month"
EVERYONE, CHINA, RUSSIA = "both", "CHN", "RUS"
#: What crosses the border, as the views name it.
FLOWS = ALL_TRADE, RUSSIA_SELLS, CHINA_SELLS = (
    "all trade",
    "Russia sells to China",
    "China sells to Russia",
)
#: Who counts, and the stroke or marker of each column of the yearly view.
LINES = {
    "China counts (IMF 2020)": (CHINA, {"linestyle": "-"}),
    "China counts (IMF 2025)": (CHINA, {"linestyle": (0, (4, 1.2))}),
    "China, first release (press)": (CHINA, {"linestyle": "None", "marker": "o"}),
    "Russia counts (IMF 2020)": (RUSSIA, {"linestyle": "-"}),
    "Russia counts (WITS)": (RUSSIA, {"linestyle": (0, (4, 1.2))}),
}
PRESS = "China, first release (press)"
MONTHLY = "China, month by month"
#: Whose trade a flow is a share of: the seller's exports and the buyer's imports.
SIDES = {
    RUSSIA_SELLS: {RUSSIA: "export", CHINA: "import"},
    CHINA_SELLS: {CHINA: "export", RUSSIA: "import"},
}
#: How a share is known: all partners counted, a list of main ones, not on it and so at most.
KINDS = COUNTED, LISTED, CEILING = "counted", "listed", "at most"
LAST_LIST = 2023
TWO = {"scale": SHARES, "years": (FIRST, LAST_LIST), "events": False}  # a state of two shares
NO_SHARES = ("who", "period", "base", "constant")  # fields that mean nothing to two shares


@dataclass(frozen=True)
class TradeState:
    """What the trade explorer shows. ``base`` is the year that an index sets to 100."""

    flow: str = ALL_TRADE
    who: str = EVERYONE
    period: str = BY_YEAR
    years: tuple[int, int] = (FIRST, LAST)
    scale: str = LEVEL
    base: int = 2001
    constant: bool = False
    events: bool = True


class TradeExplorer(LineExplorer):
    """Draws one flow between China and Russia as each side's customs and publishers give it."""

    name = "trade"
    chapter = "02"
    still = ("years", "period", "scale", "events")
    event_heights = (1.0, 0.8, 1.0)  # shares of the axes
    key_at = (1.015, 0.02, "bottom")  # of months: left and lower edge, shares of the axes
    phone: ClassVar = PHONE | {
        "box": (0.1, 0.09, 0.62, 0.87),
        "letters": 16,
        "event_heights": (1.0, 0.88, 0.13),
        "key_at": (0.08, 0.15, "bottom"),
    }
    facts: ClassVar = {"price_year": PRICE_YEAR}
    ranges: ClassVar = {"years": (FIRST, LAST), "base": (FIRST, 2024)}
    offered: ClassVar = {"flow": {flow: flow for flow in FLOWS}}
    views: ClassVar = {
        "long-run": TradeState(),
        "log": TradeState(scale=LOG),
        "two-counts": TradeState(years=(1998, 2012), events=False),
        "constant": TradeState(constant=True),
        "months": TradeState(period=BY_MONTH, who=CHINA, years=(2021, 2025)),
        "russia-sells": TradeState(flow=RUSSIA_SELLS, years=(2001, LAST)),
        "two-shares": TradeState(CHINA_SELLS, **TWO),
        "two-shares-back": TradeState(RUSSIA_SELLS, **TWO),
    }
    #: The first year moves, not the last: what "times as much" means hangs on the base.
    strip = Strip(
        "years", tuple((first, LAST) for first in (FIRST, *range(2001, 2019))), views["long-run"]
    )

    def __init__(self, first: str = "") -> None:
        """Read the tables once. The views in the scale ``first`` come before all others."""
        self.views = dict(sorted(self.views.items(), key=lambda view: view[1].scale != first))
        if first == SHARES:
            lasts = (*range(2003, 2016), 2017, 2019, 2021, 2022, LAST_LIST)  # there are new figures
            years = tuple((FIRST, last) for last in lasts)
            self.strip = Strip("years", years, self.views["two-shares"])
        self._source_of_shares = cited(self.written("shares"))
        self._shares = {flow: self._two_shares(flow) for flow in SIDES}
        self._yearly = data.load("china_russia_trade_counts") / 1000
        self._monthly = data.load("china_trade_by_month")
        self._worth = data.load("us_prices").set_index("year")["usd_2022_per_usd"]
        dates = data.load("timeline").set_index("event_id")["date"]
        dates = dates[[*self.written("event_labels")]]
        self._events = dates.dt.year + (dates.dt.day_of_year - 1) / 365.25

    def _two_shares(self, flow: str) -> dict[str, pd.Series]:
        """Return ``flow`` in per cent of the trade of both its sides, by line."""
        goods = data.load("one_flow_two_totals").loc[flow.partition(" to ")[0]]
        lists, found = data.load("listed_shares"), {}
        for holder, partner in zip(SIDES[flow], reversed(SIDES[flow]), strict=True):
            counted = goods["flow"] / goods[f"{article.name(holder)}, all"] * 100
            mains = lists.loc[holder, SIDES[flow][holder]]
            listed = mains[article.name(partner)]
            three = counted, listed, mains["at most"].where(listed.isna())
            whole = self._whole(flow, holder)
            for kind, shares in zip(KINDS, three, strict=True):
                found[self._line(kind, whole)] = shares.dropna()
        return found

    def _whole(self, flow: str, holder: str) -> str:
        return self.say("wholes", SIDES[flow][holder], state=article.name(holder))

    def _line(self, kind: str, whole: str) -> str:
        return self.say("lines", kind, whole=whole)

    def source_of(self, state: TradeState) -> str:
        """Name other publishers for two shares than for sums."""
        return self._source_of_shares if state.scale == SHARES else self.source

    def controls(self) -> Mapping[str, widgets.Widget]:
        """Return the controls; two shares hide those that mean nothing to them."""
        found = super().controls()

        def fit(change: dict) -> None:
            for name in NO_SHARES:
                found[name].layout.display = "none" if change["new"] == SHARES else None

        found["scale"].observe(fit, "value")
        return found

    def normalise(self, state: TradeState) -> TradeState:
        """Return ``state`` with two years at least; two shares are of one flow, as far as known."""
        if state.scale == SHARES:
            flow = CHINA_SELLS if state.flow == ALL_TRADE else state.flow
            years = tuple(min(year, LAST_LIST) for year in state.years)
            state = TradeState(flow, years=years, scale=SHARES, events=state.events)
        return super().normalise(state)

    def looks(self) -> Mapping[str, tuple[str, dict]]:
        """Return the looks of the publishers' lines, of the line of months and of the shares."""
        shared = {"markerfacecolor": "white", "markeredgewidth": 1.6}
        found = {
            line: (line, {"color": charts.color(code), **stroke, **shared})
            for line, (code, stroke) in LINES.items()
        }
        months = {"color": charts.color(CHINA), "linewidth": 1.4, "marker": "None"}
        found[MONTHLY] = (MONTHLY, months)
        for holder, flow in product((CHINA, RUSSIA), SIDES):
            mark = charts.style(holder, markers=True) | {"linestyle": "None", "markersize": 7}
            hollow = {"marker": "v", "markerfacecolor": "white", "markeredgecolor": mark["color"]}
            for kind, look in zip(KINDS, (charts.style(holder), mark, mark | hollow), strict=True):
                label = self._line(kind, self._whole(flow, holder))
                found[label] = (label, look)
        return found

    def furnish(self, ax: Axes) -> None:
        """Draw the marks of events, the points of months by how they are known, and their key."""
        hue = charts.color(CHINA)
        look = {"linestyle": "None", "color": hue, "markersize": 6, "animated": True}
        self._points = {
            kind: ax.plot([], [], marker=marker, markerfacecolor=face, **look)[0]
            for kind, marker, face in (
                ("press", "o", hue),
                ("derived", "o", "white"),
                ("press, two months", "D", "white"),
            )
        }
        small = {"fontsize": SMALL, "color": palette.SOFT}
        across = ax.get_xaxis_transform()
        self._marks = {
            key: (
                ax.axvline(when, color=palette.RULE, linewidth=1, linestyle=":"),
                ax.text(0, height, label, transform=across, va="top", linespacing=1.1, **small),
            )
            for (key, label), when, height in zip(
                self.written("event_labels").items(), self._events, self.event_heights, strict=True
            )
        }
        x, y, side = self.key_at
        place = {"transform": ax.transAxes, "va": side, "linespacing": 1.4, "animated": True}
        self._key = ax.text(x, y, self.written("month_key"), **place, **small)

    def content(self, state: TradeState) -> dict[str, pd.Series]:
        """Return what ``state`` asks for: one series per line, indexed by year (or year.fraction).

        Values are US$ billion (current or constant), index points, or per cent, as the scale says.
        A line with no figure in the base year cannot be indexed and is left out.
        """
        first, last = state.years
        found = {}
        for line, values in self._chosen(state).items():
            if state.constant:
                values = values * self._worth.reindex(np.floor(values.index)).to_numpy()
            if state.scale == INDEX:
                values = self._index(state, values)
            within = values[(values.index >= first) & (values.index < last + 1)].dropna()
            if len(within):
                found[line] = within
        return found

    def _chosen(self, state: TradeState) -> dict[str, pd.Series]:
        """Return the lines of the chosen flow, in US$ billion or as shares, by who counts."""
        if state.scale == SHARES:
            return self._shares[state.flow]
        if state.period == BY_MONTH:
            months = {} if state.who == RUSSIA else {MONTHLY: self._months(state)}
            return {line: table["US$ million a month"] / 1000 for line, table in months.items()}
        table = self._yearly.loc[state.flow]
        return {
            line: table[line].dropna()
            for line, (code, _) in LINES.items()
            if state.who in (EVERYONE, code)
        }

    def _months(self, state: TradeState) -> pd.DataFrame:
        return self._monthly.loc[state.flow]

    def _index(self, state: TradeState, values: pd.Series) -> pd.Series:
        """Return ``values`` with the mean of the base year as 100; none if a month is missing."""
        base = values[np.floor(values.index) == state.base]
        weights, whole = np.ones(len(base)), 1
        if state.period == BY_MONTH:
            weights, whole = self._months(state)["months"].reindex(base.index), 12
        if weights.sum() < whole:
            return values.iloc[:0]
        return values / np.average(base, weights=weights) * 100

    def ticks(self, state: TradeState, content: Mapping[str, pd.Series]) -> tuple[float, ...]:
        """Return ticks that enclose all lines, from zero unless the scale is a log scale."""
        numbers = np.concatenate([line.to_numpy() for line in content.values()] or [[1.0, 10.0]])
        return log_ticks(numbers) if state.scale == LOG else level_ticks(numbers)

    def margin(self, state: TradeState) -> tuple[float, float]:
        """Return the margins of the years; the months of the last lie behind it."""
        return 0.4, 1.0 if state.period == BY_MONTH else 0.4

    def widest_gap(self, state: TradeState) -> float:
        """Return the years between two points that a line still joins."""
        return 0.15 if state.period == BY_MONTH else 1.5

    def arrange(self, ax: Axes, state: TradeState) -> None:
        """Set the scale and the marks of events."""
        first, last = state.years
        ax.set_yscale("log" if state.scale == LOG else "linear")
        for (mark, text), when in zip(self._marks.values(), self._events, strict=True):
            visible = state.events and first <= when <= last + 1
            mark.set_visible(visible)
            right = when - first > (last - first) / 6  # else the words would cover the axis
            text.set(visible=visible, horizontalalignment="right" if right else "left")
            text.set_x(when + (-1 if right else 1) * (last - first) / 150)

    def above(self, state: TradeState, content: Mapping[str, pd.Series]) -> list:
        """Move the points of months, by how they are known."""
        if MONTHLY not in content:
            return []
        series = content[MONTHLY]
        kinds = self._months(state)["how it is known"].reindex(series.index)
        for kind, points in self._points.items():
            chosen = series[kinds == kind]
            points.set_data(chosen.index.to_numpy(), chosen.to_numpy())
        return [*self._points.values(), self._key]

    def question(self, state: TradeState, content: Mapping[str, pd.Series]) -> str:
        """Ask for the course of the chosen flow, or how much it weighs on either side."""
        if state.scale == SHARES:
            return self.say("asks", SHARES, flow=state.flow)
        first, last = state.years
        whose = self.written("whose").get(state.who, "")
        return self.say("asks", state.flow, first=first, last=last, whose=whose)

    def unit(self, state: TradeState, content: Mapping[str, pd.Series]) -> str:
        """Return what, when and in which unit."""
        return self.say(
            "units",
            state.scale,
            flow=state.flow[0].upper() + state.flow[1:],
            first=state.years[0],
            last=state.years[1],
            base=state.base,
            money=self.say("money", "constant" if state.constant else "current", **self.facts),
            monthly=self.written("monthly") if state.period == BY_MONTH else "",
        )

    def finding(self, state: TradeState, content: Mapping[str, pd.Series]) -> str:
        """Return the finding in one sentence, or say plainly why there is nothing to see.

        The sentence speaks of the line that reaches furthest, press releases aside. Of months it
        names the highest and the newest: first against last would be a base effect.
        """
        if state.scale == SHARES:
            return self._weighed(state.flow, content)
        if not content:
            if state.period == BY_YEAR:
                return self.say("finds", "nothing")
            indexed = state.scale == INDEX and state.who != RUSSIA
            return self.say("finds", "no base" if indexed else "no months", base=state.base)
        line, series = max(
            content.items(), key=lambda item: (item[0] != PRESS, item[1].index[-1], len(item[1]))
        )
        start, end = series.iloc[[0, -1]]
        first, last = (self._time(series.index[at], state) for at in (0, -1))
        if state.period == BY_MONTH:
            top = series.idxmax()
            key = "newest" if top == series.index[-1] else "peak"
            peak = {"peak": series[top], "at": self._time(top, state)}
            return self.say("finds", key, end=end, last=last, **peak)
        times = end / start
        key = "times" if times >= 2 else "more" if times >= 1 else "less"
        return self.say(
            "finds",
            key if len(series) > 1 else "once",
            **{"line": line, "first": first, "last": last},
            **{"end": end, "times": times, "change": abs(times - 1)},
        )

    def _weighed(self, flow: str, content: Mapping[str, pd.Series]) -> str:
        """Say both shares of the last year in which one is more than a ceiling."""
        seller, buyer = map(article.name, SIDES[flow])
        wholes = [self._whole(flow, holder) for holder in SIDES[flow]]
        known = {self._line(kind, whole) for kind, whole in product((COUNTED, LISTED), wholes)}
        year = max(content[line].index[-1] for line in known & {*content})
        sold, bought = (self._share(whole, year, content) for whole in wholes)
        sides = {"seller": seller, "buyer": buyer, "sold": sold, "bought": bought}
        return self.say("finds", SHARES, year=year, **sides)

    def _share(self, whole: str, year: int, content: Mapping[str, pd.Series]) -> str:
        for kind in KINDS:
            shares = content.get(self._line(kind, whole), {})
            if year in shares:
                return self.say("weighs", kind, share=shares[year], whole=whole)
        return self.say("weighs", "nothing", whole=whole)

    def told(self, state: TradeState, content: Mapping[str, pd.Series]) -> list[str]:
        """Return each line's first and last figure."""
        return [
            f"{line}: "
            + ", ".join(
                self.say("figure", value=series[at], at=self._time(at, state))
                for at in dict.fromkeys(series.index[[0, -1]])
            )
            for line, series in content.items()
        ]

    def rows(self, state: TradeState, content: Mapping[str, pd.Series]) -> pd.DataFrame:
        """Return one row per year (or month), one column per publisher's line."""
        table = pd.DataFrame({line: series.round(2) for line, series in content.items()})
        table.insert(0, "time", [self._time(at, state) for at in table.index])
        if MONTHLY in content:
            kinds = self._months(state)["how it is known"]
            table[self.written("known")] = kinds.reindex(table.index)
        return table

    def _time(self, at: float, state: TradeState) -> str:
        """Name a year, a month, or two months that were released together."""
        month = at % 1 * 12
        if state.period == BY_YEAR:
            return str(int(at))
        if abs(month - round(month)) < 0.2:  # the middle of two months
            return self.say(
                "several_months", year=int(at), one=round(month), other=round(month) + 1
            )
        return f"{int(at)}-{int(month) + 1:02d}"
