"""What is graded stays graded: stamps of every version, marks that fall, tables that change."""

import io
import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

from coursestaff.grading import release as releasing
from coursestaff.grading import report, stamps, tables
from coursestaff.grading.gradebook import Lowered
from coursestaff.grading.load import Unreadable
from coursestaff.grading.nbgrader_course import configuration, directory, gradebook
from coursestaff.grading.sandbox.isolation import Limits
from courseware import CourseError, views
from tests import corpus
from tests.exercises import NAMES, checked, exercise
from tests.isolated import needs_isolation
from tests.notebooks import ROOT
from tests.test_grading_class import NAME, course, grades, hand_in, no_network
from tests.test_grading_sunday import executor, grade

pytestmark = pytest.mark.sandbox
__all__ = ["course", "executor", "grade", "no_network"]  # fixtures
FROZEN = Path(__file__).parent / "fixtures" / "v0_1_0" / "course"


def stamped(course, change):
    """Change the stamp that ann's autograded notebook carries."""
    path = course / "autograded" / "ann" / NAME / f"{NAME}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    change(notebook["metadata"][stamps.KEY])
    path.write_text(json.dumps(notebook), encoding="utf-8")


# --- Stamps --------------------------------------------------------------------------------


def test_a_stamp_comes_back_as_it_was_written():
    written = stamps.write(stamps.Stamp("work", "exercise"), "why")
    read = stamps.read({"metadata": {stamps.KEY: written}})
    assert read == stamps.Stamp("work", "exercise", "why")


@pytest.mark.parametrize("notebook", [{}, {"metadata": []}, {"metadata": {stamps.KEY: "x"}}])
def test_what_was_not_graded_here_has_no_stamp(notebook):
    assert stamps.read(notebook) is None


@needs_isolation
def test_a_stamp_of_a_newer_version_is_left_alone(course, grade):
    hand_in(course, "ann", corpus.answered(NAME))
    grade()
    stamped(course, lambda about: about.update(version=99, work="x"))
    summary = grade(again=True)
    assert summary.graded == [] and summary.skipped == ["ann"] and summary.outdated == []
    assert [each.trouble for each in summary.trouble] == [stamps.NEWER]


def of_the_first_version(about):
    about.clear()
    about.update(stamp="of another solution, table or limit", trouble=None)


@needs_isolation
@pytest.mark.parametrize(
    ("answers", "new"),
    [({}, False), ({"q9": "Another text."}, True), ({"q2-answer": "growth_total = 7"}, True)],
)
def test_a_stamp_of_0_1_0_that_fits_no_longer_asks_the_work_itself(course, grade, answers, new):
    hand_in(course, "ann", corpus.answered(NAME, {"q9": "a < b & [c](d)"}))
    grade()
    stamped(course, of_the_first_version)
    hand_in(course, "ann", corpus.answered(NAME, {"q9": "a < b & [c](d)"} | answers))
    summary = grade()
    assert [each.student for each in summary.graded] == (["ann"] if new else [])
    assert summary.outdated == ([] if new else ["ann"])
    said = report.in_words(NAME, summary)
    assert ("has changed since 1 of these" in said) != new


@needs_isolation
@pytest.mark.parametrize(("now", "new"), [(b"", False), (b"not JSON", True)])
def test_a_file_that_0_1_0_could_not_read_is_the_same_work_if_it_still_cannot(
    course, grade, now, new
):
    path = course / "submitted" / "ann" / NAME / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"")
    grade()
    stamped(course, of_the_first_version)
    path.write_bytes(now)
    assert len(grade().graded) == new


@needs_isolation
def test_work_that_0_1_0_graded_and_was_handed_in_later_once_more_is_new(course, grade):
    hand_in(course, "ann", corpus.answered(NAME))
    time = course / "submitted" / "ann" / NAME / stamps.TIME
    time.write_text("2030-01-01 00:00:00 UTC\n", encoding="utf-8")
    grade()
    stamped(course, of_the_first_version)
    assert len(grade().graded) == 0
    time.write_text("2030-01-02 00:00:00 UTC\n", encoding="utf-8")
    assert len(grade().graded) == 1


