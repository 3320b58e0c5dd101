"""JupyterLab as ``make lab`` starts it, and what a test does in it with mouse and keyboard."""

import importlib.util
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.notebooks import ROOT

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
needs_browser = pytest.mark.skipif(
    not CHROMIUM and not os.environ.get("REQUIRE_BROWSER"),
    reason="no Chromium on this machine (set REQUIRE_BROWSER=1 to make that a failure)",
)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SIZE = {"width": 1300, "height": 1000}
TYPEFACES = {"Course Sans", "Course Serif"}
PATIENCE = 20_000  # milliseconds: kernels of other tests may keep the machine busy
#: Our own start of JupyterLab asks for this in .venv; a set-up older than that asks in a pop-up.
QUIET = '{"fetchNews": "false", "checkForUpdates": false}'
NOTICES = "@jupyterlab/apputils-extension/notification.jupyterlab-settings"
#: What a course folder needs for chapters, exercises and a graded class.
PARTS = ("notebooks", "data", "exercises", "solutions", "courseware/fonts", "nbgrader_config.py")


def copied_course(folder: Path) -> Path:
    """Copy the course, so that what the browser saves stays out of the repository."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copyfile
        copy(ROOT / part, folder / part)
    return folder


def starter(course: Path):
    """Return start.py as a module that takes ``course`` for the folder it stands in."""
    spec = importlib.util.spec_from_file_location("start_in_browser", ROOT / "start.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.ROOT = course
    return module


@contextmanager
def lab_and_browser() -> Iterator[tuple]:
    """Run JupyterLab on a copy of the course, and a browser; yield its address and the browser."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_lab(copied_course(Path(folder) / "course"), Path(folder) / "home") as lab,
        running_browser() as browser,
    ):
        yield lab, browser


def free_port() -> int:
    """Return a port that nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running_lab(course: Path, home: Path, desk: str | None = "reading") -> Iterator[str]:
    """Run JupyterLab as ``make lab`` does, without token and on a free port; yield its address.

    Without a ``desk`` it runs as a plain ``jupyter lab``.
    """
    environment = os.environ | {"HOME": str(home), "JUPYTER_CONFIG_DIR": str(home / "config")}
    environment.pop("NO_LIMITS_JOURNAL", None)
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    start = starter(course)
    place = home / "config" / "lab" / "user-settings"
    if desk:
        environment = start.lab_environment(environment, desk)
        place = course / ".lab" / desk / "settings"
    settings = place / NOTICES
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(QUIET, encoding="utf-8")
    silent = subprocess.DEVNULL
    for _ in range(2):  # one in many does not come up, as where its port is taken
        port = free_port()
        extra = [
            "--no-browser",
            f"--port={port}",
            "--ServerApp.port_retries=0",
            "--IdentityProvider.token=",
        ]
        extra += ["--LabApp.expose_app_in_browser=True"]
        page = start.last_page(environment.get("JUPYTERLAB_WORKSPACES_DIR"))
        arguments = start.lab_arguments(extra, page)
        command, address = [sys.executable, *arguments], f"http://127.0.0.1:{port}"
        with subprocess.Popen(
            command, cwd=course, env=environment, stdout=silent, stderr=silent
        ) as server:
            try:
                if is_up(f"{address}/api", server):
                    yield address
                    return
            finally:
                end(server)
    raise TimeoutError(f"JupyterLab did not answer at {address}")


def end(server: subprocess.Popen, seconds: float = 20) -> None:
    """End a Jupyter server: one that was told to has been seen to wait for its own threads."""
    server.terminate()
    try:
        server.wait(seconds)
    except subprocess.TimeoutExpired:
        server.kill()


def is_up(address: str, server: subprocess.Popen, seconds: float = 60) -> bool:
    """Wait until a server answers at ``address``; return whether it does."""
    patient = time.monotonic() + seconds
    while time.monotonic() < patient and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return True
        except OSError:
            time.sleep(0.2)
    return False


@contextmanager
def running_browser() -> Iterator:
    """Start Chromium; yield Playwright's handle of it."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


