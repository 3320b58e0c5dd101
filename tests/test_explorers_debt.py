"""The debt explorer: its numbers against the tables, gaps, the bathtub, pictures by state alone."""

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.text import Text

from courseware import article, data
from courseware.explorers.axes import round_ticks
from courseware.explorers.base import Panel
from courseware.explorers.debt import (
    ALL,
    BATHTUB,
    CONSTANT,
    CURRENT,
    FIRST,
    KNOWN,
    OF_GDP,
    OWED,
    PAID,
    RECEIVED,
    DebtExplorer,
    DebtState,
)

PNG = b"\x89PNG"


@pytest.fixture(scope="module")
def explorer():
    return DebtExplorer()


@pytest.mark.parametrize(
    ("code", "year", "millions"),
    [
        ("TKM", 2013, 7329.1),
        ("KGZ", 2021, 1797.8),
        ("TJK", 2017, 1187.4),
        ("UZB", 2023, 4206.2),
        ("KAZ", 2024, 1895.8),
        ("TKM", 2024, 76.4),
    ],
)
def test_levels_are_those_that_the_source_notes_give(explorer, code, year, millions):
    state = DebtState(code, OWED, years=(2000, 2025), later=True)
    assert explorer.content(state)[OWED, code][year] == pytest.approx(millions, abs=0.06)


@pytest.mark.parametrize(
    ("code", "principal"), [("KAZ", 36), ("KGZ", 75.7), ("TJK", 97), ("TKM", 21), ("UZB", 160)]
)
def test_payments_hold_the_principal_of_2022_and_some_interest(explorer, code, principal):
    paid = explorer.content(DebtState(code, PAID))[PAID, code][2022]
    assert principal < paid < 1.6 * max(principal, 50)


@pytest.mark.parametrize(
    ("code", "received"), [("KAZ", 2164), ("KGZ", 2032), ("TJK", 1531), ("TKM", 8325)]
)
def test_inflows_add_up_to_the_sums_of_the_source_notes(explorer, code, received):
    series = explorer.content(DebtState(code, RECEIVED, years=(2000, 2022)))[RECEIVED, code]
    assert series.sum() == pytest.approx(received, abs=1)


def test_what_the_chapter_and_the_explorer_both_show_is_the_same(explorer):
    """What was paid comes from two publishers: the chapter has the ONE Campaign's sums."""
    for what, view in (
        (OWED, "owed_to_china"),
        (RECEIVED, "received_from_china"),
        (PAID, "paid_to_china"),
    ):
        chapter = data.load(view)
        for code in article.five():
            known = chapter[article.name(code)].dropna().loc[FIRST:KNOWN]
            state = DebtState(code, what, years=(FIRST, KNOWN))
            shown = explorer.content(state)[what, code]
            assert (shown[known.index] / 1000 - known).abs().max() <= 0.0051, (what, code)


def test_uzbek_private_loans_are_not_official_debt(explorer):
    series = explorer.content(DebtState("UZB", RECEIVED, years=(2000, 2022)))[RECEIVED, "UZB"]
    assert series.sum() == pytest.approx(3262 - 360 - 25, abs=1)


def test_a_year_without_a_figure_is_not_reported_and_never_zero(explorer):
    levels = explorer.content(DebtState(ALL, OWED, years=(2000, KNOWN)))
    kazakh = levels[OWED, "KAZ"]
    assert kazakh.loc[:2015].isna().all()
    assert kazakh.loc[2016:].notna().all()
    table = explorer.table(DebtState("KAZ", OWED, years=(2014, 2017))).set_index("year")
    assert np.isnan(table.loc[2014].iloc[0])
    panel = Panel(explorer, DebtState("KAZ", OWED, years=(2014, 2017)))
    panel.want_numbers.value = True
    assert panel.numbers.value.count("not reported") == 2


def test_the_line_does_not_start_before_the_first_figure(explorer):
    _tail, line, _label = explorer.draw(DebtState("KAZ", OWED, years=(2005, KNOWN)))
    drawn = np.asarray(line.get_ydata(), dtype=float)
    assert np.isnan(drawn[:11]).all()


def test_nothing_reported_is_a_sentence(explorer):
    state = DebtState("KAZ", OWED, years=(2003, 2010))
    drawn = explorer.picture(state)
    assert drawn.finding == "Nobody reports this for the chosen state and years"
    assert drawn.finding in drawn.alt
    assert drawn.png.startswith(PNG)
    assert explorer.table(state).empty
    assert explorer.aside(state) == ""


