"""The folder that keeps a journal.

What a student opens lies on top: the brief, ``export/``, ``pictures/``. What the course reads lies
in ``entries/``: one small JSON file an entry (``02-growth.prediction.json``), with its earlier
answers, and beside it ``….json.bak``, the last good copy. Files are replaced whole, never edited in
place, and one notebook waits for another's turn, so that two open notebooks lose nothing. A damaged
file is set aside; one of another version of the format is left alone, and what is answered beside
it stays in memory.
"""

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from uuid import uuid4

from courseware import in_a_browser, manifest
from courseware.journal.format import (
    ID_PATTERN,
    KINDS,
    Entry,
    OtherFormatError,
    decode,
    encode,
    is_foreign,
    merged,
    moment_rank,
)
from courseware.locking import lock, unlock

_ENTRY_FILE = re.compile(
    rf"(?P<key>{ID_PATTERN}\.({'|'.join(KINDS)})(\.[a-z0-9-]+)?)\.json(\.bak)?(?P<aside>\.damaged(-\d+)?)?"
)
_TEMPORARY_FILE = re.compile(r"\..+\.[0-9a-f]{8}\.tmp")
_JOURNAL_ID_FILE = "journal-id.txt"
_LOCK_FILE = ".lock"
PAUSES = (0.02, 0.05, 0.1, 0.2, 0.4)  # seconds between attempts to put a file in its place

NOT_ON_DISK = (
    "Your journal cannot be written to disk here (the folder is read-only, full or missing). You "
    "can go on, because your answers are kept until this notebook is closed or restarted. To keep "
    "them longer, export them to another folder with journal.export('folder')."
)
IN_MEMORY = "It is kept in memory only."
NOT_HERE = (
    " Your answers are kept until this notebook is closed or restarted. To keep them longer, "
    "export them with journal.export()."
)


