"""Do what the README says on a fresh clone with an empty home, and time it: ``make fresh``.

Standard library only, and never called by pytest. What is not committed is not tried. Of the
environment only the way to the network is kept (proxies, certificates, pip's settings). The times
include every download. They go into a section of RESULTS.md, which ``make bench`` leaves alone.
"""

import os
import platform
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULTS = Path(__file__).with_name("RESULTS.md")
TITLE = "## A fresh clone, an empty home"
PATIENCE = 3600  # seconds for one command
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/\S*token=\w+")
KEPT = re.compile(r"PIP_.*|.*_PROXY|.*CERT.*|.*CA_BUNDLE|LANG|REQUIRE_.*", re.IGNORECASE)


class NotReadyError(Exception):
    """A command failed on the fresh clone; the message is the end of what it said."""


def main() -> int:
    """Clone, run both commands, print and write the figures; return the exit status."""
    if _git("status", "--porcelain"):
        print("Some changes are not committed: what is tried is the last commit.", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        home, course = Path(folder) / "home", Path(folder) / "course"
        home.mkdir()
        Path(folder).chmod(0o755)  # some tests run as other accounts, which have to enter it
        subprocess.run(["git", "clone", "-q", str(ROOT), str(course)], check=True, umask=0o022)
        try:
            text = RESULTS.read_text(encoding="utf-8")
            old = section(text)
            lines = measured(course, environment(home), old)
        except NotReadyError as problem:
            print(problem, file=sys.stderr)
            return 1
    print("\n".join(lines))
    text = text.replace(old, "").rstrip() + "\n\n" + "\n".join(lines) + "\n"
    RESULTS.write_text(text, encoding="utf-8", newline="\n")
    return 0


def section(text: str, title: str = TITLE) -> str:
    """Return a section of RESULTS.md, this one's, as it stands there; empty if there is none."""
    found = re.search(rf"^{title}$.*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    return found[0] if found else ""


def environment(home: Path) -> dict[str, str]:
    """Return an environment with an empty home and with this very Python as ``python3``."""
    kept = {name: value for name, value in os.environ.items() if KEPT.fullmatch(name)}
    python = Path(sys.base_prefix) / "bin"
    return kept | {"HOME": str(home), "PATH": os.pathsep.join([str(python), os.environ["PATH"]])}


def measured(course: Path, env: dict[str, str], before: str = "") -> list[str]:
    """Return the section's lines: a row for each commit that was measured, this one on top.

    Args:
        course: the clone.
        env: what the commands get.
        before: the section as it stands; its rows are kept, so that one sees what has changed.

    """
    first, again = lab(course, env), lab(course, env)
    seconds, computed, came = tests(course, env)  # `make check` is a part of it
    what = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    row = (
        f"| {_git('rev-parse', '--short', 'HEAD')}, {time.strftime('%Y-%m-%d')} | {first:.0f} | "
        f"{again:.1f} | {seconds:.0f} | {computed:.0f} | {came} |"
    )
    return [
        TITLE,
        "",
        f"Made by `make fresh`: {what}, Python {platform.python_version()}. Seconds, downloads "
        "included; processor seconds of the tests, with all that they start.",
        "",
        "| commit | `make lab` | again | `make test` | of processors | what came of it |",
        "|---|---|---|---|---|---|",
        row,
        *re.findall(r"^\| [0-9a-f]{7,}, .*$", before, re.MULTILINE),
    ]


def lab(course: Path, env: dict[str, str]) -> float:
    """Return the seconds from ``make lab`` until JupyterLab serves the first chapter; stop it."""
    log = course.with_name("lab.log")
    started = time.monotonic()
    with log.open("w") as out:
        process = subprocess.Popen(
            ["make", "lab"], cwd=course, env=env, stdout=out, stderr=out, start_new_session=True
        )
    try:
        while not _answers(log.read_text(encoding="utf-8")):
            if process.poll() is not None or time.monotonic() - started > PATIENCE:
                raise NotReadyError(f"`make lab` did not open the course.\n{_end_of(log)}")
            time.sleep(0.1)
        return time.monotonic() - started
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def _answers(said: str) -> bool:
    """Return whether the address that JupyterLab prints leads to the first chapter."""
    address = ADDRESS.search(said)
    if not address:
        return False
    try:
        with urllib.request.urlopen(address[0], timeout=30) as answer:
            return answer.status == 200 and "00_start_here.ipynb" in answer.url
    except OSError:
        return False


def tests(course: Path, env: dict[str, str]) -> tuple[float, float, str]:
    """Return the seconds of ``make test``, by the clock and of processors, and pytest's summary."""
    log = course.with_name("test.log")
    started, before = time.monotonic(), _computed()
    with log.open("w") as out:
        done = subprocess.run(
            ["make", "test"], cwd=course, env=env, stdout=out, stderr=out, timeout=PATIENCE
        )
    if done.returncode:
        raise NotReadyError(f"`make test` failed.\n{_end_of(log)}")
    seconds, computed = time.monotonic() - started, _computed() - before
    summary = re.findall(r"(\d+ passed.*?) in [\d.]+s", log.read_text(encoding="utf-8"))
    return seconds, computed, summary[-1] if summary else "passed"


def _computed() -> float:
    """Return the processor seconds of all that has been started from here and has ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _end_of(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8").splitlines()[-40:])


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
