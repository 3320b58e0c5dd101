"""The mistakes that beginners make, each with a sentence and what to do next.

`explain` looks at an error, at the tables in the frames that it passed through, and at the
notebook's names. It knows the mistakes by what Python and pandas say of them; whatever it does not
know gets a sentence too.
"""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from types import EllipsisType, ModuleType
from typing import Any, NamedTuple

from pandas.errors import IndexingError, InvalidIndexError, MergeError

from courseware import CourseError
from courseware.mistakes.places import Place, given_elsewhere, last_cell, place_of

MOST_NAMES = 12  # that a sentence lists
MOST_ROWS = 1_000  # whose names are compared with a misspelt one
MOST_CELLS = 200_000  # rows of a column that is looked through for a word
COMMON = ("abs", "len", "list", "max", "min", "print", "round", "set", "sorted", "str", "sum")
AN_ID = re.compile(r"P\d{1,2}|C\d{2}|T[12]|[A-Z]{3}")
#: What the first cell of a page brings.
FIRST_CELL = {"charts", "check", "claims", "data", "journal", "maps", "pd", "plt", "turn", "words"}
#: What stands between two asterisks is shown as the menu has it, in italics.
RUN_ABOVE = "*Run → Run All Above Selected Cell* does that at once."
RUN_AGAIN = "Mend the line and run the cell again."


class Explanation(NamedTuple):
    """What is said of an error: what happened, what to do, and in which line of the cell."""

    what: str
    remedy: str
    line: int | None = None


def explain(error: BaseException, names: dict[str, Any]) -> Explanation:
    """Return a sentence on an error and what to do next.

    Args:
        error: with the traceback that it came with.
        names: the notebook's own names.

    """
    error = whole(error, names)
    line = line_of(error, names)
    if isinstance(error, CourseError):  # our own say what to do
        return Explanation(*_two_sentences(str(error)), line)
    for kind, say in SENTENCES:
        if isinstance(error, kind):
            said = _dots_left(error) or _no_rows(error, names) or say(error, names)
            if said:
                return Explanation(*said, line)
    name = type(error).__name__
    return Explanation(
        f"Python cannot go on, and names the reason `{name}`: {_first_line(error)}",
        "Look at the line that it names. If the cell above was changed, run that one again first.",
        line,
    )


def whole(error: BaseException, names: dict[str, Any]) -> BaseException:
    """Return what Python says of a cell that ends too early: IPython's reader says only that."""
    cells = names.get("In")
    if isinstance(error, SyntaxError) and "incomplete input" in (error.msg or "") and cells:
        try:
            compile(cells[-1], "<cell>", "exec")
        except SyntaxError as plain:
            return plain
    return error


def line_of(error: BaseException, names: dict[str, Any]) -> int | None:
    """Return the line of the cell in which it stopped; None if it cannot be told."""
    if isinstance(error, SyntaxError):
        return error.lineno
    found = [frame for frame in frames(error) if frame.tb_frame.f_globals is names]
    inside = [f for f in found if f.tb_frame.f_code.co_name == "<module>"]
    return (inside or found)[-1].tb_lineno if found else None


def frames(error: BaseException) -> Iterator[Any]:
    """Yield the parts of a traceback, from the cell inwards."""
    part = error.__traceback__
    while part:
        yield part
        part = part.tb_next


def failed(error: BaseException, names: dict[str, Any]) -> Place | None:
    """Return the piece of the cell that failed; None if it cannot be told."""
    found = [part for part in frames(error) if part.tb_frame.f_globals is names]
    return place_of(found[-1], names) if found else None


def nearest(word: str, known: Iterable[Any]) -> list[str]:
    """Return up to two names that a word may have been meant for."""
    texts = {str(each).casefold(): str(each) for each in known if isinstance(each, str | int)}
    asked = str(word).casefold()
    if found := get_close_matches(asked, texts, n=1, cutoff=0.85):  # it leaves no doubt
        return [texts[each] for each in found]
    alike = [each for each in texts if each[:1] == asked[:1]]
    return [texts[each] for each in get_close_matches(asked, alike, n=2, cutoff=0.66)]


def listed(things: Iterable[Any]) -> str:
    """Return the first names of many, as code, with commas."""
    shown = list(things)
    quoted = any("," in str(thing) for thing in shown)  # or one name would look like two
    texts = [_code(written(thing) if quoted else str(thing)) for thing in shown]
    return ", ".join(texts[:MOST_NAMES]) + (" …" if len(texts) > MOST_NAMES else "")


def meant(near: list[str], quoted: bool = False) -> str:
    """Return a question that names what may have been meant; empty if nothing is near."""
    sign = '"' if quoted else ""
    return f" Did you mean {' or '.join(f'`{sign}{n}{sign}`' for n in near)}?" if near else ""


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else "it does not say more."


def _two_sentences(text: str) -> tuple[str, str]:
    what, stop, remedy = text.partition(". ")
    if remedy.startswith("Did you mean"):
        question, sign, remedy = remedy.partition("? ")
        what, stop = f"{what}. {question}{sign.strip()}", ""
    return what + stop.strip(), remedy or RUN_AGAIN


def _dots_left(error: BaseException) -> tuple[str, str] | None:
    """Return what to say if the three dots of a blank were taken for a value."""
    in_it = any(isinstance(each, EllipsisType) for each in error.args)
    said = re.search(r"\bellipsis\b", str(error), re.IGNORECASE)
    owner = isinstance(getattr(error, "obj", None), EllipsisType)
    if in_it or said or owner:
        return (
            "Three dots, `...`, still stand where an answer belongs.",
            "Put your answer in their place, here or in the cell that gave them a name.",
        )
    return None


#: What pandas says of a table without rows when a number, a place or a chart is asked of it.
OF_NOTHING = re.compile(r"empty sequence|out of bounds|out-of-bounds|no numeric data to plot")


def _no_rows(error: BaseException, names: dict[str, Any]) -> tuple[str, str] | None:
    """Return what to say of a table that a filter has left empty; None if that is not the cause."""
    if not isinstance(error, KeyError) and not OF_NOTHING.search(str(error)):
        return None
    table = table_of(error)
    if table is None or len(table):
        return None
    if isinstance(error, KeyError) and not _by_loc(error) and len(getattr(table, "columns", [])):
        return None  # a column is asked, and columns it has
    own = [_code(name) for name, each in names.items() if each is table and name[0] != "_"]
    kind = "table" if hasattr(table, "columns") else "column"
    return (
        f"{own[0] if own else f'This {kind}'} has no rows. No row passed the filter, or lay in the "
        "range, that made it.",
        "Look at that filter or range, here or in the cell that made the table. Does the column "
        "hold the value, and is a number in quotation marks? Numbers are written without them.",
    )


# --- Names -------------------------------------------------------------------------------------


