"""A check never judges an old value, and says whether an answer is right only where it can know."""

import json
import shutil
from types import SimpleNamespace

import nbformat
import pytest

from coursestaff.cli import main
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


def test_a_cell_that_stopped_leaves_nothing_to_judge():
    watch = Watch()
    assert watch.complaint("gap") is None
    watch.note(Ran("gap = 3", "a", None))
    assert watch.complaint("gap") is None
    watch.note(Ran("gap = (3", "a", "SyntaxError"))
    assert "stopped with an error (SyntaxError)" in watch.complaint("gap")
    watch.note(Ran("other = 1 / 0", "b", "ZeroDivisionError"))
    assert "SyntaxError" in watch.complaint("gap")
    watch.note(Ran("gap = 4", "a", None))
    assert watch.complaint("gap") is None


def test_a_misspelt_name_leaves_the_old_value_and_is_noticed():
    watch = Watch()
    watch.note(Ran("gap = ...", "a", None))
    watch.note(Ran("gpa = 3", "a", None))
    assert "no longer gives `gap` a value" in watch.complaint("gap")
    watch.note(Ran("  gap = 3", "a", "IndentationError"))
    assert "IndentationError" in watch.complaint("gap")
    watch.note(Ran("gap = 3", "a", None))
    assert watch.complaint("gap") is None


def test_another_cell_may_give_the_answer():
    watch = Watch()
    watch.note(Ran("gap = ...", "a", None))
    watch.note(Ran("gap = 3", "b", None))
    watch.note(Ran("print(1)", "a", None))  # the answer's cell was emptied: the other one counts
    assert watch.complaint("gap") is None


def test_without_ids_a_name_is_known_by_its_cells_text():
    watch = Watch()
    watch.note(Ran("gap = 3", None, None))
    watch.note(Ran("gap = 1 / 0", None, "ZeroDivisionError"))
    assert "ZeroDivisionError" in watch.complaint("gap")
    watch.note(Ran("print(1)", None, None))
    assert "ZeroDivisionError" in watch.complaint("gap")


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
        assert f"stopped with an error ({error})" in shown(done, f"c{3 * number + 3}")


def test_a_table_without_rows_is_named_where_its_mean_is_no_number(exercise):
    table = "import pandas as pd\nseen = pd.DataFrame({'page': ['copy', 'own text']})"
    empty = "against = seen[seen['page'] == 'Copy']\ngap = (against['page'] == 'copy').mean()"
    done = exercise(IMPORT, table, empty, REPORT, empty.replace("Copy", "copy"), REPORT)
    assert "because the filter that made `against` kept no rows" in shown(done, "c3")
    assert "has no rows" not in shown(done, "c5")


def test_a_card_says_so_when_its_answer_ran_again(exercise):
    done = exercise(IMPORT, "gap = 20", 'check("q1")', "gap = 30", 'check("q1")')
    assert public.AGAIN in shown(done, "c2") and "right kind" not in shown(done, "c2")
    assert "the right kind of answer" in shown(done, "c4")
    done = exercise(IMPORT, "gap = 20", 'check("q1")', "gap = 1 / 0")
    assert "ZeroDivisionError" in shown(done, "c2")


def test_answer_and_check_may_stand_in_one_cell(exercise):
    one = 'gap = 30\ncheck("q1")'
    done = exercise(IMPORT, "gap = 1 / 0", one, 'print("later")')
    assert "the right kind of answer" in shown(done, "c2")


def test_validate_is_told_of_a_cell_that_stopped(exercise):
    done = exercise(IMPORT, "gap = 20", "gap = (1", 'check("q1")', NBGRADER_EXECUTION="validate")
    assert done.cells[3].outputs[0].ename == "CheckError"


