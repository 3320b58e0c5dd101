"""Write the page: offline, without scripts, to read on a screen or a phone and to print."""

import re
import tempfile
from html import escape
from pathlib import Path
from string import Template

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
WITHHELD = "not told"
HEADS = {RIGHT: "right", PARTLY: "in part", WRONG: "wrong", UNANSWERED: "unanswered"}
HEADS |= {WAITS: "to be marked"}

_PAGE = Template("""\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline';
font-src data:">
<title>$title</title><style>
$faces
:root { --ink: $ink; --soft: $soft; --paper: $white; --line: $frame; --full: $full;
  --part: $part; --hatch: $frame; }
@media screen and (prefers-color-scheme: dark) { :root { --ink: $grid; --soft: $pale;
  --paper: $night; --line: #4A5559; --full: $full_by_night; --part: #3F7F83; --hatch: #4A5559; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 52rem; color: var(--ink);
  background: var(--paper); font: 1rem/1.5 var(--nl-sans); }
h1, h2 { font-family: var(--nl-serif); line-height: 1.25; }
h1 { font-size: 1.7rem; margin: 0 0 .5rem; } h2 { font-size: 1.25rem; margin: 2.2rem 0 .5rem; }
p, li { overflow-wrap: anywhere; } .soft { color: var(--soft); }
ol.bars { list-style: none; margin: 0; padding: 0; }
.bars li { display: grid; grid-template-columns: 3.2rem 1fr 11rem; gap: .2rem .8rem;
  align-items: center; padding: .3rem 0; break-inside: avoid; }
.bars svg { display: block; width: 100%; height: 1.3rem; border: 1px solid var(--soft); }
.scroll { overflow-x: auto; } .scroll:focus-visible { outline: 3px solid $focus; }
table { border-collapse: collapse; font-size: .92rem; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .5rem; text-align: left;
  vertical-align: top; } thead th { border-bottom: 2px solid var(--soft); }
td.n { font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding-bottom: .4rem; }
.say > li { break-inside: avoid; margin-bottom: .8rem; }
@media screen { .scroll table { min-width: 44rem; } }
@media (max-width: 36rem) { .bars li { grid-template-columns: 3.2rem 1fr; }
  .bars li > :last-child { grid-column: 2; } h1 { font-size: 1.4rem; } }
@page { size: A4; margin: 15mm; }
@media print { body { max-width: none; padding: 0; font-size: 10pt; } h2 { break-after: avoid; }
  svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; } tr { break-inside: avoid; }
  .scroll { overflow: visible; } }
</style></head><body>
$body
</body></html>
""")

