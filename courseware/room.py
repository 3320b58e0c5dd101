"""The room's guesses: how one is sent, if its owner says so, and how few at a time are shown.

Nothing here runs, and nothing leaves the journal, unless whoever looks after the class has set
``$NO_LIMITS_ROOM`` to a folder, and the student ticks a box at that guess. Then:

- On a hub a small service listens at a socket in that folder (`coursestaff.hub.guesses`). It
  counts, and keeps neither names nor times.
- In any other folder, such as one of a network drive, a guess becomes a file. A system writes on
  every file whose it is and when it was written, and the box says so.

No address is asked, and no network but that of the drive.
"""

import hashlib
import json
import math
import os
import socket
import stat
from collections import Counter
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from courseware import words

VARIABLE = "NO_LIMITS_ROOM"
SOCKET = "guesses.sock"
PATIENCE = 2  # seconds that a student's page may stand still for the room
LINE = 1000  # bytes of a question to the service, of its answer, and of a guess's file
STEP = 5  #: guesses that are shown at once: with fewer, one of them would be a person

ASKS = "send this guess to the room"
COUNTED, BEFORE = "counted", "before"
_TOLD = {
    COUNTED: "Your guess was sent to the room.",
    BEFORE: "The room already has a guess from you, and your first guess stays.",
}
NOT_SENT = (
    "Your guess was not sent, because the room cannot be reached. Your prediction is saved in your "
    "journal."
)


def check(question: str, guess: object) -> float | str:
    """Return a guess as the room counts it: a number within the question's limits, or a choice.

    Raises:
        ValueError: it is none. Whatever comes from a student goes through here.

    """
    if not isinstance(question, str):
        raise ValueError("no question")
    try:
        asked = words.prediction(question)
    except words.UnknownWordsError:
        raise ValueError("not a question of the course") from None
    if options := asked.get("options"):
        if guess not in options:
            raise ValueError("not one of the choices")
        return guess
    if asked.get("kind", "number") != "number" or type(guess) not in (int, float):
        raise ValueError("no number")
    low, high = asked.get("low", -math.inf), asked.get("high", math.inf)
    with suppress(OverflowError):  # a whole number may have more digits than a float can hold
        number = float(guess)
        if math.isfinite(number) and low <= number <= high:
            return number
    raise ValueError("out of range")


def takes(question: str) -> bool:
    """Return whether a room takes guesses to a question: a number or a choice that we ask."""
    with suppress(words.UnknownWordsError):
        asked = words.prediction(question)
        return "options" in asked or asked.get("kind", "number") == "number"
    return False


class LivePoll:
    """Where guesses of a class go: a folder, with a hub's service in it or without."""

    def __init__(self, folder: Path) -> None:
        """Take the room that a folder is."""
        self.folder = folder

    @property
    def has_service(self) -> bool:
        """Whether a hub's service counts here.

        A socket counts only if it is the folder's owner's: where all may write, a student could
        lay down one of their own to listen at.
        """
        try:
            found = os.lstat(self.folder / SOCKET)
            return stat.S_ISSOCK(found.st_mode) and found.st_uid == self.folder.stat().st_uid
        except OSError:
            return False

    @property
    def who_sees(self) -> str:
        """What somebody who thinks of ticking the box has to know."""
        if self.has_service:
            return (
                "Your guess is counted without your name and without the time, and you cannot "
                "take it back. Your instructor sees the room's guesses once there are five, and "
                "then after every five more."
            )
        return (
            f"Your guess becomes a file in the folder {self.folder.name!r}. Anybody who may open "
            "that folder, such as your instructor, can see from the file who sent it and when. "
            "The file stays there until your instructor deletes it. Your instructor shows the "
            "room's guesses once there are five, without names."
        )

    def send(self, question: str, guess: float | str, journal: str) -> str:
        """Send one guess; return in a sentence what became of it. Never raises.

        Args:
            question: the prediction's id.
            guess: what was predicted.
            journal: the anonymous id of the sender's journal. It is not sent: a file's name is
                made of it, so that a second guess takes the place of the first.

        """
        try:
            message = {"question": question, "guess": check(question, guess)}
            if self.has_service:
                return _TOLD[ask(self.folder, message)["said"]]
            _write(self.folder, message, journal)
        except (OSError, ValueError, KeyError, TypeError):
            return NOT_SENT
        return _TOLD[COUNTED]


def here() -> LivePoll | None:
    """Return the room that the class has, if it has one."""
    named = os.environ.get(VARIABLE, "").strip()
    return LivePoll(Path(named)) if named else None


def ask(folder: Path, message: dict) -> dict:
    """Say something to the service of a hub's room, and return its answer.

    Raises:
        OSError: nobody answers.
        ValueError: the answer is not JSON.

    """
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(PATIENCE)
        line.connect(str(folder / SOCKET))
        line.sendall(json.dumps(message).encode() + b"\n")
        with line.makefile("rb") as answer:
            return json.loads(answer.readline(100 * LINE))


def _write(folder: Path, message: dict, journal: str) -> None:
    """Lay a guess down as a file that the folder's owner can read."""
    name = hashlib.sha256(f"{journal} {message['question']}".encode()).hexdigest()[:32]
    with NamedTemporaryFile("w", dir=folder, prefix=".", encoding="utf-8", delete=False) as fresh:
        json.dump(message, fresh)
    written = Path(fresh.name)
    written.chmod(0o644)
    written.replace(folder / f"{name}.json")


def lying(folder: Path, forget: str = "") -> Counter:
    """Return how many sent which guess, by question and guess, from the files in a folder.

    The files of the question to ``forget`` are deleted, and not counted.

    Links, large files and what is no guess are passed over. Where the drive says whose each file
    is, so that there are several owners, the newest guess of each to a question counts.

    Raises:
        OSError: the folder cannot be read.

    """
    found = []
    for path in folder.glob("[!.]*.json"):
        with suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
            about = path.stat()
            message = json.loads(_plain(path))
            question = message["question"]
            guess = check(question, message["guess"])
            if question == forget:
                path.unlink()
            else:
                found.append((about.st_mtime_ns, about.st_uid, question, guess))
    if len({owner for _, owner, *_ in found}) < 2:  # a drive that gives all files to one
        return Counter((question, guess) for *_, question, guess in found)
    newest = {(owner, question): guess for _, owner, question, guess in sorted(found, key=_age)}
    return Counter((question, guess) for (_, question), guess in newest.items())


def _age(found: tuple) -> int:
    return found[0]


def _plain(path: Path) -> bytes:
    """Return the content of a plain, small file."""
    flags = sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))
    with os.fdopen(os.open(path, os.O_RDONLY | flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ValueError("no plain file")
        content = file.read(LINE + 1)
    if len(content) > LINE:
        raise ValueError("too large")
    return content


class Steps:
    """What is shown of the guesses to one question: nothing of fewer than five, then by fives.

    Whoever watches each guess arrive sees who has just pressed the button, and so whose it is.
    """

    def __init__(self) -> None:
        """Show nothing yet."""
        self.shown: Counter = Counter()

    def see(self, guesses: Counter) -> Counter:
        """Return what may be shown, now that these guesses are there."""
        more = guesses.total() - self.shown.total()
        if more >= STEP:
            self.shown = Counter(guesses)
        elif more < 0:  # somebody began anew
            self.shown = Counter()
        return self.shown
