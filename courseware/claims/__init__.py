"""The claim register: look a claim up, tabulate claims, put one on trial.

Every claim of the article has an id (C01 to C84), the paragraph it comes from, a kind, and the
course's verdict as of that day. What a student sees first never gives a verdict away: it is
folded on cards, and ``trial`` opens it only after the student has judged.

In a chapter::

    claims.show_table("02")
    claims.card("C09")
    claims.piece("E039")
    claims.trial("C09")
    claims.verdict_table("02")
"""

from courseware.claims.cards import card, card_markup, piece, show_table
from courseware.claims.home import verdict_table
from courseware.claims.register import (
    GRADES,
    LATER,
    Claim,
    ClaimError,
    UnknownClaimError,
    evidence,
    get,
    outline,
    register,
    select,
    table,
)
from courseware.claims.trial import Trial, compared, own_verdicts, trial
from courseware.verdicts import (
    BUT,
    CAVEATS,
    COURSE_SAYS,
    FAILS,
    HOLDS,
    MEANINGS,
    UNKNOWN,
    VERDICTS,
    distance,
)

__all__ = [
    "BUT",
    "CAVEATS",
    "COURSE_SAYS",
    "FAILS",
    "GRADES",
    "HOLDS",
    "LATER",
    "MEANINGS",
    "UNKNOWN",
    "VERDICTS",
    "Claim",
    "ClaimError",
    "Trial",
    "UnknownClaimError",
    "card",
    "card_markup",
    "compared",
    "distance",
    "evidence",
    "get",
    "outline",
    "own_verdicts",
    "piece",
    "register",
    "select",
    "show_table",
    "table",
    "trial",
    "verdict_table",
]
