"""What goes wrong on a Sunday evening: hostile names, a locked gradebook, a process that dies."""

import contextlib
import csv
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unicodedata
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from string import Formatter
from types import SimpleNamespace

import nbformat
import pytest
from nbconvert.filters.markdown_mistune import markdown2html_mistune
from sqlalchemy.exc import OperationalError

from coursestaff import cli, nbgrader_course, roster
from coursestaff.collecting import handed_in, load, reasons, releases
from coursestaff.exercises import spec
from coursestaff.exercises.cells import source
from coursestaff.exercises.spec import read_notebook
from coursestaff.marking import (
    autograded,
    coordinator,
    doubts,
    provenance,
    submission,
    time_limit,
)
from coursestaff.marking import executor as handing
from coursestaff.marking import gradebook as recording
from coursestaff.marking.executor import WorkerPool
from coursestaff.marking.provenance import Provenance
from coursestaff.marking.report import in_words
from coursestaff.marking.sandbox import replay
from coursestaff.marking.sandbox.zygote import Zygote
from coursestaff.marking.submission import Graded
from coursestaff.nbgrader_course import directory, gradebook
from coursestaff.terminal import one_line
from courseware import CourseError, manifest
from tests import handins, unlucky
from tests.cases import cases
from tests.exercises import TIGHT, exercise
from tests.graded import (
    NAME,
    course,
    executor,
    grade,
    grades,
    hand_in,
    no_network,
    set_by_hand,
)
from tests.isolated import needs_isolation, wait_until
from tests.notebooks import ROOT

pytestmark = pytest.mark.sandbox

__all__ = ["course", "executor", "grade", "no_network"]  # fixtures
WRITTEN = next(q.id for q in exercise(NAME).questions.values() if q.written)


@pytest.fixture
def by_command(course, executor, monkeypatch, capsys):
    """Return a function that runs `course` in the course folder: (status, what it prints).

    One thread grades: what starts processes is proved in test_grading_class.py.
    """
    really = coordinator.grade
    monkeypatch.setattr(
        coordinator, "grade", lambda *given, **more: really(*given, **more | {"executor": executor})
    )
    monkeypatch.setattr(handing, "start_early", lambda: None)
    monkeypatch.chdir(course)

    def run(command, *words):
        return cli.main([command, NAME, *words]), capsys.readouterr().out

    return run


# --- Hostile files -------------------------------------------------------------------------


def put(course, student, name, content):
    folder = course / "submitted" / student / NAME
    folder.mkdir(parents=True, exist_ok=True)
    Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(content)


@needs_isolation
def test_no_students_files_stop_the_others_or_command_the_terminal(course, by_command):
    work = json.dumps(handins.answered(NAME)).encode()
    hand_in(course, "ann", handins.answered(NAME))
    put(course, "bytes", b"\xff.ipynb", work)
    for name in (b"\x1b[2J\x9b\n  ann: cheated.ipynb", b"<img src=x onerror=alert(1)>.ipynb"):
        put(course, "names", name, b"")
    put(course, "\u202eeve\x1b]0;x", f"{NAME}.ipynb".encode(), b"")
    put(course, "ending", f"{NAME}.ipynb.txt".encode(), work)
    pipe, link, right = (
        course / "submitted" / each / NAME / f"{NAME}.ipynb" for each in ("pipe", "link", "ann")
    )
    pipe.parent.mkdir(parents=True)
    os.mkfifo(pipe)
    link.parent.mkdir(parents=True)
    link.symlink_to(right)
    status, said = by_command("grade")
    assert status == 2
    assert {c for c in said if unicodedata.category(c).startswith("C")} == {"\n"}
    assert not [line for line in said.splitlines() if line.strip().startswith("ann")]
    students = ("ann", "bytes", "ending", "names", "pipe", "link")
    scores = {s: sum(v[0] or 0 for v in grades(course, s)[0].values()) for s in students}
    assert scores == {"ann": 16, "bytes": 16, "ending": 16, "names": 0, "pipe": 0, "link": 0}
    shown = nbformat.read(course / "autograded" / "names" / NAME / f"{NAME}.ipynb", as_version=4)
    comments = grades(course, "names")[1].values()
    for text in (shown.cells[0].source, *comments):
        assert "<img" not in markdown2html_mistune(text)

    # Nothing is forgotten: whoever waits for a person still does, and the status says so.
    status, printed = by_command("grade", "--json")
    assert status == 2 and printed.isascii()
    told = json.loads(printed)
    tried = {each["student"]: each["trouble"] for each in told["graded"]}
    assert list(tried) == ["\u202eeve\x1b]0;x"] and all(tried.values())
    assert len(told["skipped"]) == 6
    assert {"names", "pipe", "link"} <= set(told["waiting"])


