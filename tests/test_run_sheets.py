"""Each chapter has a run sheet of one page, and what it says agrees with the chapter."""

import re
from itertools import chain

import pytest

from courseware import data
from instructor.publishing import reader as lessons
from tests.notebooks import CHAPTERS, ROOT, outputs, read, run

pytestmark = pytest.mark.publishing

PARTS = (
    "## Minutes",
    "## Answers to the predictions",
    "## Common wrong turns",
    "## Without computers",
)
ANSWER = re.compile(r"^\| `([\w-]+)` \| ([^|]+) \|", re.MULTILINE)
VERDICT = re.compile(r"^\| (C\d\d) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
MINUTES = re.compile(r"^\| (\d+) \| \w", re.MULTILINE)

chapters = pytest.mark.parametrize("path", CHAPTERS, ids=[path.stem for path in CHAPTERS])


def sheet(path) -> str:
    return (ROOT / "solutions" / path.stem / "session.md").read_text(encoding="utf-8")


@chapters
def test_one_page_with_all_parts(path):
    text = sheet(path)
    for part in PARTS:
        assert part in text
    assert re.search(r"^## A \d+-minute cut", text, re.MULTILINE)
    assert len(text.splitlines()) <= 60


@chapters
def test_minutes_add_up_to_those_on_the_chapters_card(path):
    card = read(path).cells[0].source
    promised = int(re.search(r"\| Minutes \| (\d+)", card)[1])
    assert sum(map(int, MINUTES.findall(sheet(path)))) == promised


@chapters
def test_answers_are_what_the_chapter_computes(path, outcomes):
    told = {key: answer.strip() for key, answer in ANSWER.findall(sheet(path))}
    computed = outcomes(path)
    assert set(told) == set(computed)
    for key, value in computed.items():
        if isinstance(value, str):
            assert told[key] == value
        else:
            assert float(re.match(r"-?[\d.]+", told[key])[0]) == pytest.approx(value, abs=0.051)


@chapters
def test_verdicts_and_dissents_are_those_of_the_register(path):
    register = data.load("claims").set_index("claim_id")
    told = {claim: (verdict, dissent) for claim, verdict, dissent in VERDICT.findall(sheet(path))}
    core = register.index[(register["chapter"] == path.stem[:2]) & register["core"]]
    assert set(core) <= set(told)
    for claim, (verdict, dissent) in told.items():
        assert verdict == register["verdict"][claim]
        assert dissent == register["dissent"][claim]


# The short form -----------------------------------------------------------------------------
#
# A cut names in italics the sections that are run, and in code style the predictions that are
# asked (without any: all of them), up to the words "At home:"; after these, in italics, the parts
# that are left out.


def test_the_words_of_run_a_cell_count_its_cells():
    lesson = lessons.read(CHAPTERS[0])
    (said,) = re.findall(r"everybody runs the (\w+) cells", lesson.sheet.minutes[0].what)
    assert said == {4: "four", 5: "five", 6: "six"}[len([*lesson.code("Run a cell")])]


@chapters
def test_a_cut_names_sections_and_predictions_that_are_there(path):
    lesson = lessons.read(path)
    named, asked, left_out = cut_of(lesson)
    sections = {s.heading for s in chain.from_iterable(lesson.parts.values())}
    assert named <= sections | {*lesson.parts}
    assert left_out <= {*lesson.parts}
    assert asked <= {prediction.key for prediction in lesson.predictions()}
    assert named & {s.heading for s in lesson.parts["Look"]}


@chapters
def test_a_cut_runs_from_an_empty_kernel_and_answers_what_it_asked(path, tmp_path):
    lesson, notebook = lessons.read(path), read(path)
    named, asked, left_out = cut_of(lesson)
    taught = {cell.id for cell in cells_of_cut(lesson, named, asked, left_out)}
    without_heading = next(i for i, c in enumerate(notebook.cells) if c.source.startswith("## "))
    taught |= {cell.id for cell in notebook.cells[:without_heading]}
    notebook.cells = [c for c in notebook.cells if c.id in taught and c.cell_type == "code"]
    run(notebook, path.parent, tmp_path)  # raises with the cell's traceback
    assert not [o.text for _, o in outputs(notebook) if o.get("name") == "stderr"]
    source = "\n".join(cell.source for cell in notebook.cells)
    for function in ("predict", "outcome"):
        assert set(re.findall(rf'journal\.{function}\(\s*"([\w-]+)"', source)) == asked, function
    assert "argument_map.progress(" in source


def cut_of(lesson) -> tuple[set[str], set[str], set[str]]:
    """Return the sections that a cut names, the predictions that it asks, the parts left out."""
    taught, _, home = lesson.sheet.cut.partition("At home:")
    asked = set(re.findall(r"`(\d\d-[\w-]+)`", taught))
    everything = {prediction.key for prediction in lesson.predictions()}
    italics = re.compile(r"(?<!\*)\*([^*]+)\*(?!\*)")
    return {*italics.findall(taught)}, asked or everything, {*italics.findall(home)}


def cells_of_cut(lesson, named: set, asked: set, left_out: set):
    """Yield the cells that are run: of *Look* what is named, of other parts all that is asked."""
    explores = "explore" in lesson.sheet.cut_parts
    for part, sections in lesson.parts.items():
        if part in left_out or (part == "Explore" and not explores):
            continue
        chosen = [s for s in sections if part != "Look" or s.heading in named]
        for piece in chain.from_iterable(section.pieces for section in chosen):
            calls = lessons.calls(piece.text, "predict") if piece.is_code else []
            if {arguments[0] for arguments, _ in calls} <= asked:
                yield piece.cell
