"""The house stands: set-up, locks, versions, start.py, and what importing costs."""

import ast
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import webbrowser
import zipfile
from functools import cache
from importlib.metadata import entry_points, packages_distributions
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import courseware
from coursestaff import cli
from tests.notebooks import ROOT, git

#: Each holds all that those before it hold: a student's desk, a hub, teaching and developing.
LOCKS = DESK, HUB, DEVELOPMENT = (
    "requirements.lock",
    "coursestaff/hub/requirements.lock",
    "requirements-dev.lock",
)
#: What `start.py lite` builds with, which no environment gets.
LITE = "coursestaff/publishing/lite/requirements.lock"
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

#: What DESIGN lists; dot-files come on top.
TOP_LEVEL = {
    *("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "CITATION.cff", "LICENSE", "LICENSE-CONTENT"),
    *("start.py", "Makefile", "environment.yml", "pyproject.toml", "nbgrader_config.py"),
    *(DESK, DEVELOPMENT),
    *("notebooks", "data", "exercises", "solutions"),
    *("courseware", "coursestaff", "tests", "benchmarks"),
    # and what is allowed, but need not be there yet
    *("CODE_OF_CONDUCT.md", "SECURITY.md", "codemeta.json", "paper", "binder"),
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
    known = {"__main__", "courseware", "coursestaff", "benchmarks", "tests"}
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
APART = ("coursestaff/cluster", "coursestaff/canvas")


@pytest.mark.parametrize(
    ("folder", "beside", "extras"),
    [
        ("courseware", [], []),
        *((f"coursestaff/{room}", [], ["grade"]) for room in GRADING),
        ("coursestaff/cluster", [], ["grade", "cluster"]),
        ("coursestaff/canvas", [], ["grade", "canvas"]),
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


#: Every system that the tests run on has these; `course` is our own.
EVERYWHERE = {"sh", "sleep", "course"}


def started(source):
    """Yield the programs that a test looks for, or starts, by name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            first, how = node.args[0], node.func.attr
            if how in ("run", "Popen", "check_output") and isinstance(first, ast.List):
                first = first.elts[0] if first.elts else None
            elif how != "which":
                continue
            if isinstance(first, ast.Constant):
                yield first.value


def test_programs_that_tests_start_come_with_the_lock_or_contributing_names_them():
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py")]
    programs = {program for source in sources for program in started(source)}
    assert {"git", "openssl", "chromium"} <= programs
    locked = {canonicalize_name(pin.name) for pin in pins(DEVELOPMENT)}
    brought = {
        script.name
        for script in entry_points(group="console_scripts")
        if canonicalize_name(script.dist.name) in locked
    }
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (sentence,) = re.findall(r"The tests also start these programs: ([^.]*)", contributing)
    named = set(re.findall(r"[\w-]+", sentence))
    assert programs - brought - EVERYWHERE - named == set()


@pytest.mark.parametrize("lock", [*LOCKS, LITE])
def test_lock_pins_every_direct_dependency_within_its_bounds(lock):
    for machine in MACHINES:
        pinned = pinned_on(lock, machine)
        for name, bounds in direct(lock).items():
            assert name in pinned, f"{lock} lacks {name} on {machine}: run `make lock`"
            assert Requirement(name + bounds).specifier.contains(pinned[name]), (name, pinned[name])


@pytest.mark.parametrize("lock", [*LOCKS, LITE])
def test_every_line_of_a_lock_is_one_version_with_hashes(lock):
    for line, pin in zip(lock_lines(lock), pins(lock), strict=True):
        assert re.fullmatch(r"==[0-9][^,*]*", str(pin.specifier)), line
        assert re.search(r" --hash=sha256:[0-9a-f]{64}\b", line), line
        assert pin.url is None


@pytest.mark.parametrize("lock", [*LOCKS, LITE])
def test_lock_names_no_address_to_fetch_from(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*(-i|-f|--[a-z-]*(index|links|host)[a-z-]*)\b", text, re.MULTILINE)


def test_each_lock_holds_the_smaller_ones(start):
    assert tuple(start.LOCKS) == LOCKS
    for machine in MACHINES:
        for smaller, larger in pairwise(LOCKS):
            lacks = pinned_on(smaller, machine).items() - pinned_on(larger, machine).items()
            assert lacks == set(), (larger, machine)


def test_the_browser_has_the_versions_of_a_desk_and_no_desk_has_its_tools(start):
    assert start.LITE == LITE
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
        described = next(name for name in archive.namelist() if name.endswith("/METADATA"))
        return archive.namelist(), archive.read(described).decode()


def test_the_wheel_takes_no_name_but_its_own_two(wheel):
    names, _ = wheel
    stem = f"no_limits-{courseware.__version__}"
    own = {"courseware", "coursestaff", f"{stem}.dist-info", f"{stem}.data"}
    assert {name.split("/")[0] for name in names} == own
    tables = {Path(table["path"]).name for table in TABLES["resources"]}
    assert {f"courseware/_data/{table}" for table in tables} <= set(names)
    settings = {"ipython/ipython_config.py", "jupyter/labconfig/default_setting_overrides.json"}
    assert {f"{stem}.data/data/etc/{name}" for name in settings} <= set(names)
    assert not [name for name in names if name.endswith(".ipynb") and "skeleton" not in name]


def test_the_wheel_says_what_it_gives_and_what_not(wheel):
    _, told = wheel
    for words in ("`courseware`", "`coursestaff`", "`course`", "does not give", "start.py lab"):
        assert words in told.split("\n\n", 1)[1], words


def test_course_tells_its_version(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])
    assert (ended.value.code, capsys.readouterr().out) == (
        0,
        f"No Limits? {courseware.__version__}\n",
    )


# --- One version, one licence, one tidy top level ------------------------------------------


CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
ZENODO, CODEMETA, TABLES = (
    json.loads((ROOT / name).read_text(encoding="utf-8"))
    for name in (".zenodo.json", "codemeta.json", "data/datapackage.json")
)


def versions():
    """Return the version by each place that gives one."""
    found = {"pyproject.toml": PYPROJECT["project"]["version"], "CITATION.cff": CITATION["version"]}
    found |= {".zenodo.json": ZENODO["version"], "codemeta.json": CODEMETA["version"]}
    found |= {"data/datapackage.json": TABLES["version"]}
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    found["CHANGELOG.md"] = re.search(r"^## (\S+)", changes, re.MULTILINE)[1]
    for path in sorted((ROOT / "exercises").glob("*/*.ipynb")):
        release = json.loads(path.read_text(encoding="utf-8"))["metadata"]["course_release"]
        found[f"exercises: course release {path.stem}"] = release["version"]
    return found


def test_version_is_the_same_everywhere():
    assert len(versions()) > 10
    wrong = {place: said for place, said in versions().items() if said != courseware.__version__}
    assert wrong == {}, "courseware/__init__.py gives another"


def test_what_archives_read_says_the_same():
    """Zenodo reads .zenodo.json and then leaves CITATION.cff alone; GitHub reads that one.

    Whom they name as authors: tests/test_owner.py.
    """
    keywords = [said["keywords"] for said in (CITATION, ZENODO, CODEMETA, PYPROJECT["project"])]
    assert all(said == keywords[0] for said in keywords)
    assert CITATION["title"] == ZENODO["title"] == CODEMETA["name"]
    abstract = CITATION["abstract"]
    assert CODEMETA["description"] == abstract
    assert ZENODO["description"].startswith(f"<p>{abstract}</p>")


def test_licences_are_the_ones_declared():
    declared = CITATION["license"]
    assert PYPROJECT["project"]["license"] == " AND ".join(declared)
    assert [address.rsplit("/", 1)[1] for address in CODEMETA["license"]] == declared
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
    assert {name for name in found if not name.startswith(".")} <= TOP_LEVEL


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
def test_actions_are_pinned_by_major_version(name):
    steps = [step for job in workflow(name)["jobs"].values() for step in job["steps"]]
    uses = [step["uses"] for step in steps if "uses" in step]
    assert uses
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@v\d+", action) for action in uses), uses


def test_ci_runs_everything_where_grading_can_isolate():
    job = workflow("ci.yml")["jobs"]["linux"]
    assert "bash .ci/run" in commands(job)
    for option in ("seccomp=unconfined", "apparmor=unconfined", "--cap-add SYS_ADMIN"):
        assert option in job["container"]["options"]


def test_ci_tries_other_systems_the_oldest_and_the_newest_python_and_conda(start):
    jobs = workflow("ci.yml")["jobs"]
    rows = jobs["elsewhere"]["strategy"]["matrix"]["include"]
    tried = {(row["os"], row["python"]) for row in rows}
    assert {row[0] for row in tried} == {"ubuntu-latest", "windows-latest", "macos-latest"}
    assert {("ubuntu-latest", start.TRIED[place]) for place in (0, -1)} <= tried
    named = re.findall(r"tests/\w+\.py", " ".join(commands(jobs["elsewhere"])))
    assert all((ROOT / file).is_file() for file in named)
    assert len(named) >= 5
    assert "conda env create -f environment.yml" in commands(jobs["conda"])


def test_the_site_is_published_when_ci_has_succeeded_or_on_demand():
    flow = workflow("site.yml")
    when = flow[True]  # "on" is a truth value in YAML
    assert set(when) == {"workflow_run", "workflow_dispatch"}
    assert when["workflow_run"]["workflows"] == [workflow("ci.yml")["name"]]
    assert when["workflow_run"]["branches"] == ["main"]
    assert "conclusion == 'success'" in flow["jobs"]["build"]["if"]


def test_the_browser_version_is_published_where_every_chapter_has_run_in_one():
    steps = workflow("site.yml")["jobs"]["build"]["steps"]
    (tried,) = [step for step in steps if step.get("id") == "lite"]
    (copied,) = [step for step in steps if "build/lite " in step.get("run", "")]
    assert "PYODIDE=online REQUIRE_BROWSER=1" in tried["run"]
    assert (ROOT / tried["run"].split()[5]).is_file()
    assert copied["if"] == "steps.lite.outcome == 'success'"
    assert steps.index(tried) < steps.index(copied) < len(steps) - 1


@pytest.mark.parametrize("name", ["addresses.yml", "audit.yml"])
def test_what_is_looked_at_weekly_is_reported_as_a_file(name):
    flow = workflow(name)
    assert set(flow[True]) == {"schedule", "workflow_dispatch"}
    (times,) = flow[True]["schedule"]
    _, _, day_of_month, month, weekday = times["cron"].split()
    assert (day_of_month, month) == ("*", "*")
    assert weekday.isdigit()
    *_, kept = flow["jobs"]["report"]["steps"]
    assert kept["with"]["path"] == f"{flow['name']}.md"


def test_every_lock_is_audited_and_a_hole_fails_no_build():
    (audit,) = [
        words for words in commands(workflow("audit.yml")["jobs"]["report"]) if "##" in words
    ]
    assert all(f" {lock}" in audit.splitlines()[0].replace(";", "") for lock in (*LOCKS, LITE))
    assert re.search(r"^ *pip-audit .*--require-hashes --disable-pip .*\|\| true$", audit, re.M)


def test_addresses_are_looked_at_and_fail_no_build():
    flow = workflow("addresses.yml")
    (look,) = [step for step in flow["jobs"]["report"]["steps"] if "lychee" in step.get("uses", "")]
    assert look["with"]["fail"] is False
    paths = [word for word in look["with"]["args"].split() if "/" in word or word.endswith(".md")]
    assert len(paths) >= 7
    assert all(list(ROOT.glob(path)) for path in paths), paths


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


# --- start.py ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def start():
    spec = importlib.util.spec_from_file_location("start", ROOT / "start.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_start_can_be_read_by_an_old_python_on_any_console():
    source = (ROOT / "start.py").read_text(encoding="utf-8")
    assert source.isascii()
    tree = ast.parse(source, feature_version=(3, 6))
    imported = {
        alias.name if isinstance(node, ast.Import) else node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert {name.split(".")[0] for name in imported} <= sys.stdlib_module_names


@pytest.mark.parametrize(
    ("installed", "chosen"),
    [
        ({"me": ("3.12.1", True), "python3.14": ("3.14.0", True)}, ["me"]),
        ({"me": ("3.9.6", True), "python3.13": ("3.13.2", True)}, ["python3.13"]),
        ({"me": ("3.11.2", False), "python3.12": ("3.12.1", True)}, ["python3.12"]),
        ({"me": ("3.8.1", True), "py -3.11": ("3.11.0", True)}, ["py", "-3.11"]),
    ],
    ids=["the one in use", "one on PATH", "one that can make environments", "Windows' launcher"],
)
def test_find_python_takes_the_first_that_will_do(start, installed, chosen):
    commands = start.candidates("win32", "me")
    ask = lambda command: installed.get(" ".join(command))  # noqa: E731
    assert start.find_python(commands, "win32", ask) == chosen


def test_only_windows_is_asked_for_its_launcher(start):
    assert not any(command[0] == "py" for command in start.candidates("linux", "me"))


@pytest.mark.parametrize(
    ("platform", "answer", "words"),
    [
        ("darwin", ("3.9.6", True), ["3.11 or newer", "3.9.6", "installer", "new terminal"]),
        ("linux", None, ["3.11 or newer", "sudo apt install python3 python3-venv"]),
        ("linux", ("3.12.3", False), ["3.12.3", "sudo apt install python3-venv"]),
        ("win32", None, ["Microsoft Store", "new terminal"]),
    ],
    ids=["old macOS", "bare Linux", "Debian without venv", "bare Windows"],
)
def test_without_a_python_it_says_what_to_install(start, platform, answer, words):
    with pytest.raises(start.SetUpError) as caught:
        start.find_python([["python3"]], platform, lambda command: answer)
    assert all(word in str(caught.value) for word in words), caught.value


def test_probe_knows_this_python_and_survives_what_is_none(start, tmp_path):
    version, _ = start.probe([sys.executable])
    assert start.short(version) == sys.version_info[:2]
    assert start.probe([str(tmp_path / "vanished")]) is None
    assert start.probe([sys.executable, "-c", "print('no version')"]) is None
    assert start.probe([sys.executable, "-c", "raise SystemExit(127)"]) is None


@pytest.fixture
def course(start, tmp_path, monkeypatch):
    """Make a course folder with nothing in it but what the stamp depends on."""
    (tmp_path / ".venv").mkdir()
    (tmp_path / HUB).parent.mkdir(parents=True)
    for name in LOCKS:
        (tmp_path / name).write_text(f"{name}, first edition", encoding="utf-8")
    monkeypatch.setattr(start, "ROOT", tmp_path)
    monkeypatch.setattr(start, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(start, "STAMP", tmp_path / ".venv" / "stamp.json")
    return tmp_path


def test_nothing_is_done_when_nothing_changed(start, course):
    stamp = start.wanted("requirements.lock", "3.11.7")
    goal = start.wanted("requirements.lock", "3.11.7")
    assert start.next_step(stamp, goal, "3.11.7") == "nothing"


@pytest.mark.parametrize(
    ("changed", "step"),
    [("requirements.lock", "install"), ("pyproject.toml", "nothing"), (HUB, "nothing")],
)
def test_only_what_changed_is_done_again(start, course, changed, step):
    stamp = start.wanted("requirements.lock", "3.11.7")
    (course / changed).write_text("second edition", encoding="utf-8")
    goal = start.wanted("requirements.lock", "3.11.7")
    assert start.next_step(stamp, goal, "3.11.7") == step


def test_a_students_copy_is_only_opened(start, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(start, "ROOT", tmp_path)
    done = []
    monkeypatch.setattr(start, "set_up", done.append)
    for command in set(start.COMMANDS) - {"lab"}:
        assert start.main([command]) == 1
        told = capsys.readouterr().err
        assert (
            told.startswith("This is a student's copy") and "only the command `lab` works" in told
        )
    assert done == []


@pytest.mark.parametrize(
    ("before", "now", "step"),
    [
        ("3.11.7", None, "rebuild"),
        ("3.11.7", "3.13.0", "rebuild"),
        ("3.11.7", "3.11.9", "install"),
    ],
    ids=["vanished", "another", "updated in place"],
)
def test_python_of_the_environment_changed(start, course, before, now, step):
    stamp = start.wanted("requirements.lock", before)
    goal = start.wanted("requirements.lock", now)
    assert start.next_step(stamp, goal, now) == step


@pytest.mark.parametrize(("smaller", "larger"), [*pairwise(LOCKS)])
def test_a_larger_set_up_serves_for_a_smaller_one_but_not_the_reverse(
    start, course, smaller, larger
):
    stamp = start.wanted(larger, "3.11.7")
    assert start.choose_lock(stamp, smaller) == larger
    stamp = start.wanted(smaller, "3.11.7")
    assert start.choose_lock(stamp, larger) == larger
    assert start.next_step(stamp, start.wanted(larger, "3.11.7"), "3.11.7") == "install"
    assert start.choose_lock(None, smaller) == smaller


BROKEN = ("", "{", "[]", "null", '{"lock": "requirements.lock"}', '{"lock": "unknown"}')


@pytest.mark.parametrize("text", [None, *BROKEN])
def test_an_interrupted_set_up_leaves_no_valid_stamp(start, course, text):
    if text is not None:
        start.STAMP.write_text(text, encoding="utf-8")
    assert start.read_stamp() is None
    goal = start.wanted("requirements.lock", "3.11.7")
    assert start.next_step(None, goal, "3.11.7") == "rebuild"


def test_stamp_is_read_as_it_was_written(start, course):
    stamp = start.wanted("requirements.lock", "3.11.7")
    start.write_stamp(stamp)
    assert start.read_stamp() == stamp


@pytest.fixture
def rehearsal(start, course, monkeypatch):
    """Replace venv and pip by a list of what ``set_up`` asks of them."""
    asked = []
    monkeypatch.setattr(start, "probe", lambda command: ("3.11.7", True))
    monkeypatch.setattr(start, "make_venv", lambda: asked.append("venv"))
    monkeypatch.setattr(start, "pip_install", lambda what, message: asked.append(what[-1]))
    monkeypatch.setattr(start, "link", lambda python: asked.append("link"))
    return asked


def test_set_up_does_it_all_once_and_then_nothing(start, rehearsal):
    start.set_up("requirements.lock")
    assert rehearsal == ["venv", "requirements.lock", "link"]
    start.set_up("requirements.lock")
    assert rehearsal == ["venv", "requirements.lock", "link", "link"], (
        "it looks, and writes nothing"
    )


def test_after_a_failed_update_the_earlier_set_up_stands(start, rehearsal, course, monkeypatch):
    start.set_up("requirements.lock")
    before = start.read_stamp()
    (course / "requirements.lock").write_text("second edition", encoding="utf-8")

    def fail(what, message):
        assert start.read_stamp() is None, "while packages change there must be no stamp"
        raise start.SetUpError("no network")

    monkeypatch.setattr(start, "pip_install", fail)
    with pytest.raises(start.SetUpError):
        start.set_up("requirements.lock")
    assert start.read_stamp() == before


def test_after_an_interrupted_update_the_next_start_rebuilds(start, rehearsal, course, monkeypatch):
    start.set_up("requirements.lock")
    (course / "requirements.lock").write_text("second edition", encoding="utf-8")

    def interrupt(what, message):
        raise KeyboardInterrupt

    monkeypatch.setattr(start, "pip_install", interrupt)
    with pytest.raises(KeyboardInterrupt):
        start.set_up("requirements.lock")
    assert start.read_stamp() is None


@pytest.fixture
def linked(start, tmp_path, monkeypatch):
    """Link a small course into an empty environment; return the folder and what runs in it."""
    folder = tmp_path / "ein Kurs"
    for package in ("courseware", "coursestaff"):
        (folder / package).mkdir(parents=True)
        (folder / package / "__init__.py").touch()
    (folder / "coursestaff" / "cli.py").write_text(
        "import sys, courseware; print(courseware.__file__, *sys.argv[1:])", encoding="utf-8"
    )
    shutil.copytree(ROOT / "courseware" / "etc", folder / "courseware" / "etc")
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", folder / ".venv"], check=True, cwd=tmp_path
    )
    monkeypatch.setattr(start, "ROOT", folder)
    monkeypatch.setattr(start, "VENV", folder / ".venv")
    start.link(start.venv_python())
    return folder


def typed(folder, *words):
    """Return what `course`, typed outside of the folder, prints."""
    inside = "Scripts" if os.name == "nt" else "bin"
    command = shutil.which("course", path=str(folder / ".venv" / inside))
    done = subprocess.run(
        [command, *words], cwd=folder.parent, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_the_course_is_linked_into_its_environment_with_its_command(linked):
    (linked.parent / "courseware.py").write_text("raise SystemExit('not this one')")
    assert (
        typed(linked, "grade", "two words")
        == f"{linked / 'courseware/__init__.py'} grade two words"
    )
    assert (linked / ".venv/etc/ipython/ipython_config.py").is_file()


def test_a_moved_course_imports_itself(linked):
    moved = linked.rename(linked.with_name("moved"))
    assert typed(moved) == str(moved / "courseware" / "__init__.py")


def test_a_course_that_is_linked_opens_where_nothing_can_be_written(start, linked, monkeypatch):
    monkeypatch.setattr(Path, "write_text", lambda *_, **__: pytest.fail("written again"))
    start.link(start.venv_python())


@pytest.mark.parametrize(
    ("output", "words"),
    [
        (
            "WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError(",
            "Connect it, and run the same command",
        ),
        (
            "HTTPSConnectionPool(host='example.org', port=443): Read timed out.",
            "Connect it, and run the same command",
        ),
        ("[Errno -3] Temporary failure in name resolution", "Connect it, and run the same command"),
        ("after connection broken by 'ProxyError('Cannot connect to proxy.'", "HTTPS_PROXY"),
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("ERROR: something nobody foresaw", "something nobody foresaw"),
    ],
)
def test_failures_are_explained_in_plain_words(start, output, words):
    assert words in start.failure_advice(output)


def test_run_logged_handles_spaces_and_keeps_the_output(start, tmp_path, capsys):
    log = tmp_path / "with a space.log"
    code, output = start.run_logged(
        [sys.executable, "-c", "print('done'); raise SystemExit(3)"], "Working.", log
    )
    assert (code, output.strip()) == (3, "done")
    assert capsys.readouterr().out == "Working.\n"


def test_lab_opens_the_first_chapter_of_this_folder(start):
    plain = start.lab_arguments([], start.last_page(None), browser=True, superuser=False)
    assert plain[:2] == ["-m", "jupyterlab"]
    assert f"--ServerApp.root_dir={ROOT}" in plain
    assert "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb" in plain
    assert not {"--no-browser", "--allow-root"} & set(plain)


def test_lab_without_browser_as_root_with_extra_words(start):
    extra = ["--no-browser", "--port", "8899"]
    words = start.lab_arguments(extra, "notebooks/a b.ipynb", browser=False, superuser=True)
    assert "--LabApp.default_url=/lab/tree/notebooks/a%20b.ipynb" in words
    assert words.count("--no-browser") == words.count("--allow-root") == 1
    assert words[-2:] == ["--port", "8899"]


@pytest.mark.parametrize(
    ("current", "opened", "comes"),
    [
        ("notebook:notebooks/03 own.ipynb", ["notebooks/02.ipynb"], "notebooks/03 own.ipynb"),
        ("notebook:notebooks/gone.ipynb", ["notebooks/02.ipynb"], "notebooks/02.ipynb"),
        ("csvtable:data/trade.csv", ["notebooks/gone.ipynb", "notebooks/02.ipynb"], None),
        (None, ["notebooks/02.ipynb"], "notebooks/02.ipynb"),
        (None, [], "notebooks/00_start_here.ipynb"),
    ],
    ids=["in front", "deleted since", "a table in front", "all tabs shut", "never used"],
)
def test_lab_opens_where_one_was(start, course, current, opened, comes):
    start.lab_environment({}, "reading")
    workspaces = course / ".lab" / "reading" / "workspaces"
    assert start.last_page(workspaces) == "notebooks/00_start_here.ipynb"
    (course / "notebooks").mkdir()
    for name in ("02", "03 own"):
        (course / "notebooks" / f"{name}.ipynb").write_text("{}", encoding="utf-8")
    recent = [{"path": path, "contentType": "notebook"} for path in opened]
    layout = {"main": {"dock": None, "current": current}}
    noted = {"layout-restorer:data": layout, "docmanager:recents": {"opened": recent}}
    (workspaces / start.WORKSPACE).write_text(json.dumps({"data": noted}), encoding="utf-8")
    assert start.last_page(workspaces) == (comes or "notebooks/02.ipynb")


@pytest.mark.parametrize("content", [None, b"{half", b"\xff", b"[]", b'{"data": {}}'])
def test_lab_opens_the_first_chapter_where_nothing_tells_where_one_was(start, tmp_path, content):
    if content is not None:
        (tmp_path / start.WORKSPACE).write_bytes(content)
    assert start.last_page(tmp_path) == start.FIRST_CHAPTER


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


def test_lab_s_settings_are_copied_once_and_stay_the_reader_s(start, course):
    themes = "settings/@jupyterlab/apputils-extension/themes.jupyterlab-settings"
    own = course / ".lab" / "reading" / themes
    added = start.lab_environment({"HOME": "h"}, "reading")
    assert json.loads(own.read_text(encoding="utf-8"))["overrides"]["content-font-size1"] == "16px"
    assert added["JUPYTERLAB_SETTINGS_DIR"] == str(course / ".lab" / "reading" / "settings")
    assert (
        course / ".lab" / "reading" / "workspaces" / "default-37a8.jupyterlab-workspace"
    ).exists()
    own.write_text("mine", encoding="utf-8")
    assert start.lab_environment({"HOME": "h"}, "reading") == added
    assert own.read_text(encoding="utf-8") == "mine"
    assert start.lab_environment({}, "projecting") != start.lab_environment({}, "reading")


def test_no_list_is_kept_of_the_cells_that_were_run(start, course, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    added = start.lab_environment({**os.environ, "HOME": str(home)}, "reading")
    cells = [new_code_cell("answer = 'WORDS'"), new_code_cell("answer")]
    NotebookClient(new_notebook(cells=cells), timeout=60).execute(env=added)
    assert [cell.execution_count for cell in cells] == [1, 2], "they are counted all the same"
    files = [path for place in (home, course) for path in place.rglob("*") if path.is_file()]
    assert [path for path in files if b"WORDS" in path.read_bytes()] == []


def test_lab_s_settings_give_way_to_somebody_s_own(start, course):
    own = {"JUPYTERLAB_SETTINGS_DIR": "here", "JUPYTER_CONFIG_PATH": "mine"}
    added = start.lab_environment(own, "reading")
    assert added["JUPYTERLAB_SETTINGS_DIR"] == "here"
    first, second = added["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    assert first == "mine"  # the first one wins
    config = json.loads((Path(second) / "labconfig" / "page_config.json").read_text("utf-8"))
    assert all(config["disabledExtensions"].values())
    assert "@jupyter/nbgrader:validate-assignment" not in config["disabledExtensions"]


def test_a_student_s_copy_brings_lab_s_settings(start):
    from coursestaff.releasing import bundle

    travels = {name for name in bundle._files(ROOT, ["00"]) if name.startswith("courseware/lab/")}
    desks = {f"courseware/lab/{desk}.json" for desk in ("reading", "projecting")}
    students = {
        *("custom/custom.css", "jupyter_server_config.py", "labconfig/page_config.json"),
        "labconfig/default_setting_overrides.json",
    }
    assert travels == desks | {f"courseware/lab/students/{name}" for name in students}


def test_lab_opens_where_nothing_can_be_written(start, course):
    (course / ".lab").write_text("a file in the way", encoding="utf-8")
    assert set(start.lab_environment({}, "reading")) == {"JUPYTER_CONFIG_PATH"}


@pytest.mark.parametrize("content", [None, b"{half", b"\xff"])
def test_lab_opens_where_its_settings_cannot_be_read(start, course, monkeypatch, content):
    monkeypatch.setattr(start, "DESKS", course)
    if content is not None:
        (course / "reading.json").write_bytes(content)
    assert start.furnish("reading") is None


@pytest.mark.parametrize(("extra", "desk"), [([], "reading"), (["--project"], "projecting")])
def test_project_is_our_own_word_and_not_jupyterlab_s(start, course, monkeypatch, extra, desk):
    class BecomesLab(Exception):  # noqa: N818 (it is no error)
        pass

    def execve(*call):
        raise BecomesLab(*call)

    monkeypatch.setattr(start.os, "chdir", lambda folder: None)
    monkeypatch.setattr(start.os, "execve", execve, raising=False)
    monkeypatch.setattr(start.os, "name", "posix")
    with pytest.raises(BecomesLab) as called:
        start.lab([*extra, "--port", "8899"])
    _, words, environment = called.value.args
    assert words[-2:] == ["--port", "8899"] and "--project" not in words
    assert environment["JUPYTERLAB_SETTINGS_DIR"].endswith(f"{desk}{os.sep}settings")


def test_browser_is_looked_for(start):
    def none():
        raise webbrowser.Error("none")

    assert not start.has_browser("linux", {}, lambda: object())
    assert start.has_browser("linux", {"DISPLAY": ":0"}, lambda: object())
    assert start.has_browser("linux", {"WAYLAND_DISPLAY": "wayland-0"}, lambda: object())
    assert start.has_browser("darwin", {}, lambda: object())
    assert not start.has_browser("win32", {}, none)


@pytest.fixture
def ran(start, monkeypatch):
    """Replace what start.py runs: return its words, call by call, and a list of exit codes."""
    calls, codes = [], {}

    def run(*arguments):
        calls.append(" ".join(arguments[1:]))
        return next((code for words, code in codes.items() if calls[-1].startswith(words)), 0)

    monkeypatch.setattr(start, "run", run)
    return calls, codes


@pytest.mark.parametrize("command", ["test", "check"])
@pytest.mark.parametrize(("fails", "code"), [("", 0), ("ruff check", 1), ("pytest", 5)])
def test_style_is_checked_first_and_the_tests_run_all_the_same(start, ran, command, fails, code):
    calls, codes = ran
    codes.update({fails: code})
    assert getattr(start, command)([]) == code
    assert [call.split(" -")[0] for call in calls] == ["ruff check", "ruff format", "pytest"]


def test_check_leaves_out_what_is_slow_and_test_the_rest_which_follows_in_test_all(start, ran):
    calls, _ = ran
    start.check([])
    start.test_all([])
    quick, most, rest = (call for call in calls if call.startswith("pytest"))
    tests, _, marks = rest.partition(" -m ")
    assert (quick, most) == (f"{tests} -m not ({start.SLOW})", f"{tests} -m not ({marks})")
    known = [line.split(":")[0] for line in PYPROJECT["tool"]["pytest"]["ini_options"]["markers"]]
    assert {*start.SLOW.split(" or ")} == {*known} > {marks}


def test_the_rest_waits_until_what_is_proved_once_has_passed(start, ran):
    calls, codes = ran
    codes["pytest"] = 1
    assert start.test_all([]) == 1
    assert [call.split(" -")[0] for call in calls] == ["ruff check", "ruff format", "pytest"]


def test_named_tests_run_alone(start, ran):
    calls, _ = ran
    assert start.test(["tests/test_setup.py", "-k", "x"]) == 0
    assert calls == ["pytest tests/test_setup.py -k x"]


def test_unknown_command_shows_the_usage(start, capsys):
    assert start.main(["lap"]) == 2
    assert "python3 start.py lab" in capsys.readouterr().err
    assert start.main(["--help"]) == 0


def test_makefile_offers_every_command(start):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for command in start.COMMANDS:
        assert f"\n{command}:" in makefile
        assert f"start.py {command}" in makefile
