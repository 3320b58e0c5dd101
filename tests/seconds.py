"""How long the tests take, as measured: what begins first, and how far a run has come.

`seconds.csv` has a row for each place (`place` in conftest.py), with the seconds that its tests of
each kind took. A whole run with ``--renew-seconds`` writes the columns of the kinds that it tried.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import median

FILE = Path(__file__).with_name("seconds.csv")
#: The kinds of tests, each with the marks of which its tests have one.
KINDS = {"quick": (), "slow": ("browser", "sandbox", "publishing"), "matrix": ("matrix",)}
#: Of all seconds, the part from which on a place is long: it begins before the others.
LONG = 1 / 50
#: Per cents that are told: many at first, when nobody knows yet whether anything happens.
STEPS = (*range(1, 10), *range(10, 101, 5))


def kind(marks: Iterable[str]) -> str:
    """Return the kind of a test that has these marks, and perhaps other words that are no marks."""
    found = [kind for kind, those in KINDS.items() if {*those} & {*marks}]
    return found[-1] if found else "quick"


def kinds(expression: str) -> list[str]:
    """Return the kinds of tests that pytest's option ``-m`` lets through."""
    return [
        kind
        for kind, marks in KINDS.items()
        if not expression or eval(expression, {}, defaultdict(bool, dict.fromkeys(marks, True)))
    ]


def read(file: Path = FILE) -> dict[str, dict[str, float]]:
    """Return the seconds that each kind of test took, by place."""
    with file.open(encoding="utf-8", newline="") as lines:
        return {
            row.pop("place"): {kind: float(number) for kind, number in row.items()}
            for row in csv.DictReader(lines)
        }


def expected(
    table: Mapping[str, Mapping[str, float]], those: Iterable[str], places: Iterable[str]
) -> dict[str, float]:
    """Return the seconds that places will take, in order; a new one takes as long as most do.

    Args:
        table: what `read` returns.
        those: the kinds of tests that are tried.
        places: where they are.

    """
    known = {place: sum(row[kind] for kind in those) for place, row in table.items()}
    usual = median([number for number in known.values() if number] or [1])
    return {place: known.get(place) or usual for place in sorted(places)}


def long(seconds: Mapping[str, float]) -> list[str]:
    """Return the places that have to begin first, or one process ends long after the others."""
    least = LONG * sum(seconds.values())
    return sorted((p for p in seconds if seconds[p] > least), key=lambda p: -seconds[p])


class Way:
    """How far a run has come: in each place, every test brings it on by the same time."""

    def __init__(self, places: Iterable[str], seconds: Mapping[str, float]) -> None:
        """Take the place of each test, and the seconds that each place will take."""
        numbers = Counter(places)
        self.each = {place: seconds[place] / number for place, number in numbers.items()}
        self.total, self.done, self.told = sum(map(seconds.__getitem__, numbers)), 0.0, 0

    def minutes(self, processes: int) -> float:
        """Return how long it will take."""
        return self.total / processes / 60

    def go_on(self, place: str) -> int | None:
        """Note that a test has ended; return the per cent that is to be told, if any."""
        self.done += self.each[place]
        reached = [step for step in STEPS if step <= self.done / self.total * 100 + 1e-6]
        if reached and reached[-1] > self.told:
            self.told = reached[-1]
            return self.told
        return None


def renewed(
    table: Mapping[str, Mapping[str, float]],
    those: Iterable[str],
    spent: Mapping[tuple[str, str], float],
) -> dict[str, dict[str, float]]:
    """Return the table with new seconds of the kinds that were tried, by place and kind."""
    places = sorted({*table, *(place for place, _ in spent)})
    rows = {place: dict.fromkeys(KINDS, 0.0) | dict(table.get(place, {})) for place in places}
    for place in places:
        new = {kind: spent.get((place, kind), 0.0) for kind in those}
        rows[place] |= {kind: number and max(round(number, 1), 0.1) for kind, number in new.items()}
    return {place: row for place, row in rows.items() if any(row.values())}


def write(table: Mapping[str, Mapping[str, float]], file: Path = FILE) -> None:
    """Keep the seconds of each place."""
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, ["place", *KINDS], lineterminator="\n")
        writer.writeheader()
        writer.writerows({"place": place, **row} for place, row in table.items())
