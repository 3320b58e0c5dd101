"""Set the course up and start it: ``python3 start.py lab`` (on Windows ``py start.py lab``).

Needs nothing but the standard library. An old Python 3 must be able to read this file, because
its first task is to find a newer one: so no syntax younger than Python 3.6, and plain ASCII.
"""
# ruff: noqa: UP021 (an old Python does not know `text=`)

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent
CHOSEN = []  # the folder of another course, if the command names one
VENV = ROOT / ".venv"
STAMP = VENV / "course-setup.json"
LOG = VENV / "course-setup.log"
DESKS = ROOT / "courseware" / "lab"  # how JupyterLab looks to a reader, and on a wall
WORKSPACE = "default-37a8.jupyterlab-workspace"  # where JupyterLab notes what is open
PROJECT = "--project"

OLDEST = (3, 11)
TRIED = ("3.14", "3.13", "3.12", "3.11")
DESK, HUB = "requirements.lock", "coursestaff/hub/requirements.lock"
DEVELOPMENT = "requirements-dev.lock"
#: What `lite` builds with: in no environment, where JupyterLab would load parts of it.
LITE = "coursestaff/publishing/lite/requirements.lock"
#: What each lock installs, and how much of it is downloaded (measured); each holds all that those
#: above it hold.
LOCKS = {
    DESK: "what a student needs (180 MB to download)",
    HUB: "what a hub needs (230 MB to download)",
    DEVELOPMENT: "what teaching, grading and developing need (320 MB to download)",
}

#: One more than there are processors: tests wait for browsers, kernels and limits of time.
WORKERS = str(min(8, (os.cpu_count() or 1) + 1))
#: What `check` leaves to `test`, what `test` leaves to `test-all`, and how all spread the tests.
REST = "matrix"
NOT_REST = "not matrix"
NOT_SLOW = "not (browser or sandbox or publishing or matrix)"
SPREAD = ("-n", WORKERS, "--no-loadscope-reorder")

#: What each command does.
COMMANDS = {
    "lab": "set up what a student needs and open the course in JupyterLab",
    "check": "run the style checks and the quick tests",
    "test": "run the style checks and the tests, which try each mechanism once",
    "test-all": "the same, and then every variant, attack and page",
    "setup": "set up all that teaching, grading and developing need, but open nothing",
    "bench": "measure, and write benchmarks/RESULTS.md",
    "site": "build the printed course, offline, in build/site/html",
    "slides": "make the instructor's slides, one deck for each chapter, in build/slides",
    "lite": "build the course for a browser with nothing installed, in build/lite",
    "hub": "a JupyterHub for a class, on a machine of its own (hub setup, hub start)",
    "data": "update the size and checksum of a table that you have edited",
}
USAGE = "\n".join(
    [f"python3 start.py {command:9} {words}" for command, words in COMMANDS.items()]
    + [
        'On Windows, type "py" instead of "python3". What "course new article" made opens with',
        '"lab FOLDER" and prints with "site FOLDER". Further words are passed on: "lab --project"',
        'has letters for the back row, "test tests/test_setup.py -k lock" runs just these tests,',
        '"lite --self-hosted FOLDER" takes Pyodide\'s release from a folder.',
    ]
)
#: The module that does it, with its first words; the other commands are functions below.
MODULES = {
    "bench": ["benchmarks.bench"],
    "site": ["coursestaff.publishing.site"],
    "slides": ["coursestaff.publishing.slides"],
    "lite": ["coursestaff.publishing.lite.building"],
    "hub": ["coursestaff.cli", "hub"],
    "data": ["coursestaff.cli", "data"],
}
#: What a command needs, if that is less than what developing needs.
NEEDS = {"lab": DESK, "data": DESK, "hub": HUB}


class SetUpError(Exception):
    """The course cannot go on; the message tells the reader what to do."""


def here():
    """Return the folder of the course that is opened or printed: this one unless one was named."""
    return CHOSEN[0] if CHOSEN else ROOT


