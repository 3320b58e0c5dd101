"""The decks: made of the chapters, nothing cut at 1280 by 720, nothing asked of the network."""

import re
from functools import cache
from html import unescape

import pytest

from coursestaff.publishing import guide, mime_output, reader, run_sheets, slides
from courseware import charts
from tests.browser.lab import TYPEFACES, needs_browser, running_browser, sheets, typefaces
from tests.cases import cases
from tests.notebooks import CHAPTERS, ROOT, all_executed, executed, store

pytestmark = pytest.mark.publishing

SIZE = {"width": 1280, "height": 720}
LEAST_CHART = 380  # pixels in height, its words apart, also when a line stands under the chart
LEAST_LETTERS = 24  # pixels of all that is read from the back row
LEAST_CELLS, LEAST_DRAWN = 21, 15.5  # of a grid's cells, and of the letters in a chart
DRAWN = 10.5 / 72 * charts.DPI  # pixels of these letters in the file of a chart

DECK = "02_the_trade_lifeline"
chapters = pytest.mark.parametrize("path", CHAPTERS, ids=[path.stem for path in CHAPTERS])
one = pytest.mark.parametrize(
    "path", cases(CHAPTERS, CHAPTERS[2:3] or CHAPTERS), ids=lambda path: path.stem
)


@pytest.fixture(scope="module")
def decks():
    """Return a function that makes a chapter's deck, once."""
    return cache(lambda path: slides.make(reader.read(path, executed(path))))


@pytest.fixture(scope="module")
def folder(decks, tmp_path_factory):
    """A folder with all decks, as `make slides` leaves it."""
    out = tmp_path_factory.mktemp("slides")
    all_executed()
    slides.write([decks(path) for path in CHAPTERS], out)
    return out


@pytest.fixture(scope="module")
def page():
    with running_browser() as browser:
        yield browser.new_page(viewport=SIZE)


# What is on them ----------------------------------------------------------------------------


@chapters
def test_a_deck_follows_the_chapter(path, decks):
    kinds = [slide.kind for slide in decks(path).slides]
    order = ["title", "claims", "predict", "picture", "explorer", "talk", "verdict", "outcomes"]
    expected = [kind for kind in order if kind != "explorer" or path.stem[:2] != "00"]
    assert sorted(expected, key=kinds.index) == expected
    assert kinds.count("exercise") == (path.stem[:2] != "00")


@chapters
def test_every_chart_is_shown(path, decks):
    deck = decks(path)
    drawn = [
        cell.cell_id
        for section in deck.lesson.parts["look"]
        for cell in section.code()
        if "charts.show(" in cell.source
    ]
    kept = " ".join(deck.pictures)
    assert drawn
    assert all(cell_id in kept for cell_id in drawn)


@chapters
def test_findings_and_doubts_come_with_a_click(path, decks):
    deck = decks(path)
    lines = [line.lead for slide in deck.slides if slide.part == "Look" for line in slide.lines]
    sections = deck.lesson.parts["look"]
    shown = [t for s in sections for cell in s.code() for t in cell.shows if getattr(t, "see", "")]
    seen = [t for t in shown if not hasattr(t, "rows") or slides.table_size(t.rows)]
    assert lines.count(reader.DOUBT) == sum(len(s.doubts()) for s in sections)
    assert len(lines) == len(seen) + sum(len(s.findings() + s.doubts()) for s in sections)


@chapters
def test_a_note_stands_with_the_last_chart_before_it(path, decks):
    """A chart or a map, in the notebook's own order, whatever the chapter's model makes of it.

    What opens a subject is not tried here, nor what is to be seen in a plain table.
    """
    deck = decks(path)
    own = {s.cell_id for s in deck.lesson.parts["look"]}
    on = {line.text: slide for slide in deck.slides for line in slide.lines}
    known, inside, chart = set(), False, None
    for cell in executed(path).cells:
        if f"pictures/{cell.id}.png" in deck.pictures:
            chart = cell.id
        if re.match(r"#{2,3} ", cell.source):
            inside, chart = cell.id in own, None
        for lead, words in re.findall(r"^\*\*(.+?)\*\* (.+)$", cell.source, re.MULTILINE):
            slide = on.get(slides.reader.opening(words, slides.LINE_LETTERS))
            drawn = slide and slide.kind == "picture"
            if inside and chart and drawn and lead in (reader.SEE, reader.DOUBT):
                assert slide.content["figure"].file == f"pictures/{chart}.png", (lead, words)
                known.add(chart)
    assert known


