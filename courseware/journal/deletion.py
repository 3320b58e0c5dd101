"""Delete a journal: every file that this version of the course wrote into it, and no other."""

from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from courseware.journal import briefs, kept_pictures
from courseware.journal.own_files import is_ours, marked
from courseware.journal.store import Store


class Found(NamedTuple):
    """The files in a journal's folder that are called as the course calls its own."""

    ours: list[Path]  #: in the order in which they go
    others: list[Path]  #: of another version of the course, or not begun by it: they stay


def find(store: Store) -> Found:
    """Return the files of a journal, sorted by whether they are this version's to delete."""
    kinds = (
        (store.entry_files(), store.is_foreign),
        (marked(store.export_folder) + marked(store.folder), lambda path: not is_ours(path)),
        (kept_pictures.files(store), kept_pictures.is_foreign),
        (briefs.briefs(store), briefs.is_foreign),
        (store.other_files(), lambda _: False),
    )
    found = Found([], [])
    for paths, is_foreign in kinds:
        for path in paths:
            (found.others if is_foreign(path) else found.ours).append(path)
    return found


def delete(store: Store) -> list[str]:
    """Delete a journal; return the names of the files that stayed."""
    store.forget()
    found = find(store)
    stayed = [path.name for path in found.others]
    for path in found.ours:
        try:
            path.unlink(missing_ok=True)
        except OSError:
            stayed.append(path.name)
    for folder in (store.export_folder, store.picture_folder, store.entry_folder, store.folder):
        with suppress(OSError):  # not empty: something in it is not ours
            folder.rmdir()
    return stayed
