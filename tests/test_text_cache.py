"""Words that an explorer keeps look as matplotlib draws them, and only so many are kept."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from courseware.charts import text_cache
from courseware.charts.text_cache import CachedTextCanvas

SHADES = 3  # of 255: rounding when a stamp is laid over a colour


def page(printer: type, *, rgb=(0, 0, 0), alpha=None, angle=0, **font) -> np.ndarray:
    """Return the pixels of a coloured page with words that begin at a whole pixel."""
    sheet = printer(300, 200, 100)
    ink = sheet.new_gc()
    sheet.draw_path(ink, Path.unit_rectangle(), Affine2D().scale(300, 200), (0.8, 0.9, 1, 1))
    ink.set_foreground(rgb)
    if alpha is not None:
        ink.set_alpha(alpha)
    for down in (60, 120):  # the second time the words come from the stamp
        sheet.draw_text(ink, 80, down, "Qazaqstan, 1.5 bn", FontProperties(**font), angle)
    return np.asarray(sheet.buffer_rgba()).astype(int)


@pytest.mark.parametrize(
    "looks",
    [
        {},
        {"rgb": (0.6, 0.1, 0.1), "size": 14, "weight": "bold"},
        {"alpha": 0.4},
        {"rgb": (0.1, 0.2, 0.6, 0.5)},
        {"style": "italic"},
        {"angle": 90},
        {"angle": 35},
    ],
)
def test_kept_words_look_as_matplotlib_draws_them(looks):
    ours, plain = page(text_cache.Printer, **looks), page(RendererAgg, **looks)
    assert (plain != plain[100, 290]).any(axis=2).sum() > 500, "nothing was drawn"
    assert np.abs(ours - plain).max() <= SHADES


def test_words_are_set_once_and_again_for_every_other_look(monkeypatch):
    cut = []
    original = text_cache.Printer._cut

    def counted(self, gc, s, *rest):
        cut.append(s)
        return original(self, gc, s, *rest)

    monkeypatch.setattr(text_cache.Printer, "_cut", counted)
    fig = Figure(figsize=(2, 1))
    CachedTextCanvas(fig)
    said = fig.text(0.1, 0.5, "2014")
    fig.canvas.draw()
    fig.canvas.draw()
    assert cut == ["2014"]
    said.set_color("#a02020")
    fig.canvas.draw()
    said.set_fontsize(20)
    fig.canvas.draw()
    said.set_rotation(45)
    fig.canvas.draw()
    assert cut == ["2014"] * 4
    fig.set_size_inches(3, 1)
    fig.canvas.draw()
    assert np.asarray(fig.canvas.buffer_rgba()).shape[1] == 300


def test_only_so_many_words_are_kept(monkeypatch):
    monkeypatch.setattr(text_cache, "KEPT", 3)
    fig = Figure(figsize=(2, 1))
    CachedTextCanvas(fig)
    said = fig.text(0.1, 0.5, "")
    for year in range(1992, 2000):
        said.set_text(str(year))
        fig.canvas.draw()
    kept = [setting[0] for setting in fig.canvas.get_renderer()._stamps]
    assert kept == ["1997", "1998", "1999"]


def test_words_outside_the_axes_are_cut_off_as_before():
    pages = []
    for canvas in (CachedTextCanvas, FigureCanvasAgg):
        fig = Figure(figsize=(4, 2), dpi=100)
        canvas(fig)
        axes = fig.add_axes([0.25, 0.25, 0.5, 0.5])
        axes.set(xticks=[], yticks=[])
        axes.text(0.9, 0.5, "cut off at the edge", clip_on=True)
        fig.canvas.draw()
        pages.append(np.asarray(fig.canvas.buffer_rgba()).astype(int))
    assert np.abs(pages[0] - pages[1])[:, 301:].max() <= SHADES
