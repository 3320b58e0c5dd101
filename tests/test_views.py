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
SEVEN = ["Russia", "China", "Kazakhstan", "Kyrgyzstan", "Tajikistan", "Turkmenistan", "Uzbekistan"]
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
    # chapter 08
    "ties_counted": (["tie"], ["Russia", "China"], "states of the five with a figure", 6),
    "china_part_of_two": (
        [None],
        ["state", "who counts", "year", "China's part"],
        "per cent of trade with both",
        157,
    ),
    "pledges_to_the_five": (
        ["state"],
        ["Russia: to defend", "China: to defend", "China: to consult", "CSTO"],
        None,
        5,
    ),
    "backing_and_steps": (["event"], ["date", "days"], "days from 17 June 2022", 9),
    "votes_on_invasion": (["text"], SEVEN, None, 6),
    "votes_on_other_texts": (["text"], SEVEN, None, 13),
    "world_on_invasion": (["text"], ["yes", "abstained", "no"], "states", 6),
    "entries_for_work": (["state"], ["entries"], "thousand", 8),
    "money_sent_home": (
        ["state"],
        ["US$ billion from Russia", "per cent of GDP, from all"],
        None,
        5,
    ),
    "sent_home_by_year": ([None], ["state", "year", "sent home"], "per cent of GDP", 90),
    "corridor_and_border": (["year"], ["Middle Corridor", "rail with China"], "million tonnes", 4),
    "clubs_of_the_five": (["state"], ["EAEU", "CSTO", "SCO", "CIS"], None, 5),
    "born_in_the_five": (["year"], SEVEN[2:], "thousand", 7),
    "chinese_money_four_ways": (["what"], ["all five"], "US$ billion", 4),
    "distance_moved": (["series", "state"], ["Russia", "China"], "change in distance", 10),
    "help_named": (["state"], ["Russia", "China"], "per cent of answers", 3),
    "best_cases_about_t1": (["argument no."], ["best", "argument", "author", "year"], None, 13),
    "arguments_about_t1": (
        ["argument no."],
        ["half", "relation", "argument", "author", "from", "year"],
        None,
        52,
    ),
    "ties_one_by_one": ([None], ["state", "tie", "power", "value"], None, 40),
    "votes_one_by_one": ([None], ["about", "text", "date", "state", "vote"], None, 108),
    "arms_by_supplier": (
        ["state · largest other"],
        ["Russia", "China", "largest other"],
        "per cent of the volume",
        5,
    ),
    "imports_by_supplier": (
        ["state · largest other"],
        ["Russia", "China", "largest other"],
        "per cent of imports",
        5,
    ),
    "debt_service_to_powers": (
        ["state"],
        ["Russia", "China"],
        "per cent of debt service to states",
        5,
    ),
    "exports_by_buyer": (["buyer"], SEVEN[2:], "per cent of exports", 12),
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
    # chapter 08
    ("ties_counted", "debt service", "Russia", 3),  # World Bank: who has a Russian row
    ("china_part_of_two", 44, "China's part", 52.6),  # BNS, Kazakhstan 2023; see below
    ("pledges_to_the_five", "Turkmenistan", "Russia: to defend", "1992–2002"),  # ATOP
    ("backing_and_steps", "Xi's pledge to Kazakhstan", "days", 89),  # 14 September 2022, RFE/RL
    ("votes_on_invasion", "ES-11/3: Russia's seat", "Kazakhstan", "no"),  # The Diplomat
    ("votes_on_other_texts", "68/262, 2014", "Uzbekistan", "abstained"),  # roll call
    ("world_on_invasion", "ES-11/3", "abstained", 58),  # UN: 93 to 24, 58 abstaining
    ("entries_for_work", "Uzbekistan", "entries", 630.9),  # FSB: 630,859
    ("money_sent_home", "Uzbekistan", "US$ billion from Russia", 14.5),  # its central bank
    ("money_sent_home", "Tajikistan", "per cent of GDP, from all", 49.9),  # World Bank
    ("sent_home_by_year", 53, "sent home", 49.9),  # World Bank, Tajikistan 2022
    ("corridor_and_border", 2023, "Middle Corridor", 2.8),  # World Bank study
    ("corridor_and_border", 2022, "rail with China", 23),  # KTZ
    ("clubs_of_the_five", "Uzbekistan", "EAEU", "observer"),  # Eurasian Economic Commission
    ("born_in_the_five", 2020, "Tajikistan", 466),  # UN DESA: 466 thousand
    ("chinese_money_four_ways", "owed, end of 2022", "all five", 8.7),  # World Bank
    ("distance_moved", ("final passage", "Kyrgyzstan"), "China", 0.007),  # Voeten and others
    ("help_named", "Kyrgyzstan", "Russia", 75.5),  # Central Asia Barometer
    ("best_cases_about_t1", "A30", "year", "2024"),  # Hamilton
    ("arguments_about_t1", "A01", "half", "at Russia's cost"),  # the course's own sorting
    ("ties_one_by_one", 15, "value", 2558907),  # UN DESA: born in Kazakhstan, living in Russia
    ("votes_one_by_one", 7, "vote", "no"),  # roll call: 71/205, Kazakhstan
    ("arms_by_supplier", "Turkmenistan · Türkiye", "largest other", 43.4),  # SIPRI: 534 of 1,231
    ("imports_by_supplier", "Kyrgyzstan · Kazakhstan", "China", 64),  # World Factbook
    ("debt_service_to_powers", "Tajikistan", "China", 88.6),  # World Bank
    ("exports_by_buyer", "Russia", "Kyrgyzstan", 43),  # World Factbook
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
    assert found == (value if isinstance(value, str) else pytest.approx(value, abs=0.051))


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


