"""Run a job's cells to the last one, whatever some of them do to the process that runs them.

What a cell has ended is started anew without that cell, so that it costs its own answer only.
"""

import time
from collections.abc import Callable
from typing import NamedTuple

from coursestaff.marking.sandbox.isolation import Limits

MOST_TURNS = 4  # of one job: after so many cells that crash, the others are left

#: How a run can end early, in a student's words, behind "The cell 'q3-answer'" or a place's name.
WORDS = {
    "cell": "was stopped after {0.cell_wall:g} seconds. Is there an endless loop?",
    "wall": "was stopped, because all cells together may take at most {0.wall:g} seconds.",
    "cell cpu": "was stopped after {0.cell_cpu:g} seconds of computing. Is there an endless loop?",
    "cpu": (
        "was stopped, because all cells together may take at most {0.cpu:g} seconds of computing."
    ),
    "reply": ("was stopped, because the outputs and answers of the cells are larger than {1} MB."),
    "disk": "was stopped, because the files that it wrote exceed the limit of {2} MB in all.",
    "threads": "was stopped, because it started more than {0.threads} threads.",
    "memory": "was stopped, because it used more memory than the limit of {3} MB.",
    "exit": "ended the process. Does it call exit()?",
    "crash": "crashed the process (signal {4}).",
    "forged": "returned an answer that cannot be read.",
}


class End(NamedTuple):
    """Why a turn ended, a key of `WORDS`; of a crash also the signal."""

    why: str
    signal: int = 0


#: Runs a job's cells once, within so many seconds: a record per cell that came to its end.
Turn = Callable[[dict, float], tuple[dict[str, dict], End]]


def to_the_end(job: dict, turn: Turn, limits: Limits) -> tuple[list[dict], str | None]:
    """Run the cells of one job, and those after a cell that ended the process once more.

    Returns:
        One record per cell, in order. A cell that crashed or ran too long has an ``error`` and no
        answers. Then, in words, why a cell or the whole run was ended, or None.

    """
    kept: dict[str, dict] = {}
    stopped: dict[str, str] = {}  # id of a cell → in words, why
    until = time.monotonic() + limits.wall
    for _ in range(MOST_TURNS):
        cells = [cell for cell in job["cells"] if cell["id"] not in stopped]
        records, end = turn({**job, "cells": cells}, until - time.monotonic())
        kept = records | kept  # a replayed cell has its record already
        if len(records) == len(cells):
            break
        cell = cells[len(records)]
        culprit = cell["id"]
        if culprit in kept:  # it ran the first time: there is no telling what will happen next
            break
        words = in_words(end, limits)
        stopped[culprit] = f"{cell.get('name', f'The cell {culprit!r}')} {words}"
        kept[culprit] = _stopped(cell, words, job)
        if end.why == "wall":
            break
    ran = [kept[cell["id"]] for cell in job["cells"] if cell["id"] in kept]
    return ran, _summary(stopped, [c for c in job["cells"] if c["id"] not in kept])


def in_words(end: End, limits: Limits) -> str:
    """Say how a turn ended."""
    sizes = (size >> 20 for size in (limits.reply, limits.scratch, limits.memory))
    return WORDS[end.why].format(limits, *sizes, end.signal)


def _stopped(cell: dict, words: str, job: dict) -> dict:
    """Return the record of a cell that did not come to its end, or of a place to look."""
    record = {"cell": cell["id"], "error": None, "answers": {}}
    if "source" not in cell:
        return record
    record["error"] = f"Ended: this cell {words}"
    if job.get("outputs"):
        shown = {"output_type": "error", "ename": "Ended", "evalue": f"this cell {words}"}
        record["outputs"] = [shown | {"traceback": [record["error"]]}]
    return record


def _called(cell: dict) -> str:
    """Return what to call a cell within a sentence: by its name if it has one, else by its id."""
    name = cell.get("name")
    return f"{name[0].lower()}{name[1:]}" if name else cell["id"]


def _summary(stopped: dict[str, str], left: list[dict]) -> str | None:
    """Return in words why a run ended early; None if it did not."""
    faults = list(stopped.values())
    cells = [_called(cell) for cell in left if "source" in cell]
    if cells:
        faults.append(f"These cells were not run: {', '.join(cells)}.")
    elif left:
        faults.append("Not all answers could be checked after the last cell.")
    return " ".join(faults) or None