def private(folder: Path) -> None:
    """Make a folder that only its owner can open; in a browser there is nobody else.

    Its storage takes a folder of another mode than its own for a file.
    """
    folder.mkdir(mode=0o777 if in_a_browser() else 0o700, parents=True, exist_ok=True)


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write ``content`` so that ``path`` holds either its old content or all of the new.

    A browser's storage lies behind a messenger that can fail without a word: there the file is
    read again, so that nothing is called saved that is not.

    Raises:
        OSError: the disk does not take it; ``path`` is then as it was.

    """
    temporary = path.with_name(f".{path.name}.{uuid4().hex[:8]}.tmp")
    encoded = content.encode() if isinstance(content, str) else content
    try:
        with temporary.open("xb") as handle:
            handle.write(encoded)
            handle.flush()
            os.fsync(handle.fileno())
        _put_in_place(temporary, path)
        if in_a_browser() and path.read_bytes() != encoded:
            raise OSError("The browser's storage did not keep what was written.")
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _put_in_place(temporary: Path, path: Path) -> None:
    """Replace ``path``; on Windows a virus scanner may hold it for a moment, so be patient."""
    for pause in PAUSES:
        try:
            temporary.replace(path)
            return
        except PermissionError:
            time.sleep(pause)
    temporary.replace(path)


class Store:
    """A journal's folder. What cannot be written to disk is kept in memory.

    ``notices`` are messages that the student has not seen yet. A ``read_only`` store changes
    nothing in its folder, not even damaged files.
    """

    def __init__(self, folder: Path, *, read_only: bool = False) -> None:
        """Open the journal in ``folder``, which need not exist yet."""
        self.folder = Path(folder)
        self.read_only = read_only
        self.unsaved: dict[str, Entry] = {}
        self.unsaved_pictures: dict[str, bytes] = {}  # by file name
        self.notices: list[str] = []
        self._told: set[str] = set()
        self._id = ""

    @property
    def export_folder(self) -> Path:
        """Where exported files go unless the student names another place."""
        return self.folder / "export"

    @property
    def entry_folder(self) -> Path:
        """Where the entries lie: what the course reads, and nobody needs to open."""
        return self.folder / "entries"

    @property
    def picture_folder(self) -> Path:
        """Where kept charts lie."""
        return self.folder / "pictures"

    # Reading

    def read(self, key: str) -> Entry | None:
        """Return the entry with this key, or None. Never fails: problems become notices."""
        on_disk = None
        try:
            with suppress(ValueError):
                on_disk = self._parse(self._path(key))
            on_disk = on_disk or self._rescue(key)
        except OtherFormatError as problem:
            self.tell(
                f"The journal file {key}.json {problem}. It was not changed."
                + (NOT_HERE * (not self.read_only))
            )
        except OSError:
            self.tell(f"The journal file {key}.json cannot be opened. It was not changed.")
        return merged(on_disk, self.unsaved.get(key))

    def all(self) -> list[Entry]:
        """Return every entry, by id, kind and moment."""
        found = [self.read(key) for key in self._keys()]
        return sorted(
            (entry for entry in found if entry),
            key=lambda entry: (entry.id, KINDS.index(entry.kind), moment_rank(entry.moment)),
        )

    def take_notices(self) -> list[str]:
        """Return the messages not yet shown, and forget them."""
        taken, self.notices = self.notices, []
        return taken

    def is_on_disk(self, key: str) -> bool:
        """Return whether everything that is known of the entry has been written."""
        return key not in self.unsaved

    # Writing

    def update(self, key: str, change: Callable[[Entry | None], Entry]) -> Entry:
        """Replace the entry by ``change(entry)`` and return the new one.

        ``change`` receives None where there is no entry yet; it may be called twice, and may
        raise to refuse. On a disk that cannot be written, or beside a file of another version,
        the new entry is kept in memory.
        """
        try:
            with self.turn():
                before = self._load(key)
                after = change(before)
                if after is not before:
                    self._write(after)
                self._write_unsaved()
        except (OSError, OtherFormatError) as problem:
            before = self.read(key)
            after = change(before)
            if after is not before:
                self.unsaved[key] = after
                if isinstance(problem, OSError):
                    self.tell(NOT_ON_DISK)
        return after

    def journal_id(self) -> str:
        """Return the journal's anonymous id (32 random hexadecimal digits), made on first use."""
        try:
            with self.turn():
                if not (known := self.known_id()):
                    write_atomically(self._id_file, known := self._id or uuid4().hex)
        except OSError:
            known = self._id or uuid4().hex
        self._id = known
        return known

    def known_id(self) -> str:
        """Return the journal's id if it has one already, else an empty string."""
        with suppress(OSError, UnicodeDecodeError):
            text = self._id_file.read_text(encoding="utf-8").strip()
            if re.fullmatch("[0-9a-f]{32}", text):
                return text
        return ""

    def adopt_id(self, journal_id: str) -> None:
        """Take over an older journal's id, unless this one has its own."""
        if journal_id and not self.known_id():
            self._id = journal_id
            self.journal_id()

    def forget(self) -> None:
        """Forget what is in memory only, and the journal's id."""
        self.unsaved.clear()
        self.unsaved_pictures.clear()
        self._id = ""

    # Files

    @property
    def _id_file(self) -> Path:
        return self.entry_folder / _JOURNAL_ID_FILE

    def _path(self, key: str) -> Path:
        return self.entry_folder / f"{key}.json"

    def names(self, folder: Path | None = None) -> list[str]:
        """Return the names of what is in a folder, the journal's own if none is given."""
        with suppress(OSError):
            return sorted(path.name for path in (folder or self.folder).iterdir())
        return []

    def entry_files(self) -> list[Path]:
        """Return what keeps the entries, backups first, so that nothing comes back half-way."""
        names = filter(_ENTRY_FILE.fullmatch, self.names(self.entry_folder))
        ours = sorted(names, key=lambda name: not name.endswith(".bak"))
        return [self.entry_folder / name for name in ours]

    def other_files(self) -> list[Path]:
        """Return the files beside the entries: the id, the lock, and what a power cut left."""
        folders = (self.folder, self.entry_folder, self.picture_folder)
        found = [folder / name for folder in folders for name in self.names(folder)]
        named = (self._id_file, self.folder / _LOCK_FILE)
        return [path for path in found if path in named or _TEMPORARY_FILE.fullmatch(path.name)]

    def _keys(self) -> set[str]:
        matches = map(_ENTRY_FILE.fullmatch, self.names(self.entry_folder))
        on_disk = {match["key"] for match in matches if match and not match["aside"]}
        return on_disk | set(self.unsaved)

    def _parse(self, path: Path) -> Entry | None:
        """Return the entry in ``path``, or None if there is no such file."""
        try:
            text = path.read_text(encoding="utf-8")
        except (FileNotFoundError, NotADirectoryError):
            return None
        except UnicodeDecodeError as problem:
            raise ValueError("it is not text") from problem
        entry = decode(text)
        if not path.name.startswith(f"{entry.key}.json"):
            raise ValueError("its name does not fit the entry that it holds")
        return entry

    def _load(self, key: str) -> Entry | None:
        """Return the entry; set damaged files aside first. For whoever has the turn."""
        return merged(self._load_from_disk(key), self.unsaved.get(key))

    def _load_from_disk(self, key: str) -> Entry | None:
        path = self._path(key)
        try:
            if entry := self._parse(path):
                return entry
        except ValueError as problem:
            self._set_aside(path, str(problem))
        backup = _backup(path)
        try:
            entry = self._parse(backup)
        except ValueError as problem:
            self._set_aside(backup, str(problem))
            return None
        if entry and not self.read_only:
            write_atomically(path, encode(entry))
        return entry

    def _rescue(self, key: str) -> Entry | None:
        """Return the last good copy of an entry whose file is missing or damaged."""
        if not _backup(self._path(key)).exists() and not self._path(key).exists():
            return None
        with suppress(OSError):
            if self.read_only:
                return self._load_from_disk(key)
            with self.turn():
                return self._load_from_disk(key)
        self.tell(f"The journal file {key}.json is damaged, so its last good copy is used.")
        with suppress(OSError, ValueError):
            return self._parse(_backup(self._path(key)))
        return None

    def _set_aside(self, path: Path, why: str) -> None:
        """Rename a damaged file to a free name beside it, and say so."""
        message = f"The journal file {path.name} is damaged ({why})."
        if not self.read_only:
            aside = path.with_name(f"{path.name}.damaged")
            number = 2
            while aside.exists():
                aside = path.with_name(f"{path.name}.damaged-{number}")
                number += 1
            path.rename(aside)
            message += f" It was renamed to {aside.name}, and nothing was overwritten."
        if path.suffix != ".bak":
            message += " Its last good copy takes its place, if there is one."
        self.tell(message)

    def _write(self, entry: Entry) -> None:
        text, path = encode(entry), self._path(entry.key)
        write_atomically(path, text)
        self.unsaved.pop(entry.key, None)
        with suppress(OSError):  # the entry itself is safe
            if not self.is_foreign(_backup(path)):
                write_atomically(_backup(path), text)

    def is_foreign(self, path: Path) -> bool:
        """Return whether an entry's file is of another version, or cannot be opened."""
        return is_foreign(path, self._parse)

    def _write_unsaved(self) -> None:
        """Write what an earlier, unwritable moment left in memory; what cannot be stays there."""
        for key in list(self.unsaved):
            with suppress(OSError, OtherFormatError):
                self._write(self._load(key))

    def tell(self, message: str) -> None:
        """Keep a message for the student, unless it was told before."""
        if message not in self._told:
            self._told.add(message)
            self.notices.append(message)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the folder's lock, so that one notebook changes files at a time.

        Waits three seconds at most: an unlikely loss of a same-second answer is better than a
        course that hangs. Raises OSError where the folder cannot be written.
        """
        if self.read_only:
            raise PermissionError("this journal was opened for reading only")
        for folder in (self.folder, self.entry_folder):
            private(folder)
        with (self.folder / _LOCK_FILE).open("a+b") as handle:
            end = time.monotonic() + 3
            while not (held := lock(handle.fileno())) and time.monotonic() < end:
                time.sleep(0.01)
            try:
                yield
            finally:
                if held:
                    unlock(handle.fileno())


def _backup(path: Path) -> Path:
    return path.with_name(f"{path.name}.bak")


@cache
def store_at(folder: Path) -> Store:
    """Return the one store of a folder: what it could not write is remembered there."""
    return Store(folder)


def current_store() -> Store:
    """Return the journal in use: ``$NO_LIMITS_JOURNAL``, or ``journal/`` at the course root."""
    override = os.environ.get("NO_LIMITS_JOURNAL")
    folder = Path(override).expanduser() if override else manifest.course_root() / "journal"
    return store_at(folder.absolute())