def still(page, look: str, argument: object = None, milliseconds: int = 150):
    """Return what a script sees once it has seen the same thing for so long.

    Time counts only while the page draws: on a busy machine what is late and who waits for it
    are late together.
    """
    return page.evaluate(
        f"""async ([argument, wait]) => {{
            const look = {look}, same = value => JSON.stringify(value);
            let seen = look(argument), since = performance.now(), drawn = 0;
            while (performance.now() - since < wait || drawn < wait / 25) {{
                await new Promise(requestAnimationFrame);
                drawn += 1;
                const now = look(argument);
                if (same(now) !== same(seen)) [since, drawn] = [performance.now(), 0];
                seen = now;
            }}
            return seen;
        }}""",
        [argument, milliseconds],
    )


def typefaces(page) -> set[str]:
    """Return which of the typefaces that a page brings along it is set in, once they are there."""
    page.evaluate("() => document.fonts.ready.then(() => null)")
    return set(
        page.evaluate(
            """() => [...document.fonts].filter(face => face.status === "loaded")
                .map(face => face.family.replaceAll('"', ""))"""
        )
    )


def sheets(page, **paper) -> int:
    """Return how many sheets of paper the page that is open takes; ``paper`` says which kind."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(**paper)))


def open_notebook(page, lab: str, path: str) -> None:
    """Open a notebook by its path below the course, and wait until its kernel is ready."""
    page.goto(f"{lab}/lab/tree/{path}?reset")
    wait_until_ready(page)


def wait_until_ready(page) -> None:
    """Wait until the notebook in front is loaded and its kernel can be asked."""
    page.locator(".jp-Notebook").wait_for()
    page.evaluate(
        """async () => {
            const panel = window.jupyterapp.shell.currentWidget;
            await panel.context.ready;
            await panel.sessionContext.ready;
        }"""
    )


def command(page, name: str, **arguments: object) -> None:
    """Do what an entry of JupyterLab's menus does; return when it is done."""
    page.evaluate(
        "([name, args]) => window.jupyterapp.commands.execute(name, args).then(() => null)",
        [name, arguments],
    )


def run_all(page) -> None:
    """Choose *Run All Cells*; return when the last cell has run."""
    command(page, "notebook:run-all-cells")


def everything(page) -> None:
    """Scroll through the notebook once, so that JupyterLab renders every cell."""
    page.evaluate(
        """async () => {
            for (const cell of document.querySelectorAll(".jp-Notebook .jp-Cell")) {
                cell.scrollIntoView();
                await new Promise(requestAnimationFrame);
            }
        }"""
    )


def close_notebook(page) -> None:
    """End the kernel of the notebook in front, and close its tab without saving."""
    page.evaluate(
        """async () => {
            const panel = window.jupyterapp.shell.currentWidget;
            await panel.sessionContext.shutdown().catch(() => {});  // it may have died before
            panel.dispose();
        }"""
    )


def cell(page, name: str):
    """Return the cell of the notebook in front whose id in the file this is."""
    index = page.evaluate(
        """id => window.jupyterapp.shell.currentWidget.content.widgets
            .findIndex(cell => cell.model.id === id)""",
        name,
    )
    return page.locator(f'.jp-Notebook .jp-Cell[data-windowed-list-index="{index}"]')


def write(page, name: str, text: str) -> None:
    """Replace what stands in a code cell by typing, and run the cell."""
    cell(page, name).locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)
    page.keyboard.press("Shift+Enter")


def run_cell(page, name: str) -> None:
    """Click into a code cell and run it."""
    cell(page, name).locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")


def restart_and_run_all(page) -> None:
    """Choose *Restart Kernel and Run All Cells*, say yes, and wait until all have run."""
    page.evaluate(
        """() => { window.restarted =
            window.jupyterapp.commands.execute("notebook:restart-run-all").then(() => null) }"""
    )
    page.locator(".jp-Dialog .jp-mod-accept").click()
    page.evaluate("() => window.restarted")
    everything(page)
