"""The workbook on paper: printed once whole, then read as a PDF and measured in the browser."""

import re
import unicodedata
from itertools import chain, pairwise
from pathlib import Path

import pytest
from markupsafe import escape
from pypdf import PdfReader

from coursestaff.chapters import companion, with_companions
from coursestaff.publishing import addresses, mime_output, pdf, reader, region, workbook
from courseware import claims
from tests.browser.lab import needs_browser
from tests.notebooks import CHAPTERS, all_executed, executed, outputs, store

pytestmark = [pytest.mark.publishing, needs_browser]

#: What is left of a page between its margins, in CSS pixels (96 an inch): width and height.
INSIDE = {"A4": (650, 1001), "Letter": (672, 935)}
TOO_LARGE = """inside => [...document.querySelectorAll(".box, figure, table, pre, .nl-card")]
    .filter(part => {
        const {height, right} = part.getBoundingClientRect()
        const whole = getComputedStyle(part).breakInside == "avoid"
        return right > inside[0] + 1 || part.scrollWidth > part.clientWidth + 1
            || (whole && height > inside[1])
    }).map(part => part.outerHTML.replace(/<img[^>]*>/g, "").slice(0, 200))"""
LINES = """() => [...document.querySelectorAll(".line")]
    .map(line => line.getBoundingClientRect().height / 96 * 25.4)"""
ON_TRIAL, TURN_OVER = "On trial: ", "Then turn over: "


@pytest.fixture(
    scope="session",
    params=[
        pytest.param(CHAPTERS[2:4], id="two chapters"),
        pytest.param(CHAPTERS, id="whole", marks=pytest.mark.matrix),
    ],
)
def chosen(request) -> list[Path]:
    """The chapters of the book."""
    return request.param


@pytest.fixture(scope="session")
def page(tmp_path_factory, chosen) -> Path:
    """The book as HTML."""
    notebooks = with_companions(chosen)
    ran = all_executed() if chosen == CHAPTERS else {path: executed(path) for path in notebooks}
    return workbook.write(tmp_path_factory.mktemp("workbook"), ran)


@pytest.fixture(scope="session")
def book(page) -> PdfReader:
    """The book on A4."""
    done = page.with_suffix(".pdf")
    assert pdf.bind(page, done, "A4") == len(PdfReader(done).pages)
    return PdfReader(done)


@pytest.fixture(scope="session")
def said(book) -> list[str]:
    """What stands on each page."""
    return [joined(page.extract_text()) for page in book.pages]


