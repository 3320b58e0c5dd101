"""A chapter made anew, gone through with Shift + Enter on a laptop: each chart whole on the screen.

With ``SHOTS=folder`` every chart, turn and card is also kept as a picture, to be looked at.
"""

import os
from pathlib import Path

import pytest

from tests.browser import lab as jupyterlab
from tests.notebooks import CHAPTERS, read
from tests.test_measures import MEASURED

LAPTOP = {"width": 1366, "height": 768}
ANEW = [path for path in CHAPTERS if path.stem[:2] in MEASURED]
#: Where a cell's chart is, and what part of the window shows cells.
SEEN = """cell => {
    const chart = cell.querySelector(".no-limits-chart");
    if (!chart) return null;
    const box = chart.getBoundingClientRect();
    const room = cell.closest(".jp-WindowedPanel-outer").getBoundingClientRect();
    return {above: box.top - room.top, below: room.bottom - box.bottom, height: box.height};
}"""
IDLE = """() => {
    const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel;
    return kernel?.status === "idle";
}"""


@pytest.fixture(params=ANEW, ids=lambda path: path.stem)
def walked(request, browser, lab):
    """Each code cell's chart after Shift + Enter from the top: cell id → where it is."""
    path = request.param
    context = browser.new_context(viewport=LAPTOP)
    page = context.new_page()
    jupyterlab.open_notebook(page, lab, f"notebooks/{path.name}")
    shots = Path(os.environ["SHOTS"]) / path.stem[:2] if "SHOTS" in os.environ else None
    found = {}
    jupyterlab.command(page, "notebook:enter-command-mode")
    for number, cell in enumerate(read(path).cells):
        page.keyboard.press("Shift+Enter")
        if cell.cell_type != "code":
            continue
        page.wait_for_function(IDLE)
        page.wait_for_timeout(400)  # the chart goes into view 50 ms after it has loaded
        seen = jupyterlab.cell(page, cell.id).evaluate(SEEN)
        if seen is not None:
            found[cell.id] = seen
        if shots is not None:
            shots.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=shots / f"{number:02d}_{cell.id}.png")
    yield path, found
    context.close()


def test_each_chart_is_whole_on_the_screen(walked):
    path, found = walked
    assert set(found) == {cell.id for cell in read(path).cells if "charts.show(" in cell.source}
    cut = {name: seen for name, seen in found.items() if min(seen["above"], seen["below"]) < 0}
    assert cut == {}
