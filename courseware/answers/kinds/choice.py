"""A question for one of several choices, named by a letter or a word."""

import re

from courseware.answers.answer_types import Described
from courseware.answers.kinds.kind import Kind
from courseware.answers.wording import Question, tidy, what_it_is

LOOK_UP = "Look it up in the table, letter by letter."


def _look(question: Question, answer: Described) -> str | None:
    name, options = question["answer"], question.get("options", [])
    listed = ", ".join(repr(option) for option in options)
    if answer["type"] != "text":
        wanted = f"one of {listed}," if options else "a text"
        return f"`{name}` should be {wanted} in quotation marks; it is {what_it_is(answer)}."
    if options and not {*said(answer)} & {tidy(option) for option in options}:
        return f"`{name}` is {answer['value'][:40]!r}. Choose one of {listed}."
    return None


def _asked(question: Question) -> str:
    return "one of the possible choices"


def same(question: Question, expected: Described, got: Described) -> bool:
    """Return whether two texts are the same choice: capitals alike, "B: It counts twice" for B."""
    return got["type"] == "text" and tidy(expected["value"]) in said(got)


def said(answer: Described) -> tuple[str, str]:
    """Return a text as it is compared, and what stands before its first colon, bracket or stop."""
    return tidy(answer["value"]), tidy(re.split(r"[:.)]", answer["value"], maxsplit=1)[0])


def _hint(question: Question, expected: Described, got: Described) -> str:
    each = "Hold each of them against the table."
    return f"Another one is expected. {each if 'options' in question else LOOK_UP}"


KIND = Kind(_look, _asked, same, _hint)
