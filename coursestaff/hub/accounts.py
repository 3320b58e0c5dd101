"""The accounts of a class on this machine: made, given a first password, taken away.

No account is touched that this hub did not make: the hub's record names its own, and each of them
is in a group of the hub's.
"""

import grp
import pwd
import re
import secrets
from pathlib import Path

from coursestaff.collecting import classlist, delimited_text
from coursestaff.hub.place import Class, Place, home
from coursestaff.hub.processes import end_all
from coursestaff.hub.programs import HubError, run

#: What Debian takes for a name of an account (useradd), and nbgrader for a student's id.
ACCOUNT = re.compile(r"[a-z][a-z0-9_-]{0,30}")
PLAIN = "plain"  # a class list of one's own
COLUMNS = {"account", "name"}  # of that
#: Letters and digits that nobody mistakes for each other on paper.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, LENGTH = 3, 4  # a first password: three groups of four, about 59 bits
NO_SHELL = "/usr/sbin/nologin"


def read(path: Path, system: str) -> Class:
    """Return the students of a class list.

    Args:
        path: a CSV file.
        system: ``plain`` (columns ``account`` and ``name``, perhaps ``number`` and ``email`` of a
            platform), or the platform that exported it: there an account is "s" and its number.

    Raises:
        ClassListError, DelimitedTextError: it is not a class list of that system, or not
            certain to be read rightly.
        HubError: an account's name is none, or an account or a number stands twice.

    """
    if system == PLAIN:
        return _read_plain(path)
    listed = classlist.read(path, system)
    people = [each for each in listed.people.values() if each.name != listed.platform.made_up]
    return Class(
        {f"s{each.id}": each.name for each in people},
        numbers={f"s{each.id}": each.id for each in people},
        emails={f"s{each.id}": each.email for each in people if each.email},
    )


def _read_plain(path: Path) -> Class:
    table = delimited_text.read(path, lambda columns: sorted(COLUMNS - {*columns}))
    if not (table.rows and {*table.columns} >= COLUMNS):
        raise HubError(
            f"{path.name} must have the columns account and name, and one row for each student."
        )
    columns = ("account", "name", "number", "email")
    people = [[row.get(column, "").strip() for column in columns] for row in table.rows]
    wrong = sorted({account for account, *_ in people if not ACCOUNT.fullmatch(account)})
    if wrong:
        raise HubError(
            f"These cannot be names of accounts: {', '.join(map(repr, wrong))}. A name begins with "
            "a small letter (a–z) and consists of at most 31 small letters, digits, hyphens "
            "and underscores."
        )
    for place in (0, 2):  # account and number
        values = [person[place] for person in people if person[place]]
        if twice := sorted({each for each in values if values.count(each) > 1}):
            raise HubError(
                f"These accounts are in {path.name} twice: {', '.join(twice)}. Give each person a "
                "different account name."
            )
    return Class(
        {account: name for account, name, *_ in people},
        numbers={account: number for account, _, number, _ in people if number},
        emails={account: email for account, *_, email in people if email},
    )


def make_groups(place: Place) -> None:
    """Make the hub's two groups, if they are not there."""
    for group in (place.students_group, place.graders_group):
        run(["groupadd", "--force", "--system", group])


def check_ours(account: str, group: str) -> None:
    """Make sure that an account is the hub's, or not there yet.

    Raises:
        HubError: an account of that name is there, and not the hub's.

    """
    if exists(account) and not is_ours(account, group):
        raise HubError(
            f"This machine already has an account {account} that the hub did not make. Choose "
            "another account name for that person."
        )


def make(account: str, group: str) -> None:
    """Make an account with a home that only its owner can enter, and with no password yet.

    It cannot log in to the machine itself (its shell is ``nologin``): only the hub lets it in. Its
    owner's name is not entered, for every account of a machine can read that.
    """
    modes = ["--key", "HOME_MODE=0700", "--key", "UMASK=077"]
    run(["useradd", "--create-home", *modes, "--gid", group, "--shell", NO_SHELL, account])


def exists(account: str) -> bool:
    """Return whether this machine has an account of that name."""
    try:
        pwd.getpwnam(account)
    except KeyError:
        return False
    return True


def is_ours(account: str, group: str) -> bool:
    """Return whether an account's own group is this one of the hub's."""
    try:
        return pwd.getpwnam(account).pw_gid == grp.getgrnam(group).gr_gid
    except KeyError:
        return False


def first_passwords(accounts: list[str]) -> dict[str, str]:
    """Give each account a new first password, which must be changed at log-in; return them."""
    made = {account: _password() for account in accounts}
    set_passwords(made)
    for account in accounts:
        run(["chage", "--lastday", "0", account])
    return made


def set_passwords(passwords: dict[str, str]) -> None:
    """Set passwords. They go through a pipe: a command line can be listed by anybody.

    Raises:
        HubError: a password would be taken for a second line, and so for another account's.

    """
    if not all(password.isprintable() for password in passwords.values()):
        raise HubError(
            "This password contains characters that cannot be typed. Choose another password."
        )
    lines = "".join(f"{account}:{password}\n" for account, password in passwords.items())
    run(["chpasswd"], told=lines)


def has_password(account: str) -> bool:
    """Return whether an account has ever been given a password. Only root can ask."""
    return run(["getent", "shadow", account]).split(":")[1].strip("!") != ""


def has_first_password(account: str) -> bool:
    """Return whether an account has still the password of its slip. Only root can ask."""
    if not exists(account):
        return False
    return run(["getent", "shadow", account]).split(":")[2] == "0"


def _password() -> str:
    groups = ("".join(secrets.choice(LETTERS) for _ in range(LENGTH)) for _ in range(GROUPS))
    return "-".join(groups)


def remove(account: str, group: str) -> None:
    """End what an account runs, and delete it with its home.

    Raises:
        HubError: the account is not the hub's, or does not end.

    """
    if not exists(account):
        return
    if not is_ours(account, group):
        raise HubError(f"The account {account} was not made by the hub, so it was not deleted.")
    end_processes(account)
    folder = home(account)
    run(["userdel", "--remove", account])
    if folder.exists():
        raise HubError(f"{folder} could not be deleted. Delete this folder yourself.")


def end_processes(account: str) -> None:
    """End every process of one account, for certain.

    Raises:
        HubError: one of them does not end.

    """
    user = pwd.getpwnam(account).pw_uid
    end_all(lambda: processes(user), account)


def processes(user: int) -> list[int]:
    """Return the living processes of a user of this machine, by number."""
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = status.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            continue
        fields = dict(line.split(":", 1) for line in lines if ":" in line)
        if int(fields["Uid"].split()[0]) == user and not fields["State"].strip().startswith("Z"):
            found.append(int(status.parent.name))
    return found
