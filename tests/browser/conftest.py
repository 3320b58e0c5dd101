"""One JupyterLab and one browser for the tests of this folder; each chapter runs once.

Where tests are spread, two processes have one each: `place` in tests/conftest.py tells which.
"""

from pathlib import Path

import pytest

from tests.browser import lab as jupyterlab
from tests.browser.reading import go_through
from tests.cases import cases
from tests.notebooks import NAMES, ROOT, read

FOLDER = Path(__file__).parent
#: The chapter that `make test` goes through; `make test-all` goes through the others too.
FIRST = "02_the_trade_lifeline"


def pytest_itemcollected(item):
    """Mark this folder's tests, before pytest chooses among the marks."""
    item.add_marker(jupyterlab.needs_browser)
    item.add_marker(pytest.mark.browser)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Put this folder's tests of one chapter together: it then runs once."""
    ours = [n for n, item in enumerate(items) if FOLDER in item.path.parents]
    by_chapter = sorted((items[n] for n in ours), key=_chapter)
    for number, item in zip(ours, by_chapter, strict=True):
        items[number] = item


def _chapter(item):
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    return parameters.get("chapter", "")


@pytest.fixture(scope="package")
def course(tmp_path_factory):
    return jupyterlab.copied_course(tmp_path_factory.mktemp("browser") / "course")


@pytest.fixture(scope="package")
def lab(course, tmp_path_factory):
    """The address of the JupyterLab that serves the copy."""
    with jupyterlab.running_lab(course, tmp_path_factory.mktemp("home")) as address:
        yield address


@pytest.fixture(scope="module")
def own_course(tmp_path_factory):
    """A course for one file of tests: what it answers, and which kernels it leaves, stays there."""
    return jupyterlab.copied_course(tmp_path_factory.mktemp("own") / "course")


@pytest.fixture(scope="module")
def own_lab(own_course, tmp_path_factory):
    """The address of the JupyterLab that serves it."""
    with jupyterlab.running_lab(own_course, tmp_path_factory.mktemp("home")) as address:
        yield address


@pytest.fixture(scope="package")
def browser():
    with jupyterlab.running_browser() as launched:
        yield launched


@pytest.fixture(scope="package")
def window(browser):
    """One window for all tests that may share it: what JupyterLab loads is then cached."""
    context = browser.new_context(viewport=jupyterlab.SIZE)
    yield context
    context.close()


@pytest.fixture
def page(window):
    opened = window.new_page()
    yield opened
    opened.close()


@pytest.fixture(scope="package")
def desk(window, lab):
    """A page with JupyterLab, in which one notebook after the other is opened."""
    page = window.new_page()
    page.goto(f"{lab}/lab?reset")
    page.wait_for_function("() => window.jupyterapp")
    page.evaluate("() => window.jupyterapp.restored.then(() => null)")
    yield page
    page.close()


@pytest.fixture(scope="package")
def walked():
    """What was on the screen on the way through a chapter, by its path; ``chapter`` notes it."""
    return {}


@pytest.fixture(scope="package", params=cases(NAMES, [FIRST]))
def chapter(request, desk, walked):
    """A page with the chapter, gone through once; leave theme and size as they are found."""
    path = f"notebooks/{request.param}.ipynb"
    jupyterlab.command(desk, "docmanager:open", path=path)
    jupyterlab.wait_until_ready(desk)
    walked[path] = go_through(desk, request.param, read(ROOT / path).cells)
    desk.set_viewport_size(jupyterlab.SIZE)
    jupyterlab.everything(desk)
    yield desk
    jupyterlab.close_notebook(desk)
