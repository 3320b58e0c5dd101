"""Nine small panels for one state: its links with Russia, China and others, year by year.

What is drawn is a tidy table with a row for each link, year and partner; `panel` draws one link.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from operator import itemgetter
from typing import ClassVar

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.markers import TICKDOWN

from courseware import article, charts, data, palette, ui
from courseware.explorers.axes import SMALL, level_ticks
from courseware.explorers.base import DPI, PHONE_WIDTH, Explorer, Strip, Words
from courseware.explorers.lines import span
from courseware.quantities import num, number_text

YEARS = np.arange(2000, 2025)
CUSTOMS, OWN, VOTES = "trade, customs", "trade, own statistics", "votes"
ARMS, SENT, BORN = "arms", "remittances", "migrants"
SERVICE, SIGNED, VISITS = "debt service", "finance", "visits"
#: The panels in order, by the link that they show.
LINKS = (CUSTOMS, OWN, VOTES, ARMS, SENT, BORN, SERVICE, SIGNED, VISITS)
TRADE = (CUSTOMS, OWN)  # two counts of one thing, so they have one scale
BARS = (VOTES, ARMS, SIGNED, VISITS)
OF_ALL = (VOTES, SENT)  # in which no power has a part of its own
LISTED = (ARMS, SERVICE)  # whose tables leave out a zero
#: Whose parts are compared, and in which years: arms come in lumps, so ten years are added up.
COMPARED = {CUSTOMS: (2022, 2022), OWN: (2022, 2022), SERVICE: (2022, 2022), ARMS: (2013, 2022)}
FIVE = article.members("five")
POWERS = RUSSIA, CHINA = "Russia", "China"
XI = "Xi"
COUNTRIES = {RUSSIA: "RUS", CHINA: "CHN", "third powers": "OTH", "all countries": "WLD"}
HUES = {who: charts.color(code) for who, code in COUNTRIES.items()}
HUES |= {vote: palette.roles()[vote] for vote in ("yes", "abstained", "no")}
HUES |= {"did not vote": palette.WHITE, "not established": palette.FAINT}
LONG = 6  # years: where a line ended earlier than that, others go on beside its label
#: Pixels around what a panel draws, and from one label to the next.
LEFT, RIGHT, ABOVE, BELOW, APART = 36, 44, 22, 22, 14


@dataclass(frozen=True)
class PanelsState:
    """Which of the five is shown."""

    state: str = "KAZ"


class StatePanels(Explorer):
    """Draws nine measures of one state, each in a small panel, over the same years."""

    name = "state_panels"
    chapter = "08"
    size = (8.6, 4.4)
    columns: ClassVar = 3
    #: Where each part of the key begins: pixels from the left and from the foot.
    key_at: ClassVar = ((36, 8), (130, 8), (220, 8), (340, 8))
    phone: ClassVar = {
        "size": (PHONE_WIDTH / DPI, 11.8),
        "columns": 1,
        "key_at": ((12, 28), (92, 28), (172, 28), (12, 8)),
    }
    views: ClassVar = {article.name(code).lower(): PanelsState(code) for code in FIVE}
    strip = Strip("state", FIVE, PanelsState(), names=True)

    def __init__(self) -> None:
        """Read the tables once."""
        self.offered = {"state": {code: article.name(code) for code in FIVE}}
        links = pd.concat([data.load("links_by_year"), data.load("votes_by_year")])
        self._links = links[links["year"].isin(YEARS)]

    def content(self, state: PanelsState) -> dict[str, pd.DataFrame]:
        """Return the rows of each panel: year, whose it is, value and note."""
        rows = self._links[self._links["state"] == article.name(state.state)]
        return {link: rows[rows["link"] == link] for link in LINKS}

    # The picture ---------------------------------------------------------------------------

    def build(self, fig: Figure) -> None:
        """Make the axes, and the key below them."""
        wide, high = fig.bbox.size
        across = wide / self.columns
        down = (high - max(y for _, y in self.key_at) - 18) * self.columns / len(LINKS)
        self._axes = {}
        for place, link in enumerate(LINKS):
            row, column = divmod(place, self.columns)
            corner = (column * across + LEFT) / wide, 1 - ((row + 1) * down - BELOW) / high
            shape = (across - LEFT - RIGHT) / wide, (down - ABOVE - BELOW) / high
            self._axes[link] = fig.add_axes((*corner, *shape), label=link)
        for (x, y), (who, said) in zip(self.key_at, self.written("key").items(), strict=True):
            hue = charts.ink(HUES.get(who, palette.TEXT))
            fig.text(x / wide, y / high, said, fontsize=SMALL, color=hue)

    def frame(self, state: PanelsState, content: Mapping) -> Hashable:
        """Return the state: nothing of its panels moves."""
        return state

    def lay_out(self, frame: Hashable, state: PanelsState, content: Mapping) -> None:
        """Draw every panel, with its title and what is not reported."""
        tops = {link: _top(rows, stacked=link in BARS) for link, rows in content.items()}
        tops |= dict.fromkeys(TRADE, max(tops[link] for link in TRADE))
        for link, ax in self._axes.items():
            panel(ax, content[link], tops[link], bars=link in BARS)
            _write(ax, self._title(link), (0, 1), (0, 5), color=palette.TEXT, weight="bold")
        for link, power, said in self._gaps(content):
            at, down = ((0.5, 0), -5) if power else ((0.5, 0.5), 0)
            look = {"color": charts.ink(HUES.get(power, palette.SOFT)), "va": "top"}
            _write(self._axes[link], said, at, (0, down), ha="center", **look)
        cast = [vote for vote in self.written("rows") if vote in {*content[VOTES]["who"]}]
        for row, vote in enumerate(cast):  # named where the years before the first text leave room
            look = {"color": charts.ink(HUES[vote]), "va": "top"}
            said, away = self.written("rows", vote), (3, -2 - 10 * row)
            _write(self._axes[VOTES], said, (0, 1), away, **look)

    def update(self, state: PanelsState, content: Mapping) -> list:
        """Move nothing."""
        return []

    def _gaps(self, content: Mapping) -> Iterator[tuple[str, str, str]]:
        """Yield each link with a power of which it has nothing, or no name if it is empty."""
        for link, rows in content.items():
            why = self.written("none listed" if link in LISTED else "gap")
            if rows.empty:
                yield link, "", why
            elif link not in OF_ALL:
                missing = [power for power in POWERS if power not in {*rows["who"]}]
                yield from ((link, power, f"{power}: {why}") for power in missing)

    # The words -----------------------------------------------------------------------------

    def _title(self, link: str) -> str:
        return self.written("measures", link, "title")

    def _name(self, link: str) -> str:
        """Return a measure's title without its unit, as it stands inside a sentence."""
        name = self._title(link).split(",")[0]
        return name[0].lower() + name[1:]

    def question(self, state: PanelsState, content: Mapping) -> str:
        """Ask how close the state's links are."""
        return self.say("asks", state=article.name(state.state))

    def describe(self, state: PanelsState, content: Mapping) -> Words:
        """Return which power is ahead in what, as far as both are reported."""
        leads, told = {}, []
        for link, (first, last) in COMPARED.items():
            both = compared(content[link], first, last, fill=link == ARMS)
            if both is not None:
                leads.setdefault(both["value"].idxmax(), []).append(self._name(link))
                figures = {"span": span(first, last), "figures": [*both["said"]]}
                told.append(self.say("both", title=self._title(link), **figures))
        ahead = [self.say("leads", who=who, links=links) for who, links in sorted(leads.items())]
        gaps = [f"{self._title(link)}: {said}" for link, _, said in self._gaps(content)]
        name, figures = article.name(state.state), "; ".join(told)
        found = self.say("finds", state=name, ahead="; ".join(ahead))
        unit = self.say("unit", state=name, first=YEARS[0], last=YEARS[-1])
        alt = self.say("alt", unit=unit, found=found, told=figures, gaps="; ".join(gaps))
        return Words(found, unit, alt, figures)

    def rows(self, state: PanelsState, content: Mapping) -> pd.DataFrame:
        """Return every plotted number, and a row without one for each power that is missing."""
        gaps = pd.DataFrame(self._gaps(content), columns=["link", "who", "note"])
        table = pd.concat([*content.values(), gaps]).astype({"year": "Int64"})
        table["link"] = table["link"].map(self._title)
        heads = self.written("columns")
        return table[[*heads]].rename(columns=heads).reset_index(drop=True)

    def card(self, state: PanelsState, content: Mapping) -> str:
        """Return in a fold who counts each measure, and what the count leaves out."""
        notes = {self._title(link): self.written("measures", link, "note") for link in LINKS}
        items = "".join(f"<li><b>{escape(k)}</b>: {escape(v)}</li>" for k, v in notes.items())
        return ui.details(self.written("missing"), f"<ul>{items}</ul>")


