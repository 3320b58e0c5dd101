"""The class list that a learning platform exports: the only source of names, nobody is guessed."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from coursestaff.collecting import delimited_text
from coursestaff.collecting.delimited_text import DelimitedTextError, Form
from coursestaff.collecting.lms import PLATFORMS
from coursestaff.collecting.lms.platform import Person, Platform, Row
from coursestaff.names import plain
from coursestaff.terminal import one_line
from courseware import CourseError


class ClassListError(CourseError):
    """The class list is not one that the platform exports; the message says what is missing."""


class ClassList(NamedTuple):
    """A platform's list: its columns and rows as they are, and the persons in it."""

    platform: Platform
    columns: list[str]
    rows: list[Row]
    people: dict[str, Person]
    form: Form = Form()  #: how the file was saved

    @property
    def names(self) -> dict[str, str]:
        """Return the students' names by id, without one that the platform makes up."""
        people = self.people.values()
        return {each.id: each.name for each in people if each.name != self.platform.made_up}

    @property
    def found(self) -> str:
        """Return in one line how the list was read, with a name that shows whether rightly so."""
        named = [name for name in self.names.values() if name]
        odd = next((name for name in named if not name.isascii()), None)
        shown = f"; one of its names is {one_line(odd)}" if odd else ""
        nameless = "" if named else ", without names (anonymous)"
        students = f"{counted(len(self.names))}{nameless}"
        return f"Class list of {self.platform.name}: {self.form.in_words}, {students}{shown}."

    @property
    def back(self) -> Form:
        """Return how the platform gets the list back: as it came, if it imports that."""
        separators, encoding = self.platform.imports or (self.form.separator, self.form.encoding)
        separator = self.form.separator if self.form.separator in separators else separators[0]
        return Form(encoding, separator)

    def with_points(self, column: str, points: dict[str, float]) -> bytes:
        """Return the list as the platform imports it, with points in one column (see `filled`)."""
        return delimited_text.write(
            self.back, *self.platform.filled(self.columns, self.rows, column, points)
        )


def counted(students: int) -> str:
    """Return "1 student" or "60 students"."""
    return "1 student" if students == 1 else f"{students} students"


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
        table = delimited_text.read(path, platform.missing)
    except DelimitedTextError as problem:
        raise ClassListError(str(problem)) from problem
    if missing := platform.missing(table.columns):
        raise ClassListError(_not_of(path, platform, missing))
    people = {person.id: _plain(person) for person in map(platform.person, table.rows) if person}
    if not people:
        raise ClassListError(
            f"{path.name} lists no students. Export the class list from the platform again."
        )
    return ClassList(platform, table.columns, table.rows, people, table.form)


def _not_of(path: Path, platform: Platform, missing: list[str]) -> str:
    """Return what to say of a file that is no class list of a platform."""
    for other in PLATFORMS.values():
        with suppress(DelimitedTextError):
            columns = delimited_text.read(path, other.missing).columns
            if other is not platform and not other.missing(columns):
                return (
                    f"{path.name} is a class list from {other.name}, not from {platform.name}. "
                    "Name the platform that exported it."
                )
    return (
        f"{path.name} lacks the columns {', '.join(missing)}. Export the class list again from "
        f"{platform.name}: {platform.where}"
    )


def _plain(person: Person) -> Person:
    """Return a person without HTML in the name; the rows keep it, for the platform needs it."""
    return person._replace(name=plain(person.name), email=plain(person.email))
