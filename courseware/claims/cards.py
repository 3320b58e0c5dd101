"""How claims are shown: cards and tables on which the course's verdict is folded away."""

from html import escape

import pandas as pd
from IPython.display import HTML

from courseware import article, ui
from courseware.claims.register import (
    LATER,
    Claim,
    claim_of,
    evidence,
    face,
    get,
    select,
    table,
    two_digits,
)
from courseware.claims.tables_say import tables_say
from courseware.ui import scripts
from courseware.verdicts import CAVEATS, NOT_COMPARED

#: How a page came by what it says, in plain words (column ``source_class`` of the evidence).
SOURCE_CLASSES = {
    "first-hand": "published by those who wrote or issued it",
    "relayed": "a report of what somebody else published",
    "reposted": "another site's copy",
    "none": "",
}
#: What is known otherwise than from a page.
STATUSES = {
    "stored page": "",
    "table of this package": "in a table of the course",
    "background knowledge, unconfirmed": "background knowledge, which we have not checked",
    "not applicable": "",
}
NO_PAGE_FOUND = (
    "We found no page on this claim. That is a gap in our sources, not evidence against the claim."
)
NO_VALUE_LOOKED_UP = (
    "No page is listed, because this is a judgement of value, which evidence alone cannot settle."
)
STANDING = "standing"  #: the date of a fact that does not change with the day


def show_table(chapter: str | int, core: bool | None = None) -> HTML:
    """Return a chapter's claims as an HTML table, without verdicts: for "The passage".

    Raises:
        ClaimError: the register has no claims for that chapter.

    """
    shown = table(select(chapter=chapter, core=core))
    which = {None: "The claims", True: "The core claims", False: "The claims for home"}[core]
    markup = ui.table(shown, f"{which} of chapter {two_digits(chapter)}")
    return HTML(markup + scripts.mark_in_view(scripts.OUTPUT))


def card(claim_id: str) -> HTML:
    """Return a claim's card: what it says and where it stands; folded, what the course found.

    Raises:
        UnknownClaimError: there is no such claim.

    """
    return HTML(card_markup(claim_id))


def card_markup(claim_id: str) -> str:
    """Return what ``card`` shows, as HTML text."""
    claim = get(claim_id)
    summary = f"The course's verdict, as of {article.day_in_words()}"
    fold = ui.details(summary, verdict_markup(claim))
    return ui.card(f"{claim_id} · {claim.short_label}", face(claim) + fold)


def piece(evidence_id: str) -> HTML:
    """Return one piece of evidence as a card: chapters name pieces by their ids.

    Args:
        evidence_id: such as ``"E039"``.

    Raises:
        ClaimError: there is no such piece.

    """
    claim = get(claim_of(evidence_id))
    rows = evidence(claim.claim_id)
    items = map(_evidence_item, rows[rows["evidence"] == evidence_id].to_dict("records"))
    title = f"{evidence_id} · on {claim.claim_id} ({claim.short_label})"
    return HTML(ui.card(title, f"<ul>{''.join(items)}</ul>"))


def verdict_markup(claim: Claim) -> str:
    """Return verdict, reason, grade, dissent and what came since; the evidence, folded."""
    compared = f"in your words: {claim.told}" if claim.in_four_words else NOT_COMPARED
    lines = [
        ("Verdict", f"{claim.judged}: {claim.meaning} ({compared})"),
        ("What the caveat is about", "; ".join(f"{kind} ({CAVEATS[kind]})" for kind in claim.but)),
        ("Why", claim.why),
        ("What this chapter's tables say", tables_say(claim)),
        ("Evidence grade", claim.graded),
        ("Strongest dissent", claim.dissent),
        (f"Since {article.day_in_words()}", claim.what_came),
    ]
    whole = ui.details("The whole reason", _told([("Why", claim.verdict_reason)]))
    return _told(lines) + whole * bool(claim.verdict_in_short) + _evidence_fold(claim)


def _told(lines: list[tuple[str, str]]) -> str:
    """Return named lines as HTML, without the empty ones."""
    return "".join(f"<p><b>{escape(n)}:</b> {escape(text)}</p>" for n, text in lines if text)


def _evidence_fold(claim: Claim) -> str:
    """Return the evidence in a fold of its own: a verdict is read first, its pages on demand."""
    number = len(evidence(claim.claim_id))
    tables = _told([("Tables of the course", ", ".join(claim.related_tables))])
    if not number:  # one sentence needs no fold
        return _evidence_lists(claim) + tables
    counted = f"{number} piece{'' if number == 1 else 's'}"
    return ui.details(f"The evidence: {counted}, with addresses", _evidence_lists(claim) + tables)


def _evidence_lists(claim: Claim) -> str:
    rows = evidence(claim.claim_id)
    if rows.empty:
        return f"<p>{NO_VALUE_LOOKED_UP if claim.is_value else NO_PAGE_FOUND}</p>"
    came_later = rows["relation"] == LATER
    written_later = ~came_later & (rows["date"].fillna("") > article.iso_day())
    lists = {
        f"Evidence as of {article.day_in_words()}": ~came_later & ~written_later,
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
    notes = dict.fromkeys(said["source note"].split("; "))
    details = [
        _page(said),
        escape(_dates(said)),
        escape(SOURCE_CLASSES[said["source class"]]),
        *map(escape, notes),
        escape(STATUSES[said["status"]]),
        escape(said["evidence"]),
    ]
    told = "; ".join(text for text in details if text)
    return f"<li><b>{escape(said['relation'])}</b>: {escape(said['finding'])} ({told})</li>"


def _page(said: dict[str, str]) -> str:
    """Return who published a page, under which label, and a link to it, as HTML.

    The publisher is the link where no title was recorded, so that no link says less than that.
    """
    publisher, title, address = said["publisher"], said["title"], said["address"]
    if not (publisher or title or address):
        return "no page seen"
    label = f", {escape(label_told(said['label']))}" if said["label"] else ""
    missing = "" if address else " (no address recorded)"
    if not title:
        return f"{ui.link(address, publisher or 'publisher not recorded')}{label}{missing}"
    named = escape(publisher or "publisher not recorded")
    return f"{named}{label}: {ui.link(address, title)}{missing}"


def label_told(label: str) -> str:
    """Return a publisher's label as cards print it: ``state media (X)``."""
    kind, _, country = label.partition(", ")
    return f"{kind} ({article.short(country)})" if country else kind


def _dates(said: dict[str, str]) -> str:
    """Return when a page appeared and, where that is not the same, when what it tells was so."""
    page, fact = said["date"], said["date of the fact"]
    if not page and not fact:
        return "date not recorded" if said["address"] or said["title"] else ""
    if not fact:
        return page
    published = f"published {page}" if page else "date of the page not recorded"
    return (
        f"{published}, about "
        f"{'something that does not change from day to day' if fact == STANDING else fact}"
    )
