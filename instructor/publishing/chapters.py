"""Make chapters that were run ready to print: pictures as files, folds, nothing of a teacher's."""

import base64
import hashlib
import io
import re
from pathlib import Path

import nbformat
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
EXERCISES = sorted((ROOT / "exercises").glob("[0-9][0-9]_*/[0-9][0-9]_*.ipynb"))

WIDGET = "application/vnd.jupyter.widget-view+json"
EMBEDDED = re.compile(r'src="data:image/\w+;base64,([^"]+)"')
#: What screens need and paper does not, or the other way round: a pattern and what replaces it.
REWRITES = [
    # Tables style every cell; here the style sheet does, which halves the weight of a page.
    (re.compile(r'<(table|caption) style="[^"]*"'), r"<\1"),
    (re.compile(r' style="text-align:left;padding:0.15em 0.8em 0.15em 0;[^"]*"'), ""),
    (re.compile(r'style="text-align:right;padding:0.15em 0.8em 0.15em 0;[^"]*"'), 'class="n"'),
    # Pandas heads its index with nothing.
    (re.compile("<th></th>"), "<td></td>"),
    # A chapter speaks to an empty journal, a page to somebody who may have written beside it.
    (re.compile(r"You made no prediction here\. That is fine\."), "Compare it with your own."),
]


class ChapterError(Exception):
    """A chapter cannot be printed; the message says which and why."""


def write_chapter(notebook: nbformat.NotebookNode, page: Path, pictures: Path) -> None:
    """Write an executed chapter as a source of the site, its pictures into ``pictures``."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.metadata = _as_tags(cell.metadata)
            cell.outputs = [_printed(output, page.stem, pictures) for output in cell.outputs]
        else:
            cell.metadata = {}
    nbformat.write(notebook, page)


def write_exercise(path: Path, page: Path) -> None:
    """Write a released exercise as a source of the site, as it is: nothing in it has been run."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.metadata = {}
    nbformat.write(notebook, page)


def _as_tags(metadata: dict) -> dict:
    """Return what a cell's metadata mean to myst-nb: code hidden in JupyterLab is folded here."""
    hidden = metadata.get("jupyter", {}).get("source_hidden", False)
    return {"tags": ["hide-input"]} if hidden else {}


def _printed(output: dict, name: str, pictures: Path) -> dict:
    """Return one output with its pictures moved into files and its tables within reach of keys.

    Raises:
        ChapterError: the output works only while a kernel runs.

    """
    data = output.get("data", {})
    if WIDGET in data or output.output_type == "error":
        raise ChapterError(f"{name} shows something that cannot be printed: {output}"[:300])
    if "text/html" in data:
        markup = EMBEDDED.sub(lambda found: _as_file(found[1], pictures), data["text/html"])
        for pattern, replacement in REWRITES:
            markup = pattern.sub(replacement, markup)
        data["text/html"] = markup
    return output


def _as_file(encoded: str, pictures: Path) -> str:
    """Write an embedded picture as WebP and return its address and size.

    Charts have few colours: a palette of 64 and lossless WebP leave a quarter of the PNG.
    """
    content = base64.b64decode(encoded)
    file = pictures / f"{hashlib.sha256(content).hexdigest()[:16]}.webp"
    image = Image.open(io.BytesIO(content)).convert("RGB")
    if not file.exists():
        few = image.quantize(64, dither=Image.Dither.NONE).convert("RGB")
        few.save(file, "WEBP", lossless=True, method=4)
    width, height = image.size
    return f'src="../_static/{pictures.name}/{file.name}" width="{width}" height="{height}"'
