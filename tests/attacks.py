"""Attacks that neither `tests.corpus` nor test_grading_isolation.py holds, each by its name.

`REACH`: code that only tries the door: ``got`` lists what let it through. `ALONE`: code that
changes the process it runs in, so each needs its own. `ANSWERS`: code of an answer cell that wants a mark
it has not earned; NAME is the answer's. `NOTEBOOKS`: what a file can say of itself.
"""

# ruff: noqa: E501 - an attempt a line is easier to compare with its neighbours

import copy
from collections.abc import Callable

from tests.handins import cell, code_cell

#: Known to the code of `REACH` and `ALONE`, beside what `outside` in the tests gives.
TOOLS = """
import ctypes, errno, fcntl, gc, glob, mmap, os, signal, socket, struct, sys, threading, time
libc = ctypes.CDLL(None, use_errno=True)
def calls(*numbers, given=(0, 0, 0, 0, 0, 0)):
    'Return which system calls get further than a refusal.'
    through = []
    for number in numbers:
        ctypes.set_errno(0)
        libc.syscall(number, *given)
        if ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS):
            through.append(number)
    return through
def opened(*paths, flags=os.O_RDONLY):
    through = []
    for path in paths:
        try: os.close(os.open(path, flags)); through.append(path)
        except OSError: pass
    return through
def works(action, *given):
    try: action(*given); return [action.__name__]
    except (OSError, ValueError, ImportError, AttributeError): return []
"""

