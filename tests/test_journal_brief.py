"""The brief: begun from the journal, the student's own from then on, shown and printed safely."""

import json
import os
import re
import shutil
from html import unescape

import nbformat
import pandas as pd
import pytest

from courseware import charts, claims, journal, words
from courseware.brief import filled
from courseware.brief import template as brief
from courseware.brief.print_page import Brief
from courseware.brief.template import written
from courseware.journal import own_files, phrases
from courseware.ui import css
from tests.markup import flat
from tests.notebooks import ROOT
from tests.test_journal import Checker, answered, polled, predicted, refused, restart, use

ALT = "A line that rises [from one] to two between 2021 and 2022."


@pytest.fixture(autouse=True)
def folder(journal_dir, monkeypatch):
    restart()
    monkeypatch.setattr(charts.page, "display", lambda _: None)
    return journal_dir


def filled_journal() -> None:
    polled(40)
    polled(55, moment="after 02")
    polled(65, moment="after 06")
    polled(30, id="T2")
    predicted("50")
    journal.outcome("02-growth", 40)
    predicted("41", id="02-near")
    journal.outcome("02-near", 40)
    predicted("200", id="02-far")
    journal.outcome("02-far", 20)
    answered("It is *fair*.\n# no heading <!-- no comment <b>bold</b>")
    journal.save_verdict("C24", "04", "holds", 85)  # the course: does not hold
    journal.save_verdict("C10", "02", "holds", 90)  # the course: holds
    journal.save_verdict("C02", "01", "holds", 60)  # the course: cannot be known
    journal.save_verdict("C09", "02", None)


def publishers(claim_id: str) -> list[str]:
    """Return who published the evidence on a claim."""
    return claims.evidence(claim_id)["publisher"].dropna().tolist()


def keep_a_chart() -> None:
    ax = pd.Series([1, 2], [2021, 2022]).plot(figsize=(5, 3))
    own = {"title": "Trade grew_by_half", "unit": "US$ billion", "source": "China's customs"}
    charts.show(ax, alt=ALT, **own)
    journal.keep_chart("shows *it*")


def text(folder, name="brief.ipynb") -> str:
    """Return what a brief says, without its hints."""
    return written(folder / name)


def cells(folder, name="brief.ipynb") -> list[str]:
    """Return the sources of a brief's cells."""
    return [cell["source"] for cell in json.loads((folder / name).read_text("utf-8"))["cells"]]


def section(markdown: str, heading: str) -> str:
    return markdown.split(f"## {heading}\n")[1].split("\n## ")[0]


