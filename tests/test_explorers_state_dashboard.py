"""The state dashboard: figures against the tables, gaps in words, pictures by state alone."""

import json
import re
from html import unescape

import numpy as np
import pytest

from courseware import data
from courseware.explorers.base import Panel
from courseware.explorers.state_dashboard.findings import last_figures, missing
from courseware.explorers.state_dashboard.state_dashboard import (
    CUSTOMS,
    FIRST,
    LAST,
    LEVEL,
    OWN,
    SHORT,
    TIES,
    VOTES,
    WITS,
    DashboardState,
    StateDashboard,
)

PNG = b"\x89PNG"
EVERYTHING = (FIRST, LAST)


@pytest.fixture(scope="module")
def explorer():
    return StateDashboard()


def value(explorer, state, year, *key):
    content = explorer.content(state)
    return content.series[key][year - state.years[0]]


@pytest.mark.parametrize(
    ("code", "counts", "year", "power", "billions"),
    [
        ("KAZ", CUSTOMS, 2022, "CHN", 31.20),
        ("KAZ", CUSTOMS, 2021, "RUS", 25.63),
        ("KAZ", OWN, 2023, "CHN", 30.06),
        ("KAZ", OWN, 2023, "RUS", 27.05),
        ("KAZ", WITS, 2010, "RUS", 8.48),
        ("UZB", OWN, 2022, "RUS", 9.38),
        ("UZB", OWN, 2022, "CHN", 9.06),
        ("TKM", CUSTOMS, 2011, "CHN", 5.48),
    ],
)
def test_trade_is_that_of_the_source_notes(explorer, code, counts, year, power, billions):
    state = DashboardState(code, EVERYTHING, counts)
    assert value(explorer, state, year, "trade", power) == pytest.approx(billions, abs=0.011)


def test_other_ties_are_those_of_the_source_notes(explorer):
    tajik, kazakh = (DashboardState(code, EVERYTHING) for code in ("TJK", "KAZ"))
    assert value(explorer, tajik, 2022, "remittances", "TJK") == pytest.approx(49.90, abs=0.01)
    assert value(explorer, kazakh, 2020, "migrants", "RUS") == pytest.approx(2558.907)
    assert value(explorer, kazakh, 2017, "students", "CHN") == pytest.approx(14.224)
    arms = explorer.content(kazakh).series["arms", "RUS"]
    assert np.nansum(arms) == pytest.approx(2655.2, abs=0.1)
    visits = explorer.content(kazakh).series["visits", "CHN"]
    assert np.nansum(visits) == 279
    finance = explorer.content(kazakh).series["finance", "CHN"]
    assert np.nansum(finance) == pytest.approx(64.15, abs=0.01)


def test_debt_service_knows_russia_where_the_table_does(explorer):
    rows = data.load("debt_service").query("iso3 == 'UZB' and creditor_iso3 == 'RUS'")
    paid = rows[["principal_usd", "interest_usd"]].astype(float).sum(axis=1)
    uzbek = explorer.content(DashboardState("UZB", EVERYTHING))
    assert np.nansum(uzbek.series["service", "RUS"]) == pytest.approx(paid.sum() / 1e6)
    assert np.isnan(explorer.content(DashboardState("TKM")).series["service", "RUS"]).all()


def test_votes_are_those_of_the_table_in_order_of_date(explorer):
    votes = explorer.content(DashboardState("KAZ", EVERYTHING)).votes.set_index("label")
    assert votes["date"].is_monotonic_increasing
    assert votes.loc["Council of Europe, Apr 2023", "vote"] == "Y"
    assert votes.loc["ES-11/3", "vote"] == "N"
    turkmen = explorer.content(DashboardState("TKM", EVERYTHING)).votes
    assert set(turkmen["vote"]) == {"X", ""}
    assert (turkmen["basis"] == "inference").sum() == 2


def test_inferred_votes_are_hollow_and_say_so(explorer):
    state = DashboardState("TKM", (2022, 2023))
    panel = explorer.figure.axes[[tie.key for tie in TIES].index("votes")]
    *_, hollow = [artist for artist in explorer.draw(state) if artist.axes is panel]
    assert len(hollow.get_xdata()) == 2
    assert hollow.get_markerfacecolor() == "white"
    assert explorer.table(state)["value"].astype(str).str.contains("inferred").sum() == 2


def test_nobody_invents_a_zero_for_russia(explorer):
    table = explorer.table(DashboardState("KAZ"))
    for tie in TIES:
        if tie.missing.startswith("Russia"):
            rows = table[(table["link"] == tie.title) & (table["with whom, or text"] == "Russia")]
            assert len(rows) == 1
            assert rows["value"].isna().all()
    drawn = explorer.content(DashboardState("KAZ")).series
    assert not {("students", "RUS"), ("visits", "RUS"), ("finance", "RUS")} & set(drawn)
    panel = Panel(explorer, DashboardState("KAZ"))
    panel.want_numbers.value = True
    assert "not reported" in panel.numbers.value
    assert panel.aside.value.count("not reported") >= 3


