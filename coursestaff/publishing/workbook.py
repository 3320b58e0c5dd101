"""Print the workbook, for a room without computers: ``make workbook``.

One HTML page is made from the chapters that have been run, and Chromium, which the browser tests
use, prints it on A4 and on Letter (``pdf``). Whoever holds it reads, writes into boxes and only
then turns to the back, where the outcomes and the course's verdicts stand.
"""

import argparse
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from html import escape
from pathlib import Path

import nbformat
import yaml
from markdown_it import MarkdownIt
from nbformat import NotebookNode

from coursestaff.chapters import FURTHER, is_companion, with_companions
from coursestaff.publishing import execution, mime_output, pdf, reader, static_notebooks
from coursestaff.publishing.reader import Lesson
from courseware import CourseError, article, claims, css, ui, words
from courseware.claims.cards import verdict_markup
from courseware.claims.register import face
from courseware.verdicts import BUT, CAVEATS_IN_SHORT, PASS

HERE = Path(__file__).resolve().parent
OUT = reader.ROOT / "build" / "workbook"
STYLE = HERE / "press" / "workbook.css"
TITLE = "No Limits? A workbook"

PAGE = """\
<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8"><title>{title}</title><style>
{style}
</style></head><body>
{body}
</body></html>
"""
COVER = """\
<div class="cover"><h1>{course}</h1>
<p>{subtitle}</p>
<p><b>A workbook to write in, without a computer</b></p>
<p>Name: ______________________________</p></div>
"""
HOW = """\
<div class="leaf"><h1 id="how">How to use this book</h1>
<p>One newspaper article of {judged} is taken apart into claims. You predict before you see data,
argue for a side, judge each claim, and only then turn to the back: there stand what came of your
predictions, and the course's verdict on each claim with the strongest dissent.</p>
<p>A box with a dark frame is yours to write in. “Pass” is always an answer. Nobody speaks for a
country.</p>
<p>Grey lines of code are what the notebook of the chapter ran, and what stands below them is what
they gave. They are here to be read, and so is what is said of pressing keys and running cells. A
blank in them can be filled in with a pen: hints stand at the back. Exercises say where they need a
computer. A chart that moves in the notebook stands still here, in several views.</p></div>
"""
EXERCISES = """\
<p>The exercises were made for a computer, which marks them: their tables are loaded there and are
not printed here. What is asked in words can be answered on paper. For each other question there is
room to say how you would go about it, or to note what the computer gave.</p>
"""
BACK = """\
<p>Have you written your own verdict? Each stands here under the claim's number, with the page of
your own. The course judged as of {judged}; what came later has a line of its own. You may side with
the dissent.</p>
"""
WITHOUT = "leave out the exercises, most tasks of which need a computer"
#: What stands where a task of an exercise is answered, by the kind its checks name.
ROOM = {
    "written": ("Write here", 16),
    "choice": ("My answer, and why", 2),
    "chart": ("Needs a computer. Sketch here what you expect to see", 0),
}
NEEDS = ("Needs a computer. How I would go about it, or what it gave", 2)
OUTCOME = re.compile(r'journal\.outcome\(\s*"([\w-]+)"')
HINT = re.compile(r"<details>.*?</details>", re.DOTALL)
#: How the places begin in the book of what lies in these folders; all else is a chapter.
FOLDERS = {"exercises": "exercise", FURTHER: FURTHER}
LONG = 38  #: letters: longer choices stand one below the other
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


def document(
    course: list[tuple[Lesson, NotebookNode]],
    further: Mapping[str, NotebookNode],
    *,
    exercises: bool = True,
) -> str:
    """Return the whole book as HTML, with or without the exercises.

    ``further`` holds the companions that have been run, by the numbers of their chapters.
    """
    lessons = [lesson for lesson, _ in course]
    numbers = {lesson.number for lesson in lessons}
    own = [path for path in reader.exercises() if exercises and path.stem[:2] in numbers]
    head = f'<div class="leaf intro"><h1 id="exercises">Exercises</h1>{EXERCISES}</div>'
    parts = [
        COVER.format(**article.facts()),
        contents(lessons, further, own),
        HOW.format(judged=article.day_in_words()),
        *(page for one in course for page in _with_further(*one, further)),
        head if own else "",
        *map(exercise, own),
        *backs(course, further),
    ]
    style = css.faces() + STYLE.read_text(encoding="utf-8")
    return PAGE.format(title=TITLE, style=style, body="\n".join(parts))


