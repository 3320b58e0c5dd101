"""*Your turn* and errors in words, in JupyterLab: what somebody sees who fills in a blank."""

import nbformat
import pytest
from playwright.sync_api import expect

from courseware import turns
from tests.browser.axe import colours, ours, structure
from tests.browser.lab import cell, everything, open_notebook, run_all, run_cell, write

SETUP = """\
from courseware import data, turn, words
asked = {"kind": "count", "tables": {"claims": "claims"}, "right": "len(claims)",
         "hint": "Count with `len`.", "then": "There are {right}.",
         "wrong": [{"answer": "len(claims.columns)", "hint": "You counted columns."}]}
words.turn = lambda key: asked
claims = data.load("claims")"""
BLANK = 'answer = ...\nturn("77-count", answer)'
MISTAKES = {
    "column": ('claims["paragrph"]', '"paragraph"', "KeyError"),
    "quotes": ('claims[claims["paragraph"] == P2]', '"P2"', "NameError"),
    "bracket": ("len(claims", "never closed", "SyntaxError"),
}


@pytest.fixture
def scratch(page, lab, course):
    """A page with a notebook that has a turn and three mistakes, not run yet."""
    sources = {"setup": SETUP, "turn": BLANK, "later": "len(claims)"}
    sources |= {n: m[0] for n, m in MISTAKES.items()}
    cells = [nbformat.v4.new_code_cell(source, id=name) for name, source in sources.items()]
    cells[1].metadata["tags"] = ["raises-exception"]  # as in the chapters
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(notebook, course / "notebooks" / "scratch.ipynb")
    open_notebook(page, lab, "notebooks/scratch.ipynb")
    run_cell(page, "setup")
    return page


def test_a_turn_is_untouched_wrong_and_right(scratch):
    told = cell(scratch, "turn").locator(".jp-OutputArea")
    run_cell(scratch, "turn")
    expect(told).to_contain_text(turns.EMPTY)
    write(scratch, "turn", BLANK.replace("...", "len(claims.columns)"))
    expect(told).to_contain_text("You counted columns.")
    way = told.get_by_text("answer = len(claims)")
    expect(way).to_be_hidden()
    told.locator("summary").last.click()  # the one before it is the hint's
    expect(way).to_be_visible()
    write(scratch, "turn", BLANK.replace("...", "len(claims)"))
    expect(told).to_contain_text("There are 84")


def test_a_turn_that_stops_does_not_stop_the_page(scratch):
    write(scratch, "turn", BLANK.replace("...", "claims.lenght"))
    run_all(scratch)
    expect(cell(scratch, "turn").locator(".jp-OutputArea")).to_contain_text("AttributeError")
    expect(cell(scratch, "later").locator(".jp-OutputArea")).to_contain_text("84")


def test_errors_are_said_in_words_and_stay_errors(scratch):
    for name, (_, words, error) in MISTAKES.items():
        run_cell(scratch, name)
        told = cell(scratch, name).locator(".jp-OutputArea")
        expect(told).to_contain_text(words)
        expect(told.locator("pre").first).to_be_hidden()
        expect(told.locator('[data-mime-type="application/vnd.jupyter.stderr"]')).to_contain_text(
            error
        )
        assert told.bounding_box()["height"] < 250
    told.locator("summary").click()
    expect(told.locator("pre").first).to_be_visible()


def test_cards_are_open_to_everyone(scratch):
    run_all(scratch)
    everything(scratch)
    assert ours(structure(scratch)) == []
    assert ours(colours(scratch)) == []
