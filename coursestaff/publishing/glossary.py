"""The glossaries: *Words learnt*, names in their own script, and the words of code."""

import csv
from collections.abc import Iterator
from html import escape
from itertools import groupby

import yaml

from coursestaff.publishing import markdown
from coursestaff.publishing.reader import Lesson
from courseware import article
from courseware.words import code


def pages(course: list[Lesson]) -> dict[str, str]:
    """Return the glossary of the chapters."""
    learnt = [(word, meaning, one) for one in course for word, meaning in one.words_learnt]
    return {
        "words.md": "\n\n".join(["# Words and names", _glossary(learnt), *_names()]),
        "code.md": _code(course),
    }


def _code(course: list[Lesson]) -> str:
    """Return the words of code, by the chapter that brings them."""
    parts = [
        "# Words of code",
        "Each chapter introduces at most five new pieces of Python. This page explains what each "
        "of them does and gives an example.",
    ]
    for lesson in course:
        rows = [
            (_as_code(word.word), markdown.plain(word.means), _as_code(word.example))
            for word in code.new(lesson.number)
        ]
        link = f"[{markdown.plain(lesson.title)}](chapters/{lesson.name}.ipynb)"
        parts += [f"## Chapter {lesson.number}", link]
        parts.append(markdown.table(["word", "what it does", "for example"], rows))
    return "\n\n".join(parts)


def _as_code(text: str) -> str:
    return f"`{text}`".replace("|", "\\|")


def _glossary(learnt: list[tuple[str, str, Lesson]]) -> str:
    entries = [
        f"{word}\n: {meaning} [Chapter {lesson.number}](chapters/{lesson.name}.ipynb)"
        for word, meaning, lesson in sorted(learnt, key=lambda entry: entry[0].casefold())
    ]
    intro = (
        "Every chapter ends with the words that it taught. This page lists all of them in "
        "alphabetical order."
    )
    return "\n\n".join(["## Words", intro, *entries])


def _names() -> Iterator[str]:
    """Yield the article's names in their own script, if it has such."""
    folder = article.pages()
    if not (folder / "names.csv").is_file():
        return
    said = yaml.safe_load((folder / "glossary.yaml").read_text(encoding="utf-8"))
    with (folder / "names.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    yield from ("## Names", said["intro"])
    for kind, group in groupby(rows, lambda row: row["kind"]):
        listed = sorted(group, key=lambda row: row["name"].casefold())
        yield f"### {said['kinds'][kind]}"
        yield markdown.table(
            ["name", "who or what", "language", "in its own script", "in Latin letters"],
            [_name(row, said["languages"]) for row in listed],
        )


def _name(row: dict[str, str], languages: dict[str, str]) -> list[str]:
    language, latin = row["lang"], f"{row['lang'].partition('-')[0]}-Latn"
    return [
        markdown.plain(row["name"]),
        markdown.plain(row["what"]),
        languages[language],
        _in_language(row["form"], language),
        _in_language(row["latin"], latin),
    ]


def _in_language(words: str, language: str) -> str:
    return f'<span lang="{language}">{escape(words)}</span>' if words else ""
