"""Write ``autograded/``: what formgrader shows of a submission, with its provenance."""

import glob
import json
import shutil
import tempfile
from pathlib import Path

from coursestaff.collecting.load import is_own_file
from coursestaff.marking import provenance
from coursestaff.marking.provenance import Provenance, place
from coursestaff.marking.submission import Graded

#: What nbgrader puts beside a submission: formgrader compares the first, feedback needs the other.
NBGRADERS_OWN = (provenance.TIME, "submission_secret.txt")
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def last(folder: Path) -> dict:
    """Return the notebook of a submission's last grading, or an empty one."""
    path = place(folder) / f"{folder.name}.ipynb"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write(folder: Path, graded: Graded, made_of: Provenance) -> None:
    """Put the autograded notebook, made of work of this provenance, in its place at once.

    Where that fails, what was there before stays.
    """
    target = place(folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    about = made_of._replace(
        trouble=graded.rest,
        notes=tuple(graded.notes),
        forms=tuple(question for question, mark in graded.marks.items() if mark.form),
        refused=graded.refused is not None,
    )
    notebook = {
        "cells": graded.cells,
        "metadata": {"kernelspec": KERNEL, provenance.KEY: provenance.write(about)},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    prefix = f".{target.name}.grading-"  # another exercise may be graded at the same time
    for left in target.parent.glob(f"{glob.escape(prefix)}*"):  # of a run that was killed
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=prefix) as scratch:
        fresh = Path(scratch) / target.name
        fresh.mkdir()
        text = json.dumps(notebook, ensure_ascii=False) + "\n"  # indented, it takes far longer
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
