"""A question for a table: which columns, and what each row says.

The form of the table counts only if the question says which: ``series`` is whether it is one
column (true) or a whole table. Then no other column may be there, either.
"""

from collections.abc import Callable
from functools import partial

from courseware.answers.answer_types import NOT_A_NUMBER, Described
from courseware.answers.kinds.kind import Kind
from courseware.answers.kinds.number import REVERSED, TOO_FAR, believable, yes_or_no
from courseware.answers.tolerance import close, of_column, rounded_too_far
from courseware.answers.wording import Question, count, listed, str_of, tidy, what_it_is

Near = Callable[[object, object], bool]  #: whether two described numbers agree
SINGLE = ("number", "text", "date", "duration", "yes-no")  # types whose value says all
#: What to say of a column, and of a table, where the other of the two is asked.
OF_THE_OTHER_FORM = {
    True: "one column, but the question asks for a whole table. Leave out the code that "
    "takes one column.",
    False: (
        "a table, but the question asks for one column. Write the name of the column in square "
        "brackets."
    ),
}


def _look(question: Question, answer: Described) -> str | None:
    name, columns = question["answer"], question["columns"]
    given, answer = answer, as_table(question, answer)
    if answer["type"] != "table":
        wanted = "a column" if question.get("series") else "a table"
        return f"`{name}` should be {wanted}, but it is {what_it_is(answer)}."
    if not answer["rows"]:
        return (
            f"`{name}` has no rows, because your filter kept none of them. Check the spelling in "
            "your filter."
        )
    absent = [column for column in columns if column not in answer["columns"]]
    if absent and given.get("series") and yes_or_no(given):
        return (
            f"`{name}` is a column of True and False, so it is only the condition. To get the rows "
            "for which it is true, put the condition into square brackets after the table, as in "
            "`table[…]`."
        )
    if answer["series"] != question.get("series", answer["series"]):
        return f"`{name}` is {OF_THE_OTHER_FORM[answer['series']]}"
    if absent:
        there = listed(answer["columns"])
        if _number(question) in absent:  # no question says how to call it
            return (
                f"`{name}` should have one column of numbers besides {question['key'][0]!r}. Its "
                f"columns are {there}."
            )
        if _on_its_side(question, answer):
            return (
                f"In `{name}`, rows and columns are the wrong way round. Swap the column that "
                "makes the rows and the column that makes the columns."
            )
        if twice := _named_twice(absent, answer):
            return (
                f"`{name}` has no column {absent[0]!r}. Its columns have two names each, such as "
                f"{twice!r}, because `values=` is missing in the round brackets of `pivot`. "
                "Write there which column fills the cells."
            )
        return (
            f"`{name}` has no column {absent[0]!r}. Its columns are {there}. Check which columns "
            "the question asks for."
        )
    low, high = question.get("rows", (1, float("inf")))
    if not low <= len(answer["rows"]) <= high:
        rows = count(len(answer["rows"]), "row")
        return (
            f"`{name}` has {rows}, which is too few or too many. Check what each row should "
            "describe."
        )
    for column, about in columns.items():
        complaint = _column(question, answer, column, about or {})
        if complaint:
            return complaint
    return None


def _named_twice(absent: list[str], answer: Described) -> str:
    """Return a column that `pivot` named after its values, too; empty if not all absent have it."""
    there = set(answer["columns"])
    for first in (each for each in answer["columns"] if each.endswith(f" {absent[0]}")):
        values = first.removesuffix(absent[0])
        if len(absent) > 1 and {f"{values}{column}" for column in absent} <= there:
            return first
    return ""


def _on_its_side(question: Question, answer: Described) -> bool:
    """Return whether what should be the names of columns stands in the first column, as rows."""
    keys = question["key"]
    wanted = {tidy(str(column)) for column in question["columns"] if column not in keys}
    if answer["series"] or set(keys) & set(answer["columns"]):
        return False
    return len(wanted) > 1 and wanted <= {str_of(row[0]) for row in answer["rows"]}


