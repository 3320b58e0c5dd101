"""Read ``rubric.md``: the rows by which a written answer is marked, models, comments to reuse."""

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import mistune

from coursestaff.exercises.spec import Question
from courseware import CourseError

FILE = "rubric.md"
COMMENTS = "Comments to reuse"  # the heading above them
MODELS = ("Model answer:", "A weak answer")  # how the headings above whole answers begin


class RubricError(CourseError):
    """A rubric and its question do not fit together; the message says how."""


class Row(NamedTuple):
    """One criterion: its ``name``, and what an answer must have for 0, 1, … points."""

    name: str
    levels: tuple[str, ...]

    @property
    def most(self) -> int:
        """The points of a full row."""
        return len(self.levels) - 1


class Model(NamedTuple):
    """A whole answer that the rubric holds up, by its heading, in paragraphs."""

    name: str
    paragraphs: tuple[str, ...]


class Rubric(NamedTuple):
    """What a question is marked by."""

    rows: tuple[Row, ...]
    comments: tuple[str, ...]
    models: tuple[Model, ...] = ()

    @property
    def most(self) -> int:
        """The points of a full answer."""
        return sum(row.most for row in self.rows)


def read(text: str, question: Question) -> Rubric:
    """Return the part of a ``rubric.md`` that is about one question.

    Raises:
        RubricError: there is none, it has no table, or its rows are worth something else.

    """
    part = list(_part(_parser()(text), question.id))
    rows = tuple(row for table in _of_kind(part, "table") for row in _rows(table))
    below = [n for n, token in enumerate(part) if _heading(token) == COMMENTS]
    listed = next(_of_kind(part[below[0] :], "list"), {"children": []}) if below else {}
    comments = tuple(map(_plain, listed.get("children", [])))
    found = Rubric(rows, comments, tuple(_models(part)))
    if not rows:
        raise RubricError(
            f"{FILE}, {question.id}: there is no table for marking. Write one below the heading "
            f"'## {question.id}' with | Criterion | 0 | 1 | …"
        )
    if found.most != question.points:
        raise RubricError(
            f"{FILE}, {question.id}: its rows are worth {found.most} points, but the question is "
            f"worth {question.points} points. Make the two numbers equal."
        )
    return found


@cache
def _parser() -> mistune.Markdown:
    return mistune.create_markdown(renderer="ast", plugins=["table"])


def _part(tokens: list[dict], head: str) -> Iterator[dict]:
    """Yield what stands below a heading of the second level, to the next one."""
    inside = False
    for token in tokens:
        if token["type"] == "heading" and token["attrs"]["level"] <= 2:
            inside = _heading(token) == head
        elif inside:
            yield token


def _models(part: list[dict]) -> Iterator[Model]:
    """Yield what stands below each heading of a whole answer, without the heading's beginning."""
    heads = [n for n, token in enumerate(part) if token["type"] == "heading"]
    for n, after in pairwise([*heads, len(part)]):
        if (name := _heading(part[n])).startswith(MODELS):
            words = filter(None, map(_plain, part[n + 1 : after]))
            yield Model(name.removeprefix(MODELS[0]).strip(), tuple(words))


def _of_kind(tokens: list[dict], kind: str) -> Iterator[dict]:
    return (token for token in tokens if token["type"] == kind)


def _heading(token: dict) -> str:
    return _plain(token) if token["type"] == "heading" else ""


def _rows(table: dict) -> Iterator[Row]:
    """Yield the rows of a table with the heads Criterion, 0, 1, …; of another table nothing."""
    head, body = table["children"]
    heads = [_plain(cell) for cell in head["children"]]
    if heads[1:] != [str(points) for points in range(len(heads) - 1)]:
        return
    for row in body["children"]:
        name, *levels = map(_plain, row["children"])
        yield Row(name, tuple(levels))


def _plain(token: dict) -> str:
    """Return the words of a piece of Markdown, without its signs."""
    if token["type"] in ("softbreak", "linebreak"):
        return " "
    return token.get("raw") or "".join(map(_plain, token.get("children", ())))
