"""What a student handed in, in a folder or a platform's zip: what counts, what lies beside it.

Nothing is dropped in silence. Of several notebooks the one that was worked on most counts, then the
newest; where another one holds other answers, the instructor is told. `taken` chooses from one
student's files in a platform's zip, `work` reads a student's folder, and `pack` returns the folder
as bytes for a machine that does not hold it.
"""

import json
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from coursestaff.collecting import load
from coursestaff.collecting.load import (
    MAX_BYTES,
    NOTEBOOK,
    Submitted,
    is_own_file,
    limited_memory,
)
from coursestaff.collecting.reasons import REASONS, Reason, Unreadable, reason
from coursestaff.collecting.releases import Chosen, Setup, choose
from coursestaff.exercises.cells import Repaired, grade_id, is_solution, repair, source, tidy
from coursestaff.terminal import one_line
from courseware import zips
from courseware.zips import Damaged, reading

MOST_NOTEBOOKS = 12  # of one student
MOST_FILES = 50  # beside a notebook
MOST_BYTES = 2_000_000  # of them all: they travel with the cells
EARLIER = ".earlier"  # in submitted/: what a later collection replaced
SENT = "sent_instead.json"  # collecting's own: what came where no notebook did
SENT_VERSION = 1
#: Files that are not the student's: the release's, nbgrader's and our own.
NOT_THEIRS = ("checks.json", "timestamp.txt", "submission_secret.txt", SENT)
MAX_FILE = MAX_BYTES  # of one file, unpacked; and of all that is taken out of a student's own zip
MAX_NAME = 60  # characters of a file's name: the end counts
BESIDE = (".py", ".csv", ".tsv", ".txt", ".json", ".xlsx")  # what a notebook may read or import
PERHAPS = (".json", ".txt")  # a notebook that a browser or a phone has renamed
LOOKED_AT = 1_000_000  # bytes of a file that may be a notebook
CELL = re.compile(rb'"cell_type"\s*:\s*"(?:code|markdown|raw)"')


# --- In a platform's zip ----------------------------------------------------------------------


class Packed(NamedTuple):
    """One file of a zip: the zip, its entry there, and what to call it where it is listed."""

    archive: zipfile.ZipFile
    entry: zipfile.ZipInfo
    said: str


def taken(
    opened: zipfile.ZipFile,
    entries: list[tuple[str, zipfile.ZipInfo]],
    exercise: str,
    stack: ExitStack,
) -> tuple[dict[str, Packed], list[str]]:
    """Return which of one student's files are taken, and which are left, as the zip names them.

    A notebook may be called otherwise (``.ipynb.txt``, ``.json``), or lie in a zip of the whole
    folder. Nothing is unpacked here, and nothing is believed that a zip says of itself beyond its
    sizes, which unpacking keeps to.

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
    return _as_handed_out(files), left


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


# --- In a folder: which notebook counts -------------------------------------------------------


class Work(NamedTuple):
    """One notebook, read and repaired.

    ``chosen`` is the release that it is held against, ``notes`` say what was odd about the choice
    of the file; what was odd about its content is among what was ``read``.
    ``unsure`` names answers that stand otherwise in another notebook, or may; ``why`` says in
    which, ``differs`` that some certainly do.
    """

    path: Path
    mended: Repaired
    chosen: Chosen
    read: Submitted
    notes: list[str]
    unsure: frozenset[str] = frozenset()
    why: str | None = None
    differs: bool = False


def work(setup: Setup, path: Path) -> Work:
    """Return what there is to mark.

    Args:
        setup: the exercise's releases.
        path: a notebook, or a folder in which there may be several.

    Raises:
        Unreadable: there is nothing that can be marked; the message says why.

    """
    if not path.is_dir():
        return _read(setup, path)
    name, paths = setup.exercise.name, notebooks(path)
    if not paths:
        sent = sent_instead(path)
        raise Unreadable(reason("something else", files=sent) if sent else reason("nothing"))
    if len(paths) > MOST_NOTEBOOKS:
        raise Unreadable(reason("many", count=len(paths)))
    if len(paths) == 1:
        called = [] if paths[0].name == f"{name}.ipynb" else [_called(paths[0])]
        return _with_notes(_read(setup, paths[0]), called)
    read, not_read = {}, {}
    for each in sorted(paths, key=lambda path: path.name != f"{name}.ipynb"):
        try:
            read[each] = _read(setup, each)
        except Unreadable as problem:
            not_read[each] = problem.reason
    if not read:
        first = next(iter(not_read.values()))
        raise Unreadable(first._replace(why=f"{_listed(not_read)}: {first.why}"))
    return _best(list(read.values()), not_read)


def notebooks(folder: Path) -> list[Path]:
    """Return a folder's notebooks, without the copies that Jupyter keeps for itself."""
    return sorted(
        path
        for path in folder.rglob("*")
        if NOTEBOOK.fullmatch(path.name)
        and is_own_file(path)
        and ".ipynb_checkpoints" not in path.relative_to(folder).parts
    )


