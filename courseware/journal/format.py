"""What the journal keeps: the one definition of an answer and an entry, and their form on disk.

An `Answer`, an `Outcome` or an `Entry` checks itself when it is made, so whoever holds one can
keep it: the widgets, the store and the reader of a class need no checks of their own. Files are
written and read by what the classes declare (`encode`, `decode`, `built`). Each format on disk has
one version; a file of another is told of and left alone (`content_of`).
"""

import json
import math
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from numbers import Real
from pathlib import Path
from typing import Any, TypeVar

from courseware import CourseError
from courseware.verdicts import BUT, CAVEATS, VERDICTS

KINDS = ("prediction", "poll", "answer", "verdict")
ID_PATTERN = r"(?:\d{2}(?:-[a-z0-9]+)+|[CT]\d{1,2})"

T = TypeVar("T")
_MOMENT = re.compile(r"[a-z0-9]+( [a-z0-9]+)*")


class JournalError(CourseError):
    """Something is wrong with the journal; the message says what to do."""


class BadIdError(JournalError, ValueError):
    """An id, a kind or a moment is not written as the journal needs it."""


class BadAnswerError(JournalError, ValueError):
    """An answer is none that its kind of entry can hold, such as a fifth verdict."""


class OtherFormatError(JournalError):
    """A file is whole, but of a version that is not read here, or of none: it is left alone."""

    def __init__(self) -> None:
        """Say what the file is: the message goes on after its name."""
        super().__init__("has a format that this version of the course does not read")


#: The version of an entry's file. Each format has one such number, which a change of its fields
#: raises. From 1.0 on, `content_of` brings older files up: see CONTRIBUTING.md, "From 1.0 on".
ENTRY = 2


def content_of(raw: object, known: int, key: str = "format") -> dict:
    """Return what a file holds, without the number of its version.

    Args:
        raw: the file's JSON.
        known: the version that is read here.
        key: where the number stands.

    Raises:
        OtherFormatError: the number is another one, or there is none.

    """
    found = raw.get(key) if isinstance(raw, dict) else None
    if found == known:
        return {name: value for name, value in raw.items() if name != key}
    raise OtherFormatError


def is_foreign(path: Path, read: Callable[[Path], object]) -> bool:
    """Return whether a file is not ours to replace or delete: of another version, or unreadable.

    A damaged one is ours, and so is one that is not there.

    Args:
        path: the file.
        read: opens it. It raises OtherFormatError or OSError for what is foreign, and ValueError
            for what is damaged.

    """
    try:
        read(path)
    except FileNotFoundError:
        return False
    except (OSError, OtherFormatError):
        return True
    except ValueError:
        return False
    return False


# What can be kept


#: What an answer can hold: a number, a text, or None for a pass.
Value = float | str | None


def check_id(text: str) -> str:
    """Return ``text`` if it can be an entry's id (``02-growth``, or of a thesis or claim).

    Raises:
        BadIdError: it cannot. Only such ids are safe as file names on every system.

    """
    if not isinstance(text, str) or len(text) > 60 or not re.fullmatch(ID_PATTERN, text):
        raise BadIdError(
            f"{text!r} cannot be the id of a journal entry. Write the two digits of the chapter "
            "and words in small letters, joined by hyphens, such as '02-growth'. It can also be a "
            "thesis or a claim, such as 'C09'."
        )
    return text


