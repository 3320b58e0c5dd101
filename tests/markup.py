"""Markup as somebody reads it."""

import re
from html import unescape


def text_of(markup: str) -> str:
    """Return the text of some markup, a blank for each tag."""
    return unescape(re.sub(r"<[^>]+>", " ", markup))


def flat(markup: str) -> str:
    """Return the text of some markup with single blanks."""
    return " ".join(text_of(markup).split())
