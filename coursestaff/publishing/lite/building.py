"""Build the course for a browser with nothing installed, as a JupyterLite site: ``make lite``.

JupyterLite builds itself from a folder of settings and contents, which is made here, and so are
the wheel of ``courseware``, the lock of what a kernel loads, and the page that the site opens with.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from coursestaff.chapters import with_companions
from coursestaff.publishing import reader
from coursestaff.publishing.lite import distribution
from coursestaff.publishing.lite.distribution import ADDED, COURSE
from courseware import CourseError, __version__, article
from courseware.my_work import editions
from courseware.ui import css

HERE = Path(__file__).resolve().parent
ROOT = reader.ROOT
OUT = ROOT / "build" / "lite"
DESKS = ROOT / "courseware" / "lab"
#: Below the site: Pyodide's lock, with the wheels that its release lacks or, self-hosted, all.
PYODIDE = "pyodide"
#: Of every tab; beside the package, since the course of another article has no copy of it.
ICON = css.FONTS.parent / "lab/students/static/favicons/favicon.ico"
PRINT = "@jupyterlab/apputils-extension:themes"
KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
SAVING = "@jupyterlab/docmanager-extension:plugin"
#: Its entry of the menu deletes every answer that this browser keeps.
CLEARING = "@jupyterlite/application-extension:clear-browser-data"
#: The tables that notebooks read as files; all others come with the wheel.
READ = re.compile(r"(?:\.\./)+data/([\w.]+)")
#: What a link in a text leads to, and what a notebook's name has in the site by its folder.
LINK = re.compile(r"\]\(((?:[\w.]+/)*\d\d_\w+\.ipynb)\)")
KINDS = {"notebooks": "chapter", "further": "further"}
MAPS = re.compile(r"^from courseware import .*\bmaps\b", re.MULTILINE)
MAP_PACKAGES = "import geopandas  # in a browser this also fetches what maps need\n"
STAYS = (article.PAGES, "__pycache__")  # of the article: what is printed elsewhere
#: The wheel of frame and article: no needs, which a browser has otherwise, and the tables.
PROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "{name}"
version = "{version}"
requires-python = ">=3.11"
[tool.hatch.build.targets.wheel.force-include]
"{root}/courseware" = "courseware"
{article}
"{root}/data" = "courseware/_data"
"{editions}" = "courseware/my_work/editions.json"
"""


def main(arguments: list[str]) -> int:
    """Build the site; return 0, or 1 if a message says why not."""
    parser = argparse.ArgumentParser(prog="start.py lite", description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=OUT)
    parser.add_argument("--tools", type=Path, required=True, help=argparse.SUPPRESS)
    words = "folder with Pyodide's official release, unpacked (for rooms without internet)"
    parser.add_argument("--self-hosted", type=Path, metavar="FOLDER", help=words)
    asked = parser.parse_args(arguments)
    folder = asked.folder.resolve()
    try:
        build(folder, asked.tools.resolve(), asked.self_hosted)
    except CourseError as problem:
        print(problem, file=sys.stderr)
        return 1
    print(f"The site is in {folder}. To look at it on this computer, run:")
    print(f"  {sys.executable} -m http.server --directory {folder}")
    return 0


def build(folder: Path, tools: Path, release: Path | None = None) -> None:
    """Build the site in ``folder``, in place of an earlier one, which stays if that fails.

    Args:
        folder: where it comes to be.
        tools: what builds it, as ``start.py lite`` lays it out, with its ``wheels``.
        release: Pyodide's release, if it is to be served from the site itself.

    Raises:
        CourseError: the folder holds something else, or a tool did not build its part.
        DistributionError: the release or a wheel is not what the course needs.

    """
    if folder.exists() and any(folder.iterdir()) and not (folder / "jupyter-lite.json").is_file():
        raise CourseError(f"{folder} is not empty and does not hold a site. Choose another folder.")
    pinned = distribution.pinned()
    hosted = distribution.files(pinned, release) if release else []
    with tempfile.TemporaryDirectory() as parts:
        site = Path(parts) / "site"
        _build_site(site, tools, pinned, hosted)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(site, folder, dirs_exist_ok=True)


