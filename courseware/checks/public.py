"""The public checks look whether an answer is the right kind of thing, of a believable size.

They look at a described answer (see `courseware.checks.describe`) and at the public part of a
question, which holds no answer. They never say that an answer is right.
"""

import re
from collections.abc import Callable, Iterable

from courseware.checks.describe import Described

UNSAID = " .…"  # what our own hints leave for the student to say
MOST_LISTED = 20  # columns or keys that a sentence names
#: Types of description in words, where the type alone is none.
IN_WORDS = {
    "nothing": "nothing (None)",
    "unfinished": "three dots",
    "mapping": "a dictionary",
    "too large": "a long list",
}
#: Names of Python's types that set(…) or list(…) turns into what is asked.
LAZY = ("dict_keys", "dict_values", "filter", "generator", "map", "range", "zip")

RIGHT_KINDS = {
    "choice": "one of the possible choices",
    "set": "a set",
    "order": "a list in order",
    "chart": "a chart with what it needs",
}

Question = dict  #: the public part: answer, kind, and the optional fields of that kind


def problem(question: Question, answer: Described) -> str | None:
    """Return one or two sentences on what to mend, or None if the public checks pass."""
    name, kind = question["answer"], question["kind"]
    general = {
        "missing": f"There is no `{name}` yet. Run the answer cell above; keep the name as it is.",
        "unfinished": f"`{name}` is not answered yet: replace the three dots by your answer.",
        "nothing": f"`{name}` is empty (None). Does its last line give a value to `{name}`?",
        "too large": f"`{name}` is very large: thousands of values. Filter or sum up first.",
    }
    if answer["type"] in general:
        return general[answer["type"]]
    return KINDS[kind](question, answer)


def right_kind(question: Question) -> str:
    """Return what kind of answer is asked, in words: all that a passed check may say."""
    kind, unit = question["kind"], question.get("unit")
    if kind == "number" and question.get("whole"):
        return f"a whole number{f' of {unit}' if unit else ''}"
    if kind == "number":
        return f"a number{f' in {unit}' if unit else ''}, of a possible size"
    if kind in ("set", "order") and question.get("size"):
        return f"a {'list' if kind == 'order' else 'set'} of {question['size']}"
    if kind == "mapping":
        return f"a choice for each of {len(question['keys'])}"
    if kind == "table":
        return f"a table with {', '.join(question['columns'])}"
    if kind == "function":
        return "a function that gives something back"
    return RIGHT_KINDS[kind]


def what_it_is(answer: Described) -> str:
    """Return what an answer is, in words: "a table with 12 rows", "the text 'abc'"."""
    kind = answer["type"]
    if kind == "table":
        thing = "a column" if answer["series"] else "a table"
        return f"{thing} with {_count(len(answer['rows']), 'row')}"
    if kind in ("list", "set"):
        return f"a {kind} with {_count(len(answer['items']), 'item')}"
    if kind == "text":
        return f"the text {answer['value'][:40]!r}"
    if kind in ("number", "yes-no", "date"):
        value = str(answer["value"]).removesuffix("T00:00:00")
        return f"the {kind if kind != 'yes-no' else 'value'} {value}"
    if kind in IN_WORDS:
        return IN_WORDS[kind]
    name = answer.get("name", kind)
    return f"{'an' if name[:1].lower() in tuple('aeiou') else 'a'} {name}"


def shown(value: float) -> str:
    """Return a number as one reads it: 0.123, 12,345.6, 1,000,000,000."""
    return f"{value:,.0f}" if 1e5 <= abs(value) < 1e15 else f"{value:,.6g}"


def listed(things: Iterable) -> str:
    """Return the first few things, with commas."""
    texts = [str(thing)[:40] for thing in things]
    return ", ".join(texts[:MOST_LISTED]) + (" …" if len(texts) > MOST_LISTED else "")


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _number(question: Question, answer: Described) -> str | None:
    name = question["answer"]
    if answer["type"] != "number":
        return _no_number(name, answer)
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
        return (
            f"`{name}` is 0, and that cannot be. If you asked a column, compare the word in your "
            "question with it, letter by letter."
        )
    if question.get("whole") and abs(value - round(value)) > 1e-6:
        return f"`{name}` counts things, so it should be a whole number; it is {shown(value)}."
    return _believable(question, f"`{name}`", value)


def _no_number(name: str, answer: Described) -> str:
    start = f"`{name}` should be one number; it is {what_it_is(answer)}."
    if answer["type"] == "text":
        if re.fullmatch(r"[-+−]?[\d.,][\d.,\s]*%?", answer["value"].strip()):
            return f"{start} Write it without quotation marks, with a point for decimals: 12.3."
        return start
    if answer.get("name") == "duration":
        return f"{start} Turn it into a number, for example of days, with .days."
    if answer["type"] == "table":
        return f"{start} {_one_of(answer)}"
    if _comma_for_a_point(answer):
        return f"{start} Python takes a comma for the end of a value: write 12.3, with a point."
    if answer["type"] in ("list", "set"):
        return f"{start} Pick one of them."
    return start


