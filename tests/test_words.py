"""The words of the chapters: every file fits its schema, and every word is asked for."""

import ast
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import coursestaff
from coursestaff.chapters import with_companions
from coursestaff.publishing import reader
from coursestaff.yaml_schema import YamlSchemaError, read
from courseware import CourseError, journal, words
from tests.notebooks import CHAPTERS
from tests.notebooks import read as notebook

SCHEMA = Path(coursestaff.__file__).with_name("words.schema.json")
FILES = sorted(words.folder().glob("[0-9][0-9].yaml"))
#: The function of the journal that asks for each part of a file.
ASKED_BY = {"predictions": "predict", "discussions": "answer"}


def test_every_chapter_has_its_words():
    chapters = [path.stem[:2] for path in CHAPTERS]
    assert [path.stem for path in FILES] == chapters, "NAMES in tests/notebooks.py, and the files"


def asked(path: Path, function: str, place: int = 0) -> set[str]:
    """Return the keys with which a chapter or its companion calls a function.

    ``place`` is the argument's.
    """
    cells = [cell for each in with_companions([path]) for cell in notebook(each).cells]
    sources = [cell.source for cell in cells if cell.cell_type == "code"]
    calls = [
        node
        for source in sources
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == function
    ]
    keys = [call.args[place] for call in calls if len(call.args) > place]
    return {key.value for key in keys if isinstance(key, ast.Constant)}


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_asks_what_is_written_and_nothing_else(path):
    written = words.chapter(path.stem[:2])
    for part, function in ASKED_BY.items():
        assert asked(path, f"journal.{function}") == set(written.get(part, {})), part
    shown = asked(path, "charts.show", place=1) | asked(path, "charts.show_grid")
    shown |= asked(path, "charts.show_tiles")
    shown |= asked(path, "maps.show", place=1) | asked(path, "maps.show_ruler", place=1)
    assert shown == set(written.get("charts", {}))
    assert asked(path, "journal.confidence") <= set(words.polls())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_retired_question_is_asked_no_more_and_its_id_not_used_again(path):
    for part, questions in words.chapter(path.stem).get("retired", {}).items():
        assert not set(questions) & set(words.chapter(path.stem).get(part, {})), part


def test_a_retired_question_keeps_its_words_and_is_offered_nowhere(monkeypatch):
    written = words.chapter("02")
    asked = {"question": "How much was it?", "kind": "number", "unit": "tonnes"}
    debated = {"prompt": "Was it much?", "positions": ["Yes.", "No."], "minutes": [1, 2, 2]}
    retired = {"predictions": {"02-old": asked}, "discussions": {"02-old": debated}}
    monkeypatch.setitem(written, "retired", retired)
    assert journal.predict("02-old").blank.question == "How much was it?"
    assert journal.answer("02-old").blank.question == "Was it much?"
    journal.outcome("02-old", 3)
    assert journal.read("02-old").outcome.unit == "tonnes"
    lesson = reader.read(CHAPTERS[2])
    offered = [question.key for question in (*lesson.predictions, *lesson.discussions)]
    assert "02-buyer" in offered
    assert "02-old" not in offered


def test_a_key_alone_asks_the_written_question():
    form = journal.predict("02-buyer")
    assert form.blank.question == words.prediction("02-buyer")["question"]
    assert list(form.control.options) == words.prediction("02-buyer")["options"]
    assert journal.confidence("T1", moment="after 02").blank.question == words.poll("T1")
    assert journal.answer("02-lifeline").blank.question == words.discussion("02-lifeline")["prompt"]


def test_an_outcome_has_the_unit_of_its_question_even_unasked():
    journal.outcome("02-tonnes", 8.3)
    assert journal.read("02-tonnes").outcome.unit == "per cent"


def test_a_mistyped_key_is_told_the_nearest():
    with pytest.raises(words.UnknownWordsError, match="'02-buyer'"):
        journal.predict("02-buyers")
    with pytest.raises(words.UnknownWordsError, match="'77'"):
        journal.predict("77-what")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("predictions:\n  02-x: {unit: tonnes}\n", "line 2: predictions.02-x: 'question'"),
        ("predictions:\n  x: {question: What}\n", "line 2: predictions.x: 'x'"),
        ("\nquestions: {}\n", "line 2: questions: "),
        ("retired:\n  polls: {T1: A}\n", "line 2: retired.polls: "),
        ("retired:\n  predictions:\n    02-x: {unit: t}\n", "line 3: retired.predictions.02-x: "),
        ("polls:\n  T1: A\n  T1: B\n", "line 3: 'T1'"),
        (
            "predictions:\n  02-x: {question: Q, kind: choice}\n",
            "line 2: predictions.02-x: 'options'",
        ),
        ("polls: [\n", "line 2: "),
        ("charts:\n  02-x: {title: T, unit: U}\n", "line 2: charts.02-x: 'source'"),
        (
            "charts:\n  02-x: {title: T, unit: U, source: s,\n later: 2}\n",
            "line 3: charts.02-x.later: ",
        ),
        ("verdicts:\n  C17: {says: S}\n", "line 2: verdicts.C17: 'tables'"),
        ("verdicts:\n  T1: {says: S}\n", "line 2: verdicts.T1: 'T1'"),
        (
            "explorers:\n  trade: {title: T, intro: I, presets: {a: {name: N}}}\n",
            "line 2: explorers.trade.presets.a: 'caption'",
        ),
    ],
)
def test_what_cannot_be_understood_is_named_by_file_and_line(tmp_path, text, complaint):
    path = tmp_path / "02.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(YamlSchemaError) as told:
        read(path, SCHEMA)
    assert f"02.yaml, {complaint}" in str(told.value)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"polls:\n  T1: A: B\n", 2),
        (b"polls:\n  T1: 'A\n", 3),
        (b"polls:\n  T1: \xff\n", 2),
        (b"polls:\n\n  T1: \x07\n", 3),
    ],
)
def test_a_damaged_file_is_named_with_its_line_when_a_chapter_asks(
    tmp_path, monkeypatch, content, line
):
    monkeypatch.setattr(words, "folder", lambda: tmp_path / "words")
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "77.yaml").write_bytes(content)
    with pytest.raises(CourseError, match=rf"words/77.yaml, line {line}: "):
        words.chapter("77")


def test_the_schema_is_one():
    Draft202012Validator.check_schema(json.loads(SCHEMA.read_text(encoding="utf-8")))
