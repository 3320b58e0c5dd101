"""What a class without computers predicts on: sheets to count on, and the form to type them into.

``course tally 02`` writes both of a chapter: a page a prediction, with its choices or spans of
numbers and room for strokes, and a CSV file with a row for each, which `journal.read_class` takes
beside the journals, or alone.
"""

import csv
from argparse import Namespace
from collections.abc import Iterator
from itertools import pairwise
from math import isclose
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader

from courseware import CourseError, words
from courseware.our_class.paper_forms import COLUMNS
from courseware.quantities import number_text
from courseware.verdicts import PASS

WIDE = 500  #: a range up to this or more gets spans that grow: small guesses lie close
FEW = 5  #: numbers: so few are counted one by one
SPANS = 12  #: at most, where all are equally wide
EDGES = [step * 10**power for power in range(9) for step in (1, 2, 5)]  #: of spans that grow
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500)
PRESS, TEMPLATE = Path(__file__).resolve().parent / "press", "tally_sheets.html"
EMPTY_ROWS = 3  #: on a sheet, for numbers that somebody wants to count by themselves


class Written(NamedTuple):
    """The files of one chapter."""

    sheets: Path
    form: Path
    kept: bool  #: the form was there already, perhaps filled in, and has been left as it was


def print_forms(course: Path, options: Namespace) -> None:
    """Write the sheets and the form of chapters, and say what to do with them: ``course tally``."""
    folder = options.to or course / "build" / "tally"
    for chapter in options.chapters:
        done = write(chapter, folder)
        print(f"Print this file: {done.sheets}.")
        stays = " That file already existed, so it was not changed." * done.kept
        print(f"Then type into this file how many students gave each answer: {done.form}.{stays}")
    print(f'Finally, run this in a notebook: journal.read_class("our-class", "{done.form.name}")')
    print('If nobody had a computer, leave out the name "our-class".')


def write(chapter: str, folder: Path) -> Written:
    """Write the sheets and the form of a chapter. A form that is there already stays as it is.

    Raises:
        CourseError: there is no such chapter, or it predicts nothing.

    """
    predictions = words.chapter(chapter).get("predictions", {})
    asked = {key: each for key, each in predictions.items() if _is_counted(each)}
    if not asked:
        raise CourseError(
            f"Chapter {chapter} asks for no prediction that can be counted. Choose another chapter."
        )
    folder.mkdir(parents=True, exist_ok=True)
    done = Written(folder / f"sheets_{chapter}.html", folder / f"tally_{chapter}.csv", False)
    page = Environment(loader=FileSystemLoader(PRESS), autoescape=True).get_template(TEMPLATE)
    told = page.render(chapter=chapter, predictions=asked, answers=answers, empty_rows=EMPTY_ROWS)
    done.sheets.write_text(told, encoding="utf-8")
    if done.form.exists():
        return done._replace(kept=True)
    rows = [[key, answer, ""] for key, each in asked.items() for answer in answers(each)]
    with done.form.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *rows])
    return done


def _is_counted(asked: dict) -> bool:
    """Return whether a prediction is a choice, or a number within limits, and so can be counted."""
    return "options" in asked or {"low", "high"} <= asked.keys()


def answers(asked: dict) -> list[str]:
    """Return the answers that a prediction's sheet counts, as `paper_forms.read` takes them."""
    counted = asked.get("options") or [*_spans(asked["low"], asked["high"])]
    return [*counted, PASS]


def _spans(low: float, high: float) -> Iterator[str]:
    """Yield the numbers from low to high, one by one if they are few, else in spans."""
    if high - low <= FEW:
        yield from (number_text(low + n) for n in range(round(high - low) + 1))
        return
    if high < WIDE or low > 1:
        edges = _even(low, high)
    else:
        edges = _growing(low, high) if low >= 0 else _both_ways(low, high)
    for start, end in pairwise(edges):
        yield f"{number_text(start)} to {number_text(end)}".replace(",", "")


def _growing(low: float, high: float) -> list[float]:
    """Return edges of spans, each about twice as wide as the one before."""
    return [low, *(edge for edge in EDGES if low < edge < high), high]


def _both_ways(low: float, high: float) -> list[float]:
    """Return edges of spans that grow from zero downwards and upwards, the first ones to 5."""
    apart = [sign * edge for edge in EDGES if edge >= FEW for sign in (-1, 1)]
    return sorted([low, 0, *(edge for edge in apart if low < edge < high), high])


def _even(low: float, high: float) -> list[float]:
    """Return edges of equally wide spans, of which the last may be shorter."""
    step = next(each for each in STEPS if (high - low) / each <= SPANS)
    count = int((high - low) / step)
    edges = [low + n * step for n in range(count + 1)]
    return edges if isclose(edges[-1], high) else [*edges, high]
