"""How a mistake is known that a pattern alone cannot know.

Each public function here is named as ``finder`` by a mistake in ``mistakes.yaml``. It takes a
`Failure` and returns what stands in braces in that mistake's sentences, or None if the error is
not this mistake.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from types import EllipsisType, FunctionType, ModuleType

from courseware.mistakes.failure import (
    Failure,
    as_code,
    either,
    headings,
    is_column,
    listed,
    meant,
    nearest,
    phrase,
    says,
    walk,
    written,
)
from courseware.mistakes.places import given_elsewhere

Fields = dict[str, str | None]

AN_ID = re.compile(r"P\d{1,2}|C\d{2}|T[12]|[A-Z]{3}")
A_NUMBER = re.compile(r"[-+]?\d[\d,]*(\.\d+)?")
#: What pandas says of a table without rows when a number, a place or a chart is asked of it.
OF_NOTHING = re.compile(r"empty sequence|out of bounds|out-of-bounds|no numeric data to plot")


# --- Any error ---------------------------------------------------------------------------------


def dots_left(failure: Failure) -> Fields | None:
    """Know the three dots of a blank that were taken for a value."""
    owner = getattr(failure.error, "obj", None)
    in_it = any(isinstance(each, EllipsisType) for each in (owner, *failure.error.args))
    return {} if in_it or re.search(r"(?i)\bellipsis\b", failure.message) else None


def empty_table(failure: Failure) -> Fields | None:
    """Know a table that a filter has left empty."""
    asked = isinstance(failure.error, KeyError)
    if not (asked or OF_NOTHING.search(failure.message)):
        return None
    table = failure.table
    if table is None or len(table):
        return None
    if asked and not failure.by_loc and failure.columns:
        return None  # a column is asked, and columns it has
    own = [name for name, each in failure.names.items() if each is table and name[0] != "_"]
    kind = "table" if hasattr(table, "columns") else "column"
    return {"own": own[0] if own else None, "kind": kind}


def function_without_return(failure: Failure) -> Fields | None:
    """Know a function of the notebook's that gives nothing back, where its result is used."""
    if "NoneType" not in failure.message:
        return None
    cells = list(filter(None, map(_parsed, failure.names.get("In") or ())))
    for part in walk(failure.node):
        is_none = isinstance(part, ast.Name) and failure.place.value(part) is None
        match _given(part.id, cells) if is_none else part:
            case ast.Call(func=ast.Name(id=name)) if isinstance(
                failure.place.names.get(name), FunctionType
            ):
                made = [each for each in _statements(cells, ast.FunctionDef) if each.name == name]
                if made and not any(isinstance(each, ast.Return) for each in ast.walk(made[-1])):
                    return {"function": name, **_last_line(made[-1])}
    return None


def _last_line(function: ast.FunctionDef) -> Fields:
    """Return the name that a function gives last, or the value that its last line works out."""
    match function.body[-1]:
        case ast.Assign(targets=[ast.Name(id=name)]):
            return {"last_name": name}
        case ast.Expr(value=ast.Call(func=ast.Name(id="print"), args=[value])):
            return {"printed": ast.unparse(value)}
        case ast.Expr(value=value) if not isinstance(value, ast.Constant):
            return {"last_value": ast.unparse(value)}
    return {}


def _given(name: str, cells: list[ast.Module]) -> ast.expr | None:
    """Return what the notebook's cells have last given a name."""
    given = None
    for each in _statements(cells, ast.Assign):
        if any(isinstance(target, ast.Name) and target.id == name for target in each.targets):
            given = each.value
    return given


def _statements(cells: list[ast.Module], kind: type) -> Iterator:
    return (each for cell in cells for each in ast.walk(cell) if isinstance(each, kind))


def _parsed(cell: str) -> ast.Module | None:
    try:
        return ast.parse(cell)
    except (SyntaxError, ValueError):
        return None


def word_with_a_capital(failure: Failure) -> Fields | None:
    """Know one of Python's own words that begins with a capital letter."""
    found = re.match(r"\s*(Def|If|Return|Else|For|Import)\b", failure.code)
    return {"right": found[1].lower()} if found else None


# --- Names -------------------------------------------------------------------------------------


