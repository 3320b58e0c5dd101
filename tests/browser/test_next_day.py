"""What a page shows when it is opened again: a note instead of a widget that is not alive."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser import lab as jupyterlab
from tests.browser.lab import cell, command, everything, open_notebook, run_all

NAME = "02_the_trade_lifeline"
LOST = "Error displaying widget"
NOTES = ".nl-next-day"
ALIVE = ".jp-OutputArea-child .widget-vbox:not(.jupyter-widgets-disconnected)"


@pytest.fixture
def answered(page, lab, course):
    """A chapter that was run, answered in one place and saved; yield its page."""
    open_notebook(page, lab, f"notebooks/{NAME}.ipynb")
    run_all(page)
    everything(page)
    expect(page.locator(f"{NOTES}:visible")).to_have_count(0)
    form = cell(page, "02-predict-tonnes").locator(".jp-OutputArea")
    form.get_by_role("textbox", name="Your prediction (per cent):").fill("77.25")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("status")).to_contain_text("77.25")
    command(page, "docmanager:save")
    return page


def look(page):
    """Check that notes stand for the widgets, and that nothing looks lost; return the notes."""
    everything(page)
    seen = page.locator(f"{NOTES}:visible")
    expect(page.get_by_text(LOST).locator("visible=true")).to_have_count(0)
    expect(page.locator(ALIVE).locator("visible=true")).to_have_count(0)
    expect(page.get_by_text("Run this cell to go on").locator("visible=true")).to_have_count(1)
    return seen.all_inner_texts()


def test_the_next_day_nothing_looks_lost(answered, lab, course):
    page, path = answered, course / "notebooks" / f"{NAME}.ipynb"
    kept = path.read_text(encoding="utf-8")
    assert "77.25" not in kept  # no word of a student's in the file
    widgets = [
        output["data"]
        for each in json.loads(kept)["cells"]
        for output in each.get("outputs", [])
        if "application/vnd.jupyter.widget-view+json" in output.get("data", {})
    ]
    assert widgets and all("".join(data["text/html"]) == "" for data in widgets)

    jupyterlab.close_notebook(page)  # its kernel ends too
    open_notebook(page, lab, f"notebooks/{NAME}.ipynb")
    notes = look(page)
    assert len(notes) == len(widgets)
    assert any(note.startswith("Saved on ") for note in notes), notes
    assert sum(note.startswith("Nothing saved yet") for note in notes) >= 5

    jupyterlab.run_cell(page, "02-predict-tonnes")  # and the answer is there again
    form = cell(page, "02-predict-tonnes").locator(".jp-OutputArea")
    expect(form.get_by_role("status")).to_contain_text("77.25")
    expect(form.locator(NOTES)).not_to_be_visible()


def test_a_dead_kernel_and_a_restart_leave_notes(answered):
    page = answered
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    look(page)
    page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.startKernel().then(() => null)"
    )
    look(page)


def test_a_page_that_is_not_trusted_shows_notes(answered, lab, course):
    page, path = answered, course / "notebooks" / f"{NAME}.ipynb"
    jupyterlab.close_notebook(page)
    copy = path.with_name("from_a_friend.ipynb")
    book = json.loads(path.read_text(encoding="utf-8"))
    book["cells"][0]["source"] = "# Not the one that was run"
    for each in book["cells"]:
        each["metadata"].pop("trusted", None)
        for output in each.get("outputs", []):
            output.setdefault("metadata", {})["changed"] = "since it was signed"
    copy.write_text(json.dumps(book), encoding="utf-8")
    open_notebook(page, lab, f"notebooks/{copy.name}")
    assert not page.evaluate(
        """() => window.jupyterapp.shell.currentWidget.content.widgets
            .some(cell => cell.model.type === "code" && cell.model.trusted)"""
    )
    look(page)
