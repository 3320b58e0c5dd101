"""Read whatever a student handed in, and put its cells back into the exercise's own order.

The release says which cells there are. A submission's cells are matched to it by nbgrader id, then
by cell id, then by content. What the student added stays where it was, after the same cell. Locked
cells are always the release's own. Nothing is dropped but outputs: a second version of an answer
stays as a plain cell. The file itself is only read.
"""

import copy
import json
import re
from pathlib import Path
from typing import Any, NamedTuple

MAX_BYTES = 500_000_000  # of one file; outputs are thrown away, so a large one can still be read
MAX_CELLS = 2_000
MAX_SOURCE = 200_000  # characters of one cell
LEAST_MATCH = 0.2  # share of the release's questions, and of its texts, that must be there

Cell = dict[str, Any]


class Unreadable(Exception):  # noqa: N818 (a finding, told to the instructor, not a fault of ours)
    """A submission that cannot be graded; the message says why, and what to do."""


class Repaired(NamedTuple):
    """A submission as the release has it.

    ``cells`` are the release's cells in order, answers filled in, with the student's own cells
    between them; ``notes`` say what was put right; ``changed`` names the answer cells that differ
    from the release.
    """

    cells: list[Cell]
    notes: list[str]
    changed: set[str]


def repair(release: list[Cell], submitted: list[Cell]) -> Repaired:
    """Put a submission's cells into the release's order.

    Args:
        release: the cells of the released notebook, as in its file.
        submitted: what `read_cells` returned.

    Raises:
        Unreadable: hardly any of the release's questions is in it.

    """
    own = {grade_id(cell): cell for cell in release if grade_id(cell)}
    notes: list[str] = []
    matches = _matches(release, own, submitted)
    found = {id for id in matches if id is not None}
    questions = {id for id, cell in own.items() if not _given(cell)}
    if len(found & questions) < LEAST_MATCH * len(questions) or not _same_exercise(
        release, submitted
    ):
        raise Unreadable("This is not this exercise: hardly any of its cells is in it.")
    chosen = _choose(own, submitted, matches, notes)
    extras = _extras(submitted, matches, chosen, release)
    cells, changed = list(extras.get(None, [])), set()
    for position, cell in enumerate(release):
        id = grade_id(cell)
        cells.append(_filled(cell, submitted, chosen.get(id), notes) if id else copy.deepcopy(cell))
        if id and _is_solution(cell) and tidy(source(cells[-1])) not in ("", tidy(source(cell))):
            changed.add(id)
        cells += extras.get(position, [])
    missing = [id for id in questions if id not in found]
    if missing:
        notes.append(f"put back, without an answer: {', '.join(sorted(missing))}")
    return Repaired(cells, notes, changed)


def grade_id(cell: Cell) -> str | None:
    """Return the id that nbgrader knows a cell by, or None."""
    marks = cell.get("metadata", {}).get("nbgrader")
    found = marks.get("grade_id") if isinstance(marks, dict) else None
    return found if isinstance(found, str) else None


def source(cell: Cell) -> str:
    """Return a cell's text."""
    text = cell.get("source", "")
    return "".join(text) if isinstance(text, list) else text


def tidy(text: str) -> str:
    """Return a text without blanks, as sources are compared."""
    return re.sub(r"\s+", "", text)


def _marks(cell: Cell) -> dict:
    return cell["metadata"]["nbgrader"]


def _is_solution(cell: Cell) -> bool:
    return bool(_marks(cell).get("solution"))


def _given(cell: Cell) -> bool:
    """Return whether a cell is only there to be read or run: no question depends on it."""
    return not (_marks(cell).get("solution") or _marks(cell).get("grade"))


def _same_exercise(release: list[Cell], submitted: list[Cell]) -> bool:
    """Return whether our own texts and given cells are there: all exercises number alike."""
    ours = {tidy(source(cell)) for cell in release if not grade_id(cell) or _given(cell)}
    theirs = {tidy(source(cell)) for cell in submitted}
    return len(ours & theirs) >= LEAST_MATCH * len(ours)


# --- Matching ------------------------------------------------------------------------------


