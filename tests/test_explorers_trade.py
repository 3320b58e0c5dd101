"""The trade explorer: its numbers against the tables, what is found, and two shares."""

import pandas as pd
import pytest

from courseware import data, views
from courseware.explorers.base import Panel
from no_limits.explorers.trade import (
    CHINA_SELLS,
    LAST_LIST,
    MONTHLY,
    NO_SHARES,
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


def test_constant_dollars_and_an_index_follow_from_the_sums(explorer):
    nominal, real, index = (
        explorer.content(TradeState(**how))[IMTS]
        for how in ({}, {"constant": True}, {"scale": "index", "base": 2005})
    )
    factor = data.load("us_prices").set_index("year")["usd_2022_per_usd"]
    assert (real / nominal).to_numpy() == pytest.approx(factor[nominal.index], rel=1e-3)
    assert real[2022] == nominal[2022]
    assert index[2005] == pytest.approx(100)
    assert index[2024] / index[2001] == pytest.approx(nominal[2024] / nominal[2001])


def test_a_monthly_index_weighs_january_and_february_as_two(explorer):
    monthly = data.load("china_trade_by_month").loc["all trade"]
    year = monthly.loc[2022:2022.99]
    total = (year["US$ million a month"] * year["months"]).sum() / 1000
    assert total == pytest.approx(190.27, abs=0.5)  # China's customs, first release of the year
    state = TradeState(period="month", scale="index", base=2022)
    index = explorer.content(state)[MONTHLY].loc[2022:2022.99]
    assert (index * monthly["months"].reindex(index.index)).sum() / 12 == pytest.approx(100)
    times = explorer.table(TradeState(period="month", years=(2022, 2022)))["time"]
    assert explorer.say("several_months", year=2022, one=1, other=2) in list(times)


def test_a_finding_compares_first_with_last_of_years_alone(explorer):
    found = explorer.picture(TradeState(years=(2022, 2024))).finding
    change = {"line": IMTS, "change": 0.29, "first": 2022, "last": 2024}
    assert found == explorer.say("finds", "more", **change)
    # Of months that would be the base effect which the chapter warns of.
    state = TradeState(period="month", who="CHN", years=(2021, 2025))
    months = {"at": "2024-12", "peak": 22.0, "last": "2025-06", "end": 17.6}
    assert explorer.picture(state).finding == explorer.say("finds", "peak", **months)
    known = explorer.table(state)[explorer.written("known")]
    assert set(known) == {"press", "derived", "press, two months"}


# Two shares ------------------------------------------------------------------------------------


def whole(explorer, holder, way):
    return explorer.say("wholes", way, state=holder)


def share(explorer, kind, holder, way):
    """Return one line of two shares: of Russia's imports, for instance."""
    flows = (explorer.content(TradeState(flow, **TWO)) for flow in (CHINA_SELLS, RUSSIA_SELLS))
    label = explorer.say("lines", kind, whole=whole(explorer, holder, way))
    return next((lines[label] for lines in flows if label in lines), pd.Series(dtype=float))


@pytest.mark.parametrize(
    ("holder", "way", "partner", "per_cent"),
    [("RUS", "import", "CHN", 17.98), ("CHN", "export", "RUS", 2.27)],
)
def test_counted_shares_are_those_of_the_partner_table(explorer, holder, way, partner, per_cent):
    rows = data.load("partner_trade").query("year == 2014").set_index(["iso3", "flow"])
    usd = rows.loc[(holder, way)].set_index("partner_iso3")["value_usd"]
    counted = share(explorer, "counted", {"RUS": "Russia", "CHN": "China"}[holder], way)
    assert counted[2014] == pytest.approx(usd[partner] / usd["WLD"] * 100, abs=0.005)
    assert counted[2014] == pytest.approx(per_cent, abs=0.005)


@pytest.mark.parametrize("way", ["export", "import"])
@pytest.mark.parametrize("holder", ["China", "Russia"])
def test_counts_lists_and_ceilings_are_never_joined(explorer, holder, way):
    counted, listed, most = (
        {*share(explorer, kind, holder, way).index} for kind in ("counted", "listed", "at most")
    )
    assert max(counted) <= 2014 and min(listed | most) >= 2014
    assert not listed & most


def test_listed_shares_are_the_factbook_s_and_not_listed_is_a_ceiling(explorer):
    bought, sold = (share(explorer, "listed", "Russia", way) for way in ("import", "export"))
    assert bought[[2021, 2022, 2023]].tolist() == [25, 39, 53]  # as checked
    assert sold[[2021, 2022, 2023]].tolist() == [15, 21, 33]
    assert share(explorer, "listed", "China", "export").empty
    most = share(explorer, "at most", "China", "export")
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
        (2014, ("counted", 18), ("counted", 2.3)),
        (2021, ("listed", 25), ("nothing", 0)),
        (2023, ("listed", 53), ("at most", 4)),
    ],
)
def test_the_finding_speaks_of_both_sides(explorer, last, bought, sold):
    def weighs(kind, per_cent, *half):
        return explorer.say("weighs", kind, share=per_cent, whole=whole(explorer, *half))

    sides = {"seller": "China", "buyer": "Russia", "year": last}
    sides["bought"] = weighs(*bought, "Russia", "import")
    sides["sold"] = weighs(*sold, "China", "export")
    state = TradeState(CHINA_SELLS, **TWO | {"years": (1992, last)})
    assert explorer.picture(state).finding == explorer.say("finds", SHARES, **sides)


def test_any_two_years_have_a_share_to_tell(explorer):
    for flow in (CHINA_SELLS, RUSSIA_SELLS):
        for first in range(1992, LAST_LIST):
            state = TradeState(flow, **TWO | {"years": (first, first + 1)})
            assert explorer.finding(state, explorer.content(state))


def test_two_shares_have_publishers_and_controls_of_their_own(explorer):
    kinds = (explorer.views["two-shares"], explorer.views["long-run"])
    shares, sums = (explorer.picture(state).source for state in kinds)
    assert "Correlates of War" in shares and "Monetary Fund" not in shares
    assert "Monetary Fund" in sums and "Correlates of War" not in sums
    panel = Panel(explorer, TradeState(who="RUS"))
    hidden = [panel.inputs[name].layout for name in NO_SHARES]
    for scale, display in ((SHARES, "none"), ("index", None)):
        panel.inputs["scale"].value = scale
        assert {layout.display for layout in hidden} == {display}


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
