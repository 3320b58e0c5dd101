"""Grade the same submissions with ``course grade``, ``nbgrader autograde`` and ``otter run``.

Part of ``make bench``. Every grader is timed as its user would time it: a command of its own,
from start to end, imports and all, on a course folder that no grader has seen. The graders take
turns, so that a machine that is slow for a while is slow for all. otter-grader is installed into
an environment of its own (this needs the network once); where that fails, its row says so.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

from coursestaff.exercises.cells import source
from coursestaff.exercises.spec import read_notebook
from coursestaff.marking import coordinator
from coursestaff.marking.gradebook import prepare
from coursestaff.marking.sandbox import kernel
from coursestaff.nbgrader_course import directory, gradebook
from courseware import checks
from tests import corpus
from tests.exercises import exercise, solution

ROOT = Path(__file__).resolve().parents[1]
NAMES = ("02_the_trade_lifeline", "05_silk_roads_then_and_now")
OTTER = "otter-grader==7.0.0"
COUNT = 40  # submissions for the comparison of all three
SIZES = (500, 1000)
ROUNDS = 3
LOOK = 0.05  # seconds between two looks at a command's memory


class Took(NamedTuple):
    """What one command took: seconds by the clock and of processors, and its own memory.

    ``processor`` counts the command with all processes that it started; ``memory`` is the most, in
    MB, that its first process held: of ours that is the coordinator.
    """

    wall: float
    processor: float
    memory: float


def timed(command: list[str], folder: Path) -> Took:
    """Run a command in a course folder to its end.

    Raises:
        CalledProcessError: it failed (2: a person has to look at something, is no failure).

    """
    adopt()
    started, before = time.perf_counter(), os.times()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    most = [0.0]
    watching = threading.Thread(target=_watch, args=[process, most], daemon=True)
    watching.start()
    _, words = process.communicate()
    wall = time.perf_counter() - started
    watching.join()
    with suppress(ChildProcessError):  # what it has left running ends soon, and counts
        while True:
            os.waitpid(-1, 0)
    after = os.times()
    if process.returncode not in (0, 2):
        raise subprocess.CalledProcessError(process.returncode, command, stderr=words)
    processor = after.children_user + after.children_system
    return Took(wall, processor - before.children_user - before.children_system, most[0])


def adopt() -> None:
    """Become the parent of what commands leave behind, or nobody would count what it took."""
    if sys.platform == "linux":
        kernel.prctl(36, 1)  # PR_SET_CHILD_SUBREAPER


def _watch(process: subprocess.Popen, most: list[float]) -> None:
    """Keep the highest memory of a process; the system keeps it only as long as it lives."""
    status = Path(f"/proc/{process.pid}/status")
    while process.poll() is None:
        with suppress(OSError, StopIteration, ValueError):
            lines = status.read_text(encoding="ascii").splitlines()
            peak = next(line for line in lines if line.startswith("VmHWM"))
            most[0] = int(peak.split()[1]) / 1024
        time.sleep(LOOK)


def environment() -> dict[str, str]:
    """Return an environment in which the course's package and tables are found."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return os.environ | {
        "PATH": path,
        "PYTHONPATH": str(ROOT),
        "NO_LIMITS_DATA": str(ROOT / "data"),
    }


# --- Submissions ---------------------------------------------------------------------------


def plain_kinds(name: str, count: int) -> list[corpus.Kind]:
    """Return submissions that every grader can read: right, partly right, untouched."""
    kinds = [kind for kind in corpus.kinds(name) if kind.group == "plain"]
    return list(islice(cycle(kinds), count))


def mixed_kinds(name: str, count: int) -> list[corpus.Kind]:
    """Return submissions of every kind, over and over."""
    return list(islice(cycle(corpus.kinds(name)), count))


def new_course(folder: Path, name: str, kinds: list[corpus.Kind]) -> Path:
    """Make a course folder with one submission per kind, and with a gradebook."""
    released = ROOT / "exercises" / name
    folder.mkdir(parents=True)
    for part in ("exercises", "data", "nbgrader_config.py"):
        (folder / part).symlink_to(ROOT / part)
    shutil.copytree(ROOT / "solutions", folder / "solutions")  # releases are kept there
    for number, kind in enumerate(kinds):
        submission = folder / "submitted" / f"s{number:04d}" / name
        kind.write(submission)
        shutil.copyfile(released / checks.FILE, submission / checks.FILE)
    book = gradebook(directory(folder))
    prepare(book, exercise(name), read_notebook(released / f"{name}.ipynb"))
    book.close()
    return folder


