"""A question that an instructor adds to an exercise: its cells, its checks, its part of the rubric.

It comes last, so that no other question gets another number.
"""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import nbformat
import yaml
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from coursestaff.exercises.cells import BEGIN, END, marks, source
from coursestaff.exercises.checklist import HINT
from coursestaff.exercises.fingerprints import LOADS
from coursestaff.exercises.points import PLACEHOLDER

#: The tables of an exercise, as the card in its first cell names them.
CARD = re.compile(r"^\| Tables \| .*(?= \|$)", re.MULTILINE)


@dataclass(frozen=True)
class OwnQuestion:
    """A question as it was asked for in the terminal.

    ``gives`` says how many points each other question loses to it. ``checks`` is what
    ``checks.yaml`` says besides kind and points, and ``right`` the right answer as code, or a model
    answer to a written question. ``rows`` are those of the rubric: a name, and what earns 0, 1, 2.
    """

    title: str
    text: str
    kind: str
    points: int
    gives: Mapping[str, int]
    right: str
    given: str = ""
    hint: str = ""
    checks: dict = field(default_factory=dict)
    rows: tuple[tuple[str, ...], ...] = ()


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


def statements(code: str) -> list[ast.stmt]:
    """Return the statements of some code.

    Raises:
        ValueError: it is no Python.

    """
    try:
        return ast.parse(code).body
    except SyntaxError as problem:
        raise ValueError(f"Python cannot read line {problem.lineno}: {problem.msg}.") from problem


def name_of(code: str) -> str:
    """Return the name that a right answer gives a value to, with its last statement.

    Raises:
        ValueError: it is no Python, or its last statement gives no value to a name.

    """
    match statements(code)[-1:]:
        case [ast.Assign(targets=[ast.Name(id=name)]) | ast.FunctionDef(name=name)]:
            return name
    raise ValueError("The last line should give the answer its name, as in share = 100 * a / b")


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


def written(notebook: NotebookNode) -> str:
    """Return a notebook as our files have it."""
    return f"{nbformat.writes(notebook)}\n"
