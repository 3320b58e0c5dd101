"""What the README's pictures show is on the screen. ``PICTURES=1`` takes and keeps them anew."""

import os
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from coursestaff.marking.marksheet import opening
from coursestaff.publishing import cover
from tests import marked, pictures
from tests.browser import lab as jupyterlab
from tests.notebooks import CHAPTERS, ROOT

pytestmark = pytest.mark.matrix

LAPTOP = {"width": 1366, "height": 768}
DOUBLE = 2  # pixels of the picture for one of the page
SMALL = {"width": 900, "height": 600}
DESK = {"width": 1200, "height": 800}  # rubric and answers stand abreast; as high as the others
GUESS = 1100  # pixels: the README shows it at half of that
DOOR = 480  # pixels that a door's picture is wide; the README shows it at half of that
#: Builds the guide alone, in the folder named: the printed course takes minutes. Then the first
#: page, with the one chapter that it needs.
FIRST = """
import sys
from coursestaff.publishing import site
sys.exit(site.main([*sys.argv[1:], "--chapters", "00"]))
"""
GUIDE = """
import sys
from pathlib import Path
from coursestaff.publishing import site
folder = Path(sys.argv[1])
site.write_guide(folder / "sources" / "guide")
sys.exit(site.printed(folder, "guide"))
"""


@pytest.fixture
def keep(tmp_path):
    """A function that takes a picture of a page and, if it is asked for, keeps it."""

    def taken(shown, name, width=DOOR):
        getattr(shown, "page", shown).mouse.move(0, 0)
        shown.screenshot(path=tmp_path / name)
        if os.environ.get("PICTURES"):
            pictures.keep(name, tmp_path / name, width)

    return taken


@pytest.fixture
def sized(browser):
    """A function that opens a page of some size, and shuts it in the end."""
    contexts = []

    def opened(size, scale=1):
        contexts.append(browser.new_context(viewport=size, device_scale_factor=scale))
        return contexts[-1].new_page()

    yield opened
    for context in contexts:
        context.close()


def open_chapter(page, lab, path):
    """Open a chapter as `start.py lab` does: with the side bar shut."""
    jupyterlab.open_notebook(page, lab, f"notebooks/{path.name}")
    page.evaluate("() => window.jupyterapp.shell.collapseLeft()")


def test_the_first_page_answers_a_guess(sized, tmp_path, keep):
    done = [sys.executable, "-c", FIRST, str(tmp_path)]
    subprocess.run(done, check=True, cwd=ROOT)
    page = sized(LAPTOP, DOUBLE)
    page.goto((tmp_path / "html" / "index.html").as_uri())
    guess = page.locator("#guess-first")
    guess.get_by_text("about a quarter", exact=True).click()
    expect(guess.locator("p.shown")).to_be_visible()
    keep(guess, "guess.png", GUESS)


def test_the_whole_article_has_a_picture(tmp_path):
    (tmp_path / "xray.png").write_bytes(cover.png())
    if os.environ.get("PICTURES"):
        pictures.keep("xray.png", tmp_path / "xray.png", GUESS)


def test_chapter_zero_begins_with_a_cell_that_runs(sized, own_lab, keep):
    page = sized(SMALL)
    open_chapter(page, own_lab, CHAPTERS[0])
    jupyterlab.run_cell(page, "00-setup")
    printed = jupyterlab.cell(page, "00-setup").locator(".jp-OutputArea-output")
    printed.get_by_text("are ready").wait_for()
    jupyterlab.cell(page, "00-cells").evaluate("cell => cell.scrollIntoView()")
    expect(page.get_by_role("heading", name="Run a cell").first).to_be_in_viewport()
    keep(page, "learn.png")


def test_the_guide_has_a_discussion_with_two_positions(sized, tmp_path, keep):
    subprocess.run([sys.executable, "-c", GUIDE, str(tmp_path)], check=True, cwd=ROOT)
    page = sized(SMALL)
    page.goto((tmp_path / "guide" / f"chapter_{pictures.CHAPTER.stem[:2]}.html").as_uri())
    heading = page.get_by_role("heading", name=pictures.DISCUSSION.strip("# "))
    heading.evaluate("heading => { heading.scrollIntoView(); scrollBy(0, -32); }")
    expect(heading).to_be_in_viewport()
    keep(page, "teach.png")


def test_the_marking_sheet_has_answers_and_the_rows_of_the_rubric(sized, tmp_path, keep):
    course = marked.course(tmp_path / "course", pictures.ANSWERS)
    with marked.running(course, tmp_path / "home", opening.GRADERS) as (address, token):
        page = sized(DESK)
        page.goto(f"{address}/course/mark/{marked.NAME}/{pictures.ASKED}?token={token}")
        answer = page.locator("article")  # in an order of the page's own: nobody's is first
        done = answer.filter(has_text=pictures.ANSWERS["cem"])
        done.click()
        page.keyboard.press("0")
        page.keyboard.press("1")
        expect(done).to_contain_text("1 of 4 points")
        page.keyboard.press("m")  # folds question and model answers
        page.keyboard.press("n")
        waiting = answer.filter(has_not_text=pictures.ANSWERS["cem"])
        expect(waiting.first).to_have_attribute("aria-current", "true")
        page.evaluate("() => scrollTo(0, 0)")
        for words in (*pictures.ANSWERS.values(), *pictures.rubric().comments[:2]):
            expect(page.get_by_text(words, exact=True)).to_be_in_viewport(ratio=1)
        for row in pictures.rubric().rows:
            expect(page.get_by_text(row.levels[-1], exact=True)).to_be_in_viewport(ratio=1)
        keep(page, "grade.png")
