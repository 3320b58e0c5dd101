"""The argument map for a wall: every claim of a part of the argument, in words."""

import io
from dataclasses import dataclass
from itertools import combinations
from textwrap import wrap

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.text import Text

from courseware import article, claims, palette
from courseware.explorers.argument_map.graph import HEIGHT, STARTER, WIDTH, scene

DPI = 160
SIZE = (11.84, 4.7)  # inches: a hundredth is a pixel of the slide
BOTTOM = 36  # below it the notebook's map has its legend
LETTERS = (20, 17, 15, 13)  # points; the least are 18 pixels of the slide
ROOM = 17  # letters in a line of a label, so that neighbours do not touch
OWN, THESIS, OTHER, LINE = palette.NAMED, palette.INK, palette.WHITE, palette.SUPPORTS


@dataclass(frozen=True)
class Poster:
    """A picture and its alt text, which names the chapter's claims; ``labels`` are those drawn."""

    png: bytes
    alt: str
    labels: dict[str, Text]

    @property
    def fits(self) -> bool:
        """Whether every label is whole: no other covers a part of it, and no edge cuts it."""
        boxes = [label.get_bbox_patch().get_window_extent() for label in self.labels.values()]
        page = next(iter(self.labels.values())).figure.bbox
        inside = all(page.contains(*box.min) and page.contains(*box.max) for box in boxes)
        return inside and not any(a.overlaps(b) for a, b in combinations(boxes, 2))


def draw(scope: str, chapter: str = "") -> Poster:
    """Return the map of ``scope`` in the largest letters that have room.

    Claims of ``chapter`` stand out; of the starter map all do.
    """
    sizes = iter(LETTERS)
    drawn = _drawn(scope, chapter, next(sizes))
    while not drawn.fits and (size := next(sizes, None)):
        drawn = _drawn(scope, chapter, size)
    return drawn


def _drawn(scope: str, chapter: str, letters: float) -> Poster:
    placed = scene(scope)
    own = [i for i in placed.places if scope == STARTER or claims.get(i).chapter == chapter]
    fig = Figure(figsize=SIZE, dpi=DPI)
    FigureCanvasAgg(fig)
    ax = fig.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(BOTTOM, HEIGHT))
    ax.set_axis_off()
    lines, against = (
        [[placed.places[one], *way[1:-1], placed.places[other]] for (one, other), way in ways]
        for ways in (placed.layout.lines.items(), placed.layout.against.items())
    )
    for some, dashes in ((lines, "-"), (against, "--")):
        ax.add_collection(
            LineCollection(some, colors=LINE, linewidths=1.2, linestyles=dashes, zorder=1)
        )
    labels = {}
    for claim_id, place in placed.places.items():
        fill = THESIS if claim_id in article.theses() else OWN if claim_id in own else OTHER
        ink = palette.INK if fill == OTHER else palette.WHITE
        box = {"boxstyle": "round,pad=0.2", "fc": fill, "ec": LINE, "lw": 1 * (fill == OTHER)}
        said = f"{claim_id} {claims.get(claim_id).short_label}"
        words = "\n".join(wrap(said, ROOM, break_on_hyphens=False))
        look = {"ha": "center", "va": "center", "fontsize": letters, "linespacing": 1.05}
        labels[claim_id] = ax.text(*place, words, color=ink, bbox=box, zorder=3, **look)
    stream = io.BytesIO()
    fig.savefig(stream, format="png")
    named = ", ".join(f"{i} {claims.get(i).short_label}" for i in sorted(own))
    alt = (
        f"The picture is an argument map of {len(placed.places)} claims. The two theses, C03 and "
        "C05, are at the top, and a line runs up from each claim to the claim that it supports. "
        f"The claims of this chapter are {named}."
    )
    return Poster(stream.getvalue(), alt, labels)
