"""What is typed beside a box makes, changes and deletes nothing; what is typed into one is kept."""

import json
import re
import shutil

import nbformat
import pytest
from playwright.sync_api import expect

from coursestaff.exercises.cells import BOX
from courseware.brief.template import template
from courseware.journal.store import Store
from courseware.ui import scripts
from tests.browser.lab import cell, command, everything, open_notebook, run_all, run_cell
from tests.cases import cases
from tests.isolated import wait_until

CHAPTER = "03_friends_or_partners"
PLACEHOLDER = BOX.split(",")[0].strip("*")  # how the boxes of exercises and of the brief begin
UNSAVED = re.sub("<[^>]+>", "", scripts.UNSAVED)
#: All letters, small and large, all digits, and the pairs that are commands in JupyterLab.
SENTENCES = (
    "The quick brown fox jumps over the lazy dog; dd, ii and 00. "
    "THE QUICK BROWN FOX JUMPS OVER THE LAZY DOG: 123456789."
)
ANSWER = "Xi's guests; a box can add cells: Mr V. cuts xx."
#: Every cell's id, type and text, in order.
BOOK = """() => window.jupyterapp.shell.currentWidget.content.model.toJSON().cells
    .map(cell => [cell.id, cell.cell_type, cell.source])"""
#: How often each cell has run, by the numbers in front of them.
COUNTS = """() => jupyterapp.shell.currentWidget.content.widgets.map(
    cell => cell.model.executionCount)"""
#: The mode, and the id of the cell with the frame.
PLACE = """() => {
    const {mode, activeCell} = window.jupyterapp.shell.currentWidget.content;
    return [mode, activeCell.model.id];
}"""


def choose(page, name):
    """Put the frame around a cell, in command mode."""
    page.evaluate(
        """async name => {
            const {content} = window.jupyterapp.shell.currentWidget;
            content.mode = "command";
            content.activeCellIndex = content.widgets.findIndex(one => one.model.id === name);
            await content.scrollToItem(content.activeCellIndex);
            content.activate();
        }""",
        name,
    )


def types_in_vain(page):
    """Type sentences; see that they do nothing to the notebook, nor lead to another cell."""
    before, place = page.evaluate(BOOK), page.evaluate(PLACE)
    assert place[0] == "command"
    page.keyboard.type(SENTENCES)
    assert page.evaluate(PLACE) == place
    assert page.evaluate(BOOK) == before


def text_of(page, name):
    return next(source for id, _, source in page.evaluate(BOOK) if id == name)


def opened(page, lab, course, source):
    """Open a copy of a notebook, which a test may change."""
    copy = course / "notebooks" / f"typed_{source.name}"
    shutil.copyfile(source, copy)
    open_notebook(page, lab, f"notebooks/{copy.name}")
    return page


@pytest.fixture
def chapter_copy(page, lab, course):
    return opened(page, lab, course, course / "notebooks" / f"{CHAPTER}.ipynb")


@pytest.fixture
def exercise(page, lab, course):
    return opened(page, lab, course, course / "exercises" / CHAPTER / f"{CHAPTER}.ipynb")


@pytest.fixture
def brief(page, lab, course, tmp_path):
    path = tmp_path / "brief.ipynb"
    path.write_text(template(Store(tmp_path)), encoding="utf-8")
    return opened(page, lab, course, path)


def test_letters_beside_a_box_do_nothing_and_other_keys_work(chapter_copy):
    page, names = chapter_copy, [name for name, *_ in chapter_copy.evaluate(BOOK)]
    for name in ("03-title", "03-setup"):
        choose(page, name)
        types_in_vain(page)
    for key, place in (
        ("ArrowUp", ["command", "03-title"]),
        ("ArrowDown", ["command", "03-setup"]),
        ("Enter", ["edit", "03-setup"]),
        ("Escape", ["command", "03-setup"]),
        ("Shift+Enter", ["command", names[names.index("03-setup") + 1]]),
    ):
        page.keyboard.press(key)
        assert page.evaluate(PLACE) == place
    ran = re.compile(r"\[\d+\]:")  # a kernel counts on when another test had a copy before
    expect(cell(page, "03-setup").locator(".jp-InputPrompt").first).to_have_text(ran)


def test_a_turn_is_written_and_what_is_typed_beside_it_does_nothing(chapter_copy):
    page, name = chapter_copy, next(n for n, *_ in chapter_copy.evaluate(BOOK) if "turn-cell" in n)
    given = text_of(page, name)
    choose(page, name)
    types_in_vain(page)
    box = cell(page, name).locator(".cm-content")
    box.click()
    page.keyboard.press("Control+End")
    page.keyboard.type("  # mine")
    assert text_of(page, name) == f"{given}  # mine"
    page.keyboard.press("Escape")
    types_in_vain(page)
    run_cell(page, name)  # the frame is now on what comes next
    types_in_vain(page)


