"""The argument map for a wall: few claims by id, large; all others are dots."""

import io
from dataclasses import dataclass

from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from courseware import article, claims, palette
from courseware.explorers.argument_map.graph import HEIGHT, STARTER, WIDTH, scene

DPI = 160
BOTTOM = 36  # below it the notebook's map has its legend
HERE, THESIS, DOT, LINE = palette.NAMED, palette.INK, palette.FAINT, palette.SUPPORTS


@dataclass(frozen=True)
class Poster:
    """A picture, its alt text, and the claims that it names: (id, short label)."""

    png: bytes
    alt: str
    named: tuple[tuple[str, str], ...]


def draw(scope: str, chapter: str = "") -> Poster:
    """Return the map of ``scope``, naming the claims of ``chapter`` (of the starter map, all)."""
    placed = scene(scope)
    own = [i for i in placed.places if scope == STARTER or claims.get(i).chapter == chapter]
    fig = Figure(figsize=(8, 8 * (HEIGHT - BOTTOM) / WIDTH), dpi=DPI)
    ax = fig.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(BOTTOM, HEIGHT + 14))
    ax.set_axis_off()
    lines, against = (
        [[placed.places[one], *way[1:-1], placed.places[other]] for (one, other), way in ways]
        for ways in (placed.layout.lines.items(), placed.layout.against.items())
    )
    for some, dashes in ((lines, "-"), (against, "--")):
        ax.add_collection(
            LineCollection(some, colors=LINE, linewidths=1.2, linestyles=dashes, zorder=1)
        )
    ax.scatter(*zip(*placed.places.values(), strict=True), s=45, color=DOT, zorder=2)
    size = 19 if scope == STARTER else 13
    for node in dict.fromkeys([*own, *(t for t in article.theses() if t in placed.places)]):
        fill = THESIS if node in article.theses() else HERE
        box = {"boxstyle": "round,pad=0.18", "lw": 0, "fc": fill}
        look = {"ha": "center", "va": "center", "color": "white", "weight": "bold", "zorder": 3}
        ax.text(*placed.places[node], node, fontsize=size, bbox=box, **look)
    stream = io.BytesIO()
    fig.savefig(stream, format="png")
    named = tuple((node, claims.get(node).short_label) for node in sorted(own))
    alt = (
        f"Argument map of {len(placed.places)} claims, the two theses C03 and C05 on top, lines "
        f"running up to what a claim supports. Named: {', '.join(node for node, _ in named)}."
    )
    return Poster(stream.getvalue(), alt, named)
