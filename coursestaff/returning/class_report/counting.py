"""Count how a class answered: from the gradebook, and from the comments that ``course grade`` left.

Of an answer it says how it was marked, which hint it was given (one of ``checks.yaml``, or what the
course says of the form of a right answer), and whether it was touched at all. Who gave it, and what
they typed, is in ``theirs`` alone: only the private page looks there.
"""

import builtins
import contextlib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from statistics import StatisticsError, correlation, mean
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
OUTCOMES = (RIGHT, PARTLY, WRONG, UNANSWERED, WAITS)
NO_HINT = ""  #: stands for a wrong answer that no hint of ``checks.yaml`` fits
OTHER_ERROR = "another error"
ENDED = "Ended"  #: as a cell is marked that took too long, crashed, or ended the process
LEAST_CORRELATED = 20  #: students that a correlation needs
LEAST_THIRDS = 30  #: students, so that a third is ten


class Answer(NamedTuple):
    """What came of one student's answer to one question, and what they typed."""

    outcome: str
    points: float
    hint: str
    typed: str = ""


class Asked(NamedTuple):
    """One question, and what came of it; ``hints`` counts those of the wrong answers.

    ``correlation`` is that of its points with the points of all other questions; ``thirds`` by how
    much of its points the upper third got more than the lower. Both are None if too few answered.
    """

    question: Question
    outcomes: dict[str, int]
    hints: dict[str, int]
    mean: float | None
    correlation: float | None
    thirds: float | None


class Counted(NamedTuple):
    """How a class did: how many there are, question by question, and how many met which error.

    ``theirs`` has each student's answers, and is private.
    """

    name: str
    students: int
    asked: list[Asked]
    errors: dict[str, int]
    setup: Setup
    theirs: dict[str, dict[str, Answer]]


def count(course: Path, name: str) -> Counted:
    """Return how a class did on one exercise. Work that could not be read is left out.

    Raises:
        SpecError: there is no such exercise, it does not hold together, or the gradebook has
            answers to other questions.
        ExportError: nothing of it is graded.

    """
    setup = set_up(course, name)
    hints = _hints(setup)
    untouched = _untouched(setup)
    theirs, errors, free = {}, Counter(), excused.students(course, name)
    with contextlib.closing(gradebook(directory(course))) as book:
        for submission in graded(book, name):
            cells = _cells(course, submission.student.id, name)
            is_refused = cells and cells[0].get("id") == provenance.TROUBLE
            if is_refused or submission.student.id in free:
                continue
            blank = _blank(cells, untouched)
            (notebook,) = submission.notebooks
            _refuse_others(name, {grade.name for grade in notebook.grades}, setup)
            found = _answers(notebook, setup.exercise.questions, hints, blank)
            theirs[submission.student.id] = _with_typed(found, cells)
            errors.update(_errors(cells))
    work = [*theirs.values()]
    asked = [_asked(each, work) for each in setup.exercise.questions.values()]
    return Counted(name, len(work), asked, dict(errors), setup, theirs)


def _with_typed(found: dict[str, Answer], cells: Iterable[Cell]) -> dict[str, Answer]:
    """Return answers with what stands in their cells."""
    typed = {
        str(grade_id(cell)).removesuffix("-answer"): source(cell)
        for cell in cells
        if is_solution(cell)
    }
    return {q: each._replace(typed=typed.get(q, "")) for q, each in found.items()}


def _refuse_others(name: str, known: set[str], setup: Setup) -> None:
    """Refuse to count answers to other questions than the exercise asks.

    Raises:
        SpecError: the gradebook holds such.

    """
    if known != set(setup.exercise.questions):
        raise SpecError(
            f"The gradebook holds answers to other questions of {name} than exercises/{name} asks: "
            "make the report in a course folder with the exercise that was graded."
        )


def _cells(course: Path, student: str, name: str) -> list[Cell]:
    cells = autograded.last(course / "submitted" / student / name).get("cells", [])
    return [cell for cell in cells if isinstance(cell, dict)]


