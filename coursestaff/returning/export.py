"""One exercise's points, in the columns that Canvas and Moodle import, or as a table for people."""

import contextlib
import csv
from argparse import Namespace
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from io import StringIO
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry, SubmittedAssignment

from coursestaff.collecting import classlist
from coursestaff.collecting.classlist import ClassList
from coursestaff.collecting.collect import EARLIER
from coursestaff.marking import autograded, provenance
from coursestaff.marking.provenance import Provenance
from coursestaff.nbgrader_course import (
    class_names,
    directory,
    gradebook,
    platform_numbers,
)
from coursestaff.returning import exported
from coursestaff.terminal import one_line
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
        remedy = f"give --scale to have {most:g} count as {theirs:g}, or " if theirs > 0 else ""
        raise ExportError(
            f"{where} gives {theirs:g} points, the exercise {most:g}: {remedy}let the platform "
            f"give {most:g} points (a list has to be exported anew then)."
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


def _no_formula(text: str | None) -> str:
    """Return a text that a spreadsheet shows and does not compute."""
    text = text or ""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text


NOTHING = "nothing handed in."
UNGRADED = "handed in, and not graded: run `course grade`."
#: Of the table for people.
COLUMNS = ["assignment", "student_id", "last_name", "first_name", "email"]
COLUMNS += ["raw_score", "late_submission_penalty", "score", "max_score", "needs_marking"]


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
    to, on_list = to or course / f"{name}-{system}.csv", None
    with contextlib.closing(gradebook(directory(course))) as book:
        try:
            if system == "csv":
                content = _for_people(book, course, name)
            elif listed is None:
                raise ExportError(f"Give the class list that {system} exported.")
            else:
                on_list = classlist.read(listed, system)
                tell(on_list.found)
                content = _filled(book, course, name, on_list, column or "", scale, tell)
            to.write_bytes(content)
        except CourseError as problem:
            older = f"\n{to} is older, and out of date." if to.exists() else ""
            raise ExportError(f"{problem}{older}") from problem
        tell(without_points(book, course, name, on_list))
    exported.note(course, name)  # last: the gradebook has not changed since
    return to


def _filled(
    book: Gradebook,
    course: Path,
    name: str,
    listed: ClassList,
    asked: str,
    scale: bool,
    tell: Callable[[str], None],
) -> bytes:
    """Return a platform's own class list with one exercise's points; tell what is in it."""
    points = points_of(book, name, course)
    column = listed.platform.column(listed.columns, name, asked)
    points = by_number(book, listed, points, tell)
    most = book.find_assignment(name).max_score
    theirs = listed.platform.most(listed.columns, listed.rows, column)
    points = in_their_points(points, most, theirs, scale, f"The column {column!r}")
    tell(_written(listed, column, points, most, theirs))
    return listed.with_points(column, points)


def _for_people(book: Gradebook, course: Path, name: str) -> bytes:
    """Return a row per student, as CSV; who has handed in nothing has no points in it."""
    handed_in = {each.student.id: each for each in graded(book, name)}
    undecided = refused(course, name, [*handed_in.values()])
    most = book.find_assignment(name).max_score
    rows = [COLUMNS]
    for student in book.students:
        who = (student.id, student.last_name, student.first_name, student.email)
        row = [name, *map(_no_formula, who)]
        work = handed_in.get(student.id)
        if work and student.id in undecided and work.needs_manual_grade:
            row += ["", "", "", most, "yes"]
        elif work:
            penalty = work.late_submission_penalty or 0.0
            row += [work.score, penalty, max(0.0, work.score - penalty)]
            row += [most, "yes" if work.needs_manual_grade else "no"]
        rows.append(row)
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


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


def points_of(book: Gradebook, name: str, course: Path) -> dict[str, float]:
    """Return one exercise's points by student, late penalty taken off.

    Whose hand-in could not be marked has none until a person has decided that it is 0.

    Raises:
        ExportError: nothing is graded, or a person has still to mark something.

    """
    submissions = graded(book, name)
    undecided = refused(course, name, submissions)
    submissions = [
        each
        for each in submissions
        if each.student.id not in undecided or not each.needs_manual_grade
    ]
    refuse_unmarked(book, name, submissions)
    return {
        each.student.id: max(0.0, each.score - (each.late_submission_penalty or 0))
        for each in submissions
    }


def refused(course: Path, name: str, submissions: list[SubmittedAssignment]) -> dict[str, str]:
    """Return, by student, why nothing of a hand-in was marked; of others nothing."""
    found = {}
    for each in submissions:
        last = autograded.last(course / "submitted" / each.student.id / name)
        known = provenance.read(last) or Provenance()
        if known.refused:
            found[each.student.id] = known.trouble or ""
    return found


def without_points(book: Gradebook, course: Path, name: str, listed: ClassList | None) -> str:
    """Return who of the class has no points in an exercise and why, and whose 0 was decided.

    Args:
        book: the gradebook.
        course: the course folder.
        name: the exercise.
        listed: the platform's class list, if there is one.

    """
    submissions = {each.student.id: each for each in graded(book, name)}
    why = refused(course, name, [*submissions.values()])
    folders = (course / "submitted").glob(f"*/{name}")
    there = {path.parent.name for path in folders if path.parent.name != EARLIER}
    names = class_names(book)
    on_list = _without_account(book, listed) if listed else {}
    blank, decided = {}, []
    for student in sorted(names.keys() | there):
        work = submissions.get(student)
        if work is None:
            blank[student] = UNGRADED if student in there else NOTHING
        elif student in why and work.needs_manual_grade:
            blank[student] = why[student]
        elif student in why and not work.score:
            decided.append(student)
    names = on_list | names
    blank |= dict.fromkeys(sorted(on_list.keys() - blank.keys()), NOTHING)
    lines = [f"Without points, and left blank ({len(blank)} of {len(names.keys() | there)}):"]
    lines += [f"  {classlist.who(each, names)}: {one_line(words)}" for each, words in blank.items()]
    if decided:
        lines.append("0 points that a person decided on, since nothing could be marked:")
        lines += [f"  {classlist.who(each, names)}: {one_line(why[each])}" for each in decided]
    return "\n".join(lines)


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
                f"{student.id} and somebody else of the class are {number} on the class list: give "
                "each account its own number (on a hub: in the list for course hub setup)."
            )
        if number:
            found[number] = points[student.id]
        else:
            strangers.append(classlist.who(student.id, class_names(book)))
    if strangers and not found:
        raise ExportError(
            f"Nobody who has points in this exercise is on the class list ({strangers[0]}, for "
            "one). Is it the list of this class, from this platform? On a hub, accounts need a "
            "number: the guide (Your own hub) says how they get it."
        )
    if strangers:
        tell(f"Careful: not on the class list, and so not in the file: {'; '.join(strangers)}.")
    return found


