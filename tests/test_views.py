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
    # chapter 09
    "witness_pages": (
        ["evidence"],
        ["claim", "what it says", "page", "publisher", "month"],
        None,
        9,
    ),
    "best_arguments": (
        ["id"],
        ["side", "half of T1", "argument", "who, where and when", "caution"],
        None,
        9,
    ),
    "other_voices": (
        ["id"],
        ["view", "side", "argument", "who, where and when", "caution"],
        None,
        10,
    ),
    "facts_on_the_tie": (["fact"], ["what is known"], None, 5),
    "facts_on_the_five": (["fact"], ["what is known"], None, 4),
    "putin_in_the_five": (["visit"], ["month", "state", "occasion", "publisher"], None, 15),
    "emergency_votes_since": (
        ["state"],
        [
            "2025-02 lasting peace",
            "2025-02 path to peace",
            "2025-12 children",
            "2026-02 support",
        ],
        None,
        8,
    ),
    "ties_since": (["event"], ["date", "who", "what", "publisher"], None, 22),
    "claims_that_look_ahead": (
        ["claim"],
        ["what it foretells", "who says so", "number and year", "what came since"],
        None,
        7,
    ),
    "verdict_tally": (
        ["type"],
        [
            "holds",
            "holds, but",
            "imprecise",
            "does not hold",
            "cannot be known",
            "not checked by us",
        ],
        "claims",
        6,
    ),
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
    # chapter 09
    ("witness_pages", "E197", "page", "own text"),  # The Star (Malaysia), its own report
    (
        "best_arguments",
        "A01",
        "who, where and when",
        "Temur Umarov; Alexander Gabuev, Foreign Affairs, 2023",
    ),
    ("other_voices", "A46", "view", "Chinese view"),
    (
        "facts_on_the_tie",  # SIPRI, million TIV: 4,374 in 2018–22; 3,989, 4,646 and 12,994 before
        "arms",
        "what is known",
        "Russian arms to China, 2018–22: +10% on 2013–17, −6% on 2008–12, −66% on 2001–05 "
        "(by volume)",
    ),
    (
        "facts_on_the_five",  # Energy Institute: 74.4 and 7.7 bcm to Russia, 39.8 to China
        "gas",
        "what is known",
        "At Russia's cost? Of gas from the CIS without Russia it bought 74 bcm in 2008 and 8 in "
        "2022, China 0 and 40 (Energy Institute)",
    ),
    ("putin_in_the_five", 13, "state", "Tajikistan"),  # Vedomosti, October 2025
    ("emergency_votes_since", "China", "2025-12 children", "abstained"),  # UN roll call
    ("emergency_votes_since", "United States", "2025-02 lasting peace", "no"),
    ("ties_since", "T76", "who", "the five, with Russia"),  # Fergana, 12 November 2025
    ("claims_that_look_ahead", "C09", "number and year", "both"),  # the register is our own
    ("verdict_tally", "value judgement", "cannot be known", 7),
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


def test_facts_of_chapter_09_are_those_of_the_tables(loaded):
    """Each sentence of the grid, from the tables by another way."""
    arms = data.load("arms_transfers").query("supplier_iso3 == 'RUS' and recipient_iso3 == 'CHN'")
    volume = {
        first: arms[arms["year"].between(first, first + 4)]["tiv_million"].sum()
        for first in (2001, 2008, 2013, 2018)
    }
    told = loaded["facts_on_the_tie"]["what is known"]
    for first in (2001, 2008, 2013):
        grown = volume[2018] / volume[first] * 100 - 100
        assert f"{grown:+.0f}%".replace("-", "−") in told["arms"]
    assert all(len(words) <= 200 for words in told), "a row of the grid holds 200 letters"
    assert "About 40 meetings" in told["meetings"] and "March 2023" in told["meetings"]
    assert "Uzbekistan" in set(loaded["putin_in_the_five"]["state"])
    paid = data.load("debt_service").query("year == 2022 and iso3 == 'TJK'")
    paid = paid.set_index("creditor_iso3")[["principal_usd", "interest_usd"]].sum(axis=1)
    five = loaded["facts_on_the_five"]["what is known"]
    assert f"to {paid['CHN'] / paid['WLD'] * 100:.0f}% of" in five["debts"]


def test_the_tally_of_chapter_09_has_every_claim_once(loaded):
    tally = loaded["verdict_tally"]
    assert tally.to_numpy().sum() == len(data.load("claims"))
    verdicts = data.load("claims")["verdict"].value_counts()
    for word in ("imprecise", "not checked by us"):
        assert tally[word].sum() == verdicts[word]
    assert tally["does not hold"].sum() == verdicts["wrong"]


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
