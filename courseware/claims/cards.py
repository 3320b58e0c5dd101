"""How claims are shown: cards and tables on which the course's verdict is folded away."""

from html import escape

import pandas as pd
from IPython.display import HTML

from courseware import ui
from courseware.claims.register import (
    ARTICLE_DATE,
    GRADES,
    JUDGED_ON,
    LATER,
    Claim,
    evidence,
    face,
    get,
    select,
    table,
    two_digits,
)
from courseware.verdicts import CAVEATS, MEANINGS, NOT_COMPARED


def show_table(chapter: str | int, core: bool | None = None) -> HTML:
    """Return a chapter's claims as an HTML table, without verdicts: for "The passage".

    Raises:
        ClaimError: the register has no claims for that chapter.

    """
    shown = table(select(chapter=chapter, core=core))
    which = {None: "The claims", True: "The core claims", False: "The claims left for home"}[core]
    columns = ["claim", "paragraph", "what it says", "kind", "who says so"]
    return HTML(ui.table(shown[columns], f"{which} of chapter {two_digits(chapter)}"))


def card(claim_id: str, *, verdict: bool = True) -> HTML:
    """Return a claim's card: what it says and where it stands; folded, what the course found.

    Args:
        claim_id: such as ``"C09"``.
        verdict: False leaves the verdict out and folds only the evidence.

    Raises:
        UnknownClaimError: there is no such claim.

    """
    return HTML(card_markup(claim_id, verdict=verdict))


def card_markup(claim_id: str, *, verdict: bool = True) -> str:
    """Return what ``card`` shows, as HTML text."""
    claim = get(claim_id)
    if verdict:
        fold = ui.details(f"The course's verdict, as of {JUDGED_ON}", verdict_markup(claim))
    else:
        fold = ui.details("The evidence, with addresses", _evidence_lists(claim))
    return ui.card(f"{claim_id} · {claim.short_label}", face(claim) + fold)


def verdict_markup(claim: Claim) -> str:
    """Return verdict, reason, grade, dissent, what came since, and the evidence, as HTML."""
    grade = GRADES.get(claim.evidence_grade, "")
    said = f"{claim.verdict}: {MEANINGS[claim.verdict]}"
    lines = [
        ("Verdict", f"{said} (in your four words: {claim.in_four_words or NOT_COMPARED})"),
        ("What the caveat is about", "; ".join(f"{kind} ({CAVEATS[kind]})" for kind in claim.but)),
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
    came_later = rows["relation"] == LATER
    written_later = ~came_later & (rows["date"].fillna("") > ARTICLE_DATE)
    lists = {
        f"Evidence as of {JUDGED_ON}": ~came_later & ~written_later,
        "Pages written later about that time": written_later,
        "What came later": came_later,
    }
    parts = []
    for heading, part in lists.items():
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
        return HTML("<p>Every claim of this chapter is tried in the room.</p>")
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
    caption = f"Chapter {two_digits(chapter)}: the claims for home, judged as of {JUDGED_ON}"
    summary = f"Judge these {len(chosen)} claims yourself first, then open the course's verdicts"
    return HTML(ui.details(summary, ui.table(shown, caption)))
