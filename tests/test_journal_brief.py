"""The brief: begun from the journal, the student's own from then on, shown and printed safely."""

import os

import pandas as pd
import pytest

from courseware import charts, journal
from courseware.brief import template as brief
from courseware.brief.page import Brief
from courseware.journal import phrases
from tests.test_journal import Checker, answered, polled, predicted, restart, use

ALT = "A line that rises [from one] to two between 2021 and 2022."


@pytest.fixture(autouse=True)
def folder(journal_dir, monkeypatch):
    restart()
    monkeypatch.setattr(charts, "display", lambda _: None)
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


def keep_a_chart() -> None:
    fig, ax = charts.figure("Trade grew_by_half", "US$ billion", "China's customs", size=(5, 3))
    ax.plot([2021, 2022], [1, 2])
    charts.show(fig, alt=ALT, table=pd.DataFrame({"year": [2021]}))
    journal.keep_chart("shows *it*")


def text(folder, name="brief.md") -> str:
    return (folder / name).read_text(encoding="utf-8")


def section(markdown: str, heading: str) -> str:
    return markdown.split(f"## {heading}\n")[1].split("\n## ")[0]


def write_all(folder, name="brief.md", words="Some words of mine.") -> None:
    """Fill in every section and the title, as a student would."""
    markdown = text(folder, name).replace(brief.NO_TITLE, "A marriage of convenience")
    for heading in brief.SECTIONS:
        markdown = markdown.replace(f"## {heading}\n", f"## {heading}\n\n{words}\n")
    (folder / name).write_text(markdown, encoding="utf-8")


# Starting


def test_an_empty_journal_gives_a_brief_with_hints(folder):
    card = journal.start_brief().data
    for part in ("journal/brief.md", "double-click", "Markdown", "Ctrl+S", "show_brief()"):
        assert part in card
    markdown = text(folder)
    for heading, hint in brief.SECTIONS.items():
        assert f"## {heading}\n\n<!-- {hint} -->" in markdown
    assert "28 May 2023" in section(markdown, brief.SOURCES)


def test_verdicts_that_differ_and_agree_are_filled_in(folder):
    filled_journal()
    journal.start_brief()
    claims = section(text(folder), brief.CLAIMS)
    differ, agree = claims.split("### Where the course and I agree")
    assert differ.index("**C24.**") < differ.index("**C02.**")
    assert "I say: holds (85\u00a0% sure). The course: does not hold." in differ
    assert "**C10.**" in agree
    assert "C09" not in claims


def test_evidence_of_a_verdict_is_named_with_its_source(folder):
    journal.save_verdict("C24", "04", "holds", 85)
    journal.start_brief()
    markdown = text(folder)
    assert " Evidence: " in section(markdown, brief.CLAIMS)
    assert "<https://" in section(markdown, brief.SOURCES)


def test_both_theses_are_kept_apart(folder):
    filled_journal()
    journal.start_brief()
    lines = section(text(folder), brief.SURE)
    assert "**T1. China gains** Opening: 40\u00a0% sure. Now (after 06): 65\u00a0% sure" in lines
    assert "25 points up" in lines
    assert "**T2. China gains** Opening: 30\u00a0% sure." in lines


def test_a_poll_that_was_only_passed_is_no_number(folder):
    journal.confidence("T1", "China gains").pass_button.click()
    journal.start_brief()
    assert "I passed each time" in section(text(folder), brief.SURE)


def test_predictions_furthest_off_come_first(folder):
    filled_journal()
    choice = journal.predict("02-who", "Who?", kind="choice", options=["China", "India"])
    choice.control.value = "China"
    choice.save_button.click()
    journal.outcome("02-who", "India")
    journal.start_brief()
    lines = [line for line in section(text(folder), brief.GUESSES).splitlines() if line[:1] == "-"]
    said = ["200 per cent", "50 per cent", "41 per cent"]
    assert len(lines) == brief.MOST
    assert all(words in line for words, line in zip(said, lines, strict=True))
    assert "It was: 20 per cent." in lines[0]


def test_a_wrong_choice_counts_after_the_numbers(folder):
    choice = journal.predict("02-who", "Who?", kind="choice", options=["China", "India"])
    choice.control.value = "China"
    choice.save_button.click()
    journal.outcome("02-who", "India")
    journal.start_brief()
    assert "I said: China. It was: India." in section(text(folder), brief.GUESSES)