def constant(failure: Failure) -> Fields | None:
    """Know ``true``, ``false`` and ``none``."""
    known = failure.word.lower() in ("true", "false", "none") and not failure.where
    return {"right": failure.word.capitalize()} if known else None


def function_of_a_table(failure: Failure) -> Fields | None:
    """Know a function that has no table before it."""
    word = failure.word
    tables = [name for name, thing in failure.tables if callable(getattr(thing, word, None))]
    if not tables or not (failure.called or not (failure.near or failure.where)):
        return None
    given = re.search(rf"\b{word}\(\s*((\w+)(?:\[[\"'][^\"']+[\"']\])?)\s*[,)]", failure.code)
    works_on = given and hasattr(failure.names.get(given[2]), word)
    return {"before": given[1] if works_on else tables[-1]}


def function_of_a_module(failure: Failure) -> Fields | None:
    """Know a function that lacks the name of its module, such as ``pd``."""
    names = failure.names.items()
    modules = [(n, thing) for n, thing in names if isinstance(thing, ModuleType) and n[0] != "_"]
    functions = ((name, getattr(module, failure.word, None)) for name, module in modules)
    found = [
        name for name, each in functions if callable(each) and not isinstance(each, ModuleType)
    ]
    bare = re.search(rf"\b{failure.word}\(\s*\)", failure.code)
    brackets = "()" if bare else "(…)" if failure.called else ""
    full = either(f"{name}.{failure.word}{brackets}" for name in found)
    return {"full": full} if found else None


def given_in_another_cell(failure: Failure) -> Fields | None:
    """Know a name that another cell of the opened notebook gives."""
    begins = "" if failure.where else given_elsewhere(failure.word, failure.code)
    return {"begins": begins} if begins else None


def text_with_a_comma(failure: Failure) -> Fields | None:
    """Know a text in which a comma stands, without its quotation marks."""
    text = re.search(rf"\b{re.escape(failure.word)}, \w+", failure.code)
    there = failure.in_tables(text[0]) if text else ""
    return {"text": text[0], "there": there} if there else None


def text_of_a_table(failure: Failure) -> Fields | None:
    """Know a column, a row or a text of the tables, or an id, without its quotation marks."""
    word, cell, shown = failure.word, failure.code, re.escape(failure.word)
    if not failure.where and (failure.near or not AN_ID.fullmatch(word)):
        return None
    found: Fields = {"there": None if failure.alone else failure.where or None}
    if label := re.search(rf"\b(title|[xy]label)\s*=\s*\w*[^\"',=()]*\b{shown}\b", cell):
        return found | {"label": label[1]}
    inside = re.search(rf"[\[,]\s*{shown}\s*[\],]", cell)
    named = re.search(rf"[(,]\s*\w+\s*=\s*{shown}\b(?!\s*=)", cell)
    as_text = failure.alone or re.search(rf"[=!]= *{shown}\b", cell)
    columns = any(word in list(table.columns) for _, table in failure.tables)
    if columns and cell and not inside and not named and not as_text:
        before = re.search(rf"(\w+)[(\[]\s*{shown}\b", cell)
        is_row = before and hasattr(failure.names.get(before[1]), "index")
        return found | {"table": before[1] if is_row else failure.holder(word)}
    return found | {"table": None}


# --- What stands behind a dot ------------------------------------------------------------------


def near_attribute(failure: Failure) -> Fields | None:
    """Know a misspelt function or property."""
    known = [each for each in dir(failure.error.obj) if not each.startswith("_")]
    near = nearest(failure.word, known) or nearest(failure.word.replace("_", ""), known)
    return {"meant": meant(near)} if near else None


def question_for_rows(failure: Failure) -> Fields | None:
    """Know a column of True and False that is used as if it were the rows."""
    behind_a_dot = isinstance(failure.error, AttributeError)
    asked = failure.error.obj if behind_a_dot else failure.table
    if str(getattr(asked, "dtype", "")) != "bool":
        return None
    match failure.node:
        case ast.Attribute(value=ast.Name(id=name)) | ast.Subscript(value=ast.Name(id=name)):
            known = {"name": name}
        case _:
            known = {}
    if behind_a_dot:
        if not _of_some_table(failure):
            return None
    elif not isinstance(failure.node, ast.Subscript) or not known:
        return None
    tables = [table for table, rows in failure.tables if len(rows) == len(asked)]
    return known | {"rows": tables[-1] if tables else "table"}


