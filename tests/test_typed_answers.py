"""Wrong answers of chapter 03 and its exercise, typed into a kernel: no box may misinform.

Each was typed by somebody who acted as a student, and got a box that led astray. What a kernel
runs is what runs here: the turns, the checks, and the errors in words.
"""

import html
import re

import nbformat
import pytest

from tests import notebooks
from tests.exercises import run

CHAPTER = notebooks.ROOT / "notebooks" / "03_friends_or_partners.ipynb"
FOLDER = notebooks.ROOT / "exercises" / "03_friends_or_partners"
#: The cells of each page on which its answers rest.
BEFORE = {
    CHAPTER: (
        "03-setup", "03-shares-data", "03-shares-def", "03-shares-chart", "03-agree-file-data",
        "03-agree-filter", "03-agree-chart",
    ),
    FOLDER / f"{FOLDER.name}.ipynb": (
        "ex-setup", "parameters", "ex-trade", "q4-answer", "ex-lists", "ex-votes",
    ),
}  # fmt: skip
#: The cards of a check are forgotten, or the next answer would renew them.
ASKS = 'check("{}")\nfrom courseware.checks import public\npublic._shown.clear()'
GAP = 'votes["gap"] = votes["China"] - votes[VOTER]\nwidest = '


def times(line):
    """Return the answer to question 4, with its line typed otherwise."""
    return f"def times_as_large(flow, sold, bought):\n{line}"


#: In which cell, what was typed, and what has to be said of it.
IN_CHAPTER = [
    ("shares-turn", '"flow" / "China, all"', "two strings", '`table["…"]`'),
    ("shares-turn", 'year["flow" / "China, all"] * 100', "two strings", "table"),
    ("shares-turn", 'year["flow"] / year["China, all"] x 100', "letter `x`", "`*`"),
    ("shares-turn", 'year[flow] / year["China, all"]', "`flow` has no quotation marks", '`"flow"`'),
    ("shares-turn", 'year["flow"] / year[China, all]',
     "takes it for two names", '`["China, all"]`'),
    ("shares-turn", 'year(flow) / year["China, all"]', "`flow` has no quotation marks",
     '`year["flow"]`'),
    ("shares-turn", 'share(year["flow"], "China, all")', "`share` needs a number as `total`",
     'write `year["China, all"]`'),
    ("shares-turn", 'year("flow")', "square ones belong there", 'Write `year["flow"]`'),
    ("shares-turn", 'year', "it is a column with 3 rows", "Pick one of its values with `.loc[…]`."),
    ("page", 'flows.loc["Russia sels"]', "no row", 'Did you mean `"Russia sells"`'),
    ("page", 'goods["flows"]', 'Did you mean `"flow"`', '`"Russia, all"`'),
    ("page", "years", "Another cell creates this name",
     'First run that cell, which begins with `alike = data.load("agreement_with_china")`'),
    ("agree-turn-pivot", 'russia.pivot("year", "partner_iso3")', "`pivot` cannot tell", "index"),
    ("agree-turn-pivot", 'russia.pivot[index="year"]', "round ones belong", "`pivot(…)`"),
    ("agree-turn-pivot",
     'pairs.pivot(index="year", columns="partner_iso3", values="agreement_index")',
     "into the same cell", "filter the table first"),
    ("agree-turn-pivot", '"russia".pivot(index="year")', "not the table of that name", "`russia`"),
    ("agree-turn-year", 'years.idxmin("Kazakhstan")', "does not belong", '`table["Kazakhstan"]`'),
    ("agree-turn-year", "years[Kazakhstan]", "in the table `years`, as a column", '`"Kazakhstan"`'),
    ("agree-turn-year", "2014", "This is not the expected year.", "Check which column"),
    ("agree-turn-year", 'years["Kazakhstan"].idxmax()', "Kazakhstan voted", "`idxmin`"),
    ("agree-turn-year", 'years["Kazakhstan"].idxmin', "round brackets are missing", "`()`"),
    ("agree-turn-year", 'years["Kazakhstan"].min()', "its year", "`idxmin`"),
    ("page", "journal.export", "`journal.export` is a function that has not run", "export()"),
    ("page", "share", "`share` is a function", "`share(…)`"),
    ("page", "share(3) = 1", "brackets after it", "`def share(…):`"),
]  # fmt: skip
IN_EXERCISE = [
    ("q1", "share-sold = 14", "a minus sign in it", "`share_sold`"),
    ("q1", "share sold = 14", "a space in it", "`share_sold`"),
    ("q1", 'share_sold = share(year["China counts"], 1)', "Nothing is called `share` yet", "`def`"),
    ("q1", 'share_sold = "14"', "the text '14'. Write it without quotation marks.", ""),
    ("q1", 'share_sold = trade["China counts"]', "The question asks for one value.", "`.loc[…]`"),
    ("q2", 'share_bought = round(year["China counts"] / year["all that China bought"] * 100)',
     "The right number is small, so if you rounded yours, keep more", ""),
    ("q2", 'share_bought = year["China counts" / "all that China bought"]', "two strings", "table"),
    ("q4", times("return flow / sold"), "the next line must be indented", "Tab"),
    ("q4", times("    flow / sold"), "gives nothing back", "`return` is missing"),
    ("q5", "buyers = lists.pivot(index=buyer, columns=state, values=share)",
     "quotation marks", '`"buyer"`'),
    ("q5", 'buyers = lists.pivot("buyer", "state", "share")', "cannot tell what each", "index"),
    ("q5", 'buyers = lists.pivot(index="buyer", columns="state")', "no column 'Kazakhstan'",
     "`values=` is missing"),
    ("q6", f'{GAP}votes["gap"].max()', "should be a year, but 0.126 is a value",
     "the name of its row"),
    ("q6", f'{GAP}votes["gap"].idxmax', "`widest` is a function that has not run", "`()`"),
    ("q6", f'{GAP}votes["gap"].idxmax()', "a year. You gave 2017. It is not marked yet", ""),
    ("q6", f'{GAP}"2017"', "should be a year, but it is the text '2017'",
     "without quotation marks."),
    ("q6", f"{GAP}votes.idxmax()", "should be a year, but it is a column",
     "name of one of its rows"),
    (
        "q6",
        'votes["gap"] = votes["China"] - VOTER',
        "`VOTER` is a string (a text)",
        "`votes[VOTER]`",
    ),
    ("q6", 'votes["gap"] = votes["VOTER"]', 'whose value is `"Kyrgyzstan"`', "marks: `VOTER`"),
    ("q6", 'votes[lead] = votes["China"]', "Nothing is called `lead` yet", '`["lead"]`'),
    ("q7", 'chart = votes.plot(title="China", ylabel="agreement")', "series of lines",
     "Draw only the columns that the question asks for"),
    ("q7", "chart = votes.plot(title=China and Kyrgyzstan)", "`China` has no", '`title="…"`'),
]  # fmt: skip


