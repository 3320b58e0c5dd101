"""The one list of a class on one exercise: who sent what, what waits, and which points there are.

Each student stands in it once, from collecting to feedback: `keep` writes it anew after each step
from what lies in the course folder, so it never says anything that no longer holds. It is plain
text to be printed, and nothing in it is run or loaded by what shows it.
"""

import time
from argparse import Namespace
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from nbgrader.api import Assignment, Gradebook, SubmittedAssignment
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from coursestaff import worksteps
from coursestaff.collecting.classlist import who
from coursestaff.collecting.handed_in import EARLIER, notebooks, sent_instead
from coursestaff.marking import autograded, excused, provenance
from coursestaff.marking.coordinator import time_handed_in
from coursestaff.marking.doubts import right_but_for_form
from coursestaff.marking.gradebook import waiting
from coursestaff.marking.provenance import Provenance
from coursestaff.nbgrader_course import class_names, directory, gradebook
from coursestaff.terminal import one_line
from courseware import CourseError
from courseware.journal.store import write_atomically

LIST = "autograded/{name}.list.txt"  # in the course folder; nbgrader looks for folders only
PRIVATE = (
    "This list is private, because it holds students' names. Keep it where you keep marks, do not "
    "send it to anybody, and erase it when you erase the marks. Every step from `course collect` "
    "to `course feedback` writes this list again."
)
LOOK = "A person has to look at this work"
AGAIN = "Marked before but changed since, so a person has to mark it again"
UNGRADED = "Handed in but not graded (run `course grade`)"
MARK = "To mark"
DECIDED = "Points given by a person, because nothing could be marked automatically"
MARKED = "All is marked"
EXCUSED = "Excused"
NOTHING = "Nothing handed in"
STATES = (LOOK, AGAIN, UNGRADED, MARK, DECIDED, MARKED, EXCUSED, NOTHING)


class Entry(NamedTuple):
    """What is known of one student's work on an exercise.

    ``state`` is one of `STATES`; ``came`` names the files; ``why`` says why a person has to look at
    the work, or why there are no points. ``points`` are None where none are exported.
    """

    student: str
    state: str
    came: str = ""
    when: datetime | None = None
    earlier: int = 0  #: hand-ins that a later one replaced
    notes: tuple[str, ...] = ()  #: what was put right
    waits: tuple[str, ...] = ()  #: questions that wait for a person's mark
    why: str = ""
    points: float | None = None


def entries(book: Gradebook, course: Path, name: str) -> list[Entry]:
    """Return an entry for each student of the gradebook, and of ``submitted/``, by id.

    Raises:
        GradebookError: the gradebook cannot be read.

    """
    graded = _graded(book, name)
    places = (course / "submitted").glob(f"*/{name}")
    folders = {path.parent.name: path for path in places if path.is_dir()}
    folders.pop(EARLIER, None)
    free, waits = excused.students(course, name), waiting(book, name)
    return [
        _entry(name, each, folders.get(each), graded.get(each), waits.get(each, []), free)
        for each in sorted({*class_names(book), *folders, *graded})
    ]


def _graded(book: Gradebook, name: str) -> dict[str, SubmittedAssignment]:
    asked = (
        select(SubmittedAssignment)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .where(Assignment.name == name)
        .options(selectinload(SubmittedAssignment.notebooks))
    )
    return {work.student_id: work for work in book.db.scalars(asked)}


def _entry(
    name: str,
    student: str,
    folder: Path | None,
    work: SubmittedAssignment | None,
    waits: list[str],
    free: set[str],
) -> Entry:
    found = Entry(student, NOTHING, why=NOTHING)
    known = Provenance()
    if folder is not None:
        known = provenance.read(autograded.last(folder)) or known
        came, when = _came(folder)
        earlier = folder.parents[1] / EARLIER / student
        older = sum(1 for _ in earlier.glob(f"{name}-*"))
        found = found._replace(came=came, when=when, earlier=older, notes=known.notes)
    if student in free:
        return found._replace(state=EXCUSED, why=EXCUSED)
    if work is None:
        return found if folder is None else found._replace(state=UNGRADED, why=UNGRADED)
    found = found._replace(waits=tuple(waits))
    if folder is None or known.unknown or known.work in (None, provenance.of_work(folder)):
        return _marked(name, found, work, known)
    return found._replace(state=UNGRADED, why=UNGRADED, points=_points(work, known, waits))


def _marked(name: str, found: Entry, work: SubmittedAssignment, known: Provenance) -> Entry:
    """Return the entry of work that is graded as it lies there."""
    forms = [each for each in known.forms if each in found.waits]
    why = filter(None, (known.trouble, right_but_for_form(name, forms)))
    found = found._replace(why=" ".join(why), points=_points(work, known, found.waits))
    if found.why and (found.waits or known.unknown):
        return found._replace(state=LOOK)
    if found.waits:
        grades = (grade for notebook in work.notebooks for grade in notebook.grades)
        again = any(each.needs_manual_grade and each.manual_score is not None for each in grades)
        return found._replace(state=AGAIN if again else MARK)
    return found._replace(state=DECIDED if known.refused else MARKED)


def _points(work: SubmittedAssignment, known: Provenance, waits: Iterable[str]) -> float | None:
    """Return the points, late penalty taken off.

    Of work that could not be marked there are none until a person has decided that it is 0.
    """
    if known.refused and [*waits]:
        return None
    return max(0.0, work.score - (work.late_submission_penalty or 0))


