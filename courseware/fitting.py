"""Fit numbers by least squares: a row that never falls, and a curve in the shape of an S."""

from typing import NamedTuple

import numpy as np

ROUNDS = 200  # after so many tries a search has gone nowhere
CLOSE = 1e-8  # a search has ended when a step moves no number by more than this part of it


class Curve(NamedTuple):
    """An S-curve: it starts at nothing and ends at ``ceiling``, half-way at ``middle``.

    ``pace`` is how steep it is, per unit of x. ``error`` is the standard error of the ceiling.
    """

    ceiling: float
    pace: float
    middle: float
    error: float = np.nan

    def at(self, x: np.ndarray | float) -> np.ndarray | float:
        """Return the height of the curve."""
        return self.ceiling * _risen(x, self.pace, self.middle)


def isotonic(values: np.ndarray) -> np.ndarray:
    """Return the numbers nearest to ``values`` (least squares) of which none is below the last.

    Source: pooling of adjacent violators (Ayer and others, 1955).
    """
    pools: list[tuple[float, int]] = []  # mean and size
    for value in values:
        mean, size = float(value), 1
        while pools and pools[-1][0] > mean:
            other, count = pools.pop()
            mean, size = (mean * size + other * count) / (size + count), size + count
        pools.append((mean, size))
    return np.repeat([mean for mean, _ in pools], [size for _, size in pools])


def s_curve(x: np.ndarray, y: np.ndarray, start: Curve) -> Curve | None:
    """Return the S-curve nearest to points; None if the search ends nowhere or in a step.

    Args:
        x: such as years, at least four.
        y: one height for each.
        start: where the search begins.

    Source: Levenberg (1944) and Marquardt (1963), with each number on a scale of its own.

    """
    found, damping = np.array(start[:3]), 1e-3
    left = y - Curve(*found).at(x)
    for _ in range(ROUNDS):
        slopes = _slopes(x, *found)
        square = slopes.T @ slopes
        scale = np.diag(np.diag(square))
        try:
            step = np.linalg.solve(square + damping * scale, slopes.T @ left)
        except np.linalg.LinAlgError:
            return None
        tried = y - Curve(*(found + step)).at(x)
        if tried @ tried <= left @ left:
            found, left, damping = found + step, tried, damping / 10
        else:
            damping *= 10
        if (np.abs(step) <= CLOSE * np.abs(found)).all():
            break
    else:
        return None
    return Curve(*map(float, found), error=_error(_slopes(x, *found), left))


def _risen(x: np.ndarray | float, pace: float, middle: float) -> np.ndarray | float:
    """Return which part of its ceiling a curve has reached."""
    return 1 / (1 + np.exp(np.clip(-pace * (x - middle), -500, 500)))


def _slopes(x: np.ndarray, ceiling: float, pace: float, middle: float) -> np.ndarray:
    """Return how the heights at ``x`` (rows) change with ceiling, pace and middle (columns)."""
    risen = _risen(x, pace, middle)
    steep = ceiling * risen * (1 - risen)
    return np.column_stack([risen, steep * (x - middle), -steep * pace])


def _error(slopes: np.ndarray, left: np.ndarray) -> float:
    """Return the standard error of the first number; not finite where the points cannot tell."""
    if np.linalg.matrix_rank(slopes) < slopes.shape[1]:
        return np.inf
    spread = np.linalg.inv(slopes.T @ slopes) * (left @ left) / (len(left) - slopes.shape[1])
    return float(np.sqrt(spread[0, 0]))
