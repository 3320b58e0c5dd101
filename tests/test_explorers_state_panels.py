"""Nine panels of a state: figures against the tables, gaps in words, last values in place."""

import pytest

from courseware import article, charts, data
from courseware.explorers.base import Panel
from courseware.quantities import number_text
from no_limits.explorers.state_panels import (
    ARMS,
    BORN,
    CHINA,
    COMPARED,
    CUSTOMS,
    LINKS,
    OWN,
    RUSSIA,
    SENT,
    SERVICE,
    SIGNED,
    VISITS,
    VOTES,
    YEARS,
    PanelsState,
    StatePanels,
    compared,
)


@pytest.fixture(scope="module")
def explorer():
    return StatePanels()


@pytest.fixture(scope="module")
def years():
    """Each value of the table of links, by state, link, whose it is and year."""
    return data.load("links_by_year").groupby(["state", "link", "who", "year"])["value"].sum()


@pytest.mark.parametrize(
    ("state", "link", "who", "year", "value"),
    [
        ("Kazakhstan", CUSTOMS, CHINA, 2022, 31.20),
        ("Kazakhstan", OWN, CHINA, 2023, 30.06),
        ("Uzbekistan", OWN, RUSSIA, 2022, 9.38),
        ("Turkmenistan", CUSTOMS, CHINA, 2011, 5.48),
        ("Tajikistan", SENT, "all countries", 2022, 49.90),
        ("Kazakhstan", BORN, RUSSIA, 2020, 2558.907),
    ],
)
def test_figures_are_those_of_the_source_notes(years, state, link, who, year, value):
    assert years[state, link, who, year] == pytest.approx(value, abs=0.011)


def test_sums_are_those_of_the_source_notes(years):
    assert years["Kazakhstan", ARMS, RUSSIA].sum() == pytest.approx(2655.2, abs=0.1)
    assert years["Kazakhstan", VISITS, CHINA].sum() == 279
    assert years["Kazakhstan", SIGNED, CHINA].sum() == pytest.approx(64.15, abs=0.01)
    assert not (years["Turkmenistan", SIGNED] == 0).any(), "a sum of zero is no figure"
    rows = data.load("debt_service").query("iso3 == 'UZB' and creditor_iso3 == 'RUS'")
    paid = rows[["principal_usd", "interest_usd"]].astype(float).sum(axis=1)
    assert years["Uzbekistan", SERVICE, RUSSIA].sum() == pytest.approx(paid.sum() / 1e6, abs=0.05)


def test_what_the_chapter_and_the_panels_both_show_is_the_same(years):
    parts = data.load("china_part_of_two")
    link = {"the two customs": CUSTOMS, "its own statistics": OWN}
    for row in parts[parts["who counts"].isin([*link])].itertuples(index=False):
        state, counter, year, part = row
        china, russia = (years[state, link[counter], who, year] for who in (CHINA, RUSSIA))
        rounding = 0.06 + 0.1 / (china + russia)
        assert part == pytest.approx(china / (china + russia) * 100, abs=rounding), row
    sent = data.load("money_sent_home")["remittances, per cent of GDP"].dropna()
    for state, share in sent.items():
        assert share == pytest.approx(years[state, SENT, "all countries", 2022], abs=0.06)
    for label, share in data.load("arms_by_supplier")[RUSSIA].items():
        volume = years[label.split(" (")[0], ARMS].unstack("who").sort_index().loc[2013:2022].sum()
        assert share == pytest.approx(volume[RUSSIA] / volume.sum() * 100, abs=0.06), label


def test_votes_are_those_of_the_grid_and_inferred_ones_are_noted():
    cast = data.load("votes_by_year")
    session = cast[cast["year"].eq(2022)].groupby(["state", "who"])["value"].sum()
    grid = data.load("votes_on_invasion").drop(index="ES-11/6: just peace")
    for state in map(article.name, article.members("five")):
        texts = grid[state].replace("absent", "did not vote").value_counts()
        other = session[state].sub(texts, fill_value=0)  # one more text, on Crimea
        assert other.sum() == 1 and (other >= 0).all(), state
    inferred = cast[cast["note"] == "inferred"].groupby("state")["value"].sum()
    assert inferred.to_dict() == {"Turkmenistan": 2, "Uzbekistan": 1}


def texts(explorer, link) -> list[str]:
    """Return what is written in a panel of the state that was drawn last."""
    return [text.get_text() for text in explorer._axes[link].texts]


