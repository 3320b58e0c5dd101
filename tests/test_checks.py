"""What a student's check says: a sentence that helps, whatever the answer is."""

import json
import math
import sys
import warnings
from decimal import Decimal
from fractions import Fraction

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from courseware.answers.describe import describe, describe_calls
from courseware.answers.kinds import choice, kind_of, problem
from courseware.answers.tolerance import EXACT
from courseware.checks import CheckError, check, public
from tests import vocabulary
from tests.notebooks import read

NUMBER = {"answer": "gap", "kind": "number", "unit": "per cent", "range": [1, 100]}
TABLE = {
    "answer": "change",
    "kind": "table",
    "key": ["year"],
    "columns": {"year": None, "value_mt": {"unit": "million tonnes", "range": [-50, 50]}},
    "rows": [2, 5],
}


def said(question, value):
    """Return what the public check says about a value, or None if it passes."""
    inputs = question.get("examples")
    described = describe_calls(value, inputs) if inputs else describe(value)
    return problem(question, described)


@pytest.mark.parametrize("value", [12.3, 12, np.float64(5), np.int64(7), 99.99])
def test_numbers_of_a_believable_size_pass(value):
    assert said(NUMBER, value) is None


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (..., "has no answer yet"),
        (None, "is empty (None)"),
        ("12,3", "without quotation marks and with a decimal point"),
        ((12, 3), "with a point, as in 12.3"),
        ([1, 2, 3], "Pick one of its values"),
        ((114, 547 - 80, 675), "with a point"),
        ("abc", "it is the text 'abc'"),
        (math.nan, "a value is missing"),
        (pd.NA, "a value is missing"),
        (math.inf, "infinite"),
        (0.123, "Check the unit"),
        (1e9, "Check the unit"),
        (True, "should be one number"),
        (pd.Series([1.0, 2.0]), "a column with 2 rows. The question asks for one value. `.mean()`"),
        (pd.Series([True, False]), "Its mean, `.mean()`, is the share of rows that are True"),
        (pd.DataFrame({"a": [1]}), "Count its rows with `len(…)`"),
        (0, "Compare each letter of the word in your condition"),
        (math.nan, "a filter kept no row"),
        (pd.DataFrame({"a": [1]}), "a table with 1 row"),
        (pd.Series(dtype=float), "with 0 rows"),
        ([12.3], "a list with 1 item"),
        (lambda: 1, "a function"),
        (object(), "an object"),
        (1 + 2j, "takes the root of a negative number"),
        (pd.Timestamp("2023-05-28"), "the date 2023-05-28"),
        (range(10), "a range"),
        (np.zeros(10_000), "holds thousands of values"),
        (set(range(10_000)), "holds thousands of values"),
        (10**400, "Check the unit"),
        (-(10**400), "Check the unit"),
        ("−12.3 %", "without quotation marks and with a decimal point"),
        (pd.Timedelta("3D"), "with `.days`"),
        (np.timedelta64(3, "D"), "with `.days`"),
        (pd.DataFrame({"a": [1]}, index=range(5, 6)), "a table with 1 row"),
    ],
)
def test_anything_else_gets_a_sentence_that_helps(value, words):
    assert words in said(NUMBER, value)


def test_a_division_turned_round_is_told():
    many = {**NUMBER, "unit": "times", "range": [1, 5000]}
    assert "Check the unit, and whether the two numbers" in said(many, 1 / 218)
    assert said(many, 6000).endswith("Check the unit.")
    part = {**NUMBER, "unit": "per cent", "range": [1, 100]}
    assert "have changed places" in said(part, 700)
    assert said(part, 0.14).endswith("Check the unit.")
    for question, right, turned in ((many, 218.0, 1 / 218), (part, 14.0, 714.3)):
        found = [
            kind_of(question).slip(question | EXACT, describe(right), describe(each))
            for each in (turned, turned * 2, "14")
        ]
        assert "changed places" in found[0] and "changed places" not in found[1] + found[2]


def test_sign_and_whole_numbers():
    assert "its sign is unexpected" in said({**NUMBER, "sign": "positive"}, -3)
    assert "whole number" in said({**NUMBER, "whole": True}, 2.5)
    assert said({**NUMBER, "whole": True}, 3.0) is None


