"""What a student handed in: which of several notebooks counts, and which files lie beside it.

Nothing is dropped in silence. Of several notebooks the one that was worked on most counts, then the
newest; where another one holds other answers, whoever grades is told.
"""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from coursestaff.collecting import load
from coursestaff.collecting.load import MAX_BYTES, NOTEBOOK, Submitted, is_own_file
from coursestaff.collecting.reasons import REASONS, Reason, Unreadable, reason
from coursestaff.collecting.releases import Chosen, Setup, choose
from coursestaff.collecting.repair import Repaired, repair
from coursestaff.exercises.cells import grade_id, is_solution, source, tidy
from coursestaff.terminal import one_line

MOST_NOTEBOOKS = 12  # of one student
MOST_FILES = 50  # beside a notebook
MOST_BYTES = 2_000_000  # of them all: they travel with the cells
#: Files that are not the student's: the release's own, and nbgrader's.
SENT = "sent_instead.json"  # collecting's: what came where no notebook did
SENT_VERSION = 1
NOT_THEIRS = ("checks.json", "timestamp.txt", "submission_secret.txt", SENT)

#: How a notebook's metadata name its release.
NAMED = re.compile(rb'"fingerprint": {0,4}"([0-9a-f]{16})"')


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
        with load.limited_memory():
            told = json.loads((folder / SENT).read_text(encoding="utf-8"))
        return one_line(" and ".join(told["sent"])) if told["version"] == SENT_VERSION else ""
    except (OSError, ValueError, KeyError, TypeError, RecursionError, MemoryError):
        return ""


def named(folders: Iterable[Path]) -> set[str]:
    """Return what the notebooks in these folders call their releases: strangers' words.

    The files are only searched, not read as notebooks: that is left to who may run out of memory.
    """
    paths = [path for folder in folders for path in notebooks(folder)]
    return {found.decode() for path in paths for found in NAMED.findall(_content(path))}


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes() if path.stat().st_size <= MAX_BYTES else b""
    except OSError:  # reading it will say what is the matter
        return b""


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
    return files, [f"too many or too large to come along: {', '.join(map(one_line, left))}"]


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
    return Work(path, repair(chosen.setup.release, read.cells), chosen, read, [])


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
    notes = [f"{one_line(best.path.name)} was graded; also handed in: {beside}"]
    why = []
    if names:
        ours_named = f"{one_line(best.path.name)} ({_count(ours)})"
        why.append(
            f"Several notebooks with other answers: {ours_named} was graded, not "
            f"{', '.join(names)}."
        )
    if lost:
        why.append(f"{_listed(lost)} cannot be read, and may hold other answers.")
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
