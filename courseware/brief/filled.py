"""What the journal gives to a brief: a few lines to begin with, and everything to copy from."""

import re
from collections.abc import Iterator

from IPython.display import HTML

from courseware import article, claims, ui
from courseware.brief.balance import first_and_last
from courseware.brief.brief_markdown import Text
from courseware.brief.calibration import is_right, made
from courseware.journal.format import Entry
from courseware.journal.kept_pictures import Kept, all_kept, caption, markdown_link
from courseware.journal.notices import tell
from courseware.journal.phrases import SPOT_ON, is_near, outcome_text, share_off
from courseware.journal.phrases import as_markdown as plain
from courseware.journal.records import all_entries
from courseware.journal.store import Store, current_store
from courseware.quantities import num, quantity
from courseware.verdicts import BUT, FAILS, HOLDS, IMPRECISE, told

CLAIMS, SURE = "My claims and their evidence", "How sure I was, and am"
CHARTS, SOURCES = "Charts", "Sources"
BEGUN_WITH = 4  #: claims that a new brief begins with, half of them disputed
MOST = 3  #: predictions that are shown
MOST_WORDS = 150  #: that a new brief begins with, of the 800 that it may have
COPY = "stored copy without headline"  # what the course has of the article
_PER_CENT = "\N{NO-BREAK SPACE}%"
_FITTING = {HOLDS: "supports", BUT: "qualifies", FAILS: "contradicts"}


def sections(store: Store) -> dict[str, list[str]]:
    """Return what a new brief begins with: of each section its cells, as Markdown.

    The words that count are at most ``MOST_WORDS``.
    """
    kept = all_kept(store)
    sure = _confidence([entry for entry in all_entries() if entry.current])
    bullets, used = [], []
    left = MOST_WORDS - _words(sure)
    for row in _begun_with():
        bullet, address = _judged(row, short=True)
        left -= _words([bullet])
        if left < 0:
            break
        bullets.append(bullet)
        used += [address] * bool(address)
    sources = [plain(f"{article.cited()}, {COPY}."), *dict.fromkeys(used), *_sources(kept)]
    found = {
        CLAIMS: ["\n".join(bullets)],
        SURE: ["\n".join(sure)],
        CHARTS: [f"{markdown_link(chart)}\n\n*{plain(caption(chart))}*" for chart in kept],
        SOURCES: ["\n".join(f"- {line}" for line in sources)],
    }
    return {heading: cells for heading, cells in found.items() if any(cells)}


def show_material() -> HTML:
    """Show what the journal holds for a brief, to copy from. Running it again brings it up to date.

    Verdicts with evidence that fits them, confidence in the theses, predictions that were far
    off, what was said in discussions, and the charts that were kept.
    """
    store = current_store()
    entries = [entry for entry in all_entries() if entry.current]
    kept = all_kept(store)
    tell(store.take_notices())
    rows = claims.compared().sort_values("steps", ascending=False, kind="stable")
    parts = {
        "My verdicts, the most disputed first": [_judged(r)[0] for r in rows.to_dict("records")],
        "How sure I was of the theses": _confidence(entries),
        "My predictions that were furthest off": _guesses(),
        "What I said in discussions": _talk(entries),
        "Charts that I kept, each with the line that shows it": [_to_copy(k) for k in kept],
    }
    folds = [
        ui.details(heading, Text("\n\n".join(lines), store.folder).html(below=4))
        for heading, lines in parts.items()
        if lines
    ]
    body = "".join(folds) or "<p>Your journal holds nothing yet that a brief could use.</p>"
    return HTML(ui.card("From your journal, to copy from", body))


def _words(lines: list[str]) -> int:
    return sum(len(line.split()) for line in lines)


