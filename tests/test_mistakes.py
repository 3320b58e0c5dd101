"""Errors in words: a sentence for each mistake of a beginner, and an error that stays an error."""

import json
import linecache
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbclient import NotebookClient

from courseware import data, mistakes
from courseware.mistakes import error_messages
from courseware.mistakes.error_messages import explain
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


def said(source):
    """Return what is said of the error that a cell stops with."""
    names = {"days": MET["day"], "asked": MET["how"] == "video", "met": MET.copy()}
    names |= {"pd": pd, "data": data, "fuels": FUELS.copy(), "trade": TRADE.copy()}
    names |= {"blank": ..., "check": print}
    names["In"] = ["", source]  # as IPython keeps the cells that have run
    try:
        exec(compile(source, "<cell>", "exec"), names)
    except Exception as error:
        return explain(error, names)
    raise AssertionError(f"{source!r} is no mistake")


def test_a_name_that_another_cell_gives_is_not_called_misspelt(tmp_path, monkeypatch):
    cells = [nbformat.v4.new_code_cell(source) for source in ("trades = 1", "trades + 1")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "chapter.ipynb")
    monkeypatch.chdir(tmp_path)
    assert "Did you mean `trade`?" in said("trades + 1").what
    monkeypatch.setenv("JPY_SESSION_NAME", "notebooks/chapter.ipynb")
    assert "another cell gives it that name" in said("trades + 1").what
    assert "it begins with `trades = 1`" in said("trades + 1").remedy
    assert "Did you mean `trade`?" in said("tradees + 1").what