def check_value(value: object) -> Value:
    """Return an answer's value as a float, a string or None (a pass).

    Raises:
        BadAnswerError: it is none of these, or not a finite number.

    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Real) and not isinstance(value, bool):
        with suppress(OverflowError):
            if math.isfinite(number := float(value)):
                return number
    raise BadAnswerError(f"{value!r} is neither a finite number nor text")


def check_fits(kind: str, value: Value, but: object = None) -> None:
    """Check that an entry of that kind can hold this value; None is a pass, or not shown.

    Raises:
        BadAnswerError: it cannot: a verdict is one of ``VERDICTS``, a poll a number of per cent;
            and "holds, but", and nothing else, is about something (``but``), one of ``CAVEATS``.

    """
    if but not in (CAVEATS if (kind, value) == ("verdict", BUT) else (None,)):
        raise BadAnswerError(
            f"A verdict “{BUT}” must say what the “but” is about, and no other answer may. Use one "
            f"of these: {', '.join(CAVEATS)}"
        )
    wanted = {"poll": float, "answer": str, "verdict": str}.get(kind, float | str)
    if value is not None and not isinstance(value, wanted):
        raise BadAnswerError(f"an answer of the kind {kind} cannot be {value!r}")
    if kind == "verdict" and value is not None and value not in VERDICTS:
        raise BadAnswerError(f"{value!r} is not a verdict. Use one of these: {', '.join(VERDICTS)}")
    if kind == "poll":
        _check_share(value)


def _check_share(share: Value) -> None:
    if share is not None and not (isinstance(share, float) and 0 <= share <= 100):
        raise BadAnswerError("Say how sure you are as a number from 0 to 100.")


def moment_rank(moment: str) -> tuple[int, str]:
    """Return a sort key that puts moments in the course's order: opening, after 02 …, closing."""
    order = {"opening": 0, "closing": 3}
    return order.get(moment, 1 if moment.startswith("after ") else 2), moment


def now() -> datetime:
    """Return the present time in UTC: a local time would tell where its writer is."""
    return datetime.now(UTC)


# Answers and entries


@dataclass(frozen=True)
class Given:
    """What a student answered. ``value`` None means "pass"."""

    value: Value
    #: a prediction made after its outcome had been shown
    late: bool = field(default=False, kw_only=True)
    #: per cent, for verdicts
    confidence: float | None = field(default=None, kw_only=True)
    #: what a verdict "holds, but" is about, one of ``CAVEATS``
    but: str | None = field(default=None, kw_only=True)
    #: the student ticked "may be shown to the class"
    may_be_shown: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        """Refuse what cannot be kept; keep every number as a float."""
        object.__setattr__(self, "value", check_value(self.value))
        object.__setattr__(self, "confidence", check_value(self.confidence))
        _check_share(self.confidence)


@dataclass(frozen=True)
class Answer(Given):
    """One answer and its time (UTC)."""

    saved: datetime

    @property
    def passed(self) -> bool:
        """Whether this answer is a pass."""
        return self.value is None


@dataclass(frozen=True)
class Outcome:
    """What the data say about a prediction: a number with its unit, or a text."""

    value: float | str
    saved: datetime
    unit: str = ""
    text: str = ""

    def __post_init__(self) -> None:
        """Refuse what is neither a number nor a text."""
        value = check_value(self.value)
        if not isinstance(value, float | str):
            raise BadAnswerError(f"{value!r} cannot be an outcome")
        object.__setattr__(self, "value", value)


@dataclass(frozen=True)
class Asked:
    """What was asked."""

    id: str
    kind: str  #: one of KINDS
    question: str = ""
    moment: str = ""  #: polls only: "opening", "after 02" …

    def __post_init__(self) -> None:
        """Refuse ids, kinds and moments that could not be read back."""
        check_id(self.id)
        if self.kind not in KINDS:
            raise BadIdError(
                f"{self.kind!r} is not a kind of journal entry. Use one of these: "
                f"{', '.join(KINDS)}."
            )
        needs_moment = self.kind == "poll"
        if needs_moment != bool(self.moment) or (
            needs_moment and (len(self.moment) > 40 or not _MOMENT.fullmatch(self.moment))
        ):
            raise BadIdError(
                f"{self.moment!r} cannot be the moment of a poll. Use words in small letters and "
                "digits, such as 'opening' or 'after 02'."
            )


