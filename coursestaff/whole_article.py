"""A course about one article: begin one from the skeleton, and say what it lacks or has wrong."""

import json
import keyword
import re
import shutil
from argparse import Namespace
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from itertools import chain
from pathlib import Path

from coursestaff import tables
from coursestaff.chapters import with_companions
from coursestaff.exercises import checklist, fingerprints, spec
from coursestaff.publishing import guide, reader
from coursestaff.yaml_schema import read, shown
from courseware import CourseError, article, claims, data, turns, views, words
from courseware.claims import tables_say
from courseware.explorers.argument_map import ArgumentMap
from courseware.manifest import MANIFEST

HERE = Path(__file__).parent
SKELETON = HERE / "skeleton"
SETTINGS = "nbgrader_config.py"  #: the same for every course
SCHEMA = HERE / "article.schema.json"
WORDS_SCHEMA = HERE / "words.schema.json"
LOADS = re.compile(r"""data\.(?:load|about|cite)\(\s*["'](\w+)""")
SOURCES = re.compile(r"(?<=\[)\w+(?=\])|^\w+$")  #: tables that a chart's source names


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
    """Return what is missing or wrong, each with its place and what to write.

    One thing is held against another only once both are whole, so these are the faults of the
    first kind that has any: what is not there; cells that are not as described; tables and views
    that cannot be loaded; names that lead nowhere; what was made of an earlier version.

    Args:
        course: the folder with ``data/``, ``notebooks/`` and the article's own.

    Raises:
        CourseError: ``article.yaml`` or a notebook cannot be read; nothing else can then be told.

    """
    described = json.loads((course / "data" / MANIFEST).read_text(encoding="utf-8"))
    own = course / described["name"].replace("-", "_")
    chapters = read(own / "article.yaml", SCHEMA).content["chapters"]
    names = [entry["name"] for entry in described["resources"]]
    kinds = (
        _missing(course, own, chapters, names),
        tables.misfits(course),
        chain.from_iterable(_refused(name, data.load, name) for name in names),
        chain.from_iterable(_refused(name, data.load, name) for name in views.names()),
        chain(_in_article(), *(_in_chapter(course, name) for name in chapters)),
        _outdated(course),
    )
    return next(filter(None, map(list, kinds)), [])


def _refused(place: str, look: Callable, *given: object) -> Iterator[str]:
    """Yield why something refuses what it is given, if it does; an author's code may be wrong."""
    try:
        look(*given)
    except Exception as problem:
        kind = "" if isinstance(problem, CourseError) else f"{type(problem).__name__}: "
        yield f"{place}: {kind}{problem}"


def _missing(course: Path, own: Path, chapters: list[str], names: list[str]) -> Iterator[str]:
    yield from tables.faults(course)
    known = {*names, *views.names()}
    for path in with_companions(course / "notebooks" / f"{name}.ipynb" for name in chapters):
        if path.is_file():
            yield from _unknown(path, known)
        else:
            yield f"{shown(path)} is missing. Write it, or take it off the chapters."
    for name in chapters:
        yield from _refused("words", read, own / "words" / f"{name[:2]}.yaml", WORDS_SCHEMA)
        if (notebook := course / "notebooks" / f"{name}.ipynb").is_file():
            yield from _refused("chapter", reader.read, notebook)
    for folder in spec.exercise_folders(course / "solutions"):
        lacking = checklist.lacking(folder)
        yield from (f"exercise {folder.name}: {each}" for each in lacking)
        yield from () if lacking else _unknown(folder / f"{folder.name}.ipynb", known)
        if not (course / "exercises" / folder.name / f"{folder.name}.ipynb").is_file():
            yield f"exercises/{folder.name} is missing. Run `course release {folder.name}`."


def _unknown(notebook: Path, known: set[str]) -> Iterator[str]:
    """Yield what a notebook loads that nobody wrote."""
    for cell in spec.read_notebook(notebook).cells:
        for name in LOADS.findall(cell.source):
            if name not in known:
                yield (
                    f"{shown(notebook)}, cell {cell.id}: there is no table {name!r} in "
                    f"data/{MANIFEST}, and no function of that name in views/."
                )


def _in_article() -> Iterator[str]:
    """Yield what the register, the theses, the polls and the argument map misname."""
    taught = [name[:2] for name in article.chapters()]
    for claim in claims.register().values():
        row = f"data/claims.csv, {claim.claim_id}"
        if claim.chapter not in taught:
            yield f"{row}: no chapter tries it. Under chapter, write one of {', '.join(taught)}."
        for other in (*claim.supports, *claim.opposes):
            yield from _refused(row, claims.get, other)
        for table in claim.related_tables:
            yield from _refused(row, data.resource, table)
    polled = words.chapter(taught[0]).get("polls", {})
    if {*polled} != {*article.theses().values()}:
        yield (
            f"words/{taught[0]}.yaml, polls: here are {', '.join(polled)}, but article.yaml calls "
            f"the theses {', '.join(article.theses().values())}."
        )
    for thesis in article.theses():
        yield from _refused("article.yaml, theses", claims.get, thesis)
    for key, state in article.facts()["argument_map"]["presets"].items():
        for claim_id in filter(None, map(state.get, ("selected", "removed"))):
            yield from _refused(f"article.yaml, argument_map, {key}", claims.get, claim_id)
    yield from _refused("words of argument_map, presets", lambda: ArgumentMap().presets)


def _in_chapter(course: Path, name: str) -> Iterator[str]:
    """Yield what a chapter's words misname or do not fit, and the core claims without a trial."""
    file, written = f"words/{name[:2]}.yaml", words.chapter(name[:2])
    for key, chart in written.get("charts", {}).items():
        sources = chart["source"] if isinstance(chart["source"], list) else [chart["source"]]
        for table in chain.from_iterable(map(SOURCES.findall, sources)):
            yield from _refused(f"{file}, {key}", data.load, table)
    for key in written.get("turns", {}):
        yield from _refused(f"{file}, {key}", turns.load, key)
    said = written.get("verdicts", {})
    for claim_id, each in said.items():
        yield from _refused(f"{file}, verdicts", claims.get, claim_id)
        yield from _refused(f"{file}, verdicts, {claim_id}", tables_say.filled, each)
    notebook = course / "notebooks" / f"{name}.ipynb"
    code = [cell.source for cell in spec.read_notebook(notebook).cells]
    trials = " ".join(source for source in code if "claims.trial(" in source)
    core = [each.claim_id for each in claims.select(core=True) if each.chapter == name[:2]]
    untold = (each for each in core if each not in said)
    untried = (each for each in core if each not in trials)
    yield from (f"{file}, verdicts: the core claim {each} has no sentence." for each in untold)
    yield from (f"{shown(notebook)}: no claims.trial of the core claim {each}." for each in untried)


def _outdated(course: Path) -> Iterator[str]:
    for file in guide.outdated(course):
        yield f"{shown(file)} is out of date. Run `course sheets`."
    for folder in spec.exercise_folders(course / "solutions"):
        released = spec.read_notebook(course / "exercises" / folder.name / f"{folder.name}.ipynb")
        made = fingerprints.made_here(spec.load(folder), fingerprints.tables_of(course))
        there = released.metadata.get(fingerprints.RELEASE, {})
        if {**there, "version": made["version"]} != made:
            yield f"exercises/{folder.name} is out of date. Run `course release {folder.name}`."
