"""Make one reveal.js deck per chapter, for the instructor: ``make slides``.

Each chapter is run with an empty journal (``running``); its pictures, tables and words are laid
out by ``slides/deck.html``. A deck shows no code, but for the few cells of chapter 00 that its text
points at. It holds answers and verdicts (behind a click,
and in the speaker's notes), so it is for instructors, as ``solutions/`` is. Everything lies in
one folder, works from the file system and asks the network for nothing.
"""

import argparse
import base64
import io
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from math import ceil
from pathlib import Path

import mistune
import nbformat
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from nbformat import NotebookNode
from PIL import Image

from courseware import claims
from courseware.explorers.argument_map import EVERYTHING, STARTER
from instructor.publishing import bigmap, execution, reader
from instructor.publishing.reader import DOUBT, Lesson, Section

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
OUT = ROOT / "build" / "slides"
STORE = ROOT / "build" / "executed-slides"
REVEAL = ("reset.css", "reveal.css", "reveal.js", "notes.js", "LICENSE")

#: A table is shown if it fits at one of these sizes (CSS class, letters in a line, lines):
#: the last row of the room must read it. Larger ones are left to the notebook.
TABLE_SIZES = (("large", 66, 11), ("medium", 80, 14), ("small", 92, 16))
LINE_LETTERS = 190  # of "what to see": one line of the slide, the rest goes to the notes
TEXT_LETTERS = 650  # of a slide that is all text
OPENING_LETTERS, OPENING_LINES = 260, 4  # of what stands above a table, and the room it takes
#: Words that point at the code cell below them, so that a slide has to show it.
POINTS_AT_CODE = re.compile(r"grey box below|read the next cell aloud", re.IGNORECASE)
RULES = re.compile(r"\*\*(Three rules of the room)\.\*\* (.+)")