def note_sent(folder: Path, sent: list[str]) -> None:
    """Note in a student's folder what came where no notebook did, each in a few words."""
    folder.mkdir(parents=True, exist_ok=True)
    told = {"version": SENT_VERSION, "sent": sent}
    (folder / SENT).write_text(json.dumps(told) + "\n", encoding="utf-8")


def sent_instead(folder: Path) -> str:
    """Return in words what came where no notebook did; empty if that is not known.

    `note_sent` leaves a folder that holds its note alone. Beside other files, such as those of
    nbgrader's exchange, it is a student's own file of that name.
    """
    try:
        there = [path.name for path in folder.iterdir() if not path.name.startswith(".")]
        if there != [SENT] or not is_own_file(folder / SENT):
            return ""
        with limited_memory():
            told = json.loads((folder / SENT).read_text(encoding="utf-8"))
        return one_line(" and ".join(told["sent"])) if told["version"] == SENT_VERSION else ""
    except (OSError, ValueError, KeyError, TypeError, RecursionError, MemoryError):
        return ""


def beside(notebook: Path) -> tuple[dict[str, str], list[str]]:
    """Return the student's files beside a notebook, and which of them are too many or too large.

    Files in folders stay behind. Bytes that are no UTF-8 are kept as surrogates (PEP 383).
    """
    files, left = {}, []
    for path, content in companions(notebook.parent):
        if content is None:
            left.append(path.name)
        else:
            files[path.name] = content.decode("utf-8", "surrogateescape")
    if not left:
        return files, []
    return files, [
        "files left out, because there are too many files or because they are too large: "
        f"{', '.join(map(one_line, left))}"
    ]


def companions(folder: Path) -> Iterator[tuple[Path, bytes | None]]:
    """Yield the student's files in a notebook's folder; None for what is too many or too large."""
    room, taken = MOST_BYTES, 0
    for path in sorted(folder.iterdir()):
        if not is_own_file(path) or NOTEBOOK.fullmatch(path.name) or path.name in NOT_THEIRS:
            continue
        if path.name.startswith("."):
            continue
        try:
            fits = path.stat().st_size <= room and taken < MOST_FILES
            content = path.read_bytes() if fits else None
        except OSError:
            content = None
        if content is not None:
            room, taken = room - len(content), taken + 1
        yield path, content


def _read(setup: Setup, path: Path) -> Work:
    read = load.submitted(path)
    chosen = choose(setup, read.metadata, read.cells)
    mended = repair(chosen.setup.release, read.cells)
    if mended is None:
        raise Unreadable(reason("other exercise"))
    return Work(path, mended, chosen, read, [])


def _with_notes(work: Work, notes: list[str]) -> Work:
    return work._replace(notes=[*work.notes, *notes])


