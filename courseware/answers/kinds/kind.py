"""What every kind of question has: one value of this type in each module beside this one."""

from collections.abc import Callable
from typing import NamedTuple

from courseware.answers.answer_types import Described
from courseware.answers.wording import Question


def nothing(question: Question, answer: Described) -> list[str]:
    """Return that a right answer of most kinds lacks nothing."""
    return []


class Kind(NamedTuple):
    """One kind of question, as functions of a question and of described answers.

    None of them knows an expected value: `same` and `hint` are handed two descriptions.
    """

    #: Says in one or two sentences what to mend before an answer is of this kind, or None.
    look: Callable[[Question, Described], str | None]
    #: Says what kind of answer is asked: all that a passed check may say.
    asked: Callable[[Question], str]
    #: (question, expected, got): whether the second answers the question as the first does.
    same: Callable[[Question, Described, Described], bool]
    #: (question, expected, got): what to say of a wrong answer that nobody has foreseen.
    hint: Callable[[Question, Described, Described], str]
    #: Says what an answer that is right lacks all the same; what each costs, the question says.
    lacks: Callable[[Question, Described], list[str]] = nothing
