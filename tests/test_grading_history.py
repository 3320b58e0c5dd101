"""What was handed out straight from a clone is found again in its git history, whatever follows."""

import json
import os
import shutil
import subprocess
import zipfile

import pytest

from coursestaff.collecting import classlist, handed_in, releases
from coursestaff.collecting.collect import collect
from coursestaff.exercises import fingerprints, history, spec
from coursestaff.marking import coordinator
from coursestaff.nbgrader_course import configuration
from coursestaff.releasing import release as releasing
from tests import corpus
from tests.exercises import TIGHT, exercise
from tests.graded import NAME, hand_in, marks_of, no_network
from tests.isolated import needs_isolation
from tests.notebooks import ROOT, git
from tests.test_grading_releases import FIRST, NEW, OLD, change

pytestmark = pytest.mark.sandbox
__all__ = ["no_network"]  # a fixture
OURS = shutil.ignore_patterns(spec.RELEASED)
KEPT = (f"{NAME}.ipynb", spec.FILE, f"exercise/{NAME}.ipynb", "exercise/checks.json")
CLASS = 'Student,ID,SIS Login ID,Section\n    Points Possible,,,\n"Example, Ada",101,ada,1\n'
WHO = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "course"), ("EMAIL", "course@localhost"))
}


def run_git(folder, *words):
    own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    own |= WHO | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", *words], cwd=folder, env=own, check=True, capture_output=True)


def commit(course, words):
    run_git(course, "add", "--all")
    run_git(course, "commit", "--quiet", "-m", words)


@pytest.fixture(scope="module")
def july(tmp_path_factory):
    """Return an exercise's solution and release for July, made once."""
    course = laid_down(tmp_path_factory.mktemp("july") / "course")
    change(course / "solutions" / NAME / f"{NAME}.ipynb", OLD, NEW)
    releasing.release(course, [NAME])
    return course


def laid_down(course):
    """Return a course folder as the repository has it, with one exercise."""
    course.mkdir(parents=True)
    for part in ("data", "nbgrader_config.py"):
        (course / part).symlink_to(ROOT / part)
    shutil.copyfile(ROOT / ".gitignore", course / ".gitignore")
    for part in ("solutions", "exercises"):
        shutil.copytree(ROOT / part / NAME, course / part / NAME, ignore=OURS)
    return course


@pytest.fixture
def upstream(tmp_path):
    """Return the repository that courses are cloned from, with the release for June."""
    course = laid_down(tmp_path / "upstream")
    run_git(course, "init", "--quiet", "--initial-branch=main")
    commit(course, "June")
    return course


@pytest.fixture
def clone(upstream, tmp_path):
    """Return an instructor's clone of it."""
    run_git(tmp_path, "clone", "--quiet", str(upstream), "clone")
    return tmp_path / "clone"


def move_on(course, july):
    """Commit the release for July: the solution first, as somebody at work may."""
    for part in ("solutions", "exercises"):
        there = course / part / NAME
        shutil.copytree(july / part / NAME, there, ignore=OURS, dirs_exist_ok=True)
        commit(course, f"July, {part}")


def place_of(course):
    return course / "solutions" / NAME


def kept_in(course):
    return [place.name for place in history.kept(place_of(course))]


# --- Handed out, pulled, collected ---------------------------------------------------------


@needs_isolation
@pytest.mark.parametrize("first", ["collect", "pull"])
def test_a_hand_in_is_graded_against_what_was_handed_out(first, clone, upstream, july, tmp_path):
    path = clone / "exercises" / NAME / f"{NAME}.ipynb"
    handed_out = json.loads(path.read_text(encoding="utf-8"))
    assert handed_out["metadata"][fingerprints.RELEASE]["fingerprint"] == FIRST
    answered = corpus.answered(NAME)
    assert answered["metadata"] == handed_out["metadata"]
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as zipped:
        zipped.writestr(f"exampleada_101_9_{NAME}.ipynb", json.dumps(answered))
    (tmp_path / "list.csv").write_text(CLASS, encoding="utf-8")
    steps = {
        "collect": lambda: collect(
            clone, NAME, tmp_path / "all.zip", classlist.read(tmp_path / "list.csv", "canvas")
        ),
        "pull": lambda: run_git(clone, "pull", "--quiet", "--ff-only"),
    }
    move_on(upstream, july)
    steps.pop(first)()
    assert kept_in(clone) == ([FIRST] if first == "collect" else [])
    for step in steps.values():
        step()
    assert fingerprints.fingerprint(spec.load(place_of(clone))) != FIRST

    (graded,) = coordinator.grade(clone, NAME, limits=TIGHT, processes=1).graded
    assert sum(marks_of(graded).values()) == 16
    assert "a variant of this exercise" in graded.trouble and graded.release == FIRST
    assert any("(MONTH = '06') and marked against that release" in note for note in graded.notes)
    assert len(kept_in(clone)) == 2
    for file in KEPT[2:]:
        ours = ROOT / "exercises" / NAME / file.removeprefix("exercise/")
        assert (place_of(clone) / spec.RELEASED / FIRST / file).read_bytes() == ours.read_bytes()
    run_git(clone, "diff", "--exit-code")  # nothing of it is git's


