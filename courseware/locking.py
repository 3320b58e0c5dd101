"""Lock an open file against other processes (notebooks, graders), on every system."""

import errno
import os
from contextlib import suppress

from courseware import in_a_browser


def lock(descriptor: int) -> bool:
    """Try to lock an open file; True also where the file system knows no locks."""
    if in_a_browser():  # one process, and an ``fcntl`` with nothing in it
        return True
    try:
        if os.name == "nt":
            import msvcrt

            os.lseek(descriptor, 0, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        return problem.errno not in (errno.EAGAIN, errno.EACCES, errno.EDEADLK)
    return True


def unlock(descriptor: int) -> None:
    """Give up the lock on an open file."""
    if in_a_browser():
        return
    with suppress(OSError):
        if os.name == "nt":
            import msvcrt

            os.lseek(descriptor, 0, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_UN)
