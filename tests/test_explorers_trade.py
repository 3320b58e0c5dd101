"""The trade explorer: its numbers against the tables, its words, and pictures by state alone."""

import pytest

from courseware import data
from courseware.explorers.trade import (
    ALL_TRADE,
    BY_MONTH,
    CHINA,
    CHINA_SELLS,
    INDEX,
    MONTHLY,
    TradeExplorer,
    TradeState,
)

IMTS = "China counts (IMF 2025)"


@pytest.fixture(scope="module")
def explorer():
    return TradeExplorer()


@pytest.fixture(scope="module")
def monthly():
    return data.load("china_trade_by_month")


def test_what_the_chapter_and_the_explorer_both_show_is_the_same(explorer):
    """The chapter's views are rounded; what each is called in the explorer is named here."""
    shown = explorer.content(TradeState())
    chapter = data.load("china_russia_trade_by_reporter")
    names = {
        "China": "China counts (IMF 2020)",
        "Russia": "Russia counts (IMF 2020)",
        "China, 2025 edition": IMTS,
    }
    for name, line in names.items():
        known = chapter[name].dropna()
        assert (shown[line][known.index] - known).abs().max() <= 0.05
    sold = explorer.content(TradeState(flow=CHINA_SELLS))[IMTS]
    dollars = data.load("china_trade_and_dollars")
    assert (sold[dollars.index] - dollars["China sold"]).abs().max() <= 0.05
    real = explorer.content(TradeState(flow=CHINA_SELLS, constant=True))[IMTS]
    assert (real / sold)[dollars.index].round(3).equals(dollars["worth of a dollar"])


def test_constant_dollars_are_those_of_the_price_table(explorer):
    factor = data.load("us_prices").set_index("year")["usd_2022_per_usd"]
    nominal = explorer.content(TradeState())[IMTS]
    real = explorer.content(TradeState(constant=True))[IMTS]
    assert (real / nominal).to_numpy() == pytest.approx(factor[nominal.index], rel=1e-3)
    assert real[2022] == nominal[2022]


def test_an_index_is_100_in_its_base_year_and_keeps_ratios(explorer):
    nominal = explorer.content(TradeState())[IMTS]
    index = explorer.content(TradeState(scale=INDEX, base=2005))[IMTS]
    assert index[2005] == pytest.approx(100)
    assert index[2024] / index[2001] == pytest.approx(nominal[2024] / nominal[2001])


def test_the_months_of_2022_add_up_to_the_year(monthly):
    months = monthly.loc[ALL_TRADE].loc[2022:2022.99]
    total = (months["US$ million a month"] * months["months"]).sum() / 1000
    assert total == pytest.approx(190.27, abs=0.5)  # China's customs, first release of the year


def test_a_monthly_index_weighs_january_and_february_as_two(explorer, monthly):
    state = TradeState(period=BY_MONTH, scale=INDEX, base=2022)
    index = explorer.content(state)[MONTHLY].loc[2022:2022.99]
    months = monthly.loc[ALL_TRADE]["months"].reindex(index.index)
    assert (index * months).sum() / 12 == pytest.approx(100)


def test_a_base_year_with_missing_months_is_refused_in_words(explorer):
    state = TradeState(period=BY_MONTH, scale=INDEX, base=2021)
    drawn = explorer.picture(state)
    assert "Not every month of 2021" in drawn.finding
    assert explorer.table(state).empty


def test_one_missing_month_is_enough_to_refuse_a_base_year(explorer, monthly):
    flow, base = CHINA_SELLS, 2023
    months = monthly.loc[flow]["months"].loc[base : base + 0.99]
    assert months.sum() == 11  # no print gives December's exports
    state = TradeState(flow=flow, period=BY_MONTH, scale=INDEX, base=base)
    assert f"Not every month of {base}" in explorer.picture(state).finding
    assert explorer.table(state).empty


def test_months_printed_together_are_named_together(explorer):
    state = TradeState(period=BY_MONTH, years=(2022, 2022))
    assert "2022-01/02 (mean)" in list(explorer.table(state)["time"])


def test_the_headline_says_what_the_series_does(explorer):
    assert explorer.picture(TradeState(years=(2022, 2024))).finding == (
        "The line “China counts (IMF 2025)” is 29% higher in 2024 than in 2022"
    )


def test_months_are_not_compared_first_with_last(explorer):
    """That would be the base effect which the chapter warns of."""
    state = TradeState(period=BY_MONTH, who=CHINA, years=(2021, 2025))
    title = explorer.picture(state).finding
    assert title == "The highest month is 2024-12 with 22.0, and the newest is 2025-06 with 17.6"
    assert set(explorer.table(state)["how it is known"]) == {
        "press",
        "derived",
        "press, two months",
    }
