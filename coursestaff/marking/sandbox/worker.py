"""Run a notebook's cells and describe the answers they give: the code that runs students' code.

`run` is called in a process forked from the zygote, or, for one's own work, in one started as
``python -m coursestaff.marking.sandbox.worker REPLY`` with a job (JSON) on standard input. Either
way one line of JSON comes back per cell, so that a crash loses only that cell. This process knows
no expected value: comparison happens in the one that asked.
"""

import io
import json
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib.pyplot as plt
import pandas as pd
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

from coursestaff.marking.sandbox import unavailable
from coursestaff.marking.sandbox.reply_validation import refuse_expressions
from courseware import ipython_extension
from courseware.answers.describe import Described, describe, describe_calls
from courseware.answers.single import type_name

#: What of an output is kept, and up to how many characters of one.
FORMATS = {"text/plain": 50_000, "text/html": 1_000_000, "image/png": 3_000_000}
MOST_TEXT = 50_000  # characters of one stream of one cell
MOST_OUTPUTS = 50  # of one cell
MOST_SHOWN = 8_000_000  # characters of all outputs of a notebook
MOST_WORDS = 500  # characters of an error's message
CUT = "\n[… This is too long and is cut off here.]\n"


class Outputs:
    """What one cell has shown, as a notebook file (nbformat 4) keeps it."""

    def __init__(self, room: int = MOST_SHOWN) -> None:
        """Start empty, with ``room`` for so many characters."""
        self.items: list[dict] = []
        self.room = room
        self.clear_first = False
        self.places: dict[str, dict] = {}  # display_id → the output that it may change later

    def write(self, name: str, text: str) -> None:
        """Add text to a stream, ``stdout`` or ``stderr``."""
        last = self.items[-1] if self.items and not self.clear_first else None
        if last is None or last.get("name") != name:
            last = {"output_type": "stream", "name": name, "text": ""}
            if not self.add(last):
                return
        free = min(MOST_TEXT - len(last["text"]), self.room)
        if free > 0:
            last["text"] += text[:free] + (CUT if len(text) > free else "")
            self.room -= min(len(text), free)

    def show(self, kind: str, data: dict, **more: Any) -> dict | None:
        """Add what is displayed; of its formats those in `FORMATS` that are not too long."""
        kept = {}
        for form, most in FORMATS.items():
            content = data.get(form)
            content = b64encode(content).decode() if isinstance(content, bytes) else content
            if isinstance(content, str) and len(content) <= min(most, self.room):
                kept[form] = content
                self.room -= len(content)
            elif isinstance(content, str) and form == "text/plain":
                kept[form] = content[: min(most, self.room)] + CUT
                self.room -= len(kept[form])
        item = {"output_type": kind, "data": kept, "metadata": {}, **more}
        return item if kept and self.add(item) else None

    def error(self, problem: BaseException) -> None:
        """Add an error: its name and message, and no paths of this computer."""
        words = words_of(problem)
        name = type(problem).__name__
        self.add(
            {
                "output_type": "error",
                "ename": name,
                "evalue": words,
                "traceback": [f"{name}: {words}"],
            }
        )

    def add(self, item: dict) -> bool:
        """Add an output; return whether there was room for it."""
        if self.clear_first:
            self.items, self.clear_first = [], False
        if len(self.items) >= MOST_OUTPUTS or self.room <= 0:
            return False
        self.items.append(item)
        return True

    def clear(self, wait: bool) -> None:
        """Forget what was shown: now, or (``wait``) when the next output comes."""
        self.clear_first = wait
        if not wait:
            self.items = []


class Stream(io.TextIOBase):
    """A cell's ``sys.stdout`` or ``sys.stderr``: what is written goes to the shell's outputs."""

    encoding = "utf-8"

    def __init__(self, shell: "ZMQInteractiveShell", name: str) -> None:
        """Keep where to write."""
        self.shell, self.name = shell, name

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, text: str) -> int:
        """Keep the text and return its length."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self.shell.outputs.write(self.name, text)
        return len(text)


class Publisher(DisplayPublisher):
    """Keeps what ``display`` shows."""

    def publish(self, data, metadata=None, *, transient=None, update=False, **kwargs) -> None:
        """Keep one output, or replace an earlier one that has the same ``display_id``."""
        outputs, place = self.shell.outputs, (transient or {}).get("display_id")
        if update:
            shown = Outputs(outputs.room).show("display_data", data)
            if shown and place in outputs.places:
                outputs.places[place]["data"] = shown["data"]
            return
        shown = outputs.show("display_data", data)
        if shown and place:
            outputs.places[place] = shown

    def clear_output(self, wait=False) -> None:
        """Forget the cell's outputs so far."""
        self.shell.outputs.clear(wait)


