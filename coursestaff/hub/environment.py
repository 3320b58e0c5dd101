"""The environment that everybody on the hub shares, and the proxy in front of it."""

import hashlib
import json
import os
import re
import shutil
import sys
import sysconfig
import tempfile
from pathlib import Path

from coursestaff.hub.place import COURSE, Place
from coursestaff.hub.programs import HubError, run

HERE = Path(__file__).resolve().parent
LOCK = HERE / "requirements.lock"
PROXY = "configurable-http-proxy@5.3.0"
STAMP = "hub-environment.txt"
READING = HERE.parents[1] / "courseware" / "lab" / "reading.json"
OVERRIDES = "@jupyterlab/apputils-extension"
#: The first line of a program of an environment, or its first three where the path is long.
INTERPRETER = re.compile(rb"\A#!(?:/bin/sh\n'''exec' .*\n' '''|.*/python[0-9.]*)\n")

NBGRADER = '''\
"""Where nbgrader finds the exchange, and where work lies: for everybody on this hub."""

from pathlib import Path

c = get_config()  # noqa: F821 (traitlets puts it there when it reads this file)

c.CourseDirectory.course_id = "{course}"
c.Exchange.root = "{exchange}"
# Into the course's own folder, where the chapters' links lead, and not beside it.
c.Exchange.assignment_dir = str(Path.home() / "{course}" / "exercises")
# Records that somebody made in another's name are not collected.
c.ExchangeFactory.collect = "coursestaff.hub.exchange.OwnedCollect"
c.Application.log_level = "WARN"
'''


def find_python(asked: Path | None) -> Path:
    """Return a Python 3.11 or newer that every account can run.

    Raises:
        HubError: there is none; the message says what to install.

    """
    own = Path(getattr(sys, "_base_executable", sys.executable))
    usual = [own, *(Path("/usr/bin") / f"python3{v}" for v in ("", ".14", ".13", ".12", ".11"))]
    question = "import sys, venv, ensurepip; raise SystemExit(sys.version_info < (3, 11))"
    for python in [asked] if asked else usual:
        try:
            run([python, "-I", "-c", question], account="nobody", folder=Path("/"))
        except HubError:
            continue
        return python
    what = f"{asked} is not" if asked else "This machine does not have"
    raise HubError(
        f"{what} a Python 3.11 or newer that every account can run. On Debian, run apt install "
        "python3 python3-venv"
    )


def make(course: Path, place: Place, python: Path) -> None:
    """Make the environment or bring it up to date, with the course as a wheel.

    An installation that points at the checkout would show students ``solutions/``. Where the
    environment that runs this was made of the same lock, its packages serve for both.

    Raises:
        HubError: packages cannot be installed; the message holds pip's last words.

    """
    stamp = place.environment / STAMP
    wanted = lock_fingerprint()
    if not stamp.is_file() or stamp.read_text(encoding="utf-8").strip() != wanted:
        shutil.rmtree(place.environment, ignore_errors=True)
        if can_lend(course, python):
            lend(place, python)
        else:
            run([python, "-m", "venv", place.environment])
            pip = [place.python, "-m", "pip", "--disable-pip-version-check", "--quiet"]
            run([*pip, "--no-input", "install", "--require-hashes", "-r", LOCK])
        stamp.write_text(wanted + "\n", encoding="utf-8")
    install_course(course, place)


def lock_fingerprint() -> str:
    """Return what tells whether an environment holds what the lock says."""
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()


def can_lend(course: Path, python: Path) -> bool:
    """Return whether the environment that runs this holds what the lock says, for that Python.

    Only ``start.py`` says so, in its stamp; what somebody has made in another way may hold more.
    """
    try:
        made = json.loads((Path(sys.prefix) / "course-setup.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    told = "import sys; print('{}.{}'.format(*sys.version_info))"
    return (
        Path(sys.prefix).parent == course
        and made.get("packages") == lock_fingerprint()
        and run([python, "-I", "-c", told]).strip() == sysconfig.get_python_version()
    )


def lend(place: Place, python: Path) -> None:
    """Make the hub's environment of the packages in the one that runs this.

    Nothing is fetched, and each file lies on the disk once. The course itself is left out: there
    it points at the checkout.
    """
    run([python, "-m", "venv", "--without-pip", place.environment])
    (theirs,) = (place.environment / "lib").glob("python3*/site-packages")
    own = sysconfig.get_path("purelib")
    course = shutil.ignore_patterns("no_limits.pth", "no_limits-*", "_editable*", "__editable__*")
    shutil.copytree(own, theirs, copy_function=_link, ignore=course, dirs_exist_ok=True)
    for folder in ("etc", "share"):  # copies, for some of it is written to
        shutil.copytree(Path(sys.prefix) / folder, place.environment / folder, dirs_exist_ok=True)
    first = b"#!%s\n" % os.fsencode(place.python)
    for program in Path(sysconfig.get_path("scripts")).iterdir():
        text = b"" if program.is_symlink() else program.read_bytes()
        if INTERPRETER.match(text):
            copy = place.environment / "bin" / program.name
            copy.write_bytes(INTERPRETER.sub(lambda _: first, text))
            copy.chmod(0o755)


def _link(source: str, target: str) -> None:
    """Give a file of root's a second name; copy it where that is not safe, or not possible."""
    if Path(source).stat().st_uid == 0:
        try:
            return os.link(source, target)
        except OSError:  # another disk
            pass
    shutil.copy2(source, target)


def install_course(course: Path, place: Place) -> None:
    """Install the course as a wheel, with the settings that go with it."""
    with tempfile.TemporaryDirectory(prefix="course-hub-") as scratch:
        built = ["-m", "hatchling", "build", "-t", "wheel", "-d", scratch]
        run([place.python, *built], folder=course)
        (wheel,) = Path(scratch).glob("*.whl")
        pip = [place.python, "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
        run([*pip, "--no-deps", "--no-index", "--force-reinstall", wheel])
    _write_settings(place)
    _open_to_all(place.environment)


def _write_settings(place: Place) -> None:
    """Tell nbgrader where the exchange is, and JupyterLab to be quiet and easy to read."""
    jupyter = place.environment / "etc" / "jupyter"
    jupyter.mkdir(parents=True, exist_ok=True)
    text = NBGRADER.format(course=COURSE, exchange=place.exchange)
    (jupyter / "nbgrader_config.py").write_text(text, encoding="utf-8")
    reading = json.loads(READING.read_text(encoding="utf-8"))
    themes = reading[f"settings/{OVERRIDES}/themes.jupyterlab-settings"]
    settings = {
        f"{OVERRIDES}:notification": {"fetchNews": "false", "checkForUpdates": False},
        f"{OVERRIDES}:themes": themes,
    }
    folder = place.environment / "share" / "jupyter" / "lab" / "settings"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "overrides.json").write_text(json.dumps(settings), encoding="utf-8")


def _open_to_all(folder: Path) -> None:
    """Let everybody read and nobody but root write, whatever the mask was when it was made."""
    run(["chmod", "--recursive", "u=rwX,go=rX", folder])


def make_proxy(place: Place) -> None:
    """Install the proxy, at its version, where no student's PATH leads."""
    if proxy_program(place).is_file():
        return
    place.proxy.mkdir(parents=True, exist_ok=True)
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--omit=dev"]
    run(["npm", "install", "--silent", "--prefix", place.proxy, *options, PROXY])


def proxy_program(place: Place) -> Path:
    """Return the proxy's program, which node runs."""
    name = PROXY.partition("@")[0]
    return place.proxy / "node_modules" / name / "bin" / name