def _name(error: NameError, names: dict[str, Any]) -> tuple[str, str]:
    word = error.name or (re.findall(r"'(\w+)'", str(error)) or ["?"])[0]
    inside = [name for part in frames(error) for name in part.tb_frame.f_locals]
    own = [name for name in [*names, *inside] if not name.startswith("_")]
    called = re.search(rf"(?<![\w.]){re.escape(word)}\(", last_cell(names))
    where = "" if called else in_tables(word, names)
    if called:
        own = [name for name in own if callable(names.get(name))]
    near = nearest(word, [*own, *COMMON])
    if len(word) == 1:  # whatever has this letter is near it; a capital is that of a choice
        near = [name for name in near if word.islower() and name.casefold() == word]
    if word.lower() in ("true", "false", "none") and not where:
        return f"Python writes `{word.capitalize()}` with a capital letter.", "Mend that letter."
    if (called or not (near or where)) and (tool := _tool_of_a_table(word, names)):
        return tool
    if word in FIRST_CELL:
        return (
            f"`{word}` is one of the course's tools, and they are not there yet: this page was "
            "opened anew, or its first cell has not run.",
            f"Run the first cell with code, then the cells from the top. {RUN_ABOVE}",
        )
    if tool := _tool_of_a_box(word, names):
        return tool
    if not where and (begins := given_elsewhere(word, last_cell(names))):
        return (
            f"`{word}` is not there yet: another cell gives it that name, and it has not run since "
            "this page was opened.",
            f"Run that cell first: it begins with `{begins}`. {RUN_ABOVE}",
        )
    with_comma = re.search(rf"\b{re.escape(word)}, \w+", last_cell(names))
    if with_comma and (there := in_tables(with_comma[0], names)):
        return (
            f"`{with_comma[0]}` has no quotation marks, so Python takes it for two names. "
            f"It stands in {there}.",
            f'Write it as one text, with its comma: `["{with_comma[0]}"]`.',
        )
    if re.search(rf"\bon\s*=\s*{re.escape(word)}\b", last_cell(names)) and _heads(word, names):
        return (
            f"`{word}` has no quotation marks, so Python takes it for a name that you gave.",
            f"Write `on={written(word)}`.",
        )
    if call := re.search(rf"\bcheck\(\s*{re.escape(word)}\b[^()\n]*\)", last_cell(names)):
        return (
            f"`{word}` has no quotation marks, so Python takes it for a name that you gave.",
            f"Write `{call[0].replace(word, written(word), 1)}`.",
        )
    alone = _alone(word, last_cell(names))
    if where or (AN_ID.fullmatch(word) and not near):
        found = f" It stands in {where}." if where and not alone else ""
        return (
            f"`{word}` has no quotation marks, so Python takes it for a name that you gave.{found}",
            _quoted_or_column(word, names),
        )
    compared = re.search(rf"[=!]= *{re.escape(word)}\b(?!\()", last_cell(names))
    as_text = compared or (alone and (word[0].isupper() or not near))
    if near and not as_text:
        return f"Nothing is called `{word}` here.{meant(near)}", RUN_AGAIN
    if len(word) == 1 or as_text:  # the letter or the word of a choice, more often than a name
        return (
            f"Nothing is called `{word}` here.{meant(near)}",
            f'If you mean a text, put it in quotation marks: `"{word}"`. '
            f"If a cell above gives that name, run it first. {RUN_ABOVE}",
        )
    if word in OTHERWISE:
        return f"Nothing is called `{word}` here.", OTHERWISE[word]
    if _a_function_to_write(word, names):
        return (
            f"Nothing is called `{word}` yet, and this cell is where you give it that name.",
            f"Write your function above this line. It begins with `def {word}(…):`.",
        )
    return (
        f"Nothing is called `{word}` yet.",
        f"If a cell above gives that name, run it first. {RUN_ABOVE}{_or_else(word, names)}",
    )


def _alone(word: str, cell: str) -> bool:
    """Return whether a word is all that an equals sign or a pair in braces gives."""
    shown = re.escape(word)
    given = rf"^\s*[\w.]+(\[[^\]\n]*\])?\s*=\s*{shown}\s*(#.*)?$"
    return bool(re.search(rf"{given}|\{{[^}}]*:\s*{shown}\s*[,}}\n]", cell, re.MULTILINE))


#: Tools that other programs have, and how it is written here.
OTHERWISE = {
    "sqrt": "The root is written as a power: `** 0.5`.",
    "average": "The average of a column is its mean: `.mean()` behind it.",
}


def _a_function_to_write(word: str, names: dict[str, Any]) -> bool:
    """Return whether the cell asks for a function, and the word is used as one."""
    cell = last_cell(names)
    return "# Write your function" in cell and f"{word}(" in cell


def _or_else(word: str, names: dict[str, Any]) -> str:
    """Return what to do if a word is no name: names in the course's tables have capital letters."""
    cell = last_cell(names)
    if re.search(rf"(?<![\w.]){re.escape(word)}\(", cell):
        return " A function of another page is not known here: write its `def` once more."
    if re.search(rf"\w\[\s*{re.escape(word)}\s*[\],]", cell):
        return f' If you mean a row or a column, put its name in quotation marks: `["{word}"]`.'
    return f' If you mean a text, put it in quotation marks: `"{word}"`.' * word[:1].isupper()


def _tool_of_a_table(word: str, names: dict[str, Any]) -> tuple[str, str] | None:
    """Return what to say of a tool that has no table before it; None if a word is no such tool."""
    tables = [name for name, thing in _tables(names) if callable(getattr(thing, word, None))]
    if not tables:
        return None
    cell = last_cell(names)
    given = re.search(rf"\b{word}\(\s*((\w+)(?:\[[\"'][^\"']+[\"']\])?)\s*[,)]", cell)
    works_on = given and hasattr(names.get(given[2]), word)
    before = given[1] if works_on else tables[-1]
    return (
        f"`{word}` is a tool of a table, and no table stands before it.",
        f"Write the name of the table and a dot before it, such as `{before}.{word}()`.",
    )


def _tool_of_a_box(word: str, names: dict[str, Any]) -> tuple[str, str] | None:
    """Return what to say of a tool that lacks the name of its box, such as ``pd``."""
    boxes = [(n, box) for n, box in names.items() if isinstance(box, ModuleType) and n[0] != "_"]
    found = [f"`{name}.{word}`" for name, box in boxes if _is_tool(getattr(box, word, None))]
    if not found:
        return None
    return (
        f"`{word}` is a tool in a box, and the name of the box does not stand before it.",
        f"Write {' or '.join(found)}.",
    )


def _is_tool(thing: Any) -> bool:
    return callable(thing) and not isinstance(thing, ModuleType)


def _quoted_or_column(word: str, names: dict[str, Any]) -> str:
    """Return what to write for a word of a table that has no quotation marks."""
    cell = last_cell(names)
    columns = [name for name, table in _tables(names) if word in list(table.columns)]
    inside = re.search(rf"[\[,]\s*{re.escape(word)}\s*[\],]", cell)
    named = re.search(rf"[(,]\s*\w+\s*=\s*{re.escape(word)}\b(?!\s*=)", cell)
    if label := re.search(rf"\b(title|[xy]label)\s*=\s*\w*[^\"',=()]*\b{re.escape(word)}\b", cell):
        return f'Put quotation marks around all of the text: `{label[1]}="…"`.'
    as_text = _alone(word, cell) or re.search(rf"[=!]= *{re.escape(word)}\b", cell)
    if columns and cell and not inside and not named and not as_text:
        before = re.search(rf"(\w+)[(\[]\s*{re.escape(word)}\b", cell)
        is_row = before and hasattr(names.get(before[1]), "index")
        table = before[1] if is_row else _holder(word, names)
        return f'If you mean the column, write `{table}["{word}"]`.'
    return f'If you mean the text, write `"{word}"`.'


