"""Write the instructor's guide: its hand-written pages, and those made from the chapters.

What a chapter, its run sheet, its exercise and its rubric already say is taken from there. What
they do not say (what is hard, how to hold a discussion, the plans) stands in ``guide/``.
"""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import nbformat
import yaml

from instructor.publishing import markdown, reader
from instructor.publishing.reader import Discussion, Lesson

HERE = Path(__file__).resolve().parent
WRITTEN = HERE / "guide_pages"

VERDICT_TABLE = 20  # minutes at home, for the claims of a chapter that were not tried


class GuideError(Exception):
    """A plan or a chapter's notes ask for something that is not there."""


def pages(root: Path = reader.ROOT) -> dict[str, str]:
    """Return every page of the guide: its path below the site's root, and its Markdown (MyST)."""
    course = read_course(root)
    made = {f"guide/{path.stem}.md": path.read_text(encoding="utf-8") for path in _written()}
    made["guide/plans.md"] += "".join(f"\n{plan_markdown(plan, root)}" for plan in plans())
    chapters = {f"guide/chapter_{lesson.number}.md": chapter(lesson, root) for lesson in course}
    made["guide/index.md"] += f"\n{_overview(course)}\n{_contents(made | chapters)}"
    return made | chapters


def read_course(root: Path) -> list[Lesson]:
    """Return every chapter with its run sheet."""
    return [reader.read(path) for path in reader.chapters(root)]


def _written() -> list[Path]:
    """Return the hand-written pages in reading order."""
    order = (
        "index",
        "plans",
        "day_before",
        "room",
        "talking",
        "grading",
        "updating",
        "start_sheet",
    )
    return [WRITTEN / f"{name}.md" for name in order]


def _overview(course: list[Lesson]) -> str:
    rows = (
        (f"[{lesson.number}](chapter_{lesson.number}.md)", lesson.question, str(lesson.sheet.total))
        for lesson in course
    )
    total = sum(lesson.sheet.total for lesson in course)
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
    sheet = lesson.sheet
    if how == "whole":
        return sheet.total
    if how == "cut":
        return sheet.cut_minutes
    row = sheet.row(how)
    if row is None:
        raise GuideError(f"The run sheet of chapter {lesson.number} has no part {how!r}.")
    return row.minutes - sheet.cut_parts.get(how, 0)


def rest_minutes(lesson: Lesson) -> int:
    """Return the minutes of *Look* and *Explore* that the cut of a chapter sends home."""
    return sum(chapter_minutes(lesson, part) for part in ("look", "explore"))


def exercise_head(root: Path, number: str) -> str | None:
    """Return the first cell of a chapter's exercise; None if it has none."""
    found = sorted((root / "exercises").glob(f"{number}_*/{number}_*.ipynb"))
    return nbformat.read(found[0], as_version=4).cells[0].source if found else None


def exercise_minutes(root: Path, number: str) -> int:
    """Return the minutes that an exercise gives on its first page."""
    return int(re.search(r"\d+", reader.card(exercise_head(root, number))["Minutes"])[0])


# --- The page of a chapter ------------------------------------------------------------------


def notes(number: str) -> dict:
    """Return what is written about a chapter: ``{"hard": [...], "hold": "..."}``."""
    return yaml.safe_load((WRITTEN / "chapters.yaml").read_text(encoding="utf-8"))[number]


def chapter(lesson: Lesson, root: Path) -> str:
    """Return the page of a chapter."""
    sheet, said = lesson.sheet, notes(lesson.number)
    folder, able = f"solutions/{lesson.name}", lesson.card["You will be able to"]
    opening = f"**{lesson.question}** The article: {lesson.card['Paragraphs of the article']}. "
    opening += f"Answers and verdicts: `{folder}/session.md`."
    minutes = ((str(m), p, w) for m, p, w in sheet.minutes)
    timetable = markdown.table(("minutes", "part", "what happens"), minutes)
    parts = {
        "Aims": f"The idea: {sheet.idea}\n\nAfterwards students can {able}.\n",
        f"The {sheet.total} minutes": timetable + "\n",
        "What students find hard": markdown.bullets(said["hard"]) + "\n",
        "The discussion": "\n".join(map(discussion, lesson.discussions())),
        "How to hold it": f"{said['hold'].strip()} More in [Talking about it](talking.md).\n",
        "Common wrong answers": markdown.bullets(sheet.wrong_turns) + "\n",
        "Short of time": short(lesson),
        "Without computers": f"{sheet.without_computers}\n",
        "The exercise": exercise(lesson, root),
    }
    body = "\n".join(f"## {heading}\n\n{words}" for heading, words in parts.items() if words)
    return f"# {lesson.number} {lesson.title}\n\n{opening}\n\n{body}"


def discussion(asked: Discussion) -> str:
    """Return a question with its two positions, its minutes and the facilitator's note."""
    think, pair, share = asked.minutes
    when = f"Think {think}, pair {pair}, share {share} minutes."
    note = f"\n{asked.facilitator}\n" if asked.facilitator else ""
    return f"**{asked.question}** {when}\n\n{markdown.bullets(asked.sides)}\n{note}"


def short(lesson: Lesson) -> str:
    """Return what to skip: the cut of the run sheet, and the optional sections."""
    optional = (section.heading for section in lesson.parts["Look"] if section.optional)
    names = [heading.removeprefix("Optional: ") for heading in optional]
    skip = f"\nNothing later needs the optional “{names[0]}”.\n" if names else ""
    return f"In {lesson.sheet.cut_minutes} minutes: {lesson.sheet.cut}\n{skip}"


def exercise(lesson: Lesson, root: Path) -> str:
    """Return minutes, points and the rows of the rubric of a chapter's exercise."""
    head = exercise_head(root, lesson.number)
    if head is None:
        return ""
    card = reader.card(head)
    rubric = (root / "solutions" / lesson.name / "rubric.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \| [^|]+ \| [^|]+ \|$", rubric, re.MULTILINE)
    marked = [row for row in rows if row.lower() != "criterion" and not row.startswith("-")]
    return (
        f"`exercises/{lesson.name}/{lesson.name}.ipynb`, {card['Minutes']} minutes. "
        f"Points: {card['Points']}.\n\n"
        f"Rows of the rubric for the written answer (`solutions/{lesson.name}/rubric.md`):\n\n"
        f"{markdown.bullets(marked)}\n"
    )
