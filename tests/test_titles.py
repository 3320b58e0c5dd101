"""Every number of a chart's title stands in its picture, or its words say why it does not.

What is drawn is asked: the words, ticks and labels that are seen. Numbers may be rounded as the
title rounds them, and "three" is 3. Versions of *Change one thing* are charts as well.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from courseware import charts, words
from courseware.charts import styling
from tests.drawn import Shown, shown
from tests.notebooks import CHAPTERS, ROOT, read

FURTHER = sorted((ROOT / "notebooks" / "further").glob("*.ipynb"))
NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8}
NUMBERS |= {"nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "hundred": 100}
#: The five states are a name, and so are ids of claims and texts.
NAMES = re.compile(r"\b([Tt]he|[Aa]ll) five( states| presidents)?\b|\b(ES-\d+/\d+|[CETP]\d+)\b")
SPAN = re.compile(r"\b(\d\d)(\d\d)–(\d\d)\b")
NUMBER = re.compile(r"(?<![\w.,])[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[-+]?\d+(?:\.\d+)?")
#: What "Change one thing" asks for, where the title of the changed chart has a number of its own:
#: what to write in place of what, the first time that it stands there.
CHANGES = {
    "01-supports": ('== "C03"]', '== "C05"]'),
    "02-long": ("counts.loc[2016,", "counts.loc[1992,"),
    "03-shares": ("China sells", "Russia sells"),
    "03-votes": ('["year"] == 2022', '["year"] == 2019'),
    "05-paid": (
        'china.loc[["early 2021", "customs 2022"]]',
        'paid.loc[["early 2021", "Moscow 2022"]]',
    ),
    "06-before": ("!=", "=="),
    "06-tub": ('"Turkmenistan"', '"Kyrgyzstan"'),
    "05-pipes": ('column="status"', 'column="bcm a year"'),
    "F05-flat": ('["Xi\'an", "Moscow"]', '["Xi\'an", "Tashkent"]'),
    "07-towns": ("reach = 100", "reach = 50"),
    "F03-places": ('place = points.loc["all votes"]', 'place = points.loc["final passage"]'),
    "F06-pace": ("last = 2016", "last = 2018"),
    "F09-others": ("so_far = found.cumsum()", "so_far = found"),
    "08-order": ('start = "Tokayev refuses"', 'start = "Uzbekistan refuses"'),
}


def numbers(said: str) -> Iterator[str]:
    """Yield the numbers of a text as they are written, those in words as digits."""
    said = SPAN.sub(r"\1\2 \1\3", NAMES.sub(" ", said.replace("\N{MINUS SIGN}", "-")))
    yield from (number.lstrip("+-").replace(",", "") for number in NUMBER.findall(said))
    yield from (
        str(NUMBERS[word]) for word in re.findall(r"[a-z]+", said.lower()) if word in NUMBERS
    )


def seen(figure: Figure) -> set[str]:
    """Return the numbers that stand in a picture; the ticks of values mark nothing."""
    texts = {text for text in figure.findobj(Text) if text.get_visible()}
    for axis in (axis for ax in figure.axes for axis in (ax.xaxis, ax.yaxis)):
        if getattr(axis.get_major_formatter(), "func", None) is styling.written:
            texts -= {*axis.get_ticklabels()}
    return {number for text in texts for number in numbers(" ".join(text.get_text().split()))}


def stands(number: str, there: set[str]) -> bool:
    """Return whether a number is there, perhaps with more decimals than the title has."""
    digits = len(number.partition(".")[2])
    return any(f"{float(other):.{digits}f}" == f"{float(number):.{digits}f}" for other in there)


def absent(chart: charts.Chart) -> set[str]:
    years = {number for number in numbers(chart.words.subtitle) if re.fullmatch(r"\d{4}", number)}
    there = seen(chart.figure) | years  # a year of all that is drawn stands above it
    return {number for number in numbers(chart.words.title) if not stands(number, there)}


def drawn(path: Path) -> list[Shown]:
    return [one for one in shown(path) if isinstance(one.thing, charts.Chart)]


@pytest.mark.parametrize(
    "path", [*CHAPTERS, *FURTHER], ids=lambda path: str(path.relative_to(ROOT))
)
def test_the_numbers_of_titles_stand_in_their_pictures(path):
    lacking = {
        one.key: absent(one.thing) ^ {str(n) for n in words.chart(one.key).get("unshown", ())}
        for one in drawn(path)
    }
    assert {key: found for key, found in lacking.items() if found} == {}


@pytest.mark.parametrize("key", CHANGES)
def test_those_of_changed_charts_too(key):
    old, new = CHANGES[key]
    among, key = (FURTHER, key[1:]) if key.startswith("F") else (CHAPTERS, key)
    (path,) = (path for path in among if path.name.startswith(key[:2]))
    code = (cell for cell in read(path).cells if cell.cell_type == "code")
    first = next(cell.id for cell in code if old in cell.source)
    changed = shown(path, lambda at, source: source.replace(old, new, at == first))
    before, after = (next(one for one in each if one.key == key) for each in (shown(path), changed))
    assert after.thing.words.title != before.thing.words.title
    assert not after.thing.unfit and not absent(after.thing)


@pytest.mark.parametrize(
    ("title", "there", "lacking"),
    [
        ("Twelve of 1,234 rose by 2.6%", {"12", "1234", "2.47"}, {"2.6"}),
        ("The five states and all five presidents met in 2013", {"2013"}, set()),
        ("It fell by −3% in E039 and C81", {"3.2"}, set()),
        ("Two of them", {"20"}, {"2"}),
    ],
)
def test_a_number_that_is_not_drawn_is_found(title, there, lacking):
    assert {number for number in numbers(title) if not stands(number, there)} == lacking