_PICTURE = re.compile(r'<img\s+src="data:image/png;base64,([^"]+)"\s+alt="([^"]*)"')
_TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)
_FOLD = re.compile(r"<details\b.*?</details>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_STYLE = re.compile(r' style="([^"]*)"')
_ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", re.DOTALL)
_EXPLORER = re.compile(r"<h3>(.*?)</h3>.*?1\.15em\">(.*?)</div>\s*<div>(.*?)</div>", re.DOTALL)

markdown = mistune.create_markdown(escape=True)


@dataclass(frozen=True)
class Figure:
    """A picture of the chapter: its file beside the deck, and its alt text."""

    file: str
    alt: str


@dataclass(frozen=True)
class Line:
    """What stands on a slide only after a click."""

    lead: str
    text: str


@dataclass
class Slide:
    """One slide; ``kind`` names the macro of the template that draws it."""

    kind: str
    part: str
    title: str
    notes: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    content: dict = field(default_factory=dict)


@dataclass
class Deck:
    """A chapter's slides, and the pictures that belong beside them (file name and PNG)."""

    lesson: Lesson
    slides: list[Slide] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)

    def figure(self, name: str, png: str, alt: str) -> Figure:
        """Keep a picture, smaller than the notebook has it, and return where it will lie."""
        file = f"pictures/{name}.png"
        self.pictures[file] = smaller(base64.b64decode(png))
        return Figure(file, unescape(alt))

    def map(self, name: str, scope: str) -> dict:
        """Keep a large argument map; return it with the claims of this chapter that it names."""
        drawn = bigmap.draw(scope, self.lesson.number)
        figure = self.figure(name, base64.b64encode(drawn.png).decode(), drawn.alt)
        return {"figure": figure, "named": drawn.named}

    def html(self) -> str:
        """Return the page."""
        template = _environment().get_template("deck.html")
        return template.render(lesson=self.lesson, slides=self.slides)


def _environment() -> Environment:
    environment = Environment(loader=FileSystemLoader(HERE / "deck"), autoescape=True)
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


def make(path: Path, notebook: NotebookNode) -> Deck:
    """Return the deck of a chapter that has been executed."""
    lesson = reader.read(path, notebook)
    deck = Deck(lesson)
    deck.slides += [_title(lesson), *_passage(lesson), *_predict(lesson)]
    deck.slides += [*_look(deck), *_explore(deck, notebook), *_talk(lesson)]
    deck.slides += [*_verdict(lesson), *_leaves(deck), _exercise(path, lesson)]
    return deck


def _title(lesson: Lesson) -> Slide:
    sheet = lesson.sheet
    timetable = [f"- {row.minutes} {row.part}: {row.what}" for row in sheet.minutes]
    notes = [
        "For instructors: answers and verdicts are in this deck.",
        f"**The idea:** {sheet.idea}",
        "\n".join(timetable),
        f"**In {sheet.cut_minutes} minutes:** {sheet.cut}",
        f"**Without computers:** {sheet.without_computers}",
    ]
    return Slide("title", "", lesson.title, notes)


def _timing(lesson: Lesson, part: str) -> list[str]:
    """Return what the run sheet says of one part, as a note."""
    row = lesson.sheet.row(part)
    return [f"**{row.minutes} minutes:** {row.what}"] if row else []


def _passage(lesson: Lesson) -> Iterator[Slide]:
    for name in lesson.parts:
        if name == "The passage":
            break
        section = lesson.parts[name][0]
        notes = _timing(lesson, name.lower()) + [piece.body for piece in section.paragraphs()]
        content = _pointed_at(section) or {"text": _text(section)}
        yield Slide("text", name, name, notes, content=content)
        yield _rules()
    notes = _timing(lesson, "passage")
    section = lesson.parts["The passage"][0]
    yield Slide("text", "The passage", "The passage", notes, content={"text": _text(section)})
    tried, home = _claims(lesson)
    names = ", ".join(f"{claim.claim_id} {claim.short_label}" for claim in home)
    notes = [f"Judged at home: {names}."] if home else []
    content = {"claims": tried}
    yield Slide("claims", "The passage", "Claims on trial today", notes, content=content)


def _pointed_at(section: Section) -> dict:
    """Return the paragraph that points at a cell, and the cell; empty if none does."""
    for number, piece in enumerate(section.pieces):
        words = "" if piece.is_code else " ".join(piece.body.split())
        if POINTS_AT_CODE.search(words):
            cell = next(below for below in section.pieces[number:] if below.is_code)
            return {"text": reader.opening(words, TEXT_LETTERS), "code": cell.text}
    return {}


def _rules() -> Slide:
    """Return the rules of the room, as the instructor's guide gives them."""
    index = (HERE / "guide_pages" / "index.md").read_text(encoding="utf-8")
    title, words = RULES.search(index).groups()
    rules = [rule.strip() for rule in re.findall(r"[^.]+\.", words)]
    return Slide("rules", "Before we begin", title, content={"rules": rules})


def _claims(lesson: Lesson) -> tuple[list[claims.Claim], list[claims.Claim]]:
    """Return the claims tried in the room, and the others of the chapter."""
    tried = lesson.on_trial()
    known = claims.register().values()
    others = [c for c in known if c.chapter == lesson.number and c.claim_id not in tried]
    return [claims.get(claim_id) for claim_id in tried], others


def _text(section: Section) -> str:
    """Return the paragraphs of a section that make no finding, as far as a slide has room."""
    whole = "\n\n".join(piece.body for piece in section.paragraphs())
    paragraphs, room = [], TEXT_LETTERS
    for paragraph in whole.split("\n\n"):
        if room > 0:
            is_list = paragraph.startswith("- ")
            paragraphs.append(paragraph if is_list else reader.opening(paragraph, room))
        room -= len(paragraph)
    return "\n\n".join(paragraphs)


def _predict(lesson: Lesson) -> Iterator[Slide]:
    notes = _timing(lesson, "predict") + lesson.notes("Predict")
    polls = _polls(lesson, "Predict")
    if polls:
        yield Slide("polls", "Predict", "How much do you believe it now?", notes, content=polls)
    for asked in lesson.predictions():
        content = {"options": asked.options, "unit": asked.unit}
        yield Slide("predict", "Predict", asked.question, notes, content=content)


def _polls(lesson: Lesson, part: str) -> dict:
    """Return the theses that a part asks about: ``{"theses": [(T1, its words), ...]}``."""
    cells = lesson.code(part)
    asked = (args for cell in cells for args, _ in reader.calls(cell.source, "confidence"))
    theses = [tuple(args[:2]) for args in asked]
    return {"theses": theses} if theses else {}


# --- Look: what a section shows, and what is said about it ----------------------------------


def _look(deck: Deck) -> Iterator[Slide]:
    lesson = deck.lesson
    turns = "\n".join(f"- {turn}" for turn in lesson.sheet.wrong_turns)
    notes = [*_timing(lesson, "look"), f"**Common wrong turns**\n\n{turns}"]
    for section in lesson.parts["Look"]:
        if not section.pieces or section.optional:
            continue
        slides = list(_section(deck, section))
        slides[0].notes[:0], notes = notes, []
        yield from slides


def _section(deck: Deck, section: Section) -> Iterator[Slide]:
    """Yield the slides of one section: its pictures and tables; the findings with the last."""
    slides = [
        Slide(kind, "Look", section.heading, content=content)
        for kind, content in _visuals(deck, section)
    ]
    pointed = _pointed_at(section)
    if not slides or pointed:
        has_more = any(piece.is_code for piece in section.pieces)
        content = {"text": _text(section), "see": "Go on in the notebook." if has_more else ""}
        slides.insert(0, Slide("text", "Look", section.heading, content=content | pointed))
    elif slides[0].kind == "table" and slides[0].content["room"] and section.paragraphs():
        first = reader.opening(section.paragraphs()[0].body, OPENING_LETTERS)
        slides[0].content["opening"] = first
    slides[0].notes += [piece.body for piece in section.paragraphs()]
    said = section.findings() + section.paragraphs(DOUBT)
    slides[-1].lines += [_line(piece.lead, piece.body) for piece in said]
    slides[-1].notes += [f"**{p.lead}** {p.body}" for p in section.pieces if p.lead]
    yield from slides


def _line(lead: str, text: str) -> Line:
    return Line(lead, reader.opening(text, LINE_LETTERS))


def _visuals(deck: Deck, section: Section) -> Iterator[tuple[str, dict]]:
    """Yield (kind of slide, content) for each picture and each readable table of a section."""
    cells = [piece.cell for piece in section.pieces if piece.is_code]
    shown = ((cell, number, output) for cell in cells for number, output in enumerate(cell.outputs))
    for cell, number, output in shown:
        plain = _FOLD.sub("", output.get("data", {}).get("text/html", ""))
        if picture := _PICTURE.search(plain):
            name = f"{cell.id}-{number}" if number else cell.id
            if "argument_map.progress(" in cell.source:
                scope = STARTER if "STARTER" in cell.source else EVERYTHING
                yield "picture", deck.map(name, scope)
            else:
                yield "picture", {"figure": deck.figure(name, *picture.groups())}
        for table in _TABLE.findall(plain):
            if "<caption" in table and (size := table_size(table)):
                room = table_size(table, OPENING_LINES) == size
                yield "table", {"table": Markup(bare(table)), "size": size, "room": room}


def table_size(table: str, taken: int = 0) -> str | None:
    """Return the largest type in which a table fits on a slide; None if it fits in none.

    ``taken`` is how many lines something else takes.
    """
    rows = [[unescape(_TAG.sub("", c)) for c in _CELL.findall(row)] for row in _ROW.findall(table)]
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


def bare(table: str) -> str:
    """Return a table of ``courseware.ui`` without its looks; numbers and days keep a class."""

    def kept(style: re.Match) -> str:
        day = "nowrap" in style[1]
        return ' class="number"' if "text-align:right" in style[1] else ' class="day"' * day

    return _STYLE.sub(kept, table)


# --- Explore to the end ---------------------------------------------------------------------


def _explore(deck: Deck, notebook: NotebookNode) -> Iterator[Slide]:
    lesson = deck.lesson
    if "Explore" not in lesson.parts:
        return
    notes = _timing(lesson, "explore") + lesson.text("Explore")
    for cell in lesson.code("Explore"):
        for number, html in enumerate(_widgets(notebook, cell)):
            picture, words = _PICTURE.search(html), _EXPLORER.search(html)
            figure = deck.figure(f"{cell.id}-{number}", *picture.groups())
            title, finding, subtitle = map(unescape, words.groups())
            content = {"figure": figure, "finding": finding, "subtitle": subtitle}
            if "ArgumentMap(" in cell.source:
                said = "A line runs up from a claim to what it supports."
                content |= {**deck.map(f"{cell.id}-{number}", STARTER), "subtitle": said}
            yield Slide("explorer", "Explore", title, notes, content=content)


def _widgets(notebook: NotebookNode, cell: NotebookNode) -> Iterator[str]:
    """Yield the HTML that each widget of a cell shows."""
    mime = "application/vnd.jupyter.widget-{}+json"
    state = notebook.metadata["widgets"][mime.format("state")]["state"]
    for output in cell.outputs:
        view = output.get("data", {}).get(mime.format("view"))
        if view:
            yield "\n".join(_values(state, view["model_id"]))


def _values(state: dict, model: str) -> Iterator[str]:
    """Yield the HTML of a widget and of all that it holds, in order."""
    own = state[model]["state"]
    if state[model]["model_name"] == "HTMLModel":
        yield own.get("value", "")
    for child in own.get("children", []):
        yield from _values(state, child.removeprefix("IPY_MODEL_"))


def _talk(lesson: Lesson) -> Iterator[Slide]:
    timing = _timing(lesson, "talk") + lesson.text("Talk")
    for asked in lesson.discussions():
        think, pair, share = asked.minutes
        content = {"sides": asked.sides, "think": think, "pair": pair, "share": share}
        notes = [*timing, *([asked.facilitator] if asked.facilitator else [])]
        yield Slide("talk", "Talk", asked.question, notes, content=content)


def _verdict(lesson: Lesson) -> Iterator[Slide]:
    timing = _timing(lesson, "verdict")
    for claim in _claims(lesson)[0]:
        graded = claim.evidence_grade != "none"
        grade = f"; evidence of grade {claim.evidence_grade}" if graded else ""
        ours = f"**{claim.verdict}** ({claim.in_four_words}{grade}). {claim.verdict_reason}"
        lines = [Line("The course:", ours), Line("Strongest dissent:", claim.dissent)]
        since = [f"**Since** (not part of the verdict): {claim.since}"] if claim.since else []
        content = {"claim": claim}
        yield Slide("verdict", "Verdict", claim.short_label, timing + since, lines, content)
        timing = []


def _leaves(deck: Deck) -> Iterator[Slide]:
    lesson, part, strip = deck.lesson, "Where this leaves the argument", "The argument"
    told = {answer.key: answer for answer in lesson.sheet.answers}
    asked = lesson.predictions()
    lines = [Line(a.question, f"**{told[a.key].answer}** · {told[a.key].source}") for a in asked]
    yield Slide("outcomes", strip, "Your predictions, and what came", lines=lines)
    text = [words for words in lesson.text(part) if not words.startswith("Below")]
    for section in lesson.parts[part]:
        for kind, content in _visuals(deck, section):
            if kind == "picture":
                yield Slide(kind, strip, part, text, [_line("", text[0])] if text else [], content)
                text = []
    polls = _polls(lesson, part)
    if polls:
        yield Slide("polls", strip, "How much do you believe it now?", content=polls)


def _exercise(path: Path, lesson: Lesson) -> Slide:
    title = "Read further and practise"
    exercise = path.parents[1] / "exercises" / path.stem / path.name
    closing = lesson.text(title)
    if not exercise.exists():
        return Slide("text", "Next", "What comes next", content={"text": closing[-1]})
    head = nbformat.read(exercise, as_version=4).cells[0].source
    aim = re.search(r"^\*\*(.+)\*\*$", head, re.MULTILINE)
    content = {
        "aim": aim[1],
        "card": reader.card(head),
        "file": exercise.relative_to(path.parents[1]).as_posix(),
    }
    heading = head.splitlines()[0].removeprefix("# ")
    return Slide("exercise", "At home", heading, closing, content=content)


# --- Making them ----------------------------------------------------------------------------


def write(decks: list[Deck], out: Path) -> None:
    """Write decks, their pictures, reveal.js and a list of the decks into one folder."""
    (out / "pictures").mkdir(parents=True, exist_ok=True)
    (out / "reveal").mkdir(exist_ok=True)
    for name in REVEAL:
        shutil.copyfile(HERE / "vendor" / "reveal" / name, out / "reveal" / name)
    shutil.copyfile(HERE / "deck" / "deck.css", out / "deck.css")
    for deck in decks:
        (out / f"{deck.lesson.name}.html").write_text(deck.html(), encoding="utf-8")
        for file, png in deck.pictures.items():
            (out / file).write_bytes(png)
    index = _environment().get_template("index.html").render(lessons=[d.lesson for d in decks])
    (out / "index.html").write_text(index, encoding="utf-8")


def main(words: list[str]) -> int:
    """Make the decks that are asked for, or all."""
    parser = argparse.ArgumentParser(prog="start.py slides", description=__doc__.splitlines()[0])
    parser.add_argument("chapters", nargs="*", metavar="NN", help="such as 02; all if left out")
    parser.add_argument("--out", type=Path, default=OUT, help="the folder to write to")
    asked = parser.parse_args(words)
    chosen = [p for p in reader.chapters() if not asked.chapters or p.stem[:2] in asked.chapters]
    print("Running the chapters that have changed ...", flush=True)
    executed = execution.run_all(chosen, STORE, "projected", widgets=True)
    write([make(path, notebook) for path, notebook in executed.items()], asked.out)
    print(f"Open {asked.out / 'index.html'} in a browser. For instructors: answers are inside.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
