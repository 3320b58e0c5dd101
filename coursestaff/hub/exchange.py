"""Collect what students handed in, but nothing that somebody handed in for somebody else."""

import os
import pwd
import stat
from pathlib import Path

from nbgrader.exchange.default.collect import ExchangeCollect

from coursestaff.collecting.handed_in import SENT
from coursestaff.terminal import one_line

OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK  # a pipe must not keep the collector waiting


class OwnedCollect(ExchangeCollect):
    """nbgrader's collector, without records that are not their student's own.

    Anybody can run ``nbgrader submit --student=OTHER``. nbgrader warns, and collects it as the
    other's newest work. Whose a folder is, the system knows.
    """

    def init_src(self):
        """Find each student's newest record that is their own, and tell which are not."""
        super().init_src()
        self.src_records = [record for record in self.src_records if record["own"]]

    def _path_to_record(self, path):
        record = super()._path_to_record(path)
        owner = owner_of(path)
        record["own"] = owner == record["username"]
        if not record["own"]:
            self.log.warning(
                "Not collected: %s was handed in under the name of %s, but by %s.",
                one_line(record["filename"]),
                one_line(record["username"]),
                owner,
            )
        return record

    def _sort_by_timestamp(self, records):
        # nbgrader takes the first, so where all are forged one must be left; it goes in init_src.
        return super()._sort_by_timestamp([r for r in records if r["own"]] or records)

    def do_copy(self, src, dest, log=None):
        """Copy a record, and of it only what its owner wrote: never what a link leads to.

        The collector can read ``solutions/``; a link to them must not be handed in.
        """
        copy_own(Path(src), Path(dest))


def owner_of(path: str) -> str:
    """Return the account that a folder belongs to; a link or a file belongs to nobody here."""
    found = os.lstat(path)
    if not stat.S_ISDIR(found.st_mode):
        return "nobody"
    try:
        return pwd.getpwuid(found.st_uid).pw_name
    except KeyError:
        return "an account that no longer exists"


def copy_own(source: Path, target: Path) -> None:
    """Copy the plain files of a folder that belong to the folder's owner, and leave all else."""
    owner = os.lstat(source).st_uid
    for folder, _, names, inside in os.fwalk(source, follow_symlinks=False):
        to = target / Path(folder).relative_to(source)
        to.mkdir(parents=True, exist_ok=True)
        for name in names:
            try:
                opened = os.open(name, OPEN, dir_fd=inside)
            except OSError:  # a link, or nothing that can be read
                continue
            with os.fdopen(opened, "rb") as file:
                found = os.fstat(opened)
                theirs = stat.S_ISREG(found.st_mode) and found.st_uid == owner
                if theirs and name != SENT:  # which only `course collect` writes
                    (to / name).write_bytes(file.read())
