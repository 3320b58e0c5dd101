"""Named tiles in rows as HTML: each says how it stands in a sign, a word and a fill."""

from html import escape

import pandas as pd

from courseware import palette, ui

_TILE = "box-sizing:border-box;width:8.3em;min-height:4.1em;padding:0.3em 0.4em;border-radius:4px"


def markup(table: pd.DataFrame, by: str, status: str, *, later: bool = False) -> str:
    """Return the ``<table>``: a row a kind, a tile a row of ``table``, named by its index.

    Args:
        table: what is shown; rows, and tiles in them, stand as they come.
        by: the column of the kinds.
        status: the column of how each stands, in the words of ``palette.roles()``.
        later: whether all of it came after the article: its ground is pale then.

    """
    rows = "".join(
        _row(str(kind), part[status], later=later)
        for kind, part in table.groupby(by, sort=False, observed=True)
    )
    look = f"border-collapse:separate;border-spacing:0 4px;font-size:0.9em;color:{ui.INK}"
    return f'<table class="nl-tiles" style="{look}"><tbody>{rows}</tbody></table>'


def _row(kind: str, states: pd.Series, *, later: bool) -> str:
    tiles = "".join(_tile(str(name), str(state)) for name, state in states.items())
    ground = f"background:{palette.LATER};color:{palette.INK};" if later else ""
    return (
        f'<tr style="background:none"><th scope="row" style="text-align:left;width:7.5em;'
        f'vertical-align:middle;padding-right:0.8em;font-weight:600">{escape(kind.capitalize())}</th>'
        f'<td style="{ground}padding:3px;border-radius:6px;text-align:left">'
        f'<ul style="display:flex;flex-wrap:wrap;gap:4px;list-style:none;margin:0;padding:0">'
        f"{tiles}</ul></td></tr>"
    )


def _tile(name: str, state: str) -> str:
    fill = palette.roles().get(state.lower(), palette.WHITE)
    sign = palette.SIGNS.get(state.lower(), "")
    edge = f"1px dashed {palette.SOFT}" if fill == palette.WHITE else f"1px solid {fill}"
    look = f"{_TILE};border:{edge};background:{fill};color:{palette.ink_on(fill)}"
    shown = f'<span aria-hidden="true">{escape(sign)} </span>' if sign else ""
    return (
        f'<li style="{look};line-height:1.25;margin:0">'
        f'<span style="font-size:0.9em">{shown}{escape(state)}</span><br>'
        f"<b>{escape(name)}</b></li>"
    )
