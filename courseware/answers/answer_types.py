"""What a description of an answer is (see `describe`), for whoever only reads one."""

from typing import Any

MAX_TEXT = 2_000  # characters of one text
MAX_ITEMS = 5_000  # items of one list with all lists in it, or cells of one table

Described = dict[str, Any]

NOT_A_NUMBER: Described = {"type": "number", "value": "nan"}
