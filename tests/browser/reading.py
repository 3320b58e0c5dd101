"""Go through a chapter as a student does, with Shift + Enter, and note what is on the screen.

With ``SHOTS=folder`` each step is also kept as a picture, to be looked at.
"""

import os
import re
from pathlib import Path

from nbformat import NotebookNode

from tests.browser import lab as jupyterlab

LAPTOP = {"width": 1366, "height": 768}
#: Where a cell's chart or box of widgets is, and what part of the window shows cells.
PART = ".no-limits-chart, .jp-OutputArea .widget-vbox, .nl-new-words"
CELL = "window.jupyterapp.shell.currentWidget.content.widgets.find(one => one.model.id === id)"
SHOWS = re.compile(r"charts\.show(_tiles)?\(|maps\.show(_ruler)?\(|show_code_words\(\"\d\d\"\)")
BOX = re.compile(r"(journal\.(predict|answer|confidence)|claims\.trial)\(")
#: Whether a cell has run: on a busy machine a kernel that was just asked still looks idle. What a
#: cell shows is told before the kernel is idle again; widgets come onto the page later.
DONE = f"""id => {{
    const cell = {CELL};
    const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel;
    if (cell.model.executionCount === null || kernel?.status !== "idle") return false;
    const view = "application/vnd.jupyter.widget-view+json";
    const alive = cell.model.outputs.toJSON().filter(output => output.data?.[view]).length;
    return alive === 0 || cell.node.querySelector(".jp-OutputArea .jupyter-widgets") !== null;
}}"""
KIND = f"""([id, part]) => {{
    const found = {CELL}.node.querySelector(part);
    return found && (found.matches(".widget-vbox") ? "box" : "chart");
}}"""
SEEN = f"""([id, part]) => {{
    const found = {CELL}.node.querySelector(part), box = found.getBoundingClientRect();
    const room = found.closest(".jp-WindowedPanel-outer").getBoundingClientRect();
    return {{above: box.top - room.top, below: room.bottom - box.bottom, room: room.height}};
}}"""
#: Whether the pictures of a cell are there: only then does ``into_view`` begin.
DRAWN = (
    f"""id => [...{CELL}.node.querySelectorAll(".jp-OutputArea img")].every(one => one.complete)"""
)
#: How long it has to lie still, in milliseconds: ``into_view`` scrolls to a chart 50 after it
#: has come, to a box 250 after.
LONG = {"chart": 250, "box": 500}


def go_through(page, name: str, cells: list[NotebookNode]) -> dict[str, dict[str, float]]:
    """Press Shift + Enter from the top to the last cell of code of the chapter in front.

    Returns:
        Each chart or box when its cell had run: cell id → pixels of the notebook's window above
        it (less than 0: so much is cut off) and below it, and how high that window is.

    """
    shots = Path(os.environ["SHOTS"]) / name[:2] if "SHOTS" in os.environ else None
    page.set_viewport_size(LAPTOP)
    page.evaluate("() => window.jupyterapp.shell.expandLeft()")  # there is less room beside it
    jupyterlab.command(page, "notebook:enter-command-mode")
    last = max(number for number, cell in enumerate(cells) if cell.cell_type == "code")
    found = {}
    for number, cell in enumerate(cells[: last + 1]):
        page.keyboard.press("Shift+Enter")
        if cell.cell_type != "code":
            continue
        page.wait_for_function(DONE, arg=cell.id)
        if SHOWS.search(cell.source) or BOX.match(cell.source):
            jupyterlab.cell(page, cell.id).locator(PART).first.wait_for(state="attached")
        page.wait_for_function(DRAWN, arg=cell.id)
        if kind := page.evaluate(KIND, [cell.id, PART]):
            found[cell.id] = jupyterlab.still(page, SEEN, [cell.id, PART], LONG[kind])
        if shots is not None:
            shots.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=shots / f"{number:02d}_{cell.id}.png")
    return found