@needs_isolation
def test_status_nought_when_nothing_needs_a_person(course, by_command):
    hand_in(course, "ann", handins.answered(NAME))
    status, printed = by_command("grade", "--json")
    (told,) = json.loads(printed)["graded"]
    assert (status, told["student"], told["trouble"]) == (0, "ann", None)
    assert sum(told["marks"].values()) == 16


@pytest.mark.parametrize("count", ["0", "-1", "x"])
def test_no_number_of_processes_is_refused(count, capsys):
    with pytest.raises(SystemExit):
        cli.main(["grade", NAME, "--processes", count])
    assert f"--processes: {count!r}" in capsys.readouterr().err


def test_problems_do_not_mix_with_what_a_script_reads(course, monkeypatch, capsys):
    monkeypatch.chdir(course)
    assert cli.main(["grade", NAME, "--json"]) == 1
    said = capsys.readouterr()
    assert said.out == "" and said.err

    def stopped(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(coordinator, "grade", stopped)
    assert cli.main(["grade", NAME, "--json"]) == 130
    said = capsys.readouterr()
    assert said.out == "" and said.err


def test_json_that_grows_and_what_is_no_file_are_refused(tmp_path, monkeypatch):
    with pytest.raises(reasons.Unreadable) as caught:
        load.submitted(tmp_path)  # a folder
    assert caught.value.reason.student == reasons.REASONS["no access"].student
    monkeypatch.setattr(load, "MEMORY", 64 << 20)
    path = tmp_path / "bomb.ipynb"
    path.write_text('{"cells": [' + "{}," * 5_000_000 + "{}]}", encoding="utf-8")
    with pytest.raises(reasons.Unreadable) as caught:
        load.submitted(path)
    assert caught.value.reason == reasons.reason("memory")


def test_no_limit_on_memory_stays_when_two_files_are_read_at_once():
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_AS)
    begun, first_ended = threading.Event(), threading.Event()

    def second():
        begun.set()
        with load.limited_memory():
            first_ended.wait(5)

    with ThreadPoolExecutor(1) as pool:
        with load.limited_memory():
            waiting = pool.submit(second)
            begun.wait(5)
            time.sleep(0.1)  # without turns it would have set its limit by now
        first_ended.set()
        waiting.result()
    assert resource.getrlimit(resource.RLIMIT_AS) == before


def test_a_student_is_not_told_to_ask_the_student():
    setup = SimpleNamespace(exercise=exercise(NAME), release=[], fingerprint=None)
    why = reasons.reason("empty")
    graded = submission._ungraded(setup, "ada", why)
    assert graded.trouble == why.to_grader != why.to_student
    assert source(graded.cells[0]) == f"**{why.to_student}**"
    assert recording._comment("q1", graded) == why.to_student


@pytest.mark.parametrize("code", reasons.REASONS)
def test_a_reason_tells_both_why_and_each_what_to_do(code):
    gaps = {gap: "300" for _, gap, *_ in Formatter().parse(" ".join(reasons.REASONS[code])) if gap}
    why, grader, student = told = reasons.reason(code, **gaps)
    assert why.endswith(".") and told.to_grader.startswith(why) and told.to_student.startswith(why)
    assert not re.search(r"\b[Aa]sk\b|course |solutions|by hand", told.to_student)
    assert bool(student) or not grader, "who is told that something can be done is told what"


