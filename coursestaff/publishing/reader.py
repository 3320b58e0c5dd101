"""A chapter as one model: its notebook, its words and the notes on it, put together.

Printed course, slides, guide and run sheets are made of it. A chapter is cut into parts and
sections at its headings, which are known by the ids of their cells; what it asks stands in
``courseware.words``, what whoever holds the session needs to know in ``notes.yaml``. If the
notebook has been run, each code cell says as data what it shows (``mime_output``).
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from coursestaff import chapter_selection
from coursestaff.chapters import companion
from coursestaff.exercises.fingerprints import LOADS
from coursestaff.publishing import markdown, mime_output, notes
from coursestaff.publishing.markdown import Block
from coursestaff.yaml_schema import at
from courseware import CourseError, article, claims, manifest, words

ROOT = manifest.course_root()

#: The parts of a chapter by the second half of their first cell's id ("02-passage"), in order, as
#: a timetable calls them. The last two are taught in every session.
PARTS = {
    "cells": "run a cell",
    "passage": "passage",
    "predict": "predict",
    "look": "look",
    "explore": "explore",
    "talk": "talk",
    "verdict": "verdict",
    "leaves": "where this leaves the argument",
    "words": "words learnt",
}
#: Leads of paragraphs: of what is found, of what is not a finding; and how those for home begin.
SEE, AT_HOME = "What to see.", "At home: "
DOUBT, TURN = "How could this be wrong?", "Your turn."
#: What asks and finds nothing.
TO_TRY = ("Change one thing.", "Change one thing, at home.", TURN, "Your turn, at home.")

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"“*`0-9])")


class LessonError(CourseError):
    """A chapter or its notes are not made as the others are; the message says where."""


@dataclass(frozen=True)
class Prediction:
    """A question that is answered before data are shown."""

    key: str
    question: str
    options: tuple[str, ...]
    unit: str

    @property
    def cell_id(self) -> str:
        """The cell that asks it: "02-predict-buyer" asks "02-buyer"."""
        number, _, name = self.key.partition("-")
        return f"{number}-predict-{name}"


@dataclass(frozen=True)
class Discussion:
    """A question with two positions that can both be defended; ``note`` says how to hold it."""

    key: str
    question: str
    sides: tuple[str, str]
    minutes: tuple[int, int, int]
    note: str

    def within(self, minutes: int | None) -> tuple[int, int, int]:
        """Return the minutes to think, pair and share where all three have only so many."""
        if not minutes:
            return self.minutes
        think, pair = (round(each * minutes / sum(self.minutes)) for each in self.minutes[:2])
        return think, pair, minutes - think - pair


@dataclass(frozen=True)
class Head:
    """What a notebook says of itself first; ``card`` holds facts such as its minutes."""

    title: str
    question: str
    card: dict[str, str]

    @property
    def minutes(self) -> int:
        """The minutes in class, or at home for an exercise: the first number of that row."""
        words = (word.strip(",;") for word in self.card["Minutes"].split())
        return int(next(word for word in words if word.isdigit()))


@dataclass(frozen=True)
class Code:
    """A code cell; once it has been run, ``shows`` holds what publishing can make use of."""

    cell_id: str
    source: str
    shows: tuple[mime_output.Output, ...]


@dataclass
class Section:
    """What stands under one heading, known by the id of the cell that holds the heading."""

    cell_id: str
    heading: str
    pieces: list[Block | Code] = field(default_factory=list)

    def code(self) -> list[Code]:
        """Return the code cells."""
        return [piece for piece in self.pieces if isinstance(piece, Code)]

    def tables(self) -> set[str]:
        """Return the names of the tables that its cells load."""
        return {name for cell in self.code() for name in LOADS.findall(cell.source)}

    def text(self) -> list[Block]:
        """Return what is text."""
        return [piece for piece in self.pieces if isinstance(piece, Block)]

    def paragraphs(self) -> list[Block]:
        """Return the text that has no lead."""
        return [block for block in self.text() if not block.lead]

    def doubts(self) -> list[Block]:
        """Return the paragraphs that say how the section could be wrong."""
        return [block for block in self.text() if block.lead == DOUBT]

    def findings(self) -> list[Block]:
        """Return the paragraphs that say what is to be seen."""
        return [block for block in self.text() if block.lead not in ("", DOUBT, *TO_TRY)]


@dataclass(frozen=True)
class Lesson:
    """A chapter: its head, its parts by key (see ``PARTS``), and the notes on it.

    ``further`` is what its companion says of itself first, if it has one.
    """

    name: str
    head: Head
    further: Head | None
    opening: list[Code]
    parts: dict[str, list[Section]]
    notes: notes.Notes

    @property
    def number(self) -> str:
        """The chapter's two digits."""
        return self.name[:2]

    @property
    def title(self) -> str:
        """The chapter's title."""
        return self.head.title

    def code(self, part: str = "") -> list[Code]:
        """Return the code cells of one part, or of all."""
        chosen = [self.parts[part]] if part else self.parts.values()
        return [cell for section in chain.from_iterable(chosen) for cell in section.code()]

    def text(self, part: str) -> list[Block]:
        """Return the text of one part, in order."""
        return [block for section in self.parts[part] for block in section.text()]

    def section(self, cell_id: str) -> Section:
        """Return the section that a cell's heading opens."""
        for section in chain.from_iterable(self.parts.values()):
            if section.cell_id == cell_id:
                return section
        raise LessonError(f"Chapter {self.number} has no cell {cell_id!r} that opens a section.")

    @cached_property
    def predictions(self) -> list[Prediction]:
        """What the chapter asks before it shows data."""
        return [
            Prediction(
                key, asked["question"], tuple(asked.get("options", ())), asked.get("unit", "")
            )
            for key, asked in words.chapter(self.number).get("predictions", {}).items()
        ]

    @cached_property
    def discussions(self) -> list[Discussion]:
        """The questions of *Talk*, each with its positions and how to hold it."""
        return [
            Discussion(
                key,
                asked["prompt"],
                tuple(asked["positions"]),
                tuple(asked["minutes"]),
                self.notes.discussions.get(key, ""),
            )
            for key, asked in words.chapter(self.number)["discussions"].items()
        ]

    @property
    def tried(self) -> list[claims.Claim]:
        """The claims that are tried in the room: the core, unless the notes name others."""
        if self.notes.tried:
            return [claims.get(claim_id) for claim_id in self.notes.tried]
        return claims.select(chapter=self.number, core=True)

    def shown_in(self, claim: claims.Claim) -> dict[str, list[Section]]:
        """Return the tables by which a claim is judged, each with the sections of *Look* it is in.

        A table that only the companion has is left out.
        """
        said = words.verdict(claim.chapter, claim.claim_id) or {"tables": {}}
        look = self.parts["look"]
        found = {name: [s for s in look if name in s.tables()] for name in said["tables"].values()}
        return {name: sections for name, sections in found.items() if sections}

    @property
    def words_learnt(self) -> list[tuple[str, str]]:
        """The words that the chapter taught, each with its meaning."""
        return [pair for block in self.text("words") for pair in markdown.definitions(block.words)]

    @property
    def for_home(self) -> list[claims.Claim]:
        """The other claims of the chapter."""
        own = [claim for claim in claims.register().values() if claim.chapter == self.number]
        return [claim for claim in own if claim not in self.tried]

    def polls(self, part: str) -> dict[str, str]:
        """Return the theses that a part polls: the first chapter to begin with, others at the end.

        The only chapter of a course does both.
        """
        first, only = self.number == article.number(0), len(article.chapters()) == 1
        polled = {"predict": first, "leaves": only or not first}
        return words.polls() if polled.get(part) else {}


