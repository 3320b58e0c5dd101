"""Make ``exercises/`` from ``solutions/``: what ``course release`` and nbgrader's button do.

nbgrader's own *generate assignment* clears the solutions; a preprocessor of ours (named in
``nbgrader_config.py``) runs the solution, refuses one that does not hold together, and lets the
public part of the questions travel as ``checks.json``.
"""

import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from fnmatch import fnmatch
from pathlib import Path
from textwrap import dedent
from typing import Any

import nbformat
from nbgrader.apps import NbGraderAPI
from nbgrader.preprocessors import NbGraderPreprocessor

from courseware import checks
from instructor.grading import spec
from instructor.grading.cells import is_solution
from instructor.grading.marking import public_part
from instructor.grading.nbgrader_course import configuration, find_alembic
from instructor.grading.running import Run
from instructor.grading.solution import solve
from instructor.grading.spec import Exercise, SpecError
from instructor.grading.tables import RELEASE, made_here, tables_of

TRACEBACK = "Traceback (most recent call last):"
KEPT = ("deletable", "editable", "jupyter", "nbgrader", "tags")  # of a released cell's metadata


def release(course: Path, names: Sequence[str] = (), target: Path | None = None) -> list[Path]:
    """Make the students' version of exercises again; replace the old ones only if all succeed.

    Args:
        course: the course folder, with ``solutions/`` and ``nbgrader_config.py``.
        names: such as ``02_the_trade_lifeline``; all exercises if left out.
        target: where to put them; ``exercises/`` of the course if left out.

    Returns:
        The folders made.

    Raises:
        SpecError: an exercise does not hold together, or nbgrader refuses it.

    """
    solutions = course / "solutions"
    asked = [spec.find(solutions, name) for name in names] or spec.exercise_folders(solutions)
    target = target or course / "exercises"
    target.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(
        dir=target,
        prefix=".release-",
        ignore_cleanup_errors=True,  # Windows: a virus scanner may hold a file
    ) as scratch:
        made = _generate(course, [folder.name for folder in asked], Path(scratch))
        return put_in_place(made, target, Path(scratch))


def _generate(course: Path, names: list[str], scratch: Path) -> list[Path]:
    """Let nbgrader make the releases in ``scratch``, with a gradebook that nobody keeps."""
    config = configuration(course)
    config.CourseDirectory.release_directory = str(scratch / "release")
    config.CourseDirectory.db_url = f"sqlite:///{scratch / 'gradebook.db'}"
    find_alembic()
    course_api = NbGraderAPI(config=config)
    for name in names:
        done = course_api.generate_assignment(name)
        if not done["success"]:
            raise SpecError(f"{name} was not released.\n{_reason(done)}")
    return [scratch / "release" / name for name in names]


def _reason(done: dict) -> str:
    """Return what the fault is: nbgrader logs it and then raises an error that does not say."""
    log = done.get("log", "").rpartition(TRACEBACK)[2]
    found = re.search(r"^ {0,4}[\w.]+: (.*?)(?=^\[[A-Z]+\] |\Z)", log, re.MULTILINE | re.DOTALL)
    if found:
        return dedent(found[1]).strip()
    *_, last = ["nbgrader does not say why.", *done.get("error", "").strip().splitlines()]
    return last


def put_in_place(made: list[Path], target: Path, scratch: Path) -> list[Path]:
    """Put new releases in the place of the old ones: all, or, if one is in use, none.

    Raises:
        SpecError: with the folder that cannot be replaced.

    """
    new = [target / folder.name for folder in made]
    with ExitStack() as undo:
        for folder, place in zip(made, new, strict=True):
            try:
                if place.exists():
                    _move(place, scratch / f"{place.name}.old", undo)
                _move(folder, place, undo)
            except OSError as problem:
                raise SpecError(f"{place} cannot be replaced: {problem.strerror}.") from problem
        undo.pop_all()
    return new


def _move(path: Path, to: Path, undo: ExitStack) -> None:
    """Rename a folder, and note how to take that back."""
    path.rename(to)
    undo.callback(to.rename, path)


class TravellingChecks(NbGraderPreprocessor):
    """Adds to a release, after running the solution: ``checks.json``, and what it is made with."""

    def preprocess(
        self, nb: nbformat.NotebookNode, resources: dict[str, Any]
    ) -> tuple[nbformat.NotebookNode, dict[str, Any]]:
        """Note what the notebook is released with; hand ``checks.json`` to nbconvert's writer."""
        folder = Path(resources["metadata"]["path"])
        exercise = spec.load(folder)
        ignored = self.config.CourseDirectory.ignore
        for stranger in strangers(exercise, ignored):
            raise SpecError(
                f"{exercise.name}: {stranger} would go to the students too. Move it elsewhere, or "
                "add its name to CourseDirectory.ignore in nbgrader_config.py."
            )
        expected = solve(exercise, nb)
        nb.metadata[RELEASE] = made_here(exercise, tables_of(exercise.course))
        content = travelling(exercise, expected)
        resources.setdefault("outputs", {})[checks.FILE] = content.encode()
        return nb, resources


def strangers(exercise: Exercise, ignored: Sequence[str]) -> Iterator[str]:
    """Yield the names in an exercise's folder that nbgrader would copy beside the notebook."""
    for path in sorted(exercise.folder.iterdir()):
        kept = any(fnmatch(path.name, pattern) for pattern in ignored)
        if path != exercise.notebook and not kept:
            yield path.name


class TidyCells(NbGraderPreprocessor):
    """Leaves nothing of a solution in a cell's margins: pictures pasted in, notes in metadata.

    Nor a blank line where the solution was, so that released cells are formatted too.
    """

    def preprocess_cell(
        self, cell: nbformat.NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[nbformat.NotebookNode, dict[str, Any]]:
        """Strip the end of a cell, and what an editor has kept beside its source."""
        cell.source = cell.source.rstrip()
        cell.metadata = {key: cell.metadata[key] for key in KEPT if key in cell.metadata}
        if is_solution(cell):
            cell.pop("attachments", None)
        return cell, resources


def travelling(exercise: Exercise, expected: Run) -> str:
    """Return the content of ``checks.json``."""
    questions = {question.id: public_part(question, expected) for question in exercise.checked}
    return json.dumps({"questions": questions}, ensure_ascii=False, indent=1) + "\n"
