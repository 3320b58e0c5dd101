"""Open the course as nbgrader sees it: its configuration, folders and gradebook."""

import contextlib
import os
import sqlite3
import sysconfig
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DatabaseError, OperationalError
from traitlets.config import Config, PyFileConfigLoader

from coursestaff import names
from courseware import CourseError

TRIES = 12  # each waits as long as SQLite does (five seconds) for another program to let go
COPY = ".before-"  # in the name of a copy of the gradebook; then when it was made
MOST_COPIES = 10
LOCKED = (
    "Another program, such as formgrader or `course grade`, is writing to the gradebook. Wait "
    "until it has ended, or end it. Then run the same command again."
)
DAMAGED = (
    "The gradebook ({book}) cannot be read ({problem}). Nothing has been changed. First move the "
    "gradebook out of the course folder. If there is a file {book.name}-journal, move it out too, "
    "because it can damage the copy. Then put the newest readable copy of the gradebook in its "
    "place: {copies}. Finally, run `course grade NAME --again` for each exercise, because the "
    "copy was made before the last run recorded its marks. Marks that a person has given since "
    "then have to be given again."
)
NO_COPIES = "`course grade` has left no copies here, so look in your backups"


class GradebookError(CourseError):
    """The gradebook cannot be used; the message says why, and what to do."""


def configuration(course: Path) -> Config:
    """Return what ``nbgrader_config.py`` in the course folder says."""
    config = PyFileConfigLoader("nbgrader_config.py", path=str(course)).load_config()
    config.CourseDirectory.root = str(course)
    return config


def directory(course: Path) -> CourseDirectory:
    """Return nbgrader's view of the course folder."""
    return CourseDirectory(config=configuration(course))


def gradebook(folders: CourseDirectory, tries: int | None = None) -> Gradebook:
    """Open the gradebook, and make it if there is none; no name in it is HTML from then on.

    Args:
        folders: of the course.
        tries: how often to wait while another program holds it, if not ``TRIES`` times.

    Raises:
        GradebookError: it is damaged, or still held; so does whatever reads it later.

    """
    find_alembic()
    for left in reversed(range(tries or TRIES)):
        try:
            book = Gradebook(folders.db_url, folders.course_id)
            names.mend(book)
        except OperationalError as problem:
            if "locked" not in str(problem):
                raise
            if not left:
                raise GradebookError(LOCKED) from problem
        except DatabaseError as problem:
            raise _damaged(folders, problem) from problem
        else:
            break

    @event.listens_for(book.engine, "handle_error")
    def in_words(context: ExceptionContext) -> None:
        if type(context.sqlalchemy_exception) is DatabaseError:
            raise _damaged(folders, context.sqlalchemy_exception)

    return book


def _damaged(folders: CourseDirectory, problem: DatabaseError) -> GradebookError:
    book = file_of(folders)
    copies = ", ".join(path.name for path in reversed(_copies(book))) if book else ""
    words = DAMAGED.format(book=book, problem=problem.orig, copies=copies or NO_COPIES)
    return GradebookError(words)


def file_of(folders: CourseDirectory) -> Path | None:
    """Return the file that holds the gradebook; None if a database's server does."""
    scheme, _, place = folders.db_url.partition(":///")
    return Path(folders.root, place) if scheme == "sqlite" else None


def keep_copy(folders: CourseDirectory) -> None:
    """Copy the gradebook, if there is one, beside itself; of the copies the newest stay.

    `course forget` erases in them, too: it takes whatever is called as the gradebook and more.

    Raises:
        GradebookError: it is damaged.

    """
    book = file_of(folders)
    if book is None or not book.is_file() or not book.stat().st_size:
        return
    copy = book.with_name(f"{book.name}{COPY}{datetime.now(UTC):%Y%m%d-%H%M%S-%f}")
    try:
        with (
            contextlib.closing(sqlite3.connect(book, timeout=60)) as old,
            contextlib.closing(sqlite3.connect(copy)) as new,
        ):
            ((found,),) = old.execute("pragma quick_check(1)")
            if found != "ok":
                raise sqlite3.DatabaseError(found)
            old.backup(new)
    except sqlite3.DatabaseError as problem:
        copy.unlink(missing_ok=True)
        if isinstance(problem, sqlite3.OperationalError):
            raise GradebookError(
                f"{book} could not be copied ({problem}). Close any other program that uses it, "
                "and run the same command again."
            ) from problem
        raise _damaged(folders, DatabaseError(None, None, problem)) from problem
    for old in _copies(book)[:-MOST_COPIES]:
        old.unlink()


def _copies(book: Path) -> list[Path]:
    """Return the gradebook's copies, the oldest first."""
    return sorted(book.parent.glob(f"{book.name}{COPY}*"))


def class_names(book: Gradebook) -> dict[str, str]:
    """Return the names that the gradebook knows, as formgrader writes them, by student id."""
    return {
        student.id: ", ".join(filter(None, (student.last_name, student.first_name)))
        for student in book.students
    }


def platform_numbers(book: Gradebook) -> dict[str, str]:
    """Return the learning platform's number of each student, by student id.

    Work that came from the platform is known by that number. On a hub a student is known by an
    account, and the gradebook has the number beside it, if it was in the class list.
    """
    return {student.id: student.lms_user_id or student.id for student in book.students}


def find_alembic() -> None:
    """Let nbgrader find ``alembic``, which it starts by name when it makes a gradebook."""
    bin_folder = sysconfig.get_path("scripts")
    path = os.environ.get("PATH", "")
    if bin_folder not in path.split(os.pathsep):
        os.environ["PATH"] = bin_folder + os.pathsep + path
