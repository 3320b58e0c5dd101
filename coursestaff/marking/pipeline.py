"""The one road to marks: read, repair, run with probes, compare, mark.

``course check`` and ``course grade`` both take it; only the runner differs: a process of one's own,
or a worker in isolation (`submission`).

Where honest work may have lost a mark, a person is asked: an answer beside its box, another
notebook, a file that was cut off, a cell that found less here than at home, one that changed what
later answers are given.
"""

import contextlib
from collections.abc import Callable, Mapping, Set
from pathlib import Path
from typing import NamedTuple

from coursestaff.collecting.handed_in import beside, work
from coursestaff.collecting.load import DAMAGED
from coursestaff.collecting.releases import Setup, values_in_words
from coursestaff.exercises import spec
from coursestaff.exercises.cells import Cell, Repaired, grade_id, is_solution, place_of, source
from coursestaff.exercises.fingerprints import Made, made_with, others
from coursestaff.marking.marks import Mark, mark
from coursestaff.marking.probes import probes_of
from coursestaff.marking.sandbox.replies import INPUT, SHELL, STOP
from coursestaff.marking.source_analysis import (
    LEAST_WORDS,
    Names,
    changed,
    holds_prose,
    leaning,
    names,
)
from coursestaff.terminal import one_line
from courseware.answers.answer_types import Described

#: Runs a job's cells: a record per cell, and in words why one or all of them were ended.
Runner = Callable[[dict], tuple[list[dict], str | None]]

LOST = "The file was cut off or damaged, and this answer may be lost."
ELSEWHERE = "The box is as it was. What stands elsewhere in the notebook was read as the answer."
NEARBY = "The box does not hold all: what stands near it was read, too."
ANOTHER = "Another notebook was handed in too, and was looked at for this answer."
UNSAID = "It does not say with which tables it was made: what was right with those may look wrong."
LEAST_IN_BOX = 40  # words of a written answer that seems whole
#: Above these a person reads the work, and no reasons are looked for why an answer lost points.
MOST_OWN, MOST_CODE = 60, 100_000  # cells of the student's own; characters of all code
LONG = "So much code of the student's own was not looked through for why an answer lost points."
#: What a cell did with a name that the exercise gives, if a later answer lost points on it.
GIVEN = "changes `{}`, which the exercise gives, and a later answer uses it"
OWN_VALUE = (
    "The student had set {own}, which the exercise gives as {given}. It was graded with what the "
    "exercise gives, so that what was right with the other value looks wrong."
)
MOST_ERROR = 150  # characters of an error that are told

#: What a cell may have met that it would not have met at home.
MET = {
    INPUT: "uses input(), which cannot be used when work is graded: nobody is there to type",
    SHELL: "calls a program (! or %pip), and none runs when work is graded",
    STOP: "stops with {}, which at home it may not",
}


class Evaluation(NamedTuple):
    """What came of one notebook.

    ``notes`` say what was put right, ``errors`` which cells stopped with what, ``trouble`` why a
    person has to look, ``doubtful`` at which questions: those that it may have cost points;
    ``rest`` is the trouble without other forms of right answers, ``told`` is what to say below a
    written answer of these questions. ``release`` is the fingerprint of the
    release that it was held against. Without ``marks`` it was held against none, since nobody
    could tell which: ``refused`` is what the student is told then.
    """

    mended: Repaired
    records: list[dict]
    marks: dict[str, Mark]
    notes: list[str]
    errors: dict[str, str]
    trouble: str | None
    doubtful: Set[str]
    told: Mapping[str, str]
    release: str | None = None
    refused: str | None = None
    rest: str | None = None


