"""The box that a cell shows when it stops: a sentence, what to do next, Python's own message.

A cell that ends with a bare function shows one, too.
"""

import inspect
import re
from collections.abc import Callable
from html import escape
from typing import Any

from courseware import turns, ui
from courseware.mistakes.explaining import Explanation, explain
from courseware.mistakes.places import last_cell, last_expression
from courseware.ui import in_html

COLOURS = re.compile(r"\x1b\[[0-9;]*m")
MOST = 20_000  # characters of Python's message that the fold keeps


def of_error(error: BaseException, lines: list[str], names: dict[str, Any]) -> str:
    """Return the box of an error, as HTML.

    Args:
        error: with the traceback that it came with.
        lines: Python's own message.
        names: the notebook's own names.

    """
    return card(explain(error, names), lines, turns.helps(last_cell(names)))


def card(said: Explanation, lines: list[str], helps: str = "") -> str:
    """Return the sentence, what to do, folds that help with a turn, and Python's own message."""
    message = COLOURS.sub("", "\n".join(lines))
    if len(message) > MOST:
        message = f"{message[: MOST // 2]}\n…\n{message[-MOST // 2 :]}"
    box = "white-space:pre;overflow-x:auto;font-size:0.85em;max-height:24em"
    fold = f'<pre tabindex="0" style="{box}">{escape(message)}</pre>'
    where = f" in line {said.line}" if said.line else ""
    body = (
        f"<div>{in_html(said.what)}</div><div><b>What to do:</b> {in_html(said.remedy)}</div>"
        + helps
        + ui.details("Python's whole message", fold)
    )
    return f'<div role="alert">{ui.card(f"This cell stopped{where}", body, "care")}</div>'


def not_run(function: Callable, names: dict[str, Any]) -> str:
    """Return the box of a function that a cell ends with: its brackets are missing."""
    name = last_expression(last_cell(names)) or function.__name__
    call = f"{name}(…)" if _needs_something(function) else f"{name}()"
    return ui.card(
        "Nothing has happened yet",
        f"<div>{in_html(f'`{name}` is a function that has not run.')}</div><div><b>What to "
        f"do:</b> {in_html(f'Write round brackets after it, as in `{call}`.')}</div>",
        "care",
    )


def _needs_something(function: Callable) -> bool:
    """Return whether a function cannot run with nothing in its brackets."""
    try:
        known = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # some of Python's own do not say
        return False
    return any(each.default is each.empty and each.kind < each.VAR_POSITIONAL for each in known)
