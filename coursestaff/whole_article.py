"""A course about one article: begin one from the skeleton, and say what it lacks or has wrong."""

import csv
import json
import keyword
import re
import shutil
from argparse import Namespace
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

from coursestaff import tables
from coursestaff.chapters import with_companions
from coursestaff.exercises import spec
from coursestaff.publishing import reader
from coursestaff.yaml_schema import at, read, shown
from courseware import CourseError, views
from courseware.manifest import MANIFEST

HERE = Path(__file__).parent
SKELETON = HERE / "skeleton"
SETTINGS = "nbgrader_config.py"  #: the same for every course
SCHEMA = HERE / "article.schema.json"
WORDS_SCHEMA = HERE / "words.schema.json"
LOADS = re.compile(r"""data\.(?:load|about|cite)\(\s*\\?["'](\w+)""")  # as JSON has it, too


def begin_article(course: Path, options: Namespace) -> None:
    """Copy the skeleton into a new folder, and say how to go on."""
    own = begin(options.folder)
    print(f"{options.folder} holds a small course about an example article, which is in {own}/.")
    print("The guide's page 'Put another article on trial' says how to make it yours. To open it:")
    print(f"  python3 start.py lab {options.folder}")


def begin(folder: Path) -> str:
    """Copy the skeleton into a new folder; return the name of the article's package in it.

    The package is called as the folder.

    Raises:
        CourseError: there is something at that place, or Python knows the name, or cannot use it.

    """
    name = folder.resolve().name
    if not name.isidentifier() or name != name.lower() or keyword.iskeyword(name):
        raise CourseError(
            f"{name!r} cannot be the name of an article, because Python uses it as a name. Use "
            "small letters, digits and _, and begin with a letter, as in my_article."
        )
    if folder.exists() or find_spec(name):
        raise CourseError(f"There is already something called {name}. Choose another name.")
    package = json.loads((SKELETON / "data" / MANIFEST).read_text(encoding="utf-8"))["name"]
    old = package.replace("-", "_")
    shutil.copytree(SKELETON, folder, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    shutil.copy(HERE.parent / SETTINGS, folder)
    (folder / old).rename(folder / name)
    for path in (path for path in folder.rglob("*") if path.is_file()):
        text = path.read_text(encoding="utf-8").replace(old, name)
        text = text.replace(package, name.replace("_", "-"))
        path.write_text(text, encoding="utf-8", newline="\n")
    return name


def show_faults(course: Path, options: Namespace) -> int:
    """Print what is missing or wrong; return 1 if anything is."""
    found = faults(course)
    print("\n".join(found) if found else "Nothing is missing, and all that can be compared fits.")
    return 1 if found else 0


def faults(course: Path) -> list[str]:
    """Return all that is missing or wrong, each with its file, its line and what to write.

    Args:
        course: the folder with ``data/``, ``notebooks/`` and the article's own.

    Raises:
        YamlSchemaError: ``article.yaml`` cannot be read, or does not fit its schema; nothing else
            can then be told.

    """
    described = json.loads((course / "data" / MANIFEST).read_text(encoding="utf-8"))
    own = course / described["name"].replace("-", "_")
    chapters = read(own / "article.yaml", SCHEMA).content["chapters"]
    known = {entry["name"] for entry in described["resources"]} | {*views.names()}
    found = [*tables.faults(course)]
    found += _untried(course / "data" / "claims.csv", [name[:2] for name in chapters])
    for path in with_companions(course / "notebooks" / f"{name}.ipynb" for name in chapters):
        if path.is_file():
            found += _unknown(path, known)
        else:
            found.append(f"{shown(path)} is missing. Write it, or take it off the chapters.")
    for name in chapters:
        found += _of_a_chapter(course, own, name)
    return found


def _of_a_chapter(course: Path, own: Path, name: str) -> Iterator[str]:
    """Yield what a chapter's words, notes and exercise lack: the first of each."""
    folder = course / "solutions" / name
    looks: list[Callable[[], object]] = [
        lambda: read(own / "words" / f"{name[:2]}.yaml", WORDS_SCHEMA),
        lambda: reader.read(course / "notebooks" / f"{name}.ipynb"),
    ]
    if folder in spec.exercise_folders(course / "solutions"):
        looks.append(lambda: spec.load(folder))
        if not (course / "exercises" / name / f"{name}.ipynb").is_file():
            yield f"exercises/{name} is missing. Run `course release {name}`."
    for look in looks:
        try:
            look()
        except (CourseError, OSError) as problem:
            yield str(problem)


def _untried(claims: Path, taught: list[str]) -> Iterator[str]:
    """Yield the claims that no chapter tries."""
    with claims.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        for row in rows:
            if row["chapter"] not in taught:
                yield (
                    f"{at(claims, rows.line_num)}: no chapter tries {row['claim_id']}. Under "
                    f"chapter, write one of {', '.join(taught)}."
                )


def _unknown(notebook: Path, known: set[str]) -> Iterator[str]:
    """Yield what a notebook loads that nobody wrote."""
    for number, line in enumerate(notebook.read_text(encoding="utf-8").splitlines(), 1):
        for name in LOADS.findall(line):
            if name not in known:
                yield (
                    f"{at(notebook, number)}: there is no table and no view {name!r}. Describe the "
                    f"table in data/{MANIFEST}, or write the view as a function of that name."
                )
