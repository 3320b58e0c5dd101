"""A fault in an exercise's files is named with file and line; comparison has its rules."""

import json
import math
import re
import shutil
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import pandas as pd
import pytest

from coursestaff import cli
from coursestaff.exercises import fingerprints, points, spec
from coursestaff.exercises.cells import is_solution, marks, source
from coursestaff.exercises.spec import Question, SpecError
from coursestaff.marking import class_grading, compare
from coursestaff.marking import solution as solving
from coursestaff.marking.marks import mark, public_part, rounded
from coursestaff.marking.probes import Run
from coursestaff.marking.sandbox import process
from coursestaff.marking.sandbox.isolation import Limits
from coursestaff.marking.solution import solve
from courseware import CourseError
from courseware.answers.describe import describe, describe_calls
from tests import corpus
from tests.exercises import NAMES, exercise, solution
from tests.notebooks import ROOT

pytestmark = pytest.mark.sandbox

NAME = "02_the_trade_lifeline"
#: The first exercise that asks for a function: 02 comes before the chapter that brings them.
WITH_FUNCTION = next(n for n in NAMES if any(q.kind == "function" for q in exercise(n).checked))


@pytest.fixture
def folder(tmp_path):
    """Return a copy of one exercise that a test may spoil."""
    return shutil.copytree(ROOT / "solutions" / NAME, tmp_path / "solutions" / NAME)


def spoil(folder, old, new):
    path = folder / "checks.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


WRITTEN = "  q9:\n    kind: written\n    points: 4\n"
#: What is put in the place of what in checks.yaml, and what the message has to name.
FAULTS = [
    ("kind: number", "kind: nomber", "'nomber'"),
    ("points: 2", "points: 3", "21"),
    ("unit: per cent", "units: per cent", "units"),
    ("answer: growth_total\n", "answer: Growth Total\n", "'Growth Total'"),
    (WRITTEN, "", "16"),
    ("  q7:", "  q6:", "'q6'"),
    ("  q7:", "  Q7:", "'Q7'"),
    ("options: [A, B, C, D]", "options: [1, 2, 3, 4]", "'string'"),
    ("points: 2", "points: \x07", "YAML"),
    ("minutes: ", "minutes: [", ""),
    ("minutes: ", "# minutes: ", "'minutes'"),
    ("answer: growth_total\n", "answer: growth\n", "q2"),
]
WHOLE = ("points: 3", "# minutes: ", "minutes: [", "")  # a fault of more than one line


@pytest.mark.parametrize(("old", "new", "named"), FAULTS)
def test_a_wrong_key_or_sum_is_named_with_file_and_line(folder, old, new, named):
    line = spoil(folder, old, new)
    with pytest.raises(SpecError, match=rf"^solutions/{NAME}/checks.yaml, line \d+: ") as caught:
        spec.load(folder)
    assert named in str(caught.value)
    if new not in WHOLE and new != "answer: growth\n":
        assert f"line {line}:" in str(caught.value)


def test_a_file_that_is_not_utf_8_is_named_with_its_line(folder):
    (folder / "checks.yaml").write_bytes(b"minutes: 50\nquestions: \xff\n")
    with pytest.raises(SpecError, match=r"checks.yaml, line 2: .*UTF-8"):
        spec.load(folder)


def test_what_counts_things_is_right_or_not(folder):
    spoil(folder, "range: [1, 500]", "range: [1, 500], whole: true")
    question = spec.load(folder).questions["q1"]
    assert compare.same(question, describe(400), describe(400.0))
    assert not compare.same(question, describe(400), describe(401))


