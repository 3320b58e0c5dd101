"""Every view has the shape of its question, says how it is made, and gives known figures."""

import ast
import importlib
import inspect
import re
import shutil

import pandas as pd
import pytest

from courseware import article, claims, data, manifest, views
from courseware.explorers.argument_map.graph import UNSOURCED, graph, source_given
from tests.notebooks import ROOT

TABLES = {entry["name"] for entry in data.package()["resources"]}
each_view = pytest.mark.parametrize("name", views.names())
DAY = article.iso_day()
FIVE = ["Kazakhstan", "Kyrgyzstan", "Tajikistan", "Turkmenistan", "Uzbekistan"]
SEVEN = ["Russia", "China", "Kazakhstan", "Kyrgyzstan", "Tajikistan", "Turkmenistan", "Uzbekistan"]
#: Views that hold words and days: (view, row, column, what stands there).
SAID = [
    ("borders_with_the_two", "Kazakhstan and Russia", "power", "Russia"),  # Natural Earth
    ("china_five_meetings", "T33", "how", "by video"),  # CGTN, 25 January 2022
    ("china_five_meetings", "T39", "city", "Nur-Sultan"),
    ("china_five_meetings", "T39", "who", "foreign ministers"),
    ("five_in_spring_2023", "union in Moscow", "of the five", "4.0"),  # President of Russia
    ("five_in_spring_2023", "C5+1 in Astana", "partner", "United States"),  # Asia-Plus
    ("promises_of_xian", "visas, China and Kazakhstan", "done", "2023-11-10"),
    ("promises_of_xian", "more trade", "done", "NaT"),  # kept, and no day: never a zero
    ("security_beside_the_summit", "S03", "said at Xi'an", ""),
    ("ties_begin", "relations begin", "date", "1992-01-02"),
    ("official_words", "scale of exchanges", "confidence", "high"),
    ("railway_and_pipe", "agreement", "date", "2024-06-06"),
    ("leaders_met_the_five", "T45", "partner", "Russia"),
    ("railway_pages", "2025", "page", "E097"),
    ("railway_starts", "E097", "latest", "2024-10-31"),
    ("china_shares_by_state", "KAZ", 2022, "44.33"),
    ("backing_and_steps", "Court orders pipeline to stop", "date", "2022-07-05"),  # RFE/RL
]
#: (view, row, column, value): figures of the publishers, as the check figures have them.
FIGURES = [
    ("claims_in_short", "C09", "paragraph", "P2"),  # the register is the course's own
    ("china_russia_trade_by_reporter", 2005, "China", 29.1),  # customs of both sides, IMF DOTS
    ("china_russia_trade_by_reporter", 2005, "Russia", 20.3),
    ("china_russia_trade_by_reporter", 2023, "China, 2025 edition", 239.1),
    ("china_russia_trade_counts", ("all trade", 2022), "China, first release (press)", 190_271),
    ("china_trade_by_month", ("all trade", 2022 + 2 / 24), "months", 2),  # released together
    ("first_quarter_releases", 2022, "total", 38.17),
    ("first_quarter_releases", 2023, "total", 53.845),
    ("trade_since_january", ("06", 2023), "total", 114.547),  # China customs, first release
    ("trade_since_january", ("05", 2022), "China sold", 24.56),
    ("china_trade_and_dollars", 2013, "China sold", 49.6),  # IMF IMTS: 49.59
    ("china_trade_and_dollars", 2013, "worth of a dollar", 1.256),  # BLS: 292.655 / 232.957
    ("russian_fuels_to_china", ("crude oil", 2022), "million tonnes", 86.25),  # GACC
    ("russian_crude_by_buyer", 2023, "India", 81.8),  # Energy Institute
    ("russian_crude_by_buyer", 2021, "China", 79.6),
    ("oil_products_by_buyer", "Europe", 2023, 37.5),  # Energy Institute
    ("oil_products_by_buyer", "China", 2021, 3.2),  # bp
    ("crude_gap_to_brent", "2023-01", "Urals", -33.0),  # Ministry of Finance: 49.48
    ("own_currencies_as_stated", "Nov 2025", "share", 99.1),
    ("china_in_russian_imports", 2022, "machine tools", 60),  # The Economist: about 60
    ("china_in_russian_imports", 2023, "listed goods", 90),  # Carnegie: about 90
    ("russian_gas_prices", "Jan–Dec 2022", "Europe", 983.8),  # Bloomberg, 8 September 2023
    ("russian_gas_prices", "Apr–Jun 2020", "China", 183),  # Interfax, from China's customs
    ("russian_surplus", "all of 2021", "Russia's surplus", 120.3),  # Gaidar Institute, January 2022
    ("russian_surplus", "all of 2022", "Russia's surplus", 227.4),  # Bank of Russia, January 2023
    ("russian_surplus", "Jan to Apr 2022", "Russia's surplus", 96.5),  # Bloomberg, 12 May 2023
    ("russian_surplus", "Jan to Apr 2023", "Russia's surplus", 22.6),  # Bloomberg, 12 May 2023
    # chapter 01: the course's own register, but for the dates
    ("the_five_in_short", "Uzbekistan", "million people", 34.9),  # World Bank, 2022
    ("argument_links", 1, "holds up", "C06"),
    ("claims_and_sources", "C10", "source", "named or hinted at"),
    (
        "dates_behind_p1",
        "Full-scale invasion begins",
        "days since the statement",
        20,
    ),
    ("evidence_pages", "E064", "page", "copy"),
    ("damaged_phrases", "G23", "probably written", "go behind Putin's back"),
    ("verdicts_in_all", 0, "type", "attribution-quote"),
    (
        "ten_claims_to_type",
        "C34",
        "what it says",
        "A big gas pipeline runs from Central Asia to China.",
    ),
    ("ten_claims_typed", "C59", "register", "P"),
    ("readers_compared", "classmate, on the ten claims", "per cent", 60),
    ("readers_compared", "classmate, on the ten claims", "kappa", 0.51),
    ("readers_compared", "lazy reader, on the ten claims", "per cent", 20),
    ("readers_compared", "lazy reader, on all claims", "kappa", 0),
    ("second_reading_agreement", "the same", "in the register's words", 23),
    ("second_reading_agreement", "kappa", "in your four words", 0.81),
    ("seven_pages", "E149", "publisher", "Demoscope / MediaNet"),
    # chapter 04
    ("china_trade_with_five", 2022, "all five", 70.4),  # China's customs, press: 70.2
    ("china_trade_by_state", "KAZ", 2022, 31.2),  # China's customs, through the IMF
    ("freight_of_the_region", 2023, "Kazakhstan–China, million tonnes", 28),  # KTZ
    ("freight_of_the_region", 2025, "China–Central Asia, trains", 14254),
    ("arms_shares_by_window", "2013–2017", "China", 12.2),  # SIPRI's register, added up by hand
    ("arms_shares_by_window", "2018–2022", "China", 6.2),
    ("arms_shares_by_window", "2018–2022", "Russia", 67.2),
    ("trade_by_road", 2024, "share by road", 51.8),  # China's customs, in a copy
    # chapter 05
    ("towns_on_the_way", "Xi'an", "longitude", 108.93),  # GeoNames
    ("towns_on_the_way", "Xi'an", "latitude", 34.26),
    ("sizes_by_map", "equal-area Albers", "China", 9.42),  # World Bank, land: 9,424,700 km²
    ("region_freight", 2022, "Kazakhstan and China, by rail", 23.0),  # Kazakhstan's railway
    ("region_freight", 2022, "Middle Corridor", 1.5),  # the operators' association
    ("region_freight", 2023, "Middle Corridor", 2.8),  # World Bank study
    ("region_freight", 2024, "Middle Corridor", 4.5),  # AZCON Holding, as chapter 08 has it
    ("ways_to_tashkent", ("north", "Almaty"), "latitude", 43.25),  # GeoNames
    ("gas_lines", "Power of Siberia, Phase I", "bcm a year", 38.0),  # Gazprom's own figure, too
    ("gas_lines", "Central Asia–China, Line D", "status", "construction"),
    ("lines_to_china", "Lines A to C", "could carry", 55),  # RFE/RL, June 2014
    ("lines_to_china", "Power of Siberia", "carried in 2022", 14.7),  # Energy Institute
    ("gas_to_china", 2022, "Turkmenistan", 32.9),  # Energy Institute
    ("gas_to_china", 2021, "Russia", 7.6),  # bp
    ("region_gas_by_buyer", 2008, "Russia", 74.4),  # Energy Institute
    ("region_gas_by_buyer", 2022, "China", 39.8),
    ("russian_gas_by_buyer", 2023, "Europe", 49.8),
    ("gas_needs_2022", "Turkmenistan's exports by pipe", "share", 80.8),  # 32.9 of 40.7 bcm
    ("gas_deals", "3 April 2006", "pipeline", "Central Asia–China"),  # turkmenistan.ru, RFE/RL
    ("gas_deals", "4 February 2022", "pipeline", "Far Eastern route"),  # Gazprom, by TASS
    ("gas_deals", "21 December 2022", "who says so", "TASS"),
    ("gas_price_by_buyer", "early 2021", "Turkmenistan", 187),  # Interfax
    ("gas_prices_by_reuters", "Russia", "price", 250),  # 4 billion dollars for 16 billion m³
    ("gas_price_by_buyer", "Moscow 2022", "Russia to Europe", 983.8),  # Russian government
    ("gas_price_by_buyer", "Moscow 2022", "Russia", 277.1),  # Russian government
    ("gas_price_by_buyer", "March 2020", "Russia to Europe", 125),  # Gazprom, by Interfax
    ("russian_gas_as_stated", 2022, "China", 15.5),  # Novak
    ("products_to_africa", "diesel alone, LSEG", "to Africa", 10.2),  # LSEG, by Reuters
    ("russian_gas_in_2022", "Reuters", "US$ per 1,000 m³", 250),  # 4 bn dollars, 16 bcm
    ("five_and_china", ("owed", 2013), "Turkmenistan", 7329.1),  # World Bank
    # chapter 07
    ("border_lengths_as_stated", "IWPR", "km", 7591),  # the treaty of 2005, as IWPR has it
    ("border_lengths_as_stated", "Sovereign Limits", "km", 7800),
    ("border_on_maps", "OpenStreetMap 10 km", "km", 5863.9),  # our measurement
    ("border_on_maps", "Natural Earth 1:110 million", "points", 50),
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
    ("margins_in_the_war_poll", "2022-11", "neither", 2.9),  # Demoscope: up to 3 points
    ("sides_by_language", "Russian", "Russia", 45),  # Demoscope
    # chapter 03
    ("listed_shares", ("RUS", "import", 2023), "China", 53),  # World Factbook
    ("one_flow_two_totals", ("China sells", 2014), "flow", 51.135),  # Correlates of War
    ("one_flow_two_totals", ("China sells", 2014), "China, all", 2251.5),
    ("russian_crude_2022", "Russia's exports", "million tonnes", 264.7),  # Energy Institute
    ("russian_crude_2022", "China's imports", "million tonnes", 508.3),  # GACC
    ("kazakhstan_sells_to_china", 2019, "Kazakhstan counts", 7.823),  # WITS: 7,823 million
    ("kazakhstan_sells_to_china", 2019, "China counts", 9.259),  # IMF IMTS, China's customs
    ("listed_buyers", 1, "buyer", "China"),  # World Factbook, snapshot of 2015
    ("arms_between", 2000, "Russia", 2205.0),  # SIPRI
    ("arms_five_years", 2022, "from China", 24.0),  # SIPRI: four deliveries since 2018
    ("agreement_with_china", 2019, "Russia", 0.872),
    ("agreement_in_the_world_2019", "United States", "agreement", 0.2045),  # un_agreement
    ("agreement_with_russia", 2019, "China", 0.872),
    ("agreement_with_russia_by_part", "paragraph", "Kazakhstan", 0.47),
    ("un_positions", ("all votes", 2022), "China", -1.408),  # Bailey, Strezhnev, Voeten
    ("un_bands_2022", ("final passage", "China"), "upper end", -1.131),  # as above
    ("agreement_with_america", 2022, "Russia", 0.331),  # roll calls of 2022, as in un_agreement
    ("voted_like_america", "Kazakhstan", "voted like the United States", 0.36),  # State Department
    ("views_of_each_other", 2015, "in China, on Russia", 51.2),  # Pew: 51
    (
        "polls_since_the_invasion",
        (2022, "China", "How do you view Russia?", "positive"),
        "per cent",
        80,
    ),
    ("steps_around_the_invasion", "T34", "before the invasion", True),
    # chapter 06
    ("belt_road_by_year", 2018, "Africa south of the Sahara", 25),  # GFDC: 63 in 2018 in all
    ("belt_road_waves", "TJK", "joined", "2018 to 2023"),  # GFDC: October 2018
    ("belt_road_waves", "KAZ", "joined", "2013 to 2017"),  # GFDC: August 2015
    ("belt_road_joined", 2018, "states", 63),  # GFDC
    ("belt_road_joined", 2012, "states", 0),  # the speech was in 2013
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
    # chapter 08
    ("china_part_of_two", 26, "China's part", 52.6),  # BNS, Kazakhstan 2023; see below
    ("pledges_to_the_five", "Turkmenistan", "Russia: to defend", "1992–2002"),  # ATOP
    (
        "kazakh_oil_by_way_out",
        "by other ways through Russia",
        "Kazakhstan's oil",
        10.2,
    ),  # 64.3 without 52.2 and 1.9
    ("votes_on_invasion", "ES-11/3: Russia's seat", "Kazakhstan", "no"),  # The Diplomat
    ("world_on_invasion", "ES-11/3", "abstained", 58),  # UN: 93 to 24, 58 abstaining
    ("money_sent_home", "Uzbekistan", "transfers from Russia, US$ billion", 14.5),  # its bank
    ("money_sent_home", "Tajikistan", "remittances, per cent of GDP", 49.9),  # World Bank
    ("clubs_of_the_five", "Uzbekistan", "EAEU", "observer"),  # Eurasian Economic Commission
    ("chinese_money_four_ways", "owed, end of 2022", "all five", 8.7),  # World Bank
    ("links_one_by_one", 15, "value", 2558907),  # UN DESA: born in Kazakhstan, living in Russia
    ("votes_one_by_one", 7, "vote", "no"),  # roll call: 71/205, Kazakhstan
    ("links_by_year", 611, "value", 49.9),  # World Bank: money sent home to Tajikistan, 2022
    ("votes_by_year", 0, "who", "abstained"),  # roll call: 68/262, Kazakhstan
    ("arms_by_supplier", "Turkmenistan (Türkiye)", "largest other", 43.4),  # SIPRI: 534 of 1,231
    ("imports_by_supplier", "Kyrgyzstan (Kazakhstan)", "China", 64),  # World Factbook
    ("exports_by_buyer", "Russia", "Kyrgyzstan", 43),  # World Factbook
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
        "facts_on_the_tie",  # SIPRI, million TIV: 4,374 in 2018–22; 3,989 and 12,994 before
        "arms",
        "what is known",
        "Russia's arms to China in 2018–22 were 10% more than in 2013–17 and 66% less than in "
        "2001–05 (SIPRI, volume).",
    ),
    (
        "facts_on_the_five",  # Energy Institute: 38.2, 7.7 and 74.4 bcm; 39.8 to China
        "gas",
        "what is known",
        "The region's gas, billion m³: Russia bought 38 in 2000, 74 in 2008 (its peak) and 8 in "
        "2022. China bought 0 before 2010 and 40 in 2022.",
    ),
    (
        "chapters_on_the_theses",  # the reading is our own
        "05 Silk Roads",
        "China gains (T1)",
        "For: the region's gas has come to China since 2010",
    ),
    ("putin_in_the_five", 15, "state", "Tajikistan"),  # Vedomosti, October 2025
    ("emergency_votes_since", "China", "2025-12 return of children", "abstained"),  # UN roll call
    ("emergency_votes_since", "United States", "2025-02 lasting peace", "no"),
    ("events_since", "T76", "who", "the five, with Russia"),  # Fergana, 12 November 2025
    ("claims_that_look_ahead", "C09", "number and year", "both"),  # the register is our own
    ("verdict_tally", "value judgement", "cannot be known, by nature", 5),
]


