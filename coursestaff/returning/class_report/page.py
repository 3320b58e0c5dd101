"""Write the page: offline, without scripts, to read on a screen or a phone and to print."""

import re
import tempfile
from functools import partial
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape

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

REPORT = "autograded/{name}.report.html"  # in the course folder; nbgrader looks for folders only
TEMPLATES = Path(__file__).parents[1] / "templates" / "class_report"
WITHHELD = "not told"
NOTHING_TO_TELL = "Fewer than five handed in: there is nothing to tell"
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


def write(course: Path, name: str) -> Path:
    """Write the report on one exercise as a file, in one step, and return where it is.

    Raises:
        SpecError: there is no such exercise, or the gradebook has answers to other questions.
        ExportError: nothing of it is graded.

    """
    counted = count(course, name)
    places = steps(course, name, counted.setup.release)
    path = course / REPORT.format(name=name)
    path.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{name}.report-") as scratch:
        fresh = Path(scratch) / path.name
        fresh.write_text(page(counted, places), encoding="utf-8")
        fresh.replace(path)
    return path


def page(counted: Counted, places: dict[str, Step]) -> str:
    """Return the page.

    Args:
        counted: how the class did.
        places: where each question stands.

    """
    report = tell(counted)
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
        ENDED=ENDED,
        OTHER_ERROR=OTHER_ERROR,
        faces=Markup(css.faces()),
        colours=COLOURS,
    )


def finding(report: Report) -> str:
    """Return what the report found, in one sentence: where fewer than half were right."""
    half = report.students / 2
    told = [line for line in report.lines if line.right and line.marked]
    hard = [line for line in told if line.right.high is not None and line.right.high < half]
    if len(hard) == 1:
        which = f"{_questions(hard)} ({hard[0].right} of {report.students})"
        return f"Fewer than half were right on {which}"
    if hard:
        return f"Fewer than half were right on {_questions(hard)}"
    easy = [line for line in told if line.right.low >= half]
    if not easy:
        return "Of no question can it be told whether half were right"
    if len(easy) == len(report.lines):
        return "At least half were right on every question"
    return f"At least half were right on {_questions(easy)}"


def _questions(lines: list[Line]) -> str:
    """Return questions in words: "question 5", "questions 2, 3 and 5", "questions 1 to 4"."""
    *most, last = [line.question.id.removeprefix("q") for line in lines]
    numbers = [int(number) for number in (*most, last)]
    if len(numbers) > 2 and numbers == [*range(numbers[0], numbers[-1] + 1)]:
        return f"questions {most[0]} to {last}"
    return f"questions {', '.join(most)} and {last}" if most else f"question {last}"


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