def test_choices():
    question = {"answer": "letter", "kind": "choice", "options": ["A", "B", "C"]}
    assert said(question, " b ") is None
    assert "Choose one of 'A', 'B', 'C'" in said(question, "D")
    assert "in quotation marks" in said(question, 2)
    for hedge in ("A) or B)", "a: or b", "A. B", "A: perhaps C, I think", "A) B or C fit too"):
        assert "more than one choice" in said(question, hedge)
        assert not choice.same(question, describe("A"), describe(hedge))
    for own in ("B: A part can grow", "B) B.", "A: it grew by a half", "C. China's share"):
        assert said(question, own) is None
        assert choice.same(question, describe(own[0]), describe(own))


def test_sets_and_orders():
    question = {"answer": "who", "kind": "set", "allowed": ["KAZ", "UZB", "TJK"], "size": 2}
    assert said(question, {"KAZ", "UZB"}) is None
    assert said(question, ["uzb", "KAZ"]) is None
    assert "not one of these" in said(question, {"KAZ", "RUS"})
    assert "2 items, but it has 1" in said(question, {"KAZ"})
    assert "twice" in said(question, ["KAZ", "KAZ"])
    assert "is empty" in said(question, set())
    assert "should look like ['a', 'b'] or {'a', 'b'}" in said(question, "KAZ")
    assert "should look like ['a', 'b']" in said({**question, "kind": "order"}, {"KAZ", "UZB"})
    assert "only texts or numbers, but it holds nothing (None)" in said(question, [None, "KAZ"])
    assert said(question, pd.Series(["KAZ", "UZB"]).unique()) is None
    assert "Put set(…) around it" in said(question, pd.Series(["KAZ", "UZB"]))
    assert "Put set(…) around it" in said(question, {"KAZ": 1, "UZB": 2}.keys())
    assert "holds the text 'Rus', which" in said(question, {"KAZ", "Rus"})


def test_mappings():
    question = {
        "answer": "kind_of",
        "kind": "mapping",
        "keys": ["C01", "C02"],
        "options": ["fact", "opinion"],
    }
    assert said(question, {"C01": "Fact", "C02": "opinion"}) is None
    assert "no answer yet for C02" in said(question, {"C01": "fact", "C02": ...})
    assert "Choose one of these: fact, opinion" in said(question, {"C01": "fact", "C02": "maybe"})
    assert "does not ask for" in said(question, {"C01": "fact", "C02": "fact", "C03": "fact"})
    assert "should be a dictionary" in said(question, ["fact"])


def test_tables():
    good = pd.DataFrame({"year": [2020, 2021], "value_mt": [1.0, math.nan]})
    assert said(TABLE, good) is None
    assert said(TABLE, good.set_index("year")) is None
    assert said(TABLE, good.set_index("year")["value_mt"].rename("anything")) is None
    assert "no rows" in said(TABLE, good[:0])
    assert "too few or too many" in said(TABLE, good[:1])
    assert "Check the unit" in said(TABLE, good * 100)
    assert "should hold numbers" in said(TABLE, good.astype({"value_mt": str}))
    tool = good.assign(value_mt=[good.cumsum] * 2)
    assert "it holds a function that has not run, because `()` is missing" in said(TABLE, tool)
    asked = {**TABLE, "columns": {"year": {}, "KAZ": {}, "UZB": {}}}
    wide = pd.DataFrame({("mt", "KAZ"): [1.0, 2.0], ("mt", "UZB"): 3.0}, [2020, 2021])
    assert "such as 'mt KAZ', because `values=` is missing" in said(asked, wide)
    assert "`values=`" not in said(asked, wide.rename(columns={"UZB": "TJK"}))
    assert "holds no numbers" in said(TABLE, good.assign(value_mt=math.nan))
    assert "should be a table" in said(TABLE, 3)
    assert "infinite value" in said(TABLE, good.assign(value_mt=math.inf))
    assert said(TABLE, pd.DataFrame({"value_mt": [1.0, 2.0]}, index=range(2020, 2022))) is None
    assert len(said(TABLE, pd.DataFrame([range(3000)]))) < 300


