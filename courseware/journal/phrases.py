"""What the journal says in words: numbers, times, distances. Shared by screen and exports."""

import re
from collections.abc import Iterable
from datetime import datetime
from math import floor, log10

from courseware.journal.entry import Answer, Cell, Entry

_PER_CENT = ("%", "per cent", "percent")
_DIGITS = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)", re.ASCII)


def parse_number(
    text: str, unit: str = "", low: float | None = None, high: float | None = None
) -> float:
    """Return the number that a student typed: ``12.3``, ``12,3``, ``1 234``, ``−4`` or ``1,234.5``.

    A ``%`` sign is allowed where the unit is per cent.

    Raises:
        ValueError: in words for the student, if it is no number or outside ``low`` … ``high``.

    """
    typed = text.strip()
    if not typed:
        raise ValueError("Nothing is typed yet. Type a number, or press Pass.")
    digits = re.sub(r"\s", "", typed).replace("−", "-")
    if unit in _PER_CENT:
        digits = digits.removesuffix("%")
    if re.fullmatch(r"[+-]?[1-9]\d{0,2},\d{3}", digits):
        raise ValueError(
            f"“{typed}” can be read in two ways. "
            f"Type {digits.replace(',', '')} or {digits.replace(',', '.')}."
        )
    digits = _with_decimal_point(digits)
    if not _DIGITS.fullmatch(digits):
        raise ValueError(f"“{typed}” is not a number. Type digits only, such as 12.3 or 12,3.")
    number = float(digits)
    if (low is not None and number < low) or (high is not None and number > high):
        raise ValueError(f"“{typed}” is out of range. Type a number {_range(low, high)}.")
    return number


def _with_decimal_point(digits: str) -> str:
    """Return ``1.234,5`` and ``1,234.5`` both as ``1234.5``: the last mark is the decimal one."""
    comma, point = digits.rfind(","), digits.rfind(".")
    if comma > point:
        if digits.count(",") == 1:
            return digits.replace(".", "").replace(",", ".")
        return digits.replace(",", "") if point < 0 and _grouped(digits, ",") else digits
    if comma >= 0 and digits.count(".") == 1:
        return digits.replace(",", "")
    return digits


def _grouped(digits: str, mark: str) -> bool:
    return re.fullmatch(rf"[+-]?\d{{1,3}}({re.escape(mark)}\d{{3}})+", digits) is not None


def _range(low: float | None, high: float | None) -> str:
    if low is None:
        return f"of at most {number_text(high)}"
    if high is None:
        return f"of at least {number_text(low)}"
    return f"between {number_text(low)} and {number_text(high)}"


def number_text(value: float, digits: int | None = None) -> str:
    """Return a number in plain figures, exactly or to that many significant digits."""
    places = 10
    if digits and value:
        places = max(0, digits - 1 - floor(log10(abs(value))))
    text = f"{value:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def quantity(value: float | str, unit: str = "", digits: int | None = None) -> str:
    """Return a number with its unit, or a text as it is."""
    if isinstance(value, str):
        return value
    return f"{number_text(value, digits)} {unit}".strip()


def answer_text(entry: Entry, answer: Answer) -> str:
    """Return one answer of the entry in words: ``50 per cent``, ``pass``, ``holds (70 % sure)``."""
    if answer.passed:
        return "pass"
    if entry.kind == "poll":
        return f"{number_text(answer.value)} % sure"
    if entry.kind == "matrix":
        return f"{len(answer.value)} of {cells(entry)} cells"
    text = quantity(answer.value, entry.details.get("unit", ""))
    return (
        text if answer.confidence is None else f"{text} ({number_text(answer.confidence)} % sure)"
    )


def cells(entry: Entry) -> int:
    """Return how many cells a matrix has."""
    return len(entry.details.get("evidence", ())) * len(entry.details.get("hypotheses", ()))


def matrix_lines(entry: Entry, chosen: Iterable[Cell]) -> list[str]:
    """Return the chosen cells in words, one line per piece of evidence."""
    rows, columns = (entry.details.get(axis, {}) for axis in ("evidence", "hypotheses"))
    lines: dict[str, list[str]] = {}
    for cell in chosen:
        said = f"{columns.get(cell.hypothesis, cell.hypothesis)}: {cell.choice}"
        lines.setdefault(cell.evidence, []).append(said)
    return [f"{rows.get(key, key)} — {'; '.join(said)}" for key, said in lines.items()]


def as_markdown(text: str) -> str:
    """Return plain text so that Markdown shows it as it is, on one line."""
    return re.sub(r"([\\`*_\[\]<>#|~$])", r"\\\1", " ".join(text.split()))


def day(when: datetime) -> str:
    """Return a date such as ``24 November 2025``."""
    return f"{when.day} {when:%B %Y}"


def minute(when: datetime) -> str:
    """Return the local time and date such as ``14:05 on 24 November 2025``."""
    local = when.astimezone()
    return f"{local:%H:%M} on {day(local)}"


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


#: What is said to whoever predicted nothing; a front end may say something else.
NOT_PREDICTED = "You made no prediction here. That is fine."


def comparison(entry: Entry) -> str:
    """Return in words how far the prediction lay from the outcome. The entry has an outcome."""
    if entry.current is None:
        return NOT_PREDICTED
    if entry.passed:
        return "You passed. A pass is an answer."
    guess, value = entry.answer, entry.outcome.value
    if isinstance(guess, str) or isinstance(value, str):
        return _same_or_different(entry)
    return _distance(guess, value, entry.outcome.unit or entry.details.get("unit", ""))


def _same_or_different(entry: Entry) -> str:
    if entry.details.get("input") == "text":
        return "Compare the two in your own words: what did you see coming, and what not?"
    same = str(entry.answer) == str(entry.outcome.value)
    return "The same as your prediction." if same else "Different from your prediction."


def _distance(guess: float, value: float, unit: str) -> str:
    """Return absolute and relative distance; a gap between percentages is in percentage points."""
    gap = guess - value
    if abs(gap) <= abs(value) * 0.001:
        return "Your prediction was right, to within a thousandth."
    gap_unit = "percentage points" if unit in _PER_CENT else unit
    sentence = f"You were {quantity(abs(gap), gap_unit, 3)} too {'high' if gap > 0 else 'low'}"
    if value == 0:
        return f"{sentence}."
    if guess * value < 0:
        return f"{sentence}; the direction was the other way."
    ratio = guess / value
    if ratio >= 2:
        return f"{sentence}: you said about {number_text(ratio, 2)} times the outcome."
    return f"{sentence}: off by {number_text(abs(gap / value) * 100, 2)} % of the outcome."
