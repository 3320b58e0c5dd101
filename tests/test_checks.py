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
from courseware.answers.kinds import choice, kind_of, number, problem
from courseware.answers.tolerance import EXACT
from courseware.checks import CheckError, check, public
from tests import vocabulary
from tests.notebooks import read

NUMBER = {"answer": "gap", "kind": "number", "unit": "per cent", "range": [1, 100]}
TIMES = {**NUMBER, "unit": "times", "range": [1, 5000]}
CHOICE = {"answer": "gap", "kind": "choice", "options": ["A", "B", "C"]}
SET = {"answer": "who", "kind": "set", "allowed": ["KAZ", "UZB", "TJK"], "size": 2}
MAPPING = {"answer": "sort", "kind": "mapping", "keys": ["C01", "C02"], "options": ["fact", "view"]}
FUNCTION = {"answer": "gap", "kind": "function", "examples": ["(4, 5)"], "returns": "number"}
CHART = {"answer": "gap", "kind": "chart", "marks": "bars", "series": 1, "needs": ["title"]}
TABLE = {
    "answer": "change",
    "kind": "table",
    "key": ["year"],
    "columns": {"year": None, "value_mt": {"unit": "million tonnes", "range": [-50, 50]}},
    "rows": [2, 5],
}
GOOD = pd.DataFrame({"year": [2020, 2021], "value_mt": [1.0, math.nan]})
WIDE = pd.DataFrame({("mt", "KAZ"): [1.0, 2.0], ("mt", "UZB"): 3.0}, [2020, 2021])
PAGES = pd.DataFrame(
    {"relation": ["for", "against", "for"], "page": ["own text", "copy", "copy"], "of": "x"}
)
SOLD = pd.DataFrame({"A": [1.0, 2.0], "B": [3.0, 4.0]}, index=pd.Index([2021, 2022]))
LINKS = pd.DataFrame({"claim": ["C02", "C04"], "supports": [1, 3]})


def asks_table(key, *columns):
    """Return a question for a table: its key holds texts, but for a year."""
    kinds = {key: {"kind": "number" if key == "year" else "text"}} | {name: {} for name in columns}
    return {"answer": "counts", "kind": "table", "key": [key], "columns": kinds}


