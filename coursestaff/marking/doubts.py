"""Why a person has to look at a hand-in that has been marked, and at which questions.

Where honest work may have lost a mark, a person is asked: about an answer beside its box, another
notebook, a file that was cut off, a cell that found less here than at home, and a cell that changed
what later answers are given.
"""

import contextlib
from collections.abc import Iterable, Iterator, Set
from typing import NamedTuple

from coursestaff.collecting.handed_in import Work
from coursestaff.collecting.load import DAMAGED
from coursestaff.collecting.releases import Setup, values_in_words
from coursestaff.exercises import spec
from coursestaff.exercises.cells import (
    Repaired,
    grade_id,
    is_own,
    is_solution,
    place_of,
    source,
)
from coursestaff.exercises.fingerprints import made_with, others
from coursestaff.marking.marks import Mark
from coursestaff.marking.sandbox.reply_validation import INPUT, SHELL, STOP
from coursestaff.marking.source_analysis import (
    LEAST_WORDS,
    Names,
    changed,
    holds_prose,
    leaning,
    names,
)
from coursestaff.terminal import one_line

LOST = "The file was cut off or damaged, so this answer may be lost."
ELSEWHERE = (
    "The box for the answer is unchanged, so text elsewhere in the notebook was read as the answer."
)
NEARBY = "The box does not hold the whole answer, so text near it was read too."
ANOTHER = "A second notebook was handed in too, and this answer may be in that notebook."
UNSAID = (
    "The notebook does not say which tables it used, so an answer that was right with those "
    "tables may look wrong here."
)
LEAST_IN_BOX = 40  # words of a written answer that seems whole
#: Above these a person reads the work, and no reasons are looked for why an answer lost points.
MOST_OWN, MOST_CODE = 60, 100_000  # cells of the student's own; characters of all code
LONG = (
    "The student added so much code that the program did not search it. The program therefore "
    "cannot say why an answer lost points."
)
#: What a cell did with a name that the exercise gives, if a later answer lost points on it.
GIVEN = "changes `{}`, which the exercise had set, and a later answer uses the changed value"
OWN_VALUE = (
    "The student had set {own}, but the exercise says {given}. The work was graded with the "
    "exercise's value, so an answer that was right with the student's value may look wrong."
)
MOST_ERROR = 150  # characters of an error that are told

#: What a cell may have met that it would not have met at home.
MET = {
    INPUT: "uses input(), but nobody can type anything while work is graded",
    SHELL: (
        "calls another program (with ! or %pip), but no other program can run while work is graded"
    ),
    STOP: "stops with {}, although it may have run on the student's computer",
}


class Marked(NamedTuple):
    """One notebook as it was run and marked.

    ``cells`` are the code cells of its job, ``records`` what came of each, ``ended`` says why the
    run ended early.
    """

    work: Work
    cells: list[dict]
    records: list[dict]
    ended: str | None
    marks: dict[str, Mark]

    @property
    def setup(self) -> Setup:
        """Return the release that it is held against."""
        return self.work.chosen.setup

    @property
    def mended(self) -> Repaired:
        """Return its cells as the release has them."""
        return self.work.mended

    @property
    def short(self) -> set[str]:
        """Return the questions that have not all their points."""
        return {question for question, mark in self.marks.items() if mark.points < mark.of}

    @property
    def written(self) -> set[str]:
        """Return the questions that a person marks."""
        return {q.id for q in self.setup.exercise.questions.values() if q.written}

    @property
    def blank(self) -> set[str]:
        """Return the written questions whose boxes are as they were released."""
        return self.written - self.mended.changed

    @property
    def sources(self) -> list[tuple[str, Names]]:
        """Return what is named in the cells that ran; places that were looked at have none."""
        return [(cell["id"], names(cell["source"])) for cell in self.cells if "source" in cell]

    @property
    def is_long(self) -> bool:
        """Return whether there is more code than a reader of it can be sure to get through."""
        code = [cell for cell in self.mended.cells if cell["cell_type"] == "code"]
        long = sum(len(source(cell)) for cell in code) > MOST_CODE
        return long or sum(map(is_own, code)) > MOST_OWN


class Doubt(NamedTuple):
    """Why a person has to look, and at which questions; ``told`` is said below answers of these."""

    reason: str | None
    questions: Set[str] = frozenset()
    told: dict[str, str] = {}  # noqa: RUF012 (nothing is ever added)


class Doubts(NamedTuple):
    """All doubts about one notebook: reasons, questions, and what is said below written answers."""

    reasons: list[str]
    questions: set[str]
    told: dict[str, str]

    @classmethod
    def of(cls, found: Iterable[Doubt]) -> "Doubts":
        """Return doubts as one; of two things to be said below an answer the later one counts."""
        all_of_them = cls([], set(), {})
        for doubt in found:
            all_of_them.reasons.extend([doubt.reason] if doubt.reason else [])
            all_of_them.questions.update(doubt.questions)
            all_of_them.told.update(doubt.told)
        return all_of_them


