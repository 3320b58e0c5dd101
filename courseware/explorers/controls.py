"""The controls of the explorers: each with a label that is never cut off.

The column they stand in gives them their width (``sheet``): a label that leaves too little room
beside it stands above.
"""

from collections.abc import Iterable
from typing import Any

import ipywidgets as widgets

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


def slider(label: str, least: int, most: int, step: int = 1) -> widgets.IntSlider:
    """Return a slider over whole numbers."""
    return widgets.IntSlider(
        min=least, max=most, step=step, description=label, style=LABELLED, layout=WIDE
    )


def said_at(control: widgets.Widget, value: Any) -> str:
    """Return what a list or a slider says where it stands at ``value``."""
    if hasattr(control, "options"):
        pairs = (each if isinstance(each, tuple) else (each, each) for each in control.options)
        return next(str(words) for words, held in pairs if held == value)
    return "–".join(map(str, value)) if isinstance(value, tuple) else str(value)


def tick(label: str) -> widgets.Checkbox:
    """Return a box to tick, no wider than its label."""
    return widgets.Checkbox(description=label, indent=False, layout=widgets.Layout(width="auto"))
