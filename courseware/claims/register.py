"""The register: one claim by its id, some by what they share, and the evidence on one."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from functools import cache
from html import escape

import pandas as pd

from courseware import CourseError, article, data, ui
from courseware.quantities import num
from courseware.verdicts import (
    A_READING,
    COURSE_SAYS,
    HOW_FAR,
    MEANINGS,
    NOT_CHECKABLE,
    OPINION,
    READING_MEANS,
    READINGS,
    VERDICTS,
    course_told,
)

GRADES = {
    "A": (
        "two publishers that pass on the issuing body's figure, two independent publishers, or a "
        "table of the course"
    ),
    "B": "one good page, or several that pass on the same report",
    "C": "one thin or second-hand page",
    "D": "no page seen, background knowledge only",
    "none": "a judgement of value, or a claim that was not checked, has no evidence to grade",
}
VALUE = "value judgement"  # a type of claim
NO_PAGE_SETTLES = "a reading is not graded, because no page can settle it"
LATER = "later outcome"
_RELATIONS = ("supports", "contradicts", "qualifies", "context", LATER)
_LIST_COLUMNS = ("supports", "opposes", "related_tables", "but")


class ClaimError(CourseError):
    """A claim cannot be looked up as asked; the message says what there is."""


class UnknownClaimError(ClaimError):
    """The register has no claim of that id."""


@dataclass(frozen=True)
class Claim:
    """One claim, as it stands in the table ``claims``. Empty text means: nothing recorded.

    Its ``repr`` and its picture in a notebook leave the verdict out.
    """

    claim_id: str
    paragraph: str
    chapter: str
    core: bool
    short_label: str
    summary: str
    claim_type: str
    role: str
    figure_value: float | None
    figure_unit: str
    figure_period: str
    supports: tuple[str, ...]
    opposes: tuple[str, ...]
    in_starter_map: bool
    source_in_text: str
    checkable: str
    related_tables: tuple[str, ...]
    verdict: str = field(repr=False)
    but: tuple[str, ...] = field(repr=False)
    verdict_in_short: str = field(repr=False)
    verdict_reason: str = field(repr=False)
    since: str = field(repr=False)
    evidence_grade: str = field(repr=False)
    dissent: str = field(repr=False)

    @property
    def in_four_words(self) -> str | None:
        """The course's verdict in the student's words, one of ``VERDICTS``; None: not checked."""
        return COURSE_SAYS[self.verdict]

    @property
    def told(self) -> str:
        """The course's verdict in the student's words with what the caveat is about, if any."""
        return course_told(self.verdict, self.but)

    @property
    def is_reading(self) -> bool:
        """Whether it interprets or predicts, so that it goes further than evidence: no value."""
        return self.verdict == OPINION and self.claim_type in READINGS

    @property
    def is_value(self) -> bool:
        """Whether it is a judgement of value, which nobody can look up."""
        return self.claim_type == VALUE

    @property
    def judged(self) -> str:
        """The course's word for its verdict, as it is shown: a reading is not called an opinion."""
        return A_READING if self.is_reading else self.verdict

    @property
    def graded(self) -> str:
        """How good the evidence is, with what that grade means."""
        means = NO_PAGE_SETTLES if self.is_reading else GRADES[self.evidence_grade]
        return f"{self.evidence_grade}: {means}"

    @property
    def meaning(self) -> str:
        """What the course's verdict says, in plain words; a reading is not called a value."""
        if self.is_reading:
            return READING_MEANS
        far = f", {HOW_FAR[self.checkable]}" if self.verdict == NOT_CHECKABLE else ""
        return MEANINGS[self.verdict] + far

    @property
    def why(self) -> str:
        """The reason as it is read first: a long one in short."""
        return self.verdict_in_short or self.verdict_reason

    @property
    def what_came(self) -> str:
        """What came after the article, and up to which day it was looked for."""
        if not self.since:
            return "Nothing is recorded."
        return f"{self.since} (Looked for up to {article.looked_until()}.)"

    @property
    def says_who(self) -> str:
        """Who is named as the source, in plain words."""
        if self.source_in_text == "none":
            return "the author, who names no source"
        return self.source_in_text

    @property
    def figure(self) -> str:
        """The number, unit and period that the claim names; empty if it names none."""
        value = "" if self.figure_value is None else f"{num(self.figure_value):,.10g}"
        unit = self.figure_unit if value else ""
        return ", ".join(part for part in (f"{value} {unit}".strip(), self.figure_period) if part)

    def _repr_html_(self) -> str:
        return ui.card(f"{self.claim_id} · {self.short_label}", face(self))


