"""The debt explorer: what the five states received from China, owed it and paid back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import escape
from typing import ClassVar

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection

from courseware import article, charts, data, palette, ui
from courseware.explorers.axes import corners, end_label, round_ticks
from courseware.explorers.base import Strip
from courseware.explorers.lines import PHONE, LineExplorer, span

FIRST, LAST = 2000, 2025
KNOWN = 2022  # the last year that was over in May 2023 (the World Bank printed it in December)
ALL = "all"
BATHTUB, OWED, RECEIVED, PAID, DUE = "bathtub", "owed", "received", "paid", "due"
UNITS = CURRENT, CONSTANT, OF_GDP = "current", "constant", "of GDP"
PRICE_YEAR = 2022
WIDTH = 0.7  # years that a bar is wide
KEY_HUES = {RECEIVED: palette.RECEIVED, PAID: palette.PAID, DUE: palette.PAID, OWED: palette.OWED}


@dataclass(frozen=True)
class DebtState:
    """What the debt explorer shows. ``later`` adds what could not be known in May 2023."""

    who: str = "TKM"
    what: str = BATHTUB
    unit: str = CURRENT
    years: tuple[int, int] = (2005, KNOWN)
    later: bool = False


class DebtExplorer(LineExplorer):
    """Draws official debt to China as a bathtub: what runs in, what runs out, what stands in it."""

    name = "debt"
    chapter = "06"
    still = ("years", "later")
    facts: ClassVar = {"price_year": PRICE_YEAR}
    ranges: ClassVar = {"years": (FIRST, LAST)}
    box = (0.075, 0.08, 0.695, 0.89)
    label_step = 24
    most_years = 10
    #: Where the parts of the key of a bathtub begin, as shares of the axes.
    key_at: ClassVar = {
        RECEIVED: (1.02, 0.9),
        PAID: (1.02, 0.78),
        DUE: (1.02, 0.66),
        OWED: (1.02, 0.54),
    }
    phone: ClassVar = PHONE | {
        "box": (0.15, 0.23, 0.6, 0.735),
        "label_step": 17,
        "key_at": {
            RECEIVED: (-0.2, -0.14),
            PAID: (0.3, -0.16),
            DUE: (0.3, -0.27),
            OWED: (0.8, -0.16),
        },
    }
    views: ClassVar = {
        "turkmenistan": DebtState(),
        "kyrgyzstan": DebtState("KGZ"),
        "all-five": DebtState(ALL, OWED, years=(2000, KNOWN)),
        "against-gdp": DebtState(ALL, OWED, OF_GDP, (2000, KNOWN)),
        "due": DebtState(ALL, PAID, years=(2009, LAST), later=True),
        "uzbekistan": DebtState("UZB", years=(2010, KNOWN)),
    }

    def __init__(self) -> None:
        """Read the tables once: by measure one row a year, one column a state."""
        five = article.members("five")
        self.strip = Strip("who", (*five, ALL), DebtState(), names=True)
        self.offered = {
            "who": {code: article.name(code) for code in five} | {ALL: self.written("all")}
        }
        years = range(FIRST, LAST + 1)
        table = data.load("five_and_china").set_axis([*five], axis=1)
        self._usd = {what: table.loc[what].reindex(years) for what in table.index.levels[0]}
        worth = data.load("us_prices").set_index("year")["usd_2022_per_usd"].reindex(years)
        self._factor = {
            CURRENT: pd.DataFrame(1.0, index=years, columns=five),
            CONSTANT: pd.DataFrame(dict.fromkeys(five, worth)),
            OF_GDP: 100 / self._usd["GDP"],
        }

    def normalise(self, state: DebtState) -> DebtState:
        """Return ``state`` with two years at least; five bathtubs become five levels."""
        what = OWED if (state.who, state.what) == (ALL, BATHTUB) else state.what
        return replace(super().normalise(state), what=what)

    def looks(self) -> Mapping[str, tuple[str, dict]]:
        """Return the look of each state's line."""
        return {
            code: (article.name(code), charts.style(code, markers=True) | {"markersize": 4.5})
            for code in article.members("five")
        }

    def furnish(self, ax: Axes) -> None:
        """Draw zero, the ground of what was not known, tails, three sets of bars and their key."""
        ax.axhline(0, color=palette.SOFT, linewidth=0.8)
        self._after = ax.axvspan(KNOWN + 0.5, LAST + 1, color=palette.LATER, linewidth=0, zorder=0)
        dashed = {"linestyle": (0, (1, 2)), "alpha": 0.55, "animated": True}
        self._tails = {
            code: ax.plot([], [], **look | dashed)[0] for code, (_, look) in self.looks().items()
        }
        edge = palette.ink(palette.PAID, 3)
        look = {"linewidth": 1, "animated": True, "zorder": 1}
        self._bars = {
            name: PolyCollection([], facecolor=face, edgecolor=hue, **look)
            for name, hue, face in (
                (RECEIVED, palette.RECEIVED, palette.RECEIVED),
                (PAID, edge, palette.PAID),
                (DUE, edge, palette.WHITE),
            )
        }
        for bars in self._bars.values():
            ax.add_collection(bars, autolim=False)
        self._key = {
            name: end_label(ax, words, KEY_HUES[name])
            for name, words in self.written("keys").items()
        }
        for name, text in self._key.items():
            text.set_position(self.key_at[name])

    def content(self, state: DebtState) -> dict[tuple[str, str], pd.Series]:
        """Return what ``state`` asks for: (measure, state) to a series with every year in it.

        Nothing is left of a series without any figure; a year without a figure stays empty.
        """
        first, last = state.years[0], self._last(state)
        codes = article.members("five") if state.who == ALL else (state.who,)
        measures = (OWED, RECEIVED, PAID) if state.what == BATHTUB else (state.what,)
        series = {
            (name, code): (self._usd[name][code] * self._factor[state.unit][code]).loc[first:last]
            for name in measures
            for code in codes
        }
        return {key: values for key, values in series.items() if values.notna().any()}

    def _last(self, state: DebtState) -> int:
        """Return the last year that is drawn."""
        return state.years[1] if state.later else min(state.years[1], KNOWN)

    def arrange(self, ax: Axes, state: DebtState) -> None:
        """Show or hide the ground of what was not known."""
        self._after.set_visible(state.later)

    def ticks(self, state: DebtState, content: Mapping[tuple, pd.Series]) -> tuple[float, ...]:
        """Return ticks that enclose all; what is paid out of a bathtub hangs below zero."""
        numbers = [0.0]
        for (name, _), values in content.items():
            below = name == PAID and state.what == BATHTUB
            numbers += list((-values if below else values).dropna())
        return round_ticks(min(numbers), max(numbers))

    def tick_text(self, tick: float) -> str:
        """Return what is written at a tick: what was paid is no number below zero."""
        return super().tick_text(abs(tick))

    def margin(self, state: DebtState) -> tuple[float, float]:
        """Return the margins of the years, in which half a bar has room."""
        return 0.6, 0.6

    def lines(self, state: DebtState, content: Mapping[tuple, pd.Series]) -> dict[str, pd.Series]:
        """Return the lines up to May 2023, by state: in a bathtub the level alone."""
        return {code: values.loc[:KNOWN] for code, values in self._whole(state, content).items()}

    def _whole(self, state: DebtState, content: Mapping[tuple, pd.Series]) -> dict[str, pd.Series]:
        line = OWED if state.what == BATHTUB else state.what
        return {code: values for (name, code), values in content.items() if name == line}

    def ends(self, state: DebtState, content: Mapping[tuple, pd.Series]) -> dict[str, float]:
        """Return the last figure of each line; a bathtub has a key instead."""
        if state.what == BATHTUB:
            return {}
        whole = self._whole(state, content)
        return {code: values.dropna().iloc[-1] for code, values in whole.items()}

    def beneath(self, state: DebtState, content: Mapping[tuple, pd.Series]) -> list:
        """Move the bars of a bathtub, and the tails of what came after May 2023."""
        bathtub = state.what == BATHTUB
        drawn = self._place_bars(state, content) if bathtub else []
        for code, values in self._whole(state, content).items():
            hue = palette.OWED if bathtub else charts.color(code)  # beside bars it is a role
            for part in (self._lines[code][0], self._tails[code]):
                part.set(color=hue, markeredgecolor=palette.ink(hue))
                part.set_label(OWED if bathtub else article.name(code))
            after = values.loc[KNOWN:]
            self._tails[code].set_data(after.index, after)
            drawn.append(self._tails[code])
        return drawn

    def _place_bars(self, state: DebtState, content: Mapping[tuple, pd.Series]) -> list:
        none = pd.Series(dtype=float)
        received, paid = (content.get((n, state.who), none).dropna() for n in (RECEIVED, PAID))
        heights = {RECEIVED: received, PAID: -paid.loc[:KNOWN], DUE: -paid.loc[KNOWN + 1 :]}
        for name, bars in self._bars.items():
            tall = heights[name].items()
            bars.set_verts([corners(y - WIDTH / 2, 0, y + WIDTH / 2, high) for y, high in tall])
        return list(self._bars.values())

    def above(self, state: DebtState, content: Mapping[tuple, pd.Series]) -> list:
        """Return the key of a bathtub."""
        if state.what != BATHTUB or not content:
            return []
        due = self._last(state) > KNOWN
        return [text for name, text in self._key.items() if due or name != DUE]

    def question(self, state: DebtState, content: Mapping[tuple, pd.Series]) -> str:
        """Ask for the chosen measure, of one state or of the five."""
        of = "five" if state.who == ALL else "one"
        return self.say("asks", of, state.what, who=article.name(state.who))

    def unit(self, state: DebtState, content: Mapping[tuple, pd.Series]) -> str:
        """Return whose, what, when, in which unit, and what was not known."""
        first, last = state.years[0], max(state.years[0], self._last(state))
        if first > KNOWN:
            last = state.years[1]
        later = ""
        if self._last(state) > KNOWN:
            later = self.written("later", "payments" if state.what in (BATHTUB, PAID) else "level")
        return self.say(
            "unit",
            who=self.written("the_five") if state.who == ALL else article.name(state.who),
            measure=self.written("measures", state.what),
            span=span(first, last),
            unit=self.say("units", state.unit, **self.facts),
            later=later,
        )

    def told(self, state: DebtState, content: Mapping[tuple, pd.Series]) -> list[str]:
        """Return the highest and the last figure of each series."""
        return [
            self.say(
                "tells",
                who=article.name(code),
                verb=_verb(name, seen.idxmax()),
                figure=self._figure(seen.max(), state, "per cent"),
                year=seen.idxmax(),
                end=self._figure(seen.iloc[-1], state, "per cent"),
                last=seen.index[-1],
            )
            for (name, code), values in content.items()
            for seen in [values.dropna()]
        ]

    def finding(self, state: DebtState, content: Mapping[tuple, pd.Series]) -> str:
        """Return the sums of a bathtub, or the highest figure and the order at the end."""
        if not content:
            hidden = state.years[0] > KNOWN and not state.later
            return self.say("finds", "later" if hidden else "nothing")
        if state.what == BATHTUB and state.unit != OF_GDP and (sums := self._sums(state, content)):
            level = self._whole(state, content).get(state.who, pd.Series(dtype=float))
            level, owed = level.loc[:KNOWN].dropna(), ""
            if len(level):
                figure = self._figure(level.iloc[-1], state)
                owed = self.say("finds", "owed", figure=figure, year=level.index[-1])
            who = article.name(state.who)
            return self.say("finds", "bathtub", who=who, sums=sums, owed=owed)
        (name, code), values = max(content.items(), key=lambda item: item[1].max())
        return self.say(
            "finds",
            "highest",
            who=article.name(code),
            verb=_verb(name, values.idxmax()),
            figure=self._figure(values.max(), state),
            year=values.idxmax(),
            ends="" if state.what == BATHTUB else self._order(state, content, values.index[-1]),
        )

    def _sums(self, state: DebtState, content: Mapping[tuple, pd.Series]) -> list[str]:
        """Return what was received and paid up to May 2023, as far as it is reported."""
        sums = {
            name: content[name, state.who].loc[:KNOWN].sum(min_count=1)
            for name in (RECEIVED, PAID)
            if (name, state.who) in content
        }
        return [f"{n} {self._figure(usd, state)}" for n, usd in sums.items() if np.isfinite(usd)]

    def _order(self, state: DebtState, content: Mapping[tuple, pd.Series], year: int) -> str:
        """Return which state has most in ``year`` and which least; nothing for a single one."""
        ends = {code: values[year] for (_, code), values in content.items()}
        ends = {code: end for code, end in ends.items() if np.isfinite(end)}
        if len(ends) < 2:
            return ""
        top, low = max(ends, key=ends.get), min(ends, key=ends.get)
        most, least = (self._figure(ends[code], state, "per cent") for code in (top, low))
        names = {"top": article.name(top), "low": article.name(low)}
        return self.say("finds", "ends", year=year, most=most, least=least, **names)

    def rows(self, state: DebtState, content: Mapping[tuple, pd.Series]) -> pd.DataFrame:
        """Return one row per year, one column per series; empty is "not reported"."""
        digits = 2 if state.unit == OF_GDP else 1
        heads = self.written("columns")
        table = pd.DataFrame(
            {
                self.say("columns", "series", who=article.name(code), measure=name): values
                for (name, code), values in content.items()
            }
        ).round(digits)
        table.insert(0, heads["year"], table.index.astype(int))
        if state.later and len(table):
            table[heads["when"]] = np.where(table.index > KNOWN, heads["later"], heads["known"])
        return table.reset_index(drop=True)

    def balance(self, code: str, first: int, last: int) -> dict[str, float]:
        """Return how far the bathtub balances: rise of the level, inflow, principal, the rest."""
        level = self._usd[OWED][code].loc[first - 1 : min(last, KNOWN)].dropna()
        if len(level) < 2:
            return {}
        start, end = (int(year) for year in level.index[[0, -1]])
        received, principal = (
            float(self._usd[name][code].loc[start + 1 : end].sum())
            for name in (RECEIVED, "principal")
        )
        rise, net = float(level[end] - level[start]), received - principal
        found = {"from": start, "to": end, "received": received, "principal": principal}
        return found | {"net": net, "rise": rise, "rest": rise - net}

    def card(self, state: DebtState, content: Mapping[tuple, pd.Series]) -> str:
        """Return a card that says whether inflow, repayment and level agree (one state only)."""
        found = self.balance(state.who, *state.years) if state.who != ALL else {}
        if not found:
            return ""
        sums, why = self.say("balance", "sums", **found), self.written("balance", "why")
        fold = ui.details(self.written("balance", "fold"), f"<p>{escape(why)}</p>")
        return ui.card(self.written("balance", "title"), f"<p>{escape(sums)}</p>{fold}")

    def _figure(self, value: float, state: DebtState, share: str = "share") -> str:
        """Return a sum of money; as a part of GDP in full, or short below a unit that says so."""
        return self.say("figures", share if state.unit == OF_GDP else "money", value=value)


def _verb(name: str, year: int) -> str:
    """Return what a measure is called in ``year``: a later payment is due, not yet paid."""
    return DUE if name == PAID and year > KNOWN else name