#: What a note calls its chart, and how the alt text of such a chart says it.
KINDS = {
    r"\b(bars?)\b": r"\b[Bb]ars?\b",
    r"\b(the|this|a) map\b": r"\b[Mm]aps?\b",
    r"\b(lines? (rise|fall|cross|lead|begin)|(the|this|each|upper|lower|thin) lines?)\b": (
        r"\b([Ll]ines?|[Mm]aps?)\b"
    ),
    r"\b(arcs?|bathtub)\b": r"\b([Mm]aps?|[Aa]rea)\b",
}


@chapters
def test_a_note_that_names_a_kind_of_chart_is_on_a_slide_with_that_kind(path, decks):
    looked_at = 0
    for slide in decks(path).slides:
        for line in slide.lines if slide.part == "Look" and slide.kind == "picture" else ():
            for word, kind in KINDS.items():
                if re.search(word, line.text):
                    assert re.search(kind, slide.content["figure"].alt), (slide.title, line.text)
                    looked_at += 1
    assert looked_at or path.stem[:2] in ("01", "04", "09")  # their notes name no kind


def test_what_opens_a_subject_stands_with_the_chart_that_it_opens(decks):
    capacity = next(s for s in decks(CHAPTERS[5]).slides if "05-capacity" in str(s.content))
    opens, *others = [line.lead for line in capacity.lines]
    assert others == [reader.SEE, reader.DOUBT]
    road, *_ = (s for s in decks(CHAPTERS[5]).slides if "05-road-chart" in str(s.content))
    assert opens not in [line.lead for line in road.lines]


@chapters
def test_a_turn_is_no_finding(path, decks):
    deck = decks(path)
    leads = {block.lead for cells in deck.lesson.parts["look"] for block in cells.text()}
    lines = {line.lead for slide in deck.slides for line in slide.lines}
    assert not lines & set(reader.TO_TRY)
    assert path.stem[:2] != "02" or reader.TURN in leads


@chapters
def test_predictions_show_the_question_only(path, decks):
    deck = decks(path)
    asked = [slide.title for slide in deck.slides if slide.kind == "predict"]
    assert asked == [prediction.question for prediction in deck.lesson.predictions]
    assert all(not slide.lines for slide in deck.slides if slide.kind == "predict")


@chapters
def test_verdict_and_dissent_wait_for_a_click(path, decks):
    deck = decks(path)
    tried = [slide for slide in deck.slides if slide.kind == "verdict"]
    assert [slide.content["claim"] for slide in tried] == deck.lesson.tried
    for slide in tried:
        claim = slide.content["claim"]
        ours, dissent = [line.text for line in slide.lines]
        assert ours.startswith(f"**{claim.told}**") and claim.why in ours
        assert dissent == claim.dissent
    before = re.sub(r'<(p) class="[^"]*fragment.*?</\1>|<aside.*?</aside>', "", deck.html())
    for claim in deck.lesson.tried:
        assert claim.why not in unescape(before)


@chapters
def test_the_speakers_notes_hold_what_the_notes_say(path, decks):
    deck = decks(path)
    notes = "\n".join(note for slide in deck.slides for note in slide.notes)
    told, cut = deck.lesson.notes, run_sheets.cut(deck.lesson)
    for words in (*told.discussions.values(), *told.wrong_turns, cut, told.idea):
        assert words in notes
    assert told.without_computers in notes
    for part in told.parts.values():
        assert run_sheets.happens(deck.lesson, part) in notes
        assert part.note in notes


@chapters
def test_no_code_and_no_other_host(path, decks):
    html = decks(path).html()
    there = [slide.content.get("code", "") for slide in decks(path).slides]
    assert len([code for code in there if code]) == (2 if path.stem[:2] == "00" else 0)
    cells = [cell for cell in decks(path).lesson.code() if cell.source not in there]
    code = [line for cell in cells for line in cell.source.splitlines()]
    assert not [line for line in code if len(line) > 25 and line in unescape(html)]
    assert "://" not in re.sub(r"<aside.*?</aside>", "", html, flags=re.DOTALL)
    assert str(ROOT) not in html


