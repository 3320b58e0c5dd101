"""Make what strangers named safe to print: a name may hold what commands a terminal."""

import unicodedata

#: Categories of characters: control, format (such as right-to-left), half a character, unassigned,
#: private, and ends of lines and paragraphs.
HIDDEN = ("Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp")


def one_line(text: str) -> str:
    """Return a name as it can be printed: one line, and nothing that commands a terminal."""
    return "".join("?" if unicodedata.category(c) in HIDDEN else c for c in text)
