"""Why nothing of a hand-in was marked: what the matter is, and what each of two readers can do."""

from typing import NamedTuple

from courseware import CourseError

HAND_IN_AGAIN = "It has to be handed in again."
TOLD = "Whoever grades has been told."


class Reason(NamedTuple):
    """A reason, with the placeholders of its sentences in braces."""

    why: str  #: both read it
    grader: str = ""  #: what whoever grades can do; it may name paths of the course folder
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
    "no access": Reason("The file cannot be read: {problem}."),
    "memory": Reason("Reading the file takes too much memory. It is not a notebook."),
    "no cells": Reason(
        "The file holds no cells. It is not a notebook.", "Ask for it again.", HAND_IN_AGAIN
    ),
    "many cells": Reason("The file holds more than {most} cells."),
    "long text": Reason(
        "The cells hold more text than anybody types.", "Ask for it again.", HAND_IN_AGAIN
    ),
    "large": Reason(
        "The file is larger than {most} MB.",
        "Ask the student to clear its outputs and to hand it in again.",
        "Clear its outputs, and hand it in again.",
    ),
    "empty": Reason("The file is empty.", "Ask the student to hand it in again.", HAND_IN_AGAIN),
    "nested": Reason("The file is nested too deeply to be a notebook."),
    "no notebook": Reason(
        "The file is not a notebook, or was damaged from the start.",
        "Ask for it again.",
        HAND_IN_AGAIN,
    ),
    "time": Reason(
        "Reading the file takes far longer than any notebook does, so nothing was marked.",
        "Look at it in an editor before you open it, and ask for it again.",
        HAND_IN_AGAIN,
    ),
    "nothing": Reason("No notebook was handed in."),
    "something else": Reason(
        "No notebook was handed in, but {files}.",
        "Ask for the notebook itself (.ipynb).",
        "Hand in the notebook itself: the file that ends in .ipynb.",
    ),
    "many": Reason(
        "{count} notebooks were handed in.",
        "Ask which one counts.",
        "Tell whoever grades which one counts.",
    ),
    "other exercise": Reason(
        "This is not this exercise: hardly any of its cells is in it.",
        "If an earlier version of the course asked it so, grade it in a course folder of that "
        "version, or mark it by hand.",
        "If you meant another file, hand that in.",
    ),
    "unknown release": Reason(
        "It names a release of this exercise that is not known here, so nothing was marked.",
        "Ask where the notebook comes from. If another copy of the course handed it out, such as "
        "an earlier download, grade it there; or run `course release {name}` there, copy its "
        "solutions/{name}/released here, and run `course grade {name} --again`. In a shallow "
        "clone, `git fetch --unshallow` comes first.",
        TOLD,
    ),
    "several releases": Reason(
        "It does not say which release it was made from, and its cells fit several, so nothing "
        "was marked.",
        "Ask for the file again, as the student has it.",
        HAND_IN_AGAIN,
    ),
    "unfit release": Reason(
        "It was made from an earlier release, which cannot be graded here, so nothing was marked.",
        "Why it cannot: {unfit}",
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


class Unreadable(CourseError):  # noqa: N818 (a finding, told to the instructor, not a fault of ours)
    """A submission that cannot be graded; the message is for whoever grades."""

    def __init__(self, reason: Reason) -> None:
        """Keep the reason, which says it to the student too."""
        super().__init__(reason.to_grader)
        self.reason = reason
