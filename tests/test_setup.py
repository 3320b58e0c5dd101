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
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

#: conda's name where it differs: its "matplotlib" would bring a desktop toolkit with it.
CONDA_NAMES = {"matplotlib": "matplotlib-base"}

#: The machines that the locks are meant for.
MACHINES = [
    {
        "python_version": version,
        "python_full_version": f"{version}.9",
        "sys_platform": platform,
        "platform_system": system,
        "os_name": os_name,
    }
    for version in ("3.11", "3.12", "3.13", "3.14")
    for platform, system, os_name in (
        ("linux", "Linux", "posix"),
        ("darwin", "Darwin", "posix"),
        ("win32", "Windows", "nt"),
    )
]

#: Dot-files come on top. Tools and archives look for the files here, and nowhere else.
TOP_LEVEL = {
    *("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "CITATION.cff", "LICENSE", "LICENSE-CONTENT"),
    *("start.py", "Makefile", "environment.yml", "pyproject.toml", "nbgrader_config.py"),
    *("notebooks", "data", "exercises", "solutions"),
    *("courseware", "coursestaff", "tests", "benchmarks", "paper", DESK, DEVELOPMENT),
}


def names_and_bounds(lines):
    """Return {package: bounds} of requirement lines."""
    wanted = [Requirement(line) for line in lines]
    return {canonicalize_name(item.name): str(item.specifier) for item in wanted}


def direct(lock):
    """Return {package: bounds} of everything that pyproject.toml asks for in one lock."""
    project, extras = PYPROJECT["project"], PYPROJECT["project"]["optional-dependencies"]
    if lock == LITE:
        return names_and_bounds(PYPROJECT["dependency-groups"]["lite"])
    chosen = {DESK: [], HUB: ["grade", "hub"], DEVELOPMENT: list(extras)}[lock]
    lines = project["dependencies"] + [line for extra in chosen for line in extras[extra]]
    build = [] if lock == DESK else PYPROJECT["dependency-groups"]["build"]
    return names_and_bounds(lines + build)


@cache
def lock_lines(lock):
    """Return the requirements of a lock, continuation lines joined, comments left out."""
    joined = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in joined.splitlines() if line and not line.lstrip().startswith("#")]


@cache
def pins(lock):
    """Return the pinned requirements of a lock, hashes taken off."""
    return [Requirement(line.split(" --hash=")[0].strip()) for line in lock_lines(lock)]


def pinned_on(lock, machine):
    """Return {package: version} that a lock installs on one kind of machine."""
    return {
        canonicalize_name(pin.name): str(pin.specifier).removeprefix("==")
        for pin in pins(lock)
        if pin.marker is None or pin.marker.evaluate(machine)
    }


# --- Dependencies --------------------------------------------------------------------------


def test_conda_environment_asks_for_the_same_as_pyproject():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert environment["channels"] == ["conda-forge"]
    *packages, pip, with_pip = environment["dependencies"]
    assert (pip, with_pip) == ("pip", {"pip": ["-e ."]})
    project = PYPROJECT["project"]
    expected = names_and_bounds(project["dependencies"] + project["optional-dependencies"]["grade"])
    expected = {CONDA_NAMES.get(name, name): bounds for name, bounds in expected.items()}
    assert names_and_bounds(packages) == {"python": project["requires-python"], **expected}


def imported(folder, beside=()):
    """Return {package: a file that imports it} for a folder; ``beside`` are folders left out."""
    known = {"__main__", "courseware", "coursestaff", "benchmarks", "start", "tests"}
    known |= sys.stdlib_module_names
    installed, found = packages_distributions(), {}
    for path in (ROOT / folder).rglob("*.py"):
        if any(path.is_relative_to(ROOT / other) for other in beside):
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
APART = ("coursestaff/cluster",)


