"""Errors in words: a sentence for each mistake of a beginner, and an error that stays an error."""

import inspect
import json
import linecache
import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbclient import NotebookClient

from courseware import data, mistakes, ui
from courseware.mistakes import card, failure, finders
from courseware.mistakes.explaining import explain, recognise
from courseware.mistakes.failure import Failure, sentences
from tests.notebooks import ROOT, offline

TRADE = pd.DataFrame(
    {"China": [1.0, 2, 3], "India": [4.0, 5, 6], "state": ["KAZ", "UZB", "KAZ"]},
    index=[2021, 2022, 2023],
)
MET = pd.DataFrame(
    {
        "day": pd.to_datetime(["2020-07-16", "2023-04-27"]),
        "how": ["video", "in person"],
        "who": ["ministers", "ministers"],
        "times": [1, 2],
    }
)
FUELS = pd.DataFrame(
    {"tonnes": [55.0, 64, 8, 9], "note": [None] * 4},
    index=pd.MultiIndex.from_product(
        [["coal", "pipeline gas"], [2021, 2022]], names=["fuel", "year"]
    ),
)


FLOWS = pd.DataFrame({"China, all": [1.0]})
GROUPS = sentences()["groups"]
EXAMPLES = [
    (mistake, source, says)
    for group in GROUPS
    for mistake in group["mistakes"]
    for source, says in mistake.get("examples", {mistake.get("example"): ""}).items()
]


def stopped(source):
    """Return the error that a cell stops with, and the notebook's names."""
    names = {"flows": FLOWS.copy(), "days": MET["day"], "asked": MET["how"] == "video"}
    names |= {
        "met": MET.copy(),
        "pd": pd,
        "data": data,
        "fuels": FUELS.copy(),
        "trade": TRADE.copy(),
    }
    names |= {"blank": ..., "check": print}
    names["In"] = ["", source]  # as IPython keeps the cells that have run
    try:
        exec(compile(source, "<cell>", "exec"), names)
    except BaseException as error:
        return error, names
    raise AssertionError(f"{source!r} is no mistake")


def said(source):
    """Return what is said of the error that a cell stops with."""
    return explain(*stopped(source))


@pytest.fixture
def opened(tmp_path, monkeypatch):
    """A notebook that somebody has opened, with a cell that gives a name, and has not run."""
    cells = [nbformat.v4.new_code_cell(source) for source in ("elsewhere = 1", "elsewhere + 1")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "chapter.ipynb")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JPY_SESSION_NAME", "notebooks/chapter.ipynb")


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize(("mistake", "source", "says"), EXAMPLES, ids=[e[1] for e in EXAMPLES])
@pytest.mark.filterwarnings("ignore::SyntaxWarning")
def test_each_example_brings_its_box(mistake, source, says, monkeypatch):
    kept = (len(source), None, source.splitlines(keepends=True), "<cell>")
    monkeypatch.setitem(linecache.cache, "<cell>", kept)  # as IPython does
    error, names = stopped(source)
    assert recognise(Failure(error, names))[0] == mistake
    found = explain(error, names)
    assert says in f"{found.what} {found.remedy}"
    assert not re.search(r"None|\{\w*\}", found.what + found.remedy)
    assert found.line == 1 or "\n" in source or isinstance(error, SyntaxError)


def test_each_mistake_has_an_example_and_each_finder_a_mistake():
    mistakes = [mistake for group in GROUPS for mistake in group["mistakes"]]
    assert [each["what"] for each in mistakes if not {"example", "examples"} & each.keys()] == []
    own = {name for name, each in vars(finders).items() if inspect.isfunction(each)}
    own = {name for name in own if getattr(finders, name).__module__ == finders.__name__}
    assert {name for name in own if name[0] != "_"} == {
        each["finder"] for each in mistakes if "finder" in each
    }


def test_a_name_that_another_cell_gives_is_not_called_misspelt(tmp_path, monkeypatch):
    cells = [nbformat.v4.new_code_cell(source) for source in ("trades = 1", "trades + 1")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "chapter.ipynb")
    monkeypatch.chdir(tmp_path)
    assert "`trade`" in said("trades + 1").what
    monkeypatch.setenv("JPY_SESSION_NAME", "notebooks/chapter.ipynb")
    assert "`trade`" not in said("trades + 1").what
    assert "`trades = 1`" in said("trades + 1").remedy
    assert "`trade`" in said("tradees + 1").what


def test_the_line_is_that_of_the_cell():
    assert said("x = 1\n\ntrade['Chna']\n").line == 3
    assert said("def f():\n    return trade['Chna']\n\n\nf()").line == 5
    assert said("x = 1\ny = (2\n").line == 2


def test_what_failed_is_found_in_a_function_where_its_cell_is_kept(monkeypatch):
    inside = "def f():\n    return met / 3\n\n\nf()"
    assert "`met`" not in said(inside).what
    kept = (len(inside), None, inside.splitlines(keepends=True), "<cell>")
    monkeypatch.setitem(linecache.cache, "<cell>", kept)  # as IPython does
    assert "`met`" in said(inside).what


def test_names_with_a_comma_are_told_apart():
    names = ["China, all", "flow", 2014]
    assert failure.listed(names) == '`"China, all"`, `"flow"`, `2014`'
    assert failure.listed(names[1:]) == "`flow`, `2014`"


