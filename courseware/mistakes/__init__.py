"""Errors in words: what an IPython kernel says when a cell stops, or ends with a bare function.

A plain sentence, what to do next, and Python's own message in a fold. The error stays an error,
with one red line: what counts errors (*Run All*, nbgrader, nbclient) sees it as before.

IPython has no public way for that: ``set_custom_exc`` swallows the error, and nbgrader then gives a
failing test full marks. So `load_ipython_extension` wraps the shell's ``_showtraceback``, and a
test looks whether it is still there. `courseware.ipython_extension` loads it in every kernel; it
does nothing where nobody sits in front of a notebook (nbclient, nbgrader, a terminal).
"""

import inspect
import os
import re
from collections.abc import Callable
from html import escape
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

from IPython.display import HTML, display

from courseware import in_a_browser, turns, ui
from courseware.mistakes.error_messages import Explanation, explain
from courseware.mistakes.places import OPENED, last_cell, last_expression
from courseware.ui import in_html

COLOURS = re.compile(r"\x1b\[[0-9;]*m")
FUNCTIONS = (FunctionType, MethodType, BuiltinFunctionType)
MOST = 20_000  # characters of Python's message that the fold keeps


def load_ipython_extension(shell: Any) -> None:
    """Have this kernel say errors in words, if somebody sits in front of it."""
    if not somebody_is_there(shell) or hasattr(shell, "plain_showtraceback"):
        return
    shell.plain_showtraceback = shell._showtraceback
    shell._showtraceback = in_words(shell, shell._showtraceback)
    for kind in FUNCTIONS:
        html = shell.display_formatter.formatters["text/html"]
        html.for_type(kind, lambda function: not_run(function, last_cell(shell.user_ns)))


def somebody_is_there(shell: Any) -> bool:
    """Return whether this is the kernel of a notebook that somebody has opened."""
    opened = (in_a_browser() or os.environ.get(OPENED)) and not os.environ.get("NBGRADER_EXECUTION")
    return bool(opened) and hasattr(shell, "kernel")


def unload_ipython_extension(shell: Any) -> None:
    """Have this kernel show errors as Python does."""
    if hasattr(shell, "plain_showtraceback"):
        shell._showtraceback = shell.plain_showtraceback
        del shell.plain_showtraceback
        for kind in FUNCTIONS:
            shell.display_formatter.formatters["text/html"].pop(kind)


def not_run(function: Callable, cell: str) -> str:
    """Return what to say of a function that a cell ends with: its brackets are missing."""
    name = last_expression(cell) or function.__name__
    call = f"{name}(…)" if _needs_something(function) else f"{name}()"
    return ui.card(
        "Nothing has happened yet",
        f"<div>{in_html(f'`{name}` is a function, and it has not run.')}</div>"
        f"<div><b>What to do:</b> {in_html(f'Write round brackets behind it: `{call}`.')}</div>",
        "care",
    )


def _needs_something(function: Callable) -> bool:
    """Return whether a function cannot run with nothing in its brackets."""
    try:
        known = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # some of Python's own do not say
        return False
    return any(each.default is each.empty and each.kind < each.VAR_POSITIONAL for each in known)


def in_words(shell: Any, plain: Callable) -> Callable:
    """Return a ``_showtraceback`` that shows a sentence first, and then one red line."""

    def showtraceback(kind: type, error: BaseException, lines: list[str]) -> None:
        try:
            said = explain(error, shell.user_ns)
            ran = shell.user_ns.get("In", [""])[-1]
            display(HTML(card(said, lines, turns.helps(ran))))
        except Exception:  # a fault of ours must not hide a student's error
            plain(kind, error, lines)
        else:
            plain(kind, error, [red_line(kind, error)])

    return showtraceback


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


def red_line(kind: type, error: BaseException) -> str:
    """Return the last line of Python's message; JupyterLab gives it a red ground."""
    words = str(error).strip().splitlines()
    first = words[0] if words else ""
    return f"{kind.__name__}: {first}"