def test_what_students_get_is_worth_what_checks_yaml_says(folder):
    spoil(folder, "points: 1", "points: 2")
    spoil(folder, "points: 4", "points: 3")
    own = spec.load(folder)
    cells = {cell["id"]: cell for cell in points.given(own)}
    (card,) = re.findall(r"^\| Points \| .* \|$", source(cells["ex-title"]), re.MULTILINE)
    assert re.findall(r"\d+", card) == ["20", "17", "3"]
    for number, worth in (("1", "2 points"), ("8", "1 point"), ("9", "3 points, written")):
        assert f"**Question {number} ({worth}).** " in source(cells[f"ex-q{number}"])
    noted = {name: marks(cells[name])["points"] for name in own.questions}
    assert noted == {each.id: each.points for each in own.questions.values()}


def test_a_solution_with_its_points_typed_out_still_makes_its_release(folder):
    """Solutions were written so at 0.2.0, and a class may have such a release in hand."""
    own, path = spec.load(folder), folder / f"{NAME}.ipynb"
    now, typed = fingerprints.fingerprint(own), {each["id"]: each for each in points.given(own)}
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and not is_solution(cell):
            cell.source = typed[cell.id]["source"]
        cell.metadata = typed[cell.id]["metadata"]
    nbformat.write(notebook, path)
    assert "(2 points)" in path.read_text(encoding="utf-8")
    assert fingerprints.fingerprint(spec.load(folder)) == now


def test_the_card_counts_tasks_and_written_answers(snapshot):
    kinds = ["number", "written", "written"], ["number", "chart"], ["written"]
    said = []
    for each in (*kinds, ["number"] * 11 + ["written"]):
        worth = [1] * (len(each) - 1) + [21 - len(each)]
        asked = {f"q{n}": Question(f"q{n}", each[n], worth[n]) for n in range(len(each))}
        said.append(points.in_all(spec.Exercise(Path(), 50, asked, ())))
    figures = [re.findall(r"\d+", line) for line in said]
    assert figures == [["20", "1", "19"], ["20", "20"], ["20", "20"], ["20", "11", "11", "9"]]
    assert said == snapshot


@pytest.mark.parametrize("cell", ["q1", "q1-answer"])
def test_a_missing_cell_is_an_error(folder, cell):
    path = folder / f"{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [each for each in notebook.cells if each.id != cell]
    nbformat.write(notebook, path)
    with pytest.raises(SpecError, match=f"'{cell}'"):
        spec.load(folder)


def test_a_question_that_only_the_notebook_asks_is_an_error(folder):
    spoil(folder, WRITTEN, "")
    spoil(folder, "points: 1", "points: 5")
    with pytest.raises(SpecError, match=r"line \d+: .*\bq9\b"):
        spec.load(folder)


#: A misconception, or a limit, that does not hold together, and what the message names.
KNOWN, RANGE = "wrong: now / then * 100", "range: [1, 500]"
UNSOUND = [
    (KNOWN, "wrong: growth_total * 1", "'growth_total * 1'"),
    (KNOWN, "wrong: no_such_name / 2", "name 'no_such_name'"),
    (KNOWN, "wrong: now / then - 1.0", "'now / then - 1.0'"),
    (RANGE, "range: [30, 60]", ""),
    (RANGE, "range: [1000, 50000]", ""),
    (RANGE, "range: ['no_name', 500]", "'no_name'"),
]


def test_a_solution_that_does_not_hold_together_is_refused(folder, snapshot):
    path, said = folder / "checks.yaml", []
    whole = path.read_text(encoding="utf-8")
    for old, new, named in UNSOUND:
        path.write_text(whole, encoding="utf-8")
        spoil(folder, old, new)
        place = rf"^solutions/{NAME}/checks.yaml, line \d+: q\d: "
        with pytest.raises(SpecError, match=place) as caught:
            solve(spec.load(folder))
        assert named in str(caught.value), new
        said.append(re.sub(place, "", str(caught.value)))
    assert said == snapshot


