"""Markdown as the journal's pages show it: escaped, with the journal's own pictures inside."""

import base64
import re
from dataclasses import dataclass
from functools import cached_property
from html import escape, unescape
from pathlib import Path
from urllib.parse import unquote

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_PLUGINS = ["table", "strikethrough", "footnotes"]
_KINDS = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg"}


@dataclass(frozen=True)
class Text:
    """A text in Markdown; ``folder`` holds its pictures. Comments in it are seen by nobody."""

    text: str
    folder: Path

    @cached_property
    def _visible(self) -> str:
        return _COMMENT.sub("", self.text)

    @cached_property
    def tokens(self) -> list[dict]:
        """Its parts, as mistune reads them."""
        import mistune

        return mistune.create_markdown(renderer="ast", plugins=_PLUGINS)(self._visible)

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


def words_of(token: dict) -> str:
    """Return the text of a token and of all in it, pictures and raw HTML left out."""
    if token["type"] in ("image", "block_html", "inline_html"):
        return ""
    if "raw" in token:
        return token["raw"]
    if token["type"] in ("softbreak", "linebreak"):
        return " "
    inside = "".join(words_of(child) for child in token.get("children", ()))
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
