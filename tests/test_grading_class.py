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

from coursestaff.collecting.reasons import Unreadable
from coursestaff.marking import coordinator, report
from coursestaff.nbgrader_course import directory, gradebook
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


def test_a_misconception_reaches_the_student_as_a_comment(graded_corpus):
    course, results = graded_corpus
    question = exercise(NAME).checked[0]
    got = results[f"misconception {question.id}.0"]
    _, comments = grades(course, got.student)
    assert comments[f"{question.id}-answer"] == question.misconceptions[0].hint


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


def test_written_answers_wait_for_a_person_and_untouched_ones_get_nothing(graded_corpus):
    course, results = graded_corpus
    written = next(q.id for q in exercise(NAME).questions.values() if q.written)
    scores, _ = grades(course, results["right"].student)
    assert scores[written] == (None, None, True)
    scores, comments = grades(course, results["untouched"].student)
    assert scores[written] == (0.0, None, False)
    assert comments[written] == "No response."


def test_unreadable_work_waits_for_a_person_with_the_reason(graded_corpus):
    course, results = graded_corpus
    scores, comments = grades(course, results["empty file"].student)
    assert [id for id, (_, _, needs) in scores.items() if needs] == ["q9"]  # one box for all
    assert all("empty" in comment for comment in comments.values())
    assert set(comments) >= {"q1-answer", "q9"}


def test_a_damaged_file_that_may_have_lost_answers_waits_for_a_person(graded_corpus):
    course, results = graded_corpus
    cut = results["cut off in the middle"]
    last = exercise(NAME).checked[-1].id
    assert cut.trouble.endswith(f"Look at {last}, q9. The other marks are final.")
    scores, comments = grades(course, cut.student)
    assert [id for id, (_, _, needs) in scores.items() if needs] == [last, "q9"]
    assert "may be lost" in comments["q9"]
    deleted = results["two answers merged"]  # the student's own doing
    assert deleted.notes and deleted.trouble is None


def test_a_text_beside_its_box_waits_and_is_not_called_no_response(graded_corpus):
    course, results = graded_corpus
    for what in ("below its box", "in a raw cell", "inside the question's own cell"):
        got = results[f"written {what}"]
        scores, comments = grades(course, got.student)
        assert scores["q9"] == (0.0, None, True)
        assert "elsewhere in the notebook" in comments["q9"]
        path = course / "autograded" / got.student / NAME / f"{NAME}.ipynb"
        assert corpus.ESSAY[:40] in path.read_text(encoding="utf-8")
    scores, comments = grades(course, results["nothing written"].student)
    assert (scores["q9"], comments["q9"]) == ((0.0, None, False), "No response.")


def test_what_was_lost_only_here_waits_for_a_person_and_says_why(graded_corpus):
    course, results = graded_corpus
    typed = results["an answer that is typed in"]
    scores, comments = grades(course, typed.student)
    assert [id for id, (_, _, needs) in scores.items() if needs] == ["q1", "q9"]
    assert comments["q1-answer"].startswith("The cell 'q1-answer' uses input()")
    assert typed.trouble.endswith("Look at q1. The other marks are final.")
    asked = results["input() above an answer"]
    path = course / "autograded" / asked.student / NAME / f"{NAME}.ipynb"
    assert "nobody can type" in path.read_text(encoding="utf-8")


def test_of_two_notebooks_both_are_named_and_what_differs_waits(graded_corpus):
    course, results = graded_corpus
    got = results["two notebooks: the right one first"]
    assert f"{NAME}-1.ipynb (9 answers) was graded, but not {NAME}.ipynb (9 answers)" in got.trouble
    assert grades(course, got.student)[0]["q1"] == (0.0, None, True)


def test_a_cell_of_ones_own_that_is_stopped_is_told_in_words(graded_corpus):
    _, results = graded_corpus
    got = results["exit in an own cell"]
    assert got.trouble.startswith("A cell of the student's own ended the process.")
    assert got.trouble.endswith("The marks of all questions are final.")
    assert not got.doubtful
    assert not [kind for kind, got in results.items() if "own-" in (got.trouble or "")]


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
    assert "Next, mark the waiting answers of 1 student. Use `course mark" in said
    assert f"`course feedback {NAME} --for …`" in said
    assert f"`nbgrader generate_feedback {NAME} --force`" in said
    assert (
        "the computer gave the graded notebooks 8.0 points" in said and "mark it again" not in said
    )
    set_by_hand(course, "202", "q9", 3)
    book = gradebook(directory(course))
    book.update_or_create_student("202", first_name="Chen", last_name="Diaz\x1b[2J")
    book.close()
    said = report.in_words(NAME, grade())
    assert f"No answers are waiting to be marked. Next, run `course export {NAME} …`" in said
    hand_in(course, "202", corpus.answered(NAME, {"q9": "Another text."}))
    put = course / "submitted" / "204" / NAME / f"{NAME}.ipynb"
    put.parent.mkdir(parents=True)
    put.write_bytes(b"")
    said = report.in_words(NAME, grade())
    assert "a person has to mark it again (1):\n  202 Diaz?[2J, Chen: q9\n" in said
    assert "mark the waiting answers of 2 students" in said


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
    assert not list(course.glob("autograded/*/.grading-*")) or summary
    for student in students:
        scores, _ = grades(course, student)
        assert sum(auto or 0 for auto, _, _ in scores.values()) == 16


def test_late_work_loses_what_the_plugin_says(course, grade, monkeypatch):
    config = course / "nbgrader_config.py"
    text = config.read_text(encoding="utf-8")
    config.unlink()
    config.write_text(
        text + "\nfrom tests.late import HalfOff\nc.AssignLatePenalties.plugin_class = HalfOff\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(str(ROOT))
    hand_in(course, "ann", corpus.answered(NAME))
    stamp = course / "submitted" / "ann" / NAME / "timestamp.txt"
    stamp.write_text("2030-01-02 00:00:00 UTC\n", encoding="utf-8")
    book = gradebook(directory(course))
    book.update_or_create_assignment(NAME, duedate="2030-01-01 00:00:00 UTC")
    book.close()
    grade()
    book = gradebook(directory(course))
    submission = book.find_submission(NAME, "ann")
    assert submission.late_submission_penalty == 8
    assert (course / "autograded" / "ann" / NAME / "timestamp.txt").read_text() == stamp.read_text()
    book.close()


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
    book = gradebook(directory(course))
    assert book.find_submission(NAME, "bob").score == 0
    assert book.find_submission(NAME, "eve").score == 0
    assert book.find_submission(NAME, "ann").score == 16
    book.close()


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
