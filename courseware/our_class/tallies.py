"""A class's answers, tallied without names or groups."""

from collections.abc import Iterable
from dataclasses import fields
from typing import NamedTuple

import pandas as pd

from courseware.journal.class_export import Shared
from courseware.journal.format import JournalError, check_id, moment_rank
from courseware.journal.phrases import is_near
from courseware.verdicts import PASS

EXPORTED = "the class's exported journals"
QUESTION = ["kind", "id", "moment"]  #: what tells a question from every other


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


class Tallies:
    """The tables of a class's answers. None has a name, and none can be grouped by person.

    Rows that stand for one journal each are sorted by value, so that their order tells nothing.
    """

    def __init__(self, journals: Iterable[Iterable[Shared]], source: str = EXPORTED) -> None:
        """Keep the answers of each journal, the first to each question; charts name ``source``."""
        columns = ["journal", *(field.name for field in fields(Shared))]
        rows = [
            {"journal": number, **vars(answer)}
            for number, own in enumerate(journals)
            for answer in own
        ]
        answers = pd.DataFrame(rows, columns=columns, dtype=object)
        self._answers = answers.drop_duplicates(["journal", *QUESTION]).astype(
            {"passed": bool, "late": bool, "may_be_shown": bool}
        )
        self.source = source

    def tally(self) -> pd.DataFrame:
        """Return one row per prediction, with its outcome.

        Its columns are the fields of `PredictionTally`.
        """
        rows = [
            _prediction_row(asked, group)
            for asked, group in self._of_kind("prediction").groupby("id")
        ]
        return pd.DataFrame(rows, columns=PredictionTally._fields)

    def predictions(self, key: str) -> pd.DataFrame:
        """Return the predictions of one question, sorted by value.

        Columns: prediction, outcome, distance (prediction minus outcome; numbers only), late.
        Passes and predictions in free words have no row.

        Raises:
            JournalError: no journal holds a prediction with this id.

        """
        own = self._known("prediction", key)
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

    def polls(self, key: str | None = None) -> pd.DataFrame:
        """Return opening and closing confidence, in per cent.

        The closing value is the one of moment ``closing``, or else of the last moment that any
        journal holds.

        Without ``key``: one row per statement; its columns are the fields of `PollTally`.
        With it: one row per journal: opening, closing; empty where it is missing or a pass.

        Raises:
            JournalError: no journal holds a poll with this id.

        """
        if key is not None:
            pairs, _ = _opening_and_closing(self._known("poll", key))
            return pairs.sort_values(["opening", "closing"], ignore_index=True)
        rows = [_poll_row(asked, group) for asked, group in self._of_kind("poll").groupby("id")]
        return pd.DataFrame(rows, columns=PollTally._fields)

    def verdicts(self) -> pd.DataFrame:
        """Return how often each verdict was given.

        Columns: claim_id, chapter, verdict (``pass`` is one), but (what a "holds, but" is about;
        empty beside other verdicts), journals (count), median_confidence (per cent).
        """
        own = self._of_kind("verdict")
        own = own.assign(verdict=own["value"].where(~own["passed"], PASS))
        own["but"] = own["but"].fillna("")
        own["confidence"] = pd.to_numeric(own["confidence"])
        counts = own.groupby(["id", "chapter", "verdict", "but"], as_index=False).agg(
            journals=("journal", "size"), median_confidence=("confidence", "median")
        )
        return counts.rename(columns={"id": "claim_id"})

    def confidence(self) -> pd.DataFrame:
        """Return how sure the class was of its verdicts, one row per claim; passes left out.

        Columns: claim_id, journals (how many said how sure they were), lower_quartile, median,
        upper_quartile (per cent).
        """
        own = self._of_kind("verdict")
        own = own.assign(confidence=pd.to_numeric(own["confidence"])).dropna(subset=["confidence"])
        by_claim = own.groupby("id")["confidence"]
        table = by_claim.quantile([0.25, 0.5, 0.75]).unstack().reindex(columns=[0.25, 0.5, 0.75])
        table.columns = ["lower_quartile", "median", "upper_quartile"]
        table.insert(0, "journals", by_claim.size())
        return table.rename_axis("claim_id").reset_index()

    def words(self, key: str) -> list[str]:
        """Return the answers to one prompt that ticked as "may be shown", in ABC order."""
        own = self._of_kind("answer")
        ticked = own[(own["id"] == check_id(key)) & own["may_be_shown"] & own["value"].notna()]
        return sorted(ticked["value"])

    def _of_kind(self, kind: str) -> pd.DataFrame:
        return self._answers[self._answers["kind"] == kind]

    def _known(self, kind: str, key: str) -> pd.DataFrame:
        own = self._of_kind(kind)
        if not (own["id"] == check_id(key)).any():
            known = ", ".join(sorted(set(own["id"]))) or "none"
            raise JournalError(
                f"No journal here holds a {kind} {key!r}. The journals hold {known}."
            )
        return own[own["id"] == key]


def is_number(value: object) -> bool:
    """Return whether a value or outcome is a number that is there."""
    return isinstance(value, float) and not pd.isna(value)


def _most_common(values: pd.Series) -> object:
    counts = values.dropna().value_counts()
    return None if counts.empty else counts.index[0]


def _distance(value: object, outcome: object) -> float | None:
    return value - outcome if is_number(value) and is_number(outcome) else None


def _prediction_row(key: str, group: pd.DataFrame) -> PredictionTally:
    on_time = group[~group["passed"] & ~group["late"]]
    numbers = pd.Series([v for v in on_time["value"] if is_number(v)], dtype="float64")
    choices = on_time["value"][on_time["value"].map(lambda v: isinstance(v, str))]
    outcome = _most_common(group["outcome"])
    close = int((choices == outcome).sum())
    if is_number(outcome):
        close = sum(is_near(each, outcome) for each in numbers)
    return PredictionTally(
        id=key,
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


def _poll_row(key: str, group: pd.DataFrame) -> PollTally:
    pairs, closing = _opening_and_closing(group)
    change = (pairs["closing"] - pairs["opening"]).dropna()
    return PollTally(
        id=key,
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
