"""A chapter on other screens: a smaller window, twice the size, the dark theme, a dense display."""

import io
from typing import NamedTuple

import pytest
from PIL import Image

from tests.browser import lab as jupyterlab
from tests.browser.axe import colours, ours
from tests.browser.test_accessibility import change_theme
from tests.cases import cases
from tests.isolated import wait_until
from tests.notebooks import NAMES

LETTERS = "size => document.body.style.setProperty('--jp-content-font-size1', size)"
DENSITY = 2  # dots a pixel
SHARP = 1.9  # times as many dots in a picture as pixels that it is shown at
#: What runs over to the right: words cut off, and boxes that scroll sideways. JupyterLab's own
#: frame (a menu, a tab) is left alone, and so are words that end in dots on purpose.
RUNS_OVER = """() => {
    const found = new Set(), parts = ".jp-OutputArea, .jp-RenderedMarkdown, .jp-Placeholder";
    const tell = (what, part, words) => {
        const cell = part.closest(".jp-Cell").dataset.windowedListIndex;
        found.add(`${what} in cell ${cell}: ${words.trim().slice(0, 60)}`);
    };
    const book = document.querySelector(".jp-Notebook");
    const words = document.createTreeWalker(book, NodeFilter.SHOW_TEXT);
    while (words.nextNode()) {
        const text = words.currentNode, around = text.parentElement;
        if (!text.data.trim() || !around.closest(parts) || around.closest("style, select")
            || around.clientWidth <= 1 && getComputedStyle(around).position === "absolute"
            || !around.checkVisibility({visibilityProperty: true})) continue;
        const range = new Range();
        range.selectNodeContents(text);
        let {right} = range.getBoundingClientRect();
        for (let box = around; box !== book.parentElement; box = box.parentElement) {
            const {overflowX, textOverflow} = getComputedStyle(box);
            if (overflowX === "visible") continue;
            const edge = box.getBoundingClientRect().right;
            if (textOverflow !== "ellipsis" && right > edge + 1)
                tell(["auto", "scroll"].includes(overflowX) ? "scrolls" : "cut", around, text.data);
            right = Math.min(right, edge);
        }
    }
    return [...found];
}"""
BLURRED = """least => [...document.querySelectorAll(".no-limits-chart .nl-seen img")]
    .map(picture => [picture.alt.slice(0, 60), picture.naturalWidth / picture.offsetWidth])
    .filter(([, times]) => times < least)"""
#: Where the arrow of a list stands: pixels from its right edge.
ARROW = 20


class Look(NamedTuple):
    """A window and how JupyterLab stands in it; at 200 % a window has half of its pixels."""

    name: str
    width: int
    height: int
    side_bar: bool = False
    dark: bool = False
    letters: str = ""  # of text, where they are not JupyterLab's own


LOOKS = (
    Look("laptop", 1366, 768),
    Look("small", 1024, 768, side_bar=True),
    Look("twice the size", 683, 384),
    Look("dark", 1366, 768, dark=True),
    Look("projected", 1024, 768, side_bar=True, letters="22px"),
)
CHAPTERS = [name for name in NAMES if name[:2] in ("00", "03")]


@pytest.fixture(scope="module")
def dense(browser, own_lab):
    """A page on a display of double density, in which one chapter after the other is opened."""
    size = {"width": LOOKS[0].width, "height": LOOKS[0].height}
    context = browser.new_context(viewport=size, device_scale_factor=DENSITY)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module", params=cases(CHAPTERS, CHAPTERS[-1:]))
def ran(request, dense, own_lab):
    """The page with a chapter of which every cell has run."""
    jupyterlab.open_notebook(dense, own_lab, f"notebooks/{request.param}.ipynb")
    jupyterlab.run_all(dense)
    yield dense
    jupyterlab.close_notebook(dense)


@pytest.fixture(scope="module", params=LOOKS, ids=lambda look: look.name)
def looked_at(request, ran):
    """The page with the chapter in one of the looks, and which it is."""
    look = request.param
    ran.set_viewport_size({"width": look.width, "height": look.height})
    side = "expandLeft" if look.side_bar else "collapseLeft"
    ran.evaluate(f"() => window.jupyterapp.shell.{side}()")
    if look.dark:
        change_theme(ran, "JupyterLab Dark", "false")
    ran.evaluate(LETTERS, look.letters)
    jupyterlab.everything(ran)
    yield ran, look
    if look.dark:
        change_theme(ran, "JupyterLab Light", "true")


def test_nothing_runs_over_to_the_right(looked_at):
    """Except tables of many columns, at twice the size or projected: these may scroll."""
    page, look = looked_at
    over = page.evaluate(RUNS_OVER)
    may_scroll = look.width < 700 or look.letters
    assert [each for each in over if not (may_scroll and each.startswith("scrolls"))] == []


def test_every_text_can_be_read(looked_at):
    page, _ = looked_at
    assert ours(colours(page)) == []


def test_pictures_of_charts_are_sharp(looked_at):
    page, _ = looked_at
    assert page.evaluate(BLURRED, SHARP) == []


def contrast(screenshot):
    """How far the darkest grey lies from the lightest (0 to 255) where a list's arrow stands."""
    picture = Image.open(io.BytesIO(screenshot)).convert("L")
    inside = (picture.width - ARROW * DENSITY, 6, picture.width - 6, picture.height - 6)
    darkest, lightest = picture.crop(inside).getextrema()
    return lightest - darkest


@pytest.mark.parametrize("ran", CHAPTERS[-1:], indirect=True)
def test_the_arrow_of_a_list_is_seen(looked_at):
    page, _ = looked_at
    chosen = page.locator(".widget-dropdown > select").first
    # The arrow is a picture of the style sheet, which may be drawn after the list itself.
    wait_until(lambda: contrast(chosen.screenshot()) > 100, seconds=5)
