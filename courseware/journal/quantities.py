"""Numbers as students type them, and as the journal says them."""

import re
from math import floor, log10

PER_CENT = ("%", "per cent", "percent")
#: A prediction counts as close within this share of the outcome, and as spot on within that.
CLOSE, SPOT_ON = 0.10, 0.001
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
    said = number_text(value, digits)
    if said == "1" and unit != "times" and unit.isalpha():
        unit = unit.removesuffix("s")  # one meeting
    return f"{said} {unit}".strip()
