"""The debt explorer: its numbers against the tables, gaps, the bathtub, what came later."""

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.text import Text

from courseware import article, data
from courseware.explorers.axes import round_ticks
from courseware.explorers.base import Panel
from courseware.quantities import MISSING
from no_limits.explorers.debt import FIRST, KNOWN, DebtExplorer, DebtState

WHITE = [1, 1, 1]


@pytest.fixture(scope="module")
def explorer():
    return DebtExplorer()


@pytest.mark.parametrize(
    ("code", "year", "millions"),
    [
        ("KGZ", 2021, 1797.8),
        ("TJK", 2017, 1187.4),
        ("UZB", 2023, 4206.2),
        ("KAZ", 2024, 1895.8),
        ("TKM", 2024, 76.4),
    ],
)
def test_levels_are_those_that_the_source_notes_give(explorer, code, year, millions):
    state = DebtState(code, "owed", years=(2000, 2025), later=True)
    assert explorer.content(state)["owed", code][year] == pytest.approx(millions, abs=0.06)


@pytest.mark.parametrize(
    ("code", "received", "principal"),
    [
        ("KAZ", 2164, 36),
        ("KGZ", 2032, 75.7),
        ("TJK", 1531, 97),
        ("TKM", 8325, 21),
        ("UZB", 3262 - 360 - 25, 160),  # private loans are not official debt
    ],
)
def test_inflows_and_payments_are_those_of_the_source_notes(explorer, code, received, principal):
    state = DebtState(code, "bathtub", years=(2000, 2022))
    content = explorer.content(state)
    assert content["received", code].sum() == pytest.approx(received, abs=1)
    interest = content["paid", code][2022] - principal
    assert 0 < interest < 1.6 * max(principal, 50) - principal


@pytest.mark.parametrize(
    ("what", "view"),
    # What was paid comes from two publishers: the chapter has the ONE Campaign's sums.
    [("owed", "owed_to_china"), ("received", "received_from_china"), ("paid", "paid_to_china")],
)
def test_what_the_chapter_and_the_explorer_both_show_is_the_same(explorer, what, view):
    chapter = data.load(view)
    for code in article.members("five"):
        known = chapter[article.name(code)].dropna().loc[FIRST:KNOWN]
        shown = explorer.content(DebtState(code, what, years=(FIRST, KNOWN)))[what, code]
        assert (shown[known.index] / 1000 - known).abs().max() <= 0.0051, code


def test_a_year_without_a_figure_is_not_reported_and_never_zero(explorer):
    state = DebtState("KAZ", "owed", years=(2005, KNOWN))
    kazakh = explorer.content(state)["owed", "KAZ"]
    assert kazakh.loc[:2015].isna().all()
    assert kazakh.loc[2016:].notna().all()
    _tail, line, _label = explorer.draw(state)
    assert np.isnan(np.asarray(line.get_ydata(), dtype=float)[:11]).all()
    panel = Panel(explorer, DebtState("KAZ", "owed", years=(2014, 2017)))
    panel.want_numbers.value = True
    assert panel.numbers.value.count(f">{MISSING}<") == 2


def test_what_came_later_must_be_asked_for(explorer):
    early = explorer.content(DebtState("UZB", "owed", years=(2015, 2025)))["owed", "UZB"]
    assert early.index.max() == KNOWN
    late = DebtState("UZB", "owed", years=(2015, 2025), later=True)
    assert explorer.content(late)["owed", "UZB"].dropna().index.max() == 2024
    assert explorer.picture(late).unit.endswith(explorer.written("later", "level"))
    heads = explorer.written("columns")
    when = explorer.table(late).set_index(heads["year"])[heads["when"]]
    assert (when[2022], when[2023]) == (heads["known"], heads["later"])


@pytest.mark.parametrize("later", [True, False])
def test_only_what_was_due_after_may_2023_is_hollow_and_has_a_key(explorer, later):
    moved = explorer.draw(DebtState("KGZ", years=(2015, 2025), later=later))
    bars = [part for part in moved if isinstance(part, PolyCollection)]
    hollow = [part for part in bars if part.get_facecolor()[0][:3].tolist() == WHITE]
    assert all(part.get_edgecolor()[0][:3].tolist() != WHITE for part in hollow)
    assert years_of(hollow) == ({2023, 2024, 2025} if later else set())
    assert max(years_of([part for part in bars if part not in hollow])) == KNOWN
    keys = [part.get_text() for part in moved if isinstance(part, Text)]
    assert (explorer.written("keys", "due") in keys) == later


