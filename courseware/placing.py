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
    names: list[tuple[int, Text, list[Spot]]] = field(default_factory=list)

    def write(self, words: str, size: float, color: str, weight: str = "normal") -> Text:
        """Return a text with a white rim, to be measured and then added."""
        rim = [patheffects.withStroke(linewidth=2.2, foreground="white", alpha=0.85)]
        return self.ax.text(
            0,
            0,
            words,
            transform=self.ax.transAxes,
            fontsize=size,
            color=color,
            fontweight=weight,
            path_effects=rim,
            zorder=5,
        )

    def add(self, text: Text, spots: list[Spot], rank: int) -> None:
        """Add a name with its spots; ``arrange`` then finds its place."""
        self.names.append((rank, text, spots))

    def arrange(self) -> None:
        """Give every name the first of its spots that is free; hide those that find none."""
        taken = list(self.markers)
        to_axes = self.ax.transAxes.inverted()
        for _, text, spots in sorted(self.names, key=lambda name: name[0]):
            text.set_visible(True)
            for x, y, across, up in spots:
                text.set(position=to_axes.transform((x, y)), ha=across, va=up)
                box = text.get_window_extent().padded(2)
                inside = self.ax.bbox.contains(*box.min) and self.ax.bbox.contains(*box.max)
                if inside and not any(box.overlaps(other) for other in taken):
                    taken.append(box)
                    break
            else:
                text.set_visible(False)


def spots_around(x: float, y: float, half: float) -> list[Spot]:
    """Return eight spots around a marker of ``half`` its width at pixel (x, y)."""
    near, far = 0.7 * half + 2, half + 5
    return [
        (x + far, y, "left", "center"),
        (x - far, y, "right", "center"),
        (x + near, y + near, "left", "bottom"),
        (x + near, y - near, "left", "top"),
        (x - near, y + near, "right", "bottom"),
        (x - near, y - near, "right", "top"),
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
    word = to_pixels.inverted().transform_bbox(text.get_window_extent())
    west, south, east, north = area.bounds
    x, y = np.meshgrid(np.linspace(west, east, 25), np.linspace(south, north, 25))
    inside = contains_xy(area, x, y)
    x, y = x[inside], y[inside]
    # Squeeze the map until the word is as wide as high: then the room around is a distance.
    squeeze = word.height / word.width
    shore = scale(area, xfact=squeeze, origin=(0, 0)).boundary
    room = distance(shore, points(x * squeeze, y)) / word.height
    best = [spot for spot in np.argsort(-room) if room[spot] >= least]
    pixels = to_pixels.transform(np.column_stack([x, y])[best]) if best else []
    return [(px, py, "center", "center") for px, py in pixels]


def boxes_along(line: np.ndarray, edge: Bbox, clear: float = 6) -> list[Bbox]:
    """Return boxes that cover a line of pixels, as markers that names keep off by ``clear``."""
    along = np.r_[0, np.cumsum(np.hypot(*np.diff(line, axis=0).T))]
    at = np.arange(0, along[-1], 2 * clear)
    points = np.column_stack([np.interp(at, along, line[:, axis]) for axis in (0, 1)])
    return [Bbox([xy - clear, xy + clear]) for xy in points if edge.contains(*xy)]


def free_box(
    at: Sequence[float], size: Sequence[float], taken: Sequence, edge: Sequence[float]
) -> np.ndarray | None:
    """Return the first free box for a name of ``size`` beside a dot at pixel ``at``, or ``None``.

    Boxes are (left, bottom, right, top). Unlike ``Placing`` this measures no text and moves
    none: for a map that is drawn again at every touch of a control.
    """
    taken, edge = np.reshape(taken, (-1, 4)), np.asarray(edge)
    width, height = size
    across = {"left": 0, "center": 0.5, "right": 1}
    up = {"bottom": 0, "center": 0.5, "top": 1}
    for x, y, horizontal, vertical in spots_around(*at, 4):
        left, bottom = x - across[horizontal] * width, y - up[vertical] * height
        box = np.array([left, bottom, left + width, bottom + height])
        inside = (box[:2] >= edge[:2]).all() and (box[2:] <= edge[2:]).all()
        apart = (taken[:, 2:] <= box[:2]).any(axis=1) | (taken[:, :2] >= box[2:]).any(axis=1)
        if inside and apart.all():
            return box
    return None