def _tables(names: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return the notebook's tables by their names, those that were named last at the end."""
    own = ((name, thing) for name, thing in names.items() if not name.startswith("_"))
    return [(name, thing) for name, thing in own if hasattr(thing, "columns")]


def in_tables(word: str, names: dict[str, Any]) -> str:
    """Return where in the notebook's tables a word stands, in words; empty if nowhere."""
    tables = [(n, t) for n, t in names.items() if not n.startswith("_") and hasattr(t, "index")]
    tables = [(name, table) for name, table in tables if hasattr(table, "dtypes")]
    before = re.findall(r"(\w+)(?:\.loc)?\[", last_cell(names).partition(word)[0])[-1:]
    return _in_these([each for each in tables if each[0] in before], word) or _in_these(
        tables, word
    )


def _in_these(tables: list[tuple[str, Any]], word: str) -> str:
    for name, table in tables:
        if word in list(getattr(table, "columns", [])):
            return f"the table `{name}`, as a column"
        if len(table) <= MOST_CELLS and word in set(map(str, row_names(table))):
            return f"the table `{name}`, as a row"
    for name, table in tables:
        if not hasattr(table, "columns") and _says(table, word):
            return f"the column `{name}`"
        for column in getattr(table, "columns", []):
            if _says(table[column], word):
                return f'the column `"{column}"` of `{name}`'
    return ""


def _says(column: Any, word: str) -> bool:
    """Return whether a row of a column holds a word as it is."""
    texts = getattr(column, "dtype", None) in ("object", "str")
    return texts and len(column) <= MOST_CELLS and bool((column == word).any())


def _attribute(error: AttributeError, names: dict[str, Any]) -> tuple[str, str] | None:
    thing, word = getattr(error, "obj", None), getattr(error, "name", None)
    if "keyword argument" in str(error):  # matplotlib says so of a misspelt title=
        return _kind(error, names)
    if word is None:
        return None
    if thing is None and "NoneType" in str(error):
        return (
            f"There is nothing before `.{word}`: what stands there is empty.",
            "Look at the line that gave it its value: perhaps that tool gives nothing back.",
        )
    known = [each for each in dir(thing) if not each.startswith("_")]
    near = nearest(word, known) or nearest(word.replace("_", ""), known)
    if isinstance(thing, ModuleType):
        what = f"`{thing.__name__.split('.')[-1]}` has nothing called `{word}`."
    else:
        what = f"{a_thing(thing)} has nothing called `.{word}`."
    if str(getattr(thing, "dtype", "")) == "bool" and _of_some_table(word, names):
        return _not_yet_rows(error, names)
    if isinstance(thing, str) and hasattr(names.get(thing), "columns"):
        return _table_in_quotes(thing)
    if remedy := _behind(error, word, names):
        return what, remedy
    if near:
        return f"{what}{meant(near)}", RUN_AGAIN
    return what, "Look at its spelling, and at what stands before the dot."


def _of_some_table(word: str, names: dict[str, Any]) -> bool:
    return any(hasattr(table, word) for _, table in _tables(names))


def _not_yet_rows(error: AttributeError, names: dict[str, Any]) -> tuple[str, str]:
    """Return what to say of a tool for tables behind a column of True and False."""
    place = failed(error, names)
    match place.node if place else None:
        case ast.Attribute(value=ast.Name(id=name)):
            return _question_alone(name, error.obj, names)
    return _question_alone("", error.obj, names)


def _question_alone(name: str, question: Any, names: dict[str, Any]) -> tuple[str, str]:
    """Return what to say of a column of True and False that is used as if it were the rows."""
    tables = [table for table, rows in _tables(names) if len(rows) == len(question)]
    begin, rows = f"{name} = " if name else "", tables[-1] if tables else "table"
    return (
        f"{_code(name) if name else 'This'} is a column of True and False: the question, and not "
        "yet the rows.",
        f"Put the question into square brackets behind the table: `{begin}{rows}[…]`.",
    )


def _behind(error: AttributeError, word: str, names: dict[str, Any]) -> str:
    """Return what to do if a tool stands behind the wrong piece; empty if it is not so."""
    place = failed(error, names)
    kind = type(error.obj).__name__
    if kind == "DatetimeProperties" and word == "days":
        return "Put the subtraction in round brackets first, then `.dt.days`: `(… - …).dt.days`."
    if kind in ("Series", "DataFrame") and word in BEHIND:
        return f"Write `{BEHIND[word]}`."
    if word in AROUND or (callable(names.get(word)) and not isinstance(error.obj, ModuleType)):
        return f"`{word}` stands before what it works on: `{word}(…)`."
    if kind == "DataFrame" and len(error.obj.columns) and _of_a_column(error.obj, word):
        return f'Take one column first: `table["…"].{word}`.'
    if kind == "Axes" and _of_some_table(word, names):
        return f"A chart is drawn last. Put `.{word}` before `.plot`."
    if kind == "str" and place and place.ends_a_question():
        return (
            "If you asked a question, put round brackets around all of it first: "
            f"`(… == …).{word}()`."
        )
    return ""


def _of_a_column(table: Any, word: str) -> bool:
    return any(hasattr(table[column], word) for column in table.columns[:1])


#: Tools of a column that stand behind another word.
BEHIND = {
    "days": ".dt.days",
    "contains": ".str.contains(…)",
    "bar": ".plot.bar()",
    "barh": ".plot.barh()",
}
#: Tools with their brackets around what they work on.
AROUND = ("len", "list", "set", "sorted")


def a_thing(thing: Any) -> str:
    """Return in words what a value is, at the beginning of a sentence."""
    name = type(thing).__name__
    return THINGS.get(name, f"A thing of the kind `{name}`")


THINGS = {
    "DataFrame": "A table",
    "GeoDataFrame": "A table",
    "Series": "A column",
    "str": "A text",
    "int": "A number",
    "float": "A number",
    "int64": "A number",
    "float64": "A number",
    "list": "A list",
    "dict": "A dictionary",
    "set": "A set",
    "function": "A tool without its round brackets",
    "method": "A tool without its round brackets",
    "Axes": "A chart",
    "PlotAccessor": "`.plot`",
    "StringMethods": "`.str`",
    "DatetimeProperties": "A column of dates",
    "DataFrameGroupBy": "A table in groups",
    "SeriesGroupBy": "A column in groups",
}


# --- Columns, rows and files -------------------------------------------------------------------


def _key(error: KeyError, names: dict[str, Any]) -> tuple[str, str]:
    wanted, table = error.args[0] if error.args else "?", table_of(error)
    several = [each for each in wanted if isinstance(each, str)] if type(wanted) is tuple else []
    if re.search(r"are in the \[(columns|index)\]|not in index|not found in axis", str(wanted)):
        if said := _values_for_names(error, names):
            return said
        asked = re.sub(r", (dtype|name)='[^']*'", "", str(wanted))
        listed_ones = re.search(r"\[('[^\]]*)\]", asked)  # one or several of several
        several = re.findall(r"'([^']+)'", listed_ones[1] if listed_ones else asked)
        number = re.search(r"Index\(\[(\d+)", asked)
        wanted = several[0] if several else int(number[1]) if number else wanted
    if len(several) > 1 and (said := _said_by_rows(several, table)):
        return said
    if said := (
        _joined_tables(error, names)
        or _a_question(error, wanted, table, names)
        or _several(wanted, table)
    ):
        return said
    if isinstance(wanted, str) and _is_column(names.get(wanted), table):
        return (
            f'`"{wanted}"` in quotation marks is a text. Without them it is a name that stands for '
            f"`{written(names[wanted])}`.",
            f"Take its quotation marks away: `{wanted}`.",
        )
    if table is None:
        return f"There is no entry `{written(wanted)}` here.", f"Look at its spelling. {RUN_AGAIN}"
    if said := _subtracted(error, wanted, names):
        return said
    columns, rows = list(getattr(table, "columns", [])), row_names(table)[:MOST_ROWS]
    by_loc = _by_loc(error)
    return _twin(wanted, columns, rows, by_loc) or _absent(wanted, table, by_loc)


def _by_loc(error: BaseException) -> bool:
    return any(part.tb_frame.f_code.co_filename.endswith("indexing.py") for part in frames(error))


def _values_for_names(error: KeyError, names: dict[str, Any]) -> tuple[str, str] | None:
    """Return what to say of a column of numbers in brackets that want names or a question."""
    place = failed(error, names)
    match place.node if place else None:
        case ast.Subscript(value=table, slice=ast.Subscript() as inside):
            column, before = place.written(inside), place.written(table)
            if getattr(place.value(inside), "dtype", None) not in ("int64", "float64"):
                return None
            return (
                f"`{column}` gives the numbers of a column, and square brackets take a question.",
                f"To keep some rows, ask one, such as `{before}[{column} > 0]`. For the column "
                f"alone, write `{column}`.",
            )
    return None


def row_names(table: Any) -> list:
    """Return what the rows of a table are called; where they have two names, the outer ones."""
    return list(table.index.get_level_values(0).unique())


def _subtracted(error: KeyError, wanted: Any, names: dict[str, Any]) -> tuple[str, str] | None:
    """Return what to say of years with a minus sign between them; None if it is not so."""
    place = failed(error, names)
    for node in ast.walk(place.node) if place else ():
        match node:
            case ast.BinOp(
                left=ast.Constant(value=int() as first),
                op=ast.Sub(),
                right=ast.Constant(value=int() as last),
            ):
                return (
                    f"`{first}-{last}` is a subtraction for Python, and gives {first - last}.",
                    f"Write a colon for *from … to*: `{first}:{last}`.",
                )
    return None


def _is_column(word: Any, table: Any) -> bool:
    return isinstance(word, str) and word in list(getattr(table, "columns", []))


def _several(wanted: Any, table: Any) -> tuple[str, str] | None:
    """Return what to say if several columns are named without a list, or given instead of named."""
    columns = list(getattr(table, "columns", []))
    if isinstance(wanted, tuple) and columns and set(wanted) <= set(columns):
        inside = ", ".join(written(each) for each in wanted)
        return (
            "Several columns are named here, with one pair of square brackets.",
            f"Two pairs are needed, one for the list: `table[[{inside}]]`.",
        )
    if isinstance(wanted, tuple) and len(wanted) == 2 and columns:
        for row, column in (wanted, wanted[::-1]):
            if column in columns and row in list(table.index[:MOST_ROWS]):
                return (
                    "A row and a column are named here, and square brackets alone take columns.",
                    f"Write `.loc[{written(row)}, {written(column)}]`: the row first.",
                )
    if re.match(r"The following '\w+' labels are not columns", str(wanted)):
        named = re.fullmatch(r".*\['(?P<one>[^']*)'\]", str(wanted))
        if named and len(table) > 1:  # one name; a column would have brought a row each
            return _absent(named["one"], table, by_loc=False)
        return (
            "Here a tool wants the *names* of columns, and it got the columns themselves.",
            'Write each name in quotation marks, such as `columns="…"`.',
        )
    return None


def _a_question(
    error: KeyError, wanted: Any, table: Any, names: dict[str, Any]
) -> tuple[str, str] | None:
    """Return what to say if a question to a table was asked or used in a wrong way."""
    place = failed(error, names)
    found = place.node if place else None
    if re.match(r"(Column not found: )?(True|False)\b", str(wanted)):
        match found:
            case ast.Subscript(value=ast.Name(), slice=ast.Compare() as question):
                return _table_before(place, place.written(found.value), question)
        if isinstance(wanted, bool):
            return None
    match found:
        case ast.Subscript(value=ast.Name(id=name)) if str(getattr(table, "dtype", "")) == "bool":
            return _question_alone(name, table, names)
    return None


def _table_before(place: Place, table: str, question: ast.Compare) -> tuple[str, str]:
    """Return what to say of a question that asks a column's bare name, such as "year" > 2020."""
    column = place.written(question.left)
    asked = place.written(question).removeprefix(column)
    return (
        f"{_code(column)} alone is a text: the question needs the table's name before it.",
        f"Write `{table}[{table}[{column}]{asked}]`.",
    )


def _code(text: str) -> str:
    return f"`{text}`"


def _twin(wanted: Any, columns: list, rows: list, by_loc: bool) -> tuple[str, str] | None:
    """Return what to say if it is there, but in another place or with other quotation marks."""
    shown = written(wanted)
    if by_loc and wanted in columns:
        return (
            f"`{shown}` is a column, and `.loc[…]` looks for a row first.",
            f"Write the column behind a comma, `.loc[:, {shown}]`, or leave out `.loc`.",
        )
    if columns and not by_loc and wanted in rows:
        return (
            f"`{shown}` is the name of a row, and square brackets alone look for a column.",
            f"Write `.loc[{shown}]`.",
        )
    for each in [*rows, *columns]:
        if str(each) == str(wanted) and type(each) is not type(wanted):
            kind = ("without", "a number") if isinstance(wanted, str) else ("with", "a text")
            return (
                f"`{shown}` is not there, and `{written(each)}` is: {kind[1]}.",
                f"Write it {kind[0]} quotation marks.",
            )
    return None


def _said_by_rows(wanted: list[str], table: Any) -> tuple[str, str] | None:
    """Return what to say of texts that stand in the rows of a column; None if they do not."""
    columns = [
        written(name)
        for name in getattr(table, "columns", ())
        if all(_says(table[name], word) for word in wanted)
    ]
    if not columns:
        return None
    column = columns[0] if len(columns) == 1 else '"…"'
    asked = f" == {written(wanted[0])}"
    if len(wanted) > 1:
        asked = f".isin([{', '.join(map(written, wanted))}])"
    where = f"column{'s' * (len(columns) > 1)} {' and '.join(map(_code, columns))}"
    return (
        f"`{written(wanted[0])}` is no column: it is what some rows say in the {where}.",
        f"Ask for it with a filter: `table[table[{column}]{asked}]`.",
    )


def _absent(wanted: Any, table: Any, by_loc: bool) -> tuple[str, str]:
    """Return what to say of a column or row that is not there."""
    columns, rows = list(getattr(table, "columns", [])), row_names(table)[:MOST_ROWS]
    shown, quoted = written(wanted), isinstance(wanted, str)
    if by_loc and columns and wanted in rows:
        return (
            f"`{shown}` is the name of a row, and behind the comma stands a column.",
            "Several rows are a list, in square brackets of their own: `.loc[[…, …]]`.",
        )
    if wanted in columns:
        return (
            f"`{shown}` is a column, and this tool looks for rows unless it is told otherwise.",
            "Write `columns=` before what you name.",
        )
    like_a_row = quoted == any(isinstance(row, str) for row in rows)
    near = nearest(wanted, rows)
    if not columns or (by_loc and like_a_row and (near or not nearest(wanted, columns))):
        return (
            f"There is no row called `{shown}`.{meant(near, quoted)}",
            f"Its rows are called {listed(rows)}.",
        )
    near = nearest(wanted, columns)
    if quoted and not near and (said := _said_by_rows([wanted], table)):
        return said
    return (
        f"The table has no column `{shown}`.{meant(near, quoted)}",
        f"Its columns are {listed(columns)}.",
    )


def written(key: Any) -> str:
    """Return a key as one writes it into square brackets."""
    return f'"{key}"' if isinstance(key, str) else str(key)


def table_of(error: BaseException) -> Any:
    """Return the table or column that an error came out of; None if there is none.

    It is the first in the frames below the cell: the table whose brackets were used.
    """
    for part in frames(error):
        for name in ("self", "obj"):
            thing = part.tb_frame.f_locals.get(name)
            if not hasattr(thing, "dtypes"):  # .loc, groups and .plot keep the table they are of
                thing = getattr(thing, "obj", getattr(thing, "_parent", None))
            if hasattr(thing, "dtypes") and hasattr(thing, "index"):
                return thing
    return None


def _file(error: FileNotFoundError, names: dict[str, Any]) -> tuple[str, str]:
    if not error.filename:
        return "A file is not there.", "Look at its name and its folder."
    path = Path(str(error.filename)).absolute()
    there = path.parent.iterdir() if path.parent.is_dir() else ()
    near = nearest(path.name, (each.name for each in there))
    return (
        f"There is no file `{path.name}` in the folder `{path.parent.name}`.{meant(near)}",
        "Look at the spelling. The course's own tables need no file: `data.load` takes their name.",
    )


def _several_in_brackets(error: InvalidIndexError, names: dict[str, Any]) -> tuple[str, str] | None:
    """Return what to say of a question with commas in it: `table[table["a"] == "b", "c"]`."""
    place = failed(error, names)
    match place.node if place else None:
        case ast.Subscript(value=table, slice=ast.Tuple(elts=[ast.Compare() as question, *others])):
            column, words = place.written(question.left), [question.comparators[0], *others]
        case _:
            return None
    inside = ", ".join(place.written(word) for word in words)
    if not isinstance(question.ops[0], ast.Eq):
        whole, *digits = (place.written(word) for word in words)
        return (
            f"A comma separates two things here: `{inside}`.",
            f"If you mean one number, write it with a point: `{whole}.{''.join(digits)}`.",
        )
    return (
        "A question with `==` compares with one thing, and here several stand behind it.",
        f"`isin` takes them as a list: `{place.written(table)}[{column}.isin([{inside}])]`.",
    )


def _too_many_names(error: IndexingError, names: dict[str, Any]) -> tuple[str, str] | None:
    """Return what to say of a row and a column that are asked of what is only one of them."""
    if "Too many indexers" not in str(error):
        return None
    return (
        "A row and a column are named here, and this is a single row or column already.",
        'One name is enough, such as `row["…"]` or `.loc["…"]`.',
    )


def _position(error: IndexError, names: dict[str, Any]) -> tuple[str, str]:
    return (
        "You asked for a place that is not there: the list or table is shorter.",
        "Counting begins with 0, so the first is 0 and the last is one less than its length.",
    )


def _module(error: ImportError, names: dict[str, Any]) -> tuple[str, str]:
    return (
        f"`{error.name or '?'}` cannot be loaded: it is misspelt, or not installed here.",
        "The first cell of the chapter loads all that it needs: run that one as it was.",
    )


# --- Signs that are missing --------------------------------------------------------------------


def _indent(error: IndentationError, names: dict[str, Any]) -> tuple[str, str]:
    said = error.msg or ""
    if "expected an indented block" in said:
        return (
            "A line that ends with a colon needs a line below it that is moved in.",
            "Put four blanks before the next line, or press Tab there.",
        )
    if "unexpected indent" in said:
        return (
            "This line begins with blanks that do not belong there.",
            "Take away the blanks at its beginning (Shift + Tab).",
        )
    return (
        "The beginnings of these lines do not stand below one another.",
        "Lines that belong together begin with the same number of blanks.",
    )


def _syntax(error: SyntaxError, names: dict[str, Any]) -> tuple[str, str]:
    said = error.msg or ""
    line = error.text or ""
    if "Maybe you meant '=='" in said and (other := _first_that_fits(NO_QUESTION, line)):
        return other
    if said == "invalid syntax" and (foreign := _first_that_fits(FOREIGN, line)):
        return foreign
    if known := _first_that_fits(SIGNS, said):
        return known
    return (
        "Python cannot read this line.",
        "Look there, and in the line above, for a dot, a bracket, a quotation mark, a comma or a "
        "colon that is missing or stands twice.",
    )


def _first_that_fits(known: tuple[tuple[str, str, str], ...], said: str) -> tuple[str, str] | None:
    """Return what to say of the first pattern that is found in ``said``; None if none is.

    What a pattern names stands in braces in its two sentences.
    """
    for pattern, what, remedy in known:
        if found := re.search(pattern, said):
            inside = found.groupdict("")
            return what.format(**inside), remedy.format(**inside)
    return None


#: Lines with one equals sign that ask nothing, though Python takes them for a question.
NO_QUESTION = (
    (
        r"\.(?P<tool>(?!i?loc\b)\w+)\[\s*\w+\s*=(?!=)",
        "Square brackets stand behind a tool, and round ones belong there.",
        "Write `{tool}(…)`.",
    ),
    (
        r"^\s*(?P<one>[A-Za-z_]\w*)-(?P<two>\w+)\s*=(?!=)",
        "A name has no minus in it: Python takes this for a subtraction.",
        "Keep the name as the page has it, with `_`: `{one}_{two}`.",
    ),
    (
        r"^\s*(?P<tool>\w+)\([^()]*\)\s*=(?!=)",
        "Left of an equals sign stands a name, and here brackets follow it.",
        "If you write a function, begin with `def {tool}(…):` and give its value back by `return`.",
    ),
)


#: What Python does not know: a pattern, what it is, and what to write.
FOREIGN = (
    (
        r"^\s*[\w\[\]\"'.]+ *= *$",
        "After the equals sign there is nothing.",
        "Write your answer there, or three dots, `...`, if you have none yet.",
    ),
    (
        r"[\])](?P<tool>(plot|loc|head|tail|sum|mean|pivot|sort_values|groupby|idxmax|idxmin)\b)",
        "A dot is missing before `{tool}`.",
        "Write it there: `.{tool}`.",
    ),
    *(
        (
            rf"^\s*{word.capitalize()}\b",
            "Python's own words begin with a small letter.",
            f"Write `{word}`.",
        )
        for word in ("def", "if", "return", "else", "for", "import")
    ),
    (
        r"=[<>]",
        "The two signs stand in the wrong order.",
        "Write `>=` for *at least* and `<=` for *at most*.",
    ),
    (
        r"\d\s*%\s*($|[:)\],#])",
        "A per cent sign is no part of a number in code.",
        "Take it away: the number alone is enough.",
    ),
    (
        r"(=|\breturn\b)\s*(?!.*\b(is|if|else|and|or|not|in)\b)"
        r"(?P<words>[A-Za-z]+( [A-Za-z]+)+)\s*$",
        "These are words, and no quotation marks stand around them.",
        'Write `"{words}"`.',
    ),
    (
        r"\bis (greater|more|larger|bigger) than\b|\b(greater|more|larger|bigger) than\b",
        "A comparison is written with a sign, not in words.",
        "Write `>` for *is greater than*.",
    ),
    (
        r"\bis (less|smaller|lower) than\b|\b(less|smaller|lower) than\b",
        "A comparison is written with a sign, not in words.",
        "Write `<` for *is less than*.",
    ),
    (
        r"^\s*(if|elif|else|def|for)\b[^:]*$",
        "A colon is missing in this line.",
        "Put `:` behind the question, and what is to be done in a line below, moved in.",
    ),
    (
        r"[\w\])]\s+[xX]\s+[\w(\[]",
        "The letter `x` is no sign in Python.",
        "Write `*` for *times*.",
    ),
    (
        r"[)\]]\s+\d",
        "A sign is missing before the number.",
        "Write `*` for *times*, or the sign that you mean.",
    ),
    (
        r"^\s*(?!(def|if|elif|else|for|import|from|return|while|class|with)\b)"
        r"(?P<one>[A-Za-z_]\w*) (?P<two>\w+)\s*=(?!=)",
        "A name has no blank in it.",
        "Keep the name as the page has it, with `_`: `{one}_{two}`.",
    ),
    (
        r"[\w\])]\.(?P<word>[\"']\w[\w ]*[\"'])",
        "A word in quotation marks stands behind a dot.",
        "A column stands in square brackets: `table[{word}]`.",
    ),
    (
        r"(?P<tool>\.\w+|\b(abs|len|list|max|min|round|set|sorted|sum))\s+[\w\"'\[]",
        "Round brackets are missing: a tool works only with them.",
        "Put what stands behind `{tool}` between `(` and `)`.",
    ),
    (
        r"\w\(\s*[\"'][^\"']*[\"']\s*:",
        "These are pairs, and the curly brackets of a dictionary are missing around them.",
        'Write `({{` and `}})`, as in `.map({{"…": …}})`.',
    ),
)


SIGNS = (
    (
        r"'return' outside function",
        "This `return` is outside its function.",
        "Move it to the right: four blanks, so that it stands below the lines of `def`.",
    ),
    (
        r"incomplete input",
        "The cell ends too early: something is opened and never closed.",
        "Look for a bracket or a quotation mark that has no second one.",
    ),
    (
        r"'(?P<sign>[(\[{])' was never closed",
        "A bracket `{sign}` is opened here and never closed.",
        "Close it where it ends. To each opening bracket belongs a closing one.",
    ),
    (
        r"unmatched '(?P<sign>[)\]}])'",
        "A bracket `{sign}` is closed here that was never opened.",
        "Take it away, or open it where it begins.",
    ),
    (
        r"closing parenthesis '(?P<shut>.)' does not match opening parenthesis '(?P<sign>.)'",
        "`{sign}` opens here, and `{shut}` closes, which is another kind of bracket.",
        "Use the same kind: `( )` after a tool, `[ ]` after a table.",
    ),
    (
        r"unterminated|EOL while",
        "A quotation mark is missing: a text begins here and does not end.",
        "Put the second quotation mark at the end of the text, in the same line.",
    ),
    (
        r"expected ':'",
        "A colon is missing at the end of this line.",
        "Put `:` at its end.",
    ),
    (
        r"Maybe you meant '=='|perhaps you meant \"==\"|cannot assign to comparison",
        "One equals sign gives a name. A question needs two.",
        "Write `==` where you ask whether two things are equal.",
    ),
    (
        r"cannot assign to|cannot delete",
        "Left of an equals sign stands a name, and this is none.",
        "Write the name first: `answer = …`. To ask whether two things are equal, write `==`.",
    ),
    (
        r"invalid character '(?P<sign>[“”„‘’‚«»])'",
        "`{sign}` is a printer's quotation mark, and Python knows only the straight ones.",
        'Type `"` yourself instead of pasting it.',
    ),
    (
        r"invalid character '…'",
        "`…` stands for what you are to write: it is no Python.",
        "Put your own words, numbers or sum in its place.",
    ),
    (
        r"invalid (non-printable )?character",
        "A sign in this line cannot be read by Python.",
        "Type the line anew instead of pasting it.",
    ),
    (
        r"forgot a comma",
        "Something is missing between two things in this line.",
        "It may be a comma, a sign such as `+`, or the quotation marks around a text.",
    ),
    (
        r"invalid decimal literal|leading zeros",
        "A number in this line is written in a way that Python cannot read.",
        "Write 12.3 with a point, without blanks or letters; a name may not begin with a digit.",
    ),
    (
        r"Missing parentheses",
        "Round brackets are missing: a tool works only with them.",
        "Put what it is to work on between `(` and `)`.",
    ),
    (
        r"positional argument follows keyword",
        "What has no name of its own has to stand first in round brackets.",
        "Put `name=` parts last.",
    ),
)


# --- Kinds that do not fit ---------------------------------------------------------------------


def _operands(error: TypeError, names: dict[str, Any]) -> tuple[str, str] | None:
    """Return what to say of two things that a sign cannot join; None if it is something else."""
    said, place = str(error), failed(error, names)
    if re.search(r"r?(and|or)_'|for [&|]:", said):
        sign = "|" if re.search(r"r?or_'|for \|:", said) else "&"
        return (
            f"`{sign}` joins two questions, and without brackets Python takes only what stands "
            "right beside it.",
            f"Put each question in round brackets: `(…) {sign} (…)`.",
        )
    sides: tuple[ast.expr, ...] = ()
    match place.node if place else None:
        case ast.BinOp(left=left, right=right) | ast.Compare(left=left, comparators=[right]):
            sides = (left, right)
    for side in sides:
        if hasattr(place.value(side), "columns"):
            shown = place.written(side)
            return (
                f"`{shown}` is a table, and a number is wanted here.",
                f"If you want to count its rows, write `len({shown})`; else take a column of "
                "numbers.",
            )
    if re.search(r"Datetime|Timestamp|datetime64", said):
        return _date(said)
    return _one_of_them(place, sides) if sides else None


def _one_of_them(place: Place, sides: tuple[ast.expr, ...]) -> tuple[str, str] | None:
    """Return which of two sides is no number, and what to do; None if that cannot be told."""
    for side, other in (sides, sides[::-1]):
        match side:
            case ast.Name(id="sum" | "max" | "min" as tool) if tool not in place.names:
                return (
                    f"`{tool}` alone is a tool, and not a number.",
                    "Write a column before it and round brackets after it: "
                    f"`{place.written(other)}.{tool}()`.",
                )
    for side in sides:
        value = place.value(side)
        if isinstance(value, str) and A_NUMBER.fullmatch(value):
            number = value.replace(",", "")
            return (
                TEXT_AND_NUMBER,
                f'Take the quotation marks off the number: `"{value}"` is a text, `{number}` a '
                "number.",
            )
    for side, other in (sides, sides[::-1]):
        if said := _text_for_number(place, side, other):
            return said
    for side in sides:
        if str(getattr(place.value(side), "dtype", "")) in ("object", "str"):
            return (
                f"`{place.written(side)}` is a column of text, and text cannot be worked out like "
                "numbers.",
                "Take a column of numbers. To count the rows of a table, write `len(…)` around its "
                "name.",
            )
    question = place.node
    if isinstance(question, ast.Compare) and isinstance(place.value(question.left), str):
        column = place.value(question.left)
        tables = [name for name, table in _tables(place.names) if column in list(table.columns)]
        if tables:
            return _table_before(place, tables[-1], question)
    return None


def _text_for_number(place: Place, side: ast.expr, other: ast.expr) -> tuple[str, str] | None:
    """Return what to say of a text that names a column where its numbers are wanted."""
    word, shown = place.value(side), place.written(side)
    if not isinstance(word, str) or not (table := _holder(word, place.names)):
        return None
    if isinstance(side, ast.Constant) and (
        isinstance(place.node, ast.Compare) or isinstance(place.value(other), str)
    ):
        return None
    if place.function:
        what = (
            f"`{place.function}` needs a number as `{shown}`, and got the text `{written(word)}`."
        )
    elif isinstance(side, ast.Constant):
        what = f"`{shown}` in quotation marks alone is a text, and a number is wanted here."
    else:
        return (
            f"`{shown}` is a text here, and a column of numbers is wanted.",
            f"Take the column of that name out of its table: `{table}[{shown}]`.",
        )
    return what, f"If you mean the number of that name, write `{table}[{written(word)}]`."


def _holder(word: str, names: dict[str, Any]) -> str:
    """Return the table or row of which a text names a part; empty if none has it.

    One that stands before a bracket in the cell comes first, then the one that was named last.
    """
    tables = ((name, each) for name, each in names.items() if hasattr(each, "dtypes"))
    parts = [(name, getattr(each, "columns", each.index)) for name, each in tables]
    having = [name for name, part in parts if name[0] != "_" and word in part]
    typed = [name for name in re.findall(r"(\w+)\[", last_cell(names)) if name in having]
    return (typed or having[::-1] or [""])[0]


def _date(said: str) -> tuple[str, str]:
    """Return what to say of a date that was put together with something else."""
    if "Invalid comparison" in said:
        return (
            "A date is compared here with what is no date.",
            'Write the date with year, month and day, in quotation marks: `"2023-05-28"`.',
        )
    other, quoted = "number", ""
    if "str" in said:
        other, quoted = "text", ": a date in quotation marks is a text"
    return (
        f"A date and a {other} are put together here{quoted}.",
        "Take the second date out of a table as well: a column of dates, or one date by `.loc`.",
    )


TEXT_AND_NUMBER = (
    "A text and a number are put together here, and Python will not guess which you want."
)
A_NUMBER = re.compile(r"[-+]?\d[\d,]*(\.\d+)?")


def _kind(error: TypeError | AttributeError, names: dict[str, Any]) -> tuple[str, str] | None:
    if said := _operands(error, names):
        return said
    return (
        _sum_of_names(error, names)
        or _quoted_table(error, names)
        or _round_for_square(error, names)
        or _first_that_fits(TYPES, str(error))
    )


def _round_for_square(
    error: TypeError | AttributeError, names: dict[str, Any]
) -> tuple[str, str] | None:
    """Return what to say of `table("column")`; None if no table stands before round brackets."""
    place = failed(error, names)
    if not re.search(r"'(DataFrame|Series|GeoDataFrame)' object is not callable", str(error)):
        return None
    match place.node if place else None:
        case ast.Call(func=table, args=[inside], keywords=[]):
            shown, thing, key = place.written(table), place.value(table), place.value(inside)
            is_row = isinstance(key, str | int) and key in getattr(thing, "index", ())
            loc = ".loc" * (is_row and hasattr(thing, "columns") and not _is_column(key, thing))
            write = f"{shown}{loc}[{place.written(inside)}]"
        case _:
            write = 'table["column"]'
    return (
        "Round brackets stand after a table, where square ones belong.",
        f"Write `{write}`.",
    )


def _quoted_table(error: Exception, names: dict[str, Any]) -> tuple[str, str] | None:
    """Return what to say if a tool was given the name of a table as a text."""
    if "positional argument" in str(error):  # it takes no such thing, be it a text or a table
        return None
    place = failed(error, names)
    given = place.node.args if place and isinstance(place.node, ast.Call) else []
    for each in given:
        if isinstance(each, ast.Constant) and hasattr(names.get(each.value), "columns"):
            return _table_in_quotes(each.value)
    return None


def _table_in_quotes(name: str) -> tuple[str, str]:
    return (
        f'`"{name}"` in quotation marks is a text, and not the table of that name.',
        f"Take its quotation marks away: `{name}`.",
    )


def _sum_of_names(
    error: TypeError | AttributeError, names: dict[str, Any]
) -> tuple[str, str] | None:
    """Return what to say of `sum(table)`, which goes through the names of its columns."""
    place = failed(error, names)
    match place.node if place else None:
        case ast.Call(func=ast.Name(id="sum" | "max" | "min" as tool), args=[ast.Name(id=table)]):
            if hasattr(names.get(table), "columns"):
                return (
                    f"`{tool}(…)` around a table takes the names of its columns, not its numbers.",
                    f"Write `{table}.{tool}()`.",
                )
    return None


TYPES = (
    (
        r"unsupported operand type\(s\) for .*: 'str' and 'str'",
        "Two texts are worked out here like numbers.",
        "A name in quotation marks alone is a text. For the number of that name write the table or "
        'row before it: `table["…"]`.',
    ),
    (
        r"can only concatenate str|unsupported operand.*'str'|must be str, not|"
        r"not supported between instances of.*'str'|ufunc '\w+' did not contain a loop|"
        r"ufunc '\w+' not supported for the input types|"
        r"operation '\w+' not supported for dtype 'str'",
        TEXT_AND_NUMBER,
        "Look at both sides of the sign, and take a number, or a column of numbers, on each.",
    ),
    (
        r"string dtype|agg function failed|Cannot perform .*type '?str",
        "This column holds text, and text cannot be worked out like numbers.",
        "Take a column of numbers, or name those that you want before the dot.",
    ),
    (
        r"no numeric data to plot",
        "There are no numbers here to draw: these are words.",
        "Draw a column of numbers, or count the words first, with `.value_counts()`.",
    ),
    (
        r"bitwise_xor|perform 'xor'|for \^:",
        "`^` is no power in Python.",
        "Write `**` for *to the power of*.",
    ),
    (
        r"must be called with a collection of some kind, '(?P<word>\w+)'",
        "A list is wanted here, and this is one text.",
        "If you mean a name that you gave, take away its quotation marks: `{word}`.",
    ),
    (
        r"Indexer\.__call__",
        "Round brackets stand after `.loc`, where square ones belong.",
        "Write `.loc[…]`.",
    ),
    (
        r"'(str|int|float|list|dict|tuple|numpy\.\w+)' object is not callable",
        "Round brackets make a tool work, and what stands before them is none.",
        "Is a sign such as `*` missing before the bracket, or did you give a tool's name to "
        "something else? Then restart the kernel and run from the top.",
    ),
    (
        r"'module' object is not callable",
        "A whole box of tools is named here, without the tool.",
        "Write the tool after a dot, as in `data.load(…)`.",
    ),
    (
        r"Series\.isin\(\) takes|passed to isin\(\)",
        "`isin` wants one list, and these are single things.",
        'Write square brackets inside the round ones: `.isin(["…", "…"])`.',
    ),
    (
        r"'(method|function|builtin_function_or_method)' object is not subscriptable",
        "Square brackets stand behind a tool, and round brackets are missing: it works only with "
        "them.",
        "Write `( )` in place of `[ ]`, as in `.head()`.",
    ),
    (
        r"object of type '(method|function|builtin_function_or_method)' has no len",
        "Round brackets are missing: a tool works only with them.",
        "Write `()` after its name, as in `.dropna()`.",
    ),
    (
        r"unsupported operand.*'(method|function|builtin_function_or_method)'",
        "Round brackets are missing: a tool works only with them.",
        "Write `()` after its name, as in `.head()`.",
    ),
    (
        r"missing \d+ required (?:positional|keyword-only) arguments?: (?P<which>.*)",
        "Something is missing in the round brackets: {which}.",
        "Look at how the tool is used in a cell above.",
    ),
    (
        r"(?P<which>'\w+') is an invalid keyword argument|"
        r"unexpected keyword argument (?P<word>'\w+')|has no property (?P<third>'\w+')",
        "This tool does not know one of the words in its round brackets. {which}{word}{third}",
        "Look at the spelling of what stands left of the equals sign.",
    ),
    (
        r"DataFrame\.pivot\(\) takes .* positional",
        "`pivot` has to be told which name is for what.",
        'Write `index="…", columns="…", values="…"`: the rows, the columns, what fills the cells.',
    ),
    (
        r"takes .* positional arguments? but",
        "There is too much in the round brackets.",
        "Look at how the tool is used in a cell above.",
    ),
    (
        r"'NoneType'",
        "What stands here is empty.",
        "Look at the line that gave it its value: perhaps that tool gives nothing back.",
    ),
    (
        r"not subscriptable",
        "Square brackets take something out of a table or list, and this is neither.",
        "Look at what stands before them.",
    ),
)


def _value(error: ValueError, names: dict[str, Any]) -> tuple[str, str] | None:
    said = str(error)
    if isinstance(error, MergeError) and (merged := _joined_tables(error, names)):
        return merged
    if quoted := _quoted_table(error, names):
        return quoted
    if "truth value of a" in said and (joined := _joined(error, names)):
        return joined
    if "duplicate entries, cannot reshape" in said and _only_questions(table_of(error)):
        return (
            "This table holds nothing but True and False: `isin` behind a whole table asks each of "
            "its cells.",
            'Ask one column, and put that into square brackets: `table[table["…"].isin([…])]`.',
        )
    if "duplicate entries, cannot reshape" in said and (gaps := _with_gaps(error, names)):
        return gaps
    if "all scalar values" in said and (bare := _bare_columns(error, names)):
        return bare
    return _first_that_fits(VALUES, said)


def _joined_tables(error: ValueError | KeyError, names: dict[str, Any]) -> tuple[str, str] | None:
    """Return what to say of a `merge` that finds no column for both tables; None if it is none."""
    place = failed(error, names)
    match place.node if place else None:
        case ast.Call(func=ast.Attribute(attr="merge", value=first), args=others, keywords=named):
            given = [place.value(each) for each in (first, *others, *(n.value for n in named))]
        case _:
            return None
    tables = [_headings(each) for each in given if hasattr(each, "columns")]
    shared = [name for name in tables[0] if name in tables[-1]] if len(tables) > 1 else []
    told = [place.value(each.value) for each in named if each.arg == "on"]
    what = "`merge` was not told by which column the rows of the two tables belong together."
    if told:
        what = f"`on=` wants the name of a column that both tables have, not `{written(told[0])}`."
    both = "Both tables have it." if shared else "Take the name of a column that both tables have."
    return what, f"Write `on={written(shared[0] if shared else '…')}`. {both}"


def _headings(table: Any) -> list:
    """Return what stands over a table: the names of its rows' labels, and of its columns."""
    return [name for name in (*table.index.names, *table.columns) if name is not None]


def _heads(word: str, names: dict[str, Any]) -> bool:
    return any(word in _headings(table) for _, table in _tables(names))


#: Words of Python that ask for one yes or no, and the signs that ask row by row.
ROW_BY_ROW = {
    "or": 'Write `|` for *or*, each question in round brackets; or `.isin(["…", "…"])`.',
    "and": "Write `&` for *and*, each question in round brackets: `(…) & (…)`.",
    "not": "Write `~` for *not*, and the question in round brackets: `~(…)`.",
}


def _joined(error: ValueError, names: dict[str, Any]) -> tuple[str, str] | None:
    """Return what to say of questions to columns that are joined by a word; None if none is."""
    place = failed(error, names)
    if place is None or isinstance(place.node, ast.IfExp):
        return None
    words = re.findall(r"\b(or|and|not)\b", re.sub(r"([\"']).*?\1", "", place.line()))
    if not words:
        return None
    return (
        f"`{words[0]}` wants one yes or no, and a whole column stands beside it.",
        ROW_BY_ROW[words[0]],
    )


def _only_questions(table: Any) -> bool:
    return table is not None and all(str(each) == "bool" for each in getattr(table, "dtypes", [""]))


def _with_gaps(error: ValueError, names: dict[str, Any]) -> tuple[str, str] | None:
    """Return what to say of `pivot` by a column that is empty in some rows; None if none is."""
    place, table = failed(error, names), table_of(error)
    for part in getattr(place.node, "keywords", ()) if place else ():
        column = place.value(part.value)
        named = part.arg in ("index", "columns") and _is_column(column, table)
        if named and table[column].isna().sum() > 1:
            return (
                f"The column {_code(written(column))} is empty in several rows, so they would "
                "all go into one column of the new table.",
                f"Take a column that is filled in every row: the table has "
                f"{listed(name for name in table.columns if table[name].notna().all())}.",
            )
    return None


def _bare_columns(error: ValueError, names: dict[str, Any]) -> tuple[str, str] | None:
    """Return what to say of `pd.crosstab("a", "b")`: names of columns without their table."""
    place = failed(error, names)
    call = place.node if place else None
    if not isinstance(call, ast.Call) or not call.args:
        return None
    columns = [place.value(each) for each in call.args]
    if not all(isinstance(column, str) for column in columns):
        return None
    first, tables = columns[0], _tables(names)
    named = [name for name, table in tables if set(columns) <= set(table.columns)]
    table = named[-1] if named else "table"
    return (
        f'`{place.written(call.func)}` needs columns, and `"{first}"` alone is a text.',
        f'Write the name of the table before each: `{table}["{first}"]`, not `"{first}"`.',
    )


VALUES = (
    (
        r"duplicate entries, cannot reshape",
        "Several rows of this list belong into one cell of the new table.",
        "Each pair of row and column may be there once only. Look whether `index` and `columns` "
        "name the right columns. If they do, filter the list first.",
    ),
    (
        r"No axis named (?P<number>[01]) ",
        "The number {number} stands in quotation marks, and so it is a text.",
        "Write `axis={number}`.",
    ),
    (
        r"No axis named \d",
        "Round brackets stand where square ones belong.",
        "Write `.loc[…]`.",
    ),
    (
        r"No axis named (?P<name>\w+) for",
        "`{name}` is in round brackets, where the name of a column does not belong.",
        'Take the column first, in square brackets: `table["{name}"]`.',
    ),
    (
        r"values cannot be used without an aggfunc",
        "`pd.crosstab` takes two columns, and it got three things.",
        'Take each column out of its table: `pd.crosstab(table["…"], table["…"])`.',
    ),
    (
        r"multiple columns to the single column (?P<name>.+)",
        "Several columns are to go into one, `{name}`, which has room for one value a row.",
        'Work out one column from them, as in `table["…"] + table["…"]`.',
    ),
    (
        r"Lengths of operands do not match: 1 ",
        "A list in square brackets stands where a column is meant.",
        'Write the name of the table before it: `table["…"]`.',
    ),
    (
        r"Length of values \((?P<one>\d+)\) does not match length of index \((?P<two>\d+)\)",
        "The new column has {one} values, and the table has {two} rows.",
        "Work it out from columns of the same table, so that each row gets one value.",
    ),
    (
        r"Lengths must match to compare",
        "`==` compares a column with one value or with another column, and not with a list.",
        "To ask whether a value is in a list, write `.isin([…])` in place of `== […]`.",
    ),
    (
        r"must be of the same length|must have same first dimension|Lengths must match|"
        r"could not be broadcast|length mismatch|Length mismatch",
        "Two things that belong together are not equally long.",
        "Take both from the same table, with the same rows.",
    ),
    (
        r"truth value of a",
        "A whole column was asked for one yes or no.",
        "Filter with it in square brackets; join two questions with `&`, each in round brackets.",
    ),
    (
        r"could not convert string to float: (?P<word>'.*')",
        "{word} is a text, and no number can be made of it.",
        "Look at the column: it may hold words, or commas in its numbers.",
    ),
    (
        r"identically-labeled",
        "Two columns with different rows cannot be compared row by row.",
        "Take both from the same table.",
    ),
)


def _zero(error: ZeroDivisionError, names: dict[str, Any]) -> tuple[str, str]:
    return (
        "Something is divided by nought, and that has no result.",
        "Look at what stands below the line: growth from nothing has no rate.",
    )


def _stopped(error: KeyboardInterrupt, names: dict[str, Any]) -> tuple[str, str]:
    return "You stopped this cell.", "Run it again when you want to."


Sentence = Callable[[Any, dict[str, Any]], tuple[str, str] | None]

SENTENCES: tuple[tuple[type[BaseException], Sentence], ...] = (
    (IndentationError, _indent),
    (SyntaxError, _syntax),
    (NameError, _name),
    (KeyError, _key),
    (IndexError, _position),
    (InvalidIndexError, _several_in_brackets),
    (IndexingError, _too_many_names),
    (AttributeError, _attribute),
    (ZeroDivisionError, _zero),
    (TypeError, _kind),
    (ValueError, _value),
    (FileNotFoundError, _file),
    (ImportError, _module),
    (KeyboardInterrupt, _stopped),
)
