"""Markdown: read into blocks, and the small pieces that the generated pages are made of."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

MARKS = re.compile(r"([\\`*_\[\]<>#|~${}])")
_PARSER = MarkdownIt("commonmark").enable("table")


# Reading ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Block:
    """A heading, paragraph, list or table, with its Markdown.

    ``lead`` is the bold sentence that opens a paragraph, such as "What to see.", and is not part
    of ``words``; ``level`` is that of a heading.
    """

    kind: str
    words: str
    lead: str = ""
    level: int = 0


def blocks(source: str) -> Iterator[Block]:
    """Yield the blocks of a text, in order."""
    tokens, lines = _PARSER.parse(source), source.splitlines()
    for number, token in enumerate(tokens):
        if token.level or token.nesting < 0:
            continue
        kind = token.type.removesuffix("_open")
        if kind == "heading":
            yield Block(kind, tokens[number + 1].content, level=int(token.tag[1]))
        elif kind == "paragraph":
            lead, words = _opened(tokens[number + 1])
            whole = not lead.endswith((".", "?"))  # what is bold is a word, no sentence
            yield Block(kind, tokens[number + 1].content if whole else words, "" if whole else lead)
        else:
            yield Block(kind, "\n".join(lines[slice(*token.map)]).strip())


def definitions(source: str) -> list[tuple[str, str]]:
    """Return the items of lists that explain a word: ``- **word**: what it means``."""
    items = (token for token in _PARSER.parse(source) if token.type == "inline" and token.level > 1)
    pairs = (_opened(token) for token in items)
    return [(word, meaning.removeprefix(":").strip()) for word, meaning in pairs if word]


def rows(source: str) -> list[list[str]]:
    """Return the cells of the tables in a text, row by row, heads included."""
    found: list[list[str]] = []
    for token in _PARSER.parse(source):
        if token.type == "tr_open":
            found.append([])
        elif token.type == "inline" and token.level > 3:  # table, its head or body, row, cell
            found[-1].append(token.content)
    return found


def _opened(inline: Token) -> tuple[str, str]:
    """Return the bold words that open a text, and what follows them."""
    first = next(
        (child for child in inline.children if child.type != "text" or child.content), None
    )
    if first is None or first.type != "strong_open":
        return "", inline.content
    lead, _, rest = inline.content.removeprefix(first.markup).partition(first.markup)
    return lead, rest.strip()


# Writing ------------------------------------------------------------------------------------


def plain(text: str) -> str:
    """Return text on one line, so that Markdown shows it as it is."""
    return MARKS.sub(r"\\\1", " ".join(str(text).split()))


def bullets(items: Iterable[str]) -> str:
    """Return a list of pieces of Markdown."""
    return "\n".join(f"- {item}" for item in items)


def table(head: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[str] = ()) -> str:
    """Return a table of pieces of Markdown, each on a line; columns ``right`` hold numbers."""
    lines = [head, ["---:" if name in right else "---" for name in head], *rows]
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