REACH = {
    # --- other processes, and this one from outside
    "memory by /proc": "got = opened('/proc/self/mem', flags=os.O_RDWR)",
    "maps": "got = opened('/proc/self/maps', '/proc/self/environ', '/proc/self/cmdline')",
    "descriptors by /proc": (
        "got = [n for n in range(30) for _ in opened(f'/proc/{TEST}/fd/{n}')]\n"
        "got += [n for n in range(30) for _ in opened(f'/proc/{os.getppid()}/fd/{n}')]"
    ),
    "root of another": (
        "roots = [f'/proc/{number}/root' for number in (1, TEST)]\n"
        "got = opened(*(f'{root}/etc/passwd' for root in roots))"
    ),
    "folder of another": "got = opened(f'/proc/{TEST}/cwd', f'/proc/{os.getppid()}/cwd')",
    "namespaces by /proc": (
        "got = opened('/proc/1/ns/mnt', f'/proc/{TEST}/ns/mnt', f'/proc/{os.getppid()}/ns/mnt')"
    ),
    "threads of another": "got = opened(f'/proc/{os.getppid()}/task')",
    "out-of-memory score": "got = opened('/proc/self/oom_score_adj', flags=os.O_WRONLY)",
    "kernel settings": "got = opened('/proc/sys/kernel/core_pattern', flags=os.O_WRONLY)",
    "system request": "got = opened('/proc/sysrq-trigger', flags=os.O_WRONLY)",
    "control groups": "got = opened('/sys/fs/cgroup/cgroup.procs', '/sys/fs/cgroup')",
    "kernel's own files": "got = opened('/sys/kernel', '/sys/module', '/sys/class/net')",
    "the group's signal": "got = works(os.kill, 0, 9)",
    "a group's signal": "got = works(os.killpg, os.getppid(), 9)",
    "minus oneself": "got = works(os.kill, -os.getpid(), 0)",
    "thread of another": "got = calls(200, given=(TEST, 9)) if os.uname()[4] == 'x86_64' else []",
    "signal by queue": "got = [n for n in (129,) if not libc.syscall(n, TEST, 9, bytes(128))]",
    "file descriptor of a process": "got = works(os.pidfd_open, TEST)",
    "advice for another's memory": "got = calls(440, 448)",
    "core scheduling": "got = [62] if not libc.prctl(62, 1, TEST, 0, 0) else []",
    "robust list": "got = [274] if not libc.syscall(274, TEST, bytes(8), bytes(8)) else []",
    "scheduling of another": "got = works(os.sched_setscheduler, TEST, 0, os.sched_param(0))",
    "real time": "got = works(os.sched_setscheduler, 0, os.SCHED_FIFO, os.sched_param(99))",
    "processors": "got = works(os.sched_setaffinity, 0, [0])",
    "more priority": "got = works(os.nice, -5)",
    "fork by number": "got = calls(57, 58) if os.uname()[4] == 'x86_64' else []",
    "clone that shares": "got = calls(56, given=(0x100, 0, 0, 0, 0)) if os.uname()[4] == 'x86_64' else []",
    "spawn": "got = works(os.posix_spawn, '/bin/true', ['true'], {})",
    "run by the loader": "got = works(os.execv, '/lib64/ld-linux-x86-64.so.2', ['ld', '/bin/true'])",
    "run a file of one's own": "open('run', 'w').write('#!/bin/sh\\n'); got = works(os.execv, 'run', ['run'])",
    # --- System V's and POSIX's ways to others
    "message queue by number": "got = calls(69, 70, 71) if os.uname()[4] == 'x86_64' else []",
    "semaphore by number": "got = calls(65, 66, 220) if os.uname()[4] == 'x86_64' else []",
    "shared memory by number": "got = calls(30, 31) if os.uname()[4] == 'x86_64' else []",
    "named semaphore": "import _multiprocessing; got = works(_multiprocessing.SemLock, 1, 1, 1, '/no', False)",
    "message queue by name": "libc.mq_open.restype = int; got = [1] if libc.mq_open(b'/no', 0o102, 0o666, None) >= 0 else []",
    # --- files
    "change folder": (
        "here, got = os.getcwd(), []\ntry: os.chdir(COURSE + '/solutions'); got = os.listdir('.')\n"
        "except OSError: pass\nos.chdir(here)"
    ),
    "walk up": "got = [n for n in range(1, 20) for _ in opened('../' * n + 'etc/passwd', '../' * n + SOLUTION)]",
    "search for solutions": (
        "got = []\n"
        "for at, inner, files in os.walk('/'):\n"
        "    inner[:] = [name for name in inner if not name.startswith(('lib', 'python'))]\n"
        "    wanted = {'checks.yaml', 'rubric.md', 'gradebook.db', 'submitted', 'solutions'}\n"
        "    got += wanted & {*inner, *files}"
    ),
    "search for submissions": (
        "got = opened(COURSE + '/submitted', COURSE + '/autograded', COURSE + '/feedback')"
    ),
    "search for the gradebook": "got = glob.glob('/*/gradebook.db') + glob.glob('/*/*/gradebook.db')",
    "names of accounts": "got = opened('/etc/passwd', '/etc/group', '/etc/hostname', '/etc/hosts')",
    "keys": "root = '/root'\n"
    "names = ('.ssh', '.config', '.bashrc')\n"
    "got = opened(*(f'{root}/{name}' for name in names), '/etc/ssh', '/home')",
    "copy of the package": "import coursestaff; got = opened(*[p + '/marking/compare.py' for p in coursestaff.__path__])",
    "sockets of services": "got = opened('/var/run/docker.sock', '/run/systemd', '/run/dbus', '/tmp/.X11-unix')",
    "other temporary files": "got = [p for p in glob.glob('/tmp/*') if not COURSE.startswith(p)]",
    "devices": "got = opened('/dev/mem', '/dev/kmsg', '/dev/fuse', '/dev/kvm', '/dev/ptmx', '/dev/tty')",
    "disks": "got = glob.glob('/dev/sd*') + glob.glob('/dev/vd*') + opened('/dev/vda', '/dev/loop0')",
    "write to libraries": "import numpy; got = opened(numpy.__file__, os.__file__, flags=os.O_WRONLY)",
    "plant a module": "got = opened(os.path.dirname(os.__file__) + '/planted.pth', flags=os.O_CREAT | os.O_WRONLY)",
    "plant byte code": "got = works(os.mkdir, os.path.dirname(os.__file__) + '/__pycache__/planted')",
    "plant settings": "got = opened('/etc/planted', '/planted', '/var/planted', flags=os.O_CREAT | os.O_WRONLY)",
    "plant beside": "got = opened('../planted', '../ipython/planted', flags=os.O_CREAT | os.O_WRONLY)",
    "plant in shared memory": "got = opened('/dev/shm/planted', flags=os.O_CREAT | os.O_WRONLY)",
    "a pipe with a name": "got = works(os.mkfifo, OUTSIDE + '/planted')",
    "link to a table": "got = works(os.link, TABLE, OUTSIDE + '/planted')",
    "table under another name": "got = works(os.rename, TABLE, TABLE + '.planted')",
    "exchange of names": "got = [1] if not libc.renameat2(-100, TABLE.encode(), -100, b'x', 2) else []",
    "lease on a table": "f = open(TABLE); got = works(fcntl.fcntl, f, fcntl.F_SETLEASE, fcntl.F_RDLCK)",
    "exclusive lock on a table": "f = open(TABLE); got = works(fcntl.lockf, f, fcntl.LOCK_EX | fcntl.LOCK_NB)",
    "lock that another submission sees": "f = open(TABLE); got = works(fcntl.flock, f, fcntl.LOCK_SH | fcntl.LOCK_NB)",
    "marks of a table": "got = works(os.setxattr, TABLE, 'user.planted', b'x')",
    "times of a table": "got = works(os.utime, TABLE, (0, 0))",
    "times by descriptor": "f = open(TABLE); got = works(os.utime, f.fileno(), (0, 0))",
    "mode by descriptor": "f = open(TABLE); got = works(os.fchmod, f.fileno(), 0o666)",
    "owner by descriptor": "f = open(TABLE); got = works(os.fchown, f.fileno(), os.getuid(), -1)",
    "shared map of a table": "f = open(TABLE); got = works(mmap.mmap, f.fileno(), 0, mmap.MAP_SHARED, mmap.PROT_WRITE)",
    "hole in a table": "f = open(TABLE); got = [1] if not libc.fallocate(f.fileno(), 3, 0, 10) else []",
    "notice of changes": "f = os.open('.', os.O_RDONLY); got = works(fcntl.fcntl, f, fcntl.F_NOTIFY, 1)",
    "wider pipes": "r, w = os.pipe(); got = works(fcntl.fcntl, w, 1031, 1 << 20)",
    "mount by the new calls": "got = calls(428, 429, 430, 431, 432, 433, 442)",
    "handle of a file": "got = calls(303, 304) if os.uname()[4] == 'x86_64' else []",
    "file in memory": "got = works(os.memfd_create, 'x')",
    "secret memory": "got = calls(447)",
    "change of root": "got = works(os.chroot, '.')",
    # --- the kernel's back doors, and the network
    "faults in user space": "got = calls(323) if os.uname()[4] == 'x86_64' else []",
    "rings of requests": "got = calls(425, 426, 427)",
    "old requests": "got = calls(206) if os.uname()[4] == 'x86_64' else []",
    "counters": "got = calls(298) if os.uname()[4] == 'x86_64' else []",
    "programs in the kernel": "got = calls(321) if os.uname()[4] == 'x86_64' else []",
    "keys in the kernel": "got = calls(248, 249, 250) if os.uname()[4] == 'x86_64' else []",
    "calls to come": "got = calls(463, 464, 465, 466, 467, 500, 1000)",
    "new clone": "got = calls(435, given=(bytes(88), 88, 0, 0, 0, 0))",
    "new open": "got = [437] if libc.syscall(437, -100, b'/etc/passwd', bytes(24), 24) >= 0 else []",
    "death signal": "got = [1] if not libc.prctl(1, 0, 0, 0, 0) else []",
    "capabilities again": "got = [n for n in range(41) if not libc.prctl(47, 2, n, 0, 0)]",
    "new privileges": "got = [38] if libc.prctl(39, 0, 0, 0, 0) != 1 else []",
    "own limits": "import resource as r; got = works(r.setrlimit, r.RLIMIT_NOFILE, (4096, 4096))",
    "limits of a parent": "import resource as r; got = works(r.prlimit, os.getppid() or TEST, r.RLIMIT_CPU)",
    "typing on a terminal": "got = [n for n in range(5) if not libc.ioctl(n, 0x5412, b'x')]",
    "sockets of the kernel": "got = [f for f in (16, 17, 38, 40, 44) for _ in works(socket.socket, f, socket.SOCK_RAW)]",
    "pair of network sockets": "got = works(socket.socketpair, socket.AF_INET, socket.SOCK_STREAM)",
    "pair of raw sockets": "got = works(socket.socketpair, socket.AF_UNIX, socket.SOCK_RAW)",
    "from stream to address": "a, b = socket.socketpair(); got = works(a.sendto, b'x', DATAGRAMS)",
    "from stream to server": "a, b = socket.socketpair(); got = works(a.connect, DATAGRAMS)",
    "name for a stream": "a, b = socket.socketpair(); got = works(a.bind, OUTSIDE + '/planted')",
    # --- what the process knows
    "environment": "got = [k for k in os.environ if SECRET in os.environ[k]]",
    "what lies in memory": (
        "words = ('misconceptions', 'checks.yaml', SECRET[:9] + SECRET[9:])\n"
        "got = [w for w in words for o in gc.get_objects() if type(o) is dict and w in o.values()]"
    ),
    "what is imported": (
        "names = ('compare', 'marks', 'pipeline', 'doubts', 'gradebook', 'coordinator')\n"
        "got = [name for name in names if f'coursestaff.marking.{name}' in sys.modules]"
    ),
    "frames above": (
        "got, frame = [], sys._getframe()\n"
        "while frame:\n"
        "    seen = [k for k in ('setup', 'expected', 'solution') if k in frame.f_locals]\n"
        "    got, frame = got + seen, frame.f_back"
    ),
    "memory that is shared with the next": (
        "got = [o for o in gc.get_objects() if isinstance(o, mmap.mmap)]"
    ),
    # --- what lasts longer than a submission, or takes more than its share
    # a hint on a file of the grader's own stays, read-only mount or not: a word to the next one
    "word left on a file": "f = open('own', 'w'); got = works(fcntl.fcntl, f, 1036, struct.pack('Q', 4))",
    # Landlock keeps from what is in a file, and not from what is written beside it
    "attributes of a file": "got = works(os.listxattr, SOLUTION)",
    # room that is taken without writing is gone before a watch looks
    "more room than there is": "f = open('large', 'w'); got = works(os.posix_fallocate, f.fileno(), 0, 8 << 20)",
    # a descriptor of a path alone may be had where a file may not be opened
    "file by its path alone": (
        "got = []\ntry: at = os.open(SOLUTION, 0x200000); got = works(os.read, at, 9)\n"
        "except OSError: pass\nelse: got += opened(f'/proc/self/fd/{at}', f'/dev/fd/{at}')"
    ),
    "folder by its path alone": (
        "got, here = [], os.getcwd()\n"
        "try: at = os.open(COURSE + '/solutions', 0x200000); os.fchdir(at); got = works(os.listdir, '.')\n"
        "except OSError: pass\nelse: got += opened(*glob.glob('*'))\nos.chdir(here)"
    ),
    # CVE-2022-0847: what is written to a pipe went to the file that had been spliced into it
    "table through a pipe": (
        "r, w = os.pipe(); os.write(w, bytes(65536)); os.read(r, 65536)\n"
        "f = os.open(TABLE, os.O_RDONLY); before = os.pread(f, 8, 0)\n"
        "os.splice(f, w, 1, offset_src=0); os.write(w, b'planted')\n"
        "got = [] if os.pread(f, 8, 0) == before else ['changed']"
    ),
    # the filter reads the lower halves of arguments, and so has the kernel to
    "signal with high bits": (
        "got = calls(62, given=(ctypes.c_long(1 << 32 | TEST), 0)) if os.uname()[4] == 'x86_64' else []"
    ),
    "pair with high bits": (
        "given = (1, ctypes.c_long(1 << 32 | 2), 0, bytes(8))\n"
        "got = calls(53, given=given) if os.uname()[4] == 'x86_64' else []"
    ),
}

