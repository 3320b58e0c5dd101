"""Take a platform's zip of submissions apart, into the folders where nbgrader looks for them."""

import filecmp
import os
import tempfile
import zipfile
from argparse import Namespace
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import NamedTuple

from coursestaff import roster
from coursestaff.collecting import classlist
from coursestaff.collecting.classlist import ClassList, who
from coursestaff.collecting.handed_in import (
    EARLIER,
    NOT_THEIRS,
    SENT,
    Packed,
    note_sent,
    notebooks,
    taken,
)
from coursestaff.collecting.lms import PLATFORMS, Platform
from coursestaff.collecting.load import NOTEBOOK
from coursestaff.exercises import kept, spec
from coursestaff.nbgrader_course import directory, gradebook
from coursestaff.terminal import one_line
from courseware import CourseError, zips
from courseware.zips import Damaged, reading

MAX_ALL = 20_000_000_000  # bytes of the whole archive, unpacked

#: Files of one platform's zip, each with its name there.
Named = list[tuple[str, zipfile.ZipInfo]]


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
    without_file: dict[str, list[str]]  #: who handed in what is no file, by what it is
    anonymous: list[str]  #: files whose names the platform has taken away
    other: dict[str, list[str]]  #: who handed in files, none of them a notebook, and which


def take_apart(course: Path, options: Namespace) -> int:
    """Take an archive apart; return 2 if a person has to look at something in it."""
    listed = classlist.read(options.listed, options.system)
    print(listed.found)
    with roster.step(course, options.name, "collect"):
        done = collect(course, options.name, options.archive, listed)
        print(in_words(done, listed))  # before the list is written, which a full disk can prevent
    roster.say_list(course, options.name)
    look_at = (done.unknown, done.left, done.several, done.anonymous, done.without_file)
    return 2 if any(look_at) else 0


def collect(course: Path, name: str, archive: Path, listed: ClassList) -> Collected:
    """Put every notebook of an archive into ``submitted/STUDENT/NAME``.

    Files whose name does not tell a student of the class list are listed, never guessed. What was
    collected before and differs is moved to ``submitted/.earlier``, not overwritten. Of several
    notebooks of one student all are kept: `handed_in` says which one counts, and what is taken out
    of a zip. The release that students have now is kept: a later one may take its place.

    Args:
        course: the course folder.
        name: the exercise, such as ``02_the_trade_lifeline``.
        archive: the zip as the platform gives it.
        listed: the class list of the same platform.

    Raises:
        SpecError: no such exercise.
        CollectError: no zip, one that is too large, another platform's, or nothing can be written.

    """
    spec.find(course / "solutions", name)
    done = Collected([], [], [], [], [], [], [], {}, {}, [], {})
    try:
        with reading():
            opened = zipfile.ZipFile(archive)
        with opened:
            entries = [e for e in opened.infolist() if not e.is_dir()]
            if sum(entry.file_size for entry in entries) > MAX_ALL:
                raise CollectError(
                    f"{archive.name} unpacks to more than 20 GB, which is too large. Download the "
                    "work on only one exercise."
                )
            named = _unwrapped(entries)
            _refuse_another_platform(archive, named, listed)
            for student, own in sorted(_sorted_out(named, listed, done).items()):
                with ExitStack() as stack:
                    files, left = taken(opened, own, name, stack)
                    done.left.extend(left)
                    _put(files, course / "submitted" / student / name, done)
                if student not in done.students:
                    done.other[student] = [one_line(called) for called, _ in own]
        kept.keep_all(course)
    except Damaged as problem:
        raise CollectError(
            f"{archive.name} is not a zip file that can be read. Download it again from the "
            "platform."
        ) from problem
    except OSError as problem:
        where = " → ".join(filter(None, (problem.filename, problem.filename2))) or archive
        raise CollectError(f"{where}: {problem.strerror or problem}.") from problem
    done.late[:] = sorted(set(done.late) & set(done.students))
    _enter(course, listed)
    for kind, students in done.without_file.items():
        done.without_file[kind] = sorted(set(students) - set(done.students))
    told = {*done.students, *done.other}
    told |= {each for them in done.without_file.values() for each in them}
    _note_other(course, name, done)
    for student in sorted(set(listed.names) - told):
        there = (course / "submitted" / student / name).is_dir()
        (done.before if there else done.missing).append(student)
    return done


def in_words(done: Collected, listed: ClassList) -> str:
    """Return who handed in and who did not, by name, and what was left out or set aside."""
    lines = [f"Work was collected from {len(done.students)} of {len(listed.names)} students."]
    if done.before:
        lines.append(
            f"Students whose work is not in this zip but was collected before: {len(done.before)}."
        )
    typed = [
        (f"Handed in {kind} instead of a notebook", them)
        for kind, them in done.without_file.items()
    ]
    for head, students in (
        ("Handed in nothing so far", done.missing),
        ("Handed in other files instead of a notebook", done.other),
        *typed,
        ("Handed in late, according to Canvas", done.late),
        ("Handed in again, so the earlier work was moved to submitted/.earlier", done.set_aside),
    ):
        if students:
            names = "; ".join(_named(each, done, listed) for each in students)
            lines.append(f"{head} ({len(students)}): {names}.")
    if done.several:
        lines.append(
            "Handed in more than one notebook (the one with the most work in it is graded):"
        )
        lines += [
            f"  {who(student, listed.names)}: {', '.join(map(one_line, names))}"
            for student, names in done.several.items()
        ]
    if done.anonymous:
        lines.append(
            f"Anonymous files that were left in the zip: {len(done.anonymous)}. Let the platform "
            "show the students' names, and download the zip again."
        )
    for head, files in (
        ("Files left in the zip, because they belong to nobody on the class list", done.unknown),
        ("Files left in the zip, because they are not notebooks or cannot be read", done.left),
    ):
        if files:
            lines.append(f"{head}: {', '.join(files)}.")
    return "\n".join(lines)


