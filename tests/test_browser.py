"""The chapters in a real browser: JupyterLab opens, cells run, explorers work by keyboard.

Needs Chromium. Where there is none these tests are skipped, unless REQUIRE_BROWSER is set.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import closing

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.notebooks import CHAPTERS, ROOT

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

pytestmark = [
    pytest.mark.skipif(
        not CHROMIUM and not os.environ.get("REQUIRE_BROWSER"),
        reason="no Chromium on this machine (set REQUIRE_BROWSER=1 to make that a failure)",
    ),
]


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the course, so that what the browser saves stays out of the repository."""
    folder = tmp_path_factory.mktemp("course")
    for part in ("notebooks", "data"):
        shutil.copytree(ROOT / part, folder / part)
    return folder


@pytest.fixture(scope="module")
def lab(course, tmp_path_factory):
    """The address of a JupyterLab that serves the copy."""
    port = free_port()
    home = tmp_path_factory.mktemp("home")
    environment = os.environ | {"HOME": str(home), "JUPYTER_CONFIG_DIR": str(home / "config")}
    environment.pop("NO_LIMITS_JOURNAL", None)
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    options = [f"--ServerApp.root_dir={course}", f"--port={port}", "--ServerApp.port_retries=0"]
    options += ["--IdentityProvider.token=", "--LabApp.expose_app_in_browser=True"]
    with subprocess.Popen(
        command + options, cwd=course, env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as server:  # fmt: skip
        address = f"http://127.0.0.1:{port}"
        try:
            wait_until_up(f"{address}/api")
            yield address
        finally:
            server.terminate()


def wait_until_up(address: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(f"JupyterLab did not answer at {address}")


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def page(browser):
    opened = browser.new_page(viewport={"width": 1300, "height": 1000})
    yield opened
    opened.close()


def open_chapter(page, lab: str, name: str) -> None:
    """Open a chapter and wait until its kernel is ready."""
    page.goto(f"{lab}/lab/tree/notebooks/{name}.ipynb?reset")
    page.locator(".jp-Notebook").wait_for()
    page.evaluate(
        """async () => {
            const panel = window.jupyterapp.shell.currentWidget;
            await panel.context.ready;
            await panel.sessionContext.ready;
        }"""
    )


def run_all(page) -> None:
    """Do what *Run All Cells* in the menu does; return when the last cell has run."""
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")


def everything(page) -> None:
    """Scroll through the notebook once, so that JupyterLab renders every cell."""
    cells = page.locator(".jp-Notebook .jp-Cell")
    for index in range(cells.count()):
        cells.nth(index).scroll_into_view_if_needed()


@pytest.mark.parametrize("name", [path.stem for path in CHAPTERS])
def test_a_chapter_runs_and_every_picture_is_described(page, lab, name):
    open_chapter(page, lab, name)
    run_all(page)
    everything(page)
    assert page.locator('[data-mime-type="application/vnd.jupyter.error"]').count() == 0
    assert page.locator('[data-mime-type="application/vnd.jupyter.stderr"]').count() == 0
    pictures = page.locator(".jp-OutputArea img")
    assert pictures.count() >= 1
    for index in range(pictures.count()):
        assert len((pictures.nth(index).get_attribute("alt") or "").split()) >= 5


def test_the_trade_explorer_works_by_keyboard(page, lab):
    open_chapter(page, lab, "02_the_trade_lifeline")
    run_all(page)
    panel = page.locator(".jp-OutputArea", has=page.get_by_text("Trade explorer:")).last
    panel.scroll_into_view_if_needed()
    picture = panel.locator("img")

    def changes(act) -> None:
        before = picture.get_attribute("src")
        act()
        expect(picture).not_to_have_attribute("src", before, timeout=5_000)

    what = panel.get_by_label("What:")
    what.focus()
    changes(lambda: page.keyboard.press("ArrowDown"))
    handle = panel.locator(".noUi-handle").first
    handle.focus()
    changes(lambda: page.keyboard.press("ArrowRight"))
    expect(handle).to_have_attribute("aria-label", "Years:")
    button = panel.get_by_role("button", name="The same on a log scale")
    button.focus()
    changes(lambda: page.keyboard.press("Enter"))
    numbers = panel.get_by_role("button", name="Show the numbers as a table")
    numbers.focus()
    page.keyboard.press("Enter")
    expect(panel.locator("table caption")).to_be_visible()


def test_an_answer_survives_a_reload(page, lab, course):
    open_chapter(page, lab, "02_the_trade_lifeline")
    run_all(page)
    box = page.get_by_role("spinbutton").or_(page.get_by_role("textbox", name=re.compile("cent")))
    box.first.scroll_into_view_if_needed()
    box.first.fill("12,5")
    form = page.locator(".jp-OutputArea", has=box.first).last
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_text("12.5")).to_be_visible()
    assert list((course / "journal").glob("02-tonnes*.json"))
    page.reload()
    open_chapter(page, lab, "02_the_trade_lifeline")
    run_all(page)
    expect(page.get_by_text("12.5").first).to_be_visible()