@pytest.fixture(scope="module")
def loaded():
    return {name: data.load(name) for name in views.names()}


def test_every_view_has_a_figure_or_a_word():
    held = {name for name, *_ in [*FIGURES, *SAID]}
    assert held == {*views.names()}, "give each a publisher's figure in FIGURES, or a word in SAID"


def shape(table: pd.DataFrame) -> str:
    """Return what a view holds: its index, its columns, its unit, and how many rows."""
    columns = [table[name] for name in table]
    held = ", ".join(f"{column.name!r} ({column.dtype})" for column in columns)
    return f"{len(table)} by {[*table.index.names]}: {held}; unit: {table.columns.name}"


def test_shapes_and_units(loaded, snapshot):
    assert all(table.index.is_unique for table in loaded.values())
    assert {name: shape(table) for name, table in loaded.items()} == snapshot


@pytest.mark.parametrize(("name", "row", "column", "value"), FIGURES)
def test_figure(name, row, column, value, loaded):
    found = loaded[name].loc[row, column]
    found = found.iloc[0] if isinstance(found, pd.Series) else found
    assert found == (value if isinstance(value, str) else pytest.approx(value, abs=0.051))


@pytest.mark.parametrize(("name", "row", "column", "words"), SAID)
def test_what_is_said(name, row, column, words, loaded):
    assert str(loaded[name].loc[row, column]).removesuffix(" 00:00:00") == words


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
    assert "Jan–Jun 2020" in views.function("own_currencies_as_stated")(table).index


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


