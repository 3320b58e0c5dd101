"""Measure the sliders of the printed course in a real browser: key press to decoded picture.

The pages lie in the file system and need no Python. Each holds one strip, written and moved as in
the printed course; what Sphinx puts around it is left out.
"""

import tempfile
from pathlib import Path

from benchmarks import browser
from coursestaff.publishing import mime_output, static_notebooks
from courseware import ui
from courseware.explorers.base import Explorer
from no_limits.explorers import REGISTRY, find
from tests.browser import lab as jupyterlab

SCRIPT = Path(static_notebooks.__file__).with_name("static") / "strip.js"


def sections() -> list[str]:
    """Return the section of RESULTS.md: a table, or why there is none."""
    title = ["## From key press to picture, in the printed course", ""]
    if not jupyterlab.CHROMIUM:
        return [*title, "Not measured: there is no Chromium on this machine.", ""]
    rows = ["| explorer | control | key presses | median, ms | p95, ms |", "|---|---|---|---|---|"]
    everything = []
    with tempfile.TemporaryDirectory() as folder, jupyterlab.running_browser() as launched:
        opened = launched.new_page(viewport=jupyterlab.SIZE)
        for name in REGISTRY:
            explorer = find(name)()
            label, waits = of_strip(opened, written(explorer, Path(folder)))
            rows.append(browser.row(explorer.title.split(":")[0], label, waits))
            everything += waits
    return [*title, *rows, browser.row("all", "", everything), ""]


def written(explorer: Explorer, folder: Path) -> Path:
    """Write a page with the strip of an explorer, and its pictures; return the page."""
    pictures, page = folder / "_static" / "pictures", folder / "chapters" / f"{explorer.name}.html"
    for parent in (pictures, page.parent):
        parent.mkdir(parents=True, exist_ok=True)
    before = ui.LOOKS.copy()
    ui.LOOKS.update(mime_output.LOOKS)
    told = mime_output.Explorer(
        explorer.name, explorer.title, explorer.intro, [], 0, mime_output.strip(explorer)
    )
    ui.LOOKS.update(before)
    script = f"<script defer src='{SCRIPT.as_uri()}'></script>"
    page.write_text(
        f"<!doctype html><meta charset='utf-8'>{script}{static_notebooks.strip(told, pictures)}",
        "utf-8",
    )
    return page


def of_strip(opened, page: Path) -> tuple[str, list[float]]:
    """Return what the control is called, and the milliseconds of each press from the first on."""
    opened.goto(page.as_uri())
    slider = opened.get_by_role("slider")
    slider.press("Home")
    opened.wait_for_timeout(300)
    label = opened.locator(".strip label").evaluate("label => label.firstChild.textContent")
    waits = browser.moved(opened, opened.locator(".strip"), slider, ".strip-frame img")
    return label.strip().rstrip(":"), waits


if __name__ == "__main__":
    print("\n".join(sections()))
