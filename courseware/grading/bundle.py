"""Pack what an instructor gives to a class: one zip, with nothing of the solutions in it."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import nbformat

import courseware
from courseware import checks
from courseware.grading import spec
from courseware.grading.spec import SpecError

FOLDERS = ("notebooks", "data", "exercises", "courseware")
FILES = (
    "CHANGELOG.md",
    "CITATION.cff",
    "LICENSE",
    "LICENSE-CONTENT",
    "Makefile",
    "README.md",
    "environment.yml",
    "pyproject.toml",
    "requirements.lock",
    "start.py",
)
NOT_FOR_STUDENTS = ("courseware/grading/",)
ENDINGS = {".csv", ".geojson", ".ipynb", ".json", ".mplstyle", ".py"}
ANY_DAY = (2023, 5, 28, 0, 0, 0)  # the same content always gives the same bytes
LEAST_LINE = 12  # letters: shorter lines of a solution may stand in a question too
LIKE_LINES = 2


def bundle(course: Path, target: Path | None = None) -> Path:
    """Write ``no_limits-VERSION.zip`` and return where it is.

    Everything lies in a folder of the same name, so that a newer version never lands on top of a
    student's work. Notebooks are packed without outputs.

    Args:
        course: the course folder.
        target: the folder to write to; ``dist/`` of the course if left out.

    Raises:
        SpecError: an exercise is not released, or something of a solution would travel along.

    """
    contents = dict(_contents(course))
    faults = [*_missing(course, contents), *leaks(course, contents)]
    if faults:
        raise SpecError(
            "The bundle was not written.\n" + "\n".join(f"  {fault}" for fault in faults)
        )
    name = f"no_limits-{courseware.__version__}"
    target = target or course / "dist"
    target.mkdir(parents=True, exist_ok=True)
    path = target / f"{name}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for inside, content in sorted(contents.items()):
            entry = zipfile.ZipInfo(f"{name}/{inside}", ANY_DAY)
            entry.external_attr = (0o755 if inside == "start.py" else 0o644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return path


def _contents(course: Path) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of every file that students get."""
    for folder in FOLDERS:
        for path in sorted((course / folder).rglob("*")):
            inside = path.relative_to(course).as_posix()
            hidden = any(part.startswith((".", "__pycache__")) for part in path.parts)
            if path.suffix in ENDINGS and not hidden and not inside.startswith(NOT_FOR_STUDENTS):
                yield inside, _clean(path)
    for name in FILES:
        yield name, (course / name).read_bytes()


def _clean(path: Path) -> bytes:
    """Return a file's bytes; a notebook without outputs and execution counts."""
    if path.suffix != ".ipynb":
        return path.read_bytes()
    notebook = spec.read_notebook(path)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return (nbformat.writes(notebook).rstrip("\n") + "\n").encode()


def _missing(course: Path, contents: dict[str, bytes]) -> Iterator[str]:
    for folder in spec.exercise_folders(course / "solutions"):
        name = folder.name
        for file in (f"{name}.ipynb", checks.FILE):
            if f"exercises/{name}/{file}" not in contents:
                yield f"exercises/{name}/{file} is not there: run `course release {name}` first."


def leaks(course: Path, contents: dict[str, bytes]) -> Iterator[str]:
    """Yield what of the solutions stands anywhere in ``contents`` (path → bytes)."""
    texts = {
        inside: _plain(content.decode("utf-8", errors="replace"))
        for inside, content in contents.items()
        if not inside.startswith("data/")
    }
    for folder in spec.exercise_folders(course / "solutions"):
        exercise = spec.load(folder)
        words, code = secrets(exercise)
        for inside, text in texts.items():
            found = [secret for secret in words if _plain(secret) in text]
            lines = [secret for secret in code if _plain(secret) in text]
            # A chapter and a solution may use a line or two alike; a release may not.
            if inside.startswith("exercises/") or len(lines) > LIKE_LINES:
                found += lines
            for secret in found:
                yield f"{inside} holds a line of {exercise.name}'s solution: {secret[:40]!r}"


def secrets(exercise: spec.Exercise) -> tuple[list[str], list[str]]:
    """Return what no student may find: in words (hints, rubric), and in code (solutions)."""
    released, code = "", []
    for cell in spec.read_notebook(exercise.notebook).cells:
        kept, solved = _split(cell)
        released += _plain("\n".join(kept))
        code += solved
    misconceptions = [m for q in exercise.questions.values() for m in q.misconceptions]
    code += [each.wrong for each in misconceptions]
    words = [each.hint for each in misconceptions]
    rubric = exercise.folder / "rubric.md"
    words += rubric.read_text(encoding="utf-8").splitlines() if rubric.exists() else []

    def secret(lines: list[str]) -> list[str]:
        plain = {line.strip(): _plain(line) for line in lines}
        return sorted(
            line for line, p in plain.items() if len(p) >= LEAST_LINE and p not in released
        )

    return secret(words), secret(code)


def _split(cell: nbformat.NotebookNode) -> tuple[list[str], list[str]]:
    """Return the lines of a cell that are released, and those that are not."""
    marks = cell.metadata.get("nbgrader", {})
    lines = cell.source.splitlines()
    if not marks.get("solution"):
        return lines, []
    if cell.cell_type == "markdown":
        return [], lines
    kept, solved, inside = [], [], False
    for line in lines:
        if "### BEGIN SOLUTION" in line or "### END SOLUTION" in line:
            inside = "BEGIN" in line
        else:
            (solved if inside else kept).append(line)
    return kept, solved


def _plain(text: str) -> str:
    """Return letters and digits only, so that quoting and layout hide nothing."""
    return re.sub(r"[\W_]+", "", re.sub(r"\\[nrtu\"]", "", text)).casefold()
