"""Every hue of the course, named once: countries have theirs, everything else asks by its role.

No country's hue stands for anything else, so that who is meant is seen wherever they
appear. A role, such as *received* or *yes*, has a tone, and within a chapter and its explorers
no other role has that tone. Petrol is the plain hue: it marks what a picture is about where that is
neither a country nor a role, has no meaning that lasts beyond the picture, and stands for one thing
in it. Whatever else has no look of its own is grey and differs by its shade, stroke and marker.
Verdicts are a scale of their own, which begins with petrol and is drawn where nothing else is.
"""

from functools import cache
from typing import NamedTuple

from courseware import article
from courseware.article import name as name  # beside the looks


class Look(NamedTuple):
    """How a country or a group is drawn. Line style and marker repeat what the hue says."""

    hue: str
    line: str | tuple
    marker: str


# Tones: what is no country's. The test by eye type keeps them apart for every eye.
PETROL, TEAL, MINT = "#0F5257", "#6FB3B3", "#B9DCD3"
SAND, PLUM, YELLOW = "#B8A98A", "#8A5A83", "#FFDF70"
TONES = (PETROL, TEAL, MINT, SAND, PLUM, YELLOW)
GREEN = "#00795C"

# A page's own: text, its soft tone, paper, lines; what has the focus; and by night.
PAGE_INK, PAGE_SOFT, SHEET, FRAME = "#1D2529", "#4D585D", "#FAF7F0", "#D9D4C7"
FOCUS, FOCUS_BY_NIGHT = "#B45309", "#F2A65A"
NIGHT, PETROL_BY_NIGHT = "#14191B", "#7FCDD1"

# Greys, from text to paper.
BLACK, INK, TEXT, SOFT, RULE = "#000000", "#1A1A1A", "#333333", "#555555", "#777777"
MIDDLE, FAINT, PALE, GRID, WHITE = "#6E6E6E", "#8A8A8A", "#B3B3B3", "#DDDDDD", "#FFFFFF"
LATER = "#EEEEEE"  #: the ground of whatever came after the article
GREYS = (BLACK, INK, TEXT, SOFT, RULE, MIDDLE, FAINT, PALE, GRID, LATER, WHITE)

# Verdicts, and what is no verdict.
HOLDS, CAVEAT, FAILS, UNKNOWN = PETROL, TEAL, PLUM, SAND
PASSED, NOT_JUDGED = MIDDLE, WHITE
# A source in the text.
SOURCE_NAMED, SOURCE_POINTED, NO_SOURCE = PETROL, TEAL, WHITE
# Kinds of claim: what reports in the cold tones, what goes further in the warm ones.
EVENT, QUANTITY, QUOTE = PETROL, TEAL, MINT
INTERPRETATION, VALUE, PREDICTION = SAND, PLUM, YELLOW
# What a picture is about.
PLAIN = PETROL
RIGHT, NOT_RIGHT = PLAIN, MINT
# Roles.
RECEIVED, PAID, OWED = TEAL, SAND, TEXT
FOR, AGAINST, NEITHER = TEAL, PLUM, SAND
BEFORE, AFTER, OUTCOME = MIDDLE, PLUM, BLACK
GAS, OIL = PLUM, TEAL
ONE_FAMILY, OTHER_FAMILY = PLUM, TEAL
# A map's ground.
LAND, OWN_LAND, WATER, SHORE, BORDER = "#EBE8E0", "#FDFCF9", "#D3E4EE", "#9FBCCB", "#8F8F8F"
GROUNDS = (LAND, WATER, SHORE)
#: Roles by the label that a chart gives them: what their bars and cells are filled with.
_ROLES = {
    "yes": FOR,
    "no": AGAINST,
    "abstained": NEITHER,
    "absent": WHITE,
    "for": FOR,
    "against": AGAINST,
    "qualifies": NEITHER,
    "both": NEITHER,
    "neither": WHITE,
    "holds": HOLDS,
    "holds, but": CAVEAT,
    "does not hold": FAILS,
    "cannot be known": UNKNOWN,
    "cannot be known, by nature": UNKNOWN,
    "cannot be known, in part": LAND,
    "imprecise": YELLOW,
    "not checked by us": PALE,
    "received": RECEIVED,
    "paid": PAID,
    "owed": OWED,
    "before": BEFORE,
    "after": AFTER,
    "kept": TEAL,
    "under way": MINT,
    "late": YELLOW,
    "not found": WHITE,
    "gdp": TEXT,
    "largest other": FAINT,
    "no date, or not listed": LAND,
    "prior": MIDDLE,
    "posterior": YELLOW,
}
#: Signs of the roles in a grid of votes or of tiles: what the fill says, said once more.
SIGNS = {
    **{"yes": "+", "no": "\N{MINUS SIGN}", "abstained": "\N{WHITE CIRCLE}", "absent": "·"},
    **{"for": "+", "against": "\N{MINUS SIGN}", "both": "±", "neither": "·"},
    **{"kept": "\N{CHECK MARK}", "under way": "\N{RIGHTWARDS ARROW}", "late": "!"},
    **{"not found": "\N{EN DASH}", "cannot be known": "?"},
}
# The argument map: lines between claims, and what a removal does.
SUPPORTS, OPPOSES, CUT = PALE, PETROL, PLUM
# The edge of a card.
NOTE, CARE, DONE, COURSE = PETROL, YELLOW, GREEN, PLUM


