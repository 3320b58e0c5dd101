"""Make one reveal.js deck per chapter, for the instructor: ``make slides``.

What a chapter asks and shows (``reader``) is laid out by ``deck/deck.html``. A deck shows no code,
but for the few cells of chapter 00 that its notes name. It holds answers and verdicts (behind a
click, and in the speaker's notes), so it is for instructors, as ``solutions/`` is. Everything lies
in one folder, works from the file system and asks the network for nothing.

nbconvert's own slides show a notebook's cells one below the other and fetch their scripts from
other hosts. These are made of other pieces: a question without its widget, a chart with one finding
a click, a verdict that waits, the run sheet as notes. Hence a template of our own.
"""

import argparse
import io
import re
import shutil
import sys
from base64 import b64decode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path

import mistune
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from PIL import Image

from coursestaff import chapter_selection
from coursestaff.publishing import cover, execution, guide, mime_output, reader, run_sheets
from coursestaff.publishing.markdown import Block
from coursestaff.publishing.reader import AT_HOME, DOUBT, PARTS, SEE, TO_TRY, Code, Lesson, Section
from courseware import CourseError, article
from courseware.claims import Claim
from courseware.claims.tables_say import tables_say
from courseware.ui import css
from courseware.verdicts import BUT, CAVEATS_IN_SHORT, VERDICTS

HERE = Path(__file__).resolve().parent
OUT = reader.ROOT / "build" / "slides"
REVEAL = ("reset.css", "reveal.css", "reveal.js", "notes.js", "LICENSE")

#: A table is shown if it fits at one of these sizes (CSS class, letters in a line, lines):
#: the last row of the room must read it. Larger ones are left to the notebook.
TABLE_SIZES = (("large", 66, 11), ("medium", 80, 14))
LINE_LETTERS = 190  # of "what to see": one line of the slide, the rest goes to the notes
SOURCE_LETTERS = 320  # two lines below a picture
TEXT_LETTERS = 650  # of a slide that is all text
SAID_LINES = 7  # what is said below a table takes
OPENING_LETTERS, OPENING_LINES = 260, 4  # of what stands above a table, and the room it takes

ASKS = re.compile(r"\b(journal\.|turn\()")  #: of a cell that asks or answers, and shows no table

markdown = mistune.create_markdown(escape=True, plugins=["table"])


@dataclass(frozen=True)
class Figure:
    """A picture of the chapter: its file beside the deck, and its alt text."""

    file: str
    alt: str


@dataclass(frozen=True)
class Line:
    """What stands on a slide only after a click; ``long`` as of a `Slide`."""

    lead: str
    text: str
    long: bool = False


@dataclass
class Slide:
    """One slide; ``kind`` names the macro of the template that draws it.

    ``long`` says that it is left out where a session is short. ``whole`` and ``short`` are the
    minutes of the part that it opens, in the two sessions.
    """

    kind: str
    part: str
    title: str
    notes: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    content: dict = field(default_factory=dict)
    long: bool = False
    whole: int | None = None
    short: int | None = None


@dataclass
class Deck:
    """A chapter's slides, and the pictures that belong beside them (file name and PNG)."""

    lesson: Lesson
    slides: list[Slide] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)

    def figure(self, name: str, png: bytes, alt: str) -> Figure:
        """Keep a picture, smaller than the notebook has it, and return where it will lie."""
        file = f"pictures/{name}.png"
        self.pictures[file] = smaller(png)
        return Figure(file, alt)

    def picture(self, name: str, picture: mime_output.Picture) -> dict:
        """Keep a picture, and return it with its words."""
        figure = self.figure(name, b64decode(picture.png), picture.alt)
        content = {"figure": figure, "finding": picture.title, "unit": picture.unit}
        short = len(picture.source) <= SOURCE_LETTERS  # else it has no room beside the picture
        folded = " ".join(filter(None, [picture.source * (not short), picture.note]))
        return content | {"source": picture.source * short, "see": picture.see, "folded": folded}

    def sheet(self) -> str:
        """Return the run sheet as a page to print: what is read in the room beside the deck."""
        template = _environment().get_template("sheet.html")
        return template.render(lesson=self.lesson, sheet=run_sheets.sheet(self.lesson))

    def html(self) -> str:
        """Return the page."""
        template = _environment().get_template("deck.html")
        return template.render(lesson=self.lesson, slides=self.slides, xray=cover.markup())


