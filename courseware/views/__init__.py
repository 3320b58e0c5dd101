"""Tables in the shape of a question: computed from the course's tables, never stored.

A view is a plain function. Its parameters are the names of the tables that it comes from, so that
``data.load("russian_crude_by_buyer")`` knows what to give it; it reads nothing itself. Its
docstring has a title, then its steps in two to five sentences; its body is two to fourteen plain
statements. What comes out has the index first, columns named as one would say them, numbers
rounded, and the unit as the columns' name.

A public function in one of ``MODULES`` is a view; there is nothing else to register.
"""

import ast
import hashlib
import inspect
import textwrap
from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import NamedTuple

from courseware.views import (
    alignment,
    argument,
    belt_and_road,
    china_russia_trade,
    chinese_lending,
    claim_register,
    corridors,
    dependence,
    energy,
    five_states,
    five_states_trade,
    kazakhstan,
    payment,
    reckoning,
    russian_fuels,
    summit,
    suppliers,
    testimony,
)

#: Where the views are, in the order of the chapters that first use them.
MODULES: tuple[ModuleType, ...] = (
    claim_register,
    argument,
    china_russia_trade,
    russian_fuels,
    payment,
    alignment,
    belt_and_road,
    chinese_lending,
    corridors,
    dependence,
    energy,
    five_states_trade,
    kazakhstan,
    summit,
    five_states,
    suppliers,
    testimony,
    reckoning,
)

#: Every view by its name.
VIEWS: dict[str, Callable] = {
    name: function
    for module in MODULES
    for name, function in vars(module).items()
    if isinstance(function, FunctionType)
    and function.__module__ == module.__name__
    and not name.startswith("_")
}


class Told(NamedTuple):
    """What a view says of itself: its title, its steps in words, and its code without them."""

    title: str
    steps: str
    code: str


def bases(name: str) -> list[str]:
    """Return the tables that a view comes from."""
    return list(inspect.signature(VIEWS[name]).parameters)


def told(name: str) -> Told:
    """Return what a view says of itself."""
    function = VIEWS[name]
    title, _, steps = inspect.getdoc(function).partition("\n")
    return Told(title.rstrip("."), " ".join(steps.split()), _code(function))


def fingerprint(name: str) -> str:
    """Return the checksum (sha256) of how a view is computed; its words do not count."""
    return hashlib.sha256(told(name).code.encode()).hexdigest()


def _code(function: Callable) -> str:
    """Return the source of a function without its docstring."""
    lines = textwrap.dedent(inspect.getsource(function)).splitlines()
    words = ast.parse("\n".join(lines)).body[0].body[0]
    return "\n".join(lines[: words.lineno - 1] + lines[words.end_lineno :])
