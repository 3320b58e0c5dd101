"""How a line or bar is drawn, by its label: countries and roles have fixed looks, years are greys.

Looks are given once for a whole figure, over all its labels: a label has the same look in every
panel. Whatever is no country's never has a country's hue.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from courseware import palette

#: For labels that are nothing in particular: hue, line, marker.
OTHERS = (
    (palette.PETROL, "-", "o"),
    (palette.SAND, "--", "s"),
    (palette.PLUM, "-.", "^"),
    (palette.TEAL, (0, (5, 1.5)), "D"),
    (palette.MIDDLE, ":", "v"),
    (palette.YELLOW, (0, (3, 1, 1, 1)), "P"),
)
#: Years as series, from the oldest to the newest.
YEARS = (palette.PALE, palette.FAINT, palette.MIDDLE, palette.SOFT, palette.TEXT, palette.BLACK)
VARIANT = (0, (1, 1.2))  # the line of a second series of one country
_VARIANT = re.compile(r"(?P<name>.+?)(?:,| \()")


class Look(NamedTuple):
    """A hue for areas, an ink for lines and text, a line style and a marker."""

    hue: str
    ink: str
    line: str | tuple
    marker: str


def country(label: str) -> str | None:
    """Return the code of the country that a label names, as a code or in English; else None."""
    return label if label in palette.COUNTRIES else _codes().get(label)


@cache
def _codes() -> dict[str, str]:
    return {palette.name(code): code for code in palette.COUNTRIES}


def year(label: str) -> int | None:
    """Return the year that a label is, or None."""
    return int(label) if re.fullmatch(r"(1[5-9]|20)\d\d", label) else None


def of(labels: Iterable[str]) -> dict[str, Look]:
    """Return the look of each label of a figure."""
    labels = list(dict.fromkeys(labels))
    years = sorted(label for label in labels if year(label))
    found: dict[str, Look] = {}
    others = iter(OTHERS * (len(labels) // len(OTHERS) + 1))
    for label in labels:
        code = country(label)
        if code:
            look = palette.COUNTRIES[code]
            found[label] = _look(look.hue, look.line, look.marker)
        elif label.lower() in palette.ROLES:
            hue = palette.ROLES[label.lower()]
            _, line, marker = OTHERS[list(palette.ROLES).index(label.lower()) % len(OTHERS)]
            found[label] = _look(hue, line, marker)
        elif label in years:
            place = (len(YEARS) - 1) * (years.index(label) + 1) / len(years)
            found[label] = _look(YEARS[int(place)], "-", "o")
        elif of_country := _variant(label):
            look = palette.COUNTRIES[of_country]
            found[label] = _look(look.hue, VARIANT, look.marker)
        else:
            found[label] = _look(*next(others))
    return found


def hues_of(values: Iterable[object]) -> dict[object, str]:
    """Return a hue for each value that colours an area: countries and roles have their own."""
    values = list(values)
    found = of(str(value) for value in values)
    return {value: found[str(value)].hue for value in values}


def _variant(label: str) -> str | None:
    """Return the country of "China, 2025 edition" or "China (customs)"."""
    match = _VARIANT.match(label)
    return country(match["name"]) if match else None


def _look(hue: str, line: str | tuple, marker: str) -> Look:
    return Look(hue, palette.ink(hue, 3), line, marker)