def contents(lessons: list[Lesson], further: Collection[str], exercises: list[Path]) -> str:
    """Return the contents; the page numbers are filled in when the book is bound."""
    entries = {"how": "How to use this book"}
    for les in lessons:
        entries[f"chapter-{les.number}"] = f"{les.number} {les.title}"
        if les.number in further:
            entries[f"{FURTHER}-{les.number}"] = f"Further {les.number}: {les.further.title}"
    entries |= {"exercises": "Exercises"} if exercises else {}
    entries |= {f"exercise-{path.stem[:2]}": f"Exercise {path.stem[:2]}" for path in exercises}
    entries |= {f"back-{les.number}": overleaf(les) for les in lessons}
    listed = "".join(
        f'<li><a href="#{place}">{escape(name)}</a>{page_of(place)}</li>'
        for place, name in entries.items()
    )
    return f'<div class="leaf contents"><h1>Contents</h1><ol>{listed}</ol></div>'


def page_of(place: str) -> str:
    """Return a link to a place that says on which page it is, once the book is bound."""
    return f'<a class="page" href="#{place}">000</a>'


# --- A chapter ------------------------------------------------------------------------------


def chapter(lesson: Lesson, notebook: NotebookNode) -> str:
    """Return a chapter: its text, what its cells show, and room to write."""
    overleaf = f"{lesson.number}-look"  # so that nobody sees data beside what is predicted
    pieces = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            text = prose(cell.source)
            pieces.append(f'<div class="leaf">{text}</div>' if cell.id == overleaf else text)
        elif cell.id == f"{lesson.number}-at-home":
            pieces.append(at_home(lesson))
        elif cell.id == f"{lesson.number}-code":
            continue  # all words of code so far: for whoever types them
        elif cell.source in FROM_JOURNAL:
            pieces.append(FROM_JOURNAL[cell.source](cell))
        elif not OUTCOME.search(cell.source):
            pieces.append(_code(cell))
    title = f'<h1 id="chapter-{lesson.number}">{lesson.number} '
    body = "\n".join(pieces).replace("<h1>", title, 1)
    return f'<div class="leaf">{body}</div>'


def _with_further(
    lesson: Lesson, notebook: NotebookNode, further: Mapping[str, NotebookNode]
) -> Iterator[str]:
    """Yield a chapter, and its companion if there is one."""
    yield chapter(lesson, notebook)
    if lesson.number in further:
        yield companion(lesson.number, further[lesson.number])


def companion(number: str, notebook: NotebookNode) -> str:
    """Return the companion of a chapter: its text, and what its cells show."""
    pieces = [
        prose(cell.source) if cell.cell_type == "markdown" else _code(cell)
        for cell in notebook.cells
    ]
    title = f'<h1 id="{FURTHER}-{number}">Further {number}: '
    return f'<div class="leaf">{"".join(pieces).replace("<h1>", title, 1)}</div>'


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
    return source + "".join([*map(form, _shows(cell)), *plain])


def _shows(cell: NotebookNode) -> list[mime_output.Shown]:
    """Return what a code cell that has been run says as data."""
    return [thing for thing in map(mime_output.read, cell.outputs) if thing]


def _plain(output: dict) -> str:
    """Return what a cell gave and does not say as data: a table, a number, printed words."""
    data = output.get("data", {})
    if "text/html" in data:
        return static_notebooks.NUMBER.sub(r'<td class="number">\1</td>', data["text/html"])
    text = output.get("text") or data.get("text/plain", "")
    return f'<pre class="gives">{escape(text)}</pre>' if text else ""


def form(thing: mime_output.Shown) -> str:
    """Return what a chapter shows in the form that it has in the workbook."""
    match thing:
        case mime_output.Table():
            return thing.markup
        case mime_output.Picture():
            return figure(thing)
        case mime_output.Explorer():
            views = "".join(figure(v.picture, f"{v.name}. {v.caption}") for v in thing.views)
            return f"<h3>{escape(thing.title)}</h3>{views}"
        case mime_output.Question():
            return question(thing)
        case mime_output.Matrix():
            asked = f'<p class="asked">{escape(thing.question)}</p>{thing.intro}'
            return box(thing.title, asked + thing.grid.markup)
        case mime_output.Trial():
            return trial(claims.get(thing.claim_id))
        case mime_output.Turn():
            return box("Your turn", "<p>What belongs in the place of the dots?</p>" + lines(2))


def figure(picture: mime_output.Picture, caption: str = "") -> str:
    """Return a described picture, as fine as there is one, under its words."""
    title, source = caption, ""
    if not picture.projected:  # in the finer picture title, unit and source are drawn
        finding = f"{picture.title}." if picture.title else ""
        title = " ".join(filter(None, [caption, finding, picture.unit]))
        source = picture.source
    source = " ".join(filter(None, [source, picture.note]))
    said = f"{picture.title}. {picture.alt}" if picture.projected else picture.alt
    png = picture.projected or picture.png
    image = f'<img src="data:image/png;base64,{png}" alt="{escape(said)}"'
    image += f' style="width:{picture.width:.0f}px">'
    above = f"<figcaption>{escape(title)}</figcaption>" if title else ""
    below = f'<figcaption class="source">{escape(source)}</figcaption>' if source else ""
    return f"<figure>{above}{image}{below}</figure>{static_notebooks.seen(picture)}"