def test_the_margins_are_those_of_the_chapter(loaded):
    sides, margins = loaded["sides_in_the_war"], loaded["margins_in_the_war_poll"]
    share, people = sides.loc["2022-03", "Russia"], sides.loc["2022-03", "asked"]
    by_hand = 1.96 * (share * (100 - share) / people) ** 0.5
    assert margins.loc["2022-03", "Russia"] == pytest.approx(by_hand, abs=0.005)


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


def test_the_row_of_the_five_states_is_their_sum(loaded):
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


def test_each_state_with_a_date_joined_once(loaded):
    joined, parts = loaded["belt_road_joined"]["states"], loaded["belt_road_by_year"]
    assert joined.sum() == len(loaded["belt_road_waves"])
    assert joined.loc[2013:].tolist() == parts.sum(axis=1).tolist()


@each_view
def test_numbers_come_rounded(name, loaded):
    numbers = loaded[name].select_dtypes("number").drop(columns="year", errors="ignore")
    assert (numbers.round(4).fillna(0) == numbers.fillna(0)).all(axis=None)
    assert all(kind in ("float64", "int64") for kind in numbers.dtypes)  # counts stay whole


@pytest.mark.parametrize(
    ("view", "columns"),
    [
        ("world_on_invasion", ["yes", "abstained", "no"]),
        ("agreement_with_russia_by_part", ["votes"]),
    ],
)
def test_votes_are_counted_in_whole_numbers(view, columns, loaded):
    assert loaded[view][columns].dtypes.eq("int64").all()  # 141 states, not 141.0


