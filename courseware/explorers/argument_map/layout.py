"""Where the nodes of an argument map stand: rows by what rests on what, few crossings.

The method is the usual one for layered graphs: longest way up gives the row, barycentres give
the order, and a line that runs past a row gets a bend there, so that it passes between labels.
Lines to the same claim share their bends and so run together, like branches into a trunk.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import networkx as nx
import numpy as np
from scipy.optimize import isotonic_regression

BEND = 20.0  # pixels kept free for a line that passes between two labels
SWEEPS = 24
MOST_GAP = 90.0  # pixels between a label and the next row of nodes, at most


@dataclass(frozen=True)
class Box:
    """The part of the picture that a map may fill, and the sizes of its nodes, in pixels."""

    left: float
    right: float
    bottom: float
    top: float
    least_width: float  #: of a node with its label
    most_width: float  #: the same, where rows are short
    widest_row: int
    line_step: float
    drop: float  #: from a node's centre to the top of its label
    radius: float


@dataclass(frozen=True)
class Layout:
    """Node centres in pixels, and the way of each line from the lower to the upper node."""

    places: dict[str, tuple[float, float]]
    lines: dict[tuple[str, str], list[tuple[float, float]]]
    rows: int


def arrange(
    shown: nx.DiGraph, against: Iterable[tuple[str, str]], labels: Mapping[str, str], box: Box
) -> Layout:
    """Place the nodes of ``shown``; its edges run from a claim to what it supports.

    Args:
        shown: the graph, without circles.
        against: pairs (claim, what it speaks against); the first stands lower where possible.
        labels: each node's label, lines separated by line ends.
        box: the room there is.

    """
    if not shown:
        return Layout({}, {}, 0)
    rows = _rows(shown, against, box.widest_row)
    row_of = {node: number for number, row in enumerate(rows) for node in row}
    bends = _bends(shown, row_of)
    width = _node_width(rows, bends, box)
    across = _across(shown, rows, row_of, bends, box, width)
    levels = _levels(rows, labels, box)
    places = {node: (across[node], levels[row][0]) for node, row in row_of.items()}
    lines = {}
    for lower, upper in shown.edges:
        way = [places[lower]]
        for row in range(row_of[lower] - 1, row_of[upper], -1):
            x = across[upper, row]
            way += [(x, levels[row][1]), (x, levels[row][0] + box.radius)]
        foot = box.drop + 3 + box.line_step * (labels[upper].count("\n") + 1)
        lines[lower, upper] = [*way, (places[upper][0], places[upper][1] - foot)]
    return Layout(places, lines, len(rows))


def _ranks(shown: nx.DiGraph, against: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Return each node's layer, counted from the top: the longest way up from it.

    A claim that speaks against another stands below it too, unless that would go round in a
    circle. Claims without any line stand at the bottom.
    """
    layered = nx.DiGraph(shown)
    for node, target in against:
        if not nx.has_path(layered, target, node):
            layered.add_edge(node, target)
    ranks: dict[str, int] = {}
    for node in reversed(list(nx.lexicographical_topological_sort(layered))):
        ranks[node] = max((ranks[above] + 1 for above in layered.successors(node)), default=0)
    bottom = max(ranks.values())
    return {n: bottom if layered.degree(n) == 0 else rank for n, rank in ranks.items()}


