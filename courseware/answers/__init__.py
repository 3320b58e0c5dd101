"""The one judge of answers: a *Your turn*, a check and a mark are questions to the same engine.

A question is data: its kind, the name of its answer, what that kind needs to know, and how near is
near enough (`tolerance`). Answers come as plain descriptions (`describe`). Whoever has no expected
answer, such as a student's check, asks `problem` alone.
"""

from collections.abc import Sequence
from typing import NamedTuple

from courseware.answers.answer_types import Described
from courseware.answers.forms import readings
from courseware.answers.kinds import kind_of, problem
from courseware.answers.wording import Question


class Judged(NamedTuple):
    """How an answer stands, and the most helpful words there are for it."""

    right: bool
    words: str  #: of a wrong one
    lacks: Sequence[str] = ()  #: what a right one lacks all the same, a sentence each
    form: bool = False  #: whether a wrong one has the right content, in another form


def judge(
    question: Question,
    expected: Described,
    known: Sequence[tuple[Described, str]],
    answer: Described,
) -> Judged:
    """Hold an answer against the expected one, and say what went wrong.

    Args:
        question: what is asked, with its tolerance.
        expected: the right answer.
        known: wrong answers that somebody is likely to give, each with its hint.
        answer: what was given, or ``{"type": "missing"}``.

    """
    kind = kind_of(question)
    if kind.same(question, expected, answer):
        return Judged(True, "", kind.lacks(question, expected, answer))
    form = any(kind.same(question, expected, each) for each in readings(expected, answer))
    hints = (hint for wrong, hint in known if kind.same(question, wrong, answer))
    return Judged(
        False,
        next(hints, "")
        or kind.slip(question, expected, answer)
        or problem(question, answer)
        or kind.hint(question, expected, answer),
        form=form,
    )
