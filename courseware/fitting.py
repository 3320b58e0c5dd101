"""Fit a row of numbers that never falls, by least squares."""

import numpy as np


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
