"""The words of a verdict, how far apart two of them lie, and how each looks."""

from typing import NamedTuple

from courseware import palette

HOLDS, CAVEAT, FAILS, UNKNOWN = (
    "holds",
    "holds with a caveat",
    "does not hold",
    "cannot be known",
)
#: What a student can say of a claim. The first three are steps on one scale, the last is not.
VERDICTS = (HOLDS, CAVEAT, FAILS, UNKNOWN)
PASS = "pass"  #: what stands in a table where a student did not want to judge

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
NOT_CHECKED = "not checked by us"
#: The words of today's register in the student's. None: the course has not checked the claim, so
#: there is nothing to compare; that is never counted as "cannot be known". `IN_FOUR_WORDS` keeps
#: the words and values of 0.1.0, because exercises handed out then import it.
COURSE_SAYS: dict[str, str | None] = {**IN_FOUR_WORDS, NOT_CHECKED: None}
NOT_COMPARED = "not compared"  #: what stands where a verdict of the course in four words would
MEANINGS = {
    "accurate": "what it says agrees with the evidence",
    "accurate with caveat": "its core agrees with the evidence, but something must be added",
    "imprecise": "roughly there, but a number, date, actor or quantifier is off",
    "misleading": "parts are true, the whole gives a wrong picture",
    "wrong": "the evidence contradicts it",
    "not checkable": "a motive or cause that no page can settle",
    "opinion": "a judgement of value, which evidence alone cannot settle",
    NOT_CHECKED: "it could be checked, and we have not done so",
}
#: The kinds of a caveat (column ``but`` of the register), in words.
CAVEATS = {
    "date": "when, how long or since when",
    "reporter": "who counts: somebody else counts otherwise",
    "unit": "what is counted, from which base, or how it is rounded",
    "wording": "a word says more, or something else, than the evidence",
    "speaker": "who said it, or whose words they are",
    "quantifier": "how many, how often or how far",
}


class Look(NamedTuple):
    """How a verdict looks in a picture: shape and letter say what the colour says."""

    colour: str
    marker: str
    letter: str


LOOKS = {
    HOLDS: Look(palette.HOLDS, "o", "H"),
    CAVEAT: Look(palette.CAVEAT, "h", "C"),
    FAILS: Look(palette.FAILS, "X", "F"),
    UNKNOWN: Look(palette.UNKNOWN, "s", "?"),
    PASS: Look(palette.PASSED, "o", "P"),
}


def steps(own: str, course: str) -> float:
    """Return how many steps two verdicts lie apart; "cannot be known" lies beside the scale."""
    if own != course and UNKNOWN in (own, course):
        return 1.5
    return abs(VERDICTS.index(own) - VERDICTS.index(course))


def distance(own: str | None, course: str | None) -> str:
    """Say in plain words how far a student's verdict (None: pass) is from the course's.

    Args:
        own: one of ``VERDICTS``, or None.
        course: one of ``VERDICTS``: ``get(...).in_four_words``; None: not checked by us.

    """
    if own is None:
        return "You passed. A pass is an answer, and there is nothing to compare."
    if course is None:
        return "The course has not checked this claim, so there is nothing to compare."
    return {
        0: "The same: you and the course agree.",
        1: "Neighbouring: one step apart. Ask what the step turns on.",
        1.5: (
            "A different kind of answer: one of you says that evidence settles this claim, "
            "the other that it cannot. Ask what would have to be known."
        ),
        2: "Far apart: one of you says that the claim holds, the other that it does not.",
    }[steps(own, course)]
