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
#: How an exercise lacks something → item of the list, and where that is said to be.
LACKING = {
    "another number": (1, in_yaml("  q9:", "  q10:"), "q10"),
    "no text": (2, in_cell("ex-q2", TWO, "**Question**"), TWO),
    "an unknown text": (2, in_cell("ex-q2", TWO, f"{TWO} {TWO.replace('2', '12')}"), "q12"),
    "points of the text": (2, in_cell("ex-q2", TWO, "**Question 2 (2 points).**"), TWO),
    "points of the cell": (3, marked("q2", points=3), "q2"),
    "points in all": (3, in_yaml("points: 2", "points: 3"), " 21"),
    "points of the card": (3, in_cell("ex-title", "{points}", "20"), "| Points | {points} |"),
    "no hint": (4, in_cell("ex-q2", "<summary>Hint", "<summary>Help"), "q2"),
    "no name": (5, in_yaml("answer: growth_total\n", "answer: growth\n"), "growth"),
    "no end": (5, in_cell("q2-answer", "### END", "### end"), "q2-answer"),
    "two ids": (5, marked("ex-prints", grade_id="ex-total"), "ex-total: 2 "),
    "a check that does more": (5, in_cell("q2", "check", "1; check"), 'check("q2")'),
    "one misconception": (6, one_misconception, "q1"),
    "no rubric": (8, in_rubric("## q9", "## Question 9"), "## q9"),
    "a table not named": (9, in_cell("ex-products", 'load("oil', 'load("" + "oil'), "data.load("),
    "no parameter": (10, in_yaml('{MONTH: "05"}', '{MONTHS: "05"}'), "MONTHS"),
}


@pytest.mark.parametrize("what", LACKING)
def test_what_a_question_lacks_is_said_before_anything_is_released(folder, what, snapshot):
    _, spoil, where = LACKING[what]
    spoil(folder)
    with pytest.raises(SpecError) as caught:
        releasing.release(folder.parents[1], [NAME], folder.parents[1] / "exercises")
    told = str(caught.value)
    assert where in told and "traceback" not in told
    assert re.sub(r"line \d+", "line …", told) == snapshot


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
    said = str(caught.value).splitlines()
    assert len(said) == 3 and " 21" in said[0] and "'q10'" in said[1] and " q9 " in said[2]


def test_a_gap_in_the_numbers_is_named(folder):
    for path in (folder / spec.FILE, folder / f"{NAME}.ipynb", folder / "rubric.md"):
        text = path.read_text(encoding="utf-8")
        path.write_text(
            re.sub(r"\bq9\b", "q10", text).replace("Question 9", "Question 10"), "utf-8"
        )
    (said,) = checklist.faults(spec.load(folder))
    assert "q10" in said and "q1 to q9" in said


def test_the_list_stands_in_contributing_and_every_item_has_a_test():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    _, _, rest = text.partition("What a question needs;")
    items = re.findall(r"^(\d+)\. \*", rest.partition("\n## ")[0], re.MULTILINE)
    assert items == [str(number) for number in range(1, 12)]
    elsewhere = {7, 11}  # tests/test_grading_spec.py, tests/test_exercises.py
    assert {item for item, _, _ in LACKING.values()} | elsewhere == {*map(int, items)}