# --- A Python that is new enough -----------------------------------------------------------

PROBE = (
    "import sys, importlib.util as u; print('%d.%d' % sys.version_info[:2], "
    "int(all(u.find_spec(m) is not None for m in ('venv', 'ensurepip'))))"
)


def probe(command):
    """Return ("3.11", can make environments) of the Python that ``command`` runs, or None."""
    try:
        done = subprocess.run(
            [*command, "-c", PROBE],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            universal_newlines=True,
            timeout=60,
        )
        version, complete = done.stdout.split()
        short(version)
        return version, complete == "1"
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def short(version):
    """Return "3.11" as the pair (3, 11)."""
    return tuple(int(part) for part in version.split("."))


def find_python(platform, running, ask=probe):
    """Return the first command whose Python is new enough and can make environments.

    Asked are the Python in use, those on PATH, and on Windows its launcher ``py``.
    """
    commands = [[running], *(["python" + version] for version in TRIED), ["python3"]]
    if platform == "win32":
        commands += [["py", "-" + version] for version in TRIED]
    old, bare = [], []
    for command in commands:
        version, complete = ask(command) or (None, False)
        if version and short(version) < OLDEST:
            old.append(version)
        elif complete:
            return command
        elif version:
            bare.append(version)
    raise SetUpError(python_advice(platform, old, bare))


def python_advice(platform, old, bare):
    """Return in plain words what to install where no usable Python was found."""
    if bare:
        return (
            f"Python {bare[0]} is installed, but its part that makes environments is missing.\nOn "
            "Debian and Ubuntu:  sudo apt install python3-venv      Then try again."
        )
    found = f" Found only: {', '.join(dict.fromkeys(old))}." if old else ""
    ways = {
        "darwin": "Use the current installer from www.python.org (Downloads, macOS)",
        "win32": "Get Python from the Microsoft Store or from www.python.org (Downloads, Windows)",
    }
    linux = "On Debian and Ubuntu:  sudo apt install python3 python3-venv"
    return (
        f"The course needs Python 3.11 or newer.{found}\n"
        f"{ways.get(platform, linux)}\nThen open a new terminal and try again."
    )


# --- Setting up ----------------------------------------------------------------------------


def venv_python():
    """Return the path of the environment's own Python."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def wanted(lock, version):
    """Return the stamp of a finished set-up."""
    packages = hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()
    return {"lock": lock, "python": version, "packages": packages}


def read_stamp():
    """Return the stamp of the last finished set-up, or None."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
        return stamp if stamp["lock"] in LOCKS and {"python", "packages"} <= set(stamp) else None
    except (OSError, ValueError, TypeError, KeyError):
        return None


def set_up(lock):
    """Bring .venv to the state that ``lock`` describes, with the course in it; usually a no-op.

    A larger set-up serves for a smaller one and stays as it is.
    """
    stamp, started = read_stamp(), time.time()
    if stamp:
        lock = max(stamp["lock"], lock, key=list(LOCKS).index)
    version, _ = probe([str(venv_python())]) or (None, False)
    if stamp and stamp == wanted(lock, version):
        return link(venv_python())
    # No stamp while anything is being changed: if we are interrupted, the next start rebuilds.
    if STAMP.exists():
        STAMP.unlink()
    if stamp is None or stamp["python"] != version:
        make_venv()
        stamp, (version, _) = None, probe([str(venv_python())])
    try:
        message = f"Installing {LOCKS[lock]}. This takes one to five minutes in all."
        pip("install", ["--no-warn-script-location", "--require-hashes", "-r", lock], message)
    except SetUpError:
        if stamp:  # pip fetches everything before it changes anything: the earlier set-up stands
            put(STAMP, json.dumps(stamp))
        raise
    link(venv_python())
    put(STAMP, json.dumps(wanted(lock, version)))
    say(f"The set-up is complete, after {time.time() - started:.0f} seconds.")


