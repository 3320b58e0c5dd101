"""What an entry of the journal is, and how it is written as text and read back."""

import json
import math
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from html import escape
from numbers import Real
from typing import NamedTuple

from courseware import CourseError, ui
from courseware.verdicts import VERDICTS

FORMAT = 1
KINDS = ("prediction", "poll", "answer", "verdict", "matrix")
ID_PATTERN = r"(?:\d{2}(?:-[a-z0-9]+)+|[CT]\d{1,2})"

_MOMENT = re.compile(r"[a-z0-9]+( [a-z0-9]+)*")


class JournalError(CourseError):
    """Something is wrong with the journal; the message says what to do."""


class BadIdError(JournalError, ValueError):
    """An id, a kind or a moment is not written as the journal needs it."""


class BadAnswerError(JournalError, ValueError):
    """An answer is none that its kind of entry can hold, such as a fifth verdict."""


class NewerFormatError(JournalError):
    """A file was written by a newer version of the course. It is whole, and not ours to touch."""


class Cell(NamedTuple):
    """One chosen cell of a matrix."""

    evidence: str  #: key of the row
    hypothesis: str  #: key of the column
    choice: str


#: What an answer can hold: a number, a text, the chosen cells of a matrix, or None for a pass.
Value = float | str | tuple[Cell, ...] | None


def check_id(text: str) -> str:
    """Return ``text`` if it can be an entry's id (``02-growth``, ``T1``, ``C09``).

    Raises:
        BadIdError: it cannot. Only such ids are safe as file names on every system.

    """
    if not isinstance(text, str) or len(text) > 60 or not re.fullmatch(ID_PATTERN, text):
        raise BadIdError(
            f"{text!r} cannot be the id of a journal entry. Write the chapter's two digits and "
            "small words, joined by hyphens, such as '02-growth'; "
            "or a thesis or a claim, such as 'T1' or 'C09'."
        )
    return text


def check_value(value: object) -> float | str | None:
    """Return an answer's value as a float, a string or None (a pass).

    Raises:
        ValueError: it is none of these, or not a finite number.

    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Real) and not isinstance(value, bool):
        with suppress(OverflowError):
            if math.isfinite(number := float(value)):
                return number
    raise ValueError(f"{value!r} is neither a finite number nor text")


def check_cells(value: object) -> tuple[Cell, ...] | None:
    """Return the chosen cells of a matrix, as read from JSON (lists of three texts), or None.

    Raises:
        ValueError: it is none of these, or a cell is chosen twice.

    """
    if value is None:
        return None
    if not isinstance(value, (list, tuple)):
        raise ValueError("a matrix holds its chosen cells")
    triples = [tuple(cell) if isinstance(cell, (list, tuple)) else () for cell in value]
    whole = all(
        len(triple) == 3 and all(isinstance(text, str) and 0 < len(text) <= 200 for text in triple)
        for triple in triples
    )
    if not whole or len({triple[:2] for triple in triples}) < len(triples):
        raise ValueError("a cell of the matrix is damaged, or there twice")
    return tuple(Cell(*triple) for triple in triples)


def check_answer(kind: str, value: Value, confidence: float | str | None) -> None:
    """Check that an entry of that kind can hold this answer; None is a pass, or not shown.

    Raises:
        BadAnswerError: it cannot: a verdict is one of ``VERDICTS``, a poll a number of per cent.

    """
    wanted = {"poll": float, "answer": str, "verdict": str, "matrix": tuple}.get(kind, (float, str))
    if value is not None and not isinstance(value, wanted):
        raise BadAnswerError(f"an answer of the kind {kind} cannot be {value!r}")
    if kind == "verdict" and value is not None and value not in VERDICTS:
        raise BadAnswerError(f"{value!r} is no verdict; the four are: {', '.join(VERDICTS)}")
    for share in (confidence, value if kind == "poll" else None):
        if share is not None and not (isinstance(share, float) and 0 <= share <= 100):
            raise BadAnswerError("How sure you are is a number from 0 to 100.")


def moment_rank(moment: str) -> tuple[int, str]:
    """Return a sort key that puts moments in the course's order: opening, after 02 …, closing."""
    order = {"opening": 0, "closing": 3}
    return order.get(moment, 1 if moment.startswith("after ") else 2), moment


