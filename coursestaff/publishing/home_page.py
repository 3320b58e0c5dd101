"""The first page as a model: a question to guess, the longest chain of the argument, the chapters.

Every number comes out of a table or of the register; the words stand in ``pages/home_page.yaml``
and in the template, ``templates/home_page.html``.
"""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import networkx as nx
import pandas as pd
import yaml

from coursestaff.publishing import chapter_icons, reader
from coursestaff.publishing.reader import Lesson
from coursestaff.publishing.svg import Box, Point, points
from courseware import article, claims, data, palette
from courseware.explorers.argument_map.graph import EVERYTHING, graph, scene
from courseware.words import templating

WORDS = Path(__file__).resolve().parent / "pages" / "home_page.yaml"
#: What is shown of the guess: the year that is asked for is the last a reader of May 2023 knew.
FIRST, ASKED = 2001, 2022
PLOT = (34, 12, 320, 208)  # left, top, right, bottom of the guess's chart


@dataclass(frozen=True)
class Line:
    """A line of the guess: its points, where it ends, and the number there."""

    points: str
    end: Point
    value: float


@dataclass(frozen=True)
class Guess:
    """The question, its choices with what is said of each, and the chart with the answer."""

    words: dict[str, str]
    choices: dict[str, str]
    lines: dict[str, Line]
    ground: str  #: the area under China's line, where the answer must lie
    across: dict[str, Point]  #: marks of the years
    upward: dict[str, Point]  #: marks of the billions

    @property
    def hues(self) -> str:
        """The two countries' hues, for lines and for letters, as a style sheet's variables."""
        pairs = ((code, palette.color(code)) for code in ("CHN", "KGZ"))
        return "; ".join(
            f"--{code}: {hue}; --{code}-ink: {palette.ink(hue)}" for code, hue in pairs
        )


@dataclass(frozen=True)
class Chain:
    """The map of the argument with its longest chain, from the ground up to a thesis."""

    claims: list[claims.Claim]
    width: int
    height: float
    nodes: dict[str, Point]  #: of every claim
    lines: list[str]
    path: list[str]

    @property
    def places(self) -> list[tuple[claims.Claim, Point]]:
        """The claims of the chain, each with its place."""
        return [(claim, self.nodes[claim.claim_id]) for claim in self.claims]

    @property
    def theses(self) -> list[tuple[claims.Claim, Point]]:
        """The two theses, each with its place."""
        return [(claims.get(name), self.nodes[name]) for name in article.theses()]


@dataclass(frozen=True)
class Card:
    """A chapter with its picture, as SVG, and what the picture shows."""

    lesson: Lesson
    picture: str
    shows: str


@dataclass(frozen=True)
class Front:
    """All that the first page shows."""

    guess: Guess
    chain: Chain
    cards: list[Card]
    tables: int

    @property
    def chapters(self) -> dict[str, Lesson]:
        """The chapters by number."""
        return {card.lesson.number: card.lesson for card in self.cards}

    @property
    def picture(self) -> dict[str, int]:
        """The size of a card's picture."""
        return {"width": chapter_icons.WIDTH, "height": chapter_icons.HEIGHT}


def make(root: Path = reader.ROOT, chosen: str | None = None) -> Front:
    """Return the first page of the course, with the chapters ``chosen``; all if None.

    Raises:
        templating.UnfitWordsError: the words of the guess do not fit the numbers.

    """
    words = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    cards = []
    for lesson in map(reader.read, reader.chapters(root, chosen)):
        shows = words["pictures"][lesson.number]
        cards.append(Card(lesson, chapter_icons.draw(lesson.number), shows))
    tables = len(data.package()["resources"])
    return Front(guess(words, data.load("kyrgyz_counts")), chain(), cards, tables)


def guess(words: dict, counts: pd.DataFrame) -> Guess:
    """Return the question with its chart; ``counts`` is the view ``kyrgyz_counts``.

    Raises:
        templating.UnfitWordsError: the words do not fit the counts.

    """
    counts = counts.loc[FIRST:ASKED]
    last = counts.loc[ASKED]
    numbers = {"year": ASKED, "first": FIRST, "sold": last["China"], "bought": last["Kyrgyzstan"]}
    numbers |= {"gdp": last["GDP"], "start": counts.loc[FIRST, "China"]}
    numbers |= {"own_start": counts.loc[FIRST, "Kyrgyzstan"]}
    if not templating.holds(words["holds"], numbers):
        raise templating.UnfitWordsError(f"First page: it does not hold that {words['holds']}")
    said = ("question", "unit", "waiting", "answer", "alt", "alt_answer", "source")
    filled = {key: templating.fill(words[key], numbers) for key in said}
    box = Box(*PLOT, (FIRST, ASKED), (0, 16))
    lines = {
        name: Line(box.line(counts[name].items()), box.place(ASKED, last[name]), last[name])
        for name in ("China", "Kyrgyzstan", "GDP")
    }
    corners = [box.place(ASKED, 0), box.place(FIRST, 0)]
    return Guess(
        words=filled,
        choices=words["choices"],
        lines=lines,
        ground=f"{lines['China'].points} {points(corners)}",
        across={str(year): box.place(year, 0) for year in (2005, 2010, 2015, 2020)},
        upward={str(billion): box.place(FIRST, billion) for billion in (0, 5, 10, 15)},
    )


def chain() -> Chain:
    """Return the longest chain of the argument; of several, the first in the article's order."""
    placed, argument = scene(EVERYTHING), graph()
    steps = nx.dag_longest_path(argument)
    width, height = placed.size
    foot = min(y for _, y in placed.places.values()) - 16  # below it the explorer has its legend

    def flipped(places: list[Point]) -> list[Point]:
        return [(x, height - y) for x, y in places]

    def way(ends: tuple[str, str]) -> str:
        lower, upper = (placed.places[node] for node in ends)
        return points(flipped([lower, *placed.layout.lines[ends], upper]))

    return Chain(
        claims=[claims.get(step) for step in steps],
        width=width,
        height=height - foot,
        nodes=dict(zip(placed.places, flipped([*placed.places.values()]), strict=True)),
        lines=[way(ends) for ends in placed.layout.lines],
        path=[way(ends) for ends in pairwise(steps)],
    )
