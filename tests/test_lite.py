"""The course in a browser with nothing installed: the lock, the contents and the page of its site.

What Pyodide's release itself does with them is tried in tests/browser/test_lite.py.
"""

import hashlib
import importlib.util
import json
import re
import subprocess
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

from coursestaff.publishing.lite import building, distribution
from coursestaff.publishing.lite.distribution import ADDED, COURSE, DistributionError
from courseware import __version__, manifest, views
from courseware.my_work import editions
from tests.notebooks import ROOT

PINNED = distribution.pinned()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = "coursestaff/publishing/lite/requirements.lock"
TABLES = {table["name"]: table for table in manifest.package()["resources"]}


def locked():
    """Return {package: version} of what the site's own lock pins."""
    lines = (ROOT / LOCK).read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w-]+)==(\S+) ", lines, re.MULTILINE))


@pytest.fixture
def own(tmp_path):
    """Files that are called as the wheels which a site has beside Pyodide's."""
    versions = locked()
    names = [f"{name}-{versions[name]}-py3-none-any.whl" for name in ADDED]
    names.append(f"no_limits-{__version__}-0_abcd-py3-none-any.whl")
    for name in names:
        (tmp_path / name).write_bytes(name.encode())
    return [tmp_path / name for name in names]


# --- The lock ------------------------------------------------------------------------------


def test_the_lock_of_a_site_has_whatever_a_kernel_loads(own):
    lock = distribution.lock(PINNED, "there/", own)
    packages = lock["packages"]
    loaded = distribution.closure(packages, distribution.at_start())
    assert {COURSE, "ipywidgets", "pandas", "numpy", "matplotlib"} <= set(loaded)
    assert set(packages) == set(distribution.closure(packages, [*loaded, *distribution.MAPS]))
    assert lock["info"] == PINNED["info"]


def test_the_packages_of_maps_are_loaded_by_maps_alone(own):
    packages = distribution.lock(PINNED, "", own)["packages"]
    assert not distribution.MAPS & set(distribution.closure(packages, distribution.at_start()))
    needed = distribution.closure(packages, ["geopandas"])
    assert set(needed) >= distribution.MAPS, "one import brings all three"
    assert "fiona" not in needed


def test_own_wheels_are_beside_the_lock_and_have_their_checksum(own):
    packages = distribution.lock(PINNED, "https://there/", own)["packages"]
    for wheel in own:
        name, version, *_ = parse_wheel_filename(wheel.name)
        entry = packages[name]
        assert (entry["file_name"], entry["version"]) == (wheel.name, str(version))
        assert entry["sha256"] == hashlib.sha256(wheel.name.encode()).hexdigest()
    assert packages["numpy"]["file_name"].startswith("https://there/numpy-")


def test_a_wheel_that_is_missing_is_named(own):
    without = [wheel for wheel in own if "mistune" not in wheel.name]
    with pytest.raises(DistributionError, match="'mistune'"):
        distribution.lock(PINNED, "", without)


def test_every_dependency_of_the_course_is_there_within_its_bounds():
    versions = {name: entry["version"] for name, entry in PINNED["packages"].items()} | locked()
    for line in PROJECT["dependencies"]:
        wanted = Requirement(line)
        name = canonicalize_name(wanted.name)
        if name not in distribution.ON_A_DESK:
            assert wanted.specifier.contains(versions[name]), (line, versions[name])


def test_every_pinned_package_is_one_wheel_with_its_checksum():
    for name, entry in PINNED["packages"].items():
        wheel, version, *_ = parse_wheel_filename(entry["file_name"])
        assert wheel == name == canonicalize_name(entry["name"])
        assert str(version) == entry["version"]
        assert re.fullmatch("[0-9a-f]{64}", entry["sha256"])


def test_pinning_a_release_keeps_what_is_needed_and_says_what_it_lacks(tmp_path, monkeypatch):
    monkeypatch.setattr(distribution, "PINNED", tmp_path / "pyodide.json")
    more = {"fiona": {"depends": []}, "opencv": {"depends": []}, "setuptools": {"depends": []}}
    official = json.loads(json.dumps({**PINNED, "packages": PINNED["packages"] | more}))
    official["packages"]["geopandas"]["depends"].append("fiona")
    file = tmp_path / "pyodide-lock.json"
    file.write_text(json.dumps(official), encoding="utf-8")
    assert distribution.main([str(file), PINNED["address"]]) == 0
    assert distribution.pinned()["packages"].keys() == PINNED["packages"].keys()
    assert distribution.pinned()["packages"]["pandas"] == PINNED["packages"]["pandas"]
    del official["packages"]["pandas"]
    file.write_text(json.dumps(official), encoding="utf-8")
    with pytest.raises(DistributionError, match="'pandas'"):
        distribution.main([str(file), PINNED["address"]])


