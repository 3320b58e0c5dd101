"""Run the chapters and make them ready to print: pictures as files, folds, nothing of a teacher's.

The chapters on disk are never changed. A chapter is run again only if it, the package, a table
or the way of printing has changed since.
"""

import base64
import hashlib
import io
import os
import re
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from PIL import Image

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
CHAPTERS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
EXERCISES = sorted((ROOT / "exercises").glob("[0-9][0-9]_*/[0-9][0-9]_*.ipynb"))

WIDGET = "application/vnd.jupyter.widget-view+json"
EMBEDDED = re.compile(r'src="data:image/\w+;base64,([^"]+)"')
#: What screens need and paper does not, or the other way round: a pattern and what replaces it.
REWRITES = [
    # Wide tables scroll: the keyboard must reach them.
    (re.compile(r'(<div class="mathjax_ignore") (style="overflow-x:auto)'), r'\1 tabindex="0" \2'),
    # Tables style every cell; here the style sheet does, which halves the weight of a page.
    (re.compile(r'<(table|caption) style="[^"]*"'), r"<\1"),
    (re.compile(r' style="text-align:left;padding:0.15em 0.8em 0.15em 0;[^"]*"'), ""),
    (re.compile(r'style="text-align:right;padding:0.15em 0.8em 0.15em 0;[^"]*"'), 'class="n"'),
    # Pandas heads its index with nothing.
    (re.compile("<th></th>"), "<td></td>"),
    # A page within the page, such as the brief: its headings stand below those of the chapter.
    (re.compile(r"(</?h)1>"), r"\g<1>4>"),
    (re.compile(r"(</?h)2>"), r"\g<1>5>"),
    # A chapter speaks to an empty journal, a page to somebody who may have written beside it.
    (re.compile(r"You made no prediction here\. That is fine\."), "Compare it with your own."),
]


class ChapterError(Exception):
    """A chapter cannot be printed; the message says which and why."""


def run_all(store: Path) -> dict[Path, nbformat.NotebookNode]:
    """Return every chapter with its outputs; run those of which ``store`` holds no fresh copy."""
    store.mkdir(parents=True, exist_ok=True)
    shared = _shared_state()
    kept = {path: store / f"{path.stem}-{_digest([path], shared)}.ipynb" for path in CHAPTERS}
    for stale in set(store.glob("*.ipynb")) - set(kept.values()):
        stale.unlink()
    missing = {path: copy for path, copy in kept.items() if not copy.exists()}
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as pool:
        list(pool.map(_run, missing.keys(), missing.values()))
    return {path: nbformat.read(copy, as_version=4) for path, copy in kept.items()}


def _shared_state() -> str:
    """Return a digest of what every chapter's outputs depend on besides the chapter."""
    code = sorted((ROOT / "courseware").rglob("*.py"))
    return _digest([*code, ROOT / "data" / "datapackage.json", HERE / "printed.py"])


def _digest(paths: list[Path], seed: str = "") -> str:
    digest = hashlib.sha256(seed.encode())
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _run(path: Path, copy: Path) -> None:
    """Run a chapter in a fresh kernel with an empty journal and the printers of ``printed``."""
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as journal:
        environment = os.environ | {
            "NO_LIMITS_JOURNAL": journal,
            "PYTHONPATH": os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")]),
        }
        client = NotebookClient(
            notebook,
            timeout=300,
            store_widget_state=False,
            resources={"metadata": {"path": path.parent}},
            extra_arguments=["--InteractiveShellApp.extra_extensions=printed"],
        )
        client.execute(env=environment)
    nbformat.write(notebook, copy)


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