def doubts(seen: Marked, here: dict[str, str], present: Setup) -> Iterator[Doubt]:
    """Yield all doubts about a notebook.

    Args:
        seen: the notebook.
        here: what `lost_here` returns.
        present: the release that students have now.

    """
    chosen, short, lost = seen.work.chosen, seen.short, _lost(seen)
    cut_off = f"{_capital(DAMAGED)}, so answers may be lost. Ask the student for the file again."
    yield Doubt(cut_off if lost else None, lost)
    yield _other_notebooks(seen)
    yield from _beside_boxes(seen)
    yield Doubt(None, told=dict.fromkeys(lost & seen.blank, LOST))
    for reason in dict.fromkeys(here.values()):
        yield Doubt(reason, {question for question in here if here[question] == reason})
    if short and seen.is_long:
        yield Doubt(LONG, short)
    if seen.ended:
        yield Doubt(seen.ended, short)
    if chosen.mixed:
        yield Doubt(chosen.mixed, seen.marks.keys())
    if short and chosen.unsure:
        yield Doubt(chosen.unsure, short)
    yield Doubt(chosen.variant(present))
    if short:
        yield from _other_values(seen)


def lost_here(seen: Marked) -> dict[str, str]:
    """Return why questions lost points that they may have got at home, as far as cells tell."""
    if not seen.short or seen.is_long:
        return {}
    return _overwritten(seen) | _met_here(seen)


def in_words(reasons: Iterable[str | None], questions: Set[str]) -> str | None:
    """Say why a person has to look at a submission that was graded, and at which questions."""
    words = [each for each in reasons if each]
    if questions:
        words.append(f"Look at {', '.join(sorted(questions))}. The other marks are final.")
    elif words:
        words.append("The marks of all questions are final.")
    return " ".join(words) or None


def right_but_for_form(name: str, forms: list[str]) -> str | None:
    """Say which answers are right except for their form, and how they get points; None if none."""
    if not forms:
        return None
    command = f"`course accept {name} {' '.join(forms)}`"
    return f"Right except for its form: {', '.join(forms)} (to give them points, run {command})."


def _lost(seen: Marked) -> set[str]:
    """Return the questions whose answer may have been cut off with the end of the file."""
    missing = {cell.removesuffix("-answer") for cell in seen.mended.missing}
    full = seen.marks.keys() - seen.short
    return missing - full if seen.work.read.cut_off else set()


def _other_notebooks(seen: Marked) -> Doubt:
    """Return whether another notebook may hold a better answer."""
    work = seen.work
    unsure = {cell.removesuffix("-answer") for cell in work.unsure} & (seen.short | seen.blank)
    why = work.why if unsure or work.differs else None
    return Doubt(why, unsure, dict.fromkeys(unsure & seen.blank, ANOTHER))


def _other_values(seen: Marked) -> Iterator[Doubt]:
    """Yield whether answers are right with what the student had, and not with what is here."""
    if own := _own_value(seen):
        yield Doubt(own, seen.short)
    made = made_with(seen.work.read.metadata)
    if names := others(made, seen.setup.tables):
        yield Doubt(UNSAID if made is None else _other_tables(made.version, names), seen.short)


def _own_value(seen: Marked) -> str | None:
    """Say that a student gave another value to a parameter of the exercise."""
    given, theirs = spec.parameters(seen.setup.release), {}
    with contextlib.suppress(ValueError, RecursionError, MemoryError):  # it may hold anything
        theirs = spec.parameters(seen.work.read.cells)
    own = {name: theirs[name] for name in given if theirs.get(name, given[name]) != given[name]}
    if not own:
        return None
    ours = values_in_words({name: given[name] for name in own})
    return one_line(OWN_VALUE.format(own=values_in_words(own)[:MOST_ERROR], given=ours))


def _other_tables(version: str, names: list[str]) -> str:
    """Say that an answer may be right with the tables that the exercise was handed out with."""
    which = (
        f"the table {names[0]} has" if len(names) == 1 else (f"the tables {', '.join(names)} have")
    )
    return one_line(
        f"This notebook comes from version {version} of the course, and {which} changed since "
        "then. An answer that was right with the old tables may therefore look wrong. Grade the "
        "notebook in a course folder of that version, or mark it by hand."
    )


# --- A written answer that does not stand in its box ------------------------------------------


