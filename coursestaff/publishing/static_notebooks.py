"""Write chapters and exercises as sources of the site, where no kernel runs.

Pictures become files, questions get room to write, explorers stand still and verdicts are folded.
All of it is made from data (``mime_output``); what a chapter shows besides stays as it is.
"""

import hashlib
import io
import re
from base64 import b64decode
from dataclasses import replace
from html import escape
from itertools import cycle
from pathlib import Path

import nbformat
import pandas as pd
from nbformat import NotebookNode
from PIL import Image

from coursestaff.chapters import FURTHER
from coursestaff.publishing import mime_output
from courseware import article, charts, claims, ui, words
from courseware.claims.cards import verdict_markup
from courseware.claims.home import verdicts_on
from courseware.claims.register import face
from courseware.verdicts import BUT, CAVEATS_IN_SHORT, PASS

#: Links between notebooks that lie elsewhere on the site, and what they are there: an exercise has
#: no folder of its own, and companions lie beside the folder of the chapters, not in it.
LINKS = {
    re.compile(r"\]\((?:\.\./)+exercises/(\w+)/\1\.ipynb\)"): r"](../exercises/\1.ipynb)",
    re.compile(rf"\]\({FURTHER}/"): f"](../{FURTHER}/",
    re.compile(r"\]\(\.\./(\d\d_\w+\.ipynb)\)"): r"](../chapters/\1)",
}
#: A cell of a table as pandas writes it that holds a number, or that none is reported.
NUMBER = re.compile(r"<td>([-\d.,]+|NaN|<NA>|&lt;NA&gt;)</td>")
PHONE = "(max-width:600px)"
CELL = re.compile(r"<t[dh](?= |>)")
LOOKS = re.compile(r' style="[^"]*"')
STACKED = '<table class="stacked"'
GRID = '<table class="nl-grid'
WORDY = 60  #: letters of a cell that make it so
#: Said below the title and the frame of each printed chapter: somebody may come to any first.
HEAD = 2  # blocks of Markdown: title and frame
WHAT_THIS_IS = (
    "*This is a page of an open course that tests [one article](../index.md) claim by "
    "claim. Its code has been run, and each result is shown below its code. You can answer the "
    "questions on paper. To change the code, [open the notebook](../run.md).*"
)
LINE = '<div class="line"></div>'  #: to write on


class UnprintableError(Exception):
    """A chapter cannot be printed; the message says which and why."""


def write_chapter(notebook: NotebookNode, page: Path, pictures: Path) -> None:
    """Write an executed chapter or companion as a source of the site; pictures to ``pictures``."""
    blocks = notebook.cells[0].source.split("\n\n")
    notebook.cells[0].source = "\n\n".join([*blocks[:HEAD], WHAT_THIS_IS, *blocks[HEAD:]])
    for cell in notebook.cells:
        if cell.source in FROM_JOURNAL:
            cell.outputs = [_gives(FROM_JOURNAL[cell.source]())]
        if cell.cell_type == "markdown":
            for link, there in LINKS.items():
                cell.source = link.sub(there, cell.source)
        setup = cell.id.endswith("-setup")  # nothing but imports: they would fill the first screen
        hidden = setup or cell.metadata.get("jupyter", {}).get("source_hidden", False)
        cell.metadata = {"tags": ["hide-input"]} if hidden else {}  # as myst-nb calls it
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                raise UnprintableError(f"{page.stem} shows what cannot be printed: {output.evalue}")
            thing = mime_output.read(output)
            if thing:
                output.data = {"text/html": html(thing, pictures)}
            elif "dataframe" in (markup := output.get("data", {}).get("text/html", "")):
                output.data["text/html"] = NUMBER.sub(r'<td class="number">\1</td>', markup)
    nbformat.write(notebook, page)


