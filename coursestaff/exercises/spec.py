"""Read ``checks.yaml``, the questions of one exercise; say by file and line what is wrong."""

import ast
import contextlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coursestaff.exercises.cells import Cell, is_solution, marks, source
from coursestaff.yaml_schema import YamlSchemaError, at, read, shown
from courseware import CourseError

if TYPE_CHECKING:  # importing it takes most of a second, which no grading process needs
    import nbformat

FILE = "checks.yaml"
RELEASED = "released"  # in an exercise's folder: what its releases were made of
SCHEMA = Path(__file__).with_name("checks.schema.json")
POINTS = 20  # of every exercise
PARAMETERS = "parameters"  # id of the cell whose values make a variant


class SpecError(CourseError):
    """An exercise's files do not fit together; the message names file and line."""


@dataclass(frozen=True)
class Misconception:
    """A known wrong answer, as an expression in the solution's namespace, and what to tell."""

    wrong: str
    hint: str


@dataclass(frozen=True)
class Question:
    """One question: what is asked, what it is worth, and how an answer is looked at.

    ``public`` is what travels to students. How far an answer may be off is said once: ``within``,
    in the unit of the answer, or ``tolerance``, a share of the expected value. ``costs``
    is what each thing takes that a right answer lacks, such as a chart its title: nothing, unless
    the question says so. ``where`` is file and line.
    """

    id: str
    kind: str
    points: int
    answer: str = ""
    public: dict = field(default_factory=dict)
    tolerance: float = 0.005
    within: float = 0.0
    costs: int = 0
    inputs: tuple[str, ...] = ()
    misconceptions: tuple[Misconception, ...] = ()
    where: str = ""

    @property
    def written(self) -> bool:
        """Whether a person marks it."""
        return self.kind == "written"


@dataclass(frozen=True)
class Exercise:
    """One exercise as its instructor keeps it: the solution notebook and its questions.

    ``folder`` is where it is worked on; ``kept``, of an earlier release, where that one's files
    lie.
    """

    folder: Path
    minutes: int
    questions: dict[str, Question]
    variants: tuple[dict[str, Any], ...]
    kept: Path | None = None

    @property
    def name(self) -> str:
        """Return the exercise's name, such as ``02_the_trade_lifeline``."""
        return self.folder.name

    @property
    def course(self) -> Path:
        """Return the course folder that the exercise belongs to."""
        return self.folder.parents[1]

    @property
    def notebook(self) -> Path:
        """Return where the solution notebook is."""
        return (self.kept or self.folder) / f"{self.name}.ipynb"

    @cached_property
    def solution(self) -> "nbformat.NotebookNode":
        """The solution notebook, read once for whoever is handed the exercise. Do not change it."""
        return read_notebook(self.notebook)

    @property
    def checks(self) -> Path:
        """Return where ``checks.yaml`` is."""
        return (self.kept or self.folder) / FILE

    @property
    def checked(self) -> list[Question]:
        """Return the questions that the machine checks."""
        return [question for question in self.questions.values() if not question.written]


def exercise_folders(solutions: Path) -> list[Path]:
    """Return the folders in ``solutions`` that hold an exercise, in order."""
    return sorted(path.parent for path in solutions.glob(f"*/{FILE}"))


def find(solutions: Path, name: str) -> Path:
    """Return the folder of one exercise.

    Raises:
        SpecError: there is none of this name; with those that there are.

    """
    folders = {folder.name: folder for folder in exercise_folders(solutions)}
    if name not in folders:
        raise SpecError(f"There is no exercise {name!r}. The exercises are {', '.join(folders)}.")
    return folders[name]


def load(folder: Path, kept: Path | None = None) -> Exercise:
    """Read and check one exercise.

    Args:
        folder: such as ``solutions/02_the_trade_lifeline``.
        kept: where the solution and the questions of an earlier release lie.

    Raises:
        SpecError: no such file, a wrong or missing key; or all of these at once: points that do not
            add up to 20, and questions that the notebook does not ask in the same way. With file
            and line.

    """
    path = (kept or folder) / FILE
    try:
        raw, lines = written = read(path, SCHEMA)
    except YamlSchemaError as problem:
        raise SpecError(str(problem)) from problem
    questions = {
        name: _question(name, about, at(path, written.line("questions", name)))
        for name, about in raw["questions"].items()
    }
    variants = tuple(raw.get("variants", ()))
    exercise = Exercise(folder, raw["minutes"], questions, variants, kept)
    if faults := [*_points(exercise, path, lines), *_unlike_notebook(exercise, path, lines)]:
        raise SpecError("\n".join(faults))
    return exercise


