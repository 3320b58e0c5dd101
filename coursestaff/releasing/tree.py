"""Lay a student's copy down as a folder that Binder, nbgitpuller and hubs point to.

The folder holds what the zip holds, what Binder needs, and a list of all this with checksums. By
the list the next version knows which files are its own: they are renewed or removed, and nothing
else in the folder is touched. So it can be a repository of git with more in it.
"""

import hashlib
import json
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import courseware
from coursestaff.collecting.load import is_own_file
from coursestaff.exercises import kept
from coursestaff.releasing import bundle
from courseware import CourseError
from courseware.journal.store import write_atomically

LIST = ".no_limits.json"
BINDER = (".binder/postBuild", ".binder/requirements.txt", ".binder/runtime.txt", ".binder/start")
#: What a folder needs to be a repository.
REPOSITORY = (".gitattributes", ".gitignore")
#: What only the whole course has.
NOT_FOR_STUDENTS = ("coursestaff", "solutions")
RUN = ("start.py", ".binder/postBuild", ".binder/start")  # these are programs


def hand_out(course: Path, options: Namespace) -> None:
    """Write the zip for a class, or the folder: ``course bundle``."""
    kept.keep_all(course)
    if options.folder:
        new, gone = write(course, options.folder, options.chapters)
        print(
            f"{options.folder} is a student's copy. {new} files were written, and {gone} were "
            "removed."
        )
        print(
            "The other files in it were not changed. Next, run git add, commit and push in that "
            "folder."
        )
        return
    path = bundle.bundle(course, options.to, options.chapters)
    print(f"Written: {path} ({path.stat().st_size / 1e6:.1f} MB).")
    print("Give this zip to the class. Each student unpacks it into a new folder.")


def write(course: Path, folder: Path, chapters: str | None = None) -> tuple[int, int]:
    """Make ``folder`` a student's copy of the course; return how many files changed, and went.

    Nothing is written if anything stands in the way. Stopped half-way, the same command goes on.

    Args:
        course: the course folder.
        folder: made if it is not there; what it holds besides stays as it is.
        chapters: those that travel, such as "00-04,06-09"; all if left out.

    Raises:
        CourseError: ``chapters`` cannot be read, the folder holds the whole course, or files in
            the way are not as an earlier version has left them.
        SpecError: an exercise is not released, or something of a solution would travel along.

    """
    _refuse_the_whole_course(folder)
    wanted = bundle.contents(course, chapters, (*BINDER, *REPOSITORY))
    before = _listed(folder)
    if in_the_way := sorted(set(_in_the_way(folder, wanted, before))):
        raise CourseError(
            f"Nothing was written, because these files in {folder} were not written by `course "
            f"bundle` or have been changed since: {', '.join(in_the_way)}. Rename these files, and "
            "then run the same command again."
        )
    gone = [file for file in before if file not in wanted and (folder / file).exists()]
    for file in gone:
        (folder / file).unlink()
        _remove_empty(folder, (folder / file).parent)
    new = {file: text for file, text in wanted.items() if _bytes(folder / file) != text}
    for file, content in new.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, content)
        path.chmod(0o755 if file in RUN else 0o644)
    write_atomically(folder / LIST, _list(wanted))
    return len(new), len(gone)


def _refuse_the_whole_course(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise CourseError(
            f"{folder} is a file. Give the name of a folder, which is made if it does not exist."
        )
    for name in NOT_FOR_STUDENTS:
        if (folder / name).exists():
            raise CourseError(
                f"{folder} holds {name}/, which students must not get. Choose a folder that is "
                "empty, or one that an earlier `course bundle --folder` has made."
            )


def _listed(folder: Path) -> dict[str, str]:
    """Return the checksums of what an earlier version wrote, by path; empty if none did."""
    path = folder / LIST
    if not path.exists():
        return {}
    try:
        files = json.loads(path.read_text(encoding="utf-8"))["files"]
        inside = all((folder / file).resolve().is_relative_to(folder.resolve()) for file in files)
    except (ValueError, KeyError, TypeError, AttributeError):
        inside = False
    if not inside:
        raise CourseError(
            f"{path}, the list of the files that belong to the course, cannot be read. Restore it "
            f"(in a repository: `git checkout -- {LIST}`), or choose an empty folder."
        )
    return files


def _in_the_way(folder: Path, wanted: dict[str, bytes], before: dict[str, str]) -> Iterator[str]:
    """Yield the files and folders that are neither an earlier version's nor as they shall be."""
    for file in {*wanted, *before}:
        path = folder / file
        aside = [each for each in path.parents if each != folder and each.is_relative_to(folder)]
        for each in aside:
            if each.is_symlink() or (each.exists() and not each.is_dir()):
                yield each.relative_to(folder).as_posix()
        if path.is_symlink() or path.is_dir():
            yield file
        elif path.exists():
            there = path.read_bytes()
            if there != wanted.get(file) and _checksum(there) != before.get(file):
                yield file


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if is_own_file(path) else None


def _remove_empty(folder: Path, place: Path) -> None:
    while place != folder and not any(place.iterdir()):
        place.rmdir()
        place = place.parent


def _list(wanted: dict[str, bytes]) -> bytes:
    files = {file: _checksum(content) for file, content in sorted(wanted.items())}
    told = {"version": courseware.__version__, "files": files}
    return (json.dumps(told, indent=1) + "\n").encode()


def _checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