@each_view
def test_a_view_is_made_of_tables_by_few_plain_statements(name):
    assert set(views.bases(name)) <= TABLES
    body = ast.parse(inspect.getsource(views.function(name))).body[0].body[1:]
    assert 2 <= len(body) <= 14
    assert all(isinstance(part, ast.Assign | ast.AugAssign | ast.Return) for part in body)
    assert not any(isinstance(part, ast.Lambda) for each in body for part in ast.walk(each))
    assert not any(isinstance(n, ast.Name) and n.id.isupper() for e in body for n in ast.walk(e)), (
        "a constant outside would not be seen under the chart"
    )
    assert [*views.parameters(name)] == views.bases(name) + views.facts(name), "facts come last"


@each_view
def test_a_view_says_its_steps(name):
    told = views.told(name)
    assert told.title and len(told.title) < 90
    sentences = re.split(r"(?<=[.?])\s+(?=[A-Z])", told.steps)
    assert 2 <= len(sentences) <= 7, sentences
    assert told.code.startswith(f"def {name}(")
    assert '"""' not in told.code
    card = data.about(name).data
    assert all(f'data.load("{base}")' in card.replace("&quot;", '"') for base in views.bases(name))


def test_facts_of_chapter_09_are_those_of_the_tables(loaded):
    """Each sentence of the grid, from the tables by another way."""
    arms = data.load("arms_transfers").query("supplier_iso3 == 'RUS' and recipient_iso3 == 'CHN'")
    volume = {
        first: arms[arms["year"].between(first, first + 4)]["tiv_million"].sum()
        for first in (2001, 2013, 2018)
    }
    told = loaded["facts_on_the_tie"]["what is known"]
    for first, word in {2001: "less", 2013: "more"}.items():
        grown = volume[2018] / volume[first] * 100 - 100
        assert (grown > 0) == (word == "more")
        assert f"{abs(grown):.0f}% {word} than in {first}" in told["arms"]
    assert "Russia 0.81, " in told["votes"] and told["votes"].endswith("0.85 to 0.92.")
    assert "rose from 74 to 179 million dollars in 2022" in told["goods"]
    # 190.27 of 591.46 + 259.08, both printed by March 2023
    assert "and 22% in 2022. " in told["trade"] and told["trade"].endswith("2.4%, then about 3%.")
    assert "about 40 times" in told["meetings"] and "March 2023" in told["meetings"]
    assert "Uzbekistan" in set(loaded["putin_in_the_five"]["state"])
    paid = data.load("debt_service").query("year == 2022 and iso3 == 'TJK'")
    paid = paid.set_index("creditor_iso3")[["principal_usd", "interest_usd"]].sum(axis=1)
    five = loaded["facts_on_the_five"]["what is known"]
    assert max(map(len, [*told, *five])) <= 135, "two lines beside four stories"
    assert f"and {paid['CHN'] / paid['WLD'] * 100:.0f}% of" in five["debts"]


