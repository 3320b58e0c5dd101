"""What the README's pictures show is on the screen. ``PICTURES=1`` takes and keeps them anew."""

import os
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from instructor.grading import coordinator
from instructor.grading.nbgrader_course import directory, gradebook
from tests import corpus, pictures
from tests.browser import lab as jupyterlab
from tests.isolated import needs_isolation
from tests.notebooks import CHAPTERS, ROOT

LAPTOP = {"width": 1366, "height": 768}
SMALL = {"width": 900, "height": 600}
DOOR = 480  # pixels that a door's picture is wide; the README shows it at half of that
#: Builds the guide alone, in the folder named: the printed course takes minutes.
GUIDE = """
import sys
from pathlib import Path
from instructor.publishing import site
folder = Path(sys.argv[1])
site.write_guide(folder / "sources" / "guide")
sys.exit(site.printed(folder, "guide"))
"""
STUDENT = "ann"
WRONG = {"q2-answer": "growth_total = 0.42"}


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


@needs_isolation
def test_formgrader_shows_what_the_course_says_of_a_mistake(
    sized, own_course, own_lab, monkeypatch, keep
):
    monkeypatch.setenv("NO_LIMITS_DATA", str(ROOT / "data"))
    name = pictures.GRADED
    work = own_course / "submitted" / STUDENT / name
    corpus.write(work, name, corpus.answered(name, WRONG))
    coordinator.grade(own_course, name)
    book = gradebook(directory(own_course))
    try:
        submission = book.find_submission_notebook(name, name, STUDENT).id
    finally:
        book.close()
    page, (hint,) = sized(SMALL), pictures.shown_to_graders()
    page.goto(f"{own_lab}/formgrader/submissions/{submission}/")
    comment = page.locator(f"#{pictures.ASKED}-answer-comment")
    expect(comment).to_be_visible()
    comment.evaluate("box => box.scrollIntoView({block: 'center'})")
    assert hint in comment.input_value() or hint in page.content()
    keep(page, "grade.png")
