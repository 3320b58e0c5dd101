"""Ask in the terminal for a question of one's own, and refuse at once what cannot be right.

What is asked for each kind of answer is what ``checks.schema.json`` wants of it: the kinds are
those of `KINDS`, and a written answer.
"""

import ast
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import count, islice
from typing import Any, TypeVar

from coursestaff.exercises.checklist import FORESEEN
from coursestaff.exercises.spec import POINTS, SCHEMA, Exercise
from courseware import CourseError
from courseware.answers.kinds import KINDS

WRITTEN = "written"
MARKS_OF_A_ROW = 2
STOPPED = "Stopped. Nothing has been written."
T = TypeVar("T")
NONE = "-"  # typed instead of an answer: there is to be none
#: How an answer may be rounded → how far it may then be off, with room for the last digit.
ROUNDED = {"a whole number": 0.6, "one decimal place": 0.06, "two decimal places": 0.006}


@dataclass(frozen=True)
class OwnQuestion:
    """A question as it was asked for in the terminal.

    ``gives`` says how many points each other question loses to it. ``checks`` is what
    ``checks.yaml`` says besides kind and points, and ``right`` the right answer as code, or a model
    answer to a written question. ``rows`` are those of the rubric: a name, and what earns 0, 1, 2.
    """

    title: str
    text: str
    kind: str
    points: int
    gives: Mapping[str, int]
    right: str
    given: str = ""
    hint: str = ""
    checks: dict = field(default_factory=dict)
    rows: tuple[tuple[str, ...], ...] = ()


class Dialogue:
    """Asks one thing after the other. Asked again, Enter keeps an answer; `NONE` empties it."""

    def __init__(self) -> None:
        """Begin with nothing said."""
        self._said: dict[str, str] = {}

    def ask(self, words: str, taken: Callable[[str], T], *, lines: bool = False) -> T:
        """Return what `taken` makes of a line, or of several lines, which an empty one ends.

        Its ValueError is told, and the same is asked again.
        """
        before = self._said.get(words, "")
        shown = f" [{before}]" if before else ""
        while True:
            if lines:
                print(f"{words}; end with an empty line:", *filter(None, [shown.strip()]), sep="\n")
                typed = "\n".join(iter(partial(_line, "  "), "")) or before
            else:
                typed = _line(f"{words}{shown}: ").strip() or before
            typed = "" if typed.strip() == NONE else typed
            try:
                value = taken(typed)
            except ValueError as problem:
                print(problem)
            else:
                self._said[words] = typed
                return value


def _line(prompt: str) -> str:
    try:
        return input(prompt).rstrip()
    except (EOFError, KeyboardInterrupt) as problem:
        print()
        raise CourseError(STOPPED) from problem


def question(dialogue: Dialogue, exercise: Exercise) -> OwnQuestion:
    """Return the question that somebody wants to add to an exercise.

    Raises:
        CourseError: nobody is there any more to ask, or the exercise has no points to spare.

    """
    title = dialogue.ask("A heading above the question (Enter for none)", str)
    text = dialogue.ask("The question", _words)
    kinds = [*KINDS, WRITTEN]
    kind = dialogue.ask(f"The kind of answer ({', '.join(kinds)})", _one_of(kinds))
    if kind == WRITTEN:
        return _written(dialogue, exercise, title, text)
    given = dialogue.ask(
        'Code that students get with the question, such as gas = data.load("…") (Enter for none)',
        _code,
        lines=True,
    )
    right = dialogue.ask(
        "The right answer as code, with the answer's name at the beginning of the last line",
        lambda code: _right(code, kind, exercise),
        lines=True,
    )
    points, gives = _points(dialogue, exercise, 1)
    tolerance, said = {}, ""
    if "within" in _rule(kind)["properties"]:
        words = (
            "How far may an answer be off? Write a kind of rounding "
            f"({', '.join(ROUNDED)}), a percentage such as 2 per cent, or a number"
        )
        tolerance, said = dialogue.ask(words, tolerated)
    checks = {"answer": name_of(right), **tolerance, **dict(_checks(dialogue, kind))}
    hint = dialogue.ask("A hint for students", _words)
    text = f"{text} {said}".rstrip()
    return OwnQuestion(title, text, kind, points, gives, right, given, hint, checks)


