"""Take a platform's zip of submissions apart, into the folders where nbgrader looks for them."""

import re
import shutil
import zipfile
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from courseware import CourseError
from courseware.grading.classlist import ClassList
from courseware.grading.nbgrader_course import directory, gradebook

MAX_FILE = 500_000_000  # bytes of one file, unpacked
MAX_ALL = 20_000_000_000  # bytes of the whole archive, unpacked
EARLIER = ".earlier"  # in submitted/: what a later collection replaced

#: canvas: lastnamefirstname_LATE_1234_5678_file.ipynb (LATE only if it was; 1234 is the ID).
CANVAS = re.compile(r"[^_/]+_(?:LATE_)?(?P<id>\d+)_\d+_(?P<file>[^/]+)")
#: moodle: Full Name_1234_assignsubmission_file_/file.ipynb (some versions without the last _).
MOODLE = re.compile(r"[^/]+_(?P<id>\d+)_assignsubmission_file_?/(?:[^/]+/)*(?P<file>[^/]+)")
NAMES = {"canvas": CANVAS, "moodle": MOODLE}


class CollectError(CourseError):
    """The archive cannot be taken apart; the message says why."""


class Collected(NamedTuple):
    """Who handed in, what could not be given to anybody, and whose earlier work was set aside."""

    students: list[str]
    unknown: list[str]
    set_aside: list[str]
    missing: list[str]  #: on the class list, and nothing handed in


def collect(course: Path, name: str, archive: Path, listed: ClassList) -> Collected:
    """Put every notebook of an archive into ``submitted/STUDENT/NAME``.

    Files whose name does not tell a student of the class list are listed, never guessed. What was
    collected before and differs is moved to ``submitted/.earlier``, not overwritten.

    Args:
        course: the course folder.
        name: the exercise, such as ``02_the_trade_lifeline``.
        archive: the zip as the platform gives it.
        listed: the class list of the same platform.

    Raises:
        CollectError: no zip, or one that is too large.

    """
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = [e for e in opened.infolist() if not e.is_dir()]
            if sum(entry.file_size for entry in entries) > MAX_ALL:
                raise CollectError(f"{archive.name} unpacks to more than 20 GB.")
            work, unknown = _sorted_out(opened, entries, listed)
    except (OSError, zipfile.BadZipFile) as problem:
        raise CollectError(f"{archive.name} is not a zip file that can be read.") from problem
    set_aside = [
        student
        for student, files in sorted(work.items())
        if _put(course / "submitted" / student / name, files)
    ]
    _enter(course, listed, work)
    missing = sorted(set(listed.people) - set(work))
    return Collected(sorted(work), unknown, set_aside, missing)


def _sorted_out(opened, entries, listed) -> tuple[dict[str, dict[str, bytes]], list[str]]:
    """Return each student's files, and the names that belong to nobody."""
    work: dict[str, dict[str, bytes]] = {}
    unknown = []
    for entry in entries:
        found = NAMES[listed.system].fullmatch(entry.filename)
        if not found or found["id"] not in listed.people or entry.file_size > MAX_FILE:
            unknown.append(entry.filename)
            continue
        file = PurePosixPath(found["file"].replace("\\", "/")).name
        if file.endswith(".ipynb"):
            work.setdefault(found["id"], {})[_original(file)] = opened.read(entry)
    return work, unknown


def _original(file: str) -> str:
    """Return a file's name without the "-1" that Canvas adds when it is handed in again."""
    return re.sub(r"-\d+(?=\.ipynb$)", "", file)


def _put(folder: Path, files: dict[str, bytes]) -> bool:
    """Write one student's files; return whether earlier work was set aside for it."""
    there = {path.name: path.read_bytes() for path in folder.glob("*.ipynb")}
    if there == files:
        return False
    aside = bool(there)
    if aside:
        keep = folder.parents[1] / EARLIER / folder.parent.name
        number = len(list(keep.glob(f"{folder.name}-*"))) + 1
        keep.mkdir(parents=True, exist_ok=True)
        shutil.move(folder, keep / f"{folder.name}-{number}")
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return aside


def _enter(course: Path, listed: ClassList, work: dict) -> None:
    """Tell the gradebook the class's names, so that formgrader shows them."""
    book = gradebook(directory(course))
    try:
        for person in listed.people.values():
            last, _, first = person.name.partition(", ")
            if listed.system == "moodle":
                first, _, last = person.name.rpartition(" ")
            names = {"first_name": first or None, "last_name": last or None}
            book.update_or_create_student(person.id, email=person.email or None, **names)
    finally:
        book.close()
