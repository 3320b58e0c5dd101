"""The room's guesses: nothing is sent without the tick, nobody is kept, few are never shown."""

import asyncio
import json
import os
import pickle
import socket
import stat
import sys
import threading
from collections import Counter
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from IPython.core.interactiveshell import InteractiveShell

from coursestaff import cli
from coursestaff import room as page
from courseware import journal, room
from courseware.journal import store
from courseware.room import COUNTED, NOT_SENT, SOCKET, VARIABLE, LivePoll, Steps, check, lying

BUYER, TONNES = "02-buyer", "02-tonnes"
on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a hub's own")


@pytest.fixture(autouse=True)
def own_journal(journal_dir, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    store.store_at.cache_clear()
    return journal_dir


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A shared folder that the class has for a room."""
    place = tmp_path / "room"
    page.make(place)
    monkeypatch.setenv(VARIABLE, str(place))
    return place


def guess(value="7", key=TONNES, *, tick=True):
    form = journal.predict(key)
    form.control.value = value
    form.save_button.click()
    if tick:
        form.send_tick.value = True
    return form


# What a student's page does


def test_without_a_room_there_is_no_box_and_nothing_opens_a_socket(monkeypatch):
    monkeypatch.setattr(socket, "socket", lambda *_: pytest.fail("a socket was opened"))
    form = guess(tick=False)
    assert form.send_tick is None
    assert "room" not in form.status.value


def test_without_the_tick_nothing_is_sent(folder):
    form = guess(tick=False)
    assert form.send_tick.value is False
    assert list(folder.iterdir()) == []
    assert "Saved: 7 per cent" in form.status.value


def test_with_the_tick_the_saved_guess_is_sent_once_and_a_second_takes_its_place(folder):
    form = guess()
    assert "Your guess was sent to the room." in form.status.value
    form.control.value = "much"
    assert lying(folder) == {(TONNES, 7.0): 1}, "what is not saved is not sent"
    form.control.value = "9"
    assert lying(folder) == {(TONNES, 9.0): 1}


def test_a_tick_before_the_guess_sends_it_with_save(folder):
    form = journal.predict(BUYER)
    form.send_tick.value = True
    assert list(folder.iterdir()) == []
    form.control.value = "India"
    form.save_button.click()
    assert lying(folder) == {(BUYER, "India"): 1}


def test_a_pass_is_not_sent_nor_what_comes_after_the_outcome(folder):
    form = journal.predict(BUYER)
    form.send_tick.value = True
    form.pass_button.click()
    journal.outcome(TONNES, 8.3)
    late = guess()
    assert late.status.value.count("marked as late") == 1
    assert list(folder.iterdir()) == []


def test_words_of_one_s_own_and_questions_of_others_are_never_offered(folder):
    assert journal.predict("02-mine", "Why?", kind="text").send_tick is None
    assert journal.predict("02-mine", "How much?", unit="per cent").send_tick is None
    assert journal.answer("02-lifeline").send_tick is None
    assert journal.confidence("T1").send_tick is None


def test_a_file_holds_the_guess_and_nothing_of_its_sender(folder):
    guess()
    (path,) = folder.iterdir()
    assert json.loads(path.read_text(encoding="utf-8")) == {"question": TONNES, "guess": 7.0}
    identity = store.current_store().journal_id()
    assert identity not in path.name + path.read_text(encoding="utf-8")


def test_the_box_says_who_sees_it(folder, tmp_path):
    said = [part.value for part in journal.predict(TONNES).children if hasattr(part, "value")]
    words = " ".join(map(str, said))
    assert "a file in the folder &#x27;room&#x27;" in words
    assert "who sent it and when" in words


def test_a_room_that_is_gone_costs_nothing_but_the_sending(folder):
    folder.rmdir()
    form = guess()
    assert NOT_SENT in form.status.value
    assert journal.read(TONNES).answer == 7


# What comes from students is hostile


@pytest.mark.parametrize(
    ("question", "value"),
    [
        (TONNES, "7"),
        (TONNES, True),
        (TONNES, float("nan")),
        (TONNES, 501),
        (TONNES, 10**400),
        (TONNES, None),
        (TONNES, [7]),
        (BUYER, "<b>India</b>"),
        (BUYER, {}),
        ("02-mine", 7),
        ("../../x", 7),
        ([], 7),
        ({}, 7),
        (None, 7),
    ],
)
def test_what_is_no_guess_is_not_counted(question, value, tmp_path):
    with pytest.raises(ValueError, match=r"no |not |none|out of"):
        check(question, value)
    (tmp_path / "x.json").write_text(json.dumps({"question": question, "guess": value}))
    assert lying(tmp_path) == {}


def test_odd_files_in_the_folder_are_passed_over(tmp_path):
    good = json.dumps({"question": TONNES, "guess": 7})
    (tmp_path / "good.json").write_text(good)
    (tmp_path / "large.json").write_text(good + " " * 2000)
    (tmp_path / "deep.json").write_text("[" * 900)
    (tmp_path / "list.json").write_text("[1]")
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe")
    (tmp_path / "half.json.new").write_text(good)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.json")
        (tmp_path / "link.json").symlink_to(tmp_path / "good.json")
    assert lying(tmp_path) == {(TONNES, 7.0): 1}


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root gives files")
def test_many_files_of_one_student_are_one_guess_where_owners_can_be_told(tmp_path):
    for number in range(9):
        path = tmp_path / f"{number}.json"
        path.write_text(json.dumps({"question": TONNES, "guess": number}))
        os.utime(path, ns=(number, number))
    assert lying(tmp_path).total() == 9, "a drive may give all files to one"
    os.chown(tmp_path / "3.json", 1234, 1234)
    assert lying(tmp_path) == {(TONNES, 3.0): 1, (TONNES, 8.0): 1}


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="rights of files are another matter there")
def test_students_can_lay_down_a_guess_and_not_see_what_lies_there(folder):
    assert stat.S_IMODE(folder.stat().st_mode) == 0o1733


@on_linux
def test_a_socket_that_is_not_the_folder_s_owner_s_is_not_spoken_to(folder, monkeypatch):
    with listening(folder):
        assert LivePoll(folder).has_service
        there = os.lstat(folder / SOCKET)
        foreign = SimpleNamespace(st_mode=there.st_mode, st_uid=there.st_uid + 1)
        monkeypatch.setattr(room.os, "lstat", lambda _: foreign)
        assert not LivePoll(folder).has_service
        assert "Your guess was sent to the room." in guess().status.value
    assert lying(folder) == {(TONNES, 7.0): 1}


# How few are shown


def test_guesses_are_shown_by_fives():
    steps, there, shown = Steps(), Counter(), []
    for number in range(1, 13):
        there[float(number)] += 1
        shown.append(steps.see(there).total())
    assert shown == [0, 0, 0, 0, 5, 5, 5, 5, 5, 10, 10, 10]
    assert steps.see(Counter()).total() == 0


# A hub's service


@contextmanager
def listening(folder, *, sends=True, looks=True):
    """Run the service in a thread, for accounts that may send or look."""
    guesses = pytest.importorskip("coursestaff.hub.guesses", reason="a hub runs on Linux")
    ready, stopped, loops = threading.Event(), asyncio.Event(), []

    async def run():
        loops.append(asyncio.get_running_loop())
        async with await guesses.serve(folder, lambda _: sends, lambda _: looks):
            ready.set()
            await stopped.wait()

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    try:
        assert ready.wait(10)
        yield
    finally:
        loops[0].call_soon_threadsafe(stopped.set)
        thread.join(10)


@on_linux
def test_a_hub_counts_one_guess_of_each_and_leaves_no_file(folder):
    with listening(folder):
        first = guess()
        assert "counted without your name and without the time" in str(
            [getattr(part, "value", "") for part in first.children]
        )
        assert "Your guess was sent to the room." in first.status.value
        first.control.value = "9"
        first.save_button.click()
        assert "your first guess stays" in first.status.value
        guess("India", BUYER)
        assert room.ask(folder, {"look": TONNES}) == {"there": 1, "shown": []}
        assert room.ask(folder, {"clear": TONNES}) == {"said": "cleared"}
        assert LivePoll(folder).send(TONNES, 9.0, "") == "Your guess was sent to the room."
        assert [path.name for path in folder.iterdir()] == [SOCKET]


@on_linux
def test_who_is_not_of_the_class_cannot_send_and_students_cannot_look(folder):
    with listening(folder, sends=False, looks=False):
        assert LivePoll(folder).send(TONNES, 7.0, "") == NOT_SENT
        assert room.ask(folder, {"look": TONNES}) == {"said": "refused"}
        assert room.ask(folder, {"clear": TONNES}) == {"said": "refused"}


@on_linux
def test_lines_that_are_none_end_nothing(folder):
    with listening(folder):
        for line in (b"{\n", b"[]\n", b"7\n", b"[" * 900 + b"\n", b"x" * 5000 + b"\n", b""):
            with socket.socket(socket.AF_UNIX) as connected:
                connected.connect(str(folder / SOCKET))
                connected.sendall(line)
        assert room.ask(folder, {"look": []}) == {"said": "refused"}
        assert room.ask(folder, {"question": TONNES, "guess": 10**400}) == {"said": "refused"}
        assert room.ask(folder, {"question": TONNES, "guess": 7}) == {"said": COUNTED}


@on_linux
def test_the_service_keeps_counts_and_hashes_and_shows_by_fives():
    from coursestaff.hub import guesses

    kept = guesses.Guesses()
    accounts = [70_000_001 + number for number in range(7)]
    for account in accounts:
        assert kept.add(TONNES, 7, account) == COUNTED
    assert kept.look(TONNES) == {"there": 7, "shown": [(7.0, 5)]}
    held = vars(kept)
    assert set(held) == {"_key", "_counts", "_sent", "_steps"}
    assert held["_counts"] == {TONNES: {7.0: 7}}
    assert all(len(each) == 32 for each in held["_sent"][TONNES])
    text = pickle.dumps({name: dict(held[name]) for name in ("_counts", "_sent", "_steps")})
    for account in accounts:
        assert str(account).encode() not in text
        assert account.to_bytes(4, "little") not in text
    other = guesses.Guesses()
    other.add(TONNES, 7, accounts[0])
    assert not vars(other)["_sent"][TONNES] & held["_sent"][TONNES], "each start has its own key"


# The instructor's page


@pytest.fixture
def shell():
    """Let cells show something, as in a notebook."""
    InteractiveShell.clear_instance()
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


def lay(folder, *values, question=TONNES):
    for number, value in enumerate(values):
        LivePoll(folder).send(question, value, f"{number} of {value}")


def test_the_page_draws_by_fives_and_the_outcome_when_it_has_been_shown(folder, shell):
    lay(folder, 1.0, 2.0, 3.0, 4.0)
    shown = page.show(TONNES)
    assert "4 guesses sent. The chart appears once there are 5" in shown.told.value
    assert shown.chart.value == ""
    lay(folder, 5.0, 6.0)
    shown.look()
    first = shown.chart.value
    assert "6 guesses sent, 6 drawn" in shown.told.value
    assert "<figure" in first and "median 3.5" in first
    assert "outcome" not in first
    lay(folder, 7.0)
    shown.look()
    assert shown.chart.value == first, "one more is not drawn"
    journal.outcome(TONNES, 8.3)
    shown.look()
    assert "the outcome was 8.3" in shown.chart.value
    assert "6 predictions" in shown.chart.value
    shown.again.click()
    assert len(list(folder.iterdir())) == 7, "one click forgets nothing"
    assert shown.again.description == page.SURE
    shown.again.click()
    assert shown.again.description == page.ANEW
    assert shown.chart.value == ""
    assert list(folder.iterdir()) == []


def test_a_page_that_is_shown_anew_goes_on_by_fives(folder, shell):
    lay(folder, 1.0, 2.0, 3.0, 4.0, 5.0)
    page.show(TONNES)
    lay(folder, 6.0)
    assert "6 guesses sent, 5 drawn" in page.show(TONNES).told.value


@on_linux
def test_the_page_draws_what_a_hub_tells(folder, shell):
    with listening(folder):
        assert "0 guesses sent" in page.show(BUYER).told.value
        room.ask(folder, {"question": BUYER, "guess": "India"})
        assert "1 guess sent" in page.show(BUYER).told.value


def test_a_page_without_its_room_waits_for_it(folder, shell):
    shown = page.show(TONNES)
    shown.guesses.look = lambda: (_ for _ in ()).throw(OSError())
    shown.look()
    assert "cannot be reached at the moment" in shown.told.value


def test_without_a_room_it_says_how_to_get_one(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(page.RoomError, match="course room FOLDER"):
        page.show(TONNES)


def test_the_command_makes_a_room_and_says_what_to_set(tmp_path, capsys):
    assert cli.main(["room", str(tmp_path / "new")]) == 0
    assert f"{VARIABLE}={tmp_path / 'new'}" in capsys.readouterr().out
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    assert cli.main(["room", str(tmp_path / "full")]) == 1
    assert "is not empty" in capsys.readouterr().err