def test_what_the_chapters_gave_the_theses_is_what_their_pages_show(loaded):
    """Each finding of the recapitulation, from the view that its chapter draws."""
    told = loaded["chapters_on_the_theses"]
    assert max(len(cell.split()) for cell in told.to_numpy().ravel()) <= 22, (
        "one screen holds all rows"
    )
    ways = told.apply(lambda column: column.str.split(":").str[0])
    gains, cost, friendship = (ways[column] for column in ways)
    assert gains.value_counts().to_dict() == {"For": 4, "Neither": 4}
    assert cost.value_counts().to_dict() == {"Both": 4, "Against": 2, "Neither": 2}
    assert friendship.value_counts().to_dict() == {"Neither": 5, "Both": 2, "For": 1}

    trade = loaded["china_russia_trade_by_reporter"]["China, 2025 edition"]
    assert trade[2020] < trade[2021] < trade[2022]
    goods = loaded["one_flow_two_totals"]
    assert (goods["flow"] / goods["Russia, all"] > goods["flow"] / goods["China, all"]).all()
    five = loaded["china_trade_with_five"]["all five"]
    grown = round(five[2022] / five[2019] * 100 - 100)
    assert f"grew by {grown}%" in told["China gains (T1)"]["04 Xi'an summit"]
    assert str(loaded["china_five_meetings"]["date"].min())[:4] == "2020"
    gas = loaded["region_gas_by_buyer"]
    assert gas["China"][2009] == 0 < gas["China"][2010]
    assert gas["Russia"][2009] < gas["Russia"][2008]
    price = loaded["gas_price_by_buyer"]
    assert price["Russia"]["customs 2022"] < price["Turkmenistan"]["customs 2022"]
    assert price["Russia"]["customs 2022"] > price["Kazakhstan"]["customs 2022"]
    signed = loaded["chinese_finance_signed"].drop(columns="World")
    prices = loaded["aiddata_dollars"]
    of_the_time = signed.sum(axis=1) / prices["AidData"]
    american = of_the_time * prices["American prices"]
    for counted in (of_the_time, american, signed.drop(columns="Kazakhstan").sum(axis=1)):
        assert 0.6 < counted.loc[:2012].sum() / counted.sum() < 0.7  # 06-before-see
    poll = loaded["attack_poll"]["May 2023"]
    feared, ruled_out = poll.drop("impossible").sum(), poll["impossible"]
    row = told["at Russia's cost (T1)"]["07 Long border"]
    assert f"{feared:.0f}% in Kazakhstan" in row and f"but {ruled_out:.0f}% ruled" in row
    sold = loaded["kyrgyz_counts"]["sold to Russia"]
    assert sold[2022] > 2 * sold[2021]
    latest = loaded["china_part_of_two"].query("year < 2023").groupby("state").tail(1)
    assert (latest["China's part"] > 50).sum() == 3
    votes = loaded["votes_on_invasion"]
    assert votes["China"].value_counts().to_dict() == {"abstained": 4, "no": 2}
    assert not (votes == "yes").any(axis=None)


def test_the_tally_of_chapter_09_has_every_claim_once(loaded):
    tally = loaded["verdict_tally"]
    assert tally.to_numpy().sum() == len(data.load("claims"))
    verdicts = data.load("claims")["verdict"].value_counts()
    for word in ("imprecise", "not checked by us"):
        assert tally[word].sum() == verdicts[word]
    four = loaded["verdicts_in_all"]["among the four"]  # chapter 01 has one word for both
    assert (four == "holds, but").sum() == tally[["holds, but", "imprecise"]].to_numpy().sum()
    assert tally["does not hold"].sum() == verdicts["wrong"]
    unknown = data.load("claims").query("verdict in ('opinion', 'not checkable')")["checkable"]
    assert tally["cannot be known, by nature"].sum() == (unknown == "no").sum()
    assert tally["cannot be known, in part"].sum() == (unknown == "partly").sum()


