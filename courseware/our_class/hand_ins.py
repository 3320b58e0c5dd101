"""The files that a class handed in, from a folder or a platform's zip. Their names stay behind.

A platform writes names of people on files (Canvas: ``diazchen_1234_5678_journal.json``; Moodle:
``Chen Diaz_1234_assignsubmission_file_/journal.json``). Of a name only the ending is looked at. In
what is said of a file it is called by its place in the ABC of the names, so that whoever has to
find it still can, and nobody who reads over a shoulder does.
"""

import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from courseware.journal.format import JournalError
from courseware.zips import Damaged, reading

ENDING = ".json"
MOST = 2_000_000  # bytes of one file, unpacked: a journal with every question takes some 15,000
MOST_ALL = 200_000_000  # bytes of all files, unpacked


def contents(place: Path) -> Iterator[tuple[str, bytes | None]]:
    """Yield what each ``.json`` file is called here, and what it holds; None if nobody can tell.

    Of a file that is too large it is the beginning, one byte more than `text` takes.

    Files that a system keeps for itself (hidden ones, notebook checkpoints) are left alone.

    Raises:
        JournalError: there is no such folder, no zip that can be read, or there is too much in it.

    """
    read = 0
    with _opened(place) as files:
        for label, opens in files.items():
            content = _content(opens)
            yield label, content
            read += MOST if content is None else len(content)
            if read > MOST_ALL:
                raise JournalError(
                    f"{place.name} holds more than {MOST_ALL // 10**6} MB of journals, which is "
                    "more than a class can have written. Remove the files that are not exported "
                    "journals, and then read the journals again."
                )


def _content(opens: Callable[[], BinaryIO]) -> bytes | None:
    try:
        with reading(), opens() as opened:
            return opened.read(MOST + 1)
    except (Damaged, OSError):  # what it says may hold the name
        return None


def text(content: bytes | None) -> str:
    """Return the text of a file.

    Raises:
        ValueError: there is none; the message says why.

    """
    if content is not None and len(content) > MOST:
        raise ValueError(f"larger than {MOST // 10**6} MB, so it cannot be an exported journal")
    try:
        return content.decode("utf-8-sig")
    except (AttributeError, UnicodeDecodeError):
        raise ValueError("damaged, so the file cannot be read") from None


@contextmanager
def _opened(place: Path) -> Iterator[dict[str, Callable[[], BinaryIO]]]:
    if place.is_dir():
        paths = [path for path in place.rglob("*") if path.is_file()]
        yield _in_order({p.relative_to(place).as_posix(): partial(p.open, "rb") for p in paths})
        return
    if not place.is_file():
        raise JournalError(
            f"There is no folder or zip {place.name!r}. Give the folder or the zip with the "
            "exported journals."
        )
    try:
        with reading():
            archive = zipfile.ZipFile(place)
    except (Damaged, OSError):
        raise JournalError(
            f"{place.name!r} is not a zip that can be read. Give the zip as you downloaded it from "
            "the platform, or a folder with the exported journals."
        ) from None
    with archive:
        inside = [entry for entry in archive.infolist() if not entry.is_dir()]
        yield _in_order({e.filename: partial(archive.open, e) for e in inside})


def _in_order(files: dict[str, Callable[[], BinaryIO]]) -> dict[str, Callable[[], BinaryIO]]:
    """Return how to open the files to read, in the ABC of their names, without the names."""
    wanted = [name for name in sorted(files) if _is_wanted(PurePosixPath(name))]
    return {f"file {n}": files[name] for n, name in enumerate(wanted, start=1)}


def _is_wanted(name: PurePosixPath) -> bool:
    return name.suffix.lower() == ENDING and not any(part.startswith(".") for part in name.parts)
