"""The argument as a graph: which claim rests on which, what falls without one, what to draw.

Nothing here draws. The map puts on the picture what `scene` places and `categorise` sorts, and
`description` says it in words.
"""

import itertools
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

import networkx as nx
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath

from courseware import article, claims, words
from courseware.explorers.argument_map.layout import Box, Layout, arrange
from courseware.explorers.base import DPI, PHONE_WIDTH

NAME = "argument_map"  # of the words
STARTER, EVERYTHING = "twelve", "all"
BY_KIND, BY_COURSE, BY_OWN, BY_SOURCE = "type", "course", "own", "source"
NOTHING = ""
NAMED, POINTED, UNSOURCED = "named", "pointed", "unsourced"
PASSED, NOT_JUDGED, LATER = "passed", "not judged", "later"
#: What a claim can be, for each way of sorting, in the legend's order.
CATEGORIES = {
    BY_KIND: (
        "event fact",
        "quantitative fact",
        "attribution-quote",
        "interpretation",
        "value judgement",
        "prediction",
    ),
    BY_SOURCE: (NAMED, POINTED, UNSOURCED),
    BY_OWN: (*claims.VERDICTS, PASSED, NOT_JUDGED, LATER),
    BY_COURSE: (*claims.COURSE_SAYS, NOT_JUDGED),
}

WIDTH, HEIGHT = 860, 440  # pixels of the explorer's picture
LEGEND_STEP = 20  # pixels for a row of the legend
LOOSE_STEP = 34  # pixels for the row of claims that no line joins to another
POINTS = 9.0  # size of a label: 12.5 pixels of the page
LINE_STEP = 14  # pixels from one line of a label to the next
RADIUS = 9  # of a node, pixels
COLUMN = 34  # pixels of a tile that its node takes, left of the label
LABELLED = 30  # maps of up to that many claims carry words; larger ones only ids
STILL_SCREEN = 376  # pixels that a laptop's screen leaves it, under its title and above its source
STILL_GAP = 19  # pixels between its rows, where it must grow


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


@dataclass(frozen=True)
class Sheet:
    """The room that a picture has which is as high as its map needs, in pixels."""

    width: int
    least: int
    most: int
    floor: int  #: where the map ends and the legend begins
    loose: int  #: for the claims that no line joins to another, where there are any
    phone: bool = False  #: their heading stands above them, not beside


#: A picture that stands still is as wide as a chart, 8.2 in; its legend has two rows.
DESK = Sheet(820, 350, 520, 6 + 2 * LEGEND_STEP, LOOSE_STEP)


def chapter() -> str:
    """Return the number of the chapter that brings the map, and has its words."""
    return article.facts()["argument_map"]["chapter"]


def phone_sheet(legend_rows: int) -> Sheet:
    """Return the room on a phone, which is moved up and down, with so many rows of a legend."""
    return Sheet(PHONE_WIDTH, 0, 10_000, 6 + legend_rows * LEGEND_STEP, 2 * LOOSE_STEP, phone=True)


@dataclass(frozen=True)
class Scene:
    """One map: the claims it shows, their labels, and where everything stands, in pixels."""

    graph: nx.DiGraph
    labels: dict[str, str]
    own: frozenset[str]  #: claims of the scope itself; the others are on their way up
    loose: tuple[str, ...]  #: claims that no line joins to another: they stand in the last row
    sizes: dict[str, tuple[float, float]]  #: width and height of each tile
    size: tuple[int, int]  #: of the picture
    layout: Layout
    sheet: Sheet

    @property
    def places(self) -> dict[str, tuple[float, float]]:
        """Centres of the tiles."""
        return self.layout.places

    @cached_property
    def nodes(self) -> dict[str, tuple[float, float]]:
        """Centres of the nodes: each at the left end of its tile."""
        return {
            node: (x - (self.sizes[node][0] - COLUMN) / 2, y)
            for node, (x, y) in self.places.items()
        }

    @cached_property
    def tiles(self) -> dict[str, tuple[float, float, float, float]]:
        """Left, foot, right and top of each tile."""
        found = {}
        for node, (x, y) in self.places.items():
            half, high = (side / 2 for side in self.sizes[node])
            found[node] = (x - half, y - high, x + half, y + high)
        return found

    @property
    def loose_words(self) -> tuple[float, float]:
        """Where the heading of the claims begins that no line joins to another."""
        at = self.sheet.loose - 10 if self.sheet.phone else self.sheet.loose / 2
        return 10, self.sheet.floor + at

    @property
    def guests(self) -> frozenset[str]:
        """Claims from elsewhere, on the way up from the scope's own."""
        return frozenset(self.graph) - self.own

    @property
    def worded(self) -> bool:
        """Whether labels are words, not ids alone."""
        return len(self.graph) <= LABELLED


