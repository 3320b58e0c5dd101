"""The printed course: built once, offline, then read as files and in a browser.

The browser tests need Chromium: without it they are skipped, unless REQUIRE_BROWSER is set.
"""

import csv
import io
import json
import os
import re
import subprocess
import sys
import time
from contextlib import closing
from html import escape, unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from PIL import Image

from coursestaff.chapters import own_name
from coursestaff.publishing import addresses, mime_output, reader
from coursestaff.publishing.site import BAND
from courseware import charts, claims, data
from courseware.journal import phrases
from no_limits.explorers import REGISTRY, find
from tests import notebooks, page_weights
from tests.browser import axe
from tests.browser.lab import needs_browser, running_browser, sheets
from tests.cases import cases
from tests.notebooks import CHAPTERS, COMPANIONS, IMAGE, OFFLINE, ROOT, all_executed, store

pytestmark = pytest.mark.publishing

NAMES = [path.stem for path in CHAPTERS]


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Path:
    """The folder that a build, with the network cut off, has filled."""
    all_executed()
    folder = tmp_path_factory.mktemp("site")
    environment = os.environ | {"PYTHONPATH": str(OFFLINE)}
    command = [sys.executable, "-m", "coursestaff.publishing.site", str(folder)]
    command += ["--executed", str(store())]
    started = time.monotonic()
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not done.stderr
    assert len(done.stdout.splitlines()) == 2  # the chapters have been run before
    print(f"The site was built in {time.monotonic() - started:.0f} s.")
    return folder


@pytest.fixture(scope="session")
def html(built) -> Path:
    return built / "html"


@pytest.fixture(scope="session")
def pages(built, html) -> list[Path]:
    """Every page of the course and of the instructor's guide, which is a site of its own."""
    found = [page for folder in (html, built / "guide") for page in sorted(folder.rglob("*.html"))]
    return [page for page in found if "_static" not in page.parts]


@pytest.fixture(scope="session")
def lessons() -> dict[str, reader.Lesson]:
    """The chapters with what they show, by name."""
    return {path.stem: reader.read(path, all_executed()[path]) for path in CHAPTERS}


class Reader(HTMLParser):
    """Collects what a page names (ids) and where it leads (links, sources)."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.headings: list[int] = []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if found.get("id"):
            self.ids.append(found["id"])
        self.addresses += [found[key] for key in ("href", "src", "srcset") if found.get(key)]
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))


def read(page: Path) -> Reader:
    found = Reader()
    found.feed(page.read_text(encoding="utf-8"))
    return found


def article(page: Path) -> str:
    """Return the page without the theme's margins."""
    text = page.read_text(encoding="utf-8")
    return text.partition("<article")[2].partition("</article>")[0]


def test_every_chapter_and_exercise_has_a_page(built, pages):
    printed = {page.relative_to(built).as_posix() for page in pages}
    assert {f"html/chapters/{name}.html" for name in NAMES} <= printed
    assert {f"html/further/{path.stem}.html" for path in COMPANIONS} <= printed
    assert {f"html/exercises/{name}.html" for name in NAMES[1:]} <= printed
    assert {f"html/{name}.html" for name in ("index", "words", "code", "claims", "run")} <= printed
    assert {f"guide/{name}.html" for name in ("index", "plans", "chapter_09")} <= printed


def test_the_guide_says_on_each_page_that_it_is_not_for_students(built, html):
    for folder, there in ((built / "guide", True), (html, False)):
        pages = [page.read_text(encoding="utf-8") for page in folder.rglob("*.html")]
        assert len(pages) > 10 and {BAND in page for page in pages} == {there}
    assert not (html / "guide").exists()


def test_no_link_is_broken(built, pages):
    readers = {page: read(page) for page in pages}
    broken = []
    for page, found in readers.items():
        for address in found.addresses:
            parts = urlsplit(address)
            if parts.scheme:
                continue
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            known = readers.get(target)
            if not target.is_file() or (
                known and parts.fragment and unquote(parts.fragment) not in known.ids
            ):
                broken.append((page.relative_to(built).as_posix(), address))
    assert not broken


def test_no_id_stands_twice_on_a_page(pages):
    for page in pages:
        ids = read(page).ids
        assert len(ids) == len(set(ids)), page.name


def test_each_page_has_the_course_s_icon(pages):
    for page in pages:
        (icon,) = re.findall(r'<link rel="icon" href="([^"]+)"', page.read_text(encoding="utf-8"))
        assert (page.parent / icon).is_file(), page


def test_headings_are_nested(pages):
    for page in pages:
        found = Reader()
        found.feed(article(page))
        levels = found.headings
        assert not levels or levels[0] == 1, page.name
        assert levels.count(1) <= 1, page.name
        assert all(deeper <= level + 1 for level, deeper in pairwise(levels)), page.name


def test_no_page_is_heavy(html, pages):
    weights = page_weights.weigh(html)
    assert len(weights) == sum(page.is_relative_to(html) for page in pages)
    assert {page: n for page, n in weights.items() if n >= page_weights.LIMIT} == {}


