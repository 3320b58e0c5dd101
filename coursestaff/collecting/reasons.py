"""Why nothing of a hand-in was marked, and what graders and the student can do about it."""

from typing import NamedTuple

from courseware import CourseError

HAND_IN_AGAIN = "Please hand in your notebook again."
TOLD = "Your graders see this message too, so you need not do anything yet."


class Reason(NamedTuple):
    """A reason, with the placeholders of its sentences in braces."""

    why: str  #: both read it
    grader: str = ""  #: what a grader can do; it may name paths of the course folder
    student: str = ""  #: what the student can do

    @property
    def to_grader(self) -> str:
        """What the list of ``course grade`` says."""
        return f"{self.why} {self.grader}".rstrip()

    @property
    def to_student(self) -> str:
        """What the student's feedback says."""
        return f"{self.why} {self.student}".rstrip()


#: By code.
REASONS = {
    "no access": Reason(
        "The file cannot be read: {problem}.",
        "Check who may read this file, and then run the same command again.",
        TOLD,
    ),
    "memory": Reason(
        "Reading the file takes too much memory, so it cannot be a notebook.",
        "Ask the student to hand in the notebook again.",
        HAND_IN_AGAIN,
    ),
    "no cells": Reason(
        "The file has no cells, so it is not a notebook.",
        "Ask the student to hand in the notebook again.",
        HAND_IN_AGAIN,
    ),
    "many cells": Reason(
        "The file has more than {most} cells.",
        "Ask the student to delete the extra cells and hand in the notebook again.",
        "Delete the cells that the exercise does not need, save the notebook, and hand it in "
        "again.",
    ),
    "long text": Reason(
        "The cells hold more text than anybody could have typed, so nothing was marked.",
        "Ask the student to hand in the notebook again.",
        HAND_IN_AGAIN,
    ),
    "large": Reason(
        "The file is larger than {most} MB.",
        "Ask the student to clear the notebook's outputs and hand it in again.",
        "Clear the notebook's outputs (Edit → Clear Outputs of All Cells), save it, and hand it "
        "in again.",
    ),
    "empty": Reason(
        "The file is empty.", "Ask the student to hand in the notebook again.", HAND_IN_AGAIN
    ),
    "nested": Reason(
        "The file contains too many brackets inside other brackets, so it cannot be a notebook.",
        "Ask the student to hand in the notebook again.",
        HAND_IN_AGAIN,
    ),
    "no notebook": Reason(
        "The file is not a notebook, or it was already damaged when it was handed in.",
        "Ask the student to hand in the notebook again.",
        HAND_IN_AGAIN,
    ),
    "time": Reason(
        "Reading the file takes far longer than reading any real notebook, so nothing was marked.",
        "Look at the file in a text editor before you open it in JupyterLab, and ask the student "
        "to hand in the notebook again.",
        HAND_IN_AGAIN,
    ),
    "nothing": Reason(
        "No notebook was handed in.",
        "Ask the student for the notebook, which is the file whose name ends in .ipynb.",
        "Hand in the notebook, which is the file whose name ends in .ipynb.",
    ),
    "something else": Reason(
        "No notebook was handed in, but {files}.",
        "Ask the student for the notebook, which is the file whose name ends in .ipynb.",
        "Hand in the notebook, which is the file whose name ends in .ipynb.",
    ),
    "many": Reason(
        "{count} notebooks were handed in.",
        "Ask the student which notebook should be marked.",
        "Tell your graders which notebook they should mark.",
    ),
    "other exercise": Reason(
        "This notebook does not belong to this exercise, because it contains hardly any of the "
        "exercise's cells.",
        "If its questions come from an earlier version of the course, grade it in a course folder "
        "of that version, or mark it by hand.",
        "If you meant to hand in another file, please hand in that file.",
    ),
    "unknown release": Reason(
        "The notebook was made from a release of this exercise of which no copy is kept here, so "
        "nothing was marked.",
        "Find the course folder from which the exercise was handed out, or the same version of it. "
        "In its folder solutions/{name}, take {name}.ipynb and checks.yaml, put both files into "
        "solutions/{name}/released/{release} here, and run `course grade {name}` again. The page "
        "coursestaff/publishing/guide_pages/grading.md says how to find them in a git clone.",
        TOLD,
    ),
    "untold release": Reason(
        "Nobody can tell from which release of this exercise the notebook was made, so nothing was "
        "marked.",
        "Ask the student to hand in the notebook that JupyterLab saved, without changing the file.",
        HAND_IN_AGAIN,
    ),
    "unfit release": Reason(
        "The notebook comes from an earlier release of this exercise. Work on that release cannot "
        "be graded here, so nothing was marked.",
        "The reason is: {unfit}",
        TOLD,
    ),
}


def reason(code: str, **values: object) -> Reason:
    """Return a reason by its code.

    Args:
        code: one of `REASONS`.
        values: of its placeholders.

    """
    return Reason(*(text.format(**values) for text in REASONS[code]))


class Unreadable(CourseError):  # noqa: N818 (a finding, said to the instructor, and not an error of the program)
    """A submission that cannot be graded; the message is for graders."""

    def __init__(self, reason: Reason) -> None:
        """Keep the reason, which says it to the student too."""
        super().__init__(reason.to_grader)
        self.reason = reason
