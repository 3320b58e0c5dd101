"""Read a folder of exported journals, and say which could not be counted, and why."""

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from courseware.journal.entry import (
    KINDS,
    JournalError,
    check_answer,
    check_cells,
    check_id,
    check_value,
)
from courseware.journal.our_class.journals import ClassJournals
from courseware.journal.sharing import EXPORT_VERSION
from courseware.journal.store import EXPORT_MARK

_ENTRY_COLUMNS = [
    "id",
    "kind",
    "moment",
    "question",
    "unit",
    "chapter",
    "value",
    "passed",
    "late",
    "confidence",
    "may_be_shown",
    "outcome",
]
_ENTRY_KEY = ["journal", "kind", "id", "moment"]


def read_class(folder: str | Path) -> ClassJournals:
    """Read every ``.json`` file in a folder (and the folders in it) that students exported.

    A journal that holds only part of the answers is counted for what it has. Files that are empty,
    damaged, in an old format, no export, or an older export of a journal already counted are
    left out, and listed with the reason.

    Raises:
        JournalError: there is no such folder.

    """
    folder = Path(folder).expanduser()
    if not folder.is_dir():
        raise JournalError(f"There is no folder {folder.name!r} to read the class's journals from.")
    left_out: list[tuple[str, str]] = []
    exports: dict[str, dict] = {}
    for path in _json_files(folder):
        try:
            exports[path.relative_to(folder).as_posix()] = _read_export(path)
        except ValueError as problem:
            left_out.append((path.relative_to(folder).as_posix(), str(problem)))
    rows: list[dict] = []
    counted = _newest_of_each(exports, left_out)
    for number, name in enumerate(counted):
        good, bad = _good_entries(exports[name]["entries"])
        rows += [{"journal": number, **entry} for entry in good]
        if bad:
            left_out.append(
                (name, f"damaged in part: {bad} entries not counted, {len(good)} counted")
            )
    answers = pd.DataFrame(rows, columns=["journal", *_ENTRY_COLUMNS], dtype=object)
    answers = answers.drop_duplicates(_ENTRY_KEY).astype(
        {"passed": bool, "late": bool, "may_be_shown": bool}
    )
    left_out += _half_filled(answers, counted)
    table = pd.DataFrame(sorted(left_out), columns=["file", "why"])
    return ClassJournals(answers, len(counted), table)


def _json_files(folder: Path) -> Iterator[Path]:
    """Yield the files to read, leaving hidden folders such as notebook checkpoints alone."""
    for path in sorted(folder.rglob("*.json")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden:
            yield path


def _read_export(path: Path) -> dict:
    """Return the content of one exported file.

    Raises:
        ValueError: it cannot be counted; the message says why.

    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise ValueError("damaged: the file cannot be read") from problem
    if not text.strip():
        raise ValueError("empty file")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise ValueError("damaged: cut off, or not JSON") from problem
    if not isinstance(content, dict) or content.get("format") != EXPORT_MARK:
        raise ValueError("not an exported journal")
    version = content.get("version")
    if version != EXPORT_VERSION:
        raise ValueError(f"old or unknown format (version {version}): please export it again")
    journal, exported, entries = (content.get(k) for k in ("journal", "exported", "entries"))
    if not (isinstance(journal, str) and isinstance(exported, str) and isinstance(entries, list)):
        raise ValueError("damaged: parts of the file are missing")
    if not entries:
        raise ValueError("nothing has been answered in it yet")
    return content


def _newest_of_each(exports: dict[str, dict], left_out: list[tuple[str, str]]) -> list[str]:
    """Return one file per journal, the newest; put the others into ``left_out``."""
    newest: dict[str, str] = {}
    for name in sorted(exports, key=lambda name: exports[name]["exported"], reverse=True):
        kept = newest.setdefault(exports[name]["journal"], name)
        if kept != name:
            left_out.append((name, f"duplicate: the same journal as {kept}, which is counted"))
    return list(newest.values())


def _good_entries(raw: list) -> tuple[list[dict], int]:
    """Return the entries that can be counted, and how many cannot."""
    good = []
    for entry in raw:
        try:
            good.append(_checked(entry))
        except (ValueError, KeyError, TypeError):
            continue
    return good, len(raw) - len(good)


def _checked(raw: dict) -> dict:
    """Return one entry of an export if every part of it is as `export` writes it."""
    entry = {column: raw[column] for column in _ENTRY_COLUMNS}
    check_id(entry["id"])
    texts = all(isinstance(entry[c], str) for c in ("moment", "question", "unit", "chapter"))
    flags = all(isinstance(entry[c], bool) for c in ("passed", "late", "may_be_shown"))
    if entry["kind"] not in KINDS or not texts or not flags:
        raise ValueError("parts of the entry are damaged")
    entry["value"] = (check_cells if entry["kind"] == "matrix" else check_value)(entry["value"])
    for column in ("outcome", "confidence"):
        entry[column] = check_value(entry[column])
    check_answer(entry["kind"], entry["value"], entry["confidence"])
    not_shown = entry["value"] is None and entry["kind"] in ("answer", "prediction", "matrix")
    if entry["passed"] != (entry["value"] is None) and not not_shown:
        raise ValueError("the value is missing, or given beside a pass")
    return entry


def _half_filled(answers: pd.DataFrame, counted: list[str]) -> list[tuple[str, str]]:
    """Return the journals with less than half of the class's entries; they are counted too."""
    asked = len(answers.drop_duplicates(_ENTRY_KEY[1:]))
    sizes = answers.groupby("journal").size()
    return [
        (
            counted[number],
            f"half-filled: counted for {size} of {asked} questions, absent from the rest",
        )
        for number, size in sizes.items()
        if size < asked / 2
    ]