@each_view
def test_numbers_come_rounded(name, loaded):
    numbers = loaded[name].select_dtypes("number").drop(columns="year", errors="ignore")
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


# chapter 08 -----------------------------------------------------------------------------------


def test_a_lead_depends_on_who_counts(loaded):
    parts = loaded["china_part_of_two"]
    assert list(parts.loc[parts["state"] == "Kazakhstan", "who counts"].unique()) == [
        "the two customs",
        "lists at the World Bank",
        "its own statistics",
    ]
    first = parts[parts["China's part"] > 50].groupby(["state", "who counts"])["year"].min()
    assert first["Kazakhstan"].to_dict() == {
        "its own statistics": 2023,
        "lists at the World Bank": 2010,
        "the two customs": 2009,
    }
    turkmen = parts[parts["state"] == "Turkmenistan"]
    assert set(turkmen["who counts"]) == {"sums in the press"}
    assert list(turkmen["year"]) == [2016, 2017, 2019, 2020, 2022]


def test_what_nobody_counts_is_no_nought(loaded):
    ties = loaded["ties_counted"]
    assert pd.isna(ties.loc["students", "Russia"]) and ties.loc["students", "China"] == 5
    money = loaded["money_sent_home"]
    assert money.loc["Turkmenistan"].isna().all() and money.drop("Turkmenistan").notna().all(
        axis=None
    )
    sent = loaded["sent_home_by_year"]
    assert set(sent.loc[sent["sent home"].isna(), "state"]) == {"Turkmenistan"}
    assert loaded["pledges_to_the_five"]["China: to defend"].isna().all()
    assert pd.isna(
        loaded["imports_by_supplier"].loc["Turkmenistan · United Arab Emirates"]["Russia"]
    )
    assert pd.isna(loaded["corridor_and_border"].loc[2021, "rail with China"])


def test_the_war_has_six_texts_with_a_word_in_every_cell(loaded):
    votes = loaded["votes_on_invasion"]
    assert votes.notna().all(axis=None) and list(votes["Russia"].unique()) == ["no"]
    assert list(votes.index.str[:7]) == list(loaded["world_on_invasion"].index)
    others = loaded["votes_on_other_texts"]
    assert list(others.index)[-1] == "Council of Europe, 2023" and others.notna().all(axis=None)
    no = (others == "no").iloc[:-1].sum()  # as the course has printed since version 0.1.0
    assert [no[s] for s in ("Kyrgyzstan", "Kazakhstan", "Uzbekistan", "Tajikistan", "China")] == [
        8,
        7,
        4,
        2,
        10,
    ]


def test_of_arguments_about_t1_those_on_both_theses_count(loaded):
    halves = loaded["arguments_about_t1"]
    table = data.load("counterarguments").set_index("arg_id")
    assert set(table.loc[halves.index, "thesis"]) == {"T1", "both"}
    assert set(halves["year"]) >= {"2023", "undated"} and halves["year"].max() == "undated"
    assert (halves["year"] > "2023").sum() == (halves["year"] == "undated").sum()
