"""Build the printed course: ``make site``. It needs no network, and neither do its readers.

Everything goes to ``site/_build`` (or the folder named): ``source`` is what Sphinx reads, ``html``
the site, ``weights.txt`` what each page weighs.
"""

import argparse
import shutil
import sys
from pathlib import Path

import chapters
import guide
import register
import tables
import text
import weights
import words
from sphinx.cmd.build import build_main

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
#: What the theme brings along and no page loads: maps of its scripts, icons of companies.
USELESS = ("_static/**/*.map", "_static/**/fa-brands-*", "_static/**/fa-regular-*")


def main(arguments: list[str]) -> int:
    """Build the site; return 0 if Sphinx had nothing to complain about."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=HERE / "_build")
    folder = parser.parse_args(arguments).folder.resolve()
    source, html = folder / "source", folder / "html"
    print("Running the chapters that have changed ...", flush=True)
    executed = chapters.run_all(folder / "executed")
    for stale in (source, html):
        shutil.rmtree(stale, ignore_errors=True)
    write_sources(source, executed)
    strict = ["-W", "--keep-going", "-q", "-E"]
    failed = build_main([*strict, "-c", str(HERE), "-d", str(folder / "doctrees"),
                         "-b", "html", str(source), str(html)])  # fmt: skip
    for useless in (file for pattern in USELESS for file in html.glob(pattern)):
        useless.unlink()
    if not failed:
        report = weights.report(html)
        (folder / "weights.txt").write_text(report, encoding="utf-8")
        print(report.splitlines()[0], f"Open {html / 'index.html'}", sep="\n")
    return failed


def write_sources(source: Path, executed: dict) -> None:
    """Write every page as Sphinx reads it: notebooks, generated Markdown, hand-written Markdown."""
    pictures = source / "made" / "pictures"
    for folder in (pictures, source / "chapters", source / "exercises"):
        folder.mkdir(parents=True)
    titles = {path.stem[:2]: title(notebook) for path, notebook in executed.items()}
    made = {
        **written(executed),
        **tables.pages(titles),
        **words.pages(executed),
        **register.pages(titles),
        **guide.pages(ROOT),
    }
    for path, notebook in executed.items():
        chapters.write_chapter(notebook, source / "chapters" / path.name, pictures)
    for path in chapters.EXERCISES:
        chapters.write_exercise(path, source / "exercises" / path.name)
    for name, markdown in made.items():
        page = source / name
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(markdown + "\n", encoding="utf-8")


def title(notebook) -> str:
    """Return a notebook's heading."""
    return notebook.cells[0].source.splitlines()[0].removeprefix("# ")


def question(notebook) -> str:
    """Return a notebook's question: the bold line under its heading."""
    return notebook.cells[0].source.splitlines()[2].strip("*")


def written(executed: dict) -> dict[str, str]:
    """Return the hand-written pages, with lists of what they lead to."""
    folder = HERE / "pages"
    pages = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*.md")
    }
    parts = ["chapters/index", "exercises/index", "Words <words>", "claims", "tables/index"]
    parts += ["run", "For instructors <guide/index>"]
    exercises = [path.stem for path in chapters.EXERCISES]
    rows = [
        (path.stem[:2], f"[{text.plain(title(notebook))}]({path.name})", question(notebook))
        for path, notebook in executed.items()
    ]
    listed = text.table(["", "chapter", "question"], rows)
    entries = [
        f"{path.stem[:2]} · {title(notebook)} <{path.stem}>" for path, notebook in executed.items()
    ]
    pages["index.md"] += "\n" + text.toctree(parts, "hidden")
    pages["chapters/index.md"] += f"\n{listed}\n\n"
    pages["chapters/index.md"] += text.toctree(entries, "hidden")
    pages["exercises/index.md"] += "\n" + text.toctree(exercises)
    return pages


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
