"""The state dashboard: every tie of one state, each with its own unit, source and gaps."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, ClassVar

import ipywidgets as widgets
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text

from courseware import article, charts, palette, ui
from courseware.explorers.axes import SMALL
from courseware.explorers.base import Explorer, Strip, Words
from courseware.explorers.controls import CHOOSES, choice, clicks, span
from courseware.explorers.state_dashboard.findings import (
    finding,
    in_short,
    in_words,
    last_figures,
    last_line,
    missing,
)
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
    Tie,
    cut,
    ties,
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
EVERY_TIE = ""
#: Left and lower edge, width and height of a panel, as shares of the picture: of the nine, the
#: first one's and the steps to the next; and of one that is enlarged, of votes with room for names.
FIRST_BOX, STEPS = (0.062, 0.757, 0.272, 0.19), (0.328, -0.312)
LARGE_BOX, LARGE_VOTES = (0.075, 0.17, 0.905, 0.73), (0.075, 0.45, 0.905, 0.45)
#: Where each part of the key begins, as a share of the picture: of all nine panels, and of one.
KEY, LARGE_KEY = (0.012, 0.135, 0.237, 0.368, 0.72), (0.012, 0.18, 0.34)
MOST_YEARS = 6  # between the first and the last, under an enlarged panel
LARGE = 12  # points, of letters in an enlarged panel


@dataclass(frozen=True)
class DashboardState:
    """Which state, over which years, who counts its trade, and which panel is enlarged."""

    state: str = "KAZ"
    years: tuple[int, int] = (2000, 2024)
    counts: str = CUSTOMS
    tie: str = EVERY_TIE


class StateDashboard(Explorer):
    """Draws the nine ties of one of the five states as panels of equal rank, or one enlarged."""

    name = "state_dashboard"
    chapter = "08"
    size = (8.6, 4.4)
    first_year = FIRST
    views: ClassVar = {
        "kazakhstan": DashboardState(tie="trade"),
        "kazakhstan-own": DashboardState(counts=OWN, tie="trade"),
        "kyrgyzstan": DashboardState("KGZ", tie="trade"),
        "tajikistan": DashboardState("TJK", (2002, 2024), tie="remittances"),
        "turkmenistan": DashboardState("TKM"),
        "uzbekistan": DashboardState("UZB", (2010, 2024), OWN, tie="trade"),
    }

    def __init__(self) -> None:
        """Take the five states and the article's day."""
        self.strip = Strip("state", article.five(), DashboardState())
        self.source = SOURCE.format(day=article.day_in_words())

    def controls(self) -> Mapping[str, widgets.Widget]:
        """Return the four controls in reading order."""
        panels = [("none: all nine", EVERY_TIE), *((tie.title, tie.key) for tie in TIES)]
        enlarge = choice("Enlarge:", panels)
        enlarge.add_class(CHOOSES)
        return {
            "state": choice("State:", [(article.name(code), code) for code in article.five()]),
            "years": span(FIRST, LAST),
            "counts": choice(
                "Trade counted by:",
                [(COUNTED_BY[key], key) for key in (CUSTOMS, OWN, WITS)],
            ),
            "tie": enlarge,
        }

    def hands(self, state: DashboardState) -> str:
        """Return a mark that lets a click enlarge a panel, or go back to all nine."""
        if state.tie:
            return clicks({0: (0, 0, 1, 1)})
        _, down = STEPS
        return clicks(
            {
                1 + place: (column / 3, -down * row, (column + 1) / 3, -down * (row + 1))
                for place in range(len(TIES))
                for row, column in [divmod(place, 3)]
            }
        )

    # The picture ---------------------------------------------------------------------------

    def build(self, fig: Figure) -> None:
        """Make nine bare panels with their titles and base lines, and artists that move."""
        self._panels, self._after, self._ends, self._between, self._missing = {}, {}, {}, {}, {}
        self._art: dict[str, Any] = {}
        for tie in TIES:
            ax = fig.add_axes((0, 0, 1, 1), label=tie.key)
            ax.set(ylim=(0, 1), xlim=(0, 1), autoscale_on=False)
            ax.set_axis_off()
            ax.patch.set_visible(False)
            self._after[tie.key] = ax.axvspan(0, 1, color=palette.LATER, linewidth=0, zorder=0)
            ax.axhline(0, color=palette.RULE, linewidth=0.9, clip_on=False)
            look = {"weight": "bold", "color": palette.TEXT}
            _beside(ax, (0, 1), (0, 6), tie.title, "left", "bottom", **look)
            self._ends[tie.key] = [
                _beside(ax, (at, 0), (0, -4), "", align, "top")
                for at, align in ((0, "left"), (1, "right"))
            ]
            self._between[tie.key] = [
                _beside(ax, (0, 0), (0, -4), "", "center", "top") for _ in range(MOST_YEARS)
            ]
            if tie.missing:
                look = {"style": "italic", "color": charts.ink(BARS[tie.missing_power])}
                text = _beside(ax, (0.5, 0), (0, -4), tie.missing, "center", "top", **look)
                self._missing[tie.key] = text
            if tie.key == "votes":
                for row, words in SHORT.items():
                    _beside(ax, (0, LEVEL[row]), (-4, 0), words, "right", "center")
            self._panels[tie.key] = ax
            self._art[tie.key] = self._artists(tie.key, ax)
        self._names = [
            _beside(self._panels["votes"], (0, 0), (0, -6), "", "center", "top", rotation=90)
            for _ in range(len(ties(article.five()[0]).votes))
        ]
        self._key(fig)

    def _artists(self, key: str, ax) -> dict[str, Any]:
        """Return the artists of one panel that move with the state."""
        art: dict[str, Any] = {
            "top": _beside(ax, (0, 1), (-4, 0), "", "right", "center", animated=True),
            "half": _beside(ax, (0, 0.5), (-4, 0), "", "right", "center", animated=True),
            "empty": _beside(
                ax,
                (0.5, 0.45),
                (0, 0),
                "not reported",
                "center",
                "center",
                style="italic",
                animated=True,
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
        """Write what the colours and marks mean: once for all nine panels, and for each alone."""
        powers = {"– –  ■  Russia": BARS["RUS"], "—  ■  China": BARS["CHN"]}
        third = {"■  third powers": palette.RULE}
        votes = {"votes: large, the state; small, the powers": palette.TEXT}
        hollow = {"hollow: press, or inferred vote": palette.TEXT}
        alone = {"trade": {"hollow: press": palette.TEXT}, "votes": votes}
        alone |= dict.fromkeys(STACKED, third)
        first = self._panels[TIES[0].key]
        self._key_of_nine = _written(fig, first, powers | third | votes | hollow, KEY)
        self._key_of = {
            tie: _written(fig, ax, powers | alone.get(tie, {}), LARGE_KEY)
            for tie, ax in self._panels.items()
            if tie != "remittances"  # which come from all countries
        }

    def content(self, state: DashboardState) -> Content:
        """Return the ties of the state, cut to the chosen years."""
        return cut(state.state, *state.years, state.counts)

    def frame(self, state: DashboardState, content: Content) -> Hashable:
        """Return the enlarged panel, the years under the panels and the texts voted on."""
        return state.tie, state.years, tuple(content.votes["date"].dt.strftime("%b %Y"))

    def lay_out(self, frame: tuple, state: DashboardState, content: Content) -> None:
        """Place the panels; set the years under them and the grey ground of what came later."""
        _, _, days = frame
        first, last = state.years[0], state.years[1] + 1
        for place, (tie, ax) in enumerate(self._panels.items()):
            self._place(place, tie, state)
            start, ends = article.decimal_year(), (str(state.years[0]), str(state.years[1]))
            if tie == "votes":
                ax.set_xlim(-0.5, max(len(days), 2) - 0.5)
                start = (content.votes["date"] < article.iso_day()).sum() - 0.5
                ends = (days[0], days[-1]) if len(days) > 1 else (days[0] if days else "", "")
                if state.tie == tie:
                    ends = ("", "")  # each text has its name there
            else:
                ax.set_xlim(first, last)
            low, high = ax.get_xlim()
            self._after[tie].set_bounds(min(max(start, low), high), 0, max(high - start, 0), 1)
            self._after[tie].set_visible(high > start)
            for text, words in zip(self._ends[tie], ends, strict=True):
                text.set_text(words)
            step = 5 if last - first <= 5 * MOST_YEARS else 10
            between = [year for year in range(first + 2, last - 2) if year % step == 0]
            if tie == "votes" or state.tie != tie:
                between = []
            for at, text in enumerate(self._between[tie]):
                text.set_text(str(between[at]) if at < len(between) else "")
                if at < len(between):
                    text.xy = ((between[at] + 0.5 - first) / (last - first), 0)
        names = list(content.votes["label"]) if state.tie == "votes" else []
        for at, text in enumerate(self._names):
            text.xy = ((at + 0.5) / max(len(names), 2), 0)
            text.set_text(names[at] if at < len(names) else "")

    def _place(self, place: int, tie: str, state: DashboardState) -> None:
        """Put a panel in its place among the nine, or in the whole picture, or out of sight."""
        ax, large = self._panels[tie], state.tie == tie
        ax.set_visible(large or not state.tie)
        left, bottom, width, height = FIRST_BOX
        across, down = STEPS
        box = (left + place % 3 * across, bottom + place // 3 * down, width, height)
        if large:
            box = LARGE_VOTES if tie == "votes" else LARGE_BOX
        ax.set_position(box)
        if tie in self._missing:  # below the years that stand between first and last
            self._missing[tie].set_position((0, -22 if large else -4))
        for text in self._key_of.get(tie, []):
            text.set_visible(large)
        if place == 0:
            for text in self._key_of_nine:
                text.set_visible(not large)
        for text in ax.texts:
            text.set_fontsize(LARGE if large and text not in self._names else SMALL)

    def update(self, state: DashboardState, content: Content) -> list:
        """Move the marks of every panel; scales are set by dividing, so axes stand still."""
        drawn: list = []
        middles = content.years + 0.5
        for tie in _shown(state):
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
            if state.tie:
                art["half"].set_text(f"{num(top / 2):,g}")
                drawn.append(art["half"])
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

    def question(self, state: DashboardState, content: Content) -> str:
        """Ask for all ties of the state, or for the one that is enlarged."""
        asked = "How closely is {} tied to China, to Russia and to others?"
        if state.tie:
            (tie,) = _shown(state)
            asked = tie.question
        return asked.format(article.name(state.state))

    def describe(self, state: DashboardState, content: Content) -> Words:
        """Return who is ahead in trade and who delivered the arms, and what the panels hold.

        Of an enlarged panel, return what it shows.
        """
        span = f"{state.years[0]}–{state.years[1]}"
        counted = f"trade in US$ billion, by {COUNTED_BY[state.counts]}"
        unit = f"{article.name(state.state)}, {span}; {counted}"
        if state.tie:
            (tie,) = _shown(state)
            told = f"{tie.title.split(';')[0]}: {in_short(tie, state.state, content)}"
            more = in_words(tie, state.state, content)
            unit = unit if tie.key == "trade" else f"{article.name(state.state)}, {span}"
            return Words(told, unit, f"One panel, enlarged. {unit}. {told}. {more}.", more)
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
        for tie in _shown(state):
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
        table = pd.DataFrame(rows, columns=["link", "when", "with whom, or text", "value"])
        table["value"] = table["value"].astype(object)
        return table

    def card(self, state: DashboardState, content: Content) -> str:
        """Return the last figure of each tie with its source, and what is missing, in words."""
        rows = [row.cells() for row in last_figures(content)]
        columns = ["link", "Russia", "China", "leading third power", "source"]
        last = ui.table(pd.DataFrame(rows, columns=columns), "The last figure in the chosen years")
        gaps = "".join(f"<li>{escape(gap)}</li>" for gap in missing(state.state, content))
        body = f"{last}<p>{escape(content.whole.clubs)}</p>"
        return ui.details(f"{article.name(state.state)} in words, with sources", body) + ui.details(
            "What is missing", f"<ul>{gaps}</ul>"
        )


def _shown(state: DashboardState) -> tuple[Tie, ...]:
    """Return the ties whose panels are in the picture."""
    return tuple(tie for tie in TIES if state.tie in (EVERY_TIE, tie.key))


def _written(fig: Figure, ax: Axes, words: Mapping[str, str], places: tuple) -> list[Text]:
    """Write words below a panel, each in its hue and at its place across the picture."""
    look = {"transform": fig.transFigure, "fontsize": SMALL}
    return [
        ax.text(at, 0.018, said, color=charts.ink(hue), **look)
        for (said, hue), at in zip(words.items(), places, strict=False)
    ]


def _beside(
    ax: Axes,
    place: tuple[float, float],
    away: tuple[float, float],
    words: str,
    across: str,
    up: str,
    **look: object,
) -> Annotation:
    """Write words at a place of a panel (shares of it), so many points away from that."""
    return ax.annotate(
        words,
        place,
        xycoords="axes fraction",
        xytext=away,
        textcoords="offset points",
        ha=across,
        va=up,
        fontsize=SMALL,
        annotation_clip=False,
        parse_math=False,
        **{"color": palette.SOFT} | look,
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
