"""Work is graded against the release it was made from, whatever has been released since."""

import json
import re
import shutil

import pytest

from coursestaff import cli, roster
from coursestaff.collecting import releases
from coursestaff.collecting.reasons import reason
from coursestaff.exercises import fingerprints, kept, spec
from coursestaff.exercises.cells import grade_id, source
from coursestaff.marking import check, coordinator
from coursestaff.releasing import release as releasing
from courseware import CourseError
from tests import corpus
from tests.exercises import TIGHT, exercise
from tests.graded import NAME, grades, hand_in, marks_of, no_network
from tests.isolated import needs_isolation
from tests.notebooks import ROOT
from tests.test_grading_class import nbgrader

pytestmark = pytest.mark.sandbox
__all__ = ["no_network"]  # a fixture
FIRST = fingerprints.fingerprint(exercise(NAME))
OURS = shutil.ignore_patterns(spec.RELEASED)  # of whoever has graded in this folder
OLD, NEW = 'MONTH = "06"', 'MONTH = "07"'


def laid_down(course, *names):
    """Return a course folder as the repository has it, with exercise 02 and those named."""
    course.mkdir()
    for part in ("data", "nbgrader_config.py"):
        (course / part).symlink_to(ROOT / part)
    for part in ("solutions", "exercises"):
        for name in (NAME, *names):
            shutil.copytree(ROOT / part / name, course / part / name, ignore=OURS)
    return course


@pytest.fixture(scope="module")
def two_releases(tmp_path_factory):
    """Return a course folder in which exercise 02 was released for June, and then for July."""
    course = laid_down(tmp_path_factory.mktemp("releases") / "course")
    kept.keep_all(course)
    change(course / "solutions" / NAME / f"{NAME}.ipynb", OLD, NEW)
    said: list[str] = []
    releasing.release(course, [NAME], tell=said.append)
    return course, said


@pytest.fixture
def course(two_releases, tmp_path):
    """Return a copy of that folder, for one test."""
    return shutil.copytree(two_releases[0], tmp_path / "course", symlinks=True)


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    old, new = (json.dumps(each)[1:-1] if path.suffix == ".ipynb" else each for each in (old, new))
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def answered(course, answers=None):
    """Return the release that a course folder has now, with the solution's answers filled in."""
    path = course / "exercises" / NAME / f"{NAME}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    texts = {grade_id(c): source(c) for c in corpus.answered(NAME, answers)["cells"] if grade_id(c)}
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            cell["source"] = texts[grade_id(cell)]
    return notebook


def claiming(notebook, fingerprint):
    """Return a notebook whose metadata name another release."""
    notebook["metadata"][fingerprints.RELEASE]["fingerprint"] = fingerprint
    return notebook


def grade(course, **more):
    return coordinator.grade(course, NAME, limits=TIGHT, processes=1, **more)


def points(summary):
    return {each.student: sum(marks_of(each).values()) for each in summary.graded}


# --- Two variants in one pile --------------------------------------------------------------