def make_venv():
    """Make a fresh .venv in place of whatever stands there."""
    python = find_python(sys.platform, getattr(sys, "_base_executable", None) or sys.executable)
    try:
        if VENV.exists():
            say("The folder .venv is incomplete or out of date, so it is being made again.")
            shutil.rmtree(str(VENV))
        VENV.mkdir()
    except OSError as error:
        raise SetUpError(
            f"The folder .venv cannot be replaced ({error}).\nClose JupyterLab and any other "
            "program that uses it, or delete .venv by hand. Then try again."
        ) from error
    message = "Making .venv, the folder for the packages. This takes some seconds."
    logged([*python, "-m", "venv", str(VENV)], message)


def pip(command, arguments, message):
    """Let the environment's pip download or install something; stop with advice if it cannot."""
    words = [str(venv_python()), "-m", "pip", command, "--quiet", "--no-input"]
    logged([*words, "--disable-pip-version-check", *arguments], message)


def logged(command, message):
    """Run a command of the set-up with its output in ``LOG``; stop with advice if it fails.

    Shows ``message``, and in a terminal the seconds that have passed.
    """
    ticking, started = sys.stdout.isatty(), time.time()
    say(message)
    with LOG.open("w", encoding="utf-8") as sink:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, cwd=str(ROOT)
        )
        try:
            while process.poll() is None:
                if ticking:
                    print(f"\r  {time.time() - started:.0f} s ", end="", flush=True)
                time.sleep(0.2)
        except BaseException:
            process.terminate()
            process.wait()
            raise
        finally:
            print("\r        \r" * ticking, end="", flush=True)
    if process.returncode:
        raise SetUpError(failure_advice(LOG.read_text(encoding="utf-8", errors="replace")))


#: What pip says, in one way or another, when the network or a proxy lets it down.
NETWORK_SIGNS = ("connection broken", "ConnectionPool", "name resolution", "timed out")


def failure_advice(output):
    """Return in plain words why installing failed, from what pip printed."""
    if any(sign in output for sign in NETWORK_SIGNS):
        return (
            "The packages could not be downloaded, because this computer is not connected to the\n"
            "internet or the connection broke. Connect it, and run the same command again. Only\n"
            "the set-up needs the internet. Afterwards the course works without it.\n"
            "In a school or an office, a proxy may block the download. Ask for its address and\n"
            "set HTTPS_PROXY to it. For a room without internet, your instructor can bring the\n"
            "packages in a folder (the instructor's guide says how, in 'A room without internet')."
        )
    if "No space left" in output:
        return "The disk is full. Free about 2 GB, and run the same command again."
    tail = "\n".join("    " + line for line in output.strip().splitlines()[-12:])
    return f"The set-up failed. Its report ends with:\n{tail}\nThe whole report is in {LOG}"


def say(text):
    """Print at once, so that our lines and those of the programs we run keep their order."""
    print(text, flush=True)


PLACES = (
    "import json, sysconfig as s; "
    "print(json.dumps([s.get_path(name) for name in ('purelib', 'scripts', 'data')]))"
)
#: The command `course`: its file and what stands there, by the kind of system. -P: nothing that
#: lies where it is typed is imported.
COURSE = {
    "posix": (
        "course",
        '#!/bin/sh\nexec "$(dirname "$(readlink -f "$0")")/python" -P -m coursestaff.cli "$@"\n',
    ),
    "nt": ("course.cmd", '@"%~dp0python.exe" -P -m coursestaff.cli %*\n'),
}


def link(python):
    """Let an environment's Python find the course in this folder, and bring what belongs to it.

    Installing it would do the same, and take build tools. The path is relative, so that a folder
    that was moved or copied imports itself. What is in place already is not written again.
    """
    found = subprocess.check_output([str(python), "-c", PLACES], universal_newlines=True)
    packages, programs, shared = (Path(place) for place in json.loads(found))
    put(packages / "no_limits.pth", os.path.relpath(str(ROOT), str(packages)) + "\n")
    settings = "etc/ipython/ipython_config.py"  # every kernel then says errors in words
    put(shared / settings, (ROOT / "courseware" / settings).read_text(encoding="utf-8"))
    if (ROOT / "coursestaff").is_dir():
        name, text = COURSE[os.name]
        put(programs / name, text, 0o755)
    # JupyterLab is not to ask beginners about news, nor to call home for updates.
    notices = {"fetchNews": "false", "checkForUpdates": False}
    quiet = json.dumps({"@jupyterlab/apputils-extension:notification": notices})
    put(shared / "share" / "jupyter" / "lab" / "settings" / "overrides.json", quiet)