def evaluate(setup: Setup, path: Path, run: Runner) -> Evaluation:
    """Mark one notebook, whoever runs it.

    Args:
        setup: the exercise, and what its solution answers.
        path: the notebook, or the folder in which it was handed in.
        run: how its cells are run.

    Raises:
        Unreadable: there is nothing that can be marked; the message says why.

    """
    found = work(setup, path)
    chosen, mended = found.chosen, found.mended
    present, setup = setup, chosen.setup
    notes = [*found.notes, *found.read.notes, *mended.notes]
    if chosen.refused:
        return Evaluation(
            mended=mended,
            records=[],
            marks={},
            notes=notes,
            errors={},
            trouble=chosen.refused.to_grader,
            doubtful=set(setup.exercise.questions),
            told={},
            release=setup.fingerprint,
            refused=chosen.refused.to_student,
            rest=chosen.refused.to_grader,
        )
    files, left = beside(found.path)
    files |= setup.files
    job = _job(setup, mended)
    records, ended = run({**job, "files": files})
    marks = _marks(setup, records)
    short = {question for question, mark in marks.items() if mark.points < mark.of}
    written = {q.id for q in setup.exercise.questions.values() if q.written}
    blank = written - mended.changed
    lost = _missing(mended) - (marks.keys() - short) if found.read.cut_off else set()
    made = made_with(found.read.metadata)
    replaced = others(made, setup.tables) if short else []
    elsewhere = _elsewhere(setup, mended) if blank else []
    nearby = {box: places for box in written - blank if (places := _nearby(setup, mended, box))}
    split = {box: nearby[box] for box in nearby if _words_of(mended, box) < LEAST_IN_BOX}
    unsure = {cell.removesuffix("-answer") for cell in found.unsure} & (short | blank)
    long = bool(short) and _is_long(mended)
    here = {}
    if not long:
        here = _overwritten(setup, mended, job, short) | _here(setup, mended, job, records, short)
    told = (
        dict.fromkeys(unsure & blank, ANOTHER)
        | dict.fromkeys(blank if elsewhere else (), ELSEWHERE)
        | dict.fromkeys(nearby, NEARBY)
        | dict.fromkeys(lost & blank, LOST)
    )
    doubtful = lost | unsure | here.keys() | (told.keys() - nearby) | split.keys()
    forms = [question for question, mark in marks.items() if mark.form]
    doubtful |= short if ended or replaced or chosen.unsure or long else set()
    own_value = _own_value(setup, found.read.cells) if short else None
    doubtful |= short if own_value else set()
    doubtful |= marks.keys() if chosen.mixed else set()
    reasons = [
        _cut_off(lost),
        found.why if unsure or found.differs else None,
        _beside_the_box(blank, elsewhere),
        _half_in_the_box(split),
        *dict.fromkeys(here.values()),
        LONG if long else None,
        ended,
        chosen.mixed,
        chosen.unsure if short else None,
        chosen.variant(present),
        own_value,
        _other_tables(made, replaced),
    ]
    of_forms = right_but_for_form(setup.exercise.name, forms)
    return Evaluation(
        mended=mended,
        records=records,
        marks={name: _with_reason(mark, here.get(name)) for name, mark in marks.items()},
        notes=[*notes, *left, *([chosen.note] if chosen.note else [])],
        errors={record["cell"]: record["error"] for record in records if record["error"]},
        trouble=_trouble([of_forms, *reasons], doubtful | {*forms}),
        doubtful=doubtful | {*forms},
        told=told,
        release=setup.fingerprint,
        rest=_trouble(reasons, doubtful),
    )


def _job(setup: Setup, mended: Repaired) -> dict:
    """Return what a worker is told: sources and names, and nothing that is expected.

    After the last cell every answer is looked at once more, for a name may be given its value later
    than its check: each at a place of its own, so that trouble with one costs no other. Functions
    are called at the very end, as they were at their checks, so that no cell can show what they
    were called with.
    """
    code = [
        {"id": place_of(n, cell), "source": "" if _is_check(setup, cell) else source(cell)}
        | ({"name": "A cell of the student's own"} if _is_own(cell) else {})
        for n, cell in enumerate(mended.cells)
        if cell["cell_type"] == "code"
    ]
    probes, ends, calls = {}, [], []
    for question, (probe,) in probes_of(setup.exercise).items():
        seen, end = {**probe, "inputs": []}, f"{question}.end"
        probes[question] = [{**seen, "keep": bool(probe["inputs"])}]
        probes[end] = [{**seen, "key": end}]
        ends.append({"id": end, "name": f"The answer to {question}, after the last cell,"})
        if probe["inputs"]:
            probes[f"{question}.calls"] = [probe, {**probe, "key": end}]  # then as at the end
            name = f"The function of {question}"
            calls.append({"id": f"{question}.calls", "name": name, "held": True})
    return {"cells": [*code, *ends, *calls], "probes": probes, "outputs": True}


def _is_check(setup: Setup, cell: Cell) -> bool:
    question = setup.exercise.questions.get(grade_id(cell) or "")
    return question is not None and not question.written