def write_in(folder, change, name="brief.ipynb") -> None:
    """Change the text cells of a brief, as somebody who types does."""
    book = json.loads((folder / name).read_text("utf-8"))
    for cell in book["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = change(cell["source"])
    (folder / name).write_text(json.dumps(book), encoding="utf-8")


def write_all(folder, name="brief.ipynb", words="Some words of mine.") -> None:
    """Fill in every section and the title, as a student would."""

    def written_in(source: str) -> str:
        source = source.replace(brief.NO_TITLE, "A marriage of convenience")
        return f"{source}\n\n{words}" if source.startswith("## ") else source

    write_in(folder, written_in, name)


# Starting


def test_an_empty_journal_gives_a_brief_with_hints(folder):
    card = journal.start_brief().data
    assert "<a href" not in card  # this journal does not lie in the course: see below
    assert "journal/brief.ipynb" in card and "journal.show_brief()" in card
    for heading, hint in brief.SECTIONS.items():
        assert f"## {heading}\n\n*{hint}*" in cells(folder)
        assert hint not in text(folder)
    assert "28 May 2023" in section(text(folder), brief.SOURCES)
    nbformat.validate(nbformat.read(folder / "brief.ipynb", as_version=4))


def test_verdicts_that_differ_and_agree_are_filled_in_with_their_evidence(folder):
    filled_journal()
    journal.start_brief()
    part = section(text(folder), brief.CLAIMS)
    assert part.index("**C24.**") < part.index("**C02.**") < part.index("**C10.**")
    first = part[part.index("**C24.**") : part.index("**C02.**")]
    assert first.index("holds (85\u00a0%") < first.index("does not hold")
    assert "C09" not in part and any(name in first for name in publishers("C24"))
    assert "<https://" in section(text(folder), brief.SOURCES)


def test_what_is_filled_in_leaves_room_for_words_of_one_s_own(folder):
    filled_journal()
    keep_a_chart()
    register = claims.register()
    for number, claim in enumerate(register):
        journal.save_verdict(claim, register[claim].chapter, "holds", 50 + number % 50)
    journal.start_brief()
    words = Brief(text(folder), folder).words
    assert 60 < words <= filled.MOST_WORDS == 150


def test_both_theses_are_kept_apart_and_a_pass_is_no_number(folder):
    filled_journal()
    journal.confidence("T2", "?", moment="after 02").pass_button.click()
    journal.start_brief()
    one, two = section(text(folder), brief.SURE).split("**T1**")[1].split("**T2**")
    found = re.findall(r"opening|after 0\d|\d+\u00a0%", one)
    assert found == ["opening", "40\u00a0%", "after 06", "65\u00a0%"]
    assert re.findall(r"opening|after 0\d|\d+\u00a0%", two) == ["opening", "30\u00a0%"]


def test_a_poll_that_was_only_passed_is_no_number(folder):
    journal.confidence("T1", "China gains").pass_button.click()
    journal.start_brief()
    part = section(text(folder), brief.SURE)
    assert "**T1**" in part and "%" not in part


def test_kept_charts_stand_in_it_with_relative_links(folder):
    keep_a_chart()
    journal.start_brief()
    part = section(text(folder), brief.CHARTS)
    (picture,) = (folder / "pictures").iterdir()
    assert rf"\[from one\] to two between 2021 and 2022.](pictures/{picture.name})" in part
    for said in (r"Trade grew\_by\_half. US\$ billion.", r"shows \*it\*."):
        assert said in part
    assert "- China's customs" in section(text(folder), brief.SOURCES)
    assert str(folder) not in (folder / "brief.ipynb").read_text("utf-8")


def test_a_journal_inside_the_course_is_linked_to_from_a_chapter(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "datapackage.json").write_text("{}", "utf-8")
    (tmp_path / "notebooks").mkdir()
    monkeypatch.setattr(own_files.manifest, "course_root", lambda: tmp_path)
    monkeypatch.chdir(tmp_path / "notebooks")
    path = tmp_path / "journal" / "brief & more.ipynb"
    linked = '<a href="../journal/brief%20%26%20more.ipynb"><b>brief &amp; more</b></a>'
    assert own_files.link(path, "brief & more") == linked


# What the journal has to copy from


def material() -> str:
    return unescape(re.sub(r"<[^>]+>", "", journal.show_material().data))


def predicted_who() -> None:
    form = journal.predict("02-who", "Who?", kind="choice", options=["China", "India"])
    form.control.value = "China"
    form.save_button.click()
    journal.outcome("02-who", "India")


def told(answer: str, outcome: str) -> str:
    """Return the line of a prediction that is there to copy, as far as it is not words."""
    (line,) = [line for line in material().splitlines() if answer in line]
    assert line.index(answer) < line.index(outcome)
    return line


def test_every_verdict_is_there_to_copy_with_its_evidence(folder):
    nothing = material()
    filled_journal()
    shown = material()
    assert len(nothing) < len(shown) and "C10." not in nothing
    first = shown[shown.index("C24.") : shown.index("C10.")]
    assert first.index("holds (85\u00a0%") < first.index("does not hold")
    assert any(name in first for name in publishers("C24"))
    assert "C09" not in shown


def test_predictions_furthest_off_come_first(folder):
    filled_journal()
    predicted_who()
    lines = [line for line in material().splitlines() if " per cent" in line]
    said = ["200 per cent", "50 per cent", "41 per cent"]
    assert len(lines) == filled.MOST
    assert all(words in line for words, line in zip(said, lines, strict=True))
    assert "20 per cent" in lines[0].replace(said[0], "") and "India" not in material()


def test_a_wrong_choice_counts_after_the_numbers(folder):
    predicted_who()
    told("China", "India")


def test_a_prediction_of_an_outcome_of_zero_does_not_stop_it(folder):
    predicted("5")
    journal.outcome("02-growth", 0)
    predicted("0", id="02-other")
    journal.outcome("02-other", 0)
    told("5 per cent", "0 per cent")
    assert material().count("per cent") == 2


def test_own_words_are_quoted_and_open_neither_comment_nor_heading(folder):
    filled_journal()
    shown = journal.show_material().data
    assert "<blockquote>" in shown and "It is <em>fair</em>." in shown
    assert "# no heading &lt;! -- no comment &lt;b&gt;bold&lt;/b&gt;" in shown
    assert "<h1" not in shown


def test_a_kept_chart_comes_with_the_line_that_shows_it(folder):
    keep_a_chart()
    shown = journal.show_material().data
    (picture,) = (folder / "pictures").iterdir()
    assert "data:image/png;base64," in shown
    assert f"](pictures/{picture.name})</code>" in shown


# Never overwritten


def test_running_it_again_comes_back_to_the_same_brief(folder):
    journal.start_brief()
    before = (folder / "brief.ipynb").read_bytes()
    polled(40)
    for change in (lambda source: source, lambda source: f"{source} mine"):
        write_in(folder, change)
        before = (folder / "brief.ipynb").read_bytes()
        card = journal.start_brief().data
        assert (folder / "brief.ipynb").read_bytes() == before
        assert "journal/brief.ipynb" in card and "<b>brief.ipynb</b>" in card
    assert [path.name for path in folder.glob("brief*")] == ["brief.ipynb"]


def test_whoever_renames_a_brief_begins_a_new_one(folder):
    journal.start_brief()
    (folder / "brief.ipynb").rename(folder / "my first brief.ipynb")
    journal.start_brief()
    assert (folder / "my first brief.ipynb").exists() and (folder / "brief.ipynb").exists()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"mine"])
