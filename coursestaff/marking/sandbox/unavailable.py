"""What a notebook finds at home and not where it is graded: a person who types, other programs.

A cell that asks for them goes on where it can, and says what was missing, so that an answer below
is not lost. What a cell met is told with its record: whether it cost a mark is seen elsewhere.
"""

import builtins
import errno
import getpass
import os
import subprocess
import sys
from typing import NoReturn

from IPython.utils.text import SList

from coursestaff.marking.sandbox.reply_validation import INPUT, SHELL, STOP

NOBODY = (
    "[input() cannot be used while work is graded, because nobody can type anything. It returned "
    "an empty string.]"
)
NO_SHELL = (
    "[This line was not run, because no other program can be started while work is graded: {}]"
)
NO_PROGRAM = "no other program can be started while work is graded"
#: Errors that may come of the place where work is graded, not of the work.
OF_THE_PLACE = (OSError, ImportError, EOFError, MemoryError)
LINES = ("pip", "conda", "mamba", "micromamba", "uv", "system", "sx")
CELLS = ("bash", "sh", "script", "cmd", "system", "sx", "!", "perl", "ruby", "python2", "pypy")
MOST_COMMAND = 80  # characters of a command that are shown

_met: set[str] = set()


class WithoutShell:
    """The part of IPython's shell that starts programs: it says that it does not."""

    def system(self, command: str) -> None:
        """Stand for ``!command``."""
        no_shell(command)

    def getoutput(self, command: str, split: bool = True, depth: int = 0) -> SList | str:
        """Stand for ``x = !command``: nothing comes out."""
        no_shell(command)
        return SList() if split else ""


def prepare(shell) -> None:
    """Put the stand-ins in their places, in this process."""
    builtins.input = getpass.getpass = nobody_types
    subprocess.Popen.__init__ = no_program
    os.system = no_shell
    for name in LINES:
        shell.register_magic_function(no_shell, "line", name)
    for name in CELLS:
        shell.register_magic_function(_no_script, "cell", name)
    if "" not in sys.path:  # a module beside the notebook, but never in place of a library
        sys.path.append("")


def nobody_types(prompt: object = "", *_: object, **__: object) -> str:
    """Stand for ``input``."""
    _met.add(INPUT)
    print(f"{prompt}{NOBODY}")
    return ""


def no_shell(command: object) -> int:
    """Stand for a line that goes to a shell; return the status of a command that fails."""
    _met.add(SHELL)
    print(NO_SHELL.format(str(command)[:MOST_COMMAND]))
    return 1


def _no_script(line: str, cell: str) -> None:
    no_shell(f"{line} {cell.strip()}".strip().partition("\n")[0])


def no_program(self: object, *_: object, **__: object) -> NoReturn:
    """Stand for ``subprocess.Popen(…)``.

    Raises:
        PermissionError: always.

    """
    raise PermissionError(errno.EACCES, NO_PROGRAM)


def met(problem: BaseException | None) -> list[str]:
    """Return what the cell that has just run, and ended with this, has met; forget it."""
    found = {*_met, *([STOP] if isinstance(problem, OF_THE_PLACE) else [])}
    _met.clear()
    return sorted(found)
