"""The border ruler: one border on seven maps, its length as a large number, and dividers."""

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import ClassVar

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from courseware import article, data, maps, palette
from courseware.explorers.axes import SMALL
from courseware.explorers.base import DPI, PHONE_WIDTH, Explorer, Strip, Words
from courseware.explorers.pixels import bounds, dots, lines, text
from courseware.label_placement import boxes_along
from no_limits.explorers.border_ruler.dividers import divider_walk
from no_limits.explorers.border_ruler.walk import Drawn, drawn_lines

KM_PER_MILE = 1.609344
TREATY_KM = 7591  # the border treaty of January 2005, as reported (evidence E137)
ARTICLE_MILES = 5000  # the article (C57)
ARTICLE_KM = ARTICLE_MILES * KM_PER_MILE
RULERS = (200, 100, 50, 20, 10, 5, 2)  # km; with 2 km the drawn lines are still fine enough
NO_RULER = 0

FINEST = "OpenStreetMap 10 m"
#: From coarse to fine, each family by itself: the way of the printed course.
FINER = (
    *(f"Natural Earth 1:{scale} million" for scale in (110, 50, 10)),
    *(f"OpenStreetMap {apart}" for apart in ("10 km", "1 km", "100 m", "10 m")),
)
HUES = {"Natural Earth": palette.OTHER_FAMILY, "OpenStreetMap": palette.ONE_FAMILY}
#: Windows of the lower map: west, south, east and north in degrees.
PLACES = {
    "river": (51.2, 50.35, 55.3, 51.85),
    "bends": (53.5, 51.27, 53.89, 51.42),
    "steppe": (75.9, 51.0, 80.9, 52.9),
    "petropavl": (66.9, 54.05, 71.3, 55.65),
    "altai": (83.2, 48.7, 87.6, 50.5),
}
RIVER, BENDS, STEPPE = list(PLACES)[:3]

OVERVIEW = (46, 45.5, 88, 56.2)
#: Of the words at the length: height above the lowest in pixels, and size in points.
LENGTH = {
    "what": (142, 10.5),
    "km": (92, 36),
    "miles": (66, 14),
    "treaty": (22, 10.5),
    "article": (0, 10.5),
}


@dataclass(frozen=True)
class BorderState:
    """What the ruler shows: a line, the step of the dividers in km (0: none), a stretch."""

    line: str = "Natural Earth 1:110 million"
    ruler: int = NO_RULER
    place: str = RIVER


