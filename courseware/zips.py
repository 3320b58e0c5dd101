"""Read zips that somebody else packed: whatever is wrong with one is said in one way."""

import errno
import os
import shutil
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path, PurePosixPath

MAX_ZIP = 100_000_000  # bytes of one person's zip: its list of contents is read as a whole
MAX_INSIDE = 20_000  # files in it

#: What reading a zip raises: damaged, with a password, packed in a way nobody knows, with names in
#: no encoding, or with more in it than memory holds.
RAISED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, NotImplementedError)
RAISED = (*RAISED, ValueError, IndexError, OverflowError, MemoryError)


class Damaged(Exception):  # noqa: N818 (a finding, not a fault of ours)
    """A zip, or a file in one, cannot be read."""


@contextmanager
def reading() -> Iterator[None]:
    """Turn what a damaged zip raises into one thing; a fault of the disk stays one.

    Raises:
        Damaged: the zip cannot be read.

    """
    try:
        yield
    except RAISED as problem:
        raise Damaged from problem
    except OSError as problem:
        if problem.errno == errno.EINVAL:  # it points outside itself
            raise Damaged from problem
        raise


def contents(archive: zipfile.ZipFile) -> dict[zipfile.ZipInfo, PurePosixPath]:
    """Return the files of one person's zip and their paths; what a computer adds is left out.

    Raises:
        Damaged: there are more than anybody packs by hand.

    """
    files = [each for each in archive.infolist() if not each.is_dir()]
    paths = {each: PurePosixPath(each.filename.replace("\\", "/")) for each in files}
    shown = {each: path for each, path in paths.items() if not _is_hidden(path)}
    if len(shown) > MAX_INSIDE:
        raise Damaged
    return shown


def _is_hidden(path: PurePosixPath) -> bool:
    """Return whether a path is one that a computer keeps for itself."""
    parts = [part for part in path.parts if part != ".."]
    return any(part.startswith(".") or part == "__MACOSX" for part in parts)


def unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, to: Path) -> None:
    """Write one file of a zip, with its date; never more than the zip says that it holds.

    Raises:
        Damaged: it cannot be read; nothing is left of it.

    """
    try:
        with reading(), archive.open(entry) as content, to.open("wb") as file:
            shutil.copyfileobj(content, file)
    except Damaged:
        to.unlink(missing_ok=True)
        raise
    with suppress(ValueError, OverflowError, OSError):  # a date that there is not
        saved = datetime(*entry.date_time).timestamp()  # of several the newest may count
        os.utime(to, (saved, saved))
