"""The state dashboard: figures against the tables, gaps in words, pictures by state alone."""

import json
import re
from html import unescape

import numpy as np
import pytest

from courseware import article, data
from courseware.explorers.base import Panel
from courseware.explorers.state_dashboard.measures import (
    CHINA,
    CUSTOMS,
    EVER,
    FIRST,
    LISTS,
    MEASURES,
    OWN,
    REMITTANCES,
    RUSSIA,
    SERVICE,
    TRADE,
    VOTES,
    measured,
    uncounted,
    votes,
)
from courseware.explorers.state_dashboard.state_dashboard import DashboardState, StateDashboard


@pytest.fixture(scope="module")
def explorer():
    return StateDashboard()


def shown(code, measure, counts=CUSTOMS, years=EVER):
    """Return the values of a measure, a row a year, a column for whose it is."""
    return measured(DashboardState(code, measure, years, counts).chosen, measure).yearly


def figures(explorer, measure, code, years=(2000, 2024)):
    """Return the last figures of a measure in words: Russia's, China's and third powers'."""
    return explorer.last_figures(DashboardState(code, measure, years).chosen, measure)


@pytest.mark.parametrize(
    ("code", "counts", "year", "power", "billions"),
    [
        ("KAZ", CUSTOMS, 2022, CHINA, 31.20),
        ("KAZ", CUSTOMS, 2021, RUSSIA, 25.63),
        ("KAZ", OWN, 2023, CHINA, 30.06),
        ("KAZ", OWN, 2023, RUSSIA, 27.05),
        ("KAZ", LISTS, 2010, RUSSIA, 8.48),
        ("UZB", OWN, 2022, RUSSIA, 9.38),
        ("UZB", OWN, 2022, CHINA, 9.06),
        ("TKM", CUSTOMS, 2011, CHINA, 5.48),
    ],
)
def test_trade_is_that_of_the_source_notes(code, counts, year, power, billions):
    assert shown(code, TRADE, counts).loc[year, power] == pytest.approx(billions, abs=0.011)


def test_other_measures_are_those_of_the_source_notes():
    assert shown("TJK", REMITTANCES).loc[2022].item() == pytest.approx(49.90, abs=0.01)
    assert shown("KAZ", "migrants").loc[2020, RUSSIA] == pytest.approx(2558.907)
    assert shown("KAZ", "students").loc[2017, CHINA] == pytest.approx(14.224)
    assert shown("KAZ", "arms")[RUSSIA].sum() == pytest.approx(2655.2, abs=0.1)
    assert shown("KAZ", "visits")[CHINA].sum() == 279
    assert shown("KAZ", "finance")[CHINA].sum() == pytest.approx(64.15, abs=0.01)


def test_what_the_chapter_and_the_dashboard_both_show_is_the_same():
    years = (
        data.load("links_by_year").set_index(["state", "link", "who", "year"])["value"].sort_index()
    )
    parts = data.load("china_part_of_two")
    link = {"the two customs": f"{TRADE}, {CUSTOMS}", "its own statistics": f"{TRADE}, {OWN}"}
    for row in parts[parts["who counts"].isin([*link])].itertuples(index=False):
        state, counter, year, part = row
        china, russia = (years[state, link[counter], who, year] for who in (CHINA, RUSSIA))
        rounding = 0.06 + 0.1 / (china + russia)
        assert part == pytest.approx(china / (china + russia) * 100, abs=rounding), row
    sent = data.load("money_sent_home")["remittances, per cent of GDP"].dropna()
    for state, share in sent.items():
        assert share == pytest.approx(years[state, REMITTANCES, "all countries", 2022], abs=0.06)
    arms = data.load("arms_by_supplier")[RUSSIA]
    for label, share in arms.items():
        volume = (
            years[label.split(" (")[0], "arms"].unstack("who").sort_index().loc[2013:2022].sum()
        )
        assert share == pytest.approx(volume[RUSSIA] / volume.sum() * 100, abs=0.06), label
    cast = data.load("votes_on_ukraine").pivot(index="text", columns="state", values="vote")
    for text, words in data.load("votes_on_invasion").iterrows():
        same = cast.loc[text.split(":")[0], words.index].replace("did not vote", "absent")
        assert same.equals(words.rename(same.name)), text