class BorderRuler(Explorer):
    """Draws a chosen line on two maps, and writes its length or that of a walk along it."""

    name = "border_ruler"
    chapter = "07"
    size = (8.6, 4.3)
    #: Of the two maps: left, bottom, width, height. Where the words at the length begin.
    top_box, low_box = (0.005, 0.5, 0.67, 0.495), (0.005, 0.005, 0.67, 0.48)
    length_at: ClassVar = (0.705, 0.32)
    phone: ClassVar = {
        "size": (PHONE_WIDTH / DPI, 5.3),
        "top_box": (0.006, 0.735, 0.988, 0.26),
        "low_box": (0.006, 0.39, 0.988, 0.335),
        "length_at": (0.006, 0.03),
    }
    facts: ClassVar = {"next_line": "OpenStreetMap 10 km"}
    views: ClassVar = {
        "coarsest": BorderState(),
        "two-tens": BorderState("Natural Earth 1:10 million"),
        "finest": BorderState(FINEST, place=BENDS),
        "chance": BorderState("OpenStreetMap 100 m"),
        "steppe": BorderState(FINEST, place=STEPPE),
        "dividers": BorderState("Natural Earth 1:10 million", 20),
    }
    strip = Strip("line", FINER, BorderState())

    def __init__(self) -> None:
        """Read the lines and their lengths; a line is walked when first asked for."""
        self._lines = drawn_lines()
        steps = {step: self.say("step", step=step) for step in RULERS}
        self.offered = {
            "line": {line: line for line in self._lines},
            "ruler": {NO_RULER: self.written("no_ruler")} | steps,
        }
        self._walks: dict[tuple[str, int], tuple[float, np.ndarray]] = {}

    @cached_property
    def source(self) -> str:
        """Return the source line, with the words on how disputed ground is drawn."""
        return f"{super().source} {maps.NOTE}"

    def _stretch(self, state: BorderState) -> str:
        """Return what the stretch on the lower map is called."""
        return self.written("controls", "place", "options", state.place)

    def build(self, fig: Figure) -> None:
        """Create the map of the whole and the artists that move."""
        self._close, self._pixels = {}, {}
        self._whole = maps.bare_map(fig, self.top_box, OVERVIEW)
        _whole_base(self._whole)
        self._marks = {
            name: lines(fig, box, **look)
            for name, box, look in (
                ("window", self.top_box, {"color": palette.INK, "linewidth": 1.2}),
                ("fine", self.low_box, {"color": palette.FAINT, "linewidth": 1.1}),
                ("fine, whole", self.top_box, {"color": palette.FAINT, "linewidth": 0.8}),
                ("line", self.low_box, {"linewidth": 2.2}),
                ("line, whole", self.top_box, {"linewidth": 1.6}),
            )
        }
        self._feet = dots(fig, 5, palette.BLACK, self.low_box, "s")
        x, y = self.length_at * fig.bbox.size
        self._length = {
            part: text(fig, x=x, y=y + up, fontsize=points) for part, (up, points) in LENGTH.items()
        }
        self._length["km"].set_fontweight("bold")

    def content(self, state: BorderState) -> tuple[Drawn, tuple[float, np.ndarray] | None]:
        """Return the line, and the walk along it: length in km and the places stepped on."""
        walked = self.walk(state.line, state.ruler) if state.ruler else None
        return self._lines[state.line], walked

    def walk(self, line: str, step: int) -> tuple[float, np.ndarray]:
        """Return length and places of the walk along ``line`` in steps of ``step`` km."""
        key = (line, step)
        if key not in self._walks:
            self._walks[key] = divider_walk(self._lines[line].positions, step)
        return self._walks[key]

    def frame(self, state: BorderState, content: tuple) -> Hashable:
        """Return the stretch that the lower map shows."""
        return state.place

    def lay_out(self, frame: str, state: BorderState, content: tuple) -> None:
        """Show the close map of the chosen stretch; made once, then kept."""
        if state.place not in self._close:
            ax = maps.bare_map(self._whole.figure, self.low_box, PLACES[state.place])
            self._close[state.place] = ax
            ax.names.markers += boxes_along(self._at(ax, FINEST), ax.bbox)
            _close_base(ax, self._stretch(state))
        for place, ax in self._close.items():
            ax.set_visible(place == state.place)

    def update(self, state: BorderState, content: tuple) -> list:
        """Move lines and feet of the dividers to ``state``, and write the length."""
        line, walked = content
        hue = HUES[line.family] if walked is None else palette.BLACK
        close, marks = self._close[state.place], self._marks
        marks["fine"].set_segments([self._at(close, FINEST)])
        marks["fine, whole"].set_segments([self._at(self._whole, FINEST)])
        for name, ax in (("line", close), ("line, whole", self._whole)):
            way = self._at(ax, state.line, state.ruler)
            marks[name].set(segments=[way], color=hue)
        x0, y0, x1, y1 = close.bbox.extents
        corners = close.transData.inverted().transform(
            [(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)]
        )
        degrees = np.column_stack(close.project.transform(*corners.T, direction="INVERSE"))
        shown = self._whole.pixels(degrees)
        grown = max(1, 14 / np.ptp(shown, axis=0).max())  # a small window must still be seen
        marks["window"].set_segments([shown.mean(axis=0) + (shown - shown.mean(axis=0)) * grown])
        for part, words in self._measured(state, content).items():
            self._length[part].set_text(words)
        self._length["km"].set_color(palette.ink(hue))
        drawn = [*marks.values(), *self._length.values()]
        if walked is None:
            return drawn
        self._feet.set_data(self._at(close, state.line, state.ruler).T)
        return [*drawn, self._feet]

    def _measured(self, state: BorderState, content: tuple) -> dict[str, str]:
        """Return the words at the length, by their part."""
        km = self._km(content)
        figures = {"km": km, "miles": km / KM_PER_MILE, "step": state.ruler}
        figures |= {"treaty": TREATY_KM, "from_treaty": self._apart(km / TREATY_KM)}
        figures |= {"article": ARTICLE_MILES, "from_article": self._apart(km / ARTICLE_KM)}
        words = {part: part for part in LENGTH} | {"what": "walk" if state.ruler else "line"}
        return {part: self.say("length", key, **figures) for part, key in words.items()}

    @staticmethod
    def _km(content: tuple) -> float:
        """Return the length of the line, or of the walk along it, in km."""
        line, walked = content
        return line.km if walked is None else walked[0]

    def _at(self, ax: maps.MapAxes, line: str, ruler: int = NO_RULER) -> np.ndarray:
        """Return a line, or the walk along it, as pixels of the figure."""
        key = (ax, line, ruler)
        if key not in self._pixels:
            where = self.walk(line, ruler)[1] if ruler else self._lines[line].positions
            self._pixels[key] = ax.pixels(where)
        return self._pixels[key]

    def question(self, state: BorderState, content: tuple) -> str:
        """Ask for the length of the line, or of a walk along it."""
        key = "walk" if state.ruler else "line"
        return self.say("asks", key, line=state.line, step=state.ruler)

    def describe(self, state: BorderState, content: tuple) -> Words:
        """Return the length in both units against the treaty and the article, and the detail."""
        line, walked = content
        km = self._km(content)
        key = "line" if walked is None else "walk"
        detail = self.say(
            "details",
            key,
            **{"points": line.points, "spacing": line.spacing},
            steps=walked and len(walked[1]) - 2,
        )
        finding = self.say(
            "finding",
            what=self.say("whats", key, line=state.line, step=state.ruler),
            **{"km": km, "miles": km / KM_PER_MILE, "apart": self._apart(km / TREATY_KM)},
            treaty=TREATY_KM,
        )
        way = self._at(self._close[state.place], state.line, state.ruler)
        box = bounds(self._whole.figure, self.low_box)
        seen = any(box.contains(*pixel) for pixel in way)
        return Words(
            finding,
            self.say("unit" if seen else "unit_outside", detail=detail, place=self._stretch(state)),
            self.say(
                "alt",
                **{"finding": finding, "detail": detail, "place": self._stretch(state)},
                **{"apart": self._apart(km / ARTICLE_KM), "miles": ARTICLE_MILES},
                km=ARTICLE_KM,
            ),
            self.say("reading", detail=detail, share=km / ARTICLE_KM),
        )

    def _apart(self, ratio: float) -> str:
        """Return how a length compares with another, in words."""
        key = "above" if ratio > 1 else "below"
        if abs(ratio - 1) < 0.0005:
            key = "equal"
        return self.say("apart", key, share=abs(ratio - 1))

    def rows(self, state: BorderState, content: tuple) -> pd.DataFrame:
        """Return the measured lines, and the walks along the chosen one if there are dividers."""
        heads = self.written("columns")
        lengths = [(name, line.spacing, line.km) for name, line in self._lines.items()]
        if state.ruler:
            walked = self.say("walked", line=state.line)
            lengths += [(walked, float(s), self.walk(state.line, s)[0]) for s in RULERS]
        table = pd.DataFrame(lengths, columns=[heads[part] for part in ("what", "step", "km")])
        km = table[heads["km"]]
        table[heads["miles"]] = km / KM_PER_MILE
        table[heads["share"]] = km / TREATY_KM * 100
        return table.round(dict.fromkeys(heads.values(), 1) | {heads["step"]: 3})


