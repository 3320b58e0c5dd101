"""Turn a run's described answers into marks and hints."""

import math
from typing import NamedTuple

from courseware.checks import problem
from courseware.checks.describe import Described
from courseware.checks.public import tidy
from instructor.grading import compare
from instructor.grading.running import Run, bounds
from instructor.grading.spec import Question, SpecError

#: What to say of an answer that is wrong in a way nobody has foreseen, by kind of question.
WRONG = {
    "number": "This is not the expected number. Look again at the unit, the years and who reports.",
    "choice": "Another one is expected. Hold each of them against the table.",
    "set": "This is not the expected set: something is missing, or does not belong.",
    "order": "The order is another one.",
    "table": "The table is not the expected one. Look at the unit, the years and what is missing.",
    "chart": "The chart does not show the expected numbers. Look at the unit, years and filter.",
    "function": "The function gives other results than expected. Try it on numbers you can check.",
}
NO_END = "The function could not be called: it did not come to its end."
NO_RETURN = "The function gives nothing back. Does it end with return?"


class Mark(NamedTuple):
    """What one question gets, and what to tell the student."""

    id: str
    points: int
    of: int
    words: str


def mark(question: Question, expected: Run, answer: Described) -> Mark:
    """Mark one answer: all points or none, with the most helpful sentence there is."""
    if answer["type"] != "missing" and compare.same(
        question, expected.answers[question.id], answer
    ):
        return Mark(question.id, question.points, question.points, "Right.")
    return Mark(question.id, 0, question.points, _words(question, expected, answer))


def _words(question: Question, expected: Run, answer: Described) -> str:
    """Say what went wrong: a known misconception, else a public check, else that it is wrong."""
    for number, known in enumerate(question.misconceptions):
        described = expected.answers[f"{question.id}.wrong.{number}"]
        if compare.same(question, described, answer):
            return known.hint
    # A function was called with other inputs than the public check knows.
    if question.kind == answer["type"] == "function":
        if "results" not in answer:
            return NO_END
        kinds = {result["type"] for result in answer.get("results", [])}
        return NO_RETURN if kinds == {"nothing"} else WRONG["function"]
    return problem(public_part(question, expected), answer) or _wrong(question, expected, answer)


def _wrong(question: Question, expected: Run, answer: Described) -> str:
    if question.kind != "mapping":
        return WRONG[question.kind]
    right, given = expected.answers[question.id]["items"], answer["items"]
    differ = sum(tidy(right[key]["value"]) != tidy(given[key]["value"]) for key in right)
    return f"{differ} of {len(right)} are not as expected."


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
