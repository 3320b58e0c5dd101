"""What has to be known of a learning platform."""

import re
from typing import ClassVar, NamedTuple

from courseware import CourseError

Row = dict[str, str]
Points = dict[str, float]

NO_POINTS = ("", "-", "EX", "N/A")  # what stands where nobody has been given any


class PlatformError(CourseError):
    """The platform has not what was asked for; the message says what it has."""


class Person(NamedTuple):
    """A student as the platform knows them. ``id`` is what nbgrader calls them, too."""

    id: str
    name: str
    email: str


class Platform:
    """One platform: its class list, the zip of submissions that it gives, what it imports."""

    name: ClassVar[str]
    where: ClassVar[str]  #: where it exports its class list
    #: A file in its zip, with the groups ``student``, ``file`` and perhaps ``late``.
    submission: ClassVar[re.Pattern]
    #: What is handed in without a file, in its zip, with the group ``student``; by what it is.
    without_file: ClassVar[dict[str, re.Pattern]] = {}
    #: A file in its zip that does not tell whose it is.
    anonymous: ClassVar[re.Pattern | None] = None
    made_up: ClassVar[str | None] = None  #: a student who is none
    #: Separators and encodings that it imports; None: it asks for them.
    imports: ClassVar[tuple[str, str] | None] = None

    def missing(self, columns: list[str]) -> list[str]:
        """Return which columns a class list lacks."""
        raise NotImplementedError

    def person(self, row: Row) -> Person | None:
        """Return the student in a row of the class list, if there is one."""
        raise NotImplementedError

    def names(self, person: Person) -> tuple[str, str]:
        """Return a student's first and last name."""
        raise NotImplementedError

    def column(self, columns: list[str], exercise: str, asked: str) -> str:
        """Return what the platform calls an exercise; ``asked`` is what somebody says it does.

        Raises:
            PlatformError: it has no such column, or nothing tells which one it is.

        """
        raise NotImplementedError

    def most(self, columns: list[str], rows: list[Row], column: str) -> float | None:
        """Return the points that one can get in a column; None if the list does not say.

        Raises:
            PlatformError: the list says something that is no number, or the column holds grades
                that are not points.

        """
        raise NotImplementedError

    def filled(
        self, columns: list[str], rows: list[Row], column: str, points: Points
    ) -> tuple[list[str], list[Row]]:
        """Return columns and rows as the platform imports them, with one exercise's points.

        Who has no points keeps what stands there: nothing handed in is not zero points. Names stay
        as the platform wrote them, even one that a spreadsheet takes for a formula: it needs them
        back. Points have a decimal point, whatever the list has: both platforms read that in every
        language, and Moodle in English would cut a comma off with what follows.

        Args:
            columns: of the class list.
            rows: of the class list.
            column: what the platform calls the exercise.
            points: by nbgrader's student id.

        """
        raise NotImplementedError


def number(text: str) -> float | None:
    """Return a number of a platform's, with a decimal point or comma; None if it is none."""
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def refuse_other_grades(column: str, cells: list[str]) -> None:
    """Refuse a column in which something stands that is no number: letters, or a scale.

    Raises:
        PlatformError: with what stands there.

    """
    cells = [cell.strip() for cell in cells]
    other = sorted({cell for cell in cells if cell not in NO_POINTS and number(cell) is None})
    if other:
        raise PlatformError(
            f"The column {column!r} holds letters or the words of a scale "
            f"({', '.join(map(repr, other[:3]))}) instead of points. On the platform, set this "
            "assignment to be graded in points, and then export the list again."
        )
