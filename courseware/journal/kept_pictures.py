"""Charts that the student keeps: one PNG each, its words inside it, in the journal's ``pictures/``.

Picture and words lie in one file, so that neither can be lost without the other. The file's name
comes from what is seen, so that the same picture is never kept twice.
"""

import hashlib
import io
import json
import os
import re
import struct
import zlib
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from IPython.display import HTML

from courseware import ui
from courseware.journal import format
from courseware.journal.format import (
    JournalError,
    OtherFormatError,
    as_json,
    built,
    content_of,
    now,
)
from courseware.journal.notices import tell
from courseware.journal.phrases import as_markdown
from courseware.journal.store import (
    IN_MEMORY,
    NOT_ON_DISK,
    Store,
    current_store,
    private,
    write_atomically,
)

if TYPE_CHECKING:
    from courseware.charts import Shown

_MARK = "no-limits-chart"  # the keyword of our words in a PNG
#: The version of the words in a kept chart.
PICTURE = 1
PICTURE_FILE = re.compile(r"chart-[0-9a-f]{16}\.png")
_NOT_WORDS = ("file", "png")  # of a kept chart
_NOTEBOOK = re.compile(r"(?:^|[/\\])(\d\d)_[^/\\]*\.ipynb$")


@dataclass(frozen=True)
class Kept:
    """One kept chart. Its ``repr`` holds none of the student's words."""

    number: int
    title: str
    subtitle: str
    alt: str
    source: str
    chapter: str  #: two digits; empty if not known
    kept: datetime  #: UTC
    why: tuple[str, ...] = field(default=(), repr=False)  #: the newest last
    file: str = ""  #: its name in the folder of pictures
    png: bytes = field(default=b"", repr=False)

    @property
    def reason(self) -> str:
        """Why it was kept, in the student's words; empty if they did not say."""
        return self.why[-1] if self.why else ""


def keep_chart(why: str = "") -> HTML:
    """Keep the chart that was shown last, for the brief: picture, description, title and source.

    Keeping the same picture again only renews ``why``.

    Args:
        why: one line on what it shows that you need.

    """
    from courseware import charts

    shown = charts.last_shown()
    if shown is None:
        body = "<p>No chart has been shown in this notebook yet. Run a cell that shows one.</p>"
        return HTML(ui.card("Nothing to keep yet", body, "care"))
    kept, message = keep(shown, why)
    line = f"<p>{escape(message)}</p>"
    link = f"<p>In a brief: <code>{escape(markdown_link(kept))}</code></p>"
    return HTML(ui.card(f"Chart {kept.number}: {kept.title}", line + link, "good"))


def kept_charts() -> pd.DataFrame:
    """Return the kept charts: id, chapter (empty if not known), title, why, kept on (UTC)."""
    store = current_store()
    rows = [
        (k.number, k.chapter, k.title, k.reason, k.kept.replace(microsecond=0))
        for k in all_kept(store)
    ]
    tell(store.take_notices())
    return pd.DataFrame(rows, columns=["id", "chapter", "title", "why", "kept on"])


def drop_chart(number: int) -> HTML:
    """Delete one kept chart: ``drop_chart(3)``. The others keep their numbers.

    Raises:
        JournalError: no kept chart has this number; the message lists those there are.

    """
    store = current_store()
    found = {kept.number: kept for kept in all_kept(store)}
    tell(store.take_notices())
    if number not in found:
        there = ", ".join(map(str, found)) or "none"
        raise JournalError(f"You have not kept a chart {number!r}. You have kept {there}.")
    path = store.picture_folder / found[number].file
    try:
        if not is_foreign(path):
            with suppress(FileNotFoundError, NotADirectoryError):
                path.unlink()
    except OSError as problem:
        raise JournalError(
            f"Chart {number} cannot be deleted, because its folder is read-only."
        ) from problem
    store.unsaved_pictures.pop(path.name, None)
    body = f"<p>Chart {number} is no longer in your journal: {escape(found[number].title)}</p>"
    return HTML(ui.card("Deleted", body, "good"))


def keep(shown: "Shown", why: str = "") -> tuple[Kept, str]:
    """Keep a picture in the journal in use; return it and a sentence that says so."""
    store = current_store()
    before = {kept.file: kept for kept in all_kept(store)}
    reasons = (" ".join(why.split()),) if why.strip() else ()
    said = (shown.title, shown.subtitle, shown.alt, shown.below)
    new = Kept(0, *said, _chapter_here(), now(), reasons, _file_name(shown), shown.png)
    kept = add(store, new)
    message = f"Kept as chart {kept.number} in your journal."
    if kept.file in before:
        message = f"This chart was already kept as chart {kept.number}, so nothing was changed."
        if reasons:
            message = f"Kept as chart {kept.number} in your journal, together with your reason."
    if kept.file in store.unsaved_pictures:
        message += f" {IN_MEMORY}"
    return kept, " ".join([message, *store.take_notices()])


