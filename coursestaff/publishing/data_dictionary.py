"""The data dictionary: what ``data/datapackage.json`` says about each table, as pages."""

from coursestaff.publishing import markdown
from courseware import data, views

FIELDS = ("column", "type", "unit", "what the column holds")


def pages(chapters: dict[str, str]) -> dict[str, str]:
    """Return a list of all tables, and per chapter a page of those that it uses first.

    ``chapters`` gives the title of a chapter by its number. Tables that only a chapter uses which
    is left out have a page too: claims and views rest on them.
    """
    groups: dict[str, list[dict]] = {}
    for entry in data.package()["resources"]:
        first = next((n for n in entry["chapters"] if n in chapters), entry["chapters"][0])
        groups.setdefault(first, []).append(entry)
    numbers = sorted(groups)
    made = {f"tables/{n}.md": _page(n, chapters.get(n), groups[n]) for n in numbers}
    return {"tables/index.md": _index(numbers), **made}


def link(name: str) -> str:
    """Return a link, from a page of the dictionary, to the table ``name``."""
    entry = data.resource(name)
    return f"[`{name}`](#table-{entry['name']})"


def _index(numbers: list[str]) -> str:
    rows = [
        (
            link(e["name"]),
            markdown.plain(e["title"]),
            markdown.plain(data.publishers(e["name"])),
            ", ".join(e["chapters"]),
        )
        for e in data.package()["resources"]
    ]
    intro = (
        f"The course has {len(rows)} tables. Their pages say who published each table, how its "
        "rows were selected and where it can mislead. Each table is described on the page of the "
        'chapter that uses it first. In a notebook, `data.load("name")` loads a table, and '
        '`data.about("name")` shows the description that is printed here.'
    )
    listed = markdown.table(["table", "title", "publisher", "chapters"], rows)
    return "\n\n".join(["# Tables", intro, listed, markdown.toctree(numbers, "hidden")])


def _page(number: str, title: str | None, entries: list[dict]) -> str:
    used = f"First used in *{markdown.plain(title)}*." if title else "The chapter is left out here."
    head = f"# Tables from chapter {number} on\n\n{used}"
    return "\n\n".join([head, *map(_entry, entries)])


def _entry(entry: dict) -> str:
    columns = entry.get("schema", {}).get("fields") or entry["properties"]
    rows = [
        (f"`{c['name']}`", c["type"], markdown.plain(c["unit"]), markdown.plain(c["description"]))
        for c in columns
    ]
    facts = [f"File: `{entry['path']}`, {entry['bytes'] / 1000:,.0f} kB"]
    facts.append(f"Chapters: {', '.join(entry['chapters'])}")
    facts += [f"Publisher: {_source(source)}" for source in entry["sources"]]
    facts += [
        f"Licence: {markdown.web_link(terms['title'], terms.get('path'))}"
        for terms in entry["licenses"]
    ]
    facts += _keys(entry.get("schema", {}))
    facts += [
        f"View computed from it: `{name}` ({markdown.plain(views.told(name).title)})"
        for name in views.names()
        if entry["name"] in views.bases(name)
    ]
    return "\n\n".join(
        [
            f"(table-{entry['name']})=",
            f"## {markdown.plain(entry['title'])}",
            f"`{entry['name']}`. {markdown.plain(entry['description'])}",
            markdown.bullets(facts),
            f"**Traps**\n\n{markdown.bullets(map(markdown.plain, entry['traps']))}",
            f"**How it was selected.** {markdown.plain(entry['selection'])}",
            markdown.fold(
                f"The {len(rows)} columns of {entry['name']}", markdown.table(FIELDS, rows)
            ),
        ]
    )


def _source(source: dict) -> str:
    edition = f" ({markdown.plain(source['edition'])})" if source.get("edition") else ""
    title = markdown.web_link(source["title"], source.get("path"))
    return f"{markdown.plain(source['publisher'])}: {title}{edition}"


def _keys(schema: dict) -> list[str]:
    facts = []
    if schema.get("primaryKey"):
        names = ", ".join(f"`{name}`" for name in schema["primaryKey"])
        facts.append(f"One row per: {names}")
    for key in schema.get("foreignKeys", []):
        names = ", ".join(f"`{name}`" for name in key["fields"])
        other = key["reference"]["resource"]
        facts.append(f"{names} refers to {link(other) if other else 'this table'}")
    return facts