def write_exercise(path: Path, page: Path) -> None:
    """Write a released exercise as a source of the site, as it is: nothing in it has been run."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.metadata = {}
    nbformat.write(notebook, page)


def _gives(markup: str) -> NotebookNode:
    return nbformat.v4.new_output("display_data", {"text/html": markup})


def html(thing: mime_output.Output, pictures: Path) -> str:
    """Return what a chapter shows as HTML for the site."""
    match thing:
        case mime_output.Board():
            return _board(thing)
        case mime_output.Table():
            return _table(thing)
        case mime_output.Picture():
            made = "".join(ui.details(charts.HOW, steps) for steps in thing.made)
            return _in_words(thing, pictures) + _on_paper(_numbers(thing, thing.fold)) + made
        case mime_output.Explorer():
            return explorer(thing, pictures)
        case mime_output.Question():
            asked = f'<p class="nl-ask">{escape(thing.question)}</p>{thing.intro}'
            bar = "predict" if thing.kind == "prediction" else "note"
            return ui.card(thing.title, asked + _room(thing), bar)
        case mime_output.Trial():
            return trial(claims.get(thing.claim_id))
        case mime_output.AtHome():
            return at_home(thing.chapter)
        case mime_output.Turn():
            return turn(thing)


def explorer(thing: mime_output.Explorer, pictures: Path) -> str:
    """Return an explorer's printed twin: its presets as figures and its strip, a button for each.

    Radio buttons and a style sheet do the switching; on paper all figures stand one below
    the other. The button of the strip comes first: ``strip.js`` shows and presses it, and without
    scripts it stays hidden.
    """
    group, title = f"twin-{thing.name}", escape(thing.title)
    buttons = "".join(
        f'<input type="radio" name="{group}" id="{group}-{number}"'
        f"{' checked' * (number == thing.start)}>"
        f'<label for="{group}-{number}">{escape(view.name)}</label>'
        for number, view in enumerate(thing.views)
    )
    figures = "".join(
        f'<figure class="twin-view"><figcaption><b>{escape(view.name)}.</b> '
        f"{escape(view.caption)}</figcaption>{_frame(view, pictures)}</figure>"
        for view in thing.views
    )
    return (
        f"<h3>{title}</h3><p>Choose one of the explorer's views.</p>"
        f'<div class="twin" role="radiogroup" aria-label="Views: {title}">'
        f'<input type="radio" class="moves" name="{group}" id="{group}-moves" hidden>'
        f'<label class="moves" for="{group}-moves" hidden>Move it: '
        f"{escape(thing.strip.label.strip(':'))}</label>{buttons}{strip(thing, pictures)}{figures}"
        "</div>"
        f"<p><b>In the notebook:</b> {escape(thing.intro)}</p>"
    )


def _slider(drawn: mime_output.Strip, name: str) -> str:
    """Return the control of a strip over years or other steps."""
    at = escape(drawn.views[drawn.start].name)
    return (
        f'<div class="strip-control"><label for="{name}">{escape(drawn.label)} '
        f'<b class="strip-at">{at}</b></label><input type="range" id="{name}" min="0" '
        f'max="{len(drawn.views) - 1}" value="{drawn.start}" aria-valuetext="{at}" '
        'autocomplete="off"></div>'
    )


def _chips(drawn: mime_output.Strip, name: str) -> str:
    """Return the control of a strip over names: a row of chips, one of them chosen."""
    chips = "".join(
        f'<input type="radio" name="{name}" id="{name}-{n}" value="{n}"'
        f'{" checked" if n == drawn.start else ""} autocomplete="off">'
        f'<label for="{name}-{n}">{escape(view.name)}</label>'
        for n, view in enumerate(drawn.views)
    )
    return (
        f'<fieldset class="strip-control"><legend>{escape(drawn.label)}</legend>'
        f'<div class="chips">{chips}</div></fieldset>'
    )


def strip(thing: mime_output.Explorer, pictures: Path) -> str:
    """Return a control with a view for each of its positions: ``strip.js`` shows and moves it.

    Every view stands in a ``<template>``, so that its picture is loaded only when it is shown;
    the one that comes first stands on the page. On paper and without scripts there is no strip.
    """
    drawn, name = thing.strip, f"strip-{thing.name}"
    frames = [_frame(view, pictures) for view in drawn.views]
    first = drawn.views[drawn.start]
    templates = "".join(
        f'<template data-strip="{name}" data-at="{escape(view.name)}" '
        f'data-line="{escape(view.caption)}">{frame}</template>'
        for view, frame in zip(drawn.views, frames, strict=True)
    )
    return (
        f'<div class="strip {ui.NO_FORMULAS}" hidden>'
        f"{(_chips if drawn.names else _slider)(drawn, name)}"
        f'<div class="strip-frame">{frames[drawn.start].replace("<img ", _LAZY, 1)}</div>'
        f'<p class="strip-line" role="status" aria-live="polite">{escape(first.caption)}</p>'
        f"{templates}</div>"
    )


_LAZY = '<img loading="lazy" '


def _frame(view: mime_output.View, pictures: Path) -> str:
    numbers = _numbers(view.picture, "The same numbers as a table")
    return _in_words(view.picture, pictures) + view.aside + numbers


def trial(claim: claims.Claim) -> str:
    """Return a claim with room for a verdict, and the course's in a fold."""
    boxes = ui.bare_list(f"☐ {choice}" for choice in _verdict_choices())
    room = f"<p>My verdict:</p>{boxes}<p>I am ______ % sure, because</p>{LINE * 2}"
    said = f'<div class="nl-claim">{face(claim)}</div>'
    asked = ui.card(f"On trial: {claim.claim_id} · {claim.short_label}", said + room, "course")
    title = f"The course's verdict on {claim.claim_id}, as of {article.day_in_words()}"
    verdict = ui.details(title, ui.card(title, verdict_markup(claim), "verdict"))
    return asked + _on_paper(verdict, answer=True)


