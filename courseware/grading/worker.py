"""Run a notebook's cells and describe the answers they give: the process that runs code.

Started as ``python -m courseware.grading.worker REPLY`` with a job (JSON) on standard input. It
adds one line of JSON per cell to the file REPLY, so that a crash loses only that cell. It knows no
expected value: comparison happens in the process that asked.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from courseware.checks.describe import Described, describe, describe_calls


def run(job: dict) -> Iterator[dict]:
    """Run the cells in order; yield one record per cell.

    Args:
        job: ``cells``: list of ``{"id", "source"}`` of the code cells to run; ``probes``: by cell
            id, what to describe once that cell has run: a list of ``{"key", "look", "inputs"}``.
            ``look`` is a name, or an expression in the notebook's namespace; with ``inputs``
            (texts of tuples) it is a function to call.

    Yields:
        ``{"cell": id, "error": None or "NameError: …", "answers": {key: description}}``.

    """
    os.environ.setdefault("MPLBACKEND", "agg")
    shell = InteractiveShell.instance()
    shell.ast_node_interactivity = "none"  # a cell's last value is nobody's to see
    shell.showtraceback = shell.showsyntaxerror = lambda *args, **kwargs: None
    for cell in job["cells"]:
        result = shell.run_cell(cell["source"], store_history=False)
        problem = result.error_before_exec or result.error_in_exec
        yield {
            "cell": cell["id"],
            "error": f"{type(problem).__name__}: {problem}"[:500] if problem else None,
            "answers": {
                probe["key"]: look(shell.user_ns, probe)
                for probe in job["probes"].get(cell["id"], ())
            },
        }


def look(names: dict[str, Any], probe: dict) -> Described:
    """Describe what a probe asks for in the notebook's namespace ``names``."""
    expression = probe["look"]
    if expression.isidentifier():
        if expression not in names:
            return {"type": "missing"}
        value = names[expression]
    else:  # only ever in a solution: misconceptions and bounds are written by its author
        try:
            value = eval(expression, names)
        except Exception as problem:
            return {"type": "error", "name": type(problem).__name__, "text": str(problem)[:200]}
    return describe_calls(value, probe["inputs"]) if probe.get("inputs") else describe(value)


def main() -> None:
    """Read the job, run it, and write a record per cell to the file named on the command line."""
    with Path(sys.argv[1]).open("w", encoding="utf-8") as reply:
        for record in run(json.load(sys.stdin)):
            reply.write(json.dumps(record, ensure_ascii=False) + "\n")
            reply.flush()


if __name__ == "__main__":
    main()
