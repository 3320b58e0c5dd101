"""Print a page of HTML as a book: Chromium makes the PDF, in two passes.

The first says on which page each place lies, the second has these numbers in the text: a style
sheet cannot ask for them. Needs Chromium, playwright and pypdf, which are for developers
(``make setup``).
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from pypdf import PdfReader

from courseware import CourseError, ui

MADE_BY = "make workbook"  # the PDF names it, in place of the system of whoever prints
SIZES = ("A4", "Letter")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
#: Without a sandbox of its own, because only pages that we have written are opened.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
FLAGS += [f"--user-agent={MADE_BY}"]
MARGIN = {"top": "15mm", "bottom": "17mm", "left": "19mm", "right": "19mm"}
FOOT = (
    '<div style="width:100%;margin:0 19mm;font:8pt sans-serif;display:flex;'
    'justify-content:space-between"><span class="title"></span>'
    '<span class="pageNumber"></span></div>'
)
WIDTH = 650  # CSS pixels between the margins of A4, the narrower of the two
#: Make tables narrow enough: what is wider than a page would shrink all pages of the book.
FIT = """width => document.querySelectorAll("table").forEach(table => {
    const part = width / table.offsetWidth
    if (part < 1) table.style.zoom = part })"""
#: Take the pictures out and leave their room: they are what printing takes long for.
EMPTY = """nothing => document.querySelectorAll("img").forEach(image => {
    image.style.aspectRatio = image.naturalWidth / image.naturalHeight
    image.dataset.src = image.src
    image.src = nothing })"""
FULL = """() => Promise.all([...document.querySelectorAll("img")].map(image => {
    image.src = image.dataset.src
    return image.decode() }))"""
#: Write into each link to a page the number of the page where its place lies.
FILL = """pages => document.querySelectorAll("a.page").forEach(link => {
    link.textContent = pages[link.hash.slice(1)] })"""


class BindingError(CourseError):
    """The book cannot be printed; the message says what is missing and what to do."""


def chromium() -> str:
    """Return where Chromium is.

    Raises:
        BindingError: there is none.

    """
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found:
        return found
    own = playwrights_own()
    if own.is_file():
        return str(own)
    raise BindingError(
        "The workbook is printed with Chromium, which is not installed here. To install Chromium "
        "on Debian, run `sudo apt install chromium`. On any other system, run `.venv/bin/python "
        "-m playwright install chromium`. Then run the same command again."
    )


def playwrights_own() -> Path:
    """Return where playwright puts the Chromium that it installs."""
    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path)


@contextmanager
def opened(page: Path) -> Iterator[Page]:
    """Open a page of HTML as printers see it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        try:
            sheet = browser.new_page(viewport={"width": WIDTH, "height": WIDTH})
            sheet.emulate_media(media="print")
            sheet.goto(page.resolve().as_uri())
            sheet.evaluate(FIT, WIDTH - 1)
            yield sheet
        finally:
            browser.close()


def bind(page: Path, done: Path, size: str) -> int:
    """Print a page on paper of this size as the PDF ``done``; return how many pages it has."""
    with opened(page) as sheet:
        sheet.evaluate(EMPTY, ui.EMPTY)
        _print(sheet, done, size)
        sheet.evaluate(FILL, places(PdfReader(done)))
        sheet.evaluate(FULL)
        _print(sheet, done, size)
    return len(PdfReader(done).pages)


def _print(sheet: Page, done: Path, size: str) -> None:
    sheet.pdf(
        path=done,
        format=size,
        margin=MARGIN,
        display_header_footer=True,
        header_template="<span></span>",
        footer_template=FOOT,
        prefer_css_page_size=False,
        print_background=True,
        tagged=True,
        outline=True,
    )


def places(book: PdfReader) -> dict[str, str]:
    """Return the page, counted from 1, of each place in a book that a link leads to."""
    return {
        name.removeprefix("/"): str(book.get_destination_page_number(found) + 1)
        for name, found in book.named_destinations.items()
    }
