"""What every kind of question has: one value of this type in each module beside this one."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from courseware.answers.answer_types import Described
from courseware.answers.wording import Question


def _unsaid(question: Question, expected: Described, got: Described) -> str:
    """Return that there is nothing to say."""
    return ""


class Kind(NamedTuple):
    """One kind of question, as functions of a question and of described answers.

    None of them knows an expected value: they are handed two descriptions.
    """

    #: Says in one or two sentences what to mend before an answer is of this kind, or None.
    look: Callable[[Question, Described], str | None]
    #: Says what kind of answer is asked: all that a passed check may say.
    asked: Callable[[Question], str]
    #: (question, expected, got): whether the second answers the question as the first does.
    same: Callable[[Question, Described, Described], bool]
    #: (question, expected, got): what to say of a wrong answer of which nothing else is known.
    hint: Callable[[Question, Described, Described], str]
    #: (question, expected, got): the slip that leads from the one to the other, if it can be told.
    slip: Callable[[Question, Described, Described], str] = _unsaid
    #: (question, expected, got): what an answer that is right lacks all the same; "" is nothing.
    lacks: Callable[[Question, Described, Described], Sequence[str]] = _unsaid
