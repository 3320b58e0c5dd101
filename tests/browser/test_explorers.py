"""Each explorer is driven by keyboard through every control, and shows what it should."""

import itertools
from contextlib import contextmanager

import nbformat
import pytest
from playwright.sync_api import expect

from courseware import claims
from courseware.explorers.argument_map.graph import HEIGHT, POINTS, STARTER, WIDTH, scene
from courseware.explorers.base import DPI
from no_limits.explorers import REGISTRY
from tests.browser.conftest import FIRST
from tests.browser.explorers import LEAST, SHOWN, VIEWS, Driver, notebook
from tests.browser.lab import SIZE, close_notebook, command, open_notebook, run_all, still


def explorers(*names):
    """Try a test with explorers, each in its chapter, which other tests of the folder share.

    Without a scope of its own a chapter would be run anew for each explorer, as if it were one.
    """
    return pytest.mark.parametrize(
        ("chapter", "name"),
        [
            pytest.param(
                notebook(name),
                name,
                id=f"{notebook(name)[:2]}-{name}",
                marks=() if notebook(name) == FIRST else pytest.mark.matrix,
            )
            for name in names
        ],
        indirect=["chapter"],
        scope="package",
    )


@pytest.fixture
def driver(name, chapter, course, monkeypatch):
    """The explorer on the page as it is first shown, and a twin that reads the same journal."""
    monkeypatch.setenv("NO_LIMITS_JOURNAL", str(course / "journal"))
    made = Driver(chapter, name)
    made.panel.get_by_role("button", name="Start again").click()
    assert made.follows(), f"not what is shown first, but {made.shown()}"
    return made


def walk(driver, *, views):
    """Press Tab from control to control and use them; return where each one stands."""
    driver.enter()
    places = []
    while (control := driver.focused()) is not None:
        places.append(control)
        if control["is_input"] or (views and control["part"] == VIEWS):
            driver.use(control)
            assert driver.follows(), f"not the twin's picture after {control}: {driver.twin.state}"
        driver.page.keyboard.press("Tab")
    return places


@explorers(*REGISTRY)
def test_an_explorer_works_by_keyboard_through_every_control(driver, course):
    places = walk(driver, views=True)
    for one, other in itertools.pairwise(places):  # one reads on: to the right, or further down
        assert other["left"] > one["left"] or other["bottom"] > one["top"], (one, other)
    if driver.reached < driver.all_controls():  # those that another choice hides
        walk(driver, views=False)
    assert driver.reached == driver.all_controls()
    look_at_the_numbers(driver)
    keep_the_picture(driver, course)


def look_at_the_numbers(driver):
    button = driver.panel.get_by_role("button", name="Show the numbers as a table")
    numbers = driver.panel.locator(":scope > .widget-html").last
    button.focus()
    driver.page.keyboard.press("Enter")
    expect(numbers.locator("table caption, p")).to_be_visible()
    driver.page.keyboard.press("Enter")
    expect(numbers.locator("table caption, p")).to_have_count(0)


def keep_the_picture(driver, course):
    folder = course / "journal"
    before = set(folder.rglob("*.png"))
    driver.page.keyboard.press("Tab")
    driver.page.keyboard.press("Enter")
    expect(driver.panel.get_by_role("status")).to_be_visible()
    assert set(folder.rglob("*.png")) - before, list(folder.rglob("*"))


LAPTOP, NARROW, TWICE = (
    {"width": 1366, "height": 768},
    {"width": 1024, "height": 768},
    {"width": 640, "height": 500},
)
#: How high the explorer is and what room there is; where controls and picture stand.
PLACES = """panel => {
    const box = part => panel.querySelector(part).getBoundingClientRect();
    const controls = box(".nl-controls"), picture = box(".nl-picture figure img");
    return {
        height: panel.getBoundingClientRect().height, head: panel.firstChild.offsetHeight,
        room: document.querySelector(".jp-WindowedPanel-outer").clientHeight,
        beside: picture.left >= controls.right - 1 && Math.abs(picture.top - controls.top) < 120,
        emptiness: panel.getBoundingClientRect().right - picture.right,
        below: picture.top >= controls.bottom - 1, picture: picture.width, least: controls.width,
    };
}"""
#: Where the notebook stands, and the pictures in it.
ROOM = """() => [...document.querySelectorAll(".jp-WindowedPanel-outer, .nl-picture img")]
    .map(part => part.getBoundingClientRect().toJSON())"""


@contextmanager
def seen_at(page, size, *, bar):
    """Show the page in a window of ``size`` for a while, its side bar open or shut."""
    shell = "window.jupyterapp.shell"
    try:
        page.set_viewport_size(size)
        page.evaluate(f"() => {shell}.{'expandLeft' if bar else 'collapseLeft'}()")
        still(page, ROOM)
        yield
    finally:
        page.set_viewport_size(SIZE)
        page.evaluate(f"() => {shell}.expandLeft()")


@explorers(*REGISTRY)
def test_an_explorer_stands_on_one_screen_and_is_never_squeezed(driver):
    driver.show(driver.views[0])
    with seen_at(driver.page, LAPTOP, bar=False):
        places = driver.panel.evaluate(PLACES)
        assert places["beside"] and places["height"] <= places["room"], places
        assert places["head"] <= 60 and places["picture"] >= SHOWN, places
        assert places["emptiness"] <= 2, places
    for size, bar in ((NARROW, True), (TWICE, False)):
        with seen_at(driver.page, size, bar=bar):
            places = driver.panel.evaluate(PLACES)
            assert places["below"] and places["least"] >= 284, places
            assert places["picture"] >= 350, places