def test_a_prediction_of_an_outcome_of_zero_does_not_stop_it(folder):
    predicted("5")
    journal.outcome("02-growth", 0)
    predicted("0", id="02-other")
    journal.outcome("02-other", 0)
    journal.start_brief()
    lines = section(text(folder), brief.GUESSES)
    assert "I said: 5 per cent. It was: 0 per cent." in lines
    assert lines.count("I said") == 1


def test_own_words_are_quoted_and_open_neither_comment_nor_heading(folder):
    filled_journal()
    journal.start_brief()
    quoted = section(text(folder), brief.TALK)
    assert "> It is *fair*." in quoted
    assert r"> \# no heading <! -- no comment" in quoted
    shown = Brief(text(folder), folder).html()
    assert "&lt;b&gt;bold&lt;/b&gt;" in shown
    assert shown.count("<h1") == 1


def test_kept_charts_stand_in_it_with_relative_links(folder):
    keep_a_chart()
    journal.start_brief()
    part = section(text(folder), brief.CHARTS)
    (picture,) = (folder / "pictures").iterdir()
    assert rf"\[from one\] to two between 2021 and 2022.](pictures/{picture.name})" in part
    assert r"Trade grew\_by\_half. US\$ billion. Why I kept it: shows \*it\*." in part
    assert "- China's customs" in section(text(folder), brief.SOURCES)
    assert str(folder) not in text(folder)


# Never overwritten


def test_a_brief_with_words_in_it_is_never_overwritten(folder):
    journal.start_brief()
    (folder / "brief.md").write_text(text(folder) + "mine\n", encoding="utf-8")
    before = text(folder)
    card = journal.start_brief().data
    assert text(folder) == before
    assert "journal/brief-2.md" in card
    assert "What you wrote in brief.md is as you left it" in card
    (folder / "brief-2.md").write_text("mine too", encoding="utf-8")
    journal.start_brief()
    assert (folder / "brief-3.md").exists()
    assert text(folder, "brief-2.md") == "mine too"


def test_an_untouched_brief_is_renewed_not_doubled(folder):
    journal.start_brief()
    polled(40)
    journal.start_brief()
    assert "40" in section(text(folder), brief.SURE)
    assert [path.name for path in folder.glob("brief*")] == ["brief.md"]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"<!-- no-limits-brief 0 -->\nmine"])
def test_what_else_is_called_brief_is_not_touched(folder, content):
    folder.mkdir()
    (folder / "brief.md").write_bytes(content)
    journal.start_brief()
    assert (folder / "brief.md").read_bytes() == content
    assert (folder / "brief-2.md").exists()


def test_a_folder_that_cannot_be_written_is_said(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    use(tmp_path / "file" / "journal", monkeypatch)
    assert "could not be begun" in journal.start_brief().data
    assert "no brief yet" in journal.show_brief().data


# Showing


def test_without_a_brief_it_says_how_to_begin():
    assert "journal.start_brief()" in journal.show_brief().data


def test_an_unfilled_brief_is_told_what_is_missing():
    journal.start_brief()
    shown = journal.show_brief().data
    assert "0 words of at most 800, about 1 page." in shown
    for heading in ("Title", *brief.NEEDED):
        assert f"<b>{heading}.</b>" in shown
    assert "Empty too: How sure I was, and am; Where I was far off" in shown
    assert "<!--" not in shown


def test_a_filled_brief_is_counted_and_has_no_gaps(folder):
    filled_journal()
    keep_a_chart()
    journal.start_brief()
    write_all(folder)
    shown = journal.show_brief().data
    assert "No section is empty" in shown
    assert "Still to write" not in shown
    assert "The heading is gone" not in shown
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
    write_all(folder, words="word " * 100)
    shown = journal.show_brief().data
    assert "900 words of at most 800" in shown
    assert "That is 100 too many" in shown


def test_a_heading_that_is_gone_is_missed_only_if_it_is_needed(folder):
    gaps = Brief("# Mine\n\n## Question\n\nWhy?\n", folder).gaps()
    assert set(gaps) == set(brief.NEEDED) - {"Question"}
    assert gaps["What happened since"].startswith("The heading is gone")


def test_the_page_to_print_is_whole_and_self_contained(folder):
    filled_journal()
    keep_a_chart()
    journal.start_brief()
    write_all(folder)
    assert "journal/brief.html" in journal.show_brief().data
    page = text(folder, "brief.html")
    assert '<html lang="en-GB">' in page
    assert "<title>A marriage of convenience</title>" in page
    assert "size: A4" in page
    assert "<!-- " not in page.split("<html")[1]
    assert 'src="http' not in page
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
        ("![a](brief.md)", "<img"),
        ("![<b>x](missing.png)", "<b>"),
        ('![a" onerror="x](pic.png)', 'onerror="'),
    ],
)
def test_what_was_typed_can_do_no_harm(folder, typed, never):
    folder.mkdir()
    (folder.parent / "secret.png").write_bytes(b"\x89PNG")
    (folder / "pic.png").write_bytes(b"\x89PNG")
    (folder / "brief.md").write_text(f"# Mine\n\n{typed}\n", encoding="utf-8")
    journal.show_brief()
    assert never not in text(folder, "brief.html").split("</style>")[1]


