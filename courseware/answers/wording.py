"""Words in which every kind of question speaks of an answer, and how texts are compared."""

from collections.abc import Iterable

from courseware.answers.answer_types import Described
from courseware.quantities import num

UNSAID = " .…"  # what our own hints leave for the student to say
MOST_LISTED = 20  # columns or keys that a sentence names
#: Types of description in words, where the type alone is none.
IN_WORDS = {
    "nothing": "nothing (None)",
    "unfinished": "three dots",
    "mapping": "a dictionary",
    "function": "a function that has not run, because `()` is missing after its name",
    "too large": "a long list",
}

Question = dict  #: answer, kind, the public fields of that kind; to compare, `tolerance`, `within`


def what_it_is(answer: Described) -> str:
    """Return what an answer is, in words: "a table with 12 rows", "the text 'abc'"."""
    sort = answer["type"]
    if sort == "table":
        thing = "a column" if answer["series"] else "a table"
        return f"{thing} with {count(len(answer['rows']), 'row')}"
    if sort in ("list", "set"):
        return f"a {sort} with {count(len(answer['items']), 'item')}"
    if sort == "text":
        return f"the text {answer['value'][:40]!r}"
    if sort in ("number", "yes-no", "date"):
        value = str(answer["value"]).removesuffix("T00:00:00").removesuffix(".0")
        return f"the {sort if sort != 'yes-no' else 'value'} {value}"
    if sort in IN_WORDS:
        return IN_WORDS[sort]
    name = answer.get("name", sort)
    return f"{'an' if name[:1].lower() in tuple('aeiou') else 'a'} {name}"


def listed(things: Iterable) -> str:
    """Return the first few things, with commas."""
    texts = [str(thing)[:40] for thing in things]
    return ", ".join(texts[:MOST_LISTED]) + (" …" if len(texts) > MOST_LISTED else "")


def count(number: int, word: str) -> str:
    """Return a number of things: 1 row, 12 rows."""
    return f"{num(number):,} {word}{'' if number == 1 else 's'}"


def tidy(text: str) -> str:
    """Return a word as it is compared: without outer blanks, capitals alike."""
    return " ".join(text.split()).casefold()


def str_of(item: Described) -> str:
    """Return a described text or number as it is compared in sets and orders."""
    value = item.get("value")
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.9g}"
    return tidy(str(value))
