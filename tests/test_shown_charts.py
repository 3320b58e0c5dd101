"""`charts.show` styles what was plotted: words that fit, looks by label, what came later."""

import json
from html import escape

import matplotlib as mpl
import nbformat
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import same_color, to_hex
from matplotlib.text import Text

from coursestaff.publishing import mime_output, static_notebooks
from courseware import charts, data, ipython_extension, palette, ui, words
from courseware.charts import line_styles, marks, styling
from tests.notebooks import ROOT, run
from tests.test_charts import Page, inside, touching

WORDS = {
    "title": "India added {times:.1f} times as much as China did",
    "holds": "times > 1",
    "unit": "Russian crude oil by buyer, million tonnes",
    "source": "russian_crude_by_buyer",
    "alt": "Lines by buyer, 2020 to 2023: India rises to {India[2023]:.0f}.",
}
ALT = "Bars by buyer, of which India's are the longest in the end."
#: The numbers of the words above, for a table that does not have them.
FOR_WORDS = {"times": 2.0, "India": {2023: 1}}
BUYERS = pd.DataFrame(
    {"China": [80.0, 86.0, 107.0], "India": [4.5, 37.0, 82.0], "Europe": [139.0, 117.0, 32.0]},
    index=pd.Index([2021, 2022, 2023], name="year"),
)


@pytest.fixture
def sent(monkeypatch):
    """What reached the page."""
    things = []
    monkeypatch.setattr(charts.page, "display", things.append)
    return things


@pytest.fixture
def show(sent, tmp_path, own_words):
    """Return a function that shows a chart with these words and returns it."""
    own_words(tmp_path)

    def one(axes, table, numbers=None, **written):
        text = json.dumps({"charts": {"77-one": {**WORDS, **written}}})
        (tmp_path / "77.yaml").write_text(text, encoding="utf-8")
        in_table = isinstance(table, pd.DataFrame) and "India" in table and 2023 in table.index
        known = {"times": 2.0} if in_table else FOR_WORDS
        charts.show(axes, "77-one", table, **known | (numbers or {}))
        return sent[-1]

    return one


def lines_of(chart):
    return {line.get_label(): line for line in chart.figure.axes[0].get_lines()}


def texts(chart, gid):
    """Return the texts of a picture that stand for something: a note, the article's day."""
    return [text for text in chart.figure.axes[0].texts if text.get_gid() == gid]


def bars_of(chart):
    groups = styling.bar_groups(chart.figure.axes[0])
    return {group.get_label(): list(group.patches) for group in groups}


def texts_of(chart, gid="outside"):
    return [t.get_text() for t in chart.figure.axes[0].texts if t.get_gid() == gid]


@pytest.fixture(autouse=True)
def closed():
    plt.close("all")  # a file before may have left some
    yield
    plt.close("all")


# Words ------------------------------------------------------------------------------------


def test_title_unit_picture_source_numbers_and_steps_stand_in_this_order(show):
    chart = show(BUYERS.plot(), BUYERS)
    page = Page(chart.data)
    text = " ".join(page.words)
    parts = ("India added 2.0 times", "million tonnes", "Energy Institute", charts.HOW)
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    (image,) = page.all("img")
    assert image["alt"] == "Lines by buyer, 2020 to 2023: India rises to 82."
    assert "width:820px" in image["style"]
    assert len(page.all("details")) == 3 + len(data.bases("russian_crude_by_buyer")) - 1 + 1
    assert charts.last_shown() == chart.words and not chart.unfit
    assert plt.get_fignums() == [], "an open figure would be shown twice"


def test_what_to_see_stands_beside_the_picture(show):
    see = "India bought *little* before; `India` is the line at {India[2023]:.0f}."
    chart = show(BUYERS.plot(), BUYERS, see=see)
    assert chart.words.see == "India bought *little* before; `India` is the line at 82."
    page = Page(chart.data)
    told = " ".join(page.words)
    assert told.index(WORDS["unit"]) < told.index("before;") < told.index("Energy Institute")
    assert "<em>little</em>" in chart.data and "<code>India</code>" in chart.data
    assert "max-width:820px;color" not in chart.data  # the words need the room beside it


def test_an_ordered_change_has_its_own_words(show):
    turned = {"holds": "times < 1", "title": "India added less", "alt": WORDS["alt"]}
    turned["see"] = "Less."
    chart = show(BUYERS.plot(), BUYERS, {"times": 0.5}, versions=[turned])
    assert (chart.words.title, chart.words.see) == ("India added less", "Less.")
    assert chart.words.subtitle == WORDS["unit"] and not chart.unfit