def _one_of(answer: Described) -> str:
    """Return how one number is made of a table or column, in words of the first chapters."""
    if not answer["series"]:
        return "Count its rows with `len(…)`, or take one value out of it."
    if {cell["type"] for row in answer["rows"] for cell in row[-1:]} == {"yes-no"}:
        return "It says True or False: its mean, `.mean()`, is the share of True."
    return (
        "Make one number of it: `.mean()` is its average; from chapter 02 on you also know "
        "`.sum()`, and `.loc[…]` for one value."
    )


def _comma_for_a_point(answer: Described) -> bool:
    """Return whether it looks like ``12,3`` or ``12,3 - 4,5``: whole numbers between commas."""
    if answer["type"] != "list" or not 2 <= len(answer["items"]) <= 4:
        return False
    values = [each.get("value") for each in answer["items"]]
    if not all(isinstance(value, float) and value.is_integer() for value in values):
        return False
    return len(values) == 2 or max(values) >= 100


def _believable(question: Question, what: str, value: float) -> str | None:
    """Say if a number's sign or order of magnitude cannot be right."""
    unit = f" {question['unit']}" if question.get("unit") else ""
    sign = question.get("sign")
    if (sign == "positive" and value < 0) or (sign == "negative" and value > 0):
        told = f"{what} has an unexpected sign: {shown(value)}{unit}."
        return f"{told} Which minus which, or are brackets missing?"
    low, high = question.get("range", (-float("inf"), float("inf")))
    if not low <= value <= high:
        return (
            f"{what} is {shown(value)}. The question asks for{unit or ' a number'}, and something "
            f"between {shown(low)} and {shown(high)}: look at the unit."
        )
    return None


def _choice(question: Question, answer: Described) -> str | None:
    name, options = question["answer"], question["options"]
    listed = ", ".join(repr(option) for option in options)
    if answer["type"] != "text":
        return (
            f"`{name}` should be one of {listed}, in quotation marks; it is {what_it_is(answer)}."
        )
    if tidy(answer["value"]) not in {tidy(option) for option in options}:
        return f"`{name}` is {answer['value'][:40]!r}. Choose one of {listed}."
    return None


def tidy(text: str) -> str:
    """Return a word as it is compared: without outer blanks, capitals alike."""
    return " ".join(text.split()).casefold()


def _texts(question: Question, answer: Described) -> str | None:
    """Look at a set or an ordered list of texts."""
    name, kind = question["answer"], question["kind"]
    if answer["type"] not in ("list", "set") or (kind == "order" and answer["type"] == "set"):
        example = "['a', 'b']" if kind == "order" else "{'a', 'b'}"
        start = f"`{name}` should look like {example}; it is {what_it_is(answer)}."
        if answer.get("series") or answer["type"] == "set" or answer.get("name") in LAZY:
            return f"{start} Put {'list' if kind == 'order' else 'set'}(…) around it."
        return start
    items = answer["items"]
    unlike = [item for item in items if item["type"] not in ("text", "number")]
    if unlike:
        return f"`{name}` should hold texts or numbers only; it holds {what_it_is(unlike[0])}."
    values = [str_of(item) for item in items]
    if not values:
        return f"`{name}` is empty."
    if len(set(values)) < len(values):
        return f"`{name}` names something twice."
    allowed = question.get("allowed", [])
    known = {tidy(str(each)) for each in allowed}
    for item, value in zip(items, values, strict=True):
        if allowed and value not in known:
            return f"`{name}` holds {what_it_is(item)}, which is none of: {listed(allowed)}."
    size = question.get("size")
    if size and len(values) != size:
        return f"`{name}` should have {_count(size, 'item')}; it has {len(values)}."
    return None


def str_of(item: Described) -> str:
    """Return a described text or number as it is compared in sets and orders."""
    value = item.get("value")
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.9g}"
    return tidy(str(value))


def _mapping(question: Question, answer: Described) -> str | None:
    name, keys, options = question["answer"], question["keys"], question["options"]
    if answer["type"] != "mapping":
        start = f"`{name}` should be a dictionary {{'…': '…'}}; it is {what_it_is(answer)}."
        return f"{start} Put .to_dict() behind it." if answer.get("series") else start
    items = answer["items"]
    absent = [key for key in keys if items.get(key, {"type": "unfinished"})["type"] == "unfinished"]
    if absent:
        return f"`{name}` has no answer yet for {listed(absent)}."
    extra = [key for key in items if key not in keys]
    if extra:
        return f"`{name}` holds {extra[0][:40]!r}, which was not asked. Keep the keys as they are."
    for key, item in items.items():
        if item["type"] != "text" or tidy(item["value"]) not in {tidy(o) for o in options}:
            return f"In `{name}`, {key} is {what_it_is(item)}. Choose from: {', '.join(options)}."
    return None


