"""Export the journal: two files for the student to read, one for the class's tally."""

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import NamedTuple

from courseware import article, charts, claims, ui
from courseware.brief import verdict_picture
from courseware.brief.balance import in_the_end
from courseware.brief.end_figures import bars, curve
from courseware.journal import class_export, phrases
from courseware.journal.format import Entry, JournalError, now
from courseware.journal.kept_pictures import Kept, all_kept, caption
from courseware.journal.own_files import FILE_MARK, link, page, write
from courseware.journal.records import all_entries
from courseware.journal.store import current_store

_TITLE = "My journal"
END = "In the end"  #: the heading of what sums up
_INTRO = (
    "This page is for you and holds everything that you saved. The .json file in the same folder "
    "is for the class's tally. It does not hold your name, and it holds only those of your words "
    "for which you ticked “may be shown”."
)


class Exported(NamedTuple):
    """The three files that an export wrote."""

    markdown: Path
    html: Path
    json: Path

    def __repr__(self) -> str:
        """Say what to do with them: a path alone tells nobody."""
        page, tally = (f"{path.parent.name}/{path.name}" for path in (self.html, self.json))
        return (
            f"Your journal is exported. Open {page} to read it. If your class collects journals, "
            f"hand in {tally}."
        )

    def _repr_html_(self) -> str:
        text, page, tally = (link(path, path.name) for path in self)
        return ui.card(
            "Your journal is exported",
            f"<p>Open {page} to read it all. If your class collects journals, hand in {tally} and "
            "nothing else. It does not hold your name, and it holds only those of your words for "
            f"which you ticked “may be shown”. {text} is the page as plain text, for a text "
            "editor.</p>",
            "good",
        )


class Item(NamedTuple):
    """One entry as the student reads it."""

    question: str
    lines: list[str]


def export(folder: str | Path | None = None, name: str = "my-journal") -> Exported:
    """Write the journal as ``.md``, ``.html`` and ``.json`` and return the three paths.

    The first two are for the student and hold everything (the pictures of kept charts are in the
    HTML file only). The JSON file is for the class: a random
    journal id, the numbers and choices, and the words of an answer only if "may be shown" was
    ticked. No file holds the name of a person or a computer, or a path.

    Args:
        folder: where to write; the folder ``export`` inside the journal if left out.
        name: name of the files without ending: letters, digits, hyphens.

    Raises:
        JournalError: the name cannot be used, a file of that name is there that is no earlier
            export by this version of the course, or the folder cannot be written.

    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}", name):
        raise JournalError(
            f"{name!r} cannot be the name of a file. Use only letters, digits and hyphens."
        )
    store = current_store()
    entries = [entry for entry in all_entries() if entry.current]
    place = Path(folder).expanduser() if folder else store.export_folder
    pictures = all_kept(store)
    texts = {
        f"{name}.md": _markdown(entries, pictures),
        f"{name}.html": _html(entries, pictures),
        f"{name}.json": class_export.encode(entries, store.journal_id()),
    }
    return Exported(*write(place, texts))


def _sections(entries: list[Entry]) -> Iterator[tuple[str, list[Item]]]:
    """Yield headings and items: the closing, polls, then chapter by chapter."""
    if any(entry.kind in ("poll", "prediction", "verdict") for entry in entries):
        yield END, [Item(heading, lines) for heading, lines in in_the_end().items()]
    polls = [entry for entry in entries if entry.kind == "poll"]
    if polls:
        ids = dict.fromkeys(poll.id for poll in polls)
        yield "How sure I was", [_poll_item([p for p in polls if p.id == i]) for i in ids]
    others = [entry for entry in entries if entry.kind != "poll"]
    chapters = sorted({entry.chapter for entry in others})
    for chapter in chapters:
        yield f"Chapter {chapter}", [_item(e) for e in others if e.chapter == chapter]


def _poll_item(polls: list[Entry]) -> Item:
    """Return what was answered to one statement, moment by moment."""
    lines = [line for poll in polls for line in _answer_lines(poll, poll.moment.capitalize())]
    return Item(f"{polls[-1].id}: {polls[-1].question}", lines)


def _item(entry: Entry) -> Item:
    if entry.kind == "verdict" and entry.id in claims.register():
        claim = claims.get(entry.id)
        said = [claim.summary, *_answer_lines(entry, "I say"), f"The course says: {claim.told}"]
        return Item(f"{claim.claim_id} · {claim.short_label}", said)
    lines = _answer_lines(entry, f"My {entry.kind}")
    if entry.kind == "answer":
        shown = "yes" if entry.current.may_be_shown else "no"
        lines.append(f"May be shown to the class: {shown}")
    if entry.outcome:
        lines += [f"Outcome: {phrases.outcome_text(entry)}", phrases.comparison(entry)]
    return Item(entry.question or entry.id, lines)


def _answer_lines(entry: Entry, label: str) -> list[str]:
    """Return the newest answer and the earlier ones, each with its date."""
    return [
        f"{name}: {phrases.answer_text(entry, answer)} ({article.in_words(answer.saved)}"
        + (", after the outcome had been shown)" if answer.late else ")")
        for name, answer in zip(
            [label, *["Before"] * len(entry.history)], reversed(entry.answers), strict=True
        )
    ]


def _markdown(entries: list[Entry], pictures: list[Kept]) -> str:
    parts = [
        f"<!-- {FILE_MARK} -->",
        f"# {_TITLE}",
        f"Exported on {article.in_words(now())}. {_INTRO}",
    ]
    for heading, items in _sections(entries):
        parts.append(f"## {heading}")
        for item in items:
            parts.append(f"### {item.question}")
            parts.append("\n".join("- " + line.replace("\n", "\n  ") for line in item.lines))
    if pictures:
        parts.append(
            "## Charts that I kept\n\nThe pictures are in the .html file in the same folder."
        )
        parts += [f"{caption(kept)}\n\n*What it shows:* {kept.alt}" for kept in pictures]
    return "\n\n".join(parts) + "\n"


def _html(entries: list[Entry], pictures: list[Kept]) -> str:
    parts = []
    for heading, items in _sections(entries):
        parts.append(f"<h2>{escape(heading)}</h2>")
        if heading == END:
            end = verdict_picture.ended()
            parts += [bars(end, verdict_picture.picture(end)), curve()]
        for item in items:
            lines = "".join(f"<li>{escape(line)}</li>" for line in item.lines)
            parts.append(ui.card(item.question, f'<ul style="white-space:pre-wrap">{lines}</ul>'))
    if pictures:
        parts += ["<h2>Charts that I kept</h2>", *map(_figure, pictures)]
    intro = f"<p>Exported on {article.in_words(now())}. {_INTRO}</p>\n"
    return page(_TITLE, f"<h1>{_TITLE}</h1>{intro}" + "\n".join(parts))


def _figure(kept: Kept) -> str:
    """Return a kept chart with what there is to say of it, picture inside."""
    note = f"{caption(kept)} Kept on {article.in_words(kept.kept)}."
    picture = charts.picture(kept.png, kept.alt, 900)
    return picture.replace("</figure>", f"<figcaption>{escape(note)}</figcaption></figure>")
