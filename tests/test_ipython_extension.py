"""A kernel of the course: figures are drawn when they are shown, imports looked through once."""

import gc
import subprocess
import sys
from types import SimpleNamespace

import pytest
from IPython.core.events import EventManager
from matplotlib import pyplot as plt
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from courseware import charts, data, figure_hooks, ipython_extension


@pytest.fixture
def drawings(monkeypatch):
    """Count how often a canvas without a window is drawn."""
    seen = []
    whole = FigureCanvasAgg.draw

    def draw(canvas):
        seen.append(canvas)
        whole(canvas)

    monkeypatch.setattr(FigureCanvasAgg, "draw", draw)
    yield seen
    plt.close("all")


def test_a_plain_map_is_drawn_once_when_it_is_shown(drawings):
    ax = data.load("gas_lines").plot(column="status")
    assert len(ax.collections) == 4
    assert drawings == []
    charts.png(ax.get_figure())
    assert len(drawings) == 1


def test_a_canvas_with_a_window_draws_as_it_does(drawings):
    class Window(FigureCanvasAgg):
        """A canvas that knows when to draw."""

    figure = Figure()
    Window(figure)
    figure_hooks.draw_when_shown(figure)
    figure.canvas.draw_idle()
    assert len(drawings) == 1


def shell(**parts):
    events = EventManager(None, ["pre_run_cell", "post_run_cell"])
    return SimpleNamespace(events=events, **parts)


def test_imports_are_set_aside_once_after_the_cell_that_imports_the_charts(monkeypatch):
    frozen = []
    monkeypatch.setattr(gc, "freeze", lambda: frozen.append(True))
    kernel = shell(kernel=True)
    ipython_extension.set_imports_aside(kernel)
    with monkeypatch.context() as before:
        before.delitem(sys.modules, ipython_extension.CHARTS)
        kernel.events.trigger("post_run_cell", None)
    assert frozen == []
    for _ in range(3):
        kernel.events.trigger("post_run_cell", None)
    assert frozen == [True]


def test_importing_the_course_hooks_nothing_and_a_notebook_without_charts_is_left_alone():
    """In a process of its own: here the charts are in use."""
    code = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
events = {name: list(calls) for name, calls in shell.events.callbacks.items()}
import courseware.charts, courseware.maps, courseware.turns
assert {name: list(calls) for name, calls in shell.events.callbacks.items()} == events
from matplotlib.figure import Figure
formatters = shell.display_formatter.formatters.values()
assert not any(Figure in each.type_printers for each in formatters)
"""
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def test_a_figure_of_a_notebook_that_does_not_use_the_charts_is_its_own(monkeypatch):
    monkeypatch.delitem(sys.modules, ipython_extension.CHARTS)
    assert ipython_extension._plain(Figure()) is None