def _environment() -> Environment:
    environment = Environment(loader=FileSystemLoader(HERE / "deck"), autoescape=True)
    environment.globals |= {"verdicts": VERDICTS, "but": BUT, "kinds": CAVEATS_IN_SHORT}
    environment.globals |= {"course": article.facts()["course"], "day": article.day_in_words()}
    environment.filters["md"] = lambda text: Markup(markdown(text))
    environment.filters["words"] = lambda text: Markup(
        markdown(text).strip().removeprefix("<p>").removesuffix("</p>")
    )
    return environment


def smaller(png: bytes) -> bytes:
    """Return a picture with 256 colours: a chart has no more, and the file is a third."""
    stream = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(256).save(stream, "PNG", optimize=True)
    return stream.getvalue()


# --- The slides of a chapter, in order -----------------------------------------------------


def make(lesson: Lesson) -> Deck:
    """Return the deck of a chapter that has been executed."""
    deck = Deck(lesson)
    made = {
        "cells": _cells(lesson),
        "passage": _passage(lesson),
        "predict": _predict(lesson),
        "look": _look(deck),
        "explore": _explore(deck),
        "talk": _talk(lesson),
        "verdict": _verdict(lesson),
        "leaves": _leaves(deck),
    }
    deck.slides.append(_title(lesson))
    for part, slides in made.items():
        opened = list(slides)
        if part in lesson.notes.parts and not lesson.notes.parts[part].sections:
            minutes = lesson.notes.parts[part].minutes, lesson.notes.cut.parts.get(part)
            _time(opened, *minutes)
        deck.slides += opened
    deck.slides.append(_exercise(lesson))
    return deck


def _time(slides: list[Slide], whole: int, short: int | None) -> None:
    """Put the minutes of a part on its first slide, of the whole session and of the short one."""
    slides[0].whole = whole
    for slide in [slide for slide in slides if not slide.long][:1]:
        slide.short = short


def _title(lesson: Lesson) -> Slide:
    told = lesson.notes
    timetable = [
        f"- {part.minutes} {PARTS[key]}: {run_sheets.happens(lesson, part)}"
        for key, part in told.parts.items()
    ]
    notes = [
        "For instructors: answers and verdicts are in this deck.",
        f"**The idea:** {told.idea}",
        "\n".join(timetable),
        f"**In {told.cut.total} minutes:** {run_sheets.cut(lesson)}",
        f"**Without computers:** {told.without_computers}",
    ]
    return Slide("title", "", lesson.title, notes)


def _timing(lesson: Lesson, part: str) -> list[str]:
    """Return what the notes say of one part of the session."""
    about = lesson.notes.parts[part]
    told = f"**{about.minutes} minutes:** {run_sheets.happens(lesson, about)}"
    return [told] + [about.note] * bool(about.note)


def _cells(lesson: Lesson) -> Iterator[Slide]:
    for section in lesson.parts.get("cells", ()):
        notes = _timing(lesson, "cells") + [block.words for block in section.paragraphs()]
        content = _pointed_at(lesson, section) or {"text": _text(section)}
        yield Slide("text", section.heading, section.heading, notes, content=content)
        rules = {"rules": guide.RULES}
        yield Slide("rules", "Before we begin", "Three rules of the room", content=rules)


def _passage(lesson: Lesson) -> Iterator[Slide]:
    notes, section = _timing(lesson, "passage"), lesson.parts["passage"][0]
    text = {"text": _text(section)}
    yield Slide("text", section.heading, section.heading, notes, content=text)
    names = ", ".join(f"{claim.claim_id} {claim.short_label}" for claim in lesson.for_home)
    notes = [f"Students judge these claims at home: {names}."] * bool(names)
    short = lesson.notes.cut.claims
    content, title = {"claims": lesson.tried, "short": short}, "Claims on trial today"
    yield Slide("claims", section.heading, title, notes, content=content, long=not short)


def _pointed_at(lesson: Lesson, section: Section) -> dict:
    """Return a cell that the notes want on a slide, and the paragraph above it, if there is one."""
    text = ""
    for piece in section.pieces:
        if isinstance(piece, Block):
            text = text if piece.lead else piece.words
        elif piece.cell_id in lesson.notes.code_on_slides:
            return {"text": reader.opening(text, TEXT_LETTERS), "code": piece.source}
    return {}


def _text(section: Section, room: int = TEXT_LETTERS) -> str:
    """Return the paragraphs of a section that make no finding, as far as a slide has room."""
    paragraphs = []
    for block in section.paragraphs():
        if room > 0:
            whole = block.kind != "paragraph"
            paragraphs.append(block.words if whole else reader.opening(block.words, room))
        room -= len(block.words)
    return "\n\n".join(paragraphs)


