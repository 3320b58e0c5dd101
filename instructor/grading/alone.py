"""The full check for a person who learns alone: ``course check exercises/02_…``."""

from pathlib import Path

import nbformat

from instructor.grading import spec
from instructor.grading.marking import Mark, mark_all
from instructor.grading.running import answers_of
from instructor.grading.solution import solve
from instructor.grading.spec import Exercise, SpecError

REMINDER = (
    "This compares your answers with the solution, so it tells the whole answer: right or not. "
    "Have you tried every question first?"
)


def check(path: Path, solutions: Path) -> str:
    """Return the full result of one exercise as text.

    Args:
        path: an exercise's folder, or the notebook in it. It is run as it stands, with the rights
            of whoever calls this: it is meant for one's own work.
        solutions: the folder with the solutions.

    Raises:
        SpecError: no such exercise, no solution here, or a notebook that cannot be read.

    """
    notebook_path = path / f"{path.resolve().name}.ipynb" if path.is_dir() else path
    name = notebook_path.stem
    if not spec.exercise_folders(solutions):
        raise SpecError("This copy of the course holds no solutions. Ask your instructor.")
    exercise = spec.load(spec.find(solutions, name))
    notebook = named_cells(spec.read_notebook(notebook_path))
    run = answers_of(exercise, notebook, notebook_path.parent)
    marks = mark_all(exercise, solve(exercise), run)
    notes = [f"The cell {cell!r} stops with {error}" for cell, error in run.errors.items()]
    return report(exercise, marks, notes + ([run.ended] if run.ended else []))


def named_cells(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Give cells the ids that nbgrader knows them by, in case an editor has changed them."""
    for number, cell in enumerate(notebook.cells):
        own = cell.get("id", f"cell-{number}")  # older editors give cells none
        cell["id"] = cell.metadata.get("nbgrader", {}).get("grade_id", own)
    return notebook


def report(exercise: Exercise, marks: list[Mark], notes: list[str]) -> str:
    """Return marks and hints as lines of text."""
    lines = [f"{exercise.name}", REMINDER, ""]
    lines += [f"  {m.id}: {m.points} of {m.of}. {m.words}" for m in marks]
    written = [question for question in exercise.questions.values() if question.written]
    lines += [
        f"  {q.id}: up to {q.points}, for a person to judge. Hold your text against "
        f"solutions/{exercise.name}/rubric.md."
        for q in written
    ]
    got, of = sum(m.points for m in marks), sum(m.of for m in marks)
    lines += ["", f"  {got} of {of} points that the computer checks."]
    return "\n".join(lines + [f"  {note}" for note in notes])
