"""What the first page says and draws: ``templates/home_page.html`` gives it its form.

Every number comes out of a table or of the register; the words stand in ``pages/home_page.yaml``
and in the template.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import networkx as nx
import pandas as pd
import yaml

from coursestaff.publishing import reader, region
from coursestaff.publishing.reader import Lesson
from courseware import article, claims, data, palette
from courseware.explorers.argument_map.graph import EVERYTHING, graph, scene
from courseware.explorers.argument_map.layout import Box, arrange
from courseware.explorers.base import PHONE_WIDTH
from courseware.words import templating

WORDS = Path(__file__).resolve().parent / "pages" / "home_page.yaml"
#: What is shown of the guess: the year that is asked for is the last a reader of May 2023 knew.
FIRST, ASKED = 2001, 2022
PHONE_HEIGHT, DOT = 640, 26  # pixels of the map on a phone, and of a claim in it: a finger's
#: The event that the course is named after: the claim about it names the words (C04).
DECLARED = "T34"
DEGREE = 0.64  # of longitude in degrees of latitude, at 50 degrees north


@dataclass(frozen=True)
class Guess:
    """A question, its choices with what is said of each, and the numbers that answer it."""

    words: dict[str, str]
    choices: dict[str, str]
    counts: dict[str, list[tuple[int, float]]]  #: US$ billion by year


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
    """All that the first page shows."""

    guess: Guess
    declared: str  #: the day of the statement that the course is named after, in words
    region: dict[str, str]  #: what the map of the region shows (``alt``) and how (``boundaries``)
    hues: dict[str, str]  #: of lines and, with ``-ink`` behind the state's code, of letters
    maps: list[Map]  #: for a wide screen, and for a phone
    theses: list[claims.Claim]
    chain: list[claims.Claim]  #: the longest, from the ground up; of several, the article's first
    chapters: dict[str, Lesson]
    icons: dict[str, list | int]
    shows: dict[str, str]  #: what a chapter's icon shows, in words
    tables: int


def make(root: Path = reader.ROOT, chosen: str | None = None) -> HomePage:
    """Return the first page of the course, with the chapters ``chosen``; all if None.

    Raises:
        templating.UnfitWordsError: the words of the guess do not fit the numbers.

    """
    words = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    hues = {code: palette.color(code) for code in ("CHN", "KGZ")}
    return HomePage(
        guess=guess(words, data.load("kyrgyz_counts")),
        declared=declared(data.load("timeline")),
        region={"alt": region.alt(), "boundaries": region.boundaries()},
        hues=hues | {f"{code}-ink": palette.ink(hue) for code, hue in hues.items()},
        maps=maps(),
        theses=[claims.get(name) for name in article.theses()],
        chain=[claims.get(step) for step in nx.dag_longest_path(graph())],
        chapters={le.number: le for le in map(reader.read, reader.chapters(root, chosen))},
        icons=icons(),
        shows=words["pictures"],
        tables=len(data.package()["resources"]),
    )


def guess(words: dict, counts: pd.DataFrame) -> Guess:
    """Return the question with its numbers; ``counts`` is the view ``kyrgyz_counts``.

    Raises:
        templating.UnfitWordsError: the words do not fit the counts.

    """
    counts = counts.loc[FIRST:ASKED, ["China", "Kyrgyzstan", "GDP"]]
    last, first = counts.loc[ASKED], counts.loc[FIRST]
    numbers = {"year": ASKED, "first": FIRST, "sold": last["China"], "bought": last["Kyrgyzstan"]}
    numbers |= {"gdp": last["GDP"], "start": first["China"], "own_start": first["Kyrgyzstan"]}
    if not templating.holds(words["holds"], numbers):
        raise templating.UnfitWordsError(
            f"First page: this condition is not true: {words['holds']}"
        )
    said = ("question", "unit", "waiting", "answer", "alt", "alt_answer", "source")
    filled = {key: templating.fill(words[key], numbers) for key in said}
    return Guess(filled, words["choices"], {name: [*counts[name].items()] for name in counts})


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
    first, last = sorted(article.theses(), key=lambda node: tall.places[node])
    drawn[1].labels[first] = tall.places[first][0] + 10, 14, "end"  # both above the top row
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


def declared(timeline: pd.DataFrame) -> str:
    """Return the day on which two governments said "no limits", in words, from the timeline."""
    day = timeline.set_index("event_id").loc[DECLARED, "date"]
    return article.in_words(date.fromisoformat(str(day)[:10]))


def icons() -> dict[str, list | int]:
    """Return the numbers that ``templates/chapter_icons.html`` draws, by chapter.

    00 and 03 draw none on purpose, and no icon has an axis: what a chapter asks first is not
    answered here.
    """
    theses = article.theses()
    road = data.load("routes").query("route_id == 'ancient_road'").sort_values("seq")
    towns = data.load("waypoints").set_index("name").loc[road["waypoint"], ["lon", "lat"]]
    shapes = data.load("border_kaz_rus").query("family == 'Natural Earth'")
    coarsest = shapes.loc[shapes["n_vertices"].idxmin(), "geometry"]
    parts = data.load("china_part_of_two").query("state == 'Kazakhstan'")
    return {
        "01": [(x, y, claim in theses) for claim, (x, y) in scene(EVERYTHING).places.items()],
        "02": [*data.load("china_russia_trade_by_reporter")["China"].dropna().items()],
        "04": len(data.load("promises_of_xian")),
        "05": [*towns.itertuples(index=False, name=None)],
        "06": [*data.load("belt_road_by_year").sum(axis=1).cumsum()],
        "07": [(x * DEGREE, y) for x, y in coarsest.coords],
        "08": [*parts[parts["who counts"] == "the two customs"]["China's part"] - 50],
        "09": len(claims.register()),
    }
