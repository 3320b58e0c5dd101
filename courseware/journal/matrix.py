"""A matrix in the journal: pieces of evidence in rows, hypotheses in columns, a choice per cell.

Every choice is saved as it is made. A cell may stay empty: that is an answer too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from html import escape
from types import MappingProxyType

import ipywidgets as widgets
import pandas as pd

from courseware import css, ui, words
from courseware.journal import phrases
from courseware.journal.format import Answer, Cell, Entry, JournalError, check_id, merged, now
from courseware.journal.notices import status
from courseware.journal.records import all_entries
from courseware.journal.store import IN_MEMORY, current_store

SCALE = ("surprising", "either way", "expected")
EMPTY = "not chosen"
#: The sign, fill and ink of each choice of the scale.
SIGNS = tuple(zip(css.WEIGHED, css.FILLS, css.INKS, strict=True))
_WIDE = {"width": "auto"}


class Matrix(ui.RunToAnswer, widgets.VBox):
    """The grid on the page. ``blank`` is its entry without answers.

    Its parts: ``cells`` (a row of buttons by keys of evidence and hypothesis) and ``status``.
    """

    def __init__(self, blank: Entry, meanings: Mapping[str, str] = MappingProxyType({})) -> None:
        """Show the grid with what an earlier run saved.

        ``meanings`` says below the head of a column, by its key, what the hypothesis is.
        """
        self.blank, self._meanings = blank, meanings
        self._store = current_store()
        self._rows, self._columns = blank.details["evidence"], blank.details["hypotheses"]
        self.title, self.intro = "Weigh", _explained(blank)
        card = ui.card(self.title, f"<p>{escape(blank.question)}</p>{self.intro}")
        heading = widgets.HTML(
            f'<div style="white-space:normal">{ui.own_keys()}{card}</div>',
            layout=_WIDE,
        )
        self.cells = {
            (row, column): self._cell(row, column) for row in self._rows for column in self._columns
        }
        self.status = widgets.HTML(layout=_WIDE)
        # above the grid, so that somebody who fills the first rows sees that each is saved
        super().__init__([heading, self.status, self._grid()], layout=_WIDE)
        entry = self._store.update(blank.key, lambda before: _opened(before, blank))
        for cell in entry.answer or ():
            control = self.cells.get(cell[:2])
            if control and cell.choice in blank.details["options"]:
                control.value = cell.choice
        for keys, control in self.cells.items():
            control.observe(partial(self._on_choice, keys), "value")
        self._show(entry)

    def _cell(self, row: str, column: str) -> widgets.RadioButtons:
        """Return the buttons of a cell: one choice each, and a first one that empties the cell.

        They are named by row and column for a screen reader. Tab reaches a cell, the arrow keys
        choose in it. Choices of our own scale are signs on the screen (see `_key`).
        """
        label = f"{self._rows[row]} — {self._columns[column]}"
        options = self.blank.details["options"]
        cell = widgets.RadioButtons(
            options=[(EMPTY, ""), *((word, word) for word in options)],
            value="",
            description=label,
            layout={"width": "auto", "min_width": "0"},
        )
        cell.add_class("nl-weighs" if tuple(options) == SCALE else "nl-weighs-words")
        return cell

    def _grid(self) -> widgets.GridBox:
        parts = [_margin("")]
        for column, text in self._columns.items():
            parts.append(_margin(text, self._meanings.get(column, ""), bold=True))
        for number, (row, text) in enumerate(self._rows.items(), 1):
            parts.append(_margin(f"{number}. {text}"))
            parts += [self.cells[row, column] for column in self._columns]
        return widgets.GridBox(
            parts,
            layout={
                # four columns are whole beside the side bar on a window of 1024 pixels
                "grid_template_columns": (
                    f"minmax(8.5em, 1fr) repeat({len(self._columns)}, minmax(102px, 124px))"
                ),
                "grid_gap": "4px 8px",
                "align_items": "center",
                "overflow": "visible",  # a box of its own would swallow the wheel
                **_WIDE,
            },
        )

    def _on_choice(self, keys: tuple[str, str], change: dict) -> None:
        chosen = Cell(*keys, change["new"])
        entry = self._store.update(
            self.blank.key, lambda before: with_cell(before, self.blank, chosen)
        )
        self._show(entry)

    def _show(self, entry: Entry) -> None:
        """Say what is kept, and once each what the store has to tell."""
        self.tell_since(entry.saved)
        memory = [] if self._store.is_on_disk(entry.key) else [IN_MEMORY]
        self.status.value = status([phrases.kept(entry), *memory], self._store.take_notices())

    def __repr__(self) -> str:
        """Say which matrix this is; never what was chosen, for a notebook's file keeps this."""
        return f"<journal matrix {self.blank.id}>"


