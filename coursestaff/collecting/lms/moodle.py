"""Moodle: an assignment's *grading worksheet* is the class list, and takes the points.

Its columns are called as in the language that Moodle speaks to whoever exports it.
"""

import re

from coursestaff.collecting.lms.platform import (
    Person,
    Platform,
    PlatformError,
    Points,
    Row,
    number,
    refuse_other_grades,
)

#: What Moodle's language packs call a column: English, German, French, Spanish, Russian.
IDENTIFIER = ("Identifier", "ID", "Identifiant", "Identificador", "Идентификатор")
GRADE = ("Grade", "Bewertung", "Note", "Calificación", "Оценка")
MOST = ("Maximum grade", "Bestwertung", "Note maximale", "Calificación máxima")
MOST = (*MOST, "Максимальная оценка")
FULL = ("Full name", "Vollständiger Name", "Nom complet", "Nombre completo", "Полное имя")
FIRST = ("First name", "Vorname", "Prénom", "Nombre", "Имя")
LAST = ("Last name", "Surname", "Nachname", "Nom de famille", "Nom", "Apellido(s)", "Фамилия")
EMAIL = ("Email address", "E-Mail-Adresse", "Adresse de courriel", "Dirección de correo")
EMAIL = (*EMAIL, "Адрес электронной почты")


class Moodle(Platform):
    """See the module."""

    name = "moodle"
    where = "the assignment's grading worksheet."
    #: Full Name_1234_assignsubmission_file_/file.ipynb (some versions without the last _, and
    #: without a folder for each student if that was chosen).
    submission = re.compile(
        r"[^/]+_(?P<student>\d+)_assignsubmission_file(?:_?/(?:[^/]+/)*|_)(?P<file>[^/]+)"
    )
    without_file = {  # noqa: RUF012 (nothing is ever added)
        "a text that was typed into Moodle": re.compile(
            r"[^/]+_(?P<student>\d+)_assignsubmission_onlinetext(?:_?/|_).+"
        )
    }

    def missing(self, columns: list[str]) -> list[str]:
        """Return which columns a class list lacks, in English; anonymous ones have no names."""
        needed = {"Identifier": IDENTIFIER, "Grade": GRADE}
        return [name for name, called in needed.items() if not _found(columns, called)]

    def person(self, row: Row) -> Person | None:
        """Return the student in a row: "Participant 123", or "Teilnehmer/in123"."""
        found = re.search(r"([0-9]+)\s*$", row[_found(row, IDENTIFIER)])
        name = _cell(row, FULL) or f"{_cell(row, FIRST)} {_cell(row, LAST)}".strip()
        return Person(found[1], name, _cell(row, EMAIL)) if found else None

    def names(self, person: Person) -> tuple[str, str]:
        """Return first and last name of "Chen Diaz"."""
        first, _, last = person.name.rpartition(" ")
        return first, last

    def column(self, columns: list[str], exercise: str, asked: str) -> str:
        """Return the column of points: the worksheet is one assignment's."""
        if asked:
            raise PlatformError(
                "Only a Canvas list has a column for each exercise, so leave --column out for "
                "Moodle."
            )
        return _found(columns, GRADE)

    def most(self, columns: list[str], rows: list[Row], column: str) -> float | None:
        """Return the maximum grade, which stands in every row."""
        refuse_other_grades(column, [row[column] for row in rows])
        name = _found(columns, MOST)
        said = {row[name].strip() for row in rows if row[name].strip()} if name else set()
        points = {number(each) for each in said}
        if len(points) > 1 or None in points:
            raise PlatformError(
                f"The column {name!r} should give the same maximum number of points in every row, "
                f"but it gives {', '.join(map(repr, sorted(said)[:3]))}. Export the worksheet "
                "again."
            )
        return next(iter(points), None)

    def filled(
        self, columns: list[str], rows: list[Row], column: str, points: Points
    ) -> tuple[list[str], list[Row]]:
        """Return the whole worksheet."""
        lines = [dict(row) for row in rows]
        for line in lines:
            person = self.person(line)
            if person and person.id in points:
                line[column] = f"{points[person.id]:g}"
        return columns, lines


def _found(columns: list[str] | Row, called: tuple[str, ...]) -> str | None:
    """Return the column that is called so in one of the languages, in capitals or not."""
    folded = {name.casefold() for name in called}
    return next((name for name in columns if name.casefold() in folded), None)


def _cell(row: Row, called: tuple[str, ...]) -> str:
    name = _found(row, called)
    return row[name] if name else ""


def feedback_folder(name: str, student: str) -> str:
    """Return the folder of a feedback zip that Moodle takes for a student's.

    It looks for the number in the folder's name, as in the zip of submissions that it gives; in
    what stands before, a part of a path, it must find none.
    """
    plain = re.sub(r"[^\w .,'-]|_", " ", name).strip(" .") or "Student"
    return f"{plain}_{student}_assignsubmission_file_"
