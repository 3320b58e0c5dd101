"""Read zips that somebody else packed: whatever is wrong with one is said in one way."""

import errno
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

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
