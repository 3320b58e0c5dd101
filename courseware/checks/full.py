"""The whole answer, for whoever has the solution: ``check("q4", full=True)``.

It starts ``course check … --json`` as a process, which runs the *saved* notebook. So the answer
that is saved has to be the one that ran last, or it would be judged of another.
"""

import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from courseware import manifest
from courseware.checks.watching import Ran

LIMIT = 300  # seconds
NOT_HERE = (
    "This copy of the course holds no solutions, so it cannot say whether the answer is right."
)
UNREADABLE = (
    "The saved notebook cannot be read. Save it once more (Ctrl+S), then run this cell again."
)
NO_REPLY = "The full check could not be run, or its reply cannot be read. Tell your instructor."
SAVE = (
    "The saved notebook does not hold the answer that you ran last. Save it (Ctrl+S), then run "
    "this cell again."
)


class Full(NamedTuple):
    """What the full check says: right, wrong or (None) nothing, and in which words."""

    right: bool | None
    words: str


def full(key: str, answer: str, ran: Ran | None) -> Full:
    """Return what the full check says of one question.

    Args:
        key: the question.
        answer: the name of its answer.
        ran: the cell that gave that name its value last, if it is known.

    """
    notebook = notebook_here()
    if notebook is None or not available(notebook):
        return Full(None, NOT_HERE)
    if ran is None:
        return Full(
            None, f"Run the cell that gives `{answer}` its value, then run this cell again."
        )
    try:
        if tidy(ran.source) not in saved(notebook):
            return Full(None, SAVE)
    except (OSError, ValueError, KeyError, TypeError):
        return Full(None, UNREADABLE)
    try:
        done = subprocess.run(  # -P: no `courseware` that lies beside the notebook is imported
            [sys.executable, "-P", "-m", "coursestaff.cli", "check", str(notebook), "--json"],
            cwd=notebook.parent,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=LIMIT,
            env=os.environ | {"PYTHONIOENCODING": "utf-8"},
        )
        if done.returncode:
            return Full(None, (done.stderr.strip().splitlines() or [NO_REPLY])[-1])
        return told(json.loads(done.stdout), key)
    except subprocess.TimeoutExpired:
        return Full(
            None,
            "The full check took too long and was stopped. Look for a cell of yours that never "
            "finishes.",
        )
    except (OSError, ValueError, KeyError, TypeError):
        return Full(None, NO_REPLY)


def told(result: dict, key: str) -> Full:
    """Return what a result of ``course check --json`` says of one question."""
    mark = result["questions"].get(key)
    if mark is None:
        return Full(
            None, "A person marks this answer with the rubric, so the computer cannot check it."
        )
    right = mark["points"] == mark["of"]
    words = "Right." if right else mark["words"]
    return Full(right, f"{words} {mark['points']} of {mark['of']} points.")


def notebook_here() -> Path | None:
    """Return the file of the notebook that calls us, if it can be told."""
    named = Path(os.environ.get("JPY_SESSION_NAME", ""))
    own = Path.cwd() / f"{Path.cwd().name}.ipynb"  # an exercise lies in a folder of its name
    for path in (named, Path.cwd() / named.name, own):
        if path.suffix == ".ipynb" and path.is_file():
            return path.resolve()
    return None


def solution_here() -> bool:
    """Return whether the command and the solution of the notebook that calls us are here."""
    notebook = notebook_here()
    return notebook is not None and available(notebook)


def available(notebook: Path) -> bool:
    """Return whether the command and the solution of a notebook are here."""
    solution = manifest.course_root() / "solutions" / notebook.stem / notebook.name
    return find_spec("coursestaff") is not None and solution.is_file()


def saved(notebook: Path) -> set[str]:
    """Return the code cells that stand in the file, as they are compared."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return {tidy("".join(cell["source"])) for cell in cells if cell["cell_type"] == "code"}


def tidy(source: str) -> str:
    """Return a cell's text without blanks at the ends of lines, and without empty lines."""
    return re.sub(r"\s*\n", "\n", source).strip()