def _known() -> dict[str, Claim]:
    """Return every claim by id, in the article's order. Do not change it."""
    return _register(data.resource("claims")["hash"])


@cache
def _register(sha: str) -> dict[str, Claim]:
    """Read the claims; ``sha``, the table's hash, makes an edited one be read again."""
    names = [column.name for column in fields(Claim)]
    rows = data.load("claims")[names].to_dict("records")
    return {row["claim_id"]: Claim(**{n: _plain(n, row[n]) for n in names}) for row in rows}


def _plain(name: str, value: object) -> object:
    missing = pd.isna(value)
    if name in _LIST_COLUMNS:
        return () if missing else tuple(value.split("; "))
    if name == "figure_value":
        return None if missing else float(value)
    return "" if missing else value


def register() -> dict[str, Claim]:
    """Return all claims by id, in the article's order (table ``claims``)."""
    return dict(_known())


def outline() -> pd.DataFrame:
    """Return what the article is without its words, as `charts.xray` draws it.

    Claim by claim in its order: its ``paragraph``, the ``letters`` of our summary, and whether the
    text says, or hints, who says so (``sourced``).
    """
    rows = [
        (claim.paragraph, len(claim.summary), claim.source_in_text != "none")
        for claim in register().values()
    ]
    columns = ["paragraph", "letters", "sourced"]
    return pd.DataFrame(rows, pd.Index(register(), name="claim"), columns)


def get(claim_id: str) -> Claim:
    """Return one claim, for example ``get("C09")``.

    Raises:
        UnknownClaimError: with the nearest id and the range, if there is no such claim.

    """
    known = _known()
    if claim_id in known:
        return known[claim_id]
    first, *_, last = known
    number = re.search(r"\d+", str(claim_id))
    if number:
        near = min(known, key=lambda i: abs(int(i[1:]) - int(number[0])))
    else:
        near = next(iter(get_close_matches(str(claim_id), known, n=1, cutoff=0.3)), first)
    raise UnknownClaimError(
        f"The register has no claim {claim_id!r}. Its claims run from {first} to {last}, and the "
        f"nearest id is {near!r}."
    )


def select(
    paragraph: str | None = None,
    chapter: str | int | None = None,
    core: bool | None = None,
    claim_type: str | None = None,
    verdict: str | None = None,
) -> list[Claim]:
    """Return the claims that fit everything asked for, in the article's order.

    Args:
        paragraph: such as ``"P2"``.
        chapter: such as ``"02"`` or ``2``.
        core: True for the claims tried in the room, False for those left for home.
        claim_type: such as ``"prediction"``.
        verdict: one of the course's words (``COURSE_SAYS`` lists them) or of ``VERDICTS``.

    Raises:
        ClaimError: no claim of the register has that paragraph, chapter or type, or the verdict
            is no verdict; the message lists what there is.

    """
    found = known = list(_known().values())
    wanted = {
        "paragraph": paragraph,
        "chapter": None if chapter is None else two_digits(chapter),
        "claim_type": claim_type,
    }
    for name, value in wanted.items():
        if value is None:
            continue
        found = [claim for claim in found if getattr(claim, name) == value]
        there = sorted({getattr(claim, name) for claim in known}, key=_by_number)
        if value not in there:
            raise ClaimError(
                f"No claim has the {name.replace('_', ' ')} {value!r}. Choose one of these: "
                f"{', '.join(there)}."
            )
    if verdict is not None and verdict not in (*COURSE_SAYS, *VERDICTS):
        raise ClaimError(
            f"{verdict!r} is not a verdict. The course uses {', '.join(COURSE_SAYS)}. Students use "
            f"{', '.join(VERDICTS)}."
        )
    found = [c for c in found if verdict in (None, c.verdict, c.in_four_words)]
    return [claim for claim in found if core in (None, claim.core)]


