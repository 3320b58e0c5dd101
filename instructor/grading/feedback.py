"""Pack feedback pages as Moodle takes them: *Upload multiple feedback files in a zip*.

Canvas would give each page the name of the notebook that
was handed in, so there is no zip for it.
"""

import contextlib
import re
import zipfile
from pathlib import Path

from nbgrader.apps import NbGraderAPI

from courseware import CourseError
from instructor.grading.classlist import who
from instructor.grading.export import graded, refuse_unmarked
from instructor.grading.lms.moodle import feedback_folder
from instructor.grading.nbgrader_course import (
    class_names,
    configuration,
    directory,
    find_alembic,
    gradebook,
)


class ReturnError(CourseError):
    """Feedback cannot be given back; the message says why."""


def pack(course: Path, name: str, to: Path | None = None) -> tuple[Path, list[str]]:
    """Make every student's feedback page anew and pack them for Moodle.

    Args:
        course: the course folder.
        name: the exercise, such as ``02_the_trade_lifeline``.
        to: the zip to write; in the course folder if left out.

    Returns:
        Where the zip is, and the students who have no number of Moodle's and are not in it.

    Raises:
        ExportError: nothing is graded, or a person has still to mark something.
        ReturnError: nbgrader could not write the pages, or there is nothing to make one from.

    """
    with contextlib.closing(gradebook(directory(course))) as book:
        submissions = graded(book, name)
        refuse_unmarked(book, name, submissions)
        names = class_names(book)
        students = sorted(each.student.id for each in submissions)
        called = {s.id: f"{s.first_name or ''} {s.last_name or ''}".strip() for s in book.students}
    _make_pages(course, name)
    pages = {student: course / "feedback" / student / name / f"{name}.html" for student in students}
    missing = [who(student, names) for student, page in pages.items() if not page.is_file()]
    if missing:
        raise ReturnError(
            f"There is no page for {'; '.join(missing)}: run `course grade {name} --again`."
        )
    to = to or course / f"{name}-feedback-moodle.zip"
    numbered = [student for student in students if re.fullmatch("[0-9]+", student)]
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as packed:
        for student in numbered:
            folder = feedback_folder(called[student], student)
            packed.write(pages[student], f"{folder}/{name}.html")
    return to, [who(student, names) for student in students if student not in numbered]


def _make_pages(course: Path, name: str) -> None:
    find_alembic()
    done = NbGraderAPI(config=configuration(course)).generate_feedback(name, force=True)
    if not done["success"]:
        lines = (done.get("error") or done.get("log") or "It does not say why.").strip()
        raise ReturnError(f"nbgrader could not write the feedback: {lines.splitlines()[-1]}")
