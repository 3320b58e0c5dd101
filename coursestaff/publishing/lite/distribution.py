"""The release of Pyodide that the browser version runs on, and the lock that a site gives it.

``pyodide.json`` says where that release is, and of its packages those that the course needs: the
entries of the official lock as they are, with the checksum of each wheel. A kernel asks for it by
a lock of the site's own, which adds what the release lacks: the course, and a few pure packages.

The kernel's own release names the release of Pyodide that it was made for, so the two change
together. To take in a new one, take its ``pyodide-lock.json`` and run
``python -m coursestaff.publishing.lite.distribution pyodide-lock.json ADDRESS``. The tests say
whether a package is missing or too old. Then try it with ``tests/browser/test_lite.py``, where the
environment's ``PYODIDE`` is the folder of the unpacked release, or ``online``; without it these
tests are skipped. ``python -m benchmarks.lite build/lite`` measures a site that was built with
``--self-hosted``.
"""

import argparse
import hashlib
import json
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

from coursestaff.publishing.reader import ROOT
from courseware import CourseError, article

PINNED = Path(__file__).with_name("pyodide.json")
COURSE = "no-limits"
#: What Pyodide itself consists of, beside its packages.
RUNTIME = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
#: What the course needs on a desk only: the site is a JupyterLab of its own, and `check(full=True)`
#: needs a process, which a browser does not have.
ON_A_DESK = {"jupyterlab", "jsonschema", "nbformat"}
#: Loaded when a cell imports one of them: 20 MB that most chapters do not use.
MAPS = {"geopandas", "pyproj", "shapely"}
#: What the kernel itself asks for.
KERNEL = {"comm", "ipython", "jedi", "micropip"}
#: Pure packages that the release lacks: what each one imports and needs.
ADDED = {
    "comm": (["comm"], []),
    "ipywidgets": (["ipywidgets"], ["comm", "ipython", "traitlets"]),
    "mistune": (["mistune"], []),
}
#: Needs that the course does without: reading other formats of maps, and a legacy of setuptools.
UNUSED = {"geopandas": {"fiona"}, "networkx": {"setuptools"}}


class DistributionError(CourseError):
    """The release of Pyodide is not what the course's lock says; the message says what to do."""


def pinned() -> dict:
    """Return ``pyodide.json``: a release's ``address``, its lock's ``info`` and ``packages``."""
    return json.loads(PINNED.read_text(encoding="utf-8"))


def needed() -> list[str]:
    """Return the packages that the course's own entry in the lock depends on."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = {canonicalize_name(Requirement(line).name) for line in project["dependencies"]}
    return sorted(named - ON_A_DESK - MAPS)


def at_start() -> list[str]:
    """Return the packages that a kernel loads before its first cell."""
    return [COURSE, *sorted(KERNEL)]


def closure(packages: dict, wanted: Iterable[str]) -> list[str]:
    """Return the names of packages with all that they depend on, in the order of the alphabet.

    Raises:
        DistributionError: there is no package of that name.

    """
    found, waiting = set(), list(wanted)
    while waiting:
        name = canonicalize_name(waiting.pop())  # a lock spells some needs otherwise
        if name not in packages:
            raise DistributionError(f"Neither Pyodide's release nor the site has {name!r}.")
        if name not in found:
            found.add(name)
            waiting += packages[name]["depends"]
    return sorted(found)


def trimmed(official: dict) -> dict:
    """Return of an official ``pyodide-lock.json`` what the course needs, as the site's lock."""
    packages = official["packages"]
    for name, unused in UNUSED.items():
        packages[name]["depends"] = sorted(set(packages[name]["depends"]) - unused)
    added = {need for _, needs in ADDED.values() for need in needs}
    wanted = ({*needed(), *MAPS, *KERNEL} | added) - set(ADDED)
    names = closure(packages, wanted)
    return {"info": official["info"], "packages": {name: packages[name] for name in names}}


def lock(release: dict, base: str, own: Iterable[Path]) -> dict:
    """Return a site's lock: the packages of ``release`` below ``base``, and its ``own`` wheels.

    An empty ``base`` is the folder of the lock itself, where the own wheels always are.

    Raises:
        DistributionError: a package is missing.

    """
    packages = {
        name: {**entry, "file_name": base + entry["file_name"]}
        for name, entry in release["packages"].items()
    }
    added = {**ADDED, COURSE: (["courseware", article.package()], needed())}
    for wheel in own:
        name, version, *_ = parse_wheel_filename(wheel.name)
        imports, depends = added[name]
        packages[name] = {
            "name": name,
            "version": str(version),
            "file_name": wheel.name,
            "sha256": checksum(wheel),
            "imports": imports,
            "depends": depends,
            "install_dir": "site",
            "package_type": "package",
            "unvendored_tests": False,
        }
    closure(packages, [*at_start(), *MAPS])
    return {"info": release["info"], "packages": packages}


def checksum(file: Path) -> str:
    """Return the sha256 of a file, in hexadecimal digits."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def files(release: dict, folder: Path) -> list[Path]:
    """Return the files of an unpacked release that a site needs, each checked against the lock.

    Raises:
        DistributionError: a file is missing, or is not the one that the lock names.

    """
    entries = release["packages"].values()
    sums = {entry["file_name"]: entry["sha256"] for entry in entries}
    for name in (*RUNTIME, *sums):
        if not (folder / name).is_file():
            raise DistributionError(
                f"{folder} is not a release of Pyodide, because it lacks {name}. Give the folder "
                "that the release was unpacked into."
            )
        if name in sums and checksum(folder / name) != sums[name]:
            raise DistributionError(
                f"{folder / name} is not the file that the course's lock file names. Download the "
                "release again."
            )
    return [folder / name for name in (*RUNTIME, *sums)]


def main(arguments: list[str]) -> int:
    """Renew ``pyodide.json`` from the official lock of a release; return the exit status."""
    parser = argparse.ArgumentParser(description=main.__doc__.splitlines()[0])
    parser.add_argument("lock", type=Path, help="the release's own pyodide-lock.json")
    parser.add_argument("address", help="address of the release, which ends with /")
    asked = parser.parse_args(arguments)
    official = json.loads(asked.lock.read_text(encoding="utf-8"))
    text = json.dumps({"address": asked.address, **trimmed(official)}, indent=1, sort_keys=True)
    PINNED.write_text(text + "\n", encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
