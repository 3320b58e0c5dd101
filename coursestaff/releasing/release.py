"""Make ``exercises/`` from ``solutions/``: what ``course release`` and nbgrader's button do.

nbgrader's own *generate assignment* clears the solutions; a preprocessor of ours (named in
``nbgrader_config.py``) runs the solution, refuses one that does not hold together, and lets the
public part of the questions travel as ``checks.json``. A copy of what a release was made of is kept
beside the solution (`kept`), so that work on it can be graded when another one has followed.
"""

import contextlib
import itertools
import re
import tempfile
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path
from textwrap import dedent
from typing import Any, ClassVar

import nbformat
from nbgrader.apps import NbGraderAPI
from nbgrader.preprocessors import NbGraderPreprocessor

from coursestaff.exercises import checklist, kept, points, spec
from coursestaff.exercises.cells import is_solution, source
from coursestaff.exercises.fingerprints import (
    RELEASE,
    fingerprint,
    made_here,
    release_of,
    tables_of,
)
from coursestaff.exercises.spec import Exercise, SpecError
from coursestaff.marking.marks import travelling
from coursestaff.marking.solution import solve
from coursestaff.nbgrader_course import configuration, find_alembic
from courseware import CourseError, checks

QUOTES = "'\""
TRACEBACK = "Traceback (most recent call last):"
KEPT = ("deletable", "editable", "jupyter", "nbgrader", "tags")  # of a released cell's metadata


def renew(course: Path, options: Namespace) -> None:
    """Make the students' exercises again: ``course release``."""
    made = release(course, options.names, tell=print)
    print(f"Released: {', '.join(folder.name for folder in made)}.")
    print("Next, open the new notebooks in exercises/, and read them as a student will.")


def release(
    course: Path,
    names: Sequence[str] = (),
    target: Path | None = None,
    tell: Callable[[str], None] = lambda words: None,
) -> list[Path]:
    """Make the students' version of exercises again; replace the old ones only if all succeed.

    Args:
        course: the course folder, with ``solutions/`` and ``nbgrader_config.py``.
        names: such as ``02_the_trade_lifeline``; all exercises if left out.
        target: where to put them; ``exercises/`` of the course if left out. Only there a class
            gets them from, so only then what they are made of is kept.
        tell: called with what a person should look at.

    Returns:
        The folders made.

    Raises:
        SpecError: an exercise does not hold together, or nbgrader refuses it.

    """
    solutions = course / "solutions"
    asked = [spec.find(solutions, name) for name in names] or spec.exercise_folders(solutions)
    exercises = [_complete(folder) for folder in asked]
    for_a_class = target is None
    target = target or course / "exercises"
    target.mkdir(exist_ok=True)
    # Made beside where it goes, it is only moved. On Windows, a virus scanner may hold a file.
    own = tempfile.TemporaryDirectory(dir=target, prefix=".release-", ignore_cleanup_errors=True)
    with own as scratch:
        made = _generate(course, [folder.name for folder in asked], Path(scratch))
        if for_a_class:
            for exercise in exercises:
                for words in _changes(exercise, target / exercise.name):
                    tell(words)
                kept.keep(exercise.folder, fingerprint(exercise))
        return put_in_place(made, target, Path(scratch))


def put_in_place(made: list[Path], target: Path, scratch: Path) -> list[Path]:
    """Put new releases in the place of the old ones: all, or, if one is in use, none.

    Raises:
        SpecError: with the folder that cannot be replaced.

    """
    new = [target / folder.name for folder in made]
    with contextlib.ExitStack() as undo:
        for folder, place in zip(made, new, strict=True):
            try:
                if place.exists():
                    _move(place, scratch / f"{place.name}.old", undo)
                _move(folder, place, undo)
            except OSError as problem:
                raise SpecError(f"{place} cannot be replaced: {problem.strerror}.") from problem
        undo.pop_all()
    return new


def _move(path: Path, to: Path, undo: contextlib.ExitStack) -> None:
    """Rename a folder, and note how to take that back."""
    path.rename(to)
    undo.callback(to.rename, path)


def _complete(folder: Path) -> Exercise:
    """Return an exercise that has all that the list in CONTRIBUTING.md asks for.

    Raises:
        SpecError: with all that it lacks.

    """
    if lacking := checklist.lacking(folder):
        raise _not_released(folder.name, "\n".join(lacking))
    return spec.load(folder)


def _not_released(name: str, reason: str) -> SpecError:
    return SpecError(f"{name} was not released.\n{reason}")


# --- What a person should know -------------------------------------------------------------


def _changes(exercise: Exercise, old: Path) -> Iterator[str]:
    """Yield what a person should know where another release takes the place of one."""
    try:
        before = spec.read_notebook(old / f"{exercise.name}.ipynb")
    except SpecError:  # there is none
        return
    named = release_of(before.metadata)
    if named and named != fingerprint(exercise):
        there = f"solutions/{exercise.name}/{spec.RELEASED}/{named}"
        yield f"{exercise.name} is now a new release. " + (
            f"Work on the earlier release is still graded with {there}. If nobody ever received "
            "the earlier release, delete that folder."
            if named in kept.copies(exercise.folder)
            else (
                "No copy is kept of the earlier release. If anybody received it, put the "
                f"{exercise.name}.ipynb and {spec.FILE} from which it was made into {there}, "
                "because work on that release waits until they are there."
            )
        )
    old_values = spec.parameters(before.cells)
    new_values = spec.parameters(exercise.solution.cells)
    for name, value in old_values.items():
        if new_values.get(name, value) != value:
            yield from stale(exercise, name, value, new_values[name])


