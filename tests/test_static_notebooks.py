"""What a chapter shows, as data, and how that looks on paper: room to write, and nothing given."""

import io
import json
import re
from html import escape, unescape
from html.parser import HTMLParser

import ipywidgets as widgets
import matplotlib.pyplot as plt
import nbformat
import pandas as pd
import pytest
from PIL import Image

from coursestaff.chapters import own_name
from coursestaff.publishing import mime_output, static_notebooks
from courseware import charts, claims, data, journal, turns, ui
from courseware.charts import grid
from courseware.explorers.argument_map import ArgumentMap
from courseware.explorers.argument_map.argument_map import BY_OWN, MapState
from courseware.explorers.base import Panel
from courseware.journal import phrases
from courseware.verdicts import BUT, CAVEATS, CAVEATS_IN_SHORT
from no_limits.explorers.debt import DebtExplorer
from no_limits.explorers.trade import TradeExplorer
from tests.notebooks import CHAPTERS, NOTEBOOKS


def read_back(output: dict) -> mime_output.Output:
    """Return what publishing reads, after it went through a notebook's file."""
    return mime_output.read(json.loads(json.dumps({"data": output})))


@pytest.fixture
def display(monkeypatch):
    """Return what shows things in a kernel of publishing."""
    from IPython.core.interactiveshell import InteractiveShell

    for look in ui.LOOKS:
        monkeypatch.setitem(ui.LOOKS, look, ui.LOOKS[look])
    shell = InteractiveShell()
    mime_output.load_ipython_extension(shell)
    return shell.display_formatter


@pytest.fixture
def kernel(display):
    """Return a function that tells what the kernel of publishing says of a thing."""
    return lambda thing: read_back(display.format(thing)[0])