def now() -> datetime:
    """Return the present time in UTC: a local time would tell where its writer is."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Answer:
    """One answer. ``value`` None means "pass"; the time is UTC."""

    value: Value
    saved: datetime
    late: bool = False  #: a prediction made after its outcome had been shown
    confidence: float | None = None  #: per cent, for verdicts
    may_be_shown: bool = False  #: the student ticked "may be shown to the class"

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


@dataclass(frozen=True)
class Entry:
    """One entry of the journal with all its answers, the newest last."""

    id: str
    kind: str  #: one of KINDS
    question: str = ""
    moment: str = ""  #: polls only: "opening", "after 02" …
    details: dict = field(default_factory=dict)  #: input, unit, options, positions, chapter;
    #: of a matrix: evidence and hypotheses (texts by key), options (its scale)
    answers: tuple[Answer, ...] = field(default=(), repr=False)  #: a notebook keeps what it shows
    outcome: Outcome | None = None

    def __post_init__(self) -> None:
        """Refuse ids, kinds and moments that could not be read back."""
        check_id(self.id)
        if self.kind not in KINDS:
            raise BadIdError(
                f"{self.kind!r} is no kind of journal entry; there are {', '.join(KINDS)}."
            )
        needs_moment = self.kind == "poll"
        if needs_moment != bool(self.moment) or (
            needs_moment and (len(self.moment) > 40 or not _MOMENT.fullmatch(self.moment))
        ):
            raise BadIdError(
                f"{self.moment!r} cannot be the moment of a poll. "
                "Use small words and digits, such as 'opening' or 'after 02'."
            )

    @property
    def key(self) -> str:
        """The name of the entry's file, without ``.json``."""
        return ".".join(
            part for part in (self.id, self.kind, self.moment.replace(" ", "-")) if part
        )

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
        if self.kind == "matrix":
            return any(cell.choice not in offered for cell in self.answer or ())
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

    def _repr_html_(self) -> str:
        from courseware.journal import phrases

        return ui.card(
            f"Journal: {self.id}",
            f"<p>{escape(self.question)}</p><p>{escape(phrases.kept(self))}</p>",
        )


def merged(first: Entry | None, second: Entry | None) -> Entry | None:
    """Return both entries as one, the answers of ``second`` last; either may be missing."""
    if first and second:
        return first.followed_by(second)
    return second or first


def encode(entry: Entry) -> str:
    """Return the entry as the text of its file."""
    fields = asdict(entry)
    *history, current = fields.pop("answers") or [None]
    fields = {"format": FORMAT, **fields, "answer": current, "history": history}
    return json.dumps(fields, ensure_ascii=False, indent=1, allow_nan=False, default=_iso) + "\n"


def _iso(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be kept in the journal")


def decode(text: str) -> Entry:
    """Return the entry that a file's text holds.

    Raises:
        NewerFormatError: a newer version of the course wrote it.
        ValueError: the text is damaged.

    """
    try:
        raw = json.loads(text)
        version = raw.pop("format")
        if isinstance(version, int) and version > FORMAT:
            raise NewerFormatError("It was written by a newer version of the course.")
        if version != FORMAT:
            raise ValueError("its format is none of this course")
        current, history = raw.pop("answer"), raw.pop("history")
        check = check_cells if raw["kind"] == "matrix" else check_value
        answers = tuple(_timed(Answer, a, check) for a in [*history, current] if a is not None)
        shown = raw.pop("outcome")
        entry = Entry(
            **raw, answers=answers, outcome=_timed(Outcome, shown, check_value) if shown else None
        )
        if not isinstance(entry.question, str) or not isinstance(entry.details, dict):
            raise ValueError("its question is damaged")
        axes = (entry.details.get(axis) for axis in ("evidence", "hypotheses", "options"))
        if entry.kind == "matrix" and [type(axis) for axis in axes] != [dict, dict, list]:
            raise ValueError("its rows or columns are damaged")
        for answer in answers:
            check_answer(entry.kind, answer.value, answer.confidence)
        return entry
    except json.JSONDecodeError as problem:
        raise ValueError("it is cut off or holds other text than the journal's") from problem
    except (KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise ValueError("parts of it are missing") from problem


def _timed(kind: type, raw: dict, check: Callable) -> Answer | Outcome:
    saved = datetime.fromisoformat(raw["saved"])
    if saved.tzinfo is None:
        raise ValueError("a time in it has no time zone")
    checked = {"value": check(raw["value"])}
    if "confidence" in raw:
        checked["confidence"] = check_value(raw["confidence"])
    return kind(**{**raw, "saved": saved, **checked})