def _hints(setup: Setup) -> dict[str, dict[str, str]]:
    """Return, by question, the hints of every release: as they are, by how a comment has them."""
    found: dict[str, dict[str, str]] = {name: {} for name in setup.exercise.questions}
    for each in (*(s for s in setup.earlier if not s.unfit), setup):
        for question in each.exercise.checked:
            for known in question.misconceptions:
                found[question.id][clean_markdown(known.hint)] = known.hint
    return found


def _untouched(setup: Setup) -> dict[str, set[str]]:
    """Return, by cell, what it holds in every release before anybody has answered."""
    found: dict[str, set[str]] = {}
    for each in (setup, *setup.earlier):
        for cell in filter(is_solution, each.release):
            found.setdefault(str(grade_id(cell)), set()).add(tidy(source(cell)))
    return found


def _blank(cells: Iterable[Cell], untouched: dict[str, set[str]]) -> set[str]:
    """Return the questions whose cell is as it was released."""
    return {
        str(grade_id(cell)).removesuffix("-answer")
        for cell in cells
        if tidy(source(cell)) in untouched.get(grade_id(cell) or "", ())
    }


def _answers(
    notebook: SubmittedNotebook,
    questions: dict[str, Question],
    hints: dict[str, dict[str, str]],
    blank: set[str],
) -> dict[str, Answer]:
    """Return what came of one student's answers, by question."""
    comments = {c.name.removesuffix("-answer"): c.auto_comment or "" for c in notebook.comments}
    found = {}
    for grade in notebook.grades:
        points = grade.auto_score if grade.manual_score is None else grade.manual_score
        points, comment = points or 0.0, comments.get(grade.name, "")
        is_blank = grade.name in blank or comment == NO_RESPONSE
        outcome = _outcome(questions[grade.name], points, is_blank)
        if grade.needs_manual_grade:
            outcome = WAITS
        hint = _hint(comment, hints[grade.name]) if outcome == WRONG else NO_HINT
        found[grade.name] = Answer(outcome, points, hint)
    return found


def _outcome(question: Question, points: float, is_blank: bool) -> str:
    if points >= question.points:
        return RIGHT
    if points > 0:
        return PARTLY
    return UNANSWERED if is_blank else WRONG


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


def _asked(question: Question, work: list[dict[str, Answer]]) -> Asked:
    """Return what came of one question."""
    answers = [each[question.id] for each in work]
    outcomes = Counter(answer.outcome for answer in answers)
    marked = [answer.points for answer in answers if answer.outcome != WAITS]
    complete = [each for each in work if all(a.outcome != WAITS for a in each.values())]
    pairs = [_and_the_rest(question.id, each) for each in complete]
    return Asked(
        question,
        {outcome: outcomes[outcome] for outcome in OUTCOMES},
        dict(Counter(answer.hint for answer in answers if answer.outcome == WRONG)),
        mean(marked) if marked else None,
        _correlation(pairs),
        _thirds(pairs, question.points),
    )


def _and_the_rest(question: str, answers: dict[str, Answer]) -> tuple[float, float]:
    """Return a student's points for one question, and for all others together."""
    own = answers[question].points
    return own, sum(answer.points for answer in answers.values()) - own


def _correlation(pairs: list[tuple[float, float]]) -> float | None:
    if len(pairs) < LEAST_CORRELATED:
        return None
    with contextlib.suppress(StatisticsError):  # all have the same points
        return correlation(*zip(*pairs, strict=True))
    return None


def _thirds(pairs: list[tuple[float, float]], of: int) -> float | None:
    """Return the share of its points that the upper third got, minus that of the lower.

    Whoever has as many points as the last of a third belongs to it.
    """
    if len(pairs) < LEAST_THIRDS:
        return None
    rest = sorted(rest for _, rest in pairs)
    low, high = rest[len(rest) // 3 - 1], rest[-(len(rest) // 3)]
    if low >= high:
        return None
    upper = mean(own for own, rest in pairs if rest >= high)
    return (upper - mean(own for own, rest in pairs if rest <= low)) / of
