"""Measure in a real browser how much of a laptop's screen chapters take, once all cells have run.

``python -m benchmarks.screens [NN ...]`` prints a row a chapter. Cells are measured as they stand
at 1366×768 with the side bar closed, outputs included; a screen is what that laptop shows of them
at a time. A chart is measured with its title, unit, *What to see* and source.
"""

import argparse
import statistics
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from tests.browser import lab as jupyterlab
from tests.browser.reading import LAPTOP
from tests.notebooks import CHAPTERS

SCREEN = 530  # pixels of cells on such a laptop, the browser's own frame taken off
HEAD = (
    "| chapter | cells | screens | charts | highest chart, px | median chart, px "
    f"| charts over {SCREEN} px |\n|---|---|---|---|---|---|---|"
)
#: How high the notebook is, and each chart in it, once its pictures are there: cell id → pixels.
HEIGHTS = """() => {
    const {widgets} = window.jupyterapp.shell.currentWidget.content;
    const height = part => Math.round(part.getBoundingClientRect().height);
    const [first, last] = [widgets[0], widgets.at(-1)].map(cell => cell.node);
    const charts = widgets.flatMap(cell => [...cell.node.querySelectorAll(".no-limits-chart")]
        .map(chart => [cell.model.id, height(chart)]));
    const here = [...document.querySelectorAll(".jp-OutputArea img")].every(one => one.complete);
    const from = first.getBoundingClientRect().top, to = last.getBoundingClientRect().bottom;
    return {cells: widgets.length, here, pixels: Math.round(to - from), charts};
}"""


class Chapter(NamedTuple):
    """How many cells, how many pixels from the first to the last, and each chart's height."""

    cells: int
    pixels: int
    charts: list[tuple[str, int]]

    @property
    def too_high(self) -> list[tuple[str, int]]:
        """The charts that no scrolling brings whole onto the screen, each with its height."""
        return [(cell_id, height) for cell_id, height in self.charts if height > SCREEN]


def measured(page, lab: str, path: str) -> Chapter:
    """Run a chapter from the course that ``lab`` serves, and measure it as it then stands."""
    jupyterlab.open_notebook(page, lab, path)
    page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    jupyterlab.run_all(page)
    jupyterlab.everything(page)
    seen = jupyterlab.still(page, HEIGHTS, milliseconds=1000)
    assert seen.pop("here"), f"a picture of {path} did not come"
    jupyterlab.close_notebook(page)
    return Chapter(**seen | {"charts": [tuple(chart) for chart in seen["charts"]]})


def row(name: str, chapter: Chapter) -> str:
    """Return a row of the table; of the charts that are too high also where they are."""
    heights = [height for _, height in chapter.charts] or [0]
    where = ", ".join(f"{cell_id} {height}" for cell_id, height in chapter.too_high)
    over = f"{len(chapter.too_high)}{f' ({where})' if where else ''}"
    return (
        f"| {name} | {chapter.cells} | {chapter.pixels / SCREEN:.0f} | {len(chapter.charts)} "
        f"| {max(heights)} | {statistics.median(heights):.0f} | {over} |"
    )


def table(paths: Iterable[Path]) -> Iterable[str]:
    """Yield the lines of the table, each as soon as its chapter has been measured."""
    yield HEAD
    with jupyterlab.lab_and_browser() as (lab, browser):
        page = browser.new_page(viewport=LAPTOP)
        for path in paths:
            yield row(path.stem, measured(page, lab, f"notebooks/{path.name}"))


def main(arguments: list[str]) -> int:
    """Print the table of the chapters that are asked for, or of all."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.screens", description=__doc__.splitlines()[0]
    )
    parser.add_argument("chapters", nargs="*", metavar="NN", help="such as 02; all if left out")
    asked = parser.parse_args(arguments).chapters
    if not jupyterlab.CHROMIUM:
        parser.error("there is no Chromium on this machine")
    chosen = [path for path in CHAPTERS if not asked or path.stem[:2] in asked]
    if not chosen:
        parser.error(f"no chapter is called {' or '.join(asked)}")
    for line in table(chosen):
        print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
