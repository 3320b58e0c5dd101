"""What a class without computers predicts on: sheets to count on, and the form to type them into.

``course tally 02`` writes both of a chapter: a page a prediction, with its choices or spans of
numbers and room for strokes, and a CSV file with a row for each, which `journal.read_class` takes
beside the journals, or alone.
"""

import csv
from argparse import Namespace
from collections.abc import Iterator
from html import escape
from itertools import pairwise
from math import isclose
from pathlib import Path
from typing import NamedTuple

from courseware import CourseError, words
from courseware.our_class.paper_forms import COLUMNS
from courseware.quantities import number_text
from courseware.verdicts import PASS

WIDE = 500  #: a range up to this or more gets spans that grow: small guesses lie close
FEW = 5  #: numbers: so few are counted one by one
SPANS = 12  #: at most, where all are equally wide
EDGES = [step * 10**power for power in range(9) for step in (1, 2, 5)]  #: of spans that grow
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500)
EMPTY_ROWS = 3  #: on a sheet, for numbers that somebody wants to count by themselves

PAGE = """\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Tally sheets {chapter}</title><style>
@page {{ size: A4 portrait; margin: 15mm; }}
body {{ font: 13pt/1.35 sans-serif; margin: 0 auto; max-width: 180mm; }}
section {{ break-after: page; padding: 4mm 0; }}
section:last-child {{ break-after: auto; }}
h1 {{ font-size: 17pt; line-height: 1.3; margin: 0 0 3mm; }}
p {{ margin: 0 0 4mm; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ border: 1px solid dimgray; padding: 1.5mm 3mm; height: 8mm; text-align: left; }}
th {{ font-weight: 600; }}
td:first-child, th:first-child {{ width: 48mm; }}
td:last-child, th:last-child {{ width: 28mm; }}
</style></head><body>
{sheets}
</body></html>
"""
SHEET = """\
<section><p>Chapter {chapter} · {key}</p><h1>{question}</h1>
<p>{how}</p>
<table><thead><tr><th scope="col">{head}</th><th scope="col">strokes</th>
<th scope="col">how many</th></tr></thead><tbody>
{rows}
</tbody></table></section>
"""
OF_NUMBERS = (
    "Everybody writes a number on a card, in silence, before anything is shown. Then count: a "
    "stroke for each card. A number that stands in two rows belongs to the second: 50 is counted "
    "with “50 to 100”. Empty rows are for numbers of their own."
)
OF_CHOICES = (
    "Everybody chooses on a card, in silence, before anything is shown. Then count: a stroke for "
    "each card."
)


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
        print(f"To print: {done.sheets}.")
        stays = " It was there already, and stays as it is." * done.kept
        print(f"To type in how many said what: {done.form}.{stays}")
    print(f'Then, in a notebook: journal.read_class("our-class", "{done.form.name}")')
    print("or, where nobody had a computer, with the form alone.")


def write(chapter: str, folder: Path) -> Written:
    """Write the sheets and the form of a chapter. A form that is there already stays as it is.

    Raises:
        CourseError: there is no such chapter, or it predicts nothing.

    """
    predictions = words.chapter(chapter).get("predictions", {})
    asked = {key: each for key, each in predictions.items() if _is_counted(each)}
    if not asked:
        raise CourseError(f"Chapter {chapter} asks for no prediction that can be counted.")
    folder.mkdir(parents=True, exist_ok=True)
    done = Written(folder / f"sheets_{chapter}.html", folder / f"tally_{chapter}.csv", False)
    pages = "".join(_sheet(chapter, key, each) for key, each in asked.items())
    done.sheets.write_text(PAGE.format(chapter=chapter, sheets=pages), encoding="utf-8")
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
    """Return the answers that a prediction's sheet counts, as `paper.read` understands them."""
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
    """Return edges of spans that grow from nought downwards and upwards, the first ones to 5."""
    apart = [sign * edge for edge in EDGES if edge >= FEW for sign in (-1, 1)]
    return sorted([low, 0, *(edge for edge in apart if low < edge < high), high])


def _even(low: float, high: float) -> list[float]:
    """Return edges of equally wide spans, of which the last may be shorter."""
    step = next(each for each in STEPS if (high - low) / each <= SPANS)
    count = int((high - low) / step)
    edges = [low + n * step for n in range(count + 1)]
    return edges if isclose(edges[-1], high) else [*edges, high]


def _sheet(chapter: str, key: str, asked: dict) -> str:
    """Return the page of one prediction."""
    of_numbers = "options" not in asked
    counted = answers(asked)
    lines = [*counted[:-1], *[""] * (EMPTY_ROWS * of_numbers), counted[-1]]
    rows = "\n".join(f"<tr><td>{escape(line)}</td><td></td><td></td></tr>" for line in lines)
    return SHEET.format(
        chapter=chapter,
        key=key,
        question=escape(asked["question"]),
        how=OF_NUMBERS if of_numbers else OF_CHOICES,
        head=escape(asked.get("unit") or ("number" if of_numbers else "choice")),
        rows=rows,
    )
