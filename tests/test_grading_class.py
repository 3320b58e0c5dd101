"""A class is graded: every kind of submission gets what it should, and nothing is ever lost."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from nbconvert.filters.markdown_mistune import markdown2html_mistune
from nbgrader.api import Gradebook

from coursestaff.grading import coordinator, report, spec
from coursestaff.grading.load import Unreadable
from coursestaff.grading.nbgrader_course import directory, gradebook
from tests import corpus
from tests.exercises import TIGHT, checked, exercise, offline
from tests.isolated import needs_isolation
from tests.notebooks import ROOT

NAME = "02_the_trade_lifeline"
pytestmark = [pytest.mark.sandbox, needs_isolation]


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    for name, value in offline().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("NO_LIMITS_DATA", str(ROOT / "data"))


@pytest.fixture
def course(tmp_path):
    """Return a course folder of its own, with the real solutions, exercises and tables."""
    return new_course(tmp_path / "course")


def new_course(folder):
    """Make a course folder; its solutions are copies, since grading keeps releases beside them."""
    folder.mkdir()
    for part in ("exercises", "data", "nbgrader_config.py"):
        (folder / part).symlink_to(ROOT / part)
    ours = shutil.ignore_patterns(spec.RELEASED)
    shutil.copytree(ROOT / "solutions", folder / "solutions", ignore=ours)
    return folder


def hand_in(course, student, notebook, name=NAME):
    corpus.write(course / "submitted" / student / name, name, notebook)


def marks_of(graded):
    return {id: mark.points for id, mark in graded.marks.items()}


def wanted(kind, name=NAME):
    full = {q.id: 0 if kind.marks == "none" else q.points for q in exercise(name).checked}
    return full | (kind.marks if isinstance(kind.marks, dict) else {})


def grades(course, student, name=NAME):
    """Return {question: (auto, manual, needs a person)} and {answer: comment} of the gradebook."""
    book = gradebook(directory(course))
    try:
        notebook = book.find_submission_notebook(name, name, student)
        scores = {
            g.name: (g.auto_score, g.manual_score, g.needs_manual_grade) for g in notebook.grades
        }
        return scores, {c.name: c.auto_comment for c in notebook.comments}
    finally:
        book.close()


def set_by_hand(course, student, question, points, comment=None):
    """Mark an answer as a person does in formgrader."""
    book: Gradebook = gradebook(directory(course))
    try:
        grade = book.find_grade(question, NAME, NAME, student)
        grade.manual_score, grade.needs_manual_grade = points, False
        if comment:
            book.find_comment(question, NAME, NAME, student).manual_comment = comment
        book.db.commit()
    finally:
        book.close()


# --- Every kind ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def graded_corpus(tmp_path_factory):
    """Grade one submission of every kind, once, and return (course, {kind: result})."""
    os.environ["NO_LIMITS_DATA"] = str(ROOT / "data")
    course = new_course(tmp_path_factory.mktemp("class") / "course")
    kinds = [*corpus.kinds(NAME), *corpus.hostile(NAME)]
    for number, kind in enumerate(kinds):
        kind.write(course / "submitted" / f"s{number:03d}" / NAME)
    before = contents(course / "submitted")
    summary = coordinator.grade(course, NAME, limits=TIGHT)
    assert contents(course / "submitted") == before, "a submission was changed"
    by_student = {each.student: each for each in summary.graded}
    return course, {kind.name: (kind, by_student[f"s{n:03d}"]) for n, kind in enumerate(kinds)}


def contents(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


KINDS = [kind.name for kind in (*corpus.kinds(NAME), *corpus.hostile(NAME))]


def test_there_are_at_least_forty_kinds_and_twenty_five_hostile_ones():
    assert len(set(KINDS)) == len(KINDS) >= 65
    assert len(list(corpus.hostile(NAME))) >= 25


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_submission_gets_what_it_should(graded_corpus, kind):
    _, results = graded_corpus
    asked, got = results[kind]
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


ON_BOTH_ROADS = [kind.name for kind in corpus.several(NAME) if kind.name not in ONLY_SHUT_IN]


@pytest.fixture(scope="module")
def checked_corpus(tmp_path_factory):
    """Check submissions as one's own, and return {kind: what is seen}."""
    folder = tmp_path_factory.mktemp("own")

    def see(kind):
        place = folder / kind.name.replace(" ", "-") / NAME
        kind.write(place)
        try:
            return checked(NAME, place)
        except Unreadable as problem:
            return problem

    kinds = {kind.name: kind for kind in corpus.several(NAME) if kind.name in ON_BOTH_ROADS}
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return dict(zip(kinds, threads.map(see, kinds.values()), strict=True))


