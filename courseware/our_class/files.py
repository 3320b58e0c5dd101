"""Read a class's exported journals, and say which could not be counted, and why."""

from operator import attrgetter
from pathlib import Path

import pandas as pd

from courseware.journal.class_export import ClassExport, decode
from courseware.our_class import hands as raised
from courseware.our_class.hand_ins import contents, text
from courseware.our_class.journals import ClassJournals
from courseware.our_class.tallies import QUESTION


def read_class(
    folder: str | Path | None = None, *, hands: raised.Counts | None = None
) -> ClassJournals:
    """Read every ``.json`` file that students exported, from a folder or a platform's zip.

    A journal that holds only part of the answers is counted for what it has. Files that are empty,
    damaged, too large, of another version, no export, or an older export of a journal
    already counted are left out, and listed with the reason. No file is called by its name, which
    may be a person's: "file 3" is the third in the ABC of the names.

    Args:
        folder: a folder (and the folders in it), or the zip of submissions that Canvas or Moodle
            gives; None where nobody had a computer.
        hands: how many raised their hands for each answer, by the ids of predictions (see
            `courseware.our_class.hands`); they are counted beside the journals.

    Raises:
        JournalError: there is no such folder or zip, or an answer in ``hands`` is wrong.

    """
    counted_hands = raised.read(hands or {})
    left_out: list[tuple[str, str]] = []
    exports: dict[str, ClassExport] = {}
    for label, content in contents(Path(folder).expanduser()) if folder is not None else ():
        try:
            exports[label] = decode(text(content))
        except ValueError as problem:
            left_out.append((label, str(problem)))
    counted = {name: exports[name] for name in _newest_of_each(exports, left_out)}
    for name, export in counted.items():
        if export.damaged:
            good = len(export.entries)
            why = (
                f"partly damaged, so only {good} of its {good + export.damaged} entries could be "
                "counted"
            )
            left_out.append((name, why))
    left_out += _half_filled(counted)
    table = pd.DataFrame(sorted(left_out, key=_place), columns=["file", "why"])
    return ClassJournals([export.entries for export in counted.values()], table, counted_hands)


def _place(left_out: tuple[str, str]) -> int:
    """Return where a file stands in the ABC."""
    return int(left_out[0].split()[-1])


def _newest_of_each(exports: dict[str, ClassExport], left_out: list[tuple[str, str]]) -> list[str]:
    """Return one file per journal, the newest; put the others into ``left_out``."""
    newest: dict[str, str] = {}
    for name in sorted(exports, key=lambda name: exports[name].exported, reverse=True):
        kept = newest.setdefault(exports[name].journal, name)
        if kept != name:
            left_out.append((name, f"a duplicate of {kept}, which is counted"))
    return list(newest.values())


def _half_filled(counted: dict[str, ClassExport]) -> list[tuple[str, str]]:
    """Return the journals with less than half of the class's entries; they are counted too."""
    answered = {
        name: {attrgetter(*QUESTION)(entry) for entry in export.entries}
        for name, export in counted.items()
    }
    asked = len(set().union(*answered.values()))
    return [
        (name, f"filled in only partly, so it is counted for {len(own)} of {asked} questions")
        for name, own in answered.items()
        if 0 < len(own) < asked / 2
    ]