def joined(text: str) -> str:
    """Return text without spaces: a PDF does not say where a line was broken."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def marks(book: PdfReader) -> list[tuple[int, str, int]]:
    """Return the bookmarks: how deep each lies, its title, its page from 0."""

    def within(outline, depth):
        for entry in outline:
            if isinstance(entry, list):
                yield from within(entry, depth + 1)
            else:
                yield depth, entry.title, book.get_destination_page_number(entry)

    return list(within(book.outline, 0))


def start(book: PdfReader, title: str) -> int:
    """Return the page that a part begins on."""
    return next(number for depth, name, number in marks(book) if name == title and depth == 0)


def test_a_chapter_has_twenty_pages_and_with_all_that_belongs_to_it_some_thirty(book, chosen):
    assert 20 <= len(book.pages) / len(chosen) <= 35
    begins = [number for depth, _, number in marks(book) if depth == 0]
    for path in chosen:
        lesson = reader.read(path)
        here = start(book, f"{lesson.number} {lesson.title}")
        assert begins[begins.index(here) + 1] - here <= 20, path.stem
    width, height = (float(side) / 72 * 25.4 for side in book.pages[0].mediabox[2:])
    assert (round(width), round(height)) == (210, 297)


def test_bookmarks_lead_to_chapters_sections_and_trials(book, chosen):
    found = marks(book)
    top = [joined(title) for depth, title, _ in found if depth == 0]
    course = [reader.read(path) for path in chosen]
    notebooks = []
    for lesson in course:
        notebooks.append(f"{lesson.number} {lesson.title}")
        if further := lesson.further:
            notebooks.append(f"Further {lesson.number}: {further.title}")
    backs = map(workbook.overleaf, course)
    assert top[3:] == [joined(title) for title in (*notebooks, "Exercises", *backs)]
    titles = [title for _, title, _ in found]
    for lesson in course:
        headings = [part.heading for sections in lesson.parts.values() for part in sections]
        assert {joined(heading) for heading in headings} <= {joined(title) for title in titles}
    pages = [number for *_, number in found]
    assert pages == sorted(pages)


def test_it_is_tagged_and_says_what_it_is(book):
    root = book.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert book.metadata.title == workbook.TITLE
    assert book.metadata.creator == pdf.MADE_BY
    assert set(book.metadata) <= {"/Title", "/Creator", "/Producer", "/CreationDate", "/ModDate"}


def test_it_is_printed_in_the_course_s_typefaces(book):
    fonts = {
        font.get_object().get("/BaseFont", "").partition("+")[2]  # signs that are drawn have none
        for leaf in book.pages
        for font in leaf["/Resources"].get("/Font", {}).values()
    }
    assert {f"Course{name}" for name in ("Sans-Bold", "Serif-Regular")} <= fonts, fonts


def test_every_picture_has_words(page, chosen):
    text = page.read_text(encoding="utf-8")
    images = re.findall(r'<img src="data:image/png[^"]+" alt="([^"]*)"', text)
    assert len(images) > 6 * len(chosen)
    assert min(map(len, images)) > 20


def test_the_cover_shows_where_this_is(page, book, said):
    cover = page.read_text(encoding="utf-8").partition('class="cover"')[2].partition("Contents")[0]
    assert f'alt="{region.alt()}"' in cover
    assert len(book.pages[0].images) == 1
    assert joined(region.boundaries()) in said[0]


def test_each_view_of_an_explorer_is_on_one_page_with_its_question(said, chosen):
    cells = chain.from_iterable(reader.read(path, executed(path)).code() for path in chosen)
    shows = chain.from_iterable(cell.shows for cell in cells)
    explorers = [thing for thing in shows if isinstance(thing, mime_output.Explorer)]
    views = [view for explorer in explorers for view in explorer.views]
    assert len(views) > 2 * len(chosen)
    for view in views:
        asked, foot = joined(view.picture.title), joined(view.picture.source)
        assert any(asked in text and foot in text for text in said), view.name


def test_pages_are_numbered_and_named_as_they_are(book, said, chosen):
    for number, text in enumerate(said, 1):
        assert text.endswith(f"{joined(workbook.TITLE)}{number}"), number
    places = pdf.places(book)
    contents = said[1]
    for path in chosen:
        lesson = reader.read(path)
        here = places[f"chapter-{lesson.number}"]
        assert joined(f"{lesson.number} {lesson.title} {here}") in contents
        assert int(here) == start(book, f"{lesson.number} {lesson.title}") + 1
    assert "000" not in joined("".join(said[:3]))


def tried(chapters) -> list[str]:
    """Return the claims that chapters put on trial."""
    cells = chain.from_iterable(reader.read(path, executed(path)).code() for path in chapters)
    shows = chain.from_iterable(cell.shows for cell in cells)
    return [thing.claim_id for thing in shows if isinstance(thing, mime_output.Trial)]


def test_a_trial_stands_on_one_page_and_names_that_of_the_verdict(book, said, chosen):
    places = pdf.places(book)
    claim_ids = tried(chosen)
    assert len(claim_ids) > 3 * len(chosen)
    for claim_id in claim_ids:
        here = said[int(places[f"trial-{claim_id}"]) - 1]
        assert joined(f"{ON_TRIAL}{claim_id}") in here
        assert here.count(joined(ON_TRIAL)) == here.count(joined(TURN_OVER))
        assert f"verdictisonpage{places[f'verdict-{claim_id}']}." in here
        assert f"page{places[f'trial-{claim_id}']}." in said[int(places[f"verdict-{claim_id}"]) - 1]


def back(book: PdfReader, path: Path) -> int:
    """Return the page, from 0, that the back of a chapter begins on."""
    return start(book, workbook.overleaf(reader.read(path)))


def test_no_verdict_stands_before_the_back(book, said, chosen):
    first = back(book, chosen[0])
    before, after = "".join(said[:first]), "".join(said[first:])
    for claim in claims_of(chosen):
        for told in (claim.why, claim.dissent):
            assert joined(told)[:60] not in before, claim.claim_id
            assert joined(told)[:30] in after, claim.claim_id


def test_the_back_of_a_chapter_can_be_handed_out_alone(book, said, chosen):
    """Its pages tell what came of its own predictions and claims, and of no other's."""
    begins = [back(book, path) for path in chosen] + [len(book.pages)]
    for path, (first, last) in zip(chosen, pairwise(begins), strict=True):
        lesson, pages = reader.read(path), said[first:last]
        assert joined(f"{workbook.overleaf(lesson)} {first + 1}") in said[1] + said[2]
        told = "".join(pages)
        assert all(joined(one.question) in told for one in lesson.predictions)
        for claim in claims.register().values():
            own = claim.chapter == lesson.number
            assert (joined(f"{claim.claim_id} · {claim.short_label}") in told) == own


def test_the_back_says_where_the_evidence_on_its_claims_is(book, said, chosen):
    all_found = set()
    for path in chosen:
        here = back(book, path)
        told = "".join(said[here:])
        found = {
            address
            for claim in claims_of([path])
            for address in claims.evidence(claim.claim_id)["address"].dropna()
        }
        assert {one for one in found if joined(addresses.printed(one)) not in told} == set()
        all_found |= found
    assert all_found  # chapter 00 has no claim of its own