def test_words_of_a_menu_are_in_italics_and_asterisks_in_code_stay():
    box = card.card(said("growth"), [])
    menu = sentences()["phrases"]["run_above"].split("*")[1]
    assert f"<em>{menu}</em>" in box and "*" not in box
    assert ui.in_html("`a * b` and `c * d`") == "<code>a * b</code> and <code>c * d</code>"
    assert ui.in_html("the *most* of 2*3*4") == "the <em>most</em> of 2*3*4"


def test_an_error_of_names_that_names_none_has_a_box():
    assert said('raise NameError("x")').what.endswith("`NameError`: x")


def test_an_error_that_fails_when_it_is_looked_at_is_shown_as_python_does():
    class OddError(Exception):
        def __str__(self):
            raise ValueError

    shown = []

    class Shell:
        user_ns = {}  # noqa: RUF012

    mistakes.in_words(Shell, lambda *those: shown.append(those))(OddError, OddError(), ["as it is"])
    assert shown[0][2] == ["as it is"]


def test_the_card_escapes_and_folds_what_python_said():
    found = said("tarde")
    box = card.card(found, ["\x1b[31m<cell>\x1b[0m line 1"])
    assert box.count("line 1") == 2 and "<code>trade</code>" in box
    assert "&lt;cell&gt; line 1" in box and "\x1b" not in box
    assert box.index("<details") > box.index(ui.in_html(found.remedy))


# --- In a kernel -------------------------------------------------------------------------------


def test_ipython_has_what_is_wrapped():
    """It is private: if this fails, see how IPython shows errors now."""
    kernels = import_module("ipykernel.zmqshell")  # comes with JupyterLab
    for shell in (InteractiveShell, kernels.ZMQInteractiveShell):
        assert callable(shell._showtraceback)
        names = shell._showtraceback.__code__.co_varnames[:4]
        assert names == ("self", "etype", "evalue", "stb")


def test_the_installed_course_tells_every_kernel():
    """Installed as `etc/ipython`: by the wheel, and for a checkout by `start.py setup` too."""
    ours = ROOT / "courseware" / "etc" / "ipython" / "ipython_config.py"
    installed = Path(sys.prefix) / "etc" / "ipython" / "ipython_config.py"
    assert installed.is_file(), "set up again: python3 start.py setup"
    assert installed.read_text(encoding="utf-8") == ours.read_text(encoding="utf-8")


def run(*sources, **environment):
    """Run cells in a kernel that reads the installed configuration, to the end."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    notebook = nbformat.v4.new_notebook(cells=cells)
    client = NotebookClient(notebook, timeout=60, allow_errors=True, kernel_name="python3")
    client.execute(env=offline() | environment)
    return notebook.cells


def errors(cell):
    return [output for output in cell.outputs if output.output_type == "error"]


MISTAKES = (
    "x = 1\ntarde",
    "print('a",
    "if 1:\nx = 2",
    "len((3)",
    "if 1:",
    "%%time\n1 / 0",
    "from courseware import data\ndata.load('clams')",
    "def f():\n    return 'a' == 'b'.mean()\n\n\nf()",
    "y = 3",
)


def test_in_front_of_somebody_each_error_has_its_sentence_and_stays_an_error(snapshot):
    cells = run(*MISTAKES, JPY_SESSION_NAME="chapter.ipynb")
    boxes = []
    for cell in cells[:-1]:
        box = next(o for o in cell.outputs if o.output_type == "display_data").data["text/html"]
        boxes.append(" ".join(re.sub(r"<details.*|<[^>]+>", " ", box, flags=re.DOTALL).split()))
        (error,) = errors(cell)
        assert len(error.traceback) == 1 and "\n" not in error.traceback[0]
        assert error.ename in error.traceback[0]
    assert [errors(cell)[0].ename for cell in cells[:3]] == [
        "NameError", "SyntaxError", "IndentationError"
    ]  # fmt: skip
    assert boxes[0].count("line 2") == 1
    assert boxes == snapshot
    assert cells[-1].outputs == []


@pytest.mark.parametrize(
    "environment",
    [{}, {"JPY_SESSION_NAME": "x.ipynb", "NBGRADER_EXECUTION": "validate"}],
    ids=["nobody there", "nbgrader"],
)
def test_where_nobody_looks_errors_are_as_python_has_them(environment):
    cells = run(*MISTAKES, **environment)
    for cell in cells[:-1]:
        assert [
            output.output_type for output in cell.outputs if output.output_type != "stream"
        ] == ["error"]
        assert len(errors(cell)[0].traceback) > 1 or errors(cell)[0].ename != "NameError"


def test_grading_s_own_shell_is_left_alone(tmp_path):
    job = {"cells": [{"id": "a", "source": "tarde"}], "probes": {}, "outputs": True}
    (tmp_path / "job").write_text(json.dumps(job), encoding="utf-8")
    reply = tmp_path / "reply"

    with (tmp_path / "job").open("rb") as given:
        subprocess.run(
            [sys.executable, "-m", "coursestaff.marking.sandbox.worker", str(reply)],
            stdin=given,
            check=True,
            cwd=ROOT,
            env=os.environ | {"JPY_SESSION_NAME": "chapter.ipynb"},
        )
    record = json.loads(reply.read_text(encoding="utf-8").strip())
    assert record["error"] == "NameError: name 'tarde' is not defined"
    assert [output["output_type"] for output in record["outputs"]] == ["error"]