def test_what_came_later_must_be_asked_for(explorer):
    hidden = explorer.picture(DebtState("TKM", PAID, years=(2023, 2025)))
    assert "tick the box" in hidden.finding
    early = explorer.content(DebtState("UZB", OWED, years=(2015, 2025)))[OWED, "UZB"]
    assert early.index.max() == KNOWN
    late = DebtState("UZB", OWED, years=(2015, 2025), later=True)
    assert explorer.content(late)[OWED, "UZB"].dropna().index.max() == 2024
    assert "on grey: not known in May 2023" in explorer.picture(late).unit
    when = explorer.table(late).set_index("year")["when"]
    assert when[2022] == "known"
    assert when[2023] == "later than May 2023"


def test_scheduled_payments_are_hollow_bars_and_have_a_key(explorer):
    shown = {}
    for later in (True, False):
        moved = explorer.draw(DebtState("KGZ", years=(2015, 2025), later=later))
        shown[later] = [part for part in moved if isinstance(part, PolyCollection)][-1]
        assert len(shown[later].get_paths()) == 3 * later
        keys = [part.get_text() for part in moved if isinstance(part, Text)]
        assert ("▯ due by contract" in keys) == later
    assert shown[True].get_facecolor()[0][:3].tolist() == [1, 1, 1]
    assert shown[True].get_edgecolor()[0][:3].tolist() != [1, 1, 1]


@pytest.mark.parametrize("what", [BATHTUB, OWED, RECEIVED, PAID])
def test_the_axis_holds_all_that_is_drawn(explorer, what):
    state = DebtState("TKM", what, years=(2000, 2025), later=True)
    explorer.draw(state)
    low, high = explorer._axes.get_ylim()
    for (name, _), values in explorer.content(state).items():
        sign = -1 if what == BATHTUB and name == PAID else 1  # what is paid flows out
        assert low <= (sign * values).min() and (sign * values).max() <= high, name


def test_only_what_was_due_after_may_2023_is_hollow(explorer):
    moved = explorer.draw(DebtState("KGZ", years=(2015, 2025), later=True))
    white = [1, 1, 1]
    bars = [part for part in moved if isinstance(part, PolyCollection)]
    hollow = [part for part in bars if part.get_facecolor()[0][:3].tolist() == white]
    full = [part for part in bars if part not in hollow]
    assert years_of(hollow) == {2023, 2024, 2025}
    assert max(years_of(full)) == KNOWN


def years_of(bars: list[PolyCollection]) -> set[int]:
    """Return the years over which bars stand."""
    return {round(path.vertices[:4, 0].mean()) for part in bars for path in part.get_paths()}


def test_units_are_those_of_the_tables(explorer):
    level = explorer.content(DebtState("KGZ", OWED))[OWED, "KGZ"]
    real = explorer.content(DebtState("KGZ", OWED, CONSTANT))[OWED, "KGZ"]
    share = explorer.content(DebtState("KGZ", OWED, OF_GDP))[OWED, "KGZ"]
    prices = data.load("us_prices").set_index("year")["usd_2022_per_usd"]
    gdp = data.load("world_bank").query("iso3 == 'KGZ' and indicator == 'gdp_usd'")
    gdp = gdp.set_index("year")["value"]
    assert real[2013] == pytest.approx(level[2013] * prices[2013], rel=1e-3)
    assert real[2022] == level[2022]
    assert share[2017] == pytest.approx(level[2017] * 1e6 / gdp[2017] * 100)


def test_gdp_is_not_invented_after_its_last_year(explorer):
    state = DebtState("KGZ", OWED, OF_GDP, (2015, 2025), later=True)
    assert explorer.content(state)[OWED, "KGZ"].dropna().index.max() == 2023


def test_the_bathtub_of_turkmenistan_balances_and_that_of_uzbekistan_does_not(explorer):
    turkmen = explorer.balance("TKM", 2010, 2022)
    assert abs(turkmen["rest"]) < 0.01 * turkmen["received"]
    uzbek = explorer.balance("UZB", 2010, 2022)
    assert uzbek["rest"] > 0.5 * uzbek["rise"]
    assert uzbek["rise"] == pytest.approx(
        uzbek["received"] - uzbek["principal"] + uzbek["rest"], abs=1e-6
    )
    assert "Does the bathtub balance?" in explorer.aside(DebtState("UZB"))
    assert explorer.aside(DebtState(ALL, OWED)) == ""