def chapters(root: Path = ROOT, chosen: str | None = None) -> list[Path]:
    """Return the chapters, in order: each has notes, which somebody's copy of one has not.

    Args:
        root: the course folder. A chapter whose notebook was removed is left out.
        chosen: such as "00-04,06-09"; all if None.

    Raises:
        CourseError: ``chosen`` names no chapters that there are.

    """
    written = sorted((root / "solutions").glob(f"*/{notes.FILE}"))
    paths = [root / "notebooks" / f"{file.parent.name}.ipynb" for file in written]
    there = {path.stem[:2]: path for path in paths if path.is_file()}
    return [there[number] for number in chapter_selection.chosen(chosen, [*there])]


def exercises(root: Path = ROOT, chapters: Collection[str] | None = None) -> list[Path]:
    """Return the released exercises, in order: of the chapters with these numbers, or all."""
    found = sorted((root / "exercises").glob("[0-9][0-9]_*/[0-9][0-9]_*.ipynb"))
    return [path for path in found if chapters is None or path.stem[:2] in chapters]


def read(path: Path, notebook: NotebookNode | None = None) -> Lesson:
    """Return a chapter; ``notebook`` is the executed one, if there is one.

    Raises:
        LessonError: the notes name something that the chapter does not have.
        yaml_schema.YamlSchemaError: the notes do not fit their schema.

    """
    notebook = notebook or nbformat.read(path, as_version=4)
    file = path.parents[1] / "solutions" / path.stem / notes.FILE
    opening, parts = _parts(notebook, path.stem[:2])
    more = companion(path)
    further = read_head(more) if more else None
    lesson = Lesson(path.stem, head(notebook), further, opening, parts, notes.read(file))
    _check(lesson, file)
    return lesson


