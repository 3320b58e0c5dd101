"""Which of one student's files in a platform's zip are taken: notebooks, and what lies beside them.

A notebook may be called otherwise (``.ipynb.txt``, ``.json``), or lie in a zip of the whole folder.
Nothing is unpacked here, and nothing is believed that a zip says of itself beyond its sizes, which
unpacking keeps to.
"""

import re
import shutil
import tempfile
import zipfile
from collections.abc import Collection, Iterator
from contextlib import ExitStack
from pathlib import PurePosixPath
from typing import NamedTuple

from coursestaff.collecting.handed_in import MOST_BYTES, NOT_THEIRS
from coursestaff.collecting.load import MAX_BYTES, NOTEBOOK, limited_memory
from coursestaff.terminal import one_line
from courseware import zips
from courseware.zips import Damaged, reading

MAX_FILE = MAX_BYTES  # of one file, unpacked; and of all that is taken out of a student's own zip
MAX_NAME = 60  # characters of a file's name: the end counts
BESIDE = (".py", ".csv", ".tsv", ".txt", ".json", ".xlsx")  # what a notebook may read or import
PERHAPS = (".json", ".txt")  # a notebook that a browser or a phone has renamed
LOOKED_AT = 1_000_000  # bytes of a file that may be a notebook
CELL = re.compile(rb'"cell_type"\s*:\s*"(?:code|markdown|raw)"')


class Packed(NamedTuple):
    """One file of a zip: the zip, its entry there, and what to call it where it is listed."""

    archive: zipfile.ZipFile
    entry: zipfile.ZipInfo
    said: str


class Handed(NamedTuple):
    """What is taken, by the name that it gets, and what is left, as it is called in the zip."""

    files: dict[str, Packed]
    left: list[str]


def taken(
    opened: zipfile.ZipFile,
    entries: list[tuple[str, zipfile.ZipInfo]],
    exercise: str,
    stack: ExitStack,
) -> Handed:
    """Return which of one student's files are taken.

    Args:
        opened: the platform's zip.
        entries: the student's files in it, each with its own name.
        exercise: such as ``02_the_trade_lifeline``: of a zip with the whole course in it, only what
            is called so is taken.
        stack: keeps the student's own zips open until it is left.

    """
    files: dict[str, Packed] = {}
    left = []
    for called, entry in entries:
        found = list(_found(opened, called, entry, exercise, stack))
        for name, packed in found:
            files[_free(name, files)] = packed
        if not found:
            left.append(one_line(entry.filename))
    return Handed(_as_handed_out(files), left)


def _found(
    opened: zipfile.ZipFile, called: str, entry: zipfile.ZipInfo, exercise: str, stack: ExitStack
) -> Iterator[tuple[str, Packed]]:
    """Yield what one file gives: itself, what is taken out of it if it is a zip, or nothing."""
    name = _plain(called)
    if name.lower().endswith(".zip"):
        yield from _inside(opened, entry, exercise, stack)
    elif found := _as_file(opened, name, entry):
        yield found, Packed(opened, entry, one_line(entry.filename))


def _as_file(opened: zipfile.ZipFile, name: str, entry: zipfile.ZipInfo) -> str | None:
    """Return the name of a file that is a notebook, or may lie beside one; None if it is neither.

    A notebook that is called otherwise gets a notebook's name.
    """
    if NOTEBOOK.fullmatch(name):
        return name if entry.file_size <= MAX_FILE else None
    if name in NOT_THEIRS or not name.lower().endswith(BESIDE):
        return None
    if name.lower().endswith(PERHAPS) and _holds_cells(opened, entry):
        return f"{name.rpartition('.')[0]}.ipynb"
    return name if entry.file_size <= MOST_BYTES else None


def _holds_cells(opened: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    """Return whether a file begins as a notebook does."""
    if entry.file_size > MAX_FILE:
        return False
    try:
        with reading(), opened.open(entry) as content:
            start = content.read(LOOKED_AT)
    except Damaged:
        return False
    return start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and bool(CELL.search(start))


def _inside(
    opened: zipfile.ZipFile, entry: zipfile.ZipInfo, exercise: str, stack: ExitStack
) -> list[tuple[str, Packed]]:
    """Return what is taken out of a student's own zip; zips in it stay closed."""
    if entry.file_size > zips.MAX_ZIP:
        return []
    copy = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 (the stack closes it)
    try:
        with reading():
            with opened.open(entry) as content:
                shutil.copyfileobj(content, copy)
            with limited_memory():
                inner = stack.enter_context(zipfile.ZipFile(copy))
            entries = zips.contents(inner)
    except Damaged:
        return []
    chosen = _chosen(entries, exercise)
    found = [
        (name, Packed(inner, each, one_line(f"{entry.filename} → {each.filename}")))
        for each in chosen
        if (name := _as_file(inner, _plain(each.filename), each))
    ]
    size = sum(packed.entry.file_size for _, packed in found)
    return found if size <= MAX_FILE else []


def _chosen(entries: dict[zipfile.ZipInfo, PurePosixPath], exercise: str) -> list[zipfile.ZipInfo]:
    """Return the exercise's notebooks, or all if none is called so, with what lies beside them."""
    notebooks = [each for each, path in entries.items() if NOTEBOOK.fullmatch(path.name)]
    start = exercise.casefold()
    named = [each for each in notebooks if entries[each].name.casefold().startswith(start)]
    chosen = named or notebooks
    if not chosen:  # perhaps one that is called otherwise
        return [each for each, path in entries.items() if path.name.lower().endswith(PERHAPS)]
    places = {entries[each].parent for each in chosen}
    beside = (e for e, path in entries.items() if path.parent in places and e not in notebooks)
    return [*chosen, *beside]


def _plain(called: str) -> str:
    return PurePosixPath(called.replace("\\", "/")).name[-MAX_NAME:]


def _free(file: str, there: Collection[str]) -> str:
    """Return a name that no other file of the student has, on no computer."""
    names_there = {name.casefold() for name in there}
    stem, dot, ending = file.partition(".")
    numbered = (f"{stem} ({number}){dot}{ending}" for number in range(2, len(there) + 3))
    return next(name for name in (file, *numbered) if name.casefold() not in names_there)


def _as_handed_out(files: dict[str, Packed]) -> dict[str, Packed]:
    """Give a file back the name without the number, unless another one of the student has it."""
    plain = [_original(file).casefold() for file in files]
    return {
        _original(file) if plain.count(_original(file).casefold()) == 1 else file: packed
        for file, packed in files.items()
    }


def _original(file: str) -> str:
    """Return a file's name without the "-1" that Canvas adds when it is handed in again."""
    return re.sub(r"-\d+(?=\.ipynb$)", "", file, flags=re.IGNORECASE)
