"""The UN-voting explorer: where states stand in the UN General Assembly, and who votes alike."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection

from courseware import article, charts, data, palette
from courseware.charts import in_lines
from courseware.explorers.axes import SMALL
from courseware.explorers.base import Strip
from courseware.explorers.lines import PHONE, LineExplorer

BESIDE = ("USA", "UKR", "BLR")  # of the last nothing is counted: it is no reference
FIRST, LAST = 1991, 2024
ALL_VOTES, FINAL, AGREEMENT = "all votes", "final passage", "agreement"
FEW = 0.5  # a score from fewer than this share of the year's roll calls is drawn hollow


@dataclass(frozen=True)
class VotingState:
    """What the UN-voting explorer shows: positions on one series, or agreement scores."""

    what: str = ALL_VOTES
    reference: str = "RUS"
    states: tuple[str, ...] = ("CHN", "KAZ")
    years: tuple[int, int] = (FIRST, LAST)
    bands: bool = True


class UNVotingExplorer(LineExplorer):
    """Draws where states stand in the UN General Assembly, or how often two vote alike."""

    name = "un_voting"
    chapter = "03"
    ranges: ClassVar = {"years": (FIRST, LAST)}
    box = (0.055, 0.13, 0.78, 0.84)
    most_years = 6
    phone: ClassVar = PHONE | {"box": (0.1, 0.18, 0.65, 0.785), "label_step": 17}

    def __init__(self) -> None:
        """Read positions, and the agreement scores of all pairs."""
        self.views = {
            "thirty-years": VotingState(),
            "all-votes": VotingState(years=(2015, 2023)),
            "final-passage": VotingState(FINAL, years=(2015, 2023)),
            "with-china": VotingState(AGREEMENT, "CHN", ("RUS", *article.five()), (2005, 2023)),
            "with-america": VotingState(
                AGREEMENT, "USA", ("CHN", "RUS", "KAZ", "UZB", "UKR"), (1992, 2019)
            ),
            "wide-band": VotingState(ALL_VOTES, "RUS", ("KAZ", "TKM"), (2005, LAST)),
        }
        self._states = (*article.seven(), *BESIDE)
        names = {code: article.name(code) for code in self._states}
        self.offered = {"reference": names, "states": names}
        self.strip = Strip("reference", self._states[:-1], self.views["with-china"])
        points = data.load("un_ideal_points").set_index(["series", "iso3", "year"]).sort_index()
        self._points = points.astype(float)
        self._scores = data.load("agreement_of_pairs")

    def normalise(self, state: VotingState) -> VotingState:
        """Return ``state`` with at least two years and states in a fixed order."""
        states = tuple(code for code in self._states if code in state.states)
        return replace(super().normalise(state), states=states)

    def looks(self) -> Mapping[str, tuple[str, dict]]:
        """Return each state's look."""
        dots = {"marker": "o", "markersize": 3}
        return {code: (article.name(code), charts.style(code) | dots) for code in self._states}

    def furnish(self, ax: Axes) -> None:
        """Draw a band and hollow marks for each state, and the keys."""
        self._bands, self._few = {}, {}
        look = {"markerfacecolor": "white", "markersize": 6, "animated": True}
        for code in self._states:
            hue = charts.color(code)
            band = PolyCollection([], facecolor=hue, alpha=0.18, linewidth=0, animated=True)
            self._bands[code] = ax.add_collection(band, autolim=False)
            (self._few[code],) = ax.plot([], [], "o", color=hue, **look)
        place = {"fontsize": SMALL, "color": palette.SOFT, "animated": True}
        self._keys = {
            key: ax.figure.text(self.key_left, 0.012, in_lines(words, self.key_letters), **place)
            for key, words in self.written("keys").items()
        }

    def content(self, state: VotingState) -> dict[str, pd.DataFrame]:
        """Return per state a table by year, whose first column is drawn.

        Positions: ``ideal_point, low, high, n_votes``, reference included. Agreement: ``score,
        both voted, roll calls`` with the reference. States without a row in the years are left out.
        """
        if state.what == AGREEMENT:
            tables = {code: (self._scores, (code, state.reference)) for code in state.states}
        else:
            codes = {*state.states, state.reference}
            ordered = (code for code in self._states if code in codes)
            tables = {code: (self._points, (state.what, code)) for code in ordered}
        within = {
            code: table.loc[key].loc[slice(*state.years)]
            for code, (table, key) in tables.items()
            if key in table.index
        }
        return {code: table for code, table in within.items() if len(table)}

    def ticks(self, state: VotingState, content: Mapping[str, pd.DataFrame]) -> tuple[float, ...]:
        """Return the ticks; both series of ideal points share the same range."""
        if state.what == AGREEMENT:
            least = min((table["score"].min() for table in content.values()), default=0)
            step = 0.1 if least >= 0.4 else 0.2  # both lead up to 1, so that nothing is cut off
            low = min(np.floor(least / step + 1e-9) * step, 0.9)
            return tuple(np.arange(low, 1.01, step))
        both = [self.content(replace(state, what=series)) for series in (ALL_VOTES, FINAL)]
        tables = [table for found in both for table in found.values()]
        low = min((table["low"].min() for table in tables), default=-1)
        high = max((table["high"].max() for table in tables), default=1)
        step = 1 if high - low > 2.5 else 0.5
        return tuple(np.arange(np.floor(low / step), np.ceil(high / step) + 0.5) * step)

    def lines(
        self, state: VotingState, content: Mapping[str, pd.DataFrame]
    ) -> dict[str, pd.Series]:
        """Return positions or scores, with every year in them."""
        years = np.arange(state.years[0], state.years[1] + 1)
        return {code: table.iloc[:, 0].reindex(years) for code, table in content.items()}

    def ends(self, state: VotingState, content: Mapping[str, pd.DataFrame]) -> dict[str, float]:
        """Return the last position or score of each state."""
        return {code: table.iloc[-1, 0] for code, table in content.items()}

    def beneath(self, state: VotingState, content: Mapping[str, pd.DataFrame]) -> list:
        """Move the bands of ideal points."""
        if state.what == AGREEMENT or not state.bands:
            return []
        for code, table in content.items():
            self._bands[code].set_verts(_outlines(table))
        return [self._bands[code] for code in content]

    def above(self, state: VotingState, content: Mapping[str, pd.DataFrame]) -> list:
        """Move the hollow marks of scores that rest on few roll calls; return the key, too."""
        if state.what != AGREEMENT:
            return [self._keys["points"]]
        for code, table in content.items():
            thin = table["both voted"] < FEW * table["roll calls"]
            self._few[code].set_data(table.index[thin], table["score"][thin])
        return [*(self._few[code] for code in content), self._keys["scores"]]

    def question(self, state: VotingState, content: Mapping[str, pd.DataFrame]) -> str:
        """Ask who was nearest to the reference in the last year with figures."""
        year = max((table.index[-1] for table in content.values()), default=state.years[1])
        return self.say("asks", state.what, reference=self._named(state.reference), year=year)

    def unit(self, state: VotingState, content: Mapping[str, pd.DataFrame]) -> str:
        """Return the measure, its scale and span, and of whom nothing is reported."""
        scores = state.what == AGREEMENT
        asked = state.states if scores else (*state.states, state.reference)
        missing = [code for code in asked if code not in {*content, scores and state.reference}]
        names, gaps = ", ".join(map(article.name, missing)), ""
        if content and missing:
            gaps = " " + self.say("gaps", names=names)
        return self.say(
            "units",
            "scores" if scores else "points",
            reference=self._named(state.reference),
            what=state.what,
            **{"first": state.years[0], "last": state.years[1], "gaps": gaps},
        )

    def told(self, state: VotingState, content: Mapping[str, pd.DataFrame]) -> list[str]:
        """Return the first and last value of each state."""
        return [
            self.say(
                "tells",
                state=article.name(code),
                ends=", ".join(
                    self.say("figure", value=table.iloc[at, 0], year=table.index[at])
                    for at in (0, -1)
                ),
            )
            for code, table in content.items()
        ]

    def finding(self, state: VotingState, content: Mapping[str, pd.DataFrame]) -> str:
        """Return who is nearest to the reference in the last year, or why nothing is seen."""
        reference = {"reference": self._named(state.reference), "what": state.what}
        others = {code: table for code, table in content.items() if code != state.reference}
        if not others:
            chosen = {*state.states} - {state.reference}
            return self.say("finds", "nothing" if chosen else "choose", **reference)
        year = max(table.index[-1] for table in others.values())
        last = {c: t.iloc[:, 0][year] for c, t in others.items() if year in t.index}
        if state.what == AGREEMENT:
            most, least = max(last, key=last.get), min(last, key=last.get)
            rest = {"least": self._named(least), "low": last[least]}
            rest = "" if most == least else self.say("finds", "least", **rest)
            said = {"most": self._named(most), "high": last[most], "least": rest}
            return self.say("finds", "most", year=year, **said, **reference)
        here = content.get(state.reference)
        if here is None or year not in here.index:
            return self.say("finds", "no position", year=year, **reference)
        away = {c: abs(point - here["ideal_point"][year]) for c, point in last.items()}
        first, *then = sorted(away, key=away.get)[:3]
        rest = (self.say("finds", "others", other=self._named(c), away=away[c]) for c in then)
        near = {"first": self._named(first), "near": away[first], "others": "".join(rest)}
        return self.say("finds", "nearest", year=year, **near, **reference)

    def rows(self, state: VotingState, content: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
        """Return one row per year and state, with the band or the number of roll calls."""
        if not content:
            return pd.DataFrame()
        years = range(state.years[0], state.years[1] + 1)
        rows = pd.concat({article.name(c): t.reindex(years) for c, t in content.items()})
        rows = rows[rows.groupby(level="year").transform("count").iloc[:, 0] > 0]
        rows = rows.rename_axis(["state", "year"]).round(4)
        counts = rows.columns.difference(["ideal_point", "low", "high", "score"])
        rows[counts] = rows[counts].astype("Int64")
        return rows.rename(columns=self.written("columns")).reset_index()

    def _named(self, code: str) -> str:
        """Return a state's name as it stands in a sentence."""
        return self.written("america") if code == "USA" else article.name(code)


def _outlines(table: pd.DataFrame) -> list[np.ndarray]:
    """Return the band as polygons, a new one after each missing year."""
    years = table.index.to_numpy(dtype=float)
    runs = np.split(np.arange(len(years)), np.flatnonzero(np.diff(years) > 1) + 1)
    low, high = table["low"].to_numpy(), table["high"].to_numpy()
    return [
        np.column_stack([np.r_[years[run], years[run][::-1]], np.r_[low[run], high[run][::-1]]])
        for run in runs
    ]