def _question(name: str, about: dict, where: str) -> Question:
    known = tuple(Misconception(**each) for each in about.get("misconceptions", ()))
    plain = {key: value for key, value in about.items() if key != "misconceptions"}
    plain["inputs"] = tuple(plain.get("inputs", ()))
    if "within" in plain or plain.get("public", {}).get("whole"):
        plain.setdefault("tolerance", 0.0)  # or half a per cent of 1,600 km would be eight
    return Question(id=name, misconceptions=known, where=where, **plain)


def _points(exercise: Exercise, path: Path, lines: dict[tuple, int]) -> Iterator[str]:
    total = sum(question.points for question in exercise.questions.values())
    if total != POINTS:
        line = lines.get(("questions",), 1)
        yield (
            f"{at(path, line)}: the points add up to {total}, but they should add up to {POINTS}."
        )


def _unlike_notebook(exercise: Exercise, path: Path, lines: dict[tuple, int]) -> Iterator[str]:
    """Yield how the questions differ from the cells of the solution notebook."""
    cells = {cell.get("id"): cell for cell in exercise.solution.cells}
    for question in exercise.questions.values():
        if complaint := _cell_problem(question, cells):
            yield f"{question.where}: {question.id}: {complaint}"
    graded = {name for name, cell in cells.items() if marks(cell).get("grade")}
    for unknown in sorted(graded - set(exercise.questions)):
        line = lines["questions",]
        yield (
            f"{at(path, line)}: the question {unknown} is missing here, although the notebook asks "
            "it. Add it, or remove its cells from the notebook."
        )
    parameters = {name for variant in exercise.variants for name in variant}
    if parameters and PARAMETERS not in cells:
        line = lines["variants",]
        yield (
            f"{at(path, line)}: variants are listed here, but the notebook has no cell "
            f"{PARAMETERS!r}. Add the cell, or remove the variants."
        )


def _cell_problem(question: Question, cells: dict[str, Any]) -> str | None:
    """Say how a question's cells differ from what ``checks.yaml`` says, or None."""
    wanted = {"grade": True, "locked": not question.written, "solution": question.written}
    if question.id not in cells:
        return f"the notebook has no cell {question.id!r}."
    check = cells[question.id]
    noted = marks(check)
    if any(noted.get(key) != value for key, value in wanted.items()):
        return f"the cell {question.id!r} is not marked for nbgrader as {wanted}."
    if question.written:
        return None
    if check.source.strip() != f'check("{question.id}")':
        return f'the cell {question.id!r} should hold check("{question.id}") and nothing else.'
    answer = cells.get(f"{question.id}-answer")
    if answer is None or not is_solution(answer):
        return f"the notebook has no solution cell '{question.id}-answer'."
    if not re.search(rf"^(def )?{question.answer}\b", answer.source, re.MULTILINE):
        return f"its answer cell has no line that begins with {question.answer!r}."
    return None


def parameters(cells: Iterable[Cell]) -> dict[str, str]:
    """Return what the parameter cell gives names to, as it is written: ``{"MONTH": "'06'"}``."""
    text = next((source(cell) for cell in cells if cell.get("id") == PARAMETERS), "")
    values: dict[str, str] = {}
    with contextlib.suppress(SyntaxError):  # the solution will say so when it runs
        for line in ast.parse(text).body:
            if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
                values[line.targets[0].id] = ast.unparse(line.value)
    return values


def read_notebook(path: Path) -> "nbformat.NotebookNode":
    """Read one of our own notebooks.

    Raises:
        SpecError: it is missing or damaged.

    """
    import nbformat

    try:
        return nbformat.read(path, as_version=4)
    except FileNotFoundError as problem:
        raise SpecError(f"There is no notebook {shown(path)}.") from problem
    except Exception as problem:  # nbformat raises many kinds
        raise SpecError(
            f"{shown(path)} cannot be read as a notebook. Restore an earlier version of the file."
        ) from problem
