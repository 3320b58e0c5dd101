"""The folder that a notebook's cells run in: its own files, and the course's tables two floors up.

At home an exercise lies in ``exercises/NAME``, so ``../../data`` is a path that honest work uses.
"""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

WORK = Path("exercises", "work")  # two floors, as at home
TABLES = "data"


def make(folder: Path, files: Mapping[str, str], tables: str | Path | None) -> None:
    """Make the working folder, with files in it and a way to the tables.

    Args:
        folder: ends in `WORK`.
        files: name → content; bytes that are no UTF-8 are kept as surrogates (PEP 383).
        tables: the folder that ``../../data`` leads to, if there is one.

    """
    for floor in (folder.parent, folder):  # what they stand in has to be there
        floor.mkdir(exist_ok=True)
    place = folder.parents[len(WORK.parts) - 1] / TABLES
    if tables and not os.path.lexists(place):
        try:
            place.symlink_to(tables)
        except OSError:  # Windows lets few people make links
            shutil.copytree(tables, place)
    for name, text in files.items():
        file = folder / Path(name).name
        file.write_bytes(text.encode("utf-8", "surrogateescape"))
        file.chmod(0o666)  # it is the student's, whoever writes it here
