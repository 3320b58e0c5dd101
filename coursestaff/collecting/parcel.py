"""A student's folder as bytes: all of it that can matter to marks, for where it does not lie.

What is graded from a parcel gets the same marks, notes and troubles as in its own folder. What
would be left aside there for its size travels as its size only.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from coursestaff.collecting.handed_in import (
    MOST_BYTES,
    MOST_NOTEBOOKS,
    SENT,
    companions,
    notebooks,
    sent_instead,
)
from coursestaff.collecting.load import MAX_BYTES


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
        for path, content in _contents(folder)
    ]


def _contents(folder: Path) -> Iterator[tuple[Path, bytes | int]]:
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
