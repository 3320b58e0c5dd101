"""The facts about the article and the states that code needs: each stands once, in `article.yaml`.

They are read when the first of them is asked for.
"""

from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

FILE = Path(__file__).with_name("article.yaml")


class State(NamedTuple):
    """A state, or a group of states: its English name, and whether the article is about it."""

    name: str
    five: bool  #: of Central Asia
    power: bool  #: of the two between which they are


@cache
def facts() -> dict:
    """Return all that ``article.yaml`` says. Do not change it."""
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


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


@cache
def states() -> dict[str, State]:
    """Return the states and groups of states that the course names, by code.

    First come the two powers, then the five states. Do not change it.
    """
    return {
        code: State(name, kind == "five", kind == "powers")
        for kind in ("powers", "five", "others", "groups")
        for code, name in facts()[kind].items()
    }


def powers() -> tuple[str, ...]:
    """Return the codes of the two powers."""
    return tuple(facts()["powers"])


def five() -> tuple[str, ...]:
    """Return the codes of the five states of Central Asia."""
    return tuple(facts()["five"])


def seven() -> tuple[str, ...]:
    """Return the codes of the two powers and the five states."""
    return powers() + five()


def groups() -> frozenset[str]:
    """Return the codes that stand for several states, or for all others."""
    return frozenset(facts()["groups"])


def name(code: str) -> str:
    """Return the English name of an ISO 3166-1 alpha-3 code (the code itself if not listed)."""
    return states()[code].name if code in states() else code


def short(name: str) -> str:
    """Return the short form of a state's name (the name itself if it has none)."""
    forms = facts()["short"]
    return next((forms[code] for code in forms if states()[code].name == name), name)
