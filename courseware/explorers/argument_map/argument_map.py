"""The argument map: which claim rests on which, drawn with the theses on top.

Claims are the nodes; a line runs up from a claim to what it supports. The map can be coloured
by kind, by verdict or by source, and it can be tested: take a claim away and see what falls.
"""

from collections.abc import Hashable, Mapping
from functools import cache

import ipywidgets as widgets
import numpy as np
import pandas as pd
from IPython.display import display
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D, IdentityTransform

from courseware import article, claims, palette, ui, verdicts
from courseware.explorers.argument_map.description import DescribedMap
from courseware.explorers.argument_map.graph import (
    BY_OWN,
    CATEGORIES,
    COLUMN,
    DESK,
    EVERYTHING,
    HEIGHT,
    LATER,
    LEGEND_STEP,
    NAME,
    NAMED,
    NOT_JUDGED,
    NOTHING,
    PASSED,
    POINTED,
    POINTS,
    RADIUS,
    STARTER,
    UNSOURCED,
    WIDTH,
    Content,
    Effects,
    MapState,
    Scene,
    Sheet,
    categorise,
    chapter,
    graph,
    phone_sheet,
    scene,
    scopes,
    text_width,
    what_falls,
)
from courseware.explorers.axes import corners
from courseware.explorers.base import DPI, Explorer, Still, Strip
from courseware.explorers.controls import CHOOSES, clicks

#: How each category looks: colour, marker shape, letter inside. The letter and the shape say
#: what the colour says; in verdicts the colour is the student's word, the letter the course's.
LOOKS = {
    "event fact": (palette.EVENT, "o", "F"),
    "quantitative fact": (palette.QUANTITY, "s", "N"),
    "attribution-quote": (palette.QUOTE, "D", "Q"),
    "interpretation": (palette.INTERPRETATION, "h", "I"),
    "value judgement": (palette.VALUE, "p", "V"),
    "prediction": (palette.PREDICTION, "^", "P"),
    NAMED: (palette.SOURCE_NAMED, "s", "S"),
    POINTED: (palette.SOURCE_POINTED, "D", "?"),
    UNSOURCED: (palette.NO_SOURCE, "o", ""),
    **{word: verdicts.LOOKS[word] for word in verdicts.VERDICTS},
    verdicts.FAILS: verdicts.LOOKS[verdicts.FAILS]._replace(letter=""),
    **{
        word: verdicts.LOOKS[four]._replace(letter=letter)
        for (word, four), letter in zip(
            verdicts.COURSE_SAYS.items(), [*"ACIM", "", *"NOU"], strict=True
        )
        if four
    },
    verdicts.NOT_CHECKED: (palette.WHITE, "d", "U"),
    PASSED: (palette.PASSED, "o", "P"),
    NOT_JUDGED: (palette.NOT_JUDGED, "o", ""),
    LATER: (palette.NOT_JUDGED, ".", ""),
}
#: Marks around a node: colour, shape, width of the outline.
SELECTED, REMOVED, FALLS, WEAKENED, IDLE = "selected", "removed", "falls", "weakened", "idle"
MARKS = {
    SELECTED: (palette.BLACK, "8", 2.2),
    REMOVED: (palette.BLACK, "x", 3.0),
    FALLS: (palette.CUT, "v", 2.6),
    WEAKENED: (palette.CUT, "s", 1.6),
    IDLE: (palette.MIDDLE, "D", 1.4),
}
#: Markers that look smaller or larger than a circle of their size, and by how much to mend it.
SIZES = {"s": 0.9, "D": 0.8, "^": 1.25, "h": 1.1, "p": 1.1, "v": 1.15, "x": 0.8, "8": 1.15}
LEGEND_POINTS = POINTS
MOST_KEYS = 14  # categories and marks in a legend

#: What the table of a map that stands still tells.
TOLD = ["claim", "label", "role", "supports", "opposes", BY_OWN]


