"""Modules lean on each other in one direction only, and say so at their top."""

import ast
import re
import tomllib
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

from coursestaff import cli
from courseware import journal
from tests.notebooks import ROOT

#: The rooms of `courseware`: one may import from those further down, and from its neighbours.
FLOORS = (
    ("brief",),
    ("explorers",),
    ("claims", "my_work", "our_class"),
    ("journal",),
    ("charts", "maps"),
    ("answers", "verdicts", "label_placement", "words"),
    ("data",),
    ("views",),
    ("ui",),
    ("palette",),
    # "" is the package itself
    ("", "article", "figure_hooks", "fitting", "locking", "manifest", "quantities", "zips"),
)
#: Rooms beside these, and all that they may import.
BESIDE = {
    "checks": {"answers", "manifest", "ui", "words", ""},
    "turns": {"answers", "data", "ui", "words", ""},
    "mistakes": {"turns", "ui", "words", ""},
    "ipython_extension": {"mistakes", ""},
    "etc": set(),
    "lab": set(),
}
#: Imports inside a function, with the reason. None is there to avoid a circle.
INSIDE = {
    ("courseware.answers.describe", "courseware.answers.drawn_chart"): (
        "it loads matplotlib, which a hand-in without a chart can do without"
    ),
    ("courseware.journal.kept_pictures", "courseware.charts"): (
        "it loads matplotlib, which a journal that is only written in can do without"
    ),
    ("coursestaff.marking.sandbox.forking", "coursestaff.marking.sandbox.worker"): (
        "it loads pandas, which only the process that is forked from needs"
    ),
}
#: Modules that look others up by name, with the reason.
BY_NAME = {
    "courseware": (
        "the second exception to the direction: a chapter imports `turn` with all else that it "
        "uses, in one line, and importing the package loads nothing"
    ),
    "courseware.checks": "who compares what is described already need not wait for pandas",
    "courseware.journal": (
        "the one exception to the direction: journal.export and five more names belong to rooms "
        "on top of it, and are called by the journal's name for ever"
    ),
    "courseware.mistakes": "what explains an error, pandas with it, is loaded when one comes",
    "courseware.ipython_extension": (
        "a kernel that never shows a chart need not wait for the journal, which has the button; "
        "and the card that saves a student's work belongs to browsers alone"
    ),
    "courseware.article": "the frame finds the article by the name of the course's tables",
    "no_limits.explorers": "whoever wants one explorer need not wait for the others",
    "coursestaff.cli": "a command loads what it needs, and says what is not installed",
    "coursestaff.marking.class_grading": (
        "processes start before nbgrader is loaded here, and Dask is loaded for a cluster alone"
    ),
    "coursestaff.marking.sandbox.forking": "what is loaded ahead, for every hand-in alike",
}
#: What is still to be mended, by module and what it imports. Nothing may be added.
STILL: dict[tuple[str, str], str] = {}
#: What only some courses use, each loaded by its own commands alone.
OPTIONAL = ("cluster", "hub")


class Import(NamedTuple):
    """One module of ours that another imports, in or outside a function."""

    importer: str
    imported: str
    inside: bool


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {
    name_of(path): path
    for package in ("courseware", "no_limits", "coursestaff")
    for path in sorted((ROOT / package).rglob("*.py"))
    if "skeleton" not in path.parts  # a course of its own
}


def imports_of(module: str) -> Iterator[Import]:
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    inside = {id(n) for f in ast.walk(tree) if isinstance(f, functions) for n in ast.walk(f)}
    for node in ast.walk(tree):
        for imported in filter(None, map(known, named(node, module))):
            first = [p for p in packages(imported) if not f"{module}.".startswith(f"{p}.")]
            yield from (Import(module, found, id(node) in inside) for found in [imported, *first])


