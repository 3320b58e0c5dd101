"""Give points to answers that are right except for their form: ``course accept NAME q4``.

They are kept as a person's marks, so that no later grading takes them away.
"""

from argparse import Namespace
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from coursestaff import roster
from coursestaff.collecting.classlist import who
from coursestaff.exercises import spec
from coursestaff.exercises.spec import Exercise, SpecError
from coursestaff.marking import autograded, provenance
from coursestaff.marking.coordinator import StoppedError, grading_lock, problems_in_words
from coursestaff.marking.gradebook import one_transaction, recorded
from coursestaff.marking.provenance import Provenance
from coursestaff.nbgrader_course import class_names, directory, gradebook, keep_copy


class Accepted(NamedTuple):
    """What `accept` did: a student, as lists have them, and a question for each answer."""

    given: list[tuple[str, str]]  #: got the points
    again: list[tuple[str, str]]  #: a person had marked it, and it waits again: left as it was

    @property
    def in_words(self) -> str:
        """Return what was done and what was not, with the reason."""
        lines = [
            f"Answers that have been given points: {len(self.given)}.",
            *map(_line, self.given),
        ]
        if self.again:
            lines.append(
                "A person marked these answers, but the students changed them later. Mark them "
                "again in formgrader:"
            )
            lines += map(_line, self.again)
        elif not self.given:
            lines.append(
                "No answer to these questions is waiting for points. Either all such answers have "
                "been marked already, or `course grade` did not list any of them as right except "
                "for its form."
            )
        return "\n".join(lines)


def give_points(course: Path, options: Namespace) -> None:
    """Mark answers that are right except for their form: ``course accept``."""
    print(accept(course, options.name, options.questions, options.points).in_words)
    roster.keep(course, options.name)


def accept(
    course: Path, name: str, questions: Iterable[str], points: float | None = None
) -> Accepted:
    """Mark the answers that `course grade` lists as right except for their form, and return whose.

    What a person has marked already stays as it is, also where it waits again. The gradebook is
    copied first.

    Args:
        course: the course folder.
        name: of the exercise.
        questions: such as ``q4``.
        points: for each of these answers; by default all that the question has.

    Raises:
        SpecError: no such exercise or question, or more points than it has.
        StoppedError: the gradebook cannot be written or lacks some of this work, or the exercise
            is being graded.

    """
    exercise = spec.load(spec.find(course / "solutions", name))
    asked = {*questions}
    for each in asked:
        _refuse_unfit(exercise, each, points)
    given, again = [], []
    with problems_in_words(course), grading_lock(course, name):
        keep_copy(directory(course))
        with closing(gradebook(directory(course))) as book, one_transaction(book):
            there, names = recorded(book, name), class_names(book)
            for student, question in _listed(course, name, asked):
                if student not in there:
                    raise StoppedError(
                        f"The gradebook has no work by {student} on {name}, so no points were "
                        f"given. Run `course grade {name}` first, and then the same command again."
                    )
                grade = book.find_grade(question, name, name, student)
                if grade.needs_manual_grade and grade.manual_score is None:
                    most = exercise.questions[question].points
                    grade.manual_score = most if points is None else points
                    grade.needs_manual_grade = False
                    given.append((who(student, names), question))
                elif grade.needs_manual_grade:
                    again.append((who(student, names), question))
    return Accepted(given, again)


def _refuse_unfit(exercise: Exercise, name: str, points: float | None) -> None:
    """Refuse a question that the computer does not check, and points that it cannot give."""
    question = exercise.questions.get(name)
    if question is None or question.written:
        raise SpecError(f"{exercise.name} has no question {name!r} that the computer checks.")
    if points is not None and not 0 <= points <= question.points:
        raise SpecError(
            f"--points {points:g} is not possible for {name}. Give a number from 0 to "
            f"{question.points}."
        )


def _listed(course: Path, name: str, asked: set[str]) -> list[tuple[str, str]]:
    """Return the answers to these questions that were right except for their form when graded."""
    found = []
    for folder in sorted((course / "submitted").glob(f"*/{name}")):
        known = provenance.read(autograded.last(folder)) or Provenance()
        found += [(folder.parent.name, each) for each in known.forms if each in asked]
    return found


def _line(answer: tuple[str, str]) -> str:
    student, question = answer
    return f"  {student}: {question}"
