"""Moodle: an assignment's *grading worksheet* is the class list, and takes the points."""

import re

from instructor.grading.lms.platform import Person, Platform, PlatformError, Points, Row


class Moodle(Platform):
    """See the module."""

    name = "moodle"
    needed = {"Identifier", "Full name", "Grade"}  # noqa: RUF012 (nothing is ever added)
    where = "the assignment's grading worksheet."
    #: Full Name_1234_assignsubmission_file_/file.ipynb (some versions without the last _).
    submission = re.compile(
        r"[^/]+_(?P<student>\d+)_assignsubmission_file_?/(?:[^/]+/)*(?P<file>[^/]+)"
    )

    def person(self, row: Row) -> Person | None:
        """Return the student in a row: "Participant 123"."""
        number = re.search(r"(\d+)\s*$", row["Identifier"])
        email = row.get("Email address", "")
        return Person(number[1], row["Full name"], email) if number else None

    def names(self, person: Person) -> tuple[str, str]:
        """Return first and last name of "Chen Diaz"."""
        first, _, last = person.name.rpartition(" ")
        return first, last

    def column(self, columns: list[str], exercise: str, asked: str) -> str:
        """Return the column of points: the worksheet is one assignment's."""
        if asked:
            raise PlatformError("Only Canvas has a column per exercise: leave --column out.")
        return "Grade"

    def filled(
        self,
        columns: list[str],
        rows: list[Row],
        column: str,
        points: Points,
        most: float,
    ) -> tuple[list[str], list[Row]]:
        """Return the whole worksheet."""
        lines = [dict(row) for row in rows]
        for line in lines:
            person = self.person(line)
            if person and person.id in points:
                line[column] = f"{points[person.id]:g}"
            if "Maximum Grade" in columns:
                line["Maximum Grade"] = f"{most:g}"
        return columns, lines


def feedback_folder(name: str, student: str) -> str:
    """Return the folder of a feedback zip that Moodle takes for a student's.

    It looks for the number in the folder's name, as in the zip of submissions that it gives; in
    what stands before, a part of a path, it must find none.
    """
    plain = re.sub(r"[^\w .,'-]|_", " ", name).strip(" .") or "Student"
    return f"{plain}_{student}_assignsubmission_file_"
