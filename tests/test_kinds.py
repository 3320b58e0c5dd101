"""A kind of question, and a type of answer, is known wherever it has to be, or nowhere."""

import datetime
import json
import pkgutil
import re
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from coursestaff.exercises import spec
from coursestaff.marking.sandbox import reply_validation
from courseware.answers import kinds
from courseware.answers.describe import describe, describe_calls
from courseware.answers.kinds import KINDS
from tests.notebooks import ROOT

SCHEMA = json.loads(Path(spec.__file__).with_name("checks.schema.json").read_text("utf-8"))
QUESTION = SCHEMA["$defs"]["question"]
NAMES = {*QUESTION["properties"]["kind"]["enum"]} - {"written"}


def ruled() -> set[str]:
    """Return the kinds for which the schema says what a question of that kind has."""
    rules = [rule["if"]["properties"]["kind"] for rule in QUESTION["allOf"]]
    return {kind for rule in rules for kind in rule.get("enum", [rule.get("const")])} - {"written"}


def test_a_kind_is_one_module_and_the_schema_knows_the_same():
    shared = {"kind"}  # what a kind has, and no kind itself
    modules = {info.name for info in pkgutil.iter_modules(kinds.__path__)} - shared
    assert modules == {*KINDS} == {*NAMES} == ruled()
    for name, kind in KINDS.items():
        module = f"{kinds.__name__}.{name}"
        assert kind.asked.__module__ == kind.same.__module__ == kind.hint.__module__ == module


def test_only_the_kinds_themselves_know_of_kinds():
    """Whoever writes a new one adds a module, a line in the registry and a rule in the schema."""
    asks = re.compile(rf"kind\W*\s*(==|!=|in)\s*\W*({'|'.join(NAMES)})\b")
    tables = re.compile(rf"^\s*\"({'|'.join(NAMES)})\": [\w\"(]", re.MULTILINE)
    told = {
        path.relative_to(ROOT).as_posix()
        for folder in ("courseware/answers", "courseware/checks", "coursestaff/grading")
        for path in (ROOT / folder).rglob("*.py")
        if path.parent.name != "kinds"
        for text in [path.read_text("utf-8")]
        if asks.search(text) or len(tables.findall(text)) > 4
    }
    # The reader of replies knows *types of answers*, some of which have a kind's name.
    assert told <= {"coursestaff/marking/sandbox/reply_validation.py"}


def described() -> list[dict]:
    """Return a description of every type that `describe` gives, and a name that is not there."""
    values = [..., None, 1, True, "a", datetime.date(2023, 5, 28), datetime.timedelta(3), [1], (1,)]
    values += [{1}, {"a": 1}, len, object]
    values += [pd.DataFrame({"a": [1]}), list(range(10_000)), pd.Series([1, 2]).plot()]
    plt.close("all")
    calls = describe_calls(lambda number: 1 / number, ["(0,)", "(1,)"])
    return [*map(describe, values), calls, calls["results"][0], {"type": "missing"}]


def test_the_reader_of_replies_knows_the_same_types_of_answers():
    assert {answer["type"] for answer in described()} == {*reply_validation.SHAPES}
    for answer in described():
        assert reply_validation.described(json.loads(json.dumps(answer))) == answer