@chapters
def test_every_picture_is_there_and_described(path, decks):
    html = decks(path).html()
    images = re.findall(r'<img class="chart" src="([^"]+)" alt="([^"]*)"', html)
    assert {file for file, _ in images} == set(decks(path).pictures)
    assert all(len(alt.split()) >= 5 for _, alt in images)


def test_the_first_deck_begins_with_a_cell_and_the_rules_of_the_guide(decks):
    _, cell, rules, *_ = decks(CHAPTERS[0]).slides
    assert cell.content["code"] == "2023 - 1992"
    assert cell.notes[0].startswith("**8 ")
    assert len(rules.content["rules"]) == 3
    assert " ".join(rules.content["rules"]) in guide.pages()["guide/index.md"]


@chapters
def test_a_deck_leaves_the_map_to_the_student_s_own_notebook(path, decks):
    deck = decks(path)
    first, *_ = deck.lesson.parts["leaves"]
    (map_cell,) = (cell.cell_id for cell in first.code() if "argument_map" in cell.source)
    assert not [file for file in deck.pictures if map_cell in file]
    said, *_ = (slide for slide in deck.slides if slide.title == first.heading)
    assert said.kind == "text" and said.content["text"] and said.content["see"]
    assert said.notes == [block.words for block in deck.lesson.text("leaves")]


@chapters
def test_every_part_of_a_deck_has_its_minutes_in_both_sessions(path, decks):
    deck = decks(path)
    whole, short = deck.lesson.notes.parts, deck.lesson.notes.cut
    parts = [part for key, part in whole.items() if not part.sections]
    steps = [step for part in whole.values() for step in part.sections.values()]
    minutes = sorted(each.minutes for each in parts + steps)
    assert sorted(s.whole for s in deck.slides if s.whole) == minutes
    timed = {**short.parts, "look": None}
    if path.stem[:2] != "00":
        in_short = [*filter(None, timed.values()), *short.sections.values()]
        assert sorted(s.short for s in deck.slides if s.short) == sorted(in_short)
        assert sum(minutes) == 90
        assert sum(in_short) == 45
    assert not [s.title for s in deck.slides if s.short and s.long]


@chapters
def test_what_a_short_session_leaves_out_is_marked(path, decks):
    deck = decks(path)
    cut = deck.lesson.notes.cut
    sections = {s.heading: s.cell_id for s in deck.lesson.parts["look"]}
    for slide in deck.slides:
        match slide.part:
            case "Look":
                home = any(line.lead.startswith(reader.AT_HOME) for line in slide.lines)
                stays = sections[slide.title] in (*cut.sections, *cut.run_only) and not home
            case "Verdict":
                stays = slide.content["claim"].claim_id in cut.claims
            case "Explore":
                stays = "explore" in cut.parts
            case "Talk":  # a short session has time for one question
                first = deck.lesson.discussions[0].question
                stays = "talk" in cut.parts and slide.title == first
            case "Predict" if slide.kind == "predict":
                asked = {one.question: one.key for one in deck.lesson.predictions}
                stays = asked[slide.title] in cut.predictions
            case _:
                stays = slide.kind != "claims" or bool(cut.claims)
        assert slide.long is not stays, slide.title
    lines = [line for slide in deck.slides for line in slide.lines if line.long]
    assert len(lines) == len(deck.lesson.predictions) - len(cut.predictions)
    claims_left = len(deck.lesson.tried) - len(cut.claims) if cut.claims else 0
    marks = deck.html().count('<span class="mark">')
    assert marks == sum(slide.long for slide in deck.slides) + len(lines) + claims_left > 0


# What they are made with ----------------------------------------------------------------------


def test_the_command_writes_the_deck_of_a_chapter(tmp_path, capsys):
    out = tmp_path / "decks"
    executed(CHAPTERS[0])
    assert slides.main(["00", "--out", str(out), "--executed", str(store())]) == 0
    assert str(out) in capsys.readouterr().out
    assert {path.name for path in out.iterdir()} == {
        "00_start_here.html",
        "OFL.txt",
        "deck.css",
        "faces.css",
        "index.html",
        "pictures",
        "reveal",
        "sheet_00.html",
    }
    with slides.Image.open(out / "pictures" / "00-chart.png") as picture:
        assert picture.width > 1280