def _verdict_choices() -> list[str]:
    """Return what a claim can be judged, as boxes name it: a *but* asks what it is about."""
    about = ", ".join(f"☐ {kind} ({short})" for kind, short in CAVEATS_IN_SHORT.items())
    more = {BUT: f" – what is it about? {about}"}
    return [f"{word}{more.get(word, '')}" for word in (*claims.VERDICTS, PASS)]


def turn(thing: mime_output.Turn) -> str:
    """Return a blank to fill in, with the hint and one way to write it, folded."""
    hint = ui.details("A hint", f"<p>{ui.in_html(thing.hint)}</p>")
    way = f'<p><code style="white-space:pre-wrap">{escape(thing.way)}</code></p>'
    asked = "<p>What belongs in place of the three dots? Try first, and then compare.</p>"
    folds = _on_paper(hint + ui.details("One way to write it", way), answer=True)
    return ui.card("Your turn", asked + LINE * 2 + folds)


def at_home(chapter: str) -> str:
    """Return the claims that a chapter leaves for home, with room, and our verdicts in a fold."""
    chosen = claims.select(chapter=chapter, core=False)
    items = "".join(
        f"<li><b>{claim.claim_id} · {escape(claim.short_label)}:</b> {escape(claim.summary)} "
        "My verdict: ____________</li>"
        for claim in chosen
    )
    asked = ui.card(f"For home: judge these {len(chosen)} claims", f"<ul>{items}</ul>")
    return asked + _on_paper(verdicts_on(chapter, chosen, _of_words), answer=True)


def _of_words(frame: pd.DataFrame, caption: str) -> str:
    """Return a table whose looks are those of the site's style sheet."""
    told = mime_output.table(ui.Table(frame, caption))
    return _table(replace(told, markup=LOOKS.sub("", told.markup)))


def closing() -> str:
    """Return room to set how sure a reader was at first beside how sure they are at the end."""
    theses = words.polls().values()
    columns = {"how sure I am that": [*theses]}
    columns |= dict.fromkeys(["at first", "now"], "______\N{NO-BREAK SPACE}%")
    caption = "Where I stood, and where I stand"
    return ui.card(caption, ui.grid(pd.DataFrame(columns), caption))


def brief() -> str:
    """Return what a reader without a journal does for the closing brief."""
    asks = (
        "In the notebook, a page of your own opens here when you click its name. Without the "
        "notebook, write your two pages wherever you like, because this site keeps nothing that "
        "you write."
    )
    return ui.card("My brief", f"<p>{asks}</p>")


#: What a journal would answer, and a reader of the site cannot have, by the cell that asks it.
FROM_JOURNAL = {"journal.closing()": closing, "journal.start_brief()": brief}


def _room(asked: mime_output.Question) -> str:
    """Return room to write, as a question needs it."""
    if asked.kind == "poll":
        return "<p>I am ______ % sure.</p>"
    if asked.in_words:
        return LINE * 6
    if asked.options:
        return ui.bare_list(f"☐ {option}" for option in asked.options) + LINE
    return f"<p>My prediction: ____________ {escape(asked.unit)}</p>{LINE}"


