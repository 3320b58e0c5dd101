"""Weigh the built site: ``python -m tests.page_weights [build/site/html]``.

Told is what a browser loads for each page, uncompressed, everything counted once.

Of a picture and the one for phones a browser loads one; the larger is counted, the ``<img>``.
What a ``<template>`` holds is shown only when a hand moves a strip, and its picture is loaded only
then: strips are weighed apart, with the text of their positions, and no page is with it.
"""

import re
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

LIMIT = 1_800_000  # bytes of a page
STRIP_LIMIT = 1_000_000  # of one strip: its text and the pictures of all its positions
TEMPLATE = re.compile(r'<template data-strip="([^"]+)".*?</template>', re.DOTALL)
PICTURE = re.compile(r'<img\b[^>]*?\bsrc="([^"]+)"')
LOADED = re.compile(r'<(?:script|img|link(?=[^>]*rel="(?:stylesheet|preload|icon)"))\b[^>]*>')
ADDRESS = re.compile(r'\b(?:src|href)="([^"]+)"')
IN_STYLES = re.compile(r'url\(["\']?([^"\')]+)["\']?\)')


def strips(html: Path) -> dict[tuple[str, str], int]:
    """Return bytes per page and strip: the text of its positions, and each picture once."""
    weights = {}
    for page in sorted(html.glob("*/[0-9][0-9]_*.html")):
        positions: dict[str, list[str]] = {}
        for found in TEMPLATE.finditer(page.read_text(encoding="utf-8")):
            positions.setdefault(found[1], []).append(found[0])
        for name, texts in positions.items():
            text = "".join(texts)
            pictures = {_file(page, address) for address in PICTURE.findall(text)}
            bytes_ = len(text.encode()) + sum(file.stat().st_size for file in pictures)
            weights[page.relative_to(html).as_posix(), name] = bytes_
    return weights


def weigh(html: Path) -> dict[str, int]:
    """Return bytes per page: the page itself and all that it may load, fonts included."""
    pages = sorted(html.rglob("*.html"))
    return {
        page.relative_to(html).as_posix(): len(_alone(page).encode())
        + sum(file.stat().st_size for file in loaded(page) - {page})
        for page in pages
        if "_static" not in page.parts
    }


def _alone(page: Path) -> str:
    """Return the text of a page without what its strips show later."""
    return TEMPLATE.sub("", page.read_text(encoding="utf-8"))


def loaded(page: Path) -> set[Path]:
    """Return the files that a page loads, and those that its style sheets load."""
    tags = LOADED.findall(_alone(page))
    found = (ADDRESS.search(tag) for tag in tags)
    files = {_file(page, address[1]) for address in found if address}
    for sheet in [file for file in files if file.suffix == ".css"]:
        files |= {_file(sheet, url) for url in IN_STYLES.findall(sheet.read_text("utf-8"))}
    return {file for file in files if file.is_file()}


def _file(base: Path, address: str) -> Path:
    return (base.parent / unquote(urlsplit(address).path)).resolve()


def main(html: Path) -> None:
    """Print the weight of every page and strip, the heaviest first."""
    named = weigh(html) | {" ".join(strip): weight for strip, weight in strips(html).items()}
    for name, weight in sorted(named.items(), key=lambda each: -each[1]):
        print(f"{weight / 1000:7,.0f} kB  {name}")


if __name__ == "__main__":
    main(Path(*sys.argv[1:] or ["build/site/html"]))
