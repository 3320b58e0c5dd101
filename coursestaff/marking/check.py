"""The full check for a person who learns alone: ``course check exercises/02_…``."""

import json
from argparse import Namespace
from functools import partial
from pathlib import Path

from coursestaff.collecting.handed_in import work
from coursestaff.collecting.releases import Setup, as_released
from coursestaff.exercises import points, spec
from coursestaff.exercises.cells import OWN
from coursestaff.exercises.fingerprints import checksums, tables_of
from coursestaff.exercises.spec import Exercise, SpecError
from coursestaff.marking.pipeline import Evaluation, evaluate
from coursestaff.marking.probes import Run
from coursestaff.marking.sandbox import process
from coursestaff.marking.sandbox.isolation import Limits
from coursestaff.marking.solution import solve
from coursestaff.terminal import one_line

REMINDER = (
    "This command compares your answers with the solution and says whether each one is right. Use "
    "it only after you have tried every question."
)


def show(course: Path, options: Namespace) -> None:
    """Print the full result of one exercise: ``course check``."""
    say = as_json if options.json else in_words
    print(say(*check(options.exercise, course / "solutions")))


def check(path: Path, solutions: Path) -> tuple[Exercise, Evaluation]:
    """Return one exercise, and all that is seen in the work on it.

    Args:
        path: an exercise's folder, or the notebook in it. It is run with the rights of whoever
            calls this, in a copy of its folder: it is meant for one's own work.
        solutions: the folder with the solutions.

    Raises:
        SpecError: no such exercise, or no solution here.
        Unreadable: there is no notebook, or one that cannot be read.

    """
    name = path.resolve().name if path.is_dir() else path.stem
    if not spec.exercise_folders(solutions):
        raise SpecError(
            "This copy of the course holds no solutions, so it cannot check your answers. Ask "
            "your instructor how your answers will be checked."
        )
    exercise = spec.load(spec.find(solutions, name))
    present = Setup(exercise, points.given(exercise), {})
    exercise = as_released(exercise, work(present, path).read.metadata)
    return exercise, seen(exercise, solve(exercise), path)


def seen(exercise: Exercise, expected: Run, path: Path, limits: Limits | None = None) -> Evaluation:
    """Return what is seen in a notebook, or in the folder with it."""
    tables = tables_of(exercise.course)
    setup = Setup(exercise, points.given(exercise), checksums(exercise, tables), expected)
    return evaluate(setup, path, partial(process.run, tables=tables, limits=limits))


def in_words(exercise: Exercise, seen: Evaluation) -> str:
    """Return marks, hints and what was odd as lines of text."""
    lines = [exercise.name, REMINDER, ""]
    for question in exercise.checked:
        mark = seen.marks[question.id]
        lines.append(f"  {mark.id}: {mark.points} of {mark.of}. {mark.words}")
    lines += [
        f"  {question.id}: a person can give up to {question.points} points for this written "
        f"answer. Compare your text with solutions/{exercise.name}/rubric.md."
        for question in exercise.questions.values()
        if question.written
    ]
    got, of = (sum(getattr(m, key) for m in seen.marks.values()) for key in ("points", "of"))
    lines += [
        "",
        f"  You have {got} of the {of} points for the questions that the computer checks.",
    ]
    stops = [
        (f"{_cell(place)} stops with this error: {error}") for place, error in seen.errors.items()
    ]
    notes = [*seen.notes, *stops, *([seen.trouble] if seen.trouble else [])]
    return "\n".join(lines + [f"  {one_line(note)}" for note in notes])


def as_json(exercise: Exercise, seen: Evaluation) -> str:
    """Return the same as `in_words` says, for a script: ``check("q4", full=True)`` reads it."""
    questions = {
        mark.id: {"points": mark.points, "of": mark.of, "words": mark.words}
        for mark in seen.marks.values()
    }
    written = [question.id for question in exercise.questions.values() if question.written]
    result = {
        "exercise": exercise.name,
        "questions": questions,
        "written": written,
        "errors": seen.errors,
        "notes": seen.notes,
        "trouble": seen.trouble,
    }
    return json.dumps(result)


def _cell(place: str) -> str:
    return "A cell of your own" if place.startswith(OWN) else f"The cell {place!r}"
