"""The few Linux calls that isolation needs and Python (before 3.12) does not have, by ctypes.

Packages were looked at, and none makes namespaces. sandlock 0.9.0 needs Landlock ABI 6, which the
kernel of Ubuntu 24.04 lacks, and for seccomp and limits must start the process itself, so that no
warm process could be forked. landlock 1.0.0.dev5 is a pre-release. pyseccomp 0.1.2 is of 2021 and
needs the system's libseccomp.
"""

import ctypes
import os
import struct
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

NEW_MOUNTS, NEW_CGROUP, NEW_UTS = 0x00020000, 0x02000000, 0x04000000
NEW_IPC, NEW_USER, NEW_PIDS, NEW_NETWORK = 0x08000000, 0x10000000, 0x20000000, 0x40000000

NO_SETUID, NO_DEVICES, NO_EXECUTING = 2, 4, 8  # MS_NOSUID, MS_NODEV, MS_NOEXEC
BIND, WHOLE_TREE, PRIVATE = 0x1000, 0x4000, 0x40000  # MS_BIND, MS_REC, MS_PRIVATE
READ_ONLY = 1  # MS_RDONLY and MOUNT_ATTR_RDONLY alike
DETACH = 2  # MNT_DETACH
HERE, RECURSIVE = -100, 0x8000  # AT_FDCWD, AT_RECURSIVE
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
MOUNT_SETATTR = 442
LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446
LAST_CAPABILITY = 63

#: Rights of Landlock: execute, write, read a file, list a folder, … make a regular file, …
LAND_WRITE, LAND_READ, LAND_LIST = 1 << 1, 1 << 2, 1 << 3
LAND_MAKE_FILE, LAND_TRUNCATE = 1 << 8, 1 << 14


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def call(name: str, *arguments: object) -> int:
    """Call a function of the C library; texts are passed as bytes.

    Raises:
        OSError: what the kernel answered, with the call's name.

    """
    return _answer(getattr(_libc(), name), name, arguments)


def call_number(number: int, name: str, *arguments: object) -> int:
    """Make a system call for which the C library has no function; ``name`` is for messages."""
    asked = (number, *arguments)
    wide = [ctypes.c_long(each) if isinstance(each, int) else each for each in asked]
    return _answer(_libc().syscall, name, wide)


def _answer(function: Callable[..., int], name: str, arguments: Iterable[object]) -> int:
    given = [os.fsencode(each) if isinstance(each, str | Path) else each for each in arguments]
    result = function(*given)
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), name)
    return result


def prctl(option: int, value: int = 0) -> int:
    """Change something about this process (``man 2 prctl``)."""
    zero = ctypes.c_ulong(0)
    return call("prctl", option, ctypes.c_ulong(value), zero, zero, zero)


def unshare(kinds: int) -> None:
    """Move this process into new namespaces."""
    call("unshare", kinds)


def setns(descriptor: int, kind: int) -> None:
    """Move this process (for pids: its next children) into an existing namespace."""
    call("setns", descriptor, kind)


def mount(source: str | Path, target: str | Path, kind: str, flags: int, options: str = "") -> None:
    """Mount a file system, or a folder once more somewhere else."""
    call("mount", source, target, kind, ctypes.c_ulong(flags), options)


def make_read_only(target: str | Path, recursive: bool = True) -> None:
    """Make a mount read-only and deaf to set-user-id bits, with all that is mounted under it.

    Raises:
        OSError: ENOSYS before Linux 5.12.

    """
    marks = struct.pack("QQQQ", READ_ONLY | NO_SETUID, 0, 0, 0)
    depth = RECURSIVE if recursive else 0
    call_number(MOUNT_SETATTR, "mount_setattr", HERE, target, depth, marks, len(marks))


def change_root(new: Path, machine: str) -> None:
    """Make ``new`` (a mount) the root and let go of the old one."""
    os.chdir(new)
    call_number(PIVOT_ROOT[machine], "pivot_root", ".", ".")
    call("umount2", ".", DETACH)  # the old root lies on top of the new one, and is what "." is
    os.chdir("/")


def no_more_capabilities() -> None:
    """Give up the right to ever have a capability; those there are stay for now."""
    for number in range(LAST_CAPABILITY + 1):
        try:
            prctl(24, number)  # PR_CAPBSET_DROP
        except OSError:  # no such capability, or none there are to drop
            break


def drop_capabilities() -> None:
    """Give up every capability."""
    header = struct.pack("Ii", 0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3, this process
    call("capset", header, bytes(24))


def landlock_version() -> int:
    """Return the version of Landlock's interface; 0 if the kernel has none, or it is off."""
    try:
        return call_number(LANDLOCK_CREATE, "landlock", None, 0, 1)
    except OSError:
        return 0


def landlock_rules(allowed: Iterable[tuple[Path, int]]) -> int:
    """Return the descriptor of a rule set that allows, under each path, what is given.

    With it, everything else about files is forbidden, and so are TCP (from version 4), and signals
    and abstract sockets to outside (from version 6).

    Raises:
        OSError: no Landlock, or a path that cannot be opened.

    """
    version = landlock_version()
    files = (1 << 16 if version >= 5 else 1 << 15) - 1  # version 5 adds ioctl on devices
    header = struct.pack("QQQ", files, 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    rules = call_number(LANDLOCK_CREATE, "landlock", header, size, 0)
    for path, rights in allowed:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        if not path.is_dir():
            rights &= LAND_WRITE | LAND_READ | LAND_TRUNCATE
        rule = struct.pack("=Qi", rights, place)
        call_number(LANDLOCK_ADD, "landlock", rules, 1, rule, 0)
        os.close(place)
    return rules


def landlock(rules: int) -> None:
    """Apply a rule set to this process, for good; ``no_new_privs`` has to be set before."""
    call_number(LANDLOCK_RESTRICT, "landlock", rules, 0)