@needs_isolation
def test_in_a_shallow_clone_the_list_says_what_brings_the_history(upstream, july, tmp_path):
    move_on(upstream, july)
    run_git(tmp_path, "clone", "--quiet", "--depth=1", upstream.as_uri(), "clone")
    clone = tmp_path / "clone"
    hand_in(clone, "ann", corpus.answered(NAME))
    (graded,) = coordinator.grade(clone, NAME, limits=TIGHT, processes=1).graded
    assert graded.marks == {} and "git fetch --unshallow" in graded.trouble
    run_git(clone, "fetch", "--quiet", "--unshallow")
    (graded,) = coordinator.grade(clone, NAME, limits=TIGHT, processes=1, again=True).graded
    assert sum(marks_of(graded).values()) == 16 and "a variant of this exercise" in graded.trouble


def test_work_of_ones_own_is_checked_against_what_it_was_made_from(clone, upstream, july):
    move_on(upstream, july)
    run_git(clone, "pull", "--quiet", "--ff-only")
    now = spec.load(place_of(clone))
    then = releases.as_released(now, corpus.answered(NAME)["metadata"])
    assert then.kept == place_of(clone) / spec.RELEASED / FIRST


def test_another_release_in_a_clone_keeps_the_one_before(clone):
    change(place_of(clone) / f"{NAME}.ipynb", OLD, NEW)
    said = []
    releasing.release(clone, [NAME], tell=said.append)
    assert len(kept_in(clone)) == 2
    assert any(f"graded with solutions/{NAME}/released/{FIRST}" in words for words in said)


# --- Which commit --------------------------------------------------------------------------


@pytest.mark.parametrize("below", [".", "teaching/no limits"])
def test_the_newest_commit_counts_whose_solution_makes_the_release(below, july, tmp_path):
    course = laid_down(tmp_path / "repository" / below)
    run_git(tmp_path / "repository", "init", "--quiet")
    commit(course, "June")
    change(place_of(course) / spec.FILE, "hint: This is `then`", "hint: That is `then`")
    commit(course, "A hint")
    corrected = (place_of(course) / spec.FILE).read_bytes()
    move_on(course, july)  # there is a commit that has June's exercise, and July's solution
    assert history.recall(place_of(course), {FIRST, "0" * 16}) == {FIRST}
    assert kept_in(course) == [FIRST]
    kept = place_of(course) / spec.RELEASED / FIRST
    found = {path.relative_to(kept).as_posix() for path in kept.rglob("*") if path.is_file()}
    assert found == {*KEPT}
    assert (kept / spec.FILE).read_bytes() == corrected
    assert (kept / KEPT[0]).read_bytes() == exercise(NAME).notebook.read_bytes()


def test_what_students_have_is_kept_as_it_was_made_where_somebody_works_in_it(clone):
    path = clone / "exercises" / NAME / f"{NAME}.ipynb"
    made = path.read_bytes()
    path.write_text(json.dumps(corpus.answered(NAME)), encoding="utf-8")
    releases.keep_present(clone, NAME)
    kept = place_of(clone) / spec.RELEASED / FIRST
    assert (kept / "exercise" / path.name).read_bytes() == made


def test_a_correction_is_kept_with_the_next_work_that_comes_in(clone):
    releases.keep_present(clone, NAME)
    change(place_of(clone) / spec.FILE, "hint: This is `then`", "hint: That is `then`")
    releases.keep_present(clone, NAME)
    kept = place_of(clone) / spec.RELEASED / FIRST / spec.FILE
    assert kept.read_bytes() == (place_of(clone) / spec.FILE).read_bytes()


# --- Where git knows nothing ---------------------------------------------------------------


def test_where_there_is_no_git_nothing_is_found_and_nothing_written(tmp_path, monkeypatch, clone):
    for course in (laid_down(tmp_path / "download"), clone):
        if course == clone:
            monkeypatch.setenv("PATH", str(tmp_path))  # no such program
        assert history.recall(place_of(course), {FIRST}) == set()
        assert not (place_of(course) / spec.RELEASED).exists()


def test_nothing_that_a_stranger_writes_reaches_git_or_the_disk(clone, monkeypatch):
    asked, real = [], history._git
    monkeypatch.setattr(history, "_git", lambda *all: asked.extend(all[1:]) or real(*all))
    strange = ["--output=x", "../../x", f"{FIRST}/..", FIRST.upper(), "f" * 10**5, "", "\0", "@"]
    before = sorted(clone.rglob("*"))
    assert history.recall(place_of(clone), strange) == set()
    assert asked and not {*strange, FIRST} & {*asked}
    assert sorted(clone.rglob("*")) == before


def test_only_what_looks_like_a_fingerprint_is_read_of_a_hand_in(tmp_path):
    other = tmp_path / "other"
    other.write_text(json.dumps({"fingerprint": "a" * 16}), encoding="utf-8")
    texts = {"1": "b" * 16, "2": "c" * 17, "3": "../" + "d" * 13, "4": "E" * 16, "5": "e" * 15}
    for name, text in texts.items():
        path = tmp_path / "ann" / f"{name}.ipynb"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({"fingerprint": text}), encoding="utf-8")
    (tmp_path / "ann" / "link.ipynb").symlink_to(other)
    (tmp_path / "ann" / "empty.ipynb").touch()
    assert handed_in.named([tmp_path / "ann", tmp_path / "nobody"]) == {"b" * 16}


def test_what_is_kept_is_neither_in_git_nor_copied_by_nbgrader():
    assert [*configuration(ROOT).CourseDirectory.ignore].count(spec.RELEASED) == 1
    git("check-ignore", "-q", f"solutions/{NAME}/{spec.RELEASED}/{FIRST}/{spec.FILE}")
    assert not git("ls-files", f"solutions/*/{spec.RELEASED}")
