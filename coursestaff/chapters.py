"""Chapters and their companions, which are what is worth reading after class.

A companion has its chapter's file name and lies in ``notebooks/further/``. So somebody's copy of
one is none, as with chapters.
"""

from collections.abc import Iterable
from pathlib import Path

FURTHER = "further"  #: the folder of the companions, beside the chapters


def companion(chapter: Path) -> Path | None:
    """Return the companion of a chapter's notebook; None if it has none."""
    path = chapter.parent / FURTHER / chapter.name
    return path if path.is_file() else None


def is_companion(notebook: Path) -> bool:
    """Return whether a notebook is the companion of a chapter."""
    return notebook.parent.name == FURTHER


def with_companions(chapters: Iterable[Path]) -> list[Path]:
    """Return the notebooks of chapters, each followed by its companion if it has one."""
    pairs = ((chapter, companion(chapter)) for chapter in chapters)
    return [path for pair in pairs for path in pair if path]


def own_name(notebook: Path) -> str:
    """Return a name that a chapter's companion does not share with it: "further/03_friends"."""
    return f"{FURTHER}/{notebook.stem}" if is_companion(notebook) else notebook.stem
