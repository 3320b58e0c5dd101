"""The journal: nothing is lost, nothing leaks, and a class can be tallied."""

import getpass
import json
import os
import platform
import re
import subprocess
import sys
from datetime import UTC, datetime
from html import escape
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from IPython.core.formatters import DisplayFormatter

from courseware import journal, quantities
from courseware.journal import phrases, store
from courseware.journal.format import Entry, OtherFormatError, decode, encode, merged
from courseware.journal.widgets import CLOSED, LATE
from courseware.ui import scripts
from courseware.verdicts import CAVEATS
from courseware.words import prediction

MEMORY, NOT_ON_DISK = escape(store.IN_MEMORY), escape(store.NOT_ON_DISK)


@pytest.fixture(autouse=True)
def folder(journal_dir):
    """Forget what other tests left in memory; return this test's journal folder."""
    restart()
    return journal_dir


def use(place: Path, monkeypatch) -> None:
    monkeypatch.setenv("NO_LIMITS_JOURNAL", str(place))
    restart()


def restart() -> None:
    """Forget what is in memory, as a new kernel would."""
    store.store_at.cache_clear()


def filled(form, value) -> journal.widgets.Form:
    """Answer a form and press Save."""
    form.control.value = value
    form.save_button.click()
    return form


def predicted(text="50", id="02-growth", **options) -> journal.widgets.Form:
    asked = journal.predict(id, "By how much did trade grow?", unit="per cent", **options)
    return filled(asked, text)


def asked_who(*options) -> journal.widgets.Form:
    options = options or ("China", "India")
    return journal.predict("02-who", "Who?", kind="choice", options=options)


def answered(words="It is fair.", *, tick=False, id="02-lifeline") -> journal.widgets.Form:
    form = journal.answer(id, "Is the word fair?", ["Yes: so.", "No: not so."], (2, 5, 8))
    form.control.value = words
    form.tick.value = tick
    form.save_button.click()
    return form


def polled(value, id="T1", moment="opening") -> None:
    filled(journal.confidence(id, "China gains", moment=moment), value)


def kept(id="02-growth") -> str:
    """Return what a form says of what is saved."""
    return escape(phrases.kept(journal.read(id)))


def kept_none(form) -> bool:
    """Return whether a form says that it kept nothing, in other words than that nothing is kept."""
    return journal.read(form.blank.id) is None and phrases.kept(None) not in form.status.value


def values(id="02-growth") -> list:
    return [answer.value for answer in journal.read(id).answers]


def path_of(folder, key="02-growth.prediction") -> Path:
    return folder / "entries" / f"{key}.json"


def refused(*_):
    raise OSError("full")


def displayed(thing) -> dict:
    """Return what a notebook's file keeps of a cell that shows this, by type."""
    return DisplayFormatter().format(thing)[0]


def run_python(code: str, place: Path) -> subprocess.Popen:
    """Start a new process that uses the same journal."""
    environment = {**os.environ, "NO_LIMITS_JOURNAL": str(place)}
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", code],
        env=environment,
        cwd=Path(__file__).parents[1],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(process: subprocess.Popen) -> str:
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return out


# Ids


@pytest.mark.parametrize("id", ["02-growth", "00-thesis-two", "T1", "C09", "09-2023"])
def test_good_ids(id):
    assert journal.read(id) is None


@pytest.mark.parametrize(
    "id", ["growth", "2-growth", "02-Growth", "02-", "../02-x", "02-a/b", "02-a.b", "con", "", None]
)
def test_bad_ids_are_refused(id):
    for use_of in (journal.read, lambda id: journal.predict(id, "?")):
        with pytest.raises(journal.BadIdError):
            use_of(id)


def test_a_poll_needs_a_moment_that_can_be_a_file_name():
    with pytest.raises(journal.BadIdError, match="after/02"):
        journal.confidence("T1", "China gains", moment="after/02")


# Saving


def test_a_saved_prediction_survives_a_restart(folder):
    predicted("12,3")
    code = "from courseware import journal; print(journal.read('02-growth').answer)"
    assert finished(run_python(code, folder)).strip() == "12.3"
    restart()
    form = journal.predict("02-growth", "By how much did trade grow?", unit="per cent")
    assert form.control.value == "12.3"
    assert kept() in form.status.value and "12.3 per cent" in kept()


def test_the_course_root_is_the_default_place(monkeypatch, tmp_path):
    monkeypatch.delenv("NO_LIMITS_JOURNAL")
    for folder in ("data", "notebooks"):
        (tmp_path / folder).mkdir()
    (tmp_path / "data" / "datapackage.json").write_text("{}")
    monkeypatch.chdir(tmp_path / "notebooks")
    predicted()
    assert path_of(tmp_path / "journal").is_file()


def test_a_write_cut_short_leaves_the_old_answer_whole(folder, monkeypatch):
    predicted("40")
    before = path_of(folder).read_bytes()
    monkeypatch.setattr("os.fsync", refused)
    predicted("50")
    assert path_of(folder).read_bytes() == before
    assert not [path for path in (folder / "entries").iterdir() if path.suffix == ".tmp"]
    assert journal.read("02-growth").answer == 50  # in memory
    assert values() == [40, 50]


def test_two_notebooks_at_once_lose_nothing(folder):
    code = """
from courseware import journal
who = {who}
for number in range(15):
    for id in (f'02-own-{who}', '02-shared'):
        form = journal.predict(id, 'How much?')
        form.control.value = str(who * 1000 + number)
        form.save_button.click()
"""
    both = [run_python(code.replace("{who}", str(who)), folder) for who in (1, 2)]
    for process in both:
        finished(process)
    for who in (1, 2):
        assert values(f"02-own-{who}") == [who * 1000 + n for n in range(15)]
    assert sorted(values("02-shared")) == [who * 1000 + n for who in (1, 2) for n in range(15)]
    assert not list((folder / "entries").glob("*damaged*"))


def test_entries_are_read_back_as_written():
    predicted("−1 234,5", kind="number")
    entry = journal.read("02-growth")
    assert decode(encode(entry)) == entry
    assert merged(entry, entry) == entry


# Damage


