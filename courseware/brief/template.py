"""The brief: a notebook of the student's own, begun from what the journal holds.

``start_brief`` writes ``brief.ipynb`` once; from then on it belongs to the student, and nothing
here writes to it again. Whoever reads the finished page never sees its hints.
"""

import hashlib
import json
from html import escape
from pathlib import Path

import pandas as pd
from IPython.display import HTML

from courseware import ui, words
from courseware.brief import filled
from courseware.brief.filled import CHARTS, CLAIMS, SOURCES, SURE
from courseware.journal.briefs import BRIEF, KEY, briefs, free_brief, notebook, text
from courseware.journal.format import OtherFormatError
from courseware.journal.notices import tell
from courseware.journal.own_files import link
from courseware.journal.store import Store, current_store, write_atomically

NO_TITLE = "The title of my brief"
#: Every section of a brief and what its writer should know.
SECTIONS = {
    "Question": "Write the one question that your brief answers, in one sentence.",
    "My answer in one sentence": "Say what you found, so that somebody could disagree with it.",
    CLAIMS: (
        "Name three to five claims, each with the evidence for it. We filled in your verdicts. "
        "Keep those that your answer rests on, and delete the rest."
    ),
    "The strongest counter-argument": (
        "Write the best case against your answer, as its defenders would put it, and your reply."
    ),
    "What would change my mind": (
        "Name something that could be observed by a certain date and that would change your "
        "answer if it happened."
    ),
    "What happened since": (
        "Say what has become known since the article appeared, and how much it matters for your "
        "answer."
    ),
    SURE: (
        "Say how sure you are of each thesis. Then say what changed your mind, or why nothing did."
    ),
    CHARTS: (
        "Show the one or two charts that your answer rests on. The charts that you kept are "
        "below. Delete the cells of the charts that you do not need. To add a chart of your own, "
        "plot it in a cell of any chapter, show it with charts.show(ax, title=…, unit=…, "
        "source=…, alt=…), and keep it with journal.keep_chart()."
    ),
    SOURCES: "Name every source that you used, so that a reader can find it.",
}
#: Without these a text is no brief.
NEEDED = tuple(list(SECTIONS)[:6])
_WRITE_HERE = "Double-click here, then click inside, and write."
_HOW = (
    "A brief has two pages and at most 800 words. Double-click the box below a heading, click into "
    "it once more, write, and press Shift + Enter. The text in italics under a heading is a hint, "
    "which no reader of your brief sees. Run the next cell first, because it shows what your "
    "journal holds, so that you can copy from it. Save with Ctrl + S (on a Mac Cmd + S)."
)
_LOOK = "To see your brief as its reader will, save it, then run the next cell."
_HINTS = frozenset(f"*{hint}*" for hint in (*SECTIONS.values(), _WRITE_HERE, _HOW, _LOOK))


def show_rubric() -> HTML:
    """Show, in a fold, what of a brief is marked and when a row has its full points."""
    rows = words.rubric()
    table = pd.DataFrame(rows, columns=["what", "points", "full marks when"])
    caption = f"How the brief is marked: {table['points'].sum()} points"
    return HTML(ui.details(caption, ui.table(table, caption)))


def start_brief() -> HTML:
    """Return to the student's brief, or begin one: ``brief.ipynb`` in the journal.

    A brief that is there is never written to. Whoever wants a second one renames the first.
    """
    store = current_store()
    if path := newest_brief(store):
        return HTML(ui.card("Your brief", _there(store, path) + _to_begin_anew(path), "good"))
    begun = template(store)
    tell(store.take_notices())
    try:
        with store.turn():
            path = free_brief(store)
            write_atomically(path, begun)
    except OSError:
        body = (
            "<p>The brief cannot be written, because the journal's folder is read-only, full or "
            "missing.</p>"
        )
        return HTML(ui.card("The brief could not be begun", body, "care"))
    return HTML(ui.card("Your brief is begun", _there(store, path), "good"))


def newest_brief(store: Store) -> Path | None:
    """Return the brief that was written in last, else one that nobody wrote in; or None."""
    return max(
        briefs(store), key=lambda path: (not is_untouched(path), _last_saved(path)), default=None
    )


def _last_saved(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _there(store: Store, path: Path) -> str:
    """Return where a brief is and how to open it."""
    name = f"{store.folder.name}/{path.name}"
    return (
        f"<p>It is {link(path, name)}, a notebook of your own. To open it, click its name, or go "
        f"to the folder <b>{escape(store.folder.name)}</b> in the file browser on the left and "
        f"double-click <b>{path.name}</b>. If you run this cell again, it leads to the same "
        "notebook.</p><p>To see your brief as its reader will, run "
        "<code>journal.show_brief()</code>.</p>"
    )


def _to_begin_anew(path: Path) -> str:
    return (
        f"<p>Nothing in it was changed. To begin again, first rename <b>{path.name}</b>: "
        "right-click the file and choose Rename.</p>"
    )


def is_untouched(path: Path) -> bool:
    """Return whether a brief is still as the course wrote it, so that no word can be lost."""
    try:
        read = notebook(path)
        return read["metadata"][KEY]["fingerprint"] == _fingerprint(text(read))
    except (OSError, OtherFormatError, ValueError, KeyError):
        return False


def written(path: Path) -> str:
    """Return what a brief says, as Markdown, without hints.

    Raises:
        OSError: the file cannot be opened.
        OtherFormatError: another version of the course began it.
        ValueError: it is no notebook.

    """
    said = text(notebook(path))
    for hint in _HINTS:
        said = said.replace(hint, "")
    return said


def _fingerprint(said: str) -> str:
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def template(store: Store) -> str:
    """Return the notebook of a new brief, filled in with what the journal holds."""
    cells = [
        _cell(f"# {NO_TITLE}"),
        _cell(f"*{_HOW}*"),
        _cell("from courseware import journal\n\njournal.show_material()", "code"),
    ]
    fills = filled.sections(store)
    for heading, hint in SECTIONS.items():
        cells.append(_cell(f"## {heading}\n\n*{hint}*"))
        cells += [_cell(fill) for fill in fills.get(heading, [f"*{_WRITE_HERE}*"])]
    cells += [_cell(f"*{_LOOK}*"), _cell("journal.show_brief()", "code")]
    for number, cell in enumerate(cells):
        cell["id"] = f"brief-{number:02}"
    begun = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    begun["metadata"][KEY] = {"format": BRIEF, "fingerprint": _fingerprint(text(begun))}
    return json.dumps(begun, ensure_ascii=False, indent=1) + "\n"


def _cell(source: str, kind: str = "markdown") -> dict:
    ran = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "metadata": {}, **ran, "source": source}
