"""Tables in the shape of a question: computed from the course's tables, never stored.

A view is a plain function. Its parameters are the names of the tables that it comes from, so that
``data.load("russian_crude_by_buyer")`` knows what to give it; it reads nothing itself. A parameter
that is called as one of ``FACTS`` is no table, but a fact about the article.

A view's docstring has a title, then its steps in two to seven sentences; its body is two to
fourteen plain statements. What comes out has the index first, columns named as one would say them,
numbers rounded, and the unit as the columns' name.

A public function in one of the modules of the article's ``views`` is a view; there is nothing else
to register.
"""

import ast
import hashlib
import inspect
import re
from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import NamedTuple

from courseware import article

#: What a view may ask for that is no table: facts about the article, and how they are read.
FACTS = {"states": article.states, "article_day": article.iso_day}
DEFINED = re.compile(r"^def (?!_)(\w+)\(", re.MULTILINE)


class Told(NamedTuple):
    """What a view says of itself: its title, its steps in words, and its code without them."""

    title: str
    steps: str
    code: str


def names() -> list[str]:
    """Return the names of all views."""
    return list(_modules())


def is_view(name: str) -> bool:
    """Return whether ``name`` is a view: computed from other tables, never stored."""
    return name in _modules()


def function(name: str) -> Callable:
    """Return the function that computes a view: a table from tables.

    Raises:
        KeyError: there is no such view.

    """
    return getattr(_module(_modules()[name]), name)


def bases(name: str) -> list[str]:
    """Return the tables of ``data/`` that ``name`` comes from: itself, unless it is a view."""
    return [each for each in parameters(name) if each not in FACTS] if is_view(name) else [name]


def facts(name: str) -> list[str]:
    """Return the facts about the article that a view is given besides its tables."""
    return [each for each in parameters(name) if each in FACTS]


def parameters(name: str) -> list[str]:
    """Return the names of what a view is given: tables of ``data/``, and facts."""
    return [argument.arg for argument in _parsed(name).args.args]


def told(name: str) -> Told:
    """Return what a view says of itself.

    Raises:
        KeyError: there is no such view.

    """
    view, lines = _parsed(name), _text(_modules()[name]).splitlines()
    words = view.body[0]
    title, _, steps = inspect.cleandoc(words.value.value).partition("\n")
    around = (lines[view.lineno - 1 : words.lineno - 1], lines[words.end_lineno : view.end_lineno])
    code = "\n".join(line for part in around for line in part)
    return Told(title.rstrip("."), " ".join(steps.split()), code)


def fingerprint(name: str) -> str:
    """Return the checksum (sha256) of a view's code and facts; its words do not count."""
    facts_given = [FACTS[fact]() for fact in facts(name)]
    made_of = "".join([told(name).code, *map(repr, facts_given)])
    return hashlib.sha256(made_of.encode()).hexdigest()


# Only to compute a view takes pandas: what it says, and comes from, is read from its source.


@cache
def _modules() -> dict[str, str]:
    """Return by each view's name the module that it is in."""
    there = sorted(path.stem for path in (article.folder() / "views").glob("[!_]*.py"))
    return {name: module for module in there for name in DEFINED.findall(_text(module))}


def _module(name: str) -> ModuleType:
    """Return a module of the article's views."""
    return article.module("views", name)


@cache
def _text(module: str) -> str:
    return (article.folder() / "views" / f"{module}.py").read_text(encoding="utf-8")


def _parsed(name: str) -> ast.FunctionDef:
    """Return a view as its module's source has it."""
    return _functions(_modules()[name])[name]


@cache
def _functions(module: str) -> dict[str, ast.FunctionDef]:
    found = [each for each in ast.parse(_text(module)).body if isinstance(each, ast.FunctionDef)]
    return {each.name: each for each in found}