def test_a_view_changes_no_table_and_gives_a_fresh_copy():
    table = data.load("oil_flows")
    before = table.copy()
    first = views.function("russian_crude_by_buyer")(table)
    assert table.equals(before)
    first.loc[2020] = 0
    assert data.load("russian_crude_by_buyer").loc[2020, "China"] > 0


@each_view
def test_what_is_done_to_a_view_is_not_seen_by_who_loads_it_next(name):
    before = data.load(name)
    known = before.index.names, before.columns.names
    mine = data.load(name)
    mine.index.names, mine.columns.names = ["x"] * mine.index.nlevels, ["y"] * mine.columns.nlevels
    mine.attrs["mine"] = True
    mine.iloc[:, 0] = mine.iloc[::-1, 0].to_numpy()
    after = data.load(name)
    assert (after.index.names, after.columns.names) == known and not after.attrs
    pd.testing.assert_frame_equal(pd.DataFrame(after), pd.DataFrame(before))


def test_a_view_is_computed_anew_from_another_table(tmp_path, monkeypatch):
    before = data.load("russian_crude_by_buyer")
    folder = tmp_path / "data"
    shutil.copytree(data.root(), folder)
    monkeypatch.setenv("NO_LIMITS_DATA", str(folder))
    table = folder / "oil_flows.csv"
    text = table.read_text(encoding="utf-8")
    table.write_text(text.replace("\n2023,", "\n1923,"), encoding="utf-8", newline="\n")
    with pytest.raises(data.DamagedTableError):
        data.load("russian_crude_by_buyer")
    manifest.refresh(folder)
    assert 1923 in data.load("russian_crude_by_buyer").index
    monkeypatch.undo()
    assert data.load("russian_crude_by_buyer").equals(before)


def test_a_view_is_cited_by_its_tables():
    assert data.publishers("russian_crude_by_buyer") == data.publishers("oil_flows")
    assert "Energy Information" in data.cite("crude_gap_to_brent")
    with pytest.raises(data.UnknownTableError, match="'russian_crude_by_buyer'"):
        data.load("russian_crude_by_buyers")


def test_no_view_has_the_name_of_a_table():
    assert not TABLES & {*views.names()}


ONE = '''
def NAME(oil_flows):
    """Title.

    Steps.
    """
    return oil_flows
'''
TWO = '''
def NAME(oil_flows):
    """Another title."""
    return oil_flows
'''
THREE = TWO.replace("return oil_flows", "return oil_flows.head()")


def test_a_fingerprint_depends_on_the_code_alone(monkeypatch):
    texts = {"one": ONE, "two": TWO, "three": THREE}
    monkeypatch.setattr(views, "_modules", lambda: dict(zip(texts, texts, strict=True)))
    monkeypatch.setattr(views, "_text", lambda name: texts[name].replace("NAME", "same"))
    monkeypatch.setattr(
        views, "_parsed", lambda name: ast.parse(texts[name].replace("NAME", "same")).body[0]
    )
    assert views.fingerprint("one") == views.fingerprint("two") != views.fingerprint("three")


def test_a_fingerprint_depends_on_the_facts_that_a_view_is_given(monkeypatch):
    given = {name: views.fingerprint(name) for name in ("world_on_invasion", "paid_to_china")}
    monkeypatch.setitem(views.FACTS, "article_day", lambda: "2024-01-01")
    assert views.fingerprint("world_on_invasion") != given["world_on_invasion"]
    assert views.fingerprint("paid_to_china") == given["paid_to_china"]


def test_a_card_says_what_the_facts_are_that_a_view_is_given():
    card = data.about("votes_on_invasion").data
    assert views.FACTS.keys() == data.FACTS.keys()
    assert data.FACTS["states"] in card and f'is the day of the article, <code>"{DAY}"' in card
    assert "is the day of the article" not in data.about("paid_to_china").data
    assert data.FACTS["states"] not in data.about("world_on_invasion").data


def test_a_view_is_what_its_source_says():
    for name in views.names():
        view = views.function(name)
        assert views.parameters(name) == list(inspect.signature(view).parameters), name
        assert (view.__module__, view.__name__) == (
            f"no_limits.views.{views._modules()[name]}",
            name,
        )
        assert views.told(name).title == inspect.getdoc(view).partition("\n")[0].rstrip("."), name


def test_every_public_function_of_a_module_is_a_view():
    for name in {*views._modules().values()}:
        module = importlib.import_module(f"no_limits.views.{name}")
        public = {
            each
            for each, thing in vars(module).items()
            if inspect.isfunction(thing)
            and thing.__module__ == module.__name__
            and not each.startswith("_")
        }
        assert public == {each for each in views.names() if views._modules()[each] == name}


def test_the_views_read_nothing_themselves():
    for path in (ROOT / "no_limits" / "views").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"read_csv|open\(|from courseware import data", text), path.name


# chapter 01


def test_the_links_are_those_of_the_argument_map_and_count_each_ones_supports(loaded):
    links, argument = loaded["argument_links"], graph()
    supports = {(i, above) for i, claim in claims.register().items() for above in claim.supports}
    assert supports == set(argument.edges)
    assert all(
        argument.in_degree(t) == n
        for t, n in zip(links["holds up"], links["supports in all"], strict=True)
    )
    held = links["holds up"].value_counts()
    assert list(held.index[:2]) == ["C03", "C27"] and held["C03"] == held["C27"] > held.iloc[2]


