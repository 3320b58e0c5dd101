"""A question for one number: of which size, unit and sign."""

import math
import re

from courseware.answers.answer_types import Described
from courseware.answers.kinds.kind import Kind
from courseware.answers.tolerance import close, digits, rounded_too_far
from courseware.answers.wording import Question, what_it_is
from courseware.quantities import number_text
from courseware.quantities import year as year_text

YEAR = "the year"  # the unit of a question that asks for one
SMALL = 0.5  # below it a number that is rounded to a whole one becomes zero
#: By unit: what a quotient gives, multiplied by the same quotient turned round.
TURNED = {"times": 1.0, "per cent": 100.0**2}
ROUNDED = 0.005  # relative: how far a number of three digits may be from what it was
NO_ROW = (
    "If you filtered by a column, perhaps no row fits your condition. Compare each letter of the "
    "word in your condition with the words that `value_counts()` shows for the column."
)
REVERSED = (
    "The sign is wrong, so swap the two sides of the subtraction. With dates, subtract the "
    "earlier date from the later one."
)
TOO_FAR = (
    "You rounded too much. Keep as many digits as the question asks for, or do not round at all."
)
UPSIDE_DOWN = (
    "It looks as if the two numbers in the division have changed places. Check which of them "
    "should be divided by the other."
)
#: How one number is made of several, by what the right one is made with.
PICKS = {
    "len": "Count its values with `len(…)`.",
    "sum": "Pick one of its values{}, or add them up.",
    "prod": "Multiply all its values with `.prod()`.",
    "one": "Pick one of its values{}.",
}


def _look(question: Question, answer: Described) -> str | None:
    name = question["answer"]
    if answer["type"] != "number":
        return _no_number(question, answer)
    value = answer["value"]
    if value == "nan":
        return (
            f"`{name}` is not a number (NaN), because a filter kept no row or because a value is "
            "missing. Missing is not zero, so leave out the values that are not reported."
        )
    if value == "infinite":
        return (
            f"`{name}` is infinite, because something is divided by zero. Check what you are "
            "dividing by."
        )
    low, high = question.get("range", (0, 0))
    if value == 0 and (question.get("filtered") or not low <= value <= high):
        start = f"`{name}` is 0, which is not possible here."
        if "range" in question and low < SMALL:
            return (
                f"{start} The right number is small, so if you rounded yours, keep more decimal "
                "places."
            )
        return f"{start} {NO_ROW}"
    if question.get("whole") and abs(value - round(value)) > 1e-6:
        given = number_text(value, 6)
        if question.get("unit") == YEAR:
            return (
                f"`{name}` should be a year, but {given} is a value from the table. The question "
                "asks for the year of that value. The year is the name of its row."
            )
        return f"`{name}` counts things, so it should be a whole number, but it is {given}."
    return believable(question, f"`{name}`", value)


def _no_number(question: Question, answer: Described) -> str:
    unit = question.get("unit")
    year = unit == YEAR
    wanted = "a year" if year else f"one number{f' ({unit})' if unit else ''}"
    start = f"`{question['answer']}` should be {wanted}, but it is {what_it_is(answer)}."
    if answer["type"] == "text":
        if answer["value"].strip().isdecimal():
            return f"{start} Write it without quotation marks."
        if re.match(r"\s*[-+−]?[.,]?\d", answer["value"]):
            return f"{start} Write it without quotation marks and with a decimal point, as in 12.3."
        return start
    if year and answer["type"] == "table":
        return (
            f"{start} Take the one column that the question asks for. The year is the name of one "
            "of its rows."
        )
    if answer["type"] == "duration":
        return f"{start} Turn it into a number, for example into days with `.days`."
    if answer["type"] == "table":
        return f"{start} {_one_of(question, answer)}"
    if answer.get("tuple"):
        return (
            f"{start} In Python, a comma ends a value, so write the number with a point, as in "
            "12.3."
        )
    if answer["type"] in ("list", "set", "mapping"):
        return f"{start} {PICKS[question.get('made', 'one')].format('')}"
    return start


def told(question: Question, value: float) -> str:
    """Return a number as it is given back to its writer: a year is a year."""
    if question.get("unit") == YEAR and value == round(value):
        return year_text(value)
    return number_text(value, 6)


