"""Load a table of the course by name, cite it, and say how we know it.

A name is that of a table in ``data/``, or of a view (`courseware.views`): a table in the shape of
a question, computed from those. The folder ``data/`` is a Frictionless Data Package:
``datapackage.json`` lists every table with its publisher, licence, fields, traps and checksum, and
this module reads nothing else.
"""

import hashlib
import json
from difflib import get_close_matches
from html import escape
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
from IPython.display import HTML

from courseware import article, ui, views
from courseware.manifest import DataError, package, root
from courseware.views import bases, is_view

# A single value is shown as 12.3 and not as np.float64(12.3), which frightens beginners.
np.set_printoptions(legacy="1.25")

#: The column types of a schema's types; dates are parsed apart.
DTYPES = {"string": "str", "number": "float64", "integer": "Int64", "boolean": "boolean"}

#: What the card of a view says of facts that it is given, besides its tables.
FACTS = {
    "states": (
        "<code>states</code> is <code>data.states()</code>. It lists the names of states by code, "
        "and says which of them belong together."
    ),
    "article_day": '<code>article_day</code> is the day of the article, <code>"{day}"</code>.',
}


class UnknownTableError(DataError):
    """The course has no table of that name."""


class DamagedTableError(DataError):
    """A table's bytes are not the ones that the manifest describes."""


def resource(name: str) -> dict:
    """Return one table's entry in the manifest.

    Raises:
        UnknownTableError: with the nearest names, if there is no such table.

    """
    entries = {entry["name"]: entry for entry in package()["resources"]}
    if name in entries:
        return entries[name]
    near = get_close_matches(name, [*entries, *views.names()], n=3, cutoff=0.4)
    hint = f" Did you mean {' or '.join(repr(n) for n in near)}?" if near else ""
    raise UnknownTableError(
        f"The course has no table called {name!r}.{hint} To see the names of all tables, run "
        "data.tables()."
    )


def tables() -> pd.DataFrame:
    """Return one row per table: name, title, chapters that use it, publisher, kilobytes."""
    return pd.DataFrame(
        {
            "name": entry["name"],
            "title": entry["title"],
            "chapters": ", ".join(entry["chapters"]),
            "publisher": publishers(entry["name"]),
            "kb": round(entry["bytes"] / 1000),
        }
        for entry in package()["resources"]
    )


def states() -> pd.DataFrame:
    """Return the states and groups of states that the course names, one row per code.

    Columns: ``name``, in English; then one for each group that the article marks, such as
    ``five``, with whether the state belongs to it.
    """
    listed = article.states()
    table = pd.DataFrame({"name": [actor.name for actor in listed.values()]}, index=[*listed])
    for column, group in article.facts()["columns"].items():
        table[column] = [actor.group == group for actor in listed.values()]
    return table.rename_axis("iso3")


def load(name: str):
    """Return the table or view ``name``, a table typed as its schema says.

    CSV tables come as a ``pandas.DataFrame`` (dates and months as timestamps, whole numbers
    with gaps as ``Int64``), maps as a ``geopandas.GeoDataFrame`` in WGS84 degrees. Every call
    gives a fresh copy, so you may change it. Units stand in the column names and in
    ``data.about(name)``.

    Raises:
        UnknownTableError: there is no such table.
        DamagedTableError: the file is missing or its sha256 differs from the manifest's.
        DataError: it lacks a column, or a cell holds none of the words that its column may hold.

    """
    if not is_view(name):
        return _table(name).copy()
    tables = {base: _table(base) for base in bases(name)}
    compute = views.function(name)
    made_of = (compute.__code__, *(resource(base)["hash"] for base in tables))
    if made_of not in _computed:
        facts = {fact: _fact(fact) for fact in views.facts(name)}
        _computed[made_of] = compute(**{k: table.copy() for k, table in tables.items()}, **facts)
    return _computed[made_of].copy()


#: Tables by the checksum of what they were read from: parsing takes longer than a copy.
_parsed: dict[str, pd.DataFrame] = {}
#: Views by their code (an author may change it) and the checksums of what they came from.
_computed: dict[tuple, pd.DataFrame] = {}


def _fact(name: str) -> pd.DataFrame | str:
    """Return a fact about the article as a view is given it."""
    return states() if name == "states" else views.FACTS[name]()


def _table(name: str) -> pd.DataFrame:
    """Return the table that is kept, whose file is what the manifest says. Do not change it."""
    entry = resource(name)
    content = _verified_bytes(root() / entry["path"], entry)
    if entry["hash"] not in _parsed:
        _parsed[entry["hash"]] = _read(content, entry)
    return _parsed[entry["hash"]]


def _read(content: bytes, entry: dict) -> pd.DataFrame:
    if entry["format"] == "geojson":
        return _read_geojson(content, entry["properties"])
    return _read_csv(content, entry)


def _verified_bytes(path: Path, entry: dict) -> bytes:
    """Return the file's bytes if they are the ones that the manifest describes."""
    if not path.is_file():
        raise DamagedTableError(
            f"The file {path.name} is missing from {path.parent}. Copy it from a new course folder."
        )
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != entry["hash"].removeprefix("sha256:"):
        raise DamagedTableError(
            f"The file {path.name} has been edited. If you did that on purpose, type `course data` "
            "in a terminal, then run this cell again. If not, copy the file from a new course "
            "folder."
        )
    return content


