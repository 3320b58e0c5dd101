"""Turn a run's described answers into marks and hints."""

import math
from typing import NamedTuple

from coursestaff.grading import compare
from coursestaff.grading.running import Run, bounds
from coursestaff.grading.spec import Question, SpecError
from courseware.answers.answer_types import Described
from courseware.answers.kinds import kind_of, problem


class Mark(NamedTuple):
    """What one question gets, and what to tell the student."""

    id: str
    points: int
    of: int
    words: str


def mark(question: Question, expected: Run, answer: Described) -> Mark:
    """Mark one answer, with the most helpful sentence there is.

    It gets all points or none; but for each thing that a right one lacks, such as a chart its
    title, it loses what the question says, and never the last point.
    """
    of = question.points
    if answer["type"] == "missing" or not compare.same(
        question, expected.answers[question.id], answer
    ):
        return Mark(question.id, 0, of, _words(question, expected, answer))
    about = compare.asked(question)
    lacking = kind_of(about).lacks(about, answer) if question.costs else []
    if lacking:
        words = f"The answer is right, but: {' '.join(lacking)}"
        return Mark(question.id, max(of - question.costs * len(lacking), 1), of, words)
    return Mark(question.id, of, of, "Right.")


def _words(question: Question, expected: Run, answer: Described) -> str:
    """Say what went wrong: a known misconception, else a public check, else that it is wrong."""
    for number, known in enumerate(question.misconceptions):
        described = expected.answers[f"{question.id}.wrong.{number}"]
        if compare.same(question, described, answer):
            return known.hint
    # A function was called with inputs that no student is shown, not with the public examples.
    public = {k: v for k, v in public_part(question, expected).items() if k != "examples"}
    about = compare.asked(question)
    right = expected.answers[question.id]
    return problem(public, answer) or kind_of(about).hint(about, right, answer)


def public_part(question: Question, expected: Run) -> dict:
    """Return what of a question travels to students, its bounds as numbers.

    Raises:
        SpecError: a bound that is an expression does not give a number.

    """
    about = _copy(question.public)
    for place, expression in bounds(question):
        found = expected.answers[f"{question.id}.bound.{place}"]
        if not isinstance(found.get("value"), float):
            raise SpecError(
                f"{question.where}: {question.id}: the bound {expression!r} is no number."
            )
        *path, last = place.split(".")
        target = about
        for step in path:
            target = target[step]
        outwards = -1 if last == "0" else 1
        target[int(last)] = rounded(found["value"], outwards)
    return {"answer": question.answer, "kind": question.kind, **about}


def _copy(value: object) -> object:
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value


def rounded(value: float, outwards: int) -> float:
    """Round to a power of ten, away from the answer, so that a bound does not give it away."""
    if value == 0:
        return 0.0
    up = outwards * (1 if value > 0 else -1) > 0
    exponent = math.log10(abs(value))
    size = 10.0 ** (math.ceil(exponent) if up else math.floor(exponent))
    return size if value > 0 else -size
