"""The house stands: locks, wheel, versions, workflows, and what importing costs."""

import ast
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from functools import cache
from importlib.metadata import packages_distributions
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import courseware
import start
from coursestaff import cli
from coursestaff.publishing import conf
from coursestaff.releasing import bundle
from tests.notebooks import ROOT, git

#: Each holds all that those before it hold: a student's desk, a hub, teaching and developing.
LOCKS = DESK, HUB, DEVELOPMENT = tuple(start.LOCKS)
LITE = start.LITE
FLOWS = ("ci.yml", "site.yml", "addresses.yml", "audit.yml")


def text_of(name):
    return (ROOT / name).read_text(encoding="utf-8")


PYPROJECT = tomllib.loads(text_of("pyproject.toml"))
PROJECT, EXTRAS = PYPROJECT["project"], PYPROJECT["project"]["optional-dependencies"]
CITATION = yaml.safe_load(text_of("CITATION.cff"))
ZENODO, TABLES = (json.loads(text_of(name)) for name in (".zenodo.json", "data/datapackage.json"))

#: conda's name where it differs: its "matplotlib" would bring a desktop toolkit with it.
CONDA_NAMES = {"matplotlib": "matplotlib-base"}

SYSTEMS = (("linux", "Linux", "posix"), ("darwin", "Darwin", "posix"), ("win32", "Windows", "nt"))
#: The machines that the locks are meant for.
MACHINES = [
    {"python_version": version, "python_full_version": f"{version}.9", "os_name": os_name}
    | {"sys_platform": platform, "platform_system": system}
    for version in ("3.11", "3.12", "3.13", "3.14")
    for platform, system, os_name in SYSTEMS
]

