"""Formats on a student's disk: what is of another version is named and left as it is."""

import io
import json
import re
from dataclasses import fields

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from courseware import charts, journal
from courseware.journal import briefs, format
from courseware.journal.store import current_store
from tests.test_journal import MEMORY, answered, polled, restart, write
from tests.test_journal_pictures import files, show


@pytest.fixture(autouse=True)
def folder(journal_dir, monkeypatch):
    restart()
    monkeypatch.setattr(charts.page, "display", lambda _: None)
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


# Another version

FOREIGN = str(format.OtherFormatError())
versions = pytest.mark.parametrize("version", [99, 0, "two", None])


def set_version(path, version) -> bytes:
    """Give a brief's notebook another version; return the file's bytes."""
    book = json.loads(path.read_text(encoding="utf-8"))
    book["metadata"][briefs.KEY]["format"] = version
    write(path, book)
    return path.read_bytes()


@versions
def test_an_export_of_another_version_is_told_and_left(tmp_path, version):
    polled(40)
    path = journal.export(tmp_path / "class").json
    rewritten(path, version=version, entries={"T1": 40})
    class_ = journal.read_class(path.parent)
    assert class_.journals == 0
    (why,) = class_.left_out["why"]
    path.write_text("{")
    assert why not in {*journal.read_class(path.parent).left_out["why"]}


def raise_version(path) -> bytes:
    """Give a page or a picture of ours the next version; return the file's bytes."""
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"(version\W+)2", r"\g<1>3", text, count=1), encoding="utf-8")
    return path.read_bytes()


def assert_stays(path, before) -> None:
    """Check that deleting the journal names a file first, and leaves it and no other."""
    assert f"{path.name}." in journal.delete_all().data
    assert path.name in journal.delete_all(confirm=True).data
    folder = current_store().folder
    assert [each for each in folder.rglob("*") if each.is_file()] == [path]
    assert path.read_bytes() == before


@pytest.mark.parametrize("ending", ["md", "html", "json"])
def test_an_export_of_another_version_is_neither_overwritten_nor_deleted(folder, ending):
    polled(40)
    path = folder / "export" / f"my-journal.{ending}"
    journal.export()
    before = raise_version(path)
    with pytest.raises(journal.JournalError, match=rf"my-journal\.{ending}"):
        journal.export()
    assert_stays(path, before)


@versions
def test_a_kept_chart_of_another_version_is_left_alone(folder, version, capsys):
    show()
    journal.keep_chart("so")
    (path,) = files(folder)
    before = words_changed(path, format=version, mood="new")
    restart()
    assert journal.kept_charts().empty
    told = capsys.readouterr().out
    assert FOREIGN in told and path.name in told
    assert MEMORY in journal.keep_chart("again").data
    show(height=3)
    assert MEMORY not in journal.keep_chart().data
    assert journal.kept_charts()["why"].tolist() == ["again", ""]
    journal.drop_chart(1)
    assert path.read_bytes() == before
    restart()
    assert len(journal.kept_charts()) == 1
    assert_stays(path, before)


def test_a_picture_without_our_words_is_no_kept_chart_and_is_left_alone(folder):
    show()
    journal.keep_chart("so")
    (path,) = files(folder)
    Image.open(io.BytesIO(path.read_bytes())).convert("RGB").save(path, "PNG")
    before = path.read_bytes()
    restart()
    card = journal.keep_chart("again").data
    assert MEMORY in card and FOREIGN in card
    assert path.read_bytes() == before


@versions
def test_a_brief_of_another_version_is_told_and_left(folder, version):
    journal.start_brief()
    path = folder / "brief.ipynb"
    before = set_version(path, version)
    shown = journal.show_brief().data
    assert "brief.ipynb" in shown and FOREIGN in shown
    assert not (folder / "brief.html").exists()
    journal.start_brief()
    assert journal.delete_all().data.count("brief.ipynb") == 1, "not among what would go"
    assert_stays(path, before)


def test_a_page_to_print_of_another_version_is_told_and_left(folder):
    journal.start_brief()
    journal.show_brief()
    path = folder / "brief.html"
    before = raise_version(path)
    (folder / "brief.ipynb").unlink()
    journal.start_brief()
    assert path.name in journal.show_brief().data
    assert_stays(path, before)


def test_a_notebook_of_the_student_s_own_is_shown_as_a_brief_and_never_deleted(folder):
    journal.start_brief()
    path = folder / "brief.ipynb"
    book = json.loads(path.read_text(encoding="utf-8"))
    del book["metadata"][briefs.KEY]
    write(path, book)
    assert FOREIGN not in (shown := journal.show_brief().data) and "brief.ipynb" in shown
    assert_stays(path, path.read_bytes())


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
    assert "02-lifeline.answer.json.damaged" in capsys.readouterr().out


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
