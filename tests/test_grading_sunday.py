"""What goes wrong on a Sunday evening: hostile names, a locked gradebook, a process that dies."""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import unicodedata
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from nbconvert.filters.markdown_mistune import markdown2html_mistune
from sqlalchemy.exc import OperationalError

from courseware import CourseError, cli
from courseware.grading.classroom import coordinator, reading, record
from courseware.grading.classroom.cleaning import clean_markdown, clean_text, one_line
from courseware.grading.classroom.handing_out import Hands
from courseware.grading.nbgrader_course import directory, gradebook
from courseware.grading.sandbox import isolation
from tests import corpus
from tests.exercises import exercise
from tests.notebooks import ROOT
from tests.test_grading_class import NAME, TIGHT, course, grades, hand_in, no_network, set_by_hand

__all__ = ["course", "no_network"]  # fixtures
WORDS = isolation.why_not()
isolated = pytest.mark.skipif(bool(WORDS), reason="; ".join(WORDS))
WRITTEN = next(q.id for q in exercise(NAME).questions.values() if q.written)


@pytest.fixture(scope="module")
def executor():
    """Provide one thread, whose zygote serves all tests of this file."""
    with ThreadPoolExecutor(1) as made:
        yield made


@pytest.fixture
def grade(course, executor):
    """Return a function that grades the course's submissions."""
    return lambda **more: coordinator.grade(course, NAME, executor=executor, limits=TIGHT, **more)


# --- Hostile files -------------------------------------------------------------------------


def put(course, student, name, content):
    folder = course / "submitted" / student / NAME
    folder.mkdir(parents=True, exist_ok=True)
    Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(content)


@isolated
def test_no_students_files_stop_the_others_or_command_the_terminal(course, monkeypatch, capsys):
    work = json.dumps(corpus.answered(NAME)).encode()
    hand_in(course, "ann", corpus.answered(NAME))
    put(course, "bytes", b"\xff.ipynb", work)
    for name in (b"\x1b[2J\x9b\n  ann: cheated.ipynb", b"<img src=x onerror=alert(1)>.ipynb"):
        put(course, "names", name, work)
    put(course, "\u202eeve\x1b]0;x", f"{NAME}.ipynb".encode(), b"")
    put(course, "ending", f"{NAME}.ipynb.txt".encode(), work)
    (course / "submitted" / "pipe" / NAME).mkdir(parents=True)
    os.mkfifo(course / "submitted" / "pipe" / NAME / f"{NAME}.ipynb")
    (course / "submitted" / "link" / NAME).mkdir(parents=True)
    (course / "submitted" / "link" / NAME / f"{NAME}.ipynb").symlink_to(
        course / "submitted" / "ann" / NAME / f"{NAME}.ipynb"
    )
    monkeypatch.chdir(course)
    assert cli.main(["grade", NAME, "--processes", "1"]) == 2
    said = capsys.readouterr().out
    assert {c for c in said if unicodedata.category(c).startswith("C")} == {"\n"}
    assert not [line for line in said.splitlines() if line.strip().startswith("ann")]
    scores = {s: sum(v[0] or 0 for v in grades(course, s)[0].values()) for s in (
        "ann", "bytes", "ending", "names", "pipe", "link")}  # fmt: skip
    assert scores == {"ann": 16, "bytes": 16, "ending": 16, "names": 0, "pipe": 0, "link": 0}
    shown = nbformat.read(course / "autograded" / "names" / NAME / f"{NAME}.ipynb", as_version=4)
    comments = grades(course, "names")[1].values()
    for text in (shown.cells[0].source, *comments):
        assert "<img" not in markdown2html_mistune(text)

    # Nothing is forgotten: whoever waits for a person still does, and the status says so.
    assert cli.main(["grade", NAME, "--processes", "1", "--json"]) == 2
    printed = capsys.readouterr().out
    assert printed.isascii()
    told = json.loads(printed)
    assert told["graded"] == [] and len(told["skipped"]) == 7
    assert {"names", "pipe", "link"} < set(told["waiting"])


