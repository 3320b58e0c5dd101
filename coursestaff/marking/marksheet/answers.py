"""Read the written answers to one question, without names, and save what a person gives them."""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import joinedload

from coursestaff.exercises.cells import BOX, Cell, grade_id, source, tidy
from coursestaff.exercises.spec import Exercise, Question
from coursestaff.marking import provenance
from coursestaff.marking.cleaning import for_text_only
from coursestaff.marking.marksheet.marks import Mark
from coursestaff.marking.provenance import Provenance
from coursestaff.marking.source_analysis import holds_prose
from courseware import CourseError

NOT_THERE = (
    "Its notebook is not in autograded/, so it cannot be marked here: run `course grade --again`."
)
NO_BOX = "Its notebook has no box for this answer: look at the whole of it in formgrader."
REFUSED = (
    "Nothing of this hand-in was marked: {} Leave this as it is if you ask for it again, because "
    "it is exported as blank then. Or give 0 in each row: that is your decision, exported as 0."
)
LOOK = "A person has to look at the whole of this hand-in: the list of `course grade` says why."
ELSEWHERE = "The box is as it was. The answer may stand elsewhere in the notebook: see formgrader."
NEARBY = "More text of the student's own stands near the box: {}"
PICTURES = "Pictures that were pasted ({}) are not shown here: see formgrader."
HELD = "Not saved: another program holds the gradebook, perhaps `course grade`. Try again."
NOT_WRITTEN = "Not saved: the gradebook cannot be written. Is the disk full, or the file read-only?"
AHEAD = "This student has handed in anew, and that is not graded yet: run `course grade`."


class NotSavedError(CourseError):
    """A mark that was not saved; the message says why, and what to do."""


class Answer(NamedTuple):
    """One answer, of nobody: ``id`` is the gradebook's own random one, ``notebook`` formgrader's.

    ``text`` is None where it cannot be shown, and then it cannot be marked either; ``notes`` say
    what cannot be seen here. ``ahead`` asks whether newer work waits to be graded.
    """

    id: str
    notebook: str
    text: str | None
    notes: tuple[str, ...]
    mark: Mark
    ahead: Callable[[], bool]

    @property
    def seen(self) -> str:
        """A checksum of what somebody saw who saw this answer and its mark."""
        return hashlib.sha256(json.dumps([self.text, *self.mark]).encode()).hexdigest()

    @property
    def written(self) -> str:
        """What the student wrote, to be compared: nothing where the box is as it was."""
        text = self.text or ""
        return "" if tidy(text) == tidy(BOX) else text


class Counts(NamedTuple):
    """How many answers there are, have a mark, and were left empty; what waits by question."""

    answers: int
    marked: int
    empty: int
    elsewhere: dict[str, int]


def read(book: Gradebook, exercise: Exercise, question: Question) -> list[Answer]:
    """Return all answers to a question, in an order that says nothing of whose they are.

    It is the same every time, and another one for each question.
    """
    comments = _comments(book, exercise, question)
    found = [
        _answer(exercise, question, grade, comments.get(grade.notebook_id))
        for grade in book.db.scalars(_grades(exercise, question))
        if _was_answered(grade)
    ]
    return sorted(found, key=lambda each: hashlib.sha256(each.id.encode()).digest())


def comments(book: Gradebook, exercise: Exercise, question: Question) -> list[str | None]:
    """Return what persons have written below the answers to a question."""
    return [each.manual_comment for each in _comments(book, exercise, question).values()]


def count(book: Gradebook, exercise: Exercise, question: Question) -> Counts:
    """Return how far marking is, and what waits elsewhere, which formgrader shows."""
    grades = book.db.scalars(_grades(exercise, question)).all()
    answered = [grade for grade in grades if _was_answered(grade)]
    marked = sum(not grade.needs_manual_grade for grade in answered)
    waits = (
        select(BaseCell.name, func.count())
        .select_from(Grade)
        .join(Grade.cell)
        .join(BaseCell.notebook)
        .join(Notebook.assignment)
        .where(Assignment.name == exercise.name, Grade.needs_manual_grade)
        .group_by(BaseCell.name)
    )
    elsewhere = {name: n for name, n in book.db.execute(waits) if name != question.id}
    return Counts(len(answered), marked, len(grades) - len(answered), elsewhere)


def save(
    book: Gradebook, exercise: Exercise, question: Question, id: str, seen: str, new: Mark
) -> Answer | None:
    """Record a mark, if answer and mark are still what was seen; else return what they are now.

    Points, whether it waits, and the person's comment: nothing else is touched, and either all of
    it is written or nothing.

    Raises:
        NotSavedError: there is no such answer, it cannot be seen here, newer work waits to be
            graded, or another program holds the gradebook.

    """
    with _alone(book, id):
        grade, comment, now = _found(book, exercise, question, id)
        if now.text is None or comment is None:
            raise NotSavedError(f"Not saved. {NOT_THERE}")
        if now.seen != seen:
            return now
        if now.ahead():
            raise NotSavedError(f"Not saved. {AHEAD}")
        grade.manual_score, grade.needs_manual_grade = new.points, new.waits
        comment.manual_comment = new.comment
        book.db.commit()
    return None


