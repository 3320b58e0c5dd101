"""What a released notebook says of its own making, and whether the tables here are still the same.

It carries, in its metadata, the course's version, the exercise, a fingerprint of all that students
got, the variant (the values of the parameter cell), and the checksum of every table that its
solution loads. Of a view that is loaded it carries two things: how the view is computed,
and the tables that it comes from.
"""

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any, NamedTuple

import courseware
from coursestaff.exercises import points, spec
from coursestaff.exercises.cells import source, tidy
from coursestaff.exercises.spec import Exercise, SpecError
from courseware import views
from courseware.manifest import MANIFEST, root

RELEASE = "course_release"  # in a released notebook's metadata
FINGERPRINT = re.compile(r"[0-9a-f]{16}")
LOADS = re.compile(r"""\bdata\.load\(\s*(?:name\s*=\s*)?["'](\w+)["']""")
ANY_LOAD = re.compile(r"\bdata\.load\(")


class Made(NamedTuple):
    """What a notebook was released with: the course's version, and tables by checksum."""

    version: str
    tables: dict[str, str]


def tables_of(course: Path) -> Path:
    """Return the folder with the tables that a course's solutions and submissions read."""
    own = course / "data"
    if not os.environ.get("NO_LIMITS_DATA") and (own / MANIFEST).is_file():
        return own
    return root()


def loaded(exercise: Exercise) -> list[str]:
    """Return what an exercise's solution loads, ``data.load("…")``: tables, views and their tables.

    Raises:
        SpecError: a name is not written out, so that nobody could tell when its table changes.

    """
    cells = exercise.solution.cells
    code = "\n".join(source(cell) for cell in cells if cell.cell_type == "code")
    names = LOADS.findall(code)
    if len(names) < len(ANY_LOAD.findall(code)):
        raise SpecError(
            f"{exercise.name}: in the solution, write the name of each table in quotation marks, "
            'as in data.load("…"), because `course release` must find '
            "the tables and store their checksums."
        )
    return sorted({*names, *(base for name in names for base in views.bases(name))})


def loading(solutions: Path, names: list[str]) -> list[str]:
    """Return the exercises whose solutions load one of these tables: their releases say so."""
    exercises = [spec.load(folder) for folder in spec.exercise_folders(solutions)]
    return [exercise.name for exercise in exercises if {*loaded(exercise)} & {*names}]


def checksums(exercise: Exercise, folder: Path) -> dict[str, str]:
    """Return the checksums (sha256) of what a solution loads: tables in ``folder``, and views."""
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    paths = {entry["name"]: folder / entry["path"] for entry in manifest["resources"]}
    names = loaded(exercise)
    wanted = [name for name in names if name in paths and paths[name].is_file()]
    found = {name: hashlib.sha256(paths[name].read_bytes()).hexdigest() for name in wanted}
    computed = {name: views.fingerprint(name) for name in names if views.is_view(name)}
    return dict(sorted({**found, **computed}.items()))


def made_here(exercise: Exercise, folder: Path) -> dict[str, Any]:
    """Return what a notebook that is released now carries with it."""
    return {
        "version": courseware.__version__,
        "exercise": exercise.name,
        "fingerprint": fingerprint(exercise),
        "variant": spec.parameters(exercise.solution.cells),
        "tables": checksums(exercise, folder),
    }


def fingerprint(exercise: Exercise) -> str:
    """Return the fingerprint of the release that an exercise makes: of all that students get.

    What stays with the instructor (the solution, hints, tolerances) is no part of it: a
    correction there holds for work that is out already. Nor are the tables' checksums, which have
    a place of their own.
    """
    cells = points.given(exercise)
    got = [[cell.get("id"), cell["cell_type"], tidy(source(cell))] for cell in cells]
    asked = {each.id: [each.kind, each.points, each.public] for each in exercise.questions.values()}
    said = json.dumps([exercise.name, got, asked], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def release_of(metadata: dict[str, Any]) -> str | None:
    """Return the fingerprint that a notebook's metadata name; None if they name none.

    Nothing of it is trusted: what is no fingerprint at all comes back as an empty text.
    """
    if RELEASE not in metadata:
        return None
    found = metadata[RELEASE]
    named = found.get("fingerprint") if isinstance(found, dict) else ""
    return named if named is None or FINGERPRINT.fullmatch(str(named)) else ""


def made_with(metadata: dict[str, Any]) -> Made | None:
    """Return what a notebook was released with, if it says so; none of it is trusted."""
    found = metadata.get(RELEASE)
    found = found if isinstance(found, dict) else {}
    version, tables = found.get("version"), found.get("tables")
    if isinstance(version, str) and isinstance(tables, dict):
        return Made(version[:20], {str(name): str(known) for name, known in tables.items()})
    return None


def others(made: Made | None, here: dict[str, str]) -> list[str]:
    """Return which of the tables here may be other ones than those a notebook was made with."""
    theirs = made.tables if made else {}
    return sorted(name for name, checksum in here.items() if theirs.get(name) != checksum)
