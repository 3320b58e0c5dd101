"""A kind of question, and a type of answer, is known wherever it has to be, or nowhere."""

import datetime
import json
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from courseware.checks import describe, describe_calls, public
from instructor.grading import compare, marking, spec
from instructor.grading.sandbox import replies

SCHEMA = json.loads(Path(spec.__file__).with_name("checks.schema.json").read_text("utf-8"))
QUESTION = SCHEMA["$defs"]["question"]
KINDS = {*QUESTION["properties"]["kind"]["enum"]} - {"written"}


def ruled() -> set[str]:
    """Return the kinds for which the schema says what a question of that kind has."""
    rules = [rule["if"]["properties"]["kind"] for rule in QUESTION["allOf"]]
    return {kind for rule in rules for kind in rule.get("enum", [rule.get("const")])}


@pytest.mark.parametrize(
    "table",
    [
        ruled() - {"written"},
        {*public.KINDS},
        {*compare.KINDS},
        {*marking.WRONG} | {"mapping"},  # of a mapping it is said how many keys are wrong
    ],
    ids=["checks.schema.json", "checks.public", "grading.compare", "grading.marking"],
)
def test_every_table_knows_the_same_kinds_of_question(table):
    assert table == KINDS


def described() -> list[dict]:
    """Return a description of every type that `describe` gives, and a name that is not there."""
    values = [..., None, 1, True, "a", datetime.date(2023, 5, 28), [1], {1}, {"a": 1}, len, object]
    values += [pd.DataFrame({"a": [1]}), list(range(10_000)), pd.Series([1, 2]).plot()]
    plt.close("all")
    calls = describe_calls(lambda number: 1 / number, ["(0,)", "(1,)"])
    return [*map(describe, values), calls, calls["results"][0], {"type": "missing"}]


def test_the_reader_of_replies_knows_the_same_types_of_answers():
    assert {answer["type"] for answer in described()} == {*replies.SHAPES}
    for answer in described():
        assert replies.described(json.loads(json.dumps(answer))) == answer
