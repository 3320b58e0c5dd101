"""Every table gives the figures that its publisher, or an independent one, is known to print."""

from collections import Counter
from functools import cache

import pytest

from courseware import data
from tests.check_figures import article, belt_geo, politics, trade

CHECKS = [*article.CHECKS, *trade.CHECKS, *belt_geo.CHECKS, *politics.CHECKS]

load = cache(data.load)  # the checks only read


@pytest.mark.parametrize(
    ("table", "compute", "expected", "tolerance"),
    [pytest.param(c[0], *c[2:], id=f"{c[0]}: {c[1]}") for c in CHECKS],
)
def test_figure(table, compute, expected, tolerance):
    value = compute(load(table))
    if tolerance:
        assert value == pytest.approx(expected, abs=tolerance)
    else:
        assert value == expected


def test_every_table_of_numbers_has_a_check_figure():
    without = sorted(set(data.tables()["name"]) - {check[0] for check in CHECKS})
    assert not without, f"add a check figure in tests/check_figures/ for: {', '.join(without)}"


def test_descriptions_are_unique():
    repeated = [key for key, n in Counter((c[0], c[1]) for c in CHECKS).items() if n > 1]
    assert not repeated