#: Dot-files come on top. Tools and archives look for the files here, and nowhere else.
TOP_LEVEL = {
    *("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "CITATION.cff", "LICENSE", "LICENSE-CONTENT"),
    *("start.py", "Makefile", "environment.yml", "pyproject.toml", "nbgrader_config.py"),
    *("notebooks", "data", "exercises", "solutions"),
    *("courseware", "no_limits", "coursestaff", "tests", "benchmarks", "paper", DESK, DEVELOPMENT),
}


def names_and_bounds(lines, machine=None):
    """Return {package: bounds} of requirement lines, or of those that are for a machine."""
    wanted = [Requirement(line) for line in lines]
    return {
        canonicalize_name(item.name): str(item.specifier)
        for item in wanted
        if not (machine and item.marker) or item.marker.evaluate(machine)
    }


def asked(extras):
    """Return the lines of what pyproject.toml asks for with some extras."""
    return PROJECT["dependencies"] + [line for extra in extras for line in EXTRAS[extra]]


def direct(lock):
    """Return the lines of everything that pyproject.toml asks for in one lock."""
    groups = PYPROJECT["dependency-groups"]
    if lock == LITE:
        return groups["lite"]
    extras = {DESK: [], HUB: ["grade", "hub"], DEVELOPMENT: list(EXTRAS)}[lock]
    return asked(extras) + ([] if lock == DESK else groups["build"])


@cache
def lock_lines(lock):
    """Return the requirements of a lock, continuation lines joined, comments left out."""
    joined = text_of(lock).replace("\\\n", " ")
    return [line for line in joined.splitlines() if line and not line.lstrip().startswith("#")]


@cache
def pins(lock):
    """Return the pinned requirements of a lock, hashes taken off."""
    return [Requirement(line.split(" --hash=")[0].strip()) for line in lock_lines(lock)]


@cache
def pinned_on(lock, number):
    """Return {package: version} that a lock installs on one kind of machine."""
    return {
        canonicalize_name(pin.name): str(pin.specifier).removeprefix("==")
        for pin in pins(lock)
        if pin.marker is None or pin.marker.evaluate(MACHINES[number])
    }


# --- Dependencies --------------------------------------------------------------------------


def test_conda_environment_asks_for_the_same_as_pyproject():
    environment = yaml.safe_load(text_of("environment.yml"))
    assert environment["channels"] == ["conda-forge"]
    *packages, pip, with_pip = environment["dependencies"]
    assert (pip, with_pip) == ("pip", {"pip": ["-e ."]})
    wanted = names_and_bounds(asked(["grade"])).items()
    wanted = {CONDA_NAMES.get(name, name): bounds for name, bounds in wanted}
    assert names_and_bounds(packages) == {"python": PROJECT["requires-python"], **wanted}


def imported(folder):
    """Return {package: a file that imports it} for a folder; all of coursestaff lacks `cluster`."""
    known = {"__main__", "courseware", "no_limits", "coursestaff", "benchmarks", "start", "tests"}
    known |= sys.stdlib_module_names
    installed, found = packages_distributions(), {}
    for path in (ROOT / folder).rglob("*.py"):
        if folder == "coursestaff" and "cluster" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            for name in {name.split(".")[0] for name in names} - known:
                found[canonicalize_name(installed.get(name, [name])[0])] = path.name
    return found


#: What a plain class needs beside its exercises, and what has an extra of its own.
GRADING = ("exercises", "releasing", "collecting", "marking", "returning")


@pytest.mark.parametrize(
    ("folder", "extras"),
    [
        ("courseware", []),
        ("no_limits", []),
        *((f"coursestaff/{room}", ["grade"]) for room in GRADING),
        ("coursestaff/cluster", ["grade", "cluster"]),
        ("coursestaff", ["grade", "hub", "site", "test"]),
        ("tests", ["cluster", "grade", "hub", "site", "test"]),
    ],
)
def test_what_is_imported_is_declared(folder, extras):
    declared = names_and_bounds(asked(extras))
    lacks = {name: file for name, file in imported(folder).items() if name not in declared}
    assert lacks == {}


@pytest.mark.parametrize("lock", [*LOCKS, LITE])
def test_a_lock_pins_every_direct_dependency_to_one_version_with_hashes_and_no_address(lock):
    for number, machine in enumerate(MACHINES):
        pinned = pinned_on(lock, number)
        for name, bounds in names_and_bounds(direct(lock), machine).items():
            assert name in pinned, f"{lock} lacks {name} on {machine}: run `make lock`"
            assert Requirement(name + bounds).specifier.contains(pinned[name]), name
    for line, pin in zip(lock_lines(lock), pins(lock), strict=True):
        assert re.fullmatch(r"==[0-9][^,*]*", str(pin.specifier)), line
        assert re.search(r" --hash=sha256:[0-9a-f]{64}\b", line), line
    options = re.compile(r"^\s*(-i|-f|--[a-z-]*(index|links|host)[a-z-]*)\b", re.MULTILINE)
    assert "://" not in text_of(lock) and not options.search(text_of(lock))


@pytest.mark.parametrize("machine", range(len(MACHINES)))
def test_each_lock_holds_the_smaller_ones_and_a_desk_no_tools(machine):
    desk, hub, development, browser = (pinned_on(lock, machine) for lock in (*LOCKS, LITE))
    for smaller, larger in pairwise((desk, hub, development)):
        assert smaller.items() <= larger.items()
    assert {name for name in browser if browser[name] == desk.get(name)} == browser.keys() & desk
    assert not [name for name in development if "jupyterlite" in name]
    unwanted = {"nbgrader", "sqlalchemy", "hatchling", "editables", "setuptools", "pytest"}
    assert not unwanted & desk.keys()


ON_A_DESK = """
import json, sys

class Absent:
    names = set(json.loads(sys.argv[1]))

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in self.names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
from coursestaff import cli
from coursestaff.releasing import bundle
raise SystemExit(cli.main(sys.argv[2:]))
"""


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("words", "code", "said"),
    [(["check", "exercises/02_the_trade_lifeline"], 0, "q1: 0 of "), (["release"], 1, "nbgrader")],
    ids=["one's own work is checked in full", "a class's is for instructors"],
)
def test_what_a_desk_can_do_of_grading(words, code, said):
    """With the packages of its lock alone: who learns alone has a desk, and the solutions."""
    desk = {canonicalize_name(pin.name) for pin in pins(DESK)} | {"no-limits"}
    installed = packages_distributions().items()
    absent = [name for name, by in installed if not {canonicalize_name(one) for one in by} & desk]
    assert "nbgrader" in absent
    command = [sys.executable, "-c", ON_A_DESK, json.dumps(absent), *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == code, done.stderr
    assert said in done.stdout + done.stderr and "Traceback" not in done.stderr


def test_the_wheel_takes_no_name_but_its_own_three(tmp_path):
    """As a hub builds it: with the locked hatchling and no network."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (built,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        wheel = archive.namelist()
    stem = f"no_limits-{courseware.__version__}"
    own = {"courseware", "no_limits", "coursestaff", f"{stem}.dist-info", f"{stem}.data"}
    assert {name.split("/")[0] for name in wheel} == own
    tables = {Path(table["path"]).name for table in TABLES["resources"]}
    settings = ("ipython/ipython_config.py", "jupyter/labconfig/default_setting_overrides.json")
    brought = {f"courseware/_data/{table}" for table in tables}
    assert brought | {f"{stem}.data/data/etc/{name}" for name in settings} <= set(wheel)
    assert not [name for name in wheel if name.endswith(".ipynb") and "skeleton" not in name]


# --- One version, one licence, one tidy top level ------------------------------------------


def test_version_is_the_same_everywhere(capsys):
    found = {"pyproject.toml": PROJECT["version"], "CITATION.cff": CITATION["version"]}
    found |= {".zenodo.json": ZENODO["version"], "data/datapackage.json": TABLES["version"]}
    found["CHANGELOG.md"] = re.search(r"^## (\d\S*)", text_of("CHANGELOG.md"), re.MULTILINE)[1]
    for path in (ROOT / "exercises").glob("*/*.ipynb"):
        release = json.loads(path.read_text(encoding="utf-8"))["metadata"]["course_release"]
        found[f"exercises: course release {path.stem}"] = release["version"]
    with pytest.raises(SystemExit, match="0"):
        cli.main(["--version"])
    found["course --version"] = capsys.readouterr().out.split()[-1]
    assert len(found) > 10
    wrong = {place: said for place, said in found.items() if said != courseware.__version__}
    assert wrong == {}, "courseware/__init__.py gives another"


def test_what_archives_read_says_the_same():
    """Zenodo reads .zenodo.json and then leaves CITATION.cff alone; GitHub reads that one."""
    assert CITATION["keywords"] == ZENODO["keywords"] == PROJECT["keywords"]
    assert CITATION["title"] == ZENODO["title"]
    assert ZENODO["description"].startswith(f"<p>{CITATION['abstract']}</p>")
    assert CITATION.get("url", "") == conf.html_baseurl
    assert CITATION.get("doi") == TABLES.get("doi")


def test_authors_are_the_same_everywhere():
    authors = ", ".join(
        each.get("name") or f"{each['given-names']} {each['family-names']}"
        for each in CITATION["authors"]
    )
    paper = yaml.safe_load(text_of("paper/paper.md").split("---")[1])
    people = [[" ".join(each["name"].split(", ")[::-1]) for each in ZENODO["creators"]]]
    people += [[each["title"] for each in TABLES["contributors"]]]
    people += [[each["name"] for each in paper["authors"]]]
    assert {conf.author, *map(", ".join, people)} == {authors}
    for name in ("LICENSE", "LICENSE-CONTENT"):
        found = re.search(r"Copyright \(c\) \d+, (.+?)(, and are licensed.*)?\n", text_of(name))
        assert found[1] == authors


def test_licences_are_the_ones_declared():
    declared = CITATION["license"]
    assert PROJECT["license"] == " AND ".join(declared)
    # One text: a list is refused by Zenodo, which then archives nothing. The text of the course
    # is what a lesson is; what holds for code and tables is said in the description.
    assert (ZENODO["license"], ZENODO["upload_type"]) == ("cc-by-4.0", "lesson")
    assert all(f"{name}:" in ZENODO["description"] for name in ("Text and figures", "Code"))
    assert "BSD 3-Clause" in text_of("LICENSE")
    assert "Section 8 -- Interpretation." in text_of("LICENSE-CONTENT")


def test_nothing_else_stands_at_the_top_level():
    stored = git("ls-files", "-z").decode().rstrip("\0").split("\0")
    found = {name.split("/")[0] for name in stored}
    assert {name for name in found if not name.startswith(".")} == TOP_LEVEL


def test_setup_files_name_no_package_registry():
    hosts = r"pypi\.org|pythonhosted|anaconda\.(org|com)|registry\.(npmjs|yarnpkg)|index-url"
    names = ["start.py", "Makefile", ".ci/run", *(f".github/workflows/{name}" for name in FLOWS)]
    names += ["pyproject.toml", "environment.yml", "README.md", "CONTRIBUTING.md"]
    assert [name for name in names if re.search(hosts, text_of(name), re.I)] == []


@pytest.mark.parametrize("name", FLOWS)
def test_a_workflow_pins_its_actions_and_names_files_that_are_there(name):
    jobs = yaml.safe_load(text_of(f".github/workflows/{name}"))["jobs"]
    steps = [step for job in jobs.values() for step in job["steps"]]
    uses = [step["uses"] for step in steps if "uses" in step]
    assert uses
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@v\d+", action) for action in uses), uses
    words = " ".join(step.get("run", "") for step in steps)
    named = re.findall(r"(?:tests|coursestaff)/[\w./-]+\.(?:py|lock)|start\.py|\.ci/run", words)
    assert [file for file in named if not (ROOT / file).is_file()] == []
    if name == "audit.yml":
        assert {*LOCKS, LITE} <= {*re.split(r"[\s;]+", words)}, "every lock is audited"


# --- What importing costs ------------------------------------------------------------------

IMPORT_ALL = """
import os, pkgutil, sys
from importlib import import_module

root = os.path.realpath("data") + os.sep
opened = []

def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes)):
        path = os.path.realpath(os.fsdecode(arguments[0]))
        if path.startswith(root) or os.sep + "_data" + os.sep in path:
            opened.append(path)