class ArgumentMap(DescribedMap, Explorer):
    """Draws claims and what they support, coloured, and tests the structure by removal."""

    name = NAME
    size = (WIDTH / DPI, HEIGHT / DPI)

    def __init__(self, until: str | None = None, still: str = "", sheet: Sheet = DESK) -> None:
        """Read the register once and keep the whole argument as a graph.

        ``until`` is the last chapter done, such as ``"02"``: the student's own verdicts are then
        told of the claims met by its end. ``still`` is the one scope of a map that stands still:
        its picture is as wide as ``sheet`` and as high as that needs.
        """
        with_claims = sorted({claim.chapter for claim in claims.register().values()})
        tried = [f"chapter {number}" for number in with_claims]
        self.chapter = chapter()
        self.strip = Strip("scope", (STARTER, *tried, EVERYTHING), MapState(), names=True)
        presets = article.facts()["argument_map"]["presets"]
        self.views = {key: MapState(**state) for key, state in presets.items()}
        self.until = until
        self._size = (WIDTH, HEIGHT)
        self._scenes: dict[str, Scene] = {}
        if still:
            self._scenes[still] = scene(still, None, sheet)
            self._size = self._scenes[still].size
            self.size = tuple(side / DPI for side in self._size)
        self._on_phones: dict[tuple[str, int], ArgumentMap] = {}
        self._argument = graph()
        self._claims = claims.register()
        self._scripts: dict[str, str] = {}
        ids = {i: f"{i} {claim.short_label}" for i, claim in self._claims.items()}
        ids = {NOTHING: self.written("none")} | ids
        shown = {scope: self.called(scope) for scope in scopes()}
        self.offered = {"scope": shown, "selected": ids, "removed": ids}

    def controls(self) -> Mapping[str, widgets.Widget]:
        """Return the four controls; a click on the picture sets the list of claims."""
        found = super().controls()
        found["selected"].add_class(CHOOSES)
        return found

    def for_phone(self, state: MapState) -> Explorer:
        """Return what draws ``state`` in as many rows as a phone needs, its legend below."""
        rows = 3 + (3 if state.removed else bool(state.selected))
        key = state.scope, rows
        if key not in self._on_phones:
            self._on_phones[key] = ArgumentMap(self.until, state.scope, phone_sheet(rows))
        return self._on_phones[key]

    def build(self, fig: Figure) -> None:
        """Create one collection for all nodes, one for marks, and pools of texts."""
        self._axes = ax = fig.add_axes((0, 0, 1, 1))
        ax.set_axis_off()
        ax.set_xlim(0, self._size[0])
        ax.set_ylim(0, self._size[1])
        ax.set_autoscale_on(False)
        self._tiles = ax.add_collection(PolyCollection([], zorder=2), autolim=False)
        look = {"fontsize": POINTS, "va": "center"}
        self._loose = ax.text(0, 0, self.written("loose"), color=palette.TEXT, **look)
        self._lines = ax.add_collection(
            LineCollection([], colors=palette.SUPPORTS, linewidths=1.0, zorder=1), autolim=False
        )
        self._against = ax.add_collection(
            LineCollection(
                [], colors=palette.OPPOSES, linewidths=1.1, linestyles=(0, (4, 3)), zorder=1
            ),
            autolim=False,
        )
        look |= {"zorder": 3, "linespacing": 1.05}
        self._names = {node: ax.text(0, 0, "", **look) for node in self._argument}
        self._paths = LineCollection([], linewidths=1.8, animated=True)
        self._nodes = _collection(linewidths=0.9)
        self._letters = _collection(linewidths=0)
        self._marks = _collection(facecolors="none")
        for artist in (self._paths, self._nodes, self._letters, self._marks):
            ax.add_collection(artist, autolim=False)
        self._legend = [
            ax.text(0, 0, "", fontsize=LEGEND_POINTS, va="center", animated=True)
            for _ in range(MOST_KEYS)
        ]

    def content(self, state: MapState) -> Content:
        """Return the layout, each shown claim's category, and what a removal does."""
        placed = self._placed(state.scope)
        effects = what_falls(self._argument, state.removed) if state.removed else Effects()
        found = categorise(placed.places, state.colour, self.until)
        return Content(self._argument, placed, found, effects)

    def _placed(self, scope: str) -> Scene:
        if scope not in self._scenes:
            self._scenes[scope] = scene(scope, self._size)
        return self._scenes[scope]

    def frame(self, state: MapState, content: Content) -> Hashable:
        """Return the scope: lines and labels depend on it only."""
        return state.scope

    def lay_out(self, frame: str, state: MapState, content: Content) -> None:
        """Lay out lines and labels."""
        placed = content.scene
        self._lines.set_segments(list(placed.layout.lines.values()))
        self._against.set_segments(list(placed.layout.against.values()))
        self._loose.set(visible=bool(placed.loose), position=placed.loose_words)
        looks = [_tile_look(placed, node) for node in placed.places]
        self._tiles.set_verts([corners(*tile) for tile in placed.tiles.values()])
        self._tiles.set(
            facecolor=[ground for ground, _, _ in looks],
            edgecolor=[edge for _, edge, _ in looks],
            linewidth=[width for _, _, width in looks],
        )
        for node, text in self._names.items():
            text.set_visible(node in placed.places)
            if node in placed.places:
                x, y = placed.nodes[node]
                text.set_position((x + COLUMN / 2, y))
                text.set_text(placed.labels[node])
                aside = node in placed.guests and node not in article.theses()
                text.set_color(palette.MIDDLE if aside else palette.INK)

    def update(self, state: MapState, content: Content) -> list:
        """Colour the nodes, mark the chosen ones, write the legend."""
        placed, shown = content.scene, content.categories
        marks = self._marked(state, content)
        present = [c for c in CATEGORIES[state.colour] if c in shown.values()]
        pairs = [(mark, node) for node, found in marks.items() for mark in found]
        kinds = [mark for mark in MARKS if mark in dict(pairs)]
        legend = self.written("legend")
        names = [legend.get(name) or self.called(name) for name in (*present, *kinds)]
        keys = _legend_places(names, placed)
        looks = [LOOKS[category] for category in (*shown.values(), *present)]
        spots = [*(placed.nodes[node] for node in shown), *keys[: len(present)]]
        sizes = [RADIUS * (0.8 if n in placed.guests else 1) for n in shown] + [8] * len(present)
        self._draw_nodes(looks, spots, sizes)
        self._draw_marks(
            [*(mark for mark, _ in pairs), *kinds],
            [*(placed.nodes[node] for _, node in pairs), *keys[len(present) :]],
            [RADIUS * 1.35] * len(pairs) + [8] * len(kinds),
        )
        texts = self._legend[: len(keys)]
        for text, name, (x, y) in zip(texts, names, keys, strict=True):
            text.set_text(name)
            text.set_position((x + 15, y))
        paths = self._highlight(state, content)
        return [*paths, self._nodes, self._letters, self._marks, *texts]

    def _draw_nodes(self, looks: list, spots: list, sizes: list) -> None:
        hues, shapes, letters = zip(*looks, strict=True)
        self._nodes.set_paths(list(map(_shape, shapes, sizes)))
        self._nodes.set_offsets(np.array(spots).reshape(-1, 2))
        self._nodes.set_facecolor(hues)
        self._nodes.set_edgecolor(
            [palette.MIDDLE if hue == palette.WHITE else _ink(hue) for hue in hues]
        )
        self._letters.set_paths(list(map(_letter, letters, sizes)))
        self._letters.set_offsets(np.array(spots).reshape(-1, 2))
        self._letters.set_facecolor([palette.ink_on(hue) for hue in hues])

    def _draw_marks(self, names: list[str], spots: list, sizes: list) -> None:
        looks = [MARKS[name] for name in names]
        self._marks.set_paths([_shape(look[1], s) for look, s in zip(looks, sizes, strict=True)])
        self._marks.set_offsets(np.array(spots).reshape(-1, 2))
        self._marks.set_edgecolor([hue for hue, _, _ in looks])
        self._marks.set_linewidth([width for _, _, width in looks])

    def _marked(self, state: MapState, content: Content) -> dict[str, list[str]]:
        """Return the marks of every marked claim that the map shows."""
        groups = {
            SELECTED: (state.selected,),
            REMOVED: (state.removed,),
            FALLS: content.effects.fallen,
            WEAKENED: content.effects.weakened,
            IDLE: content.effects.idle,
        }
        found: dict[str, list[str]] = {}
        for mark, nodes in groups.items():
            for node in nodes:
                if node in content.scene.places:
                    found.setdefault(node, []).append(mark)
        return found

    def _highlight(self, state: MapState, content: Content) -> list:
        """Return the lines of the selected claim, dark, and those that a removal cuts, dotted."""
        gone = {state.removed, *content.effects.fallen}
        edges = [
            edge
            for edge in content.scene.graph.edges
            if state.selected in edge or gone.intersection(edge)
        ]
        if not edges:
            return []
        cut = [bool(gone.intersection(edge)) for edge in edges]
        self._paths.set_segments([content.scene.layout.lines[edge] for edge in edges])
        self._paths.set_color([palette.CUT if c else palette.TEXT for c in cut])
        self._paths.set_linestyle([(0, (1, 1.5)) if c else "-" for c in cut])
        return [self._paths]

    def rows(self, state: MapState, content: Content) -> pd.DataFrame:
        """Return one row per claim on the map: what it supports, its colour, what happens to it."""
        marks, heads, none = self._marked(state, content), self.written("columns"), "–"
        rows = []
        for node, category in content.categories.items():
            claim, below = self._claims[node], sorted(self._argument.predecessors(node))
            told = {"claim": node, "paragraph": claim.paragraph, "label": claim.short_label}
            told["role"] = claim.role
            listed = {"supports": claim.supports, "opposes": claim.opposes, "rests": below}
            told |= {key: ", ".join(ids) or none for key, ids in listed.items()}
            told[state.colour] = self.called(category)
            told["mark"] = ", ".join(map(self.called, marks.get(node, [none])))
            rows.append({heads[key]: value for key, value in told.items()})
        return pd.DataFrame(rows)

    def card(self, state: MapState, content: Content) -> str:
        """Return the selected claim's card; its verdict is folded."""
        return claims.card_markup(state.selected) if state.selected else ""

    def hands(self, state: MapState) -> str:
        """Return a mark that lets a click on a claim do what the list "Claim:" does."""
        if state.scope not in self._scripts:
            placed = self._placed(state.scope)
            (width, height), ids = placed.size, list(self._claims)
            self._scripts[state.scope] = clicks(
                {
                    1 + ids.index(node): (x0 / width, 1 - y1 / height, x1 / width, 1 - y0 / height)
                    for node, (x0, y0, x1, y1) in placed.tiles.items()
                }
            )
        return self._scripts[state.scope]