# --- The three graders ---------------------------------------------------------------------


def by_course(folder: Path, name: str, processes: int) -> Took:
    """Grade with ``course grade``, isolated."""
    command = [sys.executable, "-m", "coursestaff.cli", "grade", name]
    return timed([*command, "--processes", str(processes)], folder)


def by_nbgrader(folder: Path, name: str) -> Took:
    """Grade with ``nbgrader autograde`` as it comes, without our refusal."""
    config = folder / "nbgrader_config.py"
    text = config.read_text(encoding="utf-8").split("# One road to marks")[0]
    config.unlink()
    config.write_text(text, encoding="utf-8")
    return timed([sys.executable, "-m", "nbgrader", "autograde", name], folder)


def otter_python(folder: Path) -> Path | None:
    """Return the Python of an environment with otter-grader; None if it cannot be installed."""
    python = folder / "otter" / "bin" / "python"
    steps = [
        [sys.executable, "-m", "venv", str(folder / "otter")],
        [str(python), "-m", "pip", "install", "-q", OTTER, "ipykernel", "pandas", "matplotlib"],
    ]
    done = [subprocess.run(step, capture_output=True, check=False).returncode for step in steps]
    return None if any(done) else python


def otter_assignment(folder: Path, name: str) -> Path:
    """Write otter's zip with a test per question that asks the same of the same names."""
    expected, archive = solution(name), folder / "autograder.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("otter_config.json", json.dumps({"lang": "python"}))
        for question in exercise(name).checked:
            value = expected.answers[question.id].get("value")
            code = f">>> assert {question.answer} is not ..."
            if isinstance(value, float):
                code += f"\n>>> assert abs({question.answer} - {value}) <= abs({value}) * 0.005"
            suite = {"cases": [{"code": code}], "scored": True, "type": "doctest"}
            test = {"name": question.id, "points": question.points, "suites": [suite]}
            opened.writestr(f"tests/{question.id}.py", f"test = {test!r}\nOK_FORMAT = True\n")
    return archive


