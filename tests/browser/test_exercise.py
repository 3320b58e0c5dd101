"""An exercise is done with a mistake, mended and validated, as a student does it."""

import shutil

import pytest
from playwright.sync_api import expect

from courseware.checks import public
from tests import corpus
from tests.browser.lab import cell, everything, open_notebook, run_all, run_cell, write

NAME = "02_the_trade_lifeline"
WRONG = "growth_total = 0.4"  # a fraction, where per cent are asked for
RIGHT_KIND = "the right kind of answer"
RIGHT = "growth_total = (now / then - 1) * 100"


def validated(page) -> str:
    """Press nbgrader's Validate button; return what it says."""
    page.get_by_role("button", name="Validate").click()
    dialog = page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("Validation Results", timeout=60_000)
    words = dialog.inner_text()
    dialog.get_by_role("button").last.click()
    return words


@pytest.fixture
def finished(course):
    """The exercise, done, in a folder of its own."""
    folder = course / "finished" / NAME
    shutil.copytree(course / "exercises" / NAME, folder)
    corpus.write(folder, NAME, corpus.answered(NAME))
    return f"finished/{NAME}/{NAME}.ipynb"


def test_an_exercise_is_done_with_a_mistake_and_mended(page, lab):
    open_notebook(page, lab, f"exercises/{NAME}/{NAME}.ipynb")
    run_all(page)
    everything(page)
    told = cell(page, "q2").locator(".jp-OutputArea")
    expect(told).to_contain_text("growth_total")
    write(page, "q2-answer", WRONG)
    run_cell(page, "q2")
    expect(told).to_contain_text("per cent")
    expect(told).not_to_contain_text(RIGHT_KIND)
    write(page, "q2-answer", RIGHT)
    run_cell(page, "q2")
    expect(told).to_contain_text(RIGHT_KIND)
    cell(page, "q2-answer").locator(".cm-content").click()
    page.keyboard.insert_text("# ")
    expect(told.get_by_text(public.CHANGED)).to_be_visible()
    expect(told.get_by_text(RIGHT_KIND)).to_be_hidden()
    write(page, "q2-answer", "growth_total = growth_totla")
    expect(told).to_contain_text("NameError")
    run_cell(page, "q2")
    expect(told).to_contain_text("NameError")
    write(page, "q2-answer", RIGHT)
    expect(told).to_contain_text(public.AGAIN)
    run_cell(page, "q2")
    expect(told).to_contain_text(RIGHT_KIND)
    words = validated(page)
    assert "failed" in words
    assert 'check("q2")' not in words and 'check("q3")' in words


def test_validate_says_that_a_finished_exercise_passes(page, lab, finished):
    open_notebook(page, lab, finished)
    words = validated(page)
    assert "Success" in words and "failed" not in words
