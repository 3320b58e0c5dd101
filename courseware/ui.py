"""Small pieces of HTML that cards, tables and messages are made of.

Everything that reaches the page goes through here, so that it is escaped, readable in
JupyterLab's light and dark themes and on the printed site, and known to a screen reader
(tables have a caption and header cells, folds are real ``<details>``).
"""

from collections.abc import Mapping
from html import escape

import pandas as pd
from IPython.display import HTML

from courseware import palette

INK = "var(--jp-content-font-color1, #1a1a1a)"
FAINT = "var(--jp-content-font-color2, #555)"
LINE = "var(--jp-border-color1, #999)"
GROUND = "var(--jp-layout-color1, #fff)"

#: JupyterLab reads what stands between two dollar signs as a formula, unless told not to.
NO_FORMULAS = "mathjax_ignore"

#: A card's left edge: petrol informs, yellow asks for care, green is done, plum is the course.
EDGES = {
    "note": palette.NOTE,
    "care": palette.CARE,
    "good": palette.DONE,
    "course": palette.COURSE,
}


def card(title: str, body: str, edge: str = "note") -> str:
    """Return a bordered box with a bold title. ``body`` is HTML, ``title`` is plain text."""
    return (
        f'<div class="{NO_FORMULAS}" style="border:1px solid {LINE};'
        f"border-left:6px solid {EDGES[edge]};"
        f"border-radius:4px;padding:0.6em 1em;margin:0.5em 0;max-width:52em;color:{INK};"
        f'background:{GROUND};line-height:1.45">'
        f'<div style="font-weight:600;margin-bottom:0.3em">{escape(title)}</div>'
        f"{body}</div>"
    )


def details(summary: str, body: str) -> str:
    """Return a fold that opens on click or with the keyboard. ``body`` is HTML."""
    return (
        f'<details class="{NO_FORMULAS}" style="margin:0.3em 0;color:{INK}">'
        f'<summary style="cursor:pointer">{escape(summary)}</summary>{body}</details>'
    )


def link(url: str, text: str | None = None) -> str:
    """Return a link that opens in a new tab; only web addresses become links."""
    label = escape(text or url)
    if not url.startswith(("http://", "https://")):
        return label
    style = "color:var(--jp-content-link-color, #0b5394);text-decoration:underline"
    return (
        f'<a href="{escape(url, quote=True)}" target="_blank" rel="noopener" '
        f'style="{style}">{label}</a>'
    )


def own_keys() -> str:
    """Return an invisible mark that names the widgets in the box around it and keeps their keys.

    While a cell is not being edited, JupyterLab takes keys for itself (arrows move between
    cells, letters copy or delete them) even when a list, a choice or a slider in the cell's
    output has the focus, unless that element says ``data-lm-suppress-shortcuts``. Sliders, and
    the numbers beside them that can be typed over, have a label but no name of their own.
    Neither can be said from Python, so this looks after whatever appears in the box. Put the
    mark into a ``widgets.HTML`` inside the ``VBox``.
    """
    script = (
        "const box=this.closest('.widget-vbox');"
        "const name=(part,words)=>{const label=part.closest('.jupyter-widgets')"
        ".querySelector('.widget-label');"
        "if(label)part.setAttribute('aria-label',label.textContent+words)};"
        "const look=()=>{"
        "box.querySelectorAll('select,input,[role=slider]').forEach(part=>"
        "part.setAttribute('data-lm-suppress-shortcuts','true'));"
        "box.querySelectorAll('[role=slider]:not([aria-label])').forEach(part=>{"
        "const two=part.closest('.noUi-base').querySelectorAll('[role=slider]').length>1;"
        "name(part,two?(part.matches('.noUi-handle-lower')?' from':' to'):'')});"
        "box.querySelectorAll('.widget-readout[contenteditable]:not([role])').forEach(part=>{"
        "part.setAttribute('role','textbox');name(part,' typed')})};"
        "if(box){look();new MutationObserver(look).observe(box,{childList:true,subtree:true})}"
        "this.remove()"
    )
    empty = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="
    return (
        f'<img src="{empty}" alt="" width="1" height="1" '
        f'onload="{escape(script)}" onerror="{escape(script)}">'
    )


class OnPaper:
    """Mixed into a widget that has HTML for paper: the question, and room to write."""

    _paper: str

    def _repr_mimebundle_(self, **kwargs: object) -> dict:
        """Add the paper, for the printed course and where widgets do not run."""
        return {**super()._repr_mimebundle_(**kwargs), "text/html": self._paper}


def table(frame: pd.DataFrame, caption: str, formats: Mapping[str, str] | None = None) -> str:
    """Return an accessible HTML table of ``frame`` (its index is not shown).

    ``formats`` maps a column to a format such as ``"{:,.1f}"``; an empty value shows as
    "not reported".
    """
    formats = formats or {}
    cell = 'style="text-align:left;padding:0.15em 0.8em 0.15em 0;vertical-align:top"'
    number = 'style="text-align:right;padding:0.15em 0.8em 0.15em 0;vertical-align:top"'
    day = cell[:-1] + ';white-space:nowrap"'  # 2023-05-28 must not break at its hyphens
    head = "".join(f'<th scope="col" {cell}>{escape(str(c))}</th>' for c in frame.columns)
    rows = []
    for record in frame.itertuples(index=False):
        cells = []
        for position, (column, value) in enumerate(zip(frame.columns, record, strict=True)):
            text = escape(format_value(value, formats.get(column)))
            style = number if pd.api.types.is_number(value) else cell
            if isinstance(value, pd.Timestamp):
                style = day
            tag = 'th scope="row"' if position == 0 else "td"
            cells.append(f"<{tag} {style}>{text}</{tag.split()[0]}>")
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return (
        f'<div class="{NO_FORMULAS}" role="group" tabindex="0" '  # a keyboard can scroll it
        f'aria-label="{escape(caption)}" style="overflow-x:auto;line-height:1.4">'
        f'<table style="border-collapse:collapse;font-size:0.9em;color:{INK}">'
        f'<caption style="text-align:left;color:{FAINT}">{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def show_table(frame: pd.DataFrame, caption: str, formats: Mapping[str, str] | None = None) -> HTML:
    """Return `table` ready for display: for tables of words, which pandas would align right."""
    return HTML(table(frame, caption, formats))


def format_value(value: object, pattern: str | None = None) -> str:
    """Return one table value as text; a missing one reads "not reported"."""
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return "not reported"
    if pattern:
        return pattern.format(value)
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return str(value)
