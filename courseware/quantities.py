"""How a number is written and read, everywhere: digits, thousands, signs, units, gaps.

Thousands stand apart with a comma, a minus is a real one, and nothing is ever "−0". A year is a
whole number without thousands: `year`, and what a table holds as text or as an index.
"""

import re
from collections.abc import Callable, Iterable
from math import floor, isfinite, log10
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd

MINUS = "\N{MINUS SIGN}"
MISSING = "–"  #: where a number would stand if it were reported
PER_CENT = ("%", "per cent", "percent")
COUNTED = ("claims", "meetings", "presidents", "states")  #: units of which there is no half
MOST = 10  # decimals of a number that is written whole
HUGE = 1e15  # from here on digits say less than a power of ten
_DIGITS = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)", re.ASCII)
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def number_text(value: float, digits: int | None = None) -> str:
    """Return a number in plain figures, whole or to so many significant digits: 12,345.6.

    What stands before the point is never rounded away: 1,234,568, to three digits, too.
    """
    places = MOST
    if not isfinite(value) or abs(value) >= HUGE:
        return formatted(value, ".6g")
    if digits and value:
        places = max(0, digits - 1 - floor(log10(abs(value))))
    text = formatted(value, f",.{places}f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def formatted(value: float, spec: str) -> str:
    """Return a number by a spec of Python's, with a real minus, and never as "-0" or "+0".

    Args:
        value: an integer or a float.
        spec: such as ``,.1f``, or ``+.0f`` where a rise or a fall is told.

    """
    text = format(value, spec)
    if text[:1] in ("+", "-") and not text.strip("+-0,.%"):  # a fall of nothing
        return text[1:]
    return text.replace("-", MINUS, 1) if text.startswith("-") else text


class num:  # noqa: N801 (it is used like a function)
    """A number that an f-string writes as the course does: ``f"{num(km):,.0f} km"``."""

    def __init__(self, value: float) -> None:
        """Take an integer or a float."""
        self._value = value

    def __format__(self, spec: str) -> str:
        """Return the number by a spec of Python's, as `formatted` does."""
        return formatted(self._value, spec)


def year(value: float) -> str:
    """Return a year: 2017, never 2,017 or 2017.0."""
    return f"{value:.0f}"


def quantity(value: float | str, unit: str = "", digits: int | None = None) -> str:
    """Return a number with its unit, to so many significant digits; a text as it is."""
    if isinstance(value, str):
        return value
    said = number_text(value, digits)
    if said == "1" and unit != "times" and unit.isalpha():
        unit = unit.removesuffix("s")  # one meeting
    return f"{said} {unit}".strip()


def decimals(values: Iterable[float], most: int = 2) -> int:
    """Return how many digits after the point these numbers need, ``most`` at most."""
    known = np.asarray(list(values), dtype=float)
    return next(
        (n for n in range(most) if np.allclose(known, known.round(n), equal_nan=True)), most
    )


def alike(values: Iterable[float]) -> Callable[[float], str]:
    """Return how numbers that stand side by side are written: all with as many digits.

    Large ones have none after the point, and all have a sign if one of them is below zero.
    """
    known = np.asarray(list(values), dtype=float)
    known = known[np.isfinite(known)]
    most = np.abs(known).max() if known.size else 0
    whole = bool((known == np.round(known)).all())
    digits = 0 if whole or most >= 100 else 1 if most >= 1 else 2
    sign = "+" if (known < 0).any() else ""
    return lambda value: formatted(value, f"{sign},.{digits}f")


def cell(value: Any, pattern: str | None = None) -> str:
    """Return a value of a table as text: a gap is a dash, a float has four digits that count.

    Args:
        value: what the table holds; whole numbers stay as they are, for they may be years.
        pattern: such as ``{:,.1f} bn``, if the column has one.

    """
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return MISSING
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if pattern:
        spec = _PLACEHOLDER.search(pattern)[1].removeprefix(":")
        return _PLACEHOLDER.sub(lambda _: formatted(value, spec), pattern, count=1)
    if isinstance(value, Integral) and not isinstance(value, bool | np.bool):
        return formatted(value, "d")
    return number_text(value, 4) if isinstance(value, float) else str(value)


def parse_number(
    text: str, unit: str = "", low: float | None = None, high: float | None = None
) -> float:
    """Return the number that a student typed: ``12.3``, ``12,3``, ``1 234``, ``−4`` or ``1,234.5``.

    A ``%`` sign is allowed where the unit is per cent.

    Raises:
        ValueError: in words for the student, if it is no number, outside ``low`` … ``high``, or
            not whole where the unit is counted.

    """
    typed = text.strip()
    if not typed:
        raise ValueError("You have not typed anything yet. Type a number, or press Pass.")
    digits = re.sub(r"\s", "", typed).replace(MINUS, "-")
    if unit in PER_CENT:
        digits = digits.removesuffix("%")
    if re.fullmatch(r"[+-]?[1-9]\d{0,2},\d{3}", digits):
        raise ValueError(
            f"“{typed}” can be read in two ways. "
            f"Type {digits.replace(',', '')} or {digits.replace(',', '.')}."
        )
    digits = _with_decimal_point(digits)
    if not _DIGITS.fullmatch(digits):
        raise ValueError(f"“{typed}” is not a number. Type digits only, such as 12.3 or 12,3.")
    found = float(digits)
    if (low is not None and found < low) or (high is not None and found > high):
        raise ValueError(f"“{typed}” is out of range. Type a number {_range(low, high)}.")
    if unit in COUNTED and not found.is_integer():
        raise ValueError(f"“{typed}” is not a whole number of {unit}. Type a whole number.")
    return found


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
