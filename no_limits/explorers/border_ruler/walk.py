"""The lines of the border ruler, where they run and how long they are."""

from functools import cache
from typing import NamedTuple

import numpy as np

from courseware import data

RING = "ring"


class Drawn(NamedTuple):
    """One line of the table: where it runs, and what was measured on the full line."""

    family: str
    method: str
    positions: np.ndarray
    points: int
    km: float

    @property
    def spacing(self) -> float:
        """Return the mean distance between neighbouring points of the full line, in km."""
        return self.km / (self.points - 1)


@cache
def drawn_lines() -> dict[str, Drawn]:
    """Return the eleven lines by name, from coarse to fine in each family. Do not change it."""
    shapes = data.load("border_kaz_rus").set_index(["family", "resolution", "method"]).geometry
    lengths = data.load("border_lengths").sort_values(
        ["family", "method", "scale_denominator", "resolution_m"], ascending=[1, 1, 0, 0]
    )
    found = {}
    for row in lengths.itertuples(index=False):
        name = f"{row.family} {row.resolution}" + (", ring" if row.method == RING else "")
        positions = np.asarray(shapes[row.family, row.resolution, row.method].coords)
        found[name] = Drawn(row.family, row.method, positions, row.n_vertices, row.length_km)
    return found