def _matches(release: list[Cell], own: dict[str, Cell], submitted: list[Cell]) -> list[str | None]:
    """Return for each submitted cell the id of the release's cell that it is, or None."""
    matches: list[str | None] = []
    for cell in submitted:
        id = grade_id(cell)
        id = id if id in own else cell.get("id")
        matches.append(id if id in own else None)
    for find in (_same_text, _answers):
        taken = {id for id in matches if id}
        for place, id in find(release, own, submitted, matches):
            if id not in taken and matches[place] is None:
                matches[place] = id
                taken.add(id)
    return matches


def _same_text(release, own, submitted, matches):
    """Yield cells without id whose text is that of a cell of the release."""
    texts: dict[str, list[str]] = {}
    for id, cell in own.items():
        texts.setdefault(tidy(source(cell)), []).append(id)
    for place, cell in enumerate(submitted):
        for id in texts.get(tidy(source(cell)), []) if matches[place] is None else []:
            yield place, id


def _answers(release, own, submitted, matches):
    """Yield cells without id that give a value to an answer's name, or hold a written answer."""
    for id, cell in own.items():
        if not _is_solution(cell):
            continue
        if cell["cell_type"] == "code":
            name = re.match(r"(?:def )?(\w+)", source(cell))
            given = re.compile(rf"^(?:def )?{name[1]}\s*[=(]", re.MULTILINE) if name else None
            for place, other in enumerate(submitted):
                if given and matches[place] is None and given.search(source(other)):
                    yield place, id
        else:
            place = _after_question(release, submitted, id)
            if place is not None:
                yield place, id


def _after_question(release: list[Cell], submitted: list[Cell], id: str) -> int | None:
    """Return the place of the cell after the question of a written answer."""
    position = next(n for n, cell in enumerate(release) if grade_id(cell) == id)
    asked = tidy(source(release[position - 1]))
    for place, cell in enumerate(submitted[:-1]):
        if tidy(source(cell)) == asked:
            return place + 1
    return None


def _choose(own, submitted, matches, notes) -> dict[str, int]:
    """Return which submitted cell stands for each id: of several the last that was worked on."""
    chosen: dict[str, int] = {}
    for place, id in enumerate(matches):
        if id is None:
            continue
        if id in chosen:
            untouched = tidy(source(submitted[place])) == tidy(source(own[id]))
            note = f"{id} was there more than once: the last version that was worked on counts"
            if note not in notes and _is_solution(own[id]):
                notes.append(note)
            if untouched:
                continue
        chosen[id] = place
    return chosen


def _extras(submitted, matches, chosen, release) -> dict[int | None, list[Cell]]:
    """Return the student's own cells, by the position in the release that they come after."""
    positions = {grade_id(cell): n for n, cell in enumerate(release) if grade_id(cell)}
    texts = {tidy(source(cell)): n for n, cell in enumerate(release) if not grade_id(cell)}
    after: dict[int | None, list[Cell]] = {}
    last: int | None = None
    for place, cell in enumerate(submitted):
        id = matches[place]
        if id is not None and chosen.get(id) == place:
            last = positions[id]
        elif tidy(source(cell)) in texts and cell["cell_type"] == "markdown":
            last = texts[tidy(source(cell))]  # a text of ours, which the release brings itself
        elif id is None or (_is_solution_id(id) and tidy(source(cell))):
            after.setdefault(last, []).append(_plain(cell))
    return after


def _is_solution_id(id: str) -> bool:
    return id.endswith("-answer")


def _plain(cell: Cell) -> Cell:
    """Return a cell of the student's own, without metadata and outputs."""
    kind = cell["cell_type"] if cell["cell_type"] in ("code", "markdown") else "markdown"
    fresh: Cell = {"cell_type": kind, "metadata": {}, "source": source(cell)}
    return fresh | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def _filled(cell: Cell, submitted: list[Cell], place: int | None, notes: list[str]) -> Cell:
    """Return a cell of the release, with the student's text if it is an answer."""
    fresh = copy.deepcopy(cell)
    if place is None:
        if _is_solution(cell) and cell["cell_type"] == "code":
            fresh["source"] = ""  # its name may have been given its value in another cell
        return fresh
    theirs = submitted[place]
    if not _is_solution(cell):
        if tidy(source(theirs)) != tidy(source(cell)):
            notes.append(f"{grade_id(cell)} had been changed: the original was run")
        return fresh
    fresh["source"] = source(theirs)
    if theirs["cell_type"] != cell["cell_type"]:
        notes.append(f"{grade_id(cell)} had become a {theirs['cell_type']} cell")
    return fresh


