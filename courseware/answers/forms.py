"""What an answer would be in the form that is asked: a number without its quotation marks, say.

Each reading keeps the content as it is. Whether it counts is for a person to say.
"""

import re
from collections.abc import Iterator

from courseware.answers.answer_types import Described
from courseware.answers.wording import str_of

MOST_TYPED = 40  # characters of a number that is typed with its unit
#: A number as people write it: 48.1, 48,1 % or "12 days".
TYPED = re.compile(r"\s*([-+−]?\d+(?:[.,]\d+)?)\s*(?:%|[a-z$€. ]*)", re.IGNORECASE)


def readings(expected: Described, got: Described) -> Iterator[Described]:
    """Yield what an answer may be read as, of the type of the expected one."""
    wanted, items = expected["type"], _items(got)
    if wanted in ("number", "text", "yes-no") and len(items) == 1:
        yield from (items[0], _number(items[0]))
    if wanted == "number":
        yield _number(got)
        if got.get("tuple") and all(_is_whole(item) for item in items) and len(items) == 2:
            whole, decimals = map(str_of, items)
            yield _number({"type": "text", "value": f"{whole}.{decimals}"})
    if wanted in ("list", "set"):
        each = [got] if got["type"] in ("text", "number") else items
        yield {"type": "list", "items": each}
        yield {"type": "list", "items": list({str_of(item): item for item in each}.values())}
    if wanted == "table":
        yield _table(expected, got)
    if wanted == "mapping" and got.get("series"):
        yield {
            "type": "mapping",
            "items": {str(row[0].get("value")): row[-1] for row in got["rows"]},
        }


def _items(got: Described) -> list[Described]:
    """Return the items of a list or set, and the cells of a column."""
    if got["type"] == "table":
        return [row[-1] for row in got["rows"]] if got["series"] else []
    return got["items"] if got["type"] in ("list", "set") else []


def _is_whole(item: Described) -> bool:
    value = item.get("value")
    return item["type"] == "number" and isinstance(value, float) and value == round(value)


def _number(got: Described) -> Described:
    """Return a text that is a number, or a duration in days, as this number; all else as it is."""
    value = got.get("value")
    short = got["type"] == "text" and len(value) <= MOST_TYPED
    if short and (found := TYPED.fullmatch(value)):
        value = float(found[1].replace(",", ".").replace("−", "-"))
    elif got["type"] != "duration":
        return got
    return {"type": "number", "value": value}


def _table(expected: Described, got: Described) -> Described:
    """Return a table with numbers for texts and durations, or a list as the table's last column."""
    if got["type"] == "table":
        rows = [[row[0], *map(_number, row[1:])] for row in got["rows"]]
        return {**got, "rows": rows}
    items = _items(got)
    if len(items) != len(expected["rows"]):
        return got
    pairs = zip(expected["rows"], items, strict=True)
    return {**expected, "rows": [[*row[:-1], _number(item)] for row, item in pairs]}
