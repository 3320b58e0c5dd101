"""Whether another machine would grade as this one does: same package, same tables, same libraries.

A worker with another version of the course, an edited table or another pandas could give other
marks and nobody would see it, so all of it is compared before any work is handed out.
"""

import hashlib
import json
import sys
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import coursestaff
import courseware
from coursestaff.exercises.fingerprints import tables_of
from courseware import article
from courseware.manifest import MANIFEST

#: What of the packages decides what is done; built things (`_data`, ``etc``) lie elsewhere at home.
CODE = (".py", ".json", ".yaml")
LAID_ELSEWHERE = ("_data", "etc")
#: What answers are computed, described and shown with.
LIBRARIES = ("geopandas", "ipython", "matplotlib", "numpy", "pandas", "pillow")


class Environment(NamedTuple):
    """What marks depend on, beside the exercise: checksums (sha256), and versions by name."""

    package: str
    tables: str
    libraries: dict[str, str]


def here(course: Path) -> Environment:
    """Return what marks depend on in this process, for a course folder."""
    python = ".".join(map(str, sys.version_info[:2]))
    libraries = {"Python": python} | {name: version(name) for name in LIBRARIES}
    return Environment(_package(), _tables(tables_of(course)), libraries)


def differences(wanted: Environment, found: Environment) -> str:
    """Say in words what is other than wanted, and what to do; empty if nothing is."""
    words = []
    if found.package != wanted.package:
        words.append(
            "the course's packages (courseware and coursestaff) are different there, so install "
            f"the same version ({courseware.__version__}) or copy this course folder there"
        )
    if found.tables != wanted.tables:
        words.append(
            "the tables are different there, so copy the folder data from this course folder"
        )
    words += [
        f"{name} is {found.libraries.get(name, 'missing')} there and {ours} here, so install the "
        "same requirements.lock on both machines"
        for name, ours in wanted.libraries.items()
        if found.libraries.get(name) != ours
    ]
    return "; ".join(words)


def _package() -> str:
    """Return the checksum of all code that may take part."""
    seen = hashlib.sha256()
    folders = (Path(each.__file__).parent for each in (courseware, coursestaff))
    for top in (*folders, article.folder()):
        inside = (path.relative_to(top) for path in top.rglob("*") if path.suffix in CODE)
        names = sorted(name for name in inside if name.parts[0] not in LAID_ELSEWHERE)
        _add(seen, top, names)
    return seen.hexdigest()


def _tables(folder: Path) -> str:
    """Return the checksum of the manifest and of every table that it names."""
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    seen = hashlib.sha256()
    _add(seen, folder, map(Path, [MANIFEST, *(r["path"] for r in manifest["resources"])]))
    return seen.hexdigest()


def _add(seen, folder: Path, names: Iterable[Path]) -> None:
    for name in names:
        path = folder / name
        content = path.read_bytes() if path.is_file() else b"missing"
        seen.update(name.as_posix().encode() + b"\0" + hashlib.sha256(content).digest())
