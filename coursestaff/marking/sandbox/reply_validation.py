"""Read what a worker sends back, as from a stranger: a student's cell can write to that pipe too.

What has the right shape is only a description of an answer, as if it had been assigned; what has
not is no record at all. Nothing else of what is sent gets any further.
"""

import json
import math
from collections.abc import Callable
from typing import Any

from coursestaff.terminal import one_line

MOST_ERROR = 600  # characters
MOST_PARTS = 400_000  # lists and mappings of one record: each takes some 200 bytes once read
MOST_DEPTH = 12  # of lists in lists
MOST_OUTPUTS = 60  # of one cell
#: What a cell may have met where it ran (see `unavailable`): a person who types, a shell, its end.
INPUT, SHELL, STOP = MET = ("input", "shell", "stop")
FORMATS = ("text/plain", "text/html", "image/png")


class ForgedError(ValueError):
    """What came is not what a worker writes."""


def refuse_expressions(job: dict) -> None:
    """Let only a trusted job look up anything but names.

    Raises:
        ValueError: with the expression.

    """
    for probe in (probe for own in job["probes"].values() for probe in own):
        if not job.get("trusted") and not probe["look"].isidentifier():
            raise ValueError(f"{probe['look']!r} is no name, and this job is not trusted.")


def keep(line: bytes, job: dict, records: dict[str, dict]) -> None:
    """Add the record of a job's next cell to ``records``.

    From a place where something is only looked at comes nothing that a student could read, and from
    one that was held back (for its inputs are not to be known) only what functions give.

    Raises:
        ForgedError: it is none, or there is no cell left.

    """
    if len(records) == len(job["cells"]):
        raise ForgedError("more records than cells")
    place = job["cells"][len(records)]
    cell = place["id"]
    probes = job["probes"].get(cell, ())
    wanted = {probe["key"]: len(probe.get("inputs") or ()) for probe in probes}
    record = record_of(line, cell, wanted)
    if "source" not in place:
        record = {**record, "error": None}
        record.pop("outputs", None)
    if place.get("held"):
        answers = record["answers"].items()
        record["answers"] = {key: found for key, found in answers if found["type"] == "function"}
    records[cell] = record


def record_of(line: bytes, cell: str, wanted: dict[str, int]) -> dict:
    """Return the record of one cell.

    Args:
        line: what came through the pipe.
        cell: the cell whose turn it is.
        wanted: what is looked at after this cell, and with how many inputs it is called, if it is
            a function; other answers are dropped.

    Raises:
        ForgedError: it is not JSON, not of this cell, or not of the shape that `worker.run` gives.

    """
    if line.count(b"[") + line.count(b"{") > MOST_PARTS:
        raise ForgedError("more parts than an answer has")
    try:
        raw = json.loads(line, parse_constant=_no_number)
    except (ValueError, RecursionError) as problem:
        raise ForgedError(f"not JSON: {type(problem).__name__}") from problem
    if not isinstance(raw, dict) or raw.get("cell") != cell:
        raise ForgedError(f"not the record of the cell {cell!r}")
    error, answers = raw.get("error"), raw.get("answers")
    if not (error is None or isinstance(error, str)) or not isinstance(answers, dict):
        raise ForgedError("an error that is no text, or answers that are no mapping")
    record = {
        "cell": cell,
        "error": one_line(" ".join(error[:MOST_ERROR].split())) if error else None,
        "answers": {key: described(answers[key]) for key in answers if key in wanted},
    }
    for key, answer in record["answers"].items():
        if answer["type"] == "function" and len(answer.get("results", ())) != wanted[key]:
            raise ForgedError("a function that was called more or less often than asked")
    if "met" in raw:
        _demand(isinstance(raw["met"], list) and all(each in MET for each in raw["met"]))
        record["met"] = sorted({*raw["met"]})
    if "outputs" in raw:
        record["outputs"] = outputs(raw["outputs"])
    return record


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def described(value: Any, depth: int = 0) -> dict:
    """Return a description with the keys that its type has, and no others.

    Raises:
        ForgedError: it is not of the shape that `courseware.answers.describe` gives.

    """
    _demand(isinstance(value, dict) and depth <= MOST_DEPTH)
    kind = value.get("type")
    _demand(isinstance(kind, str) and kind in SHAPES)
    found = {"type": kind}
    for key, (right, needed) in SHAPES[kind].items():
        if key in value:
            found[key] = right(value[key], depth + 1)
        else:
            _demand(not needed)
    if kind == "table":
        _demand(all(len(row) == len(found["columns"]) for row in found["rows"]))
        _demand(found["columns"] or not (found["rows"] or found["series"]))
    if kind == "chart":  # each line has a name; of a chart that is not shown, names alone are left
        _demand(len(found["names"]) >= len(found["lines"]))
    return found