def test_no_strip_is_heavy_and_what_it_shows_later_is_no_part_of_its_page(html):
    weights = page_weights.strips(html)
    assert {strip for _, strip in weights} == {f"strip-{find(name).__name__}" for name in REGISTRY}
    assert {strip: n for strip, n in weights.items() if n >= page_weights.STRIP_LIMIT} == {}
    page = html / "chapters" / "02_the_trade_lifeline.html"
    frames = re.findall(r"<template.*?</template>", page.read_text(encoding="utf-8"), re.DOTALL)
    addresses = [re.search(r'src="([^"]+)"', frame)[1] for frame in frames]
    later = {(page.parent / address).resolve() for address in addresses[1:]}
    assert len(later) == 18 and all(file.is_file() for file in later)
    assert not later & page_weights.loaded(page)


@pytest.mark.parametrize("name", NAMES)
def test_what_follows_the_predictions_is_folded(html, name):
    before, fold, after = article(html / "chapters" / f"{name}.html").partition(
        '<details class="fold after-predict">'
    )
    assert fold
    assert 'id="predict"' in before
    assert 'id="look"' not in before
    for part in ("look", "talk", "verdict", "where-this-leaves-the-argument", "words-learnt"):
        assert f'id="{part}"' in after


@pytest.mark.parametrize("name", NAMES)
def test_a_chapter_shows_what_its_cells_ask(html, lessons, name):
    """Every question has its box, every trial its folded verdict, every explorer its views."""
    page = html / "chapters" / f"{name}.html"
    text = page.read_text(encoding="utf-8")
    lesson = lessons[name]
    things = [thing for cell in lesson.code() for thing in cell.shows]
    asked = [thing for thing in things if isinstance(thing, mime_output.Question)]
    source = "\n".join(cell.source for cell in lesson.code())
    assert len(asked) == len(re.findall(r"journal\.(?:predict|confidence|answer)\(", source))
    predicted = [one.key for one in asked if one.kind == "prediction"]
    assert predicted == [one.key for one in lesson.predictions]
    assert all(escape(one.question) in text for one in asked)
    tried = [thing.claim_id for thing in things if isinstance(thing, mime_output.Trial)]
    assert tried == [claim.claim_id for claim in lesson.tried]
    for claim_id in tried:
        assert f"{claim_id} ·" in text
        assert re.search(rf"<summary[^>]*>[^<]*\b{claim_id}\b", text)
    explorers = re.findall(r"(\w+)\([^()]*\)\.show\(\)", source)
    assert [thing.name for thing in things if isinstance(thing, mime_output.Explorer)] == explorers
    assert text.count('class="twin"') == text.count('<div class="strip ') == len(explorers)
    assert "widget-view" not in text
    assert "jupyter-widgets" not in text
    for image in IMAGE.findall(article(page)):
        assert len(re.search(r'alt="([^"]*)"', image)[1].split()) >= 5


def test_a_chapter_leads_to_its_exercise_and_to_the_next(html):
    addresses = read(html / "chapters" / "02_the_trade_lifeline.html").addresses
    assert "../exercises/02_the_trade_lifeline.html" in addresses
    assert "03_friends_or_partners.html" in addresses


@pytest.mark.parametrize("path", COMPANIONS, ids=own_name)
def test_a_companion_is_printed_as_chapters_are_and_stands_below_its_chapter(html, path):
    page = html / "further" / f"{path.stem}.html"
    text, drawn = article(page), all_executed()[path]
    pictures = [c for c in drawn.cells if re.search(r"(charts|maps)\.show(_ruler)?\(", c.source)]
    assert text.count(f">{mime_output.Picture.fold}</summary>") == len(pictures) > 0
    assert text.count('<div class="nl-chart">') >= len(pictures)  # an explorer has more
    assert '<details class="fold after-predict">' not in text
    for image in IMAGE.findall(text):
        assert len(re.search(r'alt="([^"]*)"', image)[1].split()) >= 5
    assert f"../chapters/{path.stem}.html" in read(page).addresses
    chapter = read(html / "chapters" / f"{path.stem}.html").addresses
    assert f"../further/{path.stem}.html" in chapter
    index = [each for each in read(html / "chapters" / "index.html").addresses if path.stem in each]
    assert index[:2] == [f"{path.stem}.html", f"../further/{path.stem}.html"]


@pytest.mark.parametrize("name", NAMES)
def test_a_page_speaks_to_somebody_who_may_have_written_beside_it(html, lessons, name):
    text = (html / "chapters" / f"{name}.html").read_text(encoding="utf-8")
    assert phrases.NOT_PREDICTED not in text
    assert text.count(mime_output.NOT_PREDICTED) == len(lessons[name].predictions)
    assert "text-align:right;padding" not in text  # looks of tables belong to the style sheet
    assert not [note for note in lessons[name].notes.discussions.values() if note in text]


@pytest.mark.parametrize("name", NAMES[1:])
def test_an_exercise_is_printed_without_answers(html, name):
    text = article(html / "exercises" / f"{name}.html")
    assert "cell_output" not in text
    assert "SOLUTION" not in text
    assert "..." in text


def test_every_claim_stands_in_the_register_with_its_verdict_folded(html):
    page = html / "claims.html"
    ids = [name for name in read(page).ids if re.fullmatch(r"c\d\d", name)]
    assert ids == [
        claim.claim_id.lower()
        for number in sorted({c.chapter for c in claims.select()})
        for claim in claims.select(chapter=number)
    ]
    assert article(page).count('<details class="fold">') == len(ids) == 84
    assert "<details open" not in article(page)