def _predict(lesson: Lesson) -> Iterator[Slide]:
    notes = _timing(lesson, "predict")
    yield from _polls(lesson, "predict", "Predict", notes)
    for asked in lesson.predictions:
        content = {"options": asked.options, "unit": asked.unit}
        long = asked.key not in lesson.notes.cut.predictions
        yield Slide("predict", "Predict", asked.question, notes, content=content, long=long)


def _polls(lesson: Lesson, part: str, strip: str, notes: Iterable[str] = ()) -> Iterator[Slide]:
    """Yield the slide with the theses, if the part polls them."""
    theses = lesson.polls(part)
    if theses:
        title, content = "How much do you believe it now?", {"theses": theses.items()}
        yield Slide("polls", strip, title, [*notes], content=content)


# --- Look: what a section shows, and what is said about it ----------------------------------


def _look(deck: Deck) -> Iterator[Slide]:
    lesson = deck.lesson
    turns = "\n".join(f"- {turn}" for turn in lesson.notes.wrong_turns)
    notes = [*_timing(lesson, "look"), f"**Common wrong turns**\n\n{turns}"]
    cut, steps = lesson.notes.cut, lesson.notes.parts["look"].sections
    for section in lesson.parts["look"]:
        slides = list(_section(deck, section))
        slides[0].notes[:0], notes = notes, []
        for slide in slides:
            slide.long |= section.cell_id not in {*cut.sections, *cut.run_only}
        if section.cell_id in steps:
            _time(slides, steps[section.cell_id].minutes, cut.sections.get(section.cell_id))
        yield from slides


def _section(deck: Deck, section: Section) -> Iterator[Slide]:
    """Yield the slides of one section: its pictures and tables, each with what is said of it."""
    slides, said_on = _placed(deck, section)
    pointed = _pointed_at(deck.lesson, section)
    loose = [block for block, slide in said_on if slide is None]
    if not slides or pointed or loose:
        lines = [block for block in loose if block.lead not in TO_TRY]
        content = {
            "text": _text(section, TEXT_LETTERS - LINE_LETTERS * len(lines)),
            "see": "Go on in the notebook." * bool(section.code()),
        }
        slides.insert(0, Slide("text", "Look", section.heading, content=content | pointed))
    elif slides[0].kind == "table" and slides[0].content["room"] and section.paragraphs():
        first = reader.opening(section.paragraphs()[0].words, OPENING_LETTERS)
        slides[0].content["opening"] = first
    slides[0].notes += [block.words for block in section.paragraphs()]
    for block, slide in said_on:
        _say(slide or slides[0], block)
    for slide in slides:
        yield slide
        if slide.lines and slide.kind == "table" and not slide.content["room_below"]:
            below, slide.lines = slide.lines, []
            content = {"text": "", "see": ""}
            yield Slide("text", "Look", section.heading, lines=below, content=content)


def _placed(deck: Deck, section: Section) -> tuple[list[Slide], list[tuple[Block, Slide | None]]]:
    """Return the slides of what a section shows, and each of its notes with the slide it is about.

    A paragraph with a lead of its own opens a subject: it is on the slide of what is shown next,
    if that comes before another such paragraph. All others, and such a paragraph where nothing
    more is shown, are about the last chart before them; about a table only if nothing but tables
    has been shown since the note before. What is to be seen in a table that is too plain for a
    slide gets a slide of words. None stands for no slide.
    """
    slides: list[Slide] = []
    said_on: list[tuple[Block, Slide | None]] = []
    since: list[Slide] = []  # shown since the last note
    about = opens = None  # the last slide that notes are about; what opens a subject
    bare = False  # whether a table that is on no slide was the last to be shown
    for piece in section.pieces:
        if isinstance(piece, Code):
            shown_here = [_shown(section, kind, content) for kind, content in _visuals(deck, piece)]
            bare = not shown_here and (bare or not ASKS.search(piece.source))
            if opens and shown_here:
                _say(shown_here[0], opens, first=True)
                shown_here[0].long, opens = opens.lead.startswith(AT_HOME), None
            slides += shown_here
            since += shown_here
        elif piece.lead in (SEE, DOUBT, *TO_TRY):
            if piece.lead == SEE and bare and slides:
                content = {"text": "", "see": "The table is in the notebook."}
                since = [Slide("text", "Look", section.heading, content=content)]
                slides += since
            charts = [slide for slide in since if slide.kind == "picture"]
            about = (charts or since or [about])[-1]
            since = []
            said_on.append((piece, about))
        elif piece.lead:
            said_on += [(opens, None)] if opens else []
            opens = piece
    return slides, said_on + ([(opens, about)] if opens else [])


