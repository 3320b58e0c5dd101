"""Write the instructor's guide: its hand-written pages, and those made from the chapters.

What a chapter, the notes on it, its exercise and its rubric already say is taken from there. What
belongs to no chapter (the plans, grading, the room) stands in ``guide_pages/``.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import nbformat
import yaml

from courseware import CourseError
from instructor.publishing import markdown, reader, sheets
from instructor.publishing.reader import Discussion, Head, Lesson

HERE = Path(__file__).resolve().parent
WRITTEN = HERE / "guide_pages"

RULES = (
    "Nobody speaks for a country.",
    '"Pass" is always an answer.',
    "Predict facts, never loyalties.",
)
VERDICT_TABLE = 20  # minutes at home, for the claims of a chapter that were not tried


class GuideError(CourseError):
    """A plan asks for something that is not there."""


def pages(root: Path = reader.ROOT) -> dict[str, str]:
    """Return every page of the guide: its path below the site's root, and its Markdown (MyST)."""
    course = [reader.read(path) for path in reader.chapters(root)]
    made = {f"guide/{path.stem}.md": path.read_text(encoding="utf-8") for path in _written()}
    made["guide/plans.md"] += "".join(f"\n{plan_markdown(plan, root)}" for plan in plans())
    chapters = {f"guide/chapter_{lesson.number}.md": chapter(lesson, root) for lesson in course}
    made["guide/index.md"] += f"\n**Three rules of the room.** {' '.join(RULES)}\n"
    made["guide/index.md"] += f"\n{_overview(course)}\n{_contents(made | chapters)}"
    return made | chapters


def _written() -> list[Path]:
    """Return the hand-written pages in reading order."""
    order = (
        "index",
        "plans",
        "day_before",
        "room",
        "talking",
        "grading",
        "hub",
        "updating",
        "start_sheet",
    )
    return [WRITTEN / f"{name}.md" for name in order]


def _overview(course: list[Lesson]) -> str:
    rows = (
        (
            f"[{lesson.number}](chapter_{lesson.number}.md)",
            lesson.head.question,
            str(lesson.notes.minutes),
        )
        for lesson in course
    )
    total = sum(lesson.notes.minutes for lesson in course)
    head = f"## The chapters\n\nTogether {hours(total)} in class.\n\n"
    return head + markdown.table(("chapter", "question", "minutes"), rows) + "\n"


def _contents(made: Iterable[str]) -> str:
    names = [Path(name).stem for name in made if not name.endswith("index.md")]
    return markdown.toctree(names, "hidden") + "\n"


def hours(minutes: int) -> str:
    """Return minutes in words: "1 hour", "14 hours", "7 hours 30 minutes"."""
    whole, rest = divmod(minutes, 60)
    words = [f"{whole} hour{'s' * (whole > 1)}"] if whole else []
    return " ".join(words + ([f"{rest} minutes"] if rest or not whole else []))


# --- The plans ------------------------------------------------------------------------------


@cache
def plans() -> list[dict]:
    """Return the plans as they are written down."""
    return yaml.safe_load((WRITTEN / "plans.yaml").read_text(encoding="utf-8"))


def plan_markdown(plan: dict, root: Path) -> str:
    """Return a plan as a table of sessions, with the minutes of each and of all."""
    rows, in_class, at_home = [], 0, 0
    for number, session in enumerate(plan["sessions"], 1):
        there = [entry_words(entry, root) for entry in session["class"]]
        home = [entry_words(entry, root) for entry in session["home"]]
        minutes, later = sum(n for _, n in there), sum(n for _, n in home)
        in_class, at_home = in_class + minutes, at_home + later
        rows.append((str(number), _list(there), str(minutes), _list(home) or "–", str(later)))
    rows.append(("all", "", f"**{in_class}**", "", f"**{at_home}**"))
    head = ("session", "in class", "minutes", "at home", "minutes")
    total = f"In class {hours(in_class)}" + (f", at home {hours(at_home)}" if at_home else "")
    table = markdown.table(head, rows)
    return f"## {plan['title']}\n\n{plan['about'].strip()} {total}.\n\n{table}\n"


def _list(entries: list[tuple[str, int]]) -> str:
    return "<br>".join(f"{words} ({minutes})" for words, minutes in entries)


