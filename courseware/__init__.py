"""The frame: what the notebooks of a course about one article import.

Importing this package reads no data and loads no drawing library: each chapter imports
the modules it uses, for example ``from courseware import charts, data, turn``.
"""

import sys
from importlib import import_module

__version__ = "0.3.0"


class CourseError(Exception):
    """Something of the course is not as it should be; the message says what to do."""


def in_a_browser() -> bool:
    """Return whether Python itself runs in a browser (Pyodide): one person, one process, no server.

    There the drive is the browser's own storage, and no configuration of IPython is read.
    """
    return sys.platform == "emscripten"


def __getattr__(name: str) -> object:
    """Look up ``turn``, so that a chapter imports all it uses in one line."""
    if name == "turn":
        return import_module("courseware.turns").turn
    raise AttributeError(f"module 'courseware' has no attribute {name!r}")


if in_a_browser():
    import_module("courseware.ipython_extension").load_in_a_browser()
