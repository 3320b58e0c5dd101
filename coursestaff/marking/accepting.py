"""Give points to answers that are right but for their form: ``course accept NAME q4``.

They are kept as a person's marks, so that no later grading takes them away.
"""

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from coursestaff.exercises import spec
from coursestaff.exercises.spec import SpecError
from coursestaff.marking import autograded, stamps
from coursestaff.marking.coordinator import alone, problems_in_words
from coursestaff.marking.gradebook import one_transaction
from coursestaff.nbgrader_course import directory, gradebook


def accept(
    course: Path, name: str, questions: Iterable[str], points: float | None = None
) -> list[tuple[str, str]]:
    """Mark the answers that `course grade` lists as right but for their form, and return whose.

    What a person has marked already stays as it is.

    Args:
        course: the course folder.
        name: of the exercise.
        questions: such as ``q4``.
        points: for each of these answers; by default all that the question has.

    Returns:
        A student's id and a question for each mark.

    Raises:
        SpecError: no such exercise or question, or more points than it has.
        StoppedError: the gradebook cannot be written, or the exercise is being graded.

    """
    exercise = spec.load(spec.find(course / "solutions", name))
    asked = {each: exercise.questions.get(each) for each in questions}
    for each, question in asked.items():
        if question is None or question.written:
            raise SpecError(f"{name} has no question {each!r} that the computer checks.")
        if points is not None and not 0 <= points <= question.points:
            raise SpecError(f"{each} has {question.points} points.")
    given = []
    with (
        problems_in_words(course),
        alone(course, name),
        closing(gradebook(directory(course))) as book,
        one_transaction(book),
    ):
        for folder in sorted((course / "submitted").glob(f"*/{name}")):
            known = stamps.read(autograded.last(folder)) or stamps.Stamp()
            for each in (each for each in asked if each in known.forms):
                grade = book.find_grade(each, name, name, folder.parent.name)
                if grade.needs_manual_grade:
                    grade.manual_score = asked[each].points if points is None else points
                    grade.needs_manual_grade = False
                    given.append((folder.parent.name, each))
    return given
