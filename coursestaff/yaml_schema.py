"""Read a YAML file that people write, hold it against its schema, and say by line what is wrong."""

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from courseware import CourseError

if TYPE_CHECKING:  # importing it takes most of a second, which no grading process needs
    import jsonschema


class YamlSchemaError(CourseError):
    """A file cannot be read, or does not fit its schema; the message names file and line."""


class Document(NamedTuple):
    """What a file holds, and the line (from 1) of every key and item, by its place in it."""

    content: Any
    lines: dict[tuple, int]

    def line(self, *place: str | int) -> int:
        """Return the line of a place, or of the nearest one around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def read(path: Path, schema: Path) -> Document:
    """Read a file that fits its schema.

    Raises:
        YamlSchemaError: there is no such file, it is not YAML in UTF-8, a key stands in it
            twice, or it does not fit the schema.

    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as problem:
        raise YamlSchemaError(f"There is no file {shown(path)}.") from problem
    except UnicodeDecodeError as problem:
        line = problem.object[: problem.start].count(b"\n") + 1
        raise YamlSchemaError(
            f"{at(path, line)}: the file is not saved in UTF-8. Save it in UTF-8."
        ) from problem
    written = _parse(path, text)
    _validate(path, written, schema)
    return written


def shown(path: Path) -> str:
    """Return a path short enough to read: the file, its folder, and that one's folder."""
    return "/".join(path.parts[-3:])


def at(path: Path, line: int) -> str:
    """Return a file and a line as messages name them."""
    return f"{shown(path)}, line {line}"


def _parse(path: Path, text: str) -> Document:
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        content = yaml.safe_load(text)
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        what = getattr(problem, "problem", None) or "this is not YAML"
        before = text[: getattr(problem, "position", 0)]  # of a character that YAML forbids
        line = mark.line + 1 if mark else before.count("\n") + 1
        raise YamlSchemaError(f"{at(path, line)}: {what}.") from problem
    lines: dict[tuple, int] = {}
    if root is not None:
        _note_lines(root, (), lines, path)
    return Document(content, lines)


def _note_lines(node: yaml.Node, place: tuple, lines: dict[tuple, int], path: Path) -> None:
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            _note_lines(item, (*place, number), lines, path)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inside = (*place, key.value)
            line = key.start_mark.line + 1
            if inside in lines:
                raise YamlSchemaError(
                    f"{at(path, line)}: {key.value!r} occurs twice. Delete one of the two."
                )
            lines[inside] = line
            _note_lines(value, inside, lines, path)


@cache
def _validator(schema: Path) -> "jsonschema.Draft202012Validator":
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads(schema.read_text(encoding="utf-8")))


def _validate(path: Path, written: Document, schema: Path) -> None:
    from jsonschema.exceptions import best_match

    problem = best_match(_validator(schema).iter_errors(written.content))
    if problem is None:
        return
    place = (*problem.absolute_path, *_wrong_key(problem))
    while place and place not in written.lines:
        place = place[:-1]
    where = [".".join(str(part) for part in place)] if place else []  # of the file as a whole
    told = ": ".join([at(path, written.line(*place)), *where, problem.message])
    raise YamlSchemaError(told)


def _wrong_key(problem: "jsonschema.ValidationError") -> tuple:
    """Return the key that should not be there, if that is the problem."""
    if problem.validator == "pattern":  # of a key
        return (problem.instance,)
    if problem.validator != "additionalProperties":
        return ()
    known = problem.schema.get("properties", {})
    return tuple(key for key in problem.instance if key not in known)[:1]
