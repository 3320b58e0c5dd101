"""The state dashboard: every tie of one state, each with its own unit, source and gaps."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, ClassVar

import ipywidgets as widgets
import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from courseware import article, charts, palette, ui
from courseware.explorers.base import Explorer, Strip, Words
from courseware.explorers.controls import choice, span
from courseware.explorers.state_dashboard.findings import finding, last_figures, last_line, missing
from courseware.explorers.state_dashboard.ties import (
    COUNTED_BY,
    CUSTOMS,
    FIRST,
    LAST,
    OWN,
    TIES,
    VOTES,
    WITS,
    Content,
    cut,
)
from courseware.quantities import num

SOURCE = (
    "Source: customs and statistics offices (partly through IMF and World Bank); press, for "
    "hollow marks; UN roll calls and press; SIPRI; World Bank; UN DESA; AidData. Grey ground: "
    "after the article of {day}."
)
INVASION = pd.Timestamp("2022-02-24")
BARS = {"RUS": charts.color("RUS"), "CHN": charts.color("CHN"), "OTH": palette.PALE}
STACKED = ("arms", "service", "finance", "visits")
PARTS = {"trade": ("trade", "spoken")}  # a tie drawn from two series
#: The five rows of the panel of votes, from the top: their words and their heights.
SHORT = {"Y": "yes", "A": "abstain", "N": "no", "X": "not cast", "": "?"}
LEVEL = {vote: 1 - (row + 0.5) / len(SHORT) for row, vote in enumerate(SHORT)}
SMALL = {"fontsize": 8, "color": palette.SOFT, "va": "top"}


@dataclass(frozen=True)
class DashboardState:
    """Which state, over which years, and who counts its trade."""

    state: str = "KAZ"
    years: tuple[int, int] = (2000, 2024)
    counts: str = CUSTOMS


class StateDashboard(Explorer):
    """Draws the nine ties of one of the five states as small panels of equal rank."""

    name = "state_dashboard"
    chapter = "08"
    size = (9.0, 5.8)
    first_year = FIRST
    views: ClassVar = {
        "kazakhstan": DashboardState(),
        "kazakhstan-own": DashboardState(counts=OWN),
        "kyrgyzstan": DashboardState("KGZ"),
        "tajikistan": DashboardState("TJK", (2002, 2024)),
        "turkmenistan": DashboardState("TKM"),
        "uzbekistan": DashboardState("UZB", (2010, 2024), OWN),
    }

    def __init__(self) -> None:
        """Take the five states and the article's day."""
        self.strip = Strip("state", article.five(), DashboardState())
        self.source = SOURCE.format(day=article.day_in_words())

    def controls(self) -> Mapping[str, widgets.Widget]:
        """Return the three controls in reading order."""
        return {
            "state": choice("State:", [(article.name(code), code) for code in article.five()]),
            "years": span(FIRST, LAST),
            "counts": choice(
                "Trade counted by:",
                [(COUNTED_BY[key], key) for key in (CUSTOMS, OWN, WITS)],
            ),
        }

    # The picture ---------------------------------------------------------------------------

    def build(self, fig: Figure) -> None:
        """Make nine bare panels: titles and base lines on the paper, artists that move."""
        self._panels, self._after, self._ends = {}, {}, {}
        self._art: dict[str, Any] = {}
        for place, tie in enumerate(TIES):
            left, bottom = 0.055 + place % 3 * 0.323, 0.705 - place // 3 * 0.3
            ax = fig.add_axes((left, bottom, 0.255, 0.2))
            ax.set(ylim=(0, 1), xlim=(0, 1), autoscale_on=False)
            ax.set_axis_off()
            ax.patch.set_visible(False)
            fig.text(left, bottom + 0.225, tie.title, fontsize=9, fontweight="bold")
            self._after[tie.key] = ax.axvspan(0, 1, color=palette.LATER, linewidth=0, zorder=0)
            base = Line2D([left, left + 0.255], [bottom, bottom], color=palette.RULE, lw=0.9)
            fig.add_artist(base)
            self._ends[tie.key] = [
                ax.text(at, -0.05, "", transform=ax.transAxes, ha=align, **SMALL)
                for at, align in ((0, "left"), (1, "right"))
            ]
            if tie.missing:
                look = SMALL | {"color": charts.ink(BARS[tie.missing_power]), "style": "italic"}
                fig.text(left + 0.1275, bottom - 0.01, tie.missing, ha="center", **look)
            if tie.key == "votes":
                for row, words in SHORT.items():
                    look = SMALL | {"va": "center", "ha": "right", "fontsize": 7.5}
                    fig.text(left - 0.004, bottom + 0.2 * LEVEL[row], words, **look)
            self._panels[tie.key] = ax
            self._art[tie.key] = self._artists(tie.key, ax)
        self._key(fig)

    def _artists(self, key: str, ax) -> dict[str, Any]:
        """Return the artists of one panel that move with the state."""
        art: dict[str, Any] = {
            "top": ax.text(
                -0.015,
                1,
                "",
                transform=ax.transAxes,
                animated=True,
                ha="right",
                **SMALL | {"va": "center"},
            ),
            "empty": ax.text(
                0.5,
                0.45,
                "not reported",
                transform=ax.transAxes,
                animated=True,
                fontsize=9,
                ha="center",
                style="italic",
                color=palette.SOFT,
            ),
        }
        for code in ("RUS", "CHN"):
            look = charts.style(code) | {"animated": True}
            if key == "trade":
                mark = charts.style(code, markers=True)["marker"]
                (art[code],) = ax.plot([], [], **look, marker=".", markersize=4)
                look |= {"linestyle": "None", "markerfacecolor": "white"}
                (art["spoken", code],) = ax.plot([], [], marker=mark, markersize=5, **look)
            if key == "votes":
                mark = charts.style(code, markers=True)["marker"]
                (art[code],) = ax.plot([], [], mark, ms=2.6, color=BARS[code], animated=True)
        if key == "votes":
            lines = LineCollection([], color=palette.FAINT, lw=0.8, ls=":", animated=True)
            art["invasion"] = ax.add_collection(lines, autolim=False)
        if key in STACKED:
            for code, hue in BARS.items():
                bars = PolyCollection([], facecolor=hue, linewidth=0, animated=True)
                art[code] = ax.add_collection(bars, autolim=False)
        if key in ("remittances", "migrants", "students", "votes"):
            whose = {"migrants": "RUS", "students": "CHN"}.get(key, "KAZ")
            look = charts.style(whose, markers=True) | {"markersize": 3, "animated": True}
            if key == "migrants":
                look |= {"linestyle": "None", "markersize": 5}
            (art["own"],) = ax.plot([], [], **look)
        if key == "votes":
            (art["hollow"],) = ax.plot([], [], animated=True)
            art["marked"] = ""  # the state whose marks the panel wears
        if key == "visits":
            (art["xi"],) = ax.plot([], [], "^", color=palette.BLACK, markersize=4.5, animated=True)
        return art

    def _key(self, fig: Figure) -> None:
        """Write on the paper what the colours and marks mean."""
        for at, words, hue in (
            (0.055, "– –  ■  Russia", BARS["RUS"]),
            (0.17, "—  ■  China", BARS["CHN"]),
            (0.265, "■  third powers", palette.RULE),
            (0.395, "votes: large, the state; small, the powers", palette.TEXT),
            (0.72, "hollow: press, or inferred vote", palette.TEXT),
        ):
            fig.text(at, 0.018, words, fontsize=8.5, color=charts.ink(hue))

    def content(self, state: DashboardState) -> Content:
        """Return the ties of the state, cut to the chosen years."""
        return cut(state.state, *state.years, state.counts)

    def frame(self, state: DashboardState, content: Content) -> Hashable:
        """Return the years under the panels and the months under the votes."""
        return state.years, tuple(content.votes["date"].dt.strftime("%b %Y"))

    def lay_out(self, frame: tuple, state: DashboardState, content: Content) -> None:
        """Set the years under the panels and the grey ground of what came later."""
        _, days = frame
        first, last = state.years[0], state.years[1] + 1
        for tie, ax in self._panels.items():
            start, ends = article.decimal_year(), (str(state.years[0]), str(state.years[1]))
            if tie == "votes":
                ax.set_xlim(-0.5, max(len(days), 2) - 0.5)
                start = (content.votes["date"] < article.iso_day()).sum() - 0.5
                ends = (days[0], days[-1]) if len(days) > 1 else (days[0] if days else "", "")
            else:
                ax.set_xlim(first, last)
            low, high = ax.get_xlim()
            self._after[tie].set_bounds(min(max(start, low), high), 0, max(high - start, 0), 1)
            self._after[tie].set_visible(high > start)
            for text, words in zip(self._ends[tie], ends, strict=True):
                text.set_text(words)

    def update(self, state: DashboardState, content: Content) -> list:
        """Move the marks of every panel; scales are set by dividing, so axes stand still."""
        drawn: list = []
        middles = content.years + 0.5
        for tie in TIES:
            art = self._art[tie.key]
            if tie.key == "votes":
                drawn += self._votes(state.state, content.votes, art)
                continue
            parts = PARTS.get(tie.key, (tie.key,))
            here = {key: values for key, values in content.series.items() if key[0] in parts}
            top = _top(tie.key, here)
            if top is None:
                drawn.append(art["empty"])
                continue
            art["top"].set_text(f"{num(top):,g}")
            drawn.append(art["top"])
            if tie.key == "trade":
                drawn += self._trade(content, middles, top, art)
            elif "RUS" in art:
                drawn += self._stack(tie.key, content, top, art)
            else:
                ((_, whose), values), *_ = here.items()
                if tie.key == "remittances":
                    art["own"].set(**charts.style(whose, markers=True) | {"markersize": 3})
                art["own"].set_data(middles, values / top)
                drawn.append(art["own"])
        return drawn

    def _trade(self, content: Content, middles: np.ndarray, top: float, art: dict) -> list:
        """Move two lines, and the hollow marks of what officials said."""
        drawn = []
        for code in ("RUS", "CHN"):
            art[code].set_data(middles, content.series["trade", code] / top)
            art["spoken", code].set_data(middles, content.series["spoken", code] / top)
            drawn += [art[code], art["spoken", code]]
        return drawn

    def _stack(self, key: str, content: Content, top: float, art: dict) -> list:
        """Stack the bars of Russia, China and third powers; a gap adds nothing."""
        floor = np.zeros(len(content.years))
        drawn = []
        for code in BARS:
            values = content.series.get((key, code))
            if values is None:
                continue
            high = floor + np.nan_to_num(values / top)
            art[code].set_verts(_boxes(content.years, floor, high))
            floor = high
            drawn.append(art[code])
        if key == "visits":
            came = [year for year in content.whole.xi if year in content.years]
            art["xi"].set_data(np.array(came) + 0.5, np.full(len(came), 0.88))
            drawn.append(art["xi"])
        return drawn

    def _votes(self, code: str, votes: pd.DataFrame, art: dict) -> list:
        """Set one column a text: the state's vote large, those of Russia and China small."""
        if votes.empty:
            return [art["empty"]]
        at = np.arange(len(votes))
        heights = {
            who: np.array([LEVEL[vote] for vote in votes[who]]) for who in ("vote", "CHN", "RUS")
        }
        if art["marked"] != code:
            look = charts.style(code, markers=True) | {"linestyle": "None", "markersize": 6}
            art["own"].set(**look)
            art["hollow"].set(**look | {"markerfacecolor": "white"})
            art["marked"] = code
        guessed = (votes["basis"] == "inference").to_numpy()
        art["own"].set_data(at[~guessed], heights["vote"][~guessed])
        art["hollow"].set_data(at[guessed], heights["vote"][guessed])
        art["CHN"].set_data(at + 0.25, heights["CHN"] - 0.055)
        art["RUS"].set_data(at - 0.25, heights["RUS"] - 0.055)
        before = (votes["date"] < INVASION).sum() - 0.5
        inside = 0 <= before < len(votes) - 1
        art["invasion"].set_segments([[(before, 0), (before, 1)]] if inside else [])
        return [art["invasion"], art["CHN"], art["RUS"], art["own"], art["hollow"]]

    # The words -----------------------------------------------------------------------------

    def describe(self, state: DashboardState, content: Content) -> Words:
        """Return who is ahead in trade and who delivered the arms, and what the panels hold."""
        span = f"{state.years[0]}–{state.years[1]}"
        counted = f"trade in US$ billion, by {COUNTED_BY[state.counts]}"
        unit = f"{article.name(state.state)}, {span}; {counted}"
        title = finding(state.state, content)
        panels = (
            "trade, votes at the UN, arms, remittances, people living in Russia, debt service, "
            "finance signed, students and visits (the last three for China only)"
        )
        return Words(
            title, unit, f"Nine small panels: {panels}. {unit}. {title}.", last_line(content)
        )

    def rows(self, state: DashboardState, content: Content) -> pd.DataFrame:
        """Return one row per mark, and one row for each power that a tie has no figure for."""
        rows = []
        whose = {code: article.name(code) for code in article.powers()}
        whose |= {state.state: "all countries", "OTH": "third powers"}
        for tie in TIES:
            if tie.key == "votes":
                for text in content.votes.itertuples(index=False):
                    note = " (inferred)" if text.basis == "inference" else ""
                    cast = VOTES[text.vote] + note
                    rows.append((tie.title, text.date.date().isoformat(), text.label, cast))
                continue
            for key in PARTS.get(tie.key, (tie.key,)):
                for code in ("RUS", "CHN", state.state, "OTH"):
                    values = content.series.get((key, code))
                    kind = " (press)" if key == "spoken" else ""
                    for year, value in _present(content.years, values):
                        rows.append((tie.title, str(year), whose[code] + kind, value))
            if tie.missing:
                rows.append((tie.title, "any year", tie.missing.split(":")[0], None))
        table = pd.DataFrame(rows, columns=["tie", "when", "with whom, or text", "value"])
        table["value"] = table["value"].astype(object)
        return table

    def card(self, state: DashboardState, content: Content) -> str:
        """Return the last figure of each tie with its source, and what is missing, in words."""
        rows = [row.cells() for row in last_figures(content)]
        columns = ["tie", "Russia", "China", "leading third power", "source"]
        last = ui.table(pd.DataFrame(rows, columns=columns), "The last figure in the chosen years")
        gaps = "".join(f"<li>{escape(gap)}</li>" for gap in missing(state.state, content))
        body = f"{last}<p>{escape(content.whole.clubs)}</p>"
        return ui.details(f"{article.name(state.state)} in words, with sources", body) + ui.details(
            "What is missing", f"<ul>{gaps}</ul>"
        )


def _present(years: np.ndarray, values: np.ndarray | None) -> list[tuple[int, float]]:
    """Return the years that have a figure, with it."""
    if values is None:
        return []
    there = np.isfinite(values)
    return [(int(y), round(float(v), 3)) for y, v in zip(years[there], values[there], strict=True)]


def _top(key: str, series: Mapping[tuple, np.ndarray]) -> float | None:
    """Return a round number just above the greatest value (of the stack, where bars stack)."""
    parts = [np.nan_to_num(values) for values in series.values()]
    if not any(np.isfinite(values).any() for values in series.values()):
        return None
    high = float(np.max(np.sum(parts, axis=0) if key in STACKED else parts)) * 1.05 or 1.0
    power = 10 ** np.floor(np.log10(high))
    return float(next(k * power for k in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if k * power >= high))


def _boxes(years: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return the corners of one bar per year that is higher than its floor."""
    seen = high > low
    x, low, high = years[seen], low[seen], high[seen]
    left, right = x + 0.12, x + 0.88
    return np.stack(
        [np.stack(p, 1) for p in ((left, low), (left, high), (right, high), (right, low))], 1
    )
