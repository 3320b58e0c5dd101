"""Trials and *Keep this chart* on a laptop's screen: what opens comes into view, by keys too."""

import shutil

import nbformat
import pytest
from playwright.sync_api import expect

from courseware import claims
from tests.browser.axe import colours, ours, structure
from tests.browser.lab import cell, everything, open_notebook, run_all, run_cell, still

SMALL = {"width": 1366, "height": 650}  # a laptop's screen inside the browser's frame
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
SETUP = "from courseware import charts, claims, data, journal"
TRIAL, HOME = 'claims.trial("C17")', 'claims.verdict_table("03")'
CHART = """\
buyers = data.load("russian_crude_by_buyer")
ax = buyers.plot()
charts.show(ax, title="India bought more", unit="million tonnes, 2020-2023",
            source="russian_crude_by_buyer", alt="Lines. Europe falls, India and China rise.")"""
#: How far a part's top is below that of the cells' window, and the heights of both.
PLACE = """part => {
    const room = part.closest(".jp-WindowedPanel-outer").getBoundingClientRect();
    const box = part.getBoundingClientRect();
    return [Math.round(box.top - room.top), Math.round(box.height), Math.round(room.height)];
}"""


@pytest.fixture
def page_of(browser, own_lab, own_course):
    """A page with a trial, the claims for home and a chart, with text between; nothing is kept."""
    shutil.rmtree(own_course / "journal", ignore_errors=True)
    texts = [nbformat.v4.new_markdown_cell("A line. " * 400) for _ in range(3)]
    code = {"setup": SETUP, "trial": TRIAL, "home": HOME, "chart": CHART}
    first, *others = (nbformat.v4.new_code_cell(text, id=name) for name, text in code.items())
    cells = [first, *(each for pair in zip(others, texts, strict=True) for each in pair)]
    path = own_course / "notebooks" / "03_trials.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=KERNEL), path)
    context = browser.new_context(viewport=SMALL)
    page = context.new_page()
    open_notebook(page, own_lab, "notebooks/03_trials.ipynb")
    run_cell(page, "setup")
    yield page
    context.close()


def output(page, name):
    return cell(page, name).locator(".jp-OutputArea")


def test_the_opened_verdict_comes_into_view(page_of):
    run_cell(page_of, "trial")
    trial = output(page_of, "trial")
    trial.get_by_role("button", name="Pass").click()
    opens = trial.get_by_role("button", name="Open the course's verdict")
    opens.scroll_into_view_if_needed()
    opens.focus()
    page_of.keyboard.press("Enter")
    verdict = trial.locator(".nl-card", has_text="The course's verdict on C17")
    expect(verdict).to_be_visible()
    expect(trial.get_by_role("status")).to_have_text("The course's verdict is shown below.")
    top, height, room = still(page_of, f"part => ({PLACE})(part)", verdict.element_handle())
    assert 0 <= top < room - 150, "its beginning is on the screen"
    assert top + height <= room or top <= 1, "the least that shows it whole, or its beginning"
    expect(verdict).to_contain_text("What this chapter's tables say: In 2022 China's agreement")


def test_a_claim_for_home_is_judged_by_keys_alone(page_of):
    run_cell(page_of, "home")
    home = output(page_of, "home")
    first, second = (c.claim_id for c in claims.select(chapter="03", core=False)[:2])
    home.get_by_role("button", name=f"Judge {first}").focus()
    page_of.keyboard.press("Enter")
    trial = home.get_by_text(f"On trial: {first}")
    expect(trial).to_be_visible()
    expect(home.get_by_role("status").first).to_contain_text(f"{first} is open")
    focused = "() => document.activeElement.textContent || document.activeElement.type"
    assert f"Judge {first}" in page_of.evaluate(focused), "the focus stays on the button"
    page_of.keyboard.press("Tab")
    assert page_of.evaluate(focused) == "radio", "and the trial comes next"
    page_of.keyboard.press("Space")
    for _ in range(6):  # how sure, Record my verdict, Pass
        page_of.keyboard.press("Tab")
        if page_of.evaluate(focused) == "Pass":
            break
    page_of.keyboard.press("Enter")
    expect(home).to_contain_text("claims still to judge")
    expect(home).to_contain_text("(judged)")
    top, _, room = still(page_of, f"part => ({PLACE})(part)", trial.element_handle())
    assert -200 < top < room, "the page has not jumped away from the trial"
    home.get_by_role("button", name=f"Judge {second}").focus()
    page_of.keyboard.press("Enter")
    expect(home.get_by_text(f"On trial: {second}")).to_be_visible()
    expect(trial).to_have_count(0)


def test_a_chart_is_kept_by_keys_with_a_reason(page_of, own_course):
    run_cell(page_of, "chart")
    chart = output(page_of, "chart")
    keeps = chart.get_by_role("button", name="Keep this chart")
    keeps.focus()
    assert keeps.bounding_box()["height"] >= 24, "large enough to be hit"
    page_of.keyboard.press("Enter")
    expect(chart.get_by_role("status")).to_contain_text("Kept as chart 1 in your journal.")
    why = chart.get_by_role("textbox", name="Add what it shows and why you need it")
    expect(why).to_be_visible()
    page_of.keyboard.press("Tab")
    page_of.keyboard.type("abc because India bought more")
    page_of.keyboard.press("Enter")
    expect(chart.get_by_role("status")).to_contain_text("together with your reason")
    assert len(list((own_course / "journal" / "pictures").glob("*.png"))) == 1
    assert page_of.locator(".jp-Notebook .jp-Cell").count() == 7, "no letter was a command"


def test_what_was_kept_leaves_no_dead_button_behind(page_of, own_lab):
    run_cell(page_of, "chart")
    expect(output(page_of, "chart").get_by_role("button", name="Keep this chart")).to_be_visible()
    page_of.keyboard.press("Control+s")
    page_of.wait_for_function("() => !window.jupyterapp.shell.currentWidget.context.model.dirty")
    page_of.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    open_notebook(page_of, own_lab, "notebooks/03_trials.ipynb")
    everything(page_of)
    chart = output(page_of, "chart")
    expect(chart.locator("img").first).to_be_visible()
    assert "model not found" not in chart.inner_text()
    assert not chart.get_by_role("button", name="Keep this chart").count()


def test_trials_and_buttons_are_open_to_everyone(page_of):
    run_all(page_of)
    everything(page_of)
    output(page_of, "chart").get_by_role("button", name="Keep this chart").click()
    output(page_of, "home").get_by_role("button", name="Judge").first.click()
    expect(output(page_of, "home").get_by_text("On trial:")).to_be_visible()
    assert ours(structure(page_of)) == []
    assert ours(colours(page_of)) == []
