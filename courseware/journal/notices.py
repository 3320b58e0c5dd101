"""What the store has to tell the student, shown as cards."""

from collections.abc import Sequence
from html import escape

from IPython.display import display

from courseware import ui


def notice_card(text: str) -> str:
    """Return a message about the journal as HTML."""
    return ui.card("About your journal", f"<p>{escape(text)}</p>", "care")


def status(lines: Sequence[str], notices: list[str]) -> str:
    """Return the line below a form, the first sentence in bold, and what the store has to tell."""
    first, *others = map(escape, lines)
    cards = "".join(map(notice_card, notices))
    return (
        '<div role="status" style="line-height:1.4;white-space:normal">'
        f"<b>{first}</b> {' '.join(others)}{cards}</div>"
    )


def tell(notices: list[str]) -> None:
    """Show messages about the journal below the cell."""
    for notice in notices:
        display({"text/plain": notice, "text/html": notice_card(notice)}, raw=True)
