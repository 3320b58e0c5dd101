"""Read a folder of exported journals, and say which could not be counted, and why."""

from collections.abc import Iterator
from dataclasses import asdict, fields
from pathlib import Path

import pandas as pd

from courseware.journal.class_export import ClassExport, Shared, decode
from courseware.journal.format import JournalError
from courseware.our_class.journals import ClassJournals

_ENTRY_KEY = ["journal", "kind", "id", "moment"]


def read_class(folder: str | Path) -> ClassJournals:
    """Read every ``.json`` file in a folder (and the folders in it) that students exported.

    A journal that holds only part of the answers is counted for what it has. Files that are empty,
    damaged, of an old or a newer version, no export, or an older export of a journal already
    counted are left out, and listed with the reason.

    Raises:
        JournalError: there is no such folder.

    """
    folder = Path(folder).expanduser()
    if not folder.is_dir():
        raise JournalError(f"There is no folder {folder.name!r} to read the class's journals from.")
    left_out: list[tuple[str, str]] = []
    exports: dict[str, ClassExport] = {}
    for path in _json_files(folder):
        try:
            exports[path.relative_to(folder).as_posix()] = _read_export(path)
        except ValueError as problem:
            left_out.append((path.relative_to(folder).as_posix(), str(problem)))
    rows: list[dict] = []
    counted = _newest_of_each(exports, left_out)
    for number, name in enumerate(counted):
        export = exports[name]
        rows += [{"journal": number, **asdict(entry)} for entry in export.entries]
        if export.damaged:
            good = len(export.entries)
            why = f"damaged in part: {export.damaged} entries not counted, {good} counted"
            left_out.append((name, why))
    columns = ["journal", *(field.name for field in fields(Shared))]
    answers = pd.DataFrame(rows, columns=columns, dtype=object)
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


def _read_export(path: Path) -> ClassExport:
    """Return the content of one exported file.

    Raises:
        ValueError: it cannot be counted; the message says why.

    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise ValueError("damaged: the file cannot be read") from problem
    return decode(text)


def _newest_of_each(exports: dict[str, ClassExport], left_out: list[tuple[str, str]]) -> list[str]:
    """Return one file per journal, the newest; put the others into ``left_out``."""
    newest: dict[str, str] = {}
    for name in sorted(exports, key=lambda name: exports[name].exported, reverse=True):
        kept = newest.setdefault(exports[name].journal, name)
        if kept != name:
            left_out.append((name, f"duplicate: the same journal as {kept}, which is counted"))
    return list(newest.values())


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
