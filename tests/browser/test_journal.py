"""What a student writes into the journal is there again: after a reload, after a restart."""

import json
import re

import nbformat
import pytest
from playwright.sync_api import expect

from tests.browser.lab import cell, everything, open_notebook, restart_and_run_all, run_all


def trade_form(page):
    return cell(page, "02-predict-tonnes").locator(".jp-OutputArea")


@pytest.mark.parametrize("chapter", ["02_the_trade_lifeline"], indirect=True)
def test_an_answer_survives_a_reload_and_a_restart(chapter, lab, course):
    form = trade_form(chapter)
    form.scroll_into_view_if_needed()
    form.get_by_role("textbox", name="Your prediction (per cent):").focus()
    chapter.keyboard.press("Control+a")  # another test may have saved an answer here
    chapter.keyboard.type("12,5")
    chapter.keyboard.press("Tab")
    chapter.keyboard.press("Enter")  # Save comes next
    expect(form.get_by_role("status")).to_contain_text("12.5")
    assert list((course / "journal" / "entries").glob("02-tonnes*.json"))

    open_notebook(chapter, lab, "notebooks/02_the_trade_lifeline.ipynb")
    run_all(chapter)
    everything(chapter)
    expect(trade_form(chapter).get_by_role("status")).to_contain_text("12.5")

    restart_and_run_all(chapter)
    expect(trade_form(chapter).get_by_role("status")).to_contain_text("12.5")


@pytest.mark.parametrize("chapter", ["09_the_verdict"], indirect=True)
def test_the_brief_starts_and_the_export_waits(chapter, course):
    shown = cell(chapter, "09-brief-start").locator(".jp-OutputArea")
    expect(shown).to_contain_text("journal/brief.ipynb")
    assert [path.name for path in (course / "journal").glob("*brief*")] == ["brief.ipynb"]
    rubric = cell(chapter, "09-brief-rubric").locator("details")
    expect(rubric.get_by_role("table")).not_to_be_visible()
    rubric.locator("summary").click()
    expect(rubric.get_by_role("table")).to_contain_text("The other side")
    expect(cell(chapter, "09-closing").locator(".jp-OutputArea")).to_contain_text("Where I stood")
    assert not list((course / "journal" / "export").glob("my-journal*")), "nobody has typed it yet"


@pytest.fixture
def small(page, lab, course):
    """A page with a notebook of its own: in a chapter that has run, predictions are closed."""
    notebook = nbformat.v4.new_notebook()
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook.metadata.kernelspec = spec
    cells = {
        "import": "from courseware import claims, journal",
        "predict": "journal.predict('02-buyer-share', 'How much?')",
        "trial": "claims.trial('C11')",
        "work": "from courseware.my_work.buttons import WorkCard\nWorkCard()",
    }
    for name, source in cells.items():
        notebook.cells.append(nbformat.v4.new_code_cell(source, id=name))
    nbformat.write(notebook, course / "notebooks" / "small.ipynb")
    open_notebook(page, lab, "notebooks/small.ipynb")
    run_all(page)
    everything(page)
    return page


def test_enter_saves_a_prediction_and_clears_an_old_message(small):
    form = cell(small, "predict").locator(".jp-OutputArea")
    line = form.get_by_role("textbox", name="Your prediction")
    expect(line).to_have_attribute("data-saves", "when left")  # the page has found the line
    for typed, told in (("much", "is not a number"), ("7,5", "Saved: 7.5")):
        line.focus()
        small.keyboard.press("Control+a")
        small.keyboard.type(typed)
        small.keyboard.press("Enter")
        expect(form.get_by_role("status")).to_contain_text(told)
    expect(form.get_by_role("status")).not_to_contain_text("Not saved")


#: Whether the first and the last word on a button lie within it.
SHOWN = """button => {
    const words = [...button.childNodes].find(node => node.nodeType === Node.TEXT_NODE);
    const whole = button.getBoundingClientRect();
    const lies = (from, to) => {
        const range = document.createRange();
        range.setStart(words, from);
        range.setEnd(words, to);
        const part = range.getBoundingClientRect();
        return part.top >= whole.top && part.bottom <= whole.bottom && part.right <= whole.right;
    };
    return [lies(0, "Bring my work back".length), lies(words.length - 3, words.length)];
}"""


def test_the_button_that_brings_work_back_shows_no_number_of_files(small):
    button = cell(small, "work").get_by_role("button", name="Bring my work back")
    expect(button).to_have_text(re.compile(r"\(0\)$"))  # ipywidgets' own
    button.scroll_into_view_if_needed()
    assert button.evaluate(SHOWN) == [True, False]


def test_a_caveat_is_judged_with_the_keyboard_alone(small, course):
    trial = cell(small, "trial").locator(".jp-OutputArea")
    expect(trial.get_by_role("radio")).to_have_count(4)
    trial.get_by_role("radio", name="holds, but").focus()
    small.keyboard.press("Space")
    kind = trial.get_by_role("radio", name="date: when")
    expect(kind).to_be_visible()
    kind.focus()
    small.keyboard.press("Space")
    slider = trial.get_by_role("slider", name="How sure are you, in per cent")
    expect(slider).to_have_attribute("aria-valuetext", "not said yet")
    slider.focus()
    small.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "50 %")
    expect(trial.get_by_role("status")).to_contain_text("the change is not recorded yet")
    trial.get_by_role("button", name="my verdict").press("Enter")
    expect(trial.get_by_role("status")).to_contain_text("holds, but (date) (50 % sure)")
    kept = json.loads(
        (course / "journal" / "entries" / "C11.verdict.json").read_text(encoding="utf-8")
    )
    assert (kept["answer"]["but"], kept["answer"]["confidence"]) == ("date", 50)
    trial.get_by_role("button", name="Open the course's verdict").press("Enter")
    expect(trial).to_contain_text("about the same thing: date")