def put(path, text, mode=0o644):
    """Write a text file, unless it stands there already."""
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)


# --- JupyterLab ----------------------------------------------------------------------------


def last_page(workspaces):
    """Return the notebook that was in front when JupyterLab was left, or the first chapter.

    ``workspaces`` is the folder where JupyterLab notes that. Where no notebook was in front it is
    the one that was opened last.
    """
    try:
        noted = json.loads((Path(workspaces) / WORKSPACE).read_text(encoding="utf-8"))["data"]
        kind, _, page = (noted["layout-restorer:data"]["main"]["current"] or "").partition(":")
        opened = noted["docmanager:recents"]["opened"]
        pages = [page] * (kind == "notebook")
        pages += [each["path"] for each in opened if each["contentType"] == "notebook"]
        return next(page for page in pages if (here() / page).is_file())
    except (OSError, ValueError, TypeError, LookupError, AttributeError, StopIteration):
        first = sorted((here() / "notebooks").glob("*.ipynb"))[:1]
        return "".join("notebooks/" + path.name for path in first)


def lab_arguments(extra, page):
    """Return how the environment's Python is to start JupyterLab, with ``page`` in front."""
    # As the default address, not as a file to open: so the printed address leads there too.
    address = f"--LabApp.default_url=/lab/tree/{quote(page)}"
    arguments = ["-m", "jupyterlab", f"--ServerApp.root_dir={here()}", address]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--allow-root")
    return arguments + list(extra)


def furnish(name):
    """Copy JupyterLab's settings of a desk into the course, and return their folder.

    What is there is the reader's own by now, and stays. The folder is None where the settings
    cannot be read or nothing can be written: JupyterLab then looks as it does anywhere.
    """
    folder = here() / ".lab" / name
    try:
        files = json.loads((DESKS / (name + ".json")).read_text(encoding="utf-8"))
        for inside, content in files.items():
            if not (folder / inside).exists():
                put(folder / inside, json.dumps(content, indent=1) + "\n")
    except (OSError, ValueError, AttributeError):
        return None
    return folder


def lab_environment(environ, desk):
    """Return the variables with which JupyterLab looks and behaves as the course's.

    Print is larger and the side bar is shut when it first opens; both are copied once, so that
    what somebody changes stays. What only authors of exercises need is switched off, and so is
    Python's list of every cell that was run, which would lie in the reader's home for whoever uses
    the computer next. Variables that are set already are somebody's own will.
    """
    added = {}
    folder = furnish(desk)
    if folder:
        added["JUPYTERLAB_SETTINGS_DIR"] = str(folder / "settings")
        added["JUPYTERLAB_WORKSPACES_DIR"] = str(folder / "workspaces")
        added["IPYTHONDIR"] = str(folder / "ipython")
    own = environ.get("JUPYTER_CONFIG_PATH")
    students = str(DESKS / "students")
    paths = {"JUPYTER_CONFIG_PATH": os.pathsep.join([own, students]) if own else students}
    return dict(added, **dict(environ, **paths))


