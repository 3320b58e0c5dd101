"""Links from a page of the course to a file of the student's."""

import os
from html import escape
from pathlib import Path
from urllib.parse import quote

from courseware import manifest


def link(path: Path, name: str) -> str:
    """Return a file's name in bold, as a link where JupyterLab can open it: inside the course."""
    said = f"<b>{escape(name)}</b>"
    if manifest.course_root().resolve() not in path.resolve().parents:
        return said
    return f'<a href="{quote(Path(os.path.relpath(path)).as_posix())}">{said}</a>'
