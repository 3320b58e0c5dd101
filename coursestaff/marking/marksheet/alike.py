"""Find written answers that are alike, so that they stand beside each other.

That two are alike proves nothing; it is for the person who marks to see it.
"""

import unicodedata
from collections.abc import Sequence

from rapidfuzz import fuzz, process

from coursestaff.exercises.cells import tidy

LEAST = 80  # per cent from which on two answers are called alike
COMPARED = 4_000  # letters of each; a written answer has about 800
SHORT = 40  # letters: what is shorter is only alike if it is the same


def letters(text: str) -> str:
    """Return what is compared: no blanks, no signs that cannot be seen, small letters."""
    seen = unicodedata.normalize("NFKC", text).casefold()
    return tidy("".join(sign for sign in seen if unicodedata.category(sign) != "Cf"))


def pairs(texts: Sequence[str]) -> list[dict[int, int]]:
    """Return for each text which others are alike, and by how many per cent.

    A hundred per cent are those that differ in blanks and capitals only, or not at all.
    """
    compared = [letters(text) for text in texts]
    cut = [each[:COMPARED] for each in compared]
    table = process.cdist(cut, cut, scorer=fuzz.ratio, score_cutoff=LEAST)
    found: list[dict[int, int]] = [{} for _ in texts]
    for one, other in zip(*table.nonzero(), strict=True):
        one, other = int(one), int(other)
        same = compared[one] == compared[other]
        if one == other or not compared[one]:
            continue
        if same or min(len(cut[one]), len(cut[other])) >= SHORT:
            found[one][other] = 100 if same else min(int(table[one, other]), 99)
    return found


def groups(found: Sequence[dict[int, int]]) -> list[list[int]]:
    """Return the numbers of all texts, those together that are alike, in order of the first."""
    left, together = set(range(len(found))), []
    for first in range(len(found)):
        if first not in left:
            continue
        left.remove(first)
        group, waiting = [], [first]
        while waiting:
            group.append(waiting.pop(0))
            near = sorted(left & found[group[-1]].keys(), key=lambda n: -found[group[-1]][n])
            left.difference_update(near)
            waiting += near
        together.append(group)
    return together
