"""Every chapter opens in JupyterLab, runs to its end and shows no error."""

import itertools
import re

from playwright.sync_api import expect

from tests.browser.lab import wait_until_ready


def test_the_course_opens_in_its_first_chapter(page, lab):
    page.goto(lab)
    wait_until_ready(page)
    assert "/lab/tree/notebooks/00_start_here.ipynb" in page.url
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text("Would you like to get notified")).to_have_count(0)


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
