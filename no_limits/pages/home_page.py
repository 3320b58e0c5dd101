"""What the site's first page says and draws of this article: ``home_page.html`` gives it its form.

Every number comes out of a table or of the register; the words stand in ``home_page.yaml`` and in
the template.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import yaml

from courseware import article, claims, data, palette
from courseware.explorers.argument_map.graph import EVERYTHING, scene
from courseware.words import templating

WORDS = Path(__file__).with_suffix(".yaml")
#: What is shown of the guess: the year that is asked for is the last a reader of May 2023 knew.
FIRST, ASKED = 2001, 2022
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
class Own:
    """What no other article's first page would show."""

    guess: Guess
    declared: str  #: the day of the statement that the course is named after, in words
    hues: dict[str, str]  #: of the guess's two lines and, with ``-ink`` behind, of their letters
    icons: dict[str, list | int]
    shows: dict[str, str]  #: what a chapter's icon shows, in words


def make() -> Own:
    """Return what the first page shows of this article.

    Raises:
        templating.UnfitWordsError: the words of the guess do not fit the numbers.

    """
    words = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    hues = {"one": palette.color("CHN"), "other": palette.color("KGZ")}
    return Own(
        guess=guess(words, data.load("kyrgyz_counts")),
        declared=declared(data.load("timeline")),
        hues=hues | {f"{line}-ink": palette.ink(hue) for line, hue in hues.items()},
        icons=icons(),
        shows=words["pictures"],
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


def declared(timeline: pd.DataFrame) -> str:
    """Return the day on which two governments said "no limits", in words, from the timeline."""
    day = timeline.set_index("event_id").loc[DECLARED, "date"]
    return article.in_words(date.fromisoformat(str(day)[:10]))


def icons() -> dict[str, list | int]:
    """Return the numbers that ``chapter_icons.html`` draws, by chapter.

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
