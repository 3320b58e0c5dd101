"""Write the instructor's guide: its hand-written pages, and those made from the chapters.

What a chapter, the notes on it, its exercise and its rubric already say is taken from there. What
belongs to no chapter (grading, the room) stands in ``guide_pages/``; what speaks of the article,
its plans among it, in the article's ``pages/guide/``. Each links to the others where they stand.
"""

import re
from argparse import Namespace
from collections.abc import Collection, Sequence
from functools import cache
from itertools import chain
from pathlib import Path

import yaml

from coursestaff import chapter_selection
from coursestaff.chapters import FURTHER
from coursestaff.publishing import markdown, reader, run_sheets
from coursestaff.publishing.reader import Head, Lesson
from courseware import CourseError, article

HERE = Path(__file__).resolve().parent
WRITTEN = HERE / "guide_pages"
_OTHER_PAGE = re.compile(r"\]\((?:\.\./)+[\w/]+/(?:guide_pages|guide)/(\w+\.md)")

RULES = (
    "Nobody speaks for a country.",
    '"Pass" is always an answer.',
    "Predict facts, never loyalties.",
)
#: The entries of a plan that name a chapter.
OF_A_CHAPTER = ("brief", "chapter", "exercise", "rest", "verdicts")
_CHAPTER_LINK = re.compile(r"\]\(chapter_(\d\d)\.md\)")
VERDICT_TABLE = 20  # minutes at home, for the claims of a chapter that were not tried


class GuideError(CourseError):
    """A plan asks for something that is not there."""


def pages(root: Path = reader.ROOT, chapters: Sequence[Path] | None = None) -> dict[str, str]:
    """Return every page of the guide: its path below the site's root, and its Markdown (MyST).

    ``chapters`` are those that are taught; all if None.
    """
    course = [reader.read(path) for path in chapters or reader.chapters(root)]
    taught = [lesson.number for lesson in course]
    made = {f"guide/{path.stem}.md": _read(path) for path in _written()}
    made["guide/plans.md"] = _planned(made["guide/plans.md"], taught, root)
    own = {f"guide/chapter_{lesson.number}.md": chapter(lesson, root) for lesson in course}
    made["guide/index.md"] += f"\n**Three rules of the room.** {' '.join(RULES)}\n"
    made["guide/index.md"] += f"\n{_overview(course)}\n{_contents()}"
    names = [f"{lesson.number} {lesson.title} <chapter_{lesson.number}>" for lesson in course]
    made["guide/chapters.md"] = f"# The chapters\n\n{_listed(course)}\n"
    made["guide/chapters.md"] += markdown.toctree(names, "hidden")
    return made | own


#: The hand-written pages in reading order, as the guide's header calls them; others follow.
PAGES = {
    "index": "",
    "plans": "Plans",
    "day_before": "Before you start",
    "room": "Without internet",
    "online": "Online",
    "in_a_browser": "In the browser",
    "talking": "Talking",
    "grading": "Grading",
    "platforms": "Canvas, Moodle",
    "change_an_exercise": "Change an exercise",
    "another_article": "Another article",
    "elsewhere": "Windows, macOS",
    "cluster": "On a cluster",
    "hub": "Your own hub",
    "updating": "New data",
    "start_sheet": "Start sheet",
}


def _own() -> Path:
    """Return the folder of the pages that speak of the article."""
    return article.pages() / "guide"


def _written() -> list[Path]:
    """Return the hand-written pages in reading order."""
    found = {page.stem: page for folder in (WRITTEN, _own()) for page in folder.glob("*.md")}
    return [found[name] for name in (*PAGES, *sorted(found.keys() - PAGES.keys()))]


def _read(page: Path) -> str:
    """Return a hand-written page as it stands among all others."""
    return _OTHER_PAGE.sub(r"](\1", page.read_text(encoding="utf-8"))


def _overview(course: list[Lesson]) -> str:
    total = sum(lesson.notes.minutes for lesson in course)
    return f"## The chapters\n\nTogether they take {hours(total)} in class.\n\n{_listed(course)}"


