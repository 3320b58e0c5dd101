"""Export plugins for nbgrader: grades in the columns that Canvas and Moodle import."""

from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins import CsvExportPlugin, ExportPlugin
from traitlets import Unicode

from courseware import CourseError
from courseware.grading import classlist
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


#: By the name of the format; csv is nbgrader's own.
PLUGINS = {"canvas": CanvasExport, "moodle": MoodleExport, "csv": CsvExportPlugin}


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
    return points, sorted(unmarked)
