"""The class's journals: read a folder of exports and tally them, without names or groups."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from courseware import ui
from courseware.journal.entry import (
    KINDS,
    JournalError,
    check_answer,
    check_id,
    check_value,
    moment_rank,
)
from courseware.journal.sharing import EXPORT_VERSION
from courseware.journal.store import EXPORT_MARK

#: A prediction counts as close within this share of the outcome.
CLOSE = 0.10

_ENTRY_COLUMNS = [
    "id",
    "kind",
    "moment",
    "question",
    "unit",
    "chapter",
    "value",
    "passed",
    "late",
    "confidence",
    "may_be_shown",
    "outcome",
]
_ENTRY_KEY = ["journal", "kind", "id", "moment"]


class PredictionTally(NamedTuple):
    """What the class predicted; numbers are in ``unit``."""

    id: str
    question: str
    unit: str
    predicted: int  #: how many predicted in time
    passed: int
    late: int  #: made after the outcome had been shown, and not counted in what follows
    lowest: float
    median: float
    highest: float
    most_chosen: str | None  #: choices only
    outcome: float | str | None
    close: int  #: how many chose the outcome, or were within a tenth of it


class PollTally(NamedTuple):
    """How the class's confidence in one statement moved, in per cent."""

    id: str
    statement: str
    closing_moment: str | None
    opening_n: int
    opening_median: float
    closing_n: int
    closing_median: float
    both_n: int  #: how many answered both; what follows is about them
    median_change: float  #: percentage points
    rose: int
    fell: int
    same: int


class ClassJournals:
    """A class's exported journals. No table has a name, and none can be grouped by person.

    Rows that stand for one journal each are sorted by value, so that their order tells nothing.

    Attributes:
        journals: how many journals are counted.
        left_out: table of what was not counted, or only in part: file, why.

    """

    def __init__(self, answers: pd.DataFrame, journals: int, left_out: pd.DataFrame) -> None:
        """Keep the answers (one row per journal and entry); use `read_class` to make one."""
        self._answers = answers
        self.journals = journals
        self.left_out = left_out

    def tally(self) -> pd.DataFrame:
        """Return one row per prediction, with its outcome.

        Its columns are the fields of `PredictionTally`.
        """
        rows = [
            _prediction_row(id, group) for id, group in self._of_kind("prediction").groupby("id")
        ]
        return pd.DataFrame(rows, columns=PredictionTally._fields)

    def predictions(self, id: str) -> pd.DataFrame:
        """Return the predictions of one question, sorted by value.

        Columns: prediction, outcome, distance (prediction minus outcome; numbers only), late.
        Passes and predictions in free words have no row.

        Raises:
            JournalError: no journal holds a prediction with this id.

        """
        own = self._known("prediction", id)
        outcome = _most_common(own["outcome"])
        values = [
            pair for pair in zip(own["value"], own["late"], strict=True) if pair[0] is not None
        ]
        rows = [
            (value, outcome, _distance(value, outcome), late)
            for value, late in sorted(values, key=lambda pair: (isinstance(pair[0], str), pair[0]))
        ]
        frame = pd.DataFrame(rows, columns=["prediction", "outcome", "distance", "late"])
        return frame.astype({"distance": "float64"})

    def polls(self, id: str | None = None) -> pd.DataFrame:
        """Return opening and closing confidence, in per cent.

        The closing value is the one of moment ``closing``, or else of the last moment that any
        journal holds.

        Without ``id``: one row per statement; its columns are the fields of `PollTally`.
        With ``id``: one row per journal: opening, closing; empty where it is missing or a pass.

        Raises:
            JournalError: no journal holds a poll with this id.

        """
        if id is not None:
            pairs, _ = _opening_and_closing(self._known("poll", id))
            return pairs.sort_values(["opening", "closing"], ignore_index=True)
        rows = [_poll_row(id, group) for id, group in self._of_kind("poll").groupby("id")]
        return pd.DataFrame(rows, columns=PollTally._fields)

    def verdicts(self) -> pd.DataFrame:
        """Return how often each verdict was given.

        Columns: claim_id, chapter, verdict (``pass`` is one), journals (count), median_confidence
        (per cent).
        """
        own = self._of_kind("verdict")
        own = own.assign(verdict=own["value"].where(~own["passed"], "pass"))
        own["confidence"] = pd.to_numeric(own["confidence"])
        counts = own.groupby(["id", "chapter", "verdict"], as_index=False).agg(
            journals=("journal", "size"), median_confidence=("confidence", "median")
        )
        return counts.rename(columns={"id": "claim_id"})

    def words(self, id: str) -> list[str]:
        """Return the answers to one prompt that ticked as "may be shown", in ABC order."""
        own = self._of_kind("answer")
        ticked = own[(own["id"] == check_id(id)) & own["may_be_shown"] & own["value"].notna()]
        return sorted(ticked["value"])

    def _of_kind(self, kind: str) -> pd.DataFrame:
        return self._answers[self._answers["kind"] == kind]

    def _known(self, kind: str, id: str) -> pd.DataFrame:
        own = self._of_kind(kind)
        if not (own["id"] == check_id(id)).any():
            known = ", ".join(sorted(set(own["id"]))) or "none"
            raise JournalError(f"No journal here holds a {kind} {id!r}. There are: {known}.")
        return own[own["id"] == id]

    def _repr_html_(self) -> str:
        parts = [
            f"<p>{self.journals} journals are counted; {len(self.left_out)} files were left out, "
            "or counted in part.</p>"
        ]
        for caption, frame in (("Predictions", self.tally()), ("Polls (per cent)", self.polls())):
            if not frame.empty:
                parts.append(ui.table(frame.astype(object), caption))
        if not self.left_out.empty:  # folded: file names may be names of people
            table = ui.table(self.left_out, "What was left out, and why")
            parts.append(ui.details("What was left out, and why (shows file names)", table))
        return ui.card("The class's journals", "".join(parts))