def test_a_deck_leads_over_a_chapter_that_is_left_out(tmp_path, capsys):
    all_executed()
    without = ["--chapters", "00-04,06-09", "--executed", str(store())]
    assert slides.main(["04", "--out", str(tmp_path), *without]) == 0
    deck = (tmp_path / "04_the_xian_summit.html").read_text(encoding="utf-8")
    assert "05_" not in deck and "06_" in deck
    with pytest.raises(SystemExit):
        slides.main(["05", "--out", str(tmp_path), *without])
    assert "05" in capsys.readouterr().err


def test_the_list_of_decks_leads_to_each_long_short_and_to_its_run_sheet(folder):
    index = (folder / "index.html").read_text(encoding="utf-8")
    for path in CHAPTERS:
        for name in (f"{path.stem}.html", f"{path.stem}.html?short", f"sheet_{path.stem[:2]}.html"):
            assert f'href="{name}"' in index


def test_reveal_comes_with_its_licence(folder):
    assert "Permission is hereby granted" in (folder / "reveal" / "LICENSE").read_text()


def test_a_table_that_cannot_be_read_from_the_last_row_is_left_out():
    assert slides.table_size([["Kazakhstan", "1"]] * 3) == "large"
    assert slides.table_size([["long words " * 6, "more of them " * 6]] * 12) is None


def test_first_sentences_fit_or_are_the_first():
    text = "One thing. Another thing. A third."
    assert reader.opening(text, 27) == "One thing. Another thing."
    assert reader.opening(text, 3) == "One thing."


@chapters
def test_a_picture_has_its_words_as_text(path, decks):
    """Title and unit in the letters of the deck, which the back row can read."""
    html = unescape(decks(path).html())
    cells = decks(path).lesson.code("look")
    pictures = [t for cell in cells for t in cell.shows if isinstance(t, mime_output.Picture)]
    assert pictures
    for picture in pictures:
        assert (
            f'<h2 class="finding">{picture.title}</h2>\n<p class="unit">{picture.unit}</p>' in html
        )
        assert picture.source in html
        assert picture.table.rows[1:]


# In a browser ---------------------------------------------------------------------------------

TOO_LARGE = """() => {
  const slide = Reveal.getCurrentSlide();
  const box = slide.getBoundingClientRect();
  const foot = slide.querySelector(".foot").getBoundingClientRect();
  const cut = [...slide.querySelectorAll(":scope > :not(aside):not(.foot), td, dd, li")]
    .map(part => [part.className || part.tagName, part.getBoundingClientRect()])
    .filter(([, at]) => at.width && (at.bottom > foot.top + 1 || at.right > box.right))
    .map(([name]) => name);
  if (slide.scrollHeight > 720 || slide.scrollWidth > 1280) cut.push("the slide scrolls");
  return cut;
}"""
#: What is smaller than the rest may be: the foot, a picture's source, code and a grid's cells.
LETTERS = """() => [...Reveal.getCurrentSlide().querySelectorAll("*")]
  .filter(at => !at.closest("aside, .foot, .source, code") && at.getBoundingClientRect().width)
  .filter(at => [...at.childNodes].some(one => one.nodeType == 3 && one.textContent.trim()))
  .map(at => [at.closest("table") ? "cell" : "text", parseFloat(getComputedStyle(at).fontSize)])"""
SCALE = """() => {
  const picture = Reveal.getCurrentSlide().querySelector(".kind-picture .chart");
  if (!picture) return null;
  const at = picture.getBoundingClientRect();
  return Math.min(at.width / picture.naturalWidth, at.height / picture.naturalHeight);
}"""
CHART = "() => Reveal.getCurrentSlide().querySelector('.chart')?.getBoundingClientRect().height"


