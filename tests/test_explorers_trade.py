"""The trade explorer: its numbers against the tables, its words, and pictures by state alone."""

import pandas as pd
import pytest

from courseware import data, views
from courseware.explorers.base import Panel
from courseware.explorers.trade import (
    ALL_TRADE,
    BY_MONTH,
    CHINA,
    CHINA_SELLS,
    INDEX,
    LAST_LIST,
    MONTHLY,
    NO_SHARES,
    RUSSIA,
    RUSSIA_SELLS,
    SHARES,
    TWO,
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


# Two shares ------------------------------------------------------------------------------------


def shared(explorer, flow):
    """Return the lines of one flow as two shares."""
    return explorer.content(TradeState(flow, **TWO))


def test_counted_shares_are_those_of_the_partner_table(explorer):
    rows = data.load("partner_trade").query("year == 2014").set_index(["iso3", "flow"])
    for holder, way, partner, share in (
        ("Russia", "import", "CHN", 17.98),
        ("China", "export", "RUS", 2.27),
    ):
        code = {"Russia": "RUS", "China": "CHN"}[holder]
        usd = rows.loc[(code, way)].set_index("partner_iso3")["value_usd"]
        line = shared(explorer, CHINA_SELLS)[f"Counted share of {holder}'s {way}s"]
        assert line[2014] == pytest.approx(usd[partner] / usd["WLD"] * 100, abs=0.005)
        assert line[2014] == pytest.approx(share, abs=0.005)


@pytest.mark.parametrize(
    ("year", "bought", "sold"), [(2021, 25, 15), (2022, 39, 21), (2023, 53, 33)]
)
def test_listed_shares_are_the_checked_figures_of_the_factbook(explorer, year, bought, sold):
    assert shared(explorer, CHINA_SELLS)["Listed share of Russia's imports"][year] == bought
    assert shared(explorer, RUSSIA_SELLS)["Listed share of Russia's exports"][year] == sold


def test_counts_lists_and_ceilings_are_never_joined(explorer):
    for flow in (CHINA_SELLS, RUSSIA_SELLS):
        lines = shared(explorer, flow)
        for whole in {name.partition("of ")[2] for name in lines}:
            counted, listed, most = (
                {*lines.get(f"{kind} {whole}", pd.Series()).index}
                for kind in ("Counted share of", "Listed share of", "At most, of")
            )
            assert max(counted) <= 2014 and min(listed | most) >= 2014
            assert not listed & most


def test_not_listed_is_a_ceiling_and_no_list_is_nothing(explorer):
    sold = shared(explorer, CHINA_SELLS)
    assert "Listed share of China's exports" not in sold
    most = sold["At most, of China's exports"]
    assert (most[2022], most[2019]) == (4.0, 6.0)
    assert not {2016, 2020} & {*most.index}


@pytest.mark.parametrize(
    ("shares", "most"),
    [
        ([20.0, 4.0], 4.0),  # the last on the list
        ([82.0], 18.5),  # what one partner leaves over
        ([60.0, 42.0], 1.0),  # rounded shares over a hundred
    ],
)
def test_a_ceiling(shares, most):
    rows = pd.DataFrame({"partner_iso3": ["CHN", "TUR"][: len(shares)], "share_pct": shares})
    rows = rows.assign(iso3="KAZ", flow="export", year=2022)
    table = views.function("listed_shares")(rows, data.states())
    assert table["at most"].tolist() == [most]


@pytest.mark.parametrize(
    ("last", "bought", "sold"),
    [
        (2014, "18% of Russia's imports", "2.3% of China's exports"),
        (2021, "25% of Russia's imports", "an unreported share of China's exports"),
        (2023, "53% of Russia's imports", "at most 4% of China's exports"),
    ],
)
def test_the_headline_speaks_of_both_sides(explorer, last, bought, sold):
    state = TradeState(CHINA_SELLS, **TWO | {"years": (1992, last)})
    assert explorer.picture(state).finding == (
        f"What China sold to Russia in {last} was {bought} and {sold}"
    )


def test_any_two_years_have_a_share_to_tell(explorer):
    for flow in (CHINA_SELLS, RUSSIA_SELLS):
        for first in range(1992, LAST_LIST):
            state = TradeState(flow, **TWO | {"years": (first, first + 1)})
            assert explorer.finding(state, explorer.content(state))


def test_two_shares_are_of_one_flow_as_far_as_it_is_known(explorer):
    asked = TradeState(ALL_TRADE, CHINA, BY_MONTH, (2024, 2025), SHARES, 2010, constant=True)
    kept = TradeState(CHINA_SELLS, years=(2022, LAST_LIST), scale=SHARES)
    assert explorer.normalise(asked) == kept


def test_two_shares_name_their_own_publishers(explorer):
    kinds = (explorer.views["two-shares"], explorer.views["long-run"])
    shares, sums = (explorer.picture(state).source for state in kinds)
    assert "Correlates of War" in shares and "Monetary Fund" not in shares
    assert "Monetary Fund" in sums and "Correlates of War" not in sums


def test_controls_that_mean_nothing_to_two_shares_are_hidden_meanwhile(explorer):
    panel = Panel(explorer, TradeState(who=RUSSIA))
    hidden = [panel.inputs[name].layout for name in NO_SHARES]
    panel.inputs["scale"].value = SHARES
    assert {layout.display for layout in hidden} == {"none"}
    panel.inputs["scale"].value = INDEX
    assert {layout.display for layout in hidden} == {None}


def test_chapter_03_begins_with_two_shares_and_moves_their_last_year():
    explorer = TradeExplorer(SHARES)
    first, second, *others = explorer.presets
    assert first.state.scale == second.state.scale == SHARES
    assert [preset.state for preset in others] == [
        state for state in TradeExplorer().views.values() if state.scale != SHARES
    ]
    frames = explorer.frames()
    assert first.state in frames.values()
    lines = {explorer.picture(state, fine=False).line for state in frames.values()}
    assert len(lines) == len(frames) == len(explorer.strip.positions) <= 20
