"""The end of the course: where the student stood and stands, and how sure they were when alike."""

from html import escape

import pandas as pd
from IPython.display import HTML

from courseware import article, claims, ui
from courseware.brief.calibration import how_i_predicted
from courseware.journal.records import trend
from courseware.quantities import num
from courseware.verdicts import UNKNOWN

#: How sure somebody was, in per cent: from here on, and what it is called.
BANDS = ((80, "80 % or more"), (60, "60 to 79 %"), (0, "less than 60 %"))
FEW = 5  #: verdicts: fewer say nothing about how well somebody knows what they know
NOT_COUNTED = (
    "Left out are claims of which the course says that they cannot be known or that it did not "
    "check, and verdicts of yours that do not say how sure you were."
)
COURSE_MAY_BE_WRONG = (
    "This is agreement, not calibration: only predictions have outcomes. And to agree with the "
    "course is no mark. Its verdicts are those of a few readers, by the sources "
    "that they had and by rules that they wrote down; each comes with a dissent, and some of these "
    "may be the better verdict. What you can learn here is whether you were surest where you had "
    "most reason to be."
)
_NO_POLL = "Your journal holds no confidence in T1 or T2, so nothing can be compared."
_NO_VERDICT = "Your journal holds no verdict with a confidence on a claim that can be compared."


def closing() -> HTML:
    """Show where the student stood and stands, what came of predictions, and how verdicts agreed.

    It is read from the journal when the cell runs. Nothing in it leaves this computer.
    """
    stood = "".join(f"<p>{escape(line)}</p>" for line in where_i_stood())
    sure = "".join(f"<p>{escape(line)}</p>" for line in how_sure_i_was())
    came = "".join(f"<p>{escape(line)}</p>" for line in how_i_predicted())
    polls = confidences()
    if not polls.empty:
        stood += ui.table(polls, "My confidence, in per cent, when I was asked")
    return HTML(
        ui.card("Where I stood, and where I stand", stood, "good")
        + ui.card("What I predicted, and what came", came, "good")
        + ui.card("How sure I was, and how often I agreed with the course", sure, "good")
    )


def first_and_last(thesis: str) -> list[tuple[str, float]]:
    """Return when and how sure somebody was, in per cent: first and last, once, or not at all."""
    said = trend(thesis).dropna(subset=["confidence"])[["moment", "confidence"]]
    said = list(said.itertuples(index=False, name=None))
    return said[:1] + said[1:][-1:]


def confidences() -> pd.DataFrame:
    """Return the confidence in both theses: moment, T1, T2 (per cent; empty where not said)."""
    polls = {thesis: trend(thesis) for thesis in article.theses().values()}
    columns = [
        poll.dropna(subset=["confidence"]).set_index("moment")["confidence"].rename(thesis)
        for thesis, poll in polls.items()
    ]
    moments = dict.fromkeys(moment for poll in polls.values() for moment in poll["moment"])
    table = pd.concat(columns, axis=1).reindex(list(moments)).dropna(how="all")
    return table.rename_axis("asked").reset_index()


def where_i_stood() -> list[str]:
    """Return a sentence a thesis: the first confidence and the last."""
    lines = []
    for thesis in article.theses().values():
        if said := first_and_last(thesis):
            (when, sure), *later = said
            line = f"{thesis}: {when}, you were {num(sure):.0f} % sure"
            line += "".join(f"; {when}, {num(sure):.0f} %" for when, sure in later)
            lines.append(f"{line}.")
    return lines or [_NO_POLL]


def how_sure_i_was() -> list[str]:
    """Return, for each band of confidence, in how many verdicts the course said the same."""
    own = claims.compared().dropna(subset=["how sure"])
    own = own[own["the course"] != UNKNOWN]
    if own.empty:
        return [_NO_VERDICT, NOT_COUNTED]
    lines, above = [], 101
    for least, name in BANDS:
        band = own[(own["how sure"] >= least) & (own["how sure"] < above)]
        above = least
        if not band.empty:
            same = (band["steps"] == 0).sum()
            lines.append(f"When you said {name}, you agreed in {same} of {len(band)}.")
    if len(own) < FEW:
        lines.append(f"With only {len(own)} of them this says little.")
    return [*lines, NOT_COUNTED, COURSE_MAY_BE_WRONG]
