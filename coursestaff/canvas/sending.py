"""Give points and feedback pages to Canvas through its own interface, with a token.

First a plan is made, which only reads; sending carries it out. What stands in Canvas already is
left out of a plan, so an interrupted sending is gone on with by the same command. The token comes
from the environment and goes nowhere but to Canvas; names and marks go into no log.
"""

import hashlib
import logging
import os
import re
import shlex
import shutil
import tempfile
import time
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from canvasapi import Canvas
from canvasapi.assignment import Assignment
from canvasapi.exceptions import (
    CanvasException,
    Forbidden,
    InvalidAccessToken,
    ResourceDoesNotExist,
    Unauthorized,
)
from canvasapi.submission import Submission
from requests import RequestException

from coursestaff import roster, worksteps
from coursestaff.canvas import SendError
from coursestaff.collecting.classlist import who
from coursestaff.collecting.lms.canvas import called_like
from coursestaff.exercises.spec import POINTS
from coursestaff.returning import feedback
from coursestaff.returning.export import in_their_points
from coursestaff.terminal import one_line
from coursestaff.this_computer import leads_here

TOKEN = "CANVAS_TOKEN"  # the variable of the environment
NO_TOKEN = (
    f"There is no token in the environment variable {TOKEN}. Make a token in Canvas (Account, "
    f"Settings, New access token). Then run `read -rs {TOKEN}; export {TOKEN}` and paste the "
    "token, so that it appears neither on the screen nor in the shell's history. Never write the "
    "token into a command."
)
PLACE = re.compile(
    r"(?P<address>https?://(?P<host>[^/?#@:]+)(?::\d+)?)/courses/(?P<course>\d+)"
    r"/assignments/(?P<assignment>\d+)(?:[/?#].*)?"
)
PAGE = 100  # submissions that are asked for at a time
GO_ON = (
    "Everything that was sent before this point has reached Canvas. Run the same command again to "
    "send the rest."
)


class Step(NamedTuple):
    """What is to be done for one student."""

    student: str
    submission: Submission
    before: float | None  #: the points that Canvas has
    points: float | None  #: the points to write; None if they stand there
    page: Path | None  #: the page to attach; None if it is attached


class Plan(NamedTuple):
    """What is to be sent to which assignment, and whose work is left out."""

    assignment: str
    steps: list[Step]
    absent: list[str]  #: graded, and not in Canvas's assignment
    excused: list[str]  #: whom Canvas has been told to excuse


def show_or_send(course: Path, options: Namespace) -> int:
    """Say what would be sent, or send it; return 2 if somebody is left out."""
    assignment = connect(
        options.place,
        options.name,
        title=options.title,
        marks=options.only != "pages",
        scale=options.scale,
    )
    made = feedback.make(course, options.name)
    points = {} if options.only == "pages" else made.points
    pages = {} if options.only == "points" else made.pages
    planned = plan(assignment, points, made.most, pages, options.scale)
    print(in_words(planned, made.names))
    if not options.send:
        print(
            "Nothing has been sent yet. Check this list, and then run the same command with --send."
        )
        return 2 if planned.absent else 0
    started = time.monotonic()
    failed = send(planned, made.names)
    if failed:
        print("Not sent:", *failed, sep="\n  ")
    elif not planned.absent:
        for what, step in ((points, "export"), (pages, "feedback")):
            if what:
                worksteps.note(course, options.name, step, time.monotonic() - started)
        roster.keep(course, options.name)
    return 2 if failed or planned.absent else 0


def connect(
    place: str, exercise: str, *, title: str | None = None, marks: bool = True, scale: bool = False
) -> Assignment:
    """Return the assignment at an address, if it is the exercise's: pages take long to make.

    Args:
        place: the assignment's address in Canvas, as a browser shows it.
        exercise: such as ``02_the_trade_lifeline``.
        title: what Canvas calls the assignment, where that does not tell the exercise.
        marks: whether points are to be sent.
        scale: whether to scale where the assignment gives other points.

    Raises:
        SendError: no token, or this is no address that may get one, or Canvas cannot be asked, or
            the assignment is not called like the exercise, or it is not graded in points.
        ExportError: the assignment gives other points, and nobody has said that they may be scaled.

    """
    with _in_words():
        assignment = _assignment(place)
        _refuse_another(one_line(assignment.name), exercise, title)
        if marks and assignment.grading_type != "points":
            raise SendError(
                f"In Canvas, {one_line(assignment.name)!r} is graded by "
                f"{assignment.grading_type!r}, so it accepts no points. In the assignment's "
                "settings in Canvas, choose Points under “Display Grade as”."
            )
        if marks:
            _scaled(assignment, {}, POINTS, scale)
    return assignment