def _listed(course: list[Lesson]) -> str:
    rows = (
        (
            f"[{lesson.number} {markdown.plain(lesson.title)}](chapter_{lesson.number}.md)",
            lesson.head.question,
            str(lesson.notes.minutes),
            str(lesson.notes.cut.total),
        )
        for lesson in course
    )
    head = ("chapter", "question", "minutes", "shortened")
    return markdown.table(head, rows, right=head[2:]) + "\n"


def _contents() -> str:
    """Return what the guide's header leads to: the chapters have a page of their own."""
    pages = (path.stem for path in _written() if path.stem != "index")
    named = [f"{PAGES[page]} <{page}>" if PAGES.get(page) else page for page in pages]
    return markdown.toctree(["Chapters <chapters>", *named], "hidden") + "\n"


def hours(minutes: int) -> str:
    """Return minutes in words: "1 hour", "14 hours", "7 hours 30 minutes"."""
    whole, rest = divmod(minutes, 60)
    words = [f"{whole} hour{'s' * (whole > 1)}"] if whole else []
    return " ".join(words + ([f"{rest} minutes"] if rest or not whole else []))


# --- The plans ------------------------------------------------------------------------------


@cache
def plans() -> list[dict]:
    """Return the plans as they are written down."""
    return yaml.safe_load((_own() / "plans.yaml").read_text(encoding="utf-8"))


def bridged(plan: dict, taught: Collection[str]) -> dict:
    """Return a plan without what it says of chapters that are not taught, if there is such.

    A session that held nothing else falls away; others become shorter, and their minutes say so.
    """
    kept = [
        {part: [e for e in entries if not _numbers(e) - {*taught}] for part, entries in s.items()}
        for s in plan["sessions"]
    ]
    entries = chain.from_iterable(part for s in plan["sessions"] for part in s.values())
    missing = set().union(*map(_numbers, entries)) - {*taught}
    if not missing:
        return plan
    about = (
        f"{plan['about'].strip()} On this page, the plan is shown without "
        f"{chapter_selection.in_words(sorted(missing))}. You can use the minutes that become free "
        "in a session as you like."
    )
    return plan | {"about": about, "sessions": [s for s in kept if any(s.values())]}


def _numbers(entry: dict) -> set[str]:
    """Return the chapter that an entry of a plan belongs to, if to any."""
    return {entry[kind] for kind in OF_A_CHAPTER if kind in entry}


def _planned(page: str, taught: Collection[str], root: Path) -> str:
    """Return the page of the plans with its tables made anew: they begin with the first heading."""
    tables = (plan_markdown(bridged(plan, taught), root) for plan in plans())
    return page.partition("\n## ")[0] + "".join(f"\n{table}" for table in tables)


def plans_unbuilt(page: str, root: Path) -> str:
    """Return the page of the plans as the repository shows it, before anything is installed.

    A chapter's page of this guide is not there yet, so its number leads to its run sheet.
    """
    names = {path.stem[:2]: path.stem for path in reader.chapters(root)}
    return _CHAPTER_LINK.sub(
        lambda link: f"](../../../solutions/{names[link[1]]}/{run_sheets.FILE})",
        _planned(page, [*names], root),
    )


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
    total = f"The plan takes {hours(in_class)} in class"
    total += f" and {hours(at_home)} at home" if at_home else ""
    table = markdown.table(head, rows, right=["minutes"])
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
            left_out = rest_minutes(_lesson(root, number))
            return f"what the shortened version of {number} leaves out", left_out
        case {"brief": _, "minutes": minutes}:
            return "the brief", minutes
        case {"what": words, "minutes": minutes}:
            return words, minutes
    raise GuideError(
        f"A plan in plans.yaml has an entry that the program does not understand: {entry}"
    )


@cache
def _lesson(root: Path, number: str) -> Lesson:
    path = next(path for path in reader.chapters(root) if path.stem.startswith(number))
    return reader.read(path)


def chapter_minutes(lesson: Lesson, how: str) -> int:
    """Return the minutes of a chapter: whole, shortened, or what that leaves out of a part."""
    notes = lesson.notes
    if how == "whole":
        return notes.minutes
    if how == "shortened":
        return notes.cut.total
    if how not in notes.parts:
        raise GuideError(f"The session of chapter {lesson.number} has no part called {how!r}.")
    return notes.parts[how].minutes - (notes.cut.parts.get(how) or 0)


