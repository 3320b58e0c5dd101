"""Where the course and its tables are, and what the manifest says of the tables.

It needs no pandas: who only asks for the course folder does not wait for it.
"""

import hashlib
import json
import os
from functools import cache
from pathlib import Path

from courseware import CourseError, in_a_browser

MANIFEST = "datapackage.json"
DRIVE = Path("/drive")  #: what a browser stores; its tables come with the package


class DataError(CourseError):
    """Something is wrong with the course's data; the message says what to do."""


def course_root() -> Path:
    """Return the course folder: the nearest one above that holds ``data/datapackage.json``.

    Falls back to the current folder where the course is only installed as a wheel.
    """
    if in_a_browser():
        return DRIVE
    here = Path.cwd()
    for folder in (here, *here.parents, Path(__file__).resolve().parents[1]):
        if (folder / "data" / MANIFEST).is_file():
            return folder
    return here


def root() -> Path:
    """Return the folder that holds the tables.

    Looks in ``$NO_LIMITS_DATA``, then in the course folder, then inside the installed package.

    Raises:
        DataError: no manifest is found in any of the three places.

    """
    override = os.environ.get("NO_LIMITS_DATA")
    places = [course_root() / "data", Path(__file__).parent / "_data"]
    if override:  # whoever sets it means it: a mistyped folder must not be passed over in silence
        places = [Path(override)]
    for place in places:
        if (place / MANIFEST).is_file():
            return place
    looked = ", ".join(str(place) for place in places)
    raise DataError(
        f"The course's tables were not found in {looked}. Open the notebook from inside the course "
        "folder, or set NO_LIMITS_DATA to its data folder."
    )


@cache
def _package(manifest: Path, changed: int) -> dict:
    """Read the manifest; ``changed``, its time stamp, makes an edited one be read again."""
    return json.loads(manifest.read_text(encoding="utf-8"))


def package() -> dict:
    """Return the manifest (``datapackage.json``) as a dictionary. Do not change it."""
    manifest = root() / MANIFEST
    return _package(manifest, manifest.stat().st_mtime_ns)


def refresh(folder: Path | None = None) -> list[str]:
    """Rewrite bytes and sha256 of every table in the manifest; return the names that changed.

    This is what ``course data`` runs after somebody has edited a table on purpose.

    Raises:
        DataError: the manifest describes a file that is not there.

    """
    folder = folder or root()
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    changed = []
    for entry in manifest["resources"]:
        path = folder / entry["path"]
        if not path.is_file():
            raise DataError(f"{MANIFEST} describes {path.name}, but data/ has no such file.")
        content = path.read_bytes()
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        if (entry.get("bytes"), entry.get("hash")) != (len(content), digest):
            changed.append(entry["name"])
        entry["bytes"], entry["hash"] = len(content), digest
    text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8", newline="\n")
    return changed
