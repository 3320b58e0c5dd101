"""Make hand-ins: take a released exercise, answer it, change its cells, put it where work goes.

What kinds of hand-ins there are, and what each should get, is in `tests.corpus`.
"""

import json
import zipfile
from pathlib import Path

from coursestaff.exercises.cells import grade_id, source
from tests.exercises import exercise, notebook_dict
from tests.notebooks import ROOT


def release(name: str) -> dict:
    """Return the released notebook as a dictionary."""
    return notebook_dict(ROOT / "exercises" / name / f"{name}.ipynb")


def answered(name: str, answers: dict[str, str] | None = None) -> dict:
    """Return the release with the solution's answers filled in, or with others."""
    solved = notebook_dict(exercise(name).notebook)
    texts = {grade_id(each): source(each) for each in solved["cells"] if grade_id(each)}
    texts |= answers or {}
    notebook = release(name)
    for each in notebook["cells"]:
        marks = each["metadata"].get("nbgrader", {})
        if marks.get("solution"):
            each["source"] = texts[marks["grade_id"]]
    return notebook


def place_of(notebook: dict, name: str) -> int:
    """Return where the cell with this grade id is."""
    return next(n for n, each in enumerate(notebook["cells"]) if grade_id(each) == name)


def cell(notebook: dict, name: str) -> dict:
    """Return the cell with this grade id."""
    return notebook["cells"][place_of(notebook, name)]


def code_cell(text: str) -> dict:
    """Return a code cell of a student's own."""
    own = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    return own | {"source": text}


def with_cells(notebook: dict, *texts: str) -> dict:
    """Return the notebook with code cells of a student's own at its end."""
    notebook["cells"] += map(code_cell, texts)
    return notebook


def with_text(notebook: dict, name: str, text: str) -> dict:
    """Return the notebook with more text at the end of one of its cells."""
    changed = cell(notebook, name)
    changed["source"] = source(changed) + text
    return notebook


def write(folder: Path, name: str, content: dict | bytes) -> None:
    """Write a notebook, or any bytes, under the exercise's name, or another."""
    folder.mkdir(parents=True, exist_ok=True)
    if isinstance(content, dict):
        content = json.dumps(content).encode()
    (folder / f"{name}.ipynb").write_bytes(content)


def zipped(path: Path, files: dict[str, dict | bytes | str]) -> Path:
    """Write a platform's zip: a notebook or another content by its name there."""
    with zipfile.ZipFile(path, "w") as opened:
        for name, content in files.items():
            text = json.dumps(content) if isinstance(content, dict) else content
            opened.writestr(name, text)
    return path


def linked(folder: Path, *parts: str) -> Path:
    """Make a course folder that has these parts of the course, and nothing handed in yet."""
    folder.mkdir(parents=True)
    for part in parts:
        (folder / part).symlink_to(ROOT / part)
    return folder
