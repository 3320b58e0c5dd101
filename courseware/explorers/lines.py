"""Explorers that draw lines over years: a series for each line, with its label at its end."""

from collections.abc import Hashable, Mapping
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from courseware.charts import in_lines
from courseware.explorers.axes import (
    end_label,
    level_ticks,
    lone_points,
    place_ends,
    year_axis,
)
from courseware.explorers.base import DPI, PHONE_WIDTH, Explorer, Words
from courseware.quantities import num

#: What most charts of lines have otherwise on a phone; labels at the ends in lines of 15 letters.
PHONE = {
    "size": (PHONE_WIDTH / DPI, 3.8),
    "most_years": 4,
    "letters": 15,
    "least_margin": 0.025,
    "label_step": 31,
}


class LineExplorer(Explorer):
    """Base of the explorers whose picture is lines over years.

    A subclass says how its lines look and which series a state asks for. Its state has ``years``,
    and its ``content`` is a series for each line, by the line's key, with years as index. What
    stands beside the lines is drawn by ``furnish`` once, set by ``arrange`` and moved by
    ``beneath`` and ``above``.
    """

    box: ClassVar[tuple] = (0.06, 0.08, 0.71, 0.89)  #: of the axes: left, bottom, width, height
    still: ClassVar[tuple[str, ...]] = ("years",)  #: fields on which what stands still depends
    most_years: ClassVar[int] = 7  #: ticks on the axis of years, about
    letters: ClassVar[int | None] = None  #: in a line of a label; None: as many as it has
    least_margin: ClassVar[float] = 0  #: of the years, as a share of them: a mark needs room
    label_step: ClassVar[float] = 17  #: pixels from one label to the next, at least

    def looks(self) -> Mapping[Hashable, tuple[str, Mapping[str, Any]]]:
        """Return each line's label and look (``plot`` arguments), by its key.

        A look without a marker gets one at points that have no neighbour.
        """
        raise NotImplementedError

    def furnish(self, ax: Axes) -> None:
        """Draw what the axes hold besides the lines (default: nothing)."""

    def arrange(self, ax: Axes, state: Any) -> None:
        """Set what stands still besides limits and ticks, by fields of ``still`` (nothing)."""

    def ticks(self, state: Any, content: Mapping) -> tuple[float, ...]:
        """Return the ticks of the upright axis, which enclose all that is drawn."""
        return level_ticks(np.concatenate([*content.values(), [1.0]]))

    def tick_text(self, tick: float) -> str:
        """Return what is written at a tick."""
        return f"{num(tick):,g}"

    def margin(self, state: Any) -> tuple[float, float]:
        """Return the years that the axis has before the first and after the last."""
        return 0.4, 0.4

    def widest_gap(self, state: Any) -> float:
        """Return the years between two points that a line still joins."""
        return 1.5

    def lines(self, state: Any, content: Mapping) -> Mapping[Hashable, pd.Series]:
        """Return the series that are drawn as lines, by the line's key."""
        return content

    def ends(self, state: Any, content: Mapping) -> Mapping[Hashable, float]:
        """Return the height of each label that stands at the end of a line, by the line's key."""
        return {key: values.iloc[-1] for key, values in self.lines(state, content).items()}

    def beneath(self, state: Any, content: Mapping) -> list:
        """Move what lies below the lines, and return it in order."""
        return []

    def above(self, state: Any, content: Mapping) -> list:
        """Move what lies above the lines, and return it in order."""
        return []

    def finding(self, state: Any, content: Mapping) -> str:
        """Return what is found, or why there is nothing to see."""
        raise NotImplementedError

    def unit(self, state: Any, content: Mapping) -> str:
        """Return what is drawn, its unit and its span."""
        raise NotImplementedError

    def told(self, state: Any, content: Mapping) -> list[str]:
        """Return for each line its label and its figures."""
        raise NotImplementedError

    # What follows from these -------------------------------------------------------------

    def build(self, fig: Figure) -> None:
        """Create axes, lines and labels."""
        self._axes = ax = fig.add_axes(self.box)
        ax.set_autoscale_on(False)
        self.furnish(ax)
        self._lines = {}
        for key, (label, look) in self.looks().items():
            (line,) = ax.plot([], [], **look, animated=True)
            name = end_label(ax, in_lines(label, self.letters), look["color"])
            self._lines[key] = (line, name, "marker" in look)

    def frame(self, state: Any, content: Mapping) -> Hashable:
        """Return ticks, and the fields on which the rest depends that stands still."""
        return self.ticks(state, content), *(getattr(state, name) for name in self.still)

    def lay_out(self, frame: tuple, state: Any, content: Mapping) -> None:
        """Set limits and ticks."""
        ax, ticks = self._axes, frame[0]
        self.arrange(ax, state)
        ax.set_ylim(ticks[0], ticks[-1])
        ax.set_yticks(ticks, [self.tick_text(tick) for tick in ticks])
        ax.yaxis.minorticks_off()
        first, last = state.years
        least = self.least_margin * (last - first)
        before, after = (max(side, least) for side in self.margin(state))
        year_axis(ax, (first, last), self.most_years, (before, after))

    def update(self, state: Any, content: Mapping) -> list:
        """Move lines and labels, and what lies below and above them."""
        drawn = self.beneath(state, content)
        for key, values in self.lines(state, content).items():
            line, _, marked = self._lines[key]
            x, y = _broken_at_gaps(values, self.widest_gap(state))
            line.set_data(x, y)
            if not marked:
                line.set(marker="o", markevery=lone_points(y))
            drawn.append(line)
        ends = [(self._lines[key][1], at) for key, at in self.ends(state, content).items()]
        return drawn + place_ends(self._axes, ends, self.label_step) + self.above(state, content)

    def describe(self, state: Any, content: Mapping) -> Words:
        """Return the finding, the unit, and each line's figures, in the alt text too."""
        finding, unit = self.finding(state, content), self.unit(state, content)
        if not content:
            return Words(finding, unit, self.say("empty", finding=finding, unit=unit))
        told = "; ".join(self.told(state, content))
        return Words(finding, unit, self.say("alt", unit=unit, finding=finding, told=told), told)


def span(first: int, last: int) -> str:
    """Return a span of years in words, or its only year."""
    return f"{first}" if first == last else f"{first}–{last}"


def _broken_at_gaps(series: pd.Series, widest: float) -> tuple[np.ndarray, np.ndarray]:
    """Return x and y with a missing point wherever neighbours lie over ``widest`` years apart."""
    x, y = series.index.to_numpy(dtype=float), series.to_numpy(dtype=float)
    gaps = np.flatnonzero(np.diff(x) > widest) + 1
    return np.insert(x, gaps, np.nan), np.insert(y, gaps, np.nan)