# The pieces of the picture ------------------------------------------------------------------


def _whole_base(ax: maps.MapAxes) -> None:
    """Draw land, water and every border but the one in question."""
    states = data.load("countries_region")
    states["hue"] = states["iso3"].eq("KAZ").map({True: maps.OWN_LAND, False: maps.LAND})
    maps.add_layer(ax, states, facecolor="hue", edgecolor="none")
    _water(ax)
    pairs = data.load("boundaries_region")
    others = pairs[~(pairs["iso3_left"].eq("RUS") & pairs["iso3_right"].eq("KAZ"))]
    maps.add_layer(ax, others, color=palette.PALE, linewidth=0.7)
    for code, *place in (("RUS", 59, 54.3), ("KAZ", 66, 48.3), ("CHN", 85, 46)):
        x, y = ax.project.transform(*place)
        ax.text(x, y, article.name(code), fontsize=SMALL, color=palette.SOFT, ha="center")


def _close_base(ax: maps.MapAxes, place: str) -> None:
    """Draw water and towns; no borders of another scale."""
    ax.patch.set(facecolor=maps.OWN_LAND, visible=True)
    ax.set_axis_on()
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set(visible=True, color=palette.FAINT)
    _water(ax)
    maps.add_points(ax, data.load("places"), label="name", color=palette.TEXT, size=12)
    corner = {"transform": ax.transAxes, "fontsize": SMALL, "color": palette.TEXT}
    corner["bbox"] = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1.5}
    ax.text(0.015, 0.04, place, **corner)
    left, right = ax.get_xlim()
    km = next(km for km in (5, 50) if km * 1000 > (right - left) / 20)
    share = km * 1000 / (right - left)
    ax.plot([0.015, 0.015 + share], [0.15] * 2, color=palette.TEXT, transform=ax.transAxes, lw=2)
    ax.text(0.025 + share, 0.15, f"{km} km", va="center", **corner)


def _water(ax: maps.MapAxes) -> None:
    shore = {"edgecolor": maps.SHORE, "linewidth": 0.6}
    rivers, lakes = _rivers_and_lakes()
    maps.add_layer(ax, rivers, **shore)
    maps.add_layer(ax, lakes, facecolor=maps.WATER, **shore)


@cache
def _rivers_and_lakes() -> tuple:
    return data.load("rivers_region"), data.load("lakes_region")
