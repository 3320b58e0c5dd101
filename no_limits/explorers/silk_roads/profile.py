"""The strip beside the map explorer: a route's stops by distance, and the states it crosses."""

from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from courseware import article, charts, palette
from courseware.explorers.axes import SMALL
from courseware.explorers.pixels import dots, lines, text
from courseware.quantities import num
from no_limits.explorers.silk_roads.routes import Route

STEP = 15.5  # pixels from one name to the next, at least


class Column(NamedTuple):
    """Where the strip stands, in shares of the figure: its words, its bar, its heights."""

    left: float = 0.69
    bar: float = 0.775
    head: float = 0.985
    top: float = 0.90
    bottom: float = 0.045


class Profile:
    """The artists of the strip. ``draw`` moves them to a route, ``say`` writes words instead."""

    def __init__(self, fig: Figure, most_stops: int, title: str, column: Column) -> None:
        """Make the artists, for routes of up to ``most_stops`` stops, below ``title``."""
        self._title = title
        self._bar = lines(fig, linewidth=7, capstyle="butt")
        self._leaders = lines(fig, color=palette.FAINT, linewidth=0.8)
        self._dots = dots(fig, 4.5, "white")
        self._stops = [text(fig, va="center") for _ in range(most_stops)]
        self._states = [text(fig, va="center", ha="right", fontweight="bold") for _ in range(8)]
        width, height = fig.bbox.size
        self._x = width * column.bar
        self._top, self._bottom = height * column.top, height * column.bottom
        place = (width * column.left, height * column.head)
        self._head = text(fig, va="top", fontsize=SMALL, linespacing=1.3, position=place)

    def say(self, words: str) -> list:
        """Return the artists that show ``words`` in place of a route."""
        self._head.set_text(words)
        return [self._head]

    def draw(self, route: Route) -> list:
        """Return the artists, moved to ``route``, in drawing order."""
        start = self._top
        scale = (start - self._bottom) / route.km[-1]
        down = start - route.km * scale
        beside = charts.spread(down, STEP)
        beside -= max(0, beside.max() - start) + min(0, beside.min() - self._bottom)
        self._leaders.set_segments(
            [[(self._x, a), (self._x + 14, b)] for a, b in zip(down, beside, strict=True)]
        )
        self._bar.set_segments(
            [[(self._x, start - a * scale), (self._x, start - b * scale)] for _, a, b in route.runs]
        )
        self._bar.set_color([charts.color(code) for code, _, _ in route.runs])
        self._dots.set_data(np.full(len(down), self._x), down)
        stops = self._stops[: len(down)]
        for artist, name, km, y in zip(stops, route.stops, route.km, beside, strict=True):
            artist.set(position=(self._x + 17, y), text=f"{name}  {num(km):,.0f}")
        states = self._name_states(route, start, scale)
        head = self.say(self._title)
        return [self._leaders, self._bar, self._dots, *stops, *states, *head]

    def _name_states(self, route: Route, start: float, scale: float) -> list:
        """Write each state's name once, beside its longest stretch."""
        longest = {
            code: max(b - a for c, a, b in route.runs if c == code) for code, *_ in route.runs
        }
        middle = {
            code: start - (a + b) / 2 * scale for code, a, b in route.runs if b - a == longest[code]
        }
        used = self._states[: len(middle)]
        heights = charts.spread(middle.values(), STEP)
        for artist, code, y in zip(used, middle, heights, strict=True):
            hue = charts.ink(charts.color(code))
            artist.set(position=(self._x - 8, y), text=article.name(code), color=hue)
        return used
