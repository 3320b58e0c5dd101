"""Charts can be read by everybody: colours, contrast, labels that do not touch, words, tables."""

import io
import re
from html.parser import HTMLParser
from itertools import combinations

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from PIL import Image

from courseware import CourseError, article, charts, palette, ui

SEVEN = ["CHN", "RUS", "KAZ", "KGZ", "TJK", "TKM", "UZB"]
TABLE = pd.DataFrame({"year": [2021, 2022], "US$ billion": [1.25, None]})
ALT = "A line that rises from one to two between 2021 and 2022."
OWN = {"title": "Trade grew", "unit": "US$ billion", "source": "a sentence", "alt": ALT}


def new(size=(9, 5)):
    """Return a figure with axes and its canvas, outside of pyplot."""
    fig = Figure(figsize=size, dpi=charts.DPI)
    charts.Canvas(fig)
    return fig, fig.subplots()


def extents(texts):
    return [text.get_window_extent() for text in texts if text.get_text()]


def touching(boxes):
    return [pair for pair in combinations(boxes, 2) if pair[0].overlaps(pair[1])]


def inside(boxes, frame):
    return all(
        frame.x0 <= box.x0 and box.x1 <= frame.x1 and frame.y0 <= box.y0 and box.y1 <= frame.y1
        for box in boxes
    )


# Words in the picture ---------------------------------------------------------------------


def test_dollars_are_no_formula():
    _, ax = new()
    charts.level(ax, 0.5, "US$ a and US$ b")
    assert len(ax.texts) == 1
    assert not any(text.get_parse_math() for text in ax.texts)


def test_source_line_names_publisher_and_table():
    line = charts.source_text(["brent_monthly", "own count"])
    for part in ("Energy Information", "brent_monthly", "own count"):
        assert part in line


@pytest.mark.parametrize("seed", range(200))
def test_spread(seed):
    rng = np.random.default_rng(seed)
    step = rng.uniform(0.1, 5)
    start = rng.uniform(0, rng.uniform(1, 40), size=rng.integers(1, 15))
    if seed % 3 == 0:
        start = start.round()  # ties
    moved = charts.spread(start, step)
    order = np.argsort(start, kind="stable")
    assert (np.diff(moved[order]) >= step - 1e-9).all()
    assert moved.mean() == pytest.approx(start.mean())


def test_spread_leaves_alone_what_is_apart():
    assert charts.spread([9, 1, 5], 2).tolist() == [9, 1, 5]
    assert charts.spread([], 2).tolist() == []


# On the page ------------------------------------------------------------------------------


class Page(HTMLParser):
    """The tags of some markup with their attributes, and the text inside."""

    def __init__(self, markup):
        super().__init__()
        self.tags, self.words = [], []
        self.feed(markup)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture
def shown(monkeypatch):
    """Return a function that shows a chart of one's own and returns its markup."""
    sent = []
    monkeypatch.setattr(charts.page, "display", sent.append)

    def show(axes=None, table=TABLE, **words):
        charts.show(new()[1] if axes is None else axes, table=table, **{**OWN, **words})
        return sent[-1].data

    return show


#: What a chart of one's own cannot be shown with, and what of it is named.
REFUSED = [
    ({"alt": "A chart"}, "alt"),
    ({"alt": "chart of some trade"}, "alt"),
    *(({part: empty}, part) for part in OWN for empty in ("", "   ", None)),
    ({"title": 5}, "title"),
    ({"alt": ["a", "b"]}, "alt"),
    ({"source": []}, "source"),
    ({"times": 2}, "times"),
    ({"table": "no table"}, "table"),
    ({"table": TABLE.iloc[:0]}, "table"),
]


def test_what_a_chart_of_ones_own_cannot_be_shown_with_is_told(shown, snapshot):
    told = {}
    for words, named in REFUSED:
        with pytest.raises(charts.ChartError, match=named) as problem:
            shown(**words)
        told.setdefault(named, set()).add(str(problem.value))
    assert told == snapshot


@pytest.mark.parametrize("kind", ["line", "barh", "bar"])
def test_the_numbers_of_a_chart_of_ones_own_are_read_off_if_no_table_is_given(kind, shown):
    sold = pd.DataFrame({"oil": [1.5, 2.0], "gas": [3.0, 4.25]}, index=["2021", "2022"])
    sold.index = sold.index.astype(int) if kind == "line" else sold.index
    ax = sold.plot(kind=kind)
    if kind == "line":
        charts.level(ax, 2, "a level is no number of the chart")
    page = Page(shown(ax, table=None))
    words = [word for word in page.words if word.strip()]
    heads = ["oil", "gas", "2021", "2022"]
    assert [word for word in words if word in heads] == heads
    assert {"1.5", "2.0", "3.00", "4.25"} <= set(words)


