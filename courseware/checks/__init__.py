"""What ``check("q3")`` in an exercise calls: a friendly look at an answer, never the answer.

The questions' public part travels with an exercise in ``checks.json``, beside the notebook. It
says what kind of thing is asked, in which unit and of which order of magnitude, and nothing of
the expected answer: that stays with the instructor. So a check that has nothing to complain of is
grey: whether an answer is right, only ``check("q3", full=True)`` says, where the solution is.

An old value is never judged: not after the answer's cell has stopped with an error (`watching`),
and not after it was run again or edited (the card says so itself).
"""

from importlib import import_module

FILE = "checks.json"
#: What the notebooks import by name (from then on cells are watched). It is looked up when it is
#: asked for: who compares answers that are described already has no use for pandas and IPython.
PUBLIC = ("CheckError", "check")


def __getattr__(name: str) -> object:
    """Look up `check` and its error."""
    if name in PUBLIC:
        return getattr(import_module("courseware.checks.public"), name)
    raise AttributeError(f"module 'courseware.checks' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Offer them after Tab, too."""
    return sorted([*globals(), *PUBLIC])