GAIN = pd.Series({"a": 1.0, "b": 2.0, "c": math.nan})
YEARLY = GAIN.set_axis([2020, 2021, 2022])
STATES = {**TABLE, "key": ["state"], "columns": {"state": {"kind": "text"}, "value_mt": None}}
#: Ways to say one number a state, and one number a year; KEY is the name of either.
ALIKE = [
    "gain",
    "gain.to_dict()",
    "{key: None if value != value else value for key, value in gain.items()}",
    "gain.rename_axis('who').rename('gain')",
    "gain.reset_index()",
    "gain.reset_index().sort_values(0, ascending=False)",
    "gain.to_frame('gain')",
    "gain.to_frame(2023).rename_axis('who').reset_index()",
    "gain.to_frame('value_mt').rename_axis('who')",
    "gain.to_frame('gain').assign(note='x').rename_axis(KEY)",
    "gain.to_frame('value_mt').assign(before=1.0)",
]


def written(way, gain, asked):
    """Return numbers by their keys in one of the ways."""
    return eval(way, {"gain": gain, "KEY": asked["key"][0]})


def compared(question, expected, got):
    """Return whether two values say the same, as the grader compares them."""
    about = {**question, "tolerance": 0.0, "within": 0.0}
    return kind_of(about).same(about, describe(expected), describe(got))


@pytest.mark.parametrize("way", ALIKE)
@pytest.mark.parametrize(("asked", "gain"), [(STATES, GAIN), (TABLE, YEARLY)])
def test_where_one_number_a_key_is_asked_its_name_and_form_do_not_count(asked, gain, way):
    expected, got = gain.rename_axis(asked["key"][0]), written(way, gain, asked)
    assert said(asked, got) is None
    assert compared(asked, expected, got)


@pytest.mark.parametrize("way", ALIKE)
@pytest.mark.parametrize(("asked", "gain"), [(STATES, GAIN), (TABLE, YEARLY)])
def test_other_numbers_and_swapped_keys_are_wrong_in_every_form(asked, gain, way):
    expected = gain.rename_axis(asked["key"][0])
    swapped = gain.set_axis([gain.index[1], gain.index[0], gain.index[2]])
    for wrong in (gain + 0.5, swapped, gain.fillna(0.0), gain.set_axis(["x", "y", "z"])):
        assert not compared(asked, expected, written(way, wrong, asked))


@pytest.mark.parametrize(
    ("asked", "value", "words"),
    [
        (STATES, GAIN.reset_index(drop=True), "no column 'state'"),
        (STATES, GAIN.to_list(), "should be a table"),
        (STATES, dict(enumerate(GAIN)), None),
        (STATES, pd.DataFrame({"n": [0, 1, 2], "v": GAIN.to_list()}), "one column of numbers"),
        (STATES, pd.DataFrame({"v": GAIN, "w": GAIN}), "should have one column of numbers besides"),
        (
            STATES,
            pd.DataFrame({"v": GAIN, "w": GAIN + 1}).reset_index(),
            "Its columns are state, v, w",
        ),
        (STATES, pd.DataFrame({"state": ["a", "b", "c"]}, index=[4, 2, 7]), "one column of"),
        (STATES, pd.DataFrame({"of": ["a", "b"], "to": ["x", "y"], "v": [1.0, 2.0]}), "one column"),
        (STATES, {"a": 1.0, "b": "2", "c": 3.0}, "it is a dictionary"),
        (STATES, {"state": ["a", "b"], "value_mt": [1.0, 2.0]}, "it is a dictionary"),
        (STATES, {}, "has no rows"),
        (TABLE, pd.DataFrame({"v": YEARLY, "w": YEARLY}), "one column of numbers"),
        (TABLE, YEARLY.reset_index(drop=True), "no column 'year'"),
        ({**TABLE, "columns": {**TABLE["columns"], "b": None}}, {2020: 1.0}, "it is a dictionary"),
    ],
)
def test_positions_two_columns_and_other_dictionaries_are_no_number_a_key(asked, value, words):
    expected = (GAIN if asked is STATES else YEARLY).rename_axis(asked["key"][0])
    complaint = said(asked, value)
    assert complaint is None if words is None else words in complaint
    assert not compared(asked, expected, value)


