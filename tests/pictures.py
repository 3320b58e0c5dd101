"""The README's pictures: what each shows in words, and the fingerprint of it that each carries.

Pixels differ from machine to machine, words do not. So a picture is in step as long as the words
that it was taken of stand in the course. ``tests/browser/test_pictures.py`` takes them anew.
"""

import contextlib
import hashlib
import io
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import pandas as pd
from matplotlib import pyplot as plt
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from coursestaff.marking.marksheet.rubric import FILE, Rubric
from coursestaff.marking.marksheet.rubric import read as read_rubric
from coursestaff.publishing import guide, home_page
from courseware import charts, data
from tests.exercises import exercise
from tests.notebooks import CHAPTERS, ROOT, read

FOLDER = ROOT / ".github" / "pictures"
COLOURS = 128  # of a picture as it is stored
LARGEST = 200_000  # bytes
DIGITS = "%.9g"  # a sum's last digits differ from processor to processor
MARK = "Shows"  # the text of a PNG that holds the fingerprint

CHAPTER = CHAPTERS[2]
#: A finding of each chapter, by the cells that draw it: none that a prediction asks for, or that
#: tells how many claims there are. Chapter 00 has none, and each chart of 04 answers a prediction.
FINDINGS = {
    "01": ("01-structure-data", "01-structure-thesis", "01-structure-chart"),
    "02": ("02-long-data", "02-long-chart"),
    "03": ("03-shares-def", "03-weigh-data", "03-weigh-chart"),
    "05": ("05-turn-file", "05-turn-rows", "05-turn-pivot", "05-turn-chart"),
    "06": ("06-hundred-data", "06-hundred-dollars-cell", "06-hundred-chart"),
    "07": ("07-census-data", "07-census-implied", "07-census-chart"),
    "08": ("08-oil-chart",),
    "09": ("09-authority-data", "09-authority-chart"),
}
GRADED, ASKED = CHAPTER.stem, "q9"
#: Made up: two that are alike, and one that is marked.
ANSWERS = {
    "ann": "By China's customs the bill grew much more than the tonnes. So a higher price explains "
    "most of it, and the word is too large for what China did.",
    "ben": "By China's customs the bill grew much more than the tonnes, so a higher price explains "
    "most of it. The word is too large for what China did!",
    "cem": "Lifeline is fair: trade rose.",
}
DISCUSSION = "## The discussion"


@cache
def finding(number: str) -> charts.page.Chart:
    """Return the chart of a chapter's finding as its page shows it."""
    sources = {cell.id: cell.source for cell in read(CHAPTERS[int(number)]).cells}
    names = {"charts": charts, "data": data, "pd": pd}
    with contextlib.chdir(ROOT / "notebooks"), contextlib.redirect_stdout(io.StringIO()):
        for cell in FINDINGS[number]:
            exec(sources[cell], names)
    plt.close("all")
    return charts.page._last_chart


def shown_as_finding(number: str) -> list[str]:
    """A chart of a chapter: its words, and its numbers."""
    chart = finding(number)
    words = chart.words
    numbers = chart.table.frame.to_csv(float_format=DIGITS)
    return [words.title, words.subtitle, words.alt, words.source, numbers]


def shown_first() -> list[str]:
    """The first page's question after a guess: its words, and its numbers."""
    guess = home_page.make().own.guess
    return [*guess.words.values(), *guess.choices, *guess.choices.values(), repr(guess.counts)]


def cells(path: Path, first: str, last: str) -> list[str]:
    """Return the sources of a notebook's cells from one id to another."""
    names = [cell.id for cell in read(path).cells]
    between = read(path).cells[names.index(first) : names.index(last) + 1]
    return [cell.source for cell in between]


def shown_to_teachers() -> list[str]:
    """The guide's page of chapter 02: a question and its two positions."""
    page = guide.pages()[f"guide/chapter_{CHAPTER.stem[:2]}.md"]
    return [page.split(DISCUSSION)[1].split("\n## ")[0]]


def shown_to_readers() -> list[str]:
    """Chapter 00: what a cell is, and the first one, run."""
    return cells(CHAPTERS[0], "00-cells", "00-setup")


def shown_to_graders() -> list[str]:
    """The marking sheet: answers, the rows of the rubric and the first comments."""
    marked_by = rubric()
    rows = [f"{row.name}: {' / '.join(row.levels)}" for row in marked_by.rows]
    return [*ANSWERS.values(), *rows, *marked_by.comments[:2]]


@cache
def rubric() -> Rubric:
    """Return what the written answer of the graded exercise is marked by."""
    graded = exercise(GRADED)
    text = (graded.folder / FILE).read_text(encoding="utf-8")
    return read_rubric(text, graded.questions[ASKED])


#: Each picture, and the words that it shows.
SHOWN: dict[str, Callable[[], list[str]]] = {
    "guess.png": shown_first,
    "teach.png": shown_to_teachers,
    "learn.png": shown_to_readers,
    "grade.png": shown_to_graders,
    **{f"finding_{number}.png": partial(shown_as_finding, number) for number in FINDINGS},
}


def fingerprint(name: str) -> str:
    """Return the fingerprint of what a picture has to show today."""
    return hashlib.sha256("\n\n".join(SHOWN[name]()).encode()).hexdigest()


def carried(name: str) -> str | None:
    """Return the fingerprint of what the stored picture shows."""
    with Image.open(FOLDER / name) as picture:
        return picture.text.get(MARK)


def keep(name: str, taken: Path, width: int) -> None:
    """Store a picture that was just taken, ``width`` pixels wide, with its fingerprint."""
    shows = PngInfo()
    shows.add_text(MARK, fingerprint(name))
    with Image.open(taken) as picture:
        small = picture.convert("RGB")
        if small.width > width:
            size = (width, round(small.height * width / small.width))
            small = small.resize(size, Image.Resampling.LANCZOS)
        few = small.quantize(COLOURS, dither=Image.Dither.NONE)
        few.save(FOLDER / name, optimize=True, pnginfo=shows)
