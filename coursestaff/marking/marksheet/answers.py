"""Read the written answers to one question, without names, and save what a person gives them."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
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
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import joinedload

from coursestaff.collecting.handed_in import sent_instead
from coursestaff.exercises import points
from coursestaff.exercises.cells import BOX, Cell, grade_id, source, tidy
from coursestaff.exercises.spec import Exercise, Question
from coursestaff.marking import excused, provenance
from coursestaff.marking.cleaning import for_text_only
from coursestaff.marking.gradebook import waiting
from coursestaff.marking.marksheet.marks import Mark
from coursestaff.marking.provenance import Provenance
from coursestaff.marking.source_analysis import holds_prose
from coursestaff.terminal import one_line
from courseware import CourseError

NOT_THERE = (
    "The notebook is not in autograded/, so this answer cannot be marked here. Run `course grade "
    "--again`."
)
NO_BOX = "The notebook has no box for this answer. Look at the whole notebook in formgrader."
REFUSED = (
    "Nothing in this student's work was marked. {} If you ask the student for the work again, "
    "leave the rows empty, so that the points are exported as blank. If you give 0 in each row, "
    "the points are exported as 0."
)
LOOK = "A person has to look at the whole notebook. {}"
NAMELESS = "[…]"  # in the place of what may tell whose a hand-in is
ELSEWHERE = (
    "The box is unchanged. The answer may be elsewhere in the notebook, so look in formgrader."
)
NEARBY = "The student wrote more text near the box: {}"
PICTURES = "Pasted pictures ({}) are not shown here. Look at them in formgrader."
HELD = (
    "This mark was not saved, because another program, perhaps `course grade`, is using the "
    "gradebook. Try again when that program has ended."
)
NOT_WRITTEN = (
    "This mark was not saved, because the gradebook cannot be written. Check whether the disk is "
    "full or the file is read-only."
)
TOGETHER = (
    "No mark was changed, because one of these answers or its mark has changed since it was shown "
    "here. Look at these answers again."
)
CHANGED = "This answer or its mark has changed since it was shown here. Nothing was overwritten."
GONE = "This answer is no longer in the gradebook. Load the page again."
AHEAD = (
    "This student has handed in again, and the new work has not been graded yet. Run `course "
    "grade` first."
)


#: What the gradebook has of an answer, and the answer.
Found = tuple[Grade, Comment | None, "Answer"]


class NotSavedError(CourseError):
    """Marks that were not saved; the message says why, and what to do."""


class Answer(NamedTuple):
    """One answer, of nobody: ``id`` is the gradebook's own random one, ``notebook`` formgrader's.

    ``text`` is None where it cannot be shown, and then it cannot be marked either; ``notes`` say
    what cannot be seen here. ``refused``: nothing of the hand-in could be marked, so it may be left
    without a mark. ``ahead`` asks whether newer work waits to be graded.
    """

    id: str
    notebook: str
    text: str | None
    notes: tuple[str, ...]
    mark: Mark
    refused: bool
    ahead: Callable[[], bool]

    @property
    def seen(self) -> str:
        """A checksum of what somebody saw who saw this answer and its mark."""
        return hashlib.sha256(json.dumps([self.text, *self.mark]).encode()).hexdigest()

    @property
    def written(self) -> str:
        """What the student wrote: nothing where the box is as it was."""
        text = self.text or ""
        return "" if tidy(text) == tidy(BOX) else text


class Why(NamedTuple):
    """Why a person has to look at a whole hand-in: ``trouble``, and the sentence that it is in."""

    says: str
    trouble: str


class Saved(NamedTuple):
    """What came of saving a mark: why it was not (empty: it was), and the answer as it is now."""

    why: str
    now: Answer | None


class Counts(NamedTuple):
    """How many answers there are, have a mark, and were left empty; what waits by question.

    Of ``excused`` students nothing of this is counted.
    """

    answers: int
    marked: int
    empty: int
    elsewhere: dict[str, int]
    excused: int = 0


def read(book: Gradebook, exercise: Exercise, question: Question) -> list[Answer]:
    """Return all answers to a question, in an order that says nothing of whose they are.

    It is the same every time, and another one for each question.
    """
    comments = _comments(book, exercise, question)
    found = [
        _answer(exercise, question, grade, comments.get(grade.notebook_id))
        for grade in _expected(book, exercise, question)
        if _was_answered(grade)
    ]
    return sorted(found, key=lambda each: hashlib.sha256(each.id.encode()).digest())


def asked(exercise: Exercise, question: Question) -> list[str]:
    """Return the question as students read it, in paragraphs of Markdown, without headings."""
    cells = points.given(exercise)
    at = next(n for n, cell in enumerate(cells) if grade_id(cell) == question.id)
    words = next(source(each) for each in reversed(cells[:at]) if each["cell_type"] == "markdown")
    parts = (part.strip() for part in words.split("\n\n"))
    return [part for part in parts if part and not part.startswith("#")]


def comments(book: Gradebook, exercise: Exercise, question: Question) -> list[str | None]:
    """Return what persons have written below the answers to a question."""
    return [each.manual_comment for each in _comments(book, exercise, question).values()]


def count(book: Gradebook, exercise: Exercise, question: Question) -> Counts:
    """Return how far marking is, and what waits elsewhere, which formgrader shows."""
    grades = _expected(book, exercise, question)
    answered = [grade for grade in grades if _was_answered(grade)]
    marked = sum(not grade.needs_manual_grade for grade in answered)
    free = excused.students(exercise.course, exercise.name)
    waits = waiting(book, exercise.name, free).values()
    elsewhere = Counter(each for theirs in waits for each in theirs if each != question.id)
    empty = len(grades) - len(answered)
    return Counts(len(answered), marked, empty, dict(elsewhere), len(free))


def _expected(book: Gradebook, exercise: Exercise, question: Question) -> list[Grade]:
    """Return what the gradebook has of all who are not excused."""
    free = excused.students(exercise.course, exercise.name)
    grades = book.db.scalars(_grades(exercise, question))
    return [grade for grade in grades if grade.notebook.assignment.student.id not in free]


def save(
    book: Gradebook,
    exercise: Exercise,
    question: Question,
    wanted: Mapping[str, tuple[str, Mark]],
    *,
    together: bool = False,
) -> dict[str, Saved]:
    """Record marks, each if answer and mark are still what was seen; return what they are now.

    Points, whether it waits, and the person's comment: nothing else is touched, and all that can
    be written is written at once.

    Args:
        book: the gradebook.
        exercise: the exercise.
        question: one of its written ones.
        wanted: by answer, the checksum of what was seen, and the mark to give.
        together: record all or none, as where a row is marked anew for a class.

    Raises:
        NotSavedError: another program holds the gradebook, or it cannot be written.

    """
    with _alone(book, wanted):
        found = _found(book, exercise, question, wanted)
        why = {id: _refusal(found.get(id), seen) for id, (seen, _) in wanted.items()}
        if together and any(why.values()):
            why = {id: words or TOGETHER for id, words in why.items()}
        for id in (id for id, words in why.items() if not words):
            (grade, comment, _), new = found[id], wanted[id][1]
            grade.manual_score, grade.needs_manual_grade = new.points, new.waits
            comment.manual_comment = new.comment
        book.db.commit()
    now = _found(book, exercise, question, wanted)
    return {id: Saved(why[id], now[id][2] if id in now else None) for id in wanted}


def _refusal(found: Found | None, seen: str) -> str:
    """Return why a mark cannot be recorded; nothing if it can."""
    if found is None:
        return GONE
    _, comment, now = found
    if now.text is None or comment is None:
        return f"Not saved. {NOT_THERE}"
    if now.seen != seen:
        return CHANGED
    return f"Not saved. {AHEAD}" if now.ahead() else ""


def one(book: Gradebook, exercise: Exercise, question: Question, id: str) -> Answer:
    """Return one answer as it is now.

    Raises:
        NotSavedError: there is none.

    """
    found = _found(book, exercise, question, [id])
    if id not in found:
        raise NotSavedError(GONE)
    return found[id][2]


def _found(
    book: Gradebook, exercise: Exercise, question: Question, ids: Iterable[str]
) -> dict[str, Found]:
    """Return what the gradebook has of some answers, and the answers, by id."""
    grades = book.db.scalars(_grades(exercise, question).where(Grade.id.in_([*ids]))).all()
    comments = _comments(book, exercise, question)
    mine = {grade.id: comments.get(grade.notebook_id) for grade in grades}
    return {
        grade.id: (grade, mine[grade.id], _answer(exercise, question, grade, mine[grade.id]))
        for grade in grades
    }


@contextmanager
def _alone(book: Gradebook, ids: Iterable[str]) -> Iterator[None]:
    """Hold the gradebook, so that nobody writes between looking and writing."""
    own = update(Grade).where(Grade.id.in_([*ids]))
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
    """Return whether there is something to mark: an empty box has its zero by itself."""
    return grade.auto_score is None or grade.needs_manual_grade or grade.manual_score is not None


def _answer(
    exercise: Exercise, question: Question, grade: Grade, comment: Comment | None
) -> Answer:
    student = grade.notebook.assignment.student
    folder = exercise.course / "submitted" / student.id / exercise.name
    text, notes, why, made_of = _shown(provenance.place(folder), question.id)
    if why:
        notes = (why.says.format(_nameless(why.trouble, student, folder)), *notes)
    mark = Mark(
        grade.manual_score, bool(grade.needs_manual_grade), comment and comment.manual_comment
    )

    def ahead() -> bool:
        known = made_of and folder.is_dir()
        return bool(known) and provenance.of_work(folder) != made_of

    refused = bool(why) and why.says == REFUSED
    return Answer(grade.id, grade.notebook_id, text, notes, mark, refused, ahead)


def _nameless(why: str, student: Student, folder: Path) -> str:
    """Return why a person has to look, without the student's name and the names of files.

    Students name files after themselves.
    """
    names = [path.name for path in folder.rglob("*")] if folder.is_dir() else []
    hidden = [*map(one_line, names), sent_instead(folder)]
    hidden += [student.id, student.first_name, student.last_name]
    for name in sorted(filter(None, hidden), key=len, reverse=True):
        why = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", NAMELESS, why, flags=re.IGNORECASE)
    return why


def _shown(
    folder: Path, question: str
) -> tuple[str | None, tuple[str, ...], Why | None, str | None]:
    """Return an answer's text as it was typed, what is to be said of it, and what it is made of.

    Before the last comes why a person has to look at the whole hand-in, if one has to.
    """
    path = folder / f"{folder.name}.ipynb"
    try:
        about = path.stat()
        return _read(path, question, about.st_mtime_ns, about.st_size)
    except (OSError, ValueError):
        return None, (NOT_THERE,), None, None


@lru_cache(maxsize=1_000)  # a page asks for the whole class again and again
def _read(path: Path, question: str, *_state: int):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    known = provenance.read(notebook) or Provenance()
    cells = notebook["cells"]
    box = next((cell for cell in cells if grade_id(cell) == question), None)
    if box is None:
        return None, (NO_BOX,), None, known.work
    text, notes = for_text_only(source(box)), []
    why = Why(REFUSED if known.refused else LOOK, known.trouble) if known.trouble else None
    if tidy(text) == tidy(BOX) and not known.refused:
        notes.append(ELSEWHERE)
    notes += [NEARBY.format(for_text_only(text)) for text in _near(cells, question)]
    if pasted := box.get("attachments"):
        notes.append(PICTURES.format(len(pasted)))
    return text, tuple(notes), why, known.work


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
