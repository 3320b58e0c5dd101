"""Files that the course writes for a student to keep: exports, pages, pictures.

Each begins with a mark, so that the course writes over its own files, deletes them with the
journal, and leaves every other file alone.
"""

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from html import escape
from pathlib import Path
from urllib.parse import quote

from courseware import manifest
from courseware.journal.format import JournalError
from courseware.journal.store import write_atomically

#: Says that a file was written by this course, in whatever version.
MARK = "no-limits-journal"
#: The version of what is written: of the file for the class, and of pages and pictures.
EXPORT = 2
#: What a picture keeps of itself, and a page as a comment.
FILE_MARK = f"{MARK}, version {EXPORT}"
_BEGINNING = re.compile(rf"{MARK}\W+version\W+{EXPORT}\b")
STYLE = (
    "body { font-family: sans-serif; line-height: 1.5; max-width: 52em; margin: 2em auto; "
    "padding: 0 1em; }"
)


def page(title: str, body: str, style: str = STYLE) -> str:
    """Return a page of its own, marked. ``title`` is text, ``body`` markup with its heading."""
    return (
        f'<!DOCTYPE html>\n<!-- {FILE_MARK} -->\n<html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{style}</style></head>\n"
        f"<body><main>\n{body}</main></body></html>\n"
    )


def write(folder: Path, contents: Mapping[str, str | bytes]) -> list[Path]:
    """Write marked files, by name, and return their paths.

    Raises:
        JournalError: a file of one of these names is the student's own, or the folder cannot be
            written. In the first case nothing is written.

    """
    paths = [folder / name for name in contents]
    if own := [path.name for path in paths if path.exists() and not is_ours(path)]:
        raise JournalError(
            f"{' and '.join(own)} in the folder {folder.name} would be overwritten, but this "
            "version of the course did not write what is in there. Rename each file that you want "
            "to keep, and run this cell again."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, content in zip(paths, contents.values(), strict=True):
            write_atomically(path, content)
    except OSError as problem:
        raise JournalError(
            f"Nothing could be written to the folder {folder.name}, because it is read-only, full "
            "or missing. To write an export elsewhere, give a folder: journal.export('folder')."
        ) from problem
    return paths


def marked(folder: Path) -> list[Path]:
    """Return the files of a folder that some version of the course wrote for its student."""
    return [path for path in sorted(folder.glob("*.*")) if MARK in _where_marked(path)]


def is_ours(path: Path) -> bool:
    """Return whether this version of the course wrote a file for its student."""
    return bool(_BEGINNING.search(_where_marked(path)))


def _where_marked(path: Path) -> str:
    """Return the beginning of a file, where a mark stands."""
    with suppress(OSError):
        return path.read_bytes()[:200].decode("utf-8", "ignore")
    return ""


def link(path: Path, name: str) -> str:
    """Return a file's name in bold, as a link where JupyterLab can open it: inside the course."""
    said = f"<b>{escape(name)}</b>"
    if manifest.course_root().resolve() not in path.resolve().parents:
        return said
    return f'<a href="{quote(Path(os.path.relpath(path)).as_posix())}">{said}</a>'