@pytest.mark.parametrize(
    ("folder", "beside", "extras"),
    [
        ("courseware", [], []),
        *((f"coursestaff/{room}", [], ["grade"]) for room in GRADING),
        ("coursestaff/cluster", [], ["grade", "cluster"]),
        ("coursestaff", APART, ["grade", "hub", "site", "test"]),
        ("tests", [], ["cluster", "grade", "hub", "site", "test"]),
    ],
)
def test_what_is_imported_is_declared(folder, beside, extras):
    project = PYPROJECT["project"]
    lines = [line for extra in extras for line in project["optional-dependencies"][extra]]
    declared = names_and_bounds(project["dependencies"] + lines)
    found = imported(folder, beside)
    assert {name: file for name, file in found.items() if name not in declared} == {}


@pytest.mark.parametrize("lock", [*LOCKS, LITE])
def test_lock_pins_every_direct_dependency_within_its_bounds(lock):
    for machine in MACHINES:
        pinned = pinned_on(lock, machine)
        for name, bounds in direct(lock).items():
            assert name in pinned, f"{lock} lacks {name} on {machine}: run `make lock`"
            assert Requirement(name + bounds).specifier.contains(pinned[name]), (name, pinned[name])


@pytest.mark.parametrize("lock", [*LOCKS, LITE])
def test_every_line_of_a_lock_is_one_version_with_hashes_and_no_address(lock):
    for line, pin in zip(lock_lines(lock), pins(lock), strict=True):
        assert re.fullmatch(r"==[0-9][^,*]*", str(pin.specifier)), line
        assert re.search(r" --hash=sha256:[0-9a-f]{64}\b", line), line
        assert pin.url is None
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*(-i|-f|--[a-z-]*(index|links|host)[a-z-]*)\b", text, re.MULTILINE)


def test_each_lock_holds_the_smaller_ones():
    for machine in MACHINES:
        for smaller, larger in pairwise(LOCKS):
            lacks = pinned_on(smaller, machine).items() - pinned_on(larger, machine).items()
            assert lacks == set(), (larger, machine)


def test_the_browser_has_the_versions_of_a_desk_and_no_desk_has_its_tools():
    for machine in MACHINES:
        browser, desk = pinned_on(LITE, machine), pinned_on(DESK, machine)
        assert {
            name for name in browser if browser[name] == desk.get(name)
        } == browser.keys() & desk
        tools = {name for name in pinned_on(DEVELOPMENT, machine) if "jupyterlite" in name}
        assert not tools


def test_a_student_s_desk_gets_neither_grading_nor_build_tools():
    unwanted = {"nbgrader", "sqlalchemy", "hatchling", "editables", "setuptools", "pytest"}
    assert not any(unwanted & set(pinned_on(DESK, machine)) for machine in MACHINES)


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
    [
        (["check", "exercises/02_the_trade_lifeline"], 0, "q1: 0 of "),
        (
            ["release"],
            1,
            "This command needs nbgrader, which is not installed in a student's copy",
        ),
    ],
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
    assert said in done.stdout + done.stderr


# --- The wheel -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel as a hub does, with the locked hatchling and no network; return its names."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        return archive.namelist()


def test_the_wheel_takes_no_name_but_its_own_two(wheel):
    stem = f"no_limits-{courseware.__version__}"
    own = {"courseware", "coursestaff", f"{stem}.dist-info", f"{stem}.data"}
    assert {name.split("/")[0] for name in wheel} == own
    tables = {Path(table["path"]).name for table in TABLES["resources"]}
    assert {f"courseware/_data/{table}" for table in tables} <= set(wheel)
    settings = {"ipython/ipython_config.py", "jupyter/labconfig/default_setting_overrides.json"}
    assert {f"{stem}.data/data/etc/{name}" for name in settings} <= set(wheel)
    assert not [name for name in wheel if name.endswith(".ipynb") and "skeleton" not in name]


def test_course_tells_its_version(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])
    assert (ended.value.code, capsys.readouterr().out) == (
        0,
        f"No Limits? {courseware.__version__}\n",
    )


# --- One version, one licence, one tidy top level ------------------------------------------


CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
ZENODO, TABLES = (
    json.loads((ROOT / name).read_text(encoding="utf-8"))
    for name in (".zenodo.json", "data/datapackage.json")
)