@pytest.mark.parametrize(
    ("files", "chosen"),
    [
        ([NAME, "Untitled"], NAME),
        (["mine"], "mine"),
        ([".ipynb_checkpoints/mine", NAME], NAME),
        (["one", "two"], "Several notebooks, none called .*: one.ipynb, two.ipynb. Rename one"),
        ([".ipynb_checkpoints/mine"], "No notebook was handed in"),
    ],
)
def test_the_notebook_that_0_1_0_graded_is_known_by_its_name(tmp_path, files, chosen):
    for file in files:
        corpus.write((tmp_path / file).parent, Path(file).name, {})
    if chosen in files:
        assert stamps._graded_then(tmp_path, NAME) == tmp_path / f"{chosen}.ipynb"
    else:
        with pytest.raises(Unreadable, match=chosen):
            stamps._graded_then(tmp_path, NAME)


def test_what_is_added_to_the_limits_is_no_part_of_a_stamp_of_0_1_0():
    assert ", ".join(f"{name}={getattr(Limits(), name)!r}" for name in stamps.FIRST_LIMITS) == (
        "cell_cpu=20, cpu=60, cell_wall=30, wall=120, memory=1073741824, threads=32, "
        "open_files=64, file_size=16777216, scratch=33554432, reply=16777216"
    )


# --- Marks that would fall -----------------------------------------------------------------


@needs_isolation
def test_a_mark_falls_only_if_somebody_agrees(course, grade):
    hand_in(course, "ann", corpus.answered(NAME))
    grade()
    book = gradebook(directory(course))
    book.find_grade("q2", NAME, NAME, "ann").auto_score = 3
    book.db.commit()
    book.close()
    asked = []
    with pytest.raises(CourseError, match=r"nothing was recorded.*--again --yes"):
        grade(again=True)
    with pytest.raises(CourseError, match="nothing was recorded"):
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


def test_the_tables_of_0_1_0_are_known():
    manifest = json.loads((FROZEN / "data" / "datapackage.json").read_text(encoding="utf-8"))
    hashes = {each["name"]: each["hash"] for each in manifest["resources"]}
    first = tables.made_with({})
    assert first.version == "0.1.0"
    assert {name: f"sha256:{checksum}" for name, checksum in first.tables.items()} == hashes


@pytest.mark.parametrize("name", NAMES)
def test_a_release_says_what_it_was_made_with(name):
    metadata = corpus.release(name)["metadata"]
    here = tables.checksums(exercise(name), ROOT / "data")
    assert list(here) == tables.loaded(exercise(name)) != []
    assert tables.others(tables.made_with(metadata), here) == []
    assert metadata[tables.RELEASE] == tables.made_here(exercise(name), ROOT / "data")


def test_a_release_carries_how_a_view_is_computed_and_the_tables_below_it(tmp_path, monkeypatch):
    path = tmp_path / "one.ipynb"
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell('buyers = data.load("russian_crude_by_buyer")')]
    )
    nbformat.write(notebook, path)
    loading = SimpleNamespace(name="one", notebook=path)
    assert tables.loaded(loading) == ["oil_flows", "russian_crude_by_buyer"]
    before = tables.checksums(loading, ROOT / "data")
    assert list(before) == tables.loaded(loading)
    made = tables.Made("0.2.0", before)
    assert tables.others(made, before) == []

    monkeypatch.setattr(views, "fingerprint", lambda name: f"another way to make {name}")
    after = tables.checksums(loading, ROOT / "data")
    assert tables.others(made, after) == ["russian_crude_by_buyer"]


@pytest.mark.parametrize("forged", [None, [], {"version": 1}, {"version": "9", "tables": []}])
def test_what_is_no_release_counts_as_the_first(forged):
    assert tables.made_with({tables.RELEASE: forged}).version == "0.1.0"


