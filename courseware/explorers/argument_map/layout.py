"""Where the tiles of an argument map stand: rows by what rests on what, few crossings.

The method is the usual one for layered graphs: longest way up gives the row, barycentres give
the order, and a line that runs past a row gets a bend there, so that it passes between tiles.
Lines to the same claim share their bends and so run together, like branches into a trunk.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import networkx as nx
import numpy as np

from courseware.fitting import isotonic

BEND = 16.0  # pixels kept free for a line that passes between two tiles
SWEEPS = 24
MOST_GAP = 46.0  # pixels between two rows, at most
MOST_AIR = 26.0  # pixels between two tiles, at most
BESIDE = 9.0  # pixels from a line of support to one that speaks against it, back

#: A claim, what it supports or speaks against, and whether it speaks against.
Tie = tuple[str, str, bool]


@dataclass(frozen=True)
class Box:
    """The part of the picture that a map may fill, in pixels."""

    left: float
    right: float
    bottom: float
    top: float
    air: float  #: between two tiles, at least


@dataclass(frozen=True)
class Layout:
    """Centres of the tiles, in pixels, and the way of each line, from its claim to its target."""

    places: dict[str, tuple[float, float]]
    lines: dict[tuple[str, str], list[tuple[float, float]]]
    against: dict[tuple[str, str], list[tuple[float, float]]]
    rows: int


def arrange(
    shown: nx.DiGraph,
    against: Iterable[tuple[str, str]],
    sizes: Mapping[str, tuple[float, float]],
    box: Box,
) -> Layout:
    """Place the nodes of ``shown``; its edges run from a claim to what it supports.

    Args:
        shown: the graph, without circles.
        against: pairs (claim, what it speaks against); the first stands lower where possible.
        sizes: width and height of each node's tile.
        box: the room there is.

    """
    if not shown:
        return Layout({}, {}, {}, 0)
    ties = [(*edge, False) for edge in shown.edges] + [(*pair, True) for pair in against]
    rows, bends = _rows(shown, ties, sizes, box)
    row_of = {node: number for number, row in enumerate(rows) for node in row}
    across = _across(ties, rows, row_of, bends, sizes, box)
    levels = _levels(rows, sizes, box)
    places = {node: (across[node], sum(levels[row]) / 2) for node, row in row_of.items()}

    def way(tie: Tie) -> list[tuple[float, float]]:
        lower, upper, opposes = up = _upward(tie, row_of)
        aside = BESIDE if up != tie else 0.0
        (x0, y0), (x1, y1) = places[lower], places[upper]
        found = [(x0 + aside, y0 + sizes[lower][1] / 2)]
        for row in range(row_of[lower] - 1, row_of[upper], -1):
            x = across[upper, row, opposes]
            found += [(x, levels[row][1]), (x, levels[row][0])]
        found.append((x1 + aside, y1 - sizes[upper][1] / 2))
        return found if up == tie else found[::-1]

    lines = {tie[:2]: way(tie) for tie in ties if not tie[2]}
    return Layout(places, lines, {tie[:2]: way(tie) for tie in ties if tie[2]}, len(rows))


def _upward(tie: Tie, row_of: Mapping[str, int]) -> Tie:
    """Return a line as it runs upwards: a claim may speak against one that it rests on."""
    lower, upper, opposes = tie
    return tie if row_of[lower] > row_of[upper] else (upper, lower, opposes)


def _ranks(shown: nx.DiGraph, ties: Iterable[Tie]) -> dict[str, int]:
    """Return each node's layer, counted from the top: the longest way up from it.

    A claim that speaks against another stands below it too, unless that would go round in a
    circle. Claims without any line stand at the bottom.
    """
    layered = nx.DiGraph(shown)
    for node, target, opposes in ties:
        if opposes and not nx.has_path(layered, target, node):
            layered.add_edge(node, target)
    ranks: dict[str, int] = {}
    for node in reversed(list(nx.lexicographical_topological_sort(layered))):
        ranks[node] = max((ranks[above] + 1 for above in layered.successors(node)), default=0)
    bottom = max(ranks.values())
    return {n: bottom if layered.degree(n) == 0 else rank for n, rank in ranks.items()}


def _rows(
    shown: nx.DiGraph, ties: list[Tie], sizes: Mapping, box: Box
) -> tuple[list[list[str]], list[tuple]]:
    """Return rows of nodes from the top, and bends; too wide a layer takes several rows."""
    ranks = _ranks(shown, ties)
    layers = [
        sorted(node for node in shown if ranks[node] == rank)
        for rank in range(max(ranks.values()) + 1)
    ]
    near = nx.Graph()
    near.add_nodes_from(shown)
    near.add_edges_from(tie[:2] for tie in ties)
    at = {n: (i + 0.5) / len(row) for row in layers for i, n in enumerate(row)}
    for sweep in range(SWEEPS):
        for row in layers if sweep % 2 == 0 else reversed(layers):
            row.sort(key=lambda node: (_mean([at[o] for o in near[node]], at[node]), node))
            at |= {node: (i + 0.5) / len(row) for i, node in enumerate(row)}
    parts = [1] * len(layers)
    while True:
        rows, layer_of = [], []
        for number, layer in enumerate(layers):
            rows += [layer[part :: parts[number]] for part in range(parts[number])]
            layer_of += [number] * parts[number]
        bends = _bends(ties, {node: number for number, row in enumerate(rows) for node in row})
        over = {
            layer_of[number]
            for number, row in enumerate(rows)
            if len(row) > 1 and _free(number, row, bends, sizes, box) < 0
        }
        if not over:
            return rows, bends
        for layer in over:
            parts[layer] += 1


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _free(number: int, row: list[str], bends: list[tuple], sizes: Mapping, box: Box) -> float:
    """Return how much of a row neither its tiles nor the lines that pass it take."""
    tiles = sum(sizes[node][0] + box.air for node in row)
    return box.right - box.left - tiles - BEND * sum(at == number for _, at, _ in bends)


def _bends(ties: Iterable[Tie], row_of: Mapping[str, int]) -> list[tuple]:
    """Return the bends that are needed, one for each row that lines to a claim run past."""
    lowest: dict[tuple[str, bool], int] = {}
    for tie in ties:
        lower, upper, opposes = _upward(tie, row_of)
        lowest[upper, opposes] = max(lowest.get((upper, opposes), 0), row_of[lower])
    return [
        (upper, row, opposes)
        for upper, opposes in sorted(lowest)
        for row in range(row_of[upper] + 1, lowest[upper, opposes])
    ]


def _across(
    ties: Iterable[Tie],
    rows: list[list[str]],
    row_of: Mapping[str, int],
    bends: list[tuple],
    sizes: Mapping,
    box: Box,
) -> dict:
    """Return x of every node and bend: near what it is joined to, and clear of its neighbours."""
    items = [[*row, *(bend for bend in bends if bend[1] == r)] for r, row in enumerate(rows)]
    spare = min(_free(r, row, bends, sizes, box) / len(row) for r, row in enumerate(rows))
    air = box.air + min(max(spare, 0), MOST_AIR - box.air)
    widths = dict.fromkeys(bends, BEND) | {node: sizes[node][0] + air for node in row_of}
    links = nx.Graph()
    links.add_nodes_from(item for row in items for item in row)
    for tie in ties:
        lower, upper, opposes = _upward(tie, row_of)
        passed = range(row_of[lower] - 1, row_of[upper], -1)
        links.add_edges_from(pairwise([lower, *((upper, r, opposes) for r in passed), upper]))
    level = {item: number for number, row in enumerate(items) for item in row}
    room = box.right - box.left
    at = {}
    for row in rows:
        at |= {n: box.left + room * (i + 0.5) / len(row) for i, n in enumerate(row)}
    at |= {bend: at[bend[0]] for bend in bends}
    for sweep in range(SWEEPS + 1):
        down = sweep % 2 == 0
        for number in range(len(items)) if down else reversed(range(len(items))):
            wanted = {}
            for item in items[number]:
                beside = [at[o] for o in links[item] if (level[o] < number) == down]
                wanted[item] = _mean(beside, at[item])
            at |= _packed(wanted, box, widths)
    left = min(x - widths[item] / 2 for item, x in at.items())
    right = max(x + widths[item] / 2 for item, x in at.items())
    return {item: x + (box.left + box.right - left - right) / 2 for item, x in at.items()}


def _packed(wanted: Mapping, box: Box, widths: Mapping) -> dict:
    """Return x as near as possible to what is wanted, in that order, without overlap."""
    order = sorted(wanted, key=lambda item: (wanted[item], str(item)))
    wide = np.array([widths[item] for item in order])
    total = wide.sum()
    squeeze = min(1.0, (box.right - box.left) / total)
    offsets = (np.cumsum(wide) - wide / 2) * squeeze
    base = isotonic(np.array([wanted[item] for item in order]) - offsets)
    base = np.clip(base, box.left, box.right - total * squeeze)
    return dict(zip(order, (base + offsets).tolist(), strict=True))


def _levels(rows: list[list[str]], sizes: Mapping, box: Box) -> list[tuple[float, float]]:
    """Return the top and the foot of each row."""
    depths = [max(sizes[node][1] for node in row) for row in rows]
    spare = box.top - box.bottom - sum(depths)
    gap = min(MOST_GAP, spare / max(len(rows) - 1, 1))
    top = box.top - (spare - gap * (len(rows) - 1)) / 2
    levels = []
    for depth in depths:
        levels.append((top, top - depth))
        top -= depth + gap
    return levels
