"""What the page does by itself for a card or a box of widgets, in the ``.js`` files beside this.

A notebook has no page of its own to put a script on: it travels in an attribute of an invisible
picture, which runs it as soon as it arrives.
"""

import json
from functools import cache
from html import escape
from pathlib import Path
from secrets import token_hex

#: A picture of nothing: it arrives at once, and then runs what it says on `onload`.
EMPTY = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="

#: Of a table, for `into_view`: the tiles that it may be, or else the whole output.
OUTPUT = "outputAround(this)"

#: What a card's last line says from the first key on that its box has not sent yet.
UNSAVED = "<b>Changed, not saved.</b> It is saved when you leave the box."


@cache
def functions(file: Path) -> str:
    """Return the functions of a script without its lines of comment, for an attribute."""
    lines = (line.strip() for line in file.read_text(encoding="utf-8").splitlines())
    return "\n".join(line for line in lines if line and not line.startswith(("/", "*")))


def call(file: Path, function: str, *values: object) -> str:
    """Return a script that calls a function of a file with the mark it runs on, and values."""
    given = "".join(f",{json.dumps(value, separators=(',', ':'))}" for value in values)
    return f"{functions(file)}\n{function}(this{given})"


def on_arrival(script: str, more: str = "") -> str:
    """Return an invisible mark that runs a script as soon as it is on the page."""
    given = f'onload="{escape(script)}"{more}'
    return f'<img src="{EMPTY}" alt="" aria-hidden="true" width="1" height="1" {given}>'


def beside(name: str) -> Path:
    """Return a script that stands beside this module."""
    return Path(__file__).with_name(name)


def into_view(part: str, milliseconds: int = 50) -> str:
    """Return a script for ``onload`` that brings what has just been shown onto the screen.

    JupyterLab scrolls to the next cell, and what arrives then is pushed up out of view; no
    setting helps. So where a cell has just run (it, or the one after it, is active), this scrolls
    back the least that shows the cell, or, if that is too high, its part. What stands above may
    still change its height, such as a note that goes when its widget is alive: so it looks again
    for a second and a half, unless the reader does something or something newer is shown.

    Args:
        part: JavaScript for the element that matters most, found from ``this``.
        milliseconds: after which the cell has its height.

    """
    code = functions(beside("into_view.js"))
    return f"{code}\nintoView(this,{part},{milliseconds},'{token_hex(4)}')"


def mark_in_view(part: str) -> str:
    """Return an invisible mark that brings what it stands in onto the screen (see `into_view`)."""
    return on_arrival(into_view(part))


def into_sight() -> str:
    """Return an invisible mark that scrolls the card around it into view as soon as it arrives.

    A card that is too high for the screen shows its beginning.
    """
    return on_arrival(
        "const card=this.closest('.nl-card');"
        "setTimeout(()=>card.scrollIntoView({block:'nearest'}),50);this.remove()"
    )


def keeping_keys(*, writes: bool) -> str:
    """Return an invisible mark that does what `ui.own_keys` says."""
    keys = call(beside("own_keys.js"), "ownKeys", UNSAVED if writes else None, token_hex(4))
    script = f"{functions(beside('into_view.js'))}\n{keys}"
    return on_arrival(script, ' onerror="this.onload()"')  # also where a page forbids pictures