def _beside_boxes(seen: Marked) -> Iterator[Doubt]:
    """Yield where text stands that may belong into a box, or be what is missing in one."""
    blank, own = seen.blank, "the student wrote text elsewhere"
    if blank and (places := ", ".join(_elsewhere(seen))):
        reason = f"The box of {' and '.join(sorted(blank))} is unchanged, but {own}: {places}."
        yield Doubt(reason, blank, dict.fromkeys(blank, ELSEWHERE))
    for box in sorted(seen.written - blank):
        if places := ", ".join(_nearby(seen, box)):
            few = _words_of(seen.mended, box) < LEAST_IN_BOX
            reason = f"The box of {box} holds few words, but {own}: {places}." if few else None
            yield Doubt(reason, {box} if few else frozenset(), {box: NEARBY})


def _elsewhere(seen: Marked, after: int = -1, least: int = 1) -> list[str]:
    """Return where text stands that may be a written answer, in words.

    Args:
        seen: the work.
        after: the place of the cell after which to look; by default in all cells.
        least: of how many words a text cell has to be.

    """
    before = {grade_id(cell): source(cell) for cell in seen.setup.release if is_solution(cell)}
    called, places = _called(seen.mended), []
    for number, cell in enumerate(seen.mended.cells):
        name = grade_id(cell)
        answer = cell["cell_type"] == "code" and name in seen.mended.changed
        theirs = number > after and (is_own(cell) or answer)
        if theirs and holds_prose(cell, before.get(name, ""), least):
            places.append(called[place_of(number, cell)])
    return list(dict.fromkeys(places))


def _nearby(seen: Marked, box: str) -> list[str]:
    """Return where, from its question on, text stands that may belong to what is in a box."""
    locked = [number for number, cell in enumerate(seen.mended.cells) if "id" in cell]
    at = next(number for number in locked if grade_id(seen.mended.cells[number]) == box)
    asked = max((number for number in locked if number < at), default=-1)
    found = _elsewhere(seen, asked, LEAST_WORDS)
    return [place for place in found if place != f"the cell {box!r}"]


def _words_of(mended: Repaired, box: str) -> int:
    return sum(len(source(cell).split()) for cell in mended.cells if grade_id(cell) == box)


def _own_cell(after: str | None) -> str:
    return f"a cell of the student's own after {after!r}" if after else "the first cell"


# --- What works at home and not here ----------------------------------------------------------


def _met_here(seen: Marked) -> dict[str, str]:
    """Return the questions that lost points where a cell met what it would not have at home."""
    called, sources, short, reasons = _called(seen.mended), seen.sources, seen.short, {}
    for record in (record for record in seen.records if record.get("met")):
        place = record["cell"]
        cells, leaning_names = leaning(sources, {place})
        for question in short - reasons.keys():
            if _leans(seen.setup, question, cells, leaning_names):
                reasons[question] = _met(called[place], record)
    return reasons


def _leans(setup: Setup, question: str, cells: Set[str], leaning_names: Set[str]) -> bool:
    answer = setup.exercise.questions[question].answer
    return f"{question}-answer" in cells or question in cells or answer in leaning_names


def _met(cell: str, record: dict) -> str:
    error = one_line(record["error"] or "")[:MOST_ERROR]
    words = " and ".join(MET[each].format(error) for each in record["met"])
    return f"{_capital(cell)} {words}."


def _overwritten(seen: Marked) -> dict[str, str]:
    """Return the questions that lost points on a given name to which a cell had done something.

    What an answer's cell changes as it is released, the question asks for.
    """
    setup, sources, short = seen.setup, seen.sources, seen.short
    asked = {grade_id(cell): source(cell) for cell in setup.release if is_solution(cell)}
    called, given, reasons = _called(seen.mended), set(), {}
    for number, cell in enumerate(seen.mended.cells):
        if cell["cell_type"] != "code" or setup.is_check(cell):
            continue
        place, touched = place_of(number, cell), changed(source(cell))
        if not is_own(cell) and place not in asked:
            given |= touched
            continue
        for name in sorted((touched & given) - changed(asked.get(place, ""))):
            cells, leaning_names = leaning(sources, {place}, name)
            for question in short - reasons.keys():
                if _leans(setup, question, cells - {place}, leaning_names - {name}):
                    reasons[question] = f"{_capital(called[place])} {GIVEN.format(name)}."
    return reasons


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _called(mended: Repaired) -> dict[str, str]:
    """Return, by their name in the job, what to call cells in a sentence."""
    called, after = {}, None
    for number, cell in enumerate(mended.cells):
        place = place_of(number, cell)
        called[place] = _own_cell(after) if is_own(cell) else f"the cell {place!r}"
        after = after if is_own(cell) else grade_id(cell) or cell.get("id", after)
    return called