def test_every_reason_is_given_somewhere_and_every_one_given_is_known():
    sources = [
        Path(each.__file__).read_text("utf-8") for each in (load, handed_in, releases, submission)
    ]
    given = re.findall(r'\breason\(\s*"([^"]+)"', "\n".join(sources))
    assert set(given) == reasons.REASONS.keys()


CLASS = """Student,ID,SIS User ID,SIS Login ID,Section,02 The trade lifeline (77)
    Points Possible,,,,,20.00
"Example, Ada",101,,ada,1,
"Web, Bo",102,,bo,1,
"Empty, Cy",103,,cy,1,
"Other, Dee",104,,dee,1,
"Nothing, Eve",105,,eve,1,
"Text, Fay",106,,fay,1,
"Student, Test",107,,test,1,
"""


@needs_isolation
def test_who_sent_what_cannot_be_marked_is_named_from_collecting_to_exporting(
    course, tmp_path, by_command
):
    """And nobody on a machine with open homes reads any of it."""
    sent = {
        f"ada_101_1_{NAME}.ipynb": handins.answered(NAME),
        "bo_102_2_report.html": "<p>all of it</p>",
        f"cy_103_3_{NAME}.ipynb": "",
        "dee_104_4_05.ipynb": handins.answered("05_silk_roads_then_and_now"),
        "fay_106_text.html": "<p>my answer</p>",
    }
    zipped = handins.zipped(tmp_path / "all.zip", sent)
    (tmp_path / "list.csv").write_text(CLASS, encoding="utf-8")
    listed = ["--class", str(tmp_path / "list.csv")]
    before = {*course.rglob("*")}
    at = {number: f"{number} {name}" for name, number in re.findall(r'"(.+?)",(\d+)', CLASS)}

    def said(*arguments):
        return by_command(*arguments)[1]

    collected = said("collect", str(zipped), "--from", "canvas", *listed)
    for line in (
        f"(1): {at['105']}.\n",
        f"(1): {at['102']} (report.html).\n",
        f"(1): {at['106']}.\n",
    ):
        assert line in collected
    graded = said("grade")
    whole = (course / "autograded" / f"{NAME}.list.txt").read_text(encoding="utf-8")
    whys = {"102": "something else", "103": "empty", "104": "other exercise"}
    whys = {number: reasons.reason(code, files="report.html").why for number, code in whys.items()}
    for told in (graded, whole):
        assert all(f"{at[number]}: {why}" in told for number, why in whys.items())
        assert f"{at['106']}: " in told
    assert f"\n{roster.NOTHING} (1):\n  {at['105']}\n\nSteps" in whole
    set_by_hand(course, "101", WRITTEN, 4)
    set_by_hand(course, "103", WRITTEN, 0)
    exported = said("export", "--format", "canvas", *listed, "--to", str(course / "out.csv"))
    assert f"(4 of 6):\n  {at['102']}: {whys['102']}" in exported
    assert f"  {at['104']}: {whys['104']}" in exported
    assert f"  {at['105']}: {roster.NOTHING}\n" in exported
    assert f":\n  {at['103']}" in exported
    whole = (course / "autograded" / f"{NAME}.list.txt").read_text(encoding="utf-8")
    decided = whole[whole.index(f"{roster.DECIDED} (1):\n  {at['103']}: 0 of 20 points\n") :]
    assert f"{roster.MARKED} (1):\n  {at['101']}: 20 of 20 points\n" in decided
    assert [whole.count(f"  {student} ") for student in range(101, 107)] == [1] * 6
    steps = whole.partition("\nSteps")[2]
    assert steps.index("  collect:") < steps.index("  grade:") < steps.index("  export:")
    rows = csv.DictReader((course / "out.csv").read_text(encoding="utf-8-sig").splitlines())
    points = {row["ID"]: row["02 The trade lifeline (77)"] for row in rows if row["ID"]}
    blank = dict.fromkeys(("102", "104", "105", "106", "107"), "")
    assert points == {"101": "20", "103": "0"} | blank
    said("export", "--format", "csv", "--to", str(course / "grades.csv"))
    rows = csv.DictReader((course / "grades.csv").read_text(encoding="utf-8").splitlines())
    scores = {row["student_id"]: (row["score"], row["needs_marking"]) for row in rows}
    assert scores["104"] == ("", "yes") and scores["103"] == ("0.0", "no")
    made = [path for path in {*course.rglob("*")} - before if not path.is_symlink()]
    assert {"gradebook.db", "submitted", "out.csv"} <= {path.name for path in made}
    assert not [path for path in made if path.stat().st_mode & 0o077]

    sent = {f"bo_102_9_{NAME}.ipynb": handins.answered(NAME), "ada_101_8_late.docx": "x"}
    handins.zipped(zipped, sent)
    anew = said("collect", str(zipped), "--from", "canvas", *listed)
    assert f"(1): {at['101']} (late.docx).\n" in anew
    assert not (course / "submitted" / ".earlier").exists()
    (theirs,) = (course / "submitted" / "102" / NAME).iterdir()
    (hers,) = (course / "submitted" / "101" / NAME).iterdir()
    assert theirs.suffix == hers.suffix == ".ipynb"


