"""Small multiples: one panel for each value of a column, all on the same scales."""

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt

from courseware.palette import name


def panels(table: pd.DataFrame, by: str, x: str, y: str, lines: str | None = None) -> np.ndarray:
    """Plot small multiples, one panel for each value of a column, and return their axes.

    Args:
        table: one row a point.
        by: the column whose values get a panel each, in the order of the rows.
        x: the column along each panel.
        y: the column that goes up; all panels have the same scale.
        lines: the column whose values get a line each; left out, there is one line.

    """
    groups = list(table.groupby(by, sort=False))
    rows, columns = _arranged(len(groups))
    _, axes = plt.subplots(
        rows,
        columns,
        figsize=(8.2, 3.5 if rows == 1 else 1.6 + 1.7 * rows),
        sharex=True,
        sharey=True,
        squeeze=False,
    )
    for ax, (value, part) in zip(axes.flat, groups, strict=False):
        kinds = part.groupby(lines, sort=False) if lines else [(y, part)]
        for label, points in kinds:
            points = points.sort_values(x)
            ax.plot(points[x], points[y], label=str(label))
        ax.set_title(name(str(value)), loc="left", fontsize=10.5, fontweight="bold")
    for ax in axes.flat[len(groups) :]:
        ax.remove()
    for ax in axes.flat[max(0, len(groups) - columns) : len(groups)]:
        ax.tick_params(labelbottom=True)  # the lowest of its column, if no other stands below
    return axes.ravel()[: len(groups)]


def _arranged(count: int) -> tuple[int, int]:
    """Return rows and columns for so many panels."""
    columns = count if count <= 4 else 3 if count in (5, 6, 9) else 4
    return -(-count // columns), columns