def read_class(folder: str | Path) -> ClassJournals:
    """Read every ``.json`` file in a folder (and the folders in it) that students exported.

    A journal that holds only part of the answers is counted for what it has. Files that are empty,
    damaged, in an old format, no export, or an older export of a journal already counted are
    left out, and listed with the reason.

    Raises:
        JournalError: there is no such folder.

    """
    folder = Path(folder).expanduser()
    if not folder.is_dir():
        raise JournalError(f"There is no folder {folder.name!r} to read the class's journals from.")
    left_out: list[tuple[str, str]] = []
    exports: dict[str, dict] = {}
    for path in _json_files(folder):
        try:
            exports[path.relative_to(folder).as_posix()] = _read_export(path)
        except ValueError as problem:
            left_out.append((path.relative_to(folder).as_posix(), str(problem)))
    rows: list[dict] = []
    counted = _newest_of_each(exports, left_out)
    for number, name in enumerate(counted):
        good, bad = _good_entries(exports[name]["entries"])
        rows += [{"journal": number, **entry} for entry in good]
        if bad:
            left_out.append(
                (name, f"damaged in part: {bad} entries not counted, {len(good)} counted")
            )
    answers = pd.DataFrame(rows, columns=["journal", *_ENTRY_COLUMNS], dtype=object)
    answers = answers.drop_duplicates(_ENTRY_KEY).astype(
        {"passed": bool, "late": bool, "may_be_shown": bool}
    )
    left_out += _half_filled(answers, counted)
    table = pd.DataFrame(sorted(left_out), columns=["file", "why"])
    return ClassJournals(answers, len(counted), table)


