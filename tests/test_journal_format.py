"""Formats on a student's disk: an older one is brought up, a newer one is left as it is."""

import io
import json
from dataclasses import fields

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from courseware import charts, journal
from courseware.journal import class_export, format, pictures
from tests.test_journal import answered, polled, predicted, restart, use, write
from tests.test_journal_pictures import files, show


@pytest.fixture(autouse=True)
def folder(journal_dir, monkeypatch):
    restart()
    monkeypatch.setattr(charts, "display", lambda _: None)
    return journal_dir


def rewritten(path, **changes) -> bytes:
    """Change parts of a JSON file; return its bytes."""
    write(path, {**json.loads(path.read_text(encoding="utf-8")), **changes})
    return path.read_bytes()


def words_changed(path, **changes) -> bytes:
    """Change the words in a kept chart; return the file's bytes."""
    image = Image.open(io.BytesIO(path.read_bytes()))
    ((mark, words),) = image.text.items()
    info = PngInfo()
    info.add_itxt(mark, json.dumps({**json.loads(words), **changes}))
    image.save(path, "PNG", pnginfo=info)
    return path.read_bytes()


# Older


def test_an_entry_of_an_older_version_is_brought_up_step_by_step(folder, monkeypatch, capsys):
    """Once upon a time an entry was called by its name, and before that it had no question."""
    steps = {
        -1: lambda raw: {**raw, "question": "unknown"},
        0: lambda raw: {**{k: v for k, v in raw.items() if k != "name"}, "id": raw["name"]},
    }
    monkeypatch.setattr(format, "ENTRY", format.Versions(1, steps))
    polled(40)
    predicted("50")
    for path in (folder / "entries").glob("02-growth*"):
        content = json.loads(path.read_text(encoding="utf-8"))
        content["name"] = content.pop("id")
        del content["question"]
        write(path, {**content, "format": -1})
    restart()
    assert journal.entries()["question"].tolist() == ["unknown", "China gains"]
    predicted("60")
    assert [a.value for a in journal.read("02-growth").answers] == [50, 60]
    content = json.loads(
        (folder / "entries" / "02-growth.prediction.json").read_text(encoding="utf-8")
    )
    assert (content["format"], content["id"]) == (1, "02-growth")
    assert "damaged" not in capsys.readouterr().out


def test_an_export_of_an_older_version_is_brought_up(tmp_path, monkeypatch):
    polled(40)
    path = journal.export(tmp_path / "class").json
    raw = json.loads(path.read_text(encoding="utf-8"))
    rewritten(path, version=0, answers=raw["entries"], entries=None)
    assert "export it again" in journal.read_class(path.parent).left_out["why"][0]
    step = {0: lambda raw: {**raw, "entries": raw["answers"]}}
    monkeypatch.setattr(class_export, "EXPORT", format.Versions(1, step))
    assert journal.read_class(path.parent).polls()["opening_median"].tolist() == [40]


def test_a_kept_chart_of_an_older_version_is_brought_up(folder, monkeypatch):
    show()
    journal.keep_chart("so")
    words_changed(files(folder)[0], format=0, why="one reason")
    step = {0: lambda raw: {**raw, "why": [raw["why"]]}}
    monkeypatch.setattr(pictures, "PICTURE", format.Versions(1, step))
    restart()
    assert journal.kept_charts()["why"].tolist() == ["one reason"]


# Newer


def test_a_last_good_copy_of_a_newer_version_is_not_overwritten(folder):
    predicted("40")
    copy = folder / "entries" / "02-growth.prediction.json.bak"
    before = rewritten(copy, format=99, mood="new")
    restart()
    predicted("60")
    restart()
    assert journal.read("02-growth").answer == 60
    assert copy.read_bytes() == before