#: What is asked, then as code: answers that pass, and answers that get a sentence.
ANSWERS = {
    "number": (
        NUMBER,
        ["12.3", "12", "np.float64(5)", "np.int64(7)", "99.99", "1", "100"],
        [
            "...",
            "None",
            "'12,3'",
            "'−12.3 %'",
            "'12'",
            "'abc'",
            "(12, 3)",
            "[1, 2, 3]",
            "math.nan",
            "math.inf",
            "0",
            "0.123",
            "700",
            "0.14",
            "10**400",
            "-(10**400)",
            "True",
            "1 + 2j",
            "pd.Series([1.0, 2.0])",
            "pd.Series([True, False])",
            "pd.Series(dtype=float)",
            "pd.DataFrame({'a': [1]}, index=range(5, 6))",
            "lambda: 1",
            "pd.Timestamp('2023-05-28')",
            "pd.Timedelta('3D')",
            "range(10)",
            "np.zeros(10_000)",
        ],
    ),
    "positive number": ({**NUMBER, "sign": "positive"}, ["3"], ["-3"]),
    "negative number": ({"answer": "gap", "kind": "number", "sign": "negative"}, ["-3"], ["3"]),
    "whole number": ({**NUMBER, "whole": True}, ["3.0"], ["2.5"]),
    "times": (TIMES, ["218"], ["1 / 218", "6000"]),
    "choice": (
        CHOICE,
        [
            "' b '",
            "'B: A part can grow'",
            "'B) B.'",
            "'A: it grew by a half'",
            '"C. China\'s share"',
        ],
        [
            "'D'",
            "2",
            "'A) or B)'",
            "'a: or b'",
            "'A. B'",
            "'A: perhaps C, I think'",
            "'A) B or C fit too'",
        ],
    ),
    "set": (
        SET,
        ["{'KAZ', 'UZB'}", "['uzb', 'KAZ']", "pd.Series(['KAZ', 'UZB']).unique()"],
        [
            "{'KAZ', 'RUS'}",
            "{'KAZ', 'Rus'}",
            "{'KAZ'}",
            "['KAZ', 'KAZ']",
            "set()",
            "'KAZ'",
            "[None, 'KAZ']",
            "pd.Series(['KAZ', 'UZB'])",
            "{'KAZ': 1, 'UZB': 2}.keys()",
        ],
    ),
    "order": ({**SET, "kind": "order"}, ["['KAZ', 'UZB']"], ["{'KAZ', 'UZB'}"]),
    "mapping": (
        MAPPING,
        ["{'C01': 'Fact', 'C02': 'view'}"],
        [
            "{'C01': 'fact', 'C02': ...}",
            "{'C01': 'fact', 'C02': 'maybe'}",
            "{'C01': 'fact', 'C02': 'fact', 'C03': 'fact'}",
            "['fact']",
        ],
    ),
    "table": (
        TABLE,
        [
            "GOOD",
            "GOOD.set_index('year')",
            "GOOD.set_index('year')['value_mt'].rename('anything')",
            "pd.DataFrame({'value_mt': [1.0, 2.0]}, index=range(2020, 2022))",
        ],
        [
            "GOOD[:0]",
            "GOOD[:1]",
            "pd.concat([GOOD] * 3)",
            "GOOD * 100",
            "GOOD.astype({'value_mt': str})",
            "GOOD.assign(value_mt=[GOOD.cumsum] * 2)",
            "GOOD.assign(value_mt=math.nan)",
            "GOOD.assign(value_mt=math.inf)",
            "pd.DataFrame([range(3000)])",
            "3",
        ],
    ),
    "wide table": (
        {**TABLE, "columns": {"year": {}, "KAZ": {}, "UZB": {}}},
        ["WIDE['mt']"],
        ["WIDE", "WIDE.rename(columns={'UZB': 'TJK'})"],
    ),
    "crosstab": (
        asks_table("relation", "copy", "own text"),
        ["pd.crosstab(PAGES['relation'], PAGES['page'])"],
        [
            "pd.crosstab(PAGES['page'], PAGES['relation'])",
            "PAGES",
            "PAGES['page'].value_counts()",
            "pd.crosstab(PAGES['of'], PAGES['page'])",
        ],
    ),
    "sums by year": (
        asks_table("year", "full") | {"columns": {"year": {"kind": "number"}, "full": {}}},
        ["SOLD.sum(axis=1).rename_axis('year')"],
        ["SOLD.sum()", "SOLD.sum(axis=1).astype(str)"],
    ),
    "rows of a filter": (
        asks_table("claim", "supports"),
        ["LINKS[LINKS['supports'] == 1]"],
        ["LINKS['supports'] == 1", "LINKS['supports']"],
    ),
    "function": (
        FUNCTION,
        ["lambda old, new: new - old"],
        [
            "lambda old, new: None",
            "lambda old, new: '5'",
            "lambda old, new: old / 0",
            "lambda: 1",
            "5",
        ],
    ),
    "function with two examples": (
        {**FUNCTION, "examples": ["(4, 5)", "(5, 4)"]},
        [],
        ["lambda old, new: new - old if new < old else None"],
    ),
}


def said(question, value):
    """Return what the public check says about a value, or None if it passes."""
    inputs = question.get("examples")
    described = describe_calls(value, inputs) if inputs else describe(value)
    return problem(question, described)


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


@pytest.mark.parametrize("asked", ANSWERS)
def test_an_answer_passes_or_gets_a_sentence_that_helps(asked, snapshot):
    question, right, others = ANSWERS[asked]
    assert {code: said(question, eval(code)) for code in right} == dict.fromkeys(right)
    sentences = {code: said(question, eval(code)) for code in others}
    assert all(sentences.values()) and max(map(len, sentences.values())) < 400
    assert sentences == snapshot


def test_a_division_turned_round_is_told():
    for question, right, turned in ((TIMES, 218.0, 1 / 218), (NUMBER, 14.0, 714.3)):
        slips = [
            kind_of(question).slip(question | EXACT, describe(right), describe(each))
            for each in (turned, turned * 2, "14")
        ]
        assert slips == [number.UPSIDE_DOWN, "", ""]


def test_a_choice_may_be_explained_and_a_hedge_is_none():
    _, explained, others = ANSWERS["choice"]
    for code in explained[1:]:
        assert choice.same(CHOICE, describe(eval(code)[0]), describe(eval(code)))
    for code in others[2:]:
        assert not choice.same(CHOICE, describe("A"), describe(eval(code)))


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


#: What is no number a key, with the question that it is given for.
NO_NUMBER_A_KEY = [
    (STATES, "GAIN.reset_index(drop=True)"),
    (STATES, "GAIN.to_list()"),
    (STATES, "pd.DataFrame({'n': [0, 1, 2], 'v': GAIN.to_list()})"),
    (STATES, "pd.DataFrame({'v': GAIN, 'w': GAIN})"),
    (STATES, "pd.DataFrame({'v': GAIN, 'w': GAIN + 1}).reset_index()"),
    (STATES, "pd.DataFrame({'state': ['a', 'b', 'c']}, index=[4, 2, 7])"),
    (STATES, "pd.DataFrame({'of': ['a', 'b'], 'to': ['x', 'y'], 'v': [1.0, 2.0]})"),
    (STATES, "{'a': 1.0, 'b': '2', 'c': 3.0}"),
    (STATES, "{'state': ['a', 'b'], 'value_mt': [1.0, 2.0]}"),
    (STATES, "{}"),
    (TABLE, "pd.DataFrame({'v': YEARLY, 'w': YEARLY})"),
    (TABLE, "YEARLY.reset_index(drop=True)"),
    ({**TABLE, "columns": {**TABLE["columns"], "b": None}}, "{2020: 1.0}"),
]


