"""Rows that show who leads, and shares with an edge around the largest."""

import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.collections import PolyCollection
from matplotlib.colors import same_color, to_hex
from matplotlib.patches import Polygon, Rectangle

from courseware import charts, palette
from courseware.charts import styling, win_loss_rows
from courseware.charts.marks import Marks

PARTS = pd.DataFrame(
    {
        "state": ["Kazakhstan"] * 4 + ["Uzbekistan"] * 2,
        "who counts": ["customs", "customs", "own", "own", "customs", "customs"],
        "year": [2021, 2022, 2022, 2023, 2021, 2022],
        "part": [40.0, 60.0, 45.0, 52.0, 30.0, 35.0],
    }
)


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def bars(ax):
    assert not [each for each in ax.collections if isinstance(each, PolyCollection)]
    return [patch for patch in ax.patches if isinstance(patch, Polygon)]


def test_a_lead_stands_up_in_orange_and_hangs_down_in_blue():
    ax = charts.win_loss(PARTS)
    drawn = bars(ax)
    assert len(drawn) == len(PARTS)
    for bar, part in zip(drawn, PARTS["part"], strict=True):
        y = bar.get_xy()[:, 1]
        up = y[2] > y[0]
        assert up == (part > 50)
        assert abs(y[2] - y[0]) == pytest.approx(abs(part - 50) / win_loss_rows.HALF_A_ROW / 2)
        assert same_color(bar.get_edgecolor(), palette.color("CHN" if up else "RUS"))


def test_the_scale_shows_how_long_a_known_share_is():
    drawn = [patch for patch in charts.win_loss(PARTS).patches if isinstance(patch, Rectangle)]
    assert [patch.get_height() for patch in drawn] == [0.5, -0.5], "as long as a part of 75 or 25"


def test_a_year_after_the_article_is_hollow():
    hollow = [
        same_color(bar.get_facecolor(), palette.WHITE) for bar in bars(charts.win_loss(PARTS))
    ]
    assert hollow == list(PARTS["year"] > 2022)


def test_each_row_has_its_name_and_its_first_lead():
    ax = charts.win_loss(PARTS)
    said = [text.get_text() for text in ax.texts]
    scale = ["China has 75%", "Russia has 75%"]
    assert said == [*scale, "2022", "2023"], "Uzbekistan has no lead"
    names = [tick.get_text() for tick in ax.get_yticklabels()]
    assert names == [
        "scale",
        "Kazakhstan, customs",
        "Kazakhstan, own",
        "Uzbekistan, customs",
    ]
    rows = ax.get_yticks()[1:]
    assert rows[0] > rows[1] > rows[2] and rows[0] - rows[1] < rows[1] - rows[2]


def test_later_years_get_their_ground_from_styling():
    ax = charts.win_loss(PARTS)
    assert styling.style_axes(ax.figure, [ax], PARTS, Marks(later=2023)).later
    before = charts.win_loss(PARTS[PARTS["year"] < 2023])
    assert not styling.style_axes(before.figure, [before], PARTS, Marks(later=2023)).later


def edged(ax):
    return [p for p in ax.patches if isinstance(p, Rectangle) and p.get_fill() is False]


@pytest.mark.parametrize("kind", ["bar", "barh"])
def test_the_largest_part_has_an_edge_and_the_axis_goes_to_a_hundred(kind):
    table = pd.DataFrame({"Russia": [10.0, None], "China": [64.0, 19.0], "other": [4.0, 19.0]})
    ax = charts.shares(getattr(table.plot, kind)(stacked=True))
    size = Rectangle.get_height if kind == "bar" else Rectangle.get_width
    assert [size(patch) for patch in edged(ax)] == [64, 19, 19]
    assert (ax.get_ylim() if kind == "bar" else ax.get_xlim()) == (0, 100)


def test_a_part_of_size_nought_has_no_number_of_its_own():
    table = pd.DataFrame({"Russia": [71.4], "China": [0.0], "other": [28.6]}, index=["Kyrgyzstan"])
    ax = table.plot.barh(stacked=True)
    styling.style_axes(ax.figure, [ax], table, Marks())
    assert [text.get_text() for text in ax.texts if text.get_text()] == ["71.4", "28.6"]


def test_half_and_half_is_nobody_s_lead():
    even = PARTS.assign(part=50.0)
    said = [text.get_text() for text in charts.win_loss(even).texts]
    assert said == ["China has 75%", "Russia has 75%"]


def test_stacks_are_wide_enough_for_their_numbers_unless_something_was_drawn_on_them():
    table = pd.DataFrame({f"kind {n}": [1.0, 0.0, 2.0] for n in range(20)}, index=["a", "b", "c"])
    ax = table.plot.barh(stacked=True)
    styling.style_axes(ax.figure, [ax], table, Marks())
    assert {round(bar.get_height(), 2) for bar in ax.patches} == {styling.GROUP_WIDTH}
    assert [text.get_text() for text in ax.texts if text.get_text()] == ["1", "2"] * 20
    edged_ax = charts.shares(table.plot.barh(stacked=True))
    styling.style_axes(edged_ax.figure, [edged_ax], table, Marks())
    assert {bar.get_height() for bar in edged_ax.patches} == {styling.PANDAS_WIDTH}


def test_what_is_pale_has_an_edge_in_the_bars_and_in_the_key():
    kinds = ["holds", "imprecise", "cannot be known, in part"]
    table = pd.DataFrame([[3.0, 0.0, 0.0], [1.0, 2.0, 1.0]], ["fact", "opinion"], kinds)
    ax = table.plot.barh(stacked=True)
    styling.style_axes(ax.figure, [ax], table, Marks())
    (key,) = ax.figure.legends
    for group, patch in list(zip(ax.containers, key.get_patches(), strict=True))[1:]:
        edges = [to_hex(each.get_edgecolor()) for each in (group.patches[1], patch)]
        assert edges[0] == edges[1] and palette.contrast(edges[0]) >= 2.9
