"""A chapter made anew, gone through with Shift + Enter on a laptop: what is shown is on the screen.

With ``SHOTS=folder`` every chart, turn and card is also kept as a picture, to be looked at.
"""

import os
import re
from pathlib import Path

import pytest

from tests.browser import lab as jupyterlab
from tests.notebooks import CHAPTERS, read

LAPTOP = {"width": 1366, "height": 768}
#: Where a cell's chart or box of widgets is, and what part of the window shows cells.
PART = ".no-limits-chart, .jp-OutputArea .widget-vbox"
SEEN = """(cell, part) => {
    part = cell.querySelector(part);
    if (!part) return null;
    const box = part.getBoundingClientRect();
    const room = cell.closest(".jp-WindowedPanel-outer").getBoundingClientRect();
    return {above: box.top - room.top, below: room.bottom - box.bottom, room: room.height};
}"""
SHOWS = re.compile(r"charts\.show(_tiles)?\(|maps\.show(_ruler)?\(")
BOX = re.compile(r"(journal\.(predict|answer|confidence)|claims\.trial)\(")
#: Whether a cell has run: on a busy machine a kernel that was just asked still looks idle.
DONE = """id => {
    const cells = window.jupyterapp.shell.currentWidget.content.widgets;
    return cells.find(cell => cell.model.id === id).model.executionCount !== null;
}"""
IDLE = """() => {
    const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel;
    return kernel?.status === "idle";
}"""


@pytest.fixture(params=CHAPTERS, ids=lambda path: path.stem)
def walked(request, browser, own_lab):
    """Each chart or box after Shift + Enter from the top: cell id → where it is."""
    path = request.param
    context = browser.new_context(viewport=LAPTOP)
    page = context.new_page()
    jupyterlab.open_notebook(page, own_lab, f"notebooks/{path.name}")
    shots = Path(os.environ["SHOTS"]) / path.stem[:2] if "SHOTS" in os.environ else None
    found = {}
    jupyterlab.command(page, "notebook:enter-command-mode")
    for number, cell in enumerate(read(path).cells):
        page.keyboard.press("Shift+Enter")
        if cell.cell_type != "code":
            continue
        page.wait_for_function(DONE, arg=cell.id)
        page.wait_for_function(IDLE)
        seen = settled(page, cell)
        if seen is not None:
            found[cell.id] = seen
        if shots is not None:
            shots.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=shots / f"{number:02d}_{cell.id}.png")
    yield path, found
    context.close()


def settled(page, cell):
    """Return where a cell's chart or box is once it lies still: it goes into view late."""
    box = jupyterlab.cell(page, cell.id)
    if SHOWS.search(cell.source) or BOX.match(cell.source):
        box.locator(PART).first.wait_for(state="attached")
    page.wait_for_timeout(600)
    before, seen = None, box.evaluate(SEEN, PART)
    while seen != before:
        page.wait_for_timeout(300)
        before, seen = seen, box.evaluate(SEEN, PART)
    return seen


def test_each_chart_is_whole_on_the_screen_and_each_box_begins_there(walked):
    path, found = walked
    charts = {cell.id for cell in read(path).cells if SHOWS.search(cell.source)}
    boxes = {cell.id for cell in read(path).cells if BOX.match(cell.source)}
    assert charts | boxes <= set(found)
    cut = {
        name: seen
        for name, seen in found.items()
        if seen["above"] < -1 or (name in charts and seen["below"] < 0)
    }
    assert cut == {}