def test_what_else_is_called_brief_is_not_touched(folder, content):
    folder.mkdir()
    (folder / "brief.ipynb").write_bytes(content)
    assert "journal/brief.ipynb" in journal.start_brief().data
    assert [path.read_bytes() for path in folder.glob("brief*")] == [content]


def test_without_a_brief_it_says_how_to_begin(tmp_path, monkeypatch, snapshot):
    assert "journal.start_brief()" in journal.show_brief().data
    (tmp_path / "file").write_text("")
    use(tmp_path / "file" / "journal", monkeypatch)
    assert flat(journal.start_brief().data) == snapshot
    assert "journal.start_brief()" in journal.show_brief().data


# Showing


def test_an_unfilled_brief_is_told_what_is_missing():
    journal.start_brief()
    shown = journal.show_brief().data
    assert re.search(r"\b0 words\b.* 800, .*\b1 page\b", shown)
    for heading in ("Title", *brief.NEEDED):
        assert f"<b>{heading}.</b>" in shown
    assert f"{brief.SURE}; {brief.CHARTS}" in shown
    assert brief._WRITE_HERE not in shown


def test_a_filled_brief_is_counted_and_has_no_gaps(folder):
    filled_journal()
    keep_a_chart()
    journal.start_brief()
    write_all(folder)
    shown = journal.show_brief().data
    assert not any(f"<b>{heading}.</b>" in shown for heading in ("Title", *brief.SECTIONS))
    assert "data:image/png;base64," in shown
    assert 'alt="A line that rises [from one] to two between 2021 and 2022."' in shown


def test_words_are_counted_without_headings_hints_captions_and_sources(folder):
    markdown = (
        "# A title of five words\n\n<!-- six words that nobody sees at all -->\n\n"
        "## Question\n\nOne *two* three\nfour [five](http://example.org).\n\n- six\n- seven\n\n"
        "> eight\n\n| nine | ten |\n|---|---|\n| eleven | twelve |\n\n"
        "## Charts\n\n![words of an alt](pictures/x.png)\n\n*caption*\n\n## Sources\n\n- a source\n"
    )
    assert Brief(markdown, folder).words == 12