def test_a_table_that_lies_on_its_side_is_told_so():
    pages = pd.DataFrame(
        {"relation": ["for", "against", "for"], "page": ["own text", "copy", "copy"], "of": "x"}
    )
    columns = {"relation": {"kind": "text"}, "copy": {}, "own text": {}}
    question = {"answer": "counts", "kind": "table", "key": ["relation"], "columns": columns}
    assert said(question, pd.crosstab(pages["relation"], pages["page"])) is None
    turned = said(question, pd.crosstab(pages["page"], pages["relation"]))
    assert turned.startswith("In `counts`, rows and columns are the wrong way round.")
    for other in (pages, pages["page"].value_counts(), pd.crosstab(pages["of"], pages["page"])):
        assert "wrong way round" not in said(question, other)


def test_rows_of_another_kind_are_told_from_a_column_of_words():
    sold = pd.DataFrame({"A": [1.0, 2.0], "B": [3.0, 4.0]}, index=pd.Index([2021, 2022]))
    question = {"answer": "full", "kind": "table", "key": ["year"]}
    question["columns"] = {"year": {"kind": "number"}, "full": {"kind": "number"}}
    assert said(question, sold.sum(axis=1).rename_axis("year")) is None
    assert "Check what each row should describe." in said(question, sold.sum())
    assert "should hold numbers" in said(question, sold.sum(axis=1).astype(str))


def test_a_question_in_place_of_the_rows_that_answer_it_is_told_so():
    links = pd.DataFrame({"claim": ["C02", "C04"], "supports": [1, 3]})
    question = {"answer": "falls", "kind": "table", "key": ["claim"], "columns": {"supports": {}}}
    question["columns"]["claim"] = {"kind": "text"}
    assert said(question, links[links["supports"] == 1]) is None
    asked = said(question, links["supports"] == 1)
    assert "True and False, so it is only the condition" in asked and "`table[…]`" in asked
    assert "has no column 'claim'" in said(question, links["supports"])


def test_charts():
    question = {"answer": "chart", "kind": "chart", "marks": "bars", "needs": ["title", "ylabel"]}
    table = pd.Series([1.0, 2.0], index=["a", "b"])
    axes = table.plot.bar(title="What is seen", ylabel="tonnes")
    try:
        assert said(question, axes) is None
        assert said(question, axes.figure) is None
        assert said(question, (axes.figure, axes)) is None
        assert describe(axes)["bars"] == [[["a", 1.0], ["b", 2.0]]]
        assert describe(axes.containers[0])["bars"] == describe(axes)["bars"]
        assert "has bars, but the question asks for lines. Draw lines with `.plot()`" in said(
            question | {"marks": "lines"}, axes
        )
        lines = plt.figure().subplots().plot([1, 2, 3])
        assert "has lines, but the question asks for bars" in said(question, lines)
        assert "shows no visible bars" in said(question, plt.figure().subplots())
        assert "the question asks for 2" in said({**question, "series": 2}, axes)
        assert "should be log" in said({**question, "yscale": "log"}, axes)
        axes.set_ylabel("")
        assert "lacks the unit on the axis of the numbers" in said(question, axes)
        lying = table.plot.barh(title="What is seen", ylabel="words", xlabel="")
        assert '(or `xlabel="…"` if the bars are horizontal)' in said(question, lying)
        lying.set_xscale("log")
        assert "should be linear" in said({**question, "needs": [], "yscale": "linear"}, lying)
        for nothing_said in ("", "…", "..."):
            axes.set_title(nothing_said)
            assert "lacks a title" in said(question, axes)
        assert "should be the chart that `plot` gives back" in said(question, table)
    finally:
        plt.close("all")


