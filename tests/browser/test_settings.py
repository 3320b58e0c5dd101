"""JupyterLab as it first opens from ``start.py lab``, in an empty home: its print, its parts."""

import json
import os
import re

import pytest

from tests.browser import lab as jupyterlab
from tests.notebooks import ROOT

LAPTOP, PROJECTOR = {"width": 1366, "height": 768}, {"width": 1280, "height": 720}
THEMES = "settings/@jupyterlab/apputils-extension/themes.jupyterlab-settings"
FIRST = "notebooks/00_start_here.ipynb"
CHAPTER = "notebooks/03_friends_or_partners.ipynb"
FURTHER = "notebooks/further/03_friends_or_partners.ipynb"
EXERCISE = "exercises/03_friends_or_partners/03_friends_or_partners.ipynb"
AUTHORING = ("assignment-list", "course-list", "create-assignment", "formgrader", "menu")
#: Pixels of text cells and of code, and whether the side bar is open.
LOOKS = """() => {
    const size = selector => parseFloat(getComputedStyle(
        document.querySelector(selector)).fontSize);
    return [size(".jp-RenderedMarkdown p"), size(".jp-CodeCell .cm-content"),
        !window.jupyterapp.shell.leftCollapsed];
}"""


#: The notebooks' tabs as they are read, and the path of the one in front.
TABS = """() => {
    const all = [...document.querySelectorAll(".lm-TabBar-tab[data-type=document-title]")];
    const named = all.map(tab => tab.querySelector(".lm-TabBar-tabLabel")).map(label => {
        const before = getComputedStyle(label, "::before").content;
        return (before === "none" ? "" : JSON.parse(before)) + label.textContent;
    });
    return [named, window.jupyterapp.shell.currentWidget?.context?.path];
}"""


def opened(browser, address, size):
    page = browser.new_page(viewport=size)
    page.goto(address)
    jupyterlab.wait_until_ready(page)
    page.evaluate("() => window.jupyterapp.restored.then(() => null)")
    page.locator(".jp-RenderedMarkdown p").first.wait_for()
    page.locator(".jp-CodeCell .cm-content").first.wait_for(state="attached")
    return page


@pytest.mark.parametrize(
    ("desk", "size", "text", "code"),
    [
        ("reading", LAPTOP, 16, 14),
        pytest.param("projecting", PROJECTOR, 22, 18, marks=pytest.mark.matrix),
    ],
)
def test_a_fresh_home_opens_with_the_course_s_print(browser, tmp_path, desk, size, text, code):
    course = jupyterlab.copied_course(tmp_path / "course")
    with jupyterlab.running_lab(course, tmp_path / "home", desk) as address:
        page = opened(browser, address, size)
        assert page.evaluate(LOOKS) == [text, code, False]
        assert page.evaluate(
            "id => window.jupyterapp.hasPlugin(id)", "@jupyter/nbgrader:validate-assignment"
        )
        for part in AUTHORING:
            assert not page.evaluate(
                "id => window.jupyterapp.hasPlugin(id)", f"@jupyter/nbgrader:{part}"
            )
        page.evaluate("() => window.jupyterapp.shell.expandLeft()")
        page.wait_for_timeout(1500)  # JupyterLab keeps its layout a second later
        page.close()
        own = {"overrides": {"content-font-size1": "19px"}}
        (course / ".lab" / desk / THEMES).write_text(json.dumps(own), encoding="utf-8")
        jupyterlab.starter(course).lab_environment(os.environ, desk)  # as the next start does
        page = opened(browser, address, size)  # what a student changed stays
        found = page.evaluate(LOOKS)
        assert found[0] == 19 and found[2]
        page.close()


def test_lab_opens_where_one_was_and_its_tabs_have_names_that_differ(browser, tmp_path):
    course = jupyterlab.copied_course(tmp_path / "course")
    with jupyterlab.running_lab(course, tmp_path / "home") as address:
        page = opened(browser, address, LAPTOP)
        assert page.evaluate(TABS) == [["00_start_here.ipynb"], FIRST]
        for path in (EXERCISE, FURTHER, CHAPTER):
            jupyterlab.command(page, "docmanager:open", path=path)
        name = "03_friends_or_partners.ipynb"
        tabs = ["00_start_here.ipynb", f"Exercise {name}", f"Further {name}", name]
        page.wait_for_function(f"want => ({TABS})()[0].join() === want", arg=",".join(tabs))
        page.wait_for_timeout(1500)  # JupyterLab keeps its layout a second later
        page.close()
    with jupyterlab.running_lab(course, tmp_path / "home") as address:  # the next day
        page = browser.new_page(viewport=LAPTOP)
        page.goto(address)
        page.wait_for_function(
            f"want => window.jupyterapp && ({TABS})().join() === want",
            arg=",".join([*tabs, CHAPTER]),
            timeout=60_000,
        )
        page.close()


def test_a_student_s_tab_has_the_course_s_icon(page, lab):
    served = page.request.get(f"{lab}/lab").text()
    (icon,) = re.findall(r'href="([^"]+)" class="idle favicon"', served)
    own = (ROOT / "courseware/lab/students/static/favicons/favicon.ico").read_bytes()
    assert page.request.get(f"{lab}{icon}").body() == own


@pytest.mark.matrix
def test_a_plain_jupyter_lab_keeps_what_instructors_need(browser, tmp_path):
    course = jupyterlab.copied_course(tmp_path / "course")
    with jupyterlab.running_lab(course, tmp_path / "home", None) as address:
        page = opened(browser, address, LAPTOP)
        for part in AUTHORING:
            assert page.evaluate(
                "id => window.jupyterapp.hasPlugin(id)", f"@jupyter/nbgrader:{part}"
            )
        count = "() => window.jupyterapp.shell.currentWidget.content.widgets.length"
        before = page.evaluate(count)
        page.evaluate(
            """() => {
                const {content} = window.jupyterapp.shell.currentWidget;
                content.mode = "command";
                content.activate();
            }"""
        )
        page.keyboard.press("b")
        assert page.evaluate(count) == before + 1, "letters are commands there"
        page.close()
