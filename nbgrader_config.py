"""Where nbgrader finds the course's folders, and what a release is made of.

nbgrader calls what an instructor writes the *source* and what a student gets the *release*.
Here they are ``solutions/`` and ``exercises/``.
"""

from pathlib import Path

import nbgrader

import coursestaff
from courseware import article

c = get_config()  # noqa: F821 (traitlets puts it there when it reads this file)

c.CourseDirectory.course_id = article.package()
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
# What stays with the instructor: nbgrader would copy these into releases and feedback. A release
# refuses any other file beside the notebook (see coursestaff/releasing/release.py).
c.CourseDirectory.ignore = [
    ".*",
    "*.pyc",
    "__pycache__",
    "checks.yaml",
    "*rubric.md",
    "session.md",
    "notes.yaml",
    "released",
]

c.ClearSolutions.code_stub = {"python": ""}
c.ClearSolutions.text_stub = (
    "*Double-click here, then click inside, and write your answer in place of this line.*"
)

# nbgrader's own steps in their order, with two of ours: TravellingChecks and TidyCells.
c.GenerateAssignment.preprocessors = [
    "coursestaff.releasing.release.TravellingChecks",
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "nbgrader.preprocessors.LockCells",
    "nbgrader.preprocessors.ClearSolutions",
    "coursestaff.releasing.release.TidyCells",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# One road to marks: `course grade` (see coursestaff/marking/disable_autograder.py).
c.Autograde.sanitize_preprocessors = ["coursestaff.marking.disable_autograder.RefuseToGrade"]
c.Autograde.autograde_preprocessors = ["coursestaff.marking.disable_autograder.RefuseToGrade"]

# Our own feedback page; formgrader's pages are nbgrader's.
c.HTMLExporter.extra_template_basedirs = [
    str(Path(coursestaff.__file__).parent / "returning" / "templates"),
    str(Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"),
]

# What nbgrader does notebook by notebook, two hundred lines for a class, is for whoever mends it.
c.Application.log_level = "WARN"