ALONE = {
    "stops itself": "os.kill(os.getpid(), signal.SIGSTOP); got = 1",
    "ends by alarm": "signal.alarm(1); time.sleep(9)",
    "alarm in what looks": "signal.signal(14, lambda *a: 1 / 0); signal.setitimer(0, .001, .001); got = 1",
    "calls of 32 bits": (
        "code = b'\\xb8\\x14\\x00\\x00\\x00\\xcd\\x80\\xc3'\n"
        "room = mmap.mmap(-1, 4096, prot=7); room.write(code)\n"
        "at = ctypes.addressof(ctypes.c_char.from_buffer(room))\n"
        "got = ctypes.CFUNCTYPE(int)(at)()"
    ),
    "exit that stays": "os._exit = lambda code: time.sleep(9); got = 1",
    "exit in a thread": "threading.Timer(.05, os._exit, [0]).start(); got = 1",
    "tracing": (
        "def trace(frame, event, given):\n"
        "    if 'answers' in frame.f_locals: frame.f_locals['answers'].clear()\n"
        "    return trace\nsys.settrace(trace); threading.settrace(trace); got = 1"
    ),
    "profiling": "sys.setprofile(lambda *a: time.sleep(.0001)); got = 1",
    "hook on collection": "gc.callbacks.append(lambda *a: os.abort()); got = 1",
    "hook on events": "sys.addaudithook(lambda *a: 1 / 0); got = 1",
    "no builtins": "import builtins; builtins.isinstance = lambda *a: True; got = 1",
    "no modules": "sys.modules.clear(); got = 1",
    "own names": (
        "class All(dict):\n    __contains__ = lambda *a: True\n"
        "    __missing__ = __getitem__ = lambda *a: 42\nget_ipython().user_ns = All(); got = 1"
    ),
    "own interpreter of cells": (
        "import ast\nclass Out(ast.NodeTransformer):\n    visit = lambda self, tree: exit()\n"
        "get_ipython().ast_transformers.append(Out()); got = 1"
    ),
    "hook after a cell": "get_ipython().events.register('post_run_cell', lambda r: os._exit(0)); got = 1",
    "threads with small stacks": (
        "threading.stack_size(32768); got = 0\n"
        "while True:\n    threading.Thread(target=time.sleep, args=[99]).start(); got += 1"
    ),
    "thread that writes later": (
        "def late():\n    while True: time.sleep(.01); os.write(3, b'{}\\n')\n"
        "threading.Thread(target=late, daemon=True).start(); got = 1"
    ),
    "thread that prints for ever": (
        "def loud():\n    while True: print('x' * 100)\n"
        "threading.Thread(target=loud, daemon=True).start(); got = 1"
    ),
    "reads what is to come": "threading.Thread(target=os.read, args=[4, 9], daemon=True).start(); got = 1",
    "closes what is to come": "os.close(4); got = 1",
    "narrows the pipe": "fcntl.fcntl(3, 1031, 4096); got = 1",
    "pipe that never waits": "os.set_blocking(3, False); got = 'x' * 10**6",
    "half a record": 'os.write(3, b\'{"cell": "bad", \'); time.sleep(.1); os._exit(0)',
    "record by bytes": "[os.write(3, b'x') for _ in range(20_000)]",
    "empty records": "os.write(3, b'\\n' * 60_000)",
    "many members": "os.write(3, b'{\"cell\":\"bad\"' + b',\"a\":0' * 250_000 + b'}\\n')",
    "long numbers": "os.write(3, b'{\"cell\": ' + b'9' * 1_000_000 + b'}\\n')",
    "number too precise": "os.write(3, b'{\"cell\": 1e-' + b'9' * 100_000 + b'}\\n')",
    "the same key twice": (
        'os.write(3, b\'{"cell": "x", "cell": "bad", "error": null, "answers": {}}\\n\'); os._exit(0)'
    ),
    "half a character": (
        'os.write(3, b\'{"cell": "bad", "error": "\\\\ud800", "answers": {"got":'
        ' {"type": "text", "value": "\\\\udfff"}}}\\n\'); os._exit(0)'
    ),
    "commands to a terminal": "raise type('Odd\\x1b[2J\\u202e', (Exception,), {})('\\x1b]0;x\\x07\\n\\u2067')",
    "error without end": "raise ValueError('x' * 10**8)",
    "error that lies": ("class Sly(Exception):\n    def __str__(self): os._exit(0)\nraise Sly"),
    "name that lies": (
        "class Meta(type):\n    __name__ = property(lambda s: os._exit(0))\n"
        "class Odd(metaclass=Meta): pass\ngot = Odd()"
    ),
    "table that deletes": (
        "import pandas as pd\nclass Table(pd.DataFrame):\n"
        "    iloc = property(lambda self: os._exit(0))\ngot = Table({'a': [1]})"
    ),
    "table without end": (
        "import pandas as pd\nclass Table(pd.DataFrame):\n    shape = (1, 1)\n"
        "    __len__ = lambda self: 1\ngot = Table({'a': range(10**6)})"
    ),
    "chart without end": (
        "import matplotlib.pyplot as plt\nfig, got = plt.subplots()\n"
        "for n in range(300): got.plot(range(2000))"
    ),
    "mapping without end": (
        "from collections.abc import Mapping\nclass Map(Mapping):\n    __len__ = lambda s: 1\n"
        "    __getitem__ = lambda s, k: s\n    def __iter__(self):\n        while True: yield 'x'\n"
        "got = Map()"
    ),
    "number that never ends": (
        "class Num(float):\n    def __float__(self):\n        while True: pass\ngot = Num(1)"
    ),
    "class that is everything": (
        "class All:\n    __class__ = property(lambda s: dict)\n    items = values = keys = lambda s: s\n"
        "    __iter__ = lambda s: iter([s])\n    __len__ = lambda s: 1\ngot = All()"
    ),
    "sleeping at the end": "class Late:\n    __del__ = lambda s: time.sleep(99)\nkeep = Late(); got = 1",
    # --- the pipe itself: replaced by another, or answering for a cell that has not run
    "another pipe": "r, w = os.pipe(); os.dup2(w, 3); got = 1",
    "a file for a pipe": "os.dup2(os.open('x', os.O_CREAT | os.O_RDWR), 3); got = 1",
    "answers before their time": (
        'record = \'{"cell": "%s", "error": null, "answers": {}}\\n\'\n'
        "os.write(3, (record % 'bad' + record % 'end').encode()); os._exit(0)"
    ),
    # what a cell says it has met decides whether a person looks
    "met without cause": (
        'os.write(3, b\'{"cell": "bad", "error": null, "answers": {}, "met": [{}, [], 1]}\\n\'); os._exit(0)'
    ),
    "writing that counts wrong": "write = os.write; os.write = lambda n, b: write(n, b) and 1; got = 1",
    # --- the way in which it was shut in, turned on itself
    # a filter of its own: writing seems to work, or waits for a listener that never answers
    "filter that lies": (
        "steps = [(32, 0, 0, 0), (21, 0, 1, 1), (6, 0, 0, 0x50000), (6, 0, 0, 0x7fff0000)]\n"
        "code = ctypes.create_string_buffer(b''.join(struct.pack('HBBI', *s) for s in steps))\n"
        "libc.syscall(317, 1, 0, struct.pack('HxxxxxxP', 4, ctypes.addressof(code))); got = 1"
    ),
    "filter that never answers": (
        "steps = [(32, 0, 0, 0), (21, 0, 1, 1), (6, 0, 0, 0x7fc00000), (6, 0, 0, 0x7fff0000)]\n"
        "code = ctypes.create_string_buffer(b''.join(struct.pack('HBBI', *s) for s in steps))\n"
        "libc.syscall(317, 1, 8, struct.pack('HxxxxxxP', 4, ctypes.addressof(code))); got = 1"
    ),
    "limits of nothing": (
        "import resource\nfor n in (0, 1, 2, 3, 6, 7, 9):\n"
        "    try: resource.setrlimit(n, (0, 0))\n    except (OSError, ValueError): pass\ngot = 1"
    ),
    # the first thread ends, and the process is a zombie that still computes
    "ends but for a thread": "threading.Thread(target=time.sleep, args=[60]).start(); libc.syscall(60, 0)",
    # --- what it leaves: names that are no text, files that nobody may open, descriptors in flight
    "names that are no text": "os.close(os.open(b'\\xff\\n\\x1b[2J', os.O_CREAT | os.O_RDWR)); got = 1",
    "files that nobody may open": (
        "os.close(os.open('shut', os.O_CREAT | os.O_RDWR, 0))\n"
        "try: os.chmod('.', 0)\nexcept OSError: pass\ngot = 1"
    ),
    "descriptors in flight": (
        "while True:\n    a, b = socket.socketpair()\n    with a, b: socket.send_fds(a, [b'x'], [a.fileno()] * 9)"
    ),
    # what is looked for after a cell stands in a list that the cell can reach
    "other things to look at": (
        "frame = sys._getframe()\nwhile frame:\n    for each in list(frame.f_locals.values()):\n"
        "        if type(each) is list and each and type(each[0]) is dict and 'look' in each[0]:\n"
        "            each[0].update(look='__import__', inputs=['(\"os\",)'])\n    frame = frame.f_back"
    ),
}