def test_focus_greys_all_but_what_the_title_names(show):
    lines = lines_of(show(BUYERS.plot(), BUYERS, focus="India"))
    assert same_color(lines["India"].get_color(), palette.ink(palette.color("IND"), 3))
    for other in ("China", "Europe"):
        assert same_color(lines[other].get_color(), palette.FAINT)
        assert palette.contrast(palette.FAINT) >= 3
    strokes = {lines[label].get_linestyle() for label in lines if not label.startswith("_")}
    assert len(strokes) == 3  # what is grey keeps its own stroke
    lines = lines_of(show(BUYERS.plot(), BUYERS, focus="Atlantis"))
    assert same_color(lines["China"].get_color(), palette.ink(palette.color("CHN"), 3))


def test_focus_on_one_bar_of_many(show):
    table = BUYERS[["India"]]
    bars = bars_of(show(table.plot.bar(), table, focus=2022))["India"]
    grey = [same_color(bar.get_facecolor(), palette.FAINT) for bar in bars]
    assert grey == [True, False, True]


@pytest.mark.parametrize("draw", [lambda t: t.plot(), lambda t: t.plot.bar()])
def test_a_note_stands_at_its_place(show, draw):
    note = {"at": 2022, "says": "{India[2022]:.0f} Mt"}
    chart = show(draw(BUYERS), BUYERS, notes=[note], focus="India")
    (text,) = texts(chart, "note")
    assert text.get_text() == "37 Mt"
    assert text.xy[1] == pytest.approx(37)
    assert inside([text.get_window_extent()], chart.figure.bbox)


@pytest.mark.parametrize("kind", ["bar", "barh"])
def test_a_note_of_a_bar_stands_clear_of_all_numbers(show, kind):
    table = BUYERS[["China", "India"]].set_axis(["old", "middle", "new"])
    said = {"at": "middle", "says": "India buys much more than before"}
    chart = show(table.plot(kind=kind), table, notes=[said], focus="India", alt=ALT)
    (note,) = texts(chart, "note")
    boxes = [text.get_window_extent() for text in texts(chart, "outside")]
    assert len(boxes) == 6
    assert not any(note.get_window_extent().overlaps(box) for box in boxes)
    assert inside([note.get_window_extent()], chart.figure.axes[0].bbox.expanded(1.01, 1.01))


def test_a_note_at_the_highest_point_stands_beside_it(show):
    peak = BUYERS[["India"]].assign(India=[4.5, 82.0, 37.0])
    chart = show(peak.plot(), peak, notes=[{"at": 2022, "says": "peak"}])
    (note,) = texts(chart, "note")
    box = note.get_window_extent()
    x, y = chart.figure.axes[0].transData.transform((2022, 82))
    assert box.x0 > x and box.y0 < y < box.y1


def test_a_note_at_a_low_point_stands_off_the_axis(show):
    low = BUYERS[["Europe"]].assign(Europe=[139.0, 3.0, 32.0])
    said = {"at": 2022, "says": "on average 14 dollars lower"}
    chart = show(low.plot(), low, notes=[said])
    (note,) = texts(chart, "note")
    note.get_window_extent()
    assert Text.get_window_extent(note).y0 > chart.figure.axes[0].bbox.y0 + 1


def test_a_chart_has_several_notes_each_at_the_line_it_is_of(show):
    notes = [
        {"at": 2021, "says": "{China[2021]:.0f} Mt", "of": "China"},
        {"at": 2022, "says": "the second", "of": "India"},
    ]
    written = texts(show(BUYERS.plot(), BUYERS, notes=notes), "note")
    assert [(text.get_text(), text.xy[1]) for text in written] == [
        ("80 Mt", 80),
        ("the second", 37),
    ]


@pytest.mark.parametrize(
    ("values", "at"), [([9.0, 9, 9, 9, 9, 4, 1], 2005), ([4.0, 9, 9, 9], 2000)]
)
def test_near_an_edge_a_note_is_not_on_the_line_that_comes_or_goes_there(show, values, at):
    table = pd.DataFrame({"bcm": values}, pd.Index(range(2000, 2000 + len(values)), name="year"))
    chart = show(table.plot(), table, notes=[{"at": at, "says": "about half"}])
    (note,) = texts(chart, "note")
    box, ax = note.get_window_extent(), chart.figure.axes[0]
    years = np.linspace(2000, 1999 + len(values), 400)
    line = ax.transData.transform(np.c_[years, np.interp(years, table.index, values)])
    assert not any(box.contains(*place) for place in line)


def test_a_note_in_the_call_needs_its_place():
    said = {"title": "India", "unit": "Mt", "source": "nobody", "alt": ALT}
    with pytest.raises(marks.NoPlaceError, match="1999"):
        charts.show(BUYERS.plot(), notes=[(1999, "nothing")], **said)


def test_lines_end_in_words_that_name_their_whole(show):
    ends = {"India": "{India[2023]:.0f} Mt to India"}
    chart = show(BUYERS.plot(), BUYERS, ends=ends)
    written = {text.get_text().replace("\n", " ") for text in chart.figure.axes[0].texts}
    assert {"82 Mt to India", "China", "Europe"} <= written


