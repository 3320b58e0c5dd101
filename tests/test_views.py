"""Every view has the shape of its question, says how it is made, and gives known figures."""

import ast
import inspect
import re

import pandas as pd
import pytest

from courseware import data, views
from tests.notebooks import ROOT

TABLES = {entry["name"] for entry in data.package()["resources"]}
each_view = pytest.mark.parametrize("name", views.VIEWS)
#: What each view holds: its index, its columns, its unit, and how many rows.
SHAPES = {
    "claims_in_short": (["claim"], ["paragraph", "type", "in short"], None, 84),
    "china_russia_trade_by_reporter": (
        ["year"],
        ["China", "Russia", "China, 2025 edition"],
        "US$ billion",
        33,
    ),
    "china_russia_first_releases": (["year"], ["first release"], "US$ billion", 7),
    "china_russia_months": (["month"], ["trade"], "US$ billion a month", 33),
    "first_quarter_prints": (
        ["year"],
        ["China sold", "China bought", "total"],
        "US$ billion, January to March",
        4,
    ),
    "trade_since_january": (
        ["month", "year"],
        ["China sold", "China bought", "total"],
        "US$ billion since January",
        20,
    ),
    "china_trade_and_dollars": (
        ["year"],
        ["China sold", "China bought", "worth of a dollar"],
        None,
        24,
    ),
    "china_in_russian_trade": (
        ["year"],
        [
            "exports, World Factbook",
            "exports, customs",
            "imports, World Factbook",
            "imports, customs",
        ],
        "China's share, per cent",
        7,
    ),
    "russian_fuels_to_china": (["fuel", "year"], ["million tonnes", "US$ billion"], None, 12),
    "russian_crude_by_buyer": (["year"], ["China", "India", "Europe"], "million tonnes", 4),
    "oil_products_by_buyer": (["buyer"], [2020, 2021, 2022, 2023], "million tonnes", 14),
    "crude_gap_to_brent": (
        ["month"],
        ["at China's border", "Urals"],
        "US$ a barrel, less Brent",
        106,
    ),
    "own_currencies_as_stated": (["period"], ["share", "said by", "said on"], "per cent", 11),
    "china_sells_to_russia": (["goods"], ["sold"], "US$ billion", 3),
    # chapter 07
    "border_lengths_as_stated": (["page"], ["km", "dated"], None, 6),
    "border_on_maps": (["map"], ["km", "points"], None, 7),
    "border_by_step": (["step"], ["Natural Earth", "OpenStreetMap"], "km", 7),
    "border_by_tolerance": (["tolerance"], ["both outlines", "one outline"], "km", 4),
    "kazakhstan_census": (["year"], ["ethnic Russians", "everybody", "share counted"], None, 4),
    "russians_in_four_states": (
        ["state"],
        ["year", "kind", "thousands", "share", "everybody"],
        None,
        4,
    ),
    "towns_by_border": (
        ["town"],
        ["on the map as", "kind", "lon", "lat", "km to Russia", "ethnic Russians"],
        None,
        95,
    ),
    "who_lives_near": (["place", "year"], ["of the", "Russians", "Kazakhs"], "per cent", 8),
    "reports_on_the_post": (["evidence"], ["told by", "what it says", "who speaks"], None, 8),
    "attack_poll": (["answer"], ["Nov 2022", "May 2023"], "per cent", 3),
    "sides_in_the_war": (
        ["month"],
        ["Russia", "Ukraine", "neither", "asked", "in Russian"],
        None,
        4,
    ),
    "other_polls_on_russia": (["poll", "question", "answer"], ["percent"], None, 12),
    "margins_in_the_war_poll": (["month"], ["Russia", "Ukraine", "neither"], "points", 4),
    "sides_by_language": (["language"], ["Russia", "Ukraine"], "per cent", 2),
}
#: (view, row, column, value): figures of the publishers, as the check figures have them.
FIGURES = [
    ("claims_in_short", "C09", "paragraph", "P2"),  # the register is the course's own
    ("china_russia_trade_by_reporter", 2005, "China", 29.1),  # customs of both sides, IMF DOTS
    ("china_russia_trade_by_reporter", 2005, "Russia", 20.3),
    ("china_russia_trade_by_reporter", 2023, "China, 2025 edition", 239.1),
    ("china_russia_first_releases", 2022, "first release", 190.3),  # China customs: 190.27
    ("china_russia_first_releases", 2023, "first release", 240.1),
    ("first_quarter_prints", 2022, "total", 38.17),
    ("first_quarter_prints", 2023, "total", 53.845),
    ("trade_since_january", ("06", 2023), "total", 114.547),  # China customs, first print
    ("trade_since_january", ("05", 2022), "China sold", 24.56),
    ("china_trade_and_dollars", 2013, "China sold", 49.6),  # IMF IMTS: 49.59
    ("china_trade_and_dollars", 2013, "worth of a dollar", 1.256),  # BLS: 292.655 / 232.957
    ("china_in_russian_trade", 2022, "imports, World Factbook", 39),
    ("china_in_russian_trade", 2023, "imports, customs", 39.1),
    ("china_in_russian_trade", 2023, "exports, customs", 30.0),
    ("russian_fuels_to_china", ("crude oil", 2022), "million tonnes", 86.25),  # GACC
    ("russian_crude_by_buyer", 2023, "India", 81.8),  # Energy Institute
    ("russian_crude_by_buyer", 2021, "China", 79.6),
    ("oil_products_by_buyer", "Europe", 2023, 37.5),  # Energy Institute
    ("oil_products_by_buyer", "China", 2021, 3.2),  # bp
    ("crude_gap_to_brent", "2023-01", "Urals", -33.0),  # Ministry of Finance: 49.48
    ("own_currencies_as_stated", "Nov 2025", "share", 99.1),
    ("china_sells_to_russia", "machinery and electrical goods", "sold", 12.8),  # GACC
    # chapter 07
    ("border_lengths_as_stated", "IWPR", "km", 7591),  # the treaty of 2005, as IWPR has it
    ("border_lengths_as_stated", "Sovereign Limits", "km", 7800),
    ("border_on_maps", "OpenStreetMap 10 km", "km", 5863.9),  # our measurement
    ("border_on_maps", "Natural Earth 1:110 million", "points", 50),
    ("border_by_step", 200, "OpenStreetMap", 3821),  # our walk
    ("border_by_tolerance", 10, "one outline", 7947.4),
    ("kazakhstan_census", 1989, "share counted", 37.8),  # census
    ("kazakhstan_census", 2021, "ethnic Russians", 2.982),  # census: 2,981,946
    ("russians_in_four_states", "Uzbekistan", "thousands", 720.3),  # Goskomstat
    ("russians_in_four_states", "Kyrgyzstan", "share", 5.8),
    ("towns_by_border", "Karabalyk", "on the map as", "Komsomolets"),
    ("towns_by_border", "Altai", "on the map as", "Zyryanovsk"),
    ("towns_by_border", "Petropavl", "ethnic Russians", 60.4),
    ("who_lives_near", ("North Kazakhstan region", "2009"), "Russians", 50.4),  # 50.43
    ("reports_on_the_post", "E134", "who speaks", "the aide and the platform"),
    ("attack_poll", "impossible", "May 2023", 61.8),  # Demoscope
    ("attack_poll", "possible", "Nov 2022", 8.3),
    ("sides_in_the_war", "2022-03", "in Russian", 77),  # Demoscope
    ("sides_in_the_war", "2025-01", "neither", 55),
    (
        "other_polls_on_russia",
        ("Gallup World Poll, 2022", "Do you approve of Russia's leadership?", "approve"),
        "percent",
        29,
    ),
    ("margins_in_the_war_poll", "2022-11", "neither", 2.9),  # Demoscope: up to 3 points
    ("sides_by_language", "Russian", "Russia", 45),  # Demoscope
]


