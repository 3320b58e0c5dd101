"""A question for a set of names or numbers, in any order."""

from courseware.answers.answer_types import Described
from courseware.answers.kinds.kind import Kind
from courseware.answers.wording import Question, count, listed, str_of, tidy, what_it_is

#: Names of Python's types that set(…) or list(…) turns into what is asked.
LAZY = ("dict_keys", "dict_values", "filter", "generator", "map", "range", "zip")


def look(question: Question, answer: Described) -> str | None:
    """Look at a set or an ordered list of texts."""
    name, kind = question["answer"], question["kind"]
    if answer["type"] not in ("list", "set") or (kind == "order" and answer["type"] == "set"):
        example = "['a', 'b']" if kind == "order" else "['a', 'b'] or {'a', 'b'}"
        start = f"`{name}` should look like {example}, but it is {what_it_is(answer)}."
        if answer.get("series") or answer["type"] == "set" or answer.get("name") in LAZY:
            return f"{start} Put {'list' if kind == 'order' else 'set'}(…) around it."
        return start
    items = answer["items"]
    unlike = [item for item in items if item["type"] not in ("text", "number")]
    if unlike:
        return f"`{name}` should hold only texts or numbers, but it holds {what_it_is(unlike[0])}."
    values = [str_of(item) for item in items]
    if not values:
        return f"`{name}` is empty. Check the code that fills it."
    if len(set(values)) < len(values):
        return f"`{name}` holds the same thing twice. `set(…)` keeps each thing only once."
    allowed = question.get("allowed", [])
    known = {tidy(str(each)) for each in allowed}
    for item, value in zip(items, values, strict=True):
        if allowed and value not in known:
            return (
                f"`{name}` holds {what_it_is(item)}, which is not one of these: {listed(allowed)}."
            )
    size = question.get("size")
    if size and len(values) != size:
        return f"`{name}` should have {count(size, 'item')}, but it has {len(values)}."
    return None


def _asked(question: Question) -> str:
    return f"a set of {question['size']}" if question.get("size") else "a set"


def texts(described: Described) -> list[str] | None:
    """Return a list's or set's items as they are compared; None if that cannot be."""
    items = described.get("items")
    if not isinstance(items, list) or any("value" not in item for item in items):
        return None
    return [str_of(item) for item in items]


def _same(question: Question, expected: Described, got: Described) -> bool:
    right, found = texts(expected), texts(got)
    return None not in (right, found) and sorted(found) == sorted(right)


def _hint(question: Question, expected: Described, got: Described) -> str:
    return (
        "This is not the expected set. Something is missing from it, or something in it does not "
        "belong there."
    )


KIND = Kind(look, _asked, _same, _hint)
