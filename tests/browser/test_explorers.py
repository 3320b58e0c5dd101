"""Each explorer is driven by keyboard through every control, and shows what it should."""

import itertools

import pytest
from playwright.sync_api import expect

from courseware.explorers.registry import REGISTRY
from tests.browser.explorers import INPUTS, PRESETS, Driver, notebook


@pytest.fixture
def driver(request, chapter, course, monkeypatch):
    """The explorer on the page, and a twin that reads the same journal."""
    monkeypatch.setenv("NO_LIMITS_JOURNAL", str(course / "journal"))
    return Driver(chapter, request.param)


def walk(driver, rows):
    """Press Tab from control to control, use those in ``rows``; return where each one stands."""
    driver.enter()
    places = []
    while (control := driver.focused()) is not None:
        places.append(control)
        if control["row"] in rows:
            driver.use(control)
            assert driver.follows(), f"not the twin's picture after {control}: {driver.twin.state}"
        driver.page.keyboard.press("Tab")
    return places


@pytest.mark.parametrize(
    ("chapter", "driver"),
    [(notebook(name), name) for name in REGISTRY],
    indirect=True,
    ids=list(REGISTRY),
)
def test_an_explorer_works_by_keyboard_through_every_control(driver, course):
    places = walk(driver, {PRESETS, INPUTS})
    for one, other in itertools.pairwise(places):  # one reads on: to the right, or further down
        assert other["left"] > one["left"] or other["bottom"] > one["top"], (one, other)
    if driver.reached < driver.all_controls():  # those that another choice hides
        walk(driver, {INPUTS})
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
