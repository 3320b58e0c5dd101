"""What tests need that run submissions: a way to shut them in.

Where there is none they are skipped, unless ``REQUIRE_ISOLATION`` names the ways that have to be
there, such as ``namespaces,landlock``: then nothing is skipped, and a missing one is a failure.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from coursestaff.marking.sandbox import isolation
from coursestaff.marking.sandbox.temp_dir import TempDir
from coursestaff.marking.sandbox.zygote import Zygote
from tests import ordinary
from tests.notebooks import ROOT

REASONS = isolation.why_not()
SECRET = "the answer is 42"
REQUIRED = os.environ.get("REQUIRE_ISOLATION", "")

needs_isolation = pytest.mark.skipif(bool(REASONS) and not REQUIRED, reason=" ".join(REASONS))


def missing(required: str, here: list[str]) -> list[str]:
    """Return which of the ways in ``required`` (with commas between) are not among those here."""
    wanted = [way.strip() for way in required.split(",")]
    return [way for way in wanted if way and way not in here]


class OrdinaryUsersZygote(Zygote):
    """A zygote that root starts as an ordinary user: see `tests.ordinary`."""

    python = (sys.executable, str(Path(__file__).with_name("ordinary.py")))


#: Every way that works here, and both as an ordinary user takes them.
WAYS = [*(isolation.ways_here() or ["none"]), *(f"{way}, ordinary user" for way in isolation.WAYS)]


def zygote_of(way: str, *arguments: Any, **more: Any) -> Zygote:
    """Return a zygote for one of `WAYS`; skip the test where it cannot be had."""
    way, _, ordinary = way.partition(", ")
    if not ordinary:
        return Zygote(*arguments, way=way, **more)
    if os.getuid() != 0:
        pytest.skip("all tests are run as an ordinary user, so this is done already")
    if problem := _why_no_ordinary_user(way):
        pytest.skip(f"as an ordinary user, {problem}")
    return OrdinaryUsersZygote(*arguments, way=way, **more)


def held(pid: int, secrets: dict[str, bytes]) -> set[str]:
    """Return the names of those secrets that a process has in its memory."""
    found = set()
    try:
        with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
            for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
                first, last = (int(place, 16) for place in line.split()[0].split("-"))
                if not line.split()[1].startswith("rw") or "[v" in line:
                    continue
                memory.seek(first)
                content = b""
                while piece := memory.read(last - first - len(content)):
                    content += piece
                found |= {name for name, secret in secrets.items() if secret in content}
    except PermissionError:
        pytest.skip("another process's memory may not be read here")
    return found


def cells(*sources: str, **more) -> dict:
    """Return a job of cells c0, c1 …; after each, the name ``x`` is looked at as x0, x1 …."""
    ids = [f"c{number}" for number in range(len(sources))]
    return {
        "cells": [{"id": id, "source": source} for id, source in zip(ids, sources, strict=True)],
        "probes": {id: [{"key": f"x{id[1:]}", "look": "x"}] for id in ids},
        **more,
    }


def values(records: list[dict]) -> dict:
    """Return what was seen of the names that were looked at, by key."""
    return {
        key: answer.get("value", answer["type"])
        for record in records
        for key, answer in record["answers"].items()
    }


def family(pid: int) -> list[int]:
    """Return a process and all that any thread of it, or of its children, has started."""
    children = " ".join(path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children"))
    return [pid, *(each for child in children.split() for each in family(int(child)))]


def wait_until(happens: Callable[[], object], seconds: float = 60) -> None:
    """Wait until something is so; a minute at most, unless another limit is given."""
    deadline = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < deadline, f"it has not happened within {seconds} seconds"
        time.sleep(0.02)


@cache
def _why_no_ordinary_user(way: str) -> str | None:
    """Return why a way does not work for an ordinary user; None if it does."""
    trial = ["-m", "coursestaff.marking.sandbox.confinement", way]
    with TempDir() as folder:
        done = subprocess.run(
            [*OrdinaryUsersZygote.python, *trial, str(folder)],
            env={**os.environ, "PYTHONPATH": isolation.import_path()},
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
    said = (done.stdout + done.stderr).strip().splitlines()
    return None if said[-1:] == ["shut in"] else f"{way}: {said[-1:]}"


@contextmanager
def things_outside() -> Iterator[dict]:
    """Return what a submission must not reach, as Python names; a server that nobody may ask.

    It all belongs to the ordinary user that some zygotes run as, so that only isolation keeps it.
    """
    folder = Path(tempfile.mkdtemp(prefix="cage-outside-"))
    folder.chmod(0o777)
    places = {"SUBMISSION": "submitted/other.ipynb", "GRADEBOOK": "gradebook.db"}
    places |= {"HOMES": "home", "SOLUTION": "solutions/02.ipynb"}
    names = {name: str(folder / place) for name, place in places.items()}
    for place in (*list(places.values())[:2], "home/private.txt", "solutions/02.ipynb"):
        (folder / place).parent.mkdir(exist_ok=True)
        (folder / place).write_text(SECRET)
    somebody = {}
    if os.getuid() == 0:
        somebody = {"user": ordinary.USER, "group": ordinary.USER, "extra_groups": []}
        for path in (folder, *folder.rglob("*")):
            os.chown(path, ordinary.USER, ordinary.USER)
    asked = []
    with (
        subprocess.Popen(["sleep", "10000"], cwd="/", **somebody) as other,
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.socket(socket.AF_UNIX) as local,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagrams,
    ):
        datagrams.bind(str(folder / "socket"))
        (folder / "socket").chmod(0o777)
        datagrams.setblocking(False)
        abstract = f"no-limits-{os.getpid()}"
        local.bind("\0" + abstract)
        local.listen()
        threading.Thread(target=_note, args=(server, asked), daemon=True).start()
        os.environ["COURSE_SECRET"] = SECRET
        names |= {"PORT": server.getsockname()[1], "ABSTRACT": abstract, "TEST": other.pid}
        names |= {"COURSE": str(ROOT), "OUTSIDE": str(folder), "SECRET": SECRET}
        names["DATAGRAMS"] = str(folder / "socket")
        names["TABLE"] = str(next((ROOT / "data").glob("*.csv")))
        try:
            yield names
        finally:
            del os.environ["COURSE_SECRET"]
            alive, nice = other.poll() is None, os.getpriority(os.PRIO_PROCESS, other.pid)
            other.kill()
        with pytest.raises(BlockingIOError):
            datagrams.recv(1)
    assert alive and nice == os.getpriority(os.PRIO_PROCESS, 0)
    assert not asked
    assert not list(folder.rglob("planted*")) and not Path("/tmp/planted").exists()
    shutil.rmtree(folder)


def _note(server: socket.socket, asked: list) -> None:
    while True:
        try:
            asked.append(server.accept())
        except OSError:
            return
