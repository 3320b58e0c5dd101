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
FIVE = ["Kazakhstan", "Kyrgyzstan", "Tajikistan", "Turkmenistan", "Uzbekistan"]
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
    # chapter 06
    "belt_road_by_year": (
        ["year"],
        [
            "Europe and Central Asia",
            "Asia and the Pacific",
            "Africa south of the Sahara",
            "Middle East, North Africa",
            "Latin America, Caribbean",
        ],
        "states that joined in the year",
        11,
    ),
    "belt_road_waves": (["iso3"], ["state", "joined"], None, 146),
    "belt_road_ceilings": (["known up to"], ["joined so far", "ceiling foretold"], "states", 8),
    "chinese_finance_signed": (["year"], [*FIVE, "World"], "US$ billion of 2021", 22),
    "received_from_china": (["year"], FIVE, "US$ billion", 23),
    "paid_to_china": (["year"], FIVE, "US$ billion", 23),
    "owed_to_china": (["year"], FIVE, "US$ billion", 23),
    "kazakhstan_three_lists": (
        ["year"],
        ["all records", "records with a place", "deals of firms"],
        "US$ billion",
        21,
    ),
    "aiddata_dollars": (
        ["year"],
        ["American prices", "AidData"],
        "dollars of 2021 for a dollar of the year",
        22,
    ),
    "creditors_paid": (["creditor"], FIVE, "US$ million", 15),
    "service_to_china": (["year"], FIVE, "US$ million", 23),
    "service_to_all": (["year"], FIVE, "US$ million", 23),
    "five_with_china": (["year"], ["current dollars", "dollars of 2022"], "US$ billion", 24),
    "china_partners_1992_2022": (["partner"], [1992, 2022], "US$ million", 7),
    "count_by_china": (
        ["state"],
        ["China says it sold", "all trade, by China"],
        "US$ billion",
        5,
    ),
    "count_by_states": (
        ["state"],
        ["the state says it bought", "all trade, by the state"],
        "US$ billion",
        3,
    ),
    "kyrgyz_counts": (
        ["year"],
        ["China", "Kyrgyzstan", "GDP", "sold to Russia"],
        "US$ billion",
        30,
    ),
    "china_trade_by_partner": (["partner"], [*range(2001, 2025)], "US$ million", 6),
    "press_counts_2024": (["state"], ["China's customs", "another count"], "US$ billion", 6),
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
    # chapter 06
    ("belt_road_by_year", 2018, "Africa south of the Sahara", 25),  # GFDC: 63 in 2018 in all
    ("belt_road_waves", "TJK", "joined", "2018 to 2023"),  # GFDC: October 2018
    ("belt_road_waves", "KAZ", "joined", "2013 to 2017"),  # GFDC: August 2015
    ("belt_road_ceilings", 2018, "joined so far", 118),  # GFDC, without China
    ("chinese_finance_signed", 2009, "Kazakhstan", 11.91),  # AidData
    ("received_from_china", 2011, "Turkmenistan", 2.24),  # ONE Campaign
    ("paid_to_china", 2017, "Turkmenistan", 1.50),  # ONE Campaign
    ("owed_to_china", 2013, "Turkmenistan", 7.33),  # World Bank: 7,329.1 million
    ("owed_to_china", 2021, "Kyrgyzstan", 1.80),  # World Bank: 1,797.8 million
    ("kazakhstan_three_lists", 2009, "deals of firms", 3.54),  # AEI
    ("aiddata_dollars", 2009, "American prices", 1.26),  # BLS: 270.970 / 214.537
    ("creditors_paid", "World", "Uzbekistan", 379.4),  # World Bank, as the table has it
    ("service_to_china", 2022, "Uzbekistan", 215.156),
    ("service_to_all", 2022, "Uzbekistan", 379.420),
    ("five_with_china", 2022, "current dollars", 70.4),  # GACC: 70.2
    ("china_partners_1992_2022", "Kazakhstan", 1992, 386),  # Correlates of War: 245 and 141
    ("china_partners_1992_2022", "Russia", 1992, 5181),  # Correlates of War: 1,669 and 3,512
    ("count_by_china", "Kyrgyzstan", "China says it sold", 15.50),  # IMF IMTS
    ("count_by_states", "Uzbekistan", "all trade, by the state", 9.06),  # Statistics Agency
    ("count_by_states", "Kyrgyzstan", "the state says it bought", 4.07),  # NSC
    ("kyrgyz_counts", 2022, "sold to Russia", 1.07),  # NSC: 1,069.7 million
    ("kyrgyz_counts", 2021, "sold to Russia", 0.39),  # NSC: 393.3 million
    ("china_trade_by_partner", "Uzbekistan", 2001, 58.4),
    ("china_trade_by_partner", "Russia", 2022, 188_490.1),  # IMF IMTS: 188.49 billion
    ("press_counts_2024", "Tajikistan", "another count", 2.0),  # Tajik agency: about 1.96
    ("press_counts_2024", "The five states", "China's customs", 94.8),  # GACC
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


def test_signed_received_and_paid_add_up_to_the_publishers_totals(loaded):
    """The sums of AidData and of the ONE Campaign, in billions, as the sources were checked."""
    signed = loaded["chinese_finance_signed"].sum()
    totals = [64.14, 4.12, 6.25, 12.28, 18.21, 1325.3]
    assert signed.tolist() == pytest.approx(totals, abs=0.06)
    received = loaded["received_from_china"].sum()
    paid = loaded["paid_to_china"].sum()
    assert received[FIVE[:4]].tolist() == pytest.approx([2.164, 2.032, 1.531, 8.325], abs=0.05)
    assert paid[FIVE[:4]].tolist() == pytest.approx([0.635, 0.557, 0.849, 10.254], abs=0.05)
    assert received["Uzbekistan"] < 3.262, "the publisher's sum has loans that are not official"
    assert 1.3 < paid["Uzbekistan"] < 1.529


def test_the_five_states_of_the_dumb_bells_are_their_sum(loaded):
    table = loaded["china_partners_1992_2022"]
    assert table.loc["The five states"].tolist() == table.loc[FIVE].sum().tolist()
    assert table.loc["The five states", 2022] / 1000 == pytest.approx(
        loaded["five_with_china"].loc[2022, "current dollars"], abs=0.051
    )


def test_the_row_world_of_creditors_is_the_sum_of_the_others(loaded):
    table = loaded["creditors_paid"]
    others = table.drop("World").sum()
    assert others.tolist() == pytest.approx(table.loc["World"].tolist(), abs=0.5)
    shares = loaded["service_to_china"].loc[2022] / loaded["service_to_all"].loc[2022]
    assert (table.loc["China"] / table.loc["World"]).tolist() == pytest.approx(
        shares.tolist(), abs=0.001
    )


def test_a_curve_knows_its_ceiling_only_after_the_bend(loaded):
    table = loaded["belt_road_ceilings"]
    assert table.loc[2016, "ceiling foretold"] < table.loc[2017, "joined so far"]
    assert table.loc[2018, "ceiling foretold"] > 193, "more than the United Nations have members"
    late = table.loc[2020:]
    assert (late["ceiling foretold"] - late["joined so far"]).abs().max() < 7


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
