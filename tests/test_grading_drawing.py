"""A chart that is drawn once looks as Jupyter's, drawn twice, but for a few dots of margin."""

import subprocess
import sys
from io import BytesIO

import matplotlib as mpl
import matplotlib.pyplot as plt
import matplotlib.style
import numpy as np
import pytest
from matplotlib.transforms import Bbox
from PIL import Image

from coursestaff.marking.sandbox import drawing

#: A notebook's cell draws its chart; long names stand far to the left of the axes.
IN_A_NOTEBOOK = """
from matplotlib.figure import Figure
from coursestaff.marking.sandbox import worker
drawn, usual = [], Figure.draw
Figure.draw = lambda *given: (drawn.append(given), usual(*given))[1]
names = ["North Macedonia and Montenegro", "China"]
code = f"import pandas as pd; pd.Series([2, 3], index={names}).plot.barh(title='Buyers');"
job = {"cells": [{"id": "chart", "source": code}], "probes": {}, "outputs": True}
described = {"id": "import", "source": "from courseware import charts"}
# Twice, as after a zygote's warm-up; then as in an exercise that imports the charts.
for cells in (job["cells"], job["cells"], [described, *job["cells"]]):
    *_, record = worker.run(job | {"cells": cells})
    assert "image/png" in record["outputs"][-1]["data"], record
    print(len(drawn))
"""
FAR = Bbox([[-2, -2], [12, 8]])  # inches: all that is drawn
MOST = 6  # dots by which a picture may be wider or higher


def bars() -> plt.Figure:
    fig, axes = plt.subplots()
    axes.barh(["China", "India", "Türkiye", "European Union"], [5, 3, 2, 1])
    axes.set(title="Who buys Russian oil", xlabel="million tonnes a month")
    return fig


def legend_beside() -> plt.Figure:
    fig, axes = plt.subplots(figsize=(7, 3.5))
    axes.plot([1, 4, 9], label="to China")
    axes.plot([2, 3, 5], label="from China")
    axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1))
    return fig


def dark() -> plt.Figure:
    fig = bars()
    fig.set_facecolor("#223344")
    return fig


def far_away() -> plt.Figure:
    fig = bars()
    fig.axes[0].text(2.2, 0.5, "a note", transform=fig.axes[0].transAxes)
    return fig


def constrained() -> plt.Figure:
    fig, axes = plt.subplots(1, 2, layout="constrained")
    axes[0].plot([1, 2])
    return fig


def framed() -> plt.Figure:
    fig = bars()
    fig.patch.set(linewidth=4, edgecolor="red")
    return fig


def pixels(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(content)).convert("RGBA"), dtype=int)


def inked(image: np.ndarray) -> np.ndarray:
    """Return what of a picture is not margin."""
    ink = (image != image[0, 0]).any(axis=2)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


@pytest.fixture(autouse=True)
def inline():
    with mpl.style.context(["default", {"figure.dpi": 72}]):  # another test may have set a style
        yield
    plt.close("all")


@pytest.mark.parametrize("dpi", [72, 120])
@pytest.mark.parametrize("chart", [bars, legend_beside, dark])
def test_a_chart_drawn_once_differs_in_its_margins_only(chart, dpi, monkeypatch) -> None:
    usual = pixels(drawing._jupyters(chart(), dpi=dpi))
    monkeypatch.setattr(drawing, "_jupyters", None)
    once = pixels(drawing.picture(chart(), dpi=dpi))
    assert np.abs(np.subtract(usual.shape, once.shape)).max() <= MOST
    plain = BytesIO()  # what Jupyter draws lies a part of a dot further, this does not
    fig = chart()
    fig.savefig(plain, format="png", dpi=dpi, bbox_inches=FAR, facecolor=fig.get_facecolor())
    assert np.array_equal(inked(once), inked(pixels(plain.getvalue())))


@pytest.mark.parametrize("more", [{}, {"dpi": 120}, {"dpi": "figure"}])
@pytest.mark.parametrize("chart", [far_away, constrained, framed, plt.figure])
def test_what_does_not_fit_the_sheet_is_drawn_as_jupyter_does(chart, more) -> None:
    assert drawing.picture(chart(), **more) == drawing._jupyters(chart(), **more)


@pytest.mark.parametrize("dpi", [None, 120, "figure"])
def test_a_figure_is_the_same_after_it_was_drawn(dpi) -> None:
    fig = bars()
    before = drawing._jupyters(fig)
    drawing.picture(fig, dpi=dpi)
    assert drawing._jupyters(fig) == before


def test_a_figure_is_the_same_after_drawing_it_has_failed(monkeypatch) -> None:
    def fails(fig):
        raise ValueError("it cannot be drawn")

    monkeypatch.setattr(drawing, "_on_a_sheet", fails)
    fig = bars()
    with pytest.raises(ValueError, match="cannot be drawn"):
        drawing.picture(fig, dpi=120)
    assert fig.dpi == 72


def test_a_notebooks_chart_is_drawn_once() -> None:
    """A chart is drawn by a function that IPython keeps from when it is told to show charts."""
    done = subprocess.run([sys.executable, "-c", IN_A_NOTEBOOK], capture_output=True, text=True)
    assert done.stdout.split() == ["1", "2", "3"], done.stderr
