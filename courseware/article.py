"""The facts about the article and its actors that code needs: each stands once, in `article.yaml`.

The article is a package beside the frame, called as the manifest of the course's tables is. What it
says of itself is read when the first of it is asked for.
"""

import sys
from datetime import date
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import yaml

from courseware import manifest

PAGES = "pages"  #: the article's folder of what is printed: no student's copy needs it


class Actor(NamedTuple):
    """A state, or a group of states: its English name, and where the article lists it."""

    name: str
    group: str


def package() -> str:
    """Return the name of the Python package that holds the article."""
    return manifest.package()["name"].replace("-", "_")


@cache
def folder() -> Path:
    """Return the folder of the article: of the package that Python imports by that name.

    So a grader finds its own, and never a folder that came with a hand-in. Where Python knows none,
    it lies beside the tables, and Python finds it there from then on.

    Raises:
        manifest.DataError: the tables say that they belong to an article that is not there.

    """
    beside = manifest.root().parent
    known = find_spec(package())
    if known is None or known.origin is None:  # none, or only a folder that is called so
        sys.path.append(str(beside))
    try:
        return Path(import_module(package()).__file__).parent
    except ModuleNotFoundError as missing:
        raise manifest.DataError(
            f"The tables in {manifest.root()} belong to the article {package()!r}, but Python "
            f"finds no package {package()}. Put its folder into {beside}, or change "
            f'"name" in {manifest.MANIFEST}.'
        ) from missing


def module(*names: str) -> ModuleType:
    """Return a module of the article's package, such as ``module("views", "energy")``."""
    folder()
    return import_module(".".join((package(), *names)))


def pages() -> Path:
    """Return the folder of what the site, the guide and a student's README say of the article."""
    return folder() / PAGES


@cache
def facts() -> dict:
    """Return all that ``article.yaml`` says. Do not change it."""
    return yaml.safe_load((folder() / "article.yaml").read_text(encoding="utf-8"))


def day() -> date:
    """Return the day on which the article was published."""
    return facts()["day"]


def iso_day() -> str:
    """Return the day of the article as tables write it: year, month, day."""
    return day().isoformat()


def in_words(when: date) -> str:
    """Return a date as a sentence has it: ``24 November 2025``."""
    return f"{when.day} {when:%B %Y}"


def day_in_words() -> str:
    """Return the day of the article as a sentence has it."""
    return in_words(day())


def looked_until() -> str:
    """Return the day up to which the course looked for what came since, as a sentence has it."""
    return in_words(facts()["looked"]["last"])


def horizon() -> str:
    """Say when the course last looked for what came since, and how far the pages reach."""
    page = facts()["looked"]["latest_page"]
    return (
        f"last searched for on {looked_until()}; the latest page that we found is dated "
        f"{page:%B %Y}"
    )


def decimal_year() -> float:
    """Return the day of the article as a year, with one decimal place."""
    return round(day().year + day().timetuple().tm_yday / 365, 1)


def cited() -> str:
    """Return author, kind and day of the article, separated by commas."""
    return f"{facts()['author']}, {facts()['kind']}, {day_in_words()}"


def course() -> str:
    """Return the full title of the course."""
    return f"{facts()['course']} {facts()['subtitle']}"


def theses() -> dict[str, str]:
    """Return what polls call the article's theses, by their claims in the register."""
    return facts()["theses"]


def chapters() -> tuple[str, ...]:
    """Return the names of the chapters' notebooks, in order."""
    return tuple(facts()["chapters"])


def number(chapter: int) -> str:
    """Return the number of a chapter by its place: 0 for the first, which also polls first."""
    return chapters()[chapter][:2]


@cache
def states() -> dict[str, Actor]:
    """Return the states and groups of states that the course names, by code, in order.

    Do not change it.
    """
    groups = facts()["actors"].items()
    return {code: Actor(name, group) for group, listed in groups for code, name in listed.items()}


def members(group: str) -> tuple[str, ...]:
    """Return the codes of a group of actors, such as ``"five"``."""
    return tuple(facts()["actors"][group])


def subjects() -> tuple[str, ...]:
    """Return the codes of those that the article is about."""
    return tuple(code for group in facts()["subjects"] for code in members(group))


def several() -> frozenset[str]:
    """Return the codes that stand for several states, or for all others."""
    return frozenset(members("several"))


def name(code: str) -> str:
    """Return the English name of an ISO 3166-1 alpha-3 code (the code itself if not listed)."""
    return states()[code].name if code in states() else code


def short(name: str) -> str:
    """Return the short form of a state's name (the name itself if it has none)."""
    forms = facts()["short"]
    return next((forms[code] for code in forms if states()[code].name == name), name)