def test_braces_in_ones_own_words_are_braces(shown):
    said = "The set {a, b} grew, says {nobody}"
    page = Page(shown(title=said, unit=said, alt=f"{said}, and so on"))
    assert " ".join(page.words).count(said) == 4  # title, unit, and the heads of the table
    assert page.all("img")[0]["alt"] == f"{said}, and so on"


def test_a_table_in_the_wrong_place_or_missing_is_told_where_it_belongs(shown):
    with pytest.raises(charts.ChartError, match="table=buyers"):
        charts.show(new()[1], TABLE, **OWN)
    axes = new()[1]
    axes.scatter([1, 2], [3, 4])
    with pytest.raises(charts.ChartError, match="table=buyers"):
        shown(axes, table=None)


def test_days_are_read_off_one_by_one(shown):
    days = pd.Series([1.5, 2.5, 3.5], pd.date_range("2023-01-30", periods=3), name="price")
    _, axes = new()
    axes.plot(days.index, days, label="price")
    axes.plot(days.index, days * 2, label="twice")
    words = Page(shown(axes, table=None)).words
    days = ["2023-01-30", "2023-01-31", "2023-02-01"]
    assert [word for word in words if word.startswith("2023-0")] == days


def test_a_chart_on_the_page(shown):
    page = Page(shown())
    (image,) = page.all("img")
    assert image["alt"] == ALT
    assert image["src"].startswith("data:image/png;base64,")
    assert len(page.all("details")) == len(page.all("summary")) == 1
    assert "open" not in page.all("details")[0]
    assert len(page.all("table")) == len(page.all("caption")) == 1
    assert [cell["scope"] for cell in page.all("th")] == ["col", "col", "row", "row"]
    words = " ".join(page.words)
    places = [words.index(part) for part in ("Trade grew", "US$ billion", "Source: a sentence")]
    assert places == sorted(places)
    assert "nan" not in words.lower()
    assert [*page.words].count(ui.MISSING) == 1, "a gap is a dash"
    assert {"1.25", "2021"} <= {*page.words}, "a year has no thousands separator"


def test_what_an_author_writes_is_escaped(shown):
    nasty = '<script>alert("1")</script> & "quoted" text with six words'
    table = pd.DataFrame({"<b>head</b>": ["<img src=x onerror=alert(1)>"]})
    page = Page(shown(table=table, **dict.fromkeys(OWN, nasty)))
    assert page.all("script") == page.all("b") == []
    (image,) = page.all("img")
    assert image["alt"] == nasty
    assert "onerror" not in image


def test_the_picture_has_the_size_it_says(shown):
    page = Page(shown(new((6, 4))[1]))
    assert "width:600px" in page.all("img")[0]["style"]
    assert "max-width:100%" in page.all("img")[0]["style"]


# PNG --------------------------------------------------------------------------------------


def decoded(content):
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB")).astype(int)


def test_quick_png_keeps_size_and_every_country_colour():
    fig, ax = new()
    for height, code in enumerate(palette.countries()):
        ax.axhspan(height, height + 1, color=charts.color(code), linewidth=0)
    full, quick = decoded(charts.png(fig)), decoded(charts.quick_png(fig.canvas))
    assert full.shape == quick.shape == (5 * charts.DPI, 9 * charts.DPI, 3)
    for height, code in enumerate(palette.countries()):
        x, y = ax.transData.transform((0.5, height + 0.5)).astype(int)
        wanted = np.array(mpl.colors.to_rgb(charts.color(code))) * 255
        assert np.abs(full[-y, x] - wanted).max() <= 1, code
        assert np.abs(quick[-y, x] - wanted).max() <= 6, code


def test_quick_png_of_a_line_chart_looks_the_same():
    fig, ax = new()
    for height, code in enumerate(SEVEN):
        line = ax.plot([0, 1], [height, 2 * height], **charts.style(code, markers=True))
        line[0].set_label(article.name(code))
    difference = np.abs(decoded(charts.png(fig)) - decoded(charts.quick_png(fig.canvas)))
    assert difference.mean() < 1
    assert np.quantile(difference, 0.999) < 40


def test_dollar_signs_are_not_read_as_formulas():
    frame = pd.DataFrame({"claim": ["from $244.8bn to $228.1bn"]})
    for markup in (ui.table(frame, "Sums"), ui.card("Sums", "$1 to $2"), ui.details("More", "$3")):
        assert re.match(r'<(div|details) class="[^"]*\bmathjax_ignore"', markup)


def test_dates_in_tables_do_not_break_at_their_hyphens():
    markup = ui.table(pd.DataFrame({"date": [pd.Timestamp("2023-05-28")], "what": ["it"]}), "Days")
    assert 'white-space:nowrap">2023-05-28<' in markup
    assert markup.split("<tbody>")[1].count("nowrap") == 1


