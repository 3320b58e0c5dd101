"""Run a solution, and refuse one whose questions do not hold together."""

from collections.abc import Iterator

import nbformat

from coursestaff.exercises.spec import Exercise, Question, SpecError
from coursestaff.marking import compare
from coursestaff.marking.marks import public_part
from coursestaff.marking.probes import Run, expected_of
from courseware.answers.answer_types import Described
from courseware.answers.kinds import problem

LEAST_ROOM = 3  # a range of less than this factor on each side would give an answer away


def solve(exercise: Exercise, notebook: nbformat.NotebookNode | None = None) -> Run:
    """Return the described answers, misconceptions and bounds of an exercise's solution.

    Raises:
        SpecError: a cell fails, an answer fails its own public check, a bound is so narrow that it
            gives the answer away, or a misconception cannot be told from the answer or from
            another one.

    """
    expected = expected_of(exercise, notebook or exercise.solution)
    for cell, error in expected.errors.items():
        raise SpecError(f"{exercise.name}: the cell {cell!r} stops with this error: {error}")
    if expected.ended:
        raise SpecError(f"{exercise.name}: {expected.ended}")
    for question in exercise.checked:
        for complaint in _faults(question, expected):
            raise SpecError(f"{question.where}: {question.id}: {complaint}")
    return expected


def _faults(question: Question, expected: Run) -> Iterator[str]:
    """Yield what is wrong with a question, the most basic fault first."""
    answer, public = expected.answers[question.id], public_part(question, expected)
    if not _of_its_kind(question, answer):
        yield (
            f"the solution's answer is not of the kind {question.kind!r}. Correct the answer, or "
            "name the right kind."
        )
    tried = expected.answers.get(f"{question.id}.example", answer)
    if problem(public, tried):
        yield f"the solution fails its public check: {problem(public, tried)}"
    if any(narrow(about) for about in (public, *public.get("columns", {}).values()) if about):
        yield "a public range is so narrow that it gives the answer away. Make the range wider."
    earlier: list[Described] = []
    for number, known in enumerate(question.misconceptions):
        wrong = expected.answers[f"{question.id}.wrong.{number}"]
        if wrong["type"] == "error":
            yield f"the misconception {known.wrong!r} stops with this error: {wrong['text']}"
        elif not _of_its_kind(question, wrong):
            yield (
                f"the misconception {known.wrong!r} is not of the kind {question.kind}, so the "
                "public check would already refuse it. Remove it."
            )
        elif compare.same(question, answer, wrong):
            yield (
                f"{known.wrong!r} is listed as a misconception, but it gives the right answer. "
                "Remove it."
            )
        elif any(compare.same(question, other, wrong) for other in earlier):
            yield (
                f"{known.wrong!r} gives the same answer as an earlier misconception. Remove one of "
                "them."
            )
        earlier.append(wrong)


def _of_its_kind(question: Question, described: Described) -> bool:
    """Return whether a description can be compared at all for this kind of question."""
    try:
        return compare.same(question, described, described)
    except KeyError:
        return False


def narrow(about: dict) -> bool:
    """Return whether a public range is less than two of `LEAST_ROOM` wide."""
    first, last = about.get("range", (0, 1))
    if first < last and first * last <= 0:  # a range through zero pins nothing down
        return False
    low, high = sorted((abs(first), abs(last)))
    return high < low * LEAST_ROOM**2 or first == last
