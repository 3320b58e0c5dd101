"""How a student's predictions fared: the only answers of the journal that the world has marked."""

from collections.abc import Sequence
from itertools import starmap
from statistics import fmean, median
from typing import NamedTuple

from courseware.journal.format import Entry
from courseware.journal.phrases import is_near
from courseware.journal.records import all_entries
from courseware.quantities import num, number_text

#: Points of per cent: within them somebody is about as sure as the outcomes bear out.
ABOUT = 10
FEW = 10  #: choices: fewer do not tell whether somebody is surer than they should be
NONE_YET = "Your journal holds no prediction whose outcome has been shown."
WHAT_IT_IS = (
    "We compare each prediction with what happened, not with the course's verdict. We "
    "left out questions that you passed on, and predictions that you made after the outcome had "
    "been shown."
)


class Made(NamedTuple):
    """The predictions that can be scored: made in time, with an outcome of their kind."""

    choices: list[Entry]
    numbers: list[Entry]

    def in_short(self) -> list[str]:
        """Return a line a kind, for a picture: how many were right, how many were close."""
        pairs = _pairs(self.numbers)
        right, close = sum(map(is_right, self.choices)), sum(starmap(is_near, pairs))
        lines = [f"Choices predicted correctly: {right} of {len(self.choices)}"] * bool(
            self.choices
        )
        return lines + [f"Numbers predicted to within a tenth: {close} of {len(pairs)}"] * bool(
            pairs
        )


def made() -> Made:
    """Return the journal's predictions that can be scored."""
    scored = [e for e in all_entries() if e.kind == "prediction" and _can_be_scored(e)]
    return Made(
        [entry for entry in scored if isinstance(entry.answer, str)],
        [entry for entry in scored if isinstance(entry.answer, float)],
    )


def how_i_predicted() -> list[str]:
    """Return how the predictions in the journal fared, in sentences: choices, then numbers."""
    choices, numbers = made()
    lines = [*_on_choices(choices), *_on_numbers(numbers)]
    return [*lines, WHAT_IT_IS] if lines else [NONE_YET]


def brier(sure: Sequence[float], right: Sequence[bool]) -> float:
    """Return the Brier score: the mean squared distance between how sure and what came.

    Args:
        sure: how sure each choice was, in per cent.
        right: whether it was what came, one for each.

    Returns:
        From 0 (always certain and always right) to 1.

    Source: G. W. Brier, Monthly Weather Review 78 (1950), for two outcomes, in its half scale.

    """
    return fmean((p / 100 - came) ** 2 for p, came in zip(sure, right, strict=True))


def by_chance(options: Sequence[int]) -> float:
    """Return the Brier score that a blind guesser may expect who says how sure a guess can be.

    Args:
        options: how many options each choice had. Of k, a guess is right one time in k, and who
            says so gets (1/k)(1 - 1/k).

    Returns:
        The mean over the choices: 0.25 of two options, less of more.

    """
    return fmean(1 / k * (1 - 1 / k) for k in options)


def _can_be_scored(entry: Entry) -> bool:
    """Return whether it is a choice or a number, made in time, with an outcome of its kind."""
    if entry.answer is None or entry.outcome is None or entry.current.late:
        return False
    in_words = entry.details.get("input") == "text"
    return not in_words and type(entry.answer) is type(entry.outcome.value)


def _on_choices(choices: list[Entry]) -> list[str]:
    if not choices:
        return []
    right = [is_right(entry) for entry in choices]
    lines = [f"Of your choices, {sum(right)} of {len(right)} were right."]
    said = [entry for entry in choices if entry.current.confidence is not None]
    if said:
        lines += _on_sureness(
            [entry.current.confidence for entry in said],
            [is_right(entry) for entry in said],
            [len(entry.details["options"]) for entry in said],
        )
    return lines


def is_right(entry: Entry) -> bool:
    """Return whether a choice that can be scored was the outcome."""
    return entry.answer == entry.outcome.value


def _on_sureness(sure: list[float], right: list[bool], options: list[int]) -> list[str]:
    """Compare how sure somebody was with how often they were right, in words before the score."""
    mean, share = fmean(sure), fmean(right) * 100
    apart = mean - share
    if len(sure) < FEW:
        told = ". These are too few choices to tell whether you were too sure"
    elif abs(apart) <= ABOUT:
        told = ", so you were about as sure as you should have been"
    elif apart > 0:
        told = ", so you were surer than you should have been"
    else:
        told = ", so you were less sure than you could have been"
    return [
        f"You said how sure you were of {len(sure)} choices, on average "
        f"{num(mean):.0f} %, and {num(share):.0f} % of these choices were right{told}.",
        f"The Brier score puts this in one number. Yours is {num(brier(sure, right)):.2f}, and 0 "
        "is the best possible score. Somebody who only guesses, and admits it, can expect "
        f"{num(by_chance(options)):.2f}.",
    ]


def _on_numbers(numbers: list[Entry]) -> list[str]:
    """Say how far numbers lay from their outcomes; from an outcome of zero there is no share."""
    pairs = _pairs(numbers)
    if not pairs:
        return []
    close = sum(starmap(is_near, pairs))
    off = [abs(guess - value) / abs(value) for guess, value in pairs]
    double = sum(0.5 <= guess / value <= 2 for guess, value in pairs)
    left = len(numbers) - len(pairs)
    apart = f"off by {number_text(median(off) * 100, 2)} % of the outcome"
    return [
        f"Of your numbers, {close} of {len(pairs)} were within a tenth of the outcome, and "
        f"{double} were between half and twice the outcome. Half of your numbers were {apart} or "
        "less."
        if len(pairs) > 1
        else f"You predicted one number, which was {apart}.",
        *[
            "We left out outcomes of zero, because a difference cannot be given as a percentage "
            "of zero."
        ]
        * bool(left),
    ]


def _pairs(numbers: list[Entry]) -> list[tuple[float, float]]:
    """Return guesses with outcomes; left out is an outcome of zero, of which there is no share."""
    return [(entry.answer, entry.outcome.value) for entry in numbers if entry.outcome.value != 0]
