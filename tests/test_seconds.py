"""How far a run has come is told by time, and what takes long begins first."""

import pytest

from tests import seconds
from tests.seconds import Way, expected, kind, kinds, long, renewed

TABLE = {
    "test_long": {"quick": 10.0, "slow": 80.0, "matrix": 5.0},
    "test_short": {"quick": 2.0, "slow": 0.0, "matrix": 0.0},
    "test_rest": {"quick": 0.0, "slow": 0.0, "matrix": 30.0},
}


def test_a_kind_follows_from_the_marks_of_a_test():
    assert [kind(m) for m in ([], ["proved"], ["browser"], ["sandbox", "matrix"])] == [
        *("quick", "quick", "slow", "matrix")
    ]


@pytest.mark.parametrize(
    ("expression", "tried"),
    [
        ("", ["quick", "slow", "matrix"]),
        ("not matrix", ["quick", "slow"]),
        ("matrix", ["matrix"]),
        ("not (browser or sandbox or publishing or matrix)", ["quick"]),
    ],
)
def test_the_kinds_of_a_run_follow_from_its_marks(expression, tried):
    assert kinds(expression) == tried


def test_a_new_place_takes_as_long_as_most_do():
    found = expected(TABLE, ["quick", "slow"], ["test_new", "test_long"])
    assert found == {"test_long": 90.0, "test_new": 46.0}  # the median of 90 and 2


def test_what_takes_long_begins_first():
    many = {f"test_{number}": 1.0 for number in range(60)}
    assert long(many | {"test_b": 30.0, "test_a": 20.0}) == ["test_b", "test_a"]


def test_a_run_is_told_by_time_and_not_by_tests():
    way = Way(["slow", *["quick"] * 10], {"slow": 90.0, "quick": 10.0})
    assert way.minutes(2) == pytest.approx(100 / 2 / 60)
    told = [way.go_on("quick") for _ in range(10)]
    assert told == [*range(1, 11)]
    assert way.go_on("slow") == 100


def test_renewed_seconds_leave_what_was_not_tried():
    spent = {("test_long", "slow"): 70.04, ("test_new", "quick"): 0.01}
    found = renewed(TABLE, ["quick", "slow"], spent)
    assert found["test_long"] == {"quick": 0.0, "slow": 70.0, "matrix": 5.0}
    assert found["test_new"] == {"quick": 0.1, "slow": 0.0, "matrix": 0.0}
    assert found["test_rest"] == TABLE["test_rest"] and "test_short" not in found


def test_the_seconds_are_read_as_they_were_written(tmp_path):
    seconds.write(TABLE, tmp_path / "seconds.csv")
    assert seconds.read(tmp_path / "seconds.csv") == TABLE
