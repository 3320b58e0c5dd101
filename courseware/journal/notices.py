"""What the store has to tell the student, shown as cards."""

from html import escape

from IPython.display import display

from courseware import ui


def notice_card(text: str) -> str:
    """Return a message about the journal as HTML."""
    return ui.card("About your journal", f"<p>{escape(text)}</p>", "care")


def tell(notices: list[str]) -> None:
    """Show messages about the journal below the cell."""
    for notice in notices:
        display({"text/plain": notice, "text/html": notice_card(notice)}, raw=True)
