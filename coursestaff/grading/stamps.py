"""What an autograded notebook says of its own making: one format, its versions, what is new.

It stands in the notebook's metadata, on the instructor's disk, so every version there has been is
read for ever. Only a student's own files decide whether work is new; what it was graded with is
kept apart, so that a change of the solution can be told.

Version 1 (0.1.0): ``stamp``, one checksum of the work and of all that its marks depended on, and
``trouble``. Version 2: ``version``, ``work``, ``exercise``, ``trouble``. Version 3: ``notes``, too.
"""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from coursestaff.grading import load
from coursestaff.grading.cells import Cell, grade_id, is_solution, source, tidy
from coursestaff.grading.cleaning import clean_markdown, clean_text
from coursestaff.grading.handed_in import notebooks
from coursestaff.grading.load import Unreadable, is_own_file, to_student
from coursestaff.grading.releases import Setup
from coursestaff.grading.repair import repair
from coursestaff.grading.sandbox.isolation import Limits
from coursestaff.grading.spec import Exercise
from coursestaff.grading.tables import tables_of
from coursestaff.grading.terminal import one_line
from courseware.manifest import MANIFEST

KEY = "course_grade"  # in an autograded notebook's metadata
VERSION = 3
NEWER = "Graded by a newer version of the course, and left as it is: grade it with that one."
TROUBLE = "trouble"  # id of the cell that says why a file could not be read
TIME = "timestamp.txt"  # nbgrader's, of when it was handed in

#: The limits that are part of a stamp of version 1; what is added later is none of it.
FIRST_LIMITS = ("cell_cpu", "cpu", "cell_wall", "wall", "memory", "threads", "open_files")
FIRST_LIMITS += ("file_size", "scratch", "reply")


class Stamp(NamedTuple):
    """What a notebook was made of.

    ``work`` is the checksum of the student's files, ``exercise`` that of the solution and the
    ``checks.yaml`` of the release that it was graded against; ``trouble`` is why a person has to
    look at it, ``notes`` what was put right. Of version 1 there is only ``whole``. ``newer`` says
    that it is of a version that is not known yet.
    """

    work: str | None = None
    exercise: str | None = None
    trouble: str | None = None
    whole: str | None = None
    newer: bool = False
    notes: tuple[str, ...] = ()


def place(folder: Path) -> Path:
    """Return where the result of ``submitted/STUDENT/NAME`` is kept."""
    return folder.parents[2] / "autograded" / folder.parent.name / folder.name


def stamp(exercise: Exercise, folder: Path) -> Stamp:
    """Return the stamp of a submission as it lies there, and of the exercise as it is now."""
    seen = hashlib.sha256()
    _add_files(seen, folder)
    return Stamp(seen.hexdigest(), of_exercise(exercise))


def of_exercise(exercise: Exercise) -> str:
    """Return the checksum of an exercise's solution and its ``checks.yaml``."""
    made = hashlib.sha256()
    for path in (exercise.notebook, exercise.checks):
        made.update(path.read_bytes() + b"\0")
    return made.hexdigest()


def write(made_of: Stamp, trouble: str | None, notes: Iterable[str] = ()) -> dict[str, Any]:
    """Return a stamp as it is kept."""
    kept = {"version": VERSION, "work": made_of.work, "exercise": made_of.exercise}
    return kept | {"trouble": trouble, "notes": list(notes)}


def read(notebook: dict) -> Stamp | None:
    """Return the stamp of an autograded notebook, of whatever version; None if it has none."""
    metadata = notebook.get("metadata")
    found = metadata.get(KEY) if isinstance(metadata, dict) else None
    if not isinstance(found, dict):
        return None
    version, trouble = found.get("version", 1), found.get("trouble")
    if version == 1:
        return Stamp(whole=found.get("stamp"), trouble=trouble)
    if version in (2, VERSION):
        notes = tuple(found.get("notes", ()))
        return Stamp(found.get("work"), found.get("exercise"), trouble, notes=notes)
    return Stamp(trouble=NEWER, newer=True)


def is_new(setup: Setup, limits: Limits, folder: Path, before: dict, now: Stamp) -> bool:
    """Return whether a submission is other work than what was graded before.

    Args:
        setup: the exercise.
        limits: of version 1, part of the stamp.
        folder: ``submitted/STUDENT/NAME``.
        before: the notebook of the last grading, or an empty dictionary.
        now: the submission's stamp.

    """
    known = read(before)
    if known is None or known.newer:
        return known is None
    if known.whole is None:
        return known.work != now.work
    return known.whole != whole(setup, limits, folder) and not _same_work(setup, folder, before)


