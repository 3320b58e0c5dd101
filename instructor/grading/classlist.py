"""The class list that a learning platform exports: the only source of names, nobody is guessed."""

import csv
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from courseware import CourseError
from instructor.grading.lms import PLATFORMS
from instructor.grading.lms.platform import Person, Platform, Row
from instructor.grading.names import plain
from instructor.grading.terminal import one_line


class ClassListError(CourseError):
    """The class list is not one that the platform exports; the message says what is missing."""


class ClassList(NamedTuple):
    """A platform's list: its columns and rows as they are, and the persons in it."""

    platform: Platform
    columns: list[str]
    rows: list[Row]
    people: dict[str, Person]

    @property
    def names(self) -> dict[str, str]:
        """Return the students' names by id, without one that the platform makes up."""
        people = self.people.values()
        return {each.id: each.name for each in people if each.name != self.platform.made_up}

    def with_points(self, column: str, points: dict[str, float], most: float) -> str:
        """Return the list as the platform imports it, with points in one column (see `filled`)."""
        columns, lines = self.platform.filled(self.columns, self.rows, column, points, most)
        text = StringIO()
        writer = csv.DictWriter(text, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)
        return text.getvalue()


def who(student: str, names: Mapping[str, str]) -> str:
    """Return a student's id, and the name if it is known: "262 Diaz, Chen"."""
    return one_line(f"{student} {names.get(student) or ''}".strip())


def read(path: Path, system: str) -> ClassList:
    """Read a class list.

    Raises:
        ClassListError: no such file, or not the platform's columns, or nobody in it.

    """
    platform = PLATFORMS[system]
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise ClassListError(f"{path.name} cannot be read as a class list (CSV).") from problem
    reader = csv.DictReader(StringIO(text, newline=""))
    columns = [column.strip() for column in reader.fieldnames or []]
    missing = sorted(platform.needed - set(columns))
    if missing:
        raise ClassListError(
            f"{path.name} lacks the columns {', '.join(missing)}. "
            f"Export it from {system} anew: {platform.where}"
        )
    reader.fieldnames = columns
    rows = [{key: value or "" for key, value in row.items() if key} for row in reader]
    people = {person.id: _plain(person) for person in map(platform.person, rows) if person}
    if not people:
        raise ClassListError(f"{path.name} holds no students.")
    return ClassList(platform, columns, rows, people)


def _plain(person: Person) -> Person:
    """Return a person without HTML in the name; the rows keep it, for the platform needs it."""
    return person._replace(name=plain(person.name), email=plain(person.email))
