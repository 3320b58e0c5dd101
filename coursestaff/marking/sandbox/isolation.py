"""Whether submissions can be shut in on this computer, what each may use, and what it may see.

There are two ways (see `confinement`): *namespaces*, with a file system, a process table and a
network of their own; and *Landlock*, where those are forbidden. There is no third way that is taken
in silence: `why_not` says why neither works, and the grader has to say ``--without-isolation``.

Bubblewrap is not used. It shuts in a program that it starts, so every submission would have to
import the libraries. Around the zygote it would leave the children's part here, and the namespaces
would still be needed where it is not installed: a third way to test, and hardly a line less.
"""

import os
import platform
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import courseware
from coursestaff.marking.sandbox import syscalls
from coursestaff.marking.sandbox.temp_dir import TempDir
from courseware import CourseError, article

WAYS = ("namespaces", "landlock")  # the best one first
FLAG = "--without-isolation"
SCRATCH = Path("/scratch")

#: What of a Python installation libraries need, where it exists: not its logs, and not ``etc``,
#: where Jupyter keeps a server's settings.
INSTALLED = ("bin", "lib", "lib32", "lib64", "pyvenv.cfg", "etc/fonts", "fonts")
INSTALLED += ("share/fonts", "share/gdal", "share/proj", "share/zoneinfo")
#: What of the system the libraries may ask for, where it exists.
SYSTEM = ("/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/local/lib")
SYSTEM += ("/etc/ld.so.cache", "/etc/localtime", "/etc/fonts", "/usr/share/fonts")
SYSTEM += ("/usr/local/share/fonts", "/usr/share/zoneinfo", "/nix/store", "/gnu/store")
SYSTEM += ("/dev/urandom",)
#: The variables that a process which runs cells gets from here, if they are set.
PASSED_ON = ("LANG", "LC_ALL", "LC_CTYPE", "TZ", "PYTHONHASHSEED")
#: Those that only its imports see: where caches such as matplotlib's list of fonts are kept.
FOR_IMPORTS = ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "MPLCONFIGDIR", "PATH", "USERPROFILE")
FIXED = {
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",  # as a kernel has it: Agg, and shown
    "MALLOC_ARENA_MAX": "2",  # each arena takes 64 MB of address space
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    "PYTHONDONTWRITEBYTECODE": "1",
    "JUPYTER_PLATFORM_DIRS": "1",
    **dict.fromkeys(("USER", "LOGNAME"), "student"),  # who asks for a name gets one
}
PRIVATE = (
    "solutions",
    "submitted",
    "autograded",
    "feedback",
    "gradebook.db*",  # with its copies
    "journal",
    ".answers",
)


class IsolationError(CourseError):
    """Submissions cannot be shut in here; the message says why and what can be done."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Times in seconds, sizes in bytes."""

    cell_cpu: float = 20  #: processor time of one cell
    cpu: int = 60  #: processor time of all cells
    cell_wall: float = 30  #: from one cell's end to the next one's
    wall: float = 120  #: all cells, with the replay after a cell that crashed
    memory: int = 1 << 30  #: address space, beside what the imported libraries take
    threads: int = 32  #: at a time; more than one process is never allowed
    open_files: int = 64
    file_size: int = 16 << 20  #: of one file
    scratch: int = 32 << 20  #: of all files in the working folder
    reply: int = 16 << 20  #: of all answers and outputs that are sent back


def system_paths() -> list[Path]:
    """Return what of this computer libraries need: the interpreter, shared libraries, fonts."""
    prefixes = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
    installed = {str(Path(prefix, part)) for prefix in prefixes for part in INSTALLED}
    packages = {path for path in sys.path if path.endswith(("site-packages", "dist-packages"))}
    paths = [Path(path) for path in (*sorted(installed | packages), *SYSTEM)]
    return [path for path in paths if path.exists()]


