"""Take a platform's zip of submissions apart, into the folders where nbgrader looks for them."""

import contextlib
import filecmp
import os
import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Collection
from datetime import datetime
from itertools import count
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from courseware import CourseError
from instructor.grading import spec
from instructor.grading.classlist import ClassList, who
from instructor.grading.handed_in import MOST_BYTES, NOT_THEIRS
from instructor.grading.load import MAX_BYTES, NOTEBOOK
from instructor.grading.nbgrader_course import directory, gradebook
from instructor.grading.terminal import one_line

MAX_FILE = MAX_BYTES  # of one file, unpacked
MAX_NAME = 60  # characters of a file's name: the end counts
BESIDE = (".py", ".csv", ".tsv", ".txt", ".json", ".xlsx")  # what a notebook may read or import
MAX_ALL = 20_000_000_000  # bytes of the whole archive, unpacked
EARLIER = ".earlier"  # in submitted/: what a later collection replaced

#: What reading a file of a zip raises: damaged, with a password, packed in a way nobody knows.
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError)


class CollectError(CourseError):
    """The archive cannot be taken apart; the message says why."""


class Collected(NamedTuple):
    """Who handed in, and what was left out or set aside. Names are as they can be printed."""

    students: list[str]
    unknown: list[str]  #: files that cannot be given to anybody
    left: list[str]  #: files that are no notebooks, or damaged, or too large
    set_aside: list[str]  #: whose earlier work is in ``submitted/.earlier``
    missing: list[str]  #: on the class list, and nothing handed in, now or before
    late: list[str]  #: whose work Canvas calls late; Moodle's zip does not tell
    before: list[str]  #: whose work is not in this archive, but was collected before
    several: dict[str, list[str]]  #: who handed in more than one notebook, and which


def collect(course: Path, name: str, archive: Path, listed: ClassList) -> Collected:
    """Put every notebook of an archive into ``submitted/STUDENT/NAME``.

    Files whose name does not tell a student of the class list are listed, never guessed. What was
    collected before and differs is moved to ``submitted/.earlier``, not overwritten. Of several
    notebooks of one student all are kept: `handed_in` says which one counts. Small files that a
    notebook may read or import come along with it.

    Args:
        course: the course folder.
        name: the exercise, such as ``02_the_trade_lifeline``.
        archive: the zip as the platform gives it.
        listed: the class list of the same platform.

    Raises:
        SpecError: no such exercise.
        CollectError: no zip, one that is too large, or nothing can be written.

    """
    spec.find(course / "solutions", name)
    done = Collected([], [], [], [], [], [], [], {})
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = [e for e in opened.infolist() if not e.is_dir()]
            if sum(entry.file_size for entry in entries) > MAX_ALL:
                raise CollectError(f"{archive.name} unpacks to more than 20 GB.")
            for student, files in sorted(_sorted_out(entries, listed, done).items()):
                _put(opened, files, course / "submitted" / student / name, done)
    except zipfile.BadZipFile as problem:
        raise CollectError(f"{archive.name} is not a zip file that can be read.") from problem
    except OSError as problem:
        where = " → ".join(filter(None, (problem.filename, problem.filename2))) or archive
        raise CollectError(f"{where}: {problem.strerror or problem}.") from problem
    done.late[:] = sorted(set(done.late) & set(done.students))
    _enter(course, listed)
    for student in sorted(set(listed.names) - set(done.students)):
        there = (course / "submitted" / student / name).is_dir()
        (done.before if there else done.missing).append(student)
    return done


def in_words(done: Collected, listed: ClassList) -> str:
    """Return who handed in and who did not, by name, and what was left out or set aside."""
    lines = [f"Collected from {len(done.students)} students of {len(listed.names)}."]
    if done.before:
        lines.append(f"Not in this zip, but handed in before: {len(done.before)}.")
    for head, students in (
        ("Nothing so far", done.missing),
        ("Late, as Canvas says", done.late),
        ("Handed in anew; the earlier work is in submitted/.earlier", done.set_aside),
    ):
        if students:
            names = "; ".join(who(each, listed.names) for each in students)
            lines.append(f"{head} ({len(students)}): {names}.")
    if done.several:
        lines.append("More than one notebook (grading takes the one that was worked on most):")
        lines += [
            f"  {who(student, listed.names)}: {', '.join(map(one_line, names))}"
            for student, names in done.several.items()
        ]
    for head, files in (
        ("Belongs to nobody on the class list, and was left in the zip", done.unknown),
        ("Is no notebook, or cannot be read, and was left in the zip", done.left),
    ):
        if files:
            lines.append(f"{head}: {', '.join(files)}.")
    return "\n".join(lines)


