"""Read a chapter and its run sheet into plain pieces: what the slides and the guide are made of.

Nothing is computed here and nothing is drawn. A chapter is cut at its headings into parts and
sections; what the cells ask (predictions, discussions, claims on trial) is read from their
source, so that the printed words are always those of the notebook.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode

from courseware import words

ROOT = Path(__file__).resolve().parents[2]

_HEADING = re.compile(r"(#{1,3}) +(.+)")
_LEAD = re.compile(r"\*\*([^*]+[.?])\*\*\s*")
_CLAIM = re.compile(r"C\d\d")
_CUT_PART = re.compile(r"\b(passage|predict|look|explore|talk|verdict) (\d+)", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"“*`0-9])")
#: Leads of paragraphs that are not a finding.
DOUBT, CHANGE = "How could this be wrong?", "Change one thing."


class LessonError(Exception):
    """A chapter or a run sheet is not made as the others are; the message says where."""


class Minutes(NamedTuple):
    """One line of a run sheet's timetable."""

    minutes: int
    part: str
    what: str


class Answer(NamedTuple):
    """What came of a prediction, and who says so."""

    key: str
    answer: str
    source: str


@dataclass(frozen=True)
class RunSheet:
    """What an instructor holds in the hand: ``solutions/NN_name/session.md``."""

    idea: str
    minutes: tuple[Minutes, ...]
    answers: tuple[Answer, ...]
    wrong_turns: tuple[str, ...]
    cut_minutes: int
    cut: str
    without_computers: str

    @property
    def total(self) -> int:
        """The minutes of the whole session."""
        return sum(row.minutes for row in self.minutes)

    @property
    def cut_parts(self) -> dict[str, int]:
        """The minutes of each part in the short form, as far as it gives them."""
        return {part.lower(): int(n) for part, n in _CUT_PART.findall(self.cut)}

    def row(self, part: str) -> Minutes | None:
        """Return the line of one part, such as "talk"; None if the session has none."""
        return next((row for row in self.minutes if row.part == part), None)


@dataclass(frozen=True)
class Prediction:
    """A question that is answered before data are shown."""

    key: str
    question: str
    options: tuple[str, ...]
    unit: str


@dataclass(frozen=True)
class Discussion:
    """A question with two positions that can both be defended."""

    key: str
    question: str
    sides: tuple[str, str]
    minutes: tuple[int, int, int]
    facilitator: str


@dataclass(frozen=True)
class Piece:
    """One paragraph of text, or one code cell."""

    cell: NotebookNode
    text: str
    is_code: bool

    @property
    def lead(self) -> str:
        """The bold words that open a paragraph, such as "What to see."; empty if none do."""
        match = None if self.is_code else _LEAD.match(self.text)
        return match[1] if match else ""

    @property
    def body(self) -> str:
        """The paragraph without its lead."""
        return self.text if self.is_code else _LEAD.sub("", self.text, count=1)


@dataclass
class Section:
    """What stands under one heading of the third level, or before the first of a part."""

    heading: str
    pieces: list[Piece] = field(default_factory=list)

    @property
    def optional(self) -> bool:
        """Whether the chapter says that nothing later needs it."""
        return self.heading.startswith("Optional")

    def paragraphs(self, *leads: str) -> list[Piece]:
        """Return the paragraphs with one of these leads; without any, those that have no lead."""
        return [p for p in self.pieces if not p.is_code and p.lead in (leads or ("",))]

    def findings(self) -> list[Piece]:
        """Return the paragraphs that say what is to be seen."""
        apart = ("", DOUBT, CHANGE)
        return [p for p in self.pieces if not p.is_code and p.lead not in apart]


@dataclass(frozen=True)
class Lesson:
    """A chapter, cut into its parts ("The passage", "Predict", ...) and sections."""

    name: str
    title: str
    question: str
    card: dict[str, str]
    parts: dict[str, list[Section]]
    sheet: RunSheet

    @property
    def number(self) -> str:
        """The chapter's two digits."""
        return self.name[:2]

    def code(self, part: str = "") -> Iterator[NotebookNode]:
        """Yield the code cells, of one part or of all."""
        for name, sections in self.parts.items():
            if part in ("", name):
                yield from (p.cell for s in sections for p in s.pieces if p.is_code)

    def text(self, part: str) -> list[str]:
        """Return the paragraphs of one part, in order."""
        return [p.text for s in self.parts[part] for p in s.pieces if not p.is_code]

    def predictions(self) -> list[Prediction]:
        """Return what the chapter asks before it shows data."""
        keys = [args[0] for cell in self.code() for args, _ in calls(cell.source, "predict")]
        asked = {key: words.prediction(key) for key in keys}
        return [
            Prediction(key, of["question"], tuple(of.get("options", ())), of.get("unit", ""))
            for key, of in asked.items()
        ]

    def discussions(self) -> list[Discussion]:
        """Return the questions of *Talk*, each with its positions and the facilitator's note."""
        return [
            Discussion(
                args[0], of["prompt"], tuple(of["positions"]), tuple(of["minutes"]), note(cell)
            )
            for cell in self.code("Talk")
            for args, _ in calls(cell.source, "answer")
            for of in [words.discussion(args[0])]
        ]

    def on_trial(self) -> list[str]:
        """Return the ids of the claims that are tried in the room."""
        cells = [cell for cell in self.code("Verdict") if "claims.trial(" in cell.source]
        texts = (c for cell in cells for c in constants(cell.source) if _CLAIM.fullmatch(c))
        return list(dict.fromkeys(texts))

    def notes(self, part: str) -> list[str]:
        """Return what the chapter tells the facilitator about one part."""
        return [text for cell in self.code(part) if (text := note(cell))]