def test_debt_service_knows_russia_where_the_table_does():
    rows = data.load("debt_service").query("iso3 == 'UZB' and creditor_iso3 == 'RUS'")
    paid = rows[["principal_usd", "interest_usd"]].astype(float).sum(axis=1)
    assert shown("UZB", SERVICE)[RUSSIA].sum() == pytest.approx(paid.sum() / 1e6, abs=0.05)
    assert shown("TKM", SERVICE)[RUSSIA].isna().all()


def test_votes_are_those_of_the_table_in_order_of_date(explorer):
    kazakh = votes(DashboardState("KAZ", VOTES, EVER).chosen).set_index("text")
    assert kazakh["date"].is_monotonic_increasing
    assert kazakh.loc["Council of Europe, Apr 2023", "vote"] == "yes"
    assert kazakh.loc["ES-11/3", "vote"] == "no"
    turkmen = votes(DashboardState("TKM", VOTES, EVER).chosen)
    assert set(turkmen["vote"]) == {"did not vote", "not established"}
    assert turkmen["inferred"].sum() == 2
    assert set(explorer.written("rows")) == set(data.load("votes_on_ukraine")["vote"])


@pytest.mark.parametrize("state", [DashboardState("TKM"), DashboardState("TKM", VOTES)])
def test_inferred_votes_are_hollow_and_say_so(explorer, state):
    panel = explorer.figure.axes[0 if state.measure else MEASURES.index(VOTES)]
    *_, hollow = [artist for artist in explorer.draw(state) if artist.axes is panel]
    assert len(hollow.get_xdata()) == 2
    assert hollow.get_markerfacecolor() == "white"
    table = explorer.table(state).query("state == 'Turkmenistan'")
    assert table["value"].astype(str).str.contains("inferred").sum() == 2


def test_nobody_invents_a_zero_for_russia(explorer):
    table = explorer.table(DashboardState("KAZ"))
    empty = [measure for measure in MEASURES if RUSSIA in uncounted(measure)]
    assert empty == ["finance", "students", "visits"]
    for measure in empty:
        title = explorer.written("measures", measure, "title")
        rows = table[(table["measure"] == title) & (table["with whom, or text"] == RUSSIA)]
        assert len(rows) == 1 and rows["value"].isna().all()
        assert [*shown("KAZ", measure)] == [CHINA]
    panel = Panel(explorer, DashboardState("KAZ"))
    panel.want_numbers.value = True
    assert "not reported" in panel.numbers.value
    assert panel.aside.value.count("not reported") >= 3


def test_a_sum_of_zero_in_the_finance_table_is_no_figure(explorer):
    assert not (shown("TKM", "finance") == 0).any(axis=None)
    assert figures(explorer, "finance", "TKM")[1].endswith("(2019)")


def test_debt_service_after_the_last_report_is_called_due(explorer):
    assert figures(explorer, SERVICE, "KAZ")[1].endswith("(2024, due)")
    assert figures(explorer, SERVICE, "KAZ", (2000, 2022))[1] == "73 (2022)"


def empty_panels(explorer, state) -> set:
    """Return state and measure of each panel that says that nothing is reported."""
    said = [artist for artist in explorer.draw(state) if hasattr(artist, "get_text")]
    places = [explorer.figure.axes.index(t.axes) for t in said if t.get_text() == "not reported"]
    return {state.panels[place] for place in places}


def test_a_measure_without_figures_says_so_in_its_panel(explorer):
    assert empty_panels(explorer, DashboardState("TKM", counts=OWN)) == {("TKM", REMITTANCES)}
    state = DashboardState("KGZ", "", (1994, 2010), LISTS)
    assert empty_panels(explorer, state) == {("KGZ", TRADE), ("KGZ", VOTES)}
    of_five = empty_panels(explorer, DashboardState("TJK", REMITTANCES))
    assert of_five == {("TKM", REMITTANCES)}, "a small panel says so, too"


