"""Open the course as nbgrader sees it: its configuration, folders and gradebook."""

import os
import sysconfig
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config, PyFileConfigLoader

from coursestaff import names


def configuration(course: Path) -> Config:
    """Return what ``nbgrader_config.py`` in the course folder says."""
    config = PyFileConfigLoader("nbgrader_config.py", path=str(course)).load_config()
    config.CourseDirectory.root = str(course)
    return config


def directory(course: Path) -> CourseDirectory:
    """Return nbgrader's view of the course folder."""
    return CourseDirectory(config=configuration(course))


def gradebook(folders: CourseDirectory) -> Gradebook:
    """Open the gradebook, and make it if there is none; no name in it is HTML from then on."""
    find_alembic()
    book = Gradebook(folders.db_url, folders.course_id)
    names.mend(book)
    return book


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
