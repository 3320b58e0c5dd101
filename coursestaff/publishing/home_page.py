"""What the first page says and draws: the article's ``pages/home_page.html`` gives it its form.

Every number comes out of a table or of the register.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coursestaff.publishing import cover, reader
from coursestaff.publishing.reader import Lesson
from courseware import article, data


@dataclass(frozen=True)
class HomePage:
    """All that the first page shows: ``own`` is what the article's ``pages`` have for it."""

    own: Any
    xray: str  #: markup of the page of bars
    counted: tuple[int, int]  #: claims, and those without a source
    chapters: dict[str, Lesson]
    tables: int


def make(root: Path = reader.ROOT, chosen: str | None = None) -> HomePage:
    """Return the first page of the course, with the chapters ``chosen``; all if None.

    Raises:
        templating.UnfitWordsError: the words of the guess do not fit the numbers.

    """
    return HomePage(
        own=article.module("pages", "home_page").make(),
        xray=cover.markup(),
        counted=cover.counted(),
        chapters={le.number: le for le in map(reader.read, reader.chapters(root, chosen))},
        tables=len(data.package()["resources"]),
    )