def _on_paper(folds: str, *, answer: bool = False) -> str:
    """Return folds that are printed open: an answer stands upside down, so that nobody reads on."""
    return folds and f'<div class="on-paper{" answer" * answer}">{folds}</div>'


def _in_words(picture: mime_output.Picture, pictures: Path) -> str:
    """Return a picture between its title and its source; a plain figure may have none."""
    if not picture.source:
        return _figure(picture, pictures)
    return (
        f'<div class="nl-chart"><div class="finding">{escape(picture.title)}</div>'
        f"<div>{escape(picture.unit)}</div>{_seen(picture)}{_figure(picture, pictures)}"
        f'<div class="source">{escape(picture.source)}</div></div>'
        f"{_boundaries(picture)}"
    )


def _boundaries(picture: mime_output.Picture) -> str:
    """Return the fold of what a map says of its boundaries, which paper shows open."""
    told = charts.page.boundaries(picture.note)
    return told and f'<div class="boundaries on-paper">{told}</div>'


def _board(board: mime_output.Board) -> str:
    """Return cells or tiles between their title and their source."""
    markup = _stacked(board) if board.markup.startswith(GRID) else board.markup
    return (
        f'<div class="nl-chart"><div class="finding">{escape(board.caption)}</div>'
        f"<div>{escape(board.unit)}</div>{_seen(board)}{ui.box(board.caption, markup)}"
        f'<div class="source">{escape(board.source)}</div></div>'
    )


def _seen(picture: mime_output.Picture | mime_output.Board) -> str:
    """Return what to see in a picture, if its words say it."""
    return f'<div class="see">{charts.page.what_to_see(picture.see)}</div>' if picture.see else ""


def _figure(picture: mime_output.Picture, pictures: Path) -> str:
    """Return a described picture: a phone pans it, or loads the one that it has for it."""
    file, (width, height) = _kept(picture.png, pictures)
    drawn = (
        f'<img src="{file}" width="{width}" height="{height}" alt="{escape(picture.alt)}" '
        f'decoding="sync" style="width:{picture.width:.0f}px;max-width:100%;height:auto">'
    )
    if picture.phone:
        file, (width, height) = _kept(picture.phone, pictures)
        source = f'<source media="{PHONE}" srcset="{file}" width="{width}" height="{height}">'
        drawn = f"<picture>{source}{drawn}</picture>"
    else:
        name = escape(picture.title)
        drawn = f'<div class="pans" role="group" tabindex="0" aria-label="{name}">{drawn}</div>'
    return f'<figure style="margin:0.5em 0">{drawn}</figure>'


def _kept(png: str, pictures: Path) -> tuple[str, tuple[int, int]]:
    """Lay a picture beside the page as WebP; return its address and its size.

    Charts have few colours: a palette of 64 and lossless WebP leave a quarter of the PNG.
    """
    content = b64decode(png)
    file = pictures / f"{hashlib.sha256(content).hexdigest()[:16]}.webp"
    image = Image.open(io.BytesIO(content)).convert("RGB")
    if not file.exists():
        few = image.quantize(64, dither=Image.Dither.NONE).convert("RGB")
        few.save(file, "WEBP", lossless=True, method=4, quality=100)
    return f"../_static/{pictures.name}/{file.name}", image.size


def _numbers(picture: mime_output.Picture, summary: str) -> str:
    return ui.details(summary, _table(picture.table)) if picture.table else ""


def _table(table: mime_output.Table) -> str:
    markup = _stacked(table) if _wordy(table) else table.markup
    return ui.scrolling(table.caption, markup, len(table.rows) - 1)


def _wordy(table: mime_output.Table) -> bool:
    """Say whether a table has so many words that a phone would break them into single ones."""
    longest = max(len(text) for row in table.rows for text in row)
    return table.markup.startswith("<table>") and len(table.rows[0]) > 2 and longest > WORDY


def _stacked(table: mime_output.Table) -> str:
    """Return a table that a phone shows as one block a row: each cell knows its column's head."""
    heads = cycle(table.rows[0])
    head, body = table.markup.split("<tbody>")
    named = CELL.sub(lambda cell: f'{cell[0]} data-head="{escape(next(heads))}"', body)
    old, new = (GRID, f"{GRID} stacked") if GRID in head else ("<table", STACKED)
    return f"{head.replace(old, new, 1)}<tbody>{named}"