@pytest.mark.parametrize(
    ("label", "like"),
    [
        ("China's customs", "CHN"),
        ("Russia\N{RIGHT SINGLE QUOTATION MARK}s customs", "RUS"),
        ("China (customs)", "CHN"),
        ("received in the year", "received"),
        ("paid back", "paid"),
        ("holds, but", "holds, but"),
        ("from Russia", "RUS"),
        ("in China, on America", "CHN"),
        ("China itself", "CHN"),
    ],
)
def test_a_look_goes_by_the_stem_of_a_label(label, like):
    hue = palette.color(like) if like in palette.countries() else palette.roles()[like]
    assert line_styles.of([label])[label].hue == hue


def test_what_stands_for_nothing_has_the_plain_hue_once_and_greys():
    named = line_styles.of(["tonnes", "dollars", "gas", "yuan"])
    hues = [look.hue for look in named.values()]
    assert hues[0] == palette.PLAIN and hues[2] == palette.GAS
    assert {hues[1], hues[3]} <= {*palette.GREYS}


def test_what_is_in_focus_has_the_plain_hue(show):
    table = BUYERS.set_axis(["tonnes", "dollars", "yuan"], axis="columns")
    lines = lines_of(show(table.plot(), table, focus="yuan", alt="Three lines by year, rising."))
    assert same_color(lines["yuan"].get_color(), palette.PLAIN)
    assert same_color(lines["tonnes"].get_color(), palette.FAINT)


def test_two_series_of_one_country_differ_by_their_stroke():
    looks = line_styles.of(["in Russia, on China", "in Russia, on America"]).values()
    assert len({look.hue for look in looks}) == 1 and len({look.line for look in looks}) == 2


def test_a_stem_is_a_whole_word():
    assert line_styles.role("paidback") is None and line_styles.country("Chinatown") is None


@pytest.mark.parametrize(
    ("numbers", "written"),
    [
        ({"times": 0.5}, {}),
        ({}, {"holds": "India[1999] > 1"}),
        ({}, {"title": "In {nobody:.1f}"}),
        ({}, {"alt": "{India[2035]:.0f} is what nobody has counted yet"}),
    ],
)
def test_words_that_do_not_fit_are_left_out_and_said_to_be(show, numbers, written):
    chart = show(BUYERS.plot(), BUYERS, numbers, **written)
    assert chart.unfit and escape(chart.unfit) in chart.data
    assert "India added" not in chart.data.partition("<details")[0]
    assert chart.words.title.startswith(f"{charts.YOUR_VERSION} China, India")
    assert chart.words.title.endswith("2021 to 2023")
    assert "China: from 80 (2021) to 107 (2023)" in chart.words.alt


def test_what_is_missing_is_told(show):
    with pytest.raises(charts.ChartError, match="table"):
        show(BUYERS.plot(), None)
    with pytest.raises(charts.ChartError, match=r"ax = table\.plot"):
        show(BUYERS, BUYERS)
    with pytest.raises(words.UnknownWordsError, match="77-one"):
        charts.show(BUYERS.plot(), "77-ones", BUYERS)


def test_a_sentence_may_name_its_tables(show):
    source = "Energy Institute, by destination [russian_crude_by_buyer]"
    chart = show(BUYERS.plot(), BUYERS, source=source)
    assert chart.words.source.endswith("Energy Institute, by destination [oil_flows]")
    assert chart.views == ("russian_crude_by_buyer",)


# Looks ------------------------------------------------------------------------------------


def test_countries_have_their_looks_and_names_at_the_ends_of_their_lines(show):
    chart = show(BUYERS.plot(), BUYERS)
    for code in ("CHN", "IND", "EUR"):
        line = lines_of(chart)[palette.name(code)]
        assert same_color(line.get_color(), palette.ink(palette.color(code), 3))
        assert line.get_marker() == palette.countries()[code].marker
    ax = chart.figure.axes[0]
    assert ax.get_legend() is None and not chart.figure.legends
    boxes = [text.get_window_extent() for text in ax.texts]
    assert len(boxes) == 3 and touching(boxes) == [] and inside(boxes, chart.figure.bbox)


@pytest.mark.parametrize("ends", [[5, 5, 5, 5], [0, 0.1, 0.2, 90], [3, 2, 1, 0]])
def test_names_at_the_ends_never_touch(show, ends):
    table = pd.DataFrame(
        {f"name {n}": [1.0, end] for n, end in enumerate(ends)}, index=[2020, 2021]
    )
    chart = show(table.plot(), table)
    boxes = [text.get_window_extent() for text in chart.figure.axes[0].texts]
    assert len(boxes) == 4 and touching(boxes) == [] and inside(boxes, chart.figure.bbox)


