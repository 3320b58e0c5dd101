"""The argument map: which claim rests on which, drawn with the two theses on top.

Claims are the nodes; a line runs up from a claim to what it supports. The map can be coloured
by kind, by verdict or by source, and it can be tested: take a claim away and see what falls.
"""

import textwrap
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

import ipywidgets as widgets
import networkx as nx
import numpy as np
import pandas as pd
from IPython.display import HTML, display
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D, IdentityTransform

from courseware import charts, claims, ui
from courseware.explorers.argument_layout import Box, Layout, arrange
from courseware.explorers.base import DPI, Explorer, Preset, Words

STARTER, EVERYTHING = "twelve to begin with", "all 84"
BY_KIND, BY_COURSE, BY_OWN, BY_SOURCE = "type", "the course's verdict", "my verdict", "source given"
NOTHING = ""
NAMED, POINTED, UNSOURCED = "a source is named", "pointed to, not named", "no source given"
PASSED, NOT_JUDGED, LATER = "passed", "not judged yet", "in a later chapter"

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
CATEGORIES = {
    BY_KIND: tuple(LOOKS)[:6],
    BY_SOURCE: (NAMED, POINTED, UNSOURCED),
    BY_OWN: (*claims.VERDICTS, PASSED, NOT_JUDGED, LATER),
    BY_COURSE: tuple(claims.IN_FOUR_WORDS),
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
WIDTH, HEIGHT = 990, 748  # pixels of the picture
LEGEND_ROWS, LEGEND_COLUMNS, LEGEND_STEP = 3, 4, 20
FLOOR = 14 + LEGEND_ROWS * LEGEND_STEP  # where the map ends and the legend begins
LINE_STEP = 14  # pixels from one line of a label to the next
RADIUS = 10  # of a node, pixels
LABEL_DROP, ID_DROP = RADIUS + 9, RADIUS + 4  # from a node's centre to the top of its label
EDGE, STRONG, AGAINST = "#BFBFBF", "#333333", "#7B3F98"
LABELLED = 30  # maps of up to that many claims carry words; larger ones only ids


@dataclass(frozen=True)
class MapState:
    """What the map shows. ``selected`` and ``removed`` are ids of claims, or empty."""

    scope: str = STARTER
    selected: str = NOTHING
    colour: str = BY_KIND
    removed: str = NOTHING


@dataclass(frozen=True)
class Effects:
    """What taking one claim away does to the others; see ``what_falls``."""

    fallen: tuple[str, ...] = ()
    weakened: tuple[str, ...] = ()
    idle: tuple[str, ...] = ()


# The argument as a graph ------------------------------------------------------------------


def graph() -> nx.DiGraph:
    """Return the whole argument: one node per claim, an edge from a claim to what it supports."""
    found = nx.DiGraph()
    register = claims.register()
    found.add_nodes_from((i, {"opposes": claim.opposes}) for i, claim in register.items())
    found.add_edges_from((i, above) for i, c in register.items() for above in c.supports)
    return found


def what_falls(argument: nx.DiGraph, removed: str) -> Effects:
    """Return what happens when ``removed`` is taken out of an argument.

    A claim for which the article gives no support stands by itself: it is a ground. Any other
    claim stands as long as a chain of standing claims leads to it from some ground. It *falls*
    when the last such chain is cut: all its support is gone. A claim *loses a support* when it
    still stands but one of its supporters is gone. A claim *leads nowhere* when it still stands
    but all its ways up to a conclusion that ends the argument ran through what is gone.

    Args:
        argument: edges run from a claim to what it supports.
        removed: a node of it.

    Raises:
        claims.UnknownClaimError: the argument has no such claim.

    """
    if removed not in argument:
        raise claims.UnknownClaimError(f"The argument has no claim {removed!r} to take away.")
    grounds = [node for node, number in argument.in_degree() if number == 0]
    ends = [n for n, number in argument.out_degree() if number == 0 and argument.in_degree(n)]
    ends += [node for node, against in argument.nodes(data="opposes") if against]
    rest = argument.subgraph(set(argument) - {removed})
    stands = _reached(rest, grounds)
    fallen = _reached(argument, grounds) - stands - {removed}
    standing = rest.subgraph(set(rest) - fallen)
    gone = fallen | {removed}
    weakened = {above for node in gone for above in argument.successors(node)} - gone
    leads = _reached(standing.reverse(copy=False), ends)
    led = _reached(argument.reverse(copy=False), ends)
    idle = (led - leads) & set(standing)
    return Effects(*(tuple(sorted(part)) for part in (fallen, weakened, idle)))


def _reached(argument: nx.DiGraph, starts: Iterable[str]) -> set[str]:
    """Return the nodes that can be reached from ``starts``, these included."""
    found: set[str] = set()
    for start in starts:
        if start in argument and start not in found:
            found |= {start} | nx.descendants(argument, start)
    return found


def scopes() -> list[str]:
    """Return every choice of what to draw: twelve, all, each chapter, each paragraph."""
    register = claims.register().values()
    chapters = sorted({f"chapter {claim.chapter}" for claim in register})
    paragraphs = sorted({claim.paragraph for claim in register}, key=lambda p: int(p[1:]))
    return [STARTER, EVERYTHING, *chapters, *paragraphs]


def members(scope: str) -> list[str]:
    """Return the ids of the claims that belong to a scope, in the article's order.

    Raises:
        claims.ClaimError: there is no such scope.

    """
    if scope == EVERYTHING:
        return list(claims.register())
    if scope == STARTER:
        return [i for i, claim in claims.register().items() if claim.in_starter_map]
    if scope.startswith("chapter "):
        chosen = claims.select(chapter=scope.removeprefix("chapter "))
    else:
        chosen = claims.select(paragraph=scope)
    return [claim.claim_id for claim in chosen]


# What is shown -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Scene:
    """One map: the claims it shows, their labels, and where everything stands."""

    graph: nx.DiGraph
    against: list[tuple[str, str]]
    labels: dict[str, str]
    guests: frozenset[str]  #: claims from elsewhere that the map's claims support
    drop: float  #: pixels from a node's centre to the top of its label
    layout: Layout

    @property
    def places(self) -> dict[str, tuple[float, float]]:
        """Centres of the nodes, in pixels."""
        return self.layout.places


@dataclass(frozen=True)
class Content:
    """The numbers of a state: layout, category of each claim shown, effects of a removal."""

    scene: Scene
    categories: dict[str, str]
    effects: Effects = field(default_factory=Effects)


def scene(scope: str) -> Scene:
    """Place the claims of ``scope``: theses on top, what they rest on below.

    Claims elsewhere that these support directly are added as guests, except in the two maps
    that stand for the whole argument. The result depends on the register alone.
    """
    whole, inside = graph(), members(scope)
    guests: set[str] = set()
    if scope not in (STARTER, EVERYTHING):
        guests = {above for node in inside for above in whole.successors(node)} - set(inside)
    shown = nx.DiGraph(whole.subgraph([n for n in whole if n in guests or n in inside]))
    labelled = len(shown) <= LABELLED
    labels = {n: _wrap(f"{n} {claims.get(n).short_label}", 17) if labelled else n for n in shown}
    against = [(n, t) for n in shown for t in claims.get(n).opposes if t in shown]
    drop = LABEL_DROP if labelled else ID_DROP
    box = Box(
        left=6, right=WIDTH - 6, bottom=FLOOR, top=HEIGHT - 4, line_step=LINE_STEP, drop=drop,
        radius=RADIUS + 2, least_width=138 if labelled else 58, most_width=190 if labelled else 58,
        widest_row=6 if labelled else 11,
    )  # fmt: skip
    placed = arrange(shown, against, labels, box)
    return Scene(shown, against, labels, frozenset(guests), drop, placed)


def _wrap(words: str, width: int) -> str:
    return "\n".join(textwrap.wrap(words, width, break_on_hyphens=False))


# The explorer -----------------------------------------------------------------------------


class ArgumentMap(Explorer):
    """Draws claims and what they support, coloured, and tests the structure by removal."""

    title = "Argument map: what rests on what"
    intro = (
        "A line runs up from a claim to what it supports. Choose a claim to see its card, or take "
        "one away to see what falls. Tab reaches a control, the arrow keys change it."
    )
    source = (
        "Source: the course's register of the article's claims (table claims). Who supports whom "
        "is our reading; another reader may draw another map."
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
            "The busiest node in the article: many reports of the summit support one "
            "interpretation, that China is more active, and only that carries them to the thesis.",
            MapState(scope=EVERYTHING, selected="C27"),
        ),
    )

    def __init__(self) -> None:
        """Read the register once and keep the whole argument as a graph."""
        super().__init__()
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
                    ("open the course's verdicts", BY_COURSE),
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
        self._tags = [
            ax.text(
                0, 0, "", fontsize=7.5, ha="center", va="center", linespacing=1.05, animated=True,
                bbox={"facecolor": "white", "edgecolor": "#777777", "linewidth": 0.6, "pad": 1.5},
            )
            for _ in range(16)
        ]  # fmt: skip
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
        return Content(placed, self.categories(state.colour, placed.places), effects)

    def categories(self, colour: str, nodes: Iterable[str]) -> dict[str, str]:
        """Return each claim's category for a way of colouring."""
        if colour == BY_OWN:
            own = _own_verdicts()
            return {node: own.get(node, NOT_JUDGED) for node in nodes}
        of = {
            BY_KIND: lambda claim: claim.claim_type,
            BY_COURSE: lambda claim: claim.verdict,
            BY_SOURCE: lambda claim: source_given(claim.source_in_text),
        }[colour]
        return {node: of(self._claims[node]) for node in nodes}

    def frame(self, state: MapState, content: Content) -> Hashable:
        """Lay out lines and labels; they depend on the scope only."""
        if state.scope == self._frame:
            return state.scope
        placed = content.scene
        self._lines.set_segments(list(placed.layout.lines.values()))
        self._against.set_segments([_straight(placed, *pair) for pair in placed.against])
        for node, text in self._names.items():
            text.set_visible(node in placed.places)
            if node in placed.places:
                x, y = placed.places[node]
                text.set_position((x, y - placed.drop))
                text.set_text(placed.labels[node])
                text.set_color("#6E6E6E" if node in placed.guests else "#1a1a1a")
        return state.scope

    def update(self, state: MapState, content: Content) -> list:
        """Colour the nodes, mark the chosen ones, tag the neighbourhood, write the legend."""
        placed, shown = content.scene, content.categories
        marks = self._marked(state, content)
        present = [c for c in CATEGORIES[state.colour] if c in shown.values()]
        pairs = [(mark, node) for node, found in marks.items() for mark in found]
        kinds = [mark for mark in MARKS if mark in dict(pairs)]
        keys = [_legend_place(slot) for slot in range(len(present) + len(kinds))]
        bright = self._bright(state, placed, marks)
        looks = [
            LOOKS[category] if node in bright else _faded(LOOKS[category])
            for node, category in shown.items()
        ] + [LOOKS[category] for category in present]
        spots = [*(placed.places[node] for node in shown), *keys[: len(present)]]
        sizes = [RADIUS * (0.8 if n in placed.guests else 1) for n in shown] + [8] * len(present)
        self._draw_nodes(looks, spots, sizes)
        self._draw_marks(
            [*(mark for mark, _ in pairs), *kinds],
            [*(placed.places[node] for _, node in pairs), *keys[len(present) :]],
            [RADIUS * 1.5] * len(pairs) + [8] * len(kinds),
        )
        legend = self._legend[: len(keys)]
        for text, words in zip(legend, [*(_key(c) for c in present), *kinds], strict=True):
            text.set_text(words)
        paths = self._highlight(state, content)
        tags = self._place_tags(state, placed)
        return [*paths, self._nodes, self._letters, self._marks, *tags, *legend]

    def _bright(self, state: MapState, placed: Scene, marks: Mapping[str, list]) -> set[str]:
        """Return the claims to draw in full colour: on a large map, those that a choice concerns.

        Everything is bright as long as nothing is selected or taken away.
        """
        if not marks or len(placed.places) <= LABELLED:
            return set(placed.places)
        return set(marks).union(*(nx.all_neighbors(placed.graph, node) for node in marks))

    def _draw_nodes(self, looks: list, spots: list, sizes: list) -> None:
        self._nodes.set_paths([_shape(shape, size) for (_, shape, _), size in _pair(looks, sizes)])
        self._nodes.set_offsets(np.array(spots).reshape(-1, 2))
        self._nodes.set_facecolor([hue for hue, _, _ in looks])
        self._nodes.set_edgecolor(
            ["#6E6E6E" if hue == "#FFFFFF" else _ink(hue) for hue, _, _ in looks]
        )
        self._letters.set_paths(
            [_letter(letter, size) for (*_, letter), size in _pair(looks, sizes)]
        )
        self._letters.set_offsets(np.array(spots).reshape(-1, 2))
        self._letters.set_facecolor(
            ["#FFFFFF" if charts.contrast(hue) >= 4.5 else "#000000" for hue, _, _ in looks]
        )

    def _draw_marks(self, names: list[str], spots: list, sizes: list) -> None:
        looks = [MARKS[name] for name in names]
        self._marks.set_paths([_shape(shape, size) for (_, shape, _), size in _pair(looks, sizes)])
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

    def _place_tags(self, state: MapState, placed: Scene) -> list:
        """Write short labels beside the selected claim and its neighbours on a map of ids."""
        if len(placed.places) <= LABELLED or state.selected not in placed.places:
            return []
        near = nx.all_neighbors(placed.graph, state.selected)
        nodes = [state.selected, *sorted(set(near))][: len(self._tags)]
        taken = [_around(*placed.places[node], RADIUS * 2, RADIUS * 2 + 4) for node in nodes]
        renderer = self._axes.figure.canvas.get_renderer()
        for node, tag in zip(nodes, self._tags, strict=False):
            words = f"{node} {self._claims[node].short_label}"
            tag.set_text(_wrap(words, 15))
            tag.set_fontweight("bold" if node == state.selected else "normal")
            extent = tag.get_window_extent(renderer)
            box = _free_place(placed.places[node], extent.width + 8, extent.height + 6, taken)
            taken.append(box)
            tag.set_position(((box[0] + box[2]) / 2, (box[1] + box[3]) / 2))
        return self._tags[: len(nodes)]

    def words(self, state: MapState, content: Content) -> Words:
        """Return the finding, what is drawn and how, and a description of the map."""
        finding = _finding(state, content)
        colour = {
            BY_KIND: "the kind of claim",
            BY_SOURCE: "whether the text gives a source",
            BY_OWN: "your own verdict",
            BY_COURSE: "the course's verdict; the letter is the course's own word",
        }[state.colour]
        shown = content.scene
        subtitle = (
            f"{state.scope[0].upper()}{state.scope[1:]}: {len(shown.places)} claims; lines run up "
            f"to what a claim supports, dashed lines to what it speaks against; colour: {colour}"
        )
        if shown.guests:
            subtitle += "; small nodes with grey labels: claims elsewhere that these support"
        for node in (state.selected, state.removed):
            if node and node not in shown.places:
                subtitle += f". {node} is not on this map: choose “{EVERYTHING}” to see it"
        return Words(finding, subtitle, _alt_text(state, content, finding))

    def table(self, state: MapState) -> pd.DataFrame:
        """Return one row per claim on the map: what it supports, its colour, what happens to it."""
        content = self.content(state)
        marks = self._marked(state, content)
        frame = pd.DataFrame(
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
        return frame

    def aside(self, state: MapState) -> str:
        """Return the selected claim's card; its verdict is folded."""
        return claims.card_markup(state.selected) if state.selected else ""


class _Progress(ArgumentMap):
    """The map with the student's verdicts on the claims of the chapters done so far."""

    def __init__(self, chapter: str) -> None:
        super().__init__()
        self._chapter = chapter

    def categories(self, colour: str, nodes: Iterable[str]) -> dict[str, str]:
        own = super().categories(BY_OWN, nodes)
        return {
            node: verdict if self._claims[node].chapter <= self._chapter else LATER
            for node, verdict in own.items()
        }

    def words(self, state: MapState, content: Content) -> Words:
        plain = super().words(state, content)
        met = [c for c in content.categories.values() if c != LATER]
        answered = [c for c in met if c != NOT_JUDGED]
        finding = (
            f"You have judged {len(answered)} of the {len(met)} claims met by the end of "
            f"chapter {self._chapter}"
            if met
            else f"All {len(content.categories)} claims still lie ahead of you"
        )
        counts = ", ".join(f"{number} {name}" for name, number in Counter(answered).items())
        alt = f"Argument map of {len(content.categories)} claims. {finding}. "
        alt += f"Your verdicts: {counts}." if counts else "None is coloured yet."
        return Words(finding, plain.subtitle, alt)


def progress(chapter: str | int, scope: str = EVERYTHING) -> None:
    """Display the map with the claims met so far, coloured by the student's own verdicts.

    Grey outlines are claims met but not judged, dots claims of later chapters: the map grows
    from chapter to chapter. Shows a described picture, a folded table and the source.

    Args:
        chapter: the chapter that ends here, such as ``"02"``; after ``"00"`` no claim is met yet.
        scope: one of ``scopes()``.

    Raises:
        claims.ClaimError: there is no such scope.

    """
    drawing = _Progress(f"{int(chapter):02d}")
    state = MapState(scope=scope, colour=BY_OWN)
    numbers = drawing.table(state).drop(columns="mark")
    fold = ui.details("The same map as a table", ui.table(numbers, "Claims and your verdicts"))
    display(HTML(drawing.markup(state) + fold))


def source_given(source_in_text: str) -> str:
    """Return whether the article names a source, points to one without a name, or gives none."""
    if source_in_text == "none":
        return UNSOURCED
    return NAMED if "(named" in source_in_text else POINTED


def _own_verdicts() -> dict[str, str]:
    own = claims.own_verdicts()
    return {
        i: PASSED if v == "pass" else v
        for i, v in zip(own["claim"], own["my verdict"], strict=True)
    }


# Words ------------------------------------------------------------------------------------


def _finding(state: MapState, content: Content) -> str:
    if state.removed:
        return _removal_finding(state.removed, content.effects)
    if state.selected:
        claim = claims.get(state.selected)
        below = sum(state.selected in other.supports for other in claims.register().values())
        rests = f"rests on {_count(below, 'claim')}" if below else "is given no support"
        if claim.supports:
            return f"{claim.claim_id} {rests} and supports {' and '.join(claim.supports)}"
        return f"{claim.claim_id} {rests} and supports no other claim"
    counts = Counter(content.categories.values())
    total = len(content.categories)
    if state.colour == BY_SOURCE:
        return f"For {counts[UNSOURCED]} of {total} claims the article gives no source"
    if state.colour == BY_OWN:
        return f"You have judged {total - counts[NOT_JUDGED]} of {total} claims"
    if state.colour == BY_COURSE:
        unknown = sum(n for c, n in counts.items() if claims.IN_FOUR_WORDS[c] == claims.UNKNOWN)
        return f"Of {total} claims, {unknown} cannot be settled by evidence, says the course"
    facts = sum(counts[kind] for kind in ("event fact", "quantitative fact", "attribution-quote"))
    return (
        f"{facts} of {total} claims report facts, figures or words; the others interpret or judge"
    )


def _removal_finding(removed: str, effects: Effects) -> str:
    parts = []
    if effects.fallen:
        verb = "stands" if len(effects.fallen) == 1 else "stand"
        parts.append(f"{_names(effects.fallen)} {verb} without support")
    else:
        parts.append("no claim loses all its support")
    if effects.weakened:
        parts.append(_weakened(removed, effects))
    if effects.idle:
        verb = "leads" if len(effects.idle) == 1 else "lead"
        parts.append(f"{_names(effects.idle)} {verb} nowhere")
    return f"Take away {removed}: {'; '.join(parts)}"


def _weakened(removed: str, effects: Effects) -> str:
    if len(effects.weakened) > 2:
        return f"{_names(effects.weakened)} lose a support"
    argument, gone = graph(), {removed, *effects.fallen}
    told = []
    for node in effects.weakened:
        supporters = set(argument.predecessors(node))
        told.append(f"{node} keeps {len(supporters - gone)} of its {len(supporters)} supports")
    return " and ".join(told)


def _names(ids: tuple[str, ...]) -> str:
    if len(ids) > 4:
        return _count(len(ids), "claim")
    return ids[0] if len(ids) == 1 else f"{', '.join(ids[:-1])} and {ids[-1]}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _alt_text(state: MapState, content: Content, finding: str) -> str:
    placed = content.scene
    tops = [node for node in ("C03", "C05") if node in placed.places]
    plural = "theses" if len(tops) > 1 else "thesis"
    crown = f", the {plural} {' and '.join(tops)} in the top row" if tops else ""
    counts = Counter(content.categories.values())
    colours = ", ".join(f"{counts[c]} {c}" for c in CATEGORIES[state.colour] if counts[c])
    return (
        f"Argument map of {len(placed.places)} claims in {placed.layout.rows} rows{crown}, "
        f"joined by {_count(placed.graph.number_of_edges(), 'line')}. {finding}. "
        f"By colour: {colours}."
    )


def _key(category: str) -> str:
    if category in claims.IN_FOUR_WORDS:
        return category
    return {"attribution-quote": "words attributed"}.get(category, category)


# Drawing ----------------------------------------------------------------------------------


def _collection(**look) -> PathCollection:
    return PathCollection(
        [], sizes=None, offset_transform=None, transform=IdentityTransform(), animated=True, **look
    )


def _pair(looks: list, sizes: list):
    return zip(looks, sizes, strict=True)


def _faded(look: tuple[str, str, str]) -> tuple[str, str, str]:
    """Return a look in a pale tint of its colour and without its letter."""
    hue, shape, _ = look
    return _tint(hue), shape, ""


@cache
def _tint(hue: str) -> str:
    channels = np.array(to_rgb(hue))
    return to_hex(0.3 * channels + 0.7)


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


def _straight(placed: Scene, node: str, target: str) -> list:
    """Return the line from a claim to what it speaks against: to its label's foot, or its top."""
    (x0, y0), (x1, y1) = placed.places[node], placed.places[target]
    foot = placed.drop + 3 + LINE_STEP * (placed.labels[target].count("\n") + 1)
    return [(x0, y0), (x1, y1 - foot if y0 < y1 else y1)]


def _around(x: float, y: float, width: float, height: float) -> tuple[float, ...]:
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def _free_place(centre, width: float, height: float, taken: list) -> tuple[float, ...]:
    """Return a box near ``centre`` that covers as little as possible of what is ``taken``."""
    x, y = centre
    best, least = None, np.inf
    for out in (1.0, 1.6, 2.4, 3.4):
        below, side = out * (height / 2 + RADIUS + 4), width / 2 + out * (RADIUS + 4)
        for dx, dy in (
            (0, -below), (0, below), (side, 0), (-side, 0), (side * 0.7, -below),
            (-side * 0.7, -below), (side * 0.7, below), (-side * 0.7, below),
        ):  # fmt: skip
            middle = np.clip(x + dx, width / 2 + 2, WIDTH - width / 2 - 2)
            level = np.clip(y + dy, FLOOR + height / 2, HEIGHT - height / 2 - 2)
            box = _around(float(middle), float(level), width, height)
            covered = sum(_overlap(box, other) for other in taken)
            if covered == 0:
                return box
            if covered < least:
                best, least = box, covered
    return best


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Return the area that two boxes share, square pixels."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return max(0.0, wide) * max(0.0, high)
