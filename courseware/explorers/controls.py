"""The controls of the explorers: each with a label that is never cut off.

The column they stand in gives them their width (``sheet``): a label that leaves too little room
beside it stands above.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from courseware.ui import scripts

#: Class of the list that a click on the picture sets.
CHOOSES = "nl-chooses"
CLICK = Path(__file__).with_name("choose_tile.js")

Tile = tuple[float, float, float, float]
LABELLED = {"description_width": "initial"}  # a label as wide as its words
ROW = widgets.Layout(flex_flow="row wrap", grid_gap="0.3em 0.5em")
WIDE = {"width": "auto"}


def choice(label: str, options: Iterable) -> widgets.Dropdown:
    """Return a list of which one is chosen; ``options`` are values, or (words, value)."""
    return widgets.Dropdown(options=list(options), description=label, style=LABELLED, layout=WIDE)


def several(label: str, options: Iterable, rows: int = 5) -> widgets.SelectMultiple:
    """Return a list of which any number can be chosen; ``rows`` of it are seen at once."""
    return widgets.SelectMultiple(
        options=list(options), rows=rows, description=label, style=LABELLED, layout=WIDE
    )


def span(first: int, last: int, label: str = "Years:") -> widgets.IntRangeSlider:
    """Return a slider with two ends, over years unless its label says otherwise."""
    return widgets.IntRangeSlider(
        min=first, max=last, description=label, style=LABELLED, layout=WIDE
    )


def slider(label: str, least: int, most: int) -> widgets.IntSlider:
    """Return a slider over whole numbers."""
    return widgets.IntSlider(min=least, max=most, description=label, style=LABELLED, layout=WIDE)


def for_field(
    begin: Any, label: str, options: Mapping[Any, str], ends: tuple[int, int] | None
) -> widgets.Widget:
    """Return the control of a state's field; its kind follows from the value that it begins with.

    Args:
        begin: a truth, a number, a span, a choice or several.
        label: what stands beside it.
        options: what each value is called, where there are few.
        ends: the least and the greatest number of a slider.

    """
    if options:
        pairs = [(said, value) for value, said in options.items()]
        return several(label, pairs) if isinstance(begin, tuple) else choice(label, pairs)
    if isinstance(begin, bool):
        return tick(label)
    return span(*ends, label) if isinstance(begin, tuple) else slider(label, *ends)


def said_at(control: widgets.Widget, value: Any) -> str:
    """Return what a list or a slider says where it stands at ``value``."""
    if hasattr(control, "options"):
        pairs = (each if isinstance(each, tuple) else (each, each) for each in control.options)
        return next(str(words) for words, held in pairs if held == value)
    return "–".join(map(str, value)) if isinstance(value, tuple) else str(value)


def tick(label: str) -> widgets.Checkbox:
    """Return a box to tick, no wider than its label."""
    return widgets.Checkbox(description=label, indent=False, layout=widgets.Layout(width="auto"))


def clicks(tiles: Mapping[int, Tile]) -> str:
    """Return a mark that lets a click on a tile choose from the list of class ``CHOOSES``.

    Args:
        tiles: by the place in the list, a tile's left, upper, right and lower edge as shares of
            the picture, from its upper left corner.

    """
    told = [[at, *(round(part, 4) for part in tile)] for at, tile in tiles.items()]
    return scripts.on_arrival(scripts.call(CLICK, "chooseTile", told))
