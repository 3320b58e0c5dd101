"""Which system calls a submission may not make: a seccomp filter in the kernel's own byte code.

Everything is allowed but what stands here. A forbidden call fails with "operation not permitted"
(EPERM), so that a cell gets an exception and the cells after it still run.
"""

import ctypes
import errno
import platform
import struct
from collections.abc import Iterator

from coursestaff.marking.sandbox.kernel import call_number, prctl

#: Calls that always fail, by what they would be used for: number on x86_64, on aarch64 (generic
#: numbering); None where there is no such call.
FORBIDDEN: dict[str, tuple[int | None, int | None]] = {
    # another process: start one, become one, look into one, signal or slow one down
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "execveat": (322, 281),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "pidfd_send_signal": (424, 424),
    "kcmp": (312, 272),
    "tkill": (200, 130),
    "setpriority": (141, 140),
    "ioprio_set": (251, 30),
    "sched_setaffinity": (203, 122),
    "sched_setscheduler": (144, 119),
    "sched_setparam": (142, 118),
    "sched_setattr": (314, 274),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    # namespaces and mounts
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "move_mount": (429, 429),
    "open_tree": (428, 428),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "mknod": (133, None),
    "mknodat": (259, 33),
    # rights, and the machine
    "setuid": (105, 146),
    "setgid": (106, 144),
    "setreuid": (113, 145),
    "setregid": (114, 143),
    "setresuid": (117, 147),
    "setresgid": (119, 149),
    "setfsuid": (122, 151),
    "setfsgid": (123, 152),
    "setgroups": (116, 159),
    "capset": (126, 91),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "reboot": (169, 142),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "acct": (163, 89),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "syslog": (103, 116),
    "iopl": (172, None),
    "ioperm": (173, None),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "vhangup": (153, 58),
    "modify_ldt": (154, None),
    # parts of the kernel that nothing here needs and that attacks like
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_setup": (206, 0),
    "fanotify_init": (300, 262),
    "inotify_init": (253, None),
    "inotify_init1": (294, 26),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    # memory that the limits do not count, or that outlives a process
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "semget": (64, 190),
    "semop": (65, 193),
    "semtimedop": (220, 192),
    "semctl": (66, 191),
    "msgget": (68, 186),
    "msgsnd": (69, 189),
    "msgrcv": (70, 188),
    "msgctl": (71, 187),
    "mq_open": (240, 180),
    "mq_unlink": (241, 181),
    # a lock on a table that all may read would be a sign to another submission
    "flock": (73, 32),
    # the network, and other programs' sockets
    "socket": (41, 198),
    "connect": (42, 203),
    "bind": (49, 200),
    "listen": (50, 201),
}

#: Landlock does not watch these; with namespaces, whatever matters is read-only, and has a quota.
OF_FILES: dict[str, tuple[int | None, int | None]] = {
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "truncate": (76, 45),
    # what is in an extended attribute is content too
    "getxattr": (191, 8),
    "lgetxattr": (192, 9),
    "fgetxattr": (193, 10),
    "listxattr": (194, 11),
    "llistxattr": (195, 12),
    "flistxattr": (196, 13),
    # it takes gigabytes of a disk between two looks at the working folder
    "fallocate": (285, 47),
}

ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column, AUDIT_ARCH_…
LAST_KNOWN = 462  # mseal, Linux 6.10: younger calls "do not exist", nor do those of the x32 ABI

CLONE, CLONE3, OPENAT2 = (56, 220), (435, 435), (437, 437)
OPEN, OPENAT, IOCTL, FCNTL, PRCTL = (2, None), (257, 56), (16, 29), (72, 25), (157, 167)
KILL, TGKILL, QUEUE, TGQUEUE = (62, 129), (234, 131), (129, 138), (297, 240)
PRLIMIT, SOCKETPAIR = (302, 261), (53, 199)

THREAD = 0x10000  # CLONE_THREAD
NEW_NAMESPACES = 0x7E020000  # CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
TMPFILE = 0x400000  # the bit of O_TMPFILE that is not O_DIRECTORY
AF_UNIX = 1
STREAMS = (0x1, 0x801, 0x80001, 0x80801)  # SOCK_STREAM, with NONBLOCK, CLOEXEC; no datagrams
HARMLESS_IOCTLS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)  # isatty, size, FIO…
#: Calls of fcntl: F_SETOWN, F_SETSIG, F_SETOWN_EX, F_NOTIFY have the kernel send somebody a signal;
#: F_SETLEASE keeps others from a file; F_SETPIPE_SZ takes from what all of a user's pipes share;
#: F_SET_RW_HINT leaves a word on a table of the grader's, read-only mount or not, for the next one.
NOT_ALONE = (8, 10, 15, 1026, 1024, 1031, 1036)
PDEATHSIG = 1  # PR_SET_PDEATHSIG: outlive the zygote

LOAD, JUMP_EQUAL, JUMP_LEAST, JUMP_ANY, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06  # BPF_…
ALLOW, KILL_PROCESS, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000  # SECCOMP_RET_…
NUMBER, ARCHITECTURE = 0, 4  # offsets in struct seccomp_data; arguments of 8 bytes follow at 16
SET_MODE_FILTER, SYNC_THREADS = 1, 1