def add(store: Store, new: Kept) -> Kept:
    """Put a picture into a journal, under the next free number unless its own is free.

    A picture that is there already keeps its number; only new reasons are added to it.
    """
    try:
        with store.turn():
            kept = _numbered(store, new)
            private(store.picture_folder)
            _put(store, kept.file, _with_words(kept))
            for name, content in list(store.unsaved_pictures.items()):
                with suppress(OtherFormatError):
                    _put(store, name, content)
    except (OSError, OtherFormatError) as problem:
        kept = _numbered(store, new)
        store.unsaved_pictures[kept.file] = _with_words(kept)
        if isinstance(problem, OSError):
            store.tell(NOT_ON_DISK)
    return kept


def _numbered(store: Store, new: Kept) -> Kept:
    there = all_kept(store)
    for kept in there:
        if kept.file == new.file:
            return replace(kept, why=tuple(dict.fromkeys((*kept.why, *new.why))))
    taken = {kept.number for kept in there}
    number = new.number if new.number and new.number not in taken else max(taken, default=0) + 1
    return replace(new, number=number)


def _put(store: Store, name: str, content: bytes) -> None:
    """Write one picture, unless a file of that name is of another version."""
    path = store.picture_folder / name
    if is_foreign(path):
        raise OtherFormatError
    if not path.exists() or path.read_bytes() != content:
        write_atomically(path, content)
    store.unsaved_pictures.pop(name, None)


def files(store: Store) -> list[Path]:
    """Return the files of a journal that are called as kept charts are."""
    names = store.names(store.picture_folder)
    return [store.picture_folder / name for name in names if PICTURE_FILE.fullmatch(name)]


def is_foreign(path: Path) -> bool:
    """Return whether a picture is whole, but of another version of the format, or of none."""
    return format.is_foreign(path, lambda path: _read(path.name, path.read_bytes()))


def all_kept(store: Store | None = None) -> list[Kept]:
    """Return every kept chart of a journal (the one in use) by number. Damaged ones are told of."""
    store = store or current_store()
    contents = dict(store.unsaved_pictures)
    for path in files(store):
        with suppress(OSError):
            contents.setdefault(path.name, path.read_bytes())
    found = []
    for name, content in contents.items():
        try:
            found.append(_read(name, content))
        except OtherFormatError as problem:
            store.tell(f"The kept chart {name} {problem}. It was not changed.")
        except ValueError:
            store.tell(f"The kept chart {name} is damaged. It was not changed.")
    return sorted(found, key=lambda kept: (kept.number, kept.kept))


def _read(name: str, content: bytes) -> Kept:
    """Return the chart in a file.

    Raises:
        OtherFormatError: it is a picture, but its words are of another version, or missing.
        ValueError: it is damaged.

    """
    from PIL import Image

    try:
        image = Image.open(io.BytesIO(content))
        image.load()
        words = content_of(json.loads(image.info.get(_MARK, "{}")), PICTURE)
        return built(Kept, {**words, "file": name, "png": content})
    except (OSError, SyntaxError, KeyError, TypeError, AttributeError) as problem:
        raise ValueError("damaged") from problem
    except (zlib.error, struct.error, RecursionError) as problem:
        raise ValueError("damaged") from problem


def _with_words(kept: Kept) -> bytes:
    """Return the PNG of a chart with its words inside."""
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    words = {
        each.name: getattr(kept, each.name) for each in fields(Kept) if each.name not in _NOT_WORDS
    }
    info = PngInfo()
    info.add_itxt(_MARK, as_json({"format": PICTURE, **words}))
    stream = io.BytesIO()
    Image.open(io.BytesIO(kept.png)).save(stream, "PNG", pnginfo=info)
    return stream.getvalue()


def _file_name(shown: "Shown") -> str:
    """Return a name that depends on what is seen: the pixels, and the title beside them."""
    from PIL import Image

    image = Image.open(io.BytesIO(shown.png)).convert("RGB")
    seen = hashlib.sha256(f"{image.size}{shown.title}\n{shown.subtitle}".encode())
    seen.update(image.tobytes())
    return f"chart-{seen.hexdigest()[:16]}.png"


def _chapter_here() -> str:
    """Return the two digits of the notebook that runs, where Jupyter tells its name."""
    match = _NOTEBOOK.search(os.environ.get("JPY_SESSION_NAME", ""))
    return match[1] if match else ""


def caption(kept: Kept) -> str:
    """Return what stands below a kept chart: number, title, subtitle, why, source."""
    said = f"Chart {kept.number}. {_sentence(kept.title)} {_sentence(kept.subtitle)}"
    why = f"Why I kept it: {_sentence(kept.reason)}" if kept.reason else ""
    return " ".join(f"{said} {why} {_sentence(kept.source)}".split())


def _sentence(text: str) -> str:
    return f"{text}." if text and text[-1] not in ".?!" else text


def markdown_link(kept: Kept, folder: str = "pictures") -> str:
    """Return the Markdown that shows a kept chart in a text beside the folder of pictures."""
    return f"![{as_markdown(kept.alt)}]({Path(folder, kept.file).as_posix()})"