def is_outdated(setup: Setup, limits: Limits, folder: Path, known: Stamp) -> bool:
    """Return whether the solution or ``checks.yaml`` has changed since a submission was graded.

    That a release has followed changes nothing: the earlier one's are kept. A stamp of version 1
    that does not fit may mean a table or a limit, too.
    """
    if known.whole is None:
        return not known.newer and known.exercise not in known_exercises(setup)
    return known.whole != whole(setup, limits, folder)


def known_exercises(setup: Setup) -> set[str]:
    """Return the checksums of what every release that is known is graded with."""
    return {of_exercise(each.exercise) for each in (setup, *setup.earlier)}


def whole(setup: Setup, limits: Limits, folder: Path) -> str:
    """Return what version 0.1.0 would stamp a submission with."""
    parts = ", ".join(f"{name}={getattr(limits, name)!r}" for name in FIRST_LIMITS)
    seen = hashlib.sha256(f"{setup.checks}\0Limits({parts})\0".encode())
    manifest = tables_of(setup.exercise.course) / MANIFEST
    for path in (setup.exercise.notebook, setup.exercise.checks, manifest):
        seen.update(path.read_bytes() + b"\0")
    _add_files(seen, folder)
    return seen.hexdigest()


def _add_files(seen, folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if is_own_file(path):
            seen.update(os.fsencode(path.relative_to(folder)) + b"\0")
            seen.update(_checksum(path))


def _checksum(path: Path) -> bytes:
    try:
        with path.open("rb") as content:
            return hashlib.file_digest(content, "sha256").digest()
    except OSError:  # reading it will say what is the matter
        return b"cannot be read"


# --- Work that version 0.1.0 graded, with a stamp that fits no longer -----------------------


def _same_work(setup: Setup, folder: Path, before: dict) -> bool:
    """Return whether a submission holds the work that an autograded notebook shows.

    Its stamp does not say what of all has changed, so the work itself has to tell. It is held
    against the cells as they were then, never against the exercise of now: a text that has been
    corrected since, or a question that has gone, makes nobody's work new.
    """
    if _time(folder) != _time(place(folder)):
        return False
    cells = [cell for cell in before.get("cells", []) if isinstance(cell, dict)]
    then = [cell for cell in cells if not _is_own(cell)]
    try:
        path = _graded_then(folder, setup.exercise.name)
        mended = repair(then, load.submitted(path).cells)
    except Unreadable as problem:
        told = cells[0] if cells and cells[0].get("id") == TROUBLE else {}
        words = {str(problem), to_student(str(problem))}  # 0.1.0 told students what the list says
        return source(told) in {clean_markdown(f"**{each}**") for each in words}
    return _answers(mended.cells, clean_text) == _answers(cells, dict)


def _graded_then(folder: Path, name: str) -> Path:
    """Return the notebook that version 0.1.0 graded: the one by name, or the only one.

    Raises:
        Unreadable: in that version's words, which are compared with what it wrote.

    """
    found = notebooks(folder)
    chosen = folder / f"{name}.ipynb" if folder / f"{name}.ipynb" in found else None
    if chosen or len(found) == 1:
        return chosen or found[0]
    names = ", ".join(one_line(path.name) for path in found)
    raise Unreadable(
        f"Several notebooks, none called {name}.ipynb: {names}. Rename one."
        if found
        else "No notebook was handed in."
    )


def _time(folder: Path) -> str | None:
    path = folder / TIME
    return path.read_text(encoding="utf-8", errors="replace") if is_own_file(path) else None


def _answers(cells: Iterable[Cell], shown) -> tuple[dict[str, str], list[str]]:
    """Return answers by id, and the student's own cells; texts as they are ``shown``."""
    answers, own = {}, []
    for cell in cells:
        text = tidy(source(shown(cell) if cell["cell_type"] == "markdown" else cell))
        if is_solution(cell):
            answers[grade_id(cell)] = text
        elif _is_own(cell):
            own.append(text)
    return answers, own


def _is_own(cell: Cell) -> bool:
    """Return whether a cell is neither the release's nor the note on a file that was unreadable."""
    return cell.get("id", "own-").startswith("own-") and not grade_id(cell)