@needs_isolation
def test_two_variants_in_one_pile_keep_all_their_marks(two_releases, course):
    """A later variant took four of sixteen points from correct work on the one before it."""
    hand_in(course, "june", corpus.answered(NAME))
    hand_in(course, "july", answered(course))
    hand_in(course, "lost", corpus.answered(NAME) | {"metadata": {}})
    forged = {"unknown": "0" * 16, "path": "../../..", "long": "f" * 10**6, "surrogate": "\ud800"}
    forged |= {"number": 7, "list": [FIRST], "nested": {"a": {}}, "empty": "", "true": True}
    for student, value in forged.items():
        hand_in(course, student, claiming(answered(course), value))
    hand_in(course, "text", answered(course) | {"metadata": {fingerprints.RELEASE: "<script>"}})
    hand_in(course, "swapped", claiming(answered(course), FIRST))
    summary = grade(course)
    got = {each.student: each for each in summary.graded}

    assert sum(marks_of(got["june"]).values()) == sum(marks_of(got["july"]).values()) == 16
    assert "MONTH = '06'" in got["june"].trouble and not got["june"].doubtful
    assert (got["july"].trouble, got["july"].notes) == (None, [])
    (note,) = got["june"].notes
    assert "MONTH = '06'" in note and got["june"].release == FIRST
    assert sum(marks_of(got["lost"]).values()) == 16 and "MONTH = '06'" in got["lost"].trouble

    why = {student: reason("untold release") for student in (*forged, "text")}
    why["unknown"] = reason("unknown release", name=NAME, release="0" * 16)
    for student, told in why.items():
        assert got[student].marks == {} and got[student].trouble == told.to_grader, student
        scores, comments = grades(course, student)
        assert {(auto, waits) for auto, _, waits in scores.values()} == {(None, True)}, student
        assert comments["q1-answer"] == told.to_student
        page = course / "autograded" / student / NAME / f"{NAME}.ipynb"
        assert "growth_total = (now / then - 1) * 100" in page.read_text(encoding="utf-8")

    assert got["swapped"].trouble
    assert all(waits for _, _, waits in grades(course, "swapped")[0].values())

    again = grade(course)
    assert (again.graded, again.outdated) == ([], [])
    other_variant = {"june", "lost"}
    assert {each.student for each in again.trouble} == {*forged, "text", "swapped", *other_variant}
    assert points(grade(course, again=True))["june"] == 16  # against its own release


@needs_isolation
def test_a_release_that_follows_makes_nobodys_work_outdated_but_a_correction_does(tmp_path):
    course = laid_down(tmp_path / "course")
    solution = course / "solutions" / NAME
    hand_in(course, "ann", corpus.answered(NAME))
    assert points(grade(course)) == {"ann": 16}
    change(solution / f"{NAME}.ipynb", OLD, NEW)
    assert points(grade(course, again=True)) == {"ann": 16}  # not released yet: June is graded
    releasing.release(course, [NAME])
    assert grade(course).outdated == []
    change(solution / spec.RELEASED / FIRST / spec.FILE, "within: 0.06", "within: 0.07")
    assert grade(course).outdated == ["ann"]
    shutil.rmtree(solution / spec.RELEASED)
    with pytest.raises(CourseError, match="--again --yes"):  # no nought in silence
        grade(course, again=True)


@needs_isolation
def test_an_earlier_release_that_cannot_be_graded_is_left_to_a_person(course):
    copy = course / "solutions" / NAME / spec.RELEASED / FIRST
    change(copy / f"{NAME}.ipynb", "added = now - then", "added = now - thn")
    hand_in(course, "june", corpus.answered(NAME))
    hand_in(course, "july", answered(course))
    summary = grade(course)
    assert points(summary)["july"] == 16
    (trouble,) = summary.trouble
    assert "name 'thn' is not defined" in trouble.trouble
    assert {auto for auto, _, _ in grades(course, "june")[0].values()} == {None}


def test_a_release_with_other_questions_is_left_to_a_person(course):
    copy = course / "solutions" / NAME / spec.RELEASED / FIRST
    for one, other in ((1, 9), (2, 1), (9, 2)):
        change(copy / spec.FILE, f"points: {one}", f"points: {other}")
    (earlier,) = releases.set_up(course, NAME).earlier
    assert earlier.unfit == releases.OTHER_QUESTIONS
    chosen = releases.choose(releases.set_up(course, NAME), corpus.answered(NAME)["metadata"], [])
    assert chosen.refused.why == reason("unfit release", unfit="").why


def test_without_a_fingerprint_the_cells_tell_and_doubt_is_said(course):
    setup = releases.set_up(course, NAME)
    june, july = corpus.answered(NAME)["cells"], answered(course)["cells"]
    assert releases.choose(setup, {}, june).setup.fingerprint == FIRST
    assert releases.choose(setup, {}, july).setup.fingerprint == setup.fingerprint != FIRST
    both = [cell for cell in june if grade_id(cell) != "parameters"]
    assert releases.choose(setup, {}, both).refused == reason("untold release")
    may = json.loads(json.dumps(july).replace('\\"07\\"', '\\"05\\"'))
    alone = setup._replace(earlier=())
    assert releases.choose(alone, {}, may).unsure and not releases.choose(alone, {}, july).unsure