def quoted_table_before_dot(failure: Failure) -> Fields | None:
    """Know the name of a table in quotation marks."""
    thing = getattr(failure.error, "obj", None)
    known = isinstance(thing, str) and hasattr(failure.names.get(thing), "columns")
    return {"table": thing} if known else None


def _of_some_table(failure: Failure) -> bool:
    return any(hasattr(table, failure.word) for _, table in failure.tables)


# --- Columns and rows --------------------------------------------------------------------------


def said_by_rows(failure: Failure) -> Fields | None:
    """Know a text that stands in the rows of a column, and is asked as a column."""
    quoted = isinstance(failure.wanted, str)
    alone = quoted and not nearest(failure.wanted, failure.columns)
    return _said_by_rows([failure.wanted], failure) if alone else None


def several_said_by_rows(failure: Failure) -> Fields | None:
    """Know several texts that stand in the rows of a column, and are asked as columns."""
    return _said_by_rows(failure.several, failure) if len(failure.several) > 1 else None


def _said_by_rows(wanted: list[str], failure: Failure) -> Fields | None:
    table = failure.table
    columns = [written(n) for n in failure.columns if all(says(table[n], w) for w in wanted)]
    if not columns:
        return None
    where = f"column{'s' * (len(columns) > 1)} {' and '.join(map(as_code, columns))}"
    asked = f" == {written(wanted[0])}"
    if len(wanted) > 1:
        asked = f".isin([{', '.join(map(written, wanted))}])"
    column = columns[0] if len(columns) == 1 else '"…"'
    return {"first": written(wanted[0]), "where": where, "column": column, "asked": asked}


def joined_tables(failure: Failure) -> Fields | None:
    """Know a ``merge`` that finds no column for both tables."""
    match failure.node:
        case ast.Call(func=ast.Attribute(attr="merge", value=first), args=others, keywords=named):
            parts = (first, *others, *(each.value for each in named))
        case _:
            return None
    given = [failure.place.value(each) for each in parts]
    tables = [headings(each) for each in given if hasattr(each, "columns")]
    shared = [name for name in tables[0] if name in tables[-1]] if len(tables) > 1 else []
    told = [failure.place.value(each.value) for each in named if each.arg == "on"]
    return {
        "told": written(told[0]) if told else None,
        "shared": written(shared[0]) if shared else None,
    }


def variable_for_a_name(failure: Failure) -> Fields | None:
    """Know a variable that is called as a column of the table, and stands for something else."""
    match failure.node:
        case ast.Call(args=args, keywords=keywords):
            given = [*args, *(each.value for each in keywords)]
        case ast.Subscript(slice=inside):
            given = [inside]
        case _:
            return None
    known = headings(failure.table) if hasattr(failure.table, "columns") else []
    for node in given:
        if isinstance(node, ast.Name) and node.id in known:
            value = failure.place.value(node)
            if hasattr(value, "dtypes"):
                return {"name": node.id, "kind": "table" if hasattr(value, "columns") else "column"}
            if isinstance(value, str | int | float) and not is_column(value, failure.table):
                return {"name": node.id, "value": written(value)}
            if node.id not in failure.place.names:  # Python has a function of that name
                return {"name": node.id}
    return None


def question_without_table(failure: Failure) -> Fields | None:
    """Know a question that asks a column's bare name, such as ``"year" > 2020``."""
    match failure.node:
        case ast.Subscript(value=ast.Name(id=table), slice=ast.Compare() as question):
            pass
        case ast.Compare() as question:
            column = failure.place.value(question.left)
            tables = [name for name, each in failure.tables if is_column(column, each)]
            if not tables:
                return None
            table = tables[-1]
        case _:
            return None
    column = failure.place.written(question.left)
    asked = failure.place.written(question).removeprefix(column)
    return {"column": column, "table": table, "asked": asked}


