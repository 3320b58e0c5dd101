"""Print the workbook, for a room without computers: ``make workbook``.

One HTML page is made from the chapters that have been run, and Chromium, which the browser tests
use, prints it on A4 and on Letter (``pdf``). Its words, and the boxes that are written in, are the
templates of ``press/``. Whoever holds it reads, writes into boxes and only
then turns to the back, where the outcomes and the course's verdicts stand.
"""

import argparse
import base64
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import nbformat
import yaml
from jinja2 import Environment, FileSystemLoader
from markdown_it import MarkdownIt
from markupsafe import Markup
from nbformat import NotebookNode

from coursestaff.chapters import FURTHER, is_companion, with_companions
from coursestaff.publishing import (
    addresses,
    execution,
    mime_output,
    pdf,
    reader,
    region,
    static_notebooks,
)
from coursestaff.publishing.reader import Lesson
from courseware import CourseError, article, claims, css, ui, words
from courseware.claims.cards import verdict_markup
from courseware.claims.register import face
from courseware.verdicts import PASS

HERE = Path(__file__).resolve().parent
OUT = reader.ROOT / "build" / "workbook"
PRESS = HERE / "press"
TITLE = "No Limits? A workbook"

WITHOUT = "leave out the exercises, because most of their tasks need a computer"
#: What stands where a task of an exercise is answered, by the kind its checks name.
ROOM = {
    "written": ("Write here", 16),
    "choice": ("My answer, and why", 2),
    "chart": ("Needs a computer. Sketch here what you expect to see", 0),
}
NEEDS = ("Needs a computer. How I would do it, or what the computer showed", 2)
OUTCOME = re.compile(r'journal\.outcome\(\s*"([\w-]+)"')
HINT = re.compile(r"<details>.*?</details>", re.DOTALL)
#: How the places begin in the book of what lies in these folders; all else is a chapter.
FOLDERS = {"exercises": "exercise", FURTHER: FURTHER}
_MARKDOWN = MarkdownIt("commonmark").enable("table")


def main(arguments: list[str]) -> int:
    """Print the workbook; return 0 if it is there."""
    parser = argparse.ArgumentParser(prog="start.py workbook", description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=OUT)
    execution.add_options(parser)
    parser.add_argument("--without-exercises", action="store_true", help=WITHOUT)
    asked = parser.parse_args(arguments)
    try:
        pdf.chromium()  # before the minutes that the chapters take
        paths = reader.chapters(chosen=asked.chapters, whole=False)
        executed = execution.run_all(with_companions(paths), asked.executed)
        page = write(asked.folder.resolve(), executed, exercises=not asked.without_exercises)
        for paper_size in pdf.SIZES:
            done = page.with_name(f"no_limits_{paper_size}.pdf")
            print(f"{done}: {pdf.bind(page, done, paper_size)} pages", flush=True)
    except CourseError as problem:
        parser.error(str(problem))
    return 0


def write(folder: Path, executed: dict[Path, NotebookNode], *, exercises: bool = True) -> Path:
    """Write the workbook as one page of HTML, which needs no other file; return where it is.

    A companion is printed behind its chapter.
    """
    folder.mkdir(parents=True, exist_ok=True)
    further = {path.stem[:2]: ran for path, ran in executed.items() if is_companion(path)}
    chapters = {path: ran for path, ran in executed.items() if not is_companion(path)}
    course = [(reader.read(path, notebook), notebook) for path, notebook in chapters.items()]
    page = folder / "workbook.html"
    page.write_text(document(course, further, exercises=exercises), encoding="utf-8")
    return page


@cache
def press() -> Environment:
    """Return the templates, with what they ask of the course."""
    environment = Environment(loader=FileSystemLoader(PRESS), autoescape=True)
    environment.globals |= {"VERDICTS": [*claims.VERDICTS], "PASS": PASS, "claim": claims.get}
    environment.globals |= {"face": face, "verdict_markup": verdict_markup, "in_html": ui.in_html}
    environment.globals |= {"verdict_choices": static_notebooks.verdict_choices()}
    environment.globals |= {"seen": static_notebooks.seen}
    return environment


@cache
def forms() -> Any:
    """Return the macros of ``press/answer_boxes.html``."""
    return press().get_template("answer_boxes.html").module


