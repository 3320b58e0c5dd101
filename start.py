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
import webbrowser
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "course-setup.json"
LOG = VENV / "course-setup.log"
FIRST_CHAPTER = "notebooks/00_start_here.ipynb"
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
SLOW = "browser or sandbox or publishing or matrix"
REST = "matrix"
SPREAD = ("-n", WORKERS, "--no-loadscope-reorder")

USAGE = """\
python3 start.py lab      set up what a student needs and open the course in JupyterLab
python3 start.py lab --project      the same, in letters large enough for the back row
python3 start.py check    run the style checks and the quick tests
python3 start.py test     run the style checks and the tests, which try each mechanism once
python3 start.py test-all      the same, and then every variant, attack and page
python3 start.py test tests/test_setup.py -k lock      run just these tests
python3 start.py setup    set up all that teaching, grading and developing need, but open nothing
python3 start.py bench    measure, and write benchmarks/RESULTS.md
python3 start.py site     build the printed course, offline, in build/site/html
python3 start.py slides   make the instructor's slides, one deck for each chapter, in build/slides
python3 start.py workbook  print the workbook to write in, for A4 and Letter, in build/workbook
python3 start.py lite     build the course for a browser with nothing installed, in build/lite
python3 start.py lite --self-hosted FOLDER      the same with Pyodide's release from a folder
python3 start.py hub      a JupyterHub for a class, on a machine of its own (hub setup, hub start)
python3 start.py data     update the size and checksum of a table that you have edited
On Windows, type "py" instead of "python3". What follows "lab" is passed on to JupyterLab."""


class SetUpError(Exception):
    """The course cannot go on; the message tells the reader what to do."""


# --- A Python that is new enough -----------------------------------------------------------

PROBE = (
    "import sys, importlib.util as u; print('%d.%d.%d' % sys.version_info[:3], "
    "int(all(u.find_spec(m) is not None for m in ('venv', 'ensurepip'))))"
)


def probe(command):
    """Return (version, can make environments) of the Python that ``command`` runs, or None."""
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
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return version, complete == "1"


def short(version):
    """Return "3.11.7" as the pair (3, 11)."""
    return tuple(int(part) for part in version.split(".")[:2])


def candidates(platform, running):
    """Return the commands that may run a Python, best first: the one in use, PATH, Windows' py."""
    commands = [[running], *([f"python{version}"] for version in TRIED), ["python3"]]
    if platform == "win32":
        commands += [["py", f"-{version}"] for version in TRIED]
    return commands


def find_python(commands, platform, ask=probe):
    """Return the first command whose Python is new enough and can make environments."""
    old, bare = [], []
    for command in commands:
        found = ask(command)
        if found is None:
            continue
        version, complete = found
        if short(version) < OLDEST:
            old.append(version)
        elif not complete:
            bare.append(version)
        else:
            return command
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


# --- What is set up already, and what is left to do ----------------------------------------


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


def write_stamp(stamp):
    """Note that a set-up is finished."""
    STAMP.write_text(json.dumps(stamp, indent=1) + "\n", encoding="utf-8")


def choose_lock(stamp, lock):
    """Return the lock to use: a larger set-up serves for a smaller one and stays as it is."""
    return max(stamp["lock"], lock, key=list(LOCKS).index) if stamp else lock


def next_step(stamp, goal, version):
    """Return what is left to do: "rebuild", "install" or "nothing".

    ``version`` is that of the environment's Python as it runs now: None if there is no
    environment or its Python has vanished. Without a stamp an earlier set-up was interrupted.
    """
    if stamp is None or version is None or short(stamp["python"]) != short(version):
        return "rebuild"
    return "nothing" if stamp == goal else "install"


# --- Doing it ------------------------------------------------------------------------------

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


def run_logged(command, message, log):
    """Run a set-up command with its output in ``log``; return (exit code, output).

    Shows ``message``, and in a terminal the seconds that have passed.
    """
    ticking = sys.stdout.isatty()
    started = time.time()
    with log.open("w", encoding="utf-8") as sink:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, cwd=str(ROOT)
        )
        say(message)
        try:
            while process.poll() is None:
                if ticking:
                    print(f"\r  {time.time() - started:.0f} s", end="", flush=True)
                time.sleep(0.2)
        except BaseException:
            process.terminate()
            process.wait()
            raise
        finally:
            if ticking:
                print("\r        \r", end="", flush=True)
    return process.returncode, log.read_text(encoding="utf-8", errors="replace")