def _refuse_another(called: str, exercise: str, title: str | None) -> None:
    """Refuse an assignment that is not called like the exercise, or as somebody has said.

    Raises:
        SendError: with what it is called.

    """
    if title is not None and title != called:
        raise SendError(
            f"In Canvas, the assignment at this address is called {called!r}, not {title!r}. Check "
            "the address, or give the assignment's name with --title."
        )
    if title is None and not called_like(exercise, [called]):
        raise SendError(
            f"In Canvas, the assignment at this address is called {called!r}, which does not match "
            f"{exercise}. Check that the address is right. If it is, confirm the name with --title "
            f"{shlex.quote(called)}"
        )


def _scaled(
    assignment: Assignment, points: Mapping[str, float], most: float, scale: bool
) -> dict[str, float]:
    where = f"Canvas's {one_line(assignment.name)!r}"
    return in_their_points(dict(points), most, assignment.points_possible, scale, where)


def plan(
    assignment: Assignment,
    points: Mapping[str, float],
    most: float,
    pages: Mapping[str, Path],
    scale: bool,
) -> Plan:
    """Ask Canvas what stands there, and return what is still to be sent.

    Args:
        assignment: from `connect`.
        points: to write, by student; none if empty.
        most: the points that one can get.
        pages: to attach, by student; none if empty.
        scale: whether to scale where the assignment gives other points.

    Raises:
        SendError: Canvas cannot be asked.
        ExportError: the assignment gives other points, and nobody has said that they may be scaled.

    """
    theirs = _scaled(assignment, points, most, scale) if points else {}
    title = one_line(assignment.name)
    with _in_words():
        there = _submissions(assignment, title)
    students = sorted({*points, *pages})
    excused = [s for s in students if s in there and getattr(there[s], "excused", None)]
    taken = [student for student in students if student in there and student not in excused]
    steps = [_step(student, there[student], theirs, pages) for student in taken]
    absent = [student for student in students if student not in there]
    return Plan(_called(assignment, title), steps, absent, excused)


def _called(assignment: Assignment, title: str) -> str:
    """Return what an assignment is called, and when students see what is sent to it."""
    by_hand = getattr(assignment, "post_manually", False)
    seen = "only when you post the grades there" if by_hand else "at once"
    given = assignment.points_possible
    return f"{title!r} in Canvas ({given or 0:g} points). Students see the points and pages {seen}"


def _step(
    student: str, submission: Submission, points: Mapping[str, float], pages: Mapping[str, Path]
) -> Step:
    before = getattr(submission, "entered_score", None)  # before Canvas takes off for lateness
    before = getattr(submission, "score", None) if before is None else before
    after, page = points.get(student), pages.get(student)
    if page and _name(page) in _attached(submission):
        page = None
    stands = None not in (before, after) and _posted(before) == _posted(after)
    return Step(student, submission, before, None if stands else after, page)


def _posted(points: float) -> str:
    """Return points as they are sent. Canvas keeps what it gets, and is compared by that."""
    return f"{points:g}"


def _attached(submission: Submission) -> set[str]:
    """Return the names of the files in the comments on a submission."""
    comments = getattr(submission, "submission_comments", None) or []
    files = [file for comment in comments for file in comment.get("attachments") or []]
    return {file.get(key) for file in files for key in ("display_name", "filename")}


def _name(page: Path) -> str:
    """Return what a page is called in Canvas: another one for other content."""
    checksum = hashlib.sha256(page.read_bytes()).hexdigest()[:8]
    return f"{page.stem}-{checksum}{page.suffix}"


def in_words(plan: Plan, names: Mapping[str, str]) -> str:
    """Return what a plan would do, student by student; names are as they can be printed."""
    lines = [f"To {plan.assignment}:"]
    for step in plan.steps:
        done = []
        if step.points is not None:
            now = "none" if step.before is None else f"{step.before:g}"
            done.append(f"{step.points:g} points (now {now})")
        if step.page:
            done.append("feedback page")
        words = " and ".join(done) or "nothing to send, because Canvas already has it all"
        lines.append(f"  {who(step.student, names)}: {words}")
    for head, students in (
        ("Graded here, but missing from this assignment in Canvas", plan.absent),
        ("Excused in Canvas, so nothing is sent", plan.excused),
    ):
        if students:
            lines.append(f"{head}: {'; '.join(who(each, names) for each in students)}.")
    return "\n".join(lines)


