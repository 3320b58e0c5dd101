"""A class is graded: every kind of submission gets what it should, and nothing is ever lost."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import nbformat
import pytest
from nbconvert.filters.markdown_mistune import markdown2html_mistune

from coursestaff.collecting.reasons import Unreadable, reason
from coursestaff.marking import coordinator, report
from coursestaff.marking.gradebook import NO_RESPONSE
from coursestaff.marking.sandbox.unavailable import NOBODY
from coursestaff.nbgrader_course import directory, gradebook
from coursestaff.roster import AGAIN
from tests import corpus
from tests.cases import cases
from tests.exercises import TIGHT, checked, exercise
from tests.graded import (
    NAME,
    course,
    executor,
    grade,
    grades,
    hand_in,
    marks_of,
    new_course,
    no_network,
    recorded,
    set_by_hand,
)
from tests.isolated import needs_isolation
from tests.notebooks import ROOT

__all__ = ["course", "executor", "grade", "no_network"]  # fixtures
pytestmark = [pytest.mark.sandbox, needs_isolation]


def wanted(kind, name=NAME):
    full = {q.id: 0 if kind.marks == "none" else q.points for q in exercise(name).checked}
    return full | (kind.marks if isinstance(kind.marks, dict) else {})


# --- Every kind ----------------------------------------------------------------------------


LAST = exercise(NAME).checked[-1].id
KINDS = {kind.name: kind for kind in corpus.every(NAME)}
#: Each kind but the misconceptions is a way of its own to go wrong.
NOW = [name for name, kind in KINDS.items() if kind.group != "misconception" or name.endswith(".0")]


@pytest.fixture(scope="module")
def graded_corpus(tmp_path_factory):
    """Grade one submission of each kind that `make test` tries: (course, {kind: result})."""
    return graded(new_course(tmp_path_factory.mktemp("class") / "course"), NOW)


@pytest.fixture(scope="module")
def graded_rest(tmp_path_factory):
    """Grade the other kinds."""
    rest = [name for name in KINDS if name not in NOW]
    return graded(new_course(tmp_path_factory.mktemp("rest") / "course"), rest)


def graded(course, kinds):
    os.environ["NO_LIMITS_DATA"] = str(ROOT / "data")
    for number, kind in enumerate(kinds):
        KINDS[kind].write(course / "submitted" / f"s{number:03d}" / NAME)
    before = contents(course / "submitted")
    summary = coordinator.grade(course, NAME, limits=TIGHT)
    assert contents(course / "submitted") == before, "a submission was changed"
    by_student = {each.student: each for each in summary.graded}
    return course, {kind: by_student[f"s{number:03d}"] for number, kind in enumerate(kinds)}


def contents(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def got(request, kind):
    """Return what came of a kind of submission."""
    return request.getfixturevalue("graded_corpus" if kind in NOW else "graded_rest")[1][kind]


def test_there_are_at_least_forty_kinds_and_twenty_five_hostile_ones():
    assert len(KINDS) == len(corpus.every(NAME)) >= 65
    assert len(list(corpus.hostile(NAME))) >= 25


@pytest.mark.parametrize("kind", cases(KINDS, NOW))
def test_every_kind_of_submission_gets_what_it_should(got, kind):
    asked = KINDS[kind]
    points = marks_of(got) or {q.id: 0 for q in exercise(NAME).checked}
    assert points == wanted(asked), [m.words for m in got.marks.values()]
    if asked.trouble is None:
        assert got.trouble is None
    else:
        assert asked.trouble in got.trouble


OTHERS = [(name, kind) for name in corpus.GIVEN if name != NAME for kind in corpus.GIVEN[name]]


@pytest.mark.parametrize(("name", "kind"), OTHERS)
def test_what_an_answer_makes_of_a_given_table_is_told_in_other_exercises_too(name, kind, tmp_path):
    asked = next(each for each in corpus.kinds(name) if each.name == kind)
    asked.write(tmp_path / name)
    seen = checked(name, tmp_path / name)
    assert marks_of(seen) == wanted(asked, name)
    assert asked.trouble in seen.trouble and seen.doubtful == asked.marks.keys()


#: What is not run without isolation, and why. All else gets the same marks on both roads.
ONLY_SHUT_IN = {
    "memory without end": "it takes all the memory that this computer has",
    "disk filled": "it writes 10 GB",
    "signals to the parent": "it ends these tests",
    "solutions read": "it reads the whole disk, and finds solutions where nothing hides them",
    "a fork left behind": "it leaves the process's group, and goes on after its end",
}


ON_BOTH_NOW = [kind.name for kind in corpus.several([KINDS[name] for name in NOW], 6)]
ON_BOTH_NOW += ["garbage into the pipe"]  # no such pipe is in a process of its own
ON_BOTH_ROADS = [name for name in KINDS if name not in ONLY_SHUT_IN]


@pytest.mark.parametrize("kind", cases(ON_BOTH_ROADS, ON_BOTH_NOW))
def test_both_roads_give_a_kind_the_same_marks(got, kind, tmp_path):
    KINDS[kind].write(tmp_path / NAME)
    try:
        seen = checked(NAME, tmp_path / NAME)
    except Unreadable as problem:
        assert got.trouble == str(problem) and not got.marks
        return
    assert seen.marks == got.marks
    assert (seen.notes, seen.doubtful) == (got.notes, got.doubtful)
    assert seen.told == got.told
    assert corpus.without_clock(seen.trouble) == corpus.without_clock(got.trouble)


def test_the_gradebook_holds_every_submission_with_every_grade_once(graded_corpus):
    course, results = graded_corpus
    with closing(gradebook(directory(course))) as book:
        for kind, got in results.items():
            scores, _ = recorded(book, got.student)
            assert set(scores) == set(exercise(NAME).questions), kind
            points = wanted(KINDS[kind])
            assert {id: scores[id][0] for id in points} == points, kind
    for kind, got in results.items():
        path = course / "autograded" / got.student / NAME / f"{NAME}.ipynb"
        notebook = nbformat.from_dict(json.loads(path.read_text(encoding="utf-8")))
        nbformat.validate(notebook)
        ids = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells]
        ids = [id for id in ids if id]
        assert len(ids) == len(set(ids)), kind
        assert set(exercise(NAME).questions) <= set(ids)


#: A kind → which questions wait for a person, and the answer whose comment says why.
WAITING = {
    "right": (["q9"], None),
    "untouched": ([], None),
    "empty file": (["q9"], "q1-answer"),  # one box for all
    "cut off in the middle": ([LAST, "q9"], "q9"),
    "written below its box": (["q9"], "q9"),
    "written in a raw cell": (["q9"], "q9"),
    "written inside the question's own cell": (["q9"], "q9"),
    "nothing written": ([], None),
    "an answer that is typed in": (["q1", "q9"], "q1-answer"),
    f"misconception {exercise(NAME).checked[0].id}.0": (["q9"], "q1-answer"),
}


def test_what_waits_for_a_person_is_said_to_the_student_in_a_comment(graded_corpus, snapshot):
    course, results = graded_corpus
    told = {}
    for kind, (waits, answer) in WAITING.items():
        scores, comments = grades(course, results[kind].student)
        assert [id for id, (_, _, needs) in scores.items() if needs] == waits, kind
        if answer:
            told[kind] = comments[answer]
        if kind.startswith("written"):
            page = autograded(course, results[kind])
            assert scores["q9"] == (0.0, None, True) and corpus.ESSAY[:40] in page
        elif "q9" not in waits:
            assert (scores["q9"], comments["q9"]) == ((0.0, None, False), NO_RESPONSE)
        else:
            assert comments["q9"] != NO_RESPONSE
    assert told == snapshot
    assert told["empty file"] == reason("empty").to_student
    assert told[kind] == exercise(NAME).checked[0].misconceptions[0].hint


def autograded(course, got):
    path = course / "autograded" / got.student / NAME / f"{NAME}.ipynb"
    return path.read_text(encoding="utf-8")


def test_what_graders_are_told_names_the_questions_to_look_at(graded_corpus, snapshot):
    course, results = graded_corpus
    two = "two notebooks: the right one first"
    told = {
        kind: results[kind].trouble
        for kind in ("cut off in the middle", "an answer that is typed in", two)
    }
    told["exit"] = results["exit in an own cell"].trouble
    assert told == snapshot
    assert f"{LAST}, q9" in told["cut off in the middle"]
    assert "'q1-answer'" in told["an answer that is typed in"]
    assert f"{NAME}-1.ipynb (9 " in told[two] and f" {NAME}.ipynb (9 " in told[two]
    assert grades(course, results[two].student)[0]["q1"] == (0.0, None, True)
    assert not results["exit in an own cell"].doubtful
    assert not [kind for kind, got in results.items() if "own-" in (got.trouble or "")]
    merged = results["two answers merged"]  # the student's own doing
    assert merged.notes and merged.trouble is None
    assert NOBODY in autograded(course, results["input() above an answer"])


# --- Grading again -------------------------------------------------------------------------


def test_what_has_not_changed_is_not_graded_again(course, grade):
    hand_in(course, "ann", corpus.answered(NAME))
    assert len(grade().graded) == 1
    again = grade()
    assert (again.graded, again.skipped) == ([], ["ann"])
    hand_in(course, "ann", corpus.release(NAME))
    assert len(grade().graded) == 1


def test_a_persons_marks_stay_and_only_changed_answers_come_up_again(course, grade):
    question = exercise(NAME).checked[1].id  # of two points, so that one is another mark
    written = next(q.id for q in exercise(NAME).questions.values() if q.written)
    hand_in(course, "ann", corpus.answered(NAME))
    grade()
    set_by_hand(course, "ann", written, 3, "well argued")
    set_by_hand(course, "ann", question, 1)
    grade(again=True)
    scores, _ = grades(course, "ann")
    assert scores[written] == (None, 3, False)
    assert scores[question][1:] == (1, False)
    hand_in(course, "ann", corpus.answered(NAME, {written: "Another text."}))
    grade()
    scores, _ = grades(course, "ann")
    assert scores[written] == (None, 3, True)
    assert scores[question][1:] == (1, False)


def test_a_text_beside_its_box_that_has_changed_is_marked_again(course, grade):
    (asked,) = (cell for cell in corpus.release(NAME)["cells"] if cell["id"] == "q9")
    box = {"q9": corpus.source(asked)}

    def beside(text):
        notebook = corpus.answered(NAME, box)
        notebook["cells"].append({"cell_type": "markdown", "metadata": {}, "source": text})
        hand_in(course, "ann", notebook)
        return grade().graded

    beside("A first text.")
    set_by_hand(course, "ann", "q9", 1)
    (graded,) = beside("Another text.")
    assert graded.again == ["q9"]
    assert grades(course, "ann")[0]["q9"] == (0.0, 1, True)


def test_the_summary_says_who_by_name_and_what_comes_next(course, grade):
    hand_in(course, "202", corpus.answered(NAME))
    hand_in(course, "203", corpus.release(NAME))
    summary = grade()
    said = report.in_words(NAME, summary)
    assert "1 student." in said and "8.0 points" in said and AGAIN not in said
    for command in (f"course mark {NAME}", f"course feedback {NAME} --for …"):
        assert f"`{command}`" in said
    assert f"`nbgrader generate_feedback {NAME} --force`" in said
    set_by_hand(course, "202", "q9", 3)
    book = gradebook(directory(course))
    book.update_or_create_student("202", first_name="Chen", last_name="Diaz\x1b[2J")
    book.close()
    said = report.in_words(NAME, grade())
    assert f"`course export {NAME} …`" in said and "course mark" not in said
    hand_in(course, "202", corpus.answered(NAME, {"q9": "Another text."}))
    put = course / "submitted" / "204" / NAME / f"{NAME}.ipynb"
    put.parent.mkdir(parents=True)
    put.write_bytes(b"")
    said = report.in_words(NAME, grade())
    assert f"{AGAIN} (1):\n  202 Diaz?[2J, Chen: q9\n" in said and "2 students." in said


def test_killed_at_any_moment_and_started_again_nothing_is_lost_or_done_twice(course, grade):
    students = [f"s{number:02d}" for number in range(6)]
    for student in students:
        hand_in(course, student, corpus.answered(NAME))
    command = [sys.executable, "-m", "coursestaff.cli", "grade", NAME, "--processes", "1"]
    environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{os.environ['PYTHONPATH']}"}
    done: list[str] = []
    for wait_for in (1, 3):
        with subprocess.Popen(
            command,
            cwd=course,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            while len(done) < wait_for and process.poll() is None:
                done = [path.parent.name for path in course.glob(f"autograded/*/{NAME}")]
                time.sleep(0.02)
            os.killpg(process.pid, signal.SIGKILL)
        for student in done:  # whoever is done is done as a whole
            scores, _ = grades(course, student)
            assert sum(auto or 0 for auto, _, _ in scores.values()) == 16
    summary = grade()
    assert set(done) <= set(summary.skipped)
    assert sorted([*summary.skipped, *(each.student for each in summary.graded)]) == students
    left = {path.parent.name for path in course.glob(f"autograded/*/.{NAME}.grading-*")}
    assert left <= set(summary.skipped), "what was half written is removed"
    for student in students:
        scores, _ = grades(course, student)
        assert sum(auto or 0 for auto, _, _ in scores.values()) == 16


def test_late_work_loses_what_the_plugin_says(course, grade, monkeypatch):
    config = course / "nbgrader_config.py"
    text = config.read_text(encoding="utf-8")
    text += "\nfrom tests.late import HalfOff\nc.AssignLatePenalties.plugin_class = HalfOff\n"
    config.unlink()
    config.write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(ROOT))
    hand_in(course, "ann", corpus.answered(NAME))
    stamp = course / "submitted" / "ann" / NAME / "timestamp.txt"
    stamp.write_text("2030-01-02 00:00:00 UTC\n", encoding="utf-8")
    with closing(gradebook(directory(course))) as book:
        book.update_or_create_assignment(NAME, duedate="2030-01-01 00:00:00 UTC")
    grade()
    with closing(gradebook(directory(course))) as book:
        assert book.find_submission(NAME, "ann").late_submission_penalty == 8
    assert (course / "autograded" / "ann" / NAME / "timestamp.txt").read_text() == stamp.read_text()


# --- One road to marks ---------------------------------------------------------------------


def nbgrader(course, *arguments):
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    pythonpath = f"{ROOT}{os.pathsep}{os.environ['PYTHONPATH']}"
    return subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=course,
        capture_output=True,
        text=True,
        env=os.environ | {"PATH": path, "PYTHONPATH": pythonpath},
        check=False,
    )


def test_nbgraders_own_autograder_gives_no_marks_and_names_the_command(course, grade):
    hand_in(course, "bob", corpus.release(NAME))
    hand_in(course, "ann", corpus.answered(NAME))
    grade()  # so that the gradebook knows the exercise
    hand_in(course, "eve", corpus.answered(NAME))
    done = nbgrader(course, "autograde", NAME)
    assert done.returncode != 0
    assert f"course grade {NAME}" in done.stderr
    with closing(gradebook(directory(course))) as book:
        scores = {who: book.find_submission(NAME, who).score for who in ("ann", "bob", "eve")}
    assert scores == {"ann": 16, "bob": 0, "eve": 0}


def test_feedback_is_made_from_the_result(course, grade):
    hand_in(course, "ann", corpus.answered(NAME, {"q2-answer": "growth_total = 0.42"}))
    grade()
    done = nbgrader(course, "generate_feedback", NAME)
    assert done.returncode == 0, done.stderr
    page = (course / "feedback" / "ann" / NAME / f"{NAME}.html").read_text(encoding="utf-8")
    assert exercise(NAME).questions["q2"].misconceptions[0].hint in page
    assert not list((course / "feedback").rglob("checks.*"))
    assert 'class="points"' in page and "default-src 'none'" in page
    loading = r"<(?:script|link|iframe)\b|src=.(?!data:)|url\((?!data:)|@import"
    assert not re.search(loading, page), "a feedback page loads nothing"


HOSTILE = {
    "script": "from IPython.display import HTML\nHTML('<script>alert(1)</script><b>bold</b>')",
    "handler": "from IPython.display import HTML\nHTML('<img src=x onerror=alert(1)>')",
    "javascript": "from IPython.display import Javascript\nJavascript('alert(1)')",
    "svg": "from IPython.display import SVG\nSVG('<svg onload=\"alert(1)\"></svg>')",
}


def test_what_formgrader_opens_runs_no_script(course, grade):
    for what, code in HOSTILE.items():
        box = {"q9": "<script>alert(1)</script> [x](javascript:alert(1))"}
        notebook = corpus.answered(NAME, box)
        notebook["cells"].append(corpus.code_cell(code))
        hand_in(course, what, notebook)
    grade()
    for what in HOSTILE:
        path = course / "autograded" / what / NAME / f"{NAME}.ipynb"
        shown = json.loads(path.read_text(encoding="utf-8"))["cells"]
        outputs = json.dumps([cell.get("outputs") for cell in shown])
        assert "<script" not in outputs and "onerror" not in outputs and "<svg" not in outputs
        assert "application/javascript" not in outputs
        written = next(cell["source"] for cell in shown if cell["id"] == "q9")
        page = markdown2html_mistune(written)
        assert "<script" not in page and "<a href" not in page
