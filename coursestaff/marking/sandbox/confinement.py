"""Shut this process in before any code of a submission runs in it (Linux).

With *namespaces* the process sees a file system of its own, no other process and no network; where
those are forbidden, *Landlock* confines it in the file system there is. Either way it has no
rights, a seccomp filter, and limits. `NoSandbox` sets limits only.

Each way is a class with the same steps, in this order: `begin` (once), `lock_down` (once, when the
libraries are imported), then for each submission `fork`, `enter` in the child and
`clean_up` when it is gone.
"""

import contextlib
import os
import platform
import shutil
import signal
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from coursestaff.marking.sandbox import folder as working
from coursestaff.marking.sandbox import kernel, syscalls
from coursestaff.marking.sandbox.isolation import SCRATCH, Limits, packages, system_paths

with contextlib.suppress(ImportError):  # Windows, where nothing of this is called
    import resource

NOBODY = 65534  # the uid that a submission has where root grades
INSIDE = 1000  # what that uid is called inside
FILES_IN_SCRATCH = 1_000
WRITABLE = "/dev/null"

#: What is made inside is read by the user that submissions run as, whatever `course` keeps private.
FOR_ALL = 0o022


class NoSandbox:
    """No isolation, because the grader said so: limits only, and a folder of its own."""

    name = "nothing"

    def __init__(self, limits: Limits, visible: Iterable[Path], scratch: Path) -> None:
        """Keep what to hold to.

        Args:
            limits: what a submission may use.
            visible: files and folders that it may read.
            scratch: an empty folder; the working folder is made in it where there are no mounts.

        """
        self.limits, self.visible, self.scratch = limits, list(visible), scratch
        self.folder = scratch / working.WORK
        self.used = 0  # bytes of address space before the submission takes any

    def begin(self) -> None:
        """Do what has to be done first."""

    def lock_down(self) -> None:
        """Do what is done once, after the imports."""
        self.used = address_space()

    def fork(self) -> int:
        """Fork as ``os.fork`` does."""
        return os.fork()

    def enter(self, files: Mapping[str, str]) -> None:
        """Shut this process in, for good, in a working folder that holds ``files``."""
        os.setsid()
        make_folder(self.folder, files)
        set_limits(self.limits, self.used, threads=False)

    def trouble(self, pid: int) -> str | None:
        """Say, while the submission ``pid`` runs, which limit it breaks that no kernel watches."""
        return None

    def clean_up(self) -> None:
        """Remove what a submission has left behind."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def end(self) -> None:
        """Remove all that is left, when nobody asks for more."""
        shutil.rmtree(self.scratch, ignore_errors=True)


class Namespaces(NoSandbox):
    """A private file system, process table and (empty) network in a user namespace."""

    name = "namespaces"

    def begin(self) -> None:
        """Become root of an own user namespace, and process 1 of an own process table.

        The process that was started waits outside for this one to end.
        """
        own_user_namespace(kernel.NEW_PIDS)
        inside = os.fork()
        if inside:
            self._wait_for(inside)
        kernel.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: no zygote without its guard
        self.table = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)

    def lock_down(self) -> None:
        """Change to a root in which only what is visible exists, read-only, and cut the network.

        The new root is put together over ``/proc``, a folder that exists everywhere and that
        nothing visible lies in. There is no ``/proc`` afterwards.
        """
        self.used = address_space()
        os.umask(FOR_ALL)
        kernel.unshare(kernel.NEW_MOUNTS | kernel.NEW_NETWORK | kernel.NEW_UTS | kernel.NEW_CGROUP)
        kernel.mount("none", "/", "none", kernel.PRIVATE | kernel.WHOLE_TREE)
        root = Path("/proc")
        flags = kernel.NO_SETUID | kernel.NO_DEVICES
        kernel.mount("root", root, "tmpfs", flags, "size=1m,mode=755")
        _show(system_paths() + self.visible, root)
        _show([Path(WRITABLE)], root, read_only=False)
        (root / SCRATCH.relative_to("/")).mkdir()
        kernel.change_root(root, platform.machine())
        kernel.make_read_only("/", recursive=False)

    def fork(self) -> int:
        """Fork; the child is process 1 of a new table, and with it dies all that it started."""
        kernel.unshare(kernel.NEW_PIDS)
        child = os.fork()
        if child:  # a process may not make two tables; from its own one it may start afresh
            kernel.setns(self.table, kernel.NEW_PIDS)
        return child

    def enter(self, files: Mapping[str, str]) -> None:
        """Mount the working folder in memory, then give up every right."""
        os.setsid()
        kernel.unshare(kernel.NEW_MOUNTS | kernel.NEW_IPC)
        flags = kernel.NO_SETUID | kernel.NO_DEVICES | kernel.NO_EXECUTING
        options = f"size={self.limits.scratch},nr_inodes={FILES_IN_SCRATCH},mode=700,uid={INSIDE}"
        kernel.mount("scratch", SCRATCH, "tmpfs", flags, f"{options},gid={INSIDE}")
        folder = SCRATCH / working.WORK
        make_folder(folder, files)
        os.chown(folder, INSIDE, INSIDE)
        for floor in folder.parents[: len(working.WORK.parts)]:
            floor.chmod(0o555)  # as under Landlock: a student's is the working folder alone
        set_limits(self.limits, self.used, threads=True)
        drop_rights(INSIDE, INSIDE)
        syscalls.confine(os.getpid(), files=False)

    def _wait_for(self, inside: int) -> None:
        os.closerange(3, 256)  # or nobody would notice when the process inside closes its end
        _, status = os.waitpid(inside, 0)
        self.end()
        os._exit(1 if status else 0)

    def clean_up(self) -> None:
        """Do nothing: the working folder is gone with the process."""


class Landlock(NoSandbox):
    """The file system as it is, but nearly all of it out of reach. One process, no network.

    The working folder is flat, and files in it can be made and changed but not removed or
    renamed: so what is in it can be counted. Whether some file exists, and how large it is, can
    be found out by who guesses its path.
    """

    name = "landlock"

    def lock_down(self) -> None:
        """Prepare the rules."""
        if kernel.landlock_version() < 3:
            raise OSError(
                38,
                "Landlock, which limits the files that a program can open, is switched off here, "
                "or this Linux is older than 6.2",
            )
        self.used = address_space()
        os.umask(FOR_ALL)
        make_folder(self.folder, {})
        for floor in (self.scratch, *self.folder.parents[: len(working.WORK.parts) - 1]):
            floor.chmod(0o711)
        read, write = kernel.LAND_READ | kernel.LAND_LIST, kernel.LAND_WRITE | kernel.LAND_TRUNCATE
        allowed = [(path, read) for path in system_paths() + self.visible if path.exists()]
        allowed += [
            (Path(WRITABLE), read | write),
            (self.folder, read | write | kernel.LAND_MAKE_FILE),
        ]
        self.rules = kernel.landlock_rules(allowed)
        self.parent = os.getpid()

    def enter(self, files: Mapping[str, str]) -> None:
        """Give up every right, then apply the rules."""
        os.setsid()
        make_folder(self.folder, files)
        set_limits(self.limits, self.used, threads=False)
        user = (NOBODY, NOBODY) if os.getuid() == 0 else (os.getuid(), os.getgid())
        os.chown(self.folder, *user)
        drop_rights(*user)
        kernel.prctl(1, signal.SIGKILL)
        if os.getppid() != self.parent:
            os._exit(1)
        kernel.prctl(38, 1)
        kernel.landlock(self.rules)
        syscalls.confine(os.getpid(), files=True)

    def trouble(self, pid: int) -> str | None:
        """Say so if the working folder holds too much, or there are too many threads.

        No quota watches over the folder, and the kernel would count all threads of the user.
        """
        with contextlib.suppress(OSError):  # it has just ended
            if len(list(Path(f"/proc/{pid}/task").iterdir())) > self.limits.threads:
                return "threads"
        total = number = 0
        for entry in os.scandir(self.folder):
            total, number = total + entry.stat(follow_symlinks=False).st_blocks * 512, number + 1
        full = total > self.limits.scratch or number > FILES_IN_SCRATCH
        return "disk" if full else None

    def clean_up(self) -> None:
        """Remove the files: there are no folders in it, and no links that lead out."""
        for entry in os.scandir(self.folder):
            Path(entry).unlink()


WAYS: dict[str, type[NoSandbox]] = {each.name: each for each in (Namespaces, Landlock, NoSandbox)}


def own_user_namespace(kinds: int) -> None:
    """Move this process into a user namespace, with other new namespaces of it.

    Root becomes root there, with one more user that submissions run as; anybody else becomes the
    user `INSIDE`, which has all rights over what belongs to the namespace, and no others.

    Raises:
        OSError: user namespaces are forbidden here.

    """
    ready, go = os.pipe()
    pid, uid, gid = os.getpid(), os.geteuid(), os.getegid()
    helper = os.fork()
    if helper == 0:  # a map can only be written from outside
        os.close(go)
        os.read(ready, 1)
        os._exit(_write_maps(Path(f"/proc/{pid}"), uid, gid))
    try:
        kernel.unshare(kernel.NEW_USER | kinds)
    finally:
        os.close(go)
        os.close(ready)
        _, status = os.waitpid(helper, 0)
    if status:
        raise OSError(1, "the user could not be mapped into the user namespace", "uid_map")


def _write_maps(process: Path, uid: int, gid: int) -> int:
    if uid == 0:
        try:
            for name in ("gid_map", "uid_map"):
                (process / name).write_text(f"0 0 1\n{INSIDE} {NOBODY} 1\n")
            return 0
        except OSError:  # root of a container that has no such user
            pass
    try:
        (process / "setgroups").write_text("deny")
        (process / "gid_map").write_text(f"{INSIDE} {gid} 1\n")
        (process / "uid_map").write_text(f"{INSIDE} {uid} 1\n")
    except OSError:
        return 1
    return 0


def _show(paths: Iterable[Path], root: Path, read_only: bool = True) -> None:
    """Make paths visible under ``root``, each at its place and, if it is a link, at its end."""
    places = {place: path for path in paths for place in (path.absolute(), path.resolve())}
    for place, path in sorted(places.items(), key=lambda item: len(item[0].parts)):
        target = root / place.relative_to("/")
        if target.exists():  # it is part of something that is visible already
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.mkdir() if path.is_dir() else target.touch()
        kernel.mount(path.resolve(), target, "none", kernel.BIND | kernel.WHOLE_TREE)
        if read_only:
            kernel.make_read_only(target)


def make_folder(folder: Path, files: Mapping[str, str]) -> None:
    """Make ``folder`` this process's own, with ``files`` in it (see `folder.make`)."""
    working.make(folder, files, os.environ.get("NO_LIMITS_DATA"))
    os.chdir(folder)


