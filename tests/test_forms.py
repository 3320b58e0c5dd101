"""The forms: what stands in them is what the table says, and they are shown like any plot."""

import pandas as pd
import pytest
from matplotlib import dates as mdates
from matplotlib import pyplot as plt
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from courseware import CourseError, charts, palette
from courseware.charts import chart_forms

ALT = "It shows what stands in the table."
KINDS = pd.DataFrame({"given": [2, 0], "not given": [1, 3]}, index=["fact", "opinion"])
LINES = pd.DataFrame(
    {"could carry": [50.0, 30.0], "carried": [36.0, 0.0]}, index=["Lines A to C", "Line D"]
)
EVENTS = pd.DataFrame(
    {
        "who": ["Russia", "China", "China", "the five"],
        "day": pd.to_datetime(["2022-06-17", "2022-01-25", "2022-09-14", "2022-06-20"]),
    },
    index=["refusal", "video", "pledge", "answer"],
)
MONTHS = pd.date_range("2019-01-01", "2022-12-01", freq="MS")
PRICES = pd.DataFrame(
    {"at the border": [2.0 if day.year < 2022 else -12.0 for day in MONTHS], "Urals": -30.0}, MONTHS
)
SHARES = pd.DataFrame(
    {
        "state": ["Kazakhstan"] * 3 + ["Uzbekistan"] * 3,
        "who counts": ["customs", "customs", "own"] + ["customs"] * 3,
        "year": [2010, 2011, 2023, 2001, 2002, 2003],
        "part": [40.0, 55.0, 60.0, 20.0, 49.0, 50.0],
    }
)


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def said(ax):
    return [text.get_text().replace("\n", " ") for text in ax.texts if text.get_text()]


def squares(ax, row):
    found = [p for p in ax.patches if isinstance(p, Rectangle) and p.get_y() < row < p.get_y() + 1]
    return [to_hex(p.get_facecolor()) for p in sorted(found, key=Rectangle.get_x)]


def test_each_thing_is_a_square_and_each_row_says_how_many():
    ax = charts.units(KINDS, "not given")
    first, second = to_hex(palette.PLAIN), to_hex(palette.PALE)
    assert [squares(ax, row) for row in (0, 1)] == [[first, first, second], [second] * 3]
    assert said(ax) == ["1 of 3", "3 of 3"]
    (key,) = ax.figure.legends
    assert [text.get_text() for text in key.get_texts()] == ["given: 2 of 6", "not given: 4 of 6"]


def test_squares_of_one_column_say_their_part_of_all_of_them():
    ax = charts.units(KINDS["given"])
    assert said(ax) == ["2 of 2", "0 of 2"] and not ax.figure.legends
    assert said(charts.units(KINDS)) == ["3", "3"]


@pytest.mark.parametrize("number", [0.5, -1])
def test_squares_are_whole(number):
    with pytest.raises(CourseError, match="whole numbers"):
        charts.units(pd.Series([1, number], index=["a", "b"]))


def test_a_part_lies_inside_its_whole_with_its_per_cent():
    ax = charts.parts(LINES, "could carry", "carried")
    assert [patch.get_width() for patch in ax.patches] == [50, 36, 30, 0]
    assert [patch.get_fill() for patch in ax.patches] == [False, True] * 2
    assert said(ax) == ["72%", "36 of 50", "0 of 30"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1], "the first row stands on top"


def test_the_gap_lies_between_two_averages():
    ax = charts.gap(PRICES, ("2019", "2021"), ("2022-04", "2022-12"))
    levels = [bar.get_segments()[0][:, 1].mean() for bar in ax.collections]
    assert levels == [2, -12]
    (arrow,) = [text for text in ax.texts if text.arrow_patch]
    assert (arrow.xyann[1], arrow.xy[1]) == (2, -12)
    assert said(ax) == ["2019 to 2021: +2.0", "Apr to Dec 2022: −12.0", "14 lower"]


