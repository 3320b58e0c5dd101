"""A question for a choice of its own for each of several keys."""

from courseware.answers.answer_types import Described
from courseware.answers.kinds import choice
from courseware.answers.kinds.kind import Kind
from courseware.answers.wording import Question, listed, tidy, what_it_is


def _look(question: Question, answer: Described) -> str | None:
    name, keys, options = question["answer"], question["keys"], question["options"]
    if answer["type"] != "mapping":
        start = f"`{name}` should be a dictionary {{'…': '…'}}, but it is {what_it_is(answer)}."
        return f"{start} Write `.to_dict()` after it." if answer.get("series") else start
    items = answer["items"]
    absent = [key for key in keys if items.get(key, {"type": "unfinished"})["type"] == "unfinished"]
    if absent:
        return f"`{name}` has no answer yet for {listed(absent)}."
    extra = [key for key in items if key not in keys]
    if extra:
        return (
            f"`{name}` holds {extra[0][:40]!r}, which the question does not ask for. Use only the "
            "keys that the question gives."
        )
    known = {tidy(option) for option in options}
    for key, item in items.items():
        if item["type"] != "text" or not {*choice.said(item)} & known:
            return (
                f"In `{name}`, {key} is {what_it_is(item)}. Choose one of these: "
                f"{', '.join(options)}."
            )
    return None


def _asked(question: Question) -> str:
    return f"a choice for each of {len(question['keys'])}"


def _same(question: Question, expected: Described, got: Described) -> bool:
    if got["type"] != "mapping" or set(got["items"]) != set(expected["items"]):
        return False
    return not _different(question, expected, got)


def _different(question: Question, expected: Described, got: Described) -> list[str]:
    right, given = expected["items"], got["items"]
    return [key for key in right if not choice.same(question, right[key], given[key])]


def _hint(question: Question, expected: Described, got: Described) -> str:
    differ = _different(question, expected, got)
    return (
        f"For {len(differ)} of the {len(expected['items'])} keys, the value is not the expected "
        "one."
    )


KIND = Kind(_look, _asked, _same, _hint)
