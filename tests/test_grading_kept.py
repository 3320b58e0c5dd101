"""What was handed out from a clone is graded by its own copy, whatever `git pull` brings."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from coursestaff.collecting import classlist
from coursestaff.collecting.collect import collect
from coursestaff.collecting.reasons import reason
from coursestaff.exercises import fingerprints, kept, points, spec
from coursestaff.exercises.spec import SpecError
from coursestaff.marking import coordinator
from coursestaff.nbgrader_course import configuration
from coursestaff.releasing import release as releasing
from tests import handins
from tests.exercises import TIGHT
from tests.graded import NAME, hand_in, marks_of, no_network
from tests.isolated import needs_isolation
from tests.notebooks import ROOT, git
from tests.test_grading_releases import FIRST, NEW, OLD, OURS, change, laid_down, two_releases

pytestmark = pytest.mark.sandbox
__all__ = ["no_network", "two_releases"]  # fixtures
OTHER = "03_friends_or_partners"
CLASS = 'Student,ID,SIS Login ID,Section\n    Points Possible,,,\n"Example, Ada",101,ada,1\n'


@pytest.fixture
def clone(tmp_path):
    """Return an instructor's course folder, from which two exercises are handed out."""
    return laid_down(tmp_path / "clone", OTHER)


def pull(course, two_releases):
    """Bring the later release: what git does not know stays."""
    for part in ("solutions", "exercises"):
        shutil.copytree(two_releases[0] / part, course / part, ignore=OURS, dirs_exist_ok=True)


def solution(course):
    return course / "solutions" / NAME


def copy_of(course):
    return solution(course) / spec.RELEASED / FIRST


def grade(course):
    return coordinator.grade(course, NAME, limits=TIGHT, processes=1).graded


def by_lab(course, tmp_path):
    """Do what `make lab` does before JupyterLab starts."""
    command = [sys.executable, "-m", "coursestaff.exercises.kept"]
    here = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=course, env=here, capture_output=True, check=True).stderr


def by_collecting(course, tmp_path):
    work = {f"exampleada_101_9_{NAME}.ipynb": handins.answered(NAME)}
    (tmp_path / "list.csv").write_text(CLASS, encoding="utf-8")
    listed = classlist.read(tmp_path / "list.csv", "canvas")
    collect(course, NAME, handins.zipped(tmp_path / "all.zip", work), listed)


def by_grading(course, tmp_path):
    hand_in(course, "early", handins.answered(NAME))
    grade(course)


# --- Handed out, pulled, graded ------------------------------------------------------------


@needs_isolation
@pytest.mark.parametrize("keeper", [by_lab, by_collecting, by_grading])
def test_work_is_graded_by_the_copy_of_what_was_handed_out(keeper, clone, two_releases, tmp_path):
    keeper(clone, tmp_path)
    assert len(kept.copies(clone / "solutions" / OTHER)) == 1  # whichever exercise it was about
    pull(clone, two_releases)
    assert fingerprints.fingerprint(spec.load(solution(clone))) != FIRST
    hand_in(clone, "late", handins.answered(NAME))
    graded = {each.student: each for each in grade(clone)}["late"]
    assert sum(marks_of(graded).values()) == 16 and graded.release == FIRST
    assert any("MONTH = '06'" in note for note in graded.notes)
    assert len(kept.copies(solution(clone))) == 2


@needs_isolation
def test_without_a_copy_work_waits_until_the_files_are_brought(clone, two_releases):
    pull(clone, two_releases)
    hand_in(clone, "ada", handins.answered(NAME))
    unknown = reason("unknown release", name=NAME, release=FIRST).to_grader
    for place in (f"solutions/{NAME}/released/{FIRST}", f"{NAME}.ipynb", spec.FILE):
        assert place in unknown
    (waits,) = grade(clone)
    assert (waits.marks, waits.trouble) == ({}, unknown)
    assert grade(clone) == []  # nothing has changed

    def bring(files):
        copy_of(clone).mkdir(exist_ok=True)
        for file in files:
            shutil.copyfile(file, copy_of(clone) / file.name)

    wrong = [two_releases[0] / "solutions" / NAME / name for name in (f"{NAME}.ipynb", spec.FILE)]
    bring(wrong)
    (waits,) = grade(clone)
    assert waits.marks == {} and waits.trouble not in ("", unknown)
    bring(ROOT / "solutions" / NAME / file.name for file in wrong)
    (graded,) = grade(clone)
    assert sum(marks_of(graded).values()) == 16 and graded.release == FIRST