def _say(slide: Slide, block: Block, first: bool = False) -> None:
    """Put a note on a slide: whole for the speaker, and in short after a click."""
    slide.notes.append(f"**{block.lead}** {block.words}")
    if block.lead not in TO_TRY:
        slide.lines.insert(0 if first else len(slide.lines), _line(block.lead, block.words))


def _shown(section: Section, kind: str, content: dict) -> Slide:
    """Return the slide of a picture or table; a click brings what is to be seen in a picture."""
    see = content.pop("see", "")
    lines = [_line(SEE, see)] * bool(see)
    notes = [f"**{SEE}** {see}"] * bool(see)
    return Slide(kind, "Look", section.heading, notes, lines, content)


def _line(lead: str, text: str) -> Line:
    return Line(lead, reader.opening(text, LINE_LETTERS))


def _visuals(deck: Deck, cell: Code) -> Iterator[tuple[str, dict]]:
    """Yield (kind of slide, content) for each picture and each readable table of a cell."""
    for number, thing in enumerate(cell.shows):
        name = f"{cell.cell_id}-{number}" if number else cell.cell_id
        if isinstance(thing, mime_output.Picture):
            yield "picture", deck.picture(name, thing)
        if isinstance(thing, mime_output.Table) and (size := table_size(thing.rows)):
            room, below = (table_size(thing.rows, n) == size for n in (OPENING_LINES, SAID_LINES))
            content = {"table": Markup(thing.markup), "size": size}
            if isinstance(thing, mime_output.Board):
                content |= {"finding": thing.caption, "source": thing.source, "see": thing.see}
            yield "table", content | {"room": room, "room_below": below}


def table_size(rows: list[list[str]], taken: int = 0) -> str | None:
    """Return the largest type in which a table fits on a slide; None if it fits in none.

    ``taken`` is how many lines something else takes.
    """
    widest = [max(1, *map(len, column)) for column in zip(*rows, strict=True)]
    for size, letters, lines in TABLE_SIZES:
        share = min(1, (letters - 2 * len(widest)) / sum(widest))
        heights = [
            max(ceil(len(cell) / (share * wide)) for cell, wide in zip(row, widest, strict=True))
            for row in rows
        ]
        if sum(heights) + taken <= lines:
            return size
    return None


# --- Explore to the end ---------------------------------------------------------------------


def _explore(deck: Deck) -> Iterator[Slide]:
    lesson = deck.lesson
    if "explore" not in lesson.parts:
        return
    notes = _timing(lesson, "explore") + [block.words for block in lesson.text("explore")]
    for cell in lesson.code("explore"):
        for number, explorer in enumerate(cell.shows):
            picture = explorer.views[explorer.start].picture
            content = deck.picture(f"{cell.cell_id}-{number}", picture)
            long = "explore" not in lesson.notes.cut.parts
            yield Slide("explorer", "Explore", explorer.title, notes, content=content, long=long)


def _talk(lesson: Lesson) -> Iterator[Slide]:
    timing = _timing(lesson, "talk") + [block.words for block in lesson.text("talk")]
    short = lesson.notes.cut.parts.get("talk")
    for asked in lesson.discussions:
        long = "talk" not in lesson.notes.cut.parts or asked is not lesson.discussions[0]
        content = {"sides": asked.sides, "minutes": asked.minutes, "short": asked.within(short)}
        notes = [*timing, *([asked.note] if asked.note else [])]
        yield Slide("talk", "Talk", asked.question, notes, content=content, long=long)


def _verdict(lesson: Lesson) -> Iterator[Slide]:
    timing = _timing(lesson, "verdict")
    for claim in lesson.tried:
        graded = claim.evidence_grade != "none"
        said = [claim.judged] * bool(claim.in_four_words)
        said += [f"evidence of grade {claim.evidence_grade}"] * graded
        aside = f" ({'; '.join(said)})" if said else ""
        ours = f"**{claim.told}**{aside}. {claim.why}"
        lines = [Line("The course:", ours), Line("Strongest dissent:", claim.dissent)]
        aside = {
            "What this chapter's tables say:": tables_say(claim),
            "Since (not part of the verdict):": claim.what_came * bool(claim.since),
            "Its evidence was seen in:": _where(lesson, claim),
        }
        notes = timing + [f"**{name}** {words}" for name, words in aside.items() if words]
        content, long = {"claim": claim}, claim.claim_id not in lesson.notes.cut.claims
        yield Slide("verdict", "Verdict", claim.short_label, notes, lines, content, long)
        timing = []


