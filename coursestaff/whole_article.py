"""Whether an article holds together: its facts, its claims, and what its notebooks load."""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

from coursestaff.chapters import with_companions
from coursestaff.yaml_schema import at, read, shown
from courseware import views
from courseware.manifest import MANIFEST

SCHEMA = Path(__file__).with_name("article.schema.json")
LOADS = re.compile(r"""data\.(?:load|about|cite)\(\s*\\?["'](\w+)""")  # as JSON has it, too


def faults(course: Path) -> list[str]:
    """Return all that is missing or wrong, each with its file, its line and what to write.

    Args:
        course: the folder with ``data/``, ``notebooks/`` and the article's own.

    Raises:
        YamlSchemaError: ``article.yaml`` cannot be read, or does not fit its schema; nothing else
            can then be told.

    """
    tables = json.loads((course / "data" / MANIFEST).read_text(encoding="utf-8"))
    own = course / tables["name"].replace("-", "_")
    chapters = read(own / "article.yaml", SCHEMA).content["chapters"]
    known = {entry["name"] for entry in tables["resources"]} | {*views.names()}
    found = [*_untried(course / "data" / "claims.csv", [name[:2] for name in chapters])]
    for path in with_companions(course / "notebooks" / f"{name}.ipynb" for name in chapters):
        if path.is_file():
            found += _unknown(path, known)
        else:
            found.append(f"{shown(path)} is missing. Write it, or take it off the chapters.")
    return found


def _untried(claims: Path, taught: list[str]) -> Iterator[str]:
    """Yield the claims that no chapter tries."""
    with claims.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        for row in rows:
            if row["chapter"] not in taught:
                yield (
                    f"{at(claims, rows.line_num)}: no chapter tries {row['claim_id']}. Under "
                    f"chapter, write one of {', '.join(taught)}."
                )


def _unknown(notebook: Path, known: set[str]) -> Iterator[str]:
    """Yield what a notebook loads that nobody wrote."""
    for number, line in enumerate(notebook.read_text(encoding="utf-8").splitlines(), 1):
        for name in LOADS.findall(line):
            if name not in known:
                yield (
                    f"{at(notebook, number)}: there is no table and no view {name!r}. Describe the "
                    f"table in data/{MANIFEST}, or write the view as a function of that name."
                )