ANSWERS = {
    "not a number": "NAME = float('nan')",
    "infinite": "NAME = float('inf')",
    "all numbers": "NAME = list(range(5000))",
    "all at once": "NAME = {n: n for n in range(5000)}",
    "yes": "NAME = True",
    "complex": "NAME = 1 + 0j",
    "masked": "import numpy as np\nNAME = np.ma.masked",
    "interval": "import pandas as pd\nNAME = pd.Interval(-1e9, 1e9)",
    "uncertain": (
        "class Any(float):\n    __sub__ = __rsub__ = __abs__ = lambda *a: 0.0\n"
        "    __le__ = __ge__ = __eq__ = lambda *a: True\n    __hash__ = float.__hash__\nNAME = Any('nan')"
    ),
    "a number that changes": (
        "class Wave(float):\n    count = 0\n    def __float__(self):\n"
        "        Wave.count += 1\n        return float(Wave.count)\nNAME = Wave(0)"
    ),
    "every letter": "NAME = 'A B C D E'",
    "letters as a list": "NAME = ['A', 'B', 'C', 'D', 'E']",
    "looks like a letter": "NAME = '\\u0391'",
    "letter behind marks": "NAME = 'A\\u200b\\u202e'",
    "text that is equal": (
        "class Any(str):\n    __eq__ = lambda *a: True\n    __hash__ = str.__hash__\n"
        "    casefold = split = strip = lambda s, *a: s\nNAME = Any('x')"
    ),
    "empty table": "import pandas as pd\nNAME = pd.DataFrame()",
    "table without rows": "import pandas as pd\nNAME = pd.DataFrame(columns=list('abc'))",
    "table of nothing": "import pandas as pd\nNAME = pd.DataFrame({'a': [None] * 9})",
    "empty chart": "import matplotlib.pyplot as plt\nNAME = plt.subplots()[1]",
    "chart of nothing": "import matplotlib.pyplot as plt\nNAME = plt.subplots()[1]\nNAME.plot([float('nan')] * 9)",
    "function": "def NAME(*a, **k): return NAME",
    "class": "class NAME: pass",
    "module": "import courseware as NAME",
    "proxy": "from unittest.mock import MagicMock\nNAME = MagicMock()",
    "generator": "NAME = (n for n in range(10**9))",
    "worker's own records": (
        "import sys\nframe = sys._getframe()\nwhile frame and 'probes' not in frame.f_locals:\n"
        "    frame = frame.f_back\nNAME = str(frame and frame.f_locals)"
    ),
    "descriptions by force": (
        "from coursestaff.marking.sandbox import worker\n"
        "worker.look = lambda *a: {'type': 'number', 'value': float('1')}"
    ),
    "marks by force": (
        "from coursestaff.marking.sandbox import worker\n"
        "worker.look = lambda *a: {'type': 'number', 'value': 1, 'points': 99, 'mark': 'Right.'}"
    ),
    "records by force": (
        "import json, os\nfor n in range(1, 9):\n"
        "    answers = {f'q{n}': {'type': 'number', 'value': n, 'points': 20}}\n"
        "    os.write(3, json.dumps({'cell': f'q{n}', 'error': None, 'answers': answers}).encode() + b'\\n')"
    ),
    "own check": "check = lambda *a, **k: print('Right.')\nNAME = 1",
    "own package": (
        "import sys, types\nfake = types.ModuleType('courseware.answers.describe')\n"
        "fake.describe = fake.describe_calls = lambda *a: {'type': 'text', 'value': 'A'}\n"
        "sys.modules['courseware.answers.describe'] = fake"
    ),
    "expected values by name": "NAME = expected if 'expected' in globals() else solution",
    "public part": "import json\nNAME = json.load(open('checks.json'))",
    "middle of the public range": (
        "import json\nfound = str(json.load(open('checks.json')))\nNAME = len(found) / 2"
    ),
    "JavaScript": "%%javascript\nJupyter.notebook.kernel.execute('NAME = 1')",
    "another language": "%%bash\nexport NAME=1",
    "another notebook": "%run ../../solutions/02_the_trade_lifeline/02_the_trade_lifeline.ipynb",
    "another file": "%load /etc/passwd",
    "other people's names": "%store -r\nNAME = 1",
    "log": "%logstart -o ../planted.py\nNAME = 'x'",
    "file by magic": "%%writefile ../planted.py\nNAME = 1",
    "captured": "%%capture NAME\nprint('Right.')",
    # no answer stands still: the thread goes on while it is described, and at the end again
    "a number that runs": (
        "import threading\nnames = get_ipython().user_ns\ndef run():\n"
        "    while True:\n        for n in range(5000): names['NAME'] = float(n)\n"
        "threading.Thread(target=run, daemon=True).start()"
    ),
    # names that are not there are looked up in the module, if it says so
    "a module with every name": (
        "import sys, types\nclass All(types.ModuleType):\n    __getattr__ = lambda self, name: 1.0\n"
        "sys.modules['__main__'].__class__ = All"
    ),
    # what a function is called with at the end, it could only answer from the frames above it
    "function that asks its caller": (
        "def NAME(*given):\n    import sys\n    frame = sys._getframe()\n    while frame:\n"
        "        if 'expected' in frame.f_locals: return frame.f_locals['expected']\n"
        "        frame = frame.f_back\n    return given"
    ),
    "shape of a right chart": (
        "from coursestaff.marking.sandbox import worker\n"
        "words = dict.fromkeys(('title', 'xlabel', 'ylabel', 'xscale', 'yscale'), '%')\n"
        "drawn = {'lines': [[['nan', 'nan']]] * 5, 'names': [''] * 5, 'bars': [[]], 'dots': []}\n"
        "worker.look = lambda *a: {'type': 'chart', 'upside down': False, 'alike': False, **words, **drawn}"
    ),
    # a person would look at a question, and might give what no computer did
    "met, it says": (
        "import json, os\nmet = {'cell': 'q1-answer', 'error': 'x', 'answers': {}, 'met': ['input', 'stop']}\n"
        "os.write(3, json.dumps(met).encode() + b'\\n'); os._exit(0)"
    ),
}