def stale(exercise: Exercise, name: str, old: str, new: str) -> Iterator[str]:
    """Yield where a parameter's old value still stands: in hints, rubric and cells.

    Args:
        exercise: with the new value.
        name: the parameter's.
        old: its value before, as it is written in code.
        new: its value now.

    """
    yield (
        f"{name} was {old} and is {new}. Read the hints, rubric.md and the texts again, because no "
        "program can find the figures that were worked out with the old value."
    )
    said = old.strip(QUOTES)
    literal = re.compile(rf"(?<!\w){re.escape(said)}(?!\w)")
    for where, line in _lines(exercise):
        if literal.search(line):
            yield f"  {where} still says {said}: {line.strip()}"


def _lines(exercise: Exercise) -> Iterator[tuple[str, str]]:
    """Yield every line that is written about an exercise's values, with where it stands."""
    for path in (exercise.checks, exercise.folder / checklist.RUBRIC):
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        parts = itertools.accumulate(lines, lambda part, line: line if line[:1].strip() else part)
        for number, (part, line) in enumerate(zip(parts, lines, strict=True), 1):
            if not part.startswith("variants:"):  # other values stand there by design
                yield f"{path.name}, line {number},", line
    for cell in exercise.solution.cells:
        if cell.get("id") != spec.PARAMETERS:
            yield from ((f"cell {cell.get('id')}", line) for line in source(cell).splitlines())


# --- What nbgrader does --------------------------------------------------------------------


def _generate(course: Path, names: list[str], scratch: Path) -> list[Path]:
    """Let nbgrader make the releases in ``scratch``, with a gradebook that nobody keeps."""
    config = configuration(course)
    config.CourseDirectory.release_directory = str(scratch / "release")
    config.CourseDirectory.db_url = f"sqlite:///{scratch / 'gradebook.db'}"
    find_alembic()
    course_api = NbGraderAPI(config=config)
    for name in names:
        TravellingChecks.refused = None
        done = course_api.generate_assignment(name)
        if not done["success"]:
            raise _not_released(name, str(TravellingChecks.refused or _reason(done)))
    return [scratch / "release" / name for name in names]


def _reason(done: dict) -> str:
    """Return what the fault is: nbgrader logs it and then raises an error that does not say."""
    log = done.get("log", "").rpartition(TRACEBACK)[2]
    found = re.search(r"^ {0,4}[\w.]+: (.*?)(?=^\[[A-Z]+\] |\Z)", log, re.MULTILINE | re.DOTALL)
    if found:
        return dedent(found[1]).strip()
    *_, last = ["nbgrader did not say why.", *done.get("error", "").strip().splitlines()]
    return last


class TravellingChecks(NbGraderPreprocessor):
    """Adds to a release its points, ``checks.json`` after a run of the solution, and its making."""

    #: Why the last one was refused: nbgrader logs it, and raises an error that does not say.
    refused: ClassVar[CourseError | None] = None

    def preprocess(
        self, nb: nbformat.NotebookNode, resources: dict[str, Any]
    ) -> tuple[nbformat.NotebookNode, dict[str, Any]]:
        """Note what the notebook is released with; hand ``checks.json`` to nbconvert's writer.

        Raises:
            SpecError: the exercise does not hold together.

        """
        try:
            return self._preprocess(nb, resources)
        except CourseError as problem:
            TravellingChecks.refused = problem
            raise

    def _preprocess(
        self, nb: nbformat.NotebookNode, resources: dict[str, Any]
    ) -> tuple[nbformat.NotebookNode, dict[str, Any]]:
        folder = Path(resources["metadata"]["path"])
        exercise = spec.load(folder)
        ignored = self.config.CourseDirectory.ignore
        for stranger in strangers(exercise, ignored):
            raise SpecError(
                f"{exercise.name}: {stranger} would be given to the students, too. Move it "
                "elsewhere, or add its name to CourseDirectory.ignore in nbgrader_config.py."
            )
        points.write(exercise, nb.cells)
        try:
            expected = solve(exercise, nb)
        except SpecError as problem:
            raise SpecError(f"{problem}{other_values(exercise)}") from problem
        nb.metadata[RELEASE] = made_here(exercise, tables_of(exercise.course))
        content = travelling(exercise, expected)
        resources.setdefault("outputs", {})[checks.FILE] = content.encode()
        return nb, resources


def other_values(exercise: Exercise) -> str:
    """Return which values of the parameter cell work, if it has none of these; else no words.

    Those work that are tested, the exercise's variants, and those of the release in hand.
    """
    now = spec.parameters(exercise.solution.cells)
    variants = [{name: repr(value) for name, value in each.items()} for each in exercise.variants]
    known = [(values, f"variants: in {spec.FILE}") for values in variants]
    handed_out = _released_values(exercise.course / "exercises" / exercise.name)
    if handed_out and handed_out not in variants:
        known.insert(0, (handed_out, f"the release in exercises/{exercise.name}"))
    if not known or any(values.items() <= now.items() for values, _ in known):
        return ""
    listed = "".join(f"\n  {_as_written(values)} ({place})" for values, place in known)
    return (
        f"\nThe cell {spec.PARAMETERS!r} says {_as_written(now)}. That may be the cause, because "
        f"all questions fit together with these values:{listed}"
    )


def _released_values(folder: Path) -> dict[str, str]:
    """Return the values that a release was made with; nothing if there is no release."""
    with contextlib.suppress(SpecError):
        return spec.parameters(spec.read_notebook(folder / f"{folder.name}.ipynb").cells)
    return {}


def _as_written(values: dict[str, str]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in values.items())


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
