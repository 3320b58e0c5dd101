"""What happens in somebody's own name before their JupyterLab starts. Never run by root.

Whoever logs in owns their home and may put links anywhere in it; whoever writes there must not have
more rights than they. ``python -P -m coursestaff.hub.own_server [COMMAND …]``
brings the copy of the course up to date and becomes the command, if there is one.
"""

import grp
import os
import resource
import subprocess
import sys
from collections.abc import MutableMapping, Sequence
from pathlib import Path

from coursestaff.hub.copies import BRANCH
from coursestaff.hub.place import COURSE, Place, home
from coursestaff.hub.programs import run
from coursestaff.hub.sizes import Sizes

LOG = ".no_limits.log"  # in the home: what a server says of its owner's work is no one else's
#: Jupyter's settings for those who hand in: what a hub's students have besides, and any desk's.
STUDENTS = (
    Path(__file__).with_name("students"),
    Path(__file__).parents[2] / "courseware" / "lab" / "students",
)
#: Jupyter's settings for those who grade: the marking sheet, and letters that are commands.
GRADERS = Path(__file__).parents[1] / "marking" / "marksheet" / "graders"


def main(command: Sequence[str]) -> None:
    """Prepare the home, and become the command."""
    if os.geteuid() == 0:
        raise SystemExit("This program runs only for a person who logs in, never for root.")
    os.umask(0o077)
    place = Place(Path(sys.prefix).parent)
    grades = os.getgid() == grp.getgrnam(place.graders_group).gr_gid
    said = _log_file()
    prepare(place.graders_copy if grades else place.students_copy, place, said)
    furnish(os.environ, grades, place)
    if command:
        if not grades:
            limit(Sizes.of_this_machine())
        for stream in (1, 2):
            os.dup2(said, stream)
        os.execv(command[0], list(command))


def as_account(place: Place, account: str) -> None:
    """Prepare an account's home in its name: for root, who sets the hub up."""
    own = [place.python, "-P", "-m", "coursestaff.hub.own_server"]
    run(own, account=account, folder=home(account), variables={"HOME": str(home(account))})


def prepare(repository: Path, place: Place, said: int) -> None:
    """Fetch the course, or what is new in it. Where that fails, the copy of last time serves."""
    course = Path.home() / COURSE
    puller = [Path(sys.prefix) / "bin" / "gitpuller", repository, BRANCH, course]
    environment = os.environ | {"GIT_CONFIG_SYSTEM": str(place.git_configuration)}
    done = subprocess.run(
        puller, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said, check=False
    )
    if done.returncode and not course.is_dir():
        raise SystemExit(
            f"The course could not be copied. The file {LOG} in your home folder says why. Show "
            "this file to your instructor."
        )
    (course / "exercises").mkdir(exist_ok=True)


def furnish(variables: MutableMapping[str, str], grades: bool, place: Place) -> None:
    """Say where the journal lies, and what JupyterLab leaves out."""
    variables["NO_LIMITS_JOURNAL"] = str(Path.home() / COURSE / "journal")
    # Of kernels' sockets, whose paths may have 107 characters.
    variables["JUPYTER_RUNTIME_DIR"] = str(Path.home() / ".run")
    variables["SHELL"] = "/bin/bash"  # of a terminal in JupyterLab: the account itself has none
    if grades:
        variables["JUPYTERHUB_DEFAULT_URL"] = "/lab"
        variables["JUPYTER_CONFIG_PATH"] = str(GRADERS)
    else:
        variables["JUPYTER_CONFIG_PATH"] = os.pathsep.join(map(str, STUDENTS))


def limit(sizes: Sizes) -> None:
    """Keep one process from taking all memory, and one account from starting processes for ever."""
    resource.setrlimit(resource.RLIMIT_AS, (sizes.process_bytes,) * 2)
    resource.setrlimit(resource.RLIMIT_NPROC, (sizes.processes,) * 2)


def _log_file() -> int:
    """Open the log of this start; the one before is gone."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    return os.open(Path.home() / LOG, flags, 0o600)


if __name__ == "__main__":
    main(sys.argv[1:])