def test_codes_are_countries_and_are_written_as_names(show):
    table = BUYERS.rename(columns={"China": "CHN", "India": "IND", "Europe": "RUS"})
    chart = show(table.plot(), table)
    said = {text.get_text() for text in chart.figure.axes[0].texts}
    assert said == {"China", "India", "Russia"}


def test_looks_do_not_depend_on_the_panel():
    found = line_styles.of(
        ["tonnes", "dollars", "China", "2021", "2022", "yes", "China, 2025 edition"]
    )
    hues = {label: look.hue for label, look in found.items()}
    assert hues["tonnes"] != hues["dollars"]
    assert hues["China"] == hues["China, 2025 edition"] == palette.color("CHN")
    assert found["China"].line != found["China, 2025 edition"].line
    assert hues["yes"] == palette.roles()["yes"]
    countries = {look.hue for code, look in palette.countries().items() if code != "WLD"}
    assert hues["tonnes"] not in countries and hues["dollars"] not in countries
    assert palette.luminance(hues["2021"]) > palette.luminance(hues["2022"])


def test_what_somebody_chose_stays(show):
    chart = show(BUYERS.plot(color="crimson", ylim=(0, 500)), BUYERS)
    assert {to_hex(line.get_color()) for label, line in lines_of(chart).items()} == {"#dc143c"}
    assert chart.figure.axes[0].get_ylim() == (0, 500)


def test_a_bar_a_country_and_a_gap_that_is_no_nought(show):
    table = pd.DataFrame({"added": [27.4, np.nan, -106.0]}, index=["China", "India", "Europe"])
    chart = show(table["added"].plot.bar(), table)
    bars = bars_of(chart)["added"]
    assert [to_hex(bar.get_facecolor()).upper() for bar in bars] == [
        palette.color(code).upper() for code in ("CHN", "IND", "EUR")
    ]
    assert texts_of(chart) == ["+27", styling.MISSING, "−106"]
    assert f"{styling.MISSING}: {charts.grid.ABSENT}" in chart.words.source


def test_bars_in_another_order_than_the_table_have_their_own_numbers(show):
    types = pd.DataFrame({"claims": [30.0, 10.0, 20.0]}, index=["fact", "value", "forecast"])
    chart = show(types["claims"].sort_values().plot.barh(), types)
    assert texts_of(chart) == ["10", "20", "30"]


def test_stacked_bars_have_their_numbers_inside_where_they_fit(show):
    table = pd.DataFrame({"yes": [30.0, 0.1], "no": [10.0, 20.0]}, index=["a", "b"])
    chart = show(table.plot.bar(stacked=True), table)
    seen = [t for t in chart.figure.axes[0].texts if t.get_gid() == "inside" and t.get_visible()]
    assert [text.get_text() for text in seen] == ["30.0", "10.0", "20.0"]
    for text in seen:
        ground = palette.roles()["no" if text.get_text() != "30.0" else "yes"]
        assert to_hex(text.get_color()) == palette.ink_on(ground).lower()


def test_a_part_of_a_stack_that_is_missing_is_said(show):
    table = pd.DataFrame({"gas": [3.0, np.nan], "oil": [5.0, 6.0]}, index=["a", "b"])
    chart = show(table.plot.bar(stacked=True), table)
    assert f"{styling.NO_BAR}: {charts.grid.ABSENT}" in chart.words.source


def test_points_without_a_line_differ_by_their_marks(show):
    chart = show(BUYERS.plot(style="o"), BUYERS)
    assert len({line.get_marker() for line in lines_of(chart).values()}) == 3


def test_numbers_that_would_touch_are_hidden(show):
    table = pd.DataFrame(np.arange(30.0).reshape(15, 2) * 1e4, index=range(2001, 2016))
    table.columns = ["one", "two"]
    chart = show(table.plot.bar(), table)
    boxes = [t.get_window_extent() for t in chart.figure.axes[0].texts if t.get_visible()]
    assert touching(boxes) == []


def test_the_number_of_a_bar_in_focus_stays_where_all_numbers_would_touch(show):
    table = pd.DataFrame({"India": np.arange(30.0) + 1000}, index=map(str, range(30)))
    chart = show(table.plot.bar(), table, focus="7")
    seen = [text.get_text() for text in texts(chart, "outside") if text.get_visible()]
    assert seen == ["1,007"]


def test_error_bars_keep_to_their_bars(show):
    table = pd.DataFrame({"share": [60.0, 55.0]}, index=["Kazakhstan", "Uzbekistan"])
    chart = show(table["share"].plot.bar(yerr=[3, 4]), table)
    assert texts_of(chart) == []


# Axes -------------------------------------------------------------------------------------


def ticks(chart):
    return [t.get_text() for t in chart.figure.axes[0].get_xticklabels() if t.get_text()]


def test_years_are_whole_and_values_begin_at_nought(show):
    chart = show(BUYERS.plot(), BUYERS)
    assert ticks(chart) == ["2021", "2022", "2023"]
    assert chart.figure.axes[0].get_ylim()[0] == 0
    assert chart.figure.axes[0].get_xlabel() == ""