def _named(student: str, done: Collected, listed: ClassList) -> str:
    files = f" ({', '.join(done.other[student])})" if student in done.other else ""
    return who(student, listed.names) + files


def _note_other(course: Path, name: str, done: Collected) -> None:
    """Keep who sent what is no notebook: grading names them, and a person decides about points.

    A notebook that was collected before stays what counts.
    """
    sent = {student: list(files) for student, files in done.other.items()}
    for kind, students in done.without_file.items():
        for student in students:
            sent.setdefault(student, []).append(kind)
    for student, what in sent.items():
        folder = course / "submitted" / student / name
        if not folder.is_dir() or not notebooks(folder):
            note_sent(folder, what)


def _unwrapped(entries: list[zipfile.ZipInfo]) -> Named:
    """Return an archive's files with their names in it as a platform gives them.

    Some browsers unpack what they download; packed again, all lies in one folder more.
    """
    named = [(entry.filename, entry) for entry in entries]
    named = [each for each in named if not each[0].startswith("__MACOSX/")]
    folders = {name.partition("/")[0] for name, _ in named if "/" in name}
    inside = all("/" in name for name, _ in named)
    known = any(_fits(named, platform) for platform in PLATFORMS.values())
    if inside and len(folders) == 1 and not known:
        return [(name.partition("/")[2], entry) for name, entry in named]
    return named


def _fits(named: Named, platform: Platform) -> bool:
    """Return whether any file is called as a platform calls what was handed in."""
    patterns = [platform.submission, *platform.without_file.values(), platform.anonymous]
    return any(pattern.fullmatch(name) for name, _ in named for pattern in patterns if pattern)


def _refuse_another_platform(archive: Path, named: Named, listed: ClassList) -> None:
    """Refuse an archive that is another platform's.

    Raises:
        CollectError: it names that platform.

    """
    ours = listed.platform
    others = [each for each in PLATFORMS.values() if each is not ours and _fits(named, each)]
    if others and not _fits(named, ours):
        theirs = others[0].name
        raise CollectError(
            f"{archive.name} was downloaded from {theirs}, but the option --from names "
            f"{ours.name}. Run the command again with --from {theirs} and the class list from "
            f"{theirs}."
        )


def _sorted_out(named: Named, listed: ClassList, done: Collected) -> dict[str, Named]:
    """Return each student's files, each by its own name; note what belongs to nobody."""
    work: dict[str, Named] = {}
    for name, entry in named:
        if _noted(name, listed, done):
            continue
        found = listed.platform.submission.fullmatch(name)
        if not found or found["student"] not in listed.people:
            done.unknown.append(one_line(entry.filename))
            continue
        work.setdefault(found["student"], []).append((found["file"], entry))
        if found.groupdict().get("late"):
            done.late.append(found["student"])
    return work


def _noted(name: str, listed: ClassList, done: Collected) -> bool:
    """Note what is no file of a student's that is known; return whether it was that."""
    platform = listed.platform
    if platform.anonymous and platform.anonymous.fullmatch(name):
        done.anonymous.append(one_line(name))
        return True
    for kind, pattern in platform.without_file.items():
        found = pattern.fullmatch(name)
        if found and found["student"] in listed.people:
            done.without_file.setdefault(kind, []).append(found["student"])
            return True
    return False


def _put(files: dict[str, Packed], folder: Path, done: Collected) -> None:
    """Write one student's files: all at once, and only if they are other ones than before."""
    student = folder.parent.name
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".collect-") as scratch:
        fresh = Path(scratch) / folder.name
        fresh.mkdir()
        for name, packed in files.items():
            try:
                zips.unpack(packed.archive, packed.entry, fresh / name)
            except Damaged:
                done.left.append(packed.said)
        there = sorted(path.name for path in fresh.iterdir() if NOTEBOOK.fullmatch(path.name))
        if not there:
            done.left.extend(files[path.name].said for path in fresh.iterdir())
            return
        if len(there) > 1:
            done.several[student] = there
        done.students.append(student)
        if folder.exists() and _same(fresh, folder):
            return
        if folder.exists() and not notebooks(folder):
            (folder / SENT).unlink(missing_ok=True)
        if folder.exists() and not any(folder.iterdir()):
            folder.rmdir()
        if folder.exists():
            keep = folder.parents[1] / EARLIER / student
            keep.mkdir(parents=True, exist_ok=True)
            places = (keep / f"{folder.name}-{number}" for number in count(1))
            folder.rename(next(place for place in places if not os.path.lexists(place)))
            done.set_aside.append(student)
        fresh.rename(folder)


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
        for person in (each for each in listed.people.values() if each.id in listed.names):
            first, last = listed.platform.names(person)
            names = {"first_name": first or None, "last_name": last or None}
            book.update_or_create_student(person.id, email=person.email or None, **names)
    finally:
        book.close()