def versions():
    """Return the version by each place that gives one."""
    found = {"pyproject.toml": PYPROJECT["project"]["version"], "CITATION.cff": CITATION["version"]}
    found |= {".zenodo.json": ZENODO["version"], "data/datapackage.json": TABLES["version"]}
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    found["CHANGELOG.md"] = re.search(r"^## (\d\S*)", changes, re.MULTILINE)[1]
    for path in sorted((ROOT / "exercises").glob("*/*.ipynb")):
        release = json.loads(path.read_text(encoding="utf-8"))["metadata"]["course_release"]
        found[f"exercises: course release {path.stem}"] = release["version"]
    return found


def test_version_is_the_same_everywhere():
    assert len(versions()) > 10
    wrong = {place: said for place, said in versions().items() if said != courseware.__version__}
    assert wrong == {}, "courseware/__init__.py gives another"


def test_what_archives_read_says_the_same():
    """Zenodo reads .zenodo.json and then leaves CITATION.cff alone; GitHub reads that one."""
    keywords = [said["keywords"] for said in (CITATION, ZENODO, PYPROJECT["project"])]
    assert all(said == keywords[0] for said in keywords)
    assert CITATION["title"] == ZENODO["title"]
    assert ZENODO["description"].startswith(f"<p>{CITATION['abstract']}</p>")


def authors():
    """Return the names of the authors by each place that gives them."""
    people = {
        "CITATION.cff": [
            each.get("name") or f"{each['given-names']} {each['family-names']}"
            for each in CITATION["authors"]
        ],
        ".zenodo.json": [" ".join(each["name"].split(", ")[::-1]) for each in ZENODO["creators"]],
        "data/datapackage.json": [each["title"] for each in TABLES["contributors"]],
    }
    paper = (ROOT / "paper" / "paper.md").read_text(encoding="utf-8").split("---")[1]
    people["paper/paper.md"] = [each["name"] for each in yaml.safe_load(paper)["authors"]]
    found = {place: ", ".join(names) for place, names in people.items()} | {"site": conf.author}
    for name in ("LICENSE", "LICENSE-CONTENT"):
        text = (ROOT / name).read_text(encoding="utf-8")
        found[name] = re.search(r"Copyright \(c\) \d+, (.+?)(, and are licensed.*)?\n", text)[1]
    return found


def test_authors_and_addresses_are_the_same_everywhere():
    assert {*authors().values()} == {authors()["CITATION.cff"]}, authors()
    assert CITATION.get("url", "") == conf.html_baseurl
    assert CITATION.get("doi") == TABLES.get("doi")


def test_licences_are_the_ones_declared():
    declared = CITATION["license"]
    assert PYPROJECT["project"]["license"] == " AND ".join(declared)
    # One text: a list is refused by Zenodo, which then archives nothing. The text of the course
    # is what a lesson is; what holds for code and tables is said in the description.
    assert ZENODO["license"] == "cc-by-4.0"
    assert all(f"{name}:" in ZENODO["description"] for name in ("Text and figures", "Code"))
    assert ZENODO["upload_type"] == "lesson"
    assert "BSD 3-Clause" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    content = (ROOT / "LICENSE-CONTENT").read_text(encoding="utf-8")
    assert "Section 8 -- Interpretation." in content


def test_nothing_else_stands_at_the_top_level():
    stored = git("ls-files", "-z").decode().rstrip("\0").split("\0")
    found = {name.split("/")[0] for name in stored}
    assert {name for name in found if not name.startswith(".")} == TOP_LEVEL


def test_setup_files_name_no_package_registry():
    hosts = re.compile(
        r"pypi\.org|pythonhosted|anaconda\.(org|com)|registry\.(npmjs|yarnpkg)|index-url", re.I
    )
    names = ["start.py", "Makefile", ".ci/run", *(f".github/workflows/{name}" for name in FLOWS)]
    names += ["pyproject.toml", "environment.yml", "README.md", "CONTRIBUTING.md"]
    for name in names:
        assert not hosts.search((ROOT / name).read_text(encoding="utf-8")), name


