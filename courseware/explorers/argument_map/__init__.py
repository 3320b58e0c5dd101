"""The argument map: which claim rests on which, drawn with the two theses on top.

Claims are the nodes; a line runs up from a claim to what it supports. The map can be coloured
by kind, by verdict or by source, and it can be tested: take a claim away and see what falls.
"""

from collections.abc import Hashable, Mapping
from functools import cache

import ipywidgets as widgets
import numpy as np
import pandas as pd
from IPython.display import display
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D, IdentityTransform

from courseware import charts, claims, ui
from courseware.explorers.argument_map.argument import (
    BY_COURSE,
    BY_KIND,
    BY_OWN,
    BY_SOURCE,
    CATEGORIES,
    EVERYTHING,
    FLOOR,
    HEIGHT,
    LATER,
    NAMED,
    NOT_JUDGED,
    NOTHING,
    PASSED,
    POINTED,
    RADIUS,
    STARTER,
    UNSOURCED,
    WIDTH,
    Content,
    Effects,
    MapState,
    Scene,
    categorise,
    graph,
    scene,
    scopes,
    what_falls,
)
from courseware.explorers.argument_map.words import describe
from courseware.explorers.base import DPI, Explorer, Preset, Still, Words

__all__ = ["BY_SOURCE", "EVERYTHING", "STARTER", "ArgumentMap", "MapState", "progress"]

#: How each category looks: colour, marker shape, letter inside. The letter and the shape say
#: what the colour says; in verdicts the colour is the student's word, the letter the course's.
LOOKS = {
    "event fact": ("#0072B2", "o", "F"),
    "quantitative fact": ("#56B4E9", "s", "N"),
    "attribution-quote": ("#009E73", "D", "Q"),
    "interpretation": ("#E69F00", "h", "I"),
    "value judgement": ("#CC79A7", "p", "V"),
    "prediction": ("#D55E00", "^", "P"),
    NAMED: ("#0072B2", "s", "S"),
    POINTED: ("#56B4E9", "D", "?"),
    UNSOURCED: ("#FFFFFF", "o", ""),
    claims.HOLDS: ("#0072B2", "o", "H"),
    claims.CAVEAT: ("#56B4E9", "h", "C"),
    claims.FAILS: ("#D55E00", "X", ""),
    claims.UNKNOWN: ("#CC79A7", "s", "?"),
    "accurate": ("#0072B2", "o", "A"),
    "accurate with caveat": ("#56B4E9", "h", "C"),
    "imprecise": ("#56B4E9", "h", "I"),
    "misleading": ("#D55E00", "X", "M"),
    "wrong": ("#D55E00", "X", ""),
    "not checkable": ("#CC79A7", "s", "N"),
    "opinion": ("#CC79A7", "s", "O"),
    PASSED: ("#6E6E6E", "o", "P"),
    NOT_JUDGED: ("#FFFFFF", "o", ""),
    LATER: ("#FFFFFF", ".", ""),
}
#: Marks around a node: colour, shape, width of the outline.
SELECTED, REMOVED, FALLS, WEAKENED, IDLE = (
    "selected",
    "taken away",
    "falls",
    "loses a support",
    "leads nowhere now",
)
MARKS = {
    SELECTED: ("#000000", "8", 2.2),
    REMOVED: ("#000000", "x", 3.0),
    FALLS: ("#D55E00", "v", 2.6),
    WEAKENED: ("#D55E00", "s", 1.6),
    IDLE: ("#6E6E6E", "D", 1.4),
}
#: Markers that look smaller or larger than a circle of their size, and by how much to mend it.
SIZES = {"s": 0.9, "D": 0.8, "^": 1.25, "h": 1.1, "p": 1.1, "v": 1.15, "x": 0.8, "8": 1.15}
LEGEND_ROWS, LEGEND_COLUMNS, LEGEND_STEP = 3, 4, 20
#: What the legend calls a category, where that is not the category's own name.
CALLED = {"attribution-quote": "words attributed"}
EDGE, STRONG, AGAINST = "#BFBFBF", "#333333", "#7B3F98"


