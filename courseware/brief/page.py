"""The brief as its reader sees it: in the notebook, and as a page to print."""

import base64
import re
from dataclasses import dataclass
from functools import cached_property
from html import escape, unescape
from pathlib import Path
from urllib.parse import unquote

from IPython.display import HTML

from courseware import ui
from courseware.brief.template import CHARTS, NEEDED, NO_TITLE, SECTIONS, SOURCES, is_untouched
from courseware.journal.store import current_store, write_atomically

MOST_WORDS = 800
PAGE_WORDS = 450  #: that fill a printed page
PAGE_SHARE = 0.4  #: of a page that a picture with its caption takes
_MARK = "no-limits-brief-page"
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_PLUGINS = ["table", "strikethrough", "footnotes"]
_KINDS = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg"}
_CSS = """
@page { size: A4; margin: 20mm 22mm; }
body { font: 11pt/1.45 Georgia, "Times New Roman", serif; color: #1a1a1a; background: #fff;
  max-width: 166mm; margin: 2em auto; padding: 0 1em; hyphens: auto; overflow-wrap: anywhere; }
h1, h2, h3 { font-family: Arial, Helvetica, sans-serif; line-height: 1.2; break-after: avoid; }
h1 { font-size: 18pt; } h2 { font-size: 13pt; margin-top: 1.4em; } h3 { font-size: 11pt; }
img { display: block; max-width: 100%; max-height: 110mm; height: auto; break-inside: avoid; }
p:has(> img) { break-after: avoid; }
p, li { orphans: 2; widows: 2; }
blockquote { margin: 0.6em 0; padding-left: 1em; border-left: 3px solid #999; }
table { border-collapse: collapse; } th, td { border: 1px solid #999; padding: 0.2em 0.6em; }
a { color: #0b5394; }
@media print { body { margin: 0; padding: 0; max-width: none; } a { color: inherit; } }
"""


@dataclass(frozen=True)
class Brief:
    """A brief's Markdown, read: its words counted, its gaps found. ``folder`` holds pictures."""

    text: str
    folder: Path

    @cached_property
    def _visible(self) -> str:
        return _COMMENT.sub("", self.text)

    @cached_property
    def title(self) -> str:
        """The first heading of level one; empty if there is none."""
        tops = (t for t in self._tokens if t["type"] == "heading" and t["attrs"]["level"] == 1)
        return next((_words(token).strip() for token in tops), "")

    @cached_property
    def _tokens(self) -> list[dict]:
        import mistune

        return mistune.create_markdown(renderer="ast", plugins=_PLUGINS)(self._visible)

    @cached_property
    def _sections(self) -> dict[str, list[dict]]:
        """The tokens under each heading of level two."""
        found: dict[str, list[dict]] = {}
        here: list[dict] = found.setdefault("", [])
        for token in self._tokens:
            if token["type"] == "heading" and token["attrs"]["level"] == 2:
                here = found.setdefault(_words(token).strip(), [])
            else:
                here.append(token)
        return found

    @property
    def words(self) -> int:
        """How many words it has, without headings, pictures, and the charts' and source lists."""
        return sum(
            len(_words(token).split())
            for heading, tokens in self._sections.items()
            if heading not in (CHARTS, SOURCES)
            for token in tokens
            if token["type"] != "heading"
        )

    @property
    def pages(self) -> int:
        """About how many printed pages it fills."""
        everything = sum(len(_words(token).split()) for token in self._tokens)
        return max(1, round(everything / PAGE_WORDS + PAGE_SHARE * self._pictures(self._tokens)))

    def _pictures(self, tokens: list[dict]) -> int:
        inside = [child for token in tokens for child in token.get("children", ())]
        return sum(token["type"] == "image" for token in tokens) + (
            self._pictures(inside) if inside else 0
        )

    def gaps(self) -> dict[str, str]:
        """Return what is still to write: section and hint, in the order of a brief."""
        missing = {}
        if self.title in ("", NO_TITLE):
            missing["Title"] = "A title that says what you found."
        for heading, hint in SECTIONS.items():
            tokens = self._sections.get(heading)
            if tokens is None:
                if heading in NEEDED:
                    missing[heading] = f"The heading is gone. {hint}"
            elif not any(_words(token).strip() for token in tokens) and not self._pictures(tokens):
                missing[heading] = hint
        return missing

    def html(self, below: int = 0) -> str:
        """Return it as HTML: raw HTML is shown as typed, pictures of the folder stand inside.

        ``below`` is the level of the heading that it stands under, in a page that is not its own.
        """
        import mistune

        class Renderer(mistune.HTMLRenderer):
            def image(_, text: str, url: str, title: str | None = None) -> str:  # noqa: N805
                return _image(self.folder, unescape(text), url)

            def heading(self, text: str, level: int, **attrs: object) -> str:
                return super().heading(text, min(level + below, 6), **attrs)

        reader = mistune.create_markdown(renderer=Renderer(escape=True), plugins=_PLUGINS)
        return reader(self._visible)

    def page(self) -> str:
        """Return it as a page of its own, for A4 paper."""
        body = self.html()
        title = self.title or "My brief"
        if not self.title:
            body = f"<h1>{title}</h1>\n{body}"
        return (
            f'<!DOCTYPE html>\n<!-- {_MARK} -->\n<html lang="en-GB"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width">'
            f"<title>{escape(title)}</title><style>{_CSS}</style></head>\n"
            f"<body><main>\n{body}</main></body></html>\n"
        )