def with_other_tables(answers):
    """Return a hand-in of a release whose tables were other ones."""
    notebook = corpus.answered(NAME, answers)
    made = notebook["metadata"][tables.RELEASE]
    made["version"] = "0.1.9"
    made["tables"]["us_prices"] = "0" * 64
    return notebook


def test_where_tables_have_changed_what_is_not_right_waits_for_a_person(tmp_path):
    corpus.write(tmp_path, NAME, with_other_tables({"q8-answer": "stands = 'nowhere'"}))
    seen = checked(NAME, tmp_path / f"{NAME}.ipynb")
    assert seen.doubtful == {"q8"} and seen.marks["q3"].points
    assert "version 0.1.9" in seen.trouble and "the table us_prices is another" in seen.trouble
    assert seen.trouble.endswith("Look at q8; the other marks stand.")


def test_what_is_right_with_the_tables_here_waits_for_nobody(tmp_path):
    corpus.write(tmp_path, NAME, with_other_tables({}))
    seen = checked(NAME, tmp_path / f"{NAME}.ipynb")
    assert (seen.trouble, seen.doubtful) == (None, set())


@needs_isolation
def test_an_exercise_that_asks_something_else_now_leaves_old_work_to_a_person(course, grade):
    """Work on 0.1.0's exercise 02 is nowhere nought in silence: it is told of, and waits."""
    text = (FROZEN.parent / "handed_in" / NAME / f"{NAME}.ipynb").read_text(encoding="utf-8")
    hand_in(course, "ann", json.loads(text))
    (trouble,) = grade().trouble
    assert "grade it in a course folder of that version" in trouble.trouble
    scores, comments = grades(course, "ann")
    assert [id for id, (_, _, waits) in scores.items() if waits] == ["q9"]  # one box for all
    assert all("not this exercise" in comment for comment in comments.values())


@pytest.mark.parametrize("name", sorted(p.name for p in (FROZEN / "exercises").iterdir()))
def test_every_exercise_asks_something_else_than_in_0_1_0_and_says_so(name, tmp_path):
    work = shutil.copytree(FROZEN / "exercises" / name, tmp_path / name) / f"{name}.ipynb"
    with pytest.raises(Unreadable, match="grade it in a course folder of that version"):
        checked(name, work)


# --- A course folder of 0.1.0 --------------------------------------------------------------


def test_steps_that_0_1_0_names_are_found():
    config = configuration(FROZEN)
    named = [*config.GenerateAssignment.preprocessors, *config.Autograde.autograde_preprocessors]
    assert not [step for step in named if step.startswith("courseware")]
    ours = [step.rpartition(".")[2] for step in named if step.startswith("coursestaff")]
    assert ours == ["TravellingChecks", "TidyCells", "RefuseToGrade"]


def test_a_course_folder_of_0_1_0_releases_on(tmp_path):
    folder = shutil.copytree(FROZEN, tmp_path / "course")
    (made,) = releasing.release(folder, [NAME], tmp_path / "exercises")
    notebook = json.loads((made / f"{NAME}.ipynb").read_text(encoding="utf-8"))
    old = FROZEN / "exercises" / NAME
    before = json.loads((old / f"{NAME}.ipynb").read_text(encoding="utf-8"))
    assert [corpus.source(cell) for cell in notebook["cells"]] == [
        corpus.source(cell) for cell in before["cells"]
    ]
    assert (made / "checks.json").read_bytes() == (old / "checks.json").read_bytes()


def test_the_command_says_why_it_does_not_release(tmp_path):
    folder = shutil.copytree(FROZEN, tmp_path / "course")
    path = folder / "solutions" / NAME / "checks.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("points: 2", "points: 3", 1), encoding="utf-8")
    with pytest.raises(CourseError) as caught:
        releasing.release(folder, [NAME], tmp_path / "exercises")
    first, second, *_ = str(caught.value).splitlines()
    assert first == f"{NAME} was not released."
    assert second.startswith(f"solutions/{NAME}/checks.yaml, line ")
    assert second.endswith("the points add up to 21, not to 20.")
