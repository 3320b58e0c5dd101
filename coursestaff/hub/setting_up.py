"""Set a hub up, or bring it up to date: the same command does both, as often as one likes."""

import json
from argparse import Namespace
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from coursestaff.hub import accounts, copies, environment, own_server, password_slips, processes
from coursestaff.hub.place import COURSE, Class, Place, home
from coursestaff.hub.programs import HubError, check_machine, run

GRADER = "grader"  # the account of the first grader, where nobody says another


class SetUp(NamedTuple):
    """What a set-up has done."""

    made: list[str]  #: accounts
    slips: Path | None  #: the page to print; None where nobody is new
    gone: list[str]  #: students of the hub who are not on this class list: they stay


def set_up(
    course: Path,
    place: Place,
    listed: Class,
    python: Path | None = None,
    tell: Callable[[str], None] = print,
) -> SetUp:
    """Make everything that a hub needs, and what is new in the class list and the course.

    Args:
        course: the course folder, with ``solutions/``.
        place: where the hub is to lie.
        listed: students, and new graders; who is on the hub already stays. The first grader that
            a hub has ever had keeps the course folder and the gradebook.
        python: what the environment is made with, if not what is found.
        tell: is told what is being done.

    Raises:
        HubError: something is missing, or an account of that name is not the hub's.

    """
    check_machine()
    members = place.read()
    everybody = members.with_more(listed)
    everybody.graders = everybody.graders or [GRADER]
    if both := sorted(everybody.students.keys() & set(everybody.graders)):
        raise HubError(
            f"These accounts are named both as students and as graders: {', '.join(both)}. Give "
            "the graders accounts of their own with --grader."
        )
    if processes.is_running(place):
        raise HubError(
            "The hub is running. Stop it when nobody is working on it, and then run the same "
            "command again."
        )
    if _is_open(course):
        tell(
            "Careful: everybody on this machine can read the solutions. To prevent this, run "
            f"chmod 700 {course}"
        )
    place.make()
    tell(
        "The hub's environment is being made. Its packages come from the course folder, or from a "
        "download of 300 MB."
    )
    environment.make(course, place, environment.find_python(python))
    environment.make_proxy(place)
    tell("The accounts are being made.")
    accounts.make_groups(place)
    groups = _groups(place, everybody)
    for account, group in groups.items():
        accounts.check_ours(account, group)
    place.write(everybody)  # before there are accounts: of what nobody knows nothing is erased
    new = [account for account in groups if not accounts.exists(account)]
    for account in new:
        accounts.make(account, groups[account])
    # Also of a set-up that was stopped half-way.
    without = [account for account in groups if not accounts.has_password(account)]
    passwords = accounts.first_passwords(without)
    page = password_slips.write(place, everybody.students, passwords) if without else None
    tell("The course is being copied to the hub.")
    copies.publish(course, place)
    _prepare_graders(place, everybody)
    _prepare_folders(place, everybody.graders[0])
    return SetUp(new, page, sorted(members.students.keys() - listed.students.keys()))


def new_slips(place: Place, wanted: list[str]) -> Path:
    """Give accounts a new first password each, and return the page to print.

    Raises:
        HubError: somebody is not on this hub.

    """
    check_machine()
    members = place.read()
    if strangers := [each for each in wanted if each not in members]:
        raise HubError(
            f"These accounts are not on this hub: {', '.join(strangers)}. Check their spelling."
        )
    return password_slips.write(place, members.students, accounts.first_passwords(wanted))


def set_up_class(course: Path, options: Namespace) -> None:
    """Set a hub up, or bring it up to date; say what to print, and how to start."""
    listed = accounts.read(options.listed, options.system)
    place = Place(options.folder.resolve())
    listed.graders = options.graders or []
    done = set_up(course, place, listed, options.python, partial(print, flush=True))
    print(f"New accounts: {len(done.made)}. Students on this hub: {len(place.read().students)}.")
    if done.slips:
        print(
            f"The page {done.slips} holds the first passwords, and only root can read it. Print "
            "the page, cut it into slips and hand them out."
        )
    if done.gone:
        print(
            "These accounts are no longer on the class list but are still on the hub: "
            f"{', '.join(done.gone)}."
        )
    print(f"To start the hub, run: course hub start --in {place.folder}")


def write_slips(course: Path, options: Namespace) -> None:
    """Give new first passwords."""
    place = Place(options.folder.resolve())
    print(
        f"The page {new_slips(place, options.accounts)} holds the new passwords, and only root can "
        "read it. Print the page and hand out the slips."
    )


def _is_open(course: Path) -> bool:
    """Return whether an account that is nobody's gets at the solutions of the course folder."""
    try:
        run(["ls", course / "solutions"], account="nobody", folder=Path("/"))
    except HubError:
        return False
    return True


def _groups(place: Place, members: Class) -> dict[str, str]:
    """Return the group of each account."""
    students = dict.fromkeys(members.students, place.students_group)
    return students | dict.fromkeys(members.graders, place.graders_group)


def _prepare_graders(place: Place, members: Class) -> None:
    """Bring the graders' copies up to date, and into the gradebook who is who."""
    for grader in members.graders:
        own_server.as_account(place, grader)
    keeper = members.graders[0]
    told = json.dumps([members.students, members.numbers, members.emails])
    enter = [place.python, "-P", "-m", "coursestaff.hub.gradebook"]
    run(enter, told=told, account=keeper, folder=home(keeper) / COURSE)


def _prepare_folders(place: Place, keeper: str) -> None:
    """Make the folders where work changes hands, which the graders' keeper owns.

    Those in the exchange are made before nbgrader does. What is handed in lies in a folder where
    nobody but its owner can rename it (the sticky bit), and which nobody but the keeper can list.
    """
    course = place.exchange / COURSE
    for folder, mode in (
        (course, 0o755),
        (course / "outbound", 0o755),
        (course / "inbound", 0o3733),
        (course / "feedback", 0o711),
    ):
        if folder.is_symlink():
            raise HubError(
                f"{folder} is a link, but it should be a folder. Delete the link and run the same "
                "command again."
            )
        folder.mkdir(exist_ok=True)
        run(["chown", f"{keeper}:{place.graders_group}", folder])
        folder.chmod(mode)