sys.addaudithook(watch)
import courseware
heavy = {"pandas", "matplotlib", "numpy", "geopandas", "IPython", "ipywidgets", "networkx"}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
for module in pkgutil.walk_packages(courseware.__path__, "courseware."):
    if not module.name.endswith("__main__"):
        import_module(module.name)
assert not opened, opened
"""


def test_importing_courseware_loads_no_heavy_library_and_any_module_opens_no_table():
    command = [sys.executable, "-W", "error", "-c", IMPORT_ALL]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


# --- JupyterLab's settings -----------------------------------------------------------------


#: Every place where a JupyterLab and its extensions say which keys they take.
SCHEMAS = ("lab/schemas/**/*.json", "labextensions/**/schemas/**/*.json")
STUDENTS = "courseware/lab/students"
SETTINGS = "labconfig/default_setting_overrides.json"


def letters():
    """Return what JupyterLab does, here, when one letter or digit is typed, or two alike are.

    Its viewer of pictures, which has no box to write in, is left out.
    """
    found = {}
    for pattern in SCHEMAS:
        for path in (Path(sys.prefix) / "share" / "jupyter").glob(pattern):
            schema = json.loads(path.read_text(encoding="utf-8"))
            for shortcut in schema.get("jupyter.lab.shortcuts", ()):
                strokes = [key.removeprefix("Shift ") for key in shortcut["keys"]]
                typed = len(set(strokes)) == 1 and len(strokes[0]) == 1 and strokes[0].isalnum()
                if typed and shortcut["selector"] != ".jp-ImageViewer":
                    key = (*shortcut["keys"], shortcut["selector"], shortcut["command"])
                    found[key] = shortcut.get("args") or {}
    return found


def test_letters_are_no_commands_on_a_student_s_desk_and_nothing_else_is_off():
    ((plugin, settings),) = json.loads(text_of(f"{STUDENTS}/{SETTINGS}")).items()
    assert (plugin, *settings) == ("@jupyterlab/shortcuts-extension:shortcuts", "shortcuts")
    off = settings["shortcuts"]
    assert all(entry["disabled"] is True for entry in off)
    listed = {(*e["keys"], e["selector"], e["command"]): e.get("args", {}) for e in off}
    assert listed == letters() and len(listed) == len(off) > 20


def test_a_student_s_copy_brings_lab_s_settings():
    travels = {name for name in bundle._files(ROOT, ["00"]) if name.startswith("courseware/lab/")}
    students = {"custom/custom.css", "jupyter_server_config.py", "labconfig/page_config.json"}
    students |= {"static/favicons/favicon.ico"}
    desks = {f"courseware/lab/{desk}.json" for desk in ("reading", "projecting")}
    assert travels == desks | {f"{STUDENTS}/{name}" for name in students | {SETTINGS}}