@cache
def countries() -> dict[str, Look]:
    """Return how each country and group is drawn, by ISO 3166-1 alpha-3 code. Do not change it."""
    looks = article.facts()["looks"].items()
    return {code: Look(**look | {"line": _line(look["line"])}) for code, look in looks}


def _line(written: str | list) -> str | tuple:
    """Return a line style as matplotlib takes it: a name, or an offset and lengths."""
    return written if isinstance(written, str) else (written[0], tuple(written[1]))


@cache
def roles() -> dict[str, str]:
    """Return the tone of each label that is a role: ours, then the article's. Do not change it."""
    named = {role: globals()[tone] for role, tone in article.facts()["roles"].items()}
    return _ROLES | named


def look_of(code: str) -> Look:
    """Return how a country is drawn; as the others are, for a code that has no look."""
    return countries().get(code) or countries()[article.facts()["others_look"]]


def color(code: str) -> str:
    """Return a country's fixed colour, as a hex string; grey for a code that has none."""
    return look_of(code).hue


def style(code: str, *, markers: bool = False) -> dict:
    """Return ``plot`` arguments fixed per country: colour, line style and, if asked, marker.

    Line style and marker repeat what colour says, so that no chart depends on colour alone.
    """
    look = look_of(code)
    arguments = {"color": look.hue, "linestyle": look.line}
    if markers:
        edge = {"markeredgecolor": ink(look.hue), "markeredgewidth": 0.8}
        arguments |= {"marker": look.marker, **edge}
    return arguments


def channels(hue: str) -> list[float]:
    """Return red, green and blue, from 0 to 1, of a colour such as ``#0F5257``."""
    return [int(hue[at : at + 2], 16) / 255 for at in (1, 3, 5)]


def luminance(hue: str) -> float:
    """Return the relative luminance (0 black, 1 white) of a colour, as WCAG 2.2 defines it."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in channels(hue)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(hue: str) -> float:
    """Return the WCAG contrast ratio (1 to 21) of a colour on white."""
    return 1.05 / (luminance(hue) + 0.05)


def ink(hue: str, least: float = 4.5) -> str:
    """Return the colour, darkened until text in it reaches contrast ``least`` (WCAG AA: 4.5)."""
    parts = channels(hue)
    while contrast(_hex(parts)) < least:
        parts = [part * 0.96 for part in parts]
    return _hex(parts)


def ink_on(ground: str) -> str:
    """Return black or white, whichever can be read on a ground of this colour."""
    return WHITE if contrast(ground) >= 4.5 else BLACK


def _hex(parts: list[float]) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)
