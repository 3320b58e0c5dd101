"""One exercise's points, in the columns that Canvas and Moodle import, or as a table for people.

Names go back to a platform as they came from it, even those that a spreadsheet takes for a formula.
In the table for people such a name gets an apostrophe in front.
"""

import contextlib
import csv
from argparse import Namespace
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from io import StringIO
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry, Student, SubmittedAssignment

from coursestaff import roster
from coursestaff.collecting import classlist
from coursestaff.collecting.classlist import ClassList
from coursestaff.nbgrader_course import (
    class_names,
    directory,
    gradebook,
    platform_numbers,
)
from coursestaff.roster import Entry
from courseware import CourseError


class ExportError(CourseError):
    """Nothing can be exported; the message says what is missing."""


def in_their_points(
    points: dict[str, float], most: float, theirs: float | None, scale: bool, where: str
) -> dict[str, float]:
    """Return points as the platform counts them, rounded to two decimals (half of one up).

    Args:
        points: by student.
        most: that one can get here.
        theirs: that one can get there; None if that is not known, then nothing is scaled.
        scale: whether to scale where these differ.
        where: what the platform calls it, as a sentence begins.

    Raises:
        ExportError: they differ, and nobody has said that they may be scaled.

    """
    if theirs is None or theirs == most:
        return points
    if not scale or theirs <= 0:
        remedy = (
            f"Use --scale so that {most:g} points count as {theirs:g}, or set"
            if theirs > 0
            else "Set"
        )
        raise ExportError(
            f"{where} allows {theirs:g} points, but the exercise has {most:g}. {remedy} the "
            f"maximum on the platform to {most:g} points. If you use a class list, export it again "
            "afterwards."
        )
    return {student: scaled(each, most, theirs) for student, each in points.items()}


def scaled(points: float, most: float, theirs: float) -> float:
    """Return points out of ``most`` as points out of ``theirs``, to two decimals, half of one up.

    Two decimals are what Canvas and Moodle show. Computed in decimals: 0.125 is 0.13 for everybody.
    """
    exact = Decimal(str(points)) * Decimal(str(theirs)) / Decimal(str(most))
    return float(exact.quantize(Decimal("0.01"), ROUND_HALF_UP))


def _written(
    listed: ClassList, column: str, points: dict[str, float], most: float, theirs: float | None
) -> str:
    """Return what was written: into which column, how, and whether points were scaled."""
    words = f"Points of {classlist.counted(len(points))} in the column {column!r}"
    if theirs not in (None, most):
        words += f", scaled from {most:g} to {theirs:g} (two decimals)"
    if listed.back.in_words != listed.form.in_words:
        form = listed.back.in_words
        words += f"; written with {form}, which is what {listed.platform.name} imports"
    return f"{words}."


def export(
    course: Path,
    name: str,
    system: str,
    listed: Path | None = None,
    to: Path | None = None,
    *,
    column: str | None = None,
    scale: bool = False,
    tell: Callable[[str], None] = print,
) -> Path:
    """Write one exercise's points as ``system`` imports them; return where they are.

    Args:
        course: the course folder.
        name: the exercise, such as ``02_the_trade_lifeline``.
        system: ``canvas``, ``moodle`` or ``csv``, which is for people.
        listed: the platform's class list.
        to: the file to write; in the course folder if left out.
        column: what Canvas calls the exercise, if its title does not tell.
        scale: scale points where the platform gives others for the exercise.
        tell: gets a line on how the list was read, and one on what was written.

    Raises:
        ExportError: no class list, nothing graded, answers that a person has still to mark, other
            points than the exercise's in the column, nobody of the list is known, or the platform
            has no such column; it names an older file that is in the place.

    """
    to, strangers = to or course / f"{name}-{system}.csv", {}
    with (
        roster.step(course, name, "export"),
        contextlib.closing(gradebook(directory(course))) as book,
    ):
        try:
            found = roster.entries(book, course, name)
            if system == "csv":
                content = _for_people(book, name, found)
            elif listed is None:
                raise ExportError(f"Use --class to name the class list that {system} exported.")
            else:
                on_list = classlist.read(listed, system)
                tell(on_list.found)
                content = _filled(book, name, found, on_list, column or "", scale, tell)
                strangers = _without_account(book, on_list)
            to.write_bytes(content)
        except CourseError as problem:
            older = (
                f"\n{to} was written by an earlier export and is out of date."
                if to.exists()
                else ""
            )
            raise ExportError(f"{problem}{older}") from problem
        tell(roster.without_points(found, class_names(book), strangers))
    return to


