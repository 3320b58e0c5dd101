"""Releases of an exercise, the present one and earlier ones, and which a notebook is made from.

A class may have two variants in hand at once. A copy of each release is kept (`kept`), and work is
graded against the release that it names.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from coursestaff.collecting.reasons import Reason, reason
from coursestaff.exercises import fingerprints, kept, points, spec
from coursestaff.exercises.cells import Cell, differ, grade_id, is_given, marks, source, tidy
from coursestaff.exercises.spec import Exercise, SpecError
from courseware import CourseError, checks

if TYPE_CHECKING:
    from coursestaff.marking.probes import Run

MIXED = (
    "The notebook names one release of the exercise, but its cells match another release better. "
    "It was marked against the release that it names."
)
UNSURE = (
    "The notebook does not say which release it comes from, and some of the cells that students "
    "were given differ from the release that it fits best."
)
VARIANT = (
    "The notebook comes from a variant of this exercise ({theirs}) that differs from the one "
    "released now ({ours}). It was marked against its own variant. If this class received only "
    "the variant released now, ask the student where the notebook comes from."
)
OTHER_QUESTIONS = (
    "the questions or points of that release are different, and the gradebook can hold only one "
    "set of questions."
)


class Setup(NamedTuple):
    """What marking one release of an exercise takes; it travels to the executor's processes.

    ``tables`` holds the checksums of the tables that its solution loads here; ``expected`` is None
    until the solution has run. ``unfit`` says why work on it cannot be graded here. ``earlier`` are
    the other releases that are known.
    """

    exercise: Exercise
    release: list[Cell]
    tables: dict[str, str]
    expected: "Run | None" = None
    fingerprint: str | None = None
    unfit: str = ""
    earlier: tuple["Setup", ...] = ()

    def is_check(self, cell: Cell) -> bool:
        """Return whether an answer is looked at in this cell."""
        question = self.exercise.questions.get(grade_id(cell) or "")
        return question is not None and not question.written


class Chosen(NamedTuple):
    """Which release a notebook is held against.

    ``note`` says that it is an earlier one. ``refused`` says why none can be told; ``mixed`` and
    ``unsure`` why a person has to look: at all marks, or at those that are not full.
    """

    setup: Setup
    note: str | None = None
    refused: Reason | None = None
    mixed: str | None = None
    unsure: str | None = None

    def variant(self, present: Setup) -> str | None:
        """Say that this is a release with other parameters than the present one; None if not."""
        theirs, ours = (spec.parameters(each.release) for each in (self.setup, present))
        if self.refused or theirs == ours:
            return None
        return VARIANT.format(theirs=values_in_words(theirs), ours=values_in_words(ours))


def values_in_words(values: dict[str, str]) -> str:
    """Return parameters as one reads them: ``YEAR = 2018``."""
    return ", ".join(f"{name} = {value}" for name, value in values.items()) or "no parameters"


# --- Which one -----------------------------------------------------------------------------


def choose(present: Setup, metadata: dict[str, Any], cells: list[Cell]) -> Chosen:
    """Return which release a notebook was made from; whatever it says of itself is not trusted.

    Args:
        present: the present release, with the earlier ones.
        metadata: the notebook's.
        cells: the notebook's.

    """
    if present.fingerprint is None and not present.earlier:  # there is nothing to choose
        return Chosen(present)
    known = {each.fingerprint: each for each in (present, *present.earlier)}
    texts = {tidy(source(cell)) for cell in cells}
    fits = {fingerprint: _fit(each, texts) for fingerprint, each in known.items()}
    named, best = fingerprints.release_of(metadata), max(fits.values())
    if named in known:
        chosen = known[named]
        mixed = MIXED if fits[named] < best else None
        return _fit_to_grade(present, Chosen(chosen, _note(present, chosen), mixed=mixed))
    if named:
        values = {"name": present.exercise.name, "release": named}
        return Chosen(present, refused=reason("unknown release", **values))
    chosen, *more = [known[each] for each, fit in fits.items() if fit == best]
    if more or named is not None:
        return Chosen(present, refused=reason("untold release"))
    unsure = UNSURE if _contradict(chosen.release, cells) else None
    return _fit_to_grade(present, Chosen(chosen, _note(present, chosen), unsure=unsure))


def _fit(setup: Setup, texts: set[str]) -> float:
    """Return which share of a release's given cells is among these texts."""
    ours = {tidy(source(c)) for c in setup.release if not grade_id(c) or is_given(c)}
    return len(ours & texts) / len(ours) if ours else 0.0