#: What stands in the line under a chapter's title, between dots, in this order.
HEAD_LINE = ("Chapter", "Minutes", "Paragraphs of the article", "You need")
ABLE = "You will be able to"


def head(notebook: NotebookNode) -> Head:
    """Return what a chapter, a companion or an exercise says of itself in its first cell."""
    source = notebook.cells[0].source
    title, *blocks = markdown.blocks(source)
    question = next((block for block in blocks if block.lead), None)
    if question is None:
        raise LessonError(f"{title.words}: its first cell has no question in bold.")
    card = dict(markdown.rows(source)[1:])
    for text in (block.words for block in blocks):
        if " · " in text:  # "Chapter 02 · 90 minutes in class · P0 and P2 · chapters 00 and 01"
            said = [part.strip() for part in text.strip("*").split("·")]
            card |= dict(zip(HEAD_LINE, said, strict=True))
        if text.startswith(ABLE):
            card[ABLE] = text.removeprefix(ABLE).strip(" .")
    return Head(title.words, question.lead, card)


def read_head(path: Path) -> Head:
    """Return what the notebook at ``path`` says of itself in its first cell."""
    return head(nbformat.read(path, as_version=4))


def _parts(notebook: NotebookNode, number: str) -> tuple[list[Code], dict[str, list[Section]]]:
    """Return the code before the first part, and the sections of each part, in order."""
    opening: list[Code] = []
    parts: dict[str, list[Section]] = {}
    pieces = opening
    for cell in notebook.cells[1:]:
        if cell.cell_type == "code":
            found = map(mime_output.read, cell.get("outputs", []))
            shows = tuple(thing for thing in found if thing)
            pieces.append(Code(cell.id, cell.source, shows))
            continue
        key = cell.id.removeprefix(f"{number}-")
        for block in markdown.blocks(cell.source):
            if block.kind == "heading":
                if key in PARTS:
                    sections = parts.setdefault(key, [])
                section = Section(cell.id, block.words)
                pieces = section.pieces
                sections.append(section)
            else:
                pieces.append(block)
    told = {key: [section for section in parts[key] if section.pieces] for key in parts}
    return opening, told


def _check(lesson: Lesson, file: Path) -> None:
    """Look whether the chapter has all that its notes name."""
    asked = [prediction.key for prediction in lesson.predictions]
    discussed = [discussion.key for discussion in lesson.discussions]
    cells = [cell.cell_id for cell in lesson.code()]
    sections = [s.cell_id for s in chain.from_iterable(lesson.parts.values())]
    known = {
        ("parts", "look", "sections"): sections,
        ("answers",): asked,
        ("discussions",): discussed,
        ("code_on_slides",): cells,
        ("cut", "predictions"): asked,
        ("cut", "sections"): sections,
        ("cut", "run_only"): sections,
    }
    for (*outer, last), there in known.items():
        content = lesson.notes.written.content
        for place in outer:
            content = content[place]
        for number, name in enumerate(content.get(last, ())):
            if name not in there:
                key = name if isinstance(content[last], dict) else number
                line = lesson.notes.written.line(*outer, last, key)
                raise LessonError(f"{at(file, line)}: the chapter has no {name!r}.")


def opening(text: str, room: int) -> str:
    """Return the first sentences of a text, as many as fit into ``room`` characters."""
    first, *others = _SENTENCE_END.split(" ".join(text.split()))
    for sentence in others:
        if len(first) + len(sentence) >= room:
            break
        first += f" {sentence}"
    return first