def test_counts_have_no_tick_between_whole_numbers(show):
    met = pd.DataFrame({"in person": [3, 0], "by video": [1, 1]}, index=["ministers", "leaders"])
    for plot, axis in ((met.plot.bar, "yaxis"), (met.plot.barh, "xaxis")):
        chart = show(plot(), met, alt="Bars of how often who met how.")
        ticks = getattr(chart.figure.axes[0], axis).get_major_locator()()
        assert len(ticks) > 2 and all(float(tick).is_integer() for tick in ticks)
    shares = show((met / 2).plot.bar(), met / 2, alt="Bars of how often who met how.")
    ticks = shares.figure.axes[0].yaxis.get_major_locator()()
    assert any(not float(tick).is_integer() for tick in ticks)


def test_a_base_near_the_values_stays(show):
    table = pd.DataFrame({"a": [90.0, 100.0], "b": [95.0, 99.0]}, index=[2020, 2021])
    chart = show(table.plot(), table)
    assert chart.figure.axes[0].get_ylim()[0] > 80


def test_a_log_axis_is_said_and_keeps_its_base(show):
    chart = show((BUYERS * 100).plot(logy=True), BUYERS)
    assert charts.showing.LOGARITHMIC in chart.words.subtitle
    assert chart.figure.axes[0].get_ylim()[0] > 0
    assert styling.written(12345.0) == "12,345"
    assert styling.written(-0.5) == "−0.5"


def test_a_point_that_stands_alone_is_marked(show):
    values = [*range(8), np.nan, 5.0, np.nan, *range(9)]
    table = pd.DataFrame({"a": values, "b": 1.0}, index=range(2001, 2021))
    chart = show(table.plot(), table)
    assert lines_of(chart)["a"].get_markevery() == [9]
    assert lines_of(chart)["b"].get_markevery() == []


# What came later --------------------------------------------------------------------------


def grounds(chart):
    pale = [p for p in chart.figure.axes[0].patches if same_color(p.get_facecolor(), palette.LATER)]
    return [(p.get_x(), p.get_x() + p.get_width()) for p in pale]


def test_later_years_stand_hollow_on_a_pale_ground(show):
    chart = show(BUYERS.plot(), BUYERS, later=2023)
    ((start, end),) = grounds(chart)
    assert start == 2022.5 and end == pytest.approx(chart.figure.axes[0].get_xlim()[1])
    hollow = [m for m in chart.figure.axes[0].get_lines() if m.get_label() == "_later"]
    assert [list(mark.get_xdata()) for mark in hollow] == [[2023]] * 3
    assert all(same_color(mark.get_markerfacecolor(), "white") for mark in hollow)
    assert [t.get_text() for t in texts(chart, "later")] == ["after 28 May 2023"]


@pytest.mark.parametrize("regular", [True, False])
def test_later_months_too(show, regular):
    months = pd.date_range("2022-11", periods=12, freq="MS")
    months = months if regular else months.delete(3)
    table = pd.DataFrame({"a": 1.0, "b": 2.0}, index=months)
    chart = show(table.plot(), table, later="2023-06")
    hollow = [m for m in chart.figure.axes[0].get_lines() if m.get_label() == "_later"]
    assert [len(mark.get_xdata()) for mark in hollow] == [5, 5]
    assert len(grounds(chart)) == 1


def test_the_last_point_before_the_article_stays_on_white_where_points_lie_far_apart(show):
    waves = pd.PeriodIndex(["2022-03", "2022-11", "2023-05", "2025-01"], freq="M")
    table = pd.DataFrame({"a": 1.0, "b": 2.0}, index=waves)
    chart = show(table.plot(), table, later="2023-06")
    ((start, _),) = grounds(chart)
    known, after = waves[2].ordinal, waves[3].ordinal
    assert known < start < after


def test_later_bars_are_hollow_by_their_year(show):
    chart = show(BUYERS.plot.bar(), BUYERS, later=2023)
    for bars in bars_of(chart).values():
        assert [same_color(bar.get_facecolor(), "white") for bar in bars] == [False, False, True]
    assert len(grounds(chart)) == 1


def test_years_as_series_are_greys_and_the_later_ones_hollow(show):
    table = BUYERS.T
    chart = show(table.plot.bar(), table, later=2023)
    faces = {label: to_hex(bars[0].get_facecolor()) for label, bars in bars_of(chart).items()}
    assert faces["2023"] == "#ffffff"
    assert all(len({*palette.channels(hue)}) == 1 for hue in faces.values())
    (legend,) = chart.figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["2021", "2022", "2023"]


def test_nothing_later_has_no_ground(show):
    chart = show(BUYERS.loc[:2022].plot(), BUYERS.loc[:2022], later=2023)
    assert grounds(chart) == []
    assert texts(chart, "later") == []