def test_every_table_stands_in_the_dictionary(html):
    text = "".join(article(page) for page in (html / "tables").glob("0*.html"))
    for entry in data.package()["resources"]:
        assert f'id="table-{entry["name"].replace("_", "-")}"' in text
        for field in entry.get("schema", {}).get("fields") or entry["properties"]:
            assert f'<span class="pre">{field["name"]}</span>' in text


def test_every_word_learnt_stands_in_the_glossary(html):
    text = article(html / "words.html")
    for path in CHAPTERS:
        assert f'href="chapters/{path.stem}.html"' in text
        (learnt,) = (
            c.source for c in notebooks.read(path).cells if c.source.startswith("## Words learnt")
        )
        words = re.findall(r"^- \*\*(.+?)\*\*", learnt, re.MULTILINE)
        assert len(words) >= 3, path.stem
        assert [word for word in words if escape(word, quote=False) not in text] == []


def test_names_carry_their_language_and_occur_in_the_course(html):
    text = article(html / "words.html")
    course = "".join(
        path.read_text(encoding="utf-8")
        for path in (
            *CHAPTERS,
            *(ROOT / "data").glob("*.csv"),
            *(ROOT / "data").glob("*.json"),
        )
    )
    with (ROOT / "no_limits" / "pages" / "names.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert f'<span lang="{row["lang"]}">{row["form"]}</span>' in text
            assert row["name"].split()[-1] in course, row["name"]


# What pages say of themselves ----------------------------------------------------------------

SAID = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
TAGS = re.compile(r'<meta (?:name|property)="([^"]+)" content="([^"]*)"')


def told(page: Path) -> tuple[dict, dict[str, str]]:
    """Return the LearningResource of a page, and the tags of its head."""
    text = page.read_text(encoding="utf-8")
    (found,) = SAID.findall(text)
    return json.loads(found), {name: unescape(said) for name, said in TAGS.findall(text)}


@pytest.fixture(scope="session")
def described(built, pages) -> dict[str, tuple[dict, dict[str, str]]]:
    """What every page says of itself, but for the one that searches."""
    own = [page for page in pages if page.name != "search.html"]
    return {page.relative_to(built).as_posix(): told(page) for page in own}


def test_every_page_says_what_it_is(described):
    for name, (resource, tags) in described.items():
        assert resource["@context"] == "https://schema.org", name
        assert resource["@type"] == "LearningResource", name
        for key in ("name", "description", "educationalLevel", "learningResourceType"):
            assert resource[key].strip(), (name, key)
        assert resource["inLanguage"] == "en-GB", name
        assert resource["license"].startswith("https://creativecommons.org/licenses/by/"), name
        assert (name == "html/index.html") or resource["isPartOf"]["@type"] == "Course", name
        assert resource["description"] == tags["description"] == tags["og:description"], name
        assert tags["twitter:description"] == tags["description"], name
        assert tags["og:title"] == tags["twitter:title"] == resource["name"], name


def test_no_page_names_an_address_or_a_person_that_is_not_known(described):
    for name, (resource, tags) in described.items():
        assert not {"url", "author", "creator", "publisher", "image"} & resource.keys(), name
        assert not [tag for tag, said in tags.items() if "://" in said], name


def test_what_takes_time_says_how_much(described, lessons):
    heads = {f"chapters/{name}": lesson.head for name, lesson in lessons.items()}
    heads |= {own_name(path): lessons[path.stem].further for path in COMPANIONS}
    for name, head in heads.items():
        resource, _ = described[f"html/{name}.html"]
        assert resource["timeRequired"] == f"PT{head.minutes}M"
        assert resource["learningResourceType"] == "lesson"
        assert resource["description"].startswith(head.question)
    exercises = [said for name, (said, _) in described.items() if "/exercises/0" in name]
    assert len(exercises) == len(NAMES) - 1
    assert all(said["learningResourceType"] == "exercise" for said in exercises)
    minutes = [int(said["timeRequired"][2:-1]) for said in exercises]
    minutes += [lesson.head.minutes for lesson in lessons.values()]
    assert described["html/index.html"][0]["timeRequired"] == f"PT{sum(minutes)}M"


def test_no_two_pages_describe_themselves_alike(described):
    said = [resource["description"] for resource, _ in described.values()]
    assert [text for text in set(said) if said.count(text) > 1] == []


# In a browser ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser():
    with running_browser() as launched:
        yield launched


@pytest.fixture
def page(browser):
    opened = browser.new_page(viewport={"width": 1300, "height": 1000})
    yield opened
    opened.close()


@pytest.fixture
def no_scripts(browser):
    """A page of a browser in which scripts are turned off."""
    with closing(browser.new_context(java_script_enabled=False)) as context:
        yield context.new_page()


UNFOLD = """() => {
    document.querySelectorAll("details").forEach(fold => { fold.open = true; });
    const views = document.querySelectorAll(".twin-view, .twin > .strip");
    views.forEach(view => { view.style.display = "block"; });
}"""

AUDIT = """async (rules) => {
    const some = rules.length ? {runOnly: rules} : {rules: {"target-size": {enabled: true}}};
    const options = {preload: false, resultTypes: ["violations"], ...some};
    const found = await axe.run(document, options);
    return found.violations
        .filter(one => ["serious", "critical"].includes(one.impact))
        .map(one => `${one.id}: ${one.nodes[0].html.slice(0, 200)}`);
}"""

PAGES = ["index.html", "claims.html", "chapters/02_the_trade_lifeline.html"]
PAGES += ["chapters/08_five_states_between_two_powers.html", "words.html", "tables/05.html"]
PAGES += [f"chapters/{name}.html" for name in NAMES if name[:2] not in ("02", "08")]

#: What sticks out of the page to the right: code and wide tables scroll in their own box.
STICKS_OUT = "document.documentElement.scrollWidth - window.innerWidth"


def _complain(request, complaints):
    """Note a request that failed, unless our own reload gave up a picture still on its way."""
    if request.failure != "net::ERR_ABORTED":
        complaints.append(request.url)


#: What `make test` looks at in a browser; `make test-all` looks at every page.
TWO = ("html/index.html", "html/chapters/02_the_trade_lifeline.html")


@pytest.fixture(
    scope="module",
    params=["two pages", pytest.param("every page", marks=pytest.mark.matrix)],
)
def visits(request, browser, built, pages):
    """What was seen on each page: requests, complaints, axe's findings, pixels too wide."""
    two = [built / page for page in TWO]
    files = two if request.param == "two pages" else pages
    return {file.relative_to(built).as_posix(): seen_on(browser, file) for file in files}


def seen_on(browser, file) -> dict:
    """Return what is seen on one page, in a window of its own: dozens in one wear it out."""
    asked, complaints = [], []
    with closing(browser.new_page(viewport={"width": 1300, "height": 1000})) as opened:
        opened.on("request", lambda request: asked.append(request.url))
        opened.on("requestfailed", lambda request: _complain(request, complaints))
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.goto(file.as_uri())
        opened.evaluate(UNFOLD)
        axe.prepare(opened)
        findings = opened.evaluate(AUDIT, [])
        opened.emulate_media(color_scheme="dark")
        opened.reload()
        opened.evaluate(UNFOLD)
        axe.prepare(opened)
        findings += opened.evaluate(AUDIT, [axe.COLOURS])
        opened.emulate_media(color_scheme="light")
        wide = []
        for width in (650, 320):  # 1300 pixels at 200 %, 1280 at 400 %
            opened.set_viewport_size({"width": width, "height": 900})
            opened.reload()
            opened.evaluate(UNFOLD)
            axe.prepare(opened)
            findings += opened.evaluate(AUDIT, axe.NARROW)
            wide.append(opened.evaluate(STICKS_OUT))
    return {"asked": asked, "complaints": complaints, "findings": findings, "wide": wide}


@needs_browser
def test_a_page_asks_nobody_else_fits_when_enlarged_and_axe_finds_nothing_serious(visits):
    for name, visit in visits.items():
        assert all(url.startswith(("file:", "data:")) for url in visit["asked"]), name
        assert visit["complaints"] == visit["findings"] == [], name
        assert max(visit["wide"]) <= 0, name


PHONE = {"width": 390, "height": 844}
LEAST = 11.95  # pixels: 9 points in a picture for phones come to 12, and a hair less by rounding
#: Texts that are seen smaller than so many pixels; pictures are measured where they are drawn.
SMALL_LETTERS = """least => {
    const page = document.querySelector("article"), found = new Set();
    const texts = document.createTreeWalker(page, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const part = texts.currentNode.parentElement;
        if (!texts.currentNode.data.trim() || part.closest("style, script, template, title")
            || !part.checkVisibility({visibilityProperty: true}) || part.clientWidth === 1)
            continue;
        const picture = part.ownerSVGElement, width = picture?.viewBox.baseVal.width;
        const scale = picture ? picture.getBoundingClientRect().width / width : 1;
        const size = parseFloat(getComputedStyle(part).fontSize) * scale;
        if (size < least) found.add(`${size.toFixed(1)}: ${part.textContent.trim().slice(0, 60)}`);
    }
    return [...found];
}"""
#: How wide each picture stands on a phone, as a share of the width that its letters are made for;
#: a chart keeps its own, and pans.
SHRUNK = """() => [...document.querySelectorAll("article figure img")].map(image => {
    const own = image.closest("picture") && image.currentSrc !== image.src;
    const made = own ? 342 : parseFloat(image.style.width);
    return [image.alt.slice(0, 60), image.getBoundingClientRect().width / made];
}).filter(([, share]) => share && share < 0.99)"""


@needs_browser
@pytest.mark.parametrize("name", cases(PAGES, PAGES[:4]))
def test_on_a_phone_letters_have_twelve_pixels(page, html, name):
    page.set_viewport_size(PHONE)
    page.goto((html / name).as_uri())
    page.evaluate(UNFOLD)
    assert page.evaluate(SMALL_LETTERS, LEAST) == []
    page.evaluate("document.querySelectorAll('img').forEach(one => { one.loading = 'eager'; })")
    page.wait_for_function("[...document.images].every(one => one.complete)")
    assert page.evaluate(SHRUNK) == []


#: Where the focus is: what stands there, and what is wrong: no ring, one cut off, or out of sight.
STOP = """() => {
    const part = document.activeElement, found = [];
    if (part === document.body) return null;
    const drawn = getComputedStyle(part).opacity === "0" ? part.nextElementSibling : part;
    const {outlineWidth, outlineOffset, outlineStyle, boxShadow} = getComputedStyle(drawn);
    if (!part.ownerSVGElement && outlineStyle === "none" && boxShadow === "none")
        found.push("no ring");
    const wide = outlineStyle === "none" ? 0 : parseFloat(outlineWidth) + parseFloat(outlineOffset);
    const box = drawn.getClientRects()[0];
    const ring = {left: box.left - wide, right: box.right + wide,
        top: box.top - wide, bottom: box.bottom + wide};
    let around = drawn.parentElement;
    for (; around !== document.body; around = around.parentElement) {
        if (getComputedStyle(around).overflow === "visible") continue;
        const edge = around.getBoundingClientRect();
        if (ring.left < edge.left - 1 || ring.right > edge.right + 1
            || ring.top < edge.top - 1 || ring.bottom > edge.bottom + 1) found.push("ring cut off");
        break;
    }
    const middle = (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2;
    const at = document.elementFromPoint((box.left + box.right) / 2, middle);
    if (!at || !(drawn.contains(at) || at.contains(drawn))) found.push("not seen");
    return {name: drawn.outerHTML.slice(0, 120), order: part.tabIndex, found};
}"""


def stops(page, most: int = 400) -> list[dict]:
    """Return where Tab leads on a page, from its beginning until it is left."""
    page.add_style_tag(content="* { transition: none !important; }")
    found = []
    for _ in range(most):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None:
            return found
        found.append(stop)
    raise AssertionError(f"After {most} stops the page is not left.")


@needs_browser
@pytest.mark.parametrize("size", [{"width": 1366, "height": 768}, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("name", cases(PAGES, PAGES[:3]))
def test_by_tab_every_stop_is_seen_in_order_with_its_whole_ring(page, html, name, size):
    """WCAG 2.4.3, 2.4.7 and 2.4.11."""
    page.set_viewport_size(size)
    page.goto((html / name).as_uri())
    page.evaluate(
        "document.querySelectorAll('.after-predict').forEach(one => { one.open = true; })"
    )
    found = stops(page)
    assert len(found) > 10
    assert [stop for stop in found if stop["found"] or stop["order"] > 0] == []


def chapter(html: Path, name: str, anchor: str = "") -> str:
    return (html / "chapters" / f"{name}.html").as_uri() + anchor


@needs_browser
def test_views_of_an_explorer_change_by_keyboard(page, html):
    page.goto(chapter(html, "02_the_trade_lifeline", "#explore"))
    views = page.locator(".twin > .twin-view")
    seen = [views.nth(n).is_visible() for n in range(views.count())]
    number_of_views = len(find("trade").views)
    assert seen == [False] * number_of_views and page.locator(".strip").is_visible()
    page.locator(".twin > input").first.focus()
    for number in (0, 1):
        page.keyboard.press("ArrowRight")
        seen = [views.nth(n).is_visible() for n in range(views.count())]
        assert seen == [n == number for n in range(number_of_views)]
    assert not page.locator(".strip").is_visible()


#: What a strip shows: where it stands, its line, title, picture, description, first row of numbers.
ON_A_STRIP = """strip => {
    const [range, frame] = ["input", ".strip-frame"].map(part => strip.querySelector(part));
    const picture = frame.querySelector("img");
    const rows = frame.querySelectorAll("tr");
    return {
        at: [range.getAttribute("aria-valuetext"), strip.querySelector(".strip-at").textContent],
        line: strip.querySelector("[role=status]").textContent,
        title: frame.querySelector(".finding").textContent,
        picture: picture.getAttribute("src"),
        drawn: picture.complete && picture.naturalWidth > 0,
        described: picture.alt,
        first: rows[1].textContent,
        open: frame.querySelector("details").open,
    };
}"""


@needs_browser
def test_a_strip_moves_by_arrow_keys_and_takes_its_words_along(page, html):
    asked = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    page.goto(chapter(html, "02_the_trade_lifeline", "#explore"))
    strip = page.locator(".strip")
    assert page.locator(".twin > label").first.get_attribute("class") == "moves"
    assert strip.is_visible()
    assert page.locator(".twin-view").evaluate_all("all => all.every(one => !one.offsetParent)")
    frames = strip.locator("template").evaluate_all(
        "all => all.map(one => [one.dataset.at, one.dataset.line, one.innerHTML])"
    )
    pictures = [re.search(r'src="[^"]*/([^"/]+)"', frame)[1] for _, _, frame in frames]
    strip.locator("summary").click()
    before = strip.evaluate(ON_A_STRIP)
    assert before["at"] == [frames[0][0]] * 2 and before["line"] == frames[0][1]
    assert not set(pictures[1:]) & set(asked), "loaded before a hand asked for it"
    strip.get_by_role("slider").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    at, line, frame = frames[2]
    page.wait_for_function(
        "([at, strip]) => strip.querySelector('[role=status]').textContent === at",
        arg=[line, strip.element_handle()],
    )
    after = strip.evaluate(ON_A_STRIP)
    assert after["at"] == [at] * 2 and after["line"] == line
    assert after["picture"].endswith(pictures[2]) and after["drawn"] and after["open"]
    assert escape(after["title"], quote=False) in frame
    assert after["described"] in unescape(frame) and after["first"].startswith("2002")
    assert not [
        part for part in before if part not in ("drawn", "open") and before[part] == after[part]
    ]
    assert not set(pictures[4:]) & set(asked), "loaded before a hand asked for it"
    axe.prepare(page)
    found = page.evaluate("async () => (await axe.run('.strip')).violations.map(one => one.id)")
    assert found == []
    page.keyboard.press("End")
    page.wait_for_function(
        "strip => strip.querySelector('.strip-frame img').alt.includes('2018–2025')",
        arg=strip.element_handle(),
    )


@needs_browser
def test_a_row_of_chips_moves_by_arrow_keys(page, html):
    page.goto(chapter(html, NAMES[6], "#explore"))
    strip = page.locator(".strip")
    strip.locator(":checked").focus()
    page.keyboard.press("ArrowRight")
    lines = strip.locator("template").evaluate_all("all => all.map(one => one.dataset.line)")
    chosen = int(strip.locator(":checked").get_attribute("value"))
    assert lines[chosen] != lines[chosen - 1]
    page.wait_for_function(
        "said => document.querySelector('.strip-line').textContent === said", arg=lines[chosen]
    )
    axe.prepare(page)
    found = page.evaluate("async () => (await axe.run('.strip')).violations.map(one => one.id)")
    assert found == []


@needs_browser
@pytest.mark.parametrize("name", cases(NAMES[1:], [NAMES[3], NAMES[8]]))
def test_on_a_phone_the_slider_takes_a_finger_and_stays_in_view(page, html, name):
    page.set_viewport_size(PHONE)
    page.goto(chapter(html, name, "#explore"))
    strip = page.locator(".strip").first
    slider, figures = strip.locator("[type=range]"), strip.locator(".strip-line")
    chip = strip.locator(".chips label").last
    moved = slider if slider.count() else chip
    picture = strip.locator(".strip-frame img")
    assert moved.bounding_box()["height"] >= 44
    assert picture.evaluate("image => image.currentSrc !== image.src")  # drawn anew
    assert figures.bounding_box()["y"] > picture.bounding_box()["y"]
    picture.evaluate("image => { image.scrollIntoView(); scrollBy(0, 100); }")
    if moved is chip:
        chip.scroll_into_view_if_needed()
    box = moved.bounding_box()
    page.mouse.click(box["x"] + box["width"] - 20, box["y"] + 40)  # low, but inside its 44 pixels
    last = strip.locator("template").last.get_attribute("data-line")
    page.wait_for_function(
        "said => document.querySelector('.strip-line').textContent === said", arg=last
    )
    assert picture.evaluate("image => image.currentSrc !== image.src")
    box = moved.bounding_box()
    assert box["y"] >= 0 and box["y"] + box["height"] < PHONE["height"]


@needs_browser
def test_a_fold_opens_by_keyboard_and_by_a_link_into_it(page, html):
    page.goto(chapter(html, "02_the_trade_lifeline"))
    look = page.locator("#look > h2")
    assert not look.is_visible()
    page.locator(".after-predict > summary").focus()
    page.keyboard.press("Enter")
    assert look.is_visible()
    page.goto("about:blank")
    page.goto(chapter(html, "02_the_trade_lifeline", "#talk"))
    assert page.locator("#talk > h2").is_visible()


@needs_browser
def test_the_switches_work_without_scripts(no_scripts, html):
    no_scripts.goto(chapter(html, "02_the_trade_lifeline"))
    no_scripts.locator(".after-predict > summary").click()
    assert no_scripts.locator(".twin > .twin-view").first.is_visible()
    no_scripts.locator(".twin > label").nth(3).click()
    assert no_scripts.locator(".twin > .twin-view").nth(2).is_visible()
    assert no_scripts.locator(".strip").count() == 1
    assert not no_scripts.locator(".strip").is_visible()


@needs_browser
@pytest.mark.parametrize("kind", ["page", "no_scripts"])
def test_the_first_page_answers_a_guess(request, html, kind):
    opened = request.getfixturevalue(kind)
    opened.goto((html / "index.html").as_uri())
    answer, other = opened.locator("p.shown"), opened.locator(".guess polyline.other")
    assert not answer.is_visible() and not other.is_visible()
    opened.locator("#guess-4").focus()
    opened.keyboard.press("Space")
    assert answer.is_visible() and other.is_visible()
    said = opened.locator(".said")
    assert [said.nth(n).is_visible() for n in range(said.count())] == [False] * 3 + [True]


@needs_browser
def test_the_first_page_leads_to_all_chapters_by_keyboard(page, html):
    page.goto((html / "index.html").as_uri())
    chapters = page.locator(".front .cards h3 a")
    assert chapters.count() == len(NAMES)
    chapters.last.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/chapters/09_*.html")
    page.goto((html / "index.html").as_uri())
    page.set_viewport_size({"width": 1366, "height": 768})
    assert page.locator("#guess-first").bounding_box()["y"] < 200
    page.set_viewport_size(PHONE)
    choices = page.locator(".guess label").last.bounding_box()
    assert choices["y"] + choices["height"] <= PHONE["height"]  # a guess needs no scrolling
    assert page.locator(".guess svg").bounding_box()["height"] < 400


@needs_browser
def test_claims_are_found_by_words_chapter_and_verdict_with_the_keyboard_alone(page, html):
    page.goto((html / "claims.html").as_uri())
    told, rows = page.locator(".finder [role=status]"), page.locator(".register tbody tr")
    seen = "all => all.filter(row => row.offsetParent).map(row => row.querySelector('[id]').id)"
    every = [claim.claim_id.lower() for claim in claims.select()]
    assert sorted(rows.evaluate_all(seen)) == every
    assert re.findall(r"\d+", told.text_content()) == ["84", "84"]
    page.locator(".finder [name=words]").focus()
    page.keyboard.type("kissinger")
    found = rows.evaluate_all(seen)
    assert 0 < len(found) < 10
    assert re.findall(r"\d+", told.text_content()) == [str(len(found)), "84"]
    assert page.locator(".register").count() > page.locator(".register:visible").count() > 0
    page.keyboard.press("Tab")
    page.keyboard.type("08")
    assert rows.evaluate_all(seen) == []
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the button that shows all
    page.wait_for_function("document.querySelector('.finder [role=status]').textContent[0] === '8'")
    assert not page.locator(".finder [type=radio]").last.is_visible()  # nothing is given away
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator(".finder [type=radio]").first.focus()
    page.keyboard.press("ArrowUp")  # from the first to the last
    wanted = page.locator(".finder :checked").last.get_attribute("value")
    judged = [claim.claim_id.lower() for claim in claims.select() if claim.judged == wanted]
    assert sorted(rows.evaluate_all(seen)) == judged
    assert page.locator(".finder a.square:visible").count() == len(judged)


@needs_browser
def test_the_register_is_a_whole_table_without_scripts(no_scripts, html):
    no_scripts.goto((html / "claims.html").as_uri())
    assert no_scripts.locator(".register tbody tr:visible").count() == 84
    assert not no_scripts.locator(".finder [name=words]").is_visible()
    no_scripts.locator(".finder summary").click()
    assert no_scripts.locator(".finder a.square:visible").count() == 84
    assert no_scripts.locator(".finder a.square[href='#c62']").is_visible()


@needs_browser
@pytest.mark.parametrize("name", cases(PAGES, PAGES[:3]))
def test_by_night_no_ground_is_bright(browser, html, name):
    """No slab of paper: a screenshot has next to no white in it."""
    with closing(browser.new_page(viewport={"width": 1366, "height": 768})) as opened:
        opened.emulate_media(color_scheme="dark")
        opened.goto((html / name).as_uri())
        opened.evaluate(UNFOLD)
        opened.evaluate("document.querySelectorAll('img').forEach(one => one.loading = 'eager')")
        high = opened.evaluate("Math.min(document.documentElement.scrollHeight, 16000)")
        opened.set_viewport_size({"width": 1366, "height": high})
        opened.wait_for_function("[...document.images].every(one => one.complete)")
        picture = Image.open(io.BytesIO(opened.screenshot())).convert("L")
    bright = sum(picture.histogram()[200:]) / (picture.width * picture.height)
    assert bright < 0.05


@needs_browser
def test_a_claim_is_one_block_on_a_phone(page, html):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto((html / "claims.html").as_uri())
    row = page.locator(".register tbody tr").first
    says = row.locator("td").first.bounding_box()
    assert says["width"] > 300
    assert says["y"] > row.locator("th").bounding_box()["y"] + 10


#: CSS pixels between the margins, by width and height.
PAPER = {
    "A4": {"width": 695, "height": 1024},
    "Letter": {"width": 718, "height": 957},
}
BARS = "header.bd-header, .bd-sidebar, .prev-next-footer, .search-button, #pst-back-to-top"


@needs_browser
def test_a_chapter_is_printed_whole_with_room_to_write_and_without_bars(page, html, lessons):
    """By its style sheet alone; its answers are printed too, for whoever turns the page round."""
    page.set_viewport_size(PAPER["A4"])
    page.goto(chapter(html, "02_the_trade_lifeline"))
    page.emulate_media(media="print")
    for shown in (".twin > .twin-view", ".on-paper:not(:has(tr:nth-of-type(21))) .nl-table"):
        places = page.locator(shown)
        assert places.count() > 3
        assert all(places.nth(n).is_visible() for n in range(places.count())), shown
    bars = page.locator(BARS)
    assert bars.count() and not any(bars.nth(n).is_visible() for n in range(bars.count()))
    for left_out in (".strip", ".after-predict > summary", ".finder"):
        assert not page.locator(left_out).first.is_visible(), left_out
    assert not page.get_by_text(charts.HOW).first.is_visible(), "only code can follow it"
    dissent = lessons["02_the_trade_lifeline"].tried[0].dissent
    verdict = page.locator(".answer").filter(has_text=dissent).first
    assert verdict.get_by_text(dissent).is_visible()
    assert verdict.evaluate("answer => getComputedStyle(answer).rotate") == "180deg"
    line = page.locator(".line").first.bounding_box()
    assert line["height"] > 26, "a pen needs seven millimetres"


@needs_browser
def test_what_is_opened_to_print_closes_again(page, html):
    """Older browsers need the script; and nobody must find a verdict open after printing."""
    page.goto(chapter(html, "02_the_trade_lifeline"))
    folds = page.locator(".after-predict, .on-paper > details")
    is_open = "folds => folds.filter(fold => fold.open).length"
    assert folds.evaluate_all(is_open) == 0
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert folds.evaluate_all(is_open) == folds.count() > 10
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert folds.evaluate_all(is_open) == 0


#: What is wider than the paper, and what must not be broken and is higher.
TOO_LARGE = """({width, height}) => [...document.querySelectorAll(
    "article :is(img, figure, table, pre, .nl-card, .nl-chart, .on-paper)")].filter(part => {
        const box = part.getBoundingClientRect()
        const whole = getComputedStyle(part).breakInside == "avoid"
        return box.left < 0 || box.right > width + 1 || (whole && box.height > height)
    }).map(part => part.outerHTML.slice(0, 200))"""


@needs_browser
@pytest.mark.parametrize("size", PAPER)
@pytest.mark.parametrize("name", cases(NAMES, [NAMES[8]]))
def test_no_picture_or_table_is_cut_by_the_paper(page, html, name, size):
    page.set_viewport_size(PAPER[size])
    page.goto(chapter(html, name))
    page.emulate_media(media="print")
    assert page.locator("article figure img").count()
    assert page.evaluate(TOO_LARGE, PAPER[size]) == []


#: The boxes around a page's text that lay out what they hold side by side.
SIDE_BY_SIDE = """() => {
    const found = [];
    for (let box = document.querySelector("article"); box; box = box.parentElement)
        if (/flex|grid/.test(getComputedStyle(box).display)) found.push(box.className);
    return found;
}"""


@needs_browser
def test_a_printed_page_keeps_its_end(page, html):
    """Chromium breaks a flex box into pages as if what must not be broken took no room."""
    page.goto(chapter(html, "02_the_trade_lifeline"))
    assert page.evaluate(SIDE_BY_SIDE)
    page.emulate_media(media="print")
    assert page.evaluate(SIDE_BY_SIDE) == []


@needs_browser
@pytest.mark.parametrize("name", ["start_sheet", "day_before"])
def test_what_is_handed_out_fits_one_sheet_of_paper(page, built, name):
    page.goto((built / "guide" / f"{name}.html").as_uri())
    assert sheets(page, prefer_css_page_size=True) == 1


#: Words of tables that are broken over two lines, and tables that leave the paper.
BROKEN = """width => [...document.querySelectorAll("article :is(th, td)")].flatMap(cell => {
    const found = cell.getBoundingClientRect().right > width ? [`too far: ${cell.textContent}`] : []
    const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT)
    for (let text = texts.nextNode(); text; text = texts.nextNode())
        for (const word of text.data.matchAll(/[\\p{L}\\p{N}.,]+/gu)) {
            const range = document.createRange()
            range.setStart(text, word.index)
            range.setEnd(text, word.index + word[0].length)
            const lines = [...range.getClientRects()].map(line => Math.round(line.top))
            if (new Set(lines).size > 1) found.push(word[0])
        }
    return found
})"""


@needs_browser
@pytest.mark.parametrize("name", NAMES)
def test_a_printed_chapter_has_some_twenty_sheets_and_breaks_no_word_of_a_table(page, html, name):
    page.set_viewport_size(PAPER["A4"])
    page.goto(chapter(html, name))
    page.emulate_media(media="print")
    assert page.evaluate(BROKEN, PAPER["A4"]["width"]) == []
    assert sheets(page, prefer_css_page_size=True) <= 24


#: What stands at the foot on paper, and what of it is cut, broken at a wrong place or too wide.
FOOT = """() => {
    const foot = document.querySelector(".addresses")
    const found = {told: foot.textContent, wide: [], broken: []}
    for (const item of foot.querySelectorAll("li")) {
        if (item.scrollWidth > item.clientWidth + 1) found.wide.push(item.textContent)
        const texts = document.createTreeWalker(item, NodeFilter.SHOW_TEXT)
        for (let text = texts.nextNode(); text; text = texts.nextNode()) {
            const range = document.createRange()
            range.selectNodeContents(text)
            const lines = [...range.getClientRects()].map(line => Math.round(line.top))
            if (new Set(lines).size > 1) found.broken.push(text.data)
        }
    }
    return found
}"""


@needs_browser
@pytest.mark.parametrize("name", cases(NAMES, [NAMES[8]]))
def test_each_link_out_of_a_chapter_has_its_address_on_paper_and_only_there(page, html, name):
    page.set_viewport_size(PAPER["A4"])
    page.goto(chapter(html, name))
    assert not page.locator(".addresses, sup.address").first.is_visible()
    page.emulate_media(media="print")
    assert page.locator(".addresses").is_visible()
    found = page.evaluate(FOOT)
    assert found["wide"] == found["broken"] == []
    seen = re.sub(
        r"<template.*?</template>", "", article(html / f"chapters/{name}.html"), flags=re.S
    )
    links = {unescape(one) for one in re.findall(r'<a\b[^>]*?href="(https?://[^"]+)"', seen)}
    assert links
    assert {one for one in links if addresses.printed(one) not in found["told"]} == set()


@needs_browser
def test_the_search_finds_what_is_folded(page, html):
    page.goto((html / "search.html").as_uri() + "?q=turnover")
    page.locator("#search-results a[href*='02_the_trade_lifeline']").first.wait_for()
