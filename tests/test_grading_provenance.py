"""What is graded stays graded: provenance, marks that fall, tables that change."""

import contextlib
import io
import json
import shutil
from types import SimpleNamespace

import nbformat
import pytest

from coursestaff.exercises import fingerprints, spec
from coursestaff.marking import doubts, provenance, report
from coursestaff.marking.gradebook import Lowered
from coursestaff.marking.provenance import Provenance
from coursestaff.nbgrader_course import directory, gradebook
from coursestaff.releasing import release as releasing
from courseware import CourseError, manifest, views
from tests import corpus
from tests.exercises import NAMES, checked, exercise
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
from tests.isolated import needs_isolation
from tests.notebooks import ROOT
from tests.test_grading_class import contents

pytestmark = pytest.mark.sandbox
__all__ = ["course", "executor", "grade", "no_network"]  # fixtures


def told_of(course, change):
    """Change the provenance that ann's autograded notebook carries."""
    path = course / "autograded" / "ann" / NAME / f"{NAME}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    change(notebook["metadata"][provenance.KEY])
    path.write_text(json.dumps(notebook), encoding="utf-8")


# --- Provenance ----------------------------------------------------------------------------


def test_provenance_comes_back_as_it_was_written():
    written = provenance.write(Provenance("work", "exercise", "why"))
    read = provenance.read({"metadata": {provenance.KEY: written}})
    assert read == Provenance("work", "exercise", "why")


@pytest.mark.parametrize("notebook", [{}, {"metadata": []}, {"metadata": {provenance.KEY: "x"}}])
def test_what_was_not_graded_here_has_no_provenance(notebook):
    assert provenance.read(notebook) is None


@pytest.mark.parametrize("version", [provenance.VERSION + 1, 0, None, "1", [provenance.VERSION]])
def test_nothing_is_read_of_provenance_of_another_version(version):
    written = provenance.write(Provenance("work", "exercise", "why")) | {"version": version}
    read = provenance.read({"metadata": {provenance.KEY: written}})
    assert read == Provenance(trouble=provenance.ANOTHER, unknown=True)


@needs_isolation
def test_provenance_of_another_version_is_named_and_left_alone(course, grade):
    hand_in(course, "ann", corpus.answered(NAME))
    grade()
    told_of(course, lambda about: about.update(version=provenance.VERSION + 1, work="x"))
    page = course / "autograded" / "ann" / NAME / f"{NAME}.ipynb"
    before = page.read_bytes(), grades(course, "ann")
    hand_in(course, "ann", corpus.answered(NAME, {"q2-answer": "growth_total = 7"}))
    for again in (False, True):
        summary = grade(again=again)
        assert summary.graded == [] and summary.skipped == ["ann"] and summary.outdated == []
        assert [each.trouble for each in summary.trouble] == [provenance.ANOTHER]
    assert (page.read_bytes(), grades(course, "ann")) == before


@needs_isolation
def test_what_is_graded_stays_graded_until_the_work_changes_or_somebody_asks(course, grade):
    """Neither corrected tables nor another solution grade anybody unasked."""
    (course / "data").unlink()
    shutil.copytree(ROOT / "data", course / "data")
    hand_in(course, "ann", corpus.answered(NAME, {"q2-answer": "growth_total = 7"}))
    hand_in(course, "bo", corpus.answered(NAME))
    assert len(grade().graded) == 2
    set_by_hand(course, "ann", "q9", 3, "Well argued.")
    by_a_person = by_hand(course, "ann", extra=1)
    pages = contents(course / "autograded")
    kept = [grades(course, student) for student in ("ann", "bo")]

    with (course / "data" / "us_prices.csv").open("a", encoding="utf-8") as table:
        table.write("2026,330.1,1,0.887,\n")
    manifest.refresh(course / "data")
    checks = course / "solutions" / NAME / "checks.yaml"
    checks.write_text(f"{checks.read_text('utf-8')}# corrected\n", encoding="utf-8")
    summary = grade()
    assert (summary.graded, sorted(summary.outdated)) == ([], ["ann", "bo"])
    assert f"`course grade {NAME} --again`" in report.in_words(NAME, summary)
    assert {path: path.read_bytes() for path in pages} == pages
    assert [grades(course, student) for student in ("ann", "bo")] == kept

    assert len(grade(again=True).graded) == 2 and grade().outdated == []
    assert [grades(course, student) for student in ("ann", "bo")] == kept

    hand_in(course, "ann", corpus.answered(NAME))
    assert [each.student for each in grade().graded] == ["ann"]
    assert grades(course, "bo") == kept[1]
    assert grades(course, "ann") != kept[0] and by_hand(course, "ann") == by_a_person


def by_hand(course, student, extra=None):
    """Return the points and words that a person has given; first give ``extra`` ones, if any."""
    with contextlib.closing(gradebook(directory(course))) as book:
        notebook = book.find_submission_notebook(NAME, NAME, student)
        if extra:
            book.find_grade("q1", NAME, NAME, student).extra_credit = extra
            book.db.commit()
        points = {g.name: (g.manual_score, g.extra_credit) for g in notebook.grades}
        words = {c.name: c.manual_comment for c in notebook.comments}
    assert points["q9"][0] == 3 and points["q1"][1] == 1 and "Well argued." in words.values()
    return points, words


# --- Marks that would fall -----------------------------------------------------------------


