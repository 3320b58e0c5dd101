"""What a person gives an answer: points by the rubric's rows and words, as the gradebook keeps it.

The rows are the first line of the comment ("Evidence 2 of 2 · Reasoning 1 of 2"), so that students
see them, and formgrader and this sheet keep no second record beside the gradebook.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from coursestaff.marking.marksheet.rubric import Row, Rubric
from courseware import CourseError

BETWEEN = " · "
MOST_WORDS = 5_000  # letters of one comment
OFFERED = 300  # letters: what is longer was written for one answer
MOST_OFFERED = 30


class MarkError(CourseError):
    """Something that cannot be given; the message says why."""


class Mark(NamedTuple):
    """What the gradebook has of a person's mark.

    ``points`` are None until all rows are chosen; ``waits`` says that a person has still to mark
    it, or has to do it again; ``comment`` is what the student will read.
    """

    points: float | None
    waits: bool
    comment: str | None


class Read(NamedTuple):
    """A mark as the sheet shows it: the ``rows`` that are chosen, the ``words``, and a ``note``."""

    rows: dict[str, int]
    words: str
    note: str = ""


def give(rubric: Rubric, rows: Mapping[str, int], words: str) -> Mark:
    """Return the mark for rows and words. Until every row is chosen, the answer waits.

    Raises:
        MarkError: a row or points that the rubric does not have, or too many words.

    """
    if len(words) > MOST_WORDS:
        raise MarkError(
            f"A comment may have at most {MOST_WORDS} characters, but this one has {len(words)}."
        )
    known = {row.name: row for row in rubric.rows}
    for name, points in rows.items():
        if name not in known or type(points) is not int or not 0 <= points <= known[name].most:
            raise MarkError(
                f"The rubric does not allow {points!r} points for {name!r}. Load the page again."
            )
    parts = [_line(rubric, rows), words.strip()]
    comment = "\n\n".join(filter(None, parts)) or None
    whole = len(rows) == len(known)
    return Mark(float(sum(rows.values())) if whole else None, not whole, comment)


def read(rubric: Rubric, mark: Mark) -> Read:
    """Return a mark as the sheet shows it, whoever gave it, here or in formgrader."""
    first, _, rest = (mark.comment or "").partition("\n\n")
    rows = _rows(rubric, first)
    words = rest if rows else mark.comment or ""
    if mark.points is None:  # if all rows are there, formgrader has taken the points back
        return Read(rows if len(rows) < len(rubric.rows) else {}, words)
    if mark.waits:  # the answer has changed since: every row is looked at again
        before = _line(rubric, rows) or f"{mark.points:g} points"
        return Read(
            {}, words, f"The answer has changed since it was marked ({before}), so mark it again."
        )
    if len(rows) < len(rubric.rows) or sum(rows.values()) != mark.points:
        return Read(
            {},
            words,
            "This answer was marked in formgrader, without the rows of the rubric, and has "
            f"{mark.points:g} points.",
        )
    return Read(rows, words)


def offered(rubric: Rubric, comments: Iterable[str | None]) -> list[str]:
    """Return the comments to choose from: those used before, most used first, then the rubric's.

    Args:
        rubric: of the question.
        comments: what the gradebook has for this question so far.

    """
    used = Counter(
        part
        for comment in comments
        for part in paragraphs(comment or "")
        if len(part) <= OFFERED and not _rows(rubric, part)
    )
    before = [part for part, _ in used.most_common(MOST_OFFERED)]
    return list(dict.fromkeys([*before, *rubric.comments]))


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a comment."""
    return [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]


def _line(rubric: Rubric, rows: Mapping[str, int]) -> str:
    chosen = (row for row in rubric.rows if row.name in rows)
    return BETWEEN.join(_said(row, rows[row.name]) for row in chosen)


def _said(row: Row, points: int) -> str:
    return f"{row.name} {points} of {row.most}"


def _rows(rubric: Rubric, line: str) -> dict[str, int]:
    """Return the rows that a line says; none if it is not one of ours."""
    said = {_said(row, n): (row.name, n) for row in rubric.rows for n in range(row.most + 1)}
    parts = line.strip().split(BETWEEN)
    return dict(said[part] for part in parts) if all(part in said for part in parts) else {}