def _came(folder: Path) -> tuple[str, datetime | None]:
    """Return which files came, and when: as nbgrader noted it, else by the newest file's date."""
    found = notebooks(folder)
    files = found or [path for path in folder.iterdir() if path.is_file()]
    names = ", ".join(one_line(path.name) for path in found) or sent_instead(folder)
    when = time_handed_in(folder)
    if when is not None:
        when = when.replace(tzinfo=UTC)  # nbgrader keeps it without saying so
    elif files:
        when = datetime.fromtimestamp(max(path.stat().st_mtime for path in files), UTC)
    return names or "no notebook", when


# --- In words ---------------------------------------------------------------------------------


def in_words(
    name: str,
    found: Iterable[Entry],
    names: Mapping[str, str],
    most: float,
    times: Mapping[str, worksteps.Done],
) -> str:
    """Return the whole list: each student once, below what is to be done, and the steps' times.

    Args:
        name: the exercise.
        found: of the class.
        names: of the class, by id.
        most: the points that one can get.
        times: of the steps, as `worksteps.done` returns them.

    """
    found = [*found]
    came = sum(bool(each.came) for each in found)
    lines = [f"{name}: {came} of {len(found)} students handed in work.", PRIVATE]
    for state in STATES:
        there = [each for each in found if each.state == state]
        lines += [f"\n{state} ({len(there)}):"] * bool(there)
        for each in there:
            lines += _said(each, names, most)
    lines.append(
        "\nSteps, with the time when each was last done:"
        if times
        else "\nNo step has been done yet."
    )
    lines += [
        f"  {step}: {of.at.astimezone():%Y-%m-%d %H:%M}, {_took(of.seconds)}"
        for step, of in times.items()
    ]
    return "\n".join(lines) + "\n"


def _said(each: Entry, names: Mapping[str, str], most: float) -> Iterator[str]:
    """Yield the lines of one student."""
    points = each.points is not None and not each.waits
    given = f"{each.points:g} of {most:g} points" if points else ", ".join(each.waits)
    given += " for the earlier work" * (points and each.state == UNGRADED)
    said = one_line(each.why) if each.state == LOOK else given
    yield f"  {who(each.student, names)}{f': {said}' if said else ''}"
    parts = [given] if each.state == LOOK and points else []
    if each.came:
        when = f" {each.when.astimezone():%Y-%m-%d %H:%M}" if each.when else ""
        parts.append(f"handed in{when}: {each.came}")
    if each.earlier:
        parts.append(f"earlier versions in submitted/{EARLIER}: {each.earlier}")
    if each.notes:
        parts.append(f"put right: {'; '.join(map(one_line, each.notes))}")
    if each.state == LOOK and each.waits:
        parts.append(f"to mark: {', '.join(each.waits)}")
    if each.state == DECIDED:
        parts.append(one_line(each.why))
    yield from (f"      {part}" for part in parts)


def _took(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{seconds:.0f} s"


def without_points(
    found: Iterable[Entry], names: Mapping[str, str], strangers: Mapping[str, str]
) -> str:
    """Return who of the class has no points and why, and whose points a person decided on.

    Args:
        found: of the class.
        names: of the class, by id.
        strangers: the names of those on a platform's list of whom the gradebook has nothing.

    """
    found = [*found]
    blank = [(who(e.student, names), one_line(e.why)) for e in found if e.points is None]
    blank += [(who(each, strangers), NOTHING) for each in sorted(strangers)]
    size = len(found) + len(strangers)
    lines = [f"Students without points, whose cells stay blank ({len(blank)} of {size}):"]
    lines += [f"  {student}: {why}" for student, why in blank]
    older = [each for each in found if each.state == UNGRADED and each.points is not None]
    head = (
        "These students handed in again, but their new work has not been graded, so points and "
        "feedback are for their earlier work:"
    )
    lines += [head, *(f"  {who(each.student, names)}" for each in older)] if older else []
    decided = [each for each in found if each.state == DECIDED]
    lines += [f"{DECIDED}:"] * bool(decided)
    lines += [
        f"  {who(each.student, names)}: {each.points:g}. {one_line(each.why)}" for each in decided
    ]
    return "\n".join(lines)


# --- Kept in step -----------------------------------------------------------------------------


@contextmanager
def step(course: Path, name: str, which: str) -> Iterator[None]:
    """Time one of `worksteps.STEPS`; if it succeeds, note it and write the list anew.

    A list that is there is written anew also where the step is stopped, because what was done up to
    then is recorded. Whatever stopped it is told, not that the list could not be written.
    """
    started = time.monotonic()
    try:
        yield
    except BaseException:
        if (course / LIST.format(name=name)).exists():
            with suppress(OSError, CourseError):
                keep(course, name)
        raise
    worksteps.note(course, name, which, time.monotonic() - started)
    keep(course, name)


def say_list(course: Path, name: str) -> None:
    """Print where the list of one exercise lies."""
    print(f"The list of the whole class is in {course / LIST.format(name=name)}. It is private.")


def keep(course: Path, name: str) -> Path:
    """Write the list of one exercise as a file, at once as a whole, and return where it is."""
    with closing(gradebook(directory(course))) as book:
        found, names = entries(book, course, name), class_names(book)
        most = sum(each.max_score for each in book.assignments if each.name == name)
    text = in_words(name, found, names, most, worksteps.done(course, name))
    path = course / LIST.format(name=name)
    path.parent.mkdir(exist_ok=True)
    write_atomically(path, text.encode(errors="replace"))
    return path


def excuse_students(course: Path, options: Namespace) -> None:
    """Excuse students, or take it back; say who is excused: ``course excuse``."""
    found = excused.excuse(course, options.name, options.students, back=options.back)
    keep(course, options.name)
    print(f"Excused from {options.name} ({len(found)}): {'; '.join(found) or 'nobody'}.")