def make_venv():
    """Make a fresh .venv in place of whatever stands there."""
    running = getattr(sys, "_base_executable", None) or sys.executable
    python = find_python(candidates(sys.platform, running), sys.platform)
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
    code, output = run_logged([*python, "-m", "venv", str(VENV)], message, LOG)
    if code:
        raise SetUpError(failure_advice(output))


def pip(command, arguments, message):
    """Let the environment's pip download or install something; stop with advice if it cannot."""
    words = [str(venv_python()), "-m", "pip", command, "--quiet", "--no-input"]
    words += ["--disable-pip-version-check", *arguments]
    code, output = run_logged(words, message, LOG)
    if code:
        raise SetUpError(failure_advice(output))


def pip_install(arguments, message):
    """Let the environment's pip install something."""
    pip("install", ["--no-warn-script-location", *arguments], message)


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


def set_up(lock):
    """Bring .venv to the state that ``lock`` describes, with the course in it; usually a no-op."""
    stamp, started = read_stamp(), time.time()
    lock = choose_lock(stamp, lock)
    found = probe([str(venv_python())])
    version = found[0] if found else None
    step = next_step(stamp, wanted(lock, version), version)
    if step == "nothing":
        return link(venv_python())
    # No stamp while anything is being changed: if we are interrupted, the next start rebuilds.
    if STAMP.exists():
        STAMP.unlink()
    if step == "rebuild":
        make_venv()
        stamp = None
        version = probe([str(venv_python())])[0]
    try:
        pip_install(
            ["--require-hashes", "-r", lock],
            f"Installing {LOCKS[lock]}. This takes one to five minutes in all.",
        )
    except SetUpError:
        if stamp:  # pip fetches everything before it changes anything: the earlier set-up stands
            write_stamp(stamp)
        raise
    link(venv_python())
    write_stamp(wanted(lock, version))
    say(f"The set-up is complete, after {time.time() - started:.0f} seconds.")


# --- The commands --------------------------------------------------------------------------


def run(*arguments):
    """Run the environment's Python in the course folder; return the exit code."""
    process = subprocess.Popen([str(venv_python()), *arguments], cwd=str(ROOT))
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # Ctrl+C reaches the program too: it decides when to end


def has_browser(platform=sys.platform, environ=os.environ, get=webbrowser.get):
    """Return whether a browser with a window can be opened from here."""
    has_screen = environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")
    if platform.startswith("linux") and not has_screen:
        return False
    try:
        get()
    except webbrowser.Error:
        return False
    return True


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
        return next(page for page in pages if (ROOT / page).is_file())
    except (OSError, ValueError, TypeError, LookupError, AttributeError, StopIteration):
        return FIRST_CHAPTER


def lab_arguments(extra, page, browser, superuser):
    """Return how the environment's Python is to start JupyterLab, with ``page`` in front."""
    arguments = ["-m", "jupyterlab", f"--ServerApp.root_dir={ROOT}"]
    # As the default address, not as a file to open: so the printed address leads there too.
    arguments.append(f"--LabApp.default_url=/lab/tree/{quote(page)}")
    if not browser and "--no-browser" not in extra:
        arguments.append("--no-browser")
    if superuser and "--allow-root" not in extra:
        arguments.append("--allow-root")
    return arguments + list(extra)


