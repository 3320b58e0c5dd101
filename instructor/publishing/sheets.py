"""Write the run sheets: ``solutions/NN_name/session.md``, one page for whoever holds a session.

``course sheets`` makes them of the notes, of the chapters' headings, and of verdicts and dissents
in the register, so that none of these stands twice.
"""

from collections.abc import Iterable
from pathlib import Path
from textwrap import fill

from instructor.publishing import markdown, reader
from instructor.publishing.reader import PARTS, Lesson

FILE = "session.md"
ORDINALS = ("first", "second", "third", "fourth", "fifth")
WIDTH = 132


def write(root: Path = reader.ROOT) -> list[Path]:
    """Write every run sheet anew; return those that have changed."""
    changed = []
    for path in reader.chapters(root):
        file, text = root / "solutions" / path.stem / FILE, sheet(reader.read(path))
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8", newline="\n")
            changed.append(file)
    return changed


def sheet(lesson: Lesson) -> str:
    """Return the run sheet of a chapter."""
    notes = lesson.notes
    told = [(f"`{key}`", came.answer, came.source) for key, came in notes.answers.items()]
    verdicts = [(claim.claim_id, claim.verdict, claim.dissent) for claim in lesson.tried]
    blocks = {
        "Minutes": timetable(lesson),
        "Answers to the predictions": markdown.table(("prediction", "answer", "who says so"), told),
        "The course's verdicts, and who would dissent": markdown.table(
            ("claim", "verdict", "strongest dissent"), verdicts
        ),
        "Common wrong turns": markdown.bullets(notes.wrong_turns),
        f"A {notes.cut.total}-minute cut": fill(cut(lesson), WIDTH),
        "Without computers": fill(notes.without_computers, WIDTH),
    }
    head = (
        f"# Run sheet {lesson.number}: {lesson.title}\n\n**The idea of the session:** {notes.idea}"
    )
    return "\n\n".join([head, *(f"## {name}\n\n{text}" for name, text in blocks.items())]) + "\n"


def timetable(lesson: Lesson) -> str:
    """Return the minutes of each part as a table."""
    rows = ((str(p.minutes), PARTS[key], p.what) for key, p in lesson.notes.parts.items())
    return markdown.table(("minutes", "part", "what happens"), rows)


def cut(lesson: Lesson) -> str:
    """Return in words what is done when time is short, sections by their headings of now."""
    short = lesson.notes.cut
    in_brackets = {
        "predict": _asked(lesson),
        "look": "; ".join(_headings(lesson, short.sections)),
        "talk": short.talk,
        "verdict": ", ".join(short.claims),
    }
    parts = []
    for part, minutes in short.parts.items():
        more = in_brackets.get(part)
        parts.append(f"{part} {minutes}" + f" ({more})" * bool(more))
    listed = ", ".join(parts) + "."
    sentences = [_filled(lesson, short.words) or listed[0].upper() + listed[1:]]
    if short.run_only:
        sentences.append(f"Run, do not discuss: {', '.join(_headings(lesson, short.run_only))}.")
    return " ".join([*sentences, f"At home: {short.at_home}"])


def _headings(lesson: Lesson, cell_ids: Iterable[str]) -> list[str]:
    return [f"*{lesson.section(cell_id).heading}*" for cell_id in cell_ids]


def _filled(lesson: Lesson, words: str) -> str:
    sections = (section for part in lesson.parts.values() for section in part)
    return words.format_map({section.cell_id: section.heading for section in sections})


def _asked(lesson: Lesson) -> str:
    """Return which predictions are made, if not all: "only `03-share`, the first"."""
    keys, chosen = [one.key for one in lesson.predictions], lesson.notes.cut.predictions
    places = [f"the {ORDINALS[keys.index(key)]}" for key in chosen]
    named = " and ".join(f"`{key}`" for key in chosen)
    return f"only {named}, {' and '.join(places)}" if chosen else ""
