"""Add a question to an exercise: ``course new question``.

It is tried on a copy first. Only what has made a release there takes the place of the files, so a
question that is refused leaves nothing behind.
"""

import shutil
import tempfile
from argparse import Namespace
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from coursestaff.exercises import asking, checklist, own_question, spec
from coursestaff.exercises.own_question import OwnQuestion
from coursestaff.exercises.spec import Exercise, SpecError
from coursestaff.releasing.release import release
from coursestaff.yaml_schema import read
from courseware.journal.store import write_atomically

AGAIN = (
    "\nNothing has been written. You are now asked once more. Press Enter to keep what is in "
    "square brackets, type a single hyphen (-) to empty it, or press Ctrl-C to stop."
)

DONE = """\
Question {number} is now the last one of {name}, which has been released.
Next: look at it in exercises/{name}. To take it back, as long as you have not committed it:
  git restore solutions/{name} exercises/{name}"""


def add_question(course: Path, options: Namespace) -> None:
    """Ask for a question, add it to an exercise and release it: ``course new question``."""
    print(ask_and_add(course, options.number))


def ask_and_add(course: Path, number: str, tell: Callable[[str], None] = print) -> str:
    """Ask for a question until one holds together; return what was written, in words.

    Args:
        course: the course folder.
        number: of the exercise, such as ``04``, or its name.
        tell: called with why a question is refused, and with what a release says.

    Raises:
        CourseError: there is no such exercise, or nobody answers any more.

    """
    folder = _folder(course / "solutions", number)
    dialogue = asking.Dialogue()
    while True:
        asked = asking.question(dialogue, spec.load(folder))
        try:
            tell(
                "The question is being tried on a copy of the exercise, which takes some seconds …"
            )
            id = add(course, folder, asked, tell)
        except SpecError as problem:
            tell(f"{problem}{AGAIN}")
        else:
            return DONE.format(number=id[1:], name=folder.name)


def _folder(solutions: Path, number: str) -> Path:
    folders = spec.exercise_folders(solutions)
    found = [folder for folder in folders if number in (folder.name, folder.name[:2])]
    if not found:
        there = ", ".join(folder.name[:2] for folder in folders)
        raise SpecError(f"There is no exercise {number!r}. The exercises are {there}.")
    return found[0]


def add(course: Path, folder: Path, asked: OwnQuestion, tell: Callable[[str], None]) -> str:
    """Add a question to an exercise and release it; return the question's id.

    Raises:
        SpecError: the exercise does not hold together with it; all files are as they were.

    """
    exercise = spec.load(folder)
    id = f"q{len(exercise.questions) + 1}"
    files = _files(exercise, id, asked)
    with tempfile.TemporaryDirectory() as scratch:
        _try(course, folder, files, Path(scratch))
    with ExitStack() as undo:
        for file, text in files.items():
            undo.callback(write_atomically, file, file.read_bytes())
            write_atomically(file, text)
        release(course, [folder.name], tell=tell)
        undo.pop_all()
    return id


def _files(exercise: Exercise, id: str, asked: OwnQuestion) -> dict[Path, str]:
    """Return the new content of the files that a question changes."""
    notebook = spec.read_notebook(exercise.notebook)
    own_question.add_cells(notebook, id, asked)
    lines = read(exercise.checks, spec.SCHEMA)
    places = {giver: lines.line("questions", giver, "points") for giver in asked.gives}
    text = exercise.checks.read_text(encoding="utf-8")
    files = {
        exercise.notebook: own_question.written(notebook),
        exercise.checks: own_question.checks_with(text, places, id, asked),
    }
    if asked.rows:
        rubric = exercise.folder / checklist.RUBRIC
        text = rubric.read_text(encoding="utf-8")
        files[rubric] = own_question.rubric_with(text, id, asked)
    return files


def _try(course: Path, folder: Path, files: dict[Path, str], scratch: Path) -> None:
    """Release the exercise with its new files from a copy that nobody keeps."""
    copy = scratch / "course" / "solutions" / folder.name
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns(spec.RELEASED))
    shutil.copy(course / "nbgrader_config.py", scratch / "course")
    for file, text in files.items():
        (copy / file.name).write_text(text, encoding="utf-8", newline="\n")
    release(scratch / "course", [folder.name], scratch / "made")