@explorers("trade", "debt")
def test_a_picture_is_plain_while_a_key_is_held_and_fine_at_rest_in_one_size(driver):
    page, panel = driver.page, driver.panel
    driver.show(driver.views[0])
    driver.twin.view.value = 0
    assert driver.follows()
    picture, slider = driver.picture, panel.get_by_role("slider").first
    picture.evaluate(WATCH)
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(60)
    page.wait_for_function("() => window.seen.at(-1)?.dots === 1720")
    seen = page.evaluate("() => window.seen")
    assert {picture["dots"] for picture in seen} == {860, 1720}, seen
    assert len({(picture["width"], picture["height"]) for picture in seen}) == 1, seen
    panel.get_by_role("button", name="Start again").click()
    assert driver.follows(), driver.shown()


#: Note each picture that comes: how many dots wide it is, and how large it stands on the page.
WATCH = """picture => {
    const area = picture.closest(".nl-picture");
    window.seen = [];
    new MutationObserver(async () => {
        const shown = area.querySelector("figure img");
        if (!shown) return;
        await shown.decode();
        const box = shown.getBoundingClientRect();
        window.seen.push({
            dots: shown.naturalWidth, width: Math.round(box.width), height: Math.round(box.height),
        });
    }).observe(area, {childList: true, subtree: true});
}"""


@explorers(*REGISTRY)
def test_a_title_asks_and_what_is_found_stands_below_the_controls(driver):
    driver.show(driver.views[0])
    drawn = driver.explorer.picture(driver.explorer.presets[0].state)
    expect(driver.panel.locator(".nl-picture .nl-title")).to_have_text(drawn.title)
    assert drawn.title.endswith("?")
    expect(driver.panel.locator(".nl-reading")).to_contain_text(drawn.finding)


@explorers("trade")
def test_figures_are_read_out_and_the_state_outlives_another_run(driver):
    page, panel = driver.page, driver.panel
    driver.show(driver.views[2])
    said = panel.locator(".nl-reading .widget-html-content")
    expect(said).to_have_attribute("aria-live", "polite")
    expect(said).to_contain_text("in 2012")
    index = panel.evaluate("it => it.closest('.jp-Cell').dataset.windowedListIndex")
    page.evaluate(
        "n => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = Number(n) }", index
    )
    command(page, "notebook:run-cell")
    expect(panel.locator(".nl-reading")).to_contain_text("in 2012")
    expect(panel.get_by_role("combobox").first).to_have_value(driver.views[2])
    panel.get_by_role("button", name="Start again").click()
    expect(panel.get_by_role("combobox").first).to_have_value(driver.views[0])


@pytest.fixture
def alone(page, lab, course, monkeypatch):
    """The argument map in a notebook of its own, and a twin that reads the same journal."""
    source = "from courseware.explorers.argument_map import ArgumentMap\nArgumentMap().show()"
    cells = [nbformat.v4.new_code_cell(source)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(made, course / "notebooks" / "alone.ipynb")
    open_notebook(page, lab, "notebooks/alone.ipynb")
    run_all(page)
    monkeypatch.setenv("NO_LIMITS_JOURNAL", str(course / "journal"))
    driver = Driver(page, "argument_map")
    assert driver.follows(), f"not what is shown first, but {driver.shown()}"
    yield driver
    close_notebook(page)


def test_a_click_on_a_claim_opens_its_card_as_the_list_does(alone):
    driver = alone
    driver.show(driver.views[0])
    chosen = driver.panel.get_by_role("combobox", name="Claim:")
    expect(chosen).to_have_value("none")
    for node in ("C27", "C03"):
        left, foot, right, top = scene(STARTER).tiles[node]
        box = driver.picture.bounding_box()
        where = {
            "x": (left + right) / 2 / WIDTH * box["width"],
            "y": (1 - (foot + top) / 2 / HEIGHT) * box["height"],
        }
        driver.picture.click(position=where)
        expect(chosen).to_have_value(f"{node} {claims.get(node).short_label}")
        expect(driver.panel.get_by_text(claims.get(node).summary)).to_be_visible()
        driver.twin.inputs["selected"].value = node
        assert driver.follows()
    driver.picture.click(position={"x": 3, "y": 3})  # no claim stands there
    expect(chosen).to_have_value(f"C03 {claims.get('C03').short_label}")
    for key in ("Escape", "Enter", "Shift+Enter"):  # none of them is a choice in a list
        chosen.press(key)
    expect(chosen).to_have_value(f"C03 {claims.get('C03').short_label}")
    driver.picture.click(position={"x": 3, "y": 3})  # which puts the focus into the list
    driver.page.keyboard.press("ArrowDown")
    expect(driver.panel.get_by_text(claims.get("C04").summary)).to_be_visible()
    with seen_at(driver.page, LAPTOP, bar=False):
        driver.twin.inputs["selected"].value = "C04"
        assert driver.follows()  # only then does the picture stay
        shown = driver.picture.bounding_box()["width"]
        assert POINTS / 72 * DPI * shown / WIDTH >= LEAST, "labels are read without a glass"