def by_otter(folder: Path, name: str, python: Path, kinds: list[corpus.Kind]) -> Took:
    """Grade with ``otter run``, one submission after another as a script would."""
    folder.mkdir()
    archive, spent = otter_assignment(folder, name), []
    for number, kind in enumerate(kinds):
        place = folder / f"run{number}"
        kind.write(place)
        path = place / f"{name}.ipynb"
        notebook = json.loads(path.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:  # the tests are otter's here
            if source(cell).startswith("check("):
                cell["source"] = ""
        path.write_text(json.dumps(notebook), encoding="utf-8")
        command = [str(python), "-m", "otter", "run", "--no-logo", "-a", str(archive)]
        spent.append(timed([*command, "-o", str(place), str(path)], place))
    return together(spent)


def together(spent: list[Took]) -> Took:
    """Return what several commands took, one after the other."""
    wall, processor, memory = zip(*spent, strict=True)
    return Took(sum(wall), sum(processor), max(memory))


# --- What is written to RESULTS.md ---------------------------------------------------------


class Pair(NamedTuple):
    """nbgrader and a command of ours, timed one after the other."""

    theirs: Took
    ours: Took
    count: int  #: submissions that ours graded; nbgrader's were `COUNT`

    @property
    def times(self) -> float:
        """Return how many times as many submissions a second ours grades."""
        return (self.theirs.wall / COUNT) / (self.ours.wall / self.count)


def pairs(scratch: Path, name: str, count: int, processes: int, rounds: int) -> Iterator[Pair]:
    """Yield as many pairs as there are rounds; each grades fresh copies of the same work."""
    for _ in range(rounds):
        place = Path(tempfile.mkdtemp(dir=scratch))
        theirs = new_course(place / "nbgrader", name, plain_kinds(name, COUNT))
        ours = new_course(place / "ours", name, plain_kinds(name, count))
        yield Pair(by_nbgrader(theirs, name), by_course(ours, name, processes), count)
        shutil.rmtree(place)


HEAD = (
    "| grader | submissions | s each, wall | s each, processor | isolation | times nbgrader |",
    "|---|---|---|---|---|---|",
)


def compared(scratch: Path, name: str, python: Path | None) -> list[str]:
    """Return the table that sets the graders side by side on one exercise."""
    lines, seen, cores = [], [], os.cpu_count() or 1
    plans = [(COUNT, 1, 1), (COUNT, cores, ROUNDS), *((size, cores, 1) for size in SIZES)]
    for count, processes, rounds in plans:
        some = list(pairs(scratch, name, count, processes, rounds))
        seen += [each.theirs for each in some]
        middle = sorted(some, key=lambda pair: pair.times)[len(some) // 2]
        ratios = ", ".join(f"{pair.times:.1f}" for pair in some)
        title = f"`course grade`, {processes} process{'es' if processes > 1 else ''}"
        lines.append(line(title, middle.ours, count, "on", f"{middle.times:.1f} ({ratios})"))
    theirs = sorted(seen)[len(seen) // 2]
    head = [line("`nbgrader autograde`", theirs, COUNT, "none", "1")]
    if python:
        took = by_otter(scratch / f"otter-{name}", name, python, plain_kinds(name, COUNT))
        head.append(line("`otter run`", took, COUNT, "none", f"{theirs.wall / took.wall:.1f}"))
    else:
        head.append(f"| `otter run` | not measured: {OTTER} could not be installed | | | | |")
    return [
        f"## Grading a class: plain submissions of exercise {name[:2]}",
        "",
        *HEAD,
        *head,
        *lines,
    ]


def line(title: str, took: Took, count: int, isolation: str, times: str) -> str:
    """Return one row of a table."""
    wall, processor = took.wall / count, took.processor / count
    return f"| {title} | {count} | {wall:.4f} | {processor:.4f} | {isolation} | {times} |"


def cost(scratch: Path, name: str) -> list[str]:
    """Return what one submission costs with one process, part by part, from inside the command."""
    folder = new_course(scratch / "cost", name, plain_kinds(name, COUNT))
    started = time.perf_counter()
    summary = coordinator.grade(folder, name, processes=1)
    assert not summary.trouble, summary.trouble[0]  # or something else than grading is timed
    each = (time.perf_counter() - started) / COUNT
    keys = list(summary.graded[0].seconds)
    means = {key: statistics.mean(g.seconds[key] for g in summary.graded) for key in keys}
    cpu = means.pop("cpu")  # lies in the others
    lines = [f"| part of one submission of exercise {name[:2]} (1 process) | ms |", "|---|---|"]
    lines += [f"| {key} | {mean * 1000:.1f} |" for key, mean in means.items()]
    lines.append(f"| (processor time of fork, isolate and run) | {cpu * 1000:.1f} |")
    rest = (each - sum(means.values())) * 1000
    return [*lines, f"| record, and the share of starting | {rest:.1f} |", ""]


def growth(scratch: Path, name: str) -> list[str]:
    """Return how time and memory grow with the number of mixed submissions."""
    cores = os.cpu_count() or 1
    lines = [
        f"## Mixed submissions of exercise {name[:2]}, of every kind ({cores} processes)",
        "",
        "| submissions | s | s each | lost | pictures | memory of the coordinator, MB |",
        "|---|---|---|---|---|---|",
    ]
    for size in (10, 100, *SIZES):
        folder = new_course(scratch / f"mixed{size}", name, mixed_kinds(name, size))
        took = by_course(folder, name, cores)
        made = list((folder / "autograded").glob(f"*/{name}/{name}.ipynb"))
        pictures = sum(path.read_text(encoding="utf-8").count('"image/png"') for path in made)
        row = f"| {size} | {took.wall:.1f} | {took.wall / size:.4f} | {size - len(made)} "
        lines.append(f"{row}| {pictures} | {took.memory:.0f} |")
        shutil.rmtree(folder)
    return [*lines, ""]


ABOUT = (
    "Whole commands, imports and the solution's run included: so a submission's share falls with "
    "their number. Each row of ours stands beside a run of nbgrader's in the same round, on "
    f"{COUNT} of the same submissions; a row of several rounds is the middle one, with all ratios "
    "in brackets. Processor time is that of all processes a command starts. Pictures are kept."
)


def sections() -> list[str]:
    """Measure, and return the lines for RESULTS.md."""
    os.environ["NO_LIMITS_DATA"] = str(ROOT / "data")
    with tempfile.TemporaryDirectory() as folder:
        scratch, lines = Path(folder), []
        python = otter_python(scratch)
        for name in NAMES:
            lines += [*compared(scratch, name, python), ""]
        lines += [ABOUT, "", *growth(scratch, NAMES[0])]
        # Last: it leaves a fork server in this process, and `timed` would wait for its end.
        return [*lines, *cost(scratch, NAMES[0])]


if __name__ == "__main__":
    print("\n".join(sections()))
