"""Where a hub's things lie, who may read them, and what the hub remembers of its class."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

from coursestaff.hub.programs import HubError

COURSE = "no_limits"  # nbgrader's name of the course; also the folder in each home
VERSION = 2  # of the record; 1 had no numbers and no e-mail addresses
FORMGRADER = "grading"  # the hub's name of the service


@dataclass
class Class:
    """Who is on the hub. Names, numbers and addresses are nobody's business but the graders'."""

    students: dict[str, str] = field(default_factory=dict)  #: account → name
    graders: list[str] = field(default_factory=list)  #: the first keeps the course and its marks
    numbers: dict[str, str] = field(default_factory=dict)  #: account → the platform's number
    emails: dict[str, str] = field(default_factory=dict)  #: account → e-mail address

    def with_more(self, listed: "Class") -> "Class":
        """Return this class with a newer list's students and graders; nobody is left out."""
        return Class(
            self.students | listed.students,
            list(dict.fromkeys([*self.graders, *listed.graders])),
            self.numbers | listed.numbers,
            self.emails | listed.emails,
        )

    def __contains__(self, account: str) -> bool:
        """Return whether an account is somebody's on this hub."""
        return account in self.students or account in self.graders


class Place:
    """The hub's folder. What everybody reads is root's and 0755; ``private`` is root's and 0700."""

    def __init__(self, folder: Path) -> None:
        """Say where all of a hub lies, without making any of it."""
        self.folder = folder
        #: The hub's name: its groups of accounts begin with it, so that two hubs never mix.
        self.name = folder.name
        #: The group of the students' accounts, and the mark that the hub made them.
        self.students_group = f"{self.name}-students"
        #: The group of the graders' accounts: who may read ``solutions/``.
        self.graders_group = f"{self.name}-graders"
        #: Python, JupyterLab, nbgrader and the course as a wheel, for everybody.
        self.environment = folder / "env"
        #: The environment's own Python.
        self.python = self.environment / "bin" / "python"
        #: The repository that students' copies of the course come from.
        self.students_copy = folder / "course.git"
        #: The repository with ``solutions/``, for graders only.
        self.graders_copy = folder / "graders.git"
        #: Git's configuration: the repositories are root's, and safe to read.
        self.git_configuration = folder / "gitconfig"
        #: Where exercises, hand-ins and feedback change hands.
        self.exchange = folder / "exchange"
        #: What only root reads: record, slips, database, cookies, log, the proxy.
        self.private = folder / "private"
        #: The folder of the proxy, on nobody's PATH.
        self.proxy = self.private / "proxy"
        #: What the proxy says, since the last start.
        self.proxy_log = self.private / "proxy.log"
        #: The folder of the pages with first passwords.
        self.slips = self.private / "slips"
        #: The file that remembers the class.
        self.record = self.private / "class.json"

    def make(self) -> None:
        """Make the folders, with the rights that they must have."""
        for folder, mode in (
            (self.folder, 0o755),
            (self.exchange, 0o1777),  # sticky: else anybody could rename the course's folder
            (self.private, 0o700),
            (self.slips, 0o700),
        ):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(mode)

    def read(self) -> Class:
        """Return the class; an empty one where none was set up.

        Raises:
            HubError: the record is of a newer version, or damaged.

        """
        try:
            kept = json.loads(self.record.read_text(encoding="utf-8"))
            if kept.pop("version") > VERSION:
                raise HubError(
                    f"{self.record} was written by a newer version of the course. Run the command "
                    "with that version."
                )
            return Class(**kept)
        except FileNotFoundError:
            return Class()
        except (OSError, ValueError, KeyError, TypeError) as problem:
            raise HubError(
                f"{self.record} cannot be read ({problem}). Restore this file from a backup."
            ) from problem

    def write(self, members: Class) -> None:
        """Keep the class, for root only."""
        text = json.dumps({"version": VERSION, **asdict(members)}, indent=1, ensure_ascii=False)
        write_private(self.record, text + "\n")


def write_private(path: Path, text: str) -> None:
    """Write a file that nobody but its owner can read, not even for a moment."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)


def home(account: str) -> Path:
    """Return an account's home."""
    return Path(f"~{account}").expanduser()
