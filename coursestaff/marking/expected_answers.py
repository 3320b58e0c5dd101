"""What solutions answer, kept in the course folder until something that it depends on changes.

A solution takes as long to run as ten submissions to be graded, and a class is graded in several
goes. The folder is the instructor's alone: no submission is run that could see it, and git leaves
it out.
"""

import hashlib
import json
from contextlib import suppress
from pathlib import Path

from coursestaff.exercises.spec import Exercise
from coursestaff.marking import environment_match
from coursestaff.marking.probes import Run, job_of
from coursestaff.marking.solution import solve
from courseware.journal.store import write_atomically

FOLDER = ".answers"
MOST = 20  # files of one exercise: each correction makes another, and each release has its own


def solved(exercise: Exercise) -> Run:
    """Return what `solve` does, without running the solution if nothing has changed since.

    Raises:
        SpecError: as `solve` does; only what holds together is kept.

    """
    place = exercise.course / FOLDER
    path = place / f"{exercise.name}-{_made_of(exercise)}.json"
    with suppress(OSError, ValueError, TypeError):  # there is none, or it was cut off
        return Run(**json.loads(path.read_text(encoding="utf-8")))
    run = solve(exercise)
    with suppress(OSError):  # then it is run again the next time
        place.mkdir(mode=0o700, exist_ok=True)
        write_atomically(path, json.dumps(run._asdict()))
        _tidy(place, exercise)
    return run


def _made_of(exercise: Exercise) -> str:
    """Return the checksum of all that a solution's answers depend on.

    It is what is run and looked at, what else the checks say, the tables, and the programs.
    """
    seen = hashlib.sha256(exercise.checks.read_bytes())
    job = job_of(exercise, exercise.solution)
    for part in (job, environment_match.here(exercise.course)):
        seen.update(b"\0" + json.dumps(part, sort_keys=True).encode())
    return seen.hexdigest()[:32]


def _tidy(place: Path, exercise: Exercise) -> None:
    """Remove an exercise's oldest files."""
    kept = sorted(place.glob(f"{exercise.name}-*.json"), key=lambda path: path.stat().st_mtime)
    for path in kept[:-MOST]:
        path.unlink()
