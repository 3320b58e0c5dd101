"""The trade explorer: China–Russia trade by who reports it, by year or month, in four scales."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import ipywidgets as widgets
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from courseware import article, charts, data, palette
from courseware.explorers.axes import (
    SMALL,
    end_label,
    level_ticks,
    log_ticks,
    lone_points,
    place_ends,
    year_axis,
)
from courseware.explorers.base import Explorer, Strip, Words
from courseware.explorers.controls import choice, slider, span, tick
from courseware.quantities import num

FIRST, LAST = 1992, 2025
PRICE_YEAR = 2022
LEVEL, LOG, INDEX = "level", "log", "index"
BY_YEAR, BY_MONTH = "by year", "by month"
EVERYONE, CHINA, RUSSIA = "both", "China", "Russia"

#: What crosses the border, and the flow that each side's customs calls it by.
FLOWS = {
    "all trade": {"CHN": "total", "RUS": "total"},
    "Russia sells to China": {"CHN": "import", "RUS": "export"},
    "China sells to Russia": {"CHN": "export", "RUS": "import"},
}
#: What a picture of each is asked.
ASKED = {
    "all trade": "How did the trade between China and Russia change {when}?",
    "Russia sells to China": "How did Russia's sales to China change {when}?",
    "China sells to Russia": "How did China's sales to Russia change {when}?",
}
#: The publisher's lines in ``china_russia_trade_annual``: short label and look.
LINES = {
    "China customs (IMF DOTS)": ("China counts (IMF 2020)", "CHN", "-", ""),
    "China customs (IMF IMTS)": ("China counts (IMF 2025)", "CHN", (0, (4, 1.2)), ""),
    "China customs, first release (press)": ("China, first release (press)", "CHN", "", "o"),
    "Russia customs (IMF DOTS)": ("Russia counts (IMF 2020)", "RUS", "-", ""),
    "Russia customs (WITS)": ("Russia counts (WITS)", "RUS", (0, (4, 1.2)), ""),
}
MONTHLY = "China, month by month"
#: Events of the course's timeline that may stand behind a turn, with words short enough to draw.
EVENTS = {
    "T19": "Crimea\nannexed",
    "T26": "goal of 200\nbillion set",
    "T36": "full-scale\ninvasion",
}


@dataclass(frozen=True)
class TradeState:
    """What the trade explorer shows. ``base`` is the year that an index sets to 100."""

    flow: str = "all trade"
    who: str = EVERYONE
    period: str = BY_YEAR
    years: tuple[int, int] = (FIRST, LAST)
    scale: str = LEVEL
    base: int = 2001
    constant: bool = False
    events: bool = True


class TradeExplorer(Explorer):
    """Draws one flow between China and Russia as each side's customs and publishers give it."""

    name = "trade"
    chapter = "02"
    source = (
        "Source: customs of China and of Russia, as published by the IMF (DOTS and IMTS), the "
        "World Bank (WITS) and, for first releases, the press. Constant dollars: prices in the US "
        "by year, Bureau of Labor Statistics (2025: eleven months)."
    )
    first_year = FIRST
    facts: ClassVar = {"price_year": PRICE_YEAR}
    views: ClassVar = {
        "long-run": TradeState(),
        "log": TradeState(scale=LOG),
        "two-counts": TradeState(years=(1998, 2012), events=False),
        "constant": TradeState(constant=True),
        "months": TradeState(period=BY_MONTH, who=CHINA, years=(2021, 2025)),
        "russia-sells": TradeState(flow="Russia sells to China", years=(2001, LAST)),
    }
    #: The first year moves, not the last: what "times as much" means hangs on the base.
    strip = Strip(
        "years", tuple((first, LAST) for first in (FIRST, *range(2001, 2019))), views["long-run"]
    )

    def __init__(self) -> None:
        """Read the tables once and keep one series per publisher and flow."""
        annual = data.load("china_russia_trade_annual")
        self._annual = {
            (row_line, flow): group.set_index("year")["value_usd"].astype(float).sort_index() / 1e9
            for (row_line, flow), group in annual.groupby(["line", "flow"])
        }
        monthly = data.load("china_russia_trade_monthly").query("preferred")
        self.monthly = {flow: _monthly_means(group) for flow, group in monthly.groupby("flow")}
        prices = data.load("us_prices").set_index("year")["cpi_index"]
        self._deflator = prices.loc[PRICE_YEAR] / prices
        timeline = data.load("timeline").set_index("event_id")
        self._events = {EVENTS[key]: _decimal_year(timeline.loc[key, "date"]) for key in EVENTS}

    def controls(self) -> Mapping[str, widgets.Widget]:
        """Return the eight controls, in the order in which a reader would ask."""
        return {
            "flow": choice("What:", FLOWS),
            "who": choice(
                "Who counts:",
                [
                    ("both sides", EVERYONE),
                    ("China's customs", CHINA),
                    ("Russia's customs", RUSSIA),
                ],
            ),
            "period": choice("Step:", [BY_YEAR, BY_MONTH]),
            "years": span(FIRST, LAST),
            "scale": choice(
                "Scale:",
                [
                    ("US$ billion", LEVEL),
                    ("US$ billion, log scale", LOG),
                    ("index, base year = 100", INDEX),
                ],
            ),
            "base": slider("Base year of the index:", FIRST, 2024),
            "constant": tick(f"constant dollars of {PRICE_YEAR}"),
            "events": tick("show events"),
        }

    def build(self, fig: Figure) -> None:
        """Create axes, one artist per publisher's line, labels, event marks and texts."""
        self._axes = ax = fig.add_axes((0.06, 0.08, 0.71, 0.89))
        ax.set_autoscale_on(False)
        self._artists = {}
        for line, (label, code, dashes, marker) in LINES.items():
            (artist,) = ax.plot(
                [],
                [],
                color=charts.color(code),
                linestyle=dashes or "None",
                marker=marker or None,
                markerfacecolor="white",
                markeredgewidth=1.6,
                animated=True,
            )
            self._artists[line] = (artist, end_label(ax, label, charts.color(code)))
        hue = charts.color("CHN")
        (path,) = ax.plot([], [], color=hue, linewidth=1.4, animated=True)
        self._artists[MONTHLY] = (path, end_label(ax, MONTHLY, hue))
        self._points = {
            kind: ax.plot(
                [],
                [],
                linestyle="None",
                marker=marker,
                color=hue,
                markersize=6,
                markerfacecolor=face,
                animated=True,
            )[0]
            for kind, marker, face in (
                ("press", "o", hue),
                ("derived", "o", "white"),
                ("press, two months", "D", "white"),
            )
        }
        self._marks = [
            (
                ax.axvline(0, color=palette.RULE, linewidth=1, linestyle=":"),
                ax.text(
                    0,
                    height,
                    words,
                    transform=ax.get_xaxis_transform(),
                    fontsize=SMALL,
                    color=palette.SOFT,
                    va="top",
                    ha="right",
                    linespacing=1.1,
                ),
            )
            for words, height in zip(self._events, (1.0, 0.8, 1.0), strict=True)
        ]
        self._key = ax.text(
            1.015,
            0.02,
            "● released month\n○ difference of totals\n◇ January and February,\n"
            "   released together: mean",
            transform=ax.transAxes,
            fontsize=SMALL,
            color=palette.SOFT,
            va="bottom",
            linespacing=1.4,
            animated=True,
        )

    def content(self, state: TradeState) -> dict[str, pd.Series]:
        """Return what ``state`` asks for: one series per line, indexed by year (or year.fraction).

        Values are US$ billion (current or constant), or index points if the scale is an index.
        A line with no figure in the base year cannot be indexed and is left out.
        """
        if state.period == BY_MONTH:
            chosen = {MONTHLY: self._monthly_series(state)} if state.who != RUSSIA else {}
        else:
            chosen = {
                line: self._annual[line, FLOWS[state.flow][code]]
                for line, (_, code, _, _) in LINES.items()
                if (line, FLOWS[state.flow][code]) in self._annual
                and state.who in (EVERYONE, article.name(code))
            }
        if state.constant:
            chosen = {
                line: values * self._deflator.reindex(np.floor(values.index)).to_numpy()
                for line, values in chosen.items()
            }
        if state.scale == INDEX:
            chosen = {line: self._index(state, values) for line, values in chosen.items()}
        first, last = state.years
        within = {
            line: values[(values.index >= first) & (values.index < last + 1)].dropna()
            for line, values in chosen.items()
        }
        return {line: values for line, values in within.items() if len(values)}

    def _index(self, state: TradeState, values: pd.Series) -> pd.Series:
        """Return ``values`` with the mean of the base year as 100; none if a month is missing."""
        base = values[np.floor(values.index) == state.base]
        if state.period == BY_YEAR:
            return values / base.iloc[0] * 100 if len(base) else values.iloc[:0]
        months = self.monthly[FLOWS[state.flow]["CHN"]]["months"].reindex(base.index)
        if months.sum() < 12:
            return values.iloc[:0]
        return values / np.average(base, weights=months) * 100

    def _monthly_series(self, state: TradeState) -> pd.Series:
        return self.monthly[FLOWS[state.flow]["CHN"]]["value"]

    def frame(self, state: TradeState, content: Mapping[str, pd.Series]) -> Hashable:
        """Return span, step, scale, ticks and whether events show: limits follow from them."""
        numbers = np.concatenate([line.to_numpy() for line in content.values()] or [[1.0, 10.0]])
        log = state.scale == LOG
        ticks = log_ticks(numbers) if log else level_ticks(numbers)
        return state.years, state.period, log, ticks, state.events

    def lay_out(self, frame: tuple, state: TradeState, content: Mapping[str, pd.Series]) -> None:
        """Set limits, ticks and event marks."""
        (first, last), period, log, ticks, events = frame
        ax = self._axes
        ax.set_yscale("log" if log else "linear")
        ax.set_ylim(ticks[0], ticks[-1])
        ax.set_yticks(ticks, [f"{num(tick):,g}" for tick in ticks])
        ax.yaxis.minorticks_off()
        year_axis(ax, (first, last), 7, (0.4, 1.0 if period == BY_MONTH else 0.4))
        for (mark, text), when in zip(self._marks, self._events.values(), strict=True):
            visible = events and first <= when <= last + 1
            mark.set_visible(visible)
            text.set_visible(visible)
            mark.set_xdata([when, when])
            right = when - first > (last - first) / 6  # else the words would cover the axis
            text.set_horizontalalignment("right" if right else "left")
            text.set_x(when + (-1 if right else 1) * (last - first) / 150)

    def question(self, state: TradeState, content: Mapping[str, pd.Series]) -> str:
        """Ask for the course of the chosen flow."""
        asked = ASKED[state.flow].format(when=f"from {state.years[0]} to {state.years[1]}")
        return asked if state.who == EVERYONE else f"{asked[:-1]}, by {state.who}'s count?"

    def unit(self, state: TradeState) -> str:
        """Return the line under the title: what, when and in which unit."""
        money = f"constant dollars of {PRICE_YEAR}" if state.constant else "current dollars"
        monthly = " a month" if state.period == BY_MONTH else ""
        unit = f"US$ billion{monthly}, {money}"
        if state.scale == INDEX:
            unit = f"index, {state.base} = 100, from {money}"
        elif state.scale == LOG:
            unit += ", log scale"
        return f"{state.flow[0].upper()}{state.flow[1:]}, {state.years[0]}–{state.years[1]}; {unit}"

    def update(self, state: TradeState, content: Mapping[str, pd.Series]) -> list:
        """Move lines, points and labels to ``state``."""
        drawn = self._place_lines(content)
        if MONTHLY in content:
            drawn += [*self._place_points(state, content[MONTHLY]), self._key]
        return drawn

    def describe(self, state: TradeState, content: Mapping[str, pd.Series]) -> Words:
        """Return the finding, the unit, and each line's first and last value as alt text."""
        finding, unit = headline(state, content), self.unit(state)
        if not content:
            return Words(finding, unit, f"Empty chart. {finding}.")
        lines, read = [], []
        for line, series in content.items():
            start, end = (
                f"{num(series.iloc[at]):,.1f} in {_time_name(series.index[at], state.period)}"
                for at in (0, -1)
            )
            lines.append(f"{_label(line)}: {start}, {end}")
            read.append(
                f"{_label(line)} {start}, {end}" if len(series) > 1 else f"{_label(line)} {end}"
            )
        alt = f"Line chart. {unit}. {'; '.join(lines)}."
        return Words(finding, unit, alt, "; ".join(read))

    def rows(self, state: TradeState, content: Mapping[str, pd.Series]) -> pd.DataFrame:
        """Return one row per year (or month), one column per publisher's line."""
        table = pd.DataFrame({_label(line): series.round(2) for line, series in content.items()})
        table.insert(0, "time", [_time_name(at, state.period) for at in table.index])
        if MONTHLY in content:
            kinds = self.monthly[FLOWS[state.flow]["CHN"]]["kind"]
            table["how it is known"] = kinds.reindex(table.index)
        return table

    def _place_lines(self, values: Mapping[str, pd.Series]) -> list:
        drawn, ends = [], []
        for line, series in values.items():
            artist, label = self._artists[line]
            widest = 0.15 if line == MONTHLY else 1.5
            x, y = _broken_at_gaps(series, widest)
            artist.set_data(x, y)
            if line != MONTHLY and artist.get_linestyle() != "None":
                artist.set(marker="o", markevery=lone_points(y))
            drawn.append(artist)
            ends.append((label, series.iloc[-1]))
        return drawn + place_ends(self._axes, ends, 17)

    def _place_points(self, state: TradeState, series: pd.Series) -> list:
        kinds = self.monthly[FLOWS[state.flow]["CHN"]]["kind"].reindex(series.index)
        for kind, points in self._points.items():
            chosen = series[kinds == kind]
            points.set_data(chosen.index.to_numpy(), chosen.to_numpy())
        return list(self._points.values())


