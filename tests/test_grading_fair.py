"""Honest work that stands in another place or form is found, and what is wrong is not let pass."""

import json
from contextlib import closing

import pytest

from coursestaff import cli, nbgrader_course
from coursestaff.exercises.cells import grade_id, source
from coursestaff.exercises.spec import Question
from coursestaff.marking import compare, coordinator, doubts, report
from coursestaff.marking.marks import FORM, mark
from coursestaff.marking.marksheet import answers
from coursestaff.nbgrader_course import directory, gradebook
from courseware.answers.describe import describe_calls
from courseware.answers.kinds.number import TOO_FAR
from courseware.checks import public
from tests import corpus, handins
from tests.exercises import NAMES, checked, exercise, solution
from tests.graded import course, executor, grades, hand_in, marks_of, no_network
from tests.isolated import needs_isolation

__all__ = ["course", "executor", "no_network"]  # fixtures

FUNCTIONS = {"03_friends_or_partners": "q4", "04_the_xian_summit": "q3"}
NAME = "03_friends_or_partners"
FIRST = "In 2019 China took 14 per cent of what Kazakhstan sold, by Kazakhstan's own customs."
SECOND = "By China's customs the same goods were less than half a per cent of its imports."
LONG = f"{FIRST} {SECOND} {FIRST}"  # it seems whole


def seen(tmp_path, notebook, name=NAME):
    handins.write(tmp_path / name, name, notebook)
    return checked(name, tmp_path / name)


def stub(name, question):
    """Return an answer's cell as it is released."""
    return source(handins.cell(handins.release(name), f"{question}-answer"))


# --- A function that is written after its check ---------------------------------------------


def below(name, question, before, after):
    """Return a right notebook with another answer, and the right one in a cell after its check."""
    notebook = handins.answered(name)
    answer = handins.cell(notebook, f"{question}-answer")
    right, answer["source"] = source(answer), before
    place = len(notebook["cells"]) if after is None else handins.place_of(notebook, after) + 1
    notebook["cells"].insert(place, handins.code_cell(right))
    return notebook


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("after", ["check", "end"])
@pytest.mark.parametrize("left", ["as released", "gives nothing back"])
def test_a_function_after_its_check_gets_its_points(name, after, left, tmp_path):
    question = FUNCTIONS[name]
    box = stub(name, question)
    box = box if left == "as released" else f"{box}\n    print('to do')"
    found = seen(tmp_path, below(name, question, box, question if after == "check" else None), name)
    assert all(mark.points == mark.of for mark in found.marks.values()), found.marks
    assert found.trouble is None


def test_a_function_at_its_check_counts_though_another_follows(tmp_path):
    wrong = "def times_as_large(flow, sold, bought):\n    return flow / sold"
    found = seen(tmp_path, below(NAME, "q4", wrong, "q4"))
    assert found.marks["q4"].points == 0


# --- A written answer that stands partly outside its box -------------------------------------


def written(*parts):
    """Return a right notebook with parts of a written answer: (type, text), "half" is a box's."""
    notebook = handins.answered(NAME)
    place = handins.place_of(notebook, "q9")
    box = notebook["cells"].pop(place)
    for number, (kind, text) in enumerate(parts):
        if kind in ("box", "half"):
            cell = {**box, "source": text, "id": "q9" if kind == "box" else f"half-{number}"}
        else:
            own = handins.code_cell(text) if kind == "code" else {"cell_type": kind, "metadata": {}}
            cell = {**own, "source": text, "id": f"own-{number}"}
        notebook["cells"].insert(place + number, cell)
    return notebook


PARTS = {
    "split in two": [("box", FIRST), ("half", SECOND)],
    "split in three": [("box", FIRST), ("half", SECOND), ("half", "I would be wrong if not.")],
    "split, and a part of it copied": [("box", FIRST), ("half", SECOND), ("half", FIRST[:40])],
    "split by a cell of the student's own": [("box", FIRST), ("code", "1 + 1"), ("half", SECOND)],
}
BESIDE = {
    "a title in the box": [("box", "My answer:"), ("markdown", LONG)],
    "the second half below": [("box", FIRST), ("markdown", SECOND)],
    "the first half above": [("markdown", FIRST), ("box", SECOND)],
    "the rest in a comment": [("box", FIRST), ("code", f"# {SECOND}")],
    "the rest in three strings": [
        ("box", "See below."),
        ("code", f'a = "{FIRST[:40]}"\nb = "{FIRST[40:]}"\nc = "{SECOND}"'),
    ],
}