# Panels and grids -------------------------------------------------------------------------


def test_panels_share_looks_scales_and_one_legend(show):
    _, axes = plt.subplots(1, 3, sharex=True, sharey=True)
    for kinds, ax in zip(
        (["China", "India"], ["India", "China"], ["China", "India"]), axes, strict=True
    ):
        BUYERS[kinds].plot(ax=ax)
    chart = show(axes, BUYERS)
    for ax in axes:
        hues = {line.get_label(): to_hex(line.get_color()) for line in ax.get_lines()}
        assert hues["China"] == palette.ink(palette.color("CHN"), 3).lower()
        assert ax.get_ylim() == axes[0].get_ylim() and ax.get_ylim()[1] > 107
    (legend,) = chart.figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["China", "India"]


def test_a_finished_figure_stays_as_it_was_drawn(sent):
    ax = BUYERS.plot(legend=True)
    charts.Canvas(fig := ax.get_figure())
    before = [line.get_color() for line in ax.get_lines()], ax.get_legend()
    said = charts.showing.ChartWords("It rises", "It rises", "A line that rises from one to two.")
    charts.put_on_page(fig, said, BUYERS, "It rises")
    assert ([line.get_color() for line in ax.get_lines()], ax.get_legend()) == before


def test_a_grid_says_each_vote_in_a_sign_a_word_and_a_fill(sent, show):
    show(BUYERS.plot(), BUYERS)  # writes the words
    votes = pd.DataFrame({"CHN": ["abstained", "no"], "KGZ": ["yes", None]}, index=["A", "B"])
    charts.show_grid("77-one", votes, **FOR_WORDS)
    page = Page(sent[-1].data)
    cells = page.all("td")
    assert len(cells) == 4
    for vote, cell in zip(["abstained", "yes", "no"], cells[:3], strict=True):
        assert palette.roles()[vote] in cell["style"]
    text = " ".join(page.words)
    assert "China" in text and charts.grid.ABSENT in text and "− " in text and "no" in text
    assert [head["scope"] for head in page.all("th")] == ["col", "col", "col", "row", "row"]
    seen = " ".join(sent[-1].data.split())
    assert seen.count(f">{WORDS['title'].format(times=2)}<") == 1, "its title, once"
    assert f">{WORDS['unit']}<" in seen and "Energy Institute" in seen
    assert not any(red in sent[-1].data for red in ("red", "green"))


STATUS = {
    "a secretariat": ("meetings", "kept"),
    "a railway": ("building", "under way"),
    "a pipe": ("building", "late"),
    "more freight": ("building", "not found"),
    "money": ("building", "cannot be known"),
}
TILES = pd.DataFrame(STATUS, index=["kind", "status"]).T.rename_axis("promise")


@pytest.fixture
def tiles(show, sent):
    """Return a function that shows tiles under the words above, and returns what was shown."""

    def one(see="", **numbers):
        show(BUYERS.plot(), BUYERS, see=see)
        charts.show_tiles("77-one", TILES, **FOR_WORDS | numbers)
        return sent[-1]

    return one


def test_each_tile_has_its_name_and_its_status_in_a_sign_a_word_and_a_fill(tiles):
    page = Page(tiles().markup)
    assert [head["scope"] for head in page.all("th")] == ["row", "row"]
    cells = page.all("li")
    assert len(cells) == len(TILES)
    text = " ".join(page.words)
    for name, status, tile in zip(TILES.index, TILES["status"], cells, strict=True):
        assert name in text
        assert f"{palette.SIGNS[status]} {status}" in " ".join(text.split())
        assert palette.roles()[status] in tile["style"]
    assert ["dashed" in tile["style"] for tile in cells] == [False, False, False, True, False]
    assert len({palette.SIGNS[status] for status in TILES["status"]}) == len(TILES)


def test_what_to_see_stands_beside_the_tiles_on_the_page_and_on_paper(tiles):
    page = tiles("All *meetings* took place.")
    told = "All <em>meetings</em> took place."
    assert (
        page.data.count(told)
        == static_notebooks.html(mime_output.board(page), None).count(told)
        == 1
    )
    assert page.data.index("</table>") < page.data.index(told) < page.data.index("Energy Institute")


def test_words_of_a_tile_can_be_read_on_its_fill():
    for status in TILES["status"]:
        fill = palette.roles()[status]
        one, other = sorted([palette.luminance(fill), palette.luminance(palette.ink_on(fill))])
        assert (other + 0.05) / (one + 0.05) >= 4.5, status


