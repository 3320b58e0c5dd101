"""What tests need that run submissions: a way to shut them in.

Where there is none they are skipped, unless ``REQUIRE_ISOLATION`` names the ways that have to be
there, such as ``namespaces,landlock``: then nothing is skipped, and a missing one is a failure.
"""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from instructor.grading.sandbox import isolation
from instructor.grading.sandbox.scratch import Scratch
from instructor.grading.sandbox.zygote import Zygote

REASONS = isolation.why_not()
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


@cache
def _why_no_ordinary_user(way: str) -> str | None:
    """Return why a way does not work for an ordinary user; None if it does."""
    trial = ["-m", "instructor.grading.sandbox.confining", way]
    with Scratch() as folder:
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