def document(
    course: list[tuple[Lesson, NotebookNode]],
    further: Mapping[str, NotebookNode],
    *,
    exercises: bool = True,
) -> str:
    """Return the whole book as HTML, with or without the exercises.

    ``further`` holds the companions that have been run, by the numbers of their chapters.
    """
    numbers = {lesson.number for lesson, _ in course}
    own = reader.exercises(chapters=numbers if exercises else ())
    tried = {c for lesson, _ in course for cell in lesson.code() for c in _tried(cell.shows)}
    pages = [[*_with_further(*one, further)] for one in course]
    return (
        press()
        .get_template("workbook.html")
        .render(
            title=TITLE,
            style=css.faces() + (PRESS / "workbook.css").read_text(encoding="utf-8"),
            facts=article.facts(),
            region=cover(),
            judged=article.day_in_words(),
            contents=contents([lesson for lesson, _ in course], [*further], own),
            notebooks=[page for both in pages for page in both],
            exercises=[exercise(path) for path in own],
            backs=[
                {**back(*one, further), "addresses": evidence(one[0].number, both)}
                for one, both in zip(course, pages, strict=True)
            ],
            tried=tried,
        )
    )


def cover() -> dict[str, str]:
    """Return the map on the cover as PNG (base64), what it shows, and how it draws boundaries."""
    picture = base64.b64encode(region.png(region.drawn())).decode("ascii")
    return {"picture": picture, "alt": region.alt(), "boundaries": region.boundaries()}


def contents(lessons: list[Lesson], further: list[str], exercises: list[Path]) -> dict[str, str]:
    """Return what each place of the book is called, in order."""
    entries = {"how": "How to use this book"}
    for les in lessons:
        entries[f"chapter-{les.number}"] = f"{les.number} {les.title}"
        if les.number in further:
            entries[f"{FURTHER}-{les.number}"] = f"Further {les.number}: {les.further.title}"
    entries |= {"exercises": "Exercises"} if exercises else {}
    entries |= {f"exercise-{path.stem[:2]}": f"Exercise {path.stem[:2]}" for path in exercises}
    return entries | {f"back-{les.number}": overleaf(les) for les in lessons}


def overleaf(lesson: Lesson) -> str:
    """Return what the back of a chapter is called."""
    return f"At the back: {lesson.number} {lesson.title}"


# --- A chapter ------------------------------------------------------------------------------


def chapter(lesson: Lesson, notebook: NotebookNode) -> Markup:
    """Return a chapter: its text, what its cells show, and room to write."""
    overleaf = f"{lesson.number}-look"  # so that nobody sees data beside what is predicted
    pieces = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            text = prose(cell.source)
            pieces.append(f'<div class="leaf">{text}</div>' if cell.id == overleaf else text)
        elif cell.id == f"{lesson.number}-at-home":
            pieces.append(forms().at_home(lesson.for_home))
        elif cell.id == f"{lesson.number}-code":
            continue  # all words of code so far: for whoever types them
        elif cell.source in FROM_JOURNAL:
            pieces.append(FROM_JOURNAL[cell.source](cell))
        elif not OUTCOME.search(cell.source):
            pieces.append(_code(cell))
    title = f'<h1 id="chapter-{lesson.number}">{lesson.number} '
    page = "\n".join(pieces).replace("<h1>", title, 1)
    return Markup(addresses.with_foot(page, ()))


def _with_further(
    lesson: Lesson, notebook: NotebookNode, further: Mapping[str, NotebookNode]
) -> Iterator[Markup]:
    """Yield a chapter, and its companion if there is one."""
    yield chapter(lesson, notebook)
    if lesson.number in further:
        yield companion(lesson.number, further[lesson.number])


def companion(number: str, notebook: NotebookNode) -> Markup:
    """Return the companion of a chapter: its text, and what its cells show."""
    pieces = [
        prose(cell.source) if cell.cell_type == "markdown" else _code(cell)
        for cell in notebook.cells
    ]
    title = f'<h1 id="{FURTHER}-{number}">Further {number}: '
    page = "".join(pieces).replace("<h1>", title, 1)
    return Markup(addresses.with_foot(page, ()))


def prose(source: str, deeper: int = 0) -> str:
    """Return Markdown as HTML; links lead to places in the book, headings ``deeper`` down."""
    tokens = _MARKDOWN.parse(HINT.sub("", source))
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{int(token.tag[1]) + deeper}"
        for child in token.children or ():
            if child.type == "link_open":
                child.attrs["href"] = _place(child.attrs["href"])
    return _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})


def _place(address: str) -> str:
    """Return where a link of a notebook leads in the book: a web address stays what it is."""
    if address.startswith(("http://", "https://")):
        return address
    number = Path(address).name[:2]
    if not number.isdecimal():
        return "#how"
    kind = next((kind for folder, kind in FOLDERS.items() if f"{folder}/" in address), "chapter")
    return f"#{kind}-{number}"


def _code(cell: NotebookNode) -> str:
    """Return a code cell: small, if it is open, and what it shows."""
    folded = cell.id.endswith("-setup") or cell.metadata.get("jupyter", {}).get("source_hidden")
    source = "" if folded else f'<pre class="code">{escape(cell.source)}</pre>'
    plain = [_plain(output) for output in cell.outputs if not mime_output.read(output)]
    return source + "".join([*map(forms().form, _shows(cell)), *plain])


