"""A course about another article, in JupyterLab as `start.py lab FOLDER` opens it."""

import pytest
from playwright.sync_api import expect

from coursestaff import whole_article
from tests.browser import lab as jupyterlab

CHAPTER = "notebooks/01_who_made_oil_dear.ipynb"


@pytest.fixture(scope="module")
def another(tmp_path_factory):
    """The address of a JupyterLab that serves the course which `course new article` makes."""
    folder = tmp_path_factory.mktemp("another") / "my_article"
    whole_article.begin(folder)
    with jupyterlab.running_lab(folder, tmp_path_factory.mktemp("home")) as address:
        yield address


def test_its_chapter_asks_draws_and_tries_in_lab(another, page):
    page.goto(another)
    page.wait_for_url(f"**/lab/tree/{CHAPTER}")  # its first page: the only chapter
    jupyterlab.wait_until_ready(page)
    jupyterlab.run_all(page)
    jupyterlab.everything(page)
    picture = page.locator("img[alt^='Line chart of the price of Brent']")
    expect(picture).to_have_count(1)
    expect(page.get_by_text("65% of the rise had already come").first).to_be_attached()
    expect(page.locator("img[alt^='Argument map of 10 claims']").first).to_be_attached()
    for words in ("Russia's war on Ukraine made oil expensive.", "is not coming back."):
        expect(page.get_by_text(words).first).to_be_attached()
    expect(page.locator(".jp-RenderedText[data-mime-type*='stderr']")).to_have_count(0)