def yes_or_no(answer: Described) -> bool:
    """Return whether a column answers a question: each of its values is True or False."""
    return {cell["type"] for row in answer["rows"] for cell in row[-1:]} == {"yes-no"}


def _one_of(question: Question, answer: Described) -> str:
    """Return how one number is made of a table or column, in words of the first chapters."""
    if not answer["series"]:
        return "Count its rows with `len(…)`, or take one value out of it."
    if yes_or_no(answer):
        said = "This column says True or False for each row. "
        if question.get("whole"):
            return f"{said}Put the column into `table[…]`, and count the rows with `len(…)`."
        return f"{said}Its mean, `.mean()`, is the share of rows that are True."
    if "made" in question:
        return PICKS[question["made"]].format(" with `.loc[…]`")
    return (
        "The question asks for one value. `.mean()` gives the average of all values. From chapter "
        "02 on, you also know `.sum()`, and `.loc[…]`, which takes one of the values."
    )


def believable(question: Question, what: str, value: float) -> str | None:
    """Say if a number's sign or order of magnitude cannot be right."""
    unit = f" {question['unit']}" if question.get("unit") else ""
    sign = question.get("sign")
    if (sign == "positive" and value < 0) or (sign == "negative" and value > 0):
        start = f"{what} is {number_text(value, 6)}{unit}, and its sign is unexpected."
        return (
            f"{start} Check which number you subtract from which, and whether brackets are missing."
        )
    low, high = question.get("range", (-float("inf"), float("inf")))
    if not low <= value <= high:
        least, most, given = (told(question, each) for each in (low, high, value))
        look = "the unit"
        if value and low <= TURNED.get(question.get("unit"), -1) / value <= high:
            look += ", and whether the two numbers in the division have changed places"
        return (
            f"{what} is {given}. The question asks for{unit or ' a number'}, and the answer should "
            f"be between {least} and {most}. Check {look}."
        )
    return None


def _asked(question: Question) -> str:
    unit = question.get("unit")
    if unit == YEAR:
        return "a year"
    if question.get("whole"):
        return f"a whole number{f' of {unit}' if unit else ''}"
    return f"a number{f' in {unit}' if unit else ''}, of a possible size"


def _same(question: Question, expected: Described, got: Described) -> bool:
    if got["type"] != "number":
        return False
    # At the digits that are typed, 0 is as near to a fraction as to nothing.
    if question.get("filtered") and got["value"] == 0:
        return expected.get("value") == 0
    return expected["type"] == "number" and close(question, expected["value"], got["value"])


def _slip(question: Question, expected: Described, got: Described) -> str:
    right, given = expected["value"], got.get("value")
    if got["type"] != "number" or not (isinstance(given, float) and isinstance(right, float)):
        return ""
    if given and rounded_too_far(right, given):
        return TOO_FAR
    if _same(question, expected, {**got, "value": -given}):
        return REVERSED
    turned = TURNED.get(question.get("unit"))
    if turned and math.isclose(right * given, turned, rel_tol=ROUNDED):
        return UPSIDE_DOWN
    known = (close({"typed": 2}, each, given) for each in question.get("turned", ()))
    return UPSIDE_DOWN if any(known) else ""


def _hint(question: Question, expected: Described, got: Described) -> str:
    if question.get("unit") == YEAR:
        return (
            "This is not the expected year. Check which column the question asks for, and whether "
            "you need its smallest or its largest value."
        )
    if question.get("whole"):
        return (
            "This is not the expected number. Check what one row of the table stands for, and "
            "which rows you counted."
        )
    if not question.get("from_a_table", True):
        return (
            "This is not the expected number. Check each step of the calculation, the order of the "
            "steps and the brackets."
        )
    return (
        "This is not the expected number. For each number that you used, check the row and the "
        "column, the unit, the year and the source."
    )


def _lacks(question: Question, expected: Described, got: Described) -> list[str]:
    """Say if a right number has fewer digits than asked; 37.0 has one for 37.01."""
    if "digits" not in question:
        return []
    asked, right, given = question["digits"], expected["value"], got["value"]
    if math.isclose(given, round(right, asked)) or digits(given) >= min(asked, digits(right)):
        return []
    some = "one decimal place" if asked == 1 else f"{asked} decimal places"
    return [f"Your number is right, but you rounded it too much. Give {some}."]


KIND = Kind(_look, _asked, _same, _hint, _slip, _lacks)
