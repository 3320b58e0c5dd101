"""What the cells of a notebook put on the page, drawn once in a process, for who looks at it."""

from collections.abc import Callable
from contextlib import chdir
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from matplotlib import pyplot as plt

from courseware import charts, words
from courseware.explorers import base
from tests.notebooks import read


class Shown(NamedTuple):
    """Something on the page: its cell, the key of its words ("" if it has none), and itself."""

    cell: str
    key: str
    thing: Any


@cache
def shown(path: Path, change: Callable[[str, str], str] = lambda _, source: source) -> list[Shown]:
    """Return what the cells of a notebook show.

    Args:
        path: of the notebook.
        change: what becomes of a cell before it runs, by its id and its code.

    """
    found: list[Shown] = []
    keys = [""]
    chart = words.chart
    names: dict[str, Any] = {}

    def remember(key: str) -> dict:
        keys[0] = key
        return chart(key)

    with chdir(path.parent), patch.object(words, "chart", remember):
        for cell in read(path).cells:
            if cell.cell_type == "code":

                def put(thing: Any, cell: str = cell.id) -> None:
                    found.append(Shown(cell, keys[0], thing))

                names["display"] = put
                with patch.object(charts.page, "display", put), patch.object(base, "display", put):
                    exec(change(cell.id, cell.source), names)
                keys[0] = ""
    plt.close("all")
    return found
