"""The claim register: look a claim up, tabulate claims, put one on trial.

Every claim of the article has an id (C01 to C84), the paragraph it comes from, a kind, and the
course's verdict as of 28 May 2023. What a student sees first never gives a verdict away: it is
folded on cards, and ``trial`` opens it only after the student has judged.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from functools import cache
from html import escape
from pathlib import Path

import ipywidgets as widgets
import pandas as pd
from IPython.display import HTML

from courseware import data, journal, ui

JUDGED_ON = "28 May 2023"
HOLDS, CAVEAT, FAILS, UNKNOWN = (
    "holds",
    "holds with a caveat",
    "does not hold",
    "cannot be known",
)
#: What a student can say of a claim. The first three are steps on one scale, the last is not.
VERDICTS = (HOLDS, CAVEAT, FAILS, UNKNOWN)
#: The course's seven words in the student's four. "Imprecise" means roughly there, with a number,
#: date, actor or quantifier that is off: the core holds, so it counts as a caveat, not a failure.
#: "Misleading" means true parts and a wrong whole: what the reader is led to believe fails.
IN_FOUR_WORDS = {
    "accurate": HOLDS,
    "accurate with caveat": CAVEAT,
    "imprecise": CAVEAT,
    "misleading": FAILS,
    "wrong": FAILS,
    "not checkable": UNKNOWN,
    "opinion": UNKNOWN,
}
MEANINGS = {
    "accurate": "what it says agrees with the evidence",
    "accurate with caveat": "its core agrees with the evidence, but something must be added",
    "imprecise": "roughly there, but a number, date, actor or quantifier is off",
    "misleading": "parts are true, the whole gives a wrong picture",
    "wrong": "the evidence contradicts it",
    "not checkable": "a motive, cause or lost wording that no page seen can settle",
    "opinion": "a judgement of value, which evidence alone cannot settle",
}
GRADES = {
    "A": "the issuing body's figure passed on by two publishers, two independent publishers, or a "
    "table of the course",
    "B": "one good page, or several that pass on the same report",
    "C": "one thin or second-hand page",
    "D": "no page seen, background knowledge only",
    "none": "no evidence applies to a value judgement",
}
LATER = "later outcome"
_RELATIONS = ("supports", "contradicts", "qualifies", "context", LATER)
_LIST_COLUMNS = ("supports", "opposes", "related_tables")
_WIDE = {"width": "auto", "max_width": "52em"}
_LABEL = {"description_width": "initial"}


class ClaimError(Exception):
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
    verdict_reason: str = field(repr=False)
    since: str = field(repr=False)
    evidence_grade: str = field(repr=False)
    dissent: str = field(repr=False)

    @property
    def in_four_words(self) -> str:
        """The course's verdict in the student's words, one of ``VERDICTS``."""
        return IN_FOUR_WORDS[self.verdict]

    @property
    def says_who(self) -> str:
        """Who is named as the source, in plain words."""
        if self.source_in_text == "none":
            return "the author; no source named"
        return self.source_in_text

    @property
    def figure(self) -> str:
        """The number, unit and period that the claim names; empty if it names none."""
        value = "" if self.figure_value is None else f"{self.figure_value:,.10g}"
        unit = "" if self.figure_unit in ("date", "years") and not value else self.figure_unit
        return ", ".join(part for part in (f"{value} {unit}".strip(), self.figure_period) if part)

    def _repr_html_(self) -> str:
        return ui.card(f"{self.claim_id} · {self.short_label}", _face(self))


# Look up ---------------------------------------------------------------------------------


@cache
def _register(folder: Path) -> dict[str, Claim]:
    """Return every claim by id, in the article's order. ``folder`` is where the tables lie."""
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
    return dict(_register(data.root()))


