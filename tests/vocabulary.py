"""Which words of code a cell asks for, and which of them no chapter has brought yet.

A word is written as one meets it: ``.head`` for a method or an attribute, ``data.load`` for a
function of a module, ``len`` for one of Python's own, ``title=`` for an argument, ``[name]``,
``[number]``, ``[filter]`` and ``:`` for what stands in square brackets (``[number] without .loc``
for a column that has a number as its name), ``[name] =`` for a new column, and signs and
statements as they are (``==``, ``~``, ``def``). Not counted: arithmetic, names,
text, calling with brackets, charts.show, turn, check, journal and explorer lines, the first cell's
imports, pd.read_csv.
"""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from nbformat import NotebookNode

from coursestaff.exercises.cells import is_given, is_solution, marks
from coursestaff.publishing import reader
from courseware import article, turns, words
from courseware.words import code
from tests import code_measures

#: What a beginner is given, and need not know: functions by their whole name, modules by theirs.
GIVEN = {
    "turn",
    "check",
    "charts.show",
    "charts.show_grid",
    "charts.show_tiles",
    "charts.level",
    "maps.show",
    "maps.show_ruler",
    "charts.area",
    "charts.bar_rows",
    "charts.moment",
    "charts.units",
    "charts.xray",
    "charts.parts",
    "charts.gap",
    "charts.calendar",
    "charts.multiples",
    "pd.read_csv",
    "data.about",
    "words.show_code_words",
}
GIVEN_MODULES = {"journal", "claims"}
EXPLORERS = (f"{article.package()}.explorers", "courseware.explorers")
#: Arithmetic, which everybody knows.
ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.UAdd, ast.USub)
#: After these an attribute still belongs to one word: ``table.plot.bar``, ``table["x"].str.len``.
ACCESSORS = {"plot", "str", "dt"}
#: After these a number in brackets is that of a row; elsewhere it is a column's name.
INDEXERS = {"loc", "iloc", "at", "iat"}
NUMBER = "[number]"
SIGNS = {
    **{ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="},
    **{ast.In: "in", ast.NotIn: "not in", ast.Is: "is", ast.IsNot: "is not"},
    **{ast.Pow: "**", ast.Mod: "%", ast.FloorDiv: "//", ast.MatMult: "@"},
    **{ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.LShift: "<<", ast.RShift: ">>"},
    **{ast.And: "and", ast.Or: "or", ast.Not: "not", ast.Invert: "~"},
}
STATEMENTS = {
    **{ast.FunctionDef: "def", ast.Return: "return", ast.If: "if", ast.For: "for"},
    **{ast.While: "while", ast.With: "with", ast.Try: "try", ast.Raise: "raise"},
    **{ast.Assert: "assert", ast.Delete: "del", ast.ClassDef: "class", ast.Lambda: "lambda"},
    **{ast.ListComp: "for in [ ]", ast.SetComp: "for in { }", ast.DictComp: "for in { : }"},
    **{ast.GeneratorExp: "for in ( )", ast.IfExp: "if else", ast.JoinedStr: 'f"…"'},
    **{ast.Starred: "*", ast.NamedExpr: ":=", ast.AugAssign: "+=", ast.Yield: "yield"},
    **{ast.Break: "break", ast.Continue: "continue", ast.Set: "{,}", ast.Dict: "{:}"},
}


class Reading:
    """What of a notebook's names decides how a cell is read: its modules and own functions."""

    def __init__(self, sources: Iterable[str]) -> None:
        """Look through the notebook's code for imports and definitions."""
        self.modules: dict[str, str] = {}
        self.own: set[str] = set()
        for node in (node for source in sources for node in ast.walk(parsed(source))):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    self.modules[alias.asname or alias.name.split(".")[0]] = alias.name
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    self.modules[alias.asname or alias.name] = f"{node.module}.{alias.name}"
            elif isinstance(node, ast.FunctionDef):
                self.own.add(node.name)

    def asked(self, source: str) -> set[str]:
        """Return the words that a piece of code asks for."""
        return set(self._words(parsed(source)))

    def _words(self, node: ast.AST) -> Iterator[str]:
        """Yield the words of a part of the code, and of all that stands in it."""
        if isinstance(node, ast.Call) and self._given(node.func):
            for argument in node.args:  # what is handed over has to be understood all the same
                yield from self._words(argument)
            return
        if isinstance(node, ast.Attribute):
            root, name = self._attribute(node)
            if name:
                yield name
            yield from self._words(root)
            return
        yield from self._own_words(node)
        for child in ast.iter_child_nodes(node):
            yield from self._words(child)

    def _given(self, function: ast.AST) -> bool:
        name = ast.unparse(function)
        module = name.split(".")[0]
        return (
            name in GIVEN
            or (module in GIVEN_MODULES and module in self.modules)
            or self.modules.get(module, "").startswith(EXPLORERS)
        )

    def _attribute(self, node: ast.Attribute) -> tuple[ast.AST, str]:
        """Return what stands before the word with a dot, and the word (none for a given one)."""
        value = node.value
        if isinstance(value, ast.Name) and value.id in self.modules:
            name = f"{value.id}.{node.attr}"
            return value, "" if name in GIVEN or value.id in GIVEN_MODULES else name
        if isinstance(value, ast.Attribute) and value.attr in ACCESSORS:
            return value.value, f".{value.attr}.{node.attr}"
        return value, f".{node.attr}"

    def _own_words(self, node: ast.AST) -> Iterator[str]:
        """Yield the words of this part alone."""
        match node:
            case ast.Call(func=ast.Name(id=name)) if name not in self.own:
                yield name
            case ast.keyword(arg=name):
                yield f"{name}=" if name else "**"
            case ast.Subscript(value=before, slice=inside, ctx=context):
                by_label = isinstance(before, ast.Attribute) and before.attr in INDEXERS
                for word in in_brackets(inside, isinstance(context, ast.Store)):
                    yield word if by_label or word != NUMBER else f"{NUMBER} without .loc"
            case ast.Slice():
                yield ":"
            case ast.Compare(ops=signs):
                yield from (SIGNS[type(sign)] for sign in signs)
            case ast.BoolOp(op=sign) | ast.UnaryOp(op=sign) | ast.BinOp(op=sign):
                if not isinstance(sign, ARITHMETIC):
                    yield SIGNS[type(sign)]
            case ast.List(ctx=ast.Load()):
                yield "[…]"
            case ast.Assign(targets=[ast.Tuple() | ast.List()]) | ast.Assign(targets=[_, _, *_]):
                yield "a, b ="
            case ast.Import() | ast.ImportFrom():
                yield "import"
            case _:
                if type(node) in STATEMENTS:
                    yield STATEMENTS[type(node)]


def in_brackets(inside: ast.AST, stored: bool) -> Iterator[str]:
    """Yield what stands in square brackets after a table, a column or ``.loc``."""
    if isinstance(inside, ast.Slice):
        return  # the colon is yielded where it stands
    if isinstance(inside, ast.Tuple):
        for part in inside.elts:
            yield from in_brackets(part, stored)
        return
    sign = isinstance(inside, ast.UnaryOp) and isinstance(inside.op, ast.USub)
    number = inside.operand if sign else inside
    if any(isinstance(part, ast.Compare) for part in ast.walk(inside)):
        yield "[filter]"
    elif isinstance(number, ast.Constant) and isinstance(number.value, int | float):
        yield NUMBER
    elif not isinstance(inside, ast.List):
        yield "[name]"
    if stored:
        yield "[name] ="


def parsed(source: str) -> ast.Module:
    """Return the code of a cell; lines for IPython alone (``%``, ``!``) count for nothing."""
    lines = source.splitlines()
    return ast.parse("\n".join(line for line in lines if not line.lstrip().startswith(("%", "!"))))


# --- Who asks ----------------------------------------------------------------------------------


def chapter(number: str, notebook: NotebookNode) -> dict[str, set[str]]:
    """Return, by place, the words that open cells and turns of a chapter or companion ask for."""
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    both = words.chapter(number).get("turns", {})  # the chapter's and the companion's
    written = {key: turn for key, turn in both.items() if any(f'"{key}"' in s for s in sources)}
    reading = Reading([*sources, *(turn.get("above", "") for turn in written.values())])
    found = {
        cell.name: reading.asked(_without_first_imports(cell.source, sources))
        for cell in code_measures.open_cells(notebook)
    }
    for key, turn in written.items():
        found[f"turn {key}"] = reading.asked(turns.line_of(turn))
    return found


def exercise(solution: NotebookNode) -> dict[str, set[str]]:
    """Return, by cell, the words that an exercise asks for: given cells and what answers them."""
    sources = [cell.source for cell in solution.cells if cell.cell_type == "code"]
    reading = Reading(sources)
    return {
        cell.id: reading.asked(_without_first_imports(cell.source, sources))
        for cell in solution.cells
        if cell.cell_type == "code"
        and (not marks(cell) or is_given(cell) or is_solution(cell))
        and not cell.metadata.get("jupyter", {}).get("source_hidden")
    }


def _without_first_imports(source: str, sources: list[str]) -> str:
    """Return a cell without its imports if it is the first that has any."""
    first = next((each for each in sources if "import " in each), None)
    if source != first:
        return source
    kept = (s for s in parsed(source).body if not isinstance(s, ast.Import | ast.ImportFrom))
    return "\n".join(ast.unparse(statement) for statement in kept)


def known(number: str) -> set[str]:
    """Return what may be asked at the end of chapter ``number``."""
    return {piece for word in code.brought(number) for piece in word.code}


def unknown(number: str, asked: dict[str, set[str]]) -> dict[str, list[str]]:
    """Return, by place, the words that no chapter has brought by ``number``."""
    missing = {place: sorted(those - known(number)) for place, those in asked.items()}
    return {place: those for place, those in missing.items() if those}


def solutions() -> list[Path]:
    """Return the solution notebooks, in order."""
    folder = reader.ROOT / "solutions"
    return [p for path in reader.exercises() if (p := folder / path.stem / path.name).is_file()]
