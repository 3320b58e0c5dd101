"""Write ``autograded/``: what formgrader shows, and what tells whether a submission is graded."""

import glob
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from nbgrader.utils import parse_utc

from courseware import data
from courseware.locking import lock, unlock
from instructor.grading import spec
from instructor.grading.cells import grade_id, source
from instructor.grading.gradebook import Result
from instructor.grading.load import is_own_file
from instructor.grading.observe import Graded, Setup
from instructor.grading.sandbox.zygote import tables_of

#: What nbgrader puts beside a submission: formgrader compares the first, feedback needs the other.
NBGRADERS_OWN = ("timestamp.txt", "submission_secret.txt")
DONE = "course_grade"  # in an autograded notebook's metadata: how it was made
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


class Before(NamedTuple):
    """What the last grading says of itself: what it was made from, and the trouble it had."""

    stamp: str | None
    trouble: str | None


def stamp(setup: Setup, folder: Path) -> str:
    """Return one checksum of a submission and of all else that its marks depend on.

    That is the exercise, the tables (their manifest holds each one's checksum) and the limits. When
    `courseware` itself has changed, nobody is graded again unasked.
    """
    seen = hashlib.sha256(f"{setup.checks}\0{setup.limits}\0".encode())
    manifest = tables_of(setup.course) / data.MANIFEST
    for path in (setup.exercise.notebook, setup.exercise.folder / spec.FILE, manifest):
        seen.update(path.read_bytes() + b"\0")
    for path in sorted(folder.rglob("*")):
        if is_own_file(path):
            seen.update(os.fsencode(path.relative_to(folder)) + b"\0")
            seen.update(_checksum(path))
    return seen.hexdigest()


def _checksum(path: Path) -> bytes:
    try:
        with path.open("rb") as content:
            return hashlib.file_digest(content, "sha256").digest()
    except OSError:  # reading it will say what is the matter
        return b"cannot be read"


def made_from(setup: Setup, folder: Path) -> Before:
    """Return what the last grading of a submission says of itself."""
    metadata = _last(setup, folder).get("metadata")
    found = metadata.get(DONE) if isinstance(metadata, dict) else None
    found = found if isinstance(found, dict) else {}
    return Before(found.get("stamp"), found.get("trouble"))


def result_of(setup: Setup, folder: Path, graded: Graded) -> Result:
    """Return what is to be recorded, with which answers have changed since the last grading."""
    before = {grade_id(cell): source(cell) for cell in _last(setup, folder).get("cells", [])}
    now = {grade_id(cell): source(cell) for cell in graded.cells if grade_id(cell)}
    return Result(
        student=graded.student,
        handed_in=_handed_in(folder),
        marks=graded.marks,
        answered=graded.answered,
        changed={id for id, text in now.items() if before.get(id) != text} if before else None,
        trouble=graded.trouble,
        doubtful=graded.doubtful,
    )


def write(setup: Setup, folder: Path, graded: Graded, made_of: str) -> None:
    """Put the autograded notebook, made of the work with this stamp, in its place in one step.

    Where that fails, what was there before stays.
    """
    target = _autograded(setup, folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    about = {"stamp": made_of, "trouble": graded.trouble}
    notebook = {
        "cells": graded.cells,
        "metadata": {"kernelspec": KERNEL, DONE: about},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    prefix = f".{target.name}.grading-"  # another exercise may be graded at the same time
    for left in target.parent.glob(f"{glob.escape(prefix)}*"):  # of a run that was killed
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=prefix) as scratch:
        fresh = Path(scratch) / target.name
        fresh.mkdir()
        text = json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"
        (fresh / f"{target.name}.ipynb").write_text(text, encoding="utf-8")
        for needed in NBGRADERS_OWN:
            if is_own_file(folder / needed):
                shutil.copyfile(folder / needed, fresh / needed)
        _replace(target, fresh, Path(scratch) / "old")


def _replace(target: Path, fresh: Path, old: Path) -> None:
    """Put ``fresh`` in the place of ``target``, which becomes ``old``; or leave all as it was."""
    if target.exists():
        target.rename(old)
    try:
        fresh.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise


@contextmanager
def turn(course: Path, name: str) -> Iterator[bool]:
    """Hold one exercise of one course against other processes; False if one of them holds it."""
    path = course / "autograded" / f".{name}.lock"
    path.parent.mkdir(exist_ok=True)
    with path.open("a+b") as file:
        held = lock(file.fileno())
        try:
            yield held
        finally:
            if held:
                unlock(file.fileno())


def _autograded(setup: Setup, folder: Path) -> Path:
    return setup.course / "autograded" / folder.parent.name / setup.exercise.name


def _last(setup: Setup, folder: Path) -> dict:
    """Return the notebook of the last grading, or an empty one."""
    path = _autograded(setup, folder) / f"{setup.exercise.name}.ipynb"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _handed_in(folder: Path) -> datetime | None:
    """Return when the work was handed in (UTC), from nbgrader's timestamp.txt."""
    try:
        return parse_utc((folder / "timestamp.txt").read_text(encoding="utf-8").strip())
    except (OSError, ValueError):
        return None
