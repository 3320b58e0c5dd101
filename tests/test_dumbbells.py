"""Dumb-bells: ends, strokes and multiples are those of the table, and styling leaves them so."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_hex

from courseware import charts, palette

ROWS = pd.DataFrame(
    {1992: [5000.0, 50.0, 4.0], 2022: [188_000.0, 9_800.0, 11_000.0]},
    index=pd.Index(["RUS", "Uzbekistan", "Turkmenistan"], name="partner"),
)


@pytest.fixture
def ax():
    yield charts.dumb_bells(ROWS, 100, 10)
    plt.close("all")


def segments(ax):
    """Return the line and the stroke of each row, in order, as pairs of points."""
    return [part for part in ax.collections if isinstance(part, LineCollection)]


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_each_row_goes_from_its_first_to_its_last_value_and_has_its_stroke(ax):
    lines, strokes = segments(ax)[::2], segments(ax)[1::2]
    for row, (start, end) in enumerate(ROWS.to_numpy()):
        assert lines[row].get_segments()[0] == pytest.approx(np.array([[start, row], [end, row]]))
        assert set(strokes[row].get_segments()[0][:, 0]) == {100 * start}
    points = [part for part in ax.collections if isinstance(part, PathCollection)]
    fills = [to_hex(part.get_facecolor()[0]) for part in points]
    assert fills[::2] == ["#ffffff"] * 3, "a start is hollow"
    assert "#ffffff" not in fills[1::2]


def test_rows_that_reach_the_multiple_are_dark(ax):
    hues = [to_hex(part.get_color()[0]).upper() for part in segments(ax)[::2]]
    assert hues == [palette.FAINT, palette.PETROL, palette.PETROL]


def test_a_row_that_starts_too_low_gets_no_multiple(ax):
    assert [text for text in texts(ax) if "times" in text] == ["38 times", "196 times"]
    assert texts(ax).count("–") == 1
    every = charts.dumb_bells(ROWS, 100)
    assert [text for text in texts(every) if "times" in text][-1] == "2,750 times"


def test_names_numbers_and_a_logarithmic_axis(ax):
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["Russia", *ROWS.index[1:]]
    assert {"5,000", "188,000", "4", "11,000"} <= set(texts(ax))
    assert ax.get_xscale() == "log"
    low, high = ax.get_xlim()
    assert low < 4
    assert high > 100 * 5000
    assert ax.get_ylim()[0] > ax.get_ylim()[1], "the first row stands above"


def test_shown_like_any_chart_it_keeps_its_looks(ax, monkeypatch):
    sent = []
    monkeypatch.setattr(charts.page, "display", sent.append)
    charts.show(ax, "06-partners", ROWS, grown=ROWS[2022] / ROWS[1992])
    hues = [to_hex(part.get_color()[0]).upper() for part in segments(ax)[::2]]
    assert hues == [palette.FAINT, palette.PETROL, palette.PETROL]
    assert not plt.get_fignums(), "the figure is closed, or it would be shown twice"
    assert charts.for_phone(sent[0])