def _words(token: dict) -> str:
    """Return the text of a token and of all in it, pictures and raw HTML left out."""
    if token["type"] in ("image", "block_html", "inline_html"):
        return ""
    if "raw" in token:
        return token["raw"]
    if token["type"] in ("softbreak", "linebreak"):
        return " "
    inside = "".join(_words(child) for child in token.get("children", ()))
    return inside if token["type"] in ("text", "strong", "emphasis", "link") else f"{inside} "


def _image(folder: Path, alt: str, url: str) -> str:
    """Return a picture that lies in the journal, or words in its place: nothing is fetched."""
    described = escape(re.sub(r"<[^>]*>", "", alt), quote=True)
    path = folder / unquote(url)
    try:
        inside = path.resolve().is_relative_to(folder.resolve())
        content = path.read_bytes() if inside and path.suffix.lower() in _KINDS else None
    except (OSError, ValueError):
        content = None
    if content is None:
        return f"<em>[The picture {escape(url)} is not in the journal: {described}]</em>"
    encoded = base64.b64encode(content).decode("ascii")
    kind = _KINDS[path.suffix.lower()]
    return (
        f'<img src="data:image/{kind};base64,{encoded}" alt="{described}" '
        'style="max-width:100%;height:auto">'
    )


def show_brief() -> HTML:
    """Show the brief that was written in last and say what is still to write.

    The page to print is ``brief.html`` beside ``brief.md``: A4, with its pictures inside.
    """
    store = current_store()
    found = store.briefs()
    if not found:
        body = "<p>There is no brief yet. Begin one with <code>journal.start_brief()</code>.</p>"
        return HTML(ui.card("Nothing to show", body, "care"))
    path = max(found, key=lambda path: (not is_untouched(path), _last_saved(path)))
    try:
        brief = Brief(path.read_text(encoding="utf-8-sig"), path.parent)
    except (OSError, UnicodeDecodeError):
        body = f"<p>{path.name} cannot be read. Open it and save it as text in UTF-8.</p>"
        return HTML(ui.card("The brief could not be read", body, "care"))
    status = _status(brief, path.name, _written(brief, path.with_suffix(".html")))
    frame = f"border:1px solid {ui.LINE};padding:0.5em 1.5em;max-width:48em;color:{ui.INK}"
    body = f'<div class="{ui.NO_FORMULAS}" style="{frame}">{brief.html(below=3)}</div>'
    return HTML(status + body)


def _last_saved(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _written(brief: Brief, path: Path) -> str:
    """Write the page to print, and return a sentence that says so, or why not."""
    try:
        if path.exists() and _MARK not in path.read_text(encoding="utf-8", errors="replace")[:200]:
            return f"{path.name} is a file of your own, so no page to print was written."
        with current_store().turn():
            write_atomically(path, brief.page())
    except OSError:
        return "The page to print could not be written: the journal's folder is read-only or full."
    return (
        f"To print it, open {path.parent.name}/{path.name} in a web browser "
        "(in the file browser: right-click, Open in New Browser Tab)."
    )


def _status(brief: Brief, name: str, written: str) -> str:
    """Return a card: how long it is, what is still to write, where the page to print is."""
    pages = f"about {brief.pages} page{'s' * (brief.pages != 1)}"
    count = f"{brief.words:,} word{'s' * (brief.words != 1)}"
    lines = [f"<p><b>{count} of at most {MOST_WORDS}, {pages}.</b></p>"]
    if brief.words > MOST_WORDS:
        over = brief.words - MOST_WORDS
        lines.append(f"<p>That is {over} too many: keep what your answer rests on.</p>")
    gaps = brief.gaps()
    needed = {name: hint for name, hint in gaps.items() if name in ("Title", *NEEDED)}
    if needed:
        items = "".join(f"<li><b>{escape(n)}.</b> {escape(h)}</li>" for n, h in needed.items())
        lines.append(f"<p>Still to write:</p><ul>{items}</ul>")
    if spare := [escape(name) for name in gaps if name not in needed]:
        lines.append(
            f"<p>Empty too: {'; '.join(spare)}. Delete the heading of what you do not need.</p>"
        )
    if not gaps:
        lines.append("<p>No section is empty. Read it aloud once before you hand it in.</p>")
    lines.append(f"<p>{escape(written)} Words that you have not saved yet are not shown.</p>")
    edge = "care" if gaps or brief.words > MOST_WORDS else "good"
    return ui.card(f"Your brief: {name}", "".join(lines), edge)