def test_the_finding_depends_on_who_counts(explorer):
    by = {c: explorer.picture(DashboardState(counts=c)).finding for c in (CUSTOMS, OWN)}
    assert by[CUSTOMS].startswith(
        "In 2022 Kazakhstan traded more with China (31.2) than with Russia (28.0, press)"
    )
    assert by[OWN].startswith("In 2022 Kazakhstan traded more with Russia (27.0) than with China")
    late = explorer.picture(DashboardState(years=(2023, 2024), counts=OWN)).finding
    assert "after the article" in late
    none = explorer.picture(DashboardState("KGZ", years=(1992, 1993))).finding
    assert none == (
        "For Kyrgyzstan no year has trade figures for both powers; "
        "the register records no major arms"
    )


@pytest.mark.parametrize("measure", MEASURES)
def test_one_state_is_large_and_all_five_are_small_beside_it(explorer, measure):
    nine = explorer.picture(DashboardState())
    state = DashboardState("UZB", measure)
    drawn = explorer.picture(state)
    large, *small = [ax for ax in explorer.figure.axes if ax.get_visible()]
    assert large.get_position().width > 2 * small[0].get_position().width
    assert {axes.get_xlim() for axes in small} == {large.get_xlim()}
    told = [ax.texts[0].get_text() for ax in small]
    assert told == [article.name(code) for code in article.five()]
    assert [ax.texts[0].get_weight() == "bold" for ax in small] == [False] * 4 + [True]
    assert drawn.title != nine.title and drawn.title.endswith("?")
    assert explorer.written("measures", measure, "title").split(";")[0] in drawn.finding
    assert drawn.finding in drawn.alt and all(name in drawn.alt for name in told)
    assert set(drawn.table["measure"]) == {explorer.written("measures", measure, "title")}
    assert set(drawn.table["state"]) <= {*told}
    assert explorer.picture(DashboardState()) == nine


def test_the_small_panels_have_one_scale_and_say_it(explorer):
    state = DashboardState("TJK", TRADE)
    content = explorer.content(state)
    own, *small = explorer._tops(state, content)
    assert len(set(small)) == 1 and own < small[0]
    assert small[0] >= max(found.highest for found in content)
    explorer.draw(state)
    assert f"all five, from 0 to {small[0]:g}" in [t.get_text() for t in explorer._key]


def tiles(panel) -> list:
    """Return the tiles of a click: the place in the list, four edges, and which list."""
    return json.loads(re.search(r"tiles=(\[\[.*?\]\])", unescape(panel.figure.value))[1])


def under(found, axes) -> list:
    """Return the tiles under the middle of a panel."""
    x, y = np.mean(axes.get_position().get_points(), axis=0)
    return [tile for tile in found if tile[1] < x < tile[3] and tile[2] < 1 - y < tile[4]]


def test_a_click_makes_a_measure_or_a_state_large_and_goes_back(explorer):
    panel = Panel(explorer, DashboardState())
    explorer.draw(panel.state)
    places = [measure for _, measure in panel.inputs["measure"].options]
    for measure, axes in zip(MEASURES, explorer.figure.axes, strict=True):
        ((at, *_),) = under(tiles(panel), axes)
        assert places[at] == measure
    panel.inputs["measure"].value = "arms"
    large, *small = explorer.figure.axes[:6]
    ((at, *edges),) = under(tiles(panel), large)
    assert at == 0 and len(edges) == 4, "the last list: all nine"
    for place, axes in enumerate(small):
        ((at, *edges),) = under(tiles(panel), axes)
        assert (at, edges[4]) == (place, 0), "the first list: the states"


def test_third_powers_are_named(explorer):
    assert figures(explorer, "arms", "TKM")[2].startswith("Türkiye 574")
    assert figures(explorer, SERVICE, "TKM")[2].startswith("Japan")
    assert "Gambia" not in figures(explorer, TRADE, "KAZ")[2]


def test_what_is_missing_is_said_for_each_state(explorer):
    told = " ".join(explorer.missing(DashboardState("TKM").chosen))
    assert "Trade with Russia, by customs of China and of Russia, is not reported." in told
    assert "Remittances are reported for 1 year only." in told
    assert "neither a yes nor a no" in told
    assert "year only" not in " ".join(explorer.missing(DashboardState("UZB").chosen))


def test_a_span_of_one_year_is_widened(explorer):
    for years, wider in (((2010, 2010), (2009, 2010)), ((FIRST, FIRST), (FIRST, FIRST + 1))):
        assert explorer.normalise(DashboardState(years=years)) == DashboardState(years=wider)