# --- Time of the grader's own --------------------------------------------------------------


@needs_isolation
@pytest.mark.parametrize("many", cases(["cells", "code"], ["code"]))
def test_much_code_of_ones_own_costs_no_time_and_no_mark_and_is_listed(
    many, course, grade, monkeypatch
):
    """With one point lost, the grader would look through all of it for a reason."""
    wrong = handins.answered(NAME, {"q1-answer": "year = 1900"})
    own = ["year = year"] * (doubts.MOST_OWN + 1)
    if many == "code":
        own = ["x = 1\n" * (doubts.MOST_CODE // 10)] * 2
    hand_in(course, "ann", handins.with_cells(wrong, *own))
    monkeypatch.setattr(doubts, "leaning", None)  # not called
    (told,) = grade().trouble
    lost = {question for question, mark in told.marks.items() if mark.points < mark.of}
    assert doubts.LONG in told.trouble and lost == told.doubtful
    assert sum(mark.points for mark in told.marks.values()) >= 14


def test_a_hand_in_that_keeps_the_grader_busy_is_ended_and_a_person_asked(tmp_path, monkeypatch):
    ran = []

    def busy(job):
        """Take more time than a hand-in may, where a worker's limits hold."""
        end = time.process_time() + 2 * time_limit.MOST_SECONDS
        while time.process_time() < end:
            pass
        return [], None

    def endless(setup, folder, run):
        ran.append(run({}))
        while True:
            with contextlib.suppress(Exception):
                re.sub("a", "b", "a" * 1_000)

    before = signal.getsignal(signal.SIGPROF)
    monkeypatch.setattr(time_limit, "MOST_SECONDS", 0.2)
    monkeypatch.setattr(submission, "evaluate", endless)
    monkeypatch.setattr(submission, "_zygote", lambda room: SimpleNamespace(run=busy, seconds={}))
    setup = SimpleNamespace(exercise=exercise(NAME), release=[], fingerprint=None)
    graded = submission.grade_one(setup, None, tmp_path / "ann" / NAME)
    assert graded.trouble == reasons.reason("time").to_grader and not graded.marks
    assert ran == [([], None)]
    assert signal.getsignal(signal.SIGPROF) is before
    assert signal.getitimer(signal.ITIMER_PROF) == (0, 0)


@needs_isolation
def test_a_parameter_that_a_student_has_changed_is_told_where_points_are_lost(course, grade):
    notebook = handins.answered(NAME, {"q1-answer": "year = 1900"})
    (given,) = (cell for cell in notebook["cells"] if cell.get("id") == spec.PARAMETERS)
    given["source"] = source(given).replace('"06"', '"05"')
    hand_in(course, "ann", notebook)
    (told,) = grade().trouble
    assert "MONTH = '05'" in told.trouble and "MONTH = '06'" in told.trouble
    assert "q1" in told.doubtful


# --- Names ---------------------------------------------------------------------------------


def test_a_name_is_one_line():
    assert one_line("a\nb\x1b[2J\x9b\u202e\u2028é🙂\ud800") == "a?b?[2J???é🙂?"


# --- Nothing is lost -----------------------------------------------------------------------


@needs_isolation
def test_a_fault_of_ours_stops_nobody_and_is_tried_again(course, grade, monkeypatch):
    for student in ("ann", "bob"):
        hand_in(course, student, handins.answered(NAME))

    def faulty(book, exercise, result, config):
        if result.student == "ann":
            raise ValueError("a fault")
        recording.save(book, exercise, result, config)

    monkeypatch.setattr(coordinator, "save", faulty)
    first = grade()
    assert [each.student for each in first.trouble] == ["ann"]
    assert "a fault" in first.trouble[0].trouble
    monkeypatch.undo()
    again = grade()
    assert [each.student for each in again.graded] == ["ann"] and again.skipped == ["bob"]
    assert not again.trouble


@needs_isolation
def test_work_that_changes_while_it_is_graded_is_graded_again(course, grade, monkeypatch):
    hand_in(course, "ann", handins.release(NAME))
    really = coordinator.grade_one

    def meanwhile(setup, room, folder):
        result = really(setup, room, folder)
        hand_in(course, "ann", handins.answered(NAME))
        return result

    monkeypatch.setattr(coordinator, "grade_one", meanwhile)
    assert sum(mark.points for mark in grade().graded[0].marks.values()) == 0
    monkeypatch.undo()
    assert sum(mark.points for mark in grade().graded[0].marks.values()) == 16


@needs_isolation
def test_trouble_leaves_full_points_and_a_persons_marks_alone(course, grade):
    notebook = handins.answered(NAME, {"q2-answer": "pass"})
    hand_in(course, "ann", handins.with_cells(notebook, "import os\nos._exit(0)"))
    (trouble,) = grade().trouble
    assert replay.WORDS["exit"] in trouble.trouble
    scores, comments = grades(course, "ann")
    assert scores["q2"] == (0, None, True)
    assert scores["q3"][2] is False and comments["q3-answer"] is None
    assert "growth_total" in comments["q2-answer"]
    set_by_hand(course, "ann", "q2", 1)
    set_by_hand(course, "ann", "q1", 0)
    set_by_hand(course, "ann", WRITTEN, 4)
    summary = grade(again=True)
    assert len(summary.trouble) == 1
    scores, _ = grades(course, "ann")
    assert scores["q2"] == (0, 1, False)
    assert grade().trouble == []  # a person has looked


@needs_isolation
def test_an_answer_in_the_checks_own_cell_counts(course, grade):
    notebook = handins.answered(NAME)
    answer, check = (handins.cell(notebook, id) for id in ("q2-answer", "q2"))
    check["source"] = source(answer) + "\n" + source(check)
    answer["source"] = ""
    hand_in(course, "ann", notebook)
    (graded,) = grade().graded
    assert graded.marks["q2"].points == 2


@needs_isolation
def test_another_exercise_than_was_released_or_graded_is_refused(course, grade):
    hand_in(course, "ann", handins.answered(NAME))
    grade()
    (course / "exercises").unlink()
    released = course / "exercises" / NAME
    released.mkdir(parents=True)
    for file in (ROOT / "exercises" / NAME).iterdir():
        (released / file.name).write_bytes(file.read_bytes())
    path = released / f"{NAME}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    place = handins.place_of(notebook, "q1")
    notebook["cells"][place]["metadata"]["nbgrader"]["points"] = 5
    path.write_text(json.dumps(notebook), encoding="utf-8")
    with pytest.raises(CourseError, match="course release"):
        grade()
    book = gradebook(directory(course))
    release = nbformat.reads(json.dumps(notebook), as_version=4)
    del release.cells[place]
    questions = {id: q for id, q in exercise(NAME).questions.items() if id != "q1"}
    with pytest.raises(CourseError, match=NAME):
        recording.prepare(book, replace(exercise(NAME), questions=questions), release)
    book.close()


@needs_isolation
def test_a_gradebook_in_use_is_waited_for(course, grade):
    hand_in(course, "ann", handins.answered(NAME))
    grade()
    lock = sqlite3.connect(course / "gradebook.db", check_same_thread=False, isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    timer = threading.Timer(1, lock.execute, ["ROLLBACK"])
    timer.start()
    assert len(grade(again=True).graded) == 1
    timer.join()
    lock.close()


@needs_isolation
@pytest.mark.parametrize("what", cases(["gone", "empty", "older"], ["gone"]))
def test_what_the_gradebook_has_nothing_of_is_graded_anew(what, course, grade):
    """A copy is made before each run; whoever puts one back gets the rest again."""
    book = course / "gradebook.db"
    for student in ("ann", "bob"):
        hand_in(course, student, handins.answered(NAME))
        grade()
    (older,) = nbgrader_course._copies(book)
    if what == "older":
        shutil.copyfile(older, book)
    else:
        book.write_bytes(b"")
    if what == "gone":
        book.unlink()
    summary = grade()
    lost = ["bob"] if what == "older" else ["ann", "bob"]
    assert sorted(each.student for each in summary.graded) == summary.lost == lost
    assert f"\n{len(lost)} of these" in in_words(NAME, summary)
    assert sum(each[0] or 0 for each in grades(course, "bob")[0].values()) == 16
    assert not grade().lost


DAMAGES = {
    "header": lambda content: b"x" * 16 + content[16:],
    "half": lambda content: content[: len(content) // 2],
    "middle": lambda content: content[:4096] + b"\x07" * (len(content) - 8192) + content[-4096:],
    "text": lambda content: b"not a gradebook\n" * 500,
}
COMMANDS = {"grade": [], "export": ["--format", "csv"], "report": [], "mark": ["--no-browser"]}
COMMANDS |= {"feedback": ["--for", "canvas"]}


@pytest.mark.parametrize("damage", cases(DAMAGES, ["text"]))
def test_a_damaged_gradebook_is_told_in_words_with_the_copy_to_put_back(
    damage, course, monkeypatch, capsys
):
    hand_in(course, "ann", handins.answered(NAME))
    folders = directory(course)
    with contextlib.closing(gradebook(folders)) as book:
        release = course / "exercises" / NAME / f"{NAME}.ipynb"
        recording.prepare(book, exercise(NAME), read_notebook(release))
        for number in range(99):
            book.update_or_create_student(f"student {number}", last_name="x" * 200)
    nbgrader_course.keep_copy(folders)
    (copy,) = nbgrader_course._copies(course / "gradebook.db")
    path = course / "gradebook.db"
    path.write_bytes(damaged := DAMAGES[damage](path.read_bytes()))
    monkeypatch.chdir(course)
    for command, more in COMMANDS.items():
        assert cli.main([command, NAME, *more]) == 1
        told = capsys.readouterr().err
        assert all(word in told for word in (copy.name, "gradebook.db-journal", "NAME --again"))
        assert path.read_bytes() == damaged
    assert nbgrader_course._copies(path) == [copy]


def test_ten_copies_of_the_gradebook_are_kept_and_the_newest_are(course):
    folders = directory(course)
    with contextlib.closing(gradebook(folders)):
        for _ in range(12):
            nbgrader_course.keep_copy(folders)
    copies = nbgrader_course._copies(course / "gradebook.db")
    assert len(copies) == 10 and copies == sorted(copies)
    with contextlib.closing(sqlite3.connect(copies[-1])) as copy:
        assert copy.execute("select count(*) from course").fetchone() == (1,)


def test_a_gradebook_that_is_never_let_go_of_is_said_in_words(course, monkeypatch, capsys):
    with contextlib.closing(gradebook(directory(course))):
        pass
    monkeypatch.setattr(nbgrader_course, "TRIES", 1)
    monkeypatch.chdir(course)
    with contextlib.closing(sqlite3.connect(course / "gradebook.db")) as other:
        other.execute("begin exclusive")
        assert cli.main(["export", NAME, "--format", "csv"]) == 1
    assert nbgrader_course.LOCKED in capsys.readouterr().err


@needs_isolation
def test_what_is_graded_stays_graded_when_a_table_a_limit_or_a_date_changes(
    course, grade, monkeypatch
):
    (course / "data").unlink()
    shutil.copytree(ROOT / "data", course / "data")
    monkeypatch.delenv("NO_LIMITS_DATA")
    hand_in(course, "ann", handins.answered(NAME))
    assert len(grade().graded) == 1 and grade().skipped == ["ann"]
    table = course / "data" / "us_prices.csv"
    table.write_bytes(table.read_bytes() + b"\n")
    manifest.refresh(course / "data")
    summary = grade(limits=replace(TIGHT, wall=50))
    assert (summary.graded, summary.skipped, summary.outdated) == ([], ["ann"], [])


NOTHING = Graded("ann", [], {}, set(), [], None, {})


def work(course, name=NAME):
    return course / "submitted" / "ann" / name


def test_two_exercises_of_a_student_are_written_at_once(course, monkeypatch):
    dumps = json.dumps

    def meanwhile(*given, **more):
        monkeypatch.undo()
        autograded.write(work(course, "01_the_argument"), NOTHING, Provenance("first"))
        return dumps(*given, **more)

    monkeypatch.setattr(autograded.json, "dumps", meanwhile)
    autograded.write(work(course), NOTHING, Provenance("second"))
    written = {path.parent.name for path in course.glob("autograded/ann/*/*.ipynb")}
    assert written == {NAME, "01_the_argument"}
    left = course / "autograded" / "ann" / f".{NAME}.grading-killed"
    left.mkdir()
    autograded.write(work(course), NOTHING, Provenance("third"))
    assert not left.exists()


def test_what_cannot_be_replaced_stays(course, monkeypatch):
    rename = Path.rename
    autograded.write(work(course), NOTHING, Provenance("first"))

    def fails(path, target):
        if path.name == Path(target).name:
            raise PermissionError(13, "Permission denied", str(path))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(PermissionError):
        autograded.write(work(course), NOTHING, Provenance("second"))
    assert provenance.read(autograded.last(work(course))).work == "first"


@needs_isolation
def test_one_exercise_is_graded_by_one_process_at_a_time(course, grade):
    hand_in(course, "ann", handins.answered(NAME))
    running = pytest.raises(CourseError, match=f"Another `course grade {NAME}` is running")
    with (
        coordinator.grading_lock(course, "01_the_argument"),
        coordinator.grading_lock(course, NAME),
        running,
    ):
        grade()
    with coordinator.grading_lock(course, "01_the_argument"):
        assert len(grade().graded) == 1


@needs_isolation
def test_threads_of_one_process_take_turns(course, grade, monkeypatch):
    running, most = [], []

    class Watched(Zygote):
        def run(self, job):
            running.append(job)
            most.append(len(running))
            time.sleep(0.2)
            try:
                return super().run(job)
            finally:
                running.pop()

    monkeypatch.setattr(submission, "Zygote", Watched)
    answers = {"ann": {}, "bob": {"q2-answer": "pass"}, "eve": {"q3-answer": "pass"}}
    for student, given in answers.items():
        hand_in(course, student, handins.answered(NAME, given))
    with ThreadPoolExecutor(3) as threads:
        summary = grade(executor=threads)
    lost = {
        each.student: [m.id for m in each.marks.values() if not m.points] for each in summary.graded
    }
    assert lost == {"ann": [], "bob": ["q2"], "eve": ["q3"]} and most == [1, 1, 1]


@needs_isolation
def test_a_course_whose_tables_lie_beside_its_solutions_is_refused(course, grade, monkeypatch):
    shutil.copy(ROOT / "data" / manifest.MANIFEST, course)
    monkeypatch.setenv("NO_LIMITS_DATA", str(course))
    hand_in(course, "ann", handins.answered(NAME))
    with pytest.raises(CourseError, match="solutions"):
        grade()
    assert not (course / "autograded").exists()


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (OperationalError("insert", {}, sqlite3.OperationalError("database is locked")), "locked"),
        (OSError(28, "No space left on device", "here"), "No space left"),
    ],
)
def test_what_cannot_be_written_is_said_in_words(problem, words, tmp_path):
    with pytest.raises(CourseError, match=words), coordinator.problems_in_words(tmp_path):
        raise problem


def test_when_a_process_dies_only_what_killed_it_is_lost():
    with WorkerPool(processes=2) as pool:
        results = dict(pool.run(unlucky.doubled, range(8)))
    assert isinstance(results.pop(3), BrokenExecutor)
    assert results == {n: n * 2 for n in range(8) if n != 3}


def test_no_more_processes_start_than_there_is_work_for(course, monkeypatch):
    asked = []

    class Counted(WorkerPool):
        def __init__(self, executor, processes, get_ready):
            asked.append(processes)
            super().__init__(executor, processes, get_ready)

        def __enter__(self):
            raise OSError(11, "enough seen")

    monkeypatch.setattr(coordinator, "WorkerPool", Counted)
    for student in ("ann", "bob"):
        hand_in(course, student, handins.answered(NAME))
    with pytest.raises(CourseError, match="enough seen"):
        coordinator.grade(course, NAME, processes=64, isolated=False)
    assert asked == [2]


class Broken:
    """A pool whose only process has died."""

    def submit(self, *work):
        raise BrokenExecutor


def test_processes_that_die_before_there_is_work_are_replaced(monkeypatch):
    really, pools = handing.pool, []

    @contextlib.contextmanager
    def pool(processes):
        pools.append(processes)
        with really(processes) as good:
            yield good if len(pools) > 1 else Broken()

    monkeypatch.setattr(handing, "pool", pool)
    with WorkerPool(processes=2) as pool:
        assert dict(pool.run(abs, [-1, 2])) == {-1: 1, 2: 2}


@pytest.fixture
def scratch():
    """Provide a folder of a short name: a socket's address is at most 108 letters."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def test_a_grader_that_is_killed_leaves_no_process_behind(tmp_path, scratch):
    code = "from coursestaff.marking.executor import WorkerPool\nfrom tests import unlucky\n"
    code += "if __name__ == '__main__':\n    with WorkerPool(processes=2) as pool:\n"
    code += "        list(pool.run(unlucky.slow, range(2)))\n"
    (tmp_path / "run.py").write_text(code)
    environment = os.environ | {"TMPDIR": str(scratch)}
    environment |= {"PYTHONPATH": f"{ROOT}{os.pathsep}{os.environ['PYTHONPATH']}"}
    with subprocess.Popen([sys.executable, "run.py"], cwd=tmp_path, env=environment) as process:
        wait_until(lambda: len(list(tmp_path.glob("worker-*"))) == 2)
        process.kill()
    litter = [path for path in scratch.iterdir() if path.name.startswith("pymp-")]
    assert not litter, "the next run removes what is called otherwise"
    workers = [int(path.name.split("-")[1]) for path in tmp_path.glob("worker-*")]
    assert len(workers) == 2
    wait_until(lambda: not any(map(alive, workers)))


def alive(pid):
    with contextlib.suppress(OSError, IndexError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    return False
