"""The kinds of question: one module each, with its public look, its comparison and its hints.

Nothing outside this folder asks of which kind a question is. A look travels with every exercise;
a comparison holds two described answers against each other, and knows no expected value, so that
in a student's hands it gives nothing away.

A new kind takes these steps:

1. ``coursestaff/exercises/checks.schema.json`` gets its name and a rule that says what such a
   question has; ``coursestaff/words.schema.json`` too, if a *Your turn* may ask it.
2. A module of its name here has one value, `KIND`; `kind` says what each of its functions is for.
3. It gets a line in `KINDS`.
4. If its answer is of a new type, `answers.describe` gives it as plain JSON, and `SHAPES` in
   ``coursestaff/marking/sandbox/reply_validation.py`` its shape: what a worker sends would be
   taken for a forgery otherwise.
"""

from courseware.answers.answer_types import Described
from courseware.answers.kinds import chart, choice, function, mapping, number, order, table
from courseware.answers.kinds import set as sets
from courseware.answers.kinds.kind import Kind
from courseware.answers.wording import Question

KINDS: dict[str, Kind] = {
    "number": number.KIND,
    "choice": choice.KIND,
    "set": sets.KIND,
    "order": order.KIND,
    "mapping": mapping.KIND,
    "table": table.KIND,
    "chart": chart.KIND,
    "function": function.KIND,
}


def problem(question: Question, answer: Described) -> str | None:
    """Return one or two sentences on what to mend, or None if the public checks pass."""
    name = question["answer"]
    general = {
        "missing": (
            f"There is no `{name}` yet. Run the answer cell above, and keep the name as it is."
        ),
        "unfinished": f"`{name}` has no answer yet. Replace the three dots with your answer.",
        "nothing": (
            f"`{name}` is empty (None). Check that the last line of your code gives a value to "
            f"`{name}`."
            + " `charts.show` returns nothing, so leave it out here."
            * (question["kind"] == "chart")
        ),
        "too large": (
            f"`{name}` holds thousands of values, which are too many for an answer. Filter them, "
            "count them with `len(…)` or add them up first."
        ),
    }
    if answer["type"] in general:
        return general[answer["type"]]
    if answer.get("name") == "complex":
        return (
            f"Your code for `{name}` takes the root of a negative number. Check the calculation in "
            "the brackets."
        )
    if question["kind"] != "function" and _has_not_run(answer):
        return (
            f"`{name}` is a function that has not run, because its round brackets are missing. "
            "Write `()` after its name."
        )
    return kind_of(question).look(question, answer)


def _has_not_run(answer: Described) -> bool:
    """Return whether an answer is a function, or a column that is full of one."""
    if answer.get("series") and answer["rows"]:
        return all(row[-1]["type"] == "function" for row in answer["rows"])
    return answer["type"] == "function" or answer.get("name") == "type"


def kind_of(question: Question) -> Kind:
    """Return the kind of a question."""
    return KINDS[question["kind"]]
