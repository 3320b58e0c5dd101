"""Least squares in a few lines give what the definition gives."""

import numpy as np
import pytest

from courseware.fitting import isotonic


def nearest(values):
    """Return the nearest row that never falls, by its formula: slow, and nothing is pooled."""
    places = range(len(values))
    return [
        max(min(values[a : b + 1].mean() for b in places[at:]) for a in places[: at + 1])
        for at in places
    ]


@pytest.mark.parametrize("seed", range(50))
def test_a_row_that_never_falls_is_the_nearest_one(seed):
    rng = np.random.default_rng(seed)
    values = rng.uniform(-5, 5, size=rng.integers(1, 20)).round(seed % 3)  # with ties, too
    assert isotonic(values) == pytest.approx(nearest(values))


def test_no_numbers_are_a_row_that_never_falls():
    assert isotonic(np.array([])).tolist() == []
