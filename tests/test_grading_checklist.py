"""What a question needs: each item of the list in CONTRIBUTING.md is looked at by a release."""

import json
import re
import shutil

import pytest

from coursestaff.exercises import checklist, spec
from coursestaff.exercises.spec import SpecError
from coursestaff.releasing import release as releasing
from tests.notebooks import ROOT

NAME = "02_the_trade_lifeline"


@pytest.fixture
def folder(tmp_path):
    """Return a copy of one exercise that a test may spoil."""
    kept = shutil.ignore_patterns(spec.RELEASED)
    return shutil.copytree(ROOT / "solutions" / NAME, tmp_path / "solutions" / NAME, ignore=kept)


def in_yaml(old, new):
    return lambda folder: replace(folder / spec.FILE, old, new)


def in_rubric(old, new):
    return lambda folder: replace(folder / "rubric.md", old, new)


def replace(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def in_cell(cell, old, new):
    def spoil(folder):
        def change(each):
            assert old in "".join(each["source"])
            each["source"] = "".join(each["source"]).replace(old, new, 1)

        edit(folder, cell, change)

    return spoil


def marked(cell, **noted):
    return lambda folder: edit(folder, cell, lambda e: e["metadata"]["nbgrader"].update(noted))


def edit(folder, cell, change):
    path = folder / f"{NAME}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    change(next(each for each in notebook["cells"] if each["id"] == cell))
    path.write_text(json.dumps(notebook), encoding="utf-8")


def one_misconception(folder):
    path = folder / spec.FILE
    text = path.read_text(encoding="utf-8")
    begin, end = text.index("      - wrong: now + then"), text.index("  q2:")
    path.write_text(text[:begin] + text[end:], encoding="utf-8")


TWO = "**Question 2 ({points}).**"
#: item of the list → how an exercise lacks it, and what is said.
LACKING = {
    "another number": (1, in_yaml("  q9:", "  q10:"), "q10: the notebook has no cell 'q10'"),
    "no text": (
        2,
        in_cell("ex-q2", TWO, "**Question**"),
        f"no text cell asks this question. Begin .*{re.escape(TWO)}",
    ),
    "an unknown text": (
        2,
        in_cell("ex-q2", TWO, f"{TWO} {TWO.replace('2', '12')}"),
        "q12: a text cell asks this question",
    ),
    "points of the text": (
        2,
        in_cell("ex-q2", TWO, "**Question 2 (2 points).**"),
        f"q2: no text cell asks this question. Begin .*{re.escape(TWO)}",
    ),
    "points of the cell": (
        3,
        marked("q2", points=3),
        "q2: nbgrader's panel in JupyterLab gives this cell 3 points. Write 0",
    ),
    "points in all": (
        3,
        in_yaml("points: 2", "points: 3"),
        "add up to 21, but they should add up to 20",
    ),
    "points of the card": (
        3,
        in_cell("ex-title", "{points}", "20"),
        re.escape("has no row | Points | {points} |"),
    ),
    "no hint": (4, in_cell("ex-q2", "<summary>Hint", "<summary>Help"), "q2: its text has no hint"),
    "no name": (
        5,
        in_yaml("answer: growth_total\n", "answer: growth\n"),
        "no line that begins with",
    ),
    "no end": (
        5,
        in_cell("q2-answer", "### END", "### end"),
        "q2-answer: put the solution between",
    ),
    "two ids": (
        5,
        marked("ex-prints", grade_id="ex-total"),
        "ex-total: 2 cells have this nbgrader id",
    ),
    "a check that does more": (
        5,
        in_cell("q2", "check", "1; check"),
        'should hold check\\("q2"\\)',
    ),
    "one misconception": (6, one_misconception, "q1: a number needs at least 2 misconceptions"),
    "no rubric": (
        8,
        in_rubric("## q9", "## Question 9"),
        "rubric.md has no part for this question",
    ),
    "a table not named": (
        9,
        in_cell("ex-products", 'data.load("oil', 'data.load("" + "oil'),
        "in the solution, write the name of each table in quotation marks",
    ),
    "no parameter": (10, in_yaml('{MONTH: "05"}', '{MONTHS: "05"}'), "gives no value to MONTHS"),
}


@pytest.mark.parametrize("what", LACKING)
def test_what_a_question_lacks_is_said_before_anything_is_released(folder, what):
    _, spoil, words = LACKING[what]
    spoil(folder)
    with pytest.raises(SpecError) as caught:
        releasing.release(folder.parents[1], [NAME], folder.parents[1] / "exercises")
    assert str(caught.value).startswith(f"{NAME} was not released.\n")
    assert re.search(words, str(caught.value)), str(caught.value)
    assert "traceback" not in str(caught.value)


def test_all_that_is_lacking_is_said_at_once_and_nothing_of_what_is_there(folder):
    assert list(checklist.faults(spec.load(folder))) == []
    for what in ("no hint", "no end", "no rubric", "points of the card"):
        LACKING[what][1](folder)
    assert len(list(checklist.faults(spec.load(folder)))) == 4


def test_all_in_which_questions_and_notebook_differ_is_said_at_once(folder):
    """Whoever adds a question changes several places, and need not try for each."""
    for what in ("points in all", "another number"):
        LACKING[what][1](folder)
    with pytest.raises(SpecError) as caught:
        spec.load(folder)
    said = [line.partition(": ")[2] for line in str(caught.value).splitlines()]
    assert said == [
        "the points add up to 21, but they should add up to 20.",
        "q10: the notebook has no cell 'q10'.",
        "the question q9 is missing here, although the notebook asks it. Add it, or remove its "
        "cells from the notebook.",
    ]


def test_a_gap_in_the_numbers_is_named(folder):
    for path in (folder / spec.FILE, folder / f"{NAME}.ipynb", folder / "rubric.md"):
        text = path.read_text(encoding="utf-8")
        path.write_text(
            re.sub(r"\bq9\b", "q10", text).replace("Question 9", "Question 10"), "utf-8"
        )
    (said,) = checklist.faults(spec.load(folder))
    assert "Number them from q1 to q9, in this order" in said


def test_the_list_stands_in_contributing_and_every_item_has_a_test():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    _, _, rest = text.partition("What a question needs;")
    items = re.findall(r"^(\d+)\. \*", rest.partition("\n## ")[0], re.MULTILINE)
    assert items == [str(number) for number in range(1, 12)]
    elsewhere = {7, 11}  # tests/test_grading_spec.py, tests/test_exercises.py
    assert {item for item, _, _ in LACKING.values()} | elsewhere == {*map(int, items)}
