"""Enter into the gradebook who is who: run in the course folder by its keeper."""

import json
import sys
from pathlib import Path

from coursestaff.exercises import spec
from coursestaff.marking.gradebook import prepare
from coursestaff.nbgrader_course import directory, gradebook


def enter(
    course: Path, names: dict[str, str], numbers: dict[str, str], emails: dict[str, str]
) -> None:
    """Tell the gradebook who each student is, and each exercise that there is.

    Args:
        course: the keeper's course folder.
        names: by account.
        numbers: the learning platform's, by account: by them `export` finds a student's line.
        emails: by account.

    """
    book = gradebook(directory(course))
    try:
        for account, name in names.items():
            known = {
                "last_name": name,
                "lms_user_id": numbers.get(account),
                "email": emails.get(account),
            }
            known = {field: value for field, value in known.items() if value}
            book.update_or_create_student(account, **known)
        for folder in spec.exercise_folders(course / "solutions"):
            released = course / "exercises" / folder.name / f"{folder.name}.ipynb"
            prepare(book, spec.load(folder), spec.read_notebook(released))
    finally:
        book.close()


if __name__ == "__main__":
    enter(Path.cwd(), *json.load(sys.stdin))
