"""What a page shows when it is opened again: a note instead of a widget that is not alive."""

import json

import pytest
from playwright.sync_api import expect

from courseware.ui import COMING_BACK
from tests.browser import lab as jupyterlab
from tests.browser.lab import cell, command, everything, open_notebook, run_all

NAME = "02_the_trade_lifeline"
NOTES = "p.nl-next-day"  # the button that keeps a chart leaves a mark only, which says nothing
NUMBER = 12  # of the widgets that leave a note


@pytest.fixture(scope="module")
def answered(window, own_lab):
    """The page of a chapter that was run, answered in one place and saved, once."""
    page = window.new_page()
    open_notebook(page, own_lab, f"notebooks/{NAME}.ipynb")
    run_all(page)
    everything(page)
    seen = page.evaluate(SEEN)
    assert (seen["notes"], seen["lost"]) == ([], 0) and seen["alive"] >= 8, seen
    form = cell(page, "02-predict-tonnes").locator(".jp-OutputArea")
    form.get_by_role("textbox", name="Your prediction (per cent):").fill("77.25")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("status")).to_contain_text("77.25")
    command(page, "docmanager:save")
    yield page
    jupyterlab.close_notebook(page)
    page.close()


@pytest.fixture
def alive(answered):
    """The same page with all its widgets alive: run again where another test ended them."""
    if answered.evaluate(SEEN)["notes"]:
        run_all(answered)
        everything(answered)
    seen = answered.evaluate(SEEN)
    assert (seen["notes"], seen["lost"]) == ([], 0) and seen["alive"] >= 8, seen
    return answered


#: The notes that are shown, whether anything looks lost, and how many widgets look alive.
SEEN = """() => {
    const shown = part => getComputedStyle(part.closest(".jp-OutputArea-child")).display !== "none";
    const all = selector => [...document.querySelectorAll(selector)].filter(shown);
    return {
        notes: all("p.nl-next-day").map(note => note.textContent),
        lost: all(".jp-OutputArea-output").filter(part => /Error displaying/.test(part.textContent))
            .length,
        alive: all(".jp-OutputArea-child .widget-vbox").length,
    };
}"""


def look(page, number):
    """Wait until notes stand for the widgets and nothing looks lost; return the notes."""
    everything(page)
    page.wait_for_function(
        f"n => {{ const s = ({SEEN})(); return s.notes.length === n }}", arg=number
    )
    seen = page.evaluate(SEEN)
    assert (seen["lost"], seen["alive"]) == (0, 0), seen
    assert sum(note.startswith("Run this cell to start it again") for note in seen["notes"]) == 1
    return seen["notes"]


def in_kernel(page, script):
    """Do something to the kernel of the notebook in front."""
    page.evaluate(
        f"""async () => {{
            const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
            {script}
        }}"""
    )


@pytest.mark.matrix  # `make test` shows the same notes on a page that is not trusted
@pytest.mark.parametrize(
    "happens",
    [
        "kernel.requestExecute({code: 'import os; os._exit(1)'}).done.catch(() => null);",
        "await kernel.restart();",
    ],
    ids=["the kernel dies", "the kernel is restarted"],
)
def test_widgets_without_their_kernel_give_way_to_notes(alive, happens):
    in_kernel(alive, happens)
    notes = look(alive, NUMBER)
    assert any(note.startswith("Saved on ") for note in notes), notes


def test_the_next_day_nothing_looks_lost(answered, own_lab, own_course):
    page, path = answered, own_course / "notebooks" / f"{NAME}.ipynb"
    kept = path.read_text(encoding="utf-8")
    assert "77.25" not in kept  # no word of a student's in the file
    widgets = [
        output["data"]
        for each in json.loads(kept)["cells"]
        for output in each.get("outputs", [])
        if "application/vnd.jupyter.widget-view+json" in output.get("data", {})
    ]
    assert widgets and all("".join(data["text/html"]) == "" for data in widgets)

    jupyterlab.close_notebook(page)  # its kernel ends too
    open_notebook(page, own_lab, f"notebooks/{NAME}.ipynb")
    noted = [data for data in widgets if "".join(data["text/plain"]) != "<Keep this chart>"]
    assert len(noted) == NUMBER < len(widgets)
    notes = look(page, NUMBER)
    assert any(note.startswith("Saved on ") for note in notes), notes
    assert sum(note.startswith("Nothing saved yet") for note in notes) >= 5

    for name in ("02-setup", "02-predict-tonnes"):  # and the answer is there again
        page.evaluate(  # folded code is not clicked into: the cell is chosen as by arrow keys
            """name => {
                const {content} = window.jupyterapp.shell.currentWidget;
                const named = cell => cell.model.id === name;
                content.activeCellIndex = content.widgets.findIndex(named);
            }""",
            name,
        )
        command(page, "notebook:run-cell")
    form = cell(page, "02-predict-tonnes").locator(".jp-OutputArea")
    expect(form.get_by_role("status")).to_contain_text("77.25")
    expect(form.locator(NOTES)).not_to_be_visible()


@pytest.mark.parametrize(
    "name", ["00_start_here", pytest.param("03_friends_or_partners", marks=pytest.mark.matrix)]
)
def test_the_advice_for_coming_back_is_true(page, own_lab, own_course, name):
    """Nothing above is answered, and every cell above runs; then the one where one stopped does."""
    open_notebook(page, own_lab, f"notebooks/{name}.ipynb")
    label = "() => window.jupyterapp.commands.label('notebook:run-all-above')"
    assert f"Run → {page.evaluate(label)}" in COMING_BACK
    page.evaluate(
        """() => {
            const {content} = window.jupyterapp.shell.currentWidget;
            const isCode = cell => cell.model.type === "code";
            content.activeCellIndex = content.widgets.findLastIndex(isCode);
        }"""
    )
    command(page, "notebook:run-all-above")
    command(page, "notebook:run-cell")
    ran = page.evaluate(
        """() => window.jupyterapp.shell.currentWidget.content.model.toJSON().cells
            .filter(cell => cell.cell_type === "code")
            .map(({id, execution_count, outputs}) =>
                [id, execution_count > 0, outputs.some(each => each.output_type === "error")])"""
    )
    assert len(ran) > 15 and {tuple(rest) for _, *rest in ran} == {(True, False)}, ran
    jupyterlab.close_notebook(page)


def test_a_page_that_is_not_trusted_shows_notes(answered, own_lab, own_course):
    page, path = answered, own_course / "notebooks" / f"{NAME}.ipynb"
    jupyterlab.close_notebook(page)
    copy = path.with_name("from_a_friend.ipynb")
    book = json.loads(path.read_text(encoding="utf-8"))
    book["cells"][0]["source"] = "# Not the one that was run"
    for each in book["cells"]:
        each["metadata"].pop("trusted", None)
        for output in each.get("outputs", []):
            output.setdefault("metadata", {})["changed"] = "since it was signed"
    copy.write_text(json.dumps(book), encoding="utf-8")
    open_notebook(page, own_lab, f"notebooks/{copy.name}")
    assert not page.evaluate(
        """() => window.jupyterapp.shell.currentWidget.content.widgets
            .some(cell => cell.model.type === "code" && cell.model.trusted)"""
    )
    expect(page.locator(NOTES)).to_have_count(NUMBER)
    assert page.locator(".widget-vbox").count() == 0
    assert page.get_by_text("Error displaying widget").count() == 0
