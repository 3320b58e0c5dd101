"""Small pictures for the first page: numbers become places in a box, written as SVG.

Everything is in the box's own units, with y downwards as SVG has it. Hues are the style sheet's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """Where numbers are drawn: its four sides, and the ranges of x and y that they stand for."""

    left: float
    top: float
    right: float
    bottom: float
    x: tuple[float, float]
    y: tuple[float, float]

    def place(self, x: float, y: float) -> Point:
        """Return where a pair of numbers stands."""
        across = (x - self.x[0]) / (self.x[1] - self.x[0])
        up = (y - self.y[0]) / (self.y[1] - self.y[0])
        return (
            self.left + across * (self.right - self.left),
            self.bottom - up * (self.bottom - self.top),
        )

    def line(self, pairs: Iterable[Point]) -> str:
        """Return pairs of numbers as the points of a line."""
        return points(self.place(x, y) for x, y in pairs)


def points(places: Iterable[Point]) -> str:
    """Return places as SVG writes them."""
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)


def around(pairs: Sequence[Point], width: float, height: float, margin: float = 6) -> Box:
    """Return a box that holds all pairs at one scale, in the middle of ``width`` by ``height``."""
    xs, ys = zip(*pairs, strict=True)
    scale = min(
        (width - 2 * margin) / (max(xs) - min(xs)), (height - 2 * margin) / (max(ys) - min(ys))
    )
    wide, high = scale * (max(xs) - min(xs)), scale * (max(ys) - min(ys))
    left, top = (width - wide) / 2, (height - high) / 2
    return Box(left, top, left + wide, top + high, (min(xs), max(xs)), (min(ys), max(ys)))


def polyline(line: str) -> str:
    """Return a line."""
    return f'<polyline points="{line}"/>'


def dot(place: Point, radius: float, look: str = "") -> str:
    """Return a dot; ``look`` is a class of the style sheet."""
    named = f' class="{look}"' if look else ""
    return f'<circle{named} cx="{place[0]:.1f}" cy="{place[1]:.1f}" r="{radius:.1f}"/>'


def bar(left: float, top: float, width: float, height: float) -> str:
    """Return a bar or a tile."""
    return f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}"/>'


def tiles(number: int, columns: int, side: float, gap: float, width: float, height: float) -> str:
    """Return so many tiles in rows, in the middle of ``width`` by ``height``."""
    step, rows = side + gap, -(-number // columns)
    left, top = (width - columns * step + gap) / 2, (height - rows * step + gap) / 2
    places = ((left + n % columns * step, top + n // columns * step) for n in range(number))
    return "".join(bar(x, y, side, side) for x, y in places)
