"""What a page of handed-in work may weigh, whatever was handed in.

nbconvert makes of one character of a text or of code up to thirty of the page, of one of an output
up to eight, and a picture stands in the page as it is. So these are counted apart. Code is coloured
in a time that may grow with the square of its length: so each cell has its own limit, too. A small
file may be a picture of many dots, each of which a browser keeps.
"""

from coursestaff.exercises.cells import OWN, Cell, marks, source
from coursestaff.marking import pictures
from coursestaff.marking.cleaning import not_shown

#: Characters of one notebook: of texts and code, of outputs, of pictures; and the pictures' dots.
MOST = {"text": 100_000, "output": 300_000, "picture": 10_000_000, "dots": 60_000_000}
MAX_CODE = 8_000  # characters of one cell
CUT = "\n# [… This is too long and is cut off here. All of it is in submitted/.]"
ROOM = "the work is longer than a page can show (all of it is in submitted/)"
CELL = f"This cell is not shown, because {ROOM}."
PICTURES = f"*The pictures pasted here are not shown, because {ROOM}.*"


def bounded(cells: list[Cell]) -> list[Cell]:
    """Return clean cells as one page can hold them, and say in the place of the rest what it was.

    Marks come first, then what else is the release's, then the student's own cells: no flood hides
    an answer, or what it got.
    """
    left, shown = dict(MOST), {}
    for place in sorted(range(len(cells)), key=lambda n: _turn(cells[n])):
        shown[place] = _cell(cells[place], left)
    return [shown[place] for place in range(len(cells))]


def _turn(cell: Cell) -> tuple[bool, bool]:
    return cell["id"].startswith(OWN), not marks(cell).get("grade")


def _cell(cell: Cell, left: dict[str, int]) -> Cell:
    fresh = dict(cell)
    attached = [form for forms in _attached(cell).values() for form in forms.items()]
    if attached and not _take(left, **_weight(attached)):
        del fresh["attachments"]
        fresh["source"] = source(cell).replace("![", "!\\[") + f"\n\n{PICTURES}"
    if cell["cell_type"] == "code" and len(source(cell)) > MAX_CODE:
        fresh["source"] = source(cell)[:MAX_CODE] + CUT
    if not _take(left, text=len(source(fresh))):
        fresh.pop("attachments", None)
        fresh["source"] = f"# {CELL}" if cell["cell_type"] == "code" else f"*{CELL}*"
    if cell["cell_type"] == "code":
        fresh["outputs"] = _outputs(cell["outputs"], left)
    return fresh


def _attached(cell: Cell) -> dict[str, dict[str, str]]:
    return cell.get("attachments") or {}


def _outputs(outputs: list[Cell], left: dict[str, int]) -> list[Cell]:
    """Return a cell's outputs as long as there is room, and then say that there is none."""
    shown = []
    for output in outputs:
        drawn = [form for form in output.get("data", {}).items() if form[0] in pictures.BEGIN]
        weight = _weight(drawn)
        if not _take(left, output=len(str(output)) - weight["picture"], **weight):
            return [*shown, not_shown(ROOM)]
        shown.append(output)
    return shown


def _weight(forms: list[tuple[str, str]]) -> dict[str, int]:
    """Return what pictures, each a kind and its Base64, take of a page."""
    return {
        "picture": sum(len(content) for _, content in forms),
        "dots": sum(pictures.dots(kind, content) for kind, content in forms),
    }


def _take(left: dict[str, int], **sizes: int) -> bool:
    """Take from what is left of each kind; nothing, if one of them is too large."""
    if any(size > left[kind] for kind, size in sizes.items()):
        return False
    for kind, size in sizes.items():
        left[kind] -= size
    return True