def columns_without_a_list(failure: Failure) -> Fields | None:
    """Know several columns in one pair of square brackets."""
    wanted = failure.wanted
    if isinstance(wanted, tuple) and failure.columns and set(wanted) <= set(failure.columns):
        return {"inside": ", ".join(map(written, wanted))}
    return None


def row_and_column(failure: Failure) -> Fields | None:
    """Know a row and a column that are asked without ``.loc``."""
    wanted = failure.wanted
    if isinstance(wanted, tuple) and len(wanted) == 2 and failure.columns:
        for row, column in (wanted, wanted[::-1]):
            if column in failure.columns and row in list(failure.table.index[:1_000]):
                return {"row": written(row), "column": written(column)}
    return None


def quoted_variable(failure: Failure) -> Fields | None:
    """Know a name in quotation marks that stands for the name of a column."""
    named = failure.names.get(failure.wanted) if isinstance(failure.wanted, str) else None
    return {"value": written(named)} if is_column(named, failure.table) else None


def years_as_subtraction(failure: Failure) -> Fields | None:
    """Know two years with a minus sign between them."""
    for node in walk(failure.node):
        match node:
            case ast.BinOp(
                left=ast.Constant(value=int() as first),
                op=ast.Sub(),
                right=ast.Constant(value=int() as last),
            ):
                return {"first": first, "last": last, "result": first - last}
    return None


def number_in_quotes(failure: Failure) -> Fields | None:
    """Know a number that is asked as a text."""
    return _of_another_kind(failure) if isinstance(failure.wanted, str) else None


def text_without_quotes(failure: Failure) -> Fields | None:
    """Know a text that is asked as a number."""
    return None if isinstance(failure.wanted, str) else _of_another_kind(failure)


def _of_another_kind(failure: Failure) -> Fields | None:
    for each in [*failure.rows, *failure.columns]:
        if str(each) == str(failure.wanted) and type(each) is not type(failure.wanted):
            return {"right": written(each)}
    return None


def no_row(failure: Failure) -> Fields | None:
    """Know a row that is not there."""
    quoted = isinstance(failure.wanted, str)
    like_a_row = quoted == any(isinstance(row, str) for row in failure.rows)
    near = nearest(failure.wanted, failure.rows)
    if failure.columns and not (
        failure.by_loc and like_a_row and (near or not nearest(failure.wanted, failure.columns))
    ):
        return None
    return {"meant": meant(near, quoted)}


def no_column(failure: Failure) -> Fields | None:
    """Know a column that is not there."""
    near = nearest(failure.wanted, failure.columns)
    return {"meant": meant(near, isinstance(failure.wanted, str))}


# --- Kinds that do not fit ---------------------------------------------------------------------


def table_for_a_number(failure: Failure) -> Fields | None:
    """Know a whole table on one side of a sign."""
    for side in failure.sides:
        if hasattr(failure.place.value(side), "columns"):
            return {"shown": failure.place.written(side)}
    return None


def function_for_a_number(failure: Failure) -> Fields | None:
    """Know ``sum``, ``max`` or ``min`` without its brackets on one side of a sign."""
    for side, other in (failure.sides, failure.sides[::-1]) if failure.sides else ():
        match side:
            case ast.Name(id="sum" | "max" | "min" as name) if name not in failure.place.names:
                return {"function": name, "other": failure.place.written(other)}
    return None


def number_with_a_comma(failure: Failure) -> Fields | None:
    """Know a decimal number that was written with a comma, and so became two."""
    for side in failure.sides:
        match failure.place.value(side):
            case (int() as whole, int() as part):
                shown = failure.place.written(side)
                return {"shown": shown, "whole": str(whole), "part": str(part)}
    return None


def dictionary_for_a_number(failure: Failure) -> Fields | None:
    """Know a whole dictionary on one side of a sign."""
    for side in failure.sides:
        value = failure.place.value(side)
        if isinstance(value, dict) and value:
            return {"shown": failure.place.written(side), "key": written(next(iter(value)))}
    return None


def quoted_number(failure: Failure) -> Fields | None:
    """Know a number in quotation marks on one side of a sign."""
    for side in failure.sides:
        value = failure.place.value(side)
        if isinstance(value, str) and A_NUMBER.fullmatch(value):
            return {"value": value, "number": value.replace(",", "")}
    return None


