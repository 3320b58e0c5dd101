"""The matrix of the journal: every choice is saved, read out, restored, exported and counted."""

import json

import pytest

from courseware import data, journal, words
from courseware.journal.format import Cell, decode, encode
from courseware.journal.matrix import Matrix
from tests.test_journal import displayed, restart, use, write

EVIDENCE = {"E1": "Trade passed Russia's", "E2": "A power station <2025>"}
HYPOTHESES = {"H1": "Friendship", "H2": "Convenience"}
QUESTION = "How surprising?"


@pytest.fixture(autouse=True)
def folder(journal_dir):
    restart()
    return journal_dir


def shown(id="09-weigh", **options) -> Matrix:
    return journal.matrix(id, QUESTION, EVIDENCE, HYPOTHESES, **options)


def choose(form, row, column, choice) -> None:
    form.cells[row, column].value = choice


# Form


def test_every_control_says_its_row_and_its_column():
    form = shown()
    labels = [control.description for control in form.cells.values()]
    assert labels[0] == "Trade passed Russia's — Friendship"
    assert len(set(labels)) == 4
    assert {control.options[0][0] for control in form.cells.values()} == {"not chosen"}
    assert "data-lm-suppress-shortcuts" in form.children[0].value
    assert 'role="status"' in form.status.value


def test_each_choice_is_saved_at_once_and_comes_back():
    form = shown()
    assert "Nothing is saved yet" in form.status.value
    choose(form, "E1", "H1", "expected")
    assert "Saved: 1 of 4 cells, at " in form.status.value
    choose(form, "E2", "H2", "surprising")
    restart()
    again = shown()
    assert again.cells["E1", "H1"].value == "expected"
    assert again.cells["E1", "H2"].value == ""
    assert "Saved: 2 of 4 cells" in again.status.value
    table = journal.read_matrix("09-weigh")
    assert table.index.tolist() == ["E1", "E2"]
    assert table.columns.tolist() == ["H1", "H2"]
    assert table.columns.name == "story"  # as chapter 09 calls them
    assert table.loc["E1", "H1"] == "expected"
    assert table.loc["E2", "H2"] == "surprising"
    assert table.isna().to_numpy().tolist() == [[False, True], [True, False]]


def test_a_cell_can_be_emptied_and_earlier_choices_are_kept():
    form = shown()
    choose(form, "E1", "H1", "expected")
    choose(form, "E1", "H2", "surprising")
    choose(form, "E1", "H1", "surprising")
    choose(form, "E1", "H1", "")
    entry = journal.read("09-weigh")
    assert [answer.value for answer in entry.answers] == [
        (Cell("E1", "H1", "expected"), Cell("E1", "H2", "surprising")),
        (Cell("E1", "H1", "surprising"), Cell("E1", "H2", "surprising")),
        (Cell("E1", "H2", "surprising"),),
    ]
    assert not entry.passed


def test_a_matrix_without_choices_is_a_table_without_values():
    shown()
    table = journal.read_matrix("09-weigh")
    assert table.shape == (2, 2)
    assert table.isna().all(axis=None)


def test_an_unknown_matrix_is_said_with_the_known_ids():
    with pytest.raises(journal.JournalError, match="first run the cell that shows one"):
        journal.read_matrix("09-weigh")
    shown("09-one")
    with pytest.raises(journal.JournalError, match="It holds 09-one"):
        journal.read_matrix("09-weigh")
    with pytest.raises(journal.BadIdError):
        journal.read_matrix("weigh")


@pytest.mark.parametrize(
    "change",
    [
        {"evidence": {}},
        {"hypotheses": {}},
        {"scale": ["one"]},
        {"scale": ["one", "one"]},
        {"scale": ["one", ""]},
        {"evidence": {"E1": " "}},
        {"hypotheses": {"H1": "x" * 201}},
    ],
)
def test_wrong_use_by_a_chapter_is_an_error(change, folder):
    asked = {"evidence": EVIDENCE, "hypotheses": HYPOTHESES} | change
    with pytest.raises(journal.JournalError, match=r"needs evidence|cannot be used"):
        journal.matrix("09-weigh", QUESTION, **asked)
    assert not folder.exists()