def get(claim_id: str) -> Claim:
    """Return one claim, for example ``get("C09")``.

    Raises:
        UnknownClaimError: with the nearest id and the range, if there is no such claim.

    """
    known = _register(data.root())
    if claim_id in known:
        return known[claim_id]
    first, *_, last = known
    number = re.search(r"\d+", str(claim_id))
    if number:
        near = min(known, key=lambda i: abs(int(i[1:]) - int(number[0])))
    else:
        near = next(iter(get_close_matches(str(claim_id), known, n=1, cutoff=0.3)), first)
    raise UnknownClaimError(
        f"The register has no claim {claim_id!r}. Claims run from {first} to {last}; "
        f"the nearest id is {near!r}."
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
        verdict: one of the course's seven words (``IN_FOUR_WORDS`` lists them) or of ``VERDICTS``.

    Raises:
        ClaimError: no claim of the register has that paragraph, chapter or type, or the verdict
            is no verdict; the message lists what there is.

    """
    found = list(_register(data.root()).values())
    wanted = {
        "paragraph": paragraph,
        "chapter": None if chapter is None else _chapter(chapter),
        "claim_type": claim_type,
    }
    for name, value in wanted.items():
        there = sorted({getattr(claim, name) for claim in register().values()}, key=_by_number)
        if value is not None and value not in there:
            raise ClaimError(
                f"No claim has the {name.replace('_', ' ')} {value!r}. "
                f"There are: {', '.join(there)}."
            )
        found = [claim for claim in found if value in (None, getattr(claim, name))]
    if verdict is not None and verdict not in (*IN_FOUR_WORDS, *VERDICTS):
        raise ClaimError(
            f"{verdict!r} is no verdict. The course uses: {', '.join(IN_FOUR_WORDS)}; "
            f"students use: {', '.join(VERDICTS)}."
        )
    found = [c for c in found if verdict in (None, c.verdict, c.in_four_words)]
    return [claim for claim in found if core in (None, claim.core)]


def _chapter(chapter: str | int) -> str:
    text = str(chapter)
    return f"{int(text):02d}" if text.isdecimal() else text


def _by_number(text: str) -> tuple[int, str]:
    number = re.search(r"\d+", text)
    return (int(number[0]) if number else 0), text


def table(
    paragraph: str | None = None,
    chapter: str | int | None = None,
    core: bool | None = None,
    claim_type: str | None = None,
    verdict: str | None = None,
    *,
    verdicts: bool = False,
) -> pd.DataFrame:
    """Return claims as a table, one row per claim; the arguments are those of ``select``.

    Columns: claim, paragraph, chapter, core, what it says, kind, role, supports, who says so.
    The course's verdict and evidence grade are added if ``verdict`` or ``verdicts`` asks for them.

    Raises:
        ClaimError: as ``select``.

    """
    chosen = select(paragraph, chapter, core, claim_type, verdict)
    return as_table(chosen, verdicts=verdicts or verdict is not None)


def as_table(chosen: list[Claim], *, verdicts: bool = False) -> pd.DataFrame:
    """Return these claims as the table that ``table`` describes; columns stay if there are none."""
    columns: dict[str, Callable[[Claim], object]] = {
        "claim": lambda c: c.claim_id,
        "paragraph": lambda c: c.paragraph,
        "chapter": lambda c: c.chapter,
        "core": lambda c: c.core,
        "what it says": lambda c: c.summary,
        "kind": lambda c: c.claim_type,
        "role": lambda c: c.role,
        "supports": lambda c: ", ".join(c.supports),
        "who says so": lambda c: c.says_who,
    }
    if verdicts:
        columns["the course's verdict"] = lambda c: c.verdict
        columns["evidence grade"] = lambda c: c.evidence_grade
    return pd.DataFrame({name: [of(claim) for claim in chosen] for name, of in columns.items()})


def show_table(chapter: str | int, core: bool | None = None) -> HTML:
    """Return a chapter's claims as an HTML table, without verdicts: for "The passage".

    Raises:
        ClaimError: the register has no claims for that chapter.

    """
    shown = table(chapter=chapter, core=core)
    which = {None: "The claims", True: "The core claims", False: "The claims left for home"}[core]
    columns = ["claim", "paragraph", "what it says", "kind", "who says so"]
    return ui.show(ui.table(shown[columns], f"{which} of chapter {_chapter(chapter)}"))


def evidence(claim_id: str) -> pd.DataFrame:
    """Return what was found on a claim, one row per piece of evidence (table ``evidence``).

    Columns: evidence, relation (supports, contradicts, qualifies, context, later outcome),
    finding, publisher, title, date, source class, source note, status, address. Later outcomes
    come last: they are never part of a verdict as of 28 May 2023.

    Raises:
        UnknownClaimError: there is no such claim.

    """
    get(claim_id)
    names = {
        "evidence_id": "evidence",
        "relation": "relation",
        "finding": "finding",
        "publisher": "publisher",
        "title": "title",
        "date": "date",
        "source_class": "source class",
        "source_note": "source note",
        "evidence_status": "status",
        "url": "address",
    }
    rows = _all_evidence(data.root())
    rows = rows.loc[rows["claim_id"] == claim_id, list(names)].rename(columns=names)
    order = rows["relation"].map({name: at for at, name in enumerate(_RELATIONS)})
    return rows.iloc[order.argsort(kind="stable")].reset_index(drop=True)


@cache
def _all_evidence(folder: Path) -> pd.DataFrame:
    return data.load("evidence")


# Cards -----------------------------------------------------------------------------------


def card(claim_id: str, *, verdict: bool = True) -> HTML:
    """Return a claim's card: what it says and where it stands; folded, what the course found.

    Args:
        claim_id: such as ``"C09"``.
        verdict: False leaves the verdict out and folds only the evidence.

    Raises:
        UnknownClaimError: there is no such claim.

    """
    return ui.show(card_markup(claim_id, verdict=verdict))


def card_markup(claim_id: str, *, verdict: bool = True) -> str:
    """Return what ``card`` shows, as HTML text."""
    claim = get(claim_id)
    if verdict:
        fold = ui.details(f"The course's verdict, as of {JUDGED_ON}", _verdict(claim))
    else:
        fold = ui.details("The evidence, with addresses", _evidence_lists(claim))
    return ui.card(f"{claim_id} · {claim.short_label}", _face(claim) + fold)


def _face(claim: Claim) -> str:
    """Return what may be seen before judging."""
    known = _register(data.root())
    below = [other.claim_id for other in known.values() if claim.claim_id in other.supports]
    lines = {
        "Where": f"{claim.paragraph}, chapter {claim.chapter}",
        "Kind": claim.claim_type,
        "Role in the argument": claim.role,
        "Figure named": claim.figure,
        "Who says so": claim.says_who,
        "Supports": _named(claim.supports) or "nothing that the article goes on to say",
        "Speaks against": _named(claim.opposes),
        "Rests on": _named(below) or "nothing: the article gives no support for it",
    }
    items = "".join(
        f"<li><b>{escape(name)}:</b> {escape(text)}</li>" for name, text in lines.items() if text
    )
    return f"<p>{escape(claim.summary)}</p><ul>{items}</ul>"


def _named(ids) -> str:
    return "; ".join(f"{i} ({get(i).short_label})" for i in ids)


def _verdict(claim: Claim) -> str:
    """Return verdict, reason, grade, dissent, what came since, and the evidence, as HTML."""
    grade = GRADES.get(claim.evidence_grade, "")
    said = f"{claim.verdict}: {MEANINGS[claim.verdict]}"
    lines = [
        ("Verdict", f"{said} (in your four words: {claim.in_four_words})"),
        ("Why", claim.verdict_reason),
        ("Evidence grade", f"{claim.evidence_grade}: {grade}"),
        ("Strongest dissent", claim.dissent),
        (f"Since {JUDGED_ON}", claim.since or "nothing recorded"),
        ("Tables of the course", ", ".join(claim.related_tables)),
    ]
    told = "".join(f"<p><b>{escape(n)}:</b> {escape(text)}</p>" for n, text in lines if text)
    return told + _evidence_lists(claim)


def _evidence_lists(claim: Claim) -> str:
    rows = evidence(claim.claim_id)
    if rows.empty:
        return "<p>No evidence is listed for this claim.</p>"
    late = rows["relation"] == LATER
    parts = []
    for heading, part in ((f"Evidence as of {JUDGED_ON}", ~late), ("What came later", late)):
        items = "".join(_evidence_item(row) for row in rows[part].to_dict("records"))
        if items:
            parts.append(f"<p><b>{escape(heading)}:</b></p><ul>{items}</ul>")
    return "".join(parts)


def _evidence_item(row: dict) -> str:
    said = {name: "" if pd.isna(value) else str(value) for name, value in row.items()}
    publisher, title, address = said["publisher"], said["title"], said["address"]
    if publisher or title or address:
        label = title or "page without a recorded title"
        linked = ui.link(address, label)
        where = f"{escape(publisher or 'publisher not recorded')}: {linked}"
        if not address:
            where += " (no address recorded)"
    else:
        where = "no page seen"
    details = [
        where,
        escape(said["date"] or "date not recorded") if address or title else "",
        escape(said["source class"]) if said["source class"] not in ("", "none") else "",
        escape(said["source note"]),
        escape(said["status"]) if said["status"] != "stored page" else "",
    ]
    told = "; ".join(text for text in details if text)
    return f"<li><b>{escape(said['relation'])}</b>: {escape(said['finding'])} ({told})</li>"


def verdict_table(chapter: str | int) -> HTML:
    """Return the course's verdicts on a chapter's claims for home, in a fold.

    Raises:
        ClaimError: the register has no claims for that chapter.

    """
    chosen = select(chapter=chapter, core=False)
    if not chosen:
        return ui.show("<p>Every claim of this chapter is tried in the room.</p>")
    shown = pd.DataFrame(
        {
            "claim": claim.claim_id,
            "paragraph": claim.paragraph,
            "what it says": claim.summary,
            "our verdict": claim.verdict,
            "why": claim.verdict_reason,
            "grade": claim.evidence_grade,
            "strongest dissent": claim.dissent,
            "since": claim.since or "nothing recorded",
        }
        for claim in chosen
    )
    caption = f"Chapter {_chapter(chapter)}: the claims for home, judged as of {JUDGED_ON}"
    summary = f"Judge these {len(chosen)} claims yourself first, then open the course's verdicts"
    return ui.show(ui.details(summary, ui.table(shown, caption)))


# The student's verdicts ------------------------------------------------------------------


def own_verdicts() -> pd.DataFrame:
    """Return what the student has judged so far, one row per claim, read from the journal.

    Columns: claim, chapter, what it says, my verdict (one of ``VERDICTS``, or "pass"), how sure
    (per cent; empty for a pass).
    """
    known = _register(data.root())
    kept = journal.entries()
    kept = kept[(kept["kind"] == "verdict") & kept["id"].isin(known) & kept["saved"].notna()]
    kept = kept.sort_values("id")
    return pd.DataFrame(
        {
            "claim": list(kept["id"]),
            "chapter": [known[i].chapter for i in kept["id"]],
            "what it says": [known[i].summary for i in kept["id"]],
            "my verdict": ["pass" if pd.isna(v) else v for v in kept["answer"]],
            "how sure": pd.Series(list(kept["confidence"]), dtype="float64"),
        }
    )


def distance(own: str | None, course: str) -> str:
    """Say in plain words how far a student's verdict (None: pass) is from the course's.

    Args:
        own: one of ``VERDICTS``, or None.
        course: one of ``VERDICTS``: ``get(...).in_four_words``.

    """
    if own is None:
        return "You passed. A pass is an answer, and there is nothing to compare."
    if own == course:
        return "The same: you and the course agree."
    if UNKNOWN in (own, course):
        return (
            "A different kind of answer: one of you says that evidence settles this claim, "
            "the other that it cannot. Ask what would have to be known."
        )
    if abs(VERDICTS.index(own) - VERDICTS.index(course)) == 1:
        return "Neighbouring: one step apart. Ask what the step turns on."
    return "Far apart: one of you says that the claim holds, the other that it does not."


def trial(claim_id: str) -> "Trial":
    """Return the widget that puts a claim on trial: judge it, then open the course's verdict.

    Raises:
        UnknownClaimError: there is no such claim.

    """
    return Trial(get(claim_id))


class Trial(widgets.VBox):
    """A claim, the student's verdict on it, and, only after that, the course's.

    ``choice``, ``sure``, ``record_button``, ``pass_button``, ``open_button``, ``status`` and
    ``verdict`` are its parts. Running the cell again brings the recorded verdict back.
    """

    def __init__(self, claim: Claim) -> None:
        """Show ``claim`` and whatever verdict the journal holds on it."""
        self.claim = claim
        self._opened = False
        title = f"On trial: {claim.claim_id} · {claim.short_label}"
        self._paper = ui.card(title, _face(claim) + _boxes(), "course")
        heading = widgets.HTML(ui.card(title, _face(claim), "course") + ui.own_keys(), layout=_WIDE)
        self.choice = widgets.RadioButtons(
            options=VERDICTS, value=None, description="This claim …", style=_LABEL, layout=_WIDE
        )
        self.sure = widgets.IntSlider(
            value=50, min=50, max=100, step=5, style=_LABEL, layout=_WIDE,
            description="How sure, in per cent (50: a guess, 100: certain):",
        )  # fmt: skip
        self.record_button = widgets.Button(
            description="Record my verdict", button_style="primary",
            tooltip=f"Save my verdict on {claim.claim_id} in my journal",
        )  # fmt: skip
        self.pass_button = widgets.Button(description="Pass", tooltip="A pass is an answer too")
        self.open_button = widgets.Button(
            description="Open the course's verdict", disabled=True,
            layout=widgets.Layout(width="auto"), tooltip="Opens once you have judged or passed",
        )  # fmt: skip
        self.status = widgets.HTML(layout=_WIDE)
        self.verdict = widgets.HTML(layout=_WIDE)
        self.record_button.on_click(lambda _: self.record())
        self.pass_button.on_click(lambda _: self.pass_())
        self.open_button.on_click(lambda _: self.open_verdict())
        buttons = widgets.HBox(
            [self.record_button, self.pass_button, self.open_button],
            layout=widgets.Layout(flex_flow="row wrap"),
        )
        super().__init__(
            [heading, self.choice, self.sure, buttons, self.status, self.verdict], layout=_WIDE
        )
        self._restore()

    def record(self) -> None:
        """Save the chosen verdict, or say what is missing."""
        if self.choice.value is None:
            self._say("Not recorded: nothing is chosen yet. Choose one of the four, or pass.")
        else:
            self._keep(self.choice.value, self.sure.value)

    def pass_(self) -> None:
        """Save a pass; it opens the way to the course's verdict too."""
        self.choice.value = None
        self._keep(None, None)

    def open_verdict(self) -> None:
        """Show the course's verdict and how far the student's is from it."""
        kept = journal.read_verdict(self.claim.claim_id)
        if kept is None:
            self._say("Judge the claim or pass first; then the course's verdict opens.")
            return
        self._opened = True
        apart = f"<p><b>{escape(distance(kept['verdict'], self.claim.in_four_words))}</b></p>"
        self.verdict.value = ui.card(
            f"The course's verdict on {self.claim.claim_id}, as of {JUDGED_ON}",
            apart + _verdict(self.claim),
            "good",
        )

    def _keep(self, verdict: str | None, sure: float | None) -> None:
        line = journal.save_verdict(self.claim.claim_id, self.claim.chapter, verdict, sure)
        self._unlock()
        if self._opened:
            self.open_verdict()
            line += " You changed it after opening; your earlier verdict stays in the journal."
        self._say(line)

    def _restore(self) -> None:
        kept = journal.read_verdict(self.claim.claim_id)
        if kept is None:
            self._say("Nothing is recorded yet. The course's verdict opens once you have judged.")
            return
        if not kept["passed"]:
            self.choice.value = kept["verdict"] if kept["verdict"] in VERDICTS else None
            self.sure.value = round(kept["confidence"] or self.sure.min)
        self._unlock()
        said = "you passed" if kept["passed"] else f"“{kept['verdict']}”"
        self._say(f"Recorded earlier: {said}. You may change it, or open the course's verdict.")

    def _unlock(self) -> None:
        self.open_button.disabled = False
        self.record_button.description = "Change my verdict"

    def _say(self, line: str) -> None:
        self.status.value = f'<div role="status">{escape(line)}</div>'

    def __repr__(self) -> str:
        """Say which trial this is; never what was chosen, for a notebook's file keeps this."""
        return f"<trial of {self.claim.claim_id}>"

    def _repr_mimebundle_(self, **kwargs: object) -> dict:
        """Add the trial on paper, for the printed course and where widgets do not run."""
        return {**super()._repr_mimebundle_(**kwargs), "text/html": self._paper}


def _boxes() -> str:
    items = "".join(f"<li>☐ {escape(word)}</li>" for word in (*VERDICTS, "pass"))
    return (
        '<p>My verdict:</p><ul style="list-style:none;padding-left:0.5em">'
        f"{items}</ul><p>I am ______ % sure.</p>"
    )