def _sorted_out(
    entries: list[zipfile.ZipInfo], listed: ClassList, done: Collected
) -> dict[str, dict[str, zipfile.ZipInfo]]:
    """Return each student's notebooks, by name; note what is none, or belongs to nobody."""
    work: dict[str, dict[str, zipfile.ZipInfo]] = {}
    for entry in entries:
        found = listed.platform.submission.fullmatch(entry.filename)
        if not found or found["student"] not in listed.people:
            done.unknown.append(one_line(entry.filename))
            continue
        file = PurePosixPath(found["file"].replace("\\", "/")).name[-MAX_NAME:]
        if not _is_taken(file, entry.file_size):
            done.left.append(one_line(entry.filename))
            continue
        own = work.setdefault(found["student"], {})
        own[_free(file, own)] = entry
        if found.groupdict().get("late"):
            done.late.append(found["student"])
    return {student: _as_handed_out(own) for student, own in work.items()}


def _is_taken(file: str, size: int) -> bool:
    """Return whether a file is a notebook, or one that may lie beside it."""
    if NOTEBOOK.fullmatch(file):
        return size <= MAX_FILE
    small = size <= MOST_BYTES and file not in NOT_THEIRS
    return small and file.lower().endswith(BESIDE)


def _free(file: str, taken: Collection[str]) -> str:
    """Return a name that no other file of the student has, on no computer."""
    there = {name.casefold() for name in taken}
    stem, dot, ending = file.partition(".")
    names = (file, *(f"{stem} ({number}){dot}{ending}" for number in range(2, len(there) + 3)))
    return next(name for name in names if name.casefold() not in there)


def _as_handed_out(files: dict[str, zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """Give a file back the name without the number, unless another one of the student has it."""
    plain = [_original(file).casefold() for file in files]
    return {
        _original(file) if plain.count(_original(file).casefold()) == 1 else file: entry
        for file, entry in files.items()
    }


def _original(file: str) -> str:
    """Return a file's name without the "-1" that Canvas adds when it is handed in again."""
    return re.sub(r"-\d+(?=\.ipynb$)", "", file, flags=re.IGNORECASE)


def _put(
    opened: zipfile.ZipFile, files: dict[str, zipfile.ZipInfo], folder: Path, done: Collected
) -> None:
    """Write one student's files: all at once, and only if they are other ones than before."""
    student = folder.parent.name
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".collect-") as scratch:
        fresh = Path(scratch) / folder.name
        fresh.mkdir()
        for name, entry in files.items():
            if not _unpacked(opened, entry, fresh / name):
                done.left.append(one_line(entry.filename))
        there = sorted(path.name for path in fresh.iterdir() if NOTEBOOK.fullmatch(path.name))
        if not there:
            done.left.extend(one_line(files[path.name].filename) for path in fresh.iterdir())
            return
        if len(there) > 1:
            done.several[student] = there
        done.students.append(student)
        if folder.exists() and _same(fresh, folder):
            return
        if folder.exists():
            keep = folder.parents[1] / EARLIER / student
            keep.mkdir(parents=True, exist_ok=True)
            places = (keep / f"{folder.name}-{number}" for number in count(1))
            folder.rename(next(place for place in places if not os.path.lexists(place)))
            done.set_aside.append(student)
        fresh.rename(folder)


def _unpacked(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, to: Path) -> bool:
    """Write one file of an archive; return False, and leave nothing, if it is damaged."""
    try:
        with opened.open(entry) as content, to.open("wb") as file:
            shutil.copyfileobj(content, file)
    except DAMAGED:
        to.unlink(missing_ok=True)
        return False
    with contextlib.suppress(ValueError, OverflowError, OSError):  # a date that there is not
        saved = datetime(*entry.date_time).timestamp()  # of several the newest may count
        os.utime(to, (saved, saved))
    return True


def _same(one: Path, other: Path) -> bool:
    """Return whether two folders hold the same files of the student."""
    names = {path.name for path in one.iterdir()}
    there = {path.name for path in other.iterdir() if path.name not in NOT_THEIRS}
    return names == there and all(
        filecmp.cmp(one / name, other / name, shallow=False) for name in names
    )


def _enter(course: Path, listed: ClassList) -> None:
    """Tell the gradebook the class's names, so that formgrader shows them."""
    book = gradebook(directory(course))
    try:
        for person in listed.people.values():
            first, last = listed.platform.names(person)
            names = {"first_name": first or None, "last_name": last or None}
            book.update_or_create_student(person.id, email=person.email or None, **names)
    finally:
        book.close()