def _called(path: Path) -> str:
    return f"the notebook was called {one_line(path.name)}"


def _listed(paths: Iterable[Path]) -> str:
    return ", ".join(one_line(path.name) for path in paths)


def _best(found: list[Work], not_read: dict[Path, Reason]) -> Work:
    """Return the work to mark, with the others named, and what in them is another answer."""
    best = max(found, key=_worth)
    others = [each for each in found if each is not best]
    ours, unsure, names = _answers(best), set(), []
    for each in others:
        theirs = _answers(each)
        differ = {name for name in theirs if theirs[name] != ours.get(name)}
        if differ:
            unsure |= differ
            names.append(f"{one_line(each.path.name)} ({_count(theirs)})")
    lost = [path for path, why in not_read.items() if why != REASONS["other exercise"]]
    beside = _listed([*(each.path for each in others), *not_read])
    notes = [
        f"{one_line(best.path.name)} was graded, and these files were handed in as well: {beside}"
    ]
    why = []
    if names:
        ours_named = f"{one_line(best.path.name)} ({_count(ours)})"
        why.append(
            f"Several notebooks with different answers were handed in. {ours_named} was graded, "
            f"but not {', '.join(names)}."
        )
    if lost:
        why.append(f"{_listed(lost)} cannot be read, so answers in it may be missing.")
        unsure |= {grade_id(cell) for cell in best.mended.cells if is_solution(cell)}
    words = " ".join(why) or None
    return _with_notes(best, notes)._replace(
        unsure=frozenset(unsure), why=words, differs=bool(names)
    )


def _count(answers: dict[str, str]) -> str:
    return "1 answer" if len(answers) == 1 else f"{len(answers)} answers"


def _answers(work: Work) -> dict[str, str]:
    """Return what stands in the answer cells that differ from the release."""
    cells = {grade_id(cell): tidy(source(cell)) for cell in work.mended.cells}
    return {name: cells[name] for name in work.mended.changed}


def _worth(work: Work) -> tuple[int, int, float]:
    """Return what tells which notebook counts: answers, a platform's number, time."""
    number = re.search(r"-(\d{1,3})(?=\.ipynb)", work.path.name, re.IGNORECASE)
    return len(work.mended.changed), int(number[1]) if number else 0, work.path.stat().st_mtime


# --- As bytes ---------------------------------------------------------------------------------


class File(NamedTuple):
    """One file: its path in the folder, when it was changed (ns), and its bytes, or how many."""

    name: bytes
    changed: int
    content: bytes | int


def pack(folder: Path) -> list[File]:
    """Return what of a student's folder can matter to marks.

    Raises:
        OSError: a notebook cannot be read.

    """
    return [
        File(os.fsencode(path.relative_to(folder)), path.stat().st_mtime_ns, content)
        for path, content in _packed_contents(folder)
    ]


def _packed_contents(folder: Path) -> Iterator[tuple[Path, bytes | int]]:
    found = notebooks(folder)
    if not found and sent_instead(folder):
        yield folder / SENT, (folder / SENT).read_bytes()
    too_many = len(found) > MOST_NOTEBOOKS  # then they are only counted
    for path in found:
        if too_many or path.stat().st_size > MAX_BYTES:
            yield path, 0 if too_many else MAX_BYTES + 1
        else:
            yield path, path.read_bytes()
    for place in dict.fromkeys(path.parent for path in found):
        for path, content in companions(place):
            yield path, MOST_BYTES + 1 if content is None else content


def unpack(files: Iterable[File], folder: Path) -> None:
    """Lay files out in a folder as they were in the student's."""
    folder.mkdir(parents=True)
    for file in files:
        path = folder / os.fsdecode(file.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as place:
            if isinstance(file.content, int):
                place.truncate(file.content)  # a hole takes no room on the disk
            else:
                place.write(file.content)
        os.utime(path, ns=(file.changed, file.changed))
