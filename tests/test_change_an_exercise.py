"""Whoever follows the guide's page "Change an exercise" gets what the page says."""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace

import nbformat
import pytest

from coursestaff import cli
from coursestaff.exercises import asking, checklist, points, spec
from coursestaff.exercises.asking import OwnQuestion
from coursestaff.exercises.cells import grade_id, source
from coursestaff.exercises.spec import SpecError
from coursestaff.marking import coordinator
from coursestaff.marking.marksheet import rubric
from coursestaff.marking.solution import solve
from coursestaff.publishing import guide
from coursestaff.releasing import adding
from courseware import CourseError
from courseware.answers.kinds import KINDS
from tests.exercises import TIGHT
from tests.graded import hand_in, marks_of, no_network
from tests.isolated import needs_isolation
from tests.notebooks import ROOT

pytestmark = pytest.mark.sandbox
__all__ = ["no_network"]  # a fixture
NAME = "04_the_xian_summit"
PAGE = (guide.WRITTEN / "change_an_exercise.md").read_text(encoding="utf-8")


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course folder with one exercise, in which somebody works."""
    for part in ("data", "nbgrader_config.py"):
        (tmp_path / part).symlink_to(ROOT / part)
    for part in ("solutions", "exercises"):
        ours = shutil.ignore_patterns(spec.RELEASED)
        shutil.copytree(ROOT / part / NAME, tmp_path / part / NAME, ignore=ours)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def line(language, word):
    """Return the line of the page that holds a word, as it has to be typed into a file."""
    found = re.findall(rf"^( *)```{language}\n(.*?)\n *```", PAGE, re.M | re.S)
    (typed,) = [text.removeprefix(indent) for indent, text in found if word in text]
    return typed


def put(path, old, new):
    """Replace a line as somebody does in an editor."""
    lines = path.read_text(encoding="utf-8")
    old, new = (json.dumps(each)[1:-1] if path.suffix == ".ipynb" else each for each in (old, new))
    assert lines.count(old) == 1
    path.write_text(lines.replace(old, new), encoding="utf-8")


def release():
    """Type the command of the page."""
    (typed,) = re.findall(r"^```\ncourse (release \S+)\n```$", PAGE, re.M)
    return cli.main(typed.split())


def files(course):
    """Return all files of the exercise with their content, but not what is kept of releases."""
    paths = [path for part in ("solutions", "exercises") for path in (course / part).rglob("*")]
    return {p: p.read_bytes() for p in paths if p.is_file() and spec.RELEASED not in p.parts}


# --- A value, a variant, a tolerance -------------------------------------------------------


def test_another_year_is_released_and_what_still_names_the_old_one_is_said(course, capsys):
    solution = course / "solutions" / NAME / f"{NAME}.ipynb"
    put(solution, "YEAR = 2016", line("python", "YEAR"))
    assert release() == 0
    assert re.search(r"\bYEAR\b.* 2016 .* 2018\b", capsys.readouterr().out)
    given = spec.read_notebook(course / "exercises" / NAME / f"{NAME}.ipynb")
    assert spec.parameters(given.cells)["YEAR"] == "2018"


def test_a_year_that_does_not_work_is_refused_with_those_that_do(course, capsys):
    before = files(course / "exercises")
    put(course / "solutions" / NAME / f"{NAME}.ipynb", "YEAR = 2016", "YEAR = 2015")
    assert release() == 1
    said = capsys.readouterr().err
    assert line("text", "q6") in said
    assert re.search(rf"^  BASE = 2013, YEAR = 2016 .*exercises/{NAME}", said, re.M)
    assert re.search(r"^  BASE = 2013, YEAR = 2018 .*checks\.yaml", said, re.M)
    assert files(course / "exercises") == before


def test_a_fault_with_values_that_work_says_nothing_of_values(course, capsys):
    put(course / "solutions" / NAME / "checks.yaml", "wrong: len(met)\n", "wrong: len(in_person)\n")
    assert release() == 1
    said = capsys.readouterr().err
    assert "'len(in_person)'" in said and "YEAR" not in said


def test_a_variant_that_is_noted_holds_together_and_is_named_from_then_on(course, capsys):
    checks, own = course / "solutions" / NAME / "checks.yaml", line("yaml", "BASE")
    put(checks, "variants:\n", f"variants:\n{own}\n")
    notebook = course / "solutions" / NAME / f"{NAME}.ipynb"
    put(notebook, "BASE = 2013", "BASE = 2014")
    put(notebook, "YEAR = 2016", "YEAR = 2017")
    assert release() == 0
    put(notebook, "YEAR = 2017", "YEAR = 2018")
    assert release() == 1
    assert re.search(r"BASE = 2014, YEAR = 2017 .*checks\.yaml", capsys.readouterr().err)
    put(checks, own, own.replace("YEAR", "YAER"))
    assert release() == 1
    assert re.search(r"'parameters' .*\bYAER\b", capsys.readouterr().err)


def test_a_tolerance_is_the_one_that_is_written_and_a_wrong_one_is_refused(course, capsys):
    checks, own = course / "solutions" / NAME / "checks.yaml", line("yaml", "within")
    put(checks, "    within: 0.3", own)
    assert release() == 0
    assert spec.load(checks.parent).questions["q7"].within == 0.6
    put(checks, own, own.replace(".", ","))
    assert release() == 1
    assert "'0,6'" in capsys.readouterr().err
    put(checks, own.replace(".", ","), "    within: 100")
    assert release() == 1
    assert ": q7: '" in capsys.readouterr().err


def test_the_table_of_roundings_is_what_the_command_writes():
    table = dict(re.findall(r"^\| (.+?) \| `within: ([\d.]+)` \|$", PAGE, re.M))
    assert {words: float(within) for words, within in table.items()} == asking.ROUNDED


# --- A question of one's own ---------------------------------------------------------------


def typed():
    """Return what the page's last table lets somebody type, with what is asked: (asks, types)."""
    rows = re.findall(r"^\| (.*?) ?\| (.+) \|$", PAGE.rpartition("|---|---|\n")[2], re.M)
    return [
        (asks, found[1] if (found := re.match("`(.+)`$", types)) else "") for asks, types in rows
    ]


