"""There is one road to marks: nbgrader's own autograder, and its button in formgrader, refuse.

What it would have written, gradebook and ``autograded/``, `course grade` writes, so formgrader,
feedback and export go on as they are.
"""

from typing import NoReturn

from nbgrader.preprocessors import NbGraderPreprocessor


class UseCourseGradeError(Exception):
    """nbgrader's autograder was asked to grade; it would run student code unprotected."""


class RefuseToGrade(NbGraderPreprocessor):
    """Stands where nbgrader would run a submission, and names the command that does it."""

    def preprocess(self, nb, resources) -> NoReturn:
        """Refuse.

        Raises:
            UseCourseGradeError: always.

        """
        assignment = resources["nbgrader"]["assignment"]
        raise UseCourseGradeError(
            "This button does not grade, because it cannot run students' code in isolation or "
            f"compare answers. Run `course grade {assignment}` in a terminal."
        )
