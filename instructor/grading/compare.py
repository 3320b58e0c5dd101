"""Is an answer the expected one? Two descriptions are compared, never two objects.

Both sides are what `courseware.checks.describe` returns: the expected one from the solution's run,
the other from a student's.
"""

import math

from courseware.checks.describe import Described
from courseware.checks.public import as_table, str_of, tidy
from instructor.grading.spec import Question

NEAR_NOTHING = 1e-9  # two numbers this near are the same number
SINGLE = ("number", "text", "date", "yes-no")  # types whose value says all


def same(question: Question, expected: Described, got: Described) -> bool:
    """Return whether ``got`` answers ``question`` as the solution does."""
    return KINDS[question.kind](question, expected, got)


def close(question: Question, expected: object, got: object) -> bool:
    """Return whether two described numbers agree within the question's tolerance.

    A missing value ("nan") agrees only with a missing value.
    """
    if not (isinstance(expected, float | int) and isinstance(got, float | int)):
        return expected == got and type(expected) is type(got)
    room = max(question.within, question.tolerance * abs(expected), NEAR_NOTHING)
    return math.isfinite(got) and abs(expected - got) <= room


def _number(question: Question, expected: Described, got: Described) -> bool:
    return got["type"] == "number" and close(question, expected["value"], got["value"])


def _choice(question: Question, expected: Described, got: Described) -> bool:
    return got["type"] == "text" and tidy(got["value"]) == tidy(expected["value"])


def _texts(items: list[Described]) -> list[str] | None:
    if any(item["type"] not in ("text", "number") for item in items):
        return None
    return [str_of(item) for item in items]


def _set(question: Question, expected: Described, got: Described) -> bool:
    if got["type"] not in ("list", "set"):
        return False
    texts = _texts(got["items"])
    return texts is not None and sorted(texts) == sorted(_texts(expected["items"]))


def _order(question: Question, expected: Described, got: Described) -> bool:
    return got["type"] == "list" and _texts(got["items"]) == _texts(expected["items"])


def _mapping(question: Question, expected: Described, got: Described) -> bool:
    if got["type"] != "mapping" or set(got["items"]) != set(expected["items"]):
        return False
    return all(_choice(question, expected["items"][key], got["items"][key]) for key in got["items"])


def _table(question: Question, expected: Described, got: Described) -> bool:
    """Compare the asked columns, row by row as the key says; other columns are left alone."""
    expected, got = as_table(question.public, expected), as_table(question.public, got)
    if got["type"] != "table" or len(got["rows"]) != len(expected["rows"]):
        return False
    columns, keys = list(question.public["columns"]), question.public["key"]
    if not set(columns) <= set(got["columns"]):
        return False
    right, left = (_by_key(table, keys, columns) for table in (expected, got))
    if set(right) != set(left) or len(left) != len(got["rows"]):
        return False
    return all(
        all(_cell(question, a, b) for a, b in zip(right[key], left[key], strict=True))
        for key in right
    )


def _by_key(table: Described, keys: list[str], columns: list[str]) -> dict[tuple, list[Described]]:
    """Return the other cells of each row by its key; nothing if a key cannot be compared."""
    places = [table["columns"].index(key) for key in keys]
    others = [table["columns"].index(column) for column in columns if column not in keys]
    if any(row[place]["type"] not in SINGLE for row in table["rows"] for place in places):
        return {}
    return {
        tuple(str_of(row[place]) for place in places): [row[place] for place in others]
        for row in table["rows"]
    }


def _cell(question: Question, expected: Described, got: Described) -> bool:
    """Compare two values; what is described by its type alone ("other") equals nothing."""
    if expected["type"] != got["type"]:
        return False
    if expected["type"] == "list":
        right, left = expected["items"], got["items"]
        return len(right) == len(left) and all(
            _cell(question, a, b) for a, b in zip(right, left, strict=True)
        )
    if expected["type"] == "number":
        return close(question, expected["value"], got["value"])
    if expected["type"] == "text":
        return tidy(expected["value"]) == tidy(got["value"])
    return expected["type"] in SINGLE and expected["value"] == got["value"]


def _chart(question: Question, expected: Described, got: Described) -> bool:
    """Compare what is drawn: as many series, each with the same points, in any order."""
    if got["type"] != "chart":
        return False
    marks = question.public["marks"]
    right, left = list(expected[marks]), list(got[marks])
    if len(right) != len(left) or not left:
        return False
    for series in right:
        match = next((other for other in left if _series(question, series, other)), None)
        if match is None:
            return False
        left.remove(match)
    scales = ("xscale", "yscale")
    return all(question.public.get(scale, got[scale]) == got[scale] for scale in scales)


def _series(question: Question, expected: list, got: list) -> bool:
    """Compare two series; a point without a value shows nothing, whether it is there or not."""
    expected, got = ([point for point in each if point[1] != "nan"] for each in (expected, got))
    return len(expected) == len(got) and all(
        _place(a[0], b[0]) and close(question, a[1], b[1])
        for a, b in zip(expected, got, strict=True)
    )


def _place(expected: object, got: object) -> bool:
    """Return whether two x values are the same: numbers nearly, words but for capitals, dates."""
    if isinstance(expected, float | int) and isinstance(got, float | int):
        return abs(expected - got) <= 1e-6 * max(1.0, abs(expected))
    return tidy(str(expected)) == tidy(str(got))


def _function(question: Question, expected: Described, got: Described) -> bool:
    if got["type"] != "function":
        return False
    right, left = expected["results"], got.get("results", [])
    return len(right) == len(left) and all(
        _result(question, a, b) for a, b in zip(right, left, strict=True)
    )


def _result(question: Question, expected: Described, got: Described) -> bool:
    if expected["type"] == "error":  # which words it uses is the student's affair
        return got["type"] == "error" and got["name"] == expected["name"]
    return _cell(question, expected, got)


KINDS = {
    "number": _number,
    "choice": _choice,
    "set": _set,
    "order": _order,
    "mapping": _mapping,
    "table": _table,
    "chart": _chart,
    "function": _function,
}