def test_a_card_that_has_nothing_to_complain_of_is_grey_and_watches_the_cell_above():
    card = public.Verdict(
        "q1", "This is the right kind of answer: a number. It is not marked yet.", "open"
    )
    html = card._repr_html_()
    assert public.ui.BARS["open"][0] in html and public.ui.BARS["good"][0] not in html
    assert ".jp-CodeCell.jp-mod-dirty + .jp-CodeCell .no-limits-changed" in html
    assert 'class="no-limits-changed" style="display:none"' in html
    assert public.ui.BARS["good"][0] in public.Verdict("q1", "Right.", "right")._repr_html_()


# --- With the solution -------------------------------------------------------------------------


def test_without_the_solution_the_full_check_says_so(exercise):
    done = exercise(IMPORT, "gap = 20", 'check("q1", full=True)')
    said = shown(done, "c2")
    assert "the right kind of answer" in said and full.NOT_HERE in said


def test_where_the_public_check_complains_nothing_is_compared(exercise):
    done = exercise(IMPORT, "gap = 'x'", 'check("q1", full=True)')
    said = shown(done, "c2")
    assert "should be one number" in said and full.NOT_HERE in said


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


@pytest.mark.sandbox
def test_with_the_solution_the_full_check_says_right_or_wrong(at_home):
    source = answer_cell(at_home, "q2")
    found = full.full("q2", "growth_total", Ran(source, "x", None))
    assert found.right is True and found.words == "Right. 2 of 2 points."
    notebook = nbformat.read(at_home, as_version=4)
    cell = next(c for c in notebook.cells if c.id == "q2-answer")
    cell.source += "\ngrowth_total = growth_total / 100"
    nbformat.write(notebook, at_home)
    found = full.full("q2", "growth_total", Ran(cell.source, "x", None))
    assert found.right is False and "This is a fraction" in found.words


def test_what_is_saved_has_to_be_what_ran(at_home):
    unsaved = Ran("growth_total = 12345", "x", None)
    assert full.full("q2", "growth_total", unsaved) == (None, full.SAVE)
    assert "Run the cell that gives" in full.full("q2", "growth_total", None).words


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
    assert full.told(result, "q1") == (True, "Right. 2 of 2 points.")
    assert full.told(result, "q2") == (False, "Which base? 0 of 2 points.")
    assert full.told(result, "q9").right is None


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
    source = answer_cell(at_home, "q2")
    assert full.full("q2", "growth_total", Ran(source, None, None)).words == full.NO_REPLY
    assert not witness.exists()


@pytest.mark.parametrize("reply", ["", "no JSON", "[]", "{}"])
def test_a_reply_that_cannot_be_read_is_told_in_a_sentence(at_home, monkeypatch, reply):
    done = SimpleNamespace(returncode=0, stdout=reply, stderr="")
    monkeypatch.setattr(full.subprocess, "run", lambda *_, **__: done)
    source = answer_cell(at_home, "q2")
    assert full.full("q2", "growth_total", Ran(source, None, None)) == (None, full.NO_REPLY)


def test_a_command_that_cannot_be_started_is_told_in_a_sentence(at_home, monkeypatch):
    monkeypatch.setattr(full.sys, "executable", str(at_home.parent / "no-python"))
    source = answer_cell(at_home, "q2")
    assert full.full("q2", "growth_total", Ran(source, None, None)) == (None, full.NO_REPLY)


@pytest.mark.parametrize("content", [b"", b"{half", b"\xff\xfe", b"{}"])
def test_a_notebook_that_cannot_be_read_is_told_in_a_sentence(at_home, content):
    source = answer_cell(at_home, "q2")
    at_home.write_bytes(content)
    assert full.full("q2", "growth_total", Ran(source, None, None)) == (None, full.UNREADABLE)


def test_a_command_that_fails_is_told_in_its_own_last_line(at_home, monkeypatch):
    failed = SimpleNamespace(returncode=1, stdout="", stderr="a warning\nNo such exercise.\n")
    monkeypatch.setattr(full.subprocess, "run", lambda *_, **__: failed)
    source = answer_cell(at_home, "q2")
    assert full.full("q2", "growth_total", Ran(source, None, None)) == (None, "No such exercise.")


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
