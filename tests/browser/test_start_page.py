"""The page that the version for a browser opens with: it says whether the course can run here."""

import pytest

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


def test_a_browser_that_can_may_download(opened):
    page = opened()
    page.get_by_text("This browser can run the course.").wait_for()
    assert page.locator("#load").is_enabled()


def test_after_the_download_the_first_chapter_is_one_click_away(opened):
    page = opened()
    first = page.get_by_role("link", name="Open chapter 00", exact=True)
    assert first.is_hidden()
    page.get_by_role("button", name="Get ready").click()
    first.wait_for()
    assert (
        first.get_attribute("href") == "lab/index.html?path=notebooks/00_chapter_start_here.ipynb"
    )
    assert page.locator("#load").is_hidden()


def test_a_content_network_that_cannot_be_reached_is_named_with_what_to_do(opened):
    page = opened(network="is blocked")
    page.get_by_text(f"Python cannot be fetched from {HOST}").wait_for()
    assert "try another network" in page.locator("#able").inner_text()
    assert page.locator("#load").is_disabled()


def test_an_address_that_answers_with_an_error_is_not_called_a_blocked_network(opened):
    page = opened(status=404)
    page.get_by_text("answered with the error 404").wait_for()
    assert "network is off" not in page.locator("#able").inner_text()
    assert page.locator("#load").is_disabled()


def test_an_older_browser_without_a_time_limit_for_requests_may_download(opened):
    page = opened(before="delete AbortSignal.timeout")
    page.get_by_text("This browser can run the course.").wait_for()
    assert page.locator("#load").is_enabled()


def test_a_browser_without_service_workers_is_told_why(opened):
    page = opened(headers={})
    page.get_by_text("it blocks service workers here").wait_for()
    assert page.locator("#load").is_disabled()
