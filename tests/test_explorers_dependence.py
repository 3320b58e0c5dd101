"""The dependence explorer: shares against the tables, ceilings, words, and pictures by state."""

import itertools

import pandas as pd
import pytest

from courseware import article, data, views
from courseware.explorers.base import Panel
from courseware.explorers.dependence import (
    BACK,
    CEILING,
    COUNTED,
    FIRST,
    LAST,
    LISTED,
    DependenceExplorer,
    DependenceState,
)

PNG = b"\x89PNG"
PAIRS = [*itertools.permutations(article.seven(), 2)]


@pytest.fixture(scope="module")
def explorer():
    return DependenceExplorer()


def sides(explorer, *choice, **options):
    """Return the shares of the seller's exports and of the buyer's imports, by kind."""
    found = explorer.content(DependenceState(*choice, **options)).values()
    return tuple(side.shares for side in found)


def test_counted_shares_are_those_of_the_partner_table(explorer):
    trade = data.load("partner_trade").query("year == 2014 and flow == 'import' and iso3 == 'RUS'")
    usd = trade.set_index("partner_iso3")["value_usd"]
    sold, bought = sides(explorer)
    assert bought[COUNTED][2014] == pytest.approx(usd["CHN"] / usd["WLD"] * 100)
    assert bought[COUNTED][2014] == pytest.approx(18.0, abs=0.05)
    assert sold[COUNTED][2014] == pytest.approx(2.27, abs=0.005)


@pytest.mark.parametrize(
    ("year", "bought", "sold"), [(2021, 25, 15), (2022, 39, 21), (2023, 53, 33)]
)
def test_listed_shares_are_the_checked_figures_of_the_factbook(explorer, year, bought, sold):
    assert sides(explorer)[1][LISTED][year] == bought
    assert sides(explorer, goods=BACK)[0][LISTED][year] == sold


def test_shares_agree_with_the_concentration_table(explorer):
    known = data.load("partner_concentration").set_index(["iso3", "flow", "year"]).sort_index()
    for holder in article.five():
        bought = sides(explorer, "CHN", holder)[1][COUNTED]
        expected = known.loc[(holder, "import"), "china_share_pct"].dropna()
        assert bought.to_numpy() == pytest.approx(expected[bought.index].to_numpy(), abs=0.006)


def test_the_two_publishers_are_never_joined(explorer):
    for one, other in PAIRS:
        for side in sides(explorer, one, other):
            assert side[COUNTED].index.max() <= 2014
            assert {*side[LISTED].index, *side[CEILING].index} <= set(range(2014, 2024))
            assert not {*side[LISTED].index} & {*side[CEILING].index}


def test_what_the_chapter_and_the_explorer_both_show_is_the_same(explorer):
    flows = data.load("one_flow_two_totals")
    for goods, state in (
        ("China sells", DependenceState()),
        ("Russia sells", DependenceState(goods=BACK)),
    ):
        table = flows.loc[goods]
        for side in explorer.content(state).values():
            share = table["flow"] / table[f"{article.name(side.holder)}, all"] * 100
            assert (side.shares[COUNTED] - share).abs().max() < 0.05


def test_not_listed_is_a_ceiling_and_no_list_is_nothing(explorer):
    sold, _ = sides(explorer)
    assert sold[LISTED].empty
    assert (sold[CEILING][2022], sold[CEILING][2019]) == (4.0, 6.0)
    assert not {2016, 2020} & {*sold[CEILING].index}


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


def test_the_headline_speaks_of_both_sides(explorer):
    assert explorer.picture(DependenceState()).finding == (
        "What China sold to Russia in 2023 was 53% of Russia's imports and at most 4% of China's "
        "exports"
    )
    full = explorer.picture(DependenceState(years=(1992, 2014))).finding
    assert full.endswith("in 2014 was 18% of Russia's imports and 2.3% of China's exports")


def test_years_without_figures_are_told_and_empty_in_the_table(explorer):
    table = explorer.table(DependenceState()).set_index("year")
    assert table.loc[2016].isna().all()
    assert table.loc[2022, "% of China's exports, list of main partners"] == "not listed: at most 4"
    assert pd.isna(table.loc[1992, "% of China's exports, list of main partners"])
    panel = Panel(DependenceExplorer(), DependenceState())
    panel.want_numbers.value = True
    assert "not reported" in panel.numbers.value


def test_nothing_reported_is_a_sentence_with_a_picture(explorer):
    state = DependenceState("KAZ", "RUS", years=(1992, 1993))  # not recorded among former Soviet
    drawn = explorer.picture(state)
    assert drawn.finding == "What Kazakhstan sells to Russia is not reported for 1992–1993"
    assert drawn.alt.startswith("Empty chart")
    assert drawn.png.startswith(PNG)
    assert explorer.table(state).empty


def test_a_state_does_not_trade_with_itself(explorer):
    assert explorer.normalise(DependenceState("RUS", "RUS")).other == "CHN"
    assert explorer.normalise(DependenceState("CHN", "CHN")).other == "RUS"
    assert explorer.normalise(DependenceState(years=(FIRST, FIRST))).years == (FIRST, FIRST + 1)
    assert explorer.normalise(DependenceState(years=(LAST, LAST))).years == (LAST - 1, LAST)


def test_what_is_known_against_the_figures_is_in_a_fold(explorer):
    aside = explorer.aside(DependenceState("CHN", "KGZ"))
    assert "Chinese instead of Kyrgyz reports from 2009" in aside
    assert aside.startswith("<details")


def test_controls_and_state_agree():
    panel = Panel(DependenceExplorer(), DependenceState())
    panel.inputs["one"].value = "RUS"
    assert (panel.state.one, panel.state.other) == ("RUS", "CHN")
    assert panel.inputs["other"].value == "CHN"
    panel.inputs["goods"].value = BACK
    panel.inputs["years"].value = (2000, 2014)
    assert panel.state == DependenceState("RUS", "CHN", BACK, (2000, 2014))
    for number, preset in enumerate(panel.explorer.presets):
        panel.view.value = number
        assert panel.state == preset.state
        assert panel.view.label == preset.name