def new_question(course, lines):
    """Type the command and some lines; return what a terminal shows."""
    command = [sys.executable, "-m", "coursestaff.cli", "new", "question", "04"]
    given = "".join(f"{each}\n" for each in lines)
    return subprocess.run(command, input=given, capture_output=True, text=True, cwd=course)


def handed_in(course, **answers):
    """Return the release with the solution's answers, or with others."""
    made = {grade_id(cell): source(cell) for cell in notebook(course, "solutions")["cells"]}
    work = notebook(course, "exercises")
    for cell in work["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            cell["source"] = answers.get(cell["id"].removesuffix("-answer"), made[cell["id"]])
    return work


def notebook(course, part):
    return json.loads((course / part / NAME / f"{NAME}.ipynb").read_text(encoding="utf-8"))


@needs_isolation
def test_a_question_is_asked_for_written_and_then_graded(course):
    rows = typed()
    done = new_question(course, [types for _, types in rows])
    assert done.returncode == 0, done.stdout + done.stderr
    at = 0
    for asks, _ in rows:
        at = done.stdout.index(asks, at)
    own = spec.load(course / "solutions" / NAME)
    assert [own.questions[id].points for id in ("q3", "q7", "q10")] == [2, 2, 2]
    asked = next(c for c in notebook(course, "exercises")["cells"] if c["id"] == "ex-q10")
    question = rows[1][1]
    assert f"**Question 10 (2 points).** {question}" in source(asked)
    assert asking.tolerated("one decimal place")[1] in source(asked)
    answer = next(c for c in notebook(course, "exercises")["cells"] if c["id"] == "q10-answer")
    assert source(answer) == "share_by_video = ..."
    wrong = "share_by_video = 100 * len(in_person) / len(met)"
    hand_in(course, "right", handed_in(course), NAME)
    hand_in(course, "rounded", handed_in(course, q10="share_by_video = 12.5"), NAME)
    hand_in(course, "wrong", handed_in(course, q10=wrong), NAME)
    graded = coordinator.grade(course, NAME, limits=TIGHT, processes=1).graded
    marks = {each.student: each.marks["q10"] for each in graded}
    points = {student: mark.points for student, mark in marks.items()}
    assert points == {"right": 2, "rounded": 2, "wrong": 0}
    types = [types for _, types in rows]
    assert marks["wrong"].words == types[types.index("100 * len(in_person) / len(met)") + 1]
    assert sum(marks_of(next(each for each in graded if each.student == "right")).values()) == 16


def test_what_does_not_hold_together_is_said_and_leaves_every_file_as_it_was(course):
    before = files(course)
    lines = [types for _, types in typed()]
    right = lines.index("100 * len(in_person) / len(met)")
    done = new_question(course, [*lines[:right], "100 * by_video / len(met)", *lines[right + 1 :]])
    assert done.returncode == 1
    assert "'100 * by_video / len(met)'" in done.stdout.partition("q10: ")[2]
    assert adding.AGAIN.strip() in done.stdout
    assert done.stderr.strip() == asking.STOPPED
    assert files(course) == before


@pytest.fixture
def unreleased(monkeypatch):
    """What a test writes is not released; a fault that is put in here is found once."""
    faults = []

    def release(*arguments, **more):
        if faults:
            raise SpecError(faults.pop())

    monkeypatch.setattr(adding, "release", release)
    return faults


def test_what_was_typed_before_is_kept_by_enter(course, monkeypatch, unreleased):
    lines = [types for _, types in typed()]
    wrong = lines.index("by_video / len(met)")
    again = [""] * (len(lines) - 2)  # the two lines of code are one thing that is asked
    again[wrong - 2] = lines[wrong]
    spoilt = [*lines[:wrong], "share_by_video", *lines[wrong + 1 :]]
    unreleased.append("'share_by_video' is no misconception")
    feed = iter([*spoilt, *again])
    monkeypatch.setattr("builtins.input", lambda prompt: next(feed))
    said = []
    adding.ask_and_add(course, "04", said.append)
    assert said[1] == f"'share_by_video' is no misconception{adding.AGAIN}"
    own = spec.load(course / "solutions" / NAME).questions["q10"]
    assert [each.wrong for each in own.misconceptions][1] == lines[wrong]


def test_an_exercise_that_is_not_there_is_refused_before_anything_is_asked(course, capsys):
    assert cli.main(["new", "question", "12"]) == 1
    assert re.search(r"'12'.*\b04\b", capsys.readouterr().err)


class Typing:
    """Types lines into a dialogue, and keeps what was shown."""

    def __init__(self, monkeypatch, lines):
        self.lines = iter(lines)
        monkeypatch.setattr("builtins.input", lambda prompt: next(self.lines))

    @property
    def left(self):
        return list(self.lines)


#: Of each kind: the right answer as code, and what is typed between points and hint, in lines
#: that end with a bar. Each is worth one point.
OF_A_KIND = {
    "number": (
        "met_all = len(met)",
        "a whole number|meetings|1 to 100|len(in_person)|In person.|0|0.0|No.|",
    ),
    "choice": ('best = "A"', "A, B|A, B, C|"),
    "set": ('partners = set(met["partner"])', "|"),
    "order": (
        'partner_list = in_person["partner"].drop_duplicates().tolist()',
        "China, European Union, Russia, United States|",
    ),
    "mapping": ('words = {"A": "share", "B": "size"}', "A, B|share, size|"),
    "table": (
        'value = road["all trade"]',
        "2 per cent|year|year, value|value / 1000|Thousands.|value * 2|Twice.|",
    ),
    "chart": (
        'drawn = road["all trade"].plot.bar(title="t", ylabel="u")',
        "one decimal place|columns|bars|",
    ),
    "function": (
        'def half(number):\n    """Return half of it."""\n    return number / 2',
        "1|(2)|(2)|(3)||(5)|number||lambda number: number|Halve it.|",
    ),
}


def answers_of(kind):
    """Return what somebody types for a question of a kind that is worth one point."""
    right, more = OF_A_KIND[kind]
    start = ["", f"What is asked of a {kind}?", kind, "", *right.splitlines(), "", "1", "GIVER"]
    return [*start, *more.split("|"), "A hint."]


def test_every_kind_of_the_course_can_be_asked_for(course, monkeypatch):
    """Each is written into the exercise in turn, and the solution then holds together."""
    assert set(OF_A_KIND) == set(KINDS)
    folder = course / "solutions" / NAME
    for kind in KINDS:
        exercise = spec.load(folder)
        giver = max(exercise.checked, key=lambda question: question.points).id
        typing = Typing(monkeypatch, [each.replace("GIVER", giver) for each in answers_of(kind)])
        asked = asking.question(asking.Dialogue(), exercise)
        assert typing.left == []
        id = f"q{len(exercise.questions) + 1}"
        for file, text in adding._files(exercise, id, asked).items():
            file.write_text(text, encoding="utf-8")
    exercise = spec.load(folder)
    assert [each.kind for each in exercise.questions.values()][-len(KINDS) :] == [*KINDS]
    assert list(checklist.faults(exercise)) == []
    nbformat.validate(spec.read_notebook(exercise.notebook))
    solve(exercise)


def test_a_written_question_gets_its_rows_in_the_rubric(course, monkeypatch, unreleased):
    row = ["Evidence", "none", "one | two", "both"]
    lines = ["", "What follows from it?", "written", "3", "2", "q3 q3 q3", "q3 q7", "It may be."]
    Typing(monkeypatch, [*lines, *row])
    adding.ask_and_add(course, NAME, lambda words: None)
    own = spec.load(course / "solutions" / NAME)
    assert list(checklist.faults(own)) == []
    text = (own.folder / "rubric.md").read_text(encoding="utf-8")
    (read,) = rubric.read(text, own.questions["q10"]).rows
    assert read == ("Evidence", ("none", "one / two", "both"))
    given = {cell["id"]: source(cell) for cell in points.given(own)}
    assert "It may be." not in str(given) and "(2 points, written).**" in given["ex-q10"]


def test_a_table_that_comes_with_a_question_stands_in_the_card_and_is_loaded_for_students():
    notebook = spec.read_notebook(ROOT / "solutions" / NAME / f"{NAME}.ipynb")
    loads = 'prices = data.load("gas_prices")\nroads = data.load("trade_by_road")'
    asked = OwnQuestion("", "How many?", "number", 1, {"q3": 1}, "n = len(prices)", loads)
    adding.add_cells(notebook, "q10", asked)
    card = re.search(r"^\| Tables \| (.*) \|$", source(notebook.cells[0]), re.M)[1]
    assert card.endswith("`trade_by_road`, `gas_prices`")
    (given,) = [cell for cell in notebook.cells if cell.id == "ex-q10-given"]
    assert source(given) == loads and given.metadata["nbgrader"]["locked"]


def test_an_exercise_without_points_to_spare_is_refused(monkeypatch):
    exercise = spec.load(ROOT / "solutions" / NAME)
    poor = {id: replace(each, points=1) for id, each in exercise.questions.items()}
    Typing(monkeypatch, ["", "How many?", "number", "", "n = 1", ""])
    with pytest.raises(CourseError, match=r"\b1\b"):
        asking.question(asking.Dialogue(), replace(exercise, questions=poor))


def test_a_hyphen_takes_away_what_enter_would_keep(monkeypatch):
    Typing(monkeypatch, ["Meetings", "", "-", "", "a = 1", "", "-", ""])
    dialogue = asking.Dialogue()
    assert [dialogue.ask("A heading", str) for _ in range(4)] == ["Meetings", "Meetings", "", ""]
    assert [dialogue.ask("Code", asking._code, lines=True) for _ in range(2)] == ["a = 1", ""]


@pytest.mark.parametrize("typed", ["1 500", "1 to", "500", "1 to 2 to 3", "one to two"])
def test_two_numbers_are_never_read_out_of_one(typed):
    assert asking._range("-1 to 2.5") == [-1, 2.5]
    with pytest.raises(ValueError, match="1 to 500"):
        asking._range(typed)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("share = 1 +", "line 1"),
        ("len(met)", "share = "),
        ("held = 3", r"held .*\bq1\b"),
        ("def held_by(a):\n    return a", r"\bnumber\b"),
        ("Share = 3", "Share"),
    ],
)
def test_a_right_answer_that_cannot_be_one_is_refused_at_once(code, said):
    exercise = spec.load(ROOT / "solutions" / NAME)
    with pytest.raises(ValueError, match=said):
        asking._right(code, "number", exercise)


@pytest.mark.parametrize("typed", ["", "a bit", "0", "30 per cent", "-1", "0,5"])
def test_a_tolerance_that_is_said_otherwise_is_refused(typed):
    with pytest.raises(ValueError, match="one decimal place"):
        asking.tolerated(typed)


def test_a_tolerance_in_words_is_said_to_students_too(snapshot):
    said = [asking.tolerated(typed) for typed in ("to one decimal place", "2 per cent", "3")]
    assert [within for within, _ in said] == [{"within": 0.06}, {"tolerance": 0.02}, {"within": 3}]
    assert [words for _, words in said] == snapshot


def test_nothing_is_written_where_a_release_fails_after_the_trial(course, monkeypatch):
    monkeypatch.setattr(adding, "_try", lambda *arguments: None)

    def fails(*arguments, **more):
        raise CourseError("in use")

    monkeypatch.setattr(adding, "release", fails)
    before, lines = files(course), iter(types for _, types in typed())
    monkeypatch.setattr("builtins.input", lambda prompt: next(lines))
    with pytest.raises(CourseError, match="in use"):
        adding.ask_and_add(course, "04")
    assert files(course) == before