@needs_browser
@one
def test_nothing_is_cut_and_nothing_is_fetched(path, folder, page):
    asked, errors = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((folder / f"{path.stem}.html").as_uri())
    page.wait_for_function("() => window.Reveal && Reveal.isReady()")
    for number in range(page.evaluate("Reveal.getTotalSlides()")):
        clicks = page.evaluate(
            "n => Reveal.slide(n, 0, -1) || "
            "Reveal.getCurrentSlide().querySelectorAll('.fragment').length",
            number,
        )
        heights = set()
        for click in range(-1, clicks):
            page.evaluate("([n, f]) => Reveal.slide(n, 0, f)", [number, click])
            assert page.evaluate(TOO_LARGE) == [], (number, click)
            height = page.evaluate(CHART)
            assert height is None or height >= LEAST_CHART, (number, click)
            heights.add(height)
        assert len(heights) == 1, number  # nothing moves at a click
        sizes = page.evaluate(LETTERS)
        assert all(size >= LEAST_LETTERS for kind, size in sizes if kind == "text"), number
        assert all(size >= LEAST_CELLS for _, size in sizes), number
        scale = page.evaluate(SCALE)
        assert scale is None or scale * DRAWN >= LEAST_DRAWN, number
    assert not errors
    assert not [url for url in asked if not url.startswith(("file:", "data:"))]


@needs_browser
@pytest.mark.parametrize("name", ["index", "sheet_02", DECK])
def test_the_pages_are_set_in_the_course_s_typefaces(folder, page, name):
    """A deck in one, that of its charts."""
    page.goto((folder / f"{name}.html").as_uri())
    deck = name == DECK
    assert typefaces(page) == ({"Course Sans"} if deck else TYPEFACES)
    assert "SIL OPEN FONT LICENSE" in (folder / "OFL.txt").read_text(encoding="utf-8").upper()


@needs_browser
def test_keys_lead_on_and_the_verdict_appears(folder, page):
    page.goto((folder / "02_the_trade_lifeline.html").as_uri())
    page.wait_for_function("() => window.Reveal && Reveal.isReady()")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("Reveal.getIndices().h") == 1
    first = page.locator("section.kind-verdict").first
    page.evaluate("n => Reveal.slide(n)", first.evaluate("s => Reveal.getIndices(s).h"))
    lines = first.locator(".line")
    assert not lines.first.is_visible()
    page.keyboard.press("ArrowRight")
    assert lines.first.is_visible()
    assert not lines.nth(1).is_visible()


@needs_browser
def test_the_short_deck_leaves_out_what_is_marked(folder, decks, page):
    slides_of_02 = decks(CHAPTERS[2]).slides
    page.goto((folder / "02_the_trade_lifeline.html").as_uri() + "?short")
    page.wait_for_function("() => window.Reveal && Reveal.isReady()")
    kept = sum(not slide.long for slide in slides_of_02)
    assert page.evaluate("Reveal.getTotalSlides()") == kept < len(slides_of_02)
    assert not page.locator(".mark").count()


@needs_browser
@pytest.mark.parametrize(("asked", "session"), [("", "minutes"), ("?short", "short")])
def test_a_discussion_shows_the_minutes_of_its_session(folder, decks, page, asked, session):
    talk = next(slide for slide in decks(CHAPTERS[2]).slides if slide.kind == "talk")
    page.goto((folder / "02_the_trade_lifeline.html").as_uri() + asked)
    page.wait_for_function("() => window.Reveal && Reveal.isReady()")
    shown = page.locator(".kind-talk .minutes b").all_text_contents()
    assert shown == [str(minutes) for minutes in talk.content[session]]
    assert talk.content["short"] != talk.content["minutes"]


@needs_browser
@one
def test_a_run_sheet_prints_on_one_sheet_of_paper(path, folder, page):
    page.goto((folder / f"sheet_{path.stem[:2]}.html").as_uri())
    assert page.locator("h2").count() == 7
    assert page.locator("table").count() == 3
    for size in ("A4", "Letter"):
        assert sheets(page, format=size) <= 2, size


@needs_browser
def test_the_speakers_view_shows_the_notes(folder, page):
    page.goto((folder / "02_the_trade_lifeline.html").as_uri())
    page.wait_for_function("() => window.Reveal && Reveal.isReady()")
    with page.expect_popup() as opened:
        page.keyboard.press("s")
    opened.value.locator(".speaker-controls-notes .value p").first.wait_for()
    opened.value.close()
