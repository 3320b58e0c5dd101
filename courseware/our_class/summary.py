"""The card that a class's journals show of themselves: what was asked, said, and came out.

The tables of `Tallies` have a column for every figure, for whoever reckons on. On a page so many
squeeze the question to a word a line and push the outcome off the edge; here a row has few cells,
in words. As in the charts, nothing is told of a question that fewer than ``FEWEST`` answered,
not even how it reads: it may be one that somebody wrote into their own file.
"""

import pandas as pd

from courseware import ui
from courseware.our_class.dot_plots import FEWEST, short
from courseware.our_class.tallies import PollTally, PredictionTally, is_number
from courseware.quantities import number_text, quantity

TOO_FEW = f"fewer than {FEWEST} answers"
LONGEST = 300  #: letters of a question: what it was comes from students' files
_DIGITS = 3


def card(class_) -> str:
    """Return the class's summary as HTML (see `ClassJournals`)."""
    parts = [f"<p>{' '.join(_counted(class_))}</p>"]
    asked, polls = class_.tally(), class_.polls()
    told = asked[asked["predicted"].ge(FEWEST)]
    polled = polls[polls["opening_n"].ge(FEWEST) | polls["closing_n"].ge(FEWEST)]
    for caption, table, row in (
        ("Predictions", told, _prediction),
        ("Polls: how sure the class was, in per cent", polled, _poll),
    ):
        if len(table):
            rows = [row(each) for each in table.itertuples(index=False)]
            parts.append(ui.table(pd.DataFrame(rows), caption))
    if few := len(asked) - len(told) + len(polls) - len(polled):
        what = "1 question is" if few == 1 else f"{few} questions are"
        parts.append(f"<p>{what} not listed, because there are {TOO_FEW}.</p>")
    if not class_.left_out.empty:
        table = ui.table(class_.left_out, "Files, numbered in alphabetical order of their names")
        parts.append(ui.details("What was left out, and why", table))
    return ui.card("The class's journals", "".join(parts))


def _counted(class_) -> list[str]:
    """Return in sentences what the tables rest on."""
    said = [
        f"{class_.journals} journals are counted, and {len(class_.left_out)} files were left "
        "out or counted in part."
    ]
    hands = class_.hands
    if hands.answers:
        said.append(f"Raised hands that are counted as well: {len(hands.answers)}.")
    if hands.in_spans:
        said.append(
            f"Of these, {hands.in_spans} were given only as ranges of numbers. Each is counted as "
            "the middle of its range, so medians and hits are rough."
        )
    if class_.tally()["outcome"].notna().any():
        said.append("A hit is an answer that equals the outcome, or a number within a tenth of it.")
    return said


def _prediction(row: PredictionTally) -> dict[str, str]:
    """Return one question as the page tells it."""
    known = not pd.isna(row.outcome)
    return {
        "question": short(f"{row.id}: {row.question}", LONGEST),
        "the class said": _said(row),
        "outcome": quantity(row.outcome, row.unit, 4) if known else "",
        "hit": _on_one_line(f"{row.close} of {row.predicted}") if known else "",
        "passed": str(row.passed),
        "late": str(row.late),
    }


def _said(row: PredictionTally) -> str:
    if not pd.isna(row.most_chosen):
        return f"most: {row.most_chosen}"
    if not is_number(row.median):
        return "in words"
    low, high = (number_text(each, _DIGITS) for each in (row.lowest, row.highest))
    spread = _on_one_line(f"({low} to {high})")
    return f"median {quantity(row.median, row.unit, _DIGITS)} {spread}"


def _on_one_line(words: str) -> str:
    return words.replace(" ", "\N{NO-BREAK SPACE}")


def _poll(row: PollTally) -> dict[str, str]:
    """Return one statement as the page tells it."""
    few = row.both_n < FEWEST
    return {
        "statement": short(f"{row.id}: {row.statement}", LONGEST),
        "at the beginning": _median(row.opening_median, row.opening_n),
        "at the end": _median(row.closing_median, row.closing_n),
        "of those who answered both": TOO_FEW
        if few
        else f"{row.rose} rose, {row.fell} fell, {row.same} stayed",
    }


def _median(median: float, answers: int) -> str:
    if answers < FEWEST:
        return TOO_FEW
    return f"median {number_text(median, _DIGITS)} ({answers} answers)"