# --- Reading -------------------------------------------------------------------------------


def read_cells(path: Path) -> tuple[list[Cell], list[str]]:
    """Read a submitted file; return its cells (without outputs), and what was odd about it.

    Raises:
        Unreadable: there is nothing in it that can be graded; the message says why.

    """
    notes: list[str] = []
    if path.stat().st_size > MAX_BYTES:
        raise Unreadable("The file is larger than 500 MB. Ask for it without outputs.")
    text = _decode(path.read_bytes(), notes)
    if not text.strip():
        raise Unreadable("The file is empty. Ask the student to hand it in again.")
    try:
        raw = json.loads(text)
    except RecursionError as problem:
        raise Unreadable("The file is nested too deeply to be a notebook.") from problem
    except ValueError as problem:
        raw = {"cells": _salvage(text)}
        if not raw["cells"]:
            raise Unreadable(
                "The file is no notebook, or damaged from the start. Ask for it again."
            ) from problem
        notes.append(f"the file is cut off or damaged: {len(raw['cells'])} cells could be read")
    cells = [cell for cell in map(_normal, _raw_cells(raw)) if cell]
    if not cells:
        raise Unreadable("The file holds no cells: it is no notebook. Ask for it again.")
    if len(cells) > MAX_CELLS:
        raise Unreadable(f"The file holds more than {MAX_CELLS} cells.")
    return cells, notes


def _decode(content: bytes, notes: list[str]) -> str:
    """Return the text of a file, in whatever encoding an editor left it."""
    for encoding in (
        ("utf-8-sig", "utf-16") if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig",)
    ):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != "utf-8-sig":
            notes.append(f"the file was saved as {encoding}")
        return text
    notes.append("the file is not in UTF-8: some letters may be wrong")
    return content.decode("latin-1")


def _salvage(text: str) -> list:
    """Return the whole cells at the beginning of a file that breaks off."""
    start = re.search(r'"cells"\s*:\s*\[', text)
    if not start:
        return []
    decoder, cells, place = json.JSONDecoder(), [], start.end()
    while True:
        gap = re.compile(r"[\s,]*").match(text, place)
        try:
            cell, place = decoder.raw_decode(text, gap.end())
        except (ValueError, RecursionError):
            return cells
        cells.append(cell)


def _raw_cells(raw: Any) -> list:
    """Return the cells of a notebook of any format version."""
    if not isinstance(raw, dict):
        return []
    if isinstance(raw.get("cells"), list):
        return raw["cells"]
    sheets = raw.get("worksheets")  # before format 4
    sheets = sheets if isinstance(sheets, list) else []
    cells = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
    return [cell for group in cells if isinstance(group, list) for cell in group]


def _normal(raw: Any) -> Cell | None:
    """Return type, id, metadata and text of a cell, or None if it is no cell."""
    if not isinstance(raw, dict):
        return None
    text = raw.get("source", raw.get("input", ""))
    if isinstance(text, list):
        text = "".join(part for part in text if isinstance(part, str))
    if not isinstance(text, str):
        return None
    kind = raw.get("cell_type")
    metadata = raw.get("metadata")
    cell: Cell = {
        "cell_type": kind if kind in ("code", "markdown", "raw") else "markdown",
        "metadata": metadata if isinstance(metadata, dict) else {},
        "source": text[:MAX_SOURCE],
    }
    return cell | ({"id": raw["id"]} if isinstance(raw.get("id"), str) else {})


def find_notebook(folder: Path, name: str) -> tuple[Path, list[str]]:
    """Return the notebook to grade in a student's folder, and what was odd about the choice.

    Raises:
        Unreadable: there is none, or several and none has the exercise's name.

    """
    wanted = folder / f"{name}.ipynb"
    others = sorted(
        path
        for path in folder.rglob("*.ipynb")
        if ".ipynb_checkpoints" not in path.parts and path != wanted and not path.is_symlink()
    )
    if wanted.is_file() and not wanted.is_symlink():
        extra = f"other notebooks were handed in too: {', '.join(p.name for p in others)}"
        return wanted, [extra] if others else []
    if len(others) == 1:
        return others[0], [f"the notebook was called {others[0].name}"]
    if others:
        names = ", ".join(path.name for path in others)
        raise Unreadable(f"Several notebooks, none called {name}.ipynb: {names}. Rename one.")
    raise Unreadable("No notebook was handed in.")
