"""What the README's pictures show is on the screen. ``PICTURES=1`` takes and keeps them anew."""

import os
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from coursestaff.marking.marksheet import opening
from tests import marked, pictures
from tests.browser import lab as jupyterlab
from tests.notebooks import CHAPTERS, ROOT

pytestmark = pytest.mark.matrix

LAPTOP = {"width": 1366, "height": 768}
SMALL = {"width": 900, "height": 600}
DESK = {"width": 1020, "height": 680}  # rubric and answers stand abreast
DOOR = 480  # pixels that a door's picture is wide; the README shows it at half of that
#: Builds the guide alone, in the folder named: the printed course takes minutes.
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

    def taken(page, name, width=DOOR, **options):
        page.mouse.move(0, 0)
        page.screenshot(path=tmp_path / name, **options)
        if os.environ.get("PICTURES"):
            pictures.keep(name, tmp_path / name, width)

    return taken


@pytest.fixture
def sized(browser):
    """A function that opens a page of some size, and shuts it in the end."""
    contexts = []

    def opened(size):
        contexts.append(browser.new_context(viewport=size))
        return contexts[-1].new_page()

    yield opened
    for context in contexts:
        context.close()


def open_chapter(page, lab, path):
    """Open a chapter as `start.py lab` does: with the side bar shut."""
    jupyterlab.open_notebook(page, lab, f"notebooks/{path.name}")
    page.evaluate("() => window.jupyterapp.shell.collapseLeft()")


def test_chapter_two_shows_a_chart_and_the_cell_that_drew_it(sized, own_lab, keep):
    page, shown = sized(LAPTOP), pictures.chart()
    open_chapter(page, own_lab, pictures.CHAPTER)
    jupyterlab.run_all(page)
    jupyterlab.everything(page)
    chart = jupyterlab.cell(page, f"{pictures.CHART}-chart")
    chart.locator("img").last.wait_for()
    chart.evaluate("cell => cell.scrollIntoView()")
    expect(chart.get_by_text(shown.title)).to_be_in_viewport()
    expect(chart.get_by_role("img", name=shown.alt)).to_be_in_viewport(ratio=1)
    keep(page, "chapter_02.png", LAPTOP["width"])


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
        page.keyboard.press("n")
        waiting = answer.filter(has_not_text=pictures.ANSWERS["cem"])
        expect(waiting.first).to_have_attribute("aria-current", "true")
        page.evaluate("() => scrollTo(0, 0)")
        for words in (*pictures.ANSWERS.values(), *pictures.rubric().comments[:2]):
            expect(page.get_by_text(words, exact=True)).to_be_in_viewport(ratio=1)
        for row in pictures.rubric().rows:
            expect(page.get_by_text(row.levels[-1], exact=True)).to_be_in_viewport(ratio=1)
        keep(page, "grade.png")
