"""Grade the same submissions with ``course grade``, ``nbgrader autograde`` and ``otter run``.

Part of ``make bench``. otter-grader is installed into an environment of its own (this needs the
network once); where that fails, its row says so.
"""

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from itertools import cycle, islice
from pathlib import Path

from courseware import checks
from instructor.grading import coordinator
from instructor.grading.cells import source
from instructor.grading.gradebook import prepare
from instructor.grading.nbgrader_course import directory, gradebook
from instructor.grading.spec import read_notebook
from tests import corpus
from tests.exercises import exercise, solution

ROOT = Path(__file__).resolve().parents[1]
NAME = "02_the_trade_lifeline"
RELEASED = ROOT / "exercises" / NAME
OTTER = "otter-grader==7.0.0"
COUNT = 40  # submissions for the comparison: the same for all
SIZES = (10, 100, 500, 1000)


def new_course(folder: Path, kinds: list[corpus.Kind]) -> Path:
    """Make a course folder with one submission per kind, and with a gradebook."""
    folder.mkdir(parents=True)
    for part in ("solutions", "exercises", "data", "nbgrader_config.py"):
        (folder / part).symlink_to(ROOT / part)
    for number, kind in enumerate(kinds):
        submission = folder / "submitted" / f"s{number:04d}" / NAME
        kind.write(submission)
        shutil.copyfile(RELEASED / checks.FILE, submission / checks.FILE)
    book = gradebook(directory(folder))
    prepare(book, exercise(NAME), read_notebook(RELEASED / f"{NAME}.ipynb"))
    book.close()
    return folder


def plain_kinds(count: int) -> list[corpus.Kind]:
    """Return submissions that every grader can read: right, partly right, untouched."""
    kinds = [kind for kind in corpus.kinds(NAME) if kind.group == "plain"]
    return list(islice(cycle(kinds), count))


def mixed_kinds(count: int) -> list[corpus.Kind]:
    """Return submissions of every kind, over and over."""
    return list(islice(cycle(corpus.kinds(NAME)), count))


# --- The three graders ---------------------------------------------------------------------


def by_course(folder: Path, processes: int) -> tuple[float, coordinator.Summary]:
    """Return seconds for all submissions in ``folder``, and the summary."""
    started = time.perf_counter()
    summary = coordinator.grade(folder, NAME, processes=processes, again=True)
    return time.perf_counter() - started, summary


def by_nbgrader(folder: Path) -> float:
    """Return seconds for ``nbgrader autograde`` as it comes, without our refusal."""
    config = folder / "nbgrader_config.py"
    text = config.read_text(encoding="utf-8").split("# One road to marks")[0]
    config.unlink()
    config.write_text(text, encoding="utf-8")
    started = time.perf_counter()
    command = [sys.executable, "-m", "nbgrader", "autograde", NAME]
    subprocess.run(command, cwd=folder, env=environment(), capture_output=True, check=True)
    return time.perf_counter() - started


def environment() -> dict[str, str]:
    """Return an environment in which the course's package and tables are found."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return os.environ | {
        "PATH": path,
        "PYTHONPATH": str(ROOT),
        "NO_LIMITS_DATA": str(ROOT / "data"),
    }


def otter_python(folder: Path) -> Path | None:
    """Return the Python of an environment with otter-grader; None if it cannot be installed."""
    python = folder / "otter" / "bin" / "python"
    steps = [
        [sys.executable, "-m", "venv", str(folder / "otter")],
        [str(python), "-m", "pip", "install", "-q", OTTER, "ipykernel", "pandas", "matplotlib"],
    ]
    done = [subprocess.run(step, capture_output=True, check=False).returncode for step in steps]
    return None if any(done) else python


def otter_assignment(folder: Path) -> Path:
    """Write otter's zip with a test per question that asks the same of the same names."""
    expected, archive = solution(NAME), folder / "autograder.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("otter_config.json", json.dumps({"lang": "python"}))
        for question in exercise(NAME).checked:
            value = expected.answers[question.id].get("value")
            code = f">>> assert {question.answer} is not ..."
            if isinstance(value, float):
                code += f"\n>>> assert abs({question.answer} - {value}) <= abs({value}) * 0.005"
            suite = {"cases": [{"code": code}], "scored": True, "type": "doctest"}
            test = {"name": question.id, "points": question.points, "suites": [suite]}
            opened.writestr(f"tests/{question.id}.py", f"test = {test!r}\nOK_FORMAT = True\n")
    return archive