# --- What is written in ---------------------------------------------------------------------


def box(title: str, body: str, place: str = "", *, marked: bool = False) -> str:
    """Return a box, which no end of a page cuts; one that is ``marked`` gets a bookmark."""
    head = f"<h3>{escape(title)}</h3>" if marked else f'<p class="bar">{escape(title)}</p>'
    name = f' id="{place}"' if place else ""
    return f'<div class="box"{name}>{head}{body}</div>'


def lines(number: int) -> str:
    """Return lines to write on, far enough apart for a pen."""
    return '<div class="line"></div>' * number


def choices(items: Iterable[str], look: str = "") -> str:
    """Return boxes to tick: in two columns where they are short, or as ``look`` has it."""
    listed = [*items]
    look = look or ("long" if max(map(len, listed)) > LONG else "short")
    ticks = "".join(f"<li>☐ {escape(item)}</li>" for item in listed)
    return f'<ul class="choices {look}">{ticks}</ul>'


def question(asked: mime_output.Question) -> str:
    """Return a question of the journal with the room that it needs."""
    asks = f'<p class="asked">{escape(asked.question)}</p>{asked.intro}'
    if asked.kind == "poll":
        return box(asked.title, f'{asks}<p class="fill">I am ______ % sure.</p>')
    if asked.kind == "prediction":
        place = f"predict-{asked.key}"
        return box(
            asked.title, f'{asks}{_guess(asked)}<p class="fill">Because</p>{lines(2)}', place
        )
    return box(asked.title, asks + (choices(asked.options) if asked.options else lines(8)))


def _guess(asked: mime_output.Question) -> str:
    """Return room for a guess: a choice, words or a number."""
    if asked.options:
        return choices([*asked.options, PASS]) + '<p class="fill">I am ______ % sure.</p>'
    if asked.in_words:
        return lines(2)
    return f'<p class="fill">My prediction: ____________ {escape(asked.unit)} ☐ {PASS}</p>'


def trial(claim: claims.Claim) -> str:
    """Return a claim with room for a verdict; the course's stands at the back."""
    about = ", ".join(f"☐ {kind} ({short})" for kind, short in CAVEATS_IN_SHORT.items())
    more = {BUT: f" – what is it about? {about}"}
    kinds = choices((f"{word}{more.get(word, '')}" for word in (*claims.VERDICTS, PASS)), "words")
    said = f'<p class="fill">I am ______ % sure, because</p>{lines(3)}'
    place = page_of(f"verdict-{claim.claim_id}")
    then = f"<p>Then turn over: the course's verdict is on page {place}.</p>"
    title = f"On trial: {claim.claim_id} · {claim.short_label}"
    return box(title, face(claim) + kinds + said + then, f"trial-{claim.claim_id}", marked=True)


def at_home(lesson: Lesson) -> str:
    """Return the claims that are judged at home, each with room for a verdict."""
    rows = "".join(
        f'<tr id="home-{c.claim_id}"><td>{c.claim_id}</td><td>{escape(c.summary)}</td>'
        f"<td>{page_of(f'verdict-{c.claim_id}')}</td><td></td></tr>"
        for c in lesson.for_home
    )
    named = ("claim", "what it says", "ours: page", "my verdict")
    head = f"<tr>{''.join(f'<th>{name}</th>' for name in named)}</tr>"
    asks = f"Write one of these: {', '.join((*claims.VERDICTS, PASS))}."
    table = f'<table class="write"><thead>{head}</thead><tbody>{rows}</tbody></table>'
    return f"<h3>For home: judge these too</h3><p>{escape(asks)}</p>{table}" if rows else ""


def closing(_: NotebookNode) -> str:
    """Return room to set how sure one was at first beside how sure one is at the end."""
    theses = words.chapter(words.POLLS)["polls"]
    rows = "".join(
        f"<tr><td>{escape(said)}</td><td></td><td></td></tr>" for said in theses.values()
    )
    head = "<tr><th>how sure I am that</th><th>at first, per cent</th><th>now, per cent</th></tr>"
    table = f'<table class="write"><thead>{head}</thead><tbody>{rows}</tbody></table>'
    return box("Where I stood, and where I stand", table)


def rubric(cell: NotebookNode) -> str:
    """Return how the brief is marked, which the notebook folds away, unfolded."""
    folded = "".join(map(_plain, cell.outputs))
    return re.sub(r"<(/?)details\b", r"<\1section", folded)


