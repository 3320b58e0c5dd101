"""The page that the version for a browser opens with: it says whether the course can run here."""

import pytest
from playwright.sync_api import expect

from coursestaff.publishing.lite import building, distribution
from tests.browser import lab
from tests.browser.reading import LAPTOP

pytestmark = lab.needs_browser
SITE = "http://localhost/course/"
ISOLATED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}
RELEASE = distribution.pinned()
HOST = RELEASE["address"].split("/")[2]


@pytest.fixture(scope="module")
def html(tmp_path_factory):
    """The page of a site whose Python comes from the content network."""
    folder = tmp_path_factory.mktemp("page")
    own = [folder / f"{name}-1-py3-none-any.whl" for name in (*distribution.ADDED, "no_limits")]
    for wheel in own:
        wheel.touch()
    lock = distribution.lock(RELEASE, RELEASE["address"], own)
    building.write_page(folder, RELEASE["address"], lock)
    return (folder / "index.html").read_text(encoding="utf-8")


@pytest.fixture
def opened(browser, html):
    """Return what opens the page: with or without headers, and a network that answers or not.

    ``before`` runs in the page before its own script.
    """
    contexts = []

    def open_it(headers=ISOLATED, network="answers", status=200, before=""):
        context = browser.new_context(viewport=LAPTOP, service_workers="block")
        contexts.append(context)
        page = context.new_page()
        page.add_init_script(before)
        served = {"body": html, "headers": {"Content-Type": "text/html", **headers}}
        page.route(f"{SITE}**", lambda route: route.fulfill(**served))
        if network == "answers":
            allowed = {"Access-Control-Allow-Origin": "*"}
            answer = {"body": "", "headers": allowed, "status": status}
            page.route(f"**://{HOST}/**", lambda route: route.fulfill(**answer))
        else:
            page.route(f"**://{HOST}/**", lambda route: route.abort())
        page.goto(SITE)
        return page

    yield open_it
    for context in contexts:
        context.close()


@pytest.mark.parametrize("before", ["", "delete AbortSignal.timeout"], ids=["new", "older"])
def test_a_browser_that_can_may_download_and_is_then_one_click_from_the_first_chapter(
    opened, before
):
    """An older one has no time limit for requests."""
    page = opened(before=before)
    first = page.locator("#start")
    assert first.is_hidden()
    page.locator("#load:enabled").click()
    first.wait_for()
    assert (
        first.get_attribute("href") == "lab/index.html?path=notebooks/00_chapter_start_here.ipynb"
    )
    assert page.locator("#load").is_hidden()


@pytest.mark.parametrize(
    ("hindrance", "named", "not_named"),
    [
        pytest.param({"network": "is blocked"}, HOST, "error", id="a network that is cut off"),
        pytest.param({"status": 404}, "404", "blocks", id="an address that answers with an error"),
        pytest.param({"headers": {}}, "service workers", HOST, id="no service workers"),
    ],
)
def test_what_hinders_the_course_is_named_and_not_taken_for_another(
    opened, hindrance, named, not_named
):
    page = opened(**hindrance)
    expect(page.locator("#able.cannot")).to_contain_text(named)
    assert not_named not in page.locator("#able").inner_text()
    assert page.locator("#load").is_disabled()
