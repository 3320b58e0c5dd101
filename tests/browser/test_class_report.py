"""The report on a class can be read by everybody, on a laptop, a phone and paper."""

from itertools import product

import pytest

from coursestaff.returning.class_report import write
from tests.browser.axe import AXE
from tests.browser.lab import TYPEFACES, typefaces
from tests.cases import cases
from tests.made_class import NAME, Made, hint


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    made = Made(tmp_path_factory.mktemp("class") / "course")
    made.add(times=9, essay=4, partly=["q7"])
    made.add(times=7, essay=2, wrong={"q1": hint("q1"), "q5": hint("q5")}, errors=["NameError"])
    made.add(times=2, essay=1, blank=["q3"])
    made.book.close()
    return write(made.course, NAME).as_uri()


@pytest.mark.parametrize(
    ("width", "scheme"),
    cases(product((390, 1366), ("light", "dark")), [(390, "light"), (1366, "dark")]),
)
def test_nothing_stands_in_anybodys_way_and_nothing_is_cut_off(browser, address, width, scheme):
    page = browser.new_page(
        viewport={"width": width, "height": 768}, color_scheme=scheme, bypass_csp=True
    )
    page.goto(address)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("async () => (await axe.run()).violations")
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    bars = page.locator(".bars svg")
    assert bars.count() == 9
    assert all("right." in bar.get_attribute("aria-label") for bar in bars.all())
    page.close()


def test_it_is_set_in_the_course_s_typefaces(page, address):
    page.goto(address)
    assert typefaces(page) == TYPEFACES


def test_it_is_printed_on_white_and_whole(browser, address):
    page = browser.new_page(viewport={"width": 688, "height": 900}, color_scheme="dark")
    page.goto(address)
    page.emulate_media(media="print")
    ground = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(255, 255, 255)"
    table = page.locator(".scroll")
    assert table.evaluate("each => each.scrollWidth <= each.clientWidth")
    page.close()
