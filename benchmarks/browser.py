"""Measure in a real browser what a hand on a control waits for: key press to decoded picture.

Each explorer's first slider (or, where there is none, its first list) is moved key by key, each
press after the picture of the one before is there. The clock runs in the page. ``interact``
draws the same trade chart, artist by artist, for the same slider.
"""

import statistics
import tempfile
from pathlib import Path

import nbformat

from no_limits.explorers import REGISTRY
from tests.browser import lab as jupyterlab
from tests.browser.explorers import Driver, notebook

PRESSES = 40
CLOCK = """(area, seen) => {
    window.waits = [];
    let pressed = null, before = null;
    const picture = () => area.querySelector(seen);
    area.addEventListener("keydown", event => {
        [pressed, before] = [event.timeStamp, picture()?.src];
    }, true);
    new MutationObserver(async () => {
        const shown = picture();
        if (pressed === null || !shown || shown.src === before) return;
        const since = pressed;
        pressed = null;
        await shown.decode();
        window.waits.push(performance.now() - since);
    }).observe(area, {childList: true, subtree: true, attributes: true});
}"""
OF_WIDGETS = "img[src^='data:image/png']"  # the picture that the clock looks at

INTERACT = """\
from dataclasses import replace

import matplotlib.pyplot as plt
from ipywidgets import IntRangeSlider, interact
from no_limits.explorers import trade

explorer = trade.TradeExplorer()


def draw(years):
    state = explorer.normalise(replace(trade.TradeState(), years=years))
    fig = plt.figure(figsize=explorer.size)
    explorer.build(fig)
    content = explorer.content(state)
    explorer.lay_out(explorer.frame(state, content), state, content)
    explorer.update(state, content)
    plt.show()


interact(draw, years=IntRangeSlider(min=trade.FIRST, max=trade.LAST, value=(1992, 2025)));
"""


def sections() -> list[str]:
    """Return the section of RESULTS.md: a table, or why there is none."""
    title = ["## From key press to picture, in the browser", ""]
    if not jupyterlab.CHROMIUM:
        return [*title, "Not measured: there is no Chromium on this machine.", ""]
    waits = {}
    rows = ["| explorer | control | key presses | median, ms | p95, ms |", "|---|---|---|---|---|"]
    with (
        tempfile.TemporaryDirectory() as folder,
        jupyterlab.running_lab(_course(Path(folder)), Path(folder) / "home") as lab,
        jupyterlab.running_browser() as browser,
    ):
        page = browser.new_page(viewport=jupyterlab.SIZE)
        for name in REGISTRY:
            _open(page, lab, f"notebooks/{notebook(name)}.ipynb")
            driver = Driver(page, name)
            control, waits[name] = of_explorer(driver)
            rows.append(row(driver.explorer.title.split(":")[0], control, waits[name]))
            jupyterlab.close_notebook(page)
        _open(page, lab, "notebooks/interact.ipynb")
        beside = of_interact(page)
        rows.append(row("`interact`, trade chart", "Years", beside))
    ratio = statistics.median(beside) / statistics.median(waits["trade"])
    return [*title, *rows, "", f"The trade explorer answers {ratio:.1f} times faster.", ""]


def _course(folder: Path) -> Path:
    """Return a course folder that also holds a notebook with ``interact``."""
    course = jupyterlab.copied_course(folder / "course")
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    cells = [nbformat.v4.new_code_cell(INTERACT)]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=kernel)
    nbformat.write(notebook, course / "notebooks" / "interact.ipynb")
    return course


def _open(page, lab: str, path: str) -> None:
    jupyterlab.open_notebook(page, lab, path)
    jupyterlab.run_all(page)
    jupyterlab.everything(page)


def of_explorer(driver: Driver) -> tuple[str, list[float]]:
    """Return the control that is moved, and the milliseconds of each press."""
    page, explorer = driver.page, driver.explorer
    driver.show(explorer.presets[0].name)
    page.wait_for_timeout(500)
    sliders = driver.panel.get_by_role("slider")
    control = sliders.first if sliders.count() else driver.panel.get_by_role("combobox").nth(1)
    name = control.evaluate(
        "it => it.closest('.jupyter-widgets').querySelector('.widget-label').textContent"
    )
    return name.rstrip(":"), moved(page, driver.panel, control)


def of_interact(page) -> list[float]:
    """Return the same for ``interact`` with matplotlib's usual figures."""
    area = page.locator(".jp-OutputArea").first
    return moved(page, area, area.get_by_role("slider").first)


def moved(page, area, control, seen: str = OF_WIDGETS) -> list[float]:
    """Press arrow keys on a control, there and back; return what the page's clock says."""
    area.evaluate(CLOCK, seen)
    control.scroll_into_view_if_needed()
    control.focus()
    forth, back = "ArrowRight", "ArrowLeft"
    if control.evaluate("it => it.tagName") == "SELECT":
        forth, back = "ArrowDown", "ArrowUp"
    turn = min(
        PRESSES // 2,
        control.evaluate(
            """it => it.options ? it.options.length - 1
            : it.max ? Number(it.max)
            : (it.getAttribute("aria-valuemax") - it.getAttribute("aria-valuemin")) / 2"""
        ),
    )
    for press in range(PRESSES):
        seen = page.evaluate("() => window.waits.length")
        page.keyboard.press(forth if press // turn % 2 == 0 else back)
        _wait_for_more(page, seen)
    return page.evaluate("() => window.waits")


def _wait_for_more(page, seen: int) -> None:
    """Wait for the next picture; a key that changes none (the end of a scale) is left out."""
    for _ in range(50):
        page.wait_for_timeout(20)
        if page.evaluate("() => window.waits.length") > seen:
            return


def row(name: str, control: str, waits: list[float]) -> str:
    """Return a row of the table: how many presses, their median and 95th percentile."""
    ordered = sorted(waits)
    median, p95 = (ordered[round(share * (len(ordered) - 1))] for share in (0.5, 0.95))
    return f"| {name} | {control} | {len(waits)} | {median:.0f} | {p95:.0f} |"


if __name__ == "__main__":
    print("\n".join(sections()))
