"""Measure in a real browser what Shift + Enter waits for, in every code cell of every chapter.

The clock runs in the page: from the key press until the kernel has answered, all that the cell
shows is there, its pictures are decoded, and two frames have gone by without a change. A chapter is
opened as from the list of files, in a JupyterLab that is there already; its first cell is run as
soon as a kernel stands ready, and whoever opens a chapter has waited for both.
"""

import statistics
import time
from collections.abc import Iterable
from typing import NamedTuple

from tests.browser import lab as jupyterlab
from tests.notebooks import CHAPTERS, read

SECONDS = 60  # for a cell; one that takes longer ends the measurement

#: Put a clock on the cell with this id, make it the active one, and bring it onto the screen.
CLOCK = """async name => {
    const frame = () => new Promise(requestAnimationFrame);
    const notebook = window.jupyterapp.shell.currentWidget.content;
    const index = notebook.widgets.findIndex(cell => cell.model.id === name);
    const cell = notebook.widgets[index], model = cell.model;
    window.waited = null;
    notebook.deselectAll();
    notebook.activeCellIndex = index;
    await notebook.scrollToItem(index, "smart");
    notebook.mode = "command";
    notebook.node.focus();
    await frame(); await frame();
    document.addEventListener("keydown", async event => {
        const pressed = event.timeStamp;
        const before = model.executionCount;
        let changes = 0;
        const watch = new MutationObserver(() => { changes += 1; });
        watch.observe(cell.node, {
            childList: true, subtree: true, attributes: true, characterData: true,
        });
        const ran = () => model.executionCount !== null && model.executionCount !== before;
        while (!ran()) await new Promise(wait => {
            const again = () => { model.stateChanged.disconnect(again); wait(); };
            model.stateChanged.connect(again);
        });
        const shown = () => cell.outputArea.widgets.length >= model.outputs.length
            && !cell.outputArea.node.textContent.includes("Loading widget");
        let seen = changes, still = 0;
        while (still < 2) {
            const pictures = [...cell.node.querySelectorAll("img")];
            await Promise.all(pictures.map(picture => picture.decode().catch(() => {})));
            await frame();
            still = changes === seen && shown() ? still + 1 : 0;
            seen = changes;
        }
        watch.disconnect();
        window.waited = performance.now() - pressed;
    }, {capture: true, once: true});
}"""
OPEN = """path => {
    window.opened = performance.now();
    return window.jupyterapp.commands.execute("docmanager:open", {path}).then(() => null);
}"""


class Wait(NamedTuple):
    """One code cell: its id, whether its code stands open on the page, the milliseconds."""

    cell: str
    is_open: bool
    ms: float


class Walk(NamedTuple):
    """One chapter: seconds from opening it until its first cell has run, and every code cell."""

    name: str
    opening: float
    waits: list[Wait]

    def open_cells(self) -> list[float]:
        """Return the milliseconds of the cells whose code stands open, the first one with them."""
        return [wait.ms for wait in self.waits if wait.is_open]


def sections() -> list[str]:
    """Return the section of RESULTS.md: a table, or why there is none."""
    title = ["## From Shift + Enter to what a cell shows, in the browser", ""]
    if not jupyterlab.CHROMIUM:
        return [*title, "Not measured: there is no Chromium on this machine.", ""]
    begun = time.monotonic()
    walks = walked(path.stem for path in CHAPTERS)
    note = (
        "The first cell imports the course: it is one of the open cells, and the first to run; the "
        f"slowest are sought after it. Measured in {time.monotonic() - begun:.0f} s."
    )
    return [*title, *rows(walks), "", note, ""]


def walked(names: Iterable[str]) -> list[Walk]:
    """Go through these chapters, each with a fresh kernel, in one JupyterLab with one journal."""
    with jupyterlab.lab_and_browser() as (lab, browser):
        page = browser.new_page(viewport=jupyterlab.SIZE)
        page.set_default_timeout(SECONDS * 1000)
        page.goto(f"{lab}/lab?reset")
        page.wait_for_function("() => window.jupyterapp")
        page.evaluate("() => window.jupyterapp.restored.then(() => null)")
        return [of_chapter(page, name) for name in names]


def of_chapter(page, name: str) -> Walk:
    """Open a chapter, press Shift + Enter in each of its code cells, from the top, and close it."""
    path = next(path for path in CHAPTERS if path.stem == name)
    code = [cell for cell in read(path).cells if cell.cell_type == "code"]
    page.evaluate(OPEN, f"notebooks/{name}.ipynb")
    jupyterlab.wait_until_ready(page)
    waits = []
    for cell in code:
        page.evaluate(CLOCK, cell.id)
        page.keyboard.press("Shift+Enter")
        page.wait_for_function("() => window.waited !== null")
        if not waits:
            opening = page.evaluate("() => (performance.now() - window.opened) / 1000")
        folded = cell.metadata.get("jupyter", {}).get("source_hidden", False)
        waits.append(Wait(cell.id, not folded, page.evaluate("() => window.waited")))
    jupyterlab.close_notebook(page)
    return Walk(name, opening, waits)


def rows(walks: list[Walk]) -> list[str]:
    """Return the table: a row a chapter, and one for all of them."""
    head = [
        "chapter",
        "opening until the first cell has run, s",
        "open cells",
        "median, ms",
        "p95, ms",
        "slowest open cell, ms",
        "slowest folded cell, ms",
    ]
    found = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for walk in walks:
        open_ones = [wait for wait in walk.waits[1:] if wait.is_open]
        folded = [wait for wait in walk.waits[1:] if not wait.is_open]
        last = [_slowest(open_ones), _slowest(folded)]
        found.append(_row(walk.name, walk.opening, walk.open_cells(), last))
    everything = [ms for walk in walks for ms in walk.open_cells()]
    longest = max(walk.opening for walk in walks)
    return [*found, _row("all; the longest opening", longest, everything, ["", ""])]


def _row(name: str, opening: float, waits: list[float], last: list[str]) -> str:
    ordered = sorted(waits)
    p95 = ordered[round(0.95 * (len(ordered) - 1))]
    middle = f"{len(waits)} | {statistics.median(waits):.0f} | {p95:.0f}"
    return f"| {name} | {opening:.1f} | {middle} | {' | '.join(last)} |"


def _slowest(waits: list[Wait]) -> str:
    slowest = max(waits, key=lambda wait: wait.ms, default=None)
    return f"{slowest.cell}: {slowest.ms:.0f}" if slowest else ""


if __name__ == "__main__":
    print("\n".join(sections()))