@pytest.fixture(scope="module")
def loaded():
    return {name: data.load(name) for name in views.VIEWS}


def test_every_view_is_looked_at_here():
    assert list(views.VIEWS) == list(SHAPES)
    assert {name for name, *_ in FIGURES} | {"china_russia_months"} == set(SHAPES)


@each_view
def test_shape_and_unit(name, loaded):
    index, columns, unit, rows = SHAPES[name]
    table = loaded[name]
    assert list(table.index.names) == index
    assert list(table.columns) == columns
    assert table.columns.name == unit
    assert len(table) == rows
    assert table.index.is_unique


@pytest.mark.parametrize(("name", "row", "column", "value"), FIGURES)
def test_figure(name, row, column, value, loaded):
    found = loaded[name].loc[row, column]
    found = found.iloc[0] if isinstance(found, pd.Series) else found
    assert found == pytest.approx(value, abs=0.051)


def test_months_add_up_to_the_year_as_far_as_its_months_were_printed(loaded):
    months = loaded["china_russia_months"]["trade"]
    assert months["2023"].sum() == pytest.approx(240.11, abs=0.4)
    assert months["2022"].sum() == pytest.approx(190.27, abs=0.6)
    assert months["2021-07":"2021-08"].isna().all()
    assert months["2023-01"].iloc[0] == months["2023-02"].iloc[0]


def test_a_years_fuels_are_empty_where_a_month_or_a_column_is_missing(loaded):
    table = loaded["russian_fuels_to_china"]
    tonnes, dollars = (set(table.index[table[column].isna()]) for column in table.columns)
    assert tonnes == {("pipeline gas", 2020), ("pipeline gas", 2022)}
    years = (2020, 2021, 2022)
    assert dollars == {("pipeline gas", 2020), *(("liquefied gas", year) for year in years)}
    rows = data.load("russian_energy_to_china").query("product == 'pipeline_gas'")
    assert len(rows[rows["month"].dt.year == 2020]) == 11, "the steps say that it lacks a month"