def address_space() -> int:
    """Return how many bytes of address space this process takes; 0 if that cannot be read."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except (OSError, ValueError):
        return 0
    return pages * resource.getpagesize()


def set_limits(limits: Limits, used: int, threads: bool) -> None:
    """Set the limits that the kernel watches.

    ``threads``: limit their number too. In a user namespace the kernel (from Linux 5.14) counts
    those inside; elsewhere it would count all that the user runs.
    """
    wanted = {
        resource.RLIMIT_CPU: limits.cpu + 1,  # the zygote stops it before; this is for its absence
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_FSIZE: limits.file_size,
        resource.RLIMIT_CORE: 0,
    }
    if sys.platform == "linux":
        wanted |= {resource.RLIMIT_MEMLOCK: 0, resource.RLIMIT_MSGQUEUE: 0}
        if used:
            wanted[resource.RLIMIT_AS] = used + limits.memory
    if threads and kernel_version() >= (5, 14):
        wanted[resource.RLIMIT_NPROC] = limits.threads
    for which, value in wanted.items():
        _, highest = resource.getrlimit(which)
        value = value if highest == resource.RLIM_INFINITY else min(value, highest)
        resource.setrlimit(which, (value, value))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # too large a file is an error, not the end


def kernel_version() -> tuple[int, ...]:
    """Return the kernel's version, such as (6, 8)."""
    return tuple(int(part) for part in platform.release().split(".")[:2])