def _table(question: Question, answer: Described) -> str | None:
    name, columns = question["answer"], question["columns"]
    answer = as_table(question, answer)
    if answer["type"] != "table":
        return f"`{name}` should be a table; it is {what_it_is(answer)}."
    if not answer["rows"]:
        return f"`{name}` has no rows: nothing passed your filter."
    absent = [column for column in columns if column not in answer["columns"]]
    if absent:
        there = listed(answer["columns"])
        if _on_its_side(question, answer):
            return (
                f"In `{name}`, rows and columns are the wrong way round. Name first what is to "
                "make the rows."
            )
        return (
            f"`{name}` has no column {absent[0]!r}. It has: {there}. Look again at which columns "
            "the question asks for."
        )
    low, high = question.get("rows", (1, float("inf")))
    if not low <= len(answer["rows"]) <= high:
        count = _count(len(answer["rows"]), "row")
        return f"`{name}` has {count}: too few or too many. One row per what?"
    for column, about in columns.items():
        complaint = _column(question, answer, column, about or {})
        if complaint:
            return complaint
    return None


def _on_its_side(question: Question, answer: Described) -> bool:
    """Return whether what should be the names of columns stands in the first column, as rows."""
    keys = question["key"]
    wanted = {tidy(str(column)) for column in question["columns"] if column not in keys}
    if answer["series"] or set(keys) & set(answer["columns"]):
        return False
    return len(wanted) > 1 and wanted <= {str_of(row[0]) for row in answer["rows"]}


def as_table(question: Question, answer: Described) -> Described:
    """Return a table as it is meant: an index without a name is the key, a Series the one value."""
    keys = question["key"]
    wanted = [column for column in question["columns"] if column not in keys]
    if answer["type"] != "table" or (answer["series"] and len(wanted) != 1):
        return answer
    names = list(answer["columns"])
    if answer["series"]:
        names[-1] = wanted[0]
    if "index" in names and len(keys) == 1 and keys[0] not in names:
        names[names.index("index")] = keys[0]
    return {**answer, "columns": names, "series": False}


def _column(question: Question, answer: Described, column: str, about: dict) -> str | None:
    name = question["answer"]
    place = answer["columns"].index(column)
    cells = [row[place] for row in answer["rows"]]
    if about.get("kind", "number") != "number":
        return None
    words = [cell for cell in cells if cell["type"] != "number"]
    if words:
        found = what_it_is(words[0])
        return f"In `{name}`, the column {column!r} should hold numbers; it holds {found}."
    if any(cell.get("value") == "infinite" for cell in cells):
        return f"In `{name}`, the column {column!r} holds an infinite value. Look at the base."
    numbers = [cell["value"] for cell in cells if isinstance(cell.get("value"), float)]
    if not numbers:
        return f"In `{name}`, the column {column!r} holds no number at all."
    for value in numbers:
        complaint = _believable(about, f"A value in the column {column!r} of `{name}`", value)
        if complaint:
            return complaint
    return None


def _chart(question: Question, answer: Described) -> str | None:
    name = question["answer"]
    if answer["type"] != "chart":
        return (
            f"`{name}` should be the chart's axes, as in `{name} = table.plot()`; "
            f"it is {what_it_is(answer)}."
        )
    marks = question["marks"]
    series = answer[marks]
    if not series:
        return f"`{name}` shows no {marks}. Which kind of chart is asked?"
    count = question.get("series")
    if count and len(series) != count:
        start = f"`{name}` shows {len(series)} series of {marks}; the question asks for {count}."
        again = " Begin a new chart, and draw each series at one go."
        return start + (again if len(series) > count else "")
    needs = question.get("needs", [])
    if "title" in needs and not answer["title"].strip(UNSAID):
        return f"`{name}` lacks a title that says what is seen: give title='…'."
    if "ylabel" in needs and not answer["ylabel"].strip(UNSAID):
        return (
            f"`{name}` lacks the unit on the axis of the numbers: give ylabel='…', or, if the "
            "bars lie, xlabel='…'."
        )
    for scale in ("xscale", "yscale"):
        if question.get(scale, answer[scale]) != answer[scale]:
            return f"`{name}`: one axis should be {question[scale]}, and is {answer[scale]}."
    return None


def _function(question: Question, answer: Described) -> str | None:
    name = question["answer"]
    if answer["type"] != "function":
        return f"`{name}` should be a recipe, that is `def {name}(…):`; it is {what_it_is(answer)}."
    for example, result in zip(
        question.get("examples", []), answer.get("results", []), strict=True
    ):
        call = f"`{name}{example.replace(',)', ')')}`"
        if result["type"] == "error":
            return f"{call} stops with {result['name']}: {result['text'][:120]}"
        if result["type"] in ("nothing", "unfinished"):
            return (
                f"{call} gives nothing back. Either `return` is missing (`print` shows, it gives "
                "nothing back), or the last `return` stands too far to the right, inside the `if`."
            )
        wanted = question.get("returns", "number")
        if result["type"] != wanted:
            return f"{call} should give back a {wanted}; it gives {what_it_is(result)}."
    return None


KINDS: dict[str, Callable[[Question, Described], str | None]] = {
    "number": _number,
    "choice": _choice,
    "set": _texts,
    "order": _texts,
    "mapping": _mapping,
    "table": _table,
    "chart": _chart,
    "function": _function,
}