def test_what_came_of_a_prediction_stands_at_the_back(book, said, chosen):
    first = back(book, chosen[0])
    asked = [each for path in chosen for each in reader.read(path).predictions]
    assert len(asked) >= 2 * len(chosen)
    assert "Outcome:" not in "".join(said[:first])
    assert "".join(said[first:]).count("Outcome:") == len(asked)
    for question in asked:
        here = next(text for text in said[first:] if joined(question.question) in text)
        assert "Outcome:" in here.split(joined(question.question))[1], question.key


def test_no_trial_has_a_page_to_itself_only_because_the_next_would_not_fit(said, chosen):
    together = [text.count(joined(ON_TRIAL)) for text in said if joined(ON_TRIAL) in text]
    assert sum(together) == len(tried(chosen))
    assert max(together) > 1 and sum(together) / len(together) >= 1.5


def test_the_exercises_can_be_left_out():
    ran = executed(CHAPTERS[2])
    course = [(reader.read(CHAPTERS[2], ran), ran)]
    for asked in (True, False):
        book = workbook.document(course, {}, exercises=asked)
        assert ("Needs a computer" in book) is ('id="exercises"' in book) is asked
        assert ('href="#exercises"' in book) is asked
        assert book.count('id="verdict-') == len(claims_of(CHAPTERS[2:3]))


def test_a_companion_is_printed_behind_its_chapter(page, chosen):
    text = page.read_text(encoding="utf-8")
    places = [text.index(f'id="{place}-03"') for place in ("chapter", "further")]
    later = text.find('id="chapter-04"')
    assert places == sorted(places) and (later == -1 or places[1] < later)
    assert text.count('href="#further-03"') == 3  # twice in the contents, and from the chapter
    for further in filter(None, map(companion, chosen)):
        told = shown_by(executed(further))
        assert told and all(escape(picture.alt) in text for picture in told)


def shown_by(notebook) -> list[mime_output.Picture]:
    """Return the pictures of a notebook that has run."""
    found = (mime_output.read(output) for _, output in outputs(notebook))
    return [thing for thing in found if isinstance(thing, mime_output.Picture)]


def test_each_verdict_is_found_from_where_the_claim_is_judged_and_back(page, chosen):
    text = page.read_text(encoding="utf-8")
    for claim_id in (claim.claim_id for claim in claims_of(chosen)):
        assert f'href="#verdict-{claim_id}"' in text, claim_id
        assert f'href="#trial-{claim_id}"' in text or f'href="#home-{claim_id}"' in text


def claims_of(chapters) -> list[claims.Claim]:
    """Return the claims of chapters."""
    numbers = {path.stem[:2] for path in chapters}
    return [claim for claim in claims.register().values() if claim.chapter in numbers]


@pytest.mark.parametrize("size", pdf.SIZES)
def test_no_box_is_higher_and_nothing_wider_than_a_page(page, chosen, size):
    width, height = INSIDE[size]
    with pdf.opened(page) as sheet:
        sheet.set_viewport_size({"width": width, "height": height})
        assert sheet.locator(".box").count() > 14 * len(chosen)
        assert sheet.evaluate(TOO_LARGE, [width, height]) == []
        assert min(sheet.evaluate(LINES)) > 8  # millimetres: a pen needs them


def test_nothing_of_the_machine_that_printed_it(page):
    text = page.read_text(encoding="utf-8")
    text = re.sub(r"data:image/png;base64,[^\"]+", "", text)
    assert not re.search(r"/tmp\b|\btmp\w{8}\b|/home/|/root\b|file://", text)


def test_the_command_prints_both_papers(tmp_path, capsys):
    executed(CHAPTERS[0])
    assert workbook.main([str(tmp_path), "--executed", str(store()), "--chapters", "00"]) == 0
    out = capsys.readouterr().out
    for size, width in {"A4": 210, "Letter": 216}.items():
        done = tmp_path / f"no_limits_{size}.pdf"
        book = PdfReader(done)
        assert round(float(book.pages[0].mediabox[2]) / 72 * 25.4) == width
        assert f"{done}: {len(book.pages)} pages" in out


def test_without_chromium_it_says_what_to_install(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(pdf, "BROWSERS", ())
    monkeypatch.setattr(pdf, "playwrights_own", lambda: tmp_path / "chrome")
    with pytest.raises(SystemExit) as stopped:
        workbook.main([str(tmp_path)])
    assert stopped.value.code == 2
    assert "playwright install chromium" in " ".join(capsys.readouterr().err.split())
    assert not list(tmp_path.iterdir())
