"""Erase what a course folder holds of one student, or of a class: ``course forget``.

First it is found, shown and agreed to, then erased: lists and exports, folders, and the gradebook
last, so that whatever was interrupted is found again by the same command. No copy is made. No link
is followed: the link goes, and what it leads to stays.
"""

import contextlib
import os
import shutil
import sqlite3
from argparse import Namespace
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from coursestaff import worksteps
from coursestaff.collecting.handed_in import EARLIER
from coursestaff.exercises import spec
from coursestaff.marking.coordinator import grading_lock
from coursestaff.nbgrader_course import directory, file_of
from coursestaff.terminal import one_line, typed
from courseware import CourseError

#: Folders in which each student has one; files that lie there beside these are lists of a class.
PLACES = ("submitted", f"submitted/{EARLIER}", "autograded", "feedback")
#: What this command erases for one student, too: `course` makes it anew of whoever is left.
MADE = ("*.list.txt", "*.report.html", "*.canvas.html")
EXPORTED = tuple(f"[0-9][0-9]_*-{end}" for end in ("canvas.csv", "moodle.csv", "csv.csv"))
EXPORTED += ("[0-9][0-9]_*-feedback-*.zip", "grades.csv")
#: With a class goes all that git ignores as exported, whoever named it.
NUMBERED = ("[0-9][0-9]_*.csv", "[0-9][0-9]_*.zip", "grades.csv")
STEPS = worksteps.FILE.format(name="*")  # holds no student
LINK = "which is a link, so delete its target yourself"
WAIT = 5.0  # seconds for another program to let go of the gradebook
SQLITE = b"SQLite format 3\0"

_HIS = "select id from submitted_assignment where student_id = ?"
_THEIRS = f"select id from submitted_notebook where assignment_id in ({_HIS})"
#: The gradebook's tables in the order in which they hang on each other, and whose a row is.
ROWS = {
    "comment": f"notebook_id in ({_THEIRS})",
    "grade": f"notebook_id in ({_THEIRS})",
    "submitted_notebook": f"assignment_id in ({_HIS})",
    "submitted_assignment": "student_id = ?",
    "student": "id = ?",
}
#: What this command cannot reach, whoever is erased.
BEYOND = (
    "backups of this computer or folder, and traces of deleted files on the disk itself",
    "work, points and feedback on the platform (Canvas or Moodle)",
    "the platform's class list and zip, and exported files, wherever you saved them (`course "
    "collect` enters all students on the class list again)",
    "notebooks, journals and feedback that students have kept themselves",
    "home folders and the exchange folder of a hub (use `course hub erase`)",
)


class ForgetError(CourseError):
    """Not all has been erased, or nothing can be; the message says why, and what to do."""


class Held(NamedTuple):
    """What a course folder holds of some students.

    ``files`` are lists and exports, which hold others too, and can be made anew where ``anew`` says
    so; ``books`` the gradebook and its copies, each with the number of its rows that go; ``beyond``
    is what cannot be reached.
    """

    students: list[str]
    folders: list[Path]
    files: list[Path]
    books: dict[Path, int]
    beyond: list[str]
    anew: bool

    @property
    def empty(self) -> bool:
        """Return whether there is nothing of anybody's."""
        return not (self.folders or self.files or any(self.books.values()))


def forget(course: Path, options: Namespace) -> int:
    """Erase one student or a class, when somebody has typed whom; return 1 if nobody has."""
    if options.also and not options.everybody:
        raise CourseError(
            "--also works only with --class, because such a file also holds data on other "
            "students. Edit the file yourself instead."
        )
    held = find(course, options.student, options.also)
    print(in_words(course, held))
    whom = options.student or "class"
    words = f"This cannot be undone, and no copy is made. Type {whom!r} to continue: "
    if not (held.empty or options.yes or typed(words, whom)):
        print("Nothing has been erased.")
        return 1
    erase(course, held)
    if not held.empty:
        print("Erased.")
    return 0


