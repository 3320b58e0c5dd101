"""Who is excused from an exercise: without points, and never with a zero.

It is an empty file of the student's own in ``autograded/``, so `forget` erases it with the student.
nbgrader has no such state, and looks at no file whose name begins with a dot.
"""

import contextlib
from collections.abc import Sequence
from pathlib import Path

from coursestaff.collecting.classlist import who
from coursestaff.exercises import spec
from coursestaff.nbgrader_course import class_names, directory, gradebook
from coursestaff.terminal import one_line
from courseware import CourseError

NOTE = ".{name}.excused"  # in autograded/STUDENT
WORDS = "excused."


class ExcuseError(CourseError):
    """Nobody was excused; the message says why."""


def students(course: Path, name: str) -> set[str]:
    """Return the ids of those who are excused from an exercise."""
    return {
        path.parent.name for path in (course / "autograded").glob(f"*/{NOTE.format(name=name)}")
    }


def excuse(course: Path, name: str, wanted: Sequence[str], *, back: bool = False) -> list[str]:
    """Excuse students from an exercise, or take that back; return who is excused now, by name.

    Raises:
        SpecError: there is no such exercise.
        ExcuseError: somebody is not in the gradebook; then nobody is excused.

    """
    spec.find(course / "solutions", name)
    with contextlib.closing(gradebook(directory(course))) as book:
        names = class_names(book)
    if strangers := [one_line(each) for each in wanted if each not in names]:
        raise ExcuseError(
            f"These ids are not in the gradebook, so nobody was excused: {', '.join(strangers)}. "
            "Give the ids as `course collect` lists them."
        )
    for student in wanted:
        note = course / "autograded" / student / NOTE.format(name=name)
        if back:
            note.unlink(missing_ok=True)
        else:
            note.parent.mkdir(parents=True, exist_ok=True)
            note.touch()
    return [who(student, names) for student in sorted(students(course, name))]