def _written(dialogue: Dialogue, exercise: Exercise, title: str, text: str) -> OwnQuestion:
    """Return a question that a person marks, with the rows of its rubric."""
    points, gives = _points(dialogue, exercise, MARKS_OF_A_ROW)
    model = dialogue.ask("A model answer, in one line", _words)
    rows = []
    for number in range(1, points // MARKS_OF_A_ROW + 1):
        row = f"Row {number} of the rubric"
        name = dialogue.ask(f"{row}: what is marked in this row, such as Evidence", _words)
        levels = (
            f"{row}: which answers earn {n} of {MARKS_OF_A_ROW} points"
            for n in range(MARKS_OF_A_ROW + 1)
        )
        rows.append((name, *(dialogue.ask(level, _words) for level in levels)))
    return OwnQuestion(title, text, WRITTEN, points, gives, model, rows=tuple(rows))


# --- Points --------------------------------------------------------------------------------


def _points(dialogue: Dialogue, exercise: Exercise, step: int) -> tuple[int, dict[str, int]]:
    """Return what the question is worth, and which questions give up how many points for it.

    Raises:
        CourseError: the others have no points to give up.

    """
    spare = Counter({each.id: each.points - 1 for each in exercise.checked if each.points > 1})
    most = min(spare.total(), 10)
    if most < step:
        raise CourseError(
            f"The other questions cannot give up {step} of their points, because each must keep at "
            "least one. First move points from written questions to the others in checks.yaml."
        )

    def worth(typed: str) -> int:
        if not typed.isdecimal() or not 1 <= int(typed) <= most or int(typed) % step:
            each = f", {step} for each row of the question's rubric" if step > 1 else ""
            raise ValueError(f"Write a whole number from {step} to {most}{each}.")
        return int(typed)

    points = dialogue.ask("Points", worth)
    there = ", ".join(f"{id} has {n + 1}" for id, n in spare.items())
    such = " ".join(islice(spare.elements(), points))
    gives = dialogue.ask(
        f"An exercise always has {POINTS} points, so other questions must give up {points}. Write "
        f"a question's number once for each point that it gives up, such as {such} ({there})",
        lambda typed: _given_up(typed, points, spare),
    )
    return points, gives


def _given_up(typed: str, points: int, spare: Counter[str]) -> dict[str, int]:
    found = Counter(typed.replace(",", " ").split())
    if over := found - spare:
        id = next(iter(over))
        raise ValueError(
            f"{id} cannot give up {found[id]} of its points. Use only the questions in brackets "
            "above, and leave each of them at least one point."
        )
    if found.total() != points:
        raise ValueError(
            f"You wrote {found.total()} questions, but {points} are needed, one for each point."
        )
    return dict(found)


# --- The right answer ----------------------------------------------------------------------


def statements(code: str) -> list[ast.stmt]:
    """Return the statements of some code.

    Raises:
        ValueError: it is no Python.

    """
    try:
        return ast.parse(code).body
    except SyntaxError as problem:
        raise ValueError(f"Python cannot read line {problem.lineno}: {problem.msg}.") from problem


def name_of(code: str) -> str:
    """Return the name that a right answer gives a value to, with its last statement.

    Raises:
        ValueError: it is no Python, or its last statement gives no value to a name.

    """
    match statements(code)[-1:]:
        case [ast.Assign(targets=[ast.Name(id=name)]) | ast.FunctionDef(name=name)]:
            return name
    raise ValueError("The last line should give the answer its name, as in share = 100 * a / b")


def _code(typed: str) -> str:
    statements(typed)
    return typed


def _right(code: str, kind: str, exercise: Exercise) -> str:
    name = name_of(code)
    if not re.fullmatch(r"[a-z_][a-z0-9_]*", name):
        raise ValueError(f"Write {name} in small letters, without accents.")
    if other := next((each.id for each in exercise.checked if each.answer == name), None):
        raise ValueError(
            f"{name} is already the name of the answer to {other}. Choose another name."
        )
    function = code.startswith("def ")
    if function != (kind == "function"):
        raise ValueError(
            "Because this kind of answer is a function, begin the code with def."
            if kind == "function"
            else (
                f"The answer should be of the kind {kind}, not a function. Do not begin the code "
                "with def."
            )
        )
    lone = len(statements(code)) == 1
    if function and not (lone and re.match(r'def .*:\n    """.+"""\n    ', code)):
        raise ValueError(
            "Begin with def, and write below it a line in three quotation marks, such as "
            '"""Return the sum.""". Students see these two lines, but not the lines that follow.'
        )
    return code


def tolerated(typed: str) -> tuple[dict[str, float], str]:
    """Return how far an answer may be off, for ``checks.yaml`` and in words for students.

    Raises:
        ValueError: it is said otherwise than it is asked.

    """
    words = re.sub(r"^to\s+", "", typed.casefold())
    if words in ROUNDED:
        return {"within": ROUNDED[words]}, f"You may round to {words}."
    found = re.fullmatch(r"(\d+(?:\.\d+)?)( per ?cent|%)?", words)
    number = float(found[1]) if found else 0
    if not found or not number or (found[2] and number > 20):
        raise ValueError(
            f"Write a kind of rounding ({', '.join(ROUNDED)}), a percentage of the right value up "
            "to 20 per cent, or a number in the unit of the answer."
        )
    if found[2]:
        return {"tolerance": number / 100}, (
            f"It may differ from the right value by {number:g} per cent."
        )
    return {"within": number}, f"It may differ from the right value by {number:g}."


def _misconceptions(dialogue: Dialogue, least: int) -> Iterator[dict[str, str]]:
    for number in count(1):
        asked = f"Likely wrong answer {number}, as code (Enter if there are no more)"
        if not (wrong := dialogue.ask(asked, _words if number <= least else str)):
            return
        hint = dialogue.ask(f"A hint for students who give wrong answer {number}", _words)
        yield {"wrong": wrong, "hint": hint}


# --- What the schema wants of a kind -------------------------------------------------------


@cache
def _rule(kind: str) -> dict:
    """Return what the schema wants of a question of a kind."""
    rules = json.loads(SCHEMA.read_text(encoding="utf-8"))["$defs"]["question"]["allOf"]
    for rule in rules:
        which = rule["if"]["properties"]["kind"]
        if kind in which.get("enum", [which.get("const")]):
            return rule["then"]
    raise ValueError(f"{SCHEMA.name} has no rule for {kind}.")


def _checks(dialogue: Dialogue, kind: str) -> Iterator[tuple[str, Any]]:
    """Yield what ``checks.yaml`` says of a question besides its answer, points and tolerance."""
    rule = _rule(kind)
    if "inputs" in rule["properties"]:
        words = (
            "The inputs of two or more calls that test the function, such as (2, 3), one call on "
            "each line"
        )
        yield "inputs", dialogue.ask(words, _calls, lines=True)
    yield "public", dict(_public(dialogue, rule["properties"]["public"]))
    least = max(FORESEEN.get(kind, 0), "misconceptions" in rule.get("required", ()))
    if wrong := list(_misconceptions(dialogue, least)):
        yield "misconceptions", wrong


def _public(dialogue: Dialogue, rule: dict) -> Iterator[tuple[str, Any]]:
    """Yield what a student's own check may know of an answer, as far as the schema has it."""
    for part, about in rule["properties"].items():
        if part not in PARTS:
            continue
        words, taken = PARTS[part]
        if taken is _several:
            taken = partial(_several, least=about.get("minItems", 2))
        if "enum" in about:
            words, taken = f"{words} ({', '.join(about['enum'])})", _one_of(about["enum"])
        if part not in rule.get("required", ()):
            words, taken = f"{words} (Enter for any)", _or_nothing(taken)
        if found := dialogue.ask(words, taken):
            yield part, found


def _words(typed: str) -> str:
    if len(typed) < 2:
        raise ValueError("This answer cannot be left out. Write at least two letters.")
    return typed


def _one_of(options: list[str]) -> Callable[[str], str]:
    def taken(typed: str) -> str:
        if typed not in options:
            raise ValueError(f"Write one of {', '.join(options)}.")
        return typed

    return taken


def _or_nothing(taken: Callable[[str], T]) -> Callable[[str], T | None]:
    return lambda typed: taken(typed) if typed else None


def _several(typed: str, least: int = 2) -> list[str]:
    found = [each.strip() for each in typed.split(",") if each.strip()]
    if len(found) < least:
        raise ValueError(f"Write at least {least} entries, with commas between them.")
    return found


def _range(typed: str) -> list[float]:
    try:
        low, high = (float(each) for each in typed.split("to"))
    except ValueError as problem:
        raise ValueError('Write two numbers with "to" between them, such as 1 to 500') from problem
    return [int(each) if each.is_integer() else each for each in (low, high)]


def _call(typed: str) -> str:
    """Return what stands in the brackets of a call, as a tuple: (5) becomes (5,)."""
    match statements(typed):
        case [ast.Expr(value=ast.Tuple())]:
            return typed
        case [ast.Expr(value=single)]:
            return f"({ast.unparse(single)},)"
    raise ValueError("Write the inputs of a call, with its brackets: (2, 3)")


def _calls(typed: str) -> list[str]:
    found = [_call(line) for line in typed.splitlines()]
    if len(found) < 2:
        raise ValueError(
            "Write at least two lines, each with the inputs of a call in round brackets: (2, 3)"
        )
    return found


#: What may be public of an answer: how it is asked for, and read. The order is the schema's.
PARTS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "unit": ("Its unit, such as per cent", _words),
    "range": ("The smallest and the largest possible number, such as 1 to 500", _range),
    "options": ("The choices, such as A, B, C", _several),
    "allowed": ("The names that can be in it, such as oil, gas", _several),
    "keys": ("The items to be matched, such as A, B, C", _several),
    "key": ("The column that identifies each row", lambda typed: [_words(typed)]),
    "columns": (
        "All its columns, such as year, share",
        lambda typed: dict.fromkeys(_several(typed)),
    ),
    "marks": ("What is drawn", str),
    "examples": (
        "The inputs of a call that students see as an example, such as (2, 3)",
        lambda typed: [_call(typed)],
    ),
    "returns": ("What the function returns", str),
}