def find(course: Path, student: str | None = None, also: Sequence[Path] = ()) -> Held:
    """Return what a course folder holds of one student, or of all.

    Args:
        course: the course folder.
        student: the id; everybody if None.
        also: files to erase with a class, such as its class list.

    Raises:
        ForgetError: such an id cannot be, a file of ``also`` is not there, or a gradebook cannot be
            read.

    """
    if student is not None and not _can_be(student):
        raise ForgetError(
            f"{one_line(student)!r} cannot be a student's id. Give the id that formgrader shows, "
            "which is also the name of the folder in submitted/."
        )
    if missing := [path.name for path in also if not path.is_file()]:
        raise ForgetError(
            f"There is no file {one_line(missing[0])}, so nothing has been erased. Check its name."
        )
    places, links = _places(course)
    books, not_books = _gradebooks(course)
    known = {path.name for place in places for path in _folders(place)}
    known |= {each for book in books for each in _students(book)}
    wanted = sorted(known if student is None else known & {student})
    folders = [path for place in places for path in _folders(place) if path.name in wanted]
    everything = _files_of_all(course, places)
    files = everything if student is None else _made(course, places) if wanted else []
    stay = [path for path in everything if path not in files and not path.match(STEPS)]
    beyond = [*BEYOND, *(f"{name}/, {LINK}" for name in links), *not_books]
    beyond += [f"{one_line(_place(course, path))}, so look there yourself" for path in stay]
    rows = {book: _count(book, wanted) for book in books}
    return Held(wanted, folders, [*files, *also], rows, beyond, anew=student is not None)


def _places(course: Path) -> tuple[list[Path], list[str]]:
    """Return the folders in which students have theirs, and the names of those that are links."""
    links = [name for name in PLACES if (course / name).is_symlink()]
    found = [course / name for name in PLACES if not name.startswith(tuple(links))]
    return [place for place in found if place.is_dir()], links


def _can_be(student: str) -> bool:
    """Return whether this can be the name of a student's folder, and of nothing else."""
    special = {"", ".", "..", EARLIER}
    return student not in special and not {*student} & {"/", os.sep, "\0"}


def _folders(place: Path) -> list[Path]:
    """Return the students' places in a folder, links among them; names are as they are written."""
    found = (path for path in sorted(place.iterdir()) if path.name != EARLIER)
    return [path for path in found if path.is_symlink() or path.is_dir()]


def _made(course: Path, places: list[Path]) -> list[Path]:
    """Return the lists and exports that hold a student among others, and can be made anew."""
    lists = {path for place in places for pattern in MADE for path in place.glob(pattern)}
    exports = {path for pattern in EXPORTED for path in course.glob(pattern)}
    return sorted(path for path in lists | exports if path.is_file())


def _files_of_all(course: Path, places: list[Path]) -> list[Path]:
    """Return every file that lies beside students' places, and all that was exported."""
    exports = {path for pattern in NUMBERED for path in course.glob(pattern)}
    return sorted({*_beside(places), *exports})


def _beside(places: list[Path]) -> list[Path]:
    files = (path for place in places for path in place.iterdir() if path.suffix != ".lock")
    return [path for path in files if path.is_file() and not path.is_symlink()]


# --- The gradebook ----------------------------------------------------------------------------


def _gradebooks(course: Path) -> tuple[list[Path], list[str]]:
    """Return the gradebook and the copies that nbgrader made of it; and what cannot be reached."""
    main = file_of(directory(course))
    if main is None:
        return [], [
            "a gradebook that is not a file on this computer (use `nbgrader db student remove ID "
            "--force`)"
        ]
    books, others = [], []
    for path in sorted(main.parent.glob(f"{main.name}*")):
        if path.is_symlink():
            others.append(f"{path.name}, {LINK}")
        elif path.is_file() and _is_gradebook(path):
            books.append(path)
        elif path.exists():  # opening the gradebook takes up what an interrupted program left
            others.append(f"{path.name}, which is not a gradebook, so check yourself what it holds")
    return books, others


def _is_gradebook(path: Path) -> bool:
    with path.open("rb") as file:
        if file.read(len(SQLITE)) != SQLITE:
            return False
    with _opened(path) as connection:
        tables = connection.execute("select name from sqlite_master where type = 'table'")
        return ROWS.keys() <= {name for (name,) in tables}


@contextlib.contextmanager
def _opened(book: Path) -> Iterator[sqlite3.Connection]:
    """Open a gradebook; what is deleted in it is overwritten.

    Raises:
        ForgetError: another program holds it, or it is damaged.

    """
    try:
        with contextlib.closing(sqlite3.connect(book, WAIT, isolation_level=None)) as connection:
            connection.execute("pragma secure_delete = on")
            yield connection
    except sqlite3.Error as problem:
        raise ForgetError(
            f"{book.name} could not be changed ({problem}). Close formgrader and any other program "
            "that uses this gradebook. Then run the same command again."
        ) from problem


