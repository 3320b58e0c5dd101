"""Chapters and an exercise are open to everyone: axe-core, both themes, twice the size."""

from contextlib import contextmanager

import pytest

from tests.browser.axe import COLOURS, colours, findings, narrow, ours, structure, wait_for_theme
from tests.browser.lab import SIZE, command, everything, open_notebook, run_all

EXERCISE = "02_the_trade_lifeline"
#: What a control is cut off by: something that hides what runs over, or the notebook's edge.
CUT_OFF = """() => {
    const edge = document.querySelector(".jp-Notebook").getBoundingClientRect();
    const parts = ".jp-OutputArea :is(button,select,input,textarea,img,[role=slider],label)";
    const cut = part => {
        const {left, right, width} = part.getBoundingClientRect();
        if (!width) return false;
        for (let box = part.parentElement; !box.matches(".jp-Notebook"); box = box.parentElement) {
            const {overflowX} = getComputedStyle(box), around = box.getBoundingClientRect();
            if (["auto", "scroll"].includes(overflowX)) return false;
            if (overflowX !== "visible" && (right > around.right + 2 || left < around.left - 2))
                return true;
        }
        return right > edge.right + 1;
    };
    const shortened = part => part.matches("button,label")
        && part.clientWidth > 1  // one pixel: a label for the ear only
        && part.scrollWidth > part.clientWidth + 1;
    return [...document.querySelectorAll(parts)].filter(part => cut(part) || shortened(part))
        .map(part => `${part.tagName} ${part.className} ${part.textContent.slice(0, 60)}`);
}"""


@contextmanager
def dark(page):
    """Show JupyterLab in its dark theme for a while."""
    try:
        change_theme(page, "JupyterLab Dark", "false")
        yield
    finally:
        change_theme(page, "JupyterLab Light", "true")


def change_theme(page, name, light):
    command(page, "apputils:change-theme", theme=name)
    page.locator(f'body[data-jp-theme-light="{light}"]').wait_for(state="attached")
    wait_for_theme(page)


@contextmanager
def twice_the_size(page):
    """Show a window 1280 pixels wide at 200 per cent for a while, side bar shut."""
    try:
        page.set_viewport_size({"width": 640, "height": 500})
        page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
        everything(page)
        yield
    finally:
        page.set_viewport_size(SIZE)
        page.evaluate("() => window.jupyterapp.shell.expandLeft()")


def test_a_chapter_has_no_grave_finding_of_our_making(chapter):
    assert ours(structure(chapter)) == []


def test_a_chapter_can_be_read_in_light_and_dark(chapter):
    assert ours(colours(chapter)) == []
    with dark(chapter):
        assert ours(colours(chapter)) == []


def test_a_chapter_can_be_used_at_twice_the_size(chapter):
    with twice_the_size(chapter):
        assert chapter.evaluate(CUT_OFF) == []
        assert ours(narrow(chapter)) == []


@pytest.mark.matrix
def test_an_exercise_has_no_grave_finding_of_our_making(page, lab):
    open_notebook(page, lab, f"exercises/{EXERCISE}/{EXERCISE}.ipynb")
    run_all(page)
    everything(page)
    assert ours(structure(page) + colours(page)) == []
    with dark(page):
        assert ours(colours(page)) == []
    with twice_the_size(page):
        assert page.evaluate(CUT_OFF) == []


@pytest.mark.parametrize("chapter", ["02_the_trade_lifeline"], indirect=True)
def test_axe_would_find_what_is_wrong(chapter):
    """The net holds: a control without a name, grey on grey, and a cut-off button are caught."""
    chapter.evaluate(
        """() => {
            const wrong = document.createElement("div");
            wrong.id = "wrong";
            wrong.innerHTML = '<button></button><p style="color:#999;background:#aaa">grey</p>'
                + '<div style="overflow:hidden;width:5em">'
                + '<button style="width:9em">x</button></div>';
            document.querySelector(".jp-OutputArea-output").append(wrong);
        }"""
    )
    try:
        assert {each.rule for each in ours(structure(chapter))} == {"button-name"}
        assert {each.rule for each in ours(colours(chapter))} == {"color-contrast"}
        assert len(chapter.evaluate(CUT_OFF)) == 1
    finally:
        chapter.evaluate("() => document.querySelector('#wrong').remove()")


def test_a_text_of_each_look_is_judged(page):
    """Of texts that look alike a few are judged, but none is passed over that looks otherwise."""
    alike = "<p>black on white</p>" * 20
    page.set_content(
        f"""<main>{alike}<p hidden>black on white, and not seen</p>
        <div style="background:#222"><section><p id="ground">black on dark</p></section></div>
        <div style="opacity:.3"><p id="faint">black, but seen through</p></div>
        {alike}<p><b id="pale" style="color:#aaa">grey</b></p>{alike}</main>"""
    )
    found = findings(page, {"runOnly": [COLOURS]}, "main")
    assert {each.where for each in found} == {"#ground", "#faint", "#pale"}
    assert page.locator("[data-chosen]").count() <= 12
