"""Erase a class: accounts, homes, hand-ins, and what the hub remembers of them."""

import shutil
from argparse import Namespace
from contextlib import suppress
from pathlib import Path

from coursestaff.hub import accounts, processes
from coursestaff.hub.place import COURSE, Class, Place
from coursestaff.hub.programs import HubError, check_machine, run
from coursestaff.terminal import typed

MEMORIES = ("jupyterhub.sqlite*", "cookie_secret", "proxy.pid", "proxy.log")


def erase_class(course: Path, options: Namespace) -> int:
    """Delete a class, when somebody has said yes; return 1 if nobody has."""
    place = Place(options.folder.resolve())
    members = place.read()
    people = [*members.students, *(members.graders if options.everything else [])]
    what = "and the hub with every mark" * options.everything or "(graders and marks stay)"
    print(f"This deletes {len(people)} accounts and everything in their home folders {what}.")
    if not (options.yes or typed("This cannot be undone. Type yes to continue: ", "yes")):
        print("Nothing has been deleted.")
        return 1
    gone = erase(place, everything=options.everything)
    print(f"Deleted: {', '.join(gone) or 'nothing, because there was no account'}.")
    return 0


def erase(place: Place, *, everything: bool = False) -> list[str]:
    """Delete what is the students'; return their accounts.

    The graders, their course folder with the gradebook, and the hub itself stay: marks are kept
    for as long as a school's rules say, and the next class needs the rest. What was handed out
    goes, too: the next class shall get it when its time has come, and as it is then.

    Args:
        place: the hub.
        everything: the graders, their marks, and the hub, too.

    Raises:
        HubError: the hub is running, or an account of that name is not the hub's.

    """
    check_machine()
    if processes.is_running(place):
        raise HubError("The hub is running. Stop it first, and then run the same command again.")
    processes.end_leftovers(place)
    members = place.read()
    for account in members.students:
        accounts.remove(account, place.students_group)
    for page in place.slips.glob("*.html"):
        page.unlink()
    for pattern in MEMORIES:
        for path in place.private.glob(pattern):
            path.unlink()
    for folder in ("outbound", "inbound", "feedback"):
        _empty(place.exchange / COURSE / folder)
    gone = [*members.students]
    if everything:
        for account in members.graders:
            accounts.remove(account, place.graders_group)
        shutil.rmtree(place.folder)
        for group in (place.students_group, place.graders_group):
            with suppress(HubError):  # it was never made
                run(["groupdel", group])
        return gone + members.graders
    place.write(Class({}, members.graders))
    return gone


def _empty(folder: Path) -> None:
    """Delete what lies in a folder; a link goes, and what it leads to stays."""
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
