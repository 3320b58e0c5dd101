"""Each chapter has notes for whoever holds it, and a run sheet that is made of them."""

import json
import re
import shutil
from dataclasses import replace
from itertools import pairwise

import pytest

from coursestaff.publishing import notes, reader, run_sheets
from coursestaff.releasing import bundle
from coursestaff.yaml_schema import YamlSchemaError
from courseware import claims, data, words
from courseware.journal.store import Store
from courseware.verdicts import A_READING, COURSE_SAYS, FAILS, NOT_COMPARED, UNKNOWN
from tests.cases import cases
from tests.notebooks import CHAPTERS, ROOT, executed, journal_of, outputs, read, run, unknown

pytestmark = pytest.mark.publishing

chapters = pytest.mark.parametrize("path", CHAPTERS, ids=[path.stem for path in CHAPTERS])
after_the_first = pytest.mark.parametrize("path", CHAPTERS[1:], ids=lambda path: path.stem)


@chapters
def test_a_run_sheet_is_short(path):
    assert len(run_sheets.sheet(reader.read(path)).splitlines()) <= 80


@chapters
def test_a_run_sheet_says_what_is_asked_and_judged_in_the_words_of_the_room(path):
    """Whoever holds it in the room has nothing else in hand: no register, no file of words."""
    text, lesson = run_sheets.sheet(reader.read(path)), reader.read(path)
    assert len(lesson.predictions) == sum(
        f"| {one.question} (`{one.key}`) | {lesson.notes.answers[one.key].answer} |" in text
        for one in lesson.predictions
    )
    register = data.load("claims").set_index("claim_id")
    for claim in lesson.tried:
        label, verdict, dissent = register.loc[
            claim.claim_id, ["short_label", "verdict", "dissent"]
        ]
        word = A_READING if claim.is_reading else verdict
        (row,) = re.findall(rf"^\| {claim.claim_id} .*$", text, re.MULTILINE)
        assert row.endswith(f"| {dissent} |")
        assert label in row
        said = COURSE_SAYS[verdict]
        assert f"| {said or NOT_COMPARED}" in row
        assert (f"({word})" in row) == (said in (FAILS, UNKNOWN))
    for asked in lesson.discussions:
        assert all(f"- {side}\n" in text for side in asked.sides)


@chapters
def test_the_clock_of_a_run_sheet_ends_with_the_session(path):
    lesson = reader.read(path)
    rows = re.findall(r"^\| (\d+) \| (\d+) \|", run_sheets.timetable(lesson), re.MULTILINE)
    ends = [int(end) for _, end in rows]
    assert [int(minutes) for minutes, _ in rows] == [
        end - start for start, end in pairwise([0, *ends])
    ]
    assert ends[-1] == lesson.notes.minutes == lesson.head.minutes


@after_the_first
def test_the_minutes_add_up_whole_and_in_short_with_the_close(path):
    lesson = reader.read(path)
    whole, short = lesson.notes.parts, lesson.notes.cut
    assert sum(part.minutes for part in whole.values()) == lesson.notes.minutes == 90
    assert sum(short.parts.values()) == short.total == 45
    assert whole["leaves"].minutes == 5
    assert all(1 <= minutes <= whole[part].minutes for part, minutes in short.parts.items())
    assert short.parts["leaves"] >= 3  # outcomes, map, two polls and the exercise

    steps = whole["look"].sections
    assert [*steps] == [section.cell_id for section in lesson.parts["look"] if section.code()]
    assert sum(step.minutes for step in steps.values()) == whole["look"].minutes
    assert sum(short.sections.values()) == short.parts["look"]
    assert all(minutes <= steps[name].minutes for name, minutes in short.sections.items())
    told = run_sheets.timetable(lesson), run_sheets.cut(lesson)
    for said, minutes in zip(told, (steps, short.sections), strict=True):
        assert all(f"*{lesson.section(name).heading}* " in said for name in minutes)


@after_the_first
def test_the_minutes_that_a_cut_prints_add_up_part_by_part(path):
    lesson = reader.read(path)
    words = run_sheets.cut(lesson).removesuffix(lesson.notes.cut.at_home)
    said = re.findall(r"[a-z] (\d+)(?: \(([^)]*)\))?[,.]", words)
    assert sum(int(minutes) for minutes, _ in said) == lesson.notes.cut.total
    timed = [(minutes, re.findall(r" (\d+)(?=[;,]|$)", more)) for minutes, more in said if more]
    timed = [(int(minutes), [*map(int, steps)]) for minutes, steps in timed if steps]
    assert len(timed) == 2  # the sections of Look, and how the talk goes
    assert all(sum(steps) == minutes for minutes, steps in timed)