def lab(extra):
    """Open the course in JupyterLab."""
    desk = "projecting" if PROJECT in extra else "reading"
    extra = [word for word in extra if word != PROJECT]
    environment = lab_environment(os.environ, desk)
    page = last_page(environment.get("JUPYTERLAB_WORKSPACES_DIR"))
    arguments = lab_arguments(extra, page)
    say("The course opens in your browser. If it does not, copy the address that JupyterLab prints")
    say("below into a browser: it begins with http:// and ends with a token.")
    say("To end, save your work, come back here and press Ctrl+C twice.")
    if (ROOT / "coursestaff").is_dir():  # what students have today is graded after an update, too
        run("-m", "coursestaff.exercises.kept")
    os.environ.update(environment)
    if os.name == "posix":  # become JupyterLab: whoever stops us stops it
        os.chdir(str(here()))
        os.execv(str(venv_python()), [str(venv_python()), *arguments])
    return run(*arguments)


# --- The other commands --------------------------------------------------------------------


def run(*arguments):
    """Run the environment's Python in the course folder; return the exit code."""
    process = subprocess.Popen([str(venv_python()), *arguments], cwd=str(here()))
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # Ctrl+C reaches the program too: it decides when to end


def test(words, marks=NOT_REST):
    """Run the style checks and the tests with these marks, or just the tests that are named."""
    if words and not words[0].startswith("-"):
        return run("-m", "pytest", *words)
    code = max(run("-m", "ruff", "check"), run("-m", "ruff", "format", "--check"))
    if code:
        say("The style checks failed (see above), but the tests will still run.")
    return run("-m", "pytest", *SPREAD, *words, "-m", marks) or code


def test_all(words):
    """Run what `test` runs and then, if that passes, what it leaves out: in random order."""
    words = ["-p", "randomly", *words]
    return test(words) or run("-m", "pytest", *SPREAD, *words, "-m", REST)


def lite_tools():
    """Return the folder of what `lite` builds with, brought there once for each lock.

    Its folder ``wheels`` holds the packages as the site gives them to a browser.
    """
    lock = hashlib.sha256((ROOT / LITE).read_bytes()).hexdigest()
    folder = VENV / ("lite-" + lock[:8])
    if not (folder / "wheels").is_dir():  # which comes last
        wheels = VENV / "lite-wheels"
        for unfinished in (wheels, folder):
            shutil.rmtree(str(unfinished), ignore_errors=True)
        locked = ["--no-deps", "--only-binary=:all:", "--require-hashes", "-r", LITE]
        message = "Downloading the tools that build the site (19 MB)."
        pip("download", [*locked, "-d", str(wheels)], message)
        found = [str(wheel) for wheel in sorted(wheels.glob("*.whl"))]
        to = ["--no-index", "--no-deps", "--target", str(folder)]
        pip("install", [*to, *found], "Unpacking these tools.")
        wheels.rename(folder / "wheels")
    return folder


def carry_out(command, extra):
    """Carry out one command, set up as it is by now; return the exit code."""
    if command == "lab":
        return lab(extra)
    if command == "test-all":
        return test_all(extra)
    if command in ("test", "check"):
        return test(extra, NOT_SLOW if command == "check" else NOT_REST)
    words = MODULES.get(command)  # none for `setup`: that has happened by now
    tools = ["--tools", str(lite_tools())] if command == "lite" else []
    return run("-m", *words, *tools, *extra) if words else 0


def main(words):
    """Run one command; return the exit code."""
    if not words or words[0] not in COMMANDS:
        asked = bool(words) and words[0] in ("help", "-h", "--help")
        print(USAGE, file=sys.stdout if asked else sys.stderr)
        return 0 if asked else 2
    command, *extra = words
    try:
        if command != "lab" and not (ROOT / "coursestaff").is_dir():
            raise SetUpError(
                "This is a student's copy of the course, in which only the command `lab` works."
            )
        for word in [word for word in extra if (Path(word) / "data/datapackage.json").is_file()]:
            CHOSEN[:] = [Path(word).resolve()]
            extra.remove(word)
            os.environ["PYTHONPATH"] = str(here())  # where its notebooks find its article
        set_up(NEEDS.get(command, DEVELOPMENT))
        return carry_out(command, extra)
    except SetUpError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(
            "\nStopped. Run the same command again. It continues from a safe point.",
            file=sys.stderr,
        )
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