@needs_isolation
def test_a_mark_falls_only_if_somebody_agrees(course, grade):
    hand_in(course, "ann", corpus.answered(NAME))
    grade()
    with contextlib.closing(gradebook(directory(course))) as book:
        book.find_grade("q2", NAME, NAME, "ann").auto_score = 3
        book.db.commit()
    asked = []
    with pytest.raises(CourseError, match="--again --yes"):
        grade(again=True)
    with pytest.raises(CourseError, match="--again --yes"):
        grade(again=True, agree=lambda lowered, names: asked.extend(lowered))
    assert asked == [Lowered("ann", "q2", 3, 2)]
    assert grades(course, "ann")[0]["q2"][0] == 3
    assert len(grade(again=True, agree=lambda lowered, names: True).graded) == 1
    assert grades(course, "ann")[0]["q2"][0] == 2
    assert len(grade(again=True).graded) == 1  # nothing falls: nobody is asked


@pytest.mark.parametrize(
    ("typed", "terminal", "unasked", "agreed"),
    [
        ("y\n", True, False, True),
        ("Yes\n", True, False, True),
        ("\n", True, False, False),
        ("n\n", True, False, False),
        ("", True, False, False),
        ("y\n", False, False, False),
        ("", False, True, True),
    ],
)
def test_every_mark_that_would_fall_is_shown_before_it_is_asked(
    typed, terminal, unasked, agreed, monkeypatch, capsys
):
    answer = io.StringIO(typed)
    answer.isatty = lambda: terminal
    monkeypatch.setattr("sys.stdin", answer)
    lowered = [Lowered("7", "q1", 2.0, 0.0), Lowered("8", "q3", 3.0, None)]
    assert report.agrees(lowered, {"7": "Diaz\x1b, Chen"}, unasked) is agreed
    said = capsys.readouterr()
    assert said.out == "" and "  7 Diaz?, Chen: q1, 2 → 0\n  8: q3, 3 → 0\n" in said.err


# --- Tables --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_release_says_what_it_was_made_with(name):
    metadata = corpus.release(name)["metadata"]
    here = fingerprints.checksums(exercise(name), ROOT / "data")
    assert list(here) == fingerprints.loaded(exercise(name)) != []
    assert fingerprints.others(fingerprints.made_with(metadata), here) == []
    assert metadata[fingerprints.RELEASE] == fingerprints.made_here(exercise(name), ROOT / "data")


def test_a_release_carries_how_a_view_is_computed_and_the_tables_below_it(monkeypatch):
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell('buyers = data.load("russian_crude_by_buyer")')]
    )
    loading = SimpleNamespace(name="one", solution=notebook)
    assert fingerprints.loaded(loading) == ["oil_flows", "russian_crude_by_buyer"]
    before = fingerprints.checksums(loading, ROOT / "data")
    assert list(before) == fingerprints.loaded(loading)
    made = fingerprints.Made("0.2.0", before)
    assert fingerprints.others(made, before) == []

    monkeypatch.setattr(views, "fingerprint", lambda name: f"another way to make {name}")
    after = fingerprints.checksums(loading, ROOT / "data")
    assert fingerprints.others(made, after) == ["russian_crude_by_buyer"]


@pytest.mark.parametrize("forged", [None, [], {"version": 1}, {"version": "9", "tables": []}])
def test_what_is_no_release_says_nothing_of_its_tables(forged):
    assert fingerprints.made_with({fingerprints.RELEASE: forged}) is None
    assert fingerprints.made_with({}) is None


def with_other_tables(answers):
    """Return a hand-in of a release whose tables were other ones."""
    notebook = corpus.answered(NAME, answers)
    made = notebook["metadata"][fingerprints.RELEASE]
    made["version"] = "0.1.9"
    made["tables"]["us_prices"] = "0" * 64
    return notebook


@pytest.mark.parametrize(
    ("answers", "waiting"), [({"q8-answer": "stands = 'nowhere'"}, {"q8"}), ({}, set())]
)
def test_where_tables_have_changed_or_nobody_says_what_is_not_right_waits_for_a_person(
    answers, waiting, tmp_path
):
    corpus.write(tmp_path, NAME, with_other_tables(answers))
    seen = checked(NAME, tmp_path / f"{NAME}.ipynb")
    assert seen.doubtful == waiting and seen.marks["q3"].points
    told = ("0.1.9", "us_prices", "q8") if waiting else ()
    assert all(word in seen.trouble for word in told) and bool(seen.trouble) == bool(waiting)

    corpus.write(tmp_path, NAME, corpus.answered(NAME, answers) | {"metadata": {}})
    seen = checked(NAME, tmp_path / f"{NAME}.ipynb")
    assert seen.doubtful == waiting and seen.marks["q3"].points
    assert (seen.trouble or "").startswith(doubts.UNSAID if waiting else "")


# --- The command ---------------------------------------------------------------------------


def test_the_command_says_why_it_does_not_release(tmp_path):
    path = tmp_path / "solutions" / NAME / spec.FILE
    ours = shutil.ignore_patterns(spec.RELEASED)
    shutil.copytree(ROOT / "solutions" / NAME, path.parent, ignore=ours)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("points: 2", "points: 3", 1), encoding="utf-8")
    with pytest.raises(CourseError) as caught:
        releasing.release(tmp_path, [NAME], tmp_path / "exercises")
    first, second, *_ = str(caught.value).splitlines()
    assert NAME in first
    assert second.startswith(f"solutions/{NAME}/checks.yaml, line ")
    assert " 21" in second and " 20" in second