def test_positions_two_columns_and_other_dictionaries_are_no_number_a_key(snapshot):
    sentences = []
    for asked, code in NO_NUMBER_A_KEY:
        expected = (GAIN if asked is STATES else YEARLY).rename_axis(asked["key"][0])
        assert not compared(asked, expected, eval(code)), code
        sentences.append((code, said(asked, eval(code))))
    assert all(sentence for _, sentence in sentences) and sentences == snapshot
    positions = dict(enumerate(GAIN))  # it looks like the answer, and is wrong
    assert said(STATES, positions) is None
    assert not compared(STATES, GAIN.rename_axis("state"), positions)


def test_a_chart_passes_or_is_told_what_it_lacks(snapshot):
    question = {"answer": "chart", "kind": "chart", "marks": "bars", "needs": ["title", "ylabel"]}
    table = pd.Series([1.0, 2.0], index=["a", "b"])
    axes = table.plot.bar(title="What is seen", ylabel="tonnes")
    for given in (axes, axes.figure, (axes.figure, axes)):
        assert said(question, given) is None
    for given in (axes, axes.containers[0]):
        assert describe(given)["bars"] == [[["a", 1.0], ["b", 2.0]]]
    sentences = {
        "bars for lines": said(question | {"marks": "lines"}, axes),
        "lines for bars": said(question, plt.figure().subplots().plot([1, 2, 3])),
        "nothing drawn": said(question, plt.figure().subplots()),
        "one for two": said({**question, "series": 2}, axes),
        "not log": said({**question, "yscale": "log"}, axes),
        "a table": said(question, table),
    }
    axes.set_ylabel("")
    sentences["no unit"] = said(question, axes)
    lying = table.plot.barh(title="What is seen", ylabel="words", xlabel="")
    sentences["no unit, lying"] = said(question, lying)
    lying.set_xscale("log")
    sentences["log, lying"] = said({**question, "needs": [], "yscale": "linear"}, lying)
    for nothing_said in ("", "…", "..."):
        axes.set_title(nothing_said)
        sentences[f"the title {nothing_said!r}"] = said(question, axes)
    assert all(sentences.values()) and sentences == snapshot


def test_lying_bars_and_lines_are_described_alike():
    table = pd.Series([3.0, 1.0], index=["x", "y"])
    assert describe(table.plot.barh())["bars"] == [[["x", 3.0], ["y", 1.0]]]
    axes = plt.subplots()[1]
    axes.plot([2021, 2020, 2022], [2, 1, 3])
    axes.axhline(5)
    assert describe(axes)["lines"] == [[[2020.0, 1.0], [2021.0, 2.0], [2022.0, 3.0]]]
    plt.figure()
    gap = pd.Series([1.0, math.nan, 3.0], index=[2020, 2021, 2022]).plot()
    assert describe(gap)["lines"] == [[[2020.0, 1.0], [2021.0, "nan"], [2022.0, 3.0]]]


def test_bars_are_known_by_what_the_axis_calls_them():
    table = pd.DataFrame({"x": [1.0, 2.0], "y": [3.0, 4.0]}, index=[2020, 2021])
    want = [[[2020.0, 1.0], [2021.0, 2.0]], [[2020.0, 3.0], [2021.0, 4.0]]]
    assert describe(table.plot.bar())["bars"] == want
    assert describe(table.plot.bar(width=0.3))["bars"] == want
    axes = plt.subplots()[1]
    axes.bar(table.index, table["x"])
    assert describe(axes)["bars"] == want[:1]
    axes = plt.subplots()[1]
    axes.bar(["b", "a"], [2, 1])
    assert describe(axes)["bars"] == [[["a", 1.0], ["b", 2.0]]]
    axes = plt.subplots()[1]
    axes.bar([0.1, 0.2, 0.3], [1, 2, 3], width=0.05)
    axes.xaxis.set_major_formatter("{x:.0%}")
    assert len({str(place) for place, _ in describe(axes)["bars"][0]}) == 3


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
    found = []
    for way in (one, other):
        plt.figure()
        found.append(describe(way())[marks])
    assert found[0] == found[1]
    assert len(found[0][0]) == 3


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