def brief(_: NotebookNode) -> str:
    """Return room for the closing brief, in two boxes: together they hold its two pages."""
    return box("My brief", lines(20)) + box("My brief, continued", lines(20))


#: What a journal would answer, and a pen answers here, by the cell that asks it.
FROM_JOURNAL = {
    "journal.closing()": closing,
    "journal.show_rubric()": rubric,
    "journal.start_brief()": brief,
}


# --- The exercises --------------------------------------------------------------------------


def exercise(path: Path) -> str:
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
            pieces.append(source + (answer(key, asked[key]["kind"]) if key in asked else ""))
        elif cell.cell_type == "markdown":
            pieces.append(prose(cell.source, deeper=1))
        elif not graded.get("grade"):  # the cells that check have nothing to say here
            pieces.append(f'<pre class="code">{escape(cell.source)}</pre>')
    title = f'<h2 id="exercise-{path.stem[:2]}">'
    return f'<div class="leaf">{"".join(pieces).replace("<h2>", title, 1)}</div>'


def answer(key: str, kind: str) -> str:
    """Return the room that an answer of this kind needs, and whether it needs a computer."""
    label, number = ROOM.get(kind, NEEDS)
    sketch = '<div class="sketch"></div>' * (kind == "chart")
    return box(f"{label} ({key})", lines(number) + sketch)


# --- The back -------------------------------------------------------------------------------


def overleaf(lesson: Lesson) -> str:
    """Return what the back of a chapter is called."""
    return f"At the back: {lesson.number} {lesson.title}"


def backs(
    course: list[tuple[Lesson, NotebookNode]], further: Mapping[str, NotebookNode]
) -> list[str]:
    """Return the back of each chapter, on pages of its own.

    It is handed out when everybody has judged, and must not tell what the next chapter asks.
    """
    tried = {c.claim_id for les, _ in course for cell in les.code() for c in _tried(cell.shows)}
    return [
        f'<div class="leaf back"><h1 id="back-{lesson.number}">{escape(overleaf(lesson))}</h1>'
        f"{outcomes(lesson, notebook)}{ways(notebook, further.get(lesson.number))}"
        f"{verdicts(lesson, tried)}</div>"
        for lesson, notebook in course
    ]


def outcomes(lesson: Lesson, notebook: NotebookNode) -> str:
    """Return what came of each prediction, as the chapter works it out."""
    found = [(cell, OUTCOME.search(cell.source)) for cell in notebook.cells]
    told = "".join(
        f'<div class="told">{"".join(map(_plain, cell.outputs))}'
        f"<p>Your guess: page {page_of(f'predict-{match[1]}')}.</p></div>"
        for cell, match in found
        if cell.cell_type == "code" and match
    )
    return f"<h2>What came of the predictions</h2>{told}" if told else ""


def ways(*notebooks: NotebookNode | None) -> str:
    """Return for each blank of a chapter and its companion its hint and one way to fill it in."""
    cells = [cell for notebook in notebooks if notebook for cell in notebook.cells]
    turns = [thing for cell in cells if cell.cell_type == "code" for thing in _shows(cell)]
    told = "".join(
        f'<li><p>{ui.in_html(turn.hint)}</p><pre class="code">{escape(turn.way)}</pre></li>'
        for turn in turns
        if isinstance(turn, mime_output.Turn)
    )
    return f"<h2>Your turn: hints and answers</h2><ol>{told}</ol>" if told else ""


def verdicts(lesson: Lesson, tried: set[str]) -> str:
    """Return the course's verdict on each claim of a chapter, with the strongest dissent."""
    own = [claim for claim in claims.register().values() if claim.chapter == lesson.number]
    told = "".join(verdict(claim, claim.claim_id in tried) for claim in own)
    return f"<h2>Verdicts</h2>{BACK.format(judged=article.day_in_words())}{told}" if told else ""


def _tried(shows: Iterable[mime_output.Shown]) -> list[claims.Claim]:
    """Return the claims that a cell puts on trial."""
    return [claims.get(thing.claim_id) for thing in shows if isinstance(thing, mime_output.Trial)]


def verdict(claim: claims.Claim, tried: bool) -> str:
    """Return the course's verdict on a claim, and the page of the reader's own."""
    own = page_of(f"{'trial' if tried else 'home'}-{claim.claim_id}")
    return (
        f'<div class="course" id="verdict-{claim.claim_id}">'
        f"<h3>{claim.claim_id} · {escape(claim.short_label)}</h3>"
        f"<p>{escape(claim.summary)} (Your verdict: page {own}.)</p>{verdict_markup(claim)}</div>"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
