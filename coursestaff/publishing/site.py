"""Build the printed course: ``make site``. It needs no network, and neither do its readers.

Everything goes to ``build/site`` (or the folder named): ``sources`` is what Sphinx reads, ``html``
the course, ``guide`` the instructor's guide.
The guide is apart because it gives outcomes away: ``html`` can go to students as it is.
"""

import argparse
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from nbformat import NotebookNode
from sphinx.cmd.build import build_main

from coursestaff import chapter_selection
from coursestaff.chapters import FURTHER, is_companion, own_name, with_companions
from coursestaff.publishing import (
    claims_page,
    cover,
    data_dictionary,
    execution,
    glossary,
    guide,
    markdown,
    metadata,
    reader,
    static_notebooks,
)
from coursestaff.publishing.lite import building
from coursestaff.publishing.reader import Lesson
from courseware import CourseError, article

HERE = Path(__file__).resolve().parent
OUT = reader.ROOT / "build" / "site"
#: What the header leads to first; hand-written pages besides follow by name.
PARTS = [
    "chapters/index",
    "exercises/index",
    "Words <words>",
    "Code <code>",
    "claims",
    "tables/index",
    "run",
]
#: What the theme brings along and no page loads: maps of its scripts, icons, what it is made from.
USELESS = (
    *("_static/**/*.map", "_static/**/fa-brands-*", "_static/**/fa-regular-*"),
    "_static/webpack-macros.html",
)
#: Where the version for a browser is published, below the site.
BROWSER = "lite/index.html"
#: What opens a notebook there; the notebook's place in that version follows.
NOTEBOOK = "lite/lab/index.html?path="
#: Over each page of the guide, so that nobody takes it for the course's own on a wall.
BAND = "This is the instructor's guide. Do not give it to students, because it contains answers."


def main(arguments: list[str]) -> int:
    """Build the site; return 0 if Sphinx had nothing to complain about."""
    parser = argparse.ArgumentParser(prog="start.py site", description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=OUT)
    words = (
        "link to the version that runs in a browser and is published beside this site (`start.py "
        "lite`)"
    )
    parser.add_argument("--lite", action="store_true", help=words)
    execution.add_options(parser)
    asked = parser.parse_args(arguments)
    folder = asked.folder.resolve()
    html = folder / "html"
    try:
        paths = reader.chapters(chosen=asked.chapters)
    except CourseError as problem:
        parser.error(str(problem))
    executed = execution.run_all(with_companions(paths), asked.executed)
    for stale in ("sources", "html", "guide"):
        shutil.rmtree(folder / stale, ignore_errors=True)
    write_sources(folder / "sources" / "html", executed)
    write_guide(folder / "sources" / "guide", paths)
    failed = printed(folder, "html", paths, lite=asked.lite) or printed(folder, "guide", paths)
    if not failed:
        print(f"Open {html / 'index.html'}")
        print(
            f"The instructor's guide, which is not for students: {folder / 'guide' / 'index.html'}"
        )
    return failed


def printed(
    folder: Path, name: str, chapters: Sequence[Path] | None = None, *, lite: bool = False
) -> int:
    """Let Sphinx print one of the two sites; return 0 if it had nothing to complain about.

    ``chapters`` are those that it is made of; all if None. With ``lite`` its first page begins with
    a link to the first chapter in the version for a browser.
    """
    options = ["-W", "--keep-going", "-q", "-E", "-c", str(HERE), "-b", "html"]
    if chapters:
        options += ["-D", f"course_chapters={','.join(path.stem[:2] for path in chapters)}"]
    if lite:
        first = building.place(reader.chapters()[0]).as_posix()
        options += ["-A", f"lite={BROWSER}", "-A", f"notebook={NOTEBOOK}{first}"]
    if name == "guide":
        options += ["-D", f"html_theme_options.announcement={BAND}"]
    places = [folder / "doctrees" / name, folder / "sources" / name, folder / name]
    failed = build_main([*options, "-d", *map(str, places)])
    for useless in (file for pattern in USELESS for file in (folder / name).glob(pattern)):
        useless.unlink()
    return failed


