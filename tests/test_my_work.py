"""Work that is saved from a browser's storage as one zip, and brought back."""

import io
import json
import os
import re
import zipfile
from base64 import b64decode

import pytest
from IPython.core.interactiveshell import InteractiveShell

from courseware import ipython_extension, journal, manifest, my_work, zips
from courseware.journal.format import now
from courseware.my_work import editions, packed
from tests.notebooks import ROOT
from tests.test_journal import polled, restart

NAME = "02_the_trade_lifeline"
INSIDE = f"exercises/{NAME}/{NAME}.ipynb"


def notebook(*sources, **metadata):
    cells = [
        {"cell_type": "code", "source": source, "execution_count": None, "outputs": []}
        for source in sources
    ]
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


HANDED_OUT = notebook("profit = ...")


@pytest.fixture
def course(monkeypatch, tmp_path):
    """A browser's drive with one exercise as its site hands it out."""
    monkeypatch.delenv("NO_LIMITS_JOURNAL", raising=False)
    monkeypatch.setenv("NO_LIMITS_DATA", str(ROOT / "data"))  # in a browser: inside the wheel
    return drive(monkeypatch, tmp_path / "drive")


def drive(monkeypatch, folder):
    """Make a drive with one exercise the course; return it."""
    exercise = folder / INSIDE
    exercise.parent.mkdir(parents=True)
    exercise.write_text(json.dumps(HANDED_OUT), encoding="utf-8")
    (exercise.parent / "checks.json").write_text("{}", encoding="utf-8")
    monkeypatch.setattr(manifest, "course_root", lambda: folder)
    monkeypatch.setattr(editions, "handed_out", lambda: {INSIDE: editions.edition(HANDED_OUT)})
    restart()
    return folder


def worked_on(folder, answer):
    """Type an answer into the exercise, as JupyterLite saves it; return its bytes."""
    content = json.dumps(notebook(f"profit = {answer}"), separators=(",", ":")).encode()
    (folder / INSIDE).write_bytes(content)
    return content


def zipped(files):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


def names(content):
    return set(zipfile.ZipFile(io.BytesIO(content)).namelist())


# --- Saved, and brought back into another browser -----------------------------------------------


def test_journal_brief_and_exercise_come_back_in_another_browser(course, monkeypatch, tmp_path):
    polled(40)
    journal.start_brief()
    answered = worked_on(course, 7)
    saved = my_work.pack()
    other = drive(monkeypatch, tmp_path / "other")
    said = " ".join(my_work.bring_back(saved))
    assert journal.read("T1").answer == 40
    assert (other / "journal" / "brief.ipynb").is_file()
    assert (other / INSIDE).read_bytes() == answered, "what was handed out gives way"
    assert "2 of 2 items came back" in said and "Exercise 02 came back" in said
    assert "was here already" in " ".join(my_work.bring_back(saved))


def test_what_nobody_has_worked_on_and_second_copies_are_left_out(course):
    polled(40)
    (course / "exercises" / NAME / "mine.csv").write_text("a,b", encoding="utf-8")
    inside = names(my_work.pack())
    assert f"exercises/{NAME}/mine.csv" in inside
    assert not [name for name in inside if name.endswith(("checks.json", ".bak", ".lock"))]
    assert INSIDE not in inside
    worked_on(course, 7)
    assert INSIDE in names(my_work.pack())


def test_answers_that_the_storage_did_not_take_are_saved_too(course, monkeypatch):
    monkeypatch.setattr("courseware.journal.store.write_atomically", no_space)
    polled(40)
    assert "journal/entries/T1.poll.opening.json" in names(my_work.pack())


def in_another_browser(monkeypatch, folder, content):
    """Bring a zip back on a new drive; return what is said."""
    drive(monkeypatch, folder)
    return " ".join(my_work.bring_back(content))


@pytest.mark.parametrize(
    ("entry", "says"),
    [("{", "T1.poll.opening.json is damaged"), ('{"format": 99}', "It was not changed")],
)
def test_an_entry_that_cannot_be_read_is_named(course, monkeypatch, tmp_path, entry, says):
    unread = {"journal/entries/T1.poll.opening.json": entry}
    answered = {INSIDE: worked_on(course, 7)}
    said = in_another_browser(monkeypatch, tmp_path / "alone", zipped(unread))
    assert says in said and "holds no work" not in said
    said = in_another_browser(monkeypatch, tmp_path / "exercise", zipped(unread | answered))
    assert says in said and "Exercise 02 came back" in said
    polled(40, "T2")
    (good,) = (course.parent / "exercise").glob("journal/entries/T2*.json")
    both = zipped(unread | {f"journal/entries/{good.name}": good.read_bytes()})
    said = in_another_browser(monkeypatch, tmp_path / "both", both)
    assert says in said and "1 of 1 items came back" in said


