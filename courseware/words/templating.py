"""Fill the placeholders of a written sentence with a table's numbers.

A placeholder is one of ``str.format``: ``{Oil[2020]:.0f}`` takes the row 2020 of the column
*Oil*, ``{times:.1f}`` a number that was given by name. Four specs are ours:

- ``{n:plural state|states}`` gives the first word for one, the second for any other number;
- ``{names:list}`` gives "a, b and c"; ``{shares:list .0f}`` formats each item;
- a sign is a real minus, and ``{change:+.0f}`` writes no sign before a zero.

A condition is a small expression: arithmetic, comparisons, ``and``, ``or``, ``not``, and ``abs``,
``all``, ``any``, ``len``, ``max``, ``min``, ``round``, ``sum``. Nothing else is ever carried out.
"""

import ast
import operator
import string
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from numbers import Number
from typing import Any

from courseware import CourseError
from courseware.quantities import formatted


class UnfitWordsError(CourseError):
    """A sentence asks for a number that is not there, or its condition does not hold."""


def fill(template: str, values: Mapping[Any, Any]) -> str:
    """Return a sentence with its placeholders filled from ``values``.

    Raises:
        UnfitWordsError: something that the sentence names is not there, or not reported.

    """
    try:
        filled = _Filling().vformat(template, (), values)
    except (LookupError, ValueError, TypeError) as problem:
        raise UnfitWordsError(f"{template!r} cannot be filled in: {_said(problem)}.") from problem
    return " ".join(filled.split())


def holds(condition: str, values: Mapping[Any, Any]) -> bool:
    """Return whether a condition is true of ``values``.

    Raises:
        UnfitWordsError: it names what is not there, or asks for more than conditions may.

    """
    return _worked_out(condition, values, bool)


def worked_out(expression: str, values: Mapping[Any, Any]) -> Any:
    """Return what a small expression gives: a condition, or a number out of ``values``.

    Raises:
        UnfitWordsError: it names what is not there, or asks for more than expressions may.

    """
    return _worked_out(expression, values, lambda found: found)


def _worked_out(expression: str, values: Mapping[Any, Any], kind: Callable[[Any], Any]) -> Any:
    """Return what an expression gives, as the kind that is wanted."""
    try:
        tree = ast.parse(expression, mode="eval")
        return kind(_value(tree.body, values))
    except (SyntaxError, LookupError, ValueError, TypeError, ArithmeticError) as problem:
        said = f"{expression!r} cannot be worked out: {_said(problem)}."
        raise UnfitWordsError(said) from problem


def _said(problem: Exception) -> str:
    return f"there is no {problem}" if isinstance(problem, KeyError) else str(problem)


class _Filling(string.Formatter):
    """``str.format`` without attributes, with our specs."""

    def get_value(self, key: int | str, args: Any, kwargs: Any) -> Any:
        return kwargs[key]

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> tuple[Any, Any]:
        first, *rest = _steps(field_name)
        found = self.get_value(first, args, kwargs)
        for key in rest:
            found = _item(found, key)
        return found, first

    def format_field(self, value: Any, format_spec: str) -> str:
        kind, _, rest = format_spec.partition(" ")
        if kind == "list":
            return _listed([self.format_field(item, rest) for item in value])
        if kind == "plural":
            one, many = rest.split("|")
            return one if value == 1 else many
        if isinstance(value, Number) or hasattr(value, "dtype"):
            return _number(value, format_spec)
        return format(value, format_spec)


def _steps(field: str) -> list[int | str]:
    """Return the name and the keys of a placeholder: "Oil[2020]" has two."""
    name, *keys = field.replace("]", "").split("[")
    return [int(step) if step.lstrip("-").isdigit() else step for step in (name, *keys)]


def _item(holder: Any, key: Any) -> Any:
    """Return what a column, a row or a list has under a key; of a month "2022-03" its one value."""
    column = hasattr(holder, "columns")  # a table gives a column, a column or row its item
    found = holder.loc[key] if hasattr(holder, "loc") and not column else holder[key]
    if column:
        return found
    if hasattr(found, "iloc") and isinstance(key, str) and len(found) == 1:
        return found.iloc[0]
    return found


def _number(value: Any, spec: str) -> str:
    if value != value:  # as nothing does but a missing number
        raise ValueError("a number in it is not reported")
    return formatted(value, spec)


def _listed(items: list[str]) -> str:
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


_BINARY: dict[type, Callable] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARE: dict[type, Callable] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_CALLS: dict[str, Callable] = {
    "abs": abs,
    "all": all,
    "any": any,
    "len": len,
    "max": max,
    "min": min,
    "round": round,
    "sum": sum,
}


def _value(node: ast.expr, values: Mapping[Any, Any]) -> Any:
    """Work out one node of a condition; what is not listed here is refused."""
    match node:
        case ast.Constant(value=int() | float() | str() as value):
            return value
        case ast.Name(id=name):
            return values[name]
        case ast.Subscript(value=holder, slice=key):
            return _item(_value(holder, values), _value(key, values))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not _value(operand, values)
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _BINARY:
            return _BINARY[type(sign)](_value(left, values), _value(right, values))
        case ast.BoolOp(op=word, values=parts):
            found = (bool(_value(part, values)) for part in parts)
            return all(found) if isinstance(word, ast.And) else any(found)
        case ast.Compare(left=left, ops=signs, comparators=others):
            return _compared(_value(left, values), signs, [_value(n, values) for n in others])
        case ast.Call(func=ast.Name(id=name), args=given, keywords=[]) if name in _CALLS:
            return _CALLS[name](*[_value(argument, values) for argument in given])
    raise ValueError(f"{ast.unparse(node)} is not allowed in a condition")


def _compared(left: Any, signs: Iterable[ast.cmpop], others: Iterable[Any]) -> Any:
    """Return what a chain of comparisons gives: a truth, or one for each item of a column."""
    whole: Any = True
    for sign, right in zip(signs, others, strict=True):
        if type(sign) not in _COMPARE:
            raise ValueError("a condition can only compare numbers")
        whole = whole & _COMPARE[type(sign)](left, right)
        left = right
    return whole


def names(table: Any, numbers: Mapping[str, Any]) -> dict[Any, Any]:
    """Return what sentences about a table may name: its columns, the numbers, and ``table``."""
    columns = {name: table[name] for name in table} if table is not None else {}
    return {"table": table, **columns, **numbers}


def moment(later: int | str) -> int | date:
    """Return when "later" begins: a year, or the first day of a month ("2023-06")."""
    if isinstance(later, int):
        return later
    year, month, *day = (int(part) for part in later.split("-"))
    return date(year, month, *(day or [1]))
