"""The brief: a page or two of the student's own, begun from what the journal holds.

``start_brief`` writes a Markdown file once; from then on it belongs to the student, and nothing
here writes to it again. Hints stand in comments, which no reader of the brief sees.
"""

import hashlib
import math
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path

from IPython.display import HTML

from courseware import claims, ui
from courseware.journal.format import Entry
from courseware.journal.notices import tell
from courseware.journal.phrases import as_markdown as plain
from courseware.journal.phrases import outcome_text
from courseware.journal.pictures import Kept, all_kept, caption, markdown_link
from courseware.journal.quantities import quantity
from courseware.journal.records import all_entries, trend
from courseware.journal.store import Store, current_store, write_atomically
from courseware.verdicts import BUT, FAILS, HOLDS, IMPRECISE, told

MOST = 3  #: how many claims, and how many predictions, are filled in of each sort
NO_TITLE = "The title of my brief"
ARTICLE = "John Dobson, opinion column, 28 May 2023, stored copy without headline."
CLAIMS, SURE, GUESSES = (
    "My claims and their evidence",
    "How sure I was, and am",
    "Where I was far off",
)
TALK, CHARTS, SOURCES = "What I said in discussions", "Charts", "Sources"
#: Every section of a brief and what its writer should know.
SECTIONS = {
    "Question": "The one question that your brief answers, in one sentence.",
    "My answer in one sentence": "Say what you found, so that somebody could disagree with it.",
    CLAIMS: (
        "Three to five claims, each with the evidence for it. What is filled in comes from your "
        "verdicts: keep what your answer rests on, delete the rest."
    ),
    "The strongest counter-argument": (
        "The best case against your answer, as its defenders would put it, and what you reply."
    ),
    "What would change my mind": (
        "Something that could be observed, with a date: if it happened, you would think otherwise."
    ),
    "What happened since": (
        "What has come to light after 28 May 2023 that bears on your answer, and what it weighs."
    ),
    SURE: "Your confidence in the two theses, kept apart. Say what moved you, or why nothing did.",
    GUESSES: "The predictions that were furthest off. What did you assume that was not so?",
    TALK: "Your own words from the discussions. Use what helps, delete the rest.",
    CHARTS: (
        "The charts that your answer rests on. Keep one with journal.keep_chart('why'), or with "
        "the button under an explorer."
    ),
    SOURCES: "Whatever you used, so that a reader can find it.",
}
#: Without these a text is no brief.
NEEDED = tuple(list(SECTIONS)[:6])
_PER_CENT = "\N{NO-BREAK SPACE}%"
_FITTING = {HOLDS: "supports", BUT: "qualifies", FAILS: "contradicts"}
_MARK = re.compile(r"<!-- no-limits-brief ([0-9a-f]{16}) -->\n")
_HOW = (
    "Write under each heading. Lines like this one are hints: your reader never sees them. "
    "Save with Ctrl+S (on a Mac Cmd+S), then run journal.show_brief() in a notebook."
)


def start_brief() -> HTML:
    """Write ``brief.md`` into the journal, begun from what it holds, and say how to open it.

    A brief in which something was written is never touched: the new one is then ``brief-2.md``.
    """
    store = current_store()
    text = template(store)
    tell(store.take_notices())
    try:
        with store.turn():
            path = next((p for p in store.briefs() if is_untouched(p)), None)
            path = path or store.free_brief()
            write_atomically(path, text)
    except OSError:
        body = (
            "<p>The journal's folder cannot be written here: it is read-only, full or missing.</p>"
        )
        return HTML(ui.card("The brief could not be begun", body, "care"))
    folder = escape(store.folder.name)
    body = (
        f"<p>Your brief is <b>{folder}/{path.name}</b>. In the file browser on the left, open the "
        f"folder <b>{folder}</b> at the top of the course and double-click <b>{path.name}</b>: it "
        "opens as plain text (Markdown). Write under each heading; lines between &lt;!-- and "
        "--&gt; are hints that no reader sees. Save with Ctrl+S (on a Mac Cmd+S).</p>"
        "<p>To see it as your reader will, run <code>journal.show_brief()</code>.</p>"
    )
    others = [other.name for other in store.briefs() if other != path]
    if others:
        body += f"<p>What you wrote in {', '.join(others)} is as you left it.</p>"
    return HTML(ui.card("Your brief is begun", body, "good"))


