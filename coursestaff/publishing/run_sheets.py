"""Write the run sheets: ``solutions/NN_name/session.md``, a sheet for whoever holds a session.

``course sheets`` makes them of the notes, of the chapters' headings, and of verdicts and dissents
in the register, so that none of these stands twice.
"""

from collections.abc import Iterable, Sequence
from itertools import accumulate
from pathlib import Path
from textwrap import fill

from coursestaff.publishing import markdown, reader
from coursestaff.publishing.notes import Part
from coursestaff.publishing.reader import PARTS, Discussion, Lesson
from courseware.claims import Claim
from courseware.verdicts import FAILS, UNKNOWN

FILE = "session.md"
ORDINALS = ("first", "second", "third", "fourth", "fifth")
WIDTH = 132


def sheets(root: Path = reader.ROOT) -> dict[Path, str]:
    """Return what every run sheet should say, by its file."""
    chapters = reader.chapters(root)
    return {root / "solutions" / path.stem / FILE: sheet(reader.read(path)) for path in chapters}


def sheet(lesson: Lesson) -> str:
    """Return the run sheet of a chapter."""
    notes = lesson.notes
    asked = {one.key: one.question for one in lesson.predictions}
    told = [
        (f"{asked[key]} (`{key}`)", came.answer, came.source) for key, came in notes.answers.items()
    ]
    verdicts = [
        (f"{claim.claim_id} {claim.short_label}", in_the_room(claim), claim.dissent)
        for claim in lesson.tried
    ]
    blocks = {
        "Minutes": timetable(lesson),
        "Talk": "\n\n".join(map(discussion, lesson.discussions)),
        "Answers to the predictions": markdown.table(("prediction", "answer", "source"), told),
        "The course's verdicts, and the strongest dissents": markdown.table(
            ("claim", "verdict", "strongest dissent"), verdicts
        ),
        "Common wrong turns": markdown.bullets(notes.wrong_turns),
        f"A {notes.cut.total}-minute version": fill(cut(lesson), WIDTH),
        "Without computers": fill(notes.without_computers, WIDTH),
    }
    head = (
        f"# Run sheet {lesson.number}: {lesson.title}\n\n**The idea of the session:** {notes.idea}"
    )
    return "\n\n".join([head, *(f"## {name}\n\n{text}" for name, text in blocks.items())]) + "\n"


def timetable(lesson: Lesson) -> str:
    """Return the minutes of each part as a table, and the minute at which it ends."""
    parts = lesson.notes.parts
    ends = accumulate(part.minutes for part in parts.values())
    rows = (
        (str(part.minutes), str(end), PARTS[key], happens(lesson, part))
        for (key, part), end in zip(parts.items(), ends, strict=True)
    )
    return markdown.table(("minutes", "until", "part", "what happens"), rows)


def happens(lesson: Lesson, part: Part) -> str:
    """Return what is done in a part; of *Look* each section by its current heading, and minutes."""
    steps = [
        f"*{lesson.section(cell_id).heading}* {step.minutes}" + f" ({step.how})" * bool(step.how)
        for cell_id, step in part.sections.items()
    ]
    return "; ".join(filter(None, [", ".join(steps), part.what]))


def discussion(asked: Discussion) -> str:
    """Return a question with its two positions, its minutes and how to lead it."""
    times = _times(asked.minutes)
    when = f"**{asked.question}** {times[0].upper()}{times[1:]}."
    return "\n\n".join(filter(None, [when, markdown.bullets(asked.sides), asked.note]))


def in_the_room(claim: Claim) -> str:
    """Return a verdict in the words of cards and corners; the register's where it says more."""
    more = claim.in_four_words in (FAILS, UNKNOWN)
    return f"{claim.told} ({claim.judged})" if more else claim.told


def _times(minutes: Sequence[int]) -> str:
    think, pair, share = minutes
    return f"think {think}, pair {pair}, share {share} minutes"


def cut(lesson: Lesson) -> str:
    """Return in words what is done when time is short, sections by their current headings."""
    short = lesson.notes.cut
    in_brackets = {
        "predict": _asked(lesson),
        "look": "; ".join(_timed(lesson)),
        "talk": _talked(lesson),
        "verdict": ", ".join(short.claims),
    }
    parts = []
    for part, minutes in short.parts.items():
        more = in_brackets.get(part)
        parts.append(f"{PARTS[part]} {minutes}" + f" ({more})" * bool(more))
    listed = ", ".join(parts) + "."
    sentences = [_filled(lesson, short.words) or listed[0].upper() + listed[1:]]
    if short.run_only:
        sentences.append(f"Run without discussing: {', '.join(_headings(lesson, short.run_only))}.")
    return " ".join([*sentences, f"At home: {short.at_home}"])


def _headings(lesson: Lesson, cell_ids: Iterable[str]) -> list[str]:
    return [f"*{lesson.section(cell_id).heading}*" for cell_id in cell_ids]


def _timed(lesson: Lesson) -> list[str]:
    minutes = lesson.notes.cut.sections
    headings = zip(_headings(lesson, minutes), minutes.values(), strict=True)
    return [f"{heading} {time}" for heading, time in headings]


def _filled(lesson: Lesson, words: str) -> str:
    sections = (section for part in lesson.parts.values() for section in part)
    return words.format_map({section.cell_id: section.heading for section in sections})


def _talked(lesson: Lesson) -> str:
    """Return which question is asked when time is short, and its minutes: the first one."""
    minutes = lesson.notes.cut.parts.get("talk")
    times = _times(lesson.discussions[0].within(minutes)) if minutes else ""
    return ": ".join(filter(None, [lesson.notes.cut.talk, times.removesuffix(" minutes")]))


def _asked(lesson: Lesson) -> str:
    """Return which predictions are made: "only `03-share`, the first" if there are more."""
    keys, chosen = [one.key for one in lesson.predictions], lesson.notes.cut.predictions
    named = " and ".join(f"`{key}`" for key in chosen)
    places = " and ".join(f"the {ORDINALS[keys.index(key)]}" for key in chosen)
    return named if chosen == keys else f"only {named}, {places}"
