"""A check never judges an old value, and says whether an answer is right only where it can know."""

import json
import re
import shutil
from types import SimpleNamespace

import nbformat
import pytest

from coursestaff.cli import main
from coursestaff.exercises import spec
from courseware.checks import full, public, watching
from courseware.checks.watching import Ran, Watch, assigned
from tests import corpus
from tests.exercises import run, shown
from tests.notebooks import ROOT

NAME = "02_the_trade_lifeline"
NUMBER = {"answer": "gap", "kind": "number", "unit": "per cent", "range": [1, 100]}


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("gap = 3", {"gap"}),
        ("gap = other = 3\ngap += 1", {"gap", "other"}),
        ("a, (b, *c) = x", {"a", "b", "c"}),
        ('change["x"] = 1\nchart.title.text = 2', {"change", "chart"}),
        ("def growth(old, new):\n    inside = old\n    return inside", {"growth"}),
        ("if x:\n    gap = 1\nfor n in y:\n    pass", {"gap", "n"}),
        ("gap == 3\nlist(gap)\nlambda gap: 1", set()),
        ("%%time\ngap = 3", {"gap"}),
        ("%matplotlib inline\n!ls\ngap = 3", {"gap"}),
        # what Python cannot read
        ("gap = (3", {"gap"}),
        ("  gap = 3", {"gap"}),
        ("old = 1\ngap = trade['x\n", {"old", "gap"}),
        ("change['x'] = (1", {"change"}),
        ("def growth(old, new):\nreturn 1", {"growth"}),
        ("gap == (3", set()),
        ("gap = " + "(" * 500, {"gap"}),
        ("\0", set()),
    ],
)
def test_what_a_cell_assigns_is_read_out_of_it(source, names):
    assert assigned(source) == names


def test_a_cell_speaks_of_names_in_their_order():
    assert watching.used("a = b[b['c'] == 1]\n(a") == ["a", "b", "c"]


@pytest.fixture
def noted():
    """Return a function that notes a run, and returns why `gap` is not to be judged after it.

    That is an error's name, or "spelling" where the cell gives the name no value any more.
    """
    watch = Watch()

    def note(source, cell, error=None):
        watch.note(Ran(source, cell, error))
        complaint = watch.complaint("gap")
        if complaint is None or "`gap = `" in complaint:
            return complaint and "spelling"
        return re.search(r"\w+Error", complaint)[0]

    return note


def test_a_cell_that_stopped_leaves_nothing_to_judge(noted):
    assert noted("x = 3", "a") is None
    assert noted("gap = 3", "a") is None
    assert noted("gap = (3", "a", "SyntaxError") == "SyntaxError"
    assert noted("other = 1 / 0", "b", "ZeroDivisionError") == "SyntaxError"
    assert noted("gap = 4", "a") is None


def test_a_misspelt_name_leaves_the_old_value_and_is_noticed(noted):
    assert noted("gap = ...", "a") is None
    assert noted("gpa = 3", "a") == "spelling"
    assert noted("  gap = 3", "a", "IndentationError") == "IndentationError"
    assert noted("gap = 3", "a") is None


def test_another_cell_may_give_the_answer(noted):
    noted("gap = ...", "a")
    noted("gap = 3", "b")
    assert noted("print(1)", "a") is None  # the answer's cell was emptied: the other one counts


def test_without_ids_a_name_is_known_by_its_cells_text(noted):
    noted("gap = 3", None)
    assert noted("gap = 1 / 0", None, "ZeroDivisionError") == "ZeroDivisionError"
    assert noted("print(1)", None) == "ZeroDivisionError"


# --- In a kernel, as nbclient and nbgrader run a notebook -----------------------------------------


@pytest.fixture
def exercise(tmp_path):
    """A folder with one question; returns a function that runs cells there."""
    content = {"questions": {"q1": NUMBER}}
    (tmp_path / "checks.json").write_text(json.dumps(content), encoding="utf-8")

    def ran(*sources, **environment):
        cells = [nbformat.v4.new_code_cell(source) for source in sources]
        for number, cell in enumerate(cells):
            cell.id = f"c{number}"
        return run(nbformat.v4.new_notebook(cells=cells), tmp_path, **environment)

    return ran


IMPORT = "from courseware.checks import check"


