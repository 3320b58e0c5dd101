"""Begin a chapter, say what is left to write of those that have been begun, find companions.

``skeleton/`` holds the files of a chapter where they lie in the course, with ``NN`` and ``NN_name``
for its number and name. What an author has to write stands there between ‹ and ›.

A chapter's companion, what is worth reading after class, has the chapter's file name and lies in
``notebooks/further/``. So somebody's copy of one is none, as with chapters.
"""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from courseware import CourseError

SKELETON = Path(__file__).with_name("skeleton")
TO_WRITE = re.compile(r"‹[^›]*›")
FURTHER = "further"  #: the folder of the companions, beside the chapters
#: Where every chapter from 01 is named: how it is found there, and what to write.
ENTRIES = {
    "data/claims.csv": (r"^C\d\d,\w+,NN,", "enter the claims that chapter NN tests"),
    "no_limits/words/code.yaml": (r'^"NN":', "write one to five words of code for chapter NN"),
    "README.md": (r"^\| NN \|", "add a row for chapter NN under The chapters"),
    "no_limits/pages/guide/plans.yaml": (
        r'chapter: "NN"',
        "add chapter NN to the plan that teaches every chapter",
    ),
    "no_limits/article.yaml": (
        r"^- NN_",
        "add chapter NN under chapters once everything else is written",
    ),
}


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


def begin(course: Path, number: str, name: str) -> list[Path]:
    """Make the files of chapter ``number``; return them, relative to the course.

    Raises:
        CourseError: number or name has another form than others', or the number is taken.

    """
    if not re.fullmatch(r"\d\d [a-z0-9]+(_[a-z0-9]+)*", f"{number} {name}"):
        raise CourseError(
            "A chapter needs a number and a name in small letters, such as 10 the_middle_corridor."
        )
    words = course.glob(f"*/words/{number}.yaml")
    for taken in sorted((*course.glob(f"*/{number}_*"), *words)):
        there = taken.relative_to(course).as_posix()
        raise CourseError(
            f"Chapter {number} already exists and is called {there}. Choose another number."
        )
    files = files_of(number, name)
    for template, file in files.items():
        (course / file).parent.mkdir(parents=True, exist_ok=True)
        text = _named(template.read_text(encoding="utf-8"), number, name)
        (course / file).write_text(text, encoding="utf-8", newline="\n")
    return list(files.values())


def files_of(number: str, name: str) -> dict[Path, Path]:
    """Return the files of a chapter, relative to the course, by those of the skeleton."""
    files = (path for path in sorted(SKELETON.rglob("*")) if path.is_file())
    return {
        path: Path(_named(path.relative_to(SKELETON).as_posix(), number, name))
        for path in files
        if ".ipynb_checkpoints" not in path.parts
    }


def _named(text: str, number: str, name: str) -> str:
    return text.replace("NN_name", f"{number}_{name}").replace("NN", number)


def left_to_write(course: Path) -> Iterator[str]:
    """Yield what is left to write of the chapters, each with the file that it belongs into."""
    for notes in sorted((course / "solutions").glob("[0-9][0-9]_*/notes.yaml")):
        number, _, name = notes.parent.name.partition("_")
        for file in files_of(number, name).values():
            for place, words in _places(course / file):
                for what in TO_WRITE.findall(words):
                    yield f"{file.as_posix()}, {place}: {what}"
        if number != "00":
            yield from _not_named(course, number)


def _not_named(course: Path, number: str) -> Iterator[str]:
    """Yield the files of the whole course that do not name a chapter, and what to write there."""
    for file, (entry, what) in ENTRIES.items():
        text = (course / file).read_text(encoding="utf-8")
        if not re.search(entry.replace("NN", number), text, re.MULTILINE):
            yield f"{file}: {what.replace('NN', number)}"


def _places(path: Path) -> list[tuple[str, str]]:
    """Return the cells of a notebook, or the lines of another file, by their names."""
    if not path.is_file():  # chapter 00 has no exercise
        return []
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        return [(f"cell {cell['id']}", "".join(cell["source"])) for cell in cells]
    return [(f"line {number}", line) for number, line in enumerate(text.splitlines(), 1)]
