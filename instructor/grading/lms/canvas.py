"""Canvas: *Grades → Export* gives the class list, *Grades → Import* takes it with points."""

import re

from instructor.grading.lms.platform import Person, Platform, PlatformError, Points, Row

IDENTITY = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
ASSIGNMENT = re.compile(r".+ \(\d+\)")  # a column such as "Exercise 2: Trade (77)"


class Canvas(Platform):
    """See the module."""

    name = "canvas"
    needed = {"Student", "ID", "Section"}  # noqa: RUF012 (nothing is ever added)
    where = "Grades, Export."
    #: lastnamefirstname_LATE_1234_5678_file.ipynb (LATE only if it was; 1234 is the ID).
    submission = re.compile(r"[^_/]+_(?P<late>LATE_)?(?P<student>\d+)_\d+_(?P<file>[^/]+)")
    made_up = "Student, Test"  # whom it adds where a teacher tries the student's view

    def person(self, row: Row) -> Person | None:
        """Return the student in a row: one with a number."""
        number = row["ID"].strip()
        return Person(number, row["Student"], "") if re.fullmatch("[0-9]+", number) else None

    def names(self, person: Person) -> tuple[str, str]:
        """Return first and last name of "Diaz, Chen"."""
        last, _, first = person.name.partition(", ")
        return first, last

    def column(self, columns: list[str], exercise: str, asked: str) -> str:
        """Return the column that was asked for, or the one that is called like the exercise."""
        assignments = [name for name in columns if ASSIGNMENT.fullmatch(name)]
        there = "".join(f"\n  {name}" for name in assignments) or " none"
        if asked in columns:
            return asked
        if asked:
            raise PlatformError(f"There is no column {asked!r}. There are:{there}")
        same = re.compile(rf"{re.escape(exercise)} \(\d+\)")
        found = next(filter(same.fullmatch, assignments), None)
        if not found:
            print(
                f"Careful: Canvas would take {exercise} for a new assignment. If it has one "
                f"already, give its column with --column. There are:{there}"
            )
        return found or exercise

    def filled(
        self,
        columns: list[str],
        rows: list[Row],
        column: str,
        points: Points,
        most: float,
    ) -> tuple[list[str], list[Row]]:
        """Return the columns that tell who it is, and the exercise's."""
        columns = [*(name for name in IDENTITY if name in columns), column]
        lines = []
        for row in rows:
            person, line = self.person(row), {name: row.get(name, "") for name in columns}
            if person and person.id in points:
                line[column] = f"{points[person.id]:g}"
            possible = "Points Possible" in row["Student"] and not person
            if possible:
                line[column] = f"{most:g}"
            if person or possible:
                lines.append(line)
        return columns, lines
