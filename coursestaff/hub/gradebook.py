"""Enter into the gradebook who is who: run in the course folder by its keeper."""

import json
import sys
from pathlib import Path

from coursestaff.nbgrader_course import directory, gradebook


def enter(
    course: Path, names: dict[str, str], numbers: dict[str, str], emails: dict[str, str]
) -> None:
    """Tell the gradebook who each student is; exercises come in with what is graded first.

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
    finally:
        book.close()


if __name__ == "__main__":
    enter(Path.cwd(), *json.load(sys.stdin))