@pytest.mark.parametrize("what", PARTS)
def test_halves_of_a_box_are_joined_in_order(what, tmp_path):
    found = seen(tmp_path, written(*PARTS[what]))
    (box,) = [cell for cell in found.mended.cells if grade_id(cell) == "q9"]
    pieces = [text for kind, text in PARTS[what] if kind in ("box", "half") and text != FIRST[:40]]
    assert source(box) == "\n\n".join(pieces)
    assert any("q9" in note for note in found.notes)


@pytest.mark.parametrize("what", BESIDE)
def test_text_near_a_short_answer_is_told_and_its_student_listed(what, tmp_path):
    found = seen(tmp_path, written(*BESIDE[what]))
    assert found.told == {"q9": doubts.NEARBY} and found.doubtful == {"q9"}
    assert "q9" in found.trouble


def test_three_short_strings_are_an_answer_where_the_box_is_blank(tmp_path):
    strings = f'a = "{FIRST[:40]}"\nb = "{FIRST[40:]}"\nc = "{SECOND}"'
    notebook = written(("box", ""), ("code", strings))
    found = seen(tmp_path, notebook)
    assert "q9" in found.trouble and "q9" in found.doubtful


def test_a_long_answer_with_text_near_it_is_told_on_the_sheet_alone(tmp_path):
    found = seen(tmp_path, written(("box", LONG), ("markdown", SECOND), ("code", "1 + 1")))
    assert found.trouble is None and found.told == {"q9": doubts.NEARBY}
    assert marks_of(found)
    cells = [
        {**cell, "id": cell.get("id", f"own-{n}")} for n, cell in enumerate(found.mended.cells)
    ]
    path = tmp_path / "shown.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": {}}), encoding="utf-8")
    text, notes, *_ = answers._read(path, "q9")
    assert (text, notes) == (LONG, (answers.NEARBY.format(SECOND),))


def test_a_check_cell_that_was_deleted_is_not_called_an_answer(tmp_path):
    notebook = handins.answered(NAME)
    for question in ("q1", "q2-answer"):
        del notebook["cells"][handins.place_of(notebook, question)]
    notes = seen(tmp_path, notebook).mended.notes
    assert {note.rpartition(": ")[2] for note in notes} == {"q1", "q2-answer"}


def test_an_answer_without_ids_is_found_by_any_name_that_its_cell_gives_a_value_to(tmp_path):
    """In 04 the first line of question 7's cell gives a value to a column."""
    notebook = handins.answered(XIAN)
    corpus.DAMAGE["ids and metadata lost"](notebook, XIAN)
    mended = seen(tmp_path, notebook, XIAN).mended
    assert (mended.notes, mended.missing) == ([], set())


# --- How far an answer may be rounded ---------------------------------------------------------


def marked(name, question, change):
    """Return the mark of a solution's answer with each of its numbers changed."""
    asked, right = exercise(name).questions[question], solution(name).answers[question]
    return mark(asked, solution(name), changed(right, change))


def changed(value, change):
    """Return a description with each number changed that is no key of a table."""
    if value["type"] == "number":
        return {**value, "value": change(value["value"])}
    if value["type"] == "function":
        return {**value, "results": [changed(each, change) for each in value["results"]]}
    rows = [[*row[:-1], changed(row[-1], change)] for row in value["rows"]]
    return {**value, "rows": rows}


@pytest.mark.parametrize(
    ("name", "question", "digits"),
    [
        ("03_friends_or_partners", "q1", 0),
        ("05_silk_roads_then_and_now", "q2", 0),
        ("05_silk_roads_then_and_now", "q5", 0),
        ("07_kazakhstans_long_border", "q4", 0),
        ("07_kazakhstans_long_border", "q5", 0),
        ("09_the_verdict", "q2", 2),
        ("09_the_verdict", "q3", 0),
        ("09_the_verdict", "q7", 1),
        ("03_friends_or_partners", "q4", 0),
    ],
)
def test_whoever_rounds_too_far_is_told_that(name, question, digits):
    found = marked(name, question, lambda value: round(value, digits) if value != "nan" else value)
    assert found.points == 0 and found.words == TOO_FAR


def test_one_decimal_place_is_right_where_the_text_says_so():
    found = marked("07_kazakhstans_long_border", "q5", lambda v: v if v == "nan" else round(v, 1))
    assert found.points == found.of


