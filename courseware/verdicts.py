"""The words of a verdict, how far apart two of them lie, and how each looks."""

from collections.abc import Collection
from typing import NamedTuple

from courseware import palette

HOLDS, BUT, FAILS, UNKNOWN = "holds", "holds, but", "does not hold", "cannot be known"
#: What a student can say of a claim. The first three are steps on one scale, the last is not.
VERDICTS = (HOLDS, BUT, FAILS, UNKNOWN)
PASS = "pass"  #: what stands in a table where a student did not want to judge
IMPRECISE, NOT_CHECKED = "imprecise", "not checked by us"
OPINION, NOT_CHECKABLE = "opinion", "not checkable"
#: The course's words in the student's four. "Imprecise" means roughly there, with a number, date,
#: actor or quantifier that is off: the core holds, so it counts as a caveat, not a failure.
#: "Misleading" means true parts and a wrong whole: what the reader is led to believe fails.
#: None: the course has not checked the claim, so there is nothing to compare; that is never
#: counted as "cannot be known".
COURSE_SAYS: dict[str, str | None] = {
    "accurate": HOLDS,
    "accurate with caveat": BUT,
    IMPRECISE: BUT,
    "misleading": FAILS,
    "wrong": FAILS,
    NOT_CHECKABLE: UNKNOWN,
    OPINION: UNKNOWN,
    NOT_CHECKED: None,
}
NOT_COMPARED = "not compared"  #: what stands where a verdict of the course would
MEANINGS = {
    "accurate": "what it says agrees with the evidence",
    "accurate with caveat": "its core agrees with the evidence, but something must be added",
    "imprecise": "roughly right, but a number, date, actor or quantifier is off",
    "misleading": "parts are true, but the whole gives a wrong picture",
    "wrong": "the evidence contradicts it",
    NOT_CHECKABLE: "a motive, a cause or a forecast that no page can settle",
    OPINION: "a judgement of value, which evidence alone cannot settle",
    NOT_CHECKED: (
        "it could be checked, but we have not done so, and this says nothing about the claim"
    ),
}
#: Types of claim that go further than a report. The course calls them readings, not values.
READINGS = ("interpretation", "prediction")
A_READING = "a reading"
READING_MEANS = "it interprets the facts, and no evidence that we found settles it"
#: How far evidence can settle a claim (column ``checkable``) that cannot be known.
HOW_FAR = {
    "no": "by nature",
    "partly": "in part: some of it can be checked, and the reason says with what result",
}
#: What "holds, but" can be about (column ``but`` of the register), in words.
CAVEATS = {
    "date": "when, how long or since when",
    "reporter": "who counts: another source has a different figure",
    "unit": "what is counted, from which base, or how it is rounded",
    "wording": "a word says more than the evidence, or something else",
    "speaker": "who said it, or whose words they are",
    "quantifier": "how many, how often or how far",
}
#: The same, short enough to choose from.
CAVEATS_IN_SHORT = {
    "date": "when",
    "reporter": "who counts",
    "unit": "what is counted",
    "wording": "a word is too strong",
    "speaker": "who said it",
    "quantifier": "how many",
}


class Look(NamedTuple):
    """How a verdict looks in a picture: shape and letter say what the colour says."""

    colour: str
    marker: str
    letter: str


LOOKS = {
    HOLDS: Look(palette.HOLDS, "o", "H"),
    BUT: Look(palette.CAVEAT, "h", "B"),
    FAILS: Look(palette.FAILS, "X", "F"),
    UNKNOWN: Look(palette.UNKNOWN, "s", "?"),
    PASS: Look(palette.PASSED, "o", "P"),
}


def steps(own: str, course: str, but: str | None = None, kinds: Collection[str] = ()) -> float:
    """Return how many steps two verdicts lie apart; "cannot be known" lies beside the scale.

    Args:
        own: the student's verdict, one of ``VERDICTS``.
        course: the course's, one of ``VERDICTS``.
        but: what the student's "holds, but" is about.
        kinds: every kind that the course names (``get(...).but``): naming any one agrees.

    """
    if own == course == BUT:
        return 0 if but in kinds else 1
    if own != course and UNKNOWN in (own, course):
        return 1.5
    return abs(VERDICTS.index(own) - VERDICTS.index(course))


def distance(
    own: str | None, course: str | None, but: str | None = None, kinds: Collection[str] = ()
) -> str:
    """Say in plain words how far a student's verdict (None: pass) is from the course's.

    Args:
        own: one of ``VERDICTS``, or None.
        course: one of ``VERDICTS``: ``get(...).in_four_words``; None: not checked by us.
        but: what the student's "holds, but" is about, as for `steps`.
        kinds: what the course's "holds, but" is about, as for `steps`.

    """
    if own is None:
        return "You passed. A pass is an answer, and there is nothing to compare."
    if course is None:
        return "The course has not checked this claim, so there is nothing to compare."
    apart = steps(own, course, but, kinds)
    if own == course == BUT:
        return _on_the_caveat(but, kinds, same=apart == 0)
    return {
        0: "You and the course agree.",
        1: (
            "Your verdict is one step away from the course's. Ask yourself which "
            "evidence explains the difference."
        ),
        1.5: (
            "You and the course give different kinds of answers. One of you says that evidence "
            "settles this claim, and the other says that it cannot. Ask yourself what you would "
            "have to know to decide."
        ),
        2: (
            "You and the course are far apart. One of you says that the claim holds, and the other "
            "says that it does not."
        ),
    }[apart]


def _on_the_caveat(but: str, kinds: Collection[str], *, same: bool) -> str:
    """Compare what two caveats are about."""
    if not same:
        return (
            f"You and the course both say “{BUT}”, but each “but” is about something else. You: "
            f"{but}. The course: {', '.join(kinds)}. Ask yourself which of these matters more here."
        )
    more = [kind for kind in kinds if kind != but]
    rest = f" The course also names: {', '.join(more)}." if more else ""
    return f"You and the course agree, and the “but” is about the same thing: {but}.{rest}"


def told(verdict: str, but: str | None = None) -> str:
    """Return a student's verdict in words: ``holds``, ``holds, but (date)``."""
    return f"{BUT} ({but})" if verdict == BUT else verdict


def course_told(verdict: str, kinds: Collection[str] = ()) -> str:
    """Return the course's verdict in the student's words, with what a reader must not miss.

    *Imprecise* is never told as if it were a mere caveat: ``holds, but (imprecise: quantifier)``.
    """
    words = COURSE_SAYS[verdict]
    if words is None:
        return f"{NOT_COMPARED}: {NOT_CHECKED}"
    about = ", ".join(kinds)
    if verdict == IMPRECISE:
        about = f"{IMPRECISE}: {about}"
    return f"{words} ({about})" if words == BUT else words