def test_a_changed_scale_or_row_loses_nothing():
    choose(shown(), "E1", "H1", "expected")
    form = shown(scale=("no", "yes"))
    assert form.cells["E1", "H1"].value == ""
    assert journal.read_matrix("09-weigh").isna().all(axis=None)
    choose(form, "E2", "H1", "yes")
    assert journal.read_matrix("09-weigh").loc["E2", "H1"] == "yes"
    assert Cell("E1", "H1", "expected") in journal.read("09-weigh").answer


def test_two_notebooks_with_the_same_matrix_lose_nothing():
    first, second = shown(), shown()
    choose(first, "E1", "H1", "expected")
    choose(second, "E2", "H2", "surprising")
    table = journal.read_matrix("09-weigh")
    assert (table.loc["E1", "H1"], table.loc["E2", "H2"]) == ("expected", "surprising")


def test_showing_it_again_writes_nothing(folder):
    choose(shown(), "E1", "H1", "expected")
    path = folder / "entries" / "09-weigh.matrix.json"
    before = path.stat().st_mtime_ns, path.read_bytes()
    shown()
    assert (path.stat().st_mtime_ns, path.read_bytes()) == before


def test_a_read_only_disk_keeps_it_in_memory(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    use(tmp_path / "file" / "journal", monkeypatch)
    form = shown()
    assert "cannot be written to disk" in form.status.value
    choose(form, "E1", "H1", "expected")
    assert "kept in memory only" in form.status.value
    assert journal.read_matrix("09-weigh").loc["E1", "H1"] == "expected"


def test_what_a_notebook_keeps_has_no_choices_and_escapes():
    form = shown()
    choose(form, "E1", "H1", "expected")
    bundle = displayed(form)
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/plain"] == "<journal matrix 09-weigh>"
    assert "expected" not in bundle["text/html"]
    second_row = form.children[2].children[6].value
    assert "A power station" in second_row and "<2025>" not in second_row


# File


def test_it_is_read_back_as_written():
    choose(shown(), "E1", "H1", "expected")
    entry = journal.read("09-weigh")
    assert decode(encode(entry)) == entry


@pytest.mark.parametrize(
    "bad",
    [
        "expected",
        3,
        [["E1", "H1"]],
        [["E1", "H1", 4]],
        [["E1", "H1", ""]],
        [["E1", "H1", "x" * 201]],
        ["abc"],
        [["E1", "H1", "a"], ["E1", "H1", "b"]],
        {"E1": "H1"},
    ],
)
def test_a_damaged_matrix_is_set_aside_and_its_copy_used(folder, bad):
    choose(shown(), "E1", "H1", "expected")
    path = folder / "entries" / "09-weigh.matrix.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["answer"]["value"] = bad
    write(path, content)
    restart()
    form = shown()
    assert form.cells["E1", "H1"].value == "expected"
    assert "renamed to 09-weigh.matrix.json.damaged" in form.status.value


@pytest.mark.parametrize("axis", ["evidence", "hypotheses", "options"])
def test_damaged_rows_or_columns_are_damage(folder, axis, capsys):
    shown()
    for path in (folder / "entries").glob("09-weigh*"):
        content = json.loads(path.read_text(encoding="utf-8"))
        content["details"][axis] = "E1"
        write(path, content)
    restart()
    with pytest.raises(journal.JournalError, match="no matrix yet"):
        journal.read_matrix("09-weigh")
    assert "rows or columns are damaged" in capsys.readouterr().out


# Tables, exports, import, class


def test_entries_say_how_many_cells_are_chosen():
    choose(shown(), "E1", "H1", "expected")
    assert journal.entries()["answer"].tolist() == ["1 of 4 cells"]
    assert journal.entries(words=True)["answer"].tolist() == ["1 of 4 cells"]
    assert "1 of 4 cells" in displayed(journal.read("09-weigh"))["text/html"]


def test_the_student_s_export_holds_every_choice_and_what_was_changed():
    form = shown()
    choose(form, "E1", "H1", "expected")
    choose(form, "E1", "H2", "either way")
    choose(form, "E1", "H1", "surprising")
    paths = journal.export()
    text = paths.markdown.read_text(encoding="utf-8")
    assert "Trade passed Russia's — Friendship: surprising; Convenience: either way" in text
    assert "): Trade passed Russia's — Friendship: expected" in text
    assert "## Chapter 09" in text
    html = paths.html.read_text(encoding="utf-8")
    assert "Friendship: surprising" in html


def test_the_class_s_export_holds_the_choices():
    choose(shown(), "E1", "H1", "expected")
    (entry,) = json.loads(journal.export().json.read_text())["entries"]
    assert entry["value"] == [["E1", "H1", "expected"]]
    assert (entry["kind"], entry["passed"], entry["chapter"]) == ("matrix", False, "09")


def test_words_in_place_of_a_choice_are_not_exported(folder):
    choose(shown(), "E1", "H1", "expected")
    for path in (folder / "entries").glob("09-weigh*"):
        content = json.loads(path.read_text(encoding="utf-8"))
        content["answer"]["value"] = [["E1", "H1", "PRIVATE"]]
        write(path, content)
    restart()
    assert "PRIVATE" not in journal.export().json.read_text()


def test_import_brings_a_matrix_along(folder, tmp_path, monkeypatch):
    use(tmp_path / "old", monkeypatch)
    choose(shown(), "E1", "H1", "expected")
    use(folder, monkeypatch)
    assert journal.import_from(tmp_path / "old")["taken"].tolist() == [True]
    assert journal.read_matrix("09-weigh").loc["E1", "H1"] == "expected"
    assert not journal.import_from(tmp_path / "old")["taken"].any()


def test_delete_all_takes_the_matrix_too(folder):
    choose(shown(), "E1", "H1", "expected")
    journal.delete_all(confirm=True)
    assert not folder.exists()


def test_a_class_s_matrices_are_counted_by_cell(tmp_path, monkeypatch):
    for number, choice in enumerate(("expected", "expected", "surprising", "")):
        use(tmp_path / str(number), monkeypatch)
        form = shown()
        choose(form, "E1", "H2", "either way")
        choose(form, "E1", "H1", choice)
        journal.export(tmp_path / "class", name=f"j{number}")
    damaged = json.loads((tmp_path / "class" / "j0.json").read_text())
    damaged["journal"] = "f" * 32
    damaged["entries"][0]["value"] = [["E1"]]
    write(tmp_path / "class" / "damaged.json", damaged)
    class_ = journal.read_class(tmp_path / "class")
    counts = class_.matrix("09-weigh")
    assert counts.columns.tolist() == ["evidence", "hypothesis", "choice", "journals"]
    assert counts.to_numpy().tolist() == [
        ["E1", "H1", "expected", 2],
        ["E1", "H1", "surprising", 1],
        ["E1", "H2", "either way", 4],
    ]
    assert class_.left_out["file"].tolist() == ["file 1"]
    with pytest.raises(journal.JournalError, match="09-weigh"):
        class_.matrix("09-other")


# Chapter 09


def test_the_stories_come_from_the_words_and_the_facts_from_a_column():
    facts = data.load("facts_on_the_five")["what is known"]
    form = journal.matrix("09-stories", evidence=facts)
    rows, columns = form.blank.details["evidence"], form.blank.details["hypotheses"]
    assert rows == facts.to_dict()
    assert list(columns) == list(words.matrix("09-stories")["hypotheses"])
    assert len(form.cells) == 4 * len(facts)
    assert form.blank.question == words.matrix("09-stories")["question"]
