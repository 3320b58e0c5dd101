"""After Shift + Enter the whole chart, its title included, is on the screen of a laptop."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from playwright.sync_api import expect

from tests.browser import lab as jupyterlab
from tests.browser.reading import LAPTOP, LONG, PART, SEEN

HEIGHTS = (3.0, 3.5, 4.2, 4.8, 5.1)  # inches, of 100 pixels on the screen
LINES = (5, 12)
NAME = "charts_on_the_screen"
#: Without it JupyterLab asks which kernel to take.
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
SETUP = """\
import tempfile
from pathlib import Path
from courseware import charts, data, words
own = Path(tempfile.mkdtemp())
words.folder = lambda: own
text = '''charts:
  77-buyers:
    title: India added more Russian crude oil than China did, and Europe stopped buying most of it
    unit: Russian crude oil by buyer, million tonnes, 2020-2023
    source: russian_crude_by_buyer
    alt: Lines by buyer. Europe falls, India rises from almost nothing, China rises a little.
    later: 2023
  77-seen:
    title: India added more Russian crude oil than China did, and Europe stopped buying most of it
    unit: Russian crude oil by buyer, million tonnes, 2020-2023
    source: russian_crude_by_buyer
    alt: Lines by buyer. Europe falls, India rises from almost nothing, China rises a little.
    see: Seventy words are the most that a picture may have beside it. TEN_WORDS
'''.replace("TEN_WORDS", "They say where to look first, and what that means here. " * 5)
(own / "77.yaml").write_text(text, encoding="utf-8")
buyers = data.load("russian_crude_by_buyer")"""


def code(height: float, lines: int) -> str:
    """Return a cell of so many lines that shows a chart so high."""
    filling = [f"step_{n} = buyers.loc[2020] * {n}" for n in range(lines - 2)]
    plot = f"ax = buyers.plot(figsize=(8.2, {height}))"
    return "\n".join([*filling, plot, 'charts.show(ax, "77-buyers", buyers)'])


def cells() -> list:
    """Return the cells: each chart's, and text below it."""
    found = [new_markdown_cell("# Charts"), new_code_cell(SETUP, id="setup")]
    for lines in LINES:
        for height in HEIGHTS:
            name = f"chart-{lines}-{height:.1f}".replace(".", "-")
            found += [new_code_cell(code(height, lines), id=name)]
            found += [new_markdown_cell("**What to see.** " + "A sentence about it. " * 30)]
    seen = 'ax = buyers.plot()\ncharts.show(ax, "77-seen", buyers)'
    return [
        *found,
        new_code_cell("buyers.plot(title='Three buyers')", id="plain"),
        new_code_cell('data.load("claims").head(50)', id="high"),
        new_markdown_cell("**What to see.** " + "A sentence about it. " * 30),
        new_code_cell('words.show_code_words("02")', id="words"),
        new_code_cell(seen, id="seen"),
        new_markdown_cell("A sentence about what is next. " * 20, id="prose"),
    ]


@pytest.fixture(scope="module")
def laptop(browser, lab, course):
    """The page with the notebook, its first cells run, on a laptop's screen."""
    path = course / "notebooks" / f"{NAME}.ipynb"
    nbformat.write(new_notebook(cells=cells(), metadata=KERNEL), path)
    context = browser.new_context(viewport=LAPTOP)
    page = context.new_page()
    jupyterlab.open_notebook(page, lab, f"notebooks/{NAME}.ipynb")
    jupyterlab.run_cell(page, "setup")
    jupyterlab.run_cell(page, "words")  # it brings the look of the page
    yield page
    context.close()
    path.unlink()


@pytest.mark.parametrize("height", HEIGHTS)
@pytest.mark.parametrize("lines", LINES)
def test_a_chart_is_whole_on_the_screen(laptop, lines, height):
    name = f"chart-{lines}-{height:.1f}".replace(".", "-")
    jupyterlab.run_cell(laptop, name)
    cell = jupyterlab.cell(laptop, name)
    expect(cell.locator(".no-limits-chart img")).to_be_visible()
    seen = jupyterlab.still(laptop, SEEN, [name, PART], LONG["chart"])
    assert seen["above"] + seen["below"] > 0, "higher than the screen: it asks for what cannot be"
    assert min(seen["above"], seen["below"]) > -1, seen  # a part of a pixel is nothing