def write_sources(source: Path, executed: dict[Path, NotebookNode]) -> None:
    """Write every page as Sphinx reads it: notebooks, generated Markdown, hand-written Markdown."""
    pictures = source / "made" / "pictures"
    for folder in (pictures, *(source / name for name in ("chapters", FURTHER, "exercises"))):
        folder.mkdir(parents=True)
    chapters = [path for path in executed if not is_companion(path)]
    for path, notebook in executed.items():
        chapter_selection.bridge(notebook, own_name(path), [each.stem for each in chapters])
    course = [reader.read(path, executed[path]) for path in chapters]
    titles = {lesson.number: lesson.title for lesson in course}
    made = {
        **written(course),
        **data_dictionary.pages(titles),
        **glossary.pages(course),
        **claims_page.pages(titles),
    }
    for path, notebook in executed.items():
        folder = source / (FURTHER if is_companion(path) else "chapters")
        static_notebooks.write_chapter(notebook, folder / path.name, pictures)
    if metadata.SITE:
        (pictures / metadata.CARD).write_bytes(cover.png())
    for path in reader.exercises(chapters=titles):
        static_notebooks.write_exercise(path, source / "exercises" / path.name)
    write_pages(source, made)


def write_guide(source: Path, chapters: Sequence[Path] | None = None) -> None:
    """Write the pages of the instructor's guide to these chapters; to all if None."""
    (source / "made").mkdir(parents=True)
    made = guide.pages(chapters=chapters)
    write_pages(source, {Path(name).name: page for name, page in made.items()})


def write_pages(source: Path, made: dict[str, str]) -> None:
    """Write pages of Markdown; their names may hold folders."""
    for name, text in made.items():
        page = source / name
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text + "\n", encoding="utf-8")


def written(course: list[Lesson]) -> dict[str, str]:
    """Return the hand-written pages, with lists of what they lead to."""
    pages = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for folder in (HERE / "pages", article.pages() / "site")
        for path in folder.rglob("*.md")
    }
    rows = [row for lesson in course for row in _rows(lesson)]
    listed = markdown.table(["", "chapter", "question", "minutes"], rows, right=["minutes"])
    entries = [entry for lesson in course for entry in _entries(lesson)]
    others = sorted(Path(name).stem for name in pages if "/" not in name)
    parts = PARTS + [name for name in others if name not in ("index", *PARTS)]
    pages["index.md"] += "\n" + markdown.toctree(parts, "hidden")
    pages["chapters/index.md"] += f"\n{listed}\n\n{markdown.toctree(entries, 'hidden')}"
    pages["exercises/index.md"] += f"\n{exercises(course)}"
    return pages


def _rows(lesson: Lesson) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a chapter and of its companion: number, link, question, minutes."""
    title = markdown.plain(lesson.title)
    minutes = str(lesson.notes.minutes)
    yield lesson.number, f"[{title}]({lesson.name}.ipynb)", lesson.head.question, minutes
    if further := lesson.further:
        link = f"[Further: {markdown.plain(further.title)}](../{FURTHER}/{lesson.name}.ipynb)"
        yield "", link, further.question, f"{further.minutes}\N{NO-BREAK SPACE}alone"


def _entries(lesson: Lesson) -> Iterator[str]:
    """Yield a chapter, and below it its companion, as the contents in the margin list them."""
    yield f"{lesson.number} · {lesson.title} <{lesson.name}>"
    if lesson.further:
        yield f"Further {lesson.number} · {lesson.further.title} </{FURTHER}/{lesson.name}>"


def exercises(course: list[Lesson]) -> str:
    """Return a list of the exercises: what each asks, and its minutes."""
    found = reader.exercises(chapters=[lesson.number for lesson in course])
    heads = {path.stem: reader.read_head(path) for path in found}
    rows = [
        (f"[{markdown.plain(head.title)}]({name}.ipynb)", head.question, head.card["Minutes"])
        for name, head in heads.items()
    ]
    listed = markdown.table(["exercise", "what it asks", "minutes"], rows)
    return f"{listed}\n\n{markdown.toctree(heads, 'hidden')}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
