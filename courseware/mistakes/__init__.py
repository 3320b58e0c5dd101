"""Errors in words: what an IPython kernel says when a cell stops, or ends with a bare function.

A plain sentence, what to do next, and Python's own message in a fold. The error stays an error,
with one red line: what counts errors (*Run All*, nbgrader, nbclient) sees it as before.

IPython has no public way for that: ``set_custom_exc`` swallows the error, and nbgrader then gives a
failing test full marks. So `load_ipython_extension` wraps the shell's ``_showtraceback``, and a
test looks whether it is still there. `courseware.ipython_extension` loads it in every kernel; it
does nothing where nobody sits in front of a notebook (nbclient, nbgrader, a terminal).
"""

import os
from collections.abc import Callable
from importlib import import_module
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

from IPython.display import HTML, display

from courseware import in_a_browser
from courseware.mistakes.places import OPENED

CARD = "courseware.mistakes.card"  # loaded by the first error, for it needs pandas and the words
FUNCTIONS = (FunctionType, MethodType, BuiltinFunctionType)


def load_ipython_extension(shell: Any) -> None:
    """Have this kernel say errors in words, if somebody sits in front of it."""
    if not somebody_is_there(shell) or hasattr(shell, "plain_showtraceback"):
        return
    shell.plain_showtraceback = shell._showtraceback
    shell._showtraceback = in_words(shell, shell._showtraceback)
    for kind in FUNCTIONS:
        html = shell.display_formatter.formatters["text/html"]
        html.for_type(kind, lambda function: import_module(CARD).not_run(function, shell.user_ns))


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


def in_words(shell: Any, plain: Callable) -> Callable:
    """Return a ``_showtraceback`` that shows a sentence first, and then one red line."""

    def showtraceback(kind: type, error: BaseException, lines: list[str]) -> None:
        try:
            display(HTML(import_module(CARD).of_error(error, lines, shell.user_ns)))
        except Exception:  # a fault of ours must not hide a student's error
            plain(kind, error, lines)
        else:
            plain(kind, error, [red_line(kind, error)])

    return showtraceback


def red_line(kind: type, error: BaseException) -> str:
    """Return the last line of Python's message; JupyterLab gives it a red ground."""
    words = str(error).strip().splitlines()
    first = words[0] if words else ""
    return f"{kind.__name__}: {first}"