def _demand(fine: bool) -> None:
    if not fine:
        raise ForgedError("an answer of another shape")


def _text(value: Any, depth: int) -> str:
    """Let texts through that can be kept: halves of characters become question marks."""
    _demand(isinstance(value, str))
    return value.encode("utf-8", "replace").decode()


def _truth(value: Any, depth: int) -> bool:
    _demand(isinstance(value, bool))
    return value


def _number(value: Any, depth: int) -> float | str:
    """Let numbers through, "nan" and "infinite"; not true and false, which equal 1 and 0."""
    if isinstance(value, str):
        _demand(value in ("nan", "infinite"))
        return value
    _demand(isinstance(value, int | float) and not isinstance(value, bool))
    try:
        _demand(math.isfinite(value))
        return float(value)
    except OverflowError as problem:  # an integer too large for a float
        raise ForgedError("a number beyond all bounds") from problem


def _point(value: Any, depth: int) -> float | str:
    return _text(value, depth) if isinstance(value, str) else _number(value, depth)


def _listed(each: Callable[[Any, int], Any]) -> Callable[[Any, int], list]:
    def read(value: Any, depth: int) -> list:
        _demand(isinstance(value, list) and depth <= MOST_DEPTH)
        return [each(item, depth + 1) for item in value]

    return read


def _pair(value: Any, depth: int) -> list:
    _demand(isinstance(value, list) and len(value) == 2)
    return [_point(value[0], depth), _point(value[1], depth)]


def _mapped(value: Any, depth: int) -> dict:
    _demand(isinstance(value, dict))
    return {_text(key, depth): described(item, depth) for key, item in value.items()}


_texts = _listed(_text)
_items = _listed(described)
_points = _listed(_listed(_pair))

#: Per type of description: its keys, how each is read, and whether it has to be there.
SHAPES: dict[str, dict[str, tuple[Callable[[Any, int], Any], bool]]] = {
    "missing": {},
    "unfinished": {},
    "nothing": {},
    "too large": {},
    "number": {"value": (_number, True)},
    "yes-no": {"value": (_truth, True)},
    "text": {"value": (_text, True)},
    "date": {"value": (_text, True)},
    "duration": {"value": (_number, True)},
    "list": {"items": (_items, True), "tuple": (_truth, False)},
    "set": {"items": (_items, True)},
    "mapping": {"items": (_mapped, True)},
    "table": {
        "series": (_truth, True),
        "columns": (_texts, True),
        "rows": (_listed(_items), True),
    },
    "chart": dict.fromkeys(("title", "xlabel", "ylabel", "xscale", "yscale"), (_text, True))
    | dict.fromkeys(("lines", "bars", "dots"), (_points, True))
    | dict.fromkeys(("upside down", "alike"), (_truth, True))
    | {"names": (_texts, True)},
    "function": {"results": (_items, False)},
    "error": {"name": (_text, True), "text": (_text, True)},
    "other": {"name": (_text, True)},
}


def outputs(value: Any) -> list[dict]:
    """Return outputs as a notebook file keeps them: streams, errors, and what is displayed.

    Raises:
        ForgedError: they are not of that shape.

    """
    _demand(isinstance(value, list) and len(value) <= MOST_OUTPUTS)
    return [_output(each) for each in value]


def _output(value: Any) -> dict:
    _demand(isinstance(value, dict))
    kind = value.get("output_type")
    if kind == "stream":
        _demand(value.get("name") in ("stdout", "stderr"))
        return {"output_type": kind, "name": value["name"], "text": _text(value.get("text"), 0)}
    if kind == "error":
        words = {key: _text(value.get(key), 0)[:MOST_ERROR] for key in ("ename", "evalue")}
        traceback = [f"{words['ename']}: {words['evalue']}"]
        return {"output_type": kind, **words, "traceback": traceback}
    _demand(kind in ("display_data", "execute_result") and isinstance(value.get("data"), dict))
    data = {form: _text(value["data"][form], 0) for form in FORMATS if form in value["data"]}
    found = {"output_type": kind, "data": data, "metadata": {}}
    if kind == "execute_result":
        count = value.get("execution_count")
        _demand(isinstance(count, int) and not isinstance(count, bool) and 0 <= count < 1 << 31)
        found["execution_count"] = count
    return found