@after_the_first
def test_a_claim_is_judged_only_where_its_evidence_was_seen(path):
    """By the tables that the chapter's own sentence on a claim is filled from."""
    lesson, cut = reader.read(path), reader.read(path).notes.cut
    prose = " ".join(block.words for block in lesson.text("look"))
    for claim in lesson.tried:
        assert lesson.shown_in(claim) or claim.claim_id in prose, claim.claim_id
    for claim_id in cut.claims:
        tables = lesson.shown_in(claims.get(claim_id))
        assert tables, claim_id
        for table, sections in tables.items():
            assert {s.cell_id for s in sections} & {*cut.sections}, (claim_id, table)


@chapters
def test_the_minutes_of_a_discussion_are_those_of_its_part_whole_and_in_short(path):
    lesson = reader.read(path)
    whole = sum(sum(asked.minutes) for asked in lesson.discussions)
    assert whole == lesson.notes.parts["talk"].minutes
    short = lesson.notes.cut.parts.get("talk")
    if short:
        times = lesson.discussions[0].within(short)
        assert sum(times) == short
        assert min(times) >= 1
        talked = re.search(r"\(([^)]*)\)", run_sheets.cut(lesson).partition(f"talk {short} ")[2])[1]
        assert re.findall(r"\d+", talked)[-3:] == [str(minutes) for minutes in times]


@chapters
def test_answers_are_what_the_chapter_computes(path):
    told = reader.read(path).notes.answers
    executed(path)
    entries = Store(journal_of(path)).all()
    computed = {entry.id: entry.outcome.value for entry in entries if entry.outcome}
    assert set(told) == set(computed)
    for key, value in computed.items():
        if isinstance(value, str):
            assert told[key].answer == value
        else:
            number = float(re.match(r"-?[\d.]+", told[key].answer)[0])
            assert number == pytest.approx(value, abs=0.051)


# The short form -----------------------------------------------------------------------------


@chapters
def test_the_notes_try_core_claims_and_a_cut_goes_through_sections_of_look(path):
    lesson = reader.read(path)
    register = data.load("claims")
    core = register[(register["chapter"] == lesson.number) & register["core"]]["claim_id"]
    tried = {claim.claim_id for claim in lesson.tried}
    assert set(core) <= tried, "notes.yaml, tried: leaves a core claim out"
    assert set(lesson.notes.cut.claims) <= tried
    look = {section.cell_id for section in lesson.parts["look"]}
    assert {*lesson.notes.cut.sections, *lesson.notes.cut.run_only} <= look
    assert set(lesson.notes.cut.parts) <= set(lesson.parts)


def test_a_cut_names_sections_by_their_headings_of_now():
    lesson = reader.read(CHAPTERS[2])
    lesson.section("02-buyers").heading = "Weight or price?"
    assert "*Weight or price?* 11" in run_sheets.cut(lesson)


def cut_short(path):
    """Return a chapter with the code cells that are run when time is short."""
    notebook, lesson = read(path), reader.read(path)
    cut, taught = lesson.notes.cut, [*lesson.opening]
    through = {*cut.sections, *cut.run_only}
    for part, sections in lesson.parts.items():
        if part in cut.parts or part in [*reader.PARTS][-2:]:
            chosen = [s for s in sections if part != "look" or s.cell_id in through]
            taught += [cell for section in chosen for cell in section.code()]
    skipped = {each.cell_id for each in lesson.predictions if each.key not in cut.predictions}
    kept = {cell.cell_id for cell in taught} - skipped
    notebook.cells = [cell for cell in notebook.cells if cell.id in kept]
    return notebook


@chapters
def test_a_cut_leaves_out_no_cell_that_it_leans_on_and_answers_what_it_asked(path):
    lesson, code = reader.read(path), [c for c in cut_short(path).cells if c.cell_type == "code"]
    assert list(unknown([cell.source for cell in code])) == []
    source = "\n".join(cell.source for cell in code)
    asked = lesson.notes.cut.predictions
    assert all(f"`{key}`" in run_sheets.cut(lesson) for key in asked) or path == CHAPTERS[0]
    for function in ("predict", "outcome"):
        assert re.findall(rf'journal\.{function}\(\s*"([\w-]+)"', source) == asked, function
    assert "argument_map.progress(" in source