@dataclass(frozen=True)
class Content:
    """The numbers of a state: layout, category of each claim shown, effects of a removal."""

    argument: nx.DiGraph  #: the whole, of which the map may show a part
    scene: Scene
    categories: dict[str, str]
    effects: Effects


def graph() -> nx.DiGraph:
    """Return the whole argument: one node per claim, an edge from a claim to what it supports."""
    found = nx.DiGraph()
    known = claims.register()
    found.add_nodes_from((i, {"opposes": claim.opposes}) for i, claim in known.items())
    found.add_edges_from((i, above) for i, claim in known.items() for above in claim.supports)
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
        raise claims.UnknownClaimError(
            f"The argument has no claim {removed!r}, so it cannot be taken away."
        )
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


def scene(scope: str, size: tuple[int, int] | None = (WIDTH, HEIGHT), sheet: Sheet = DESK) -> Scene:
    """Place the claims of ``scope``: theses on top, what they rest on below.

    Claims elsewhere that these support or speak against are added, and so on up to the theses,
    except in the two maps that stand for the whole argument. The result depends on the register
    alone. Without a ``size`` the picture is as wide as its ``sheet`` and as high as it needs.
    """
    whole, own = graph(), frozenset(members(scope))
    inside = own if scope in (STARTER, EVERYTHING) else _reached(_with_against(whole), own)
    shown = nx.DiGraph()  # not `subgraph`, which may lose the order of its nodes
    shown.add_nodes_from(node for node in whole if node in inside)
    shown.add_edges_from(edge for edge in whole.edges if set(edge) <= set(shown))
    against = [(n, t) for n in shown for t in whole.nodes[n]["opposes"] if t in shown]
    joined = set(itertools.chain(*shown.edges, *against))
    loose = tuple(node for node in shown if node not in joined)
    ties = nx.DiGraph(shown)
    ties.remove_nodes_from(loose)
    labels = {node: tag(node) for node in shown}
    if len(shown) <= LABELLED:
        register = claims.register()  # once: it is looked up on disk
        called = {n: f"{tag(n)} {register[n].short_label}" for n in shown}
        most = {node: 60 for node in loose if not sheet.phone}
        labels = {n: _label(called[n], most.get(n, 17)) for n in shown}
    sizes = {node: _tile(label) for node, label in labels.items()}
    if size is None:
        size = fitting(ties, against, sizes, sheet, loose=bool(loose))
        if size[1] > STILL_SCREEN and len(shown) <= LABELLED and not sheet.phone:
            size = sheet.width, STILL_SCREEN
            labels |= on_one_line(ties, against, sizes, called)
            sizes = {node: _tile(label) for node, label in labels.items()}
    foot = sheet.floor + (sheet.loose if loose else 0)
    placed = arrange(ties, against, sizes, _box(size, foot))
    x = 4 if sheet.phone else 24 + text_width(words.explorer(chapter(), NAME)["loose"])
    for node in loose:
        beside = sheet.floor + (sheet.loose - LEGEND_STEP * sheet.phone) / 2
        placed.places[node] = (x + sizes[node][0] / 2, beside)
        x += sizes[node][0] + 10
    return Scene(shown, labels, own, loose, sizes, size, placed, sheet)


def _with_against(whole: nx.DiGraph) -> nx.DiGraph:
    """Return the argument with an edge, too, from a claim to what it speaks against."""
    found = nx.DiGraph(whole)
    found.add_edges_from((n, t) for n, against in whole.nodes(data="opposes") for t in against)
    return found


def _box(size: tuple[int, int], foot: float) -> Box:
    width, height = size
    return Box(left=4, right=width - 4, bottom=foot + 3, top=height - 3, air=8)