def _begun_with() -> list[dict]:
    """Return verdicts furthest from the course's and alike, by turns; the surest first."""
    own = claims.compared().sort_values("how sure", ascending=False, kind="stable")
    apart = own[own["steps"] > 0].sort_values("steps", ascending=False, kind="stable")
    halves = [apart, own[own["steps"] == 0]]
    return [row for half in halves for row in half.head(BEGUN_WITH // 2).to_dict("records")]


def _judged(row: dict, *, short: bool = False) -> tuple[str, str]:
    """Return a bullet on one verdict, with evidence that fits it, and where that is from."""
    claim, sure = claims.get(row["claim"]), row["how sure"]
    found, where, address = _evidence(claim.claim_id, row["my verdict"])
    said = told(row["my verdict"], row["but"])
    said += f" ({num(sure):.0f}{_PER_CENT} sure)" if sure == sure else ""
    # what the course calls imprecise is named even where the student agrees
    differs = row["steps"] > 0 or claim.verdict == IMPRECISE
    course = f" The course: {claim.told}." if differs else ""
    evidence = f" Evidence: {where}." if short else f" Evidence: {found} ({where})."
    bullet = f"- **{claim.claim_id}.** {plain(claim.summary)} I say: {said}.{course}"
    return bullet + evidence * bool(where), address


def _evidence(claim_id: str, verdict: str) -> tuple[str, str, str]:
    """Return one piece of evidence that fits the verdict, its publisher and date, its address."""
    rows = claims.evidence(claim_id)
    rows = rows[(rows["relation"] == _FITTING.get(verdict)) & rows["publisher"].notna()]
    if rows.empty:
        return "", "", ""
    row = rows.iloc[0].fillna("")
    title, publisher, date, url = (row[n] for n in ("title", "publisher", "date", "address"))
    source = ", ".join(plain(part) for part in (publisher, title, date) if part)
    if url.startswith(("http://", "https://")):
        source += f", <{url}>"
    where = ", ".join(plain(part) for part in (publisher, date) if part)
    return plain(row["finding"]).rstrip("."), where, source


def _confidence(entries: list[Entry]) -> list[str]:
    """Return a bullet per thesis: first and last poll, never merged into one number."""
    lines = []
    for id in article.theses().values():
        if not any((entry.id, entry.kind) == (id, "poll") for entry in entries):
            continue
        said = first_and_last(id)
        if not said:
            lines.append(f"- **{id}**: I passed each time.")
            continue
        (when, sure), *later = said
        line = f"- **{id}**: {when} {num(sure):.0f}{_PER_CENT} sure"
        line += "".join(f", {when} {num(sure):.0f}{_PER_CENT}" for when, sure in later)
        lines.append(f"{line}.")
    return lines


def _guesses() -> list[str]:
    """Return bullets on the predictions that were furthest off, numbers first."""
    choices, numbers = made()
    missed = [e for e in numbers if not is_near(e.answer, e.outcome.value, SPOT_ON)]
    far = sorted(missed, key=_off, reverse=True)
    lines = []
    for entry in [*far, *(e for e in choices if not is_right(e))][:MOST]:
        said, was = quantity(entry.answer, entry.unit, 4), outcome_text(entry)
        lines.append(f"- {plain(entry.question)} I said: {plain(said)}. It was: {plain(was)}.")
    return lines


def _off(entry: Entry) -> float:
    return share_off(entry.answer, entry.outcome.value)


def _talk(entries: list[Entry]) -> list[str]:
    """Return each answer in a discussion as a quotation under its prompt."""
    return [
        f"**{plain(entry.question)}**\n\n{_quoted(entry.answer)}"
        for entry in entries
        if entry.kind == "answer" and not entry.passed
    ]


def _quoted(words: str) -> str:
    """Return the student's words as a quotation; nothing in them opens a comment or a heading."""
    lines = re.sub(r"^(\s*)#", r"\1\\#", words.replace("<!--", "<! --"), flags=re.MULTILINE)
    return "\n".join(f"> {line}".rstrip() for line in lines.splitlines())


def _to_copy(kept: Kept) -> str:
    return f"{markdown_link(kept)}\n\n{plain(caption(kept))}\n\n`{markdown_link(kept)}`"


def _sources(kept: list[Kept]) -> Iterator[str]:
    """Yield the sources of the kept charts, each once."""
    for source in dict.fromkeys(k.source.removeprefix("Source: ") for k in kept if k.source):
        yield plain(source)