class ArgumentMap(Explorer):
    """Draws claims and what they support, coloured, and tests the structure by removal."""

    title = "Argument map: what rests on what"
    intro = (
        "A line runs up from a claim to what it supports. Choose a claim to see its card, or take "
        "one away to see what falls. Tab reaches a control, the arrow keys change it."
    )
    source = (
        "Source: the course's register of the article's claims (table claims). Who supports whom "
        "is our reading; each support counts as enough alone, so that a claim falls only when its "
        "last support is gone. Another reader may draw another map."
    )
    size = (WIDTH / DPI, HEIGHT / DPI)
    presets = (
        Preset(
            "The skeleton",
            "Twelve claims carry the two theses: China gains at Russia's cost (C03), and the "
            "friendship is false (C05). Note how many of them interpret, and how few report.",
            MapState(),
        ),
        Preset(
            "Without C68",
            "Take away the claim that China's backing makes the five states bold. Nothing "
            "falls, but the claim that Moscow is powerless keeps one support only, and the reports "
            "about Tokayev lead nowhere: evidence is only as good as the step that uses it.",
            MapState(scope="chapter 08", selected="C71", removed="C68"),
        ),
        Preset(
            "A chain: without C55",
            "Where each claim has one support, the whole chain hangs on its lowest link. The fear "
            "of being next (C61) rests, in the text, on the end of one disputed post.",
            MapState(scope="chapter 07", selected="C61", removed="C55"),
        ),
        Preset(
            "Everything about Kazakhstan (P8–P9)",
            "Chapter 07's claims: a post, a border, a poll. They climb by several steps to one "
            "explanation, that fear drives Kazakhstan to China (C62).",
            MapState(scope="chapter 07", selected="C62"),
        ),
        Preset(
            "Where sources are named",
            "Filled nodes name or point to a source. Most of the article does neither. That is "
            "usual in an opinion piece; it decides who has to do the checking.",
            MapState(scope=EVERYTHING, colour=BY_SOURCE),
        ),
        Preset(
            "All 84, from C27",
            "The busiest node below the theses: many reports of the summit support one "
            "interpretation, that China is more active, and only that carries them to the thesis.",
            MapState(scope=EVERYTHING, selected="C27"),
        ),
    )

    def __init__(self, until: str | None = None) -> None:
        """Read the register once and keep the whole argument as a graph.

        ``until`` is the last chapter done, such as ``"02"``: the student's own verdicts are then
        told of the claims met by its end.
        """
        super().__init__()
        self._until = until
        self._argument = graph()
        self._claims = claims.register()
        self._scenes: dict[str, Scene] = {}

    def controls(self) -> Mapping[str, widgets.Widget]:
        """Return the four controls."""
        ids = [(f"{i} {claim.short_label}", i) for i, claim in self._claims.items()]
        wide = {"style": {"description_width": "initial"}, "layout": {"width": "auto"}}
        return {
            "scope": widgets.Dropdown(options=scopes(), description="Show:", **wide),
            "selected": widgets.Dropdown(
                options=[("none", NOTHING), *ids], description="Select a claim:", **wide
            ),
            "colour": widgets.Dropdown(
                options=[
                    ("kind of claim", BY_KIND),
                    ("source given or not", BY_SOURCE),
                    ("my verdict", BY_OWN),
                    ("the course's verdict, once I have judged", BY_COURSE),
                ],
                description="Colour by:",
                **wide,
            ),
            "removed": widgets.Dropdown(
                options=[("none", NOTHING), *ids], description="What falls without:", **wide
            ),
        }

    def build(self, fig: Figure) -> None:
        """Create one collection for all nodes, one for marks, and pools of texts."""
        self._axes = ax = fig.add_axes((0, 0, 1, 1))
        ax.set_axis_off()
        ax.set_xlim(0, WIDTH)
        ax.set_ylim(0, HEIGHT)
        ax.set_autoscale_on(False)
        self._lines = ax.add_collection(
            LineCollection([], colors=EDGE, linewidths=1.0, zorder=1), autolim=False
        )
        self._against = ax.add_collection(
            LineCollection([], colors=AGAINST, linewidths=1.1, linestyles=(0, (4, 3)), zorder=1),
            autolim=False,
        )
        self._names = {
            node: ax.text(
                0, 0, "", fontsize=8.5, ha="center", va="top", zorder=3, linespacing=1.05,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
            )
            for node in self._argument
        }  # fmt: skip
        self._paths = LineCollection([], linewidths=1.8, animated=True)
        self._nodes = _collection(linewidths=0.9)
        self._letters = _collection(linewidths=0)
        self._marks = _collection(facecolors="none")
        for artist in (self._paths, self._nodes, self._letters, self._marks):
            ax.add_collection(artist, autolim=False)
        self._legend = [
            ax.text(*_legend_place(slot, 16), "", fontsize=9, va="center", animated=True)
            for slot in range(LEGEND_ROWS * LEGEND_COLUMNS)
        ]

    def content(self, state: MapState) -> Content:
        """Return the layout, each shown claim's category, and what a removal does."""
        if state.scope not in self._scenes:
            self._scenes[state.scope] = scene(state.scope)
        placed = self._scenes[state.scope]
        effects = what_falls(self._argument, state.removed) if state.removed else Effects()
        found = categorise(placed.places, state.colour, self._until)
        return Content(placed, found, effects)

    def frame(self, state: MapState, content: Content) -> Hashable:
        """Lay out lines and labels; they depend on the scope only."""
        if state.scope == self._frame:
            return state.scope
        placed = content.scene
        self._lines.set_segments(list(placed.layout.lines.values()))
        self._against.set_segments(placed.against)
        for node, text in self._names.items():
            text.set_visible(node in placed.places)
            if node in placed.places:
                x, y = placed.places[node]
                text.set_position((x, y - placed.drop))
                text.set_text(placed.labels[node])
                text.set_color("#6E6E6E" if node in placed.guests else "#1a1a1a")
        return state.scope

    def update(self, state: MapState, content: Content) -> list:
        """Colour the nodes, mark the chosen ones, write the legend."""
        placed, shown = content.scene, content.categories
        marks = self._marked(state, content)
        present = [c for c in CATEGORIES[state.colour] if c in shown.values()]
        pairs = [(mark, node) for node, found in marks.items() for mark in found]
        kinds = [mark for mark in MARKS if mark in dict(pairs)]
        keys = [_legend_place(slot) for slot in range(len(present) + len(kinds))]
        looks = [LOOKS[category] for category in (*shown.values(), *present)]
        spots = [*(placed.places[node] for node in shown), *keys[: len(present)]]
        sizes = [RADIUS * (0.8 if n in placed.guests else 1) for n in shown] + [8] * len(present)
        self._draw_nodes(looks, spots, sizes)
        self._draw_marks(
            [*(mark for mark, _ in pairs), *kinds],
            [*(placed.places[node] for _, node in pairs), *keys[len(present) :]],
            [RADIUS * 1.5] * len(pairs) + [8] * len(kinds),
        )
        legend = self._legend[: len(keys)]
        for text, name in zip(legend, [*present, *kinds], strict=True):
            text.set_text(CALLED.get(name, name))
        paths = self._highlight(state, content)
        return [*paths, self._nodes, self._letters, self._marks, *legend]

    def _draw_nodes(self, looks: list, spots: list, sizes: list) -> None:
        hues, shapes, letters = zip(*looks, strict=True)
        self._nodes.set_paths(list(map(_shape, shapes, sizes)))
        self._nodes.set_offsets(np.array(spots).reshape(-1, 2))
        self._nodes.set_facecolor(hues)
        self._nodes.set_edgecolor(["#6E6E6E" if hue == "#FFFFFF" else _ink(hue) for hue in hues])
        self._letters.set_paths(list(map(_letter, letters, sizes)))
        self._letters.set_offsets(np.array(spots).reshape(-1, 2))
        self._letters.set_facecolor(
            ["#FFFFFF" if charts.contrast(hue) >= 4.5 else "#000000" for hue in hues]
        )

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
        self._paths.set_color(["#D55E00" if c else STRONG for c in cut])
        self._paths.set_linestyle([(0, (1, 1.5)) if c else "-" for c in cut])
        return [self._paths]

    def words(self, state: MapState, content: Content) -> Words:
        """Return the finding, what is drawn and how, and a description of the map."""
        return describe(state, content, self._until)

    def table(self, state: MapState) -> pd.DataFrame:
        """Return one row per claim on the map: what it supports, its colour, what happens to it."""
        content = self.content(state)
        marks = self._marked(state, content)
        return pd.DataFrame(
            {
                "claim": node,
                "paragraph": self._claims[node].paragraph,
                "short label": self._claims[node].short_label,
                "supports": ", ".join(self._claims[node].supports) or "–",
                "rests on": ", ".join(sorted(self._argument.predecessors(node))) or "–",
                state.colour: category,
                "mark": ", ".join(marks.get(node, "–")),
            }
            for node, category in content.categories.items()
        )

    def aside(self, state: MapState) -> str:
        """Return the selected claim's card; its verdict is folded."""
        return claims.card_markup(state.selected) if state.selected else ""