def _marks(setup: Setup, records: list[dict]) -> dict[str, Mark]:
    found = {key: answer for record in records for key, answer in record["answers"].items()}
    marks = {}
    for question in setup.exercise.checked:
        answer = found.get(question.id, {"type": "missing"})
        if _is_unfinished(answer):
            answer = found.get(f"{question.id}.end", answer)
        marks[question.id] = mark(question, setup.expected, answer)
    return marks


def _is_unfinished(answer: Described) -> bool:
    """Return whether there is no answer yet: no value, or a function that gives nothing back."""
    given = {result["type"] for result in answer.get("results", ())} or {answer["type"]}
    return given <= {"missing", "unfinished", "nothing"}


def _missing(mended: Repaired) -> set[str]:
    """Return the questions of which no answer's cell was handed in."""
    return {cell.removesuffix("-answer") for cell in mended.missing}


def _own_value(setup: Setup, handed_in: list[Cell]) -> str | None:
    """Say that a student gave another value to a parameter of the exercise."""
    given, theirs = spec.parameters(setup.release), {}
    with contextlib.suppress(ValueError, RecursionError, MemoryError):  # it may hold anything
        theirs = spec.parameters(handed_in)
    own = {name: theirs[name] for name in given if theirs.get(name, given[name]) != given[name]}
    if not own:
        return None
    ours = values_in_words({name: given[name] for name in own})
    return one_line(OWN_VALUE.format(own=values_in_words(own)[:MOST_ERROR], given=ours))


def _other_tables(made: Made | None, names: list[str]) -> str | None:
    """Say that an answer may be right with the tables that the exercise was handed out with."""
    if not names:
        return None
    if made is None:
        return UNSAID
    which = f"the table {names[0]} is" if len(names) == 1 else f"the tables {', '.join(names)} are"
    return one_line(
        f"This is an exercise of version {made.version}, and since then {which} another here: what "
        "was right with its own tables may look wrong. Grade it in a course folder with the tables "
        "of that version, or mark by hand."
    )


def _trouble(reasons: list[str | None], doubtful: Set[str]) -> str | None:
    """Say why a person has to look at a submission that was graded, and at which questions."""
    words = [each for each in reasons if each]
    if doubtful:
        words.append(f"Look at {', '.join(sorted(doubtful))}; the other marks stand.")
    elif words:
        words.append("The marks of the questions stand.")
    return " ".join(words) or None


def right_but_for_form(name: str, forms: list[str]) -> str | None:
    """Say which answers are right but for their form, and how they get points; None if none is."""
    if not forms:
        return None
    command = f"`course accept {name} {' '.join(forms)}`"
    return f"Right but for its form: {', '.join(forms)} ({command} gives the points)."


def _cut_off(lost: Set[str]) -> str | None:
    words = f"{_capital(DAMAGED)}, and answers may be lost. Ask for the file again."
    return words if lost else None


# --- A written answer that does not stand in its box ------------------------------------------


def _elsewhere(setup: Setup, mended: Repaired, after: int = -1, least: int = 1) -> list[str]:
    """Return where text stands that may be a written answer, in words.

    Args:
        setup: the exercise.
        mended: the work.
        after: the place of the cell after which to look; by default in all cells.
        least: of how many words a text cell has to be.

    """
    before = {grade_id(cell): source(cell) for cell in setup.release if is_solution(cell)}
    called, places = _called(mended), []
    for number, cell in enumerate(mended.cells):
        name = grade_id(cell)
        answer = cell["cell_type"] == "code" and name in mended.changed
        theirs = number > after and (_is_own(cell) or answer)
        if theirs and holds_prose(cell, before.get(name, ""), least):
            places.append(called[place_of(number, cell)])
    return list(dict.fromkeys(places))


def _nearby(setup: Setup, mended: Repaired, box: str) -> list[str]:
    """Return where, from its question on, text stands that may belong to what is in a box."""
    locked = [number for number, cell in enumerate(mended.cells) if "id" in cell]
    at = next(number for number in locked if grade_id(mended.cells[number]) == box)
    asked = max((number for number in locked if number < at), default=-1)
    found = _elsewhere(setup, mended, asked, LEAST_WORDS)
    return [place for place in found if place != f"the cell {box!r}"]