def as_table(question: Question, answer: Described) -> Described:
    """Return a table as it is meant: an index without a name is the key, a Series the one value.

    Where one number a key is asked, a dictionary of numbers says the same, and names count for
    nothing that only one column can have.
    """
    keys, strict = question["key"], "series" in question
    wanted = [column for column in question["columns"] if column not in keys]
    number = None if strict else _number(question)
    if number and answer["type"] == "mapping":
        answer = _of_numbers(answer)
    if answer["type"] != "table" or (answer["series"] and len(wanted) != 1):
        return answer
    names = list(answer["columns"])
    if answer["series"]:
        names[-1] = wanted[0]
    if "index" in names and len(keys) == 1 and keys[0] not in names:
        # the last of that name: reset_index has put the rows' old places before it
        names[len(names) - 1 - names[::-1].index("index")] = keys[0]
    table = {**answer, "columns": names, "series": answer["series"] and strict}
    return {**table, "columns": _named(question, table, number)} if number else table


def _number(question: Question) -> str | None:
    """Return the name of the one column of numbers that is asked beside one key, if that is all."""
    keys, columns = question["key"], question["columns"]
    wanted = [column for column in columns if column not in keys]
    if len(keys) != 1 or len(wanted) != 1:
        return None
    return wanted[0] if _holds(columns[wanted[0]]) == "number" else None


def _holds(about: dict | None) -> str:
    return (about or {}).get("kind", "number")


def _of_numbers(answer: Described) -> Described:
    """Return a dictionary of numbers as a column by its keys; any other as it is."""
    items = answer["items"].items()
    if any(item["type"] not in ("number", "nothing") for _, item in items):
        return answer
    rows = [
        [_key(key), dict(NOT_A_NUMBER) if item["type"] == "nothing" else item]
        for key, item in items
    ]
    return {"type": "table", "series": True, "columns": ["index", "value"], "rows": rows}


def _key(text: str) -> Described:
    """Return a dictionary's key, of which its description keeps the text."""
    try:
        return {"type": "number", "value": float(text)}
    except ValueError:
        return {"type": "text", "value": text}


def _named(question: Question, table: Described, number: str) -> list[str]:
    """Return the columns' names, with key and number called so if only one can be either."""
    (key,), names, rows = question["key"], list(table["columns"]), table["rows"]
    numbers = [
        place for place in range(len(names)) if all(row[place]["type"] == "number" for row in rows)
    ]
    if key not in names:
        others = [place for place in range(len(names)) if place not in numbers]
        if len(names) == 2 and not others and _holds(question["columns"][key]) == "number":
            others = [1 if names[0] == number else 0]
        if len(others) == 1:
            names[others[0]] = key
    left = [place for place in numbers if names[place] not in (key, "index")]
    if key in names and number not in names and len(left) == 1:
        names[left[0]] = number
    return names


def _column(question: Question, answer: Described, column: str, about: dict) -> str | None:
    name = question["answer"]
    place = answer["columns"].index(column)
    cells = [row[place] for row in answer["rows"]]
    if _holds(about) != "number":
        return None
    words = [cell for cell in cells if cell["type"] != "number"]
    if words:
        found = what_it_is(words[0])
        if words[0]["type"] == "duration":
            found += ". Turn it into days, with `.dt.days`"
        if question["key"] == [column]:
            return (
                f"In `{name}`, the column {column!r} should tell the rows apart by a number, but "
                f"it holds {found}. Check what each row should describe."
            )
        return f"In `{name}`, the column {column!r} should hold numbers, but it holds {found}."
    if any(cell.get("value") == "infinite" for cell in cells):
        return (
            f"In `{name}`, the column {column!r} holds an infinite value, because something is "
            "divided by zero. Check what you are dividing by."
        )
    numbers = [cell["value"] for cell in cells if isinstance(cell.get("value"), float)]
    if not numbers:
        return (
            f"In `{name}`, the column {column!r} holds no numbers. Check the calculation that made "
            "it."
        )
    for value in numbers:
        complaint = believable(about, f"A value in the column {column!r} of `{name}`", value)
        if complaint:
            return complaint
    return None


def _asked(question: Question) -> str:
    return f"a table with {', '.join(question['columns'])}"