def test_another_release_says_where_to_bring_the_files_of_one_that_was_not_kept(clone):
    change(solution(clone) / f"{NAME}.ipynb", OLD, NEW)
    said = []
    releasing.release(clone, [NAME], tell=said.append)
    assert any(f"released/{FIRST}" in words for words in said)
    assert len(kept.copies(solution(clone))) == 1


# --- What is kept --------------------------------------------------------------------------


def test_a_copy_holds_what_makes_the_release_where_somebody_works_in_it(clone):
    path = clone / "exercises" / NAME / f"{NAME}.ipynb"
    path.write_text(json.dumps(handins.answered(NAME)), encoding="utf-8")
    kept.keep_all(clone)
    assert sorted(path.name for path in copy_of(clone).iterdir()) == [path.name, spec.FILE]
    copy, own = kept.find(solution(clone), FIRST), spec.load(solution(clone))
    assert copy.checks.read_bytes() == own.checks.read_bytes()
    ours, theirs = (spec.read_notebook(each.notebook) for each in (copy, own))
    assert ours.cells == theirs.cells and fingerprints.release_of(ours.metadata) == FIRST


def test_a_correction_is_kept_and_a_solution_that_has_moved_on_is_not(clone):
    kept.keep_all(clone)
    change(solution(clone) / spec.FILE, "hint: This is `then`", "hint: That is `then`")
    kept.keep_all(clone)
    corrected = (copy_of(clone) / spec.FILE).read_bytes()
    assert corrected == (solution(clone) / spec.FILE).read_bytes()
    change(solution(clone) / f"{NAME}.ipynb", OLD, NEW)
    change(solution(clone) / spec.FILE, "hint: That is `then`", "hint: It is `then`")
    kept.keep_all(clone)
    assert kept.copies(solution(clone)) == [FIRST]
    assert (copy_of(clone) / spec.FILE).read_bytes() == corrected


@pytest.mark.parametrize("broken", ["", "{half", "[]", "{}"])
def test_an_exercise_that_somebody_is_at_work_on_keeps_no_other_from_being_kept(broken, clone):
    (clone / "exercises" / NAME / f"{NAME}.ipynb").write_text(broken, encoding="utf-8")
    (solution(clone) / spec.FILE).write_text(broken, encoding="utf-8")
    kept.keep_all(clone)
    assert kept.copies(solution(clone)) == []
    assert len(kept.copies(clone / "solutions" / OTHER)) == 1


def test_lab_opens_where_no_copy_can_be_written(clone, tmp_path):
    (solution(clone) / spec.RELEASED).write_text("a file in the way", encoding="utf-8")
    assert str(copy_of(clone)) in by_lab(clone, tmp_path).decode()
    with pytest.raises(OSError, match=spec.RELEASED):
        kept.keep_all(clone)


def test_a_copy_holds_when_a_later_version_makes_another_release_of_it(clone, monkeypatch):
    kept.keep_all(clone)
    monkeypatch.setattr(points, "worth", lambda question: "as much as it takes")
    assert fingerprints.fingerprint(spec.load(solution(clone))) != FIRST
    assert kept.find(solution(clone), FIRST).kept == copy_of(clone)
    for name in (f"{NAME}.ipynb", spec.FILE):  # brought by hand, they say nothing of themselves
        shutil.copyfile(solution(clone) / name, copy_of(clone) / name)
    with pytest.raises(SpecError, match=FIRST):
        kept.find(solution(clone), FIRST)


def test_what_is_kept_is_neither_in_git_nor_copied_by_nbgrader():
    assert [*configuration(ROOT).CourseDirectory.ignore].count(spec.RELEASED) == 1
    git("check-ignore", "-q", f"solutions/{NAME}/{spec.RELEASED}/{FIRST}/{spec.FILE}")
    assert not git("ls-files", f"solutions/*/{spec.RELEASED}")