@pytest.mark.parametrize("kind", ON_BOTH_ROADS)
def test_both_roads_give_a_kind_the_same_marks(graded_corpus, checked_corpus, kind):
    graded, seen = graded_corpus[1][kind][1], checked_corpus[kind]
    if isinstance(seen, Unreadable):
        assert graded.trouble == str(seen) and not graded.marks
    else:
        assert seen.marks == graded.marks
        assert (seen.notes, seen.doubtful) == (graded.notes, graded.doubtful)
        assert seen.told == graded.told
        assert corpus.without_clock(seen.trouble) == corpus.without_clock(graded.trouble)


def test_a_misconception_reaches_the_student_as_a_comment(graded_corpus):
    course, results = graded_corpus
    question = exercise(NAME).checked[0]
    _, got = results[f"misconception {question.id}.0"]
    _, comments = grades(course, got.student)
    assert comments[f"{question.id}-answer"] == question.misconceptions[0].hint


def test_the_gradebook_holds_every_submission_with_every_grade_once(graded_corpus):
    course, results = graded_corpus
    for kind, (asked, got) in results.items():
        scores, _ = grades(course, got.student)
        assert set(scores) == set(exercise(NAME).questions), kind
        assert {id: scores[id][0] for id in wanted(asked)} == wanted(asked), kind
        path = course / "autograded" / got.student / NAME / f"{NAME}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        ids = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells]
        ids = [id for id in ids if id]
        assert len(ids) == len(set(ids)), kind
        assert set(exercise(NAME).questions) <= set(ids)


def test_written_answers_wait_for_a_person_and_untouched_ones_get_nothing(graded_corpus):
    course, results = graded_corpus
    written = next(q.id for q in exercise(NAME).questions.values() if q.written)
    scores, _ = grades(course, results["right"][1].student)
    assert scores[written] == (None, None, True)
    scores, comments = grades(course, results["untouched"][1].student)
    assert scores[written] == (0.0, None, False)
    assert comments[written] == "No response."


def test_unreadable_work_waits_for_a_person_with_the_reason(graded_corpus):
    course, results = graded_corpus
    scores, comments = grades(course, results["empty file"][1].student)
    assert [id for id, (_, _, needs) in scores.items() if needs] == ["q9"]  # one box for all
    assert all("empty" in comment for comment in comments.values())
    assert set(comments) >= {"q1-answer", "q9"}


def test_a_damaged_file_that_may_have_lost_answers_waits_for_a_person(graded_corpus):
    course, results = graded_corpus
    _, cut = results["cut off in the middle"]
    last = exercise(NAME).checked[-1].id
    assert cut.trouble.endswith(f"Look at {last}, q9; the other marks stand.")
    scores, comments = grades(course, cut.student)
    assert [id for id, (_, _, needs) in scores.items() if needs] == [last, "q9"]
    assert "may be lost" in comments["q9"]
    _, deleted = results["two answers merged"]  # the student's own doing
    assert deleted.notes and deleted.trouble is None


def test_a_text_beside_its_box_waits_and_is_not_called_no_response(graded_corpus):
    course, results = graded_corpus
    for what in ("below its box", "in a raw cell", "inside the question's own cell"):
        _, got = results[f"written {what}"]
        scores, comments = grades(course, got.student)
        assert scores["q9"] == (0.0, None, True)
        assert "elsewhere in the notebook" in comments["q9"]
        path = course / "autograded" / got.student / NAME / f"{NAME}.ipynb"
        assert corpus.ESSAY[:40] in path.read_text(encoding="utf-8")
    scores, comments = grades(course, results["nothing written"][1].student)
    assert (scores["q9"], comments["q9"]) == ((0.0, None, False), "No response.")


