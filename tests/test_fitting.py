"""Least squares in a few lines give what scipy gives."""

import warnings
from itertools import combinations

import numpy as np
import pytest
from scipy.optimize import OptimizeWarning, curve_fit, isotonic_regression

from courseware.explorers.participation import GROUPS, ParticipationExplorer
from courseware.fitting import Curve, isotonic, s_curve

YEARS = np.arange(2013.0, 2024.0)


@pytest.mark.parametrize("seed", range(50))
def test_a_row_that_never_falls_is_the_nearest_one(seed):
    rng = np.random.default_rng(seed)
    values = rng.uniform(-5, 5, size=rng.integers(1, 20)).round(seed % 3)  # with ties, too
    assert isotonic(values) == pytest.approx(isotonic_regression(values).x)


def test_no_numbers_are_a_row_that_never_falls():
    assert isotonic(np.array([])).tolist() == []


def by_scipy(years, counts):
    def curve(x, *numbers):
        return Curve(*numbers).at(x)

    with warnings.catch_warnings():
        warnings.simplefilter("error", OptimizeWarning)
        try:
            best, spread = curve_fit(
                curve, years, counts, p0=(1.2 * counts[-1], 1.0, 2017.0), maxfev=600
            )
        except (RuntimeError, OptimizeWarning):
            return None
    return Curve(*best, error=np.sqrt(spread[0, 0]))


def sensible(found, counts):
    """Return what the explorer makes of a curve."""
    fits = found and np.isfinite(found.error) and found.ceiling < 10 * counts[-1]
    return found if fits and 0 < found.pace < 10 else None


@pytest.mark.parametrize("group", GROUPS)
def test_every_curve_of_the_explorer_is_the_nearest_one(group):
    points = ParticipationExplorer()._joined[group].cumsum()
    tried = 0
    for first, last in combinations(range(2013, 2024), 2):
        known = points.loc[first:last]
        counts = known.to_numpy(float)
        if last - first < 3 or counts[0] == counts[-1]:
            continue
        years = known.index.to_numpy(float)
        ours = sensible(s_curve(years, counts, Curve(1.2 * counts[-1], 1.0, 2017.0)), counts)
        theirs = sensible(by_scipy(years, counts), counts)
        if ours is None:  # a search without end may be given up where the points tell nothing
            assert theirs is None or theirs.error > 10 * theirs.ceiling, (first, last)
        else:
            assert ours == pytest.approx(theirs, rel=5e-3), (first, last)
            missed = [((curve.at(years) - counts) ** 2).sum() for curve in (ours, theirs)]
            assert missed[0] <= missed[1] * (1 + 1e-9) + 1e-12
            tried += 1
    assert tried > 5


def test_points_that_no_curve_fits_have_none():
    assert s_curve(YEARS, np.full(YEARS.size, np.nan), Curve(1.0, 1.0, 2017.0)) is None