def headline(state: TradeState, values: Mapping[str, pd.Series]) -> str:
    """Return the finding of a state in one sentence, or say plainly why there is nothing to see.

    The sentence speaks of the line that reaches furthest, press prints aside.
    """
    if not values:
        if state.period == BY_MONTH and state.scale == INDEX and state.who != RUSSIA:
            return f"Not every month of {state.base} is in print: choose 2022 as base year"
        if state.period == BY_MONTH:
            return "No monthly figures are in print for this choice"
        return "Nobody reports this for the chosen years and base year"
    if MONTHLY in values:
        return _monthly_headline(values[MONTHLY])
    line, series = max(
        values.items(), key=lambda item: ("press" not in item[0], item[1].index[-1], len(item[1]))
    )
    first, last = (_time_name(series.index[end], BY_YEAR) for end in (0, -1))
    if len(series) == 1:
        return f"{_label(line)}: {num(series.iloc[0]):,.1f} in {last}"
    times = series.iloc[-1] / series.iloc[0]
    if times >= 2:
        change = f"{num(times):,.1f} times as much in {last} as in {first}"
    else:
        way = "more" if times >= 1 else "less"
        change = f"{num(abs(times - 1)):.0%} {way} in {last} than in {first}"
    return f"{_label(line)}: {change}"


