"""How near is near enough, as a question says it.

Either ``tolerance`` and ``within``, a share of the expected number and a distance in its unit, of
which the wider counts; or ``typed``: a number is right at the digits with which it was typed, and
at so many digits after the point at least.
"""

import math

from courseware.answers.answer_types import Described
from courseware.answers.wording import Question

NEAR = 1e-9  # two numbers this near, or parted by this share of one, are the same number
EXACT = {"tolerance": NEAR, "within": NEAR}


def close(question: Question, expected: object, got: object) -> bool:
    """Return whether two described numbers agree within the question's tolerance.

    A missing value ("nan") agrees only with a missing value.
    """
    if not (isinstance(expected, float | int) and isinstance(got, float | int)):
        return expected == got and type(expected) is type(got)
    if "typed" in question:
        typed = 0.5 * 10.0 ** -max(digits(got), question["typed"])
        room = max(NEAR * abs(expected), typed * (1 + NEAR))
    else:
        room = max(question["within"], question["tolerance"] * abs(expected), NEAR)
        room = room if abs(expected) > NEAR else NEAR  # zero is zero, however it is rounded
    return math.isfinite(got) and abs(expected - got) <= room


def of_column(question: Question, cells: list[Described]) -> Question:
    """Return the question with a tolerance for a whole column, which is rounded as one."""
    if "typed" not in question:
        return question
    typed = [digits(cell["value"]) for cell in cells if isinstance(cell.get("value"), float)]
    return {**question, "typed": max(typed, default=0)}


def rounded_too_far(expected: object, got: object) -> bool:
    """Return whether a described number is another one, rounded to two decimal places or fewer."""
    if not (isinstance(expected, float) and isinstance(got, float)):
        return expected == got
    return any(math.isclose(got, round(expected, n), rel_tol=NEAR) for n in range(3))


def digits(value: float) -> int:
    """Return how many digits after the point a number has, as Python writes it."""
    text = repr(float(value))
    if "e" in text:
        return 0 if "e+" in text else 17
    return len(text.partition(".")[2].rstrip("0"))
