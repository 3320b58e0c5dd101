"""What each release was made of: kept beside the solution, or found again in the course's git.

``solutions/NN_name/released/FINGERPRINT/`` holds the solution and ``checks.yaml`` as they were and,
in ``exercise/``, what students got. None of it is in git: a release is kept when it is made, or
when the first work on it comes in. One that was handed out straight from a clone, and replaced
by a later ``git pull`` before that, is taken out of the commits of that clone.
"""

import re
import subprocess
import tempfile
from collections.abc import Collection, Iterator
from contextlib import ExitStack
from pathlib import Path

from coursestaff.exercises import fingerprints, spec
from coursestaff.exercises.spec import Exercise, SpecError
from courseware import CourseError, checks

GIVEN = "exercise"  # in a kept release: what students got
#: How `git grep` tells which release an exercise is in one commit.
IN_COMMIT = re.compile(r'^([0-9a-f]{40,64}):.*"([0-9a-f]{16})"$', re.MULTILINE)
MOST_COMMITS = 500  # that are looked at: Windows takes no longer command
PATIENCE = 60  # seconds for one command of git

Files = dict[str, bytes]  # of a kept release, by their names in its folder


# --- What is kept --------------------------------------------------------------------------


def kept(folder: Path) -> list[Path]:
    """Return the folders of an exercise's kept releases, in the order of their names."""
    return sorted(path.parent for path in (folder / spec.RELEASED).glob(f"[!.]*/{spec.FILE}"))


def keep(exercise: Exercise, given: Path) -> Path:
    """Keep what a release was made of, and what students get, and return where.

    Where only what students do not see has changed it is the same release, corrected.

    Args:
        exercise: whose solution makes the release.
        given: the folder that students get.

    Raises:
        SpecError: what was kept of it before is in use, and cannot be replaced.

    """
    files = {path.name: path.read_bytes() for path in (exercise.notebook, exercise.checks)}
    for file in (f"{exercise.name}.ipynb", checks.FILE):
        files[f"{GIVEN}/{file}"] = (given / file).read_bytes()
    place = exercise.folder / spec.RELEASED / fingerprints.fingerprint(exercise)
    if not _holds(place, files):
        _put(exercise.folder, place.name, files)
    return place


def _holds(place: Path, files: Files) -> bool:
    """Return whether a folder holds these files."""
    there = all((place / file).is_file() for file in files)
    return there and all((place / file).read_bytes() == files[file] for file in files)


def _put(folder: Path, fingerprint: str, files: Files) -> bool:
    """Keep these files as a release of an exercise, if they make the one of this fingerprint.

    Raises:
        SpecError: the folder cannot be written.

    """
    place = folder / spec.RELEASED
    try:
        return _written(place, folder, fingerprint, files)
    except OSError as problem:
        raise SpecError(f"{place} cannot be written: {problem.strerror}.") from problem


def scratch_in(place: Path) -> tempfile.TemporaryDirectory:
    """Return a folder to make a release in, beside where it goes: from there it is only moved."""
    # Windows: a virus scanner may hold a file
    return tempfile.TemporaryDirectory(dir=place, prefix=".release-", ignore_cleanup_errors=True)


def _written(place: Path, folder: Path, fingerprint: str, files: Files) -> bool:
    place.mkdir(exist_ok=True)
    with scratch_in(place) as scratch:
        fresh = Path(scratch) / fingerprint
        (fresh / GIVEN).mkdir(parents=True)
        for file, content in files.items():
            (fresh / file).write_bytes(content)
        if fingerprints.fingerprint(spec.load(folder, fresh)) != fingerprint:
            return False
        put_in_place([fresh], place, Path(scratch))
    return True


def put_in_place(made: list[Path], target: Path, scratch: Path) -> list[Path]:
    """Put new releases in the place of the old ones: all, or, if one is in use, none.

    Raises:
        SpecError: with the folder that cannot be replaced.

    """
    new = [target / folder.name for folder in made]
    with ExitStack() as undo:
        for folder, place in zip(made, new, strict=True):
            try:
                if place.exists():
                    _move(place, scratch / f"{place.name}.old", undo)
                _move(folder, place, undo)
            except OSError as problem:
                raise SpecError(f"{place} cannot be replaced: {problem.strerror}.") from problem
        undo.pop_all()
    return new


def _move(path: Path, to: Path, undo: ExitStack) -> None:
    """Rename a folder, and note how to take that back."""
    path.rename(to)
    undo.callback(to.rename, path)


# --- What git knows ------------------------------------------------------------------------


def recall(folder: Path, wanted: Collection[str]) -> set[str]:
    """Return which releases are kept; what is not is first looked for in the course's git.

    Of several commits with the same release the newest one counts whose solution makes it.

    Args:
        folder: of the exercise, such as ``solutions/02_the_trade_lifeline``.
        wanted: fingerprints. They are only compared with what stands in our own commits: nothing
            else of them reaches a command or the name of a folder.

    """
    missing = {*wanted} - {place.name for place in kept(folder)}
    for commit, fingerprint in _commits(folder) if missing else ():
        if fingerprint in missing and _recalled(folder, commit, fingerprint):
            missing.remove(fingerprint)
    return {*wanted} - missing


def _commits(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the commits that changed an exercise, newest first, each with its release there."""
    name, course = folder.name, folder.parents[1]
    limit = ("--full-history", "--date-order", f"--max-count={MOST_COMMITS}")
    places = (f"exercises/{name}", f"solutions/{name}")
    commits = _git(course, "rev-list", *limit, "HEAD", "--", *places).decode().split()
    if not commits:
        return
    wanted = ("-o", "-E", '"fingerprint": *"[0-9a-f]{16}"')
    lines = _git(course, "grep", "--no-color", *wanted, *commits, "--", f"{places[0]}/{name}.ipynb")
    yield from IN_COMMIT.findall(lines.decode())


def _recalled(folder: Path, commit: str, fingerprint: str) -> bool:
    """Keep a release as one commit has it; return whether that commit can make it."""
    name, course = folder.name, folder.parents[1]
    places = {
        f"{name}.ipynb": f"solutions/{name}/{name}.ipynb",
        spec.FILE: f"solutions/{name}/{spec.FILE}",
        f"{GIVEN}/{name}.ipynb": f"exercises/{name}/{name}.ipynb",
        f"{GIVEN}/{checks.FILE}": f"exercises/{name}/{checks.FILE}",
    }
    files = {file: _git(course, "show", f"{commit}:./{place}") for file, place in places.items()}
    try:
        return all(files.values()) and _put(folder, fingerprint, files)
    except CourseError:  # it does not hold together today
        return False


def _git(course: Path, *command: str) -> bytes:
    """Return what git says in the course folder; nothing where it has nothing to say, or is not."""
    try:
        done = subprocess.run(
            ["git", *command], cwd=course, capture_output=True, timeout=PATIENCE, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return b""
    return done.stdout