def test_a_function_that_cannot_be_called_as_the_example_says_is_refused(tmp_path):
    folder = shutil.copytree(ROOT / "solutions" / WITH_FUNCTION, tmp_path / WITH_FUNCTION)
    path = folder / "checks.yaml"
    text = path.read_text(encoding="utf-8")
    examples = re.compile(r"examples: \[.*\](?=\}?$)", re.MULTILINE)  # they may hold lists
    text, found = examples.subn('examples: ["()"]', text, count=1)
    assert found
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SpecError, match=r"`\w+\(\)`.* TypeError"):
        solve(spec.load(folder))


@pytest.mark.parametrize(
    ("about", "narrow"),
    [
        ({"range": [20, 30]}, True),
        ({"range": [-30, -20]}, True),
        ({"range": [5, 5]}, True),
        ({"range": [0, 0]}, True),
        ({"range": [-1, 1]}, False),
        ({"range": [1, 500]}, False),
        ({}, False),
    ],
)
def test_a_range_that_gives_the_answer_away(about, narrow):
    assert solving.narrow(about) is narrow


def test_a_solution_that_fails_is_refused_with_its_cell(folder):
    own = spec.load(folder)
    notebook = spec.read_notebook(own.notebook)
    next(cell for cell in notebook.cells if cell.id == "q1-answer").source = "1 / 0"
    with pytest.raises(SpecError, match=r"'q1-answer'.* ZeroDivisionError"):
        solve(own, notebook)


@pytest.mark.parametrize(
    ("value", "outwards", "bound"),
    [(42, 1, 100), (42, -1, 10), (-42, -1, -100), (-42, 1, -10), (0, 1, 0), (10, 1, 10)],
)
def test_a_computed_bound_is_rounded_away_from_the_answer(value, outwards, bound):
    assert rounded(value, outwards) == bound


def test_a_bound_may_be_an_expression():
    public = {"unit": "tonnes", "range": ["x / 5", 900]}
    question = Question("q1", "number", 2, answer="x", public=public)
    ran = Run({"q1.bound.range.0": describe(14.0)}, {}, None)
    assert public_part(question, ran)["range"] == [10.0, 900]
    assert public["range"] == ["x / 5", 900]


# --- Comparison ----------------------------------------------------------------------------


ASKED = {"key": ["key"], "columns": {"key": None, "value": None}}
DAYS = pd.to_datetime(["2020-01-01", "2021-01-01"])
GAP = pd.DataFrame({"key": [2020, 2021], "value": [1.0, float("nan")]})


def keyed(*keys, value=1.0):
    """Return a table with these keys and the same value beside each."""
    return pd.DataFrame({"key": list(keys), "value": [value] * len(keys)})


#: Kind, an expected answer, those that are the same and those that are not, as code.
COMPARED = [
    ("number", "100.0", ["100.4"], ["100.6"]),
    ("number", "0.0", ["0"], ["math.nan"]),
    ("number", "1.0", [], ["True", "'1.0'"]),
    ("set", "{'a', 'b'}", ["['B ', 'a']"], ["{'a'}"]),
    ("set", "{1991, 2001}", ["{2001.0, 1991}"], []),
    ("order", "['a', 'b']", ["('a', 'b')"], ["['b', 'a']"]),
    (
        "table",
        "GAP",
        [
            "GAP[::-1].assign(extra='x')",
            "GAP.set_index('key')['value']",
            "GAP.astype(object).where(GAP.notna(), None)",
        ],
        ["GAP.fillna(0)", "pd.concat([GAP, GAP])", "GAP.assign(key=[2020, 2022])"],
    ),
    ("table", "keyed(0.3, 2020)", ["keyed(0.1 + 0.2, 2020.0)"], []),
    ("table", "keyed('a', 'b')", ["keyed('a', 'b').astype({'key': 'category'})"], []),
    ("table", "keyed(*DAYS)", ["keyed(*DAYS.date)", "keyed(*DAYS.to_period('Y'))"], []),
    ("table", "keyed('a', 'a')", [], ["keyed('a', 'a')"]),
    ("table", "keyed(pd.Interval(0, 1))", [], ["keyed(pd.Interval(1, 2))"]),
    (  # what is known by its type alone
        "table",
        "keyed('a', value=pd.Timedelta(1, 'D'))",
        [],
        ["keyed('a', value=pd.Timedelta(2, 'D'))"],
    ),
]


