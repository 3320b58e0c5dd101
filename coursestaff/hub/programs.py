"""Run the machine's own programs, and say in words what failed."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from courseware import CourseError


class HubError(CourseError):
    """The hub cannot be set up or started; the message says why and what to do."""


#: What the machine must have, and the package of Debian's that brings it.
NEEDED = {
    "chage": "passwd",
    "chpasswd": "passwd",
    "git": "git",
    "node": "nodejs",
    "npm": "npm",
    "runuser": "util-linux",
    "useradd": "passwd",
}
OLDEST_NODE = 20


def check_machine() -> None:
    """Make sure that this is Linux, run by root, with every program that a hub needs.

    Raises:
        HubError: something is missing; the message says how to get it.

    """
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        raise HubError(
            "This command creates user accounts on the computer on which the hub runs, so it "
            "needs the rights of an administrator (root). Run it on that computer, with sudo in "
            "front of it."
        )
    missing = sorted({package for name, package in NEEDED.items() if not shutil.which(name)})
    if missing:
        raise HubError(
            "The hub needs programs that are missing here. Install them with `apt install "
            f"{' '.join(missing)}`, and then run the same command again."
        )
    version = run(["node", "--version"]).strip()
    if int(version.lstrip("v").split(".")[0]) < OLDEST_NODE:
        raise HubError(
            f"The hub's proxy needs node {OLDEST_NODE} or newer, but this machine has {version}. "
            "Install a newer version of node, and then run the same command again."
        )


def run(
    command: Sequence[str | Path],
    *,
    told: str | None = None,
    account: str = "",
    folder: Path | None = None,
    variables: Mapping[str, str] | None = None,
) -> str:
    """Run a program to its end and return what it printed.

    Args:
        command: the program and its arguments: never a password, for anybody can list these.
        told: what it reads; a password goes this way.
        account: whose rights it has, if not one's own.
        folder: where it runs.
        variables: more of the environment.

    Raises:
        HubError: it failed; the message holds the end of what it printed.

    """
    words = [str(word) for word in command]
    own = {}
    if account:  # it may not read what lies on the path of whoever calls this, such as a home
        own = {"PATH": f"{Path(command[0]).parent}:/usr/local/bin:/usr/bin:/bin"}
        words = [shutil.which("runuser") or "runuser", "-u", account, "--", *words]
    done = subprocess.run(
        words,
        input=told,
        stdin=None if told is not None else subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        cwd=folder,
        env=os.environ | own | (variables or {}),
        check=False,
    )
    if done.returncode:
        end = "\n".join((done.stdout + done.stderr).strip().splitlines()[-12:])
        raise HubError(f"{' '.join(words[:6])} failed (status {done.returncode}):\n{end}")
    return done.stdout