@pytest.mark.parametrize(
    ("source", "what", "remedy"),
    [
        # a name: misspelt, from a cell that has not run, or a text without quotation marks
        ("tarde", "Did you mean `trade`?", "run the cell again"),
        ("counts = trade\ncount.loc[2021]", "Did you mean `counts`?", "Mend the line"),
        ("answer = ", "After the equals sign there is nothing", "three dots"),
        ('trade["China"]plot()', "A dot is missing before `plot`", "`.plot`"),
        ("len(trade.dropna)", "Round brackets are missing", "`()`"),
        ('trade[trade["China"] > 5,5]', "A comma separates two things", "`5.5`"),
        ("growth", "Nothing is called `growth` yet", "run it first"),
        ("tail(3)", "no table stands before it", "`trade.tail()`"),
        ("claims.trial(1)", "opened anew, or its first cell", "Run All Above"),
        ("Kazakhstan", "Nothing is called", "put it in quotation marks"),
        ("trade[China]", "as a column", 'write `"China"`'),
        ('trade[trade["state"] == KAZ]', 'the column `"state"` of `trade`', 'write `"KAZ"`'),
        ("P1", "has no quotation marks", 'write `"P1"`'),
        ("C07", "has no quotation marks", 'write `"C07"`'),
        ('trade[trade["state"] == tarde]', "Did you mean `trade`?", 'quotation marks: `"tarde"`'),
        ("check(q1, full=True)", "has no quotation marks", 'Write `check("q1", full=True)`'),
        ("share = China", "takes it for a name that you gave.", 'the text, write `"China"`'),
        ('{"A": China}', "takes it for a name that you gave.", 'the text, write `"China"`'),
        ('{"A": signed}', "Nothing is called `signed`", 'in quotation marks: `"signed"`. If a'),
        ('trade[trade["state"] == India]', "as a column", 'If you mean the text, write `"India"`'),
        ("other = trade[:1]\nother[India]", "in the table `other`, as a column", 'write `"India"`'),
        ("row = trade.loc[2021]\nrow[India] + India", "in the table `row`", 'write `"India"`'),
        ("fuels.loc[coal]", "in the table `fuels`, as a row", 'write `"coal"`'),
        ("fuels.loc[gas]", "Nothing is called `gas`", 'in quotation marks: `["gas"]`'),
        # a column, a row
        ('fuels.loc["gas"]', 'no row called `"gas"`', "rows are called `coal`, `pipeline gas`"),
        ('fuels["coal"]', "is the name of a row", '`.loc["coal"]`'),
        ('trade.loc[2021-2022, "China"]', "is a subtraction for Python", "`2021:2022`"),
        ('trade["Chna"]', 'no column `"Chna"`. Did you mean `"China"`?', "`China`, `India`"),
        ('trade["china"]', 'Did you mean `"China"`?', "columns are"),
        ('trade[["China", "Inda"]]', 'Did you mean `"India"`?', "columns are"),
        ('trade.loc[2021, "Chna"]', 'Did you mean `"China"`?', "columns are"),
        ('trade.groupby("stat")', 'Did you mean `"state"`?', "columns are"),
        ('trade.plot(x="stat")', 'Did you mean `"state"`?', "columns are"),
        ('trade.drop("Chin")', 'Did you mean `"China"`?', "columns are"),
        ("trade[2022]", "is the name of a row", "`.loc[2022]`"),
        ('trade.loc["China"]', "is a column", "leave out `.loc`"),
        ('trade.loc["2022"]', "a number", "without quotation marks"),
        ("trade.loc[1999]", "no row called `1999`", "`2021`, `2022`, `2023`"),
        ('trade["India"][1999]', "no row called `1999`", "`2021`, `2022`, `2023`"),
        ('{"a": 1}["b"]', 'no entry `"b"`', "spelling"),
        ("trade.iloc[9]", "a place that is not there", "begins with 0"),
        # signs that are missing
        ('trade[("China"', "is opened here and never closed", "Close it"),
        ('trade["China"))', "another kind of bracket", "`( )`"),
        ("x = 3)", "never opened", "Take it away"),
        ('trade["China]', "quotation mark is missing", "second quotation mark"),
        ("if 1\n    2", "colon is missing", "`:`"),
        ("x = “a”", "printer's quotation mark", "instead of pasting"),
        ("f(1 2)", "Something is missing between", "comma"),
        ("x y z", "cannot read this line", "bracket"),
        ('print "a"', "Round brackets are missing", "between"),
        ("def f(a):\n    if a:\n        return 1\nreturn 2", "outside its function", "the right"),
        ("If 3 > 2:\n    4", "begin with a small letter", "Write `if`"),
        ("Return 5", "begin with a small letter", "Write `return`"),
        ("blank => 2", "wrong order", "`>=`"),
        ("x = 5%", "per cent sign", "Take it away"),
        ("if 3 is greater than 2:\n    4", "not in words", "`>`"),
        # several columns, lists
        ('trade["China", "India"]', "one pair of square brackets", '`table[["China", "India"]]`'),
        (
            'two = trade.loc[2022:].pivot(columns="state", values="China").set_axis(["KAZ", "UZB"])'
            '\ntwo["KAZ", "UZB"]',
            "one pair of square brackets",
            'Two pairs are needed, one for the list: `table[["KAZ", "UZB"]]`',
        ),
        ('trade["state"].isin("KAZ", "UZB")', "wants one list", '`.isin(["…", "…"])`'),
        ('trade["state"].isin("KAZ")', "wants one list", '`.isin(["…", "…"])`'),
        (
            'trade.pivot(index=trade["India"], columns=trade["state"], values="China")',
            "the *names* of columns",
            "in quotation marks",
        ),
        (
            'fuels.reset_index().pivot(index="year", columns="note", values="tonnes")',
            'The column `"note"` is empty in several rows',
            "the table has `fuel`, `year`, `tonnes`",
        ),
        # = for ==, blanks at the beginning
        ('trade[trade["state"] = "KAZ"]', "A question needs two", "`==`"),
        ("if blank = 3: 4", "A question needs two", "`==`"),
        (" x = 1", "begins with blanks", "Take away"),
        ("if 1:\nx", "moved in", "four blanks"),
        ("if 1:\n    2\n  3", "do not stand below one another", "same number of blanks"),
        # text and number, dots left over
        ('"3" + 4', "A text and a number", "quotation marks off"),
        ('4 + "3"', "A text and a number", "quotation marks off"),
        ('trade["China"] * 0.5 * "100"', "A text and a number", '`"100"` is a text, `100` a num'),
        ('"a" > 3', "A text and a number", "Look at both sides"),
        ('"a" - "b"', "Two texts are worked out", '`table["…"]`'),
        # two questions without brackets
        ('met["how"] == "video" & met["who"] == "x"', "`&` joins two", "`(…) & (…)`"),
        ('met[met["day"] < "2021" & met["day"] > "2020"]', "`&` joins two", "`(…) & (…)`"),
        ('met[met["times"] == 1 & met["how"] == "video"]', "`&` joins two", "`(…) & (…)`"),
        ('trade["China"] > 1.5 & trade["India"] > 4', "`&` joins two", "`(…) & (…)`"),
        ('met["how"] == "video" | met["who"] == "x"', "`|` joins two", "`(…) | (…)`"),
        # a table, a tool or a column of text in place of a number
        ('trade["China"] / sum * 100', "`sum` alone is a tool", '`trade["China"].sum()`'),
        ("met / len(trade)", "`met` is a table", "write `len(met)`"),
        ("len(trade) / trade", "`trade` is a table", "write `len(trade)`"),
        ('met["how"] / 2', '`met["how"]` is a column of text', "column of numbers"),
        ('met["how"] > 5', '`met["how"]` is a column of text', "column of numbers"),
        # dates with what is none
        ('days - "2023-05-18"', "a date in quotation marks is a text", "out of a table"),
        ("days - 2023", "A date and a number are put together here.", "out of a table"),
        ("days > 2022", "what is no date", '`"2023-05-28"`'),
        # what was meant for the whole stands behind a part
        ('met["how"] == "video".mean()', "A text has nothing", "`(… == …).mean()`"),
        ('(met["how"] == "video".mean()) * 100', "A text has nothing", "`(… == …).mean()`"),
        ('"video".mean()', "A text has nothing", "spelling"),
        ('met["day"] - met["day"].dt.days', "column of dates", "`(… - …).dt.days`"),
        ('(met["day"] - met["day"]).days', "A column has nothing", "Write `.dt.days`"),
        ('met["how"].contains("v")', "A column has nothing", "Write `.str.contains(…)`"),
        # the table's name is missing, or its brackets
        ('met["times" == 1]', '`"times"` alone is a text', '`met[met["times"] == 1]`'),
        ('len(met["how" != "video"])', '`"how"` alone', '`met[met["how"] != "video"]`'),
        ('trade["China" > 1]', '`"China"` alone is a text', '`trade[trade["China"] > 1]`'),
        ('trade.loc[2021, "India"] / "China"', '`"China"` in quotation marks', '`trade["China"]`'),
        ('row = trade.loc[2021]\nrow["India"] / "China"', "alone is a text", '`row["China"]`'),
        ('trade.loc[2021, "India"] / "Chna"', "A text and a number", "Look at both sides"),
        ('pd.crosstab("how", "who")', '`"how"` alone is a text', 'before each: `met["how"]`'),
        ('pd.crosstab("a", "b")', '`"a"` alone is a text', 'before each: `table["a"]`'),
        ('asked["how"]', "`asked` is a column of True and False", "`asked = met[…]`"),
        # one letter: the letter of a choice, and near to every name
        ("sorts = d", "Nothing is called `d` here.", "If you mean a text, put it in quotation"),
        ("B", "Nothing is called `B` here.", '`"B"`. If a cell above gives'),
        ("b = 2; sorts = B", "Nothing is called `B` here.", '`"B"`. If a cell above gives'),
        ('trade["state"].mean()', "This column holds text", "column of numbers"),
        ("blank + 1", "Three dots", "Put your answer"),
        ("blank.sum()", "Three dots", "Put your answer"),
        ('trade["China"] / blank', "Three dots", "Put your answer"),
        # a tool: misspelt, without brackets, with the wrong ones, with a word that it does not know
        ("trade.valuecounts()", "Did you mean `value_counts`?", "run the cell again"),
        ('data.laod("claims")', "Did you mean `load`?", "run the cell again"),
        ('trade["China"].plot.brah()', "Did you mean `barh`?", "run the cell again"),
        ("trade.head[3]", "Square brackets stand behind a tool", "`.head()`"),
        ('trade("China")', "where square ones belong", 'Write `trade["China"]`'),
        ("trade(2021)", "where square ones belong", "Write `trade.loc[2021]`"),
        ('trade.loc[2021]("India")', "where square ones belong", '`trade.loc[2021]["India"]`'),
        ('row = trade.loc[2021]\nrow("India")', "where square ones belong", 'Write `row["India"]`'),
        ('trade("China", 2021)', "where square ones belong", 'Write `table["column"]`'),
        ('"China"("x")', "what stands before them is none", "restart the kernel"),
        ('data("claims")', "without the tool", "`data.load(…)`"),
        ('trade.plot(titel="x")', "does not know one of the words", "spelling"),
        ("trade.sort_values()", "Something is missing in the round brackets: 'by'", "cell above"),
        ("trade.head(1, 2)", "too much in the round brackets", "cell above"),
        ("print(1).head()", "nothing before `.head`", "gave it its value"),
        # files, nought, lengths, yes and no
        (f'pd.read_csv("{(ROOT / "data" / "clams.csv").as_posix()}")', "`claims.csv`", "data.load"),
        ('data.load("clams")', "Did you mean 'claims'", "data.tables()"),
        # a table that a filter has left empty: the error comes in a later line
        ('none = trade[trade["China"] > 9]\nnone.loc[2021]', "`none` has no rows", "that filter"),
        (
            'none = met[met["times"] == "1"]\nnone.pivot(columns="how", values="times")["video"]',
            "This table has no rows",
            "is a number in quotation marks?",
        ),
        (
            'none = trade[trade["China"] > 9].pivot(columns="state", values="China")\nnone["KAZ"]',
            "`none` has no rows",
            "that filter",
        ),
        ('none = trade[["China"]].loc[1:2]\nnone["China"].idxmin()', "column has no rows", "range"),
        ('none = trade[trade["China"] > 9]\nnone.iloc[0]', "`none` has no rows", "that filter"),
        ('none = trade.loc[1:2]\nnone["Chna"]', "no column", "`China`"),
        # two tables that are joined, and a column of numbers in place of a question
        ('a = met.set_index("how")[["times"]]\nb = met.set_index("how")[["who"]]\na.merge(b)',
         "was not told by which column", 'Write `on="how"`. Both'),
        ('a = met.set_index("how")[["times"]]\nb = met.set_index("how")[["who"]]\n'
         'a.merge(b, on="video")', 'not `"video"`', 'Write `on="how"`. Both'),
        ("met.merge(met, on=how)", "no quotation marks", 'Write `on="how"`'),
        ("trade.merge(fuels)", "was not told by which column", 'Write `on="…"`. Take the name'),
        ('trade[trade["China"]]', "gives the numbers of a column", '`trade[trade["China"] > 0]`'),
        ("trade[[1999, 2000]]", "no column `1999`", "columns are"),
        ("1 / 0", "divided by nought", "no rate"),
        ('trade["x"] = [1, 2]', "has 2 values, and the table has 3 rows", "same table"),
        ('if trade["China"] > 1: 2', "one yes or no", "`&`"),
        ('float("many")', "'many' is a text", "column"),
        ("import pandsa", "`pandsa` cannot be loaded", "first cell"),
        # a tool that stands in the wrong place, or without what belongs before it
        ('trade["China"].bar()', "A column has nothing called `.bar`", "Write `.plot.bar()`"),
        ("trade.barh()", "A table has nothing called `.barh`", "Write `.plot.barh()`"),
        ("trade.len()", "A table has nothing called `.len`", "`len(…)`"),
        ("trade.plot().head(3)", "A chart has nothing called `.head`", "before `.plot`"),
        ("crosstab(1, 2)", "the name of the box does not", "Write `pd.crosstab`"),
        ("trade.loc(2021, 1)", "after `.loc`", "`.loc[…]`"),
        ("trade.loc(2021)", "square ones belong", "`.loc[…]`"),
        ('trade.idxmin("China")', "does not belong", '`table["China"]`'),
        ('trade["China"] == [1, 2]', "not with a list", "`.isin([…])`"),
        ("met[['how', 'who']].plot()", "no numbers here to draw", "`.value_counts()`"),
        ("trade.tail 3", "Round brackets are missing", "stands behind `.tail` between"),
        ("len trade[1]", "Round brackets are missing", "stands behind `len` between"),
        ('trade."China".sum()', "behind a dot", '`table["China"]`'),
        ('pd.crosstab(met, "how", "who")', "it got three things", '`pd.crosstab(table["…"], '),
        ('trade["x"] = trade[["China", "India"]]', "into one, `x`", "one column from them"),
        ('trade["China"] + ["India"]', "where a column is meant", '`table["…"]`'),
        ('trade.sum(axis="1")', "it is a text", "Write `axis=1`"),
        ('trade["China"] ^ 2', "no power", "`**`"),
        ('trade.reindex("blank")', "A list is wanted", "`blank`"),
        ("tail(trade)", "no table stands before it", "`trade.tail()`"),
        ("value_counts(met['how'])", "no table stands", "`met['how'].value_counts()`"),
        ("trade.tolist()", "A table has nothing called `.tolist`", "Take one column first"),
        ('met["how"].map({video: 1})', 'the column `"how"` of `met`', 'write `"video"`'),
        ("asked.map({true: 1})", "`True` with a capital letter", "Mend"),
        ("says = pd.Series(['true']); says.map({true: 1})", "the column `says`", '`"true"`'),
        ('asked.map("video": 1)', "curly brackets", "`.map({"),
        ('trade["China", 2021]', "A row and a column", '`.loc[2021, "China"]`'),
        ("trade.loc[2021, 2022]", "is the name of a row, and behind the comma", "`.loc[[…, …]]`"),
        ('trade.drop(["China", "India"])', "looks for rows", "`columns=`"),
        ('float("trade")', "is a text, and not the table", "away: `trade`"),
        ("sqrt(4)", "Nothing is called `sqrt`", "`** 0.5`"),
        ("sum(trade)", "the names of its columns", "Write `trade.sum()`"),
        ("speaks = the account", "no quotation marks", 'Write `"the account"`'),
        # the names of columns, and what rows say
        (
            'trade.pivot(index=year, columns=state, values="China")',
            "Nothing is called `year`",
            "run it first",
        ),
        ('trade.pivot(columns=state, values="China")', "as a column", 'write `"state"`'),
        ('how = met\nmet.pivot("how", "who", "times")', "has to be told", 'Write `index="…"'),
        ('trade.pivot(columns="stat", values="China")', 'Did you mean `"state"`?', "columns are"),
        ('met["video"]', 'what some rows say in the column `"how"`', '== "video"]`'),
        # a function that the cell asks for
        ("# Write your function here.\nfall(1, 2)", "where you give it", "`def fall(…):`"),
        ("fall(1, 2)", "Nothing is called `fall` yet.", "If a cell above"),
        # whatever it is
        ('raise RuntimeError("boo")', "`RuntimeError`: boo", "Look at the line"),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore::SyntaxWarning")
def test_each_mistake_gets_a_sentence_and_what_to_do(source, what, remedy):
    found = said(source)
    assert what in found.what, found
    assert remedy in found.remedy, found
    assert "None" not in found.what + found.remedy
    assert found.line == 1 or "\n" in source


def test_the_line_is_that_of_the_cell():
    assert said("x = 1\n\ntrade['Chna']\n").line == 3
    assert said("def f():\n    return trade['Chna']\n\n\nf()").line == 5
    assert said("x = 1\ny = (2\n").line == 2


def test_what_failed_is_found_in_a_function_where_its_cell_is_kept(monkeypatch):
    inside = "def f():\n    return met / 3\n\n\nf()"
    assert "`met` is a table" not in said(inside).what
    kept = (len(inside), None, inside.splitlines(keepends=True), "<cell>")
    monkeypatch.setitem(linecache.cache, "<cell>", kept)  # as IPython does
    assert "`met` is a table" in said(inside).what


def test_a_text_that_a_function_got_for_a_number_is_named(monkeypatch):
    inside = "def share(part, total):\n    return part / total\n\n\n"
    source = f'{inside}row = trade.loc[2021]\nshare(row["India"], "China")'
    kept = (len(source), None, source.splitlines(keepends=True), "<cell>")
    monkeypatch.setitem(linecache.cache, "<cell>", kept)  # as IPython does
    found = said(source)
    assert found.what == '`share` needs a number as `total`, and got the text `"China"`.'
    assert 'write `row["China"]`' in found.remedy


def test_names_with_a_comma_are_told_apart():
    names = ["China, all", "flow", 2014]
    assert error_messages.listed(names) == '`"China, all"`, `"flow"`, `2014`'
    assert error_messages.listed(names[1:]) == "`flow`, `2014`"


def test_words_of_a_menu_are_in_italics_and_asterisks_in_code_stay():
    card = mistakes.card(said("growth"), [])
    assert "<em>Run → Run All Above Selected Cell</em> does" in card and "*" not in card
    assert mistakes.in_html("`a * b` and `c * d`") == "<code>a * b</code> and <code>c * d</code>"
    assert mistakes.in_html("the *most* of 2*3*4") == "the <em>most</em> of 2*3*4"


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
    card = mistakes.card(found, ["\x1b[31m<cell>\x1b[0m line 1"])
    assert "This cell stopped in line 1" in card and "<code>trade</code>" in card
    assert "&lt;cell&gt; line 1" in card and "\x1b" not in card
    assert card.index("<details") > card.index("What to do")


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


def test_in_front_of_somebody_each_error_has_its_sentence_and_stays_an_error():
    cells = run(*MISTAKES, JPY_SESSION_NAME="chapter.ipynb")
    for cell in cells[:-1]:
        card = next(o for o in cell.outputs if o.output_type == "display_data")
        assert "This cell stopped" in card.data["text/html"], cell.source
        (error,) = errors(cell)
        assert len(error.traceback) == 1 and "\n" not in error.traceback[0]
        assert error.ename in error.traceback[0]
    assert cells[0].outputs[0].data["text/html"].count("in line 2") == 1
    assert [errors(cell)[0].ename for cell in cells[:3]] == [
        "NameError", "SyntaxError", "IndentationError"
    ]  # fmt: skip
    said = [cell.outputs[0].data["text/html"] for cell in cells[:5]]
    assert "quotation mark is missing" in said[1] and "moved in" in said[2]
    assert "never closed" in said[3] and "moved in" in said[4]
    assert "round brackets around all of it" in cells[-2].outputs[0].data["text/html"]
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
            [sys.executable, "-m", "coursestaff.grading.sandbox.worker", str(reply)],
            stdin=given,
            check=True,
            cwd=ROOT,
            env=os.environ | {"JPY_SESSION_NAME": "chapter.ipynb"},
        )
    record = json.loads(reply.read_text(encoding="utf-8").strip())
    assert record["error"] == "NameError: name 'tarde' is not defined"
    assert [output["output_type"] for output in record["outputs"]] == ["error"]
