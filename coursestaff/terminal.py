"""Ask in a terminal, and make what strangers named safe to print: it may command a terminal."""

import unicodedata

#: Categories of characters: control, format (such as right-to-left), half a character, unassigned,
#: private, and ends of lines and paragraphs.
HIDDEN = ("Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp")


def one_line(text: str) -> str:
    """Return a name as it can be printed: one line, and nothing that commands a terminal."""
    return "".join("?" if unicodedata.category(c) in HIDDEN else c for c in text)


def typed(words: str, wanted: str) -> bool:
    """Ask, and return whether somebody is there who types what is wanted."""
    try:
        return input(words).strip() == wanted.strip()
    except EOFError:  # a script without --yes
        print()
        return False