@pytest.mark.parametrize(("kind", "expected", "alike", "others"), COMPARED)
def test_answers_are_compared_by_what_they_say(kind, expected, alike, others):
    question = Question("q1", kind, 2, answer="x", public=ASKED if kind == "table" else {})
    for got in alike + others:
        same = compare.same(question, describe(eval(expected)), describe(eval(got)))
        assert same == (got in alike), got


def test_a_number_may_be_off_by_what_the_question_says():
    question = Question("q1", "number", 2, answer="x", public={}, within=0.05)
    assert compare.same(question, describe(1.2), describe(1.24))
    assert not compare.same(question, describe(1.2), describe(1.26))


def test_a_point_that_is_missing_shows_nothing_whether_it_is_there_or_not():
    public = {"marks": "lines"}
    whole = pd.Series([1.0, math.nan, 3.0, 4.0], index=[2020, 2021, 2022, 2023])
    try:
        one = describe(whole.plot())
        plt.close("all")
        other = describe(whole.dropna().plot())
        plt.close("all")
        nought = describe(whole.fillna(0).plot())
    finally:
        plt.close("all")
    question = Question("q1", "chart", 2, answer="x", public=public)
    assert compare.same(question, one, other) and compare.same(question, other, one)
    assert not compare.same(question, one, nought)


def test_functions_that_give_lists_are_compared_item_by_item():
    question = Question("q1", "function", 2, answer="x", public={})

    def calls(function):
        return describe_calls(function, ["(3,)"])

    right = calls(lambda n: [n / 3, [n]])
    assert compare.same(question, right, calls(lambda n: (1.001, [3.0])))
    assert not compare.same(question, right, calls(lambda n: [1.0]))
    assert not compare.same(question, right, calls(lambda n: [1.0, [4]]))


@pytest.mark.parametrize("value", [lambda n: n, ..., None, 3.0, "a", [1], {"a": 1}, pd.Series([1])])
def test_any_answer_to_any_question_gets_a_mark_and_words(value):
    for name in {NAME, WITH_FUNCTION}:
        for question in exercise(name).checked:
            got = mark(question, solution(name), describe_calls(value, question.inputs))
            assert got.points == 0 and got.words


# --- The command ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_the_full_check_knows_the_release(name):
    def told(cells):
        return [(cell["id"], source(cell), marks(cell).get("points")) for cell in cells]

    assert told(points.given(exercise(name))) == told(corpus.release(name)["cells"])


@pytest.fixture
def said(capsys, monkeypatch):
    """Return a function that runs `course check` on a path, and returns what it prints."""
    monkeypatch.chdir(ROOT)

    def check(path):
        assert cli.main(["check", str(path)]) == 0
        return capsys.readouterr().out

    return check


def total(text):
    """Return how many points of how many a check has printed at its end."""
    return re.findall(r"\d+", text)[-2:]


def test_full_check_reminds_and_marks(said, snapshot):
    untouched = said(f"exercises/{NAME}")
    assert total(untouched) == ["0", "16"] and untouched == snapshot
    assert total(said(exercise(NAME).notebook)) == ["16", "16"]


def test_full_check_of_work_with_errors_still_marks_the_rest(tmp_path, said):
    notebook = spec.read_notebook(exercise(NAME).notebook)
    answers = {"q1-answer": "growth_total = 1 / 0", "q2-answer": "points_apart = (", "q4": "x"}
    for cell in notebook.cells:
        cell.source = answers.get(cell.id, cell.source)
    path = tmp_path / f"{NAME}.ipynb"
    nbformat.write(notebook, path)
    printed = said(path)
    assert re.search("'q1-answer'.* ZeroDivisionError", printed)
    assert re.search("'q2-answer'.* SyntaxError", printed)
    assert "q3: 2 of 2. " in printed