def test_a_sum_of_zero_in_the_finance_table_is_no_figure(explorer):
    finance = explorer.content(DashboardState("TKM", EVERYTHING)).series["finance", "CHN"]
    assert not (finance == 0).any()
    cells = {row.tie: row for row in last_figures(explorer.content(DashboardState("TKM")))}
    assert cells["Finance signed, US$ billion of 2021"].china.endswith("(2019)")


def test_debt_service_after_the_last_report_is_called_due(explorer):
    def china(years):
        rows = last_figures(explorer.content(DashboardState("KAZ", years)))
        return next(row.china for row in rows if row.tie.startswith("Debt service"))

    assert china((2000, 2024)).endswith("(2024, due)")
    assert china((2000, 2022)) == "73 (2022)"


def empty_panels(explorer, state) -> set:
    """Return the ties whose panel says that nothing is reported."""
    panels = dict(zip(explorer.figure.axes, (tie.key for tie in TIES), strict=True))
    said = [artist for artist in explorer.draw(state) if hasattr(artist, "get_text")]
    return {panels[text.axes] for text in said if text.get_text() == "not reported"}


def test_a_tie_without_figures_says_so_in_its_panel(explorer):
    state = DashboardState("TKM", (2000, 2024), OWN)
    assert empty_panels(explorer, state) == {"remittances"}
    state = DashboardState("KGZ", (1994, 2010), WITS)
    assert empty_panels(explorer, state) == {"trade", "votes"}


def test_the_finding_depends_on_who_counts(explorer):
    by = {
        counts: explorer.picture(DashboardState("KAZ", counts=counts)).finding
        for counts in (CUSTOMS, OWN)
    }
    assert by[CUSTOMS].startswith(
        "Kazakhstan: in 2022 more trade with China (31.2) than with Russia (28.0, press)"
    )
    assert by[OWN].startswith("Kazakhstan: in 2022 more trade with Russia (27.0) than with China")
    late = explorer.picture(DashboardState("KAZ", (2023, 2024), OWN)).finding
    assert "after the article" in late
    none = explorer.picture(DashboardState("KGZ", (1992, 1993))).finding
    assert none == (
        "Kyrgyzstan: no year has trade figures for both powers; no major arms in the register"
    )


@pytest.mark.parametrize("tie", TIES, ids=lambda tie: tie.key)
def test_an_enlarged_panel_fills_the_picture_and_is_described(explorer, tie):
    whole = explorer.picture(DashboardState())
    state = DashboardState(tie=tie.key)
    drawn = explorer.picture(state)
    (panel,) = [ax for ax in explorer.figure.axes if ax.get_visible()]
    assert panel.get_position().width > 0.9
    assert {artist.axes for artist in explorer.draw(state)} == {panel}
    assert drawn.title != whole.title and drawn.title.endswith("?")
    assert tie.title.split(";")[0] in drawn.finding and drawn.finding in drawn.alt
    assert set(drawn.table["link"]) == {tie.title}
    assert explorer.picture(DashboardState()) == whole


def test_a_click_on_a_panel_enlarges_it_and_a_click_goes_back(explorer):
    panel = Panel(explorer, DashboardState())
    explorer.draw(DashboardState())
    tiles = json.loads(re.search(r"tiles=(\[\[.*?\]\])", unescape(panel.figure.value))[1])
    places = [tie for _, tie in panel.inputs["tie"].options]
    for ax in explorer.figure.axes:
        middle = np.mean(ax.get_position().get_points(), axis=0)
        under = [
            at for at, x0, y0, x1, y1 in tiles if x0 < middle[0] < x1 and y0 < 1 - middle[1] < y1
        ]
        assert [places[at] for at in under] == [ax.get_label()]
    panel.inputs["tie"].value = "arms"
    assert "tiles=[[0,0,0,1,1]]" in unescape(panel.figure.value)


def test_third_powers_are_named(explorer):
    cells = {row.tie: row for row in last_figures(explorer.content(DashboardState("TKM")))}
    assert cells["Arms delivered, million TIV"].third.startswith("Türkiye 574")
    assert cells["Debt service to states, US$ million"].third.startswith("Japan")
    kazakh = {row.tie: row for row in last_figures(explorer.content(DashboardState("KAZ")))}
    assert "Gambia" not in kazakh["Trade, US$ billion"].third


def test_what_is_missing_is_said_for_each_state(explorer):
    told = " ".join(missing("TKM", explorer.content(DashboardState("TKM"))))
    assert "Trade with Russia, by customs of China and of Russia: not reported." in told
    assert "Remittances: 1 year only." in told
    assert "neither a yes nor a no" in told
    assert "1 year only" not in " ".join(missing("UZB", explorer.content(DashboardState("UZB"))))


def test_every_vote_has_a_row_and_a_word():
    assert set(LEVEL) == set(VOTES) == set(SHORT)


def test_a_span_of_one_year_is_widened(explorer):
    assert explorer.normalise(DashboardState(years=(2010, 2010))).years == (2009, 2010)
    assert explorer.normalise(DashboardState(years=(FIRST, FIRST))).years == (FIRST, FIRST + 1)
