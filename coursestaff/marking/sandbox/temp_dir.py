"""A folder that goes when whoever uses it is gone, at the latest when the next one is made."""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

with contextlib.suppress(ImportError):  # Windows, where nothing of this is called
    import fcntl

PREFIX = "no-limits-run-"


class TempDir:
    """An empty folder in the temporary directory, for one run; in a ``with`` statement its path.

    It is locked as long as it is used: by this process, and by those that get its `descriptor`.
    After a kill nobody removes it, but nobody holds the lock either: the next one finds it.
    """

    def __init__(self) -> None:
        """Remove what others have left behind, and make the folder."""
        for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
            if (left := _locked(path)) is not None:
                _remove(path, left)
        self.descriptor: int | None = None
        while self.descriptor is None:  # somebody may just be looking for what is left behind
            self.path = Path(tempfile.mkdtemp(prefix=PREFIX))
            self.descriptor = _locked(self.path)

    def close(self) -> None:
        """Remove the folder, if it is still there."""
        if self.descriptor is not None:
            _remove(self.path, self.descriptor)
            self.descriptor = None

    def __enter__(self) -> Path:
        """Return the folder."""
        return self.path

    def __exit__(self, *problem: object) -> None:
        """Remove the folder."""
        self.close()


def _locked(path: Path) -> int | None:
    """Return a descriptor that holds the lock on a folder of ours; None if that cannot be had."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(descriptor).st_uid == os.getuid() and path.exists():
            return descriptor
    except OSError:
        pass
    os.close(descriptor)
    return None


def _remove(path: Path, descriptor: int) -> None:
    shutil.rmtree(path, ignore_errors=True)
    os.close(descriptor)