@pytest.mark.parametrize(
    "garbage",
    [b"", b'{"format": 2, "id"', b"\xff\xfe\x00", b"[" * 100_000, b"1" * 5_000, b'{"format": 2}'],
    ids=["empty", "cut off", "not text", "deep", "a long number", "parts are missing"],
)
def test_a_damaged_file_is_set_aside_and_the_last_good_copy_used(folder, garbage):
    predicted("40")
    predicted("50")
    path = path_of(folder)
    path.write_bytes(garbage)
    restart()
    form = journal.predict("02-growth", "By how much?", unit="per cent")
    assert form.control.value == "50"
    assert f"{path.name}.damaged" in form.status.value
    assert path.with_name(f"{path.name}.damaged").read_bytes() == garbage
    assert decode(path.read_text(encoding="utf-8")).answer == 50


def test_a_second_damage_does_not_overwrite_the_first(folder):
    predicted("40")
    path = path_of(folder)
    for garbage in ("first", "second"):
        path.write_text(garbage)
        restart()
        assert journal.read("02-growth").answer == 40
    path.write_text("third")
    predicted("60")  # saved over a damaged file: nothing earlier is lost
    assert values() == [40, 60]
    for garbage, number in (("first", ""), ("second", "-2"), ("third", "-3")):
        assert path.with_name(f"{path.name}.damaged{number}").read_text() == garbage


def test_both_copies_damaged_is_said_and_the_course_goes_on(folder, capsys):
    predicted("40")
    for path in (folder / "entries").glob("02-growth*"):
        path.write_text("garbage")
    restart()
    assert journal.read("02-growth") is None
    told = capsys.readouterr().out
    assert "prediction.json.damaged" in told and "prediction.json.bak.damaged" in told
    assert len(list((folder / "entries").glob("*.damaged"))) == 2
    predicted("41")
    assert journal.read("02-growth").answer == 41


def test_a_file_under_another_entry_s_name_is_not_taken_for_it(folder):
    predicted("40")
    other = path_of(folder, "02-other.prediction")
    other.write_bytes(path_of(folder).read_bytes())
    assert journal.read("02-other") is None
    assert not other.exists()


def test_a_missing_file_is_restored_from_its_copy(folder):
    predicted("40")
    path_of(folder).unlink()
    assert journal.entries()["answer"].tolist() == [40]


@pytest.mark.parametrize(
    ("key", "part", "bad"),
    [
        ("C09.verdict", "value", "maybe"),
        ("C09.verdict", "confidence", "very"),
        ("C09.verdict", "confidence", 400),
        ("T1.poll.opening", "value", "a lot"),
        ("T1.poll.opening", "value", -5),
        ("02-lifeline.answer", "value", 3),
    ],
)
def test_an_answer_that_its_kind_cannot_hold_is_damage(folder, key, part, bad, capsys):
    journal.save_verdict("C09", "02", "holds", 70)
    polled(40)
    answered()
    for path in (folder / "entries").glob(f"{key}.json*"):
        content = json.loads(path.read_text(encoding="utf-8"))
        content["answer"][part] = bad
        write(path, content)
    restart()
    assert len(journal.entries()) == 2
    assert journal.trend("T1").shape[0] == (not key.startswith("T1"))
    assert (journal.read_verdict("C09") is None) == key.startswith("C09")
    assert f"{key}.json.damaged" in capsys.readouterr().out
    assert len(list((folder / "entries").glob(f"{key}.json*.damaged"))) == 2


# Another version of the course


#: What takes the place of an entry's number of its format.
OTHERS = {
    "newer": {"format": 99, "mood": "new"},
    "older": {"format": 1},
    "no number": {"format": "two"},
    "none": None,
}


@pytest.fixture(params=OTHERS)
def other(request, folder):
    """A prediction whose files another version wrote, or another program; what is said of them."""
    change = OTHERS[request.param]
    predicted("40")
    for path in (folder / "entries").glob("02-growth*"):
        write(path, change and {**json.loads(path.read_text(encoding="utf-8")), **change})
    restart()
    return str(OtherFormatError())


def growths(folder) -> dict[str, bytes]:
    """Return the files of the prediction, whatever they are called."""
    return {path.name: path.read_bytes() for path in (folder / "entries").glob("02-growth*")}


def test_a_file_of_another_version_is_named_and_left_alone(folder, other):
    before = growths(folder)
    opened = journal.predict("02-growth", "By how much did trade grow?", unit="per cent")
    assert f"02-growth.prediction.json {other}" in opened.status.value
    assert "journal.export()" in opened.status.value and ".damaged" not in opened.status.value
    form = predicted("60")
    answered()
    assert MEMORY in form.status.value and NOT_ON_DISK not in form.status.value
    (entry,) = [e for e in exported() if e["id"] == "02-growth"]
    assert journal.read("02-growth").answer == entry["value"] == 60
    restart()
    assert journal.entries()["id"].tolist() == ["02-lifeline"]
    assert growths(folder) == before


@pytest.mark.parametrize("left", ["nothing", "garbage", "an entry"])
def test_a_copy_of_another_version_is_left_alone_too(folder, other, left):
    path = path_of(folder)
    copy = growths(folder).pop(f"{path.name}.bak")
    path.unlink()
    if left != "nothing":
        path.write_text(
            "garbage" if left == "garbage" else encode(Entry("02-growth", "prediction"))
        )
    assert (MEMORY in predicted("60").status.value) == (left != "an entry")
    damaged = {f"{path.name}.damaged": b"garbage"} if left == "garbage" else {}
    files = growths(folder)
    assert files.pop(f"{path.name}.bak") == copy
    restart()
    if left == "an entry":
        assert journal.read("02-growth").answer == 60
    else:
        assert journal.read("02-growth") is None and files == damaged


