"""Export plugins for nbgrader: grades in the columns that Canvas and Moodle import."""

import csv
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins import ExportPlugin
from traitlets import Unicode

from courseware import CourseError
from courseware.grading.classroom import classlist
from courseware.grading.classroom.cleaning import one_line
from courseware.grading.nbgrader_course import directory, gradebook


class ExportError(CourseError):
    """Nothing can be exported; the message says what is missing."""


class _PlatformExport(ExportPlugin):
    """Fills a platform's own class list with one exercise's points."""

    system = ""
    class_list = Unicode("", help="the CSV that the platform exported").tag(config=True)

    def export(self, gradebook: Gradebook) -> None:
        """Write the list with points to ``self.to``.

        Raises:
            ExportError: not exactly one exercise, no class list, or written answers unmarked.

        """
        if len(self.assignment) != 1:
            raise ExportError("Name one exercise: its points go into one column.")
        if not self.class_list:
            raise ExportError(f"Give the class list that {self.system} exported.")
        name = str(self.assignment[0])
        listed = classlist.read(Path(self.class_list), self.system)
        points, unmarked = points_of(gradebook, name)
        if unmarked:
            raise ExportError(
                f"Not all is marked yet in {name}: {', '.join(unmarked)}. Mark the written answers "
                "in formgrader first."
            )
        text = classlist.with_grades(
            listed, name, points, gradebook.find_assignment(name).max_score
        )
        Path(self.to or f"{name}-{self.system}.csv").write_text(text, encoding="utf-8")


class CanvasExport(_PlatformExport):
    """For *Grades → Import* in Canvas."""

    system = "canvas"


class MoodleExport(_PlatformExport):
    """For *Upload grading worksheet* in Moodle."""

    system = "moodle"


class SpreadsheetExport(ExportPlugin):
    """For people: one row per student. nbgrader's own plugin neither quotes nor disarms names."""

    def export(self, gradebook: Gradebook) -> None:
        """Write the table to ``self.to``; who has handed in nothing has no points in it."""
        rows = [COLUMNS]
        for name in map(str, self.assignment):
            assignment = gradebook.find_assignment(name)
            handed_in = {each.student.id: each for each in assignment.submissions}
            for student in gradebook.students:
                who = (student.id, student.last_name, student.first_name, student.email)
                row = [name, *map(_no_formula, who)]
                if work := handed_in.get(student.id):
                    penalty = work.late_submission_penalty or 0.0
                    row += [work.score, penalty, max(0.0, work.score - penalty)]
                    row += [assignment.max_score, "yes" if work.needs_manual_grade else "no"]
                rows.append(row)
        with Path(self.to or "grades.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)


def _no_formula(text: str | None) -> str:
    """Return a text that a spreadsheet shows and does not compute."""
    text = text or ""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text


#: Of the table for people.
COLUMNS = ["assignment", "student_id", "last_name", "first_name", "email"]
COLUMNS += ["raw_score", "late_submission_penalty", "score", "max_score", "needs_marking"]
#: By the name of the format.
PLUGINS = {"canvas": CanvasExport, "moodle": MoodleExport, "csv": SpreadsheetExport}


def export(
    course: Path, name: str, system: str, listed: Path | None = None, to: Path | None = None
) -> Path:
    """Write one exercise's points with the plugin for ``system``; return where they are.

    Raises:
        ExportError, ClassListError: see the plugins.

    """
    to = to or course / f"{name}-{system}.csv"
    plugin = PLUGINS[system](to=str(to), assignment=[name])
    if listed is not None and system != "csv":
        plugin.class_list = str(listed)
    book = gradebook(directory(course))
    try:
        plugin.export(book)
    finally:
        book.close()
    return to


def points_of(book: Gradebook, name: str) -> tuple[dict[str, float], list[str]]:
    """Return points by student, late penalty taken off, and who has answers still to be marked.

    Raises:
        ExportError: the gradebook does not know the exercise.

    """
    try:
        submissions = book.find_assignment(name).submissions
    except MissingEntry as problem:
        raise ExportError(f"Nothing is graded for {name}: run `course grade {name}`.") from problem
    points, unmarked = {}, []
    for submission in submissions:
        student = submission.student.id
        points[student] = max(0.0, submission.score - (submission.late_submission_penalty or 0))
        if submission.needs_manual_grade:
            unmarked.append(student)
    return points, sorted(map(one_line, unmarked))
