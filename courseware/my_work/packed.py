"""The zip of a student's work: how it is packed, and what of one is brought back."""

import io
import json
import tempfile
import zipfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path, PurePosixPath

from courseware import CourseError, manifest, zips
from courseware.journal.format import JournalError, encode
from courseware.journal.records import ALREADY_HERE, bring_along
from courseware.journal.store import Store, current_store, write_atomically
from courseware.my_work.editions import is_as_handed_out

JOURNAL, EXERCISES = "journal", "exercises"
HANDED_OUT = "checks.json"  # it lies beside each exercise
MOST = 200_000_000  # bytes of a zip that is brought back, unpacked
CHOOSE = "Choose a zip that “Save my work” has given you."


class NoWorkError(CourseError):
    """A file holds no work that can be brought back; the message says what to do."""


def pack() -> bytes:
    """Return a zip of the journal, the brief and all exercises that somebody has worked on."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**_journal_files(current_store()), **_exercise_files()}.items():
            archive.writestr(name, content)
    return packed.getvalue()


def _journal_files(store: Store) -> dict[str, bytes]:
    """Return what a journal holds, on disk or only in memory; not the second copies of entries."""
    files = {
        f"{JOURNAL}/{path.relative_to(store.folder).as_posix()}": path.read_bytes()
        for folder in (store.folder, store.entry_folder, store.picture_folder, store.export_folder)
        for path in map(folder.joinpath, store.names(folder))
        if path.is_file() and not path.name.startswith(".") and path.suffix != ".bak"
    }
    for key in store.unsaved:
        files[f"{JOURNAL}/{store.entry_folder.name}/{key}.json"] = encode(store.read(key)).encode()
    for name, content in store.unsaved_pictures.items():
        files[f"{JOURNAL}/{store.picture_folder.name}/{name}"] = content
    return files


def _exercise_files() -> dict[str, bytes]:
    root = manifest.course_root()
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted((root / EXERCISES).glob("*/*"))
        if path.is_file()
        and not path.name.startswith(".")
        and path.name != HANDED_OUT
        and not is_as_handed_out(path)
    }


def bring_back(content: bytes) -> list[str]:
    """Bring the work in a zip back, and return in sentences what became of it.

    Nothing that somebody made is overwritten: a newer answer of the journal keeps the earlier one,
    and an exercise that differs from the one here comes to lie beside it.

    Raises:
        NoWorkError: it is not such a zip, or it cannot be read; nothing has been changed.
        OSError: the storage does not take all of it; a part may have come back.

    """
    with tempfile.TemporaryDirectory() as folder:
        there = Path(folder)
        try:
            with zips.reading():
                archive = zipfile.ZipFile(io.BytesIO(content))
            with archive:
                _unpack(archive, there)
        except zips.Damaged:
            raise NoWorkError(f"That file is not a zip that can be read. {CHOOSE}") from None
        exercises = [path for path in sorted(there.glob(f"{EXERCISES}/*/*")) if _is_of_one(path)]
        said = [*_bring_journal(there / JOURNAL), *map(_bring_exercise, exercises)]
    if not said:
        raise NoWorkError(f"That file holds no work from this course. {CHOOSE}")
    return said


def _unpack(archive: zipfile.ZipFile, folder: Path) -> None:
    """Unpack what lies in a journal or in exercises, even if all of it lies in one folder more.

    Raises:
        Damaged: the zip cannot be read.
        NoWorkError: it holds too much, or names that no folder can hold together.

    """
    inside = {entry: _place(path) for entry, path in zips.contents(archive).items()}
    if sum(entry.file_size for entry, place in inside.items() if place) > MOST:
        raise NoWorkError(f"That zip unpacks to more than {MOST // 10**6} MB. {CHOOSE}")
    for entry, place in inside.items():
        if place:
            try:
                (folder / place).parent.mkdir(parents=True, exist_ok=True)
                zips.unpack(archive, entry, folder / place)
            except OSError:  # one name for a file and a folder, or a name that is too long
                raise NoWorkError(f"That zip cannot be unpacked here. {CHOOSE}") from None


def _place(path: PurePosixPath) -> PurePosixPath | None:
    """Return where a file of a zip belongs in the course; None if it is nothing of a student's."""
    for start, part in enumerate(path.parts):
        inside = PurePosixPath(*path.parts[start:])
        if part in (JOURNAL, EXERCISES) and len(inside.parts) in (2, 3):
            return inside if ".." not in inside.parts else None
    return None


def _bring_journal(folder: Path) -> list[str]:
    """Bring entries, kept charts and briefs along; say also which files cannot be read."""
    try:
        report, notices = bring_along(folder)
    except JournalError as problem:
        return [str(problem)] if Store(folder, read_only=True).entry_files() else []
    taken = report.taken.sum()
    if not taken and set(report.why) == {ALREADY_HERE}:
        said = "Everything from your journal was here already (answers, charts and briefs)."
        return [said, *notices]
    said = [
        f"From your journal, {taken} of {len(report)} items came back (answers, charts and briefs)."
    ]
    for why, rows in report[~report.taken].groupby("why"):
        said.append(f"Not taken, because {why}: {', '.join(rows.id)}.")
    return [*said, *notices]


def _is_of_one(path: Path) -> bool:
    """Return whether a file belongs to an exercise that there is."""
    return path.is_file() and (manifest.course_root() / EXERCISES / path.parent.name).is_dir()


def _bring_exercise(path: Path) -> str:
    """Bring one file of an exercise back; what is there and differs stays as it is."""
    content, own = path.read_bytes(), manifest.course_root() / EXERCISES / path.parent.name
    for place in _places(own, path):
        if not place.exists() or is_as_handed_out(place):
            write_atomically(place, content)
            break
        if _means(place.read_bytes()) == _means(content):
            return f"{_spoken(place)} was here already."
    if place.name == path.name:
        return (
            f"{_spoken(place)} came back. To open it, open the folder {EXERCISES} in the list of "
            f"files, then {own.name}. If it is open already, close its tab first."
        )
    return (
        f"You already had a different file called {path.name}, which was not changed. The file "
        f"that you brought back is now called {place.name} and is in the same folder."
    )


def _spoken(path: Path) -> str:
    """Return what a student calls a file of an exercise: the exercise itself, or a file's name."""
    is_it = path.name == f"{path.parent.name}.ipynb"
    return f"Exercise {path.stem.split('_')[0]}" if is_it else path.name


def _places(folder: Path, path: Path) -> Iterator[Path]:
    """Yield the names that a file may get: its own, then with a number."""
    yield folder / path.name
    yield from (folder / f"{path.stem}-{number}{path.suffix}" for number in count(2))


def _means(content: bytes) -> object:
    """Return what a file says, however JupyterLite has spaced it."""
    try:
        return json.loads(content)
    except ValueError:
        return content