_HATCH = (
    '<svg width="0" height="0" aria-hidden="true" style="position:absolute"><defs>'
    '<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect width="2.5" height="6" fill="var(--soft)"/></pattern>'
    "</defs></svg>"
)


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
    title = finding(report) if report else "Fewer than five handed in: there is nothing to tell"
    head = f"<h1>{_marked(title)}</h1>"
    body = head + (_parts(report, places) if report else f"<p>{_about(counted.name)}</p>")
    return _PAGE.substitute(
        faces=css.faces(),
        title=escape(f"{title}: {counted.name}"),
        body=f"<main>{body}</main>",
        ink=palette.PAGE_INK,
        soft=palette.PAGE_SOFT,
        white=palette.WHITE,
        frame=palette.FRAME,
        focus=palette.FOCUS,
        grid=palette.GRID,
        pale=palette.PALE,
        night=palette.NIGHT,
        full=palette.PETROL,
        part=palette.TEAL,
        full_by_night=palette.PETROL_BY_NIGHT,
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


def _parts(report: Report, places: dict[str, Step]) -> str:
    return "".join(
        [
            f"<p>{_about(report.name)} {report.students} students.{_mean(report)}</p>",
            _still_to_mark(report),
            _say(report, places),
            _chart(report),
            _table(report),
            _mistakes(report),
            _stopped(report),
            _how_to_read(),
        ]
    )


def _about(name: str) -> str:
    return (
        f"Exercise <b>{escape(name)}</b>, the class as a whole. No names, and nothing that fewer "
        "than five students gave. Work that could not be read is left out."
    )


def _mean(report: Report) -> str:
    points = sum(line.question.points for line in report.lines)
    return f" Mean: {report.mean:.1f} of {points} points." if report.mean is not None else ""


def _still_to_mark(report: Report) -> str:
    if not report.waits:
        return ""
    return (
        "<p><b>Not all is marked yet.</b> What waits for a person counts as neither right nor "
        f"wrong; when it is marked, <code>course report {escape(report.name)}</code> writes this "
        "page anew.</p>"
    )


def _say(report: Report, places: dict[str, Step]) -> str:
    """Return what to say next session: each frequent mistake, and where it belongs."""
    items = [
        f"<li><b>Question {_number(line)}</b>, {_of(n, report.students)}: {_marked(hint)}"
        f'<br><span class="soft">{_place(places.get(line.question.id), report.name)}</span></li>'
        for line in report.lines
        for hint, n in line.hints
    ]
    head = "<h2>What to say next session</h2>"
    if not items:
        return f"{head}<p>No known mistake was made by five or more.</p>"
    why = "<p>Mistakes that five or more made, as the feedback put it to them.</p>"
    return f'{head}{why}<ol class="say">{"".join(items)}</ol>'


def _place(step: Step | None, name: str) -> str:
    """Say where a question stands, and which step of the chapter to go back to."""
    if step is None or step.section is None:
        return f"Exercise {escape(name[:2])}."
    words = f"Exercise {escape(name[:2])}, “{_marked(step.section)}”."
    if step.chapter is None:
        return words
    data = "the same table" if step.same_table else "a table made from the same data"
    return f"{words} In the chapter: “{_marked(step.chapter)}”, which loads {data}."


def _chart(report: Report) -> str:
    rows = "".join(
        f"<li><b>{escape(line.question.id)}</b>{_bar(line, report.students)}"
        f"<span>{_right(line, report.students)}</span></li>"
        for line in report.lines
    )
    return (
        f"<h2>How many were right</h2>{_HATCH}"
        "<p>A bar begins with who was right; in the other shade, who was right in part; hatched, "
        "who is not told one by one; empty, who was wrong, left it out or waits for a mark. The "
        f'table below has the numbers.</p><ol class="bars">{rows}</ol>'
    )


def _bar(line: Line, students: int) -> str:
    """Return one bar, and in words what it shows."""
    if line.outcomes is None:
        full, part, hidden = 0, 0, students
    else:
        full = line.outcomes[RIGHT].low
        some = line.outcomes.get(PARTLY)
        part = some.low if some and some.exact else 0
        exact = sum(n.low for n in line.outcomes.values() if n.exact)
        hidden = students - exact - (0 if line.outcomes[RIGHT].exact else full)
    words = f"Question {_number(line)}: {_right(line, students)} right."
    if part:
        words += f" {_of(line.outcomes[PARTLY], students)} right in part."
    parts = ((0, full, "var(--full)"), (full, part, "var(--part)"))
    parts += ((full + part, hidden, "url(#hatch)"),)
    drawn = "".join(
        f'<rect x="{start / students * 100:.2f}%" width="{width / students * 100:.2f}%" '
        f'height="100%" fill="{fill}"/>'
        for start, width, fill in parts
        if width
    )
    return f'<svg role="img" aria-label="{escape(words)}">{drawn}</svg>'


def _right(line: Line, students: int) -> str:
    return WITHHELD if line.right is None else _of(line.right, students)


def _table(report: Report) -> str:
    shown = [o for o in HEADS if o != WAITS or report.waits]
    heads = ["question", "points", *(HEADS[o] for o in shown), "mean", "tells strong from weak"]
    rows = "".join(_row(line, report.students, shown) for line in report.lines)
    head = "".join(f'<th scope="col">{head}</th>' for head in heads)
    return (
        '<h2>Question by question</h2><div class="scroll" role="region" tabindex="0" '
        'aria-label="Question by question"><table>'
        f"<caption>Students of {report.students}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(line: Line, students: int, shown: list[str]) -> str:
    told = [_cell(line, outcome, students) for outcome in shown]
    points = f"{line.question.points}"
    mean = WITHHELD if line.mean is None else f"{line.mean:.1f}"
    cells = "".join(f'<td class="n">{cell}</td>' for cell in (points, *told, mean))
    written = ", written" * line.question.written
    return (
        f'<tr><th scope="row">{escape(line.question.id)}{written}</th>{cells}'
        f"<td>{escape(line.tells_apart)}</td></tr>"
    )


def _cell(line: Line, outcome: str, students: int) -> str:
    if line.outcomes is None:
        return WITHHELD
    return _of(line.outcomes[outcome], students) if outcome in line.outcomes else "–"


def _mistakes(report: Report) -> str:
    """Return how often each known mistake was made."""
    rows = []
    for line in report.lines:
        given = [(_marked(hint), n) for hint, n in line.hints]
        given += [("<i>wrong in a way that no hint fits</i>", line.unknown)] if line.unknown else []
        rows += [
            f'<tr><th scope="row">{escape(line.question.id)}</th><td>{what}</td>'
            f'<td class="n">{_of(n, report.students)}</td></tr>'
            for what, n in given
        ]
    head = "<h2>Known mistakes</h2>"
    rest = "<p>Mistakes that fewer than five made are not listed.</p>"
    if not rows:
        return head + rest
    columns = "".join(f'<th scope="col">{each}</th>' for each in ("question", "told", "students"))
    return (
        f"{head}<table><caption>What the feedback said, and to how many</caption>"
        f"<thead><tr>{columns}</tr></thead><tbody>{''.join(rows)}</tbody></table>{rest}"
    )


def _stopped(report: Report) -> str:
    """Return what cells stopped with."""
    head = "<h2>What stopped</h2>"
    rest = "<p>Whatever stopped cells of fewer than five students is not listed.</p>"
    if not report.errors:
        return f"{head}{rest}"
    rows = "".join(
        f'<tr><th scope="row">{_error(kind)}</th><td>{_of(n, report.students)}</td></tr>'
        for kind, n in report.errors
    )
    return (
        f"{head}<table><caption>Students in whose notebook a cell stopped so, once or more"
        '</caption><thead><tr><th scope="col">kind</th><th scope="col">students</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>{rest}"
    )


def _error(kind: str) -> str:
    if kind == ENDED:
        return "it took too long, crashed, or ended Python"
    return escape(kind) if kind == OTHER_ERROR else f"<code>{escape(kind)}</code>"


def _how_to_read() -> str:
    return (
        "<h2>How to read this</h2>"
        "<p>A number below five stands as “fewer than five” (nought may be one of them), and what "
        "would give it away is told as “five or more” or “at least”, or not at all; so is a mean "
        "that would tell how many were right. Two reports of one class, made before and after "
        "somebody handed in, can be held against each other: give away one only.</p>"
        f"<p>{escape(EXPLAINED)}</p>"
    )


def _of(n: Told, students: int) -> str:
    """Return how many students, and which share of the class."""
    if n.exact:
        return f"{n} ({n.low / students:.0%})" if n.low else "0"
    if n.low > FEWEST:
        return f"{n} ({n.low / students:.0%} or more)"
    return f"{n}"


def _number(line: Line) -> str:
    return escape(line.question.id.removeprefix("q"))


def _marked(text: str) -> str:
    """Return a sentence as HTML, with what stands between backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
