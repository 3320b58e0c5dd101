"""The service of a hub that counts the room's guesses, and knows of nobody what they guessed.

It listens at a socket in a folder where only graders' keeper can write, so that nobody else can
listen in its place. Who is at the other end the system itself says, not the sender: so only
accounts of this hub's class can send, and there is no password or token to take from anybody.

Kept, in memory only and gone with the hub: how many sent which guess, and for each question
keyed hashes of who has sent one, so that nobody sends two. The key is made at the start and is
written nowhere. Who sent, when, and which guess is whose is in neither; nothing is logged.
``python -P -m coursestaff.hub.guesses`` runs it, as the hub's own service.
"""

import asyncio
import grp
import hmac
import json
import os
import secrets
import socket
import struct
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from coursestaff.hub.place import Place
from courseware.room import BEFORE, COUNTED, LINE, PATIENCE, SOCKET, Steps, check

_PEER = struct.Struct("3i")  # process, account, group: what Linux says of the other end


class Guesses:
    """What a room has sent."""

    def __init__(self) -> None:
        """Begin with none."""
        self._key = secrets.token_bytes(32)
        self._counts: defaultdict[str, Counter] = defaultdict(Counter)
        self._sent: defaultdict[str, set[bytes]] = defaultdict(set)
        self._steps: defaultdict[str, Steps] = defaultdict(Steps)

    def add(self, question: str, guess: object, account: int) -> str:
        """Count one guess, if its sender has sent none to this question; return what came of it.

        Raises:
            ValueError: it is no guess to a question of the course.

        """
        guess = check(question, guess)
        sender = hmac.digest(self._key, f"{account} {question}".encode(), "sha256")
        if sender in self._sent[question]:
            return BEFORE
        self._sent[question].add(sender)
        self._counts[question][guess] += 1
        self._steps[question].see(self._counts[question])
        return COUNTED

    def look(self, question: str) -> dict:
        """Return how many guesses are there, and those that may be shown."""
        shown = self._steps[question].shown if question in self._steps else Counter()
        there = self._counts.get(question, Counter()).total()
        return {"there": there, "shown": sorted(shown.items(), key=str)}

    def clear(self, question: str) -> None:
        """Forget a question's guesses and who has sent one: another class begins."""
        for kept in (self._counts, self._sent, self._steps):
            kept.pop(question, None)


def answer(guesses: Guesses, line: bytes, account: int, sends: bool, looks: bool) -> dict:
    """Return what is answered to one line; whoever may not ask gets no answer worth having."""
    try:
        asked = json.loads(line)
        if "guess" in asked and sends:
            return {"said": guesses.add(asked["question"], asked["guess"], account)}
        if "look" in asked and looks:
            check_text(asked["look"])
            return guesses.look(asked["look"])
        if "clear" in asked and looks:
            check_text(asked["clear"])
            guesses.clear(asked["clear"])
            return {"said": "cleared"}
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    return {"said": "refused"}


def check_text(question: object) -> None:
    """Make sure that a question is called by a text.

    Raises:
        TypeError: it is not.

    """
    if not isinstance(question, str):
        raise TypeError("no question")


async def serve(
    folder: Path, may_send: Callable[[int], bool], may_look: Callable[[int], bool]
) -> asyncio.Server:
    """Listen in a folder.

    Args:
        folder: only this process's account may write in it.
        may_send: whether accounts of a group may send guesses.
        may_look: whether they may see the counts.

    """
    guesses = Guesses()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = writer.get_extra_info("socket")
        known = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
        _, account, group = _PEER.unpack(known)
        with suppress(TimeoutError, OSError, ValueError, asyncio.IncompleteReadError):
            line = await asyncio.wait_for(reader.readline(), PATIENCE)
            said = answer(guesses, line, account, may_send(group), may_look(group))
            writer.write(json.dumps(said).encode() + b"\n")
            await asyncio.wait_for(writer.drain(), PATIENCE)
        with suppress(OSError):
            writer.close()
            await writer.wait_closed()

    path = folder / SOCKET
    path.unlink(missing_ok=True)
    server = await asyncio.start_unix_server(talk, path, limit=LINE)
    path.chmod(0o666)
    return server


async def main() -> None:
    """Serve the hub of this environment, until it is stopped."""
    place = Place(Path(sys.prefix).parent)
    students, graders = (
        grp.getgrnam(name).gr_gid for name in (place.students_group, place.graders_group)
    )
    os.umask(0o022)
    server = await serve(place.room, lambda g: g == students, lambda g: g == graders)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