@pytest.mark.parametrize("path", cases(CHAPTERS, CHAPTERS[2:3]), ids=lambda path: path.stem)
def test_a_cut_runs_from_an_empty_kernel(path, tmp_path):
    notebook = run(cut_short(path), path.parent, tmp_path)  # raises with the cell's traceback
    assert not [o.text for _, o in outputs(notebook) if o.get("name") == "stderr"]


def test_a_name_that_no_cell_of_a_cut_gives_a_value_to_is_found():
    cells = ["total = total + 1", "def share(part): return part / all_of_it", "share(total)"]
    assert list(unknown(cells)) == ["total", "all_of_it"]


# The notes ----------------------------------------------------------------------------------


def test_a_mistake_in_the_notes_is_named_by_file_and_line(tmp_path):
    good = (ROOT / "solutions" / "02_the_trade_lifeline" / notes.FILE).read_text(encoding="utf-8")
    file = tmp_path / notes.FILE
    file.write_text(good.replace("without_computers:", "without_electricity:"), encoding="utf-8")
    with pytest.raises(YamlSchemaError, match=r"notes\.yaml, line \d+: .*without_"):
        notes.read(file)


@pytest.mark.parametrize(
    ("place", "name", "wrong"),
    [("sections", "02-buyers", "02-sellers"), ("answers", "02-tonnes", "02-barrels")],
)
def test_notes_that_name_what_is_not_there_are_refused(tmp_path, place, name, wrong):
    chapter = CHAPTERS[2]
    for folder, file in (("notebooks", chapter.name), (f"solutions/{chapter.stem}", notes.FILE)):
        (tmp_path / folder).mkdir(parents=True)
        text = (ROOT / folder / file).read_text(encoding="utf-8")
        text = text if folder == "notebooks" else text.replace(name, wrong)
        (tmp_path / folder / file).write_text(text, encoding="utf-8")
        line = next((n for n, found in enumerate(text.splitlines(), 1) if wrong in found), 0)
    with pytest.raises(reader.LessonError, match=f"line {line}: .*'{wrong}'"):
        reader.read(tmp_path / "notebooks" / chapter.name)


def test_every_chapter_tells_how_to_hold_a_discussion():
    for lesson in map(reader.read, CHAPTERS):
        assert lesson.discussions and lesson.notes.hold and lesson.notes.parts["predict"].note


def test_the_order_of_keys_in_a_file_of_words_means_nothing(monkeypatch):
    lesson = reader.read(CHAPTERS[2])
    written = words.chapter(lesson.number)
    turned = {key: dict(reversed(one.items())) for key, one in written["discussions"].items()}
    monkeypatch.setitem(written, "discussions", turned)
    assert replace(lesson).discussions == lesson.discussions
    monkeypatch.delitem(written, "predictions")
    assert replace(lesson).predictions == []


def test_a_new_chapter_is_found_by_its_notes_and_gets_a_run_sheet(tmp_path):
    chapter = CHAPTERS[2]
    for folder in ("notebooks", "solutions"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    sheet = tmp_path / "solutions" / chapter.stem / run_sheets.FILE
    found, listed = reader.chapters(tmp_path), [path.stem for path in CHAPTERS]
    assert [path.stem for path in found] == listed, "NAMES in tests/notebooks.py"
    assert sheet in run_sheets.sheets(tmp_path)


def test_no_note_for_a_facilitator_stands_in_a_notebook():
    for folder in ("notebooks", "exercises", "solutions"):
        for path in (ROOT / folder).rglob("*.ipynb"):
            assert not [cell.id for cell in read(path).cells if "facilitator" in cell.metadata]


@chapters
def test_a_note_is_seen_wherever_it_would_travel(path):
    told = reader.read(path).notes
    texts = [*told.discussions.values(), *told.hard, told.hold, *told.wrong_turns]
    texts += [told.without_computers, *(part.note for part in told.parts.values())]
    quoting = [text for text in texts if '"' in text and len(text) > 80]
    assert quoting, "notes.yaml: nothing quotes what is said in the room, so nothing is tried"
    places = {f"notebooks/{number}.ipynb": text for number, text in enumerate(quoting)}
    contents = {
        place: json.dumps({"cells": [{"source": [text[:40] + "\n", text[40:]]}]}).encode()
        for place, text in places.items()
    }
    seen = {told.split(" holds ")[0] for told in bundle.leaks(ROOT, contents)}
    assert [text for place, text in places.items() if place not in seen] == []