def test_tiles_whose_words_do_not_fit_say_so_and_are_not_published(tiles, tmp_path):
    fitting = tiles()
    assert not fitting.unfit
    assert mime_output.board(fitting).rows[1] == ["a secretariat", "meetings", "kept"]
    assert ui.MISSING in fitting.markup
    published = static_notebooks.html(mime_output.board(fitting), tmp_path)
    assert charts.grid.ABSENT not in published, "a sign is no gap"
    unfit = tiles(times=0.5)
    assert unfit.unfit and charts.YOUR_VERSION in unfit.data
    with pytest.raises(ValueError, match="times > 1"):
        mime_output.board(unfit)


# Plain figures ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("plot", "said"),
    [
        (lambda: BUYERS.plot(title="Buyers"), "China: from 80 (2021) to 107 (2023)"),
        (lambda: BUYERS["China"].plot.bar(), "China: 2021 80, 2022 86, 2023 107."),
        (lambda: BUYERS.plot.scatter("China", "India"), "0.625 to 85.88"),
    ],
)
def test_a_plain_figure_tells_what_its_axes_show(plot, said, snapshot):
    ax = plot()
    assert said in charts.alt_text.alt(ax.figure.axes)
    assert charts.alt_text.alt(ax.figure.axes) == snapshot
    markup = charts.plain.bundle(ax.figure)["text/html"]
    assert Page(markup).all("img")[0]["alt"].startswith(charts.alt_text.alt(ax.figure.axes))


def test_a_notebook_shows_plain_figures_described_whatever_the_backend_does(monkeypatch):
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.core.pylabtools import select_figure_formats

    shell = InteractiveShell()
    ipython_extension.describe_plain_figures(shell)
    figure, drawn, usual = BUYERS.plot().figure, [], charts.plain.png
    monkeypatch.setattr(charts.plain, "png", lambda fig: drawn.append(fig) or usual(fig))
    for disturb in (lambda: None, lambda: select_figure_formats(shell, {"png", "svg"})):
        disturb()
        shell.events.trigger("pre_run_cell", None)
        shown, _ = shell.display_formatter.format(figure)
        assert "China: from 80 (2021)" in Page(shown["text/html"]).all("img")[0]["alt"]
        picture = shown["image/png"]  # for pages that allow no pictures in HTML
        assert f"data:image/png;base64,{picture}" in shown["text/html"]
        assert "image/svg+xml" not in shown
    assert len(drawn) == 2, "once, for both"


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (lambda ax: ax.plot([np.nan, 1, 2], [1, 2, 3], label="a"), "a: from 2 (1) to 3 (2)"),
        (lambda ax: ax.plot([1, 2], [1, 2], label="a")[0].set_data([], []), "a: no values"),
        (lambda ax: setattr(ax, "get_title", None), charts.alt_text.UNTOLD),
    ],
    ids=["a gap in x", "nothing", "what cannot be told"],
)
def test_a_chart_is_shown_even_if_it_cannot_be_told(draw, said):
    figure, ax = plt.subplots()
    draw(ax)
    shown = charts.plain.bundle(figure)
    assert said in Page(shown["text/html"]).all("img")[0]["alt"] and shown["image/png"]


def test_in_a_kernel_of_publishing_a_plain_figure_is_told_as_data(monkeypatch):
    from IPython.core.interactiveshell import InteractiveShell

    for look in ui.LOOKS:
        monkeypatch.setitem(ui.LOOKS, look, ui.LOOKS[look])
    shell = InteractiveShell()
    ipython_extension.describe_plain_figures(shell)  # as in every kernel
    mime_output.load_ipython_extension(shell)
    for event in ("pre_run_cell", "post_execute"):
        shell.events.trigger(event, *([None] if event == "pre_run_cell" else []))
        told, _ = shell.display_formatter.format(BUYERS.plot(title="Buyers").figure)
        assert mime_output.MIME in told and not {"text/html", "image/png"} & {*told}


def test_a_figure_without_axes_is_shown_too():
    figure = plt.figure()
    figure.text(0.5, 0.5, "only words")
    shown = charts.plain.bundle(figure)
    assert charts.alt_text.alt([]) in shown["text/html"]
    assert shown["image/png"]


def test_the_first_plain_figure_of_a_kernel_is_described_too(tmp_path):
    """Matplotlib's backend starts with the first figure, in the middle of that cell."""
    cells = [
        "from courseware import charts, data\nbuyers = data.load('russian_crude_by_buyer')",
        "buyers.plot(title='One')",
        "%config InlineBackend.figure_formats = ['png']",
        "buyers.plot(title='Two');",
    ]
    notebook = nbformat.v4.new_notebook(cells=[*map(nbformat.v4.new_code_cell, cells)])
    run(notebook, ROOT / "notebooks", tmp_path / "journal")
    for number, title in ((1, "One"), (3, "Two")):
        pictures = [o.data for o in notebook.cells[number].outputs if "image/png" in o.data]
        assert len(pictures) == 1
        (image,) = Page(pictures[0]["text/html"]).all("img")
        assert image["alt"].startswith(f"{title}. ")
        assert "China: from 83.4 (2020)" in image["alt"]


