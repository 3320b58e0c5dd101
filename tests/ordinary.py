"""Run Python as an ordinary user, where tests run as root: ``python ordinary.py -m module …``.

The current folder becomes that user's. Where the interpreter lies in a folder that only root may
enter (such as ``/root``), it is shown at its place all the same, to this process alone.
"""

import os
import sys
from pathlib import Path

from coursestaff.marking.sandbox import kernel

USER = 61_184  # of nobody: systemd keeps this range for users that exist only while they run


def become() -> None:
    """Give up root's rights for good."""
    kernel.unshare(kernel.NEW_MOUNTS)
    kernel.mount("none", "/", "none", kernel.PRIVATE | kernel.WHOLE_TREE)
    for prefix in {Path(sys.prefix), Path(sys.base_prefix)}:
        _open_up(prefix)
    os.setgroups([])
    os.setresgid(USER, USER, USER)
    os.setresuid(USER, USER, USER)


def _open_up(prefix: Path) -> None:
    closed = [folder for folder in reversed(prefix.parents) if not folder.stat().st_mode & 1]
    if not closed:
        return
    place = os.open(prefix, os.O_PATH)
    kernel.mount("none", closed[0], "tmpfs", 0, "mode=755")
    prefix.mkdir(parents=True)
    kernel.mount(f"/proc/self/fd/{place}", prefix, "none", kernel.BIND)
    os.close(place)


if __name__ == "__main__":
    os.chown(".", USER, USER)
    os.environ["HOME"] = str(Path.cwd())
    become()
    os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
