"""The course in a browser with nothing installed: every chapter runs there, and answers stay.

It needs Pyodide's own release, which no package registry has: ``PYODIDE`` names the folder that it
is unpacked in, or is ``online`` where the site may fetch it.
"""

import os
import subprocess
import sys
from contextlib import contextmanager

import pytest

from coursestaff.publishing.lite import building
from tests.browser import lab
from tests.browser.reading import LAPTOP
from tests.notebooks import NAMES, ROOT

PYODIDE = os.environ.get("PYODIDE")
pytestmark = pytest.mark.skipif(
    not PYODIDE,
    reason="no release of Pyodide here: PYODIDE names its folder, or is `online`",
)
RUN = """code => new Promise(done => {
    const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
    const asked = kernel.requestExecute({code}), said = [];
    asked.onIOPub = message => said.push(message.content.text ?? message.content.evalue ?? "");
    asked.done.then(() => done(said.join("").trim()));
})"""
#: Of the notebook in front: cells of code that did not run, and what those that failed said.
FAILED = """() => window.jupyterapp.shell.currentWidget.content.widgets
    .filter(cell => cell.model.type === "code" && cell.model.sharedModel.source.trim())
    .flatMap(cell => {
        const outputs = cell.model.outputs.toJSON();
        const error = outputs.find(output => output.output_type === "error");
        if (cell.model.executionCount && !error) return [];
        return [`${cell.model.id}: ${error?.evalue ?? "not run"}`];
    })"""
SAVE = """
from courseware import journal
form = journal.confidence("T1", "China gains", moment="opening")
form.control.value = 40
form.save_button.click()
journal.export()
"""
EXPORTED = """async () => {
    const {contents} = window.jupyterapp.serviceManager;
    const folder = await contents.get("journal/export", {content: true});
    return folder.content.map(file => file.name);
}"""
#: Bring an exercise back that was worked on in another browser.
BRING_BACK = """
import io, json, zipfile
from courseware import manifest, my_work
notebook = json.loads((manifest.course_root() / "{path}").read_bytes())
notebook["cells"][0]["source"] = "typed elsewhere"
packed = io.BytesIO()
with zipfile.ZipFile(packed, "w") as archive:
    archive.writestr("{path}", json.dumps(notebook))
(said,) = my_work.bring_back(packed.getvalue())
print(said.partition(".")[0])
"""
READ = "from courseware import journal; print(journal.read('T1').answer)"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Build the site for rooms with or without internet, and serve it; yield its address."""
    folder = tmp_path_factory.mktemp("lite")
    hosted = [] if PYODIDE == "online" else ["--self-hosted", PYODIDE]
    build = [sys.executable, "start.py", "lite", str(folder), *hosted]
    subprocess.run(build, cwd=ROOT, check=True)
    port = lab.free_port()
    serve = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(serve, cwd=folder, stdout=quiet, stderr=quiet) as server:
        try:
            assert lab.is_up(f"http://127.0.0.1:{port}", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            lab.end(server)


@contextmanager
def opened(browser, profile, address, path):
    """Open a notebook in a browser that keeps what it stores in ``profile``; yield the page."""
    window = browser.browser_type.launch_persistent_context(
        profile, executable_path=lab.CHROMIUM, args=lab.FLAGS, viewport=LAPTOP
    )
    try:
        window.set_default_timeout(180_000)  # Python comes over the network, and is slower here
        page = window.new_page()
        page.goto(f"{address}/lab/index.html?path={path}")
        page.wait_for_function("() => window.jupyterapp?.shell.currentWidget?.context")
        lab.wait_until_ready(page)
        page.evaluate(
            "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.info"
        )
        yield page
    finally:
        window.close()


@pytest.mark.parametrize("chapter", NAMES)
def test_a_chapter_runs_to_its_end(browser, site, tmp_path, chapter):
    place = building.place(ROOT / "notebooks" / f"{chapter}.ipynb")
    with opened(browser, tmp_path, site, place.as_posix()) as page:
        lab.command(page, "notebook:run-all-cells")
        assert page.evaluate(FAILED) == []


def test_its_tab_has_the_course_s_icon(browser, site):
    page = browser.new_page()
    served = page.request.get(f"{site}/lab/favicon.ico").body()
    assert served == building.ICON.read_bytes()
    page.close()


def test_an_answer_and_the_file_to_hand_in_are_there_the_next_day(browser, site, tmp_path):
    first = "notebooks/00_chapter_start_here.ipynb"
    with opened(browser, tmp_path, site, first) as page:
        assert page.evaluate(RUN, SAVE) == ""  # nothing went wrong
    with opened(browser, tmp_path, site, first) as page:
        assert page.evaluate(RUN, READ) == "40.0"
        exported = page.evaluate(EXPORTED)
        assert "my-journal.json" in exported


def test_work_that_was_saved_comes_back_in_another_browser(browser, site, tmp_path):
    first, file = "notebooks/00_chapter_start_here.ipynb", tmp_path / "work.zip"
    with opened(browser, tmp_path / "one", site, first) as page:
        run_first_cell(page)
        assert page.evaluate(RUN, SAVE) == ""
        with page.expect_download() as saved:
            page.get_by_role("button", name="Save my work").click()
        saved.value.save_as(file)
    with opened(browser, tmp_path / "other", site, first) as page:
        run_first_cell(page)
        with page.expect_file_chooser() as chosen:
            page.get_by_role("button", name="Bring my work back").click()
        chosen.value.set_files(file)
        page.get_by_text("1 of 1 came back").wait_for()
        assert page.evaluate(RUN, READ) == "40.0"


def test_an_exercise_that_came_back_opens(browser, site, tmp_path):
    path = "exercises/02_the_trade_lifeline/02_the_trade_lifeline.ipynb"
    first = "notebooks/00_chapter_start_here.ipynb"
    with opened(browser, tmp_path, site, first) as page:
        assert page.evaluate(RUN, BRING_BACK.format(path=path)) == "Exercise 02 came back"
        page.evaluate(
            "path => {window.jupyterapp.commands.execute('docmanager:open', {path})}", path
        )
        page.get_by_text("typed elsewhere").wait_for()
        assert page.locator(".jp-Dialog").count() == 0


def run_first_cell(page):
    """Run the first cell of code of the notebook in front."""
    page.evaluate(
        """() => {
            const {content} = window.jupyterapp.shell.currentWidget;
            const isCode = cell => cell.model.type === "code";
            content.activeCellIndex = content.widgets.findIndex(isCode);
        }"""
    )
    lab.command(page, "notebook:run-cell")


def test_the_page_fetches_all_that_a_kernel_loads(browser, site, tmp_path):
    page = browser.new_page(viewport=LAPTOP)
    try:
        page.goto(site)
        page.locator("#load:enabled").click()
        page.locator("#start").wait_for(timeout=180_000)
        assert page.locator("progress").evaluate("bar => bar.value") == pytest.approx(1)
    finally:
        page.close()
