"""Count how a class answered: from the gradebook, and from the comments that ``course grade`` left.

Of an answer it says how it was marked, which hint it was given (one of ``checks.yaml``, or what the
course says of the form of a right answer), and whether it was touched at all. Who gave it, and what
they typed, is for the private page alone.
"""

import builtins
import contextlib
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from nbgrader.api import SubmittedNotebook

from coursestaff.collecting.releases import Setup, set_up
from coursestaff.exercises.cells import Cell, grade_id, is_solution, source, tidy
from coursestaff.exercises.spec import Question, SpecError
from coursestaff.marking import autograded, excused, provenance
from coursestaff.marking.cleaning import clean_markdown
from coursestaff.marking.gradebook import NO_RESPONSE
from coursestaff.marking.marks import FORM
from coursestaff.nbgrader_course import directory, gradebook
from coursestaff.returning.export import graded

#: What may have come of an answer; everybody's is one of them.
RIGHT, PARTLY, WRONG, UNANSWERED, WAITS = "right", "partly", "wrong", "unanswered", "waits"
#: The same, each as the page's tables call it.
OUTCOMES = {RIGHT: "right", PARTLY: "in part", WRONG: "wrong", UNANSWERED: "unanswered"}
OUTCOMES |= {WAITS: "to be marked"}
NO_HINT = ""  #: stands for a wrong answer that no hint of ``checks.yaml`` fits
OTHER_ERROR = "another error"
ENDED = "Ended"  #: as a cell is marked that took too long, crashed, or ended the process


class Answer(NamedTuple):
    """What came of one student's answer to one question, and what they typed."""

    student: str
    question: str
    outcome: str
    points: float
    hint: str
    typed: str


class Counted(NamedTuple):
    """How a class did: each student's answers by question, and how many met which error."""

    setup: Setup
    work: list[dict[str, Answer]]
    errors: dict[str, int]

    @property
    def name(self) -> str:
        """The exercise's name."""
        return self.setup.exercise.name


def count(course: Path, name: str) -> Counted:
    """Return how a class did on one exercise. Work that could not be read is left out.

    Raises:
        SpecError: there is no such exercise, it does not hold together, or the gradebook has
            answers to other questions.
        ExportError: nothing of it is graded.

    """
    setup = set_up(course, name)
    hints, untouched, free = _hints(setup), _untouched(setup), excused.students(course, name)
    work, errors = [], Counter()
    with contextlib.closing(gradebook(directory(course))) as book:
        for submission in graded(book, name):
            student = submission.student.id
            cells = autograded.last(course / "submitted" / student / name).get("cells", [])
            cells = [cell for cell in cells if isinstance(cell, dict)]
            is_refused = cells and cells[0].get("id") == provenance.TROUBLE
            if is_refused or student in free:
                continue
            (notebook,) = submission.notebooks
            _refuse_others(name, {grade.name for grade in notebook.grades}, setup)
            typed = {_question(cell): source(cell) for cell in cells if is_solution(cell)}
            blank = {q for q, text in typed.items() if tidy(text) in untouched.get(q, ())}
            found = _outcomes(notebook, setup.exercise.questions, hints, blank)
            work.append({q: Answer(student, q, *a, typed.get(q, "")) for q, a in found.items()})
            errors.update(_errors(cells))
    return Counted(setup, work, dict(errors))


def _question(cell: Cell) -> str:
    """Return the question that a solution's cell answers."""
    return str(grade_id(cell)).removesuffix("-answer")


def _refuse_others(name: str, known: set[str], setup: Setup) -> None:
    """Refuse to count answers to other questions than the exercise asks.

    Raises:
        SpecError: the gradebook holds such.

    """
    if known != set(setup.exercise.questions):
        raise SpecError(
            f"The questions in the gradebook differ from those in exercises/{name}. Make the "
            "report in a course folder with the version of the exercise that was graded."
        )


def _hints(setup: Setup) -> dict[str, dict[str, str]]:
    """Return, by question, the hints of every release: as they are, by how a comment has them."""
    found: dict[str, dict[str, str]] = {name: {} for name in setup.exercise.questions}
    for each in (*(s for s in setup.earlier if not s.unfit), setup):
        for question in each.exercise.checked:
            for known in question.misconceptions:
                found[question.id][clean_markdown(known.hint)] = known.hint
    return found


def _untouched(setup: Setup) -> dict[str, set[str]]:
    """Return, by question, what its cell holds in every release before anybody has answered."""
    found: dict[str, set[str]] = {}
    for each in (setup, *setup.earlier):
        for cell in filter(is_solution, each.release):
            found.setdefault(_question(cell), set()).add(tidy(source(cell)))
    return found


def _outcomes(
    notebook: SubmittedNotebook,
    questions: Mapping[str, Question],
    hints: Mapping[str, dict[str, str]],
    blank: set[str],
) -> dict[str, tuple[str, float, str]]:
    """Return, by question, what came of one student's answer: outcome, points and hint."""
    comments = {c.name.removesuffix("-answer"): c.auto_comment or "" for c in notebook.comments}
    found = {}
    for grade in notebook.grades:
        points = grade.auto_score if grade.manual_score is None else grade.manual_score
        points, comment = points or 0.0, comments.get(grade.name, "")
        if grade.needs_manual_grade:
            outcome = WAITS
        elif points > 0:
            outcome = RIGHT if points >= questions[grade.name].points else PARTLY
        else:
            is_blank = grade.name in blank or comment == NO_RESPONSE
            outcome = UNANSWERED if is_blank else WRONG
        hint = _hint(comment, hints[grade.name]) if outcome == WRONG else NO_HINT
        found[grade.name] = (outcome, points, hint)
    return found


def _hint(comment: str, hints: dict[str, str]) -> str:
    """Return the hint that a comment gives; before it may stand why a person looks at it.

    What is said of the form of a right answer is the course's own sentence, so it is one, too.
    """
    for kept, hint in hints.items():
        if comment == kept or comment.endswith(f" {kept}"):
            return hint
    _, form, said = comment.partition(FORM)
    return f"{form}{said}" if form else NO_HINT


def _errors(cells: Iterable[Cell]) -> set[str]:
    """Return the kinds of error that cells of one notebook stopped with: Python's own names only.

    A student can call an error anything.
    """
    outputs = (output for cell in cells for output in cell.get("outputs", ()))
    kinds = {str(o.get("ename")) for o in outputs if o.get("output_type") == "error"}
    return {kind if kind == ENDED or _is_pythons(kind) else OTHER_ERROR for kind in kinds}


def _is_pythons(kind: str) -> bool:
    found = getattr(builtins, kind, None)
    return isinstance(found, type) and issubclass(found, BaseException)
