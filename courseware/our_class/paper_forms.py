"""Predictions that a class made on paper: a table of how many said what, typed in by hand.

``course tally 02`` writes the form, a CSV file with the columns question, answer, how many, and the
sheets to print. A row is one answer: a choice, a number, a span of numbers such as ``20 to 50``, or
``pass``. A row whose *how many* is the word ``outcome`` says what came of it. `read_class` takes
the filled-in form. Nobody's answers are joined: on paper nobody knew whose they were.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from courseware import words
from courseware.journal.class_export import Shared
from courseware.journal.format import JournalError
from courseware.quantities import parse_number
from courseware.verdicts import PASS

COLUMNS = ["question", "answer", "how many"]
OUTCOME = "outcome"  #: instead of a number of people
MOST = 1000  #: people who gave one answer
ENDING = ".csv"
LONGEST = 1000  # characters of a cell
_SPAN = re.compile(r"(.+?)\s+to\s+(.+)")


class Counted(NamedTuple):
    """What some gave as their answer to one question."""

    question: str
    value: float | str | None  #: None is a pass
    people: int
    in_span: bool = False  #: the value is the middle of a span that was counted as one


@dataclass(frozen=True)
class Tally:
    """One table, as it was typed in."""

    counted: tuple[Counted, ...] = ()
    outcomes: tuple[tuple[str, float | str], ...] = ()

    @property
    def people(self) -> int:
        """How many answers it has, passes too."""
        return sum(each.people for each in self.counted)

    @property
    def in_spans(self) -> int:
        """How many of them are known only as lying in a span."""
        return sum(each.people for each in self.counted if each.in_span)

    def __add__(self, other: "Tally") -> "Tally":
        """Return both in one."""
        return Tally(self.counted + other.counted, self.outcomes + other.outcomes)

    def journals(self) -> list[list[Shared]]:
        """Return each answer as a journal of its own."""
        outcomes = dict(self.outcomes)
        return [
            [_as_shared(answer, outcomes.get(answer.question))]
            for answer in self.counted
            for _ in range(answer.people)
        ]


def _as_shared(answer: Counted, outcome: float | str | None) -> Shared:
    asked = words.prediction(answer.question)
    return Shared(
        id=answer.question,
        kind="prediction",
        question=asked["question"],
        value=answer.value,
        passed=answer.value is None,
        unit=asked.get("unit", ""),
        chapter=answer.question[:2],
        outcome=outcome,
    )


def is_tally(place: str | Path) -> bool:
    """Return whether a file is a table of this kind, going by its ending."""
    return Path(place).suffix.lower() == ENDING


def read(path: Path) -> Tally:
    """Return what a filled-in form says.

    Separators may be commas or semicolons, for spreadsheets write both. Rows without a number of
    people are those that nobody chose, and are passed over.

    Raises:
        JournalError: it cannot be read, or rows are wrong; the message names each row and says why.

    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        heads = text.partition("\n")[0]
        table = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in heads else ",")
        rows = [(number, [cell.strip() for cell in row]) for number, row in enumerate(table, 1)]
        if any(len(cell) > LONGEST for _, row in rows for cell in row):
            raise csv.Error(
                "a cell that belongs to no tally"
            )  # a quotation mark may have swallowed the rest
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise JournalError(
            f"{path.name} cannot be read as a tally. Save it as CSV in UTF-8."
        ) from problem
    if not rows or rows[0][1] != COLUMNS:
        raise JournalError(
            f"The first row of {path.name} must be: {', '.join(COLUMNS)}. "
            "`course tally` writes a form that has this row."
        )
    return _checked(path.name, rows[1:])


def _checked(name: str, rows: Iterable[tuple[int, list[str]]]) -> Tally:
    """Return the tally of rows, or say what is wrong with every one that is."""
    tally, wrong, there = Tally(), [], {}
    for number, row in rows:
        if not any(row):
            continue
        try:
            one = _row(row)
            for key in _keys(one):
                if there.setdefault(key, number) != number:
                    raise ValueError(
                        f"it is for the same answer as row {there[key]}, so combine the two rows"
                    )
            tally += one
        except ValueError as problem:
            wrong.append(f"row {number}: {problem}")
    if wrong:
        told = "\n".join(f"  {each}" for each in wrong)
        raise JournalError(f"Nothing in {name} is counted until these rows are corrected:\n{told}")
    return tally


def _keys(tally: Tally) -> Iterator[tuple]:
    """Yield what a table may say once: how many gave an answer, and what the outcome is."""
    yield from ((each.question, each.value, each.in_span) for each in tally.counted)
    yield from ((question, OUTCOME) for question, _ in tally.outcomes)


def _row(row: list[str]) -> Tally:
    """Return what one row says.

    Raises:
        ValueError: it is wrong; the message says why.

    """
    if len(row) != len(COLUMNS):
        raise ValueError(f"it has {len(row)} cells but needs {len(COLUMNS)}")
    question, answer, many = row
    try:
        asked = words.prediction(question)
    except words.UnknownWordsError:
        raise ValueError(f"{question!r} is not a prediction of the course") from None
    if not many:
        return Tally()
    value, in_span = _value(answer, asked)
    if many == OUTCOME:
        if value is None or in_span:
            raise ValueError("an outcome is one choice, or one number")
        return Tally(outcomes=((question, value),))
    if not (many.isascii() and many.isdigit()) or int(many) > MOST:
        raise ValueError(
            f"the number of answers is {many!r}, but it must be a whole number up to {MOST}, or "
            "the word outcome"
        )
    return Tally((Counted(question, value, int(many), in_span),))


def _value(text: str, asked: dict) -> tuple[float | str | None, bool]:
    """Return an answer, and whether it is the middle of a span."""
    if not text:
        raise ValueError("the answer is missing")
    if text.casefold() == PASS:
        return None, False
    if options := asked.get("options"):
        same = {option.casefold(): option for option in options}
        if text.casefold() not in same:
            raise ValueError(f"{text!r} is not one of the question's choices: {', '.join(options)}")
        return same[text.casefold()], False
    limits = {name: asked.get(name) for name in ("low", "high")}
    if span := _SPAN.fullmatch(text):
        low, high = (parse_number(end, asked.get("unit", ""), **limits) for end in span.groups())
        if low >= high:
            raise ValueError(f"the range {text!r} must begin with the smaller number")
        return (low + high) / 2, True
    return parse_number(text, asked.get("unit", ""), **limits), False