@pytest.mark.parametrize("code", article.members("five"))
def test_each_panel_has_its_measure_its_years_and_its_last_values(explorer, code):
    state, gap = PanelsState(code), explorer.written("gap")
    explorer.draw(state)
    assert len({ax.get_xlim() for ax in explorer._axes.values()}) == 1
    for link, rows in explorer.content(state).items():
        said = texts(explorer, link)
        assert explorer.written("measures", link, "title") in said
        assert {str(YEARS[0]), str(YEARS[-1])} <= {*said}
        assert (gap in said) == ((code, link) == ("TKM", SENT)), "the only panel without figures"
        if link in (CUSTOMS, OWN, SENT, BORN, SERVICE):
            last = rows.sort_values("year").groupby("who")["value"].last()
            assert {number_text(value, 3) for value in last} <= {*said}, link
    tops = {explorer._axes[link].get_ylim() for link in (CUSTOMS, OWN)}
    assert len(tops) == 1, "two counts of one thing have one scale"


def test_what_is_not_counted_is_hollow_and_an_inferred_vote_hatched(explorer):
    explorer.draw(PanelsState("UZB"))
    hues = {who: charts.color(code) for who, code in ((RUSSIA, "RUS"), (CHINA, "CHN"))}
    for link, years in ((CUSTOMS, {RUSSIA: [2022, 2024]}), (SERVICE, {CHINA: [2023, 2024]})):
        hollow = {
            line.get_color(): [int(year) for year in line.get_xdata()]
            for line in explorer._axes[link].lines
            if line.get_markerfacecolor() == "white" and len(line.get_xdata())
        }
        assert {hues[who]: when for who, when in years.items()}.items() <= hollow.items()
    hatched = [bar for bar in explorer._axes[VOTES].patches if bar.get_hatch()]
    assert sum(bar.get_height() for bar in hatched) == 1


def test_nobody_invents_a_zero(explorer):
    state, gap = PanelsState("KAZ"), explorer.written("gap")
    table, heads = explorer.table(state), explorer.written("columns")
    titles = {link: explorer.written("measures", link, "title") for link in LINKS}
    explorer.draw(state)
    for link in (SIGNED, VISITS):
        of_russia = (table[heads["link"]] == titles[link]) & (table[heads["who"]] == RUSSIA)
        assert table.loc[of_russia, heads["note"]].tolist() == [f"{RUSSIA}: {gap}"]
        assert f"{RUSSIA}: {gap}" in texts(explorer, link)
    assert table[heads["value"]].isna().sum() == 4
    assert f"{CHINA}: {gap}" in texts(explorer, BORN)
    assert f"{RUSSIA}: {explorer.written('none listed')}" in texts(explorer, SERVICE)
    assert f"{titles[SENT]}: {gap}" in explorer.picture(PanelsState("TKM")).alt


@pytest.mark.parametrize(
    ("code", "link", "said"),
    [
        ("KAZ", CUSTOMS, ["China 31.2", "Russia 28 (press)"]),
        ("UZB", OWN, ["China 9.06", "Russia 9.38"]),
        ("KGZ", ARMS, ["China 0", "Russia 40.5"]),  # the register leaves out a zero
        ("TKM", OWN, None),
        ("KAZ", SERVICE, None),
    ],
)
def test_two_powers_are_compared_where_both_are_reported(explorer, code, link, said):
    state, title = PanelsState(code), explorer.written("measures", link, "title")
    both = compared(explorer.content(state)[link], *COMPARED[link], fill=link == ARMS)
    assert (None if both is None else both["said"].tolist()) == said
    assert (title in explorer.describe(state, explorer.content(state)).reading) == bool(said)


def test_the_finding_says_who_leads_in_what(explorer):
    leads = {CHINA: [CUSTOMS], RUSSIA: [OWN, ARMS]}
    ahead = "; ".join(
        explorer.say("leads", who=who, links=[*map(explorer._name, links)])
        for who, links in leads.items()
    )
    found = explorer.picture(PanelsState("KAZ")).finding
    assert found == explorer.say("finds", state="Kazakhstan", ahead=ahead)


def test_one_menu_holds_the_presets(explorer):
    panel = Panel(explorer, PanelsState())
    assert panel.view.layout.display == "none"
    assert [name for name, _ in panel.inputs["state"].options] == [
        preset.name for preset in explorer.presets
    ]
    assert explorer.written("measures", ARMS, "title") in panel.aside.value