def test_no_support_of_the_first_thesis_reports_a_fact(loaded):
    links = loaded["argument_links"]
    kinds = set(links.loc[links["holds up"] == "C03", "type"])
    assert kinds == {"interpretation", "prediction", "value judgement"}


def test_sources_and_four_words_are_those_of_the_register(loaded):
    register = claims.register()
    given = {i for i, claim in register.items() if source_given(claim.source_in_text) != UNSOURCED}
    table = loaded["claims_and_sources"]
    assert set(table.index[table["source"] == "named or hinted at"]) == given
    verdicts = loaded["verdicts_in_all"]
    told = dict(zip(verdicts["our verdict"], verdicts["among the four"], strict=True))
    said = {verdict: claims.COURSE_SAYS[verdict] or "not compared" for verdict in told}
    assert told == said
    assert sorted(verdicts["our verdict"]) == sorted(c.verdict for c in register.values())


def test_the_typed_ten_are_the_ten_of_the_exercise(loaded):
    assert list(loaded["ten_claims_to_type"].index) == list(loaded["ten_claims_typed"].index)
    assert not set(loaded["seven_pages"].columns) & {"page", "source class"}


# chapter 04


def test_a_promise_of_which_nothing_is_known_has_no_day_and_no_tie_stands_in_both_columns(loaded):
    promises = loaded["promises_of_xian"]
    assert promises["done"].notna().sum() == 5
    assert set(promises.loc[promises["done"].notna(), "status"]) == {"kept"}
    ties = loaded["security_beside_the_summit"][["said at Xi'an", "not found there"]]
    assert ((ties != "").sum(axis=1) == 1).all()


def test_the_shares_of_the_five_add_up_to_a_hundred(loaded):
    assert loaded["china_shares_by_state"].sum().round(1).eq(100).all()
    states = loaded["china_trade_with_five"].drop(columns="all five").sum(axis=1)
    assert (states - loaded["china_trade_with_five"]["all five"]).abs().max() < 0.03


# chapter 05


def test_a_step_is_dated_as_exactly_as_it_is_known(loaded):
    when = loaded["gas_deals"].index
    assert {"2024", "September 2025", "2 September 2025"} <= set(when)


def test_the_price_of_gas_is_near_what_others_found(loaded):
    """Moscow's own price of 2022, and Columbia's of 2019 to 2021: 4.4 dollars a million Btu."""
    paid = loaded["gas_price_by_buyer"]
    assert paid.loc["customs 2022", "Russia"] == pytest.approx(277.1, rel=0.03)
    stated = loaded["russian_gas_in_2022"]["US$ per 1,000 m³"]
    assert stated["China's customs, Energy Institute's volume"] == pytest.approx(270.8)
    assert stated["China's customs, Moscow's volume"] == pytest.approx(256.8)
    months = data.load("russian_energy_to_china").query("product == 'pipeline_gas'")
    value = months[months["month"].dt.year.isin([2020, 2021])]["value_usd"].sum()
    moscow = data.load("gas_prices").query("kind == 'volume' and stated_by != 'Energy Institute'")
    moscow = moscow[moscow["period_start"].dt.year.isin([2020, 2021])]["volume_bcm"].sum()
    btu = 35.3  # million British thermal units in 1,000 cubic metres, about
    assert value / moscow / 1e6 == pytest.approx(4.4 * btu, rel=0.1)


def test_russias_flow_of_2021_is_probably_tonnes(loaded):
    flow = loaded["gas_to_china"]["Russia"]
    months = data.load("russian_energy_to_china").query("product == 'pipeline_gas'")
    tonnes = months.groupby(months["month"].dt.year)["volume_t"].sum() / 1e6
    assert flow[2020] / tonnes[2020] == pytest.approx(1.3, abs=0.05)
    assert flow[2021] / tonnes[2021] == pytest.approx(1.0, abs=0.05)


def test_named_sellers_make_up_all_gas_that_china_buys_by_pipe(loaded):
    sold = loaded["gas_to_china"]
    named = sold.drop(columns="all sellers").sum(axis=1)
    assert (named - sold["all sellers"]).abs().max() < 0.11


def test_only_the_equal_area_map_keeps_the_sizes(loaded):
    times = loaded["sizes_by_map"]["Russia"] / loaded["sizes_by_map"]["China"]
    assert times["equal-area Albers"] == pytest.approx(17.1 / 9.42, abs=0.03)  # World Bank
    assert times["Mercator"] > times["plate carrée"] > 1.5 * times["equal-area Albers"]


def test_the_wholes_of_one_flow_are_those_of_the_state_that_sells_and_of_the_one_that_buys(loaded):
    rows = (
        data.load("partner_trade")
        .query("year == 2014")
        .set_index(["iso3", "flow", "partner_iso3"])["value_usd"]
    )
    table = loaded["one_flow_two_totals"].loc[("Russia sells", 2014)]
    assert table["Russia, all"] * 1e9 == pytest.approx(rows["RUS", "export", "WLD"], abs=1e6)
    assert table["China, all"] * 1e9 == pytest.approx(rows["CHN", "import", "WLD"], abs=1e6)
    assert table["flow"] * 1e9 == pytest.approx(rows["RUS", "export", "CHN"], abs=1e6)