def test_what_was_lost_only_here_waits_for_a_person_and_says_why(graded_corpus):
    course, results = graded_corpus
    _, typed = results["an answer that is typed in"]
    scores, comments = grades(course, typed.student)
    assert [id for id, (_, _, needs) in scores.items() if needs] == ["q1", "q9"]
    assert comments["q1-answer"].startswith("The cell 'q1-answer' uses input()")
    assert typed.trouble.endswith("Look at q1; the other marks stand.")
    _, asked = results["input() above an answer"]
    path = course / "autograded" / asked.student / NAME / f"{NAME}.ipynb"
    assert "nobody is there to type" in path.read_text(encoding="utf-8")


def test_of_two_notebooks_both_are_named_and_what_differs_waits(graded_corpus):
    course, results = graded_corpus
    _, got = results["two notebooks: the right one first"]
    assert f"{NAME}-1.ipynb (9 answers) was graded, not {NAME}.ipynb (9 answers)" in got.trouble
    assert grades(course, got.student)[0]["q1"] == (0.0, None, True)


def test_a_cell_of_ones_own_that_is_stopped_is_told_in_words(graded_corpus):
    _, results = graded_corpus
    _, got = results["exit in an own cell"]
    assert got.trouble.startswith("A cell of the student's own ended the process.")
    assert got.trouble.endswith("The marks of the questions stand.")
    assert not got.doubtful
    assert not [kind for kind, (_, got) in results.items() if "own-" in (got.trouble or "")]


# --- Grading again -------------------------------------------------------------------------


def test_what_has_not_changed_is_not_graded_again(course):
    hand_in(course, "ann", corpus.answered(NAME))
    assert len(coordinator.grade(course, NAME, processes=1).graded) == 1
    again = coordinator.grade(course, NAME, processes=1)
    assert (again.graded, again.skipped) == ([], ["ann"])
    hand_in(course, "ann", corpus.release(NAME))
    assert len(coordinator.grade(course, NAME, processes=1).graded) == 1


def test_a_persons_marks_stay_and_only_changed_answers_come_up_again(course):
    question = exercise(NAME).checked[1].id  # of two points, so that one is another mark
    written = next(q.id for q in exercise(NAME).questions.values() if q.written)
    hand_in(course, "ann", corpus.answered(NAME))
    coordinator.grade(course, NAME, processes=1)
    set_by_hand(course, "ann", written, 3, "well argued")
    set_by_hand(course, "ann", question, 1)
    coordinator.grade(course, NAME, processes=1, again=True)
    scores, _ = grades(course, "ann")
    assert scores[written] == (None, 3, False)
    assert scores[question][1:] == (1, False)
    hand_in(course, "ann", corpus.answered(NAME, {written: "Another text."}))
    coordinator.grade(course, NAME, processes=1)
    scores, _ = grades(course, "ann")
    assert scores[written] == (None, 3, True)
    assert scores[question][1:] == (1, False)


def test_a_text_beside_its_box_that_has_changed_is_marked_again(course):
    box = {"q9": corpus.source(corpus.release(NAME)["cells"][-1])}

    def beside(text):
        notebook = corpus.answered(NAME, box)
        notebook["cells"].append({"cell_type": "markdown", "metadata": {}, "source": text})
        hand_in(course, "ann", notebook)
        return coordinator.grade(course, NAME, processes=1).graded

    beside("A first text.")
    set_by_hand(course, "ann", "q9", 1)
    (graded,) = beside("Another text.")
    assert graded.again == ["q9"]
    assert grades(course, "ann")[0]["q9"] == (0.0, 1, True)


def test_the_summary_says_who_by_name_and_what_comes_next(course):
    hand_in(course, "202", corpus.answered(NAME))
    hand_in(course, "203", corpus.release(NAME))
    summary = coordinator.grade(course, NAME, processes=1)
    said = report.in_words(NAME, summary)
    assert "Next: mark what waits (of 1 student), written answers with `course mark" in said
    assert f"`course feedback {NAME} --for …`" in said
    assert f"`nbgrader generate_feedback {NAME} --force`" in said
    assert "mean of these: 8.0" in said and "marked again" not in said
    set_by_hand(course, "202", "q9", 3)
    book = gradebook(directory(course))
    book.update_or_create_student("202", first_name="Chen", last_name="Diaz\x1b[2J")
    book.close()
    said = report.in_words(NAME, coordinator.grade(course, NAME, processes=1))
    assert f"Nothing waits to be marked. Next: `course export {NAME} …`" in said
    hand_in(course, "202", corpus.answered(NAME, {"q9": "Another text."}))
    put = course / "submitted" / "204" / NAME / f"{NAME}.ipynb"
    put.parent.mkdir(parents=True)
    put.write_bytes(b"")
    said = report.in_words(NAME, coordinator.grade(course, NAME, processes=1))
    assert "to be marked again (1):\n  202 Diaz?[2J, Chen: q9\n" in said
    assert "(of 2 students)" in said


