"""The end of the course as files of the student's own: a page, a picture to send, a poster."""

from courseware import ui
from courseware.brief.links import link
from courseware.journal.class_export import PAGE_MARK, is_export
from courseware.journal.store import current_store, write_atomically

TITLE = "My verdicts"
_NAME = "my-verdicts"
_STYLE = "font-family:sans-serif;line-height:1.5;max-width:52em;margin:2em auto;padding:0 1em"


def page(title: str, body: str) -> str:
    """Return a page of the student's own, marked as one that the course may write over."""
    return (
        f'<!DOCTYPE html>\n{PAGE_MARK}\n<html lang="en-GB"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title></head>\n'
        f'<body style="{_STYLE}"><h1>{title}</h1>{body}\n</body></html>\n'
    )


def written(picture: bytes, poster: bytes, body: str) -> str:
    """Write the three files into the journal's folder of exports; return a card that says so.

    A file of that name that the course did not write is left alone, and the card names it.

    Args:
        picture: the picture to send, as PNG.
        poster: the poster, as PDF.
        body: what the page says.

    """
    folder = current_store().export_folder
    contents = {
        "html": page(TITLE, body),
        "png": picture,
        "pdf": poster,
    }
    paths = {ending: folder / f"{_NAME}.{ending}" for ending in contents}
    if own := [path.name for path in paths.values() if path.exists() and not is_export(path)]:
        return ui.card(
            "No file was written",
            f"<p>{' and '.join(own)} in the folder {folder.name} would be lost, because this "
            "version of the course did not write it. Rename it, and run this cell again.</p>",
            "care",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for ending, path in paths.items():
            write_atomically(path, contents[ending])
    except OSError:
        why = "<p>The journal's folder is read-only, or the disk is full.</p>"
        return ui.card("No file could be written", why, "care")
    sent, hung, read = (link(paths[e], paths[e].name) for e in ("png", "pdf", "html"))
    return ui.card(
        "Your verdicts as a picture, a poster and a page",
        f"<p>{sent} is the picture above, {hung} is a poster of size A3, and {read} is a page "
        "with all that is said here. They were made on this computer and sent nowhere. They have "
        'no name, unless you type one: <code>journal.closing(name="…")</code>.</p>',
        "good",
    )