def furnish(name):
    """Copy JupyterLab's settings of a desk into the course, and return their folder.

    What is there is the reader's own by now, and stays. The folder is None where the settings
    cannot be read or nothing can be written: JupyterLab then looks as it does anywhere.
    """
    folder = ROOT / ".lab" / name
    try:
        files = json.loads((DESKS / (name + ".json")).read_text(encoding="utf-8"))
        for inside, content in files.items():
            path = folder / inside
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    except (OSError, ValueError):
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
    browser = has_browser()
    superuser = hasattr(os, "geteuid") and os.geteuid() == 0
    environment = lab_environment(os.environ, desk)
    page = last_page(environment.get("JUPYTERLAB_WORKSPACES_DIR"))
    arguments = lab_arguments(extra, page, browser, superuser)
    if "--no-browser" in arguments:
        say(
            "No browser can be opened from here. JupyterLab prints an address below, which begins "
            "with"
        )
        say("http:// and ends with a token. Copy this address into a browser.")
    else:
        say("The course opens in your browser.")
    say("To end, save your work, come back here and press Ctrl+C twice.")
    if os.name == "posix":  # become JupyterLab: whoever stops us stops it
        os.chdir(str(ROOT))
        os.execve(str(venv_python()), [str(venv_python()), *arguments], environment)
    os.environ.update(environment)
    return run(*arguments)


def style():
    """Run the style checks; return the exit code."""
    code = max(run("-m", "ruff", "check"), run("-m", "ruff", "format", "--check"))
    if code:
        say("The style checks failed (see above), but the tests will still run.")
    return code


def check(extra):
    """Run the style checks and the quick tests."""
    code = style()
    return run("-m", "pytest", *SPREAD, "-m", f"not ({SLOW})", *extra) or code


def test(extra):
    """Run the style checks and the tests, or just the tests that are named."""
    if extra:
        return run("-m", "pytest", *extra)
    code = style()
    return run("-m", "pytest", *SPREAD, "-m", f"not ({REST})") or code


def test_all(extra):
    """Run what `test` runs and then, if that passes, what it leaves out."""
    return test([]) or run("-m", "pytest", *SPREAD, "-m", REST, *extra)


def bench(extra):
    """Run the benchmarks."""
    return run("-m", "benchmarks.bench", *extra)


def data(extra):
    """Renew size and checksum of every table in the manifest."""
    return run("-m", "coursestaff.cli", "data", *extra)


def site(extra):
    """Build the printed course."""
    return run("-m", "coursestaff.publishing.site", *extra)


def slides(extra):
    """Make the instructor's slides."""
    return run("-m", "coursestaff.publishing.slides", *extra)


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
        pip(
            "download",
            [*locked, "-d", str(wheels)],
            "Downloading the tools that build the site (19 MB).",
        )
        found = [str(wheel) for wheel in sorted(wheels.glob("*.whl"))]
        pip_install(
            ["--no-index", "--no-deps", "--target", str(folder), *found], "Unpacking these tools."
        )
        wheels.rename(folder / "wheels")
    return folder


def lite(extra):
    """Build the course as a JupyterLite site."""
    tools = str(lite_tools())
    return run("-m", "coursestaff.publishing.lite.building", "--tools", tools, *extra)


def workbook(extra):
    """Print the workbook, for a room without computers."""
    return run("-m", "coursestaff.publishing.workbook", *extra)


def hub(extra):
    """Set up, start or clear a JupyterHub for a class."""
    return run("-m", "coursestaff.cli", "hub", *extra)


def setup(extra):
    """Set up only: that has happened by now."""
    return 0


COMMANDS = {
    "lab": (DESK, lab),
    "data": (DESK, data),
    "hub": (HUB, hub),
    "setup": (DEVELOPMENT, setup),
    "check": (DEVELOPMENT, check),
    "test": (DEVELOPMENT, test),
    "test-all": (DEVELOPMENT, test_all),
    "bench": (DEVELOPMENT, bench),
    "site": (DEVELOPMENT, site),
    "slides": (DEVELOPMENT, slides),
    "lite": (DEVELOPMENT, lite),
    "workbook": (DEVELOPMENT, workbook),
}


def main(words):
    """Run one command; return the exit code."""
    if not words or words[0] not in COMMANDS:
        asked = bool(words) and words[0] in ("help", "-h", "--help")
        print(USAGE, file=sys.stdout if asked else sys.stderr)
        return 0 if asked else 2
    lock, command = COMMANDS[words[0]]
    try:
        if command is not lab and not (ROOT / "coursestaff").is_dir():
            raise SetUpError(
                "This is a student's copy of the course, in which only the command `lab` works."
            )
        set_up(lock)
        return command(words[1:])
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
