"""The participation explorer: states that joined the Belt and Road by year, and fitted S-curves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import ClassVar, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from courseware import data, palette
from courseware.charts import in_lines
from courseware.explorers.axes import level_ticks
from courseware.explorers.base import Strip
from courseware.explorers.lines import PHONE, LineExplorer
from courseware.fitting import Curve, s_curve

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
#: Looks of the chosen group and of the one that it is compared with.
HUES = (palette.ONE_GROUP, palette.OTHER_GROUP)
MARKERS, STROKES = "os", ("-", "--")
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


class ParticipationExplorer(LineExplorer):
    """Draws how many states of a group had joined by the end of each year."""

    name = "participation"
    chapter = "06"
    ranges: ClassVar = {"window": (FIRST, LAST)}
    still = ("fit",)
    box = (0.06, 0.08, 0.66, 0.89)
    most_years = HORIZON - FIRST + 1
    label_step = 30
    phone: ClassVar = PHONE | {"box": (0.1, 0.09, 0.57, 0.87), "label_step": 45}
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
        """Read the tables once."""
        groups = {name: name for name in GROUPS}
        self.offered = {"group": groups, "against": {NOBODY: self.written("nobody")} | groups}
        self._joined = data.load("belt_road_by_group")
        self._states = data.load("belt_road_participants")

    def normalise(self, state: ParticipationState) -> ParticipationState:
        """Return ``state`` with years enough to fit, and no group compared with itself."""
        first, last = state.window
        if last - first < LEAST_YEARS - 1:
            first = min(first, LAST - LEAST_YEARS + 1)
            last = first + LEAST_YEARS - 1
        against = NOBODY if state.against == state.group else state.against
        return replace(state, against=against, window=(first, last))

    def looks(self) -> Mapping[int, tuple[str, dict]]:
        """Return the looks of the points of the two groups."""
        return {
            at: ("", {"color": hue, "marker": marker, "markeredgewidth": 1.6, "linewidth": 1.6})
            for at, (hue, marker) in enumerate(zip(HUES, MARKERS, strict=True))
        }

    def furnish(self, ax: Axes) -> None:
        """Draw, for each group, hollow points, the curve, its ceiling and the ceiling's band."""
        self._fits = []
        for (_, look), stroke in zip(self.looks().values(), STROKES, strict=True):
            hue, moves = look["color"], {"animated": True}
            band = ax.axhspan(0, 0, color=hue, alpha=0.12, **moves)
            ceiling = ax.axhline(0, color=hue, linewidth=1, linestyle=":", **moves)
            (curve,) = ax.plot([], [], color=hue, linestyle=stroke, linewidth=1.6, **moves)
            hollow = look | {"linestyle": "", "markerfacecolor": "white"}
            self._fits.append((band, ceiling, curve, *ax.plot([], [], **hollow, **moves)))

    def content(self, state: ParticipationState) -> dict[str, Line]:
        """Return a line per chosen group: states (or per cent) by the end of each year."""
        found = {}
        for name in (state.group, state.against):
            if name != NOBODY:
                points = self._joined[name].cumsum()
                if state.scale == SHARE:
                    points = points / points.iloc[-1] * 100
                known = points.loc[slice(*state.window)]
                curve = fit(tuple(known.index), tuple(known)) if state.fit else None
                found[name] = Line(points, curve)
        return found

    def shown_years(self, state: ParticipationState) -> tuple[int, int]:
        """Return the years of the axis: a curve gets its future."""
        return FIRST, HORIZON if state.fit else LAST

    def margin(self, state: ParticipationState) -> tuple[float, float]:
        """Return the margins of the years, so that the first stands before its end."""
        return 0.5, 0.2

    def ticks(self, state: ParticipationState, content: Mapping[str, Line]) -> tuple[float, ...]:
        """Return ticks up to the height of the axis."""
        height = self.limits(state, content)[1]
        return tuple(tick for tick in level_ticks(np.array([height])) if tick <= height)

    def limits(self, state: ParticipationState, content: Mapping[str, Line]) -> tuple[float, float]:
        """Return the height: a curve gets more than half as much as the points."""
        top = max(line.points.max() for line in content.values())
        curves = [line.fit.at(HORIZON) for line in content.values() if line.fit]
        return 0, 1.06 * float(min(max([top, *curves]), 1.6 * top))

    def lines(self, state: ParticipationState, content: Mapping[str, Line]) -> dict:
        """Return the points that are given to the fit, or all."""
        window = slice(*state.window) if state.fit else slice(None)
        return {at: line.points.loc[window] for at, line in enumerate(content.values())}

    def ends(self, state: ParticipationState, content: Mapping[str, Line]) -> dict[int, float]:
        """Return the height of each label, low enough for two lines."""
        highest = 0.9 * self._axes.get_ylim()[1]
        points = (line.points.iloc[-1] for line in content.values())
        return {at: min(last, highest) for at, last in enumerate(points)}

    def apart(self, state: ParticipationState) -> float:
        """Return the pixels between two labels, which a ceiling makes a line or two higher."""
        return self.label_step + (26 if state.fit else 0)

    def beneath(self, state: ParticipationState, content: Mapping[str, Line]) -> list:
        """Move the curves, their ceilings and bands, and the points outside the fit."""
        drawn = []
        for at, (name, line) in enumerate(content.items()):
            points, label, _ = self._lines[at]
            points.set_linestyle("" if state.fit else STROKES[at])
            below = self._below(line) if state.fit else ""
            label.set_text(in_lines(name + below, self.letters))
            outside = line.points.drop(self.lines(state, content)[at].index)
            band, ceiling, curve, hollow = self._fits[at]
            hollow.set_data(outside.index, outside)
            if line.fit:
                years = np.linspace(FIRST - 0.5, HORIZON, 120)
                curve.set_data(years, line.fit.at(years))
                ceiling.set_ydata([line.fit.ceiling] * 2)
                low = max(line.fit.ceiling - line.fit.error, 0)
                band.set(y=low, height=line.fit.ceiling + line.fit.error - low)
                drawn += [band, ceiling, curve]
            drawn.append(hollow)
        return drawn

    def _below(self, line: Line) -> str:
        """Return what stands below a group's name: the ceiling of its curve."""
        if line.fit is None:
            return self.written("labels", "none")
        return self.written("labels", "ceiling").format(ceiling=self._ceiling(line.fit))

    def _ceiling(self, found: Curve) -> str:
        return self.say("ceiling", ceiling=found.ceiling, error=found.error)

    def question(self, state: ParticipationState, content: Mapping[str, Line]) -> str:
        """Ask when the groups signed or, of a curve, where they would stop."""
        window = dict(zip(("first", "last"), state.window, strict=True))
        key = "fit" if state.fit else "points"
        return self.say("asks", key, names=" and ".join(content), **window)

    def unit(self, state: ParticipationState, content: Mapping[str, Line]) -> str:
        """Return the scale, whom it counts or leaves out, and what a fit shows."""
        whose = self._states[["region", "income_group"]].isin([*content]).any(axis=1)
        rows = self._states[whose | (EVERYBODY in content)]
        undated, left = rows["join_year"].isna().sum(), rows.loc[rows["exit_year"].notna(), "name"]
        said = self.say("units", state.scale)
        if undated:
            said += self.say("units", "undated", count=undated)
        if len(left):
            said += self.say("units", "left", name=left.iloc[0])
        return said + (self.say("units", "fit") if state.fit else "")

    def told(self, state: ParticipationState, content: Mapping[str, Line]) -> list[str]:
        """Return the numbers of each group at four ends of years, and its ceiling."""
        return [
            self.say(
                "tells",
                name=name,
                points=", ".join(
                    self.say("figure", value=line.points[year], year=year)
                    for year in (FIRST, 2017, 2018, LAST)
                ),
                ceiling=self.say("fitted", ceiling=self._ceiling(line.fit)) if line.fit else "",
            )
            for name, line in content.items()
        ]

    def finding(self, state: ParticipationState, content: Mapping[str, Line]) -> str:
        """Return the ceilings, or when half of each group had signed, or how many in all."""
        if state.fit:
            first, last = state.window
            return self.say(
                "finds", "fit", first=first, last=last, ceilings=[*self._stops(content)]
            )
        if len(content) == 2:
            halves = [
                self.say("finds", "half", name=name, year=(total * 2 >= total.iloc[-1]).idxmax())
                for name, total in self._joined[[*content]].cumsum().items()
            ]
            return self.say("finds", "halves", halves=halves)
        joined = self._joined[state.group]
        counts = {"total": joined.sum(), "most": joined.max(), "year": joined.idxmax()}
        return self.say("finds", "all", name=state.group[0].upper() + state.group[1:], **counts)

    def _stops(self, content: Mapping[str, Line]) -> Iterator[str]:
        """Say where each group's curve would stop."""
        for name, line in content.items():
            if line.fit:
                yield self.say("finds", "ceiling", name=name, ceiling=self._ceiling(line.fit))
            else:
                yield self.say("finds", "none", name=name)

    def rows(self, state: ParticipationState, content: Mapping[str, Line]) -> pd.DataFrame:
        """Return one row per year: joined, total (or share), the curve, given to the fit or not."""
        heads = self.written("columns")
        table = pd.DataFrame({heads["year"]: self._joined.index}, index=self._joined.index)
        for name, line in content.items():
            table[self.say("columns", "joined", name=name)] = self._joined[name]
            table[self.say("columns", state.scale, name=name)] = line.points.round(1)
            if line.fit:
                table[self.say("columns", "curve", name=name)] = line.fit.at(table.index).round(1)
        if state.fit:
            inside = table.index.isin(range(state.window[0], state.window[1] + 1))
            table[heads["given"]] = np.where(inside, heads["inside"], heads["outside"])
        return table.reset_index(drop=True)


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
