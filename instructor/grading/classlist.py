"""The class list that a learning platform exports, and the same list with grades for its import.

Canvas: *Grades → Export*; columns Student, ID, SIS User ID, SIS Login ID, Section. Moodle: the
assignment's *grading worksheet*; columns Identifier ("Participant 123"), Full name, Email address,
Status, Grade, Maximum grade. The exported list is the only source of names: nobody is guessed.
"""

import csv
import re
from collections.abc import Callable, Mapping
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from courseware import CourseError
from instructor.grading.terminal import one_line


class ClassListError(CourseError):
    """The class list is not one that the platform exports; the message says what is missing."""


class Person(NamedTuple):
    """A student as the platform knows them. ``id`` is what nbgrader calls them, too."""

    id: str
    name: str
    email: str


TEST_STUDENT = "Student, Test"  # whom Canvas adds where a teacher tries the student's view


class ClassList(NamedTuple):
    """A platform's list: its columns and rows as they are, and the persons in it."""

    system: str
    columns: list[str]
    rows: list[dict[str, str]]
    people: dict[str, Person]

    @property
    def names(self) -> dict[str, str]:
        """Return the students' names by id, without the one that Canvas makes up."""
        people = self.people.values()
        return {each.id: each.name for each in people if each.name != TEST_STUDENT}

    @property
    def assignments(self) -> list[str]:
        """Return Canvas's columns of assignments, such as "Exercise 2: Trade (77)"."""
        return [name for name in self.columns if re.fullmatch(r".+ \(\d+\)", name)]


def who(student: str, names: Mapping[str, str]) -> str:
    """Return a student's id, and the name if it is known: "262 Diaz, Chen"."""
    return one_line(f"{student} {names.get(student) or ''}".strip())


def _canvas_person(row: dict[str, str]) -> Person | None:
    id = row["ID"].strip()
    return Person(id, row["Student"], "") if re.fullmatch("[0-9]+", id) else None


def _moodle_person(row: dict[str, str]) -> Person | None:
    number = re.search(r"(\d+)\s*$", row["Identifier"])
    email = row.get("Email address", "")
    return Person(number[1], row["Full name"], email) if number else None


#: Per platform: the columns that its list must have, and how a row names a person.
SYSTEMS: dict[str, tuple[set[str], Callable[[dict[str, str]], Person | None]]] = {
    "canvas": ({"Student", "ID", "Section"}, _canvas_person),
    "moodle": ({"Identifier", "Full name", "Grade"}, _moodle_person),
}


def read(path: Path, system: str) -> ClassList:
    """Read a class list.

    Raises:
        ClassListError: no such file, or not the platform's columns, or nobody in it.

    """
    needed, person_of = SYSTEMS[system]
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise ClassListError(f"{path.name} cannot be read as a class list (CSV).") from problem
    reader = csv.DictReader(StringIO(text, newline=""))
    columns = [column.strip() for column in reader.fieldnames or []]
    missing = sorted(needed - set(columns))
    if missing:
        raise ClassListError(
            f"{path.name} lacks the columns {', '.join(missing)}. Export it from {system} anew: "
            + ("Grades, Export." if system == "canvas" else "the assignment's grading worksheet.")
        )
    reader.fieldnames = columns
    rows = [{key: value or "" for key, value in row.items() if key} for row in reader]
    people = {person.id: person for person in map(person_of, rows) if person}
    if not people:
        raise ClassListError(f"{path.name} holds no students.")
    return ClassList(system, columns, rows, people)


def with_grades(listed: ClassList, column: str, points: dict[str, float], most: float) -> str:
    """Return the list as the platform imports it, with one exercise's points filled in.

    Who has no points keeps what stands there: nothing handed in is not zero points. Names stay as
    the platform wrote them, even one that a spreadsheet takes for a formula: it needs them back.

    Args:
        listed: the platform's own list.
        column: what Canvas calls the exercise; Moodle's worksheet knows its assignment.
        points: by nbgrader's student id.
        most: the points one can get.

    """
    person_of = SYSTEMS[listed.system][1]
    if listed.system == "moodle":
        columns, fill, most_in = listed.columns, "Grade", "Maximum Grade"
    else:
        identity = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
        columns = [name for name in identity if name in listed.columns]
        columns, fill, most_in = [*columns, column], column, None
    lines = []
    for row in listed.rows:
        person, line = person_of(row), {name: row.get(name, "") for name in columns}
        if person and person.id in points:
            line[fill] = f"{points[person.id]:g}"
        elif not person and listed.system == "canvas" and "Points Possible" in row["Student"]:
            line[fill] = f"{most:g}"
        if most_in in columns:
            line[most_in] = f"{most:g}"
        if person or listed.system == "moodle" or "Points Possible" in row["Student"]:
            lines.append(line)
    return _as_csv(columns, lines)


def _as_csv(columns: list[str], lines: list[dict[str, str]]) -> str:
    text = StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue()