def is_untouched(path: Path) -> bool:
    """Return whether a brief is still as `start_brief` wrote it, so that no word can be lost."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    match = _MARK.match(text)
    return bool(match) and match[1] == _fingerprint(text[match.end() :])


def _fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def template(store: Store) -> str:
    """Return the Markdown of a new brief, filled in with what the journal holds."""
    entries, kept = [entry for entry in all_entries() if entry.current], all_kept(store)
    judged, used = _claims()
    filled = {
        CLAIMS: judged,
        SURE: _confidence(entries),
        GUESSES: _guesses(entries),
        TALK: _talk(entries),
        CHARTS: [f"{markdown_link(k)}\n\n*{plain(caption(k))}*" for k in kept],
        SOURCES: ["\n".join(f"- {line}" for line in [plain(ARTICLE), *used, *_sources(kept)])],
    }
    parts = [f"<!-- {_HOW} -->", f"# {NO_TITLE}"]
    for heading, hint in SECTIONS.items():
        parts += [f"## {heading}", f"<!-- {hint} -->", *filled.get(heading, [])]
    body = "\n\n".join(parts) + "\n"
    return f"<!-- no-limits-brief {_fingerprint(body)} -->\n{body}"


def _claims() -> tuple[list[str], list[str]]:
    """Return bullets on the verdicts furthest from and nearest to the course's; and their sources.

    Of equal distances those come first of which the student was surest.
    """
    own = claims.compared().sort_values("how sure", ascending=False, kind="stable")
    apart = own[own["steps"] > 0].sort_values("steps", ascending=False, kind="stable")
    groups = {
        "Where I differ most from the course": apart,
        "Where the course and I agree": own[own["steps"] == 0],
    }
    parts, used = [], []
    for heading, group in groups.items():
        bullets = []
        for row in group.head(MOST).to_dict("records"):
            bullet, address = _judged(row)
            bullets.append(bullet)
            used += [address] * bool(address)
        if bullets:
            parts += [f"### {heading}", "\n".join(bullets)]
    return parts, list(dict.fromkeys(used))


def _judged(row: dict) -> tuple[str, str]:
    """Return a bullet on one verdict, with evidence that fits it, and where that is from."""
    claim, sure = claims.get(row["claim"]), row["how sure"]
    found, address = _evidence(claim.claim_id, row["my verdict"])
    said = told(row["my verdict"], row["but"])
    said += f" ({sure:.0f}{_PER_CENT} sure)" if sure == sure else ""
    # what the course calls imprecise is named even where the student agrees
    differs = row["steps"] > 0 or claim.verdict == IMPRECISE
    course = f" The course: {claim.told}." if differs else ""
    return f"- **{claim.claim_id}.** {plain(claim.summary)} I say: {said}.{course}{found}", address


def _evidence(claim_id: str, verdict: str) -> tuple[str, str]:
    """Return one piece of evidence that fits the student's verdict, and where it is from."""
    rows = claims.evidence(claim_id)
    rows = rows[(rows["relation"] == _FITTING.get(verdict)) & rows["publisher"].notna()]
    if rows.empty:
        return "", ""
    row = rows.iloc[0].fillna("")
    title, publisher, date, url = (row[n] for n in ("title", "publisher", "date", "address"))
    source = ", ".join(plain(part) for part in (publisher, title, date) if part)
    if url.startswith(("http://", "https://")):
        source += f", <{url}>"
    where = ", ".join(plain(part) for part in (publisher, date) if part)
    return f" Evidence: {plain(row['finding']).rstrip('.')} ({where}).", source


def _confidence(entries: list[Entry]) -> list[str]:
    """Return a bullet per thesis: first and last poll, never merged into one number."""
    lines = []
    for id in ("T1", "T2"):
        said = next((e.question for e in reversed(entries) if (e.id, e.kind) == (id, "poll")), None)
        if said is None:
            continue
        polls = trend(id).dropna(subset=["confidence"])
        if polls.empty:
            lines.append(f"- **{id}. {plain(said)}** I passed each time.")
            continue
        first, last = polls.iloc[0], polls.iloc[-1]
        line = f"- **{id}. {plain(said)}** {first['moment'].capitalize()}: "
        line += f"{first['confidence']:.0f}{_PER_CENT} sure."
        if len(polls) > 1:
            change = last["confidence"] - first["confidence"]
            way = (
                f"{abs(change):.0f} points {'up' if change > 0 else 'down'}"
                if change
                else "as before"
            )
            line += f" Now ({last['moment']}): {last['confidence']:.0f}{_PER_CENT} sure, {way}."
        lines.append(line)
    return ["\n".join(lines)] if lines else []


def _guesses(entries: list[Entry]) -> list[str]:
    """Return bullets on the predictions that were furthest off, numbers first."""
    made = [e for e in entries if e.kind == "prediction" and e.outcome and not e.passed]
    made = [e for e in made if not e.current.late and not e.in_own_words]
    numbers = [e for e in made if {type(e.answer), type(e.outcome.value)} == {float}]
    off = sorted((e for e in numbers if _off(e) > 0.001), key=_off, reverse=True)
    other = [e for e in made if e not in numbers and str(e.answer) != str(e.outcome.value)]
    lines = []
    for entry in [*off, *other][:MOST]:
        said, was = quantity(entry.answer, entry.unit, 4), outcome_text(entry)
        lines.append(f"- {plain(entry.question)} I said: {plain(said)}. It was: {plain(was)}.")
    return ["\n".join(lines)] if lines else []


def _off(entry: Entry) -> float:
    """Return the distance of a prediction from its outcome, as a share of the outcome."""
    gap, outcome = abs(entry.answer - entry.outcome.value), abs(entry.outcome.value)
    if outcome:
        return gap / outcome
    return math.inf if gap else 0.0


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


def _sources(kept: list[Kept]) -> Iterator[str]:
    """Yield the sources of the kept charts, each once."""
    for source in dict.fromkeys(k.source.removeprefix("Source: ") for k in kept if k.source):
        yield plain(source)
