"""The tables of a course and the manifest that describes them: renew it, and say what it lacks."""

import csv
import json
from argparse import Namespace
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from coursestaff.exercises import fingerprints
from courseware import manifest

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
    if (course / FIGURES).is_file():
        print("Next, look at the changes in git, and add a check figure for each new number")
        print(f"to {FIGURES}.")
    if loading := fingerprints.loading(course / "solutions", changed):
        print(f"Exercises load these tables, so run `course release {' '.join(loading)}`.")
    if "claims" in changed:
        print("If a verdict or a dissent has changed, run `course sheets`.")


def faults(course: Path) -> Iterator[str]:
    """Yield what the manifest does not say of the tables, and what it says and is not so."""
    described = course / "data" / manifest.MANIFEST
    entries = json.loads(described.read_text(encoding="utf-8"))["resources"]
    for path in sorted((course / "data").glob("*.csv")):
        if path.name not in [entry["path"] for entry in entries]:
            yield (
                f"{manifest.MANIFEST} does not describe data/{path.name}. Copy the entry of a "
                "table that is like it, and change it."
            )
    for entry in entries:
        path, name = course / "data" / entry["path"], entry["name"]
        if not path.is_file():
            yield f"{manifest.MANIFEST} describes {name!r}, but there is no data/{entry['path']}."
            continue
        yield from (f"{manifest.MANIFEST}, {name}: {place} is empty." for place in empty(entry))
        if entry["format"] == "csv":
            with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
                there = next(csv.reader(file), [])
            said = [field["name"] for field in entry["schema"]["fields"]]
            if there != said:
                yield (
                    f"{manifest.MANIFEST}, {name}: the columns of data/{path.name} are "
                    f"{', '.join(there)}, but the fields are {', '.join(said)}. A comma separates "
                    "two cells."
                )


def misfits(course: Path) -> Iterator[str]:
    """Yield the cells that the manifest does not allow; sizes and checksums are another matter."""
    import frictionless  # it takes a second, which `course data` need not wait for

    described = course / "data" / manifest.MANIFEST
    report = frictionless.validate(described, skip_errors=["byte-count", "hash-count"])
    found = [(task.place, error.to_descriptor()) for task in report.tasks for error in task.errors]
    found += [(manifest.MANIFEST, error.to_descriptor()) for error in report.errors]
    rows = defaultdict(list)
    for file, error in found:
        what = f"data/{file}, {error.get('fieldName', error['type'])}", error["note"]
        rows[what].append(str(error.get("rowNumber", 1)))
    yield from (f"{place}, row {', '.join(rows[place, note])}: {note}." for place, note in rows)


def empty(entry: dict) -> list[str]:
    """Return the places of an entry that are empty, as paths such as ``sources.0.title``."""
    found = []

    def look(place: str, value: object) -> None:
        inside = value.items() if isinstance(value, dict) else enumerate(value)
        for key, each in inside:
            if each in ("", []):
                found.append(f"{place}{key}")
            elif isinstance(each, (dict, list)):
                name = each.get("name") if isinstance(each, dict) and place else None
                look(f"{place}{name or key}.", each)

    look("", {key: value for key, value in entry.items() if key != "schema"})
    fields = entry["schema"]["fields"] if "schema" in entry else entry["properties"]
    look("schema.fields.", {field["name"]: field for field in fields})
    return found