def test_what_a_student_types_cannot_name_a_folder(course):
    for hostile in ("..", ".", "", f"../{FIRST}", "*", "exercise", None, "\0"):
        metadata = {fingerprints.RELEASE: {"fingerprint": hostile}} if hostile else {}
        assert releases.as_released(exercise(NAME), metadata).kept is None


def test_course_check_holds_work_against_its_own_release_too(course, monkeypatch):
    monkeypatch.setenv("NO_LIMITS_DATA", str(ROOT / "data"))
    path = course / "mine"
    corpus.write(path, NAME, corpus.answered(NAME))
    _, seen = check.check(path / f"{NAME}.ipynb", course / "solutions")
    assert sum(mark.points for mark in seen.marks.values()) == 16


# --- Releasing -----------------------------------------------------------------------------


def test_another_variant_says_what_is_kept_and_what_stays_on_the_old_value(two_releases):
    course, said = two_releases
    assert any(f"solutions/{NAME}/released/{FIRST}" in words for words in said)
    assert any("MONTH" in words and "'06'" in words and "'07'" in words for words in said)
    folder = course / "solutions" / NAME
    assert sorted(path.name for path in (folder / spec.RELEASED).iterdir()) == kept.copies(folder)
    assert len(kept.copies(folder)) == 2 and FIRST in kept.copies(folder)


def test_a_literal_that_stays_is_named_with_its_place(course):
    folder = course / "solutions" / NAME
    change(folder / "checks.yaml", "`then` minus `now`, so", "that of 06, so")
    change(folder / "rubric.md", "# ", "# Of month 06: ")
    change(folder / f"{NAME}.ipynb", "## The first months of 2023", "## Up to 06")
    lines = "\n".join(releasing.stale(spec.load(folder), "MONTH", "'06'", "'07'"))
    assert re.search(r"checks.yaml, line 15,.* 06: hint: This is that of 06", lines)
    assert re.search(r"rubric.md, line 1,.* 06", lines) and re.search("ex-month.* 06", lines)
    assert "variants" not in lines and "parameters" not in lines


def test_a_correction_that_students_do_not_see_is_the_same_release(course):
    folder = course / "solutions" / NAME
    before = kept.copies(folder)
    change(folder / "checks.yaml", "hint: This is `then`", "hint: That is `then`")
    said = []
    releasing.release(course, [NAME], tell=said.append)
    assert kept.copies(folder) == before and said == []
    copy = folder / spec.RELEASED / fingerprints.fingerprint(spec.load(folder)) / spec.FILE
    assert copy.read_bytes() == (folder / spec.FILE).read_bytes()


# --- The list ------------------------------------------------------------------------------


@needs_isolation
def test_the_list_is_a_file_for_the_whole_class_and_nbgrader_passes_it_by(course, monkeypatch):
    hand_in(course, "june", corpus.answered(NAME))
    hand_in(course, "eve", claiming(answered(course), "0" * 16))
    monkeypatch.chdir(course)
    assert cli.main(["grade", NAME, "--processes", "1"]) == 2
    hand_in(course, "july", answered(course))
    assert cli.main(["grade", NAME, "--processes", "1", "--json"]) == 2
    text = (course / "autograded" / f"{NAME}.list.txt").read_text(encoding="utf-8")
    assert text.startswith(f"{NAME}: 3 of 3 ") and roster.PRIVATE.split()[0] in text
    look, mark = (text.index(head) for head in (f"{roster.LOOK} (2)", f"{roster.MARK} (1)"))
    unknown = reason("unknown release", name=NAME, release="0" * 16).why
    assert look < text.index(f"  eve: {unknown}") < mark
    assert ": q1, q2, q3" in text[look:mark] and "  july: q9\n" in text[mark:]
    assert re.search(r"  june: .*MONTH = '06'", text[look:mark]) and text.count("june: ") == 1
    hidden = [path.name for path in (course / "autograded").glob(".02*")]
    assert hidden == [f".{NAME}.lock"]
    done = nbgrader(course, "generate_feedback", NAME, "--force")
    assert done.returncode == 0, done.stderr
    assert "/autograded/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
