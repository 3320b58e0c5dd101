"""Add a question to an exercise: ``course new question``.

It is tried on a copy first. Only what has made a release there takes the place of the files, so a
question that is refused leaves nothing behind. It comes last, so that no other gets another number.
"""

import ast
import re
import shutil
import tempfile
from argparse import Namespace
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

import nbformat
import yaml
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from coursestaff.exercises import asking, checklist, spec
from coursestaff.exercises.asking import OwnQuestion, name_of, statements
from coursestaff.exercises.cells import BEGIN, END, marks, source
from coursestaff.exercises.checklist import HINT
from coursestaff.exercises.fingerprints import LOADS
from coursestaff.exercises.points import PLACEHOLDER
from coursestaff.exercises.spec import Exercise, SpecError
from coursestaff.releasing.release import release
from coursestaff.yaml_schema import read
from courseware.journal.store import write_atomically

#: The tables of an exercise, as the card in its first cell names them.
CARD = re.compile(r"^\| Tables \| .*(?= \|$)", re.MULTILINE)
AGAIN = (
    "\nNothing has been written. You will now be asked everything once more. Press Enter to keep "
    "the answer in square brackets, type a single hyphen (-) to delete it, or press Ctrl-C to "
    "stop."
)

DONE = """\
Question {number} is now the last one of {name}, which has been released.
Next, look at it in exercises/{name}. To remove it again before you have committed it, run:
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
    add_cells(notebook, id, asked)
    lines = read(exercise.checks, spec.SCHEMA)
    places = {giver: lines.line("questions", giver, "points") for giver in asked.gives}
    text = exercise.checks.read_text(encoding="utf-8")
    files = {
        exercise.notebook: f"{nbformat.writes(notebook)}\n",
        exercise.checks: checks_with(text, places, id, asked),
    }
    if asked.rows:
        rubric = exercise.folder / checklist.RUBRIC
        text = rubric.read_text(encoding="utf-8")
        files[rubric] = rubric_with(text, id, asked)
    return files


def _try(course: Path, folder: Path, files: dict[Path, str], scratch: Path) -> None:
    """Release the exercise with its new files from a copy that nobody keeps."""
    copy = scratch / "course" / "solutions" / folder.name
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns(spec.RELEASED))
    shutil.copy(course / "nbgrader_config.py", scratch / "course")
    for file, text in files.items():
        (copy / file.name).write_text(text, encoding="utf-8", newline="\n")
    release(scratch / "course", [folder.name], scratch / "made")


# --- What is written ------------------------------------------------------------------------


def add_cells(notebook: NotebookNode, id: str, asked: OwnQuestion) -> None:
    """Add a question's cells behind the last question, and its tables to the first cell's card."""
    last = max(n for n, cell in enumerate(notebook.cells) if marks(cell).get("grade"))
    notebook.cells[last + 1 : last + 1] = _cells(id, asked)
    title = notebook.cells[0]
    loaded = dict.fromkeys(f"`{name}`" for name in LOADS.findall(f"{asked.given}\n{asked.right}"))
    more = "".join(f", {name}" for name in loaded if name not in source(title))
    title.source = CARD.sub(lambda row: row[0] + more, source(title))


def _cells(id: str, asked: OwnQuestion) -> list[NotebookNode]:
    head = f"## {asked.title}\n\n" if asked.title else ""
    text = f"{head}**Question {id[1:]} ({PLACEHOLDER}).** {asked.text}"
    text += f"\n\n{HINT}{asked.hint}</details>" if asked.hint else ""
    cells = [new_markdown_cell(text, id=f"ex-{id}")]
    if asked.given:
        cells.append(_noted(new_code_cell(asked.given, id=f"ex-{id}-given")))
    if asked.kind == "written":
        return [*cells, _noted(new_markdown_cell(asked.right, id=id), grade=True, solution=True)]
    return [
        *cells,
        _noted(new_code_cell(_answer_cell(asked.right), id=f"{id}-answer"), solution=True),
        _noted(new_code_cell(f'check("{id}")', id=id), grade=True),
    ]


def _noted(cell: NotebookNode, *, grade: bool = False, solution: bool = False) -> NotebookNode:
    """Return a cell with what nbgrader has to know of it."""
    about = {"grade": grade, "grade_id": cell.id, "locked": not solution, "schema_version": 3}
    worth = {"points": 0} if grade else {}  # a release writes them
    cell.metadata["nbgrader"] = about | {"solution": solution, "task": False} | worth
    return cell


def _answer_cell(code: str) -> str:
    """Return the answer cell: what students get stands outside the solution."""
    last = statements(code)[-1]
    if not isinstance(last, ast.FunctionDef):
        return f"{name_of(code)} = ...\n{BEGIN}\n{code}\n{END}"
    lines, first = code.splitlines(), last.body[0]
    told = lines[: first.end_lineno]
    return "\n".join([*told, f"    {BEGIN}", *lines[first.end_lineno :], f"    {END}"])


def checks_with(text: str, places: Mapping[str, int], id: str, asked: OwnQuestion) -> str:
    """Return the text of ``checks.yaml`` with one question more.

    Args:
        text: as it is, with ``questions`` last.
        places: the line (from 1) of the points of each question.
        id: of the new question.
        asked: the question.

    """
    lines = text.splitlines()
    for giver, points in asked.gives.items():
        lines[places[giver] - 1] = _lowered(lines[places[giver] - 1], points)
    about = {"kind": asked.kind, "points": asked.points, **asked.checks}
    words = yaml.safe_dump({id: about}, sort_keys=False, allow_unicode=True, width=1000)
    return "\n".join([*lines, *(f"  {line}" for line in words.splitlines()), ""])


def _lowered(line: str, points: int) -> str:
    return re.sub(r"(?<=points: )\d+", lambda worth: str(int(worth[0]) - points), line)


def rubric_with(text: str, id: str, asked: OwnQuestion) -> str:
    """Return the text of ``rubric.md`` with a part for one written question more."""
    rows = [("Criterion", "0", "1", "2"), ("---",) * 4, *asked.rows]
    table = "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows)
    return f"{text.rstrip()}\n\n## {id}\n\n{table}\n\n### Model answer\n\n{asked.right}\n"
