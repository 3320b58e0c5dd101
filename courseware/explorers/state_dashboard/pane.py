"""One panel of the state dashboard: what stands still in it, and the marks that move."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.text import Annotation

from courseware import charts, palette
from courseware.explorers.axes import SMALL
from courseware.explorers.state_dashboard.measures import (
    ALL,
    CHINA,
    POWERS,
    RUSSIA,
    THIRD,
    Measured,
)
from courseware.quantities import num

CODES = dict(zip(POWERS, ("RUS", "CHN"), strict=True))
HUES = {who: charts.color(code) for who, code in CODES.items()} | {THIRD: palette.PALE}
INVASION = pd.Timestamp("2022-02-24")
LARGE = 12  # points, of letters in the large panel
MOST_YEARS = 6  # between the first and the last, under the large panel


class Pane:
    """A panel whose height is one: values are divided by its scale, so that axes stand still."""

    def __init__(self, fig: Figure, votes: Mapping[str, str]) -> None:
        """Make a bare panel with its base line and all that may stand or move in it.

        ``votes`` are the rows that votes stand in, from the top, and what each is called.
        """
        self.axes = ax = fig.add_axes((0, 0, 1, 1), label=str(len(fig.axes)))
        self._texts: list[Annotation] = []
        ax.set(ylim=(0, 1), xlim=(0, 1), autoscale_on=False)
        ax.set_axis_off()
        ax.patch.set_visible(False)
        self._later = ax.axvspan(0, 1, color=palette.LATER, linewidth=0, zorder=0)
        ax.axhline(0, color=palette.RULE, linewidth=0.9, clip_on=False)
        self._title = self._text((0, 1), (0, 4), "left", "bottom", color=palette.TEXT)
        self._gap = self._text((0.5, 0), (0, -4), "center", "top", style="italic")
        self._ends = [
            self._text((at, 0), (0, -4), side, "top") for at, side in ((0, "left"), (1, "right"))
        ]
        self._between = [self._text((0, 0), (0, -4), "center", "top") for _ in range(MOST_YEARS)]
        self._height = {vote: 1 - (row + 0.5) / len(votes) for row, vote in enumerate(votes)}
        self._rows = [
            self._text((0, self._height[vote]), (-4, 0), "right", "center", words)
            for vote, words in votes.items()
        ]
        moves = {"animated": True}
        self._scale = [self._text((0, at), (-4, 0), "right", "center", **moves) for at in (1, 0.5)]
        self._empty = self._text((0.5, 0.45), (0, 0), "center", "center", style="italic", **moves)
        self._lines, self._hollow = (
            {who: ax.plot([], [], **moves)[0] for who in (*POWERS, ALL)} for _ in range(2)
        )
        self._bars = {
            who: ax.add_collection(
                PolyCollection([], facecolor=hue, linewidth=0, **moves), autolim=False
            )
            for who, hue in HUES.items()
        }
        self._invasion = ax.add_collection(
            LineCollection([], color=palette.FAINT, lw=0.8, ls=":", **moves), autolim=False
        )
        (self._xi,) = ax.plot([], [], "^", color=palette.BLACK, markersize=4.5, **moves)

    def _text(
        self,
        place: tuple[float, float],
        away: tuple[float, float],
        across: str,
        up: str,
        words: str = "",
        **look: object,
    ) -> Annotation:
        """Write words at a place of the panel (shares of it), so many points away from that."""
        text = self.axes.annotate(
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
        self._texts.append(text)
        return text

    # What stands still ---------------------------------------------------------------------

    def hide(self) -> None:
        """Put the panel out of sight."""
        self.axes.set_visible(False)

    def stand(self, box: tuple[float, ...], title: str, *, bold: bool, points: float) -> None:
        """Put the panel in its place, under its title; years, rows and gap are blank as yet."""
        self.axes.set_visible(True)
        self.axes.set_position(box)
        self._title.set(text=title, weight="bold" if bold else "normal")
        for text in self._texts:
            text.set_fontsize(points)
        for text in (*self._ends, *self._between, self._gap):
            text.set_text("")
        for text in self._rows:
            text.set_visible(False)

    def span(self, low: float, high: float, later: float) -> None:
        """Set what the axis covers, and the grey ground from where it is later than the article."""
        self.axes.set_xlim(low, high)
        self._later.set_bounds(min(max(later, low), high), 0, max(high - later, 0), 1)
        self._later.set_visible(high > later)

    def ends(self, first: str, last: str) -> None:
        """Write what the axis begins and ends with."""
        for text, words in zip(self._ends, (first, last), strict=True):
            text.set_text(words)

    def years_between(self, first: int, last: int) -> None:
        """Write round years under the axis, away from its ends."""
        step = 5 if last + 1 - first <= 5 * MOST_YEARS else 10
        apart = max(2, (last - first) // 5)  # years: a phone has room for one label in so many
        found = [year for year in range(first + apart, last - apart + 1) if year % step == 0]
        for text, year in zip(self._between, found, strict=False):
            text.xy = ((year + 0.5 - first) / (last + 1 - first), 0)
            text.set_text(str(year))

    def rows(self) -> None:
        """Write what each row of votes is called."""
        for text in self._rows:
            text.set_visible(True)

    def gap(self, power: str, words: str, below: float) -> None:
        """Write that nobody counts a power's part, so many points below the axis."""
        self._gap.set(text=words, color=charts.ink(HUES[power]), position=(0, -below))

    # What moves ----------------------------------------------------------------------------

    def empty(self, words: str) -> list:
        """Write that there is nothing to draw."""
        self._empty.set_text(words)
        return [self._empty]

    def scale(self, top: float, *, half: bool) -> list:
        """Write the value at the top and, if asked, at half the height."""
        shown = self._scale[: 1 + half]
        for text, value in zip(shown, (top, top / 2), strict=False):
            text.set_text(f"{num(value):,g}")
        return shown

    def lines(
        self, found: Measured, top: float, looks: Mapping[str, Mapping], *, size: float
    ) -> list:
        """Draw a line for each column, and hollow marks of ``size`` for what the press has."""
        drawn = []
        for who, look in looks.items():
            line, hollow = self._lines[who], self._hollow[who]
            middles = found.yearly.index.to_numpy() + 0.5
            line.set(**look, data=(middles, found.yearly[who].to_numpy() / top))
            drawn.append(line)
            if who in POWERS and found.press[who].notna().any():
                mark = charts.style(CODES[who], markers=True) | {"linestyle": "None"}
                hollow.set(**mark | {"markerfacecolor": "white", "markersize": size})
                hollow.set_data(middles, found.press[who].to_numpy() / top)
                drawn.append(hollow)
        return drawn

    def bars(self, found: Measured, top: float) -> list:
        """Stack the bars of Russia, China and third powers; a gap adds nothing."""
        high = found.yearly.fillna(0).cumsum(axis=1) / top
        low = high.shift(axis=1, fill_value=0)
        for who in high:
            self._bars[who].set_verts(_boxes(high.index.to_numpy(), low[who], high[who]))
        return [self._bars[who] for who in high]

    def xi(self, years: Sequence[int]) -> list:
        """Mark the years of Xi's visits."""
        self._xi.set_data(np.array(years) + 0.5, np.full(len(years), 0.88))
        return [self._xi]

    def votes(self, table: pd.DataFrame, code: str, *, size: float, powers: bool) -> list:
        """Set one column a text: the state's vote large, hollow if inferred; the powers' small."""
        at, guessed = np.arange(len(table)), table["inferred"].to_numpy()
        own, hollow = self._lines[ALL], self._hollow[ALL]
        look = charts.style(code, markers=True) | {"linestyle": "None", "markersize": size}
        height = table["vote"].map(self._height).to_numpy()
        own.set(**look, data=(at[~guessed], height[~guessed]))
        hollow.set(**look | {"markerfacecolor": "white"}, data=(at[guessed], height[guessed]))
        before = (table["date"] < INVASION).sum() - 0.5
        inside = 0 <= before < len(table) - 1
        self._invasion.set_segments([[(before, 0), (before, 1)]] if inside else [])
        marks = []
        for who, aside in ((CHINA, 0.25), (RUSSIA, -0.25)) if powers else ():
            look = charts.style(CODES[who], markers=True) | {"linestyle": "None", "markersize": 2.6}
            height = table[who].map(self._height).to_numpy() - 0.055
            self._lines[who].set(**look, data=(at + aside, height))
            marks.append(self._lines[who])
        return [self._invasion, *marks, own, hollow]


def _boxes(years: np.ndarray, low: pd.Series, high: pd.Series) -> np.ndarray:
    """Return the corners of one bar per year that is higher than its floor."""
    seen = (high > low).to_numpy()
    x, low, high = years[seen], low[seen], high[seen]
    left, right = x + 0.12, x + 0.88
    corners = ((left, low), (left, high), (right, high), (right, low))
    return np.stack([np.stack(corner, 1) for corner in corners], 1)
