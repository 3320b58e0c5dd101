"""A course without some of its chapters: which are taken, and what those that stay then say.

Nothing else changes with them. The package travels whole, words and all, and so do the tables: the
register, the closing chapter and a journal that began in another copy know of every chapter.
"""

import re
from collections.abc import Collection, Sequence

from nbformat import NotebookNode

from courseware import CourseError, article

#: "00-04" or "06", as somebody types it.
SPAN = re.compile(r"(\d{1,2})(?:-(\d{1,2}))?")
#: A link to a chapter, to its companion or to its exercise.
LINK = re.compile(r"\[(?P<words>[^\]]+)\]\((?:[\w./]+/)?(?P<number>\d\d)_\w+\.ipynb\)")


def chosen(text: str | None, there: Sequence[str]) -> list[str]:
    """Return the numbers of the chapters that ``text`` names, such as "00-04,06-09".

    Args:
        text: chapters and spans of chapters between commas; None takes them all.
        there: the numbers of the chapters that there are, in order.

    Raises:
        CourseError: a part cannot be read or names no chapter, or the first is not taken.

    """
    if text is None:
        return list(there)
    taken: set[str] = set()
    for part in text.split(","):
        span = SPAN.fullmatch(part.strip())
        if span is None:
            raise CourseError(
                f"{part.strip()!r} is not a list of chapters. Write the chapters' numbers, as in "
                "00-04,06-09."
            )
        first, last = (f"{int(number):02d}" for number in (span[1], span[2] or span[1]))
        named = [number for number in there if first <= number <= last]
        if not {first, last} <= set(named):
            raise CourseError(
                f"The course has no chapter {part.strip()}. Its chapters are {', '.join(there)}."
            )
        taken.update(named)
    if there[0] not in taken:
        raise CourseError(
            f"Chapter {there[0]} cannot be left out, because it explains how the course works and "
            "the questions that end every chapter."
        )
    return sorted(taken)


def left_out(taken: Collection[str], until: str) -> list[str]:
    """Return the numbers before ``until`` that are not taken, in order."""
    there = [name[:2] for name in article.chapters()]
    return [number for number in there if number < until and number not in taken]


def in_words(numbers: Sequence[str]) -> str:
    """Return "chapter 05", or "chapters 05, 06 and 08"."""
    *others, last = numbers
    return f"chapters {', '.join(others)} and {last}" if others else f"chapter {last}"


def bridge(notebook: NotebookNode, name: str, names: Sequence[str]) -> None:
    """Make a chapter or its companion lead over chapters that are left out: links become words.

    Args:
        notebook: the chapter or the companion, which is changed.
        name: its name, such as ``"04_the_xian_summit"`` or ``"further/04_the_xian_summit"``.
        names: the names of the chapters that are taken, in order.

    """
    taken = {each[:2] for each in names}
    folder, _, own = name.rpartition("/")
    later = next((each for each in names if each > own), "")
    link = f"{'../' * bool(folder)}{later}.ipynb"
    onwards = f"Go on with [chapter {later[:2]}]({link})." if later else "This is the end."

    def without(link: re.Match) -> str:
        return link[0] if link["number"] in taken else f"{link['words']} (left out here)"

    for cell in notebook.cells:
        if (
            cell.cell_type == "markdown"
            and (words := LINK.sub(without, cell.source)) != cell.source
        ):
            cell.source = f"{words}\n\n{onwards}"
    if missing := left_out(taken, own[:2]):
        notebook.cells[0].source += f"\n\n*Left out here: {in_words(missing)}.*"
