"""What has to be known of a learning platform."""

import re
from typing import ClassVar, NamedTuple

from courseware import CourseError

Row = dict[str, str]
Points = dict[str, float]


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
    needed: ClassVar[set[str]]  #: columns that its class list must have
    where: ClassVar[str]  #: where it exports that list
    #: A file in its zip, with the groups ``student``, ``file`` and perhaps ``late``.
    submission: ClassVar[re.Pattern]
    made_up: ClassVar[str | None] = None  #: a student who is none

    def person(self, row: Row) -> Person | None:
        """Return the student in a row of the class list, if there is one."""
        raise NotImplementedError

    def names(self, person: Person) -> tuple[str, str]:
        """Return a student's first and last name."""
        raise NotImplementedError

    def column(self, columns: list[str], exercise: str, asked: str) -> str:
        """Return what the platform calls an exercise; ``asked`` is what somebody says it does.

        Raises:
            PlatformError: it has no such column.

        """
        raise NotImplementedError

    def filled(
        self,
        columns: list[str],
        rows: list[Row],
        column: str,
        points: Points,
        most: float,
    ) -> tuple[list[str], list[Row]]:
        """Return columns and rows as the platform imports them, with one exercise's points.

        Who has no points keeps what stands there: nothing handed in is not zero points. Names stay
        as the platform wrote them, even one that a spreadsheet takes for a formula: it needs them
        back.

        Args:
            columns: of the class list.
            rows: of the class list.
            column: what the platform calls the exercise.
            points: by nbgrader's student id.
            most: the points one can get.

        """
        raise NotImplementedError