def matrix(
    key: str,
    question: str | None = None,
    evidence: Mapping[str, str] = MappingProxyType({}),
    hypotheses: Mapping[str, str] | None = None,
    scale: Sequence[str] = SCALE,
) -> Matrix:
    """Ask for a choice in every cell of a grid, and keep each one as it is made.

    Args:
        key: such as ``"09-evidence"``.
        question: what is asked of each cell, in one or two sentences; what the words of the
            chapter say if left out.
        evidence: the rows: short keys, and the text that stands before each row; a dictionary, or
            a column of a table.
        hypotheses: the columns: short keys, and the text that stands above each column; if left
            out, those of the chapter's words, with what each means.
        scale: the choices, in their order.

    Returns:
        A widget. What was chosen earlier comes back; a cell may be emptied again.

    Raises:
        BadIdError: the id is not of that form.
        JournalError: there are no rows, no columns or fewer than two choices, or a key, text or
            choice is empty or longer than 200 characters.
        UnknownWordsError: no question is given, and none is written for that id.

    """
    if question is None:
        question = words.matrix(key)["question"]
    meanings = {}
    if hypotheses is None:
        meanings = words.matrix(key).get("hypotheses", {})
        hypotheses = {story: story for story in meanings}
    evidence, hypotheses = dict(evidence), dict(hypotheses)
    if not (evidence and hypotheses and len(set(scale)) == len(scale) > 1):
        raise JournalError(
            f"The matrix {key!r} needs evidence, hypotheses and at least two different choices."
        )
    for text in (*evidence, *evidence.values(), *hypotheses, *hypotheses.values(), *scale):
        if not isinstance(text, str) or not text.strip() or len(text) > 200:
            raise JournalError(
                f"{text!r} cannot be used in the matrix {key!r}. Keys, labels and choices are "
                "texts of at most 200 characters."
            )
    details = {
        "evidence": evidence,
        "hypotheses": hypotheses,
        "options": list(scale),
    }
    return Matrix(Entry(key, "matrix", question, details=details), meanings)


def read_matrix(key: str) -> pd.DataFrame:
    """Return a matrix as a table: evidence keys in rows, the stories' keys in columns.

    A cell that is not chosen is missing.

    Raises:
        BadIdError: the id is not of the form ``09-evidence``.
        JournalError: there is no such matrix; the message lists the ids there are.

    """
    check_id(key)
    known = {entry.id: entry for entry in all_entries() if entry.kind == "matrix"}
    if key not in known:
        there = ", ".join(known) or "no matrix yet, so first run the cell that shows one"
        raise JournalError(f"Your journal holds no matrix {key!r}. It holds {there}.")
    details, chosen = known[key].details, known[key].answer or ()
    choices = {cell[:2]: cell.choice for cell in chosen if cell.choice in details["options"]}
    rows = [[choices.get((r, c)) for c in details["hypotheses"]] for r in details["evidence"]]
    return pd.DataFrame(
        rows,
        index=pd.Index(details["evidence"], name="evidence"),
        columns=pd.Index(details["hypotheses"], name="story"),
        dtype="str",
    )


def with_cell(before: Entry | None, blank: Entry, chosen: Cell) -> Entry:
    """Return the entry with one cell changed (or emptied, where the choice is empty).

    What only adds to the newest answer takes its place, for nothing of it is lost; any other
    change comes after it.
    """
    entry = merged(before, blank)
    old = entry.answer or ()
    kept = [cell for cell in old if cell[:2] != chosen[:2]]
    cells = tuple(sorted([*kept, chosen] if chosen.choice else kept))
    earlier = entry.answers[:-1] if set(old) <= set(cells) else entry.answers
    return replace(entry, answers=(*earlier, Answer(cells, now())))


def _opened(before: Entry | None, blank: Entry) -> Entry:
    """Return the entry with the rows and columns of now; the very same one if nothing changed."""
    entry = merged(before, blank)
    return before if entry == before else entry


def _explained(blank: Entry) -> str:
    return (
        f"<p>In each row, choose one of these under each column: {_key(blank.details['options'])}. "
        "Each choice is saved at once. A cell may stay empty, and a click on the dot that you "
        "chose empties the cell again. Tab goes to the next cell, and the arrow keys change the "
        "choice there.</p>"
    )


def _key(options: Sequence[str]) -> str:
    """Return the choices, each after the sign and in the colour that it has in a cell."""
    if tuple(options) != SCALE:
        return escape(", ".join(options))
    return ", ".join(
        f'<span style="white-space:nowrap"><span aria-hidden="true" style="background:{fill};'
        f"color:{ink};display:inline-block;width:1.6em;text-align:center;border-radius:4px;"
        f'font-weight:600">{sign}</span> {escape(word)}</span>'
        for word, (sign, fill, ink) in zip(options, SIGNS, strict=True)
    )


def _margin(text: str, meaning: str = "", *, bold: bool = False) -> widgets.HTML:
    """Return the text before a row, or in bold above a column, in line with its cells."""
    look = "font-weight:600;padding-left:8px" if bold else "font-weight:400"
    said = f'<br><span style="font-weight:400">{escape(meaning)}</span>' if meaning else ""
    return widgets.HTML(
        f'<div style="line-height:1.3;white-space:normal;{look}">{escape(text)}{said}</div>',
        layout={"margin": "0", **_WIDE},
    )
