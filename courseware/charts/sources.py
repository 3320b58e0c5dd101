"""Who published what a chart shows: its source line, and how its tables were made."""

import re
from collections.abc import Sequence

from courseware import data, ui

HOW = "How this table was made"
_BRACKETS = re.compile(r"\[(\w+)\]")  # a table or view, named in a sentence


def source_text(source: str | Sequence[str]) -> str:
    """Return the source line for a table's name, several names, or a sentence of its own.

    For tables it names publisher and table, for a view those that it comes from;
    ``data.about(table)`` tells the rest. A sentence names them in brackets, "[oil_flows]".
    """
    known = {entry["name"] for entry in data.package()["resources"]}
    named = [source] if isinstance(source, str) else list(source)
    named = [_BRACKETS.sub(lambda match: f"[{_tables(match[1])}]", name) for name in named]
    names = dict.fromkeys(base for name in named for base in data.bases(name))
    parts = [f"{data.publishers(name)} [{name}]" if name in known else name for name in names]
    return "Source: " + "; ".join(parts)


def _tables(name: str) -> str:
    return ", ".join(data.bases(name))


def views(source: str | Sequence[str]) -> list[str]:
    """Return the views among the sources of a chart."""
    named = [source] if isinstance(source, str) else source
    inside = [name for text in named for name in (text, *_BRACKETS.findall(text))]
    return [name for name in dict.fromkeys(inside) if data.is_view(name)]


def how_made(names: Sequence[str]) -> str:
    """Return HTML with a fold for each of these views: how its table was made."""
    return "".join(ui.details(HOW, data.how_made(name)) for name in names)