def by_otter(folder: Path, python: Path, kinds: list[corpus.Kind]) -> float:
    """Return seconds for ``otter run``, one submission after another as a script would."""
    archive, spent = otter_assignment(folder), 0.0
    for number, kind in enumerate(kinds):
        place = folder / f"run{number}"
        kind.write(place)
        notebook = json.loads((place / f"{NAME}.ipynb").read_text(encoding="utf-8"))
        for cell in notebook["cells"]:  # the tests are otter's here
            if source(cell).startswith("check("):
                cell["source"] = ""
        (place / f"{NAME}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
        command = [str(python), "-m", "otter", "run", "--no-logo", "-a", str(archive)]
        started = time.perf_counter()
        subprocess.run(
            [*command, "-o", str(place), str(place / f"{NAME}.ipynb")],
            cwd=place,
            env=environment(),
            capture_output=True,
            check=True,
        )
        spent += time.perf_counter() - started
    return spent


# --- What is written to RESULTS.md ---------------------------------------------------------


def compared(folder: Path) -> tuple[list[str], float]:
    """Return the table that sets the graders side by side, and nbgrader's seconds for one."""
    kinds = plain_kinds(COUNT)
    theirs = by_nbgrader(new_course(folder / "nbgrader", kinds)) / COUNT
    rows = [("`nbgrader autograde`", theirs, "none")]
    python = otter_python(folder)
    if python:
        rows.append(("`otter run`", by_otter(folder, python, kinds) / COUNT, "none"))
    ours = new_course(folder / "ours", kinds)
    parts = None
    for processes in (1, 2):
        seconds, summary = by_course(ours, processes)
        name = f"`course grade`, {processes} process{'es' if processes > 1 else ''}"
        rows.append((name, seconds / COUNT, "on"))
        parts = parts or cost(seconds, summary)
    lines = [f"## Grading a class: the same {COUNT} submissions of exercise 02", ""]
    lines += [
        "| grader | s each | a minute | isolation | times nbgrader |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {name} | {each:.3f} | {60 / each:.0f} | {isolation} | {theirs / each:.1f} |"
        for name, each, isolation in rows
    ]
    if not python:
        lines.append(f"| `otter run` | not measured: {OTTER} could not be installed | | | |")
    about = (
        "Starting is in the time of all, and in ours running the solution: so it falls with number."
    )
    return [*lines, "", about, *parts], theirs


def cost(seconds: float, summary: coordinator.Summary) -> list[str]:
    """Return what one submission costs with one process, part by part."""
    keys = list(summary.graded[0].seconds)
    means = {key: statistics.mean(g.seconds[key] for g in summary.graded) for key in keys}
    cpu = means.pop("cpu")  # lies in the others
    rest = seconds / len(summary.graded) - sum(means.values())
    lines = ["", "| part of one submission (1 process) | ms |", "|---|---|"]
    lines += [f"| {key} | {mean * 1000:.1f} |" for key, mean in means.items()]
    lines.append(f"| (processor time of fork, isolate and run) | {cpu * 1000:.1f} |")
    return [*lines, f"| record, and the share of starting | {rest * 1000:.1f} |", ""]


def growth(folder: Path, theirs: float) -> list[str]:
    """Return how time and memory grow with the number of mixed submissions."""
    lines = ["## Mixed submissions, every kind over and over (2 processes)", ""]
    lines += [
        "| submissions | s | s each | times nbgrader | lost | memory of the coordinator, MB |"
    ]
    lines += ["|---|---|---|---|---|---|"]
    for size in SIZES:
        seconds, summary = by_course(new_course(folder / f"mixed{size}", mixed_kinds(size)), 2)
        lost = size - len(summary.graded)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        each = seconds / size
        lines.append(
            f"| {size} | {seconds:.1f} | {each:.3f} | {theirs / each:.1f} | {lost} | {memory:.0f} |"
        )
        shutil.rmtree(folder / f"mixed{size}")
    return [*lines, ""]


def sections() -> list[str]:
    """Measure, and return the lines for RESULTS.md."""
    os.environ["NO_LIMITS_DATA"] = str(ROOT / "data")
    with tempfile.TemporaryDirectory() as scratch:
        lines, theirs = compared(Path(scratch))
        return [*lines, *growth(Path(scratch), theirs)]


if __name__ == "__main__":
    print("\n".join(sections()))