def _filled(
    book: Gradebook,
    name: str,
    found: list[Entry],
    listed: ClassList,
    asked: str,
    scale: bool,
    tell: Callable[[str], None],
) -> bytes:
    """Return a platform's own class list with one exercise's points; tell what is in it."""
    points = marked(book, name, found)
    column = listed.platform.column(listed.columns, name, asked)
    points = by_number(book, listed, points, tell)
    most = book.find_assignment(name).max_score
    theirs = listed.platform.most(listed.columns, listed.rows, column)
    points = in_their_points(points, most, theirs, scale, f"The column {column!r}")
    tell(_written(listed, column, points, most, theirs))
    return listed.with_points(column, points)


def _for_people(book: Gradebook, name: str, found: list[Entry]) -> bytes:
    """Return a row per student, with a column for each question, as CSV.

    Who has handed in nothing, is excused, or could not be marked has no points in it.
    """
    handed_in = {each.student.id: each for each in graded(book, name)}
    people = {each.id: each for each in book.students}
    asked = _questions(book, name)
    text = StringIO()
    columns = [*COLUMNS, *sorted(asked, key=_number)]
    table = csv.DictWriter(text, columns, lineterminator="\n")
    table.writeheader()
    for entry in found:
        person, work = people.get(entry.student), handed_in.get(entry.student)
        row = _row(entry, person, work, sum(asked.values()))
        table.writerow({"assignment": name, **row})
    return text.getvalue().encode()


def _row(
    entry: Entry, person: Student | None, work: SubmittedAssignment | None, most: float
) -> dict[str, object]:
    """Return what the table says of one student, by column; of what is not there nothing."""
    row = {of: _no_formula(getattr(person, of, "")) for of in PERSON}
    row |= {"student_id": _no_formula(entry.student), "state": entry.state}
    if work is not None:
        row |= {"max_score": most, "needs_marking": "yes" if entry.waits else "no"}
    if entry.points is None:
        return row
    grades = [grade for notebook in work.notebooks for grade in notebook.grades]
    row |= {grade.name: grade.score for grade in grades if not grade.needs_manual_grade}
    penalty = work.late_submission_penalty or 0.0
    return row | {
        "raw_score": work.score,
        "late_submission_penalty": penalty,
        "score": entry.points,
    }


def _questions(book: Gradebook, name: str) -> dict[str, float]:
    """Return an exercise's questions as the gradebook has them, and the points of each."""
    found = book.find_assignment(name).notebooks
    return {cell.name: cell.max_score for notebook in found for cell in notebook.grade_cells}


def _number(question: str) -> tuple[int, str]:
    digits = question.removeprefix("q")
    return (int(digits) if digits.isdecimal() else 0, question)


def _no_formula(text: str | None) -> str:
    """Return a text that a spreadsheet shows and does not compute."""
    text = text or ""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text


#: Of the table for people, before its questions.
PERSON = ("last_name", "first_name", "email")
COLUMNS = ["assignment", "student_id", *PERSON]
COLUMNS += ["raw_score", "late_submission_penalty", "score", "max_score", "needs_marking", "state"]


def write(course: Path, options: Namespace) -> None:
    """Write one exercise's points: ``course export``."""
    path = export(
        course,
        options.name,
        options.format,
        options.listed,
        options.to,
        column=options.column,
        scale=options.scale,
    )
    print(f"Written: {path}.")
    roster.say_list(course, options.name)


