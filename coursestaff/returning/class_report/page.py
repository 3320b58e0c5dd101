"""Write the page: offline, without scripts, to read on a screen or a phone and to print."""

import re
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape

from coursestaff.collecting.classlist import who
from coursestaff.nbgrader_course import class_names, directory, gradebook
from coursestaff.returning.class_report.counting import (
    ENDED,
    OTHER_ERROR,
    PARTLY,
    RIGHT,
    UNANSWERED,
    WAITS,
    WRONG,
    Counted,
    count,
)
from coursestaff.returning.class_report.steps import Step, steps
from coursestaff.returning.class_report.telling import EXPLAINED, Line, Report, tell
from coursestaff.returning.class_report.withholding import FEWEST, Told
from courseware import css, palette
from courseware.journal.store import write_atomically

REPORT = "autograded/{name}.report.html"  # in the course folder; nbgrader looks for folders only
PRIVATE = "autograded/{name}.private.report.html"
TEMPLATES = Path(__file__).parents[1] / "templates" / "class_report"
MOST_TYPED = 400  # letters of an answer
WITHHELD = "not told"
NOTHING_TO_TELL = "Fewer than five handed in, so there is nothing to tell"
HEADS = {RIGHT: "right", PARTLY: "in part", WRONG: "wrong", UNANSWERED: "unanswered"}
HEADS |= {WAITS: "to be marked"}

COLOURS = {
    "ink": palette.PAGE_INK,
    "soft": palette.PAGE_SOFT,
    "white": palette.WHITE,
    "frame": palette.FRAME,
    "focus": palette.FOCUS,
    "grid": palette.GRID,
    "pale": palette.PALE,
    "night": palette.NIGHT,
    "full": palette.PETROL,
    "part": palette.TEAL,
    "full_by_night": palette.PETROL_BY_NIGHT,
}


def write(course: Path, name: str, *, private: bool = False) -> Path:
    """Write the report on one exercise as a file, in one step, and return where it is.

    Args:
        course: the course folder.
        name: the exercise, such as ``02_the_trade_lifeline``.
        private: with every count, names, and what was typed.

    Raises:
        SpecError: there is no such exercise, or the gradebook has answers to other questions.
        ExportError: nothing of it is graded.

    """
    counted = count(course, name)
    places = steps(course, name, counted.setup.release)
    path = course / (PRIVATE if private else REPORT).format(name=name)
    names = _names(course) if private else None
    path.parent.mkdir(exist_ok=True)
    write_atomically(path, page(counted, places, names))
    return path


def _names(course: Path) -> dict[str, str]:
    with closing(gradebook(directory(course))) as book:
        return class_names(book)


def page(counted: Counted, places: dict[str, Step], names: dict[str, str] | None = None) -> str:
    """Return the page.

    Args:
        counted: how the class did.
        places: where each question stands.
        names: of the class, by id, for the private page.

    """
    report = tell(counted, private=names is not None)
    students = report.students if report else 0
    shown = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    shown.filters |= {"code": _marked, "of": partial(_of, students), "bar": partial(_bar, students)}
    return shown.get_template("page.html.j2").render(
        report=report,
        places=places,
        name=counted.name,
        title=finding(report) if report else NOTHING_TO_TELL,
        most=sum(line.question.points for line in report.lines) if report else 0,
        heads={each: head for each, head in HEADS.items() if each != WAITS or report.waits}
        if report
        else {},
        explained=EXPLAINED,
        private=names is not None,
        wrong=[] if names is None else _wrong(counted, names),
        ENDED=ENDED,
        OTHER_ERROR=OTHER_ERROR,
        faces=Markup(css.faces()),
        colours=COLOURS,
    )


def finding(report: Report) -> str:
    """Return what the report found, in one sentence: where the class got less than half the points.

    A written answer is left out: a person gives its points, and half of them is no sign of trouble.
    """
    asked = [line for line in report.lines if not line.question.written]
    low = {line.question.id: line.below(0.5, report.students) for line in asked}
    hard = [line for line in asked if low[line.question.id]]
    easy = [line for line in asked if low[line.question.id] is False]
    if len(hard) == 1 and hard[0].mean is not None:
        which = f"{_questions(hard)} (mean {hard[0].mean:.1f} of {hard[0].question.points})"
        return f"The class got less than half of the points on {which}"
    if hard:
        return f"The class got less than half of the points on {_questions(hard)}"
    if not easy:
        return "The numbers that may be shown do not say whether the class got half of the points"
    if len(easy) == len(asked):
        return "The class got at least half of the points on every question that is checked"
    return f"The class got at least half of the points on {_questions(easy)}"


def _questions(lines: list[Line]) -> str:
    """Return questions in words: "question 5", "questions 2, 3 and 5", "questions 1 to 4"."""
    *most, last = [line.question.id.removeprefix("q") for line in lines]
    numbers = [int(number) for number in (*most, last)]
    if len(numbers) > 2 and numbers == [*range(numbers[0], numbers[-1] + 1)]:
        return f"questions {most[0]} to {last}"
    return f"questions {', '.join(most)} and {last}" if most else f"question {last}"


class Wrong(NamedTuple):
    """A student's answer that has not all points, for the private page."""

    question: str
    student: str
    points: float
    hint: str
    typed: str


def _wrong(counted: Counted, names: dict[str, str]) -> list[Wrong]:
    """Return the answers to what the computer checks that were wrong or right in part, by name."""
    found = [
        Wrong(question, who(student, names), answer.points, answer.hint, shorten(answer.typed))
        for student, answers in counted.theirs.items()
        for question, answer in answers.items()
        if answer.outcome in (WRONG, PARTLY)
        and not counted.setup.exercise.questions[question].written
    ]
    order = [*counted.setup.exercise.questions]
    return sorted(found, key=lambda each: (order.index(each.question), each.hint, each.student))


def shorten(typed: str) -> str:
    """Return what was typed, as far as a page shows it."""
    return typed if len(typed) <= MOST_TYPED else f"{typed[:MOST_TYPED]} …"


class Bar(NamedTuple):
    """How a question's bar is drawn: parts, each from where, how wide (in students), and filled."""

    part: int
    parts: tuple[tuple[int, int, str], ...]


def _bar(students: int, line: Line) -> Bar:
    """Return a question's bar: who was right, who in part, and who is not told one by one."""
    if line.outcomes is None:
        full, part, hidden = 0, 0, students
    else:
        full = line.outcomes[RIGHT].low
        some = line.outcomes.get(PARTLY)
        part = some.low if some and some.exact else 0
        exact = sum(n.low for n in line.outcomes.values() if n.exact)
        hidden = students - exact - (0 if line.outcomes[RIGHT].exact else full)
    parts = ((0, full, "var(--full)"), (full, part, "var(--part)"))
    return Bar(part, (*parts, (full + part, hidden, "url(#hatch)")))


def _of(students: int, n: Told | None) -> str:
    """Return how many students, and which share of the class; None: it is not told."""
    if n is None:
        return WITHHELD
    if n.exact:
        return f"{n} ({n.low / students:.0%})" if n.low else "0"
    if n.low > FEWEST:
        return f"{n} ({n.low / students:.0%} or more)"
    return f"{n}"


def _marked(text: str) -> Markup:
    """Return a sentence as HTML, with what stands between backticks as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))
