"""Grade a class: repair, run in isolation, compare outside, record. ``course grade NAME``.

Three kinds of process. This one, the *coordinator*, knows the expected values and never runs
student code. It hands submissions to an executor, whose processes each start a *zygote*; a
*worker* forked from it runs one submission and sends back described answers.
"""

import hashlib
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from datetime import datetime
from functools import cache
from multiprocessing import get_context
from multiprocessing.util import Finalize
from os import cpu_count
from pathlib import Path
from typing import NamedTuple

import nbformat

from courseware import checks
from courseware.grading import spec
from courseware.grading.cleaning import clean_markdown, clean_outputs
from courseware.grading.expected import solve
from courseware.grading.isolation import Limits
from courseware.grading.marking import Mark, mark
from courseware.grading.nbgrader_course import configuration, directory, gradebook
from courseware.grading.record import Result, prepare, save
from courseware.grading.repair import (
    Cell,
    Repaired,
    Unreadable,
    find_notebook,
    grade_id,
    read_cells,
    repair,
    source,
)
from courseware.grading.running import Run, probes_of
from courseware.grading.spec import Exercise, SpecError
from courseware.grading.zygote import Zygote

#: What nbgrader puts beside a submission: formgrader compares the first, feedback needs the other.
NBGRADERS_OWN = ("timestamp.txt", "submission_secret.txt")
DONE = "course_grade"  # in an autograded notebook's metadata: what it was made from


class Setup(NamedTuple):
    """What grading one exercise takes; it travels to the executor's processes."""

    course: Path
    exercise: Exercise
    expected: Run
    release: list[Cell]
    checks: str
    limits: Limits
    isolated: bool


class Graded(NamedTuple):
    """What came of one submission; in a `Summary` without its cells, which are on disk."""

    student: str
    cells: list[Cell]
    marks: dict[str, Mark]
    answered: set[str]
    notes: list[str]
    trouble: str | None
    seconds: dict[str, float]


class Summary(NamedTuple):
    """What `grade` did: one entry per student."""

    graded: list[Graded]
    skipped: list[str]  #: already graded, and nothing has changed since
    seconds: float

    @property
    def repaired(self) -> list[Graded]:
        """Return the submissions in which something was put right."""
        return [each for each in self.graded if each.notes]

    @property
    def trouble(self) -> list[Graded]:
        """Return the submissions that a person has to look at."""
        return [each for each in self.graded if each.trouble]


def grade(
    course: Path,
    name: str,
    *,
    executor: Executor | None = None,
    processes: int | None = None,
    isolated: bool = True,
    again: bool = False,
    limits: Limits | None = None,
    tell: Callable[[Graded, int, int], None] = lambda graded, done, of: None,
) -> Summary:
    """Grade what nbgrader collected in ``submitted/`` for one exercise.

    Args:
        course: the course folder.
        name: such as ``02_the_trade_lifeline``.
        executor: where the work is done; by default processes on this machine.
        processes: how many of them (default: the cores there are).
        isolated: run student code in isolation. Never turn this off for work that is not yours.
        again: grade also what is graded already and has not changed.
        limits: of time, memory and output for one submission.
        tell: called after each submission with it, the number done and the number of all.

    Raises:
        SpecError: the exercise does not hold together, is not released, or nobody handed it in.
        IsolationError: isolation is wanted and cannot start here; with all reasons.

    """
    started = time.monotonic()
    Zygote(limits, isolated=isolated)  # refuses at once where submissions cannot be shut in
    setup = _set_up(course, name, isolated, limits or Limits())
    folders = _submissions(course, name)
    digest = _digest(setup)
    waiting = [f for f in folders if again or _made_from(course, name, f) != _stamp(digest, f)]
    skipped = [folder.parent.name for folder in folders if folder not in waiting]
    own = executor is None
    executor = executor or ProcessPoolExecutor(
        processes or cpu_count(), mp_context=get_context("spawn")
    )
    graded: list[Graded] = []
    book = gradebook(directory(course))
    try:
        prepare(book, setup.exercise, _release(course, name))
        config = configuration(course)
        for result in _work(executor, setup, waiting):
            folder = course / "submitted" / result.student / name
            _keep(setup, book, config, folder, result, digest)
            graded.append(result._replace(cells=[]))  # kept on disk: memory must not grow
            tell(result, len(graded), len(waiting))
    finally:
        book.close()
        if own:
            executor.shutdown(cancel_futures=True)
    return Summary(graded, skipped, time.monotonic() - started)


