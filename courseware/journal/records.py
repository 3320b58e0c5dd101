"""What a student does with the journal as a whole: read, tabulate, move, delete; and verdicts."""

from collections.abc import Callable
from html import escape
from pathlib import Path

import pandas as pd
from IPython.display import HTML

from courseware import ui
from courseware.journal import deletion, phrases
from courseware.journal.briefs import briefs, free_brief
from courseware.journal.format import (
    Answer,
    Entry,
    JournalError,
    check_id,
    merged,
    now,
)
from courseware.journal.kept_pictures import Kept, add, all_kept
from courseware.journal.notices import tell
from courseware.journal.store import IN_MEMORY, Store, current_store, write_atomically


def read(key: str, kind: str | None = None, moment: str | None = None) -> Entry | None:
    """Return the entry with this id, or None if there is none.

    Where an id has several entries, ``kind`` (``"prediction"``, ``"poll"``, ``"answer"``,
    ``"verdict"``) and ``moment`` choose; without them the first kind and the latest moment. An
    entry has ``answer`` (None for a pass), ``passed``, ``saved`` (UTC), ``history`` and
    ``outcome``.

    Raises:
        BadIdError: the id is not of the form ``02-growth``, or a thesis or claim.

    """
    check_id(key)
    found = [
        entry
        for entry in all_entries()
        if entry.id == key and kind in (None, entry.kind) and moment in (None, entry.moment)
    ]
    same_kind = [entry for entry in found if entry.kind == found[0].kind]
    return same_kind[-1] if same_kind else None


def all_entries() -> list[Entry]:
    """Return every entry of the journal, and show what the store has to tell."""
    store = current_store()
    found = store.all()
    tell(store.take_notices())
    return found


def entries(words: bool = False) -> pd.DataFrame:
    """Return the journal as a table, one row per entry.

    Columns: id, kind, moment, question, answer (number or choice; empty for a pass), but (what a
    "holds, but" is about; verdicts), passed, confidence (per cent, verdicts), may_be_shown,
    outcome, saved (UTC), times_saved.

    Args:
        words: True shows what you wrote in your own words; without it such an answer reads
            "answered" or "pass", for what a cell prints stays in the notebook's file.

    """
    columns: dict[str, Callable[[Entry], object]] = {
        "id": lambda e: e.id,
        "kind": lambda e: e.kind,
        "moment": lambda e: e.moment,
        "question": lambda e: e.question,
        "answer": lambda e: _shown(e, words),
        "but": lambda e: e.current and e.current.but,
        "passed": lambda e: e.passed,
        "confidence": lambda e: e.current and e.current.confidence,
        "may_be_shown": lambda e: bool(e.current and e.current.may_be_shown),
        "outcome": lambda e: e.outcome and e.outcome.value,
        "saved": lambda e: e.saved,
        "times_saved": lambda e: len(e.answers),
    }
    rows = [[of(entry) for of in columns.values()] for entry in all_entries()]
    return pd.DataFrame(rows, columns=list(columns))


def _shown(entry: Entry, words: bool) -> float | str | None:
    """Return the newest answer; of one in the student's own words, only that there is one."""
    if words or not entry.in_own_words or entry.current is None:
        return entry.answer
    return "pass" if entry.passed else "answered"


def trend(key: str) -> pd.DataFrame:
    """Return how a poll's confidence went: moment, confidence (per cent), passed, saved (UTC).

    One row per moment, in the course's order (opening, after 01, … closing).
    """
    check_id(key)
    polls = [entry for entry in all_entries() if entry.id == key and entry.kind == "poll"]
    rows = [(entry.moment, entry.answer, entry.passed, entry.saved) for entry in polls]
    frame = pd.DataFrame(rows, columns=["moment", "confidence", "passed", "saved"])
    return frame.astype({"confidence": "float64", "passed": "bool"})


def save_verdict(
    claim_id: str,
    chapter: str,
    verdict: str | None,
    confidence: float | None = None,
    but: str | None = None,
) -> str:
    """Keep the student's verdict on a claim, and return a line that says so.

    Args:
        claim_id: such as ``"C09"``.
        chapter: such as ``"02"``.
        verdict: one of the four verdicts, or None for a pass.
        confidence: how sure, in per cent from 0 to 100, or None where that was not said.
        but: what "holds, but" is about, one of ``verdicts.CAVEATS``; with no other verdict.

    Raises:
        BadIdError: the claim's id is not of that form.
        BadAnswerError: the verdict is none of the four, the confidence not from 0 to 100, or
            "holds, but" does not say what.

    """
    given = Answer(verdict, now(), confidence=confidence, but=but)
    entry = Entry(claim_id, "verdict", details={"chapter": chapter}, answers=(given,))
    store = current_store()
    saved = store.update(entry.key, lambda before: merged(before, entry))
    memory = [] if store.is_on_disk(entry.key) else [IN_MEMORY]
    return " ".join([phrases.kept(saved), *memory, *store.take_notices()])


def read_verdict(claim_id: str) -> dict | None:
    """Return the student's verdict on a claim, or None if there is none.

    Keys: claim_id, chapter, verdict (None for a pass), but (what "holds, but" is about, else
    None), confidence (per cent or None), passed, saved (UTC).
    """
    entry = read(claim_id, "verdict")
    if entry is None or entry.current is None:
        return None
    return {
        "claim_id": claim_id,
        "chapter": entry.details.get("chapter", ""),
        "verdict": entry.answer,
        "but": entry.current.but,
        "confidence": entry.current.confidence,
        "passed": entry.passed,
        "saved": entry.saved,
    }