def test_a_long_brief_is_told_how_much_too_long(folder):
    journal.start_brief()
    write_all(folder, words="word " * 120)
    shown = journal.show_brief().data
    assert re.findall(r"\d+ words", shown) == ["840 words", "40 words"] and " 800," in shown

    def shorter(source: str) -> str:
        is_first = source.startswith("## Question")
        return source.replace("word " * 40, "", 1) if is_first else source

    write_in(folder, shorter)
    assert re.findall(r"\d+ words", journal.show_brief().data) == ["800 words"]


def test_a_heading_that_is_gone_is_missed_only_if_it_is_needed(folder):
    gaps = Brief("# Mine\n\n## Question\n\nWhy?\n", folder).gaps()
    assert set(gaps) == set(brief.NEEDED) - {"Question"}
    hint = brief.SECTIONS["What happened since"]
    assert gaps["What happened since"] != hint and hint in gaps["What happened since"]


def test_the_page_to_print_is_whole_and_self_contained(folder):
    filled_journal()
    keep_a_chart()
    journal.start_brief()
    write_all(folder)
    assert "brief.html" in journal.show_brief().data
    page = (folder / "brief.html").read_text("utf-8")
    assert '<html lang="en-GB">' in page
    assert "<title>A marriage of convenience</title>" in page
    assert "size: A4" in page
    assert "<!-- " not in page.split("<html")[1]
    assert 'src="http' not in page
    assert css.faces() in page and "font: 11pt/1.45 var(--nl-serif)" in page
    assert page.count("<h1") == 1
    assert 'alt="A line' in page
    checker = Checker()
    checker.feed(page)
    void = {"meta", "img", "br", "hr"}
    assert {tag: n for tag, n in checker.balance.items() if n and tag not in void} == {}


@pytest.mark.parametrize(
    ("typed", "never"),
    [
        ("<script>alert(1)</script>", "<script"),
        ("<img src=x onerror=alert(1)>", "<img src=x"),
        ("a <b onclick=x>b</b>", "<b onclick"),
        ("[a](javascript:alert(1))", "javascript:"),
        ("![a](http://example.org/a.png)", "<img"),
        ("![a](../secret.png)", "<img"),
        ("![a](/etc/passwd)", "<img"),
        ("![a](brief.ipynb)", "<img"),
        ("![<b>x](missing.png)", "<b>"),
        ('![a" onerror="x](pic.png)', 'onerror="'),
    ],
)
def test_what_was_typed_can_do_no_harm(folder, typed, never):
    folder.mkdir()
    (folder.parent / "secret.png").write_bytes(b"\x89PNG")
    (folder / "pic.png").write_bytes(b"\x89PNG")
    mine = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(f"# Mine\n\n{typed}\n")])
    nbformat.write(mine, folder / "brief.ipynb")
    journal.show_brief()
    assert never not in (folder / "brief.html").read_text("utf-8").split("</style>")[1]


def test_the_brief_that_was_written_in_is_shown(folder):
    journal.start_brief()
    shutil.copyfile(folder / "brief.ipynb", folder / "brief-2.ipynb")
    write_all(folder, "brief-2.ipynb")
    assert "brief-2.ipynb" in journal.show_brief().data
    assert (folder / "brief-2.html").exists()
    write_all(folder)
    os.utime(folder / "brief.ipynb", (2e9, 2e9))
    assert "brief.ipynb" in journal.show_brief().data


def test_a_page_of_the_student_s_own_is_not_overwritten(folder):
    journal.start_brief()
    (folder / "brief.html").write_text("mine")
    assert "brief.html in the folder journal" in journal.show_brief().data
    assert (folder / "brief.html").read_text() == "mine"