def progress(chapter: str | int, scope: str | None = None) -> None:
    """Display a chapter's own claims and their way up, coloured by the student's own verdicts.

    White circles are claims met but not judged, small ones claims of later chapters. Shows a
    described picture, a folded table and the source.

    Args:
        chapter: the chapter that ends here, such as ``"02"``; after ``"00"`` no claim is met yet.
        scope: one of ``scopes()``; by default the chapter's own, or the twelve claims to begin
            with where a chapter has none.

    Raises:
        claims.ClaimError: there is no such scope.

    """
    until = f"{int(chapter):02d}"
    if scope is None:
        scope = f"chapter {until}" if f"chapter {until}" in scopes() else STARTER
    drawing = ArgumentMap(until=until, still=scope)
    state = MapState(scope=scope, colour=BY_OWN)
    heads, said = drawing.written("columns"), drawing.written("still")
    told = drawing.table(state)[[heads[key] for key in TOLD]]
    numbers = ui.Table(told.rename(columns={heads["label"]: said["label"]}), said["table"])
    display(Still(drawing, state, numbers, said["fold"]))


# Drawing ----------------------------------------------------------------------------------


def _collection(**look) -> PathCollection:
    return PathCollection(
        [], sizes=None, offset_transform=None, transform=IdentityTransform(), animated=True, **look
    )