@dataclass(frozen=True)
class Entry(Asked):
    """One entry of the journal with all its answers, the newest last."""

    details: dict = field(default_factory=dict)  #: input, unit, options, positions, chapter
    answers: tuple[Answer, ...] = field(default=(), repr=False)  #: a notebook keeps what it shows
    outcome: Outcome | None = None

    def __post_init__(self) -> None:
        """Refuse answers that do not fit the kind."""
        super().__post_init__()
        for answer in self.answers:
            check_fits(self.kind, answer.value, answer.but)

    @property
    def key(self) -> str:
        """The name of the entry's file, without ``.json``."""
        return ".".join(
            part for part in (self.id, self.kind, self.moment.replace(" ", "-")) if part
        )

    @property
    def chapter(self) -> str:
        """Two digits; empty where an entry belongs to no chapter."""
        return self.id[:2] if self.id[0].isdigit() else str(self.details.get("chapter", ""))

    @property
    def unit(self) -> str:
        """The unit of the answers, if they are numbers that have one."""
        return self.details.get("unit", "")

    @property
    def current(self) -> Answer | None:
        """The newest answer, or None if there is none yet."""
        return self.answers[-1] if self.answers else None

    @property
    def answer(self) -> Value:
        """The newest answer's value; None if there is none or it is a pass."""
        return self.current.value if self.current else None

    @property
    def passed(self) -> bool:
        """Whether the newest answer is a pass."""
        return bool(self.current and self.current.passed)

    @property
    def in_own_words(self) -> bool:
        """Whether this is answered in the student's own words: no number, choice or verdict."""
        if self.kind == "answer" or self.details.get("input") == "text":
            return True
        offered = VERDICTS if self.kind == "verdict" else self.details.get("options", ())
        return isinstance(self.answer, str) and self.answer not in offered

    @property
    def saved(self) -> datetime | None:
        """When the newest answer was saved (UTC), or None."""
        return self.current.saved if self.current else None

    @property
    def history(self) -> tuple[Answer, ...]:
        """The earlier answers, oldest first."""
        return self.answers[:-1]

    @property
    def closed(self) -> bool:
        """Whether this is a prediction that can no longer be changed."""
        return self.outcome is not None and bool(self.answers)

    def followed_by(self, other: "Entry") -> "Entry":
        """Return this entry with the answers of ``other`` after its own; nothing is lost."""
        return replace(
            self,
            question=other.question or self.question,
            details={**self.details, **other.details},
            answers=tuple(dict.fromkeys((*self.answers, *other.answers))),
            outcome=other.outcome or self.outcome,
        )


def merged(first: Entry | None, second: Entry | None) -> Entry | None:
    """Return both entries as one, the answers of ``second`` last; either may be missing."""
    if first and second:
        return first.followed_by(second)
    return second or first


# On disk


def as_json(content: dict) -> str:
    """Return a file's content as text; times are written in ISO 8601."""
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False, default=_iso) + "\n"


def _iso(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be kept in the journal")


def encode(entry: Entry) -> str:
    """Return the entry as the text of its file."""
    content = asdict(entry)
    *history, current = content.pop("answers") or [None]
    return as_json({"format": ENTRY, **content, "answer": current, "history": history})


def decode(text: str) -> Entry:
    """Return the entry that a file's text holds.

    Raises:
        OtherFormatError: it is of another version, or of none.
        ValueError: the text is damaged.

    """
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise ValueError("it is cut off or holds text that is not a journal's") from problem
    raw = content_of(raw, ENTRY)
    try:
        answers = [*raw.pop("history"), raw.pop("answer")]
        return built(Entry, {**raw, "answers": [a for a in answers if a is not None]})
    except (KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise ValueError("parts of it are missing") from problem


def built(kind: type[T], raw: dict) -> T:
    """Return a ``kind``, from the JSON of its fields.

    Raises:
        ValueError, TypeError, KeyError: a part is missing, unknown, or not as the class declares.

    """
    declared = {each.name: each.type for each in fields(kind)}
    if raw.keys() != declared.keys():
        raise ValueError("parts of it are missing")
    return kind(**{name: _part(declared[name], value) for name, value in raw.items()})


def _part(declared: Any, raw: Any) -> Any:
    """Return one field's value from its JSON; numbers and choices are checked by their class."""
    if declared in _FROM_JSON:
        return _FROM_JSON[declared](raw)
    if isinstance(declared, type) and not isinstance(raw, declared):
        raise ValueError(f"a part of it is not of the type {declared.__name__}")
    return raw


def _time(raw: str) -> datetime:
    if (time := datetime.fromisoformat(raw)).tzinfo is None:
        raise ValueError("a time in it has no time zone")
    return time


_FROM_JSON = {
    datetime: _time,
    tuple[str, ...]: lambda raw: tuple(_part(str, text) for text in raw),
    tuple[Answer, ...]: lambda raw: tuple(built(Answer, answer) for answer in raw),
    Outcome | None: lambda raw: built(Outcome, raw) if raw is not None else None,
}
