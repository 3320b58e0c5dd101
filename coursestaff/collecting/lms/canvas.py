"""Canvas: *Grades → Export* gives the class list, *Grades → Import* takes it with points."""

import re
from collections.abc import Iterable

from coursestaff.collecting.lms.platform import (
    Person,
    Platform,
    PlatformError,
    Points,
    Row,
    number,
    refuse_other_grades,
)

NAME, LAST, FIRST = "Student", "LastName", "FirstName"
SCHOOL = ("SIS User ID", "SIS Login ID", "Integration ID", "Root Account")
IDENTITY = (NAME, LAST, FIRST, "ID", *SCHOOL, "Section")  # in the order in which it looks for them
ASSIGNMENT = re.compile(r"(?P<title>.+) \(\d+\)")  # a column such as "Exercise 2: Trade (77)"


def called_like(exercise: str, titles: Iterable[str]) -> list[str]:
    """Return the titles of assignments that may be an exercise's.

    Those with the name of its folder, or else all that begin with its number, such as
    "02 The trade lifeline" or "Exercise 2: Trade".
    """
    titles = list(titles)
    number = rf"(?:{exercise[:2]}|exercise\s+0*{int(exercise[:2])})(?=[\s.:_]|$)(?!\.[0-9])"
    same = [title for title in titles if title == exercise]
    return same or [title for title in titles if re.match(number, title.strip(), re.I)]


class Canvas(Platform):
    """See the module."""

    name = "canvas"
    where = "Grades, Export."
    #: lastnamefirstname_LATE_1234_5678_file.ipynb (LATE only if it was; 1234 is the ID).
    submission = re.compile(r"[^_/]+_(?P<late>LATE_)?(?P<student>\d+)_\d+_(?P<file>[^/]+)")
    without_file = {  # noqa: RUF012 (nothing is ever added)
        "a text that was typed into Canvas": re.compile(
            r"[^_/]+_(?:LATE_)?(?P<student>\d+)_text\.html"
        ),
        "a link": re.compile(r"[^_/]+_(?:LATE_)?(?P<student>\d+)_link\.html"),
    }
    anonymous = re.compile(r"(?:LATE_)?anon_[A-Za-z0-9]+_[^/]+")
    made_up = "Student, Test"  # whom it adds where a teacher tries the student's view
    imports = (",;", "utf-8")

    def missing(self, columns: list[str]) -> list[str]:
        """Return which columns a class list lacks; the name may stand in one or in two."""
        needed = {"ID", "Section"}
        needed |= {LAST, FIRST} if {LAST, FIRST} & {*columns} else {NAME}
        return sorted(needed - {*columns})

    def person(self, row: Row) -> Person | None:
        """Return the student in a row: one with a number."""
        student = row["ID"].strip()
        name = row[NAME] if NAME in row else ", ".join(filter(None, (row[LAST], row[FIRST])))
        return Person(student, name, "") if re.fullmatch("[0-9]+", student) else None

    def names(self, person: Person) -> tuple[str, str]:
        """Return first and last name of "Diaz, Chen"."""
        last, _, first = person.name.partition(", ")
        return first, last

    def column(self, columns: list[str], exercise: str, asked: str) -> str:
        """Return the column that was asked for, or the one that is called like the exercise.

        A column is an assignment's title with its number, as in "Exercise 2: Trade (77)".
        """
        assignments = [name for name in columns if ASSIGNMENT.fullmatch(name)]
        there = "".join(f"\n  {name}" for name in assignments) or " none"
        if asked in columns:
            return asked
        if asked:
            raise PlatformError(
                f"The class list has no column {asked!r}. Its columns for assignments are:{there}"
            )
        titles = {name: ASSIGNMENT.fullmatch(name)["title"] for name in assignments}
        called = called_like(exercise, titles.values())
        found = [name for name, title in titles.items() if title in called]
        if len(found) == 1:
            return found[0]
        why = (
            "More than one column of the class list could belong to"
            if found
            else "No column of the class list matches"
        )
        raise PlatformError(
            f"{why} {exercise}. Name the right column with --column. If this column does not exist "
            "yet, create the assignment in Canvas and export the list again. The columns for "
            f"assignments are:{there}"
        )

    def most(self, columns: list[str], rows: list[Row], column: str) -> float | None:
        """Return what stands in the row of the points that one can get."""
        people = [row for row in rows if self.person(row)]
        refuse_other_grades(column, [row[column] for row in people])
        said = next((row[column].strip() for row in rows if self._is_possible(row)), "")
        points = number(said)
        if said and points is None:
            raise PlatformError(
                f"Canvas does not accept points for the column {column!r}, because the class list "
                f"says {said!r} in that column. Choose another column with --column."
            )
        return points

    def _is_possible(self, row: Row) -> bool:
        """Return whether a row holds the points that one can get."""
        return "Points Possible" in row.get(NAME, row.get(LAST, "")) and not self.person(row)

    def filled(
        self, columns: list[str], rows: list[Row], column: str, points: Points
    ) -> tuple[list[str], list[Row]]:
        """Return the columns that tell who it is, and the exercise's."""
        columns = [*(name for name in IDENTITY if name in columns), column]
        lines = []
        for row in rows:
            person, line = self.person(row), {name: row.get(name, "") for name in columns}
            if person and person.id in points:
                line[column] = f"{points[person.id]:g}"
            if person or self._is_possible(row):
                lines.append(line)
        return columns, lines