def cell_of(where, typed, known):
    """Return the cell in which something was typed: a turn, an answer's cell, or an empty one."""
    if (turn := known.get(f"03-{where}-cell")) is None:
        return typed
    return turn.replace("...", typed, 1)


def plain(cell):
    """Return what a cell shows in boxes, as text; code stays between two backticks."""
    shown = "\n".join(output.get("data", {}).get("text/html", "") for output in cell.outputs)
    shown = re.sub(r"<style>.*?</style>|<details.*?</details>", "", shown, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", " ", re.sub(r"</?code>", "`", shown)))


@pytest.fixture(scope="module")
def said():
    """Return what is said of each answer, by the page's cell and what was typed."""
    found = {}
    for (page, before), tries in zip(BEFORE.items(), (IN_CHAPTER, IN_EXERCISE), strict=True):
        known = {cell.id: cell.source for cell in notebooks.read(page).cells}
        sources = [known[key] for key in before]
        for where, typed, *_ in tries:
            sources += [cell_of(where, typed, known), ASKS.format(where) * (page != CHAPTER)]
        cells = [nbformat.v4.new_code_cell(source) for source in sources]
        done = run(nbformat.v4.new_notebook(cells=cells), page.parent, JPY_SESSION_NAME=str(page))
        answers = iter(done.cells[len(before) :])
        for (where, typed, *_), answer, check in zip(tries, answers, answers, strict=True):
            found[where, typed] = plain(answer) + plain(check)
    return found


@pytest.mark.parametrize(("where", "typed", "what", "remedy"), [*IN_CHAPTER, *IN_EXERCISE])
def test_what_was_typed_gets_a_box_that_says_why(said, where, typed, what, remedy):
    told = said[where, typed]
    assert what in told, told
    assert remedy in told, told