def _build_site(site: Path, tools: Path, pinned: dict, hosted: list[Path]) -> None:
    """Build the site in a folder that is not there yet; ``hosted`` is what it serves of Pyodide."""
    with tempfile.TemporaryDirectory() as parts:
        write_settings(Path(parts), tools, hosted=bool(hosted))
        handed_out = write_contents(Path(parts) / "files")
        command = [sys.executable, "-m", "jupyterlite_core", "build", "--output-dir", str(site)]
        _run("JupyterLite", command, cwd=parts, env=os.environ | {"PYTHONPATH": str(tools)})
    # Where JupyterLab's pages look for the typefaces (css.LOAD); no list of files shows them.
    shutil.copytree(css.FONTS / "web", site / "files" / "courseware" / "fonts" / "web")
    served = site / PYODIDE
    served.mkdir()
    own = [course_wheel(served, handed_out)]
    for file in (*added_wheels(tools / "wheels"), *hosted):
        shutil.copyfile(file, served / file.name)
    own += added_wheels(served)
    base = "" if hosted else pinned["address"]
    lock = distribution.lock(pinned, base, own)
    (served / "pyodide-lock.json").write_text(json.dumps(lock), encoding="utf-8")
    shutil.copyfile(ICON, site / "lab" / "favicon.ico")
    write_page(site, base or f"{PYODIDE}/", lock)


def _run(tool: str, command: list[str], **where: Any) -> None:
    """Run a tool that builds a part of the site.

    Raises:
        CourseError: it failed; the message has what it said.

    """
    done = subprocess.run(command, capture_output=True, text=True, **where)
    if done.returncode:
        raise CourseError(
            f"{tool} could not build its part of the site:\n{done.stdout}{done.stderr}"
        )


def write_settings(folder: Path, tools: Path, *, hosted: bool) -> None:
    """Write what JupyterLite reads: how it is built, how it looks, where its kernel comes from."""
    desk = json.loads((DESKS / "reading.json").read_text(encoding="utf-8"))
    students = DESKS / "students" / "labconfig"
    settings = json.loads((students / "default_setting_overrides.json").read_text(encoding="utf-8"))
    settings |= {PRINT: desk[f"settings/{PRINT.replace(':', '/')}.jupyterlab-settings"]}
    settings |= {SAVING: {"autosaveInterval": 15}}  # seconds: a closed tab loses no more
    base = f"./{PYODIDE}/" if hosted else distribution.pinned()["address"]
    kernel = {
        "pyodideUrl": base + "pyodide.mjs",
        "disablePyPIFallback": True,  # whatever a cell asks for: nothing is fetched from elsewhere
        "loadPyodideOptions": {
            "lockFileURL": f"{PYODIDE}/pyodide-lock.json",
            "packages": distribution.at_start(),
        },
    }
    page = {
        "appName": article.facts()["course"],
        "exposeAppInBrowser": True,  # tests ask it
        "disabledExtensions": [CLEARING],
        "litePluginSettings": {KERNEL: kernel},
    }
    written = {
        "overrides.json": settings,
        "jupyter-lite.json": {"jupyter-lite-schema-version": 0, "jupyter-config-data": page},
        "jupyter_lite_config.json": {
            "LiteBuildConfig": {
                "apps": ["lab"],
                "contents": ["files"],
                "ignore_sys_prefix": True,
                "no_sourcemaps": True,
                "no_unused_shared_packages": True,
            },
            "FederatedExtensionAddon": {
                "extra_labextensions_path": [str(tools / "share" / "jupyter" / "labextensions")]
            },
        },
    }
    for name, content in written.items():
        (folder / name).write_text(json.dumps(content), encoding="utf-8")


def notebooks() -> list[Path]:
    """Return what the site has to open: chapters with their companions, and the exercises."""
    return [*with_companions(reader.chapters()), *reader.exercises()]


def write_contents(folder: Path) -> dict[str, str]:
    """Write the notebooks, what exercises bring along, and the tables that are read as files.

    Return the edition of each notebook, by its path. A chapter's metadata say it too, so that a
    browser's copy can be told from a newer one; an exercise stays as it is graded.
    """
    handed_out = {}
    for file in notebooks():
        inside = place(file)
        copy = folder / inside
        copy.parent.mkdir(parents=True, exist_ok=True)
        text = file.read_text(encoding="utf-8")
        notebook = with_links(json.loads(text), file)
        of_a_chapter = file.is_relative_to(ROOT / "notebooks")
        if of_a_chapter:
            notebook = with_map_packages(notebook)
        edition = editions.edition(notebook)
        if of_a_chapter:
            notebook["metadata"][editions.KEY] = edition
        handed_out[inside.as_posix()] = edition
        content = json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"
        copy.write_text(content, encoding="utf-8", newline="\n")
        for table in READ.findall(text):
            (folder / "data").mkdir(exist_ok=True)
            shutil.copyfile(ROOT / "data" / table, folder / "data" / table)
    for file in sorted((ROOT / "exercises").glob("*/checks.json")):
        shutil.copyfile(file, folder / file.relative_to(ROOT))
    return handed_out


