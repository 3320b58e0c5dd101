"""The participation explorer: states that joined the Belt and Road by year, and fitted S-curves."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import ClassVar, NamedTuple

import ipywidgets as widgets
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from courseware import data, palette
from courseware.explorers.axes import end_label, level_ticks, place_ends
from courseware.explorers.base import Explorer, Strip, Words
from courseware.explorers.controls import choice, span, tick
from courseware.fitting import Curve, s_curve
from courseware.quantities import num

FIRST, LAST, HORIZON = 2013, 2023, 2026
COUNT, SHARE = "states", "per cent"
EVERYBODY, NOBODY = "all states", "nobody"
REGIONS = (
    "East Asia & Pacific",
    "Europe & Central Asia",
    "Latin America & Caribbean",
    "Middle East & North Africa",
    "South Asia",
    "Sub-Saharan Africa",
)
INCOMES = ("Low income", "Lower middle income", "Upper middle income", "High income")
GROUPS = (EVERYBODY, *REGIONS, *INCOMES)
HUES = (palette.ONE_GROUP, palette.OTHER_GROUP)
LEAST_YEARS = 4  # three numbers cannot be fitted to fewer


class Line(NamedTuple):
    """What is drawn of one group: how many had joined by the end of each year, and the curve."""

    points: pd.Series
    fit: Curve | None


@dataclass(frozen=True)
class ParticipationState:
    """What the explorer shows. ``window`` holds the first and last year given to the fit."""

    group: str = EVERYBODY
    against: str = NOBODY
    scale: str = COUNT
    fit: bool = False
    window: tuple[int, int] = (FIRST, LAST)


class ParticipationExplorer(Explorer):
    """Draws how many states of a group had joined by the end of each year."""

    name = "participation"
    chapter = "06"
    source = (
        "Source: Green Finance & Development Center, FISF Fudan University (December 2023), "
        "likely dates of memoranda [belt_road_participants]. Regions and income groups of the "
        "World Bank. The curve is fitted here."
    )
    views: ClassVar = {
        "everybody": ParticipationState(),
        "s-curve": ParticipationState(fit=True),
        "in-2016": ParticipationState(fit=True, window=(FIRST, 2016)),
        "in-2017": ParticipationState(fit=True, window=(FIRST, 2017)),
        "near-and-far": ParticipationState(REGIONS[1], REGIONS[2], SHARE),
        "rich-and-poor": ParticipationState(INCOMES[3], INCOMES[0], SHARE),
    }
    strip = Strip(
        "window",
        tuple((FIRST, last) for last in range(FIRST + LEAST_YEARS - 1, LAST + 1)),
        ParticipationState(fit=True),
    )

    def __init__(self) -> None:
        """Read the table once and count each group by year."""
        states = data.load("belt_road_participants")
        chosen = {name: _members(states, name) for name in GROUPS}
        self._joined = {name: _by_year(members) for name, members in chosen.items()}
        self._undated = {
            name: set(members.loc[members["join_year"].isna(), "name"])
            for name, members in chosen.items()
        }
        self._left = {
            name: list(members.loc[members["exit_year"].notna(), "name"])
            for name, members in chosen.items()
        }

    def controls(self) -> Mapping[str, widgets.Widget]:
        """Return the five controls, in the order in which a reader would ask."""
        scales = [("number of states", COUNT), ("per cent of those signed by 2023", SHARE)]
        return {
            "group": choice("Who signed:", GROUPS),
            "against": choice("Compare with:", (NOBODY, *GROUPS)),
            "scale": choice("Scale:", scales),
            "fit": tick("fit a logistic curve"),
            "window": span(FIRST, LAST, "Years given to the fit:"),
        }

    def normalise(self, state: ParticipationState) -> ParticipationState:
        """Return ``state`` with years enough to fit, and no group compared with itself."""
        first, last = state.window
        if last - first < LEAST_YEARS - 1:
            first = min(first, LAST - LEAST_YEARS + 1)
            last = first + LEAST_YEARS - 1
        against = NOBODY if state.against == state.group else state.against
        return replace(state, against=against, window=(first, last))

    def build(self, fig: Figure) -> None:
        """Create axes and, per group, points, hollow points, curve, ceiling, band and label."""
        self._axes = ax = fig.add_axes((0.06, 0.08, 0.66, 0.89))
        ax.set_autoscale_on(False)
        self._artists = []
        for hue, marker, dashes in zip(HUES, "os", ("-", "--"), strict=True):
            look = {"color": hue, "marker": marker, "markeredgewidth": 1.6, "animated": True}
            self._artists.append(
                {
                    "band": ax.axhspan(0, 0, color=hue, alpha=0.12, animated=True),
                    "ceiling": ax.axhline(0, color=hue, linewidth=1, linestyle=":", animated=True),
                    "curve": ax.plot(
                        [], [], color=hue, linestyle=dashes, linewidth=1.6, animated=True
                    )[0],
                    "points": ax.plot([], [], linestyle=dashes, linewidth=1.6, **look)[0],
                    "hollow": ax.plot([], [], linestyle="", markerfacecolor="white", **look)[0],
                    "label": end_label(ax, "", hue),
                }
            )

    def content(self, state: ParticipationState) -> dict[str, Line]:
        """Return a line per chosen group: states (or per cent) by the end of each year."""
        lines = {}
        for name in (state.group, state.against):
            if name != NOBODY:
                points = self._joined[name].cumsum()
                if state.scale == SHARE:
                    points = points / points.iloc[-1] * 100
                first, last = state.window
                known = points.loc[first:last]
                found = fit(tuple(known.index), tuple(known)) if state.fit else None
                lines[name] = Line(points, found)
        return lines

    def frame(self, state: ParticipationState, content: Mapping[str, Line]) -> Hashable:
        """Return height and last year: a curve gets its future and half as much height again."""
        top = max(line.points.max() for line in content.values())
        curves = [line.fit.at(HORIZON) for line in content.values() if line.fit]
        height = 1.06 * float(min(max([top, *curves]), 1.6 * top))
        return height, HORIZON if state.fit else LAST

    def lay_out(self, frame: tuple, state: ParticipationState, content: Mapping) -> None:
        """Set limits and ticks."""
        height, end = frame
        ticks = [tick for tick in level_ticks(np.array([height])) if tick <= height]
        self._axes.set(xlim=(FIRST - 0.5, end + 0.2), ylim=(0, height))
        self._axes.set_yticks(ticks, [f"{num(tick):g}" for tick in ticks])
        self._axes.set_xticks(range(FIRST, end + 1))

    def update(self, state: ParticipationState, content: Mapping[str, Line]) -> list:
        """Move points, curves, bands and labels to ``state``."""
        drawn, ends = [], []
        highest = 0.9 * self._axes.get_ylim()[1]
        for parts, (name, line) in zip(self._artists, content.items(), strict=False):
            drawn += self._place(parts, state, line)
            words, height = name, line.points.iloc[-1]
            if line.fit:
                words += f"\nceiling {_give_or_take(line.fit)}"
            elif state.fit:
                words += "\nno ceiling can be told"
            parts["label"].set_text(words)
            ends.append((parts["label"], min(height, highest)))
        return drawn + place_ends(self._axes, ends, 56 if state.fit else 30)

    def _place(self, parts: Mapping, state: ParticipationState, line: Line) -> list:
        first, last = state.window
        used = (line.points.index >= first) & (line.points.index <= last) | (not state.fit)
        inside, outside = line.points[used], line.points[~used]
        parts["points"].set_data(inside.index, inside)
        parts["points"].set_linestyle("" if state.fit else parts["curve"].get_linestyle())
        parts["hollow"].set_data(outside.index, outside)
        drawn = [parts["points"], parts["hollow"]]
        if line.fit:
            years = np.linspace(FIRST - 0.5, HORIZON, 120)
            parts["curve"].set_data(years, line.fit.at(years))
            parts["ceiling"].set_ydata([line.fit.ceiling] * 2)
            low, high = line.fit.ceiling - line.fit.error, line.fit.ceiling + line.fit.error
            parts["band"].set_y(max(low, 0))
            parts["band"].set_height(high - max(low, 0))
            drawn = [parts["band"], parts["ceiling"], parts["curve"], *drawn]
        return drawn

    def question(self, state: ParticipationState, content: Mapping[str, Line]) -> str:
        """Ask when the groups signed or, of a curve, where they would stop."""
        names = " and ".join(content)
        if state.fit:
            first, last = state.window
            return f"Judged by {first} to {last}, how many would sign in the end: {names}?"
        return f"When did these states sign: {names}?"

    def describe(self, state: ParticipationState, content: Mapping[str, Line]) -> Words:
        """Return the finding, the unit, and the numbers of each group as alt text."""
        unit = "States" if state.scale == COUNT else "Per cent of those that had signed by 2023"
        subtitle = f"{unit}, end of each year, {FIRST}–{LAST} (part of {LAST}: after the article)"
        undated = set().union(*(self._undated[name] for name in content))  # groups can overlap
        if undated:
            subtitle += f"; {len(undated)} without a date left out"
        left = [name for group in content for name in self._left[group]]
        if left:
            subtitle += f"; {left[0]}, which left in 2023, still counted"
        if state.fit:
            subtitle += "; filled points: given to the fit; band: the ceiling's standard error"
        told = []
        for name, line in content.items():
            values = line.points
            text = f"{name}: {num(values[FIRST]):.0f} in {FIRST}, {num(values[2017]):.0f} in 2017, "
            text += f"{num(values[2018]):.0f} in 2018, {num(values[LAST]):.0f} in {LAST}"
            if line.fit:
                text += f"; fitted ceiling {_give_or_take(line.fit)}"
            told.append(text)
        alt = f"Line chart. {subtitle}. {'; '.join(told)}."
        return Words(self._finding(state, content), subtitle, alt, "; ".join(told))

    def _finding(self, state: ParticipationState, content: Mapping[str, Line]) -> str:
        first, last = state.window
        if state.fit:
            ceilings = [
                f"{name} would stop at {_give_or_take(line.fit)}"
                if line.fit
                else f"no ceiling can be told for {name}"
                for name, line in content.items()
            ]
            return f"Judged by {first} to {last}, {' and '.join(ceilings)}"
        if len(content) == 2:
            halves = [
                f"{name} in {(self._joined[name].cumsum() * 2 >= total).idxmax()}"
                for name in content
                if (total := self._joined[name].sum())
            ]
            return f"Half of those that signed had done so: {' and '.join(halves)}"
        joined = self._joined[state.group]
        busiest = joined.idxmax()
        return (
            f"{state.group[0].upper()}{state.group[1:]}: {joined.sum()} had signed by the end "
            f"of {LAST}, {joined.max()} of them in {busiest}"
        )

    def rows(self, state: ParticipationState, content: Mapping[str, Line]) -> pd.DataFrame:
        """Return one row per year: joined, total (or share), the curve, given to the fit or not."""
        table = pd.DataFrame({"year": range(FIRST, LAST + 1)})
        for name, line in content.items():
            table[f"{name}: joined in the year"] = self._joined[name].to_numpy()
            unit = "in all" if state.scale == COUNT else "per cent"
            table[f"{name}: {unit}"] = line.points.round(1).to_numpy()
            if line.fit:
                table[f"{name}: curve"] = line.fit.at(table["year"]).round(1)
        if state.fit:
            first, last = state.window
            table["given to the fit"] = np.where(table["year"].between(first, last), "yes", "no")
        return table


@cache
def fit(years: tuple[int, ...], counts: tuple[float, ...]) -> Curve | None:
    """Return the logistic curve nearest to ``counts``; ``None`` if the years cannot tell one.

    They cannot where the search ends nowhere, or in a step, or ten times above what is known.
    """
    known = np.array(counts, dtype=float)
    if len(years) < LEAST_YEARS or known[-1] == known[0]:
        return None
    found = s_curve(np.array(years, dtype=float), known, Curve(1.2 * known[-1], 1.0, 2017.0))
    if found is None or not np.isfinite(found.error):
        return None
    return found if found.ceiling < 10 * known[-1] and 0 < found.pace < 10 else None


def _give_or_take(found: Curve) -> str:
    return f"{num(found.ceiling):.0f}, give or take {num(found.error):,.0f}"


def _members(states: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the rows of one group."""
    if name == EVERYBODY:
        return states
    return states[(states["region"] == name) | (states["income_group"] == name)]


def _by_year(members: pd.DataFrame) -> pd.Series:
    """Return how many joined in each year, years without any included."""
    joined = members.groupby("join_year").size()
    joined.index = joined.index.astype("int64")
    return joined.reindex(range(FIRST, LAST + 1), fill_value=0)
