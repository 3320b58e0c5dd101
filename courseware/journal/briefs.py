"""The files of a brief: notebooks on top of a journal's folder, which belong to the student."""

import json
import re
from pathlib import Path

from courseware.journal import format
from courseware.journal.format import OtherFormatError, content_of
from courseware.journal.store import Store

_FILE = re.compile(r"brief(-(?P<number>[2-9]|[1-9]\d+))?\.ipynb")
#: Where a notebook's metadata say that it began as a brief of the course.
KEY = "no_limits_brief"
#: The version of what stands there, and of how a brief is begun.
BRIEF = 1


def briefs(store: Store) -> list[Path]:
    """Return the student's briefs, in the order of their numbers."""
    found = [match for name in store.names() if (match := _FILE.fullmatch(name))]
    found.sort(key=lambda match: int(match["number"] or 1))
    return [store.folder / match.string for match in found]


def free_brief(store: Store) -> Path:
    """Return a path that is free for a brief: ``brief.ipynb``, or with a number."""
    path, number = store.folder / "brief.ipynb", 1
    while path.exists():
        number += 1
        path = store.folder / f"brief-{number}.ipynb"
    return path


def notebook(path: Path) -> dict:
    """Return a brief, which may be any notebook that somebody has called so.

    Raises:
        OSError: the file cannot be opened.
        OtherFormatError: another version of the course began it.
        ValueError: it is no notebook.

    """
    try:
        read = json.loads(path.read_text(encoding="utf-8-sig"))
        if KEY in read["metadata"]:
            content_of(read["metadata"][KEY], BRIEF)
        text(read)
    except (KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise ValueError("it is not a notebook") from problem
    return read


def text(notebook: dict) -> str:
    """Return the text cells of a notebook, one after the other."""
    sources = [cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    return "\n\n".join("".join(source) for source in sources)


def is_foreign(path: Path) -> bool:
    """Return whether a notebook began as no brief, or as one of another version of the course."""
    return format.is_foreign(path, _begun)


def _begun(path: Path) -> None:
    if KEY not in notebook(path)["metadata"]:
        raise OtherFormatError
