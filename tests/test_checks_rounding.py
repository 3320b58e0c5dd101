"""Whoever rounds as a question allows, or where it says nothing of it, loses no mark."""

import pytest

from coursestaff.marking import compare
from coursestaff.marking.marks import public_part
from courseware.answers.kinds import problem
from courseware.answers.kinds.table import as_table
from tests.exercises import NAMES, exercise, notebook_dict, solution, variants

#: What a question says → to how many digits its answer may be rounded; None: not at all.
SAYS = {"rounded to two decimal places": 2, "round to two decimal places": 2}
SAYS |= {"round to one decimal place": 1}
SAYS |= {"Do not round": None, "keep the numbers as they come": None}
EVERY = [*(pytest.param(name, None, id=name) for name in NAMES), *variants()]


def digits(name, question):
    """Return how far a question's text lets its answer be rounded: if it says nothing, wholly."""
    texts = ["".join(cell["source"]) for cell in notebook_dict(exercise(name).notebook)["cells"]]
    asked = next(text for text in texts if f"**Question {question.id[1:]} (" in text)
    return next((SAYS[words] for words in SAYS if words in asked), 0)


def rounded(question, answer, to):
    """Return a described answer with its numbers rounded, but for a table's keys."""

    def near(value):
        return round(value, to) + 0.0 if isinstance(value, float) else value

    if answer["type"] == "number":
        return {**answer, "value": near(answer["value"])}
    if answer["type"] == "chart":
        marks = question.public["marks"]
        return {**answer, marks: [[[x, near(y)] for x, y in s] for s in answer[marks]]}
    table = as_table(question.public, answer)
    keys = {table["columns"].index(key) for key in question.public["key"]}
    rows = [
        [
            cell
            if n in keys or cell["type"] != "number"
            else {**cell, "value": near(cell["value"])}
            for n, cell in enumerate(row)
        ]
        for row in table["rows"]
    ]
    return {**table, "rows": rows}


@pytest.mark.sandbox
@pytest.mark.parametrize(("name", "variant"), EVERY)
def test_what_a_question_says_of_rounding_holds(name, variant):
    expected, lost = solution(name, variant), []
    for question in exercise(name).checked:
        right, to = expected.answers[question.id], digits(name, question)
        if right["type"] not in ("number", "table", "chart") or to is None:
            continue
        answer = rounded(question, right, to)
        if not compare.same(question, right, answer):
            lost.append((question.id, to))
        assert problem(public_part(question, expected), answer) is None, question.id
    assert lost == [], "say in the question's text how far an answer may be rounded"