def test_a_long_table_scrolls_under_its_heads_and_numbers_stand_right():
    long = pd.DataFrame({"year": range(30), "what": "it", "value": [None, *range(29)]})
    markup = ui.table(long, "Years")
    assert "max-height" in markup and "max-height" not in ui.table(long.head(ui.LONG), "Years")
    heads = re.findall(r'<th scope="col" style="text-align:(\w+)[^"]*sticky[^"]*">(\w+)<', markup)
    assert heads == [("right", "year"), ("left", "what"), ("right", "value")]
    assert markup.count(f"Years ({ui.MISSING} ") == 2  # for the eye and for the ear


def test_a_caption_is_as_wide_as_the_page():
    caption = "A caption that is much wider than the table below it"
    markup = ui.table(pd.DataFrame({"a": [1]}), caption)
    outside, table = markup.split("<table", 1)
    assert caption in outside and caption in table  # the table's own is for the ear
    assert "clip-path" in table.split(caption)[0]


def test_a_table_says_the_names_of_countries_and_leaves_other_codes_alone():
    frame = pd.DataFrame(
        {
            "iso3": ["KAZ", "CHN", None],
            "partner": ["RUS", "EUR", "RUS"],
            "currency": ["EUR", "EUR", "USD"],
            "money": ["EUR", "EUR", "EUR"],
            "mixed": ["KAZ", "QQQ", "RUS"],
            "said": ["KAZ and RUS", "RUS", "CHN"],
        }
    )
    heads, rows = ui.in_words(frame)
    assert heads == list(frame.columns)
    assert rows[0] == ["Kazakhstan", "Russia", "EUR", "EUR", "KAZ", "KAZ and RUS"]
    assert rows[1] == ["China", "Europe", "EUR", "EUR", "QQQ", "RUS"]
    assert rows[2][0] == ui.MISSING and rows[2][2] == "USD"
    markup = ui.table(frame, "Who")
    assert ">Kazakhstan</th>" in markup and f"Who ({ui.MISSING} " in markup
    wide = pd.DataFrame({"year": [2021], "KAZ": [1.5], "OTH": [2.0]})
    assert ui.in_words(wide) == (["year", "Kazakhstan", "Others"], [["2021", "1.5", "2"]])
    assert ui.in_words(pd.DataFrame({"EUR": [1], "US$": [2]}))[0] == ["EUR", "US$"]


# Bars along the years -------------------------------------------------------------------------


@pytest.fixture
def rows():
    years = pd.Index(["2012", "2013", "2014"], name="year")
    yield charts.bar_rows(pd.DataFrame({"states": [0.0, 7, 1], "money": [12.8, 4.9, 2.5]}, years))
    plt.close("all")


def test_each_column_has_a_row_of_bars_with_its_name(rows):
    assert [ax.get_title(loc="left") for ax in rows] == ["states", "money"]
    assert [bar.get_height() for bar in rows[1].patches] == [12.8, 4.9, 2.5]


def test_rows_of_one_unit_have_one_scale_and_others_have_their_own(rows):
    assert rows[0].get_ylim() != rows[1].get_ylim()
    money = pd.DataFrame({"all": [12.7, 1.0], "placed": [1.3, 1.0]}, index=[2008, 2009])
    first, second = charts.bar_rows(money.rename_axis(columns="US$ billion"))
    assert first.get_ylim() == second.get_ylim()


def test_a_moment_is_a_line_before_its_bar_in_every_row(rows):
    charts.moment(rows, 2013, "the speech")
    assert all(set(ax.get_lines()[-1].get_xdata()) == {0.5} for ax in rows)
    assert [text.get_text() for text in rows[0].texts] == ["the speech"]
    assert not rows[1].texts
    with pytest.raises(CourseError, match="2020"):
        charts.moment(rows, 2020, "nothing")


def test_a_level_is_an_area_with_its_name_and_a_gap_where_nothing_is_reported():
    flows = pd.DataFrame({"received": [1.0, 2.0, 0.0]}, pd.Index([2010, 2011, 2012]))
    ax = flows.plot.bar()
    charts.area(ax, pd.Series([np.nan, 3.0, 2.0], flows.index, name="owed"))
    (line,) = ax.get_lines()
    assert line.get_label() == "owed"
    assert np.isnan(line.get_ydata()[0])
    assert list(line.get_xdata()) == [0, 1, 2]
    assert len(ax.collections) == 1
    plt.close("all")


def test_years_that_would_touch_are_left_out_and_can_still_have_a_note(monkeypatch):
    monkeypatch.setattr(charts.page, "display", lambda _: None)
    years = pd.Index(range(1990, 2023), name="year")
    ax = pd.DataFrame({"billion": range(33)}, years).plot.bar()
    charts.show(ax, notes=[(2001, "here")], **OWN)
    names = [tick.get_text() for tick in ax.get_xticklabels()]
    assert names[:3] == ["1990", "", "1992"]
    assert [text.xy for text in ax.texts if text.get_gid() == "note"] == [(11, 11)]