def test_the_style_sheet_gives_the_size_of_a_chart():
    assert mpl.rcParams["figure.figsize"] == [8.2, 3.5]
    assert charts.STYLE_SHEET.is_file()


def test_no_plain_plot_gives_one_country_the_colour_of_another():
    cycle = mpl.rcParams["axes.prop_cycle"].by_key()["color"]
    hues = [
        look.hue for look in palette.countries().values() if len({*palette.channels(look.hue)}) > 1
    ]
    assert not any(same_color(tone, hue) for tone in cycle for hue in hues)
    tones = {palette.ink(hue, 3).lower() for hue in (*palette.TONES, palette.MIDDLE)}
    assert {to_hex(tone) for tone in cycle} <= tones


# In publishing ----------------------------------------------------------------------------


def test_a_chart_is_published_with_its_words_as_text_and_its_steps(show, tmp_path):
    published = mime_output.chart(show(BUYERS.plot(), BUYERS))
    assert len(published.made) == 1
    markup = static_notebooks.html(
        mime_output._thing(json.loads(json.dumps(mime_output._data(published)))), tmp_path
    )
    page = Page(markup)
    text = " ".join(page.words)
    assert text.index("India added 2.0 times") < text.index("Energy Institute")
    assert charts.HOW in text
    assert len(page.all("img")) == 1 and "onload" not in markup
    with pytest.raises(ValueError, match="times > 1"):
        mime_output.chart(show(BUYERS.plot(), BUYERS, {"times": 0.5}))


def test_a_plain_figure_and_a_grid_are_published(sent, show, tmp_path):
    figure = BUYERS.plot(title="Buyers").figure
    markup = static_notebooks.html(mime_output.plain(figure), tmp_path)
    assert Page(markup).all("img")[0]["alt"].startswith("Buyers. ")
    show(BUYERS.plot(), BUYERS)
    votes = pd.DataFrame({"KGZ": ["yes", "no"]}, index=pd.Index(["A", "B"], name="vote"))
    charts.show_grid("77-one", votes, **FOR_WORDS)
    table = mime_output.board(sent[-1])
    assert table.rows == [["vote", "Kyrgyzstan"], ["A", "yes"], ["B", "no"]]
    assert palette.roles()["yes"] in static_notebooks.html(table, tmp_path)


def styled(table):
    ax = table.plot.barh(stacked=True)
    styling.style_axes(ax.figure, [ax], table, marks.Marks())
    return ax


def test_a_part_of_size_nought_has_no_number_of_its_own():
    table = pd.DataFrame({"Russia": [71.4], "China": [0.0], "other": [28.6]}, index=["Kyrgyzstan"])
    assert [text.get_text() for text in styled(table).texts if text.get_text()] == ["71.4", "28.6"]


def test_stacks_are_wide_enough_for_their_numbers():
    table = pd.DataFrame({f"kind {n}": [1.0, 0.0, 2.0] for n in range(20)}, index=["a", "b", "c"])
    ax = styled(table)
    assert {round(bar.get_height(), 2) for bar in ax.patches} == {styling.GROUP_WIDTH}
    assert [text.get_text() for text in ax.texts if text.get_text()] == ["1", "2"] * 20


def test_what_is_pale_has_an_edge_in_the_bars_and_in_the_key():
    kinds = ["holds", "imprecise", "cannot be known, in part"]
    ax = styled(pd.DataFrame([[3.0, 0.0, 0.0], [1.0, 2.0, 1.0]], ["fact", "opinion"], kinds))
    (key,) = ax.figure.legends
    for group, patch in list(zip(ax.containers, key.get_patches(), strict=True))[1:]:
        edges = [to_hex(each.get_edgecolor()) for each in (group.patches[1], patch)]
        assert edges[0] == edges[1] and palette.contrast(edges[0]) >= 2.9


def test_bars_that_lie_have_the_first_row_on_top():
    heights = pd.Series([1.0, 2.0], index=["first", "second"])
    ax = styled(heights.to_frame("n"))
    first, second = (bar.get_window_extent().y0 for bar in ax.containers[0].patches)
    assert first > second


def test_several_notes_at_lying_bars_all_find_room(show):
    table = pd.DataFrame({"n": [50.0, 99.0, 100.0]}, index=["a", "b", "c"])
    notes = [{"at": name, "says": f"{name} has a long note"} for name in "cab"]
    chart = show(table.plot.barh(), table, notes=notes)
    ax = chart.figure.axes[0]
    assert all(note.get_window_extent().x1 <= ax.bbox.x1 + 1 for note in texts(chart, "note"))


def test_of_many_bars_the_faint_ones_have_no_number(show):
    table = pd.DataFrame({"n": [100.0, 1.0, *[50.0] * 12]}, [str(n) for n in range(14)])
    assert texts_of(show(table.plot.bar(), table))[:3] == ["100", "", "50"]