def marked(book: Gradebook, name: str, found: list[Entry]) -> dict[str, float]:
    """Return one exercise's points by student, late penalty taken off.

    Whose hand-in could not be marked has none until a person has decided that it is 0, and who is
    excused has none at all.

    Args:
        book: the gradebook.
        name: the exercise.
        found: of `roster.entries`.

    Raises:
        ExportError: nothing is graded, or a person has still to mark something.

    """
    graded(book, name)
    refuse_unmarked(name, found, class_names(book))
    return {each.student: each.points for each in found if each.points is not None}


def _without_account(book: Gradebook, listed: ClassList) -> dict[str, str]:
    """Return, by number, the names on a class list of whom the gradebook has no student."""
    known = {*_lines(book, listed).values()}
    return {number: name for number, name in listed.names.items() if number not in known}


def _lines(book: Gradebook, listed: ClassList) -> dict[str, str]:
    """Return the platform's number of each student of the gradebook who is on its class list.

    Where a number is not on the list the e-mail address decides: in Moodle each assignment has its
    own numbers, and a hub's gradebook holds one of them at most.
    """
    emails = {each.email.casefold(): each.id for each in listed.people.values() if each.email}
    numbers = platform_numbers(book)
    for student in book.students:
        if numbers[student.id] not in listed.people:
            numbers[student.id] = emails.get((student.email or "").casefold())
    return {student: number for student, number in numbers.items() if number}


def by_number(
    book: Gradebook, listed: ClassList, points: dict[str, float], tell: Callable[[str], None]
) -> dict[str, float]:
    """Return points by the platform's number of each student; tell who is not on its list.

    Raises:
        ExportError: nobody is on the list, or two would get one line of it.

    """
    numbers, found, strangers = _lines(book, listed), {}, []
    for student in (each for each in book.students if each.id in points):
        number = numbers.get(student.id)
        if number in found:
            raise ExportError(
                f"{student.id} and another student have the same number on the class list "
                f"({number}). Give each account its own number (on a hub, in the list for `course "
                "hub setup`)."
            )
        if number:
            found[number] = points[student.id]
        else:
            strangers.append(classlist.who(student.id, class_names(book)))
    if strangers and not found:
        raise ExportError(
            "Nobody who has points in this exercise is on the class list. For example, "
            f"{strangers[0]} is missing. Check that the list is from this platform and of this "
            "class. On a hub, each account needs a number. The guide (Your own hub) explains how "
            "to give numbers to accounts."
        )
    if strangers:
        tell(
            "Careful: these students have points, but they are not on the class list and "
            f"therefore not in the file: {'; '.join(strangers)}."
        )
    return found


def graded(book: Gradebook, name: str) -> list[SubmittedAssignment]:
    """Return what the gradebook has of one exercise.

    Raises:
        ExportError: it has nothing.

    """
    with contextlib.suppress(MissingEntry):
        if submissions := book.find_assignment(name).submissions:
            return submissions
    raise ExportError(f"No work on {name} has been graded yet. Run `course grade {name}` first.")


def refuse_unmarked(name: str, found: list[Entry], names: dict[str, str]) -> None:
    """Refuse to go on while something that has points waits for a person's mark.

    Raises:
        ExportError: with the students, and the questions that wait.

    """
    waiting = [
        f"  {classlist.who(each.student, names)}: {', '.join(each.waits)}"
        for each in found
        if each.waits and each.points is not None
    ]
    if waiting:
        raise ExportError(
            f"Some answers in {name} have not been marked yet. Mark written answers with `course "
            f"mark {name}` and all others in formgrader, where they have a red box. These answers "
            "are waiting:\n"
            + "\n".join(sorted(waiting))
            + (
                "\nIf nothing in a student's work could be marked, you need not mark it, because "
                "its points are exported as blank."
            )
        )
