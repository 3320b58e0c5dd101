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


#: Classes of a row of choices in words: ipywidgets squeezes one that is too long; this one wraps,
#: and stands in columns where it has the second class too.
WRAPS, IN_COLUMNS = "no-limits-wraps", "no-limits-columns"
WRAPPING = (
    f"<style>.{WRAPS} .widget-radio-box{{flex-flow:row wrap;gap:0 1.2em}}"
    f".{WRAPS} .widget-radio-box label{{white-space:nowrap;flex:0 0 auto}}"
    f".{IN_COLUMNS} .widget-radio-box label{{min-width:14.5em}}</style>"
)
#: Class of a slider over words: what stands beside it is read, and cannot be typed over.
SAYS_WORDS = "no-limits-says-words"


def own_keys(*, enter: bool = False) -> str:
    """Return an invisible mark that names the widgets in the box around it and keeps their keys.

    While a cell is not being edited, JupyterLab takes keys for itself (arrows move between
    cells, letters copy or delete them) even when a list, a choice or a slider in the cell's
    output has the focus, unless that element says ``data-lm-suppress-shortcuts``. Sliders, and
    the numbers beside them that can be typed over, have a label but no name of their own, and a
    slider over words tells a screen reader the number of its step. None of this can be said from
    Python, so this looks after whatever appears in the box. Put the mark into a ``widgets.HTML``
    inside the ``VBox``.

    Args:
        enter: True lets Enter in a line of text press the box's main button. The line is left
            first, so that the kernel has what was typed before it hears of the button.

    """
    press = (
        "box.querySelectorAll('input[type=text]:not([data-enter])').forEach(part=>{"
        "part.dataset.enter='saves';part.addEventListener('keydown',event=>{"
        "if(event.key!=='Enter'||event.isComposing)return;event.preventDefault();part.blur();"
        "box.querySelector('button.mod-primary')?.click();part.focus()})});"
    )
    script = (
        "const box=this.closest('.widget-vbox');"
        "const name=(part,words)=>{const label=part.closest('.widget-slider,.jupyter-widgets')"
        ".querySelector('.widget-label');"
        "if(label)part.setAttribute('aria-label',label.textContent+words)};"
        "const look=()=>{"
        "box.querySelectorAll('select,input,[role=slider]').forEach(part=>"
        "part.setAttribute('data-lm-suppress-shortcuts','true'));"
        f"box.querySelectorAll('.{SAYS_WORDS} .widget-readout')"
        ".forEach(part=>{part.contentEditable='false'});"
        "box.querySelectorAll('[role=slider]:not([aria-label]),[role=slider][aria-label=\"\"]')"
        ".forEach(part=>{"
        "const two=part.closest('.noUi-base').querySelectorAll('[role=slider]').length>1;"
        "name(part,two?(part.matches('.noUi-handle-lower')?' from':' to'):'')});"
        "box.querySelectorAll('.widget-readout[contenteditable=true]:not([role])').forEach(part=>{"
        "part.setAttribute('role','textbox');name(part,' typed')});"
        f"box.querySelectorAll('.{SAYS_WORDS} .widget-readout')"
        ".forEach(part=>part.parentElement.querySelector('[role=slider]')"
        "?.setAttribute('aria-valuetext',part.textContent));" + press * enter + "};"
        "if(box){look();new MutationObserver(look).observe(box,{childList:true,subtree:true})}"
        "this.remove()"
    )
    empty = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="
    return (
        f'<img src="{empty}" alt="" width="1" height="1" '
        f'onload="{escape(script)}" onerror="{escape(script)}">'
    )


class RunToAnswer:
    """Mixed into a widget: where widgets do not run, a sentence stands in its place."""

    def _repr_mimebundle_(self, **kwargs: object) -> dict:
        """Add the sentence. What was typed never reaches the notebook's file."""
        sentence = "<p>Run this cell to answer.</p>"
        return {**super()._repr_mimebundle_(**kwargs), "text/html": sentence}


class Table(HTML):
    """A table on the page, which knows what it was made of (see `table`)."""

    def __init__(
        self, frame: pd.DataFrame, caption: str, formats: Mapping[str, str] | None = None
    ) -> None:
        """Write the table."""
        self.frame, self.caption, self.formats = frame, caption, formats
        super().__init__(table(frame, caption, formats))


_CELL = "padding:0.15em 0.8em 0.15em 0;vertical-align:top"
#: How tables look where no style sheet is at hand; a front end that has one sets its own.
LOOKS = {
    "table": f' style="border-collapse:collapse;font-size:0.9em;color:{INK}"',
    "caption": f' style="text-align:left;color:{FAINT}"',
    "cell": f' style="text-align:left;{_CELL}"',
    "number": f' style="text-align:right;{_CELL}"',
    "day": f' style="text-align:left;{_CELL};white-space:nowrap"',  # must not break at its hyphens
}


def table(frame: pd.DataFrame, caption: str, formats: Mapping[str, str] | None = None) -> str:
    """Return an accessible HTML table of ``frame`` (its index is not shown).

    ``formats`` maps a column to a format such as ``"{:,.1f}"``; an empty value shows as
    "not reported".
    """
    return scrolling(caption, grid(frame, caption, formats))


def scrolling(label: str, markup: str) -> str:
    """Return HTML in a box of that name, which scrolls where it is too wide for the page."""
    return (
        f'<div class="{NO_FORMULAS}" role="group" tabindex="0" '  # a keyboard can scroll it
        f'aria-label="{escape(label)}" style="overflow-x:auto;line-height:1.4">{markup}</div>'
    )


def grid(frame: pd.DataFrame, caption: str, formats: Mapping[str, str] | None = None) -> str:
    """Return nothing but the ``<table>`` of `table`."""
    formats = formats or {}
    look = LOOKS["cell"]
    head = "".join(f'<th scope="col"{look}>{escape(str(c))}</th>' for c in frame.columns)
    rows = []
    for record in frame.itertuples(index=False):
        cells = []
        for position, (column, value) in enumerate(zip(frame.columns, record, strict=True)):
            text = escape(format_value(value, formats.get(column)))
            kind = "number" if pd.api.types.is_number(value) else "cell"
            look = LOOKS["day" if isinstance(value, pd.Timestamp) else kind]
            tag = 'th scope="row"' if position == 0 else "td"
            cells.append(f"<{tag}{look}>{text}</{tag.split()[0]}>")
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return (
        f"<table{LOOKS['table']}><caption{LOOKS['caption']}>{escape(caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )


def show_table(
    frame: pd.DataFrame, caption: str, formats: Mapping[str, str] | None = None
) -> Table:
    """Return `table` ready for display: for tables of words, which pandas would align right."""
    return Table(frame, caption, formats)


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
