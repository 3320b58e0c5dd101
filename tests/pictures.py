"""The README's pictures: what each shows in words, and the fingerprint of it that each carries.

Pixels differ from machine to machine, words do not. So a picture is in step as long as the words
that it was taken of stand in the course. ``tests/browser/test_pictures.py`` takes them anew.
"""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from coursestaff.marking.marksheet.rubric import FILE, Rubric
from coursestaff.marking.marksheet.rubric import read as read_rubric
from coursestaff.publishing import cover, guide, home_page
from courseware import claims
from tests.exercises import exercise
from tests.notebooks import CHAPTERS, ROOT, read

FOLDER = ROOT / ".github" / "pictures"
COLOURS = 128  # of a picture as it is stored
LARGEST = 200_000  # bytes
MARK = "Shows"  # the text of a PNG that holds the fingerprint

CHAPTER = CHAPTERS[2]
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


def shown_of_all() -> list[str]:
    """The article as a page of bars: what each of them is."""
    return [cover.alt(), claims.outline().to_csv()]


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
    "xray.png": shown_of_all,
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