def _students(book: Path) -> list[str]:
    with _opened(book) as connection:
        return [name for (name,) in connection.execute("select id from student")]


def _count(book: Path, students: list[str]) -> int:
    """Return how many rows of a gradebook are these students'."""
    queries = [f"select count(*) from {table} where {whose}" for table, whose in ROWS.items()]
    with _opened(book) as connection:
        found = (connection.execute(q, [each]).fetchone() for each in students for q in queries)
        return sum(count for (count,) in found)


def _clear(book: Path, students: list[str]) -> None:
    """Delete these students' rows, all or none; then let the file forget what it held."""
    with _opened(book) as connection:
        connection.execute("begin immediate")
        for student in students:
            for table, whose in ROWS.items():
                connection.execute(f"delete from {table} where {whose}", [student])
        connection.execute("commit")
        connection.execute("vacuum")


# --- Erasing ----------------------------------------------------------------------------------


def erase(course: Path, held: Held) -> None:
    """Erase what was found. Where that stops half-way, the same can be done again.

    Raises:
        StoppedError: the class is being graded.
        ForgetError: something cannot be deleted; all else has been.

    """
    names = [folder.name for folder in spec.exercise_folders(course / "solutions")]
    left = []
    with contextlib.ExitStack() as grading:
        for name in names:
            grading.enter_context(grading_lock(course, name))
        for path in (*held.files, *held.folders):
            try:
                _delete(path)
            except OSError as problem:
                left.append(f"  {one_line(str(path))}: {problem.strerror}")
        for book in held.books:
            _clear(book, held.students)
    if left:
        lines = "\n".join(left)
        raise ForgetError(
            f"Everything has been erased except for the following:\n{lines}\nCorrect the cause "
            "that is shown for each, and then run the same command again."
        )


def _delete(path: Path) -> None:
    """Delete a folder or a file, if it is there still; of a link the link alone."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


# --- What is said -----------------------------------------------------------------------------


def in_words(course: Path, held: Held) -> str:
    """Return what will go, what cannot be reached, and whether the marks are exported."""
    if held.empty:
        return "This course folder holds no data on these students."
    count = len(held.students)
    lines = [f"This erases the following data on {count} student{'s' * (count != 1)}:"]
    for place in PLACES:
        folders = [path for path in held.folders if path.parent == course / place]
        if folders:
            files = sum(_files(path) for path in folders)
            which = one_line(folders[0].name) if len(folders) == 1 else f"{len(folders)} folders"
            lines.append(f"  {place}/: {which}, {files} file{'s' * (files != 1)}")
    lines += [f"  {book.name}: {rows} rows" for book, rows in held.books.items() if rows]
    if held.files:
        anew = " (they can be made again for the remaining students)" * held.anew
        lines.append(f"and all of these files{anew}:")
        lines += [f"  {one_line(_place(course, path))}" for path in held.files]
    lines.append("It does not erase:")
    lines += [f"  {each}" for each in held.beyond]
    return "\n".join([*lines, *_marks(course, held)])


def _place(course: Path, path: Path) -> str:
    return path.relative_to(course).as_posix() if path.is_relative_to(course) else str(path)


def _files(path: Path) -> int:
    """Return how many files a folder holds; a link counts for one, and is not followed."""
    if path.is_symlink():
        return 1
    found = (Path(at, name) for at, folders, files in os.walk(path) for name in (*folders, *files))
    return sum(each.is_symlink() or not each.is_dir() for each in found)


def _marks(course: Path, held: Held) -> Iterator[str]:
    """Yield, for each exercise with marks of these students, when its marks were exported."""
    for book in [*held.books][:1]:  # its copies have longer names
        changed = datetime.fromtimestamp(book.stat().st_mtime, UTC)
        for name in _exercises(book, held.students):
            done = worksteps.done(course, name).get("export")
            if done is None:
                words = "it is not known whether its marks were exported"
            else:
                words = f"marks exported on {done.at:%Y-%m-%d at %H:%M} UTC"
                words += ", but the gradebook has changed since then" if changed > done.at else ""
            yield f"{one_line(name)}: {words}."


def _exercises(book: Path, students: list[str]) -> list[str]:
    """Return the exercises of which a gradebook has work of these students."""
    query = (
        "select distinct a.name from assignment a "
        "join submitted_assignment s on s.assignment_id = a.id where s.student_id = ?"
    )
    with _opened(book) as connection:
        found = {name for each in students for (name,) in connection.execute(query, [each])}
    return sorted(found)