#: What `check` would say, in words that stay: a card is renewed when its answer runs again.
REPORT = "from courseware.checks import public\nprint(public._quietly('q1')[0])"
BROKEN = {
    "x = 1\n  gap = 40": "IndentationError",
    "gap = (40": "SyntaxError",
    "gap = {'a': 1}['b']": "KeyError",
    "gap = tarde": "NameError",
    "gap = 50\n1 / 0": "ZeroDivisionError",
}


def test_after_an_error_in_the_answers_cell_the_old_value_is_not_judged(exercise):
    cells = [each for broken in BROKEN for each in ("gap = 20", broken, REPORT)]
    done = exercise(IMPORT, *cells)
    for number, error in enumerate(BROKEN.values()):
        assert error in shown(done, f"c{3 * number + 3}")


def test_a_table_without_rows_is_named_where_its_mean_is_no_number(exercise):
    table = "import pandas as pd\nseen = pd.DataFrame({'page': ['copy', 'own text']})"
    empty = "against = seen[seen['page'] == 'Copy']\ngap = (against['page'] == 'copy').mean()"
    done = exercise(IMPORT, table, empty, REPORT, empty.replace("Copy", "copy"), REPORT)
    assert "`against`" in shown(done, "c3")
    assert "`against`" not in shown(done, "c5")


def test_a_card_says_so_when_its_answer_ran_again(exercise):
    done = exercise(IMPORT, "gap = 20", 'check("q1")', "gap = 30", 'check("q1")')
    assert shown(done, "c2") == f"q1: {public.AGAIN}"
    assert "30" in shown(done, "c4")
    done = exercise(IMPORT, "gap = 20", 'check("q1")', "gap = 1 / 0")
    assert "ZeroDivisionError" in shown(done, "c2")


def test_answer_and_check_may_stand_in_one_cell(exercise):
    one = 'gap = 30\ncheck("q1")'
    done = exercise(IMPORT, "gap = 1 / 0", one, 'print("later")')
    assert "30" in shown(done, "c2") and "Error" not in shown(done, "c2")


def test_validate_is_told_of_a_cell_that_stopped(exercise):
    done = exercise(IMPORT, "gap = 20", "gap = (1", 'check("q1")', NBGRADER_EXECUTION="validate")
    assert done.cells[3].outputs[0].ename == "CheckError"


def test_a_card_that_has_nothing_to_complain_of_is_grey_and_watches_the_cell_above():
    card = public.Verdict("q1", "It is a number.", "open")
    html = card._repr_html_()
    assert public.ui.BARS["open"][0] in html and public.ui.BARS["good"][0] not in html
    assert ".jp-CodeCell.jp-mod-dirty + .jp-CodeCell .no-limits-changed" in html
    assert 'class="no-limits-changed" style="display:none"' in html
    assert public.ui.BARS["good"][0] in public.Verdict("q1", "Right.", "right")._repr_html_()


# --- With the solution -------------------------------------------------------------------------


@pytest.mark.parametrize(("given", "named"), [("20", "20"), ("'x'", "`gap`")])
def test_without_the_solution_the_full_check_says_so(exercise, given, named):
    """Where the public check complains nothing is compared, either."""
    said = shown(exercise(IMPORT, f"gap = {given}", 'check("q1", full=True)'), "c2")
    assert named in said and said.endswith(f" {full.NOT_HERE}")


@pytest.fixture
def at_home(tmp_path, monkeypatch):
    """Return the notebook of somebody who has the solution, all answered, and where it lies."""
    for part in ("solutions", "data"):
        shutil.copytree(ROOT / part, tmp_path / part)
    folder = tmp_path / "exercises" / NAME
    shutil.copytree(ROOT / "exercises" / NAME, folder)
    corpus.write(folder, NAME, corpus.answered(NAME))
    monkeypatch.setenv("JPY_SESSION_NAME", str(folder / f"{NAME}.ipynb"))
    monkeypatch.chdir(folder)
    return folder / f"{NAME}.ipynb"


def answer_cell(path, question):
    cells = nbformat.read(path, as_version=4).cells
    return next(c.source for c in cells if c.id == f"{question}-answer")


def asked_in_full(path, source=None):
    """Return what the full check says of question 2; ``source`` is what its cell ran."""
    return full.full("q2", "growth_total", Ran(source or answer_cell(path, "q2"), "x", None))