Step = tuple[int, int, int, int]  # code, jump if true, jump if false, value


def known_machine() -> bool:
    """Return whether there is a filter for this processor's system calls."""
    return platform.machine() in ARCHITECTURES and struct.calcsize("P") == 8


def program(pid: int, files: bool) -> bytes:
    """Return the filter for the process ``pid`` as the kernel reads it.

    Args:
        pid: the process itself, in its own namespace: the only one it may signal.
        files: whether calls in `OF_FILES` are forbidden too.

    """
    column, architecture = ARCHITECTURES[platform.machine()]
    forbidden = FORBIDDEN | (OF_FILES if files else {})
    steps = [*_start(architecture), *_about_arguments(column, pid)]
    for numbers in forbidden.values():
        if numbers[column] is not None:
            steps += _if_equal(numbers[column], [_refuse(errno.EPERM)])
    steps.append((RETURN, 0, 0, ALLOW))
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def load(filter_program: bytes) -> None:
    """Put the filter over all threads of this process, for good.

    Raises:
        OSError: the kernel has no seccomp filters, or ``no_new_privs`` is not set.

    """
    code = ctypes.create_string_buffer(filter_program, len(filter_program))
    header = struct.pack("HxxxxxxP", len(filter_program) // 8, ctypes.addressof(code))
    number = {"x86_64": 317, "aarch64": 277}[platform.machine()]
    given = ctypes.create_string_buffer(header, len(header))
    call_number(number, "seccomp", SET_MODE_FILTER, SYNC_THREADS, given)


def confine(pid: int, files: bool) -> None:
    """Give up the right to gain rights, then load the filter for this process."""
    prctl(38, 1)  # PR_SET_NO_NEW_PRIVS
    load(program(pid, files))


def _start(architecture: int) -> Iterator[Step]:
    """Refuse calls of another architecture (32-bit ones have other numbers), and unknown ones."""
    yield (LOAD, 0, 0, ARCHITECTURE)
    yield (JUMP_EQUAL, 1, 0, architecture)
    yield (RETURN, 0, 0, KILL_PROCESS)
    yield (LOAD, 0, 0, NUMBER)
    yield (JUMP_LEAST, 0, 1, LAST_KNOWN + 1)
    yield _refuse(errno.ENOSYS)


def _about_arguments(column: int, pid: int) -> Iterator[Step]:
    """Yield the rules that look at an argument (its lower 32 bits: all of these are ``int``)."""
    refused, allowed = _refuse(errno.EPERM), (RETURN, 0, 0, ALLOW)

    def rule(numbers: tuple[int | None, int | None], *steps: Step) -> list[Step]:
        number = numbers[column]
        return [] if number is None else _if_equal(number, list(steps))

    # Threads, yes; processes and namespaces, no. A filter cannot see clone3's flags, and without
    # it the C library takes clone; likewise openat2.
    yield from rule(CLONE3, _refuse(errno.ENOSYS))
    yield from rule(OPENAT2, _refuse(errno.ENOSYS))
    threads = (JUMP_ANY, 0, 2, THREAD), (JUMP_ANY, 1, 0, NEW_NAMESPACES)
    yield from rule(CLONE, _argument(0), *threads, allowed, refused)
    only_to_itself = (_argument(0), (JUMP_EQUAL, 0, 1, pid), allowed, refused)
    for numbers in (KILL, TGKILL, QUEUE, TGQUEUE):
        yield from rule(numbers, *only_to_itself)
    yield from rule(PRLIMIT, _argument(0), (JUMP_EQUAL, 0, 1, 0), allowed, *only_to_itself)
    # A pair of datagram sockets could be used to write to any other socket that has a path.
    streams = (_argument(1), *_among(STREAMS, allowed), refused)
    yield from rule(SOCKETPAIR, _argument(0), *_if_equal(AF_UNIX, [*streams]), refused)
    for numbers, place in ((OPEN, 1), (OPENAT, 2)):
        yield from rule(numbers, _argument(place), (JUMP_ANY, 1, 0, TMPFILE), allowed, refused)
    yield from rule(IOCTL, _argument(1), *_among(HARMLESS_IOCTLS, allowed), refused)
    yield from rule(FCNTL, _argument(1), *_among(NOT_ALONE, refused), allowed)
    yield from rule(PRCTL, _argument(0), *_among((PDEATHSIG,), refused), allowed)


def _refuse(number: int) -> Step:
    return (RETURN, 0, 0, ERRNO | number)


def _argument(place: int) -> Step:
    return (LOAD, 0, 0, 16 + 8 * place)  # little-endian: the lower half comes first


def _if_equal(value: int, steps: list[Step]) -> list[Step]:
    return [(JUMP_EQUAL, 0, len(steps), value), *steps]


def _among(values: tuple[int, ...], then: Step) -> list[Step]:
    return [step for value in values for step in _if_equal(value, [then])]
