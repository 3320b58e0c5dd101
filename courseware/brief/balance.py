"""The end of the course: where the student stood and stands, and how sure they were when alike."""

from html import escape

import pandas as pd
from IPython.display import HTML

from courseware import article, claims, ui
from courseware.brief import verdict_picture
from courseware.brief.calibration import how_i_predicted
from courseware.brief.end_figures import bars, curve
from courseware.brief.verdict_picture import MOST_NAME, ended
from courseware.journal.format import JournalError
from courseware.journal.own_files import link, page, write
from courseware.journal.records import trend
from courseware.journal.store import current_store
from courseware.quantities import num
from courseware.verdicts import UNKNOWN, told

#: How sure somebody was, in per cent: from here on, and what it is called.
BANDS = ((80, "80 % or more"), (60, "60 to 79 %"), (0, "less than 60 %"))
FEW = 5  #: verdicts: fewer say nothing about how well somebody knows what they know
NOT_COUNTED = (
    "We left out the claims that the course calls impossible to know or has not checked. We also "
    "left out your verdicts for which you did not say how sure you were."
)
COURSE_MAY_BE_WRONG = (
    "These numbers show how often you and the course agreed, but agreeing earns no marks. The "
    "course's verdicts come from a few readers, who used certain sources and wrote down their "
    "rules. Each verdict comes with a dissent, and some dissents may be better than the verdict. "
    "What you can learn here is whether you were most sure where you had the best reasons."
)
_PAGE = "My verdicts"
_NO_POLL = (
    "Your journal does not say how sure you were of a thesis, so there is nothing to compare."
)
_NO_VERDICT = (
    "Your journal holds no verdict that can be compared with ours and for which you said how sure "
    "you were."
)


def closing(name: str = "") -> HTML:
    """Show the end as a picture and in words, and write it as a page and a picture.

    It is read from the journal when the cell runs. Nothing in it leaves this computer.

    Args:
        name: a name to stand on the picture; without it there is none.

    Raises:
        JournalError: the name has more than 30 letters, or more than one line.

    """
    if len(name) > MOST_NAME or not name.isprintable():
        raise JournalError(
            f"This name is too long or has several lines. Give a name of at most {MOST_NAME} "
            "letters, on one line."
        )
    end = ended()
    drawn, body = verdict_picture.picture(end, name), _told()
    shown, files = bars(end, drawn), ""
    if end.own:
        told = f"<h1>{_PAGE}</h1>{shown}{body}\n"
        files = _written({"html": page(_PAGE, told), "png": drawn}, name)
    return HTML(shown + files + body)


def _written(contents: dict[str, str | bytes], name: str) -> str:
    """Write page and picture, by ending, into the folder of exports; return a card.

    ``name`` is what stands on them, or empty.
    """
    named = {f"my-verdicts.{ending}": content for ending, content in contents.items()}
    try:
        paths = write(current_store().export_folder, named)
    except JournalError as problem:
        return ui.card("No file was written", f"<p>{escape(str(problem))}</p>", "care")
    read, sent = (link(path, path.name) for path in paths)
    whose = (
        f"Both files show the name {escape(name)}."
        if name
        else ('Neither file shows a name. To add one, run <code>journal.closing(name="…")</code>.')
    )
    return ui.card(
        "Your verdicts as a picture and a page",
        f"<p>{sent} is the picture above, and {read} is a page with everything that this cell "
        f"shows. The files were made on this computer and were not sent anywhere. {whose}</p>",
        "good",
    )


def in_the_end() -> dict[str, list[str]]:
    """Return what the end says, in sentences under their headings."""
    return {
        "Where I stood, and where I stand": where_i_stood(),
        "What I predicted, and what happened": how_i_predicted(),
        "How sure I was, and how often I agreed with the course": how_sure_i_was(),
    }


def _told() -> str:
    """Return the curve of confidence, what the end says, and where two verdicts differ."""
    cards = (
        ui.card(heading, "".join(f"<p>{escape(line)}</p>" for line in lines), "good")
        for heading, lines in in_the_end().items()
    )
    return curve() + "".join(cards) + _differences()


def _differences() -> str:
    """Return a fold with the claims on which the student and the course differ."""
    apart = claims.compared().query("steps > 0")
    if apart.empty:
        return ""
    known = [claims.get(claim_id) for claim_id in apart["claim"]]
    table = pd.DataFrame(
        {
            "claim": [f"{claim.claim_id} · {claim.short_label}" for claim in known],
            "I say": [told(*row) for row in apart[["my verdict", "but"]].itertuples(index=False)],
            "the course says": [claim.told for claim in known],
        }
    )
    caption = f"Where the course and I differ: {len(table)} claims"
    return ui.details(caption, ui.table(table, caption))


def where_i_stood() -> list[str]:
    """Return a sentence a thesis: the first confidence and the last."""
    lines = []
    for thesis in article.theses().values():
        said = [f"{num(sure):.0f} % sure ({when})" for when, sure in first_and_last(thesis)]
        lines += [f"{thesis}: you were {' and then '.join(said)}."] * bool(said)
    return lines or [_NO_POLL]


def first_and_last(thesis: str) -> list[tuple[str, float]]:
    """Return when and how sure somebody was, in per cent: first and last, once, or not at all."""
    said = trend(thesis).dropna(subset=["confidence"])[["moment", "confidence"]]
    said = list(said.itertuples(index=False, name=None))
    return said[:1] + said[1:][-1:]


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
            lines.append(
                f"When you said {name}, you agreed with the course in {same} of {len(band)} "
                "verdicts."
            )
    if len(own) < FEW:
        lines.append(
            f"Only {len(own)} of your verdicts can be compared with ours, so these numbers say "
            "little."
        )
    return [*lines, NOT_COUNTED, COURSE_MAY_BE_WRONG]