def place(file: Path) -> Path:
    """Return where a notebook lies in the site, below its contents.

    JupyterLite tells running notebooks apart by their names alone: a chapter, its companion and its
    exercise, which share one, would stop each other. An exercise keeps the name that is graded.
    """
    inside, kind = file.relative_to(ROOT), KINDS.get(file.parent.name)
    return inside.with_name(f"{file.name[:3]}{kind}_{file.name[3:]}") if kind else inside


def with_links(notebook: dict, file: Path) -> dict:
    """Have the links of a notebook's texts lead to where the others lie in the site; return it."""
    here = place(file).parent

    def moved(link: re.Match) -> str:
        there = place(Path(os.path.normpath(file.parent / link[1])))
        return f"]({Path(os.path.relpath(there, here)).as_posix()})"

    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = [LINK.sub(moved, line) for line in cell["source"]]
    return notebook


def with_map_packages(notebook: dict) -> dict:
    """Have the cell that imports `maps` name what these need, if there is one; return the notebook.

    A browser fetches the packages that a cell imports; the course imports those only when it draws.
    An exercise names them itself, because its first cell is compared with the one handed out.
    """
    codes = (cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "code")
    for source in codes:
        if MAPS.search("".join(source)):
            source.insert(0, MAP_PACKAGES)
            break
    return notebook


def course_wheel(folder: Path, handed_out: dict[str, str]) -> Path:
    """Build the wheel of ``courseware`` in ``folder`` and return it.

    It holds which edition of each notebook is ``handed_out``. Its name holds its checksum, so that
    no browser takes an earlier one for it.

    Raises:
        CourseError: it was not built.

    """
    with tempfile.TemporaryDirectory() as source:
        listed = Path(source) / editions.FILE.name
        listed.write_text(json.dumps(handed_out), encoding="utf-8")
        names = {"name": COURSE, "version": __version__, "root": ROOT.as_posix()}
        own = (each.name for each in article.folder().iterdir() if each.name not in STAYS)
        inside = (f"{article.package()}/{name}" for name in sorted(own))
        names["article"] = "\n".join(f'"{ROOT.as_posix()}/{each}" = "{each}"' for each in inside)
        project = PROJECT.format(**names, editions=listed.as_posix())
        (Path(source) / "pyproject.toml").write_text(project, encoding="utf-8")
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
        _run("Hatchling", command, cwd=source)
    (wheel,) = folder.glob("no_limits-*.whl")
    name, version, rest = wheel.name.split("-", 2)
    return wheel.rename(folder / f"{name}-{version}-0_{distribution.checksum(wheel)[:8]}-{rest}")


def added_wheels(folder: Path) -> Iterator[Path]:
    """Yield the wheels in a folder that a site has beside those of Pyodide's release."""
    return (wheel for name in ADDED for wheel in folder.glob(f"{name}-*.whl"))


def write_page(folder: Path, base: str, lock: dict) -> None:
    """Write the page that the site opens with; ``base`` is where Pyodide itself comes from."""
    names = distribution.closure(lock["packages"], distribution.at_start())
    wheels = (lock["packages"][name]["file_name"] for name in names)
    loader = FileSystemLoader(HERE)
    templates = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    page = templates.get_template("start.html").render(
        faces=css.faces(),
        course=article.facts()["course"],
        question=article.facts()["question"],
        chapters=[
            (file, place(file).as_posix(), reader.head(nbformat.read(file, 4)))
            for file in reader.chapters()
        ],
        exercises=[file.stem for file in reader.exercises()],
        files=[base + name for name in distribution.RUNTIME]
        + [wheel if "://" in wheel else f"{PYODIDE}/{wheel}" for wheel in wheels],
    )
    (folder / "index.html").write_text(page, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