def no_space(*_: object) -> None:
    raise OSError("full")


# --- Nothing is overwritten ---------------------------------------------------------------------


def test_an_exercise_that_was_worked_on_here_stays_and_the_other_lies_beside_it(course):
    first = worked_on(course, 7)
    saved = my_work.pack()
    here = worked_on(course, 8)
    for _ in range(2):  # the second time it is there already
        (said,) = my_work.bring_back(saved)
        assert (course / INSIDE).read_bytes() == here
        beside = [p.name for p in (course / INSIDE).parent.glob("*.ipynb") if p.name != NAME]
        assert sorted(beside) == [f"{NAME}-2.ipynb", f"{NAME}.ipynb"]
        assert f"{NAME}-2.ipynb" in said
    assert (course / INSIDE).with_name(f"{NAME}-2.ipynb").read_bytes() == first


def test_the_same_exercise_is_the_same_however_it_is_spaced(course):
    content = worked_on(course, 7)
    saved = my_work.pack()
    spaced = json.dumps(json.loads(content), indent=1)
    (course / INSIDE).write_text(spaced, encoding="utf-8")
    assert my_work.bring_back(saved) == ["Exercise 02 was here already."]
    assert (course / INSIDE).read_text(encoding="utf-8") == spaced


def test_a_newer_answer_here_stays_and_is_named(course):
    polled(40)
    saved = my_work.pack()
    polled(70)
    assert journal.read("T1").answer == 70
    said = " ".join(my_work.bring_back(saved))
    assert journal.read("T1").answer == 70
    assert "was here already" in said


def test_a_newer_answer_in_the_zip_keeps_the_one_here(course, monkeypatch, tmp_path):
    polled(40)
    old = my_work.pack()
    polled(70)
    new = my_work.pack()
    drive(monkeypatch, tmp_path / "other")
    my_work.bring_back(old)
    my_work.bring_back(new)
    assert [answer.value for answer in journal.read("T1").answers] == [40, 70]


# --- Zips that are not what they should be ------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [b"no zip", b"", zipped({"essay.pdf": b"%"}), zipped({INSIDE: b"{}"})[:-30], zipped({})],
)
def test_what_is_no_saved_work_is_refused_in_words(course, content):
    with pytest.raises(my_work.NoWorkError, match="Save my work"):
        my_work.bring_back(content)


def test_a_zip_is_held_to_the_limits_of_a_platform_s(course, monkeypatch):
    several = zipped({f"exercises/{NAME}/{n}.csv": b"0" * 600 for n in range(3)})
    monkeypatch.setattr(packed, "MOST", 1_000)
    with pytest.raises(my_work.NoWorkError, match="more than"):
        my_work.bring_back(several)
    monkeypatch.setattr(zips, "MAX_INSIDE", 2)
    with pytest.raises(my_work.NoWorkError, match="not a zip that can be read"):
        my_work.bring_back(several)


def test_nothing_leaves_its_folder_or_makes_an_exercise_that_there_is_not(course):
    before = sorted(course.parent.rglob("*"))
    outside = {
        "exercises/../../up.py": b"x",
        "/exercises/..\\..\\up.py": b"x",
        "exercises/99_none/99_none.ipynb": b"{}",
        "notebooks/00_start_here.ipynb": b"{}",
        f"exercises/{NAME}/.hidden.py": b"x",
    }
    with pytest.raises(my_work.NoWorkError):
        my_work.bring_back(zipped(outside))
    assert sorted(course.parent.rglob("*")) == before


def test_whatever_byte_of_a_zip_is_wrong_it_is_said_in_words(course):
    worked_on(course, 7)
    whole, refused = my_work.pack(), 0
    start = whole.index(b"PK\1\2")  # its list of contents
    for place in range(start, len(whole)):
        try:
            my_work.bring_back(whole[:place] + b"\xff" + whole[place + 1 :])
        except my_work.NoWorkError:
            refused += 1
    assert refused > 10


@pytest.mark.parametrize(
    "inside",
    [["x", "x/y"], ["x/y", "x"], [f"{NAME}/{'long' * 70}.csv"]],
    ids=lambda each: each[0][:4],
)
def test_names_that_no_folder_can_hold_are_refused_in_words(course, inside):
    with pytest.raises(my_work.NoWorkError, match="cannot be unpacked"):
        my_work.bring_back(zipped({f"exercises/{name}": "{}" for name in inside}))


def test_a_zip_packed_again_in_a_folder_of_its_own_is_understood(course):
    inside = zipped({f"my-work/{INSIDE}": json.dumps(notebook("profit = 9")).encode()})
    assert my_work.bring_back(inside)[0].startswith("Exercise 02 came back")


