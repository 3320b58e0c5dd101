"""What a class's tally may see of a journal: how an export is written, and read back."""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from typing import NamedTuple

from courseware.journal.format import (
    Asked,
    BadAnswerError,
    Entry,
    Given,
    OtherFormatError,
    Value,
    as_json,
    built,
    check_fits,
    check_value,
    content_of,
    now,
)
from courseware.journal.own_files import EXPORT, MARK


@dataclass(frozen=True, kw_only=True)
class Shared(Asked, Given):
    """One entry as the class sees it: the newest answer, without its time.

    ``value`` None is a pass if ``passed`` says so, otherwise words that stay private.
    """

    unit: str
    chapter: str
    passed: bool
    outcome: Value

    def __post_init__(self) -> None:
        """Refuse what `shared` would not write."""
        Asked.__post_init__(self)
        Given.__post_init__(self)
        check_fits(self.kind, self.value, self.but)
        check_value(self.outcome)
        private = self.value is None and self.kind in ("answer", "prediction")
        if self.passed != (self.value is None) and not private:
            raise BadAnswerError("the value is missing, or it is given together with a pass")


class ClassExport(NamedTuple):
    """One exported journal, as it was read."""

    journal: str  #: its anonymous id
    exported: str  #: when, in UTC
    entries: list[Shared]
    damaged: int  #: entries that cannot be counted


def shared(entry: Entry) -> Shared:
    """Return what the class may see of an entry that has an answer."""
    current = entry.current
    may_be_read = not entry.in_own_words or current.may_be_shown
    asked = {each.name: getattr(entry, each.name) for each in fields(Asked)}
    given = {each.name: getattr(current, each.name) for each in fields(Given)}
    if not may_be_read:
        given["value"] = None
    return Shared(
        **asked,
        **given,
        unit=entry.unit,
        chapter=entry.chapter,
        passed=current.passed,
        outcome=entry.outcome.value if entry.outcome else None,
    )


def encode(entries: list[Entry], journal_id: str) -> str:
    """Return the text of the file for the class."""
    return as_json(
        {
            "format": MARK,
            "version": EXPORT,
            "journal": journal_id,
            "exported": now().isoformat(timespec="seconds"),
            "entries": [asdict(shared(entry)) for entry in entries],
        }
    )


def decode(text: str) -> ClassExport:
    """Return the journal that an exported file holds.

    Raises:
        ValueError: it cannot be counted; the message says why.

    """
    if not text.strip():
        raise ValueError("empty file")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise ValueError("damaged, because it is cut off or is not JSON") from problem
    if not isinstance(content, dict) or content.get("format") != MARK:
        raise ValueError("not an exported journal")
    try:
        content = content_of(content, EXPORT, "version")
    except OtherFormatError as problem:
        raise ValueError(
            "exported by another version of the course, so the journal has to be exported again "
            "with this version"
        ) from problem
    journal, exported, entries = (content.get(k) for k in ("journal", "exported", "entries"))
    if not (isinstance(journal, str) and isinstance(exported, str) and isinstance(entries, list)):
        raise ValueError("damaged, because parts of the file are missing")
    if not entries:
        raise ValueError("nothing has been answered in it yet")
    good = []
    for entry in entries:
        with suppress(ValueError, TypeError, AttributeError):
            good.append(built(Shared, entry))
    return ClassExport(journal, exported, good, len(entries) - len(good))
