"""Which edition of a notebook a site hands out, and which one a browser has kept.

JupyterLite keeps a browser's copy of a notebook from the first change on and then shows that one,
whatever the site has by then. The site's wheel brings a list, ``editions.json``: the path of each
notebook below the course, and its edition.
"""

import hashlib
import json
from functools import cache
from pathlib import Path

from courseware import manifest

FILE = Path(__file__).with_name("editions.json")
#: Where the metadata of a chapter say as which edition it was handed out.
KEY = "no_limits_edition"


def edition(notebook: dict) -> str:
    """Return what tells a notebook from one with other cells: 16 hexadecimal digits."""
    cells = [(cell["cell_type"], "".join(cell["source"])) for cell in notebook["cells"]]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()[:16]


@cache
def handed_out() -> dict[str, str]:
    """Return the editions that the site has now, by path; none where the course is no site."""
    return json.loads(FILE.read_text(encoding="utf-8")) if FILE.is_file() else {}


def is_as_handed_out(path: Path) -> bool:
    """Return whether a notebook is as the site has it, so that nothing in it is a student's."""
    try:
        inside = path.relative_to(manifest.course_root()).as_posix()
        known = handed_out().get(inside)
        return known is not None and known == edition(json.loads(path.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def outdated(folder: Path) -> list[str]:
    """Return the names of the notebooks in a folder of which the site has a newer edition.

    Only those are opened that were saved here: each other one would be fetched from the site.
    """
    names = []
    for inside, now in handed_out().items():
        path = manifest.course_root() / inside
        try:
            if path.parent != folder or path.stat().st_mtime <= path.stat().st_ctime:
                continue
            began_as = json.loads(path.read_bytes())["metadata"].get(KEY, now)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue
        if began_as != now:
            names.append(path.name)
    return names