def panel(ax: Axes, rows: pd.DataFrame, top: float, *, bars: bool) -> None:
    """Draw one link on cleared axes, up to ``top``: its lines or stacked bars, and last values.

    ``rows`` has year, who, value and note; a value with a note is drawn hollow or hatched.
    """
    ax.clear()
    ax.set(xlim=(YEARS[0], YEARS[-1] + 1), ylim=(0, top), autoscale_on=False)
    ax.set_axis_off()
    ax.axvspan(article.decimal_year(), YEARS[-1] + 1, color=palette.LATER, linewidth=0, zorder=0)
    ax.axhline(0, color=palette.RULE, linewidth=0.9)
    ends = _bars(ax, rows) if bars else _lines(ax, rows)
    _label(ax, ends, APART / ax.bbox.height * top)
    ticks = {"marker": TICKDOWN, "markersize": 3, "linestyle": "", "clip_on": False}
    ax.plot(YEARS[5::5] + 0.5, [0] * 4, color=palette.RULE, **ticks)
    for at, side, year in ((0, "left", YEARS[0]), (1, "right", YEARS[-1])):
        _write(ax, str(year), (at, 0), (0, -5), ha=side, va="top")
    for at, value in (((0, 0), 0), ((0, 1), top)) if len(rows) else ():
        _write(ax, f"{num(value):,g}", at, (-4, 0), ha="right", va="center")


