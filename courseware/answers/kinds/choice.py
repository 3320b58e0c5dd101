"""A question for one of several choices, named by a letter or a word."""

from courseware.answers.answer_types import Described
from courseware.answers.kinds.kind import Kind
from courseware.answers.wording import Question, tidy, what_it_is


def _look(question: Question, answer: Described) -> str | None:
    name, options = question["answer"], question["options"]
    listed = ", ".join(repr(option) for option in options)
    if answer["type"] != "text":
        return (
            f"`{name}` should be one of {listed}, in quotation marks; it is {what_it_is(answer)}."
        )
    if tidy(answer["value"]) not in {tidy(option) for option in options}:
        return f"`{name}` is {answer['value'][:40]!r}. Choose one of {listed}."
    return None


def _asked(question: Question) -> str:
    return "one of the possible choices"


def same(question: Question, expected: Described, got: Described) -> bool:
    """Return whether two texts are the same choice, capitals alike."""
    return got["type"] == "text" and tidy(got["value"]) == tidy(expected["value"])


def _hint(question: Question, expected: Described, got: Described) -> str:
    return "Another one is expected. Hold each of them against the table."


KIND = Kind(_look, _asked, same, _hint)
