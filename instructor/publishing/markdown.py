"""Small pieces of Markdown that the generated pages are made of."""

import re
from collections.abc import Iterable, Sequence

MARKS = re.compile(r"([\\`*_\[\]<>#|~${}])")


def plain(text: str) -> str:
    """Return text on one line, so that Markdown shows it as it is."""
    return MARKS.sub(r"\\\1", " ".join(str(text).split()))


def bullets(items: Iterable[str]) -> str:
    """Return a list of pieces of Markdown."""
    return "\n".join(f"- {item}" for item in items)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of pieces of Markdown; each fits on a line."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def fold(summary: str, body: str) -> str:
    """Return Markdown in a fold."""
    return f":::{{fold}} {summary}\n{body}\n:::"


def toctree(pages: Iterable[str], *options: str) -> str:
    """Return the contents of a part of the site."""
    lines = ["```{toctree}", *(f":{option}:" for option in options), *pages, "```"]
    return "\n".join(lines)


def web_link(title: str, address: str | None) -> str:
    """Return a link to a web address, or just the title if there is none."""
    known = (address or "").startswith(("http://", "https://"))
    return f"[{plain(title)}](<{address}>)" if known else plain(title)
