"""What a chapter leaves for home: which claims, which are still to judge, and our verdicts."""

from collections.abc import Callable
from html import escape

import pandas as pd
from IPython.display import HTML

from courseware import article, ui
from courseware.claims.register import Claim, select, two_digits
from courseware.claims.trial import own_verdicts
from courseware.verdicts import CAVEATS


def verdict_table(chapter: str | int) -> HTML:
    """Return the claims that a chapter leaves for home, and in a fold the course's verdicts.

    The list says what each claims and whether it is still to judge. It is read when the cell runs:
    running it again brings it up to date.

    Raises:
        ClaimError: the register has no claims for that chapter.

    """
    chosen = select(chapter=chapter, core=False)
    if not chosen:
        return HTML("<p>Every claim of this chapter is tried in the room.</p>")
    judged = set(own_verdicts()["claim"])
    left = [claim for claim in chosen if claim.claim_id not in judged]
    return HTML(_to_judge(chosen, left) + verdicts_on(chapter, chosen))


def _to_judge(chosen: list[Claim], left: list[Claim]) -> str:
    """Return the list of the claims for home, and how to judge the first that is left."""
    how = "<p>Now open the course's verdicts.</p>"
    if not left:
        heading = f"For home: you have judged all {len(chosen)}"
    elif left == chosen:
        heading = f"For home: judge these {len(chosen)}"
    else:
        heading = f"For home: judge what is left of these {len(chosen)}, {len(left)} to go"
    if left:
        how = (
            "<p>To put one on trial, click here and press <b>+</b> in the bar above. Into the new "
            f"cell type <code>claims.trial(&quot;{left[0].claim_id}&quot;)</code> and press Shift "
            "+ Enter.</p>"
        )
    items = "".join(
        f"<li><b>{claim.claim_id} · {escape(claim.short_label)}:</b> {escape(claim.summary)} "
        f"({'still to judge' if claim in left else 'judged'})</li>"
        for claim in chosen
    )
    return ui.card(heading, f"<ul>{items}</ul>{how}")


def verdicts_on(
    chapter: str | int,
    chosen: list[Claim],
    table: Callable[[pd.DataFrame, str], str] = ui.table,
) -> str:
    """Return the course's verdicts, folded; ``table`` makes HTML of a frame under a caption."""
    shown = pd.DataFrame(
        {
            "claim": claim.claim_id,
            "paragraph": claim.paragraph,
            "what it says": claim.summary,
            "our verdict": claim.verdict,
            "what the caveat is about": "; ".join(f"{k} ({CAVEATS[k]})" for k in claim.but) or "–",
            "why": claim.verdict_reason,
            "grade": claim.evidence_grade,
            "strongest dissent": claim.dissent,
            "since": claim.what_came,
        }
        for claim in chosen
    )
    caption = (
        f"Chapter {two_digits(chapter)}: the claims for home, judged as of {article.day_in_words()}"
    )
    ids = ", ".join(claim.claim_id for claim in chosen)
    return ui.details(f"The course's verdicts on {ids}: judge first", table(shown, caption))