def _json_files(folder: Path) -> Iterator[Path]:
    """Yield the files to read, leaving hidden folders such as notebook checkpoints alone."""
    for path in sorted(folder.rglob("*.json")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden:
            yield path


def _read_export(path: Path) -> dict:
    """Return the content of one exported file.

    Raises:
        ValueError: it cannot be counted; the message says why.

    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise ValueError("damaged: the file cannot be read") from problem
    if not text.strip():
        raise ValueError("empty file")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise ValueError("damaged: cut off, or not JSON") from problem
    if not isinstance(content, dict) or content.get("format") != EXPORT_MARK:
        raise ValueError("not an exported journal")
    version = content.get("version")
    if version != EXPORT_VERSION:
        raise ValueError(f"old or unknown format (version {version}): please export it again")
    journal, exported, entries = (content.get(k) for k in ("journal", "exported", "entries"))
    if not (isinstance(journal, str) and isinstance(exported, str) and isinstance(entries, list)):
        raise ValueError("damaged: parts of the file are missing")
    if not entries:
        raise ValueError("nothing has been answered in it yet")
    return content


def _newest_of_each(exports: dict[str, dict], left_out: list[tuple[str, str]]) -> list[str]:
    """Return one file per journal, the newest; put the others into ``left_out``."""
    newest: dict[str, str] = {}
    for name in sorted(exports, key=lambda name: exports[name]["exported"], reverse=True):
        kept = newest.setdefault(exports[name]["journal"], name)
        if kept != name:
            left_out.append((name, f"duplicate: the same journal as {kept}, which is counted"))
    return list(newest.values())


def _good_entries(raw: list) -> tuple[list[dict], int]:
    """Return the entries that can be counted, and how many cannot."""
    good = []
    for entry in raw:
        try:
            good.append(_checked(entry))
        except (ValueError, KeyError, TypeError):
            continue
    return good, len(raw) - len(good)


def _checked(raw: dict) -> dict:
    """Return one entry of an export if every part of it is as `export` writes it."""
    entry = {column: raw[column] for column in _ENTRY_COLUMNS}
    check_id(entry["id"])
    texts = all(isinstance(entry[c], str) for c in ("moment", "question", "unit", "chapter"))
    flags = all(isinstance(entry[c], bool) for c in ("passed", "late", "may_be_shown"))
    if entry["kind"] not in KINDS or not texts or not flags:
        raise ValueError("parts of the entry are damaged")
    for column in ("value", "outcome", "confidence"):
        entry[column] = check_value(entry[column])
    check_answer(entry["kind"], entry["value"], entry["confidence"])
    not_shown = entry["value"] is None and entry["kind"] in ("answer", "prediction")
    if entry["passed"] != (entry["value"] is None) and not not_shown:
        raise ValueError("the value is missing, or given beside a pass")
    return entry


def _is_number(value: object) -> bool:
    return isinstance(value, float) and not pd.isna(value)


def _half_filled(answers: pd.DataFrame, counted: list[str]) -> list[tuple[str, str]]:
    """Return the journals with less than half of the class's entries; they are counted too."""
    asked = len(answers.drop_duplicates(_ENTRY_KEY[1:]))
    sizes = answers.groupby("journal").size()
    return [
        (
            counted[number],
            f"half-filled: counted for {size} of {asked} questions, absent from the rest",
        )
        for number, size in sizes.items()
        if size < asked / 2
    ]


def _most_common(values: pd.Series) -> object:
    counts = values.dropna().value_counts()
    return None if counts.empty else counts.index[0]


def _distance(value: object, outcome: object) -> float | None:
    return value - outcome if _is_number(value) and _is_number(outcome) else None


def _prediction_row(id: str, group: pd.DataFrame) -> PredictionTally:
    on_time = group[~group["passed"] & ~group["late"]]
    numbers = pd.Series([v for v in on_time["value"] if _is_number(v)], dtype="float64")
    choices = on_time["value"][on_time["value"].map(lambda v: isinstance(v, str))]
    outcome = _most_common(group["outcome"])
    close = int((choices == outcome).sum())
    if _is_number(outcome):
        close = int(((numbers - outcome).abs() <= CLOSE * abs(outcome)).sum())
    return PredictionTally(
        id=id,
        question=_most_common(group["question"]),
        unit=_most_common(group["unit"]),
        predicted=len(on_time),
        passed=int(group["passed"].sum()),
        late=int((group["late"] & ~group["passed"]).sum()),
        lowest=numbers.min(),
        median=numbers.median(),
        highest=numbers.max(),
        most_chosen=_most_common(choices),
        outcome=outcome,
        close=close,
    )


def _opening_and_closing(group: pd.DataFrame) -> tuple[pd.DataFrame, str | None]:
    """Return each journal's opening and closing confidence, and the name of the closing moment."""
    later = sorted({m for m in group["moment"] if m != "opening"}, key=moment_rank)
    closing = later[-1] if later else None
    by_moment = group.astype({"value": "float64"}).pivot_table(
        index="journal", columns="moment", values="value", dropna=False
    )
    pairs = by_moment.reindex(columns=["opening", closing or ""])
    return pairs.set_axis(["opening", "closing"], axis="columns"), closing


def _poll_row(id: str, group: pd.DataFrame) -> PollTally:
    pairs, closing = _opening_and_closing(group)
    change = (pairs["closing"] - pairs["opening"]).dropna()
    return PollTally(
        id=id,
        statement=_most_common(group["question"]),
        closing_moment=closing,
        opening_n=int(pairs["opening"].count()),
        opening_median=pairs["opening"].median(),
        closing_n=int(pairs["closing"].count()),
        closing_median=pairs["closing"].median(),
        both_n=len(change),
        median_change=change.median(),
        rose=int((change > 0).sum()),
        fell=int((change < 0).sum()),
        same=int((change == 0).sum()),
    )
