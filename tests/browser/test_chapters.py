"""Every chapter opens in JupyterLab, runs to its end and shows no error."""

import itertools
import re

import pytest
from playwright.sync_api import expect

from coursestaff.chapters import own_name
from tests.browser.lab import cell, everything, open_notebook, run_cell, wait_until_ready
from tests.cases import cases
from tests.notebooks import COMPANIONS, ROOT, read


def test_the_course_opens_in_its_first_chapter(page, own_lab):
    page.goto(own_lab)  # where nothing has been open before
    page.wait_for_url("**/lab/tree/notebooks/00_start_here.ipynb*")
    wait_until_ready(page)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text("Would you like to get notified")).to_have_count(0)


#: Whether the notebook of this path is in front.
IN_FRONT = "path => window.jupyterapp.shell.currentWidget?.context?.path === path"
#: Close all notebooks but the one in front, and end their kernels.
CLOSE_OTHERS = """async () => {
    const shell = window.jupyterapp.shell;
    const others = [...shell.widgets("main")].filter(one => one !== shell.currentWidget);
    for (const one of others) {
        await one.sessionContext?.shutdown().catch(() => {});
        one.dispose();
    }
}"""


def follow(page, name, path):
    """Click the link of a text cell that leads to a notebook; wait until that is in front."""
    cell(page, name).locator(f'a[href*="{path}"]').click()
    page.wait_for_function(IN_FRONT, arg=path)
    page.evaluate(CLOSE_OTHERS)
    wait_until_ready(page)


@pytest.mark.parametrize("path", cases(COMPANIONS, COMPANIONS[:1]), ids=own_name)
def test_a_companion_opens_from_its_chapter_shows_a_chart_and_leads_back(page, lab, path):
    chapter, further = (f"notebooks/{folder}{path.name}" for folder in ("", "further/"))
    open_notebook(page, lab, chapter)
    everything(page)
    follow(page, read(ROOT / chapter).cells[-1].id, further)
    cells = [each for each in read(path).cells if each.cell_type == "code"]
    cells = [each for each in cells if "jupyter" not in each.metadata]  # folded: nothing to click
    last = next(n for n, each in enumerate(cells) if "charts.show(" in each.source)
    for each in cells[: last + 1]:
        run_cell(page, each.id)
    chart = cell(page, cells[last].id).locator(".jp-OutputArea img:not([aria-hidden])")
    expect(chart).to_be_visible()
    assert page.locator('[data-mime-type="application/vnd.jupyter.error"]').count() == 0
    everything(page)
    follow(page, read(path).cells[-1].id, chapter)


def test_a_chapter_runs_and_every_picture_is_described(chapter):
    assert chapter.locator('[data-mime-type="application/vnd.jupyter.error"]').count() == 0
    assert chapter.locator('[data-mime-type="application/vnd.jupyter.stderr"]').count() == 0
    pictures = chapter.locator(".jp-OutputArea img:not([aria-hidden])")
    assert pictures.count() >= 1
    for index in range(pictures.count()):
        assert len((pictures.nth(index).get_attribute("alt") or "").split()) >= 5


def test_headings_are_nested(chapter):
    """Markdown, cards and explorers together: one H1, and no level left out on the way down."""
    levels = chapter.locator(".jp-Notebook").evaluate(
        """area => [...area.querySelectorAll("h1,h2,h3,h4,h5,h6")]
            .map(heading => [Number(heading.tagName[1]), heading.textContent])"""
    )
    assert [level for level, _ in levels].count(1) == 1
    for (before, _), (after, words) in itertools.pairwise(levels):
        assert after <= before + 1, re.sub(r"\s+", " ", words)
