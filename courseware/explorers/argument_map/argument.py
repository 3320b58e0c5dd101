"""The argument as a graph: which claim rests on which, what falls without one, what to draw.

Nothing here draws. The map puts on the picture what `scene` places and `categorise` sorts, and
`words` says it in words.
"""

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, field

import networkx as nx

from courseware import claims
from courseware.explorers.argument_map.layout import Box, Layout, arrange

STARTER, EVERYTHING = "twelve to begin with", "all 84"
BY_KIND, BY_COURSE, BY_OWN, BY_SOURCE = "type", "the course's verdict", "my verdict", "source given"
NOTHING = ""
NAMED, POINTED, UNSOURCED = "a source is named", "pointed to, not named", "no source given"
PASSED, NOT_JUDGED, LATER = "passed", "not judged yet", "in a later chapter"
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

WIDTH, HEIGHT = 990, 748  # pixels of the picture
FLOOR = 74  # where the map ends and the legend, three rows of 20, begins
LINE_STEP = 14  # pixels from one line of a label to the next
RADIUS = 10  # of a node, pixels
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


@dataclass(frozen=True)
class Scene:
    """One map: the claims it shows, their labels, and where everything stands."""

    graph: nx.DiGraph
    against: list[list[tuple[float, float]]]  #: lines from a claim to what it speaks against
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


def scene(scope: str) -> Scene:
    """Place the claims of ``scope``: theses on top, what they rest on below.

    Claims elsewhere that these support directly are added as guests, except in the two maps
    that stand for the whole argument. The result depends on the register alone.
    """
    whole, inside = graph(), members(scope)
    guests: set[str] = set()
    if scope not in (STARTER, EVERYTHING):
        guests = {above for node in inside for above in whole.successors(node)} - set(inside)
    shown = nx.DiGraph()  # not `subgraph`, which may lose the order of its nodes
    shown.add_nodes_from(node for node in whole if node in guests or node in inside)
    shown.add_edges_from(edge for edge in whole.edges if set(edge) <= set(shown))
    against = [(n, t) for n in shown for t in claims.get(n).opposes if t in shown]
    if len(shown) <= LABELLED:
        words = {node: f"{node} {claims.get(node).short_label}" for node in shown}
        labels = {n: textwrap.fill(w, 17, break_on_hyphens=False) for n, w in words.items()}
        drop, least, most, widest_row = RADIUS + 9, 138, 190, 6
    else:
        labels = {node: node for node in shown}
        drop, least, most, widest_row = RADIUS + 4, 58, 58, 11
    box = Box(
        left=6,
        right=WIDTH - 6,
        bottom=FLOOR,
        top=HEIGHT - 4,
        line_step=LINE_STEP,
        drop=drop,
        radius=RADIUS + 2,
        least_width=least,
        most_width=most,
        widest_row=widest_row,
    )
    placed = arrange(shown, against, labels, box)
    dashes = []
    for node, target in against:  # straight to the foot of the target's label, or to its top
        (x0, y0), (x1, y1) = placed.places[node], placed.places[target]
        foot = drop + 3 + LINE_STEP * (labels[target].count("\n") + 1)
        dashes.append([(x0, y0), (x1, y1 - foot if y0 < y1 else y1)])
    return Scene(shown, dashes, labels, frozenset(guests), drop, placed)


def categorise(nodes: Iterable[str], colour: str, until: str | None = None) -> dict[str, str]:
    """Return each claim's category, one of ``CATEGORIES[colour]``.

    Args:
        nodes: ids of claims.
        colour: a key of ``CATEGORIES``.
        until: for the student's own verdicts, the last chapter done, such as ``"02"``.

    """
    found = {node: claims.get(node) for node in nodes}
    if colour == BY_KIND:
        return {node: claim.claim_type for node, claim in found.items()}
    if colour == BY_SOURCE:
        return {node: source_given(claim.source_in_text) for node, claim in found.items()}
    table = claims.own_verdicts()
    own = dict(zip(table["claim"], table["my verdict"].replace("pass", PASSED), strict=True))
    if colour == BY_COURSE:  # never before the student's own
        return {n: claim.verdict if n in own else NOT_JUDGED for n, claim in found.items()}
    return {
        node: LATER if until and claim.chapter > until else own.get(node, NOT_JUDGED)
        for node, claim in found.items()
    }


def source_given(source_in_text: str) -> str:
    """Return whether the article names a source, points to one without a name, or gives none."""
    if source_in_text == "none":
        return UNSOURCED
    return NAMED if "(named" in source_in_text else POINTED
