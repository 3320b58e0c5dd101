"""How a line or bar is drawn, by its label: countries and roles have fixed looks, the rest greys.

Looks are given once for a whole figure, over all its labels: a label has the same look in every
panel. Of labels that are nothing in particular the first is petrol; years are all greys. See
`palette` for what a hue may stand for.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain, cycle
from typing import NamedTuple

from courseware import palette

#: For labels that are nothing in particular: hue, line, marker.
OTHERS = (
    (palette.PLAIN, "-", "o"),
    (palette.PALE, "--", "s"),
    (palette.MIDDLE, "-.", "^"),
    (palette.FAINT, (0, (5, 1.5)), "D"),
    (palette.GRID, ":", "v"),
    (palette.INK, (0, (3, 1, 1, 1)), "P"),
)
#: Years as series, from the oldest to the newest.
YEARS = (palette.PALE, palette.FAINT, palette.MIDDLE, palette.SOFT, palette.TEXT, palette.BLACK)
VARIANT = (0, (1, 1.2))  # the line of a second series of one country
#: The stem of a label: "X, 2025 edition", "X (customs)", "X's customs", "from X".
_STEM = re.compile(
    r"(?:in |from )?(?P<stem>.+?)(?:,| \(|['\N{RIGHT SINGLE QUOTATION MARK}]s\b| itself\b|$)"
)


class Look(NamedTuple):
    """A hue for areas, an ink for lines and text, a line style and a marker."""

    hue: str
    ink: str
    line: str | tuple
    marker: str


def country(label: str) -> str | None:
    """Return the code of the country that a label names, as a code or in English; else None."""
    return label if label in palette.countries() else _codes().get(label)


@cache
def _codes() -> dict[str, str]:
    return {palette.name(code): code for code in palette.countries()}


def are_countries(names: Sequence[str]) -> bool:
    """Return whether most of the names below bars are those of countries, or begin with one."""
    return sum(stem_country(" ".join(name.split())) is not None for name in names) > len(names) / 2


def year(label: str) -> int | None:
    """Return the year that a label is, or None."""
    return int(label) if re.fullmatch(r"(1[5-9]|20)\d\d", label) else None


def of(labels: Iterable[str]) -> dict[str, Look]:
    """Return the look of each label of a figure."""
    labels = list(dict.fromkeys(labels))
    named = {country(label) for label in labels}
    years = sorted(label for label in labels if year(label))
    found: dict[str, Look] = {}
    others = chain(OTHERS, cycle(OTHERS[1:]))  # petrol is one label's
    for label in labels:
        code = country(label)
        if code:
            look = palette.countries()[code]
            found[label] = _look(look.hue, look.line, look.marker)
        elif stem := role(label):
            _, line, marker = OTHERS[list(palette.roles()).index(stem) % len(OTHERS)]
            found[label] = _look(palette.roles()[stem], line, marker)
        elif label in years:
            place = (len(YEARS) - 1) * (years.index(label) + 1) / len(years)
            found[label] = _look(YEARS[int(place)], "-", "o")
        elif owner := stem_country(label):
            look = palette.countries()[owner]
            second = owner in named or look.hue in {seen.hue for seen in found.values()}
            found[label] = _look(look.hue, VARIANT if second else look.line, look.marker)
        else:
            found[label] = _look(*next(others))
    return found


def role(label: str) -> str | None:
    """Return the role that a label begins with, the longest: "received in the year" is received."""
    words = label.lower()
    fits = [name for name in palette.roles() if re.match(rf"{re.escape(name)}(?![\w-])", words)]
    return max(fits, key=len, default=None)


def focused(found: dict[str, Look], series: Iterable[str], focus: Sequence[str]) -> dict[str, Look]:
    """Return looks in which, of the series, only what the title names has its hue.

    Where no series is named, such as where the focus is on one bar of many, all keep theirs.
    """
    named = {label for label in series if is_named(label, focus)}
    if not named:
        return found
    return {label: look if label in named else greyed(look) for label, look in found.items()}


def greyed(look: Look) -> Look:
    """Return a look without its hue; the grey has a contrast of 3:1, and the stroke stays."""
    return look._replace(hue=palette.FAINT, ink=palette.FAINT)


def is_named(label: str, focus: Sequence[str]) -> bool:
    """Return whether a label is in focus, as it stands or in English."""
    return any(str(each) in (label, palette.name(label)) for each in focus)


def hues_of(values: Iterable[object]) -> dict[object, str]:
    """Return a hue for each value that colours an area: countries and roles have their own."""
    values = list(values)
    found = of(str(value) for value in values)
    return {value: found[str(value)].hue for value in values}


def stem_country(label: str) -> str | None:
    """Return the country that a label is, or whose name is its stem, as in "X's customs"."""
    match = _STEM.match(label)
    return country(match["stem"]) if match else None


def _look(hue: str, line: str | tuple, marker: str) -> Look:
    return Look(hue, palette.ink(hue, 3), line, marker)