def _lines(ax: Axes, rows: pd.DataFrame) -> list[tuple[int, float, str]]:
    """Draw a line for each partner, broken at gaps; return year, value and hue of its end."""
    ends = []
    for who in dict.fromkeys(rows["who"]):
        part = rows[rows["who"] == who].set_index("year").sort_index()
        look = charts.style(COUNTRIES[who], markers=True) | {"markersize": 3, "linewidth": 1.2}
        counted = part.loc[part["note"] == "", "value"].reindex(YEARS)
        noted = part.loc[part["note"] != "", "value"]
        ax.plot(YEARS + 0.5, counted, **look)
        ax.plot(noted.index + 0.5, noted, **look | {"linestyle": "", "markerfacecolor": "white"})
        ends.append((part.index[-1], part["value"].iloc[-1], HUES[who]))
    return ends


def _bars(ax: Axes, rows: pd.DataFrame) -> list[tuple[int, float, str]]:
    """Stack a bar for each partner or vote; return the year and the height of the last bar."""
    foot = pd.Series(0.0, index=YEARS)
    for who, hue in HUES.items():
        for note, part in rows[rows["who"] == who].groupby("note"):
            high = part.set_index("year")["value"].reindex(YEARS, fill_value=0)
            look = {"edgecolor": palette.RULE, "linewidth": 0.4, "hatch": "/////" * bool(note)}
            ax.bar(YEARS + 0.5, high, 0.76, foot, color=hue, **look)
            foot += high
    visits = rows.loc[rows["who"] == XI, "year"]
    ax.plot(visits + 0.5, [ax.get_ylim()[1] * 0.9] * len(visits), "^", color=palette.BLACK, ms=4)
    last = foot[foot > 0].tail(1)
    return [(year, value, palette.SOFT) for year, value in last.items()]


def _label(ax: Axes, ends: Sequence[tuple[int, float, str]], step: float) -> None:
    """Write last values right of where they stand, of one year ``step`` apart; early ones above."""
    for year, group in groupby(sorted(ends), key=itemgetter(0)):
        _, values, hues = zip(*group, strict=True)
        early = year < max(ends)[0] - LONG
        x, side = (year + 0.5, "center") if early else (year + 1.2, "left")
        heights = charts.spread([max(v + early * step, step / 2) for v in values], step)
        for value, height, hue in zip(values, heights, hues, strict=True):
            look = {"ha": side, "va": "center", "fontsize": SMALL, "color": charts.ink(hue)}
            ax.text(x, height, number_text(value, 3), **look)


def _write(
    ax: Axes, words: str, at: Sequence[float], away: Sequence[float], **look: object
) -> None:
    """Write at a place of a panel (shares of it), so many points away from that."""
    look = {"color": palette.SOFT, "fontsize": SMALL} | look
    places = {"xycoords": "axes fraction", "textcoords": "offset points"}
    ax.annotate(words, at, away, **places, annotation_clip=False, parse_math=False, **look)


def _top(rows: pd.DataFrame, *, stacked: bool) -> float:
    """Return a round number above the highest value, or above the highest sum of a year."""
    rows = rows[rows["who"] != XI]
    values = rows.groupby("year")["value"].sum() if stacked else rows["value"]
    return level_ticks(values.to_numpy())[-1] if len(values) else 1.0


def compared(rows: pd.DataFrame, first: int, last: int, *, fill: bool) -> pd.DataFrame | None:
    """Return the sums of both powers in some years, in words too; None unless both have one.

    ``fill`` takes a power without rows to have zero.
    """
    rows = rows[rows["year"].between(first, last)]
    both = rows.groupby("who").agg({"value": "sum", "note": "max"}).reindex([CHINA, RUSSIA])
    if fill:
        both = both.fillna({"value": 0, "note": ""})
    if both["value"].isna().any():
        return None
    notes = both["note"].map(lambda note: f" ({note})" if note else "")
    return both.assign(
        said=both.index + " " + both["value"].map(lambda v: number_text(v, 3)) + notes
    )
