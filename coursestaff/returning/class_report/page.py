"""Write the page: offline, without scripts, to read on a screen or a phone and to print."""

import re
from contextlib import closing
from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape

from coursestaff.collecting.classlist import who
from coursestaff.nbgrader_course import class_names, directory, gradebook
from coursestaff.returning.class_report import counting, telling
from coursestaff.returning.class_report.counting import PARTLY, RIGHT, WRONG, Answer, Counted
from coursestaff.returning.class_report.steps import Step, steps
from coursestaff.returning.class_report.telling import WITHHELD, Line, Report
from coursestaff.returning.class_report.withholding import FEWEST, Told
from courseware import palette
from courseware.journal.store import write_atomically
from courseware.ui import css

REPORT = "autograded/{name}.report.html"  # in the course folder; nbgrader looks for folders only
PRIVATE = "autograded/{name}.private.report.html"
TEMPLATES = Path(__file__).parents[1] / "templates" / "class_report"
NOTHING_TO_TELL = "Fewer than five students handed in, so there is nothing to report"


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
    counted, names = counting.count(course, name), None
    if private:
        with closing(gradebook(directory(course))) as book:
            names = class_names(book)
    path = course / (PRIVATE if private else REPORT).format(name=name)
    path.parent.mkdir(exist_ok=True)
    write_atomically(path, page(counted, steps(course, name, counted.setup.release), names))
    return path


def page(counted: Counted, places: dict[str, Step], names: dict[str, str] | None = None) -> str:
    """Return the page.

    Args:
        counted: how the class did.
        places: where each question stands.
        names: of the class, by id, for the private page.

    """
    report = telling.tell(counted, private=names is not None)
    students = report.students if report else 0
    shown = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    shown.filters |= {"code": _marked, "of": partial(_of, students), "bar": partial(_bar, students)}
    shown.globals |= {"palette": palette, "counting": counting, "telling": telling}
    return shown.get_template("page.html.j2").render(
        report=report,
        places=places,
        name=counted.name,
        title=finding(report) if report else NOTHING_TO_TELL,
        private=names is not None,
        wrong=[] if names is None else _wrong(counted, names),
        faces=Markup(css.faces()),
    )


def finding(report: Report) -> str:
    """Return what the report found, in one sentence: where the class got less than half the points.

    A written answer is left out: a person gives its points, and half of them is no sign of trouble.
    """
    asked = [line for line in report.lines if not line.question.written]
    low = {line.question.id: line.below(0.5, report.students) for line in asked}
    hard = [line for line in asked if low[line.question.id]]
    easy = [line for line in asked if low[line.question.id] is False]
    if hard:
        which = _questions(hard)
        if len(hard) == 1 and hard[0].mean is not None:
            which += f" (mean {hard[0].mean:.1f} of {hard[0].question.points})"
        return f"The class got less than half of the points on {which}"
    if not easy:
        return (
            "The numbers that may be shown do not tell us whether the class got half of the points"
        )
    every = len(easy) == len(asked)
    which = "every question that the computer checks" if every else _questions(easy)
    return f"The class got at least half of the points on {which}"


def _questions(lines: list[Line]) -> str:
    """Return questions in words: "question 5", "questions 2, 3 and 5", "questions 1 to 4"."""
    *most, last = (line.number for line in lines)
    if not most:
        return f"question {last}"
    numbers = [int(number) for number in (*most, last)]
    if len(numbers) > 2 and numbers == [*range(numbers[0], numbers[-1] + 1)]:
        return f"questions {most[0]} to {last}"
    return f"questions {', '.join(most)} and {last}"


def _wrong(counted: Counted, names: dict[str, str]) -> list[Answer]:
    """Return the answers to what the computer checks that were wrong or right in part, by name."""
    asked = counted.setup.exercise.questions
    found = [
        answer._replace(student=who(answer.student, names))
        for answers in counted.work
        for answer in answers.values()
        if answer.outcome in (WRONG, PARTLY) and not asked[answer.question].written
    ]
    order = [*asked]
    return sorted(found, key=lambda each: (order.index(each.question), each.hint, each.student))


def _bar(students: int, line: Line) -> list[tuple[int, int, str]]:
    """Return a question's bar: who was right, who in part, and who is not told one by one.

    Each part says from where it is drawn, how wide (in students), and filled with what.
    """
    full, part, hidden = 0, 0, students
    if line.outcomes:
        right, some = line.outcomes[RIGHT], line.outcomes.get(PARTLY)
        full, part = right.low, some.low if some and some.exact else 0
        exact = sum(n.low for n in line.outcomes.values() if n.exact)
        hidden = students - exact - (0 if right.exact else full)
    parts = ((0, full, "var(--full)"), (full, part, "var(--part)"))
    return [*parts, (full + part, hidden, "url(#hatch)")]


def _of(students: int, n: Told | None) -> str:
    """Return how many students, and which share of the class; None: it is not told."""
    if n is None:
        return WITHHELD
    if n.exact:
        return f"{n} ({n.low / students:.0%})" if n.low else "0"
    return f"{n} ({n.low / students:.0%} or more)" if n.low > FEWEST else f"{n}"


def _marked(text: str) -> Markup:
    """Return a sentence as HTML, with what stands between backticks as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))