def test_what_is_answered_beside_a_newer_file_can_be_exported(folder):
    predicted("40")
    for path in (folder / "entries").glob("02-growth*"):
        rewritten(path, format=99)
    restart()
    assert "journal.export()" in journal.predict("02-growth", "How much?").status.value
    assert "kept in memory only" in predicted("60").status.value
    (entry,) = json.loads(journal.export().json.read_text())["entries"]
    assert entry["value"] == 60


def test_a_newer_journal_that_is_brought_along_is_told(folder, tmp_path, monkeypatch, capsys):
    use(tmp_path / "old", monkeypatch)
    predicted("40")
    for path in (tmp_path / "old" / "entries").glob("02-growth*"):
        rewritten(path, format=99)
    use(folder, monkeypatch)
    with pytest.raises(journal.JournalError, match="a newer version of the course"):
        journal.import_from(tmp_path / "old")
    use(tmp_path / "old", monkeypatch)
    polled(40)
    use(folder, monkeypatch)
    assert journal.import_from(tmp_path / "old")["id"].tolist() == ["T1"]
    told = capsys.readouterr().out
    assert "a newer version of the course" in told
    assert "What you answer here" not in told


def test_deleting_says_first_what_cannot_be_read(folder, capsys):
    predicted("40")
    for path in (folder / "entries").glob("02-growth*"):
        rewritten(path, format=99)
    restart()
    assert "of a newer version of the course" in journal.delete_all().data
    assert "02-growth.prediction.json was written by a newer version" in capsys.readouterr().out


def test_a_newer_export_is_told_in_plain_words(tmp_path):
    polled(40)
    path = journal.export(tmp_path / "class").json
    before = rewritten(path, version=99, entries={"T1": 40})
    class_ = journal.read_class(path.parent)
    assert class_.journals == 0
    (why,) = class_.left_out["why"]
    assert why.startswith("written by a newer version of the course (format 99)")
    assert "damaged" not in why
    assert path.read_bytes() == before


def test_a_kept_chart_of_a_newer_version_is_left_alone(folder, capsys):
    show()
    journal.keep_chart("so")
    (path,) = files(folder)
    before = words_changed(path, format=2, mood="new")
    restart()
    assert journal.kept_charts().empty
    assert "a newer version of the course" in capsys.readouterr().out
    assert "kept in memory only" in journal.keep_chart("again").data
    show(height=3)
    assert "memory" not in journal.keep_chart().data
    assert journal.kept_charts()["why"].tolist() == ["again", ""]
    journal.drop_chart(1)
    assert path.read_bytes() == before
    restart()
    assert len(journal.kept_charts()) == 1


# One definition


@pytest.mark.parametrize(
    ("part", "bad"),
    [("late", "no"), ("may_be_shown", 1), ("saved", "2025-01-01"), ("saved", 3), ("mood", "new")],
)
def test_every_part_of_an_answer_is_what_its_class_declares(folder, part, bad, capsys):
    answered()
    for path in (folder / "entries").glob("02-lifeline*"):
        content = json.loads(path.read_text(encoding="utf-8"))
        content["answer"][part] = bad
        write(path, content)
    restart()
    assert journal.read("02-lifeline") is None
    assert "damaged" in capsys.readouterr().out


def test_what_the_class_sees_is_an_entry_s_question_and_an_answer_without_its_time():
    answered()
    (shared,) = json.loads(journal.export().json.read_text())["entries"]
    entry, answer = (
        {field.name for field in fields(kind)} for kind in (journal.Entry, journal.Answer)
    )
    assert shared.keys() - {"unit", "chapter", "passed", "outcome"} == (
        (entry - {"details", "answers", "outcome"}) | (answer - {"saved"})
    )


@pytest.mark.parametrize("value", [True, float("nan"), float("inf"), {"a": 1}, 10**400, b"x"])
def test_nothing_is_made_that_could_not_be_kept(value):
    with pytest.raises(journal.BadAnswerError):
        journal.Answer(value, format.now())
    with pytest.raises(journal.BadAnswerError):
        journal.Outcome(value, format.now())
