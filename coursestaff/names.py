"""Names of students, of which formgrader writes some into its pages as they are: no HTML in them.

They come from a class list, where students may have chosen them, and stay in the gradebook.
"""

import re

from nbgrader.api import Gradebook, Student
from sqlalchemy import or_

FIELDS = (Student.first_name, Student.last_name, Student.email)
SIGNS = str.maketrans("<>", "‹›")  # look alike, and begin nothing
UNFIT = re.compile(r'[<>"\\\x00-\x1f\x7f]')  # in an id, which cannot be changed


def plain(name: str) -> str:
    """Return a name that is only text in a page, and reads as it did."""
    return name.translate(SIGNS)


def fits(student: str) -> bool:
    """Return whether a student's id can stand in a page, and in the scripts of one."""
    return not UNFIT.search(student)


def mend(book: Gradebook) -> None:
    """Make the names plain that an earlier version, or somebody else, put into a gradebook."""
    marked = or_(*(field.contains(sign) for field in FIELDS for sign in "<>"))
    students = book.db.query(Student).filter(marked).all()
    for student in students:
        for field in FIELDS:
            name = getattr(student, field.key)
            setattr(student, field.key, name and plain(name))
    if students:
        book.db.commit()