def graded(book: Gradebook, name: str) -> list[SubmittedAssignment]:
    """Return what the gradebook has of one exercise.

    Raises:
        ExportError: it has nothing.

    """
    with contextlib.suppress(MissingEntry):
        if submissions := book.find_assignment(name).submissions:
            return submissions
    raise ExportError(f"Nothing of {name} is graded: run `course grade {name}`.")


def refuse_unmarked(book: Gradebook, name: str, submissions: list[SubmittedAssignment]) -> None:
    """Refuse to go on while something waits for a person's mark.

    Raises:
        ExportError: with the students, and the questions that wait.

    """
    names = class_names(book)
    waiting = [
        f"  {classlist.who(each.student.id, names)}: {', '.join(_unmarked(each))}"
        for each in submissions
        if each.needs_manual_grade
    ]
    if waiting:
        raise ExportError(
            f"Not all is marked yet in {name}. These wait: written answers for `course mark "
            f"{name}`, anything else for formgrader (a red box):\n"
            + "\n".join(sorted(waiting))
            + "\nA hand-in of which nothing could be marked need not be: it is exported as blank."
        )


def _unmarked(submission: SubmittedAssignment) -> list[str]:
    """Return the questions of one student that a person has still to mark."""
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    return sorted(grade.name for grade in grades if grade.needs_manual_grade)
