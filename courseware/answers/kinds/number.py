"""A question for one number: of which size, unit and sign, and how near is near enough."""

import math
import re

from courseware.answers.answer_types import Described
from courseware.answers.kinds.kind import Kind
from courseware.answers.wording import Question, what_it_is
from courseware.quantities import number_text
from courseware.quantities import year as year_text

YEAR = "the year"  # the unit of a question that asks for one
SMALL = 0.5  # below it a number that is rounded to a whole one becomes zero
#: By unit: what a quotient gives, multiplied by the same quotient turned round.
TURNED = {"times": 1.0, "per cent": 100.0**2}
ROUNDED = 0.005  # relative: how far a number of three digits may be from what it was
NEAR_NOTHING = 1e-9  # two numbers this near are the same number


def _look(question: Question, answer: Described) -> str | None:
    name = question["answer"]
    if answer["type"] != "number":
        return _no_number(question, answer)
    value = answer["value"]
    if value == "nan":
        return (
            f"`{name}` is not a number (NaN): a filter has left no row, or somewhere a value is "
            "missing. Missing is not zero: leave out what is not reported."
        )
    if value == "infinite":
        return f"`{name}` is infinite: somewhere the sum divides by zero. Look at the base."
    low, high = question.get("range", (0, 0))
    if value == 0 and not low <= value <= high:
        start = f"`{name}` is 0, and that cannot be."
        if low < SMALL:
            return f"{start} The number is small: if you rounded it, keep more decimal places."
        return (
            f"{start} If you asked a column, compare the word in your question with it, letter by "
            "letter."
        )
    if question.get("whole") and abs(value - round(value)) > 1e-6:
        given = number_text(value, 6)
        if question.get("unit") == YEAR:
            return (
                f"`{name}` should be a year; it is {given}, a value out of the table. The question "
                "asks in which year that value stands: what its row is called."
            )
        return f"`{name}` counts things, so it should be a whole number; it is {given}."
    return believable(question, f"`{name}`", value)


def _no_number(question: Question, answer: Described) -> str:
    year = question.get("unit") == YEAR
    wanted = "a year" if year else "one number"
    start = f"`{question['answer']}` should be {wanted}; it is {what_it_is(answer)}."
    if answer["type"] == "text":
        if answer["value"].strip().isdecimal():
            return f"{start} Write it without quotation marks."
        if re.fullmatch(r"[-+−]?[\d.,][\d.,\s]*%?", answer["value"].strip()):
            return f"{start} Write it without quotation marks, with a point for decimals: 12.3."
        return start
    if year and answer["type"] == "table":
        return (
            f"{start} Take the one column that is asked: the year is the name of one of its rows."
        )
    if answer.get("name") == "duration":
        return f"{start} Turn it into a number, for example of days, with .days."
    if answer["type"] == "table":
        return f"{start} {_one_of(answer)}"
    if _comma_for_a_point(answer):
        return f"{start} Python takes a comma for the end of a value: write 12.3, with a point."
    if answer["type"] in ("list", "set"):
        return f"{start} Pick one of them."
    return start


def told(question: Question, value: float) -> str:
    """Return a number as it is given back to its writer: a year is a year."""
    if question.get("unit") == YEAR and value == round(value):
        return year_text(value)
    return number_text(value, 6)


def yes_or_no(answer: Described) -> bool:
    """Return whether a column answers a question: each of its values is True or False."""
    return {cell["type"] for row in answer["rows"] for cell in row[-1:]} == {"yes-no"}


def _one_of(answer: Described) -> str:
    """Return how one number is made of a table or column, in words of the first chapters."""
    if not answer["series"]:
        return "Count its rows with `len(…)`, or take one value out of it."
    if yes_or_no(answer):
        return "It says True or False: its mean, `.mean()`, is the share of True."
    return (
        "Which one value is asked? `.mean()` is the average of them all; from chapter 02 on you "
        "also know `.sum()`, and `.loc[…]` for one of them."
    )


def _comma_for_a_point(answer: Described) -> bool:
    """Return whether it looks like ``12,3`` or ``12,3 - 4,5``: whole numbers between commas."""
    if answer["type"] != "list" or not 2 <= len(answer["items"]) <= 4:
        return False
    values = [each.get("value") for each in answer["items"]]
    if not all(isinstance(value, float) and value.is_integer() for value in values):
        return False
    return len(values) == 2 or max(values) >= 100


def believable(question: Question, what: str, value: float) -> str | None:
    """Say if a number's sign or order of magnitude cannot be right."""
    unit = f" {question['unit']}" if question.get("unit") else ""
    sign = question.get("sign")
    if (sign == "positive" and value < 0) or (sign == "negative" and value > 0):
        start = f"{what} has an unexpected sign: {number_text(value, 6)}{unit}."
        return f"{start} Which minus which, or are brackets missing?"
    low, high = question.get("range", (-float("inf"), float("inf")))
    if not low <= value <= high:
        least, most, given = (told(question, each) for each in (low, high, value))
        look = "look at the unit"
        if value and low <= TURNED.get(question.get("unit"), -1) / value <= high:
            look += ", and whether the two numbers of the division have changed places"
        return (
            f"{what} is {given}. The question asks for{unit or ' a number'}, and something between "
            f"{least} and {most}: {look}."
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
    return got["type"] == "number" and close(question, expected["value"], got["value"])


def close(question: Question, expected: object, got: object) -> bool:
    """Return whether two described numbers agree within the question's tolerance.

    A missing value ("nan") agrees only with a missing value.
    """
    if not (isinstance(expected, float | int) and isinstance(got, float | int)):
        return expected == got and type(expected) is type(got)
    room = max(question["within"], question["tolerance"] * abs(expected), NEAR_NOTHING)
    return math.isfinite(got) and abs(expected - got) <= room


def _hint(question: Question, expected: Described, got: Described) -> str:
    right, given = expected["value"], got.get("value")
    turned = TURNED.get(question.get("unit"))
    if turned and isinstance(given, float) and math.isclose(right * given, turned, rel_tol=ROUNDED):
        return "Have the two numbers of the division changed places?"
    return "This is not the expected number. Look again at the unit, the years and who reports."


KIND = Kind(_look, _asked, _same, _hint)
