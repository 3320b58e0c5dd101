"""Chapters and companions run offline from top to bottom, and keep to a chapter's anatomy."""

import re
import subprocess
import sys
from itertools import pairwise

import pytest

from coursestaff.chapters import own_name
from coursestaff.publishing import mime_output, reader
from courseware import charts, data, views
from tests import code_measures
from tests.notebooks import (
    ALT,
    CHAPTERS,
    COMPANIONS,
    IMAGE,
    NOTEBOOKS,
    ROOT,
    executed,
    git,
    headings,
    html,
    outputs,
    prose,
    read,
    widget_models,
)

SECTIONS = [
    "The passage",
    "Predict",
    "Look",
    "Explore",
    "Talk",
    "Verdict",
    "Where this leaves the argument",
    "Words learnt",
    "Read further and practise",
]
WITHOUT_EXPLORER = {"00_start_here"}

#: A number followed by a unit, or a sum of money: figures that code must compute.
FIGURE = re.compile(
    r"(?:US\$|\$|€)\s?\d"
    r"|\d\s?%"
    r"|\d[\d,.]*\s?(?:per cent|percentage points?|thousand|million|billion|trillion|dollars?|yuan"
    r"|tonnes?|barrels?|bcm|km|kilomet\w+|miles?)\b",
    re.IGNORECASE,
)
CLAIM = re.compile(r"\bC\d\d\b")
EVIDENCE = re.compile(r"\bE\d{3}\b")
QUOTED_IN_PROSE = re.compile(r'"([^"]+)"|“([^”]+)”')
ONE_THESIS = re.compile(r"""\bthesis\b["'\])\s]*(?:==|\.eq\()""")
LOADED = re.compile(r"""data\.(?:load|about|cite)\(\s*["'](\w+)["']""")

chapters = pytest.mark.parametrize("path", CHAPTERS, ids=own_name)
notebooks = pytest.mark.parametrize("path", NOTEBOOKS, ids=own_name)
companions = pytest.mark.parametrize("path", COMPANIONS, ids=own_name)


# What is stored ------------------------------------------------------------------------------


def test_nothing_volatile_is_stored(tmp_path):
    """What git holds counts: on disk, chapters may well have outputs."""
    stored = [path.relative_to(ROOT).as_posix() for path in NOTEBOOKS]
    git("checkout-index", f"--prefix={tmp_path}/", *stored)
    for name in stored:
        cells = read(tmp_path / name).cells
        assert not any(c.outputs or c.execution_count for c in cells if is_code(c)), name
    command = [sys.executable, "-m", "nbstripout", "--verify", "--keep-id", *stored]
    check = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert check.returncode == 0, check.stdout + check.stderr


@notebooks
def test_cell_ids_are_stable_and_tell_the_chapter(path):
    ids = [cell.id for cell in read(path).cells]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(rf"{path.stem[:2]}-[a-z0-9-]+", cell_id) for cell_id in ids)


@notebooks
def test_no_install_no_address_no_silenced_warning(path):
    source = "\n".join(cell.source for cell in read(path).cells if is_code(cell))
    for forbidden in ("pip install", "conda install", "http://", "https://", "filterwarnings"):
        assert forbidden not in source


