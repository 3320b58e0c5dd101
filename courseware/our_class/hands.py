"""What a class predicted by a show of hands: how many gave each answer, typed into a cell.

``journal.read_class(hands={"05-road": {"no": 12, "yes": 7, "pass": 2}})`` counts them. An
answer is a choice, a number, a span of numbers such as ``"20 to 50"``, or ``"pass"``; beside the
answers, ``"outcome": "no"`` says what came of it. Nobody's answers are joined: of raised hands
nobody knows any more whose they were.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from courseware import words
from courseware.journal.class_export import Shared
from courseware.journal.format import JournalError
from courseware.quantities import parse_number
from courseware.verdicts import PASS

OUTCOME = "outcome"  #: stands among the answers, and is none
MOST = 1000  #: people who gave one answer
_SPAN = re.compile(r"(.+?)\s+to\s+(.+)")

Counts = Mapping[str, Mapping[str | float, int | float | str]]


class Hands(NamedTuple):
    """The answers that were counted, one for each person."""

    answers: tuple[Shared, ...] = ()
    in_spans: int = 0  #: how many are the middle of a span, because no more is known


def read(counts: Counts) -> Hands:
    """Return the answers that ``counts`` holds, by question and answer.

    Raises:
        JournalError: a question, an answer or a number of people is wrong; the message says which.

    """
    answers, in_spans = [], 0
    for question, people_by_answer in counts.items():
        try:
            asked = words.prediction(question)
            outcome = _outcome(people_by_answer, asked)
            for answer, people in people_by_answer.items():
                if answer == OUTCOME:
                    continue
                value, in_span = _value(answer, asked)
                answers += [_shared(question, asked, value, outcome)] * _number(people)
                in_spans += people * in_span
        except words.UnknownWordsError:
            raise JournalError(f"{question!r} is not a prediction of the course.") from None
        except ValueError as problem:
            raise JournalError(f"{question}: {problem}") from None
    return Hands(tuple(answers), in_spans)


def _shared(question: str, asked: dict, value: float | str | None, outcome: object) -> Shared:
    return Shared(
        id=question,
        kind="prediction",
        question=asked["question"],
        value=value,
        passed=value is None,
        unit=asked.get("unit", ""),
        chapter=question[:2],
        outcome=outcome,
    )


def _outcome(people_by_answer: Mapping, asked: dict) -> float | str | None:
    if OUTCOME not in people_by_answer:
        return None
    value, in_span = _value(people_by_answer[OUTCOME], asked)
    if value is None or in_span:
        raise ValueError("an outcome is one choice, or one number")
    return value


def _number(people: object) -> int:
    if type(people) is not int or not 0 <= people <= MOST:
        raise ValueError(f"{people!r} is no number of people; type a whole number up to {MOST}")
    return people


def _value(answer: str | float, asked: dict) -> tuple[float | str | None, bool]:
    """Return an answer, None for a pass, and whether it is the middle of a span."""
    text = str(answer).strip()
    if text.casefold() == PASS:
        return None, False
    if options := asked.get("options"):
        same = {option.casefold(): option for option in options}
        if text.casefold() not in same:
            raise ValueError(f"{text!r} is not one of the choices: {', '.join(options)}")
        return same[text.casefold()], False
    span = _SPAN.fullmatch(text)
    unit, limits = asked.get("unit", ""), {name: asked.get(name) for name in ("low", "high")}
    ends = [parse_number(end, unit, **limits) for end in (span.groups() if span else [text])]
    return sum(ends) / len(ends), bool(span)
