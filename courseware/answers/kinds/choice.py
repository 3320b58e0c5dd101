"""A question for one of several choices, named by a letter or a word."""

import re

from courseware.answers.answer_types import Described
from courseware.answers.kinds.kind import Kind
from courseware.answers.wording import Question, tidy, what_it_is

LOOK_UP = "Look the answer up in the table, and compare it with yours letter by letter."
#: A letter by itself: a sign, "or", "and" or the end follows it.
LETTER = re.compile(r"\b(\w)(?=\s*(?:[:.),;/?!(]|\b(?:or|and)\b|$))", re.IGNORECASE)


def _look(question: Question, answer: Described) -> str | None:
    name, options = question["answer"], question.get("options", [])
    listed = ", ".join(repr(option) for option in options)
    if answer["type"] != "text":
        wanted = f"one of {listed}," if options else "a text"
        return f"`{name}` should be {wanted} in quotation marks, but it is {what_it_is(answer)}."
    if _hedges(question, answer):
        return f"`{name}` names more than one choice. Give only one of {listed}."
    if options and not {*said(answer)} & {tidy(option) for option in options}:
        return (
            f"`{name}` is {answer['value'][:40]!r}, which is not one of the choices. Choose one of "
            f"{listed}."
        )
    return None


def _asked(question: Question) -> str:
    return "one of the possible choices"


def same(question: Question, expected: Described, got: Described) -> bool:
    """Return whether two texts are the same choice: capitals alike, "B: It counts twice" for B."""
    if got["type"] != "text" or _hedges(question, got):
        return False
    return tidy(expected["value"]) in said(got)


def said(answer: Described) -> tuple[str, str]:
    """Return a text as it is compared, and what stands before its first colon, bracket or stop."""
    return tidy(answer["value"]), tidy(re.split(r"[:.)]", answer["value"], maxsplit=1)[0])


def _hedges(question: Question, answer: Described) -> bool:
    """Return whether a letter is followed by another one: "A) or B)", not "B: A part can grow".

    Only what no word follows is another letter: "A" may begin a choice's own sentence.
    """
    first, *rest = re.split(r"[:.)]", answer["value"], maxsplit=1)
    letters = {tidy(each) for each in question.get("options", []) if len(each) == 1} - {tidy(first)}
    follows = {tidy(each) for each in LETTER.findall("".join(rest))}
    return bool(letters & follows)


def _hint(question: Question, expected: Described, got: Described) -> str:
    each = "Compare each choice with the table."
    return f"This is not the expected answer. {each if 'options' in question else LOOK_UP}"


KIND = Kind(_look, _asked, same, _hint)