def stops(*_):
    raise SystemExit


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
    calls_itself,
    lambda *, key: key,
]

EVERY_KIND = [
    NUMBER,
    TABLE,
    CHOICE,
    {"answer": "gap", "kind": "set"},
    {**SET, "kind": "order"},
    MAPPING,
    CHART,
    FUNCTION,
]


@pytest.mark.parametrize("question", EVERY_KIND, ids=lambda question: question["kind"])
@pytest.mark.parametrize("number", range(len(ODD)))
def test_nothing_makes_a_check_fail(question, number):
    sentence = said(question, ODD[number])
    assert len(sentence or "") < 400
    json.dumps(describe(ODD[number])).encode()


def test_numbers_and_sets_are_described_alike_however_they_are_made():
    assert describe(Decimal("1.5")) == describe(Fraction(3, 2)) == describe(1.5)
    assert describe(np.array(3.0)) == describe(3)
    assert describe({1, "a", (2, 3), None}) == describe({None, (2, 3), "a", 1})


# --- check() as a notebook calls it --------------------------------------------------------


@pytest.fixture
def asks(tmp_path):
    """Return a function that writes which question the exercise asks."""

    def write(question):
        content = json.dumps({"questions": {"q1": question}})
        (tmp_path / "checks.json").write_text(content, encoding="utf-8")

    return write


@pytest.fixture
def notebook(tmp_path, monkeypatch, asks):
    """Return the namespace of a notebook whose exercise asks one question."""
    asks(NUMBER)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    names: dict = {}
    monkeypatch.setattr(public, "_namespace", lambda: names)
    return names


def test_check_shows_a_sentence_and_returns_nothing(notebook, capsys, snapshot):
    notebook["gap"] = 12.0
    assert check("q1") is None
    seen = capsys.readouterr()
    assert seen.out == snapshot and public._quietly("q1")[1] is True
    assert seen.err == ""


@pytest.mark.parametrize("names", [{}, {"gap": ...}, *({"gap": odd} for odd in ODD)])
def test_check_never_raises_in_a_notebook_whatever_the_answer_is(notebook, capsys, names):
    notebook.update(names)
    check("q1")
    words, passed = public._quietly("q1")
    assert capsys.readouterr() == (f"q1: {words}\n", "") and not passed
    assert words == said(NUMBER, names["gap"]) if names else "`gap`" in words


def test_what_a_students_function_prints_and_warns_of_stays_inside(notebook, asks, capsys):
    asks({**FUNCTION, "answer": "growth"})

    def growth(old, new):
        print("old is", old)
        print("careful", file=sys.stderr)
        warnings.warn("careful", stacklevel=1)
        return new - old

    notebook["growth"] = growth
    check("q1")
    seen = capsys.readouterr()
    assert public._quietly("q1")[1] and "old is" not in seen.out
    assert seen.err == ""


def test_what_cannot_be_checked_is_told_in_a_sentence(notebook, tmp_path, monkeypatch, snapshot):
    """It is a fault of our own, a damaged file, no file, or a question that is not there."""
    notebook["gap"] = 12.0
    told = {"another question": public._quietly("q11")}
    assert "'q1'" in told["another question"][0]
    with monkeypatch.context() as patch:
        patch.setattr(public, "problem", fails)
        told["our fault"] = public._quietly("q1")
    for content in ("{", "[]", "{}"):
        (tmp_path / "checks.json").write_text(content, encoding="utf-8")
        told[f"the file {content}"] = public._quietly("q1")
    (tmp_path / "checks.json").unlink()
    told["no file"] = public._quietly("q1")
    assert {passed for _, passed in told.values()} == {False} and told == snapshot
    check("q1")  # which raises nothing, either


def test_check_tells_validate_the_truth(notebook, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    with pytest.raises(CheckError, match="`gap`"):
        check("q1")
    notebook["gap"] = 12.0
    check("q1")


def test_check_finds_its_file_beside_the_notebook(notebook, tmp_path, monkeypatch):
    notebook["gap"] = 12.0
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "exercise.ipynb"))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert public._quietly("q1")[1]


def test_the_card_marks_code_and_escapes(notebook):
    card = public.Verdict("q1", "`gap` is <b>", "mend")._repr_html_()
    assert "<code>gap</code> is &lt;b&gt;" in card


def test_every_exercise_says_what_success_on_validate_is_worth_and_how_one_alone_is_told():
    """Whoever reads "Success" for "all right" hands in a wrong number and never looks again."""
    for path in vocabulary.solutions():
        first = read(path).cells[0].source
        assert '"Success"' in first and '`check("q1", full=True)`' in first, path.stem