@isolated
def test_status_nought_when_nothing_needs_a_person(course, monkeypatch, capsys):
    hand_in(course, "ann", corpus.answered(NAME))
    monkeypatch.chdir(course)
    assert cli.main(["grade", NAME, "--processes", "1", "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["graded"]
    assert told["student"] == "ann" and sum(told["marks"].values()) == 16
    assert told["trouble"] is None


@pytest.mark.parametrize("count", ["0", "-1", "x"])
def test_no_number_of_processes_is_refused(count, capsys):
    with pytest.raises(SystemExit):
        cli.main(["grade", NAME, "--processes", count])
    assert "--processes" in capsys.readouterr().err


def test_json_that_grows_is_no_notebook(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MEMORY", 64 << 20)
    path = tmp_path / "bomb.ipynb"
    path.write_text('{"cells": [' + "{}," * 5_000_000 + "{}]}", encoding="utf-8")
    with pytest.raises(reading.Unreadable, match="memory"):
        reading.read_cells(path)


def test_a_file_that_cannot_be_read_says_so(tmp_path):
    with pytest.raises(reading.Unreadable, match="cannot be read"):
        reading.read_cells(tmp_path)  # a folder


# --- Markdown ------------------------------------------------------------------------------

PAYLOADS = (
    "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "[x](java&#115;cript:alert(1))",
    "[x](javascript\\:alert(1))", "[x]: javascript\\:alert(1)\n\n[x]", "[x]\n(javascript:alert(1))",
    "[x][y]\n\n[y]:\n  javascript\\:alert(1)", "![x](https://example.org/seen.png)",
    "![x](attachment:none.png)", "![a[b]](attachment:none.png)", "[x](data\\:text/html,1)",
    "[![x](https://example.org/a.png)](javascript:alert(1))", "# [x](vbscript:1)",
    "$\\href{javascript:alert(1)}{x}$", "&#36;&#92;href{javascript:alert(1)}{x}&#36;",
    "```mermaid\n<img src=x onerror=alert(1)>\n```",
)  # fmt: skip


@pytest.mark.parametrize("text", PAYLOADS)
def test_markdown_leads_nowhere_but_to_the_web(text):
    page = markdown2html_mistune(clean_markdown(text))
    assert "<img" not in page and "\\href" not in page
    assert 'href="' not in page.replace('href="http', "").replace('href="#', "")
    assert "&#" not in page.replace("&#182;", "")


def test_pasted_pictures_stay_if_they_are_pictures():
    forms = {"image/png": "iVBORw0KGgo=", "image/svg+xml": "PHN2Zz4="}
    cell = {"source": "![it](attachment:a.png) ![no](attachment:b.png)"}
    cell["attachments"] = {"a.png": forms, "b.png": {"image/svg+xml": "PHN2Zz4="}, "c": 1}
    shown = clean_text(cell)
    assert shown["attachments"] == {"a.png": {"image/png": "iVBORw0KGgo="}}
    assert shown["source"] == "![it](attachment:a.png) !\\[no](attachment:b.png)"


def test_a_name_is_one_line():
    assert one_line("a\nb\x1b[2J\x9b\u202e\u2028é🙂\ud800") == "a?b?[2J???é🙂?"


# --- Nothing is lost -----------------------------------------------------------------------


@isolated
def test_a_fault_of_ours_stops_nobody_and_is_tried_again(course, grade, monkeypatch):
    for student in ("ann", "bob"):
        hand_in(course, student, corpus.answered(NAME))

    def faulty(book, exercise, result, config):
        if result.student == "ann":
            raise ValueError("a fault")
        record.save(book, exercise, result, config)

    monkeypatch.setattr(coordinator, "save", faulty)
    first = grade()
    assert [each.student for each in first.trouble] == ["ann"] and "a fault" in first.trouble[
        0
    ].trouble
    monkeypatch.undo()
    again = grade()
    assert [each.student for each in again.graded] == ["ann"] and again.skipped == ["bob"]
    assert not again.trouble


@isolated
def test_work_that_changes_while_it_is_graded_is_graded_again(course, grade, monkeypatch):
    hand_in(course, "ann", corpus.release(NAME))
    really = coordinator.grade_one

    def meanwhile(setup, folder):
        result = really(setup, folder)
        hand_in(course, "ann", corpus.answered(NAME))
        return result

    monkeypatch.setattr(coordinator, "grade_one", meanwhile)
    assert sum(mark.points for mark in grade().graded[0].marks.values()) == 0
    monkeypatch.undo()
    assert sum(mark.points for mark in grade().graded[0].marks.values()) == 16


@isolated
def test_trouble_leaves_full_points_and_a_persons_marks_alone(course, grade):
    notebook = corpus.answered(NAME, {"q1-answer": "pass"})
    notebook["cells"].append(corpus.code_cell("import os\nos._exit(0)"))
    hand_in(course, "ann", notebook)
    (trouble,) = grade().trouble
    assert "ended the process" in trouble.trouble
    scores, comments = grades(course, "ann")
    assert scores["q1"] == (0, None, True)
    assert scores["q3"][2] is False and comments["q3-answer"] is None
    assert "growth_total" in comments["q1-answer"]
    set_by_hand(course, "ann", "q1", 1)
    set_by_hand(course, "ann", "q2", 0)
    set_by_hand(course, "ann", WRITTEN, 4)
    summary = grade(again=True)
    assert len(summary.trouble) == 1
    scores, _ = grades(course, "ann")
    assert scores["q1"] == (0, 1, False)
    assert grade().trouble == []  # a person has looked


@isolated
def test_an_answer_in_the_checks_own_cell_counts(course, grade):
    notebook = corpus.answered(NAME)
    answer, check = (corpus.place_of(notebook, id) for id in ("q1-answer", "q1"))
    cells = notebook["cells"]
    cells[check]["source"] = reading.source(cells[answer]) + "\n" + reading.source(cells[check])
    cells[answer]["source"] = ""
    hand_in(course, "ann", notebook)
    (graded,) = grade().graded
    assert graded.marks["q1"].points == 2


@isolated
def test_another_exercise_than_was_released_or_graded_is_refused(course, grade):
    hand_in(course, "ann", corpus.answered(NAME))
    grade()
    (course / "exercises").unlink()
    released = course / "exercises" / NAME
    released.mkdir(parents=True)
    for file in (ROOT / "exercises" / NAME).iterdir():
        (released / file.name).write_bytes(file.read_bytes())
    path = released / f"{NAME}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    place = corpus.place_of(notebook, "q1")
    notebook["cells"][place]["metadata"]["nbgrader"]["points"] = 5
    path.write_text(json.dumps(notebook), encoding="utf-8")
    with pytest.raises(CourseError, match="course release"):
        grade()
    book = gradebook(directory(course))
    release = nbformat.reads(json.dumps(notebook), as_version=4)
    del release.cells[place]
    questions = {id: q for id, q in exercise(NAME).questions.items() if id != "q1"}
    with pytest.raises(CourseError, match="come or gone"):
        record.prepare(book, replace(exercise(NAME), questions=questions), release)
    book.close()


@isolated
def test_a_gradebook_in_use_is_waited_for(course, grade):
    hand_in(course, "ann", corpus.answered(NAME))
    grade()
    lock = sqlite3.connect(course / "gradebook.db", check_same_thread=False, isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    timer = threading.Timer(1, lock.execute, ["ROLLBACK"])
    timer.start()
    assert len(grade(again=True).graded) == 1
    timer.join()
    lock.close()


def test_what_cannot_be_written_is_said_in_words(tmp_path):
    in_words = coordinator.problems_in_words
    with pytest.raises(CourseError, match=r"locked.*formgrader.*goes on"), in_words(tmp_path):
        raise OperationalError("insert", {}, sqlite3.OperationalError("database is locked"))
    with pytest.raises(CourseError, match=r"No space left.*goes on"), in_words(tmp_path):
        raise OSError(28, "No space left on device", str(tmp_path))


def unlucky(number):
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number * 2


def test_when_a_process_dies_only_what_killed_it_is_lost():
    with Hands(processes=2) as hands:
        results = dict(hands.do(unlucky, range(8)))
    assert isinstance(results.pop(3), BrokenExecutor)
    assert results == {n: n * 2 for n in range(8) if n != 3}


def slow(number):
    Path(f"worker-{os.getpid()}").touch()
    time.sleep(60)


def test_a_grader_that_is_killed_leaves_no_process_behind(tmp_path):
    code = "from tests import test_grading_sunday as t\n"
    code += "if __name__ == '__main__':\n"
    code += "    with t.Hands(processes=2) as hands:\n        list(hands.do(t.slow, range(2)))\n"
    (tmp_path / "run.py").write_text(code)
    environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{os.environ['PYTHONPATH']}"}
    with subprocess.Popen([sys.executable, "run.py"], cwd=tmp_path, env=environment) as process:
        deadline = time.monotonic() + 60
        while len(list(tmp_path.glob("worker-*"))) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        process.kill()
    workers = [int(path.name.split("-")[1]) for path in tmp_path.glob("worker-*")]
    assert len(workers) == 2
    deadline = time.monotonic() + 10
    while any(map(alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(alive, workers))


def alive(pid):
    with contextlib.suppress(OSError, IndexError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    return False
