"""Withhold what fewer than five students gave, and every number that would tell it all the same.

How many there are in all is known to everybody who was there. So of counts that add up to it one
can always be told from the others, and withholding a small one alone withholds nothing.
"""

from collections.abc import Sequence
from typing import NamedTuple

FEWEST = 5  #: as in the charts of a class's journals


class Told(NamedTuple):
    """What is said of a count: between ``low`` and ``high`` (None: no limit); alike, if exact."""

    low: int
    high: int | None

    @property
    def exact(self) -> bool:
        """Return whether the count itself is told."""
        return self.low == self.high

    def __str__(self) -> str:
        """Return it in words."""
        if self.exact:
            return f"{self.low}"
        if self.high is not None:
            return "fewer than five"
        return "five or more" if self.low == FEWEST else f"at least {self.low}"


def told(counts: Sequence[int]) -> list[Told] | None:
    """Return what can be said of counts that add up to a number which everybody knows.

    A count from one to four is told as "fewer than five", and so is every zero beside it. Larger
    ones are withheld with it until nobody can work it out: what is withheld is then of five
    students at least, and each small count may be one of two or more.

    Args:
        counts: of students; each student is in one of them.

    Returns:
        What is told of each, or None: nothing can be.

    """
    if sum(counts) < FEWEST:
        return None
    if not any(0 < count < FEWEST for count in counts):
        return [Told(count, count) for count in counts]
    hidden = [count for count in counts if count < FEWEST]
    shown = [count for count in counts if count >= FEWEST]
    while not _is_safe(hidden):
        if not shown:
            return None
        least = min(shown)  # and every other that is as large: nothing else tells them apart
        hidden += [count for count in shown if count == least]
        shown = [count for count in shown if count != least]
    return [_told(count, hidden, shown=count in shown) for count in counts]


def exactly(counts: Sequence[int]) -> list[Told]:
    """Return the counts themselves: for the class's own instructor, who has the gradebook."""
    return [Told(count, count) for count in counts]


def _is_safe(hidden: Sequence[int]) -> bool:
    """Return whether nobody can work a small count out from the sum of what is withheld.

    Beside a large one a small one may be any, down to zero. Where all are small, each is at least
    what is left when all others are four; a reader may know a zero for one (as where a question
    gives all of its points or none), so it counts for nothing.
    """
    small = [count for count in hidden if 0 < count < FEWEST]
    if sum(hidden) < FEWEST:
        return False
    return any(count >= FEWEST for count in hidden) or sum(small) < (FEWEST - 1) * len(small)


def _told(count: int, hidden: Sequence[int], shown: bool) -> Told:
    """Return what is told of one count: of a large one that is withheld, what it is at least."""
    if shown:
        return Told(count, count)
    if count < FEWEST:
        return Told(0, FEWEST - 1)
    if sum(other >= FEWEST for other in hidden) > 1:
        return Told(FEWEST, None)
    return Told(max(FEWEST, sum(hidden) - (FEWEST - 1) * (len(hidden) - 1)), None)
