"""The controls of the explorers: each with a label that is never cut off."""

from collections.abc import Iterable

import ipywidgets as widgets

LABELLED = {"description_width": "initial"}  # a label as wide as its words
ROW = widgets.Layout(flex_flow="row wrap", grid_gap="0.3em 1em")


def choice(label: str, options: Iterable, width: str = "") -> widgets.Dropdown:
    """Return a list of which one is chosen; ``options`` are values, or (words, value)."""
    layout = {"width": width, "flex": "0 0 auto"} if width else {}
    return widgets.Dropdown(options=list(options), description=label, style=LABELLED, layout=layout)


def several(label: str, options: Iterable, width: str = "") -> widgets.SelectMultiple:
    """Return a list of which any number can be chosen."""
    layout = {"width": width} if width else {}
    return widgets.SelectMultiple(
        options=list(options), rows=5, description=label, style=LABELLED, layout=layout
    )


def span(first: int, last: int, label: str = "Years:", width: str = "24em"):
    """Return a slider with two ends, over years unless its label says otherwise."""
    return widgets.IntRangeSlider(
        min=first, max=last, description=label, style=LABELLED, layout=_fixed(width)
    )


def slider(label: str, least: int, most: int, step: int = 1, width: str = "24em"):
    """Return a slider over whole numbers."""
    return widgets.IntSlider(
        min=least, max=most, step=step, description=label, style=LABELLED, layout=_fixed(width)
    )


def tick(label: str) -> widgets.Checkbox:
    """Return a box to tick, no wider than its label."""
    return widgets.Checkbox(description=label, indent=False, layout=widgets.Layout(width="auto"))


def _fixed(width: str) -> widgets.Layout:
    return widgets.Layout(width=width, flex="0 0 auto")
