"""A question for names or numbers in a certain order."""

from courseware.answers.answer_types import Described
from courseware.answers.kinds.kind import Kind
from courseware.answers.kinds.set import look, texts
from courseware.answers.wording import Question


def _asked(question: Question) -> str:
    return f"a list of {question['size']}" if question.get("size") else "a list in order"


def _same(question: Question, expected: Described, got: Described) -> bool:
    found = texts(got) if got["type"] == "list" else None
    return found is not None and found == texts(expected)


def _hint(question: Question, expected: Described, got: Described) -> str:
    return (
        "The order is not the expected one. Check by which values you sorted, and in which "
        "direction."
    )


KIND = Kind(look, _asked, _same, _hint)
