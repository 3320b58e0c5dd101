"""What an autograded notebook says of its own making, and whether a hand-in is other work.

It stands in the notebook's metadata, on the instructor's disk, with the version of its format. Only
a student's own files decide whether work is new; what it was graded with is kept apart, so that a
change of the solution can be told.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from coursestaff.collecting.load import is_own_file
from coursestaff.collecting.releases import Setup
from coursestaff.exercises.spec import Exercise

KEY = "course_grade"  # in an autograded notebook's metadata
VERSION = 2  # of the format: what another one says is not known here
ANOTHER = (
    "This work was graded by another version of the course, so its marks were not changed. Use "
    "that version to grade it again."
)
TROUBLE = "trouble"  # id of the cell that says why a file could not be read
TIME = "timestamp.txt"  # nbgrader's, of when it was handed in
#: The checksum of each release that is known, by its fingerprint.
Made = dict[str | None, str]


class Provenance(NamedTuple):
    """What a notebook was made of.

    ``work`` is the checksum of the student's files, ``exercise`` that of the solution and the
    ``checks.yaml`` of the release that it was graded against; ``trouble`` is why a person has to
    look at it, other forms aside, ``notes`` what was put right, ``forms`` the questions whose
    answers are right except for their form; ``refused`` says that nothing of it was marked, and
    then ``exercise`` is the checksum of all releases that were known; ``unknown`` says that it is
    of another version of the format, of which nothing can be told.
    """

    work: str | None = None
    exercise: str | None = None
    trouble: str | None = None
    notes: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    refused: bool = False
    unknown: bool = False


def place(folder: Path) -> Path:
    """Return where the result of ``submitted/STUDENT/NAME`` is kept."""
    return folder.parents[2] / "autograded" / folder.parent.name / folder.name


def of_work(folder: Path) -> str:
    """Return the checksum of a student's files."""
    seen = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if is_own_file(path):
            seen.update(os.fsencode(path.relative_to(folder)) + b"\0")
            seen.update(_checksum(path))
    return seen.hexdigest()


def of_exercise(exercise: Exercise) -> str:
    """Return the checksum of the cells of an exercise's solution and its ``checks.yaml``."""
    cells = json.loads(exercise.notebook.read_text(encoding="utf-8"))["cells"]
    return _of_texts([json.dumps(cells), exercise.checks.read_text(encoding="utf-8")])


def of_releases(setup: Setup) -> Made:
    """Return the checksum of each release that is known, by its fingerprint."""
    return {each.fingerprint: of_exercise(each.exercise) for each in (setup, *setup.earlier)}


def of_all(made: Made) -> str:
    """Return the checksum of all releases that are known."""
    return _of_texts(sorted(made.values()))


def _of_texts(texts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def write(made_of: Provenance) -> dict[str, Any]:
    """Return a provenance of this version as it is kept."""
    kept = {"version": VERSION, **made_of._asdict()}
    del kept["unknown"]
    return kept


def read(notebook: dict) -> Provenance | None:
    """Return the provenance of an autograded notebook; None if it has none."""
    metadata = notebook.get("metadata")
    found = metadata.get(KEY) if isinstance(metadata, dict) else None
    if not isinstance(found, dict):
        return None
    if found.get("version") != VERSION:
        return Provenance(trouble=ANOTHER, unknown=True)
    notes, forms = (tuple(found.get(key, ())) for key in ("notes", "forms"))
    told = (found.get(each) for each in ("work", "exercise", "trouble"))
    return Provenance(*told, notes, forms, found.get("refused") is True)


def _checksum(path: Path) -> bytes:
    try:
        with path.open("rb") as content:
            return hashlib.file_digest(content, "sha256").digest()
    except OSError:  # reading it will say what is the matter
        return b"cannot be read"
