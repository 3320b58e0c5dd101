"""Cells answer at once: figures are drawn when they are shown, imports are looked through once."""

import gc
from types import SimpleNamespace

import pytest
from IPython.core.events import EventManager
from matplotlib import pyplot as plt
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from courseware import charts, data, quick


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
    quick.draw_when_shown(figure)
    figure.canvas.draw_idle()
    assert len(drawings) == 1


def shell(**parts):
    events = EventManager(None, ["pre_run_cell", "post_run_cell"])
    return SimpleNamespace(events=events, **parts)


def test_imports_are_set_aside_after_the_first_cell_of_a_kernel_once(monkeypatch):
    frozen = []
    monkeypatch.setattr(gc, "freeze", lambda: frozen.append(True))
    kernel = shell(kernel=True)
    quick.set_imports_aside(kernel)
    assert frozen == []
    for _ in range(3):
        kernel.events.trigger("post_run_cell", None)
    assert frozen == [True]


def test_a_shell_without_a_kernel_is_left_alone(monkeypatch):
    frozen = []
    monkeypatch.setattr(gc, "freeze", lambda: frozen.append(True))
    grading = shell()
    quick.set_imports_aside(grading)
    grading.events.trigger("post_run_cell", None)
    assert frozen == []