def _where(lesson: Lesson, claim: Claim) -> str:
    """Return the headings of the sections that show a table by which a claim is judged."""
    found = [section.heading for some in lesson.shown_in(claim).values() for section in some]
    return " ".join(f"*{heading}*" for heading in dict.fromkeys(found))


def _leaves(deck: Deck) -> Iterator[Slide]:
    lesson, strip = deck.lesson, "The argument"
    came, short = lesson.notes.answers, lesson.notes.cut.predictions
    lines = [
        Line(
            asked.question,
            f"**{came[asked.key].answer}** · {came[asked.key].source}",
            asked.key not in short,
        )
        for asked in lesson.predictions
    ]
    notes = _timing(lesson, "leaves") if "leaves" in lesson.notes.parts else []
    yield Slide("outcomes", strip, "Your predictions and the outcomes", notes, lines)
    first, *more = lesson.parts["leaves"]
    notes = [block.words for block in lesson.text("leaves")]
    text = reader.opening(first.paragraphs()[0].words, TEXT_LETTERS)
    content = {"text": text, "see": "The map is in your own notebook."}
    yield Slide("text", strip, first.heading, notes, content=content)
    shows = [(section.heading, cell) for section in more for cell in section.code()]
    for heading, cell in shows:
        for kind, content in _visuals(deck, cell):
            if kind == "picture":
                yield Slide(kind, strip, heading, content=content)
    yield from _polls(lesson, "leaves", strip)


def _exercise(lesson: Lesson) -> Slide:
    closing = [block.words for block in lesson.parts["words"][-1].text()]
    head = guide.exercise_head(reader.ROOT, lesson.number)
    if head is None:
        return Slide("text", "Next", "What comes next", content={"text": closing[-1]})
    content = {"head": head, "file": f"exercises/{lesson.name}/{lesson.name}.ipynb"}
    return Slide("exercise", "At home", head.title, closing, content=content)


# --- Making them ----------------------------------------------------------------------------


def write(decks: list[Deck], out: Path) -> None:
    """Write decks, their run sheets and pictures, reveal.js and a list of all into one folder."""
    (out / "pictures").mkdir(parents=True, exist_ok=True)
    (out / "reveal").mkdir(exist_ok=True)
    for name in REVEAL:
        shutil.copyfile(HERE / "vendor" / "reveal" / name, out / "reveal" / name)
    shutil.copyfile(HERE / "deck" / "deck.css", out / "deck.css")
    (out / "faces.css").write_text(css.faces(), encoding="utf-8")
    shutil.copyfile(css.FONTS / "OFL.txt", out / "OFL.txt")
    for deck in decks:
        (out / f"{deck.lesson.name}.html").write_text(deck.html(), encoding="utf-8")
        (out / f"sheet_{deck.lesson.number}.html").write_text(deck.sheet(), encoding="utf-8")
        for file, png in deck.pictures.items():
            (out / file).write_bytes(png)
    index = _environment().get_template("index.html").render(lessons=[d.lesson for d in decks])
    (out / "index.html").write_text(index, encoding="utf-8")


def main(words: list[str]) -> int:
    """Make the decks that are asked for, or all."""
    parser = argparse.ArgumentParser(prog="start.py slides", description=__doc__.splitlines()[0])
    parser.add_argument("decks", nargs="*", metavar="NN", help="such as 02 (default: all chapters)")
    parser.add_argument("--out", type=Path, default=OUT, help="folder to write to")
    execution.add_options(parser)
    asked = parser.parse_args(words)
    try:
        taught = {path.stem[:2]: path for path in reader.chapters(chosen=asked.chapters)}
    except CourseError as problem:
        parser.error(str(problem))
    if unknown := sorted({*asked.decks} - {*taught}):
        parser.error(
            f"There is no chapter {', '.join(unknown)}. The chapters are {', '.join(taught)}."
        )
    chosen = [taught[number] for number in asked.decks or taught]
    executed = execution.run_all(chosen, asked.executed)
    for path, notebook in executed.items():
        chapter_selection.bridge(notebook, path.stem, [each.stem for each in taught.values()])
    write([make(reader.read(path, notebook)) for path, notebook in executed.items()], asked.out)
    print(
        f"Open {asked.out / 'index.html'} in a browser. The slides are for instructors only, "
        "because they give answers away."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
