"""The marking sheet in a browser: by keyboard alone, no script runs, nothing is overwritten."""

import json
from contextlib import closing

import pytest
from playwright.sync_api import expect

from coursestaff.exercises.cells import BOX, grade_id
from coursestaff.marking import provenance
from coursestaff.marking.marksheet import answers, handlers, opening
from coursestaff.nbgrader_course import directory, gradebook
from tests import marked
from tests.browser import axe
from tests.cases import cases
from tests.marked import NAME

LONG = "By China's customs trade grew by two fifths, which says nothing of how large the base was. "
SCRIPT = (
    "<script>window.seen='tag'</script><img src=x onerror=\"window.seen='image'\"> "
    "[link](javascript:window.seen='link') &lt;b&gt; </div><svg onload=\"window.seen='svg'\">"
)
TEXTS = {
    "ada": LONG * 3,
    "bo": LONG.upper() * 3,
    "cy": SCRIPT,
    "dee": "word " * 1_000,
    "eve": "I argue against the word, for a rate has no size.",
    "finn": None,
}
#: Waits until nothing is on its way to the gradebook.
SETTLED = """async () => {
    if (typeof chain === "undefined") return;  // another page
    for (let last; last !== chain;) { last = chain; await last; }
}"""
LAPTOP = {"width": 1366, "height": 768}


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The class of these tests, and the address of its sheet."""
    folder = tmp_path_factory.mktemp("marksheet")
    course = marked.course(folder / "course", TEXTS)
    with marked.running(course, folder / "home", opening.GRADERS) as (address, token):
        yield course, f"{address}/course/mark/{NAME}/q9?token={token}"


@pytest.fixture
def sheet(served, browser):
    """A page with the sheet, of somebody who has just begun: no mark is there."""
    course, address = served
    with closing(gradebook(directory(course))) as book:
        for student in TEXTS:
            grade = book.find_grade("q9", NAME, NAME, student)
            grade.manual_score, grade.needs_manual_grade = None, grade.auto_score is None
            book.find_comment("q9", NAME, NAME, student).manual_comment = None
        book.db.commit()
    context = browser.new_context(viewport=LAPTOP)
    page = context.new_page()
    complaints = []
    page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
    page.on("pageerror", lambda problem: complaints.append(str(problem)))
    page.goto(address)
    expect(page.locator("article[aria-current]")).to_have_count(1)
    page.complaints = complaints
    yield page
    assert page.evaluate("() => window.seen") is None
    page.evaluate(SETTLED)  # or a last mark would reach the next test's gradebook
    context.close()


def kept(course):
    """Return points and comments as the gradebook has them, in the order of the page."""
    with closing(gradebook(directory(course))) as book:
        found = answers.read(book, *handlers.find(course, NAME, "q9")[:2])
        return {each.text: each.mark for each in found}


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def between(page, saving):
    """Let `saving` have each request that saves, and load the page through the same gate.

    A request right after `route` can still slip past it, as once on a busy machine: only what
    loads after it is sure to meet it.
    """

    def gate(route):
        saving(route) if route.request.method == "PUT" else route.continue_()

    page.route("**/answers", gate)
    page.reload()
    expect(page.locator("article[aria-current]")).to_have_count(1)


def test_five_answers_are_marked_by_keyboard_alone(served, sheet):
    course, _ = served
    expect(sheet.locator("article")).to_have_count(5)
    for n in range(5):
        press(sheet, "2", str(n % 3))
        if n == 1:
            press(sheet, "c", "1", "3", "Escape", "w")
            sheet.keyboard.insert_text("\n\nWords of my own: j, k and 2.")
            press(sheet, "Escape")
        if n < 4:
            press(sheet, "n")
    expect(sheet.get_by_role("status")).to_contain_text(
        "All answers are marked. Next, run: course export"
    )
    box = sheet.locator("#waiting").bounding_box()  # however many lines the header has
    assert box["y"] + box["height"] <= LAPTOP["height"]
    expect(sheet.locator("#progress")).to_have_text("5 of 5 marked")
    assert sheet.complaints == []
    marks = kept(course).values()
    assert sorted(mark.points for mark in marks) == [2, 2, 3, 3, 4]
    assert not any(mark.waits for mark in marks)
    (said,) = (mark.comment for mark in marks if "my own" in mark.comment)
    first, *words = said.split("\n\n")
    assert first == "Evidence 2 of 2 · Reasoning 1 of 2" and words[-1].endswith("j, k and 2.")
    assert words[:2] == [handlers.find(course, NAME, "q9")[2].comments[n] for n in (0, 2)]
    expect(sheet.locator("article:focus")).to_have_count(1)
    later = sheet.context.new_page()  # somebody comes when all is marked
    later.goto(served[1])
    expect(later.locator("article[aria-current] h2")).to_contain_text("Answer 1")
    expect(later.get_by_role("status")).to_contain_text(
        "All answers are marked. Next, run: course export"
    )
    later.close()
    press(sheet, "u")
    expect(sheet.locator("#progress")).to_have_text("4 of 5 marked")
    press(sheet, *"uuuuuuuuuuuuu")
    sheet.evaluate(SETTLED)
    expect(sheet.locator("#undo")).to_be_disabled()
    assert {tuple(mark) for mark in kept(course).values()} == {(None, True, None)}


def test_what_students_wrote_is_text(sheet):
    shown = sheet.locator(".text").all_text_contents()
    assert SCRIPT.replace("](", "] (") in shown
    assert sheet.locator(".text *").count() == 0
    assert sheet.locator("main img, main svg, main script").count() == 0
    for name in TEXTS:
        assert f"/{name}/" not in sheet.content() and f'"{name}"' not in sheet.content()


def test_alike_answers_stand_side_by_side(sheet):
    group = sheet.locator(".alike")
    expect(group).to_have_count(1)
    expect(group.locator(".near")).to_contain_text(["The same as answer", "The same as answer"])
    one, other = (each.bounding_box() for each in group.locator("article").all())
    assert one["y"] == other["y"] and one["x"] + one["width"] <= other["x"]


def test_the_question_models_and_notices_stay_in_sight_and_a_key_folds_the_models(sheet):
    press(sheet, *"jjj")
    for part in ("#asked .question", ".models b >> nth=0", "#elsewhere"):
        box = sheet.locator(part).bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] < LAPTOP["height"] / 2, part
    asked, head = (
        sheet.locator(part).bounding_box() for part in ("#asked", "article[aria-current] h2")
    )
    assert head["y"] >= asked["y"] + asked["height"]
    press(sheet, "m")
    expect(sheet.locator(".models")).to_be_hidden()
    expect(sheet.locator("#asked")).to_contain_text("Question 9 (4 points, written).")


def test_a_row_is_changed_in_all_marked_answers_at_once_and_taken_back_at_once(served, sheet):
    course, _ = served
    for n in range(3):
        press(sheet, "1" if n else "2", "1", "n")
    press(sheet, "g")
    dialog = sheet.locator("#regrade")
    dialog.get_by_label("from").select_option("1")
    dialog.get_by_label("to").select_option("2")
    expect(dialog.locator("li")).to_have_text([f"Answer {n}: 2 → 3 of 4 points" for n in (2, 3)])
    dialog.get_by_role("button", name="Change them").press("Enter")
    expect(sheet.get_by_role("status").first).to_have_text("2 answers saved.")
    sheet.evaluate(SETTLED)  # two of the marks before may have been saved together, too
    assert [mark.points for mark in kept(course).values() if not mark.waits] == [3, 3, 3]
    press(sheet, "u")
    expect(sheet.locator("article >> nth=1").locator(".state")).to_have_text("2 of 4 points")
    sheet.evaluate(SETTLED)
    assert sorted(mark.points for mark in kept(course).values() if not mark.waits) == [2, 2, 3]


def test_keys_faster_than_the_server_go_together_and_the_sheet_says_what_is_unsaved(served, sheet):
    course, _ = served
    held, sent = [], []
    between(sheet, lambda route: route.continue_() if held else held.append(route))
    sheet.on("request", lambda asked: asked.method == "PUT" and sent.append(asked))
    for n in range(5):
        press(sheet, "2", str(n % 3), "n")
    expect(sheet.locator("#unsaved")).to_have_text("5 not saved yet")
    expect(sheet.locator("#progress")).to_have_text("5 of 5 marked")
    held[0].continue_()
    expect(sheet.locator("#unsaved")).to_be_hidden()
    sheet.evaluate(SETTLED)
    assert len(sent) == 2  # the first key, and all others
    assert sorted(mark.points for mark in kept(course).values()) == [2, 2, 3, 3, 4]


@pytest.fixture
def refused(served):
    """One whose hand-in could not be marked: the box is as it was."""
    course, _ = served
    path = provenance.place(course / "submitted" / "bo" / NAME) / f"{NAME}.ipynb"
    before = path.read_text(encoding="utf-8")
    notebook = json.loads(before)
    notebook["metadata"][provenance.KEY] |= {"trouble": "The file is empty.", "refused": True}
    next(cell for cell in notebook["cells"] if grade_id(cell) == "q9")["source"] = BOX
    path.write_text(json.dumps(notebook), encoding="utf-8")
    yield
    path.write_text(before, encoding="utf-8")


def test_what_could_not_be_marked_is_passed_by_and_no_text_of_ours_is_called_the_student_s(
    served, refused, sheet
):
    left = sheet.locator("article", has_text="Nothing in this student's work was marked")
    expect(left.locator(".text")).to_have_text("")
    for _ in range(4):
        expect(left).not_to_have_attribute("aria-current", "true")
        press(sheet, "2", "1", "n")
    said = sheet.get_by_role("status").first
    expect(said).to_contain_text(
        "All other answers are marked. Left without a mark: 1. Next, run: course exp"
    )
    expect(left.locator(".state")).to_have_text("left without a mark")
    expect(sheet.locator("#progress")).to_have_text("4 of 5 marked")


def test_who_has_marked_all_is_told_what_waits_elsewhere_before_the_export(sheet):
    sheet.evaluate(
        "() => { elsewhere({elsewhere: {q1: 1, q7: 1}, empty: 0, excused: 0}); say(whatNext()); }"
    )
    said = sheet.get_by_role("status")
    expect(said).to_contain_text("All answers are marked. In formgrader, 2 more answers wait.")


def test_a_long_answer_is_shown_whole_by_a_key(sheet):
    text = sheet.locator("article[aria-current] .text")
    while sheet.locator("article[aria-current] .all").count() == 0:
        press(sheet, "j")
    assert len(text.text_content()) == handlers.SHOWN
    press(sheet, "a")
    expect(text).to_have_text(TEXTS["dee"].strip())
    expect(sheet.locator("article:focus")).to_have_count(1)


def test_what_another_tab_has_marked_is_told_and_stays(served, sheet):
    course, address = served
    other = sheet.context.new_page()
    other.goto(address)
    expect(other.locator("article[aria-current]")).to_have_count(1)
    press(other, "2", "2")
    expect(other.locator("#progress")).to_have_text("1 of 5 marked")
    expect(other.locator("#unsaved")).to_be_hidden()
    press(sheet, "0")
    expect(sheet.get_by_role("alert")).to_contain_text(
        "Nothing was overwritten. Its state is now: 4 of 4"
    )
    expect(sheet.locator("#progress")).to_have_text("1 of 5 marked")
    press(sheet, "Escape")
    expect(sheet.get_by_role("alert")).to_be_hidden()
    press(sheet, "0")  # seen now, and so it may be changed
    expect(sheet.get_by_role("status")).to_contain_text("saved: 2 of 4")
    assert sorted(str(mark.points) for mark in kept(course).values())[0] == "2.0"
    sheet.complaints.clear()


def test_what_was_not_saved_is_told_and_goes_with_the_next_choice(served, sheet):
    course, _ = served
    between(sheet, lambda route: route.abort())
    press(sheet, "1")
    expect(sheet.get_by_role("alert")).to_contain_text("the server does not answer")
    expect(sheet.locator("article[aria-current] .state")).to_have_text("not saved")
    sheet.unroute("**/answers")
    press(sheet, "2")
    expect(sheet.get_by_role("alert")).to_be_hidden()
    expect(sheet.locator("#progress")).to_have_text("1 of 5 marked")
    assert [mark.points for mark in kept(course).values() if not mark.waits] == [3]
    sheet.complaints.clear()


def test_keys_can_be_switched_off_and_mouse_and_tab_do_the_same(sheet):
    sheet.get_by_role("button", name="Keys on").click()
    press(sheet, "2")
    expect(sheet.locator("article[aria-current] .state")).to_have_text("not marked")
    sheet.get_by_role("group", name="Evidence").get_by_role("button", name="2").click()
    sheet.keyboard.press("Tab")
    sheet.keyboard.press("Tab")
    sheet.keyboard.press("Space")
    expect(sheet.locator("#progress")).to_have_text("1 of 5 marked")
    expect(sheet.locator("article[aria-current] .state")).to_have_text("3 of 4 points")


@pytest.mark.parametrize("scheme", cases(["light", "dark"], ["light"]))
def test_axe_finds_nothing_on_the_sheet_its_help_and_the_list(served, sheet, scheme):
    sheet.emulate_media(color_scheme=scheme)
    press(sheet, "2", "1")
    expect(sheet.locator("#progress")).to_have_text("1 of 5 marked")
    assert axe.findings(sheet, {}, "body") == []
    for key in "?g":
        press(sheet, key)
        expect(sheet.locator("dialog[open]")).to_have_count(1)
        assert axe.findings(sheet, {}, "body") == []
        press(sheet, "Escape")
    press(sheet, "c")
    assert axe.findings(sheet, {}, "body") == []
    sheet.get_by_role("link", name="All exercises").click()
    expect(sheet.get_by_role("link", name=NAME)).to_be_visible()
    assert axe.findings(sheet, {}, "body") == []


@pytest.mark.parametrize("width", cases([1366, 683], [1366]))
def test_the_sheet_fits_a_laptop_and_twice_the_size(sheet, width):
    sheet.set_viewport_size({"width": width, "height": 768})
    assert sheet.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    if width == LAPTOP["width"]:
        for part in (".row >> nth=1", "#comments", "#words", "#waiting"):
            box = sheet.locator(part).bounding_box()
            assert box["y"] + box["height"] <= LAPTOP["height"], part


@pytest.mark.matrix
def test_on_a_narrow_screen_the_rows_stay_in_sight_at_every_answer(sheet):
    sheet.set_viewport_size({"width": 390, "height": 844})
    for _ in range(3):
        press(sheet, "j")
        row = sheet.locator(".row >> nth=0").bounding_box()
        head = sheet.locator("article[aria-current] h2").bounding_box()
        assert 0 <= head["y"] < row["y"] and row["y"] + row["height"] <= 844
