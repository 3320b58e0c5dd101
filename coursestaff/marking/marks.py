"""Turn a run's described answers into marks and hints."""

import json
import math
from typing import NamedTuple

from coursestaff.exercises.spec import Exercise, Question, SpecError
from coursestaff.marking import compare
from coursestaff.marking.probes import Run, bounds
from courseware.answers import judge
from courseware.answers.answer_types import Described

FORM = "Right except for its form."  # still true beside the points that a person gave


class Mark(NamedTuple):
    """What one question gets, and what to tell the student."""

    id: str
    points: int
    of: int
    words: str
    form: bool = False  #: whether it has no points for its form alone: a person may accept it


def mark(question: Question, expected: Run, answer: Described) -> Mark:
    """Mark one answer, with the most helpful sentence there is.

    It gets all points or none; but for each thing that a right one lacks, such as a chart its
    title, it loses what the question says, and never the last point.
    """
    of, right = question.points, expected.answers[question.id]
    known = [
        (expected.answers[f"{question.id}.wrong.{number}"], each.hint)
        for number, each in enumerate(question.misconceptions)
    ]
    # A function was called with inputs that no student is shown, not with the public examples.
    about = compare.asked(question) | public_part(question, expected)
    about.pop("examples", None)
    judged = judge(about, right, known, answer)
    if not judged.right:
        words = f"{FORM} {judged.words}" if judged.form else judged.words
        return Mark(question.id, 0, of, words, judged.form)
    if judged.lacks and question.costs:
        words = f"The answer is right, but it loses points. {' '.join(judged.lacks)}"
        return Mark(question.id, max(of - question.costs * len(judged.lacks), 1), of, words)
    return Mark(question.id, of, of, "Right.")


def travelling(exercise: Exercise, expected: Run) -> str:
    """Return the content of ``checks.json``, which students get with an exercise."""
    questions = {question.id: public_part(question, expected) for question in exercise.checked}
    return json.dumps({"questions": questions}, ensure_ascii=False, indent=1) + "\n"


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
                f"{question.where}: {question.id}: the limit {expression!r} is not a number."
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
