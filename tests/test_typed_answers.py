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


#: In which cell, what was typed, and the code that has to be in what is said of it.
IN_CHAPTER = [
    ("shares-turn", '"flow" / "China, all"', '`table["…"]`'),
    ("shares-turn", 'year["flow" / "China, all"] * 100', ""),
    ("shares-turn", 'year["flow"] / year["China, all"] x 100', "`*`"),
    ("shares-turn", 'year[flow] / year["China, all"]', '`"flow"`'),
    ("shares-turn", 'year["flow"] / year[China, all]', '`["China, all"]`'),
    ("shares-turn", 'year(flow) / year["China, all"]', '`year["flow"]`'),
    ("shares-turn", 'share(year["flow"], "China, all")', '`year["China, all"]`'),
    ("shares-turn", 'year("flow")', '`year["flow"]`'),
    ("shares-turn", "year", "`.loc[…]`"),
    ("page", 'flows.loc["Russia sels"]', '`"Russia sells"`'),
    ("page", 'goods["flows"]', '`"Russia, all"`'),
    ("page", "years", '`alike = data.load("agreement_with_china")`'),
    ("agree-turn-pivot", 'russia.pivot("year", "partner_iso3")', "`pivot`"),
    ("agree-turn-pivot", 'russia.pivot[index="year"]', "`pivot(…)`"),
    (
        "agree-turn-pivot",
        'pairs.pivot(index="year", columns="partner_iso3", values="agreement_index")',
        "",
    ),
    ("agree-turn-pivot", '"russia".pivot(index="year")', "`russia`"),
    ("agree-turn-year", 'years.idxmin("Kazakhstan")', '`table["Kazakhstan"]`'),
    ("agree-turn-year", "years[Kazakhstan]", '`"Kazakhstan"`'),
    ("agree-turn-year", "2014", ""),
    ("agree-turn-year", 'years["Kazakhstan"].idxmax()', "`idxmin`"),
    ("agree-turn-year", 'years["Kazakhstan"].idxmin', "`()`"),
    ("agree-turn-year", 'years["Kazakhstan"].min()', "`idxmin`"),
    ("page", "journal.export", "`journal.export`"),
    ("page", "share", "`share(…)`"),
    ("page", "share(3) = 1", "`def share(…):`"),
]
IN_EXERCISE = [
    ("q1", "share-sold = 14", "`share_sold`"),
    ("q1", "share sold = 14", "`share_sold`"),
    ("q1", 'share_sold = share(year["China counts"], 1)', "`def`"),
    ("q1", 'share_sold = "14"', ""),
    ("q1", 'share_sold = trade["China counts"]', "`.loc[…]`"),
    ("q2", 'share_bought = round(year["China counts"] / year["all that China bought"] * 100)', ""),
    ("q2", 'share_bought = year["China counts" / "all that China bought"]', ""),
    ("q4", times("return flow / sold"), ""),
    ("q4", times("    flow / sold"), "`return`"),
    ("q5", "buyers = lists.pivot(index=buyer, columns=state, values=share)", '`"buyer"`'),
    ("q5", 'buyers = lists.pivot("buyer", "state", "share")', ""),
    ("q5", 'buyers = lists.pivot(index="buyer", columns="state")', "`values=`"),
    ("q6", f'{GAP}votes["gap"].max()', ""),
    ("q6", f'{GAP}votes["gap"].idxmax', "`()`"),
    ("q6", f'{GAP}votes["gap"].idxmax()', ""),
    ("q6", f'{GAP}"2017"', ""),
    ("q6", f"{GAP}votes.idxmax()", ""),
    ("q6", 'votes["gap"] = votes["China"] - VOTER', "`votes[VOTER]`"),
    ("q6", 'votes["gap"] = votes["VOTER"]', "`VOTER`"),
    ("q6", 'votes[lead] = votes["China"]', '`["lead"]`'),
    ("q7", 'chart = votes.plot(title="China", ylabel="agreement")', ""),
    ("q7", "chart = votes.plot(title=China and Kyrgyzstan)", '`title="…"`'),
]


def cell_of(where, typed, known):
    """Return the cell in which something was typed: a turn, an answer's cell, or an empty one."""
    if (turn := known.get(f"03-{where}-cell")) is None:
        return typed
    return turn.replace("...", typed, 1)


def plain(cell):
    """Return what a cell shows in boxes, as text; code stays between two backticks."""
    boxes = [output.get("data", {}).get("text/html", "") for output in cell.outputs]
    seen = (box.partition('<div class="no-limits-changed"')[0] for box in boxes)  # hidden so far
    shown = re.sub(r"<style>.*?</style>|<details.*?</details>", "", "\n".join(seen), flags=re.S)
    text = html.unescape(re.sub(r"<[^>]+>", " ", re.sub(r"</?code>", "`", shown)))
    return " ".join(text.split())


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
            found[where, typed] = f"{plain(answer)} {plain(check)}".strip()
    return found


@pytest.mark.parametrize("tries", [IN_CHAPTER, IN_EXERCISE], ids=["chapter", "exercise"])
def test_what_was_typed_gets_a_box_that_says_why(said, tries, snapshot):
    told = {f"{where}: {typed}": said[where, typed] for where, typed, _ in tries}
    for (_, typed, code), box in zip(tries, told.values(), strict=True):
        assert box and code in box, typed
    assert told == snapshot