@cache
def _ink(hue: str) -> str:
    return palette.ink(hue, 2.0) if palette.luminance(hue) > 0.55 else palette.ink(hue)


@cache
def _shape(marker: str, radius: float) -> Path:
    """Return a marker's outline, about ``radius`` pixels from its centre."""
    style = MarkerStyle(marker)
    path = style.get_path().transformed(style.get_transform())
    return path.transformed(Affine2D().scale(2 * radius * SIZES.get(marker, 1)))


@cache
def _letter(letter: str, radius: float) -> Path:
    """Return a letter's outline, fit for the inside of a node; an empty path for no letter."""
    if not letter:
        return Path(np.zeros((1, 2)), [Path.MOVETO])
    path = TextPath((0, 0), letter, size=1.25 * radius, prop={"weight": "bold"})
    box = path.get_extents()
    return path.transformed(Affine2D().translate(-box.x0 - box.width / 2, -box.y0 - box.height / 2))


def _tile_look(placed: Scene, node: str) -> tuple[str, str, float]:
    """Return ground, edge and width of the edge of a tile: a thesis stands out, a guest back."""
    if node in article.theses():
        return palette.SHEET, palette.INK, 1.4
    if not placed.worded or node in placed.guests:
        return palette.WHITE, palette.WHITE, 0
    return palette.WHITE, palette.PALE, 1.0


def _legend_places(names: list[str], placed: Scene) -> list[tuple[float, float]]:
    """Return where the keys of a legend stand: one after the other, in as many rows as needed."""
    places, x, y = [], 16.0, placed.sheet.floor - 14.0
    for name in names:
        wide = text_width(name, LEGEND_POINTS) + 40
        if x + wide > placed.size[0] + 16:
            x, y = 16.0, y - LEGEND_STEP
        places.append((x, y))
        x += wide
    return places