def text_for_a_number(failure: Failure) -> Fields | None:
    """Know a text that names a column where its numbers are wanted."""
    for side, other in (failure.sides, failure.sides[::-1]) if failure.sides else ():
        place, node = failure.place, failure.node
        word, constant = place.value(side), isinstance(side, ast.Constant)
        if not isinstance(word, str) or not (table := failure.holder(word)):
            continue
        if constant and (isinstance(node, ast.Compare) or isinstance(place.value(other), str)):
            continue
        return {
            "table": table,
            "shown": place.written(side),
            "function": place.function or None,
            "constant": place.written(side) if constant else None,
            "quoted": written(word) if constant or place.function else None,
        }
    return None


def text_column_for_numbers(failure: Failure) -> Fields | None:
    """Know a column of text on one side of a sign."""
    for side in failure.sides:
        if str(getattr(failure.place.value(side), "dtype", "")) in ("object", "str"):
            return {"shown": failure.place.written(side)}
    return None


def function_around_a_table(failure: Failure) -> Fields | None:
    """Know ``sum(table)``, which goes through the names of its columns."""
    match failure.node:
        case ast.Call(func=ast.Name(id="sum" | "max" | "min" as name), args=[ast.Name(id=table)]):
            if hasattr(failure.names.get(table), "columns"):
                return {"function": name, "table": table}
    return None


def quoted_table(failure: Failure) -> Fields | None:
    """Know a function that was given the name of a table as a text."""
    if "positional argument" in failure.message:  # it takes no such thing, text or table
        return None
    for each in failure.node.args if isinstance(failure.node, ast.Call) else ():
        if isinstance(each, ast.Constant) and hasattr(failure.names.get(each.value), "columns"):
            return {"table": each.value}
    return None


def round_for_square(failure: Failure) -> Fields | None:
    """Know ``table("column")``."""
    match failure.node:
        case ast.Call(func=table, args=[inside], keywords=[]):
            place = failure.place
            shown, thing, key = place.written(table), place.value(table), place.value(inside)
            is_row = isinstance(key, str | int) and key in getattr(thing, "index", ())
            loc = ".loc" * (is_row and hasattr(thing, "columns") and not is_column(key, thing))
            return {"right": f"{shown}{loc}[{place.written(inside)}]"}
    return {}


def joined_by_a_word(failure: Failure) -> Fields | None:
    """Know questions to columns that are joined by ``or``, ``and`` or ``not``."""
    if failure.place is None or isinstance(failure.node, ast.IfExp):
        return None
    line = re.sub(r"([\"']).*?\1", "", failure.place.line())
    found = re.search(r"\b(or|and|not)\b", line)
    return {"joint": found[0], "instead": phrase(f"instead_of_{found[0]}")} if found else None


def column_with_gaps(failure: Failure) -> Fields | None:
    """Know a ``pivot`` by a column that is empty in some rows."""
    for part in getattr(failure.node, "keywords", ()):
        column, table = failure.place.value(part.value), failure.table
        named = part.arg in ("index", "columns") and is_column(column, table)
        if named and table[column].isna().sum() > 1:
            full = listed(name for name in table.columns if table[name].notna().all())
            return {"column": written(column), "full": full}
    return None


def columns_without_table(failure: Failure) -> Fields | None:
    """Know ``pd.crosstab("a", "b")``: names of columns without their table."""
    call = failure.node
    given = call.args if isinstance(call, ast.Call) else ()
    columns = [failure.place.value(each) for each in given]
    if not columns or not all(isinstance(column, str) for column in columns):
        return None
    named = [name for name, table in failure.tables if set(columns) <= set(table.columns)]
    function = failure.place.written(call.func)
    return {"function": function, "first": columns[0], "table": (named or ["table"])[-1]}


# --- Files -------------------------------------------------------------------------------------


def file_by_name(failure: Failure) -> Fields | None:
    """Know which file is not there."""
    if not failure.error.filename:
        return None
    path = Path(str(failure.error.filename)).absolute()
    there = path.parent.iterdir() if path.parent.is_dir() else ()
    near = nearest(path.name, (each.name for each in there))
    return {"file": path.name, "folder": path.parent.name, "meant": meant(near)}