class Hook(DisplayHook):
    """Keeps the value of a cell's last line."""

    def write_output_prompt(self) -> None:
        """Write nothing: a notebook shows the count beside the cell."""

    def write_format_data(self, format_dict, md_dict=None) -> None:
        """Keep the value's formats."""
        count = self.prompt_count
        self.shell.outputs.show("execute_result", format_dict, execution_count=count)

    def finish_displayhook(self) -> None:
        """Write nothing."""
        self._is_active = False


class ZMQInteractiveShell(unavailable.WithoutShell, InteractiveShell):
    """IPython's shell as a kernel has it, except that outputs stay in this process.

    It has a kernel's name, too: pandas and others look at it to know what they may show.
    """

    displayhook_class = Type(Hook)
    display_pub_class = Type(Publisher)

    def __init__(self, **kwargs: Any) -> None:
        """Start without outputs."""
        self.outputs = Outputs()
        super().__init__(**kwargs)

    def showtraceback(self, exc_tuple=None, *args, **kwargs) -> None:
        """Keep the error."""
        problem = exc_tuple[1] if exc_tuple else sys.exc_info()[1]
        if problem is not None:
            self.outputs.error(problem)

    def showsyntaxerror(self, *args, **kwargs) -> None:
        """Keep the error."""
        self.showtraceback()

    def _format_exception_for_storage(self, exception, *args, **kwargs) -> dict:
        """Return an error as a notebook keeps it; IPython would read and colour sources."""
        name, words = type(exception).__name__, words_of(exception)
        return {"ename": name, "evalue": words, "traceback": []}

    def enable_gui(self, gui=None) -> None:
        """Do nothing: there is no screen."""

    def ask_exit(self) -> None:
        """Stay: ``exit()`` ends a cell's session in a terminal, and nothing in a notebook."""


def shell_here() -> ZMQInteractiveShell:
    """Return this process's shell; it writes no history."""
    return ZMQInteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))


class Kept(NamedTuple):
    """A value as it was at its check, with what every name stood for then."""

    value: Any
    names: dict[str, Any]


class Session:
    """A notebook that is being run in this process: all that is left from one cell to the next."""

    def __init__(self, job: dict) -> None:
        """Begin, for a job as `run` takes it."""
        self.shell = shell_here()
        self.wanted = bool(job.get("outputs"))
        prepare(self.shell, self.wanted)
        unavailable.prepare(self.shell)
        self.out, self.err = Stream(self.shell, "stdout"), Stream(self.shell, "stderr")
        self.room = job.get("room", MOST_SHOWN)
        self.run_cell = self.shell.run_cell  # a cell may put another one in its place
        self.kept: dict[str, Kept] = {}

    def record(self, cell: dict, probes: list[dict]) -> dict:
        """Run one cell, describe what is asked for, and return both as `run` yields them."""
        shell, record = self.shell, {"cell": cell["id"], "error": None}
        if "source" in cell:
            record |= self._ran(cell["source"])
        shell.outputs = Outputs(0)  # what describing shows is nobody's to see
        with redirect_stdout(self.out), redirect_stderr(self.err):
            answers = {probe["key"]: look(shell.user_ns, probe, self.kept) for probe in probes}
        return {**record, "answers": answers}

    def _ran(self, source: str) -> dict:
        """Run a cell, and return what its record says of that."""
        shell, record = self.shell, {}
        shell.outputs = Outputs(self.room)
        with redirect_stdout(self.out), redirect_stderr(self.err):
            result = self.run_cell(source, store_history=self.wanted)
        problem, self.room = result.error_before_exec or result.error_in_exec, shell.outputs.room
        if problem:
            said = (type(problem).__name__, words_of(problem))
            record["error"] = ": ".join(filter(None, said))[:MOST_WORDS]
        if met := unavailable.met(problem):
            record["met"] = met
        if self.wanted:
            record["outputs"] = shell.outputs.items
        return record