@notebooks
def test_one_title_and_no_heading_level_is_skipped(path):
    levels = [level for level, _ in headings(read(path))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@chapters
def test_anatomy(path):
    titles = [words for level, words in headings(read(path)) if level == 2]
    expected = [s for s in SECTIONS if s != "Explore" or path.stem not in WITHOUT_EXPLORER]
    assert [title for title in titles if title in SECTIONS] == expected


@companions
def test_a_companion_asks_one_question_and_keeps_nothing(path):
    cells = read(path).cells
    title, *parts = (words for level, words in headings(read(path)) if level < 3)
    assert title.endswith("?")
    assert parts[-1] == code_measures.READ_FURTHER
    source = "\n".join(cell.source for cell in cells if is_code(cell))
    assert not re.search(r"\b(?:journal|claims|argument_map)\.", source)


@companions
def test_a_chapter_and_its_companion_lead_to_each_other(path):
    chapter = path.parents[1] / path.name
    title = read(path).cells[0].source.splitlines()[0].removeprefix("# ")
    assert f"[{title}](further/{path.name})" in read(chapter).cells[-1].source
    assert f"](../{path.name})" in read(path).cells[-1].source


@notebooks
def test_header_card(path):
    first = read(path).cells[0].source
    rows = ("Chapter", "Paragraphs of the article", "You will be able to", "Minutes", "You need")
    card = reader.head(read(path)).card
    assert all(card[row] for row in rows)
    assert re.search(r"^\*\*.+\?\*\*$", first, re.MULTILINE), "the question, in bold"


@notebooks
def test_every_chart_has_its_words_in_the_file_of_words(path):
    for cell in filter(is_code, read(path).cells):
        assert "plt.show" not in cell.source, f"{cell.id}: use charts.show, which has alt text"
        for words in re.findall(r"charts\.show\(\w+,(?! \")[^\n]*", cell.source):
            raise AssertionError(f"{cell.id}: a chart of a chapter has a key, not {words}")


@chapters
def test_predictions_come_before_data_and_have_outcomes(path):
    source = "\n".join(cell.source for cell in read(path).cells if is_code(cell))
    asked = re.findall(r'journal\.predict\(\s*"([\w-]+)"', source)
    answered = re.findall(r'journal\.outcome\(\s*"([\w-]+)"', source)
    assert asked
    assert sorted(asked) == sorted(answered)
    before_look = source_until(read(path), "## Look")
    assert before_look.count("journal.predict(") == len(asked)
    assert "charts.show(" not in before_look


@notebooks
def test_no_chapter_drops_what_others_said_of_both_theses(path):
    """An argument may speak to both theses: ask for `thesis in ['T1', 'both']`."""
    asked = [c.id for c in read(path).cells if is_code(c) and ONE_THESIS.search(c.source)]
    assert not asked, "a filter on one thesis drops the rows that speak to both"


@pytest.mark.parametrize(
    ("pattern", "found", "left"),
    [
        (
            ONE_THESIS,
            ("query(\"thesis == 'T2'\")", 'said["thesis"] == "T1"', "said.thesis.eq('T1')"),
            ("query(\"thesis in ['T2', 'both']\")", 'said["thesis"].isin(["T1", "both"])'),
        ),
        (
            FIGURE,
            ("grew by 40 per cent", "200 billion", "US$ 5", "7,644 km", "12%", "3 million"),
            ("in 1992", "90 minutes", "84 claims", "chapter 02", "five states"),
        ),
    ],
)
def test_the_patterns_find_filters_and_figures(pattern, found, left):
    assert [text for text in found if not pattern.search(text)] == []
    assert [text for text in left if pattern.search(text)] == []


# What the words say --------------------------------------------------------------------------


@notebooks
def test_no_figure_in_prose_without_its_claim(path):
    loose = [
        (cell_id, match[0])
        for cell_id, text in prose(read(path))
        for sentence in re.split(r"(?<=[.!?:;])\s|\n", text)
        if not CLAIM.search(sentence)
        for match in FIGURE.finditer(sentence)
    ]
    assert not loose, "let code compute it, or name the article's claim"


@notebooks
def test_references_lead_somewhere(path):
    register = set(data.load("claims")["claim_id"])
    evidence = set(data.load("evidence")["evidence_id"])
    names = set(data.tables()["name"])
    for cell in read(path).cells:
        assert set(CLAIM.findall(cell.source)) <= register, cell.id
        assert set(EVIDENCE.findall(cell.source)) <= evidence, cell.id
        assert set(LOADED.findall(cell.source)) <= names | {*views.names()}, cell.id


@notebooks
def test_quotations_are_short(path):
    for cell_id, text in prose(read(path)):
        for match in QUOTED_IN_PROSE.finditer(text):
            quoted = match[1] or match[2]
            assert len(quoted.split()) <= 8, (cell_id, quoted)


# What happens when it runs -------------------------------------------------------------------


@notebooks
def test_runs_offline_without_errors_or_warnings(path):
    notebook = executed(path)  # raises with the cell's traceback
    streams = [(c.id, o.text) for c, o in outputs(notebook) if o.get("name") == "stderr"]
    assert not streams


@chapters
def test_the_examples_of_its_words_of_code_run_at_its_end(path):
    """Whoever has met a word tries the card's example first, on the tables of the chapter."""
    assert executed(path).metadata["stopped"] == ""


@notebooks
def test_every_picture_is_described(path):
    notebook = executed(path)
    found = [(c.id, o.get("data", {})) for c, o in outputs(notebook)]
    pictures = [(name, d) for name, d in found if {"image/png", "image/svg+xml"} & {*d}]
    bare = [name for name, data in pictures if not ALT.search(data.get("text/html", ""))]
    assert not bare, "a picture without alt text: use charts.show"
    assert not widget_models(notebook, "ImageModel"), "an image widget has no alt text"
    images = [image for piece in html(notebook) for image in IMAGE.findall(piece)]
    assert all(len(ALT.search(image)[1].split()) >= 5 for image in images)


@notebooks
def test_the_words_of_every_chart_fit_its_numbers(path, proved):
    cells = [(c.id, o) for c, o in outputs(executed(path))]
    own = charts.YOUR_VERSION  # what a chart is called whose words do not fit
    unfit = [name for name, o in cells if own in o.get("data", {}).get("text/html", "")]
    assert not unfit, "what the title says does not hold, or its words name what is not there"
    drawn = [name for name, o in cells if isinstance(mime_output.read(o), mime_output.Picture)]
    assert drawn
    proved("charts", *drawn)


@notebooks
def test_running_it_leaves_no_trace_in_the_course(path):
    assert executed(path).metadata["left_behind"] == []


def test_no_other_notebook_is_stored():
    stored = git("ls-files", "notebooks").decode().split()
    assert sorted(stored) == sorted(path.relative_to(ROOT).as_posix() for path in NOTEBOOKS)


def source_until(notebook, heading: str) -> str:
    """Return the source of all cells above the one that starts with ``heading``."""
    end = next(i for i, c in enumerate(notebook.cells) if c.source.startswith(heading))
    return "\n".join(cell.source for cell in notebook.cells[:end])


def is_code(cell) -> bool:
    return cell.cell_type == "code"