def _rows(shown: nx.DiGraph, against: Iterable, widest: int) -> list[list[str]]:
    """Return rows of nodes from the top; a layer that is too wide takes several rows."""
    ranks = _ranks(shown, list(against))
    layers = [
        sorted(node for node in shown if ranks[node] == rank)
        for rank in range(max(ranks.values()) + 1)
    ]
    near = shown.to_undirected(as_view=True)
    at = {n: (i + 0.5) / len(row) for row in layers for i, n in enumerate(row)}
    for sweep in range(SWEEPS):
        for row in layers if sweep % 2 == 0 else reversed(layers):
            row.sort(key=lambda node: (_mean([at[o] for o in near[node]], at[node]), node))
            at |= {node: (i + 0.5) / len(row) for i, node in enumerate(row)}
    rows = []
    for layer in layers:
        parts = -(-len(layer) // widest)
        rows += [layer[part::parts] for part in range(parts)]
    return rows


def _mean(values: list[float], otherwise: float) -> float:
    return float(np.mean(values)) if values else otherwise


def _bends(shown: nx.DiGraph, row_of: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return the bends that are needed: (upper node, row that the lines to it run past)."""
    lowest: dict[str, int] = {}
    for lower, upper in shown.edges:
        lowest[upper] = max(lowest.get(upper, 0), row_of[lower])
    return [
        (upper, row) for upper in sorted(lowest) for row in range(row_of[upper] + 1, lowest[upper])
    ]


def _across(
    shown: nx.DiGraph,
    rows: list[list[str]],
    row_of: Mapping[str, int],
    bends: list[tuple[str, int]],
    box: Box,
    width: float,
) -> dict:
    """Return x of every node and bend: near what it is joined to, and clear of its neighbours."""
    items = [[*row, *(bend for bend in bends if bend[1] == r)] for r, row in enumerate(rows)]
    links = nx.Graph()
    links.add_nodes_from(item for row in items for item in row)
    for lower, upper in shown.edges:
        links.add_edge(lower, _above(upper, row_of[lower], row_of))
    for upper, row in bends:
        links.add_edge((upper, row), _above(upper, row, row_of))
    level = {item: number for number, row in enumerate(items) for item in row}
    room = box.right - box.left
    at = {}
    for row in items:
        nodes = [item for item in row if isinstance(item, str)]
        at |= {n: box.left + room * (i + 0.5) / len(nodes) for i, n in enumerate(nodes)}
    at |= {bend: at[bend[0]] for bend in bends}
    for sweep in range(SWEEPS + 1):
        down = sweep % 2 == 0
        for number in range(len(items)) if down else reversed(range(len(items))):
            wanted = {}
            for item in items[number]:
                beside = [at[o] for o in links[item] if (level[o] < number) == down]
                wanted[item] = _mean(beside, at[item])
            at |= _packed(wanted, box, width)
    reach = [(x, (width if isinstance(item, str) else BEND) / 2) for item, x in at.items()]
    left, right = min(x - half for x, half in reach), max(x + half for x, half in reach)
    return {item: x + (box.left + box.right - left - right) / 2 for item, x in at.items()}


def _node_width(rows: list[list[str]], bends: list[tuple[str, int]], box: Box) -> float:
    """Return the width that every node may take so that the fullest row still fits."""
    free = min(
        (box.right - box.left - BEND * sum(at == number for _, at in bends)) / len(row)
        for number, row in enumerate(rows)
    )
    return min(max(free, box.least_width), box.most_width)


def _above(upper: str, row: int, row_of: Mapping[str, int]) -> str | tuple[str, int]:
    """Return what a line to ``upper`` meets in the row above ``row``: the node or a bend."""
    return upper if row_of[upper] == row - 1 else (upper, row - 1)


def _packed(wanted: Mapping, box: Box, width: float) -> dict:
    """Return x as near as possible to what is wanted, in that order, without overlap."""
    order = sorted(wanted, key=lambda item: (wanted[item], str(item)))
    widths = np.array([width if isinstance(item, str) else BEND for item in order])
    total = widths.sum()
    squeeze = min(1.0, (box.right - box.left) / total)
    offsets = (np.cumsum(widths) - widths / 2) * squeeze
    base = isotonic_regression(np.array([wanted[item] for item in order]) - offsets).x
    base = np.clip(base, box.left, box.right - total * squeeze)
    return dict(zip(order, (base + offsets).tolist(), strict=True))


def _levels(rows: list[list[str]], labels: Mapping[str, str], box: Box) -> list[tuple]:
    """Return each row's height of node centres, and of the foot of its lowest label."""
    depths = [
        box.drop + box.line_step * max(labels[node].count("\n") + 1 for node in row) for row in rows
    ]
    room = box.top - box.bottom - sum(depths) - box.radius
    gap = min(MOST_GAP, room / len(rows))
    height = box.top - box.radius - (room - gap * (len(rows) - 1)) / 2
    levels = []
    for depth in depths:
        levels.append((height, height - depth))
        height -= depth + gap
    return levels