def test_one_file_of_another_version_holds_up_no_other(other, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", refused)
        predicted("60")
        answered()
    polled(40)
    restart()
    assert journal.entries()["id"].tolist() == ["02-lifeline", "T1"]


def test_a_journal_of_another_version_that_is_brought_along_is_told(
    folder, other, tmp_path, monkeypatch, capsys
):
    use(tmp_path / "mine", monkeypatch)
    with pytest.raises(journal.JournalError, match=other):
        journal.import_from(folder)
    use(folder, monkeypatch)
    polled(40)
    use(tmp_path / "mine", monkeypatch)
    assert journal.import_from(folder)["id"].tolist() == ["T1"]
    told = capsys.readouterr().out
    assert other in told and store.NOT_HERE not in told


def test_deleting_names_the_files_of_another_version_and_leaves_them(folder, other, capsys):
    before = growths(folder)
    polled(40)
    restart()
    names = "02-growth.prediction.json.bak, 02-growth.prediction.json"
    assert names in journal.delete_all().data
    assert f"02-growth.prediction.json {other}" in capsys.readouterr().out
    assert names in journal.delete_all(confirm=True).data
    assert growths(folder) == before
    assert [path.name for path in folder.rglob("*") if path.is_file()] == sorted(before)


# A disk that cannot be written


@pytest.fixture(params=["under a file", "replace refused"])
def unwritable(request, tmp_path, monkeypatch):
    if request.param == "under a file":
        (tmp_path / "file").write_text("")
        use(tmp_path / "file" / "journal", monkeypatch)
    else:

        def refuse(*_):
            raise PermissionError("read-only")

        monkeypatch.setattr("os.replace", refuse)
        monkeypatch.setattr(store, "PAUSES", (0.0,))


def test_a_virus_scanner_that_holds_a_file_for_a_moment_is_waited_for(monkeypatch):
    busy_with = []
    real = Path.replace

    def busy(self, target):
        if target.name == "02-growth.prediction.json" and len(busy_with) < 5:
            busy_with.append(target)
            raise PermissionError("in use")
        return real(self, target)

    waited = []
    monkeypatch.setattr(Path, "replace", busy)
    monkeypatch.setattr("time.sleep", waited.append)
    assert MEMORY not in predicted("40").status.value
    assert waited == [0.02, 0.05, 0.1, 0.2, 0.4]
    restart()
    assert journal.read("02-growth").answer == 40


def test_patience_with_a_held_file_ends(monkeypatch):
    waited = []
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(PermissionError()))
    monkeypatch.setattr("time.sleep", waited.append)
    assert MEMORY in predicted("40").status.value
    assert sum(waited) < 1


def test_an_older_answer_that_stays_unsaved_does_not_make_this_one_look_so(folder, monkeypatch):
    real = Path.replace

    def refuse_one(self, target):
        return refused() if target.name.startswith("02-growth") else real(self, target)

    monkeypatch.setattr(Path, "replace", refuse_one)
    assert NOT_ON_DISK in predicted("40").status.value
    later = answered("Written").status.value
    assert MEMORY not in later and NOT_ON_DISK not in later
    assert path_of(folder, "02-lifeline.answer").is_file()
    assert not store.current_store().is_on_disk("02-growth.prediction")
    assert store.current_store().is_on_disk("02-lifeline.answer")


def test_a_read_only_disk_gives_one_warning_and_the_course_goes_on(unwritable):
    first, second = predicted("40"), answered("Only in memory")
    assert first.status.value.count(NOT_ON_DISK) == 1
    assert NOT_ON_DISK not in second.status.value and MEMORY in second.status.value
    assert journal.read("02-growth").answer == 40
    assert journal.predict("02-growth", "?").control.value == "40"
    assert "30 per cent" in journal.outcome("02-growth", 30).data
    assert journal.entries()["id"].tolist() == ["02-growth", "02-lifeline"]


