"""What tests need that run submissions: a way to shut them in.

Where there is none they are skipped, unless ``REQUIRE_ISOLATION`` names the ways that have to be
there, such as ``namespaces,landlock``: then nothing is skipped, and a missing one is a failure.
"""

import os

import pytest

from instructor.grading.sandbox import isolation

REASONS = isolation.why_not()
REQUIRED = os.environ.get("REQUIRE_ISOLATION", "")

needs_isolation = pytest.mark.skipif(bool(REASONS) and not REQUIRED, reason=" ".join(REASONS))


def missing(required: str, here: list[str]) -> list[str]:
    """Return which of the ways in ``required`` (with commas between) are not among those here."""
    wanted = [way.strip() for way in required.split(",")]
    return [way for way in wanted if way and way not in here]
