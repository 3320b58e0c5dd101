"""The hub's own processes: itself, its proxy, its services. Students' servers are none of these.

A hub that is stopped ends the others, and the students' servers. Where it was killed, for want of
memory for one, all live on; its own keep its ports, so that it could not be started anew.
"""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from coursestaff.hub.place import Place
from coursestaff.hub.programs import HubError

PATIENCE = 10  # seconds for a killed process to be gone
HUB = "coursestaff.hub.running"  # the module that the hub is
SERVICE = b"JUPYTERHUB_SERVICE_NAME="  # in the environment of what the hub starts for itself


class Process(NamedTuple):
    """A living process whose command names something in the hub's folder."""

    number: int
    owner: int
    words: list[bytes]  #: its command
    is_service: bool


def is_running(place: Place) -> bool:
    """Return whether the hub itself runs, which only root can start."""
    hub = {os.fsencode(place.python), os.fsencode(HUB)}
    return any(each.owner == 0 and hub <= {*each.words} for each in _all(place))


def end_leftovers(place: Place) -> None:
    """End proxy and services of a hub that is no more. Students' servers go on.

    Raises:
        HubError: one of them does not end.

    """
    end_all(
        lambda: [each.number for each in _all(place) if _is_leftover(each, place)],
        "a hub that was killed",
    )


def end_all(living: Callable[[], list[int]], whose: str) -> None:
    """Kill processes until none is left.

    Args:
        living: returns the numbers of those that are left.
        whose: they are, in words.

    Raises:
        HubError: one of them does not end.

    """
    end = time.monotonic() + PATIENCE
    while left := living():
        if time.monotonic() > end:
            raise HubError(
                f"Some processes of {whose} could not be ended: {', '.join(map(str, left))}. End "
                "these processes yourself, and then run the same command again."
            )
        for number in left:
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        time.sleep(0.1)


def _is_leftover(process: Process, place: Place) -> bool:
    proxy = os.fsencode(f"{place.proxy}/")
    return process.is_service or any(word.startswith(proxy) for word in process.words)


def _all(place: Place) -> Iterator[Process]:
    """Yield who may be the hub's; one that has ended has no command any more."""
    inside = os.fsencode(f"{place.folder}/")
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (folder / "cmdline").read_bytes().split(b"\0")
            if any(word.startswith(inside) for word in words):
                told = (folder / "environ").read_bytes().split(b"\0")
                service = any(line.startswith(SERVICE) for line in told)
                yield Process(int(folder.name), folder.stat().st_uid, words, service)