def run(job: dict, held: Callable[[], dict] = dict) -> Iterator[dict]:
    """Run the cells in order; yield one record per cell.

    Args:
        job: ``cells``: list of ``{"id", "source"}`` of the code cells to run (without a source, it
            is a place to look at something); ``probes``: by cell id, what to describe once that
            cell has run: a list of ``{"key", "look", "inputs"}``. ``look`` is a name, or, if the
            job is ``trusted`` (a solution), an expression in the notebook's namespace; with
            ``inputs`` (texts of tuples) it is a function to call. A probe with ``keep`` keeps what
            it sees for a later one of the same key, which then calls this, with the names as they
            were. ``outputs``: whether to return what the cells show, too; ``room``: up to how many
            characters in all.
        held: returns more ``cells`` and ``probes``, once those of the job are done with: inputs
            that are not here yet cannot be shown.

    Yields:
        ``{"cell": id, "error": None or "NameError: …", "answers": {key: description}}`` and, of a
        cell that is run, perhaps ``"met"`` (see `unavailable`) and perhaps ``"outputs"``, as a
        notebook file keeps them.

    Raises:
        ValueError: an expression is to be looked up in a job that is not trusted.

    """
    refuse_expressions(job)
    session = Session(job)
    for cell, probes in _places(job, held):
        yield session.record(cell, probes)
        close_charts()


def _places(job: dict, held: Callable[[], dict]) -> Iterator[tuple[dict, list[dict]]]:
    """Yield each cell with its probes: the job's, then those that were held back."""
    for part in (lambda: job, held):
        given = part()
        for cell in given.get("cells", ()):
            yield cell, given["probes"].get(cell["id"], [])


def prepare(shell: ZMQInteractiveShell, wanted: bool) -> None:
    """Have charts and last values shown as in a notebook, or (faster) not at all."""
    if wanted:
        shell.ast_node_interactivity = "last_expr"
        shell.enable_matplotlib("inline")
        plt.uninstall_repl_displayhook()  # it would draw each chart once before it is shown
        ipython_extension.describe_plain_figures(shell)
        pd.options.display.max_columns = 20  # as pandas sets it when a kernel imports it
    else:
        plt.switch_backend("agg")
        plt.ioff()
        shell.ast_node_interactivity = "none"


def words_of(problem: BaseException) -> str:
    """Return an error's message, whatever its class makes of it."""
    try:
        return str(problem)[:MOST_WORDS]
    except Exception:
        return ""


def close_charts() -> None:
    """Close what has been drawn, as Jupyter does after each cell; later charts begin afresh."""
    plt.close("all")


def look(names: dict[str, Any], probe: dict, kept: dict[str, Kept]) -> Described:
    """Describe what a probe asks for in the notebook's namespace ``names``, or in what is kept."""
    expression, key = probe["look"], probe["key"]
    try:
        if not expression.isidentifier():
            return _looked_up(names, probe)
        if not probe.get("keep") and key in kept:
            return _called_as_it_was(names, kept[key], probe["inputs"])
        if expression not in names:
            return {"type": "missing"}
        value = names[expression]
        if probe.get("keep") and value is not ...:
            kept[key] = Kept(value, dict(names))
        return describe_calls(value, probe["inputs"]) if probe.get("inputs") else describe(value)
    except BaseException as problem:  # an object may do anything when it is looked at
        return {"type": "other", "name": type_name(problem)}


def _called_as_it_was(names: dict[str, Any], kept: Kept, inputs: list[str]) -> Described:
    """Call a function while the names that it may use stand for what they did at its check."""
    now = dict(names)
    names.update(kept.names)
    try:
        return describe_calls(kept.value, inputs)
    finally:
        names.update(now)


def _looked_up(names: dict[str, Any], probe: dict) -> Described:
    """Describe an expression: only ever in a solution, whose author writes misconceptions."""
    close_charts()  # or pandas draws a Series into the chart that is open
    try:
        value = eval(probe["look"], names)
    except Exception as problem:
        return {"type": "error", "name": type(problem).__name__, "text": str(problem)[:200]}
    return describe_calls(value, probe["inputs"]) if probe.get("inputs") else describe(value)


def line(record: dict) -> bytes:
    """Return a record as one line of JSON; halves of characters become question marks."""
    return (json.dumps(record, ensure_ascii=False) + "\n").encode("utf-8", "replace")


def reply_to(asked: bytes, place: Path) -> None:
    """Run a job (JSON), and write a record per cell to a file."""
    with place.open("wb") as reply:
        reply.write(b"\n")  # ready
        reply.flush()
        for record in run(json.loads(asked)):
            reply.write(line(record))
            reply.flush()


if __name__ == "__main__":
    reply_to(sys.stdin.buffer.read(), Path(sys.argv[1]))