def test_titles_say_what_the_numbers_say(explorer):
    title = explorer.picture(DebtState("TKM", years=(2000, 2022))).finding
    assert title == (
        "Turkmenistan received 8,325 and paid 10,254 in all, and it owed 119 at the end of 2022"
    )
    due = explorer.picture(DebtState("TKM", years=(2000, 2025), later=True))
    assert due.finding == title  # what is due is drawn, and not yet paid
    title = explorer.picture(DebtState(ALL, OWED, OF_GDP, (2000, 2022))).finding
    assert title.startswith("The highest figure is 22.3% of GDP, owed by Kyrgyzstan in 2016")
    assert title.endswith("in 2022 Kyrgyzstan has most (14.7%) and Turkmenistan least (0.2%)")


def test_impossible_states_are_mended(explorer):
    assert explorer.normalise(DebtState(ALL, BATHTUB)).what == OWED
    assert explorer.normalise(DebtState(years=(2000, 2000))).years == (2000, 2001)
    assert explorer.normalise(DebtState(years=(2010, 2010))).years == (2009, 2010)


@pytest.mark.parametrize(
    ("low", "high"), [(0, 0), (0, 7329), (-1503, 7329), (-112, 1798), (0, 0.4)]
)
def test_ticks_enclose_the_numbers(low, high):
    ticks = round_ticks(low, high)
    assert ticks[0] <= low <= high <= ticks[-1]
    assert 0 in ticks
    assert 2 <= len(ticks) <= 10


def test_the_panel_follows_its_controls(explorer):
    panel = Panel(explorer, DebtState())
    panel.inputs["who"].value = "KGZ"
    panel.inputs["unit"].value = CONSTANT
    panel.inputs["later"].value = True
    assert panel.state == DebtState("KGZ", BATHTUB, CONSTANT, later=True)
    panel.inputs["who"].value = ALL
    assert panel.inputs["what"].value == OWED
    panel.go_to(DebtState("UZB", PAID, CURRENT, (2010, 2020)))
    assert panel.inputs["years"].value == (2010, 2020)
    assert "Does the bathtub balance?" in panel.aside.value
    assert all(control.description for control in panel.inputs.values())


# What chapter 06 says in words ----------------------------------------------------------------


def test_china_counted_more_goods_for_kyrgyzstan_than_its_gdp_in_three_years():
    trade = data.load("central_asia_trade")
    sold = trade.query("reporter_iso3 == 'CHN' and state_iso3 == 'KGZ' and flow == 'export'")
    gdp = data.load("world_bank").query("iso3 == 'KGZ' and indicator == 'gdp_usd'")
    share = sold.set_index("year")["value_usd"] / gdp.set_index("year")["value"]
    assert list(share.index[(share > 1) & (share.index <= KNOWN)]) == [2008, 2009, 2022]


def test_the_hundredfold_was_first_reached_in_the_year_of_the_speech():
    trade = data.load("central_asia_trade").query("reporter_iso3 == 'CHN' and flow == 'total'")
    total = trade.groupby("year")["value_usd"].sum()
    assert total.index[total >= 100 * 0.46e9][0] == 2013  # base: evidence E112


def test_kyrgyzstan_and_tajikistan_were_promised_more_from_2013_on():
    finance = data.load("chinese_finance_by_year")
    early = finance["year"] <= 2012
    for code, more_later in (("KGZ", True), ("TJK", True), ("KAZ", False), ("TKM", False)):
        own = finance["iso3"] == code
        sums = [finance.loc[own & when, "adjusted_usd2021"].sum() for when in (early, ~early)]
        assert (sums[1] > sums[0]) == more_later, code


def test_one_purchase_stands_in_two_lists():
    deal = data.load("aei_transactions").query("iso3 == 'KAZ' and year == 2009")
    loan = data.load("chinese_finance_projects").query("iso3 == 'KAZ' and commitment_year == 2009")
    assert deal["transaction_party"].str.contains("MangistauMunaiGas").sum() == 1
    assert loan["title"].str.contains("acquisition of JSC Mangistaumunaigas").sum() == 1