def _monthly_headline(series: pd.Series) -> str:
    """Return the highest and the newest month: first against last would be a base effect."""
    peak, last = series.idxmax(), series.index[-1]
    said = f"Highest month in print: {num(series[peak]):,.1f} in {_time_name(peak, BY_MONTH)}"
    if peak == last:
        return f"{said}, the newest"
    return f"{said}; the newest: {num(series[last]):,.1f} in {_time_name(last, BY_MONTH)}"


def _monthly_means(group: pd.DataFrame) -> pd.DataFrame:
    """Return value (US$ billion a month) and kind, indexed by year.fraction at mid-period.

    A January–February print becomes one point, its mean month.
    """
    group = group.sort_values("month")
    starts = group["month"].map(_decimal_year).to_numpy(dtype=float)
    middle = starts + group["months"].to_numpy(dtype=float) / 24
    means = (group["value_usd"] / group["months"] / 1e9).to_numpy(dtype=float)
    kept = {"kind": group["source_kind"].to_numpy(), "months": group["months"].to_numpy()}
    return pd.DataFrame({"value": means, **kept}, index=middle)


def _broken_at_gaps(series: pd.Series, widest: float) -> tuple[np.ndarray, np.ndarray]:
    """Return x and y with a missing point wherever neighbours lie over ``widest`` years apart."""
    x, y = series.index.to_numpy(dtype=float), series.to_numpy(dtype=float)
    gaps = np.flatnonzero(np.diff(x) > widest) + 1
    return np.insert(x, gaps, np.nan), np.insert(y, gaps, np.nan)


def _decimal_year(when: pd.Timestamp) -> float:
    return when.year + (when.day_of_year - 1) / 365.25


def _time_name(at: float, period: str) -> str:
    if period == BY_YEAR:
        return str(int(at))
    month = at % 1 * 12
    if abs(month - round(month)) < 0.2:  # the middle of two months that were printed together
        return f"{int(at)}-{round(month):02d}/{round(month) + 1:02d} (mean)"
    return f"{int(at)}-{int(month) + 1:02d}"


def _label(line: str) -> str:
    return LINES[line][0] if line in LINES else line