class Balance(HTMLParser):
    """Counts tags that are opened and not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag not in ("img", "input", "source"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def balanced(markup: str) -> str:
    page = Balance()
    page.feed(markup)
    assert not page.open
    return markup


def test_a_question_has_room_to_write_and_keeps_what_was_typed_to_itself(kernel, tmp_path):
    number = journal.predict("02-x", "How <much>?", unit="per cent")
    choice = journal.predict("02-y", "Which?", kind="choice", options=["this", "that"])
    written = journal.predict("02-z", "Why?", kind="text")
    talk = journal.answer("02-t", "Fair?", ["Yes <b>", "No"], (1, 2, 3))
    poll = journal.confidence("T1")
    for form, typed in ((number, "77"), (choice, "that"), (written, "secret"), (talk, "secret")):
        form.control.value = typed
        form.save_button.click()
    told = {form: kernel(form) for form in (number, choice, written, talk, poll)}
    page = {form: balanced(static_notebooks.html(thing, tmp_path)) for form, thing in told.items()}
    assert "____ per cent" in page[number]
    assert "How &lt;much&gt;?" in page[number]
    assert "77" not in page[number]
    assert "☐ this" in page[choice]
    assert "☐ that" in page[choice]
    rooms = {form: page[form].count(static_notebooks.LINE) for form in page}
    assert rooms == {number: 1, choice: 1, written: 6, talk: 6, poll: 0}
    assert not [form for form in page if "secret" in page[form]]
    assert re.findall(r"\d min", page[talk]) == ["1 min", "2 min", "3 min"]
    assert "A. Yes &lt;b&gt;" in page[talk]
    assert page[poll].count("______ %") == 1
    assert re.findall(r"\b(\d+):", page[poll]) == ["0", "50", "100"]


def test_an_outcome_on_paper_is_compared_with_what_may_stand_there(display):
    told = journal.outcome("02-tonnes", 8.3)
    page = balanced(display.format(told)[0]["text/html"])
    assert page == told.data.replace(phrases.NOT_PREDICTED, mime_output.NOT_PREDICTED)
    assert mime_output.NOT_PREDICTED in page


def test_a_trial_folds_the_courses_verdict(kernel, tmp_path):
    trial = claims.trial("C24")
    trial.choice.value = claims.FAILS
    trial.record()
    told = kernel(trial)
    assert told == mime_output.Trial("C24")
    face, fold = balanced(static_notebooks.html(told, tmp_path)).split("<details", 1)
    assert all(f"☐ {word}" in face for word in (*claims.VERDICTS, "pass"))
    line = next(part for part in face.split("<li>") if part.startswith(f"☐ {BUT}"))
    assert all(f"☐ {kind} ({CAVEATS_IN_SHORT[kind]})" in line for kind in CAVEATS)
    assert len(CAVEATS) == 6
    assert claims.get("C24").verdict_reason[:30] not in face
    assert claims.get("C24").dissent[:30] in fold


@pytest.mark.parametrize("state", turns.LOOKS)
def test_a_turn_folds_its_hint_and_its_way_and_keeps_what_was_tried_to_itself(
    kernel, tmp_path, state
):
    asked = {"hint": "Divide by `a`.", "right": "a < b"}
    told = kernel(turns.Card(turns.Told(state, "secret"), asked))
    assert told == mime_output.Turn("Divide by `a`.", "answer = a < b")
    face, fold = balanced(static_notebooks.html(told, tmp_path)).split("<details", 1)
    assert face.count(static_notebooks.LINE) == 2 and "secret" not in face + fold
    assert "<code>a</code>" in fold and "answer = a &lt; b" in fold


def test_an_explorer_stands_still_in_all_its_presets(kernel, tmp_path):
    explorer = TradeExplorer()
    told = kernel(Panel(explorer, explorer.presets[1].state))
    assert told.start == 1
    assert [view.name for view in told.views] == [preset.name for preset in explorer.presets]
    page = balanced(static_notebooks.html(told, tmp_path))
    assert page.count('<figure class="twin-view">') == len(explorer.presets)
    assert (
        page.count(' class="moves"') == len(re.findall(r' class="moves"[^>]* hidden>', page)) == 2
    )
    drawn = [view.picture for view in (*told.views, *told.strip.views)]
    kept = {png for picture in drawn for png in (picture.png, picture.phone)}
    assert "" not in kept and len(list(tmp_path.glob("*.webp"))) == len(kept)


def test_a_strip_waits_for_its_script_and_names_every_position(kernel, tmp_path):
    explorer = TradeExplorer()
    strip = kernel(Panel(explorer, explorer.presets[0].state)).strip
    assert (strip.label, strip.names, strip.start) == ("Years:", False, 0)
    told = mime_output.Explorer("TradeExplorer", "t", "i", [], 0, strip)
    page = balanced(static_notebooks.strip(told, tmp_path))
    opening, *frames = page.split("<template")
    assert re.match(r'<div class="strip [^>]* hidden>', opening)
    assert '<input type="range" id="strip-TradeExplorer" min="0" max="18" value="0"' in opening
    assert 'role="status" aria-live="polite"' in opening
    assert len(frames) == 19 and "<img " in opening
    for (name, state), frame in zip(explorer.frames().items(), frames, strict=True):
        picture = explorer.picture(state)
        assert f'data-at="{escape(name)}" data-line="{escape(picture.line)}"' in frame
        assert f'<div class="finding">{escape(picture.title)}</div>' in frame
        assert f'alt="{escape(" ".join(picture.alt.split()))}"' in frame
        assert frame.count("<tr>") == len(picture.table) + 1


def test_a_strip_over_names_is_a_row_of_chips(kernel):
    explorer = DebtExplorer()
    drawn = kernel(Panel(explorer, explorer.presets[0].state)).strip
    chips = balanced(static_notebooks._chips(drawn, "strip-DebtExplorer"))
    named = [unescape(chip) for chip in re.findall(r"<label[^>]*>(.*?)</label>", chips)]
    assert named == [*explorer.frames()]
    assert re.findall(r'value="(\d+)"', chips) == [str(n) for n in range(len(named))]
    assert re.findall(r'value="(\d+)" checked', chips) == [str(drawn.start)]


def test_a_chart_tells_its_words_and_its_numbers(kernel, tmp_path):
    figure, ax = plt.subplots(dpi=charts.DPI)
    ax.plot([1, 2])
    alt = "A line that rises from one to two."
    numbers = pd.DataFrame({"year": [2021, 2022], "tonnes": [1.0, 2.0]})
    words = charts.Shown(charts.png(figure), "It rises", "tonnes", alt, "Source: a list")
    told = kernel(charts.Chart(figure, words, ui.Table(numbers, "Tonnes", {"tonnes": "{:.1f}"})))
    plt.close("all")
    assert (told.title, told.unit, told.alt) == ("It rises", "tonnes", alt)
    assert told.table.rows == [["year", "tonnes"], ["2021", "1.0"], ["2022", "2.0"]]
    assert figure.get_dpi() == charts.DPI
    page = balanced(static_notebooks.html(told, tmp_path))
    assert f'alt="{alt}"' in page
    assert '<td class="number">2.0</td>' in page
    assert "base64" not in page


def test_a_wide_chart_pans_on_a_phone_and_has_a_name_there(kernel, tmp_path, monkeypatch):
    sent = []
    monkeypatch.setattr(charts.page, "display", sent.append)
    buyers = data.load("russian_crude_by_buyer")
    charts.show(buyers.plot(), "02-buyers", buyers, times=2.8)
    told = kernel(sent[0])
    page = balanced(static_notebooks.html(told, tmp_path))
    frame, picture = re.search(r'(<div class="pans"[^>]*>)(<img[^>]*>)</div>', page).groups()
    assert 'tabindex="0"' in frame and f'aria-label="{escape(told.title)}"' in frame
    assert f'alt="{escape(told.alt)}"' in picture and page.count("alt=") == 1
    file = re.search(r'src="../_static/[^/]*/([^"]+)"', picture)[1]
    size = Image.open(io.BytesIO((tmp_path / file).read_bytes())).size
    assert size == tuple(round(side) for side in sent[0].figure.get_size_inches() * charts.DPI)


def test_numbers_in_a_table_as_pandas_writes_it_stand_right(tmp_path):
    frame = pd.DataFrame({"who": ["Urals <b>", "1 of 2"], "US$": [1.5, None], "n": [-2, 10]})
    markup = frame.to_html()
    output = nbformat.v4.new_output("display_data", {"text/html": markup})
    cell = nbformat.v4.new_code_cell("frame", outputs=[output])
    static_notebooks.write_chapter(
        nbformat.v4.new_notebook(cells=[cell]), tmp_path / "1.ipynb", tmp_path
    )
    written = nbformat.read(tmp_path / "1.ipynb", 4).cells[0].outputs[0].data["text/html"]
    right = re.findall(r'<td class="number">(.*?)</td>', written)
    assert right == ["1.5", "-2", "NaN", "10"]


def test_a_table_as_pandas_writes_it_has_one_row_of_heads_and_one_word_for_a_gap():
    years = pd.Index([2021, 2022], name="year")
    frame = pd.DataFrame({"China": [1.5, None], "Russia": [2, pd.NA]}, years)
    frame["Russia"] = frame["Russia"].astype("Int64")
    for called in (None, "US$ billion"):
        page = balanced(ui.one_head(frame.rename_axis(columns=called).to_html()))
        head, body = page.split("<tbody>")
        assert re.findall(r"<th\b[^>]*>(.*?)</th>", head) == ["year", "China", "Russia"]
        assert head.count("<tr") == 1 and page.count("<caption>") == bool(called)
        assert ("US$ billion</caption>" in head) == bool(called)
        assert body.count("NaN") == 2 and "NA&gt;" not in body
    two = pd.DataFrame({"n": [1]}, pd.MultiIndex.from_tuples([("a", 1)], names=["who", "how"]))
    assert re.findall(r"<th\b[^>]*>(.*?)</th>", ui.one_head(two.to_html()))[:3] == [
        "who",
        "how",
        "n",
    ]
    levels = pd.DataFrame({("a", "b"): [1]}, pd.Index([1], name="year")).to_html()
    assert ui.one_head(levels) == levels and ui.one_head(None) is None
    plain = pd.DataFrame({"n": [1]}).to_html()
    assert ui.one_head(plain) == plain


def test_a_widget_that_paper_cannot_show_is_refused():
    with pytest.raises(ValueError, match="IntSlider"):
        mime_output.refuse(widgets.IntSlider())


def test_a_gap_makes_no_numbers_of_a_column_of_words():
    frame = pd.DataFrame({"year": [2021, 2022], "who": ["a", None], "share": [0.5, None]})
    markup = ui.grid(frame, "Who had how much")
    right = ui.LOOKS["number head"]
    assert markup.count(f'scope="col"{right}') == 2
    assert f'<th scope="col"{ui.LOOKS["head"]}>who' in markup


@pytest.mark.parametrize("path", NOTEBOOKS, ids=own_name)
def test_each_notebook_says_at_its_head_that_its_cells_have_been_run(path, tmp_path):
    static_notebooks.write_chapter(
        nbformat.read(path, as_version=4), tmp_path / path.name, tmp_path
    )
    printed = nbformat.read(tmp_path / path.name, as_version=4).cells
    assert [static_notebooks.WHAT_THIS_IS in cell.source for cell in printed] == [True] + [
        False
    ] * (len(printed) - 1)


def test_paper_says_nothing_of_a_journal_that_its_reader_does_not_have(tmp_path):
    told = [
        nbformat.v4.new_output("display_data", {"text/html": "<p>Your journal holds nothing</p>"})
    ]
    cells = [nbformat.v4.new_markdown_cell("# One")]
    cells += [
        nbformat.v4.new_code_cell(source, outputs=told) for source in static_notebooks.FROM_JOURNAL
    ]
    home = {mime_output.MIME: {"is": "AtHome", "chapter": "09"}, "text/html": "press a button"}
    cells.append(nbformat.v4.new_code_cell(outputs=[nbformat.v4.new_output("display_data", home)]))
    static_notebooks.write_chapter(
        nbformat.v4.new_notebook(cells=cells), tmp_path / "1.ipynb", tmp_path
    )
    printed = nbformat.read(tmp_path / "1.ipynb", 4).cells[1:]
    page = unescape("".join(cell.outputs[0].data["text/html"] for cell in printed))
    assert "Your journal holds" not in page and "press a button" not in page
    home = claims.select(chapter="09", core=False)
    assert page.count("____</li>") == len(home) > 1
    face, _, fold = page.partition("<details")
    assert not [claim for claim in home if claim.verdict_reason[:30] in face]
    assert all(claim.verdict_reason[:30] in fold for claim in home)
    assert page.count("______\N{NO-BREAK SPACE}%") == 4
    asked = "".join(
        "".join(cell.source) for path in CHAPTERS for cell in nbformat.read(path, 4).cells
    )
    assert all(source in asked for source in static_notebooks.FROM_JOURNAL)


def test_the_map_at_a_chapters_end_does_not_say_that_a_reader_of_paper_judged_nothing():
    drawing = ArgumentMap(until="09", still="chapter 09")
    state = MapState(scope="chapter 09", colour=BY_OWN)
    assert drawing.picture(state).finding.startswith(mime_output.JUDGED)
    told = mime_output.drawn(drawing, state, ui.Table(drawing.table(state), "Claims"))
    assert told.title == mime_output.TO_JUDGE and mime_output.JUDGED not in told.alt


def test_a_phone_shows_a_table_of_many_words_row_by_row_under_the_heads_of_its_columns(kernel):
    words = pd.DataFrame(
        {"no.": ["A1", "A2"], "who & where": ["x", "y"], "says": ["ab " * 30, "no"]}
    )
    page = balanced(static_notebooks.html(kernel(ui.Table(words, "Arguments")), None))
    assert page.count('<table class="stacked">') == 1
    assert re.findall(r'data-head="([^"]+)"', page) == ["no.", "who &amp; where", "says"] * 2
    numbers = kernel(ui.Table(pd.DataFrame({"a": [1], "b": [2], "c": [3]}), "Numbers"))
    assert "stacked" not in static_notebooks.html(numbers, None)


def test_a_phone_shows_a_grid_of_votes_row_by_row_under_the_heads_of_its_columns(kernel):
    votes = pd.DataFrame(
        {"Russia": ["no", "no"], "China": ["yes", None]}, index=pd.Index(["A", "B"], name="text")
    )
    words = charts.Shown(b"", "Votes", "In words", "", "Source: a list")
    shown = charts.Board(votes, words, grid.markup(votes))
    page = balanced(static_notebooks.html(kernel(shown), None))
    assert page.count('<table class="nl-grid stacked" style=') == 1
    assert re.findall(r'data-head="([^"]+)"', page) == ["text", "Russia", "China"] * 2
