"""The public check of an answer: what `check` shows, and the card that it shows it on."""

import io
import json
import os
import warnings
from contextlib import redirect_stderr, redirect_stdout
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from IPython import get_ipython
from IPython.display import DisplayHandle, display

from courseware import CourseError, ui
from courseware.answers.answer_types import NOT_A_NUMBER, Described
from courseware.answers.describe import describe, describe_calls
from courseware.answers.kinds import kind_of, problem
from courseware.answers.kinds.number import told
from courseware.checks import FILE, watching
from courseware.checks import full as full_check

#: How an answer stands, and a card's edge: what is not known to be right is never green.
EDGES = {"open": "open", "mend": "care", "right": "good"}
AGAIN = "The answer's cell ran again after this check. Run this cell to check the new answer."
CHANGED = "You changed the answer after it last ran. Run its cell first, then this one."
LOOKING = "Your answer is being compared with the solution, which takes some seconds."
#: The card lies below the answer's cell, which JupyterLab marks while its text is not what ran.
STYLE = (
    "<style>"
    ".jp-CodeCell.jp-mod-dirty + .jp-CodeCell .no-limits-changed{display:block!important}"
    ".jp-CodeCell.jp-mod-dirty + .jp-CodeCell .no-limits-said{display:none}</style>"
)

watching.start(get_ipython())
#: By question: the answer's name, the card, and the number of the cell that showed it.
_shown: dict[str, tuple[str, DisplayHandle, int]] = {}


class CheckError(CourseError):
    """A public check did not pass, while nbgrader validates; the message says what to mend."""

    def _render_traceback_(self) -> list[str]:
        """Show the sentence alone: a student cannot mend what is inside this module."""
        return [str(self)]


class Verdict:
    """What a check has to say: shown as a card, or as a line where there is no browser."""

    def __init__(self, key: str, words: str, state: str) -> None:
        """Keep the question's key, the sentence, and how the answer stands (open, mend, right)."""
        self.key, self.words, self.state = key, words, state

    def __repr__(self) -> str:
        """Return the sentence as plain text."""
        return f"{self.key}: {self.words}"

    def _repr_html_(self) -> str:
        title = f"Question {self.key[1:]}"
        said = ui.card(title, ui.in_html(self.words), EDGES[self.state])
        changed = ui.card(title, CHANGED, "open")
        return (
            f'{STYLE}<div class="no-limits-said">{said}</div>'
            f'<div class="no-limits-changed" style="display:none">{changed}</div>'
        )


def check(key: str, *, full: bool = False) -> None:
    """Show in one or two sentences whether the answer to question ``key`` is of the right kind.

    Args:
        key: the question, such as ``"q4"``.
        full: also say whether it is right. That takes the solution, and says so where there is
            none; it judges the notebook as it is saved.

    Raises:
        CheckError: only while nbgrader validates or grades (``NBGRADER_EXECUTION`` is set), with
            the same sentence, if the public checks do not pass.

    """
    key = str(key)
    watching.start(get_ipython())
    words, passed = _quietly(key)
    grading = bool(os.environ.get("NBGRADER_EXECUTION"))
    if not passed and grading:
        raise CheckError(f"{key}: {words}")
    full = full and not grading and hasattr(get_ipython(), "kernel")
    if full and not full_check.solution_here():
        words, full = f"{words} {full_check.NOT_HERE}", False
    ask = full and passed
    shown = display(Verdict(key, LOOKING if ask else words, _state(passed)), display_id=True)
    answer = _answer(key)
    if ask:
        found = full_check.full(key, answer, watching.WATCH.last.get(answer))
        state = {True: "right", False: "mend", None: "open"}[found.right]
        shown.update(Verdict(key, found.words, state))
    if shown is not None and answer:
        _shown[key] = (answer, shown, watching.WATCH.count)


def _state(passed: bool) -> str:
    return "open" if passed else "mend"


def _answer(key: str) -> str:
    """Return the name of a question's answer; empty if there is no such question."""
    try:
        return (_questions() or {})[key]["answer"]
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _renew(names: set[str]) -> None:
    """Have the cards say so whose answer's cell has just run again."""
    for key, (answer, card, count) in list(_shown.items()):
        if answer in names and count != watching.WATCH.count:  # answer and check may be one cell
            del _shown[key]
            complaint = watching.WATCH.complaint(answer)
            card.update(Verdict(key, complaint or AGAIN, "mend" if complaint else "open"))


watching.WATCH.listeners.append(_renew)


def _quietly(key: str) -> tuple[str, bool]:
    """Return what `_look_at` does; keep to ourselves what a student's function prints and raises.

    nbgrader takes a warning on stderr for a failure.
    """
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _look_at(key)
        except Exception:
            return "This answer cannot be checked. Write it more simply, or ask for help.", False


def _look_at(key: str) -> tuple[str, bool]:
    """Return the sentence, and whether the public checks pass."""
    try:
        questions = _questions()
    except (OSError, ValueError, KeyError, TypeError):
        return f"The file {FILE} is damaged. Get the whole exercise folder again.", False
    if questions is None:
        return (
            f"The file {FILE} is not in the folder of this notebook. Get the whole exercise "
            "folder again, and open the notebook from inside it.",
            False,
        )
    if key not in questions:
        near = get_close_matches(key, questions, n=1, cutoff=0)
        return (
            f"In this notebook the computer checks no question called {key!r}. Did you mean "
            f"{near[0]!r}? A person marks the written answers.",
            False,
        )
    question = questions[key]
    answer = _described(question)
    complaint = watching.WATCH.complaint(question["answer"]) or _without_rows(question, answer)
    complaint = complaint or problem(question, answer)
    if complaint:
        return complaint, False
    # The number stands there once more, so that 142 per cent for 42 strikes the eye.
    given = f" You gave {_number(question, answer['value'])}." if answer["type"] == "number" else ""
    return (
        f"This is the right kind of answer: {kind_of(question).asked(question)}.{given} It is not "
        "marked yet.",
        True,
    )


def _number(question: dict, value: float) -> str:
    """Return the number that was given, and that it is a whole one where it may have been more."""
    if question.get("whole") or value != round(value):
        return told(question, value)
    given = told(question, value)
    return (
        f"{given}. This is a whole number, so if you rounded it, check how many decimal places the "
        "question asks for"
    )


def _without_rows(question: dict, answer: Described) -> str | None:
    """Return which table has no rows, if that is why an answer is no number; else None."""
    ran = watching.WATCH.last.get(question["answer"])
    if answer != NOT_A_NUMBER or ran is None:
        return None
    names = _namespace()
    for name in watching.used(ran.source):
        found = describe(names.get(name))
        if found["type"] == "table" and not found["rows"]:
            return (
                f"`{question['answer']}` is not a number (NaN), because the filter that made "
                f"`{name}` kept no rows. Compare each letter of the word in the filter with the "
                "words in the column."
            )
    return None


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
    if "examples" in question:  # it is a function that is asked
        return describe_calls(value, question["examples"])
    return describe(value)


def _namespace() -> dict[str, Any]:
    shell = get_ipython()
    if shell is None:
        import __main__

        return vars(__main__)
    return shell.user_ns