def test_lying_bars_and_lines_are_described_alike():
    table = pd.Series([3.0, 1.0], index=["x", "y"])
    try:
        assert describe(table.plot.barh())["bars"] == [[["x", 3.0], ["y", 1.0]]]
        _, axes = plt.subplots()
        axes.plot([2021, 2020, 2022], [2, 1, 3])
        axes.axhline(5)
        assert describe(axes)["lines"] == [[[2020.0, 1.0], [2021.0, 2.0], [2022.0, 3.0]]]
    finally:
        plt.close("all")


def test_a_line_with_a_missing_year_and_a_number_in_an_array_are_described():
    try:
        axes = pd.Series([1.0, math.nan, 3.0], index=[2020, 2021, 2022]).plot()
        assert describe(axes)["lines"] == [[[2020.0, 1.0], [2021.0, "nan"], [2022.0, 3.0]]]
    finally:
        plt.close("all")
    assert describe(np.array(3.0)) == {"type": "number", "value": 3.0}


def test_functions():
    question = {
        "answer": "growth",
        "kind": "function",
        "examples": ["(4, 5)"],
        "returns": "number",
    }
    assert said(question, lambda old, new: new - old) is None
    empty = said(question, lambda old, new: None)
    assert "gives nothing back. `return` is missing" in empty and "`if`" not in empty
    twice = {**question, "examples": ["(4, 5)", "(5, 4)"]}
    falls = said(twice, lambda old, new: new - old if new < old else None)
    assert "`growth(4, 5)` gives nothing back" in falls and "belongs to the `if`" in falls
    assert "should give back a number" in said(question, lambda old, new: "5")
    assert "ZeroDivisionError" in said(question, lambda old, new: old / 0)
    assert "TypeError" in said(question, lambda: 1)
    assert "should be a function" in said(question, 5)


def drawn_in_other_ways():
    """Yield pairs of ways to draw one picture, with the kind of mark."""
    months = pd.Series([1.0, 2.0, 3.0], index=pd.date_range("2020-01-01", periods=3, freq="MS"))
    names = pd.Series([1.0, 2.0, 3.0], index=["a", "b", "c"])

    def by_hand(way, table, *more):
        axes = plt.subplots()[1]
        getattr(axes, way)(table.index, table.to_numpy(), *more)
        return axes

    yield "lines", months.plot, lambda: by_hand("plot", months)
    yield "lines", lambda: months.to_period("M").plot(), lambda: by_hand("plot", months)
    yield "lines", names.plot, lambda: by_hand("plot", names)
    yield "bars", months.plot.bar, lambda: by_hand("bar", months)
    yield "bars", names.plot.barh, lambda: by_hand("bar", names[::-1])
    yield "dots", lambda: by_hand("plot", names, "o"), lambda: by_hand("scatter", names)


@pytest.mark.parametrize(("marks", "one", "other"), list(drawn_in_other_ways()))
def test_the_same_picture_has_the_same_description(marks, one, other):
    try:
        found = []
        for way in (one, other):
            plt.figure()
            found.append(describe(way())[marks])
        assert found[0] == found[1]
        assert len(found[0][0]) == 3
    finally:
        plt.close("all")


def test_bars_on_an_axis_of_per_cent_are_not_run_together():
    try:
        _, axes = plt.subplots()
        axes.bar([0.1, 0.2, 0.3], [1, 2, 3], width=0.05)
        axes.xaxis.set_major_formatter("{x:.0%}")
        assert len({str(place) for place, _ in describe(axes)["bars"][0]}) == 3
    finally:
        plt.close("all")


class EqualsEverything:
    """An object that claims to be whatever it is compared with."""

    def __eq__(self, other):
        return True

    __hash__ = object.__hash__


def test_an_object_that_equals_everything_is_only_described():
    assert describe(EqualsEverything()) == {"type": "other", "name": "EqualsEverything"}
    json.dumps(describe({"a": [1, {2}, "x", None, ...], "b": pd.DataFrame({"c": [1]})}))


def fails(*_):
    raise ValueError("do not look at me")


def hostile(*names, base=object):
    """Return an object whose methods fail."""
    return type("Hostile", (base,), dict.fromkeys(names, fails))()


class LyingClass:
    """An object that claims to be a table."""

    @property
    def __class__(self):
        return pd.DataFrame