def years_of(bars: list[PolyCollection]) -> set[int]:
    """Return the years over which bars stand."""
    return {round(path.vertices[:4, 0].mean()) for part in bars for path in part.get_paths()}


@pytest.mark.parametrize("what", ["bathtub", "owed", "received", "paid"])
def test_the_axis_holds_all_that_is_drawn(explorer, what):
    state = DebtState("TKM", what, years=(2000, 2025), later=True)
    explorer.draw(state)
    low, high = explorer._axes.get_ylim()
    for (name, _), values in explorer.content(state).items():
        sign = -1 if what == "bathtub" and name == "paid" else 1  # what is paid flows out
        assert low <= (sign * values).min() and (sign * values).max() <= high, name


def test_units_are_those_of_the_tables(explorer):
    level = explorer.content(DebtState("KGZ", "owed"))["owed", "KGZ"]
    real = explorer.content(DebtState("KGZ", "owed", "constant"))["owed", "KGZ"]
    whole = DebtState("KGZ", "owed", "of GDP", (2015, 2025), later=True)
    share = explorer.content(whole)["owed", "KGZ"]
    prices = data.load("us_prices").set_index("year")["usd_2022_per_usd"]
    assert real[2013] == pytest.approx(level[2013] * prices[2013], rel=1e-3)
    assert real[2022] == level[2022]
    assert share[2017] == pytest.approx(level[2017] * 1e6 / gdp("KGZ")[2017] * 100)
    assert share.dropna().index.max() == 2023, "GDP is not invented after its last year"


def gdp(code: str):
    """Return a state's GDP in dollars by year."""
    rows = data.load("world_bank").query("iso3 == @code and indicator == 'gdp_usd'")
    return rows.set_index("year")["value"]


def test_the_bathtub_of_turkmenistan_balances_and_that_of_uzbekistan_does_not(explorer):
    turkmen = explorer.balance("TKM", 2010, 2022)
    assert abs(turkmen["rest"]) < 0.01 * turkmen["received"]
    uzbek = explorer.balance("UZB", 2010, 2022)
    assert uzbek["rest"] > 0.5 * uzbek["rise"]
    assert uzbek["rise"] == pytest.approx(
        uzbek["received"] - uzbek["principal"] + uzbek["rest"], abs=1e-6
    )
    shown = explorer.aside(DebtState("UZB", years=(2010, 2022)))
    assert explorer.say("balance", "sums", **uzbek) in shown
    assert explorer.aside(DebtState("all", "owed")) == ""


def test_findings_have_the_sums_the_highest_figure_and_the_order_at_the_end(explorer):
    owed = explorer.say("finds", "owed", figure="119", year=2022)
    sums = ["received 8,325", "paid 10,254"]
    told = explorer.say("finds", "bathtub", who="Turkmenistan", sums=sums, owed=owed)
    for later in (False, True):  # what is due is drawn, and not yet paid
        state = DebtState("TKM", years=(2000, 2025), later=later)
        assert explorer.picture(state).finding == told
    order = {"top": "Kyrgyzstan", "most": "14.7%", "low": "Turkmenistan", "least": "0.2%"}
    ends = explorer.say("finds", "ends", year=2022, **order)
    figure = explorer.say("figures", "share", value=22.3)
    highest = {"figure": figure, "verb": "owed", "who": "Kyrgyzstan", "year": 2016}
    drawn = explorer.picture(DebtState("all", "owed", "of GDP", (2000, 2022)))
    assert drawn.finding == explorer.say("finds", "highest", ends=ends, **highest)


@pytest.mark.parametrize(
    ("low", "high"), [(0, 0), (0, 7329), (-1503, 7329), (-112, 1798), (0, 0.4)]
)
def test_ticks_enclose_the_numbers(low, high):
    ticks = round_ticks(low, high)
    assert ticks[0] <= low <= high <= ticks[-1]
    assert 0 in ticks
    assert 2 <= len(ticks) <= 10


# What chapter 06 says in words ----------------------------------------------------------------


def test_what_is_said_of_china_s_count_of_trade():
    trade = data.load("central_asia_trade").query("reporter_iso3 == 'CHN'")
    sold = trade.query("state_iso3 == 'KGZ' and flow == 'export'").set_index("year")["value_usd"]
    above_gdp = sold.index[(sold / gdp("KGZ").reindex(sold.index) > 1) & (sold.index <= KNOWN)]
    assert list(above_gdp) == [2008, 2009, 2022]
    total = trade.query("flow == 'total'").groupby("year")["value_usd"].sum()
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
