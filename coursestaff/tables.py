"""Enter a new table in the manifest: what a computer can see of it, and a place for the rest."""

import json
from argparse import Namespace
from collections import Counter
from pathlib import Path

import pandas as pd

from coursestaff.exercises import fingerprints
from courseware import CourseError, manifest

#: Units by the last part of a column's name.
UNITS = {"usd": "US dollars, current", "pct": "per cent", "bcm": "billion cubic metres"}
UNITS |= {"mt": "million tonnes", "km": "kilometres", "year": "year", "month": "month"}
UNITS |= {"date": "ISO date", "persons": "persons", "count": "number"}
TYPES = {"any": "string", "year": "integer"}  # an empty column, and how the course writes years
FIGURES = "tests/check_figures.csv"


def renew(course: Path, options: Namespace) -> None:
    """Renew the manifest and say which tables had changed: ``course data``."""
    changed = manifest.refresh()
    if not changed:
        print("Nothing has changed, because every table matches the manifest.")
        return
    print(
        f"These tables were updated in {manifest.root() / manifest.MANIFEST}: {', '.join(changed)}."
    )
    print("Next, look at the changes in git, and add a check figure for each new number")
    print(f"to {FIGURES}.")
    if loading := fingerprints.loading(course / "solutions", changed):
        print(f"Exercises load these tables, so run `course release {' '.join(loading)}`.")
    if "claims" in changed:
        print("If a verdict or a dissent has changed, run `course sheets`.")


def begin(course: Path, options: Namespace) -> None:
    """Enter a new table in the manifest, and say what is left to be written."""
    left = enter(course, options.name)
    manifest.refresh(course / "data")
    print(f"The table was entered in data/{manifest.MANIFEST}. Under {options.name}, write there:")
    print("".join(f"  {place}\n" for place in left), end="")
    print(f"Then add a check figure from another publisher to {FIGURES}.")


def enter(course: Path, name: str) -> list[str]:
    """Enter ``data/NAME.csv`` in the manifest; return what a person has to write there.

    Types, keys and checksum are read off the file. A column that other tables have gets their
    description and unit. All else is left empty, and the tests refuse what is empty.

    Raises:
        CourseError: there is no such file, or the manifest describes it already.

    """
    path = course / "data" / f"{name}.csv"
    described = course / "data" / manifest.MANIFEST
    package = json.loads(described.read_text(encoding="utf-8"))
    if not path.is_file():
        raise CourseError(f"There is no data/{name}.csv. Put the table there first.")
    if any(entry["name"] == name for entry in package["resources"]):
        raise CourseError(f"The manifest already describes {name!r}. Edit that entry.")
    entry = describe(path, package["resources"])
    package["resources"].append(entry)
    text = json.dumps(package, ensure_ascii=False, indent=2) + "\n"
    described.write_text(text, encoding="utf-8", newline="\n")
    return to_write(entry)


def describe(path: Path, others: list[dict]) -> dict:
    """Return the manifest's entry for a CSV file, as far as the file and other entries tell."""
    from frictionless import describe as read_off  # it takes a second, which `renew` need not wait

    table = pd.read_csv(path, keep_default_na=False, na_values=[""], dtype="str")
    types = {field.name: field.type for field in read_off(str(path)).schema.fields}
    fields = [_field(table[name], TYPES.get(types[name], types[name]), others) for name in table]
    schema = {"fields": fields, "primaryKey": _key(table), "missingValues": [""]}
    foreign = _foreign_keys(table, others)
    return {
        "name": path.stem,
        "path": path.name,
        "title": "",
        "description": "",
        "type": "table",
        "format": "csv",
        "mediatype": "text/csv",
        "reuse": "",
        "encoding": "utf-8",
        "schema": schema | ({"foreignKeys": foreign} if foreign else {}),
        "sources": [{"title": "", "publisher": "", "edition": "", "path": ""}],
        "licenses": [{"name": "", "title": "", "path": ""}],
        "selection": "",
        "traps": [],
        "chapters": [],
    }


def to_write(entry: dict) -> list[str]:
    """Return the places of an entry that are empty, as paths such as ``sources.0.title``."""
    empty = []

    def look(place: str, value: object) -> None:
        inside = value.items() if isinstance(value, dict) else enumerate(value)
        for key, each in inside:
            if each in ("", []):
                empty.append(f"{place}{key}")
            elif isinstance(each, (dict, list)):
                name = each.get("name") if isinstance(each, dict) and place else None
                look(f"{place}{name or key}.", each)

    look("", {key: value for key, value in entry.items() if key != "schema"})
    fields = entry["schema"]["fields"] if "schema" in entry else entry["properties"]
    look("schema.fields.", {field["name"]: field for field in fields})
    return empty


def _field(column: pd.Series, kind: str, others: list[dict]) -> dict:
    known = _known(str(column.name), others)
    unit = UNITS.get(
        str(column.name).rsplit("_", 1)[-1], "" if kind in ("number", "integer") else "none"
    )
    field = {
        "name": column.name,
        "type": kind,
        "description": known.get("description", ""),
        "unit": known.get("unit", unit),
    }
    return field | ({} if column.hasnans else {"constraints": {"required": True}})


def _known(name: str, others: list[dict]) -> dict:
    """Return how other tables describe a column of this name: the most frequent way, if any."""
    found = [
        (field["description"], field["unit"])
        for entry in others
        for field in entry.get("schema", {}).get("fields", [])
        if field["name"] == name
    ]
    most = Counter(found).most_common(1)
    return dict(zip(("description", "unit"), most[0][0], strict=True)) if most else {}


def _key(table: pd.DataFrame) -> list[str]:
    """Return the first columns that tell every row apart; all of them if it takes all."""
    names = list(table)
    for count in range(1, len(names) + 1):
        if not table.duplicated(names[:count]).any():
            return names[:count]
    raise CourseError("Two rows of the table are the same. Delete one of them.")


def _foreign_keys(table: pd.DataFrame, others: list[dict]) -> list[dict]:
    """Return the columns that are named like the key of another table of the course."""
    keys = {}
    for other in (each for each in others if "schema" in each):
        key, lent = other["schema"].get("primaryKey", []), other["schema"].get("foreignKeys", [])
        if key not in [each["fields"] for each in lent]:  # a key that is another table's own
            keys[tuple(key)] = other["name"]
    return [
        {"fields": [name], "reference": {"resource": keys[name,], "fields": [name]}}
        for name in table
        if (name,) in keys and name.endswith("_id")
    ]
