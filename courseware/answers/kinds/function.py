"""A question for a function, called with inputs and judged by what it gives back."""

from functools import partial

from courseware.answers.answer_types import Described
from courseware.answers.kinds.kind import Kind
from courseware.answers.kinds.number import TOO_FAR
from courseware.answers.kinds.table import Near, same_value
from courseware.answers.tolerance import close, rounded_too_far
from courseware.answers.wording import Question, what_it_is

NO_RETURN = (
    "`return` is missing. Begin the last line with `return` to give the value back, because "
    "`print` only shows a value."
)
IN_THE_IF = (
    "The last `return` is missing, or it is too far to the right and therefore belongs to the `if`."
)


def _look(question: Question, answer: Described) -> str | None:
    name = question["answer"]
    if answer["type"] != "function":
        it_is = what_it_is(answer)
        return (
            f"`{name}` should be a function, which begins with `def {name}(…):`, but it is {it_is}."
        )
    # A marker's question has no examples: its function was called with inputs that stay hidden.
    results = answer.get("results", [])
    for example, result in zip(question.get("examples", []), results, strict=False):
        call = f"`{name}{example.replace(',)', ')')}`"
        if result["type"] == "error":
            return (
                f"{call} stops with {result['name']}: {result['text'][:120]}. Run {call} in a "
                "separate cell. The box below that cell will tell you what to correct."
            )
        if result["type"] in ("nothing", "unfinished"):
            some = any(other["type"] not in ("nothing", "unfinished") for other in results)
            return f"{call} gives nothing back. {IN_THE_IF if some else NO_RETURN}"
        wanted = question.get("returns", "number")
        if result["type"] != wanted:
            return f"{call} should give back a {wanted}, but it gives back {what_it_is(result)}."
    return None


def _asked(question: Question) -> str:
    return "a function that gives something back"


def _same(question: Question, expected: Described, got: Described) -> bool:
    return _agree(partial(close, question), expected, got)


def _agree(near: Near, expected: Described, got: Described) -> bool:
    """Return whether two functions gave back the same, with numbers as ``near`` says."""
    if got["type"] != "function":
        return False
    right, left = expected["results"], got.get("results", [])
    return len(right) == len(left) and all(map(partial(_same_result, near), right, left))


def _same_result(near: Near, expected: Described, got: Described) -> bool:
    if expected["type"] == "error":  # which words it uses is the student's affair
        return got["type"] == "error" and got["name"] == expected["name"]
    return same_value(near, expected, got)


def _slip(question: Question, expected: Described, got: Described) -> str:
    return TOO_FAR if _agree(rounded_too_far, expected, got) else ""


def _hint(question: Question, expected: Described, got: Described) -> str:
    if "results" not in got:
        return "The function was called but did not finish, so it gave no result."
    if {result["type"] for result in got["results"]} == {"nothing"}:
        return "The function gives nothing back. Check that it ends with `return`."
    return (
        "The function does not give the expected results. Try it with numbers whose result you "
        "know."
    )


KIND = Kind(_look, _asked, _same, _hint, _slip)