def chapters(root: Path = ROOT) -> list[Path]:
    """Return the chapters, in order: each has a run sheet, which somebody's copy of one has not."""
    sheets = sorted((root / "solutions").glob("*/session.md"))
    return [root / "notebooks" / f"{sheet.parent.name}.ipynb" for sheet in sheets]


def read(path: Path, notebook: NotebookNode | None = None) -> Lesson:
    """Return a chapter with its run sheet; ``notebook`` is the executed one, if there is one."""
    notebook = notebook or nbformat.read(path, as_version=4)
    sheet = path.parents[1] / "solutions" / path.stem / "session.md"
    head = notebook.cells[0].source
    question = re.search(r"^\*\*(.+)\*\*$", head, re.MULTILINE)
    return Lesson(
        name=path.stem,
        title=head.splitlines()[0].removeprefix("# "),
        question=question[1],
        card=card(head),
        parts=parts(notebook),
        sheet=run_sheet(sheet.read_text(encoding="utf-8")),
    )


def card(markdown: str) -> dict[str, str]:
    """Return the rows of a header card: ``{"Minutes": "90", ...}``."""
    return dict(re.findall(r"^\| (\w[^|]*) \| ([^|]+) \|$", markdown, re.MULTILINE))


def parts(notebook: NotebookNode) -> dict[str, list[Section]]:
    """Return the sections of each part, in order; what precedes the first heading is left out."""
    found: dict[str, list[Section]] = {}
    sections: list[Section] = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            if sections:
                sections[-1].pieces.append(Piece(cell, cell.source, True))
            continue
        for block in re.split(r"\n\s*\n", cell.source.strip()):
            heading = _HEADING.fullmatch(block.strip())
            if heading and heading[1] == "##":
                sections = found.setdefault(heading[2].strip(), [Section("")])
            elif heading and heading[1] == "###":
                sections.append(Section(heading[2].strip()))
            elif sections:
                sections[-1].pieces.append(Piece(cell, block.strip(), False))
    return found


def note(cell: NotebookNode) -> str:
    """Return what a cell tells the facilitator; empty if it tells nothing."""
    return cell.metadata.get("facilitator", "")


def calls(source: str, function: str) -> list[tuple[list, dict]]:
    """Return the literal arguments of each call of a ``journal`` function in a cell."""
    return [
        (
            [ast.literal_eval(argument) for argument in node.args],
            {named.arg: ast.literal_eval(named.value) for named in node.keywords},
        )
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == f"journal.{function}"
    ]


def constants(source: str) -> list[str]:
    """Return the string constants of a cell, in order."""
    nodes = ast.walk(ast.parse(source))
    return [n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)]


def run_sheet(markdown: str) -> RunSheet:
    """Read a run sheet."""
    idea = re.search(r"^\*\*The idea of the session:\*\* (.+)$", markdown, re.MULTILINE)
    blocks = dict(re.findall(r"^## (.+)\n+((?:(?!## ).*\n?)*)", markdown, re.MULTILINE))
    cut = next((re.match(r"A (\d+)-minute cut", title) for title in blocks if "cut" in title), None)
    if not idea or not cut:
        raise LessonError("A run sheet needs its idea and a heading such as 'A 45-minute cut'.")
    return RunSheet(
        idea=idea[1],
        minutes=tuple(Minutes(int(row[0]), *row[1:3]) for row in _rows(blocks["Minutes"])),
        answers=tuple(
            Answer(row[0].strip("`"), *row[1:3])
            for row in _rows(blocks["Answers to the predictions"])
        ),
        wrong_turns=tuple(re.findall(r"^- (.+)$", blocks["Common wrong turns"], re.MULTILINE)),
        cut_minutes=int(cut[1]),
        cut=" ".join(blocks[cut[0]].split()),
        without_computers=" ".join(blocks["Without computers"].split()),
    )


def _rows(markdown: str) -> list[list[str]]:
    """Return the cells of a Markdown table, without its two rows of heading."""
    lines = [line for line in markdown.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]


def opening(text: str, room: int) -> str:
    """Return the first sentences of a text, as many as fit into ``room`` characters."""
    first, *others = _SENTENCE_END.split(" ".join(text.split()))
    for sentence in others:
        if len(first) + len(sentence) >= room:
            break
        first += f" {sentence}"
    return first