def send(plan: Plan, names: Mapping[str, str], tell: Callable[[str], None] = print) -> list[str]:
    """Carry a plan out; return whose could not be sent, and why.

    Args:
        plan: from `plan`.
        names: of the class, by student id.
        tell: gets a line for each student.

    Raises:
        SendError: Canvas cannot be reached any more, or takes the token no more.

    """
    failed = []
    for step in plan.steps:
        if step.points is None and step.page is None:
            continue
        student = who(step.student, names)
        try:
            with _in_words():
                _carry_out(step)
        except SendError as problem:
            if isinstance(problem.__cause__, RequestException | InvalidAccessToken):
                raise SendError(f"{problem} {GO_ON}") from problem
            failed.append(f"{student}: {problem}")
        else:
            tell(f"Sent: {student}.")
    return failed


def _carry_out(step: Step) -> None:
    if step.page:
        with tempfile.TemporaryDirectory() as scratch:
            page = Path(scratch) / _name(step.page)
            shutil.copyfile(step.page, page)
            uploaded, _ = step.submission.upload_comment(page)
        if not uploaded:
            raise SendError("Canvas did not accept the feedback page. Run the same command again.")
    if step.points is not None:
        step.submission.edit(submission={"posted_grade": _posted(step.points)})


def _submissions(assignment: Assignment, title: str) -> dict[str, Submission]:
    """Return what Canvas has of each student, by the number that it gives them."""
    asked = ["submission_comments"]
    found = list(assignment.get_submissions(include=asked, per_page=PAGE))
    if any(getattr(each, "user_id", None) is None for each in found):
        raise SendError(
            f"{title!r} is graded anonymously. Let Canvas show the students' names, and then run "
            "the same command again."
        )
    return {str(each.user_id): each for each in found}


def _parts(place: str) -> re.Match[str]:
    """Return the parts of an assignment's address, if a token may go there."""
    found = PLACE.fullmatch(place)
    if not found:
        raise SendError(
            "This is not the address of an assignment. Copy the address from the browser. It "
            "looks like this: https://canvas.example.org/courses/12/assignments/345"
        )
    if place.startswith("http:") and not leads_here(found["host"]):
        raise SendError(
            "The address must begin with https://, because otherwise others could read the token."
        )
    return found


def _assignment(place: str) -> Assignment:
    """Return the assignment at an address of Canvas's."""
    found = _parts(place)
    logging.getLogger("canvasapi").setLevel(logging.CRITICAL)  # it would log names and marks
    canvas = Canvas(found["address"], _token())
    return canvas.get_course(int(found["course"])).get_assignment(int(found["assignment"]))


def _token() -> str:
    """Return the token, and take it out of the environment: no other program needs it."""
    token = os.environ.pop(TOKEN, "").strip()
    if not token:
        raise SendError(NO_TOKEN)
    return token


@contextmanager
def _in_words() -> Iterator[None]:
    """Say in words what Canvas answers; its own words may hold what is private."""
    try:
        yield
    except InvalidAccessToken as problem:
        raise SendError(
            "Canvas does not accept this token, because it is wrong or has expired. Make a new "
            "token in Canvas."
        ) from problem
    except (Unauthorized, Forbidden) as problem:
        raise SendError(
            "The owner of this token may not grade in this Canvas course. Use the token of "
            "somebody who may."
        ) from problem
    except ResourceDoesNotExist as problem:
        raise SendError(
            "Canvas cannot find this course, assignment or submission. Check the address."
        ) from problem
    except CanvasException as problem:
        raise SendError(
            f"Canvas refused the request ({type(problem).__name__}). Check the assignment's "
            "settings in Canvas, and then run the same command again."
        ) from problem
    except RequestException as problem:
        kind = type(problem).__name__
        raise SendError(
            f"Canvas cannot be reached or does not answer ({kind}). Wait a while, and then run the "
            "same command again."
        ) from problem
    except (KeyError, ValueError, AttributeError) as problem:
        raise SendError(
            "Canvas sent an answer that does not follow its documentation, so this version of the "
            "course cannot read it. Run `course export` instead, and upload the file that it "
            "writes."
        ) from problem