def named(node: ast.AST, module: str) -> list[str]:
    """Return the full names that an import statement asks for."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"{module}: write the whole name of what is imported"
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def foreign(module: str) -> Iterator[str]:
    """Yield the packages that a module imports, by the first part of their names."""
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        yield from (name.split(".")[0] for name in named(node, module))


def imported_as(requirement: str) -> str:
    """Return by which name a distribution is imported."""
    return re.split(r"[<>=]", requirement)[0].replace("-", "_").lower()


def known(name: str) -> str:
    """Return the module that a name is or lies in; empty if it is none of ours."""
    while name and name not in MODULES:
        name = name.rpartition(".")[0]
    return name


def packages(module: str) -> list[str]:
    """Return the packages that a module lies in: Python runs them first."""
    parts = module.split(".")
    return [".".join(parts[:n]) for n in range(1, len(parts))]


@pytest.fixture(scope="module")
def imports() -> list[Import]:
    """Return all imports of the course."""
    return sorted({found for module in MODULES for found in imports_of(module)})


def package(module: str) -> str:
    return module.split(".")[0]


def room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def may_import(importer: str, imported: str) -> bool:
    """Return whether one room of `courseware` may import from another."""
    if importer == imported:
        return True
    if importer in BESIDE:
        return imported in BESIDE[importer]
    height = {name: n for n, floor in enumerate(FLOORS) for name in floor}
    return imported in height and height[importer] <= height[imported]


def not_waiting(imports: list[Import]) -> list[tuple[str, str]]:
    """Return the imports that are not on the list of what is still to be mended."""
    return [(a, b) for a, b, _ in imports if (a, b) not in STILL]


def test_every_room_has_its_floor():
    rooms = {room(module) for module in MODULES if module.startswith("courseware")}
    assert rooms <= {name for floor in FLOORS for name in floor} | BESIDE.keys()


def test_no_file_name_stands_twice_in_what_students_get():
    files = [path.name for module, path in MODULES.items() if package(module) == "courseware"]
    twice = {name for name in files if files.count(name) > 1}
    assert twice == {"__init__.py"}


def test_no_circle(imports):
    leans_on: dict[str, set[str]] = {}
    for importer, imported, _ in imports:
        if (importer, imported) not in STILL:
            leans_on.setdefault(importer, set()).add(imported)
    try:
        TopologicalSorter(leans_on).prepare()
    except CycleError as problem:
        pytest.fail(f"a circle: {' <- '.join(problem.args[1])}")


def test_the_article_leans_on_the_frame_and_neither_on_the_instructor_s(imports):
    allowed = {"courseware": [], "no_limits": ["courseware"], "coursestaff": ["courseware"]}
    over = [e for e in imports if package(e.importer) != package(e.imported)]
    wrong = [e for e in over if package(e.imported) not in allowed[package(e.importer)]]
    assert not_waiting(wrong) == []


def test_one_direction(imports):
    within = [e for e in imports if package(e.importer) == package(e.imported) == "courseware"]
    wrong = [e for e in within if not may_import(room(e.importer), room(e.imported))]
    assert not_waiting(wrong) == []


@pytest.mark.parametrize("each", cli.COMMANDS, ids=lambda each: each.name)
def test_a_command_names_a_function_that_is_there(each):
    module, _, function = each.run.partition(":")
    tree = ast.parse(MODULES[f"coursestaff.{module}"].read_text(encoding="utf-8"))
    assert function in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("own", OPTIONAL)
def test_what_few_use_is_loaded_by_its_own_commands_alone(own, imports):
    """A class that only collects, grades and exports loads none of it."""
    package = f"coursestaff.{own}"
    over = {each.importer for each in imports if f"{each.imported}.".startswith(f"{package}.")}
    # The coordinator names a cluster's workers as a type, which loads nothing.
    allowed = {"coursestaff.marking.coordinator"} if own == "cluster" else set()
    assert {each for each in over if not f"{each}.".startswith(f"{package}.")} == allowed


@pytest.mark.parametrize("extra", ["cluster", "hub"])
def test_packages_of_an_extra_are_used_by_its_folder_alone(extra):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = {
        name: {*map(imported_as, needs)} for name, needs in project["optional-dependencies"].items()
    }
    own = extras[extra] - extras["grade"] - extras["test"] - extras["site"]
    users = {module for module in MODULES if own & {*foreign(module)}}
    assert users and all(each.startswith(f"coursestaff.{extra}.") for each in users)


def test_no_import_inside_a_function(imports):
    inside = [each for each in imports if each.inside]
    found = not_waiting(inside)
    assert sorted(set(found) - INSIDE.keys()) == []
    assert sorted(INSIDE.keys() - set(found)) == [], "take these off the list"


def test_modules_are_looked_up_by_name_only_where_it_says_why():
    calls = {
        module
        for module, path in MODULES.items()
        if {"import_module", "__import__"} & set(re.findall(r"\w+", path.read_text("utf-8")))
    }
    assert calls == BY_NAME.keys()


def test_the_journal_lends_its_name_to_the_rooms_above():
    assert set(journal.ABOVE.values()) == {"courseware.brief", "courseware.our_class"}
    assert journal.ABOVE.keys() <= set(journal.__all__)
    assert set(journal.__all__) <= set(dir(journal))
    for name, above in journal.ABOVE.items():
        assert getattr(journal, name).__module__.startswith(above)
    with pytest.raises(AttributeError, match="no attribute 'exports'"):
        journal.exports  # noqa: B018


def test_what_is_still_to_be_mended_is_still_there(imports):
    assert sorted(STILL.keys() - {(a, b) for a, b, _ in imports}) == [], "take these off the list"
