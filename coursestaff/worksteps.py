"""When each step of grading was last done and how long it took, from collecting to feedback.

It stands in ``autograded/NAME.steps.json`` and holds no student. That points were exported is asked
before a class is erased, because what never was exported is lost.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from courseware.journal.store import write_atomically

FILE = "autograded/{name}.steps.json"
VERSION = 1
STEPS = ("collect", "grade", "mark", "export", "feedback")  # in the order of the work


class Done(NamedTuple):
    """When a step was last done, and how many seconds it took."""

    at: datetime
    seconds: float


def note(course: Path, name: str, step: str, seconds: float) -> None:
    """Note that a step has just been done."""
    known = done(course, name) | {step: Done(datetime.now(UTC), seconds)}
    kept = {
        each: {"at": of.at.isoformat(), "seconds": round(of.seconds, 1)}
        for each, of in known.items()
    }
    path = course / FILE.format(name=name)
    path.parent.mkdir(exist_ok=True)
    write_atomically(path, json.dumps({"version": VERSION, "steps": kept}) + "\n")


def done(course: Path, name: str) -> dict[str, Done]:
    """Return what is known of the steps of one exercise, in the order of the work."""
    try:
        told = json.loads((course / FILE.format(name=name)).read_text(encoding="utf-8"))
        if told["version"] != VERSION:
            return {}
        found = {
            step: Done(datetime.fromisoformat(of["at"]), float(of["seconds"]))
            for step, of in told["steps"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    return {step: found[step] for step in STEPS if step in found and found[step].at.tzinfo}