def test_an_agreement_score_is_what_one_reckons_by_hand(loaded):
    votes = data.load("un_rollcalls").query("year == 2019")[["vote_chn", "vote_rus"]].dropna()
    worth = {"Y": 1, "A": 0.5, "N": 0}
    by_hand = [1 - abs(worth[a] - worth[b]) for a, b in votes.itertuples(index=False)]
    score = loaded["agreement_with_china"].loc[2019, "Russia"]
    assert score == pytest.approx(sum(by_hand) / len(by_hand), abs=0.0006)


@pytest.mark.parametrize(
    ("view", "partner"), [("agreement_with_china", "CHN"), ("agreement_with_russia", "RUS")]
)
def test_scores_out_of_roll_calls_are_those_of_the_agreement_table(loaded, view, partner):
    pairs = data.load("un_agreement").query("partner_iso3 == @partner or iso3 == @partner")
    pairs = pairs.assign(other=pairs["iso3"].where(pairs["iso3"] != partner, pairs["partner_iso3"]))
    known = pairs.pivot(index="year", columns="other", values="agreement_index")
    known = known.rename(columns=article.name)
    for name, scores in loaded[view].items():
        assert scores.to_dict() == pytest.approx(
            known[name].reindex(scores.index).to_dict(), abs=0.0006, nan_ok=True
        )


def test_bands_hold_their_points_and_overlap_as_one_reckons_by_hand(loaded):
    bands, places = loaded["un_bands_2022"], loaded["un_positions"]
    for (series, state), row in bands.iterrows():
        assert row["lower end"] < row["middle"] < row["upper end"]
        assert state not in places or row["middle"] == places.loc[(series, 2022), state]
        russia = bands.loc[(series, "Russia")]
        apart = row["lower end"] > russia["upper end"] or row["upper end"] < russia["lower end"]
        assert row["overlaps Russia's"] != apart, (series, state)


def test_the_worlds_scores_are_those_of_the_roll_calls(loaded):
    world = loaded["agreement_in_the_world_2019"]["agreement"]
    six = loaded["agreement_with_china"].loc[2019]
    assert world[six.index].to_dict() == pytest.approx(six.to_dict(), abs=0.0006)
    pairs = data.load("un_agreement").query("year == 2019 and partner_iso3 == 'USA'")
    america = pairs.set_index("iso3").loc["CHN", "agreement_index"]
    assert world["United States"] == pytest.approx(america, abs=0.0006)


def test_arms_of_five_years_are_named_by_the_last(loaded):
    arms = data.load("arms_transfers").query("recipient_iso3 == 'CHN' and supplier_iso3 == 'RUS'")
    years = arms[arms["year"].between(2018, 2022)]["tiv_million"].sum()
    assert loaded["arms_five_years"].loc[2022, "from Russia"] == pytest.approx(years, abs=0.051)
    assert loaded["arms_five_years"].index.min() == 2004


def test_polls_since_the_invasion_ask_about_the_other_or_america_and_nobody_is_left_out(loaded):
    polls = data.load("opinion_polls").query("iso3 in ['CHN', 'RUS']")
    others = polls["question"].str.contains(
        "Germany|India|Japan|Korea|Pakistan|Singapore|Ukraine|Vietnam"
    )
    assert len(polls) - others.sum() == len(loaded["polls_since_the_invasion"])


# chapter 08 -----------------------------------------------------------------------------------


def test_a_lead_depends_on_who_counts(loaded):
    parts = loaded["china_part_of_two"]
    assert list(parts.loc[parts["state"] == "Kazakhstan", "who counts"].unique()) == [
        "the two customs",
        "its own statistics",
    ]
    first = parts[parts["China's part"] > 50].groupby(["state", "who counts"])["year"].min()
    assert first["Kazakhstan"].to_dict() == {
        "its own statistics": 2023,
        "the two customs": 2009,
    }
    turkmen = parts[parts["state"] == "Turkmenistan"]
    assert set(turkmen["who counts"]) == {"sums in the press"}
    assert list(turkmen["year"]) == [2016, 2017, 2019, 2020, 2022]


def test_what_nobody_counts_is_not_zero(loaded):
    money = loaded["money_sent_home"]
    shares = money["transfers from Russia, per cent of GDP"]
    larger = money.index[shares > money["remittances, per cent of GDP"]]
    assert [*larger] == ["Kazakhstan", "Uzbekistan"], "they do not nest, and chapter 08 says so"
    assert money.loc["Turkmenistan"].isna().all() and money.drop("Turkmenistan").notna().all(
        axis=None
    )
    assert loaded["pledges_to_the_five"]["China: to defend"].isna().all()
    assert pd.isna(
        loaded["imports_by_supplier"].loc["Turkmenistan (United Arab Emirates)"]["Russia"]
    )
    assert pd.isna(loaded["region_freight"].loc[2021, "Kazakhstan and China, by rail"])


def test_the_war_has_six_texts_with_a_word_in_every_cell(loaded):
    votes = loaded["votes_on_invasion"]
    assert votes.notna().all(axis=None) and list(votes["Russia"].unique()) == ["no"]
    assert list(votes.index.str[:7]) == list(loaded["world_on_invasion"].index)
