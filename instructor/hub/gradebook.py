"""Enter the class's names into the gradebook: run in the course folder by its keeper."""

import json
import sys
from pathlib import Path

from instructor.grading import spec
from instructor.grading.gradebook import prepare
from instructor.grading.nbgrader_course import directory, gradebook


def enter(course: Path, names: dict[str, str]) -> None:
    """Tell the gradebook each student's name, and each exercise that there is.

    Args:
        course: the keeper's course folder.
        names: by account.

    """
    book = gradebook(directory(course))
    try:
        for account, name in names.items():
            book.update_or_create_student(account, last_name=name or None)
        for folder in spec.exercise_folders(course / "solutions"):
            released = course / "exercises" / folder.name / f"{folder.name}.ipynb"
            prepare(book, spec.load(folder), spec.read_notebook(released))
    finally:
        book.close()


if __name__ == "__main__":
    enter(Path.cwd(), json.load(sys.stdin))