def test_a_period_of_months_is_named_by_its_first_and_last(loaded):
    periods = loaded["own_currencies_as_stated"].index
    assert {"2014", "Jan–Sep 2020", "May 2023"} <= set(periods)
    table = data.load("settlement_currency")
    table["period_end"] = table["period_end"].mask(
        table["period_end"] == "2020-09-01", pd.Timestamp("2020-06-01")
    )
    assert "Jan–Jun 2020" in views.VIEWS["own_currencies_as_stated"](table).index


def test_the_gap_takes_brent_of_the_month_before(loaded):
    oil = data.load("russian_energy_to_china").query("product == 'crude_oil'").set_index("month")
    brent = data.load("brent_monthly").set_index("month")["brent_usd_bbl"]
    price = oil["value_usd"]["2022-04"].iloc[0] / oil["volume_t"]["2022-04"].iloc[0] / 7.33
    gap = loaded["crude_gap_to_brent"]["at China's border"]
    assert gap["2022-04"].iloc[0] == pytest.approx(price - brent["2022-03"].iloc[0], abs=0.051)


def test_towns_lie_in_the_order_of_their_distance_and_nobody_is_guessed(loaded):
    """Chapter 07: what no page gives of a town stays empty; Ridder's two figures are not mixed."""
    towns = loaded["towns_by_border"]
    assert towns["km to Russia"].is_monotonic_increasing
    known = towns["ethnic Russians"].dropna()
    assert set(known.index) == {"Petropavl", "Ridder"}
    assert known["Ridder"] == pytest.approx(80.44), "of the town, not of what it administers"


def test_a_finer_step_never_shortens_a_walk(loaded):
    for _, walk in loaded["border_by_step"].items():
        assert walk.is_monotonic_increasing


def test_the_margins_are_those_of_the_chapter(loaded):
    sides, margins = loaded["sides_in_the_war"], loaded["margins_in_the_war_poll"]
    share, people = sides.loc["2022-03", "Russia"], sides.loc["2022-03", "asked"]
    by_hand = 1.96 * (share * (100 - share) / people) ** 0.5
    assert margins.loc["2022-03", "Russia"] == pytest.approx(by_hand, abs=0.005)


@each_view
def test_numbers_come_rounded(name, loaded):
    numbers = loaded[name].select_dtypes("number")
    assert (numbers.round(3).fillna(0) == numbers.fillna(0)).all(axis=None)
    assert all(kind == "float64" for kind in numbers.dtypes)


@each_view
def test_a_view_is_made_of_tables_by_few_plain_statements(name):
    assert set(views.bases(name)) <= TABLES
    body = ast.parse(inspect.getsource(views.VIEWS[name])).body[0].body[1:]
    assert 2 <= len(body) <= 14
    assert all(isinstance(part, ast.Assign | ast.AugAssign | ast.Return) for part in body)
    assert not any(isinstance(part, ast.Lambda) for each in body for part in ast.walk(each))
    assert not any(isinstance(n, ast.Name) and n.id.isupper() for e in body for n in ast.walk(e)), (
        "a constant outside would not be seen under the chart"
    )


@each_view
def test_a_view_says_its_steps(name):
    told = views.told(name)
    assert told.title and len(told.title) < 90
    sentences = re.split(r"(?<=[.?])\s+(?=[A-Z])", told.steps)
    assert 2 <= len(sentences) <= 5, sentences
    assert told.code.startswith(f"def {name}(")
    assert '"""' not in told.code
    card = data.about(name).data
    assert all(f'data.load("{base}")' in card.replace("&quot;", '"') for base in views.bases(name))


def test_a_view_changes_no_table_and_gives_a_fresh_copy():
    table = data.load("oil_flows")
    before = table.copy()
    first = views.VIEWS["russian_crude_by_buyer"](table)
    assert table.equals(before)
    first.loc[2020] = 0
    assert data.load("russian_crude_by_buyer").loc[2020, "China"] > 0


def test_a_view_is_cited_by_its_tables():
    assert data.publishers("russian_crude_by_buyer") == data.publishers("oil_flows")
    assert "Energy Information" in data.cite("crude_gap_to_brent")
    with pytest.raises(data.UnknownTableError, match="'russian_crude_by_buyer'"):
        data.load("russian_crude_by_buyers")


def test_no_view_has_the_name_of_a_table():
    assert not TABLES & set(views.VIEWS)


def test_a_fingerprint_depends_on_the_code_alone(monkeypatch):
    def one(oil_flows):
        """Title.

        Steps.
        """
        return oil_flows

    def two(oil_flows):
        """Another title."""
        return oil_flows

    def three(oil_flows):
        """Title."""
        return oil_flows.head()

    for name, function in {"one": one, "two": two, "three": three}.items():
        function.__name__ = "same"
        monkeypatch.setitem(views.VIEWS, name, function)
    codes = [views.told(n).code.replace(f"def {n}", "def same") for n in ("one", "two", "three")]
    assert codes[0] == codes[1] != codes[2]
    assert views.fingerprint("one") != views.fingerprint("three")


def test_the_views_read_nothing_themselves():
    for path in (ROOT / "courseware" / "views").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"read_csv|open\(|from courseware import data", text), path.name
