"""The copies that are kept of releases, so that work on one is graded when another has followed.

``solutions/NN_name/released/ID/`` holds the solution notebook and ``checks.yaml`` that made the
release, and git ignores it. `keep_all` makes the copies of what students have today: in ``course
grade``, ``course collect``, ``course bundle`` and ``make lab``, which all come before a ``git
pull`` that brings other exercises. Who needs one that was never kept brings these two files.
"""

import json
import sys
from contextlib import suppress
from pathlib import Path

from coursestaff.exercises import spec
from coursestaff.exercises.fingerprints import RELEASE, fingerprint, release_of
from coursestaff.exercises.spec import Exercise, SpecError
from courseware import manifest

#: What comes of reading exercises that somebody is at work on, or has not released yet.
UNTOLD = (SpecError, FileNotFoundError, ValueError, LookupError, TypeError)


def copies(folder: Path) -> list[str]:
    """Return of which releases an exercise's folder holds copies."""
    return sorted(path.parent.name for path in (folder / spec.RELEASED).glob(f"[!.]*/{spec.FILE}"))


def find(folder: Path, release: str) -> Exercise:
    """Return an exercise as the copy of a release has it.

    A copy that was made here says whose it is, as a released notebook does: that holds when a later
    version of the course would make another release of it. Files that somebody has brought must
    make the release.

    Raises:
        SpecError: there is no such copy, it does not hold together, or is another release's.

    """
    exercise = spec.load(folder, folder / spec.RELEASED / release)
    said = release_of(exercise.solution.metadata)
    if release not in (said, fingerprint(exercise)):
        raise SpecError(
            f"The files in solutions/{folder.name}/{spec.RELEASED}/{release} belong to another "
            "release. Replace them with those from which the exercise was made."
        )
    return exercise


def keep_all(course: Path) -> None:
    """Keep today's release of every exercise; pass over those of which it cannot be told.

    Raises:
        OSError: a copy cannot be written.

    """
    for folder in spec.exercise_folders(course / "solutions"):
        with suppress(*UNTOLD):
            given = course / "exercises" / folder.name / f"{folder.name}.ipynb"
            keep(folder, release_of(_read(given)["metadata"]))


def keep(folder: Path, release: str | None) -> None:
    """Keep a copy of an exercise's solution, if it makes this release.

    Where only what students do not see has changed it is the same release, corrected.

    Raises:
        SpecError: the exercise does not hold together.
        OSError: the copy cannot be written.

    """
    if not release:
        return
    notebook = f"{folder.name}.ipynb"
    solution = _read(folder / notebook)
    solution["metadata"][RELEASE] = {"fingerprint": release}
    text = json.dumps(solution, ensure_ascii=False, indent=1) + "\n"
    files = {notebook: text.encode(), spec.FILE: (folder / spec.FILE).read_bytes()}
    place = folder / spec.RELEASED / release
    if _holds(place, files) or fingerprint(spec.load(folder)) != release:
        return
    place.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():  # checks.yaml last: it says that all is there
        fresh = place / f".{name}"
        fresh.write_bytes(content)
        fresh.replace(place / name)


def _holds(place: Path, files: dict[str, bytes]) -> bool:
    """Return whether a folder holds these files."""
    return all(
        (place / name).is_file() and (place / name).read_bytes() == content
        for name, content in files.items()
    )


def _read(notebook: Path) -> dict:
    """Return a notebook's JSON: loading what checks it would take longer than all else here."""
    return json.loads(notebook.read_text(encoding="utf-8"))


if __name__ == "__main__":  # for `make lab`, which opens all the same
    try:
        keep_all(manifest.course_root())
    except OSError as problem:
        print(f"No copy was kept of {problem.filename}: {problem.strerror}.", file=sys.stderr)
