"""The glossary: what the chapters list under *Words learnt*, and names in their own script."""

import csv
import re
from html import escape
from itertools import groupby
from pathlib import Path

from instructor.publishing import markdown

HERE = Path(__file__).resolve().parent
WORD = re.compile(r"^- \*\*(.+?)\*\*: (.+)$", re.MULTILINE)
LANGUAGES = {
    "kk": "Kazakh", "ky": "Kyrgyz", "ru": "Russian", "tg": "Tajik", "tk": "Turkmen",
    "uz": "Uzbek", "zh-Hans": "Chinese",
}  # fmt: skip
KINDS = {"people": "People (offices as of May 2023)", "places": "Places", "terms": "Terms"}


def pages(chapters: dict) -> dict[str, str]:
    """Return the glossary. ``chapters`` holds the notebooks by path."""
    learnt = [
        (word, meaning, path)
        for path, notebook in chapters.items()
        for word, meaning in words(notebook)
    ]
    return {"words.md": "\n\n".join(["# Words and names", _glossary(learnt), _names()])}


def words(notebook) -> list[tuple[str, str]]:
    """Return the words that a chapter lists as learnt, each with its meaning."""
    listed = [
        cell.source.partition("## Words learnt")[2].partition("\n## ")[0]
        for cell in notebook.cells
        if cell.cell_type == "markdown" and "## Words learnt" in cell.source
    ]
    return WORD.findall("\n".join(listed))


def _glossary(learnt: list[tuple[str, str, Path]]) -> str:
    entries = [
        f"{word}\n: {meaning} [Chapter {path.stem[:2]}](chapters/{path.stem}.ipynb)"
        for word, meaning, path in sorted(learnt, key=lambda entry: entry[0].casefold())
    ]
    intro = "Every chapter ends with the words that it taught. Here they stand in one alphabet."
    return "\n\n".join(["## Words", intro, *entries])


def _names() -> str:
    with (HERE / "names.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    parts = [
        "## Names",
        "English texts spell these names in many ways. Below, how they are written at home, and "
        "that spelling in Latin letters. Kazakh, Kyrgyz and Tajik are given in Cyrillic letters, "
        "Chinese in simplified characters.",
    ]
    for kind, group in groupby(rows, lambda row: row["kind"]):
        parts += [f"### {KINDS[kind]}", markdown.table(
            ["name", "who or what", "language", "in its own script", "in Latin letters"],
            [_name(row) for row in sorted(group, key=lambda row: row["name"].casefold())],
        )]  # fmt: skip
    return "\n\n".join(parts)


def _name(row: dict[str, str]) -> list[str]:
    language, latin = row["lang"], f"{row['lang'].partition('-')[0]}-Latn"
    return [
        markdown.plain(row["name"]), markdown.plain(row["what"]), LANGUAGES[language],
        _in_language(row["form"], language), _in_language(row["latin"], latin),
    ]  # fmt: skip


def _in_language(words: str, language: str) -> str:
    return f'<span lang="{language}">{escape(words)}</span>' if words else ""