def two_digits(chapter: str | int) -> str:
    """Return a chapter's number as the register writes it: ``02``."""
    text = str(chapter)
    return f"{int(text):02d}" if text.isdecimal() else text


def _by_number(text: str) -> tuple[int, str]:
    number = re.search(r"\d+", text)
    return (int(number[0]) if number else 0), text


def table(chosen: list[Claim]) -> pd.DataFrame:
    """Return claims as a table, one row per claim, without verdicts: ``table(select(chapter=2))``.

    The columns stay if there are no claims.
    """
    columns: dict[str, Callable[[Claim], object]] = {
        "claim": lambda c: c.claim_id,
        "paragraph": lambda c: c.paragraph,
        "what it says": lambda c: c.summary,
        "kind": lambda c: c.claim_type,
        "who says so": lambda c: c.says_who,
    }
    return pd.DataFrame({name: [of(claim) for claim in chosen] for name, of in columns.items()})


def evidence(claim_id: str) -> pd.DataFrame:
    """Return what was found on a claim, one row per piece of evidence (table ``evidence``).

    Columns: evidence, relation (supports, contradicts, qualifies, context, later outcome),
    finding, publisher, label (who pays for or directs the publisher), title, date, date of the
    fact (where the page's own date does not say it), source class, source note, status, address.
    Later outcomes come last: they are never part of a verdict, which is as of the article's day.

    Raises:
        UnknownClaimError: there is no such claim.

    """
    get(claim_id)
    names = {
        "evidence_id": "evidence",
        "relation": "relation",
        "finding": "finding",
        "publisher": "publisher",
        "publisher_label": "label",
        "title": "title",
        "date": "date",
        "fact_date": "date of the fact",
        "source_class": "source class",
        "source_note": "source note",
        "evidence_status": "status",
        "url": "address",
    }
    rows = _all_evidence(data.resource("evidence")["hash"])
    rows = rows.loc[rows["claim_id"] == claim_id, list(names)].rename(columns=names)
    order = rows["relation"].map({name: at for at, name in enumerate(_RELATIONS)})
    return rows.iloc[order.argsort(kind="stable")].reset_index(drop=True)


def claim_of(evidence_id: str) -> str:
    """Return the id of the claim on which a piece of evidence bears.

    Raises:
        ClaimError: with the range, if there is no such piece.

    """
    rows = _all_evidence(data.resource("evidence")["hash"])
    found = rows.loc[rows["evidence_id"] == evidence_id, "claim_id"]
    if found.empty:
        ids = sorted(rows["evidence_id"])
        raise ClaimError(
            f"There is no piece of evidence {evidence_id!r}. The pieces run from {ids[0]} to "
            f"{ids[-1]}."
        )
    return found.iloc[0]


@cache
def _all_evidence(sha: str) -> pd.DataFrame:
    """Read the evidence; ``sha`` is for it what it is for `_register`."""
    return data.load("evidence")


def face(claim: Claim) -> str:
    """Return what may be seen before judging."""
    known = _known()
    below = [other.claim_id for other in known.values() if claim.claim_id in other.supports]
    lines = {
        "Where": f"{claim.paragraph}, chapter {claim.chapter}",
        "Kind": claim.claim_type,
        "Role in the argument": claim.role,
        "Figure or date named": claim.figure,
        "Who says so": claim.says_who,
        "Supports": _named(claim.supports) or "no other claim",
        "Speaks against": _named(claim.opposes),
        "Rests on": _named(below) or "no other claim",
    }
    items = "".join(
        f"<li><b>{escape(name)}:</b> {escape(text)}</li>" for name, text in lines.items() if text
    )
    return f"<p>{escape(claim.summary)}</p><ul>{items}</ul>"


def _named(ids) -> str:
    return "; ".join(f"{i} ({get(i).short_label})" for i in ids)