def rest_minutes(lesson: Lesson) -> int:
    """Return the minutes of *Look* and *Explore* that the cut of a chapter sends home."""
    return sum(chapter_minutes(lesson, part) for part in ("look", "explore"))


def exercise_head(root: Path, number: str) -> Head | None:
    """Return what a chapter's exercise says of itself; None if it has none."""
    found = reader.exercises(root, [number])
    return reader.read_head(found[0]) if found else None


def exercise_minutes(root: Path, number: str) -> int:
    """Return the minutes that an exercise gives on its first page."""
    return exercise_head(root, number).minutes


# --- The page of a chapter ------------------------------------------------------------------


def chapter(lesson: Lesson, root: Path) -> str:
    """Return the page of a chapter."""
    notes, head = lesson.notes, lesson.head
    folder, able = f"solutions/{lesson.name}", head.card["You will be able to"]
    covers = head.card["Paragraphs of the article"]
    where = "This chapter is" if covers.startswith("about") else "In the article:"
    opening = f"**{head.question}** {where} {covers}. "
    opening += f"The answers and the verdicts are in `{folder}/session.md`."
    parts = {
        "Aims": f"The idea: {notes.idea}\n\nStudents are told: you will be able to {able}.\n",
        f"The {notes.minutes} minutes": run_sheets.timetable(lesson) + "\n",
        "What students find hard": markdown.bullets(notes.hard) + "\n",
        "The discussion": "\n\n".join(map(run_sheets.discussion, lesson.discussions)) + "\n",
        "How to lead it": f"{notes.hold} [Talking about it](talking.md) has more advice.\n",
        "Common wrong answers": markdown.bullets(notes.wrong_turns) + "\n",
        "Short of time": short(lesson),
        "Without computers": f"{notes.without_computers}\n",
        "After class": after_class(lesson),
        "The exercise": exercise(lesson, root),
    }
    body = "\n".join(f"## {heading}\n\n{words}" for heading, words in parts.items() if words)
    return f"# {lesson.number} {lesson.title}\n\n{opening}\n\n{body}"


def short(lesson: Lesson) -> str:
    """Return what to skip: the cut of the run sheet."""
    return f"In {lesson.notes.cut.total} minutes: {run_sheets.cut(lesson)}\n"


def after_class(lesson: Lesson) -> str:
    """Return what there is to read after a chapter, if there is anything."""
    if not (further := lesson.further):
        return ""
    return (
        f"*{further.title}* (`notebooks/{FURTHER}/{lesson.name}.ipynb`) takes about "
        f"{further.minutes} minutes for a student who works alone. No later chapter needs it.\n"
    )


def exercise(lesson: Lesson, root: Path) -> str:
    """Return minutes, points and the rows of the rubric of a chapter's exercise."""
    head = exercise_head(root, lesson.number)
    if head is None:
        return ""
    rubric = (root / "solutions" / lesson.name / "rubric.md").read_text(encoding="utf-8")
    marked = [row[0] for row in markdown.rows(rubric)[1:]]
    return (
        f"The exercise is `exercises/{lesson.name}/{lesson.name}.ipynb`. "
        f"Minutes: {head.card['Minutes']}. "
        f"Points: {head.card['Points']}.\n\n"
        f"Rows of the rubric for the written answer (`solutions/{lesson.name}/rubric.md`):\n\n"
        f"{markdown.bullets(marked)}\n"
    )


def outdated(course: Path) -> dict[Path, str]:
    """Return what each run sheet, and the page of the plans, should say and does not, by file."""
    page = course / _own().relative_to(reader.ROOT) / "plans.md"
    made = run_sheets.sheets(course)
    if page.exists():  # or it is a course folder of its own, to which the packages are installed
        made[page] = plans_unbuilt(page.read_text(encoding="utf-8"), course)
    there = {file: file.read_text(encoding="utf-8") for file in made if file.exists()}
    return {file: text for file, text in made.items() if there.get(file) != text}


def renew(course: Path, options: Namespace) -> None:
    """Write the run sheets and the plans that have changed, and say which: ``course sheets``."""
    changed = outdated(course)
    for file, text in changed.items():
        file.write_text(text, encoding="utf-8", newline="\n")
    names = ", ".join(file.relative_to(course).as_posix() for file in changed)
    print(f"Written: {names}." if changed else "Every run sheet says what it should.")