def delete_all(confirm: bool = False) -> HTML:
    """Delete the whole journal in one step: ``delete_all(confirm=True)``.

    Without ``confirm=True`` nothing is deleted; a card says what would be.
    """
    store = current_store()
    count, pictures = len(store.all()), len(all_kept(store))
    held = _counted(count)
    if pictures:
        held += f" and {pictures} kept chart{'s' * (pictures != 1)}"
    if not confirm:
        tell(store.take_notices())
        return HTML(ui.card("Nothing has been deleted", _would_go(store, held), "care"))
    if stayed := deletion.delete(store):
        body = (
            "<p>These files belong to another version of the course or could not be deleted. "
            f"Delete them by hand: {escape(', '.join(stayed))}</p>"
        )
        return HTML(ui.card("Part of your journal is still there", body, "care"))
    body = f"<p>Deleted: {held}. You can begin again at any time.</p>"
    return HTML(ui.card("Your journal has been deleted", body, "good"))


def _would_go(store: Store, held: str) -> str:
    """Return what would be deleted, and what would stay."""
    found = deletion.find(store)
    written = [path.name for path in briefs(store) if path in found.ours]
    written_in = f", and what you wrote in {', '.join(written)}" if written else ""
    stays = escape(", ".join(path.name for path in found.others))
    others = (
        "<p>These files stay, because they were written by another version of the course or not "
        f"by the course at all: {stays}.</p>"
    )
    return (
        f"<p>Your journal holds {held}. This deletes all of it, including earlier answers, "
        f"backups, damaged files and the exports inside the journal's folder{written_in}. The "
        "deletion cannot be undone. Copies that you exported to other folders "
        f"stay.</p>{others if stays else ''}<p>To go ahead, run "
        "<code>journal.delete_all(confirm=True)</code>.</p>"
    )


def _counted(count: int) -> str:
    return "1 entry" if count == 1 else f"{count} entries"


def import_from(old_folder: str | Path) -> pd.DataFrame:
    """Bring an older journal along: entries, kept charts, briefs. Its folder is left as it is.

    An entry that is newer here is never overwritten. Returns one row per entry, chart ("picture")
    and brief found: id, kind, moment, taken (True or False), why.

    Args:
        old_folder: the old ``journal`` folder, or the old course folder that holds it.

    Raises:
        JournalError: there is no journal in that folder, or it is the one in use.

    """
    report, notices = bring_along(Path(old_folder).expanduser())
    tell(notices)
    return report


def bring_along(old_folder: Path) -> tuple[pd.DataFrame, list[str]]:
    """Do what `import_from` does; return its table, and what the stores have to tell."""
    store = current_store()
    old = _open_old(old_folder, store)
    rows = [(e.id, e.kind, e.moment, *_take(store, e)) for e in old.all()]
    rows += [_take_picture(store, kept) for kept in all_kept(old)]
    rows += [_take_brief(store, path) for path in briefs(old)]
    store.adopt_id(old.known_id())
    report = pd.DataFrame(rows, columns=["id", "kind", "moment", "taken", "why"])
    return report, old.take_notices() + store.take_notices()


def _open_old(folder: Path, store: Store) -> Store:
    told = []
    for place in (folder, folder / "journal"):
        old = Store(place, read_only=True)
        if old.all() or all_kept(old) or briefs(old):
            if place.resolve() == store.folder.resolve():
                raise JournalError(
                    "This folder is the journal that you are using, so there is nothing to bring "
                    "over. Give the folder of another journal."
                )
            return old
        told += old.take_notices()
    there_is_none = (
        f"There is no journal in {folder.name!r}. Give the folder called journal in the older "
        "course folder."
    )
    raise JournalError(" ".join(told) or there_is_none)


#: Why a row of the report was not taken: nothing in it is new.
ALREADY_HERE = "already here"


def _take(store: Store, theirs: Entry) -> tuple[bool, str]:
    """Bring one entry along if it is new or newer; return whether, and why."""
    verdict: list[tuple[bool, str]] = []

    def change(mine: Entry | None) -> Entry | None:
        verdict.append(_worth_taking(mine, theirs))
        return merged(mine, theirs) if verdict[-1][0] else mine

    store.update(theirs.key, change)
    return verdict[-1]


def _take_picture(store: Store, theirs: Kept) -> tuple[str, str, str, bool, str]:
    """Bring one kept chart along; return its row of the report."""
    mine = {kept.file: kept for kept in all_kept(store)}.get(theirs.file)
    if mine and set(theirs.why) <= set(mine.why):
        return f"chart {mine.number}", "picture", "", False, ALREADY_HERE
    kept = add(store, theirs)
    why = "your reasons from both journals are kept" if mine else "new here"
    return f"chart {kept.number}", "picture", "", True, why


def _take_brief(store: Store, path: Path) -> tuple[str, str, str, bool, str]:
    """Copy one brief to a free name; return its row of the report."""
    try:
        text = path.read_text(encoding="utf-8")
        if text in [own.read_text(encoding="utf-8") for own in briefs(store)]:
            return path.name, "brief", "", False, ALREADY_HERE
        with store.turn():
            own = free_brief(store)
            write_atomically(own, text)
    except (OSError, UnicodeDecodeError):
        return (
            path.name,
            "brief",
            "",
            False,
            "the course could not copy this file, so copy it yourself",
        )
    return path.name, "brief", "", True, f"as {own.name}"


def _worth_taking(mine: Entry | None, theirs: Entry) -> tuple[bool, str]:
    if mine is None or mine.current is None:
        return True, "new here"
    if theirs.current is None or set(theirs.answers) <= set(mine.answers):
        return False, ALREADY_HERE
    if mine.saved >= theirs.saved:
        return False, "your answer here is newer"
    if mine.closed:
        return False, "the outcome has been shown here, so your prediction stays"
    return True, "newer than your answer here, which is kept among the earlier answers"
