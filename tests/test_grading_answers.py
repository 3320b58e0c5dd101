"""A solution's answers are kept until something that they depend on changes, and nowhere else."""

import json
import shutil
from dataclasses import replace

import pytest

from coursestaff.exercises import spec
from coursestaff.exercises.spec import SpecError
from coursestaff.marking import environment_match, expected_answers
from coursestaff.marking.probes import Run
from coursestaff.marking.sandbox.isolation import PRIVATE
from tests.notebooks import ROOT

NAME = "02_the_trade_lifeline"


@pytest.fixture
def exercise(tmp_path):
    """Return an exercise of a course folder of its own, with tables of its own."""
    shutil.copytree(ROOT / "solutions" / NAME, tmp_path / "solutions" / NAME)
    shutil.copytree(ROOT / "data", tmp_path / "data")
    return spec.load(tmp_path / "solutions" / NAME)


@pytest.fixture
def runs(monkeypatch):
    """Count the runs of solutions, and let each answer its number."""
    done = []

    def solve(exercise):
        done.append(exercise)
        return Run({"q1": {"type": "number", "value": float(len(done))}}, {}, None)

    monkeypatch.setattr(expected_answers, "solve", solve)
    monkeypatch.delenv("NO_LIMITS_DATA", raising=False)
    return done


def test_a_solution_is_run_once(exercise, runs):
    first = expected_answers.solved(exercise)
    assert expected_answers.solved(exercise) == first and len(runs) == 1
    (kept,) = (exercise.course / expected_answers.FOLDER).iterdir()
    assert kept.parent.stat().st_mode & 0o077 == 0


def other_solution(exercise, monkeypatch):
    notebook = json.loads(exercise.notebook.read_text(encoding="utf-8"))
    cell = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    cell["source"] = [*cell["source"], "\nmore = 1"]
    exercise.notebook.write_text(json.dumps(notebook), encoding="utf-8")


def other_checks(exercise, monkeypatch):
    with exercise.checks.open("a", encoding="utf-8") as file:
        file.write("\n# corrected\n")


def other_table(exercise, monkeypatch):
    table = exercise.course / "data" / "claims.csv"
    table.write_bytes(table.read_bytes() + b"\n")


def other_library(exercise, monkeypatch):
    usual = environment_match.version
    monkeypatch.setattr(environment_match, "version", lambda name: f"{usual(name)}.1")


def other_program(exercise, monkeypatch):
    monkeypatch.setattr(environment_match, "_package", lambda: "another")


@pytest.mark.parametrize(
    "change", [other_solution, other_checks, other_table, other_library, other_program]
)
def test_what_answers_depend_on_has_the_solution_run_again(change, exercise, runs, monkeypatch):
    expected_answers.solved(exercise)
    change(exercise, monkeypatch)
    later = replace(exercise)  # as the next command finds it
    assert expected_answers.solved(later).answers["q1"]["value"] == 2.0


def test_a_file_that_was_cut_off_is_made_again(exercise, runs):
    expected_answers.solved(exercise)
    (kept,) = (exercise.course / expected_answers.FOLDER).iterdir()
    kept.write_text(kept.read_text(encoding="utf-8")[:-5], encoding="utf-8")
    assert expected_answers.solved(exercise).answers["q1"]["value"] == 2.0
    assert expected_answers.solved(exercise).answers["q1"]["value"] == 2.0


def test_what_does_not_hold_together_is_not_kept(exercise, monkeypatch):
    def solve(exercise):
        raise SpecError("q1: the solution fails its public check.")

    monkeypatch.setattr(expected_answers, "solve", solve)
    for _ in range(2):
        with pytest.raises(SpecError):
            expected_answers.solved(exercise)
    assert not (exercise.course / expected_answers.FOLDER).exists()


def test_only_so_many_are_kept(exercise, runs, monkeypatch):
    made = iter(range(100))
    monkeypatch.setattr(expected_answers, "_made_of", lambda exercise: f"{next(made):03d}")
    for _ in range(expected_answers.MOST + 3):
        expected_answers.solved(exercise)
    assert len(list((exercise.course / expected_answers.FOLDER).iterdir())) == expected_answers.MOST


def test_no_submission_may_see_them_and_git_leaves_them_out():
    assert expected_answers.FOLDER in PRIVATE
    assert (
        f"/{expected_answers.FOLDER}/" in (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    )


def test_what_is_read_from_disk_is_what_the_solution_gave(exercise, monkeypatch):
    monkeypatch.delenv("NO_LIMITS_DATA", raising=False)
    given = expected_answers.solved(exercise)
    monkeypatch.setattr(expected_answers, "solve", None)
    assert expected_answers.solved(exercise) == given
