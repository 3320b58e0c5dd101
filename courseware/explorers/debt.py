"""The debt explorer: what the five states received from China, owed it and paid back."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from html import escape
from typing import ClassVar

import ipywidgets as widgets
import numpy as np
import pandas as pd
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from courseware import article, charts, data, palette, ui
from courseware.explorers.axes import end_label, place_ends, round_ticks, year_axis
from courseware.explorers.base import Explorer, Strip, Words
from courseware.explorers.controls import choice, span, tick
from courseware.quantities import num

FIRST, LAST = 2000, 2025
KNOWN = 2022  # the last year that was over in May 2023 (the World Bank printed it in December)
ALL = "all five"
BATHTUB, OWED, RECEIVED, PAID = "bathtub", "owed", "received", "paid"
CURRENT, CONSTANT, OF_GDP = "current", "constant", "of GDP"
PRICE_YEAR = 2022

#: How each measure is called under the title.
MEASURES = {
    OWED: "owed to China at the end of the year",
    RECEIVED: "received from China in the year",
    PAID: "paid to China in the year",
    BATHTUB: "received, paid and owed",
}
#: What a picture of each is asked, of the five and of one state.
ASKED = {OWED: "owes", RECEIVED: "received most from", PAID: "paid"}
ASKED_OF_ONE = {
    OWED: "does {} owe",
    RECEIVED: "did {} receive from",
    PAID: "did {} pay",
    BATHTUB: "did {} receive from, pay to and owe",
}
UNITS = {
    CURRENT: "US$ million, current",
    CONSTANT: f"US$ million of {PRICE_YEAR}",
    OF_GDP: "per cent of GDP",
}


@dataclass(frozen=True)
class DebtState:
    """What the debt explorer shows. ``later`` adds what could not be known in May 2023."""

    who: str = "TKM"
    what: str = BATHTUB
    unit: str = CURRENT
    years: tuple[int, int] = (2005, KNOWN)
    later: bool = False


class DebtExplorer(Explorer):
    """Draws official debt to China as a bathtub: what runs in, what runs out, what stands in it."""

    name = "debt"
    chapter = "06"
    source = (
        "Source: World Bank, International Debt Statistics [debt_to_china, debt_service]; ONE "
        "Campaign, Net Flows [net_flows]; prices, US Bureau of Labor Statistics; GDP, World Bank. "
        "Official bilateral debt only: loans of commercial banks and debts of firms are not here."
    )
    first_year = FIRST
    views: ClassVar = {
        "turkmenistan": DebtState(),
        "kyrgyzstan": DebtState("KGZ"),
        "all-five": DebtState(ALL, OWED, years=(2000, KNOWN)),
        "against-gdp": DebtState(ALL, OWED, OF_GDP, (2000, KNOWN)),
        "due": DebtState(ALL, PAID, years=(2009, LAST), later=True),
        "uzbekistan": DebtState("UZB", years=(2010, KNOWN)),
    }

    def __init__(self) -> None:
        """Read the tables once: one column a state, one row a year, millions of dollars."""
        five = [*article.five()]
        self.strip = Strip("who", (*five, ALL), DebtState())
        years = range(FIRST, LAST + 1)
        owed = data.load("debt_to_china")
        service = data.load("debt_service").query("creditor_iso3 == 'CHN'")
        service["paid"] = service[["principal_usd", "interest_usd"]].sum(axis=1, min_count=1)
        flows = data.load("net_flows").query("direction == 'inflow'")
        official = flows[flows["indicator"].str.startswith("bilateral")]
        tables = {
            OWED: (owed, "debt_usd"),
            PAID: (service, "paid"),
            RECEIVED: (official, "value_usd"),
            "principal": (service, "principal_usd"),
        }
        self._usd = {
            name: rows.groupby(["year", "iso3"])[column]
            .sum(min_count=1)
            .astype(float)
            .unstack()
            .reindex(index=years, columns=five)
            / 1e6
            for name, (rows, column) in tables.items()
        }
        prices = data.load("us_prices").set_index("year")["cpi_index"].reindex(years)
        gdp = data.load("world_bank").query("indicator == 'gdp_usd'")
        gdp = gdp.pivot(index="year", columns="iso3", values="value").reindex(years) / 1e6
        self._factor = {
            CURRENT: pd.DataFrame(1.0, index=years, columns=five),
            CONSTANT: pd.DataFrame(dict.fromkeys(five, prices[PRICE_YEAR] / prices)),
            OF_GDP: 100 / gdp[five],
        }

    def controls(self) -> Mapping[str, widgets.Widget]:
        """Return the five controls, in the order in which a reader would ask."""
        names = [(article.name(code), code) for code in article.five()]
        measures = [
            ("all three: the bathtub", BATHTUB),
            ("owed at the end of the year", OWED),
            ("received in the year", RECEIVED),
            ("paid in the year", PAID),
        ]
        return {
            "who": choice("State:", [*names, (ALL, ALL)]),
            "what": choice("What:", measures),
            "unit": choice("Unit:", [(words, unit) for unit, words in UNITS.items()]),
            "years": span(FIRST, LAST),
            "later": tick("show what was not known in May 2023"),
        }

    def normalise(self, state: DebtState) -> DebtState:
        """Return ``state`` with two years at least; five bathtubs become five levels."""
        what = OWED if (state.who, state.what) == (ALL, BATHTUB) else state.what
        return replace(super().normalise(state), what=what)

    def build(self, fig: Figure) -> None:
        """Create axes, a line and a dashed tail per state, three sets of bars, and labels."""
        self._axes = ax = fig.add_axes((0.075, 0.08, 0.695, 0.89))
        ax.set_autoscale_on(False)
        ax.axhline(0, color=palette.SOFT, linewidth=0.8)
        self._after = ax.axvspan(KNOWN + 0.5, LAST + 1, color=palette.LATER, linewidth=0, zorder=0)
        self._bars = {}
        edge = palette.ink(palette.PAID, 3)
        for name, hue, face in (
            (RECEIVED, palette.RECEIVED, palette.RECEIVED),
            (PAID, edge, palette.PAID),
            ("due", edge, palette.WHITE),
        ):
            bars = PolyCollection(
                [], facecolor=face, edgecolor=hue, linewidth=1, animated=True, zorder=1
            )
            ax.add_collection(bars, autolim=False)
            self._bars[name] = bars
        self._lines = {}
        for code in article.five():
            look = charts.style(code, markers=True) | {"animated": True, "markersize": 4.5}
            (line,) = ax.plot([], [], **look)
            (tail,) = ax.plot([], [], **look | {"linestyle": (0, (1, 2)), "alpha": 0.55})
            label = end_label(ax, article.name(code), charts.color(code))
            self._lines[code] = (line, tail, label)
        self._key = [
            end_label(ax, words, hue)
            for words, hue in (
                ("▮ received", palette.RECEIVED),
                ("▮ paid: principal\n    and interest", palette.PAID),
                ("▯ due by contract", palette.PAID),
                ("line: owed at\nthe end of the year", palette.OWED),
            )
        ]
        for text, height in zip(self._key, (0.90, 0.78, 0.66, 0.54), strict=True):
            text.set_position((1.02, height))

    def content(self, state: DebtState) -> dict[tuple[str, str], pd.Series]:
        """Return what ``state`` asks for: (measure, state) to a series with every year in it.

        Nothing is left of a series without any figure; a year without a figure stays empty.
        """
        first, last = state.years
        if not state.later:
            last = min(last, KNOWN)
        codes = article.five() if state.who == ALL else (state.who,)
        measures = (OWED, RECEIVED, PAID) if state.what == BATHTUB else (state.what,)
        series = {
            (name, code): (self._usd[name][code] * self._factor[state.unit][code]).loc[first:last]
            for name in measures
            for code in codes
        }
        return {key: values for key, values in series.items() if values.notna().any()}

    def frame(self, state: DebtState, content: Mapping[tuple, pd.Series]) -> Hashable:
        """Return span, ticks and whether later years show; a bathtub's outflows hang below zero."""
        numbers = [0.0]
        for (name, _), values in content.items():
            below = name == PAID and state.what == BATHTUB
            numbers += list((-values if below else values).dropna())
        return state.years, state.later, round_ticks(min(numbers), max(numbers))

    def lay_out(self, frame: tuple, state: DebtState, content: Mapping) -> None:
        """Set limits, ticks and the grey ground of what was not known."""
        years, later, ticks = frame
        self._after.set_visible(later)
        self._axes.set_ylim(ticks[0], ticks[-1])
        self._axes.set_yticks(ticks, [f"{num(abs(tick)):,g}" for tick in ticks])
        year_axis(self._axes, years, 10, (0.6, 0.6))

    def update(self, state: DebtState, content: Mapping[tuple, pd.Series]) -> list:
        """Move bars, lines and labels to ``state``."""
        drawn = []
        bathtub = state.what == BATHTUB
        if bathtub:
            drawn += self._place_bars(state, content)
        lines = {
            code: values for (name, code), values in content.items() if name == OWED or not bathtub
        }
        ends = []
        for code, values in lines.items():
            line, tail, label = self._lines[code]
            known, after = values.loc[:KNOWN], values.loc[KNOWN:]
            hue = palette.OWED if bathtub else charts.color(code)  # beside bars it is a role
            for part in (line, tail):
                part.set(color=hue, markeredgecolor=palette.ink(hue))
                part.set_label(OWED if bathtub else article.name(code))
            line.set_data(known.index, known)
            tail.set_data(after.index, after)
            drawn += [tail, line]
            if not bathtub:
                ends.append((label, values.dropna().iloc[-1]))
        drawn += place_ends(self._axes, ends, 24)
        if bathtub and content:
            due = state.later and state.years[1] > KNOWN
            drawn += [text for text in self._key if due or "due" not in text.get_text()]
        return drawn

    def _place_bars(self, state: DebtState, content: Mapping[tuple, pd.Series]) -> list:
        received = content.get((RECEIVED, state.who), pd.Series(dtype=float)).dropna()
        paid = content.get((PAID, state.who), pd.Series(dtype=float)).dropna()
        heights = {RECEIVED: received, PAID: -paid.loc[:KNOWN], "due": -paid.loc[KNOWN + 1 :]}
        for name, bars in self._bars.items():
            bars.set_verts(
                [
                    [(year - 0.35, 0), (year - 0.35, high), (year + 0.35, high), (year + 0.35, 0)]
                    for year, high in heights[name].items()
                ]
            )
        return list(self._bars.values())

    def question(self, state: DebtState, content: Mapping[tuple, pd.Series]) -> str:
        """Ask for the chosen measure, of one state or of the five."""
        if state.who == ALL:
            return f"Which of the five {ASKED[state.what]} China most?"
        return f"How much {ASKED_OF_ONE[state.what].format(article.name(state.who))} China?"

    def describe(self, state: DebtState, content: Mapping[tuple, pd.Series]) -> Words:
        """Return the finding, the unit, and each series' peak and end as alt text."""
        who = "The five" if state.who == ALL else article.name(state.who)
        first, last = state.years
        if first <= KNOWN and not state.later:
            last = min(last, KNOWN)
        span = f"{first}–{last}" if last > first else f"{first}"
        unit = f"{who}: {MEASURES[state.what]}, {span}; {UNITS[state.unit]}"
        if state.later and state.years[1] > KNOWN:
            unit += "; on grey: not known in May 2023"
            if state.what in (BATHTUB, PAID):
                unit += ", payments due by contract"
        if not content:
            finding = "Nobody reports this for the chosen state and years"
            if state.years[0] > KNOWN and not state.later:
                finding = "These years were not known in May 2023: tick the box to see them"
            return Words(finding, unit, f"Empty chart. {finding}. {unit}.")
        told, read = [], []
        for (name, code), values in content.items():
            seen = values.dropna()
            end = f"{_figure(seen.iloc[-1], state)} in {seen.index[-1]}"
            read.append(f"{article.name(code)}, {_verb(name, seen.index[-1])}: {end}")
            told.append(
                f"{article.name(code)}, {_verb(name, seen.idxmax())}: highest "
                f"{_figure(seen.max(), state)} in "
                f"{seen.idxmax()}, {end}"
            )
        alt = f"Chart. {unit}. {'; '.join(told)}."
        last_of_each = f"The last figure of each: {'; '.join(read)}"  # the title adds years up
        return Words(self._finding(state, content), unit, alt, last_of_each)

    def _finding(self, state: DebtState, content: Mapping[tuple, pd.Series]) -> str:
        if state.what == BATHTUB:
            sums = {
                name: values.loc[:KNOWN].sum(min_count=1) for (name, _), values in content.items()
            }
            said = [
                f"{name} {_figure(sums[name], state)}"
                for name in (RECEIVED, PAID)
                if name in sums and np.isfinite(sums[name])
            ]
            if said and state.unit != OF_GDP:
                level = content.get((OWED, state.who), pd.Series(dtype=float)).loc[:KNOWN].dropna()
                owed = ""
                if len(level):
                    owed = (
                        f"; owed {_figure(level.iloc[-1], state)} at the end of {level.index[-1]}"
                    )
                return f"{article.name(state.who)}: in all {', '.join(said)}{owed}"
        (name, code), values = max(content.items(), key=lambda item: item[1].max())
        peak = f"{_figure(values.max(), state)} in {values.idxmax()}"
        finding = f"Highest: {article.name(code)}, {_verb(name, values.idxmax())}, {peak}"
        ends = {
            key: series.dropna().iloc[-1]
            for key, series in content.items()
            if series.dropna().index[-1] == values.index[-1]
        }
        if len(ends) > 1 and state.what != BATHTUB:
            top, low = max(ends, key=ends.get), min(ends, key=ends.get)
            finding += (
                f"; in {values.index[-1]} most: {article.name(top[1])} "
                f"({_figure(ends[top], state)}), least: {article.name(low[1])} "
                f"({_figure(ends[low], state)})"
            )
        return finding

    def rows(self, state: DebtState, content: Mapping[tuple, pd.Series]) -> pd.DataFrame:
        """Return one row per year, one column per series; empty is "not reported"."""
        digits = 2 if state.unit == OF_GDP else 1
        table = pd.DataFrame(
            {
                f"{article.name(code)}, {name}": v.round(digits)
                for (name, code), v in content.items()
            }
        )
        table.insert(0, "year", table.index.astype(int))
        if state.later and len(table):
            table["when"] = np.where(table["year"] > KNOWN, "later than May 2023", "known")
        return table.reset_index(drop=True)

    def balance(self, code: str, first: int, last: int) -> dict[str, float]:
        """Return how far the bathtub balances: rise of the level, inflow, principal, the rest."""
        level = self._usd[OWED][code].loc[first - 1 : min(last, KNOWN)].dropna()
        if len(level) < 2:
            return {}
        start, end = level.index[[0, -1]]
        inflow, repaid = (
            float(self._usd[name][code].loc[start + 1 : end].sum())
            for name in (RECEIVED, "principal")
        )
        rise = float(level[end] - level[start])
        return {
            "from": int(start),
            "to": int(end),
            "rise": rise,
            "received": inflow,
            "principal": repaid,
            "rest": rise - inflow + repaid,
        }

    def card(self, state: DebtState, content: Mapping[tuple, pd.Series]) -> str:
        """Return a card that says whether inflow, repayment and level agree (one state only)."""
        found = self.balance(state.who, *state.years) if state.who != ALL else {}
        if not found:
            return ""
        sums = (
            f"End of {found['from']} to end of {found['to']}, US$ million, current: received "
            f"{num(found['received']):,.0f}, minus principal repaid "
            f"{num(found['principal']):,.0f}, makes "
            f"{num(found['received'] - found['principal']):+,.0f}. The level moved by "
            f"{num(found['rise']):+,.0f}. Unexplained: {num(found['rest']):+,.0f}."
        )
        why = (
            "Exchange rates move the level of loans in yuan; a later release may add loans that "
            "an earlier one did not know; relief takes some away. Interest is paid, but it is no "
            "part of the level."
        )
        body = f"<p>{escape(sums)}</p>{ui.details('Why there is a rest', f'<p>{escape(why)}</p>')}"
        return ui.card("Does the bathtub balance?", body)


def _verb(name: str, year: int) -> str:
    """Return what a measure is called in ``year``: a later payment is due, not yet paid."""
    return "due" if name == PAID and year > KNOWN else name


def _figure(value: float, state: DebtState) -> str:
    return f"{num(value):.1f}% of GDP" if state.unit == OF_GDP else f"{num(value):,.0f}"