def _read_csv(content: bytes, entry: dict) -> pd.DataFrame:
    kinds = {field["name"]: field["type"] for field in entry["schema"]["fields"]}
    there = pd.read_csv(BytesIO(content), nrows=0)
    if missing := [name for name in kinds if name not in there]:
        raise DataError(
            f"The file {entry['path']} has no column {missing[0]!r}. Its first line should be "
            f"{','.join(kinds)}, and in every line a comma, not a semicolon, separates the cells."
        )
    frame = pd.read_csv(
        BytesIO(content),
        dtype={name: DTYPES[kind] for name, kind in kinds.items() if kind in DTYPES},
        keep_default_na=False,  # an empty cell is the only missing value: "NA" may be a word
        na_values=[""],
    )
    for name, kind in kinds.items():
        if kind in ("date", "yearmonth"):
            frame[name] = pd.to_datetime(
                frame[name], format="%Y-%m" if kind == "yearmonth" else None
            )
    _refuse_unknown_words(frame, entry)
    return _without_needless_gaps(frame, kinds)


def _refuse_unknown_words(frame: pd.DataFrame, entry: dict) -> None:
    """Refuse a table in which a column of certain words (`enum`) has another: code counts on them.

    What else the manifest says of a table's cells is looked at by `course missing` alone.
    """
    for field in entry["schema"]["fields"]:
        rules, column = field.get("constraints", {}), frame[field["name"]]
        if "enum" in rules:
            wrong = ~column.isin(rules["enum"]) & (column.notna() | rules.get("required", False))
            for row, value in column[wrong].head(1).items():
                cell = "an empty cell" if pd.isna(value) else repr(value)
                raise DataError(
                    f"{entry['path']}, row {row + 2}: {cell} cannot stand under {field['name']}. "
                    f"Write one of these: {'; '.join(map(str, rules['enum']))}."
                )


def _read_geojson(content: bytes, fields: list[dict]):
    import geopandas as gpd
    import shapely

    kinds = {field["name"]: field["type"] for field in fields}
    shapes = shapely.get_parts(shapely.from_geojson(content))  # all at once: one by one is slow
    said = pd.DataFrame([feature["properties"] for feature in json.loads(content)["features"]])
    frame = gpd.GeoDataFrame(said, geometry=shapes, crs="OGC:CRS84")[["geometry", *said.columns]]
    frame = frame.astype({name: DTYPES[kind] for name, kind in kinds.items()})
    return _without_needless_gaps(frame, kinds)


def _without_needless_gaps(frame, kinds: dict[str, str]):
    """Use plain integers and booleans in columns where nothing is missing."""
    for name, kind in kinds.items():
        if kind in ("integer", "boolean") and not frame[name].hasnans:
            frame[name] = frame[name].astype("int64" if kind == "integer" else "bool")
    return frame


def publishers(name: str) -> str:
    """Return the publishers of a table's sources, each once, separated by semicolons."""
    sources = (source for base in bases(name) for source in resource(base)["sources"])
    return "; ".join(dict.fromkeys(source["publisher"] for source in sources))


def cite(name: str) -> str:
    """Return a one-line citation: publisher, dataset and edition of every source of the table."""
    parts: dict[str, None] = {}  # in order, each once
    for source in (source for base in bases(name) for source in resource(base)["sources"]):
        edition = f", {source['edition']}" if source.get("edition") else ""
        parts[f"{source['publisher']}, {source['title']}{edition}"] = None
    return "; ".join(parts)


def about(name: str) -> HTML:
    """Return a table's "how we know this" card: publisher, licence, selection, traps, fields.

    A view's card says how it was made: its steps in words, then its code, then its base tables.
    """
    if is_view(name):
        title = f"How this table was made: {views.told(name).title}"
        return HTML(ui.card(title, how_made(name)))
    entry = resource(name)
    sources = "".join(_source_item(source) for source in entry["sources"])
    licences = "; ".join(ui.link(lic.get("path", ""), lic["title"]) for lic in entry["licenses"])
    traps = "<ul>" + "".join(f"<li>{escape(trap)}</li>" for trap in entry["traps"]) + "</ul>"
    fields = pd.DataFrame(entry.get("schema", {}).get("fields") or entry.get("properties"))
    fields = fields[["name", "type", "unit", "description"]]
    body = (
        f"<p>{escape(entry['description'])}</p><p><b>Who says so:</b></p><ul>{sources}</ul>"
        + ui.details(f"Traps: {len(entry['traps'])}. Read them before you conclude anything", traps)
        + ui.details("How it was selected", f"<p>{escape(entry['selection'])}</p>")
        + ui.details("Licence", f"<p>Terms of use: {licences}</p>")
        + ui.details("Columns and units", ui.table(fields, f"Columns of {name}"))
    )
    return HTML(ui.card(f"How we know this: {entry['title']}", body))


def how_made(name: str) -> str:
    """Return HTML that says how a view was made: steps, code, base tables with their traps."""
    told = views.told(name)
    code = f'<pre style="overflow-x:auto;font-size:0.85em">{escape(told.code)}</pre>'
    return (
        f"<p>{escape(told.steps)}</p>"
        + ui.details("The same steps as code", code)
        + "<p>It comes from:</p>"
        + "".join(_base(base) for base in bases(name))
        + "".join(
            f"<p>{FACTS[fact].format(day=article.iso_day())}</p>" for fact in views.facts(name)
        )
    )


def _base(name: str) -> str:
    """Return a fold on a table that a view comes from."""
    entry = resource(name)
    traps = "".join(f"<li>{escape(trap)}</li>" for trap in entry["traps"])
    body = (
        f'<p><code>data.load("{escape(name)}")</code>. {escape(entry["description"])} '
        f"Published by {escape(publishers(name))}.</p><p>Traps:</p><ul>{traps}</ul>"
    )
    return ui.details(entry["title"], body)


def _source_item(source: dict) -> str:
    edition = f" ({escape(source['edition'])})" if source.get("edition") else ""
    title = ui.link(source.get("path") or "", source["title"])
    return f"<li>{escape(source['publisher'])}: {title}{edition}</li>"