def writes(page, name):
    """Write into a box of text as its placeholder says, however the hand slips on the way."""
    placeholder = text_of(page, name)
    assert PLACEHOLDER in placeholder
    choose(page, name)
    box = cell(page, name)
    box.locator(".jp-RenderedMarkdown").dblclick()
    types_in_vain(page)  # it is open, but the keys are still the notebook's
    box.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.type(ANSWER)
    page.keyboard.press("Shift+Enter")
    assert text_of(page, name) == ANSWER
    expect(box.locator(".jp-RenderedMarkdown")).to_contain_text("guests")
    types_in_vain(page)
    box.locator(".jp-RenderedMarkdown").dblclick()
    box.locator(".cm-content").click()
    page.keyboard.press("Escape")
    types_in_vain(page)
    assert text_of(page, name) == ANSWER


def test_the_written_answer_of_an_exercise_is_written(exercise):
    writes(exercise, "q9")


def test_the_brief_is_written(brief):
    writes(brief, next(id for id, _, source in brief.evaluate(BOOK) if PLACEHOLDER in source))


@pytest.fixture
def cards(page, lab, course):
    """A page with two cards to write in, run."""
    notebook = nbformat.v4.new_notebook()
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook.metadata.kernelspec = spec
    for name, source in (
        ("import", "from courseware import journal"),
        ("talk", "journal.answer('03-typed', 'Friends or partners?')"),
        ("number", "journal.predict('03-typed', 'How many?')"),
        ("after", "1 + 1"),
    ):
        notebook.cells.append(nbformat.v4.new_code_cell(source, id=name))
    nbformat.write(notebook, course / "notebooks" / "cards.ipynb")
    for kept in (course / "journal" / "entries").glob("03-typed.*"):
        kept.unlink()
    open_notebook(page, lab, "notebooks/cards.ipynb")
    run_all(page)
    everything(page)
    return page


def parts(page, name):
    """Return the box of a card, and the line that says what is kept."""
    output = cell(page, name).locator(".jp-OutputArea")
    return output.get_by_role("textbox"), output.get_by_role("status")


def kept(course, kind):
    (path,) = (course / "journal" / "entries").glob(f"03-typed.{kind}.json")
    entry = json.loads(path.read_text(encoding="utf-8"))
    return entry["answer"]["value"], len(entry["history"])


def test_a_card_says_changed_at_the_first_key_and_saves_itself_when_left(cards, course):
    box, told = parts(cards, "talk")
    nothing_saved = told.inner_text()
    box.click()
    cards.keyboard.type("X")
    expect(told).to_have_text(UNSAVED)
    cards.keyboard.press("Backspace")
    cards.keyboard.press("Tab")  # what stands there is what stood there
    expect(told).to_have_text(nothing_saved)
    box.click()
    cards.keyboard.type("Partners, mostly.")
    expect(told).to_have_text(UNSAVED)
    cards.keyboard.press("Tab")
    expect(told).to_contain_text("2 words")
    assert kept(course, "answer") == ("Partners, mostly.", 0)
    box.fill("Friends, I was told.")
    expect(told).to_have_text(UNSAVED)
    cell(cards, "after").locator(".cm-content").click()
    expect(told).to_contain_text("4 words")
    assert kept(course, "answer") == ("Friends, I was told.", 1)

    line, told = parts(cards, "number")
    line.click()
    cards.keyboard.type("many")
    cards.keyboard.press("Tab")
    expect(told).not_to_have_text(UNSAVED)
    assert not list((course / "journal" / "entries").glob("03-typed.prediction*"))
    line.fill("77.25")
    expect(told).to_have_text(UNSAVED)
    cell(cards, "after").locator(".cm-content").click()
    expect(told).to_contain_text("77.25")
    command(cards, "docmanager:save")
    written = (course / "notebooks" / "cards.ipynb").read_text(encoding="utf-8")
    assert "77.25" not in written and "Friends, I" not in written and "Partners," not in written


WAYS = ("Run button", "Run menu", "Ctrl+S", "Save button")


