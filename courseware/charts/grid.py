"""A grid of votes as an HTML table: each cell says its vote in a sign, a word and a fill.

A cell may go on after a colon: the word is then a filled label, and the reason follows it.
"""

from html import escape
from typing import Any

import pandas as pd

from courseware import palette, ui

ABSENT = "not reported"
_CELL = "padding:0.25em 0.7em;text-align:center;white-space:nowrap"
_REASON = "padding:0.1em 0.7em;text-align:left;white-space:normal;vertical-align:top"


def markup(table: pd.DataFrame, later: Any = None) -> str:
    """Return the ``<table>``; rows and columns named by a year or day that came later are pale."""
    corner = f'<th scope="col" style="text-align:left">{escape(str(table.index.name or ""))}</th>'
    heads = "".join(_head(name, "col", later) for name in table.columns)
    rows = "".join(
        f"<tr>{_head(name, 'row', later)}{''.join(map(_cell, values))}</tr>"
        for name, values in zip(table.index, table.itertuples(index=False), strict=True)
    )
    look = f"border-collapse:separate;border-spacing:2px;font-size:0.9em;color:{ui.INK}"
    return (
        f'<table class="nl-grid" style="{look}">'
        f"<thead><tr>{corner}{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def has_later(table: pd.DataFrame, later: Any) -> bool:
    """Return whether a row or column is named by a year or day that came later."""
    return later is not None and any(_is_later(name, later) for name in (*table.index, *table))


def _head(name: Any, scope: str, later: Any) -> str:
    came_later = later is not None and _is_later(name, later)
    words = f"{name:%d %b %Y}" if isinstance(name, pd.Timestamp) else palette.name(str(name))
    side = "left" if scope == "row" else "center"
    look = f"text-align:{side};padding:0.25em 0.7em;font-weight:600"
    look += f";background:{palette.LATER};color:{palette.INK}" if came_later else ""
    mark = " (later)" if came_later else ""
    return f'<th scope="{scope}" style="{look}">{escape(words)}{mark}</th>'


def _is_later(name: Any, later: Any) -> bool:
    text = f"{name:%Y-%m-%d}" if isinstance(name, pd.Timestamp) else str(name)
    return text[:4].isdigit() and text >= str(later)


def _cell(value: Any) -> str:
    missing = value is None or pd.isna(value)
    word, _, reason = (ABSENT if missing else str(value)).partition(": ")
    fill = palette.roles().get(word.lower())
    sign = palette.SIGNS.get(word.lower(), "–" if missing else "")
    if fill in (None, palette.WHITE):
        look = f"border:1px dashed {ui.LINE};color:{ui.INK}"
    else:
        look = f"border:1px solid {fill};background:{fill};color:{palette.ink_on(fill)}"
    shown = f'<span aria-hidden="true">{sign}</span>\N{NO-BREAK SPACE}' if sign else ""
    shown += escape(word)
    if not reason:
        return f'<td style="{_CELL};{look}">{shown}</td>'
    label = f'<b style="padding:0 0.4em;border-radius:4px;{look}">{shown}</b>'
    return f'<td style="{_REASON};border:1px solid {ui.LINE}">{label} {escape(reason)}</td>'