def fitting(
    ties: nx.DiGraph, against: list, sizes: Mapping, sheet: Sheet, *, loose: bool
) -> tuple[int, int]:
    """Return the size of a still picture: as high as a chart, or as its rows need."""
    placed = arrange(ties, against, sizes, _box((sheet.width, sheet.most), sheet.floor))
    rows = sum(max(sizes[node][1] for node in row) for row in _rows(placed))
    needed = sheet.floor + sheet.loose * loose + rows + placed.rows * STILL_GAP + 6
    return sheet.width, round(min(max(needed, sheet.least), sheet.most))


def on_one_line(
    ties: nx.DiGraph, against: list, sizes: Mapping, called: Mapping[str, str]
) -> dict[str, str]:
    """Return the labels that can stand on one line: those of each row that has the room."""
    box = _box((DESK.width, DESK.most), DESK.floor)
    placed, found = arrange(ties, against, sizes, box), {}
    for row in _rows(placed):
        tried = found | {node: called[node] for node in row}
        wide = {**sizes, **{node: _tile(label) for node, label in tried.items()}}
        if arrange(ties, against, wide, box).rows == placed.rows:
            found = tried
    return found


def _rows(placed: Layout) -> list[list[str]]:
    """Return the nodes of each row of a map, from the top."""
    rows: dict[float, list[str]] = {}
    for node, (_, y) in sorted(placed.places.items(), key=lambda item: -item[1][1]):
        rows.setdefault(y, []).append(node)
    return list(rows.values())


def tag(node: str) -> str:
    """Return a claim's id; before that of a thesis stands the thesis's own, on the same line."""
    if node not in article.theses():
        return node
    return f"{article.theses()[node]} · {node}".replace(" ", "\N{NO-BREAK SPACE}")


@cache
def _label(words: str, width: int) -> str:
    """Return a claim's id and its short label, in lines of about the same length."""
    whole = {"break_on_hyphens": False, "break_long_words": False}
    ways = [textwrap.wrap(words, most, **whole) for most in range(8, width + 1)]
    return "\n".join(min(ways, key=lambda lines: (len(lines), max(map(len, lines)))))


def _tile(label: str) -> tuple[float, float]:
    """Return width and height of the tile of a label."""
    lines = label.split("\n")
    return COLUMN + max(map(text_width, lines)) + 6, max(LINE_STEP * len(lines), 2 * RADIUS) + 8


@cache
def text_width(words: str, points: float = POINTS) -> float:
    """Return how wide a line of text is in the picture, in pixels."""
    # As far as the points go that its outlines are made of: following every curve takes a second.
    outlines = TextPath((0, 0), words, size=points * DPI / 72, prop=_font())
    return float(outlines.vertices[:, 0].max())


@cache
def _font() -> FontProperties:
    """Return the font of labels, made once: each one reads through all settings."""
    return FontProperties()


def categorise(nodes: Iterable[str], colour: str, until: str | None = None) -> dict[str, str]:
    """Return each claim's category, one of ``CATEGORIES[colour]``.

    Args:
        nodes: ids of claims.
        colour: a key of ``CATEGORIES``.
        until: for the student's own verdicts, the last chapter done, such as ``"02"``.

    """
    register = claims.register()  # once: it is looked up on disk
    found = {node: register[node] for node in nodes}
    if colour == BY_KIND:
        return {node: claim.claim_type for node, claim in found.items()}
    if colour == BY_SOURCE:
        return {node: source_given(claim.source_in_text) for node, claim in found.items()}
    table = claims.own_verdicts()
    own = dict(zip(table["claim"], table["my verdict"].replace("pass", PASSED), strict=True))
    if colour == BY_COURSE:  # never before the student's own
        return {n: claim.verdict if n in own else NOT_JUDGED for n, claim in found.items()}
    return {
        node: own.get(node, LATER if until and claim.chapter > until else NOT_JUDGED)
        for node, claim in found.items()
    }


def source_given(source_in_text: str) -> str:
    """Return whether the article names a source, points to one without a name, or gives none."""
    if source_in_text == "none":
        return UNSOURCED
    return NAMED if "(named" in source_in_text else POINTED
