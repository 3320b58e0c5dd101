"""What the course does in a kernel; an IPython extension, loaded by ``etc/ipython``.

Errors are said in words (`mistakes`), a figure that came without words is shown as a described
picture, a table begins on the screen, a chart can be kept by a button, and what a notebook has
imported is left out of Python's search for garbage. Importing a module of the course does nothing
of this: grading's own shells ask for what they need.
"""

import gc
import logging
import sys
from importlib import import_module
from typing import Any

from IPython import get_ipython
from IPython.display import display

from courseware import mistakes

CHARTS = "courseware.charts"  # until a notebook imports it, its figures are its own
KEEPING = "courseware.journal.keep_button"
WORK = "courseware.my_work"
UI = "courseware.ui"  # it loads pandas, for which importing a module of ours need not wait
FIGURE = "matplotlib.figure.Figure"
#: Tables that a cell may end with: where their classes stand, and what they are called.
TABLES = (("pandas", "DataFrame"), ("courseware.ui", "Table"))


def load_ipython_extension(shell: Any) -> None:
    """Set up this kernel."""
    mistakes.load_ipython_extension(shell)
    describe_plain_figures(shell)
    if hasattr(shell, "kernel"):
        set_imports_aside(shell)
    if mistakes.somebody_is_there(shell):
        bring_tables_into_view(shell)
        offer_to_keep_charts(shell)


def load_in_a_browser() -> None:
    """Set up the kernel in which the course was imported: there is no ``etc/ipython`` to do it.

    Matplotlib lists its fonts anew in each kernel, for nothing of it is kept: so it is not said.
    """
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    if shell := get_ipython():
        load_ipython_extension(shell)
        if mistakes.somebody_is_there(shell):
            offer_to_save_work(shell)


def unload_ipython_extension(shell: Any) -> None:
    """Have this kernel show errors as Python does; the rest stays until it ends."""
    mistakes.unload_ipython_extension(shell)


def describe_plain_figures(shell: Any) -> None:
    """Let a notebook that uses the charts show plain figures with an alt text.

    A change of the inline backend (``%config InlineBackend…``), and the backend itself when it
    starts, adds ways of showing figures that would be taken before this one, and would draw once
    more: so these are taken away before and after each cell.
    """
    module, _, name = FIGURE.rpartition(".")
    shell.display_formatter.mimebundle_formatter.for_type_by_name(module, name, _plain)

    def take_away(*_: object) -> None:
        if CHARTS in sys.modules:
            for formatter in shell.display_formatter.formatters.values():
                formatter.pop(FIGURE, None)

    take_away()
    shell.events.register("pre_run_cell", take_away)
    shell.events.register("post_execute", take_away)


def _plain(figure: Any) -> dict[str, str] | None:
    """Return a figure as a described picture; None where the course's charts are not in use."""
    charts = sys.modules.get(CHARTS)
    return charts.plain.bundle(figure) if charts else None


def bring_tables_into_view(shell: Any) -> None:
    """Let a table that is too high for the screen be seen from its beginning, as charts are."""
    for module, name in TABLES:
        shell.display_formatter.formatters["text/html"].for_type_by_name(module, name, _in_view)


def _in_view(table: Any) -> str | None:
    """Return a table as HTML with a mark that brings it into view; None where pandas makes none."""
    ui = import_module(UI)
    markup = ui.one_head(table._repr_html_())
    return markup and markup + ui.scripts.mark_in_view(ui.scripts.OUTPUT)


def offer_to_keep_charts(shell: Any) -> None:
    """Put a button below each chart that keeps it, from the cell on that follows the imports."""

    def before_a_cell(*_: object) -> None:
        if CHARTS in sys.modules:
            shell.events.unregister("pre_run_cell", before_a_cell)
            sys.modules[CHARTS].page.BELOW.append(import_module(KEEPING).offer)

    shell.events.register("pre_run_cell", before_a_cell)


def offer_to_save_work(shell: Any) -> None:
    """Put the buttons that save and bring back a student's work below the cell that runs now.

    They come again whenever that cell runs again, which takes its earlier output away.
    """
    first: list[str] = []

    def after_a_cell(result: Any) -> None:
        code = result.info.raw_cell
        first.extend([] if first else [code])
        if code == first[0]:
            display(import_module(WORK).WorkCard())

    shell.events.register("post_run_cell", after_a_cell)


def set_imports_aside(shell: Any) -> None:
    """Have Python look for garbage among what a kernel makes, not among what it has imported.

    Pandas, matplotlib and the widgets are some 180,000 objects that stay until the end. To look
    through them takes a tenth of a second of whatever cell it falls into. After the cell that
    imports the charts they are set aside, once.
    """

    def after_a_cell(*_: object) -> None:
        if CHARTS in sys.modules:
            shell.events.unregister("post_run_cell", after_a_cell)
            gc.freeze()

    shell.events.register("post_run_cell", after_a_cell)