#: Answers a little off: (question, what is done to each number).
OFF = {
    "5 km of 1,671": ("05_silk_roads_then_and_now", "q3", lambda v: v + 5),
    "1 km of 1,671": ("05_silk_roads_then_and_now", "q3", lambda v: v + 1),
    "by Tashkent": ("05_silk_roads_then_and_now", "q3", lambda v: 1671.6 if v < 1671 else v + 1),
    "half a per cent of a way": ("05_silk_roads_then_and_now", "q1", lambda v: v * 1.0049),
    "a stop left out": ("05_silk_roads_then_and_now", "q1", lambda v: v - 12),
    "nearly one per cent of people": ("07_kazakhstans_long_border", "q8", lambda v: v * 1.009),
    "a thousand people": ("07_kazakhstans_long_border", "q8", lambda v: v + 1),
    "a tenth of a per cent": ("02_the_trade_lifeline", "q3", lambda v: v * 1.004),
}


@pytest.mark.parametrize("what", OFF)
def test_an_answer_that_is_a_little_off_is_wrong(what):
    name, question, change = OFF[what]
    assert marked(name, question, change).points == 0


@pytest.mark.parametrize("name", NAMES)
def test_how_far_an_answer_may_be_off_is_said_once(name):
    for question in exercise(name).checked:
        assert not (question.within and question.tolerance), question.id


# --- Right except for its form -------------------------------------------------------------------

XIAN = "04_the_xian_summit"
#: Right content in another form: (exercise, question, answer's code after the right one).
FORMS = {
    "a text for a set of one": (XIAN, "q4", "trusted = list(trusted)[0]"),
    "a column for a set": (XIAN, "q4", 'trusted = pages[firsthand & ~caught]["page"]'),
    "a list that names something twice": (
        XIAN,
        "q6",
        "share_up_trade_down = [*share_up_trade_down] * 2",
    ),
    "a column of states": (
        XIAN,
        "q6",
        'share_up_trade_down = trade[share_up & trade_down]["state"]',
    ),
    "durations": (XIAN, "q5", 'least_days = ceremony - starts["latest"]'),
    "a list for a column": (XIAN, "q5", "least_days = least_days.tolist()"),
    "days as texts": (XIAN, "q5", 'least_days = least_days.astype(str) + " days"'),
    "per cent as a text": (XIAN, "q7", 'growth_not_by_road = f"{growth_not_by_road:.1f} %"'),
    "with a comma": (
        XIAN,
        "q7",
        'growth_not_by_road = f"{growth_not_by_road:.1f}".replace(".", ",")',
    ),
    "a list of one number": (XIAN, "q7", "growth_not_by_road = [growth_not_by_road]"),
    "a list of one letter": (XIAN, "q8", "flaw = [flaw]"),
    "a column for a list": (
        XIAN,
        "q2",
        "import pandas as pd\nfirst_in_person = pd.Series(first_in_person)",
    ),
}
#: The same where the form is not what is taught: accepted at once.
ACCEPTED = {
    "a letter and its sentence": "flaw = f'{flaw}: A part can grow faster than the whole.'",
    "a letter and a bracket": "flaw = f'{flaw.lower()}) A part can grow'",
    "a letter and a full stop": "flaw = f' {flaw}.'",
    "a letter and a colon": "flaw = flaw + ':'",
}
#: Another form of what is wrong stays wrong, and nobody is asked.
WRONG = {
    "another letter": ("q8", "flaw = 'A: This is true, but …'"),
    "a sentence without a letter": ("q8", "flaw = 'A part can grow'"),
    "another set": ("q4", 'trusted = pages["page"]'),
    "another page": ("q4", "trusted = 'E094 or another'"),
    "other days": ("q5", 'least_days = ceremony - starts["earliest"]'),
    "days in another order": ("q5", "least_days = least_days.tolist()[::-1]"),
    "another per cent": ("q7", "growth_not_by_road = f'{growth_not_by_road + 1:.1f} %'"),
    "a fraction as a text": ("q7", "growth_not_by_road = str(growth_not_by_road / 100)"),
}


def with_code(name, question, code):
    """Return a right notebook with more code below one answer."""
    return handins.with_text(handins.answered(name), f"{question}-answer", f"\n{code}")


@pytest.fixture(scope="module")
def all_forms(tmp_path_factory):
    """Return what is seen in notebooks with several such answers each: {case: mark}, troubles."""
    found, troubles = {}, {}
    cases = {what: (question, code) for what, (_, question, code) in FORMS.items()}
    cases |= {what: ("q8", code) for what, code in ACCEPTED.items()} | WRONG
    while cases:  # one of each question in each notebook
        now = {question: what for what, (question, _) in reversed(cases.items())}
        notebook = handins.answered(XIAN)
        for question, what in now.items():
            handins.with_text(notebook, f"{question}-answer", f"\n{cases.pop(what)[1]}")
        one = seen(tmp_path_factory.mktemp("forms"), notebook, XIAN)
        for question, what in now.items():
            found[what] = one.marks[question]
            troubles[what] = (one.trouble, one.doubtful)
    return found, troubles