def test_events_stand_on_their_days_and_on_their_side_of_the_line():
    ax = charts.calendar(EVENTS, "who", "China", ("refusal", "pledge"))
    sides = {
        text.get_text().split(": ")[1]: text.xy for text in ax.texts if ": " in text.get_text()
    }
    assert {name: mdates.num2date(x).date() for name, (x, _) in sides.items()} == {
        name: day.date() for name, day in EVENTS["day"].items()
    }
    assert {name for name, (_, y) in sides.items() if y > 0} == {"video", "pledge"}
    assert "17 Jun: refusal" in said(ax) and "89 days" in said(ax)


def test_words_of_near_events_never_touch(monkeypatch):
    monkeypatch.setattr(chart_forms, "EVENT_LETTERS", 12)
    many = pd.concat([EVENTS, EVENTS.set_axis([f"{name} once more" for name in EVENTS.index])])
    ax = charts.calendar(many.sort_index(), "who", "China")
    charts.show(ax, table=many, title="t", unit="u", source="s", alt=ALT)
    boxes = [text.get_window_extent() for text in ax.texts]
    assert not [1 for n, box in enumerate(boxes) for other in boxes[:n] if box.overlaps(other)]
    assert all(box.x1 <= ax.figure.bbox.x1 for box in boxes)


def test_a_span_names_events_that_are_there():
    with pytest.raises(CourseError, match="'promise'"):
        charts.calendar(EVENTS, "who", "China", ("refusal", "promise"))


def test_panels_share_one_line_and_say_when_each_series_first_rises_above_it():
    axes = charts.multiples(SHARES, 50, "China ahead", "Russia ahead")
    assert [ax.get_title("left") for ax in axes] == ["Kazakhstan", "Uzbekistan"]
    assert [said(ax) for ax in axes] == [["2011", "2023", "China ahead", "Russia ahead"], []]
    levels = {float(line.get_ydata()[0]) for ax in axes for line in ax.get_lines()[-1:]}
    assert levels == {50} and axes[0].get_ylim() == axes[1].get_ylim()


FORMS = {
    "units": lambda: (charts.units(KINDS, "given"), KINDS),
    "parts": lambda: (charts.parts(LINES, "could carry", "carried"), LINES),
    "gap": lambda: (charts.gap(PRICES, ("2019", "2021"), ("2022-01", "2022-12")), PRICES),
    "calendar": lambda: (charts.calendar(EVENTS, "who", "China", ("video", "pledge")), EVENTS),
    "multiples": lambda: (charts.multiples(SHARES, 50), SHARES),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_shown_with_words_and_numbers_like_any_plot(form, monkeypatch):
    shown = []
    monkeypatch.setattr(charts.page, "display", shown.append)
    axes, table = FORMS[form]()
    before = said(axes if form != "multiples" else axes[0])
    charts.show(axes, table=table, title="A finding", unit="things", source="We", alt=ALT)
    (chart,) = shown
    assert (chart.words.title, chart.words.alt) == ("A finding", ALT)
    assert chart.table.data.count("<tr") == len(table) + 1
    assert said(chart.figure.axes[0])[: len(before)] == before, "styling takes no word away"


# The page of bars ----------------------------------------------------------------------------


def test_an_x_ray_marks_each_piece_of_a_bar_and_counts_the_bars():
    rows = {
        "paragraph": ["P1", "P1", "P2"],
        "letters": [150, 120, 10],
        "source": ["yes", "no", "no"],
    }
    ax = charts.xray(pd.DataFrame(rows, index=["C1", "C2", "C3"]), "source", "yes")
    bars = [(bar.get_label(), bar.get_x(), bar.get_width()) for bar in ax.patches]
    first, second, rest, last = [(label, round(x), round(width)) for label, x, width in bars]
    assert first == ("yes", 0, 150) and last == ("no", 0, 10)
    assert (second[0], rest[0]) == ("no", "no") and second[2] + rest[2] == 120 and rest[1] == 0
    assert [text.get_text() for text in ax.texts] == ["P2", "P1"]
    (key,) = ax.get_figure().legends
    assert [text.get_text() for text in key.get_texts()] == ["yes: 1 of 3", "no: 2 of 3"]