# --- A newer edition on the site ----------------------------------------------------------------


@pytest.fixture
def chapter(course, monkeypatch):
    """A chapter that was changed in this browser, of the edition that the site has."""
    file = course / "notebooks" / "00_start_here.ipynb"
    file.parent.mkdir()
    now = {file.relative_to(course).as_posix(): "new"}
    monkeypatch.setattr(editions, "handed_out", lambda: now)
    return file


def opened(file, edition):
    """Write a chapter of an edition as a browser saves it: changed after it was made."""
    file.write_text(json.dumps(notebook("mine", **{editions.KEY: edition})), encoding="utf-8")
    later = file.stat().st_ctime + 60
    os.utime(file, (later, later))


def test_a_chapter_that_is_newer_on_the_site_is_named_and_yours_stays(chapter, monkeypatch):
    monkeypatch.chdir(chapter.parent)
    opened(chapter, "new")
    assert editions.outdated(chapter.parent) == []
    assert "newer edition" not in my_work.WorkCard().children[0].value
    opened(chapter, "old")
    before = chapter.read_bytes()
    said = my_work.WorkCard().children[0].value
    assert f"newer edition of {chapter.name}" in said
    assert chapter.read_bytes() == before


def test_what_was_not_changed_here_is_not_fetched_to_look_at_it(chapter):
    chapter.write_text("not a notebook", encoding="utf-8")
    stamp = chapter.stat().st_ctime - 60
    os.utime(chapter, (stamp, stamp))
    assert editions.outdated(chapter.parent) == []


def test_an_edition_is_its_cells_and_not_what_they_printed(course):
    one, other = notebook("a", "b"), notebook(["a"], "b")
    other["cells"][0]["execution_count"] = 3
    assert editions.edition(one) == editions.edition(other)
    assert editions.edition(one) != editions.edition(notebook("a", "c"))
    assert not editions.is_as_handed_out(course / "exercises" / NAME / "checks.json")


# --- The buttons --------------------------------------------------------------------------------


def test_save_offers_the_zip_as_a_download(course):
    polled(40)
    shown = my_work.WorkCard()
    shown.save_button.click()
    name, content = re.search(
        r'download="(my-work-[\d-]+\.zip)" href="data:application/zip;base64,([^"]+)"',
        shown.status.value,
    ).groups()
    assert name.endswith(".zip")
    assert "journal/entries/T1.poll.opening.json" in names(b64decode(content))


def test_bring_back_says_what_came_back_or_why_not(course):
    worked_on(course, 7)
    saved = my_work.pack()
    (course / INSIDE).write_text(json.dumps(HANDED_OUT), encoding="utf-8")
    shown = my_work.WorkCard()
    shown.bring_back(({"content": memoryview(saved)},))
    assert "Exercise 02 came back" in shown.status.value
    shown.bring_back(({"content": memoryview(b"<no zip>")},))
    assert packed.CHOOSE in shown.status.value


def test_a_storage_that_fails_is_said_and_the_file_can_be_chosen_again(course, monkeypatch):
    worked_on(course, 7)
    saved = my_work.pack()
    (course / INSIDE).write_text(json.dumps(HANDED_OUT), encoding="utf-8")
    shown = my_work.WorkCard()
    monkeypatch.setattr(packed, "write_atomically", no_space)
    chosen = {"name": "w.zip", "type": "", "size": 1, "content": saved, "last_modified": now()}
    shown.upload.value = (chosen,)
    assert "has not kept all" in shown.status.value and "being brought" not in shown.status.value
    assert shown.upload.value == ()
    monkeypatch.setattr(packed, "pack", no_space)
    shown.save_button.click()
    assert "could not be packed" in shown.status.value and "download" not in shown.status.value


def test_the_card_comes_below_the_first_cell_whenever_it_runs(course, monkeypatch):
    shell, shown = InteractiveShell(), []
    monkeypatch.setattr(ipython_extension, "display", shown.append)
    ipython_extension.offer_to_save_work(shell)
    for code in ("1", "2", "1"):
        shell.run_cell(code)
    assert [type(each) for each in shown] == [my_work.WorkCard] * 2
    assert 'href="../index.html"' in shown[0].children[0].value


def test_on_a_desk_nothing_is_offered(monkeypatch):
    shell = InteractiveShell()
    asked = []
    monkeypatch.setattr(ipython_extension, "offer_to_save_work", asked.append)
    monkeypatch.setattr(ipython_extension.mistakes, "load_ipython_extension", lambda _: None)
    monkeypatch.setattr(ipython_extension, "describe_plain_figures", lambda _: None)
    monkeypatch.setattr(ipython_extension.mistakes, "somebody_is_there", lambda _: True)
    ipython_extension.load_ipython_extension(shell)
    assert not asked