def _words_of(mended: Repaired, box: str) -> int:
    return sum(len(source(cell).split()) for cell in mended.cells if grade_id(cell) == box)


def _beside_the_box(blank: Set[str], places: list[str]) -> str | None:
    if not blank or not places:
        return None
    boxes = f"The box of {' and '.join(sorted(blank))} is as it was"
    return f"{boxes}, and there is text of the student's own elsewhere: {', '.join(places)}."


def _half_in_the_box(split: Mapping[str, list[str]]) -> str | None:
    parts = [
        f"The box of {box} holds few words, and there is text of the student's own elsewhere: "
        f"{', '.join(places)}."
        for box, places in split.items()
    ]
    return " ".join(parts) or None


def _is_own(cell: Cell) -> bool:
    """Return whether a repaired cell is the student's own: the release's have names."""
    return grade_id(cell) is None and "id" not in cell


def _own_cell(after: str | None) -> str:
    return f"a cell of the student's own after {after!r}" if after else "the first cell"


# --- What works at home and not here ----------------------------------------------------------


def _here(
    setup: Setup, mended: Repaired, job: dict, records: list[dict], short: Set[str]
) -> dict[str, str]:
    """Return the questions that lost points where a cell met what it would not have at home."""
    met = {record["cell"]: record for record in records if record.get("met")}
    if not met or not short:
        return {}
    sources = _sources(job)
    called, reasons = _called(mended), {}
    for cell, record in met.items():
        cells, leaning_names = leaning(sources, {cell})
        for question in short - reasons.keys():
            if _leans(setup, question, cells, leaning_names):
                reasons[question] = _met(called[cell], record)
    return reasons


def _sources(job: dict) -> list[tuple[str, Names]]:
    """Return what is named in the cells that a job runs, not in the places where it only looks."""
    return [(cell["id"], names(cell["source"])) for cell in job["cells"] if "source" in cell]


def _leans(setup: Setup, question: str, cells: Set[str], leaning_names: Set[str]) -> bool:
    answer = setup.exercise.questions[question].answer
    return f"{question}-answer" in cells or question in cells or answer in leaning_names


def _met(cell: str, record: dict) -> str:
    error = one_line(record["error"] or "")[:MOST_ERROR]
    words = " and ".join(MET[each].format(error) for each in record["met"])
    return f"{_capital(cell)} {words}."


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


# --- What an earlier answer has made of something that the exercise gives ---------------------


def _overwritten(setup: Setup, mended: Repaired, job: dict, short: Set[str]) -> dict[str, str]:
    """Return the questions that lost points on a given name to which a cell had done something.

    What an answer's cell changes as it is released, the question asks for.
    """
    if not short:
        return {}
    sources = _sources(job)
    asked = {grade_id(cell): source(cell) for cell in setup.release if is_solution(cell)}
    called, given, reasons = _called(mended), set(), {}
    for number, cell in enumerate(mended.cells):
        if cell["cell_type"] != "code" or _is_check(setup, cell):
            continue
        place, touched = place_of(number, cell), changed(source(cell))
        if not _is_own(cell) and place not in asked:
            given |= touched
            continue
        for name in sorted((touched & given) - changed(asked.get(place, ""))):
            cells, leaning_names = leaning(sources, {place}, name)
            for question in short - reasons.keys():
                if _leans(setup, question, cells - {place}, leaning_names - {name}):
                    reasons[question] = f"{_capital(called[place])} {GIVEN.format(name)}."
    return reasons


def _is_long(mended: Repaired) -> bool:
    """Return whether there is more code than a reader of it can be sure to get through."""
    code = [cell for cell in mended.cells if cell["cell_type"] == "code"]
    long = sum(len(source(cell)) for cell in code) > MOST_CODE
    return long or sum(map(_is_own, code)) > MOST_OWN


def _called(mended: Repaired) -> dict[str, str]:
    """Return, by their name in the job, what to call cells in a sentence."""
    called, after = {}, None
    for number, cell in enumerate(mended.cells):
        place = place_of(number, cell)
        called[place] = _own_cell(after) if _is_own(cell) else f"the cell {place!r}"
        after = after if _is_own(cell) else grade_id(cell) or cell.get("id", after)
    return called


def _with_reason(mark: Mark, reason: str | None) -> Mark:
    return mark._replace(words=f"{reason} A person looks at it. {mark.words}") if reason else mark