def one(book: Gradebook, exercise: Exercise, question: Question, id: str) -> Answer:
    """Return one answer as it is now.

    Raises:
        NotSavedError: there is none.

    """
    return _found(book, exercise, question, id)[2]


def _found(
    book: Gradebook, exercise: Exercise, question: Question, id: str
) -> tuple[Grade, Comment | None, Answer]:
    """Return what the gradebook has of one answer, and the answer."""
    grade = book.db.scalars(_grades(exercise, question).where(Grade.id == id)).one_or_none()
    if grade is None:
        raise NotSavedError("This answer is no longer in the gradebook: load the page again.")
    comment = _comments(book, exercise, question).get(grade.notebook_id)
    return grade, comment, _answer(exercise, question, grade, comment)


@contextmanager
def _alone(book: Gradebook, id: str) -> Iterator[None]:
    """Hold the gradebook, so that nobody writes between looking and writing."""
    own = update(Grade).where(Grade.id == id)
    try:
        book.db.rollback()
        book.db.execute(
            own.values(manual_score=Grade.manual_score),
            execution_options={"synchronize_session": False},
        )
        book.db.expire_all()
        yield
    except OperationalError as problem:
        raise NotSavedError(HELD if "locked" in str(problem) else NOT_WRITTEN) from problem
    finally:
        book.db.rollback()  # what is not committed by now


def _grades(exercise: Exercise, question: Question):
    whose = joinedload(Grade.notebook).joinedload(SubmittedNotebook.assignment)
    return _of(select(Grade).join(Grade.cell), exercise, question).options(
        whose.joinedload(SubmittedAssignment.student)
    )


def _comments(book: Gradebook, exercise: Exercise, question: Question) -> dict[str, Comment]:
    found = book.db.scalars(_of(select(Comment).join(Comment.cell), exercise, question))
    return {comment.notebook_id: comment for comment in found}


def _of(wanted, exercise: Exercise, question: Question):
    return (
        wanted.join(BaseCell.notebook)
        .join(Notebook.assignment)
        .where(Assignment.name == exercise.name, BaseCell.name == question.id)
    )


def _was_answered(grade: Grade) -> bool:
    """Return whether there is something to mark: an empty box has its nought by itself."""
    return grade.auto_score is None or grade.needs_manual_grade or grade.manual_score is not None


def _answer(
    exercise: Exercise, question: Question, grade: Grade, comment: Comment | None
) -> Answer:
    student = grade.notebook.assignment.student.id
    folder = exercise.course / "submitted" / student / exercise.name
    text, notes, made_of = _shown(provenance.place(folder), question.id)
    mark = Mark(
        grade.manual_score, bool(grade.needs_manual_grade), comment and comment.manual_comment
    )

    def ahead() -> bool:
        known = made_of and folder.is_dir()
        return bool(known) and provenance.current(exercise, folder).work != made_of

    return Answer(grade.id, grade.notebook_id, text, notes, mark, ahead)


def _shown(folder: Path, question: str) -> tuple[str | None, tuple[str, ...], str | None]:
    """Return an answer's text as it was typed, what is to be said of it, and what it is made of."""
    path = folder / f"{folder.name}.ipynb"
    try:
        about = path.stat()
        return _read(path, question, about.st_mtime_ns, about.st_size)
    except (OSError, ValueError):
        return None, (NOT_THERE,), None


@lru_cache(maxsize=1_000)  # a page asks for the whole class again and again
def _read(path: Path, question: str, *_state: int):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    stamp = provenance.read(notebook) or Provenance()
    cells = notebook["cells"]
    box = next((cell for cell in cells if grade_id(cell) == question), None)
    if box is None:
        return None, (NO_BOX,), stamp.work
    text, notes = for_text_only(source(box)), []
    if stamp.refused:
        notes.append(REFUSED.format(stamp.trouble))
    elif stamp.trouble:
        notes.append(LOOK)
    if tidy(text) == tidy(BOX) and not stamp.refused:
        notes.append(ELSEWHERE)
    notes += [NEARBY.format(for_text_only(text)) for text in _near(cells, question)]
    if pasted := box.get("attachments"):
        notes.append(PICTURES.format(len(pasted)))
    return text, tuple(notes), stamp.work


def _near(cells: list[Cell], question: str) -> Iterator[str]:
    """Yield the texts of the student's own cells below a written question that may be an answer."""
    locked = [n for n, cell in enumerate(cells) if not _is_own(cell)]
    at = next(n for n in locked if grade_id(cells[n]) == question)
    after = max((n for n in locked if n < at), default=-1)
    for cell in cells[after + 1 :]:
        if _is_own(cell) and holds_prose(cell):
            yield source(cell)


def _is_own(cell: Cell) -> bool:
    return str(cell.get("id", "")).startswith("own-")