def test_killed_at_any_moment_and_started_again_nothing_is_lost_or_done_twice(course):
    students = [f"s{number:02d}" for number in range(12)]
    for student in students:
        hand_in(course, student, corpus.answered(NAME))
    command = [sys.executable, "-m", "coursestaff.cli", "grade", NAME, "--processes", "1"]
    environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{os.environ['PYTHONPATH']}"}
    done: list[str] = []
    for wait_for in (1, 5):
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
    summary = coordinator.grade(course, NAME, processes=1)
    assert set(done) <= set(summary.skipped)
    assert sorted([*summary.skipped, *(each.student for each in summary.graded)]) == students
    assert not list(course.glob("autograded/*/.grading-*")) or summary
    for student in students:
        scores, _ = grades(course, student)
        assert sum(auto or 0 for auto, _, _ in scores.values()) == 16


def test_the_executor_is_a_parameter(course):
    for student in ("ann", "bob"):
        hand_in(course, student, corpus.answered(NAME))
    with ThreadPoolExecutor(1) as executor:
        summary = coordinator.grade(course, NAME, executor=executor)
    assert [sum(marks_of(each).values()) for each in summary.graded] == [16, 16]


def test_late_work_loses_what_the_plugin_says(course, monkeypatch):
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
    coordinator.grade(course, NAME, processes=1)
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


def test_nbgraders_own_autograder_gives_no_marks_and_names_the_command(course):
    hand_in(course, "bob", corpus.release(NAME))
    hand_in(course, "ann", corpus.answered(NAME))
    coordinator.grade(course, NAME, processes=1)  # so that the gradebook knows the exercise
    hand_in(course, "eve", corpus.answered(NAME))
    done = nbgrader(course, "autograde", NAME)
    assert done.returncode != 0
    assert f"course grade {NAME}" in done.stderr
    book = gradebook(directory(course))
    assert book.find_submission(NAME, "bob").score == 0
    assert book.find_submission(NAME, "eve").score == 0
    assert book.find_submission(NAME, "ann").score == 16
    book.close()


def test_feedback_is_made_from_the_result(course):
    hand_in(course, "ann", corpus.answered(NAME, {"q2-answer": "growth_total = 0.42"}))
    coordinator.grade(course, NAME, processes=1)
    done = nbgrader(course, "generate_feedback", NAME)
    assert done.returncode == 0, done.stderr
    page = (course / "feedback" / "ann" / NAME / f"{NAME}.html").read_text(encoding="utf-8")
    assert exercise(NAME).questions["q2"].misconceptions[0].hint in page
    assert not list((course / "feedback").rglob("checks.*"))


HOSTILE = {
    "script": "from IPython.display import HTML\nHTML('<script>alert(1)</script><b>bold</b>')",
    "handler": "from IPython.display import HTML\nHTML('<img src=x onerror=alert(1)>')",
    "javascript": "from IPython.display import Javascript\nJavascript('alert(1)')",
    "svg": "from IPython.display import SVG\nSVG('<svg onload=\"alert(1)\"></svg>')",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_formgrader_opens_runs_no_script(course, what):
    notebook = corpus.answered(NAME, {"q9": "<script>alert(1)</script> [x](javascript:alert(1))"})
    notebook["cells"].append(corpus.code_cell(HOSTILE[what]))
    hand_in(course, "eve", notebook)
    coordinator.grade(course, NAME, processes=1)
    text = (course / "autograded" / "eve" / NAME / f"{NAME}.ipynb").read_text(encoding="utf-8")
    shown = json.loads(text)["cells"]
    outputs = json.dumps([cell.get("outputs") for cell in shown])
    assert "<script" not in outputs and "onerror" not in outputs and "<svg" not in outputs
    assert "application/javascript" not in outputs
    written = next(cell["source"] for cell in shown if cell["id"] == "q9")
    page = markdown2html_mistune(written)
    assert "<script" not in page and "<a href" not in page
