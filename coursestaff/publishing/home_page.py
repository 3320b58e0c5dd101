"""What the first page says and draws: the article's ``pages/home_page.html`` gives it its form.

Every number comes out of a table or of the register.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import networkx as nx

from coursestaff.publishing import reader, region
from coursestaff.publishing.reader import Lesson
from courseware import article, claims, data
from courseware.explorers.argument_map.graph import EVERYTHING, graph, scene
from courseware.explorers.argument_map.layout import Box, arrange
from courseware.explorers.base import PHONE_WIDTH

PHONE_HEIGHT, DOT = 640, 26  # pixels of the map on a phone, and of a claim in it: a finger's


@dataclass(frozen=True)
class Map:
    """The argument as dots and lines, for one width of screen; from the top left, in pixels."""

    look: str  #: the class of its style sheet
    size: tuple[float, float]
    places: dict[str, tuple[float, float]]
    lines: dict[tuple[str, str], list[tuple[float, float]]]
    labels: dict[str, tuple[float, float, str]]  #: of the theses: where, and which end stands there


@dataclass(frozen=True)
class HomePage:
    """All that the first page shows: ``own`` is what the article's ``pages`` have for it."""

    own: Any
    region: dict[str, str]  #: what the map of the region shows (``alt``) and how (``boundaries``)
    maps: list[Map]  #: for a wide screen, and for a phone
    theses: list[claims.Claim]
    chain: list[claims.Claim]  #: the longest, from the ground up; of several, the article's first
    chapters: dict[str, Lesson]
    tables: int


def make(root: Path = reader.ROOT, chosen: str | None = None) -> HomePage:
    """Return the first page of the course, with the chapters ``chosen``; all if None.

    Raises:
        templating.UnfitWordsError: the words of the guess do not fit the numbers.

    """
    return HomePage(
        own=article.module("pages", "home_page").make(),
        region={"alt": region.alt(), "boundaries": region.boundaries()},
        maps=maps(),
        theses=[claims.get(name) for name in article.theses()],
        chain=[claims.get(step) for step in nx.dag_longest_path(graph())],
        chapters={le.number: le for le in map(reader.read, reader.chapters(root, chosen))},
        tables=len(data.package()["resources"]),
    )


def maps() -> list[Map]:
    """Return the whole argument as a map for a wide screen and as one for a phone."""
    wide = scene(EVERYTHING)
    (width, height), foot = wide.size, min(y for _, y in wide.places.values()) - 16
    ties = nx.DiGraph()  # not the view, which may lose the order of its nodes
    ties.add_nodes_from(node for node in wide.graph if node not in wide.loose)
    ties.add_edges_from(wide.graph.edges)
    room = Box(left=4, right=PHONE_WIDTH - 4, bottom=48, top=PHONE_HEIGHT - 26, air=2)
    tall = arrange(ties, [], dict.fromkeys(ties, (DOT, DOT)), room)
    alone = {node: (20 + DOT * n, 20) for n, node in enumerate(wide.loose)}
    small = PHONE_WIDTH, PHONE_HEIGHT
    drawn = [
        _from_top("wide", (width, height - foot), height, wide.places, wide.layout.lines),
        _from_top("tall", small, PHONE_HEIGHT, tall.places | alone, tall.lines),
    ]
    for node in article.theses():
        x, y = drawn[0].places[node]
        drawn[0].labels[node] = x + 18, y + 6, "start"
    *others, last = sorted(article.theses(), key=lambda node: tall.places[node])
    for node in others:  # all above the top row
        drawn[1].labels[node] = tall.places[node][0] + 10, 14, "end"
    drawn[1].labels[last] = PHONE_WIDTH - 2, 14, "end"
    return drawn


def _from_top(
    look: str, size: tuple[float, float], height: float, places: dict, lines: dict
) -> Map:
    """Return a map measured from its top, its lines from claim to claim, without labels."""

    def down(points: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
        return [(round(x, 1), round(height - y, 1)) for x, y in points]

    ways = {(a, b): down([places[a], *way, places[b]]) for (a, b), way in lines.items()}
    return Map(look, size, dict(zip(places, down(places.values()), strict=True)), ways, {})