@pytest.mark.parametrize(
    "content", ["", "mine", "[]", "{}", '{"cells": 1}', '{"cells": [{}]}', b"\xff\xfe\x00"]
)
def test_a_brief_that_is_no_notebook_is_said(folder, content):
    content = content if isinstance(content, bytes) else content.encode()
    folder.mkdir()
    (folder / "brief.ipynb").write_bytes(content)
    shown = journal.show_brief().data
    assert "brief.ipynb" in shown and "journal.start_brief()" in shown
    assert (folder / "brief.ipynb").read_bytes() == content


def test_a_full_disk_still_shows_it(folder, monkeypatch):
    journal.start_brief()
    monkeypatch.setattr("os.fsync", refused)
    shown = journal.show_brief().data
    assert "journal.export(" in shown and brief.NO_TITLE in shown
    assert not (folder / "brief.html").exists()


# Moving and deleting


def test_delete_all_names_the_briefs_before_it_takes_them(folder):
    journal.start_brief()
    write_all(folder)
    journal.show_brief()
    shutil.copyfile(folder / "brief.ipynb", folder / "brief-2.ipynb")
    own = ["brief-2.html", "brief-notes.md", "brief.md"]
    for name in own:
        (folder / name).write_text("mine")
    card = journal.delete_all().data
    assert "brief.ipynb, brief-2.ipynb" in card
    assert (folder / "brief.ipynb").exists()
    journal.delete_all(confirm=True)
    assert sorted(path.name for path in folder.iterdir()) == own


def test_import_brings_briefs_along_under_a_free_name(folder, tmp_path, monkeypatch):
    use(tmp_path / "old", monkeypatch)
    journal.start_brief()
    write_all(tmp_path / "old", words="old words")
    use(folder, monkeypatch)
    journal.start_brief()
    write_all(folder, words="new words")
    report = journal.import_from(tmp_path / "old")
    assert report.iloc[0].tolist() == ["brief.ipynb", "brief", "", True, "as brief-2.ipynb"]
    assert "new words" in text(folder)
    assert "old words" in text(folder, "brief-2.ipynb")
    assert not journal.import_from(tmp_path / "old")["taken"].any()


@pytest.mark.parametrize("words", ["a *b* _c_ [d](e) <f> `g` #h |i| ~j~ $k$ \\l", "two\nlines"])
def test_plain_text_survives_markdown(words, folder):
    shown = Brief(f"x {phrases.as_markdown(words)}\n", folder).html()
    assert unescape(shown) == f"<p>x {' '.join(words.split())}</p>\n"


def test_everything_runs_in_a_real_kernel_without_warnings():
    nbformat = pytest.importorskip("nbformat")
    from nbclient import NotebookClient

    cells = [
        "import warnings; warnings.simplefilter('error')",
        "import pandas as pd\nfrom courseware import charts, journal",
        "journal.predict('09-visited')",
        "journal.entries()",
        "ax = pd.Series([1, 2], [2021, 2022]).plot()\n"
        f"charts.show(ax, title='Trade grew', unit='US$', source='customs', alt={ALT!r})",
        "journal.keep_chart('why')",
        "journal.kept_charts()",
        "journal.start_brief()",
        "journal.show_brief()",
        "journal.drop_chart(1)",
    ]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(book, kernel_name="python3", timeout=60).execute()
    outputs = [output for cell in book.cells for output in cell.get("outputs", [])]
    kinds = [output.output_type for output in outputs]
    form = ["display_data", "execute_result"]  # a note for the next day, and the form
    assert kinds == [*form, "execute_result", "display_data", *["execute_result"] * 5]
    assert "data:image/png" in outputs[-2].data["text/html"]


def test_the_rubric_is_a_folded_table_of_twenty_points_as_the_instructor_has_it():
    card = journal.show_rubric().data
    assert "20" in card.split("</summary>")[0] and "<table" in card
    assert not card.startswith("<details open")
    rows = words.rubric()
    assert sum(points for _, points, _ in rows) == 20
    page = ROOT / "solutions" / "09_the_verdict" / "brief_rubric.md"
    theirs = re.findall(r"^\| ([A-Z][^|]*) \| (\d+) \|", page.read_text("utf-8"), re.MULTILINE)
    assert [(what, str(points)) for what, points, _ in rows] == theirs