def progress(chapter: str | int, scope: str = EVERYTHING) -> None:
    """Display the map with the claims met so far, coloured by the student's own verdicts.

    White circles are claims met but not judged, small ones claims of later chapters: the map
    grows from chapter to chapter. Shows a described picture, a folded table and the source.

    Args:
        chapter: the chapter that ends here, such as ``"02"``; after ``"00"`` no claim is met yet.
        scope: one of ``scopes()``.

    Raises:
        claims.ClaimError: there is no such scope.

    """
    drawing = ArgumentMap(until=f"{int(chapter):02d}")
    state = MapState(scope=scope, colour=BY_OWN)
    numbers = ui.Table(drawing.table(state).drop(columns="mark"), "Claims and your verdicts")
    display(Still(drawing, state, numbers, "The same map as a table"))


# Drawing ----------------------------------------------------------------------------------


def _collection(**look) -> PathCollection:
    return PathCollection(
        [], sizes=None, offset_transform=None, transform=IdentityTransform(), animated=True, **look
    )


@cache
def _ink(hue: str) -> str:
    return charts.ink(hue, 2.0) if charts.luminance(hue) > 0.55 else charts.ink(hue)


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


def _legend_place(slot: int, indent: float = 0) -> tuple[float, float]:
    row, column = divmod(slot, LEGEND_COLUMNS)
    return 24 + column * (WIDTH - 20) / LEGEND_COLUMNS + indent, FLOOR - 16 - row * LEGEND_STEP