def _all_metadata(notebook: dict, **marks: object) -> dict:
    for each in notebook["cells"]:
        if "nbgrader" in each["metadata"]:
            each["metadata"]["nbgrader"] |= marks
    return notebook


def _own_ids(notebook: dict) -> dict:
    for own in ("q1.end", "q3.calls", "own-3", "q1", "trouble", "ex-setup"):
        notebook["cells"].append(code_cell("added = 1\nTrue") | {"id": own})
    return notebook


def _told(notebook: dict) -> dict:
    """Write into the outputs of every check what a right answer would get."""
    shown = {"output_type": "stream", "name": "stdout", "text": "1 of 1 points. Right.\n"}
    for each in notebook["cells"]:
        if each["cell_type"] == "code":
            each["outputs"] = [copy.deepcopy(shown)]
    return notebook


def _all_checks(notebook: dict) -> dict:
    check = cell(notebook, "q1")
    notebook["cells"] += [copy.deepcopy(check) for _ in range(50)]
    return notebook


def _about(**more: object) -> Callable[[dict], dict]:
    return lambda notebook: {**notebook, "metadata": {**notebook["metadata"], **more}}


NOTEBOOKS: dict[str, Callable[[dict], dict]] = {
    "checks that give points": lambda n: _all_metadata(n, points=1000),
    "negative points": lambda n: _all_metadata(n, points=-1),
    "points without end": lambda n: _all_metadata(n, points=float("inf")),
    "nothing is locked": lambda n: _all_metadata(n, locked=False, solution=True, grade=True),
    "another schema": lambda n: _all_metadata(n, schema_version=99, cell_type="raw"),
    "one id for all": lambda n: _all_metadata(n, grade_id="q1"),
    "ids of the grader's own": _own_ids,
    "right, it says": _told,
    "one check fifty times": _all_checks,
    "another kernel": _about(kernelspec={"name": "bash", "language": "bash", "display_name": "x"}),
    "another language": _about(language_info={"name": "javascript", "codemirror_mode": {"a": []}}),
    "right-to-left names": _about(title="\u202eright", authors=[{"name": "\u2067\x1b[2J"}]),
    "graded, it says": _about(nbgrader={"score": 20, "graded": True, "course": "x"}),
    "a release of its own": _about(no_limits={"exercise": "x", "variant": 99, "checks": {}}),
}
