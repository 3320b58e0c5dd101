"""The brief as its reader sees it: in the notebook, and as a page to print."""

from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path

from IPython.display import HTML

from courseware import ui
from courseware.brief.brief_markdown import Text, words_of
from courseware.brief.filled import CHARTS, SOURCES
from courseware.brief.template import NEEDED, NO_TITLE, SECTIONS, newest_brief, written
from courseware.journal import own_files
from courseware.journal.format import JournalError, OtherFormatError
from courseware.journal.store import current_store
from courseware.quantities import num
from courseware.ui import css

MOST_WORDS = 800
PAGE_WORDS = 450  #: that fill a printed page
PAGE_SHARE = 0.4  #: of a page that a picture with its caption takes
_CSS = """
@page { size: A4; margin: 20mm 22mm; }
body { font: 11pt/1.45 var(--nl-serif); color: #1a1a1a; background: #fff;
  max-width: 166mm; margin: 2em auto; padding: 0 1em; hyphens: auto; overflow-wrap: anywhere; }
h1, h2, h3 { font-family: var(--nl-sans); line-height: 1.2; break-after: avoid; }
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
class Brief(Text):
    """A brief's Markdown, read: its words counted, its gaps found."""

    @cached_property
    def title(self) -> str:
        """The first heading of level one; empty if there is none."""
        tops = (t for t in self.tokens if t["type"] == "heading" and t["attrs"]["level"] == 1)
        return next((words_of(token).strip() for token in tops), "")

    @cached_property
    def _sections(self) -> dict[str, list[dict]]:
        """The tokens under each heading of level two."""
        found: dict[str, list[dict]] = {}
        here: list[dict] = found.setdefault("", [])
        for token in self.tokens:
            if token["type"] == "heading" and token["attrs"]["level"] == 2:
                here = found.setdefault(words_of(token).strip(), [])
            else:
                here.append(token)
        return found

    @property
    def words(self) -> int:
        """How many words it has, without headings, pictures, and the charts' and source lists."""
        return sum(
            len(words_of(token).split())
            for heading, tokens in self._sections.items()
            if heading not in (CHARTS, SOURCES)
            for token in tokens
            if token["type"] != "heading"
        )

    @property
    def pages(self) -> int:
        """About how many printed pages it fills."""
        everything = sum(len(words_of(token).split()) for token in self.tokens)
        return max(1, round(everything / PAGE_WORDS + PAGE_SHARE * self._pictures(self.tokens)))

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
                    missing[heading] = f"The heading is missing. {hint}"
            elif not self._pictures(tokens) and not any(words_of(t).strip() for t in tokens):
                missing[heading] = hint
        return missing

    def page(self) -> str:
        """Return it as a page of its own, for A4 paper."""
        body = self.html()
        title = self.title or "My brief"
        if not self.title:
            body = f"<h1>{title}</h1>\n{body}"
        return own_files.page(title, body, css.faces() + _CSS)


def show_brief() -> HTML:
    """Show the brief that was written in last and say what is still to write.

    The page to print is ``brief.html`` beside it: A4, with its pictures inside.
    """
    store = current_store()
    path = newest_brief(store)
    if path is None:
        body = "<p>There is no brief yet. Begin one with <code>journal.start_brief()</code>.</p>"
        return HTML(ui.card("Nothing to show", body, "care"))
    try:
        brief = Brief(written(path), path.parent)
    except OtherFormatError as problem:
        body = f"<p>{path.name} {problem}. The file was not changed.</p>"
        return HTML(ui.card("The brief could not be read", body, "care"))
    except (OSError, ValueError):
        body = (
            f"<p>{path.name} cannot be read, because it is no longer a notebook. Rename it, begin "
            "a new brief with journal.start_brief(), and copy your words into it.</p>"
        )
        return HTML(ui.card("The brief could not be read", body, "care"))
    status = _status(brief, path.name, _print(brief, path.with_suffix(".html")))
    frame = f"border:1px solid {ui.LINE};padding:0.5em 1.5em;max-width:48em;color:{ui.INK}"
    body = f'<div class="{ui.NO_FORMULAS}" style="{frame}">{brief.html(below=3)}</div>'
    return HTML(status + body)


def _print(brief: Brief, path: Path) -> str:
    """Write the page to print, and return a sentence that says so, or why not."""
    try:
        own_files.write(path.parent, {path.name: brief.page()})
    except JournalError as problem:
        return f"There is no new page to print. {problem}"
    return (
        f"To print your brief, open the folder {path.parent.name} in the file browser on the left, "
        f"right-click {path.name} and choose Open in New Browser Tab."
    )


def _status(brief: Brief, name: str, written: str) -> str:
    """Return a card: how long it is, what is still to write, where the page to print is."""
    pages = f"about {brief.pages} page{'s' * (brief.pages != 1)}"
    count = f"{num(brief.words):,} word{'s' * (brief.words != 1)}"
    lines = [f"<p><b>{count} of at most {MOST_WORDS}, {pages}.</b></p>"]
    if brief.words > MOST_WORDS:
        over = brief.words - MOST_WORDS
        extra = f"{over} word{'s' * (over != 1)}"
        lines.append(f"<p>Your brief is {extra} too long. Keep only what your answer rests on.</p>")
    gaps = brief.gaps()
    needed = {name: hint for name, hint in gaps.items() if name in ("Title", *NEEDED)}
    if needed:
        items = "".join(f"<li><b>{escape(n)}.</b> {escape(h)}</li>" for n, h in needed.items())
        lines.append(f"<p>Still to write:</p><ul>{items}</ul>")
    if spare := [escape(name) for name in gaps if name not in needed]:
        lines.append(
            f"<p>These sections are empty as well: {'; '.join(spare)}. Delete the headings that "
            "you do not need.</p>"
        )
    if not gaps:
        lines.append(
            "<p>No section is empty. Read your brief aloud once before you hand it in.</p>"
        )
    lines.append(f"<p>{escape(written)} Words that you have not saved yet are not shown.</p>")
    edge = "care" if gaps or brief.words > MOST_WORDS else "good"
    return ui.card(f"Your brief: {name}", "".join(lines), edge)