def workflow(name):
    return yaml.safe_load((ROOT / ".github/workflows" / name).read_text(encoding="utf-8"))


def commands(job):
    return [step.get("run", "") for step in job["steps"]]


@pytest.mark.parametrize("name", FLOWS)
def test_a_workflow_pins_its_actions_and_names_files_that_are_there(name):
    steps = [step for job in workflow(name)["jobs"].values() for step in job["steps"]]
    uses = [step["uses"] for step in steps if "uses" in step]
    assert uses
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@v\d+", action) for action in uses), uses
    words = " ".join(step.get("run", "") for step in steps)
    named = re.findall(r"(?:tests|coursestaff)/[\w./-]+\.(?:py|lock)|start\.py|\.ci/run", words)
    assert [file for file in named if not (ROOT / file).is_file()] == []


def test_ci_tries_other_systems_the_oldest_and_the_newest_python_and_conda():
    jobs = workflow("ci.yml")["jobs"]
    rows = jobs["elsewhere"]["strategy"]["matrix"]["include"]
    tried = {(row["os"], row["python"]) for row in rows}
    assert {row[0] for row in tried} == {"ubuntu-latest", "windows-latest", "macos-latest"}
    assert {("ubuntu-latest", start.TRIED[place]) for place in (0, -1)} <= tried
    assert "bash .ci/run" in commands(jobs["linux"])
    assert "conda env create -f environment.yml" in commands(jobs["conda"])


def test_every_lock_is_audited_and_a_hole_fails_no_build():
    (audit,) = [
        words for words in commands(workflow("audit.yml")["jobs"]["report"]) if "##" in words
    ]
    assert all(f" {lock}" in audit.splitlines()[0].replace(";", "") for lock in (*LOCKS, LITE))
    assert re.search(r"^ *pip-audit .*--require-hashes --disable-pip .*\|\| true$", audit, re.M)


# --- What importing costs ------------------------------------------------------------------


def python(code):
    """Run code in a fresh Python with warnings as errors; return what it printed."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_courseware_loads_no_heavy_library():
    loaded = json.loads(
        python("import courseware, json, sys; print(json.dumps(sorted(sys.modules)))")
    )
    heavy = {"pandas", "matplotlib", "numpy", "geopandas", "IPython", "ipywidgets", "networkx"}
    assert not heavy & set(loaded)


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
for module in pkgutil.walk_packages(courseware.__path__, "courseware."):
    if not module.name.endswith("__main__"):
        import_module(module.name)
assert not opened, opened
"""


def test_importing_any_module_opens_no_table():
    python(IMPORT_ALL)


# --- JupyterLab's settings -----------------------------------------------------------------


#: Every place where a JupyterLab and its extensions say which keys they take.
SCHEMAS = ("lab/schemas/**/*.json", "labextensions/**/schemas/**/*.json")
SETTINGS = "default_setting_overrides.json"
SHORTCUTS = "@jupyterlab/shortcuts-extension:shortcuts"


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
    text = (ROOT / "courseware/lab/students/labconfig" / SETTINGS).read_text(encoding="utf-8")
    ((plugin, settings),) = json.loads(text).items()
    (off,) = settings.values()
    assert plugin == SHORTCUTS and list(settings) == ["shortcuts"]
    assert all(entry["disabled"] is True for entry in off)
    listed = {(*e["keys"], e["selector"], e["command"]): e.get("args", {}) for e in off}
    assert listed == letters() and len(listed) == len(off) > 20


def test_a_student_s_copy_brings_lab_s_settings():
    travels = {name for name in bundle._files(ROOT, ["00"]) if name.startswith("courseware/lab/")}
    desks = {f"courseware/lab/{desk}.json" for desk in ("reading", "projecting")}
    students = {
        *("custom/custom.css", "jupyter_server_config.py", "labconfig/page_config.json"),
        "labconfig/default_setting_overrides.json",
    }
    assert travels == desks | {f"courseware/lab/students/{name}" for name in students}