class NamelessType(type):
    @property
    def __name__(cls):
        raise ValueError("no name")


class Nameless(metaclass=NamelessType):
    pass


class SilentError(Exception):
    __str__ = fails


def stops(*_):
    raise SystemExit


def raises_silently(*_):
    raise SilentError


def calls_itself(*_):
    return calls_itself()


def endless():
    itself: list = []
    itself.append(itself)
    return itself


def lists_in_lists():
    """Return 25 million zeros that take no room."""
    return [[0] * 5000] * 5000


ODD = [
    hostile("__repr__", "__str__", "__eq__"),
    {hostile("__repr__")},
    {hostile("__str__"): 1},
    hostile("__float__", base=float),
    hostile("__str__", base=str),
    hostile("__len__", "__iter__", base=set),
    hostile("__len__", "items", base=dict),
    hostile("__getattr__"),
    hostile("__getattribute__"),
    LyingClass(),
    Nameless(),
    endless(),
    lists_in_lists(),
    (each for each in "ab"),
    10**5000,
    Fraction(10**400, 3),
    Decimal("sNaN"),
    1j,
    np.complex128(1),
    np.datetime64("NaT"),
    np.zeros(2, dtype=[("a", int)]),
    np.zeros((3000, 3000)),
    np.array(None),
    pd.MultiIndex.from_product([[1], [2]]),
    pd.DataFrame(index=range(5, 100_000)),
    pd.DataFrame([[1, 2]], columns=["a", "a"]),
    pd.DataFrame({"a": [[1], {2}, hostile("__repr__")]}),
    pd.DataFrame({"\ud800": ["\ud800"]}),
    pd.DataFrame({"a": [1]}).groupby("a"),
    pd.Interval(0, 1),
    " " * 5000 + "x",
    NotImplemented,
    json,
    plt,
    dict,
    stops,
    raises_silently,
    calls_itself,
    lambda *, key: key,
]

EVERY_KIND = [
    NUMBER,
    TABLE,
    {"answer": "gap", "kind": "choice", "options": ["A", "B", "C"]},
    {"answer": "gap", "kind": "set"},
    {"answer": "gap", "kind": "order", "allowed": ["A", "B"], "size": 2},
    {"answer": "gap", "kind": "mapping", "keys": ["a", "b"], "options": ["A", "B"]},
    {"answer": "gap", "kind": "chart", "marks": "bars", "series": 1, "needs": ["title"]},
    {"answer": "gap", "kind": "function", "examples": ["(4, 5)"], "returns": "number"},
]


@pytest.mark.parametrize("question", EVERY_KIND, ids=lambda question: question["kind"])
@pytest.mark.parametrize("number", range(len(ODD)))
def test_nothing_makes_a_check_fail(question, number):
    sentence = said(question, ODD[number])
    assert len(sentence or "") < 400
    json.dumps(describe(ODD[number])).encode()


def test_decimals_and_fractions_are_numbers():
    assert describe(Decimal("1.5")) == describe(Fraction(3, 2)) == describe(1.5)


def test_sets_are_described_in_an_order_that_stays():
    mixed = describe({1, "a", (2, 3), None})
    assert mixed == describe({None, (2, 3), "a", 1})


