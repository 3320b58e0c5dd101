"""The cells of a notebook as grading sees them: plain dictionaries, whoever wrote them.

`repair` puts the cells of whatever a student handed in back into the exercise's own order. The
release says which cells there are. A submission's cells are matched to it by nbgrader's id, then by
cell id, then by content. What the student added stays where it was, after the same cell. Locked
cells are always the release's own. Nothing is dropped except outputs: a second version of an answer
stays as a plain cell.
"""

import copy
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

Cell = dict[str, Any]

OWN = "own-"  # how the names of a student's own cells begin, in a job and where they are shown

#: What stands in a written answer's box before there is one: as nbgrader_config.py says.
BOX = "*Double-click here, then click inside, and write your answer in place of this line.*"
#: What a line gives a value to: a name, a column such as road["rest"], or a function.
GIVEN = re.compile(r"^(?:def )?(\w[\w\[\]\"' ]*?)\s*[=(]", re.MULTILINE)
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"  # as nbgrader marks what it takes out
LEAST_MATCH = 0.2  # share of the release's questions, and of its texts, that must be there


def marks(cell: Cell) -> dict:
    """Return what nbgrader has noted on a cell; nothing on most."""
    found = cell.get("metadata", {}).get("nbgrader")
    return found if isinstance(found, dict) else {}


def grade_id(cell: Cell) -> str | None:
    """Return the id that nbgrader knows a cell by, or None."""
    found = marks(cell).get("grade_id")
    return found if isinstance(found, str) else None


def place_of(number: int, cell: Cell) -> str:
    """Return a name for a cell in the job: the release's, or its place."""
    return grade_id(cell) or f"{OWN}{number}"


def is_solution(cell: Cell) -> bool:
    """Return whether a cell is there for an answer."""
    return bool(marks(cell).get("solution"))


def is_own(cell: Cell) -> bool:
    """Return whether a repaired cell is the student's own: the release's have names."""
    return grade_id(cell) is None and "id" not in cell


def is_given(cell: Cell) -> bool:
    """Return whether a cell of a release is only there to be read or run."""
    return not (marks(cell).get("solution") or marks(cell).get("grade"))


def source(cell: Cell) -> str:
    """Return a cell's text."""
    text = cell.get("source", "")
    return "".join(text) if isinstance(text, list) else text


def tidy(text: str) -> str:
    """Return a text without blanks, as sources are compared."""
    return re.sub(r"\s+", "", text)


def differ(one: Cell, other: Cell) -> bool:
    """Return whether two cells say something else."""
    return tidy(source(one)) != tidy(source(other))


def cut(cell: Cell) -> tuple[list[str], list[str]]:
    """Return the lines of a solution's cell that are released, and those that are not."""
    lines = source(cell).splitlines()
    if not is_solution(cell):
        return lines, []
    if BEGIN not in source(cell):  # nbgrader empties the whole cell
        return [], lines
    kept, solved, inside = [], [], False
    for line in lines:
        if BEGIN in line or END in line:
            inside = BEGIN in line
        else:
            (solved if inside else kept).append(line)
    return kept, solved


def released(cells: Iterable[Cell]) -> list[Cell]:
    """Return a solution's cells as students get them.

    Where exercises are worked on in their own folder, no untouched release is left to look at.
    """
    return [dict(copy.deepcopy(cell), source=_released(cell)) for cell in cells]


def _released(cell: Cell) -> str:
    if is_solution(cell) and cell["cell_type"] == "markdown":
        return BOX
    return "\n".join(cut(cell)[0]).rstrip()


# --- Repair -----------------------------------------------------------------------------------


class Repaired(NamedTuple):
    """A submission as the release has it.

    ``cells`` are the release's cells in order, answers filled in, with the student's own cells
    between them; ``notes`` say what was put right; ``changed`` names the answer cells that differ
    from the release, ``missing`` those that were not in the submission.
    """

    cells: list[Cell]
    notes: list[str]
    changed: set[str]
    missing: set[str]


