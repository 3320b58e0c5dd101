"""Feedback pages on their way to students: packed for Moodle, listed for Canvas.

Moodle has *Upload multiple feedback files in a zip*. Canvas would give each page of a zip the name
of the notebook that was handed in, so there is none for it: a
person attaches the pages, with the list.
"""

import contextlib
import re
import unicodedata
import zipfile
from argparse import Namespace
from html import escape
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from nbgrader.apps import NbGraderAPI

from coursestaff import roster
from coursestaff.collecting.classlist import who
from coursestaff.collecting.lms.moodle import feedback_folder
from coursestaff.marking import excused
from coursestaff.nbgrader_course import (
    class_names,
    configuration,
    directory,
    find_alembic,
    gradebook,
    platform_numbers,
)
from coursestaff.returning.export import graded, refuse_unmarked
from courseware import CourseError

#: The list for Canvas, beside the students' folders: nbgrader looks for folders only.
LIST = "feedback/{name}.canvas.html"
LIST_PAGE = """<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><title>{name}: feedback pages</title>
<style>
body {{ font: 1rem/1.5 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }}
table {{ border-collapse: collapse }}
th, td {{ text-align: left; padding: .2rem 1rem .2rem 0; border-bottom: 1px solid dimgray }}
</style>
<h1>{name}: feedback pages</h1>
<p><strong>This list is private</strong>, because it holds students’ names. Keep it where you keep
marks, and do not send it to anybody.</p>
<p>There are {count} pages. In SpeedGrader, sort the students by name, and attach each page to your
comment on the student who has the same number.</p>
<table><thead><tr><th></th><th>name</th><th>number in Canvas</th><th>page</th></tr></thead>
<tbody>
{rows}
</tbody></table>
"""


class ReturnError(CourseError):
    """Feedback cannot be given back; the message says why."""


class Pages(NamedTuple):
    """The pages of one exercise, by student: by the platform's number where one is known."""

    pages: dict[str, Path]
    names: dict[str, str]  #: of the class, as lists sort them: "Diaz, Chen"
    called: dict[str, str]  #: of the class, as people are called: "Chen Diaz"


def give_back(course: Path, options: Namespace) -> int:
    """Pack or list one exercise's feedback; return 2 if somebody is left out."""
    if options.system == "canvas":
        if options.to:
            raise CourseError(
                "Leave --to out, because it names a zip, and Canvas does not accept a zip."
            )
        with roster.step(course, options.name, "feedback"):
            path = listed(course, options.name)
        print(f"Written: {path}. It is private.")
        return 0
    with roster.step(course, options.name, "feedback"):
        path, left_out = pack(course, options.name, options.to)
    print(f"Written: {path}.")
    if left_out:
        print(
            "These students are not in the zip, because they have no Moodle number: "
            f"{'; '.join(left_out)}."
        )
    return 2 if left_out else 0


def make(course: Path, name: str) -> Pages:
    """Make every student's feedback page anew.

    It prints who has no points and why, and whose points are not those of their last work.

    Args:
        course: the course folder.
        name: the exercise, such as ``02_the_trade_lifeline``.

    Raises:
        ExportError: nothing is graded, or a person has still to mark something.
        ReturnError: nbgrader could not write the pages, or there is nothing to make one from.

    """
    with contextlib.closing(gradebook(directory(course))) as book:
        found = roster.entries(book, course, name)
        there = {each.student.id for each in graded(book, name)}
        students = sorted(there - excused.students(course, name))
        names = class_names(book)
        refuse_unmarked(name, found, names)
        print(roster.without_points(found, names, {}))
        called = {s.id: f"{s.first_name or ''} {s.last_name or ''}".strip() for s in book.students}
        numbers = platform_numbers(book)
    if len({numbers[student] for student in students}) < len(students):
        raise ReturnError(
            "Two accounts have the same number on the platform. Give each account its own number "
            "in the list for `course hub setup`."
        )
    _make_pages(course, name)
    pages = {each: course / "feedback" / each / name / f"{name}.html" for each in students}
    missing = [who(student, names) for student, page in pages.items() if not page.is_file()]
    if missing:
        raise ReturnError(
            f"There is no page for {'; '.join(missing)}. Run `course grade {name} --again`."
        )

    def by_number(each: dict) -> dict:
        return {numbers.get(student, student): of for student, of in each.items()}

    return Pages(by_number(pages), by_number(names), by_number(called))


def pack(course: Path, name: str, to: Path | None = None) -> tuple[Path, list[str]]:
    """Make every student's feedback page anew and pack them for Moodle.

    Args:
        course: the course folder.
        name: the exercise, such as ``02_the_trade_lifeline``.
        to: the zip to write; in the course folder if left out.

    Returns:
        Where the zip is, and the students who have no number of Moodle's and are not in it.

    Raises:
        ExportError, ReturnError: see `make`.

    """
    made = make(course, name)
    to = to or course / f"{name}-feedback-moodle.zip"
    numbered = [student for student in made.pages if re.fullmatch("[0-9]+", student)]
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as packed:
        for student in numbered:
            folder = feedback_folder(made.called[student], student)
            packed.write(made.pages[student], f"{folder}/{name}.html")
    return to, [who(student, made.names) for student in made.pages if student not in numbered]


def listed(course: Path, name: str) -> Path:
    """Make every student's feedback page anew, and a list of them in SpeedGrader's order.

    The list lies beside the pages, for nobody but its owner: it holds the class's names.

    Returns:
        Where the list is.

    Raises:
        ExportError, ReturnError: see `make`.

    """
    made = make(course, name)
    order = sorted(made.pages, key=lambda student: sortable(made.names.get(student, "")))
    rows = "\n".join(_row(number, student, made, course) for number, student in enumerate(order, 1))
    to = course / LIST.format(name=name)
    page = LIST_PAGE.format(name=escape(name), count=len(order), rows=rows)
    to.unlink(missing_ok=True)
    to.touch(mode=0o600, exist_ok=False)
    to.write_text(page, encoding="utf-8")
    return to


def _row(number: int, student: str, made: Pages, course: Path) -> str:
    path = made.pages[student].relative_to(course / "feedback").as_posix()
    cells = (str(number), made.names.get(student, ""), student)
    told = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    return f'<tr>{told}<td><a href="{escape(quote(path))}">{escape(path)}</a></td></tr>'


def sortable(name: str) -> tuple[str, str]:
    """Return what sorts names as Canvas does: capitals and accents only where all else is alike."""
    apart = unicodedata.normalize("NFKD", name)
    plain = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return plain.casefold(), name


def _make_pages(course: Path, name: str) -> None:
    find_alembic()
    done = NbGraderAPI(config=configuration(course)).generate_feedback(name, force=True)
    if not done["success"]:
        lines = (done.get("error") or done.get("log") or "It did not say why.").strip()
        raise ReturnError(f"nbgrader could not write the feedback: {lines.splitlines()[-1]}")