def _contradict(release: list[Cell], cells: list[Cell]) -> bool:
    """Return whether a given cell of code is there, and another one than was released."""
    ours = {grade_id(c): c for c in release if c["cell_type"] == "code" and is_given(c)}
    return any(differ(ours[name], c) for c in cells if (name := grade_id(c)) and name in ours)


def _note(present: Setup, chosen: Setup) -> str | None:
    if chosen.fingerprint == present.fingerprint:
        return None
    values = spec.parameters(chosen.release)
    which = f" ({values_in_words(values)})" if values else ""
    return f"the notebook was made from an earlier release{which} and marked against that release"


def _fit_to_grade(present: Setup, chosen: Chosen) -> Chosen:
    unfit = chosen.setup.unfit
    return Chosen(present, refused=reason("unfit release", unfit=unfit)) if unfit else chosen


# --- What is known of each -----------------------------------------------------------------


def set_up(course: Path, name: str) -> Setup:
    """Return what marking an exercise takes: its present release, with the earlier ones.

    The solution is the one that is worked on, as long as it still makes the release that students
    have: corrections count. If it has moved on since, it is the one that was kept.

    Raises:
        SpecError: the exercise does not hold together, or is not released.

    """
    exercise = spec.load(spec.find(course / "solutions", name))
    given = course / "exercises" / name
    path = given / f"{name}.ipynb"
    if not path.is_file() or not (given / checks.FILE).is_file():
        raise SpecError(f"exercises/{name} does not exist. Run `course release {name}` first.")
    notebook = spec.read_notebook(path)
    named = fingerprints.release_of(notebook.metadata)
    if named and named != fingerprints.fingerprint(exercise):
        exercise = _kept(exercise, named)
    release = [dict(cell) for cell in notebook.cells]
    present = Setup(exercise, release, _tables(exercise), fingerprint=named)
    if _points(release) != {q.id: q.points for q in exercise.questions.values()}:
        raise SpecError(
            f"The questions or points in exercises/{name} differ from those in solutions/{name}. "
            f"Run `course release {name}`, and check what has changed."
        )
    return present._replace(earlier=tuple(_earlier(present)))


def as_released(exercise: Exercise, metadata: dict[str, Any]) -> Exercise:
    """Return an exercise as it was when a notebook with this metadata was released.

    It is the present one if the notebook does not say, or if no copy of that release is kept.
    """
    named = fingerprints.release_of(metadata)
    if named not in kept.copies(exercise.folder) or named == fingerprints.fingerprint(exercise):
        return exercise
    return kept.find(exercise.folder, named)


def _kept(exercise: Exercise, release: str) -> Exercise:
    """Return an exercise as it was when students got it."""
    if release not in kept.copies(exercise.folder):
        raise SpecError(
            f"exercises/{exercise.name} no longer matches solutions/{exercise.name}, and no copy "
            "is kept of the solution from which that exercise was made. Run `course release "
            f"{exercise.name}`, or undo the later changes in the solution."
        )
    return kept.find(exercise.folder, release)


def _tables(exercise: Exercise) -> dict[str, str]:
    return fingerprints.checksums(exercise, fingerprints.tables_of(exercise.course))


def _points(release: list[Cell]) -> dict[str, int]:
    noted = [marks(cell) for cell in release]
    return {each["grade_id"]: each["points"] for each in noted if each.get("grade")}


def _earlier(present: Setup) -> Iterator[Setup]:
    """Yield the other releases of which copies are kept; of one that cannot be graded, why."""
    for release in kept.copies(present.exercise.folder):
        if release == present.fingerprint:
            continue
        try:
            exercise = kept.find(present.exercise.folder, release)
            given = points.given(exercise)
            unfit = OTHER_QUESTIONS if _points(given) != _points(present.release) else ""
            setup = Setup(exercise, given, _tables(exercise), fingerprint=release, unfit=unfit)
        except (CourseError, OSError) as problem:
            setup = Setup(present.exercise, [], {}, fingerprint=release, unfit=str(problem))
        yield setup