@pytest.mark.parametrize("what", FORMS)
def test_what_is_right_but_for_its_form_is_listed(all_forms, what):
    (found, troubles), (_, question, _) = all_forms, FORMS[what]
    trouble, doubtful = troubles[what]
    assert found[what].form and found[what].points == 0 and question in doubtful
    assert f"`course accept {XIAN} " in trouble and question in trouble
    assert found[what].words.startswith(FORM)


@pytest.mark.parametrize("what", ACCEPTED)
def test_a_letter_counts_whatever_follows_it(all_forms, what):
    assert all_forms[0][what].points == 1


@pytest.mark.parametrize("what", WRONG)
def test_another_form_of_a_wrong_answer_is_wrong(all_forms, what):
    assert all_forms[0][what].points == 0 and not all_forms[0][what].form


def test_a_student_s_own_check_says_that_a_number_is_a_whole_one():
    question = {"answer": "share", "kind": "number", "unit": "per cent", "range": [1, 100]}
    assert public._number(question, 14.0).startswith("14. ")
    assert public._number(question, 13.6) == "13.6"
    assert public._number(question | {"whole": True}, 14.0) == "14"


def test_a_full_stop_makes_no_other_text():
    question = Question("q1", "function", 2, answer="f", inputs=("(120,)",))
    expected, got = (
        describe_calls(lambda total, text=text: text, question.inputs)
        for text in ("More than all", "More than all.")
    )
    assert compare.same(question, expected, got)


@pytest.mark.sandbox
@needs_isolation
def test_one_command_accepts_and_no_later_grading_takes_it_away(
    course, executor, capsys, monkeypatch
):
    with closing(gradebook(directory(course))) as book:
        book.update_or_create_student("ana", first_name="Ana", last_name="Example")
    hand_in(course, "ana", with_code(XIAN, "q4", "trusted = list(trusted)[0]"), XIAN)
    hand_in(course, "bo", with_code(XIAN, "q4", 'trusted = "E094"'), XIAN)
    monkeypatch.setattr(cli.manifest, "course_root", lambda: course)

    def graded(**more):
        return coordinator.grade(course, XIAN, executor=executor, **more)

    def score(student):
        with closing(gradebook(directory(course))) as book:
            grade = book.find_grade("q4", XIAN, XIAN, student)
            return grade.score, grade.needs_manual_grade

    told = report.in_words(XIAN, graded())
    (line,) = (line for line in told.splitlines() if line.startswith("  ana Example, Ana: "))
    assert f"`course accept {XIAN} q4`" in line
    assert score("ana") == (0, True) and score("bo") == (0, False)
    assert cli.main(["accept", XIAN, "q5", "q9"]) == 1 and "q9" in capsys.readouterr().err
    assert cli.main(["accept", XIAN, "q4", "--points", "3"]) == 1
    told = capsys.readouterr().err
    assert all(word in told for word in ("--points 3", "q4", "0 to 2"))
    copies = len(nbgrader_course._copies(course / "gradebook.db"))
    assert cli.main(["accept", XIAN, "q5", "q4"]) == 0
    assert "  ana Example, Ana: q4\n" in capsys.readouterr().out
    assert len(nbgrader_course._copies(course / "gradebook.db")) == copies + 1
    assert score("ana") == (2, False) and score("bo") == (0, False)
    assert "ana" in (later := graded()).marking and later.trouble == []  # for the written answer
    assert cli.main(["accept", XIAN, "q4", "--points", "0"]) == 0  # a person has marked it
    assert "ana" not in capsys.readouterr().out
    graded(again=True)
    assert score("ana") == (2, False)
    assert "person" not in grades(course, "ana", XIAN)[1]["q4-answer"]

    changed = "trusted = list(trusted)[0]  # again"  # so a person has to mark it again
    hand_in(course, "ana", with_code(XIAN, "q4", changed), XIAN)
    graded()
    assert score("ana") == (2, True)
    assert cli.main(["accept", XIAN, "q4", "--points", "1"]) == 0
    assert "formgrader:\n  ana Example, Ana: q4\n" in capsys.readouterr().out
    assert score("ana") == (2, True)

    (course / "gradebook.db").unlink()
    assert cli.main(["accept", XIAN, "q4"]) == 1
    assert f"`course grade {XIAN}`" in capsys.readouterr().err
