"""Make ``exercises/`` from ``solutions/``: what ``course release`` and nbgrader's button do.

nbgrader's own *generate assignment* clears the solutions; a preprocessor of ours (named in
``nbgrader_config.py``) runs the solution, refuses one that does not hold together, and lets the
public part of the questions travel as ``checks.json``.
"""

import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.apps import NbGraderAPI
from nbgrader.preprocessors import NbGraderPreprocessor

from courseware import checks
from courseware.grading import spec
from courseware.grading.expected import solve
from courseware.grading.marking import public_part
from courseware.grading.nbgrader_course import configuration, find_alembic
from courseware.grading.running import Run
from courseware.grading.spec import Exercise, SpecError


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
    known = [folder.name for folder in spec.exercise_folders(course / "solutions")]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise SpecError(f"There is no exercise {unknown[0]!r}. There are: {', '.join(known)}.")
    target = target or course / "exercises"
    target.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target, prefix=".release-") as scratch:
        made = _generate(course, list(names) or known, Path(scratch))
        return [_replace(folder, target / folder.name) for folder in made]


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
            raise SpecError(f"{name}: nbgrader could not release it.\n{_reason(done)}")
    return [scratch / "release" / name for name in names]


def _reason(done: dict) -> str:
    """Return the last line of nbgrader's report, which names the fault."""
    lines = (done.get("error") or done.get("log") or "").strip().splitlines()
    return lines[-1] if lines else "It does not say why."


def _replace(made: Path, old: Path) -> Path:
    """Put a new release in the place of the old one."""
    aside = made.parent / f"{made.name}.old"
    if old.exists():
        old.rename(aside)
    shutil.move(made, old)
    return old


class TravellingChecks(NbGraderPreprocessor):
    """Adds ``checks.json`` to a release, after running the solution and looking at it."""

    def preprocess(
        self, nb: nbformat.NotebookNode, resources: dict[str, Any]
    ) -> tuple[nbformat.NotebookNode, dict[str, Any]]:
        """Leave the notebook as it is; hand ``checks.json`` to nbconvert's writer."""
        folder = Path(resources["metadata"]["path"])
        exercise = spec.load(folder)
        expected = solve(exercise, nb)
        content = travelling(exercise, expected)
        resources.setdefault("outputs", {})[checks.FILE] = content.encode()
        return nb, resources


class TidyCells(NbGraderPreprocessor):
    """Leaves no blank line where a solution was, so that released cells are formatted too."""

    def preprocess_cell(
        self, cell: nbformat.NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[nbformat.NotebookNode, dict[str, Any]]:
        """Strip the end of a cell."""
        cell.source = cell.source.rstrip()
        return cell, resources


def travelling(exercise: Exercise, expected: Run) -> str:
    """Return the content of ``checks.json``."""
    questions = {question.id: public_part(question, expected) for question in exercise.checked}
    return json.dumps({"questions": questions}, ensure_ascii=False, indent=1) + "\n"