def test_a_table_that_is_too_high_is_seen_from_its_beginning(laptop):
    jupyterlab.run_cell(laptop, "high")
    table = jupyterlab.cell(laptop, "high").locator(".jp-OutputArea-output:has(table)")
    expect(table).to_be_visible()
    seen = jupyterlab.still(laptop, SEEN, ["high", ".jp-OutputArea-output"], LONG["chart"])
    assert seen["above"] + seen["below"] < -100, "it asks for nothing where it fits"
    assert -1 < seen["above"] < 10, seen


def box(locator) -> dict:
    """Return where something is on the screen, in pixels."""
    return locator.evaluate("part => part.getBoundingClientRect().toJSON()")


@pytest.mark.parametrize("side_bar", [False, True])
def test_a_picture_and_its_meaning_are_on_one_screen(laptop, side_bar):
    """Title, unit, picture, what to see and source: 530 px is all that a laptop shows of cells.

    What to see stands beside the picture or, where the side bar takes the room, above it.
    """
    open_now = laptop.evaluate("() => !window.jupyterapp.shell.leftCollapsed")
    if open_now != side_bar:
        jupyterlab.command(laptop, "application:toggle-left-area")
    jupyterlab.run_cell(laptop, "seen")
    cell = jupyterlab.cell(laptop, "seen")
    expect(cell.locator(".nl-see")).to_be_visible()
    seen = jupyterlab.still(laptop, SEEN, ["seen", PART], LONG["chart"])
    assert min(seen["above"], seen["below"]) > -1, seen
    picture, words = box(cell.locator("img").first), box(cell.locator(".nl-see"))
    assert box(cell.locator(".no-limits-chart"))["height"] <= 530
    if side_bar:
        assert words["bottom"] <= picture["top"] + 1
    else:
        assert picture["width"] >= 740 and words["left"] >= picture["right"]
        assert words["bottom"] <= picture["bottom"]


def test_prose_has_about_75_letters_a_line_in_the_course_s_typeface(laptop):
    jupyterlab.run_cell(laptop, "words")
    laptop.wait_for_function("() => [...document.fonts].some(f => f.family.includes('Course'))")
    prose = jupyterlab.cell(laptop, "prose")
    prose.scroll_into_view_if_needed()
    letters = prose.locator("p").evaluate(
        """p => { const box = p.getBoundingClientRect(); const range = new Range();
        range.selectNodeContents(p); const lines = new Set([...range.getClientRects()]
        .map(line => Math.round(line.top))); return p.textContent.length / lines.size }"""
    )
    assert 60 <= letters <= 85


def test_reading_on_is_not_pulled_back(laptop):
    """A chart that was seen scrolls no more once its reader does, whatever is drawn again."""
    first = jupyterlab.cell(laptop, "chart-5-3-0")
    first.scroll_into_view_if_needed()
    panel = laptop.locator(".jp-WindowedPanel-outer")
    panel.hover()
    laptop.mouse.wheel(0, -50_000)
    laptop.wait_for_function("() => !document.querySelector('.jp-WindowedPanel-outer').scrollTop")
    laptop.wait_for_timeout(300)
    assert panel.evaluate("part => part.scrollTop") == 0


def test_a_plain_figure_is_shown_once_and_described(laptop):
    jupyterlab.run_cell(laptop, "plain")
    pictures = jupyterlab.cell(laptop, "plain").locator(".jp-OutputArea img")
    expect(pictures).to_have_count(1)
    alt = pictures.get_attribute("alt")
    assert alt.startswith("Three buyers. A line chart.")
    assert "Europe: from 138.2 (2020) to 32.4 (2023)" in alt