def repair(release: list[Cell], submitted: list[Cell]) -> Repaired | None:
    """Put a submission's cells into the release's order; None if it is another exercise.

    Args:
        release: the cells of the released notebook, as in its file.
        submitted: the cells that were handed in.

    """
    own = {grade_id(cell): cell for cell in release if grade_id(cell)}
    submitted, notes = list(submitted), []
    matches = _matches(release, own, submitted)
    _join_halves(own, submitted, matches, notes)
    found = {name for name in matches if name is not None}
    questions = {name for name, cell in own.items() if not is_given(cell)}
    if len(found & questions) < LEAST_MATCH * len(questions) or not _same_exercise(
        release, submitted
    ):
        return None
    chosen = _choose(own, submitted, matches, notes)
    extras = _extras(submitted, matches, chosen, release)
    cells, changed = list(extras.get(None, [])), set()
    for position, cell in enumerate(release):
        name = grade_id(cell)
        fresh = _filled(cell, submitted, chosen.get(name), notes) if name else copy.deepcopy(cell)
        cells.append(fresh)
        if name and is_solution(cell) and tidy(source(fresh)) not in ("", tidy(source(cell))):
            changed.add(name)
        cells += extras.get(position, [])
    missing = sorted(questions - found)
    boxes = [name for name in missing if is_solution(own[name])]
    checks = [name for name in missing if name not in boxes]
    if boxes:
        notes.append(f"these answer cells were missing and were put back empty: {', '.join(boxes)}")
    if checks:  # which cost nobody anything: the answers stand in boxes of their own
        notes.append(
            "these check cells were missing and were put back, which costs no points: "
            f"{', '.join(checks)}"
        )
    return Repaired(cells, notes, changed, {*boxes})


def _same_exercise(release: list[Cell], submitted: list[Cell]) -> bool:
    """Return whether our own texts and given cells are there: all exercises number alike."""
    ours = {tidy(source(cell)) for cell in release if not grade_id(cell) or is_given(cell)}
    theirs = {tidy(source(cell)) for cell in submitted}
    return len(ours & theirs) >= LEAST_MATCH * len(ours)


def _matches(release: list[Cell], own: dict[str, Cell], submitted: list[Cell]) -> list[str | None]:
    """Return for each submitted cell the id of the release's cell that it is, or None."""
    matches: list[str | None] = []
    for cell in submitted:
        name = grade_id(cell)
        name = name if name in own else cell.get("id")
        matches.append(name if name in own else None)
    for find in (_same_text, _answers):
        taken = {name for name in matches if name}
        for place, name in find(release, own, submitted, matches):
            if name not in taken and matches[place] is None:
                matches[place] = name
                taken.add(name)
    return matches


def _same_text(release, own, submitted, matches):
    """Yield cells without id whose text is that of a cell of the release."""
    texts: dict[str, list[str]] = {}
    for name, cell in own.items():
        texts.setdefault(tidy(source(cell)), []).append(name)
    for place, cell in enumerate(submitted):
        for name in texts.get(tidy(source(cell)), []) if matches[place] is None else []:
            yield place, name


def _answers(release, own, submitted, matches):
    """Yield cells without id that give a value to an answer's name, or hold a written answer."""
    for name, cell in own.items():
        if not is_solution(cell):
            continue
        if cell["cell_type"] == "code":
            names = set(GIVEN.findall(source(cell)))
            for place, other in enumerate(submitted):
                if matches[place] is None and names & set(GIVEN.findall(source(other))):
                    yield place, name
        else:
            place = _after_question(release, submitted, name)
            if place is not None:
                yield place, name


def _after_question(release: list[Cell], submitted: list[Cell], name: str) -> int | None:
    """Return the place of the cell after the question of a written answer."""
    position = next(n for n, cell in enumerate(release) if grade_id(cell) == name)
    asked = tidy(source(release[position - 1]))
    for place, cell in enumerate(submitted[:-1]):
        if tidy(source(cell)) == asked:
            return place + 1
    return None