@pytest.mark.sandbox
def test_with_the_solution_the_full_check_says_right_or_wrong(at_home):
    assert asked_in_full(at_home) == full.told({"questions": {"q2": {"points": 2, "of": 2}}}, "q2")
    notebook = nbformat.read(at_home, as_version=4)
    cell = next(c for c in notebook.cells if c.id == "q2-answer")
    cell.source += "\ngrowth_total = growth_total / 100"
    nbformat.write(notebook, at_home)
    found = asked_in_full(at_home)
    known, *_ = spec.load(ROOT / "solutions" / NAME).questions["q2"].misconceptions
    assert found.right is False and found.words.startswith(known.hint)


def test_what_is_saved_has_to_be_what_ran(at_home):
    assert asked_in_full(at_home, "growth_total = 12345") == (None, full.SAVE)
    unknown = full.full("q2", "growth_total", None)
    assert unknown.right is None and "`growth_total`" in unknown.words


def test_blanks_at_the_ends_of_lines_are_no_change(at_home):
    source = answer_cell(at_home, "q2").replace("\n", "  \n\n") + "\n"
    assert full.tidy(source) in full.saved(at_home)


def test_what_the_command_prints_for_a_script_is_told_by_question():
    result = {
        "questions": {
            "q1": {"points": 2, "of": 2, "words": "Right."},
            "q2": {"points": 0, "of": 2, "words": "Which base?"},
        }
    }
    told = {key: full.told(result, key) for key in ("q1", "q2", "q9")}
    assert [each.right for each in told.values()] == [True, False, None]
    assert re.findall(r"\d", told["q1"].words) == ["2", "2"]
    assert told["q2"].words.startswith("Which base? ")
    assert re.findall(r"\d", told["q2"].words) == ["0", "2"]


def test_a_courseware_beside_the_notebook_is_never_imported(at_home, monkeypatch):
    planted = at_home.parent / "courseware"
    planted.mkdir()
    witness = at_home.parent / "imported.txt"
    line = f"open({str(witness)!r}, 'w').close()\nraise SystemExit('planted')\n"
    (planted / "__init__.py").write_text(line, encoding="utf-8")
    start = full.subprocess.run

    def with_help(command, **options):
        """Start what the full check starts, for its help alone: that imports enough."""
        assert command[-3:] == ["check", str(at_home), "--json"]
        return start([*command[:-3], "--help"], **options)

    monkeypatch.setattr(full.subprocess, "run", with_help)
    assert asked_in_full(at_home) == (None, full.NO_REPLY)
    assert not witness.exists()


@pytest.mark.parametrize(
    ("code", "reply", "error", "words"),
    [
        *((0, reply, "", full.NO_REPLY) for reply in ("", "no JSON", "[]", "{}")),
        (1, "", "", full.NO_REPLY),
        (1, "", "a warning\nNo such exercise.\n", "No such exercise."),
    ],
)
def test_a_command_that_fails_or_says_nothing_is_told(
    at_home, monkeypatch, code, reply, error, words
):
    done = SimpleNamespace(returncode=code, stdout=reply, stderr=error)
    monkeypatch.setattr(full.subprocess, "run", lambda *_, **__: done)
    assert asked_in_full(at_home) == (None, words)


def test_a_command_that_cannot_be_started_is_told_in_a_sentence(at_home, monkeypatch):
    monkeypatch.setattr(full.sys, "executable", str(at_home.parent / "no-python"))
    assert asked_in_full(at_home) == (None, full.NO_REPLY)


@pytest.mark.parametrize("content", [b"", b"{half", b"\xff\xfe", b"{}"])
def test_a_notebook_that_cannot_be_read_is_told_in_a_sentence(at_home, content):
    source = answer_cell(at_home, "q2")
    at_home.write_bytes(content)
    assert asked_in_full(at_home, source) == (None, full.UNREADABLE)


@pytest.mark.sandbox
def test_course_check_as_json_says_what_it_says_in_words(at_home, capsys):
    assert main(["check", str(at_home), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["exercise"] == NAME and result["written"] == ["q9"]
    assert {mark["points"] == mark["of"] for mark in result["questions"].values()} == {True}
    assert result["errors"] == {} and result["trouble"] is None


def test_a_shell_is_watched_once():
    registered = []
    shell = SimpleNamespace(
        events=SimpleNamespace(register=lambda *those: registered.append(those))
    )
    watching.start(shell)
    watching.start(shell)
    watching.start(None)
    watch = watching.WATCH
    assert registered == [("pre_run_cell", watch.begin), ("post_run_cell", watch.end)]
