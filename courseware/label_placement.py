"""Put names on a map so that none covers another, a marker, or the edge."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.text import Text
from matplotlib.transforms import Bbox

#: Where a word may stand: pixels from the left and from the bottom, alignment across and up.
Spot = tuple[float, float, str, str]


@dataclass
class Placing:
    """The names on one map. Those added first with the lowest rank choose their place first.

    Every name brings its spots, best first, and gets the first that is free. After each
    addition all are placed again, so that a state's name makes room for a later marker.
    """

    ax: Axes
    markers: list[Bbox] = field(default_factory=list)
    lines: list[Bbox] = field(default_factory=list)  #: what only names that must stand may cover
    names: list[tuple[int, Text, list[Spot], bool]] = field(default_factory=list)
    least: float = 0.0  #: points; a name that is asked for in smaller type is written so large

    def write(
        self,
        words: str,
        size: float,
        color: str,
        weight: str = "normal",
        of: Sequence[float] | None = None,
    ) -> Text:
        """Return a text with a white rim, to be measured and then added.

        A thin line leads from it to the pixel that it is the name ``of``, if there is one.
        """
        rim = [patheffects.withStroke(linewidth=2.2, foreground="white", alpha=0.85)]
        look = {
            "fontsize": max(size, self.least),
            "color": color,
            "fontweight": weight,
            "path_effects": rim,
            "zorder": 5,
        }
        if of is None:
            return self.ax.text(0, 0, words, transform=self.ax.transAxes, **look)
        at = self.ax.transAxes.inverted().transform(of)
        leader = {"arrowstyle": "-", "color": color, "linewidth": 0.8, "shrinkB": 0}
        where = dict.fromkeys(("xycoords", "textcoords"), "axes fraction")
        return self.ax.annotate(words, at, (0, 0), arrowprops=leader, **where, **look)

    def add(self, text: Text, spots: list[Spot], rank: int, *, must: bool = False) -> None:
        """Add a name with its spots; ``arrange`` then finds its place.

        One that ``must`` stand covers a line, though no other name, if it has no better place.
        """
        self.names.append((rank, text, spots, must))

    def arrange(self) -> None:
        """Give every name the first of its spots that is free; hide those that find none."""
        taken, lines = _extents(self.markers), _extents(self.lines)
        edge, to_axes = self.ax.bbox.extents, self.ax.transAxes.inverted()
        for _, text, spots, must in sorted(self.names, key=lambda name: name[0]):
            text.set_visible(True)
            size = size_of(text)
            boxes = [(spot, _box_at(spot, size, self.ax.figure.dpi / 50)) for spot in spots]
            free = [(spot, box) for spot, box in boxes if _free(box, taken, edge)]
            clear = ((spot, box) for spot, box in free if _free(box, lines, edge))
            spot, box = next(clear, free[0] if must and free else (None, None))
            text.set_visible(spot is not None)
            if spot is not None:
                x, y, across, up = spot
                text.set(position=to_axes.transform((x, y)), ha=across, va=up)
                taken = np.vstack([taken, box])


def _extents(boxes: list[Bbox]) -> np.ndarray:
    return np.array([box.extents for box in boxes]).reshape(-1, 4)


#: Width and height of words that were written on some map, by all that they depend on.
_sizes: dict[tuple, np.ndarray] = {}


def size_of(text: Text) -> np.ndarray:
    """Return width and height of a visible text in pixels; it is measured once, wherever it is."""
    look = (text.get_fontsize(), text.get_fontweight(), text.figure.dpi)
    key = (text.get_text(), *look)
    if key not in _sizes:
        _sizes[key] = Text.get_window_extent(text).size  # without the line that leads from it
    return _sizes[key]


#: Which part of a word lies left of, or below, the point that it is written at.
BEFORE = {"left": 0, "center": 0.5, "right": 1, "bottom": 0, "top": 1}


def _box_at(spot: Spot, size: Sequence[float], margin: float = 0) -> np.ndarray:
    """Return the box (left, bottom, right, top) of a word at a spot, in pixels."""
    x, y, across, up = spot
    left, bottom = x - BEFORE[across] * size[0], y - BEFORE[up] * size[1]
    box = np.array([left, bottom, left + size[0], bottom + size[1]])
    return box + margin * np.array([-1, -1, 1, 1])


def _free(box: np.ndarray, taken: np.ndarray, edge: np.ndarray) -> bool:
    """Return whether a box lies within the edge and touches none of those that are taken."""
    inside = (box[:2] >= edge[:2]).all() and (box[2:] <= edge[2:]).all()
    apart = (taken[:, 2:] < box[:2]).any(axis=1) | (taken[:, :2] > box[2:]).any(axis=1)
    return bool(inside and apart.all())


def spots_around(x: float, y: float, half: float) -> list[Spot]:
    """Return eight spots around a marker of ``half`` its width at pixel (x, y).

    Each keeps off the whole square around the marker, as ``Placing`` does: those at the corners
    are as far above or below it as the two in the middle, and only nearer across.
    """
    near, far = 0.7 * half + 2, half + 5
    return [
        (x + far, y, "left", "center"),
        (x - far, y, "right", "center"),
        (x + near, y + far, "left", "bottom"),
        (x + near, y - far, "left", "top"),
        (x - near, y + far, "right", "bottom"),
        (x - near, y - far, "right", "top"),
        (x, y + far, "center", "bottom"),
        (x, y - far, "center", "top"),
    ]


def spots_within(area, text: Text, least: float) -> list[Spot]:
    """Return spots inside an area of the map (a shapely geometry), the roomiest first.

    ``least`` is the room that a spot must offer: 0.7 holds the whole word, 0 any spot at all.
    """
    from shapely import contains_xy, distance, points
    from shapely.affinity import scale

    to_pixels = text.axes.transData
    word = to_pixels.inverted().transform_bbox(Bbox([(0, 0), size_of(text)]))
    squeeze = word.height / word.width
    if area.area * squeeze < np.pi * (least * word.height) ** 2:
        return []  # no circle of that size has room in it
    west, south, east, north = area.bounds
    x, y = np.meshgrid(np.linspace(west, east, 25), np.linspace(south, north, 25))
    inside = contains_xy(area, x, y)
    x, y = x[inside], y[inside]
    # Squeeze the map until the word is as wide as high: then the room around is a distance.
    shore = scale(area, xfact=squeeze, origin=(0, 0)).boundary
    room = distance(shore, points(x * squeeze, y)) / word.height
    best = [spot for spot in np.argsort(-room) if room[spot] >= least]
    pixels = to_pixels.transform(np.column_stack([x, y])[best]) if best else []
    return [(px, py, "center", "center") for px, py in pixels]


def spots_below(x: float, y: float, half: float, text: Text, land) -> list[Spot]:
    """Return spots to the west of a place or below it, the nearest first, off some land.

    Args:
        x: pixels of the place from the left.
        y: pixels of the place from the bottom.
        half: of the width of what is drawn there, in pixels.
        text: the words.
        land: what they keep off, a shapely geometry of the map.

    """
    from shapely import box, intersects, prepare

    wide, high = size_of(text)
    step = high / 6
    lefts = np.arange(x - half - wide - step, x - half + step, step)
    lefts = np.unique(np.maximum(lefts, text.axes.bbox.x0 + step / 2))  # the edge may be near
    tops = np.arange(y + high, y - 3 * high, -step)
    left, top = (each.ravel() for each in np.meshgrid(lefts, tops))
    to_map = text.axes.transData.inverted().transform
    west, south = to_map(np.column_stack([left, top - high])).T
    east, north = to_map(np.column_stack([left + wide, top])).T
    prepare(land)
    off = ~intersects(land, box(west, south, east, north))
    away = np.hypot(left + wide - x, np.maximum(0, np.abs(top - high / 2 - y) - high / 2))
    return [(left[n], top[n], "left", "top") for n in np.argsort(away) if off[n]]


DETOUR = 12  #: pixels along a line that a name rather goes than one pixel away from it


def spots_along(line: np.ndarray, edge: Bbox, step: float) -> list[Spot]:
    """Return spots on both sides of a line of pixels, near the middle of what is seen first."""
    seen = [box.get_points().mean(0) for box in boxes_along(line, edge, clear=step / 2)]
    off = [np.hypot(*(at - seen[len(seen) // 2])) for at in seen]
    ways = [(away * step, at, n) for away in (1, 2, 4) for n, at in enumerate(seen)]
    ways.sort(key=lambda way: off[way[2]] + DETOUR * way[0])
    return [spot for away, at, _ in ways for spot in spots_around(*at, away)]


def boxes_along(line: np.ndarray, edge: Bbox, clear: float = 6) -> list[Bbox]:
    """Return boxes that cover a line of pixels, as markers that names keep off by ``clear``."""
    along = np.r_[0, np.cumsum(np.hypot(*np.diff(line, axis=0).T))]
    at = np.arange(0, along[-1], 2 * clear)
    points = np.column_stack([np.interp(at, along, line[:, axis]) for axis in (0, 1)])
    return [Bbox([xy - clear, xy + clear]) for xy in points if edge.contains(*xy)]


def free_box(
    at: Sequence[float],
    size: Sequence[float],
    taken: Sequence,
    edge: Sequence[float],
    half: float = 4,
) -> np.ndarray | None:
    """Return the first free box for a name of ``size`` beside a dot at pixel ``at``, or ``None``.

    The name keeps clear of ``half`` the dot's width. Boxes are (left, bottom, right, top). Unlike
    ``Placing`` this measures no text and moves none: for a map that is drawn again at every touch
    of a control.
    """
    taken, edge = np.reshape(taken, (-1, 4)), np.asarray(edge)
    boxes = (_box_at(spot, size) for spot in spots_around(*at, half))
    return next((box for box in boxes if _free(box, taken, edge)), None)