# --- check() as a notebook calls it --------------------------------------------------------


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    """Return the namespace of a notebook whose exercise asks one question."""
    content = {"questions": {"q1": NUMBER}}
    (tmp_path / "checks.json").write_text(json.dumps(content), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    names: dict = {}
    monkeypatch.setattr(public, "_namespace", lambda: names)
    return names


def test_check_shows_a_sentence_and_returns_nothing(notebook, capsys):
    notebook["gap"] = 12.0
    assert check("q1") is None
    seen = capsys.readouterr()
    assert "This is the right kind of answer: a number in per cent, of a possible" in seen.out
    assert "It is not marked yet." in seen.out
    assert seen.err == ""


@pytest.mark.parametrize("names", [{}, {"gap": ...}, {"gap": "12,3"}])
def test_check_never_raises_in_a_notebook(notebook, capsys, names):
    notebook.update(names)
    check("q1")
    assert "right kind" not in capsys.readouterr().out


@pytest.mark.parametrize("number", range(len(ODD)))
def test_check_never_raises_whatever_the_answer_is(notebook, capsys, number):
    notebook["gap"] = ODD[number]
    check("q1")
    seen = capsys.readouterr()
    assert "right kind" not in seen.out and "cannot be checked" not in seen.out and not seen.err


def test_what_a_students_function_prints_and_warns_of_stays_inside(notebook, tmp_path, capsys):
    question = {**EVERY_KIND[-1], "answer": "growth"}
    content = json.dumps({"questions": {"q1": question}})
    (tmp_path / "checks.json").write_text(content, encoding="utf-8")

    def growth(old, new):
        print("old is", old)
        print("careful", file=sys.stderr)
        warnings.warn("careful", stacklevel=1)
        return new - old

    notebook["growth"] = growth
    check("q1")
    seen = capsys.readouterr()
    assert "right kind of answer: a function" in seen.out and "old is" not in seen.out
    assert seen.err == ""


def test_a_fault_of_our_own_is_no_traceback_either(notebook, monkeypatch, capsys):
    notebook["gap"] = 12.0
    monkeypatch.setattr(public, "problem", fails)
    check("q1")
    assert "cannot be checked" in capsys.readouterr().out


@pytest.mark.parametrize("content", ["{", "[]", "{}"])
def test_check_with_a_damaged_file_says_what_to_do(notebook, tmp_path, content, capsys):
    (tmp_path / "checks.json").write_text(content, encoding="utf-8")
    check("q1")
    assert "is damaged. Get the whole exercise folder again" in capsys.readouterr().out


def test_check_tells_validate_the_truth(notebook, monkeypatch, capsys):
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    with pytest.raises(CheckError, match="There is no `gap` yet"):
        check("q1")
    notebook["gap"] = 12.0
    check("q1")
    assert "right kind" in capsys.readouterr().out


def test_check_names_the_question_that_was_meant(notebook, capsys):
    check("q11")
    assert "Did you mean 'q1'?" in capsys.readouterr().out


def test_check_without_its_file_says_what_to_do(notebook, tmp_path, capsys):
    (tmp_path / "checks.json").unlink()
    check("q1")
    assert "Get the whole exercise folder again" in capsys.readouterr().out


def test_check_finds_its_file_beside_the_notebook(notebook, tmp_path, monkeypatch, capsys):
    notebook["gap"] = 12.0
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "exercise.ipynb"))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    check("q1")
    assert "right kind" in capsys.readouterr().out


def test_the_card_marks_code_and_escapes(notebook):
    card = public.Verdict("q1", "`gap` is <b>", "mend")._repr_html_()
    assert "<code>gap</code> is &lt;b&gt;" in card


def test_bars_are_known_by_what_the_axis_calls_them():
    table = pd.DataFrame({"x": [1.0, 2.0], "y": [3.0, 4.0]}, index=[2020, 2021])
    want = [[[2020.0, 1.0], [2021.0, 2.0]], [[2020.0, 3.0], [2021.0, 4.0]]]
    try:
        assert describe(table.plot.bar())["bars"] == want
        assert describe(table.plot.bar(width=0.3))["bars"] == want
        _, axes = plt.subplots()
        axes.bar(table.index, table["x"])
        assert describe(axes)["bars"] == want[:1]
        _, axes = plt.subplots()
        axes.bar(["b", "a"], [2, 1])
        assert describe(axes)["bars"] == [[["a", 1.0], ["b", 2.0]]]
    finally:
        plt.close("all")


def first_cells():
    """Return the first cell of every exercise, by its number."""
    return {path.stem[:2]: read(path).cells[0].source for path in vocabulary.solutions()}


def test_every_exercise_says_what_success_on_validate_is_worth_and_how_one_alone_is_told():
    """Whoever reads "Success" for "all right" hands in a wrong number and never looks again."""
    for number, said in first_cells().items():
        assert 'press it last. "Success" means only that every task' in said, number
        assert "so wrong numbers pass, too" in said, number
        assert 'Then write `check("q1", full=True)` in the new cell' in said, number