def test_one_file_names_every_address():
    folder = Path(distribution.__file__).parent
    hosts = re.compile(r"https?://[\w-]+\.\w+[^\"\s]*")
    files = [*folder.glob("*"), ROOT / "start.py", ROOT / "Makefile"]
    texts = {file.name: file.read_text(encoding="utf-8") for file in files if file.is_file()}
    assert {name: hosts.findall(text) for name, text in texts.items() if hosts.search(text)} == {
        "pyodide.json": [PINNED["address"]]
    }


# --- A release that the site itself serves ---------------------------------------------------


@pytest.fixture
def release(tmp_path):
    """An unpacked release with two packages, and what is pinned of it."""
    for name in (*distribution.RUNTIME, "one-1-py3-none-any.whl", "unused-1-py3-none-any.whl"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    digest = hashlib.sha256(b"one-1-py3-none-any.whl").hexdigest()
    one = {"file_name": "one-1-py3-none-any.whl", "sha256": digest}
    return tmp_path, {"packages": {"one": one}}


def test_a_release_gives_what_is_pinned_and_no_more(release):
    folder, pinned = release
    served = {file.name for file in distribution.files(pinned, folder)}
    assert served == {*distribution.RUNTIME, "one-1-py3-none-any.whl"}


@pytest.mark.parametrize("name", ["one-1-py3-none-any.whl", "pyodide.asm.wasm"])
def test_a_release_that_lacks_a_file_is_refused(release, name):
    folder, pinned = release
    (folder / name).unlink()
    with pytest.raises(DistributionError, match=name):
        distribution.files(pinned, folder)


def test_a_wheel_of_another_checksum_is_refused(release):
    folder, pinned = release
    (folder / "one-1-py3-none-any.whl").write_text("other", encoding="utf-8")
    with pytest.raises(DistributionError, match="not the file that the course's lock file names"):
        distribution.files(pinned, folder)


# --- What a reader opens -------------------------------------------------------------------


@pytest.fixture(scope="module")
def contents(tmp_path_factory):
    folder = tmp_path_factory.mktemp("contents")
    handed_out = building.write_contents(folder)
    notebooks = sorted(folder.rglob("*.ipynb"))
    read = {file.relative_to(folder).as_posix(): read_json(file) for file in notebooks}
    assert handed_out == {name: editions.edition(notebook) for name, notebook in read.items()}
    return folder


def read_json(file):
    return json.loads(file.read_text(encoding="utf-8"))


def code(notebook):
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


def on_a_map(name):
    """Return whether a table, or a view of it, is one of shapes on a map."""
    return any(TABLES[base]["format"] == "geojson" for base in views.bases(name))


def draws(code):
    """Return whether code needs what maps need."""
    loaded = re.findall(r'data\.load\("(\w+)"\)', code)
    return bool(re.search(r"\bmaps\.", code)) or any(map(on_a_map, loaded))


@pytest.mark.parametrize("file", building.notebooks(), ids=lambda file: str(file.relative_to(ROOT)))
def test_a_notebook_is_as_on_a_desk_but_for_links_and_what_maps_need(contents, file):
    copy = contents / building.place(file)
    of_a_chapter = copy.is_relative_to(contents / "notebooks")
    assert code(copy).replace(building.MAP_PACKAGES, "") == code(file)
    before, *after = code(copy).split("import geopandas  #")
    assert len(after) == draws(code(file)) and not draws(before)
    notebook, own = read_json(copy), read_json(file)
    edition = notebook["metadata"].pop(editions.KEY, None)
    assert edition == (editions.edition(notebook) if of_a_chapter else None)
    assert notebook["metadata"] == own["metadata"]
    assert [cell["id"] for cell in notebook["cells"]] == [cell["id"] for cell in own["cells"]]
    assert of_a_chapter or copy.read_bytes() == file.read_bytes()
    for link in building.LINK.findall(json.dumps(notebook)):
        assert (copy.parent / link).is_file(), link


def test_no_two_notebooks_share_a_name(contents):
    """JupyterLite takes them for one: opening the second stops the first."""
    names = [file.name for file in contents.rglob("*.ipynb")]
    assert len(names) == len(set(names)) == len(building.notebooks())


def test_all_notebooks_are_there_with_the_tables_that_they_read_and_no_answers(contents):
    files = {
        file.relative_to(contents).as_posix() for file in contents.rglob("*") if file.is_file()
    }
    assert {building.place(file).as_posix() for file in building.notebooks()} <= files
    assert {file.relative_to(ROOT).as_posix() for file in ROOT.glob("exercises/*/*")} <= files
    read = set()
    for notebook in contents.rglob("*.ipynb"):
        read |= set(re.findall(r'read_csv\("[./]*data/([^"]+)"', code(notebook)))
    assert read
    assert {file for file in files if file.startswith("data/")} == {f"data/{name}" for name in read}
    assert not [file for file in files if "solution" in file]


def test_tables_come_with_the_wheel_and_the_staff_s_part_does_not(tmp_path):
    wheel = building.course_wheel(tmp_path, {"exercises/one.ipynb": "abcd"})
    name, version, build, _ = parse_wheel_filename(wheel.name)
    assert (name, str(version)) == (COURSE, __version__)
    assert distribution.checksum(wheel).startswith(build[1].removeprefix("_"))
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        listed = archive.read(f"courseware/my_work/{editions.FILE.name}")
        assert json.loads(listed) == {"exercises/one.ipynb": "abcd"}
        described = archive.read(next(name for name in names if name.endswith("/METADATA")))
    assert {name.split("/")[0] for name in names} == {
        "courseware",
        "no_limits",
        f"no_limits-{__version__}.dist-info",
    }
    assert {f"courseware/_data/{table['path']}" for table in TABLES.values()} <= set(names)
    assert b"Requires-Dist" not in described, "Pyodide's lock says what it needs"


@pytest.mark.parametrize("hosted", [False, True])
def test_the_kernel_comes_from_where_the_site_says(tmp_path, hosted):
    building.write_settings(tmp_path, Path("tools"), hosted=hosted)
    told = json.loads((tmp_path / "jupyter-lite.json").read_text(encoding="utf-8"))
    kernel = told["jupyter-config-data"]["litePluginSettings"][building.KERNEL]
    base = "./pyodide/" if hosted else PINNED["address"]
    assert kernel["pyodideUrl"] == base + "pyodide.mjs"
    assert kernel["disablePyPIFallback"] is True
    settings = json.loads((tmp_path / "overrides.json").read_text(encoding="utf-8"))
    assert settings["@jupyterlab/shortcuts-extension:shortcuts"]["shortcuts"]
    assert settings[building.SAVING] == {"autosaveInterval": 15}
    assert building.CLEARING in told["jupyter-config-data"]["disabledExtensions"]
    assert settings[building.PRINT]["overrides"]["content-font-size1"] == "16px"


def test_the_page_opens_every_chapter_and_fetches_what_a_kernel_loads(tmp_path, own):
    lock = distribution.lock(PINNED, PINNED["address"], own)
    building.write_page(tmp_path, PINNED["address"], lock)
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    for chapter in building.reader.chapters():
        assert f'href="lab/index.html?path={building.place(chapter).as_posix()}"' in page
    for exercise in building.reader.exercises():
        assert f"path=exercises/{exercise.stem}/{exercise.name}" in page
    fetched = json.loads(re.search(r"const files = (\[.*\]);", page)[1])
    loaded = distribution.closure(lock["packages"], distribution.at_start())
    assert len(fetched) == len(distribution.RUNTIME) + len(loaded)
    assert PINNED["address"] + "pyodide.asm.wasm" in fetched
    assert f"pyodide/{own[-1].name}" in fetched
    assert 'id="jupyter-config-data"' in page, "JupyterLite reads the page above its own"


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path, capsys):
    (tmp_path / "thesis.md").touch()
    assert building.main([str(tmp_path), "--tools", "tools"]) == 1
    assert "is not empty" in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.md"]


