"""The UN-voting explorer: ideal points with their bands, and agreement with a reference state."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from itertools import combinations

import ipywidgets as widgets
import numpy as np
import pandas as pd
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from courseware import article, charts, data, palette
from courseware.explorers.axes import SMALL, end_label, place_ends, year_axis
from courseware.explorers.base import Explorer, Strip, Words
from courseware.explorers.controls import choice, several, span, tick
from courseware.quantities import num

BESIDE = ("USA", "UKR", "BLR")  # of the last nothing is counted: it is no reference
FIRST, LAST = 1991, 2024
ALL_VOTES, FINAL, AGREEMENT = "all votes", "final passage", "agreement"
POINTS = {"Y": 1.0, "A": 0.5, "N": 0.0}  # yes, abstain, no
FEW = 0.5  # a score from fewer than this share of the year's roll calls is drawn hollow


@dataclass(frozen=True)
class VotingState:
    """What the UN-voting explorer shows: positions on one series, or agreement scores."""

    what: str = ALL_VOTES
    reference: str = "RUS"
    states: tuple[str, ...] = ("CHN", "KAZ")
    years: tuple[int, int] = (FIRST, LAST)
    bands: bool = True


class UNVotingExplorer(Explorer):
    """Draws where states stand in the UN General Assembly, or how often two vote alike."""

    name = "un_voting"
    chapter = "03"
    source = (
        "Source: E. Voeten, UN General Assembly Ideal Points, July 2025 (bands: 5 to 95 per cent "
        "quantiles); agreement scores: computed here from UN General Assembly Voting Data, "
        "E. Voeten, A. Strezhnev, M. Bailey, 1992 to 2023 (no emergency session since 2020)."
    )
    first_year = FIRST

    def __init__(self) -> None:
        """Read positions, and compute the agreement scores of all pairs."""
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
        self.strip = Strip("reference", self._states[:-1], self.views["with-china"])
        points = data.load("un_ideal_points").set_index("year").sort_index()
        self._points = {
            key: group[["ideal_point", "low", "high", "n_votes"]].astype(float)
            for key, group in points.groupby(["series", "iso3"])
        }
        self.scores = agreement_scores(data.load("un_rollcalls"), data.load("un_agreement"))

    def controls(self) -> Mapping[str, widgets.Widget]:
        """Return the five controls in reading order."""
        names = [(article.name(code), code) for code in self._states]
        measures = [
            ("ideal points, all votes", ALL_VOTES),
            ("ideal points, final passage only", FINAL),
            ("agreement with the reference state", AGREEMENT),
        ]
        return {
            "what": choice("Measure:", measures),
            "reference": choice("Reference:", names),
            "states": several("Compared with:", names),
            "years": span(FIRST, LAST),
            "bands": tick("show the bands of ideal points"),
        }

    def normalise(self, state: VotingState) -> VotingState:
        """Return ``state`` with at least two years and states in a fixed order."""
        states = tuple(code for code in self._states if code in state.states)
        return replace(super().normalise(state), states=states)

    def build(self, fig: Figure) -> None:
        """Create axes and, per state, a band, a line, hollow marks and a label."""
        self._axes = ax = fig.add_axes((0.055, 0.13, 0.78, 0.84))
        ax.set_autoscale_on(False)
        self._artists = {}
        for code in self._states:
            look = charts.style(code)
            hue = look["color"]
            band = PolyCollection([], facecolor=hue, alpha=0.18, linewidth=0, animated=True)
            ax.add_collection(band, autolim=False)
            (line,) = ax.plot([], [], **look, marker="o", markersize=3, animated=True)
            (few,) = ax.plot(
                [], [], "o", color=hue, markerfacecolor="white", markersize=6, animated=True
            )
            label = end_label(ax, article.name(code), hue, 9.5)
            self._artists[code] = (band, line, few, label)
        place = {"fontsize": SMALL, "color": palette.SOFT, "animated": True}
        self._keys = {
            True: fig.text(
                0.055,
                0.012,
                "○ from fewer than half of the year's roll calls    "
                "0 = always opposed, 1 = always alike",
                **place,
            ),
            False: fig.text(
                0.055,
                0.012,
                "higher = closer to the order led by the United States    "
                "shaded: 5 to 95 per cent quantiles",
                **place,
            ),
        }

    def content(self, state: VotingState) -> dict[str, pd.DataFrame]:
        """Return per state a table by year.

        Positions: ``ideal_point, low, high, n_votes``, reference included. Agreement: ``score,
        n_both, n_rollcalls`` with the reference. States without a row in the years are left out.
        """
        if state.what == AGREEMENT:
            chosen = {
                code: self.scores.get(frozenset((code, state.reference)))
                for code in state.states
                if code != state.reference
            }
        else:
            codes = [code for code in self._states if code in {*state.states, state.reference}]
            chosen = {code: self._points.get((state.what, code)) for code in codes}
        within = {
            code: table.loc[slice(*state.years)]
            for code, table in chosen.items()
            if table is not None
        }
        return {code: table for code, table in within.items() if len(table)}

    def frame(self, state: VotingState, content: Mapping[str, pd.DataFrame]) -> Hashable:
        """Return the span and the ticks; both series of ideal points share the same range."""
        if state.what == AGREEMENT:
            least = min((table["score"].min() for table in content.values()), default=0)
            step = 0.1 if least >= 0.4 else 0.2  # both lead up to 1, so that nothing is cut off
            low = min(np.floor(least / step + 1e-9) * step, 0.9)
            ticks = [*np.arange(low, 1.01, step)]
        else:
            both = [self.content(replace(state, what=series)) for series in (ALL_VOTES, FINAL)]
            tables = [table for found in both for table in found.values()]
            low = min((table["low"].min() for table in tables), default=-1)
            high = max((table["high"].max() for table in tables), default=1)
            step = 1 if high - low > 2.5 else 0.5
            ticks = [*np.arange(np.floor(low / step), np.ceil(high / step) + 0.5) * step]
        return state.years, tuple(ticks)

    def lay_out(self, frame: tuple, state: VotingState, content: Mapping) -> None:
        """Set limits and ticks."""
        years, ticks = frame
        ax = self._axes
        ax.set_ylim(ticks[0], ticks[-1])
        ax.set_yticks(ticks, [f"{num(tick):g}" for tick in ticks])
        year_axis(ax, years, 6)

    def update(self, state: VotingState, content: Mapping[str, pd.DataFrame]) -> list:
        """Move bands, lines, marks and labels to ``state``."""
        bands, lines, ends = [], [], []
        scores = state.what == AGREEMENT
        for code, table in content.items():
            band, line, few, label = self._artists[code]
            values = table.iloc[:, 0]
            years = np.arange(state.years[0], state.years[1] + 1)
            line.set_data(years, values.reindex(years))
            lines.append(line)
            if scores:
                thin = table["n_both"] < FEW * table["n_rollcalls"]
                few.set_data(values.index[thin], values[thin])
                lines.append(few)
            elif state.bands:
                band.set_verts(_outlines(table))
                bands.append(band)
            ends.append((label, values.iloc[-1]))
        return [*bands, *lines, *place_ends(self._axes, ends, 17), self._keys[scores]]

    def question(self, state: VotingState, content: Mapping[str, pd.DataFrame]) -> str:
        """Ask who was nearest to the reference in the last year with figures."""
        reference = _named(state.reference)
        year = max((table.index[-1] for table in content.values()), default=state.years[1])
        if state.what == AGREEMENT:
            return f"Who voted most like {reference} in {year}?"
        votes = {ALL_VOTES: "in all votes", FINAL: "in votes on whole texts"}[state.what]
        return f"Who stood nearest to {reference} in {year}, {votes}?"

    def describe(self, state: VotingState, content: Mapping[str, pd.DataFrame]) -> Words:
        """Return the finding, the unit, and first and last value of each state."""
        reference, (first, last) = _named(state.reference), state.years
        if state.what == AGREEMENT:
            unit = f"Agreement with {reference}, score from 0 to 1, {first}–{last} (data end 2023)"
        else:
            unit = f"Ideal points, {state.what}, points on a latent scale, {first}–{last}"
        finding = headline(state, content)
        if not content:
            return Words(finding, unit, f"Empty chart. {finding}.")
        lines = []
        for code, table in content.items():
            ends = (f"{num(table.iloc[at, 0]):.2f} in {table.index[at]}" for at in (0, -1))
            lines.append(f"{article.name(code)}: {', '.join(ends)}")
        missing = [c for c in (*state.states, state.reference) if c not in content]
        missing = [c for c in missing if state.what != AGREEMENT or c != state.reference]
        gaps = f" Not reported: {', '.join(map(article.name, missing))}." if missing else ""
        alt = f"Line chart. {unit}. {'; '.join(lines)}.{gaps}"
        return Words(finding, f"{unit}.{gaps}", alt, "; ".join(lines))

    def rows(self, state: VotingState, content: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
        """Return one row per year and state, with the band or the number of roll calls."""
        if not content:
            return pd.DataFrame()
        years = range(state.years[0], state.years[1] + 1)
        rows = pd.concat({article.name(c): t.reindex(years) for c, t in content.items()})
        rows = rows[rows.groupby(level="year").transform("count").iloc[:, 0] > 0]
        rows = rows.rename_axis(["state", "year"]).round(3)
        counts = [name for name in rows if name.startswith("n_")]
        rows[counts] = rows[counts].astype("Int64")
        columns = {
            "ideal_point": "ideal point",
            "low": "5% quantile",
            "high": "95% quantile",
            "n_votes": "votes used",
            "score": "agreement",
            "n_both": "both voted",
            "n_rollcalls": "roll calls of the year",
        }
        return rows.rename(columns=columns).reset_index()


def agreement_scores(
    rollcalls: pd.DataFrame, earlier: pd.DataFrame
) -> dict[frozenset, pd.DataFrame]:
    """Return, per pair of states, score, base and roll calls by year.

    Computed from single roll calls where they are at hand (from 2000 on); before that the scores
    of the derived table, which has four partners only. A pair that never both voted has no row.
    """
    columns = {name: name[-3:].upper() for name in rollcalls if name.startswith("vote_")}
    votes = rollcalls.set_index("year")[[*columns]].rename(columns=columns)
    votes = votes.apply(lambda column: column.map(POINTS)).astype(float)
    total = votes.groupby(level="year").size()
    before = earlier[earlier["year"] < total.index[0]].set_index("year")
    names = {"agreement_index": "score", "n_both_voted": "n_both", "n_rollcalls": "n_rollcalls"}
    old = {
        frozenset(pair): group[[*names]].rename(columns=names)
        for pair, group in before.groupby(["iso3", "partner_iso3"])
    }
    scores = {}
    for one, other in combinations(votes, 2):
        alike = (1 - (votes[one] - votes[other]).abs()).groupby(level="year")
        found = pd.DataFrame({"score": alike.mean(), "n_both": alike.count(), "n_rollcalls": total})
        pair = frozenset((one, other))
        parts = [part for part in (old.get(pair), found.dropna()) if part is not None]
        scores[pair] = pd.concat(parts).sort_index().astype(float)
    return scores


def headline(state: VotingState, content: Mapping[str, pd.DataFrame]) -> str:
    """Return who is nearest to the reference in the last year with figures, or why nothing is."""
    reference = _named(state.reference)
    others = {code: table for code, table in content.items() if code != state.reference}
    if not others:
        if not set(state.states) - {state.reference}:
            return f"Choose at least one state to compare with {reference}"
        return f"Not reported for this choice of states and years (reference: {reference})"
    year = max(table.index[-1] for table in others.values())
    if state.what == AGREEMENT:
        score = {c: t["score"][year] for c, t in others.items() if year in t.index}
        most, least = max(score, key=score.get), min(score, key=score.get)
        said = f"{year}: {_named(most)} voted most like {reference} ({num(score[most]):.2f})"
        return said + (
            f", {_named(least)} least ({num(score[least]):.2f})" if most != least else ""
        )
    here = content.get(state.reference)
    if here is None or year not in here.index:
        return f"{reference} has no position for {year} on {state.what}"
    away = {
        c: abs(t["ideal_point"][year] - here["ideal_point"][year])
        for c, t in others.items()
        if year in t.index
    }
    order = sorted(away, key=away.get)
    parts = [f"{_named(code)} stands {num(away[code]):.2f} from {reference}" for code in order[:1]]
    parts += [f"{_named(code)} {num(away[code]):.2f}" for code in order[1:3]]
    return f"{year}, {state.what}: {', '.join(parts)}"


def _named(code: str) -> str:
    return f"{'the ' if code == 'USA' else ''}{article.name(code)}"


def _outlines(table: pd.DataFrame) -> list[np.ndarray]:
    """Return the band as polygons, a new one after each missing year."""
    years = table.index.to_numpy(dtype=float)
    runs = np.split(np.arange(len(years)), np.flatnonzero(np.diff(years) > 1) + 1)
    low, high = table["low"].to_numpy(), table["high"].to_numpy()
    return [
        np.column_stack([np.r_[years[run], years[run][::-1]], np.r_[low[run], high[run][::-1]]])
        for run in runs
    ]