@pytest.mark.parametrize("way", cases(WAYS, ["Ctrl+S"]))
def test_text_is_saved_where_nothing_takes_the_focus_away(cards, course, way):
    box, told = parts(cards, "talk")
    choose(cards, "talk")
    box.click()
    cards.keyboard.type("New words, not saved")
    if way == "Run button":
        cards.locator(
            ".jp-NotebookPanel-toolbar [data-command='notebook:run-cell-and-select-next']"
        ).first.click()
    elif way == "Run menu":
        cards.locator(".lm-MenuBar-itemLabel", has_text="Run").first.click()
        cards.get_by_role("menuitem", name="Run Selected Cell", exact=False).first.click()
    elif way == "Ctrl+S":
        cards.keyboard.press("Control+s")
    else:
        cell(cards, "talk").get_by_role("button", name="Save").click()
    expect(told).to_contain_text("4 words")
    box, told = parts(cards, "talk")
    expect(box).to_have_value("New words, not saved")
    assert kept(course, "answer") == ("New words, not saved", 0)


def test_what_is_typed_while_the_kernel_is_busy_is_saved(cards, course):
    cards.evaluate(
        """() => { window.jupyterapp.shell.currentWidget.sessionContext.session.kernel
            .requestExecute({code: "import time; time.sleep(3)"}) }"""
    )
    box, told = parts(cards, "talk")
    box.click()
    cards.keyboard.type("Typed meanwhile")
    expect(told).to_have_text(UNSAVED)
    cards.keyboard.press("Tab")
    expect(told).to_contain_text("2 words")
    assert kept(course, "answer") == ("Typed meanwhile", 0)


def test_what_is_typed_is_saved_where_the_page_is_left(cards, course):
    box, told = parts(cards, "talk")
    box.click()
    cards.keyboard.type("Last words before home")
    expect(told).to_have_text(UNSAVED)
    cards.goto("about:blank")
    wait_until(
        lambda: list((course / "journal" / "entries").glob("03-typed.answer.json")), seconds=10
    )
    assert kept(course, "answer") == ("Last words before home", 0)


@pytest.fixture
def asking(page, lab, course):
    """A page with a folded cell for each kind of widget, as in chapters, and one after it, run."""
    notebook = nbformat.v4.new_notebook()
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook.metadata.kernelspec = spec
    choice = "kind='choice', options=['often', 'seldom']"
    for name, source in (
        ("import", "from courseware import journal\nfrom no_limits.explorers import trade"),
        ("line", "journal.predict('03-line', 'How many?')"),
        ("choice", f"journal.predict('03-choice', 'How?', {choice})"),
        ("text", "journal.answer('03-text', 'Why?')"),
        ("explorer", "trade.TradeExplorer().show()"),
        ("after", "1 + 1"),
    ):
        folded = {"jupyter": {"source_hidden": True}} if name not in ("import", "after") else {}
        notebook.cells.append(nbformat.v4.new_code_cell(source, id=name, metadata=folded))
    nbformat.write(notebook, course / "notebooks" / "asking.ipynb")
    open_notebook(page, lab, "notebooks/asking.ipynb")
    run_all(page)
    everything(page)
    return page


def test_shift_enter_in_a_widget_goes_on_and_runs_nothing_again(asking, course):
    before, ran = asking.evaluate(BOOK), asking.evaluate(COUNTS)
    for name, role, keys, next_one in (
        ("line", "textbox", "4", "choice"),
        ("choice", "radio", " ", "text"),
        ("choice", "slider", "ArrowRight", "text"),
        ("choice", "button", "Enter", "text"),
        ("text", "textbox", "b", "explorer"),
        ("explorer", "combobox", "ArrowDown", "after"),
        ("explorer", "slider", "ArrowRight", "after"),
    ):
        output = cell(asking, name).locator(".jp-OutputArea").first
        widget = output.get_by_role(role).first
        widget.scroll_into_view_if_needed()
        if role == "button":
            widget.click()
        widget.focus()
        asking.keyboard.press(keys)
        asking.keyboard.press("Shift+Enter")
        expect(cell(asking, next_one)).to_be_focused()
        assert asking.evaluate(PLACE) == ["command", next_one], (name, role)
        assert asking.evaluate(COUNTS) == ran, (name, role)
    wait_until(lambda: kept_of(course, "03-line") == 4, seconds=10)
    wait_until(lambda: kept_of(course, "03-choice") == "often", seconds=10)
    wait_until(lambda: kept_of(course, "03-text") == "b", seconds=10)
    asking.keyboard.press("Shift+Enter")  # and there it runs the cell, as everywhere
    expect(cell(asking, "after").locator(".jp-InputPrompt").first).to_have_text("[7]:")
    assert asking.evaluate(BOOK)[: len(before)] == before


def kept_of(course, key):
    paths = list((course / "journal" / "entries").glob(f"{key}.*.json"))
    return json.loads(paths[0].read_text(encoding="utf-8"))["answer"]["value"] if paths else None
