"""What the journal says in words: answers, times, distances. Shared by screen and exports."""

import math
import re
from collections.abc import Iterable
from datetime import datetime
from html import escape

from courseware import article, ui
from courseware.answers import tolerance
from courseware.journal.format import Answer, Entry
from courseware.quantities import PER_CENT, number_text, quantity
from courseware.verdicts import told

#: How near to the outcome a prediction is close, and how near it is spot on, as for any answer.
CLOSE = {"tolerance": 0.10, "within": 0.0}
SPOT_ON = {"tolerance": 0.001, "within": 0.0}


def answer_text(entry: Entry, answer: Answer) -> str:
    """Return one answer of the entry in words: ``50 per cent``, ``pass``, ``holds (70 % sure)``."""
    if answer.passed:
        return "pass"
    if entry.kind == "poll":
        return f"{number_text(answer.value)} % sure"
    text = quantity(answer.value, entry.unit)
    if entry.kind == "verdict":
        text = told(answer.value, answer.but)
    sure = answer.confidence
    return text if sure is None else f"{text} ({number_text(sure)} % sure)"


def as_markdown(text: str) -> str:
    """Return plain text so that Markdown shows it as it is, on one line."""
    return re.sub(r"([\\`*_\[\]<>#|~$])", r"\\\1", " ".join(text.split()))


def minute(when: datetime) -> str:
    """Return the local time and date such as ``14:05 on 24 November 2025``."""
    local = when.astimezone()
    return f"{local:%H:%M} on {article.in_words(local)}"


def kept(entry: Entry | None) -> str:
    """Return what the journal holds for this entry, and since when, in one or two sentences."""
    if entry is None or entry.current is None:
        return "Nothing is saved yet."
    when = minute(entry.saved)
    if entry.passed:
        return f"Saved: you passed, at {when}. A pass is an answer."
    shown = answer_text(entry, entry.current)
    if entry.kind == "answer" or entry.details.get("input") == "text":
        words = len(entry.answer.split())
        shown = f"your answer of {words} word{'s' * (words != 1)}"
    return f"Saved: {shown}, at {when}."


def card(entry: Entry) -> str:
    """Return the entry as a cell shows it: the question, and that it is answered."""
    lines = f"<p>{escape(entry.question)}</p><p>{escape(kept(entry))}</p>"
    return ui.card(f"Journal: {entry.id}", lines)


Entry._repr_html_ = card  # Jupyter looks for it there; the format itself knows no words


def outcome_text(entry: Entry) -> str:
    """Return what the data say. The entry has an outcome."""
    return quantity(entry.outcome.value, entry.outcome.unit or entry.unit, 4)


#: What is said to whoever predicted nothing.
NOT_PREDICTED = "You made no prediction here. That is fine."


def comparison(entry: Entry, not_predicted: str = NOT_PREDICTED) -> str:
    """Return in words how far the prediction lay from the outcome. The entry has an outcome."""
    if entry.current is None:
        return not_predicted
    if entry.passed:
        return "You passed. A pass is an answer."
    guess, value = entry.answer, entry.outcome.value
    if isinstance(guess, str) or isinstance(value, str):
        return _same_or_different(entry)
    return _distance(guess, value, entry.outcome.unit or entry.unit)


def _same_or_different(entry: Entry) -> str:
    if entry.details.get("input") == "text":
        return (
            "Compare the two in your own words. What did you expect, and what did you not expect?"
        )
    if str(entry.answer) == str(entry.outcome.value):
        return "Your prediction was right."
    return "This is different from your prediction. What did you take for granted?"


def is_near(guess: float, outcome: float, within: dict = CLOSE) -> bool:
    """Return whether a prediction is close to its outcome, or even spot on."""
    return tolerance.close(within, float(outcome), float(guess))


def share_off(guess: float, outcome: float) -> float:
    """Return how far a guess lies from its outcome, as a share of the outcome.

    Of an outcome of zero there is no share: 0.0 if it was guessed, else infinite.
    """
    gap = abs(guess - outcome)
    if outcome:
        return gap / abs(outcome)
    return math.inf if gap else 0.0


def _distance(guess: float, value: float, unit: str) -> str:
    """Return how far off a guess was, warmly where it was close.

    A gap between percentages is in percentage points; "0.38 times too low" is what nobody says, so
    of two multiples both are told.
    """
    gap = guess - value
    if is_near(guess, value, SPOT_ON):
        return "Your prediction was right to within a thousandth."
    close = "Close: " if is_near(guess, value) else ""
    way = "too high" if gap > 0 else "too low"
    if unit == "times":
        little = "a little " if close else ""
        said, was = quantity(guess, unit, 3), quantity(value, unit, 3)
        return _sentence(
            f"{close}you said {said}, but it was {was}, so your prediction was {little}{way}"
        )
    gap_unit = "percentage points" if unit in PER_CENT else unit
    words = f"{close}you were {quantity(abs(gap), gap_unit, 3)} {way}"
    if value == 0:
        return _sentence(words)
    if guess * value < 0:
        return _sentence(f"{words}, and the direction was the opposite")
    ratio = guess / value
    if ratio >= 2:
        return _sentence(
            f"{words}, so your prediction was about {number_text(ratio, 2)} times the outcome"
        )
    return _sentence(
        f"{words}, so you were off by {number_text(share_off(guess, value) * 100, 2)} % of the "
        "outcome"
    )


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def earlier(polls: Iterable[Entry]) -> str:
    """Return what was said to the same statement before, the first and the last of it."""
    said = [f"{number_text(poll.answer)} % ({poll.moment})" for poll in polls]
    shown = said if len(said) < 3 else [said[0], "…", said[-1]]
    return f"You said before: {', '.join(shown)}" if said else ""