def _shows(cell: NotebookNode) -> list[mime_output.Output]:
    """Return what a code cell that has been run says as data."""
    return [thing for thing in map(mime_output.read, cell.outputs) if thing]


def _plain(output: dict) -> str:
    """Return what a cell gave and does not say as data: a table, a number, printed words."""
    data = output.get("data", {})
    if "text/html" in data:
        return static_notebooks.NUMBER.sub(r'<td class="number">\1</td>', data["text/html"])
    text = output.get("text") or data.get("text/plain", "")
    return f'<pre class="gives">{escape(text)}</pre>' if text else ""


# --- What a pen answers ---------------------------------------------------------------------


def closing(_: NotebookNode) -> str:
    """Return room to set how sure one was at first beside how sure one is at the end."""
    return forms().closing(words.chapter(words.POLLS)["polls"].values())


def rubric(cell: NotebookNode) -> str:
    """Return how the brief is marked, which the notebook folds away, unfolded."""
    folded = "".join(map(_plain, cell.outputs))
    return re.sub(r"<(/?)details\b", r"<\1section", folded)


def brief(_: NotebookNode) -> str:
    """Return room for the closing brief: a box as high as a page, and one for the rest."""
    return forms().room("My brief", 27) + forms().room("My brief, continued", 11)


#: What a journal would answer, and a pen answers here, by the cell that asks it.
FROM_JOURNAL = {
    "journal.closing()": closing,
    "journal.show_rubric()": rubric,
    "journal.start_brief()": brief,
}


# --- The exercises --------------------------------------------------------------------------


def exercise(path: Path) -> Markup:
    """Return an exercise: its text and code as handed out, and room for each answer."""
    notebook = nbformat.read(path, as_version=4)
    checks = reader.ROOT / "solutions" / path.stem / "checks.yaml"
    asked = yaml.safe_load(checks.read_text(encoding="utf-8"))["questions"]
    pieces = []
    for cell in notebook.cells:
        graded = cell.metadata.get("nbgrader", {})
        key = graded.get("grade_id", "").removesuffix("-answer")
        if graded.get("solution"):
            source = f'<pre class="code">{escape(cell.source)}</pre>' * (cell.cell_type == "code")
            pieces.append(source)
            pieces += [answer(key, asked[key]["kind"])] if key in asked else []
        elif cell.cell_type == "markdown":
            pieces.append(prose(cell.source, deeper=1))
        elif not graded.get("grade"):  # the cells that check have nothing to say here
            pieces.append(f'<pre class="code">{escape(cell.source)}</pre>')
    title = f'<h2 id="exercise-{path.stem[:2]}">'
    return Markup("".join(pieces).replace("<h2>", title, 1))


def answer(key: str, kind: str) -> str:
    """Return the room that an answer of this kind needs, and whether it needs a computer."""
    label, number = ROOM.get(kind, NEEDS)
    return forms().room(f"{label} ({key})", number, kind == "chart")


# --- The back -------------------------------------------------------------------------------


def back(lesson: Lesson, notebook: NotebookNode, further: Mapping[str, NotebookNode]) -> dict:
    """Return what stands at the back of a chapter.

    What came of each prediction, for each blank of the chapter and its companion a hint and one
    way to fill it in, and the claims on which the course's verdict stands there.
    """
    found = [(cell, OUTCOME.search(cell.source)) for cell in notebook.cells]
    both = [notebook, *(further[n] for n in [lesson.number] if n in further)]
    cells = [cell for each in both for cell in each.cells if cell.cell_type == "code"]
    return {
        "number": lesson.number,
        "title": overleaf(lesson),
        "outcomes": [
            (match[1], Markup("".join(map(_plain, cell.outputs))))
            for cell, match in found
            if cell.cell_type == "code" and match
        ],
        "turns": [
            thing for cell in cells for thing in _shows(cell) if isinstance(thing, mime_output.Turn)
        ],
        "claims": [c for c in claims.register().values() if c.chapter == lesson.number],
    }


def evidence(number: str, pages: Iterable[str]) -> Markup:
    """Return the addresses of the evidence on a chapter's claims, and of what its pages name."""
    own = [c.claim_id for c in claims.register().values() if c.chapter == number]
    ids = {e for claim_id in own for e in claims.evidence(claim_id)["evidence"]}
    return Markup(addresses.with_foot("", ids.union(*map(addresses.named, pages))))


def _tried(shows: Iterable[mime_output.Output]) -> list[str]:
    """Return the claims that a cell puts on trial."""
    return [thing.claim_id for thing in shows if isinstance(thing, mime_output.Trial)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