def test_export_to_another_folder_works_from_memory(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    use(tmp_path / "file" / "journal", monkeypatch)
    predicted("40")
    with pytest.raises(journal.JournalError, match=r"journal\.export"):
        journal.export()
    paths = journal.export(tmp_path / "out")
    assert json.loads(paths.json.read_text())["entries"][0]["value"] == 40


def test_what_was_kept_in_memory_is_written_once_the_disk_is_back(folder, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("os.replace", refused)
        predicted("40")
        assert not path_of(folder).exists()
    answered()
    restart()
    assert journal.read("02-growth").answer == 40


def test_a_file_that_cannot_be_opened_is_left_alone(folder, monkeypatch):
    form = predicted("40")
    before = path_of(folder).read_bytes()
    real = Path.read_text

    def refuse(self, *args, **kwargs):
        return refused() if self.name.startswith("02-growth") else real(self, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_text", refuse)
        filled(form, "60")
        assert "02-growth.prediction.json" in form.status.value
    assert path_of(folder).read_bytes() == before
    assert values() == [40, 60]


# Pass, numbers, choices


@pytest.mark.parametrize(
    ("id", "ask"),
    [
        ("02-growth", lambda: journal.predict("02-growth", "?")),
        ("T1", lambda: journal.confidence("T1", "China gains")),
        ("02-lifeline", lambda: journal.answer("02-lifeline", "?")),
    ],
)
def test_a_pass_is_an_answer_and_told_when_the_page_is_opened_again(id, ask):
    ask().pass_button.click()
    restart()
    assert journal.read(id).passed and journal.read(id).answer is None
    assert kept(id) in ask().status.value


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12.3", 12.3),
        ("12,3", 12.3),
        (" 12 ", 12),
        ("-4", -4),
        ("−4,5", -4.5),
        ("+7", 7),
        (".5", 0.5),
        ("0,125", 0.125),
        ("1 234", 1234),
        ("1\u202f234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("1.234,5", 1234.5),
        ("1,234,567", 1234567),
        ("1.234", 1.234),
        ("38,7 %", 38.7),
    ],
)
def test_numbers_with_comma_or_point(text, number):
    assert quantities.parse_number(text, "per cent") == number


@pytest.mark.parametrize(
    "text",
    ["abc", "", "  ", "12.3.4", "1,2,3", "nan", "inf", "1e5", "5 bn", "٣", "--4", ",", "1_0"],
)
def test_what_is_no_number_is_not_saved(text):
    assert kept_none(predicted(text))


def test_an_ambiguous_number_is_asked_back():
    form = predicted("1,234")
    assert kept_none(form) and "1234" in form.status.value and "1.234" in form.status.value


def test_a_percent_sign_needs_the_unit_and_what_is_counted_is_whole():
    assert quantities.parse_number("3,0", "states") == 3
    assert quantities.parse_number("2.5", "times") == 2.5
    for text, unit in (("12 %", "tonnes"), ("2.5", "states")):
        with pytest.raises(ValueError, match=text):
            quantities.parse_number(text, unit)


@pytest.mark.parametrize(
    ("text", "limits", "told"),
    [
        ("140", {"low": 0, "high": 100}, "0 and 100"),
        ("100.1", {"high": 100}, "100"),
        ("-1", {"low": 0}, "0"),
    ],
)
def test_a_number_out_of_range_is_not_saved(text, limits, told):
    form = predicted(text, **limits)
    assert kept_none(form) and told in form.status.value
    predicted(str(limits.get("high", 0)), **limits)
    assert journal.read("02-growth").answer == limits.get("high", 0)


def test_choice_shape_and_text():
    form = asked_who()
    form.save_button.click()
    assert kept_none(form)
    filled(form, "India")
    assert journal.read("02-who").answer == "India"
    right = journal.outcome("02-who", "India").entry
    shape = filled(journal.predict("02-shape", "?", kind="shape"), "rises, then falls").blank.id
    text = filled(journal.predict("02-why", "?", kind="text"), "<b>because</b>").blank.id
    wrong, own = (journal.outcome(id, "falls all along") for id in (shape, text))
    assert "&lt;b&gt;because" in own.data
    told = {phrases.comparison(entry) for entry in (right, wrong.entry, own.entry)}
    assert len(told) == 3 and phrases.comparison(right) != phrases.NOT_PREDICTED


def test_wrong_use_by_a_chapter_is_an_error():
    with pytest.raises(journal.JournalError, match="colour"):
        journal.predict("02-x", "?", kind="colour")
    with pytest.raises(journal.JournalError, match="02-x"):
        journal.predict("02-x", "?", kind="choice", options=["one"])
    for value in (float("nan"), None, pd.NA, True):
        with pytest.raises(journal.JournalError):
            journal.outcome("02-x", value)


# Outcomes


#: A guess, its outcome, their unit → the figures in what is said of how far apart they are.
DISTANCES = {
    ("50", 40, "per cent"): ["10", "25"],
    ("30", 40, "per cent"): ["10", "25"],
    ("79", 40, "per cent"): ["39", "98"],
    ("80", 40, "per cent"): ["40", "2"],
    ("120", 40, "per cent"): ["80", "3"],
    ("-5", 40, "per cent"): ["45"],
    ("5", 0, "per cent"): ["5"],
    ("0", 0, "per cent"): [],
    ("40", 40, "per cent"): [],
    ("43", 40, "per cent"): ["3", "7.5"],
    ("44", 40, "per cent"): ["4", "10"],
    ("45", 40, "per cent"): ["5", "12"],
    ("1", 1.38, "times"): ["1", "1.38"],
    ("1.3", 1.38, "times"): ["1.3", "1.38"],
    ("20", 1.38, "times"): ["20", "1.38"],
    ("1.38", 1.38, "times"): [],
}


def test_distances_are_told_as_people_say_them(snapshot):
    told = {}
    for number, ((guess, value, unit), figures) in enumerate(DISTANCES.items()):
        asked = filled(journal.predict(f"02-n{number}", "How much?", unit=unit), guess).blank
        card = journal.outcome(asked.id, value, unit=unit)
        said = phrases.comparison(card.entry)
        assert escape(said) in card.data
        assert re.findall(r"\d+(?:\.\d+)?", said) == figures
        told[f"{guess} for {value} {unit}"] = said
    assert told == snapshot


def test_outcome_uses_its_unit_text_and_escapes():
    predicted("50")
    card = journal.outcome("02-growth", 38.71234, unit="per cent", text="Customs <2023>").data
    assert "38.71 per cent" in card
    assert '<p class="nl-ask">By how much did trade grow?</p>' in card
    assert "Customs &lt;2023&gt;" in card


def test_outcome_without_a_prediction():
    assert escape(phrases.NOT_PREDICTED) in journal.outcome("02-growth", 30).data
    asked = escape(prediction("09-visited")["question"])
    assert f'<p class="nl-ask">{asked}</p>' in journal.outcome("09-visited", 5).data
    assert journal.read("02-growth").outcome.value == 30


def test_a_prediction_is_closed_once_its_outcome_was_shown():
    open_elsewhere = predicted("50")
    journal.outcome("02-growth", 40)
    filled(open_elsewhere, "40")
    assert escape(CLOSED) in open_elsewhere.status.value
    assert open_elsewhere.save_button.disabled
    assert journal.read("02-growth").answer == 50
    again = journal.predict("02-growth", "By how much?", unit="per cent")
    assert again.control.disabled
    assert again.control.value == "50"
    assert kept() in again.status.value


def test_a_prediction_made_after_the_outcome_is_marked_late():
    journal.outcome("02-growth", 40)
    predicted("40")
    assert journal.read("02-growth").current.late
    predicted("40", id="02-early")
    journal.outcome("02-early", 40)
    assert not journal.read("02-early").current.late
    late, early = (journal.outcome(id, 40).data for id in ("02-growth", "02-early"))
    assert len(late) > len(early), "only one is called late"
    page = journal.export().markdown.read_text(encoding="utf-8")
    early, late = re.findall(r"40 per cent \(([^)]*)\)", page)
    assert late.startswith(early) and len(late) > len(early)


def test_showing_the_same_outcome_again_writes_nothing(folder):
    predicted("50")
    journal.outcome("02-growth", 40)
    before = path_of(folder).read_bytes()
    journal.outcome("02-growth", 40)
    assert path_of(folder).read_bytes() == before


# Polls, verdicts, answers


def test_polls_keep_each_moment_and_their_order():
    polled(70, moment="closing")
    polled(60, moment="after 02")
    polled(40)
    polled(45)
    passed = journal.confidence("T1", "China gains", moment="after 03")
    passed.pass_button.click()
    trend = journal.trend("T1")
    assert trend["moment"].tolist() == ["opening", "after 02", "after 03", "closing"]
    assert trend["confidence"].tolist()[:2] == [45, 60]
    assert trend["passed"].tolist() == [False, False, True, False]
    assert journal.read("T1", moment="opening").history[0].value == 40
    assert journal.read("T1").moment == "closing"
    assert journal.confidence("T1", "China gains").control.value == 45


def test_what_is_written_saves_itself_and_a_complaint_is_withdrawn():
    form = journal.predict("02-growth", "By how much?", unit="per cent")
    form.control.value = "much"
    assert "much" in form.status.value and kept_none(form)
    form.control.value = "12"
    assert "much" not in form.status.value and kept() in form.status.value
    form.save_button.click()  # it is saved already
    form.control.value = ""
    assert kept() not in form.status.value, "what was saved stays, and nobody thinks otherwise"
    form.control.value = "13"
    assert values() == [12, 13]


def test_the_status_is_written_anew_even_where_it_says_the_same():
    form = predicted("12")
    before = form.status.value
    form.control.value = "12.0"  # the page has told by now that something was changed
    assert kept() in form.status.value and form.status.value != before


def test_choices_on_the_way_to_another_are_not_kept():
    form = asked_who("China", "India", "Iran")
    for choice in ("China", "India"):  # as arrow keys do
        form.control.value = choice
        assert kept("02-who") in form.status.value and choice in kept("02-who")
    form.sure.value = 70
    (answer,) = journal.read("02-who").answers
    assert (answer.value, answer.confidence) == ("India", 70)
    form.save_button.click()
    form.control.value = "Iran"
    assert values("02-who") == ["India", "Iran"]
    form.pass_button.click()
    assert values("02-who") == ["India", "Iran", None]


def test_a_late_choice_waits_for_save_since_the_first_one_counts():
    journal.outcome("02-who", "China")
    form = asked_who()
    form.control.value = "China"
    assert escape(LATE) in form.status.value and kept("02-who") not in form.status.value
    assert journal.read("02-who").answers == ()
    filled(form, "India")
    assert journal.read("02-who").current.value == "India" and journal.read("02-who").current.late


def test_only_what_is_written_is_told_unsaved_at_the_first_key():
    for written in (
        journal.predict("02-growth", "By how much?", unit="per cent"),
        journal.predict("02-why", "Why?", kind="text"),
        journal.answer("02-lifeline", "Fair?"),
    ):
        assert escape(scripts.UNSAVED) in written.children[0].value
    for chosen in (journal.confidence("T1", "China gains"), asked_who()):
        assert escape(scripts.UNSAVED) not in chosen.children[0].value


def test_earlier_confidence_stands_beside_the_slider():
    def beside(moment):
        row = journal.confidence("T1", "China gains", moment=moment).children[1]
        said = row.children[1].value if hasattr(row, "children") else ""
        return re.findall(r"…|\d+ % \([^)]*\)", said)

    assert beside("opening") == []
    polled(40)
    assert beside("opening") == [], "this moment's own answer is in the slider"
    assert beside("after 02") == ["40 % (opening)"]
    journal.confidence("T1", "China gains", moment="after 01").pass_button.click()
    polled(55, moment="after 02")
    polled(70, moment="after 03")
    assert beside("after 03") == ["40 % (opening)", "55 % (after 02)"]
    assert beside("closing") == ["40 % (opening)", "…", "70 % (after 03)"]
    later = journal.confidence("T1", "China gains", moment="closing")
    assert later.control.per_cent is None, "an earlier answer is no default"


def test_a_poll_says_nothing_until_the_slider_is_moved():
    form = journal.confidence("T1", "China gains")
    form.save_button.click()
    assert kept_none(form)
    filled(form, 0)
    assert journal.read("T1").answer == 0
    again = journal.confidence("T1", "China gains", moment="after 02")
    again.save_button.click()
    assert journal.trend("T1")["moment"].tolist() == ["opening"]


def test_trend_of_nothing_is_an_empty_table():
    assert journal.trend("T2").columns.tolist() == ["moment", "confidence", "passed", "saved"]
    assert journal.entries().empty


def test_verdicts():
    assert journal.read_verdict("C09") is None
    for sure in (0, 100, 70):
        assert f"{sure} %" in journal.save_verdict("C09", "02", "holds", sure)
    found = journal.read_verdict("C09")
    assert (found["verdict"], found["confidence"], found["chapter"]) == ("holds", 70, "02")
    journal.save_verdict("C09", "02", None)
    assert journal.read_verdict("C09")["passed"]
    for sure in (-1, 101):
        with pytest.raises(journal.JournalError, match="0 to 100"):
            journal.save_verdict("C09", "02", "holds", sure)


def test_a_caveat_is_kept_with_what_it_is_about():
    line = journal.save_verdict("C09", "02", "holds, but", 70, "date")
    assert "holds, but (date) (70 %" in line
    assert journal.read_verdict("C09")["but"] == "date"
    assert journal.entries()["but"].tolist() == ["date"]
    assert exported()[0]["but"] == "date"
    assert "holds, but (date)" in journal.export().markdown.read_text(encoding="utf-8")
    journal.save_verdict("C09", "02", "holds", 70)
    assert journal.read_verdict("C09")["but"] is None


@pytest.mark.parametrize(
    ("verdict", "but"),
    [
        ("holds, but", None),
        ("holds, but", "mood"),
        ("holds", "date"),
        (None, "unit"),
        *((word, None) for word in ("true", "Holds", "pass", "", 1.0, "accurate")),
    ],
)
def test_only_the_four_verdicts_are_kept_and_only_a_caveat_is_about_something(verdict, but):
    about = ", ".join(CAVEATS) if but or verdict == "holds, but" else ""
    with pytest.raises(journal.BadAnswerError) as told:
        journal.save_verdict("C09", "02", verdict, 70, but)
    assert about in str(told.value) and journal.read_verdict("C09") is None


def test_a_verdict_a_poll_and_a_prediction_may_share_an_id():
    polled(40, id="C09")
    journal.save_verdict("C09", "02", "holds", 70)
    assert journal.read("C09", "poll").answer == 40
    assert journal.read("C09", "verdict").answer == "holds"


def test_an_answer_shows_minutes_sides_and_keeps_words_private():
    form = answered()
    heading = form.children[0].value
    assert re.findall(r"(\d+) min", heading) == ["2", "5", "8"]
    assert "A. Yes: so." in heading and "B. No: not so." in heading
    assert not journal.read("02-lifeline").current.may_be_shown
    assert "It is fair" not in form.status.value


def test_permission_counts_at_once_and_can_be_taken_back():
    form = answered()
    form.control.value = " "  # what cannot be saved
    form.tick.value = True
    assert journal.read("02-lifeline").answer == "It is fair."
    assert journal.read("02-lifeline").current.may_be_shown
    assert journal.answer("02-lifeline", "?").tick.value
    form.tick.value = False
    assert not journal.read("02-lifeline").current.may_be_shown


def test_an_empty_answer_is_not_saved():
    assert kept_none(answered("  "))


def test_entries_is_one_table():
    predicted("50")
    polled(40)
    answered(tick=True)
    journal.outcome("02-growth", 40)
    table = journal.entries().set_index("id")
    assert table.loc["02-growth", "outcome"] == 40
    assert table.loc["T1", "moment"] == "opening"
    assert table.loc["02-lifeline", "may_be_shown"]
    assert str(table["saved"].dt.tz) == "UTC"


def test_entries_keeps_own_words_out_of_the_notebook_s_file():
    full_journal()
    journal.answer("02-passed", "?").pass_button.click()
    filled(asked_who(), "India")
    table = journal.entries()
    assert "PRIVATE" not in table.to_html() + table.to_string() + table.to_csv()
    answers = table.set_index("id")["answer"]
    assert answers["02-lifeline"] == answers["02-why"] == answers["02-other"] == "answered"
    assert answers["02-passed"] == "pass"
    assert (answers["02-growth"], answers["02-who"], answers["C09"]) == (50, "India", "holds")
    shown = journal.entries(words=True).set_index("id")["answer"]
    assert shown["02-lifeline"].startswith("PRIVATE-WORDS")
    assert shown["02-why"] == "PRIVATE-PREDICTION"


def test_an_entry_shown_by_a_cell_keeps_its_words_to_itself():
    full_journal()
    for id in ("02-lifeline", "02-why"):
        entry = journal.read(id)
        assert "PRIVATE" not in repr(entry) + displayed(entry)["text/html"]


# What others see


def test_every_control_has_a_name_and_the_status_is_text():
    forms = [predicted(), journal.confidence("T1", "x"), answered()]
    forms += [journal.predict("02-s", "?", kind="shape"), journal.predict("02-t", "?", kind="text")]
    for form in forms:
        for part in (form.control, form.save_button, form.pass_button):
            assert part.description
        assert 'role="status"' in form.status.value
    assert answered().tick.description


def test_a_notebook_s_file_does_not_hold_what_was_typed():
    form = filled(journal.answer("02-x", "?"), "secret")
    bundle = displayed(form)
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/plain"] == "<journal answer 02-x>"
    assert bundle["text/html"] == ""
    assert "secret" not in form.next_day()
    assert "<script>" not in journal.predict("02-x", "<script>").children[0].value


def test_forms_run_in_a_real_kernel_without_warnings():
    nbformat = pytest.importorskip("nbformat")
    from nbclient import NotebookClient

    cells = [
        "import warnings; warnings.simplefilter('error')",
        "from courseware import journal",
        "journal.predict('02-growth', 'How much?', unit='per cent')",
        "journal.answer('02-x', 'Fair?', ['yes', 'no'], minutes=(2, 5, 8))",
        "journal.confidence('T1', 'China gains')",
        "journal.outcome('02-growth', 29.3, unit='per cent')",
    ]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(book, kernel_name="python3", timeout=60).execute()
    outputs = [output for cell in book.cells for output in cell.get("outputs", [])]
    note_and_form = ["display_data", "execute_result"]
    assert [output.output_type for output in outputs] == [*note_and_form * 3, "execute_result"]
    assert all(outputs[n].data["text/html"] for n in (0, 2, 4))
    assert escape(phrases.NOT_PREDICTED) in outputs[-1].data["text/html"]


# Export


class Checker(HTMLParser):
    """Count what opens and closes."""

    def __init__(self):
        super().__init__()
        self.balance = {}

    def handle_starttag(self, tag, attrs):
        self.balance[tag] = self.balance.get(tag, 0) + 1

    def handle_endtag(self, tag):
        self.balance[tag] = self.balance.get(tag, 0) - 1


def exported() -> list[dict]:
    """Return the entries of a file for the class."""
    return json.loads(journal.export().json.read_text(encoding="utf-8"))["entries"]


def own_id() -> str:
    return json.loads(journal.export().json.read_text(encoding="utf-8"))["journal"]


def full_journal() -> None:
    predicted("40")
    predicted("50")
    journal.outcome("02-growth", 40)
    filled(journal.predict("02-why", "Why?", kind="text"), "PRIVATE-PREDICTION")
    answered("PRIVATE-FIRST")
    answered("PRIVATE-WORDS <b>\nsecond line")
    answered("SHOWN-WORDS", tick=True, id="02-other")
    polled(40)
    polled(70, moment="after 02")
    journal.save_verdict("C09", "02", "holds", 70)


def test_export_is_whole_for_the_student():
    full_journal()
    paths = journal.export()
    assert [path.name for path in paths] == ["my-journal.md", "my-journal.html", "my-journal.json"]
    markdown, html = (path.read_text(encoding="utf-8") for path in paths[:2])
    own = ("PRIVATE-WORDS", "PRIVATE-FIRST", "PRIVATE-PREDICTION", "SHOWN-WORDS")
    for text in (markdown, html):
        for part in (*own, "50 per cent", "40 per cent", "holds (70 %"):
            assert part in text
        assert text.index("40 % sure") < text.index("70 % sure")
    assert "&lt;b&gt;" in html
    checker = Checker()
    checker.feed(html)
    assert {tag: n for tag, n in checker.balance.items() if n and tag not in ("meta", "img")} == {}
    assert re.findall(r"^#+ ", markdown, re.MULTILINE).count("# ") == 1


def test_export_for_the_class_has_no_private_words():
    full_journal()
    text = journal.export().json.read_text(encoding="utf-8")
    assert "PRIVATE" not in text
    assert "SHOWN-WORDS" in text
    assert re.fullmatch("[0-9a-f]{32}", own_id())
    by_id = {entry["id"]: entry for entry in exported()}
    assert by_id["02-growth"]["value"] == 50
    assert by_id["02-lifeline"]["value"] is None
    assert not by_id["02-lifeline"]["passed"]
    answered("SHOWN-WORDS", tick=False, id="02-other")
    assert "SHOWN-WORDS" not in journal.export().json.read_text(encoding="utf-8")


def test_no_file_names_a_person_a_computer_or_a_path(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("USER", "zebedee-student")
    monkeypatch.setenv("LOGNAME", "zebedee-student")
    full_journal()
    journal.export()
    journal.closing()
    names = {"zebedee", getpass.getuser(), platform.node(), str(tmp_path)}
    for path in folder.rglob("*"):
        if path.suffix == ".png":  # two letters may stand among their bytes by chance
            content, secrets = path.read_bytes(), {name for name in names if len(name) > 5}
            assert not [secret for secret in secrets if secret.encode() in content], path.name
        elif path.is_file():
            text = re.sub("base64,[A-Za-z0-9+/=]+", "", path.read_text(encoding="utf-8"))
            assert not [name for name in names if name in text], path.name


def test_the_journal_id_stays_and_is_random(monkeypatch, tmp_path):
    polled(40)
    first = own_id()
    restart()
    assert own_id() == first
    use(tmp_path / "second", monkeypatch)
    polled(40)
    assert own_id() != first


@pytest.mark.parametrize(
    "content",
    [b"Zebedee Student", b"A" * 32, b"a" * 31, b"a" * 33, b"a" * 31 + b"g", b"\xff" * 32, b""],
)
def test_a_journal_id_that_the_journal_did_not_make_is_not_exported(folder, content):
    polled(40)
    own_id()
    (folder / "entries" / "journal-id.txt").write_bytes(content)
    restart()
    first = own_id()
    assert re.fullmatch("[0-9a-f]{32}", first)
    assert first.encode() != content
    restart()
    assert own_id() == first


def test_an_id_that_an_older_journal_did_not_make_is_not_taken_over(folder, tmp_path, monkeypatch):
    use(tmp_path / "old", monkeypatch)
    polled(40)
    (tmp_path / "old" / "entries" / "journal-id.txt").write_text("zebedee-student")
    use(folder, monkeypatch)
    journal.import_from(tmp_path / "old")
    assert "zebedee" not in journal.export().json.read_text()


@pytest.mark.parametrize("ending", ["md", "html", "json"])
def test_export_overwrites_nothing_but_earlier_exports(tmp_path, ending):
    polled(40)
    mine = tmp_path / "out" / f"README.{ending}"
    mine.parent.mkdir()
    mine.write_text("mine")
    with pytest.raises(journal.JournalError, match=rf"README\.{ending}"):
        journal.export(tmp_path / "out", "README")
    assert [path.read_text() for path in mine.parent.iterdir()] == ["mine"]
    first = journal.export(tmp_path / "out", "other")
    polled(60)
    journal.export(tmp_path / "out", "other")
    assert "60 %" in first.markdown.read_text(encoding="utf-8")


def test_export_name_is_checked():
    for name in ("../x", "a b", "", "x.json"):
        with pytest.raises(journal.JournalError, match=re.escape(repr(name))):
            journal.export(name=name)


def test_an_outcome_alone_is_not_an_answer():
    journal.outcome("02-growth", 40)
    assert exported() == []


def test_nothing_is_lost_or_written_by_use(folder):
    """Forms that are shown again, exports, briefs: every file of an entry stays as it was."""
    full_journal()
    before = {path: path.read_bytes() for path in (folder / "entries").glob("*.json*")}
    restart()
    journal.predict("02-growth", "By how much did trade grow?", unit="per cent")
    journal.answer("02-lifeline", "Is the word fair?")
    journal.confidence("T1", "China gains", moment="after 02")
    journal.export()
    journal.start_brief()
    journal.show_material()
    journal.show_brief()
    journal.closing()
    assert {path: path.read_bytes() for path in before} == before
    table = journal.entries().set_index("id")
    assert table.loc[["02-growth", "02-lifeline", "C09"], "times_saved"].tolist() == [2, 2, 1]


# Delete, import


def test_delete_all_asks_first_and_spares_what_is_not_its_own(folder):
    full_journal()
    journal.export()
    path_of(folder).write_text("garbage")
    journal.entries()
    (folder / "notes.txt").write_text("mine")
    (folder / "export" / "other.json").write_text('{"mine": true}')
    assert "journal.delete_all(confirm=True)" in journal.delete_all().data
    assert not journal.entries().empty
    journal.delete_all(confirm=True)
    left = sorted(path.name for path in folder.rglob("*") if path.is_file())
    assert left == ["notes.txt", "other.json"]
    restart()
    assert journal.entries().empty


def test_delete_all_removes_the_folder_when_all_in_it_was_its_own(folder):
    full_journal()
    journal.export()
    journal.delete_all(confirm=True)
    assert not folder.exists()
    predicted("1")
    assert journal.read("02-growth").history == ()


def test_delete_all_forgets_what_is_in_memory(unwritable):
    predicted("40")
    journal.delete_all(confirm=True)
    assert journal.read("02-growth") is None


def test_import_brings_along_and_never_overwrites_newer(folder, tmp_path, monkeypatch):
    old = tmp_path / "old" / "journal"
    use(old, monkeypatch)
    predicted("10", id="02-only-old")
    predicted("10", id="02-newer-here")
    polled(40)
    old_id = own_id()
    (old / "02-only-old.prediction.json").write_text("garbage")
    before = {path: path.read_bytes() for path in old.rglob("*") if path.is_file()}

    use(folder, monkeypatch)
    predicted("20", id="02-newer-here")
    report = journal.import_from(tmp_path / "old").set_index("id")
    assert report["taken"].to_dict() == {"02-newer-here": False, "02-only-old": True, "T1": True}
    assert report["why"].nunique() == 2
    assert journal.read("02-newer-here").answer == 20
    assert journal.read("02-only-old").answer == 10
    assert {path: path.read_bytes() for path in old.rglob("*") if path.is_file()} == before
    assert own_id() == old_id
    again = journal.import_from(old)
    assert not again["taken"].any()


def test_import_takes_a_newer_answer_but_not_over_a_closed_prediction(
    folder, tmp_path, monkeypatch
):
    predicted("20", id="02-open")
    predicted("20", id="02-closed")
    journal.outcome("02-closed", 30)
    use(tmp_path / "other", monkeypatch)
    predicted("30", id="02-open")
    predicted("30", id="02-closed")
    use(folder, monkeypatch)
    journal.import_from(tmp_path / "other")
    assert values("02-open") == [20, 30]
    assert journal.read("02-closed").answer == 20


def test_import_from_nowhere_or_from_itself_is_refused(folder, tmp_path):
    predicted("20")
    for place in (tmp_path / "nowhere", folder):
        with pytest.raises(journal.JournalError):
            journal.import_from(place)


# The class


@pytest.fixture
def class_(tmp_path, monkeypatch):
    """Four good journals and every kind of bad file."""
    place = tmp_path / "class"
    students = {
        "ann": (10, 20, 60),
        "bea": (30, 40, 50),
        "cem": (50, 80, 80),
        "dov": (44, None, 30),
    }
    for name, (guess, opening, closing) in students.items():
        use(tmp_path / name, monkeypatch)
        predicted(str(guess))
        journal.outcome("02-growth", 40)
        filled(asked_who(), "India" if guess > 20 else "China")
        if opening is None:
            journal.confidence("T1", "China gains").pass_button.click()
        else:
            polled(opening)
        polled(closing, moment="after 02")
        answered(f"words of {name}", tick=name in ("ann", "cem"))
        journal.save_verdict("C09", "02", "holds" if guess > 20 else None, guess)
        journal.export(place, name=f"journal-{name}")
        (place / f"journal-{name}.md").unlink()
    later = json.loads((place / "journal-ann.json").read_text())
    later["exported"] = datetime(2000, 1, 1, tzinfo=UTC).isoformat()
    write(place / "journal-ann-older.json", later)

    use(tmp_path / "late", monkeypatch)
    journal.outcome("02-growth", 40)
    predicted("40")
    journal.export(place / "sub", name="half")

    use(tmp_path / "none", monkeypatch)
    journal.export(place, name="nothing")
    bad_values = json.loads((place / "journal-bea.json").read_text())
    bad_values["journal"] = "f" * 32
    for entry in bad_values["entries"]:
        if entry["kind"] == "poll":
            entry["value"] = 900
        if entry["id"] == "02-growth":
            entry["value"] = None
            entry["passed"] = True
        if entry["id"] == "02-who":
            del entry["late"]
    write(place / "partly.json", bad_values)
    write(place / "old.json", {"format": "no-limits-journal", "version": 0, "answers": {}})
    write(place / "other.json", {"hello": 1})
    write(place / "torn.json", {"format": "no-limits-journal", "version": 2})
    (place / "empty.json").write_text("")
    (place / "cut.json").write_text('{"format": "no-limits-journal", "ver')
    (place / "bytes.json").write_bytes(b"\xff\xfe\x00")
    (place / ".ipynb_checkpoints").mkdir()
    (place / ".ipynb_checkpoints" / "journal-ann-checkpoint.json").write_text("{}")
    return journal.read_class(place)


def write(path: Path, content: dict | None) -> None:
    path.write_text(json.dumps(content), encoding="utf-8")


def test_class_says_what_was_left_out_and_why(class_, tmp_path, snapshot):
    place = tmp_path / "class"
    names = sorted(path.relative_to(place).as_posix() for path in place.rglob("[!.]*.json"))
    names = [name for name in names if not name.startswith(".")]
    why = class_.left_out["why"].set_axis(class_.left_out["file"])
    why = {names[int(file.removeprefix("file ")) - 1]: said for file, said in why.items()}
    assert "3 of its 6" in why["partly.json"] and "1 of 6" in why["sub/half.json"]
    assert f"file {names.index('journal-ann.json') + 1}" in why["journal-ann-older.json"]
    assert len(why) == 10 and why == snapshot
    assert class_.journals == 6


def test_class_tally_of_predictions(class_):
    tally = class_.tally().set_index("id")
    row = tally.loc["02-growth"]
    assert (row["predicted"], row["passed"], row["late"]) == (4, 1, 1)
    assert (row["lowest"], row["median"], row["highest"]) == (10, 37, 50)
    assert (row["outcome"], row["close"], row["unit"]) == (40, 1, "per cent")
    assert tally.loc["02-who", "most_chosen"] == "India"
    each = class_.predictions("02-growth")
    assert each["prediction"].tolist() == [10, 30, 40, 44, 50]
    assert each["distance"].tolist() == [-30, -10, 0, 4, 10]
    assert each["late"].tolist() == [False, False, True, False, False]
    assert class_.predictions("02-who")["prediction"].tolist() == ["China", *["India"] * 3]
    with pytest.raises(journal.JournalError, match="02-growth"):
        class_.predictions("02-nothing")


def test_class_polls(class_):
    row = class_.polls().set_index("id").loc["T1"]
    assert row["closing_moment"] == "after 02"
    assert (row["opening_n"], row["opening_median"]) == (3, 40)
    assert (row["closing_n"], row["closing_median"]) == (4, 55)
    assert (row["both_n"], row["median_change"]) == (3, 10)
    assert (row["rose"], row["fell"], row["same"]) == (2, 0, 1)
    pairs = class_.polls("T1")
    assert pairs["opening"].tolist()[:3] == [20, 40, 80]
    assert pairs["closing"].tolist() == [60, 50, 80, 30]


def test_class_verdicts_and_words(class_):
    counts = class_.verdicts().set_index("verdict")
    assert counts["journals"].to_dict() == {"holds": 4, "pass": 1}
    assert counts.loc["holds", "median_confidence"] == 37
    assert class_.words("02-lifeline") == ["words of ann", "words of cem"]
    assert class_.words("02-nothing") == []


def test_class_tables_name_nobody(class_):
    tables = [class_.tally(), class_.polls(), class_.polls("T1"), class_.verdicts()]
    tables.append(class_.predictions("02-growth"))
    for table in tables:
        assert not {"journal", "name", "file"} & set(table.columns)
        assert "ann" not in table.to_csv()
    card = displayed(class_)["text/html"]
    assert "6 journals" in card
    assert "journal-" not in card


def read_changed(place, value):
    """Export the journal, change the value of the first entry by hand, and read it as a class."""
    path = journal.export(place).json
    content = json.loads(path.read_text())
    content["entries"][0]["value"] = value
    write(path, content)
    return journal.read_class(place)


def test_words_need_the_tick_even_if_a_file_carries_them(tmp_path):
    answered("not ticked")
    assert read_changed(tmp_path / "class", "smuggled").words("02-lifeline") == []


def test_a_fifth_verdict_is_not_counted(tmp_path):
    journal.save_verdict("C09", "02", "holds", 70)
    journal.save_verdict("C10", "02", "holds", 70)
    class_ = read_changed(tmp_path / "class", "true")
    assert class_.verdicts()["claim_id"].tolist() == ["C10"]
    assert "1 of its 2" in class_.left_out["why"][0]


def test_an_empty_class(tmp_path):
    (tmp_path / "class").mkdir()
    nobody = journal.read_class(tmp_path / "class")
    assert nobody.journals == 0
    for table in (nobody.tally(), nobody.polls(), nobody.verdicts(), nobody.left_out):
        assert table.empty
    assert "0 journals" in displayed(nobody)["text/html"]
    with pytest.raises(journal.JournalError, match="missing"):
        journal.read_class(tmp_path / "missing")


def test_an_entry_shows_itself():
    predicted("50")
    assert kept() in displayed(journal.read("02-growth"))["text/html"]
    assert Entry("02-x", "answer").saved is None