def _set_up(course: Path, name: str, isolated: bool, limits: Limits) -> Setup:
    folder = course / "solutions" / name
    if folder not in spec.exercise_folders(course / "solutions"):
        known = ", ".join(f.name for f in spec.exercise_folders(course / "solutions"))
        raise SpecError(f"There is no exercise {name!r}. There are: {known}.")
    exercise = spec.load(folder)
    released = course / "exercises" / name
    if not (released / checks.FILE).is_file():
        raise SpecError(f"exercises/{name} is not there. Run `course release {name}` first.")
    cells = json.loads((released / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    public = (released / checks.FILE).read_text(encoding="utf-8")
    return Setup(course, exercise, solve(exercise), cells, public, limits, isolated)


def _release(course: Path, name: str) -> nbformat.NotebookNode:
    return spec.read_notebook(course / "exercises" / name / f"{name}.ipynb")


def _submissions(course: Path, name: str) -> list[Path]:
    folders = sorted(path for path in (course / "submitted").glob(f"*/{name}") if path.is_dir())
    if not folders:
        raise SpecError(
            f"Nobody has handed in {name}: there is no folder submitted/STUDENT/{name}. "
            "Collect first (see 'Grading a class' in README.md)."
        )
    return folders


def _work(executor: Executor, setup: Setup, folders: list[Path]) -> Iterator[Graded]:
    """Hand the submissions out, and yield what comes back, in the order it comes."""
    waiting = {executor.submit(grade_one, setup, folder): folder for folder in folders}
    for future in as_completed(waiting):
        folder = waiting.pop(future)
        try:
            yield future.result()
        except Exception as problem:  # a fault of ours: it must not stop the others
            trouble = f"Grading this one failed ({type(problem).__name__}: {problem})."
            yield _ungraded(setup, folder.parent.name, trouble)


# --- One submission ------------------------------------------------------------------------


def grade_one(setup: Setup, folder: Path) -> Graded:
    """Grade one student's folder; never raises for what a student did.

    Args:
        setup: the exercise and how to run it.
        folder: ``submitted/STUDENT/NAME``.

    """
    student, started = folder.parent.name, time.perf_counter()
    try:
        path, notes = find_notebook(folder, setup.exercise.name)
        cells, odd = read_cells(path)
        mended = repair(setup.release, cells)
    except Unreadable as problem:
        return _ungraded(setup, student, str(problem))
    repaired = time.perf_counter()
    zygote = _zygote(setup.isolated, setup.limits)
    records, ended = zygote.run(_job(setup, mended))
    ran = time.perf_counter()
    marks = _marks(setup, records)
    shown = _with_outputs(setup, mended, records, marks)
    seconds = {
        "repair": repaired - started,
        **zygote.seconds,
        "rest of run": ran - repaired - sum(zygote.seconds.values()),
        "compare": time.perf_counter() - ran,
    }
    return Graded(
        student=student,
        cells=shown,
        marks=marks,
        answered=mended.changed,
        notes=notes + odd + mended.notes,
        trouble=ended,
        seconds=seconds,
    )


@cache
def _zygote(isolated: bool, limits: Limits) -> Zygote:
    """Return this process's zygote; it lives as long as the process."""
    zygote = Zygote(limits, isolated=isolated)
    Finalize(None, zygote.stop, exitpriority=10)  # pool processes do not run atexit
    return zygote


def _job(setup: Setup, mended: Repaired) -> dict:
    """Return what a worker is told: sources and names, and nothing that is expected."""
    code = [
        {"id": _place(n, cell), "source": "" if _is_check(setup, cell) else source(cell)}
        for n, cell in enumerate(mended.cells)
        if cell["cell_type"] == "code"
    ]
    probes = probes_of(setup.exercise)
    last = code[-1]["id"] if code else None
    late = [{**probe, "key": f"{probe['key']}.end"} for own in probes.values() for probe in own]
    if last is not None:  # a name may be given its value later than its check
        probes[last] = [*probes.get(last, []), *late]
    files = {checks.FILE: setup.checks}
    return {"cells": code, "probes": probes, "files": files, "outputs": True}


def _place(number: int, cell: Cell) -> str:
    """Return a name for a cell in the job: the release's, or its place."""
    return grade_id(cell) or f"own-{number}"


def _is_check(setup: Setup, cell: Cell) -> bool:
    question = setup.exercise.questions.get(grade_id(cell) or "")
    return question is not None and not question.written


def _marks(setup: Setup, records: list[dict]) -> dict[str, Mark]:
    found = {key: answer for record in records for key, answer in record["answers"].items()}
    marks = {}
    for question in setup.exercise.checked:
        answer = found.get(question.id, {"type": "missing"})
        if answer["type"] in ("missing", "unfinished"):
            answer = found.get(f"{question.id}.end", answer)
        marks[question.id] = mark(question, setup.expected, answer)
    return marks


def _with_outputs(setup: Setup, mended: Repaired, records: list[dict], marks: dict) -> list[Cell]:
    """Return the cells as formgrader shows them: clean outputs, and the mark at each check."""
    outputs = {record["cell"]: record.get("outputs", []) for record in records}
    shown = []
    for number, cell in enumerate(mended.cells):
        fresh = dict(cell)
        if cell["cell_type"] == "markdown" and not _locked_text(cell):
            fresh["source"] = clean_markdown(source(cell))
        elif cell["cell_type"] == "code":
            place = _place(number, cell)
            fresh["execution_count"] = None
            fresh["outputs"] = clean_outputs(outputs.get(place, []))
            if place in marks:
                told = marks[place]
                text = f"{told.points} of {told.of} points. {told.words}\n"
                fresh["outputs"] = [{"output_type": "stream", "name": "stdout", "text": text}]
        fresh.setdefault("id", f"own-{number}")
        shown.append(fresh)
    return shown


def _locked_text(cell: Cell) -> bool:
    """Return whether a text cell is the release's own."""
    return "id" in cell and grade_id(cell) is None


def _ungraded(setup: Setup, student: str, trouble: str) -> Graded:
    """Return a submission that could not be graded: no marks, and the reason on top."""
    note = {"cell_type": "markdown", "id": "trouble", "metadata": {}, "source": f"**{trouble}**"}
    return Graded(student, [note, *setup.release], {}, set(), [], trouble, {})


# --- Keeping it ----------------------------------------------------------------------------


def _digest(setup: Setup) -> str:
    """Return one checksum of all that a mark depends on beside the submission."""
    parts = (setup.exercise.notebook.read_bytes(), (setup.exercise.folder / spec.FILE).read_bytes())
    return hashlib.sha256(b"\0".join((*parts, setup.checks.encode()))).hexdigest()


def _stamp(digest: str, folder: Path) -> str:
    """Return a checksum of a submission, and of what it is graded with."""
    seen = hashlib.sha256(digest.encode())
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            seen.update(path.name.encode() + b"\0")
            with path.open("rb") as content:
                seen.update(hashlib.file_digest(content, "sha256").digest())
    return seen.hexdigest()


def _autograded(course: Path, name: str, folder: Path) -> Path:
    return course / "autograded" / folder.parent.name / name


def _before(course: Path, name: str, folder: Path) -> dict:
    """Return the notebook of the last grading, or an empty one."""
    path = _autograded(course, name, folder) / f"{name}.ipynb"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {"cells": [], "metadata": {}}


def _made_from(course: Path, name: str, folder: Path) -> str | None:
    return _before(course, name, folder)["metadata"].get(DONE)


def _keep(setup: Setup, book, config, folder: Path, graded: Graded, digest: str) -> None:
    """Write the gradebook first, then the notebook: its stamp says that both are there."""
    name = setup.exercise.name
    before = {grade_id(c): source(c) for c in _before(setup.course, name, folder)["cells"]}
    now = {grade_id(cell): source(cell) for cell in graded.cells if grade_id(cell)}
    changed = {id for id, text in now.items() if before.get(id) != text} if before else None
    result = Result(
        student=graded.student,
        handed_in=_handed_in(folder),
        marks=graded.marks,
        answered=graded.answered,
        changed=changed,
        trouble=graded.trouble,
    )
    save(book, setup.exercise, result, config)
    _write(setup, folder, graded, _stamp(digest, folder))


def _handed_in(folder: Path) -> datetime | None:
    """Return when the work was handed in (UTC), from nbgrader's timestamp.txt."""
    from nbgrader.utils import parse_utc

    try:
        return parse_utc((folder / "timestamp.txt").read_text(encoding="utf-8").strip())
    except (OSError, ValueError):
        return None


def _write(setup: Setup, folder: Path, graded: Graded, stamp: str) -> None:
    """Put the autograded notebook in its place in one step."""
    name = setup.exercise.name
    target = _autograded(setup.course, name, folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    notebook = {
        "cells": graded.cells,
        "metadata": {"kernelspec": kernel, DONE: stamp},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".grading-") as scratch:
        fresh = Path(scratch) / name
        fresh.mkdir()
        text = json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"
        (fresh / f"{name}.ipynb").write_text(text, encoding="utf-8")
        for needed in NBGRADERS_OWN:
            if (folder / needed).is_file() and not (folder / needed).is_symlink():
                shutil.copyfile(folder / needed, fresh / needed)
        if target.exists():
            target.rename(Path(scratch) / "old")
        fresh.rename(target)