def test_full_check_of_a_notebook_without_cell_ids(tmp_path, said):
    stored = json.loads(exercise(NAME).notebook.read_text(encoding="utf-8"))
    stored["nbformat_minor"] = 4
    for cell in stored["cells"]:
        del cell["id"]
    path = tmp_path / f"{NAME}.ipynb"
    path.write_text(json.dumps(stored), encoding="utf-8")
    assert total(said(path)) == ["16", "16"]


def cells(*sources):
    probes = {f"c{n}": [{"key": f"x{n}", "look": "x"}] for n in range(len(sources))}
    return {
        "cells": [{"id": f"c{n}", "source": text} for n, text in enumerate(sources)],
        "probes": probes,
    }


def seen(records):
    return {key: answer for record in records for key, answer in record["answers"].items()}


def test_half_a_line_of_a_process_that_ends_is_left_out():
    half = "import os\nfor n in range(3, 30):\n    try: os.write(n, b'{\"cell\": ')\n"
    half += "    except OSError: pass\nos._exit(1)"
    records, ended = process.run(cells("x = 1", half, "x = 2"), ROOT / "data")
    assert seen(records) == {"x0": describe(1), "x2": describe(2)}
    assert "'c1'" in ended and "exit()" in ended


def test_an_endless_loop_costs_its_own_answer_only():
    job, limits = cells("x = 1", "while True: pass", "x = 2"), Limits(cell_wall=0.5)
    records, ended = process.run(job, ROOT / "data", limits)
    assert seen(records) == {"x0": describe(1), "x2": describe(2)}
    assert "'c1'" in ended and "0.5 " in ended


def test_a_process_that_cannot_start_says_why(monkeypatch, tmp_path):
    (tmp_path / "pandas.py").write_text("raise ImportError('there are no pandas here')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(CourseError, match=r"ImportError: there are no pandas here$"):
        process.run(cells(), ROOT / "data")


def test_what_a_cell_leaves_running_ends_with_the_process():
    source = "import os; x = os.posix_spawnp('sleep', ['sleep', '1000'], os.environ)"
    records, _ = process.run(cells(source), ROOT / "data")
    pid = int(seen(records)["x0"]["value"])
    stat = Path(f"/proc/{pid}/stat")
    assert not stat.exists() or ") Z " in stat.read_text()


def test_a_process_finds_the_package_wherever_it_lies(monkeypatch):
    monkeypatch.delenv("PYTHONPATH", raising=False)
    source = f"import os; x = {str(ROOT)!r} in os.environ['PYTHONPATH'].split(os.pathsep)"
    records, _ = process.run(cells(source), ROOT / "data")
    assert seen(records) == {"x0": describe(True)}


@pytest.mark.parametrize("arguments", [["release", "nope"], ["check", "exercises/nope"]])
def test_commands_say_what_is_wrong(arguments, capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    assert cli.main(arguments) == 1
    said = capsys.readouterr()
    assert "'nope'" in said.err and NAMES[0] in said.err and not said.out


@pytest.mark.parametrize(
    ("where", "package", "arguments"),
    [
        (cli, "nbgrader", ["release"]),
        (class_grading, "dask", ["grade", NAMES[0], "--cluster", "tcp://127.0.0.1:8786"]),
    ],
)
def test_a_command_says_which_package_is_not_installed(
    where, package, arguments, capsys, monkeypatch
):
    def absent(_):
        raise ModuleNotFoundError(name=package)

    monkeypatch.setattr(where, "import_module", absent)
    assert cli.main(arguments) == 1
    said = capsys.readouterr().err
    assert package in said and "`make setup`" in said