def _same(
    question: Question, expected: Described, got: Described, near: Near | None = None
) -> bool:
    """Compare the asked columns by the rows' keys; others are left alone if the form is free.

    Numbers agree within the question's tolerance, or as ``near`` says.
    """
    expected, got = as_table(question, expected), as_table(question, got)
    if got["type"] != "table" or len(got["rows"]) != len(expected["rows"]):
        return False
    keys, columns = _asked_columns(question, expected)
    if got["series"] != expected["series"] or not set(columns) <= set(got["columns"]):
        return False
    if "series" in question and len(columns) != len(got["columns"]):
        return False
    right, left = (_by_key(question, table, keys, columns) for table in (expected, got))
    if [key for key, _ in right] != [key for key, _ in left] or len(left) != len(got["rows"]):
        return False
    one, other = (zip(*(row for _, row in rows), strict=True) for rows in (right, left))
    return all(map(partial(_same_column, question, near), one, other))


def _asked_columns(question: Question, expected: Described) -> tuple[list[str], list[str]]:
    """Return the names of the key's columns, and of all columns that are compared."""
    if "series" not in question:
        return question["key"], list(question["columns"])
    columns = expected["columns"]
    return columns[: -1 if expected["series"] else len(question["key"])], columns


def _by_key(
    question: Question, table: Described, keys: list[str], columns: list[str]
) -> list[tuple[tuple, list[Described]]]:
    """Return the key and the other cells of each row, in order of the keys; none if one has none.

    Rows that no key tells apart make no table, unless it is one of a certain form.
    """
    places = [table["columns"].index(key) for key in keys]
    others = [table["columns"].index(column) for column in columns if column not in keys]
    if any(row[place]["type"] not in SINGLE for row in table["rows"] for place in places):
        return []
    rows = [
        (tuple(str_of(row[place]) for place in places), [row[place] for place in others])
        for row in table["rows"]
    ]
    if "series" not in question and len({key for key, _ in rows}) < len(rows):
        return []
    return rows if question.get("ordered") else sorted(rows, key=lambda row: row[0])


def _same_column(question: Question, near: Near | None, expected: tuple, got: tuple) -> bool:
    near = near or partial(close, of_column(question, got))
    return all(same_value(near, one, other) for one, other in zip(expected, got, strict=True))


def same_value(near: Near, expected: Described, got: Described) -> bool:
    """Compare two values; what is described by its type alone ("other") equals nothing."""
    if expected["type"] != got["type"]:
        return False
    if expected["type"] == "list":
        right, left = expected["items"], got["items"]
        return len(right) == len(left) and all(
            same_value(near, a, b) for a, b in zip(right, left, strict=True)
        )
    if expected["type"] == "number":
        return near(expected["value"], got["value"])
    if expected["type"] == "text":
        return tidy(expected["value"]).rstrip(".") == tidy(got["value"]).rstrip(".")
    return expected["type"] in SINGLE and expected["value"] == got["value"]


def _slip(question: Question, expected: Described, got: Described) -> str:
    """Tell numbers with the other sign, and one number in place of a column of them."""
    got = as_table(question, got)
    if got["type"] != "table":
        return ""
    keys, _ = _asked_columns(question, as_table(question, expected))
    if _same(question, expected, _negative(got, keys)):
        return REVERSED
    if _same(question, expected, got, rounded_too_far):
        return TOO_FAR
    values = [row[-1]["value"] for row in got["rows"] if row[-1]["type"] == "number"]
    if question.get("series") and got["series"] and len({*values}) == 1 < len(values):
        return (
            "This is the same number in every row, but each row needs its own. Calculate it from "
            "whole columns."
        )
    return ""


def _negative(table: Described, keys: list[str]) -> Described:
    """Return a table with its numbers turned to the other sign; durations become days."""

    def turned(name: str, cell: Described) -> Described:
        value = cell.get("value")
        if name in keys or not isinstance(value, float):
            return cell
        return {"type": "number", "value": -value}

    return {**table, "rows": [list(map(turned, table["columns"], row)) for row in table["rows"]]}


def _hint(question: Question, expected: Described, got: Described) -> str:
    return (
        "The table is not the expected one. Check its rows first. Then check the unit and the year "
        "of a value, and whether values are missing."
    )


KIND = Kind(_look, _asked, _same, _hint, _slip)