def entry_words(entry: dict, root: Path) -> tuple[str, int]:
    """Return what an entry of a plan says, and its minutes."""
    match entry:
        case {"chapter": number, "how": how}:
            lesson = _lesson(root, number)
            words = f"[{number}](chapter_{number}.md) *{lesson.title}*, {how}"
            words += f": {entry['what']}" if "what" in entry else ""
            return words, chapter_minutes(lesson, how)
        case {"exercise": number}:
            return f"exercise {number}", exercise_minutes(root, number)
        case {"verdicts": number}:
            return f"verdict table {number}", VERDICT_TABLE
        case {"rest": number}:
            return f"what the cut of {number} leaves out", rest_minutes(_lesson(root, number))
        case {"brief": _, "minutes": minutes}:
            return "the brief", minutes
        case {"what": words, "minutes": minutes}:
            return words, minutes
    raise GuideError(f"A plan has an entry that is not understood: {entry}")


@cache
def _lesson(root: Path, number: str) -> Lesson:
    path = next(path for path in reader.chapters(root) if path.stem.startswith(number))
    return reader.read(path)


def chapter_minutes(lesson: Lesson, how: str) -> int:
    """Return the minutes of a chapter: whole, cut, or what the cut leaves out of one part."""
    notes = lesson.notes
    if how == "whole":
        return notes.minutes
    if how == "cut":
        return notes.cut.total
    if how not in notes.parts:
        raise GuideError(f"The session of chapter {lesson.number} has no part {how!r}.")
    return notes.parts[how].minutes - (notes.cut.parts.get(how) or 0)


def rest_minutes(lesson: Lesson) -> int:
    """Return the minutes of *Look* and *Explore* that the cut of a chapter sends home."""
    return sum(chapter_minutes(lesson, part) for part in ("look", "explore"))


def exercise_head(root: Path, number: str) -> Head | None:
    """Return what a chapter's exercise says of itself; None if it has none."""
    found = [path for path in reader.exercises(root) if path.stem.startswith(number)]
    return reader.head(nbformat.read(found[0], as_version=4)) if found else None


def exercise_minutes(root: Path, number: str) -> int:
    """Return the minutes that an exercise gives on its first page."""
    return exercise_head(root, number).minutes


# --- The page of a chapter ------------------------------------------------------------------


def chapter(lesson: Lesson, root: Path) -> str:
    """Return the page of a chapter."""
    notes, head = lesson.notes, lesson.head
    folder, able = f"solutions/{lesson.name}", head.card["You will be able to"]
    opening = f"**{head.question}** The article: {head.card['Paragraphs of the article']}. "
    opening += f"Answers and verdicts: `{folder}/session.md`."
    parts = {
        "Aims": f"The idea: {notes.idea}\n\nAfterwards students can {able}.\n",
        f"The {notes.minutes} minutes": sheets.timetable(lesson) + "\n",
        "What students find hard": markdown.bullets(notes.hard) + "\n",
        "The discussion": "\n".join(map(discussion, lesson.discussions)),
        "How to hold it": f"{notes.hold} More in [Talking about it](talking.md).\n",
        "Common wrong answers": markdown.bullets(notes.wrong_turns) + "\n",
        "Short of time": short(lesson),
        "Without computers": f"{notes.without_computers}\n",
        "The exercise": exercise(lesson, root),
    }
    body = "\n".join(f"## {heading}\n\n{words}" for heading, words in parts.items() if words)
    return f"# {lesson.number} {lesson.title}\n\n{opening}\n\n{body}"


def discussion(asked: Discussion) -> str:
    """Return a question with its two positions, its minutes and how to hold it."""
    think, pair, share = asked.minutes
    when = f"Think {think}, pair {pair}, share {share} minutes."
    note = f"\n{asked.note}\n" if asked.note else ""
    return f"**{asked.question}** {when}\n\n{markdown.bullets(asked.sides)}\n{note}"


def short(lesson: Lesson) -> str:
    """Return what to skip: the cut of the run sheet, and the optional section."""
    optional = [section.heading for section in lesson.parts["look"] if section.optional]
    skip = f"\nNothing later needs “{optional[0]}”.\n" if optional else ""
    return f"In {lesson.notes.cut.total} minutes: {sheets.cut(lesson)}\n{skip}"


def exercise(lesson: Lesson, root: Path) -> str:
    """Return minutes, points and the rows of the rubric of a chapter's exercise."""
    head = exercise_head(root, lesson.number)
    if head is None:
        return ""
    rubric = (root / "solutions" / lesson.name / "rubric.md").read_text(encoding="utf-8")
    marked = [row[0] for row in markdown.rows(rubric)[1:]]
    return (
        f"`exercises/{lesson.name}/{lesson.name}.ipynb`, minutes: {head.card['Minutes']}. "
        f"Points: {head.card['Points']}.\n\n"
        f"Rows of the rubric for the written answer (`solutions/{lesson.name}/rubric.md`):\n\n"
        f"{markdown.bullets(marked)}\n"
    )