@pytest.mark.parametrize("tool", ["JupyterLite", "Hatchling"])
def test_a_site_that_cannot_be_built_leaves_the_earlier_one(tmp_path, monkeypatch, capsys, tool):
    """Neither tool is there: a stand-in ends as they do, or makes what the next step needs."""
    earlier = tmp_path / "site" / "jupyter-lite.json"
    earlier.parent.mkdir()
    earlier.write_text("earlier", encoding="utf-8")

    def run(command, **where):
        if ("hatchling" in command) == (tool == "Hatchling"):
            return subprocess.CompletedProcess(command, 1, "", "no room on the disk")
        Path(command[-1]).mkdir()
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(building.subprocess, "run", run)
    assert building.main([str(earlier.parent), "--tools", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert f"{tool} could not build" in said and "no room on the disk" in said
    assert [file.name for file in earlier.parent.iterdir()] == [earlier.name]
    assert earlier.read_text(encoding="utf-8") == "earlier"


# --- What builds it --------------------------------------------------------------------------


@pytest.fixture
def start(monkeypatch, tmp_path):
    """start.py with an empty environment, and a pip that only notes what it is asked."""
    spec = importlib.util.spec_from_file_location("start_lite", ROOT / "start.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "VENV", tmp_path)
    asked = []

    def pip(command, arguments, _):
        asked.append(command)
        place = Path(arguments[arguments.index("-d" if command == "download" else "--target") + 1])
        place.mkdir()
        if command == "download":
            assert {"--require-hashes", "--no-deps"} <= set(arguments)
            (place / "tool-1-py3-none-any.whl").touch()

    monkeypatch.setattr(module, "pip", pip)
    module.asked = asked
    return module


def test_the_tools_are_fetched_once_for_each_lock(start):
    tools = start.lite_tools()
    assert [wheel.name for wheel in (tools / "wheels").iterdir()] == ["tool-1-py3-none-any.whl"]
    assert start.lite_tools() == tools
    assert start.asked == ["download", "install"]


def test_tools_whose_fetching_was_stopped_are_fetched_anew(start):
    tools = start.lite_tools()
    (tools / "wheels").rename(tools.parent / "lite-wheels")
    assert start.lite_tools() == tools
    assert start.asked == ["download", "install"] * 2