def environment(tables: Path) -> dict[str, str]:
    """Return the variables that submissions see, beside a home, and nothing else of ours."""
    return _set(PASSED_ON) | FIXED | {"PYTHONPATH": import_path(), "NO_LIMITS_DATA": str(tables)}


def environment_for_imports(home: Path, tables: Path) -> dict[str, str]:
    """Return what a process has while it imports; IPython keeps its own things in ``home``."""
    return _set(FOR_IMPORTS) | environment(tables) | {"IPYTHONDIR": str(home / "ipython")}


def _set(names: Iterable[str]) -> dict[str, str]:
    return {name: os.environ[name] for name in names if name in os.environ}


def packages() -> list[Path]:
    """Return the folders of what students' code imports, the frame's and the article's.

    Both are ours, whatever came with a hand-in; what grades is in neither.
    """
    return [Path(courseware.__file__).resolve().parent, article.folder().resolve()]


def course_paths(course: Path, tables: Path, visible: Iterable[Path]) -> list[Path]:
    """Return what of the course every submission needs: its packages and its tables.

    Raises:
        IsolationError: with these, with ``visible`` or with the Python installation, something
            would be visible that no student may see.

    """
    needed = [*packages(), tables.resolve()]
    courses = {course.resolve(), *visible, *(path.parent for path in visible)}
    places = [path for at in courses for name in PRIVATE for path in at.glob(name)]
    privates = dict.fromkeys(path for at in places for path in (at, at.resolve()))
    for shown in [*system_paths(), *needed, *visible]:
        for private in privates:
            if private.is_relative_to(shown.resolve()) or shown.resolve().is_relative_to(private):
                raise IsolationError(
                    f"Submissions may read {shown}, so they could also read {private}, which must "
                    "stay private. Keep the course in a folder of its own, and make fewer folders "
                    "readable."
                )
    return needed


def why_not() -> list[str]:
    """Return the reasons why submissions cannot be shut in here; none if they can."""
    return [] if ways_here() else [*complaints().values(), overriding()]


def overriding() -> str:
    """Say what to do where isolation cannot start, and the one flag that does without it."""
    return (
        "Grade on Linux. On Windows, use WSL2; elsewhere, use a virtual machine or a container "
        f"that allows user namespaces. The option {FLAG} runs students' code without isolation. "
        "The code can then read and change everything that you can, so use this option only if "
        "you trust every student."
    )


def ways_here() -> list[str]:
    """Return the ways that work on this computer, the best one first."""
    return [name for name in WAYS if name not in complaints()]


def first_way() -> str | None:
    """Return the best way that works on this computer, without trying the others; or None."""
    return next((name for name in WAYS if not complaint(name)), None)


def complaints() -> dict[str, str]:
    """Return, per way, why it does not work."""
    return {name: words for name in WAYS if (words := complaint(name))}


@cache
def complaint(name: str) -> str | None:
    """Return why a way does not work, None if it does: by trying it, in a process of its own."""
    if sys.platform != "linux":
        return f"Isolation needs Linux, but this is {platform.system() or sys.platform}."
    if not syscalls.known_machine():
        return f"The course has no list of system calls for this processor ({platform.machine()})."
    return _tried(name)


def import_path() -> str:
    """Return ``PYTHONPATH`` for a process of ours: this very package, wherever it lies, last."""
    package = str(Path(__file__).resolve().parents[3])
    asked = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return os.pathsep.join(filter(None, (*asked, package)))  # nothing is the folder of now


def _tried(name: str) -> str | None:
    """Return why one way does not work; None if it does."""
    command = [sys.executable, "-m", "coursestaff.marking.sandbox.confinement", name]
    with TempDir() as folder:
        done = subprocess.run(
            [*command, str(folder)],
            env={**os.environ, "PYTHONPATH": import_path()},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    if done.returncode == 0 and done.stdout.strip() == "shut in":
        return None
    lines = (done.stdout + done.stderr).strip().splitlines() or [("it ended without saying why.")]
    return f"{name}: {lines[-1]}"