def _join_halves(own, submitted, matches, notes) -> None:
    """Put the pieces of a written answer into its first cell, in order: a cell may be split.

    A piece of which another holds all words is a copy, and the release's own text is no piece.
    """
    for name, cell in own.items():
        if not is_solution(cell) or cell["cell_type"] == "code":
            continue
        pieces: dict[int, str] = {}
        places = [n for n, each in enumerate(matches) if each == name]
        for place in places:
            text = tidy(source(submitted[place]))
            if text != tidy(source(cell)) and not any(text in other for other in pieces.values()):
                pieces = {n: other for n, other in pieces.items() if other not in text}
                pieces[place] = text
        if len(pieces) < 2:
            continue
        first, *others = (submitted[n] for n in pieces)
        first = {**first, "source": "\n\n".join(map(source, [first, *others]))}
        for other in others:
            first["attachments"] = {**other["attachments"], **first["attachments"]}
        submitted[min(pieces)] = first
        for place in reversed(places):
            if place != min(pieces):
                del submitted[place], matches[place]
        notes.append(
            f"the cell {name} was split into {len(pieces)} pieces, which were joined in order"
        )


def _choose(own, submitted, matches, notes) -> dict[str, int]:
    """Return which submitted cell stands for each id: of several the last that was worked on."""
    chosen: dict[str, int] = {}
    for place, name in enumerate(matches):
        if name is None:
            continue
        if name in chosen:
            untouched = tidy(source(submitted[place])) == tidy(source(own[name]))
            note = (
                f"the cell {name} occurred more than once, so the last version with an answer "
                "counts"
            )
            if note not in notes and is_solution(own[name]):
                notes.append(note)
            if untouched:
                continue
        chosen[name] = place
    return chosen


def _extras(submitted, matches, chosen, release) -> dict[int | None, list[Cell]]:
    """Return the student's own cells, by the position in the release that they come after."""
    positions = {grade_id(cell): n for n, cell in enumerate(release) if grade_id(cell)}
    texts = {tidy(source(cell)): n for n, cell in enumerate(release) if not grade_id(cell)}
    after: dict[int | None, list[Cell]] = {}
    last: int | None = None
    for place, cell in enumerate(submitted):
        name = matches[place]
        if name is not None and chosen.get(name) == place:
            if not is_solution(release[positions[name]]) and differ(cell, release[positions[name]]):
                after.setdefault(last, []).append(_plain(cell))  # an answer, in the wrong place
            last = positions[name]
        elif tidy(source(cell)) in texts and cell["cell_type"] == "markdown":
            last = texts[tidy(source(cell))]  # a text of ours, which the release brings itself
        elif name is None or (
            differ(cell, release[positions[name]])
            and tidy(source(cell)) not in ("", tidy(source(submitted[chosen[name]])))
        ):
            after.setdefault(last, []).append(_plain(cell))
    return after


def _plain(cell: Cell) -> Cell:
    """Return a cell of the student's own, without metadata and outputs."""
    fresh: Cell = {"cell_type": "markdown", "metadata": {}, "source": source(cell)}
    if cell["cell_type"] == "code":
        return fresh | {"cell_type": "code", "outputs": [], "execution_count": None}
    return fresh | {"attachments": cell["attachments"]}


def _filled(cell: Cell, submitted: list[Cell], place: int | None, notes: list[str]) -> Cell:
    """Return a cell of the release, with the student's text if it is an answer."""
    fresh = copy.deepcopy(cell)
    if place is None:
        if is_solution(cell) and cell["cell_type"] == "code":
            fresh["source"] = ""  # its name may have been given its value in another cell
        return fresh
    theirs = submitted[place]
    if not is_solution(cell):
        if differ(theirs, cell):
            notes.append(
                f"the cell {grade_id(cell)} had been changed, so the original was run instead"
            )
        return fresh
    fresh["source"] = source(theirs)
    if cell["cell_type"] != "code":
        fresh["attachments"] = theirs["attachments"]
    if theirs["cell_type"] != cell["cell_type"]:
        notes.append(f"the cell {grade_id(cell)} had been turned into a {theirs['cell_type']} cell")
    return fresh