def test_the_brief_that_was_written_in_is_shown(folder):
    journal.start_brief()
    write_all(folder)
    journal.start_brief()
    os.utime(folder / "brief-2.md", (2e9, 2e9))
    assert "Your brief: brief.md" in journal.show_brief().data
    write_all(folder, "brief-2.md")
    os.utime(folder / "brief-2.md", (2e9, 2e9))
    assert "Your brief: brief-2.md" in journal.show_brief().data
    assert (folder / "brief-2.html").exists()


def test_a_page_of_the_student_s_own_is_not_overwritten(folder):
    journal.start_brief()
    (folder / "brief.html").write_text("mine")
    assert "file of your own" in journal.show_brief().data
    assert (folder / "brief.html").read_text() == "mine"


def test_a_brief_that_is_no_text_is_said(folder):
    folder.mkdir()
    (folder / "brief.md").write_bytes(b"\xff\xfe\x00")
    assert "UTF-8" in journal.show_brief().data


def test_a_full_disk_still_shows_it(monkeypatch):
    journal.start_brief()
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError("full")))
    shown = journal.show_brief().data
    assert "could not be written" in shown
    assert "The title of my brief" in shown


# Moving and deleting


def test_delete_all_names_the_briefs_before_it_takes_them(folder):
    journal.start_brief()
    write_all(folder)
    journal.show_brief()
    journal.start_brief()
    (folder / "brief-notes.md").write_text("mine")
    card = journal.delete_all().data
    assert "brief.md, brief-2.md" in card
    assert (folder / "brief.md").exists()
    journal.delete_all(confirm=True)
    assert [path.name for path in folder.iterdir()] == ["brief-notes.md"]


def test_import_brings_briefs_along_under_a_free_name(folder, tmp_path, monkeypatch):
    use(tmp_path / "old", monkeypatch)
    journal.start_brief()
    write_all(tmp_path / "old", words="old words")
    use(folder, monkeypatch)
    journal.start_brief()
    write_all(folder, words="new words")
    report = journal.import_from(tmp_path / "old")
    assert report.iloc[0].tolist() == ["brief.md", "brief", "", True, "as brief-2.md"]
    assert "new words" in text(folder)
    assert "old words" in text(folder, "brief-2.md")
    assert not journal.import_from(tmp_path / "old")["taken"].any()


@pytest.mark.parametrize("words", ["a *b* _c_ [d](e) <f> `g` #h |i| ~j~ $k$ \\l", "two\nlines"])
def test_plain_text_survives_markdown(words, folder):
    from html import unescape

    shown = Brief(f"x {phrases.as_markdown(words)}\n", folder).html()
    assert unescape(shown) == f"<p>x {' '.join(words.split())}</p>\n"


def test_everything_runs_in_a_real_kernel_without_warnings():
    nbformat = pytest.importorskip("nbformat")
    from nbclient import NotebookClient

    cells = [
        "import warnings; warnings.simplefilter('error')",
        "import pandas as pd\nfrom courseware import charts, journal",
        "journal.matrix('09-weigh', 'How surprising?', {'E1': 'a'}, {'H1': 'b'})",
        "journal.read_matrix('09-weigh')",
        "fig, ax = charts.figure('Trade grew', 'US$', 'customs', size=(5, 3))",
        f"charts.show(fig, {ALT!r}, pd.DataFrame({{'year': [2021]}}))",
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