def drop_rights(uid: int, gid: int) -> None:
    """Become this user, in no other group, without any capability."""
    with contextlib.suppress(PermissionError):  # an ordinary user cannot leave his other groups
        os.setgroups([])
    kernel.no_more_capabilities()
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    kernel.drop_capabilities()


def try_out(name: str, scratch: Path) -> None:
    """Shut a child in and print what came of it: the whole program of a trial."""
    try:
        sandbox = WAYS[name](Limits(), packages(), scratch)
        sandbox.begin()
        sandbox.lock_down()
        child = sandbox.fork()
        if child == 0:
            os._exit(_trial(sandbox))
        _, status = os.waitpid(child, 0)
    except OSError as problem:
        print(f"{problem.filename or 'files'}: {problem.strerror}.", flush=True)
        os._exit(1)
    os._exit(0 if status == 0 else 1)


def _trial(sandbox: NoSandbox) -> int:
    try:
        sandbox.enter({"here.txt": "here"})
        complaint = unreadable(sandbox)
    except OSError as problem:
        complaint = f"{problem.filename or 'files'}: {problem.strerror}."
    print(complaint or "shut in", flush=True)
    return 1 if complaint else 0


def unreadable(sandbox: NoSandbox) -> str | None:
    """Say what ought to be readable and is not, from within an isolated process."""
    for path in (*sandbox.visible, Path(os.__file__), Path("here.txt")):
        if not os.access(path, os.R_OK):
            return f"The user account that runs submissions cannot read {path}."
        if path.is_dir():
            next(path.iterdir(), None)
    return None


if __name__ == "__main__":
    try_out(sys.argv[1], Path(sys.argv[2]))
