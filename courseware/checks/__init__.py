"""What ``check("q3")`` in an exercise calls: a friendly look at an answer, never the answer.

The questions' public part travels with an exercise in ``checks.json``, beside the notebook. It
says what kind of thing is asked, in which unit and of which order of magnitude, and nothing of
the expected answer: that stays with the instructor.
"""

import io
import json
import os
import warnings
from contextlib import redirect_stderr, redirect_stdout
from difflib import get_close_matches
from html import escape
from pathlib import Path
from typing import Any

from IPython import get_ipython
from IPython.display import display

from courseware import CourseError, ui
from courseware.checks.describe import Described, describe, describe_calls
from courseware.checks.public import problem

FILE = "checks.json"
PASSED = (
    "Public checks passed: this is the kind of answer that is asked. "
    "Whether it is right, nobody has looked at yet."
)

__all__ = ["FILE", "CheckError", "check", "describe", "describe_calls", "problem"]


class CheckError(CourseError):
    """A public check did not pass, while nbgrader validates; the message says what to mend."""

    def _render_traceback_(self) -> list[str]:
        """Show the sentence alone: a student cannot mend what is inside this module."""
        return [str(self)]


class Verdict:
    """What a check has to say: shown as a card, or as a line where there is no browser."""

    def __init__(self, key: str, words: str, passed: bool) -> None:
        """Keep the question's key, the sentence, and whether the public checks passed."""
        self.key, self.words, self.passed = key, words, passed

    def __repr__(self) -> str:
        """Return the sentence as plain text."""
        return f"{self.key}: {self.words}"

    def _repr_html_(self) -> str:
        pieces = escape(self.words).split("`")  # what stands between two backticks is code
        body = "".join(f"<code>{part}</code>" if n % 2 else part for n, part in enumerate(pieces))
        return ui.card(f"Question {self.key[1:]}", body, "good" if self.passed else "care")


def check(key: str) -> None:
    """Show in one or two sentences whether the answer to question ``key`` is of the right kind.

    Raises:
        CheckError: only while nbgrader validates or grades (``NBGRADER_EXECUTION`` is set), with
            the same sentence, if the public checks do not pass.

    """
    key = str(key)
    words, passed = _quietly(key)
    if not passed and os.environ.get("NBGRADER_EXECUTION"):
        raise CheckError(f"{key}: {words}")
    display(Verdict(key, words, passed))


def _quietly(key: str) -> tuple[str, bool]:
    """Return what `_look_at` does; keep to ourselves what a student's function prints and raises.

    nbgrader takes a warning on stderr for a failure.
    """
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _look_at(key)
        except Exception:
            return "This answer cannot be looked at. Write it more simply, or ask for help.", False


def _look_at(key: str) -> tuple[str, bool]:
    """Return the sentence, and whether the public checks pass."""
    try:
        questions = _questions()
    except (OSError, ValueError, KeyError, TypeError):
        return f"The file {FILE} is damaged. Get the whole exercise folder again.", False
    if questions is None:
        return (
            f"The file {FILE} is not beside this notebook. Get the whole exercise folder again, "
            "and open the notebook from inside it.",
            False,
        )
    if key not in questions:
        near = get_close_matches(key, questions, n=1, cutoff=0)
        return (
            f"The computer checks no question {key!r} here. Did you mean {near[0]!r}? "
            "A person marks the written answer.",
            False,
        )
    question = questions[key]
    complaint = problem(question, _described(question))
    if complaint:
        return complaint, False
    return PASSED, True


def _questions() -> dict[str, dict] | None:
    """Read the public part of the exercise that this notebook belongs to."""
    notebook = os.environ.get("JPY_SESSION_NAME", "")
    for folder in (Path.cwd(), Path(notebook).parent):
        if (folder / FILE).is_file():
            return json.loads((folder / FILE).read_text(encoding="utf-8"))["questions"]
    return None


def _described(question: dict) -> Described:
    """Describe the answer in the notebook that calls us."""
    names = _namespace()
    if question["answer"] not in names:
        return {"type": "missing"}
    value = names[question["answer"]]
    if question["kind"] == "function":
        return describe_calls(value, question.get("examples", []))
    return describe(value)


def _namespace() -> dict[str, Any]:
    shell = get_ipython()
    if shell is None:
        import __main__

        return vars(__main__)
    return shell.user_ns
